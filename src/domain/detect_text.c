/* What a candidate says about itself, and the evidence about an incident: words and a table. */
#include "detect_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum level { LEVEL_DEGRADED, LEVEL_PARTIAL, LEVEL_MAJOR, LEVELS };

/* By class of component, those that keep travellers from connecting first. `severity` and `title`
 * are by how bad it is; `cannot` is what customers feel. */
static const struct class_row {
	const char *klass;
	int severity[LEVELS];
	const char *title[LEVELS];
	const char *cannot;
	bool elsewhere; /* another network of the region can do it meanwhile */
} classes[] = {
	{ "activation", { 2, 2, 1 },
	    { "Activation is slow", "Some activations fail", "Activations fail" },
	    "activate their eSIM", false },
	{ "attach", { 2, 2, 1 },
	    { "Connecting is slow", "Some devices cannot connect", "Devices cannot connect" },
	    "connect to the network", false },
	{ "data", { 2, 2, 1 },
	    { "Data is slow", "Some data connections fail", "Data connections fail" }, "use data",
	    true },
	{ "provisioning", { 2, 2, 1 },
	    { "Provisioning is slow", "Some eSIM downloads fail", "eSIM downloads fail" },
	    "download their eSIM", false },
	{ "routing", { 2, 2, 1 },
	    { "Routing is disturbed", "Some traffic is lost", "Traffic is lost" },
	    "reach the network", true },
	{ "voice", { 3, 3, 2 }, { "Calls are disturbed", "Some calls fail", "Calls fail" }, "call",
	    true },
	{ "sms", { 3, 3, 2 },
	    { "Text messages are late", "Some text messages are lost", "Text messages fail" },
	    "send or get text messages", true },
	{ "portal", { 4, 3, 3 },
	    { "The portal is slow", "The portal fails at times", "The portal is down" },
	    "use the portal", false },
	{ "billing", { 4, 3, 3 },
	    { "Billing is slow", "Billing fails at times", "Billing is down" }, "see or pay bills",
	    false },
	{ "other", { 4, 3, 3 },
	    { "A service is slow", "A service fails at times", "A service is down" },
	    "use the service", false },
};

static const struct class_row *class_of(const char *klass)
{
	for (size_t i = 0; i < countof(classes); i++)
		if (strcmp(classes[i].klass, klass) == 0)
			return &classes[i];
	return &classes[countof(classes) - 1];
}

static enum level level_of(enum status s)
{
	return s == STATUS_MAJOR     ? LEVEL_MAJOR
	       : s == STATUS_PARTIAL ? LEVEL_PARTIAL
				     : LEVEL_DEGRADED;
}

static int severity_of(const struct watched *t)
{
	return class_of(t->about.klass)->severity[level_of(t->stable)];
}

/* Worst severity, then the rank of its class, then who failed first. */
static const struct watched *foremost(const struct watched *const *m, size_t count)
{
	const struct watched *best = m[0];

	for (size_t i = 1; i < count; i++) {
		int d = severity_of(m[i]) - severity_of(best);

		if (d == 0)
			d = (int)(class_of(m[i]->about.klass) - class_of(best->about.klass));
		if (d < 0 || (d == 0 && utc_before(m[i]->bad_since, best->bad_since)))
			best = m[i];
	}
	return best;
}

/* Adds to a set of names kept in order; true: it was not there. */
static bool once(struct map *seen, const char *name)
{
	static char mark;

	if (!name[0] || map_get(seen, name))
		return false;
	map_set(seen, name, &mark);
	return true;
}

/* How much of the world is hit: by travellers, or (where none are known) by regions. */
struct reach {
	int64_t travellers, of_travellers;
	size_t regions, of_regions;
};

static struct reach reach_of(const struct detect *d, const struct watched *const *m, size_t count)
{
	struct map *all = map_new(NULL), *hit = map_new(NULL);
	struct reach r = { 0 };

	for (size_t i = 0; i < d->target_count; i++)
		if (once(all, d->targets[i].about.region))
			r.of_travellers += d->targets[i].about.travellers;
	for (size_t i = 0; i < count; i++)
		if (once(hit, m[i]->about.region))
			r.travellers += m[i]->about.travellers;
	r.regions = map_count(hit);
	r.of_regions = map_count(all);
	map_free(all);
	map_free(hit);
	return r;
}

/* More than half of it; one region alone is not the world. */
static bool is_broad(const struct reach *r)
{
	if (r->of_regions < 2)
		return false;
	return r->of_travellers > 0 ? r->travellers * 2 > r->of_travellers
				    : r->regions * 2 > r->of_regions;
}

/* Wherever it is hit, customers can use another network meanwhile. */
static bool can_go_elsewhere(const struct watched *const *m, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!m[i]->about.workaround || !class_of(m[i]->about.klass)->elsewhere)
			return false;
	return true;
}

/* By impact (the worst of them) and urgency: broad is a step worse; a way round makes a Sev 1 that
 * is not broad a Sev 2, which is what "partial workaround" means. */
static int suggested(const struct detect *d, const struct watched *const *m, size_t count)
{
	int severity = severity_of(foremost(m, count));
	struct reach r = reach_of(d, m, count);

	if (is_broad(&r))
		return severity > 1 ? severity - 1 : 1;
	return severity == 1 && can_go_elsewhere(m, count) ? 2 : severity;
}

static cJSON *ids(const struct watched *const *m, size_t count, bool region)
{
	struct map *seen = map_new(NULL);
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++) {
		const char *id = region ? m[i]->about.region : m[i]->about.component;

		if (once(seen, id))
			cJSON_AddItemToArray(list, cJSON_CreateString(id));
	}
	map_free(seen);
	return list;
}

/* "France, Italy and 3 more" */
static void names(struct buf *out, const struct watched *const *m, size_t count, bool region)
{
	struct map *seen = map_new(NULL);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const char *name = region ? m[i]->about.region_name : m[i]->about.component_name;

		if (!once(seen, name) || n++ >= 3)
			continue;
		if (n > 1)
			buf_adds(out, ", ");
		buf_adds(out, name);
	}
	if (n > 3)
		buf_addf(out, " and %zu more", n - 3);
	map_free(seen);
}

/* "Customers in France may not be able to use data.": what may be told to customers as it stands.
 * Who saw it is evidence, and stays with us. */
static char *impact(const struct watched *const *m, size_t count, const struct watched *best)
{
	struct buf out;

	buf_init(&out, 0);
	buf_adds(&out, "Customers in ");
	names(&out, m, count, true);
	buf_addf(&out, " may %s %s.",
	    level_of(best->stable) == LEVEL_MAJOR ? "not be able to" : "at times not be able to",
	    class_of(best->about.klass)->cannot);
	return buf_take(&out);
}

cJSON *detect_opened(const struct detect *d, const struct watched *const *members, size_t count)
{
	const struct watched *best = foremost(members, count);
	struct utc started = best->bad_since;
	const struct watched *cause = detect_cause(d, best);
	cJSON *body = cJSON_CreateObject();
	char *text = impact(members, count, best);

	for (size_t i = 0; i < count; i++)
		started = utc_min(started, members[i]->bad_since);
	json_put_str(body, "title", class_of(best->about.klass)->title[level_of(best->stable)]);
	json_put_int(body, "severity", suggested(d, members, count));
	json_put(body, "regions", ids(members, count, true));
	json_put(body, "components", ids(members, count, false));
	json_put_str(body, "impact", text);
	json_put_utc(body, "started_at", started);
	json_put_str(body, "source", cause ? cause->about.id : best->about.id);
	free(text);
	return body;
}

void detect_sources(const struct detect *d, const struct incident *inc, int *failing, int *total)
{
	*failing = *total = 0;
	for (size_t i = 0; i < d->target_count; i++) {
		const struct watched *t = &d->targets[i];

		if (t->about.gateway || !detect_covers(inc, t))
			continue;
		++*total;
		*failing += t->down;
	}
}

static void since(struct buf *out, struct utc t)
{
	char text[UTC_TEXT];

	if (utc_is_set(t))
		buf_addf(out, " since %.8s UTC", utc_format(t, text) + 11);
}

static const char *teller(const struct watched *t)
{
	return !t->about.feed ? "our probe" : t->about.teller ? t->about.teller : t->about.id;
}

/* "; with it 3 that depend on it: Activation, SMS, Voice" */
static void with_it(struct buf *out, const struct detect *d, const struct watched *cause)
{
	const struct watched **with = xcalloc(d->target_count, sizeof *with);
	size_t n = detect_dependents(d, cause, with);

	if (n) {
		buf_addf(out, "; with it %zu that depend%s on it: ", n, n == 1 ? "s" : "");
		names(out, with, n, false);
	}
	free(with);
}

static void evidence_line(struct buf *out, const struct detect *d, const struct watched *t)
{
	buf_addf(out, "%s: %s, %s: ", teller(t), t->about.region_name, t->about.component_name);
	buf_adds(out, status_words[t->stable]);
	since(out, t->down ? t->bad_since : t->stable_since);
	if (t->down && t->detail && t->detail[0])
		buf_addf(out, " (%s%s)", t->flapping ? "flapping: " : "", t->detail);
	if (t->down)
		with_it(out, d, t);
	buf_addc(out, '\n');
}

/* One side: who fails, line by line, and how many do not. */
static void side(struct buf *out, const struct detect *d, const struct incident *inc, bool feed)
{
	int fine = 0, unclear = 0, lines = 0;

	for (size_t i = 0; i < d->target_count; i++) {
		const struct watched *t = &d->targets[i];

		if (t->about.gateway || t->about.feed != feed || !detect_covers(inc, t) ||
		    (t->folded && t->down))
			continue;
		if (t->down ? lines++ < 8 : feed)
			evidence_line(out, d, t);
		else if (!t->down && t->stable == STATUS_UNKNOWN)
			unclear++;
		else if (!t->down)
			fine++;
	}
	if (lines > 8)
		buf_addf(out, "and %d more of our probes\n", lines - 8);
	if (fine || unclear)
		buf_addf(
		    out, "our other probes: %d fine, %d without an answer yet\n", fine, unclear);
}

/* A probe of ours and somebody else's word that contradict each other about one cell. */
static const struct watched *contradicts(const struct detect *d, const struct watched *probe)
{
	for (size_t i = 0; i < d->target_count; i++) {
		const struct watched *t = &d->targets[i];

		if (t->about.feed && t->seen && t->stable != STATUS_UNKNOWN &&
		    t->down != probe->down && strcmp(t->about.region, probe->about.region) == 0 &&
		    strcmp(t->about.component, probe->about.component) == 0)
			return t;
	}
	return NULL;
}

static void disagreement(const struct detect *d, const struct incident *inc, struct buf *out)
{
	for (size_t i = 0; i < d->target_count; i++) {
		const struct watched *t = &d->targets[i], *other;

		if (t->about.feed || t->about.gateway || !detect_covers(inc, t) ||
		    t->stable == STATUS_UNKNOWN)
			continue;
		other = contradicts(d, t);
		if (!other)
			continue;
		buf_addf(out, "they disagree: our probe says ");
		buf_adds(out, status_words[t->stable]);
		since(out, t->down ? t->bad_since : t->stable_since);
		buf_addf(out, ", %s says ", teller(other));
		buf_adds(out, status_words[other->stable]);
		since(out, other->down ? other->bad_since : other->stable_since);
		buf_addc(out, '\n');
		return;
	}
}

/* The blast radius grows and shrinks: a person decides what it is called. */
static void other_severity(const struct detect *d, const struct incident *inc, struct buf *out)
{
	const struct watched **m = xcalloc(d->target_count, sizeof *m);
	size_t n = 0;
	int now;

	for (size_t i = 0; i < d->target_count; i++)
		if (d->targets[i].down && !d->targets[i].about.gateway &&
		    detect_covers(inc, &d->targets[i]))
			m[n++] = &d->targets[i];
	now = n ? suggested(d, m, n) : inc->severity;
	if (now != inc->severity)
		buf_addf(out, "what fails now would be Sev %d, it is Sev %d\n", now, inc->severity);
	free(m);
}

void detect_evidence(const struct detect *d, const struct incident *inc, struct buf *out)
{
	side(out, d, inc, false);
	side(out, d, inc, true);
	disagreement(d, inc, out);
	other_severity(d, inc, out);
}

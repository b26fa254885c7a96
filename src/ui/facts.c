#include "ui/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "os/zone.h"

#define ZONES_MAX 32

/* "France: Choose SFR by hand." one a line; the region is named where there are several. */
static const char *workarounds(
    const struct snapshot *s, const struct snap_incident *inc, struct arena *a)
{
	struct buf out;
	const char *text;

	buf_init(&out, 16384);
	for (size_t i = 0; i < inc->region_count; i++) {
		const struct snap_region *r = snap_region(s, inc->regions[i]);

		if (!r || !r->workaround || !*r->workaround)
			continue;
		buf_adds(&out, out.len ? "\n" : "");
		if (inc->region_count > 1)
			buf_addf(&out, "%s: ", r->name);
		buf_adds(&out, r->workaround);
	}
	text = out.len ? arena_strdup(a, buf_str(&out)) : NULL;
	buf_fini(&out);
	return text;
}

/* The portfolios of the regions in scope, each once. */
static const char *portfolios(
    const struct snapshot *s, const struct snap_incident *inc, struct arena *a)
{
	struct map *seen = map_new(NULL);
	static char mark;
	struct buf out;
	const char *text;

	buf_init(&out, 4096);
	for (size_t i = 0; i < inc->region_count; i++) {
		const struct snap_region *r = snap_region(s, inc->regions[i]);

		for (size_t k = 0; r && k < r->portfolio_count; k++) {
			if (map_get(seen, r->portfolios[k]))
				continue;
			map_set(seen, r->portfolios[k], &mark);
			buf_addf(&out, "%s%s", out.len ? ", " : "", r->portfolios[k]);
		}
	}
	map_free(seen);
	text = out.len ? arena_strdup(a, buf_str(&out)) : NULL;
	buf_fini(&out);
	return text;
}

static const char *region_name(const struct snapshot *s, const char *id)
{
	const struct snap_region *r = snap_region(s, id);

	return r && r->name ? r->name : id;
}

static const char *component_name(const struct snapshot *s, const char *id)
{
	const struct snap_component *k = snap_component(s, id);

	return k && k->name ? k->name : id;
}

static void fill_names(const struct snapshot *s, const struct snap_incident *inc, struct arena *a,
    struct compose_facts *out)
{
	const char **regions = arena_alloc(a, (inc->region_count + 1) * sizeof *regions);
	const char **components = arena_alloc(a, (inc->component_count + 1) * sizeof *components);
	const struct zone **zones = arena_alloc(a, ZONES_MAX * sizeof *zones);
	size_t n = 0;
	struct err e;

	for (size_t i = 0; i < inc->region_count; i++) {
		const struct snap_region *r = snap_region(s, inc->regions[i]);

		regions[i] = r ? r->name : inc->regions[i];
		for (size_t z = 0; r && z < r->timezone_count && n < ZONES_MAX; z++)
			zones[n++] = zone_load(r->timezones[z], &e);
	}
	for (size_t i = 0; i < inc->component_count; i++)
		components[i] = component_name(s, inc->components[i]);
	out->regions = regions;
	out->region_count = inc->region_count;
	out->components = components;
	out->component_count = inc->component_count;
	out->places = (struct template_places){ zones, n };
	out->region_workarounds = workarounds(s, inc, a);
	out->portfolios = portfolios(s, inc, a);
}

/* Names of those ids that are among the first and not among the second. */
static void only_in(struct buf *out, const struct snapshot *s, char *const *ids, size_t count,
    char *const *others, size_t other_count,
    const char *(*name)(const struct snapshot *s, const char *id))
{
	for (size_t i = 0; i < count; i++) {
		bool there = false;

		for (size_t k = 0; k < other_count; k++)
			there = there || strcmp(ids[i], others[k]) == 0;
		if (!there)
			buf_addf(out, "%s%s", out->len ? ", " : "", name(s, ids[i]));
	}
}

/* What of severity and scope is another one since the last update. */
static void fill_since(const struct snapshot *s, const struct snap_incident *inc, struct arena *a,
    struct compose_facts *out)
{
	const struct posted_update *u = out->last;
	struct buf more, less;

	if (!u || u->severity < 1 || u->severity > SEVERITIES)
		return;
	if (u->severity != inc->severity && s->noc)
		out->severity_before = s->noc->severity[u->severity - 1].name;
	buf_init(&more, 4096);
	buf_init(&less, 4096);
	only_in(
	    &more, s, inc->regions, inc->region_count, u->regions, u->region_count, region_name);
	only_in(&more, s, inc->components, inc->component_count, u->components, u->component_count,
	    component_name);
	only_in(
	    &less, s, u->regions, u->region_count, inc->regions, inc->region_count, region_name);
	only_in(&less, s, u->components, u->component_count, inc->components, inc->component_count,
	    component_name);
	out->scope_more = more.len ? arena_strdup(a, buf_str(&more)) : NULL;
	out->scope_less = less.len ? arena_strdup(a, buf_str(&less)) : NULL;
	buf_fini(&more);
	buf_fini(&less);
}

/* A carrier as customers may read it. */
static const char *carrier_name(const struct snapshot *s, const char *id)
{
	const struct snap_carrier *k = snap_carrier(s, id);

	if (s->noc && s->noc->carriers_hidden)
		return "a partner network";
	return k && k->name ? k->name : id;
}

static bool in(char *const *items, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(items[i], id) == 0)
			return true;
	return false;
}

/* One of the affected services uses the carrier's network, in one of the affected regions. */
static bool is_used(
    const struct snapshot *s, const struct snap_incident *inc, const struct snap_carrier *k)
{
	bool here = false;

	for (size_t i = 0; i < inc->region_count && !here; i++)
		here = in(k->regions, k->region_count, inc->regions[i]);
	for (size_t i = 0; i < inc->component_count && here; i++) {
		const struct snap_component *c = snap_component(s, inc->components[i]);

		if (c && in(c->carriers, c->carrier_count, k->id))
			return true;
	}
	return false;
}

static bool is_recorded(const struct snap_incident *inc, const char *carrier)
{
	for (size_t i = 0; i < inc->dependency_count; i++)
		if (strcmp(inc->dependencies[i].carrier, carrier) == 0)
			return true;
	return false;
}

/* A carrier whose own page tells of a fault now, where it can be ours, and of which nobody has said
 * yet whether we depend on it: its words are proposed. They are not repeated where carriers are
 * hidden: they may name it. */
static void propose_carriers(const struct snapshot *s, const struct snap_incident *inc,
    struct utc now, struct compose_carrier *carriers, struct compose_facts *out)
{
	size_t count;
	const struct snap_carrier **all = snap_carriers(s, &count);

	for (size_t i = 0; i < count; i++) {
		const struct snap_carrier *k = all[i];

		if (snap_carrier_status(k, now) < STATUS_DEGRADED || is_recorded(inc, k->id) ||
		    !is_used(s, inc, k))
			continue;
		carriers[out->carrier_count++] =
		    (struct compose_carrier){ .name = carrier_name(s, k->id),
			    .reports = s->noc && s->noc->carriers_hidden ? ""
				       : k->detail			 ? k->detail
									 : "",
			    .at = k->since };
	}
	free(all);
}

static void fill_engaged(const struct snapshot *s, const struct snap_incident *inc, struct utc now,
    struct arena *a, struct compose_facts *out)
{
	struct compose_engaged *engaged =
	    arena_alloc(a, (inc->engagement_count + 1) * sizeof *engaged);
	struct compose_carrier *carriers =
	    arena_alloc(a, (inc->dependency_count + map_count(s->carriers) + 1) * sizeof *carriers);

	for (size_t i = 0; i < inc->engagement_count; i++) {
		const struct engagement *e = &inc->engagements[i];

		engaged[out->engaged_count++] =
		    (struct compose_engaged){ e->carrier ? carrier_name(s, e->carrier) : NULL,
			    e->at, e->answered_at };
	}
	for (size_t i = 0; i < inc->dependency_count; i++) {
		const struct dependency *d = &inc->dependencies[i];

		if (!utc_is_set(d->cleared_at))
			carriers[out->carrier_count++] =
			    (struct compose_carrier){ .name = carrier_name(s, d->carrier),
				    .timeline = d->timeline,
				    .at = d->at };
	}
	propose_carriers(s, inc, now, carriers, out);
	out->engaged = engaged;
	out->carriers = carriers;
}

/* Who found it: "probe:ID", "feed:CARRIER/FORMAT:…", or a person. */
static void fill_source(const struct snapshot *s, const struct snap_incident *inc, struct arena *a,
    struct compose_facts *out)
{
	const char *source = inc->source ? inc->source : "";

	out->checks_fail = strncmp(source, "probe:", 6) == 0 && inc->sources_failing > 0;
	if (strncmp(source, "feed:", 5) == 0)
		out->told_by =
		    carrier_name(s, arena_strndup(a, source + 5, strcspn(source + 5, "/")));
}

/* Calendars are the engine's: a cadence in business time is taken as elapsed here, which is never
 * later than the rule. */
static struct utc cadence_due(const struct snapshot *s, int severity, struct utc now)
{
	const char *text = s->noc ? s->noc->severity[severity - 1].target[TARGET_UPDATE] : NULL;
	struct duration d;

	if (!text || !*text || !duration_parse(text, &d))
		return UTC_NONE;
	return compose_cadence(d, NULL, 0, INT64_C(8) * 3600000, now);
}

void facts_of(const struct snapshot *s, const struct snap_incident *inc, struct utc now,
    struct arena *a, struct compose_facts *out)
{
	*out = (struct compose_facts){
		.incident = inc->id,
		.severity = inc->severity,
		.severity_name = s->noc ? s->noc->severity[inc->severity - 1].name : NULL,
		.title = inc->title,
		.impact = inc->impact,
		.started_at = inc->started_at,
		.acknowledged_at = inc->acknowledged_at,
		.restored_at = inc->restored_at,
		.resolved_at = inc->resolved_at,
		.hypothesis = inc->hypothesis,
		.actions = inc->actions,
		.action_count = inc->action_count,
		.workaround = inc->workaround,
		.residual = inc->residual,
		.customer_actions = inc->customer_actions,
		.fix = inc->fix,
		.last = inc->update_count ? &inc->updates[inc->update_count - 1] : NULL,
		.cadence_due = cadence_due(s, inc->severity, now),
		.starts_at = UTC_NONE,
		.ends_at = UTC_NONE,
	};
	out->report = s->noc ? s->noc->severity[inc->severity - 1].target[TARGET_RCA_FINAL] : NULL;
	if (out->report && !*out->report)
		out->report = NULL;
	fill_names(s, inc, a, out);
	fill_engaged(s, inc, now, a, out);
	fill_source(s, inc, a, out);
	fill_since(s, inc, a, out);
}

void facts_of_maintenance(const struct snapshot *s, const struct snap_maintenance *m,
    struct arena *a, struct compose_facts *out)
{
	/* Names and zones are found by its scope, which it has as an incident has one. */
	struct snap_incident scope = { .regions = m->regions,
		.region_count = m->region_count,
		.components = m->components,
		.component_count = m->component_count };

	*out = (struct compose_facts){ .incident = m->id,
		.severity = SEVERITIES,
		.title = m->title,
		.impact = m->impact,
		.started_at = m->started_at,
		.acknowledged_at = UTC_NONE,
		.restored_at = UTC_NONE,
		.resolved_at = UTC_NONE,
		.starts_at = m->starts_at,
		.ends_at = m->ends_at,
		.customer_actions = m->customer_actions,
		.cadence_due = UTC_NONE };
	fill_names(s, &scope, a, out);
}

const char *facts_stage(const struct snap_incident *inc)
{
	const char *last = inc->update_count ? inc->updates[inc->update_count - 1].stage : NULL;

	if (!last)
		return "initial";
	if (inc->phase == PHASE_RESTORED && strcmp(last, "restored") != 0)
		return "restored";
	if (inc->phase == PHASE_RESOLVED && strcmp(last, "resolved") != 0)
		return "resolved";
	return "progress";
}

bool facts_reads(
    const struct snap_incident *inc, const char *stage, const struct snap_audience *audience)
{
	bool told = false;

	for (size_t i = 0; i < inc->update_count && strcmp(stage, "correction") == 0; i++)
		told = told || among(inc->updates[i].audiences, inc->updates[i].audience_count,
				   audience->id);
	return audience->by_default || told;
}

/* ---- lint ---- */

struct channels_of {
	const struct snapshot *s;
	struct arena *a;
};

static const char *channel_kind(const struct snap_noc *noc, const char *id)
{
	for (size_t i = 0; i < noc->channel_count; i++)
		if (strcmp(noc->channels[i].id, id) == 0)
			return noc->channels[i].kind;
	return NULL;
}

size_t facts_channel_room(const struct snap_noc *noc, const char *channel)
{
	return lint_channel_limit(channel_kind(noc, channel));
}

static bool stays_inside(void *ctx, const char *audience)
{
	const struct channels_of *c = ctx;
	const struct snap_noc *noc = c->s->noc;

	for (size_t i = 0; noc && i < noc->audience_count; i++)
		if (strcmp(noc->audiences[i].id, audience) == 0)
			return noc->audiences[i].internal;
	return false;
}

static const struct lint_channel *channels_of(void *ctx, const char *audience, size_t *count)
{
	const struct channels_of *c = ctx;
	const struct snap_noc *noc = c->s->noc;

	*count = 0;
	for (size_t i = 0; noc && i < noc->audience_count; i++) {
		const struct snap_audience *from = &noc->audiences[i];
		struct lint_channel *list;

		if (strcmp(from->id, audience) != 0)
			continue;
		list = arena_alloc(c->a, (from->channel_count + 1) * sizeof *list);
		for (size_t k = 0; k < from->channel_count; k++)
			list[(*count)++] = (struct lint_channel){ from->channels[k],
				channel_kind(noc, from->channels[k]) };
		return list;
	}
	return NULL;
}

/* Full names and numbers of our people, and the conference (NULL: there is none): a first name
 * alone is a plain word. */
static void fill_internal(const struct snap_noc *noc, const struct snap_incident *inc,
    struct arena *a, struct lint_world *out)
{
	const char **words =
	    arena_alloc(a, ((noc ? noc->person_count * 2 : 0) + 2) * sizeof *words);
	size_t n = 0;

	for (size_t i = 0; noc && i < noc->person_count; i++) {
		if (noc->people[i].name && strchr(noc->people[i].name, ' '))
			words[n++] = noc->people[i].name;
		if (noc->people[i].phone && *noc->people[i].phone)
			words[n++] = noc->people[i].phone;
	}
	if (inc && inc->bridge_url && *inc->bridge_url)
		words[n++] = inc->bridge_url;
	if (inc && inc->bridge_phone && *inc->bridge_phone)
		words[n++] = inc->bridge_phone;
	out->internal = words;
	out->internal_count = n;
}

/* Names of the regions that are not these. */
static void fill_regions(const struct snapshot *s, char *const *scope, size_t scope_count,
    struct arena *a, struct lint_world *out)
{
	size_t count, n = 0;
	const struct snap_region **all = snap_regions(s, &count);
	const char **others = arena_alloc(a, (count + 1) * sizeof *others);

	for (size_t i = 0; i < count; i++)
		if (all[i]->name && !among(scope, scope_count, all[i]->id))
			others[n++] = all[i]->name;
	free(all);
	out->other_regions = others;
	out->other_region_count = n;
}

static void fill_world(
    const struct snapshot *s, const struct texts *t, struct arena *a, struct lint_world *out)
{
	struct channels_of *c = arena_alloc(a, sizeof *c);

	*c = (struct channels_of){ s, a };
	*out = (struct lint_world){ .jargon = texts_jargon(t),
		.stays_inside = stays_inside,
		.channels = channels_of,
		.ctx = c };
}

void facts_lint(const struct snapshot *s, const struct snap_incident *inc, const struct texts *t,
    struct arena *a, struct lint_world *out)
{
	fill_world(s, t, a, out);
	fill_regions(s, inc->regions, inc->region_count, a, out);
	fill_internal(s->noc, inc, a, out);
}

void facts_lint_planned(const struct snapshot *s, const struct snap_maintenance *m,
    const struct texts *t, struct arena *a, struct lint_world *out)
{
	fill_world(s, t, a, out);
	fill_regions(s, m->regions, m->region_count, a, out);
	fill_internal(s->noc, NULL, a, out);
}

/* ---- templates ---- */

struct texts *facts_texts(const struct snapshot *s)
{
	size_t count = map_count(s->templates), n = 0, it = 0;
	struct text_file *files = xcalloc(count + 1, sizeof *files);
	struct cfg_problems problems = { 0 };
	const struct snap_template *own;
	struct texts *t;

	while ((own = map_next(s->templates, &it, NULL)))
		files[n++] = (struct text_file){ own->id, NULL, own->source, strlen(own->source) };
	t = texts_new(files, n, &problems);
	cfg_problems_fini(&problems);
	free(files);
	return t;
}

const struct template *facts_template(
    const struct texts *t, const char *name, const char *stage, int severity)
{
	const struct template *found =
	    name ? texts_template(t, name) : texts_for(t, stage, severity);

	return found && template_of_incidents(found) ? found : NULL;
}

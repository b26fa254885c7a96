/* Flap control: so many failures to fall, so many successes to rise; each edge is told once. */
#include "detect_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct detect_finding *detect_found(struct detecting *run, enum detect_what what)
{
	struct detect_findings *out = run->out;

	out->items = xgrow(out->items, out->count, &out->cap);
	out->items[out->count] = (struct detect_finding){ .what = what };
	return &out->items[out->count++];
}

/* Why it is bad, whether it comes and goes, and how many fail with it. */
static char *reason(const struct detect *d, const struct watched *t)
{
	const struct watched **with;
	struct buf out;
	size_t n;

	buf_init(&out, 0);
	if (t->flapping)
		buf_addf(
		    &out, "flapping, %d %% of the last 20 results changed: ", detect_unrest(t));
	buf_adds(&out, t->detail ? t->detail : t->flapping ? "it comes and goes" : "");
	with = xcalloc(d->target_count, sizeof *with);
	n = detect_dependents(d, t, with);
	free(with);
	if (n)
		buf_addf(&out, "%s%zu that depend%s on it fail%s too", out.len ? "; " : "", n,
		    n == 1 ? "s" : "", n == 1 ? "s" : "");
	return buf_take(&out);
}

cJSON *detect_signal(const struct detect *d, const struct watched *t)
{
	cJSON *body = cJSON_CreateObject();
	char *why = status_is_bad(t->stable) ? reason(d, t) : NULL;

	json_put_str(body, "source", t->about.id);
	json_put_str(body, "component", t->about.component);
	json_put_str(body, "region", t->about.region);
	json_put_str(body, "status", status_names[t->stable]);
	json_put_str(body, "detail", why ? why : "");
	free(why);
	return body;
}

const char *detect_told(const struct incident *inc, const char *source)
{
	for (size_t i = inc->events.count; i-- > 0;) {
		const struct event *ev = inc->events.items[i];

		if (ev->kind == EVENT_SIGNAL &&
		    strcmp(json_str_or(ev->body, "source", ""), source) == 0)
			return json_str_or(ev->body, "status", "unknown");
	}
	return inc->source && strcmp(inc->source, source) == 0 ? "unknown" : NULL;
}

static void tell(struct detecting *run, const struct incident *inc, const struct watched *t)
{
	struct detect_finding *f = detect_found(run, DETECT_SIGNAL);

	f->incident = xstrdup(inc->id);
	f->signals = xcalloc(1, sizeof *f->signals);
	f->signals[0] = detect_signal(run->d, t);
	f->signal_count = 1;
}

/* Tells every incident that has heard of this source and not yet this; one in whose scope it is
 * also hears that it came back. */
static void tell_change(struct detecting *run, const struct watched *t, bool rose)
{
	for (size_t i = 0; i < run->active_count; i++) {
		const struct incident *inc = run->active[i];
		const char *told = detect_told(inc, t->about.id);

		if (told ? strcmp(told, status_names[t->stable]) != 0
			 : rose && detect_covers(inc, t))
			tell(run, inc, t);
	}
}

/* Tells every incident that has heard of this source, also of a state that it knows. */
static void tell_again(struct detecting *run, const struct watched *t)
{
	for (size_t i = 0; i < run->active_count; i++)
		if (detect_told(run->active[i], t->about.id))
			tell(run, run->active[i], t);
}

void detect_repeat(struct detecting *run)
{
	for (size_t i = 0; i < run->d->target_count; i++) {
		struct watched *t = &run->d->targets[i];

		if (!t->unsaid)
			continue;
		t->unsaid = false;
		if (t->down)
			t->told = false; /* detect_group tells it */
		else if (!t->about.muted)
			tell_change(run, t, true);
	}
}

static void settle(struct watched *t, enum status s, struct utc at)
{
	if (t->stable == s)
		return;
	t->stable = s;
	t->stable_since = at;
}

static void fall(struct watched *t, enum status s, struct utc at)
{
	t->down = true;
	t->told = t->folded = t->quiet = false; /* detect_group tells it */
	t->fell_at = at;
	t->level_run = 0;
	settle(t, s, at);
}

static void bad(struct detecting *run, struct watched *t, const struct detect_observation *o)
{
	if (t->bad_run++ == 0 && !t->down)
		t->bad_since = o->at;
	t->good_run = 0;
	if (!t->down && t->bad_run >= t->about.fail_after) {
		fall(t, o->status, o->at);
		return;
	}
	if (!t->down)
		return;
	/* Worse or better, but bad: it counts when it is said as often as a recovery is. */
	t->level_run = o->status == t->stable ? 0 : t->level_run + 1;
	if (t->level_run < t->about.recover_after)
		return;
	t->level_run = 0;
	settle(t, o->status, o->at);
	if (t->told && !t->about.muted)
		tell_change(run, t, false);
}

static void good(struct detecting *run, struct watched *t, const struct detect_observation *o)
{
	bool was_down = t->down;

	t->bad_run = t->level_run = 0;
	t->good_run++;
	if (was_down && t->good_run < t->about.recover_after)
		return;
	t->down = false;
	if (t->stable == o->status)
		return;
	settle(t, o->status, o->at);
	if (!t->about.muted)
		tell_change(run, t, was_down && t->told && !t->folded && !t->quiet);
	t->told = t->folded = t->quiet = false;
}

/* An answer that says nothing, as often as a failure needs: what was good is not known any more.
 * What is down stays down. */
static void unclear(struct watched *t, const struct detect_observation *o)
{
	t->bad_run = t->good_run = 0;
	if (!t->down && ++t->level_run >= t->about.fail_after)
		settle(t, STATUS_UNKNOWN, o->at);
}

/* It comes and goes: degraded, from the first bad result on, unless it has fallen already. */
static void flapping_begins(
    struct detecting *run, struct watched *t, const struct detect_observation *o)
{
	if (!t->down) {
		t->bad_since = t->unrest_since;
		fall(t, STATUS_DEGRADED, o->at);
	} else if (t->told && !t->folded && !t->about.muted) {
		tell_again(run, t);
	}
}

/* Calm, and bad: that is told. Calm and good is an edge like any other. */
static void flapping_ends(
    struct detecting *run, struct watched *t, const struct detect_observation *o)
{
	if (!status_is_bad(o->status))
		return;
	settle(t, o->status, o->at);
	if (t->told && !t->folded && !t->about.muted)
		tell_again(run, t);
}

static void count_only(struct watched *t, bool is_bad)
{
	t->bad_run = is_bad ? t->bad_run + 1 : 0;
	t->good_run = is_bad ? 0 : t->good_run + 1;
	t->level_run = 0;
}

void detect_edge(struct detecting *run, struct watched *t, const struct detect_observation *o)
{
	bool is_bad = status_is_bad(o->status);
	enum flap flap;

	if (o->status == STATUS_UNKNOWN) {
		unclear(t, o);
		return;
	}
	flap = detect_flap(t, is_bad, o->at);
	if (flap == FLAP_BEGINS)
		flapping_begins(run, t, o);
	else if (flap == FLAP_ENDS)
		flapping_ends(run, t, o);
	if (t->flapping)
		count_only(t, is_bad);
	else if (is_bad)
		bad(run, t, o);
	else
		good(run, t, o);
}

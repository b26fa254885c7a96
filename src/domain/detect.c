#include "domain/detect.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "detect_priv.h"

#define HOUR_MS ((int64_t)60 * 60 * 1000)
#define SWEEP_MS 1000 /* what grows old, and what was forgotten, is seen so soon */

struct detect *detect_new(struct detect_settings settings)
{
	struct detect *d = xcalloc(1, sizeof *d);

	d->settings = settings;
	d->group_due = d->sweep_due = UTC_NONE;
	d->by_id = map_new(NULL);
	d->by_cell = map_new(NULL);
	return d;
}

void detect_free(struct detect *d)
{
	if (!d)
		return;
	detect_unbuild(d);
	free(d->why);
	free(d);
}

void detect_findings_fini(struct detect_findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct detect_finding *item = &f->items[i];

		free(item->incident);
		cJSON_Delete(item->opened);
		for (size_t s = 0; s < item->signal_count; s++)
			cJSON_Delete(item->signals[s]);
		free(item->signals);
		free(item->why);
	}
	free(f->items);
	*f = (struct detect_findings){ 0 };
}

bool detect_fresh(const struct watched *t, struct utc now)
{
	return t->seen && (!t->about.fresh_ms || utc_diff(now, t->at) <= t->about.fresh_ms);
}

bool detect_covers(const struct incident *inc, const struct watched *t)
{
	return among(inc->regions, inc->region_count, t->about.region) &&
	       among(inc->components, inc->component_count, t->about.component);
}

/* What the newest observation says in itself, before any judging. */
static void take_raw(struct watched *t, const struct detect_observation *o)
{
	if (o->busy)
		return;
	if (o->no_answer && !t->no_answer)
		t->no_answer_since = o->at;
	if (t->about.closely && status_is_bad(o->status) && !status_is_bad(t->newest)) {
		t->slips++;
		t->slipped_at = o->at;
	}
	t->no_answer = o->no_answer;
	t->seen = true;
	t->newest = o->status;
	t->at = o->at;
	t->latency_ms = o->latency_ms;
	if (o->status != STATUS_OPERATIONAL) {
		free(t->detail);
		t->detail = xstrdup_null(o->detail);
	}
}

/* The lead probe of a cell draws its line of latencies. */
static void add_latency(
    struct detect *d, const struct watched *t, const struct detect_observation *o)
{
	struct detect_cell *c;
	int16_t ms;

	if (t->cell == NONE || o->busy)
		return;
	c = &d->cells[t->cell];
	if (&d->targets[d->lead[t->cell]] != t)
		return;
	ms = o->latency_ms < 0 || o->no_answer ? -1
	     : o->latency_ms > INT16_MAX       ? INT16_MAX
					       : (int16_t)o->latency_ms;
	if (c->latency_count == DETECT_LATENCIES)
		memmove(
		    c->latencies, c->latencies + 1, sizeof c->latencies - sizeof c->latencies[0]);
	else
		c->latency_count++;
	c->latencies[c->latency_count - 1] = ms;
}

/* It fails, and not often enough to have fallen; but so soon after planned work that counts. */
static bool slipping(const struct watched *t)
{
	return t->about.closely && !t->down && status_is_bad(t->newest);
}

/* What a probe says about its cell at `now`. */
static enum status said(const struct detect *d, const struct watched *t, struct utc now)
{
	if (t->about.muted)
		return STATUS_MAINTENANCE;
	if (d->impaired || !detect_fresh(t, now))
		return STATUS_UNKNOWN;
	return slipping(t) ? STATUS_DEGRADED : t->stable;
}

static void count_flaps(struct detect *d, size_t cell, struct utc now)
{
	size_t n = d->fall_count[cell] < DETECT_FALLS ? d->fall_count[cell] : DETECT_FALLS;

	d->cells[cell].flaps = 0;
	for (size_t i = 0; i < n; i++)
		d->cells[cell].flaps += utc_diff(now, d->falls[cell][i]) < HOUR_MS;
}

/* What a look at all the probes of a cell adds up to. */
struct tally {
	bool any;
	const struct watched *worst;
	enum status status;
	struct utc data_at, slipped_at;
	int failing, slips;
};

/* What the worst probe heard last that was not good: of a cell that is bad, and of one that is not
 * known or under maintenance because of it; and what else is to be known about it. NULL: nothing;
 * the caller frees. */
static char *why_so(const struct detect *d, const struct tally *sum)
{
	const struct watched *t = sum->worst;

	if (d->impaired)
		return xstrdup_null(d->why);
	if (sum->status == STATUS_OPERATIONAL || !t->detail ||
	    (!status_is_bad(sum->status) && t->newest == STATUS_OPERATIONAL))
		return NULL;
	if (sum->status != STATUS_MAINTENANCE && slipping(t))
		return xasprintf("%d of %d failures, soon after planned work: %s", t->bad_run,
		    t->about.fail_after, t->detail);
	return t->flapping ? xasprintf("flapping: %s", t->detail) : xstrdup(t->detail);
}

static void finish_cell(struct detect *d, size_t i, const struct tally *sum, struct utc now)
{
	struct detect_cell *c = &d->cells[i];
	char *detail = why_so(d, sum);
	bool detail_changed =
	    (c->detail == NULL) != (detail == NULL) || (detail && strcmp(detail, c->detail) != 0);

	if (sum->status != c->status) {
		if (status_is_bad(sum->status) && !status_is_bad(c->status))
			d->falls[i][d->fall_count[i]++ % DETECT_FALLS] = now;
		c->status = sum->status;
		c->since = now;
		detect_mark(d, c);
	}
	if (detail_changed) {
		free(c->detail);
		c->detail = xstrdup_null(detail);
		detect_mark(d, c);
	}
	free(detail);
	if (c->data_at.ms != sum->data_at.ms || c->failing != sum->failing ||
	    c->slips != sum->slips)
		detect_mark(d, c);
	c->data_at = sum->data_at;
	c->failing = sum->failing;
	c->slips = sum->slips;
	c->slipped_at = sum->slipped_at;
	c->latency_ms = sum->worst->latency_ms;
	count_flaps(d, i, now);
}

static void judge_cell(struct detect *d, size_t cell, struct utc now)
{
	struct tally sum = { .slipped_at = UTC_NONE };

	for (size_t i = d->lead[cell]; i != NONE; i = d->targets[i].next) {
		const struct watched *t = &d->targets[i];
		enum status s = said(d, t, now);

		if (!sum.any || s > sum.status) {
			sum.status = s;
			sum.worst = t;
		}
		if (!sum.any || utc_before(t->at, sum.data_at))
			sum.data_at = t->at; /* UTC_NONE comes before every instant */
		sum.failing += t->down;
		sum.slips += t->slips;
		sum.slipped_at = utc_max(sum.slipped_at, t->slipped_at);
		sum.any = true;
	}
	finish_cell(d, cell, &sum, now);
}

/* True when the batch can change what needs a look at all targets: who fails, and the way out. */
static bool take_batch(struct detect *d, const struct detect_observation *batch, size_t count)
{
	bool bad = false;

	for (size_t i = 0; i < count; i++) {
		struct watched *t = map_get(d->by_id, batch[i].target);

		if (!t)
			continue;
		bad = bad || t->about.gateway || t->no_answer != batch[i].no_answer ||
		      status_is_bad(batch[i].status);
		take_raw(t, &batch[i]);
		add_latency(d, t, &batch[i]);
	}
	return bad;
}

static void judge_cells(struct detect *d, const struct detect_observation *batch, size_t count,
    bool all, struct utc now)
{
	for (size_t i = 0; all && i < d->cell_count; i++)
		judge_cell(d, i, now);
	for (size_t i = 0; !all && i < count; i++) {
		const struct watched *t = map_get(d->by_id, batch[i].target);

		if (t && t->cell != NONE)
			judge_cell(d, t->cell, now);
	}
}

/* Also when the clock was set back. */
static bool sweep_is_due(const struct detect *d, struct utc now)
{
	return !utc_is_set(d->sweep_due) || !utc_before(now, d->sweep_due) ||
	       utc_diff(d->sweep_due, now) > SWEEP_MS;
}

/* One observation, and whether the source says something else with it. */
static void take_edge(struct detecting *run, struct watched *t, const struct detect_observation *o)
{
	struct detect *d = run->d;
	enum status was = t->stable;
	bool was_down = t->down;

	detect_edge(run, t, o);
	if (t->stable == was && t->down == was_down)
		return;
	if (d->turned_count < d->target_count)
		d->turned[d->turned_count++] = (size_t)(t - d->targets);
	else
		d->all_turned = true; /* some came more than once */
}

void detect_run(struct detect *d, const struct detect_observation *batch, size_t count,
    const struct incident *const *active, size_t active_count, struct utc now,
    struct detect_findings *out)
{
	bool sweep = count == 0 || sweep_is_due(d, now);
	struct detecting run = { d, active, active_count, now, out, sweep, NULL, NULL };
	bool was_impaired = d->impaired;
	bool look = take_batch(d, batch, count) || sweep;

	d->turned_count = 0;
	d->all_turned = false;
	if (sweep)
		d->sweep_due = utc_add(now, SWEEP_MS);
	if (look)
		detect_own(&run);
	for (size_t i = 0; i < count && !d->impaired; i++) {
		struct watched *t = map_get(d->by_id, batch[i].target);

		if (t && !batch[i].busy && !t->about.gateway)
			take_edge(&run, t, &batch[i]);
	}
	if (look && !d->impaired)
		detect_repeat(&run);
	if (look)
		detect_group(&run);
	d->all_turned = d->all_turned || was_impaired != d->impaired;
	judge_cells(d, batch, count, sweep || was_impaired != d->impaired, now);
}

bool detect_touches(const struct detect *d, const struct incident *inc)
{
	for (size_t i = 0; i < d->turned_count; i++)
		if (detect_covers(inc, &d->targets[d->turned[i]]))
			return true;
	return d->all_turned;
}

void detect_unsaid(struct detect *d, const char *target)
{
	struct watched *t = map_get(d->by_id, target);

	if (t)
		t->unsaid = true;
}

struct utc detect_next(const struct detect *d, struct utc now)
{
	return utc_is_set(d->group_due) ? utc_max(now, d->group_due) : UTC_NONE;
}

struct detect_cell *detect_cells(struct detect *d, size_t *count)
{
	*count = d->cell_count;
	return d->cells;
}

struct detect_cell *detect_changed(struct detect *d)
{
	struct detect_cell *c;

	if (!d->changed_count)
		return NULL;
	c = &d->cells[d->changed[--d->changed_count]];
	c->changed = false;
	return c;
}

struct detect_cell *detect_cell(struct detect *d, const char *component, const char *region)
{
	char *key = xasprintf("%s/%s", component, region);
	struct detect_cell *c = map_get(d->by_cell, key);

	free(key);
	return c;
}

bool detect_impaired(const struct detect *d, const char **why)
{
	if (why)
		*why = d->why;
	return d->impaired;
}

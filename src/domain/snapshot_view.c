/* Questions that every view asks of a snapshot: lookups, orders, what a cell and a clock are now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "domain/snapshot.h"

const struct snap_region *snap_region(const struct snapshot *s, const char *id)
{
	return id ? map_get(s->regions, id) : NULL;
}

const struct snap_component *snap_component(const struct snapshot *s, const char *id)
{
	return id ? map_get(s->components, id) : NULL;
}

const struct snap_cell *snap_cell(
    const struct snapshot *s, const char *component, const char *region)
{
	char id[160];

	snprintf(id, sizeof id, "%s/%s", component, region);
	return map_get(s->cells, id);
}

const struct snap_carrier *snap_carrier(const struct snapshot *s, const char *id)
{
	return id ? map_get(s->carriers, id) : NULL;
}

const struct snap_incident *snap_incident(const struct snapshot *s, const char *id)
{
	return id ? map_get(s->incidents, id) : NULL;
}

const struct snap_person *snap_person(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; id && s->noc && i < s->noc->person_count; i++)
		if (strcmp(s->noc->people[i].id, id) == 0)
			return &s->noc->people[i];
	return NULL;
}

const struct snap_maintenance *snap_maintenance(const struct snapshot *s, const char *id)
{
	return id ? map_get(s->maintenances, id) : NULL;
}

static int by_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* All of a map, sorted. */
#define LISTED(function, type, map_name, by)                                                       \
	const struct type **function(const struct snapshot *s, size_t *count)                      \
	{                                                                                          \
		const struct type **all = xcalloc(map_count(s->map_name) + 1, sizeof *all), *one;  \
		size_t it = 0;                                                                     \
                                                                                                   \
		*count = 0;                                                                        \
		while ((one = map_next(s->map_name, &it, NULL)))                                   \
			all[(*count)++] = one;                                                     \
		if (*count > 1)                                                                    \
			qsort(all, *count, sizeof *all, by);                                       \
		return all;                                                                        \
	}

#define ORDERED(function, type, map_name)                                                          \
	static int by_order_##type(const void *a, const void *b)                                   \
	{                                                                                          \
		const struct type *x = *(const struct type *const *)a;                             \
		const struct type *y = *(const struct type *const *)b;                             \
                                                                                                   \
		return x->order != y->order ? (x->order > y->order) - (x->order < y->order)        \
					    : by_text(x->id, y->id);                               \
	}                                                                                          \
	LISTED(function, type, map_name, by_order_##type)

ORDERED(snap_regions, snap_region, regions)
ORDERED(snap_components, snap_component, components)
ORDERED(snap_carriers, snap_carrier, carriers)

static bool over(const struct snap_maintenance *m)
{
	return m->status == MAINTENANCE_COMPLETED || m->status == MAINTENANCE_CANCELLED;
}

static int by_window(const void *a, const void *b)
{
	const struct snap_maintenance *x = *(const struct snap_maintenance *const *)a;
	const struct snap_maintenance *y = *(const struct snap_maintenance *const *)b;

	if (over(x) != over(y))
		return over(x) ? 1 : -1;
	if (x->starts_at.ms != y->starts_at.ms)
		return x->starts_at.ms < y->starts_at.ms ? -1 : 1;
	return by_text(x->id, y->id);
}

LISTED(snap_maintenances, snap_maintenance, maintenances, by_window)

static int by_newest(const void *a, const void *b)
{
	const struct snap_recent *x = *(const struct snap_recent *const *)a;
	const struct snap_recent *y = *(const struct snap_recent *const *)b;

	return (x->number < y->number) - (x->number > y->number);
}

LISTED(snap_recents, snap_recent, recent, by_newest)

bool snap_watched_closely(const struct snap_maintenance *m, struct utc now)
{
	return utc_is_set(m->watched_until) && utc_before(now, m->watched_until);
}

const struct snap_cell **snap_slipped(
    const struct snapshot *s, const struct snap_maintenance *m, size_t *count)
{
	size_t most = m->region_count * m->component_count;
	const struct snap_cell **found = xcalloc(most + 1, sizeof *found);

	*count = 0;
	for (size_t i = 0; i < most; i++) {
		const struct snap_cell *cell = snap_cell(
		    s, m->components[i % m->component_count], m->regions[i / m->component_count]);

		if (cell && cell->slips)
			found[(*count)++] = cell;
	}
	return found;
}

const struct clock *snap_next_clock(const struct snap_incident *inc)
{
	const struct clock *best = NULL;

	for (size_t i = 0; i < inc->clocks.count; i++) {
		const struct clock *c = &inc->clocks.items[i];

		if (clock_live(c) && (!best || utc_before(c->due, best->due)))
			best = c;
	}
	return best;
}

enum clock_state clock_state_at(const struct clock *c, struct utc now)
{
	if (!clock_live(c))
		return c->state;
	if (utc_before(c->due, now))
		return CLOCK_BREACHED;
	return utc_is_set(c->warn_at) && !utc_before(now, c->warn_at) ? CLOCK_WARNING
								      : CLOCK_RUNNING;
}

bool clock_paused_at(const struct clock *c, struct utc now)
{
	enum clock_state state = clock_state_at(c, now);
	bool flipped = utc_is_set(c->pause_flip) && !utc_before(now, c->pause_flip);

	return (state == CLOCK_RUNNING || state == CLOCK_WARNING) && c->paused != flipped;
}

/* Where an incident stands in the list: what is worked on, then what waits to be taken, then what
 * is resolved, then the rest. */
static int group_of(const struct snap_incident *inc)
{
	static const int groups[PHASES] = {
		[PHASE_OPEN] = 0,
		[PHASE_RESTORED] = 0,
		[PHASE_DETECTED] = 1,
		[PHASE_RESOLVED] = 2,
		[PHASE_CLOSED] = 3,
		[PHASE_MERGED] = 3,
		[PHASE_DISMISSED] = 3,
	};

	return groups[inc->phase];
}

static int by_breach(const void *a, const void *b)
{
	const struct snap_incident *x = *(const struct snap_incident *const *)a;
	const struct snap_incident *y = *(const struct snap_incident *const *)b;
	const struct clock *cx = snap_next_clock(x), *cy = snap_next_clock(y);
	int gx = group_of(x), gy = group_of(y);

	if (gx != gy)
		return gx - gy;
	if (cx && cy && cx->due.ms != cy->due.ms)
		return cx->due.ms < cy->due.ms ? -1 : 1;
	if (!cx != !cy)
		return cx ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank - y->rank;
	if (x->severity != y->severity)
		return x->severity - y->severity;
	if (x->opened_at.ms != y->opened_at.ms)
		return x->opened_at.ms < y->opened_at.ms ? -1 : 1;
	return by_text(x->id, y->id);
}

bool snap_snoozed(const struct snap_incident *inc, struct utc now)
{
	return inc->phase == PHASE_DETECTED && utc_is_set(inc->snoozed_until) &&
	       utc_before(now, inc->snoozed_until);
}

/* Candidates that are put aside go behind the other candidates; otherwise the order stays. */
static void put_aside(const struct snap_incident **all, size_t count, struct utc now)
{
	for (size_t i = count; i-- > 0;) {
		const struct snap_incident *one = all[i];
		size_t to = i;

		if (!snap_snoozed(one, now))
			continue;
		for (; to + 1 < count && all[to + 1]->phase == PHASE_DETECTED &&
		       !snap_snoozed(all[to + 1], now);
		     to++)
			all[to] = all[to + 1];
		all[to] = one;
	}
}

const struct snap_incident **snap_incidents(const struct snapshot *s, struct utc now, size_t *count)
{
	const struct snap_incident **all = xcalloc(map_count(s->incidents), sizeof *all), *one;
	size_t it = 0;

	*count = 0;
	while ((one = map_next(s->incidents, &it, NULL)))
		all[(*count)++] = one;
	if (*count > 1)
		qsort(all, *count, sizeof *all, by_breach);
	put_aside(all, *count, now);
	return all;
}

enum status snap_cell_status(const struct snap_cell *c, struct utc now)
{
	if (!utc_is_set(c->data_at) || (c->fresh_ms && utc_diff(now, c->data_at) > c->fresh_ms))
		return STATUS_UNKNOWN;
	return c->status;
}

enum status snap_carrier_status(const struct snap_carrier *k, struct utc now)
{
	if (!k->has_feed || !utc_is_set(k->data_at) ||
	    (k->fresh_ms > 0 && utc_diff(now, k->data_at) > k->fresh_ms))
		return STATUS_UNKNOWN;
	return k->status;
}

enum status snap_feed_status(const struct snap_feed *f, struct utc now)
{
	if (!f->ok || !utc_is_set(f->fetched_at) ||
	    (f->fresh_ms && utc_diff(now, f->fetched_at) > f->fresh_ms))
		return STATUS_UNKNOWN;
	return f->status;
}

static bool has(char *const *items, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(items[i], id) == 0)
			return true;
	return false;
}

int snap_cell_severity(const struct snapshot *s, const char *component, const char *region)
{
	const struct snap_incident *inc;
	size_t it = 0;
	int worst = 0;

	while ((inc = map_next(s->incidents, &it, NULL))) {
		bool active = inc->phase == PHASE_DETECTED || inc->phase == PHASE_OPEN ||
			      inc->phase == PHASE_RESTORED;

		if (active && has(inc->regions, inc->region_count, region) &&
		    has(inc->components, inc->component_count, component) &&
		    (!worst || inc->severity < worst))
			worst = inc->severity;
	}
	return worst;
}

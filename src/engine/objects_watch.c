/* Cells and feeds, as boards get them. */
#include <string.h>

#include "engine_priv.h"
#include "os/clock.h"

#define HOUR_MS 3600000
#define PROBLEMS_MOST 12 /* lines of a document's problems that a board gets */

static char *fault_word(struct arena *a, enum probe_fault f)
{
	return f == FAULT_NONE ? NULL : arena_strdup(a, probe_fault_names[f]);
}

static int64_t shortest_interval(const struct cfg_component *k, const char *region)
{
	int64_t ms = 0;

	for (size_t i = 0; i < k->probes.count; i++)
		if (strcmp(k->probes.items[i].region.s, region) == 0 &&
		    (!ms || k->probes.items[i].interval_ms < ms))
			ms = k->probes.items[i].interval_ms;
	return ms;
}

cJSON *object_cell(struct engine *g, struct arena *a, const char *id)
{
	char *component = arena_strdup(a, id), *region = strchr(component, '/');
	const struct cfg_component *k;
	const struct observation *worst;
	struct detect_cell *cell;
	struct snap_cell n;

	if (!region || !g->detect)
		return NULL;
	*region++ = '\0';
	cell = detect_cell(g->detect, component, region);
	if (!cell)
		return NULL;
	n = (struct snap_cell){ .id = arena_strdup(a, id),
		.component = component,
		.region = region,
		.status = cell->status,
		.since = cell->since,
		.data_at = cell->data_at,
		.fresh_ms = cell->fresh_ms,
		.latency_ms = cell->latency_ms,
		.detail = cell->detail,
		.flaps = cell->flaps,
		.slips = cell->slips,
		.slipped_at = cell->slipped_at,
		.latency_count = cell->latency_count,
		.failing = cell->failing,
		.total = cell->total };
	memcpy(n.latencies, cell->latencies, sizeof n.latencies);
	k = config_component(g->config, component);
	worst = k ? source_worst_probe(g, k, region) : NULL;
	if (k)
		n.interval_ms = shortest_interval(k, region);
	if (worst) {
		n.code = worst->code;
		n.fault = fault_word(a, worst->fault);
	}
	return wire_write(WIRE_CELL, &n);
}

static void add_document(struct arena *a, const struct feed_doc *d, struct snap_feed *n)
{
	size_t count = d->problem_count < PROBLEMS_MOST ? d->problem_count : PROBLEMS_MOST;

	n->status = d->status;
	n->problems_total = (int)d->problem_count;
	n->problems = arena_alloc(a, (count + 1) * sizeof *n->problems);
	for (size_t i = 0; i < count; i++)
		n->problems[n->problem_count++] = arena_strdup(a, d->problems[i]);
}

cJSON *object_feed(struct engine *g, struct arena *a, const char *id)
{
	const struct feed_state *s = g->feeds ? map_get(g->feeds, id) : NULL;
	const struct cfg_carrier *carrier = NULL;
	const struct cfg_feed *from = s ? watch_find_feed(g, id, &carrier) : NULL;
	struct snap_feed n;

	if (!from)
		return NULL;
	n = (struct snap_feed){ .id = from->id.s,
		.carrier = carrier->id.s,
		.format = from->format.s,
		.url = from->url.s ? from->url.s : from->folder.s,
		.ok = s->ok,
		.status = STATUS_UNKNOWN,
		.fetched_at = s->fetched_at,
		.tried_at = s->tried_at,
		.next_at = s->next_at,
		.since = s->since,
		.fresh_ms = watch_feed_fresh_ms(from),
		.detail = s->detail,
		.open_incidents = s->open_incidents,
		.code = s->code,
		.fault = fault_word(a, s->fault),
		.size = (int64_t)s->size,
		.latency_ms = s->latency_ms,
		.moved_to = s->moved_to,
		.flaps = source_losses(
		    g, arena_printf(a, "feed:%s", id), utc_add(clock_utc(), -HOUR_MS)),
		.latency_count = s->latency_count };
	memcpy(n.latencies, s->latencies, sizeof n.latencies);
	if (s->doc)
		add_document(a, s->doc, &n);
	return wire_write(WIRE_FEED, &n);
}

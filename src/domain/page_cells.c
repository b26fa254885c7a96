/* Components in regions: status, days and figures, from the incidents that were told. */
#include <stdlib.h>
#include <string.h>

#include "page_priv.h"

/* A service is where it is probed, or everywhere when nothing probes it. */
static bool offered(const struct cfg_component *k, const char *region)
{
	for (size_t i = 0; i < k->probes.count; i++) {
		const char *at = k->probes.items[i].region.s;

		if (strcmp(at, "*") == 0 || strcmp(at, region) == 0)
			return true;
	}
	return k->probes.count == 0;
}

static int target_of(const struct cfg_component *k, const char *region)
{
	int milli = 0, any = 0;

	for (size_t i = 0; i < k->availability.count; i++) {
		const struct cfg_pair *pair = &k->availability.items[i];

		if (!pair->values.count)
			continue;
		if (strcmp(pair->key.s, region) == 0)
			availability_target_parse(pair->values.items[0].s, &milli);
		else if (strcmp(pair->key.s, "*") == 0)
			availability_target_parse(pair->values.items[0].s, &any);
	}
	return milli ? milli : any;
}

/* Whether it ever lay in the incident's scope; most cells never did, and cost nothing more. */
static bool touched(const struct incident *inc, const char *component, const char *region)
{
	for (size_t i = 0; i < inc->events.count; i++) {
		const struct event *ev = inc->events.items[i];

		if ((ev->kind == EVENT_OPENED || ev->kind == EVENT_SCOPE_CHANGED) &&
		    json_lists(json_get(ev->body, "components"), component) &&
		    json_lists(json_get(ev->body, "regions"), region))
			return true;
	}
	return false;
}

static void add_carriers(struct page *p, const struct page_request *r,
    const struct cfg_component *k, const char *region, struct page_cell *cell)
{
	static const char prefix[] = "carrier:";

	cell->carriers = arena_alloc(p->arena, (k->depends_on.count + 1) * sizeof *cell->carriers);
	if (strcmp(r->config->page_carriers.s, "show") != 0)
		return;
	for (size_t i = 0; i < k->depends_on.count; i++) {
		const char *id = k->depends_on.items[i].s;
		const struct cfg_carrier *c =
		    strncmp(id, prefix, sizeof prefix - 1) == 0
			? config_carrier(r->config, id + sizeof prefix - 1)
			: NULL;

		for (size_t j = 0; c && j < c->regions.count; j++)
			if (strcmp(c->regions.items[j].s, region) == 0)
				cell->carriers[cell->carrier_count++] = c->name.s;
	}
}

static void add_days(struct page *p, struct page_cell *cell)
{
	cell->days = arena_alloc(p->arena, (size_t)p->days);
	for (size_t i = 0; i < cell->spans.count; i++) {
		const struct status_span *s = &cell->spans.items[i];
		int64_t from = utc_diff(utc_max(s->from, p->first_day), p->first_day),
			to = utc_diff(s->to, p->first_day) - 1;

		for (int64_t d = from / PAGE_DAY_MS; to >= 0 && d <= to / PAGE_DAY_MS; d++)
			if ((int)s->status > cell->days[d])
				cell->days[d] = (unsigned char)s->status;
	}
}

static void fill(struct page *p, const struct page_request *r, const struct cfg_component *k,
    const char *region, const struct page_matter *told, struct page_cell *cell)
{
	const struct calendar *coverage = k->coverage.s && strcmp(k->coverage.s, "24x7") != 0
					      ? policy_calendar(p->policy, k->coverage.s)
					      : NULL;
	struct status_track track = { 0 };
	struct utc window = utc_add(p->today, -p->days * PAGE_DAY_MS);

	for (size_t i = 0; i < told->incident_count; i++)
		if (touched(told->incidents[i], k->id.s, region))
			status_track_incident(&track, told->incidents[i], k->id.s, region);
	for (size_t i = 0; i < told->maintenance_count; i++)
		status_track_maintenance(&track, told->maintenances[i], k->id.s, region);
	cell->offered = offered(k, region) || track.count;
	cell->status = status_track_at(&track, r->now);
	/* A millisecond more, so that what began at this very instant is among the spans. */
	status_track_flatten(&cell->spans, &track, window, utc_add(r->now, 1));
	cell->since = UTC_NONE;
	if (cell->status != STATUS_OPERATIONAL && cell->spans.count)
		cell->since = cell->spans.items[cell->spans.count - 1].from;
	cell->target_milli = target_of(k, region);
	cell->figures = availability_of(&track, window, p->today, coverage);
	add_days(p, cell);
	add_carriers(p, r, k, region, cell);
	status_track_fini(&track);
}

void page_cells(struct page *p, const struct page_request *r, const struct page_matter *told)
{
	p->cells =
	    arena_alloc(p->arena, (p->region_count * p->component_count + 1) * sizeof *p->cells);
	for (size_t i = 0; i < p->region_count; i++)
		for (size_t k = 0; k < p->component_count; k++)
			fill(p, r, &r->config->components.items[k], p->regions[i].id, told,
			    &p->cells[i * p->component_count + k]);
}

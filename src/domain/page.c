#include "domain/page.h"

#include <stdlib.h>
#include <string.h>

#include "page_priv.h"

const char *const page_status_words[STATUSES] = {
	[STATUS_OPERATIONAL] = "Operational",
	[STATUS_UNKNOWN] = "Unknown",
	[STATUS_MAINTENANCE] = "Planned work",
	[STATUS_DEGRADED] = "Degraded",
	[STATUS_PARTIAL] = "Partial outage",
	[STATUS_MAJOR] = "Major outage",
};

const char *page_state_word(const char *status)
{
	static const char *const words[][2] = {
		{ "investigating", "Investigating" },
		{ "identified", "Identified" },
		{ "monitoring", "Monitoring" },
		{ "resolved", "Resolved" },
		{ "scheduled", "Scheduled" },
		{ "in_progress", "Under way" },
		{ "completed", "Completed" },
		{ "cancelled", "Cancelled" },
	};

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(words[i][0], status) == 0)
			return words[i][1];
	return "Update";
}

const struct page_cell *page_cell(const struct page *p, size_t region, size_t component)
{
	return &p->cells[region * p->component_count + component];
}

struct template_places page_places(struct page *p, const struct page_request *r,
    const struct cfg_texts *names, const struct cfg_text *one)
{
	size_t room = names ? names->count : 0, n = 0;
	const struct zone **zones = arena_alloc(p->arena, (room + 2) * sizeof *zones);

	for (size_t i = 0; i < room; i++)
		if ((zones[n] = r->zone(r->ctx, names->items[i].s)))
			n++;
	if (!n && one && one->s && (zones[n] = r->zone(r->ctx, one->s)))
		n++;
	return (struct template_places){ zones, n };
}

static void add_regions(struct page *p, const struct page_request *r)
{
	const struct config *c = r->config;

	p->region_count = c->regions.count;
	p->portfolio_count = c->portfolios.count;
	p->regions = arena_alloc(p->arena, (p->region_count + 1) * sizeof *p->regions);
	p->portfolios = arena_alloc(p->arena, (p->portfolio_count + 1) * sizeof *p->portfolios);
	for (size_t i = 0; i < p->portfolio_count; i++)
		p->portfolios[i] = (struct page_portfolio){ .id = c->portfolios.items[i].id.s,
			.name = c->portfolios.items[i].name.s };
	for (size_t i = 0; i < p->region_count; i++) {
		const struct cfg_region *from = &c->regions.items[i];
		struct page_region *to = &p->regions[i];

		to->id = from->id.s;
		to->name = from->name.s;
		to->places = page_places(p, r, &from->timezones, &from->timezone);
		to->portfolios = arena_alloc(p->arena, p->portfolio_count + 1);
		for (size_t k = 0; k < from->portfolios.count; k++)
			for (size_t j = 0; j < p->portfolio_count; j++)
				if (strcmp(from->portfolios.items[k].s, p->portfolios[j].id) == 0)
					to->portfolios[j] = true;
	}
}

static void add_components(struct page *p, const struct config *c)
{
	p->component_count = c->components.count;
	p->components = arena_alloc(p->arena, (p->component_count + 1) * sizeof *p->components);
	for (size_t i = 0; i < p->component_count; i++)
		p->components[i] = (struct page_component){ c->components.items[i].id.s,
			c->components.items[i].name.s };
}

static int by_weight(const void *a, const void *b)
{
	const struct page_incident *x = a, *y = b;

	if (x->open != y->open)
		return x->open ? -1 : 1;
	if (x->open && x->severity != y->severity)
		return x->severity - y->severity;
	if (x->started_at.ms != y->started_at.ms)
		return x->started_at.ms > y->started_at.ms ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Those that are open, and those that ended within the days shown. */
static bool recent(const struct page *p, const struct page_incident *inc)
{
	return inc->open || !utc_before(inc->resolved_at, p->first_day);
}

static int by_plan(const void *a, const void *b)
{
	const struct page_incident *x = a, *y = b;
	bool earlier = x->starts_at.ms < y->starts_at.ms;

	if (x->open != y->open)
		return x->open ? -1 : 1;
	if (x->starts_at.ms != y->starts_at.ms)
		return earlier == x->open ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Each of them that this audience was told of is put into `told`. */
static void add_incidents(struct page *p, const struct page_request *r,
    const struct cfg_audience *a, const struct page_matter *all, const struct incident **told,
    size_t *count)
{
	p->incidents = arena_alloc(p->arena, (all->incident_count + 1) * sizeof *p->incidents);
	for (size_t i = 0; i < all->incident_count; i++) {
		struct page_incident *to = &p->incidents[p->incident_count];

		if (!page_incident_of(p, r, a, all->incidents[i], to))
			continue;
		told[(*count)++] = all->incidents[i];
		if (!recent(p, to))
			continue;
		p->incident_count++;
		p->open_count += to->open;
	}
	if (p->incident_count)
		qsort(p->incidents, p->incident_count, sizeof *p->incidents, by_weight);
}

static void add_maintenances(struct page *p, const struct page_request *r,
    const struct cfg_audience *a, const struct page_matter *all, const struct maintenance **told,
    size_t *count)
{
	p->maintenances =
	    arena_alloc(p->arena, (all->maintenance_count + 1) * sizeof *p->maintenances);
	for (size_t i = 0; i < all->maintenance_count; i++) {
		struct page_incident *to = &p->maintenances[p->maintenance_count];

		if (!page_maintenance_of(p, r, a, all->maintenances[i], to))
			continue;
		told[(*count)++] = all->maintenances[i];
		if (!recent(p, to))
			continue;
		p->maintenance_count++;
		p->ahead_count += to->open;
	}
	if (p->maintenance_count)
		qsort(p->maintenances, p->maintenance_count, sizeof *p->maintenances, by_plan);
}

static void add_matter(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct page_matter *all)
{
	const struct incident **incidents = xcalloc(all->incident_count + 1, sizeof *incidents);
	const struct maintenance **planned = xcalloc(all->maintenance_count + 1, sizeof *planned);
	struct page_matter told = { .incidents = incidents, .maintenances = planned };

	add_incidents(p, r, a, all, incidents, &told.incident_count);
	add_maintenances(p, r, a, all, planned, &told.maintenance_count);
	page_cells(p, r, &told);
	free(incidents);
	free(planned);
}

static void worst(enum status *at, enum status s)
{
	if (s > *at)
		*at = s;
}

static void add_up(struct page *p)
{
	for (size_t i = 0; i < p->region_count; i++) {
		for (size_t k = 0; k < p->component_count; k++)
			worst(&p->regions[i].status, page_cell(p, i, k)->status);
		worst(&p->status, p->regions[i].status);
		for (size_t j = 0; j < p->portfolio_count; j++)
			if (p->regions[i].portfolios[j])
				worst(&p->portfolios[j].status, p->regions[i].status);
	}
}

struct page *page_new(const struct page_request *r, const struct page_matter *matter)
{
	const struct cfg_audience *a = config_page_audience(r->config, r->channel, r->audience);
	int64_t day = r->now.ms / PAGE_DAY_MS;
	struct page *p;

	if (!a)
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->arena = arena_new();
	p->config = r->config;
	p->policy = r->config->policy;
	p->name = r->config->page_name.s ? r->config->page_name.s : r->config->name.s;
	p->url = arena_strdup(p->arena, r->url);
	p->audience = a->id.s;
	p->hidden = r->audience > 0;
	p->made = (struct utc){ r->now.ms / 1000 * 1000 };
	p->valid_ms = r->config->page_valid_ms;
	p->days = (int)(r->config->page_history_ms / PAGE_DAY_MS);
	p->today = (struct utc){ day * PAGE_DAY_MS };
	p->first_day = utc_add(p->today, -(p->days - 1) * PAGE_DAY_MS);
	p->places = page_places(p, r, NULL, &r->config->page_timezone);
	p->blind = matter->blind;
	p->blind_since = matter->blind_since;
	add_regions(p, r);
	add_components(p, r->config);
	add_matter(p, r, a, matter);
	add_up(p);
	return p;
}

void page_free(struct page *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->region_count * p->component_count; i++)
		status_track_fini(&p->cells[i].spans);
	arena_free(p->arena);
	free(p);
}

/* The status page as a value: what one audience of a page channel may read, and nothing else. Made
 * from the configuration and the incidents by an allow-list: names that customers know, the texts
 * that were posted to this audience, severity, scope and times of the incidents that these tell of.
 * Titles, notes, hypotheses, reasons, people and whatever else an incident holds stay behind.
 * Pure; net/page writes it down. */
#ifndef DOMAIN_PAGE_H
#define DOMAIN_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/time.h"
#include "domain/availability.h"
#include "domain/config.h"
#include "domain/incident.h"
#include "domain/maintenance.h"
#include "domain/template.h"

#define PAGE_DAY_MS INT64_C(86400000)

struct page_region {
	const char *id, *name;
	struct template_places places; /* its zones */
	enum status status;	       /* the worst of its cells */
	bool *portfolios;	       /* by index of page.portfolios */
};

struct page_component {
	const char *id, *name;
};

struct page_portfolio {
	const char *id, *name;
	enum status status;
};

/* A component in a region. */
struct page_cell {
	bool offered; /* false: there is no such service here, and the rest is empty */
	enum status status;
	struct utc since; /* UTC_NONE: operational */
	/* What was the matter on each of page.days days, the worst of it. The last day is today. */
	unsigned char *days;
	struct status_track spans; /* flat, from the first day on; owned by the page */
	/* Over the whole days before today. */
	struct availability figures;
	int target_milli;      /* 0: none is set */
	const char **carriers; /* names of those whose networks it uses here */
	size_t carrier_count;
};

struct page_update {
	const char *id; /* "INC-1.5": incident and version, for ever */
	struct utc at, next_update_at;
	const char *status; /* "investigating", … as it was told */
	const char *text;   /* clean, several lines, without its title */
};

/* An incident, or planned work (`planned`). */
struct page_incident {
	const char *id;
	bool planned; /* its severity is 0, its status "scheduled", "in_progress", "completed" or
			 "cancelled", and open means that it lies ahead or is under way */
	struct utc starts_at, ends_at; /* of planned work: the window that was told last */
	const char *title;	       /* of the newest update; made of names where that has none */
	int severity;
	const char *status; /* "investigating", "identified", "monitoring", "resolved" */
	bool open;
	bool final; /* nothing more is expected: closed or merged */
	struct utc started_at, restored_at, resolved_at, updated_at;
	struct utc next_update_at;    /* UTC_NONE: none is promised, or it is over */
	bool workaround;	      /* restored by one, for now */
	size_t *regions, *components; /* indexes, in the order of the configuration */
	size_t region_count, component_count;
	struct template_places places; /* zones of its regions, or the page's own */
	const char **carriers;	       /* names of those that it waits for */
	size_t carrier_count;
	struct page_update *updates; /* newest first; at least one */
	size_t update_count;
};

struct page {
	struct arena *arena;
	const char *name;     /* as customers know us */
	const char *url;      /* of this audience's pages, with a slash at its end */
	const char *audience; /* id */
	bool hidden;	      /* for partners: no search engine is to find it */
	struct utc made;      /* truncated to whole seconds */
	int64_t valid_ms;
	int days;
	struct utc first_day, today; /* their midnights, UTC */
	enum status status;	     /* worst of all cells */
	bool blind;		     /* we cannot see how it is; what was told stands */
	struct utc blind_since;
	struct template_places places;
	struct page_region *regions;
	size_t region_count;
	struct page_component *components;
	size_t component_count;
	struct page_portfolio *portfolios;
	size_t portfolio_count;
	struct page_cell *cells; /* of region r and component c: r x component_count + c */
	/* Open ones first, the worst severity first, then by start, newest first. */
	struct page_incident *incidents;
	size_t incident_count, open_count;
	/* Planned work: what is under way and ahead first, by its window; then the past, newest
	 * first. */
	struct page_incident *maintenances;
	size_t maintenance_count, ahead_count;
	const struct policy *policy; /* borrowed */
	const struct config *config; /* borrowed: targets and coverage, for the published policy */
};

/* Where a page is made, and for whom. */
struct page_request {
	const struct config *config;
	const struct cfg_channel *channel; /* of kind page */
	size_t audience;		   /* number of config_page_audience */
	const char *url;		   /* of this audience's pages; with a slash at its end */
	const struct zone *(*zone)(void *ctx, const char *name); /* NULL: no such zone */
	void *ctx;
	struct utc now;
};

/* All that a page may be made from. */
struct page_matter {
	const struct incident *const *incidents;
	size_t incident_count;
	const struct maintenance *const *maintenances;
	size_t maintenance_count;
	bool blind; /* our own way out is in doubt */
	struct utc blind_since;
};

/* Borrows the configuration and the policy, and nothing of the matter. NULL: there is no such
 * audience. The caller frees with page_free. */
struct page *page_new(const struct page_request *r, const struct page_matter *matter);
void page_free(struct page *p); /* NULL is fine */

const struct page_cell *page_cell(const struct page *p, size_t region, size_t component);

/* Whether an event of this kind can change what a page shows. */
bool page_shows(enum event_kind kind);
/* Whether this update tells the audience something on this channel. */
bool page_told(const struct posted_update *u, const struct cfg_audience *a, const char *channel);

/* For people: "Operational", "Partial outage". */
extern const char *const page_status_words[STATUSES];
/* "Investigating" for "investigating". */
const char *page_state_word(const char *status);

#endif

/* Availability: what was the matter with a component in a region, and for how long (docs/sla.md,
 * availability). A track is made of spans of status, from the incidents of the journal alone; the
 * figures are sums of milliseconds, so that anybody can recompute the percentage from what is
 * printed. */
#ifndef DOMAIN_AVAILABILITY_H
#define DOMAIN_AVAILABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/calendar.h"
#include "domain/incident.h"
#include "domain/maintenance.h"
#include "domain/snapshot.h"

struct status_span {
	struct utc from, to; /* to UTC_NONE: it goes on */
	enum status status;
};

/* Spans in any order, which may overlap. What no span covers is operational. */
struct status_track {
	struct status_span *items;
	size_t count, cap;
};

void status_track_add(struct status_track *t, struct utc from, struct utc to, enum status status);
void status_track_fini(struct status_track *t);

/* What a severity does to the components in scope while it is open: 1 major outage, 2 partial
 * outage, 3 degraded, else operational. */
enum status severity_status(int severity);

/* Adds what the incident did to this component in this region: from its start, by its severity and
 * scope at each time, until it was restored (degraded from then on when only by a workaround, until
 * it was resolved); reopening begins anew. A dismissed incident did nothing, a merged one ends
 * where the other takes over. Changes that were undone count for nothing. */
void status_track_incident(
    struct status_track *t, const struct incident *inc, const char *component, const char *region);

/* Adds the time that planned work really took: from its start until its end. */
void status_track_maintenance(
    struct status_track *t, const struct maintenance *m, const char *component, const char *region);

/* Sorted and apart, the worst at each instant, cut to from..to; nothing operational among them.
 * Replaces what `out` held. */
void status_track_flatten(
    struct status_track *out, const struct status_track *t, struct utc from, struct utc to);
/* The worst at this instant. */
enum status status_track_at(const struct status_track *t, struct utc at);

/* All in ms of the coverage: the whole window, or its opening hours. Each instant counts once: as
 * maintenance whatever else happened in it, else as the worst that was the matter. */
struct availability {
	struct utc from, to;
	int64_t window_ms;
	int64_t maintenance_ms, major_ms, partial_ms, degraded_ms, unknown_ms;
};

/* `coverage` NULL: around the clock. An empty window gives zeros. */
struct availability availability_of(
    const struct status_track *t, struct utc from, struct utc to, const struct calendar *coverage);

/* What counts against the target: major + 0.3 partial, rounded up to a whole ms. */
int64_t availability_down_ms(const struct availability *a);
int64_t availability_counted_ms(const struct availability *a); /* window without maintenance */
/* In thousandths of a percent, rounded down so that no outage disappears: 99.954 % is 99954. 100000
 * when nothing was counted. */
int availability_milli(const struct availability *a);

/* "99.95" -> 99950. False: no percentage of 0 to below 100 with at most three decimals. */
bool availability_target_parse(const char *s, int *milli);
/* (1 - target) x counted, and what is left of it (below zero: overspent). */
int64_t availability_budget_ms(const struct availability *a, int target_milli);
int64_t availability_remaining_ms(const struct availability *a, int target_milli);

/* "99.954" into out[16]; returns out. */
char *availability_percent(int milli, char out[16]);
/* Two lines that hold everything the percentage was made of; target_milli 0: none is set. */
void availability_explain(struct buf *out, const struct availability *a, int target_milli);
/* The same as an object; the caller frees. */
cJSON *availability_json(const struct availability *a, int target_milli);

#endif

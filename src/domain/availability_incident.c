/* What an incident did to a component in a region, from its events. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "domain/availability.h"

/* The walk through the events of one incident. */
struct walk {
	struct status_track *track;
	const char *component, *region;
	int severity;
	bool in_scope, running, workaround;
	struct utc since; /* of the status that runs */
	size_t first;	  /* span of this incident */
};

static enum status status_now(const struct walk *w)
{
	if (!w->in_scope || (!w->running && !w->workaround))
		return STATUS_OPERATIONAL;
	return w->running ? severity_status(w->severity) : STATUS_DEGRADED;
}

/* A restoration that is told late may lie before what was written down already. */
static void cut(struct walk *w, struct utc at)
{
	struct status_track *t = w->track;
	size_t kept = w->first;

	for (size_t i = w->first; i < t->count; i++) {
		if (!utc_before(t->items[i].from, at))
			continue;
		t->items[kept] = t->items[i];
		t->items[kept].to = utc_min(t->items[kept].to, at);
		kept++;
	}
	t->count = kept;
}

/* What ran until `at` is written down. */
static void until(struct walk *w, struct utc at)
{
	if (utc_is_set(w->since) && utc_before(w->since, at))
		status_track_add(w->track, w->since, at, status_now(w));
	else if (utc_is_set(w->since) && utc_before(at, w->since))
		cut(w, at);
	w->since = at;
}

static void set_scope(struct walk *w, const cJSON *body)
{
	w->in_scope = json_lists(json_get(body, "components"), w->component) &&
		      json_lists(json_get(body, "regions"), w->region);
}

/* When it happened according to the body, which may lie before the event. */
static struct utc happened(const struct event *ev, const char *member)
{
	struct utc t = json_utc(ev->body, member);

	return utc_is_set(t) ? utc_min(t, ev->at) : ev->at;
}

static void step(struct walk *w, const struct event *ev)
{
	struct utc at = ev->at;
	int64_t to;

	/* Only these kinds bear on availability: a list, not a switch over all. */
	if (ev->kind == EVENT_OPENED) {
		w->since = happened(ev, "started_at");
		w->severity = (int)json_int(ev->body, "severity", 0);
		w->running = true;
		set_scope(w, ev->body);
	} else if (ev->kind == EVENT_SEVERITY_CHANGED) {
		until(w, at);
		to = json_int(ev->body, "to", 0);
		w->severity = to >= 1 && to <= SEVERITIES ? (int)to : w->severity;
	} else if (ev->kind == EVENT_SCOPE_CHANGED) {
		until(w, at);
		set_scope(w, ev->body);
	} else if (ev->kind == EVENT_RESTORED) {
		if (w->running)
			until(w, happened(ev, "restored_at"));
		w->running = false;
		w->workaround = json_bool(ev->body, "workaround", false);
	} else if (ev->kind == EVENT_RESOLVED) {
		until(w, happened(ev, "resolved_at"));
		w->running = w->workaround = false;
	} else if (ev->kind == EVENT_REOPENED) {
		until(w, at);
		w->running = true;
		w->workaround = false;
	} else if (ev->kind == EVENT_MERGED || ev->kind == EVENT_CLOSED) {
		until(w, at);
		w->running = w->workaround = false;
	}
}

/* Marks every event that a later one took back, and the one that did; from the end on, so that the
 * undoing of an undoing brings the change back. */
static bool *undone_of(const struct event_list *events)
{
	bool *undone = xcalloc(events->count + 1, sizeof *undone);

	for (size_t i = events->count; i-- > 0;) {
		int64_t of = json_int(events->items[i]->body, "undo_of", 0);

		if (undone[i] || of < 1)
			continue;
		for (size_t j = i; j-- > 0;)
			if (events->items[j]->version == of && !undone[j])
				undone[i] = undone[j] = true;
	}
	return undone;
}

enum status severity_status(int severity)
{
	static const enum status of[SEVERITIES] = { STATUS_MAJOR, STATUS_PARTIAL, STATUS_DEGRADED,
		STATUS_OPERATIONAL };

	return severity >= 1 && severity <= SEVERITIES ? of[severity - 1] : STATUS_OPERATIONAL;
}

void status_track_incident(
    struct status_track *t, const struct incident *inc, const char *component, const char *region)
{
	struct walk w = { .track = t,
		.component = component,
		.region = region,
		.since = UTC_NONE,
		.first = t->count };
	bool *undone;

	if (inc->phase == PHASE_DISMISSED)
		return;
	undone = undone_of(&inc->events);
	for (size_t i = 0; i < inc->events.count; i++)
		if (!undone[i])
			step(&w, inc->events.items[i]);
	if (utc_is_set(w.since))
		status_track_add(t, w.since, UTC_NONE, status_now(&w));
	free(undone);
}

void status_track_maintenance(
    struct status_track *t, const struct maintenance *m, const char *component, const char *region)
{
	if (utc_is_set(m->started_at) && maintenance_in_scope(m, component, region))
		status_track_add(t, m->started_at, m->ended_at, STATUS_MAINTENANCE);
}

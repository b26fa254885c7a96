/* Whether an action makes sense now. The engine decides in the end (domain/command); this keeps
 * what cannot work out of the footer and says why. */
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "ui/view.h"

#define AT(phase) (1u << (phase))
#define LIVE (AT(PHASE_DETECTED) | AT(PHASE_OPEN) | AT(PHASE_RESTORED))

/* Phases in which a command has something to do; those that are absent here always have. */
static const struct {
	const char *command;
	unsigned phases;
	const char *why;
} sensible[] = {
	{ "restore", AT(PHASE_DETECTED) | AT(PHASE_OPEN), "it is restored already" },
	{ "resolve", LIVE, "it is resolved already" },
	{ "reopen", AT(PHASE_RESTORED) | AT(PHASE_RESOLVED) | AT(PHASE_CLOSED), "it is open" },
	{ "close", AT(PHASE_RESOLVED), "only what is resolved is closed" },
	{ "rca", AT(PHASE_RESOLVED), "it is not resolved yet" },
	{ "dismiss", AT(PHASE_DETECTED) | AT(PHASE_OPEN),
	    "only what was a false alarm is dismissed" },
	{ "snooze", AT(PHASE_DETECTED), "only a candidate is put aside" },
	{ "merge", LIVE, "it is over" },
	{ "severity", LIVE | AT(PHASE_RESOLVED), "it is over" },
	{ "escalate", LIVE, "it is over" },
};

static const char *phase_refuses(const struct action *a, const struct snap_incident *inc)
{
	const char *name = a->command ? a->command->name : "";

	if (inc->phase == PHASE_MERGED)
		return "it was merged into another incident";
	if (inc->phase == PHASE_DISMISSED)
		return "it was dismissed";
	if (strcmp(name, "ack") == 0 && utc_is_set(inc->acknowledged_at))
		return "it is acknowledged already";
	for (size_t i = 0; i < countof(sensible); i++)
		if (strcmp(sensible[i].command, name) == 0)
			return sensible[i].phases & AT(inc->phase) ? NULL : sensible[i].why;
	return NULL;
}

static bool waits_for_approval(const struct snapshot *snap)
{
	const struct snap_held *h;
	size_t it = 0;

	while ((h = map_next(snap->held, &it, NULL)))
		if (h->waiting)
			return true;
	return false;
}

const char *scene_refuses(
    const struct scene *s, const struct action *a, const struct snap_incident *inc)
{
	if (a->danger != DANGER_VIEW) {
		if (s->read_only)
			return "this board is read-only";
		if (a->permission && (s->can & a->permission) != a->permission)
			return "you have no permission for it";
	}
	if (a->sends && strcmp(a->sends, "approve") == 0 && !waits_for_approval(s->snap))
		return "no update waits for approval";
	if (inc && strcmp(a->id, "update.no-change") == 0 && !inc->update_count)
		return "nothing has been told yet: write the first update";
	if (!a->needs_incident)
		return NULL;
	return inc ? phase_refuses(a, inc) : "no incident is selected";
}

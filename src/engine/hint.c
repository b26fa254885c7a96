/* A rehearsal's one line for a newcomer: what is missing on the worst incident, and the key for it.
 */
#include <stdio.h>
#include <string.h>

#include "engine_priv.h"
#include "os/clock.h"

/* The incident a commander would look at: active, not a candidate before an open one, worst first.
 */
static const struct incident *worst(const struct engine *g)
{
	const struct incident *best = NULL;
	struct live *l;
	size_t it = 0;

	while ((l = map_next(g->live, &it, NULL))) {
		const struct incident *inc = l->inc;

		if (!inc->version || incident_is_over(inc))
			continue;
		if (!best || (best->phase == PHASE_RESOLVED && inc->phase != PHASE_RESOLVED) ||
		    (inc->phase != PHASE_RESOLVED && inc->severity < best->severity))
			best = inc;
	}
	return best;
}

static bool owes_update(const struct incident *inc, const char *stage)
{
	const struct posted_update *last = incident_last_update(inc);

	return !last || strcmp(last->stage, stage) != 0;
}

static bool waits(const struct engine *g, const struct incident *inc)
{
	const struct held *h;
	size_t it = 0;

	while ((h = map_next(g->held, &it, NULL)))
		if (strcmp(h->incident, inc->id) == 0)
			return true;
	return false;
}

static bool has_carrier(const struct incident *inc, bool engaged)
{
	for (size_t i = 0; i < inc->dependency_count; i++)
		if (!utc_is_set(inc->dependencies[i].cleared_at) &&
		    (incident_engaged(inc, 0, inc->dependencies[i].carrier) != NULL) == engaged)
			return true;
	return false;
}

static bool is_candidate(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_DETECTED;
}

static bool no_ic(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return incident_active(inc) && !inc->role[ROLE_IC].person;
}

static bool no_comms(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return incident_active(inc) && !inc->role[ROLE_COMMS].person;
}

static bool no_update(const struct engine *g, const struct incident *inc)
{
	return incident_active(inc) && !inc->update_count && !waits(g, inc);
}

static bool held_update(const struct engine *g, const struct incident *inc)
{
	return waits(g, inc);
}

static bool no_tier2(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_OPEN && inc->severity <= 2 && !incident_engaged(inc, 2, NULL) &&
	       !incident_engaged(inc, 3, NULL);
}

static bool no_tech(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return incident_active(inc) && inc->severity <= 2 && !inc->role[ROLE_TECH].person;
}

static bool carrier_waits(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_OPEN && has_carrier(inc, false);
}

static bool no_tier3(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_OPEN && inc->severity == 1 && !incident_engaged(inc, 3, NULL) &&
	       !has_carrier(inc, true);
}

static bool recovered(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_OPEN && inc->signal_recovered;
}

static bool restore_untold(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_RESTORED && owes_update(inc, "restored");
}

static bool to_resolve(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_RESTORED;
}

static bool resolve_untold(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_RESOLVED && owes_update(inc, "resolved");
}

static bool resolved(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_RESOLVED;
}

static bool open_still(const struct engine *g, const struct incident *inc)
{
	(void)g;
	return inc->phase == PHASE_OPEN;
}

/* The first that holds is told. */
static const struct {
	bool (*when)(const struct engine *g, const struct incident *inc);
	const char *what;
} hints[] = {
	{ held_update, "The update goes out in a few seconds: read it once more, u stops it" },
	{ is_candidate, "Probes agree that something is broken: press a to take it" },
	{ no_ic, "Nobody commands: press c and give the role IC to someone" },
	{ no_update, "Customers know nothing yet: press P to write the first update, it is filled "
		     "in already" },
	{ no_comms, "The comms lead is another person than the IC: press c" },
	{ recovered, "The probes are green again: press R to record that service is restored" },
	{ no_tier2, "The clock for tier 2 runs: press E, and call the number that it shows" },
	{ no_tech, "Diagnosis needs a technical lead: press c" },
	{ carrier_waits, "A carrier is involved and was not called yet: press E and choose it" },
	{ no_tier3, "Tier 3 owns the permanent fix: press E" },
	{ restore_untold, "Tell customers that it works again: press P" },
	{ resolve_untold, "Tell customers that it is over: press P" },
	{ to_resolve, "When the permanent fix is in: press X to resolve" },
	{ open_still,
	    "Keep the cadence: P before the update clock runs out, U when nothing changed" },
	{ resolved, "Read the whole story: Enter, then the timeline. The rehearsal goes on until "
		    "you press q" },
};

static bool something_fails(const struct engine *g)
{
	size_t count = 0;
	struct detect_cell *cells = g->detect ? detect_cells(g->detect, &count) : NULL;
	bool fails = false;

	for (size_t i = 0; i < count; i++)
		fails = fails || cells[i].status >= STATUS_DEGRADED;
	return fails;
}

const char *hint_next(struct engine *g)
{
	static char line[200];
	const struct incident *inc = worst(g);

	if (!inc && something_fails(g))
		return "Something fails: when it goes on, it comes up here as a candidate";
	if (!inc)
		return "All is calm. Soon it will not be: watch the matrix, ? shows every key";
	for (size_t i = 0; i < countof(hints); i++)
		if (hints[i].when(g, inc)) {
			snprintf(line, sizeof line, "%s: %s", inc->id, hints[i].what);
			return line;
		}
	return "";
}

/* A rehearsal as data: the network of a made-up operator, what breaks when, and how a scripted
 * commander would answer (docs/drill.md). Pure. */
#ifndef DOMAIN_SCENARIO_H
#define DOMAIN_SCENARIO_H

#include "domain/config.h"
#include "domain/snapshot.h"

/* What happens in the world: at a time since the start, or some time after a condition holds. */
struct scenario_step {
	struct cfg_pos pos;
	int64_t at_ms;			   /* with `when`: after it; else since the start */
	struct cfg_text when;		   /* a condition (scenario_met); NULL */
	struct cfg_pairs set;		   /* path -> behaviour of the farm */
	struct cfg_text page;		   /* a status page */
	struct cfg_text component, status; /* a component of the page gets this status */
	struct cfg_text incident, title, state, impact, affects, text; /* an incident of the page */
};

struct scenario_page {
	struct cfg_pos pos;
	struct cfg_text id, title;
	struct cfg_texts components;
};

/* What the scripted commander does, in order. */
struct scenario_move {
	struct cfg_pos pos;
	struct cfg_text when;
	struct cfg_text command; /* a row of the command table, or "update" */
	struct cfg_pairs args;	 /* of an update: its fields, and stage */
	int64_t after_ms;	 /* waits so long once `when` holds */
};

struct scenario {
	struct arena *arena;
	struct cfg_text name, summary,
	    config; /* config: with {farm}, {user} and {scratch} to be filled in */
	struct cfg_pairs start;
	CFG_LIST(scenario_page, pages);
	CFG_LIST(scenario_step, world);
	CFG_LIST(scenario_move, commander);
	int64_t limit_ms; /* it is over by then, one way or the other */
};

/* NULL: `problems` has every reason. The caller frees with scenario_free. */
struct scenario *scenario_load(const struct cfg_source *source, struct cfg_problems *problems);
void scenario_free(struct scenario *s);

/* The configuration with its marks filled in; the caller frees. */
char *scenario_config(const struct scenario *s, const char *farm, const char *mail,
    const char *user, const char *scratch);

/* Conditions, over the first incident that is not dismissed or merged. */
struct scenario_condition {
	const char *name, *help;
	bool (*met)(const struct snapshot *s, const struct snap_incident *inc);
};

extern const struct scenario_condition scenario_conditions[]; /* ends with a NULL name */
bool scenario_met(const char *condition, const struct snapshot *s);
/* The incident that conditions are about; NULL: none yet. */
const struct snap_incident *scenario_incident(const struct snapshot *s);

#endif

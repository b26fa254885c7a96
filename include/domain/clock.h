/* Every clock of an incident, as a pure function of its events, the policy and `now` (docs/sla.md).
 * Nothing is stored that could drift. */
#ifndef DOMAIN_CLOCK_H
#define DOMAIN_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "domain/event.h"
#include "domain/policy.h"

enum clock_kind { /* in the order in which they are listed */
	CLOCK_RESPONSE,
	CLOCK_UPDATE,
	CLOCK_WORKAROUND,
	CLOCK_FIX,
	CLOCK_TIER2,
	CLOCK_TIER3,
	CLOCK_CARRIER,
	CLOCK_RCA_DRAFT,
	CLOCK_RCA_FINAL,
	CLOCK_KINDS,
};

enum clock_state {
	CLOCK_RUNNING,
	CLOCK_WARNING,
	CLOCK_BREACHED,
	CLOCK_MET,
	CLOCK_MET_LATE,
	CLOCK_CANCELLED,
	CLOCK_MISSED,
	CLOCK_STATES,
};

extern const char *const clock_kind_names[CLOCK_KINDS];	  /* "response", … "carrier" */
extern const char *const clock_state_names[CLOCK_STATES]; /* "running", … */

/* Phases of an incident. */
enum phase {
	PHASE_DETECTED,
	PHASE_OPEN,
	PHASE_RESTORED,
	PHASE_RESOLVED,
	PHASE_CLOSED,
	PHASE_MERGED,
	PHASE_DISMISSED,
	PHASES,
};

extern const char *const phase_names[PHASES];

/* One clock at `now`. */
struct clock {
	enum clock_kind kind;
	char carrier[65]; /* of CLOCK_CARRIER, else "" */
	int severity;	  /* whose target set it last */
	struct utc start, due;
	struct utc warn_at; /* the first instant of `warning`: 75 % of start..due, in the target's
			       kind of time */
	struct utc met_at;  /* UTC_NONE unless met */
	enum clock_state state;
	bool business;	       /* the target is in business time */
	bool paused;	       /* running or warning, and outside business hours */
	struct utc pause_flip; /* when `paused` changes next; UTC_NONE: it does not */
};

struct clock_set {
	char incident[32];
	int severity; /* in force at now; 0: no event yet */
	enum phase phase;
	struct clock *items;
	size_t count, cap;
	int updates_late;
};

/* "carrier:orange-fr", or the kind's name, into out[80]; returns out. */
char *clock_label(const struct clock *c, char out[80]);

/* Whole seconds, rounded towards minus infinity; only meaning for running, warning and breached. */
int64_t clock_remaining_s(const struct clock *c, struct utc now);
/* Needed still: running, warning or breached. */
bool clock_live(const struct clock *c);

/* The clocks of one incident at `now`. `events` are of one stream, in version order; those later
 * than `now` are left out. `carrier_target` may be NULL; else it gives a carrier's own engage
 * target for a severity, or DURATION_NONE to use the policy's. Fini with clock_set_fini. */
typedef struct duration (*carrier_target_fn)(void *ctx, const char *carrier, int severity);
void clocks_compute(struct clock_set *out, struct event *const *events, size_t count,
    const struct policy *policy, carrier_target_fn carrier_target, void *ctx, struct utc now);
void clock_set_fini(struct clock_set *s);

/* The next instant after `now` at which any of these clocks changes its state or its pause
 * (warn_at, due, pause_flip, or the start of tier3); UTC_NONE: never by itself. */
struct utc clocks_next_change(const struct clock_set *s, struct utc now);

/* The JSON of docs/protocol.md for one incident; the caller frees. */
cJSON *clocks_to_json(const struct clock_set *s, struct utc now);

/* "Why this deadline?" for people, several lines: start event, rule, calendar hours counted,
 * reclassifications, result. Appends to `out`. `c` is of clocks_compute over the same arguments. */
void clock_explain(struct buf *out, const struct clock *c, struct event *const *events,
    size_t count, const struct policy *policy, carrier_target_fn carrier_target, void *ctx,
    struct utc now);

#endif

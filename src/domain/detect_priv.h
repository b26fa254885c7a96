/* Shared by the files of detection. */
#ifndef DOMAIN_DETECT_PRIV_H
#define DOMAIN_DETECT_PRIV_H

#include "base/map.h"
#include "domain/detect.h"

#define DETECT_FALLS 32

struct watched {
	struct detect_target about; /* its strings are in d->texts */
	bool seen;
	enum status newest; /* as observed */
	struct utc at;	    /* of the newest observation */
	bool no_answer;
	struct utc no_answer_since;
	int latency_ms;
	char *detail; /* of the newest observation that was not good */
	/* After flap control. */
	enum status stable; /* unknown until it is clear */
	struct utc stable_since;
	int bad_run, good_run, level_run;
	struct utc bad_since; /* of the run of failures that is going on, or made it fall */
	bool down;
	struct utc fell_at;
	bool told;     /* that it is down was said to an incident, or opened one */
	bool unsaid;   /* its newest change was found, and could not be recorded */
	bool flapping; /* comes and goes: held for degraded, and its edges are not told */
	bool folded;   /* its failure is part of another's, and not told by itself */
	bool quiet;    /* it counts as told, but enough others speak */
	char home[24]; /* quiet in this incident; "": in one that was opened for it */
	int slips;     /* times it began to fail while watched closely */
	struct utc slipped_at;
	uint32_t words;		 /* of the newest results, the last one in bit 0: it was bad */
	struct utc unrest_since; /* the first bad result of those */
	struct utc alone_since;	 /* folded, and what explained it is well again since */
	size_t cell;		 /* of d->cells, or NONE */
	size_t next;		 /* target of the same cell, or NONE */
	size_t *causes;		 /* cells that it depends on; in d->texts */
	size_t cause_count;
};

#define NONE ((size_t)-1)

struct detect {
	struct detect_settings settings;
	struct watched *targets;
	size_t target_count;
	struct map *by_id; /* watched, not owned */
	struct detect_cell *cells;
	struct utc (*falls)[DETECT_FALLS]; /* of each cell, a ring */
	size_t *fall_count;
	size_t *lead; /* of each cell: its first target, whose latencies it shows */
	size_t cell_count;
	struct map *by_cell; /* "component/region" -> detect_cell, not owned */
	struct arena *texts; /* of targets and cells */
	size_t *changed;     /* cells to hand out, by index */
	size_t changed_count;
	size_t *turned; /* targets that say something else since the last run, by index */
	size_t turned_count;
	bool all_turned;
	bool has_causes; /* one at least depends on another */
	bool impaired;
	char *why;
	struct utc group_due; /* when the next group opens; UTC_NONE: none waits */
	struct utc sweep_due; /* when all targets are looked at again, for what only time changes */
};

/* Frees targets and cells, with what belongs to them. */
void detect_unbuild(struct detect *d);

/* What a run works with. */
struct detecting {
	struct detect *d;
	const struct incident *const *active;
	size_t active_count;
	struct utc now;
	struct detect_findings *out;
	bool sweep;	  /* all targets are looked at */
	struct map **kin; /* of each active incident, what it is about, or NULL: detect_group's */
	int *speaking;	  /* in each, sources that are recorded as failing: detect_group's */
};

static inline void detect_mark(struct detect *d, struct detect_cell *c)
{
	if (!c->changed)
		d->changed[d->changed_count++] = (size_t)(c - d->cells);
	c->changed = true;
}

static inline bool status_is_bad(enum status s)
{
	return s >= STATUS_DEGRADED;
}

/* True when the newest observation still says something at `now`. */
bool detect_fresh(const struct watched *t, struct utc now);
/* The incident's scope holds the target's cell. */
bool detect_covers(const struct incident *inc, const struct watched *t);

/* detect_edge.c: one observation through flap control; edges go to incidents as signals. */
void detect_edge(struct detecting *run, struct watched *t, const struct detect_observation *o);
/* Result after result; `bad`: it was no good one. */
enum flap { FLAP_NO_CHANGE, FLAP_BEGINS, FLAP_ENDS };
enum flap detect_flap(struct watched *t, bool bad, struct utc at); /* detect_flap.c */
/* How much the last 20 results changed, in percent: a new change weighs 1.2, an old one 0.8. */
int detect_unrest(const struct watched *t);
/* Finds again what could not be recorded. */
void detect_repeat(struct detecting *run);
/* A signal of the target as it stands. */
cJSON *detect_signal(const struct detect *d, const struct watched *t);
struct detect_finding *detect_found(struct detecting *run, enum detect_what what);
/* The newest status that the source has told to this incident; NULL: none. */
const char *detect_told(const struct incident *inc, const char *source);

/* detect_own.c: whether our own connectivity is in doubt, after the newest observations. */
void detect_own(struct detecting *run);

/* detect_cause.c: the fallen source that explains why this one has fallen, the furthest up; NULL:
 * none. */
const struct watched *detect_cause(const struct detect *d, const struct watched *t);
/* What an incident's known cause explains is counted with it; what it explains no longer is told.
 */
void detect_fold(struct detecting *run);
/* True: its cause waits to be told as it does (and so is of its group: one region), and it is
 * folded now. */
bool detect_fold_with_cause(const struct detect *d, struct watched *t);
/* What is folded under the cause, one for each cell, into room for all targets. */
size_t detect_dependents(
    const struct detect *d, const struct watched *cause, const struct watched **out);

/* detect_group.c: what is down and nobody knows of: to an incident, or together into candidates. */
void detect_group(struct detecting *run);

/* detect_text.c: the body of `opened` for these targets (at least one). */
cJSON *detect_opened(const struct detect *d, const struct watched *const *members, size_t count);

#endif

/* The runs of an incident's clocks, as clock_fold.c makes them and clock.c and clock_text.c read
 * them. */
#ifndef CLOCK_PRIV_H
#define CLOCK_PRIV_H

#include "domain/clock.h"

#define FOLD_CALENDARS 16 /* kept by one incident at most */

enum run_end {
	RUN_GOES_ON,
	RUN_MET,
	RUN_CANCELLED,
	RUN_MISSED, /* past due when it was ended */
};

/* One run of a clock. */
struct run {
	bool started; /* there is one; it may have ended */
	int severity;
	struct utc start;
	struct utc original; /* where `start` goes back to when the severity is lowered */
	struct utc due;
	struct duration target;		 /* DURATION_NONE: set by a promise alone */
	const struct calendar *calendar; /* the one of the earliest due */
	enum run_end end;
	struct utc met_at;
	bool reached; /* of tier2: the instant `due` has had its effect */
};

struct carrier_run {
	char *id;
	bool involved, engaged;
	struct run run;
};

/* What happened to a run, for clock_explain. */
enum step_what {
	STEP_STARTED,
	STEP_REOPENED, /* started anew by reopening */
	STEP_RAISED,
	STEP_RAISE_STARTED, /* began with a raise */
	STEP_LOWERED,
	STEP_PAST_DUE_KEPT,
	STEP_PROMISE_KEPT, /* an update that was promised, and then a lower severity */
	STEP_MET,
	STEP_ENDED,
	STEP_DROPPED, /* reopening took it off the list */
	STEPS,
};

struct step {
	enum step_what what;
	const struct event *event; /* NULL: the passing of time */
	int from_severity;
	struct utc promised; /* of an update; UTC_NONE */
	struct run run;	     /* after the step */
};

struct clock_fold {
	const struct policy *policy;
	carrier_target_fn carrier_target;
	void *ctx;
	const struct calendar *calendars[FOLD_CALENDARS]; /* of the scope in force */
	size_t calendar_count;

	enum phase phase;
	int severity;			   /* 0 before `opened` */
	int highest;			   /* the most severe in force while not resolved */
	bool restored, resolved, over;	   /* over: merged or dismissed */
	bool updated;			   /* an update was ever posted */
	bool tier2_engaged, tier3_engaged; /* tier3: tier 3 or any carrier */
	int updates_late;

	struct run run[CLOCK_KINDS];  /* CLOCK_CARRIER is not used */
	struct carrier_run *carriers; /* in the order in which they came up */
	size_t carrier_count, carrier_cap;

	/* Steps of one run are written down when `traced` points to it. */
	enum clock_kind traced;
	const char *traced_carrier;
	bool tracing;
	struct step *steps;
	size_t step_count, step_cap;
	const struct event *event; /* the one being applied */
};

/* Folds the events up to `now`, and the passing of time up to `now`. */
void clock_fold_init(
    struct clock_fold *f, const struct policy *policy, carrier_target_fn carrier_target, void *ctx);
void clock_fold_run(
    struct clock_fold *f, struct event *const *events, size_t count, struct utc now);
void clock_fold_fini(struct clock_fold *f);

bool run_live(const struct run *r);
bool duration_is_business(struct duration d);
enum target clock_target(enum clock_kind kind);
int64_t clock_target_ms(const struct policy *p, struct duration d);

#endif

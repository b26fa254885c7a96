/* The runs of an incident's clocks, as clock_fold.c makes them and clock.c and instant_text.c read
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

/* What sets the kinds of clock apart. */
struct kind_rule {
	enum target target;
	bool at_opening;    /* starts with `opened` */
	bool ends_resolved; /* ended, not met, by `resolved` */
	bool of_report;	    /* runs while resolved, and only then */
	bool (*needed)(const struct clock_fold *f);
};

extern const struct kind_rule clock_rules[CLOCK_KINDS];

/* A clock of the fold: its kind, its run, and which carrier's it is. */
struct slot {
	enum clock_kind kind;
	struct run *run;
	const struct carrier_run *carrier; /* NULL but for CLOCK_CARRIER */
};

struct slot slot_of(struct clock_fold *f, enum clock_kind kind);
struct slot slot_of_carrier(struct carrier_run *c);
bool slot_needed(const struct clock_fold *f, struct slot s);
/* Every clock but the report's, in turn: start with *i = 0. */
bool slot_next(struct clock_fold *f, size_t *i, struct slot *out);

/* Writes the step down if this run is traced; NULL: it is not. */
struct step *slot_note(struct clock_fold *f, struct slot s, enum step_what what, int from_severity);
/* A new run with the full target of `severity`. False: it has none, and nothing changed. */
bool slot_start_as(struct clock_fold *f, struct slot s, int severity, struct utc at);
/* The same with the severity in force, noted as `what`. */
void slot_start(struct clock_fold *f, struct slot s, enum step_what what, struct utc at);
void slot_meet(struct clock_fold *f, struct slot s, struct utc at);
/* Ends a live run: missed when it is past due, else cancelled. */
void slot_end(struct clock_fold *f, struct slot s, struct utc at);
/* After a change from severity `from` to the one in force. */
void slot_reclassify(struct clock_fold *f, struct slot s, int from, struct utc at);
/* What time alone sets off up to `to`: tier3 starts when tier2 is due. */
void clock_pass_time(struct clock_fold *f, struct utc to);

bool run_live(const struct run *r);
bool run_past_due(const struct run *r, struct utc at);
bool duration_is_business(struct duration d);
int64_t clock_target_ms(const struct policy *p, struct duration d);

#endif

/* From observations to cells, signals and candidates: flap control, the check of our own
 * connectivity, and grouping, so that one cause opens one candidate. Pure: time comes in. */
#ifndef DOMAIN_DETECT_H
#define DOMAIN_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/time.h"
#include "domain/incident.h"
#include "domain/snapshot.h"

/* One source of observations. The strings are copied. */
struct detect_target {
	const char *id; /* as in events: "probe:p17", "feed:orange-fr/sms" */
	const char *component, *region;
	const char *component_name, *region_name; /* for people */
	const char *klass;			  /* class of the component: "data" */
	const char *carrier;			  /* that it depends on; NULL */
	const char *const
	    *depends_on; /* components whose failure in this region explains its own */
	size_t depends_count;
	const char *teller; /* of a feed, for people: "Orange\'s page"; NULL: its id */
	int64_t travellers; /* now in the region; 0 not known */
	bool workaround;    /* customers in the region can use another network meanwhile */
	int fail_after;	    /* consecutive failures to fall; 0: 3 */
	int recover_after;  /* consecutive successes to rise; 0: 2 */
	int64_t fresh_ms;   /* an older observation says nothing; 0: never old */
	bool feed;	    /* somebody else's word: evidence, but not the cell's status */
	bool gateway;	    /* a check of our own way out: no cell, no candidate */
	bool muted;	    /* planned work: the cell shows maintenance and opens nothing */
	bool closely;	    /* after it: each failure shows at once, and is counted */
};

struct detect_observation {
	const char *target; /* its id; an unknown one is ignored */
	struct utc at;
	enum status status;
	bool busy;	    /* says nothing about its state (429) */
	bool no_answer;	    /* nothing came back: lookup, refused, unreached, timed out */
	int latency_ms;	    /* -1: none */
	const char *detail; /* one clean line; may be NULL */
};

struct detect_settings {
	int64_t window_ms; /* what falls within it can be one cause: 30 s */
	int64_t settle_ms; /* a candidate opens when nothing joined it for so long: 10 s */
	int64_t join_ms;   /* a neighbour joins an incident that is not older: 5 min */
};

#define DETECT_SETTINGS ((struct detect_settings){ 30000, 10000, 300000 })

#define DETECT_LATENCIES 32

/* One component in one region, from its probes: the worst counts. Owned by the detector. */
struct detect_cell {
	const char *component, *region;
	enum status status;
	struct utc since; /* UTC_NONE: nothing was seen yet */
	struct utc
	    data_at; /* the oldest of the newest observations of its probes; UTC_NONE: none */
	int64_t fresh_ms;
	int latency_ms;	       /* of the worst probe; -1 */
	char *detail;	       /* why; NULL */
	int flaps;	       /* falls within the last hour */
	int slips;	       /* times a probe began to fail while it is watched closely */
	struct utc slipped_at; /* the last time; UTC_NONE: never */
	bool flapping;	       /* its worst probe comes and goes */
	int16_t latencies[DETECT_LATENCIES]; /* newest last, -1 failed */
	size_t latency_count;
	int failing, total; /* probes that are down, and all of them */
	bool changed;	    /* and detect_changed has not handed it out yet */
};

enum detect_what {
	DETECT_OPEN,	 /* a candidate: an `opened` and its `signal`s */
	DETECT_SIGNAL,	 /* one `signal` for an incident that is there */
	DETECT_IMPAIRED, /* our own connectivity is in doubt, from now */
	DETECT_CLEAR,	 /* it is back */
};

struct detect_finding {
	enum detect_what what;
	char *incident;	 /* DETECT_SIGNAL: whose */
	cJSON *opened;	 /* DETECT_OPEN: the body of `opened` */
	cJSON **signals; /* bodies of `signal`; for DETECT_SIGNAL one */
	size_t signal_count;
	char *why; /* DETECT_IMPAIRED: one line */
};

struct detect_findings {
	struct detect_finding *items;
	size_t count, cap;
};

void detect_findings_fini(struct detect_findings *f);

struct detect;

struct detect *detect_new(struct detect_settings settings);
void detect_free(struct detect *d);

/* The whole set of targets, now; what is known of those that stay is kept. */
void detect_targets(struct detect *d, const struct detect_target *targets, size_t count);

/* Takes a batch (which may be empty: time went by) against the incidents that are active
 * (incident_active). Adds to `out`. */
void detect_run(struct detect *d, const struct detect_observation *batch, size_t count,
    const struct incident *const *active, size_t active_count, struct utc now,
    struct detect_findings *out);

/* What was found about this source could not be recorded: the next detect_run finds it again, as it
 * stands then. An unknown id is ignored. */
void detect_unsaid(struct detect *d, const char *target);

/* When detect_run is next due without an observation; UTC_NONE: it is not. */
struct utc detect_next(const struct detect *d, struct utc now);

struct detect_cell *detect_cells(struct detect *d, size_t *count);
/* Cells that changed since they were last asked for, one after the other; NULL: no more. */
struct detect_cell *detect_changed(struct detect *d);
struct detect_cell *detect_cell(struct detect *d, const char *component, const char *region);
bool detect_impaired(const struct detect *d, const char **why);

/* Whether with the last run a source in its scope says something else than before it: what
 * detect_evidence and detect_sources tell of it has changed. */
bool detect_touches(const struct detect *d, const struct incident *inc);
/* What the sources say about an incident, one a line, ours and others apart, with since-times, a
 * line where they disagree, and one where what fails now would make another severity. Appends. */
void detect_evidence(const struct detect *d, const struct incident *inc, struct buf *out);
/* Sources in its scope that say it is not operational, of how many. */
void detect_sources(const struct detect *d, const struct incident *inc, int *failing, int *total);

#endif

/* What a board knows: whole objects, replaced by id, as the engine sends them (docs/protocol.md).
 * Views read it through const and keep ids, never pointers. Text in it is clean. */
#ifndef DOMAIN_SNAPSHOT_H
#define DOMAIN_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/clock.h"
#include "domain/incident.h"
#include "domain/maintenance.h"

#define PROTOCOL_VERSION 1

/* Component status, best to worst in the order of roll-up (worst wins): unknown ranks above
 * operational, so that a source we cannot read never makes a region look healthy. */
enum status {
	STATUS_OPERATIONAL,
	STATUS_UNKNOWN,
	STATUS_MAINTENANCE,
	STATUS_DEGRADED,
	STATUS_PARTIAL,
	STATUS_MAJOR,
	STATUSES,
};

extern const char *const status_names[STATUSES]; /* "operational", …, "major_outage" */
extern const char *const status_words[STATUSES]; /* for people: "major outage" */
int status_of(const char *name);		 /* -1: no such status */

struct snap_person {
	char *id, *name, *phone;
	unsigned can; /* permission bits */
	bool on_call;
};

struct snap_contact {
	char *name, *phone, *email, *portal, *hours;
	char *after; /* "30m": only after so long; NULL */
};

struct snap_tier {
	int tier;
	char *name;
	struct snap_contact contact; /* who is on call now; name NULL: nobody reachable */
};

struct snap_audience {
	char *id;
	bool internal,
	    by_default; /* by_default: an update is written for it unless it is taken out */
	char **channels;
	size_t channel_count;
};

struct snap_channel {
	char *id, *kind;
};

struct snap_severity {
	char *name, *meaning;
	char *target[TARGETS]; /* "15m", "" where there is none */
};

/* Object "noc": one, id "noc". */
struct snap_noc {
	char *name, *timezone;
	int64_t send_delay_ms;
	bool carriers_hidden; /* customers do not read which carrier it is */
	struct snap_severity severity[SEVERITIES];
	struct snap_person *people;
	size_t person_count;
	struct snap_tier *tiers; /* 1 to 3 */
	size_t tier_count;
	struct snap_audience *audiences;
	size_t audience_count;
	struct snap_channel *channels;
	size_t channel_count;
	char *bridge_url, *bridge_phone; /* with {incident} filled in per incident by the engine */
	char *hint;			 /* of a drill: what a newcomer could do next; NULL */
};

struct snap_region {
	char *id, *name;
	int order;
	char **timezones, **portfolios; /* portfolios: names */
	size_t timezone_count, portfolio_count;
	int64_t travellers;
	char *workaround; /* the region's own text for customers; NULL */
};

struct snap_component {
	char *id, *name, *label; /* label: at most 6 cells, upper case */
	char *klass;
	int order;
	char **carriers; /* whose networks it uses */
	size_t carrier_count;
};

/* Object "cell", id "component/region". */
struct snap_cell {
	char *id, *component, *region;
	enum status status;
	struct utc since, data_at; /* status since; newest observation */
	int64_t fresh_ms;	   /* older data_at than this: unknown, with its age */
	int latency_ms;		   /* -1 unknown */
	char *detail;		   /* one line: why */
	int flaps;
	int slips; /* times a probe began to fail in the close watch after planned work */
	struct utc slipped_at; /* the last time */
	int16_t latencies[32]; /* newest last, -1 failed; latency_count of them */
	size_t latency_count;
	int code;	     /* of the probe that is worst: HTTP status, 0 none */
	char *fault;	     /* and why it had no usable answer; NULL */
	int64_t interval_ms; /* of the probe that is asked most often */
	int failing, total;  /* probes that are down, and all of them */
};

struct snap_carrier {
	char *id, *name, *contract;
	int order;
	char **regions;
	size_t region_count;
	struct snap_contact *contacts;
	size_t contact_count;
	char *engage[SEVERITIES]; /* "15m"; "" none */
	enum status status;	  /* what its own feeds say; unknown without */
	bool has_feed;
	struct utc since, data_at;
	int64_t fresh_ms;
	char *detail;
};

/* Object "feed", id "carrier/format". */
struct snap_feed {
	char *id, *carrier, *format, *url;
	bool ok;
	enum status status; /* what its last good document says; unknown without one */
	struct utc fetched_at, tried_at, next_at; /* fetched: when it was last good */
	struct utc since;			  /* read well, or not, since */
	int64_t fresh_ms;			  /* older fetched_at than this says nothing */
	char *detail;				  /* why it could not be read; "" */
	int open_incidents;
	int code;	    /* HTTP status of the last answer, 0 none */
	char *fault;	    /* why there was no usable answer; NULL */
	int64_t size;	    /* bytes of the last answer */
	int latency_ms;	    /* -1: no answer */
	char *moved_to;	    /* a permanent redirect was seen; NULL */
	int problems_total; /* of the last good document */
	char **problems;    /* the first of them */
	size_t problem_count;
	int flaps; /* times in the last hour that it could not be read any more */
	int16_t latencies[32];
	size_t latency_count;
};

/* Subscribers that an update of the incident is sent to, by audience. */
struct snap_readers {
	char *audience;
	int count;
	char **names; /* key accounts first; not all of them where there are many */
	size_t name_count;
};

/* Object "incident": the fold, its clocks, and what the board shows of it. */
struct snap_incident {
	char *id, *title, *impact, *source;
	int version;
	enum phase phase;
	int severity;
	char **regions, **components;
	size_t region_count, component_count;
	struct utc started_at, opened_at, acknowledged_at, restored_at, resolved_at;
	struct utc snoozed_until; /* put aside until then; UTC_NONE: it is not */
	char *acknowledged_by;
	struct clock_set
	    clocks; /* states as of the engine's last look: the board recomputes from instants */
	struct role_holder role[ROLES];
	char *offered_to;
	struct engagement *engagements;
	size_t engagement_count;
	struct dependency *dependencies;
	size_t dependency_count;
	struct posted_update *updates; /* newest last, the last 5 at most */
	size_t update_count;
	int updates_total;
	char *hypothesis;
	struct action_item *actions;
	size_t action_count;
	struct reminder_item *reminders; /* not done */
	size_t reminder_count;
	bool workaround;
	char *residual, *customer_actions, *fix;
	char *bridge_url, *bridge_phone;
	struct snap_readers *readers;
	size_t reader_count;
	char *evidence; /* several lines: what probes and feeds say, and where they disagree */
	int sources_failing, sources_total;
	struct utc touched_at; /* a person's last event */
	int rank;	       /* traveller-first order within a severity: lower comes first */
};

/* Object "held": an outward message in its send delay, or one found at start. */
struct snap_held {
	char *id, *incident, *what, *by;
	struct utc release_at; /* UTC_NONE: it waits for somebody */
	char *waiting;	       /* for whose approval it waits, one sentence; NULL: it does not */
	char *stuck;	       /* why it did not go out and waits for a person; NULL: it does not */
	char *hash;	       /* of the exact texts: what is approved */
	cJSON *text;	       /* {audience: text} */
	char **channels;
	size_t channel_count;
};

/* Object "delivery", id "INC-1.5/page". */
struct snap_delivery {
	char *id, *incident, *destination, *state, *detail;
	int update; /* version */
	int attempts;
	struct utc at, next_at;
};

struct snap_presence {
	char *id, *person, *incident, *doing; /* doing: "viewing", "writing an update" */
	struct utc since;
};

/* Object "engine": one. */
struct snap_engine {
	char *version, *host;
	int pid;
	struct utc started_at;
	char *journal; /* where it is, without links; NULL: not told */
	bool journal_ok;
	char *journal_why;
	bool impaired; /* own connectivity is in doubt */
	char *impaired_why;
	int targets, late_ms;
	char *config_error; /* what is not taken from the files, and why: first line */
	char **alarms;	    /* of the outbox, one line each */
	size_t alarm_count;
};

/* Object "template": a file of the site's own texts ("initial.tmpl", "reach.part", "words.txt"), in
 * force instead of the shipped one of the same name. */
struct snap_template {
	char *id, *source;
};

/* Object "subscriber": somebody outside who is told, and may be called. */
struct snap_subscriber {
	char *id, *name, *email, *audience;
	int order;
	bool high_value;
	char **regions; /* ids; none: all */
	size_t region_count;
	struct snap_contact *contacts;
	size_t contact_count;
};

/* Object "maintenance": planned work, until 30 days after it is over. */
struct snap_maintenance {
	char *id;
	int version;
	enum maintenance_status status;
	char *title;
	char **regions, **components;
	size_t region_count, component_count;
	struct utc starts_at, ends_at;
	struct utc started_at, ended_at, watched_until; /* as it went; UTC_NONE: not yet */
	struct utc last_at;				/* of its last event */
	enum risk risk;
	enum notice_class klass;
	char *impact, *customer_actions;
	char *rollback; /* internal */
	bool rollback_tested;
	char *contact, *carrier;
	bool manual;
	char *provider, *reference; /* of a carrier's notice */
	char *reason;		    /* of its cancellation; internal */
	int changes;		    /* how often it was planned anew or cancelled */
	struct utc told_from, told_to;
	bool owes_notice; /* customers know of another window, or not that it is cancelled */
	struct posted_update *notices; /* newest last, the last 2 */
	size_t notice_count;
	int notices_total;
	struct maintenance_override *overrides;
	size_t override_count;
};

/* Object "recent", id: one of some places, each taken by a newer thing when it is the oldest. The
 * newest that happened over everything. */
struct snap_recent {
	char *id;
	int64_t number; /* the highest is the newest */
	struct utc at;
	char *stream;		   /* incident or planned work; NULL: of the engine itself */
	char *actor, *kind, *text; /* kind: of the event; NULL: it is none */
	int more; /* signals of the same incident, or tries of the same delivery, before it */
};

/* One line of a timeline, as asked for with "timeline". */
struct snap_line {
	int version;
	struct utc at;
	char *actor, *kind, *text;
};

/* A source came to another state. */
struct snap_edge {
	struct utc at;
	enum status status;
	bool up; /* it was heard; else not, or not as it should be */
	char *detail;
};

/* One probe of a cell, as it answered last. */
struct snap_probe {
	char *id, *url, *fault, *detail;
	enum status status;
	struct utc at;			 /* UTC_NONE: not yet */
	int code, latency_ms, cert_days; /* -1: not known */
};

/* Object "source", sent to who asks with "source": "feed:CARRIER/FORMAT" or
 * "cell:COMPONENT/REGION". */
struct snap_source {
	char *id;
	struct snap_edge *history; /* newest last, since the engine started */
	size_t history_count;
	struct snap_probe *probes;
	size_t probe_count;
	struct utc text_at;
	char *text; /* start of the last document, clean; NULL: none has come */
};

struct snapshot {
	struct snap_noc *noc; /* NULL before the first objects */
	struct snap_engine *engine;
	struct map *regions, *components, *cells, *carriers, *feeds, *incidents, *held, *deliveries,
	    *presence, *templates, *subscribers, *maintenances, *recent;
	int64_t seq;	    /* of the last mark */
	struct utc mark_at; /* the engine's clock at the last mark */
	bool complete;	    /* the first mark has arrived */
	char *timeline_of;  /* incident id, or NULL */
	struct snap_line *timeline;
	size_t timeline_count;
	struct snap_source *source; /* the last one that was asked for; NULL */
};

struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *s);

/* Applies one object line ({"o":"incident","id":…}, {"o":"gone","kind":…,"id":…}, {"o":"mark"…},
 * {"o":"timeline"…}). An object of an unknown kind is ignored (a newer engine). False: the line is
 * not what it says, *e has the reason; the snapshot is unchanged. */
bool snapshot_apply(struct snapshot *s, const cJSON *obj, struct err *e);

const struct snap_region *snap_region(const struct snapshot *s, const char *id);
const struct snap_component *snap_component(const struct snapshot *s, const char *id);
const struct snap_cell *snap_cell(
    const struct snapshot *s, const char *component, const char *region);
const struct snap_carrier *snap_carrier(const struct snapshot *s, const char *id);
const struct snap_incident *snap_incident(const struct snapshot *s, const char *id);
const struct snap_person *snap_person(const struct snapshot *s, const char *id);
const struct snap_maintenance *snap_maintenance(const struct snapshot *s, const char *id);

/* Arrays of pointers into the snapshot, valid until the next apply; the caller frees the array
 * only. Regions, components and carriers by their order; incidents as the board lists them: active
 * ones by next breach (breached first, longest overdue first), then traveller-first rank, then
 * severity; candidates after them, those that are put aside behind the others; resolved ones last.
 */
const struct snap_region **snap_regions(const struct snapshot *s, size_t *count);
const struct snap_component **snap_components(const struct snapshot *s, size_t *count);
const struct snap_carrier **snap_carriers(const struct snapshot *s, size_t *count);
const struct snap_incident **snap_incidents(
    const struct snapshot *s, struct utc now, size_t *count);

/* Planned work, what is not over first, each part by its window; valid as those above. */
const struct snap_maintenance **snap_maintenances(const struct snapshot *s, size_t *count);

/* What happened, the newest first; valid as those above. */
const struct snap_recent **snap_recents(const struct snapshot *s, size_t *count);

/* The work is over and its scope watched closely still. */
bool snap_watched_closely(const struct snap_maintenance *m, struct utc now);
/* The cells in its scope that began to fail in that watch, also where that was not enough to open
 * anything; the caller frees the list. */
const struct snap_cell **snap_slipped(
    const struct snapshot *s, const struct snap_maintenance *m, size_t *count);

/* The cell's status at `now`: unknown when its data is too old (never the last green). */
enum status snap_cell_status(const struct snap_cell *c, struct utc now);
/* What the carrier's own feeds say at `now`: unknown without one, or when none was read for long.
 */
enum status snap_carrier_status(const struct snap_carrier *k, struct utc now);
/* What the feed says at `now`: unknown when it could not be read, or not for long. */
enum status snap_feed_status(const struct snap_feed *f, struct utc now);
/* Worst severity of the active incidents that cover the cell; 0: none. */
int snap_cell_severity(const struct snapshot *s, const char *component, const char *region);
/* True for a candidate that is put aside at `now`. */
bool snap_snoozed(const struct snap_incident *inc, struct utc now);
/* The live clock of this incident that is due first; NULL: none. */
const struct clock *snap_next_clock(const struct snap_incident *inc);
/* The state at `now`, from the instants (the engine's own look may be older). */
enum clock_state clock_state_at(const struct clock *c, struct utc now);
/* Whether it stands still at `now`; known up to its next change but one. */
bool clock_paused_at(const struct clock *c, struct utc now);

#endif

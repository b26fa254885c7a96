/* Planned work: the fold of the events of a stream MNT-n. Pure; what the policy asks of a plan is
 * in domain/maintenance_rules, what people can do in domain/maintenance_command. */
#ifndef DOMAIN_MAINTENANCE_H
#define DOMAIN_MAINTENANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/time.h"
#include "domain/event.h"
#include "domain/incident.h"
#include "domain/maintenance_policy.h"

enum maintenance_status {
	MAINTENANCE_SCHEDULED,
	MAINTENANCE_TENTATIVE, /* not settled yet: it covers nothing */
	MAINTENANCE_IN_PROGRESS,
	MAINTENANCE_COMPLETED,
	MAINTENANCE_CANCELLED,
	MAINTENANCE_STATUSES,
};

extern const char *const maintenance_status_names[MAINTENANCE_STATUSES]; /* "in_progress" */

enum risk {
	RISK_LOW,
	RISK_MEDIUM,
	RISK_HIGH,
	RISKS,
};

extern const char *const risk_names[RISKS]; /* "low", … */

struct maintenance_plan {
	char *title;
	char **regions, **components;
	size_t region_count, component_count;
	struct utc starts_at, ends_at;
	enum risk risk;
	enum notice_class klass; /* of the risk unless it was set */
	char *impact;		 /* what customers notice */
	char *customer_actions;	 /* what they can do; NULL: nothing was said */
	char *rollback;		 /* how it is taken back; NULL: it cannot be. Internal */
	bool rollback_tested;
	char *contact;
	char *carrier; /* whose work it is; NULL: our own */
	bool manual;   /* begins and ends by a person's word alone, not by its window */
	bool tentative;
	/* Of a carrier's notice; reference NULL: it is none. */
	char *provider, *reference;
	int64_t sequence; /* -1: not said */
	struct utc stamp;
};

struct maintenance_override {
	char *rule, *reason, *by;
	struct utc at;
	int version;
};

struct maintenance {
	char *id;
	int version;
	enum maintenance_status status;
	struct maintenance_plan plan;
	struct utc planned_at, last_at;
	struct utc started_at, ended_at; /* as it went; UTC_NONE: not yet */
	bool by_window;			 /* it was begun by its window, and ends by it */
	struct utc cancelled_at;
	char *reason; /* of the cancellation */
	struct posted_update *notices;
	size_t notice_count;
	/* The window that customers read last; UTC_NONE: they were told of none. */
	struct utc told_from, told_to;
	struct maintenance_override *overrides;
	size_t override_count;
	struct event_list events; /* all of them */
};

struct maintenance *maintenance_new(const char *id);
void maintenance_free(struct maintenance *m); /* NULL is fine */
/* Folds one event in; takes it over. Total: any event leaves a sane state. */
void maintenance_evolve(struct maintenance *m, struct event *take);

bool maintenance_is_over(const struct maintenance *m); /* completed or cancelled */
bool maintenance_in_scope(const struct maintenance *m, const char *component, const char *region);
/* What this component in this region is under now, by the events alone. */
bool maintenance_covers(const struct maintenance *m, const char *component, const char *region);
/* Until when it is watched closely after it has ended: policy.watch times its actual duration.
 * UTC_NONE: it has not ended. */
struct utc maintenance_watched_until(
    const struct maintenance *m, const struct maintenance_policy *p);

/* What its window asks for at `now`: EVENT_STARTED or EVENT_ENDED with the instant at which it
 * fell due; EVENT_UNKNOWN: nothing, and *at is when it will next (UTC_NONE: never by itself). */
enum event_kind maintenance_due(const struct maintenance *m, struct utc now, struct utc *at);

/* Customers were told, and of another window than that of the plan, or not that it is cancelled. */
bool maintenance_owes_notice(const struct maintenance *m);

/* How often it was planned anew or cancelled: the SEQUENCE of its calendar entry. */
int maintenance_changes(const struct maintenance *m);

/* The plan of an event's body, texts cleaned; the caller finishes it. */
void maintenance_plan_read(struct maintenance_plan *out, const cJSON *body);
void maintenance_plan_fini(struct maintenance_plan *p);

/* One entry of a calendar: of `m` its id, status, instants and plan, and how often it has changed.
 */
struct maintenance_entry {
	struct maintenance m;
	int sequence;
};

/* An iCalendar (RFC 5545) of these, in their order: a name for the calendar, one VEVENT each with a
 * UID that stays the same, SEQUENCE and STATUS. `host` ends the UIDs. Internal texts stay out. */
void maintenance_calendar(struct buf *out, const struct maintenance_entry *all, size_t count,
    const char *name, const char *host);

#endif

/* The service level policy: severities, targets, calendars, rules. Values only; the defaults are
 * those of docs/sla.md and are what share/policy.yaml spells out. */
#ifndef DOMAIN_POLICY_H
#define DOMAIN_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "domain/calendar.h"
#include "domain/maintenance_policy.h"

#define SEVERITIES 4

/* The targets of a severity; carriers share one target unless the carrier names its own. */
enum target {
	TARGET_RESPONSE,
	TARGET_UPDATE,
	TARGET_WORKAROUND,
	TARGET_FIX,
	TARGET_TIER2,
	TARGET_TIER3,
	TARGET_CARRIER,
	TARGET_RCA_DRAFT,
	TARGET_RCA_FINAL,
	TARGETS,
};

extern const char *const target_names[TARGETS]; /* "response", … as in policy.yaml */

struct severity_policy {
	char *name;    /* "Critical" */
	char *meaning; /* one line */
	char *impact;  /* who is hit, for the cheat sheet */
	char **examples;
	size_t example_count;
	struct duration target[TARGETS];
	bool business_hours; /* worked in business hours (Sev 3 and 4) rather than 24x7 */
};

struct named_calendar {
	char *id;
	struct calendar *calendar;
};

struct region_calendar { /* from the configuration: which calendar a region keeps */
	char *region;
	char *calendar; /* id in calendars */
};

struct policy {
	struct severity_policy severity[SEVERITIES]; /* [0] is Sev 1 */
	struct named_calendar *calendars;
	size_t calendar_count;
	struct calendar
	    *default_calendar; /* owned; Mon-Fri 09:00-17:00, no holidays, UTC unless configured */
	struct region_calendar *region_calendars;
	size_t region_calendar_count;
	int warn_percent;	   /* 75 */
	int64_t business_day_ms;   /* 8 h */
	int64_t send_delay_ms;	   /* 8 s */
	bool approval[SEVERITIES]; /* an update waits for somebody else's approval */
	char **approvers;	   /* people, or roles of the incident; none: all who may publish */
	size_t approver_count;
	struct maintenance_policy maintenance;
	bool comms_apart;   /* IC and comms lead are two people */
	bool default_named; /* the policy file chose the default calendar */
};

/* The built-in default; the caller frees with policy_free. */
struct policy *policy_default(void);
void policy_free(struct policy *p);

/* Adds a calendar (taken over) under its id, replacing one of the same id. */
void policy_add_calendar(struct policy *p, struct calendar *take);
/* NULL: no calendar of this id. */
const struct calendar *policy_calendar(const struct policy *p, const char *id);
/* Makes a copy of the named calendar the default. False: there is none of this id. */
bool policy_use_calendar(struct policy *p, const char *id);
/* Which calendar a region keeps. False: there is none of this id. */
bool policy_set_region_calendar(struct policy *p, const char *region, const char *id);

/* `severity` 1 to 4. */
const struct severity_policy *policy_severity(const struct policy *p, int severity);

/* The calendars that an incident over these regions is held to (docs/sla.md, business time): fills
 * out[] with up to `max` distinct ones and returns how many, at least 1 (the default). */
size_t policy_calendars(const struct policy *p, char *const *regions, size_t region_count,
    const struct calendar **out, size_t max);

#endif

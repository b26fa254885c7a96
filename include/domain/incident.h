/* An incident: the fold of its events. evolve() is total (any event leaves a sane state) and pure;
 * clocks come from domain/clock over the same events. */
#ifndef DOMAIN_INCIDENT_H
#define DOMAIN_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "domain/clock.h"
#include "domain/event.h"

enum role {
	ROLE_IC,
	ROLE_COMMS,
	ROLE_TECH,
	ROLE_LIAISON,
	ROLES,
};

struct role_info {
	const char *id;	    /* "ic" */
	const char *label;  /* "IC" */
	const char *name;   /* "Incident commander" */
	const char *duties; /* one line */
	bool required;	    /* its vacancy is a gap that runs */
};

extern const struct role_info role_infos[ROLES];
int role_of(const char *id); /* -1: no such role */

/* What two people can touch at once: a command is refused only when another person's later event
 * touched the same aspect (docs/architecture.md). */
enum aspect {
	ASPECT_NONE,
	ASPECT_PHASE,
	ASPECT_SEVERITY,
	ASPECT_SCOPE,
	ASPECT_TEXT,
	ASPECT_ROLE_IC,
	ASPECT_ROLE_COMMS,
	ASPECT_ROLE_TECH,
	ASPECT_ROLE_LIAISON,
	ASPECTS,
};

struct aspect_touch {
	int version; /* 0: never */
	char *actor;
};

struct role_holder {
	char *person;	     /* NULL: vacant */
	struct utc since;    /* held since, or vacant since */
	char *override_text; /* why one person holds two roles, else NULL */
};

struct engagement {    /* a tier or a carrier that was escalated to */
	int tier;      /* 2, 3, or 0 for a carrier */
	char *carrier; /* NULL for a tier */
	struct utc at;
	char *contact, *via, *reference, *by;
	struct utc answered_at; /* UTC_NONE: not yet */
	char *answered_by;
};

struct dependency { /* a carrier that is involved */
	char *carrier, *reason, *timeline;
	struct utc at, cleared_at;
};

struct delivery_state {
	char *destination;
	char *state; /* "waiting", "accepted", "failed", "given_up", "superseded" */
	int attempts;
	char *detail;
	struct utc at;
	/* Of the last word about it; none was said yet: by is NULL. */
	char *by;	 /* "engine", or who decided it by hand */
	bool gone;	 /* the receiver said that it is gone for good */
	char *reference; /* what the other end calls the incident; kept once it is known */
	cJSON *recipients; /* of a mail: {address: "accepted", "failed: …", "given_up: …"}; NULL */
};

struct posted_update {
	int version;
	struct utc at;
	char *by, *stage, *status, *template_name;
	int severity;		      /* of the incident then; 0: of planned work */
	char **regions, **components; /* its scope then */
	size_t region_count, component_count;
	cJSON *fields; /* {name: text} */
	cJSON *text;   /* {audience: text} */
	struct utc next_update_at;
	char **audiences, **channels;
	size_t audience_count, channel_count;
	cJSON *readers;	 /* {channel: audience}, as it was decided; NULL: not said */
	char **internal; /* of the audiences, those that were internal then */
	size_t internal_count;
	struct delivery_state *deliveries; /* one for each channel, from the start */
	size_t delivery_count;
};

struct action_item {
	char *id, *text, *owner;
	struct utc eta_from, eta_to;
	bool done;
};

struct reminder_item {
	struct utc at;
	char *text;
	bool done;
};

struct hypothesis_item {
	struct utc at;
	char *by, *text;
};

struct incident {
	char *id;
	int version;
	enum phase phase;
	bool candidate; /* phase detected: nobody has taken it */
	int severity;
	char *title, *impact, *source;
	char **regions, **components;
	size_t region_count, component_count;
	struct utc started_at, opened_at, last_at;
	struct utc acknowledged_at, restored_at, resolved_at, snoozed_until;
	char *acknowledged_by;
	bool workaround; /* of the last restored */
	char *residual, *customer_actions, *fix;
	char *bridge_url, *bridge_phone;
	char *merged_into;
	struct role_holder role[ROLES];
	char *offered_to; /* command offered and not yet accepted */
	struct engagement *engagements;
	size_t engagement_count;
	struct dependency *dependencies;
	size_t dependency_count;
	struct posted_update *updates;
	size_t update_count;
	struct hypothesis_item *hypotheses;
	size_t hypothesis_count;
	struct action_item *actions;
	size_t action_count;
	struct reminder_item *reminders;
	size_t reminder_count;
	char *affected;
	int affected_percent; /* -1 unknown */
	bool rca_draft, rca_final;
	int signals_failing;   /* sources whose newest signal does not say operational */
	bool signal_recovered; /* the newest signal of every source says operational again */
	struct utc signal_at;
	struct aspect_touch touched[ASPECTS]; /* by a person, newest */
	struct event_list events; /* all of them: the timeline, and what the clocks are made of */
	void *priv;		  /* of incident.c */
};

struct incident *incident_new(const char *id);
void incident_free(struct incident *inc);

/* Folds one event in; takes it over. The event is the next one of this stream (version + 1). */
void incident_evolve(struct incident *inc, struct event *take);

bool incident_is_over(const struct incident *inc); /* closed, merged or dismissed */
bool incident_active(
    const struct incident *inc); /* candidate, open or restored: counted on the board */
const struct engagement *incident_engaged(
    const struct incident *inc, int tier, const char *carrier);
const struct posted_update *incident_last_update(const struct incident *inc);

/* Which aspect an event of this kind and body touches. */
enum aspect event_aspect(const struct event *ev);

#endif

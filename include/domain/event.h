/* Incident events: what happened, in the form that docs/protocol.md fixes for `journal export`.
 * An incident is the fold of its events (domain/incident). */
#ifndef DOMAIN_EVENT_H
#define DOMAIN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/time.h"

/* One row each in event_kinds[] (src/domain/event.c). EVENT_UNKNOWN is a kind of a newer version:
 * kept, shown, and without any effect. */
enum event_kind {
	EVENT_UNKNOWN,
	EVENT_OPENED,
	EVENT_ACKNOWLEDGED,
	EVENT_INTAKE,
	EVENT_SNOOZED,
	EVENT_REMINDER,
	EVENT_BRIDGE_SET,
	EVENT_SEVERITY_CHANGED,
	EVENT_SCOPE_CHANGED,
	EVENT_ROLE_ASSIGNED,
	EVENT_COMMAND_OFFERED,
	EVENT_COMMAND_ACCEPTED,
	EVENT_ROLE_RELEASED,
	EVENT_UPDATE_APPROVED,
	EVENT_UPDATE_POSTED,
	EVENT_DELIVERY,
	EVENT_BREACHED,
	EVENT_ESCALATED,
	EVENT_TIER_ACKNOWLEDGED,
	EVENT_CARRIER_INVOLVED,
	EVENT_CARRIER_CLEARED,
	EVENT_HYPOTHESIS,
	EVENT_ACTION,
	EVENT_SIGNAL,
	EVENT_RESTORED,
	EVENT_RESOLVED,
	EVENT_REOPENED,
	EVENT_RCA_DELIVERED,
	EVENT_NOTE,
	EVENT_MERGED,
	EVENT_DISMISSED,
	EVENT_CLOSED,
	/* Of planned work (MNT-3). */
	EVENT_PLANNED,
	EVENT_REPLANNED,
	EVENT_NOTICE_POSTED,
	EVENT_STARTED,
	EVENT_ENDED,
	EVENT_CANCELLED,
	EVENT_OVERRIDDEN,
	EVENT_KINDS,
};

struct event_kind_info {
	const char *name;    /* "severity_changed" */
	const char *summary; /* for people: "severity changed" */
	bool takes;	     /* taking a candidate: it becomes an incident (phase open) */
	bool by_engine;	     /* the engine appends it by itself: never refuses a person's command */
	bool planned_work;   /* of maintenances (MNT-3) alone */
};

extern const struct event_kind_info event_kinds[EVENT_KINDS];

/* One event. It owns its strings and its body. */
struct event {
	int64_t seq;	/* place in the journal, 0 before it is appended */
	char *incident; /* "INC-7": the stream */
	int version;	/* 1, 2, … without a gap within the stream */
	struct utc at;
	char *actor; /* person id, or "engine" */
	char *as_by; /* who really typed it, when `--as` was used; else NULL */
	enum event_kind kind;
	char *kind_name;  /* as written, also when unknown */
	cJSON *body;	  /* an object, never NULL */
	char *command_id; /* the client's id of the command that caused it, or NULL */
};

/* A new event with copies of the strings; takes `body` over (NULL: an empty object). */
struct event *event_new(const char *incident, int version, struct utc at, const char *actor,
    enum event_kind kind, cJSON *body);
void event_free(struct event *ev); /* NULL is fine */
struct event *event_copy(const struct event *ev);

/* EVENT_UNKNOWN for a name that this version does not know. */
enum event_kind event_kind_of(const char *name);

/* One JSON object; its body is checked too (event_body_check), that only version 1 is `opened` (of
 * a maintenance `planned`), and that what happened does not lie behind `at`. NULL: not an event, *e
 * says what is missing or wrong, by field. Streams of other names pass with kinds of their own. */
struct event *event_from_json(const cJSON *obj, struct err *e);
/* The inverse; the caller frees. Members in the order incident, version, at, actor, kind, body;
 * `as` after actor where set; neither seq nor command id. */
cJSON *event_to_json(const struct event *ev);

/* "INC-7" -> 7; 0: no incident id. */
int64_t incident_number(const char *id);
/* "MNT-3" -> 3; 0: no id of a maintenance. */
int64_t maintenance_number(const char *id);

/* Whether the body has what its kind requires (docs/protocol.md), types included. Unknown kinds and
 * unknown members pass. */
bool event_body_check(enum event_kind kind, const cJSON *body, struct err *e);

/* One line for people: what it says, without time and actor ("severity 3 → 2: blast radius grew").
 * Appends to `out`; text is cleaned. */
void event_sentence(struct buf *out, const struct event *ev);

/* A list of events, owned. */
struct event_list {
	struct event **items;
	size_t count, cap;
};

void event_list_add(struct event_list *l, struct event *take);
void event_list_fini(struct event_list *l);

#endif

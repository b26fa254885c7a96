/* What is allowed: decide(state, command) gives events, or a refusal that says the rule in a
 * sentence and what helps. Pure; the engine calls it against the current state. */
#ifndef DOMAIN_COMMAND_H
#define DOMAIN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/time.h"
#include "domain/event.h"
#include "domain/incident.h"
#include "domain/maintenance.h"
#include "domain/policy.h"

/* What a person may do; each level is a bit of its own. */
enum permission {
	PERM_VIEW = 1,
	PERM_RESPOND = 2, /* acknowledge, note, intake, reminder, action, hypothesis */
	PERM_COMMAND =
	    4, /* severity, scope, roles, escalate, restore, resolve, merge, dismiss, close */
	PERM_PUBLISH = 8, /* updates */
	PERM_ADMIN = 16,  /* engine stop and reload, --as */
};

/* "view", "respond", … ; 0: no such word. `command` includes respond; every one includes view. */
unsigned permission_parse(const char *word);
const char *permission_name(unsigned bit);

enum danger { /* docs/architecture.md, danger ladder */
	DANGER_VIEW,
	DANGER_OWN,
	DANGER_SHARED,
	DANGER_OUTWARD,
};

/* One argument of a command, as forms, the command line and the palette ask for it. */
enum arg_type {
	ARG_TEXT,      /* one line */
	ARG_LONG_TEXT, /* several lines */
	ARG_SEVERITY,
	ARG_PERSON,
	ARG_ROLE,
	ARG_TIER_OR_CARRIER,
	ARG_CARRIER,
	ARG_REGIONS,
	ARG_COMPONENTS,
	ARG_TIME,     /* RFC 3339, or hh:mm */
	ARG_DURATION, /* 30m */
	ARG_BOOL,
	ARG_CHOICE,
	ARG_INCIDENT,
	ARG_OBJECT, /* JSON, not typed by hand (an update's fields and texts) */
	ARG_IDS,    /* ids of audiences or channels: a list, or separated by blanks or commas */
	ARG_NUMBER, /* a whole number from 0 */
};

struct command_arg {
	const char *name, *label, *help;
	enum arg_type type;
	bool required;
	const char
	    *choices; /* of ARG_CHOICE, blank-separated; of a text: what a form is filled with */
};

#define COMMAND_ARGS 20

struct command_info {
	const char *name; /* "ack": the word on the command line and on the wire */
	const char *verb; /* "acknowledge": in sentences */
	const char *help; /* one line */
	unsigned permission;
	enum danger danger;
	bool creates;			       /* opens a new incident: needs none */
	struct command_arg args[COMMAND_ARGS]; /* ends with a NULL name, or is full */
	bool screen;			       /* has a screen of its own on the board, no form */
};

/* Ends with a row whose name is NULL. */
extern const struct command_info command_infos[];
const struct command_info *command_find(const char *name); /* NULL: none */
/* What this command records can be taken back by `undo`. */
bool command_can_undo(const char *name);

/* An update whose exact text waits for somebody's approval; borrowed. */
struct waiting_text {
	const char *hash;
	const char *author, *author_as; /* author_as: who really typed; NULL: the author */
};

/* What decide may ask about the world; all of it values from the configuration. */
struct world {
	const struct policy *policy;
	void *ctx;
	bool (*person_known)(void *ctx, const char *id);
	bool (*region_known)(void *ctx, const char *id);
	bool (*component_known)(void *ctx, const char *id);
	bool (*carrier_known)(void *ctx, const char *id);
	bool (*audience_internal)(void *ctx, const char *id, bool *known);
	bool (*channel_internal)(
	    void *ctx, const char *id, bool *known); /* used by an internal audience */
	/* The channels of an audience, borrowed; NULL here: commands must name them. */
	const char *const *(*audience_channels)(void *ctx, const char *id, size_t *count);
	/* The text of an update that waits for approval: the one with this hash, or (hash "") the
	 * only one. NULL: there is none, or more than one (*count says). */
	const struct waiting_text *(*waiting)(
	    void *ctx, const char *incident, const char *hash, size_t *count);
	struct duration (*carrier_target)(void *ctx, const char *carrier, int severity);
	const struct incident *(*incident)(void *ctx, const char *id); /* NULL: none */
	/* Of planned work. The zones of a region (borrowed, at most `max`), the name that it is
	 * told by, the class of a component, and every maintenance there is: the nth, NULL behind
	 * the last. */
	size_t (*region_zones)(void *ctx, const char *id, const struct zone **out, size_t max);
	const char *(*region_name)(void *ctx, const char *id);
	const char *(*component_class)(void *ctx, const char *id);
	const struct maintenance *(*maintenance)(void *ctx, size_t n);
};

struct command {
	const char *name;
	const char *actor, *as_by;
	int seen;	   /* the incident's version that the person saw; 0: not said */
	const cJSON *args; /* an object, or NULL */
};

struct refusal {
	char rule[32]; /* a short id: "conflict", "permission", "role-apart", "phase", "argument", …
			*/
	char reason[320];  /* one sentence */
	char help[160];	   /* what to do; may be empty */
	char argument[32]; /* which one it is about; may be empty */
};

/* The longest text of one argument, in bytes. */
#define COMMAND_TEXT_MAX ((size_t)8 << 10)

/* Values may come as JSON has them or as a person types them: "2" for a severity, "FR,IT" for
 * regions, "yes" for true, "14:20" (UTC) for the nearest such time in the direction that makes
 * sense. Every text is cleaned. What `decide` may ask is NULL in `world` where everything is known.
 *
 * The events to append (with versions, `now`, actor set; at least one), in *out, or false with the
 * refusal. `inc` is NULL only for a command that creates; `new_id` is then the id to use. An
 * argument that nobody declared is refused. Permissions are the caller's to check before. All
 * events are of `inc`, or of `new_id`; but `merge` may end with one of the incident that is merged
 * into, whose scope grows (its version is that incident's next). */
bool command_decide(const struct world *w, const struct incident *inc, const char *new_id,
    const struct command *cmd, struct utc now, struct event_list *out, struct refusal *why);

#endif

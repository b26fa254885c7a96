/* What a view is, and what it may look at. Views draw from a scene, keep ids and never pointers
 * into the snapshot, and change nothing but their own state: the world changes by actions. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "domain/calendar.h"
#include "domain/snapshot.h"
#include "ui/action.h"
#include "ui/canvas.h"
#include "ui/keys.h"

#define VIEW_MIN_W                                                                                 \
	60 /* below this nothing can be acted on: what cannot be seen is not triggered             \
	    */
#define VIEW_MIN_H 16

struct app;

enum link {
	LINK_CONNECTING, /* nothing has been seen yet */
	LINK_UP,
	LINK_AWAY, /* the engine is gone; what is shown is old */
};

/* All that drawing depends on. */
struct scene {
	const struct snapshot *snap;
	struct utc now; /* the engine's clock */
	const struct keymap *keys;
	const char *me; /* person id, or "" */
	unsigned can;	/* permission bits */
	bool read_only; /* no action beyond looking is offered */
	enum link link;
	int64_t away_ms; /* since when, while LINK_AWAY */
	const char *link_why;
	int pending;		  /* steps of this board that the engine has not answered */
	const struct zone *local; /* NULL: UTC alone is shown */
	const char *local_name;	  /* "London" */
	const char *region;	  /* only this one, or NULL */
	const char *message;	  /* NULL: none */
	enum style message_style;
	struct utc seen;    /* before this person was away from the keys for long, the last
			     * touch; UTC_NONE: never so */
	const char *search; /* what is being searched, or NULL */
};

struct answer;

enum answer_take {
	ANSWER_NOT_MINE,
	ANSWER_KEEP, /* the view shows the refusal */
	ANSWER_DONE, /* the view can be closed */
};

struct view_ops {
	const char *name;
	const char *context; /* of the keymap */
	bool overlay;	     /* the view below stays on screen */
	void (*draw)(void *state, const struct scene *s, struct canvas *c);
	/* True when the view took the action. */
	bool (*act)(void *state, struct app *app, const struct action *a, const char *args);
	/* Text that was typed or pasted; NULL: the view has no text field. */
	void (*text)(void *state, struct app *app, const char *text, bool pasted);
	/* The incident that a command means, as id; NULL: none. */
	const char *(*target)(void *state, const struct scene *s);
	/* Moves to the next match (dir 1, -1) or the first at or after here (0); false: no match.
	 */
	bool (*search)(void *state, const struct scene *s, const char *needle, int dir);
	/* Shows only what has these words from now on ("": all); NULL: nothing can be filtered. */
	void (*filter)(void *state, const char *text);
	/* The source that it shows closely, which the engine is asked for; NULL: none. */
	const char *(*source)(void *state);
	/* What this person does here, for the others ("viewing"); NULL: nothing to say. */
	const char *(*doing)(void *state);
	/* An answer of the engine: a view that sent the command takes it. NULL: it sends none. */
	enum answer_take (*answer)(void *state, const struct answer *a);
	/* Once a second: a draft is written. NULL: nothing to do. */
	void (*tick)(void *state);
	void (*close)(void *state);
};

struct view {
	const struct view_ops *ops;
	void *state;
};

/* Whether this action can be used now, on this incident (NULL: none). NULL: yes; else why not, in
 * one sentence without a full stop. */
const char *scene_refuses(
    const struct scene *s, const struct action *a, const struct snap_incident *inc);

#endif

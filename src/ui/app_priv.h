/* What views and actions may do to the program around them. */
#ifndef UI_APP_PRIV_H
#define UI_APP_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/app.h"
#include "ui/client.h"
#include "ui/keys.h"
#include "ui/view.h"

#define APP_VIEWS 12
#define MESSAGE_MS 8000

struct editing; /* an editor that has the terminal (app_edit.c) */

struct news; /* what has been told by bell already */

struct app {
	const struct ui_options *o;
	struct loop *loop;
	struct term *term;
	struct client *client;
	struct keymap *keys;
	struct canvas canvas;
	struct view views[APP_VIEWS]; /* the last is on top */
	size_t count;
	struct scene scene;
	char *local_of; /* name of the zone that scene.local is of */
	char message[400];
	enum style message_style;
	struct mono message_until;
	uint32_t pending[KEYS_SEQUENCE];
	size_t pending_count;
	bool popup; /* the continuations of the pending keys are shown */
	char search[128];
	struct utc touched, seen; /* a key, last; and the last one before a long while without */
	struct mono touched_mono;
	struct mono drawn;	    /* when the last frame went out */
	bool dirty, muted, offered; /* offered: a draft of before was looked for */
	struct news *news;
	struct loop_timer *draw_timer, *tick, *esc, *popup_timer;
	struct loop_fd *input;
	struct loop_signal *signals[6];
	char asked_of[32]; /* the timeline that was asked for last */
	int asked_version;
	struct mono asked_at;
	struct editing *editing; /* NULL: none */
	char *looking;		 /* what the engine was told that this person looks at */
	char source_of[200]; /* the source that was asked for last, and what was known of it then */
	struct utc source_known;
	struct mono source_at;
	int exit;
};

/* The present state of the world, for views. */
const struct scene *app_scene(struct app *app);
struct client *app_client(struct app *app);

/* Opens a view on top; takes `state`. */
void app_push(struct app *app, const struct view_ops *ops, void *state);
/* Closes the top one; the bottom one stays. */
void app_pop(struct app *app);
struct view *app_top(struct app *app);
/* The topmost view that is no overlay: what a person looks at. */
struct view *app_base(struct app *app);

/* A line for the message line; it stays for some seconds. */
void app_say(struct app *app, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void app_dirty(struct app *app);
void app_stop(struct app *app, int status);

/* Does an action as if its key had been pressed: refused with a message when it cannot be done. */
void app_act(struct app *app, const struct action *a, const char *args);
/* What the palette would do with this line. */
void app_command_line(struct app *app, const char *line);
/* The incident that an action would mean now; NULL: none. */
const struct snap_incident *app_target(struct app *app);

/* Keys and pastes from the terminal. */
void app_input(void *ctx, const struct input_event *ev);
void app_pending_drop(struct app *app);
/* Draws all views into the canvas. */
void app_draw(struct app *app);
/* Bell and title from what is new. */
void app_tell(struct app *app);
struct news *news_new(void);
void news_free(struct news *n);

/* What is sent next by itself; NULL: nothing. */
const struct snap_held *app_next_held(struct app *app);
/* Once the board is there: says that a draft was kept. */
void app_offer_draft(struct app *app);
/* Hands a text to the person's editor. `done` gets the new one, or NULL and why there is none. */
void app_edit(
    struct app *app, const char *text, void (*done)(struct app *app, char *text, const char *why));
void app_edit_end(struct app *app); /* the board ends */

/* Stops it; what becomes of that is said. */
void app_stop_held(struct app *app, const struct snap_held *h);
/* Asks before a held message is sent at once. */
void app_send_held(struct app *app, const char *id);

/* Shows what waits for approval, and asks. */
void app_approve_held(struct app *app, const struct snap_held *h);

/* An answer of the engine to a command of this board. */
void app_answered(void *ctx, const struct answer *a);

/* Runs of the action table (app_do.c). */
#define APP_DO(name)                                                                               \
	void app_do_##name(struct app *app, const struct action *self, const char *args)
APP_DO(back);
APP_DO(quit);
APP_DO(redraw);
APP_DO(suspend);
APP_DO(cancel);
APP_DO(theme);
APP_DO(mute);
APP_DO(palette);
APP_DO(help);
APP_DO(search);
APP_DO(filter);
APP_DO(search_next);
APP_DO(search_prev);
APP_DO(board);
APP_DO(outbox);
APP_DO(contacts);
APP_DO(maintenance);
APP_DO(journal);
APP_DO(sources);
APP_DO(why);
APP_DO(evidence);
APP_DO(held_stop);
APP_DO(held_send);
APP_DO(undo);
APP_DO(compose);
APP_DO(no_change);
APP_DO(approve);
APP_DO(command);
#undef APP_DO

#endif

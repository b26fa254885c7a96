#include "ui/app.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "keymap_load.h"
#include "os/clock.h"
#include "os/loop.h"
#include "os/zone.h"
#include "sent.h"
#include "ui/sources.h"
#include "ui/views.h"

#define FRAME_MS 40  /* at most 25 frames a second, but a key is answered at once */
#define FIRST_MS 100 /* how long the first frame waits for an engine that may be there */
#define ESC_MS 25
#define SOURCE_EVERY_MS 2000

/* ---- scene ---- */

static void find_zone(struct app *app, const struct snapshot *snap)
{
	const char *name = snap->noc ? snap->noc->timezone : NULL;
	const char *slash;

	if (!name || strcmp(name, "UTC") == 0 ||
	    (app->local_of && strcmp(app->local_of, name) == 0))
		return;
	free(app->local_of);
	app->local_of = xstrdup(name);
	for (char *s = app->local_of; *s; s++)
		if (*s == '_')
			*s = ' ';
	app->scene.local = zone_load(name, NULL);
	slash = strrchr(app->local_of, '/');
	app->scene.local_name = slash ? slash + 1 : app->local_of;
}

const struct scene *app_scene(struct app *app)
{
	struct scene *s = &app->scene;
	const struct client *cl = app->client;

	s->snap = client_snapshot(cl);
	/* Whole seconds: ages and countdowns all change in the same frame. */
	s->now = client_now(cl);
	s->now.ms -= (s->now.ms % 1000 + 1000) % 1000;
	s->keys = app->keys;
	s->me = client_person(cl);
	s->can = client_can(cl);
	s->link = client_link(cl);
	s->away_ms = client_away_ms(cl);
	s->link_why = client_why(cl);
	s->pending = (int)client_pending(cl);
	s->read_only = app->o->read_only || app->o->wall;
	s->region = app->o->region;
	s->seen = app->seen;
	s->search = app->search[0] ? app->search : NULL;
	s->message = clock_mono().ms < app->message_until.ms ? app->message : NULL;
	s->message_style = app->message_style;
	find_zone(app, s->snap);
	return s;
}

struct client *app_client(struct app *app)
{
	return app->client;
}

/* ---- views ---- */

struct view *app_top(struct app *app)
{
	return &app->views[app->count - 1];
}

struct view *app_base(struct app *app)
{
	size_t i = app->count - 1;

	while (i > 0 && app->views[i].ops->overlay)
		i--;
	return &app->views[i];
}

/* Tells the engine what this person looks at, so that others see it; and asks for the timeline. */
static void tell_looking(struct app *app)
{
	const struct scene *s = app_scene(app);
	const char *incident = NULL, *doing = NULL, *old = app->looking ? app->looking : "";
	char now[120];

	for (size_t i = app->count; i-- > 0 && !doing;)
		if (app->views[i].ops->doing) {
			doing = app->views[i].ops->doing(app->views[i].state);
			incident = app->views[i].ops->target
				       ? app->views[i].ops->target(app->views[i].state, s)
				       : NULL;
		}
	snprintf(now, sizeof now, "%s %s", incident ? incident : "", doing ? doing : "");
	if (strcmp(now, old) != 0) {
		free(app->looking);
		app->looking = xstrdup(now);
		client_looking(app->client, incident, doing);
	}
}

/* The timeline of what is selected: asked for when it is another incident, or has a new event. */
static void want_timeline(struct app *app)
{
	const struct snap_incident *inc = app_target(app);
	const struct snapshot *snap = app->scene.snap;
	int have = 0;

	if (!inc || app->scene.link != LINK_UP)
		return;
	if (snap->timeline_of && strcmp(snap->timeline_of, inc->id) == 0 &&
	    snap->timeline_count > 0)
		have = snap->timeline[snap->timeline_count - 1].version;
	if (have >= inc->version)
		return;
	if (strcmp(app->asked_of, inc->id) == 0 && app->asked_version == inc->version &&
	    clock_mono().ms - app->asked_at.ms < 2000)
		return;
	snprintf(app->asked_of, sizeof app->asked_of, "%s", inc->id);
	app->asked_version = inc->version;
	app->asked_at = clock_mono();
	client_timeline(app->client, inc->id);
}

/* The source that is shown closely: asked for when it is another one, or was heard again. */
static void want_source(struct app *app)
{
	const struct view *v = app_base(app);
	const struct snapshot *snap = app->scene.snap;
	const char *id = v->ops->source ? v->ops->source(v->state) : NULL;
	struct source_row r;
	int64_t since = clock_mono().ms - app->source_at.ms;
	bool other;

	if (!id || app->scene.link != LINK_UP || !source_row(&app->scene, id, &r))
		return;
	other = strcmp(app->source_of, id) != 0;
	if (!other && since < SOURCE_EVERY_MS)
		return;
	if (!other && snap->source && snap->source->id && strcmp(snap->source->id, id) == 0 &&
	    app->source_known.ms == r.tried_at.ms)
		return;
	snprintf(app->source_of, sizeof app->source_of, "%s", id);
	app->source_known = r.tried_at;
	app->source_at = clock_mono();
	client_source(app->client, id);
}

void app_push(struct app *app, const struct view_ops *ops, void *state)
{
	if (app->count == APP_VIEWS) {
		ops->close(state);
		app_say(app, STYLE_NOTICE, "Too many windows are open: close one first");
		return;
	}
	app->views[app->count++] = (struct view){ ops, state };
	app_pending_drop(app);
	app_dirty(app);
}

void app_pop(struct app *app)
{
	struct view *v = app_top(app);

	if (app->count < 2)
		return;
	app->count--;
	v->ops->close(v->state);
	app_pending_drop(app);
	app_dirty(app);
}

const struct snap_incident *app_target(struct app *app)
{
	const struct scene *s = app_scene(app);

	for (size_t i = app->count; i-- > 0;) {
		const struct view *v = &app->views[i];
		const char *id = v->ops->target ? v->ops->target(v->state, s) : NULL;

		if (id)
			return snap_incident(s->snap, id);
	}
	return NULL;
}

void app_say(struct app *app, enum style style, const char *fmt, ...)
{
	char line[sizeof app->message];
	char *clean;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	clean = utf8_cleaned(line, UTF8_ONE_LINE, sizeof app->message - 1);
	snprintf(app->message, sizeof app->message, "%s", clean);
	free(clean);
	app->message_style = style;
	app->message_until = (struct mono){ clock_mono().ms + MESSAGE_MS };
	app_dirty(app);
}

void app_stop(struct app *app, int status)
{
	app->exit = status;
	loop_stop(app->loop);
}

/* ---- frames ---- */

static void show(struct app *app)
{
	int w, h;

	app->dirty = false;
	if (app->editing)
		return;
	if (!term_flush(app->term)) {
		loop_fd_events(app->input, UV_READABLE | UV_WRITABLE | UV_DISCONNECT);
		return; /* this frame is dropped; the next one shows what is true then */
	}
	term_size(app->term, &w, &h);
	canvas_resize(&app->canvas, w, h);
	if (!app->offered && !app->o->wall && client_snapshot(app->client)->complete) {
		app->offered = true;
		app_offer_draft(app);
	}
	if (!utc_is_set(app->touched) && client_snapshot(app->client)->complete) {
		app->touched = app_scene(app)->now;
		app->touched_mono = clock_mono();
	}
	app->canvas.ascii = term_ascii(app->term);
	app->canvas.latin = term_latin(app->term);
	sent_look(app);
	app_tell(app);
	app_draw(app);
	app->drawn = clock_mono();
	if (!term_show(app->term, &app->canvas))
		loop_fd_events(app->input, UV_READABLE | UV_WRITABLE | UV_DISCONNECT);
	tell_looking(app);
	want_timeline(app);
	want_source(app);
}

static void show_now(void *ctx)
{
	struct app *app = ctx;

	show(app);
}

/* A frame soon: not before the last one is 40 ms old, so that a storm of changes or resizes costs
 * 25 frames a second. */
void app_dirty(struct app *app)
{
	int64_t since = clock_mono().ms - app->drawn.ms;

	if (app->dirty)
		return;
	app->dirty = true;
	loop_timer_after(app->draw_timer, since >= FRAME_MS ? 0 : FRAME_MS - since);
}

/* The next whole second of the engine's clock: countdowns change then, all at once. */
static void tick(void *ctx)
{
	struct app *app = ctx;
	struct utc now = client_now(app->client);
	int speed = client_speed(app->client);
	int64_t left = 1000 - (now.ms % 1000 + 1000) % 1000, real = speed > 0 ? left / speed : 1000;

	for (size_t i = 0; i < app->count; i++)
		if (app->views[i].ops->tick)
			app->views[i].ops->tick(app->views[i].state);
	show(app);
	loop_timer_after(app->tick, real < 100 ? 100 : real + 1);
}

static void changed(void *ctx)
{
	struct app *app = ctx;

	/* The first frame has waited for this. */
	if (!app->drawn.ms && client_snapshot(app->client)->complete) {
		loop_timer_stop(app->draw_timer);
		show(app);
		return;
	}
	app_dirty(app);
}

/* ---- terminal ---- */

static void esc_over(void *ctx)
{
	struct app *app = ctx;

	input_timeout(term_input(app->term), app_input, app);
	show(app);
}

static void terminal_ready(void *ctx, int events, int status)
{
	struct app *app = ctx;
	bool gone = status < 0 || events & UV_DISCONNECT;

	if (events & UV_WRITABLE && term_flush(app->term)) {
		loop_fd_events(app->input, UV_READABLE | UV_DISCONNECT);
		app_dirty(app);
	}
	if (!gone && !app->editing && events & UV_READABLE)
		gone = !term_read(app->term, app_input, app);
	if (gone) {
		app_stop(app, 0);
		return;
	}
	if (input_waiting(term_input(app->term)))
		loop_timer_after(app->esc, ESC_MS);
	else
		loop_timer_stop(app->esc);
	if (events & UV_READABLE)
		show(app);
}

/* A terminal that went through another size on its way to the present one may have lost what stood
 * on it: everything is drawn anew. */
static void got_winch(void *ctx)
{
	struct app *app = ctx;

	if (app->editing)
		return;
	term_forget(app->term);
	app_dirty(app);
}

static void got_cont(void *ctx)
{
	struct app *app = ctx;

	if (app->editing)
		return;
	term_enter(app->term);
	term_forget(app->term);
	app_dirty(app);
}

static void got_end(void *ctx)
{
	app_stop(ctx, 0);
}

static void watch(struct app *app)
{
	static const struct {
		int signum;
		void (*got)(void *ctx);
	} signals[] = {
		{ SIGWINCH, got_winch },
		{ SIGCONT, got_cont },
		{ SIGHUP, got_end },
		{ SIGTERM, got_end },
		{ SIGINT, got_end },
		{ SIGQUIT, got_end },
	};

	for (size_t i = 0; i < countof(signals); i++)
		app->signals[i] =
		    loop_signal_new(app->loop, signals[i].signum, signals[i].got, app);
	signal(SIGPIPE, SIG_IGN);
	app->draw_timer = loop_timer_new(app->loop, show_now, app);
	app->tick = loop_timer_new(app->loop, tick, app);
	app->esc = loop_timer_new(app->loop, esc_over, app);
	app->input = loop_fd_new(
	    app->loop, term_fd(app->term), UV_READABLE | UV_DISCONNECT, terminal_ready, app);
}

static void unwatch(struct app *app)
{
	for (size_t i = 0; i < countof(app->signals); i++)
		loop_signal_free(app->signals[i]);
	loop_timer_free(app->draw_timer);
	loop_timer_free(app->tick);
	loop_timer_free(app->esc);
	loop_timer_free(app->popup_timer);
	loop_fd_free(app->input);
}

static void popup_due(void *ctx)
{
	struct app *app = ctx;

	app->popup = app->pending_count > 0;
	app_dirty(app);
}

static void start(struct app *app)
{
	static const struct client_hooks hooks = {
		.changed = changed,
		.answered = app_answered,
	};
	struct client_options co = {
		.socket = app->o->socket, .as = app->o->as, .wall = app->o->wall
	};
	const char *notice = term_notice(app->term);

	watch(app);
	app->popup_timer = loop_timer_new(app->loop, popup_due, app);
	app->client = client_new(app->loop, &co, &hooks, app);
	app->news = news_new();
	app_push(app, app->o->wall ? &view_wall : &view_board,
	    app->o->wall ? view_wall_new() : view_board_new());
	if (notice)
		app_say(app, STYLE_NOTICE, "%s", notice);
	app_load_keys(app);
	client_start(app->client);
	/* An engine that runs answers at once: the first frame then shows what is, not that nothing
	 * is known. */
	app->dirty = true;
	loop_timer_after(app->draw_timer, FIRST_MS);
	loop_timer_after(app->tick, FIRST_MS);
}

int ui_run(const struct ui_options *o, struct err *e)
{
	struct app app = { .o = o, .touched = UTC_NONE, .seen = UTC_NONE };
	const char *marks = getenv("NOCBOARD_FRAMES");
	struct term_options to = { .colour = o->colour,
		.theme = o->theme,
		.mouse = false,
		.frame_marks = marks && strcmp(marks, "1") == 0 };

	app.term = term_open(&to, e);
	if (!app.term)
		return err_exit(e->kind);
	app.loop = loop_new();
	canvas_init(&app.canvas, 0, 0);
	start(&app);
	loop_run(app.loop);
	app_edit_end(&app);
	while (app.count > 0) {
		struct view *v = &app.views[--app.count];

		v->ops->close(v->state);
	}
	sent_end();
	client_free(app.client);
	unwatch(&app);
	loop_run_once(app.loop, false);
	term_close(app.term);
	loop_free(app.loop);
	keymap_free(app.keys);
	news_free(app.news);
	canvas_fini(&app.canvas);
	free(app.local_of);
	free(app.looking);
	return app.exit;
}

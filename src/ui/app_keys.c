/* From keys to actions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "os/clock.h"
#include "os/loop.h"
#include "ui/draw.h"

#define AWAY_MS 120000	     /* real: a person who touched no key for so long was away */
#define PASTE_FIELD_MAX 8192 /* bytes a field takes of a paste */

void app_pending_drop(struct app *app)
{
	app->pending_count = 0;
	app->popup = false;
	if (app->popup_timer)
		loop_timer_stop(app->popup_timer);
}

/* In a window too small to show anything only leaving works: what cannot be seen is not done. */
static bool too_small(const struct app *app)
{
	return app->canvas.w < VIEW_MIN_W || app->canvas.h < VIEW_MIN_H;
}

static bool works_unseen(const struct action *a)
{
	static const char *const ids[] = { "app.quit", "app.back", "app.redraw", "app.cancel",
		"app.suspend", "confirm.cancel", "form.cancel", "palette.cancel", "search.cancel",
		"composer.close" };

	for (size_t i = 0; i < countof(ids); i++)
		if (strcmp(ids[i], a->id) == 0)
			return true;
	return false;
}

void app_act(struct app *app, const struct action *a, const char *args)
{
	struct view *v = app_top(app);
	const char *why;

	if (too_small(app) && !works_unseen(a))
		return;
	why = scene_refuses(app_scene(app), a, a->needs_incident ? app_target(app) : NULL);
	if (why) {
		app_say(app, STYLE_NOTICE, "%s: %s", a->help, why);
		return;
	}
	if (v->ops->act && v->ops->act(v->state, app, a, args))
		return;
	if (a->run)
		a->run(app, a, args);
	else
		app_say(app, STYLE_NOTICE, "%s: not on this screen", a->help);
}

static void run_binding(struct app *app, const struct binding *b)
{
	const struct action *a;

	if (b->action[0] == ':') {
		app_command_line(app, b->action + 1);
		return;
	}
	a = action_find(b->action);
	if (a)
		app_act(app, a, b->args);
}

static void say_unbound(struct app *app)
{
	struct buf keys, key;
	bool help;

	buf_init(&keys, 100);
	buf_init(&key, 40);
	keys_label(app->pending, app->pending_count, &keys);
	help = keymap_label(app->keys, app_top(app)->ops->context, "help.open", &key);
	app_say(app, STYLE_NOTICE, "%s does nothing here%s%s%s", buf_str(&keys), help ? " (" : "",
	    buf_str(&key), help ? " shows the keys)" : "");
	buf_fini(&keys);
	buf_fini(&key);
}

static bool types(const struct view *v, uint32_t key)
{
	return v->ops->text && key <= 0x10ffff;
}

static void type_key(struct app *app, struct view *v, uint32_t key)
{
	struct buf text;
	char *clean;

	buf_init(&text, 16);
	utf8_put(&text, key);
	/* A lone blank would be trimmed away; it needs no cleaning. */
	clean = key == ' ' ? xstrdup(" ") : utf8_cleaned(buf_str(&text), UTF8_ONE_LINE, 0);
	if (clean[0])
		v->ops->text(v->state, app, clean, false);
	free(clean);
	buf_fini(&text);
}

static void got_key(struct app *app, uint32_t key)
{
	struct view *v = app_top(app);
	const struct binding *b;
	bool sequence = app->pending_count > 0;

	if (app->pending_count == KEYS_SEQUENCE)
		app_pending_drop(app);
	if (sequence && (key == KB_ESC || key == (KB_CTRL | 'g') || key == (KB_CTRL | 'c'))) {
		app_pending_drop(app);
		return;
	}
	app->pending[app->pending_count++] = key;
	switch (keymap_find(app->keys, v->ops->context, app->pending, app->pending_count, &b)) {
	case KEYS_BOUND:
		app_pending_drop(app);
		run_binding(app, b);
		return;
	case KEYS_PREFIX: {
		int delay = keymap_setting(app->keys, "popup-delay", 400);

		if (delay >= 0)
			loop_timer_after(app->popup_timer, delay);
		return;
	}
	case KEYS_NONE:
		break;
	}
	if (!sequence && types(v, key))
		type_key(app, v, key);
	else if (!too_small(app))
		say_unbound(app);
	app_pending_drop(app);
}

static void got_paste(struct app *app, const struct input_event *ev)
{
	struct view *v = app_top(app);
	char *clean;

	app_pending_drop(app);
	if (!v->ops->text) {
		app_say(app, STYLE_NOTICE, "Paste ignored (%zu characters): no text field is open",
		    ev->len + ev->dropped);
		return;
	}
	clean = utf8_cleaned(ev->text, UTF8_LINES, PASTE_FIELD_MAX);
	v->ops->text(v->state, app, clean, true);
	if (ev->len + ev->dropped > PASTE_FIELD_MAX)
		app_say(
		    app, STYLE_WARN, "The paste was cut: a field takes %d bytes", PASTE_FIELD_MAX);
	free(clean);
}

static void say_since(struct app *app, int since)
{
	char was[16];
	struct buf key;
	bool any;

	buf_init(&key, 40);
	any = keymap_label(app->keys, app_top(app)->ops->context, "journal.open", &key);
	app_say(app, STYLE_NOTICE, "%d thing%s happened since you left the keys %s%s%s%s", since,
	    since == 1 ? "" : "s", ago_text(was, app->seen, app->scene.now), any ? " — " : "",
	    buf_str(&key), any ? " shows them" : "");
	buf_fini(&key);
}

/* Back at the keys: what happened meanwhile is told apart. */
static void touched(struct app *app)
{
	const struct scene *s = app_scene(app);
	struct mono now = clock_mono();
	bool back = utc_is_set(app->touched) && now.ms - app->touched_mono.ms >= AWAY_MS;
	int since;

	if (back)
		app->seen = app->touched;
	app->touched = s->now;
	app->touched_mono = now;
	since = back ? journal_since(app_scene(app)) : 0;
	if (since)
		say_since(app, since);
}

void app_input(void *ctx, const struct input_event *ev)
{
	struct app *app = ctx;

	app_dirty(app);
	if (ev->kind == INPUT_KEY || ev->kind == INPUT_PASTE)
		touched(app);
	switch (ev->kind) {
	case INPUT_KEY:
		got_key(app, ev->key);
		break;
	case INPUT_PASTE:
		got_paste(app, ev);
		break;
	case INPUT_FOCUS_IN:
	case INPUT_FOCUS_OUT:
		break;
	}
}

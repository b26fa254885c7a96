/* A question before something that cannot be taken back. */
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "os/clock.h"
#include "ui/lineedit.h"
#include "ui/views.h"

struct confirm {
	struct question q;
	char *title, *text, *yes, *type;
	struct lineedit typed;
	int at;			  /* 0 Cancel, 1 yes */
	int scroll, lines, shown; /* of the text */
	int64_t drawn_at;	  /* ms; 0: not yet */
};

static int64_t real_ms(void)
{
	return clock_mono().ms;
}

static int64_t (*now_ms)(void) = real_ms;

void view_confirm_clock(int64_t (*fn)(void))
{
	now_ms = fn ? fn : real_ms;
}

void *view_confirm_new(const struct question *q)
{
	struct confirm *f = xcalloc(1, sizeof *f);

	f->q = *q;
	f->title = xstrdup(q->title);
	f->text = xstrdup(q->text);
	f->yes = xstrdup(q->yes);
	f->type = xstrdup_null(q->type);
	lineedit_init(&f->typed, "");
	return f;
}

static void shut(void *state)
{
	struct confirm *f = state;

	if (f->q.drop)
		f->q.drop(f->q.data);
	free(f->title);
	free(f->text);
	free(f->yes);
	free(f->type);
	lineedit_fini(&f->typed);
	free(f);
}

static void draw_hints(const struct scene *s, struct canvas *c, int x, int y)
{
	static const struct {
		const char *action, *label;
	} hints[] = {
		{ "confirm.yes", "yes" },
		{ "confirm.switch", "other" },
		{ "confirm.accept", "press" },
		{ "confirm.cancel", "cancel" },
	};
	struct buf key;

	for (size_t i = 0; i < countof(hints); i++) {
		const struct binding *b = keymap_for(s->keys, "confirm", hints[i].action, NULL);

		if (!b)
			continue;
		buf_init(&key, 40);
		keys_label(b->keys, b->count, &key);
		x = canvas_put(c, x, y, STYLE_KEY, buf_str(&key)) + 1;
		x = canvas_put(c, x, y, STYLE_DIM, hints[i].label) + 2;
		buf_fini(&key);
	}
}

/* What is out of sight is said: nobody confirms what they could not read. */
static void draw_more(
    const struct scene *s, struct canvas *c, struct rect r, const struct confirm *f)
{
	const struct binding *b = keymap_for(s->keys, "confirm", "list.page-down", NULL);
	int below = f->lines - f->shown - f->scroll;
	struct buf key;

	buf_init(&key, 40);
	if (b)
		keys_label(b->keys, b->count, &key);
	canvas_putf(c, r.x, r.y, STYLE_WARN, "%d lines above, %d below  %s", f->scroll, below,
	    buf_str(&key));
	buf_fini(&key);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	struct confirm *f = state;
	int w = c->w - 4 < 70 ? c->w - 4 : 70, lines, x;
	struct canvas probe;
	struct rect r, old;

	if (f->drawn_at == 0)
		f->drawn_at = now_ms();
	canvas_init(&probe, 0, 0);
	f->lines = lines =
	    canvas_wrap(&probe, (struct rect){ 0, 0, w - 4, 0 }, STYLE_TEXT, f->text, 0);
	canvas_fini(&probe);
	if (lines > c->h - 7)
		lines = c->h - 7 > 1 ? c->h - 7 : 1;
	f->shown = lines;
	if (f->scroll > f->lines - lines)
		f->scroll = f->lines - lines;
	r = (struct rect){ (c->w - w) / 2, (c->h - lines - 6) / 2, w,
		lines + 5 + (f->type ? 2 : 0) };
	canvas_box(c, r, STYLE_ACCENT, f->title);
	old = canvas_clip(c, (struct rect){ r.x + 1, r.y + 1, r.w - 2, r.h - 2 });
	canvas_wrap(
	    c, (struct rect){ r.x + 2, r.y + 1, w - 4, lines }, STYLE_TEXT, f->text, f->scroll);
	if (f->lines > lines)
		draw_more(s, c, (struct rect){ r.x + 2, r.y + 1 + lines, w - 4, 1 }, f);
	if (f->type) {
		x = canvas_putf(c, r.x + 2, r.y + lines + 2, STYLE_TEXT, "Type %s: ", f->type);
		lineedit_draw(&f->typed, c, x, r.y + lines + 2, 14, STYLE_FIELD_FOCUS, true);
	}
	x = r.x + 2;
	if (f->at == 0 && !f->type)
		canvas_cursor(c, x, r.y + r.h - 2);
	x = canvas_put(
		c, x, r.y + r.h - 2, f->at == 0 ? STYLE_BUTTON_FOCUS : STYLE_BUTTON, "[ Cancel ]") +
	    2;
	if (f->at == 1 && !f->type)
		canvas_cursor(c, x, r.y + r.h - 2);
	x = canvas_putf(
	    c, x, r.y + r.h - 2, f->at == 1 ? STYLE_BUTTON_FOCUS : STYLE_BUTTON, "[ %s ]", f->yes);
	draw_hints(s, c, x + 3, r.y + r.h - 2);
	canvas_unclip(c, old);
}

/* Keys that were typed for the screen before, or before anything could be read, do nothing. */
static bool guarded(const struct confirm *f)
{
	return f->drawn_at == 0 || now_ms() - f->drawn_at < CONFIRM_GUARD_MS;
}

static void say_yes(struct app *app, struct confirm *f)
{
	void (*go)(struct app *, void *) = f->q.go;
	void (*drop)(void *) = f->q.drop;
	void *data = f->q.data;

	if (f->type && strcmp(f->type, f->typed.text) != 0) {
		app_say(app, STYLE_WARN, "Type %s first", f->type);
		return;
	}
	f->q.drop = NULL;
	app_pop(app);
	go(app, data);
	if (drop)
		drop(data);
}

static bool scrolled(struct confirm *f, const char *action)
{
	int page = f->shown > 1 ? f->shown - 1 : 1;
	const struct {
		const char *id;
		int by;
	} moves[] = {
		{ "list.next", 1 },
		{ "list.prev", -1 },
		{ "list.page-down", page },
		{ "list.page-up", -page },
	};

	for (size_t i = 0; i < countof(moves); i++)
		if (strcmp(moves[i].id, action) == 0) {
			f->scroll += moves[i].by;
			f->scroll = f->scroll < 0 ? 0 : f->scroll;
			return true;
		}
	return false;
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct confirm *f = state;

	(void)args;
	if (scrolled(f, a->id))
		return true;
	if (strncmp(a->id, "confirm.", 8) != 0)
		return f->type && lineedit_act(&f->typed, a->id);
	if (strcmp(a->id, "confirm.cancel") == 0) {
		app_pop(app);
		return true;
	}
	if (guarded(f))
		return true;
	if (strcmp(a->id, "confirm.switch") == 0)
		f->at = !f->at;
	else if (strcmp(a->id, "confirm.yes") == 0 || f->at == 1)
		say_yes(app, f);
	else
		app_pop(app);
	return true;
}

static void text(void *state, struct app *app, const char *t, bool pasted)
{
	struct confirm *f = state;

	(void)app;
	if (f->type && !guarded(f))
		lineedit_insert(&f->typed, t, pasted);
}

const struct view_ops view_confirm = {
	.name = "Question",
	.context = "confirm",
	.overlay = true,
	.draw = draw,
	.act = act,
	.text = text,
	.close = shut,
};

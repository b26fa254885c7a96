/* Everything by name: one line at the bottom, and above it what it would do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"
#include "ui/lineedit.h"
#include "ui/palette.h"
#include "ui/views.h"

#define SHOWN 10

struct palette {
	struct lineedit line;
	int at, count;
	char context[24]; /* of the view below */
	char target[32];
};

void *view_palette_new(const char *start)
{
	struct palette *p = xcalloc(1, sizeof *p);

	lineedit_init(&p->line, start ? start : "");
	return p;
}

static void shut(void *state)
{
	struct palette *p = state;

	lineedit_fini(&p->line);
	free(p);
}

/* The incident is the one that was meant when the palette was opened, whatever is selected since.
 */
static const struct snap_incident *meant(const struct palette *p, const struct scene *s)
{
	return p->target[0] ? snap_incident(s->snap, p->target) : NULL;
}

static void draw_entry(const struct palette *p, const struct scene *s, struct canvas *c,
    struct rect r, const struct palette_entry *e)
{
	const struct binding *b = keymap_for(s->keys, p->context, e->action->id, NULL);
	struct buf key;
	int x;

	buf_init(&key, 60);
	if (b)
		keys_label(b->keys, b->count, &key);
	x = canvas_field(c, r.x, r.y, 6, STYLE_KEY, buf_str(&key)) + 1;
	x = canvas_field(c, x, r.y, 20, e->why_not ? STYLE_DIM : STYLE_STRONG, e->action->id) + 1;
	if (e->why_not) {
		char text[160];

		snprintf(text, sizeof text, "%s — %s", e->action->help, e->why_not);
		canvas_field(c, x, r.y, r.x + r.w - x, STYLE_DIM, text);
	} else {
		canvas_field(c, x, r.y, r.x + r.w - x, STYLE_TEXT, e->action->help);
	}
	buf_fini(&key);
}

/* What the command that is being typed wants: its arguments by name. */
static void draw_arguments(struct canvas *c, struct rect r, const struct action *a)
{
	int x = r.x;

	for (size_t i = 0; a->command && i < COMMAND_ARGS && a->command->args[i].name; i++) {
		const struct command_arg *arg = &a->command->args[i];

		x = canvas_putf(
		    c, x, r.y, arg->required ? STYLE_TEXT : STYLE_DIM, "%s=", arg->name);
		x = canvas_putf(c, x, r.y, STYLE_DIM, "%s  ", arg->label);
	}
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	struct palette *p = state;
	size_t count;
	struct palette_entry *list = palette_find(s, p->context, meant(p, s), p->line.text, &count);
	int rows = (int)count < SHOWN ? (int)count : SHOWN, top;
	int y = c->h - 1;

	if (rows > c->h - 4)
		rows = c->h - 4;
	p->count = (int)count;
	if (p->at >= p->count)
		p->at = p->count ? p->count - 1 : 0;
	top = p->at >= rows ? p->at - rows + 1 : 0;
	canvas_fill(c, (struct rect){ 0, y - rows - 2, c->w, rows + 3 }, STYLE_TEXT, " ");
	canvas_hline(c, 0, y - rows - 2, c->w, STYLE_ACCENT);
	if (p->target[0])
		canvas_putf(c, 2, y - rows - 2, STYLE_STRONG, " %s ", p->target);
	for (int i = 0; i < rows; i++) {
		draw_entry(
		    p, s, c, (struct rect){ 2, y - rows - 1 + i, c->w - 3, 1 }, &list[top + i]);
		if (top + i == p->at) {
			canvas_put(c, 0, y - rows - 1 + i, STYLE_ACCENT, ">");
			canvas_mark(c, (struct rect){ 0, y - rows - 1 + i, c->w, 1 }, CELL_REVERSE);
		}
	}
	if (count > 0)
		draw_arguments(c, (struct rect){ 2, y - 1, c->w - 3, 1 }, list[p->at].action);
	else
		canvas_put(c, 2, y - 1, STYLE_WARN, "Nothing is called so.");
	canvas_put(c, 0, y, STYLE_KEY, ":");
	lineedit_draw(&p->line, c, 1, y, c->w - 2, STYLE_TEXT, true);
	free(list);
}

static const struct action *marked(struct palette *p, const struct scene *s)
{
	size_t count;
	struct palette_entry *list = palette_find(s, p->context, meant(p, s), p->line.text, &count);
	const struct action *a = p->at < (int)count ? list[p->at].action : NULL;

	free(list);
	return a;
}

static void take_line(struct palette *p, struct app *app)
{
	const char *rest = NULL;
	const struct action *a = palette_resolve(p->line.text, &rest),
			    *m = marked(p, app_scene(app));
	char *args;

	/* A whole name wins; else what is marked. */
	if (!a || p->at > 0)
		a = m;
	if (!a) {
		app_say(app, STYLE_NOTICE, "Nothing is called \"%s\"", p->line.text);
		return;
	}
	args = xstrdup_null(rest);
	app_pop(app);
	app_act(app, a, args);
	free(args);
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct palette *p = state;
	const struct action *m;

	(void)args;
	if (strcmp(a->id, "palette.cancel") == 0)
		app_pop(app);
	else if (strcmp(a->id, "palette.accept") == 0)
		take_line(p, app);
	else if (strcmp(a->id, "palette.complete") == 0) {
		m = marked(p, app_scene(app));
		if (m) {
			lineedit_set(&p->line, m->id);
			lineedit_insert(&p->line, " ", true);
			p->at = 0;
		}
	} else if (strcmp(a->id, "list.next") == 0)
		p->at += p->at + 1 < p->count;
	else if (strcmp(a->id, "list.prev") == 0)
		p->at -= p->at > 0;
	else if (strcmp(a->id, "list.page-down") == 0)
		p->at = p->at + SHOWN < p->count ? p->at + SHOWN : p->count ? p->count - 1 : 0;
	else if (strcmp(a->id, "list.page-up") == 0)
		p->at = p->at > SHOWN ? p->at - SHOWN : 0;
	else if (strcmp(a->id, "edit.back") == 0 && p->line.len == 0)
		app_pop(app);
	else if (lineedit_act(&p->line, a->id))
		p->at = 0;
	else
		return false;
	return true;
}

static void text(void *state, struct app *app, const char *t, bool pasted)
{
	struct palette *p = state;
	char *one = utf8_cleaned(t, UTF8_ONE_LINE, 500);

	(void)app;
	lineedit_insert(&p->line, strcmp(t, " ") == 0 ? " " : one, pasted);
	p->at = 0;
	free(one);
}

static const char *target(void *state, const struct scene *s)
{
	const struct palette *p = state;

	return meant(p, s) ? p->target : NULL;
}

void app_do_palette(struct app *app, const struct action *self, const char *args)
{
	const struct snap_incident *inc = app_target(app);
	struct palette *p = view_palette_new(args);

	(void)self;
	snprintf(p->context, sizeof p->context, "%s", app_base(app)->ops->context);
	snprintf(p->target, sizeof p->target, "%s", inc ? inc->id : "");
	app_push(app, &view_palette, p);
}

void app_command_line(struct app *app, const char *line)
{
	const char *rest;
	const struct action *a = palette_resolve(line, &rest);

	if (a)
		app_act(app, a, rest);
	else
		app_say(app, STYLE_NOTICE, "Nothing is called \"%s\"", line);
}

const struct view_ops view_palette = {
	.name = "Palette",
	.context = "palette",
	.overlay = true,
	.draw = draw,
	.act = act,
	.text = text,
	.target = target,
	.close = shut,
};

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "form_priv.h"

#define LABEL_W 13
#define FORM_W 78 /* no wider: a line across a wall is not read */

/* Only what is offered is taken here, and nothing is. */
static bool no_choice(const struct field *f)
{
	return choices_bind(f->arg->type) && form_match_count(f) == 0;
}

static int field_rows(const struct form *f, size_t i)
{
	const struct field *field = &f->fields[i];
	int rows = 1;

	if (field->arg->type == ARG_LONG_TEXT)
		rows = 2;
	if (field->error[0])
		rows++;
	if (i == f->focus && field->choices.count > 0) {
		int n = form_match_count(field);

		rows += n < FORM_CHOICES ? n : FORM_CHOICES;
	}
	rows += i == f->focus && no_choice(field);
	return rows;
}

/* Columns as wide as the widest, within reason: what a choice means needs the rest. */
static void column_widths(const struct field *f, int *values, int *labels)
{
	*values = 2;
	*labels = 0;
	for (size_t i = 0; i < f->choices.count; i++) {
		int v = utf8_width(f->choices.items[i].value);
		int l = utf8_width(f->choices.items[i].label);

		*values = v > *values ? v : *values;
		*labels = l > *labels ? l : *labels;
	}
	*values = *values > 16 ? 16 : *values;
	*labels = *labels > 22 ? 22 : *labels;
}

static void draw_choices(struct canvas *c, struct rect r, const struct field *f)
{
	int top = f->at >= r.h ? f->at - r.h + 1 : 0, values, labels;

	column_widths(f, &values, &labels);
	for (int i = 0; i < r.h; i++) {
		const struct choice *k = form_match(f, top + i);
		bool marked = top + i == f->at;
		enum style style = marked ? STYLE_STRONG : STYLE_TEXT;
		int x = r.x + 2;

		if (!k)
			break;
		canvas_put(c, r.x, r.y + i, STYLE_ACCENT, marked ? "▸" : " ");
		x = canvas_field(c, x, r.y + i, values, style, k->value) + 2;
		if (strcmp(k->label, k->value) != 0)
			x = canvas_field(c, x, r.y + i, labels, style, k->label) + 2;
		canvas_field(c, x, r.y + i, r.x + r.w - x, STYLE_DIM, k->note);
		if (marked)
			canvas_mark(c, (struct rect){ r.x, r.y + i, r.w, 1 }, CELL_REVERSE);
	}
}

/* The label of a choice stands behind its value where it says more ("2  Major"). */
static void draw_meaning(struct canvas *c, int x, int y, int end, const struct field *f)
{
	for (size_t i = 0; i < f->choices.count; i++) {
		const struct choice *k = &f->choices.items[i];

		if (strcmp(k->value, f->edit.text) == 0 && x + 4 < end) {
			if (strcmp(k->label, k->value) != 0)
				x = canvas_putf(c, x, y, STYLE_DIM, "%s  ", k->label);
			canvas_field(c, x, y, end - x, STYLE_DIM, k->note);
			return;
		}
	}
}

static int draw_field(struct form *f, size_t i, struct canvas *c, struct rect r)
{
	struct field *field = &f->fields[i];
	bool focus = i == f->focus && !f->sent[0];
	enum style style = focus ? STYLE_FIELD_FOCUS : STYLE_FIELD;
	int x = r.x, w = r.w - LABEL_W - 2, y = r.y, n;

	canvas_put(c, x, y, STYLE_ACCENT, focus ? "▸" : " ");
	canvas_field(
	    c, x + 1, y, LABEL_W - 2, focus ? STYLE_STRONG : STYLE_TEXT, field->arg->label);
	canvas_put(c, x + LABEL_W - 1, y, STYLE_WARN, field->arg->required ? "*" : " ");
	x += LABEL_W + 1;
	if (field->arg->type == ARG_LONG_TEXT) {
		lineedit_draw_lines(&field->edit, c, (struct rect){ x, y, w, 2 }, style, focus);
		y += 2;
	} else {
		bool fixed = choices_bind(field->arg->type) && !focus;
		int box =
		    fixed
			? (utf8_width(field->edit.text) > 8 ? utf8_width(field->edit.text) + 1 : 9)
			: w;

		lineedit_draw(&field->edit, c, x, y, box < w ? box : w, style, focus);
		if (fixed)
			draw_meaning(c, x + box + 1, y, x + w, field);
		y++;
	}
	if (field->error[0])
		canvas_field(c, x, y++, w, STYLE_ERROR, field->error);
	if (focus && no_choice(field))
		canvas_field(c, x, y++, w, STYLE_WARN,
		    field->choices.count ? "None of the choices has these letters"
					 : "There is none to choose");
	if (focus && field->choices.count > 0) {
		n = form_match_count(field);
		n = n < FORM_CHOICES ? n : FORM_CHOICES;
		draw_choices(c, (struct rect){ x, y, w, n }, field);
		y += n;
	}
	return y;
}

static void key_hint(const struct scene *s, const char *action, struct buf *out)
{
	const struct binding *b = keymap_for(s->keys, "form", action, NULL);

	buf_clear(out);
	if (b)
		keys_label(b->keys, b->count, out);
}

static void draw_buttons(struct form *f, const struct scene *s, struct canvas *c, struct rect r)
{
	static const struct {
		const char *action, *label;
	} moves[] = { { "form.enter", "next" }, { "list.next", "choose" } };
	bool on = f->focus == f->count;
	struct buf key;
	int x = r.x + 1;

	buf_init(&key, 40);
	key_hint(s, "form.submit", &key);
	if (f->sent[0]) {
		canvas_put(c, x, r.y, STYLE_NOTICE, "sent, waiting for the engine …");
		buf_fini(&key);
		return;
	}
	if (on)
		canvas_cursor(c, x, r.y);
	x = canvas_putf(c, x, r.y, on ? STYLE_BUTTON_FOCUS : STYLE_BUTTON, "[ Do it ]");
	x = canvas_putf(c, x + 1, r.y, STYLE_KEY, "%s", buf_str(&key));
	key_hint(s, "form.cancel", &key);
	x = canvas_putf(c, x + 3, r.y, STYLE_BUTTON, "[ Cancel ]");
	x = canvas_putf(c, x + 1, r.y, STYLE_KEY, "%s", buf_str(&key)) + 3;
	for (size_t i = 0; i < countof(moves); i++) {
		bool choose = strcmp(moves[i].action, "list.next") == 0;

		key_hint(s, moves[i].action, &key);
		if (choose && (on || f->fields[f->focus].choices.count == 0))
			continue;
		x = canvas_putf(c, x, r.y, STYLE_KEY, "%s", buf_str(&key)) + 1;
		x = canvas_put(c, x, r.y, STYLE_DIM, on ? "does it" : moves[i].label) + 2;
		if (on)
			break;
	}
	buf_fini(&key);
}

/* What has to be said before it is done. */
static const char *preface(const struct form *f)
{
	const char *name = f->action->command->name;

	if (strcmp(name, "escalate") == 0)
		return "This records the call; it pages nobody. Call first, then write down whom.";
	if (strcmp(name, "restore") == 0)
		return "Customers can use it again. Nothing is posted by this: tell them with an "
		       "update.";
	if (strcmp(name, "resolve") == 0)
		return "The permanent fix is in. Nothing is posted by this: tell customers with an "
		       "update.";
	return f->action->help;
}

/* The number that has to be called for the choice that is marked or taken. */
static const char *whom_to_call(const struct form *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->fields[i];

		if (field->arg->type != ARG_TIER_OR_CARRIER)
			continue;
		for (size_t k = 0; k < field->choices.count; k++)
			if (strcmp(field->choices.items[k].value, field->edit.text) == 0)
				return field->choices.items[k].note;
	}
	return NULL;
}

void form_draw(struct form *f, const struct scene *s, struct canvas *c)
{
	const char *call = whom_to_call(f);
	int rows = 5 + (call != NULL) + (f->error[0] ? 2 : 0),
	    w = c->w - 2 < FORM_W ? c->w - 2 : FORM_W, y;
	struct rect r;
	struct rect old;

	for (size_t i = 0; i < f->count; i++)
		rows += field_rows(f, i);
	if (rows > c->h - 2)
		rows = c->h - 2;
	r = (struct rect){ (c->w - w) / 2, (c->h - rows) / 2, w, rows };
	canvas_box(c, r, STYLE_ACCENT, f->title);
	old = canvas_clip(c, (struct rect){ r.x + 1, r.y + 1, r.w - 2, r.h - 2 });
	y = r.y + 1;
	canvas_field(c, r.x + 2, y++, r.w - 4, STYLE_DIM, preface(f));
	for (size_t i = 0; i < f->count; i++)
		y = draw_field(f, i, c, (struct rect){ r.x + 1, y, r.w - 3, 1 });
	if (call)
		canvas_field(c, r.x + 2 + LABEL_W, y++, r.w - 4 - LABEL_W, STYLE_NOTICE, call);
	if (f->error[0])
		y += canvas_wrap(
			 c, (struct rect){ r.x + 2, y, r.w - 4, 2 }, STYLE_ERROR, f->error, 0) > 1
			 ? 2
			 : 1;
	draw_buttons(f, s, c,
	    (struct rect){ r.x + 1, y < r.y + r.h - 2 ? y + 1 : r.y + r.h - 2, r.w - 2, 1 });
	canvas_unclip(c, old);
}

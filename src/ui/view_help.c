/* The keys of the screen below, as they are in force now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"
#include "ui/views.h"

struct help {
	const char *context;
	int at, top, page; /* row that is marked, first one shown */
	int count;
};

struct row {
	const char *group;
	const struct action *action;
	const struct binding *binding;
};

void *view_help_new(const char *context)
{
	struct help *h = xcalloc(1, sizeof *h);

	h->context = context;
	return h;
}

static int group_rank(const char *group)
{
	static const char *const order[] = { "Incident", "Telling", "Go to", "Move", "Look",
		"Board" };

	for (size_t i = 0; i < countof(order); i++)
		if (strcmp(order[i], group) == 0)
			return (int)i;
	return (int)countof(order);
}

static int by_group(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int d = group_rank(x->group) - group_rank(y->group);

	if (d == 0)
		d = !x->binding - !y->binding;
	return d ? d : strcmp(x->action->id, y->action->id);
}

/* One row for each action that can be used here, its first key with it; without a key it is still
 * told, by name. A board that may only look shows only what looks. */
static struct row *rows_of(const struct help *h, const struct scene *s, size_t *count)
{
	size_t n, cap = 0;
	const struct action *const *all = actions(&n);
	struct row *rows = NULL;

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		if (!action_in(all[i], h->context) ||
		    (s->read_only && all[i]->danger != DANGER_VIEW))
			continue;
		rows = xgrow(rows, *count, &cap);
		rows[(*count)++] = (struct row){ all[i]->group, all[i],
			keymap_for(s->keys, h->context, all[i]->id, NULL) };
	}
	if (*count > 1)
		qsort(rows, *count, sizeof *rows, by_group);
	return rows;
}

/* Every key of the action in this context: "j Down". */
static void keys_of(
    const struct help *h, const struct scene *s, const char *action, struct buf *out)
{
	size_t count;
	const struct binding **list = keymap_list(s->keys, h->context, &count);

	/* Letters before named keys: they work on every keyboard. */
	for (size_t i = 0; i < 2 * count; i++)
		if (strcmp(list[i % count]->action, action) == 0 &&
		    (list[i % count]->keys[0] <= 0x10ffff) == (i < count)) {
			buf_adds(out, out->len ? " " : "");
			keys_label(list[i % count]->keys, list[i % count]->count, out);
		}
	free(list);
}

static void draw_row(const struct help *h, const struct scene *s, struct canvas *c, struct rect r,
    const struct row *row)
{
	struct buf keys;
	int x;

	buf_init(&keys, 200);
	keys_of(h, s, row->action->id, &keys);
	if (keys.len)
		x = canvas_field(c, r.x, r.y, 14, STYLE_KEY, buf_str(&keys)) + 1;
	else
		x = canvas_putf(c, r.x, r.y, STYLE_DIM, ":%-13s ",
		    row->action->command ? row->action->command->name : row->action->id);
	x = canvas_field(c, x, r.y, r.x + r.w - x - (c->w >= 80 ? 22 : 0), STYLE_TEXT,
	    row->binding && row->binding->text ? row->binding->text : row->action->help);
	if (c->w >= 80)
		canvas_field(c, x + 1, r.y, 21, STYLE_DIM, row->action->id);
	if (row->binding && row->binding->layer > KEYS_BUILTIN)
		canvas_put(c, r.x - 1, r.y, STYLE_ACCENT, "•");
	buf_fini(&keys);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	struct help *h = state;
	size_t count;
	struct row *rows = rows_of(h, s, &count);
	int y = 2, line = 0, mark_line = 0;
	const char *group = "";

	h->count = (int)count;
	h->page = c->h - 5;
	if (h->at >= h->count)
		h->at = h->count - 1;
	for (int i = 0; i <= h->at; i++) {
		mark_line += 1 + (strcmp(rows[i].group, group) != 0 ? (i ? 2 : 1) : 0);
		group = rows[i].group;
	}
	if (mark_line - 1 >= h->top + h->page)
		h->top = mark_line - h->page;
	if (mark_line - 3 < h->top)
		h->top = mark_line - 3 > 0 ? mark_line - 3 : 0;
	canvas_putf(c, 1, 0, STYLE_STRONG, "Keys of the screen \"%s\"", h->context);
	canvas_right(c, c->w - 1, 0, STYLE_DIM, "Enter runs what is marked");
	canvas_hline(c, 0, 1, c->w, STYLE_RULE);
	group = "";
	for (int i = 0; i < h->count; i++) {
		struct rect old = canvas_clip(c, (struct rect){ 0, y, c->w, h->page });

		if (strcmp(rows[i].group, group) != 0) {
			line += i > 0;
			canvas_put(c, 1, y + line++ - h->top, STYLE_HEAD, rows[i].group);
			group = rows[i].group;
		}
		draw_row(h, s, c, (struct rect){ 3, y + line - h->top, c->w - 4, 1 }, &rows[i]);
		if (i == h->at) {
			canvas_put(c, 0, y + line - h->top, STYLE_ACCENT, ">");
			canvas_mark(
			    c, (struct rect){ 0, y + line - h->top, c->w, 1 }, CELL_REVERSE);
			canvas_cursor(c, 0, y + line - h->top);
		}
		line++;
		canvas_unclip(c, old);
	}
	draw_foot(s, c, "help", NULL,
	    (const char *const[]){
		"app.back", "list.next", "list.prev", "search.open", "palette.open" },
	    5);
	free(rows);
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct help *h = state;
	size_t count;
	struct row *rows;

	(void)args;
	if (strcmp(a->id, "list.next") == 0)
		h->at += h->at + 1 < h->count;
	else if (strcmp(a->id, "list.prev") == 0)
		h->at -= h->at > 0;
	else if (strcmp(a->id, "list.first") == 0)
		h->at = 0;
	else if (strcmp(a->id, "list.last") == 0)
		h->at = h->count - 1;
	else if (strcmp(a->id, "list.page-down") == 0 || strcmp(a->id, "list.half-down") == 0)
		h->at = h->at + h->page < h->count ? h->at + h->page : h->count - 1;
	else if (strcmp(a->id, "list.page-up") == 0 || strcmp(a->id, "list.half-up") == 0)
		h->at = h->at > h->page ? h->at - h->page : 0;
	else if (strcmp(a->id, "help.open") == 0)
		app_pop(app);
	else if (strcmp(a->id, "list.open") == 0 || strcmp(a->id, "pane.next") == 0) {
		const struct action *run;

		rows = rows_of(h, app_scene(app), &count);
		run = h->at < (int)count ? rows[h->at].action : NULL;
		free(rows);
		app_pop(app);
		if (run)
			app_act(app, run, NULL);
	} else {
		return false;
	}
	return true;
}

static bool search(void *state, const struct scene *s, const char *needle, int dir)
{
	struct help *h = state;
	size_t count;
	struct row *rows = rows_of(h, s, &count);
	int n = (int)count, found = -1;

	for (int i = 0; i < n && found < 0; i++) {
		int at = ((h->at + (dir < 0 ? -1 - i : i + (dir > 0))) % n + n) % n;

		if (strcasestr(rows[at].action->help, needle) ||
		    strcasestr(rows[at].action->id, needle))
			found = at;
	}
	free(rows);
	if (found >= 0)
		h->at = found;
	return found >= 0;
}

static void shut(void *state)
{
	free(state);
}

const struct view_ops view_help = {
	.name = "Help",
	.context = "help",
	.draw = draw,
	.act = act,
	.search = search,
	.close = shut,
};

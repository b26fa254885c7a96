/* All sources, worst first: whether each is heard, how old its word is, and when it is asked next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "ui/draw.h"
#include "ui/sources.h"
#include "ui/step.h"
#include "ui/views.h"

#define WIDE 110 /* from here latency and reason have columns of their own */
#define BELOW 4	 /* rows for what is marked, and their rule */

struct sources {
	char at[SOURCE_ID]; /* what is marked, by id: it may move */
	int index, page, top;
	char filter[128];
};

void *view_sources_new(void)
{
	return xcalloc(1, sizeof(struct sources));
}

static void shut(void *state)
{
	free(state);
}

/* Follows what is marked to where it stands now; what is gone leaves the mark where it was. */
static void settle(struct sources *v, const struct source_row *rows, int count)
{
	int found = -1;

	for (int i = 0; i < count && found < 0; i++)
		if (strcmp(rows[i].id, v->at) == 0)
			found = i;
	if (found >= 0)
		v->index = found;
	if (v->index >= count)
		v->index = count - 1;
	if (v->index < 0)
		v->index = 0;
	if (count)
		memcpy(v->at, rows[v->index].id, sizeof v->at);
}

static void mark(struct sources *v, const struct source_row *rows, int count, int index)
{
	v->index = index >= count ? count - 1 : index < 0 ? 0 : index;
	if (count)
		memcpy(v->at, rows[v->index].id, sizeof v->at);
}

/* ---- drawing ---- */

static const char *age(char out[16], struct utc at, struct utc now)
{
	return utc_is_set(at) ? span_text(out, utc_diff(now, at)) : "-";
}

static const char *next(char out[16], struct utc at, struct utc now)
{
	if (!utc_is_set(at))
		return "-";
	return utc_before(now, at) ? span_text(out, utc_diff(at, now) + 999) : "due";
}

static const char *answer_text(char out[16], const struct source_row *r)
{
	if (r->fault)
		return r->fault;
	if (!r->code)
		return "-";
	snprintf(out, 16, "%d", r->code);
	return out;
}

static const char *latency_text(char out[16], int ms)
{
	if (ms < 0)
		return "-";
	snprintf(out, 16, "%d ms", ms);
	return out;
}

static const char *count_text(char out[16], int n)
{
	if (!n)
		return "";
	snprintf(out, 16, "%d", n);
	return out;
}

static int id_width(const struct canvas *c)
{
	return c->w >= WIDE ? 32 : c->w >= 80 ? c->w - 59 : c->w - 51;
}

static void draw_columns(struct canvas *c, int y)
{
	int x = canvas_field(c, 2, y, 12, STYLE_HEAD, "STATE");

	x = canvas_field(c, x, y, id_width(c), STYLE_HEAD, "SOURCE");
	x = canvas_field(c, x, y, 7, STYLE_HEAD, "AGE");
	x = canvas_field(c, x, y, 7, STYLE_HEAD, "ASKED");
	x = canvas_field(c, x, y, 7, STYLE_HEAD, "NEXT");
	x = canvas_field(c, x, y, c->w >= WIDE ? 15 : 8, STYLE_HEAD, "ANSWER");
	if (c->w >= WIDE)
		x = canvas_field(c, x, y, 9, STYLE_HEAD, "SIZE");
	x = canvas_field(c, x, y, 8, STYLE_HEAD, c->w >= WIDE ? "LATENCY" : "SIZE");
	x = canvas_field(c, x, y, 4, STYLE_HEAD, "PRB");
	x = canvas_field(c, x, y, 4, STYLE_HEAD, "FLP");
	if (c->w >= WIDE)
		canvas_put(c, x, y, STYLE_HEAD, "WHY");
}

static void draw_row(const struct scene *s, struct canvas *c, int y, const struct source_row *r)
{
	enum style style = r->rank > 1 ? status_style(r->status) : STYLE_DIM;
	bool lost = r->rank == 5, wide = c->w >= WIDE;
	char t[16];
	int x;

	canvas_put(c, 2, y, style, status_shape(c, r->status));
	x = canvas_field(c, 5, y, 8, style, r->word) + 1;
	x = canvas_field(c, x, y, id_width(c) - 1, STYLE_TEXT, r->id + 5) + 1;
	x = canvas_field(c, x, y, 6, lost ? STYLE_WARN : STYLE_TEXT, age(t, r->data_at, s->now)) +
	    1;
	x = canvas_field(c, x, y, 6, STYLE_DIM, age(t, r->tried_at, s->now)) + 1;
	x = canvas_field(c, x, y, 6, STYLE_DIM, next(t, r->next_at, s->now)) + 1;
	x = canvas_field(
		c, x, y, wide ? 14 : 7, r->fault ? STYLE_WARN : STYLE_TEXT, answer_text(t, r)) +
	    1;
	if (wide)
		x = canvas_field(c, x, y, 8, STYLE_DIM, size_text(t, r->size)) + 1;
	x = canvas_field(c, x, y, 7, STYLE_DIM,
		!wide && r->feed ? size_text(t, r->size) : latency_text(t, r->latency_ms)) +
	    1;
	x = canvas_field(c, x, y, 4, STYLE_WARN, count_text(t, r->problems));
	x = canvas_field(c, x, y, 4, STYLE_WARN, count_text(t, r->flaps));
	if (wide)
		canvas_field(c, x, y, c->w - x - 1, STYLE_DIM, r->detail);
}

/* The one that is marked, in a sentence. */
static void draw_below(struct canvas *c, int y, const struct source_row *r)
{
	char t[16];
	int x;

	canvas_hline(c, 0, y, c->w, STYLE_RULE);
	x = canvas_putf(c, 2, y + 1, STYLE_STRONG, "%s ", r->id + 5);
	x = canvas_putf(c, x, y + 1, status_style(r->status), "%s ", r->word);
	if (utc_is_set(r->data_at))
		canvas_putf(c, x, y + 1, STYLE_TEXT, "data of %s UTC", time_hms(t, r->data_at));
	canvas_wrap(c, (struct rect){ 2, y + 2, c->w - 4, 2 }, STYLE_TEXT, r->detail, 0);
}

static void draw_list(struct sources *v, const struct scene *s, struct canvas *c,
    const struct source_row *rows, int count)
{
	bool below = c->h >= 20;

	v->page = c->h - 4 - 3 - (below ? BELOW : 0);
	if (v->index < v->top)
		v->top = v->index;
	if (v->index >= v->top + v->page)
		v->top = v->index - v->page + 1;
	if (v->top > 0 && v->top + v->page > count)
		v->top = count > v->page ? count - v->page : 0;
	draw_columns(c, 3);
	for (int i = v->top; i < count && i - v->top < v->page; i++) {
		int y = 4 + i - v->top;

		draw_row(s, c, y, &rows[i]);
		if (i != v->index)
			continue;
		canvas_put(c, 0, y, STYLE_ACCENT, ">");
		canvas_mark(c, (struct rect){ 0, y, c->w, 1 }, CELL_REVERSE);
		canvas_cursor(c, 0, y);
	}
	if (below)
		draw_below(c, 4 + v->page, &rows[v->index]);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	static const char *const hints[] = { "list.open", "sources.filter", "search.open",
		"app.back", "board.open" };
	struct sources *v = state;
	struct source_row *rows;
	int count = (int)source_rows(s, v->filter, &rows), bad = 0;
	char title[200];

	settle(v, rows, count);
	for (int i = 0; i < count; i++)
		bad += rows[i].rank > 2;
	draw_head(s, c);
	snprintf(title, sizeof title, "Sources%s%s%s: %d, %d not well",
	    v->filter[0] ? " with \"" : "", v->filter, v->filter[0] ? "\"" : "", count, bad);
	draw_banner(s, c, 2, title);
	if (count)
		draw_list(v, s, c, rows, count);
	else if (v->filter[0])
		canvas_put(c, 2, 4, STYLE_DIM, "None has these words.");
	else
		canvas_put(c, 2, 4, STYLE_DIM,
		    "Nothing is watched: probes and feeds of the configuration stand here.");
	canvas_hline(c, 0, c->h - 3, c->w, STYLE_RULE);
	draw_foot(s, c, "sources", NULL, hints, countof(hints));
	free(rows);
}

/* ---- keys ---- */

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct sources *v = state;
	struct source_row *rows;
	int count = (int)source_rows(app_scene(app), v->filter, &rows);
	bool took = true;
	int by = 0;

	(void)args;
	settle(v, rows, count);
	if (strcmp(a->id, "list.open") == 0 && count)
		app_push(app, &view_source, view_source_new(v->at));
	else if (list_step(a->id, v->page, &by))
		mark(v, rows, count, v->index + by);
	else
		took = strcmp(a->id, "sources.open") == 0;
	free(rows);
	return took;
}

static bool search(void *state, const struct scene *s, const char *needle, int dir)
{
	struct sources *v = state;
	struct source_row *rows;
	int count = (int)source_rows(s, v->filter, &rows), found = -1;

	settle(v, rows, count);
	for (int i = 0; i < count && found < 0; i++) {
		int step = dir < 0 ? -1 - i : i + (dir > 0);
		int at = ((v->index + step) % count + count) % count;

		if (strcasestr(rows[at].id, needle) || strcasestr(rows[at].detail, needle))
			found = at;
	}
	if (found >= 0)
		mark(v, rows, count, found);
	free(rows);
	return found >= 0;
}

static void filter(void *state, const char *text)
{
	struct sources *v = state;

	snprintf(v->filter, sizeof v->filter, "%s", text);
}

const struct view_ops view_sources = {
	.name = "Sources",
	.context = "sources",
	.draw = draw,
	.act = act,
	.search = search,
	.filter = filter,
	.close = shut,
};

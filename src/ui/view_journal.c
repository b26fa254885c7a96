/* What happened over everything: a list, the newest first, and in full what is marked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "ui/draw.h"
#include "ui/step.h"
#include "ui/views.h"

#define BELOW 5 /* rows for what is marked, and their rule */

struct journal_view {
	int64_t number; /* of what is marked: newer ones may have come before it; 0: the newest */
	int index, page;
};

void *view_journal_new(void)
{
	return xcalloc(1, sizeof(struct journal_view));
}

static void shut(void *state)
{
	free(state);
}

/* Follows what is marked; what is older than all has lost its place, and the oldest is marked. */
static void settle(struct journal_view *v, const struct snap_recent **list, size_t count)
{
	v->index = 0;
	if (!v->number)
		return;
	while ((size_t)v->index + 1 < count && list[v->index]->number > v->number)
		v->index++;
}

static void mark(struct journal_view *v, const struct snap_recent **list, int count, int index)
{
	v->index = index >= count ? count - 1 : index < 0 ? 0 : index;
	v->number = v->index > 0 ? list[v->index]->number : 0;
}

static void draw_below(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_recent *n)
{
	char at[UTC_TEXT], ago[16];
	struct buf text;

	utc_format(n->at, at);
	canvas_hline(c, 0, r.y, c->w, STYLE_RULE);
	canvas_putf(c, r.x, r.y + 1, STYLE_STRONG, "%s%s%.10s %.8s UTC, %s",
	    n->stream ? n->stream : "", n->stream ? "  " : "", at, at + 11,
	    ago_text(ago, n->at, s->now));
	buf_init(&text, 1000);
	journal_text(n, &text);
	canvas_wrap(c, (struct rect){ r.x, r.y + 2, r.w, r.h - 2 }, STYLE_TEXT, buf_str(&text), 0);
	buf_fini(&text);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	static const char *const hints[] = { "list.open", "search.open", "app.back", "board.open",
		"palette.open" };
	struct journal_view *v = state;
	size_t count;
	const struct snap_recent **list = journal_list(s, &count);
	bool below = c->h >= 20 && count > 0;

	settle(v, list, count);
	v->page = c->h - 6 - (below ? BELOW : 0);
	draw_head(s, c);
	draw_banner(s, c, 2, "What happened, newest first");
	draw_journal(s, c, (struct rect){ 0, 3, c->w, v->page }, count ? v->index : -1, NULL);
	if (below)
		draw_below(s, c, (struct rect){ 2, 3 + v->page, c->w - 4, BELOW }, list[v->index]);
	canvas_hline(c, 0, c->h - 3, c->w, STYLE_RULE);
	draw_foot(s, c, "journal", count ? snap_incident(s->snap, list[v->index]->stream) : NULL,
	    hints, countof(hints));
	free(list);
}

static void open_marked(struct app *app, const struct snap_recent *n)
{
	const struct scene *s = app_scene(app);

	if (n && n->stream && snap_incident(s->snap, n->stream))
		app_push(app, &view_incident, view_incident_new(n->stream, 1));
	else if (n && n->stream && snap_maintenance(s->snap, n->stream))
		app_act(app, action_find("maintenance.open"), NULL);
	else
		app_say(app, STYLE_NOTICE,
		    n && n->stream ? "%s is over, and no longer on the board"
				   : "This is about no incident",
		    n ? n->stream : "");
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct journal_view *v = state;
	size_t count;
	const struct snap_recent **list = journal_list(app_scene(app), &count);
	bool took = true;
	int by = 0;

	(void)args;
	settle(v, list, count);
	if (strcmp(a->id, "list.open") == 0)
		open_marked(app, count ? list[v->index] : NULL);
	else if (list_step(a->id, v->page, &by))
		mark(v, list, (int)count, v->index + by);
	else
		took = strcmp(a->id, "journal.open") == 0;
	free(list);
	return took;
}

static bool matches(const struct snap_recent *n, const char *needle)
{
	return (n->stream && strcasestr(n->stream, needle)) ||
	       (n->actor && strcasestr(n->actor, needle)) ||
	       (n->text && strcasestr(n->text, needle));
}

static bool search(void *state, const struct scene *s, const char *needle, int dir)
{
	struct journal_view *v = state;
	size_t total;
	const struct snap_recent **list = journal_list(s, &total);
	int count = (int)total;
	bool found = false;

	settle(v, list, total);
	for (int i = 0; i < count && !found; i++) {
		int step = dir < 0 ? -1 - i : i + (dir > 0);
		int at = ((v->index + step) % count + count) % count;

		found = matches(list[at], needle);
		if (found)
			mark(v, list, count, at);
	}
	free(list);
	return found;
}

static const char *target(void *state, const struct scene *s)
{
	struct journal_view *v = state;
	size_t count;
	const struct snap_recent **list = journal_list(s, &count);
	const char *id = NULL;

	settle(v, list, count);
	if (count && snap_incident(s->snap, list[v->index]->stream))
		id = list[v->index]->stream;
	free(list);
	return id;
}

const struct view_ops view_journal = {
	.name = "Journal",
	.context = "journal",
	.draw = draw,
	.act = act,
	.target = target,
	.search = search,
	.close = shut,
};

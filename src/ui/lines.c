/* Timeline and outbox as lines: our own columns left, what people and programs wrote right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"

static void draw_line(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_line *l)
{
	char at[16];
	int x = canvas_put(c, r.x, r.y, STYLE_DIM, time_hms(at, l->at)) + 1;
	int who = r.w >= 100 ? 16 : 10;

	x = canvas_field(c, x, r.y, who,
		l->actor && strcmp(l->actor, "engine") == 0 ? STYLE_DIM : STYLE_STRONG,
		person_name(s, l->actor)) +
	    1;
	canvas_field(c, x, r.y, r.x + r.w - x, STYLE_TEXT, l->text);
}

void draw_timeline(const struct scene *s, struct canvas *c, struct rect r, const char *incident,
    int selected, bool newest_first)
{
	const struct snapshot *snap = s->snap;
	struct rect old = canvas_clip(c, r);
	int count = (int)snap->timeline_count, top = 0;

	if (!snap->timeline_of || strcmp(snap->timeline_of, incident) != 0) {
		canvas_put(c, r.x, r.y, STYLE_DIM, "reading …");
		canvas_unclip(c, old);
		return;
	}
	if (count == 0)
		canvas_put(c, r.x, r.y, STYLE_DIM, "No events yet.");
	if (selected >= 0 && selected >= r.h)
		top = selected - r.h + 1;
	for (int i = 0; i < r.h && top + i < count; i++) {
		int at = newest_first ? count - 1 - (top + i) : top + i;

		draw_line(s, c, (struct rect){ r.x, r.y + i, r.w, 1 }, &snap->timeline[at]);
		if (top + i == selected)
			canvas_mark(c, (struct rect){ r.x, r.y + i, r.w, 1 }, CELL_REVERSE);
	}
	canvas_unclip(c, old);
}

static int draw_held_row(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_held *h)
{
	char t[16];
	int x = canvas_field(c, r.x, r.y, 9, STYLE_STRONG, h->incident ? h->incident : "");

	x = canvas_field(c, x, r.y, 18, STYLE_TEXT, h->what ? h->what : "update");
	x = canvas_field(c, x, r.y, 12, STYLE_TEXT, person_name(s, h->by));
	if (utc_is_set(h->release_at))
		x = canvas_putf(c, x, r.y, STYLE_WARN, "sending in %s",
		    span_text(t, utc_diff(h->release_at, s->now) + 999));
	else
		x = canvas_put(c, x, r.y, STYLE_WARN,
		    "waits for a person: it was held when the engine started");
	x += 2;
	for (size_t i = 0; i < h->channel_count; i++)
		x = canvas_putf(c, x, r.y, STYLE_DIM, "%s%s", i ? ", " : "to ", h->channels[i]);
	return r.y + 1;
}

static enum style delivery_style(const char *state)
{
	if (!state || strcmp(state, "waiting") == 0)
		return STYLE_ACCENT;
	if (strcmp(state, "accepted") == 0)
		return STYLE_MET;
	return strcmp(state, "superseded") == 0 ? STYLE_DIM : STYLE_ERROR;
}

static void draw_delivery_row(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_delivery *d)
{
	char t[16];
	int x = canvas_putf(
	    c, r.x, r.y, STYLE_STRONG, "%s.%d", d->incident ? d->incident : "", d->update);

	x = r.x + 12 > x + 1 ? r.x + 12 : x + 1;
	x = canvas_field(c, x, r.y, 16, STYLE_TEXT, d->destination);
	x = canvas_field(c, x, r.y, 12, delivery_style(d->state), d->state);
	if (d->attempts > 1)
		x = canvas_putf(c, x, r.y, STYLE_DIM, "%d tries  ", d->attempts);
	if (utc_is_set(d->next_at) && utc_before(s->now, d->next_at))
		x = canvas_putf(c, x, r.y, STYLE_WARN, "again in %s  ",
		    span_text(t, utc_diff(d->next_at, s->now) + 999));
	else if (utc_is_set(d->at))
		x = canvas_putf(c, x, r.y, STYLE_DIM, "%s  ", ago_text(t, d->at, s->now));
	canvas_field(c, x, r.y, r.x + r.w - x, STYLE_DIM, d->detail ? d->detail : "");
}

static int newest_first(const void *a, const void *b)
{
	const struct snap_delivery *x = *(const struct snap_delivery *const *)a;
	const struct snap_delivery *y = *(const struct snap_delivery *const *)b;

	if (x->at.ms != y->at.ms)
		return x->at.ms > y->at.ms ? -1 : 1;
	return strcmp(x->id, y->id);
}

void draw_outbox(const struct scene *s, struct canvas *c, struct rect r, int selected)
{
	const struct snapshot *snap = s->snap;
	size_t n = map_count(snap->deliveries), it = 0, count = 0;
	const struct snap_delivery **list = xcalloc(n + 1, sizeof *list), *d;
	const struct snap_held *h;
	struct rect old = canvas_clip(c, r);
	const char *key;
	int y = r.y, row = 0;

	while ((h = map_next(snap->held, &it, &key))) {
		draw_held_row(s, c, (struct rect){ r.x + 2, y, r.w - 2, 1 }, h);
		if (row++ == selected) {
			canvas_put(c, r.x, y, STYLE_ACCENT, ">");
			canvas_mark(c, (struct rect){ r.x, y, r.w, 1 }, CELL_REVERSE);
			canvas_cursor(c, r.x, y);
		}
		y++;
	}
	it = 0;
	while ((d = map_next(snap->deliveries, &it, &key)) && count < n)
		list[count++] = d;
	if (count > 1)
		qsort(list, count, sizeof *list, newest_first);
	for (size_t i = 0; i < count && y < r.y + r.h; i++, y++)
		draw_delivery_row(s, c, (struct rect){ r.x + 2, y, r.w - 2, 1 }, list[i]);
	if (y == r.y)
		canvas_put(c, r.x + 2, y, STYLE_DIM,
		    "Nothing is held, waiting or sent yet. Posted updates appear here, channel by "
		    "channel.");
	canvas_unclip(c, old);
	free(list);
}

/* The outbox as rows: what is held, what is on its way, and what came of the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"

static void draw_held_row(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_held *h)
{
	char t[16];
	int x = canvas_field(c, r.x, r.y, 9, STYLE_STRONG, h->incident ? h->incident : "");

	x = canvas_field(c, x, r.y, 22, STYLE_TEXT, h->what ? h->what : "update");
	x = canvas_field(c, x, r.y, 12, STYLE_TEXT, person_name(s, h->by));
	if (h->stuck) {
		canvas_putf(c, x, r.y, STYLE_ERROR, "waits for a person: %s", h->stuck);
		return;
	}
	if (utc_is_set(h->release_at))
		x = canvas_putf(c, x, r.y, STYLE_WARN, "sending in %s",
		    span_text(t, utc_diff(h->release_at, s->now) + 999));
	else
		x = canvas_put(c, x, r.y, STYLE_WARN, "waits for approval");
	x += 2;
	for (size_t i = 0; i < h->channel_count; i++)
		x = canvas_putf(c, x, r.y, STYLE_DIM, "%s%s", i ? ", " : "to ", h->channels[i]);
}

static enum style delivery_style(const char *state)
{
	if (!state || strcmp(state, "waiting") == 0 || strcmp(state, "sending") == 0)
		return STYLE_ACCENT;
	if (strcmp(state, "accepted") == 0)
		return STYLE_MET;
	return strcmp(state, "superseded") == 0 ? STYLE_DIM : STYLE_ERROR;
}

static const char *state_words(const char *state)
{
	return !state ? "waiting" : strcmp(state, "given_up") == 0 ? "given up" : state;
}

static void draw_delivery_row(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_delivery *d)
{
	char t[16];
	int x = canvas_putf(
	    c, r.x, r.y, STYLE_STRONG, "%s.%d", d->incident ? d->incident : "", d->update);

	x = r.x + 12 > x + 1 ? r.x + 12 : x + 1;
	x = canvas_field(c, x, r.y, 16, STYLE_TEXT, d->destination);
	x = canvas_field(c, x, r.y, 12, delivery_style(d->state), state_words(d->state));
	if (d->attempts > 1)
		x = canvas_putf(c, x, r.y, STYLE_DIM, "%d tries  ", d->attempts);
	if (utc_is_set(d->next_at) && utc_before(s->now, d->next_at))
		x = canvas_putf(c, x, r.y, STYLE_WARN, "again in %s  ",
		    span_text(t, utc_diff(d->next_at, s->now) + 999));
	else if (utc_is_set(d->at))
		x = canvas_putf(c, x, r.y, STYLE_DIM, "%s  ", ago_text(t, d->at, s->now));
	canvas_field(c, x, r.y, r.x + r.w - x, STYLE_DIM, d->detail ? d->detail : "");
}

/* ---- rows ---- */

struct rows {
	struct outbox_row *items;
	size_t count, cap;
};

static struct outbox_row *add_row(struct rows *l)
{
	l->items = xgrow(l->items, l->count, &l->cap);
	l->items[l->count] = (struct outbox_row){ 0 };
	return &l->items[l->count++];
}

/* What is over is told by the incidents' updates. */
static void add_over(struct rows *l, const struct snapshot *snap, const struct snap_incident *inc)
{
	for (size_t u = 0; u < inc->update_count; u++)
		for (size_t i = 0; i < inc->updates[u].delivery_count; i++) {
			const struct delivery_state *d = &inc->updates[u].deliveries[i];
			char id[160];

			snprintf(id, sizeof id, "%s.%d/%s", inc->id, inc->updates[u].version,
			    d->destination);
			if (!d->state || strcmp(d->state, "waiting") == 0 ||
			    strcmp(d->state, "failed") == 0 || map_get(snap->deliveries, id))
				continue;
			add_row(l)->delivery = (struct snap_delivery){ .incident = inc->id,
				.destination = d->destination,
				.state = d->state,
				.detail = d->detail,
				.update = inc->updates[u].version,
				.attempts = d->attempts,
				.at = d->at,
				.next_at = UTC_NONE };
		}
}

static int newest_first(const void *a, const void *b)
{
	const struct snap_delivery *x = &((const struct outbox_row *)a)->delivery,
				   *y = &((const struct outbox_row *)b)->delivery;

	if (x->at.ms != y->at.ms)
		return x->at.ms > y->at.ms ? -1 : 1;
	if (x->update != y->update)
		return x->update > y->update ? -1 : 1;
	return strcmp(x->destination, y->destination);
}

/* What waits comes first, and of that what goes next. */
static int soonest_first(const void *a, const void *b)
{
	const struct snap_delivery *x = &((const struct outbox_row *)a)->delivery,
				   *y = &((const struct outbox_row *)b)->delivery;

	if (x->next_at.ms != y->next_at.ms)
		return x->next_at.ms < y->next_at.ms ? -1 : 1;
	if (x->update != y->update)
		return x->update < y->update ? -1 : 1;
	return strcmp(x->destination, y->destination);
}

size_t outbox_rows(const struct snapshot *snap, struct outbox_row **out)
{
	struct rows l = { 0 };
	const struct snap_held *h;
	const struct snap_delivery *d;
	const struct snap_incident *inc;
	size_t it = 0, from;

	while ((h = map_next(snap->held, &it, NULL)))
		add_row(&l)->held = h;
	from = l.count;
	for (it = 0; (d = map_next(snap->deliveries, &it, NULL));)
		if (utc_is_set(d->next_at) || !utc_is_set(d->at))
			add_row(&l)->delivery = *d;
	if (l.count > from + 1)
		qsort(l.items + from, l.count - from, sizeof *l.items, soonest_first);
	from = l.count;
	for (it = 0; (d = map_next(snap->deliveries, &it, NULL));)
		if (!utc_is_set(d->next_at) && utc_is_set(d->at))
			add_row(&l)->delivery = *d;
	for (it = 0; (inc = map_next(snap->incidents, &it, NULL));)
		add_over(&l, snap, inc);
	if (l.count > from + 1)
		qsort(l.items + from, l.count - from, sizeof *l.items, newest_first);
	*out = l.items;
	return l.count;
}

enum style outbox_state(const struct snapshot *snap, struct buf *out)
{
	const struct snap_held *h;
	const struct snap_delivery *d;
	size_t it = 0, at = out->len;
	int held = 0, approval = 0, stuck = 0, waiting = 0, failing = 0;

	while ((h = map_next(snap->held, &it, NULL)))
		++*(h->stuck ? &stuck : h->waiting ? &approval : &held);
	for (it = 0; (d = map_next(snap->deliveries, &it, NULL));)
		if (d->state && strcmp(d->state, "failed") == 0)
			failing++;
		else if (!d->state || strcmp(d->state, "waiting") == 0 ||
			 strcmp(d->state, "sending") == 0)
			waiting++;
	if (stuck)
		buf_addf(out, "%d wait%s for a person", stuck, stuck == 1 ? "s" : "");
	if (failing)
		buf_addf(out, "%s%d failing, tried again", out->len > at ? " · " : "", failing);
	if (approval)
		buf_addf(out, "%s%d to be approved", out->len > at ? " · " : "", approval);
	if (held)
		buf_addf(out, "%s%d held", out->len > at ? " · " : "", held);
	if (waiting)
		buf_addf(out, "%s%d on the way", out->len > at ? " · " : "", waiting);
	return stuck ? STYLE_ERROR : failing || approval || held ? STYLE_WARN : STYLE_ACCENT;
}

void draw_outbox(const struct scene *s, struct canvas *c, struct rect r, int selected)
{
	struct outbox_row *rows;
	int count = (int)outbox_rows(s->snap, &rows), top = 0;
	struct rect old = canvas_clip(c, r);

	if (selected >= r.h)
		top = selected - r.h + 1;
	for (int i = top; i < count && i - top < r.h; i++) {
		struct rect line = { r.x + 2, r.y + i - top, r.w - 2, 1 };

		if (rows[i].held)
			draw_held_row(s, c, line, rows[i].held);
		else
			draw_delivery_row(s, c, line, &rows[i].delivery);
		if (i == selected) {
			canvas_put(c, r.x, line.y, STYLE_ACCENT, ">");
			canvas_mark(c, (struct rect){ r.x, line.y, r.w, 1 }, CELL_REVERSE);
			canvas_cursor(c, r.x, line.y);
		}
	}
	if (!count)
		canvas_wrap(c, (struct rect){ r.x + 2, r.y, r.w - 2, r.h }, STYLE_DIM,
		    "Nothing is held, waiting or sent yet. Posted updates appear here, channel by "
		    "channel.",
		    0);
	canvas_unclip(c, old);
	free(rows);
}

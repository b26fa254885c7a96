/* The wall: read from five metres, touched by nobody. The worst, the next word to customers and who
 * commands stay; the rest turns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"
#include "ui/matrix.h"
#include "ui/views.h"

#define DWELL_MS 20000
#define PINNED_ROWS 9
#define ORBIT_MS 600000 /* the picture moves by one cell, so that it does not burn in */

enum page {
	PAGE_MATRIX,
	PAGE_INCIDENTS,
	PAGES,
};

struct wall {
	enum page page;
	struct utc turned; /* when this page came up */
	char worst[32];	   /* the incident that was pinned last: a new one interrupts */
};

void *view_wall_new(void)
{
	struct wall *w = xcalloc(1, sizeof *w);

	w->turned = UTC_NONE;
	return w;
}

static void shut(void *state)
{
	free(state);
}

static const struct snap_incident **live(const struct scene *s, size_t *count)
{
	const struct snap_incident **list = snap_incidents(s->snap, s->now, count);
	size_t n = 0;

	for (size_t i = 0; i < *count; i++)
		if (incident_live(list[i]) && scene_shows(s, list[i]))
			list[n++] = list[i];
	*count = n;
	return list;
}

static const struct snap_incident *worst_of(const struct snap_incident **list, size_t count)
{
	const struct snap_incident *worst = NULL;

	for (size_t i = 0; i < count; i++)
		if (list[i]->phase != PHASE_DETECTED &&
		    (!worst || list[i]->severity < worst->severity))
			worst = list[i];
	return worst ? worst : count ? list[0] : NULL;
}

/* The next word that customers were promised: the update clock, or the first response. */
static const struct clock *next_public(
    const struct snap_incident **list, size_t count, const struct snap_incident **of)
{
	const struct clock *best = NULL;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < list[i]->clocks.count; k++) {
			const struct clock *c = &list[i]->clocks.items[k];

			if ((c->kind == CLOCK_UPDATE || c->kind == CLOCK_RESPONSE) &&
			    clock_live(c) && (!best || utc_before(c->due, best->due))) {
				best = c;
				*of = list[i];
			}
		}
	return best;
}

/* Old data must not look well: the whole screen says so. */
static bool stale(const struct scene *s, char *out, size_t size)
{
	char age[16];
	int64_t old = utc_is_set(s->snap->mark_at) ? utc_diff(s->now, s->snap->mark_at) : 0;

	if (s->link == LINK_CONNECTING)
		snprintf(out, size, "WAITING FOR THE ENGINE");
	else if (s->link == LINK_AWAY)
		snprintf(out, size, "STALE %s — THE ENGINE IS AWAY — NOTHING HERE IS CURRENT",
		    span_text(age, s->away_ms > old ? s->away_ms : old));
	else if (s->snap->engine && !s->snap->engine->journal_ok)
		snprintf(out, size, "JOURNAL NOT WRITABLE — COMMANDS ARE REFUSED");
	else
		return false;
	return true;
}

static void big_countdown(char out[24], const struct clock *k, struct utc now)
{
	char text[COUNTDOWN_TEXT];
	size_t n = 0;

	clock_text(text, k, now);
	for (const char *t = text; *t && n < 22; t++)
		if ((unsigned char)*t < 0x80)
			out[n++] = *t;
	out[n] = '\0';
}

/* Severity and the next update in big digits, who commands beside them. */
static void draw_pinned(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_incident **list, size_t count)
{
	const struct snap_incident *worst = worst_of(list, count), *of = NULL;
	const struct clock *next = next_public(list, count, &of);
	char text[24], scope[80];
	int x = r.x + 2, n;

	if (!worst) {
		draw_big(c, x, r.y + 1, STYLE_BIG, "OK");
		canvas_put(c, x + 18, r.y + 2, STYLE_BIG, "No incident is open");
		return;
	}
	snprintf(text, sizeof text, "SEV%d", worst->severity);
	n = scene_worst(s, &n);
	if (r.w >= 110)
		canvas_fill(c, (struct rect){ r.x, r.y, big_width(text) + 4, 7 },
		    severity_style(worst->severity), " ");
	x = draw_big(
		c, x, r.y + 1, r.w >= 110 ? severity_style(worst->severity) : STYLE_BIG, text) +
	    3;
	if (next && of) {
		big_countdown(text, next, s->now);
		draw_big(c, x, r.y + 1,
		    clock_state_at(next, s->now) == CLOCK_BREACHED ? STYLE_BAR_BREACH : STYLE_BIG,
		    text);
		canvas_putf(c, x, r.y + 6, STYLE_STRONG, "NEXT UPDATE%s %s",
		    clock_state_at(next, s->now) == CLOCK_BREACHED ? " LATE:" : "", of->id);
		x += big_width(text) + 4;
	} else {
		canvas_put(c, x, r.y + 3, STYLE_STRONG, "NO UPDATE IS DUE");
		x += 20;
	}
	incident_scope(worst, (int)sizeof scope - 1, scope, sizeof scope);
	n = r.x + r.w - x;
	if (n < 12) { /* narrow: one line under the digits */
		canvas_putf(c, r.x + 2, r.y + 7, STYLE_STRONG, "%s  %s  IC %s", worst->id, scope,
		    worst->role[ROLE_IC].person ? person_name(s, worst->role[ROLE_IC].person)
						: "— NONE");
		return;
	}
	canvas_field(c, x, r.y + 1, n, STYLE_STRONG, worst->id);
	canvas_field(c, x, r.y + 2, n, STYLE_TEXT, scope);
	canvas_put(c, x, r.y + 4, STYLE_DIM, "IC");
	canvas_field(c, x + 6, r.y + 4, n - 6,
	    worst->role[ROLE_IC].person ? STYLE_STRONG : STYLE_WARN,
	    worst->role[ROLE_IC].person ? person_name(s, worst->role[ROLE_IC].person) : "— NONE");
	canvas_put(c, x, r.y + 5, STYLE_DIM, "COMMS");
	canvas_field(c, x + 6, r.y + 5, n - 6,
	    worst->role[ROLE_COMMS].person ? STYLE_STRONG : STYLE_WARN,
	    worst->role[ROLE_COMMS].person ? person_name(s, worst->role[ROLE_COMMS].person)
					   : "— NONE");
	canvas_field(c, r.x + 2, r.y + 7, r.w - 4, STYLE_TEXT, worst->title ? worst->title : "");
}

/* At most nine: what a person takes in from afar. */
static void draw_incidents(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_incident **list, size_t count)
{
	int each = r.h >= 2 * (int)(count < 9 ? count : 9) ? 2 : 1;

	for (size_t i = 0; i < count && i < 9; i++) {
		const struct clock *k = snap_next_clock(list[i]);
		char scope[80], t[COUNTDOWN_TEXT];
		int y = r.y + (int)i * each,
		    x = draw_severity(c, r.x + 2, y, list[i]->severity) + 1;

		if (y >= r.y + r.h)
			break;
		incident_scope(list[i], 17, scope, sizeof scope);
		x = canvas_field(c, x, y, 8, STYLE_STRONG, list[i]->id);
		x = canvas_field(c, x, y, 18, STYLE_STRONG, scope) + 1;
		if (k) {
			clock_text(t, k, s->now);
			x = canvas_field(c, x, y, 11, STYLE_TEXT, clock_name(k, s->snap)) + 1;
			canvas_put(c, x, y, clock_style(clock_state_at(k, s->now)), t);
			x += 9;
		}
		canvas_field(
		    c, x, y, r.x + r.w - x - 1, STYLE_TEXT, list[i]->title ? list[i]->title : "");
	}
	if (count == 0)
		canvas_put(c, r.x + 2, r.y, STYLE_DIM,
		    "No incident is open. What the engine finds appears here by itself.");
	if (count > 9)
		canvas_putf(c, r.x + 2, r.y + r.h - 1, STYLE_WARN, "and %d more", (int)count - 9);
}

static void turn(struct wall *w, const struct scene *s, const struct snap_incident *worst)
{
	bool new = worst &&strcmp(w->worst, worst->id) != 0 && worst->severity == 1;

	snprintf(w->worst, sizeof w->worst, "%s", worst ? worst->id : "");
	if (new) {
		w->page = PAGE_INCIDENTS;
		w->turned = s->now;
	}
	if (!utc_is_set(w->turned) || utc_before(s->now, w->turned))
		w->turned = s->now;
	while (utc_diff(s->now, w->turned) >= DWELL_MS) {
		int64_t over = utc_diff(s->now, w->turned) / DWELL_MS;

		w->page = (enum page)(((int64_t)w->page + over) % PAGES);
		w->turned = utc_add(w->turned, over * DWELL_MS);
	}
}

static void draw_top(
    const struct wall *w, const struct scene *s, struct canvas *c, int dx, bool both)
{
	char t[16], local[16], right[64];
	int x = canvas_putf(c, 1 + dx, 0, STYLE_STRONG, "%s UTC", time_hms(t, s->now));

	if (s->local && s->local_name)
		x = canvas_putf(
		    c, x, 0, STYLE_DIM, " · %s %s", time_local(local, s, s->now), s->local_name);
	if (s->snap->noc && s->snap->noc->name)
		canvas_putf(c, x + 3, 0, STYLE_DIM, "%s", s->snap->noc->name);
	if (both)
		snprintf(right, sizeof right, "engine %s old",
		    span_text(
			t, utc_is_set(s->snap->mark_at) ? utc_diff(s->now, s->snap->mark_at) : 0));
	else
		snprintf(right, sizeof right, "%d/%d  %ds", (int)w->page + 1, PAGES,
		    (int)(DWELL_MS / 1000 - utc_diff(s->now, w->turned) / 1000));
	canvas_right(c, c->w - 1, 0, STYLE_DIM, right);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	struct wall *w = state;
	size_t count;
	const struct snap_incident **list = live(s, &count);
	int dx = (int)(s->now.ms / ORBIT_MS % 2), y = 1, rest;
	bool both;
	char banner[200];

	turn(w, s, worst_of(list, count));
	if (c->w < VIEW_MIN_W || c->h < VIEW_MIN_H) {
		canvas_put(c, 0, 0, STYLE_BANNER, stale(s, banner, sizeof banner) ? banner : "");
		draw_incidents(s, c, (struct rect){ 0, 1, c->w, c->h - 1 }, list, count);
		free(list);
		return;
	}
	both = c->h >= 40;
	draw_top(w, s, c, dx, both);
	draw_pinned(s, c, (struct rect){ dx, y + 1, c->w - dx, PINNED_ROWS }, list, count);
	y += PINNED_ROWS;
	canvas_hline(c, 0, y, c->w, STYLE_RULE);
	y++;
	rest = c->h - y;
	if (both) {
		/* The incidents below have what they need, at most half; the matrix takes the rest.
		 */
		int below = 1 + 2 * (count < 9 ? (int)count : 9), rows;

		below = below < 3 ? 3 : below > rest / 2 ? rest / 2 : below;
		rows = draw_matrix_large(s, c, (struct rect){ dx, y, c->w - dx, rest - below });
		draw_incidents(s, c, (struct rect){ dx, y + rows + 1, c->w - dx, rest - rows - 1 },
		    list, count);
	} else if (w->page == PAGE_MATRIX) {
		draw_matrix_large(s, c, (struct rect){ dx, y, c->w - dx, rest });
	} else {
		draw_incidents(s, c, (struct rect){ dx, y, c->w - dx, rest }, list, count);
	}
	if (stale(s, banner, sizeof banner)) {
		canvas_restyle(c, (struct rect){ 0, 0, c->w, c->h }, STYLE_AWAY);
		for (int row = 0; row<c->h; row += c->h / 3> 1 ? c->h / 3 : 2) {
			canvas_fill(c, (struct rect){ 0, row, c->w, 1 }, STYLE_BANNER, " ");
			canvas_put(c, (c->w - utf8_width(banner)) / 2, row, STYLE_BANNER, banner);
		}
	}
	free(list);
}

const struct view_ops view_wall = {
	.name = "Wall",
	.context = "wall",
	.draw = draw,
	.close = shut,
};

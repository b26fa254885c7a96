/* The board: trust and danger on top, the matrix, incidents by what is due next, and what can be
 * pressed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"
#include "ui/matrix.h"
#include "ui/planned.h"
#include "ui/views.h"

#define WIDE 140   /* the selected incident beside the list */
#define WIDEST 220 /* and what happened over everything, and the outbox, as a third pane */

struct board {
	char selected[32]; /* incident id; "" before anything was there */
	int index;	   /* its place when last seen, for when it goes away */
	int top;	   /* first row of the list that is shown */
	int page;	   /* rows that the list had */
};

void *view_board_new(void)
{
	return xcalloc(1, sizeof(struct board));
}

static void board_close(void *state)
{
	free(state);
}

/* The incidents that this board shows, as it lists them; the caller frees. */
static const struct snap_incident **listed(const struct scene *s, size_t *count)
{
	const struct snap_incident **list = snap_incidents(s->snap, s->now, count);
	size_t n = 0;

	for (size_t i = 0; i < *count; i++)
		if (list[i]->phase != PHASE_CLOSED && list[i]->phase != PHASE_MERGED &&
		    list[i]->phase != PHASE_DISMISSED && scene_shows(s, list[i]))
			list[n++] = list[i];
	*count = n;
	return list;
}

static int index_of(const struct snap_incident **list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->id, id) == 0)
			return (int)i;
	return -1;
}

static void select_at(struct board *b, const struct snap_incident **list, size_t count, int index)
{
	if (count == 0) {
		b->selected[0] = '\0';
		return;
	}
	if (index < 0)
		index = 0;
	if (index >= (int)count)
		index = (int)count - 1;
	b->index = index;
	snprintf(b->selected, sizeof b->selected, "%s", list[index]->id);
}

/* The selection stays with the id wherever a re-sort puts it; only when it is gone the neighbour
 * takes its place. */
static void keep_selection(struct board *b, const struct snap_incident **list, size_t count)
{
	int at = index_of(list, count, b->selected);

	if (at >= 0)
		b->index = at;
	else
		select_at(b, list, count, b->selected[0] ? b->index : 0);
}

/* ---- the list ---- */

static void scroll_to(struct board *b, const struct snap_incident **list, size_t count, int h)
{
	int row = 0, total = 0, from = 0, to = 0;

	for (size_t i = 0; i < count; i++) {
		if ((int)i == b->index) {
			from = total;
			to = total + incident_rows(list[i]);
		}
		total += incident_rows(list[i]);
	}
	row = b->top;
	if (to > row + h)
		row = to - h;
	if (from < row)
		row = from;
	if (row > total - h)
		row = total - h;
	b->top = row < 0 ? 0 : row;
}

/* Nothing that matters is only below the fold: it is counted in the rule above the list. */
static void draw_fold(struct canvas *c, struct rect r, int y, const struct board *b,
    const struct snap_incident **list, size_t count)
{
	int row = -b->top, hidden = 0, worst = 0;
	char text[64];

	for (size_t i = 0; i < count; i++) {
		int rows = incident_rows(list[i]);

		if (row < 0 || row + rows > r.h) {
			hidden++;
			if (incident_live(list[i]) && (!worst || list[i]->severity < worst))
				worst = list[i]->severity;
		}
		row += rows;
	}
	if (!hidden)
		return;
	if (worst)
		snprintf(text, sizeof text, " %d more out of sight, worst SEV %d ", hidden, worst);
	else
		snprintf(text, sizeof text, " %d more out of sight ", hidden);
	canvas_right(c, r.x + r.w - 2, y, worst == 1 ? STYLE_CRIT : STYLE_HEAD, text);
}

/* While no incident is open, what lies ahead. */
static void draw_planned(const struct scene *s, struct canvas *c, struct rect r)
{
	struct buf text;

	buf_init(&text, 65536);
	planned_text(s->snap, s->region, s->now, &text);
	canvas_put(c, r.x, r.y, STYLE_HEAD, "PLANNED WORK");
	canvas_wrap(c, (struct rect){ r.x, r.y + 1, r.w, r.h - 1 }, STYLE_TEXT, buf_str(&text), 0);
	buf_fini(&text);
}

/* Why there is nothing in the list, and the key that changes it. */
static void empty_text(const struct scene *s, struct buf *out)
{
	const struct binding *k = keymap_for(s->keys, "board", "incident.open", NULL);

	if (s->link == LINK_CONNECTING || !s->snap->complete) {
		buf_adds(out, "Waiting for the engine …");
		return;
	}
	if (s->region) {
		buf_addf(out, "No incident touches %s. Incidents of other regions are not shown.",
		    s->region);
		return;
	}
	buf_adds(out, "No incident is open. The engine opens one as a candidate when probes or "
		      "feeds fail.");
	if (!k || s->read_only)
		return;
	buf_addc(out, ' ');
	keys_label(k->keys, k->count, out);
	buf_adds(out, " opens one by hand.");
}

static void draw_empty(const struct scene *s, struct canvas *c, struct rect r)
{
	struct buf text;
	int y;

	buf_init(&text, 400);
	empty_text(s, &text);
	y = r.y + 1 +
	    canvas_wrap(
		c, (struct rect){ r.x + 2, r.y, r.w - 3, r.h }, STYLE_DIM, buf_str(&text), 0);
	buf_fini(&text);
	if (c->w < WIDE && r.y + r.h - y > 3 && map_count(s->snap->maintenances))
		draw_planned(s, c, (struct rect){ r.x + 2, y, r.w - 4, r.y + r.h - y });
}

static void draw_list(const struct scene *s, struct canvas *c, struct rect r, struct board *b,
    const struct snap_incident **list, size_t count)
{
	struct rect old = canvas_clip(c, r);
	int y;

	b->page = r.h;
	scroll_to(b, list, count, r.h);
	y = r.y - b->top;
	if (count == 0)
		draw_empty(s, c, r);
	for (size_t i = 0; i < count; i++) {
		int rows = incident_rows(list[i]);

		if (y + rows > r.y && y < r.y + r.h)
			draw_incident(s, c, (struct rect){ r.x, y, r.w, rows }, list[i]);
		if ((int)i == b->index) {
			canvas_put(c, r.x, y, STYLE_ACCENT, ">");
			canvas_mark(c, (struct rect){ r.x, y, r.w, 1 }, CELL_REVERSE);
			canvas_cursor(c, r.x, y);
		}
		y += rows;
	}
	canvas_unclip(c, old);
}

static int list_rows(const struct snap_incident **list, size_t count)
{
	int rows = 0;

	for (size_t i = 0; i < count; i++)
		rows += incident_rows(list[i]);
	return rows > 0 ? rows : 1;
}

/* ---- layouts ---- */

static void draw_tiny(
    const struct scene *s, struct canvas *c, const struct snap_incident **list, size_t count)
{
	int n[5] = { 0 };
	char t[COUNTDOWN_TEXT], at[16];
	int y = 0, x = 0;

	canvas_putf(c, 0, y++, STYLE_STRONG, "%s UTC", time_hms(at, s->now));
	for (size_t i = 0; i < count; i++)
		if (incident_live(list[i]) && list[i]->severity >= 1 && list[i]->severity <= 4)
			n[list[i]->severity]++;
	for (int sev = 1; sev <= 4; sev++)
		x = canvas_putf(
			c, x, y, n[sev] ? severity_style(sev) : STYLE_DIM, "S%d:%d", sev, n[sev]) +
		    1;
	y++;
	if (s->link != LINK_UP)
		canvas_putf(c, 0, y++, STYLE_BANNER, "engine away %s", span_text(at, s->away_ms));
	if (count > 0) {
		const struct clock *k = snap_next_clock(list[0]);
		char scope[64];

		incident_scope(list[0], (int)sizeof scope - 1, scope, sizeof scope);
		x = draw_severity(c, 0, y, list[0]->severity) + 1;
		x = canvas_put(c, x, y, STYLE_STRONG, list[0]->id) + 1;
		canvas_put(c, x, y++, STYLE_TEXT, scope);
		if (k) {
			clock_text(t, k, s->now);
			x = canvas_putf(c, 0, y, STYLE_TEXT, "%s ", clock_name(k, s->snap));
			canvas_put(c, x, y++, clock_style(clock_state_at(k, s->now)), t);
		}
	}
	if (c->h > y + 1)
		canvas_putf(
		    c, 0, c->h - 1, STYLE_DIM, "needs %dx%d; q leaves", VIEW_MIN_W, VIEW_MIN_H);
}

static const char *const hints[] = { "incident.ack", "incident.role", "incident.escalate",
	"update.compose", "update.no-change", "list.open", "palette.open", "app.back",
	"incident.severity", "incident.restore", "incident.resolve", "update.approve",
	"incident.note", "deadline.explain", "search.open", "outbox.open", "journal.open",
	"incident.open" };

/* What a candidate waits for. */
static const char *const candidate_hints[] = { "incident.ack", "incident.merge", "incident.snooze",
	"incident.dismiss", "evidence.open", "list.open", "update.compose", "palette.open",
	"app.back", "incident.role", "incident.severity", "incident.escalate" };

/* What happened over everything, and below it what waits to be told and what is stuck. */
static void draw_third(const struct scene *s, struct canvas *c, struct rect r, const char *incident)
{
	const struct snap_engine *engine = s->snap->engine;
	size_t alarms = engine ? engine->alarm_count : 0;
	struct outbox_row *rows;
	int h = 1 + (int)outbox_rows(s->snap, &rows) + 2 * (int)alarms, y, x;
	struct buf state;
	enum style style;

	free(rows);
	h = h > r.h / 3 ? r.h / 3 : h;
	h = h < 4 ? 4 : h;
	y = r.y + r.h - h;
	canvas_put(c, r.x + 2, r.y, STYLE_HEAD, "JOURNAL, newest first");
	draw_journal(s, c, (struct rect){ r.x, r.y + 1, r.w, r.h - h - 2 }, -1, incident);
	x = canvas_put(c, r.x + 2, y, STYLE_HEAD, "OUTBOX") + 2;
	buf_init(&state, 200);
	style = outbox_state(s->snap, &state);
	canvas_put(c, x, y++, style, buf_str(&state));
	buf_fini(&state);
	for (size_t i = 0; i < alarms && y < r.y + r.h; i++) {
		int room = r.y + r.h - y < 2 ? 1 : 2;
		int lines = canvas_wrap(c, (struct rect){ r.x + 2, y, r.w - 2, room }, STYLE_ERROR,
		    engine->alarms[i], 0);

		y += lines < room ? lines : room;
	}
	draw_outbox(s, c, (struct rect){ r.x, y, r.w, r.y + r.h - y }, -1);
}

/* The right panes of wide screens. */
static void draw_side(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	char title[160], scope[80];
	int third = c->w >= WIDEST ? r.w * 42 / 100 : 0;
	int x;

	canvas_vline(c, r.x, r.y, r.h, STYLE_RULE);
	r.x += 2;
	r.w -= 2;
	if (third > 0) {
		struct rect t = { r.x + r.w - third, r.y, third, r.h };

		canvas_vline(c, t.x, r.y, r.h, STYLE_RULE);
		draw_third(s, c, (struct rect){ t.x + 1, t.y, t.w - 1, t.h }, inc ? inc->id : NULL);
		r.w -= third + 2;
	}
	if (!inc) {
		draw_planned(s, c, r);
		return;
	}
	incident_scope(inc, (int)sizeof scope - 1, scope, sizeof scope);
	snprintf(title, sizeof title, "%s  %s", inc->id, scope);
	x = draw_severity(c, r.x, r.y, inc->severity) + 1;
	canvas_field(c, x, r.y, r.x + r.w - x, STYLE_STRONG, title);
	canvas_field(c, r.x, r.y + 1, r.w, STYLE_TEXT, inc->title ? inc->title : "");
	draw_overview(s, c, (struct rect){ r.x, r.y + 3, r.w, r.h - 3 }, inc, 0);
}

/* How many of `h` rows the matrix takes: all it wants where the list still has room, never so many
 * that the list falls below `list_min`. */
static int matrix_share(const struct scene *s, int h, int want_list)
{
	int want = matrix_rows(s), list_min = want_list < 7 ? want_list : 7;

	if (want + want_list > h)
		want = h - want_list > h * 2 / 5 ? h - want_list : h * 2 / 5;
	if (want > matrix_rows(s))
		want = matrix_rows(s);
	if (want > h - list_min)
		want = h - list_min;
	return want < 2 ? 2 : want;
}

static void draw_left(const struct scene *s, struct canvas *c, struct rect r, struct board *b,
    const struct snap_incident **list, size_t count)
{
	int carriers_w = r.w - matrix_width(s) - 2, want = list_rows(list, count);
	bool below = c->w >= WIDE,
	     beside = !below && carriers_w >= 16 && map_count(s->snap->regions) > 0;
	int carriers_h = below ? 1 + ((int)map_count(s->snap->carriers) + r.w / 20 - 1) /
					 (r.w / 20 > 0 ? r.w / 20 : 1)
			       : 0;
	int rows = matrix_share(s, r.h - 1 - (below ? carriers_h + 1 : 0), want), y = r.y;
	int spare;

	if (beside) {
		draw_matrix(s, c, (struct rect){ r.x, y, r.w - carriers_w - 2, rows });
		canvas_vline(c, r.x + r.w - carriers_w - 2, y, rows, STYLE_RULE);
		draw_carriers(s, c, (struct rect){ r.x + r.w - carriers_w, y, carriers_w, rows });
	} else {
		draw_matrix(s, c, (struct rect){ r.x, y, r.w, rows });
	}
	y += rows;
	if (below) {
		draw_carriers(s, c, (struct rect){ r.x + 2, y + 1, r.w - 3, carriers_h });
		y += carriers_h + 1;
	}
	canvas_hline(c, r.x, y, r.w, STYLE_RULE);
	spare = r.y + r.h - (y + 1) - want;
	r = (struct rect){ r.x, y + 1, r.w, r.y + r.h - y - 1 };
	if (!below && spare >= 8 && count > 0 && b->selected[0]) {
		r.h -= spare;
		canvas_hline(c, r.x, r.y + r.h, r.w, STYLE_RULE);
		canvas_putf(c, r.x + 2, r.y + r.h, STYLE_HEAD, " %s, newest first ", b->selected);
		draw_timeline(s, c, (struct rect){ r.x + 1, r.y + r.h + 1, r.w - 2, spare - 1 },
		    b->selected, -1, true);
	}
	if (below && spare >= 6 && count > 0 && map_count(s->snap->maintenances)) {
		r.h -= spare;
		canvas_hline(c, r.x, r.y + r.h, r.w, STYLE_RULE);
		draw_planned(s, c, (struct rect){ r.x + 2, r.y + r.h + 1, r.w - 3, spare - 1 });
	}
	draw_list(s, c, r, b, list, count);
	draw_fold(c, r, y, b, list, count);
}

static void board_draw(void *state, const struct scene *s, struct canvas *c)
{
	struct board *b = state;
	size_t count;
	const struct snap_incident **list = listed(s, &count);
	const struct snap_incident *selected;
	struct rect body = { 0, 3, c->w, c->h - 6 };

	keep_selection(b, list, count);
	selected = count ? list[b->index] : NULL;
	if (c->w < VIEW_MIN_W || c->h < VIEW_MIN_H) {
		draw_tiny(s, c, list, count);
		free(list);
		return;
	}
	draw_head(s, c);
	draw_banner(s, c, 2, NULL);
	canvas_hline(c, 0, c->h - 3, c->w, STYLE_RULE);
	if (c->w >= WIDE) {
		int left = c->w >= WIDEST ? c->w * 40 / 100 : c->w / 2;

		draw_side(s, c, (struct rect){ left, 3, c->w - left, c->h - 6 }, selected);
		body.w = left;
	}
	draw_left(s, c, body, b, list, count);
	if (selected && selected->phase == PHASE_DETECTED)
		draw_foot(s, c, "board", selected, candidate_hints, countof(candidate_hints));
	else
		draw_foot(s, c, "board", selected, hints, countof(hints));
	free(list);
}

/* ---- keys ---- */

static bool move_by(struct board *b, const struct scene *s, int by, bool absolute)
{
	size_t count;
	const struct snap_incident **list = listed(s, &count);

	keep_selection(b, list, count);
	select_at(b, list, count, absolute ? by : b->index + by);
	free(list);
	return true;
}

static bool board_act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct board *b = state;
	const struct scene *s = app_scene(app);
	int page = b->page / 3 > 1 ? b->page / 3 : 1;

	(void)args;
	if (strcmp(a->id, "list.next") == 0)
		return move_by(b, s, 1, false);
	if (strcmp(a->id, "list.prev") == 0)
		return move_by(b, s, -1, false);
	if (strcmp(a->id, "list.first") == 0)
		return move_by(b, s, 0, true);
	if (strcmp(a->id, "list.last") == 0)
		return move_by(b, s, 1 << 20, true);
	if (strcmp(a->id, "list.page-down") == 0 || strcmp(a->id, "list.half-down") == 0)
		return move_by(b, s, page, false);
	if (strcmp(a->id, "list.page-up") == 0 || strcmp(a->id, "list.half-up") == 0)
		return move_by(b, s, -page, false);
	if (strcmp(a->id, "list.open") == 0) {
		if (!b->selected[0])
			app_say(app, STYLE_NOTICE, "No incident is selected");
		else
			app_push(app, &view_incident, view_incident_new(b->selected, 0));
		return true;
	}
	return false;
}

static const char *board_target(void *state, const struct scene *s)
{
	const struct board *b = state;

	return b->selected[0] && snap_incident(s->snap, b->selected) ? b->selected : NULL;
}

static bool matches(const struct snap_incident *inc, const char *needle)
{
	char scope[80];

	incident_scope(inc, (int)sizeof scope - 1, scope, sizeof scope);
	return strcasestr(inc->id, needle) || (inc->title && strcasestr(inc->title, needle)) ||
	       strcasestr(scope, needle);
}

static bool board_search(void *state, const struct scene *s, const char *needle, int dir)
{
	struct board *b = state;
	size_t count;
	const struct snap_incident **list = listed(s, &count);
	bool found = false;

	keep_selection(b, list, count);
	for (size_t i = 0; i < count && !found; i++) {
		int n = (int)count, step = dir < 0 ? -1 - (int)i : (int)i + (dir > 0);
		int at = ((b->index + step) % n + n) % n;

		found = matches(list[at], needle);
		if (found)
			select_at(b, list, count, at);
	}
	free(list);
	return found;
}

const struct view_ops view_board = {
	.name = "Board",
	.context = "board",
	.draw = board_draw,
	.act = board_act,
	.target = board_target,
	.search = board_search,
	.close = board_close,
};

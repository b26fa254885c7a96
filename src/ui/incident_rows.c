/* An incident as the list of the board shows it: what it is, its clocks, and who works on it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "ui/draw.h"

int incident_rows(const struct snap_incident *inc)
{
	return inc->phase == PHASE_OPEN || inc->phase == PHASE_RESTORED ? 3 : 1;
}

static void draw_scope_title(
    struct canvas *c, int x, int y, int end, const struct snap_incident *inc, enum style style)
{
	char scope[80];
	int w = end - x > 90 ? 24 : 13;

	incident_scope(inc, w, scope, sizeof scope);
	x = canvas_field(c, x, y, w, style, scope) + 1;
	canvas_field(c, x, y, end - x, style == STYLE_STRONG ? STYLE_TEXT : style,
	    inc->title ? inc->title : "");
}

static int draw_countdown(
    const struct scene *s, struct canvas *c, int x, int y, int end, const struct clock *k)
{
	char text[COUNTDOWN_TEXT];
	char brief[CLOCK_SHORT];
	const char *word = clock_short(brief, k, s->snap);
	enum clock_state st = clock_state_at(k, s->now);

	clock_text(text, k, s->now);
	if (x + utf8_width(word) + 1 + utf8_width(text) > end)
		return end + 1;
	x = canvas_put(c, x, y, st == CLOCK_RUNNING ? STYLE_DIM : STYLE_TEXT, word) + 1;
	return canvas_put(c, x, y, clock_style(st), text) + 2;
}

/* What is live, the next one first; what was met stands right, dim. */
static void draw_clock_line(
    const struct scene *s, struct canvas *c, int x, int y, int end, const struct snap_incident *inc)
{
	size_t count;
	const struct clock **list = clocks_sorted(inc, &count);
	char brief[CLOCK_SHORT];
	struct buf met;
	int w;

	buf_init(&met, 200);
	for (size_t i = 0; i < count; i++) {
		enum clock_state st = list[i]->state;

		if (st == CLOCK_MET || st == CLOCK_MET_LATE)
			buf_addf(&met, "%s%s%s", met.len ? " " : "",
			    clock_short(brief, list[i], s->snap),
			    c->ascii	      ? st == CLOCK_MET ? "=ok" : "=late"
			    : st == CLOCK_MET ? "✓"
					      : "✓+");
	}
	w = utf8_width(buf_str(&met));
	for (size_t i = 0; i < count && clock_live(list[i]); i++) {
		x = draw_countdown(s, c, x, y, end, list[i]);
		if (x > end) {
			canvas_put(c, end - 1, y, STYLE_DIM, "…");
			w = 0;
			break;
		}
	}
	if (w > 0 && x + w <= end)
		canvas_right(c, end, y, STYLE_MET, buf_str(&met));
	buf_fini(&met);
	free(list);
}

/* Who has which role, as far as `end`; the column behind them. */
static int draw_roles(
    const struct scene *s, struct canvas *c, int x, int y, int end, const struct snap_incident *inc)
{
	struct rect old = canvas_clip(c, (struct rect){ x, y, end - x, 1 });
	char age[16];

	for (int i = 0; i < ROLES && x < end - 6; i++) {
		const struct role_holder *h = &inc->role[i];

		if (!h->person && !role_infos[i].required && i != ROLE_TECH)
			continue;
		x = canvas_putf(c, x, y, STYLE_DIM, "%s ", role_infos[i].label);
		if (h->person) {
			x = canvas_put(c, x, y, h->override_text ? STYLE_WARN : STYLE_TEXT,
			    person_name(s, h->person));
			if (h->override_text)
				x = canvas_put(c, x, y, STYLE_WARN, " (two roles)");
		} else if (role_infos[i].required) {
			x = canvas_putf(c, x, y, STYLE_WARN, "— none for %s",
			    utc_is_set(h->since) ? elapsed_text(age, utc_diff(s->now, h->since))
						 : "long");
		} else {
			x = canvas_put(c, x, y, STYLE_DIM, "—");
		}
		x += 3;
	}
	canvas_unclip(c, old);
	return x < end ? x : end;
}

/* Whether its cell is known to be well now: what is old, or not heard yet, is not. */
static bool cell_well(const struct scene *s, const char *component, const char *region)
{
	const struct snap_cell *cell = snap_cell(s->snap, component, region);
	enum status now = cell ? snap_cell_status(cell, s->now) : STATUS_OPERATIONAL;

	return now == STATUS_OPERATIONAL || now == STATUS_MAINTENANCE;
}

/* Everything that speaks of it says that it is over: a person has to say so too. */
static bool sources_well(const struct scene *s, const struct snap_incident *inc)
{
	if (inc->sources_total == 0 || inc->sources_failing > 0 || s->link != LINK_UP)
		return false;
	for (size_t r = 0; r < inc->region_count; r++)
		for (size_t k = 0; k < inc->component_count; k++)
			if (!cell_well(s, inc->components[k], inc->regions[r]))
				return false;
	return true;
}

/* Whether the service is back is never cut off: the names are. */
static void draw_role_line(
    const struct scene *s, struct canvas *c, int x, int y, int end, const struct snap_incident *inc)
{
	bool back = utc_is_set(inc->restored_at) && inc->phase == PHASE_RESTORED;
	bool well = !back && sources_well(s, inc);
	char state[48] = "restored no", at[16], age[16];

	if (well)
		snprintf(state, sizeof state, "restored no, sources well");
	if (back)
		snprintf(state, sizeof state, "restored %s%s", time_hm(at, inc->restored_at),
		    !inc->workaround ? ""
		    : end - x > 84   ? " by workaround"
				     : " (workaround)");
	x = draw_roles(s, c, x, y, end - utf8_width(state) - 1, inc);
	x = canvas_put(c, x, y, back || well ? STYLE_NOTICE : STYLE_DIM, state) + 3;
	if (!utc_is_set(inc->touched_at) || utc_diff(s->now, inc->touched_at) <= 30 * 60000)
		return;
	span_text(age, utc_diff(s->now, inc->touched_at));
	if (x + 10 + utf8_width(age) <= end)
		canvas_putf(c, x, y, STYLE_WARN, "untouched %s", age);
}

static void draw_candidate(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	char since[16], age[16], scope[80];
	bool aside = snap_snoozed(inc, s->now);
	int x = canvas_put(c, r.x + 1, r.y, aside ? STYLE_DIM : STYLE_WARN, "? cand ");

	incident_scope(inc, 14, scope, sizeof scope);
	x = canvas_field(c, x, r.y, 8, aside ? STYLE_DIM : STYLE_STRONG, inc->id);
	x = canvas_field(c, x, r.y, 14, aside ? STYLE_DIM : STYLE_TEXT, scope) + 1;
	x = draw_severity(c, x, r.y, inc->severity) + 1;
	if (aside)
		x = canvas_putf(c, x, r.y, STYLE_TEXT, "aside until %s (%s)  ",
		    time_hm(since, inc->snoozed_until),
		    span_text(age, utc_diff(inc->snoozed_until, s->now)));
	else
		x = canvas_putf(c, x, r.y, STYLE_TEXT, "since %s (%s)  ",
		    r.w >= 100 ? time_hms(since, inc->started_at) : time_hm(since, inc->started_at),
		    span_text(age, utc_diff(s->now, inc->started_at)));
	if (sources_well(s, inc))
		x = canvas_put(c, x, r.y, STYLE_NOTICE, "well again  ");
	if (inc->sources_failing > 0 && r.x + r.w - x > 40)
		x = canvas_putf(c, x, r.y, STYLE_TEXT, "%d of %d sources fail  ",
		    inc->sources_failing, inc->sources_total);
	canvas_field(c, x, r.y, r.x + r.w - x, STYLE_DIM, inc->title ? inc->title : "");
}

void draw_incident(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	int x = r.x + 1, end = r.x + r.w;

	if (inc->phase == PHASE_DETECTED) {
		draw_candidate(s, c, r, inc);
		return;
	}
	if (inc->phase == PHASE_RESOLVED) {
		x = canvas_field(c, x, r.y, 7, STYLE_DIM, "✓ done");
		x = canvas_field(c, x, r.y, 8, STYLE_DIM, inc->id);
		draw_clock_line(s, c, x, r.y, x + 30, inc);
		draw_scope_title(c, x + 31, r.y, end, inc, STYLE_DIM);
		return;
	}
	x = draw_severity(c, x, r.y, inc->severity) + 1;
	x = canvas_field(c, x, r.y, 8, STYLE_STRONG, inc->id);
	draw_scope_title(c, x, r.y, end, inc, STYLE_STRONG);
	draw_clock_line(s, c, r.x + 8, r.y + 1, end - 1, inc);
	draw_role_line(s, c, r.x + 8, r.y + 2, end - 1, inc);
}

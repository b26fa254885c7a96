/* One incident on the whole screen, in five tabs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"
#include "ui/step.h"
#include "ui/views.h"

enum tab {
	TAB_OVERVIEW,
	TAB_TIMELINE,
	TAB_UPDATES,
	TAB_EVIDENCE,
	TAB_PEOPLE,
	TABS,
};

static const char *const tab_names[TABS] = { "overview", "timeline", "updates", "evidence",
	"people" };

#define NEWEST (1 << 20) /* as a line of the timeline: the last one, once it is there */

struct incident_view {
	char id[32];
	enum tab tab;
	int at[TABS]; /* first line, or the marked one of the timeline */
	int page, lines;
};

void *view_incident_new(const char *incident, int tab)
{
	struct incident_view *v = xcalloc(1, sizeof *v);

	snprintf(v->id, sizeof v->id, "%s", incident);
	v->at[TAB_TIMELINE] = NEWEST;
	v->tab = tab >= 0 && tab < TABS ? (enum tab)tab : TAB_OVERVIEW;
	return v;
}

static void shut(void *state)
{
	free(state);
}

/* ---- head ---- */

static void draw_heading(const struct scene *s, struct canvas *c, const struct snap_incident *inc)
{
	char scope[120], state[200], at[16], span[16];
	int x = canvas_putf(c, 1, 0, STYLE_DIM, "Board › ");

	canvas_put(c, x, 0, STYLE_STRONG, inc->id);
	incident_scope(inc, (int)sizeof scope - 1, scope, sizeof scope);
	snprintf(state, sizeof state, " · %s · %s", phase_names[inc->phase], scope);
	state[utf8_fit(state, c->w - 34)] = '\0';
	x = canvas_right(c, c->w - 1, 0, STYLE_TEXT, state);
	draw_severity(c, x - 6, 0, inc->severity);
	snprintf(state, sizeof state, "since %s UTC (%s)", time_hms(at, inc->started_at),
	    span_text(span, utc_diff(s->now, inc->started_at)));
	x = canvas_right(c, c->w - 1, 1, STYLE_DIM, state);
	canvas_field(c, 1, 1, x - 2, STYLE_TEXT, inc->title ? inc->title : "");
	x = 1;
	if (inc->bridge_url && inc->bridge_url[0])
		x = canvas_putf(c, x, 2, STYLE_ACCENT, "bridge %s  %s", inc->bridge_url,
		    inc->bridge_phone ? inc->bridge_phone : "");
	else
		x = canvas_put(c, x, 2, STYLE_DIM, "no bridge yet (:bridge sets one)");
	for (size_t i = inc->engagement_count; i-- > 0;) {
		const struct engagement *g = &inc->engagements[i];

		if (g->carrier && g->reference && g->reference[0] && c->w - x > 30) {
			snprintf(state, sizeof state, "%s %s", g->carrier, g->reference);
			canvas_right(c, c->w - 1, 2, STYLE_TEXT, state);
			break;
		}
	}
}

static void draw_tabs(struct canvas *c, int y, enum tab on)
{
	int x = 2;

	canvas_hline(c, 0, y, c->w, STYLE_RULE);
	for (int i = 0; i < TABS; i++) {
		if (i == (int)on) {
			x = canvas_putf(c, x, y, STYLE_STRONG, "[ %s ]", tab_names[i]);
			canvas_mark(c,
			    (struct rect){ x - (int)strlen(tab_names[i]) - 4, y,
				(int)strlen(tab_names[i]) + 4, 1 },
			    CELL_REVERSE);
		} else {
			x = canvas_putf(c, x, y, STYLE_DIM, " %d %s ", i + 1, tab_names[i]);
		}
		x += 1;
	}
}

/* ---- tabs ---- */

static int draw_update(
    const struct scene *s, struct canvas *c, struct rect r, int y, const struct posted_update *u)
{
	char at[16], next[16];
	const cJSON *text;
	int x;

	x = canvas_putf(c, r.x, y, STYLE_STRONG, "%s UTC  %s  %s", time_hms(at, u->at),
	    u->stage ? u->stage : "", u->status ? u->status : "");
	x = canvas_putf(c, x, y, STYLE_DIM, "  by %s", person_name(s, u->by));
	if (utc_is_set(u->next_update_at))
		canvas_putf(c, x, y, STYLE_DIM, "  next %s", time_hm(next, u->next_update_at));
	y++;
	x = r.x + 2;
	for (size_t i = 0; i < u->delivery_count; i++) {
		const struct delivery_state *d = &u->deliveries[i];
		bool sent = d->state && strcmp(d->state, "accepted") == 0;

		x = canvas_putf(c, x, y, sent ? STYLE_MET : STYLE_WARN, "%s %s%s%s%s",
			d->destination,
			sent	   ? "✓"
			: d->state ? d->state
				   : "waiting",
			d->attempts > 1 ? " after retries" : "",
			d->detail && d->detail[0] && !sent ? ": " : "",
			d->detail && !sent ? d->detail : "") +
		    2;
	}
	y += u->delivery_count > 0;
	cJSON_ArrayForEach(text, u->text)
	{
		if (!cJSON_IsString(text))
			continue;
		canvas_putf(
		    c, r.x + 2, y++, STYLE_HEAD, "%s read", text->string ? text->string : "");
		y += canvas_wrap(c, (struct rect){ r.x + 4, y, r.w - 4, CANVAS_SIDE }, STYLE_TEXT,
		    text->valuestring, 0);
	}
	return y + 1;
}

static int draw_updates(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_incident *inc, int skip)
{
	int y = r.y - skip;

	if (inc->update_count == 0) {
		return canvas_wrap(c, (struct rect){ r.x, y, r.w, CANVAS_SIDE }, STYLE_DIM,
		    "No update has been posted. What you post to customers is kept here to the "
		    "letter.",
		    0);
	}
	for (size_t i = inc->update_count; i-- > 0;)
		y = draw_update(s, c, r, y, &inc->updates[i]);
	if (inc->updates_total > (int)inc->update_count)
		canvas_putf(c, r.x, y++, STYLE_DIM, "… and %d earlier ones (see the timeline)",
		    inc->updates_total - (int)inc->update_count);
	return y - r.y + skip;
}

static int draw_evidence_tab(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_incident *inc, int skip)
{
	int y = r.y - skip;
	const struct snap_cell *cell;
	const char *key;
	size_t it = 0;
	char age[16];

	if (inc->evidence && inc->evidence[0])
		y += canvas_wrap(c, (struct rect){ r.x, y, r.w, CANVAS_SIDE }, STYLE_TEXT,
			 inc->evidence, 0) +
		     1;
	canvas_put(c, r.x, y++, STYLE_HEAD, "CELLS IN SCOPE");
	while ((cell = map_next(s->snap->cells, &it, &key))) {
		enum status st = snap_cell_status(cell, s->now);
		bool in = false;
		int x;

		for (size_t i = 0; i < inc->region_count && !in; i++)
			for (size_t k = 0; k < inc->component_count && !in; k++)
				in = strcmp(cell->region, inc->regions[i]) == 0 &&
				     strcmp(cell->component, inc->components[k]) == 0;
		if (!in)
			continue;
		x = canvas_field(c, r.x + 1, y, 22, STYLE_TEXT, cell->id);
		x = canvas_put(c, x, y, status_style(st), status_shape(c, st));
		x = canvas_putf(c, x, y, status_style(st), " %s", status_words[st]) + 1;
		if (utc_is_set(cell->since))
			x = canvas_putf(c, x, y, STYLE_DIM, "for %s ",
			    span_text(age, utc_diff(s->now, cell->since)));
		if (utc_is_set(cell->data_at))
			x = canvas_putf(c, x, y, STYLE_DIM, "data %s old ",
			    span_text(age, utc_diff(s->now, cell->data_at)));
		if (cell->flaps)
			x = canvas_putf(c, x, y, STYLE_DIM, "fell %d× in an hour ", cell->flaps);
		canvas_field(c, x, y, r.x + r.w - x, STYLE_TEXT, cell->detail ? cell->detail : "");
		y++;
	}
	return y - r.y + skip;
}

/* Who can be reached: roles, then everybody of the roster, then carriers' contacts. */
static int draw_roles(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	bool wide = r.w >= 120;
	int y = r.y;

	for (int i = 0; i < ROLES; i++) {
		const struct snap_person *p =
		    inc->role[i].person ? snap_person(s->snap, inc->role[i].person) : NULL;
		int x = canvas_field(c, r.x, y, 24, STYLE_TEXT, role_infos[i].name);

		x = canvas_field(c, x, y, 18, p || inc->role[i].person ? STYLE_STRONG : STYLE_WARN,
		    inc->role[i].person ? person_name(s, inc->role[i].person) : "—");
		x = canvas_field(c, x, y, 18, STYLE_ACCENT, p && p->phone ? p->phone : "");
		if (!wide) {
			x = r.x + 2;
			y++;
		}
		y += canvas_wrap(
		    c, (struct rect){ x, y, r.x + r.w - x, 3 }, STYLE_DIM, role_infos[i].duties, 0);
	}
	return y;
}

static int draw_people_tab(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_incident *inc, int skip)
{
	const struct snap_noc *noc = s->snap->noc;
	int y = draw_roles(s, c, (struct rect){ r.x, r.y - skip, r.w, r.h }, inc);

	y++;
	canvas_put(c, r.x, y++, STYLE_HEAD, "ROSTER");
	for (size_t i = 0; noc && i < noc->person_count; i++) {
		int x = canvas_field(c, r.x + 1, y, 23, STYLE_TEXT, noc->people[i].name);

		x = canvas_field(
		    c, x, y, 18, STYLE_ACCENT, noc->people[i].phone ? noc->people[i].phone : "");
		canvas_put(c, x, y++, STYLE_NOTICE, noc->people[i].on_call ? "on call" : "");
	}
	y++;
	canvas_put(c, r.x, y++, STYLE_HEAD, "CARRIERS");
	{
		size_t count;
		const struct snap_carrier **list = snap_carriers(s->snap, &count);

		for (size_t i = 0; i < count; i++)
			for (size_t k = 0; k < list[i]->contact_count; k++) {
				const struct snap_contact *who = &list[i]->contacts[k];
				int x = canvas_field(
				    c, r.x + 1, y, 14, STYLE_TEXT, k ? "" : list[i]->name);

				x = canvas_field(
				    c, x, y, 18, STYLE_STRONG, who->name ? who->name : "");
				x = canvas_field(
				    c, x, y, 18, STYLE_ACCENT, who->phone ? who->phone : "");
				canvas_putf(c, x, y++, STYLE_DIM, "%s %s%s%s",
				    who->email ? who->email : "", who->hours ? who->hours : "",
				    who->after && who->after[0] ? " after " : "",
				    who->after ? who->after : "");
			}
		free(list);
	}
	return y - r.y + skip;
}

#define BELOW 4 /* rows for the marked event, and their rule */

/* The marked line, and all of it below: a note is long, and an incident may last for days. */
static void draw_timeline_tab(
    struct incident_view *v, const struct scene *s, struct canvas *c, struct rect r)
{
	const struct snapshot *snap = s->snap;
	bool here = snap->timeline_of && strcmp(snap->timeline_of, v->id) == 0, below = r.h >= 12;
	int *at = &v->at[TAB_TIMELINE];
	const struct snap_line *l;
	char when[UTC_TEXT];

	v->lines = here ? (int)snap->timeline_count : 0;
	if (*at >= v->lines && v->lines > 0)
		*at = v->lines - 1;
	v->page = below ? r.h - BELOW : r.h;
	draw_timeline(s, c, (struct rect){ r.x, r.y, r.w, v->page }, v->id, *at, false);
	if (!v->lines)
		return;
	canvas_cursor(c, r.x, r.y + (*at < v->page ? *at : v->page - 1));
	canvas_put(c, r.x - 1, c->cursor_y, STYLE_ACCENT, ">");
	if (!below)
		return;
	l = &snap->timeline[*at];
	utc_format(l->at, when);
	canvas_hline(c, r.x, r.y + v->page, r.w, STYLE_RULE);
	canvas_putf(c, r.x + 1, r.y + v->page, STYLE_HEAD, " #%d  %.10s %.8s UTC  %s ", l->version,
	    when, when + 11, person_name(s, l->actor));
	canvas_wrap(
	    c, (struct rect){ r.x, r.y + v->page + 1, r.w, BELOW - 1 }, STYLE_TEXT, l->text, 0);
}

static void draw_tab(struct incident_view *v, const struct scene *s, struct canvas *c,
    struct rect r, const struct snap_incident *inc)
{
	struct rect old = canvas_clip(c, (struct rect){ r.x - 1, r.y, r.w + 1, r.h });
	int skip = v->at[v->tab];

	v->page = r.h;
	canvas_cursor(c, r.x, r.y);
	switch (v->tab) {
	case TAB_OVERVIEW:
		v->lines = draw_overview(s, c, r, inc, skip);
		break;
	case TAB_TIMELINE:
		draw_timeline_tab(v, s, c, r);
		break;
	case TAB_UPDATES:
		v->lines = draw_updates(s, c, r, inc, skip);
		break;
	case TAB_EVIDENCE:
		v->lines = draw_evidence_tab(s, c, r, inc, skip);
		break;
	case TAB_PEOPLE:
		v->lines = draw_people_tab(s, c, r, inc, skip);
		break;
	case TABS:
		break;
	}
	canvas_unclip(c, old);
}

static const char *const hints[] = { "incident.ack", "incident.role", "incident.escalate",
	"update.compose", "update.no-change", "incident.severity", "incident.restore",
	"incident.resolve", "incident.note", "update.approve", "deadline.explain", "pane.next",
	"app.back", "palette.open" };

static const char *const candidate_hints[] = { "incident.ack", "incident.merge", "incident.snooze",
	"incident.dismiss", "pane.next", "app.back", "update.compose", "palette.open",
	"incident.note", "incident.severity" };

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	struct incident_view *v = state;
	const struct snap_incident *inc = snap_incident(s->snap, v->id);

	if (!inc) {
		canvas_putf(c, 1, 0, STYLE_STRONG, "Board › %s", v->id);
		canvas_put(c, 1, 2, STYLE_DIM,
		    "This incident is no longer on the board: it was closed or merged.");
		draw_foot(s, c, "incident", NULL, hints, countof(hints));
		return;
	}
	if (c->w < VIEW_MIN_W || c->h < VIEW_MIN_H) {
		int x = draw_severity(c, 0, 0, inc->severity) + 1;
		char scope[64];

		incident_scope(inc, (int)sizeof scope - 1, scope, sizeof scope);
		x = canvas_put(c, x, 0, STYLE_STRONG, inc->id) + 1;
		canvas_put(c, x, 0, STYLE_TEXT, scope);
		canvas_putf(
		    c, 0, c->h - 1, STYLE_DIM, "needs %dx%d; q leaves", VIEW_MIN_W, VIEW_MIN_H);
		return;
	}
	draw_heading(s, c, inc);
	draw_tabs(c, 3, v->tab);
	draw_banner(s, c, c->h - 3, NULL);
	draw_tab(v, s, c, (struct rect){ 1, 4, c->w - 2, c->h - 7 }, inc);
	if (inc->phase == PHASE_DETECTED)
		draw_foot(s, c, "incident", inc, candidate_hints, countof(candidate_hints));
	else
		draw_foot(s, c, "incident", inc, hints, countof(hints));
}

/* ---- keys ---- */

static void scroll(struct incident_view *v, int by)
{
	int *at = &v->at[v->tab], most = v->tab == TAB_TIMELINE ? v->lines - 1 : v->lines - v->page;

	*at += by;
	if (*at > most)
		*at = most;
	if (*at < 0)
		*at = 0;
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct incident_view *v = state;
	int by;

	(void)app;
	if (list_step(a->id, v->page, &by)) {
		scroll(v, by);
		return true;
	}
	if (strcmp(a->id, "pane.next") == 0)
		v->tab = (enum tab)((v->tab + 1) % TABS);
	else if (strcmp(a->id, "pane.prev") == 0)
		v->tab = (enum tab)((v->tab + TABS - 1) % TABS);
	else if (strcmp(a->id, "incident.tab") == 0 && args && strncmp(args, "n=", 2) == 0 &&
		 args[2] >= '1' && args[2] <= '5')
		v->tab = (enum tab)(args[2] - '1');
	else
		return false;
	return true;
}

static const char *target(void *state, const struct scene *s)
{
	const struct incident_view *v = state;

	(void)s;
	return v->id;
}

static const char *doing(void *state)
{
	(void)state;
	return "viewing";
}

static bool search(void *state, const struct scene *s, const char *needle, int dir)
{
	struct incident_view *v = state;
	const struct snapshot *snap = s->snap;
	int n = (int)snap->timeline_count;

	if (!snap->timeline_of || strcmp(snap->timeline_of, v->id) != 0)
		return false;
	for (int i = 0; i < n; i++) {
		int from = v->tab == TAB_TIMELINE ? v->at[TAB_TIMELINE] : 0;
		int at = ((from + (dir < 0 ? -1 - i : i + (dir > 0))) % n + n) % n;
		const struct snap_line *l = &snap->timeline[at];

		if ((l->text && strcasestr(l->text, needle)) ||
		    (l->actor && strcasestr(l->actor, needle))) {
			v->tab = TAB_TIMELINE;
			v->at[TAB_TIMELINE] = at;
			return true;
		}
	}
	return false;
}

const struct view_ops view_incident = {
	.name = "Incident",
	.context = "incident",
	.draw = draw,
	.act = act,
	.target = target,
	.search = search,
	.doing = doing,
	.close = shut,
};

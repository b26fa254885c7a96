/* Head and foot of every screen: can I trust this, how bad is it, what can I press. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/composer.h"
#include "ui/draw.h"

bool incident_live(const struct snap_incident *inc)
{
	return inc->phase == PHASE_DETECTED || inc->phase == PHASE_OPEN ||
	       inc->phase == PHASE_RESTORED;
}

static bool touches(char *const *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], id) == 0)
			return true;
	return false;
}

bool scene_shows(const struct scene *s, const struct snap_incident *inc)
{
	return !s->region || touches(inc->regions, inc->region_count, s->region);
}

const char *person_name(const struct scene *s, const char *id)
{
	const struct snap_person *p = id ? snap_person(s->snap, id) : NULL;

	return p && p->id ? p->id : id ? id : "";
}

#define ENGINE_W 13 /* "engine ok 59s" */

/* What the head counts. */
struct tally {
	int worst, worst_count, open, candidates, aside;
	const struct snap_incident *next; /* whose clock is due first */
	const struct clock *clock;
	struct utc oldest; /* of the data behind the cells */
	bool data;
	enum status cell; /* the worst of the cells that we know of, and how many have it */
	int cells;
};

static void tally_incidents(const struct scene *s, struct tally *t)
{
	const char *key;
	size_t it = 0;
	const struct snap_incident *inc;

	while ((inc = map_next(s->snap->incidents, &it, &key))) {
		const struct clock *c = snap_next_clock(inc);

		if (!scene_shows(s, inc) || inc->phase == PHASE_CLOSED ||
		    inc->phase == PHASE_MERGED || inc->phase == PHASE_DISMISSED)
			continue;
		t->candidates += inc->phase == PHASE_DETECTED && !snap_snoozed(inc, s->now);
		t->aside += snap_snoozed(inc, s->now);
		t->open += inc->phase == PHASE_OPEN || inc->phase == PHASE_RESTORED;
		if (incident_live(inc) && inc->severity >= 1) {
			if (!t->worst || inc->severity < t->worst) {
				t->worst = inc->severity;
				t->worst_count = 0;
			}
			t->worst_count += inc->severity == t->worst;
		}
		if (c && (!t->clock || utc_before(c->due, t->clock->due))) {
			t->clock = c;
			t->next = inc;
		}
	}
}

/* The age of what is shown is that of the oldest cell that still counts as fresh. */
static void tally_data(const struct scene *s, struct tally *t)
{
	const char *key;
	size_t it = 0;
	const struct snap_cell *cell;

	while ((cell = map_next(s->snap->cells, &it, &key))) {
		enum status status = snap_cell_status(cell, s->now);

		if (s->region && strcmp(cell->region, s->region) != 0)
			continue;
		if (!utc_is_set(cell->data_at) || status == STATUS_UNKNOWN)
			continue;
		if (status > t->cell) {
			t->cell = status;
			t->cells = 0;
		}
		t->cells += status == t->cell;
		if (!t->data || utc_before(cell->data_at, t->oldest))
			t->oldest = cell->data_at;
		t->data = true;
	}
}

int scene_worst(const struct scene *s, int *how_many)
{
	struct tally t = { 0 };

	tally_incidents(s, &t);
	*how_many = t.worst_count;
	return t.worst;
}

/* The local one where all of it fits before `end`. */
static void draw_clocks_line(const struct scene *s, struct canvas *c, int x, int end)
{
	char utc[16], local[16];

	/* Plain: what changes each second is told without changing colours each second. */
	x = canvas_put(c, x, 0, STYLE_TEXT, time_hms(utc, s->now));
	x = canvas_put(c, x, 0, STYLE_DIM, " UTC");
	if (s->local && s->local_name && x + 9 + utf8_width(s->local_name) < end)
		canvas_putf(
		    c, x, 0, STYLE_DIM, " · %s %s", time_local(local, s, s->now), s->local_name);
}

static void engine_word(const struct scene *s, char out[32], enum style *style)
{
	char age[16];

	*style = STYLE_DIM;
	if (s->link == LINK_UP) {
		int64_t since =
		    utc_is_set(s->snap->mark_at) ? utc_diff(s->now, s->snap->mark_at) : 0;

		/* A mark comes each second: less than that is no age. */
		snprintf(out, 32, "engine ok %s", span_text(age, since < 1000 ? 1000 : since));
		return;
	}
	*style = STYLE_BANNER;
	if (s->link == LINK_CONNECTING)
		snprintf(out, 32, "connecting");
	else
		snprintf(out, 32, "engine away %s", span_text(age, s->away_ms));
}

static void draw_next(const struct scene *s, struct canvas *c, const struct tally *t)
{
	int x = canvas_put(c, 1, 1, STYLE_DIM, "next: ");
	char text[COUNTDOWN_TEXT];

	if (t->clock) {
		enum clock_state state = clock_state_at(t->clock, s->now);

		clock_text(text, t->clock, s->now);
		x = canvas_put(c, x, 1, STYLE_STRONG, t->next->id);
		x = canvas_putf(c, x, 1, STYLE_TEXT, " %s%s", clock_name(t->clock, s->snap),
		    state == CLOCK_BREACHED ? " late by " : " in ");
		x = canvas_put(c, x, 1, clock_style(state), text);
	} else {
		x = canvas_put(c, x, 1, STYLE_DIM, "nothing is due");
	}
	x = canvas_putf(c, x, 1, STYLE_DIM, " · %d open", t->open);
	if (t->candidates)
		x = canvas_putf(c, x, 1, STYLE_DIM, " · %d candidate%s", t->candidates,
		    t->candidates == 1 ? "" : "s");
	if (t->aside)
		canvas_putf(c, x, 1, STYLE_DIM, " · %d aside", t->aside);
}

/* How bad it is, in words: the worst incident, else the worst cell. Calm is what is known to be
 * so: not an old picture, and not the absence of data. */
static enum style worst_badge(const struct scene *s, const struct tally *t, char out[32])
{
	if (t->worst) {
		if (t->worst_count > 1)
			snprintf(out, 32, " SEV %d ×%d ", t->worst, t->worst_count);
		else
			snprintf(out, 32, " SEV %d ", t->worst);
		return severity_style(t->worst);
	}
	if (t->cell > STATUS_MAINTENANCE) {
		snprintf(out, 32, " %d× %s ", t->cells, status_word(t->cell));
		return status_style(t->cell);
	}
	if (s->link != LINK_UP || (!t->data && map_count(s->snap->cells) > 0)) {
		snprintf(out, 32, " not known ");
		return STYLE_UNKNOWN;
	}
	snprintf(out, 32, " all calm ");
	return STYLE_OK;
}

int draw_head(const struct scene *s, struct canvas *c)
{
	struct tally t = { 0 };
	struct rect old;
	char engine[32], age[16], badge[32];
	enum style style;
	const char *name = s->snap->noc && s->snap->noc->name ? s->snap->noc->name : "";
	int wide = c->w >= 100 ? 31 : 27, x;

	tally_incidents(s, &t);
	tally_data(s, &t);
	x = canvas_put(c, 1, 0, STYLE_STRONG, "nocboard");
	if (c->w >= 80)
		canvas_field(c, x + 2, 0, wide - x - 4, STYLE_TEXT, name);
	engine_word(s, engine, &style);
	x = canvas_right(c, c->w - 1, 0, style, engine);
	if (x > c->w - 1 - ENGINE_W)
		x = c->w - 1 - ENGINE_W; /* the badge stands still while the age grows a digit */
	style = worst_badge(s, &t, badge);
	x = canvas_right(c, x - 2, 0, style, badge);
	draw_clocks_line(s, c, c->w >= 80 ? wide : 11, x);
	x = c->w;
	if (t.data) {
		snprintf(
		    badge, sizeof badge, "data %s old", span_text(age, utc_diff(s->now, t.oldest)));
		x = canvas_right(c, c->w - 1, 1, STYLE_TEXT, badge);
	} else if (map_count(s->snap->cells) > 0) {
		x = canvas_right(c, c->w - 1, 1, STYLE_BANNER, " no fresh data ");
	}
	old = canvas_clip(c, (struct rect){ 0, 1, x - 1, 1 });
	draw_next(s, c, &t);
	canvas_unclip(c, old);
	return 2;
}

static bool banner_text(const struct scene *s, char *out, size_t size)
{
	const struct snap_engine *engine = s->snap->engine;
	char age[16], at[16], wait[40] = "";

	if (s->pending)
		snprintf(wait, sizeof wait, ", %d of yours wait%s", s->pending,
		    s->pending == 1 ? "s" : "");
	if (s->link == LINK_AWAY)
		snprintf(out, size, "ENGINE AWAY for %s%s: this is of %s UTC%s%s",
		    span_text(age, s->away_ms), wait, time_hms(at, s->snap->mark_at),
		    s->link_why ? " — " : "", s->link_why ? s->link_why : "");
	else if (s->link == LINK_CONNECTING && s->link_why)
		snprintf(out, size, "NO ENGINE YET — %s", s->link_why);
	else if (engine && !engine->journal_ok)
		snprintf(out, size, "JOURNAL NOT WRITABLE: nothing can be recorded — %s",
		    engine->journal_why ? engine->journal_why : "");
	else if (engine && engine->impaired)
		snprintf(out, size, "OWN CONNECTIVITY IN DOUBT: cells read unknown — %s",
		    engine->impaired_why ? engine->impaired_why : "");
	else if (engine && engine->config_error && engine->config_error[0])
		snprintf(out, size, "not taken, what was good holds (nocboard check): %s",
		    engine->config_error);
	else if (engine && engine->alarm_count == 1)
		snprintf(out, size, "NOT TOLD: %s", engine->alarms[0]);
	else if (engine && engine->alarm_count)
		snprintf(out, size, "NOT TOLD (%zu): %s", engine->alarm_count, engine->alarms[0]);
	else
		return false;
	return true;
}

void draw_trouble(const struct scene *s, struct canvas *c, int x, int y)
{
	char text[400];

	if (!banner_text(s, text, sizeof text))
		return;
	text[utf8_fit(text, CANVAS_SIDE)] = '\0';
	canvas_put(c, x, y, STYLE_BANNER, " ");
	canvas_field(c, x + 1, y, c->w - x - 1, STYLE_BANNER, text);
}

void draw_banner(const struct scene *s, struct canvas *c, int y, const char *title)
{
	int x = 0;

	canvas_hline(c, 0, y, c->w, STYLE_RULE);
	if (title)
		x = canvas_putf(c, 2, y, STYLE_HEAD, " %s ", title);
	draw_trouble(s, c, x, y);
}

/* ---- foot ---- */

/* The newest thing that a person did and everybody should know: the last update and where it is. */
static bool news_text(const struct scene *s, char *out, size_t size)
{
	const struct posted_update *newest = NULL;
	const struct snap_incident *of = NULL, *inc;
	const char *key;
	size_t it = 0, n;
	char ago[16];

	while ((inc = map_next(s->snap->incidents, &it, &key)))
		if (inc->update_count > 0 && scene_shows(s, inc)) {
			const struct posted_update *u = &inc->updates[inc->update_count - 1];

			if (!newest || utc_before(newest->at, u->at)) {
				newest = u;
				of = inc;
			}
		}
	if (!newest)
		return false;
	snprintf(out, size, "%s  %s posted %s on %s", ago_text(ago, newest->at, s->now),
	    person_name(s, newest->by), newest->stage ? newest->stage : "an update", of->id);
	for (size_t i = 0; i < newest->delivery_count; i++) {
		const struct delivery_state *d = &newest->deliveries[i];
		bool sent = d->state && strcmp(d->state, "accepted") == 0;
		bool bad = d->state &&
			   (strcmp(d->state, "failed") == 0 || strcmp(d->state, "given_up") == 0);

		n = strlen(out);
		snprintf(out + n, size - n, "%s %s %s", i ? "" : " →", d->destination,
		    sent  ? "✓"
		    : bad ? "failed"
			  : "…");
	}
	return true;
}

#define FRESH_MS 60000

/* "Jon is writing an update on INC-42", while that is news; the incident itself goes on saying so.
 */
static bool writing_text(const struct scene *s, char *out, size_t size)
{
	const struct snap_presence *p;
	const struct snap_incident *inc;
	size_t it = 0;

	while ((p = map_next(s->snap->presence, &it, NULL))) {
		inc = p->incident ? snap_incident(s->snap, p->incident) : NULL;
		if (!inc || !scene_shows(s, inc) || !p->person || !p->doing ||
		    strcmp(p->doing, COMPOSER_DOING) != 0 ||
		    (s->me && strcmp(p->person, s->me) == 0) ||
		    utc_diff(s->now, p->since) > FRESH_MS)
			continue;
		snprintf(out, size, "%s is %s on %s", person_name(s, p->person), p->doing, inc->id);
		return true;
	}
	return false;
}

static const struct snap_held *first_held(const struct scene *s)
{
	const struct snap_held *h, *first = NULL;
	const char *key;
	size_t it = 0;

	while ((h = map_next(s->snap->held, &it, &key)))
		if (utc_is_set(h->release_at) &&
		    (!first || utc_before(h->release_at, first->release_at)))
			first = h;
	return first;
}

/* What did not go out, before what waits for approval; NULL: neither. */
static const struct snap_held *held_up(const struct snapshot *s)
{
	const struct snap_held *h, *found = NULL;
	size_t it = 0;

	while ((h = map_next(s->held, &it, NULL)))
		if (h->stuck || (h->waiting && !found))
			found = found && found->stuck ? found : h;
	return found;
}

/* "INC-1: initial update by Ana waits for approval — A reads it",
 * "INC-1: initial update by Ana did not go out — o shows it" */
static bool waiting_text(const struct scene *s, char *out, size_t size)
{
	const struct snap_held *h = held_up(s->snap);
	const struct binding *b;
	struct buf key;

	if (!h)
		return false;
	b = keymap_for(s->keys, "board", h->stuck ? "outbox.open" : "update.approve", NULL);
	if (b && !h->stuck && s->read_only)
		b = NULL;
	buf_init(&key, 40);
	if (b)
		keys_label(b->keys, b->count, &key);
	snprintf(out, size, "%s: %s by %s %s%s%s%s", h->incident ? h->incident : "",
	    h->what ? h->what : "update", person_name(s, h->by),
	    h->stuck ? "did not go out" : "waits for approval", b ? " — " : "", buf_str(&key),
	    !b	       ? ""
	    : h->stuck ? " shows why"
		       : " reads it");
	buf_fini(&key);
	return true;
}

static void held_text(const struct scene *s, const struct snap_held *h, char *out, size_t size)
{
	const struct binding *b = keymap_for(s->keys, "board", "app.undo", NULL);
	int64_t left = (utc_diff(h->release_at, s->now) + 999) / 1000;
	struct buf key;

	buf_init(&key, 40);
	if (b)
		keys_label(b->keys, b->count, &key);
	snprintf(out, size, "%s: %s by %s — sending in %d s%s%s%s", h->incident ? h->incident : "",
	    h->what ? h->what : "update", person_name(s, h->by), left > 0 ? (int)left : 0,
	    b && !s->read_only ? " — " : "", b && !s->read_only ? buf_str(&key) : "",
	    b && !s->read_only ? " stops it" : "");
	buf_fini(&key);
}

void draw_message(const struct scene *s, struct canvas *c, int y)
{
	const struct snap_held *held = first_held(s);
	char text[512];
	enum style style = STYLE_DIM;

	if (held) {
		held_text(s, held, text, sizeof text);
		style = STYLE_WARN;
	} else if (!(s->message && s->message[0]) && waiting_text(s, text, sizeof text)) {
		style = STYLE_WARN;
	} else if (s->message && s->message[0]) {
		snprintf(text, sizeof text, "%s", s->message);
		style = s->message_style;
	} else if (s->snap->noc && s->snap->noc->hint && s->snap->noc->hint[0]) {
		snprintf(text, sizeof text, "▸ %s", s->snap->noc->hint);
		style = STYLE_NOTICE;
	} else if (!writing_text(s, text, sizeof text) && !news_text(s, text, sizeof text)) {
		return;
	}
	if (!utf8_valid(text, strlen(text)))
		text[utf8_fit(text, CANVAS_SIDE)] = '\0';
	canvas_field(c, 1, y, c->w - 2, style, text);
}

/* "a ack", or nothing when it has no key here or cannot be done now. */
static bool hint_text(const struct scene *s, const char *context, const char *id,
    const struct snap_incident *target, struct buf *key, const char **label)
{
	const struct action *a = action_find(id);
	const struct binding *b = a ? keymap_for(s->keys, context, id, NULL) : NULL;

	buf_clear(key);
	if (!target && strcmp(id, "list.open") == 0 && strcmp(context, "board") == 0)
		return false; /* no incident is there to be opened */
	if (!b || (b->text && strcmp(b->text, "-") == 0) || scene_refuses(s, a, target))
		return false;
	keys_label(b->keys, b->count, key);
	*label = b->text ? b->text : a->label;
	return true;
}

void draw_foot(const struct scene *s, struct canvas *c, const char *context,
    const struct snap_incident *target, const char *const *hints, size_t count)
{
	int y = c->h - 1, x = 1, end = c->w;
	struct buf key;
	const char *label;

	draw_message(s, c, y - 1);
	buf_init(&key, 80);
	/* Help is the last one and never pushed out. */
	if (hint_text(s, context, "help.open", target, &key, &label))
		end -= utf8_width(buf_str(&key)) + 1 + utf8_width(label) + 1;
	for (size_t i = 0; i < count; i++) {
		int w;

		if (!hint_text(s, context, hints[i], target, &key, &label))
			continue;
		w = utf8_width(buf_str(&key)) + 1 + utf8_width(label);
		if (x + w + 1 > end)
			continue;
		x = canvas_put(c, x, y, STYLE_KEY, buf_str(&key));
		x = canvas_put(c, x + 1, y, STYLE_TEXT, label) + 2;
	}
	if (hint_text(s, context, "help.open", target, &key, &label)) {
		x = end;
		x = canvas_put(c, x, y, STYLE_KEY, buf_str(&key));
		canvas_put(c, x + 1, y, STYLE_TEXT, label);
	}
	if (s->read_only)
		canvas_right(c, c->w - 1, y - 1, STYLE_WARN, " READ-ONLY");
	buf_fini(&key);
}

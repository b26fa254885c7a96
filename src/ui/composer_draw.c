#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "composer_priv.h"
#include "ui/draw.h"
#include "ui/facts.h"

#define LABEL_W 15
#define SIDE_BY_SIDE_W 160 /* of the screen: from here on readers stand side by side */
#define READER_W 44

struct row {
	const char *label, *help;
	bool required, missing, lines;
};

static struct row row_of(const struct composer *c, size_t i)
{
	const struct compose_field *f;

	if (i == composer_to(c))
		return (struct row){ "To",
			"Audiences, with commas between; one at least outside the house", true,
			c->edit[i].len == 0, false };
	if (i == composer_next(c))
		return (struct row){ "Next in", "When customers hear from us again: 30m, 1h", false,
			false, false };
	if (i == composer_state(c))
		return (struct row){ "State",
			"What the page shows: investigating, identified, monitoring", true, false,
			false };
	f = &c->compose->fields[i];
	return (struct row){ f->about->label, f->about->help, f->about->required,
		compose_missing(f), f->about->lines };
}

/* How many rows a field gets: what its text needs while it is written in, one otherwise. */
static int rows_of(const struct composer *c, size_t i, int w, int most)
{
	struct canvas probe;
	int n;

	if (i != c->focus || !row_of(c, i).lines)
		return 1;
	canvas_init(&probe, 0, 0);
	n = lineedit_draw_lines(
	    &c->edit[i], &probe, (struct rect){ 0, 0, w, 1 }, STYLE_TEXT, false);
	canvas_fini(&probe);
	n = n < 3 ? 3 : n;
	return n > most ? most : n;
}

static int draw_field(struct composer *c, struct canvas *cv, struct rect r, size_t i, int most)
{
	struct row row = row_of(c, i);
	const struct lint_finding *about = composer_finding(c, i);
	char doubt[COMPOSER_DOUBT];
	bool doubted = about || (i == composer_state(c) && composer_doubts_state(c, doubt));
	bool focus = i == c->focus && !c->sent[0];
	int x = r.x + LABEL_W, w = r.w - LABEL_W, h = rows_of(c, i, w, most);

	canvas_put(cv, r.x, r.y, STYLE_ACCENT, focus ? "▸" : " ");
	canvas_field(cv, r.x + 1, r.y, LABEL_W - 2,
	    row.missing ? STYLE_WARN
	    : focus	? STYLE_STRONG
			: STYLE_TEXT,
	    row.label);
	canvas_put(cv, r.x + LABEL_W - 1, r.y, STYLE_WARN, row.missing ? "!" : doubted ? "?" : " ");
	if (h > 1)
		lineedit_draw_lines(
		    &c->edit[i], cv, (struct rect){ x, r.y, w, h }, STYLE_FIELD_FOCUS, focus);
	else
		lineedit_draw(
		    &c->edit[i], cv, x, r.y, w, focus ? STYLE_FIELD_FOCUS : STYLE_FIELD, focus);
	if (i == composer_state(c) && !c->edit[i].len)
		canvas_put(cv, x + 1, r.y, STYLE_DIM, c->proposed);
	return h;
}

static void draw_fields(struct composer *c, const struct scene *s, struct canvas *cv, struct rect r)
{
	struct rect old = canvas_clip(cv, r);
	int y = r.y, most = r.h - (int)c->count + 1;
	char at[16];

	for (size_t i = 0; i < c->count; i++) {
		y += draw_field(c, cv, (struct rect){ r.x, y, r.w, 1 }, i, most < 3 ? 3 : most);
		if (i == composer_next(c) && utc_is_set(c->compose->next_update_at))
			canvas_right(cv, r.x + r.w, y - 1, STYLE_DIM,
			    time_hm(at, c->compose->next_update_at));
	}
	(void)s;
	canvas_unclip(cv, old);
}

/* ---- what they would read ---- */

/* How much of what its narrowest channel takes one audience's text is: "teams 812/20000". */
static void draw_room(
    struct canvas *cv, struct rect r, const struct snap_noc *noc, const char *who, size_t len)
{
	const char *channel = NULL;
	size_t least = 0;
	char text[100];

	for (size_t i = 0; noc && i < noc->audience_count; i++) {
		const struct snap_audience *a = &noc->audiences[i];

		for (size_t k = 0; strcmp(a->id, who) == 0 && k < a->channel_count; k++) {
			size_t takes = facts_channel_room(noc, a->channels[k]);

			if (takes && (!least || takes < least)) {
				least = takes;
				channel = a->channels[k];
			}
		}
	}
	if (channel)
		snprintf(text, sizeof text, " %.40s %zu/%zu ", channel, len, least);
	else
		snprintf(text, sizeof text, " %zu bytes ", len);
	canvas_right(cv, r.x + r.w, r.y,
	    least && len > least	    ? STYLE_ERROR
	    : least && len > least / 10 * 9 ? STYLE_WARN
					    : STYLE_DIM,
	    text);
}

/* Exactly what one audience would read. Its lines; `scroll` of them are above. */
static int draw_reader(struct composer *c, const struct scene *s, struct canvas *cv, struct rect r,
    struct rect room, const struct compose_facts *facts, const char *who, const char *which)
{
	struct buf text;
	int lines;

	buf_init(&text, (size_t)64 << 10);
	compose_render(c->compose, facts, who, s->now, &text);
	draw_room(cv, room, s->snap->noc, who, text.len);
	canvas_putf(cv, r.x, r.y, STYLE_HEAD, " %s would read%s ", who, which);
	lines =
	    canvas_wrap(cv, (struct rect){ r.x, r.y + 1, r.w, 0 }, STYLE_TEXT, buf_str(&text), 0);
	canvas_wrap(
	    cv, (struct rect){ r.x, r.y + 1, r.w, r.h - 1 }, STYLE_TEXT, buf_str(&text), c->scroll);
	buf_fini(&text);
	return lines;
}

/* As many as fit side by side, the others by a key. With one alone its length stands over the
 * `fields`. */
static void draw_preview(
    struct composer *c, const struct scene *s, struct canvas *cv, struct rect fields, struct rect r)
{
	char audiences[COMPOSER_AUDIENCES][65], bad[65], which[40] = "";
	int n = (int)composer_audiences(c, s, audiences, bad), longest = 0;
	const struct snap_incident *inc = snap_incident(s->snap, c->incident);
	int at_once = cv->w >= SIDE_BY_SIDE_W ? r.w / READER_W : 1, width;
	struct compose_facts facts;
	struct arena *a;

	if (n == 0 || !inc) {
		canvas_put(cv, r.x, r.y + 1, STYLE_DIM, "Nobody would read it.");
		return;
	}
	at_once = at_once < 1 ? 1 : at_once > n ? n : at_once;
	width = (r.w - (at_once - 1) * 3) / at_once;
	a = arena_new();
	facts_of(s->snap, inc, s->now, a, &facts);
	for (int i = 0; i < at_once; i++) {
		int who = (c->audience * at_once + i) % n, x = r.x + i * (width + 3), lines;
		struct rect at = { x, r.y, width, r.h };

		if (n > at_once)
			snprintf(which, sizeof which, " (%d of %d)", who + 1, n);
		if (i)
			canvas_vline(cv, x - 2, r.y + 1, r.h - 1, STYLE_RULE);
		lines = draw_reader(
		    c, s, cv, at, at_once == 1 ? fields : at, &facts, audiences[who], which);
		longest = lines > longest ? lines : longest;
	}
	if (c->scroll > longest - (r.h - 1))
		c->scroll = longest - (r.h - 1) > 0 ? longest - (r.h - 1) : 0;
	arena_free(a);
}

/* The line over the keys: what stops it, what is missing, or what this field is for. */
static void draw_advice(struct composer *c, struct canvas *cv, int y)
{
	size_t missing = compose_missing_count(c->compose);
	struct row row = row_of(c, c->focus);
	const struct lint_finding *about = composer_finding(c, c->focus);
	char text[400], doubt[COMPOSER_DOUBT];
	int x = 1;

	if (c->sent[0]) {
		canvas_put(cv, 1, y, STYLE_NOTICE, "sent, waiting for the engine …");
		return;
	}
	if (c->error[0] || c->notice[0]) {
		canvas_field(cv, 1, y, cv->w - 2, c->error[0] ? STYLE_ERROR : STYLE_WARN,
		    c->error[0] ? c->error : c->notice);
		return;
	}
	if (missing)
		x = canvas_putf(cv, x, y, STYLE_WARN, "! %d missing  ", (int)missing);
	/* What is being written is judged only once there is something of it. */
	if (about && !row.missing) {
		snprintf(text, sizeof text, "%s — %s", about->message, about->help);
		text[utf8_fit(text, CANVAS_SIDE)] = '\0';
		canvas_field(cv, x, y, cv->w - x - 1,
		    about->severity == LINT_ERROR ? STYLE_ERROR : STYLE_WARN, text);
		return;
	}
	if (c->focus == composer_state(c) && composer_doubts_state(c, doubt)) {
		snprintf(text, sizeof text, "%s — empty, it says %s", doubt, c->proposed);
		canvas_field(cv, x, y, cv->w - x - 1, STYLE_WARN, text);
		return;
	}
	canvas_field(cv, x, y, cv->w - x - 1, STYLE_DIM, row.help);
}

/* Who else writes on it, or where the draft stands. */
static void draw_company(struct composer *c, const struct scene *s, struct canvas *cv)
{
	const struct snap_presence *p;
	size_t it = 0;
	char text[100];

	while ((p = map_next(s->snap->presence, &it, NULL))) {
		if (!p->incident || strcmp(p->incident, c->incident) != 0 || !p->person ||
		    (s->me && strcmp(p->person, s->me) == 0) || !p->doing ||
		    strcmp(p->doing, COMPOSER_DOING) != 0)
			continue;
		snprintf(text, sizeof text, "%.60s is writing too", person_name(s, p->person));
		canvas_right(cv, cv->w - 1, 0, STYLE_WARN, text);
		return;
	}
	if (c->draft)
		canvas_right(
		    cv, cv->w - 1, 0, STYLE_DIM, c->dirty ? "draft not saved yet" : "draft saved");
}

void composer_draw(struct composer *c, const struct scene *s, struct canvas *cv)
{
	static const char *const hints[] = { "form.submit", "form.next", "composer.editor",
		"composer.preview", "composer.close" };
	int left = cv->w >= 120 ? cv->w * 2 / 5 : cv->w / 2 - 1, x = 1;
	struct buf key;

	composer_follow(c, s);
	composer_lint(c, s);
	x = canvas_put(cv, x, 0, STYLE_STRONG, "Update ");
	x = draw_severity(cv, x, 0, c->severity) + 1;
	x = canvas_put(cv, x, 0, STYLE_STRONG, c->incident);
	canvas_putf(
	    cv, x, 0, STYLE_TEXT, " · %s · %s", c->compose->stage, template_name(c->template));
	draw_company(c, s, cv);
	canvas_hline(cv, 0, 1, cv->w, STYLE_RULE);
	canvas_put(cv, 1, 1, STYLE_HEAD, " fields ");
	canvas_vline(cv, left, 2, cv->h - 4, STYLE_RULE);
	draw_fields(c, s, cv, (struct rect){ 0, 2, left - 1, cv->h - 4 });
	draw_preview(c, s, cv, (struct rect){ 0, 1, left - 1, 1 },
	    (struct rect){ left + 2, 1, cv->w - left - 3, cv->h - 3 });
	draw_trouble(s, cv, 0, cv->h - 3);
	draw_advice(c, cv, cv->h - 2);
	buf_init(&key, 60);
	x = 1;
	for (size_t i = 0; i < countof(hints); i++) {
		const struct action *a = action_find(hints[i]);
		const struct binding *b =
		    a ? keymap_for(s->keys, "composer", hints[i], NULL) : NULL;

		if (!b)
			continue;
		buf_clear(&key);
		keys_label(b->keys, b->count, &key);
		x = canvas_put(cv, x, cv->h - 1, STYLE_KEY, buf_str(&key)) + 1;
		x = canvas_put(cv, x, cv->h - 1, STYLE_TEXT,
			strcmp(hints[i], "form.submit") == 0 ? "send…" : a->label) +
		    2;
	}
	buf_fini(&key);
}

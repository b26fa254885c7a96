/* All views into one canvas, from the lowest that is seen to the top; and what rings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "os/clock.h"
#include "ui/draw.h"

#define BELL_EVERY_MS 5000
#define POPUP_W 44

/* The keys that could come next, for somebody who paused in the middle of a sequence. */
static void draw_continuations(struct app *app, const struct scene *s)
{
	struct canvas *c = &app->canvas;
	const char *context = app_top(app)->ops->context;
	size_t count, shown = 0;
	const struct binding **list = keymap_list(app->keys, context, &count);
	const struct binding *match[16];
	struct buf title, key;
	struct rect r;

	for (size_t i = 0; i < count && shown < countof(match); i++)
		if (list[i]->count > app->pending_count &&
		    memcmp(list[i]->keys, app->pending,
			app->pending_count * sizeof *app->pending) == 0)
			match[shown++] = list[i];
	buf_init(&title, 80);
	keys_label(app->pending, app->pending_count, &title);
	buf_adds(&title, " …");
	r = (struct rect){ c->w - POPUP_W - 1, c->h - 4 - (int)shown, POPUP_W, (int)shown + 2 };
	canvas_box(c, r, STYLE_ACCENT, buf_str(&title));
	for (size_t i = 0; i < shown; i++) {
		const struct action *a = action_find(match[i]->action);

		buf_init(&key, 80);
		keys_label(match[i]->keys, match[i]->count, &key);
		canvas_field(c, r.x + 2, r.y + 1 + (int)i, 8, STYLE_KEY, buf_str(&key));
		canvas_field(c, r.x + 11, r.y + 1 + (int)i, r.w - 13,
		    a && scene_refuses(s, a, a->needs_incident ? app_target(app) : NULL)
			? STYLE_DIM
			: STYLE_TEXT,
		    match[i]->text ? match[i]->text
		    : a		   ? a->help
				   : match[i]->action);
		buf_fini(&key);
	}
	buf_fini(&title);
	free(list);
}

void app_draw(struct app *app)
{
	const struct scene *s = app_scene(app);
	struct canvas *c = &app->canvas;
	size_t from = app->count - 1;

	while (from > 0 && app->views[from].ops->overlay)
		from--;
	for (size_t i = from; i < app->count; i++) {
		struct view *v = &app->views[i];

		/* In a window too small for it an overlay is not shown: its keys are off as well.
		 */
		if (v->ops->overlay && (c->w < VIEW_MIN_W || c->h < VIEW_MIN_H))
			break;
		if (v->ops->overlay)
			c->cursor_x = c->cursor_y = -1;
		v->ops->draw(v->state, s, c);
		if (i == from && s->link == LINK_AWAY)
			for (int y = 0; y < c->h; y++)
				if (canvas_cell(c, 1, y) &&
				    canvas_cell(c, 1, y)->style != STYLE_BANNER && y != 0)
					canvas_restyle(
					    c, (struct rect){ 0, y, c->w, 1 }, STYLE_AWAY);
	}
	if (app->popup && c->w >= VIEW_MIN_W && c->h >= VIEW_MIN_H)
		draw_continuations(app, s);
}

/* ---- bell and title ---- */

struct news {
	struct map *told; /* "INC-1", "INC-1/update/<due>": each rings once */
	struct mono rung;
	bool started;
	char title[200];
};

struct news *news_new(void)
{
	struct news *n = xcalloc(1, sizeof *n);

	n->told = map_new(NULL);
	n->rung = (struct mono){ INT64_MIN / 2 };
	return n;
}

void news_free(struct news *n)
{
	if (!n)
		return;
	map_free(n->told);
	free(n);
}

static bool tell_once(struct news *n, const char *key)
{
	if (map_get(n->told, key))
		return false;
	map_set(n->told, key, n);
	return true;
}

/* New Sev 1 and 2, one that was put aside and is back, the last quarter before a breach, and the
 * breach. */
static bool anything_new(struct news *n, const struct scene *s)
{
	const struct snap_incident *inc;
	const char *id;
	size_t it = 0;
	bool new = false;
	char key[160], label[80];

	while ((inc = map_next(s->snap->incidents, &it, &id))) {
		if (!scene_shows(s, inc) || !incident_live(inc))
			continue;
		snprintf(key, sizeof key, "%s/%d", inc->id, inc->severity);
		if (inc->severity <= 2 && tell_once(n, key))
			new = true;
		snprintf(
		    key, sizeof key, "%s/back/%lld", inc->id, (long long)inc->snoozed_until.ms);
		if (inc->phase == PHASE_DETECTED && utc_is_set(inc->snoozed_until) &&
		    !snap_snoozed(inc, s->now) && tell_once(n, key))
			new = true;
		for (size_t i = 0; i < inc->clocks.count; i++) {
			const struct clock *k = &inc->clocks.items[i];
			enum clock_state st = clock_state_at(k, s->now);

			if (st != CLOCK_WARNING && st != CLOCK_BREACHED)
				continue;
			snprintf(key, sizeof key, "%s/%s/%lld/%d", inc->id, clock_label(k, label),
			    (long long)k->due.ms, (int)st);
			if (tell_once(n, key) && inc->severity <= 2)
				new = true;
		}
	}
	return new;
}

static void tell_title(struct app *app, const struct scene *s)
{
	const struct snap_incident *inc;
	const char *id;
	size_t it = 0, at = 0;
	int n[5] = { 0 };
	char title[200] = "";

	while ((inc = map_next(s->snap->incidents, &it, &id)))
		if (incident_live(inc) && inc->severity >= 1 && inc->severity <= 4 &&
		    scene_shows(s, inc))
			n[inc->severity]++;
	for (int sev = 1; sev <= 4 && at < sizeof title; sev++)
		if (n[sev])
			at += (size_t)snprintf(title + at, sizeof title - at, "%s%d Sev %d",
			    at ? " · " : "", n[sev], sev);
	if (at < sizeof title)
		snprintf(title + at, sizeof title - at, "%snocboard%s", at ? " — " : "",
		    s->link == LINK_AWAY ? " (engine away)" : "");
	if (term_ascii(app->term))
		snprintf(title, sizeof title, "%d Sev 1, %d Sev 2 - nocboard", n[1], n[2]);
	term_title(app->term, title);
}

void app_tell(struct app *app)
{
	const struct scene *s = app_scene(app);
	struct news *n = app->news;
	bool new;

	tell_title(app, s);
	if (!s->snap->complete)
		return;
	new = anything_new(n, s);
	/* What was there when the board was opened is no news. */
	if (!n->started) {
		n->started = true;
		return;
	}
	if (new && !app->muted && clock_mono().ms - n->rung.ms >= BELL_EVERY_MS) {
		n->rung = clock_mono();
		term_bell(app->term);
	}
	/* The set forgets when it is large: at worst one bell rings twice in months. */
	if (map_count(n->told) > 20000) {
		map_free(n->told);
		n->told = map_new(NULL);
		n->started = false;
	}
}

/* The outbox: what is held with its countdown, what is on its way, what came of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "ui/draw.h"
#include "ui/step.h"
#include "ui/views.h"

struct outbox {
	int at, page;
};

void *view_outbox_new(void)
{
	return xcalloc(1, sizeof(struct outbox));
}

static void shut(void *state)
{
	free(state);
}

/* The marked row; false: there is none. */
static bool marked(struct outbox *o, const struct scene *s, struct outbox_row *out)
{
	struct outbox_row *rows;
	int count = (int)outbox_rows(s->snap, &rows);

	if (o->at >= count)
		o->at = count > 0 ? count - 1 : 0;
	if (count)
		*out = rows[o->at];
	free(rows);
	return count > 0;
}

/* Why or for whom the marked one waits, and its exact texts as they would go out. */
static void draw_texts(struct canvas *c, struct rect r, const struct snap_held *h)
{
	const cJSON *text;
	int lines;

	if (h->stuck || h->waiting) {
		lines = canvas_wrap(c, r, h->stuck ? STYLE_ERROR : STYLE_WARN,
			    h->stuck ? h->stuck : h->waiting, 0) +
			1;
		r.y += lines;
		r.h -= lines;
	}
	cJSON_ArrayForEach(text, h->text)
	{

		if (!cJSON_IsString(text) || r.h < 2)
			continue;
		canvas_putf(c, r.x, r.y, STYLE_HEAD, "%s read:", text->string ? text->string : "");
		lines = canvas_wrap(c, (struct rect){ r.x + 2, r.y + 1, r.w - 2, r.h - 1 },
		    STYLE_TEXT, text->valuestring, 0);
		r.y += lines + 2;
		r.h -= lines + 2;
	}
}

/* All that is known of a delivery. */
static void draw_delivery(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_delivery *d)
{
	char at[16];

	canvas_putf(c, r.x, r.y, STYLE_HEAD, "%s, update %d to %s", d->incident ? d->incident : "",
	    d->update, d->destination ? d->destination : "");
	canvas_putf(c, r.x + 2, r.y + 1, STYLE_TEXT, "%d %s%s%s", d->attempts,
	    d->attempts == 1 ? "try" : "tries",
	    utc_is_set(d->next_at) && utc_before(s->now, d->next_at) ? ", the next one at " : "",
	    utc_is_set(d->next_at) && utc_before(s->now, d->next_at) ? time_hms(at, d->next_at)
								     : "");
	if (d->detail)
		canvas_wrap(c, (struct rect){ r.x + 2, r.y + 2, r.w - 2, r.h - 2 }, STYLE_TEXT,
		    d->detail, 0);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	static const char *const held_hints[] = { "held.stop", "held.send", "update.approve",
		"app.back", "board.open", "palette.open" };
	static const char *const hints[] = { "incident.retry", "incident.give-up", "app.back",
		"board.open", "palette.open" };
	struct outbox *o = state;
	struct outbox_row row;
	bool any = marked(o, s, &row);
	int h = c->h - 6;

	draw_head(s, c);
	draw_banner(s, c, 2, "Outbox");
	if (any && h > 12)
		h = h / 2;
	o->page = h;
	draw_outbox(s, c, (struct rect){ 0, 3, c->w, h }, any ? o->at : -1);
	if (any && 3 + h < c->h - 4) {
		struct rect below = { 2, 4 + h, c->w - 4, c->h - 7 - h };

		canvas_hline(c, 0, 3 + h, c->w, STYLE_RULE);
		if (row.held)
			draw_texts(c, below, row.held);
		else
			draw_delivery(s, c, below, &row.delivery);
	}
	canvas_hline(c, 0, c->h - 3, c->w, STYLE_RULE);
	draw_foot(s, c, "outbox", NULL, any && row.held ? held_hints : hints,
	    any && row.held ? countof(held_hints) : countof(hints));
}

/* The form of a command on the marked delivery, filled in. */
static bool on_delivery(struct app *app, const struct action *a, const struct outbox_row *row)
{
	char args[160];

	if (strcmp(a->id, "incident.retry") != 0 && strcmp(a->id, "incident.give-up") != 0)
		return false;
	if (row->held || !row->delivery.incident ||
	    !snap_incident(app_scene(app)->snap, row->delivery.incident)) {
		app_say(app, STYLE_NOTICE, "Mark a delivery first");
		return true;
	}
	snprintf(args, sizeof args, "destination=%s update=%d", row->delivery.destination,
	    row->delivery.update);
	a->run(app, a, args);
	return true;
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct outbox *o = state;
	struct outbox_row row = { 0 };
	bool any = marked(o, app_scene(app), &row);
	const struct snap_held *h = any ? row.held : NULL;
	int by;

	(void)args;
	if (list_step(a->id, o->page, &by))
		o->at = o->at + by > 0 ? o->at + by : 0;
	else if ((strcmp(a->id, "held.stop") == 0 || strcmp(a->id, "held.send") == 0) && !h)
		app_say(app, STYLE_NOTICE, "Mark what is held: this is on its way");
	else if (strcmp(a->id, "held.stop") == 0)
		app_stop_held(app, h);
	else if (strcmp(a->id, "held.send") == 0)
		app_send_held(app, h->id);
	else if (strcmp(a->id, "update.approve") == 0 && h && h->waiting)
		app_approve_held(app, h);
	else
		return any && on_delivery(app, a, &row);
	return true;
}

static const char *target(void *state, const struct scene *s)
{
	struct outbox_row row;

	if (!marked(state, s, &row))
		return NULL;
	return row.held ? row.held->incident : row.delivery.incident;
}

const struct view_ops view_outbox = {
	.name = "Outbox",
	.context = "outbox",
	.draw = draw,
	.act = act,
	.target = target,
	.close = shut,
};

/* The outbox: what is held with its countdown, what is on its way, what came of it. */
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/map.h"
#include "base/mem.h"
#include "ui/draw.h"
#include "ui/views.h"

struct outbox {
	int at;
};

void *view_outbox_new(void)
{
	return xcalloc(1, sizeof(struct outbox));
}

static void shut(void *state)
{
	free(state);
}

static const struct snap_held *nth_held(const struct scene *s, int n)
{
	const struct snap_held *h;
	const char *key;
	size_t it = 0;

	while ((h = map_next(s->snap->held, &it, &key)))
		if (n-- == 0)
			return h;
	return NULL;
}

/* The exact texts of the marked one, as they would go out. */
static void draw_texts(struct canvas *c, struct rect r, const struct snap_held *h)
{
	const cJSON *text;

	cJSON_ArrayForEach(text, h->text)
	{
		int lines;

		if (!cJSON_IsString(text) || r.h < 2)
			continue;
		canvas_putf(c, r.x, r.y, STYLE_HEAD, "%s read:", text->string ? text->string : "");
		lines = canvas_wrap(c, (struct rect){ r.x + 2, r.y + 1, r.w - 2, r.h - 1 },
		    STYLE_TEXT, text->valuestring, 0);
		r.y += lines + 2;
		r.h -= lines + 2;
	}
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	static const char *const hints[] = { "held.stop", "held.send", "app.back", "board.open",
		"palette.open" };
	struct outbox *o = state;
	int held = (int)map_count(s->snap->held), h = c->h - 6;
	const struct snap_held *marked;

	if (o->at >= held)
		o->at = held > 0 ? held - 1 : 0;
	marked = nth_held(s, o->at);
	draw_head(s, c);
	draw_banner(s, c, 2);
	canvas_put(c, 2, 2, STYLE_HEAD, " Outbox ");
	if (marked && h > 12)
		h = h / 2;
	draw_outbox(s, c, (struct rect){ 0, 3, c->w, h }, held ? o->at : -1);
	if (marked && 3 + h < c->h - 4) {
		canvas_hline(c, 0, 3 + h, c->w, STYLE_RULE);
		draw_texts(c, (struct rect){ 2, 4 + h, c->w - 4, c->h - 7 - h }, marked);
	}
	canvas_hline(c, 0, c->h - 3, c->w, STYLE_RULE);
	draw_foot(s, c, "outbox", NULL, hints, countof(hints));
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct outbox *o = state;
	const struct snap_held *h = nth_held(app_scene(app), o->at);

	(void)args;
	if (strcmp(a->id, "list.next") == 0)
		o->at++;
	else if (strcmp(a->id, "list.prev") == 0)
		o->at -= o->at > 0;
	else if (strcmp(a->id, "list.first") == 0)
		o->at = 0;
	else if ((strcmp(a->id, "held.stop") == 0 || strcmp(a->id, "held.send") == 0) && !h)
		app_say(app, STYLE_NOTICE, "Nothing is held");
	else if (strcmp(a->id, "held.stop") == 0)
		client_held(app->client, "stop", h->id);
	else if (strcmp(a->id, "held.send") == 0)
		app_send_held(app, h->id);
	else
		return false;
	return true;
}

const struct view_ops view_outbox = {
	.name = "Outbox",
	.context = "outbox",
	.draw = draw,
	.act = act,
	.close = shut,
};

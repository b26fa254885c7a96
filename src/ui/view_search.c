/* Search moves to what matches and never hides the rest; a filter leaves nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "ui/lineedit.h"
#include "ui/views.h"

struct search {
	struct lineedit line;
	bool none, filter;
};

void *view_search_new(bool filter)
{
	struct search *s = xcalloc(1, sizeof *s);

	s->filter = filter;
	lineedit_init(&s->line, "");
	return s;
}

static void shut(void *state)
{
	struct search *s = state;

	lineedit_fini(&s->line);
	free(s);
}

static void draw(void *state, const struct scene *scene, struct canvas *c)
{
	struct search *s = state;

	(void)scene;
	canvas_fill(c, (struct rect){ 0, c->h - 1, c->w, 1 }, STYLE_TEXT, " ");
	canvas_put(c, 0, c->h - 1, STYLE_KEY, s->filter ? "only " : "/");
	lineedit_draw(&s->line, c, s->filter ? 5 : 1, c->h - 1, c->w - 20, STYLE_TEXT, true);
	if (s->none)
		canvas_right(c, c->w - 1, c->h - 1, STYLE_WARN, "no match");
}

static void look(struct search *s, struct app *app)
{
	struct view *v = app_base(app);

	if (s->filter) {
		v->ops->filter(v->state, s->line.text);
		return;
	}
	s->none = s->line.len > 0 && v->ops->search &&
		  !v->ops->search(v->state, app_scene(app), s->line.text, 0);
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct search *s = state;

	(void)args;
	if (strcmp(a->id, "search.cancel") == 0) {
		if (s->filter) {
			lineedit_set(&s->line, "");
			look(s, app);
		}
		app_pop(app);
	} else if (strcmp(a->id, "search.accept") == 0) {
		if (!s->filter)
			snprintf(app->search, sizeof app->search, "%s", s->line.text);
		app_pop(app);
	} else if (strcmp(a->id, "edit.back") == 0 && s->line.len == 0) {
		app_pop(app);
	} else if (lineedit_act(&s->line, a->id)) {
		look(s, app);
	} else {
		return false;
	}
	return true;
}

static void text(void *state, struct app *app, const char *t, bool pasted)
{
	struct search *s = state;

	lineedit_insert(&s->line, t, pasted);
	look(s, app);
}

static void again(struct app *app, int dir)
{
	struct view *v = app_base(app);

	if (!app->search[0])
		app_say(app, STYLE_NOTICE, "Nothing was searched yet");
	else if (!v->ops->search || !v->ops->search(v->state, app_scene(app), app->search, dir))
		app_say(app, STYLE_NOTICE, "No match for \"%s\" here", app->search);
}

void app_do_search(struct app *app, const struct action *self, const char *args)
{
	(void)self;
	(void)args;
	if (app_base(app)->ops->search)
		app_push(app, &view_search, view_search_new(false));
	else
		app_say(app, STYLE_NOTICE, "There is nothing to search on this screen");
}

void app_do_filter(struct app *app, const struct action *self, const char *args)
{
	struct view *v = app_base(app);

	(void)self;
	if (!v->ops->filter)
		app_say(app, STYLE_NOTICE, "There is nothing to filter on this screen");
	else if (args && *args)
		v->ops->filter(v->state, args);
	else
		app_push(app, &view_search, view_search_new(true));
}

void app_do_search_next(struct app *app, const struct action *self, const char *args)
{
	(void)self;
	(void)args;
	again(app, 1);
}

void app_do_search_prev(struct app *app, const struct action *self, const char *args)
{
	(void)self;
	(void)args;
	again(app, -1);
}

const struct view_ops view_search = {
	.name = "Search",
	.context = "filter",
	.overlay = true,
	.draw = draw,
	.act = act,
	.text = text,
	.close = shut,
};

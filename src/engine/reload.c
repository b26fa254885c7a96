/* A new configuration is parsed into a new value, checked whole, and then takes the place of the
 * old one. With any problem the old one stays in force, and every board says so. */
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"
#include "os/log.h"

static void note_error(struct engine *g, const char *why)
{
	if (why && g->config_error && strcmp(why, g->config_error) == 0)
		return;
	if (!why && !g->config_error)
		return;
	free(g->config_error);
	g->config_error = why ? xstrdup(why) : NULL;
	if (why)
		recent_say(g, "engine", "", xasprintf("configuration not taken: %s", why));
	serve_changed(g, WIRE_ENGINE, "engine");
}

struct all_dirty {
	struct engine *g;
};

static void dirty(void *ctx, enum wire_kind kind, const char *id)
{
	struct all_dirty *d = ctx;

	serve_changed(d->g, kind, id);
}

static void everything_changed(struct engine *g)
{
	struct all_dirty d = { g };

	for (int k = 0; k < WIRE_KINDS; k++)
		object_ids(g, (enum wire_kind)k, dirty, &d);
}

static void take(struct engine *g, struct setup *fresh)
{
	struct setup *old = g->setup;

	setup_keep_texts(fresh, &old->texts_in_force);
	setup_kept_write(fresh);
	everything_changed(g); /* what goes away is told as gone */
	g->setup = fresh;
	engine_configured(g);
	everything_changed(g);
	setup_free(old);
	note_error(g, NULL);
	recent_say(g, "engine", "", xstrdup("configuration taken anew"));
	log_say(LOG_SAY_INFO, "reload", "config", fresh->path, NULL);
}

bool reload_config(struct engine *g, struct err *e)
{
	struct cfg_problems problems = { 0 };
	struct setup *fresh = setup_load(g->setup->path, &problems, e);

	cfg_problems_fini(&problems);
	if (!fresh) {
		log_say(LOG_SAY_ERROR, "reload", "why", e->msg, NULL);
		note_error(g, e->msg);
		return false;
	}
	take(g, fresh);
	return true;
}

void reload_if_changed(struct engine *g)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	struct setup *fresh;

	if (!setup_changed(g->setup)) {
		if (g->config_error)
			recent_say(g, "engine", "", xstrdup("configuration as it was again"));
		note_error(g, NULL);
		return;
	}
	fresh = setup_load(g->setup->path, &problems, &e);
	cfg_problems_fini(&problems);
	if (fresh)
		take(g, fresh);
	else
		note_error(g, e.msg);
}

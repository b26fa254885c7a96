/* One round of all that is due, then the end: each target is asked once, each feed is read once,
 * what is owed is tried once. For a timer of the system, or a look from a script. */
#include "engine_priv.h"
#include "os/log.h"

#define LOOK_MS 20
#define LIMIT_MS 150000 /* real: longer than every time-out of one round */

static bool busy(const struct engine *g)
{
	const struct live *l;
	const struct owed *o;
	size_t it = 0;

	while ((l = map_next(g->live, &it, NULL)))
		if (l->busy || l->queue_head)
			return true;
	it = 0;
	while ((l = map_next(g->planned, &it, NULL)))
		if (l->busy || l->queue_head)
			return true;
	it = 0;
	while ((o = map_next(g->owed, &it, NULL)))
		if (o->in_flight || o->recording)
			return true;
	return publish_busy(g);
}

static void look(void *ctx)
{
	struct engine *g = ctx;

	if (map_count(g->round) == 0 && !g->round_done) {
		g->round_done = true;
		watch_settle(g); /* what fell is told */
	}
	if (g->round_done && !busy(g))
		engine_stop(g);
	else
		loop_timer_after(g->round_timer, LOOK_MS);
}

static void limit(void *ctx)
{
	struct engine *g = ctx;
	const char *id;
	size_t it = 0;

	while (map_next(g->round, &it, &id))
		log_say(LOG_SAY_WARN, "once", "why", "no result in time", "source", id, NULL);
	engine_stop(g);
}

void once_start(struct engine *g)
{
	g->round = map_new(NULL);
	g->round_timer = loop_timer_new(g->loop, look, g);
	g->round_limit = loop_timer_new(g->loop, limit, g);
}

void once_expect(struct engine *g, const char *source)
{
	if (g->round && !g->round_done)
		map_set(g->round, source, g);
}

void once_seen(struct engine *g, const char *source)
{
	if (g->round)
		map_del(g->round, source);
}

void once_go(struct engine *g)
{
	if (!g->round)
		return;
	loop_timer_after(g->round_timer, LOOK_MS);
	loop_timer_after(g->round_limit, LIMIT_MS);
}

void once_end(struct engine *g)
{
	map_free(g->round);
	g->round = NULL;
}

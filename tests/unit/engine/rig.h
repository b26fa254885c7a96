/* An engine without a network and without a socket: configuration, a mem: journal, a clock that
 * stands still. */
#ifndef ENGINE_RIG_H
#define ENGINE_RIG_H

#include "../../../src/engine/engine_priv.h"

#include "os/clock.h"
#include "t.h"

#define RIG_NOON INT64_C(1741608000000) /* 2025-03-10T12:00:00Z */

static const struct zone *rig_zone(void *ctx, const char *name)
{
	struct err e;

	(void)ctx;
	return zone_load(name, &e);
}

static void rig_nothing(void *ctx)
{
	(void)ctx;
}

/* `text` NULL: a small configuration. */
static struct engine *rig_new(const char *text)
{
	static const char least[] =
	    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
	    "components: [ { id: data, name: Mobile data, class: data } ]\n"
	    "carriers: [ { id: orange-fr, name: Orange, regions: [FR] } ]\n"
	    "people: [ { id: maria, can: [command, publish] }, { id: ana, can: [publish] } ]\n"
	    "channels: [ { id: page, kind: file, path: /nowhere/x.json } ]\n"
	    "audiences: [ { id: public, channels: [page] } ]\n";
	struct cfg_source source = { .name = "nocboard.yaml", .text = text ? text : least };
	struct cfg_problems problems = { 0 };
	struct engine *g = xcalloc(1, sizeof *g);
	struct err e = { 0 };

	source.len = strlen(source.text);
	clock_use_manual((struct utc){ RIG_NOON });
	g->config = config_load(&source, 1, NULL, rig_zone, NULL, &problems);
	if (!g->config)
		fail_msg("%d: %s", problems.items[0].pos.line, problems.items[0].what);
	g->setup = xcalloc(1, sizeof *g->setup);
	g->loop = loop_new();
	g->live = map_new(live_free);
	g->journal_url = xstrdup("mem:");
	g->self = xstrdup("tester");
	g->started_at = clock_utc();
	g->clock_timer = loop_timer_new(g->loop, rig_nothing, g);
	g->journal = journal_open(g->loop, "mem:", JOURNAL_CREATE, &e);
	if (!g->journal)
		fail_msg("%s", e.msg);
	notify_start(g);
	planned_start(g);
	return g;
}

static void rig_free(struct engine *g)
{
	journal_close(g->journal);
	notify_stop(g);
	recent_stop(g);
	map_free(g->live);
	planned_stop(g);
	config_free(g->config);
	free(g->setup);
	loop_free(g->loop);
	free(g->journal_url);
	free(g->self);
	free(g);
	clock_use_real();
}

/* Folds one more event into the incident, as if it had been committed; returns its fold. */
static __attribute__((unused)) const struct incident *rig_tell(struct engine *g,
    const char *incident, const char *actor, enum event_kind kind, const char *body)
{
	struct live *l = engine_live(g, incident);
	struct err e = { 0 };
	cJSON *o = json_parse(body, strlen(body), &e);

	if (!o || !event_body_check(kind, o, &e))
		fail_msg("%s: %s", body, e.msg);
	engine_fold(
	    g, event_new(incident, l ? l->inc->version + 1 : 1, clock_utc(), actor, kind, o));
	l = engine_live(g, incident);
	live_look(g, l, clock_utc());
	return l->inc;
}

#define RIG_OPENED                                                                                 \
	"{\"title\":\"No data\",\"severity\":1,\"regions\":[\"FR\"],\"components\":[\"data\"],"    \
	"\"started_at\":\"2025-03-10T12:00:00Z\",\"source\":\"operator\"}"
#define RIG_CANDIDATE                                                                              \
	"{\"title\":\"No data\",\"severity\":1,\"regions\":[\"FR\"],\"components\":[\"data\"],"    \
	"\"started_at\":\"2025-03-10T12:00:00Z\",\"source\":\"probe:data/FR\"}"

#endif

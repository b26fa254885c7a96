/* Watching: targets and feeds from the configuration to the network, observations from there
 * through detection to events. One direction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/target.h"
#include "engine_priv.h"
#include "os/clock.h"
#include "os/log.h"

#define FRESH_INTERVALS 3 /* data older than so many intervals says nothing */
#define FRESH_LEAST_MS 15000
#define GATEWAY "gateway"

/* ---- from the configuration ---- */

/* Time-outs are real, intervals are not: what is late for a real second is late for many virtual
 * ones. */
static int64_t fresh_ms(const struct cfg_probe *p)
{
	int64_t ms = FRESH_INTERVALS * p->interval_ms;

	ms = ms < FRESH_LEAST_MS ? FRESH_LEAST_MS : ms;
	return ms + p->timeout_ms * (clock_speed() > 1 ? 2 * clock_speed() : 1);
}

static const char *carrier_of(
    const struct cfg_component *k, const struct config *c, const char *region)
{
	for (size_t i = 0; i < k->depends_on.count; i++) {
		const char *dep = k->depends_on.items[i].s;
		const struct cfg_carrier *carrier;

		if (strncmp(dep, "carrier:", 8) != 0 || !(carrier = config_carrier(c, dep + 8)))
			continue;
		for (size_t r = 0; r < carrier->regions.count; r++)
			if (strcmp(carrier->regions.items[r].s, region) == 0)
				return carrier->id.s;
	}
	return NULL;
}

/* The components that it depends on; carriers are carrier_of's. */
static void put_causes(const struct cfg_component *k, struct detect_target *t, struct arena *a)
{
	const char **causes = arena_alloc(a, (k->depends_on.count + 1) * sizeof *causes);

	for (size_t i = 0; i < k->depends_on.count; i++)
		if (strncmp(k->depends_on.items[i].s, "carrier:", 8) != 0)
			causes[t->depends_count++] = k->depends_on.items[i].s;
	t->depends_on = causes;
}

/* Planned work: what it covers opens nothing; after it half the failures are enough, and each one
 * shows. */
static void under_work(const struct engine *g, struct detect_target *t)
{
	t->muted = planned_covers(g, t->component, t->region);
	if (t->muted || !planned_watches(g, t->component, t->region))
		return;
	t->closely = true;
	t->fail_after = t->fail_after > 1 ? t->fail_after / 2 : 1;
}

static void detect_of(struct engine *g, const struct cfg_component *k, const struct cfg_probe *p,
    struct detect_target *t, struct arena *a)
{
	const struct cfg_region *r = config_region(g->config, p->region.s);

	*t = (struct detect_target){
		.id = arena_printf(a, "probe:%s", p->id.s),
		.component = k->id.s,
		.region = p->region.s,
		.component_name = k->name.s,
		.region_name = r ? r->name.s : p->region.s,
		.klass = k->klass.s,
		.carrier = carrier_of(k, g->config, p->region.s),
		.travellers = r ? r->travellers : 0,
		.workaround = r && r->workaround.s && r->workaround.s[0],
		.fail_after = (int)p->fail_after,
		.recover_after = (int)p->recover_after,
		.fresh_ms = fresh_ms(p),
	};
	put_causes(k, t, a);
	under_work(g, t);
}

/* One detection target for each of our components that a carrier's feed is mapped to. */
static size_t feed_targets(struct engine *g, const struct cfg_carrier *carrier,
    const struct cfg_feed *f, struct detect_target *out, struct arena *a)
{
	size_t n = 0;

	for (size_t m = 0; m < f->map.count; m++)
		for (size_t v = 0; v < f->map.items[m].values.count; v++)
			for (size_t r = 0; r < carrier->regions.count; r++) {
				const char *component = f->map.items[m].values.items[v].s,
					   *region = carrier->regions.items[r].s;
				const struct cfg_component *k =
				    config_component(g->config, component);
				const struct cfg_region *in = config_region(g->config, region);

				if (!k || !in)
					continue;
				out[n++] = (struct detect_target){
					.id = arena_printf(
					    a, "feed:%s:%s/%s", f->id.s, component, region),
					.component = component,
					.region = region,
					.component_name = k->name.s,
					.region_name = in->name.s,
					.klass = k->klass.s,
					.carrier = carrier->id.s,
					.teller = arena_printf(a, "%s's page", carrier->name.s),
					.travellers = in->travellers,
					.workaround = in->workaround.s && in->workaround.s[0],
					.fail_after = 1,
					.recover_after = 1,
					.fresh_ms = watch_feed_fresh_ms(f),
					.feed = true,
				};
				under_work(g, &out[n - 1]);
			}
	return n;
}

static size_t count_targets(const struct config *c)
{
	size_t n = 1;

	for (size_t i = 0; i < c->components.count; i++)
		n += c->components.items[i].probes.count;
	for (size_t i = 0; i < c->carriers.count; i++)
		for (size_t f = 0; f < c->carriers.items[i].feeds.count; f++)
			for (size_t m = 0; m < c->carriers.items[i].feeds.items[f].map.count; m++)
				n += c->carriers.items[i].feeds.items[f].map.items[m].values.count *
				     c->carriers.items[i].regions.count;
	return n;
}

static void configure_feeds(struct engine *g, struct arena *a)
{
	const struct config *c = g->config;
	struct feed_source *feeds;
	size_t total = 0, n = 0;

	for (size_t i = 0; i < c->carriers.count; i++)
		total += c->carriers.items[i].feeds.count;
	feeds = arena_alloc(a, (total + 1) * sizeof *feeds);
	for (size_t i = 0; i < c->carriers.count; i++) {
		const struct cfg_carrier *k = &c->carriers.items[i];

		for (size_t f = 0; f < k->feeds.count; f++) {
			target_of_feed(&k->feeds.items[f], &feeds[n++], a);
			watch_feed_state(g, k->feeds.items[f].id.s);
			once_expect(g, k->feeds.items[f].id.s);
		}
		watch_carrier_state(g, k->id.s);
	}
	net_set_feeds(g->net, feeds, n);
}

/* Everything that detection looks at, as planned work has it now. */
static void configure_detection(struct engine *g, struct arena *a)
{
	const struct config *c = g->config;
	struct detect_target *out = arena_alloc(a, (count_targets(c) + 1) * sizeof *out);
	size_t n = 0;

	for (size_t i = 0; i < c->components.count; i++)
		for (size_t p = 0; p < c->components.items[i].probes.count; p++)
			detect_of(g, &c->components.items[i],
			    &c->components.items[i].probes.items[p], &out[n++], a);
	if (c->gateway.s)
		out[n++] = (struct detect_target){
			.id = GATEWAY, .gateway = true, .fail_after = 2, .recover_after = 1
		};
	for (size_t i = 0; i < c->carriers.count; i++)
		for (size_t f = 0; f < c->carriers.items[i].feeds.count; f++)
			n += feed_targets(g, &c->carriers.items[i],
			    &c->carriers.items[i].feeds.items[f], out + n, a);
	detect_targets(g->detect, out, n);
}

void watch_configure(struct engine *g)
{
	const struct config *c = g->config;
	struct arena *a = arena_new();
	struct probe_target *out = arena_alloc(a, (count_targets(c) + 1) * sizeof *out);
	size_t probes = 0;

	for (size_t i = 0; i < c->components.count; i++)
		for (size_t p = 0; p < c->components.items[i].probes.count; p++)
			target_of_probe(&c->components.items[i].probes.items[p], &out[probes++], a);
	if (c->gateway.s)
		out[probes++] = (struct probe_target){ .id = arena_strdup(a, GATEWAY),
			.kind = arena_strdup(a, "http"),
			.url = c->gateway.s,
			.interval_ms = 10000,
			.timeout_ms = 3000 };
	g->target_count = (int)probes;
	for (size_t i = 0; i < probes; i++)
		once_expect(g, out[i].id);
	configure_feeds(g, a);
	configure_detection(g, a);
	net_set_targets(g->net, out, probes);
	arena_free(a);
}

void watch_cover(struct engine *g)
{
	struct arena *a = arena_new();

	configure_detection(g, a);
	arena_free(a);
	watch_settle(g);
}

/* ---- detection to events ---- */

struct candidate {
	cJSON *opened, **signals;
	size_t signal_count;
};

static void candidate_free(void *ctx)
{
	struct candidate *c = ctx;

	cJSON_Delete(c->opened);
	for (size_t i = 0; i < c->signal_count; i++)
		cJSON_Delete(c->signals[i]);
	free(c->signals);
	free(c);
}

static bool decide_candidate(struct engine *g, struct work *w, struct event_list *out)
{
	struct candidate *c = w->ctx;
	struct utc now = clock_utc();

	(void)g;
	event_list_add(out, event_new(w->stream, 1, now, "engine", EVENT_OPENED, c->opened));
	c->opened = NULL;
	for (size_t i = 0; i < c->signal_count; i++) {
		event_list_add(out,
		    event_new(w->stream, (int)i + 2, now, "engine", EVENT_SIGNAL, c->signals[i]));
		c->signals[i] = NULL;
	}
	return true;
}

/* Signals that could not be recorded, so that they are not held for told. */
static void unsaid(struct engine *g, const cJSON *signal)
{
	const char *source = json_str(signal, "source");

	if (source && g->detect)
		detect_unsaid(g->detect, source);
}

void watch_unsaid(struct engine *g, const struct event_list *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (events->items[i]->kind == EVENT_SIGNAL)
			unsaid(g, events->items[i]->body);
}

static void candidate_done(struct engine *g, struct work *w, const struct append_result *r)
{
	if (r->status == APPEND_DONE)
		log_say(LOG_SAY_INFO, "candidate", "incident", w->stream, NULL);
	else if (r->status == APPEND_FAILED)
		watch_unsaid(g, &w->events);
	watch_settle(g);
}

static void open_candidate(struct engine *g, struct detect_finding *f)
{
	char *id = engine_new_id(g);
	struct work *w = work_new(id);
	struct candidate *c = xcalloc(1, sizeof *c);

	free(id);
	c->opened = f->opened;
	c->signals = f->signals;
	c->signal_count = f->signal_count;
	f->opened = NULL;
	f->signals = NULL;
	f->signal_count = 0;
	w->decide = decide_candidate;
	w->done = candidate_done;
	w->free_ctx = candidate_free;
	w->ctx = c;
	engine_submit(g, w);
}

static void act_on(struct engine *g, struct detect_finding *f)
{
	switch (f->what) {
	case DETECT_OPEN:
		if (journal_health(g->journal, NULL))
			open_candidate(g, f);
		else
			for (size_t i = 0; i < f->signal_count; i++)
				unsaid(g, f->signals[i]);
		break;
	case DETECT_SIGNAL:
		for (size_t i = 0; i < f->signal_count; i++) {
			engine_append(g, f->incident, EVENT_SIGNAL, f->signals[i]);
			f->signals[i] = NULL;
		}
		break;
	case DETECT_IMPAIRED:
	case DETECT_CLEAR:
		log_say(LOG_SAY_WARN, f->what == DETECT_IMPAIRED ? "impaired" : "unimpaired", "why",
		    f->why, NULL);
		recent_say(g, "engine", "",
		    f->what == DETECT_IMPAIRED
			? xasprintf("our own connectivity is in doubt: %s", f->why)
			: xstrdup("our own connectivity is good again"));
		g->blind_since = clock_utc();
		serve_changed(g, WIRE_ENGINE, "engine");
		publish_changed(g);
		break;
	}
}

static void push_cells(struct engine *g)
{
	struct detect_cell *c;
	char id[168];

	while ((c = detect_changed(g->detect))) {
		snprintf(id, sizeof id, "cell:%s/%s", c->component, c->region);
		if (utc_is_set(c->since))
			source_edge(g, id,
			    &(struct source_edge){ .at = c->since,
				.status = c->status,
				.up = c->status != STATUS_UNKNOWN,
				.detail = c->detail });
		serve_changed(g, WIRE_CELL, id + 5);
	}
}

void watch_run(struct engine *g, const struct detect_observation *batch, size_t count)
{
	struct utc now = clock_utc(), next;
	const struct incident **active = xcalloc(map_count(g->live) + 1, sizeof *active);
	struct detect_findings found = { 0 };
	struct live *l;
	size_t it = 0, n = 0;

	while ((l = map_next(g->live, &it, NULL)))
		if (l->inc->version && incident_active(l->inc))
			active[n++] = l->inc;
	detect_run(g->detect, batch, count, active, n, now, &found);
	/* What they say is shown with it, whether it is an event or not. */
	for (size_t i = 0; i < n; i++)
		if (detect_touches(g->detect, active[i]))
			serve_changed(g, WIRE_INCIDENT, active[i]->id);
	free(active);
	for (size_t i = 0; i < found.count; i++)
		act_on(g, &found.items[i]);
	detect_findings_fini(&found);
	push_cells(g);
	next = detect_next(g->detect, now);
	if (utc_is_set(next))
		loop_timer_at(g->detect_timer, next);
	else
		loop_timer_stop(g->detect_timer);
}

static void detect_due(void *ctx)
{
	watch_run(ctx, NULL, 0);
}

void watch_settle(struct engine *g)
{
	watch_run(g, NULL, 0);
}

/* ---- from the network ---- */

static bool no_answer(enum probe_fault f)
{
	return f == FAULT_LOOKUP || f == FAULT_REFUSED || f == FAULT_UNREACHED ||
	       f == FAULT_TIMEOUT;
}

static void observed(void *ctx, const struct observation *list, size_t count)
{
	struct detect_observation *batch = xcalloc(count, sizeof *batch);

	for (size_t i = 0; i < count; i++)
		batch[i] = (struct detect_observation){
			.target = list[i].target,
			.at = list[i].at,
			.status = list[i].status,
			.busy = list[i].fault == FAULT_BUSY,
			.no_answer = no_answer(list[i].fault),
			.latency_ms = list[i].latency_ms,
			.detail = list[i].reason,
		};
	for (size_t i = 0; i < count; i++)
		source_probe_seen(ctx, &list[i]);
	watch_run(ctx, batch, count);
	for (size_t i = 0; i < count; i++)
		once_seen(ctx, list[i].target);
	free(batch);
}

static void delivered(void *ctx, const struct delivery_result *r)
{
	if (!heartbeat_delivered(ctx, r))
		outbox_delivered(ctx, r);
}

bool watch_start(struct engine *g, struct err *e)
{
	static const struct net_handler handler = { observed, watch_fed, delivered };
	struct detect_settings settings = DETECT_SETTINGS;

	g->carriers = map_new(watch_carrier_free);
	g->feeds = map_new(watch_feed_free);
	source_start(g);
	past_start(g);
	if (g->options.once)
		settings.settle_ms = 0; /* nothing will join it: this is the only round */
	g->detect = detect_new(settings);
	g->detect_timer = loop_timer_new(g->loop, detect_due, g);
	g->net = net_start(g->loop, &handler, g, NULL, e);
	return g->net != NULL;
}

void watch_stop(struct engine *g)
{
	net_stop(g->net);
	g->net = NULL;
	detect_free(g->detect);
	map_free(g->carriers);
	map_free(g->feeds);
	past_stop(g);
	source_stop(g);
	g->detect = NULL;
	g->carriers = g->feeds = NULL;
}

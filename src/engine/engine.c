#include "engine/engine.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_priv.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/proc.h"

#define TICK_MS 1000	    /* real: marks, and a look at the configuration */
#define FIGURES_TICKS 5	    /* ticks between two looks at the engine's own figures */
#define CONFIG_LOOK_MS 5000 /* real: how often the files are looked at */

struct live *engine_live(const struct engine *g, const char *id)
{
	return map_get(g->live, id);
}

struct live *engine_stream(const struct engine *g, const char *id)
{
	struct live *l = map_get(g->live, id);

	return l ? l : map_get(g->planned, id);
}

const struct event *engine_event(const struct engine *g, const char *stream, int version)
{
	const struct live *l = engine_stream(g, stream);
	const struct event_list *events = l ? live_told(l).events : NULL;

	return events && version >= 1 && (size_t)version <= events->count
		   ? events->items[version - 1]
		   : NULL;
}

/* ---- the world that decisions may ask about ---- */

const char *engine_person(struct engine *g, const char *id, unsigned *can)
{
	const struct cfg_person *p = config_person(g->config, id);

	if (p) {
		*can = p->permissions;
		return p->id.s;
	}
	if (strcmp(id, g->self) == 0 && !config_login(g->config, g->self)) {
		*can = PERM_VIEW | PERM_RESPOND | PERM_COMMAND | PERM_PUBLISH | PERM_ADMIN;
		return g->self;
	}
	return NULL;
}

static bool person_known(void *ctx, const char *id)
{
	unsigned can;

	return engine_person(ctx, id, &can) != NULL;
}

static bool region_known(void *ctx, const char *id)
{
	return config_region(((struct engine *)ctx)->config, id) != NULL;
}

static bool component_known(void *ctx, const char *id)
{
	return config_component(((struct engine *)ctx)->config, id) != NULL;
}

static bool carrier_known(void *ctx, const char *id)
{
	return config_carrier(((struct engine *)ctx)->config, id) != NULL;
}

static bool audience_internal(void *ctx, const char *id, bool *known)
{
	const struct cfg_audience *a = config_audience(((struct engine *)ctx)->config, id);

	*known = a != NULL;
	return a && a->internal;
}

static bool channel_internal(void *ctx, const char *id, bool *known)
{
	const struct config *c = ((struct engine *)ctx)->config;

	*known = config_channel(c, id) != NULL;
	for (size_t i = 0; i < c->audiences.count; i++)
		for (size_t j = 0;
		     c->audiences.items[i].internal && j < c->audiences.items[i].channels.count;
		     j++)
			if (strcmp(c->audiences.items[i].channels.items[j].s, id) == 0)
				return true;
	return false;
}

static const char *const *audience_channels(void *ctx, const char *id, size_t *count)
{
	const struct cfg_audience *a = config_audience(((struct engine *)ctx)->config, id);

	*count = a ? a->channels.count : 0;
	return a ? a->channel_ids : NULL;
}

static struct duration carrier_target(void *ctx, const char *carrier, int severity)
{
	const struct cfg_carrier *c = config_carrier(((struct engine *)ctx)->config, carrier);

	if (c && severity >= 1 && severity <= SEVERITIES)
		return c->engage[severity - 1];
	return (struct duration){ DURATION_NONE, 0, 0 };
}

static const struct incident *find_incident(void *ctx, const char *id)
{
	const struct live *l = engine_live(ctx, id);

	return l && l->inc->version ? l->inc : NULL;
}

static size_t region_zones(void *ctx, const char *id, const struct zone **out, size_t max)
{
	const struct cfg_region *r = config_region(((struct engine *)ctx)->config, id);
	size_t n = 0;
	struct err e;

	for (size_t i = 0; r && i < r->timezones.count && n < max; i++)
		if ((out[n] = zone_load(r->timezones.items[i].s, &e)))
			n++;
	return n;
}

static const char *region_name(void *ctx, const char *id)
{
	const struct cfg_region *r = config_region(((struct engine *)ctx)->config, id);

	return r ? r->name.s : NULL;
}

static const char *component_class(void *ctx, const char *id)
{
	const struct cfg_component *k = config_component(((struct engine *)ctx)->config, id);

	return k ? k->klass.s : NULL;
}

void engine_world(struct engine *g, struct world *w)
{
	*w = (struct world){
		.policy = g->config->policy,
		.ctx = g,
		.person_known = person_known,
		.region_known = region_known,
		.component_known = component_known,
		.carrier_known = carrier_known,
		.audience_internal = audience_internal,
		.channel_internal = channel_internal,
		.audience_channels = audience_channels,
		.carrier_target = carrier_target,
		.waiting = held_waiting,
		.incident = find_incident,
		.region_zones = region_zones,
		.region_name = region_name,
		.component_class = component_class,
		.maintenance = planned_nth,
	};
}

/* ---- clocks ---- */

void live_look(struct engine *g, struct live *l, struct utc now)
{
	clock_set_fini(&l->clocks);
	clocks_compute(&l->clocks, l->inc->events.items, l->inc->events.count, g->config->policy,
	    carrier_target, g, now);
	l->next_change = clocks_next_change(&l->clocks, now);
}

/* Whether this breach is on record already, by clock and due. */
static bool recorded(const struct incident *inc, const char *label, struct utc due)
{
	for (size_t i = inc->events.count; i > 0; i--) {
		const struct event *ev = inc->events.items[i - 1];

		if (ev->kind == EVENT_BREACHED && json_utc(ev->body, "due").ms == due.ms &&
		    strcmp(json_str_or(ev->body, "clock", ""), label) == 0)
			return true;
	}
	return false;
}

struct breach {
	char label[80];
	struct utc due;
};

static bool decide_breach(struct engine *g, struct work *w, struct event_list *out)
{
	const struct breach *b = w->ctx;
	const struct live *l = engine_live(g, w->stream);
	cJSON *body;

	if (!l || recorded(l->inc, b->label, b->due))
		return false;
	body = cJSON_CreateObject();
	json_put_str(body, "clock", b->label);
	json_put_utc(body, "due", b->due);
	event_list_add(
	    out, event_new(w->stream, l->inc->version + 1, utc_max(clock_utc(), l->inc->last_at),
		     "engine", EVENT_BREACHED, body));
	return true;
}

static void record_breaches(struct engine *g, struct live *l);

static void breach_done(struct engine *g, struct work *w, const struct append_result *r)
{
	struct live *l = map_get(g->live, w->stream);

	if (l && r->status == APPEND_DONE)
		record_breaches(g, l); /* the next one that is due */
}

static void record_breaches(struct engine *g, struct live *l)
{
	if (!journal_health(g->journal, NULL))
		return; /* tried again at the next tick */
	for (size_t i = 0; i < l->clocks.count; i++) {
		const struct clock *c = &l->clocks.items[i];
		struct breach *b;
		struct work *w;
		char label[80];

		if (c->state != CLOCK_BREACHED || recorded(l->inc, clock_label(c, label), c->due))
			continue;
		b = xcalloc(1, sizeof *b);
		memcpy(b->label, label, sizeof label);
		b->due = c->due;
		w = work_new(l->inc->id);
		w->decide = decide_breach;
		w->done = breach_done;
		w->free_ctx = free;
		w->ctx = b;
		engine_submit(g, w);
		return; /* one at a time: the append brings us back here */
	}
}

void engine_arm_clocks(struct engine *g)
{
	struct utc next = UTC_NONE;
	struct live *l;
	size_t it = 0;

	while ((l = map_next(g->live, &it, NULL)))
		if (utc_is_set(l->next_change) &&
		    (!utc_is_set(next) || utc_before(l->next_change, next)))
			next = l->next_change;
	if (utc_is_set(next))
		loop_timer_at(g->clock_timer, next);
	else
		loop_timer_stop(g->clock_timer);
}

static void clocks_due(void *ctx)
{
	struct engine *g = ctx;
	struct utc now = clock_utc();
	struct live *l;
	size_t it = 0;

	while ((l = map_next(g->live, &it, NULL))) {
		if (!utc_is_set(l->next_change) || utc_before(now, l->next_change))
			continue;
		live_look(g, l, now);
		serve_changed(g, WIRE_INCIDENT, l->inc->id);
		record_breaches(g, l);
	}
	engine_arm_clocks(g);
}

/* ---- life ---- */

/* The noc object carries the hint: it is sent when the hint is another one. */
static void tell_hint(struct engine *g)
{
	const char *hint = hint_next(g);

	if (g->hint && strcmp(g->hint, hint) == 0)
		return;
	free(g->hint);
	g->hint = xstrdup(hint);
	serve_changed(g, WIRE_NOC, "noc");
}

static void tick(void *ctx)
{
	struct engine *g = ctx;
	struct live *l;
	size_t it = 0;

	while ((l = map_next(g->live, &it, NULL)))
		record_breaches(g, l); /* those that could not be written when they happened */
	outbox_look(g);
	if (g->options.drill)
		tell_hint(g);
	if (++g->ticks % FIGURES_TICKS == 0)
		serve_changed(g, WIRE_ENGINE, "engine");
	serve_mark(g);
	loop_timer_after(g->tick, TICK_MS);
}

static void look_at_config(void *ctx)
{
	struct engine *g = ctx;

	reload_if_changed(g);
	loop_timer_after(g->config_timer, CONFIG_LOOK_MS);
}

static void health_changed(void *ctx, bool ok)
{
	struct engine *g = ctx;
	struct err e = { 0 };

	log_say(ok ? LOG_SAY_WARN : LOG_SAY_ERROR, ok ? "journal-back" : "journal-lost", NULL);
	recent_say(g, "engine", "",
	    xstrdup(ok ? "the journal can be written again" : "the journal cannot be written"));
	if (ok && !engine_load(g, &e))
		log_say(LOG_SAY_ERROR, "journal-reload", "why", e.msg, NULL);
	if (ok) {
		outbox_reload(g);
		planned_look(g);
	}
	if (ok && g->detect)
		watch_settle(g); /* what fell meanwhile has waited for this */
	serve_changed(g, WIRE_ENGINE, "engine");
	serve_mark(g);
}

static void stop_signal(void *ctx)
{
	engine_stop(ctx);
}

static void reload_signal(void *ctx)
{
	struct err e;

	reload_config(ctx, &e);
}

void engine_stop(struct engine *g)
{
	g->stopping = true;
	loop_stop(g->loop);
}

void engine_configured(struct engine *g)
{
	struct utc now = clock_utc();
	struct live *l;
	size_t it = 0;

	g->config = g->setup->config;
	watch_configure(g);
	while ((l = map_next(g->live, &it, NULL)))
		live_look(g, l, now);
	engine_arm_clocks(g);
	planned_look(g);
	publish_configure(g);
	heartbeat_configure(g);
}

static bool load_journal(struct engine *g, struct err *e)
{
	struct utc now = clock_utc();
	struct live *l;
	size_t it = 0;

	g->journal = journal_open(g->loop, g->journal_url, JOURNAL_CREATE, e);
	if (!g->journal || !engine_load(g, e))
		return false;
	journal_on_health(g->journal, health_changed, g);
	while ((l = map_next(g->live, &it, NULL)))
		live_look(g, l, now);
	outbox_load_all(g);
	return true;
}

static void arm(struct engine *g)
{
	g->tick = loop_timer_new(g->loop, tick, g);
	g->clock_timer = loop_timer_new(g->loop, clocks_due, g);
	g->config_timer = loop_timer_new(g->loop, look_at_config, g);
	g->signals[0] = loop_signal_new(g->loop, SIGTERM, stop_signal, g);
	g->signals[1] = loop_signal_new(g->loop, SIGINT, stop_signal, g);
	g->signals[2] = loop_signal_new(g->loop, SIGHUP, reload_signal, g);
}

bool engine_journal_is_file(const struct engine *g)
{
	return strncmp(g->journal_url, "mem:", 4) != 0 && !strstr(g->journal_url, "://");
}

static bool start(struct engine *g, struct err *e)
{
	struct cfg_problems problems = { 0 };
	const struct passwd *pw = getpwuid(geteuid());

	g->self_uid = geteuid();
	g->self = xstrdup(pw ? pw->pw_name : "operator");
	g->setup = setup_load(g->options.config, &problems, e);
	cfg_problems_fini(&problems);
	if (!g->setup)
		return false;
	g->config = g->setup->config;
	g->journal_url = xstrdup(g->options.journal ? g->options.journal : g->setup->journal);
	g->socket_path = xstrdup(g->options.socket ? g->options.socket : g->setup->socket);
	if (g->self_uid == 0 && !g->options.drill && !g->options.allow_root)
		return err_set(e, ERR_USAGE,
		    "the engine does not run as root (start it as a user of its own, or with "
		    "--allow-root)");
	if (engine_journal_is_file(g)) {
		char *dir = file_dir(g->journal_url);
		bool ok = file_mkdirs(dir, 0750, e);

		free(dir);
		if (!ok) {
			e->kind = ERR_JOURNAL;
			return false;
		}
	}
	arm(g);
	if (g->options.once)
		once_start(g);
	notify_start(g);
	planned_start(g);
	g->journal_path =
	    engine_journal_is_file(g) ? file_real(g->journal_url) : xstrdup(g->journal_url);
	if (!load_journal(g, e) || !serve_start(g, e) || !watch_start(g, e))
		return false;
	setup_kept_write(g->setup);
	engine_configured(g);
	outbox_send(g);
	once_go(g);
	recent_say(g, "engine", "", xstrdup("started: " NOCBOARD_VERSION));
	proc_give_back(); /* what reading the configuration and the journal took */
	loop_timer_after(g->tick, TICK_MS);
	loop_timer_after(g->config_timer, CONFIG_LOOK_MS);
	return true;
}

/* Nothing is to happen by itself any more while the parts go down one after the other. */
static void stop_timers(struct engine *g)
{
	struct loop_timer *all[] = { g->tick, g->clock_timer, g->config_timer, g->detect_timer,
		g->outbox_timer, g->held_timer, g->planned_timer, g->beat_timer, g->flush_timer };

	for (size_t i = 0; i < countof(all); i++)
		if (all[i])
			loop_timer_stop(all[i]);
}

static void finish(struct engine *g)
{
	stop_timers(g);
	if (g->net)
		watch_stop(g);
	publish_stop(g);	   /* what is on its way to a page is recorded */
	journal_close(g->journal); /* commits and tells what is on its way */
	serve_stop(g);
	notify_stop(g);
	once_end(g);
	map_free(g->live);
	planned_stop(g);
	recent_stop(g);
	setup_free(g->setup);
	free(g->config_error);
	free(g->hint);
	free(g->journal_url);
	free(g->journal_path);
	free(g->socket_path);
	free(g->self);
	loop_free(g->loop);
	free(g);
}

static void say_ready(int fd, const char *line)
{
	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0 || write(fd, "\n", 1) < 0)
		log_say(LOG_SAY_WARN, "ready", "why", "nobody waits for it", NULL);
	close(fd);
}

bool engine_run(const struct engine_options *o, struct err *e)
{
	struct engine *g = xcalloc(1, sizeof *g);
	bool ok;

	g->options = *o;
	g->loop = loop_new();
	g->live = map_new(live_free);
	g->started_at = clock_utc();
	ok = start(g, e);
	say_ready(o->ready_fd, ok ? "ready" : e->msg);
	if (ok) {
		log_say(LOG_SAY_INFO, "start", "journal", g->journal_url, "socket", g->socket_path,
		    NULL);
		loop_run(g->loop);
		log_say(LOG_SAY_INFO, "stop", NULL);
	}
	finish(g);
	return ok;
}

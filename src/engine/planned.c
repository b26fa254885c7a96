/* Planned work: begun and ended by its window where nobody does it by hand, and what follows from
 * that for the watch, the page and the boards. */
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"
#include "net/chan.h"
#include "os/clock.h"

static void due(void *ctx)
{
	planned_look(ctx);
}

void planned_start(struct engine *g)
{
	g->planned = map_new(live_free);
	g->notices = map_new(free);
	g->planned_timer = loop_timer_new(g->loop, due, g);
}

void planned_stop(struct engine *g)
{
	map_free(g->planned);
	map_free(g->notices);
}

const struct maintenance *planned_nth(void *engine, size_t n)
{
	const struct engine *g = engine;
	const struct live *l;
	size_t it = 0;

	while ((l = map_next(g->planned, &it, NULL)))
		if (l->mnt->version && n-- == 0)
			return l->mnt;
	return NULL;
}

char *planned_stream(struct engine *g, const struct command_info *info, const cJSON *args)
{
	const char *provider = json_str(args, "provider"), *reference = json_str(args, "reference");
	const struct maintenance *m;
	const char *kept;
	struct world w;
	char *key, *id;

	if (strcmp(info->name, MAINTENANCE_PREFIX "import") != 0 || !provider || !reference)
		return xasprintf("MNT-%lld", (long long)++g->last_planned);
	engine_world(g, &w);
	m = maintenance_of_notice(&w, provider, reference);
	if (m)
		return xstrdup(m->id);
	/* Two at the same moment are about the same work: the second waits for the first. */
	key = xasprintf("%s\n%s", provider, reference);
	kept = map_get(g->notices, key);
	id = kept ? xstrdup(kept) : xasprintf("MNT-%lld", (long long)++g->last_planned);
	if (!kept)
		map_set(g->notices, key, xstrdup(id));
	free(key);
	return id;
}

void planned_forgotten(struct engine *g, const char *id)
{
	const char *key, *kept;
	size_t it = 0;

	while ((kept = map_next(g->notices, &it, &key)))
		if (strcmp(kept, id) == 0)
			map_del(g->notices, key);
	/* A plan is refused more than once before it is right. */
	if (maintenance_number(id) == g->last_planned)
		g->last_planned--;
}

/* ---- by the window ---- */

/* Whether a channel shows planned work with its status. */
static bool stands_at(const struct engine *g, const char *channel)
{
	const struct cfg_channel *ch = config_channel(g->config, channel);
	const struct chan_kind *kind = ch ? chan_kind_find(ch->kind.s) : NULL;

	return kind && kind->planned == CHAN_PLANNED_STANDS;
}

static const struct posted_update *last_notice(const struct maintenance *m)
{
	return m->notice_count ? &m->notices[m->notice_count - 1] : NULL;
}

/* The notice is owed to the channel once more, to show how the work stands. */
static cJSON *show_again(int version, const char *channel, enum maintenance_status status)
{
	bool over = status == MAINTENANCE_COMPLETED;
	cJSON *body = cJSON_CreateObject();

	json_put_int(body, "update", version);
	json_put_str(body, "destination", channel);
	json_put_str(body, "state", "waiting");
	json_put_int(body, "attempts", 0);
	json_put_str(body, "detail", over ? "to be shown as ended" : "to be shown as begun");
	return body;
}

/* Where it stands with a status customers see that it has begun or ended before anybody tells them.
 * What still waits will tell it anyway. */
static void show_there(struct engine *g, const struct maintenance *m,
    enum maintenance_status status, struct utc now, struct event_list *out)
{
	const struct posted_update *u = last_notice(m);

	for (size_t i = 0; u && i < u->delivery_count; i++) {
		const struct delivery_state *d = &u->deliveries[i];

		if (stands_at(g, d->destination) && strcmp(d->state, "accepted") == 0)
			event_list_add(out,
			    event_new(m->id, m->version + (int)out->count + 1, now, "engine",
				EVENT_DELIVERY, show_again(u->version, d->destination, status)));
	}
}

static bool decide_due(struct engine *g, struct work *w, struct event_list *out)
{
	const struct live *l = engine_stream(g, w->stream);
	struct utc now = clock_utc(), at;
	enum event_kind kind = l && l->mnt ? maintenance_due(l->mnt, now, &at) : EVENT_UNKNOWN;
	cJSON *body;

	if (kind == EVENT_UNKNOWN)
		return false;
	now = utc_max(now, l->mnt->last_at);
	body = cJSON_CreateObject();
	json_put_utc(body, kind == EVENT_STARTED ? "started_at" : "ended_at", utc_min(at, now));
	event_list_add(out, event_new(w->stream, l->mnt->version + 1, now, "engine", kind, body));
	show_there(g, l->mnt,
	    kind == EVENT_STARTED ? MAINTENANCE_IN_PROGRESS : MAINTENANCE_COMPLETED, now, out);
	return true;
}

static void due_done(struct engine *g, struct work *w, const struct append_result *r)
{
	(void)w;
	if (r->status == APPEND_DONE)
		planned_look(g); /* its end may be due as well */
}

static void submit_due(struct engine *g, const struct live *l)
{
	struct work *w = work_new(l->mnt->id);

	w->decide = decide_due;
	w->done = due_done;
	engine_submit(g, w);
}

/* The next instant at which something about this changes by itself. */
static void sooner(struct utc *next, struct utc at, struct utc now)
{
	if (utc_is_set(at) && utc_before(now, at))
		*next = utc_is_set(*next) ? utc_min(*next, at) : at;
}

void planned_look(struct engine *g)
{
	struct utc now = clock_utc(), next = UTC_NONE, at;
	bool can = journal_health(g->journal, NULL);
	const struct live *l;
	size_t it = 0;

	while ((l = map_next(g->planned, &it, NULL))) {
		if (maintenance_due(l->mnt, now, &at) == EVENT_UNKNOWN)
			sooner(&next, at, now);
		else if (can && !l->busy)
			submit_due(g, l);
		sooner(
		    &next, maintenance_watched_until(l->mnt, &g->config->policy->maintenance), now);
	}
	if (g->detect)
		watch_cover(g);
	if (utc_is_set(next))
		loop_timer_at(g->planned_timer, next);
	else
		loop_timer_stop(g->planned_timer);
}

bool planned_covers(const struct engine *g, const char *component, const char *region)
{
	const struct live *l;
	size_t it = 0;

	while ((l = map_next(g->planned, &it, NULL)))
		if (maintenance_covers(l->mnt, component, region))
			return true;
	return false;
}

bool planned_watches(const struct engine *g, const char *component, const char *region)
{
	struct utc now = clock_utc();
	const struct live *l;
	size_t it = 0;

	while ((l = map_next(g->planned, &it, NULL))) {
		struct utc until =
		    maintenance_watched_until(l->mnt, &g->config->policy->maintenance);

		if (utc_is_set(until) && utc_before(now, until) &&
		    maintenance_in_scope(l->mnt, component, region))
			return true;
	}
	return false;
}

/* ---- what an event brings with it ---- */

static void forget_notice(struct engine *g, const struct maintenance *m)
{
	char *key;

	if (!m->plan.provider || !m->plan.reference)
		return;
	key = xasprintf("%s\n%s", m->plan.provider, m->plan.reference);
	map_del(g->notices, key);
	free(key);
}

/* A notice that was sent before the work began or ended, and arrived after it, goes once more. */
static void delivered(
    struct engine *g, const struct maintenance *m, const struct told *t, const struct event *ev)
{
	const struct posted_update *u = last_notice(m);
	const char *channel = json_str_or(ev->body, "destination", "");
	int version = (int)json_int(ev->body, "update", 0);
	char *id = xasprintf("%s.%d/%s", m->id, version, channel);
	const struct owed *o = map_get(g->owed, id);
	bool late = o && o->shown != m->status && u && u->version == version &&
		    (m->status == MAINTENANCE_IN_PROGRESS || m->status == MAINTENANCE_COMPLETED);

	outbox_event(g, t, ev);
	if (late && strcmp(json_str_or(ev->body, "state", ""), "accepted") == 0 &&
	    stands_at(g, channel))
		engine_append(g, m->id, EVENT_DELIVERY, show_again(version, channel, m->status));
	free(id);
}

void planned_event(struct engine *g, struct live *l, const struct event *ev)
{
	struct told t = told_maintenance(l->mnt);

	serve_changed(g, WIRE_MAINTENANCE, l->mnt->id);
	if (ev->kind == EVENT_PLANNED)
		forget_notice(g, l->mnt);
	if (ev->kind == EVENT_NOTICE_POSTED)
		outbox_posted(g, &t);
	else if (ev->kind == EVENT_DELIVERY)
		delivered(g, l->mnt, &t, ev);
	else
		planned_look(g);
	if (event_kinds[ev->kind].planned_work && l->mnt->notice_count)
		publish_changed(g);
}

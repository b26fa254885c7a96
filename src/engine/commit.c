/* From decisions to facts: work waits for its incident, is decided against the state of its turn,
 * appended, and folded in once it is committed. */
#include <stdlib.h>
#include <string.h>

#include "domain/page.h"
#include "engine_priv.h"
#include "os/clock.h"
#include "os/log.h"

#define TRIES_MAX 8

struct work *work_new(const char *stream)
{
	struct work *w = xcalloc(1, sizeof *w);

	w->stream = xstrdup(stream);
	return w;
}

static void work_free(struct work *w)
{
	if (w->free_ctx)
		w->free_ctx(w->ctx);
	event_list_fini(&w->events);
	free(w->stream);
	free(w);
}

void live_free(void *p)
{
	struct live *l = p;

	while (l->queue_head) {
		struct work *w = l->queue_head;

		l->queue_head = w->next;
		work_free(w);
	}
	incident_free(l->inc);
	maintenance_free(l->mnt);
	clock_set_fini(&l->clocks);
	free(l);
}

char *engine_new_id(struct engine *g)
{
	return xasprintf("INC-%lld", (long long)++g->last_number);
}

const char *live_id(const struct live *l)
{
	return l->mnt ? l->mnt->id : l->inc->id;
}

int live_version(const struct live *l)
{
	return l->mnt ? l->mnt->version : l->inc->version;
}

struct utc live_last_at(const struct live *l)
{
	return l->mnt ? l->mnt->last_at : l->inc->last_at;
}

struct told live_told(const struct live *l)
{
	return l->mnt ? told_maintenance(l->mnt) : told_incident(l->inc);
}

static struct live *live_of(struct engine *g, const char *id)
{
	struct live *l = engine_stream(g, id);
	int64_t number = incident_number(id), planned = maintenance_number(id);

	if (l)
		return l;
	l = xcalloc(1, sizeof *l);
	l->next_change = UTC_NONE;
	if (planned)
		l->mnt = maintenance_new(id);
	else
		l->inc = incident_new(id);
	map_set(planned ? g->planned : g->live, id, l);
	if (number > g->last_number)
		g->last_number = number;
	if (planned > g->last_planned)
		g->last_planned = planned;
	return l;
}

void engine_fold(struct engine *g, struct event *take)
{
	struct live *l = live_of(g, take->incident);

	if (take->seq > g->last_seq)
		g->last_seq = take->seq;
	if (take->version <= live_version(l)) { /* told twice, after a recovery */
		event_free(take);
		return;
	}
	recent_event(g, take);
	if (l->mnt)
		maintenance_evolve(l->mnt, take);
	else
		incident_evolve(l->inc, take);
}

struct in_flight {
	struct engine *g;
	struct work *w;
};

static void run_next(struct engine *g, struct live *l);

static void incident_event(struct engine *g, struct live *l, const struct event *ev)
{
	struct told t = told_incident(l->inc);

	live_look(g, l, clock_utc());
	serve_changed(g, WIRE_INCIDENT, l->inc->id);
	if (ev->kind == EVENT_UPDATE_POSTED)
		outbox_posted(g, &t);
	else if (ev->kind == EVENT_DELIVERY)
		outbox_event(g, &t, ev);
	else if (ev->kind == EVENT_UPDATE_APPROVED)
		held_approved(g, l->inc);
	if (page_shows(ev->kind) && l->inc->update_count)
		publish_changed(g);
}

/* What a committed batch brings with it: the fold, the clocks, the boards, the outbox. A batch may
 * hold events of two incidents (a merge widens the other's scope). */
static void committed(struct engine *g, struct work *w, const struct append_result *r)
{
	for (size_t i = 0; i < w->events.count; i++) {
		struct event *ev = w->events.items[i], *copy = event_copy(ev);
		struct live *l = live_of(g, ev->incident);

		ev->seq = i < r->count ? r->places[i].seq : 0;
		w->events.items[i] = NULL;
		engine_fold(g, ev);
		if (l->mnt)
			planned_event(g, l, copy);
		else
			incident_event(g, l, copy);
		event_free(copy);
	}
	w->events.count = 0;
	engine_arm_clocks(g);
}

/* A conflict can only come from work on another incident that this batch touches as well: it is
 * decided again. */
static bool again(struct work *w, struct live *l, const struct append_result *r)
{
	if (r->status != APPEND_CONFLICT || ++w->tries > TRIES_MAX)
		return false;
	event_list_fini(&w->events);
	w->next = l->queue_head;
	l->queue_head = w;
	if (!l->queue_tail)
		l->queue_tail = w;
	return true;
}

static void appended(void *ctx, const struct append_result *r)
{
	struct in_flight *f = ctx;
	struct engine *g = f->g;
	struct work *w = f->w;
	struct live *l = live_of(g, w->stream);

	free(f);
	if (again(w, l, r)) {
		l->busy = false;
	} else {
		if (r->status == APPEND_DONE)
			committed(g, w, r);
		else if (r->status != APPEND_DUPLICATE)
			log_say(LOG_SAY_ERROR, "append", "incident", w->stream, "why", r->err.msg,
			    NULL);
		l->busy = false; /* what was submitted meanwhile waited for the whole batch */
		w->done(g, w, r);
		work_free(w);
	}
	run_next(g, l);
}

/* An incident that nothing was recorded of must not stay in memory: the append that should have
 * opened it failed. */
static void forget_if_empty(struct engine *g, struct live *l)
{
	if (l->busy || l->queue_head || live_version(l) != 0)
		return;
	if (l->mnt)
		planned_forgotten(g, l->mnt->id);
	map_del(l->mnt ? g->planned : g->live, live_id(l));
}

static void run_next(struct engine *g, struct live *l)
{
	while (!l->busy && l->queue_head) {
		struct work *w = l->queue_head;
		struct in_flight *f;

		l->queue_head = w->next;
		if (!l->queue_head)
			l->queue_tail = NULL;
		if (!w->decide(g, w, &w->events) || !w->events.count) {
			work_free(w);
			continue;
		}
		f = xcalloc(1, sizeof *f);
		f->g = g;
		f->w = w;
		l->busy = true;
		journal_append(g->journal, w->events.items, w->events.count,
		    journal_fence(g->journal), appended, f);
	}
	forget_if_empty(g, l);
}

void engine_submit(struct engine *g, struct work *take)
{
	struct live *l = live_of(g, take->stream);

	if (l->queue_tail)
		l->queue_tail->next = take;
	else
		l->queue_head = take;
	l->queue_tail = take;
	run_next(g, l);
}

/* ---- single events of the engine's own ---- */

struct single {
	enum event_kind kind;
	cJSON *body;
};

static void single_free(void *ctx)
{
	struct single *s = ctx;

	cJSON_Delete(s->body);
	free(s);
}

static bool decide_single(struct engine *g, struct work *w, struct event_list *out)
{
	struct single *s = w->ctx;
	const struct live *l = engine_stream(g, w->stream);
	struct utc now = clock_utc();

	if (!l || live_version(l) == 0 ||
	    (s->kind == EVENT_SIGNAL && (!l->inc || incident_is_over(l->inc))))
		return false;
	if (utc_before(now, live_last_at(l)))
		now = live_last_at(l);
	event_list_add(
	    out, event_new(w->stream, live_version(l) + 1, now, "engine", s->kind, s->body));
	s->body = NULL;
	return true;
}

static void single_done(struct engine *g, struct work *w, const struct append_result *r)
{
	if (r->status == APPEND_FAILED)
		watch_unsaid(g, &w->events);
}

void engine_append(struct engine *g, const char *incident, enum event_kind kind, cJSON *take_body)
{
	struct work *w = work_new(incident);
	struct single *s = xcalloc(1, sizeof *s);

	s->kind = kind;
	s->body = take_body;
	w->decide = decide_single;
	w->done = single_done;
	w->free_ctx = single_free;
	w->ctx = s;
	engine_submit(g, w);
}

/* ---- loading ---- */

static bool load_one(void *ctx, struct event *take)
{
	engine_fold(ctx, take);
	return true;
}

bool engine_load(struct engine *g, struct err *e)
{
	return journal_read(g->journal, g->last_seq + 1, load_one, g, e);
}

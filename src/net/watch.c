/* The targets that are probed: when, and what came of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "net_thread.h"
#include "os/clock.h"
#include "probe_far.h"
#include "probe_run.h"

#define TIMEOUT_MS 10000
#define KEEP_MS 60000 /* a connection that would be idle longer is closed */
#define BUSY_MS 30000 /* pause after a 429 that does not say how long */
#define BUSY_MAX_MS 600000
#define FIRST_MS 10	/* new targets start so far apart, as long as that fits */
#define LATE_STEPS 4096 /* lateness is counted by the millisecond up to here */
#define MINUTE_MS 60000
#define DAY_MS 86400000

struct watched {
	struct due due; /* first: watched_due */
	struct watch *watch;
	struct probe_target *t;
	uint64_t hash;
	struct probe_run *run; /* NULL: the address cannot be used, `trouble` says why */
	char *trouble;
	int64_t due_real; /* when the current round was due, CLOCK_BOOTTIME */
	uint64_t serial;
	bool judging; /* the parse child has the body of the last answer */
};

/* What comes back from the parse child finds its target by number: it may be gone by then. */
struct far {
	struct watch *watch;
	char *id;
	uint64_t serial;
	struct observation o;
};

/* A minute's lateness, by the millisecond. */
struct late {
	unsigned count[LATE_STEPS];
	unsigned total;
};

struct watch {
	struct net_side *side;
	struct probe_env env;
	struct map *by_id;
	int64_t started, finished;
	struct late late, late_before;
	int64_t minute_start;
	bool whole_minute;
	uint64_t serial;
};

static void watched_free(struct watched *w)
{
	sched_cancel(w->watch->side->sched, &w->due);
	probe_run_free(w->run);
	probe_target_free(w->t);
	free(w->trouble);
	free(w);
}

static struct utc env_now(const void *ctx)
{
	return net_utc(ctx);
}

struct watch *watch_new(struct net_side *s)
{
	struct watch *w = xcalloc(1, sizeof *w);

	w->side = s;
	w->env = (struct probe_env){ s->loop, s->pool, env_now, s };
	w->by_id = map_new(NULL);
	w->minute_start = clock_mono().ms;
	return w;
}

static void all_free(struct map *m)
{
	struct watched *w;
	size_t it = 0;

	while ((w = map_next(m, &it, NULL)))
		watched_free(w);
	map_free(m);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	all_free(w->by_id);
	free(w);
}

static void late_count(struct watch *w, int64_t ms)
{
	int64_t now = clock_mono().ms;

	if (now - w->minute_start >= MINUTE_MS) {
		w->late_before = w->late;
		w->late = (struct late){ 0 };
		w->minute_start = now;
		w->whole_minute = true;
	}
	w->late.count[ms < 0 ? 0 : ms >= LATE_STEPS ? LATE_STEPS - 1 : ms]++;
	w->late.total++;
}

static void observe(struct watched *w, const struct probe_verdict *v, struct observation *o)
{
	o->target = w->t->id;
	o->at = net_utc(w->watch->side);
	o->status = v->status;
	o->fault = v->fault;
	memcpy(o->reason, v->reason, sizeof o->reason);
	net_out_observation(w->watch->side->net, o);
}

static void judged(void *ctx, cJSON *json, const struct err *e)
{
	struct far *f = ctx;
	struct watched *w = map_get(f->watch->by_id, f->id);
	struct probe_verdict v = { .status = STATUS_UNKNOWN };

	if (w && w->serial == f->serial) {
		w->judging = false;
		if (!json || !probe_far_verdict(json, &v))
			snprintf(v.reason, sizeof v.reason, "the body cannot be judged: %.150s",
			    json ? "its reader gave no verdict" : e->msg);
		observe(w, &v, &f->o);
	}
	cJSON_Delete(json);
	free(f->id);
	free(f);
}

/* Long bodies are read where they can do no harm. */
static void judge(struct watched *w, const struct http_result *r, struct observation *o)
{
	struct probe_verdict v;
	struct buf frame;

	o->code = r->code;
	o->cert_days = r->cert_days;
	if (!probe_far_needed(&w->t->expect, r)) {
		probe_judge(&w->t->expect, r, &v);
		observe(w, &v, o);
		return;
	}
	struct far *f = xcalloc(1, sizeof *f);
	f->watch = w->watch;
	f->id = xstrdup(w->t->id);
	f->serial = w->serial;
	f->o = *o;
	w->judging = true;
	buf_init(&frame, 0);
	probe_far_ask(&frame, &w->t->expect, r);
	parse(w->watch->side->parser, PROBE_FAR, UTC_NONE, frame.data, frame.len, judged, f);
	buf_fini(&frame);
}

static void answered(void *ctx, const struct probe_answer *a)
{
	struct watched *w = ctx;
	struct sched *sched = w->watch->side->sched;
	struct utc now = net_utc(w->watch->side);
	struct http_result r = {
		.fault = a->fault,
		.detail = a->detail,
		.code = a->fault ? 0 : a->code,
		.content_type = a->content_type,
		.body = a->body,
		.body_len = a->body_len,
		.latency_ms = a->latency_ms,
		.timeout_ms = w->t->timeout_ms,
		.cert_days = PROBE_NO_CERT,
		.has_retry_after = a->retry_after && *a->retry_after,
		.found = a->found,
		.text = a->text,
	};
	struct observation o = { .latency_ms = a->fault ? -1 : a->latency_ms, .phase = a->phase };

	if (utc_is_set(a->cert_until))
		r.cert_days = (int)(utc_diff(a->cert_until, now) / DAY_MS);
	w->watch->finished++;
	if (!a->suspect)
		late_count(w->watch, a->started_ms - w->due_real);
	judge(w, &r, &o);
	if (o.fault != FAULT_BUSY)
		return;
	int64_t pause = retry_after_ms(a->retry_after ? a->retry_after : "", now);
	pause = pause < 0 ? BUSY_MS : pause > BUSY_MAX_MS ? BUSY_MAX_MS : pause;
	int64_t again = sched_now(sched) + sched_virtual(sched, pause);
	if (w->due.at < again)
		sched_set(sched, &w->due, again);
}

static void ask(struct watched *w, int64_t due_real)
{
	struct http_result r = {
		.fault = FAULT_URL, .detail = w->trouble, .body = "", .cert_days = PROBE_NO_CERT
	};
	struct observation o = { .latency_ms = -1, .phase = { -1, -1, -1, -1, -1 } };

	if (!w->run) {
		judge(w, &r, &o);
		return;
	}
	if (w->judging || probe_run_busy(w->run))
		return; /* the last round has not ended: this one is left out */
	w->due_real = due_real;
	w->watch->started++;
	probe_run_go(w->run);
}

static void watched_due(struct due *d)
{
	struct watched *w = (struct watched *)d;
	struct sched *s = w->watch->side->sched;
	int64_t at = d->at, now = sched_now(s), interval = w->t->interval_ms;
	int speed = clock_speed();

	sched_set(s, d, sched_next(s, at, interval));
	/* Rounds were missed (the machine slept): no flood, each waits for its own turn. */
	if (speed && now - at > interval && now - at > sched_virtual(s, MINUTE_MS))
		return;
	ask(w, clock_mono().ms + (speed && at < now ? (at - now) / speed : 0));
}

static struct watched *watched_new(struct watch *watch, struct probe_target *take, uint64_t hash)
{
	struct watched *w = xcalloc(1, sizeof *w);

	w->due.fire = watched_due;
	w->serial = ++watch->serial;
	w->watch = watch;
	w->t = take;
	w->hash = hash;
	if (take->timeout_ms <= 0)
		take->timeout_ms = TIMEOUT_MS;
	return w;
}

/* `turn`: of HTTP_TURNS in a round, when it is asked. */
static void watched_run(struct watched *w, int turn)
{
	int speed = clock_speed();
	struct probe_round round = { w->t->interval_ms / (speed ? speed : 1) <= KEEP_MS, turn };
	struct err e = { 0 };

	w->run = probe_run_new(&w->watch->env, w->t, round, answered, w, &e);
	w->trouble = w->run ? NULL : xstrdup(e.msg);
}

/* New targets start one after the other, over their interval at most. Their turns go once all the
 * way round from where the clock stands, in the same order: those that are asked at about the same
 * time have about the same, and no turn has more of them than another. */
static void first_rounds(struct watch *watch, struct watched **list, size_t count)
{
	struct sched *s = watch->side->sched;
	int64_t now = sched_now(s), step = clock_speed() ? sched_virtual(s, FIRST_MS) : 0;

	for (size_t i = 0; i < count; i++) {
		int64_t interval = list[i]->t->interval_ms, n = (int64_t)count;
		int64_t span = step * n < interval ? step * n : interval;
		int turn = sched_part(now, interval, HTTP_TURNS) + (int)(i * HTTP_TURNS / count);

		watched_run(list[i], turn % HTTP_TURNS + 1);
		sched_set(s, &list[i]->due, now + span * (int64_t)i / n);
	}
}

void watch_set(struct watch *w, struct probe_target **targets, size_t count)
{
	struct map *old = w->by_id;
	struct watched **fresh = xcalloc(count + 1, sizeof(struct watched *));
	size_t fresh_count = 0;

	w->by_id = map_new(NULL);
	for (size_t i = 0; i < count; i++) {
		struct probe_target *t = targets[i];
		struct watched *known = map_get(old, t->id);
		uint64_t hash = probe_target_hash(t);
		if (map_get(w->by_id, t->id)) {
			probe_target_free(t); /* an id is taken once */
		} else if (known && known->hash == hash) {
			map_del(old, t->id);
			map_set(w->by_id, t->id, known);
			probe_target_free(t);
		} else {
			fresh[fresh_count] = watched_new(w, t, hash);
			map_set(w->by_id, t->id, fresh[fresh_count++]);
		}
	}
	free(targets);
	/* First: what is known of a host lives as long as somebody asks it. */
	first_rounds(w, fresh, fresh_count);
	all_free(old);
	free(fresh);
}

void watch_now(struct watch *w, const char *id)
{
	struct watched *x = map_get(w->by_id, id);

	if (x)
		ask(x, clock_mono().ms);
}

void watch_figures(struct watch *w, struct net_figures *out)
{
	const struct late *l = w->whole_minute ? &w->late_before : &w->late;
	unsigned seen = 0;

	out->targets = map_count(w->by_id);
	out->started = w->started;
	out->finished = w->finished;
	out->late_max_ms = out->late_p99_ms = 0;
	for (int ms = 0; ms < LATE_STEPS; ms++) {
		if (!l->count[ms])
			continue;
		if (seen * 100 < l->total * 99)
			out->late_p99_ms = ms;
		seen += l->count[ms];
		out->late_max_ms = ms;
	}
}

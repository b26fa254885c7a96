#include "probe_wait.h"

#include <string.h>

#include "os/clock.h"

static int64_t now_us(void)
{
	return (int64_t)uv_hrtime() / 1000;
}

static void kicked(void *ctx)
{
	struct waiting *w = ctx;

	loop_timer_after(w->limit, w->target->timeout_ms);
	w->start(w);
}

static void timed_out(void *ctx)
{
	waiting_fail(ctx, FAULT_TIMEOUT, "");
}

/* Inside of the slots' own work: the round begins when that is done. */
static void slot_free(struct slot *slot, bool fresh)
{
	struct waiting *w = (struct waiting *)((char *)slot - offsetof(struct waiting, slot));

	(void)fresh;
	w->a = (struct probe_answer){ .detail = "",
		.latency_ms = -1,
		.cert_until = UTC_NONE,
		.started_ms = clock_mono().ms,
		.suspect = w->slot.host && slot_suspect(slot) };
	w->line[0] = '\0';
	w->started_us = now_us();
	loop_timer_after(w->kick, 0);
}

void waiting_init(struct waiting *w, const struct probe_env *env, const struct probe_target *t,
    const char *host, bool named)
{
	w->env = env;
	w->target = t;
	w->kick = loop_timer_new(env->loop, kicked, w);
	w->limit = loop_timer_new(env->loop, timed_out, w);
	if (host)
		slot_bind(http_pool_slots(env->pool), &w->slot, host, named, slot_free);
}

void waiting_fini(struct waiting *w)
{
	struct slots *slots = http_pool_slots(w->env->pool);

	if (w->busy)
		w->stop(w);
	loop_timer_free(w->kick);
	loop_timer_free(w->limit);
	if (!w->slot.host)
		return;
	if (w->slot.state == SLOT_RUNNING)
		slot_done(slots, &w->slot, clock_mono().ms, false);
	slot_unbind(slots, &w->slot);
}

void waiting_go(struct probe_run *r)
{
	struct waiting *w = (struct waiting *)r;

	if (w->busy)
		return;
	w->busy = true;
	if (w->slot.host)
		slot_ask(http_pool_slots(w->env->pool), &w->slot, clock_mono().ms);
	else
		slot_free(&w->slot, false);
}

bool waiting_busy(const struct probe_run *r)
{
	return ((const struct waiting *)r)->busy;
}

void waiting_looked_up(struct waiting *w)
{
	slot_looked_up(http_pool_slots(w->env->pool), &w->slot, clock_mono().ms);
}

int64_t waiting_us(const struct waiting *w)
{
	return now_us() - w->started_us;
}

void waiting_end(struct waiting *w)
{
	struct probe_answer a = w->a;
	probe_done *done = w->run.done;
	void *ctx = w->run.ctx;

	a.phase.total = waiting_us(w);
	if (a.latency_ms < 0)
		a.latency_ms = (int)(a.phase.total / 1000);
	if (!a.text)
		a.text = w->line;
	w->stop(w);
	w->busy = false;
	loop_timer_stop(w->limit);
	if (w->slot.host)
		slot_done(http_pool_slots(w->env->pool), &w->slot, clock_mono().ms,
		    a.fault == FAULT_TIMEOUT);
	done(ctx, &a);
}

void waiting_fail(struct waiting *w, enum probe_fault fault, const char *detail)
{
	w->a.fault = fault;
	w->a.detail = detail;
	waiting_end(w);
}

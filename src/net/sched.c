#include "sched.h"

#include <stdlib.h>

#include "base/mem.h"

struct sched {
	struct due **heap; /* heap[0] is not used */
	size_t count, cap;
	struct loop_timer *timer;
	int64_t (*now)(void *ctx);
	void *ctx;
	int speed;
	bool running;
};

static void fired(void *ctx)
{
	sched_run(ctx);
}

struct sched *sched_new(struct loop *l, int64_t (*now)(void *ctx), void *ctx, int speed)
{
	struct sched *s = xcalloc(1, sizeof *s);

	s->now = now;
	s->ctx = ctx;
	s->speed = speed;
	s->timer = loop_timer_new(l, fired, s);
	return s;
}

void sched_free(struct sched *s)
{
	if (!s)
		return;
	loop_timer_free(s->timer);
	free(s->heap);
	free(s);
}

static void put(struct sched *s, size_t place, struct due *d)
{
	s->heap[place] = d;
	d->place = place;
}

static void up(struct sched *s, size_t i)
{
	struct due *d = s->heap[i];

	for (; i > 1 && s->heap[i / 2]->at > d->at; i /= 2)
		put(s, i, s->heap[i / 2]);
	put(s, i, d);
}

static void down(struct sched *s, size_t i)
{
	struct due *d = s->heap[i];

	for (size_t child; (child = i * 2) <= s->count; i = child) {
		if (child < s->count && s->heap[child + 1]->at < s->heap[child]->at)
			child++;
		if (s->heap[child]->at >= d->at)
			break;
		put(s, i, s->heap[child]);
	}
	put(s, i, d);
}

static void arm(struct sched *s)
{
	if (s->running || s->speed == 0)
		return;
	if (!s->count) {
		loop_timer_stop(s->timer);
		return;
	}
	int64_t wait = s->heap[1]->at - s->now(s->ctx);
	loop_timer_after(s->timer, wait > 0 ? wait / s->speed : 0);
}

void sched_cancel(struct sched *s, struct due *d)
{
	size_t i = d->place;

	if (!i)
		return;
	struct due *last = s->heap[s->count--];
	d->place = 0;
	if (last != d) {
		put(s, i, last);
		up(s, i);
		down(s, last->place);
	}
	if (i == 1)
		arm(s);
}

void sched_set(struct sched *s, struct due *d, int64_t at)
{
	sched_cancel(s, d);
	if (s->count + 2 > s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->heap = xreallocarray(s->heap, s->cap, sizeof(struct due *));
	}
	d->at = at;
	put(s, ++s->count, d);
	up(s, s->count);
	if (d->place == 1)
		arm(s);
}

void sched_run(struct sched *s)
{
	int64_t until = s->now(s->ctx) + (int64_t)SCHED_TOGETHER * s->speed;
	struct due **batch = NULL;
	size_t count = 0, cap = 0;

	/* Taken out first: firing sets them anew, perhaps within these 20 ms. */
	s->running = true;
	while (s->count && s->heap[1]->at <= until) {
		struct due *d = s->heap[1];
		sched_cancel(s, d);
		batch = xgrow(batch, count, &cap);
		batch[count++] = d;
	}
	for (size_t i = 0; i < count; i++)
		batch[i]->fire(batch[i]);
	free(batch);
	s->running = false;
	arm(s);
}

int64_t sched_next(const struct sched *s, int64_t at, int64_t interval)
{
	int64_t now = s->now(s->ctx), gap = (int64_t)SCHED_TOGETHER * s->speed;

	if (interval < 1)
		interval = 1;
	int64_t next = at + interval;
	if (next <= now)
		next += (now - next) / interval * interval + interval;
	/* An early start must not be followed by another one within the same 20 ms. */
	return next < now + gap + 1 ? now + gap + 1 : next;
}

int sched_part(int64_t at, int64_t interval, int parts)
{
	return interval > 0 && at > 0 ? (int)(at % interval * parts / interval) : 0;
}

int64_t sched_now(const struct sched *s)
{
	return s->now(s->ctx);
}

int64_t sched_virtual(const struct sched *s, int64_t real_ms)
{
	return s->speed ? real_ms * s->speed : real_ms;
}

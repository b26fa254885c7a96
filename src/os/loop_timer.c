/* All timers of a loop over one libuv timer: a heap for virtual instants, one for real delays. */
#include "os/loop.h"

#include <stdlib.h>

#include "base/mem.h"
#include "loop_priv.h"
#include "os/clock.h"

/* The longest sleep while a virtual timer waits. The system's clock may be stepped, and the clock
 * under libuv's timers stands still while the machine is suspended: nothing is later than this. */
#define LOOK_AGAIN_MS 5000

struct loop_timer {
	struct loop_item item; /* first: loop_own */
	struct loop *loop;
	struct timer_heap *in; /* NULL: not set */
	size_t pos;
	int64_t key; /* virtual ms, or ms of uv_now */
	uint64_t order;
	uint64_t pass; /* the firing pass that it must sit out */
	void (*fire)(void *ctx);
	void *ctx;
};

static bool before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->key != b->key ? a->key < b->key : a->order < b->order;
}

static void place(struct timer_heap *h, size_t i, struct loop_timer *t)
{
	h->items[i] = t;
	t->pos = i;
}

static void sift_up(struct timer_heap *h, size_t i, struct loop_timer *t)
{
	for (; i > 0 && before(t, h->items[(i - 1) / 2]); i = (i - 1) / 2)
		place(h, i, h->items[(i - 1) / 2]);
	place(h, i, t);
}

static void sift_down(struct timer_heap *h, size_t i, struct loop_timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < h->count && before(h->items[child + 1], h->items[child]))
			child++;
		if (child >= h->count || !before(h->items[child], t))
			break;
		place(h, i, h->items[child]);
		i = child;
	}
	place(h, i, t);
}

static void put(struct timer_heap *h, struct loop_timer *t)
{
	h->items = xgrow(h->items, h->count, &h->cap);
	t->in = h;
	sift_up(h, h->count++, t);
}

static void take(struct loop_timer *t)
{
	struct timer_heap *h = t->in;
	struct loop_timer *last = h->items[--h->count];

	t->in = NULL;
	if (last == t)
		return;
	if (t->pos > 0 && before(last, h->items[(t->pos - 1) / 2]))
		sift_up(h, t->pos, last);
	else
		sift_down(h, t->pos, last);
}

static int64_t now_real(struct loop *l)
{
	return (int64_t)uv_now(&l->uv);
}

static void elapsed(uv_timer_t *h);

/* Sets the one libuv timer for whatever is due first, not before `least` ms. */
static void rearm(struct loop *l, int64_t least)
{
	int64_t delay = INT64_MAX;

	if (l->firing)
		return; /* the pass does it at its end */
	if (l->by_utc.count) {
		delay = clock_real_delay((struct utc){ l->by_utc.items[0]->key });
		if (delay != INT64_MAX && delay > LOOK_AGAIN_MS)
			delay = LOOK_AGAIN_MS;
	}
	if (l->by_real.count) {
		int64_t left = l->by_real.items[0]->key - now_real(l);

		if (left < delay)
			delay = left < 0 ? 0 : left;
	}
	if (delay == INT64_MAX)
		uv_timer_stop(&l->timer);
	else
		uv_timer_start(&l->timer, elapsed, (uint64_t)(delay < least ? least : delay), 0);
}

/* One pass over what is due. A timer that is set within the pass to an instant that has passed
 * already waits for the next one, so that no callback can hold the loop. */
static void fire_due(struct loop *l, bool real)
{
	uint64_t end = l->order;

	if (l->firing) {
		l->firing_now = clock_utc();
		return;
	}
	l->firing = true;
	l->pass++;
	l->firing_now = clock_utc();
	while (l->by_utc.count) {
		struct loop_timer *t = l->by_utc.items[0];

		if (t->key > l->firing_now.ms || t->pass == l->pass)
			break;
		take(t);
		l->firing_at = t->key;
		t->fire(t->ctx);
	}
	while (real && l->by_real.count) {
		struct loop_timer *t = l->by_real.items[0];

		if (t->key > now_real(l) || t->order >= end)
			break;
		take(t);
		l->firing_at = INT64_MAX;
		t->fire(t->ctx);
	}
	l->firing = false;
	/* libuv would call a timer of 0 ms again and again within one turn. */
	rearm(l, 1);
}

static void elapsed(uv_timer_t *h)
{
	fire_due(h->data, true);
}

void loop_clock_moved(struct loop *l)
{
	fire_due(l, false);
}

void loop_timers_init(struct loop *l)
{
	uv_timer_init(&l->uv, &l->timer);
	l->timer.data = l;
}

void loop_timers_fini(struct loop *l)
{
	free(l->by_utc.items);
	free(l->by_real.items);
}

static void timer_close(struct loop_item *it)
{
	struct loop_timer *t = (struct loop_timer *)it;

	if (t->in)
		take(t);
	loop_disown(t->loop, it);
	free(t);
}

struct loop_timer *loop_timer_new(struct loop *l, void (*fire)(void *ctx), void *ctx)
{
	struct loop_timer *t = xcalloc(1, sizeof *t);

	t->loop = l;
	t->fire = fire;
	t->ctx = ctx;
	loop_own(l, &t->item, timer_close);
	return t;
}

void loop_timer_at(struct loop_timer *t, struct utc at)
{
	struct loop *l = t->loop;

	if (t->in)
		take(t);
	t->key = at.ms;
	t->order = l->order++;
	t->pass = 0;
	if (l->firing && at.ms <= l->firing_at && at.ms <= l->firing_now.ms) {
		t->key = l->firing_now.ms;
		t->pass = l->pass;
	}
	put(&l->by_utc, t);
	rearm(l, 0);
}

void loop_timer_after(struct loop_timer *t, int64_t real_ms)
{
	struct loop *l = t->loop;

	if (t->in)
		take(t);
	/* uv_now is of the start of this turn: without this a busy turn would shorten the delay. */
	uv_update_time(&l->uv);
	t->key = now_real(l) + (real_ms < 0 ? 0 : real_ms);
	t->order = l->order++;
	put(&l->by_real, t);
	rearm(l, 0);
}

void loop_timer_stop(struct loop_timer *t)
{
	if (!t->in)
		return;
	take(t);
	rearm(t->loop, 0);
}

bool loop_timer_set(const struct loop_timer *t)
{
	return t->in != NULL;
}

void loop_timer_free(struct loop_timer *t)
{
	struct loop *l;

	if (!t)
		return;
	l = t->loop;
	timer_close(&t->item);
	rearm(l, 0);
}

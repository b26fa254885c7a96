/* Shared by the files of the loop (loop, loop_timer, loop_watch). */
#ifndef OS_LOOP_PRIV_H
#define OS_LOOP_PRIV_H

#include <stdio.h>

#include "os/loop.h"

/* The first member of everything that is made on a loop; loop_free closes what is left. */
struct loop_item {
	struct loop_item *prev, *next;
	void (*close)(struct loop_item *);
};

/* Timers by their instant, the earliest on top; equal ones in the order in which they were set. */
struct timer_heap {
	struct loop_timer **items;
	size_t count, cap;
};

struct loop {
	uv_loop_t uv;
	uv_idle_t idle;
	uv_timer_t timer;
	struct loop_item *items;
	struct loop_later *later, *later_running;
	struct timer_heap by_utc, by_real;
	uint64_t order;	       /* of setting timers */
	uint64_t pass;	       /* number of the firing pass */
	bool firing;	       /* within a pass */
	int64_t firing_at;     /* instant of the virtual timer that is being fired */
	struct utc firing_now; /* the pass's now */
};

void loop_own(struct loop *l, struct loop_item *it, void (*close)(struct loop_item *));
void loop_disown(struct loop *l, struct loop_item *it);

void loop_timers_init(struct loop *l);
void loop_timers_fini(struct loop *l);

#endif

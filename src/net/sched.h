/* What is due when, in virtual time: a heap and one timer. What falls due within 20 ms goes
 * together, since waking up costs more than asking. */
#ifndef NET_SCHED_H
#define NET_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/loop.h"

#define SCHED_TOGETHER 20 /* real ms */

struct sched;

/* Embedded in its owner; zeroed means "not set". */
struct due {
	int64_t at;		     /* virtual ms of the scheduler's own clock */
	size_t place;		     /* in the heap, from 1; 0: not set */
	void (*fire)(struct due *d); /* frees no other item */
};

/* `now` gives the virtual ms; `speed` of them pass in a real one, 0: by hand. */
struct sched *sched_new(struct loop *l, int64_t (*now)(void *ctx), void *ctx, int speed);
void sched_free(struct sched *s);

void sched_set(struct sched *s, struct due *d, int64_t at);
void sched_cancel(struct sched *s, struct due *d);
/* Fires what is due; the timer calls it, and on a clock by hand whoever moves it. Each item fires
 * at most once in a call; it is not set any more when it does. */
void sched_run(struct sched *s);

/* The next instant of a rhythm: keeps its phase, lies after `now`, and at least 20 real ms away. */
int64_t sched_next(const struct sched *s, int64_t at, int64_t interval);
/* Which of `parts` of a round `at` lies in, from 0, for all that have this interval. */
int sched_part(int64_t at, int64_t interval, int parts);
int64_t sched_now(const struct sched *s);
/* Milliseconds of real time as virtual ones (as they are on a clock by hand). */
int64_t sched_virtual(const struct sched *s, int64_t real_ms);

#endif

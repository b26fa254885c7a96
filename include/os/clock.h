/* The only place that reads a clock. Virtual time, of `--now`, `--speed` and tests, lives here, so
 * that no rule and no view needs to know of it. */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

/* One of the three is called once at start; without a call the clock is the real one. */
void clock_use_real(void);
/* Runs `speed` times as fast (1 to 3600), from `start` now; UTC_NONE: from the real time. */
void clock_use_speed(struct utc start, int speed);
/* Stands at `start` until clock_advance. */
void clock_use_manual(struct utc start);

bool clock_is_manual(void);
int clock_speed(void); /* 1 for the real clock, 0 for a manual one */

/* Moves a manual clock on; timers that fall due are fired by loop_clock_moved (os/loop). */
void clock_advance(int64_t ms);
/* Moves a manual clock to `t`, never back. */
void clock_advance_to(struct utc t);

struct utc clock_utc(void); /* virtual */
struct mono clock_mono(
    void); /* real, CLOCK_BOOTTIME: for time-outs of the network and for ages of connections */
struct mono clock_cpu(void); /* CPU time of the process, for figures */

/* Real milliseconds until the virtual instant `at` (0 when past; INT64_MAX on a manual clock). */
int64_t clock_real_delay(struct utc at);

#endif

#include "os/clock.h"

#include <stdatomic.h>
#include <time.h>

enum mode {
	MODE_REAL,
	MODE_SPEED,
	MODE_MANUAL,
};

/* Set once at start, before there is a second thread; only a manual clock moves afterwards. */
static enum mode mode = MODE_REAL;
static int speed = 1;
static struct mono speed_from;	/* the real instant at which `base` was */
static _Atomic int64_t base_ms; /* MODE_SPEED: virtual start; MODE_MANUAL: now */

static int64_t read_ms(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void clock_use_real(void)
{
	mode = MODE_REAL;
	speed = 1;
}

void clock_use_speed(struct utc start, int times)
{
	mode = MODE_SPEED;
	speed = times < 1 ? 1 : times > 3600 ? 3600 : times;
	speed_from = clock_mono();
	base_ms = utc_is_set(start) ? start.ms : read_ms(CLOCK_REALTIME);
}

void clock_use_manual(struct utc start)
{
	mode = MODE_MANUAL;
	base_ms = start.ms;
}

bool clock_is_manual(void)
{
	return mode == MODE_MANUAL;
}

int clock_speed(void)
{
	switch (mode) {
	case MODE_REAL:
		return 1;
	case MODE_SPEED:
		return speed;
	case MODE_MANUAL:
		break;
	}
	return 0;
}

void clock_advance(int64_t ms)
{
	if (mode == MODE_MANUAL && ms > 0)
		base_ms += ms;
}

void clock_advance_to(struct utc t)
{
	clock_advance(t.ms - base_ms);
}

struct utc clock_utc(void)
{
	switch (mode) {
	case MODE_REAL:
		return (struct utc){ read_ms(CLOCK_REALTIME) };
	case MODE_SPEED:
		return (struct utc){ base_ms + (clock_mono().ms - speed_from.ms) * speed };
	case MODE_MANUAL:
		break;
	}
	return (struct utc){ base_ms };
}

struct mono clock_mono(void)
{
	return (struct mono){ read_ms(CLOCK_BOOTTIME) };
}

struct mono clock_cpu(void)
{
	return (struct mono){ read_ms(CLOCK_PROCESS_CPUTIME_ID) };
}

int64_t clock_real_delay(struct utc at)
{
	struct utc now = clock_utc();
	int64_t left;

	if (!utc_before(now, at))
		return 0;
	if (mode == MODE_MANUAL)
		return INT64_MAX;
	left = utc_diff(at, now);
	return mode == MODE_SPEED ? (left + speed - 1) / speed : left;
}

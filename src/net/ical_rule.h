/* Recurrence rules (RFC 5545, 3.3.10), walked day by day by the wall clock, so that what a rule
 * costs is counted where it is spent. */
#ifndef NET_ICAL_RULE_H
#define NET_ICAL_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Limits of one rule; see struct rule_walk for those of a feed. */
#define RULE_COUNT 10000 /* a larger COUNT is refused */
#define RULE_VALUES 64	 /* of one part with a sign (BYDAY, BYSETPOS, BYWEEKNO, BYYEARDAY) */

enum rule_freq { RULE_HOURLY, RULE_DAILY, RULE_WEEKLY, RULE_MONTHLY, RULE_YEARLY };

struct rule_values {
	int v[RULE_VALUES];
	size_t count;
};

struct rule {
	enum rule_freq freq;
	int64_t interval, count;  /* count 0: no end by it */
	int64_t until;		  /* INT64_MAX: none */
	bool until_utc;		  /* else by the wall clock */
	unsigned months;	  /* bit 1 to 12; 0: all */
	uint32_t days, days_back; /* of the month: bit 1 to 31, from its start and from its end */
	unsigned weekdays;	  /* bit 0 (Monday) to 6: every one of them */
	struct rule_values nth;	  /* 16 * n + weekday */
	struct rule_values yeardays, weeks, places;
	uint32_t hours; /* these three: 0: as the first one has it */
	uint64_t minutes, seconds;
	int week_start;
};

/* Reads the value of an RRULE. False: *e names the part that is wrong or not followed: FREQ
 * SECONDLY and MINUTELY, COUNT beyond RULE_COUNT, INTERVAL 0. */
bool rule_read(const char *text, struct rule *r, struct err *e);

/* One walk. Times are milliseconds of the wall clock, as if it were UTC. */
struct rule_walk {
	int64_t first; /* DTSTART: always the first occurrence */
	int64_t from;  /* what ends before may be passed over, where nothing has to be counted */
	int64_t to;    /* the last time that is looked for */
	size_t *steps; /* left to the whole feed; each day, and each time of one, takes one */
	/* An occurrence, in order. False: enough. *counts is cleared for a time that the wall clock
	 * skips, which is none. */
	bool (*take)(void *ctx, int64_t wall, bool *counts);
	void *ctx;
	bool beyond; /* out: it goes on behind `to`, or began before what was passed over */
};

/* False: the steps ran out before the end. */
bool rule_run(const struct rule *r, struct rule_walk *w);

#endif

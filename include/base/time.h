/* Time as two types that do not mix: UTC for people and the journal, a monotonic clock for timers.
 * Pure arithmetic; nothing here reads a clock. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
struct utc {
	int64_t ms;
};

/* Milliseconds of a clock that never steps; only differences mean anything. */
struct mono {
	int64_t ms;
};

#define UTC_NONE ((struct utc){ INT64_MIN }) /* "not set" */
#define UTC_TEXT 32			     /* room for utc_format, NUL included */

static inline bool utc_is_set(struct utc t)
{
	return t.ms != INT64_MIN;
}

static inline struct utc utc_add(struct utc t, int64_t ms)
{
	return (struct utc){ t.ms + ms };
}

static inline int64_t utc_diff(struct utc later, struct utc earlier)
{
	return later.ms - earlier.ms;
}

static inline bool utc_before(struct utc a, struct utc b)
{
	return a.ms < b.ms;
}

static inline struct utc utc_min(struct utc a, struct utc b)
{
	return a.ms < b.ms ? a : b;
}

static inline struct utc utc_max(struct utc a, struct utc b)
{
	return a.ms > b.ms ? a : b;
}

/* Days of the proleptic Gregorian calendar. */
struct date {
	int year, month, day; /* month 1-12, day 1-31 */
};

/* Days since 1970-01-01; any year from -9999 to 9999. */
int64_t date_to_days(struct date d);
struct date date_from_days(int64_t days);
int date_weekday(struct date d); /* 0 Monday … 6 Sunday */
bool date_valid(struct date d);
bool date_parse(const char *s, struct date *out); /* "2026-12-25", whole string */

/* RFC 3339: `T`, `t` or a blank between date and time, fraction of 0 to 9 digits (cut to ms), zone
 * `Z`, `z` or +hh:mm / -hh:mm; a leap second :60 reads as the next minute's start. Whole string,
 * years 0000-9999; false leaves *out alone. */
bool utc_parse(const char *s, struct utc *out);

/* "2025-03-10T14:20:00.000Z" into out[UTC_TEXT]; returns out. UTC_NONE gives ""; an instant beyond
 * the years 0000-9999 the nearest one within them. */
char *utc_format(struct utc t, char out[UTC_TEXT]);

/* A length of time as policies write it. */
enum duration_unit {
	DURATION_NONE,		/* there is no such target */
	DURATION_ELAPSED,	/* `ms` of elapsed time */
	DURATION_BUSINESS,	/* `ms` of business time, as business hours give it */
	DURATION_BUSINESS_DAYS, /* `days` business days, each the policy's business_day long */
};

struct duration {
	enum duration_unit unit;
	int64_t ms;
	int64_t days;
};

/* "90s", "15m", "2h", "48h", "14d", "500ms", "4 business hours", "1 business day", "none".
 * False: not a duration. No negative values; at most 10 years. */
bool duration_parse(const char *s, struct duration *out);
/* As duration_parse would read it back, in the longest unit that fits ("15m", "3 business days");
 * elapsed days from three on ("48h", "14d"). */
char *duration_format(struct duration d, char *out, size_t size);

#endif

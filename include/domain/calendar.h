/* Business time: opening hours in a zone, holidays, and the arithmetic of due times (docs/sla.md,
 * business time). Zones come in as data (os/zone reads them); nothing here knows a file. */
#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

/* A time zone as values: transitions by instant, then a repeating rule (the POSIX footer of a TZif
 * file). Opaque; built by zone_* below, from what os/zone has read. */
struct zone;

/* UTC, never fails; statically owned, never freed. */
const struct zone *zone_utc(void);
/* From the bytes of a TZif file (RFC 8536, versions 1 to 4). NULL: not one. `name` is copied. */
struct zone *zone_from_tzif(const char *name, const void *bytes, size_t len);
void zone_free(struct zone *z); /* zone_utc() and NULL are fine */
const char *zone_name(const struct zone *z);

/* Seconds east of UTC at the instant; the abbreviation ("CEST") goes to abbr[8] when not NULL. */
int zone_offset(const struct zone *z, struct utc at, char abbr[8]);
/* The instant of a local wall time. A time that a change skips moves forward by the gap; one that
 * occurs twice is its first occurrence. `ms` is since midnight and may be 24 h. */
struct utc zone_to_utc(const struct zone *z, struct date day, int64_t ms);
/* The local date, and ms since local midnight by the wall clock. */
struct date zone_local(const struct zone *z, struct utc at, int64_t *ms);

struct opening {
	int from, to; /* minutes since local midnight, 0 <= from < to <= 1440 */
};

struct calendar {
	char *id;
	const struct zone *zone; /* borrowed; whoever loaded it keeps it (zone_utc() by default) */
	struct opening *openings[7]; /* Monday first; sorted, without overlap */
	size_t opening_count[7];
	struct date *holidays; /* sorted */
	size_t holiday_count;
};

struct calendar *calendar_new(const char *id, const struct zone *zone); /* Mon-Fri 09:00-17:00 */
void calendar_free(struct calendar *c);
/* Days as "mon-fri", "mon,wed", "sat"; hours as "09:00-17:00" or "09:00-12:00,13:00-18:00". The
 * days named get just these hours. False: *why (a literal) says what is wrong. */
bool calendar_set_hours(struct calendar *c, const char *days, const char *hours, const char **why);
void calendar_clear_hours(struct calendar *c);
void calendar_add_holiday(struct calendar *c, struct date d);

/* Inside opening hours; they include their start, not their end. */
bool calendar_open_at(const struct calendar *c, struct utc at);
/* The next instant after `at` at which calendar_open_at changes; UTC_NONE when it never does within
 * 400 days. */
struct utc calendar_next_change(const struct calendar *c, struct utc at);
/* Business time between two instants, ms (0 when to <= from). */
int64_t calendar_between(const struct calendar *c, struct utc from, struct utc to);
/* The earliest instant at which `ms` of business time has gone by since `from`; UTC_NONE when the
 * calendar has not that much within 10 years. */
struct utc calendar_due(const struct calendar *c, struct utc from, int64_t ms);

#endif

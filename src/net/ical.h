/* iCalendar (RFC 5545) as carriers send it, within limits that are stated here. Lines that are no
 * property are named and passed over; a component without its END is not whole. */
#ifndef NET_ICAL_H
#define NET_ICAL_H

#include <stdbool.h>
#include <stddef.h>

#include "net/feed.h"

#define ICAL_LINE ((size_t)64 << 10) /* unfolded */
#define ICAL_NESTING 4		     /* a calendar, an event, an alarm, and one to spare */
#define ICAL_COMPONENTS 5000
#define ICAL_PROPERTIES 200000
#define ICAL_OF_COMPONENT 2000 /* properties of one component */
#define ICAL_PARAMETERS 32     /* of one property */

struct ical_param {
	const char *name, *value; /* unquoted; several values stay as written */
	struct ical_param *next;
};

struct ical_prop {
	const char *name, *value; /* the value as written: see ical_text */
	struct ical_param *params;
	struct ical_prop *next;
};

struct ical_comp {
	const char *name;
	struct ical_comp *parent; /* NULL: the outermost */
	bool whole;		  /* its END was there */
	struct ical_prop *props, **end;
	size_t count;
	struct ical_comp *next; /* in the order of their BEGIN */
};

/* The components of a text, in the document's arena; what was passed over is noted among the
 * document's problems. NULL: not one component begins. */
struct ical_comp *ical_read(struct feed_doc *d, const char *bytes, size_t len);

/* The first property of a name (any case); NULL: none. */
const struct ical_prop *ical_prop(const struct ical_comp *c, const char *name);
const struct ical_prop *ical_next(const struct ical_prop *p, const char *name); /* behind `p` */
const char *ical_value(const struct ical_comp *c, const char *name);		/* NULL: none */
const char *ical_param(const struct ical_prop *p, const char *name);		/* NULL: none */

/* A value of type TEXT without its escapes, clean, at most `max` bytes, several lines. */
const char *ical_text(struct arena *a, const struct ical_prop *p, size_t max);

/* ---- times ---- */

/* The zones that a document defines (VTIMEZONE), each with the changes of its clock. */
struct ical_zone;
struct ical_zone *ical_zones(struct feed_doc *d, const struct ical_comp *comps);

/* What `whence` (a DTSTART or another date-time property) says. UTC_NONE: absent or unreadable. A
 * time without a zone, in a zone that neither the document nor feed_zone_offset knows, or a date
 * alone is taken as UTC. Whatever is uncertain is a problem of `what`. */
struct utc ical_time(struct feed_doc *d, const struct ical_zone *zones,
    const struct ical_prop *whence, const char *what);

/* A date-time or a date as a wall clock's time, in milliseconds as if it were UTC, which *utc says
 * it is. */
bool ical_wall(const char *s, int64_t *ms, bool *utc, bool *date_only);
/* The instant at which a clock in a zone (NULL: UTC) shows a time of ical_wall; of two the first.
 * *skipped: it goes from before that time to behind it. */
struct utc ical_instant(
    const struct ical_zone *zones, const char *zone, int64_t wall, bool *skipped);
/* 0 (MO) to 6 by the first two letters; -1: no weekday. */
int ical_weekday(const char *s);

/* "PT2H30M", "P1D": milliseconds, at most ten years. False: no duration, or a negative one. */
bool ical_duration(const char *s, int64_t *ms);

/* ---- windows that come back ---- */

#define ICAL_WINDOWS 1000      /* of one event */
#define ICAL_ALL_WINDOWS 10000 /* of a calendar */
#define ICAL_STEPS 100000      /* of all rules of a calendar */
#define ICAL_PAST_DAYS 30      /* a window that ended earlier is left out, */
#define ICAL_FUTURE_DAYS 400   /* and one that begins later */

struct ical_window {
	struct utc start, end;
};

/* What is left of a calendar's limits. */
struct ical_repeat {
	struct feed_doc *d;
	const struct ical_zone *zones;
	const struct ical_comp *comps; /* an event with a RECURRENCE-ID stands for one of these */
	struct utc now; /* UTC_NONE: an event's own DTSTAMP, or its start, stands for it */
	size_t steps, windows;
	bool replacing; /* some event has a RECURRENCE-ID */
};

struct ical_repeat ical_repeat(struct feed_doc *d, const struct ical_zone *zones,
    const struct ical_comp *comps, struct utc now);

/* True when an event has an RRULE or an RDATE. */
bool ical_repeats(const struct ical_comp *c);
/* The windows of an event that repeats, given its first one: sorted, different, without those that
 * EXDATE or another event takes away, in the arena; none is possible. What is cut is a problem of
 * `what`, and so is a rule that is not followed, of which the first window stands alone. */
size_t ical_windows(struct ical_repeat *r, const struct ical_comp *c, struct ical_window first,
    const char *what, struct ical_window **out);
/* The event whose RRULE or RDATE makes the window that `c` with its RECURRENCE-ID replaces, and
 * where that began. NULL: there is none here. */
const struct ical_comp *ical_series(struct ical_repeat *r, const struct ical_comp *c);
struct utc ical_replaces(const struct ical_repeat *r, const struct ical_comp *c);

#endif

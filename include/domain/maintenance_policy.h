/* The rules of planned work as a policy states them (docs/maintenance.md): standard windows, how
 * long before customers are told, and periods in which nothing is changed. Values only. */
#ifndef DOMAIN_MAINTENANCE_POLICY_H
#define DOMAIN_MAINTENANCE_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/time.h"
#include "domain/calendar.h"

enum notice_class {
	NOTICE_MINOR,
	NOTICE_MAJOR,
	NOTICE_DISRUPTIVE,
	NOTICE_CLASSES,
};

extern const char *const notice_class_names[NOTICE_CLASSES]; /* "minor", "major", "disruptive" */
int notice_class_of(const char *name);			     /* -1: no such class */

/* A day of every year (7 July), of one year, or one that moves: the nth such weekday of a month. */
struct freeze_day {
	int year, month, day; /* year 0: every year; day 0: by `nth` and `weekday` */
	int nth, weekday;     /* 1 to 4, or -1 the last; 0 Monday … 6 Sunday */
};

/* A period in which nothing is scheduled, by the local calendar of the zones that it holds in. */
struct freeze {
	char *name;
	struct freeze_day from, to; /* both included; `to` before `from`: into the next year */
	int days;		    /* instead of `to`: so many from `from`; 0: by `to` */
	char **zones, **regions;    /* names of zones ("Europe/" all that begin so), ids of regions;
				       neither: it holds everywhere */
	size_t zone_count, region_count;
};

struct maintenance_policy {
	int window_from, window_to; /* minutes since local midnight; `to` before `from`: next day */
	int notice_days[NOTICE_CLASSES];
	struct freeze *freezes;
	size_t freeze_count;
	char **rollback_required; /* classes of components */
	size_t rollback_count;
	int watch; /* after it has ended, watched closely for so many times its duration */
};

void maintenance_policy_init(struct maintenance_policy *p); /* the default */
void maintenance_policy_fini(struct maintenance_policy *p);
void freeze_fini(struct freeze *f);

/* "07-01", "2026-07-01", "fourth thursday of november", "last monday of may". False: none. */
bool freeze_day_parse(const char *s, struct freeze_day *out);
/* As it would be written; appends. */
void freeze_day_print(struct buf *out, const struct freeze_day *d);
/* The period that begins in this year. False: it does not occur then. */
bool freeze_in_year(const struct freeze *f, int year, struct date *from, struct date *to);
/* Whether it holds in a region that lies in these zones. */
bool freeze_holds(
    const struct freeze *f, const char *region, const struct zone *const *zones, size_t count);

struct maintenance_window {
	struct utc from, to;
};

/* The standard window of the night that begins it on this local date. */
struct maintenance_window maintenance_window_on(
    const struct maintenance_policy *p, const struct zone *z, struct date day);
/* The standard window that all of these zones have in common, next to `near`. False: there is none
 * in the three nights around. */
bool maintenance_window_common(const struct maintenance_policy *p, const struct zone *const *zones,
    size_t count, struct utc near, struct maintenance_window *out);
/* Whether from..to lies in the standard window of every one of these zones. */
bool maintenance_window_holds(const struct maintenance_policy *p, const struct zone *const *zones,
    size_t count, struct utc from, struct utc to);

#endif

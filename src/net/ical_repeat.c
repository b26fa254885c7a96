/* The windows of an event that comes back: RRULE and RDATE, less EXDATE and the windows that events
 * of their own replace. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_priv.h"
#include "ical.h"
#include "ical_rule.h"

#define DAY_MS INT64_C(86400000)
#define OFFSET_MOST (DAY_MS * 15 / 24)

struct instants {
	int64_t *items;
	size_t count, cap;
};

struct expansion {
	struct ical_repeat *r;
	const char *what, *zone;
	int64_t length, from, to; /* instants */
	int64_t until;
	struct instants left_out;
	struct ical_window *out;
	size_t count, cap;
	bool cut, full, refused;
};

bool ical_repeats(const struct ical_comp *c)
{
	return ical_prop(c, "RRULE") || ical_prop(c, "RDATE");
}

struct ical_repeat ical_repeat(struct feed_doc *d, const struct ical_zone *zones,
    const struct ical_comp *comps, struct utc now)
{
	struct ical_repeat r = { .d = d,
		.zones = zones,
		.comps = comps,
		.now = now,
		.steps = ICAL_STEPS,
		.windows = ICAL_ALL_WINDOWS };

	for (const struct ical_comp *c = comps; c && !r.replacing; c = c->next)
		r.replacing = ical_prop(c, "RECURRENCE-ID") != NULL;
	return r;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int by_window(const void *a, const void *b)
{
	const struct ical_window *x = a, *y = b;
	int order = by_number(&x->start.ms, &y->start.ms);

	return order ? order : by_number(&x->end.ms, &y->end.ms);
}

/* One value of a list of date-times, which *s moves behind. False: the list is over, or it is none
 * (a problem). *end: of a period, UTC_NONE without one. */
static bool listed(
    struct expansion *x, const struct ical_prop *p, const char **s, struct utc *at, struct utc *end)
{
	const char *zone = ical_param(p, "TZID"), *slash;
	char value[64];
	size_t n = strcspn(*s, ",");
	bool utc, date_only, skipped;
	int64_t ms;

	if (!n)
		return false;
	if (n >= sizeof value || !x->r->steps)
		goto bad;
	x->r->steps--;
	memcpy(value, *s, n);
	value[n] = '\0';
	*s += n + ((*s)[n] == ',');
	slash = strchr(value, '/');
	value[slash ? slash - value : (ptrdiff_t)n] = '\0';
	if (!ical_wall(value, &ms, &utc, &date_only))
		goto bad;
	*at = ical_instant(x->r->zones, utc ? NULL : zone, ms, &skipped);
	*end = UTC_NONE;
	if (slash && ical_duration(slash + 1, &ms))
		*end = utc_add(*at, ms);
	else if (slash && ical_wall(slash + 1, &ms, &utc, &date_only))
		*end = ical_instant(x->r->zones, utc ? NULL : zone, ms, &skipped);
	return true;
bad:
	feed_problem(x->r->d, "%s: %s is no list of dates, or too long: '%.60s'", x->what, p->name,
	    p->value);
	return false;
}

static void leave_out(struct expansion *x, struct utc at)
{
	x->left_out.items = xgrow(x->left_out.items, x->left_out.count, &x->left_out.cap);
	x->left_out.items[x->left_out.count++] = at.ms;
}

static bool same_series(const struct ical_comp *a, const struct ical_comp *b)
{
	const char *x = ical_value(a, "UID"), *y = ical_value(b, "UID");

	return a != b && x && y && strcmp(a->name, b->name) == 0 && strcmp(x, y) == 0;
}

/* Those of EXDATE, and those that events of the same UID stand for. */
static void find_left_out(struct expansion *x, const struct ical_comp *c)
{
	struct utc at, end;

	for (const struct ical_prop *p = ical_prop(c, "EXDATE"); p; p = ical_next(p, "EXDATE"))
		for (const char *s = p->value; listed(x, p, &s, &at, &end);)
			leave_out(x, at);
	const struct ical_comp *o = x->r->replacing ? x->r->comps : NULL;
	for (; o && x->r->steps; o = o->next, x->r->steps--)
		if (o->whole && same_series(o, c) && utc_is_set(ical_replaces(x->r, o)))
			leave_out(x, ical_replaces(x->r, o));
	if (x->left_out.count)
		qsort(x->left_out.items, x->left_out.count, sizeof *x->left_out.items, by_number);
}

/* False: no more of them are taken. */
static bool add(struct expansion *x, struct utc start, struct utc end)
{
	if (x->left_out.count && bsearch(&start.ms, x->left_out.items, x->left_out.count,
				     sizeof *x->left_out.items, by_number))
		return true;
	if (end.ms < x->from || start.ms > x->to) {
		x->cut = true;
		return start.ms <= x->to;
	}
	if (x->count == ICAL_WINDOWS || !x->r->windows) {
		x->full = true;
		return false;
	}
	x->r->windows--;
	x->out = xgrow(x->out, x->count, &x->cap);
	x->out[x->count++] = (struct ical_window){ start, end };
	return true;
}

static bool take(void *ctx, int64_t wall, bool *counts)
{
	struct expansion *x = ctx;
	bool skipped;
	struct utc at = ical_instant(x->r->zones, x->zone, wall, &skipped);

	if (at.ms > x->until)
		return false;
	*counts = !skipped;
	return skipped || add(x, at, utc_add(at, x->length));
}

static void follow_rule(struct expansion *x, const struct ical_prop *p, int64_t first)
{
	struct err e = { 0 };
	struct rule rule;
	struct rule_walk w = { .first = first,
		.from = x->from - x->length - OFFSET_MOST,
		.to = x->to + OFFSET_MOST,
		.steps = &x->r->steps,
		.take = take,
		.ctx = x };

	if (!rule_read(p->value, &rule, &e)) {
		feed_problem(x->r->d,
		    "%s: repeats by a rule that is not followed (%.60s); only the first window is "
		    "kept",
		    x->what, e.msg);
		x->refused = true;
		return;
	}
	x->until = rule.until_utc ? rule.until : INT64_MAX;
	if (!rule_run(&rule, &w))
		feed_problem(x->r->d,
		    "%s: its rule takes too long to follow (%.60s); only the windows until then "
		    "are kept",
		    x->what, p->value);
	if (ical_next(p, "RRULE"))
		feed_problem(x->r->d, "%s: has several rules; only the first is followed", x->what);
	x->cut |= w.beyond;
}

static void add_dates(struct expansion *x, const struct ical_comp *c)
{
	struct utc at, end;

	for (const struct ical_prop *p = ical_prop(c, "RDATE"); p; p = ical_next(p, "RDATE"))
		for (const char *s = p->value; listed(x, p, &s, &at, &end);)
			add(x, at,
			    utc_is_set(end) && end.ms > at.ms ? end : utc_add(at, x->length));
}

/* Around what the document calls now. */
static void bounds(struct expansion *x, const struct ical_comp *c, struct utc first)
{
	const struct ical_prop *stamp = ical_prop(c, "DTSTAMP");
	bool utc, date_only;
	int64_t ms;
	struct utc now = x->r->now;

	if (!utc_is_set(now) && stamp && ical_wall(stamp->value, &ms, &utc, &date_only))
		now.ms = ms;
	else if (!utc_is_set(now))
		now = first;
	x->from = now.ms - ICAL_PAST_DAYS * DAY_MS;
	x->to = now.ms + ICAL_FUTURE_DAYS * DAY_MS;
}

static void tell(struct expansion *x)
{
	if (x->full)
		feed_problem(x->r->d, "%s: comes back too often; only %zu of its windows are kept",
		    x->what, x->count);
	else if (x->cut && !x->count)
		feed_problem(x->r->d,
		    "%s: comes back, but not between %d days ago and %d days ahead; its first "
		    "window is kept",
		    x->what, ICAL_PAST_DAYS, ICAL_FUTURE_DAYS);
	else if (x->cut)
		feed_problem(x->r->d,
		    "%s: comes back; windows that ended %d days ago or begin in more than %d days "
		    "are left out",
		    x->what, ICAL_PAST_DAYS, ICAL_FUTURE_DAYS);
}

size_t ical_windows(struct ical_repeat *r, const struct ical_comp *c, struct ical_window first,
    const char *what, struct ical_window **out)
{
	const struct ical_prop *start = ical_prop(c, "DTSTART"), *rule = ical_prop(c, "RRULE");
	struct expansion x = { .r = r,
		.what = what,
		.length = utc_is_set(first.end) ? utc_diff(first.end, first.start) : 0,
		.until = INT64_MAX };
	bool utc, date_only;
	int64_t wall;
	size_t n = 0;

	*out = arena_alloc(r->d->arena, sizeof **out);
	**out = first;
	if (!start || !ical_wall(start->value, &wall, &utc, &date_only))
		return 1;
	x.zone = utc ? NULL : ical_param(start, "TZID");
	bounds(&x, c, first.start);
	find_left_out(&x, c);
	if (rule)
		follow_rule(&x, rule, wall);
	if (!rule || x.refused)
		add(&x, first.start, utc_add(first.start, x.length));
	add_dates(&x, c);
	tell(&x);
	if (x.count) {
		qsort(x.out, x.count, sizeof *x.out, by_window);
		*out = arena_alloc(r->d->arena, x.count * sizeof **out);
	}
	for (size_t i = 0; i < x.count; i++) {
		if (n && x.out[i].start.ms == (*out)[n - 1].start.ms)
			continue;
		(*out)[n] = x.out[i];
		if (!utc_is_set(first.end) && x.out[i].end.ms == x.out[i].start.ms)
			(*out)[n].end = UTC_NONE;
		n++;
	}
	free(x.out);
	free(x.left_out.items);
	return n || !x.cut ? n : 1;
}

struct utc ical_replaces(const struct ical_repeat *r, const struct ical_comp *c)
{
	const struct ical_prop *p = ical_prop(c, "RECURRENCE-ID");
	bool utc, date_only, skipped;
	int64_t wall;

	if (!p || !ical_wall(p->value, &wall, &utc, &date_only))
		return UTC_NONE;
	return ical_instant(r->zones, utc ? NULL : ical_param(p, "TZID"), wall, &skipped);
}

const struct ical_comp *ical_series(struct ical_repeat *r, const struct ical_comp *c)
{
	const struct ical_comp *o = utc_is_set(ical_replaces(r, c)) ? r->comps : NULL;

	for (; o && r->steps; o = o->next, r->steps--)
		if (o->whole && same_series(o, c) && ical_repeats(o) &&
		    !ical_prop(o, "RECURRENCE-ID"))
			return o;
	return NULL;
}

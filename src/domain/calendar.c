#include "domain/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "zone_priv.h"

#define DAY_S INT64_C(86400)
#define DAY_MS INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define OPENINGS_MAX 24 /* in one day */
#define EARLY_DAYS 3	/* a walk starts this long before the instant it is for */
#define QUIET_DAYS 3	/* this far from a change of the zone no local time is skipped or doubled */
#define CHANGE_DAYS 400 /* how far calendar_next_change looks */
#define DUE_DAYS 3653	/* how far calendar_due looks */

struct interval {
	struct utc from, to;
};

/* A walk over the days of a calendar. Days are local ones, counted since 1970. */
struct walk {
	const struct calendar *c;
	int64_t day;
	struct zone_span span;
	int64_t quiet_from, quiet_to; /* days on which `span.offset` holds without a doubt */
	struct utc done;	      /* end of the last hours handed out: none counts twice */
};

static struct utc at_local(struct walk *w, int64_t day, int64_t ms)
{
	if (day >= w->quiet_from && day < w->quiet_to)
		return (struct utc){ day * DAY_MS + ms - (int64_t)w->span.offset * 1000 };
	return zone_to_utc(w->c->zone, date_from_days(day), ms);
}

static void look_around(struct walk *w)
{
	if (w->day >= w->quiet_from && w->day < w->quiet_to)
		return;
	w->span = zone_span_at(w->c->zone, w->day * DAY_S);
	w->quiet_from = w->span.from == INT64_MIN ? INT64_MIN : w->span.from / DAY_S + QUIET_DAYS;
	w->quiet_to = w->span.to == INT64_MAX ? INT64_MAX : w->span.to / DAY_S - QUIET_DAYS;
}

static struct walk walk_from(const struct calendar *c, struct utc at)
{
	struct walk w = {
		.c = c, .quiet_from = INT64_MAX, .quiet_to = INT64_MIN, .done = UTC_NONE
	};

	/* Some days early: where a change moves midnight, their hours may reach into this one. */
	w.day = date_to_days(zone_local(c->zone, at, NULL)) - EARLY_DAYS;
	return w;
}

static int date_order(const void *a, const void *b)
{
	const struct date *x = a, *y = b;

	if (x->year != y->year)
		return x->year < y->year ? -1 : 1;
	if (x->month != y->month)
		return x->month < y->month ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

static bool is_holiday(const struct calendar *c, struct date d)
{
	return c->holiday_count &&
	       bsearch(&d, c->holidays, c->holiday_count, sizeof d, date_order) != NULL;
}

static size_t weekday_of(int64_t day)
{
	return (size_t)((day % 7 + 10) % 7); /* 1970-01-01 was a Thursday */
}

/* Sorts by start and joins what overlaps, with the day before as well: a change of the zone may
 * have pushed one opening into the next. What is empty goes. */
static size_t tidy(struct interval *iv, size_t count, struct utc done)
{
	size_t n = 0;

	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && utc_before(iv[k].from, iv[k - 1].from); k--) {
			struct interval other = iv[k];

			iv[k] = iv[k - 1];
			iv[k - 1] = other;
		}
	for (size_t i = 0; i < count; i++) {
		iv[i].from = utc_max(iv[i].from, done);
		if (!utc_before(iv[i].from, iv[i].to))
			continue;
		done = iv[i].to;
		iv[n++] = iv[i];
	}
	return n;
}

/* The opening hours of the walk's day as instants, in order and apart; the walk moves on. */
static size_t next_day(struct walk *w, struct interval out[OPENINGS_MAX])
{
	int64_t day = w->day;
	size_t weekday = weekday_of(day), count = w->c->opening_count[weekday];

	look_around(w);
	w->day++;
	if (!count || is_holiday(w->c, date_from_days(day)))
		return 0;
	/* A date that the zone left out whole has no hours. */
	if ((day < w->quiet_from || day >= w->quiet_to) &&
	    !utc_before(at_local(w, day, 0), at_local(w, day + 1, 0)))
		return 0;
	for (size_t i = 0; i < count; i++) {
		const struct opening *o = &w->c->openings[weekday][i];

		out[i].from = at_local(w, day, o->from * MINUTE_MS);
		out[i].to = at_local(w, day, o->to * MINUTE_MS);
	}
	if (day < w->quiet_from || day >= w->quiet_to)
		count = tidy(out, count, w->done);
	if (count)
		w->done = out[count - 1].to;
	return count;
}

static int64_t week_ms(const struct calendar *c)
{
	int64_t sum = 0;

	for (size_t d = 0; d < 7; d++)
		for (size_t i = 0; i < c->opening_count[d]; i++)
			sum += (c->openings[d][i].to - c->openings[d][i].from) * MINUTE_MS;
	return sum;
}

/* The first holiday on `day` or later, as a day; INT64_MAX: none. */
static int64_t holiday_from(const struct calendar *c, int64_t day)
{
	struct date d = date_from_days(day);
	size_t lo = 0, hi = c->holiday_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (date_order(&c->holidays[mid], &d) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < c->holiday_count ? date_to_days(c->holidays[lo]) : INT64_MAX;
}

/* Whole weeks, `most` at most, in which nothing happens but opening hours: the walk jumps over
 * them. Returns how many. */
static int64_t skip_weeks(struct walk *w, int64_t most)
{
	int64_t end, weeks;

	look_around(w);
	if (most <= 0 || w->day < w->quiet_from || w->day >= w->quiet_to)
		return 0;
	end = holiday_from(w->c, w->day);
	end = end < w->quiet_to ? end : w->quiet_to;
	weeks = end == INT64_MAX ? most : (end - w->day) / 7;
	weeks = weeks < most ? weeks : most;
	w->day += 7 * weeks;
	return weeks;
}

int64_t calendar_between(const struct calendar *c, struct utc from, struct utc to)
{
	struct interval iv[OPENINGS_MAX];
	struct walk w = walk_from(c, from);
	int64_t first = w.day + 2 * EARLY_DAYS, last, sum = 0;

	if (!utc_before(from, to))
		return 0;
	last = date_to_days(zone_local(c->zone, to, NULL)) + EARLY_DAYS;
	while (w.day <= last) {
		if (w.day >= first)
			sum += week_ms(c) * skip_weeks(&w, (last - 2 * EARLY_DAYS - w.day) / 7);
		for (size_t i = 0, n = next_day(&w, iv); i < n; i++) {
			int64_t part = utc_diff(utc_min(iv[i].to, to), utc_max(iv[i].from, from));

			sum += part > 0 ? part : 0;
		}
	}
	return sum;
}

struct utc calendar_due(const struct calendar *c, struct utc from, int64_t ms)
{
	struct interval iv[OPENINGS_MAX];
	struct walk w = walk_from(c, from);
	int64_t first = w.day + 2 * EARLY_DAYS, last = w.day + EARLY_DAYS + DUE_DAYS,
		week = week_ms(c);

	if (ms <= 0)
		return from;
	if (!week)
		return UTC_NONE;
	while (w.day <= last) {
		/* (ms - 1): the week in which the time runs out is walked by days. */
		int64_t weeks = (ms - 1) / week, left = (last - w.day) / 7;

		if (w.day >= first)
			ms -= week * skip_weeks(&w, weeks < left ? weeks : left);
		for (size_t i = 0, n = next_day(&w, iv); i < n; i++) {
			struct utc start = utc_max(iv[i].from, from);
			int64_t part = utc_diff(iv[i].to, start);

			if (part <= 0)
				continue;
			if (ms <= part)
				return utc_add(start, ms);
			ms -= part;
		}
	}
	return UTC_NONE;
}

bool calendar_open_at(const struct calendar *c, struct utc at)
{
	struct interval iv[OPENINGS_MAX];
	struct walk w = walk_from(c, at);

	for (int day = 0; day <= 2 * EARLY_DAYS; day++)
		for (size_t i = 0, n = next_day(&w, iv); i < n; i++)
			if (!utc_before(at, iv[i].from) && utc_before(at, iv[i].to))
				return true;
	return false;
}

struct utc calendar_next_change(const struct calendar *c, struct utc at)
{
	struct interval iv[OPENINGS_MAX];
	struct walk w = walk_from(c, at);
	int64_t last = w.day + CHANGE_DAYS;
	struct utc end = UTC_NONE; /* of the opening that holds `at`, as far as it is known */

	while (w.day <= last) {
		for (size_t i = 0, n = next_day(&w, iv); i < n; i++) {
			if (!utc_before(at, iv[i].to))
				continue;
			if (utc_is_set(end) && utc_before(end, iv[i].from))
				return end;
			if (!utc_is_set(end) && utc_before(at, iv[i].from))
				return iv[i].from;
			end = utc_is_set(end) ? utc_max(end, iv[i].to) : iv[i].to;
		}
		/* Some days on nothing can touch it any more. */
		if (utc_is_set(end) && end.ms < (w.day - EARLY_DAYS) * DAY_MS)
			return end;
	}
	return UTC_NONE;
}

/* ---- making one ---- */

struct calendar *calendar_new(const char *id, const struct zone *zone)
{
	struct calendar *c = xcalloc(1, sizeof *c);
	const char *why;

	c->id = xstrdup(id);
	c->zone = zone;
	calendar_set_hours(c, "mon-fri", "09:00-17:00", &why);
	return c;
}

void calendar_free(struct calendar *c)
{
	if (!c)
		return;
	calendar_clear_hours(c);
	free(c->holidays);
	free(c->id);
	free(c);
}

void calendar_clear_hours(struct calendar *c)
{
	for (size_t d = 0; d < 7; d++) {
		free(c->openings[d]);
		c->openings[d] = NULL;
		c->opening_count[d] = 0;
	}
}

static int take_weekday(const char **s)
{
	static const char *const names[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

	for (int d = 0; d < 7; d++)
		if (strncmp(*s, names[d], 3) == 0) {
			*s += 3;
			return d;
		}
	return -1;
}

/* "mon-fri,sun" into on[7]; a range may go over the week's end. */
static bool days_parse(const char *s, bool on[7])
{
	memset(on, 0, 7 * sizeof *on);
	for (;;) {
		int from = take_weekday(&s), to = from;

		if (*s == '-') {
			s++;
			to = take_weekday(&s);
		}
		if (from < 0 || to < 0)
			return false;
		for (int d = from;; d = (d + 1) % 7) {
			on[d] = true;
			if (d == to)
				break;
		}
		if (!*s)
			return true;
		if (*s++ != ',')
			return false;
		while (*s == ' ')
			s++;
	}
}

/* "09:00" as minutes; 24:00 is the end of the day. */
static bool take_minutes(const char **s, int *out)
{
	int digit[5];

	for (int i = 0; i < 5; i++) {
		char ch = (*s)[i];

		if (i == 2 ? ch != ':' : ch < '0' || ch > '9')
			return false;
		digit[i] = ch - '0';
	}
	*s += 5;
	*out = (digit[0] * 10 + digit[1]) * 60 + digit[3] * 10 + digit[4];
	return digit[3] < 6 && *out <= 1440;
}

/* How many openings; 0: *why says what is wrong. */
static size_t hours_parse(const char *s, struct opening out[OPENINGS_MAX], const char **why)
{
	for (size_t n = 0; n < OPENINGS_MAX; n++) {
		struct opening *o = &out[n];

		*why = "hours are written as 09:00-17:00 or 09:00-12:00,13:00-18:00";
		if (!take_minutes(&s, &o->from) || *s++ != '-' || !take_minutes(&s, &o->to))
			return 0;
		*why = "opening hours must end after they start (24:00 is the end of the day)";
		if (o->from >= o->to)
			return 0;
		*why = "opening hours of a day must be in order and not overlap";
		if (n && o->from < out[n - 1].to)
			return 0;
		if (!*s)
			return n + 1;
		*why = "opening hours of a day are separated by commas";
		if (*s++ != ',')
			return 0;
		while (*s == ' ')
			s++;
	}
	*why = "at most 24 openings in a day";
	return 0;
}

bool calendar_set_hours(struct calendar *c, const char *days, const char *hours, const char **why)
{
	struct opening parsed[OPENINGS_MAX];
	bool on[7];
	size_t count;

	*why = "days are written as mon-fri or mon,wed or sat";
	if (!days_parse(days, on))
		return false;
	count = hours_parse(hours, parsed, why);
	if (!count)
		return false;
	for (size_t d = 0; d < 7; d++) {
		if (!on[d])
			continue;
		free(c->openings[d]);
		c->openings[d] = xreallocarray(NULL, count, sizeof *parsed);
		memcpy(c->openings[d], parsed, count * sizeof *parsed);
		c->opening_count[d] = count;
	}
	*why = NULL;
	return true;
}

void calendar_add_holiday(struct calendar *c, struct date d)
{
	size_t at = c->holiday_count;

	if (is_holiday(c, d))
		return;
	c->holidays = xreallocarray(c->holidays, c->holiday_count + 1, sizeof d);
	for (; at > 0 && date_order(&d, &c->holidays[at - 1]) < 0; at--)
		c->holidays[at] = c->holidays[at - 1];
	c->holidays[at] = d;
	c->holiday_count++;
}

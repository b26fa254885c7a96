/* Date-times of a calendar: UTC, by a zone that the calendar itself defines, or by a name. No rule
 * is stepped through: what a year's change of time is follows from the rule at once. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_priv.h"
#include "ical.h"

#define DAY_MS INT64_C(86400000)

bool ical_wall(const char *s, int64_t *ms, bool *utc, bool *date_only)
{
	int v[6] = { 0 };
	size_t n = strlen(s);

	*date_only = n == 8;
	*utc = n == 16 && toupper((unsigned char)s[15]) == 'Z';
	if (n != 8 && n != 15 && !*utc)
		return false;
	if (n > 8 && toupper((unsigned char)s[8]) != 'T')
		return false;
	for (size_t i = 0; i < (n > 8 ? 15 : 8); i++)
		if (i != 8 && !isdigit((unsigned char)s[i]))
			return false;
	sscanf(s, "%4d%2d%2d%*c%2d%2d%2d", v, v + 1, v + 2, v + 3, v + 4, v + 5);
	struct date d = { v[0], v[1], v[2] };
	if (!date_valid(d) || v[3] > 23 || v[4] > 59 || v[5] > 60)
		return false;
	*ms = date_to_days(d) * DAY_MS + ((int64_t)v[3] * 3600 + v[4] * 60 + v[5]) * 1000;
	return true;
}

/* "+0100", "-053000": milliseconds. */
static bool offset_of(const char *s, int64_t *ms)
{
	size_t n = s ? strlen(s) : 0;
	int h = 0, m = 0, sec = 0;

	if ((n != 5 && n != 7) || (*s != '+' && *s != '-'))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	sscanf(s + 1, "%2d%2d%2d", &h, &m, &sec);
	if (h > 15 || m > 59 || sec > 59)
		return false;
	*ms = (*s == '-' ? -1000 : 1000) * ((int64_t)h * 3600 + m * 60 + sec);
	return true;
}

/* FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU, with a range of month days or without. */
struct yearly {
	int month, nth, weekday; /* weekday -1: by the day of the month alone */
	int first_day;		 /* 0: no range */
	int64_t until;
	bool ok;
};

int ical_weekday(const char *s)
{
	static const char names[7][3] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

	for (int i = 0; i < 7; i++)
		if (strncasecmp(s, names[i], 2) == 0)
			return i;
	return -1;
}

static void rule_part(struct yearly *y, const char *key, const char *value)
{
	bool utc, date_only;
	char *end;
	long n = strtol(value, &end, 10);

	if (strcasecmp(key, "FREQ") == 0)
		y->ok = y->ok && strcasecmp(value, "YEARLY") == 0;
	else if (strcasecmp(key, "INTERVAL") == 0)
		y->ok = y->ok && n == 1;
	else if (strcasecmp(key, "BYMONTH") == 0 && n >= 1 && n <= 12 && !*end)
		y->month = (int)n;
	else if (strcasecmp(key, "BYDAY") == 0 && strlen(end) == 2 && ical_weekday(end) >= 0 &&
		 n >= -5 && n <= 5) {
		y->weekday = ical_weekday(end);
		y->nth = (int)n;
	} else if (strcasecmp(key, "BYMONTHDAY") == 0 && n >= 1 && n <= 31)
		y->first_day = (int)n;
	else if (strcasecmp(key, "UNTIL") == 0)
		y->ok = y->ok && ical_wall(value, &y->until, &utc, &date_only);
	else if (strcasecmp(key, "WKST") != 0)
		y->ok = false;
}

static struct yearly rule_of(const char *rule)
{
	struct yearly y = { .weekday = -1, .until = INT64_MAX - DAY_MS, .ok = true };
	char key[16], value[64];
	int used;

	while (sscanf(rule, "%15[^=;]=%63[^;]%n", key, value, &used) == 2) {
		rule_part(&y, key, value);
		rule += used;
		rule += *rule == ';';
	}
	y.ok = y.ok && !*rule && y.month && (y.weekday >= 0 ? y.nth || y.first_day : y.first_day);
	return y;
}

static int64_t rule_day(const struct yearly *y, int year)
{
	struct date first = { year, y->month, y->first_day ? y->first_day : 1 };
	struct date next = { year + y->month / 12, y->month % 12 + 1, 1 };
	int64_t day = date_to_days(first), after = date_to_days(next);

	if (y->weekday < 0)
		return day;
	if (y->nth < 0 && !y->first_day) {
		day = after - 1;
		day -= (date_weekday(date_from_days(day)) - y->weekday + 7) % 7;
		return day + (int64_t)7 * (y->nth + 1);
	}
	day += (y->weekday - date_weekday(date_from_days(day)) + 7) % 7;
	return y->first_day ? day : day + (int64_t)7 * (y->nth - 1);
}

#define ZONES 32
#define CHANGES 16 /* of one zone */
#define DATES 64   /* of one change, beside its first */

/* A change to standard or to daylight time. */
struct change {
	int64_t from;	       /* the first time, by the wall clock before it */
	int64_t before, after; /* offsets */
	struct yearly rule;    /* ok: it comes back by this one */
	bool understood;
	int64_t dates[DATES];
	size_t date_count;
};

struct ical_zone {
	const char *id;
	struct change changes[CHANGES];
	size_t count;
	struct ical_zone *next;
};

static bool read_change(const struct ical_comp *c, struct change *x)
{
	const char *start = ical_value(c, "DTSTART"), *rule = ical_value(c, "RRULE");
	bool utc, date_only;

	if (!start || !ical_wall(start, &x->from, &utc, &date_only) ||
	    !offset_of(ical_value(c, "TZOFFSETTO"), &x->after))
		return false;
	if (!offset_of(ical_value(c, "TZOFFSETFROM"), &x->before))
		x->before = x->after;
	x->rule = rule ? rule_of(rule) : (struct yearly){ 0 };
	x->understood = !rule || x->rule.ok;
	for (const struct ical_prop *p = ical_prop(c, "RDATE"); p && x->date_count < DATES;
	     p = ical_next(p, "RDATE"))
		if (ical_wall(p->value, &x->dates[x->date_count], &utc, &date_only))
			x->date_count++;
	return true;
}

struct ical_zone *ical_zones(struct feed_doc *d, const struct ical_comp *comps)
{
	struct ical_zone *first = NULL, **end = &first;
	size_t count = 0;

	for (const struct ical_comp *z = comps; z; z = z->next) {
		const char *id = ical_value(z, "TZID");
		if (!z->whole || !id || strcmp(z->name, "VTIMEZONE") != 0)
			continue;
		if (count++ == ZONES) {
			feed_problem(d, "only the first %d zones are read", ZONES);
			break;
		}
		*end = arena_alloc(d->arena, sizeof **end);
		(*end)->id = id;
		for (const struct ical_comp *c = z->next; c && c->parent == z; c = c->next)
			if ((*end)->count < CHANGES &&
			    read_change(c, &(*end)->changes[(*end)->count]))
				(*end)->count++;
		end = &(*end)->next;
	}
	return first;
}

/* When `c` last took place before a time of the wall clock; INT64_MIN: never. */
static int64_t newest(const struct change *c, int64_t at)
{
	int64_t best = c->from <= at ? c->from : INT64_MIN, t;
	struct date today = date_from_days((at < 0 ? at - DAY_MS + 1 : at) / DAY_MS);

	for (size_t i = 0; i < c->date_count; i++)
		if (c->dates[i] <= at && c->dates[i] > best)
			best = c->dates[i];
	for (int year = today.year - 1; c->rule.ok && year <= today.year; year++) {
		t = rule_day(&c->rule, year) * DAY_MS + (c->from % DAY_MS + DAY_MS) % DAY_MS;
		if (t >= c->from && t <= at && t <= c->rule.until + DAY_MS && t > best)
			best = t;
	}
	return best;
}

/* By a zone of the document. False: it has none of this name that can be used. */
static bool own_zone(
    const struct ical_zone *z, const char *zone, int64_t at, int64_t *offset, bool *understood)
{
	int64_t best = INT64_MIN, earliest = INT64_MAX;

	while (z && strcmp(z->id, zone) != 0)
		z = z->next;
	for (size_t i = 0; z && i < z->count; i++) {
		const struct change *c = &z->changes[i];
		int64_t t = newest(c, at);
		*understood = *understood && c->understood;
		if (t != INT64_MIN && t >= best) {
			best = t;
			*offset = c->after;
		} else if (best == INT64_MIN && c->from < earliest) {
			earliest = c->from;
			*offset = c->before;
		}
	}
	return z && z->count;
}

/* A zone that is known by its name, perhaps behind a path ("/vendor/20050126/Europe/Paris"). */
static bool named_zone(const char *zone, int64_t at, int64_t *offset)
{
	struct date day = date_from_days((at < 0 ? at - DAY_MS + 1 : at) / DAY_MS);
	int minutes;

	for (; zone; zone = strchr(zone, '/')) {
		zone += *zone == '/';
		if (feed_zone_offset(zone, day, (at % DAY_MS + DAY_MS) % DAY_MS, &minutes)) {
			*offset = (int64_t)minutes * 60000;
			return true;
		}
	}
	return false;
}

/* False: neither the document nor feed_zone_offset knows the zone; then it is taken as UTC. */
static bool offset_at(
    const struct ical_zone *zones, const char *zone, int64_t at, int64_t *offset, bool *understood)
{
	*offset = 0;
	return own_zone(zones, zone, at, offset, understood) || named_zone(zone, at, offset);
}

struct utc ical_time(struct feed_doc *d, const struct ical_zone *zones,
    const struct ical_prop *whence, const char *what)
{
	const char *zone = whence ? ical_param(whence, "TZID") : NULL;
	int64_t ms, offset = 0;
	bool utc, date_only, understood = true;

	if (!whence)
		return UTC_NONE;
	if (!ical_wall(whence->value, &ms, &utc, &date_only)) {
		feed_problem(d, "%s: %s is no date: '%.60s'", what, whence->name, whence->value);
		return UTC_NONE;
	}
	if (utc)
		return (struct utc){ ms };
	if (!zone)
		feed_problem(d, "%s: %s is %s without a zone, taken as UTC: uncertain", what,
		    whence->name, date_only ? "a date" : "a time");
	else if (!offset_at(zones, zone, ms, &offset, &understood))
		feed_problem(d, "%s: %s is in an unknown zone '%.60s', taken as UTC: uncertain",
		    what, whence->name, zone);
	else if (!understood)
		feed_problem(d, "%s: %s: the rule of zone '%.60s' is not understood: uncertain",
		    what, whence->name, zone);
	return (struct utc){ ms - offset };
}

struct utc ical_instant(
    const struct ical_zone *zones, const char *zone, int64_t wall, bool *skipped)
{
	int64_t before, now, at_jump;
	bool ignored = true;

	*skipped = false;
	if (!zone || !offset_at(zones, zone, wall, &now, &ignored))
		return (struct utc){ wall };
	/* Where the clock went forward since, times that it jumped over are those within the jump
	 * behind it. */
	offset_at(zones, zone, wall - DAY_MS / 4, &before, &ignored);
	if (now > before) {
		offset_at(zones, zone, wall - (now - before), &at_jump, &ignored);
		*skipped = at_jump == before;
	}
	return (struct utc){ wall - now };
}

bool ical_duration(const char *s, int64_t *ms)
{
	static const struct {
		char unit;
		bool time;
		int64_t ms;
	} units[] = { { 'W', false, 7 * DAY_MS }, { 'D', false, DAY_MS }, { 'H', true, 3600000 },
		{ 'M', true, 60000 }, { 'S', true, 1000 } };
	bool time = false, any = false;

	s += *s == '+';
	if (toupper((unsigned char)*s++) != 'P')
		return false;
	for (*ms = 0; *s;) {
		char *end;
		if (toupper((unsigned char)*s) == 'T' && !time) {
			time = true;
			s++;
			continue;
		}
		if (!isdigit((unsigned char)*s))
			return false;
		long n = strtol(s, &end, 10);
		size_t i = 0;
		while (i < countof(units) &&
		       (units[i].unit != toupper((unsigned char)*end) || units[i].time != time))
			i++;
		if (i == countof(units) || n > 3660 * 24 * 60)
			return false;
		*ms += n * units[i].ms;
		any = true;
		s = end + 1;
	}
	return any && *ms <= 3660 * DAY_MS;
}

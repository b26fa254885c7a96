#include "ical_rule.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/time.h"
#include "ical.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

/* ---- reading ---- */

static const struct {
	const char *name;
	enum rule_freq freq;
} freqs[] = {
	{ "HOURLY", RULE_HOURLY },
	{ "DAILY", RULE_DAILY },
	{ "WEEKLY", RULE_WEEKLY },
	{ "MONTHLY", RULE_MONTHLY },
	{ "YEARLY", RULE_YEARLY },
};

/* One number of a list at *s, which moves behind it and its comma. False: none from `least` to
 * `most` without a sign, or within -most to -least with one where `back` allows it. */
static bool number(const char **s, int least, int most, bool back, int *out)
{
	char *end;
	long n = strtol(*s, &end, 10);
	const char *digits = *s + (**s == '-' || **s == '+');
	long size = n < 0 ? -n : n;

	if (!isdigit((unsigned char)*digits) || (digits > *s && !back) || size < least ||
	    size > most || (*end && *end != ','))
		return false;
	*out = (int)n;
	*s = *end ? end + 1 : end;
	return true;
}

static bool bits(const char *s, int least, int most, uint64_t *forth, uint32_t *back)
{
	int n;

	while (*s) {
		if (!number(&s, least, most, back != NULL, &n))
			return false;
		if (n < 0)
			*back |= UINT32_C(1) << -n;
		else
			*forth |= UINT64_C(1) << n;
	}
	return true;
}

static bool values(const char *s, int most, struct rule_values *out)
{
	while (*s) {
		if (out->count == RULE_VALUES || !number(&s, 1, most, true, &out->v[out->count++]))
			return false;
	}
	return out->count > 0;
}

static bool weekdays(const char *s, struct rule *r)
{
	while (*s) {
		char *end;
		long n = strtol(s, &end, 10);
		int day = ical_weekday(end);

		if (day < 0 || n < -53 || n > 53 || (end > s && n == 0) ||
		    (end[2] && end[2] != ','))
			return false;
		if (end == s)
			r->weekdays |= 1u << day;
		else if (r->nth.count == RULE_VALUES)
			return false;
		else
			r->nth.v[r->nth.count++] = (int)n * 16 + day;
		s = end + 2 + (end[2] == ',');
	}
	return true;
}

static bool freq_of(const char *s, struct rule *r)
{
	for (size_t i = 0; i < countof(freqs); i++)
		if (strcasecmp(freqs[i].name, s) == 0) {
			r->freq = freqs[i].freq;
			return true;
		}
	return false;
}

static bool whole_number(const char *s, int64_t most, int64_t *out)
{
	char *end;

	*out = strtol(s, &end, 10);
	return isdigit((unsigned char)*s) && !*end && *out >= 1 && *out <= most;
}

static bool part(struct rule *r, const char *key, const char *s)
{
	uint64_t set = 0;
	bool ok = true, date_only;

	if (strcasecmp(key, "FREQ") == 0)
		return freq_of(s, r);
	if (strcasecmp(key, "INTERVAL") == 0)
		return whole_number(s, INT_MAX, &r->interval);
	if (strcasecmp(key, "COUNT") == 0)
		return whole_number(s, RULE_COUNT, &r->count);
	if (strcasecmp(key, "UNTIL") == 0) {
		ok = ical_wall(s, &r->until, &r->until_utc, &date_only);
		r->until += ok && date_only ? DAY_MS - 1 : 0;
	} else if (strcasecmp(key, "BYMONTH") == 0) {
		ok = bits(s, 1, 12, &set, NULL);
		r->months = (unsigned)set;
	} else if (strcasecmp(key, "BYMONTHDAY") == 0) {
		ok = bits(s, 1, 31, &set, &r->days_back);
		r->days = (uint32_t)set;
	} else if (strcasecmp(key, "BYHOUR") == 0) {
		ok = bits(s, 0, 23, &set, NULL);
		r->hours = (uint32_t)set;
	} else if (strcasecmp(key, "BYMINUTE") == 0) {
		ok = bits(s, 0, 59, &r->minutes, NULL);
	} else if (strcasecmp(key, "BYSECOND") == 0) {
		ok = bits(s, 0, 59, &r->seconds, NULL);
	} else if (strcasecmp(key, "BYDAY") == 0) {
		ok = weekdays(s, r);
	} else if (strcasecmp(key, "BYYEARDAY") == 0) {
		ok = values(s, 366, &r->yeardays);
	} else if (strcasecmp(key, "BYWEEKNO") == 0) {
		ok = values(s, 53, &r->weeks);
	} else if (strcasecmp(key, "BYSETPOS") == 0) {
		ok = values(s, 366, &r->places);
	} else if (strcasecmp(key, "WKST") == 0) {
		r->week_start = ical_weekday(s);
		ok = r->week_start >= 0 && !s[2];
	} else {
		ok = false;
	}
	return ok && *s;
}

/* What the table of 3.3.10 leaves empty. */
static const char *clash(const struct rule *r)
{
	bool any = r->months || r->days || r->days_back || r->weekdays || r->nth.count ||
		   r->yeardays.count || r->weeks.count || r->hours || r->minutes || r->seconds;

	if (r->freq == RULE_WEEKLY && (r->days || r->days_back))
		return "BYMONTHDAY in a weekly rule";
	if (r->yeardays.count && r->freq != RULE_YEARLY && r->freq != RULE_HOURLY)
		return "BYYEARDAY in a rule that is not yearly";
	if (r->weeks.count && r->freq != RULE_YEARLY)
		return "BYWEEKNO in a rule that is not yearly";
	if (r->nth.count && (r->freq < RULE_MONTHLY || r->weeks.count))
		return "a BYDAY that is counted in a rule that is not";
	if (r->places.count && !any)
		return "BYSETPOS alone";
	return NULL;
}

bool rule_read(const char *text, struct rule *r, struct err *e)
{
	char key[16], value[1024];
	bool freq = false;
	const char *why;

	*r = (struct rule){ .interval = 1, .until = INT64_MAX };
	while (*text) {
		size_t n = strcspn(text, "=;"), v = text[n] == '=' ? strcspn(text + n + 1, ";") : 0;

		if (text[n] != '=' || n >= sizeof key || v >= sizeof value)
			return err_set(e, ERR_DATA, "%.40s", text);
		memcpy(key, text, n);
		key[n] = '\0';
		memcpy(value, text + n + 1, v);
		value[v] = '\0';
		if (!part(r, key, value))
			return err_set(e, ERR_DATA, "%s=%.40s", key, value);
		freq |= strcasecmp(key, "FREQ") == 0;
		text += n + 1 + v;
		text += *text == ';';
	}
	if (!freq)
		return err_set(e, ERR_DATA, "no FREQ");
	if ((why = clash(r)) != NULL)
		return err_set(e, ERR_DATA, "%s", why);
	return true;
}

/* ---- days ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct day {
	int64_t number; /* since 1970 */
	struct date date;
	int weekday, of_year, year_days, month_days; /* of_year from 1 */
};

static int days_of_year(int year)
{
	return (int)(date_to_days((struct date){ year + 1, 1, 1 }) -
		     date_to_days((struct date){ year, 1, 1 }));
}

static struct day day_of(int64_t number)
{
	struct day d = { .number = number, .date = date_from_days(number) };
	struct date next = { d.date.year + d.date.month / 12, d.date.month % 12 + 1, 1 };
	int64_t first = date_to_days((struct date){ d.date.year, d.date.month, 1 });

	d.weekday = date_weekday(d.date);
	d.of_year = (int)(number - date_to_days((struct date){ d.date.year, 1, 1 })) + 1;
	d.year_days = days_of_year(d.date.year);
	d.month_days = (int)(date_to_days(next) - first);
	return d;
}

/* The week's number by the year that has most of its days, and how many that year has. */
static int week_of(int64_t number, int weekday, int start, int *year)
{
	int64_t middle = number - (weekday - start + 7) % 7 + 3;
	struct date d = date_from_days(middle);

	*year = d.year;
	return (int)(middle - date_to_days((struct date){ d.year, 1, 1 })) / 7 + 1;
}

static bool in_weeks(const struct rule *r, const struct day *d)
{
	int year, ignored, week = week_of(d->number, d->weekday, r->week_start, &year);
	struct date last = { year, 12, 28 };
	int weeks = week_of(date_to_days(last), date_weekday(last), r->week_start, &ignored);

	for (size_t i = 0; i < r->weeks.count; i++)
		if (r->weeks.v[i] == week || r->weeks.v[i] == week - weeks - 1)
			return true;
	return false;
}

/* "2MO": the second Monday of the month, or of the year where a yearly rule names no month. */
static bool is_nth(const struct rule *r, const struct day *d)
{
	bool year = r->freq == RULE_YEARLY && !r->months;
	int at = year ? d->of_year : d->date.day, all = year ? d->year_days : d->month_days;

	for (size_t i = 0; i < r->nth.count; i++) {
		int n = (r->nth.v[i] + 16 * 64) / 16 - 64, day = (r->nth.v[i] + 16 * 64) % 16;

		if (day == d->weekday && (n == (at - 1) / 7 + 1 || n == -((all - at) / 7 + 1)))
			return true;
	}
	return false;
}

static bool in_yeardays(const struct rule *r, const struct day *d)
{
	for (size_t i = 0; i < r->yeardays.count; i++)
		if (r->yeardays.v[i] == d->of_year ||
		    r->yeardays.v[i] == d->of_year - d->year_days - 1)
			return true;
	return false;
}

static bool day_passes(const struct rule *r, const struct day *d)
{
	if (r->months && !(r->months >> d->date.month & 1))
		return false;
	if ((r->weekdays || r->nth.count) && !(r->weekdays >> d->weekday & 1) && !is_nth(r, d))
		return false;
	if ((r->days || r->days_back) && !(r->days >> d->date.day & 1) &&
	    !(r->days_back >> (d->month_days - d->date.day + 1) & 1))
		return false;
	return (!r->weeks.count || in_weeks(r, d)) && (!r->yeardays.count || in_yeardays(r, d));
}

/* What a rule leaves open is as the first occurrence has it. */
static struct rule completed(const struct rule *from, int64_t first)
{
	struct day d = day_of(floor_div(first, DAY_MS));
	int64_t ms = first - d.number * DAY_MS;
	struct rule r = *from;
	bool day = r.days || r.days_back || r.weekdays || r.nth.count || r.yeardays.count;

	if (!r.hours && r.freq != RULE_HOURLY)
		r.hours = UINT32_C(1) << ms / HOUR_MS;
	if (!r.minutes)
		r.minutes = UINT64_C(1) << ms / 60000 % 60;
	if (!r.seconds)
		r.seconds = UINT64_C(1) << ms / 1000 % 60;
	if (!day && (r.weeks.count || r.freq == RULE_WEEKLY))
		r.weekdays = 1u << d.weekday;
	else if (!day && r.freq >= RULE_MONTHLY)
		r.days = UINT32_C(1) << d.date.day;
	if (!day && !r.weeks.count && r.freq == RULE_YEARLY && !r.months)
		r.months = 1u << d.date.month;
	return r;
}

/* ---- walking ---- */

/* All times of one period: each day that passes, at each time of the day. */
struct period {
	int64_t days[366];
	size_t day_count;
	int hours[24], minutes[60], seconds[60];
	size_t hour_count, minute_count, second_count;
};

struct walk {
	struct rule r;
	struct rule_walk *w;
	struct period p;
	int64_t counted;
	bool over, out_of_steps;
};

static size_t spread(uint64_t set, int most, int *out)
{
	size_t n = 0;

	for (int i = 0; i <= most; i++)
		if (set >> i & 1)
			out[n++] = i;
	return n;
}

static bool step(struct walk *x)
{
	if (*x->w->steps == 0)
		x->out_of_steps = x->over = true;
	else
		--*x->w->steps;
	return !x->over;
}

static void offer(struct walk *x, int64_t wall)
{
	bool counts = true;

	if (wall <= x->w->first)
		return; /* which was the first */
	if (wall > x->r.until && !x->r.until_utc) {
		x->over = true;
		return;
	}
	if (wall > x->w->to) {
		x->over = x->w->beyond = true;
		return;
	}
	if (!x->w->take(x->w->ctx, wall, &counts))
		x->over = true;
	x->counted += counts;
	if (x->r.count && x->counted >= x->r.count)
		x->over = true;
}

static int64_t time_at(const struct period *p, size_t i)
{
	size_t s = i % p->second_count, m = i / p->second_count % p->minute_count;
	size_t h = i / p->second_count / p->minute_count % p->hour_count;
	size_t day = i / p->second_count / p->minute_count / p->hour_count;

	return p->days[day] * DAY_MS + p->hours[h] * HOUR_MS +
	       ((int64_t)p->minutes[m] * 60 + p->seconds[s]) * 1000;
}

static int by_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static void offer_period(struct walk *x)
{
	const struct period *p = &x->p;
	size_t all = p->day_count * p->hour_count * p->minute_count * p->second_count;
	size_t chosen[RULE_VALUES] = { 0 }, n = 0;

	for (size_t i = 0; !x->r.places.count && i < all && step(x); i++)
		offer(x, time_at(p, i));
	for (size_t i = 0; i < x->r.places.count; i++) {
		int place = x->r.places.v[i];
		size_t size = (size_t)(place < 0 ? -place : place);

		if (size <= all)
			chosen[n++] = place < 0 ? all - size : size - 1;
	}
	if (n)
		qsort(chosen, n, sizeof *chosen, by_size);
	for (size_t i = 0; i < n && step(x); i++)
		if (i == 0 || chosen[i] != chosen[i - 1])
			offer(x, time_at(p, chosen[i]));
}

static void add_days(struct walk *x, int64_t from, int64_t count)
{
	x->p.day_count = 0;
	for (int64_t i = 0; i < count && step(x); i++) {
		struct day d = day_of(from + i);
		if (day_passes(&x->r, &d))
			x->p.days[x->p.day_count++] = d.number;
	}
}

/* The first day of the `n`th period behind the first one, and its days. */
static int64_t period_days(const struct walk *x, int64_t n, int64_t *count)
{
	int64_t first = floor_div(x->w->first, DAY_MS);
	struct day d = day_of(first);
	int64_t months = ((int64_t)d.date.year * 12 + d.date.month - 1) + n;
	struct date start = { .day = 1 };

	switch (x->r.freq) {
	case RULE_HOURLY:
		*count = 1;
		return floor_div(floor_div(x->w->first, HOUR_MS) + n, 24);
	case RULE_DAILY:
		*count = 1;
		return first + n;
	case RULE_WEEKLY:
		*count = 7;
		return first - (d.weekday - x->r.week_start + 7) % 7 + 7 * n;
	case RULE_MONTHLY:
		start.year = (int)(months / 12);
		start.month = (int)(months % 12) + 1;
		break;
	case RULE_YEARLY:
		start.year = (int)(d.date.year + n);
		start.month = 1;
		break;
	}
	*count = x->r.freq == RULE_YEARLY ? days_of_year(start.year)
					  : day_of(date_to_days(start)).month_days;
	return date_to_days(start);
}

/* How many periods lie wholly before `from`, at least; a multiple of the interval. */
static int64_t to_skip(const struct walk *x)
{
	static const int64_t longest[] = { HOUR_MS, DAY_MS, 7 * DAY_MS, 31 * DAY_MS, 366 * DAY_MS };
	int64_t n = (x->w->from - x->w->first) / longest[x->r.freq] - 1;

	return x->r.count || n < 1 ? 0 : n / x->r.interval * x->r.interval;
}

/* No period that begins by `to` has a higher number. */
static int64_t last_period(const struct walk *x)
{
	static const int64_t shortest[] = { HOUR_MS, DAY_MS, 7 * DAY_MS, 28 * DAY_MS,
		365 * DAY_MS };

	return floor_div(x->w->to - x->w->first, shortest[x->r.freq]) + 1;
}

bool rule_run(const struct rule *r, struct rule_walk *w)
{
	struct walk x = { .r = completed(r, w->first), .w = w };
	int64_t first_hour = floor_div(w->first, HOUR_MS), count;
	bool counts = true;

	if (!w->take(w->ctx, w->first, &counts))
		return true;
	x.counted = 1;
	x.over = x.r.count == 1;
	x.p.hour_count = spread(x.r.hours, 23, x.p.hours);
	x.p.minute_count = spread(x.r.minutes, 59, x.p.minutes);
	x.p.second_count = spread(x.r.seconds, 59, x.p.seconds);
	int64_t last = last_period(&x), n = to_skip(&x);
	w->beyond = n > 0;
	for (; !x.over && n <= last; n += x.r.interval) {
		int64_t from = period_days(&x, n, &count);

		if (x.r.freq == RULE_HOURLY) {
			int hour = (int)(first_hour + n - floor_div(first_hour + n, 24) * 24);
			if (x.r.hours && !(x.r.hours >> hour & 1)) {
				step(&x);
				continue;
			}
			x.p.hours[0] = hour;
			x.p.hour_count = 1;
		}
		add_days(&x, from, count);
		if (!x.over)
			offer_period(&x);
	}
	w->beyond |= !x.over && x.counted > 1 && x.r.until > w->to;
	return !x.out_of_steps;
}

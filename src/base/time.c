#include "base/time.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define DAY_MS INT64_C(86400000)
#define LONGEST_DAYS INT64_C(3653) /* ten years */

/* Days are counted from 0000-03-01 in eras of 400 years, so that the leap day is a year's last. */
#define ERA_DAYS INT64_C(146097)
#define EPOCH_SHIFT INT64_C(719468) /* days from 0000-03-01 to 1970-01-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t date_to_days(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = floor_div(y, 400);
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

	return era * ERA_DAYS + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH_SHIFT;
}

struct date date_from_days(int64_t days)
{
	int64_t shifted = days + EPOCH_SHIFT;
	int64_t era = floor_div(shifted, ERA_DAYS);
	int64_t doe = shifted - era * ERA_DAYS;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;

	return (struct date){
		.year = (int)(yoe + era * 400 + (month <= 2)),
		.month = (int)month,
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
	};
}

int date_weekday(struct date d)
{
	int64_t days = date_to_days(d) + 3; /* 1970-01-01 was a Thursday */

	return (int)(days - floor_div(days, 7) * 7);
}

bool date_valid(struct date d)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);

	if (d.year < -9999 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
		return false;
	return d.day <= month_days[d.month - 1] + (d.month == 2 && leap);
}

/* Exactly `digits` digits from *s, which moves behind them. */
static bool take_number(const char **s, int digits, int *out)
{
	int value = 0;

	for (int i = 0; i < digits; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		value = value * 10 + (**s - '0');
	}
	*out = value;
	return true;
}

static bool take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool take_date(const char **s, struct date *d)
{
	return take_number(s, 4, &d->year) && take_char(s, '-') && take_number(s, 2, &d->month) &&
	       take_char(s, '-') && take_number(s, 2, &d->day) && date_valid(*d);
}

bool date_parse(const char *s, struct date *out)
{
	struct date d;

	if (!take_date(&s, &d) || *s)
		return false;
	*out = d;
	return true;
}

/* ".25" as 250 ms; digits behind the third are read and cut. */
static bool take_fraction(const char **s, int *ms)
{
	int scale = 100, digits = 0;

	*ms = 0;
	if (!take_char(s, '.'))
		return true;
	for (; **s >= '0' && **s <= '9'; (*s)++, digits++, scale /= 10)
		*ms += (**s - '0') * scale;
	return digits >= 1 && digits <= 9;
}

static bool take_zone(const char **s, int *minutes)
{
	int sign = **s == '-' ? -1 : 1, h, m;

	*minutes = 0;
	if (take_char(s, 'Z') || take_char(s, 'z'))
		return true;
	if (!take_char(s, '+') && !take_char(s, '-'))
		return false;
	if (!take_number(s, 2, &h) || !take_char(s, ':') || !take_number(s, 2, &m) || h > 23 ||
	    m > 59)
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

bool utc_parse(const char *s, struct utc *out)
{
	int h, m, sec, ms, zone;
	struct date d;
	int64_t at;

	if (!take_date(&s, &d))
		return false;
	if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' '))
		return false;
	if (!take_number(&s, 2, &h) || !take_char(&s, ':') || !take_number(&s, 2, &m) ||
	    !take_char(&s, ':') || !take_number(&s, 2, &sec))
		return false;
	if (h > 23 || m > 59 || sec > 60 || !take_fraction(&s, &ms) || !take_zone(&s, &zone) || *s)
		return false;
	if (sec == 60)
		ms = 0;
	at = date_to_days(d) * DAY_MS + ((int64_t)h * 3600 + (m - zone) * 60 + sec) * 1000 + ms;
	if (at < date_to_days((struct date){ 0, 1, 1 }) * DAY_MS ||
	    at >= date_to_days((struct date){ 10000, 1, 1 }) * DAY_MS)
		return false;
	out->ms = at;
	return true;
}

char *utc_format(struct utc t, char out[UTC_TEXT])
{
	const int64_t first = date_to_days((struct date){ 0, 1, 1 }) * DAY_MS;
	const int64_t last = date_to_days((struct date){ 10000, 1, 1 }) * DAY_MS - 1;
	int64_t days, ms;
	struct date d;

	if (!utc_is_set(t)) {
		out[0] = '\0';
		return out;
	}
	ms = t.ms < first ? first : t.ms > last ? last : t.ms;
	days = floor_div(ms, DAY_MS);
	ms -= days * DAY_MS;
	d = date_from_days(days);
	snprintf(out, UTC_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)d.year % 10000,
	    (unsigned)d.month % 100, (unsigned)d.day % 100, (unsigned)(ms / 3600000) % 100,
	    (unsigned)(ms / 60000 % 60), (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
	return out;
}

/* How lengths are written; of each kind the longest unit comes first. */
struct unit {
	const char *name; /* of one; a business unit takes an "s" for more */
	enum duration_unit unit;
	int64_t ms;	 /* 0: counted in days */
	int64_t from_ms; /* written in this unit from this length on */
};

static const struct unit units[] = {
	{ "d", DURATION_ELAPSED, DAY_MS, 3 * DAY_MS }, /* 48h is what people say, not 2d */
	{ "h", DURATION_ELAPSED, 3600000, 3600000 },
	{ "m", DURATION_ELAPSED, 60000, 60000 },
	{ "s", DURATION_ELAPSED, 1000, 0 },
	{ "ms", DURATION_ELAPSED, 1, 0 },
	{ "business hour", DURATION_BUSINESS, 3600000, 0 },
	{ "business minute", DURATION_BUSINESS, 60000, 0 },
	{ "business day", DURATION_BUSINESS_DAYS, 0, 0 },
};

static bool unit_named(const struct unit *u, const char *s)
{
	size_t len = strlen(u->name);

	if (strncmp(s, u->name, len) != 0)
		return false;
	return !s[len] || (u->unit != DURATION_ELAPSED && strcmp(s + len, "s") == 0);
}

bool duration_parse(const char *s, struct duration *out)
{
	const int64_t longest = LONGEST_DAYS * DAY_MS;
	int64_t value = 0;

	if (strcmp(s, "none") == 0) {
		*out = (struct duration){ .unit = DURATION_NONE };
		return true;
	}
	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		value = value * 10 + (*s - '0');
		if (value > longest)
			return false;
	}
	while (*s == ' ')
		s++;
	for (size_t i = 0; i < countof(units); i++) {
		const struct unit *u = &units[i];

		if (!unit_named(u, s))
			continue;
		if (value > (u->ms ? longest / u->ms : LONGEST_DAYS))
			return false;
		*out = (struct duration){
			.unit = u->unit,
			.ms = value * u->ms,
			.days = u->ms ? 0 : value,
		};
		return true;
	}
	return false;
}

char *duration_format(struct duration d, char *out, size_t size)
{
	snprintf(out, size, "none");
	for (size_t i = 0; i < countof(units); i++) {
		const struct unit *u = &units[i];
		int64_t count;

		if (u->unit != d.unit || (u->ms && (d.ms % u->ms || d.ms < u->from_ms)))
			continue;
		count = u->ms ? d.ms / u->ms : d.days;
		if (u->unit == DURATION_ELAPSED)
			snprintf(out, size, "%lld%s", (long long)count, u->name);
		else
			snprintf(out, size, "%lld %s%s", (long long)count, u->name,
			    count == 1 ? "" : "s");
		break;
	}
	return out;
}

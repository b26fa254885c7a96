/* Dates by a pattern, with names of months in any language. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_json.h"

#define DAY_MS INT64_C(86400000)

struct parts {
	struct date date;		  /* year 0: not written */
	int hour, minute, second, offset; /* offset: minutes */
	bool pm, half, zone;
};

static bool digits(const char **s, size_t most, int *out)
{
	size_t n = 0;

	for (*out = 0; n < most && isdigit((unsigned char)**s); n++, (*s)++)
		*out = *out * 10 + (**s - '0');
	return n > 0;
}

/* The bytes of a word: letters of any alphabet. */
static size_t word(const char *s)
{
	size_t n = 0;

	while (isalpha((unsigned char)s[n]) || (unsigned char)s[n] >= 0x80)
		n++;
	return n;
}

static bool month(const char **s, const cJSON *names, int *out)
{
	static const char *const english[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul",
		"aug", "sep", "oct", "nov", "dec" };
	size_t n = word(*s), best = 0;

	for (int i = 0; i < 12; i++) {
		const cJSON *own = names ? cJSON_GetArrayItem(names, i) : NULL;
		const char *name = cJSON_IsString(own) ? own->valuestring : NULL;
		size_t len;
		if (!name && !names)
			name = english[i];
		len = name ? strlen(name) : 0;
		/* The longest that fits: "juni" is not "jun" of another list. */
		if (len > best && len <= n && strncasecmp(*s, name, len) == 0) {
			best = len;
			*out = i + 1;
		}
	}
	*s += n;
	return best > 0;
}

static bool zone(const char **s, struct parts *p)
{
	int h, m = 0, sign = **s == '-' ? -1 : 1;

	if (toupper((unsigned char)**s) == 'Z') {
		(*s)++;
		p->zone = true;
		return true;
	}
	if (**s != '+' && **s != '-')
		return false;
	(*s)++;
	if (!digits(s, 2, &h))
		return false;
	*s += **s == ':';
	digits(s, 2, &m);
	p->offset = sign * (h * 60 + m);
	p->zone = true;
	return h <= 14 && m < 60;
}

static bool one(char what, const char **s, const struct mapped_dates *how, struct parts *p)
{
	size_t n;

	switch (what) {
	case 'd':
		return digits(s, 2, &p->date.day);
	case 'm':
		return digits(s, 2, &p->date.month);
	case 'b':
		return month(s, how->months, &p->date.month);
	case 'Y':
		return digits(s, 4, &p->date.year) && p->date.year > 1900;
	case 'y':
		if (!digits(s, 2, &p->date.year))
			return false;
		p->date.year += p->date.year < 70 ? 2000 : 1900;
		return true;
	case 'H':
		return digits(s, 2, &p->hour) && p->hour < 24;
	case 'M':
		return digits(s, 2, &p->minute) && p->minute < 60;
	case 'S':
		return digits(s, 2, &p->second) && p->second <= 60;
	case 'p':
		p->pm = toupper((unsigned char)**s) == 'P';
		p->half = true;
		n = word(*s);
		*s += n;
		return n == 2;
	case 'a':
		n = word(*s);
		*s += n;
		return n > 0;
	case 'z':
		return zone(s, p);
	default:
		return what == '%' && *(*s)++ == '%';
	}
}

static bool match(const char *p, const char *s, const struct mapped_dates *how, struct parts *out)
{
	for (; *p; p++) {
		if (isspace((unsigned char)*p)) {
			s += strspn(s, " \t");
		} else if (*p == '%' && p[1]) {
			if (!one(*++p, &s, how, out))
				return false;
		} else if (*s++ != *p) {
			return false;
		}
	}
	return !s[strspn(s, " \t")];
}

static struct utc instant(const struct parts *p, const char *timezone, const char **uncertain)
{
	int64_t ms = ((int64_t)p->hour * 3600 + p->minute * 60 + p->second) * 1000;
	int minutes = p->offset;

	if (!date_valid(p->date))
		return UTC_NONE;
	if (!p->zone && timezone && !feed_zone_offset(timezone, p->date, ms, &minutes))
		*uncertain = "its zone is not known here, taken as UTC";
	return (struct utc){ date_to_days(p->date) * DAY_MS + ms - (int64_t)minutes * 60000 };
}

/* Without a year: the first one not before `after`; of planned work the nearest; else the latest
 * that is not in the future. */
static struct utc with_year(
    struct parts *p, const struct mapped_dates *how, struct utc after, const char **uncertain)
{
	struct utc base = utc_is_set(after) ? after : how->now, t, best = UTC_NONE;

	if (!utc_is_set(base))
		return UTC_NONE;
	int year = date_from_days(base.ms / DAY_MS).year;
	for (int i = -1; i <= 1; i++) {
		p->date.year = year + i;
		t = instant(p, how->timezone, uncertain);
		if (!utc_is_set(t))
			continue;
		if (utc_is_set(after) && t.ms >= base.ms)
			return t;
		bool nearer = !utc_is_set(best) || llabs(t.ms - base.ms) < llabs(best.ms - base.ms);
		if (!utc_is_set(after) && (how->planned ? nearer : t.ms <= base.ms + DAY_MS))
			best = t;
	}
	return best;
}

bool mapped_date(const struct mapped_dates *how, const char *text, struct utc after,
    struct utc *out, const char **uncertain)
{
	struct parts p = { 0 };

	*uncertain = NULL;
	if (!how->pattern)
		return feed_date(text, out);
	if (strlen(text) > 100)
		return false;
	if (!match(how->pattern, text, how, &p) || !p.date.month)
		return strlen(text) >= strlen("2026-01-01T00:00:00") && feed_date(text, out);
	if (p.half)
		p.hour = p.hour % 12 + (p.pm ? 12 : 0);
	*out = p.date.year ? instant(&p, how->timezone, uncertain)
			   : with_year(&p, how, after, uncertain);
	return utc_is_set(*out);
}

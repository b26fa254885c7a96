/* Dates as feeds, headers and people write them. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_priv.h"

struct scan {
	const char *s, *end;
	enum feed_order order;
	struct feed_moment *m;
	bool pm, am;
	bool done; /* a second date or time begins: it belongs to another moment */
};

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static int month_of(const char *s, size_t len)
{
	static const char names[12][10] = { "january", "february", "march", "april", "may", "june",
		"july", "august", "september", "october", "november", "december" };
	char small[sizeof names[0]];

	if (len < 3 || len >= sizeof small)
		return 0;
	for (size_t i = 0; i < len; i++)
		small[i] = (char)(s[i] | 0x20);
	for (int i = 0; i < 12; i++)
		if (*small == *names[i] && small[2] == names[i][2] &&
		    memcmp(small, names[i], len) == 0)
			return i + 1;
	return len == 4 && memcmp(small, "sept", 4) == 0 ? 9 : 0;
}

static bool one_of(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return *set;
}

/* "1st", "2nd": the letters behind the number of a day; `left` bytes are there. */
static bool is_ordinal(const char *p, ptrdiff_t left)
{
	static const char suffixes[][3] = { "st", "nd", "rd", "th" };

	for (size_t i = 0; left > 2 && is_letter(*p) && i < countof(suffixes); i++)
		if (strncasecmp(p, suffixes[i], 2) == 0)
			return true;
	return false;
}

/* A fixed abbreviation of the mail and feed dates. */
static const struct {
	const char *name;
	int minutes;
} fixed[] = {
	{ "UTC", 0 },
	{ "GMT", 0 },
	{ "UT", 0 },
	{ "Z", 0 },
	{ "EST", -300 },
	{ "EDT", -240 },
	{ "CST", -360 },
	{ "CDT", -300 },
	{ "MST", -420 },
	{ "MDT", -360 },
	{ "PST", -480 },
	{ "PDT", -420 },
	{ "BST", 60 },
	{ "CET", 60 },
	{ "CEST", 120 },
	{ "EET", 120 },
	{ "EEST", 180 },
	{ "JST", 540 },
	{ "KST", 540 },
	{ "HKT", 480 },
	{ "SGT", 480 },
	{ "IST", 330 },
	{ "AEST", 600 },
	{ "AEDT", 660 },
};

static size_t number(const struct scan *c, const char *p, int *value)
{
	size_t n = 0;

	*value = 0;
	while (p + n < c->end && is_digit(p[n])) {
		if (n < 6)
			*value = *value * 10 + (p[n] - '0');
		n++;
	}
	return n;
}

static char at(const struct scan *c, const char *p)
{
	return p < c->end ? *p : '\0';
}

/* Of two digits as RFC 2822 section 4.3 has it. */
static int full_year(int year, size_t digits)
{
	if (digits == 4)
		return year;
	return digits == 2 ? (year < 50 ? 2000 : 1900) + year : 0;
}

static bool set_date(struct scan *c, int year, int month, int day)
{
	struct date d = { year ? year : 2000, month, day }; /* a leap year: 29 February is fine */

	if (!date_valid(d))
		return false;
	if (c->m->date.month) {
		c->done = true;
		return true;
	}
	c->m->date = (struct date){ year, month, day };
	return true;
}

/* +hh:mm, -hhmm and +hh, behind a time. */
static bool read_offset(struct scan *c)
{
	int hours, minutes = 0;
	const char *p = c->s + 1;
	size_t n = number(c, p, &hours);

	if (n == 4) {
		minutes = hours % 100;
		hours /= 100;
	} else if (n == 2 && at(c, p + 2) == ':') {
		size_t m = number(c, p + 3, &minutes);
		if (m != 2)
			return false;
		n = 5;
	} else if (n != 2) {
		return false;
	}
	if (hours > 14 || minutes > 59)
		return false;
	c->m->offset = (*c->s == '-' ? -1 : 1) * (hours * 60 + minutes);
	c->m->has_zone = c->m->fixed = true;
	c->m->civil = false;
	c->m->zone[0] = 0;
	c->s = p + n;
	return true;
}

static bool read_time(struct scan *c, int hours, const char *p)
{
	int minutes, seconds = 0;
	int64_t ms = 0;
	size_t n = number(c, p, &minutes);

	if (n != 2 || hours > 24 || minutes > 59)
		return false;
	p += n;
	if (at(c, p) == ':' && number(c, p + 1, &seconds) == 2) {
		p += 3;
		if (seconds > 60)
			return false;
		if ((at(c, p) == '.' || at(c, p) == ',') && is_digit(at(c, p + 1))) {
			int64_t unit = 100;
			for (p++; is_digit(at(c, p)); p++, unit /= 10)
				ms += (*p - '0') * unit;
		}
	}
	if (c->m->ms >= 0) {
		c->done = true;
		return true;
	}
	c->m->ms = ((int64_t)hours * 3600 + minutes * 60 + seconds) * 1000 + ms;
	c->s = p;
	return true;
}

/* The hour of a clock of twelve, once its half is known. */
static void half_day(struct scan *c, bool pm)
{
	int64_t half = (int64_t)12 * 3600000;

	if (c->m->ms < 0 || c->m->ms >= half + 3600000)
		return;
	if (pm && c->m->ms < half)
		c->m->ms += half;
	else if (!pm && c->m->ms >= half)
		c->m->ms -= half;
}

/* "3/4/2025", "26/11/2024", "03/20/24": what stands first is the carrier's habit. */
static bool read_slashed(struct scan *c, int first, const char *p)
{
	int second, year;
	size_t n = number(c, p, &second), digits;
	char sign = p[-1];

	if (!n || n > 2 || at(c, p + n) != sign)
		return false;
	digits = number(c, p + n + 1, &year);
	year = full_year(year, digits);
	if (!year)
		return false;
	bool day_first = c->order == FEED_DAY_FIRST;
	if (c->order == FEED_ORDER_UNKNOWN) {
		day_first = first > 12;
		if (first <= 12 && second <= 12 && first != second)
			c->m->ambiguous = true;
	}
	if (!set_date(c, year, day_first ? second : first, day_first ? first : second))
		return false;
	c->s = p + n + 1 + digits;
	return true;
}

static bool read_iso(struct scan *c, int year, const char *p)
{
	int month, day = 1;
	size_t n = number(c, p, &month), d;

	if (n != 2)
		return false;
	p += 2;
	if (at(c, p) == '-') {
		d = number(c, p + 1, &day);
		if (d != 2)
			return false;
		p += 3;
	}
	if (!set_date(c, year, month, day))
		return false;
	c->s = p;
	if ((at(c, p) == 'T' || at(c, p) == 't') && is_digit(at(c, p + 1)))
		c->s++;
	return true;
}

/* A year behind a day and month: "2023", "'23", after blanks, a comma or a dash. */
static int trailing_year(struct scan *c, const char **p)
{
	const char *q = *p;
	int year;

	while (q < c->end && one_of(*q, " ,-/."))
		q++;
	size_t n = number(c, q, &year);
	if (n != 4 && !(n == 2 && q > *p && q[-1] == '-'))
		return 0;
	if (at(c, q + n) == ':')
		return 0;
	*p = q + n;
	return full_year(year, n);
}

/* A year of two digits as RFC 822 writes it, between blanks and before a time. 0: there is none. */
static int short_year(const struct scan *c, const char **p)
{
	const char *q = *p, *time;
	int year, hours;

	while (at(c, q) == ' ')
		q++;
	if (q == *p || number(c, q, &year) != 2)
		return 0;
	for (time = q + 2; at(c, time) == ' '; time++)
		;
	size_t n = number(c, time, &hours);
	if (time == q + 2 || !n || n > 2 || at(c, time + n) != ':')
		return 0;
	*p = q + 2;
	return full_year(year, 2);
}

/* "2 May 2023", "2 May 23 14:00", "18-Oct-2022", "2nd of May". */
static bool read_day_month(struct scan *c, int day, const char *p)
{
	size_t n = 0;

	if (is_ordinal(p, c->end - p))
		p += 2;
	while (p < c->end && one_of(*p, " -/."))
		p++;
	while (is_letter(at(c, p + n)))
		n++;
	int month = month_of(p, n);
	if (!month)
		return false;
	p += n;
	int year = short_year(c, &p);
	if (!year)
		year = trailing_year(c, &p);
	if (!set_date(c, year, month, day))
		return false;
	c->s = p;
	return true;
}

/* "20210810T040000Z" and "20210810". */
static bool read_basic(struct scan *c, size_t n)
{
	char part[9];
	int h, m, s;

	if (n != 8)
		return false;
	memcpy(part, c->s, 8);
	part[8] = 0;
	long all = strtol(part, NULL, 10);
	if (!set_date(c, (int)(all / 10000), (int)(all / 100 % 100), (int)(all % 100)))
		return false;
	if (c->done)
		return true;
	c->s += 8;
	if (at(c, c->s) != 'T' || number(c, c->s + 1, &h) != 6)
		return true;
	s = h % 100;
	m = h / 100 % 100;
	h = h / 10000;
	if (h > 24 || m > 59 || s > 60)
		return true;
	c->m->ms = ((int64_t)h * 3600 + m * 60 + s) * 1000;
	c->s += 7;
	return true;
}

static void read_number(struct scan *c)
{
	int value;
	size_t n = number(c, c->s, &value);
	const char *p = c->s + n;
	char next = at(c, p);
	bool ok = false;

	if (n == 8)
		ok = read_basic(c, n);
	else if (n <= 2 && next == ':')
		ok = read_time(c, value, p + 1);
	else if (n <= 2 && (next == '/' || next == '.') && is_digit(at(c, p + 1)))
		ok = read_slashed(c, value, p + 1);
	else if (n == 4 && next == '-' && is_digit(at(c, p + 1)))
		ok = read_iso(c, value, p + 1);
	else if (n <= 2 && n > 0 &&
		 (tolower((unsigned char)next) == 'a' || tolower((unsigned char)next) == 'p') &&
		 tolower((unsigned char)at(c, p + 1)) == 'm' && c->m->ms < 0 && value <= 12) {
		c->m->ms = (int64_t)value * 3600000;
		c->s = p;
		ok = true;
	} else if (n <= 2 && value >= 1 && value <= 31) {
		ok = read_day_month(c, value, p);
	} else if (n == 4 && c->m->date.month && !c->m->date.year) {
		c->m->date.year = value; /* "Nov 3 11:44:00 2022" */
	}
	if (!ok)
		c->s = p;
}

static bool zone_word(struct scan *c, const char *word, size_t len)
{
	char name[sizeof c->m->zone];

	if (len >= sizeof name || c->m->has_zone)
		return false;
	memcpy(name, word, len);
	name[len] = 0;
	for (size_t i = 0; i < countof(fixed); i++) {
		if ((*fixed[i].name != *name || strcmp(fixed[i].name, name) != 0) &&
		    !(len == 1 && tolower((unsigned char)*name) == 'z'))
			continue;
		c->m->offset = len == 1 ? 0 : fixed[i].minutes;
		c->m->has_zone = c->m->fixed = true;
		c->m->civil = feed_zone_known(name);
		memcpy(c->m->zone, name, len + 1);
		return true;
	}
	/* Words that are also English count as a zone only as they are written in notices. */
	if (!isupper((unsigned char)*name) || !feed_zone_known(name))
		return false;
	c->m->has_zone = c->m->civil = true;
	memcpy(c->m->zone, name, len + 1);
	return true;
}

static void read_word(struct scan *c)
{
	size_t n = 0;
	int month, day;

	while (
	    is_letter(at(c, c->s + n)) || (n && at(c, c->s + n) == '/' && is_letter(c->s[n - 1]) &&
					      is_letter(at(c, c->s + n + 1))))
		n++;
	const char *word = c->s, *p = word + n;
	c->s = p;
	if (n == 2 && strncasecmp(word, "pm", 2) == 0) {
		half_day(c, true);
	} else if (n == 2 && strncasecmp(word, "am", 2) == 0) {
		half_day(c, false);
	} else if ((month = month_of(word, n)) != 0) {
		while (p < c->end && one_of(*p, " .,"))
			p++;
		size_t digits = number(c, p, &day);
		if (digits == 0 || digits > 2 || at(c, p + digits) == ':')
			return;
		p += digits;
		if (is_ordinal(p, c->end - p))
			p += 2;
		int year = trailing_year(c, &p);
		if (set_date(c, year, month, day))
			c->s = p;
	} else if (c->m->ms >= 0) {
		zone_word(c, word, n);
	}
}

bool feed_moment_read(const char *s, size_t len, enum feed_order order, struct feed_moment *out)
{
	struct scan c = { .s = s, .end = s + len, .order = order, .m = out };

	*out = (struct feed_moment){ .ms = -1 };
	while (c.s < c.end && !c.done) {
		const char *token = c.s;
		unsigned char ch = (unsigned char)*c.s;
		bool offset = (ch == '+' || ch == '-') && out->ms >= 0 && !out->has_zone &&
			      (out->date.month || ch == '+');
		if (offset && read_offset(&c))
			continue;
		if (is_digit(*c.s))
			read_number(&c);
		else if (is_letter(*c.s))
			read_word(&c);
		else
			c.s++;
		out->used = (size_t)((c.done ? token : c.s) - s);
	}
	return out->date.month || out->ms >= 0;
}

struct utc feed_moment_utc(const struct feed_moment *m)
{
	int offset = m->has_zone ? m->offset : 0;

	if (!m->date.month || !m->date.year || !date_valid(m->date))
		return UTC_NONE;
	int64_t ms = m->ms < 0 ? 0 : m->ms;
	if (m->civil)
		feed_zone_offset(m->zone, m->date, ms, &offset);
	return (struct utc){ date_to_days(m->date) * 86400000 + ms - (int64_t)offset * 60000 };
}

struct utc feed_epoch(double n)
{
	if (!isfinite(n) || n <= 0 || n >= 1e17)
		return UTC_NONE;
	if (n < 1e11)
		n *= 1000;
	else if (n >= 1e14)
		n /= 1000;
	return (struct utc){ (int64_t)n };
}

/* "Wed, 28 Jan 2026 23:57:19 GMT" or with an offset or another fixed zone, as RFC 822 has it and
 * nearly every feed writes it: read in one go. False: it differs in some way, and is read as other
 * dates are. */
static bool rfc822(const char *s, size_t len, struct utc *out)
{
	static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	struct feed_moment m = { .ms = -1 };
	struct scan c = { .s = s, .end = s + len, .m = &m };
	int day, month, year, hours;
	size_t d = 0, n;

	if (len < sizeof "Wed, 1 Jan 2026 00:00:00 Z" - 1 || s[3] != ',' || s[4] != ' ')
		return false;
	while (d < countof(days) && memcmp(s, days[d], 3) != 0)
		d++;
	n = number(&c, s + 5, &day);
	const char *p = s + 5 + n;
	if (d == countof(days) || n < 1 || n > 2 || at(&c, p) != ' ' || c.end - p < 18)
		return false;
	month = month_of(p + 1, 3);
	if (!month || p[4] != ' ' || number(&c, p + 5, &year) != 4 || !year || p[9] != ' ' ||
	    number(&c, p + 10, &hours) != 2 || p[12] != ':' || !set_date(&c, year, month, day) ||
	    !read_time(&c, hours, p + 13) || at(&c, c.s) != ' ')
		return false;
	c.s++;
	if (*c.s == '+' || *c.s == '-') {
		if (!read_offset(&c))
			return false;
	} else {
		size_t i = 0;
		while (i < countof(fixed) && strcmp(fixed[i].name, c.s) != 0)
			i++;
		if (i == countof(fixed))
			return false;
		m.offset = fixed[i].minutes;
		m.has_zone = true;
		c.s = c.end;
	}
	*out = feed_moment_utc(&m);
	return c.s == c.end;
}

bool feed_date_usual(const char *s, struct utc *out)
{
	return is_digit(*s) ? utc_parse(s, out) : rfc822(s, strlen(s), out);
}

bool feed_date(const char *s, struct utc *out)
{
	struct feed_moment m;
	size_t len = strlen(s), digits = strspn(s, "0123456789");

	if (feed_date_usual(s, out))
		return true;
	if (digits && !s[digits] && digits >= 9 && digits <= 16) {
		*out = feed_epoch(strtod(s, NULL));
		return utc_is_set(*out);
	}
	if (digits == 4 && !s[4]) {
		*out = (struct utc){ date_to_days((struct date){ (int)strtol(s, NULL, 10), 1, 1 }) *
				     86400000 };
		return true;
	}
	if (len > 100 || !feed_moment_read(s, len, FEED_ORDER_UNKNOWN, &m) || m.ambiguous)
		return false;
	m.civil = m.civil && !m.fixed; /* "PDT" in a date of a machine is what it says */
	struct utc t = feed_moment_utc(&m);
	if (!utc_is_set(t))
		return false;
	*out = t;
	return true;
}

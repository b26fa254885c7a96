#include "domain/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "zone_priv.h"

#define DAY INT64_C(86400)
#define FAR_OFFSET                                                                                 \
	(16 * 3600) /* no place was ever as far from UTC; a file that says so is refused */
#define ABBR 8

struct local_type {
	int offset;
	char abbr[ABBR];
};

enum day_rule_form {
	DAY_JULIAN,  /* "J60": 1 March in every year, 29 February is never counted */
	DAY_OF_YEAR, /* "59": from 0, 29 February counted */
	DAY_MONTH,   /* "M3.5.0": weekday 0 (Sunday) of week 5 (the last) of month 3 */
};

struct day_rule {
	enum day_rule_form form;
	int day, week, month;
	int sec; /* of local time, may be negative or beyond a day */
};

/* The POSIX rule that goes on for ever behind the last transition. */
struct footer {
	bool present, has_dst;
	struct local_type std, dst;
	struct day_rule start, end;
};

struct zone {
	char *name;
	int64_t *at;	     /* seconds since 1970, ascending */
	unsigned char *type; /* of the time from at[i] on */
	size_t count;
	struct local_type *types; /* [0] holds before the first transition */
	size_t type_count;
	struct footer footer;
};

static bool offset_ok(int64_t sec)
{
	return sec > -FAR_OFFSET && sec < FAR_OFFSET;
}

/* ---- the POSIX footer: text to rule ---- */

static bool take_int(const char **s, int max, int *out)
{
	int value = 0;

	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		value = value * 10 + (**s - '0');
		if (value > max)
			return false;
	}
	*out = value;
	return true;
}

static bool take_abbr(const char **s, char out[ABBR])
{
	bool quoted = **s == '<';
	size_t len = 0;

	*s += quoted;
	for (;; (*s)++, len++) {
		char c = **s;
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && !(quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-')))
			break;
		if (len < ABBR - 1)
			out[len] = c;
	}
	out[len < ABBR - 1 ? len : ABBR - 1] = '\0';
	if (quoted && *(*s)++ != '>')
		return false;
	return len >= 3;
}

/* "[+-]hh[:mm[:ss]]" as seconds. */
static bool take_hms(const char **s, int max_hours, int *out)
{
	int sign = **s == '-' ? -1 : 1, part[3] = { 0, 0, 0 };

	if (**s == '-' || **s == '+')
		(*s)++;
	for (int i = 0; i < 3; i++) {
		if (i && **s != ':')
			break;
		*s += i > 0;
		if (!take_int(s, i ? 59 : max_hours, &part[i]))
			return false;
	}
	*out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return true;
}

static bool take_day_rule(const char **s, struct day_rule *r)
{
	*r = (struct day_rule){ .form = DAY_OF_YEAR, .sec = 2 * 3600 };
	if (**s == 'M') {
		(*s)++;
		r->form = DAY_MONTH;
		if (!take_int(s, 12, &r->month) || *(*s)++ != '.' || !take_int(s, 5, &r->week) ||
		    *(*s)++ != '.' || !take_int(s, 6, &r->day) || !r->month || !r->week)
			return false;
	} else if (**s == 'J') {
		(*s)++;
		r->form = DAY_JULIAN;
		if (!take_int(s, 365, &r->day) || !r->day)
			return false;
	} else if (!take_int(s, 365, &r->day)) {
		return false;
	}
	if (**s != '/')
		return true;
	(*s)++;
	return take_hms(s, 167, &r->sec);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3"; POSIX counts west of Greenwich as positive. */
static bool footer_parse(struct footer *f, const char *s)
{
	int west;

	*f = (struct footer){ .present = *s != '\0' };
	if (!*s)
		return true;
	if (!take_abbr(&s, f->std.abbr) || !take_hms(&s, 24, &west))
		return false;
	f->std.offset = -west;
	if (!offset_ok(west))
		return false;
	if (!*s)
		return true;
	f->has_dst = true;
	f->dst.offset = f->std.offset + 3600;
	if (!take_abbr(&s, f->dst.abbr))
		return false;
	if (*s != ',') {
		if (!take_hms(&s, 24, &west))
			return false;
		f->dst.offset = -west;
	}
	return offset_ok(f->dst.offset) && *s++ == ',' && take_day_rule(&s, &f->start) &&
	       *s++ == ',' && take_day_rule(&s, &f->end) && !*s;
}

/* ---- the rule at work ---- */

/* The day as days since 1970. */
static int64_t rule_day(const struct day_rule *r, int year)
{
	int64_t first = date_to_days((struct date){ year, 1, 1 });
	struct date month = { year, r->month, 1 };
	int64_t day, next;

	switch (r->form) {
	case DAY_JULIAN:
		day = date_to_days((struct date){ year, 3, 1 });
		return r->day < 60 ? first + r->day - 1 : day + r->day - 60;
	case DAY_OF_YEAR:
		return first + r->day;
	case DAY_MONTH:
		break;
	}
	first = date_to_days(month);
	next =
	    date_to_days((struct date){ r->month == 12 ? year + 1 : year, r->month % 12 + 1, 1 });
	/* POSIX weeks start on Sunday, ours on Monday. */
	day = first + (r->day + 6 - date_weekday(month)) % 7 + 7 * (r->week - 1);
	return day < next ? day : day - 7;
}

/* The stretch around `sec` by the rule alone. Changes of the years before and after count, since a
 * rule's hour may lie days away from its date. */
static struct zone_span footer_span(const struct footer *f, int64_t sec)
{
	struct zone_span s = { INT64_MIN, INT64_MAX, f->std.offset, f->std.abbr };
	const struct local_type *type = &f->std;
	int year;

	if (!f->has_dst)
		return s;
	year = date_from_days(sec / DAY).year;
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t on = rule_day(&f->start, y) * DAY + f->start.sec - f->std.offset;
		int64_t off = rule_day(&f->end, y) * DAY + f->end.sec - f->dst.offset;

		/* One that ends where the next one starts is summer time all year: >= for `on`. */
		if (off <= sec && off > s.from) {
			s.from = off;
			type = &f->std;
		}
		if (on <= sec && on >= s.from) {
			s.from = on;
			type = &f->dst;
		}
		if (on > sec && on < s.to)
			s.to = on;
		if (off > sec && off < s.to)
			s.to = off;
	}
	s.offset = type->offset;
	s.abbr = type->abbr;
	return s;
}

struct zone_span zone_span_at(const struct zone *z, int64_t sec)
{
	size_t lo = 0, hi = z->count; /* at[lo - 1] <= sec < at[hi] */
	const struct local_type *type;
	struct zone_span s;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->at[mid] <= sec)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == z->count && z->footer.present) {
		s = footer_span(&z->footer, sec);
		if (lo && s.from < z->at[lo - 1])
			s.from = z->at[lo - 1];
		return s;
	}
	type = &z->types[lo ? z->type[lo - 1] : 0];
	return (struct zone_span){
		.from = lo ? z->at[lo - 1] : INT64_MIN,
		.to = lo < z->count ? z->at[lo] : INT64_MAX,
		.offset = type->offset,
		.abbr = type->abbr,
	};
}

/* ---- TZif ---- */

#define HEADER 44

struct tzif {
	const unsigned char *p; /* what is not read yet */
	size_t left;
	size_t isutc, isstd, leap, times, types, chars; /* counts of the block */
	unsigned char version;
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be_signed(const unsigned char *p, size_t size)
{
	if (size == 4)
		return (int32_t)be32(p);
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool tzif_header(struct tzif *t)
{
	if (t->left < HEADER || memcmp(t->p, "TZif", 4) != 0)
		return false;
	t->version = t->p[4];
	t->isutc = be32(t->p + 20);
	t->isstd = be32(t->p + 24);
	t->leap = be32(t->p + 28);
	t->times = be32(t->p + 32);
	t->types = be32(t->p + 36);
	t->chars = be32(t->p + 40);
	t->p += HEADER;
	t->left -= HEADER;
	return true;
}

/* Bytes of the block behind its header; 0: its counts cannot be. */
static size_t tzif_block(const struct tzif *t, size_t time_size)
{
	if (t->times > t->left || t->types > 256 || t->types < 1 || t->chars > t->left ||
	    t->leap > t->left || (t->isutc && t->isutc != t->types) ||
	    (t->isstd && t->isstd != t->types))
		return 0;
	return t->times * (time_size + 1) + t->types * 6 + t->chars + t->leap * (time_size + 4) +
	       t->isstd + t->isutc;
}

static bool tzif_types(struct zone *z, const unsigned char *p, const struct tzif *t)
{
	const unsigned char *chars = p + t->types * 6;

	z->types = xcalloc(t->types, sizeof *z->types);
	z->type_count = t->types;
	for (size_t i = 0; i < t->types; i++, p += 6) {
		int64_t offset = be_signed(p, 4);
		size_t at = p[5];

		if (!offset_ok(offset) || p[4] > 1 || at >= t->chars)
			return false;
		z->types[i].offset = (int)offset;
		for (size_t n = 0; n < ABBR - 1 && at + n < t->chars && chars[at + n]; n++)
			z->types[i].abbr[n] = (char)chars[at + n];
	}
	return true;
}

static bool tzif_data(struct zone *z, const struct tzif *t, size_t time_size)
{
	const unsigned char *types = t->p + t->times * time_size;

	/* A zone that counts leap seconds does not count ours. */
	if (t->leap)
		return false;
	z->at = xcalloc(t->times, sizeof *z->at);
	z->type = xcalloc(t->times, 1);
	z->count = t->times;
	for (size_t i = 0; i < t->times; i++) {
		z->at[i] = be_signed(t->p + i * time_size, time_size);
		z->type[i] = types[i];
		if (z->type[i] >= t->types || (i && z->at[i] <= z->at[i - 1]))
			return false;
	}
	return tzif_types(z, types + t->times, t);
}

/* The line between two line ends that closes a file of version 2 and later. */
static bool tzif_footer(struct zone *z, const unsigned char *p, size_t left)
{
	const unsigned char *end = left > 1 ? memchr(p + 1, '\n', left - 1) : NULL;
	char *text;
	bool ok;

	if (!end || *p != '\n')
		return false;
	text = xstrndup((const char *)p + 1, (size_t)(end - p) - 1);
	ok = footer_parse(&z->footer, text);
	free(text);
	return ok;
}

static bool tzif_read(struct zone *z, struct tzif *t)
{
	size_t block;

	if (!tzif_header(t))
		return false;
	block = tzif_block(t, 4);
	if (!block || block > t->left)
		return false;
	if (t->version < '2')
		return tzif_data(z, t, 4);
	t->p += block;
	t->left -= block;
	if (!tzif_header(t))
		return false;
	block = tzif_block(t, 8);
	if (!block || block > t->left || !tzif_data(z, t, 8))
		return false;
	return tzif_footer(z, t->p + block, t->left - block);
}

struct zone *zone_from_tzif(const char *name, const void *bytes, size_t len)
{
	struct tzif t = { .p = bytes, .left = len };
	struct zone *z = xcalloc(1, sizeof *z);

	z->name = xstrdup(name);
	if (tzif_read(z, &t))
		return z;
	zone_free(z);
	return NULL;
}

const struct zone *zone_utc(void)
{
	static char name[] = "UTC";
	static struct local_type type = { 0, "UTC" };
	static const struct zone utc = { .name = name, .types = &type, .type_count = 1 };

	return &utc;
}

void zone_free(struct zone *z)
{
	if (!z || z == zone_utc())
		return;
	free(z->name);
	free(z->at);
	free(z->type);
	free(z->types);
	free(z);
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

/* ---- local time ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int zone_offset(const struct zone *z, struct utc at, char abbr[8])
{
	struct zone_span s = zone_span_at(z, floor_div(at.ms, 1000));

	if (abbr)
		memcpy(abbr, s.abbr, ABBR);
	return s.offset;
}

struct utc zone_to_utc(const struct zone *z, struct date day, int64_t ms)
{
	int64_t local_ms = date_to_days(day) * DAY * 1000 + ms;
	int64_t local = floor_div(local_ms, 1000);
	struct zone_span s = zone_span_at(z, local - FAR_OFFSET);
	bool skipped = false;
	int before = 0; /* the offset before the gap */

	/* Stretch by stretch, so that the first one to show this time wins. */
	while (local - s.offset >= s.to || local - s.offset < s.from) {
		int64_t next = s.to;

		if (next > local + FAR_OFFSET) {
			s.offset = before;
			break;
		}
		if (!skipped && local - s.offset >= s.to)
			before = s.offset;
		else
			skipped = true;
		s = zone_span_at(z, next);
	}
	return (struct utc){ local_ms - (int64_t)s.offset * 1000 };
}

struct date zone_local(const struct zone *z, struct utc at, int64_t *ms)
{
	int64_t local = at.ms + (int64_t)zone_offset(z, at, NULL) * 1000;
	int64_t days = floor_div(local, DAY * 1000);

	if (ms)
		*ms = local - days * DAY * 1000;
	return date_from_days(days);
}

#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <utf8proc.h>

#define REPLACEMENT 0xFFFDu
#define MARKS_MAX 4

/* Eight bytes at once: one in each, and the top bit of each. */
#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

unsigned utf8_next(const char *s, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned cp, need;

	*len = 1;
	if (p[0] < 0x80)
		return p[0];
	if (p[0] >= 0xC2 && p[0] <= 0xDF)
		cp = p[0] & 0x1Fu, need = 1;
	else if (p[0] >= 0xE0 && p[0] <= 0xEF)
		cp = p[0] & 0x0Fu, need = 2;
	else if (p[0] >= 0xF0 && p[0] <= 0xF4)
		cp = p[0] & 0x07u, need = 3;
	else
		return REPLACEMENT;
	for (unsigned i = 1; i <= need; i++) {
		unsigned low = 0x80, high = 0xBF;

		/* the second byte carries the bounds of overlong forms, surrogates and U+10FFFF */
		if (i == 1 && p[0] == 0xE0)
			low = 0xA0;
		else if (i == 1 && p[0] == 0xED)
			high = 0x9F;
		else if (i == 1 && p[0] == 0xF0)
			low = 0x90;
		else if (i == 1 && p[0] == 0xF4)
			high = 0x8F;
		if (p[i] < low || p[i] > high) {
			*len = i; /* the maximal subpart */
			return REPLACEMENT;
		}
		cp = cp << 6 | (p[i] & 0x3Fu);
	}
	*len = need + 1;
	return cp;
}

/* As utf8_next, within `left` bytes that no NUL ends. */
static unsigned next_bounded(const char *s, size_t left, size_t *len, bool *bad)
{
	char tail[5] = { 0 };
	unsigned cp;

	if (left >= 4) {
		cp = utf8_next(s, len);
	} else {
		memcpy(tail, s, left);
		cp = utf8_next(tail, len);
		if (*len > left)
			*len = left;
	}
	*bad = cp == REPLACEMENT && !(*len == 3 && memcmp(s, "\xEF\xBF\xBD", 3) == 0);
	return cp;
}

/* The bytes at the start of `s` that are ASCII, in whole eights. */
static size_t ascii_run(const char *s, size_t len)
{
	size_t n = 0;
	uint64_t a[4];

	for (; len - n >= sizeof a; n += sizeof a) {
		memcpy(a, s + n, sizeof a);
		if ((a[0] | a[1] | a[2] | a[3]) & TOPS)
			break;
	}
	for (; len - n >= sizeof *a; n += sizeof *a) {
		memcpy(a, s + n, sizeof *a);
		if (*a & TOPS)
			break;
	}
	return n;
}

bool utf8_valid(const char *s, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		bool bad = false;

		n = ascii_run(s + i, len - i);
		if (n)
			continue;
		if ((unsigned char)s[i] < 0x80) {
			n = 1;
			continue;
		}
		next_bounded(s + i, len - i, &n, &bad);
		if (bad)
			return false;
	}
	return true;
}

size_t utf8_encode(unsigned cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);

	return n > 0 ? (size_t)n : 0;
}

bool utf8_put(struct buf *out, unsigned cp)
{
	char s[4];
	size_t n = utf8_encode(cp, s);

	return n > 0 && (n == 1 ? buf_addc(out, s[0]) : buf_add(out, s, n));
}

int utf8_cp_width(unsigned cp)
{
	int w = wcwidth((wchar_t)cp);

	return w < 0 ? 1 : w;
}

/* Code points that are dropped from any text that came from outside. */
static const struct {
	unsigned from, to;
} dropped[] = {
	{ 0x0000, 0x001F },
	{ 0x007F, 0x009F },
	{ 0x00AD, 0x00AD },
	{ 0x034F, 0x034F },
	{ 0x061C, 0x061C },
	{ 0x115F, 0x1160 },
	{ 0x17B4, 0x17B5 },
	{ 0x180B, 0x180F },
	{ 0x200B, 0x200F },
	{ 0x2028, 0x202E },
	{ 0x2060, 0x206F },
	{ 0x3164, 0x3164 },
	{ 0xFE00, 0xFE0F },
	{ 0xFEFF, 0xFEFF },
	{ 0xFFA0, 0xFFA0 },
	{ 0xFFF0, 0xFFFB },
	{ 0x1BCA0, 0x1BCA3 },
	{ 0x1D173, 0x1D17A },
	{ 0xE0000, 0xE0FFF },
};

static bool is_dropped(unsigned cp)
{
	if (cp > 0x1F && cp < 0x7F)
		return false;
	size_t low = 0, high = sizeof dropped / sizeof *dropped;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp < dropped[mid].from)
			high = mid;
		else if (cp > dropped[mid].to)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

static bool is_mark(unsigned cp)
{
	if (cp < 0x300)
		return false;
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return true;
	default:
		return false;
	}
}

static bool is_unassigned(unsigned cp)
{
	if (cp < 0x300)
		return false;
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CS:
		return true;
	default:
		return false;
	}
}

struct cleaner {
	struct buf *out;
	size_t start, end_of_cluster, max, touched;
	int marks;
	bool blank;  /* a blank is owed, if more text follows */
	bool joined; /* a ZWJ was dropped: what it joined goes too */
	bool any;    /* something was put */
	bool full;
};

static void put(struct cleaner *c, unsigned cp)
{
	size_t before = c->out->len;

	if (c->full)
		return;
	utf8_put(c->out, cp);
	if (c->max && c->out->len - c->start > c->max) {
		/* cut between clusters: a mark that does not fit takes its base along */
		size_t cut = is_mark(cp) ? c->end_of_cluster : before;

		c->out->len = cut;
		c->out->data[cut] = '\0';
		c->full = true;
		return;
	}
	if (!is_mark(cp))
		c->end_of_cluster = before;
	c->any = true;
}

static void clean_one(struct cleaner *c, unsigned cp, bool bad)
{
	if (cp >= 0x1F1E6 && cp <= 0x1F1FF) {
		cp = 'A' + (cp - 0x1F1E6); /* a flag reads as its country's code */
		c->touched++;
	}
	if (cp == 0x200D && c->any) {
		c->joined = true;
		c->touched++;
		return;
	}
	if (is_dropped(cp)) {
		c->touched++;
		return;
	}
	if (c->joined || cp == 0x20E3 || (cp >= 0x1F3FB && cp <= 0x1F3FF && c->any)) {
		/* the rest of a ZWJ sequence, a keycap, a skin tone */
		c->joined = false;
		c->touched++;
		return;
	}
	if (is_mark(cp)) {
		if (!c->any || c->blank || ++c->marks > MARKS_MAX) {
			c->touched++;
			return;
		}
		put(c, cp);
		return;
	}
	if (bad || is_unassigned(cp)) {
		cp = REPLACEMENT;
		c->touched++;
	}
	if (c->blank && c->any)
		put(c, ' ');
	c->blank = false;
	c->marks = 0;
	put(c, cp);
}

/* The visible ASCII at the start of `s`, with blanks if they may be there. */
static size_t visible_run(const char *s, size_t len, char least)
{
	size_t n = 0;
	uint64_t x;

	for (; len - n >= sizeof x; n += sizeof x) {
		memcpy(&x, s + n, sizeof x);
		if ((x | (x - ONES * (unsigned char)least) | (x + ONES)) & TOPS)
			break; /* one is not ASCII, below `least`, or 0x7F */
	}
	while (n < len && s[n] >= least && s[n] < 0x7F)
		n++;
	return n;
}

/* Of eight bytes of ASCII, the top bit of each that is `c`. */
static uint64_t bytes_equal(uint64_t x, char c)
{
	return ~((x ^ ONES * (unsigned char)c) + ~TOPS) & TOPS;
}

/* Zero if eight bytes are visible ASCII, or blanks. */
static uint64_t hidden(uint64_t x)
{
	return ((x - ONES * ' ') | (x + ONES)) & TOPS;
}

/* Of a line, which has no two blanks in a row. */
static bool line_eight(const char *s)
{
	uint64_t x, blanks;

	memcpy(&x, s, sizeof x);
	blanks = bytes_equal(x, ' ');
	return !hidden(x) && !(blanks & blanks >> 8);
}

/* Of lines, with their ends. */
static bool lines_eight(const char *s)
{
	uint64_t x, below;

	memcpy(&x, s, sizeof x);
	if (!hidden(x))
		return true;
	below = ~((x | TOPS) - ONES * ' ') & TOPS;
	return !((x | (x + ONES)) & TOPS) && below == bytes_equal(x, '\n');
}

/* The visible bytes at the start of `s`, in whole sixteens. */
static size_t visible_sixteens(const char *s, size_t len)
{
	uint64_t x[2];
	size_t n = 0;

	for (; len - n >= sizeof x; n += sizeof x) {
		memcpy(x, s + n, sizeof x);
		if (hidden(x[0]) | hidden(x[1]))
			break;
	}
	return n;
}

bool utf8_is_plain(const char *s, size_t len, enum utf8_lines lines)
{
	const size_t eight = sizeof(uint64_t);
	bool line = lines == UTF8_ONE_LINE;
	char few[sizeof(uint64_t)];
	size_t i = 0;

	if (!len)
		return true;
	if (line && (*s == ' ' || s[len - 1] == ' '))
		return false;
	if (len < eight) {
		memset(few, 'x', sizeof few); /* which beside anything changes nothing */
		memcpy(few, s, len);
		return line ? line_eight(few) : lines_eight(few);
	}
	if (line) {
		/* Each eight begin with the last one before them, so that every pair is seen. */
		for (; len - i > eight; i += eight - 1)
			if (!line_eight(s + i))
				return false;
		return line_eight(s + len - eight);
	}
	while ((i += visible_sixteens(s + i, len - i)) < len && len - i > eight) {
		if (!lines_eight(s + i))
			return false;
		i += eight;
	}
	return lines_eight(s + len - eight);
}

/* Most text is plain: what clean_one would do for every one of a run of ASCII, done at once.
 * Returns how many bytes were put; the last one goes the long way, for a mark may follow it. */
static size_t plain_run(struct cleaner *c, const char *s, size_t len, char least)
{
	size_t n, room = c->max ? c->max - (c->out->len - c->start) : len;

	if (c->joined || c->blank || c->full)
		return 0;
	n = visible_run(s, len, least);
	n = n > 0 ? n - 1 : 0;
	n = n < room ? n : room;
	if (n < 2 || *s == ' ' || !buf_add(c->out, s, n))
		return 0;
	c->any = true;
	c->marks = 0;
	c->end_of_cluster = c->out->len - 1;
	return n;
}

size_t utf8_clean(struct buf *out, const char *s, size_t len, enum utf8_lines lines, size_t max)
{
	struct cleaner c = {
		.out = out, .start = out->len, .max = max, .end_of_cluster = out->len
	};

	for (size_t i = 0, n; i < len && !c.full; i += n) {
		bool bad = false;
		i += plain_run(&c, s + i, len - i, lines == UTF8_LINES ? ' ' : '!');
		unsigned cp = next_bounded(s + i, len - i, &n, &bad);

		if (lines == UTF8_LINES && (cp == '\n' || cp == '\r')) {
			if (cp == '\r' && i + 1 < len && s[i + 1] == '\n')
				continue;
			c.blank = c.joined = false;
			put(&c, '\n');
			c.any = false;
			continue;
		}
		if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r') {
			c.joined = false;
			if (lines == UTF8_ONE_LINE)
				c.blank = true;
			else
				put(&c, ' ');
			continue;
		}
		clean_one(&c, cp, bad);
	}
	if (c.full && lines == UTF8_ONE_LINE)
		while (out->len > c.start && out->data[out->len - 1] == ' ')
			out->data[--out->len] = '\0';
	return c.touched;
}

char *utf8_cleaned(const char *s, enum utf8_lines lines, size_t max)
{
	struct buf b;

	buf_init(&b, 0);
	if (s)
		utf8_clean(&b, s, strlen(s), lines, max);
	return buf_take(&b);
}

size_t utf8_cluster(const char *s, int *cells)
{
	size_t at, n;
	unsigned cp = utf8_next(s, &n), prev;
	utf8proc_int32_t state = 0;
	int width;

	if (!*s) {
		if (cells)
			*cells = 0;
		return 0;
	}
	width = utf8_cp_width(cp);
	for (at = n; s[at]; at += n) {
		prev = cp;
		cp = utf8_next(s + at, &n);
		if (cp < 0x300 || utf8proc_grapheme_break_stateful(
				      (utf8proc_int32_t)prev, (utf8proc_int32_t)cp, &state))
			break;
		width += utf8_cp_width(cp);
	}
	if (cells)
		*cells = width;
	return at;
}

int utf8_width(const char *s)
{
	int total = 0, cells;
	size_t n;

	for (; (n = utf8_cluster(s, &cells)) > 0; s += n)
		total += cells;
	return total;
}

size_t utf8_fit(const char *s, int cells)
{
	size_t at = 0, n;
	int w;

	while ((n = utf8_cluster(s + at, &w)) > 0 && w <= cells) {
		at += n;
		cells -= w;
	}
	return at;
}

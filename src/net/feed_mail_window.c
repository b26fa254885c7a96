/* When the work is done: windows in the text of a mail. The same window often stands there in
 * several zones; a row in UTC settles them. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "feed_mail.h"

#define LINE_MAX_LEN ((size_t)600)
#define DAY_MS INT64_C(86400000)

static const char starts[] =
    "event start date & time|maintenance window start date & time|maintenance start date/time|"
    "scheduled start date & time|scheduled start|primary start date|maintenance start|"
    "start date & time|start date and time|start date/time|start date|start time|start|from";
static const char ends[] =
    "event end date & time|maintenance window end date & time|maintenance end date/time|"
    "scheduled end date & time|scheduled end|primary end date|maintenance end|"
    "end date & time|end date and time|end date/time|end date|end time|end|to";
static const char durations[] = "duration|maintenance duration|planned duration|work duration";
/* When the mail was written, which is no window. */
static const char stamps[] = "date|sent|date notice sent|date sent|received|on";

struct finder {
	struct feed_doc *d;
	enum feed_order order;
	struct utc sent;
	bool no_zone, no_year, ambiguous; /* named once */
	bool utc;			  /* the windows that were found are rows in UTC */
	bool differ;			  /* and others beside them say something else */
};

enum feed_order mail_order(const struct mail_text *t, enum feed_order otherwise)
{
	for (size_t i = 0; i < t->count; i++)
		for (size_t c = 0; c < t->lines[i].count; c++) {
			if (strcasestr(t->lines[i].cells[c], "dd/mm/yy"))
				return FEED_DAY_FIRST;
			if (strcasestr(t->lines[i].cells[c], "mm/dd/yy"))
				return FEED_MONTH_FIRST;
		}
	return otherwise;
}

/* The year that puts a date nearest to when the mail was sent: notices come before the work. */
static void give_year(struct finder *f, struct feed_moment *m)
{
	if (!m->date.month || m->date.year || !utc_is_set(f->sent))
		return;
	m->date.year = date_from_days(f->sent.ms / DAY_MS).year;
	if (date_to_days(m->date) * DAY_MS < f->sent.ms - 90 * DAY_MS)
		m->date.year++;
	else if (date_to_days(m->date) * DAY_MS > f->sent.ms + 275 * DAY_MS)
		m->date.year--;
	if (!f->no_year)
		feed_problem(f->d, "the window has no year; it is taken from the mail's date");
	f->no_year = true;
}

static struct utc instant(struct finder *f, struct feed_moment *m)
{
	if (m->ambiguous) {
		if (!f->ambiguous)
			feed_problem(
			    f->d, "the window's dates may be day or month first: not read");
		f->ambiguous = true;
		return UTC_NONE;
	}
	give_year(f, m);
	if (!m->has_zone && !f->no_zone) {
		feed_problem(f->d, "the window has no zone, taken as UTC: uncertain");
		f->no_zone = true;
	}
	return feed_moment_utc(m);
}

static void take_zone(struct feed_moment *m, const struct feed_moment *from)
{
	if (m->has_zone || !from->has_zone)
		return;
	memcpy(m->zone, from->zone, sizeof m->zone);
	m->offset = from->offset;
	m->has_zone = true;
	m->fixed = from->fixed;
	m->civil = from->civil;
}

/* "SCHEDULE (UTC)", "Start Date (GMT)": the label says the zone. */
static void label_zone(struct feed_moment *m, const char *line)
{
	struct feed_moment utc = { .has_zone = true, .fixed = true };

	if (feed_text_has(line, "UTC") || feed_text_has(line, "GMT"))
		take_zone(m, &utc);
}

static void clock_of(struct finder *f, struct feed_moment *a, struct feed_moment *b,
    const char *line, struct utc *start, struct utc *end)
{
	take_zone(a, b);
	take_zone(b, a);
	label_zone(a, line);
	label_zone(b, line);
	bool same_day = !b->date.month;
	if (same_day)
		b->date = a->date;
	*start = instant(f, a);
	b->ambiguous = b->ambiguous || (same_day && a->ambiguous);
	*end = instant(f, b);
	if (same_day && utc_is_set(*end) && end->ms <= start->ms)
		*end = utc_add(*end, DAY_MS); /* over midnight */
}

/* Two moments in one line. */
static bool pair(struct finder *f, const char *line, struct utc *start, struct utc *end, bool *utc)
{
	struct feed_moment a, b;
	size_t n = strlen(line);

	if (n > LINE_MAX_LEN || !feed_moment_read(line, n, f->order, &a) || a.ms < 0 ||
	    !a.date.month || a.used >= n ||
	    !feed_moment_read(line + a.used, n - a.used, f->order, &b) || b.ms < 0)
		return false;
	clock_of(f, &a, &b, line, start, end);
	*utc = b.has_zone && !b.civil && b.offset == 0;
	return utc_is_set(*start) && utc_is_set(*end) && start->ms < end->ms;
}

static void add(struct finder *f, struct mail_windows *w, struct utc start, struct utc end)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->items[i].start.ms == start.ms && w->items[i].end.ms == end.ms)
			return;
	if (w->count == MAIL_WINDOWS) {
		feed_problem(f->d, "only the first %d windows are kept", MAIL_WINDOWS);
		return;
	}
	w->items[w->count].start = start;
	w->items[w->count++].end = end;
}

static bool is_stamp(const struct mail_line *l)
{
	char label[32];
	const char *colon = l->count ? strchr(l->cells[0], ':') : NULL;
	size_t n = colon ? (size_t)(colon - l->cells[0]) : 0;

	if (!n || n >= sizeof label)
		return false;
	memcpy(label, l->cells[0], n);
	label[n] = 0;
	return mail_is_label(label, stamps);
}

/* Every line with two moments; once a row is in UTC only such rows count. */
static void from_lines(struct finder *f, const struct mail_text *t, struct mail_windows *w)
{
	for (size_t i = 0; i < t->count; i++) {
		struct utc start, end;
		bool utc = false;
		if (!t->lines[i].count || is_stamp(&t->lines[i]) ||
		    !pair(f, mail_joined(f->d, &t->lines[i], " "), &start, &end, &utc))
			continue;
		if (utc && !f->utc) {
			struct mail_windows others = *w;
			w->count = 0;
			f->utc = true;
			add(f, w, start, end);
			f->differ = others.count == 1 && others.items[0].start.ms != start.ms;
		} else if (utc == f->utc) {
			add(f, w, start, end);
		}
	}
	if (f->differ)
		feed_problem(f->d, "the window differs between its zones; the one in UTC is kept");
}

static bool labelled(struct finder *f, const char *text, const char *line, struct feed_moment *m)
{
	size_t n = strlen(text);

	if (n > LINE_MAX_LEN || !feed_moment_read(text, n, f->order, m) || m->ms < 0 ||
	    !m->date.month)
		return false;
	label_zone(m, line);
	return true;
}

static int64_t minutes_of(const char *text)
{
	static const struct {
		const char *unit;
		int64_t minutes;
	} units[] = { { "minute", 1 }, { "min", 1 }, { "hour", 60 }, { "hr", 60 }, { "day", 1440 },
		{ "h", 60 }, { "m", 1 } };
	int64_t sum = 0, n = 0;

	for (const char *s = text; *s && s - text < 80;) {
		if (!isdigit((unsigned char)*s)) {
			s++;
			continue;
		}
		for (n = 0; isdigit((unsigned char)*s); s++)
			n = n < 100000 ? n * 10 + (*s - '0') : n;
		s += strspn(s, " ");
		for (size_t i = 0; i < countof(units); i++)
			if (strncasecmp(s, units[i].unit, strlen(units[i].unit)) == 0) {
				sum += n * units[i].minutes;
				break;
			}
	}
	return sum;
}

/* An end that is only said as a length of time. */
static void end_by_duration(struct finder *f, const struct mail_text *t, struct mail_windows *w)
{
	const char *text = mail_label(t, durations, 0, NULL);
	int64_t minutes = text ? minutes_of(text) : 0;

	for (size_t i = 0; i < w->count; i++)
		if (minutes && utc_is_set(w->items[i].start) && !utc_is_set(w->items[i].end)) {
			w->items[i].end = utc_add(w->items[i].start, minutes * 60000);
			feed_problem(f->d, "the end is the start and a duration of %lld minutes",
			    (long long)minutes);
		}
}

static void from_labels(struct finder *f, const struct mail_text *t, struct mail_windows *w)
{
	for (size_t i = 0; i < MAIL_WINDOWS; i++) {
		size_t at = 0, to = 0;
		const char *a = mail_label(t, starts, i, &at), *b = mail_label(t, ends, i, &to);
		struct feed_moment from, until;
		struct utc start = UTC_NONE, end = UTC_NONE;
		if (!a || !labelled(f, a, mail_joined(f->d, &t->lines[at], " "), &from))
			break;
		if (b && labelled(f, b, mail_joined(f->d, &t->lines[to], " "), &until))
			clock_of(f, &from, &until, "", &start, &end);
		else
			start = instant(f, &from);
		if (utc_is_set(start) && utc_is_set(end) && end.ms <= start.ms) {
			feed_problem(f->d, "the window ends before it begins");
			end = UTC_NONE;
		}
		if (utc_is_set(start))
			add(f, w, start, end);
	}
	end_by_duration(f, t, w);
}

/* "… at 2024-01-31 18:00 UTC": a start in a sentence. */
static void from_sentence(struct finder *f, const struct mail_text *t, struct mail_windows *w)
{
	for (size_t i = 0; i < t->count && !w->count; i++) {
		const char *line = mail_joined(f->d, &t->lines[i], " ");
		struct feed_moment m;
		if (!t->lines[i].count || is_stamp(&t->lines[i]) || !labelled(f, line, line, &m) ||
		    !m.has_zone)
			continue;
		struct utc start = instant(f, &m);
		if (utc_is_set(start))
			add(f, w, start, UTC_NONE);
	}
	end_by_duration(f, t, w);
}

struct mail_windows mail_windows(
    struct feed_doc *d, const struct mail_text *t, enum feed_order order, struct utc sent)
{
	struct finder f = { .d = d, .order = order, .sent = sent };
	struct mail_windows w = { 0 };

	from_labels(&f, t, &w);
	if (!w.count)
		from_lines(&f, t, &w);
	if (!w.count)
		from_sentence(&f, t, &w);
	return w;
}

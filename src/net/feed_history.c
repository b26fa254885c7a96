/* The updates that status pages write into one feed entry, as Statuspage began it: paragraphs of a
 * small date and a bold state. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_syndic.h"

#define DAY_MS ((int64_t)86400000)
#define HEADING_MAX 40
#define OPEN_MS (6 * (int64_t)3600000) /* how long an item without any state counts as open */

/* The time of a text that may leave its year out, given the instant of what is written above it,
 * which is not earlier. */
static struct utc dated(const char *text, struct utc newer)
{
	struct feed_moment m;
	int64_t ms;

	if (!feed_moment_read(text, strlen(text), FEED_MONTH_FIRST, &m) || !m.date.month)
		return UTC_NONE;
	if (m.fixed)
		m.civil = false;
	if (m.date.year || !utc_is_set(newer))
		return feed_moment_utc(&m);
	struct date d = date_from_days(newer.ms / DAY_MS);
	/* Only in December is there a day ahead that is of the next year. */
	int tries = d.month == 12 ? 5 : 4;
	for (m.date.year = d.year + tries - 4; tries; tries--, m.date.year--) {
		ms = feed_moment_utc(&m).ms;
		if (date_valid(m.date) && ms <= newer.ms + DAY_MS)
			return (struct utc){ ms };
	}
	return UTC_NONE;
}

/* The same for what may lie on either side of `near`. */
static struct utc dated_near(const struct feed_moment *from, struct utc near)
{
	struct feed_moment m = *from;
	struct utc best = UTC_NONE;

	m.civil = m.civil && !m.fixed;
	if (m.date.year || !utc_is_set(near))
		return feed_moment_utc(&m);
	int year = date_from_days(near.ms / DAY_MS).year;
	for (m.date.year = year - 1; m.date.year <= year + 1; m.date.year++) {
		struct utc t = feed_moment_utc(&m);
		if (utc_is_set(t) &&
		    (!utc_is_set(best) || llabs(utc_diff(t, near)) < llabs(utc_diff(best, near))))
			best = t;
	}
	return best;
}

/* "SCHEDULED" somewhere: by its last letter, which is rare where the rest of it is not. */
static bool is_scheduled(const char *markup)
{
	static const char before[] = "SCHEDULE";
	const size_t n = sizeof before - 1;

	for (const char *s = strchr(markup, 'D'); s; s = strchr(s + 1, 'D'))
		if ((size_t)(s - markup) >= n && memcmp(s - n, before, n) == 0)
			return true;
	return false;
}

/* "… Jan 8, 21:00 UTC - Jan 9, 01:00 UTC" or "… Jan 9, 14:00 - 18:00 UTC". */
static void read_window(struct history *h, const char *markup, struct utc near)
{
	static const char words[] = "THIS IS A SCHEDULED EVENT";
	struct feed_moment from, to;

	if (!is_scheduled(markup))
		return; /* without taking the markup off */
	struct arena *a = arena_new();
	const char *text = feed_plain(a, markup, 400), *at = strstr(text, words);

	if (at) {
		h->planned = true;
		at += sizeof words - 1;
		const char *line = at + strcspn(at, "\n"), *dash = strstr(at, " - ");
		if (dash && dash < line &&
		    feed_moment_read(at, (size_t)(dash - at), FEED_MONTH_FIRST, &from) &&
		    feed_moment_read(dash + 3, (size_t)(line - dash - 3), FEED_MONTH_FIRST, &to) &&
		    from.date.month) {
			if (!to.date.month)
				to.date = from.date;
			if (!from.has_zone) {
				struct feed_moment zone = to;
				zone.date = from.date;
				zone.ms = from.ms;
				from = zone;
			}
			h->starts_at = dated_near(&from, near);
			h->ends_at = dated_near(&to, h->starts_at);
		}
	}
	arena_free(a);
}

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')
		s++;
	return s;
}

static const char *skip_tag(const char *s, const char *tag)
{
	size_t n = strlen(tag);

	if (strncasecmp(s, tag, n) != 0)
		return NULL;
	const char *end = strchr(s, '>');
	return end ? end + 1 : NULL;
}

/* A bold word at `s`: behind it, and the word in out[HEADING_MAX]. NULL: none. */
static const char *bold(const char *s, char *out)
{
	const char *p, *end;

	s = skip_blanks(s);
	p = skip_tag(s, "<strong");
	if (!p && strncasecmp(s, "<b>", 3) == 0)
		p = s + 3;
	if (!p)
		return NULL;
	if ((*p | 0x20) == 's' && strncasecmp(p, "Status:", 7) == 0)
		p += 7;
	p = skip_blanks(p);
	end = strchr(p, '<');
	size_t n = end ? (size_t)(end - p) : HEADING_MAX;
	if (n >= HEADING_MAX)
		return NULL;
	memcpy(out, p, n);
	while (n && strchr(" \t\r\n:", out[n - 1]))
		n--;
	out[n] = 0;
	end = strchr(end, '>');
	return end ? end + 1 : NULL;
}

#define DASH 0xe2 /* the first byte of those of three */

/* A dash of three bytes: U+2010 to U+2015 and the minus sign. */
static bool is_dash(const char *s)
{
	if ((unsigned char)*s != DASH)
		return false;
	return strncmp(s + 1, "\x88\x92", 2) == 0 ||
	       (s[1] == '\x80' && (unsigned char)s[2] >= 0x90 && (unsigned char)s[2] <= 0x95);
}

/* The title with all its dashes as "-"; most have no other, and stay as they are. */
static const char *plain_dashes(char out[FEED_TITLE_MAX + 1], const char *text)
{
	size_t len = 0;

	if (!strchr(text, DASH))
		return text;
	for (; *text && len < FEED_TITLE_MAX; text += is_dash(text) ? 3 : 1)
		out[len++] = is_dash(text) ? '-' : *text;
	out[len] = '\0';
	return out;
}

static bool is_tag(const char *s, const char *tag, size_t len)
{
	/* Most tags differ in their first two letters. */
	return (s[1] | 0x20) == (tag[1] | 0x20) && (s[2] | 0x20) == (tag[2] | 0x20) &&
	       strncasecmp(s, tag, len) == 0;
}

/* A paragraph's small date, at or behind `s` in a text that begins at `start`, and before it the
 * first end of a small text: NULL, where there is none. */
static const char *next_paragraph(const char *start, const char *s, const char **close)
{
	static const char open_tag[] = "<small", close_tag[] = "</small>";

	*close = NULL;
	for (; (s = strchr(s, '<')) != NULL; s++) {
		if (!*close && is_tag(s, close_tag, sizeof close_tag - 1))
			*close = s;
		if (!is_tag(s, open_tag, sizeof open_tag - 1))
			continue;
		const char *before = s;
		while (before > start && (before[-1] == ' ' || before[-1] == '\n'))
			before--;
		if (before == start || before[-1] == '>')
			return s;
	}
	return NULL;
}

/* A paragraph from its date at `s`, which ends at `close`, to `end`. */
static void read_paragraph(struct feed_doc *d, struct history *h, const char *s, const char *close,
    const char *end, struct utc *newer)
{
	char heading[HEADING_MAX] = "";
	const char *p, *text;
	struct feed_update *u = feed_add_update(d, &h->updates);

	if (!u)
		return;
	const char *date = feed_plain_part(d->arena, s, (size_t)(close - s), 80);
	u->at = dated(date, *newer);
	if (!utc_is_set(u->at) && utc_is_set(*newer))
		feed_problem(d, "an update has no date: '%.60s'", date);
	if (utc_is_set(u->at))
		*newer = u->at;
	p = skip_blanks(close + strlen("</small>"));
	text = skip_tag(p, "<br");
	p = text ? skip_blanks(text) : p;
	text = skip_tag(p, "</br"); /* of elements, as in XHTML */
	p = text ? text : p;
	text = bold(p, heading);
	if (text) {
		u->status = feed_word_any(heading, &h->planned);
		p = skip_blanks(text);
		p += *p == '-' ? 1 : is_dash(p) ? 3 : 0;
	}
	u->text = feed_plain_part(d->arena, p, p < end ? (size_t)(end - p) : 0, FEED_TEXT_MAX);
	u->text += strspn(u->text, " \n");
}

struct history history_read(struct feed_doc *d, const char *markup, struct utc newest)
{
	struct history h = { .starts_at = UTC_NONE, .ends_at = UTC_NONE };
	struct utc newer = newest;
	const char *s, *next, *close;

	read_window(&h, markup, newest);
	for (s = next_paragraph(markup, markup, &close); s; s = next) {
		next = next_paragraph(markup, s + 1, &close);
		if (close)
			read_paragraph(d, &h, s, close, next ? next : s + strlen(s), &newer);
	}
	h.dated = h.updates.count > 0;
	return h;
}

/* A state in the title: "[Resolved] …", "RESOLVED: …", "Investigating - …", "… - Mitigated",
 * "… (Completed)", or nothing else; a dash may be any of them. */
static const char *title_state(const char *text, bool *planned)
{
	char room[FEED_TITLE_MAX + 1], word[HEADING_MAX];
	const char *title = plain_dashes(room, text);
	const char *parts[4] = { title, strrchr(title, '-'), strrchr(title, '('),
		strrchr(title, '[') };
	const char *state;

	for (size_t i = 0; i < 4; i++) {
		const char *p = parts[i];
		if (!p)
			continue;
		p += strspn(p, "[(*- ");
		size_t n = strcspn(p, "])*:-");
		while (n && p[n - 1] == ' ')
			n--;
		if (n == 0 || n >= sizeof word)
			continue;
		memcpy(word, p, n);
		word[n] = 0;
		if ((state = feed_word_any(word, planned)) != NULL)
			return state;
	}
	return NULL;
}

/* The state that an entry without updates of its own gives away. */
static const char *entry_state(const struct syndic_entry *x, bool *planned)
{
	char heading[HEADING_MAX];
	const char *markup = x->body, *state = NULL;

	for (const char *p; (p = skip_tag(skip_blanks(markup), "<p")) != NULL ||
			    (p = skip_tag(skip_blanks(markup), "<div")) != NULL;)
		markup = p;
	if (bold(markup, heading))
		state = feed_word_any(heading, planned);
	if (!state && x->title)
		state = title_state(x->title, planned);
	for (size_t i = 0; i < x->category_count && !state; i++)
		state = feed_word_any(x->categories[i], planned);
	return state;
}

/* A status page's own id is the last part of its link: the same as in its JSON. */
static const char *entry_id(
    struct feed_doc *d, struct syndic *s, const struct syndic_entry *x, bool page)
{
	const char *slash = page && x->link ? strrchr(x->link, '/') : NULL;
	const char *id =
	    slash && slash > x->link + 8 ? feed_line(d->arena, slash + 1, FEED_ID_MAX) : NULL;

	return id ? id : syndic_key(d, s, x);
}

static const char *newest_state(const struct feed_updates *u)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->items[i].status)
			return u->items[i].status;
	return NULL;
}

static void add_maintenance(struct feed_doc *d, struct syndic *s, const struct syndic_entry *x,
    const struct history *h, const char *state)
{
	struct feed_maintenance *m = feed_add_maintenance(d);

	if (!m)
		return;
	m->id = entry_id(d, s, x, h->dated);
	m->title = x->title ? x->title : m->id;
	m->provider = d->source;
	m->url = x->link;
	m->status = state && strcmp(state, "resolved") == 0 ? "completed" : state;
	if (!m->status || !feed_word_planned(m->status))
		m->status = "scheduled";
	m->starts_at = h->starts_at;
	m->ends_at = h->ends_at;
	for (size_t i = 0; i < h->updates.count; i++) {
		const struct feed_update *u = &h->updates.items[i];
		if (u->status && strcmp(u->status, "in_progress") == 0 && !utc_is_set(h->starts_at))
			m->starts_at = u->at; /* the first of them, for the oldest is the last */
		if (u->status && strcmp(u->status, "completed") == 0 && !utc_is_set(h->ends_at))
			m->ends_at = u->at;
	}
	if (!utc_is_set(m->starts_at))
		feed_problem(d, "maintenance %s: has no start", m->id);
	for (size_t i = 0; i < h->updates.count; i++) {
		struct feed_update *u = &h->updates.items[i];
		/* A word of incidents among those of planned work. */
		if (u->status && !feed_word_planned(u->status))
			u->status = strcmp(u->status, "resolved") == 0 ? "completed" : NULL;
	}
	m->updates = h->updates.items;
	m->update_count = h->updates.count;
	if (strcmp(m->status, "in_progress") == 0 || strcmp(m->status, "verifying") == 0)
		feed_worsen(d, STATUS_MAINTENANCE);
}

void history_add(
    struct feed_doc *d, struct syndic *s, const struct syndic_entry *x, const struct history *h)
{
	const char *state = newest_state(&h->updates);
	struct history own = *h;

	if (!state)
		state = entry_state(x, &own.planned);
	if (own.planned) {
		add_maintenance(d, s, x, &own, state);
		return;
	}
	struct feed_incident *i = feed_add_incident(d);
	if (!i)
		return;
	i->id = entry_id(d, s, x, h->dated);
	i->title = x->title ? x->title : i->id;
	i->url = x->link;
	i->status = state;
	i->updates = h->updates.items;
	i->update_count = h->updates.count;
	for (size_t k = 0; h->dated && k < i->update_count; k++)
		i->started_at = feed_earlier(i->started_at, i->updates[k].at);
	if (!utc_is_set(i->started_at))
		i->started_at = feed_earlier(x->published, x->updated);
	if (!i->status) {
		/* A history says when, not whether it lasts. */
		struct utc last = feed_later(x->published, x->updated);
		bool old = utc_is_set(last) && utc_is_set(d->updated_at) &&
			   utc_diff(d->updated_at, last) > OPEN_MS;
		i->status = old ? "resolved" : "investigating";
		feed_problem(d, "item '%.60s': says no state; taken as %s", i->title,
		    old ? "over, for it is old" : "open");
	}
	if (strcmp(i->status, "resolved") == 0)
		i->resolved_at = feed_resolved_at(i->updates, i->update_count);
}

/* ---- the format ---- */

/* Behind a tag of XHTML ("br", "/br") at `s` or blanks before it, whatever its prefix; NULL: there
 * is none before `end`. */
static const char *behind_tag(const char *s, const char *end, const char *name)
{
	const char *stop, *p;

	while (s < end && isspace((unsigned char)*s))
		s++;
	if (s == end || *s != '<' || !(stop = memchr(s, '>', (size_t)(end - s))))
		return NULL;
	s++;
	if (*name == '/' && *s++ != *name++)
		return NULL;
	for (p = s; isalnum((unsigned char)*p); p++)
		;
	s = *p == ':' ? p + 1 : s;
	size_t n = strlen(name), left = (size_t)(stop - s);
	if (left < n || strncasecmp(s, name, n) != 0 || isalnum((unsigned char)s[n]))
		return NULL;
	return stop + 1;
}

/* A small date, a break and a bold word, in elements or in a CDATA section. */
static bool has_heading(const char *bytes, size_t len)
{
	static const char small[] = "small>";
	const char *s = bytes, *end = bytes + len, *p, *q;

	for (; (s = memmem(s, (size_t)(end - s), small, sizeof small - 1)) != NULL; s++) {
		if (s == bytes || (s[-1] != '/' && s[-1] != ':'))
			continue;
		p = behind_tag(s + sizeof small - 1, end, "br");
		q = p ? behind_tag(p, end, "/br") : NULL;
		if (p && behind_tag(q ? q : p, end, "strong"))
			return true;
	}
	return false;
}

int feed_history_sniff(const char *bytes, size_t len)
{
	const char *looks = feed_looks_like(bytes, len);

	if (!strstr(looks, "feed"))
		return 0;
	if (syndic_mentions(bytes, len, " - Incident History"))
		return 95;
	return memmem(bytes, len, "data-var=", 9) || memmem(bytes, len, "/small&gt;&lt;br", 16) ||
		       has_heading(bytes, len)
		   ? 90
		   : 0;
}

struct feed_doc *feed_history_parse(const char *bytes, size_t len, struct err *e)
{
	struct feed_doc *d = feed_doc_new("statuspage-history");
	struct syndic *s = syndic_read(d, bytes, len, "status page history", e);
	size_t pages = 0;

	if (!s) {
		feed_doc_free(d);
		return NULL;
	}
	syndic_doc(d, s);
	for (size_t i = 0; i < s->entry_count; i++) {
		const struct syndic_entry *x = &s->entries[i];
		struct history h = history_read(d, x->body, feed_later(x->published, x->updated));
		h.planned |= x->link && strstr(x->link, "/maintenances/");
		pages += h.updates.count > 0;
		history_add(d, s, x, &h);
	}
	if (s->entry_count && !pages) {
		err_set(e, ERR_DATA,
		    "no status page history: it looks like %s whose items have no dated updates "
		    "(rss and atom read those)",
		    feed_looks_like(bytes, len));
		feed_doc_free(d);
		return NULL;
	}
	if (!s->entry_count)
		feed_problem(d, "the feed has no entries: nothing is known from it");
	for (size_t i = 0; i < d->incident_count; i++)
		if (strcmp(d->incidents[i].status, "resolved") != 0)
			feed_worsen(d, STATUS_DEGRADED);
	feed_sort_incidents(d);
	return d;
}

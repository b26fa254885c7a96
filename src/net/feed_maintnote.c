/* MAINTNOTE: planned work as a calendar (draft-gunter-calext-maintenance-notifications). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_priv.h"
#include "ical.h"

static const char title[] = "MAINTNOTE calendar";

static const struct {
	const char *theirs, *ours;
} states[] = {
	{ "tentative", "tentative" },
	{ "confirmed", "confirmed" },
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
	{ "in_process", "in_progress" },
	{ "in_progress", "in_progress" },
	{ "completed", "completed" },
	{ "re_scheduled", "scheduled" },
	{ "rescheduled", "scheduled" },
};

static const char *const impacts[] = { "NO-IMPACT", "REDUCED-REDUNDANCY", "DEGRADED", "OUTAGE" };

static bool begins(const char *s, const char *end, const char *what)
{
	size_t n = strlen(what);

	return (size_t)(end - s) >= n && strncasecmp(s, what, n) == 0;
}

/* Blanks and a byte order mark before it are forgiven. */
static const char *calendar(const char *bytes, size_t len)
{
	static const char begin[] = "BEGIN:VCALENDAR";
	const char *s = bytes, *end = bytes + len;

	while (s < end && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n'))
		s++;
	return len >= sizeof begin && begins(s, end, begin) ? s : NULL;
}

int feed_maintnote_sniff(const char *bytes, size_t len)
{
	const char *s = calendar(bytes, len), *end = bytes + len;

	if (!s)
		return 0;
	while (s < end && !begins(s, end, "X-MAINTNOTE-"))
		s++;
	return s < end ? 95 : 60;
}

static const char *line_of(struct feed_doc *d, const struct ical_prop *p, size_t max)
{
	return p ? feed_line(d->arena, ical_text(d->arena, p, max), max) : NULL;
}

static const char *line_at(struct feed_doc *d, const struct ical_comp *c, const char *name)
{
	return line_of(d, ical_prop(c, name), FEED_TITLE_MAX);
}

/* The primary one where there are several. */
static const char *maintenance_id(struct feed_doc *d, const struct ical_comp *c)
{
	static const char name[] = "X-MAINTNOTE-MAINTENANCE-ID";
	const struct ical_prop *first = ical_prop(c, name), *p;

	for (p = first; p; p = ical_next(p, name)) {
		const char *precedence = ical_param(p, "X-MAINTNOTE-PRECEDENCE");
		if (precedence && strcasecmp(precedence, "PRIMARY") == 0)
			return line_of(d, p, FEED_ID_MAX);
	}
	return line_of(d, first, FEED_ID_MAX);
}

static const char *state_word(const char *word)
{
	for (size_t i = 0; word && i < countof(states); i++)
		if (feed_word_is(word, states[i].theirs))
			return states[i].ours;
	return NULL;
}

/* What stands in the title of a notice whose sender gives no status. */
static const char *title_state(const char *text)
{
	static const struct {
		const char *word, *ours;
	} words[] = { { "completed", "completed" }, { "completion", "completed" },
		{ "cancelled", "cancelled" }, { "canceled", "cancelled" },
		{ "cancellation", "cancelled" } };

	for (size_t i = 0; i < countof(words); i++)
		if (feed_text_has(text, words[i].word))
			return words[i].ours;
	return NULL;
}

static const char *status_of_event(
    struct feed_doc *d, const struct ical_comp *c, const char *what, const char *summary)
{
	const char *word = ical_value(c, "X-MAINTNOTE-STATUS"), *general = ical_value(c, "STATUS"),
		   *method = c->parent ? ical_value(c->parent, "METHOD") : NULL;
	const char *ours = state_word(word);
	bool withdrawn = (general && strcasecmp(general, "CANCELLED") == 0) ||
			 (method && strcasecmp(method, "CANCEL") == 0);

	if (withdrawn && ours && strcmp(ours, "cancelled") != 0)
		feed_problem(
		    d, "%s: is %s by its status, but the calendar withdraws it", what, ours);
	if (withdrawn)
		return "cancelled";
	if (ours)
		return ours;
	if (word)
		feed_problem(d, "%s: unknown status '%.60s'", what, word);
	ours = summary ? title_state(summary) : NULL;
	ours = ours ? ours : state_word(general);
	if (!word)
		feed_problem(d, "%s: has no status; taken as %s%s", what, ours ? ours : "scheduled",
		    ours ? " by its other words" : "");
	return ours ? ours : "scheduled";
}

/* The four words as they are written here; another one stays as it came. */
static const char *impact_of(
    struct feed_doc *d, const char *word, const char *what, const char *otherwise)
{
	if (!word || !*word)
		return otherwise;
	for (size_t i = 0; i < countof(impacts); i++)
		if (strcasecmp(word, impacts[i]) == 0)
			return impacts[i];
	feed_problem(d, "%s: unknown impact '%.60s'", what, word);
	return feed_line(d->arena, word, FEED_ID_MAX);
}

static void read_objects(
    struct feed_doc *d, const struct ical_comp *c, struct feed_maintenance *m, const char *what)
{
	static const char name[] = "X-MAINTNOTE-OBJECT-ID";

	for (const struct ical_prop *p = ical_prop(c, name); p; p = ical_next(p, name))
		feed_add_object(d, m, line_of(d, p, FEED_TITLE_MAX),
		    impact_of(d, ical_param(p, "X-MAINTNOTE-OBJECT-IMPACT"), what, m->impact));
}

static void read_times(struct feed_doc *d, const struct ical_zone *zones, const struct ical_comp *c,
    struct feed_maintenance *m, const char *what)
{
	const struct ical_prop *end = ical_prop(c, "DTEND");
	const char *length = ical_value(c, "DURATION");
	int64_t ms;

	m->starts_at = ical_time(d, zones, ical_prop(c, "DTSTART"), what);
	m->ends_at = ical_time(d, zones, end, what);
	if (!end && length && utc_is_set(m->starts_at)) {
		if (ical_duration(length, &ms))
			m->ends_at = utc_add(m->starts_at, ms);
		else
			feed_problem(d, "%s: DURATION is no duration: '%.60s'", what, length);
	}
	if (!ical_prop(c, "DTSTART"))
		feed_problem(d, "%s: has no start", what);
	if (!end && !length)
		feed_problem(d, "%s: has no end", what);
	if (utc_is_set(m->starts_at) && utc_is_set(m->ends_at) &&
	    m->ends_at.ms <= m->starts_at.ms) {
		feed_problem(d, "%s: its end is not after its start", what);
		m->ends_at = UTC_NONE;
	}
}

static int64_t sequence_of(struct feed_doc *d, const struct ical_comp *c, const char *what)
{
	const char *text = ical_value(c, "SEQUENCE");
	char *end;

	if (!text)
		return -1;
	long long n = strtoll(text, &end, 10);
	if (end != text && !*end && n >= 0 && n <= INT32_MAX)
		return n;
	feed_problem(d, "%s: SEQUENCE is no number: '%.60s'", what, text);
	return -1;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct utc stamp_of(const struct feed_maintenance *m)
{
	return m->update_count ? m->updates[0].at : UTC_NONE;
}

/* Two records of one maintenance: the higher sequence, then the later stamp holds; two windows of
 * one notice both stay. True: `m` needs no place of its own. */
static bool settle(struct feed_doc *d, const struct feed_maintenance *m)
{
	for (size_t i = 0; i < d->maintenance_count; i++) {
		struct feed_maintenance *x = &d->maintenances[i];
		if (!same(x->id, m->id) || !same(x->provider, m->provider))
			continue;
		bool windows = x->starts_at.ms != m->starts_at.ms || x->ends_at.ms != m->ends_at.ms;
		int64_t newer =
		    m->sequence >= 0 && x->sequence >= 0 ? m->sequence - x->sequence : 0;
		if (!newer)
			newer =
			    (stamp_of(m).ms > stamp_of(x).ms) - (stamp_of(m).ms < stamp_of(x).ms);
		if (!newer && windows) {
			feed_problem(
			    d, "maintenance %s: stands here with different windows", m->id);
			continue;
		}
		if (newer > 0)
			*x = *m;
		return true;
	}
	return false;
}

static void keep(struct feed_doc *d, const struct feed_maintenance *m)
{
	struct feed_maintenance *room;

	if (!settle(d, m) && (room = feed_add_maintenance(d)))
		*room = *m;
}

/* A later window of a notice has its own start in its id, so that it is the same one in whatever
 * order and number the windows come. */
static const char *window_id(struct feed_doc *d, const char *id, struct utc start)
{
	char at[UTC_TEXT], *out = at;

	utc_format(start, at);
	for (const char *p = at; *p && *p != '.'; p++)
		if (*p != '-' && *p != ':')
			*out++ = *p;
	*out = '\0';
	return arena_printf(d->arena, "%sZ",
	    arena_printf(d->arena, "%s/%s",
		feed_line(d->arena, id, FEED_ID_MAX - sizeof "/20260310T010000Z"), at));
}

/* The start of the first window of the notice, one of whose windows `c` replaces. */
static struct utc first_of_series(
    struct ical_repeat *r, const struct ical_comp *c, const char *what)
{
	const struct ical_comp *series = ical_series(r, c);

	return series ? ical_time(r->d, r->zones, ical_prop(series, "DTSTART"), what) : UTC_NONE;
}

static void keep_windows(
    struct ical_repeat *r, const struct ical_comp *c, struct feed_maintenance *m, const char *what)
{
	struct ical_window *windows;
	struct utc first = m->starts_at, replaced = ical_replaces(r, c);
	const char *id = m->id;

	if (ical_prop(c, "RECURRENCE-ID")) {
		if (utc_is_set(replaced) && replaced.ms != first_of_series(r, c, what).ms)
			m->id = window_id(r->d, id, replaced);
		keep(r->d, m);
		return;
	}
	if (!ical_repeats(c) || !utc_is_set(first)) {
		keep(r->d, m);
		return;
	}
	size_t n = ical_windows(r, c, (struct ical_window){ first, m->ends_at }, what, &windows);
	for (size_t i = 0; i < n; i++) {
		struct feed_maintenance one = *m;

		one.starts_at = windows[i].start;
		one.ends_at = windows[i].end;
		if (one.starts_at.ms != first.ms)
			one.id = window_id(r->d, id, one.starts_at);
		keep(r->d, &one);
	}
}

static void read_event(struct ical_repeat *r, const struct ical_comp *c)
{
	struct feed_doc *d = r->d;
	struct feed_maintenance m = { .starts_at = UTC_NONE, .ends_at = UTC_NONE };
	const char *summary = line_at(d, c, "SUMMARY"), *id = maintenance_id(d, c);
	const struct ical_prop *text = ical_prop(c, "DESCRIPTION");
	struct feed_updates u = { 0 };
	struct feed_update *update;

	m.uid = line_of(d, ical_prop(c, "UID"), FEED_ID_MAX);
	m.id = id ? id : m.uid;
	if (!m.id) {
		feed_problem(d, "an event has neither a maintenance id nor a UID");
		return;
	}
	const char *what = arena_printf(d->arena, "maintenance %s", m.id);
	if (!id)
		feed_problem(d, "%s: has no maintenance id; its UID stands for it", what);
	m.title = summary ? summary : m.id;
	m.sequence = sequence_of(d, c, what);
	m.provider = feed_name(d, line_at(d, c, "X-MAINTNOTE-PROVIDER"));
	m.account = line_at(d, c, "X-MAINTNOTE-ACCOUNT");
	m.url = feed_url(d->arena, ical_value(c, "URL"));
	m.impact = impact_of(d, ical_value(c, "X-MAINTNOTE-IMPACT"), what, NULL);
	m.status = status_of_event(d, c, what, summary);
	if (!m.provider)
		feed_problem(d, "%s: has no provider", what);
	if (!m.impact)
		feed_problem(d, "%s: has no impact", what);
	read_times(d, r->zones, c, &m, what);
	read_objects(d, c, &m, what);
	update = feed_add_update(d, &u);
	update->at = ical_time(d, r->zones, ical_prop(c, "DTSTAMP"), what);
	update->status = m.status;
	update->text = text ? ical_text(d->arena, text, FEED_TEXT_MAX) : "";
	m.updates = u.items;
	m.update_count = u.count;
	keep_windows(r, c, &m, what);
}

/* Why nothing was read of a calendar, whose first problem is the one with number `first`. */
static const char *why_nothing(
    const struct feed_doc *d, const struct ical_comp *comps, size_t first)
{
	const struct ical_comp *c = comps, *event = NULL, *other = NULL;

	for (; c; c = c->next) {
		if (strcmp(c->name, "VEVENT") == 0)
			event = event && event->whole ? event : c;
		else if (c->parent && !other && strcmp(c->name, "VTIMEZONE") != 0)
			other = c;
	}
	if (!event && comps && comps->whole)
		return arena_printf(d->arena, "a calendar without an event: %s",
		    other ? arena_printf(d->arena, "it holds %.40s", other->name)
			  : "nothing is in it");
	if (d->problem_count > first)
		return arena_printf(d->arena, "broken, %s", d->problems[first]);
	return event && event->whole ? "a calendar without an event: every window is taken away"
				     : "broken, not one event is whole";
}

/* NULL: there is an event in it; else why there is none. */
static const char *read_calendar(struct feed_doc *d, const char *bytes, size_t len, struct utc now)
{
	size_t problems = d->problem_count;
	const struct ical_comp *comps = ical_read(d, bytes, len), *c;
	const struct ical_zone *zones = ical_zones(d, comps);
	struct ical_repeat repeat = ical_repeat(d, zones, comps, now);

	for (c = comps; c; c = c->next)
		if (c->whole && strcmp(c->name, "VEVENT") == 0)
			read_event(&repeat, c);
	for (size_t i = 0; i < d->maintenance_count; i++) {
		const struct feed_maintenance *m = &d->maintenances[i];
		d->updated_at = feed_later(d->updated_at, stamp_of(m));
		d->source = i == 0 || same(d->source, m->provider) ? m->provider : NULL;
		if (strcmp(m->status, "in_progress") == 0)
			feed_worsen(d, STATUS_MAINTENANCE);
	}
	return d->maintenance_count ? NULL : why_nothing(d, comps, problems);
}

void feed_maintnote_read(struct feed_doc *d, const char *bytes, size_t len, struct utc now)
{
	const char *s = calendar(bytes, len), *why;

	if (!s)
		feed_problem(d, "the calendar looks like %s", feed_looks_like(bytes, len));
	else if ((why = read_calendar(d, s, len - (size_t)(s - bytes), now)) != NULL)
		feed_problem(d, "the calendar gives nothing: %s", why);
}

struct feed_doc *feed_maintnote_parse(const char *bytes, size_t len, struct utc now, struct err *e)
{
	const char *s = calendar(bytes, len);

	if (!s) {
		err_set(e, ERR_DATA, "no %s: it looks like %s", title, feed_looks_like(bytes, len));
		return NULL;
	}
	struct feed_doc *d = feed_doc_new("maintnote");
	const char *why = read_calendar(d, s, len - (size_t)(s - bytes), now);
	if (!why)
		return d;
	err_set(e, ERR_DATA, "no %s: %s", title, why);
	feed_doc_free(d);
	return NULL;
}

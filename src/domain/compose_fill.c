/* The first text of each field. Every sentence is a fact that the incident records, or what
 * customers read last, or says that a fact is not known: nothing is made up. */
#include "compose_priv.h"

#include <string.h>

#include "base/mem.h"

/* What is being filled. */
struct filling {
	const struct template *t;
	const struct compose_facts *f;
	struct utc now;
	const char *last; /* what customers read last in this field; NULL: nothing */
	bool over;	  /* the service is back, or the stage says so */
	bool repeats;	  /* a progress update that tells nothing new */
};

#define CAUSE_UNKNOWN "We do not know the cause yet."
#define CAUSE_OPEN "The cause is not confirmed yet."
#define END_UNKNOWN "We cannot say yet when it will be over."
#define REPAIR_UNKNOWN "We cannot say yet when the permanent repair will be in."

static bool blank(const char *s)
{
	return !s || !s[strspn(s, " \n")];
}

static bool has_field(const struct template *t, const char *name)
{
	size_t n;
	const struct template_field *fields = template_fields(t, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(fields[i].name, name) == 0)
			return true;
	return false;
}

/* Begins a line of its own. */
static struct buf *line(struct buf *out)
{
	if (out->len)
		buf_addc(out, '\n');
	return out;
}

/* "14:20 UTC", with the day where it is another one. */
static void at(struct buf *out, struct utc t, struct utc now)
{
	char text[UTC_TEXT], today[UTC_TEXT];

	utc_format(t, text);
	utc_format(now, today);
	if (strncmp(text, today, 10) == 0)
		buf_addf(out, "%.5s UTC", text + 11);
	else
		template_time_utc(out, t);
}

/* "Mobile data, SMS in France, Italy" */
static void scope(struct buf *out, const struct compose_facts *f)
{
	for (size_t i = 0; i < f->component_count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", f->components[i]);
	for (size_t i = 0; i < f->region_count; i++)
		buf_addf(out, "%s%s", i ? ", " : " in ", f->regions[i]);
}

/* The first of these that has a text. */
static void either(struct buf *out, const char *first, const char *second)
{
	if (!blank(first))
		buf_adds(out, first);
	else if (!blank(second))
		buf_adds(out, second);
}

/* The title, and that it is over. */
static void fill_summary(const struct filling *w, struct buf *out)
{
	static const char *const ends[] = { " (restored)", " (resolved)" };
	const char *text = !blank(w->last) ? w->last : w->f->title;
	size_t len = text ? strlen(text) : 0;

	for (size_t i = 0; i < countof(ends); i++)
		if (len > strlen(ends[i]) && strcmp(text + len - strlen(ends[i]), ends[i]) == 0)
			len -= strlen(ends[i]);
	buf_add(out, text ? text : "", len);
	if (w->over && len)
		buf_adds(out, strcmp(template_stage(w->t), "resolved") == 0 ? ends[1] : ends[0]);
}

static void fill_impact(const struct filling *w, struct buf *out)
{
	if (w->over) {
		scope(out, w->f);
		buf_adds(out, " can be used again.");
		return;
	}
	either(out, w->last, w->f->impact);
	if (out->len)
		return;
	buf_adds(out, "Affected: ");
	scope(out, w->f);
	buf_adds(out, ". We do not know yet who is hit and how.");
}

/* What is known of carriers since `after`; UTC_NONE: all of it. */
static void carriers(const struct filling *w, struct buf *out, struct utc after)
{
	for (size_t i = 0; i < w->f->carrier_count; i++) {
		const struct compose_carrier *k = &w->f->carriers[i];

		if (utc_is_set(after) && !utc_before(after, k->at))
			continue;
		if (k->reports) {
			buf_addf(
			    line(out), "It uses the network of %s, which has told since ", k->name);
			at(out, k->at, w->now);
			buf_addf(out, " of a fault%s%s.", *k->reports ? ": " : "", k->reports);
			continue;
		}
		buf_addf(line(out), "It depends on the network of %s.", k->name);
		if (!blank(k->timeline))
			buf_addf(line(out), "%s says: %s", k->name, k->timeline);
	}
}

static void how_it_is(const struct filling *w, struct buf *out)
{
	const struct compose_facts *f = w->f;

	if (utc_is_set(f->resolved_at)) {
		buf_adds(out, "The permanent repair has been in since ");
		at(out, f->resolved_at, w->now);
	} else if (utc_is_set(f->restored_at)) {
		buf_adds(out, f->workaround ? "It works by a workaround since "
					    : "The service has been back since ");
		at(out, f->restored_at, w->now);
	} else if (f->checks_fail) {
		buf_adds(out, "Our own checks have failed since ");
		at(out, f->started_at, w->now);
	} else if (f->told_by) {
		buf_addf(out, "%s has told of a fault since ", f->told_by);
		at(out, f->started_at, w->now);
	} else {
		buf_adds(out, "It has lasted since ");
		at(out, f->started_at, w->now);
	}
	buf_addc(out, '.');
}

static void fill_known(const struct filling *w, struct buf *out)
{
	struct utc told = w->f->last && !blank(w->last) ? w->f->last->at : UTC_NONE;

	if ((w->over && !w->repeats) || blank(w->last)) {
		how_it_is(w, out);
		if (!utc_is_set(w->f->resolved_at))
			carriers(w, out, UTC_NONE);
		return;
	}
	buf_adds(out, w->last);
	if (!w->repeats)
		carriers(w, out, told);
}

/* The text is one that this file wrote, and so says what was not known then. */
static bool own_unknown(const char *text)
{
	static const char *const own[] = { CAUSE_UNKNOWN, CAUSE_OPEN, END_UNKNOWN, REPAIR_UNKNOWN };

	while (*text) {
		size_t len = 0;

		for (size_t i = 0; i < countof(own); i++)
			if (strncmp(text, own[i], strlen(own[i])) == 0)
				len = strlen(own[i]);
		if (!len)
			return false;
		text += len;
		text += strspn(text, " \n");
	}
	return true;
}

static bool has_eta(const struct compose_facts *f)
{
	for (size_t i = 0; i < f->action_count; i++)
		if (!f->actions[i].done && utc_is_set(f->actions[i].eta_from) &&
		    utc_is_set(f->actions[i].eta_to))
			return true;
	return false;
}

static void fill_unknown(const struct filling *w, struct buf *out)
{
	const struct compose_facts *f = w->f;
	const char *cause = blank(f->hypothesis) ? CAUSE_UNKNOWN : CAUSE_OPEN;

	if (!blank(w->last) && (w->repeats || (!w->over && !own_unknown(w->last)))) {
		buf_adds(out, w->last);
	} else if (!w->over) {
		buf_adds(out, cause);
		if (!has_eta(f))
			buf_adds(out, " " END_UNKNOWN);
	} else if (strcmp(template_stage(w->t), "resolved") != 0) {
		buf_adds(out, cause);
		if (f->workaround)
			buf_adds(out, " " REPAIR_UNKNOWN);
	} else if (f->report) {
		buf_adds(out, "The full cause, until our report is written.");
	}
}

static void open_actions(const struct filling *w, struct buf *out)
{
	for (size_t i = 0; i < w->f->action_count; i++)
		if (!w->f->actions[i].done)
			buf_adds(line(out), w->f->actions[i].text);
}

/* Who was called or has answered since `after`; UTC_NONE: at any time. */
static void engaged(const struct filling *w, struct buf *out, struct utc after)
{
	for (size_t i = 0; i < w->f->engaged_count; i++) {
		const struct compose_engaged *e = &w->f->engaged[i];
		struct utc when = utc_is_set(e->answered_at) ? e->answered_at : e->at;

		if (utc_is_set(after) && !utc_before(after, when))
			continue;
		line(out);
		if (!utc_is_set(e->answered_at))
			buf_addf(out, "We called %s at ", e->name ? e->name : "our specialists");
		else if (e->name)
			buf_addf(out, "%s has been working on it with us since ", e->name);
		else
			buf_adds(out, "Our specialists have been working on it since ");
		at(out, when, w->now);
		buf_addc(out, '.');
	}
}

static void fill_next(const struct filling *w, struct buf *out)
{
	const struct compose_facts *f = w->f;

	if (w->repeats && !blank(w->last)) {
		buf_adds(out, w->last);
		return;
	}
	open_actions(w, out);
	if (!out->len && strcmp(template_stage(w->t), "resolved") == 0) {
		if (f->report)
			buf_addf(out, "We write a report on the cause within %s.", f->report);
		return;
	}
	if (!out->len && w->over) {
		buf_adds(out, f->workaround ? "We work on the permanent repair, and watch the "
					      "service until it is in."
					    : "We watch the service until the repair is final.");
		return;
	}
	if (!out->len)
		engaged(w, out, UTC_NONE);
	if (!out->len && !blank(w->last))
		buf_adds(out, w->last);
	if (out->len)
		return;
	if (!utc_is_set(f->acknowledged_at)) {
		buf_adds(out, "Our operations team begins to look into it.");
		return;
	}
	buf_adds(out, "Our operations team has been looking into it since ");
	at(out, f->acknowledged_at, w->now);
	buf_addc(out, '.');
}

static void fill_customer_actions(const struct filling *w, struct buf *out)
{
	const struct compose_facts *f = w->f;

	if (!blank(f->customer_actions))
		buf_adds(out, f->customer_actions);
	else if (w->over)
		buf_adds(out, "We know of nothing that customers have to do.");
	else if (!blank(w->last))
		buf_adds(out, w->last);
	else if (blank(f->region_workarounds))
		buf_adds(out, "We know of nothing yet that customers can do.");
	else if (has_field(w->t, "workaround"))
		buf_adds(out, "Please use the workaround that is given here.");
	else
		buf_adds(out, f->region_workarounds);
}

/* What has been recorded since customers last read something. */
static void fill_changed(const struct filling *w, struct buf *out)
{
	struct utc told = w->f->last ? w->f->last->at : UTC_NONE;

	if (!utc_is_set(told))
		return;
	if (!blank(w->f->severity_before) && !blank(w->f->severity_name))
		buf_addf(line(out), "It is rated %s now; it was rated %s.", w->f->severity_name,
		    w->f->severity_before);
	if (!blank(w->f->scope_more))
		buf_addf(line(out), "It now also affects %s.", w->f->scope_more);
	if (!blank(w->f->scope_less))
		buf_addf(line(out), "It no longer affects %s.", w->f->scope_less);
	carriers(w, out, told);
	engaged(w, out, told);
}

/* "15:00 - 15:30 UTC", over what is still being done. */
static void fill_eta(const struct filling *w, struct buf *out)
{
	const struct compose_facts *f = w->f;
	struct utc from = UTC_NONE, to = UTC_NONE;
	char a[UTC_TEXT], b[UTC_TEXT];

	for (size_t i = 0; i < f->action_count; i++) {
		const struct action_item *item = &f->actions[i];

		if (item->done || !utc_is_set(item->eta_from) || !utc_is_set(item->eta_to))
			continue;
		from = utc_is_set(from) ? utc_min(from, item->eta_from) : item->eta_from;
		to = utc_is_set(to) ? utc_max(to, item->eta_to) : item->eta_to;
	}
	if (!utc_is_set(from)) {
		either(out, w->last, NULL);
		return;
	}
	utc_format(from, a);
	utc_format(to, b);
	buf_addf(out, "%.5s - %.5s UTC", a + 11, b + 11);
}

static void fill_workaround(const struct filling *w, struct buf *out)
{
	either(out, w->last, w->f->region_workarounds);
}

static void fill_hypothesis(const struct filling *w, struct buf *out)
{
	either(out, w->f->hypothesis, w->last);
}

static void fill_residual(const struct filling *w, struct buf *out)
{
	either(out, w->f->residual, w->last);
	if (!out->len && w->f->workaround)
		buf_adds(out, "It works by a workaround; the permanent repair is still to come.");
}

static void fill_fix(const struct filling *w, struct buf *out)
{
	either(out, w->f->fix, w->last);
}

/* Said once, by a person. */
static void fill_nothing(const struct filling *w, struct buf *out)
{
	(void)w;
	(void)out;
}

static const struct {
	const char *field;
	void (*fill)(const struct filling *w, struct buf *out);
} fills[] = {
	{ "summary", fill_summary },
	{ "impact", fill_impact },
	{ "known", fill_known },
	{ "unknown", fill_unknown },
	{ "hypothesis", fill_hypothesis },
	{ "next", fill_next },
	{ "eta", fill_eta },
	{ "workaround", fill_workaround },
	{ "customer_actions", fill_customer_actions },
	{ "changed", fill_changed },
	{ "residual", fill_residual },
	{ "fix", fill_fix },
	{ "correction", fill_nothing },
};

void compose_fill(struct buf *out, const struct template *t, const char *field,
    const struct compose_facts *f, struct utc now)
{
	const char *stage = template_stage(t);
	struct filling w = { .t = t,
		.f = f,
		.now = now,
		.last = f->last ? json_str(f->last->fields, field) : NULL,
		.over = utc_is_set(f->restored_at) || strcmp(stage, "restored") == 0 ||
			strcmp(stage, "resolved") == 0,
		.repeats = strcmp(stage, "progress") == 0 && !has_field(t, "changed") };

	if (!template_of_incidents(t))
		return; /* planned work is told by who plans it */
	for (size_t i = 0; i < countof(fills); i++)
		if (strcmp(fills[i].field, field) == 0) {
			fills[i].fill(&w, out);
			return;
		}
	either(out, w.last, NULL); /* a field of the site's own */
}

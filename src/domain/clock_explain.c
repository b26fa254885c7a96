/* "Why this deadline?": the steps of one run in sentences, and the opening hours that were
 * counted. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "clock_priv.h"

#define HOURS_SHOWN 6 /* openings that are listed one by one */

/* "2025-03-10 14:20:00 UTC", with milliseconds where there are any. */
static void add_when(struct buf *out, struct utc t)
{
	char text[UTC_TEXT];

	utc_format(t, text);
	if (strlen(text) != 24)
		return;
	buf_addf(
	    out, "%.10s %.*s UTC", text, strncmp(text + 19, ".000", 4) == 0 ? 8 : 12, text + 11);
}

/* "2 h 40 min", "1 d 3 h"; without days where business time is meant. */
static void add_length(struct buf *out, int64_t ms, bool days)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" },
		{ 1, "ms" } };
	int shown = 0;

	if (ms == 0)
		buf_adds(out, "0 s");
	for (size_t i = 0; i < countof(units) && shown < 3; i++) {
		if (ms < units[i].ms || (i == 0 && !days))
			continue;
		buf_addf(out, "%s%lld %s", shown ? " " : "", (long long)(ms / units[i].ms),
		    units[i].name);
		ms %= units[i].ms;
		shown++;
	}
}

static void add_target(struct buf *out, struct duration d)
{
	char text[40];

	buf_adds(out, duration_format(d, text, sizeof text));
}

/* "version 5 (severity changed by maria)". */
static void add_cause(struct buf *out, const struct event *ev)
{
	buf_addf(out, "version %d (%s by ", ev->version, event_kinds[ev->kind].summary);
	utf8_clean(out, ev->actor, strlen(ev->actor), UTF8_ONE_LINE, 0);
	buf_addc(out, ')');
}

static void add_start(struct buf *out, const struct step *s, enum clock_kind kind)
{
	buf_adds(out, s->what == STEP_REOPENED ? "  started anew " : "  started ");
	add_when(out, s->run.start);
	if (s->event) {
		buf_adds(out, " with ");
		add_cause(out, s->event);
	} else {
		buf_adds(out, ", the instant at which tier2 was due");
	}
	buf_adds(out, "\n  rule: ");
	if (s->run.target.unit == DURATION_NONE) {
		buf_addf(out, "Sev %d has no %s target; the promised next update alone counts",
		    s->run.severity, clock_kind_names[kind]);
	} else {
		buf_addf(out, "%s of Sev %d is ", clock_kind_names[kind], s->run.severity);
		add_target(out, s->run.target);
		if (s->what == STEP_RAISE_STARTED)
			buf_addf(out, ", new with the raise from Sev %d", s->from_severity);
		if (utc_is_set(s->promised)) {
			buf_adds(out, "; the next update was promised for ");
			add_when(out, s->promised);
			buf_adds(out, s->promised.ms == s->run.due.ms ? ", which comes first"
								      : ", which comes later");
		}
	}
	buf_adds(out, "; due ");
	add_when(out, s->run.due);
	buf_addc(out, '\n');
}

static void add_change(struct buf *out, const struct step *s, const struct step *before)
{
	bool raised = s->what == STEP_RAISED;

	buf_adds(out, "  ");
	add_when(out, s->event->at);
	buf_addf(out, ": %s from Sev %d to Sev %d with ", raised ? "raised" : "lowered",
	    s->from_severity, s->run.severity);
	add_cause(out, s->event);
	buf_adds(out, raised ? "; a fresh window of " : "; the original start with ");
	add_target(out, s->run.target);
	if (s->run.due.ms == before->run.due.ms)
		buf_adds(out, raised ? " would not end earlier than what was promised: still due "
				     : " would not end later than what was promised: still due ");
	else
		buf_adds(out, " makes it due ");
	add_when(out, s->run.due);
	buf_addc(out, '\n');
}

static void add_kept(struct buf *out, const struct step *s)
{
	buf_adds(out, "  ");
	add_when(out, s->event->at);
	buf_adds(out, ": severity changed with ");
	add_cause(out, s->event);
	buf_adds(out, s->what == STEP_PAST_DUE_KEPT
			  ? "; it was past due, and a breach stays on record\n"
			  : "; what was promised stands until the next update\n");
}

static void add_end(struct buf *out, const struct step *s)
{
	buf_adds(out, s->what == STEP_MET ? "  met " : "  ended ");
	add_when(out, s->what == STEP_MET ? s->run.met_at : s->event->at);
	buf_adds(out, " with ");
	add_cause(out, s->event);
	if (s->what == STEP_ENDED)
		buf_adds(out,
		    s->run.end == RUN_MISSED ? ", when it was past due" : ", before it was due");
	buf_addc(out, '\n');
}

static void add_step(struct buf *out, const struct step *s, enum clock_kind kind)
{
	switch (s->what) {
	case STEP_STARTED:
	case STEP_REOPENED:
	case STEP_RAISE_STARTED:
		add_start(out, s, kind);
		return;
	case STEP_RAISED:
	case STEP_LOWERED:
		add_change(out, s, s - 1);
		return;
	case STEP_PAST_DUE_KEPT:
	case STEP_PROMISE_KEPT:
		add_kept(out, s);
		return;
	case STEP_MET:
	case STEP_ENDED:
		add_end(out, s);
		return;
	case STEP_DROPPED:
	case STEPS:
		return;
	}
}

/* "Fri 2025-03-14 15:00-17:00" in the calendar's own time. */
static void add_opening(struct buf *out, const struct calendar *c, struct utc from, struct utc to)
{
	static const char *const names[7] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	int64_t from_ms, to_ms;
	struct date d = zone_local(c->zone, from, &from_ms);

	zone_local(c->zone, to, &to_ms);
	buf_addf(out, "%s %04d-%02d-%02d %02d:%02d-%02d:%02d", names[date_weekday(d)], d.year,
	    d.month, d.day, (int)(from_ms / 3600000), (int)(from_ms / 60000 % 60),
	    (int)(to_ms / 3600000), (int)(to_ms / 60000 % 60));
}

/* The opening hours from start to due, the first few one by one. */
static void add_hours(struct buf *out, const struct run *r)
{
	const struct calendar *c = r->calendar;
	struct utc at = r->start;
	int count = 0;

	buf_addf(out, "  hours counted, %s time:", zone_name(c->zone));
	while (utc_before(at, r->due) && count < HOURS_SHOWN) {
		struct utc next = calendar_next_change(c, at);

		next = utc_is_set(next) ? utc_min(next, r->due) : r->due;
		if (calendar_open_at(c, at)) {
			buf_adds(out, count++ ? ", " : " ");
			add_opening(out, c, at, next);
		}
		at = next;
	}
	if (utc_before(at, r->due) && calendar_between(c, at, r->due) > 0) {
		buf_adds(out, ", and ");
		add_length(out, calendar_between(c, at, r->due), false);
		buf_adds(out, " more");
	}
	buf_adds(out, count ? "; together " : " none");
	if (count)
		add_length(out, calendar_between(c, r->start, r->due), false);
	buf_addc(out, '\n');
}

static void add_result(struct buf *out, const struct clock *c, struct utc now)
{
	int64_t left = utc_diff(c->due, now);
	char label[80];

	clock_label(c, label);
	utf8_clean(out, label, strlen(label), UTF8_ONE_LINE, 0);
	buf_adds(out, ": due ");
	add_when(out, c->due);
	buf_addf(out, ", %s", clock_state_names[c->state]);
	if (clock_live(c)) {
		buf_adds(out, ", ");
		add_length(out, left < 0 ? -left : left, true);
		buf_adds(out, left < 0 ? " over" : " left");
	}
	if (c->paused)
		buf_adds(out, ", paused outside opening hours");
	buf_addc(out, '\n');
}

void clock_explain(struct buf *out, const struct clock *c, struct event *const *events,
    size_t count, const struct policy *policy, carrier_target_fn carrier_target, void *ctx,
    struct utc now)
{
	struct clock_fold f;
	size_t first = 0, runs = 0;

	clock_fold_init(&f, policy, carrier_target, ctx);
	f.tracing = true;
	f.traced = c->kind;
	f.traced_carrier = c->carrier;
	clock_fold_run(&f, events, count, now);
	for (size_t i = 0; i < f.step_count; i++)
		if (f.steps[i].what == STEP_STARTED || f.steps[i].what == STEP_REOPENED ||
		    f.steps[i].what == STEP_RAISE_STARTED) {
			first = i;
			runs++;
		}
	add_result(out, c, now);
	if (runs > 1)
		buf_addf(out, "  the newest of %zu runs\n", runs);
	for (size_t i = first; i < f.step_count; i++)
		add_step(out, &f.steps[i], c->kind);
	if (c->business && f.step_count)
		add_hours(out, &f.steps[f.step_count - 1].run);
	clock_fold_fini(&f);
}

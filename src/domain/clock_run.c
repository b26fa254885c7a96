/* What can happen to the runs of clocks: they start, are met, end, and follow a change of severity
 * (the numbered rules are those of docs/sla.md, "Changes of severity"). */
#include "clock_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- what sets the kinds apart ---- */

static bool response_needed(const struct clock_fold *f)
{
	return !f->updated;
}

static bool update_needed(const struct clock_fold *f)
{
	return f->updated;
}

static bool workaround_needed(const struct clock_fold *f)
{
	return !f->restored;
}

static bool fix_needed(const struct clock_fold *f)
{
	return !f->resolved;
}

static bool tier2_needed(const struct clock_fold *f)
{
	return !f->tier2_engaged;
}

static bool tier3_needed(const struct clock_fold *f)
{
	return !f->tier3_engaged;
}

const struct kind_rule clock_rules[CLOCK_KINDS] = {
	[CLOCK_RESPONSE] = { TARGET_RESPONSE, true, true, false, response_needed },
	[CLOCK_UPDATE] = { TARGET_UPDATE, false, true, false, update_needed },
	[CLOCK_WORKAROUND] = { TARGET_WORKAROUND, true, false, false, workaround_needed },
	[CLOCK_FIX] = { TARGET_FIX, true, false, false, fix_needed },
	[CLOCK_TIER2] = { TARGET_TIER2, true, true, false, tier2_needed },
	[CLOCK_TIER3] = { TARGET_TIER3, false, true, false, tier3_needed },
	[CLOCK_CARRIER] = { TARGET_CARRIER, false, true, false, NULL },
	[CLOCK_RCA_DRAFT] = { TARGET_RCA_DRAFT, false, false, true, NULL },
	[CLOCK_RCA_FINAL] = { TARGET_RCA_FINAL, false, false, true, NULL },
};

struct slot slot_of(struct clock_fold *f, enum clock_kind kind)
{
	return (struct slot){ kind, &f->run[kind], NULL };
}

struct slot slot_of_carrier(struct carrier_run *c)
{
	return (struct slot){ CLOCK_CARRIER, &c->run, c };
}

bool slot_needed(const struct clock_fold *f, struct slot s)
{
	if (s.carrier)
		return s.carrier->involved && !s.carrier->engaged;
	return clock_rules[s.kind].needed && clock_rules[s.kind].needed(f);
}

bool slot_next(struct clock_fold *f, size_t *i, struct slot *out)
{
	size_t at = *i;

	while (at < CLOCK_KINDS && (at == CLOCK_CARRIER || clock_rules[at].of_report))
		at++;
	*i = at + 1;
	if (at >= CLOCK_KINDS + f->carrier_count)
		return false;
	*out = at < CLOCK_KINDS ? slot_of(f, (enum clock_kind)at)
				: slot_of_carrier(&f->carriers[at - CLOCK_KINDS]);
	return true;
}

bool run_live(const struct run *r)
{
	return r->started && r->end == RUN_GOES_ON;
}

/* Past due means later than due. */
bool run_past_due(const struct run *r, struct utc at)
{
	return run_live(r) && utc_before(r->due, at);
}

struct step *slot_note(struct clock_fold *f, struct slot s, enum step_what what, int from_severity)
{
	if (!f->tracing || s.kind != f->traced ||
	    (s.carrier && strcmp(s.carrier->id, f->traced_carrier) != 0))
		return NULL;
	f->steps = xgrow(f->steps, f->step_count, &f->step_cap);
	f->steps[f->step_count++] = (struct step){
		.what = what,
		.event = f->event,
		.from_severity = from_severity,
		.promised = UTC_NONE,
		.run = *s.run,
	};
	return &f->steps[f->step_count - 1];
}

/* ---- targets and due times ---- */

bool duration_is_business(struct duration d)
{
	return d.unit == DURATION_BUSINESS || d.unit == DURATION_BUSINESS_DAYS;
}

int64_t clock_target_ms(const struct policy *p, struct duration d)
{
	return d.unit == DURATION_BUSINESS_DAYS ? d.days * p->business_day_ms : d.ms;
}

/* The due time of a target that starts at `from`: in business time the earliest one among the
 * calendars of the scope. UTC_NONE: no such target, or no calendar ever has that much time. */
static struct utc due_after(const struct clock_fold *f, struct duration target, struct utc from,
    const struct calendar **calendar)
{
	int64_t ms = clock_target_ms(f->policy, target);
	struct utc due = UTC_NONE;

	*calendar = f->calendars[0];
	if (target.unit == DURATION_NONE)
		return UTC_NONE;
	if (!duration_is_business(target))
		return utc_add(from, ms);
	for (size_t i = 0; i < f->calendar_count; i++) {
		struct utc t = calendar_due(f->calendars[i], from, ms);

		if (utc_is_set(t) && (!utc_is_set(due) || utc_before(t, due))) {
			due = t;
			*calendar = f->calendars[i];
		}
	}
	return due;
}

static struct duration slot_target(const struct clock_fold *f, struct slot s, int severity)
{
	struct duration d = { DURATION_NONE, 0, 0 };

	if (s.carrier && f->carrier_target)
		d = f->carrier_target(f->ctx, s.carrier->id, severity);
	if (d.unit == DURATION_NONE)
		d = policy_severity(f->policy, severity)->target[clock_rules[s.kind].target];
	return d;
}

/* ---- what can happen to a run ---- */

bool slot_start_as(struct clock_fold *f, struct slot s, int severity, struct utc at)
{
	struct duration target = slot_target(f, s, severity);
	const struct calendar *calendar;
	struct utc due = due_after(f, target, at, &calendar);

	if (!utc_is_set(due))
		return false;
	*s.run = (struct run){
		.started = true,
		.severity = severity,
		.start = at,
		.original = at,
		.due = due,
		.target = target,
		.calendar = calendar,
		.met_at = UTC_NONE,
	};
	return true;
}

void slot_start(struct clock_fold *f, struct slot s, enum step_what what, struct utc at)
{
	if (slot_start_as(f, s, f->severity, at))
		slot_note(f, s, what, f->severity);
}

void slot_meet(struct clock_fold *f, struct slot s, struct utc at)
{
	if (!run_live(s.run))
		return;
	s.run->end = RUN_MET;
	s.run->met_at = at;
	slot_note(f, s, STEP_MET, s.run->severity);
}

void slot_end(struct clock_fold *f, struct slot s, struct utc at)
{
	if (!run_live(s.run))
		return;
	s.run->end = run_past_due(s.run, at) ? RUN_MISSED : RUN_CANCELLED;
	slot_note(f, s, STEP_ENDED, s.run->severity);
}

/* ---- changes of severity ---- */

/* Rule 2, without a run: whether a raise starts one. */
static bool raise_starts(const struct clock_fold *f, struct slot s, struct utc at)
{
	if (s.kind != CLOCK_TIER3)
		return true;
	return f->tier2_engaged || run_past_due(&f->run[CLOCK_TIER2], at);
}

static void change_run(struct clock_fold *f, struct slot s, int from, struct utc at)
{
	bool raised = f->severity < from;
	struct duration target = slot_target(f, s, f->severity);
	struct run *r = s.run;
	const struct calendar *calendar;
	struct utc due = due_after(f, target, raised ? at : r->original, &calendar);

	if (!utc_is_set(due)) {
		if (s.kind == CLOCK_UPDATE)
			slot_note(f, s, STEP_PROMISE_KEPT, from);
		else
			slot_end(f, s, at);
		return;
	}
	r->due = raised ? utc_min(r->due, due) : utc_max(r->due, due);
	r->start = raised ? at : r->original;
	r->severity = f->severity;
	r->target = target;
	r->calendar = calendar;
	r->reached = false;
	slot_note(f, s, raised ? STEP_RAISED : STEP_LOWERED, from);
}

void slot_reclassify(struct clock_fold *f, struct slot s, int from, struct utc at)
{
	bool raised = f->severity < from;

	if (!slot_needed(f, s))
		return;
	if (!run_live(s.run)) {
		if (raised && raise_starts(f, s, at) && slot_start_as(f, s, f->severity, at))
			slot_note(f, s, STEP_RAISE_STARTED, from);
	} else if (run_past_due(s.run, at)) {
		slot_note(f, s, STEP_PAST_DUE_KEPT, from); /* rule 1 */
	} else if (!raised && s.kind == CLOCK_UPDATE) {
		slot_note(f, s, STEP_PROMISE_KEPT, from); /* rule 4 */
	} else {
		change_run(f, s, from, at); /* rules 2 and 3 */
	}
}

/* ---- time alone: tier3 starts when tier2 is due ---- */

void clock_pass_time(struct clock_fold *f, struct utc to)
{
	struct run *tier2 = &f->run[CLOCK_TIER2];
	const struct event *cause = f->event;

	if (!run_live(tier2) || tier2->reached || utc_before(to, tier2->due))
		return;
	tier2->reached = true;
	f->event = NULL;
	if (!f->tier3_engaged && !run_live(&f->run[CLOCK_TIER3]))
		slot_start(f, slot_of(f, CLOCK_TIER3), STEP_STARTED, tier2->due);
	f->event = cause;
}

/* The rules of docs/sla.md: one function for each kind of event that matters. The
 * numbered rules are those of its "Changes of severity". */
#include "clock_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
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

struct kind_rule {
	enum target target;
	bool at_opening;    /* starts with `opened` */
	bool ends_resolved; /* ended, not met, by `resolved` */
	bool of_report;	    /* runs while resolved, and only then */
	bool (*needed)(const struct clock_fold *f);
};

static const struct kind_rule kinds[CLOCK_KINDS] = {
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

/* A clock of the fold: its kind, its run, and which carrier's it is. */
struct slot {
	enum clock_kind kind;
	struct run *run;
	const struct carrier_run *carrier; /* NULL but for CLOCK_CARRIER */
};

static struct slot slot_of(struct clock_fold *f, enum clock_kind kind)
{
	return (struct slot){ kind, &f->run[kind], NULL };
}

static struct slot carrier_slot(struct carrier_run *c)
{
	return (struct slot){ CLOCK_CARRIER, &c->run, c };
}

static bool slot_needed(const struct clock_fold *f, struct slot s)
{
	if (s.carrier)
		return s.carrier->involved && !s.carrier->engaged;
	return kinds[s.kind].needed && kinds[s.kind].needed(f);
}

/* Every clock but the report's, in turn: start with *i = 0. */
static bool next_slot(struct clock_fold *f, size_t *i, struct slot *out)
{
	while (*i < CLOCK_KINDS && (*i == CLOCK_CARRIER || kinds[*i].of_report))
		(*i)++;
	if (*i < CLOCK_KINDS)
		*out = slot_of(f, (enum clock_kind) * i);
	else if (*i - CLOCK_KINDS < f->carrier_count)
		*out = carrier_slot(&f->carriers[*i - CLOCK_KINDS]);
	else
		return false;
	(*i)++;
	return true;
}

enum target clock_target(enum clock_kind kind)
{
	return kinds[kind].target;
}

bool run_live(const struct run *r)
{
	return r->started && r->end == RUN_GOES_ON;
}

/* Past due means later than due. */
static bool run_past_due(const struct run *r, struct utc at)
{
	return run_live(r) && utc_before(r->due, at);
}

/* Writes the step down if this run is traced; NULL: it is not. */
static struct step *note(
    struct clock_fold *f, struct slot s, enum step_what what, int from_severity)
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
		d = policy_severity(f->policy, severity)->target[kinds[s.kind].target];
	return d;
}

/* ---- what can happen to a run ---- */

/* A new run with the full target of `severity`. False: it has none, and nothing changed. */
static bool start_at(struct clock_fold *f, struct slot s, int severity, struct utc at)
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

static void start(struct clock_fold *f, struct slot s, enum step_what what, struct utc at)
{
	if (start_at(f, s, f->severity, at))
		note(f, s, what, f->severity);
}

static void meet(struct clock_fold *f, struct slot s, struct utc at)
{
	if (!run_live(s.run))
		return;
	s.run->end = RUN_MET;
	s.run->met_at = at;
	note(f, s, STEP_MET, s.run->severity);
}

static void end(struct clock_fold *f, struct slot s, struct utc at)
{
	if (!run_live(s.run))
		return;
	s.run->end = run_past_due(s.run, at) ? RUN_MISSED : RUN_CANCELLED;
	note(f, s, STEP_ENDED, s.run->severity);
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
			note(f, s, STEP_PROMISE_KEPT, from);
		else
			end(f, s, at);
		return;
	}
	r->due = raised ? utc_min(r->due, due) : utc_max(r->due, due);
	r->start = raised ? at : r->original;
	r->severity = f->severity;
	r->target = target;
	r->calendar = calendar;
	r->reached = false;
	note(f, s, raised ? STEP_RAISED : STEP_LOWERED, from);
}

static void reclassify(struct clock_fold *f, struct slot s, int from, struct utc at)
{
	bool raised = f->severity < from;

	if (!slot_needed(f, s))
		return;
	if (!run_live(s.run)) {
		if (raised && raise_starts(f, s, at) && start_at(f, s, f->severity, at))
			note(f, s, STEP_RAISE_STARTED, from);
	} else if (run_past_due(s.run, at)) {
		note(f, s, STEP_PAST_DUE_KEPT, from); /* rule 1 */
	} else if (!raised && s.kind == CLOCK_UPDATE) {
		note(f, s, STEP_PROMISE_KEPT, from); /* rule 4 */
	} else {
		change_run(f, s, from, at); /* rules 2 and 3 */
	}
}

/* ---- time alone: tier3 starts when tier2 is due ---- */

static void pass_time(struct clock_fold *f, struct utc to)
{
	struct run *tier2 = &f->run[CLOCK_TIER2];
	const struct event *cause = f->event;

	if (!run_live(tier2) || tier2->reached || utc_before(to, tier2->due))
		return;
	tier2->reached = true;
	f->event = NULL;
	if (!f->tier3_engaged && !run_live(&f->run[CLOCK_TIER3]))
		start(f, slot_of(f, CLOCK_TIER3), STEP_STARTED, tier2->due);
	f->event = cause;
}

/* ---- the events ---- */

/* Only the report's clocks start or change while it is resolved (or over). */
static bool at_rest(const struct clock_fold *f)
{
	return f->resolved || f->over;
}

static void set_scope(struct clock_fold *f, const struct event *ev)
{
	const cJSON *regions = json_get(ev->body, "regions"), *item;
	char **ids = NULL;
	size_t count = 0, cap = 0;

	cJSON_ArrayForEach(item, regions)
	{
		if (!cJSON_IsString(item))
			continue;
		ids = xgrow(ids, count, &cap);
		ids[count++] = item->valuestring;
	}
	f->calendar_count = policy_calendars(f->policy, ids, count, f->calendars, FOLD_CALENDARS);
	free(ids);
}

static int severity_in(const struct event *ev, const char *member)
{
	int64_t n = json_int(ev->body, member, 0);

	return n >= 1 && n <= SEVERITIES ? (int)n : 0;
}

static void on_opened(struct clock_fold *f, const struct event *ev)
{
	const char *source = json_str_or(ev->body, "source", "");
	int severity = severity_in(ev, "severity");

	if (f->severity || !severity)
		return;
	f->severity = f->highest = severity;
	if (strncmp(source, "probe:", 6) == 0 || strncmp(source, "feed:", 5) == 0)
		f->phase = PHASE_DETECTED;
	set_scope(f, ev);
	for (size_t k = 0; k < CLOCK_KINDS; k++)
		if (kinds[k].at_opening)
			start(f, slot_of(f, (enum clock_kind)k), STEP_STARTED, ev->at);
}

static void on_severity_changed(struct clock_fold *f, const struct event *ev)
{
	int from = f->severity, to = severity_in(ev, "to");
	struct slot s;

	if (!to || to == from)
		return;
	f->severity = to;
	if (at_rest(f))
		return;
	f->highest = to < f->highest ? to : f->highest;
	for (size_t i = 0; next_slot(f, &i, &s);)
		reclassify(f, s, from, ev->at);
}

/* The next update is due by the cadence or as promised, whichever comes first; with neither there
 * is no clock. */
static void start_update(struct clock_fold *f, const struct event *ev)
{
	struct slot s = slot_of(f, CLOCK_UPDATE);
	struct utc promised = json_utc(ev->body, "next_update_at");
	struct step *step;

	*s.run = (struct run){ 0 };
	if (!start_at(f, s, f->severity, ev->at)) {
		if (!utc_is_set(promised))
			return;
		*s.run = (struct run){
			.started = true,
			.severity = f->severity,
			.start = ev->at,
			.original = ev->at,
			.due = promised,
			.calendar = f->calendars[0],
			.met_at = UTC_NONE,
		};
	}
	if (utc_is_set(promised))
		s.run->due = utc_min(s.run->due, promised);
	step = note(f, s, STEP_STARTED, f->severity);
	if (step)
		step->promised = promised;
}

static void on_update_posted(struct clock_fold *f, const struct event *ev)
{
	if (!at_rest(f)) {
		meet(f, slot_of(f, CLOCK_RESPONSE), ev->at);
		f->updates_late += run_past_due(&f->run[CLOCK_UPDATE], ev->at);
		start_update(f, ev);
	}
	f->updated = true;
}

static struct carrier_run *carrier_get(struct clock_fold *f, const char *id)
{
	for (size_t i = 0; i < f->carrier_count; i++)
		if (strcmp(f->carriers[i].id, id) == 0)
			return &f->carriers[i];
	f->carriers = xgrow(f->carriers, f->carrier_count, &f->carrier_cap);
	f->carriers[f->carrier_count] = (struct carrier_run){ .id = xstrdup(id) };
	return &f->carriers[f->carrier_count++];
}

/* `tier`: 2, 3, or 0 for a carrier. */
static void engage(struct clock_fold *f, int tier, struct utc at)
{
	struct slot tier2 = slot_of(f, CLOCK_TIER2), tier3 = slot_of(f, CLOCK_TIER3);
	bool first = tier && !f->tier2_engaged && !tier2.run->reached;

	if (tier)
		meet(f, tier2, at);
	if (f->tier3_engaged)
		return;
	/* It starts with tier2 met, and at the latest when it is met itself. */
	if ((first || tier != 2) && !run_live(tier3.run))
		start(f, tier3, STEP_STARTED, at);
	if (tier != 2)
		meet(f, tier3, at);
}

static void on_escalated(struct clock_fold *f, const struct event *ev)
{
	int64_t tier = json_int(ev->body, "tier", 0);
	const char *carrier = json_str(ev->body, "carrier");

	if (tier == 2 || tier == 3) {
		if (!at_rest(f))
			engage(f, (int)tier, ev->at);
		f->tier2_engaged = true;
		f->tier3_engaged |= tier == 3;
	}
	if (carrier) {
		struct carrier_run *c = carrier_get(f, carrier);

		if (!at_rest(f)) {
			engage(f, 0, ev->at);
			meet(f, carrier_slot(c), ev->at);
		}
		f->tier3_engaged = c->engaged = true;
	}
}

static void on_carrier_involved(struct clock_fold *f, const struct event *ev)
{
	const char *id = json_str(ev->body, "carrier");
	struct carrier_run *c;

	if (!id)
		return;
	c = carrier_get(f, id);
	c->involved = true;
	if (!at_rest(f) && !c->engaged && !run_live(&c->run))
		start(f, carrier_slot(c), STEP_STARTED, ev->at);
}

static void on_carrier_cleared(struct clock_fold *f, const struct event *ev)
{
	const char *id = json_str(ev->body, "carrier");
	struct carrier_run *c;

	if (!id)
		return;
	c = carrier_get(f, id);
	c->involved = false;
	end(f, carrier_slot(c), ev->at);
}

/* When it happened, which may lie before it was told. */
static struct utc happened_at(const struct event *ev, const char *member)
{
	struct utc t = json_utc(ev->body, member);

	return utc_is_set(t) ? t : ev->at;
}

static void on_restored(struct clock_fold *f, const struct event *ev)
{
	if (at_rest(f))
		return;
	meet(f, slot_of(f, CLOCK_WORKAROUND), happened_at(ev, "restored_at"));
	f->restored = true;
	f->phase = PHASE_RESTORED;
}

static void on_resolved(struct clock_fold *f, const struct event *ev)
{
	struct utc at = happened_at(ev, "resolved_at");
	struct slot s;

	if (at_rest(f))
		return;
	meet(f, slot_of(f, CLOCK_WORKAROUND), at);
	meet(f, slot_of(f, CLOCK_FIX), at);
	for (size_t i = 0; next_slot(f, &i, &s);)
		if (kinds[s.kind].ends_resolved)
			end(f, s, ev->at);
	f->restored = f->resolved = true;
	f->phase = PHASE_RESOLVED;
	/* Rule 6: by the highest severity there was. */
	for (size_t k = 0; k < CLOCK_KINDS; k++)
		if (kinds[k].of_report &&
		    start_at(f, slot_of(f, (enum clock_kind)k), f->highest, ev->at))
			note(f, slot_of(f, (enum clock_kind)k), STEP_STARTED, f->highest);
}

static void end_reports(struct clock_fold *f, struct utc at)
{
	for (size_t k = 0; k < CLOCK_KINDS; k++)
		if (kinds[k].of_report)
			end(f, slot_of(f, (enum clock_kind)k), at);
}

static void on_reopened(struct clock_fold *f, const struct event *ev)
{
	struct slot s;

	end_reports(f, ev->at);
	f->restored = f->resolved = f->over = false;
	f->phase = PHASE_OPEN;
	f->highest = f->severity < f->highest ? f->severity : f->highest;
	for (size_t i = 0; next_slot(f, &i, &s);) {
		if (!slot_needed(f, s))
			continue;
		*s.run = (struct run){ 0 };
		note(f, s, STEP_DROPPED, f->severity);
		if (s.kind != CLOCK_TIER3 || f->tier2_engaged)
			start(f, s, STEP_REOPENED, ev->at);
	}
}

static void on_rca_delivered(struct clock_fold *f, const struct event *ev)
{
	const char *stage = json_str_or(ev->body, "stage", "");
	bool final = strcmp(stage, "final") == 0;

	if (final || strcmp(stage, "draft") == 0)
		meet(f, slot_of(f, CLOCK_RCA_DRAFT), ev->at);
	if (final)
		meet(f, slot_of(f, CLOCK_RCA_FINAL), ev->at);
}

static void end_all(struct clock_fold *f, const struct event *ev, enum phase phase)
{
	struct slot s;

	if (f->over)
		return;
	for (size_t i = 0; next_slot(f, &i, &s);)
		end(f, s, ev->at);
	end_reports(f, ev->at);
	f->over = true;
	f->phase = phase;
}

static void on_merged(struct clock_fold *f, const struct event *ev)
{
	end_all(f, ev, PHASE_MERGED);
}

static void on_dismissed(struct clock_fold *f, const struct event *ev)
{
	end_all(f, ev, PHASE_DISMISSED);
}

static void on_closed(struct clock_fold *f, const struct event *ev)
{
	(void)ev;
	if (!f->over)
		f->phase = PHASE_CLOSED;
}

/* What is not here changes no clock. */
static void (*const on_event[EVENT_KINDS])(struct clock_fold *f, const struct event *ev) = {
	[EVENT_OPENED] = on_opened,
	[EVENT_SEVERITY_CHANGED] = on_severity_changed,
	[EVENT_SCOPE_CHANGED] = set_scope,
	[EVENT_UPDATE_POSTED] = on_update_posted,
	[EVENT_ESCALATED] = on_escalated,
	[EVENT_CARRIER_INVOLVED] = on_carrier_involved,
	[EVENT_CARRIER_CLEARED] = on_carrier_cleared,
	[EVENT_RESTORED] = on_restored,
	[EVENT_RESOLVED] = on_resolved,
	[EVENT_REOPENED] = on_reopened,
	[EVENT_RCA_DELIVERED] = on_rca_delivered,
	[EVENT_MERGED] = on_merged,
	[EVENT_DISMISSED] = on_dismissed,
	[EVENT_CLOSED] = on_closed,
};

/* ---- the fold ---- */

/* Marks each change of severity that was undone, and its undoing. From the end on, so that the
 * undoing of an undoing brings the change back. */
static void mark_undone(struct event *const *events, size_t count, bool *undone)
{
	for (size_t i = count; i-- > 0;) {
		int64_t of = json_int(events[i]->body, "undo_of", 0);
		size_t lo = 0, hi = i;

		if (events[i]->kind != EVENT_SEVERITY_CHANGED || undone[i] || of < 1)
			continue;
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (events[mid]->version < of)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo < i && events[lo]->version == of && !undone[lo] &&
		    events[lo]->kind == EVENT_SEVERITY_CHANGED)
			undone[lo] = undone[i] = true;
	}
}

void clock_fold_init(
    struct clock_fold *f, const struct policy *policy, carrier_target_fn carrier_target, void *ctx)
{
	*f = (struct clock_fold){
		.policy = policy,
		.carrier_target = carrier_target,
		.ctx = ctx,
		.phase = PHASE_OPEN,
	};
}

void clock_fold_run(struct clock_fold *f, struct event *const *events, size_t count, struct utc now)
{
	bool *undone;

	while (count > 0 && utc_before(now, events[count - 1]->at))
		count--;
	undone = xcalloc(count, sizeof *undone);
	mark_undone(events, count, undone);
	for (size_t i = 0; i < count; i++) {
		const struct event *ev = events[i];

		/* An instant that a clock reaches comes before the events of that instant. */
		pass_time(f, ev->at);
		if (event_kinds[ev->kind].takes && f->phase == PHASE_DETECTED)
			f->phase = PHASE_OPEN;
		f->event = ev;
		if (on_event[ev->kind] && !undone[i] && (f->severity || ev->kind == EVENT_OPENED))
			on_event[ev->kind](f, ev);
	}
	pass_time(f, now);
	free(undone);
}

void clock_fold_fini(struct clock_fold *f)
{
	for (size_t i = 0; i < f->carrier_count; i++)
		free(f->carriers[i].id);
	free(f->carriers);
	free(f->steps);
}

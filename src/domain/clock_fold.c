/* The events of an incident, folded into the runs of its clocks (docs/sla.md, "The clocks"): one
 * function for each kind of event that matters. */
#include "clock_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

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
		if (clock_rules[k].at_opening)
			slot_start(f, slot_of(f, (enum clock_kind)k), STEP_STARTED, ev->at);
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
	for (size_t i = 0; slot_next(f, &i, &s);)
		slot_reclassify(f, s, from, ev->at);
}

/* The next update is due by the cadence or as promised, whichever comes first; with neither there
 * is no clock. */
static void start_update(struct clock_fold *f, const struct event *ev)
{
	struct slot s = slot_of(f, CLOCK_UPDATE);
	struct utc promised = json_utc(ev->body, "next_update_at");
	struct step *step;

	*s.run = (struct run){ 0 };
	if (!slot_start_as(f, s, f->severity, ev->at)) {
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
	step = slot_note(f, s, STEP_STARTED, f->severity);
	if (step)
		step->promised = promised;
}

static void on_update_posted(struct clock_fold *f, const struct event *ev)
{
	if (!at_rest(f)) {
		slot_meet(f, slot_of(f, CLOCK_RESPONSE), ev->at);
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
		slot_meet(f, tier2, at);
	if (f->tier3_engaged)
		return;
	/* It starts with tier2 met, and at the latest when it is met itself. */
	if ((first || tier != 2) && !run_live(tier3.run))
		slot_start(f, tier3, STEP_STARTED, at);
	if (tier != 2)
		slot_meet(f, tier3, at);
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
			slot_meet(f, slot_of_carrier(c), ev->at);
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
		slot_start(f, slot_of_carrier(c), STEP_STARTED, ev->at);
}

static void on_carrier_cleared(struct clock_fold *f, const struct event *ev)
{
	const char *id = json_str(ev->body, "carrier");
	struct carrier_run *c;

	if (!id)
		return;
	c = carrier_get(f, id);
	c->involved = false;
	slot_end(f, slot_of_carrier(c), ev->at);
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
	slot_meet(f, slot_of(f, CLOCK_WORKAROUND), happened_at(ev, "restored_at"));
	f->restored = true;
	f->phase = PHASE_RESTORED;
}

static void on_resolved(struct clock_fold *f, const struct event *ev)
{
	struct utc at = happened_at(ev, "resolved_at");
	struct slot s;

	if (at_rest(f))
		return;
	slot_meet(f, slot_of(f, CLOCK_WORKAROUND), at);
	slot_meet(f, slot_of(f, CLOCK_FIX), at);
	for (size_t i = 0; slot_next(f, &i, &s);)
		if (clock_rules[s.kind].ends_resolved)
			slot_end(f, s, ev->at);
	f->restored = f->resolved = true;
	f->phase = PHASE_RESOLVED;
	/* Rule 6: by the highest severity there was. */
	for (size_t k = 0; k < CLOCK_KINDS; k++)
		if (clock_rules[k].of_report &&
		    slot_start_as(f, slot_of(f, (enum clock_kind)k), f->highest, ev->at))
			slot_note(f, slot_of(f, (enum clock_kind)k), STEP_STARTED, f->highest);
}

static void end_reports(struct clock_fold *f, struct utc at)
{
	for (size_t k = 0; k < CLOCK_KINDS; k++)
		if (clock_rules[k].of_report)
			slot_end(f, slot_of(f, (enum clock_kind)k), at);
}

static void on_reopened(struct clock_fold *f, const struct event *ev)
{
	struct slot s;

	end_reports(f, ev->at);
	f->restored = f->resolved = f->over = false;
	f->phase = PHASE_OPEN;
	f->highest = f->severity < f->highest ? f->severity : f->highest;
	for (size_t i = 0; slot_next(f, &i, &s);) {
		if (!slot_needed(f, s))
			continue;
		*s.run = (struct run){ 0 };
		slot_note(f, s, STEP_DROPPED, f->severity);
		if (s.kind != CLOCK_TIER3 || f->tier2_engaged)
			slot_start(f, s, STEP_REOPENED, ev->at);
	}
}

static void on_rca_delivered(struct clock_fold *f, const struct event *ev)
{
	const char *stage = json_str_or(ev->body, "stage", "");
	bool final = strcmp(stage, "final") == 0;

	if (final || strcmp(stage, "draft") == 0)
		slot_meet(f, slot_of(f, CLOCK_RCA_DRAFT), ev->at);
	if (final)
		slot_meet(f, slot_of(f, CLOCK_RCA_FINAL), ev->at);
}

static void end_all(struct clock_fold *f, const struct event *ev, enum phase phase)
{
	struct slot s;

	if (f->over)
		return;
	for (size_t i = 0; slot_next(f, &i, &s);)
		slot_end(f, s, ev->at);
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
		clock_pass_time(f, ev->at);
		if (event_kinds[ev->kind].takes && f->phase == PHASE_DETECTED)
			f->phase = PHASE_OPEN;
		f->event = ev;
		if (on_event[ev->kind] && !undone[i] && (f->severity || ev->kind == EVENT_OPENED))
			on_event[ev->kind](f, ev);
	}
	clock_pass_time(f, now);
	free(undone);
}

void clock_fold_fini(struct clock_fold *f)
{
	for (size_t i = 0; i < f->carrier_count; i++)
		free(f->carriers[i].id);
	free(f->carriers);
	free(f->steps);
}

/* What the runs of an incident's clocks say at `now`. */
#include "domain/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "clock_priv.h"

bool clock_live(const struct clock *c)
{
	return c->state == CLOCK_RUNNING || c->state == CLOCK_WARNING || c->state == CLOCK_BREACHED;
}

int64_t clock_remaining_s(const struct clock *c, struct utc now)
{
	int64_t ms = utc_diff(c->due, now);

	return ms / 1000 - (ms % 1000 < 0);
}

/* The share of a length that has to go by before the warning, rounded up to whole ms. */
static int64_t warn_share(const struct policy *p, int64_t ms)
{
	int64_t whole = ms / 100 * p->warn_percent, rest = ms % 100 * p->warn_percent;

	return whole + rest / 100 + (rest % 100 > 0);
}

/* In business time for a target in business time, where start..due holds any; else elapsed. */
static struct utc warn_at(const struct policy *p, const struct run *r)
{
	int64_t total = utc_diff(r->due, r->start), business = 0;

	if (total <= 0)
		return r->start;
	if (duration_is_business(r->target))
		business = calendar_between(r->calendar, r->start, r->due);
	if (business > 0)
		return calendar_due(r->calendar, r->start, warn_share(p, business));
	return utc_add(r->start, warn_share(p, total));
}

static enum clock_state state_of(const struct run *r, struct utc warn, struct utc now)
{
	switch (r->end) {
	case RUN_MET:
		return utc_before(r->due, r->met_at) ? CLOCK_MET_LATE : CLOCK_MET;
	case RUN_CANCELLED:
		return CLOCK_CANCELLED;
	case RUN_MISSED:
		return CLOCK_MISSED;
	case RUN_GOES_ON:
		break;
	}
	if (utc_before(r->due, now))
		return CLOCK_BREACHED;
	return utc_before(now, warn) ? CLOCK_RUNNING : CLOCK_WARNING;
}

/* A breach is never paused, so a pause ends behind `due` at the latest. */
static void set_pause(struct clock *c, const struct run *r, struct utc now)
{
	struct utc breach = utc_add(c->due, 1), flip;

	if (!c->business || (c->state != CLOCK_RUNNING && c->state != CLOCK_WARNING))
		return;
	c->paused = !calendar_open_at(r->calendar, now);
	flip = calendar_next_change(r->calendar, now);
	if (utc_is_set(flip) && utc_before(flip, breach))
		c->pause_flip = flip;
	else if (c->paused)
		c->pause_flip = breach;
}

/* It is shown as a name of the clock. */
static void put_carrier(struct clock *c, const char *id)
{
	char *clean = utf8_cleaned(id, UTF8_ONE_LINE, sizeof c->carrier - 1);

	snprintf(c->carrier, sizeof c->carrier, "%s", clean);
	free(clean);
}

static void add_clock(struct clock_set *out, const struct policy *policy, enum clock_kind kind,
    const char *carrier, const struct run *r, struct utc now)
{
	struct clock *c;

	if (!r->started)
		return;
	out->items = xgrow(out->items, out->count, &out->cap);
	c = &out->items[out->count++];
	*c = (struct clock){
		.kind = kind,
		.severity = r->severity,
		.start = r->start,
		.due = r->due,
		.warn_at = warn_at(policy, r),
		.met_at = r->met_at,
		.business = duration_is_business(r->target),
		.pause_flip = UTC_NONE,
	};
	if (kind == CLOCK_CARRIER)
		put_carrier(c, carrier);
	c->state = state_of(r, c->warn_at, now);
	set_pause(c, r, now);
}

static int carrier_order(const void *a, const void *b)
{
	const struct carrier_run *x = a, *y = b;

	return strcmp(x->id, y->id);
}

void clocks_compute(struct clock_set *out, struct event *const *events, size_t count,
    const struct policy *policy, carrier_target_fn carrier_target, void *ctx, struct utc now)
{
	struct clock_fold f;

	clock_fold_init(&f, policy, carrier_target, ctx);
	clock_fold_run(&f, events, count, now);
	*out = (struct clock_set){
		.severity = f.severity,
		.phase = f.phase,
		.updates_late = f.updates_late,
	};
	if (count)
		snprintf(out->incident, sizeof out->incident, "%s", events[0]->incident);
	if (f.carrier_count)
		qsort(f.carriers, f.carrier_count, sizeof *f.carriers, carrier_order);
	for (int k = 0; k < CLOCK_KINDS; k++) {
		if (k != CLOCK_CARRIER) {
			add_clock(out, policy, (enum clock_kind)k, "", &f.run[k], now);
			continue;
		}
		for (size_t i = 0; i < f.carrier_count; i++)
			add_clock(
			    out, policy, CLOCK_CARRIER, f.carriers[i].id, &f.carriers[i].run, now);
	}
	clock_fold_fini(&f);
}

void clock_set_fini(struct clock_set *s)
{
	free(s->items);
	s->items = NULL;
	s->count = s->cap = 0;
}

struct utc clocks_next_change(const struct clock_set *s, struct utc now)
{
	struct utc next = UTC_NONE;

	for (size_t i = 0; i < s->count; i++) {
		const struct clock *c = &s->items[i];
		/* Due itself is still in time; but tier3 starts then. */
		const struct utc at[] = { c->warn_at, utc_add(c->due, 1), c->pause_flip,
			c->kind == CLOCK_TIER2 ? c->due : UTC_NONE };

		for (size_t k = 0; clock_live(c) && k < countof(at); k++)
			if (utc_is_set(at[k]) && utc_before(now, at[k]))
				next = utc_is_set(next) ? utc_min(next, at[k]) : at[k];
	}
	return next;
}

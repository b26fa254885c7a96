#include "domain/maintenance_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "domain/template.h"

#define ZONES_MAX 64
#define BUNDLE_MS (7 * INT64_C(86400000))

const struct maintenance_rule maintenance_rules[MAINTENANCE_RULES] = {
	[RULE_WINDOW] = { "window",
	    "The work lies in the standard window of every region, by its local time",
	    RULE_REASON },
	[RULE_FREEZE] = { "freeze", "Nothing is scheduled in a freeze of one of the regions",
	    RULE_REASON },
	[RULE_ROLLBACK] = { "rollback", "What touches such a component has a tested way back",
	    RULE_FIRM },
	[RULE_ALONE] = { "alone", "Work of high risk stands alone in its regions", RULE_REASON },
	[RULE_NOTICE] = { "notice", "Customers are told so many calendar days before",
	    RULE_REASON },
	[RULE_BUNDLE] = { "bundle",
	    "Work of low risk in one region within a week can share a window", RULE_HINT },
};

int maintenance_rule_of(const char *id)
{
	for (int i = 0; i < MAINTENANCE_RULES; i++)
		if (strcmp(maintenance_rules[i].id, id) == 0)
			return i;
	return -1;
}

/* ---- zones and windows ---- */

static size_t all_zones(const struct maintenance_check *c, const struct zone **out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->place_count; i++)
		for (size_t z = 0; z < c->places[i].zone_count && n < ZONES_MAX; z++) {
			size_t k = 0;

			while (k < n && out[k] != c->places[i].zones[z])
				k++;
			if (k == n)
				out[n++] = c->places[i].zones[z];
		}
	return n;
}

static void say_span(struct buf *out, struct utc from, struct utc to)
{
	char a[UTC_TEXT], b[UTC_TEXT];
	bool same;

	utc_format(from, a);
	utc_format(to, b);
	same = strncmp(a, b, 10) == 0;
	buf_addf(out, "%.10s %.5s to %.*s%s%.5s UTC", a, a + 11, same ? 0 : 10, b, same ? "" : " ",
	    b + 11);
}

static void say_minutes(struct buf *out, int minutes)
{
	buf_addf(out, "%02d:%02d", minutes / 60, minutes % 60);
}

/* The windows that could be taken instead: one for all, or one for each zone. */
static void offer(const struct maintenance_check *c, const struct zone *const *zones, size_t count,
    struct buf *out)
{
	struct maintenance_window w;
	struct utc near = c->plan->starts_at;

	if (maintenance_window_common(c->policy, zones, count, near, &w)) {
		buf_adds(out, "; the window near it is ");
		say_span(out, w.from, w.to);
		return;
	}
	buf_adds(out, "; they have none in common, so one each: ");
	for (size_t i = 0; i < count && i < 4; i++) {
		if (!maintenance_window_common(c->policy, &zones[i], 1, near, &w))
			continue;
		buf_addf(out, "%s%s ", i ? ", " : "", zone_name(zones[i]));
		say_span(out, w.from, w.to);
	}
	if (count > 4)
		buf_addf(out, " and %zu more", count - 4);
}

static bool check_window(const struct maintenance_check *c, struct buf *out)
{
	const struct zone *zones[ZONES_MAX];
	size_t count = all_zones(c, zones);

	if (maintenance_window_holds(c->policy, zones, count, c->plan->starts_at, c->plan->ends_at))
		return false;
	say_span(out, c->plan->starts_at, c->plan->ends_at);
	buf_adds(out, " is outside the standard window ");
	say_minutes(out, c->policy->window_from);
	buf_addc(out, '-');
	say_minutes(out, c->policy->window_to);
	buf_adds(out, " local time");
	offer(c, zones, count, out);
	return true;
}

/* ---- freezes ---- */

/* Whether the plan's local days in a zone touch the period that begins in this year. */
static bool frozen(const struct maintenance_check *c, const struct freeze *f, const struct zone *z,
    struct date *from, struct date *to)
{
	int64_t ms;
	struct date first = zone_local(z, c->plan->starts_at, &ms);
	/* A millisecond less: what ends at midnight does not touch the day that begins then. */
	struct date last = zone_local(z, utc_add(c->plan->ends_at, -1), &ms);

	for (int year = first.year - 1; year <= last.year; year++)
		if (freeze_in_year(f, year, from, to) &&
		    date_to_days(*from) <= date_to_days(last) &&
		    date_to_days(first) <= date_to_days(*to))
			return true;
	return false;
}

static bool frozen_place(const struct maintenance_check *c, const struct maintenance_place *p,
    const struct freeze *f, struct buf *out)
{
	struct date from, to;

	if (!freeze_holds(f, p->id, p->zones, p->zone_count))
		return false;
	for (size_t z = 0; z < p->zone_count; z++) {
		if (!frozen(c, f, p->zones[z], &from, &to))
			continue;
		buf_addf(out,
		    "%s is frozen from %04d-%02d-%02d to %04d-%02d-%02d (%s), and the work begins ",
		    p->name, from.year, from.month, from.day, to.year, to.month, to.day, f->name);
		template_time_utc(out, c->plan->starts_at);
		return true;
	}
	return false;
}

static bool check_freeze(const struct maintenance_check *c, struct buf *out)
{
	for (size_t i = 0; i < c->place_count; i++)
		for (size_t f = 0; f < c->policy->freeze_count; f++)
			if (frozen_place(c, &c->places[i], &c->policy->freezes[f], out))
				return true;
	return false;
}

/* ---- rollback ---- */

static bool check_rollback(const struct maintenance_check *c, struct buf *out)
{
	if (c->plan->rollback && c->plan->rollback_tested)
		return false;
	for (size_t i = 0; i < c->class_count; i++)
		for (size_t k = 0; k < c->policy->rollback_count; k++) {
			if (strcmp(c->classes[i], c->policy->rollback_required[k]) != 0)
				continue;
			buf_addf(out,
			    "%s touches %s, which needs a tested way back: the plan has %s",
			    c->plan->components[i], c->classes[i],
			    c->plan->rollback ? "one that is not tested" : "none");
			return true;
		}
	return false;
}

/* ---- other work ---- */

static const char *shared_region(const struct maintenance_plan *a, const struct maintenance_plan *b)
{
	for (size_t i = 0; i < a->region_count; i++)
		for (size_t k = 0; k < b->region_count; k++)
			if (strcmp(a->regions[i], b->regions[k]) == 0)
				return a->regions[i];
	return NULL;
}

static bool counts(const struct maintenance_check *c, const struct maintenance *m)
{
	return !maintenance_is_over(m) && (!c->self || strcmp(m->id, c->self) != 0);
}

static bool check_alone(const struct maintenance_check *c, struct buf *out)
{
	for (size_t i = 0; i < c->other_count; i++) {
		const struct maintenance *m = c->others[i];
		const char *region = counts(c, m) ? shared_region(c->plan, &m->plan) : NULL;
		bool high = c->plan->risk == RISK_HIGH || m->plan.risk == RISK_HIGH;

		if (!region || !high || !utc_before(c->plan->starts_at, m->plan.ends_at) ||
		    !utc_before(m->plan.starts_at, c->plan->ends_at))
			continue;
		buf_addf(out, "work of high risk stands alone, but %s (%s risk) is in %s from ",
		    m->id, risk_names[m->plan.risk], region);
		say_span(out, m->plan.starts_at, m->plan.ends_at);
		return true;
	}
	return false;
}

static bool check_bundle(const struct maintenance_check *c, struct buf *out)
{
	const struct maintenance *best = NULL;
	const char *where = NULL;
	int64_t nearest = BUNDLE_MS;

	for (size_t i = 0; c->plan->risk == RISK_LOW && i < c->other_count; i++) {
		const struct maintenance *m = c->others[i];
		const char *region = counts(c, m) ? shared_region(c->plan, &m->plan) : NULL;
		int64_t apart = llabs(utc_diff(m->plan.starts_at, c->plan->starts_at));

		if (!region || m->plan.risk != RISK_LOW || m->plan.carrier || c->plan->carrier ||
		    m->status == MAINTENANCE_IN_PROGRESS || apart > nearest || apart == 0)
			continue;
		best = m;
		where = region;
		nearest = apart;
	}
	if (!best)
		return false;
	buf_addf(out,
	    "%s is of low risk too and in %s within 7 days: both could share its window, ",
	    best->id, where);
	say_span(out, best->plan.starts_at, best->plan.ends_at);
	return true;
}

/* ---- notice ---- */

int maintenance_notice_days(const struct maintenance_check *c)
{
	int64_t fewest = INT64_MAX, ms;

	for (size_t i = 0; i < c->place_count; i++)
		for (size_t z = 0; z < c->places[i].zone_count; z++) {
			const struct zone *zone = c->places[i].zones[z];
			int64_t days = date_to_days(zone_local(zone, c->plan->starts_at, &ms)) -
				       date_to_days(zone_local(zone, c->now, &ms));

			fewest = days < fewest ? days : fewest;
		}
	return fewest == INT64_MAX ? 0 : (int)fewest;
}

static bool check_notice(const struct maintenance_check *c, struct buf *out)
{
	int needed = c->policy->notice_days[c->plan->klass], days = maintenance_notice_days(c);

	if (days >= needed)
		return false;
	buf_addf(out, "%s work is told %d calendar days before, and it begins in %d: ",
	    notice_class_names[c->plan->klass], needed, days);
	template_time_utc(out, c->plan->starts_at);
	return true;
}

static bool (*const checks[MAINTENANCE_RULES])(
    const struct maintenance_check *c, struct buf *out) = {
	[RULE_WINDOW] = check_window,
	[RULE_FREEZE] = check_freeze,
	[RULE_ROLLBACK] = check_rollback,
	[RULE_ALONE] = check_alone,
	[RULE_NOTICE] = check_notice,
	[RULE_BUNDLE] = check_bundle,
};

/* A plan is told beforehand that its notice will be short; the notice itself is held to that alone.
 * Work of a carrier is planned by its rules, and ours are only said.
 */
static enum rule_force force_now(const struct maintenance_check *c, int rule)
{
	bool theirs = c->plan->reference != NULL;

	if (!c->posting && (theirs || rule == RULE_NOTICE))
		return RULE_HINT;
	return maintenance_rules[rule].force;
}

size_t maintenance_check(const struct maintenance_check *c, struct maintenance_finding *out)
{
	size_t n = 0;

	for (int i = 0; i < MAINTENANCE_RULES; i++) {
		struct buf text;

		if (c->posting && i != RULE_NOTICE)
			continue;
		buf_init(&text, sizeof out->text - 1);
		if (checks[i](c, &text)) {
			out[n].rule = (enum maintenance_rule_id)i;
			out[n].force = force_now(c, i);
			snprintf(out[n].text, sizeof out[n].text, "%s", buf_str(&text));
			n++;
		}
		buf_fini(&text);
	}
	return n;
}

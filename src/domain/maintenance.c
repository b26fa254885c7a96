#include "domain/maintenance.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "incident_priv.h"

const char *const maintenance_status_names[MAINTENANCE_STATUSES] = {
	[MAINTENANCE_SCHEDULED] = "scheduled",
	[MAINTENANCE_TENTATIVE] = "tentative",
	[MAINTENANCE_IN_PROGRESS] = "in_progress",
	[MAINTENANCE_COMPLETED] = "completed",
	[MAINTENANCE_CANCELLED] = "cancelled",
};

const char *const risk_names[RISKS] = { "low", "medium", "high" };

/* ---- the plan ---- */

static enum risk risk_of(const char *name)
{
	for (int i = 0; i < RISKS; i++)
		if (strcmp(risk_names[i], name) == 0)
			return (enum risk)i;
	return RISK_HIGH; /* what is not known is not taken for harmless */
}

void maintenance_plan_fini(struct maintenance_plan *p)
{
	free(p->title);
	incident_free_ids(p->regions, p->region_count);
	incident_free_ids(p->components, p->component_count);
	free(p->impact);
	free(p->customer_actions);
	free(p->rollback);
	free(p->contact);
	free(p->carrier);
	free(p->provider);
	free(p->reference);
	*p = (struct maintenance_plan){
		.starts_at = UTC_NONE, .ends_at = UTC_NONE, .stamp = UTC_NONE, .sequence = -1
	};
}

void maintenance_plan_read(struct maintenance_plan *p, const cJSON *body)
{
	int klass = notice_class_of(json_str_or(body, "class", ""));

	*p = (struct maintenance_plan){ 0 };
	incident_set_line(&p->title, body, "title");
	incident_set_ids(&p->regions, &p->region_count, body, "regions");
	incident_set_ids(&p->components, &p->component_count, body, "components");
	p->starts_at = json_utc(body, "starts_at");
	p->ends_at = json_utc(body, "ends_at");
	p->risk = risk_of(json_str_or(body, "risk", ""));
	p->klass = klass >= 0 ? (enum notice_class)klass : (enum notice_class)p->risk;
	incident_set_lines(&p->impact, body, "impact");
	incident_set_lines(&p->customer_actions, body, "customer_actions");
	incident_set_lines(&p->rollback, body, "rollback");
	p->rollback_tested = json_bool(body, "rollback_tested", false);
	incident_set_line(&p->contact, body, "contact");
	incident_set_line(&p->carrier, body, "carrier");
	p->manual = json_bool(body, "manual", false);
	p->tentative = json_bool(body, "tentative", false);
	incident_set_line(&p->provider, body, "provider");
	incident_set_line(&p->reference, body, "reference");
	p->sequence = json_int(body, "sequence", -1);
	p->stamp = json_utc(body, "stamp");
}

/* ---- life ---- */

struct maintenance *maintenance_new(const char *id)
{
	struct maintenance *m = xcalloc(1, sizeof *m);

	m->id = xstrdup(id);
	maintenance_plan_fini(&m->plan);
	m->planned_at = m->last_at = m->started_at = m->ended_at = m->cancelled_at = UTC_NONE;
	m->told_from = m->told_to = UTC_NONE;
	return m;
}

void maintenance_free(struct maintenance *m)
{
	if (!m)
		return;
	free(m->id);
	maintenance_plan_fini(&m->plan);
	free(m->reason);
	posted_free(m->notices, m->notice_count);
	for (size_t i = 0; i < m->override_count; i++) {
		free(m->overrides[i].rule);
		free(m->overrides[i].reason);
		free(m->overrides[i].by);
	}
	free(m->overrides);
	event_list_fini(&m->events);
	free(m);
}

/* ---- the fold ---- */

static void set_plan(struct maintenance *m, const struct event *ev)
{
	maintenance_plan_fini(&m->plan);
	maintenance_plan_read(&m->plan, ev->body);
	if (m->status == MAINTENANCE_SCHEDULED || m->status == MAINTENANCE_TENTATIVE)
		m->status = m->plan.tentative ? MAINTENANCE_TENTATIVE : MAINTENANCE_SCHEDULED;
}

static void fold_planned(struct maintenance *m, const struct event *ev)
{
	if (utc_is_set(m->planned_at))
		return;
	m->planned_at = ev->at;
	set_plan(m, ev);
}

static void fold_replanned(struct maintenance *m, const struct event *ev)
{
	if (!maintenance_is_over(m))
		set_plan(m, ev);
}

static void fold_notice(struct maintenance *m, const struct event *ev)
{
	posted_add(&m->notices, &m->notice_count, ev);
	m->told_from = json_utc(ev->body, "starts_at");
	m->told_to = json_utc(ev->body, "ends_at");
}

static void fold_delivered(struct maintenance *m, const struct event *ev)
{
	posted_delivery(m->notices, m->notice_count, ev);
}

/* When it happened according to the body, but never behind the event itself. */
static struct utc happened(const struct event *ev, const char *member)
{
	struct utc t = json_utc(ev->body, member);

	return utc_is_set(t) ? utc_min(t, ev->at) : ev->at;
}

static void fold_started(struct maintenance *m, const struct event *ev)
{
	if (maintenance_is_over(m) || m->status == MAINTENANCE_IN_PROGRESS)
		return;
	m->status = MAINTENANCE_IN_PROGRESS;
	m->started_at = happened(ev, "started_at");
	m->by_window = strcmp(ev->actor, "engine") == 0;
}

static void fold_ended(struct maintenance *m, const struct event *ev)
{
	if (m->status != MAINTENANCE_IN_PROGRESS)
		return;
	m->status = MAINTENANCE_COMPLETED;
	m->ended_at = utc_max(happened(ev, "ended_at"), m->started_at);
}

static void fold_cancelled(struct maintenance *m, const struct event *ev)
{
	if (maintenance_is_over(m))
		return;
	if (m->status == MAINTENANCE_IN_PROGRESS)
		m->ended_at = ev->at;
	m->status = MAINTENANCE_CANCELLED;
	m->cancelled_at = ev->at;
	incident_set_line(&m->reason, ev->body, "reason");
}

static void fold_overridden(struct maintenance *m, const struct event *ev)
{
	struct maintenance_override o = { .at = ev->at, .version = ev->version };

	incident_set_line(&o.rule, ev->body, "rule");
	incident_set_line(&o.reason, ev->body, "reason");
	incident_set_line(&o.by, ev->body, "by");
	m->overrides = xreallocarray(m->overrides, m->override_count + 1, sizeof *m->overrides);
	m->overrides[m->override_count++] = o;
}

/* NULL: the event is kept and shown, and changes nothing else. */
static void (*const folds[EVENT_KINDS])(struct maintenance *m, const struct event *ev) = {
	[EVENT_PLANNED] = fold_planned,
	[EVENT_REPLANNED] = fold_replanned,
	[EVENT_NOTICE_POSTED] = fold_notice,
	[EVENT_DELIVERY] = fold_delivered,
	[EVENT_STARTED] = fold_started,
	[EVENT_ENDED] = fold_ended,
	[EVENT_CANCELLED] = fold_cancelled,
	[EVENT_OVERRIDDEN] = fold_overridden,
};

void maintenance_evolve(struct maintenance *m, struct event *take)
{
	m->version = take->version;
	if (!utc_is_set(m->last_at) || utc_before(m->last_at, take->at))
		m->last_at = take->at;
	if (folds[take->kind])
		folds[take->kind](m, take);
	event_list_add(&m->events, take);
}

/* ---- questions ---- */

bool maintenance_is_over(const struct maintenance *m)
{
	return m->status == MAINTENANCE_COMPLETED || m->status == MAINTENANCE_CANCELLED;
}

bool maintenance_in_scope(const struct maintenance *m, const char *component, const char *region)
{
	return among(m->plan.components, m->plan.component_count, component) &&
	       among(m->plan.regions, m->plan.region_count, region);
}

bool maintenance_covers(const struct maintenance *m, const char *component, const char *region)
{
	return m->status == MAINTENANCE_IN_PROGRESS && maintenance_in_scope(m, component, region);
}

struct utc maintenance_watched_until(
    const struct maintenance *m, const struct maintenance_policy *p)
{
	if (!utc_is_set(m->ended_at) || !utc_is_set(m->started_at))
		return UTC_NONE;
	return utc_add(m->ended_at, p->watch * utc_diff(m->ended_at, m->started_at));
}

enum event_kind maintenance_due(const struct maintenance *m, struct utc now, struct utc *at)
{
	enum event_kind kind = EVENT_UNKNOWN;

	*at = UTC_NONE;
	if (m->status == MAINTENANCE_SCHEDULED && !m->plan.manual) {
		*at = m->plan.starts_at;
		kind = EVENT_STARTED;
	} else if (m->status == MAINTENANCE_IN_PROGRESS && m->by_window) {
		*at = m->plan.ends_at;
		kind = EVENT_ENDED;
	}
	return utc_is_set(*at) && !utc_before(now, *at) ? kind : EVENT_UNKNOWN;
}

bool maintenance_owes_notice(const struct maintenance *m)
{
	const struct posted_update *last =
	    m->notice_count ? &m->notices[m->notice_count - 1] : NULL;

	if (!last)
		return false;
	if (m->status == MAINTENANCE_CANCELLED)
		return !last->status || strcmp(last->status, "cancelled") != 0;
	if (m->status == MAINTENANCE_COMPLETED)
		return false;
	return m->told_from.ms != m->plan.starts_at.ms || m->told_to.ms != m->plan.ends_at.ms;
}

int maintenance_changes(const struct maintenance *m)
{
	int n = 0;

	for (size_t i = 0; i < m->events.count; i++)
		n += m->events.items[i]->kind == EVENT_REPLANNED ||
		     m->events.items[i]->kind == EVENT_CANCELLED;
	return n;
}

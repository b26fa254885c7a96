/* Planned work as boards and commands get it. */
#include "engine_priv.h"
#include "os/clock.h"

#define SHOWN_MS (30 * INT64_C(86400000)) /* after it is over */
#define NOTICES 2

cJSON *object_maintenance(struct engine *g, const char *id)
{
	const struct live *l = map_get(g->planned, id);
	const struct maintenance *m = l ? l->mnt : NULL;
	const struct maintenance_plan *p = m ? &m->plan : NULL;
	size_t from;
	struct snap_maintenance n;

	if (!m || !m->version)
		return NULL;
	from = m->notice_count > NOTICES ? m->notice_count - NOTICES : 0;
	n = (struct snap_maintenance){ .id = m->id,
		.version = m->version,
		.status = m->status,
		.title = p->title,
		.regions = p->regions,
		.region_count = p->region_count,
		.components = p->components,
		.component_count = p->component_count,
		.starts_at = p->starts_at,
		.ends_at = p->ends_at,
		.started_at = m->started_at,
		.ended_at = m->ended_at,
		.watched_until = maintenance_watched_until(m, &g->config->policy->maintenance),
		.last_at = m->last_at,
		.risk = p->risk,
		.klass = p->klass,
		.impact = p->impact,
		.customer_actions = p->customer_actions,
		.rollback = p->rollback,
		.rollback_tested = p->rollback_tested,
		.contact = p->contact,
		.carrier = p->carrier,
		.manual = p->manual,
		.provider = p->provider,
		.reference = p->reference,
		.reason = m->reason,
		.changes = maintenance_changes(m),
		.told_from = m->told_from,
		.told_to = m->told_to,
		.owes_notice = maintenance_owes_notice(m),
		.notices = m->notices + from,
		.notice_count = m->notice_count - from,
		.notices_total = (int)m->notice_count,
		.overrides = m->overrides,
		.override_count = m->override_count };
	return wire_write(WIRE_MAINTENANCE, &n);
}

void object_maintenance_ids(
    struct engine *g, void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx)
{
	struct utc now = clock_utc();
	const struct live *l;
	size_t it = 0;

	while ((l = map_next(g->planned, &it, NULL)))
		if (l->mnt->version &&
		    (!maintenance_is_over(l->mnt) || utc_diff(now, l->mnt->last_at) < SHOWN_MS))
			each(ctx, WIRE_MAINTENANCE, l->mnt->id);
}

/* What customers may read of planned work: the texts that they were told, the window that was told
 * last, and how it goes. Its title inside, the way back, notes, reasons and overrides stay behind.
 */
#include <string.h>

#include "page_priv.h"

/* Whose work it is, where the configuration wants that shown. */
static void add_carrier(struct page *p, const struct page_request *r, const struct maintenance *m,
    struct page_incident *out)
{
	const struct cfg_carrier *k =
	    m->plan.carrier ? config_carrier(r->config, m->plan.carrier) : NULL;

	out->carriers = arena_alloc(p->arena, 2 * sizeof *out->carriers);
	if (k && strcmp(r->config->page_carriers.s, "show") == 0)
		out->carriers[out->carrier_count++] = k->name.s;
}

bool page_maintenance_of(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct maintenance *m, struct page_incident *out)
{
	struct told t = told_maintenance(m);

	*out = (struct page_incident){ .planned = true, .restored_at = UTC_NONE };
	page_add_updates(p, r, a, &t, "[", out);
	if (!out->update_count)
		return false;
	out->id = arena_strdup(p->arena, m->id);
	out->status =
	    m->status == MAINTENANCE_TENTATIVE ? "scheduled" : maintenance_status_names[m->status];
	out->open = !maintenance_is_over(m);
	out->final = !out->open;
	out->starts_at = m->told_from;
	out->ends_at = m->told_to;
	out->started_at = m->started_at;
	out->resolved_at = m->status == MAINTENANCE_CANCELLED ? m->cancelled_at : m->ended_at;
	out->updated_at = out->updates[0].at;
	out->next_update_at = UTC_NONE;
	page_add_scope(p, &t, out);
	add_carrier(p, r, m, out);
	return true;
}

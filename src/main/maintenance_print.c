/* Planned work as commands print it. */
#include "cmd_maintenance.h"

#include <stdlib.h>

#include "print.h"

static void instant(struct buf *out, struct utc t)
{
	char text[UTC_TEXT];

	utc_format(t, text);
	buf_addf(out, "%.10s %.5s", text, text + 11);
}

void print_maintenance(struct buf *out, const struct snap_maintenance *m)
{
	buf_addf(out, "%-8s %-11s ", m->id, maintenance_status_names[m->status]);
	instant(out, m->starts_at);
	buf_adds(out, " to ");
	instant(out, m->ends_at);
	buf_addf(out, " UTC  %s risk  ", risk_names[m->risk]);
	print_ids(out, m->regions, m->region_count);
	buf_adds(out, " / ");
	print_ids(out, m->components, m->component_count);
	buf_addf(out, "  %s\n", m->title ? m->title : "");
	if (m->owes_notice)
		buf_addf(out,
		    "         customers know of something else (`nocboard maintenance "
		    "notice %s`)\n",
		    m->id);
}

static void fact(struct buf *out, const char *name, const char *text)
{
	if (text && *text)
		buf_addf(out, "%-12s %s\n", name, text);
}

static void fact_time(struct buf *out, const char *name, struct utc t)
{
	if (!utc_is_set(t))
		return;
	buf_addf(out, "%-12s ", name);
	instant(out, t);
	buf_adds(out, " UTC\n");
}

static void print_slips(struct buf *out, const struct snapshot *s, const struct snap_maintenance *m)
{
	size_t count;
	const struct snap_cell **cells = snap_slipped(s, m, &count);

	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "since then   %s %s began to fail %d time%s, last at ",
		    cells[i]->component, cells[i]->region, cells[i]->slips,
		    cells[i]->slips == 1 ? "" : "s");
		instant(out, cells[i]->slipped_at);
		buf_adds(out, " UTC\n");
	}
	free(cells);
}

void print_maintenance_whole(
    struct buf *out, const struct snapshot *s, const struct snap_maintenance *m)
{
	print_maintenance(out, m);
	fact(out, "carrier", m->carrier);
	fact(out, "provider", m->provider);
	fact(out, "reference", m->reference);
	fact(out, "notice", notice_class_names[m->klass]);
	fact(out, "impact", m->impact);
	fact(out, "customers", m->customer_actions);
	fact(out, "way back", m->rollback);
	if (m->rollback)
		fact(out, "tested", m->rollback_tested ? "yes" : "no");
	fact(out, "contact", m->contact);
	fact_time(out, "begun", m->started_at);
	fact_time(out, "ended", m->ended_at);
	fact_time(out, "watched until", m->watched_until);
	print_slips(out, s, m);
	fact(out, "cancelled", m->reason);
	if (m->manual)
		fact(out, "begins", "by hand");
	for (size_t i = 0; i < m->override_count; i++)
		buf_addf(out, "overridden   %s: %s (%s)\n", m->overrides[i].rule,
		    m->overrides[i].reason, m->overrides[i].by);
	if (m->notice_count)
		buf_addf(out, "notices      %d, the last one at ", m->notices_total);
	if (m->notice_count) {
		instant(out, m->notices[m->notice_count - 1].at);
		buf_adds(out, " UTC\n");
	}
	for (size_t i = 0; i < s->timeline_count; i++) {
		instant(out, s->timeline[i].at);
		buf_addf(out, "  %-10s %s\n", s->timeline[i].actor, s->timeline[i].text);
	}
}

static void put_overrides(cJSON *o, const struct snap_maintenance *m)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < m->override_count; i++) {
		cJSON *one = cJSON_CreateObject();

		json_put_str(one, "rule", m->overrides[i].rule);
		json_put_str(one, "reason", m->overrides[i].reason);
		json_put_str(one, "by", m->overrides[i].by);
		json_put_utc(one, "at", m->overrides[i].at);
		cJSON_AddItemToArray(list, one);
	}
	json_put(o, "overrides", list);
}

cJSON *json_of_maintenance(const struct snap_maintenance *m)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "id", m->id);
	json_put_int(o, "version", m->version);
	json_put_str(o, "status", maintenance_status_names[m->status]);
	json_put_str(o, "title", m->title);
	json_put_strs(o, "regions", m->regions, m->region_count);
	json_put_strs(o, "components", m->components, m->component_count);
	json_put_utc(o, "starts_at", m->starts_at);
	json_put_utc(o, "ends_at", m->ends_at);
	json_put_utc(o, "started_at", m->started_at);
	json_put_utc(o, "ended_at", m->ended_at);
	json_put_utc(o, "watched_until", m->watched_until);
	json_put_str(o, "risk", risk_names[m->risk]);
	json_put_str(o, "class", notice_class_names[m->klass]);
	json_put_str(o, "impact", m->impact);
	json_put_str(o, "customer_actions", m->customer_actions);
	json_put_str(o, "rollback", m->rollback);
	json_put_bool(o, "rollback_tested", m->rollback_tested);
	json_put_str(o, "contact", m->contact);
	json_put_str(o, "carrier", m->carrier);
	json_put_bool(o, "manual", m->manual);
	json_put_str(o, "provider", m->provider);
	json_put_str(o, "reference", m->reference);
	json_put_str(o, "reason", m->reason);
	json_put_int(o, "notices", m->notices_total);
	json_put_bool(o, "owes_notice", m->owes_notice);
	put_overrides(o, m);
	return o;
}

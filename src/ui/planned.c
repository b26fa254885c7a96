#include "ui/planned.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/draw.h"

#define LATELY_MS (7 * INT64_C(86400000))

static void put_instant(struct buf *out, struct utc t)
{
	char text[UTC_TEXT];

	utc_format(t, text);
	buf_addf(out, "%.10s %.5s", text, text + 11);
}

static void put_scope(struct buf *out, const struct snapshot *s, const struct snap_maintenance *m)
{
	for (size_t i = 0; i < m->component_count; i++) {
		const struct snap_component *k = snap_component(s, m->components[i]);

		buf_addf(out, "%s%s", i ? ", " : "", k && k->name ? k->name : m->components[i]);
	}
	for (size_t i = 0; i < m->region_count; i++) {
		const struct snap_region *r = snap_region(s, m->regions[i]);

		buf_addf(out, "%s%s", i ? ", " : " in ", r && r->name ? r->name : m->regions[i]);
	}
	buf_addc(out, '\n');
}

static void put_fact(struct buf *out, const char *name, const char *text)
{
	if (text && *text)
		buf_addf(out, "  %s: %s\n", name, text);
}

/* What follows from the clock: how long until it begins, by how much it is over its window. */
static void put_distance(struct buf *out, const struct snap_maintenance *m, struct utc now)
{
	int64_t ms = 0;
	const char *what = NULL;
	char text[16];

	if (m->status == MAINTENANCE_IN_PROGRESS) {
		ms = utc_diff(m->ends_at, now);
		what = ms < 0 ? "over its window by" : "ends in";
	} else if (m->status == MAINTENANCE_SCHEDULED && utc_before(now, m->starts_at)) {
		ms = utc_diff(m->starts_at, now);
		what = "begins in";
	} else if (snap_watched_closely(m, now)) {
		ms = utc_diff(m->watched_until, now);
		what = "watched closely for";
	}
	if (what)
		buf_addf(out, "  %s %s\n", what, elapsed_text(text, ms < 0 ? -ms : ms));
}

/* What failed in its scope since it is over. */
static void put_slips(
    struct buf *out, const struct snapshot *s, const struct snap_maintenance *m, struct utc now)
{
	const struct snap_cell **cells;
	char at[16];
	size_t count;

	if (!snap_watched_closely(m, now))
		return;
	cells = snap_slipped(s, m, &count);
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "  ! since then %s %s began to fail %d time%s, last at %s UTC\n",
		    cells[i]->component, cells[i]->region, cells[i]->slips,
		    cells[i]->slips == 1 ? "" : "s", time_hms(at, cells[i]->slipped_at));
	if (!count)
		buf_adds(out, "  since then nothing in its scope has failed\n");
	free(cells);
}

static void put_one(
    struct buf *out, const struct snapshot *s, const struct snap_maintenance *m, struct utc now)
{
	static const char *const words[MAINTENANCE_STATUSES] = {
		[MAINTENANCE_SCHEDULED] = "scheduled",
		[MAINTENANCE_TENTATIVE] = "tentative",
		[MAINTENANCE_IN_PROGRESS] = "under way",
		[MAINTENANCE_COMPLETED] = "completed",
		[MAINTENANCE_CANCELLED] = "cancelled",
	};

	buf_addf(out, "%s  %s\n  ", m->id, m->title ? m->title : "");
	put_instant(out, m->starts_at);
	buf_adds(out, " to ");
	put_instant(out, m->ends_at);
	buf_addf(out, " UTC, %s, %s risk\n  ", words[m->status], risk_names[m->risk]);
	put_scope(out, s, m);
	put_distance(out, m, now);
	put_slips(out, s, m, now);
	if (m->owes_notice)
		buf_adds(out, "  ! customers know of another window\n");
	put_fact(out, "carrier", m->carrier);
	put_fact(out, "impact", m->impact);
	put_fact(out, "way back",
	    m->rollback && !m->rollback_tested ? "there is one, not tested" : m->rollback);
	for (size_t i = 0; i < m->override_count; i++)
		buf_addf(out, "  overridden: %s, %s (%s)\n", m->overrides[i].rule,
		    m->overrides[i].reason, m->overrides[i].by);
	buf_addc(out, '\n');
}

void planned_text(const struct snapshot *s, const char *region, struct utc now, struct buf *out)
{
	size_t count, shown = 0;
	const struct snap_maintenance **all = snap_maintenances(s, &count);

	for (size_t i = 0; i < count; i++) {
		bool over = all[i]->status == MAINTENANCE_COMPLETED ||
			    all[i]->status == MAINTENANCE_CANCELLED;

		if ((region && !among(all[i]->regions, all[i]->region_count, region)) ||
		    (over && utc_diff(now, all[i]->last_at) > LATELY_MS))
			continue;
		put_one(out, s, all[i], now);
		shown++;
	}
	if (!shown)
		buf_adds(out, "No work is planned. `nocboard maintenance plan` plans some.\n");
	free(all);
}

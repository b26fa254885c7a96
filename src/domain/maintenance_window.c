/* Standard windows: what the local clock of each zone says, so that a night on which it is changed
 * is an hour shorter or longer. */
#include "domain/maintenance_policy.h"

#define MINUTE_MS INT64_C(60000)
#define NIGHTS 3 /* the one before the date, its own, the one behind it */

struct maintenance_window maintenance_window_on(
    const struct maintenance_policy *p, const struct zone *z, struct date day)
{
	struct date last = day;

	if (p->window_to <= p->window_from)
		last = date_from_days(date_to_days(day) + 1);
	return (struct maintenance_window){ zone_to_utc(z, day, p->window_from * MINUTE_MS),
		zone_to_utc(z, last, p->window_to * MINUTE_MS) };
}

/* The window of the nth night around the local date of `near`. */
static struct maintenance_window night(
    const struct maintenance_policy *p, const struct zone *z, struct utc near, int n)
{
	int64_t ms;
	int64_t day = date_to_days(zone_local(z, near, &ms)) + n - NIGHTS / 2;

	return maintenance_window_on(p, z, date_from_days(day));
}

/* Narrows `w` to what a zone's nights have of it. */
static bool narrow(const struct maintenance_policy *p, const struct zone *z, struct utc near,
    struct maintenance_window *w)
{
	for (int n = 0; n < NIGHTS; n++) {
		struct maintenance_window one = night(p, z, near, n);
		struct utc from = utc_max(one.from, w->from), to = utc_min(one.to, w->to);

		if (utc_before(from, to)) {
			*w = (struct maintenance_window){ from, to };
			return true;
		}
	}
	return false;
}

/* How far `near` is from the window; 0 within. */
static int64_t distance(const struct maintenance_window *w, struct utc near)
{
	if (utc_before(near, w->from))
		return utc_diff(w->from, near);
	return utc_before(near, w->to) ? 0 : utc_diff(near, w->to);
}

bool maintenance_window_common(const struct maintenance_policy *p, const struct zone *const *zones,
    size_t count, struct utc near, struct maintenance_window *out)
{
	bool found = false;

	for (int n = 0; count && n < NIGHTS; n++) {
		struct maintenance_window w = night(p, zones[0], near, n);
		bool ok = true;

		for (size_t i = 1; ok && i < count; i++)
			ok = narrow(p, zones[i], near, &w);
		if (ok && (!found || distance(&w, near) < distance(out, near))) {
			*out = w;
			found = true;
		}
	}
	return found;
}

bool maintenance_window_holds(const struct maintenance_policy *p, const struct zone *const *zones,
    size_t count, struct utc from, struct utc to)
{
	for (size_t i = 0; i < count; i++) {
		bool ok = false;

		for (int n = 0; !ok && n < NIGHTS; n++) {
			struct maintenance_window w = night(p, zones[i], from, n);

			ok = !utc_before(from, w.from) && !utc_before(w.to, to);
		}
		if (!ok)
			return false;
	}
	return true;
}

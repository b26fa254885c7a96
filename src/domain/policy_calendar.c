/* The calendars of a policy, by id and by region. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "domain/policy.h"

void policy_add_calendar(struct policy *p, struct calendar *take)
{
	for (size_t i = 0; i < p->calendar_count; i++)
		if (strcmp(p->calendars[i].id, take->id) == 0) {
			calendar_free(p->calendars[i].calendar);
			p->calendars[i].calendar = take;
			return;
		}
	p->calendars = xreallocarray(p->calendars, p->calendar_count + 1, sizeof *p->calendars);
	p->calendars[p->calendar_count++] = (struct named_calendar){ xstrdup(take->id), take };
}

const struct calendar *policy_calendar(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < p->calendar_count; i++)
		if (strcmp(p->calendars[i].id, id) == 0)
			return p->calendars[i].calendar;
	return NULL;
}

bool policy_use_calendar(struct policy *p, const char *id)
{
	const struct calendar *from = policy_calendar(p, id);
	struct calendar *copy;

	if (!from)
		return false;
	copy = calendar_new(from->id, from->zone);
	for (int day = 0; day < 7; day++) {
		size_t n = from->opening_count[day];

		free(copy->openings[day]);
		copy->openings[day] = xcalloc(n, sizeof *copy->openings[day]);
		if (n)
			memcpy(copy->openings[day], from->openings[day],
			    n * sizeof *copy->openings[day]);
		copy->opening_count[day] = n;
	}
	for (size_t i = 0; i < from->holiday_count; i++)
		calendar_add_holiday(copy, from->holidays[i]);
	calendar_free(p->default_calendar);
	p->default_calendar = copy;
	p->default_named = true;
	return true;
}

bool policy_set_region_calendar(struct policy *p, const char *region, const char *id)
{
	if (!policy_calendar(p, id))
		return false;
	for (size_t i = 0; i < p->region_calendar_count; i++)
		if (strcmp(p->region_calendars[i].region, region) == 0) {
			free(p->region_calendars[i].calendar);
			p->region_calendars[i].calendar = xstrdup(id);
			return true;
		}
	p->region_calendars = xreallocarray(
	    p->region_calendars, p->region_calendar_count + 1, sizeof *p->region_calendars);
	p->region_calendars[p->region_calendar_count++] =
	    (struct region_calendar){ xstrdup(region), xstrdup(id) };
	return true;
}

/* Clocks as names and as JSON. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "domain/clock.h"
#include "domain/snapshot.h"

const char *const clock_kind_names[CLOCK_KINDS] = {
	[CLOCK_RESPONSE] = "response",
	[CLOCK_UPDATE] = "update",
	[CLOCK_WORKAROUND] = "workaround",
	[CLOCK_FIX] = "fix",
	[CLOCK_TIER2] = "tier2",
	[CLOCK_TIER3] = "tier3",
	[CLOCK_CARRIER] = "carrier",
	[CLOCK_RCA_DRAFT] = "rca_draft",
	[CLOCK_RCA_FINAL] = "rca_final",
};

const char *const clock_state_names[CLOCK_STATES] = {
	[CLOCK_RUNNING] = "running",
	[CLOCK_WARNING] = "warning",
	[CLOCK_BREACHED] = "breached",
	[CLOCK_MET] = "met",
	[CLOCK_MET_LATE] = "met_late",
	[CLOCK_CANCELLED] = "cancelled",
	[CLOCK_MISSED] = "missed",
};

const char *const phase_names[PHASES] = {
	[PHASE_DETECTED] = "detected",
	[PHASE_OPEN] = "open",
	[PHASE_RESTORED] = "restored",
	[PHASE_RESOLVED] = "resolved",
	[PHASE_CLOSED] = "closed",
	[PHASE_MERGED] = "merged",
	[PHASE_DISMISSED] = "dismissed",
};

char *clock_label(const struct clock *c, char out[80])
{
	if (c->kind == CLOCK_CARRIER)
		snprintf(out, 80, "carrier:%s", c->carrier);
	else
		snprintf(out, 80, "%s", clock_kind_names[c->kind]);
	return out;
}

static cJSON *clock_to_json(const struct clock *c, struct utc now)
{
	cJSON *obj = cJSON_CreateObject();
	char label[80];

	json_put_str(obj, "clock", clock_label(c, label));
	json_put_int(obj, "severity", c->severity);
	json_put_utc(obj, "start", c->start);
	json_put_utc(obj, "due", c->due);
	json_put_utc(obj, "met_at", c->met_at);
	json_put_str(obj, "state", clock_state_names[clock_state_at(c, now)]);
	json_put_bool(obj, "paused", clock_paused_at(c, now));
	if (clock_live(c))
		json_put_int(obj, "remaining_s", clock_remaining_s(c, now));
	else
		json_put(obj, "remaining_s", cJSON_CreateNull());
	return obj;
}

cJSON *clocks_to_json(const struct clock_set *s, struct utc now)
{
	cJSON *obj = cJSON_CreateObject(), *list = cJSON_CreateArray();

	json_put_str(obj, "incident", s->incident);
	json_put_int(obj, "severity", s->severity);
	json_put_str(obj, "phase", phase_names[s->phase]);
	for (size_t i = 0; i < s->count; i++)
		cJSON_AddItemToArray(list, clock_to_json(&s->items[i], now));
	json_put(obj, "clocks", list);
	json_put_int(obj, "updates_late", s->updates_late);
	return obj;
}

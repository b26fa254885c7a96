/* Opening, taking, classifying, restoring, resolving. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

/* The instant that an argument names, or now; refused when it lies in the future or before `floor`.
 */
static bool happened(
    struct deciding *d, const char *arg, struct utc floor, const char *floor_name, struct utc *out)
{
	struct utc t = json_utc(d->args, arg);
	char at[16];

	*out = utc_is_set(t) ? t : d->now;
	if (utc_before(d->now, *out))
		return refuse(d, "time", arg, "leave it empty for now",
		    "that lies in the future: it is %s", instant_text(d->now, at));
	if (utc_is_set(floor) && utc_before(*out, floor))
		return refuse(d, "time", arg, "give a later time", "that is before it %s, at %s",
		    floor_name, instant_text(floor, at));
	return true;
}

bool decide_open(struct deciding *d)
{
	cJSON *body;
	struct utc started;

	if (incident_number(d->id) == 0)
		return refuse(d, "unknown", NULL, "", "there is no number for a new incident");
	if (!happened(d, "started_at", UTC_NONE, "", &started))
		return false;
	body = body_of_args(d);
	cJSON_DeleteItemFromObjectCaseSensitive(body, "started_at");
	if (!json_get(body, "impact"))
		json_put_str(body, "impact", "");
	json_put_utc(body, "started_at", started);
	json_put_str(body, "source", "operator");
	return emit(d, EVENT_OPENED, body);
}

bool decide_ack(struct deciding *d)
{
	char at[16];

	if (utc_is_set(d->inc->acknowledged_at))
		return refuse(d, "done", NULL, "", "%s acknowledged %s at %s",
		    d->inc->acknowledged_by, d->id, instant_text(d->inc->acknowledged_at, at));
	return emit(d, EVENT_ACKNOWLEDGED, NULL);
}

bool decide_severity(struct deciding *d)
{
	int to = (int)json_int(d->args, "severity", 0);
	int from = (int)json_int(d->args, "from", d->inc->severity);
	cJSON *body;

	if (from != d->inc->severity)
		return refuse(d, "conflict", "from", "look at it, then decide again",
		    "%s is Sev %d now, not Sev %d", d->id, d->inc->severity, from);
	if (to == from)
		return refuse(d, "done", "severity", "", "%s is Sev %d already", d->id, to);
	body = cJSON_CreateObject();
	json_put_int(body, "from", from);
	json_put_int(body, "to", to);
	json_put_str(body, "reason", json_str(d->args, "reason"));
	return emit(d, EVENT_SEVERITY_CHANGED, body);
}

static bool same_ids(const cJSON *list, char *const *ids, size_t count)
{
	const cJSON *item;
	size_t n = (size_t)cJSON_GetArraySize(list), found = 0;

	cJSON_ArrayForEach(item, list)
	{
		for (size_t i = 0; i < count; i++)
			found += strcmp(item->valuestring, ids[i]) == 0;
	}
	return n == count && found == count;
}

bool decide_scope(struct deciding *d)
{
	const struct incident *inc = d->inc;

	if (same_ids(json_get(d->args, "regions"), inc->regions, inc->region_count) &&
	    same_ids(json_get(d->args, "components"), inc->components, inc->component_count))
		return refuse(d, "done", NULL, "", "that is the scope of %s already", d->id);
	return emit(d, EVENT_SCOPE_CHANGED, body_of_args(d));
}

bool decide_restore(struct deciding *d)
{
	cJSON *body;
	struct utc at;

	if (!happened(d, "restored_at", d->inc->started_at, "began", &at))
		return false;
	body = body_of_args(d);
	cJSON_DeleteItemFromObjectCaseSensitive(body, "restored_at");
	json_put_utc(body, "restored_at", at);
	return emit(d, EVENT_RESTORED, body);
}

bool decide_resolve(struct deciding *d)
{
	bool restored = utc_is_set(d->inc->restored_at);
	cJSON *body;
	struct utc at;

	if (!happened(d, "resolved_at", restored ? d->inc->restored_at : d->inc->started_at,
		restored ? "was restored" : "began", &at))
		return false;
	body = cJSON_CreateObject();
	json_put_str(body, "fix", json_str(d->args, "fix"));
	json_put_utc(body, "resolved_at", at);
	return emit(d, EVENT_RESOLVED, body);
}

bool decide_reopen(struct deciding *d)
{
	return emit(d, EVENT_REOPENED, body_of_args(d));
}

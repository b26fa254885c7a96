/* Tiers and carriers: who was engaged, who answered, on whom it depends. */
#include "command_priv.h"

#include <stdio.h>
#include <string.h>

/* Puts the rung that `to` names into a body as events write it, and its name into out[]. */
static void put_rung(const struct deciding *d, cJSON *body, char *name, size_t size)
{
	const cJSON *to = json_get(d->args, "to");

	if (cJSON_IsNumber(to)) {
		json_put_int(body, "tier", to->valueint);
		snprintf(name, size, "tier %d", to->valueint);
	} else {
		json_put_str(body, "carrier", to->valuestring);
		snprintf(name, size, "%s", to->valuestring);
	}
}

bool decide_escalate(struct deciding *d)
{
	cJSON *body = cJSON_CreateObject();
	char name[80];

	put_rung(d, body, name, sizeof name);
	json_put_str(body, "contact", json_str_or(d->args, "contact", ""));
	json_put_str(body, "via", json_str_or(d->args, "via", "phone"));
	if (json_str(d->args, "reference"))
		json_put_str(body, "reference", json_str(d->args, "reference"));
	return emit(d, EVENT_ESCALATED, body);
}

bool decide_answered(struct deciding *d)
{
	cJSON *body = cJSON_CreateObject();
	const struct engagement *g;
	char name[80], at[16];

	put_rung(d, body, name, sizeof name);
	g = incident_engaged(d->inc, (int)json_int(body, "tier", 0), json_str(body, "carrier"));
	if (!g || utc_is_set(g->answered_at)) {
		cJSON_Delete(body);
		if (!g)
			return refuse(d, "tier", "to", "record the escalation first: escalate",
			    "%s was not engaged for %s", name, d->id);
		return refuse(d, "done", "to", "", "%s answered at %s", name,
		    instant_text(g->answered_at, at));
	}
	json_put_str(body, "by", json_str_or(d->args, "by", g->contact ? g->contact : ""));
	return emit(d, EVENT_TIER_ACKNOWLEDGED, body);
}

const struct dependency *dependency_now(const struct incident *inc, const char *carrier)
{
	for (size_t i = 0; i < inc->dependency_count; i++)
		if (strcmp(inc->dependencies[i].carrier, carrier) == 0)
			return utc_is_set(inc->dependencies[i].cleared_at) ? NULL
									   : &inc->dependencies[i];
	return NULL;
}

/* Naming a carrier again tells its new timeline. */
bool decide_involve(struct deciding *d)
{
	const char *carrier = json_str(d->args, "carrier");
	const char *timeline = json_str(d->args, "timeline");
	const struct dependency *dep = dependency_now(d->inc, carrier);

	if (dep && (!timeline || (dep->timeline && strcmp(dep->timeline, timeline) == 0)))
		return refuse(d, "done", "carrier", "a new timeline can be given",
		    "%s is involved in %s already", carrier, d->id);
	return emit(d, EVENT_CARRIER_INVOLVED, body_of_args(d));
}

bool decide_clear(struct deciding *d)
{
	const char *carrier = json_str(d->args, "carrier");

	if (!dependency_now(d->inc, carrier))
		return refuse(
		    d, "carrier", "carrier", "", "%s is not involved in %s", carrier, d->id);
	return emit(d, EVENT_CARRIER_CLEARED, body_of_args(d));
}

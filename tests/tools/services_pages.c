/* Status pages, imitated: Statuspage, and Cachet in both versions. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "services_priv.h"

static void add_update(cJSON *incident, const char *list, const char *text, const cJSON *status)
{
	cJSON *u = cJSON_CreateObject();

	json_put_str(u, "body", text);
	json_put_str(u, "message", text);
	json_put(u, "status", status ? cJSON_Duplicate(status, true) : cJSON_CreateNull());
	cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(incident, list), u);
}

static void keep(cJSON *o, const cJSON *given, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (json_get(given, names[i]))
			services_set(o, names[i], cJSON_Duplicate(json_get(given, names[i]), true));
}

/* ---- statuspage ---- */

static bool is_planned(const cJSON *o)
{
	return json_str(o, "scheduled_for") != NULL;
}

static bool one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* Why it takes no such incident, or NULL. `incident` NULL: a new one. */
static const char *wrong(const cJSON *incident, const cJSON *given)
{
	static const char *const real_time[] = { "investigating", "identified", "monitoring",
		"resolved" };
	static const char *const planned[] = { "scheduled", "in_progress", "verifying",
		"completed" };
	bool is = is_planned(incident ? incident : given);
	struct utc from = json_utc(given, "scheduled_for"), to = json_utc(given, "scheduled_until");

	if (!incident && !json_str(given, "name"))
		return "name can't be blank";
	if (!one_of(json_str_or(given, "status", ""), is ? planned : real_time, 4))
		return "status is not included in the list";
	if (is_planned(given) && (!utc_is_set(from) || !utc_before(from, to)))
		return "scheduled_until must be after scheduled_for";
	return NULL;
}

static void take_incident(struct call *c, cJSON *incident, const cJSON *given)
{
	static const char *const kept[] = { "status", "impact_override", "metadata", "name",
		"scheduled_for", "scheduled_until", "component_ids", "scheduled_auto_in_progress",
		"scheduled_auto_completed" };
	const cJSON *part;

	keep(incident, given, kept, countof(kept));
	add_update(incident, "incident_updates", json_str_or(given, "body", ""),
	    json_get(given, "status"));
	cJSON_ArrayForEach(part, json_get(given, "components"))
	    services_set(c->at->components, part->string, cJSON_Duplicate(part, true));
}

static void new_incident(struct call *c, const cJSON *given)
{
	cJSON *incident = cJSON_CreateObject();
	char id[16];

	snprintf(id, sizeof id, "sp%d", SERVICES_FIRST_ID + cJSON_GetArraySize(c->at->kept));
	json_put_str(incident, "id", id);
	json_put(incident, "incident_updates", cJSON_CreateArray());
	take_incident(c, incident, given);
	cJSON_InsertItemInArray(c->at->kept, 0, incident);
	services_say(c, 201, cJSON_Duplicate(incident, true));
}

static void one_incident(struct call *c, const char *id, const cJSON *given)
{
	cJSON *incident = services_find(c->at->kept, "id", id);
	bool change = strcmp(c->q->method, "PATCH") == 0;
	const char *why = incident && change ? wrong(incident, given) : NULL;

	if (!incident) {
		services_refuse(c, 404, "error", "Not found");
	} else if (why) {
		services_refuse(c, 422, "error", why);
	} else {
		if (change)
			take_incident(c, incident, given);
		services_say(c, 200, cJSON_Duplicate(incident, true));
	}
}

static cJSON *listed(const struct call *c, bool planned)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *item;

	cJSON_ArrayForEach(item, c->at->kept)
	{
		if (is_planned(item) == planned)
			cJSON_AddItemToArray(out, cJSON_Duplicate(item, true));
	}
	return out;
}

/* Whether the list of all incidents has the planned ones is not known: here it has not, which is
 * harder for who looks for one. */
void services_statuspage(struct call *c)
{
	static const char incidents[] = "/pages/P1/incidents";
	const cJSON *given = json_get(c->body, "incident");

	if (c->at->locked || !services_has_header(c->q, "authorization: OAuth " SERVICES_TOKEN))
		services_refuse(c, 401, "error", "Could not authenticate");
	else if (services_is(c, "GET", "/pages/P1"))
		services_say(c, 200, cJSON_CreateObject());
	else if (services_is(c, "GET", incidents))
		services_say(c, 200, listed(c, false));
	else if (services_is(c, "GET", "/pages/P1/incidents/scheduled"))
		services_say(c, 200, listed(c, true));
	else if (services_is(c, "POST", incidents) && !wrong(NULL, given))
		new_incident(c, given);
	else if (strncmp(c->rest, incidents, sizeof incidents - 1) == 0 &&
		 c->rest[sizeof incidents - 1] == '/')
		one_incident(c, c->rest + sizeof incidents, given);
	else
		services_refuse(
		    c, 422, "error", given ? wrong(NULL, given) : "name can't be blank");
}

/* ---- what a reader of the page sees ---- */

static cJSON *page_components(const struct one *at)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *item;

	cJSON_ArrayForEach(item, at->components)
	{
		cJSON *o = cJSON_CreateObject();

		json_put_str(o, "id", item->string);
		json_put_str(o, "name", item->string);
		json_put_str(o, "status", item->valuestring);
		cJSON_AddItemToArray(out, o);
	}
	return out;
}

static cJSON *page_maintenance(const cJSON *kept)
{
	static const char *const same[] = { "id", "name", "status", "scheduled_for",
		"scheduled_until" };
	cJSON *o = cJSON_CreateObject(), *parts = cJSON_CreateArray(),
	      *updates = cJSON_CreateArray();
	const cJSON *item;

	keep(o, kept, same, countof(same));
	json_put_str(o, "impact", json_str(kept, "impact_override"));
	cJSON_ArrayForEach(item, json_get(kept, "component_ids"))
	{
		cJSON *part = cJSON_CreateObject();

		json_put_str(part, "id", item->valuestring);
		json_put_str(part, "name", item->valuestring);
		cJSON_AddItemToArray(parts, part);
	}
	json_put(o, "components", parts);
	cJSON_ArrayForEach(item, json_get(kept, "incident_updates"))
	    cJSON_InsertItemInArray(updates, 0, cJSON_Duplicate(item, true));
	json_put(o, "incident_updates", updates);
	return o;
}

char *services_summary(const struct services *all)
{
	const struct one *at = &all->one[STATUSPAGE];
	cJSON *doc = cJSON_CreateObject(), *page = cJSON_CreateObject(),
	      *planned = cJSON_CreateArray();
	const cJSON *item;
	char *text;

	json_put_str(page, "id", "P1");
	json_put_str(page, "name", "Imitation");
	json_put(doc, "page", page);
	json_put(doc, "components", page_components(at));
	json_put(doc, "incidents", cJSON_CreateArray());
	cJSON_ArrayForEach(item, at->kept)
	{
		if (is_planned(item))
			cJSON_AddItemToArray(planned, page_maintenance(item));
	}
	json_put(doc, "scheduled_maintenances", planned);
	text = json_text(doc);
	cJSON_Delete(doc);
	return text;
}

/* ---- cachet ---- */

/* Version 3 keeps everything but the id below "attributes". */
static cJSON *shown(bool two, const cJSON *item)
{
	cJSON *o = cJSON_CreateObject();

	if (two)
		json_put_int(o, "id", strtol(json_str_or(item, "id", "0"), NULL, 10));
	else
		json_put_str(o, "id", json_str(item, "id"));
	if (two) {
		json_put_str(o, "name", json_str(item, "name"));
		json_put_str(o, "message", json_str(item, "message"));
	} else {
		json_put(o, "attributes", cJSON_Duplicate(item, true));
	}
	return o;
}

static void data(struct call *c, int code, cJSON *take)
{
	cJSON *o = cJSON_CreateObject();

	json_put(o, "data", take);
	services_say(c, code, o);
}

static bool is_schedule(const cJSON *item)
{
	return json_str(item, "scheduled_at") != NULL;
}

/* Newest first: those that are schedules, or those that are not. */
static cJSON *all_shown(bool two, const cJSON *list, bool schedules)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (is_schedule(item) == schedules)
			cJSON_InsertItemInArray(out, 0, shown(two, item));
	}
	return out;
}

static void cachet_new(struct call *c, bool two)
{
	static const char *const kept[] = { "name", "message", "status", "scheduled_at",
		"completed_at" };
	cJSON *o = cJSON_CreateObject();
	char id[16];

	snprintf(id, sizeof id, "%d", SERVICES_FIRST_ID + cJSON_GetArraySize(c->at->kept));
	json_put_str(o, "id", id);
	keep(o, c->body, kept, countof(kept));
	json_put(o, "updates", cJSON_CreateArray());
	cJSON_AddItemToArray(c->at->kept, o);
	data(c, two ? 200 : 201, shown(two, o));
}

/* "2026-02-03 01:00" and nothing behind it. */
static bool time_ok(const char *text)
{
	static const char form[] = "dddd-dd-dd dd:dd";
	size_t i = 0;

	for (; form[i]; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
			return false;
	return !text[i];
}

/* Of the schedule that it would be; version 3 has no status of its own. */
static bool schedule_ok(bool two, const cJSON *kept, const cJSON *given)
{
	const char *from =
		       json_str_or(given, "scheduled_at", json_str_or(kept, "scheduled_at", "")),
		   *to =
		       json_str_or(given, "completed_at", json_str_or(kept, "completed_at", NULL));
	int64_t status = json_int(given, "status", json_int(kept, "status", two ? -1 : 0));

	return time_ok(from) && (!to || (time_ok(to) && strcmp(from, to) <= 0)) && status >= 0 &&
	       status <= 2;
}

static void cachet_set(struct call *c, bool two, cJSON *schedule)
{
	static const char *const kept[] = { "name", "message", "status", "scheduled_at",
		"completed_at" };

	if (!schedule_ok(two, schedule, c->body)) {
		services_refuse(c, 422, "message", "The scheduled at field must be a valid date.");
		return;
	}
	keep(schedule, c->body, kept, countof(kept));
	data(c, 200, shown(two, schedule));
}

/* `rest` is behind "/incidents/" or "/schedules/". */
static void cachet_one(struct call *c, bool two, const char *rest, bool schedule)
{
	char *id = xstrndup(rest, strcspn(rest, "/"));
	cJSON *item = services_find(c->at->kept, "id", id);
	bool updates = strncmp(rest + strlen(id), "/updates", 8) == 0 && !(two && schedule),
	     itself = schedule && !rest[strlen(id)] && strcmp(c->q->method, "PUT") == 0;

	free(id);
	if (!item || is_schedule(item) != schedule || (!updates && !itself)) {
		services_refuse(c, 404, "message", "no such thing");
		return;
	}
	if (itself) {
		cachet_set(c, two, item);
		return;
	}
	if (strcmp(c->q->method, "POST") == 0) {
		add_update(item, "updates", json_str_or(c->body, "message", ""),
		    json_get(c->body, "status"));
		if (!schedule)
			services_set(
			    item, "status", cJSON_Duplicate(json_get(c->body, "status"), true));
	}
	data(c, 200, all_shown(two, json_get(item, "updates"), false));
}

static void cachet_list(struct call *c, bool two, bool schedules)
{
	if (strcmp(c->q->method, "GET") == 0)
		data(c, 200, all_shown(two, c->at->kept, schedules));
	else if (json_str(c->body, "name") && json_str(c->body, "message") &&
		 (!schedules || schedule_ok(two, NULL, c->body)))
		cachet_new(c, two);
	else
		services_refuse(c, 422, "message", "The name field is required.");
}

static void cachet(struct call *c, bool two)
{
	const char *base = two ? "/api/v1" : "/api", *rest = c->rest + strlen(base);
	const char *auth =
	    two ? "x-cachet-token: " SERVICES_TOKEN : "authorization: Bearer " SERVICES_TOKEN;

	if (c->at->locked || strncmp(c->rest, base, strlen(base)) != 0 ||
	    !services_has_header(c->q, auth)) {
		services_refuse(c, 401, "message", "Unauthenticated.");
		return;
	}
	if (strncmp(rest, "/components/", 12) == 0 && strcmp(c->q->method, "PUT") == 0) {
		services_set(c->at->components, rest + 12,
		    cJSON_Duplicate(json_get(c->body, "status"), true));
		data(c, 200, cJSON_CreateObject());
	} else if (strncmp(rest, "/incidents/", 11) == 0 || strncmp(rest, "/schedules/", 11) == 0) {
		cachet_one(c, two, rest + 11, rest[1] == 's');
	} else if (strcmp(c->q->method, "GET") == 0 && strcmp(rest, "/ping") == 0) {
		data(c, 200, cJSON_CreateString("Pong!"));
	} else {
		cachet_list(c, two, strncmp(rest, "/schedules", 10) == 0);
	}
}

void services_cachet2(struct call *c)
{
	cachet(c, true);
}

void services_cachet3(struct call *c)
{
	cachet(c, false);
}

/* Several documents of one source as one. */
#include <string.h>

#include "drop.h"
#include "feed_priv.h"

#define KEEP_MS INT64_C(2592000000) /* 30 days behind the end */
#define MAINTENANCES_MOST 1000
#define INCIDENTS_MOST 300
#define PROBLEMS_MOST 40

static bool same(const cJSON *a, const cJSON *b, const char *key)
{
	return strcmp(json_str_or(a, key, ""), json_str_or(b, key, "")) == 0;
}

/* "W/20260310T010000Z" is a later window of "W" (feed_maintnote.c). */
static bool later_window(const char *id, const char *of)
{
	size_t n = strlen(of);

	return strncmp(id, of, n) == 0 && id[n] == '/' && strlen(id + n) == 17 &&
	       strspn(id + n + 1, "0123456789TZ") == 16;
}

/* Of a notice whose windows come back, a new word about the first is one about all. */
static bool same_maintenance(const cJSON *a, const cJSON *b)
{
	if (!same(a, b, "provider"))
		return false;
	return same(a, b, json_str(a, "id") ? "id" : "uid") ||
	       later_window(json_str_or(a, "id", ""), json_str_or(b, "id", "?"));
}

static bool same_incident(const cJSON *a, const cJSON *b)
{
	return same(a, b, "id");
}

static bool same_component(const cJSON *a, const cJSON *b)
{
	return same(a, b, "name");
}

/* True when `a` is the older word about the same. */
static bool older_maintenance(const cJSON *a, const cJSON *b)
{
	int64_t x = json_int(a, "sequence", -1), y = json_int(b, "sequence", -1);

	return x < 0 || y < 0 || x <= y;
}

static struct utc last_word(const cJSON *incident)
{
	struct utc last = UTC_NONE, at;
	const cJSON *u;

	cJSON_ArrayForEach(u, json_get(incident, "updates"))
	{
		at = json_utc(u, "at");
		if (utc_is_set(at) && (!utc_is_set(last) || utc_before(last, at)))
			last = at;
	}
	return last;
}

static bool older_incident(const cJSON *a, const cJSON *b)
{
	struct utc x = last_word(a), y = last_word(b);

	return !utc_is_set(x) || !utc_is_set(y) || !utc_before(y, x);
}

static bool any_older(const cJSON *a, const cJSON *b)
{
	(void)a;
	(void)b;
	return true;
}

/* Whether a later word about `one` stands in `list`, so that `one` goes. */
static bool outdone(const cJSON *one, const cJSON *list,
    bool (*match)(const cJSON *, const cJSON *), bool (*older)(const cJSON *, const cJSON *),
    bool equal_too)
{
	const cJSON *other;

	cJSON_ArrayForEach(other, list)
	{
		if (match(one, other) && older(one, other) && (equal_too || !older(other, one)))
			return true;
	}
	return false;
}

/* All windows of one notice go together, those of the fresh document stay side by side. */
static cJSON *merged(const cJSON *known, const cJSON *fresh,
    bool (*match)(const cJSON *, const cJSON *), bool (*older)(const cJSON *, const cJSON *))
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *one;

	cJSON_ArrayForEach(one, fresh)
	{
		if (!outdone(one, known, match, older, false))
			cJSON_AddItemToArray(out, cJSON_Duplicate(one, 1));
	}
	cJSON_ArrayForEach(one, known)
	{
		if (!outdone(one, fresh, match, older, true))
			cJSON_AddItemToArray(out, cJSON_Duplicate(one, 1));
	}
	return out;
}

static void drop_old(cJSON *list, const char *end, struct utc now, int most)
{
	cJSON *one, *next;

	for (one = list->child; one; one = next) {
		struct utc at = json_utc(one, end);

		next = one->next;
		if (utc_is_set(at) && utc_diff(now, at) > KEEP_MS)
			cJSON_Delete(cJSON_DetachItemViaPointer(list, one));
	}
	while (cJSON_GetArraySize(list) > most)
		cJSON_DeleteItemFromArray(list, cJSON_GetArraySize(list) - 1);
}

/* The worst of components and open incidents; without either what the fresh document says. */
static enum status status_of_all(
    const cJSON *components, const cJSON *incidents, const cJSON *fresh)
{
	enum status worst = STATUS_OPERATIONAL, one;
	const cJSON *o;
	int status;

	if (!components->child && !incidents->child) {
		status = status_of(json_str_or(fresh, "status", ""));
		return status < 0 ? STATUS_UNKNOWN : (enum status)status;
	}
	cJSON_ArrayForEach(o, components)
	{
		status = status_of(json_str_or(o, "status", ""));
		worst = status > (int)worst ? (enum status)status : worst;
	}
	cJSON_ArrayForEach(o, incidents)
	{
		one = feed_severity_status((int)json_int(o, "severity", 0));
		if (strcmp(json_str_or(o, "status", ""), "resolved") != 0 && one > worst)
			worst = one;
	}
	return worst;
}

static cJSON *problems_of(const cJSON *known, const cJSON *fresh)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *const lists[] = { json_get(fresh, "problems"), json_get(known, "problems") };
	const cJSON *one;

	for (size_t i = 0; i < countof(lists); i++)
		cJSON_ArrayForEach(one, lists[i])
		{
			if (cJSON_GetArraySize(out) < PROBLEMS_MOST)
				cJSON_AddItemToArray(out, cJSON_Duplicate(one, 1));
		}
	return out;
}

cJSON *feed_merge(const cJSON *known, const cJSON *fresh, struct utc now)
{
	cJSON *o = cJSON_CreateObject(), *components, *incidents, *maintenances;

	components = merged(json_get(known, "components"), json_get(fresh, "components"),
	    same_component, any_older);
	incidents = merged(json_get(known, "incidents"), json_get(fresh, "incidents"),
	    same_incident, older_incident);
	maintenances = merged(json_get(known, "maintenances"), json_get(fresh, "maintenances"),
	    same_maintenance, older_maintenance);
	drop_old(incidents, "resolved_at", now, INCIDENTS_MOST);
	drop_old(maintenances, "ends_at", now, MAINTENANCES_MOST);
	json_put_str(o, "format", json_str(fresh, "format"));
	json_put_str(o, "source", json_str(fresh, "source"));
	json_put_utc(o, "updated_at", json_utc(fresh, "updated_at"));
	json_put_str(o, "status", status_names[status_of_all(components, incidents, fresh)]);
	json_put(o, "components", components);
	json_put(o, "incidents", incidents);
	json_put(o, "maintenances", maintenances);
	json_put(o, "problems", problems_of(known, fresh));
	return o;
}

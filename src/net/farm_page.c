/* Status pages of the farm, in the public JSON of Statuspage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "farm_priv.h"
#include "net/farm.h"
#include "net/page.h"

#define SUMMARY "/api/v2/summary.json"

struct farm_page {
	char *id, *title;
	struct utc at;
	cJSON *components, *incidents; /* arrays, as they are served; resolved ones stay in here */
};

struct pages {
	struct map *by_id;
};

static void farm_page_free(void *v)
{
	struct farm_page *p = v;
	free(p->id);
	free(p->title);
	cJSON_Delete(p->components);
	cJSON_Delete(p->incidents);
	free(p);
}

struct pages *pages_new(void)
{
	struct pages *p = xcalloc(1, sizeof *p);
	p->by_id = map_new(farm_page_free);
	return p;
}

void pages_free(struct pages *p)
{
	if (!p)
		return;
	map_free(p->by_id);
	free(p);
}

static cJSON *item_named(const cJSON *list, const char *key, const char *value)
{
	cJSON *item;
	cJSON_ArrayForEach(item, list)
	{
		const char *v = json_str(item, key);
		if (v && strcmp(v, value) == 0)
			return item;
	}
	return NULL;
}

static void put_again(cJSON *obj, const char *key, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(obj, key);
	json_put(obj, key, value);
}

static void put_time(cJSON *obj, const char *key, struct utc at)
{
	cJSON_DeleteItemFromObjectCaseSensitive(obj, key);
	json_put_utc(obj, key, at);
}

void farm_page(struct farm *f, const char *page, const char *title, struct utc at)
{
	struct farm_page *p = xcalloc(1, sizeof *p);
	p->id = xstrdup(page);
	p->title = xstrdup(title);
	p->at = at;
	p->components = cJSON_CreateArray();
	p->incidents = cJSON_CreateArray();
	map_set(farm_pages(f)->by_id, page, p);
}

void farm_page_component(
    struct farm *f, const char *page, const char *name, enum status status, struct utc at)
{
	struct farm_page *p = map_get(farm_pages(f)->by_id, page);
	char id[13];

	if (!p)
		return;
	p->at = at;
	cJSON *c = item_named(p->components, "name", name);
	if (!c) {
		c = cJSON_CreateObject();
		page_short_id(page, name, id);
		json_put_str(c, "id", id);
		json_put_str(c, "name", name);
		json_put_utc(c, "created_at", at);
		json_put_int(c, "position", cJSON_GetArraySize(p->components) + 1);
		json_put_str(c, "description", NULL);
		json_put_bool(c, "showcase", true);
		json_put_bool(c, "group", false);
		json_put_str(c, "group_id", NULL);
		json_put_bool(c, "only_show_if_degraded", false);
		cJSON_AddItemToArray(p->components, c);
	}
	put_again(c, "status", cJSON_CreateString(page_component_words[status]));
	put_time(c, "updated_at", at);
}

/* The components of the page that `names` lists, copied as they are now. */
static cJSON *components_named(const struct farm_page *p, const char *names)
{
	cJSON *list = cJSON_CreateArray();

	while (names && *names) {
		size_t n = strcspn(names, ",");
		char *name = xstrndup(names, n);
		const cJSON *c = item_named(p->components, "name", name);
		if (c)
			cJSON_AddItemToArray(list, cJSON_Duplicate(c, true));
		free(name);
		names += n;
		names += strspn(names, ", ");
	}
	return list;
}

static cJSON *update_new(const char *page, const cJSON *incident, const char *status,
    const char *text, const cJSON *components, struct utc at)
{
	cJSON *u = cJSON_CreateObject(), *affected = cJSON_CreateArray();
	char id[13], salt[64];
	const cJSON *c;

	snprintf(salt, sizeof salt, "%d-%s",
	    cJSON_GetArraySize(json_get(incident, "incident_updates")),
	    json_str_or(incident, "id", ""));
	page_short_id(page, salt, id);
	json_put_str(u, "id", id);
	json_put_str(u, "incident_id", json_str(incident, "id"));
	json_put_str(u, "status", status);
	json_put_str(u, "body", text);
	json_put_utc(u, "created_at", at);
	json_put_utc(u, "updated_at", at);
	json_put_utc(u, "display_at", at);
	cJSON_ArrayForEach(c, components)
	{
		cJSON *a = cJSON_CreateObject();
		json_put_str(a, "code", json_str(c, "id"));
		json_put_str(a, "name", json_str(c, "name"));
		json_put_str(a, "old_status", json_str(c, "status"));
		json_put_str(a, "new_status", json_str(c, "status"));
		cJSON_AddItemToArray(affected, a);
	}
	json_put(u, "affected_components", affected);
	return u;
}

bool farm_page_incident(struct farm *f, const char *page, const char *id, const char *title,
    const char *status, const char *impact, const char *components, const char *text, struct utc at)
{
	struct farm_page *p = map_get(farm_pages(f)->by_id, page);

	if (!p)
		return false;
	p->at = at;
	cJSON *i = item_named(p->incidents, "id", id);
	if (!i) {
		i = cJSON_CreateObject();
		json_put_str(i, "id", id);
		json_put_str(i, "page_id", page);
		json_put_utc(i, "created_at", at);
		json_put_utc(i, "started_at", at);
		json_put_str(i, "shortlink", NULL);
		json_put(i, "incident_updates", cJSON_CreateArray());
		cJSON_InsertItemInArray(p->incidents, 0, i);
	}
	bool resolved = strcmp(status, "resolved") == 0;
	put_again(i, "name", cJSON_CreateString(title));
	put_again(i, "status", cJSON_CreateString(status));
	put_again(i, "impact", cJSON_CreateString(impact));
	put_time(i, "updated_at", at);
	put_time(i, "monitoring_at",
	    strcmp(status, "monitoring") == 0 ? at : json_utc(i, "monitoring_at"));
	put_time(i, "resolved_at", resolved ? at : UTC_NONE);
	put_again(i, "components", components_named(p, components));
	cJSON *updates = cJSON_GetObjectItemCaseSensitive(i, "incident_updates");
	cJSON_InsertItemInArray(
	    updates, 0, update_new(page, i, status, text, json_get(i, "components"), at));
	return true;
}

static const char *indicator(const struct farm_page *p)
{
	static const char *const words[STATUSES] = { "none", "none", "maintenance", "minor",
		"major", "critical" };
	size_t worst = 0;
	const cJSON *c;

	cJSON_ArrayForEach(c, p->components)
	{
		const char *s = json_str_or(c, "status", "");
		for (size_t k = worst + 1; k < STATUSES; k++)
			if (strcmp(page_component_words[k], s) == 0)
				worst = k;
	}
	return words[worst];
}

bool pages_summary(struct pages *pages, const char *path, struct buf *text)
{
	size_t n = strlen(path);
	const cJSON *i;

	if (n <= strlen(SUMMARY) || strcmp(path + n - strlen(SUMMARY), SUMMARY) != 0)
		return false;
	char *id = xstrndup(path + 1, n - 1 - strlen(SUMMARY));
	const struct farm_page *p = map_get(pages->by_id, id);
	free(id);
	if (!p)
		return false;

	cJSON *doc = cJSON_CreateObject(), *page = cJSON_CreateObject(),
	      *status = cJSON_CreateObject(), *open = cJSON_CreateArray();
	json_put_str(page, "id", p->id);
	json_put_str(page, "name", p->title);
	json_put_str(page, "time_zone", "Etc/UTC");
	json_put_utc(page, "updated_at", p->at);
	json_put(doc, "page", page);
	json_put(doc, "components", cJSON_Duplicate(p->components, true));
	cJSON_ArrayForEach(i, p->incidents) if (!utc_is_set(json_utc(i, "resolved_at")))
	    cJSON_AddItemToArray(open, cJSON_Duplicate(i, true));
	json_put(doc, "incidents", open);
	json_put(doc, "scheduled_maintenances", cJSON_CreateArray());
	json_put_str(status, "indicator", indicator(p));
	json_put_str(status, "description",
	    strcmp(indicator(p), "none") == 0 ? "All Systems Operational"
					      : "Some systems are affected");
	json_put(doc, "status", status);
	json_print(text, doc);
	cJSON_Delete(doc);
	return true;
}

/* api/v2: what programs read, in the shape that Statuspage gave it. Every key is there, lists are
 * never null, and regions are the groups of components. */
#include <string.h>

#include "base/json.h"
#include "page_priv.h"

#define LISTED_MAX 50

/* Ids of this page, its groups and components. */
struct ids {
	char page[13];
};

static const char *const impacts[SEVERITIES] = { "critical", "major", "minor", "none" };

static const char *impact_of(int severity)
{
	return severity >= 1 && severity <= SEVERITIES ? impacts[severity - 1] : "none";
}

static void id_of_cell(const struct page *p, size_t region, size_t component, char out[13])
{
	page_short_id(p->regions[region].id, p->components[component].id, out);
}

static cJSON *page_object(const struct page_out *o, const struct ids *ids)
{
	cJSON *page = cJSON_CreateObject();

	json_put_str(page, "id", ids->page);
	json_put_str(page, "name", o->p->name);
	json_put_str(page, "url", o->p->url);
	json_put_str(page, "time_zone", "Etc/UTC");
	json_put_str(page, "updated_at", STAMP_MADE);
	json_put_str(page, "generated_at", STAMP_MADE);
	json_put_str(page, "valid_until", STAMP_VALID);
	return page;
}

static cJSON *status_object(const struct page *p)
{
	static const char *const indicators[STATUSES] = {
		[STATUS_OPERATIONAL] = "none",
		[STATUS_UNKNOWN] = "none",
		[STATUS_MAINTENANCE] = "maintenance",
		[STATUS_DEGRADED] = "minor",
		[STATUS_PARTIAL] = "major",
		[STATUS_MAJOR] = "critical",
	};
	cJSON *status = cJSON_CreateObject();

	json_put_str(status, "indicator", indicators[p->status]);
	json_put_str(status, "description",
	    p->status == STATUS_OPERATIONAL ? "All Systems Operational"
					    : page_status_words[p->status]);
	return status;
}

/* ---- components ---- */

static cJSON *component_object(const struct page_out *o, const struct ids *ids, const char *id,
    const char *name, enum status status, struct utc since, size_t position)
{
	cJSON *c = cJSON_CreateObject();

	json_put_str(c, "id", id);
	json_put_str(c, "name", name);
	json_put_str(c, "status", page_component_words[status]);
	json_put_utc(c, "created_at", o->p->first_day);
	json_put_utc(c, "updated_at", utc_is_set(since) ? since : o->p->first_day);
	json_put_int(c, "position", (int64_t)position + 1);
	json_put_str(c, "description", NULL);
	json_put_bool(c, "showcase", false);
	json_put_str(c, "start_date", NULL);
	json_put_str(c, "page_id", ids->page);
	json_put_bool(c, "only_show_if_degraded", false);
	return c;
}

static cJSON *cell_object(
    const struct page_out *o, const struct ids *ids, size_t region, size_t component)
{
	const struct page *p = o->p;
	const struct page_cell *cell = page_cell(p, region, component);
	char id[13], group[13];
	cJSON *c;

	id_of_cell(p, region, component, id);
	page_short_id("region", p->regions[region].id, group);
	c = component_object(
	    o, ids, id, p->components[component].name, cell->status, cell->since, component);
	json_put_str(c, "group_id", group);
	json_put_bool(c, "group", false);
	return c;
}

static cJSON *group_object(const struct page_out *o, const struct ids *ids, size_t region)
{
	const struct page *p = o->p;
	cJSON *members = cJSON_CreateArray(), *c;
	char id[13];

	page_short_id("region", p->regions[region].id, id);
	c = component_object(
	    o, ids, id, p->regions[region].name, p->regions[region].status, UTC_NONE, region);
	json_put_str(c, "group_id", NULL);
	json_put_bool(c, "group", true);
	for (size_t k = 0; k < p->component_count; k++) {
		if (!page_cell(p, region, k)->offered)
			continue;
		id_of_cell(p, region, k, id);
		cJSON_AddItemToArray(members, cJSON_CreateString(id));
	}
	json_put(c, "components", members);
	return c;
}

static cJSON *components(const struct page_out *o, const struct ids *ids)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t r = 0; r < o->p->region_count; r++) {
		cJSON_AddItemToArray(list, group_object(o, ids, r));
		for (size_t k = 0; k < o->p->component_count; k++)
			if (page_cell(o->p, r, k)->offered)
				cJSON_AddItemToArray(list, cell_object(o, ids, r, k));
	}
	return list;
}

/* ---- incidents ---- */

/* Statuspage has no word for what does not take place: it is over. */
static const char *status_word(const char *status)
{
	return strcmp(status, "cancelled") == 0 ? "completed" : status;
}

/* The body of an update is HTML to those who read this format. */
static void put_html(cJSON *j, const char *key, const char *text)
{
	struct buf out;

	buf_init(&out, 0);
	for (; *text; text++) {
		if (*text == '&' || *text == '<')
			buf_adds(&out, *text == '&' ? "&amp;" : "&lt;");
		else
			buf_addc(&out, *text);
	}
	json_put_str(j, key, buf_str(&out));
	buf_fini(&out);
}

static cJSON *update_object(const struct page_update *u, const char *incident)
{
	cJSON *j = cJSON_CreateObject();
	char id[13];

	page_short_id("update", u->id, id);
	json_put_str(j, "id", id);
	json_put_str(j, "status", status_word(u->status));
	put_html(j, "body", u->text);
	json_put_str(j, "incident_id", incident);
	json_put_utc(j, "created_at", u->at);
	json_put_utc(j, "updated_at", u->at);
	json_put_utc(j, "display_at", u->at);
	json_put(j, "affected_components", cJSON_CreateArray());
	json_put_bool(j, "deliver_notifications", true);
	json_put_str(j, "custom_tweet", NULL);
	json_put_str(j, "tweet_id", NULL);
	return j;
}

/* The first time that an update said so. */
static struct utc told_first(const struct page_incident *inc, const char *status)
{
	for (size_t i = inc->update_count; i-- > 0;)
		if (strcmp(inc->updates[i].status, status) == 0)
			return inc->updates[i].at;
	return UTC_NONE;
}

static cJSON *incident_object(
    const struct page_out *o, const struct ids *ids, const struct page_incident *inc)
{
	cJSON *j = cJSON_CreateObject(), *updates = cJSON_CreateArray(),
	      *affected = cJSON_CreateArray();
	char id[13];

	page_short_id(inc->planned ? "maintenance" : "incident", inc->id, id);
	json_put_str(j, "id", id);
	json_put_str(j, "name", inc->title);
	json_put_str(j, "status", status_word(inc->status));
	json_put_utc(j, "created_at", inc->updates[inc->update_count - 1].at);
	json_put_utc(j, "updated_at", inc->updated_at);
	json_put_utc(j, "monitoring_at", told_first(inc, "monitoring"));
	json_put_utc(j, "resolved_at", inc->resolved_at);
	json_put_str(j, "impact", inc->planned ? "maintenance" : impact_of(inc->severity));
	json_put_str(j, "shortlink",
	    page_address(o, inc->planned ? "maintenance/%s.html" : "incident/%s.html", inc->id));
	json_put_utc(j, "started_at", inc->started_at);
	json_put_str(j, "page_id", ids->page);
	json_put_str(j, "reference", inc->id);
	if (inc->planned) {
		json_put_utc(j, "scheduled_for", inc->starts_at);
		json_put_utc(j, "scheduled_until", inc->ends_at);
	} else {
		json_put_int(j, "severity", inc->severity);
		json_put_utc(j, "next_update_at", inc->next_update_at);
	}
	for (size_t i = 0; i < inc->update_count; i++)
		cJSON_AddItemToArray(updates, update_object(&inc->updates[i], id));
	json_put(j, "incident_updates", updates);
	for (size_t r = 0; r < inc->region_count; r++)
		for (size_t k = 0; k < inc->component_count; k++)
			cJSON_AddItemToArray(
			    affected, cell_object(o, ids, inc->regions[r], inc->components[k]));
	json_put(j, "components", affected);
	json_put_str(j, "reminder_intervals", NULL);
	return j;
}

/* Planned work of this status; NULL: all of it that is not over, "": all of it. */
static cJSON *planned(const struct page_out *o, const struct ids *ids, const char *status)
{
	const struct page *p = o->p;
	size_t count = status && !*status ? p->maintenance_count : p->ahead_count;
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count && i < LISTED_MAX; i++)
		if (!status || !*status || strcmp(p->maintenances[i].status, status) == 0)
			cJSON_AddItemToArray(list, incident_object(o, ids, &p->maintenances[i]));
	return list;
}

static cJSON *incidents(const struct page_out *o, const struct ids *ids, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, incident_object(o, ids, &o->p->incidents[i]));
	return list;
}

/* ---- documents ---- */

/* Prints and frees; `<` goes out escaped, so that no browser ever finds markup in it. */
static void write_document(struct page_out *o, cJSON *take, const char *path)
{
	struct buf text;

	page_open(o, 2);
	buf_init(&text, 0);
	json_print(&text, take);
	for (const char *s = buf_str(&text); *s; s++) {
		if (*s == '<')
			put(o, "\\u003c");
		else
			buf_addc(&o->b, *s);
	}
	put(o, "\n");
	buf_fini(&text);
	cJSON_Delete(take);
	page_close(o, false, "api/v2/%s.json", path);
}

static cJSON *document(const struct page_out *o, const struct ids *ids)
{
	cJSON *d = cJSON_CreateObject();

	json_put(d, "page", page_object(o, ids));
	return d;
}

static void write_list(
    struct page_out *o, const struct ids *ids, const char *key, cJSON *take, const char *path)
{
	cJSON *d = document(o, ids);

	json_put(d, key, take);
	write_document(o, d, path);
}

void page_json(struct page_out *o)
{
	static const char *const lists[][2] = { { "scheduled-maintenances", "" },
		{ "scheduled-maintenances/upcoming", "scheduled" },
		{ "scheduled-maintenances/active", "in_progress" } };
	const struct page *p = o->p;
	size_t all = p->incident_count > LISTED_MAX ? LISTED_MAX : p->incident_count;
	struct ids ids;
	cJSON *d;

	page_short_id("page", p->url, ids.page);
	for (size_t i = 0; i < countof(lists); i++)
		write_list(
		    o, &ids, "scheduled_maintenances", planned(o, &ids, lists[i][1]), lists[i][0]);
	write_list(o, &ids, "incidents", incidents(o, &ids, p->open_count), "incidents/unresolved");
	write_list(o, &ids, "incidents", incidents(o, &ids, all), "incidents");
	write_list(o, &ids, "components", components(o, &ids), "components");
	d = document(o, &ids);
	json_put(d, "status", status_object(p));
	write_document(o, d, "status");
	d = document(o, &ids);
	json_put(d, "status", status_object(p));
	json_put(d, "components", components(o, &ids));
	json_put(d, "incidents", incidents(o, &ids, p->open_count));
	json_put(d, "scheduled_maintenances", planned(o, &ids, NULL));
	write_document(o, d, "summary");
}

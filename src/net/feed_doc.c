/* A feed document as a value: made, printed and read back. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "feed_priv.h"

struct feed_doc *feed_doc_new(const char *format)
{
	struct arena *a = arena_new();
	struct feed_doc *d = arena_alloc(a, sizeof *d);

	d->arena = a;
	d->format = arena_strdup(a, format);
	d->updated_at = UTC_NONE;
	d->status = STATUS_UNKNOWN;
	d->problems = arena_alloc(a, FEED_PROBLEMS_MAX * sizeof(char *));
	return d;
}

void feed_doc_free(struct feed_doc *d)
{
	if (d)
		arena_free(d->arena);
}

void feed_problem(struct feed_doc *d, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (d->problem_count == FEED_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	const char *text = feed_line(d->arena, line, 300);
	if (d->problem_count == FEED_PROBLEMS_MAX - 1)
		text = "more problems, which are not listed";
	d->problems[d->problem_count++] = text ? text : "?";
}

/* ---- to JSON ---- */

static void put_texts(cJSON *o, const char *key, const char *const *items, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(items[i]));
	json_put(o, key, list);
}

static void put_updates(cJSON *o, const struct feed_update *u, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++) {
		cJSON *x = cJSON_CreateObject();
		json_put_utc(x, "at", u[i].at);
		json_put_str(x, "status", u[i].status);
		json_put_str(x, "text", u[i].text);
		cJSON_AddItemToArray(list, x);
	}
	json_put(o, "updates", list);
}

static cJSON *component_json(const struct feed_component *c)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "id", c->id);
	json_put_str(o, "name", c->name);
	json_put_str(o, "group", c->group);
	json_put_str(o, "status", status_names[c->status]);
	return o;
}

static cJSON *incident_json(const struct feed_incident *i)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "id", i->id);
	json_put_str(o, "title", i->title);
	json_put_str(o, "status", i->status);
	json_put_str(o, "impact", i->impact);
	json_put(o, "severity", i->severity ? cJSON_CreateNumber(i->severity) : cJSON_CreateNull());
	json_put_utc(o, "started_at", i->started_at);
	json_put_utc(o, "resolved_at", i->resolved_at);
	json_put_str(o, "url", i->url);
	put_texts(o, "components", i->components, i->component_count);
	put_texts(o, "regions", i->regions, i->region_count);
	put_updates(o, i->updates, i->update_count);
	return o;
}

static cJSON *maintenance_json(const struct feed_maintenance *m)
{
	cJSON *o = cJSON_CreateObject(), *objects = cJSON_CreateArray();

	json_put_str(o, "id", m->id);
	json_put_str(o, "uid", m->uid);
	json_put(o, "sequence",
	    m->sequence < 0 ? cJSON_CreateNull() : cJSON_CreateNumber((double)m->sequence));
	json_put_str(o, "title", m->title);
	json_put_str(o, "status", m->status);
	json_put_str(o, "impact", m->impact);
	json_put_utc(o, "starts_at", m->starts_at);
	json_put_utc(o, "ends_at", m->ends_at);
	json_put_str(o, "provider", m->provider);
	json_put_str(o, "account", m->account);
	json_put_str(o, "url", m->url);
	put_texts(o, "components", m->components, m->component_count);
	for (size_t i = 0; i < m->object_count; i++) {
		cJSON *x = cJSON_CreateObject();
		json_put_str(x, "id", m->objects[i].id);
		json_put_str(x, "impact", m->objects[i].impact);
		cJSON_AddItemToArray(objects, x);
	}
	json_put(o, "objects", objects);
	put_updates(o, m->updates, m->update_count);
	return o;
}

cJSON *feed_doc_json(const struct feed_doc *d)
{
	cJSON *o = cJSON_CreateObject(), *components = cJSON_CreateArray(),
	      *incidents = cJSON_CreateArray(), *maintenances = cJSON_CreateArray();

	json_put_str(o, "format", d->format);
	json_put_str(o, "source", d->source);
	json_put_utc(o, "updated_at", d->updated_at);
	json_put_str(o, "status", status_names[d->status]);
	for (size_t i = 0; i < d->component_count; i++)
		cJSON_AddItemToArray(components, component_json(&d->components[i]));
	for (size_t i = 0; i < d->incident_count; i++)
		cJSON_AddItemToArray(incidents, incident_json(&d->incidents[i]));
	for (size_t i = 0; i < d->maintenance_count; i++)
		cJSON_AddItemToArray(maintenances, maintenance_json(&d->maintenances[i]));
	json_put(o, "components", components);
	json_put(o, "incidents", incidents);
	json_put(o, "maintenances", maintenances);
	put_texts(o, "problems", d->problems, d->problem_count);
	return o;
}

/* ---- from JSON: nothing in it is believed ---- */

static const char *const incident_states[] = { "investigating", "identified", "monitoring",
	"resolved", NULL };
static const char *const maintenance_states[] = { "tentative", "scheduled", "confirmed",
	"in_progress", "verifying", "completed", "cancelled", NULL };

static const char *one_of(const char *const *words, const char *word)
{
	for (; word && *words; words++)
		if (strcmp(*words, word) == 0)
			return *words;
	return NULL;
}

static size_t array_size(const cJSON *list, size_t max)
{
	size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;

	return n < max ? n : max;
}

static const char *line_at(struct feed_doc *d, const cJSON *o, const char *key, size_t max)
{
	return feed_line(d->arena, json_str(o, key), max);
}

static const char **read_texts(struct feed_doc *d, const cJSON *list, size_t *count)
{
	size_t n = array_size(list, FEED_ITEMS_MAX);
	const char **out = arena_alloc(d->arena, (n + 1) * sizeof *out);
	const cJSON *item;

	*count = 0;
	cJSON_ArrayForEach(item, list)
	{
		const char *text = *count < n && cJSON_IsString(item)
				       ? feed_line(d->arena, item->valuestring, FEED_TITLE_MAX)
				       : NULL;
		if (text)
			out[(*count)++] = text;
	}
	return out;
}

static struct feed_update *read_updates(
    struct feed_doc *d, const cJSON *list, const char *const *states, size_t *count)
{
	size_t n = array_size(list, FEED_UPDATES_MAX);
	struct feed_update *out = arena_alloc(d->arena, (n + 1) * sizeof *out);
	const cJSON *item = n ? list->child : NULL;

	for (*count = 0; *count < n; item = item->next) {
		char *text = utf8_cleaned(json_str(item, "text"), UTF8_LINES, FEED_TEXT_MAX);
		out[(*count)++] = (struct feed_update){ json_utc(item, "at"),
			one_of(states, json_str(item, "status")), arena_strdup(d->arena, text) };
		free(text);
	}
	return out;
}

static bool read_component(struct feed_doc *d, const cJSON *o, struct feed_component *c)
{
	int status = json_str(o, "status") ? status_of(json_str(o, "status")) : -1;

	c->id = line_at(d, o, "id", FEED_ID_MAX);
	c->name = line_at(d, o, "name", FEED_TITLE_MAX);
	c->group = line_at(d, o, "group", FEED_TITLE_MAX);
	c->status = status < 0 ? STATUS_UNKNOWN : (enum status)status;
	return c->id && c->name;
}

static bool read_incident(struct feed_doc *d, const cJSON *o, struct feed_incident *i)
{
	int64_t severity = json_int(o, "severity", 0);

	i->id = line_at(d, o, "id", FEED_ID_MAX);
	i->title = line_at(d, o, "title", FEED_TITLE_MAX);
	i->status = one_of(incident_states, json_str(o, "status"));
	i->impact = line_at(d, o, "impact", FEED_ID_MAX);
	i->severity = severity >= 1 && severity <= 4 ? (int)severity : 0;
	i->started_at = json_utc(o, "started_at");
	i->resolved_at = json_utc(o, "resolved_at");
	i->url = feed_url(d->arena, json_str(o, "url"));
	i->components = read_texts(d, json_get(o, "components"), &i->component_count);
	i->regions = read_texts(d, json_get(o, "regions"), &i->region_count);
	i->updates = read_updates(d, json_get(o, "updates"), incident_states, &i->update_count);
	return i->id && i->title && i->status;
}

static void read_objects(struct feed_doc *d, const cJSON *list, struct feed_maintenance *m)
{
	size_t n = array_size(list, FEED_ITEMS_MAX);
	const cJSON *item;

	m->objects = arena_alloc(d->arena, (n + 1) * sizeof *m->objects);
	cJSON_ArrayForEach(item, list)
	{
		struct feed_object x = { line_at(d, item, "id", FEED_TITLE_MAX),
			line_at(d, item, "impact", FEED_TITLE_MAX) };
		if (x.id && m->object_count < n)
			m->objects[m->object_count++] = x;
	}
}

static bool read_maintenance(struct feed_doc *d, const cJSON *o, struct feed_maintenance *m)
{
	m->id = line_at(d, o, "id", FEED_ID_MAX);
	m->uid = line_at(d, o, "uid", FEED_ID_MAX);
	m->sequence = json_int(o, "sequence", -1);
	m->title = line_at(d, o, "title", FEED_TITLE_MAX);
	m->status = one_of(maintenance_states, json_str(o, "status"));
	m->impact = line_at(d, o, "impact", FEED_ID_MAX);
	m->starts_at = json_utc(o, "starts_at");
	m->ends_at = json_utc(o, "ends_at");
	m->provider = line_at(d, o, "provider", FEED_TITLE_MAX);
	m->account = line_at(d, o, "account", FEED_TITLE_MAX);
	m->url = feed_url(d->arena, json_str(o, "url"));
	m->components = read_texts(d, json_get(o, "components"), &m->component_count);
	m->updates = read_updates(d, json_get(o, "updates"), maintenance_states, &m->update_count);
	read_objects(d, json_get(o, "objects"), m);
	return m->id && m->title && m->status;
}

static bool read_lists(struct feed_doc *d, const cJSON *json)
{
	const cJSON *components = json_get(json, "components"),
		    *incidents = json_get(json, "incidents"),
		    *maintenances = json_get(json, "maintenances"), *item;
	bool ok = true;

	d->components = arena_alloc(
	    d->arena, (array_size(components, FEED_ITEMS_MAX) + 1) * sizeof *d->components);
	d->incidents = arena_alloc(
	    d->arena, (array_size(incidents, FEED_ITEMS_MAX) + 1) * sizeof *d->incidents);
	d->maintenances = arena_alloc(
	    d->arena, (array_size(maintenances, FEED_ITEMS_MAX) + 1) * sizeof *d->maintenances);
	cJSON_ArrayForEach(item, components) if (d->component_count < FEED_ITEMS_MAX) ok &=
	    read_component(d, item, &d->components[d->component_count++]);
	cJSON_ArrayForEach(item, incidents) if (d->incident_count < FEED_ITEMS_MAX) ok &=
	    read_incident(d, item, &d->incidents[d->incident_count++]);
	cJSON_ArrayForEach(item, maintenances) if (d->maintenance_count < FEED_ITEMS_MAX) ok &=
	    read_maintenance(d, item, &d->maintenances[d->maintenance_count++]);
	return ok;
}

struct feed_doc *feed_doc_read(const cJSON *json, struct err *e)
{
	const struct feed_format *f = feed_format_find(json_str_or(json, "format", ""));

	if (!f || !cJSON_IsArray(json_get(json, "components")) ||
	    !cJSON_IsArray(json_get(json, "incidents"))) {
		err_set(
		    e, ERR_DATA, "the document's reader answered something else than a document");
		return NULL;
	}
	struct feed_doc *d = feed_doc_new(f->name);
	int status = status_of(json_str_or(json, "status", ""));

	d->source = line_at(d, json, "source", FEED_TITLE_MAX);
	d->updated_at = json_utc(json, "updated_at");
	d->status = status < 0 ? STATUS_UNKNOWN : (enum status)status;
	d->problems = read_texts(d, json_get(json, "problems"), &d->problem_count);
	if (!read_lists(d, json)) {
		err_set(e, ERR_DATA, "the document's reader answered half a document");
		feed_doc_free(d);
		return NULL;
	}
	return d;
}

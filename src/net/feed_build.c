/* Building a document, item by item, within its limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "feed_priv.h"

#define NAMES_MAX 200

/* Notes the first item that is left out, once for each list: it is the one that finds it full. */
static bool full(struct feed_doc *d, size_t *count, size_t max, const char *what)
{
	char line[80];

	if (*count < max)
		return false;
	snprintf(line, sizeof line, "only the first %zu %s are kept", max, what);
	for (size_t i = 0; i < d->problem_count; i++)
		if (strcmp(d->problems[i], line) == 0)
			return true;
	feed_problem(d, "%s", line);
	return true;
}

/* Room for one more in a list of the arena, which doubles. */
static void *room(struct arena *a, void *items, size_t count, size_t size)
{
	if (items && (count == 0 || (count & (count - 1)) != 0))
		return items;
	return arena_resize(a, items, count * size, (count ? 2 * count : 1) * size);
}

struct feed_component *feed_add_component(struct feed_doc *d)
{
	if (full(d, &d->component_count, FEED_ITEMS_MAX, "components"))
		return NULL;
	d->components = room(d->arena, d->components, d->component_count, sizeof *d->components);
	struct feed_component *c = &d->components[d->component_count++];
	*c = (struct feed_component){ .status = STATUS_UNKNOWN };
	return c;
}

struct feed_incident *feed_add_incident(struct feed_doc *d)
{
	if (full(d, &d->incident_count, FEED_ITEMS_MAX, "incidents"))
		return NULL;
	d->incidents = room(d->arena, d->incidents, d->incident_count, sizeof *d->incidents);
	struct feed_incident *i = &d->incidents[d->incident_count++];
	*i = (struct feed_incident){ .started_at = UTC_NONE, .resolved_at = UTC_NONE };
	return i;
}

struct feed_maintenance *feed_add_maintenance(struct feed_doc *d)
{
	if (full(d, &d->maintenance_count, FEED_ITEMS_MAX, "maintenances"))
		return NULL;
	d->maintenances =
	    room(d->arena, d->maintenances, d->maintenance_count, sizeof *d->maintenances);
	struct feed_maintenance *m = &d->maintenances[d->maintenance_count++];
	*m =
	    (struct feed_maintenance){ .sequence = -1, .starts_at = UTC_NONE, .ends_at = UTC_NONE };
	return m;
}

struct feed_update *feed_add_update(struct feed_doc *d, struct feed_updates *u)
{
	if (full(d, &u->count, FEED_UPDATES_MAX, "updates of an incident"))
		return NULL;
	u->items = room(d->arena, u->items, u->count, sizeof *u->items);
	struct feed_update *x = &u->items[u->count++];
	*x = (struct feed_update){ .at = UTC_NONE, .text = "" };
	return x;
}

void feed_add_name(struct feed_doc *d, struct feed_names *n, const char *clean)
{
	if (!clean || n->count == NAMES_MAX)
		return;
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->items[i], clean) == 0)
			return;
	n->items = room(d->arena, n->items, n->count, sizeof *n->items);
	n->items[n->count++] = clean;
}

void feed_add_object(
    struct feed_doc *d, struct feed_maintenance *m, const char *id, const char *impact)
{
	if (!id || full(d, &m->object_count, FEED_ITEMS_MAX, "objects of a maintenance"))
		return;
	m->objects = room(d->arena, m->objects, m->object_count, sizeof *m->objects);
	m->objects[m->object_count++] = (struct feed_object){ id, impact };
}

void feed_worsen(struct feed_doc *d, enum status s)
{
	if (s > d->status)
		d->status = s;
}

enum status feed_severity_status(int severity)
{
	static const enum status worst[] = { STATUS_DEGRADED, STATUS_MAJOR, STATUS_PARTIAL,
		STATUS_DEGRADED, STATUS_OPERATIONAL };

	return severity >= 1 && severity <= 4 ? worst[severity] : worst[0];
}

struct utc feed_earlier(struct utc a, struct utc b)
{
	return !utc_is_set(a) ? b : !utc_is_set(b) ? a : utc_min(a, b);
}

struct utc feed_later(struct utc a, struct utc b)
{
	return !utc_is_set(a) ? b : !utc_is_set(b) ? a : utc_max(a, b);
}

struct utc feed_resolved_at(const struct feed_update *u, size_t count)
{
	struct utc t = UTC_NONE;
	bool over = false;

	for (size_t i = 0; i < count; i++) {
		if (!u[i].status)
			continue;
		if (strcmp(u[i].status, "resolved") == 0) {
			over = true;
			t = utc_is_set(u[i].at) ? u[i].at : t;
		} else if (over) {
			break;
		}
	}
	return t;
}

cJSON *feed_json(const char *bytes, size_t len, const char *title, struct err *e)
{
	struct err why = { 0 };
	cJSON *root = json_parse(bytes, len, &why);
	const char *looks = root ? "" : feed_looks_like(bytes, len);

	if (!root && strncmp(looks, "a JSON", 6) == 0)
		err_set(e, ERR_DATA, "no %s: broken JSON, %s", title, why.msg);
	else if (!root)
		err_set(e, ERR_DATA, "no %s: it looks like %s", title, looks);
	return root;
}

struct feed_doc *feed_not(cJSON *root, const char *title, const char *lacks, struct err *e)
{
	err_set(e, ERR_DATA, "no %s: it looks like %s without %s", title,
	    cJSON_IsArray(root)	   ? "a JSON list"
	    : cJSON_IsObject(root) ? "a JSON object"
				   : "a JSON value",
	    lacks);
	cJSON_Delete(root);
	return NULL;
}

size_t feed_list_size(struct feed_doc *d, const cJSON *list, size_t max, const char *what)
{
	size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;

	if (list && !cJSON_IsArray(list) && !cJSON_IsNull(list))
		feed_problem(d, "%s: is no list", what);
	if (n <= max)
		return n;
	feed_problem(d, "%s: %zu entries, of which the first %zu are kept", what, n, max);
	return max;
}

const char *feed_id(struct feed_doc *d, const cJSON *obj, const char *key)
{
	const cJSON *v = json_get(obj, key);
	int64_t n = json_int(obj, key, INT64_MIN);

	if (cJSON_IsString(v))
		return feed_line(d->arena, v->valuestring, FEED_ID_MAX);
	return n == INT64_MIN ? NULL : arena_printf(d->arena, "%lld", (long long)n);
}

const char *feed_name(struct feed_doc *d, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (!len)
		return NULL;
	/* Most names are clean as they come. */
	if (len <= FEED_TITLE_MAX && utf8_is_plain(text, len, UTF8_ONE_LINE) &&
	    !memchr(text, '<', len) && !memchr(text, '&', len))
		return arena_strndup(d->arena, text, len);
	return feed_line(d->arena, feed_plain(d->arena, text, FEED_TITLE_MAX), FEED_TITLE_MAX);
}

int64_t feed_number(const cJSON *obj, const char *key, int64_t otherwise)
{
	const char *text = json_str(obj, key);
	char *end;

	if (!text)
		return json_int(obj, key, otherwise);
	long long n = strtoll(text, &end, 10);
	return end == text || *end ? otherwise : n;
}

/* The id of an entry as a key, in memory that the caller frees; NULL: it has none. */
static char *id_key(const cJSON *o)
{
	const char *text = json_str(o, "id");
	int64_t n = text ? 0 : json_int(o, "id", INT64_MIN);

	if (text)
		return xasprintf("text %s", text);
	return n == INT64_MIN ? NULL : xasprintf("number %lld", (long long)n);
}

struct map *feed_newest(const cJSON *list, const char *key)
{
	struct map *newest = map_new(NULL);
	const cJSON *o;

	for (o = list ? list->child : NULL; o; o = o->next) {
		char *id = id_key(o);
		const cJSON *best = id ? map_get(newest, id) : NULL;
		bool later = best && json_utc(o, key).ms > json_utc(best, key).ms;

		if (id && (!best || later))
			map_set(newest, id, (void *)(uintptr_t)o);
		free(id);
	}
	return newest;
}

bool feed_superseded(const struct map *newest, const cJSON *o)
{
	char *id = id_key(o);
	const cJSON *best = id ? map_get(newest, id) : NULL;

	free(id);
	return best && best != o;
}

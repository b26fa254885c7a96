/* Status.io: components by containers, which are places. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_priv.h"

static const char title[] = "Status.io document";

static const struct {
	int code;
	enum status status;
	int severity;
	const char *word;
} codes[] = {
	{ 100, STATUS_OPERATIONAL, 4, "Operational" },
	{ 200, STATUS_MAINTENANCE, 4, "Planned Maintenance" },
	{ 300, STATUS_DEGRADED, 3, "Degraded Performance" },
	{ 400, STATUS_PARTIAL, 2, "Partial Service Disruption" },
	{ 500, STATUS_MAJOR, 1, "Service Disruption" },
	{ 600, STATUS_MAJOR, 2, "Security Event" },
};

/* -1: unknown. */
static int code_row(const cJSON *o, const char *key)
{
	int64_t code = feed_number(o, key, -1);

	for (size_t i = 0; i < countof(codes); i++)
		if (codes[i].code == code)
			return (int)i;
	return -1;
}

int feed_statusio_knows(const cJSON *root)
{
	const cJSON *result = json_get(root, "result"),
		    *overall = json_get(result, "status_overall");

	return json_get(overall, "status_code") || (overall && json_get(result, "status")) ? 95 : 0;
}

static const char *any_id(struct feed_doc *d, const cJSON *o)
{
	const char *id = feed_id(d, o, "_id");

	return id ? id : feed_id(d, o, "id");
}

static const char *any_name(struct feed_doc *d, const cJSON *o)
{
	return feed_name(d, json_str_or(o, "name", json_str(o, "title")));
}

static void add_cell(
    struct feed_doc *d, const cJSON *o, const char *id, const char *name, const char *place)
{
	int row = code_row(o, "status_code");
	struct feed_component *c = feed_add_component(d);

	if (!c)
		return;
	*c = (struct feed_component){ id, name, place,
		row < 0 ? STATUS_UNKNOWN : codes[row].status };
	if (row < 0)
		feed_problem(d, "component %s: unknown status code", id);
	feed_worsen(d, c->status);
}

static void read_component(struct feed_doc *d, const cJSON *o)
{
	const char *name = any_name(d, o), *id = any_id(d, o);
	const cJSON *places = json_get(o, "containers"), *p;

	if (!name && !id) {
		feed_problem(d, "a component has neither id nor name");
		return;
	}
	name = name ? name : id;
	id = id ? id : name;
	if (!cJSON_GetArraySize(places))
		add_cell(d, o, id, name, NULL);
	cJSON_ArrayForEach(p, places)
	{
		const char *place = any_name(d, p), *place_id = any_id(d, p);
		place_id = place_id ? place_id : place ? place : "?";
		add_cell(d, p,
		    feed_line(d->arena, arena_printf(d->arena, "%s/%s", id, place_id), FEED_ID_MAX),
		    name, place);
	}
}

/* Names of a list that holds either texts or objects with a name. */
static struct feed_names names_of(struct feed_doc *d, const cJSON *o, const char *a, const char *b)
{
	const cJSON *list = json_get(o, a) ? json_get(o, a) : json_get(o, b), *x;
	struct feed_names n = { 0 };

	cJSON_ArrayForEach(x, list)
	    feed_add_name(d, &n, cJSON_IsString(x) ? feed_name(d, x->valuestring) : any_name(d, x));
	return n;
}

static const char *state_of(const cJSON *m, bool planned)
{
	static const char *const incident[] = { "investigating", "identified", "monitoring",
		"resolved" };
	static const char *const work[] = { "scheduled", "in_progress", "verifying", "completed" };
	int64_t n = feed_number(m, "state", 0);
	const char *word = json_str(m, "state");

	if (n >= 100 && n <= 400 && n % 100 == 0)
		return planned ? work[n / 100 - 1] : incident[n / 100 - 1];
	return planned ? feed_word_planned(word) : feed_word_state(word);
}

static const cJSON *messages_of(const cJSON *o)
{
	return json_get(o, "messages") ? json_get(o, "messages") : json_get(o, "timeline");
}

static struct feed_updates updates_of(
    struct feed_doc *d, const cJSON *o, const char *what, bool planned)
{
	struct feed_updates u = { 0 };
	const cJSON *m;

	cJSON_ArrayForEach(m, messages_of(o))
	{
		struct feed_update *x = feed_add_update(d, &u);
		if (!x)
			break;
		x->at = feed_time(d, m, "datetime", what);
		x->text = feed_plain(d->arena, json_str(m, "details"), FEED_TEXT_MAX);
		x->status = state_of(m, planned);
		if (!x->status && json_get(m, "state"))
			feed_problem(d, "%s: an update has an unknown state", what);
	}
	/* Written oldest first, or newest first: by time, and of equal times the later written. */
	for (size_t i = 0; i + i + 1 < u.count; i++) {
		struct feed_update x = u.items[i];
		u.items[i] = u.items[u.count - 1 - i];
		u.items[u.count - 1 - i] = x;
	}
	feed_sort_updates(u.items, u.count);
	return u;
}

/* The worst that one of its messages says. */
static int worst_row(const cJSON *o)
{
	const cJSON *m;
	int worst = -1;

	cJSON_ArrayForEach(m, messages_of(o))
	{
		int row = code_row(m, json_get(m, "status_code") ? "status_code" : "status");
		if (row >= 0 && (worst < 0 || codes[row].status > codes[worst].status))
			worst = row;
	}
	return worst;
}

static const char *newest_state(const struct feed_updates *u, const char *otherwise)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->items[i].status)
			return u->items[i].status;
	return otherwise;
}

static void read_incident(struct feed_doc *d, const cJSON *o)
{
	const char *id = any_id(d, o), *name = any_name(d, o);
	struct feed_incident *i = id ? feed_add_incident(d) : NULL;

	if (!i) {
		feed_problem(d, "an incident has no id, or is one too many");
		return;
	}
	const char *what = arena_printf(d->arena, "incident %s", id);
	struct feed_updates u = updates_of(d, o, what, false);
	struct feed_names parts = names_of(d, o, "components_affected", "components"),
			  places = names_of(d, o, "containers_affected", "locations");
	int worst = worst_row(o);
	*i = (struct feed_incident){ .id = id,
		.title = name ? name : id,
		.status = newest_state(&u, "investigating"),
		.impact = worst < 0 ? NULL : codes[worst].word,
		.severity = worst < 0 ? 0 : codes[worst].severity,
		.started_at = feed_time(d, o, "datetime_open", what),
		.resolved_at = UTC_NONE,
		.url = feed_url(d->arena, json_str(o, "url")),
		.components = parts.items,
		.component_count = parts.count,
		.regions = places.items,
		.region_count = places.count,
		.updates = u.items,
		.update_count = u.count };
	for (size_t k = 0; k < u.count; k++)
		i->started_at = feed_earlier(i->started_at, u.items[k].at);
	if (strcmp(i->status, "resolved") == 0)
		i->resolved_at = feed_resolved_at(u.items, u.count);
	else
		feed_worsen(d, feed_severity_status(i->severity));
}

/* People write that the work is done and leave its state; and nobody takes it off the list. */
static const char *work_status(struct feed_doc *d, const struct feed_maintenance *m, bool active)
{
	const char *status =
	    newest_state(&(struct feed_updates){ m->updates, m->update_count }, "scheduled");
	const char *newest = m->update_count ? m->updates[0].text : "";

	if (strcmp(status, "completed") == 0)
		return status;
	if (strcasestr(newest, "maintenance is complete") ||
	    strcasestr(newest, "maintenance has been completed"))
		return "completed";
	if (active)
		return strcmp(status, "verifying") == 0 ? status : "in_progress";
	if (utc_is_set(m->ends_at) && utc_is_set(d->updated_at) &&
	    utc_before(m->ends_at, d->updated_at)) {
		feed_problem(
		    d, "maintenance %s: is listed as upcoming, but its end has passed", m->id);
		return "completed";
	}
	return status;
}

static void read_maintenance(struct feed_doc *d, const cJSON *o, bool active)
{
	const char *id = any_id(d, o), *name = any_name(d, o);
	struct feed_maintenance *m = id ? feed_add_maintenance(d) : NULL;

	if (!m) {
		feed_problem(d, "a maintenance has no id, or is one too many");
		return;
	}
	const char *what = arena_printf(d->arena, "maintenance %s", id);
	struct feed_updates u = updates_of(d, o, what, true);
	struct feed_names parts = names_of(d, o, "components_affected", "components");
	m->id = id;
	m->title = name ? name : id;
	m->starts_at = feed_time(d, o, "datetime_planned_start", what);
	m->ends_at = feed_time(d, o, "datetime_planned_end", what);
	m->url = feed_url(d->arena, json_str(o, "url"));
	m->components = parts.items;
	m->component_count = parts.count;
	m->updates = u.items;
	m->update_count = u.count;
	m->status = work_status(d, m, active);
	if (!utc_is_set(m->starts_at))
		feed_problem(d, "%s: has no start", what);
	if (strcmp(m->status, "in_progress") == 0 || strcmp(m->status, "verifying") == 0)
		feed_worsen(d, STATUS_MAINTENANCE);
}

struct feed_doc *feed_statusio_parse(const char *bytes, size_t len, struct err *e)
{
	cJSON *root = feed_json(bytes, len, title, e);
	const cJSON *result = json_get(root, "result"),
		    *overall = json_get(result, "status_overall"), *o;
	const cJSON *work = json_get(result, "maintenance");

	if (!root)
		return NULL;
	if (!cJSON_IsObject(overall) && !cJSON_IsArray(json_get(result, "status")))
		return feed_not(root, title, "result.status_overall", e);
	struct feed_doc *d = feed_doc_new("statusio");
	d->updated_at = feed_time(d, overall, "updated", "status_overall");
	int row = code_row(overall, "status_code");
	if (row >= 0)
		d->status = codes[row].status;
	else
		feed_problem(d, "status_overall: unknown status code");
	cJSON_ArrayForEach(o, json_get(result, "status")) read_component(d, o);
	cJSON_ArrayForEach(o, json_get(result, "incidents")) read_incident(d, o);
	cJSON_ArrayForEach(o, json_get(work, "active")) read_maintenance(d, o, true);
	cJSON_ArrayForEach(o, json_get(work, "upcoming")) read_maintenance(d, o, false);
	feed_sort_incidents(d);
	cJSON_Delete(root);
	return d;
}

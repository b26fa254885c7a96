/* Slack's status API: version 2 with a list of incidents, its history, and the flat version 1. */
#include <string.h>

#include "feed_priv.h"

static const char title[] = "Slack status document";

static const struct {
	const char *type;
	int severity;
} types[] = {
	{ "outage", 2 },
	{ "incident", 3 },
	{ "notice", 4 },
	{ "maintenance", 4 },
};

static bool is_incident(const cJSON *o)
{
	return json_str(o, "title") && cJSON_IsArray(json_get(o, "services")) &&
	       cJSON_IsArray(json_get(o, "notes"));
}

int feed_slack_knows(const cJSON *root)
{
	bool dated = json_str(root, "status") && json_str(root, "date_updated");

	if (cJSON_IsArray(root))
		return is_incident(root->child) && json_str(root->child, "date_created") ? 90 : 0;
	if (cJSON_IsArray(json_get(root, "active_incidents")))
		return dated ? 95 : 60;
	if (dated && is_incident(root))
		return 90;
	/* The flat form when all is well has nothing else. */
	return dated && json_str(root, "date_created") && cJSON_GetArraySize(root) <= 4 ? 60 : 0;
}

static struct feed_updates notes_of(struct feed_doc *d, const cJSON *o, const char *what)
{
	struct feed_updates u = { 0 };
	const cJSON *note;

	cJSON_ArrayForEach(note, json_get(o, "notes"))
	{
		struct feed_update *x = feed_add_update(d, &u);
		if (!x)
			break;
		x->at = feed_time(d, note, "date_created", what);
		x->text = feed_plain(d->arena, json_str(note, "body"), FEED_TEXT_MAX);
	}
	feed_sort_updates(u.items, u.count);
	return u;
}

static int severity_of(struct feed_doc *d, const char *what, const char *type)
{
	for (size_t i = 0; type && i < countof(types); i++)
		if (feed_word_is(type, types[i].type))
			return types[i].severity;
	if (!type)
		return 0;
	feed_problem(d, "%s: unknown type '%.60s'", what, type);
	return 3;
}

static struct feed_names services_of(struct feed_doc *d, const cJSON *o)
{
	struct feed_names n = { 0 };
	const cJSON *s;

	cJSON_ArrayForEach(s, json_get(o, "services"))
	    feed_add_name(d, &n, cJSON_IsString(s) ? feed_name(d, s->valuestring) : NULL);
	return n;
}

/* A service is named only where it suffers: it gets the worst of its open incidents. */
static void mark_service(struct feed_doc *d, const char *name, enum status status)
{
	struct feed_component *c = NULL;

	for (size_t i = 0; i < d->component_count && !c; i++)
		if (strcmp(d->components[i].name, name) == 0)
			c = &d->components[i];
	if (!c && (c = feed_add_component(d)) != NULL) {
		c->id = c->name = name;
		c->status = status;
	}
	if (c && status > c->status)
		c->status = status;
}

static void read_planned(struct feed_doc *d, const cJSON *o, const char *id, const char *what)
{
	struct feed_maintenance *m = feed_add_maintenance(d);
	struct feed_updates u = notes_of(d, o, what);
	struct feed_names n = services_of(d, o);

	if (!m)
		return;
	m->id = id;
	m->title = feed_name(d, json_str(o, "title"));
	m->title = m->title ? m->title : id;
	m->status = feed_word_planned(json_str_or(o, "status", ""));
	m->provider = d->source;
	m->starts_at = feed_time(d, o, "date_created", what);
	m->url = feed_url(d->arena, json_str(o, "url"));
	m->updates = u.items;
	m->update_count = u.count;
	m->components = n.items;
	m->component_count = n.count;
}

static void read_incident(struct feed_doc *d, const cJSON *o)
{
	const char *id = feed_id(d, o, "id"), *theirs = json_str_or(o, "status", "");
	const char *name = feed_name(d, json_str(o, "title"));

	id = id ? id : feed_line(d->arena, json_str_or(o, "url", name), FEED_ID_MAX);
	if (!id) {
		feed_problem(d, "an incident has neither id nor title");
		return;
	}
	const char *what = arena_printf(d->arena, "incident %s", id);
	if (feed_word_planned(theirs)) {
		read_planned(d, o, id, what);
		return;
	}
	struct feed_incident *i = feed_add_incident(d);
	if (!i)
		return;
	struct feed_updates u = notes_of(d, o, what);
	struct feed_names n = services_of(d, o);
	*i = (struct feed_incident){ .id = id,
		.title = name ? name : id,
		.impact = feed_line(d->arena, feed_name(d, json_str(o, "type")), FEED_ID_MAX),
		.started_at = feed_time(d, o, "date_created", what),
		.resolved_at = UTC_NONE,
		.url = feed_url(d->arena, json_str(o, "url")),
		.updates = u.items,
		.update_count = u.count,
		.components = n.items,
		.component_count = n.count };
	i->severity = severity_of(d, what, i->impact);
	i->status = feed_word_is(theirs, "active") ? "investigating" : feed_word_state(theirs);
	if (!i->status) {
		feed_problem(d, "%s: unknown status '%.60s'", what, theirs);
		i->status = "investigating";
	}
	if (strcmp(i->status, "resolved") == 0) {
		i->resolved_at = feed_time(d, o, "date_updated", what);
		return;
	}
	feed_worsen(d, feed_severity_status(i->severity));
	for (size_t k = 0; k < n.count; k++)
		mark_service(d, n.items[k], feed_severity_status(i->severity));
}

struct feed_doc *feed_slack_parse(const char *bytes, size_t len, struct err *e)
{
	cJSON *root = feed_json(bytes, len, title, e);
	const cJSON *list = cJSON_IsArray(root) ? root : json_get(root, "active_incidents"), *o;

	if (!root)
		return NULL;
	if (!feed_slack_knows(root) && !(cJSON_IsArray(root) && !root->child))
		return feed_not(root, title, "a status and active_incidents", e);
	struct feed_doc *d = feed_doc_new("slack");
	d->source = "Slack";
	/* What the list says counts, not the word above it. */
	d->status = STATUS_OPERATIONAL;
	d->updated_at = feed_time(d, root, "date_updated", "page");
	struct map *newest = feed_newest(list, "date_updated");
	cJSON_ArrayForEach(o, list)
	{
		if (!cJSON_IsObject(o))
			feed_problem(d, "active_incidents: an entry is no object");
		else if (!feed_superseded(newest, o))
			read_incident(d, o);
	}
	map_free(newest);
	if (!list && is_incident(root) && !feed_word_is(json_str_or(root, "status", ""), "ok"))
		read_incident(d, root);
	cJSON_ArrayForEach(o, list) d->updated_at =
	    feed_later(d->updated_at, json_utc(o, "date_updated"));
	feed_sort_incidents(d);
	cJSON_Delete(root);
	return d;
}

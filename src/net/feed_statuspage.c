/* Atlassian Statuspage (api/v2), and the pages of incident.io that imitate it: ids of another
 * shape, lists that are null, components and times that are missing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "feed_priv.h"

static const struct {
	const char *theirs;
	enum status ours;
} component_words[] = {
	{ "operational", STATUS_OPERATIONAL },
	{ "degraded_performance", STATUS_DEGRADED },
	{ "partial_outage", STATUS_PARTIAL },
	{ "major_outage", STATUS_MAJOR },
	{ "full_outage", STATUS_MAJOR },
	{ "under_maintenance", STATUS_MAINTENANCE },
};

static const struct {
	const char *theirs;
	enum status ours;
} indicators[] = {
	{ "none", STATUS_OPERATIONAL },
	{ "maintenance", STATUS_MAINTENANCE },
	{ "minor", STATUS_DEGRADED },
	{ "major", STATUS_PARTIAL },
	{ "critical", STATUS_MAJOR },
};

/* What an incident of an impact does to the page as a whole, while it is open. */
static const struct {
	const char *theirs;
	int severity;
	enum status page;
} impacts[] = {
	{ "critical", 1, STATUS_MAJOR },
	{ "major", 2, STATUS_PARTIAL },
	{ "minor", 3, STATUS_DEGRADED },
	{ "none", 4, STATUS_OPERATIONAL },
	{ "maintenance", 4, STATUS_MAINTENANCE },
};

static const char *const incident_words[][2] = {
	{ "investigating", "investigating" },
	{ "identified", "identified" },
	{ "monitoring", "monitoring" },
	{ "resolved", "resolved" },
	{ "postmortem", "resolved" },
	{ NULL, NULL },
};

static const char *const maintenance_words[][2] = {
	{ "scheduled", "scheduled" },
	{ "in_progress", "in_progress" },
	{ "verifying", "verifying" },
	{ "completed", "completed" },
	{ "resolved", "completed" },
	{ "postmortem", "completed" },
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
	{ NULL, NULL },
};

static const char *word_of(const char *const words[][2], const char *theirs)
{
	for (; theirs && (*words)[0]; words++)
		if (feed_word_is(theirs, (*words)[0]))
			return (*words)[1];
	return NULL;
}

/* ---- components ---- */

static const char *group_name(struct feed_doc *d, const cJSON *components, const char *id)
{
	const cJSON *c;

	cJSON_ArrayForEach(c, components)
	{
		const char *theirs = json_str(c, "id");
		if (theirs && strcmp(theirs, id) == 0 && json_bool(c, "group", false))
			return feed_name(d, json_str(c, "name"));
	}
	return NULL; /* a cut list: its container is missing */
}

static void read_component(struct feed_doc *d, const cJSON *all, const cJSON *o)
{
	struct feed_component *c = &d->components[d->component_count];
	const char *theirs = json_str_or(o, "status", ""), *group = json_str(o, "group_id");

	c->name = feed_name(d, json_str(o, "name"));
	c->id = feed_id(d, o, "id");
	if (!c->name && !c->id) {
		feed_problem(d, "a component has neither id nor name");
		return;
	}
	c->name = c->name ? c->name : c->id;
	c->id = c->id ? c->id : c->name;
	c->group = group ? group_name(d, all, group) : NULL;
	c->status = STATUS_UNKNOWN;
	size_t i = 0;
	while (i < countof(component_words) && !feed_word_is(theirs, component_words[i].theirs))
		i++;
	if (i < countof(component_words))
		c->status = component_words[i].ours;
	else if (*theirs)
		feed_problem(d, "component %s: unknown status '%.60s'", c->id, theirs);
	feed_worsen(d, c->status);
	d->component_count++;
}

static void read_components(struct feed_doc *d, const cJSON *list)
{
	size_t n = feed_list_size(d, list, FEED_ITEMS_MAX, "components");
	const cJSON *o = n ? list->child : NULL;

	d->components = arena_alloc(d->arena, (n + 1) * sizeof *d->components);
	/* A container's status is a roll-up of what it holds. */
	for (size_t i = 0; i < n; i++, o = o->next)
		if (!json_bool(o, "group", false))
			read_component(d, list, o);
}

/* ---- incidents and maintenances: one shape ---- */

/* Those that the incident names; where it names none, those that its updates touched. */
static struct feed_names components_of(struct feed_doc *d, const cJSON *o)
{
	struct feed_names n = { 0 };
	const cJSON *c, *u;

	cJSON_ArrayForEach(c, json_get(o, "components"))
	    feed_add_name(d, &n, feed_name(d, json_str(c, "name")));
	if (n.count)
		return n;
	cJSON_ArrayForEach(u, json_get(o, "incident_updates"))
	{
		cJSON_ArrayForEach(c, json_get(u, "affected_components"))
		    feed_add_name(d, &n, feed_name(d, json_str(c, "name")));
	}
	return n;
}

static struct feed_update *updates_of(struct feed_doc *d, const cJSON *o, const char *what,
    const char *const words[][2], size_t *count)
{
	const cJSON *list = json_get(o, "incident_updates");
	size_t n = feed_list_size(d, list, FEED_UPDATES_MAX, what);
	struct feed_update *out = arena_alloc(d->arena, (n + 1) * sizeof *out);
	const cJSON *u = n ? list->child : NULL;

	for (size_t i = 0; i < n; i++, u = u->next) {
		const char *theirs = json_str(u, "status");
		out[i].at = feed_time(d, u, "display_at", what);
		if (!utc_is_set(out[i].at))
			out[i].at = feed_time(d, u, "created_at", what);
		out[i].status = word_of(words, theirs);
		out[i].text = feed_plain(d->arena, json_str(u, "body"), FEED_TEXT_MAX);
		if (theirs && *theirs && !out[i].status)
			feed_problem(
			    d, "%s: an update has the unknown status '%.60s'", what, theirs);
	}
	feed_sort_updates(out, n);
	*count = n;
	return out;
}

static const char *url_of(struct feed_doc *d, const cJSON *o, const char *page_url, const char *id)
{
	const char *url = feed_url(d->arena, json_str(o, "shortlink"));

	if (url || !page_url || !*page_url)
		return url;
	size_t n = strlen(page_url);
	return feed_url(d->arena, arena_printf(d->arena, "%s%sincidents/%s", page_url,
				      page_url[n - 1] == '/' ? "" : "/", id));
}

static void incident_impact(struct feed_doc *d, struct feed_incident *i, bool open)
{
	if (!i->impact)
		return;
	for (size_t k = 0; k < countof(impacts); k++) {
		if (!feed_word_is(i->impact, impacts[k].theirs))
			continue;
		i->severity = impacts[k].severity;
		if (open)
			feed_worsen(d, impacts[k].page);
		return;
	}
	feed_problem(d, "incident %s: unknown impact '%s'", i->id, i->impact);
	if (!open)
		return;
	i->severity = 3;
	feed_worsen(d, STATUS_DEGRADED);
}

static void incident_status(
    struct feed_doc *d, const cJSON *o, const char *what, struct feed_incident *i)
{
	const char *theirs = json_str_or(o, "status", "");

	i->status = word_of(incident_words, theirs);
	i->resolved_at = feed_time(d, o, "resolved_at", what);
	if (i->status && strcmp(i->status, "resolved") != 0) {
		i->resolved_at = UTC_NONE;
		return;
	}
	if (!i->status) {
		feed_problem(d, "%s: unknown status '%.60s'", what, theirs);
		i->status = utc_is_set(i->resolved_at) ? "resolved" : "investigating";
		return;
	}
	/* A postmortem comes later. */
	if (!utc_is_set(i->resolved_at))
		i->resolved_at = feed_resolved_at(i->updates, i->update_count);
}

static void read_incident(struct feed_doc *d, const cJSON *o, const char *page_url)
{
	struct feed_incident *i = &d->incidents[d->incident_count];
	const char *id = feed_id(d, o, "id");

	if (!id) {
		feed_problem(d, "an incident has no id");
		return;
	}
	const char *what = arena_printf(d->arena, "incident %s", id);
	*i = (struct feed_incident){ .id = id };
	i->title = feed_name(d, json_str(o, "name"));
	if (!i->title) {
		feed_problem(d, "%s: has no name", what);
		i->title = id;
	}
	i->impact = feed_line(d->arena, feed_name(d, json_str(o, "impact")), FEED_ID_MAX);
	i->updates = updates_of(d, o, what, incident_words, &i->update_count);
	incident_status(d, o, what, i);
	/* started_at may be the moment of typing, days late. */
	i->started_at =
	    feed_earlier(feed_time(d, o, "created_at", what), feed_time(d, o, "started_at", what));
	for (size_t k = 0; k < i->update_count; k++)
		i->started_at = feed_earlier(i->started_at, i->updates[k].at);
	i->url = url_of(d, o, page_url, id);
	struct feed_names names = components_of(d, o);
	i->components = names.items;
	i->component_count = names.count;
	incident_impact(d, i, strcmp(i->status, "resolved") != 0);
	d->incident_count++;
}

static void maintenance_window(
    struct feed_doc *d, const cJSON *o, const char *what, struct feed_maintenance *m)
{
	m->starts_at = feed_time(d, o, "scheduled_for", what);
	m->ends_at = feed_time(d, o, "scheduled_until", what);
	/* Without a window: when it really began and ended. */
	for (size_t k = 0; k < m->update_count && !utc_is_set(m->starts_at); k++)
		if (m->updates[k].status && strcmp(m->updates[k].status, "in_progress") == 0)
			m->starts_at = m->updates[k].at;
	if (!utc_is_set(m->starts_at))
		m->starts_at = feed_time(d, o, "started_at", what);
	if (!utc_is_set(m->ends_at))
		m->ends_at = feed_time(d, o, "resolved_at", what);
	if (!utc_is_set(m->starts_at))
		feed_problem(d, "%s: has no start", what);
}

static void read_maintenance(struct feed_doc *d, const cJSON *o, const char *page_url)
{
	struct feed_maintenance *m = &d->maintenances[d->maintenance_count];
	const char *id = feed_id(d, o, "id"), *theirs = json_str_or(o, "status", "");

	if (!id) {
		feed_problem(d, "a maintenance has no id");
		return;
	}
	const char *what = arena_printf(d->arena, "maintenance %s", id);
	*m = (struct feed_maintenance){ .id = id, .provider = d->source };
	m->title = feed_name(d, json_str(o, "name"));
	if (!m->title) {
		feed_problem(d, "%s: has no name", what);
		m->title = id;
	}
	m->status = word_of(maintenance_words, theirs);
	if (!m->status) {
		feed_problem(d, "%s: unknown status '%.60s'", what, theirs);
		m->status = "scheduled";
	}
	m->impact = feed_line(d->arena, feed_name(d, json_str(o, "impact")), FEED_ID_MAX);
	m->updates = updates_of(d, o, what, maintenance_words, &m->update_count);
	maintenance_window(d, o, what, m);
	m->url = url_of(d, o, page_url, id);
	struct feed_names names = components_of(d, o);
	m->components = names.items;
	m->component_count = names.count;
	if (strcmp(m->status, "in_progress") == 0 || strcmp(m->status, "verifying") == 0)
		feed_worsen(d, STATUS_MAINTENANCE);
	d->maintenance_count++;
}

/* Maintenances also stand among the incidents. */
static bool is_maintenance(const cJSON *o)
{
	const char *impact = json_str(o, "impact"), *status = json_str(o, "status");

	return (impact && feed_word_is(impact, "maintenance")) || json_str(o, "scheduled_for") ||
	       (status && !word_of(incident_words, status) && word_of(maintenance_words, status));
}

static bool seen(const struct feed_doc *d, const cJSON *o)
{
	const char *id = json_str(o, "id");

	for (size_t i = 0; id && i < d->incident_count; i++)
		if (strcmp(d->incidents[i].id, id) == 0)
			return true;
	for (size_t i = 0; id && i < d->maintenance_count; i++)
		if (strcmp(d->maintenances[i].id, id) == 0)
			return true;
	return false;
}

static void read_list(struct feed_doc *d, const cJSON *list, const char *name, const char *page_url)
{
	size_t n = feed_list_size(d, list, FEED_ITEMS_MAX / 2, name);
	const cJSON *o = n ? list->child : NULL;
	bool planned = strcmp(name, "scheduled_maintenances") == 0;
	struct map *newest = feed_newest(n ? list : NULL, "updated_at");

	for (size_t i = 0; i < n; i++, o = o->next) {
		if (!cJSON_IsObject(o))
			feed_problem(d, "%s: entry %zu is no object", name, i + 1);
		else if (seen(d, o) || feed_superseded(newest, o))
			feed_problem(
			    d, "%s: '%.60s' stands there twice", name, json_str_or(o, "id", ""));
		else if (planned || is_maintenance(o))
			read_maintenance(d, o, page_url);
		else
			read_incident(d, o, page_url);
	}
	map_free(newest);
}

/* ---- the document ---- */

static void newest(struct feed_doc *d, const cJSON *list)
{
	const cJSON *o;
	struct utc t;

	cJSON_ArrayForEach(o, list)
	{
		t = json_utc(o, "updated_at");
		if (utc_is_set(t) && (!utc_is_set(d->updated_at) || utc_before(d->updated_at, t)))
			d->updated_at = t;
	}
}

int feed_statuspage_knows(const cJSON *root)
{
	const cJSON *page = json_get(root, "page"), *incidents = json_get(root, "incidents");
	const char *page_status = json_str(page, "status");

	/* Instatus has a page, too, and says its state there. */
	if (page_status && !json_get(root, "status"))
		return 0;
	if (json_str(json_get(root, "status"), "indicator"))
		return 100;
	if (cJSON_IsArray(json_get(root, "incident_updates")))
		return 90;
	if (cJSON_IsArray(incidents) && json_get(incidents->child, "incident_updates"))
		return 95;
	bool lists = cJSON_IsArray(json_get(root, "components")) || cJSON_IsArray(incidents) ||
		     cJSON_IsArray(json_get(root, "scheduled_maintenances"));
	if (cJSON_IsObject(page) && lists)
		return 90;
	return 0;
}

static void read_indicator(struct feed_doc *d, const cJSON *root)
{
	const char *theirs = json_str(json_get(root, "status"), "indicator");

	if (!theirs)
		return;
	for (size_t i = 0; i < countof(indicators); i++) {
		if (!feed_word_is(theirs, indicators[i].theirs))
			continue;
		/* Its "none" beats our not knowing; everything else in the document may worsen it.
		 */
		if (d->status == STATUS_UNKNOWN && !d->component_count)
			d->status = indicators[i].ours;
		feed_worsen(d, indicators[i].ours);
		return;
	}
	feed_problem(d, "status: unknown indicator '%.60s'", theirs);
}

static void read_document(struct feed_doc *d, const cJSON *root)
{
	const cJSON *page = json_get(root, "page"), *incidents = json_get(root, "incidents"),
		    *maintenances = json_get(root, "scheduled_maintenances");
	size_t room = (cJSON_IsArray(incidents) ? (size_t)cJSON_GetArraySize(incidents) : 0) +
		      (cJSON_IsArray(maintenances) ? (size_t)cJSON_GetArraySize(maintenances) : 0) +
		      1;
	const char *page_url = json_str(page, "url");

	d->source = feed_name(d, json_str(page, "name"));
	d->updated_at = feed_time(d, page, "updated_at", "page");
	/* Components that are all well make the page well, unless something below says otherwise.
	 */
	if (cJSON_GetArraySize(json_get(root, "components")) > 0)
		d->status = STATUS_OPERATIONAL;
	read_components(d, json_get(root, "components"));
	read_indicator(d, root);
	d->incidents = arena_alloc(d->arena, room * sizeof *d->incidents);
	d->maintenances = arena_alloc(d->arena, room * sizeof *d->maintenances);
	read_list(d, incidents, "incidents", page_url);
	read_list(d, maintenances, "scheduled_maintenances", page_url);
	if (cJSON_IsArray(json_get(root, "incident_updates")))
		is_maintenance(root) ? read_maintenance(d, root, NULL)
				     : read_incident(d, root, NULL);
	feed_sort_incidents(d);
	if (utc_is_set(d->updated_at))
		return;
	/* A single incident says it itself. */
	d->updated_at = json_utc(root, "updated_at");
	newest(d, json_get(root, "components"));
	newest(d, incidents);
	newest(d, maintenances);
}

struct feed_doc *feed_statuspage_parse(const char *bytes, size_t len, struct err *e)
{
	cJSON *root = feed_json(bytes, len, "Statuspage document", e);

	if (!root)
		return NULL;
	if (!feed_statuspage_knows(root))
		return feed_not(root, "Statuspage document", "page, components and incidents", e);
	struct feed_doc *d = feed_doc_new("statuspage");
	read_document(d, root);
	cJSON_Delete(root);
	return d;
}

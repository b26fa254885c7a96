/* Google's incidents.json, of Cloud and of Workspace: one list, open and closed ones mixed. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "feed_priv.h"

static const char title[] = "Google incident list";
static const char cloud[] = "https://status.cloud.google.com/";
static const char workspace[] = "https://www.google.com/appsstatus/dashboard/";

int feed_gcp_knows(const cJSON *root)
{
	const cJSON *o = cJSON_IsArray(root) ? root->child : NULL;

	return json_str(o, "id") && json_str(o, "begin") &&
		       (json_str(o, "external_desc") || json_get(o, "affected_products"))
		   ? 95
		   : 0;
}

/* Markdown to plain lines: marks of headings and emphasis off, escapes resolved. */
static const char *plain(struct feed_doc *d, const char *s, size_t max)
{
	size_t len = s ? strlen(s) : 0, n = 0;
	char *out = xmalloc(len + 1);
	bool line_start = true;

	while (s && *s) {
		/* A line's inside holds few marks. */
		size_t run = line_start ? 0 : strcspn(s, "\\*\n");
		memcpy(out + n, s, run);
		n += run;
		s += run;
		if (!*s)
			break;
		if (*s == '\\' && ispunct((unsigned char)s[1])) {
			bool heading = line_start && s[1] == '#'; /* though its mark is escaped */
			if (!heading)
				out[n++] = s[1];
			s += 2;
		} else if (line_start && (*s == '#' || *s == ' ')) {
			s++;
		} else if (*s == '*' && s[1] == '*') {
			s += 2;
		} else {
			line_start = *s == '\n';
			out[n++] = *s++;
		}
	}
	const char *text = feed_plain_part(d->arena, out, n, max);
	free(out);
	return text;
}

/* The first line; Workspace writes "**Title:**" before it. */
static const char *title_of(struct feed_doc *d, const cJSON *o)
{
	const char *text = plain(d, json_str(o, "external_desc"), FEED_TEXT_MAX);

	for (;;) {
		while (*text == '\n' || *text == ' ')
			text++;
		if (strncasecmp(text, "title:", 6) == 0)
			text += 6;
		else if (strncasecmp(text, "title\n", 6) == 0)
			text += 6;
		else
			break;
	}
	return feed_line(
	    d->arena, arena_strndup(d->arena, text, strcspn(text, "\n")), FEED_TITLE_MAX);
}

static struct feed_updates updates_of(
    struct feed_doc *d, const cJSON *o, const char *what, bool closed)
{
	struct feed_updates u = { 0 };
	const cJSON *x;

	cJSON_ArrayForEach(x, json_get(o, "updates"))
	{
		struct feed_update *new = feed_add_update(d, &u);
		if (!new)
			break;
		new->at = feed_time(d, x, "when", what);
		if (!utc_is_set(new->at))
			new->at = feed_time(d, x, "created", what);
		new->text = plain(d, json_str(x, "text"), FEED_TEXT_MAX);
		if (feed_word_is(json_str_or(x, "status", ""), "available"))
			new->status = closed ? "resolved" : "monitoring";
	}
	feed_sort_updates(u.items, u.count);
	return u;
}

static struct feed_names names_of(
    struct feed_doc *d, const cJSON *list, const char *key, const char *otherwise)
{
	struct feed_names n = { 0 };
	const cJSON *x;

	cJSON_ArrayForEach(x, list)
	{
		const char *name = feed_name(d, json_str_or(x, key, json_str(x, otherwise)));
		feed_add_name(d, &n, name);
	}
	return n;
}

static int severity_of(struct feed_doc *d, const char *what, const cJSON *o)
{
	const char *impact = json_str_or(o, "status_impact", ""),
		   *level = json_str_or(o, "severity", "");

	if (feed_word_is(impact, "service_information"))
		return 4;
	if (feed_word_is(impact, "service_outage") || feed_word_is(level, "high"))
		return 1;
	if (feed_word_is(level, "medium"))
		return 2;
	if (feed_word_is(level, "low") || feed_word_is(impact, "service_disruption"))
		return 3;
	if (!*impact && !*level)
		return 0;
	feed_problem(d, "%s: unknown impact '%.40s %.40s'", what, impact, level);
	return 3;
}

/* `end` decides; without one a service that is available again is watched. Updates only have a
 * status when they say that it is. */
static const char *status_of_incident(const cJSON *o, bool closed, const struct feed_updates *u)
{
	const char *newest = json_str(json_get(o, "most_recent_update"), "status");
	bool available =
	    newest ? feed_word_is(newest, "available") : u->count && u->items[0].status != NULL;

	return closed ? "resolved" : available ? "monitoring" : "investigating";
}

static void read_incident(struct feed_doc *d, const cJSON *o)
{
	const char *id = feed_id(d, o, "id"), *uri = json_str(o, "uri");
	const cJSON *now = json_get(o, "currently_affected_locations"),
		    *before = json_get(o, "previously_affected_locations");
	struct feed_incident *i = id ? feed_add_incident(d) : NULL;

	if (!i) {
		feed_problem(d, "an incident has no id, or is one too many");
		return;
	}
	const char *what = arena_printf(d->arena, "incident %s", id);
	i->id = id;
	i->title = title_of(d, o);
	i->title = i->title ? i->title : id;
	i->started_at = feed_time(d, o, "begin", what);
	i->resolved_at = feed_time(d, o, "end", what);
	bool closed = utc_is_set(i->resolved_at);
	i->impact = feed_line(
	    d->arena, json_str_or(o, "status_impact", json_str(o, "severity")), FEED_ID_MAX);
	i->severity = severity_of(d, what, o);
	if (uri)
		i->url = feed_url(d->arena,
		    arena_printf(d->arena, "%s%s", now || before ? cloud : workspace, uri));
	struct feed_names products = names_of(d, json_get(o, "affected_products"), "title", "id");
	struct feed_names places = names_of(d, now, "id", "title");
	if (!places.count)
		places = names_of(d, before, "id", "title");
	struct feed_updates u = updates_of(d, o, what, closed);
	i->components = products.items;
	i->component_count = products.count;
	i->regions = places.items;
	i->region_count = places.count;
	i->status = status_of_incident(o, closed, &u);
	i->updates = u.items;
	i->update_count = u.count;
	if (!closed)
		feed_worsen(d, feed_severity_status(i->severity));
	d->updated_at = feed_later(d->updated_at, feed_time(d, o, "modified", what));
}

struct feed_doc *feed_gcp_parse(const char *bytes, size_t len, struct err *e)
{
	cJSON *root = feed_json(bytes, len, title, e);
	const cJSON *o;

	if (!root)
		return NULL;
	if (!feed_gcp_knows(root) && !(cJSON_IsArray(root) && !root->child))
		return feed_not(root, title, "incidents that have begin and external_desc", e);
	struct feed_doc *d = feed_doc_new("gcp");
	d->source = "Google Cloud";
	d->status = STATUS_OPERATIONAL;
	if (!root->child)
		feed_problem(d, "the list is empty");
	size_t n = feed_list_size(d, root, FEED_ITEMS_MAX, "incidents");
	struct map *newest = feed_newest(root, "modified");
	for (o = root->child; n && o; o = o->next, n--) {
		if (!cJSON_IsObject(o))
			feed_problem(d, "an incident is no object");
		else if (!feed_superseded(newest, o))
			read_incident(d, o);
	}
	map_free(newest);
	feed_sort_incidents(d);
	cJSON_Delete(root);
	return d;
}

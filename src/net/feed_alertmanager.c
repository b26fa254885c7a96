/* Prometheus Alertmanager, API version 2: alerts, groups of alerts, and silences. */
#include <string.h>

#include "base/buf.h"
#include "feed_priv.h"

#define OPEN_END_MS INT64_C(2840140800000) /* 2060: such an end means "until further notice" */

static const char title[] = "Alertmanager document";

static const struct {
	const char *word;
	int severity;
} severities[] = {
	{ "critical", 1 },
	{ "page", 1 },
	{ "emergency", 1 },
	{ "error", 2 },
	{ "high", 2 },
	{ "major", 2 },
	{ "warning", 3 },
	{ "minor", 3 },
	{ "info", 4 },
	{ "informational", 4 },
	{ "notice", 4 },
};

static bool is_alert(const cJSON *o)
{
	return cJSON_IsObject(json_get(o, "labels")) && json_str(o, "startsAt") &&
	       json_str(o, "fingerprint");
}

static bool is_group(const cJSON *o)
{
	return cJSON_IsArray(json_get(o, "alerts")) && json_get(o, "receiver") &&
	       cJSON_IsObject(json_get(o, "labels"));
}

static bool is_silence(const cJSON *o)
{
	return cJSON_IsArray(json_get(o, "matchers")) && json_str(o, "startsAt") &&
	       json_str(json_get(o, "status"), "state");
}

int feed_alertmanager_knows(const cJSON *root)
{
	const cJSON *o = cJSON_IsArray(root) ? root->child : root;

	return is_alert(o) || is_group(o) || is_silence(o) ? 95 : 0;
}

static const char *label(struct feed_doc *d, const cJSON *o, const char *const *keys)
{
	const cJSON *labels = json_get(o, "labels");

	for (; *keys; keys++) {
		const char *value = feed_line(d->arena, json_str(labels, *keys), FEED_TITLE_MAX);
		if (value)
			return value;
	}
	return NULL;
}

/* The annotations as lines, the ones that people read first. */
static const char *text_of(struct feed_doc *d, const cJSON *o, const char *first)
{
	static const char *const known[] = { "summary", "description", "message" };
	const cJSON *notes = json_get(o, "annotations"), *x;
	struct buf text;

	buf_init(&text, 4 * FEED_TEXT_MAX);
	buf_adds(&text, first);
	for (size_t i = 0; i < countof(known); i++)
		if (json_str(notes, known[i])) {
			buf_adds(&text, json_str(notes, known[i]));
			buf_addc(&text, '\n');
		}
	cJSON_ArrayForEach(x, notes)
	{
		bool told = !cJSON_IsString(x);
		for (size_t i = 0; i < countof(known); i++)
			told |= strcmp(x->string, known[i]) == 0;
		if (told)
			continue;
		buf_adds(&text, x->string);
		buf_adds(&text, ": ");
		buf_adds(&text, x->valuestring);
		buf_addc(&text, '\n');
	}
	const char *out = feed_plain(d->arena, buf_str(&text), FEED_TEXT_MAX);
	buf_fini(&text);
	return out;
}

static int severity_of(struct feed_doc *d, const char *what, const char *word)
{
	if (!word)
		return 0;
	for (size_t i = 0; i < countof(severities); i++)
		if (feed_word_is(word, severities[i].word))
			return severities[i].severity;
	feed_problem(d, "%s: unknown severity '%.60s'", what, word);
	return 3;
}

/* An alert that always fires: it is there to be missed when it is gone. */
static void add_watchdog(struct feed_doc *d, const char *name, const char *id)
{
	struct feed_component *c = feed_add_component(d);

	if (c)
		*c = (struct feed_component){ id, name, NULL, STATUS_OPERATIONAL };
}

static void fill_alert(struct feed_doc *d, const cJSON *o, struct feed_incident *i)
{
	static const char *const regions[] = { "region", "site", "datacenter", "dc", "cluster",
		NULL };
	static const char *const parts[] = { "service", "job", "instance", NULL };
	const char *state = json_str_or(json_get(o, "status"), "state", "active");
	const char *what = arena_printf(d->arena, "alert %s", i->id);
	bool suppressed = feed_word_is(state, "suppressed");
	struct feed_names places = { 0 }, names = { 0 };
	struct feed_updates u = { 0 };

	i->severity = severity_of(d, what, i->impact);
	i->status = "investigating";
	i->started_at = feed_time(d, o, "startsAt", what);
	i->url = feed_url(d->arena, json_str(o, "generatorURL"));
	feed_add_name(d, &places, label(d, o, regions));
	feed_add_name(d, &names, label(d, o, parts));
	i->regions = places.items;
	i->region_count = places.count;
	i->components = names.items;
	i->component_count = names.count;
	struct feed_update *x = feed_add_update(d, &u);
	x->at = i->started_at;
	x->text = text_of(d, o, suppressed ? "Suppressed: silenced or inhibited.\n" : "");
	i->updates = u.items;
	i->update_count = u.count;
	if (suppressed) {
		/* Somebody knows of it and wants to hear no more. */
		i->status = "monitoring";
		i->severity = 4;
		return;
	}
	feed_worsen(d, feed_severity_status(i->severity));
}

static void read_alert(struct feed_doc *d, const cJSON *o, struct map *seen)
{
	static const char *const names[] = { "alertname", "instance", "job", NULL };
	static const char *const levels[] = { "severity", NULL };
	const char *id = feed_id(d, o, "fingerprint"), *name = label(d, o, names);
	const char *level = label(d, o, levels);

	if (!id) {
		feed_problem(d, "an alert has no fingerprint");
		return;
	}
	/* The same alert stands under each receiver. */
	if (map_get(seen, id))
		return;
	map_set(seen, id, d);
	d->updated_at = feed_later(d->updated_at, feed_time(d, o, "updatedAt", id));
	name = name ? name : id;
	if (level && feed_word_is(level, "none")) {
		add_watchdog(d, name, id);
		return;
	}
	struct feed_incident *i = feed_add_incident(d);
	if (!i)
		return;
	i->id = id;
	i->title = name;
	i->impact = feed_line(d->arena, level, FEED_ID_MAX);
	fill_alert(d, o, i);
}

static struct feed_names matchers_of(struct feed_doc *d, const cJSON *o)
{
	struct feed_names n = { 0 };
	const cJSON *m;

	cJSON_ArrayForEach(m, json_get(o, "matchers"))
	{
		bool equal = json_bool(m, "isEqual", true), regex = json_bool(m, "isRegex", false);
		feed_add_name(d, &n,
		    feed_line(d->arena,
			arena_printf(d->arena, "%s%s%s", json_str_or(m, "name", "?"),
			    equal   ? regex ? "=~" : "="
			    : regex ? "!~"
				    : "!=",
			    json_str_or(m, "value", "")),
			FEED_TITLE_MAX));
	}
	return n;
}

static void read_silence(struct feed_doc *d, const cJSON *o)
{
	static const struct {
		const char *theirs, *ours;
	} states[] = { { "active", "in_progress" }, { "pending", "scheduled" },
		{ "expired", "completed" } };
	const char *id = feed_id(d, o, "id"),
		   *state = json_str_or(json_get(o, "status"), "state", "");
	struct feed_maintenance *m = id ? feed_add_maintenance(d) : NULL;

	if (!m) {
		feed_problem(d, "a silence has no id, or is one too many");
		return;
	}
	const char *what = arena_printf(d->arena, "silence %s", id);
	struct feed_names n = matchers_of(d, o);
	m->id = id;
	m->title = feed_name(d, json_str(o, "comment"));
	m->title = m->title ? m->title : n.count ? n.items[0] : id;
	m->account = feed_line(d->arena, json_str(o, "createdBy"), FEED_TITLE_MAX);
	m->starts_at = feed_time(d, o, "startsAt", what);
	m->ends_at = feed_time(d, o, "endsAt", what);
	if (utc_is_set(m->ends_at) && m->ends_at.ms >= OPEN_END_MS)
		m->ends_at = UTC_NONE;
	m->components = n.items;
	m->component_count = n.count;
	m->status = "scheduled";
	size_t i = 0;
	while (i < countof(states) && !feed_word_is(state, states[i].theirs))
		i++;
	if (i < countof(states))
		m->status = states[i].ours;
	else
		feed_problem(d, "%s: unknown state '%.60s'", what, state);
	d->updated_at = feed_later(d->updated_at, feed_time(d, o, "updatedAt", what));
}

static void read_any(struct feed_doc *d, const cJSON *o, struct map *seen)
{
	const cJSON *x;

	if (is_group(o)) {
		cJSON_ArrayForEach(x, json_get(o, "alerts")) read_alert(d, x, seen);
	} else if (is_silence(o)) {
		read_silence(d, o);
	} else if (cJSON_IsObject(json_get(o, "labels"))) {
		read_alert(d, o, seen);
	} else {
		feed_problem(d, "an entry is neither an alert nor a silence");
	}
}

struct feed_doc *feed_alertmanager_parse(const char *bytes, size_t len, struct err *e)
{
	cJSON *root = feed_json(bytes, len, title, e);
	const cJSON *o;

	if (!root)
		return NULL;
	if (!feed_alertmanager_knows(root) && !(cJSON_IsArray(root) && !root->child))
		return feed_not(root, title, "labels, startsAt and fingerprint", e);
	struct feed_doc *d = feed_doc_new("alertmanager");
	d->source = "Alertmanager";
	/* A list of silences says nothing of how things are. */
	if (!is_silence(cJSON_IsArray(root) ? root->child : root))
		d->status = STATUS_OPERATIONAL;
	struct map *seen = map_new(NULL);
	if (cJSON_IsArray(root))
		cJSON_ArrayForEach(o, root) read_any(d, o, seen);
	else
		read_any(d, root, seen);
	map_free(seen);
	feed_sort_incidents(d);
	cJSON_Delete(root);
	return d;
}

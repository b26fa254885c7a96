/* JSON without a format of its own, by a mapping: where the list is, and where in an item the id,
 * the state and the rest are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "charset.h"
#include "domain/config.h"
#include "feed_json.h"

static const char title[] = "JSON document";

struct reader {
	struct feed_doc *d;
	const cJSON *fields, *values; /* of the mapping */
	struct mapped_dates dates;
};

void feed_frame(struct buf *out, const char *mapping, struct utc now, const char *bytes, size_t len)
{
	cJSON *o = cJSON_CreateObject(), *map = json_parse(mapping, strlen(mapping), NULL);

	json_put(o, "mapping", map ? map : cJSON_CreateNull());
	json_put_utc(o, "now", now);
	json_print(out, o);
	buf_addc(out, '\n');
	buf_add(out, bytes, len);
	cJSON_Delete(o);
}

/* Each of the values is a text or a number, alone or as a list of one. */
static bool check_values(const cJSON *values, struct err *e)
{
	const cJSON *v;

	if (values && !cJSON_IsNull(values) && !cJSON_IsObject(values))
		return err_set(e, ERR_USAGE, "the mapping's \"values\" take keys and values");
	cJSON_ArrayForEach(v, values)
	{
		const cJSON *one = cJSON_IsArray(v) && cJSON_GetArraySize(v) == 1 ? v->child : v;
		if (!cJSON_IsString(one) && !cJSON_IsNumber(one))
			return err_set(e, ERR_USAGE,
			    "the mapping's values: '%.40s' is neither a text nor a number (write a "
			    "state, or 1 to 4)",
			    v->string);
	}
	return true;
}

bool feed_mapping_check(const cJSON *mapping, struct err *e)
{
	const cJSON *list = json_get(mapping, "fields"), *f, *p;

	if (!cJSON_IsObject(list))
		return err_set(e, ERR_USAGE, "the mapping has no \"fields\"");
	cJSON_ArrayForEach(f, list)
	{
		if (!cfg_feed_field(f->string))
			return err_set(
			    e, ERR_USAGE, "the mapping's fields: there is no '%.40s'", f->string);
		const cJSON *one = cJSON_IsArray(f) ? f->child : f;
		for (p = one; p; p = cJSON_IsArray(f) ? p->next : NULL)
			if (!cJSON_IsString(p) || (*p->valuestring && *p->valuestring != '/'))
				return err_set(e, ERR_USAGE,
				    "the mapping's fields: '%.40s' is no JSON pointer (write /a/b)",
				    f->string);
	}
	if (!json_get(list, "title") && !json_get(list, "id") && !json_get(list, "text"))
		return err_set(e, ERR_USAGE,
		    "the mapping's fields name neither \"title\" nor \"id\" nor \"text\"");
	return check_values(json_get(mapping, "values"), e);
}

/* ---- values of an item ---- */

/* What the pointers of a field lead to, the one with number `nth`; NULL: nothing there. */
static const cJSON *value_at(const struct reader *r, const cJSON *item, const char *field, int nth)
{
	const cJSON *pointer = json_get(r->fields, field), *v;

	if (cJSON_IsArray(pointer))
		pointer = cJSON_GetArrayItem(pointer, nth);
	else if (nth)
		pointer = NULL;
	v = cJSON_IsString(pointer) ? json_pointer(item, pointer->valuestring) : NULL;
	return cJSON_IsNull(v) ? NULL : v;
}

/* Text, number or truth as a word; NULL: something else, or nothing. */
static const char *word_of(struct reader *r, const cJSON *v)
{
	if (cJSON_IsString(v))
		return *v->valuestring ? v->valuestring : NULL;
	if (cJSON_IsBool(v))
		return cJSON_IsTrue(v) ? "true" : "false";
	if (cJSON_IsNumber(v))
		return arena_printf(r->d->arena, "%.17g", v->valuedouble);
	return NULL;
}

static const char *word_at(struct reader *r, const cJSON *item, const char *field)
{
	return word_of(r, value_at(r, item, field, 0));
}

static const char *line_at(struct reader *r, const cJSON *item, const char *field, size_t max)
{
	const char *word = word_at(r, item, field);

	return word ? feed_line(r->d->arena, feed_plain(r->d->arena, word, max), max) : NULL;
}

/* Our word for theirs; NULL: the mapping has none. */
static const char *mapped(struct reader *r, const char *word)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, r->values)
	{
		const cJSON *one = cJSON_IsArray(v) ? v->child : v;
		if (strcasecmp(v->string, word) == 0)
			return word_of(r, one);
	}
	return NULL;
}

static const char *const incident_states[] = { "investigating", "identified", "monitoring",
	"resolved" };
static const char *const work_states[] = { "tentative", "scheduled", "confirmed", "in_progress",
	"verifying", "completed", "cancelled" };

static const char *one_of(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; word && i < count; i++)
		if (strcmp(words[i], word) == 0)
			return words[i];
	return NULL;
}

static const char *work_state(const char *word)
{
	return one_of(work_states, countof(work_states), word);
}

/* One of our states, of an incident or of planned work. NULL: not known. */
static const char *state_of(struct reader *r, const char *word)
{
	const char *ours = mapped(r, word), *state;

	if (!ours)
		ours = feed_word_state(word) ? feed_word_state(word) : feed_word_planned(word);
	state = one_of(incident_states, countof(incident_states), ours);
	return state ? state : work_state(ours);
}

static int severity_of(struct reader *r, const cJSON *item, const char *what)
{
	const char *word = word_at(r, item, "severity"), *ours = word ? mapped(r, word) : NULL;
	int severity;

	if (!word)
		return 0;
	if (ours && strlen(ours) == 1 && *ours >= '1' && *ours <= '4')
		return *ours - '0';
	severity = feed_text_severity(word);
	if (!severity)
		feed_problem(r->d, "%s: no severity is mapped for '%.60s'", what, word);
	return severity;
}

static struct utc time_of(
    struct reader *r, const cJSON *v, const char *field, struct utc after, const char *what)
{
	const char *word = word_of(r, v), *uncertain = NULL;
	struct utc t;

	if (!word)
		return UTC_NONE;
	if (cJSON_IsNumber(v)) {
		t = feed_epoch(v->valuedouble);
		if (!utc_is_set(t) && v->valuedouble != 0)
			feed_problem(r->d, "%s: %s is no date: %.40s", what, field, word);
		return t;
	}
	if (!mapped_date(&r->dates, word, after, &t, &uncertain)) {
		feed_problem(r->d, "%s: %s is no date: '%.60s'", what, field, word);
		return UTC_NONE;
	}
	if (uncertain)
		feed_problem(r->d, "%s: %s: %s: uncertain", what, field, uncertain);
	return t.ms < 0 ? UTC_NONE : t; /* year 1: "not set" */
}

static struct utc time_at(
    struct reader *r, const cJSON *item, const char *field, struct utc after, const char *what)
{
	return time_of(r, value_at(r, item, field, 0), field, after, what);
}

/* Names at every pointer of the field: a text, an object with a name, or a list of these. */
static struct feed_names names_of(struct reader *r, const cJSON *item, const char *field)
{
	struct feed_names n = { 0 };
	int count = cJSON_IsArray(json_get(r->fields, field))
			? cJSON_GetArraySize(json_get(r->fields, field))
			: 1;

	for (int i = 0; i < count; i++) {
		const cJSON *v = value_at(r, item, field, i), *x = v;
		if (cJSON_IsArray(v))
			x = v->child;
		for (; x; x = cJSON_IsArray(v) ? x->next : NULL) {
			const char *name = word_of(r, cJSON_IsObject(x) ? json_get(x, "name") : x);
			if (name)
				feed_add_name(r->d, &n, feed_name(r->d, name));
		}
	}
	return n;
}

/* ---- items ---- */

static struct feed_updates updates_of(struct reader *r, const cJSON *item, const char *what)
{
	const cJSON *list = value_at(r, item, "updates", 0), *o;
	struct feed_updates u = { 0 };

	cJSON_ArrayForEach(o, list)
	{
		struct feed_update *x = feed_add_update(r->d, &u);
		const char *state = word_at(r, o, "update_state"),
			   *text = word_at(r, o, "update_text");
		if (!x)
			break;
		x->at = time_at(r, o, "update_time", UTC_NONE, what);
		x->status = state ? state_of(r, state) : NULL;
		x->text = feed_plain(r->d->arena, text, FEED_TEXT_MAX);
		if (state && !x->status)
			feed_problem(r->d, "%s: no state is mapped for '%.60s'", what, state);
	}
	feed_sort_updates(u.items, u.count);
	return u;
}

/* The same item must have the same id when it comes again. */
static const char *made_id(struct reader *r, const cJSON *item)
{
	static const char *const of[] = { "title", "start", "region", "components" };
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < countof(of); i++) {
		const char *s = word_at(r, item, of[i]);
		for (s = s ? s : "";; s++) {
			h = (h ^ (unsigned char)*s) * 1099511628211u;
			if (!*s)
				break;
		}
	}
	return arena_printf(r->d->arena, "json-%016llx", (unsigned long long)h);
}

static void add_maintenance(
    struct reader *r, const cJSON *item, const char *what, const struct feed_incident *i)
{
	struct feed_maintenance *m = feed_add_maintenance(r->d);

	if (!m)
		return;
	m->id = i->id;
	m->title = i->title;
	m->status = i->status;
	m->impact = i->impact;
	m->starts_at = i->started_at;
	m->ends_at = time_at(r, item, "end", i->started_at, what);
	m->url = i->url;
	m->components = i->components;
	m->component_count = i->component_count;
	m->updates = i->updates;
	m->update_count = i->update_count;
	if (strcmp(m->status, "in_progress") == 0 || strcmp(m->status, "verifying") == 0)
		feed_worsen(r->d, STATUS_MAINTENANCE);
}

static void add_text(struct reader *r, const cJSON *item, struct feed_updates *u, struct utc at)
{
	const char *text = word_at(r, item, "text");
	struct feed_update *x = text && !u->count ? feed_add_update(r->d, u) : NULL;

	if (x) {
		x->at = at;
		x->text = feed_plain(r->d->arena, text, FEED_TEXT_MAX);
	}
}

/* Its own word first, then its updates', then whether it has ended. */
static const char *item_state(
    const char *word, const char *own, const struct feed_updates *u, struct utc end)
{
	if (own)
		return own;
	for (size_t i = 0; i < u->count && !word; i++)
		if (u->items[i].status)
			return u->items[i].status;
	return !word && utc_is_set(end) ? "resolved" : "investigating";
}

/* Updates say nothing in the words of the other kind. */
static void keep_states(struct feed_updates *u, bool planned)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->items[i].status && (work_state(u->items[i].status) != NULL) != planned)
			u->items[i].status = NULL;
}

static void read_item(struct reader *r, const cJSON *item, size_t number)
{
	struct feed_incident i = { .started_at = UTC_NONE, .resolved_at = UTC_NONE }, *room;
	const char *id = line_at(r, item, "id", FEED_ID_MAX), *word = word_at(r, item, "state");
	const char *own = word ? state_of(r, word) : NULL;

	i.title = line_at(r, item, "title", FEED_TITLE_MAX);
	struct feed_names parts = names_of(r, item, "components"),
			  places = names_of(r, item, "region");
	i.title = i.title ? i.title : line_at(r, item, "text", 120);
	i.title = i.title ? i.title : parts.count ? parts.items[0] : id;
	if (!i.title) {
		feed_problem(r->d, "item %zu: has neither id nor title nor text", number);
		return;
	}
	i.id = id ? id : made_id(r, item);
	const char *what = arena_printf(r->d->arena, "item %s", i.id);
	if (word && !own)
		feed_problem(r->d, "%s: no state is mapped for '%.60s'", what, word);
	r->dates.planned = work_state(own) != NULL;
	struct feed_updates u = updates_of(r, item, what);
	i.started_at = time_at(r, item, "start", UTC_NONE, what);
	for (size_t k = 0; k < u.count; k++)
		i.started_at = feed_earlier(i.started_at, u.items[k].at);
	struct utc end = time_at(r, item, "end", i.started_at, what);
	add_text(r, item, &u, i.started_at);
	i.status = item_state(word, own, &u, end);
	bool planned = work_state(i.status) != NULL;
	keep_states(&u, planned);
	i.impact = line_at(r, item, "severity", FEED_ID_MAX);
	i.severity = severity_of(r, item, what);
	i.url = feed_url(r->d->arena, word_at(r, item, "url"));
	i.components = parts.items;
	i.component_count = parts.count;
	i.regions = places.items;
	i.region_count = places.count;
	i.updates = u.items;
	i.update_count = u.count;
	if (planned) {
		add_maintenance(r, item, what, &i);
		return;
	}
	if (strcmp(i.status, "resolved") == 0) {
		i.resolved_at = utc_is_set(end) ? end : feed_resolved_at(u.items, u.count);
	} else {
		feed_worsen(r->d, feed_severity_status(i.severity));
	}
	if ((room = feed_add_incident(r->d)))
		*room = i;
}

static void read_items(struct reader *r, const cJSON *list)
{
	size_t number = 0;
	const cJSON *item;

	r->d->status = STATUS_OPERATIONAL; /* the list is what is wrong */
	if (cJSON_IsObject(list)) {
		read_item(r, list, 1);
		return;
	}
	cJSON_ArrayForEach(item, list)
	{
		if (!cJSON_IsObject(item))
			feed_problem(r->d, "item %zu: is no object", ++number);
		else
			read_item(r, item, ++number);
	}
}

/* The mapping of a frame, which the caller deletes; NULL: *e. *body: where the document begins. */
static cJSON *frame_of(const char *bytes, size_t len, const char **body, struct err *e)
{
	const char *end = memchr(bytes, '\n', len < FEED_MAPPING_MAX ? len : FEED_MAPPING_MAX);
	cJSON *frame = end ? json_parse(bytes, (size_t)(end - bytes), NULL) : NULL;

	if (!cJSON_IsObject(json_get(frame, "mapping"))) {
		err_set(e, ERR_DATA,
		    "no %s that can be read: it needs a mapping (nocboard feed json "
		    "--map FILE, or \"fields\" of the feed)",
		    title);
		cJSON_Delete(frame);
		return NULL;
	}
	*body = end + 1;
	return frame;
}

static void read_document(struct reader *r, const cJSON *root, const cJSON *list)
{
	r->d = feed_doc_new("json");
	r->d->updated_at = time_at(r, root, "updated", UTC_NONE, "the document");
	if (utc_is_set(r->d->updated_at))
		r->dates.now = r->d->updated_at;
	read_items(r, list);
	feed_sort_incidents(r->d);
}

struct feed_doc *feed_json_parse(const char *bytes, size_t len, struct err *e)
{
	const char *body;
	cJSON *frame = frame_of(bytes, len, &body, e);
	const cJSON *mapping = json_get(frame, "mapping"), *dates = json_get(mapping, "dates");
	struct reader r = { .fields = json_get(mapping, "fields"),
		.values = json_get(mapping, "values"),
		.dates = { json_str(dates, "pattern"), json_get(dates, "months"),
		    json_str(dates, "timezone"), json_utc(frame, "now"), false } };
	struct buf text;

	if (!frame || !feed_mapping_check(mapping, e)) {
		cJSON_Delete(frame);
		return NULL;
	}
	buf_init(&text, 4 * FEED_BODY_MAX);
	size_t bad = charset_document(&text, body, len - (size_t)(body - bytes));
	cJSON *root = feed_json(buf_str(&text), text.len, title, e);
	const cJSON *path = json_get(r.fields, "list");
	path = cJSON_IsArray(path) ? path->child : path;
	const cJSON *list =
	    root ? json_pointer(root, cJSON_IsString(path) ? path->valuestring : "") : NULL;
	if (root && !cJSON_IsArray(list) && !cJSON_IsObject(list)) {
		feed_not(root, title, "the list that the mapping names", e);
		root = NULL;
	}
	if (root)
		read_document(&r, root, list);
	if (r.d && bad)
		feed_problem(r.d, "%zu places are no text in the document's encoding", bad);
	cJSON_Delete(root);
	cJSON_Delete(frame);
	buf_fini(&text);
	return r.d;
}

/* AWS: its JSON of current events, and its RSS feeds, whose items are single updates. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "feed_syndic.h"

#define GAP_MS ((int64_t)24 * 3600000) /* after it, another title is another event */

static const char title[] = "AWS status document";

static bool is_event(const cJSON *o)
{
	return json_str(o, "service") && json_get(o, "date") &&
	       (json_str(o, "arn") || json_get(o, "event_log") || json_str(o, "summary"));
}

static bool is_rss(const char *bytes, size_t len)
{
	return strcmp(feed_looks_like(bytes, len), "an RSS feed") == 0;
}

int feed_aws_sniff(const char *bytes, size_t len)
{
	return is_rss(bytes, len) && (syndic_mentions(bytes, len, "status.aws.amazon.com") ||
					 syndic_mentions(bytes, len, "AWS Service Health"))
		   ? 95
		   : 0;
}

int feed_aws_knows(const cJSON *root)
{
	return cJSON_IsArray(root) && is_event(root->child) ? 95 : 0;
}

/* A region code at the end of a service's ("sns-me-central-1"): where it begins; NULL: none. */
static const char *region_in(const char *service)
{
	size_t n = strlen(service), dashes = 0, i = n;

	if (n < 7 || !isdigit((unsigned char)service[n - 1]))
		return NULL;
	while (i > 0) {
		if (service[i - 1] == '-' && ++dashes == 2) {
			/* "us-gov-west-1" has a part more. */
			size_t from = i - 1;
			while (from > 0 && service[from - 1] != '-')
				from--;
			const char *at = service + from;
			if (strncmp(at, "gov-", 4) == 0 || strncmp(at, "iso", 3) == 0) {
				from = from > 2 ? from - 3 : 0;
				at = service + from;
			}
			bool code = islower((unsigned char)at[0]) &&
				    islower((unsigned char)at[1]) && at[2] == '-';
			return code && (from == 0 || service[from - 1] == '-') ? at : NULL;
		}
		i--;
	}
	return NULL;
}

/* Where a service is: by its suffix, else everywhere if it is one of those, else where its event
 * is.
 */
static const char *service_region(const char *service, const char *event)
{
	static const char *const everywhere[] = { "route53", "cloudfront", "globalaccelerator",
		"management-console", "iam", "organizations", "waf", "awswaf", "chime", "billing",
		"marketplace", "supportcenter" };
	const char *suffix = region_in(service);

	for (size_t i = 0; i < countof(everywhere) && !suffix; i++)
		if (strcmp(everywhere[i], service) == 0)
			return "global";
	return suffix ? suffix : event;
}

/* The region of an ARN; "global" where that part is empty. NULL: no ARN. */
static const char *arn_region(struct feed_doc *d, const char *arn)
{
	const char *part = arn;

	for (int i = 0; i < 3 && part; i++) {
		part = strchr(part, ':');
		part = part ? part + 1 : NULL;
	}
	if (!part || strncmp(arn, "arn:", 4) != 0)
		return NULL;
	size_t n = strcspn(part, ":");
	return n ? feed_line(d->arena, arena_strndup(d->arena, part, n), FEED_ID_MAX) : "global";
}

/* Severity by the worst code and by how many services have it. */
static int code_severity(int64_t code, size_t services)
{
	if (code >= 3)
		return services > 1 ? 1 : 2;
	return code == 2 ? 3 : code == 1 ? 4 : 0;
}

static enum status code_status(int64_t code)
{
	return code >= 3 ? STATUS_MAJOR : code == 2 ? STATUS_DEGRADED : STATUS_OPERATIONAL;
}

static void add_service(
    struct feed_doc *d, const char *id, const char *name, const char *region, enum status status)
{
	struct feed_component *c = NULL;

	for (size_t i = 0; i < d->component_count && !c; i++)
		if (strcmp(d->components[i].id, id) == 0)
			c = &d->components[i];
	if (!c && (c = feed_add_component(d)) != NULL)
		*c = (struct feed_component){ id, name, region, status };
	if (c && status > c->status)
		c->status = status;
}

struct services {
	struct feed_names now, all;
	int64_t worst; /* -1: none is named */
	size_t with_worst;
};

static struct services services_of(struct feed_doc *d, const cJSON *o, const char *region)
{
	struct services s = { .worst = -1 };
	const cJSON *x;

	cJSON_ArrayForEach(x, json_get(o, "impacted_services"))
	{
		int64_t code = feed_number(x, "current", -1);
		const char *id = feed_line(d->arena, x->string, FEED_ID_MAX);
		const char *name = feed_name(d, json_str(x, "service_name"));
		if (!id)
			continue;
		if (code < 0 || code > 3) {
			feed_problem(d, "service %s: unknown status", id);
			continue;
		}
		name = name ? name : id;
		add_service(d, id, name, service_region(id, region), code_status(code));
		feed_add_name(d, &s.all, name);
		if (code > 0)
			feed_add_name(d, &s.now, name);
		if (code > s.worst) {
			s.worst = code;
			s.with_worst = 0;
		}
		s.with_worst += code == s.worst;
	}
	return s;
}

static struct feed_updates log_of(struct feed_doc *d, const cJSON *o, const char *what)
{
	struct feed_updates u = { 0 };
	const cJSON *x;

	cJSON_ArrayForEach(x, json_get(o, "event_log"))
	{
		struct feed_update *new = feed_add_update(d, &u);
		if (!new)
			break;
		new->at = feed_epoch((double)feed_number(x, "timestamp", -1));
		if (!utc_is_set(new->at))
			feed_problem(d, "%s: an entry of its log has no time", what);
		new->text = feed_plain(d->arena, json_str(x, "message"), FEED_TEXT_MAX);
		if (feed_number(x, "status", 1) == 0)
			new->status = "resolved";
	}
	feed_sort_updates(u.items, u.count);
	return u;
}

static const char *without_mark(struct feed_doc *d, const char *text, bool *resolved)
{
	static const char mark[] = "[RESOLVED]";

	if (text && strncasecmp(text, mark, sizeof mark - 1) == 0) {
		*resolved = true;
		text += sizeof mark - 1;
	}
	return feed_name(d, text);
}

static void read_event(struct feed_doc *d, const cJSON *o)
{
	static const char *const words[] = { "none", "informational", "degradation", "disruption" };
	const char *id =
	    feed_line(d->arena, json_str_or(o, "arn", json_str(o, "service")), FEED_ID_MAX);
	int64_t peak = feed_number(o, "status", -1);
	struct feed_incident *i = id ? feed_add_incident(d) : NULL;
	bool resolved = false;

	if (!i) {
		feed_problem(d, "an event has neither arn nor service, or is one too many");
		return;
	}
	const char *what = arena_printf(d->arena, "event %s", id), *service;
	const char *region = arn_region(d, json_str_or(o, "arn", ""));
	service = feed_line(d->arena, json_str(o, "service"), FEED_ID_MAX);
	if ((!region || strcmp(region, "global") == 0) && service && region_in(service))
		region = region_in(service);
	struct services s = services_of(d, o, region);
	struct feed_updates u = log_of(d, o, what);
	struct feed_names places = { 0 }, names = s.now.count ? s.now : s.all;
	if (!names.count)
		feed_add_name(d, &names, feed_name(d, json_str(o, "service_name")));
	feed_add_name(d, &places, region ? region : feed_name(d, json_str(o, "region_name")));
	i->id = id;
	i->title = without_mark(d, json_str(o, "summary"), &resolved);
	i->title = i->title ? i->title : id;
	i->started_at = feed_epoch((double)feed_number(o, "date", -1));
	if (!utc_is_set(i->started_at))
		feed_problem(d, "%s: date is no time", what);
	if (peak < 0 || peak > 3)
		feed_problem(d, "%s: unknown status", what);
	else
		i->impact = words[peak];
	/* What it was at its worst is history: what its services say now counts. */
	resolved |= s.worst == 0 || peak == 0;
	i->severity = s.worst > 0 ? code_severity(s.worst, s.with_worst) : code_severity(peak, 1);
	i->status = resolved ? "resolved" : "investigating";
	if (resolved && u.count)
		i->resolved_at = u.items[0].at;
	i->regions = places.items;
	i->region_count = places.count;
	i->components = names.items;
	i->component_count = names.count;
	i->updates = u.items;
	i->update_count = u.count;
	d->updated_at = feed_later(d->updated_at, u.count ? u.items[0].at : i->started_at);
	if (!resolved)
		feed_worsen(d, feed_severity_status(i->severity));
}

static struct feed_doc *parse_events(const char *bytes, size_t len, struct err *e)
{
	cJSON *root = feed_json(bytes, len, title, e);
	const cJSON *o;

	if (!root)
		return NULL;
	if (!cJSON_IsArray(root) || (root->child && !is_event(root->child)))
		return feed_not(root, title, "events that have a service and a date", e);
	struct feed_doc *d = feed_doc_new("aws");
	d->source = "Amazon Web Services";
	d->status = STATUS_OPERATIONAL; /* an empty list is how it says so */
	cJSON_ArrayForEach(o, root)
	{
		if (is_event(o))
			read_event(d, o);
		else
			feed_problem(d, "an entry is no event");
	}
	for (size_t i = 0; i < d->component_count; i++)
		feed_worsen(d, d->components[i].status);
	feed_sort_incidents(d);
	cJSON_Delete(root);
	return d;
}

/* ---- RSS ---- */

static const struct {
	const char *prefix;
	int one, several; /* severity for one service, and for several */
} kinds[] = {
	{ "Service is operating normally", 0, 0 },
	{ "Informational message", 4, 4 },
	{ "Performance issues", 3, 3 },
	{ "Service degradation", 3, 3 },
	{ "Service impact", 3, 2 },
	{ "Service disruption", 2, 1 },
};

struct item {
	const struct syndic_entry *entry;
	const char *service; /* "multipleservices-me-south-1" */
	const char *title;   /* without what its prefix says */
	int kind;	     /* -1: none is known */
	bool resolved;
};

static struct item read_item(struct feed_doc *d, const struct syndic_entry *x)
{
	struct item it = { .entry = x, .kind = -1 };
	const char *hash = x->id ? strrchr(x->id, '#') : NULL, *text = x->title ? x->title : "";

	if (hash) {
		const char *end = strrchr(hash, '_');
		it.service = feed_line(d->arena,
		    arena_strndup(
			d->arena, hash + 1, end ? (size_t)(end - hash - 1) : strlen(hash + 1)),
		    FEED_ID_MAX);
	}
	if (!it.service || !*it.service)
		it.service = "?";
	for (size_t i = 0; i < countof(kinds); i++) {
		size_t n = strlen(kinds[i].prefix);
		if (strncasecmp(text, kinds[i].prefix, n) == 0 && text[n] == ':') {
			it.kind = (int)i;
			text += n + 1;
			break;
		}
	}
	it.resolved = it.kind == 0;
	text += strspn(text, " ");
	it.title = without_mark(d, text, &it.resolved);
	it.title = it.title ? it.title : it.service;
	return it;
}

/* The event that an item goes on with; NULL: a new one. */
static struct feed_incident *goes_on(
    struct feed_doc *d, const char *const *services, const struct item *it)
{
	for (size_t i = d->incident_count; i-- > 0;) {
		struct feed_incident *x = &d->incidents[i];
		if (strcmp(services[i], it->service) != 0)
			continue;
		struct utc last = x->updates[x->update_count - 1].at;
		bool gap = utc_is_set(last) && utc_is_set(it->entry->published) &&
			   utc_diff(it->entry->published, last) > GAP_MS;
		bool other = strcmp(x->title, it->title) != 0;
		return strcmp(x->status, "resolved") == 0 || (gap && other) ? NULL : x;
	}
	return NULL;
}

static void fill_event(struct feed_doc *d, struct feed_incident *i, const struct item *it)
{
	const char *region = region_in(it->service);
	struct feed_names places = { 0 }, names = { 0 };
	bool several = strncmp(it->service, "multipleservices", 16) == 0;

	if (region && region > it->service + 1)
		feed_add_name(d, &names,
		    feed_line(d->arena,
			arena_strndup(d->arena, it->service, (size_t)(region - it->service) - 1),
			FEED_ID_MAX));
	else
		feed_add_name(d, &names, it->service);
	feed_add_name(d, &places, region ? region : "global");
	i->title = it->title;
	i->status = it->resolved ? "resolved" : "investigating";
	if (it->resolved)
		i->resolved_at = it->entry->published;
	if (it->kind > 0) {
		i->severity = several ? kinds[it->kind].several : kinds[it->kind].one;
		i->impact = kinds[it->kind].prefix;
	}
	i->regions = places.items;
	i->region_count = places.count;
	i->components = names.items;
	i->component_count = names.count;
}

static void add_item(
    struct feed_doc *d, struct syndic *s, const char **services, const struct item *it)
{
	struct feed_incident *i = goes_on(d, services, it);
	struct feed_updates u = { 0 };

	if (i) {
		u = (struct feed_updates){ i->updates, i->update_count };
	} else if ((i = feed_add_incident(d)) != NULL) {
		services[d->incident_count - 1] = it->service;
		i->id = syndic_key(d, s, it->entry);
		i->url = it->entry->link;
		i->started_at = it->entry->published;
	}
	struct feed_update *x = i ? feed_add_update(d, &u) : NULL;
	if (!x)
		return;
	x->at = it->entry->published;
	x->status = it->resolved ? "resolved" : NULL;
	x->text = feed_plain(d->arena, it->entry->body, FEED_TEXT_MAX);
	i->updates = u.items;
	i->update_count = u.count;
	if (it->kind < 0)
		feed_problem(d, "item '%.60s': its title has no known beginning", it->title);
	fill_event(d, i, it);
}

static struct feed_doc *parse_rss(const char *bytes, size_t len, struct err *e)
{
	struct feed_doc *d = feed_doc_new("aws");
	struct syndic *s = syndic_read(d, bytes, len, title, e);

	if (!s) {
		feed_doc_free(d);
		return NULL;
	}
	syndic_doc(d, s);
	d->status = STATUS_OPERATIONAL; /* a feed without items is how it says so */
	/* Of the incidents, which are no more than the entries. */
	const char **services = arena_alloc(d->arena, s->entry_count * sizeof *services);
	/* Oldest first: stable, for the feed is newest first. */
	for (size_t n = s->entry_count; n-- > 0;) {
		struct item it = read_item(d, &s->entries[n]);
		add_item(d, s, services, &it);
	}
	for (size_t i = 0; i < d->incident_count; i++) {
		feed_sort_updates(d->incidents[i].updates, d->incidents[i].update_count);
		if (strcmp(d->incidents[i].status, "resolved") != 0)
			feed_worsen(d, feed_severity_status(d->incidents[i].severity));
	}
	feed_sort_incidents(d);
	return d;
}

struct feed_doc *feed_aws_parse(const char *bytes, size_t len, struct err *e)
{
	return is_rss(bytes, len) ? parse_rss(bytes, len, e) : parse_events(bytes, len, e);
}

#include "feed_syndic.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"

static const char *first_text(
    struct arena *a, const struct xml_node *n, const char *const *paths, bool markup)
{
	for (; *paths; paths++) {
		const struct xml_node *x = xml_find(n, *paths);
		const char *text = x ? markup ? xml_markup(a, x) : xml_text(a, x) : "";
		if (text[strspn(text, " \t\r\n")])
			return text;
	}
	return "";
}

/* A date of the first path that has a readable one. */
static struct utc first_date(
    struct feed_doc *d, const struct xml_node *n, const char *const *paths, const char *what)
{
	struct utc t;

	for (; *paths; paths++) {
		const struct xml_node *x = xml_find(n, *paths), *again;
		while (x && (again = xml_again(x)) != NULL)
			x = again; /* a repeated date stands for the one before it */
		const char *text = xml_text(d->arena, x);
		const char *line = feed_line(d->arena, text, 200);
		if (!line)
			continue;
		if (feed_date(line, &t))
			return t;
		feed_problem(d, "%s: %s is no date: '%.60s'", what, *paths, line);
	}
	return UTC_NONE;
}

/* An Atom entry may have several links: the alternate one is the page. */
static const char *atom_link(const struct xml_node *n)
{
	const char *any = NULL;

	for (const struct xml_node *x = xml_find(n, "atom:link"); x; x = xml_again(x)) {
		const char *rel = xml_attr(x, "rel"), *href = xml_attr(x, "href");
		if (href && (!rel || strcasecmp(rel, "alternate") == 0))
			return href;
		if (href && rel && strcasecmp(rel, "self") != 0 && !any)
			any = href;
	}
	return any;
}

static const char *link_of(struct feed_doc *d, const struct xml_node *n)
{
	static const char *const paths[] = { "link", NULL };
	const char *text = first_text(d->arena, n, paths, false);
	const char *line = feed_line(d->arena, text, 2048);

	return feed_url(d->arena, line ? line : atom_link(n));
}

static void read_categories(struct feed_doc *d, const struct xml_node *n, struct syndic_entry *x)
{
	static const char *const paths[] = { "category", "atom:category", "dc:subject", NULL };

	for (const char *const *p = paths; *p; p++)
		for (const struct xml_node *c = xml_find(n, *p);
		     c && x->category_count < SYNDIC_CATEGORIES; c = xml_again(c)) {
			const char *term = xml_attr(c, "term");
			const char *name = feed_name(d, term ? term : xml_text(d->arena, c));
			if (name)
				x->categories[x->category_count++] = name;
		}
}

/* The title as a line. In Atom it is plain text unless it says otherwise; in RSS nobody knows. */
static const char *title_of(struct feed_doc *d, const struct xml_node *n)
{
	static const char *const paths[] = { "title", "atom:title", "dc:title", NULL };
	const struct xml_node *atom = xml_find(n, "atom:title");
	const char *type = xml_attr(atom, "type"), *mode = xml_attr(atom, "mode");
	const char *text = first_text(d->arena, n, paths, true);

	if (atom && type && mode && strcasecmp(mode, "base64") == 0)
		return NULL;
	if (atom && (!type || strcasecmp(type, "text") == 0 || strcasecmp(type, "text/plain") == 0))
		return feed_line(d->arena, xml_text(d->arena, atom), FEED_TITLE_MAX);
	return feed_name(d, text);
}

static void read_entry(struct feed_doc *d, const struct xml_node *n, struct syndic_entry *x)
{
	static const char *const ids[] = { "guid", "atom:id", NULL };
	static const char *const bodies[] = { "content:encoded", "atom:content", "description",
		"atom:summary", "dc:description", "xhtml:body", "xhtml:div", NULL };
	static const char *const published[] = { "pubDate", "atom:published", "dc:date",
		"dc:issued", "atom:issued", "dc:created", "atom:created", NULL };
	static const char *const updated[] = { "atom:updated", "atom:modified", "dc:modified",
		NULL };
	const char *guid_link = NULL;

	x->title = title_of(d, n);
	const char *what = arena_printf(d->arena, "item '%.60s'", x->title ? x->title : "");
	x->id = feed_line(d->arena, first_text(d->arena, n, ids, false), FEED_ID_MAX);
	x->link = link_of(d, n);
	const char *permanent = xml_attr(xml_find(n, "guid"), "isPermaLink");
	if (!permanent || strcasecmp(permanent, "false") != 0)
		guid_link = feed_url(d->arena, x->id);
	if (!x->link && xml_find(n, "guid"))
		x->link = guid_link;
	x->body = first_text(d->arena, n, bodies, true);
	x->published = first_date(d, n, published, what);
	x->updated = first_date(d, n, updated, what);
	read_categories(d, n, x);
}

/* Whether a text is the only one of its kind so far; if not, the first of them is not either. */
static bool own(struct map *seen, const char *text, bool *flag)
{
	bool *first = text ? map_get(seen, text) : NULL;

	if (first)
		*first = false;
	else if (text)
		map_set(seen, text, flag);
	return text && !first;
}

static void find_own(struct syndic *s)
{
	struct map *ids = map_new(NULL), *links = map_new(NULL);

	for (size_t i = 0; i < s->entry_count; i++) {
		struct syndic_entry *x = &s->entries[i];
		x->own_id = own(ids, x->id, &x->own_id);
		x->own_link = own(links, x->link, &x->own_link);
	}
	map_free(ids);
	map_free(links);
}

static void read_entries(struct feed_doc *d, const struct xml_node *n, struct syndic *s)
{
	size_t left_out = 0, count = 0;

	for (const struct xml_node *x = n; x && count < FEED_ITEMS_MAX; x = xml_again(x))
		count++;
	s->entries = arena_alloc(d->arena, count * sizeof *s->entries);

	for (; n; n = xml_again(n)) {
		if (s->entry_count == FEED_ITEMS_MAX) {
			left_out++;
			continue;
		}
		read_entry(d, n, &s->entries[s->entry_count++]);
	}
	if (left_out)
		feed_problem(
		    d, "%zu items beyond the first %zu are left out", left_out, FEED_ITEMS_MAX);
}

/* The element that holds the feed's own values. */
static const struct xml_node *head_of(const struct xml_node *root, bool *atom)
{
	bool feed = strcasecmp(root->name, "feed") == 0;
	const struct xml_node *channel = xml_find(root, "channel");

	*atom = feed;
	if (feed)
		return root;
	if (strcasecmp(root->name, "channel") == 0)
		return root;
	if (strcasecmp(root->name, "rss") == 0 || strcasecmp(root->name, "rdf") == 0)
		return channel ? channel : xml_find(root, "item") ? root : NULL;
	return NULL;
}

struct syndic *syndic_read(
    struct feed_doc *d, const char *bytes, size_t len, const char *title, struct err *e)
{
	static const char *const dates[] = { "lastBuildDate", "pubDate", "atom:updated",
		"atom:modified", "dc:date", "dc:modified", "dc:issued", "dc:created",
		"atom:published", NULL };
	static const char *const generators[] = { "generator", "atom:generator", NULL };
	const char *looks = feed_looks_like(bytes, len);
	struct err why = { 0 };
	bool markup = strstr(looks, "feed") || strcmp(looks, "an XML document") == 0;
	struct syndic *s = arena_alloc(d->arena, sizeof *s);

	s->xml = markup ? xml_parse(d->arena, bytes, len, &why) : NULL;
	const struct xml_node *head = s->xml ? head_of(s->xml->root, &s->atom) : NULL;
	if (!head) {
		if (!markup)
			err_set(e, ERR_DATA, "no %s: it looks like %s", title, looks);
		else if (!s->xml)
			err_set(e, ERR_DATA, "no %s: %s", title, why.msg);
		else
			err_set(
			    e, ERR_DATA, "no %s: it looks like %s without a channel", title, looks);
		return NULL;
	}
	s->arena = d->arena;
	s->title = title_of(d, head);
	s->link = link_of(d, head);
	s->generator =
	    feed_line(d->arena, first_text(d->arena, head, generators, false), FEED_ID_MAX);
	s->updated = first_date(d, head, dates, "feed");
	read_entries(d, xml_find(head, s->atom ? "atom:entry" : "item"), s);
	if (s->atom && !s->entry_count)
		read_entries(d, xml_find(head, "entry"), s);
	if (!s->entry_count && head != s->xml->root) /* RSS 1.0 has them beside the channel */
		read_entries(d, xml_find(s->xml->root, "item"), s);
	find_own(s);
	return s;
}

void syndic_doc(struct feed_doc *d, const struct syndic *s)
{
	d->source = s->title;
	d->updated_at = s->updated;
	if (s->xml->malformed)
		feed_problem(d, "malformed XML, read after cleaning: %s", s->xml->malformed);
	if (s->xml->cut)
		feed_problem(d, "a text is longer than %zu bytes and was cut", XML_TEXT);
	for (size_t i = 0; !utc_is_set(s->updated) && i < s->entry_count; i++)
		d->updated_at = feed_later(
		    d->updated_at, feed_later(s->entries[i].published, s->entries[i].updated));
}

static bool is_page(const struct syndic *s, const char *link)
{
	size_t n = s->link ? strlen(s->link) : 0;

	while (n && s->link[n - 1] == '/')
		n--;
	return n && strncmp(link, s->link, n) == 0 && strspn(link + n, "/") == strlen(link + n);
}

const char *syndic_key(struct feed_doc *d, const struct syndic *s, const struct syndic_entry *x)
{
	if (x->own_id && !is_page(s, x->id))
		return x->id;
	if (x->own_link && !is_page(s, x->link))
		return feed_line(d->arena, x->link, FEED_ID_MAX);
	uint64_t hash = 14695981039346656037u; /* FNV-1a */
	const char *text =
	    arena_printf(d->arena, "%s %" PRId64, x->title ? x->title : x->body, x->published.ms);
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211u;
	return arena_printf(d->arena, "item-%016" PRIx64, hash);
}

bool syndic_mentions(const char *bytes, size_t len, const char *needle)
{
	return memmem(bytes, len < 8192 ? len : 8192, needle, strlen(needle)) != NULL;
}

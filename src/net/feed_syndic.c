#include "feed_syndic.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "net_priv.h"

/* feed_line and feed_name of what the arena holds: most of it is clean, and stays where it is. */
static const char *line_in(struct feed_doc *d, const char *text, size_t max)
{
	size_t len = strlen(text);

	if (!len)
		return NULL;
	return len <= max && utf8_is_plain(text, len, UTF8_ONE_LINE)
		   ? text
		   : feed_line(d->arena, text, max);
}

static const char *name_in(struct feed_doc *d, const char *text)
{
	const char *line = line_in(d, text, FEED_TITLE_MAX);

	return line == text && !strpbrk(text, "<&") ? line : feed_name(d, text);
}

static bool is_blank(const char *text)
{
	while (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n')
		text++;
	return !*text;
}

/* The text of the first tag that has one; a list of tags ends with XML_TAG_OTHER. */
static const char *first_text(
    struct arena *a, const struct xml_parts *p, const enum xml_tag *tags, bool markup)
{
	for (; *tags; tags++) {
		const struct xml_node *x = p->first[*tags];
		const char *text = x ? markup ? xml_markup(a, x) : xml_text(a, x) : "";
		if (!is_blank(text))
			return text;
	}
	return "";
}

/* A date of the first tag that has a readable one. `title` is the entry's, NULL of the feed. */
static struct utc first_date(
    struct feed_doc *d, const struct xml_parts *p, const enum xml_tag *tags, const char *title)
{
	struct utc t;

	for (; *tags; tags++) {
		const struct xml_node *x = p->first[*tags], *again;
		if (!x)
			continue;
		while ((again = xml_again(x)) != NULL)
			x = again; /* a repeated date stands for the one before it */
		const char *text = xml_text(d->arena, x);
		if (feed_date_usual(text, &t))
			return t;
		const char *line = line_in(d, text, 200);
		if (!line)
			continue;
		if (feed_date(line, &t))
			return t;
		const char *what = title ? arena_printf(d->arena, "item '%.60s'", title) : "feed";
		feed_problem(d, "%s: %s is no date: '%.60s'", what, xml_tag_name(*tags), line);
	}
	return UTC_NONE;
}

/* An Atom entry may have several links: the alternate one is the page. */
static const char *atom_link(const struct xml_parts *p)
{
	const char *any = NULL;

	for (const struct xml_node *x = p->first[XML_TAG_ATOM_LINK]; x; x = xml_again(x)) {
		const char *rel = xml_attr(x, "rel"), *href = xml_attr(x, "href");
		if (href && (!rel || strcasecmp(rel, "alternate") == 0))
			return href;
		if (href && rel && strcasecmp(rel, "self") != 0 && !any)
			any = href;
	}
	return any;
}

static const char *link_of(struct feed_doc *d, const struct xml_parts *p)
{
	const struct xml_node *x = p->first[XML_TAG_LINK];
	const char *line = x ? line_in(d, xml_text(d->arena, x), 2048) : NULL;

	return feed_url(d->arena, line ? line : atom_link(p));
}

static void read_categories(struct feed_doc *d, const struct xml_parts *p, struct syndic_entry *x)
{
	static const enum xml_tag tags[] = { XML_TAG_CATEGORY, XML_TAG_ATOM_CATEGORY,
		XML_TAG_DC_SUBJECT };
	const char *names[SYNDIC_CATEGORIES];
	size_t count = 0;

	for (size_t i = 0; i < countof(tags); i++)
		for (const struct xml_node *c = p->first[tags[i]]; c && count < countof(names);
		     c = xml_again(c)) {
			const char *term = xml_attr(c, "term");
			const char *name = name_in(d, term ? term : xml_text(d->arena, c));
			if (name)
				names[count++] = name;
		}
	if (!count)
		return;
	x->categories = arena_alloc(d->arena, count * sizeof *names);
	x->category_count = count;
	memcpy(x->categories, names, count * sizeof *names);
}

/* The title as a line. In Atom it is plain text unless it says otherwise; in RSS nobody knows. */
static const char *title_of(struct feed_doc *d, const struct xml_parts *p)
{
	static const enum xml_tag tags[] = { XML_TAG_TITLE, XML_TAG_ATOM_TITLE, XML_TAG_DC_TITLE,
		XML_TAG_OTHER };
	const struct xml_node *atom = p->first[XML_TAG_ATOM_TITLE];
	const char *type = xml_attr(atom, "type"), *mode = xml_attr(atom, "mode");

	if (atom && type && mode && strcasecmp(mode, "base64") == 0)
		return NULL;
	if (atom && (!type || strcasecmp(type, "text") == 0 || strcasecmp(type, "text/plain") == 0))
		return line_in(d, xml_text(d->arena, atom), FEED_TITLE_MAX);
	return name_in(d, first_text(d->arena, p, tags, true));
}

static void read_entry(struct feed_doc *d, const struct xml_node *n, struct syndic_entry *x)
{
	static const enum xml_tag ids[] = { XML_TAG_GUID, XML_TAG_ATOM_ID, XML_TAG_OTHER };
	static const enum xml_tag bodies[] = { XML_TAG_CONTENT_ENCODED, XML_TAG_ATOM_CONTENT,
		XML_TAG_DESCRIPTION, XML_TAG_ATOM_SUMMARY, XML_TAG_DC_DESCRIPTION,
		XML_TAG_XHTML_BODY, XML_TAG_XHTML_DIV, XML_TAG_OTHER };
	static const enum xml_tag published[] = { XML_TAG_PUB_DATE, XML_TAG_ATOM_PUBLISHED,
		XML_TAG_DC_DATE, XML_TAG_DC_ISSUED, XML_TAG_ATOM_ISSUED, XML_TAG_DC_CREATED,
		XML_TAG_ATOM_CREATED, XML_TAG_OTHER };
	static const enum xml_tag updated[] = { XML_TAG_ATOM_UPDATED, XML_TAG_ATOM_MODIFIED,
		XML_TAG_DC_MODIFIED, XML_TAG_OTHER };
	const char *guid_link = NULL;
	struct xml_parts p = xml_parts(n);

	x->title = title_of(d, &p);
	const char *called = x->title ? x->title : "";
	x->id = line_in(d, first_text(d->arena, &p, ids, false), FEED_ID_MAX);
	x->link = link_of(d, &p);
	const struct xml_node *guid = p.first[XML_TAG_GUID];
	const char *permanent = xml_attr(guid, "isPermaLink");
	if (!permanent || strcasecmp(permanent, "false") != 0)
		guid_link = feed_url(d->arena, x->id);
	if (!x->link && guid)
		x->link = guid_link;
	x->body = first_text(d->arena, &p, bodies, true);
	x->published = first_date(d, &p, published, called);
	x->updated = first_date(d, &p, updated, called);
	read_categories(d, &p, x);
}

static const char *key_of(const struct syndic_entry *x, bool link)
{
	return link ? x->link : x->id;
}

/* Tells of each entry whether no other one has the same link, or the same id. */
static void find_own(struct syndic *s, bool links)
{
	size_t room = 16;

	while (room < 2 * s->entry_count)
		room *= 2;
	uint16_t *slots = arena_alloc(s->arena, room * sizeof *slots); /* 1 + an index; 0: free */
	for (size_t i = 0; i < s->entry_count; i++) {
		struct syndic_entry *x = &s->entries[i], *first = NULL;
		const char *key = key_of(x, links);
		if (!key)
			continue;
		size_t k = net_hash_text(NET_HASH_START, key) & (room - 1);
		while (slots[k] && strcmp(key_of(&s->entries[slots[k] - 1], links), key) != 0)
			k = (k + 1) & (room - 1);
		if (slots[k])
			first = &s->entries[slots[k] - 1];
		else
			slots[k] = (uint16_t)(i + 1);
		*(links ? &x->own_link : &x->own_id) = !first;
		if (first)
			*(links ? &first->own_link : &first->own_id) = false;
	}
	*(links ? &s->links_known : &s->ids_known) = true;
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
	static const enum xml_tag dates[] = { XML_TAG_LAST_BUILD_DATE, XML_TAG_PUB_DATE,
		XML_TAG_ATOM_UPDATED, XML_TAG_ATOM_MODIFIED, XML_TAG_DC_DATE, XML_TAG_DC_MODIFIED,
		XML_TAG_DC_ISSUED, XML_TAG_DC_CREATED, XML_TAG_ATOM_PUBLISHED, XML_TAG_OTHER };
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
	struct xml_parts p = xml_parts(head);
	s->title = title_of(d, &p);
	s->link = link_of(d, &p);
	s->updated = first_date(d, &p, dates, NULL);
	read_entries(d, p.first[s->atom ? XML_TAG_ATOM_ENTRY : XML_TAG_ITEM], s);
	if (s->atom && !s->entry_count)
		read_entries(d, p.first[XML_TAG_ENTRY], s);
	if (!s->entry_count && head != s->xml->root) /* RSS 1.0 has them beside the channel */
		read_entries(d, xml_find(s->xml->root, "item"), s);
	return s;
}

void syndic_doc(struct feed_doc *d, const struct syndic *s)
{
	d->source = feed_name(d, s->title); /* a text of Atom may spell tags out */
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

static uint64_t fnv(uint64_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 1099511628211u;
	return h;
}

/* "item-" and FNV-1a of title (else body), a blank, and the time in decimal. */
static const char *digest(struct arena *a, const struct syndic_entry *x)
{
	char number[24], id[] = "item-0123456789abcdef", *p = number + sizeof number - 1;
	uint64_t ms = (uint64_t)x->published.ms, h = 14695981039346656037u;
	bool minus = x->published.ms < 0;

	*p = '\0';
	for (ms = minus ? -ms : ms; ms || !*p; ms /= 10)
		*--p = (char)('0' + ms % 10);
	h = fnv(fnv(h, x->title ? x->title : x->body), minus ? " -" : " ");
	h = fnv(h, p);
	for (size_t i = sizeof id - 1; i > strlen("item-"); h >>= 4)
		id[--i] = "0123456789abcdef"[h & 15];
	return arena_copy(a, id, sizeof id - 1);
}

const char *syndic_key(struct feed_doc *d, struct syndic *s, const struct syndic_entry *x)
{
	if (!s->ids_known)
		find_own(s, false);
	if (x->own_id && !is_page(s, x->id))
		return x->id;
	if (!s->links_known)
		find_own(s, true);
	if (x->own_link && !is_page(s, x->link))
		return feed_line(d->arena, x->link, FEED_ID_MAX);
	return digest(d->arena, x);
}

bool syndic_mentions(const char *bytes, size_t len, const char *needle)
{
	return memmem(bytes, len < 8192 ? len : 8192, needle, strlen(needle)) != NULL;
}

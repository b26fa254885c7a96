#include "xml.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <expat.h>

#include "base/utf8.h"

#define DECLARATIONS 256 /* namespace declarations in force at one place */

static const struct {
	const char *uri;
	enum xml_ns ns;
} vocabularies[] = {
	{ "http://www.w3.org/2005/atom", XML_NS_ATOM },
	{ "http://purl.org/atom/ns#", XML_NS_ATOM },
	{ "http://example.com/newformat#", XML_NS_ATOM },
	{ "http://example.com/necho", XML_NS_ATOM },
	{ "http://purl.org/echo/", XML_NS_ATOM },
	{ "http://purl.org/pie/", XML_NS_ATOM },
	{ "http://purl.org/rss/1.0/", XML_NS_NONE },
	{ "http://my.netscape.com/rdf/simple/0.9/", XML_NS_NONE },
	{ "http://channel.netscape.com/rdf/simple/0.9/", XML_NS_NONE },
	{ "http://my.netscape.com/publish/formats/rss-0.91.dtd", XML_NS_NONE },
	{ "http://backend.userland.com/rss", XML_NS_NONE },
	{ "http://backend.userland.com/rss2", XML_NS_NONE },
	{ "http://blogs.law.harvard.edu/tech/rss", XML_NS_NONE },
	{ "http://purl.org/dc/elements/1.1/", XML_NS_DC },
	{ "http://purl.org/dc/elements/1.0/", XML_NS_DC },
	{ "http://purl.org/dc/terms/", XML_NS_DC },
	{ "http://purl.org/rss/1.0/modules/content/", XML_NS_CONTENT },
	{ "http://www.w3.org/1999/xhtml", XML_NS_XHTML },
	{ "http://www.w3.org/1999/02/22-rdf-syntax-ns#", XML_NS_RDF },
};

static const struct {
	const char *prefix;
	enum xml_ns ns;
} prefixes[] = {
	{ "atom", XML_NS_ATOM },
	{ "dc", XML_NS_DC },
	{ "content", XML_NS_CONTENT },
	{ "xhtml", XML_NS_XHTML },
	{ "rdf", XML_NS_RDF },
};

static enum xml_ns vocabulary(const char *uri)
{
	if (!*uri)
		return XML_NS_NONE;
	for (size_t i = 0; i < countof(vocabularies); i++)
		if (strcasecmp(vocabularies[i].uri, uri) == 0)
			return vocabularies[i].ns;
	return XML_NS_OTHER;
}

enum stop { RUNNING, NOT_WELL_FORMED, REFUSED };

struct declaration {
	const char *prefix; /* "": the default */
	enum xml_ns ns;
	int depth;
};

struct reader {
	struct arena *arena;
	XML_Parser parser;
	struct xml_doc *doc;
	struct xml_node *open;
	struct buf text; /* of the run that is being read */
	struct declaration declared[DECLARATIONS];
	size_t declared_count;
	int depth, elements;
	enum stop stop;
	char why[200];
};

static void give_up(struct reader *r, enum stop stop, const char *why)
{
	if (r->stop != RUNNING)
		return;
	r->stop = stop;
	snprintf(r->why, sizeof r->why, "%s (line %lu)", why,
	    (unsigned long)XML_GetCurrentLineNumber(r->parser));
	XML_StopParser(r->parser, XML_FALSE);
}

static void append(struct reader *r, struct xml_node *n)
{
	struct xml_node *up = r->open;

	n->parent = up;
	if (!up)
		r->doc->root = n;
	else if (up->last)
		up->last->next = n;
	else
		up->first = n;
	if (up)
		up->last = n;
}

static void flush_text(struct reader *r)
{
	struct xml_node *n;

	if (!r->text.len)
		return;
	n = arena_alloc(r->arena, sizeof *n);
	n->text = arena_strndup(r->arena, buf_str(&r->text), r->text.len);
	append(r, n);
	buf_clear(&r->text);
	r->text.over = false;
}

static void declare(struct reader *r, const char *prefix, const char *uri)
{
	if (r->declared_count == DECLARATIONS) {
		give_up(r, REFUSED, "too many namespaces are declared");
		return;
	}
	r->declared[r->declared_count++] =
	    (struct declaration){ arena_strdup(r->arena, prefix), vocabulary(uri), r->depth };
}

/* The vocabulary of a name, and the name without its prefix. */
static enum xml_ns resolve(struct reader *r, const char *name, const char **local)
{
	const char *colon = strchr(name, ':');
	size_t n = colon ? (size_t)(colon - name) : 0;

	*local = colon ? colon + 1 : name;
	for (size_t i = r->declared_count; i-- > 0;)
		if (strncmp(r->declared[i].prefix, name, n) == 0 && !r->declared[i].prefix[n])
			return r->declared[i].ns;
	if (!colon)
		return XML_NS_NONE;
	if (strncmp(name, "xml:", 4) != 0 && !r->doc->malformed) {
		char *why = utf8_cleaned(name, UTF8_ONE_LINE, 60);
		r->doc->malformed = arena_printf(r->arena, "the prefix of %s is not declared", why);
		free(why);
	}
	return XML_NS_OTHER;
}

static void start(void *ctx, const XML_Char *name, const XML_Char **attrs)
{
	struct reader *r = ctx;
	struct xml_node *n;
	struct xml_attr *list;
	size_t count = 0;

	if (r->stop != RUNNING)
		return;
	if (++r->elements > XML_ELEMENTS || ++r->depth > XML_DEPTH) {
		give_up(r, REFUSED,
		    r->depth > XML_DEPTH ? "elements are nested too deeply" : "too many elements");
		return;
	}
	while (attrs[2 * count]) {
		const char *key = attrs[2 * count], *value = attrs[2 * count + 1];
		if (strlen(key) > XML_NAME || ++count > XML_ATTRIBUTES) {
			give_up(r, REFUSED, "an element has too many or too long attributes");
			return;
		}
		if (strncmp(key, "xmlns", 5) == 0 && (!key[5] || key[5] == ':'))
			declare(r, key[5] ? key + 6 : "", value);
	}
	if (strlen(name) > XML_NAME) {
		give_up(r, REFUSED, "an element's name is too long");
		return;
	}
	flush_text(r);
	n = arena_alloc(r->arena, sizeof *n);
	list = count ? arena_alloc(r->arena, count * sizeof *list) : NULL;
	for (size_t i = 0; i < count; i++)
		list[i] = (struct xml_attr){ arena_strdup(r->arena, attrs[2 * i]),
			arena_strdup(r->arena, attrs[2 * i + 1]) };
	n->ns = resolve(r, arena_strdup(r->arena, name), &n->name);
	n->name_len = strlen(n->name);
	n->attrs = list;
	n->attr_count = count;
	append(r, n);
	r->open = n;
}

static void end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;

	(void)name;
	if (r->stop != RUNNING)
		return;
	flush_text(r);
	while (r->declared_count && r->declared[r->declared_count - 1].depth == r->depth)
		r->declared_count--;
	r->depth--;
	r->open = r->open->parent;
}

static void characters(void *ctx, const XML_Char *s, int len)
{
	struct reader *r = ctx;

	if (!r->open || r->stop != RUNNING)
		return;
	if (r->text.over ||
	    !(len == 1 ? buf_addc(&r->text, *s) : buf_add(&r->text, s, (size_t)len)))
		r->doc->cut = true;
}

static void doctype(
    void *ctx, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	if (internal)
		give_up(ctx, REFUSED, "it defines its own document type, which is never processed");
}

static void skipped(void *ctx, const XML_Char *name, int parameter)
{
	(void)name;
	if (!parameter)
		give_up(ctx, NOT_WELL_FORMED, "an entity is not defined");
}

/* One try. False: r->why says what stopped it. */
static bool attempt(struct reader *r, struct arena *a, const char *bytes, size_t len)
{
	*r = (struct reader){ .arena = a, .parser = XML_ParserCreate("UTF-8") };
	r->doc = arena_alloc(a, sizeof *r->doc);
	buf_init(&r->text, XML_TEXT);
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, start, end);
	XML_SetCharacterDataHandler(r->parser, characters);
	XML_SetStartDoctypeDeclHandler(r->parser, doctype);
	XML_SetSkippedEntityHandler(r->parser, skipped);
	XML_SetParamEntityParsing(r->parser, XML_PARAM_ENTITY_PARSING_NEVER);
	bool ok = XML_Parse(r->parser, bytes, (int)len, 1) == XML_STATUS_OK;
	if (!ok && r->stop == RUNNING) {
		r->stop = NOT_WELL_FORMED;
		snprintf(r->why, sizeof r->why, "%s (line %lu)",
		    XML_ErrorString(XML_GetErrorCode(r->parser)),
		    (unsigned long)XML_GetCurrentLineNumber(r->parser));
	}
	XML_ParserFree(r->parser);
	buf_fini(&r->text);
	return ok;
}

struct xml_doc *xml_parse(struct arena *a, const char *bytes, size_t len, struct err *e)
{
	struct reader r;
	struct buf clean;
	char first[sizeof r.why];

	if (len > (size_t)INT32_MAX / 2) {
		err_set(e, ERR_LIMIT, "the XML is too long");
		return NULL;
	}
	if (attempt(&r, a, bytes, len))
		return r.doc;
	memcpy(first, r.why, sizeof first);
	if (r.stop == NOT_WELL_FORMED) {
		buf_init(&clean, 0);
		xml_clean(&clean, bytes, len);
		bool ok = attempt(&r, a, buf_str(&clean), clean.len);
		buf_fini(&clean);
		if (ok) {
			r.doc->malformed = arena_strdup(a, first);
			return r.doc;
		}
	}
	err_set(e, r.stop == REFUSED ? ERR_LIMIT : ERR_DATA, "broken XML: %s", r.why);
	return NULL;
}

/* ---- looking ---- */

static bool is(const struct xml_node *n, enum xml_ns ns, const char *name, size_t len)
{
	/* Most names differ in length or in their first letter. */
	return n->name_len == len && n->ns == ns && len && ((*n->name ^ *name) & ~0x20) == 0 &&
	       strncasecmp(n->name, name, len) == 0;
}

/* The vocabulary of a prefix of ours. */
static enum xml_ns prefixed(const char *prefix, size_t len)
{
	for (size_t i = 0; i < countof(prefixes); i++)
		if (*prefixes[i].prefix == *prefix && strlen(prefixes[i].prefix) == len &&
		    memcmp(prefixes[i].prefix, prefix, len) == 0)
			return prefixes[i].ns;
	return XML_NS_NONE;
}

const struct xml_node *xml_find(const struct xml_node *n, const char *path)
{
	while (n && *path) {
		size_t len = 0, skip = 0;
		for (; path[len] && path[len] != '/'; len++)
			skip = path[len] == ':' ? len + 1 : skip;
		enum xml_ns ns = skip ? prefixed(path, skip - 1) : XML_NS_NONE;
		n = n->first;
		while (n && !is(n, ns, path + skip, len - skip))
			n = n->next;
		path += len + (path[len] == '/');
	}
	return n;
}

const struct xml_node *xml_again(const struct xml_node *n)
{
	const struct xml_node *next = n->next;

	while (next && !is(next, n->ns, n->name, n->name_len))
		next = next->next;
	return next;
}

const char *xml_attr(const struct xml_node *n, const char *name)
{
	for (size_t i = 0; n && i < n->attr_count; i++)
		if (strcmp(n->attrs[i].name, name) == 0)
			return n->attrs[i].value;
	return NULL;
}

/* The node after `n` below `top`, in the order of the document; elements that end before it are
 * told to `out`. */
static const struct xml_node *after(
    const struct xml_node *top, const struct xml_node *n, struct buf *out, bool tags)
{
	if (n->first)
		return n->first;
	for (; n != top; n = n->parent) {
		if (tags && n->name)
			buf_addf(out, "</%s>", n->name);
		if (n->next)
			return n->next;
	}
	return NULL;
}

const char *xml_text(struct arena *a, const struct xml_node *n)
{
	struct buf out;

	if (!n || (n->name && !n->first))
		return "";
	if (n->first && n->first == n->last && n->first->text)
		return n->first->text;
	buf_init(&out, 0);
	for (const struct xml_node *x = n; x; x = after(n, x, &out, false))
		if (x->text)
			buf_adds(&out, x->text);
	const char *text = arena_strdup(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

static void escape(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '&')
			buf_adds(out, "&amp;");
		else if (*s == '<')
			buf_adds(out, "&lt;");
		else
			buf_addc(out, *s);
	}
}

const char *xml_markup(struct arena *a, const struct xml_node *n)
{
	const struct xml_node *x = n ? n->first : NULL;
	struct buf out;

	while (x && !x->name)
		x = x->next;
	if (!x)
		return xml_text(a, n);
	buf_init(&out, 0);
	for (x = n; x; x = after(n, x, &out, true)) {
		if (x->text)
			escape(&out, x->text);
		else if (x != n)
			buf_addf(&out, "<%s>", x->name);
	}
	const char *text = arena_strdup(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

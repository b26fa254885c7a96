#include "xml.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <expat.h>

#include "base/utf8.h"
#include "xml_name.h"

#define DECLARATIONS 256 /* namespace declarations in force at one place */

enum stop { RUNNING, NOT_WELL_FORMED, REFUSED };

struct declaration {
	const char *prefix; /* "": the default */
	enum xml_ns ns;
	int depth;
};

/* A name as written, and what it means while no declaration comes or goes. */
struct known {
	const char *written; /* NULL: no name yet */
	size_t len, prefix_len;
	enum xml_ns ns;
	enum xml_tag tag;
	unsigned declared; /* reader.declared_changes when it was looked at */
};

#define KNOWN 32 /* names that are kept; a power of two */

struct reader {
	struct arena *arena;
	XML_Parser parser;
	struct xml_doc *doc;
	struct xml_node *open;
	/* The text that is being read, which grows where it stays: its memory, its end, and where
	 * no more is taken without asking. NULL: none. */
	char *run, *run_end, *run_stop;
	size_t run_room;
	bool run_over; /* it was cut: nothing more is added */
	struct declaration *declared;
	size_t declared_count, declared_cap;
	unsigned declared_changes;
	struct known known[KNOWN];
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

/* The text of the run, which ends here; NULL: there was none. */
static const char *end_run(struct reader *r)
{
	char *text = r->run;

	if (!text)
		return NULL;
	size_t len = (size_t)(r->run_end - text);
	if (r->run_room - len > 64)
		text = arena_resize(r->arena, text, r->run_room, len + 1);
	text[len] = '\0';
	r->run = r->run_end = r->run_stop = NULL;
	r->run_room = 0;
	r->run_over = false;
	return text;
}

/* A run beside elements is a node of its own. */
static void flush_text(struct reader *r)
{
	const char *text = end_run(r);

	if (!text)
		return;
	struct xml_node *n = arena_alloc(r->arena, sizeof *n);
	n->text = text;
	append(r, n);
}

static void declare(struct reader *r, const char *prefix, const char *uri)
{
	if (r->declared_count == DECLARATIONS) {
		give_up(r, REFUSED, "too many namespaces are declared");
		return;
	}
	r->declared = xgrow(r->declared, r->declared_count, &r->declared_cap);
	r->declared[r->declared_count++] =
	    (struct declaration){ arena_strdup(r->arena, prefix), xml_vocabulary(uri), r->depth };
	r->declared_changes++;
}

/* The vocabulary of a name whose prefix has `n` bytes. */
static enum xml_ns resolve(struct reader *r, const char *name, size_t n)
{
	for (size_t i = r->declared_count; i-- > 0;)
		if (strncmp(r->declared[i].prefix, name, n) == 0 && !r->declared[i].prefix[n])
			return r->declared[i].ns;
	if (name[n] != ':')
		return XML_NS_NONE;
	if (strncmp(name, "xml:", 4) != 0 && !r->doc->malformed) {
		char *why = utf8_cleaned(name, UTF8_ONE_LINE, 60);
		r->doc->malformed = arena_printf(r->arena, "the prefix of %s is not declared", why);
		free(why);
	}
	return XML_NS_OTHER;
}

/* What a name of `len` bytes means, which most documents ask again and again of the same few. */
static const struct known *look_up(struct reader *r, const char *name, size_t len)
{
	struct known *k = &r->known[((unsigned char)*name ^ len << 2) % KNOWN];
	bool same = k->written && k->len == len && memcmp(k->written, name, len) == 0;

	if (same && k->declared == r->declared_changes)
		return k;
	if (!same)
		k->written = arena_strndup(r->arena, name, len);
	const char *colon = memchr(name, ':', len);
	size_t prefix = colon ? (size_t)(colon - name) : 0, local = colon ? prefix + 1 : 0;
	k->len = len;
	k->prefix_len = local;
	k->ns = resolve(r, name, prefix);
	k->tag = xml_tag_of(k->ns, name + local, len - local);
	k->declared = r->declared_changes;
	return k;
}

/* An element with its attributes, in one piece of memory. */
static struct xml_node *element(struct reader *r, const XML_Char **attrs, size_t count)
{
	size_t room = count * sizeof(struct xml_attr);

	for (size_t i = 0; i < 2 * count; i++)
		room += strlen(attrs[i]) + 1;
	struct xml_node *n = arena_alloc(r->arena, sizeof *n + room);
	struct xml_attr *list = (struct xml_attr *)(n + 1);
	char *text = (char *)(list + count);
	for (size_t i = 0; i < count; i++) {
		list[i].name = text;
		text = stpcpy(text, attrs[2 * i]) + 1;
		list[i].value = text;
		text = stpcpy(text, attrs[2 * i + 1]) + 1;
	}
	n->attrs = count ? list : NULL;
	n->attr_count = count;
	return n;
}

static void start(void *ctx, const XML_Char *name, const XML_Char **attrs)
{
	struct reader *r = ctx;
	size_t count = 0, len = strlen(name);

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
	if (len > XML_NAME) {
		give_up(r, REFUSED, "an element's name is too long");
		return;
	}
	flush_text(r);
	struct xml_node *n = element(r, attrs, count);
	const struct known *k = look_up(r, name, len);
	n->ns = k->ns;
	n->tag = k->tag;
	n->name = k->written + k->prefix_len;
	n->name_len = len - k->prefix_len;
	append(r, n);
	r->open = n;
}

static void end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;

	(void)name;
	if (r->stop != RUNNING)
		return;
	if (r->open->first)
		flush_text(r);
	else
		r->open->text = end_run(r);
	while (r->declared_count && r->declared[r->declared_count - 1].depth == r->depth) {
		r->declared_count--;
		r->declared_changes++;
	}
	r->depth--;
	r->open = r->open->parent;
}

/* Room for `n` more bytes of text; how many of them are taken. */
static __attribute__((noinline)) size_t run_more(struct reader *r, const char *s, size_t n)
{
	size_t len = (size_t)(r->run_end - r->run);

	if (!r->open || r->stop != RUNNING || r->run_over)
		return 0;
	if (n > XML_TEXT - len) {
		r->run_over = r->doc->cut = true;
		for (n = XML_TEXT - len; n && (s[n] & 0xc0) == 0x80; n--)
			; /* no part of a character */
	}
	/* Most texts come in one piece, and blanks in two. */
	size_t room = r->run ? 2 * r->run_room + 512 : n < 32 ? 32 : n + 1;
	while (room <= len + n)
		room *= 2;
	r->run = arena_resize(r->arena, r->run, r->run_room, room);
	r->run_room = room;
	r->run_end = r->run + len;
	r->run_stop = r->run_over ? r->run_end + n : r->run + room - 1;
	return n;
}

static void characters(void *ctx, const XML_Char *s, int len)
{
	struct reader *r = ctx;
	size_t n = (size_t)len;

	if (n > (size_t)(r->run_stop - r->run_end) && (n = run_more(r, s, n)) == 0)
		return;
	char *to = r->run_end;
	r->run_end += n;
	if (n == 1) /* a reference, most often */
		*to = *s;
	else
		memcpy(to, s, n);
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
	free(r->declared);
	return ok;
}

struct xml_doc *xml_parse(struct arena *a, const char *bytes, size_t len, struct err *e)
{
	struct reader r;
	struct buf whole, clean;
	char first[sizeof r.why];

	if (len > (size_t)INT32_MAX / 2) {
		err_set(e, ERR_LIMIT, "the XML is too long");
		return NULL;
	}
	if (attempt(&r, a, bytes, len))
		return r.doc;
	memcpy(first, r.why, sizeof first);
	if (r.stop == NOT_WELL_FORMED) {
		buf_init(&whole, 0);
		buf_init(&clean, 0);
		buf_add(&whole, bytes, len);
		xml_clean(&clean, buf_str(&whole), whole.len);
		buf_fini(&whole);
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
	return n->ns == ns && xml_name_is(n->name, n->name_len, name, len);
}

const struct xml_node *xml_find(const struct xml_node *n, const char *path)
{
	while (n && *path) {
		size_t len = 0, skip = 0;
		for (; path[len] && path[len] != '/'; len++)
			skip = path[len] == ':' ? len + 1 : skip;
		enum xml_ns ns = skip ? xml_prefixed(path, skip - 1) : XML_NS_NONE;
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

	while (next && (n->tag ? next->tag != n->tag : !is(next, n->ns, n->name, n->name_len)))
		next = next->next;
	return next;
}

struct xml_parts xml_parts(const struct xml_node *n)
{
	struct xml_parts p = { { NULL } };

	for (n = n->first; n; n = n->next)
		if (n->tag && !p.first[n->tag])
			p.first[n->tag] = n;
	return p;
}

const char *xml_attr(const struct xml_node *n, const char *name)
{
	for (size_t i = 0; n && i < n->attr_count; i++)
		if (strcmp(n->attrs[i].name, name) == 0)
			return n->attrs[i].value;
	return NULL;
}

static void put_tag(struct buf *out, const char *start, const char *name)
{
	buf_adds(out, start);
	buf_adds(out, name);
	buf_addc(out, '>');
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
			put_tag(out, "</", n->name);
		if (n->next)
			return n->next;
	}
	return NULL;
}

const char *xml_text(struct arena *a, const struct xml_node *n)
{
	struct buf out;

	if (!n || (!n->text && !n->first))
		return "";
	if (n->text)
		return n->text;
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
	for (size_t n; *s; s += n) {
		n = strcspn(s, "&<");
		if (n)
			buf_add(out, s, n);
		else
			buf_adds(out, *s == '&' ? "&amp;" : "&lt;");
		n = n ? n : 1;
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
		if (x->name && x != n)
			put_tag(&out, "<", x->name);
		if (x->text)
			escape(&out, x->text);
	}
	const char *text = arena_strdup(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

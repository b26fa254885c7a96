/* XML from outside as a small tree. No document type is ever processed: one with an internal subset
 * is refused, a bare external one is passed over and never fetched. A document that is not
 * well-formed gets a second try after a cleaning pass, and is then marked. */
#ifndef NET_XML_H
#define NET_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/* Limits of one document: what passes one of the first four refuses it; text is cut. */
#define XML_DEPTH 64
#define XML_ELEMENTS 100000
#define XML_ATTRIBUTES 64
#define XML_NAME 256
#define XML_TEXT ((size_t)65536) /* of one run of text */

/* The vocabularies that are told apart, whatever prefix a document gives them. */
enum xml_ns {
	XML_NS_NONE, /* none, or one of those that stand for RSS itself */
	XML_NS_ATOM,
	XML_NS_DC, /* Dublin Core elements and terms */
	XML_NS_CONTENT,
	XML_NS_XHTML,
	XML_NS_RDF,
	XML_NS_OTHER,
};

/* The elements that feeds are made of, in their vocabulary and any case. A document has few
 * different names: each is looked at once, and its elements are known by this from then on. */
enum xml_tag {
	XML_TAG_OTHER,
	XML_TAG_CATEGORY,
	XML_TAG_CHANNEL,
	XML_TAG_DESCRIPTION,
	XML_TAG_ENTRY,
	XML_TAG_GENERATOR,
	XML_TAG_GUID,
	XML_TAG_ITEM,
	XML_TAG_LAST_BUILD_DATE,
	XML_TAG_LINK,
	XML_TAG_PUB_DATE,
	XML_TAG_TITLE,
	XML_TAG_ATOM_CATEGORY,
	XML_TAG_ATOM_CONTENT,
	XML_TAG_ATOM_CREATED,
	XML_TAG_ATOM_ENTRY,
	XML_TAG_ATOM_GENERATOR,
	XML_TAG_ATOM_ID,
	XML_TAG_ATOM_ISSUED,
	XML_TAG_ATOM_LINK,
	XML_TAG_ATOM_MODIFIED,
	XML_TAG_ATOM_PUBLISHED,
	XML_TAG_ATOM_SUMMARY,
	XML_TAG_ATOM_TITLE,
	XML_TAG_ATOM_UPDATED,
	XML_TAG_CONTENT_ENCODED,
	XML_TAG_DC_CREATED,
	XML_TAG_DC_DATE,
	XML_TAG_DC_DESCRIPTION,
	XML_TAG_DC_ISSUED,
	XML_TAG_DC_MODIFIED,
	XML_TAG_DC_SUBJECT,
	XML_TAG_DC_TITLE,
	XML_TAG_XHTML_BODY,
	XML_TAG_XHTML_DIV,
	XML_TAGS,
};

struct xml_attr {
	const char *name, *value; /* the name as written, with its prefix */
};

/* An element, or a run of text (name is NULL). An element that holds one run and nothing else has
 * it as its own text. */
struct xml_node {
	enum xml_ns ns;
	enum xml_tag tag;
	const char *name; /* without its prefix */
	const char *text; /* NULL: none of its own */
	const struct xml_attr *attrs;
	size_t name_len, attr_count;
	struct xml_node *parent, *first, *last, *next;
};

struct xml_doc {
	struct xml_node *root;
	const char *malformed; /* why a second try was needed, one clean line; NULL: it was not */
	bool cut;	       /* a text was longer than XML_TEXT */
};

/* `bytes` are UTF-8, whatever the declaration says. NULL: *e. Everything lives in `a`. */
struct xml_doc *xml_parse(struct arena *a, const char *bytes, size_t len, struct err *e);

/* The first element below `n` on a path of names ("channel/title", "atom:link"); the prefixes
 * atom, dc, content, xhtml and rdf are ours. NULL: none, or `n` is NULL. */
const struct xml_node *xml_find(const struct xml_node *n, const char *path);
/* The next sibling of the same name. */
const struct xml_node *xml_again(const struct xml_node *n);
/* The first element right below `n` of each tag but XML_TAG_OTHER, in one walk; NULL: none. */
struct xml_parts {
	const struct xml_node *first[XML_TAGS];
};
struct xml_parts xml_parts(const struct xml_node *n);
/* How we write a tag: "atom:link". */
const char *xml_tag_name(enum xml_tag tag);
/* NULL: no such attribute, or `n` is NULL. */
const char *xml_attr(const struct xml_node *n, const char *name);

/* All text below `n`; "" for NULL. */
const char *xml_text(struct arena *a, const struct xml_node *n);
/* The same, but elements below `n` stay as plain tags and the text beside them is escaped: markup,
 * however it was embedded. */
const char *xml_markup(struct arena *a, const struct xml_node *n);

/* The cleaning pass: leading blanks off, named HTML entities to numbers, a bare `&` or `<` escaped,
 * characters that XML forbids replaced. A NUL follows `bytes`, and what was added. */
void xml_clean(struct buf *out, const char *bytes, size_t len);

#endif

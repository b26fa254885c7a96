/* Shared by the files that read and render templates. */
#ifndef DOMAIN_TEMPLATE_PRIV_H
#define DOMAIN_TEMPLATE_PRIV_H

#include "domain/template.h"

enum node_type {
	NODE_TEXT,     /* `text` as it stands */
	NODE_VALUE,    /* the value of the name `text`, through the filters */
	NODE_SECTION,  /* what follows up to `end`, if the name has a text */
	NODE_INVERTED, /* … if it has none */
};

enum filter_type {
	FILTER_UTC,
	FILTER_LOCAL,
	FILTER_UPPER,
	FILTER_TRUNCATE, /* to `cells` */
};

#define NODE_FILTERS 4

struct filter {
	enum filter_type type;
	int cells;
};

struct node {
	enum node_type type;
	char *text;
	size_t end; /* index behind the section */
	struct filter filters[NODE_FILTERS];
	size_t filter_count;
};

struct template
{
	char *id, *name, *stage;
	int severity_from, severity_to; /* 0: not said yet */
	struct template_field *fields;
	size_t field_count;
	struct node *nodes;
	size_t node_count, node_cap;
};

/* The text being read, and where its errors go. */
struct reading {
	const char *text, *end;
	const char *partial; /* name of the file, of a partial */
	struct template_errors *errors;
	const struct template_around *around;
};

/* Adds an error at the place of `at` in the text. */
void template_error_at(struct reading *r, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A template is text: no control characters, no broken encoding. Notes the first place that is
 * not. */
bool template_plain(struct reading *r);

/* The fact of this name; NULL: none. */
const struct template_fact *template_fact(const char *name);

/* Notes at the start of the body what a text for one who is not internal would never say. */
void template_says_least(struct reading *r, const struct template *t,
    const struct template_reader *readers, const char *at);

/* The audience that a section is for or not for; NULL: it asks for something else. */
#define TEMPLATE_AUDIENCE "audience_"
const char *template_audience(const char *name);

/* The body from `at` to the end of the text, into t->nodes; names are checked against t->fields. */
void template_read_body(struct reading *r, struct template *t, const char *at);

#endif

/* The shape of the objects on the wire: one table of fields a kind. */
#ifndef DOMAIN_WIRE_PRIV_H
#define DOMAIN_WIRE_PRIV_H

#include <stddef.h>

#include "domain/wire.h"

enum wtype {
	W_STR,	 /* char * */
	W_STRS,	 /* char **, and a count */
	W_FIXED, /* char *[n] */
	W_CHARS, /* char[n] */
	W_INT,	 /* int */
	W_I64,
	W_UINT, /* unsigned */
	W_BOOL,
	W_UTC,
	W_ENUM,	  /* int-sized, by names[n] */
	W_JSON,	  /* cJSON * */
	W_LIST,	  /* struct *, and a count */
	W_EACH,	  /* struct[n] */
	W_SHORTS, /* int16_t[n], and a count */
};

struct wfield;

struct wtable {
	size_t size;
	const struct wfield *fields; /* ends with a NULL key */
};

struct wfield {
	const char *key;
	enum wtype type;
	size_t offset, count; /* count: offset of a size_t */
	size_t n;
	const char *const *names;
	const struct wtable *of;
	int blank; /* W_INT: what a missing member is */
};

struct wkind {
	const char *name; /* the value of "o" */
	const struct wtable *table;
};

extern const struct wkind wire_kinds[WIRE_KINDS];

#endif

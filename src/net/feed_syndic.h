/* RSS and Atom of every age as one shape. */
#ifndef NET_FEED_SYNDIC_H
#define NET_FEED_SYNDIC_H

#include "feed_priv.h"
#include "xml.h"

#define SYNDIC_CATEGORIES 16

struct syndic_entry {
	const char *id, *link; /* NULL: not given */
	bool own_id, own_link; /* no other entry has the same: syndic_key finds out */
	const char *title;     /* one clean line; NULL */
	const char *body;      /* markup; "" */
	struct utc published, updated;
	const char **categories; /* at most SYNDIC_CATEGORIES */
	size_t category_count;
};

struct syndic {
	struct arena *arena;
	bool atom;
	bool ids_known, links_known; /* own_id, own_link are */
	const char *title, *link;    /* NULL: not given */
	struct utc updated;
	struct syndic_entry *entries;
	size_t entry_count;
	const struct xml_doc *xml;
};

/* NULL: *e says that it is no `title` ("RSS feed"). Entries beyond the limit and what else could
 * not be read are noted in `d`, whose arena holds the result. */
struct syndic *syndic_read(
    struct feed_doc *d, const char *bytes, size_t len, const char *title, struct err *e);

/* Gives the document its source and time, from the feed. */
void syndic_doc(struct feed_doc *d, const struct syndic *s);

/* A key for an entry: its id where that is its own, else its link, else a digest of title and date.
 */
const char *syndic_key(struct feed_doc *d, struct syndic *s, const struct syndic_entry *x);

/* True when `needle` stands among the first bytes of the document. */
bool syndic_mentions(const char *bytes, size_t len, const char *needle);

/* ---- the updates of one incident, as status pages write them into an entry ---- */

struct history {
	struct feed_updates updates;   /* newest first, as written; states are ours, or NULL */
	bool dated;		       /* the entry has updates with dates of their own */
	bool planned;		       /* its headings or its text are those of planned work */
	struct utc starts_at, ends_at; /* of "THIS IS A SCHEDULED EVENT …"; UTC_NONE */
};

/* `newest` gives the year where the text has none; UTC_NONE: then those times stay unset. */
struct history history_read(struct feed_doc *d, const char *markup, struct utc newest);
/* Adds the entry as an incident or a maintenance. */
void history_add(
    struct feed_doc *d, struct syndic *s, const struct syndic_entry *x, const struct history *h);

#endif

/* Foreign status feeds: a format is one row of feed_formats; every reader gives a feed_doc. */
#ifndef NET_FEED_H
#define NET_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/time.h"
#include "domain/snapshot.h"

#define FEED_BODY_MAX ((size_t)8 << 20)

/* All text of a document is clean and lives in its arena. No list is NULL when its count is not 0;
 * optional text is NULL where the source does not say. */
struct feed_update {
	struct utc at;	    /* UTC_NONE: not said */
	const char *status; /* a name of ours, or NULL: same as before */
	const char *text;   /* several lines */
};

struct feed_component {
	const char *id, *name;
	const char *group; /* NULL: in none */
	enum status status;
};

struct feed_incident {
	const char *id, *title;
	const char *status; /* "investigating", "identified", "monitoring", "resolved" */
	const char *impact; /* the source's own word; NULL */
	int severity;	    /* 1 to 4; 0: no ground for one */
	struct utc started_at, resolved_at;
	const char *url;
	const char **components, **regions; /* names, as the source writes them */
	size_t component_count, region_count;
	struct feed_update *updates; /* newest first */
	size_t update_count;
};

struct feed_object {
	const char *id, *impact;
};

struct feed_maintenance {
	const char *id, *uid, *title;
	int64_t sequence;   /* grows with each notice; -1: not said */
	const char *status; /* "tentative", "scheduled", "confirmed", "in_progress", "verifying",
			       "completed", "cancelled" */
	const char *impact, *provider, *account, *url;
	struct utc starts_at, ends_at;
	const char **components;
	size_t component_count;
	struct feed_object *objects;
	size_t object_count;
	struct feed_update *updates;
	size_t update_count;
};

struct feed_doc {
	struct arena *arena;
	const char *format, *source; /* source: the page's own name; NULL */
	struct utc updated_at;
	enum status status; /* worst of the page's own word, its components and open incidents;
			       STATUS_UNKNOWN where the document says nothing */
	struct feed_component *components;
	size_t component_count;
	struct feed_incident *incidents; /* newest start first */
	size_t incident_count;
	struct feed_maintenance *maintenances;
	size_t maintenance_count;
	const char **problems; /* what could not be read, one line each */
	size_t problem_count;
};

void feed_doc_free(struct feed_doc *d); /* NULL is fine */
/* The shape that `nocboard feed` prints. */
cJSON *feed_doc_json(const struct feed_doc *d);
/* Reads that shape back (from the parse child, who is not trusted): text is cleaned and cut again,
 * words are checked. NULL: *e. */
struct feed_doc *feed_doc_read(const cJSON *json, struct err *e);

struct feed_format {
	const char *name, *title;
	/* 0: certainly not this; 100: certainly. `sniff` only looks at the content, which is UTF-8
	 * and ends without a NUL; `knows` at what a JSON text holds. Either may be NULL. */
	int (*sniff)(const char *bytes, size_t len);
	int (*knows)(const cJSON *root);
	/* Pure. NULL: it is not a document of this format, *e says what it looks like instead. */
	struct feed_doc *(*parse)(const char *bytes, size_t len, struct err *e);
	/* Instead of it where what is read depends on the time: UTC_NONE where that is not known.
	 */
	struct feed_doc *(*parse_at)(const char *bytes, size_t len, struct utc now, struct err *e);
	const char *needs; /* what must be configured before it can be read; NULL: nothing */
	bool raw; /* `parse` gets the bytes as they came: a mail says its encodings part by part */
};

extern const struct feed_format feed_formats[]; /* ends with a row whose name is NULL */
const struct feed_format *feed_format_find(const char *name);

/* `name` may be "auto". Decides the format, converts the encoding, and parses. */
struct feed_doc *feed_parse(const char *name, const char *bytes, size_t len, struct err *e);
/* The same at a time, by which a calendar's windows that come back are found. */
struct feed_doc *feed_parse_at(
    const char *name, const char *bytes, size_t len, struct utc now, struct err *e);

/* A format that `needs` a mapping gets it with the document, in one frame: the mapping ("fields",
 * "values", "dates" as in nocboard.yaml(5)) as JSON, and the time at which the document was fetched
 * (UTC_NONE: not known). */
#define FEED_MAPPING_MAX ((size_t)64 << 10)
void feed_frame(
    struct buf *out, const char *mapping, struct utc now, const char *bytes, size_t len);
/* True when every field of a mapping is one that is read and leads somewhere by a JSON pointer (RFC
 * 6901), and every value a text or a number; else *e (ERR_USAGE) says what is wrong. */
bool feed_mapping_check(const cJSON *mapping, struct err *e);

/* Opens what converts encodings, so that feed_parse opens no file later: for a process that is
 * about to give up that right. */
void feed_prepare(void);

/* Says what `bytes` look like, for error messages: "an HTML page", "an Atom feed", … */
const char *feed_looks_like(const char *bytes, size_t len);

/* Markup to plain lines: tags dropped, line breaks kept, entities decoded (at most twice). The
 * result is clean (base/utf8), at most `max` bytes, and owned by the arena. */
const char *feed_plain(struct arena *a, const char *html, size_t max);

#endif

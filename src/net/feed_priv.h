/* What readers of feeds share: building a document, and reading foreign values. */
#ifndef NET_FEED_PRIV_H
#define NET_FEED_PRIV_H

#include "net/feed.h"

#define FEED_TITLE_MAX ((size_t)512)
#define FEED_TEXT_MAX ((size_t)16384)
#define FEED_ID_MAX ((size_t)256)
#define FEED_ITEMS_MAX ((size_t)500)   /* components, incidents, maintenances: each */
#define FEED_UPDATES_MAX ((size_t)200) /* of one incident */
#define FEED_PROBLEMS_MAX ((size_t)100)

struct feed_doc *feed_doc_new(const char *format);

/* Notes what could not be read. Foreign text in it is cleaned here. */
void feed_problem(struct feed_doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One clean line, NULL when nothing is left of it (or of NULL). */
const char *feed_line(struct arena *a, const char *text, size_t max);
/* A web address as it may be shown: http or https, visible ASCII; else NULL. */
const char *feed_url(struct arena *a, const char *text);

/* The time under `key`, UTC_NONE when it is absent; an unreadable one is noted as a problem of
 * `what`. */
struct utc feed_time(struct feed_doc *d, const cJSON *obj, const char *key, const char *what);

/* Words compare without regard to case, and `-`, `_` and blanks are equal. */
bool feed_word_is(const char *word, const char *ours);

/* Newest first; updates without a time stay where they are beside their neighbours. */
void feed_sort_updates(struct feed_update *u, size_t count);
void feed_sort_incidents(struct feed_doc *d);

/* The readers of feed_formats. */
int feed_statuspage_sniff(const char *bytes, size_t len);
struct feed_doc *feed_statuspage_parse(const char *bytes, size_t len, struct err *e);

#endif

/* What readers of feeds share: building a document, and reading foreign values. */
#ifndef NET_FEED_PRIV_H
#define NET_FEED_PRIV_H

#include "base/map.h"
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
/* feed_plain of `len` bytes. */
const char *feed_plain_part(struct arena *a, const char *html, size_t len, size_t max);
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

/* ---- building: no list passes its limit; the first item that is left out is a problem ---- */

/* A zeroed item at the end of its list, with no times set; NULL: the list is full. It moves when
 * the next one is added. */
struct feed_component *feed_add_component(struct feed_doc *d);
struct feed_incident *feed_add_incident(struct feed_doc *d);
struct feed_maintenance *feed_add_maintenance(struct feed_doc *d);

/* An update at the end of a list that was begun as {0}; NULL: it is full. */
struct feed_updates {
	struct feed_update *items;
	size_t count;
};
struct feed_update *feed_add_update(struct feed_doc *d, struct feed_updates *u);

/* Different names, in the order they came. */
struct feed_names {
	const char **items;
	size_t count;
};
void feed_add_name(struct feed_doc *d, struct feed_names *n, const char *clean); /* NULL: nothing */
void feed_add_object(
    struct feed_doc *d, struct feed_maintenance *m, const char *id, const char *impact);

void feed_worsen(struct feed_doc *d, enum status s);
/* What an open incident of a severity does to the whole: 1 major_outage … 4 operational. */
enum status feed_severity_status(int severity);
struct utc feed_earlier(struct utc a, struct utc b); /* of those that are set */
struct utc feed_later(struct utc a, struct utc b);
/* When the last run of updates that say "resolved" began; one without a state says the same as the
 * one before it. Newest first. UTC_NONE: there is none, or it has no time. */
struct utc feed_resolved_at(const struct feed_update *u, size_t count);

/* ---- reading JSON ---- */

/* NULL: *e says that it is no `title`, and what it looks like instead. */
cJSON *feed_json(const char *bytes, size_t len, const char *title, struct err *e);
/* Always NULL: `root` was no `title`, for it lacks something. Deletes it. */
struct feed_doc *feed_not(cJSON *root, const char *title, const char *lacks, struct err *e);
/* The entries of a list that is read, at most `max`; more of them, or no list, is a problem. */
size_t feed_list_size(struct feed_doc *d, const cJSON *list, size_t max, const char *what);
/* Text or a whole number as one clean line; NULL: absent. */
const char *feed_id(struct feed_doc *d, const cJSON *obj, const char *key);
/* A name, which may hold markup, as one clean line; NULL: nothing is left. */
const char *feed_name(struct feed_doc *d, const char *text);
/* A number that may come as text. */
int64_t feed_number(const cJSON *obj, const char *key, int64_t otherwise);

/* Of entries with the same "id" (text or a whole number) the one with the latest time under `key`,
 * of equal ones the first; entries without an id stand for themselves. Freed with map_free. */
struct map *feed_newest(const cJSON *list, const char *key);
/* True when another entry of that list stands for `o`. */
bool feed_superseded(const struct map *newest, const cJSON *o);

/* ---- dates and words ---- */

enum feed_order { FEED_MONTH_FIRST, FEED_DAY_FIRST, FEED_ORDER_UNKNOWN };

/* What a text says of an instant; several forms, any order of date, time and zone. */
struct feed_moment {
	struct date date; /* year 0: not said; month 0: no date */
	int64_t ms;	  /* since midnight; -1: no time */
	bool has_zone;
	char zone[24];	/* as written, "" with a numeric one */
	int offset;	/* minutes east of UTC, of a numeric zone or a fixed abbreviation */
	bool fixed;	/* `offset` is known without a date */
	bool civil;	/* `zone` has daylight time by its own rule (feed_zone_offset) */
	bool ambiguous; /* 3/4/2025 and no order was given */
	size_t used;	/* bytes that belong to it: where another date or time begins */
};

/* Reads the first date, time and zone in `s`; what is unreadable is passed over. False: neither a
 * date nor a time. */
bool feed_moment_read(const char *s, size_t len, enum feed_order order, struct feed_moment *out);
/* UTC_NONE when it has no date or no year; without a time: midnight; without a zone: UTC. */
struct utc feed_moment_utc(const struct feed_moment *m);
/* One whole date of a feed: RFC 3339 or 822 and their relatives, or an epoch in seconds to
 * microseconds. */
bool feed_date(const char *s, struct utc *out);
/* One that is RFC 3339 or the usual form of RFC 822, and nothing else: such a text is clean. */
bool feed_date_usual(const char *s, struct utc *out);
/* Epoch seconds, milliseconds or microseconds, decided by size. */
struct utc feed_epoch(double n);
/* Minutes east of UTC of a zone that has daylight time ("ET", "Pacific", "Europe/Paris") at a wall
 * time. False: no such zone is known here. */
bool feed_zone_offset(const char *zone, struct date day, int64_t ms, int *minutes);
bool feed_zone_known(const char *zone);

/* The incident state that a single word or heading names ("Resolved", "in progress"); NULL. */
const char *feed_word_state(const char *word);
const char *feed_word_planned(const char *word); /* the same for maintenances */
/* The one or the other; *planned is set by a word of maintenances. */
const char *feed_word_any(const char *word, bool *planned);
/* 1 to 4 by the strongest word of the text; 0: none of them is there. */
int feed_text_severity(const char *text);
/* The value of the row that stands first of those whose word the text has, as a whole word and in
 * any case; 0: it has none. Words are small. */
struct feed_word {
	const char *word;
	int value;
};
int feed_text_strongest(const char *text, const struct feed_word *words, size_t count);
bool feed_text_planned(const char *text);		/* speaks of planned work */
bool feed_text_has(const char *text, const char *word); /* a whole word, any case */

/* The events of a calendar, added to a document that another reader has begun. */
void feed_maintnote_read(struct feed_doc *d, const char *bytes, size_t len, struct utc now);

/* The readers of feed_formats. */
int feed_statuspage_knows(const cJSON *root);
struct feed_doc *feed_statuspage_parse(const char *bytes, size_t len, struct err *e);
int feed_history_sniff(const char *bytes, size_t len);
struct feed_doc *feed_history_parse(const char *bytes, size_t len, struct err *e);
int feed_rss_sniff(const char *bytes, size_t len);
struct feed_doc *feed_rss_parse(const char *bytes, size_t len, struct err *e);
int feed_atom_sniff(const char *bytes, size_t len);
struct feed_doc *feed_atom_parse(const char *bytes, size_t len, struct err *e);
int feed_aws_sniff(const char *bytes, size_t len);
int feed_aws_knows(const cJSON *root);
struct feed_doc *feed_aws_parse(const char *bytes, size_t len, struct err *e);
int feed_azure_sniff(const char *bytes, size_t len);
struct feed_doc *feed_azure_parse(const char *bytes, size_t len, struct err *e);
int feed_gcp_knows(const cJSON *root);
struct feed_doc *feed_gcp_parse(const char *bytes, size_t len, struct err *e);
int feed_statusio_knows(const cJSON *root);
struct feed_doc *feed_statusio_parse(const char *bytes, size_t len, struct err *e);
int feed_slack_knows(const cJSON *root);
struct feed_doc *feed_slack_parse(const char *bytes, size_t len, struct err *e);
int feed_alertmanager_knows(const cJSON *root);
struct feed_doc *feed_alertmanager_parse(const char *bytes, size_t len, struct err *e);
struct feed_doc *feed_json_parse(const char *bytes, size_t len, struct err *e);
int feed_mail_sniff(const char *bytes, size_t len);
struct feed_doc *feed_mail_parse(const char *bytes, size_t len, struct utc now, struct err *e);
int feed_maintnote_sniff(const char *bytes, size_t len);
struct feed_doc *feed_maintnote_parse(const char *bytes, size_t len, struct utc now, struct err *e);

#endif

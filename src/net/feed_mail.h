/* What the files that read carriers' mails share. */
#ifndef NET_FEED_MAIL_H
#define NET_FEED_MAIL_H

#include "feed_priv.h"

/* A line of a mail; of a table its cells. All clean and trimmed, cells may be empty. */
struct mail_line {
	const char **cells;
	size_t count; /* 0: an empty line */
};

struct mail_text {
	struct mail_line *lines;
	size_t count;
};

/* Comments and markup are dropped; the rows of tables keep their cells. */
struct mail_text mail_text(struct feed_doc *d, const char *text, bool html);
/* The cells of a line with blanks between. */
const char *mail_joined(struct feed_doc *d, const struct mail_line *l, const char *between);

/* What stands behind one of `labels` ("ticket number|ticket"): the first label that is there wins,
 * and of several places the one with number `nth`. NULL: none. *at, if not NULL: the line. */
const char *mail_label(const struct mail_text *t, const char *labels, size_t nth, size_t *at);
/* A column of a table. */
struct mail_column {
	size_t line, cell; /* of its head */
};
/* The first one of a table of three or more whose head is one of `heads`. */
bool mail_column(const struct mail_text *t, const char *heads, struct mail_column *out);
/* Its cell in row `nth` below the head, "" where the row is short; NULL: behind the last row. */
const char *mail_cell(const struct mail_text *t, struct mail_column c, size_t nth);
/* A name of `names` ("a|b") that is `text` but for case, blanks, marks and brackets around it. */
bool mail_is_label(const char *text, const char *names);

/* Matches `text` from its start: '*' is any text, '%' the one that is wanted (trimmed into `out`),
 * all else itself in any case. */
bool mail_match(const char *pattern, const char *text, char *out, size_t size);

/* ---- carriers ---- */

struct mail_carrier {
	const char *domain;   /* of the sender, perhaps of a forwarded mail */
	const char *word;     /* in the subject, where no sender is left; NULL */
	const char *provider; /* as it is called here */
	enum feed_order order;
	/* Patterns of mail_match where the labels for everybody do not do, against each line; "S:"
	 * against the subject; "column:" is the head of a column. */
	const char *id, *account, *object;
};

/* NULL: a carrier that is not known. */
const struct mail_carrier *mail_carrier_of(const char *senders, const char *subject);

/* ---- windows ---- */

#define MAIL_WINDOWS 16

struct mail_windows {
	struct {
		struct utc start, end; /* UTC_NONE: not said */
	} items[MAIL_WINDOWS];
	size_t count;
};

/* The windows of a text, each once however many zones it is written in. `sent` gives the year
 * where none is said. Whatever is uncertain is a problem. */
struct mail_windows mail_windows(
    struct feed_doc *d, const struct mail_text *t, enum feed_order order, struct utc sent);

/* "dd/mm/yyyy" in a text says it. */
enum feed_order mail_order(const struct mail_text *t, enum feed_order otherwise);

#endif

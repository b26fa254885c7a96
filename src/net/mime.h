/* Mails (RFC 5322, 2045 to 2047) as parts, within limits that are stated here. */
#ifndef NET_MIME_H
#define NET_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "net/feed.h"

#define MIME_DEPTH 8
#define MIME_PARTS 100
#define MIME_HEADER ((size_t)64 << 10) /* one header, unfolded */
#define MIME_HEADERS 200	       /* of one part; the rest is passed over */

struct mime_header {
	const char *name, *value; /* value: decoded, one clean line */
	struct mime_header *next;
};

struct mime_part {
	const char *type; /* "text/plain", lower case */
	struct mime_header *headers;
	const char *text; /* of text and calendar parts: UTF-8, not clean; NULL: another part */
	size_t len;
	int depth; /* 0: the mail itself */
	struct mime_part *next;
};

/* The parts of a mail in their order, the mail itself first, in the document's arena. What could
 * not be decoded, and a mail that ends too early, is noted among the document's problems. NULL: it
 * does not begin with headers. */
struct mime_part *mime_read(struct feed_doc *d, const char *bytes, size_t len);

const char *mime_header(const struct mime_part *p, const char *name); /* any case; NULL: none */
/* The value of `name` in a header like Content-Type ("text/plain; charset=utf-8"); NULL: none. */
const char *mime_param(struct arena *a, const char *header, const char *name);

/* Appends `s` decoded; true when it was whole. */
bool mime_quoted_printable(struct buf *out, const char *s, size_t len, bool in_header);
bool mime_base64(struct buf *out, const char *s, size_t len);

#endif

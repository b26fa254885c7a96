/* The status page as files: HTML that works without a script, feeds, and JSON in the shape of
 * Statuspage. Pure: a page (domain/page) in, bytes out. What is written where is docs/page.md. */
#ifndef NET_PAGE_H
#define NET_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/page.h"

#define PAGE_STAMPS 8
#define PAGE_TOKEN 33 /* NUL included */

/* Where the body says when it was made and until when it is good. Stamps have a fixed length, and
 * nothing else of a body depends on the time of day. */
struct page_stamp {
	size_t at, len;
};

struct page_file {
	char *path; /* below the page's folder: "region/FR.html" */
	struct buf body;
	struct page_stamp stamps[PAGE_STAMPS]; /* the first is utc_format() of when it was made */
	size_t stamp_count;		       /* 0: it does not say, and is good for ever */
	bool final; /* says when it was made, but not until when it is good: it is not renewed */
};

struct page_files {
	struct page_file *items; /* what is linked comes before what links to it */
	size_t count, cap;
	bool incomplete; /* some of the page is missing here: what else there is, is not old */
};

/* Adds every file of the page, below `prefix` ("", or "p/TOKEN/"). */
void page_render(struct page_files *out, const struct page *p, const char *prefix);
void page_files_fini(struct page_files *f);

/* Whether `old`, the bytes of an earlier version, say the same but for the stamps; *made is then
 * when it was made (UTC_NONE: without stamps). */
bool page_same(const struct page_file *f, const char *old, size_t len, struct utc *made);

/* The folders below the page's own that hold nothing but its files; NULL at the end. */
extern const char *const page_folders[];

/* The part of a partner page's path that cannot be guessed: 128 bits of HMAC-SHA256 of the audience
 * under the secret, in hex. False: the secret is empty. */
bool page_token(const char *secret, const char *audience, char out[PAGE_TOKEN], struct err *e);

/* An id in Statuspage's manner: twelve lower-case letters and digits, the same for the same names.
 */
void page_short_id(const char *a, const char *b, char out[13]);
/* "degraded_performance", as Statuspage calls our status; "" for unknown. */
extern const char *const page_component_words[STATUSES];

#endif

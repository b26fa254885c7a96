/* A folder into which documents are dropped: mails, calendars, exports. Each is read once by the
 * parse child, then moved to done/, or to failed/ with the reason beside it (NAME.why). All of them
 * together are one source. */
#ifndef NET_DROP_H
#define NET_DROP_H

#include "net_thread.h"

struct drop;

struct drop_result {
	bool ok;
	struct feed_doc *doc; /* what all documents say together, which now belongs to the callee;
				 NULL: nothing new */
	const char *detail;   /* why not ok; "" */
	const char *text;     /* start of the last document, clean; NULL: none was read */
	size_t size;	      /* of that */
};

/* `source` must outlive it. */
struct drop *drop_new(struct net_side *side, const struct feed_source *source,
    void (*done)(void *ctx, const struct drop_result *r), void *ctx);
void drop_free(struct drop *d); /* `done` does not run any more; NULL is fine */
/* One look: what has not changed since the look before is read. `done` runs once for it, perhaps
 * inside this call. Ignored while the last one goes on. */
void drop_look(struct drop *d);

/* The start of a document as people may see it; the caller frees. NULL: it is empty. */
char *feed_shown(const char *bytes, size_t len);

/* What is known and one more document, both as feed_doc_json has them; `known` NULL: nothing. A
 * maintenance is known by provider and id, the higher SEQUENCE holds (the later document where none
 * is said); an incident by its id, the later update holds; a component by its name. What ended more
 * than 30 days ago goes, and beyond 1,000 maintenances or 300 incidents the oldest. Pure; the
 * caller frees. */
cJSON *feed_merge(const cJSON *known, const cJSON *fresh, struct utc now);

#endif

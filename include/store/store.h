/* Back ends of the journal. The front (store/journal) checks, serialises, groups and retries; a
 * back end keeps rows. A new one is a file and a row in store_kinds. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "os/loop.h"
#include "store/journal.h"

#define STORE_HASH 32 /* SHA-256 */

/* An event as it is kept. The strings belong to whoever made the row. */
struct store_row {
	int64_t seq;
	const char *stream;
	int version;
	int64_t at_ms;
	const char *actor, *as_by, *kind; /* as_by may be NULL */
	const char *command_id;		  /* may be NULL */
	int part;			  /* place in its batch */
	const char *body;		  /* canonical JSON text */
	unsigned char hash[STORE_HASH];
};

/* What was asked to be appended together, and what became of it. */
struct store_batch {
	struct store_row *rows; /* seq and hash are set by the back end */
	size_t count;
	const char *command_id; /* NULL: none */
	int64_t fence;		/* 0: not checked */
	enum append_status status;
	struct err err;
	char conflict[64]; /* APPEND_CONFLICT: the stream and its recorded version */
	int conflict_version;
	struct append_place *places; /* DUPLICATE: owned by the batch, streams too */
	size_t place_count;
};

struct store_head {
	int64_t seq; /* 0: empty; hash is all zero then */
	unsigned char hash[STORE_HASH];
	int64_t fence;
};

struct store;

struct store_ops {
	const char *scheme; /* "mem:"; "": any path */

	/* Opens `where` (the URL behind the scheme) and gives its head. NULL: *e. A back end that
	 * is opened for writing holds it against every other writer until close. */
	struct store *(*open)(struct loop *l, const char *where, unsigned flags,
	    struct store_head *head, struct err *e);
	void (*close)(struct store *s);

	/* Appends the batches in their order, each whole or not at all, all that is accepted in one
	 * commit. Sets every batch's outcome and *head. `done` runs once, perhaps before append
	 * returns: `e` NULL means that what is DONE is durable; otherwise nothing can be said of
	 * any batch, and only reopen or close may follow. */
	void (*append)(struct store *s, struct store_batch **batches, size_t count,
	    struct store_head *head, void (*done)(void *ctx, const struct err *e), void *ctx);

	/* After a failure: opens again, proves that it can be written, and that `head` is still
	 * part of it; then updates *head. False: not yet, *e. */
	bool (*reopen)(struct store *s, struct store_head *head, struct err *e);

	/* Without a commit: could one succeed? Asked each second of an open journal, so it is
	 * cheap. False: *e; what follows is as after a failed append. */
	bool (*look)(struct store *s, struct err *e);

	/* Rows in order of seq from `from_seq`, of one stream unless that is NULL. `each` borrows
	 * the row; false ends the walk. False: *e, *bad_seq is the first row that was not read. */
	bool (*read)(struct store *s, const char *stream, int64_t from_seq,
	    bool (*each)(void *ctx, const struct store_row *row), void *ctx, int64_t *bad_seq,
	    struct err *e);

	bool (*streams)(struct store *s, bool (*each)(void *ctx, const struct journal_stream *st),
	    void *ctx, struct err *e);

	/* The back end's own structure (pages, indexes). False: *e. */
	bool (*check)(struct store *s, struct err *e);
	/* A consistent copy in `file`, which is not there yet. */
	bool (*backup)(struct store *s, const char *file, struct err *e);
};

extern const struct store_ops store_mem, store_sqlite;

/* The back end of a URL, and what stands behind its scheme. NULL: *e. */
const struct store_ops *store_kind(const char *url, const char **where, struct err *e);

/* The one rule of versions and times, for every back end: may `row` follow the stream's last
 * recorded version (0: none) and instant? False: the batch's outcome says why not. */
bool store_may_follow(
    struct store_batch *b, const struct store_row *row, int last_version, int64_t last_at_ms);
/* Refuses a batch of an older fence. */
bool store_fence_ok(struct store_batch *b, int64_t fence);
/* Adds where an event of the batch's command already stands, and makes it a duplicate. */
void store_duplicate(struct store_batch *b, const char *stream, int version, int64_t seq);

/* The hash of `row` (its seq set) behind an event whose hash is `prev`: SHA-256 over prev and the
 * row's canonical JSON text (docs/journal.md). */
void store_chain(const unsigned char prev[STORE_HASH], const struct store_row *row,
    unsigned char out[STORE_HASH]);

/* Of a mem: back end: journal_mem_break. */
void store_mem_break(struct store *s, const char *why);

#endif

/* The journal: events, append-only and chained by hash. They are the truth; everything else that
 * the program knows about incidents is their fold. docs/journal.md says what is promised. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/event.h"
#include "os/loop.h"

struct journal;

enum journal_flag {
	JOURNAL_CREATE = 1,    /* make it if it is not there */
	JOURNAL_READ_ONLY = 2, /* beside a running engine: takes no lock, cannot append */
};

/* `url`: a path (SQLite), or "mem:" (gone with the process). "postgresql://…" is ERR_CONFIG: not
 * built in yet. NULL: *e; ERR_JOURNAL when another engine holds it (its pid and since when are
 * named), when it is damaged, foreign, of a newer version, or on a network file system. */
struct journal *journal_open(struct loop *l, const char *url, unsigned flags, struct err *e);
/* What was appended is committed first, and told. NULL is fine. */
void journal_close(struct journal *j);

enum append_status {
	APPEND_DONE,	  /* committed: it is there after a power cut, once, in order */
	APPEND_DUPLICATE, /* its command id was recorded before; nothing was added */
	APPEND_CONFLICT,  /* a version is taken already, or leaves a gap: decide again */
	APPEND_REFUSED,	  /* a stale fence, a time that goes back, an event that is none */
	APPEND_FAILED,	  /* not saved: the journal cannot be written (journal_health) */
};

struct append_place {
	const char *stream; /* "INC-7" */
	int version;
	int64_t seq;
};

/* Valid during the call of done(). */
struct append_result {
	enum append_status status;
	const struct append_place *places; /* of DONE and DUPLICATE: where the events stand */
	size_t count;
	struct err err;	 /* of the other three */
	char stream[64]; /* of CONFLICT: the stream, and its last recorded version */
	int version;
};

/* Appends the events, all or none. Their versions say what the writer expects: the first one of a
 * stream must be its last recorded version + 1. Events that carry a command id carry the same one;
 * it is unique in the journal. `fence` is journal_fence() of the engine that decided, or 0. The
 * events are only read during this call. done() runs once, on a later turn, and only after the
 * commit; batches of one turn share a commit, each still whole or not at all. */
void journal_append(struct journal *j, struct event *const *events, size_t count, int64_t fence,
    void (*done)(void *ctx, const struct append_result *r), void *ctx);

/* Number of the last committed event; 0: empty. */
int64_t journal_head(const struct journal *j);
/* Grows with each opening for writing: an append with an older one is refused. */
int64_t journal_fence(const struct journal *j);

/* False: it cannot be written, *why says the reason; noticed within two seconds, also when nobody
 * appends. It is tried again each second. */
bool journal_health(const struct journal *j, struct err *why);
/* `changed` runs when health changes, on a turn of its own. After a recovery journal_head() may be
 * beyond what done() told last: a commit whose outcome was lost. Read on from there. */
void journal_on_health(struct journal *j, void (*changed)(void *ctx, bool ok), void *ctx);

/* Events from `from_seq` on, in order; `each` takes the event over, false ends the walk early.
 * False: *e, at the first event that cannot be read. */
bool journal_read(struct journal *j, int64_t from_seq, bool (*each)(void *ctx, struct event *take),
    void *ctx, struct err *e);
/* The same for one stream. No such stream: no call, true. */
bool journal_read_stream(struct journal *j, const char *stream,
    bool (*each)(void *ctx, struct event *take), void *ctx, struct err *e);

struct journal_stream {
	const char *id;
	int version;	       /* of its last event */
	const char *last_kind; /* its kind */
	struct utc first_at, last_at;
	int64_t last_seq;
};

/* Every stream, by its first event; no body is read. */
bool journal_streams(struct journal *j, bool (*each)(void *ctx, const struct journal_stream *s),
    void *ctx, struct err *e);

/* A mem: journal fails with `why` from now on, NULL: it works again. For tests of what goes on
 * above. */
void journal_mem_break(struct journal *j, const char *why);

#endif

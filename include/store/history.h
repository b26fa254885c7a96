/* How the sources came and went: for people who look back, never the truth of anything. A SQLite
 * file of its own beside the journal, so that the journal stays small and its commits durable; what
 * cannot be written here stops nothing. */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/time.h"

struct history_db;

/* A source that became another state. */
struct history_edge {
	const char *source; /* "cell:data/FR", "feed:orange/rss" */
	const char *status; /* its name */
	bool up;
	struct utc at;
	const char *detail; /* one clean line; NULL */
};

/* Opens or makes the file (0640 by the umask of the engine). One that is no history or is damaged
 * is put aside as PATH.broken, and *aside is true then; one of a newer version is refused. NULL: *e
 * says why. Freed with history_db_close. */
struct history_db *history_db_open(const char *path, bool *aside, struct err *e);
void history_db_close(struct history_db *h);

/* The newest `most` edges of all sources, oldest first; the strings are the history's until `each`
 * returns. */
bool history_db_read(struct history_db *h, size_t most,
    void (*each)(void *ctx, const struct history_edge *edge), void *ctx, struct err *e);
/* When somebody watched last; UTC_NONE: never. */
struct utc history_db_watched(struct history_db *h);

/* All or none of the edges, and that somebody watched until `now`. Not synced to the disk: after a
 * power cut the last seconds may be missing. One thread at a time. */
bool history_db_add(struct history_db *h, const struct history_edge *edges, size_t count,
    struct utc now, struct err *e);
/* Forgets what is older than `before`, and all but the newest `most`. */
bool history_db_prune(struct history_db *h, struct utc before, size_t most, struct err *e);

#endif

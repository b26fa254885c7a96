/* Shared by the files of the SQLite back end (sqlite, sqlite_lock, sqlite_schema, sqlite_append,
 * sqlite_read). */
#ifndef STORE_SQLITE_PRIV_H
#define STORE_SQLITE_PRIV_H

#include <sys/types.h>

#include <sqlite3.h>

#include "store/store.h"

struct store {
	char *path; /* links of its folder resolved */
	unsigned flags;
	int lock_fd; /* held for writing; -1 when read-only */
	dev_t dev;   /* of the file that was opened first: no other is ever written */
	ino_t ino;
	sqlite3 *db; /* NULL after a failure, until reopen */
	sqlite3_stmt *insert, *last, *command;
	int wal_pages; /* in the write-ahead log after the last commit */
	int wal_again; /* so many before the next try to move them */
};

/* *e from the connection's last error; always false. */
bool sqlite_err(sqlite3 *db, const char *path, const char *what, struct err *e);
/* Statements without results. */
bool sqlite_run(sqlite3 *db, const char *path, const char *sql, struct err *e);
/* One number, or `otherwise`. */
int64_t sqlite_number(sqlite3 *db, const char *sql, int64_t otherwise);

/* The lock file beside the journal, with pid and since-time in it. -1: *e names the holder. */
int sqlite_lock(const char *path, struct err *e);
/* Folder and file, made or checked; network file systems and odd files are refused. Sets path, dev
 * and ino. */
bool sqlite_place(struct store *s, const char *where, struct err *e);
/* The file under our path is still the one that was opened. */
bool sqlite_same_file(const struct store *s, struct err *e);
/* There is room for what a few commits need. */
bool sqlite_room(const struct store *s, struct err *e);

/* An open, empty or older database becomes a journal of this version; a foreign, newer or altered
 * one is refused. */
bool sqlite_schema_ready(sqlite3 *db, const char *path, bool may_write, struct err *e);

void sqlite_append(struct store *s, struct store_batch **batches, size_t count,
    struct store_head *head, void (*done)(void *ctx, const struct err *e), void *ctx);
/* The last event of the journal. */
bool sqlite_head(sqlite3 *db, const char *path, struct store_head *head, struct err *e);

bool sqlite_read(struct store *s, const char *stream, int64_t from_seq,
    bool (*each)(void *ctx, const struct store_row *row), void *ctx, int64_t *bad_seq,
    struct err *e);
bool sqlite_streams(struct store *s, bool (*each)(void *ctx, const struct journal_stream *st),
    void *ctx, struct err *e);
bool sqlite_check(struct store *s, struct err *e);
bool sqlite_backup(struct store *s, const char *file, struct err *e);

/* Closes the connection only: its locks go, the lock file stays ours. */
void sqlite_disconnect(struct store *s);

#endif

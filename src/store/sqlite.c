/* The journal in one SQLite file: opening it carefully, and opening it again after a failure.
 *
 * Rules that keep it whole (docs/journal.md): one process writes, checked by a lock file; every
 * connection has automatic checkpoints and memory mapping off; a commit is synchronous=FULL; after
 * an I/O error the connection is closed, because what the kernel still believes is not known. */
#include "sqlite_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/log.h"

#define BUSY_MS 250	 /* somebody with the sqlite3 shell may hold it for a moment */
#define CHECK_MS 1000	 /* the structure is checked for so long at start, of which boards wait */
#define RECHECK_MS 200	 /* and after a failure, while boards wait */
#define CHECKPOINT_MS 20 /* patience with readers at a checkpoint */
#define CHECKPOINT_PAGES 1024 /* 4 MiB of log are moved into the file */
#define LOG_WARN_PAGES (16 * CHECKPOINT_PAGES)
#define CHECK_STEPS 10000 /* virtual machine steps between two looks at the clock */

bool sqlite_err(sqlite3 *db, const char *path, const char *what, struct err *e)
{
	int rc = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
	int sys = db ? sqlite3_system_errno(db) : 0;

	if ((rc & 0xff) == SQLITE_FULL)
		return err_set(e, ERR_JOURNAL,
		    "%s: %s: the disk is full; make room, nothing else is needed", path, what);
	if (sys && ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN))
		return err_sys(e, ERR_JOURNAL, sys, "%s: %s: %s", path, what, sqlite3_errmsg(db));
	return err_set(e, ERR_JOURNAL, "%s: %s: %s (%d)", path, what,
	    db ? sqlite3_errmsg(db) : "out of memory", rc);
}

bool sqlite_run(sqlite3 *db, const char *path, const char *sql, struct err *e)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return sqlite_err(db, path, "cannot write", e);
}

int64_t sqlite_number(sqlite3 *db, const char *sql, int64_t otherwise)
{
	sqlite3_stmt *st = NULL;
	int64_t n = otherwise;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) == SQLITE_INTEGER)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

void sqlite_disconnect(struct store *s)
{
	sqlite3_finalize(s->insert);
	sqlite3_finalize(s->last);
	sqlite3_finalize(s->command);
	s->insert = s->last = s->command = NULL;
	sqlite3_close(s->db);
	s->db = NULL;
}

static int count_pages(void *ctx, sqlite3 *db, const char *name, int pages)
{
	struct store *s = ctx;

	(void)db;
	(void)name;
	s->wal_pages = pages;
	return SQLITE_OK;
}

/* Before anything is read from the file: it may be hostile. */
static bool distrust(struct store *s, struct err *e)
{
	static const int on[] = { SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
		SQLITE_DBCONFIG_ENABLE_TRIGGER };
	static const int off[] = { SQLITE_DBCONFIG_TRUSTED_SCHEMA,
		SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION };

	for (size_t i = 0; i < countof(on); i++)
		sqlite3_db_config(s->db, on[i], 1, NULL);
	for (size_t i = 0; i < countof(off); i++)
		sqlite3_db_config(s->db, off[i], 0, NULL);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return sqlite_run(s->db, s->path,
	    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 0", e);
}

static int out_of_time(void *until)
{
	return clock_mono().ms > *(const int64_t *)until;
}

/* As much of quick_check as fits into `ms`. A file too large for it is left to `journal verify`. */
static bool quick_check(struct store *s, int64_t ms, struct err *e)
{
	int64_t until = clock_mono().ms + ms;
	sqlite3_stmt *st = NULL;
	bool ok = true;
	int rc;

	sqlite3_progress_handler(s->db, CHECK_STEPS, out_of_time, &until);
	rc = sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		const char *said = (const char *)sqlite3_column_text(st, 0);

		if (!said || strcmp(said, "ok") != 0)
			ok = err_set(e, ERR_JOURNAL,
			    "%s: is damaged (%.80s); see nocboard journal verify, and restore a "
			    "backup",
			    s->path, said ? said : "?");
	} else if (rc != SQLITE_INTERRUPT) {
		ok = sqlite_err(s->db, s->path, "is damaged", e);
	}
	sqlite3_finalize(st);
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	return ok;
}

/* A copy in a folder that we may not write into has no place for the shared memory file: it is read
 * as one that nobody changes, unless there is a log beside it. False: nothing was changed. */
static bool open_immutable(struct store *s)
{
	static const char hex[] = "0123456789abcdef";
	char *wal = xasprintf("%s-wal", s->path);
	sqlite3 *db = NULL;
	struct stat st;
	bool no_wal = stat(wal, &st) != 0 || st.st_size == 0;
	struct buf uri;
	int rc;

	free(wal);
	if (!no_wal)
		return false;
	buf_init(&uri, 0);
	buf_adds(&uri, "file:");
	for (const char *p = s->path; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (strchr("?#%", *p))
			buf_addf(&uri, "%%%c%c", hex[c >> 4], hex[c & 15]);
		else
			buf_addc(&uri, *p);
	}
	buf_adds(&uri, "?immutable=1");
	rc = sqlite3_open_v2(buf_str(&uri), &db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE, NULL);
	buf_fini(&uri);
	if (rc != SQLITE_OK) {
		sqlite3_close(db);
		return false;
	}
	sqlite_disconnect(s);
	s->db = db;
	return true;
}

static bool join(struct store *s, int64_t check_ms, struct err *e)
{
	bool write = !(s->flags & JOURNAL_READ_ONLY);
	int how = (write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOFOLLOW |
		  SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;

	if (sqlite3_open_v2(s->path, &s->db, how, NULL) != SQLITE_OK) {
		sqlite_err(s->db, s->path, "cannot open the journal", e);
		goto fail;
	}
	if (!distrust(s, e))
		goto fail;
	if (!write && sqlite_number(s->db, "SELECT count(*) FROM sqlite_schema", -1) < 0 &&
	    open_immutable(s) && !distrust(s, e))
		goto fail;
	if (write) {
		if (!sqlite_run(
			s->db, s->path, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", e))
			goto fail;
		sqlite3_wal_hook(s->db, count_pages, s);
	}
	if (!sqlite_schema_ready(s->db, s->path, write, e) ||
	    (write && !quick_check(s, check_ms, e)))
		goto fail;
	return true;
fail:
	sqlite_disconnect(s);
	return false;
}

/* One checkpoint in the program: never PASSIVE (two of those beside a writer lose rows in SQLite
 * before 3.51.3), and only by the process that holds the lock file. */
static bool checkpoint(struct store *s, int mode)
{
	int rc;

	sqlite3_busy_timeout(s->db, CHECKPOINT_MS);
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, mode, NULL, NULL);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return rc == SQLITE_OK;
}

/* Moves a long log into the file. A reader that stays in an old transaction holds it up: commits go
 * on, and it is tried again when the log has grown by as much. */
static void shorten_log(struct store *s)
{
	bool large = s->wal_pages >= LOG_WARN_PAGES;

	if (s->wal_pages < CHECKPOINT_PAGES)
		s->wal_again = CHECKPOINT_PAGES;
	if (s->wal_pages < s->wal_again)
		return;
	if (checkpoint(s, large ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_FULL)) {
		s->wal_pages = 0;
		s->wal_again = CHECKPOINT_PAGES;
		return;
	}
	s->wal_again = s->wal_pages + CHECKPOINT_PAGES;
	if (large)
		log_say(LOG_SAY_WARN, "journal", "why", "its log grows: a reader does not let go",
		    "pages", log_int(s->wal_pages), NULL);
}

static void append(struct store *s, struct store_batch **batches, size_t count,
    struct store_head *head, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	sqlite_append(s, batches, count, head, done, ctx);
	if (s->db)
		shorten_log(s);
}

struct tail {
	int64_t seq; /* of the last event */
	unsigned char before[STORE_HASH];
	bool right;
};

static bool tail_row(void *ctx, const struct store_row *row)
{
	struct tail *t = ctx;
	unsigned char want[STORE_HASH];

	if (row->seq == t->seq) {
		store_chain(t->before, row, want);
		t->right = memcmp(want, row->hash, STORE_HASH) == 0;
	}
	memcpy(t->before, row->hash, STORE_HASH);
	return true;
}

/* The last event's hash must follow from its predecessor: a torn end is noticed at start. */
static bool tail_right(struct store *s, const struct store_head *head, struct err *e)
{
	struct tail t = { .seq = head->seq };
	int64_t bad;

	if (!head->seq)
		return true;
	if (!sqlite_read(s, NULL, head->seq - 1, tail_row, &t, &bad, e))
		return false;
	if (!t.right)
		return err_set(e, ERR_JOURNAL,
		    "%s: its last event (%lld) does not follow from the one before; see nocboard "
		    "journal verify",
		    s->path, (long long)head->seq);
	return true;
}

/* A commit that also proves that the journal can be written. */
static bool next_fence(struct store *s, struct store_head *head, struct err *e)
{
	if (!sqlite_run(
		s->db, s->path, "UPDATE meta SET value = value + 1 WHERE name = 'fence'", e))
		return false;
	head->fence = sqlite_number(s->db, "SELECT value FROM meta WHERE name = 'fence'", -1);
	return head->fence > 0 || sqlite_err(s->db, s->path, "has lost its fence", e);
}

static void close_store(struct store *s)
{
	if (s->db && s->lock_fd >= 0)
		checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE);
	sqlite_disconnect(s);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->path);
	free(s);
}

static struct store *open_store(
    struct loop *l, const char *where, unsigned flags, struct store_head *head, struct err *e)
{
	struct store *s = xcalloc(1, sizeof *s);
	struct err local = { 0 };

	(void)l;
	e = e ? e : &local;
	s->flags = flags;
	s->lock_fd = -1;
	if (!sqlite_place(s, where, e))
		goto fail;
	if (!(flags & JOURNAL_READ_ONLY)) {
		s->lock_fd = sqlite_lock(s->path, e);
		if (s->lock_fd < 0)
			goto fail;
	}
	if (!join(s, CHECK_MS, e) || !sqlite_head(s->db, s->path, head, e))
		goto fail;
	if (s->lock_fd >= 0 && (!tail_right(s, head, e) || !next_fence(s, head, e)))
		goto fail;
	return s;
fail:
	close_store(s);
	return NULL;
}

static bool reopen(struct store *s, struct store_head *head, struct err *e)
{
	struct store_head now = { .fence = head->fence };
	sqlite3_stmt *st = NULL;
	bool same = head->seq == 0;

	if (s->db)
		sqlite_disconnect(s);
	if (!sqlite_same_file(s, e) || !sqlite_room(s, e) || !join(s, RECHECK_MS, e))
		return false;
	if (!sqlite_head(s->db, s->path, &now, e) || !tail_right(s, &now, e))
		goto fail;
	if (!same && sqlite3_prepare_v2(s->db, "SELECT hash FROM events WHERE seq = ?1", -1, &st,
			 NULL) == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, head->seq);
		same = sqlite3_step(st) == SQLITE_ROW &&
		       sqlite3_column_bytes(st, 0) == STORE_HASH &&
		       memcmp(sqlite3_column_blob(st, 0), head->hash, STORE_HASH) == 0;
	}
	sqlite3_finalize(st);
	if (!same) {
		err_set(e, ERR_JOURNAL,
		    "%s: event %lld is not the one that was committed; restore a backup", s->path,
		    (long long)head->seq);
		goto fail;
	}
	if (!sqlite_run(
		s->db, s->path, "UPDATE meta SET value = value + 1 WHERE name = 'reopened'", e))
		goto fail;
	*head = now;
	return true;
fail:
	sqlite_disconnect(s);
	return false;
}

static bool look(struct store *s, struct err *e)
{
	return sqlite_same_file(s, e) && sqlite_room(s, e);
}

const struct store_ops store_sqlite = {
	.scheme = "",
	.open = open_store,
	.close = close_store,
	.append = append,
	.reopen = reopen,
	.look = look,
	.read = sqlite_read,
	.streams = sqlite_streams,
	.check = sqlite_check,
	.backup = sqlite_backup,
};

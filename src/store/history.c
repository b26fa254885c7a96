#include "store/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sqlite_priv.h"

#define APPLICATION_ID 0x4e4f4348 /* "NOCH" */
#define VERSION 1
#define BUSY_MS 250

struct history_db {
	char *path;
	sqlite3 *db;
	sqlite3_stmt *insert;
};

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE edges (id INTEGER PRIMARY KEY, source TEXT NOT NULL, at_ms INTEGER NOT NULL, "
    "status TEXT NOT NULL, up INTEGER NOT NULL, detail TEXT) STRICT;"
    "CREATE INDEX edges_at ON edges (at_ms);"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "PRAGMA application_id = 1313817416;"
    "PRAGMA user_version = 1;"
    "COMMIT";

_Static_assert(APPLICATION_ID == 1313817416, "the schema names it");

/* Before anything is read from the file. */
static bool configure(struct history_db *h, struct err *e)
{
	sqlite3_db_config(h->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(h->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_busy_timeout(h->db, BUSY_MS);
	return sqlite_run(h->db, h->path,
	    "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA journal_mode = WAL; "
	    "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304",
	    e);
}

static bool is_empty(sqlite3 *db)
{
	return sqlite_number(db, "SELECT count(*) FROM sqlite_schema", -1) == 0;
}

enum state { STATE_GOOD, STATE_BROKEN, STATE_FAILED };

/* Its own file, of this version, whole: what can be told without a walk over all of it. */
static enum state check(struct history_db *h, struct err *e)
{
	int64_t version = sqlite_number(h->db, "PRAGMA user_version", -1);

	if (sqlite_number(h->db, "PRAGMA application_id", -1) != APPLICATION_ID || version < 1) {
		err_set(e, ERR_DATA, "%s: is no history of nocboard", h->path);
		return STATE_BROKEN;
	}
	if (version > VERSION) {
		err_set(e, ERR_DATA,
		    "%s: was written by a newer nocboard (version %lld, this one knows %d)",
		    h->path, (long long)version, VERSION);
		return STATE_FAILED;
	}
	if (sqlite_number(h->db,
		"SELECT ifnull(max(id), 0) + (SELECT count(*) FROM meta) FROM edges", -1) < 0) {
		err_set(e, ERR_DATA, "%s: is damaged: %s", h->path, sqlite3_errmsg(h->db));
		return STATE_BROKEN;
	}
	return STATE_GOOD;
}

static void detach(struct history_db *h)
{
	sqlite3_finalize(h->insert);
	sqlite3_close(h->db);
	h->insert = NULL;
	h->db = NULL;
}

static bool is_corrupt(sqlite3 *db)
{
	int rc = sqlite3_errcode(db) & 0xff;

	return rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT;
}

static enum state attach(struct history_db *h, struct err *e)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX |
			  SQLITE_OPEN_NOFOLLOW;

	if (sqlite3_open_v2(h->path, &h->db, flags, NULL) != SQLITE_OK) {
		sqlite_err(h->db, h->path, "cannot be opened", e);
		return STATE_FAILED;
	}
	sqlite3_extended_result_codes(h->db, 1);
	if (!configure(h, e))
		return is_corrupt(h->db) ? STATE_BROKEN : STATE_FAILED;
	if (is_empty(h->db))
		return sqlite_run(h->db, h->path, schema, e) ? STATE_GOOD : STATE_FAILED;
	return check(h, e);
}

/* The log of what is put aside would be taken for the new file's. */
static bool put_aside(const char *path, struct err *e)
{
	static const char *const tails[] = { "-wal", "-shm" };
	char *to = xasprintf("%s.broken", path);
	bool ok =
	    rename(path, to) == 0 || err_set(e, ERR_IO, "%s: cannot be put aside as %s", path, to);

	for (size_t i = 0; ok && i < countof(tails); i++) {
		char *log = xasprintf("%s%s", path, tails[i]);

		remove(log);
		free(log);
	}
	free(to);
	return ok;
}

struct history_db *history_db_open(const char *path, bool *aside, struct err *e)
{
	struct history_db *h = xcalloc(1, sizeof *h);
	enum state state;

	*aside = false;
	h->path = xstrdup(path);
	state = attach(h, e);
	if (state == STATE_BROKEN) {
		detach(h);
		*aside = put_aside(path, e);
		state = *aside ? attach(h, e) : STATE_FAILED;
	}
	if (state == STATE_GOOD)
		return h;
	history_db_close(h);
	return NULL;
}

void history_db_close(struct history_db *h)
{
	if (!h)
		return;
	detach(h);
	free(h->path);
	free(h);
}

bool history_db_read(struct history_db *h, size_t most,
    void (*each)(void *ctx, const struct history_edge *edge), void *ctx, struct err *e)
{
	static const char sql[] =
	    "SELECT source, status, up, at_ms, detail FROM (SELECT * FROM edges "
	    "ORDER BY id DESC LIMIT ?1) ORDER BY id";
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(h->db, sql, -1, &st, NULL);
	bool ok;

	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, (sqlite3_int64)most);
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct history_edge edge = { .source = (const char *)sqlite3_column_text(st, 0),
			.status = (const char *)sqlite3_column_text(st, 1),
			.up = sqlite3_column_int(st, 2),
			.at = { sqlite3_column_int64(st, 3) },
			.detail = (const char *)sqlite3_column_text(st, 4) };

		if (edge.source && edge.status)
			each(ctx, &edge);
		rc = SQLITE_OK;
	}
	ok = rc == SQLITE_DONE || sqlite_err(h->db, h->path, "cannot read", e);
	sqlite3_finalize(st);
	return ok;
}

struct utc history_db_watched(struct history_db *h)
{
	return (struct utc){ sqlite_number(
	    h->db, "SELECT value FROM meta WHERE name = 'watched'", UTC_NONE.ms) };
}

static bool insert(struct history_db *h, const struct history_edge *edge)
{
	sqlite3_stmt *st = h->insert;
	bool ok;

	sqlite3_bind_text(st, 1, edge->source, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, edge->at.ms);
	sqlite3_bind_text(st, 3, edge->status, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 4, edge->up);
	sqlite3_bind_text(st, 5, edge->detail, -1, SQLITE_STATIC);
	ok = sqlite3_step(st) == SQLITE_DONE;
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return ok;
}

static bool was_watched(struct history_db *h, struct utc now)
{
	char sql[120];

	snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO meta VALUES ('watched', %lld)",
	    (long long)now.ms);
	return sqlite3_exec(h->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool history_db_add(struct history_db *h, const struct history_edge *edges, size_t count,
    struct utc now, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO edges (source, at_ms, status, up, detail) VALUES (?1, ?2, ?3, ?4, ?5)";
	bool ok =
	    (h->insert || sqlite3_prepare_v2(h->db, sql, -1, &h->insert, NULL) == SQLITE_OK) &&
	    sqlite3_exec(h->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;

	for (size_t i = 0; ok && i < count; i++)
		ok = insert(h, &edges[i]);
	ok = ok && was_watched(h, now) &&
	     sqlite3_exec(h->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
	if (ok)
		return true;
	sqlite_err(h->db, h->path, "cannot write", e);
	if (!sqlite3_get_autocommit(h->db))
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool history_db_prune(struct history_db *h, struct utc before, size_t most, struct err *e)
{
	char sql[200];

	snprintf(sql, sizeof sql,
	    "DELETE FROM edges WHERE at_ms < %lld OR id <= (SELECT max(id) FROM edges) - %lld",
	    (long long)before.ms, (long long)most);
	return sqlite_run(h->db, h->path, sql, e);
}

/* Reading: rows in order, streams, the structure check, and the online copy. */
#include "sqlite_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define COLUMNS "seq, stream, version, at_ms, actor, as_by, kind, command_id, part, body, hash"

static const char all_sql[] = "SELECT " COLUMNS " FROM events WHERE seq >= ?1 ORDER BY seq";
static const char stream_sql[] =
    "SELECT " COLUMNS " FROM events WHERE stream = ?2 AND seq >= ?1 ORDER BY version";
static const char streams_sql[] =
    "WITH ends AS (SELECT stream, min(version) AS a, max(version) AS b FROM events GROUP BY "
    "stream) "
    "SELECT l.stream, l.version, l.kind, f.at_ms, l.at_ms, l.seq FROM ends "
    "JOIN events f ON f.stream = ends.stream AND f.version = ends.a "
    "JOIN events l ON l.stream = ends.stream AND l.version = ends.b ORDER BY f.seq";

static const char *text(sqlite3_stmt *st, int i)
{
	return (const char *)sqlite3_column_text(st, i);
}

/* Types are the file's say, not ours: a damaged one may hold anything. */
static bool row_of(sqlite3_stmt *st, struct store_row *r)
{
	int64_t version = sqlite3_column_int64(st, 2), part = sqlite3_column_int64(st, 8);

	*r = (struct store_row){
		.seq = sqlite3_column_int64(st, 0),
		.stream = text(st, 1),
		.version = (int)version,
		.at_ms = sqlite3_column_int64(st, 3),
		.actor = text(st, 4),
		.as_by = text(st, 5),
		.kind = text(st, 6),
		.command_id = text(st, 7),
		.part = (int)part,
		.body = text(st, 9),
	};
	if (!r->stream || !r->actor || !r->kind || !r->body || version < 1 || version > INT_MAX ||
	    part < 0 || part > INT_MAX || sqlite3_column_type(st, 10) != SQLITE_BLOB ||
	    sqlite3_column_bytes(st, 10) != STORE_HASH)
		return false;
	memcpy(r->hash, sqlite3_column_blob(st, 10), STORE_HASH);
	return true;
}

bool sqlite_read(struct store *s, const char *stream, int64_t from_seq,
    bool (*each)(void *ctx, const struct store_row *row), void *ctx, int64_t *bad_seq,
    struct err *e)
{
	sqlite3_stmt *st = NULL;
	int64_t next = from_seq < 1 ? 1 : from_seq;
	struct store_row row;
	bool ok = true;
	int rc;

	*bad_seq = 0;
	if (!s->db)
		return err_set(e, ERR_JOURNAL, "%s: is closed after a failure", s->path);
	rc = sqlite3_prepare_v2(s->db, stream ? stream_sql : all_sql, -1, &st, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, next);
		if (stream)
			sqlite3_bind_text(st, 2, stream, -1, SQLITE_STATIC);
	}
	while (ok && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (!row_of(st, &row)) {
			ok = err_set(e, ERR_JOURNAL, "%s: event %lld cannot be read", s->path,
			    (long long)next);
			break;
		}
		next = row.seq + 1;
		if (!each(ctx, &row)) {
			rc = SQLITE_DONE;
			break;
		}
	}
	if (ok && rc != SQLITE_DONE)
		ok = sqlite_err(s->db, s->path, "cannot read", e);
	if (!ok)
		*bad_seq = next;
	sqlite3_finalize(st);
	return ok;
}

bool sqlite_streams(struct store *s, bool (*each)(void *ctx, const struct journal_stream *st),
    void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc;

	if (!s->db)
		return err_set(e, ERR_JOURNAL, "%s: is closed after a failure", s->path);
	rc = sqlite3_prepare_v2(s->db, streams_sql, -1, &st, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		struct journal_stream out;

		rc = sqlite3_step(st);
		if (rc != SQLITE_ROW)
			break;
		out = (struct journal_stream){
			.id = text(st, 0),
			.version = sqlite3_column_int(st, 1),
			.last_kind = text(st, 2),
			.first_at = { sqlite3_column_int64(st, 3) },
			.last_at = { sqlite3_column_int64(st, 4) },
			.last_seq = sqlite3_column_int64(st, 5),
		};
		if (out.id && out.last_kind && !each(ctx, &out))
			rc = SQLITE_DONE;
	}
	if (rc != SQLITE_DONE)
		sqlite_err(s->db, s->path, "cannot read the streams", e);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE;
}

bool sqlite_check(struct store *s, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool ok = false;

	if (!s->db)
		return err_set(e, ERR_JOURNAL, "%s: is closed after a failure", s->path);
	if (sqlite3_prepare_v2(s->db, "PRAGMA integrity_check(1)", -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW) {
		sqlite_err(s->db, s->path, "cannot check", e);
	} else {
		const char *said = text(st, 0);

		ok = said && strcmp(said, "ok") == 0;
		if (!ok)
			err_set(
			    e, ERR_JOURNAL, "%s: is damaged: %.160s", s->path, said ? said : "?");
	}
	sqlite3_finalize(st);
	return ok;
}

/* A copy is one file: no log beside it that could be forgotten. */
static bool copy_into(struct store *s, const char *file, struct err *e)
{
	sqlite3 *to = NULL;
	sqlite3_backup *b = NULL;
	bool ok = false;

	if (sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL) ==
		SQLITE_OK &&
	    (b = sqlite3_backup_init(to, "main", s->db, "main"))) {
		ok = sqlite3_backup_step(b, -1) == SQLITE_DONE;
		ok = sqlite3_backup_finish(b) == SQLITE_OK && ok;
	}
	ok = ok ? sqlite_run(to, file, "PRAGMA journal_mode = DELETE", e)
		: sqlite_err(to, file, "cannot make the copy", e);
	sqlite3_close(to);
	return ok;
}

bool sqlite_backup(struct store *s, const char *file, struct err *e)
{
	int fd;
	bool ok;

	if (!s->db)
		return err_set(e, ERR_JOURNAL, "%s: is closed after a failure", s->path);
	fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s: cannot make the copy", file);
	ok = copy_into(s, file, e);
	if (ok && fsync(fd) != 0)
		ok = err_sys(e, ERR_IO, errno, "%s: cannot sync the copy", file);
	close(fd);
	if (!ok)
		unlink(file);
	return ok;
}

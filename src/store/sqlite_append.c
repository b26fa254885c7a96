/* Appending: one transaction for a group, a savepoint for each batch of it. */
#include "sqlite_priv.h"

#include <string.h>

#include "base/mem.h"

static const char insert_sql[] =
    "INSERT INTO events (seq, stream, version, at_ms, actor, as_by, kind, command_id, part, body, "
    "hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
static const char last_sql[] =
    "SELECT version, at_ms FROM events WHERE stream = ?1 ORDER BY version DESC LIMIT 1";
static const char command_sql[] =
    "SELECT stream, version, seq FROM events WHERE command_id = ?1 ORDER BY part";

static bool prepare(struct store *s, struct err *e)
{
	const struct {
		sqlite3_stmt **st;
		const char *sql;
	} all[] = {
		{ &s->insert, insert_sql },
		{ &s->last, last_sql },
		{ &s->command, command_sql },
	};

	for (size_t i = 0; i < countof(all); i++)
		if (!*all[i].st && sqlite3_prepare_v3(s->db, all[i].sql, -1,
				       SQLITE_PREPARE_PERSISTENT, all[i].st, NULL) != SQLITE_OK)
			return sqlite_err(s->db, s->path, "cannot prepare to write", e);
	return true;
}

bool sqlite_head(sqlite3 *db, const char *path, struct store_head *head, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(
	    db, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", -1, &st, NULL);

	head->seq = 0;
	memset(head->hash, 0, sizeof head->hash);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW && sqlite3_column_bytes(st, 1) == STORE_HASH) {
		head->seq = sqlite3_column_int64(st, 0);
		memcpy(head->hash, sqlite3_column_blob(st, 1), STORE_HASH);
		rc = SQLITE_DONE;
	}
	if (rc != SQLITE_DONE)
		sqlite_err(db, path, "cannot read the last event", e);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE;
}

static void bind_text(sqlite3_stmt *st, int i, const char *text)
{
	if (text)
		sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(st, i);
}

static bool insert(struct store *s, const struct store_row *r, struct err *e)
{
	sqlite3_stmt *st = s->insert;
	bool ok;

	sqlite3_bind_int64(st, 1, r->seq);
	bind_text(st, 2, r->stream);
	sqlite3_bind_int(st, 3, r->version);
	sqlite3_bind_int64(st, 4, r->at_ms);
	bind_text(st, 5, r->actor);
	bind_text(st, 6, r->as_by);
	bind_text(st, 7, r->kind);
	bind_text(st, 8, r->command_id);
	sqlite3_bind_int(st, 9, r->part);
	bind_text(st, 10, r->body);
	sqlite3_bind_blob(st, 11, r->hash, STORE_HASH, SQLITE_STATIC);
	ok = sqlite3_step(st) == SQLITE_DONE || sqlite_err(s->db, s->path, "cannot append", e);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return ok;
}

/* False: *e, the whole group fails. */
static bool duplicate(struct store *s, struct store_batch *b, struct err *e)
{
	sqlite3_stmt *st = s->command;
	int rc;

	if (!b->command_id)
		return true;
	bind_text(st, 1, b->command_id);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		store_duplicate(b, (const char *)sqlite3_column_text(st, 0),
		    sqlite3_column_int(st, 1), sqlite3_column_int64(st, 2));
	if (rc != SQLITE_DONE)
		sqlite_err(s->db, s->path, "cannot look for the command", e);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return rc == SQLITE_DONE;
}

/* Checks and inserts one event. False with e->kind ERR_NONE: a rule refused it, *b says which. */
static bool append_row(struct store *s, struct store_batch *b, struct store_row *row,
    struct store_head *head, struct err *e)
{
	sqlite3_stmt *st = s->last;
	int version = 0, rc;
	int64_t at_ms = 0;

	bind_text(st, 1, row->stream);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		version = sqlite3_column_int(st, 0);
		at_ms = sqlite3_column_int64(st, 1);
	} else if (rc != SQLITE_DONE) {
		sqlite_err(s->db, s->path, "cannot look for the last version", e);
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return false;
	if (!store_may_follow(b, row, version, at_ms))
		return false;
	row->seq = ++head->seq;
	store_chain(head->hash, row, row->hash);
	memcpy(head->hash, row->hash, STORE_HASH);
	return insert(s, row, e);
}

/* False: *e, the whole group fails. */
static bool append_batch(
    struct store *s, struct store_batch *b, struct store_head *head, bool *any, struct err *e)
{
	struct store_head was = *head;

	if (!store_fence_ok(b, head->fence))
		return true;
	if (!duplicate(s, b, e))
		return false;
	if (b->place_count)
		return true;
	if (!sqlite_run(s->db, s->path, "SAVEPOINT batch", e))
		return false;
	for (size_t i = 0; i < b->count; i++) {
		if (append_row(s, b, &b->rows[i], head, e))
			continue;
		if (e->kind != ERR_NONE)
			return false;
		*head = was;
		return sqlite_run(s->db, s->path, "ROLLBACK TO batch; RELEASE batch", e);
	}
	if (!sqlite_run(s->db, s->path, "RELEASE batch", e))
		return false;
	b->status = APPEND_DONE;
	*any = true;
	return true;
}

static bool append_group(struct store *s, struct store_batch **batches, size_t count,
    struct store_head *head, struct err *e)
{
	struct store_head now = *head, found = *head;
	bool any = false;

	if (!s->db)
		return err_set(e, ERR_JOURNAL, "%s: is closed after a failure", s->path);
	if (!sqlite_same_file(s, e) || !prepare(s, e) ||
	    !sqlite_run(s->db, s->path, "BEGIN IMMEDIATE", e))
		return false;
	if (!sqlite_head(s->db, s->path, &found, e))
		return false;
	if (found.seq != head->seq || memcmp(found.hash, head->hash, STORE_HASH) != 0)
		return err_set(e, ERR_JOURNAL,
		    "%s: somebody else has written to the journal (event %lld, expected %lld)",
		    s->path, (long long)found.seq, (long long)head->seq);
	for (size_t i = 0; i < count; i++)
		if (!append_batch(s, batches[i], &now, &any, e))
			return false;
	if (!any)
		return sqlite_run(s->db, s->path, "ROLLBACK", e);
	if (!sqlite_run(s->db, s->path, "COMMIT", e))
		return false;
	*head = now;
	return true;
}

void sqlite_append(struct store *s, struct store_batch **batches, size_t count,
    struct store_head *head, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct err e = { 0 };

	if (append_group(s, batches, count, head, &e)) {
		done(ctx, NULL);
		return;
	}
	/* Not tried again on this connection: after a failed sync the kernel may report success for
	 * data that is gone. Closing rolls back. */
	sqlite_disconnect(s);
	done(ctx, &e);
}

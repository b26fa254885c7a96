/* The tables, their version, and the steps from one version to the next. */
#include "sqlite_priv.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define APPLICATION_ID 0x4e4f4342 /* "NOCB" */
#define SCHEMA_VERSION 1

/* What the database holds at SCHEMA_VERSION, by name. The texts are compared with the file's own:
 * anything else in it (a view, a trigger that somebody added) is refused. */
static const struct {
	const char *name, *sql;
} objects[] = {
	{ "events", "CREATE TABLE events ("
		    "seq INTEGER PRIMARY KEY, "
		    "stream TEXT NOT NULL, "
		    "version INTEGER NOT NULL CHECK (version > 0), "
		    "at_ms INTEGER NOT NULL, "
		    "actor TEXT NOT NULL, "
		    "as_by TEXT, "
		    "kind TEXT NOT NULL, "
		    "command_id TEXT, "
		    "part INTEGER NOT NULL, "
		    "body TEXT NOT NULL, "
		    "hash BLOB NOT NULL CHECK (length(hash) = 32), "
		    "UNIQUE (stream, version)) STRICT" },
	{ "events_command", "CREATE UNIQUE INDEX events_command ON events (command_id, part) "
			    "WHERE command_id IS NOT NULL" },
	/* Also keeps INSERT OR REPLACE from replacing: its seq is taken. */
	{ "events_in_order", "CREATE TRIGGER events_in_order BEFORE INSERT ON events "
			     "WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM events) "
			     "BEGIN SELECT raise(ABORT, 'events are appended in order'); END" },
	{ "events_no_delete", "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
			      "BEGIN SELECT raise(ABORT, 'events are never deleted'); END" },
	{ "events_no_update", "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
			      "BEGIN SELECT raise(ABORT, 'events are never changed'); END" },
	{ "meta", "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) "
		  "STRICT, WITHOUT ROWID" },
};

static bool create(sqlite3 *db, const char *path, struct err *e)
{
	/* Tables before what hangs on them. */
	static const char *const order[] = { "events", "meta", "events_command", "events_in_order",
		"events_no_delete", "events_no_update" };

	for (size_t i = 0; i < countof(order); i++)
		for (size_t k = 0; k < countof(objects); k++)
			if (strcmp(order[i], objects[k].name) == 0 &&
			    !sqlite_run(db, path, objects[k].sql, e))
				return false;
	return sqlite_run(
	    db, path, "INSERT INTO meta (name, value) VALUES ('fence', 0), ('reopened', 0)", e);
}

/* migrations[v] leads from version v to v + 1. */
static bool (*const migrations[SCHEMA_VERSION])(sqlite3 *db, const char *path, struct err *e) = {
	[0] = create,
};

static bool migrate(sqlite3 *db, const char *path, int64_t from, struct err *e)
{
	/* Literals: PRAGMA takes no bound parameter. */
	static const char *const set_version[] = { [1] = "PRAGMA user_version = 1" };
	static const char set_application[] = "PRAGMA application_id = 0x4e4f4342";

	if (!sqlite_run(db, path, "BEGIN IMMEDIATE", e))
		return false;
	for (int64_t v = from; v < SCHEMA_VERSION; v++)
		if (!migrations[v](db, path, e) || !sqlite_run(db, path, set_version[v + 1], e))
			goto undo;
	if (sqlite_run(db, path, set_application, e) && sqlite_run(db, path, "COMMIT", e))
		return true;
undo:
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool compare(sqlite3 *db, const char *path, struct err *e)
{
	sqlite3_stmt *st = NULL;
	size_t i = 0;
	bool same = true;
	int rc;

	if (sqlite3_prepare_v2(db,
		"SELECT name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY name",
		-1, &st, NULL) != SQLITE_OK)
		return sqlite_err(db, path, "cannot read the schema", e);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, 0);
		const char *sql = (const char *)sqlite3_column_text(st, 1);

		if (i >= countof(objects) || !name || !sql || strcmp(name, objects[i].name) != 0 ||
		    strcmp(sql, objects[i].sql) != 0) {
			same = false;
			break;
		}
		i++;
	}
	if (same && rc != SQLITE_DONE)
		sqlite_err(db, path, "cannot read the schema", e);
	else if (!same || i != countof(objects))
		err_set(e, ERR_JOURNAL,
		    "%s: its tables are not those of a journal; it was changed by hand, "
		    "restore a backup",
		    path);
	same = same && rc == SQLITE_DONE && i == countof(objects);
	sqlite3_finalize(st);
	return same;
}

bool sqlite_schema_ready(sqlite3 *db, const char *path, bool may_write, struct err *e)
{
	int64_t version = sqlite_number(db, "PRAGMA user_version", -1);
	int64_t application = sqlite_number(db, "PRAGMA application_id", -1);
	int64_t count = sqlite_number(db, "SELECT count(*) FROM sqlite_schema", -1);

	if (version < 0 || application < 0 || count < 0)
		return sqlite_err(db, path, "cannot read the journal", e);
	if (version == 0 && application == 0 && count == 0) {
		if (!may_write)
			return err_set(e, ERR_JOURNAL, "%s: is empty, no journal yet", path);
	} else if (application != APPLICATION_ID) {
		return err_set(e, ERR_JOURNAL,
		    "%s: is a database of another program, no journal; give another path", path);
	}
	if (version > SCHEMA_VERSION)
		return err_set(e, ERR_JOURNAL,
		    "%s: was written by a newer nocboard (format %lld, this one knows %d); "
		    "upgrade this one",
		    path, (long long)version, SCHEMA_VERSION);
	if (version < SCHEMA_VERSION) {
		if (!may_write)
			return err_set(e, ERR_JOURNAL,
			    "%s: is of an older format (%lld); start an engine on it once", path,
			    (long long)version);
		if (!migrate(db, path, version, e))
			return false;
	}
	return compare(db, path, e);
}

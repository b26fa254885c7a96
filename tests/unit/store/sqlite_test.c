/* What only the SQLite back end promises: whose file it takes, who may hold it, what it refuses. */
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "os/clock.h"

/* Runs SQL as somebody with the shell would; returns SQLite's verdict. */
static int raw(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open(path, &db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return rc;
}

/* Opening fails, and says why. */
static void refused(struct fix *f, unsigned flags, const char *why)
{
	struct err e = { 0 };
	struct journal *j = journal_open(f->l, f->path, flags, &e);

	assert_null(j);
	assert_int_equal(e.kind, ERR_JOURNAL);
	if (!strstr(e.msg, why))
		fail_msg("\"%s\" does not say \"%s\"", e.msg, why);
}

static void test_reopen(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	int64_t fence = journal_fence(j);
	struct fix_answer a;
	struct journal_report r;

	fix_fill(f, j, 1, 3);
	journal_close(j);
	r = fix_verify(f, f->path);
	assert_true(r.ok);
	assert_int_equal(r.events, 3);
	j = fix_open(f, 0);
	assert_int_equal(journal_head(j), 3);
	assert_int_equal(journal_fence(j), fence + 1);
	fix_fill(f, j, 4, 1);
	assert_int_equal(fix_append(f, j, 4, NULL).status, APPEND_CONFLICT);
	journal_close(j);

	j = fix_open(f, JOURNAL_READ_ONLY);
	assert_int_equal(journal_head(j), 4);
	a = fix_append(f, j, 5, NULL);
	assert_int_equal(a.status, APPEND_FAILED);
	assert_non_null(strstr(a.err.msg, "for reading only"));
	journal_close(j);
	unlink(f->path);
	refused(f, 0, "cannot open");
	refused(f, JOURNAL_READ_ONLY, "cannot open");
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void test_modes(void **state)
{
	static const mode_t masks[] = { 0, 022, 077 };
	struct fix *f = *state;

	for (size_t i = 0; i < countof(masks); i++) {
		char dir[200], other[400];
		struct journal *j;
		mode_t old = umask(masks[i]);

		snprintf(dir, sizeof dir, "%s/m%zu", f->dir, i);
		snprintf(f->path, sizeof f->path, "%.200s/j.db", dir);
		j = fix_open(f, JOURNAL_CREATE);
		fix_fill(f, j, 1, 1);
		umask(old);
		assert_int_equal(mode_of(dir), 0750);
		assert_int_equal(mode_of(f->path), 0640);
		snprintf(other, sizeof other, "%s-wal", f->path);
		assert_int_equal(mode_of(other) & 0137, 0);
		assert_true(mode_of(other) != 0);
		snprintf(other, sizeof other, "%s.lock", f->path);
		assert_int_equal(mode_of(other) & 0137, 0);
		assert_true(mode_of(other) != 0);
		journal_close(j);
	}
}

static void test_second_holder(void **state)
{
	struct fix *f = *state;
	int up[2], status;
	char c, pid_text[32];
	struct err e = { 0 };
	struct journal *j, *reader;
	pid_t pid;

	assert_int_equal(pipe2(up, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		struct loop *l = loop_new();
		struct err ce = { 0 };

		j = journal_open(l, f->path, JOURNAL_CREATE, &ce);
		if (!j || write(up[1], "y", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(up[1]);
	assert_int_equal(read(up[0], &c, 1), 1);
	assert_null(journal_open(f->l, f->path, JOURNAL_CREATE, &e));
	assert_int_equal(e.kind, ERR_JOURNAL);
	assert_int_equal(err_exit(e.kind), 4);
	snprintf(pid_text, sizeof pid_text, "pid %ld, since 20", (long)pid);
	assert_non_null(strstr(e.msg, pid_text));
	reader = fix_open(f, JOURNAL_READ_ONLY); /* readers may look on */
	journal_close(reader);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(up[0]);
	j = fix_open(f, 0); /* the lock went with the process */
	/* The same process does not get it twice either. */
	refused(f, 0, "held by another engine");
	journal_close(j);
}

static void test_odd_files(void **state)
{
	struct fix *f = *state;
	char real[256], link_to[256];
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct err e = { 0 };

	fix_fill(f, j, 1, 1);
	journal_close(j);
	snprintf(real, sizeof real, "%s", f->path);
	snprintf(link_to, sizeof link_to, "%s/state/link.db", f->dir);

	assert_int_equal(symlink(real, link_to), 0);
	snprintf(f->path, sizeof f->path, "%s", link_to);
	refused(f, 0, "symbolic link");
	refused(f, JOURNAL_CREATE, "symbolic link");
	refused(f, JOURNAL_READ_ONLY, "symbolic link");
	unlink(link_to);
	assert_int_equal(link(real, link_to), 0);
	refused(f, 0, "hard link");
	unlink(link_to);
	assert_int_equal(mkfifo(link_to, 0600), 0);
	refused(f, 0, "folder or device");
	unlink(link_to);
	assert_int_equal(mkdir(link_to, 0700), 0);
	refused(f, JOURNAL_CREATE, "folder or device");
	rmdir(link_to);
	assert_true(
	    file_write(link_to, "this is a shopping list, and a long one at that\n", 48, 0600, &e));
	refused(f, JOURNAL_CREATE, "not a database");
	unlink(link_to);
	assert_int_equal(raw(link_to, "CREATE TABLE t (a)"), SQLITE_OK);
	refused(f, JOURNAL_CREATE, "another program");
	refused(f, JOURNAL_READ_ONLY, "another program");
	unlink(link_to);
	assert_true(file_write(link_to, "", 0, 0600, &e));
	refused(f, JOURNAL_READ_ONLY, "no journal yet");
	j = fix_open(f, 0); /* an empty file becomes one */
	fix_fill(f, j, 1, 1);
	journal_close(j);
	/* A folder that is reached through a link is the administrator's choice. */
	snprintf(link_to, sizeof link_to, "%s/via", f->dir);
	snprintf(real, sizeof real, "%s/state", f->dir);
	assert_int_equal(symlink(real, link_to), 0);
	snprintf(f->path, sizeof f->path, "%.200s/j.db", link_to);
	j = fix_open(f, 0);
	assert_int_equal(journal_head(j), 1);
	journal_close(j);
}

static void test_formats(void **state)
{
	static const struct {
		const char *sql, *why;
	} cases[] = {
		{ "PRAGMA user_version = 2", "newer nocboard" },
		{ "PRAGMA user_version = 2000000000", "newer nocboard" },
		{ "PRAGMA application_id = 7", "another program" },
		{ "CREATE VIEW v AS SELECT 1", "changed by hand" },
		{ "CREATE TRIGGER zz AFTER INSERT ON meta BEGIN SELECT 1; END", "changed by hand" },
		{ "DROP TRIGGER events_no_update", "changed by hand" },
		{ "DROP INDEX events_command", "changed by hand" },
		{ "ALTER TABLE events ADD COLUMN extra TEXT", "changed by hand" },
		{ "PRAGMA user_version = 0", "exists" },
	};
	struct fix *f = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct journal *j;

		snprintf(f->path, sizeof f->path, "%s/f%zu.db", f->dir, i);
		j = fix_open(f, JOURNAL_CREATE);
		fix_fill(f, j, 1, 1);
		journal_close(j);
		assert_int_equal(raw(f->path, cases[i].sql), SQLITE_OK);
		refused(f, JOURNAL_CREATE, cases[i].why);
	}
	refused(f, JOURNAL_READ_ONLY, "older format"); /* the last one */
}

static void test_append_only(void **state)
{
	static const struct {
		const char *sql;
		int want;
	} cases[] = {
		{ "UPDATE events SET actor = 'eve' WHERE seq = 1", SQLITE_CONSTRAINT },
		{ "DELETE FROM events WHERE seq = 2", SQLITE_CONSTRAINT },
		{ "DELETE FROM events", SQLITE_CONSTRAINT },
		{ "INSERT OR REPLACE INTO events SELECT 1, stream, version, at_ms, 'eve', as_by, "
		  "kind, command_id, part, body, hash FROM events WHERE seq = 1",
		    SQLITE_CONSTRAINT },
		{ "INSERT INTO events SELECT 9, stream, 9, at_ms, 'eve', as_by, kind, command_id, "
		  "part, body, hash FROM events WHERE seq = 1",
		    SQLITE_CONSTRAINT },
		{ "INSERT INTO events SELECT NULL, stream, 9, at_ms, 'eve', as_by, kind, "
		  "command_id, part, body, hash FROM events WHERE seq = 1",
		    SQLITE_CONSTRAINT },
	};
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct journal_report before, after;

	fix_fill(f, j, 1, 3);
	journal_close(j);
	before = fix_verify(f, f->path);
	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(raw(f->path, cases[i].sql), cases[i].want);
	after = fix_verify(f, f->path);
	assert_true(after.ok);
	assert_int_equal(after.events, 3);
	assert_string_equal(after.head_hash, before.head_hash);
}

/* Whoever drops the triggers first is still found out. */
static void test_forged(void **state)
{
#define UNLOCKED(sql) "DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete; " sql
	static const struct {
		const char *sql;
		int bad;
		const char *what;
	} cases[] = {
		{ UNLOCKED("UPDATE events SET actor = 'eve' WHERE seq = 2"), 2, "hash" },
		{ UNLOCKED("UPDATE events SET at_ms = at_ms + 1 WHERE seq = 3"), 3, "hash" },
		{ UNLOCKED("UPDATE events SET body = replace(body, 'loss', 'gain') WHERE seq = 5"),
		    5, "hash" },
		{ UNLOCKED("UPDATE events SET as_by = 'eve' WHERE seq = 1"), 1, "hash" },
		{ UNLOCKED("UPDATE events SET command_id = 'c' WHERE seq = 4"), 4, "hash" },
		{ UNLOCKED("UPDATE events SET hash = zeroblob(32) WHERE seq = 4"), 4, "hash" },
		{ UNLOCKED("DELETE FROM events WHERE seq = 3"), 3, "missing" },
		{ UNLOCKED("DELETE FROM events WHERE seq = 1"), 1, "missing" },
		{ UNLOCKED("UPDATE events SET kind = 'closed' WHERE seq = 6"), 6, "hash" },
	};
	struct fix *f = *state;
	struct journal_report r;

	for (size_t i = 0; i < countof(cases); i++) {
		struct journal *j, *reader;

		snprintf(f->path, sizeof f->path, "%s/g%zu.db", f->dir, i);
		j = fix_open(f, JOURNAL_CREATE);
		fix_fill(f, j, 1, 6);
		journal_close(j);
		/* An open reader sees the forgery as verify does: the triggers are put back by the
		 * forger, so that the schema looks right. */
		assert_int_equal(raw(f->path, cases[i].sql), SQLITE_OK);
		assert_int_equal(
		    raw(f->path, "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
				 "BEGIN SELECT raise(ABORT, 'events are never deleted'); END; "
				 "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
				 "BEGIN SELECT raise(ABORT, 'events are never changed'); END"),
		    SQLITE_OK);
		reader = fix_open(f, JOURNAL_READ_ONLY);
		journal_close(reader);
		r = fix_verify(f, f->path);
		assert_false(r.ok);
		assert_int_equal(r.bad_seq, cases[i].bad);
		assert_int_equal(r.events, cases[i].bad - 1);
		assert_non_null(strstr(r.what, cases[i].what));
	}
	/* At the end of the chain it is noticed when an engine starts (the last case). */
	refused(f, 0, "does not follow from the one before");
}

/* ---- failures while it is open ---- */

static int health_calls;

static void on_health(void *ctx, bool ok)
{
	*(bool *)ctx = ok;
	health_calls++;
}

static void test_replaced_file(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct fix_answer a;
	char away[300];
	bool ok = true;
	struct err e = { 0 };

	health_calls = 0;
	journal_on_health(j, on_health, &ok);
	fix_fill(f, j, 1, 2);
	snprintf(away, sizeof away, "%s.away", f->path);
	assert_int_equal(rename(f->path, away), 0);
	a = fix_append(f, j, 3, "c3");
	assert_int_equal(a.status, APPEND_FAILED);
	assert_non_null(strstr(a.err.msg, "is gone"));
	assert_false(journal_health(j, &e));
	assert_true(file_write(f->path, "", 0, 0640, &e));
	a = fix_append(f, j, 3, "c3");
	assert_int_equal(a.status, APPEND_FAILED);
	assert_int_equal(rename(away, f->path), 0);
	while (!(health_calls >= 2 && ok))
		loop_run_once(f->l, true);
	a = fix_append(f, j, 3, "c3");
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(a.seq, 3);
	journal_close(j);
	assert_true(fix_verify(f, f->path).ok);
}

static void test_foreign_writer(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct fix_answer a;

	fix_fill(f, j, 1, 2);
	assert_int_equal(
	    raw(f->path, "INSERT INTO events SELECT 3, stream, 3, at_ms, 'eve', as_by, kind, "
			 "command_id, part, body, hash FROM events WHERE seq = 2"),
	    SQLITE_OK);
	a = fix_append(f, j, 3, NULL);
	assert_int_equal(a.status, APPEND_FAILED);
	assert_non_null(strstr(a.err.msg, "somebody else has written"));
	assert_false(journal_health(j, NULL));
	journal_close(j);
}

static void test_checkpoints(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	char wal[300];
	struct stat st;

	fix_padding = 48000;
	fix_fill(f, j, 1, 200); /* more than 4 MiB of log without a checkpoint */
	snprintf(wal, sizeof wal, "%s-wal", f->path);
	assert_int_equal(stat(wal, &st), 0);
	assert_true(st.st_size < (5 << 20));
	journal_close(j);
	assert_true(stat(wal, &st) != 0 || st.st_size == 0); /* all of it is in the one file */
	assert_int_equal(fix_verify(f, f->path).events, 200);
}

/* A board or a shell that stays in an old transaction delays nobody. */
static void test_reader_holds_log(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	sqlite3 *reader;
	char wal[300];
	struct stat st;
	off_t held;
	struct mono start;

	fix_padding = 48000;
	fix_fill(f, j, 1, 10);
	assert_int_equal(sqlite3_open(f->path, &reader), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM events", NULL, NULL, NULL),
	    SQLITE_OK);
	start = clock_mono();
	fix_fill(f, j, 11, 150);
	assert_true(clock_mono().ms - start.ms < 15000);
	snprintf(wal, sizeof wal, "%s-wal", f->path);
	assert_int_equal(stat(wal, &st), 0);
	assert_true(st.st_size > (6 << 20)); /* held up, and larger than it may be alone */
	held = st.st_size;
	sqlite3_close(reader);
	fix_fill(f, j, 161, 150); /* 8 MiB more: it is moved, and begun anew */
	assert_int_equal(stat(wal, &st), 0);
	assert_true(st.st_size <= held + (5 << 20));
	journal_close(j);
	assert_int_equal(fix_verify(f, f->path).events, 310);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIX_TEST(test_reopen),
		FIX_TEST(test_modes),
		FIX_TEST(test_second_holder),
		FIX_TEST(test_odd_files),
		FIX_TEST(test_formats),
		FIX_TEST(test_append_only),
		FIX_TEST(test_forged),
		FIX_TEST(test_replaced_file),
		FIX_TEST(test_foreign_writer),
		FIX_TEST(test_checkpoints),
		FIX_TEST(test_reader_holds_log),
	};

	return cmocka_run_group_tests_name("store/sqlite", tests, NULL, NULL);
}

/* The history beside the journal: what goes in comes out, and a file that is none stops nothing. */
#include "store/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/file.h"
#include "t.h"

static char dir[64], path[96];

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/nocboard-history-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/history.db", dir);
	return 0;
}

static int tear_down(void **state)
{
	struct err e;

	(void)state;
	file_remove_tree(dir, &e);
	return 0;
}

static struct history_db *open_it(bool aside)
{
	struct err e = { 0 };
	bool was = !aside;
	struct history_db *h = history_db_open(path, &was, &e);

	if (!h)
		fail_msg("%s", e.msg);
	assert_int_equal(was, aside);
	return h;
}

static void add(struct history_db *h, const char *source, int64_t at, const char *detail)
{
	struct history_edge edge = { .source = source,
		.status = "major_outage",
		.up = at % 2,
		.at = { at },
		.detail = detail };
	struct err e = { 0 };

	if (!history_db_add(h, &edge, 1, (struct utc){ at + 5 }, &e))
		fail_msg("%s", e.msg);
}

static void line(void *ctx, const struct history_edge *edge)
{
	buf_addf(ctx, "%s %lld %s %s %s\n", edge->source, (long long)edge->at.ms, edge->status,
	    edge->up ? "up" : "down", edge->detail ? edge->detail : "-");
}

static void holds(struct history_db *h, size_t most, const char *want)
{
	struct err e = { 0 };
	struct buf out;

	buf_init(&out, 0);
	assert_true(history_db_read(h, most, line, &out, &e));
	assert_string_equal(buf_str(&out), want);
	buf_fini(&out);
}

static void what_goes_in_comes_out(void **state)
{
	struct history_db *h = open_it(false);

	(void)state;
	holds(h, 10, "");
	assert_false(utc_is_set(history_db_watched(h)));
	add(h, "cell:a/FR", 1001, NULL);
	add(h, "feed:o/rss", 1002, "it's \"so\"; DROP TABLE edges");
	add(h, "cell:a/FR", 1003, "HTTP 503");
	history_db_close(h);
	h = open_it(false);
	holds(h, 10,
	    "cell:a/FR 1001 major_outage up -\n"
	    "feed:o/rss 1002 major_outage down it's \"so\"; DROP TABLE edges\n"
	    "cell:a/FR 1003 major_outage up HTTP 503\n");
	holds(h, 1, "cell:a/FR 1003 major_outage up HTTP 503\n");
	assert_int_equal(history_db_watched(h).ms, 1008);
	history_db_close(h);
}

static void it_forgets_by_age_and_by_number(void **state)
{
	struct history_db *h = open_it(false);
	struct err e = { 0 };

	(void)state;
	for (int i = 1; i <= 6; i++)
		add(h, "c", 1000 + i, NULL);
	assert_true(history_db_prune(h, (struct utc){ 1003 }, 100, &e));
	holds(h, 1, "c 1006 major_outage down -\n");
	holds(h, 10,
	    "c 1003 major_outage up -\nc 1004 major_outage down -\n"
	    "c 1005 major_outage up -\nc 1006 major_outage down -\n");
	assert_true(history_db_prune(h, (struct utc){ 0 }, 2, &e));
	holds(h, 10, "c 1005 major_outage up -\nc 1006 major_outage down -\n");
	history_db_close(h);
}

static void run_sql(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void garbage(void)
{
	struct err e;

	assert_true(file_write(path,
	    "this is no database, and long enough to be none at all ....."
	    "......................................................",
	    110, 0600, &e));
}

static void foreign(void)
{
	run_sql("CREATE TABLE mine (a)");
}

static void without_a_table(void)
{
	history_db_close(open_it(false));
	run_sql("DROP TABLE meta");
}

/* Put aside, whole, and a new one begun. */
static void a_file_that_is_none_is_put_aside(void **state)
{
	static void (*const makes[])(void) = { garbage, foreign, without_a_table };
	char broken[110];

	(void)state;
	snprintf(broken, sizeof broken, "%s.broken", path);
	for (size_t i = 0; i < countof(makes); i++) {
		struct history_db *h;

		makes[i]();
		h = open_it(true);
		add(h, "c", 1001, NULL);
		holds(h, 10, "c 1001 major_outage up -\n");
		history_db_close(h);
		assert_int_equal(access(broken, F_OK), 0);
		assert_int_equal(unlink(path), 0);
	}
}

static void a_newer_one_is_left_alone(void **state)
{
	struct err e = { 0 };
	bool aside;

	(void)state;
	history_db_close(open_it(false));
	run_sql("PRAGMA user_version = 2");
	assert_null(history_db_open(path, &aside, &e));
	assert_non_null(strstr(e.msg, "newer nocboard"));
	assert_false(aside);
	assert_int_equal(access(path, F_OK), 0);
}

static void a_place_that_is_none_is_told(void **state)
{
	struct err e = { 0 };
	bool aside;

	(void)state;
	assert_null(history_db_open("/nonexistent/history.db", &aside, &e));
	assert_non_null(strstr(e.msg, "/nonexistent/history.db"));
	assert_false(aside);
}

/* Of a batch with something wrong in it nothing is kept. */
static void all_or_none(void **state)
{
	struct history_db *h = open_it(false);
	struct history_edge two[] = {
		{ .source = "a", .status = "operational", .at = { 1 } },
		{ .source = NULL, .status = "operational", .at = { 2 } },
	};
	struct err e = { 0 };

	(void)state;
	assert_false(history_db_add(h, two, 2, (struct utc){ 3 }, &e));
	assert_non_null(strstr(e.msg, "NOT NULL"));
	holds(h, 10, "");
	assert_false(utc_is_set(history_db_watched(h)));
	two[1].source = "b";
	assert_true(history_db_add(h, two, 2, (struct utc){ 3 }, &e));
	holds(h, 10, "a 1 operational down -\nb 2 operational down -\n");
	history_db_close(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_goes_in_comes_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_forgets_by_age_and_by_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_file_that_is_none_is_put_aside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_newer_one_is_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_place_that_is_none_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_or_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

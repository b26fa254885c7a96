#include "os/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/file.h"

static char *dir, path[256], rotated[300];
static struct buf text;
static struct err read_err;

static int fresh(void **state)
{
	struct err e = { 0 };

	(void)state;
	clock_use_manual((struct utc){ INT64_C(1741616400000) });
	dir = file_scratch("nocboard-log", &e);
	snprintf(path, sizeof path, "%s/log", dir);
	snprintf(rotated, sizeof rotated, "%s.1", path);
	buf_init(&text, 0);
	return dir ? 0 : -1;
}

static int done(void **state)
{
	(void)state;
	log_close();
	buf_fini(&text);
	file_remove_tree(dir, NULL);
	free(dir);
	clock_use_real();
	return 0;
}

static const char *content(const char *file)
{
	buf_clear(&text);
	if (!file_read(file, BUF_MAX, 0, &text, &read_err))
		return read_err.msg;
	return buf_str(&text);
}

#define HEAD "2025-03-10T14:20:00.000Z "

static void test_record(void **state)
{
	struct err e = { 0 };

	(void)state;
	log_say(LOG_SAY_ERROR, "nowhere", NULL);
	assert_true(log_to_file(path, 0, LOG_SAY_INFO, &e));
	log_say(LOG_SAY_DEBUG, "hidden", NULL);
	log_say(LOG_SAY_INFO, "probe", "id", "pgw-1", "ms", log_int(-42), "none", NULL, "empty", "",
	    NULL);
	assert_string_equal(
	    content(path), HEAD "level=info event=probe id=pgw-1 ms=-42 none=\"\" empty=\"\"\n");
	log_close();
	log_say(LOG_SAY_ERROR, "closed", NULL);
	assert_null(strstr(content(path), "closed"));
}

static void test_forging(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
		{ "a b", "\"a b\"" },
		{ "x\n" HEAD "level=error event=fire", "\"x " HEAD "level=error event=fire\"" },
		{ "say \"hi\" \\", "\"say \\\"hi\\\" \\\\\"" },
		{ "\033[31mred\007", "[31mred" },
		{ "a=b", "\"a=b\"" },
		{ "\xe2\x80\xaegnp", "gnp" },
		{ "\xff", "\xef\xbf\xbd" },
	};
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char want[200];

		unlink(path);
		assert_true(log_to_file(path, 0, LOG_SAY_INFO, &e));
		log_say(LOG_SAY_WARN, "t", "v", cases[i].value, NULL);
		snprintf(want, sizeof want, HEAD "level=warn event=t v=%s\n", cases[i].want);
		assert_string_equal(content(path), want);
	}
}

static void test_long(void **state)
{
	static char big[LOG_RECORD];
	struct err e = { 0 };
	const char *got;

	(void)state;
	memset(big, 'x', sizeof big - 1);
	assert_true(log_to_file(path, 0, LOG_SAY_INFO, &e));
	log_say(LOG_SAY_INFO, "t", "big", big, "after", "kept", NULL);
	got = content(path);
	assert_string_equal(got, HEAD "level=info event=t after=kept cut=yes\n");
	big[LOG_RECORD - 100] = '\0';
	unlink(path);
	assert_true(log_to_file(path, 0, LOG_SAY_INFO, &e));
	log_say(LOG_SAY_INFO, "t", "big", big, NULL);
	assert_in_range(strlen(content(path)), LOG_RECORD - 100, LOG_RECORD);
	assert_null(strstr(buf_str(&text), "cut="));
}

static void test_rotation(void **state)
{
	struct err e = { 0 };
	struct stat st;

	(void)state;
	assert_true(log_to_file(path, 200, LOG_SAY_INFO, &e));
	for (int i = 0; i < 20; i++) {
		log_say(LOG_SAY_INFO, "n", "i", log_int(i), NULL);
		assert_int_equal(stat(path, &st), 0);
		assert_true(st.st_size <= 200);
	}
	assert_int_equal(st.st_mode & 0137, 0);
	assert_non_null(strstr(content(path), "i=19\n"));
	assert_non_null(strstr(content(rotated), "level=info"));
	assert_true(text.len <= 200);
	/* The size of an existing file counts. */
	assert_true(log_to_file(path, 60, LOG_SAY_INFO, &e));
	log_say(LOG_SAY_INFO, "fresh", NULL);
	assert_string_equal(content(path), HEAD "level=info event=fresh\n");
}

static void test_links(void **state)
{
	struct err e = { 0 };
	char other[300];

	(void)state;
	snprintf(other, sizeof other, "%s/victim", dir);
	assert_true(file_write(other, "v", 1, 0600, &e));
	assert_int_equal(symlink(other, path), 0);
	assert_false(log_to_file(path, 0, LOG_SAY_INFO, &e));
	unlink(path);
	assert_int_equal(link(other, path), 0);
	assert_false(log_to_file(path, 0, LOG_SAY_INFO, &e));
	log_say(LOG_SAY_ERROR, "x", NULL);
	assert_string_equal(content(other), "v");
}

static void test_stderr(void **state)
{
	struct err e = { 0 };
	int keep = dup(STDERR_FILENO);

	(void)state;
	assert_non_null(freopen(path, "w", stderr));
	log_to_stderr(LOG_SAY_WARN);
	log_say(LOG_SAY_WARN, "w", NULL);
	log_say(LOG_SAY_INFO, "i", NULL);
	log_close(); /* does not close standard error */
	fputs("still\n", stderr);
	fflush(stderr);
	dup2(keep, STDERR_FILENO);
	close(keep);
	assert_string_equal(content(path), HEAD "level=warn event=w\nstill\n");
	assert_false(log_to_file("/nonexistent/log", 0, LOG_SAY_INFO, &e));
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_record),
		T(test_forging),
		T(test_long),
		T(test_rotation),
		T(test_links),
		T(test_stderr),
	};

	return cmocka_run_group_tests_name("os/log", tests, NULL, NULL);
}

#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *dir;
static char name[256];

static const char *in(const char *leaf)
{
	snprintf(name, sizeof name, "%s/%s", dir, leaf);
	return name;
}

static int fresh(void **state)
{
	struct err e = { 0 };

	(void)state;
	dir = file_scratch("nocboard-file", &e);
	return dir ? 0 : -1;
}

static int done(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(file_remove_tree(dir, &e));
	assert_int_equal(access(dir, F_OK), -1);
	assert_true(file_remove_tree(dir, &e)); /* gone is fine */
	free(dir);
	return 0;
}

static int files_in(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void test_write_read(void **state)
{
	struct buf b;
	struct err e = { 0 };
	struct stat st;

	(void)state;
	buf_init(&b, 0);
	umask(077);
	assert_true(file_write(in("a"), "hello\0x", 7, 0640, &e));
	umask(022);
	assert_int_equal(stat(in("a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_true(file_read(in("a"), 7, 0, &b, &e));
	assert_int_equal(b.len, 7);
	assert_memory_equal(b.data, "hello\0x", 7);
	assert_true(file_write(in("a"), "new", 3, 0600, &e));
	buf_clear(&b);
	assert_true(file_read(in("a"), 100, FILE_SECRET, &b, &e));
	assert_string_equal(buf_str(&b), "new");
	assert_false(file_read(in("a"), 2, 0, &b, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(files_in(dir), 1); /* nothing temporary stays */
	buf_fini(&b);
}

static void test_refused(void **state)
{
	struct buf b;
	struct err e = { 0 };

	(void)state;
	buf_init(&b, 0);
	assert_false(file_read(in("none"), 9, 0, &b, &e));
	assert_int_equal(e.sys, ENOENT);
	assert_false(file_read(dir, 9, 0, &b, &e));
	assert_int_equal(e.sys, EISDIR);
	assert_int_equal(mkfifo(in("fifo"), 0600), 0);
	assert_false(file_read(in("fifo"), 9, 0, &b, &e)); /* and does not wait for a writer */
	assert_non_null(strstr(e.msg, "no regular file"));
	assert_true(file_write(in("secret"), "s", 1, 0644, &e));
	assert_false(file_read(in("secret"), 9, FILE_SECRET, &b, &e));
	assert_non_null(strstr(e.msg, "mode 0644"));
	assert_true(file_read(in("secret"), 9, 0, &b, &e));
	assert_int_equal(symlink("secret", in("link")), 0);
	assert_true(file_read(in("link"), 9, 0, &b, &e));
	assert_false(file_read(in("link"), 9, FILE_NOFOLLOW, &b, &e));
	assert_int_equal(e.sys, ELOOP);
	assert_false(file_read(in("link"), 9, FILE_SECRET, &b, &e));
	assert_false(file_write(in("none/x"), "s", 1, 0644, &e));
	assert_int_equal(e.sys, ENOENT);
	buf_fini(&b);
}

static void test_mkdirs(void **state)
{
	struct err e = { 0 };
	struct stat st;

	(void)state;
	umask(077);
	assert_true(file_mkdirs(in("a//b/c"), 0750, &e));
	umask(022);
	assert_int_equal(stat(in("a/b"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(stat(in("a/b/c"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_true(file_mkdirs(in("a/b/c"), 0700, &e)); /* an existing one keeps its mode */
	assert_int_equal(stat(in("a/b/c"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_true(file_write(in("plain"), "", 0, 0600, &e));
	assert_false(file_mkdirs(in("plain"), 0700, &e));
	assert_int_equal(e.sys, ENOTDIR);
	assert_false(file_mkdirs(in("plain/below"), 0700, &e));
	assert_true(file_sync_dir(dir, &e));
	assert_false(file_sync_dir(in("plain"), &e));
}

static void test_tree(void **state)
{
	struct err e = { 0 };
	char target[256];

	(void)state;
	snprintf(target, sizeof target, "%s", in("keep"));
	assert_true(file_mkdirs(target, 0700, &e));
	assert_true(file_write(in("keep/file"), "k", 1, 0600, &e));
	assert_true(file_mkdirs(in("gone/deep"), 0700, &e));
	assert_int_equal(symlink(target, in("gone/deep/link")), 0);
	assert_true(file_remove_tree(in("gone"), &e));
	assert_int_equal(access(in("gone"), F_OK), -1);
	assert_int_equal(access(in("keep/file"), F_OK), 0); /* the link was not followed */
	assert_false(file_remove_tree("/", &e));
	assert_false(file_remove_tree("//..", &e));
	assert_false(file_remove_tree("relative", &e));
}

static void test_real(void **state)
{
	static const struct {
		const char *path, *want; /* below the folder */
	} cases[] = {
		{ "keep/file", "keep/file" },
		{ "link/file", "keep/file" },
		{ "link/", "keep" },
		{ "link/none/../deeper.json", "keep/none/../deeper.json" },
		{ "to-file", "keep/file" },
		{ "none", "none" },
		{ "loop/x", "loop/x" },
	};
	struct err e = { 0 };
	char *got;

	(void)state;
	assert_true(file_mkdirs(in("keep"), 0700, &e));
	assert_true(file_write(in("keep/file"), "k", 1, 0600, &e));
	assert_int_equal(symlink("keep", in("link")), 0);
	assert_int_equal(symlink("link/file", in("to-file")), 0);
	assert_int_equal(symlink("loop", in("loop")), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		got = file_real(in(cases[i].path));
		assert_string_equal(got, in(cases[i].want));
		free(got);
	}
	assert_int_equal(chdir(in("link")), 0);
	got = file_real("no/such/file");
	assert_string_equal(got, in("keep/no/such/file"));
	free(got);
	got = file_real("/no-such-file");
	assert_string_equal(got, "/no-such-file");
	free(got);
	assert_int_equal(chdir("/"), 0);
}

static void test_places(void **state)
{
	static const struct {
		const char *var, *value, *home;
		char *(*get)(void);
		const char *want;
	} cases[] = {
		{ "XDG_STATE_HOME", "/x/state", "/h", file_state_dir, "/x/state/nocboard" },
		{ "XDG_STATE_HOME", "relative", "/h", file_state_dir, "/h/.local/state/nocboard" },
		{ "XDG_STATE_HOME", "", "/h", file_state_dir, "/h/.local/state/nocboard" },
		{ "XDG_CONFIG_HOME", "/x", "/h", file_config_dir, "/x/nocboard" },
		{ "XDG_CONFIG_HOME", "", "/h", file_config_dir, "/h/.config/nocboard" },
		{ "XDG_RUNTIME_DIR", "/run/user/7", "/h", file_runtime_dir,
		    "/run/user/7/nocboard" },
		{ "XDG_RUNTIME_DIR", "", "/h", file_runtime_dir, "/h/.local/state/nocboard/run" },
	};

	(void)state;
	unsetenv("XDG_STATE_HOME");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got;

		setenv(cases[i].var, cases[i].value, 1);
		setenv("HOME", cases[i].home, 1);
		got = cases[i].get();
		assert_string_equal(got, cases[i].want);
		free(got);
		unsetenv(cases[i].var);
	}
	{
		char *a = file_dir("/x/y"), *b = file_dir("y");

		assert_string_equal(a, "/x");
		assert_string_equal(b, ".");
		free(a);
		free(b);
	}
}

static void test_scratch(void **state)
{
	struct err e = { 0 };
	struct stat st;
	char *other;

	(void)state;
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
	setenv("TMPDIR", dir, 1);
	other = file_scratch("s", &e);
	assert_non_null(other);
	assert_memory_equal(other, dir, strlen(dir));
	unsetenv("TMPDIR");
	unsetenv("XDG_RUNTIME_DIR");
	free(other);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_write_read),
		T(test_refused),
		T(test_mkdirs),
		T(test_tree),
		T(test_real),
		T(test_places),
		T(test_scratch),
	};

	return cmocka_run_group_tests_name("os/file", tests, NULL, NULL);
}

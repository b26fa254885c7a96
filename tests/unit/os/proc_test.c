#include "os/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_self(void **state)
{
	struct err e = { 0 };
	char *path = proc_self(&e);

	(void)state;
	assert_non_null(path);
	assert_int_equal(path[0], '/');
	assert_non_null(strstr(path, "proc_test"));
	free(path);
}

/* Runs in a child: these change the process for good. */
static void test_harden(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0) {
		struct rlimit core;

		proc_harden();
		getrlimit(RLIMIT_CORE, &core);
		_exit(umask(0) == 027 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
			      core.rlim_cur == 0 && core.rlim_max == 0
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_env(void **state)
{
	static const char *const keep[] = { "KEEP", "LC_*", NULL };

	const char *output = getenv("CMOCKA_MESSAGE_OUTPUT");
	char kept[16];

	(void)state;
	snprintf(kept, sizeof kept, "%s", output ? output : "STDOUT");
	setenv("KEEP", "a=b", 1);
	setenv("KEEPER", "x", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("LC", "x", 1);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	proc_env_keep(keep);
	assert_string_equal(getenv("KEEP"), "a=b");
	assert_string_equal(getenv("LC_ALL"), "C.UTF-8");
	assert_null(getenv("KEEPER"));
	assert_null(getenv("LC"));
	assert_null(getenv("http_proxy"));
	proc_env_keep((const char *const[]){ NULL });
	assert_null(getenv("KEEP"));
	setenv("CMOCKA_MESSAGE_OUTPUT", kept, 1);
}

static void test_files(void **state)
{
	struct rlimit r, small;
	size_t got;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
	small = r;
	small.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	got = proc_raise_files(128);
	assert_int_equal(got, r.rlim_max < 128 ? r.rlim_max : 128);
	assert_int_equal(proc_raise_files(100), got); /* never lowered */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
}

static void test_alive(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(proc_alive(getpid()));
	assert_true(proc_alive(1));
	assert_false(proc_alive(pid));
	assert_false(proc_alive(0));
	assert_false(proc_alive(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_harden),
		cmocka_unit_test(test_env),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_alive),
	};

	return cmocka_run_group_tests_name("os/proc", tests, NULL, NULL);
}

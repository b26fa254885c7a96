/* Programs that are told: real processes, ended with their children when they take too long. */
#include "../../../src/net/program.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"
#include "t.h"

#define GUARD_MS 20000
#define LIMIT_MS 400

struct run {
	struct loop *loop;
	struct loop_timer *guard;
	char *dir;
	bool done, late;
	enum probe_fault fault;
	int status;
	char words[200];
};

static void too_late(void *ctx)
{
	((struct run *)ctx)->late = true;
}

static int start(void **state)
{
	struct run *r = xcalloc(1, sizeof *r);
	struct err e = { 0 };

	r->loop = loop_new();
	r->guard = loop_timer_new(r->loop, too_late, r);
	r->dir = file_scratch("nocboard-program", &e);
	assert_non_null(r->dir);
	/* What a program leaves behind becomes ours, so that its end can be waited for. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	*state = r;
	return 0;
}

static int stop(void **state)
{
	struct run *r = *state;
	struct err e;

	loop_timer_free(r->guard);
	loop_free(r->loop);
	file_remove_tree(r->dir, &e);
	free(r->dir);
	free(r);
	return 0;
}

static void ended(void *ctx, enum probe_fault fault, int status, const char *words)
{
	struct run *r = ctx;

	r->done = true;
	r->fault = fault;
	r->status = status;
	snprintf(r->words, sizeof r->words, "%s", words);
}

/* Runs a script in the scratch folder until it has ended. */
static void run(struct run *r, const char *script, const char *input, int timeout_ms)
{
	char *text = xasprintf("cd '%s'\n%s", r->dir, script);
	char sh[] = "/bin/sh", c[] = "-c";
	char *argv[] = { sh, c, text, NULL }, *env[] = { NULL };
	struct err e = { 0 };
	struct program *p =
	    program_run(r->loop, argv, env, input, strlen(input), timeout_ms, ended, r, &e);

	if (!p)
		fail_msg("%s", e.msg);
	loop_timer_after(r->guard, GUARD_MS);
	while (!r->done && !r->late)
		loop_run_once(r->loop, true);
	loop_timer_stop(r->guard);
	assert_true(r->done);
	program_free(p);
	free(text);
}

/* The process that the script named has ended, by SIGKILL where it must be. It may be a child that
 * fell to us: then it is waited for. */
static void is_gone(struct run *r, const char *file, int signum)
{
	char *path = xasprintf("%s/%s", r->dir, file), *text = slurp(path, NULL);
	pid_t pid = text ? (pid_t)strtol(text, NULL, 10) : 0;
	int status = 0;
	pid_t got;

	assert_true(pid > 1);
	alarm(GUARD_MS / 1000); /* a child that lives on ends the test */
	got = waitpid(pid, &status, 0);
	alarm(0);
	if (got == pid)
		assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, signum);
	else
		assert_true(errno == ECHILD && kill(pid, 0) != 0 && errno == ESRCH);
	free(text);
	free(path);
}

static void it_reads_and_says(void **state)
{
	struct run *r = *state;

	run(r, "cat >input; echo \"$(wc -c <input) bytes\" >&2; echo unheard; exit 75",
	    "{\"text\":\"words\"}\n", 10000);
	assert_int_equal(r->fault, FAULT_NONE);
	assert_int_equal(r->status, 75);
	assert_string_equal(r->words, "17 bytes");
}

/* The program goes when it is asked to; its child does not. */
static void a_child_that_stays_is_killed(void **state)
{
	struct run *r = *state;

	run(r, "(trap '' TERM; exec sleep 1000) & echo $! >child.new; mv child.new child; wait", "",
	    LIMIT_MS);
	assert_int_equal(r->fault, FAULT_TIMEOUT);
	is_gone(r, "child", SIGKILL);
}

static void a_program_that_stays_is_killed_with_its_children(void **state)
{
	struct run *r = *state;

	run(r,
	    "trap '' TERM\n(exec sleep 1000) & echo $! >child; echo $$ >self; echo started >&2\n"
	    "while :; do sleep 1000; done",
	    "", LIMIT_MS);
	assert_int_equal(r->fault, FAULT_TIMEOUT);
	assert_string_equal(r->words, "started");
	is_gone(r, "self", SIGKILL);
	is_gone(r, "child", SIGKILL);
}

/* What ended in time may leave something to run on. */
static void what_was_in_time_is_not_killed(void **state)
{
	struct run *r = *state;
	char *path, *text;
	pid_t pid;

	run(r, "sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >child", "", 10000);
	assert_int_equal(r->fault, FAULT_NONE);
	path = xasprintf("%s/child", r->dir);
	text = slurp(path, NULL);
	pid = (pid_t)strtol(text ? text : "0", NULL, 10);
	assert_true(pid > 1);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(kill(pid, SIGTERM), 0);
	is_gone(r, "child", SIGTERM);
	free(text);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_reads_and_says, start, stop),
		cmocka_unit_test_setup_teardown(a_child_that_stays_is_killed, start, stop),
		cmocka_unit_test_setup_teardown(
		    a_program_that_stays_is_killed_with_its_children, start, stop),
		cmocka_unit_test_setup_teardown(what_was_in_time_is_not_killed, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

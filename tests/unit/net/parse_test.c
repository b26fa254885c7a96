#include "net/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "t.h"

#define GOOD "{\"page\":{\"name\":\"%s\"},\"components\":[],\"incidents\":[]}"
#define JOBS 40

struct rig {
	struct loop *loop;
	struct parser *parser;
	struct loop_timer *guard;
	bool late;
	size_t done, failed;
	char source[JOBS][32];
	char why[400];
};

static void guard_fired(void *ctx)
{
	struct rig *r = ctx;
	r->late = true;
}

static int start_as(void **state, const char *mode)
{
	static char *argv[3];
	struct rig *r = xcalloc(1, sizeof *r);

	argv[0] = (char *)(uintptr_t) "/proc/self/exe";
	argv[1] = (char *)(uintptr_t)mode;
	r->loop = loop_new();
	r->parser = parser_new(r->loop, argv);
	r->guard = loop_timer_new(r->loop, guard_fired, r);
	*state = r;
	return 0;
}

static int start(void **state)
{
	return start_as(state, "parse-child");
}

static int stop(void **state)
{
	struct rig *r = *state;

	parser_free(r->parser);
	loop_timer_free(r->guard);
	loop_free(r->loop);
	free(r);
	return 0;
}

static void done(void *ctx, cJSON *json, const struct err *e)
{
	struct rig *r = ctx;

	if (json && r->done < JOBS)
		snprintf(r->source[r->done], 32, "%s", json_str_or(json, "source", ""));
	if (!json) {
		r->failed++;
		snprintf(r->why, sizeof r->why, "%s", e->msg);
	}
	r->done++;
	cJSON_Delete(json);
}

static void wait_for(struct rig *r, size_t count)
{
	r->late = false;
	loop_timer_after(r->guard, 20000);
	while (r->done < count && !r->late)
		loop_run_once(r->loop, true);
	loop_timer_stop(r->guard);
	assert_int_equal(r->done, count);
}

static void read_good(struct rig *r, const char *name)
{
	char text[128];

	snprintf(text, sizeof text, GOOD, name);
	parse(r->parser, "auto", UTC_NONE, text, strlen(text), done, r);
}

static void documents_are_read_in_order_by_one_child(void **state)
{
	struct rig *r = *state;
	char name[32];
	pid_t pid = 0;

	assert_int_equal(parser_child(r->parser), 0);
	for (int i = 0; i < JOBS; i++) {
		snprintf(name, sizeof name, "page %d", i);
		read_good(r, name);
	}
	assert_int_equal(r->done, 0); /* never inside the call */
	wait_for(r, 1);
	pid = parser_child(r->parser);
	assert_true(pid > 0);
	wait_for(r, JOBS);
	assert_int_equal(r->failed, 0);
	assert_int_equal(parser_child(r->parser), pid);
	for (int i = 0; i < JOBS; i++) {
		snprintf(name, sizeof name, "page %d", i);
		assert_string_equal(r->source[i], name);
	}
}

static void what_cannot_be_read_says_why(void **state)
{
	struct rig *r = *state;
	const size_t most = ((size_t)8 << 20) + ((size_t)64 << 10); /* with a mapping */
	char *big = xcalloc(1, most + 1);

	parse(r->parser, "auto", UTC_NONE, "<html>", 6, done, r);
	wait_for(r, 1);
	assert_non_null(strstr(r->why, "an HTML page"));
	parse(r->parser, "statuspage", UTC_NONE, "", 0, done, r);
	wait_for(r, 2);
	assert_non_null(strstr(r->why, "nothing at all"));
	parse(r->parser, "no-such-format", UTC_NONE, "{}", 2, done, r);
	wait_for(r, 3);
	assert_non_null(strstr(r->why, "no-such-format"));
	pid_t pid = parser_child(r->parser);
	/* Longer than the child takes: it ends, and the next document gets another one. */
	parse(r->parser, "auto", UTC_NONE, big, most + 1, done, r);
	wait_for(r, 4);
	assert_non_null(strstr(r->why, "reader"));
	read_good(r, "after");
	wait_for(r, 5);
	assert_int_equal(r->failed, 4);
	assert_string_equal(r->source[4], "after");
	assert_int_not_equal(parser_child(r->parser), pid);
	free(big);
}

static void a_killed_child_is_replaced(void **state)
{
	struct rig *r = *state;

	read_good(r, "one");
	wait_for(r, 1);
	pid_t pid = parser_child(r->parser);
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (parser_child(r->parser) == pid)
		loop_run_once(r->loop, true);
	read_good(r, "two");
	wait_for(r, 2);
	assert_int_equal(r->failed, 0);
	assert_string_equal(r->source[1], "two");
}

static int start_crashing(void **state)
{
	return start_as(state, "crash");
}

static void a_crash_fails_that_document_only(void **state)
{
	struct rig *r = *state;

	read_good(r, "a");
	parse(r->parser, "auto", UTC_NONE, "crash", 5, done, r);
	read_good(r, "b");
	wait_for(r, 3);
	assert_int_equal(r->failed, 1);
	assert_non_null(strstr(r->why, "crashed its reader (signal 6)"));
	assert_string_equal(r->source[0], "a");
	assert_string_equal(r->source[2], "b");
}

static int start_hanging(void **state)
{
	return start_as(state, "hang");
}

static void a_document_has_so_much_time(void **state)
{
	struct rig *r = *state;

	parser_set_timeout(r->parser, 100);
	read_good(r, "a");
	read_good(r, "b");
	wait_for(r, 2);
	assert_int_equal(r->failed, 2);
	assert_non_null(strstr(r->why, "longer than 100 ms"));
}

static int start_lying(void **state)
{
	return start_as(state, "lie");
}

static void an_answer_that_is_none_is_a_failure(void **state)
{
	struct rig *r = *state;

	for (size_t i = 1; i <= 3; i++) {
		read_good(r, "a");
		wait_for(r, i);
		assert_int_equal(r->failed, i);
	}
}

static int start_missing(void **state)
{
	static char *argv[] = { (char *)(uintptr_t) "/nonexistent/nocboard", NULL };
	struct rig *r;

	start_as(state, "parse-child");
	r = *state;
	parser_free(r->parser);
	r->parser = parser_new(r->loop, argv);
	return 0;
}

static void a_child_that_does_not_start(void **state)
{
	struct rig *r = *state;

	read_good(r, "a");
	wait_for(r, 1);
	assert_int_equal(r->failed, 1);
	assert_true(r->why[0]);
}

static void freeing_answers_what_waits(void **state)
{
	struct rig *r = *state;

	read_good(r, "a");
	read_good(r, "b");
	parser_free(r->parser);
	assert_int_equal(r->done, 2);
	assert_int_equal(r->failed, 2);
	r->parser = parser_new(r->loop, NULL);
}

/* In a process of its own: what the child could still reach. 0: nothing. */
static int reach(int what)
{
	static char *argv[] = { (char *)(uintptr_t) "/bin/true", NULL };

	parse_child_confine();
	switch (what) {
	case 0:
		return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
	case 1:
		return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
	case 2:
		return fork() >= 0 && getuid() != 0;
	case 3:
		execv(argv[0], argv);
		return errno == 0;
	default:
		return 0;
	}
}

static void a_confined_process_reaches_nothing(void **state)
{
	(void)state;
#if defined(__SANITIZE_ADDRESS__)
	const int tries = 2; /* without the filter there are the limits, which execve passes */
#else
	const int tries = 4;
#endif
	for (int what = 0; what < tries; what++) {
		int status;
		pid_t pid = fork();
		if (pid == 0)
			_exit(reach(what));
		assert_int_equal(waitpid(pid, &status, 0), pid);
#if !defined(__SANITIZE_ADDRESS__)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
#else
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#endif
	}
}

/* ---- children that are not as they should be ---- */

static size_t read_frame(char *bytes, size_t size)
{
	uint32_t head[4];
	size_t want = 0, n = 0;

	if (read(0, head, sizeof head) != (ssize_t)sizeof head)
		exit(0);
	want = head[0] + head[1];
	while (n < want && n < size - 1) {
		ssize_t got = read(0, bytes + n, want - n);
		if (got <= 0)
			exit(1);
		n += (size_t)got;
	}
	bytes[n] = 0;
	return n;
}

static void say(const char *text, uint32_t len)
{
	if (write(1, &len, sizeof len) < 0 || write(1, text, strlen(text)) < 0)
		exit(1);
}

static int crashing_child(void)
{
	static char frame[4096];

	for (;;) {
		read_frame(frame, sizeof frame);
		if (strstr(frame, "crash"))
			abort();
		const char *name = strstr(frame, "\"name\":\"") + 8;
		char answer[128];
		int n = snprintf(answer, sizeof answer, "{\"ok\":{\"source\":\"%.1s\"}}", name);
		say(answer, (uint32_t)n);
	}
}

static int lying_child(void)
{
	static char frame[4096];

	read_frame(frame, sizeof frame);
	switch (getpid() % 3) {
	case 0:
		say("{\"ok\":", 6);
		break;
	case 1:
		say("[]", 2);
		break;
	default:
		say("{\"error\":\"\\u001b[2Jno\"}", 23);
	}
	read_frame(frame, sizeof frame);
	return 0;
}

static int hanging_child(void)
{
	static char frame[4096];

	while (read_frame(frame, sizeof frame))
		;
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	if (strcmp(mode, "parse-child") == 0)
		return parse_child_main();
	if (strcmp(mode, "crash") == 0)
		return crashing_child();
	if (strcmp(mode, "lie") == 0)
		return lying_child();
	if (strcmp(mode, "hang") == 0)
		return hanging_child();
#define T(f, s) cmocka_unit_test_setup_teardown(f, s, stop)
	const struct CMUnitTest tests[] = {
		T(documents_are_read_in_order_by_one_child, start),
		T(what_cannot_be_read_says_why, start),
		T(a_killed_child_is_replaced, start),
		T(a_crash_fails_that_document_only, start_crashing),
		T(a_document_has_so_much_time, start_hanging),
		T(an_answer_that_is_none_is_a_failure, start_lying),
		T(a_child_that_does_not_start, start_missing),
		T(freeing_answers_what_waits, start),
		cmocka_unit_test(a_confined_process_reaches_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

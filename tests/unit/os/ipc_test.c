#include "os/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/clock.h"

/* One end of a conversation. */
struct end {
	struct ipc_conn *c;
	struct buf got; /* lines, each ended by '|' */
	int lines, closed;
	char why[200];
	bool answer;	 /* sends each line back */
	bool close_once; /* closes after its first line */
};

struct fix {
	struct loop *l;
	char dir[64], path[96];
	struct end server, client;
	struct ipc_peer peer;
	int accepts;
};

static void on_line(void *ctx, struct ipc_conn *c, char *line, size_t len)
{
	struct end *e = ctx;

	assert_int_equal(line[len], '\0');
	e->lines++;
	buf_add(&e->got, line, len);
	buf_addc(&e->got, '|');
	if (e->answer)
		ipc_send(c, line, len);
	if (e->close_once)
		ipc_close(c);
}

static void on_closed(void *ctx, struct ipc_conn *c, const char *why)
{
	struct end *e = ctx;

	(void)c;
	e->closed++;
	e->c = NULL;
	snprintf(e->why, sizeof e->why, "%s", why);
}

static const struct ipc_handler handler = { .line = on_line, .closed = on_closed };

static void accepted(void *ctx, struct ipc_conn *c, const struct ipc_peer *peer)
{
	struct fix *f = ctx;

	f->accepts++;
	f->peer = *peer;
	ipc_free(f->server.c); /* the newest one is talked to */
	f->server.c = c;
	ipc_handle(c, &handler, &f->server);
}

static int fresh(void **state)
{
	struct fix *f = xcalloc(1, sizeof *f);

	f->l = loop_new();
	snprintf(f->dir, sizeof f->dir, "/tmp/nocboard-ipc-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof f->path, "%s/run/sock", f->dir);
	buf_init(&f->server.got, 0);
	buf_init(&f->client.got, 0);
	*state = f;
	return 0;
}

static int done(void **state)
{
	struct fix *f = *state;
	char run[96];

	ipc_free(f->server.c);
	ipc_free(f->client.c);
	loop_free(f->l);
	buf_fini(&f->server.got);
	buf_fini(&f->client.got);
	snprintf(run, sizeof run, "%s/run", f->dir);
	unlink(f->path);
	rmdir(run);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

/* Turns the loop until `*what` has reached `want`; a watchdog ends a test that hangs. */
static void until(struct fix *f, const int *what, int want)
{
	struct mono start = clock_mono();

	while (*what < want) {
		loop_run_once(f->l, false);
		assert_true(clock_mono().ms - start.ms < 10000);
	}
}

static struct ipc_listener *serve(struct fix *f)
{
	struct err e = { 0 };
	struct ipc_listener *li = ipc_listen(f->l, f->path, 0600, accepted, f, &e);

	if (!li)
		fail_msg("%s", e.msg);
	return li;
}

static void join(struct fix *f)
{
	struct err e = { 0 };

	f->client.c = ipc_connect(f->l, f->path, &e);
	if (!f->client.c)
		fail_msg("%s", e.msg);
	ipc_handle(f->client.c, &handler, &f->client);
}

static void pair(struct fix *f)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv), 0);
	f->server.c = ipc_from_fds(f->l, sv[0], sv[0]);
	f->client.c = ipc_from_fds(f->l, sv[1], sv[1]);
	ipc_handle(f->server.c, &handler, &f->server);
	ipc_handle(f->client.c, &handler, &f->client);
}

static void test_talk(void **state)
{
	struct fix *f = *state;
	struct ipc_listener *li = serve(f);
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	f->server.answer = true;
	join(f);
	assert_true(ipc_send(f->client.c, "{\"a\":1}", 7));
	assert_true(ipc_send(f->client.c, "", 0));
	assert_true(ipc_send(f->client.c, "two", 3));
	assert_int_equal(ipc_unsent(f->client.c), 13);
	until(f, &f->client.lines, 3);
	assert_string_equal(buf_str(&f->client.got), "{\"a\":1}||two|");
	assert_string_equal(buf_str(&f->server.got), "{\"a\":1}||two|");
	assert_int_equal(ipc_unsent(f->client.c), 0);
	assert_int_equal(f->peer.uid, getuid());
	assert_int_equal(f->peer.gid, getgid());
	assert_int_equal(f->peer.pid, getpid());

	ipc_close(f->client.c);
	until(f, &f->client.closed, 1);
	until(f, &f->server.closed, 1);
	assert_string_equal(f->client.why, "closed");
	assert_string_equal(f->server.why, "the other end closed the connection");
	ipc_listener_free(li);
	assert_int_equal(access(f->path, F_OK), -1);
	ipc_listener_free(NULL);
	ipc_free(NULL);
}

static void test_folder(void **state)
{
	struct fix *f = *state;
	char run[96], longer[200];
	struct ipc_listener *li = serve(f);
	struct err e = { 0 };
	struct stat st;

	snprintf(run, sizeof run, "%s/run", f->dir);
	assert_int_equal(stat(run, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	ipc_listener_free(li);
	assert_int_equal(chmod(run, 0777), 0);
	assert_null(ipc_listen(f->l, f->path, 0600, accepted, f, &e));
	assert_non_null(strstr(e.msg, "others may write there"));
	assert_int_equal(rmdir(run), 0);
	li = ipc_listen(f->l, f->path, 0660, accepted, f, &e);
	assert_non_null(li);
	assert_int_equal(stat(run, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	ipc_listener_free(li);
	if (geteuid() == 0) {
		assert_int_equal(chown(run, 12345, 12345), 0);
		assert_null(ipc_listen(f->l, f->path, 0600, accepted, f, &e));
		assert_non_null(strstr(e.msg, "belongs to another user"));
	}
	memset(longer, 'x', sizeof longer - 1);
	longer[0] = '/';
	longer[sizeof longer - 1] = '\0';
	assert_null(ipc_listen(f->l, longer, 0600, accepted, f, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_null(ipc_connect(f->l, longer, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
}

static void test_in_the_way(void **state)
{
	struct fix *f = *state;
	struct ipc_listener *li, *second;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct err e = { 0 };
	int fd;

	assert_null(ipc_connect(f->l, f->path, &e));
	assert_int_equal(e.sys, ENOENT);
	li = serve(f);
	assert_null(ipc_listen(f->l, f->path, 0600, accepted, f, &e));
	assert_non_null(strstr(e.msg, "another program listens"));
	join(f); /* the first one still serves (its accept queue took the probe as well) */
	until(f, &f->accepts, 2);
	assert_int_equal(unlink(f->path), 0);

	/* A stale file: bound, never listened on. */
	memcpy(addr.sun_path, f->path, strlen(f->path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof addr), 0);
	close(fd);
	assert_null(ipc_connect(f->l, f->path, &e));
	assert_int_equal(e.sys, ECONNREFUSED);
	second = serve(f);
	ipc_listener_free(li); /* its file was replaced: the new one stays */
	assert_int_equal(access(f->path, F_OK), 0);
	ipc_listener_free(second);

	fd = open(f->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	assert_null(ipc_listen(f->l, f->path, 0600, accepted, f, &e));
	assert_non_null(strstr(e.msg, "is no socket"));
	assert_int_equal(access(f->path, F_OK), 0);
}

static void test_line_limit(void **state)
{
	struct fix *f = *state;
	char *big = xmalloc(IPC_LINE_MAX + 1);

	memset(big, 'x', IPC_LINE_MAX + 1);
	pair(f);
	assert_true(ipc_send(f->client.c, big, IPC_LINE_MAX - 1)); /* with its end: the limit */
	assert_false(ipc_send(f->client.c, big, IPC_LINE_MAX));
	assert_true(ipc_send(f->client.c, "next", 4)); /* nothing of the long one was sent */
	until(f, &f->server.lines, 2);
	assert_int_equal(f->server.got.len, IPC_LINE_MAX + 5);
	assert_string_equal(f->server.got.data + IPC_LINE_MAX, "next|");
	assert_int_equal(f->server.closed, 0);
	free(big);
}

/* Writes bytes that no well-behaved end would. */
static void raw(struct fix *f, int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n > 0) {
			data += n;
			len -= (size_t)n;
		} else if (errno != EAGAIN) {
			return;
		}
		loop_run_once(f->l, false);
	}
}

static void test_hostile_lines(void **state)
{
	struct fix *f = *state;
	char *big = xmalloc(IPC_LINE_MAX + 10);
	int sv[2];

	memset(big, 'y', IPC_LINE_MAX + 10);
	big[IPC_LINE_MAX] = '\n';
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sv), 0);
	f->server.c = ipc_from_fds(f->l, sv[0], sv[0]);
	ipc_handle(f->server.c, &handler, &f->server);
	raw(f, sv[1], "first\nsec", 9);
	until(f, &f->server.lines, 1);
	raw(f, sv[1], "ond\n", 4);
	until(f, &f->server.lines, 2);
	raw(f, sv[1], big, IPC_LINE_MAX + 1);
	until(f, &f->server.closed, 1);
	assert_string_equal(buf_str(&f->server.got), "first|second|");
	assert_string_equal(f->server.why, "it sent a line that is too long");
	close(sv[1]);

	/* Without any line end it is dropped as early. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sv), 0);
	f->server.c = ipc_from_fds(f->l, sv[0], sv[0]);
	ipc_handle(f->server.c, &handler, &f->server);
	memset(big, 'z', IPC_LINE_MAX + 10);
	raw(f, sv[1], big, IPC_LINE_MAX);
	until(f, &f->server.closed, 2);
	assert_int_equal(f->server.lines, 2);
	close(sv[1]);

	/* The last words before an end without a line end are not a line. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sv), 0);
	f->server.c = ipc_from_fds(f->l, sv[0], sv[0]);
	ipc_handle(f->server.c, &handler, &f->server);
	raw(f, sv[1], "whole\npart", 10);
	close(sv[1]);
	until(f, &f->server.closed, 3);
	assert_string_equal(buf_str(&f->server.got), "first|second|whole|");
	free(big);
}

static void test_unsent_limit(void **state)
{
	struct fix *f = *state;
	static char line[1000];
	int sv[2], sent = 0;

	memset(line, 'u', sizeof line);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv), 0);
	f->server.c = ipc_from_fds(f->l, sv[0], sv[0]);
	ipc_handle(f->server.c, &handler, &f->server);
	/* sv[1] never reads: some lines go into the kernel, then our own limit is reached. */
	while (ipc_send(f->server.c, line, sizeof line)) {
		sent++;
		assert_true(ipc_unsent(f->server.c) <= IPC_UNSENT_MAX);
		assert_true(sent < 10000);
		loop_run_once(f->l, false);
	}
	assert_true(sent >= IPC_UNSENT_MAX / 1001);
	assert_int_equal(f->server.closed, 0); /* on the next turn */
	assert_false(ipc_send(f->server.c, "x", 1));
	until(f, &f->server.closed, 1);
	assert_string_equal(f->server.why, "it did not read what it was sent");
	close(sv[1]);
}

static void test_slow_reader(void **state)
{
	enum { LINES = 900 };
	struct fix *f = *state;
	static char line[1000], in[65536];
	int sv[2];
	size_t got = 0;

	memset(line, 's', sizeof line);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sv), 0);
	f->server.c = ipc_from_fds(f->l, sv[0], sv[0]);
	ipc_handle(f->server.c, &handler, &f->server);
	for (int i = 0; i < LINES; i++)
		assert_true(ipc_send(f->server.c, line, sizeof line));
	ipc_close(f->server.c); /* all of it still arrives */
	assert_false(ipc_send(f->server.c, "x", 1));
	for (;;) {
		ssize_t n = read(sv[1], in, sizeof in);

		if (n == 0)
			break;
		if (n > 0)
			got += (size_t)n;
		loop_run_once(f->l, false);
	}
	assert_int_equal(got, LINES * (sizeof line + 1));
	until(f, &f->server.closed, 1);
	assert_string_equal(f->server.why, "closed");
	close(sv[1]);
}

static void test_close_within_line(void **state)
{
	struct fix *f = *state;

	pair(f);
	f->server.close_once = true;
	f->server.answer = true;
	ipc_send(f->client.c, "one", 3);
	ipc_send(f->client.c, "two", 3);
	until(f, &f->client.closed, 1);
	until(f, &f->server.closed, 1);
	assert_int_equal(f->server.lines, 1);
	assert_string_equal(buf_str(&f->client.got), "one|"); /* the answer came first */
}

static void test_plain_files(void **state)
{
	struct fix *f = *state;
	char in[96], out[96], buf[32] = "";
	int a, b;

	snprintf(in, sizeof in, "%s/in", f->dir);
	snprintf(out, sizeof out, "%s/out", f->dir);
	a = open(in, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(a, "a\nb\n", 4), 4);
	assert_int_equal(lseek(a, 0, SEEK_SET), 0);
	b = open(out, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	f->server.c = ipc_from_fds(f->l, a, b);
	f->server.answer = true;
	ipc_handle(f->server.c, &handler, &f->server);
	until(f, &f->server.closed, 1);
	assert_string_equal(buf_str(&f->server.got), "a|b|");
	a = open(out, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(a, buf, sizeof buf), 4);
	assert_string_equal(buf, "a\nb\n");
	close(a);
	unlink(in);
	unlink(out);
}

static void test_flags_come_back(void **state)
{
	struct fix *f = *state;
	int p[2], keep;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	keep = dup(p[0]); /* as a shell shares its terminal with us */
	f->server.c = ipc_from_fds(f->l, p[0], p[1]);
	assert_true(fcntl(keep, F_GETFL) & O_NONBLOCK);
	ipc_free(f->server.c);
	f->server.c = NULL;
	assert_false(fcntl(keep, F_GETFL) & O_NONBLOCK);
	close(keep);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_talk),
		T(test_folder),
		T(test_in_the_way),
		T(test_line_limit),
		T(test_hostile_lines),
		T(test_unsent_limit),
		T(test_slow_reader),
		T(test_close_within_line),
		T(test_plain_files),
		T(test_flags_come_back),
	};

	return cmocka_run_group_tests_name("os/ipc", tests, NULL, NULL);
}

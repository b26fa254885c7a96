#include "os/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/clock.h"

#define WORD(s) ((char[]){ s })
#define T0 INT64_C(1741616400000)

static struct utc at(int64_t s)
{
	return (struct utc){ T0 + s * 1000 };
}

static int fresh(void **state)
{
	clock_use_manual(at(0));
	*state = loop_new();
	return 0;
}

static int done(void **state)
{
	loop_free(*state);
	clock_use_real();
	return 0;
}

/* ---- timers ---- */

struct trace {
	char text[256];
};

struct probe {
	struct trace *trace;
	char name;
	struct loop_timer *t, *other;
	int64_t again_s; /* sets itself so much later, while positive */
	int left;
};

static void note(void *ctx)
{
	struct probe *p = ctx;
	size_t len = strlen(p->trace->text);

	if (len + 1 < sizeof p->trace->text)
		p->trace->text[len] = p->name;
}

static void test_order(void **state)
{
	struct loop *l = *state;
	struct trace tr = { "" };
	struct probe p[6];
	static const int64_t when[6] = { 50, 10, 40, 10, 30, 20 };

	for (int i = 0; i < 6; i++) {
		p[i] = (struct probe){ .trace = &tr, .name = (char)('a' + i) };
		p[i].t = loop_timer_new(l, note, &p[i]);
		loop_timer_at(p[i].t, at(when[i]));
		assert_true(loop_timer_set(p[i].t));
	}
	loop_timer_stop(p[4].t);
	assert_false(loop_timer_set(p[4].t));
	loop_timer_stop(p[4].t);
	clock_advance(9999);
	loop_clock_moved(l);
	assert_string_equal(tr.text, "");
	clock_advance(1);
	loop_clock_moved(l);
	assert_string_equal(tr.text, "bd");
	assert_false(loop_timer_set(p[1].t));
	loop_timer_at(p[0].t, at(15)); /* set again: only the new instant counts */
	clock_advance_to(at(100));
	loop_clock_moved(l);
	assert_string_equal(tr.text, "bdafc");
	assert_false(loop_run_once(l, false));
}

static void repeat(void *ctx)
{
	struct probe *p = ctx;

	note(p);
	if (p->left-- > 0)
		loop_timer_at(p->t, utc_add(clock_utc(), p->again_s * 1000));
}

static void test_set_within(void **state)
{
	struct loop *l = *state;
	struct trace tr = { "" };
	struct probe always = { .trace = &tr, .name = 'x', .again_s = -5, .left = 1000000 };
	struct probe later = { .trace = &tr, .name = 'y' };

	always.t = loop_timer_new(l, repeat, &always);
	later.t = loop_timer_new(l, note, &later);
	loop_timer_at(always.t, at(1));
	loop_timer_at(later.t, at(2));
	clock_advance_to(at(3));
	loop_clock_moved(l);
	/* The one that sets itself into the past neither holds the loop nor starves the other. */
	assert_string_equal(tr.text, "xy");
	loop_clock_moved(l);
	assert_string_equal(tr.text, "xyx");
	/* Due already: it fires without the clock moving. */
	while (strlen(tr.text) == 3)
		assert_true(loop_run_once(l, true));
	assert_memory_equal(tr.text, "xyxx", 4);
}

static void catch_up(void *ctx)
{
	struct probe *p = ctx;

	note(p);
	if (--p->left > 0)
		loop_timer_at(p->t, at(p->again_s * (10 - p->left)));
}

static void test_catch_up(void **state)
{
	struct loop *l = *state;
	struct trace tr = { "" };
	struct probe p = { .trace = &tr, .name = '.', .again_s = 10, .left = 9 };

	p.t = loop_timer_new(l, catch_up, &p);
	loop_timer_at(p.t, at(10));
	clock_advance_to(at(30)); /* due at 10, 20 and, exactly now, at 30 */
	loop_clock_moved(l);
	assert_string_equal(tr.text, "...");
}

static void free_both(void *ctx)
{
	struct probe *p = ctx;

	note(p);
	loop_timer_free(p->other);
	loop_timer_free(p->t);
}

static void test_free_within(void **state)
{
	struct loop *l = *state;
	struct trace tr = { "" };
	struct probe b = { .trace = &tr, .name = 'b' };
	struct probe a = { .trace = &tr, .name = 'a' };

	b.t = loop_timer_new(l, note, &b);
	a.t = loop_timer_new(l, free_both, &a);
	a.other = b.t;
	loop_timer_at(a.t, at(1));
	loop_timer_at(b.t, at(1));
	clock_advance_to(at(1));
	loop_clock_moved(l);
	assert_string_equal(tr.text, "a");
	loop_timer_free(NULL);
}

static void test_many(void **state)
{
	enum { N = 2000 };
	struct loop *l = *state;
	struct trace tr = { "" };
	struct probe *p = xcalloc(N, sizeof *p);
	unsigned seed = 7;
	int left = 0;

	for (int i = 0; i < N; i++) {
		seed = seed * 1103515245u + 12345u;
		p[i] = (struct probe){ .trace = &tr, .name = 'z' };
		p[i].t = loop_timer_new(l, note, &p[i]);
		loop_timer_at(p[i].t, at((seed >> 8) % 1000));
	}
	for (int i = 0; i < N; i += 3)
		loop_timer_stop(p[i].t);
	clock_advance_to(at(499));
	loop_clock_moved(l);
	seed = 7;
	for (int i = 0; i < N; i++) {
		seed = seed * 1103515245u + 12345u;
		assert_int_equal(loop_timer_set(p[i].t), i % 3 != 0 && (seed >> 8) % 1000 > 499);
		left += loop_timer_set(p[i].t);
	}
	assert_in_range(left, N / 4, N / 2);
	free(p);
}

static void stop(void *ctx)
{
	loop_stop(ctx);
}

static void test_real_time(void **state)
{
	struct loop *l = *state;
	struct trace tr = { "" };
	struct probe b = { .trace = &tr, .name = 'b' }, a = { .trace = &tr, .name = 'a' };
	struct loop_timer *end = loop_timer_new(l, stop, l);
	struct mono start = clock_mono();

	b.t = loop_timer_new(l, note, &b);
	a.t = loop_timer_new(l, note, &a);
	loop_timer_after(b.t, 12);
	loop_timer_after(a.t, 3);
	loop_timer_after(end, 20);
	loop_run(l);
	assert_string_equal(tr.text, "ab");
	assert_in_range(clock_mono().ms - start.ms, 18, 5000);

	/* A virtual instant on a fast clock: a minute is 17 real ms. */
	clock_use_speed(at(0), 3600);
	loop_timer_at(a.t, at(60));
	start = clock_mono();
	while (loop_timer_set(a.t) && loop_run_once(l, true))
		;
	assert_string_equal(tr.text, "aba");
	assert_in_range(clock_mono().ms - start.ms, 15, 5000);
	assert_true(clock_utc().ms >= at(60).ms);
}

/* ---- later ---- */

struct chain {
	struct loop_later *first, *second;
	int firsts, seconds;
};

static void run_first(void *ctx)
{
	struct chain *c = ctx;

	c->firsts++;
	loop_later_set(c->second);
}

static void run_second(void *ctx)
{
	struct chain *c = ctx;

	c->seconds++;
	if (c->seconds == 1)
		loop_later_free(c->first);
}

static void test_later(void **state)
{
	struct loop *l = *state;
	struct chain c = { 0 };

	c.first = loop_later_new(l, run_first, &c);
	c.second = loop_later_new(l, run_second, &c);
	loop_later_set(c.first);
	loop_later_set(c.first);
	loop_run_once(l, true); /* what it sets runs in the same turn, and the loop does not wait */
	assert_int_equal(c.firsts, 1);
	assert_int_equal(c.seconds, 1);
	loop_later_set(c.second);
	loop_run_once(l, true);
	assert_int_equal(c.seconds, 2);
	loop_later_set(c.second);
	loop_later_free(c.second); /* set, and freed before it ran */
	loop_run_once(l, false);
	assert_int_equal(c.seconds, 2);
	loop_later_free(NULL);
}

/* ---- descriptors, signals, wakes ---- */

struct seen {
	int events, calls;
	struct loop *l;
};

static void ready(void *ctx, int events, int status)
{
	struct seen *s = ctx;

	assert_int_equal(status, 0);
	s->events |= events;
	s->calls++;
}

static void test_fd(void **state)
{
	struct loop *l = *state;
	struct seen s = { 0 };
	struct loop_fd *w;
	int p[2], plain;

	assert_int_equal(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0);
	w = loop_fd_new(l, p[0], UV_READABLE, ready, &s);
	assert_non_null(w);
	loop_run_once(l, false);
	assert_int_equal(s.calls, 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	loop_run_once(l, true);
	assert_int_equal(s.events, UV_READABLE);
	loop_fd_events(w, 0);
	s.calls = 0;
	loop_run_once(l, false);
	assert_int_equal(s.calls, 0);
	loop_fd_free(w);
	assert_int_equal(write(p[1], "x", 1), 1); /* the descriptor is still open */
	plain = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	if (plain >= 0) {
		assert_null(loop_fd_new(l, plain, UV_READABLE, ready, &s));
		assert_int_equal(errno, EPERM);
		close(plain);
	}
	close(p[0]);
	close(p[1]);
}

static void count(void *ctx)
{
	struct seen *s = ctx;

	s->calls++;
}

static void test_signal(void **state)
{
	struct loop *l = *state;
	struct seen s = { 0 };
	struct loop_signal *sig = loop_signal_new(l, SIGUSR1, count, &s);
	struct loop_timer *guard = loop_timer_new(l, stop, l);

	loop_timer_after(guard, 5000);
	raise(SIGUSR1);
	while (s.calls == 0 && loop_run_once(l, true))
		;
	assert_int_equal(s.calls, 1);
	loop_signal_free(sig);
	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR1);
	loop_run_once(l, false);
	assert_int_equal(s.calls, 1);
	/* SIGPIPE never ends the program. */
	raise(SIGPIPE);
}

static void *wake(void *w)
{
	loop_wake(w);
	return NULL;
}

static void test_waker(void **state)
{
	struct loop *l = *state;
	struct seen s = { 0 };
	struct loop_waker *w = loop_waker_new(l, count, &s);
	pthread_t th;

	assert_int_equal(pthread_create(&th, NULL, wake, w), 0);
	while (s.calls == 0)
		loop_run_once(l, true);
	pthread_join(th, NULL);
	assert_int_equal(s.calls, 1);
	loop_waker_free(w);
}

/* ---- children ---- */

struct exit_of {
	int calls, status, signum;
};

static void gone(void *ctx, int status, int signum)
{
	struct exit_of *x = ctx;

	x->calls++;
	x->status = status;
	x->signum = signum;
}

static void test_child(void **state)
{
	struct loop *l = *state;
	struct exit_of x = { 0 };
	char *argv[] = { WORD("/bin/sh"), WORD("-c"),
		WORD("read a; echo \"$a $V\" >&3; ls /proc/$$/fd; exit 7"), NULL };
	char *env[] = { WORD("V=set"), WORD("PATH=/usr/bin:/bin"), NULL };
	int in[2], out[2], list[2];
	int leak = open("/dev/null", O_RDONLY); /* opened by somebody careless */
	char buf[64] = "";
	struct loop_child *c;
	struct err e = { 0 };

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(list, O_CLOEXEC), 0);
	c = loop_child_new(l, argv, env, (int[]){ in[0], list[1], 2, out[1] }, 4, gone, &x, &e);
	assert_non_null(c);
	assert_true(loop_child_pid(c) > 0);
	assert_int_equal(write(in[1], "hello\n", 6), 6);
	while (x.calls == 0)
		loop_run_once(l, true);
	assert_int_equal(x.status, 7);
	assert_int_equal(x.signum, 0);
	assert_int_equal(read(out[0], buf, sizeof buf - 1), 10);
	assert_string_equal(buf, "hello set\n");
	memset(buf, 0, sizeof buf);
	assert_true(read(list[0], buf, sizeof buf - 1) > 0);
	assert_memory_equal(buf, "0\n1\n", 4);
	/* dash keeps descriptor 10 and up for a script only: what it was given is 0 to 3. */
	assert_null(strstr(buf, "4\n"));
	loop_child_kill(c, SIGTERM); /* it is gone: nobody else is hit */
	loop_child_free(c);
	close(leak);
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
		close(list[i]);
	}
}

static void test_child_ends(void **state)
{
	struct loop *l = *state;
	struct exit_of x = { 0 }, y = { 0 };
	char *cat[] = { WORD("/bin/cat"), NULL };
	char *none[] = { WORD("/nonexistent/program"), NULL };
	int held[2];
	struct loop_timer *busy = loop_timer_new(l, stop, l);
	struct loop_child *c, *d;
	struct err e = { 0 };
	pid_t pid;

	assert_int_equal(pipe2(held, O_CLOEXEC), 0);
	c = loop_child_new(l, cat, NULL, (int[]){ held[0], -1, -1, -1 }, 4, gone, &x, &e);
	d = loop_child_new(l, cat, NULL, (int[]){ held[0], -1, -1 }, 3, gone, &y, &e);
	assert_non_null(c);
	assert_non_null(d);
	loop_child_kill(c, SIGKILL);
	while (x.calls == 0)
		loop_run_once(l, true);
	assert_int_equal(x.signum, SIGKILL);
	/* Freed while it runs: no call any more, and still it is waited for. */
	pid = loop_child_pid(d);
	loop_child_kill(d, SIGKILL);
	loop_child_free(d);
	close(held[0]);
	close(held[1]);
	loop_timer_after(busy, 60000); /* a child that nobody waits for keeps no loop alive */
	while (kill(pid, 0) == 0)
		loop_run_once(l, false);
	assert_int_equal(y.calls, 0);

	assert_null(loop_child_new(l, none, NULL, NULL, 0, gone, &x, &e));
	assert_int_equal(e.kind, ERR_IO);
	assert_int_equal(e.sys, ENOENT);
	assert_non_null(strstr(e.msg, "/nonexistent/program"));
	assert_null(loop_child_new(l, cat, NULL, NULL, 99, gone, &x, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
}

static void test_free_closes_all(void **state)
{
	struct loop *l = *state;
	struct seen s = { 0 };
	int p[2];

	/* Left open on purpose: the fixture's loop_free must end, and leak nothing. */
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_non_null(loop_fd_new(l, p[0], UV_READABLE, ready, &s));
	assert_non_null(loop_signal_new(l, SIGUSR2, count, &s));
	assert_non_null(loop_waker_new(l, count, &s));
	loop_timer_at(loop_timer_new(l, count, &s), at(5));
	loop_timer_after(loop_timer_new(l, count, &s), 60000);
	loop_later_set(loop_later_new(l, count, &s));
	loop_free(l);
	*state = NULL;
	assert_int_equal(s.calls, 0);
	close(p[0]);
	close(p[1]);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_order),
		T(test_set_within),
		T(test_catch_up),
		T(test_free_within),
		T(test_many),
		T(test_real_time),
		T(test_later),
		T(test_fd),
		T(test_signal),
		T(test_waker),
		T(test_child),
		T(test_child_ends),
		T(test_free_closes_all),
	};

	return cmocka_run_group_tests_name("os/loop", tests, NULL, NULL);
}

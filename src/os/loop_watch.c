/* What a loop watches: descriptors, signals, wakes from other threads, children. */
#include "os/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "loop_priv.h"

/* Each of these is freed by libuv's close callback: a handle lives until the turn's end. */
struct loop_fd {
	struct loop_item item;
	struct loop *loop;
	uv_poll_t poll;
	void (*ready)(void *ctx, int events, int status);
	void *ctx;
};

struct loop_signal {
	struct loop_item item;
	struct loop *loop;
	uv_signal_t signal;
	void (*got)(void *ctx);
	void *ctx;
};

struct loop_waker {
	struct loop_item item;
	struct loop *loop;
	uv_async_t async;
	void (*woken)(void *ctx);
	void *ctx;
};

struct loop_child {
	struct loop_item item;
	struct loop *loop;
	uv_process_t process;
	bool group, exited, abandoned; /* abandoned: nobody wants `gone`, it is only reaped */
	void (*gone)(void *ctx, int status, int signum);
	void *ctx;
};

static void free_data(uv_handle_t *h)
{
	free(h->data);
}

/* ---- descriptors ---- */

static void fd_close(struct loop_item *it)
{
	struct loop_fd *w = (struct loop_fd *)it;

	loop_disown(w->loop, it);
	uv_close((uv_handle_t *)&w->poll, free_data);
}

static void fd_ready(uv_poll_t *h, int status, int events)
{
	struct loop_fd *w = h->data;

	w->ready(w->ctx, events, status);
}

struct loop_fd *loop_fd_new(
    struct loop *l, int fd, int events, void (*ready)(void *ctx, int events, int status), void *ctx)
{
	struct loop_fd *w = xcalloc(1, sizeof *w);
	int rc = uv_poll_init(&l->uv, &w->poll, fd);

	if (rc != 0) {
		free(w);
		errno = -rc;
		return NULL;
	}
	w->loop = l;
	w->poll.data = w;
	w->ready = ready;
	w->ctx = ctx;
	loop_own(l, &w->item, fd_close);
	loop_fd_events(w, events);
	return w;
}

void loop_fd_events(struct loop_fd *w, int events)
{
	if (events)
		uv_poll_start(&w->poll, events, fd_ready);
	else
		uv_poll_stop(&w->poll);
}

void loop_fd_free(struct loop_fd *w)
{
	if (w)
		fd_close(&w->item);
}

/* ---- signals ---- */

static void signal_close(struct loop_item *it)
{
	struct loop_signal *s = (struct loop_signal *)it;

	loop_disown(s->loop, it);
	uv_close((uv_handle_t *)&s->signal, free_data);
}

static void signal_got(uv_signal_t *h, int signum)
{
	struct loop_signal *s = h->data;

	(void)signum;
	s->got(s->ctx);
}

struct loop_signal *loop_signal_new(struct loop *l, int signum, void (*got)(void *ctx), void *ctx)
{
	struct loop_signal *s = xcalloc(1, sizeof *s);

	s->loop = l;
	s->got = got;
	s->ctx = ctx;
	uv_signal_init(&l->uv, &s->signal);
	s->signal.data = s;
	uv_signal_start(&s->signal, signal_got, signum);
	uv_unref((uv_handle_t *)&s->signal);
	loop_own(l, &s->item, signal_close);
	return s;
}

void loop_signal_free(struct loop_signal *s)
{
	if (s)
		signal_close(&s->item);
}

/* ---- wakes ---- */

static void waker_close(struct loop_item *it)
{
	struct loop_waker *w = (struct loop_waker *)it;

	loop_disown(w->loop, it);
	uv_close((uv_handle_t *)&w->async, free_data);
}

static void waker_woken(uv_async_t *h)
{
	struct loop_waker *w = h->data;

	w->woken(w->ctx);
}

struct loop_waker *loop_waker_new(struct loop *l, void (*woken)(void *ctx), void *ctx)
{
	struct loop_waker *w = xcalloc(1, sizeof *w);

	w->loop = l;
	w->woken = woken;
	w->ctx = ctx;
	if (uv_async_init(&l->uv, &w->async, waker_woken) != 0)
		abort();
	w->async.data = w;
	loop_own(l, &w->item, waker_close);
	return w;
}

void loop_wake(struct loop_waker *w)
{
	uv_async_send(&w->async);
}

void loop_waker_free(struct loop_waker *w)
{
	if (w)
		waker_close(&w->item);
}

/* ---- children ---- */

#define CHILD_FDS 16

static void child_close(struct loop_item *it)
{
	struct loop_child *c = (struct loop_child *)it;

	loop_disown(c->loop, it);
	uv_close((uv_handle_t *)&c->process, free_data);
}

static void child_gone(uv_process_t *h, int64_t status, int signum)
{
	struct loop_child *c = h->data;

	c->exited = true;
	if (c->abandoned)
		child_close(&c->item);
	else
		c->gone(c->ctx, (int)status, signum);
}

/* -1 of a standard stream is libuv's own /dev/null; higher ones we open. */
static int child_stdio(uv_stdio_container_t *io, const int *fds, int count)
{
	int null = -1;

	for (int i = 0; i < count; i++) {
		int fd = fds[i];

		if (fd < 0 && i > 2) {
			if (null < 0)
				null = open("/dev/null", O_RDWR | O_CLOEXEC);
			fd = null;
		}
		io[i].flags = fd < 0 ? UV_IGNORE : UV_INHERIT_FD;
		io[i].data.fd = fd;
	}
	return null;
}

static struct loop_child *child_new(struct loop *l, char *const argv[], char *const env[],
    const int *fds, int fd_count, unsigned flags, void (*gone)(void *ctx, int status, int signum),
    void *ctx, struct err *e)
{
	uv_stdio_container_t io[CHILD_FDS] = { 0 };
	uv_process_options_t opt = { 0 };
	struct loop_child *c;
	int rc, null;

	if (fd_count < 0 || fd_count > CHILD_FDS) {
		err_set(e, ERR_LIMIT, "%s: %d descriptors for a child, at most %d", argv[0],
		    fd_count, CHILD_FDS);
		return NULL;
	}
	c = xcalloc(1, sizeof *c);
	c->loop = l;
	c->gone = gone;
	c->ctx = ctx;
	null = child_stdio(io, fds, fd_count);
	opt.exit_cb = child_gone;
	opt.file = argv[0];
	opt.args = (char **)(uintptr_t)argv; /* libuv only reads both */
	opt.env = (char **)(uintptr_t)env;
	opt.stdio = io;
	opt.stdio_count = fd_count;
	opt.flags = flags;
	/* Whatever a library opened without O_CLOEXEC stays with us as well. */
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	rc = uv_spawn(&l->uv, &c->process, &opt);
	if (null >= 0)
		close(null);
	c->process.data = c;
	if (rc != 0) {
		err_sys(e, ERR_IO, -rc, "%s: cannot start", argv[0]);
		uv_close((uv_handle_t *)&c->process, free_data);
		return NULL;
	}
	c->group = flags & UV_PROCESS_DETACHED;
	loop_own(l, &c->item, child_close);
	return c;
}

struct loop_child *loop_child_new(struct loop *l, char *const argv[], char *const env[],
    const int *fds, int fd_count, void (*gone)(void *ctx, int status, int signum), void *ctx,
    struct err *e)
{
	return child_new(l, argv, env, fds, fd_count, 0, gone, ctx, e);
}

struct loop_child *loop_child_group(struct loop *l, char *const argv[], char *const env[],
    const int *fds, int fd_count, void (*gone)(void *ctx, int status, int signum), void *ctx,
    struct err *e)
{
	return child_new(l, argv, env, fds, fd_count, UV_PROCESS_DETACHED, gone, ctx, e);
}

pid_t loop_child_pid(const struct loop_child *c)
{
	return c->process.pid;
}

void loop_child_kill(struct loop_child *c, int signum)
{
	if (!c->exited && c->group)
		kill(-c->process.pid, signum);
	else if (!c->exited)
		uv_process_kill(&c->process, signum);
}

void loop_child_kill_rest(struct loop_child *c)
{
	if (c->group && c->exited)
		kill(-c->process.pid, SIGKILL);
}

void loop_child_free(struct loop_child *c)
{
	if (!c)
		return;
	if (c->exited) {
		child_close(&c->item);
		return;
	}
	/* It must be waited for by somebody, or it stays a zombie. */
	c->abandoned = true;
	uv_unref((uv_handle_t *)&c->process);
}

/* Connections: reading lines, and gathering what is sent in a turn into one write. */
#include "os/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define READ_CHUNK 32768

struct ipc_conn {
	struct loop *loop;
	int in, out;		 /* the same for a socket */
	int in_flags, out_flags; /* as they were; -1: nothing to restore */
	struct loop_fd *watch_in, *watch_out;
	struct loop_later *flush; /* writes at the end of the turn */
	struct loop_later *again; /* reads a plain file, which cannot be watched */
	struct loop_later *end;	  /* tells `closed`, then frees */
	struct loop_timer *drain; /* ipc_close: patience with a peer that does not read */
	struct buf rx, tx;
	size_t scanned; /* of rx: no line end before it */
	bool writing;	/* waiting for the descriptor to take more */
	bool closing;	/* ipc_close was called */
	bool dead;
	char why[160];
	const struct ipc_handler *h;
	void *ctx;
};

void ipc_free(struct ipc_conn *c)
{
	if (!c)
		return;
	loop_fd_free(c->watch_in);
	if (c->watch_out != c->watch_in)
		loop_fd_free(c->watch_out);
	loop_later_free(c->flush);
	loop_later_free(c->again);
	loop_later_free(c->end);
	loop_timer_free(c->drain);
	if (c->in_flags >= 0)
		fcntl(c->in, F_SETFL, c->in_flags);
	if (c->out_flags >= 0 && c->out != c->in)
		fcntl(c->out, F_SETFL, c->out_flags);
	close(c->in);
	if (c->out != c->in)
		close(c->out);
	buf_fini(&c->rx);
	buf_fini(&c->tx);
	free(c);
}

static void end(void *ctx)
{
	struct ipc_conn *c = ctx;

	if (c->h && c->h->closed)
		c->h->closed(c->ctx, c, c->why);
	ipc_free(c);
}

/* The connection is over; closed() follows on the next turn. The first reason stays. */
static void drop(struct ipc_conn *c, const char *why)
{
	if (c->dead)
		return;
	c->dead = true;
	snprintf(c->why, sizeof c->why, "%s", why);
	if (c->watch_in)
		loop_fd_events(c->watch_in, 0);
	if (c->watch_out)
		loop_fd_events(c->watch_out, 0);
	loop_later_set(c->end);
}

static void drop_sys(struct ipc_conn *c, const char *what, int sys)
{
	char why[sizeof c->why];

	snprintf(why, sizeof why, "%s: %s", what, strerror(sys));
	drop(c, why);
}

/* Hands over each whole line that has arrived. */
static void lines(struct ipc_conn *c)
{
	size_t start = 0;

	while (!c->dead && !c->closing) {
		char *at = c->rx.data + start, *nl;

		if (start + c->scanned >= c->rx.len)
			break;
		nl = memchr(at + c->scanned, '\n', c->rx.len - start - c->scanned);
		if (!nl) {
			c->scanned = c->rx.len - start;
			break;
		}
		c->scanned = 0;
		if (nl - at + 1 > IPC_LINE_MAX) {
			drop(c, "it sent a line that is too long");
			return;
		}
		*nl = '\0';
		start += (size_t)(nl - at) + 1;
		if (c->h)
			c->h->line(c->ctx, c, at, (size_t)(nl - at));
	}
	buf_drop(&c->rx, start);
	if (c->rx.len >= IPC_LINE_MAX && !c->dead)
		drop(c, "it sent a line that is too long");
}

static void read_some(struct ipc_conn *c)
{
	char chunk[READ_CHUNK];
	ssize_t n = read(c->in, chunk, sizeof chunk);

	if (n > 0) {
		if (c->closing)
			return; /* read and dropped, so that its end is noticed */
		buf_add(&c->rx, chunk, (size_t)n);
		lines(c);
	} else if (n == 0) {
		drop(c, "the other end closed the connection");
	} else if (errno != EAGAIN && errno != EINTR) {
		drop_sys(c, "cannot read", errno);
	}
}

static void interest(struct ipc_conn *c)
{
	int out = c->writing ? UV_WRITABLE : 0;

	if (c->dead)
		return;
	if (c->watch_out && c->watch_out == c->watch_in) {
		loop_fd_events(c->watch_in, UV_READABLE | out);
		return;
	}
	if (c->watch_out)
		loop_fd_events(c->watch_out, out);
}

static void flush(void *ctx)
{
	struct ipc_conn *c = ctx;
	bool was = c->writing, any = c->tx.len > 0;

	while (!c->dead && c->tx.len) {
		ssize_t n = write(c->out, c->tx.data, c->tx.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN) {
			drop_sys(c, "cannot write", errno);
			return;
		}
		if (n < 0)
			break;
		buf_drop(&c->tx, (size_t)n);
	}
	c->writing = c->tx.len > 0;
	if (c->writing != was)
		interest(c);
	if (c->closing && !c->writing)
		drop(c, "closed");
	else if (any && !c->writing && c->h && c->h->sent)
		c->h->sent(c->ctx, c);
}

static void ready_in(void *ctx, int events, int status)
{
	struct ipc_conn *c = ctx;

	if (status < 0) {
		drop_sys(c, "connection lost", -status);
		return;
	}
	if (events & UV_WRITABLE)
		flush(c);
	if (!c->dead && (events & UV_READABLE))
		read_some(c);
}

static void ready_out(void *ctx, int events, int status)
{
	struct ipc_conn *c = ctx;

	(void)events;
	if (status < 0)
		drop_sys(c, "connection lost", -status);
	else
		flush(c);
}

static void read_plain(void *ctx)
{
	struct ipc_conn *c = ctx;

	if (c->dead)
		return;
	read_some(c);
	if (!c->dead)
		loop_later_set(c->again);
}

static void drained_not(void *ctx)
{
	drop(ctx, "it did not read what was left to send");
}

static int nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || (flags & O_NONBLOCK))
		return -1;
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return flags;
}

struct ipc_conn *ipc_from_fds(struct loop *l, int in, int out)
{
	struct ipc_conn *c = xcalloc(1, sizeof *c);

	c->loop = l;
	c->in = in;
	c->out = out;
	c->in_flags = nonblocking(in);
	c->out_flags = out == in ? -1 : nonblocking(out);
	buf_init(&c->rx, IPC_LINE_MAX + READ_CHUNK);
	buf_init(&c->tx, IPC_UNSENT_MAX);
	c->flush = loop_later_new(l, flush, c);
	c->again = loop_later_new(l, read_plain, c);
	c->end = loop_later_new(l, end, c);
	c->drain = loop_timer_new(l, drained_not, c);
	return c;
}

void ipc_handle(struct ipc_conn *c, const struct ipc_handler *h, void *ctx)
{
	c->h = h;
	c->ctx = ctx;
	if (c->dead || c->watch_in)
		return;
	c->watch_in = loop_fd_new(c->loop, c->in, UV_READABLE, ready_in, c);
	if (!c->watch_in && errno == EPERM)
		loop_later_set(c->again);
	else if (!c->watch_in)
		drop_sys(c, "cannot watch the connection", errno);
	if (c->out == c->in)
		c->watch_out = c->watch_in;
	else
		c->watch_out = loop_fd_new(c->loop, c->out, 0, ready_out, c);
	if (c->writing)
		interest(c);
}

bool ipc_send(struct ipc_conn *c, const char *line, size_t len)
{
	if (c->dead || c->closing || len + 1 > IPC_LINE_MAX)
		return false;
	if (c->tx.len + len + 1 > IPC_UNSENT_MAX) {
		drop(c, "it did not read what it was sent");
		return false;
	}
	buf_add(&c->tx, line, len);
	buf_addc(&c->tx, '\n');
	if (!c->writing)
		loop_later_set(c->flush);
	return true;
}

size_t ipc_unsent(const struct ipc_conn *c)
{
	return c->tx.len;
}

void ipc_close(struct ipc_conn *c)
{
	if (c->dead || c->closing)
		return;
	c->closing = true;
	loop_timer_after(c->drain, IPC_DRAIN_MS);
	if (!c->writing)
		loop_later_set(c->flush);
}

struct ipc_conn *ipc_connect(struct loop *l, const char *path, struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof addr.sun_path) {
		err_set(e, ERR_LIMIT, "%s: too long for a socket, at most %zu bytes", path,
		    sizeof addr.sun_path - 1);
		return NULL;
	}
	memcpy(addr.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		err_sys(e, ERR_IO, errno, "socket");
		return NULL;
	}
	if (connect(fd, (const struct sockaddr *)&addr, sizeof addr) != 0) {
		err_sys(e, ERR_IO, errno, "%s: cannot connect", path);
		close(fd);
		return NULL;
	}
	return ipc_from_fds(l, fd, fd);
}

/* The listening side: who may reach the socket, and what is done with a file that is in its place.
 */
#include "os/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

#define BACKLOG 64
#define ACCEPT_ROUND 16	 /* connections taken in one turn */
#define ACCEPT_PAUSE 100 /* ms without accepting when descriptors have run out */

struct ipc_listener {
	struct loop *loop;
	char *path;
	int fd;
	dev_t dev;
	ino_t ino;
	struct loop_fd *watch;
	struct loop_timer *pause;
	void (*accepted)(void *ctx, struct ipc_conn *c, const struct ipc_peer *peer);
	void *ctx;
};

static void ready(void *ctx, int events, int status)
{
	struct ipc_listener *l = ctx;

	(void)events;
	(void)status;
	for (int i = 0; i < ACCEPT_ROUND; i++) {
		struct ucred cred;
		socklen_t len = sizeof cred;
		struct ipc_peer peer;
		int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
				loop_fd_events(l->watch, 0);
				loop_timer_after(l->pause, ACCEPT_PAUSE);
			}
			return;
		}
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0) {
			close(fd);
			continue;
		}
		peer = (struct ipc_peer){ .uid = cred.uid, .gid = cred.gid, .pid = cred.pid };
		l->accepted(l->ctx, ipc_from_fds(l->loop, fd, fd), &peer);
	}
}

static void resume(void *ctx)
{
	struct ipc_listener *l = ctx;

	loop_fd_events(l->watch, UV_READABLE);
}

/* The folder, opened and locked until it is closed: two engines that start at the same moment look
 * at the socket file one after the other. -1: *e. */
static int folder(const char *path, mode_t mode, struct err *e)
{
	char *copy = xstrdup(path), *dir = dirname(copy);
	mode_t want = 0700 | (mode & 0070 ? 0050 : 0) | (mode & 0007 ? 0005 : 0);
	struct stat st;
	int fd = -1;

	if (mkdir(dir, want) == 0) {
		if (chmod(dir, want) != 0) {
			err_sys(e, ERR_IO, errno, "%s", dir);
			goto out;
		}
	} else if (errno != EEXIST) {
		err_sys(e, ERR_IO, errno, "%s: cannot make the socket's folder", dir);
		goto out;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_sys(e, ERR_IO, errno, "%s", dir);
	} else if (st.st_uid != geteuid() && st.st_uid != 0) {
		err_set(e, ERR_IO, "%s: belongs to another user (uid %u); choose another folder",
		    dir, (unsigned)st.st_uid);
	} else if ((st.st_mode & 0022) && !(st.st_mode & S_ISVTX)) {
		err_set(e, ERR_IO, "%s: others may write there (mode %04o); chmod go-w it", dir,
		    (unsigned)st.st_mode & 07777);
	} else if (flock(fd, LOCK_EX) != 0) {
		err_sys(e, ERR_IO, errno, "%s: cannot lock", dir);
	} else {
		free(copy);
		return fd;
	}
out:
	if (fd >= 0)
		close(fd);
	free(copy);
	return -1;
}

/* Removes a socket file that nobody listens on. */
static bool clear_stale(const char *path, const struct sockaddr_un *addr, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) != 0)
		return errno == ENOENT || err_sys(e, ERR_IO, errno, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_IO, "%s: is in the way and is no socket; move it away", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "socket");
	rc = connect(fd, (const struct sockaddr *)addr, sizeof *addr) == 0 ? 0 : errno;
	close(fd);
	if (rc == 0 || rc == EAGAIN)
		return err_set(e, ERR_IO, "%s: another program listens on it", path);
	if (rc != ECONNREFUSED)
		return err_sys(e, ERR_IO, rc, "%s", path);
	if (unlink(path) != 0)
		return err_sys(e, ERR_IO, errno, "%s: cannot remove a stale socket", path);
	return true;
}

static int listen_at(const char *path, mode_t mode, struct stat *st, struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int dir, fd = -1;

	if (strlen(path) >= sizeof addr.sun_path) {
		err_set(e, ERR_LIMIT, "%s: too long for a socket, at most %zu bytes", path,
		    sizeof addr.sun_path - 1);
		return -1;
	}
	memcpy(addr.sun_path, path, strlen(path));
	dir = folder(path, mode, e);
	if (dir < 0)
		return -1;
	if (!clear_stale(path, &addr, e))
		goto out;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* Nobody can connect before listen(), so the mode is right from the first moment on. */
	if (fd < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof addr) != 0 ||
	    chmod(path, mode) != 0 || stat(path, st) != 0 || listen(fd, BACKLOG) != 0) {
		err_sys(e, ERR_IO, errno, "%s: cannot listen", path);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
out:
	close(dir);
	return fd;
}

struct ipc_listener *ipc_listen(struct loop *l, const char *path, mode_t mode,
    void (*accepted)(void *ctx, struct ipc_conn *c, const struct ipc_peer *peer), void *ctx,
    struct err *e)
{
	struct stat st = { 0 };
	int fd = listen_at(path, mode, &st, e);
	struct ipc_listener *li;

	if (fd < 0)
		return NULL;
	li = xcalloc(1, sizeof *li);
	li->loop = l;
	li->path = xstrdup(path);
	li->fd = fd;
	li->dev = st.st_dev;
	li->ino = st.st_ino;
	li->accepted = accepted;
	li->ctx = ctx;
	li->pause = loop_timer_new(l, resume, li);
	li->watch = loop_fd_new(l, fd, UV_READABLE, ready, li);
	if (!li->watch) {
		err_sys(e, ERR_IO, errno, "%s: cannot watch", path);
		ipc_listener_free(li);
		return NULL;
	}
	return li;
}

void ipc_listener_free(struct ipc_listener *l)
{
	struct stat st;

	if (!l)
		return;
	loop_fd_free(l->watch);
	loop_timer_free(l->pause);
	/* Only our own: another engine may have taken the place of a file that was deleted. */
	if (lstat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino)
		unlink(l->path);
	close(l->fd);
	free(l->path);
	free(l);
}

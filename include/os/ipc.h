/* A Unix socket that carries lines. Used by the engine (listening) and by boards and commands. */
#ifndef OS_IPC_H
#define OS_IPC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "os/loop.h"

#define IPC_LINE_MAX 65536	 /* longest line, its end included */
#define IPC_UNSENT_MAX (1 << 20) /* more unsent than this: the peer is dropped */
#define IPC_DRAIN_MS 2000	 /* a peer that is being closed has so long to read the rest */

struct ipc_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
};

struct ipc_conn;
struct ipc_listener;

struct ipc_handler {
	/* One whole line without its end; `line` is NUL-terminated and valid for the call. */
	void (*line)(void *ctx, struct ipc_conn *c, char *line, size_t len);
	/* Once: the peer is gone, or was dropped (`why` is a sentence). The conn is freed after it.
	 */
	void (*closed)(void *ctx, struct ipc_conn *c, const char *why);
	/* All that was queued has been taken by the other end or its socket. NULL: not wanted. */
	void (*sent)(void *ctx, struct ipc_conn *c);
};

/* Listens on `path` with `mode`; a stale socket file that nobody listens on is replaced, a live one
 * is an error. Its folder is made if it is missing (0700, wider only where `mode` lets others in),
 * and must be nobody else's. `accepted` hands over each new connection, on which ipc_handle must be
 * called. */
struct ipc_listener *ipc_listen(struct loop *l, const char *path, mode_t mode,
    void (*accepted)(void *ctx, struct ipc_conn *c, const struct ipc_peer *peer), void *ctx,
    struct err *e);
void ipc_listener_free(struct ipc_listener *l); /* unlinks the path; NULL is fine */

/* Connects at once (a local socket does not wait). NULL: *e; e->sys is ENOENT or ECONNREFUSED when
 * nobody listens. */
struct ipc_conn *ipc_connect(struct loop *l, const char *path, struct err *e);
/* ipc_connect for "ssh:HOST" too: runs `ssh -- HOST nocboard bridge` and speaks through it. The end
 * of ssh is the end of the connection. */
struct ipc_conn *ipc_dial(struct loop *l, const char *where, struct err *e);
/* A connection over descriptors that are open already (a pipe to ssh, a socketpair); takes them. */
struct ipc_conn *ipc_from_fds(struct loop *l, int in, int out);

void ipc_handle(struct ipc_conn *c, const struct ipc_handler *h, void *ctx);
/* Queues one line (the line end is added). False: it was too long (nothing is sent), or the conn
 * was dropped for IPC_UNSENT_MAX (closed() runs on the next turn). */
bool ipc_send(struct ipc_conn *c, const char *line, size_t len);
size_t ipc_unsent(const struct ipc_conn *c);
/* Sends what is queued (for IPC_DRAIN_MS at most), then closes; closed() runs, line() does not. */
void ipc_close(struct ipc_conn *c);
/* At once and without closed(), not from within its own callbacks: for the end of the program.
 * NULL is fine. */
void ipc_free(struct ipc_conn *c);

#endif

/* The event loop: libuv with timers in virtual time. Work hangs on callbacks. One loop belongs to
 * one thread; only loop_wake may be called from another. */
#ifndef OS_LOOP_H
#define OS_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <uv.h>

#include "base/err.h"
#include "base/time.h"

struct loop;
struct loop_timer;
struct loop_later;
struct loop_fd;
struct loop_signal;
struct loop_waker;
struct loop_child;

struct loop *loop_new(void);
/* Also frees what was made on it and is still there: its timers, watchers and children are gone. */
void loop_free(struct loop *l); /* NULL is fine */
void loop_run(struct loop *l);	/* until loop_stop */
bool loop_run_once(
    struct loop *l, bool wait); /* one turn; false when nothing is left that could happen */
void loop_stop(struct loop *l);
uv_loop_t *loop_uv(struct loop *l); /* for what needs libuv itself (curl's sockets) */

/* Timers. A callback may stop, restart or free any timer, its own too. */
struct loop_timer *loop_timer_new(struct loop *l, void (*fire)(void *ctx), void *ctx);
void loop_timer_at(struct loop_timer *t, struct utc at);      /* virtual instant (os/clock); once */
void loop_timer_after(struct loop_timer *t, int64_t real_ms); /* real time; once */
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_set(const struct loop_timer *t); /* waiting to fire */
void loop_timer_free(struct loop_timer *t);	 /* NULL is fine */
/* After clock_advance: fires the virtual timers that are due, in order of their instants. */
void loop_clock_moved(struct loop *l);

/* Work for the end of this turn: `run` is called once, before the loop waits again, however often
 * it was set. What many callbacks of a turn add up to (lines to send, events to commit) is done
 * there in one go. */
struct loop_later *loop_later_new(struct loop *l, void (*run)(void *ctx), void *ctx);
void loop_later_set(struct loop_later *w);
void loop_later_free(struct loop_later *w); /* NULL is fine */

/* A descriptor that is watched. NULL: it cannot be (errno; EPERM: a plain file is always ready).
 * `events`: UV_READABLE | UV_WRITABLE | UV_DISCONNECT. */
struct loop_fd *loop_fd_new(struct loop *l, int fd, int events,
    void (*ready)(void *ctx, int events, int status), void *ctx);
void loop_fd_events(struct loop_fd *w, int events);
void loop_fd_free(struct loop_fd *w); /* the descriptor stays open; NULL is fine */

struct loop_signal *loop_signal_new(struct loop *l, int signum, void (*got)(void *ctx), void *ctx);
void loop_signal_free(struct loop_signal *s); /* NULL is fine */

/* Runs `work` on another thread, then `done` on a turn of this loop. Until then `ctx`, and all that
 * hangs on it, belongs to the work alone. What is begun cannot be taken back: loop_free waits. */
void loop_work(struct loop *l, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx);

/* Wakes the loop from another thread; several wakes may become one call. */
struct loop_waker *loop_waker_new(struct loop *l, void (*woken)(void *ctx), void *ctx);
void loop_wake(struct loop_waker *w);
void loop_waker_free(struct loop_waker *w); /* NULL is fine */

/* A child process, its argv given as is, never through a shell. fds[i] becomes descriptor i of the
 * child (-1: /dev/null); all others are closed. `env` NULL: ours. `gone` runs once. NULL: *e. */
struct loop_child *loop_child_new(struct loop *l, char *const argv[], char *const env[],
    const int *fds, int fd_count, void (*gone)(void *ctx, int status, int signum), void *ctx,
    struct err *e);
/* The same in a session of its own: loop_child_kill reaches its children as well. */
struct loop_child *loop_child_group(struct loop *l, char *const argv[], char *const env[],
    const int *fds, int fd_count, void (*gone)(void *ctx, int status, int signum), void *ctx,
    struct err *e);
pid_t loop_child_pid(const struct loop_child *c);
void loop_child_kill(struct loop_child *c, int signum);
/* Inside `gone` alone: kills what is left of the session of a child that ended. Later the number
 * may be somebody else's. */
void loop_child_kill_rest(struct loop_child *c);
/* Does not kill it; `gone` is not called any more. NULL is fine. */
void loop_child_free(struct loop_child *c);

#endif

/* Finding this host's engine, and starting it when there is none: as tmux does with its server. */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "cmd.h"
#include "session.h"

/* The socket of the engine that these arguments mean; the caller frees. What is wrong with the
 * configuration is told, and stops nobody while an engine runs. NULL: *e. */
char *engine_socket(const struct args *a, struct err *e);

/* Whether an engine listens there. One is started when a board opens and finds none, as tmux starts
 * its server; a board that is open already only waits, so that an engine that was stopped stays
 * stopped. */
bool engine_serves(const char *socket);

/* Connects; starts an engine when none listens and `start` is set. One that has another journal
 * than --journal names is none of ours. */
struct session *engine_session(const struct args *a, bool start, struct err *e);

/* When a look is at, into *now: --now, or the engine's own time. False: *e, that has gone by, and
 * an engine shows what is. */
bool engine_look_at(const struct args *a, const struct session *s, struct utc *now, struct err *e);

/* Starts a child process with the given arguments (argv[0] is replaced by this program), waits for
 * its line on the descriptor whose number stands for "{ready}" among them. `detach`: in a session
 * of its own, without a terminal. -1: *e. */
pid_t spawn_ready(char *const argv[], bool detach, int keep_fd, struct err *e);

#endif

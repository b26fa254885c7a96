#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "engine/setup.h"
#include "os/file.h"
#include "os/ipc.h"
#include "os/loop.h"
#include "os/proc.h"

#define READY_MAX 400
#define ATTACH_TRIES 40 /* 2 s */

bool engine_serves(const char *socket)
{
	struct loop *l = loop_new();
	struct err e;
	struct ipc_conn *c = ipc_connect(l, socket, &e);
	bool up = c != NULL;

	ipc_free(c);
	loop_free(l);
	return up;
}

/* A fault in the files is no reason to be shut out from an engine that runs. NULL: none does. */
static char *socket_in_use(const struct args *a, const struct err *why)
{
	char *path = setup_socket(a->config);

	if (path && engine_serves(path)) {
		cmd_refuse(
		    ERR_CONFIG, "%s; the engine that runs has what was good before", why->msg);
		return path;
	}
	free(path);
	return NULL;
}

char *engine_socket(const struct args *a, struct err *e)
{
	struct cfg_problems problems = { 0 };
	const char *given = arg_value(a, "socket");
	struct setup *s;
	bool wrong;
	char *path;

	if (a->host)
		return xasprintf("ssh:%s", a->host);
	if (given)
		return xstrdup(given);
	s = setup_load(a->config, &problems, e);
	wrong = problems.count > 0;
	cfg_problems_fini(&problems);
	if (!s)
		return wrong ? socket_in_use(a, e) : NULL;
	path = xstrdup(s->socket);
	setup_free(s);
	return path;
}

/* In the child: its standard streams, and nothing else that is open. */
static void become(char *const argv[], const char *self, int ready, bool detach, int keep_fd)
{
	int null = open("/dev/null", O_RDWR);

	if (detach)
		setsid();
	dup2(keep_fd >= 0 ? keep_fd : null, 0);
	dup2(null, 1);
	if (detach)
		dup2(null, 2);
	fcntl(ready, F_SETFD, 0);
	signal(SIGPIPE, SIG_IGN);
	execv(self, argv);
	_exit(127);
}

/* One line from the child, without its end; false when it ended before it said anything. */
static bool read_line(int fd, char line[READY_MAX])
{
	size_t n = 0;
	ssize_t got;

	while (n + 1 < READY_MAX) {
		got = read(fd, line + n, READY_MAX - 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
		if (memchr(line, '\n', n))
			break;
	}
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return n > 0;
}

pid_t spawn_ready(char *const argv[], bool detach, int keep_fd, struct err *e)
{
	char *self = proc_self(e), *own[64], number[16], line[READY_MAX];
	int fds[2], status = 0;
	size_t n = 0;
	pid_t pid;

	if (!self)
		return -1;
	if (pipe2(fds, O_CLOEXEC) != 0) {
		free(self);
		err_sys(e, ERR_IO, errno, "pipe");
		return -1;
	}
	snprintf(number, sizeof number, "%d", fds[1]);
	for (; argv[n] && n + 1 < countof(own); n++)
		own[n] = n == 0 ? self : strcmp(argv[n], "{ready}") == 0 ? number : argv[n];
	own[n] = NULL;
	pid = fork();
	if (pid == 0)
		become(own, self, fds[1], detach, keep_fd);
	close(fds[1]);
	free(self);
	if (pid < 0) {
		err_sys(e, ERR_IO, errno, "fork");
	} else if (!read_line(fds[0], line)) {
		waitpid(pid, &status, 0);
		err_set(e, ERR_IO, "the process ended before it was ready (status %d)",
		    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		pid = -1;
	} else if (strcmp(line, "ready") != 0) {
		waitpid(pid, &status, 0);
		err_set(e, ERR_IO, "%s", line);
		if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONFIG)
			e->kind = ERR_CONFIG;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_JOURNAL)
			e->kind = ERR_JOURNAL;
		pid = -1;
	}
	close(fds[0]);
	return pid;
}

/* Starts an engine of its own (it goes on when we end) and waits until it serves. */
static bool engine_start(const struct args *a, struct err *e)
{
	static char nocboard[] = "nocboard", engine[] = "engine", ready_fd[] = "--ready-fd",
		    ready[] = "{ready}", config[] = "-c", journal[] = "-j", root[] = "--allow-root";
	char *argv[12] = { nocboard, engine, ready_fd, ready }, *c = NULL, *j = NULL;
	size_t n = 4;
	pid_t pid;

	if (a->config) {
		argv[n++] = config;
		argv[n++] = c = xstrdup(a->config);
	}
	if (a->journal) {
		argv[n++] = journal;
		argv[n++] = j = xstrdup(a->journal);
	}
	if (arg_given(a, "allow-root"))
		argv[n++] = root;
	pid = spawn_ready(argv, true, -1, e);
	free(c);
	free(j);
	return pid > 0;
}

/* Who names a journal means that one: what another engine writes goes elsewhere. */
static bool has_journal(const struct session *s, const struct args *a, struct err *e)
{
	const struct snap_engine *engine = session_snapshot(s)->engine;
	const char *there = engine ? engine->journal : NULL;
	char *wanted;
	bool same;

	if (!a->journal || !there)
		return true;
	wanted = a->host || !strchr(there, '/') ? xstrdup(a->journal) : file_real(a->journal);
	same = strcmp(wanted, there) == 0;
	free(wanted);
	return same || err_set(e, ERR_JOURNAL,
			   "--journal: the engine that runs has %.100s, not %.100s (stop it, or "
			   "leave --journal out)",
			   there, a->journal);
}

static struct session *attach(const struct args *a, const char *path, struct err *e)
{
	struct session *s = session_open(path, a->as, e);

	if (!s || has_journal(s, a, e))
		return s;
	session_close(s);
	return NULL;
}

static bool nobody_listens(const struct err *e)
{
	return e->sys == ENOENT || e->sys == ECONNREFUSED;
}

/* One that somebody else has just started has the journal before it listens. */
static struct session *attach_soon(const struct args *a, const char *path, struct err *e)
{
	static const struct timespec pause = { .tv_nsec = 50 * 1000000 };
	struct session *s = attach(a, path, e);

	for (int i = 0; i < ATTACH_TRIES && !s && nobody_listens(e); i++) {
		nanosleep(&pause, NULL);
		s = attach(a, path, e);
	}
	return s;
}

struct session *engine_session(const struct args *a, bool start, struct err *e)
{
	char *path = engine_socket(a, e);
	struct err first = { 0 }, second = { 0 };
	struct session *s;

	if (!path)
		return NULL;
	s = attach(a, path, &first);
	if (!s && start && nobody_listens(&first)) {
		bool started = engine_start(a, &first);

		s = started || first.kind == ERR_JOURNAL ? attach_soon(a, path, &second) : NULL;
		if (!s && started)
			first = second;
	} else if (!s && nobody_listens(&first)) {
		int sys = first.sys;

		err_set(&first, ERR_IO,
		    "no engine runs on this host (nobody listens on %.160s; `nocboard engine` "
		    "starts one)",
		    path);
		first.sys = sys; /* some do without one */
	}
	if (!s)
		*e = first;
	free(path);
	return s;
}

bool engine_look_at(const struct args *a, const struct session *s, struct utc *now, struct err *e)
{
	*now = session_now(s);
	if (!utc_is_set(a->now))
		return true;
	if (utc_before(a->now, *now))
		return err_set(e, ERR_USAGE,
		    "--now: that has gone by (`nocboard journal export` and `nocboard clocks "
		    "--now` look back)");
	*now = a->now;
	return true;
}

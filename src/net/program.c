#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define WORDS_MAX 400 /* of its standard error */
#define END_MS 2000   /* between the request to end and the end */

struct program {
	struct loop *loop;
	struct loop_child *child;
	struct loop_fd *watch;
	struct loop_timer *limit;
	int err_fd;
	char words[WORDS_MAX];
	size_t len;
	bool late;
	void (*done)(void *ctx, enum probe_fault fault, int status, const char *words);
	void *ctx;
};

/* The message as a file that has no name: the program reads it as fast as it likes. */
static int input_file(const char *input, size_t len, struct err *e)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	while (fd >= 0 && len) {
		ssize_t n = write(fd, input, len);

		if (n <= 0) {
			close(fd);
			fd = -1;
			break;
		}
		input += n;
		len -= (size_t)n;
	}
	if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0) {
		err_sys(e, ERR_IO, errno, "the message for a program");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* Reads all that is there; what is beyond the first words is thrown away. */
static void drain(struct program *p)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(p->err_fd, bytes, sizeof bytes)) > 0) {
		size_t room = sizeof p->words - 1 - p->len,
		       keep = (size_t)n < room ? (size_t)n : room;

		memcpy(p->words + p->len, bytes, keep);
		p->len += keep;
	}
	if (n == 0 && p->watch)
		loop_fd_events(p->watch, UV_DISCONNECT); /* it was closed: nothing more comes */
}

static void said(void *ctx, int events, int status)
{
	struct program *p = ctx;

	(void)events;
	if (status < 0) {
		loop_fd_free(p->watch);
		p->watch = NULL;
		return;
	}
	drain(p);
}

static void too_long(void *ctx)
{
	struct program *p = ctx;

	loop_child_kill(p->child, p->late ? SIGKILL : SIGTERM);
	p->late = true;
	loop_timer_after(p->limit, END_MS);
}

static void gone(void *ctx, int status, int signum)
{
	struct program *p = ctx;
	enum probe_fault fault = p->late ? FAULT_TIMEOUT : signum ? FAULT_BROKEN : FAULT_NONE;
	char *words;

	if (p->late)
		loop_child_kill_rest(p->child); /* it ended when it was asked to, they did not */
	drain(p);
	words = utf8_cleaned(p->words, UTF8_ONE_LINE, 160);
	if (signum && !p->late) {
		free(words);
		words = xasprintf("ended by signal %d", signum);
	}
	p->done(p->ctx, fault, status, words);
	free(words);
}

struct program *program_run(struct loop *l, char *const argv[], char *const env[],
    const char *input, size_t len, int timeout_ms,
    void (*done)(void *ctx, enum probe_fault fault, int status, const char *words), void *ctx,
    struct err *e)
{
	struct program *p;
	int in = input_file(input, len, e), out[2];

	if (in < 0)
		return NULL;
	if (pipe2(out, O_CLOEXEC) != 0) {
		err_sys(e, ERR_IO, errno, "a pipe for a program");
		close(in);
		return NULL;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	p = xcalloc(1, sizeof *p);
	p->loop = l;
	p->done = done;
	p->ctx = ctx;
	p->err_fd = out[0];
	p->child = loop_child_group(l, argv, env, (const int[]){ in, -1, out[1] }, 3, gone, p, e);
	close(in);
	close(out[1]);
	if (!p->child) {
		close(out[0]);
		free(p);
		return NULL;
	}
	p->watch = loop_fd_new(l, out[0], UV_READABLE, said, p);
	p->limit = loop_timer_new(l, too_long, p);
	loop_timer_after(p->limit, timeout_ms);
	return p;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	loop_child_kill(p->child, SIGKILL);
	loop_child_free(p->child);
	loop_fd_free(p->watch);
	loop_timer_free(p->limit);
	close(p->err_fd);
	free(p);
}

#include "fake_engine.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"

#define BOARDS 8

struct fake_engine {
	pid_t pid;
	int say, heard; /* pipes to and from the child */
	struct buf in;
};

struct board {
	int fd; /* -1: free */
	struct buf in;
	bool greeted;
};

struct child {
	const struct fake_options *o;
	int listener, say, heard;
	struct board boards[BOARDS];
	struct buf orders;
};

static void put(int fd, const char *line)
{
	size_t len = strlen(line);
	char *whole = xasprintf("%s\n", line);

	for (size_t at = 0; at < len + 1;) {
		ssize_t n = write(fd, whole + at, len + 1 - at);

		if (n <= 0 && errno != EINTR)
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	free(whole);
}

static void put_file(int fd, const char *path)
{
	FILE *f = path ? fopen(path, "r") : NULL;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while (f && (n = getline(&line, &cap, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		put(fd, line);
	}
	free(line);
	if (f)
		fclose(f);
}

static void mark(const struct child *c, int fd)
{
	char *line = xasprintf("{\"o\":\"mark\",\"seq\":99,\"at\":\"%s\"}", c->o->now);

	put(fd, line);
	free(line);
}

static void greet(const struct child *c, struct board *b)
{
	char *line = c->o->greeting
			 ? xstrdup(c->o->greeting)
			 : xasprintf("{\"hello\":1,\"version\":\"0\",\"person\":\"maria\",\"name\":"
				     "\"Maria\",\"can\":%s,"
				     "\"now\":\"%s\",\"speed\":0}",
			       c->o->can ? c->o->can : "[\"command\",\"publish\"]", c->o->now);

	b->greeted = true;
	put(b->fd, line);
	free(line);
	put_file(b->fd, c->o->objects);
	mark(c, b->fd);
}

static void answer(const struct child *c, struct board *b, const cJSON *msg)
{
	const char *id = json_str_or(msg, "id", ""),
		   *incident = json_str_or(msg, "incident", "INC-1");
	struct buf line;

	buf_init(&line, 0);
	if (c->o->answer) {
		const char *hole = strstr(c->o->answer, "%s");

		buf_add(&line, c->o->answer, (size_t)(hole - c->o->answer));
		buf_addf(&line, "%s%s", id, hole + 2);
	} else {
		buf_addf(&line,
		    "{\"re\":\"%s\",\"ok\":true,\"events\":[{\"incident\":\"%s\",\"version\":99,"
		    "\"kind\":\"note\"}],\"held\":null}",
		    id, incident);
	}
	put(b->fd, buf_str(&line));
	buf_fini(&line);
}

static void got_line(struct child *c, struct board *b, const char *line)
{
	cJSON *msg = json_parse(line, strlen(line), NULL);

	put(c->heard, line);
	if (!b->greeted)
		greet(c, b);
	else if (json_str(msg, "get"))
		put_file(b->fd, c->o->timeline);
	else if (json_str(msg, "cmd"))
		answer(c, b, msg);
	cJSON_Delete(msg);
}

/* Takes whole lines out of `in`. */
static char *line_of(struct buf *in)
{
	char *nl = in->len ? memchr(in->data, '\n', in->len) : NULL, *line;

	if (!nl)
		return NULL;
	line = xstrndup(in->data, (size_t)(nl - in->data));
	buf_drop(in, (size_t)(nl - in->data) + 1);
	return line;
}

static bool read_more(int fd, struct buf *in)
{
	char bytes[8192];
	ssize_t n = read(fd, bytes, sizeof bytes);

	return n > 0 && buf_add(in, bytes, (size_t)n);
}

static void serve_board(struct child *c, struct board *b)
{
	char *line;

	if (!read_more(b->fd, &b->in)) {
		close(b->fd);
		b->fd = -1;
		return;
	}
	while ((line = line_of(&b->in))) {
		got_line(c, b, line);
		free(line);
	}
}

static void take_orders(struct child *c)
{
	char *line;

	if (!read_more(c->say, &c->orders))
		_exit(0);
	while ((line = line_of(&c->orders))) {
		for (int i = 0; i < BOARDS; i++)
			if (c->boards[i].fd >= 0)
				put(c->boards[i].fd, line);
		free(line);
	}
}

static void serve(struct child *c)
{
	for (;;) {
		struct pollfd p[BOARDS + 2];

		p[0] = (struct pollfd){ .fd = c->listener, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = c->say, .events = POLLIN };
		for (int i = 0; i < BOARDS; i++)
			p[2 + i] = (struct pollfd){ .fd = c->boards[i].fd, .events = POLLIN };
		if (poll(p, BOARDS + 2, -1) < 0)
			continue;
		if (p[1].revents)
			take_orders(c);
		for (int i = 0; i < BOARDS; i++)
			if (c->boards[i].fd >= 0 && p[2 + i].revents)
				serve_board(c, &c->boards[i]);
		if (p[0].revents) {
			int fd = accept(c->listener, NULL, NULL), i = 0;

			while (i < BOARDS && c->boards[i].fd >= 0)
				i++;
			if (i == BOARDS) {
				close(fd);
				continue;
			}
			c->boards[i] = (struct board){ .fd = fd };
			buf_init(&c->boards[i].in, 0);
		}
	}
}

struct fake_engine *fake_engine_start(const struct fake_options *o)
{
	struct fake_engine *e = xcalloc(1, sizeof *e);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct child c = { .o = o };
	int say[2], heard[2];

	unlink(o->socket);
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", o->socket);
	c.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(c.listener, (const struct sockaddr *)&addr, sizeof addr) != 0 ||
	    listen(c.listener, 8) != 0 || pipe(say) != 0 || pipe(heard) != 0)
		fail_msg("fake engine: %s", strerror(errno));
	e->pid = fork();
	if (e->pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		close(say[1]);
		close(heard[0]);
		c.say = say[0];
		c.heard = heard[1];
		buf_init(&c.orders, 0);
		for (int i = 0; i < BOARDS; i++)
			c.boards[i].fd = -1;
		serve(&c);
	}
	close(c.listener);
	close(say[0]);
	close(heard[1]);
	e->say = say[1];
	e->heard = heard[0];
	buf_init(&e->in, 0);
	return e;
}

void fake_engine_say(struct fake_engine *e, const char *line)
{
	put(e->say, line);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool fake_engine_heard(struct fake_engine *e, struct buf *out, int ms)
{
	int64_t end = now_ms() + ms;
	char *line;

	while (!(line = line_of(&e->in))) {
		struct pollfd p = { .fd = e->heard, .events = POLLIN };
		int64_t left = end - now_ms();

		if (left <= 0 || poll(&p, 1, (int)left) <= 0 || !read_more(e->heard, &e->in))
			return false;
	}
	buf_clear(out);
	buf_adds(out, line);
	free(line);
	return true;
}

bool fake_engine_expect(struct fake_engine *e, const char *text, struct buf *line, int ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end)
		if (fake_engine_heard(e, line, (int)(end - now_ms())) &&
		    strstr(buf_str(line), text))
			return true;
	return false;
}

void fake_engine_stop(struct fake_engine *e)
{
	if (!e)
		return;
	kill(e->pid, SIGKILL);
	waitpid(e->pid, NULL, 0);
	close(e->say);
	close(e->heard);
	buf_fini(&e->in);
	free(e);
}

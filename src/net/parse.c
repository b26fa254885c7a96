#include "net/parse.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uv.h>

#include "base/mem.h"
#include "parse_priv.h"

#define TIMEOUT_MS 5000

struct job {
	struct job *next;
	struct buf frame;
	void (*done)(void *ctx, cJSON *json, const struct err *e);
	void *ctx;
};

/* One child. Freed when its pipe has closed. */
struct kid {
	struct parser *parser; /* NULL: abandoned */
	struct loop_child *child;
	uv_pipe_t pipe;
	struct buf in;
	bool eof, gone, late;
	int status, signum;
	char chunk[16384];
};

struct parser {
	struct loop *loop;
	char *const *argv;
	struct job *jobs, **end; /* the first one is with the child when `busy` */
	bool busy;
	struct kid *kid;
	struct loop_timer *limit;
	struct loop_timer *soon; /* starts the next job outside of the caller */
	int timeout_ms;
};

static char *const own_argv[] = { (char *)(uintptr_t) "/proc/self/exe",
	(char *)(uintptr_t) "parse-child", NULL };

static void next_job(void *ctx);

static void kid_closed(uv_handle_t *h)
{
	struct kid *k = h->data;

	buf_fini(&k->in);
	free(k);
}

/* Lets go of a child that is gone, or that is not wanted any more. */
static void kid_drop(struct kid *k)
{
	k->parser->kid = NULL;
	if (!k->gone)
		loop_child_kill(k->child, SIGKILL);
	loop_child_free(k->child);
	uv_close((uv_handle_t *)&k->pipe, kid_closed);
}

static void job_over(struct parser *p, cJSON *json, const struct err *e)
{
	struct job *j = p->jobs;

	loop_timer_stop(p->limit);
	p->busy = false;
	p->jobs = j->next;
	if (!p->jobs)
		p->end = &p->jobs;
	else
		loop_timer_after(p->soon, 0);
	j->done(j->ctx, json, e);
	buf_fini(&j->frame);
	free(j);
}

static void kid_failed(struct kid *k)
{
	struct parser *p = k->parser;
	struct err e = { 0 };

	if (k->late)
		err_set(
		    &e, ERR_LIMIT, "reading the document took longer than %d ms", p->timeout_ms);
	else if (k->signum)
		err_set(&e, ERR_DATA, "the document crashed its reader (signal %d)", k->signum);
	else
		err_set(&e, ERR_DATA, "the document's reader ended early (status %d)", k->status);
	kid_drop(k);
	if (p->busy)
		job_over(p, NULL, &e);
}

/* An answer may still be in the pipe when the child is gone, so both ends are waited for. */
static void kid_check(struct kid *k)
{
	if (k->eof && k->gone)
		kid_failed(k);
	else if (k->eof)
		loop_child_kill(k->child, SIGKILL);
}

static void kid_gone(void *ctx, int status, int signum)
{
	struct kid *k = ctx;

	k->gone = true;
	k->status = status;
	k->signum = signum;
	kid_check(k);
}

static void answer(struct parser *p, const char *text, size_t len)
{
	struct err e = { 0 };
	cJSON *doc = json_parse(text, len, &e), *ok;
	const char *error = json_str(doc, "error");

	if (error) {
		char *clean = utf8_cleaned(error, UTF8_ONE_LINE, sizeof e.msg - 1);
		err_set(&e, ERR_DATA, "%s", clean);
		free(clean);
	} else if (doc && !json_get(doc, "ok")) {
		err_set(&e, ERR_DATA, "the document's reader gave no answer");
	}
	ok = doc ? cJSON_DetachItemFromObjectCaseSensitive(doc, "ok") : NULL;
	if (!doc || json_bool(doc, "last", false))
		kid_drop(p->kid);
	cJSON_Delete(doc);
	job_over(p, error ? NULL : ok, &e);
	if (error)
		cJSON_Delete(ok);
}

static void pipe_room(uv_handle_t *h, size_t want, uv_buf_t *b)
{
	struct kid *k = h->data;

	(void)want;
	*b = uv_buf_init(k->chunk, sizeof k->chunk);
}

static void pipe_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct kid *k = s->data;
	uint32_t len;

	if (n < 0) {
		uv_read_stop(s);
		k->eof = true;
		kid_check(k);
		return;
	}
	if (n == 0)
		return;
	if (!k->parser->busy || !buf_add(&k->in, b->base, (size_t)n)) {
		loop_child_kill(k->child, SIGKILL); /* it says more than it was asked */
		uv_read_stop(s);
		k->eof = true;
		return;
	}
	if (k->in.len < sizeof len)
		return;
	memcpy(&len, k->in.data, sizeof len);
	if (k->in.len < sizeof len + len)
		return;
	struct buf whole = k->in;
	buf_init(&k->in, PARSE_ANSWER_MAX + sizeof len);
	answer(k->parser, whole.data + sizeof len, len);
	buf_fini(&whole);
}

static bool kid_start(struct parser *p, struct err *e)
{
	static char lang[] = "LC_ALL=C.UTF-8";
	static char *const env[] = { lang, NULL };
	struct kid *k = xcalloc(1, sizeof *k);
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		free(k);
		return err_sys(e, ERR_IO, errno, "no pipe to the document's reader");
	}
	int fds[3] = { ends[1], ends[1], -1 };
	k->parser = p;
	k->child = loop_child_new(p->loop, p->argv, env, fds, 3, kid_gone, k, e);
	close(ends[1]);
	if (!k->child) {
		close(ends[0]);
		free(k);
		return false;
	}
	buf_init(&k->in, PARSE_ANSWER_MAX + sizeof(uint32_t));
	uv_pipe_init(loop_uv(p->loop), &k->pipe, 0);
	k->pipe.data = k;
	uv_pipe_open(&k->pipe, ends[0]);
	uv_read_start((uv_stream_t *)&k->pipe, pipe_room, pipe_read);
	p->kid = k;
	return true;
}

struct frame_write {
	uv_write_t req;
	char *bytes;
};

static void frame_written(uv_write_t *req, int status)
{
	struct frame_write *w = req->data;

	(void)status; /* a child that is gone shows at its other end */
	free(w->bytes);
	free(w);
}

static void next_job(void *ctx)
{
	struct parser *p = ctx;
	struct job *j = p->jobs;
	struct err e = { 0 };

	if (!j || p->busy)
		return;
	p->busy = true;
	if (!p->kid && !kid_start(p, &e)) {
		job_over(p, NULL, &e);
		return;
	}
	struct frame_write *w = xcalloc(1, sizeof *w);
	uv_buf_t b = uv_buf_init(NULL, (unsigned)j->frame.len);
	w->req.data = w;
	w->bytes = b.base = buf_take(&j->frame);
	loop_timer_after(p->limit, p->timeout_ms);
	if (uv_write(&w->req, (uv_stream_t *)&p->kid->pipe, &b, 1, frame_written) < 0) {
		free(w->bytes);
		free(w);
	}
}

static void too_late(void *ctx)
{
	struct parser *p = ctx;

	p->kid->late = true;
	loop_child_kill(p->kid->child, SIGKILL);
}

struct parser *parser_new(struct loop *l, char *const argv[])
{
	struct parser *p = xcalloc(1, sizeof *p);

	p->loop = l;
	p->argv = argv ? argv : own_argv;
	p->end = &p->jobs;
	p->timeout_ms = TIMEOUT_MS;
	p->limit = loop_timer_new(l, too_late, p);
	p->soon = loop_timer_new(l, next_job, p);
	return p;
}

void parser_free(struct parser *p)
{
	struct err e = { 0 };

	if (!p)
		return;
	err_set(&e, ERR_IO, "the reader of documents is being shut down");
	while (p->jobs)
		job_over(p, NULL, &e);
	if (p->kid)
		kid_drop(p->kid);
	loop_timer_free(p->limit);
	loop_timer_free(p->soon);
	free(p);
}

void parser_set_timeout(struct parser *p, int real_ms)
{
	p->timeout_ms = real_ms > 0 ? real_ms : TIMEOUT_MS;
}

pid_t parser_child(const struct parser *p)
{
	return p->kid ? loop_child_pid(p->kid->child) : 0;
}

void parse(struct parser *p, const char *what, struct utc now, const char *bytes, size_t len,
    void (*done)(void *ctx, cJSON *json, const struct err *e), void *ctx)
{
	struct job *j = xcalloc(1, sizeof *j);
	struct parse_head head = {
		.what = (uint32_t)strlen(what), .len = (uint32_t)len, .now = now.ms
	};

	j->done = done;
	j->ctx = ctx;
	buf_init(&j->frame, 0);
	buf_add(&j->frame, &head, sizeof head);
	buf_adds(&j->frame, what);
	buf_add(&j->frame, bytes, len);
	*p->end = j;
	p->end = &j->next;
	if (!p->busy)
		loop_timer_after(p->soon, 0);
}

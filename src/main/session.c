#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/ipc.h"
#include "os/loop.h"

#define ANSWER_MS 20000 /* real: an engine that is alive answers within one commit */

struct session {
	struct loop *loop;
	struct ipc_conn *conn;
	struct loop_timer *limit;
	struct snapshot *snap;
	cJSON *answer;
	const char *waiting; /* the id of the request, while one waits */
	char *person;
	int64_t speed;
	struct mono mark_mono;
	struct err err;
	bool greeted, timed_out, gone, marked, timeline;
	int64_t asked;
};

static void got_line(void *ctx, struct ipc_conn *c, char *line, size_t len)
{
	struct session *s = ctx;
	cJSON *obj = json_parse(line, len, &s->err);
	const char *re = json_str(obj, "re"), *o = json_str(obj, "o");

	(void)c;
	if (json_get(obj, "hello")) {
		if (json_str(obj, "refused"))
			err_set(&s->err, ERR_REFUSED, "the engine refuses: %s",
			    json_str(obj, "refused"));
		s->greeted = !json_str(obj, "refused");
		s->speed = json_int(obj, "speed", 1);
		s->person = xstrdup(json_str_or(obj, "person", ""));
	} else if (o) {
		snapshot_apply(s->snap, obj, &s->err);
		if (strcmp(o, "mark") == 0) {
			s->marked = true;
			s->mark_mono = clock_mono();
		}
		s->timeline |= strcmp(o, "timeline") == 0;
	} else if (re && s->waiting && strcmp(re, s->waiting) == 0) {
		cJSON_Delete(s->answer);
		s->answer = obj;
		return;
	}
	cJSON_Delete(obj);
}

static void got_closed(void *ctx, struct ipc_conn *c, const char *why)
{
	struct session *s = ctx;

	(void)c;
	s->conn = NULL;
	s->gone = true;
	if (!s->err.msg[0])
		err_set(&s->err, ERR_IO, "the engine is gone: %s", why);
}

static void limit_hit(void *ctx)
{
	((struct session *)ctx)->timed_out = true;
}

/* Turns the loop until `flag` is set. */
static bool wait_for(struct session *s, const bool *flag, int64_t real_ms, struct err *e)
{
	s->timed_out = false;
	loop_timer_after(s->limit, real_ms);
	while (!*flag && !s->gone && !s->timed_out)
		loop_run_once(s->loop, true);
	loop_timer_stop(s->limit);
	if (*flag)
		return true;
	if (s->gone)
		*e = s->err;
	else
		err_set(
		    e, ERR_IO, "the engine did not answer in time (is it stopped or overloaded?)");
	return false;
}

struct session *session_open(const char *socket, const char *as, struct err *e)
{
	static const struct ipc_handler handler = { got_line, got_closed, NULL };
	struct session *s = xcalloc(1, sizeof *s);
	cJSON *hello;
	char *text;

	s->loop = loop_new();
	s->snap = snapshot_new();
	s->limit = loop_timer_new(s->loop, limit_hit, s);
	s->conn = ipc_dial(s->loop, socket, e);
	if (!s->conn) {
		session_close(s);
		return NULL;
	}
	ipc_handle(s->conn, &handler, s);
	hello = cJSON_CreateObject();
	json_put_int(hello, "hello", PROTOCOL_VERSION);
	json_put_str(hello, "client", "command");
	json_put_str(hello, "as", as);
	text = json_text(hello);
	ipc_send(s->conn, text, strlen(text));
	free(text);
	cJSON_Delete(hello);
	if (!wait_for(s, &s->marked, ANSWER_MS, e)) {
		session_close(s);
		return NULL;
	}
	return s;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	ipc_free(s->conn);
	loop_free(s->loop);
	snapshot_free(s->snap);
	cJSON_Delete(s->answer);
	free(s->person);
	free(s);
}

const struct snapshot *session_snapshot(const struct session *s)
{
	return s->snap;
}

const char *session_person(const struct session *s)
{
	return s->person;
}

struct utc session_now(const struct session *s)
{
	return utc_add(s->snap->mark_at, (clock_mono().ms - s->mark_mono.ms) * s->speed);
}

static bool send_object(struct session *s, cJSON *take, struct err *e)
{
	char *text = json_text(take);
	bool ok = s->conn && ipc_send(s->conn, text, strlen(text));

	free(text);
	cJSON_Delete(take);
	if (!ok)
		err_set(e, ERR_IO,
		    s->conn ? "the request is longer than 64 KiB" : "the engine is gone");
	return ok;
}

cJSON *session_ask(struct session *s, cJSON *take, struct err *e)
{
	char id[80];
	cJSON *answer;

	if (json_str(take, "id")) {
		snprintf(id, sizeof id, "%s", json_str(take, json_str(take, "re") ? "re" : "id"));
	} else {
		snprintf(id, sizeof id, "cmd-%ld-%lld-%lld", (long)getpid(),
		    (long long)clock_utc().ms, (long long)++s->asked);
		json_put_str(take, "id", id);
	}
	cJSON_Delete(s->answer);
	s->answer = NULL;
	s->waiting = id;
	if (!send_object(s, take, e)) {
		s->waiting = NULL;
		return NULL;
	}
	s->timed_out = false;
	loop_timer_after(s->limit, ANSWER_MS);
	while (!s->answer && !s->gone && !s->timed_out)
		loop_run_once(s->loop, true);
	loop_timer_stop(s->limit);
	s->waiting = NULL;
	answer = s->answer;
	s->answer = NULL;
	if (!answer && s->gone)
		*e = s->err;
	else if (!answer)
		err_set(e, ERR_IO,
		    "the engine did not answer in time (the command may have been recorded: look "
		    "before "
		    "you repeat it)");
	return answer;
}

bool session_timeline(struct session *s, const char *incident, struct err *e)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "get", "timeline");
	json_put_str(o, "incident", incident);
	s->timeline = false;
	return send_object(s, o, e) && wait_for(s, &s->timeline, ANSWER_MS, e);
}

bool session_wait(struct session *s, bool (*met)(void *ctx, const struct snapshot *snap), void *ctx,
    int64_t real_ms, struct err *e)
{
	int64_t end = clock_mono().ms + real_ms;

	while (!met(ctx, s->snap)) {
		int64_t left = end - clock_mono().ms;

		s->marked = false;
		if (left <= 0)
			return err_set(e, ERR_IO, "it did not come about in time");
		if (!wait_for(s, &s->marked, left, e))
			return false;
	}
	return true;
}

bool session_check(const cJSON *answer, struct err *e)
{
	const char *help = json_str_or(answer, "help", ""), *rule = json_str_or(answer, "rule", "");

	if (json_bool(answer, "ok", false))
		return true;
	err_set(e,
	    strcmp(rule, "journal") == 0    ? ERR_JOURNAL
	    : strcmp(rule, "config") == 0   ? ERR_CONFIG
	    : strcmp(rule, "argument") == 0 ? ERR_USAGE
					    : ERR_REFUSED,
	    "%s%s%s%s", json_str_or(answer, "reason", "refused"), *help ? " (" : "", help,
	    *help ? ")" : "");
	return false;
}

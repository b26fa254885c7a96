#include "ui/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "domain/command.h"
#include "os/clock.h"
#include "os/ipc.h"

#define RETRY_FIRST_MS 100
#define RETRY_MOST_MS 2000
#define PENDING_MOST 64
#define STALL_MS 5000 /* a mark comes each second: an engine that is silent for longer is away */

struct pending {
	char *id, *line;
};

struct client {
	struct loop *loop;
	struct client_options o;
	struct client_hooks hooks;
	void *ctx;
	struct ipc_conn *conn;
	struct loop_timer *retry;
	int64_t backoff;
	struct snapshot *snap;	/* what is shown */
	struct snapshot *fresh; /* being filled after a connect, until its first mark */
	bool greeted, ever;
	char *person, *why, *looking;
	unsigned can;
	int speed;
	struct utc mark_at;
	struct mono mark_mono, lost, heard;
	uint64_t salt;
	unsigned counter;
	char last_id[64];
	struct pending pending[PENDING_MOST];
	size_t pending_count;
};

static void connect_now(void *ctx);

struct client *client_new(
    struct loop *l, const struct client_options *o, const struct client_hooks *h, void *ctx)
{
	struct client *c = xcalloc(1, sizeof *c);

	c->loop = l;
	c->o = *o;
	c->hooks = *h;
	c->ctx = ctx;
	c->snap = snapshot_new();
	c->retry = loop_timer_new(l, connect_now, c);
	c->backoff = RETRY_FIRST_MS;
	c->speed = 1;
	c->mark_at = UTC_NONE;
	c->lost = clock_mono();
	if (getrandom(&c->salt, sizeof c->salt, 0) != (ssize_t)sizeof c->salt)
		c->salt = (uint64_t)getpid() << 32 ^ (uint64_t)clock_mono().ms;
	return c;
}

static void drop_pending(struct client *c, size_t i)
{
	free(c->pending[i].id);
	free(c->pending[i].line);
	memmove(&c->pending[i], &c->pending[i + 1], (--c->pending_count - i) * sizeof *c->pending);
}

void client_free(struct client *c)
{
	if (!c)
		return;
	ipc_free(c->conn);
	while (c->pending_count > 0)
		drop_pending(c, 0);
	loop_timer_free(c->retry);
	snapshot_free(c->snap);
	snapshot_free(c->fresh);
	free(c->person);
	free(c->why);
	free(c->looking);
	free(c);
}

static void say_why(struct client *c, char *take)
{
	free(c->why);
	c->why = take;
}

/* ---- lines from the engine ---- */

static void take_hello(struct client *c, const cJSON *msg)
{
	const cJSON *can = json_get(msg, "can"), *word;
	const char *refused = json_str(msg, "refused");
	int64_t protocol = json_int(msg, "hello", 0);

	if (refused) {
		say_why(c, utf8_cleaned(refused, UTF8_ONE_LINE, 200));
		ipc_close(c->conn);
		return;
	}
	if (protocol != PROTOCOL_VERSION) {
		say_why(
		    c, xasprintf("the %s is older (it speaks protocol %d, the %s %d): restart it",
			   protocol < PROTOCOL_VERSION ? "engine" : "board",
			   (int)(protocol < PROTOCOL_VERSION ? protocol : PROTOCOL_VERSION),
			   protocol < PROTOCOL_VERSION ? "board" : "engine",
			   (int)(protocol < PROTOCOL_VERSION ? PROTOCOL_VERSION : protocol)));
		ipc_close(c->conn);
		return;
	}
	c->greeted = true;
	free(c->person);
	c->person = xstrdup(json_str_or(msg, "person", ""));
	c->can = 0;
	cJSON_ArrayForEach(word, can)
	{
		if (cJSON_IsString(word))
			c->can |= permission_parse(word->valuestring);
	}
	c->speed = (int)json_int(msg, "speed", 1);
	c->mark_at = json_utc(msg, "now");
	c->mark_mono = clock_mono();
	/* What was sent and not answered is asked again; the engine knows the ids. */
	for (size_t i = 0; i < c->pending_count; i++)
		ipc_send(c->conn, c->pending[i].line, strlen(c->pending[i].line));
	if (c->looking)
		ipc_send(c->conn, c->looking, strlen(c->looking));
}

static void take_mark(struct client *c, const cJSON *msg)
{
	c->mark_at = json_utc(msg, "at");
	c->mark_mono = clock_mono();
	if (!c->fresh)
		return;
	snapshot_free(c->snap);
	c->snap = c->fresh;
	c->fresh = NULL;
	c->ever = true;
	c->backoff = RETRY_FIRST_MS;
	say_why(c, NULL);
}

static void take_object(struct client *c, const cJSON *msg)
{
	struct err e = { 0 };

	if (!snapshot_apply(c->fresh ? c->fresh : c->snap, msg, &e)) {
		say_why(c, xasprintf("the engine sent what this board cannot read: %s", e.msg));
		ipc_close(c->conn);
		return;
	}
	if (strcmp(json_str_or(msg, "o", ""), "mark") == 0)
		take_mark(c, msg);
}

static void take_answer(struct client *c, const cJSON *msg)
{
	struct answer a = { .id = json_str_or(msg, "re", ""),
		.ok = json_bool(msg, "ok", false),
		.rule = json_str_or(msg, "rule", ""),
		.reason = json_str_or(msg, "reason", "refused"),
		.help = json_str_or(msg, "help", ""),
		.argument = json_str_or(msg, "argument", ""),
		.events = json_get(msg, "events"),
		.held = json_get(msg, "held") };

	for (size_t i = 0; i < c->pending_count; i++)
		if (strcmp(c->pending[i].id, a.id) == 0) {
			drop_pending(c, i);
			break;
		}
	c->hooks.answered(c->ctx, &a);
}

static void take_line(void *ctx, struct ipc_conn *conn, char *line, size_t len)
{
	struct client *c = ctx;
	struct err e = { 0 };
	cJSON *msg = json_parse(line, len, &e);

	c->heard = clock_mono();
	if (!msg) {
		say_why(c, xasprintf("the engine sent no JSON: %s", e.msg));
		ipc_close(conn);
		return;
	}
	if (json_get(msg, "hello"))
		take_hello(c, msg);
	else if (json_get(msg, "o"))
		take_object(c, msg);
	else if (json_get(msg, "re"))
		take_answer(c, msg);
	cJSON_Delete(msg);
	c->hooks.changed(c->ctx);
}

/* ---- connecting ---- */

static void again(struct client *c)
{
	loop_timer_after(c->retry, c->backoff);
	c->backoff = c->backoff * 2 > RETRY_MOST_MS ? RETRY_MOST_MS : c->backoff * 2;
}

static void lost(void *ctx, struct ipc_conn *conn, const char *why)
{
	struct client *c = ctx;

	(void)conn;
	c->conn = NULL;
	if (c->greeted && !c->fresh)
		c->lost = clock_mono();
	c->greeted = false;
	snapshot_free(c->fresh);
	c->fresh = NULL;
	if (!c->why && why && why[0])
		say_why(c, utf8_cleaned(why, UTF8_ONE_LINE, 200));
	again(c);
	c->hooks.changed(c->ctx);
}

static void greet(struct client *c)
{
	cJSON *hello = cJSON_CreateObject();
	char *line;

	json_put_int(hello, "hello", PROTOCOL_VERSION);
	json_put_str(hello, "client", "board");
	json_put_bool(hello, "wall", c->o.wall);
	json_put_str(hello, "as", c->o.as);
	line = json_text(hello);
	ipc_send(c->conn, line, strlen(line));
	free(line);
	cJSON_Delete(hello);
}

static void connect_now(void *ctx)
{
	static const struct ipc_handler handler = { .line = take_line, .closed = lost };
	struct client *c = ctx;
	struct err e = { 0 };
	struct mono now = clock_mono();

	c->conn = ipc_dial(c->loop, c->o.socket, &e);
	if (!c->conn) {
		bool nobody = e.sys == ENOENT || e.sys == ECONNREFUSED;

		say_why(c, xstrdup(nobody ? "none runs; nocboard starts one" : e.msg));
		again(c);
		c->hooks.changed(c->ctx);
		return;
	}
	c->heard = now;
	snapshot_free(c->fresh);
	c->fresh = snapshot_new();
	ipc_handle(c->conn, &handler, c);
	greet(c);
}

void client_start(struct client *c)
{
	connect_now(c);
}

/* ---- what the board asks ---- */

const struct snapshot *client_snapshot(const struct client *c)
{
	return c->snap;
}

enum link client_link(const struct client *c)
{
	if (!c->ever)
		return LINK_CONNECTING;
	if (!c->greeted || c->fresh)
		return LINK_AWAY;
	/* A clock that stands (speed 0) sends marks only when it is moved. */
	if (c->speed > 0 && clock_mono().ms - c->heard.ms > STALL_MS)
		return LINK_AWAY;
	return LINK_UP;
}

int64_t client_away_ms(const struct client *c)
{
	struct mono from = c->greeted && !c->fresh ? c->heard : c->lost;

	return clock_mono().ms - from.ms;
}

const char *client_why(const struct client *c)
{
	return c->why;
}

struct utc client_now(const struct client *c)
{
	if (!utc_is_set(c->mark_at))
		return clock_utc();
	return utc_add(c->mark_at, (clock_mono().ms - c->mark_mono.ms) * c->speed);
}

int client_speed(const struct client *c)
{
	return c->speed;
}

const char *client_person(const struct client *c)
{
	return c->person ? c->person : "";
}

unsigned client_can(const struct client *c)
{
	return c->can;
}

static void send_object(struct client *c, const cJSON *obj)
{
	char *line = json_text(obj);

	if (c->conn && c->greeted)
		ipc_send(c->conn, line, strlen(line));
	free(line);
}

/* Takes `obj`; it is kept until it was answered. */
static const char *send_asking(struct client *c, cJSON *obj, const char *id_member)
{
	char *line;

	snprintf(c->last_id, sizeof c->last_id, "b-%016llx-%u", (unsigned long long)c->salt,
	    ++c->counter);
	json_put_str(obj, id_member, c->last_id);
	line = json_text(obj);
	cJSON_Delete(obj);
	if (c->pending_count == PENDING_MOST)
		drop_pending(c, 0);
	c->pending[c->pending_count++] = (struct pending){ xstrdup(c->last_id), line };
	if (c->conn && c->greeted)
		ipc_send(c->conn, line, strlen(line));
	return c->last_id;
}

const char *client_command(
    struct client *c, const char *command, const char *incident, int seen, cJSON *args)
{
	cJSON *obj = cJSON_CreateObject();

	json_put_str(obj, "cmd", command);
	json_put_str(obj, "incident", incident);
	json_put_int(obj, "seen", seen);
	json_put(obj, "args", args ? args : cJSON_CreateObject());
	return send_asking(c, obj, "id");
}

const char *client_held(struct client *c, const char *verb, const char *id)
{
	cJSON *obj = cJSON_CreateObject();

	json_put_str(obj, "held", verb);
	json_put_str(obj, "id", id);
	return send_asking(c, obj, "re");
}

size_t client_pending(const struct client *c)
{
	return c->pending_count;
}

static void ask_for(struct client *c, const char *what, const char *of, const char *id)
{
	cJSON *obj = cJSON_CreateObject();

	json_put_str(obj, "get", what);
	json_put_str(obj, of, id);
	send_object(c, obj);
	cJSON_Delete(obj);
}

void client_timeline(struct client *c, const char *incident)
{
	ask_for(c, "timeline", "incident", incident);
}

void client_source(struct client *c, const char *source)
{
	ask_for(c, "source", "source", source);
}

void client_looking(struct client *c, const char *incident, const char *doing)
{
	cJSON *obj = cJSON_CreateObject();

	json_put_str(obj, "looking", incident);
	json_put_str(obj, "doing", doing);
	send_object(c, obj);
	free(c->looking);
	c->looking = json_text(obj);
	cJSON_Delete(obj);
}

/* Serving: one connection is one client; it gets every object once, then what changes, and a mark.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"
#include "os/clock.h"
#include "os/log.h"

#define FLUSH_MS 250 /* at most four times a second */
#define CLIENTS_MAX 500
#define DRAIN_MS 200 /* real: at the end */
/* Objects for one client wait in its set of ids, and not as bytes, while so much is unsent. */
#define ROOM ((size_t)256 << 10)
#define STUCK_MS 30000 /* real: a client that took nothing for so long is dropped */

static void key_of(char out[200], enum wire_kind kind, const char *id)
{
	snprintf(out, 200, "%d %s", (int)kind, id);
}

void client_send_line(struct client *c, const char *text)
{
	if (c->conn)
		ipc_send(c->conn, text, strlen(text));
}

void client_send(struct client *c, cJSON *take)
{
	char *text = json_text(take);

	cJSON_Delete(take);
	client_send_line(c, text);
	free(text);
}

static void mark_dirty(void *ctx, enum wire_kind kind, const char *id)
{
	struct client *c = ctx;
	char key[200];

	key_of(key, kind, id);
	map_set(c->dirty, key, c);
}

void serve_changed(struct engine *g, enum wire_kind kind, const char *id)
{
	char key[200];

	if (!g->lines)
		return;
	key_of(key, kind, id);
	map_del(g->lines, key);
	for (size_t i = 0; i < g->client_count; i++)
		if (g->clients[i]->greeted)
			map_set(g->clients[i]->dirty, key, g->clients[i]);
	if (g->client_count && !g->stopping && !loop_timer_set(g->flush_timer))
		loop_timer_after(g->flush_timer, FLUSH_MS);
}

void serve_gone(struct engine *g, enum wire_kind kind, const char *id)
{
	serve_changed(g, kind, id); /* an object that is not there any more is told as gone */
}

static const char *line_of(struct engine *g, const char *key, enum wire_kind kind, const char *id)
{
	char *text = map_get(g->lines, key);

	if (text)
		return text;
	text = object_line(g, kind, id);
	if (text)
		map_set(g->lines, key, text);
	return text;
}

static cJSON *gone_object(enum wire_kind kind, const char *id)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "o", "gone");
	json_put_str(o, "kind", wire_name(kind));
	json_put_str(o, "id", id);
	return o;
}

static void send_mark(struct engine *g, struct client *c)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "o", "mark");
	json_put_int(o, "seq", g->last_seq);
	json_put_utc(o, "at", clock_utc());
	client_send(c, o);
}

static void send_object(struct engine *g, struct client *c, const char *key)
{
	char *id;
	enum wire_kind kind = (enum wire_kind)strtol(key, &id, 10);
	const char *line = line_of(g, key, kind, id + 1);

	if (line)
		ipc_send(c->conn, line, strlen(line));
	else
		client_send(c, gone_object(kind, id + 1));
}

/* What is dirty, and the mark behind it. Where there is no room for all of it the rest follows when
 * the client has taken this (client_took). */
static void flush(struct engine *g, struct client *c)
{
	struct map *dirty = c->dirty;
	const char *key;
	size_t it = 0;

	if (ipc_unsent(c->conn) < ROOM)
		c->stuck_at = (struct mono){ 0 }; /* it has read since there was no room */
	c->urgent = false;
	c->dirty = map_new(NULL);
	while (!c->gone && map_next(dirty, &it, &key)) {
		if (ipc_unsent(c->conn) < ROOM)
			send_object(g, c, key);
		else
			map_set(c->dirty, key, c);
	}
	map_free(dirty);
	if (!map_count(c->dirty)) {
		c->stuck_at = (struct mono){ 0 };
		if (!c->gone)
			send_mark(g, c);
	} else if (!c->gone && !c->stuck_at.ms) {
		c->stuck_at = clock_mono();
	} else if (!c->gone && clock_mono().ms - c->stuck_at.ms > STUCK_MS) {
		log_say(LOG_SAY_WARN, "dropped", "client", c->id, "why", "it does not read", NULL);
		ipc_close(c->conn);
	}
}

static void client_took(void *ctx, struct ipc_conn *conn)
{
	struct client *c = ctx;

	(void)conn;
	if (!c->stuck_at.ms || c->gone)
		return;
	c->stuck_at = (struct mono){ 0 };
	flush(c->g, c);
}

static void flush_all(void *ctx)
{
	struct engine *g = ctx;

	for (size_t i = 0; i < g->client_count; i++)
		if (g->clients[i]->greeted && !g->clients[i]->gone &&
		    map_count(g->clients[i]->dirty))
			flush(g, g->clients[i]);
}

void client_flush_soon(struct client *c)
{
	if (c->greeted && !c->gone)
		flush(c->g, c);
}

void serve_mark(struct engine *g)
{
	for (size_t i = 0; i < g->client_count; i++)
		if (g->clients[i]->greeted && !g->clients[i]->gone)
			flush(g, g->clients[i]);
}

void serve_presence(
    struct engine *g, void (*each)(void *ctx, const struct snap_presence *p), void *ctx)
{
	for (size_t i = 0; i < g->client_count; i++) {
		const struct client *c = g->clients[i];
		struct snap_presence p;

		if (!c->greeted || c->gone || !c->looking)
			continue;
		p = (struct snap_presence){ .person = c->person,
			.incident = c->looking,
			.doing = c->doing,
			.since = c->since };
		p.id = xstrdup(c->id);
		each(ctx, &p);
		free(p.id);
	}
}

/* ---- greeting ---- */

static const char *const permission_words[] = { "view", "respond", "command", "publish", "admin" };

static void refuse(struct client *c, const char *why)
{
	cJSON *o = cJSON_CreateObject();

	json_put_int(o, "hello", PROTOCOL_VERSION);
	json_put_str(o, "refused", why);
	client_send(c, o);
	ipc_close(c->conn);
}

/* Who the kernel says it is, and as whom it wants to act. */
static bool identify(struct engine *g, struct client *c, const char *as, const char **why)
{
	const struct passwd *pw = getpwuid(c->peer.uid);
	const struct cfg_person *p = pw ? config_login(g->config, pw->pw_name) : NULL;
	const char *id = p ? p->id.s : c->peer.uid == g->self_uid ? g->self : NULL;
	const char *other;
	unsigned can;

	if (!id) {
		*why = "no person in the configuration has your login (people: … login: […])";
		return false;
	}
	if (p)
		c->can = p->permissions;
	else
		engine_person(g, id, &c->can);
	if (as && strcmp(as, id) != 0) {
		if (!(c->can & PERM_ADMIN)) {
			*why = "acting as someone else needs the permission admin";
			return false;
		}
		other = engine_person(g, as, &can);
		if (!other) {
			*why = "there is no such person to act as";
			return false;
		}
		c->as_by = xstrdup(id);
		c->can = can;
		id = other;
	}
	c->person = xstrdup(id);
	return true;
}

static void greet(struct engine *g, struct client *c, const cJSON *hello)
{
	const struct cfg_person *p;
	const char *why = NULL;
	cJSON *o, *can;

	if (json_int(hello, "hello", 0) != PROTOCOL_VERSION) {
		refuse(c, "this engine speaks another version of the protocol; use the same "
			  "nocboard for both");
		return;
	}
	if (!identify(g, c, json_str(hello, "as"), &why)) {
		log_say(LOG_SAY_WARN, "refused", "uid", log_int(c->peer.uid), "why", why, NULL);
		refuse(c, why);
		return;
	}
	c->wall = json_bool(hello, "wall", false);
	if (c->wall)
		c->can = PERM_VIEW;
	p = config_person(g->config, c->person);
	o = cJSON_CreateObject();
	json_put_int(o, "hello", PROTOCOL_VERSION);
	json_put_str(o, "version", NOCBOARD_VERSION);
	json_put_str(o, "person", c->person);
	json_put_str(o, "name", p ? p->name.s : c->person);
	can = cJSON_CreateArray();
	for (size_t i = 0; i < countof(permission_words); i++)
		if (c->can & permission_parse(permission_words[i]) & (1u << i))
			cJSON_AddItemToArray(can, cJSON_CreateString(permission_words[i]));
	json_put(o, "can", can);
	json_put_utc(o, "now", clock_utc());
	json_put_int(o, "speed", clock_speed());
	json_put_bool(o, "drill", g->options.drill);
	client_send(c, o);
	c->greeted = true;
	for (int k = 0; k < WIRE_KINDS; k++)
		object_ids(g, (enum wire_kind)k, mark_dirty, c);
	flush(g, c);
}

/* ---- connections ---- */

static void on_line(void *ctx, struct ipc_conn *conn, char *line, size_t len)
{
	struct client *c = ctx;
	struct err e = { 0 };
	cJSON *obj = json_parse(line, len, &e);

	(void)conn;
	if (!cJSON_IsObject(obj)) {
		cJSON *o = cJSON_CreateObject();

		json_put_bool(o, "ok", false);
		json_put_str(o, "rule", "protocol");
		json_put_str(o, "reason", obj ? "a request is one JSON object a line" : e.msg);
		client_send(c, o);
	} else if (!c->greeted) {
		greet(c->g, c, obj);
	} else {
		request_line(c->g, c, obj);
	}
	cJSON_Delete(obj);
}

static void client_free(struct client *c)
{
	map_free(c->dirty);
	free(c->person);
	free(c->as_by);
	free(c->looking);
	free(c->doing);
	free(c);
}

static void on_closed(void *ctx, struct ipc_conn *conn, const char *why)
{
	struct client *c = ctx;
	struct engine *g = c->g;
	char id[sizeof c->id];

	(void)conn;
	(void)why;
	c->gone = true;
	c->conn = NULL;
	memcpy(id, c->id, sizeof id);
	for (size_t i = 0; i < g->client_count; i++)
		if (g->clients[i] == c) {
			memmove(&g->clients[i], &g->clients[i + 1],
			    (g->client_count - i - 1) * sizeof(struct client *));
			g->client_count--;
			break;
		}
	client_free(c);
	serve_gone(g, WIRE_PRESENCE, id);
}

static void accepted(void *ctx, struct ipc_conn *conn, const struct ipc_peer *peer)
{
	static const struct ipc_handler handler = { on_line, on_closed, client_took };
	struct engine *g = ctx;
	struct client *c = xcalloc(1, sizeof *c);

	c->g = g;
	c->conn = conn;
	c->peer = *peer;
	c->dirty = map_new(NULL);
	c->since = clock_utc();
	snprintf(c->id, sizeof c->id, "c%lld", (long long)++g->client_number);
	g->clients = xgrow(g->clients, g->client_count, &g->client_cap);
	g->clients[g->client_count++] = c;
	ipc_handle(conn, &handler, c);
	if (g->client_count > CLIENTS_MAX)
		refuse(c, "too many boards are connected to this engine");
}

/* Other users of the host may come in when the configuration knows any of them; who they are is
 * asked of the kernel each time. */
static mode_t socket_mode(const struct engine *g)
{
	for (size_t i = 0; i < g->config->people.count; i++)
		for (size_t j = 0; j < g->config->people.items[i].login.count; j++)
			if (strcmp(g->config->people.items[i].login.items[j].s, g->self) != 0)
				return 0666;
	return 0600;
}

bool serve_start(struct engine *g, struct err *e)
{
	g->lines = map_new(free);
	g->flush_timer = loop_timer_new(g->loop, flush_all, g);
	g->listener = ipc_listen(g->loop, g->socket_path, socket_mode(g), accepted, g, e);
	return g->listener != NULL;
}

static void drained(void *ctx)
{
	*(bool *)ctx = true;
}

/* What was answered still goes out, for a moment: the client that asked us to stop waits for it. */
static void drain(struct engine *g)
{
	bool over = false;
	struct loop_timer *limit = loop_timer_new(g->loop, drained, &over);

	loop_timer_after(limit, DRAIN_MS);
	for (size_t i = 0; i < g->client_count; i++)
		ipc_close(g->clients[i]->conn);
	while (g->client_count && !over)
		loop_run_once(g->loop, true);
	loop_timer_free(limit);
}

void serve_stop(struct engine *g)
{
	ipc_listener_free(g->listener);
	if (g->client_count)
		drain(g);
	for (size_t i = 0; i < g->client_count; i++) {
		ipc_free(g->clients[i]->conn);
		client_free(g->clients[i]);
	}
	free(g->clients);
	map_free(g->lines);
	g->clients = NULL;
	g->lines = NULL;
	g->client_count = 0;
}

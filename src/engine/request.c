/* What clients ask: commands, timelines, held updates, presence, and the engine's own affairs. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine_priv.h"
#include "os/clock.h"
#include "os/log.h"

/* ---- answers ---- */

struct request {
	char client[24];
	char *id, *actor, *as_by;
	const struct command_info *info;
	cJSON *args;
	int seen;
	cJSON *findings; /* what the rules of planned work found; NULL */
};

static void request_free(void *ctx)
{
	struct request *r = ctx;

	free(r->id);
	free(r->actor);
	free(r->as_by);
	cJSON_Delete(r->args);
	cJSON_Delete(r->findings);
	free(r);
}

static cJSON *answer(const char *id, bool ok)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "re", id ? id : "");
	json_put_bool(o, "ok", ok);
	return o;
}

/* Told once: with the answer. */
static void put_findings(cJSON *o, struct request *r)
{
	if (r->findings)
		json_put(o, "findings", r->findings);
	r->findings = NULL;
}

static cJSON *refusal_answer(struct request *r, const struct refusal *why)
{
	cJSON *o = answer(r->id, false);

	put_findings(o, r);
	json_put_str(o, "rule", why->rule);
	json_put_str(o, "reason", why->reason);
	json_put_str(o, "help", why->help);
	if (why->argument[0])
		json_put_str(o, "argument", why->argument);
	return o;
}

static void say_no(
    struct client *c, const char *id, const char *rule, const char *reason, const char *help)
{
	cJSON *o = answer(id, false);

	json_put_str(o, "rule", rule);
	json_put_str(o, "reason", reason);
	json_put_str(o, "help", help);
	client_send(c, o);
}

/* Where it was recorded, and what (NULL: that is not known). */
static cJSON *place_json(const char *incident, int version, const struct event *ev)
{
	cJSON *o = cJSON_CreateObject();
	struct buf text;

	json_put_str(o, "incident", incident);
	json_put_int(o, "version", version);
	if (!ev)
		return o;
	buf_init(&text, 4096);
	event_sentence(&text, ev);
	json_put_str(o, "kind", ev->kind_name);
	json_put_str(o, "text", buf_str(&text));
	buf_fini(&text);
	return o;
}

/* It is so already. */
static cJSON *nothing_answer(struct request *r)
{
	cJSON *o = answer(r->id, true);

	json_put(o, "events", cJSON_CreateArray());
	json_put_bool(o, "duplicate", true);
	put_findings(o, r);
	return o;
}

static bool is_planned_work(const struct command_info *info)
{
	return maintenance_info_find(info->name) == info;
}

/* The client that asked, if it is still there. */
static struct client *client_of(struct engine *g, const char *id)
{
	for (size_t i = 0; i < g->client_count; i++)
		if (strcmp(g->clients[i]->id, id) == 0 && !g->clients[i]->gone)
			return g->clients[i];
	return NULL;
}

/* ---- commands ---- */

static const struct held *held_command(const struct engine *g, const char *command_id)
{
	const struct held *h;
	size_t it = 0;

	while ((h = map_next(g->held, &it, NULL)))
		if (h->command_id && strcmp(h->command_id, command_id) == 0)
			return h;
	return NULL;
}

static cJSON *held_answer(struct request *r, const struct held *h)
{
	cJSON *o = answer(r->id, true), *held = cJSON_CreateObject();

	json_put(o, "events", cJSON_CreateArray());
	json_put_str(held, "id", h->id);
	json_put_utc(held, "release_at", h->release_at);
	if (h->waiting)
		json_put_str(held, "waiting", h->waiting);
	json_put(o, "held", held);
	put_findings(o, r);
	return o;
}

static void reply(struct engine *g, const struct request *r, cJSON *take)
{
	struct client *c = client_of(g, r->client);

	if (!c) {
		cJSON_Delete(take);
		return;
	}
	client_send(c, take);
	client_flush_soon(c);
}

/* Adds where this command already stands in a stream. */
static void add_recorded(cJSON *places, const struct live *l, const char *command_id)
{
	const struct event_list *events = live_told(l).events;

	for (size_t i = 0; i < events->count; i++) {
		const struct event *ev = events->items[i];

		if (ev->command_id && strcmp(ev->command_id, command_id) == 0)
			cJSON_AddItemToArray(places, place_json(live_id(l), ev->version, ev));
	}
}

/* Whoever lost an answer asks again with the same id. What was recorded then is the answer, before
 * any rule could find that it has been done already. */
static bool recorded_before(struct engine *g, const struct work *w, const struct request *r)
{
	cJSON *events = cJSON_CreateArray(), *o;
	const struct map *all = is_planned_work(r->info) ? g->planned : g->live;
	const struct live *l;
	size_t it = 0;

	/* What a command opened begins with it; any other is looked for in its own stream. */
	while (r->info->creates && (l = map_next(all, &it, NULL))) {
		const struct event_list *of = live_told(l).events;

		if (of->count && of->items[0]->command_id &&
		    strcmp(of->items[0]->command_id, r->id) == 0)
			add_recorded(events, l, r->id);
	}
	if (!events->child && (l = engine_stream(g, w->stream)))
		add_recorded(events, l, r->id);
	if (!events->child) {
		cJSON_Delete(events);
		return false;
	}
	o = answer(r->id, true);
	json_put(o, "events", events);
	json_put_bool(o, "duplicate", true);
	reply(g, r, o);
	return true;
}

/* It carries texts for customers. */
static bool goes_out(const struct command_info *info)
{
	return strcmp(info->name, "update") == 0 ||
	       strcmp(info->name, MAINTENANCE_PREFIX "notice") == 0;
}

/* What goes out waits first: for the send delay, or (`waiting`: why) until somebody has approved
 * it. */
static void hold(struct engine *g, const struct work *w, struct request *r,
    const struct command *cmd, const char *waiting)
{
	reply(g, r, held_answer(r, notify_hold(g, w->stream, cmd, r->id, waiting)));
}

bool request_decide(struct engine *g, const struct live *l, const char *id,
    const struct command *cmd, struct event_list *out, cJSON **findings, struct refusal *why)
{
	bool there = l && live_version(l);
	struct utc now = clock_utc();
	struct world world;

	*findings = NULL;
	*why = (struct refusal){ .rule = "" };
	engine_world(g, &world);
	if (there)
		now = utc_max(now, live_last_at(l));
	if (maintenance_info_find(cmd->name))
		return maintenance_decide(
		    &world, there ? l->mnt : NULL, id, cmd, now, out, findings, why);
	return command_decide(&world, there ? l->inc : NULL, id, cmd, now, out, why);
}

static bool decide_request(struct engine *g, struct work *w, struct event_list *out)
{
	struct request *r = w->ctx;
	struct command cmd = { r->info->name, r->actor, r->as_by, r->seen, r->args };
	bool outward = goes_out(r->info);
	struct refusal why;

	if (recorded_before(g, w, r))
		return false;
	if (!request_decide(
		g, engine_stream(g, w->stream), w->stream, &cmd, out, &r->findings, &why)) {
		if (outward && strcmp(why.rule, "approval") == 0)
			hold(g, w, r, &cmd, why.reason);
		else
			reply(g, r, refusal_answer(r, &why));
		return false;
	}
	if (!out->count) {
		reply(g, r, nothing_answer(r));
		return false;
	}
	if (outward && g->config->policy->send_delay_ms > 0) {
		event_list_fini(out);
		hold(g, w, r, &cmd, NULL);
		return false;
	}
	for (size_t i = 0; i < out->count; i++) {
		free(out->items[i]->command_id);
		out->items[i]->command_id = xstrdup(r->id);
	}
	return true;
}

static void request_done(struct engine *g, struct work *w, const struct append_result *res)
{
	struct request *r = w->ctx;
	cJSON *o, *events;

	if (res->status != APPEND_DONE && res->status != APPEND_DUPLICATE) {
		struct refusal why = { .rule = "journal",
			.help = "it is tried again each second; repeat the command then" };

		snprintf(
		    why.reason, sizeof why.reason, "nothing was recorded: %.250s", res->err.msg);
		reply(g, r, refusal_answer(r, &why));
		return;
	}
	o = answer(r->id, true);
	events = cJSON_CreateArray();
	for (size_t i = 0; i < res->count; i++)
		cJSON_AddItemToArray(
		    events, place_json(res->places[i].stream, res->places[i].version,
				engine_event(g, res->places[i].stream, res->places[i].version)));
	json_put(o, "events", events);
	json_put_bool(o, "duplicate", res->status == APPEND_DUPLICATE);
	put_findings(o, r);
	reply(g, r, o);
	if (strcmp(r->info->name, "open") == 0)
		watch_settle(g);
}

static void refuse_permission(struct client *c, const char *id, const struct command_info *info)
{
	char reason[200];

	snprintf(reason, sizeof reason, "%s needs the permission %s, which %s has not", info->name,
	    permission_name(info->permission), c->person);
	log_say(LOG_SAY_WARN, "refused", "person", c->person, "command", info->name, NULL);
	say_no(c, id, "permission", reason,
	    c->wall ? "a wall only shows" : "ask whoever keeps the configuration");
}

static const struct command_info *info_of(const char *name)
{
	const struct command_info *info = command_find(name);

	return info ? info : maintenance_info_find(name);
}

/* The stream that a command is about; NULL: there is none of its kind. */
static const struct live *stream_of(
    const struct engine *g, const struct command_info *info, const cJSON *obj)
{
	const char *id = json_str(obj, "incident");

	if (!id)
		return NULL;
	return is_planned_work(info) ? map_get(g->planned, id) : engine_live(g, id);
}

static void say_no_stream(struct client *c, const char *id, bool planned, const cJSON *obj)
{
	char why[128];

	snprintf(why, sizeof why, "%.64s: there is no such %s", json_str_or(obj, "incident", "?"),
	    planned ? "maintenance" : "incident");
	say_no(c, id, "incident", why,
	    planned ? "`nocboard maintenance list` shows them"
		    : "`nocboard incident list` shows them");
}

/* One that is not understood would be none, and refuse nobody. 0 and nothing: any will do. */
static bool seen_fits(const cJSON *obj)
{
	const cJSON *seen = json_get(obj, "seen");

	return !seen || cJSON_IsNull(seen) ||
	       (cJSON_IsNumber(seen) && seen->valuedouble >= 0 && seen->valuedouble <= INT_MAX &&
		   seen->valuedouble == (double)(int)seen->valuedouble);
}

/* What can be taken on: a command of ours with an id, that this client may give, while there is a
 * journal. NULL: it was refused. */
static const struct command_info *acceptable(
    struct engine *g, struct client *c, const cJSON *obj, const char *id)
{
	const struct command_info *info = info_of(json_str(obj, "cmd"));
	struct err why = { 0 };

	if (!info)
		say_no(c, id, "protocol", "there is no such command",
		    "`nocboard help incident` lists them");
	else if (!id || !*id || strlen(id) > 128)
		say_no(c, id, "protocol",
		    "a command needs an id of its own, at most 128 characters", "");
	else if (!seen_fits(obj))
		say_no(c, id, "protocol", "seen is the version that its sender saw, a whole number",
		    "");
	else if (!(c->can & info->permission))
		refuse_permission(c, id, info);
	else if (!info->creates && !stream_of(g, info, obj))
		say_no_stream(c, id, is_planned_work(info), obj);
	else if (!journal_health(g->journal, &why))
		say_no(c, id, "journal", why.msg,
		    "nothing can be recorded until the journal can be written again");
	else
		return info;
	return NULL;
}

static void command(struct engine *g, struct client *c, const cJSON *obj)
{
	const char *id = json_str(obj, "id");
	const struct command_info *info = acceptable(g, c, obj, id);
	const struct held *waiting;
	struct request *r;
	struct work *w;

	if (!info)
		return;
	r = xcalloc(1, sizeof *r);
	memcpy(r->client, c->id, sizeof r->client);
	r->id = xstrdup(id);
	r->actor = xstrdup(c->person);
	r->as_by = xstrdup_null(c->as_by);
	r->info = info;
	r->args = json_get(obj, "args") ? cJSON_Duplicate(json_get(obj, "args"), 1)
					: cJSON_CreateObject();
	r->seen = (int)json_int(obj, "seen", 0);
	waiting = held_command(g, id);
	if (waiting) {
		client_send(c, held_answer(r, waiting));
		request_free(r);
		return;
	}
	if (info->creates) {
		char *fresh =
		    is_planned_work(info) ? planned_stream(g, info, r->args) : engine_new_id(g);

		w = work_new(fresh);
		free(fresh);
	} else {
		w = work_new(json_str(obj, "incident"));
	}
	w->decide = decide_request;
	w->done = request_done;
	w->free_ctx = request_free;
	w->ctx = r;
	engine_submit(g, w);
}

/* ---- the rest ---- */

static void get_source(struct engine *g, struct client *c, const cJSON *obj)
{
	char *text = object_source(g, json_str_or(obj, "source", ""));

	if (!(c->can & PERM_VIEW))
		say_no(c, json_str(obj, "id"), "permission",
		    "to look at a source needs the permission view", "");
	else if (!text)
		say_no(c, json_str(obj, "id"), "source", "there is no such source",
		    "feed:CARRIER/FORMAT and cell:COMPONENT/REGION are sources");
	else
		client_send_line(c, text);
	free(text);
}

static void get(struct engine *g, struct client *c, const cJSON *obj)
{
	const char *what = json_str(obj, "get"), *id = json_str(obj, "incident");
	const struct live *l = id ? engine_stream(g, id) : NULL;

	if (strcmp(what, "source") == 0)
		get_source(g, c, obj);
	else if (strcmp(what, "timeline") == 0 && l)
		client_send(c, object_timeline(live_id(l), live_told(l).events));
	else
		say_no(c, json_str(obj, "id"), "protocol",
		    "a timeline is asked for with the id of an incident or a maintenance", "");
}

static void looking(struct engine *g, struct client *c, const cJSON *obj)
{
	const char *incident = json_str(obj, "looking"),
		   *doing = json_str_or(obj, "doing", "viewing");

	free(c->looking);
	free(c->doing);
	c->looking = xstrdup_null(incident);
	c->doing = utf8_cleaned(doing, UTF8_ONE_LINE, 40);
	c->since = clock_utc();
	serve_changed(g, WIRE_PRESENCE, c->id);
}

static void held(struct engine *g, struct client *c, const cJSON *obj)
{
	const char *id = json_str_or(obj, "id", ""), *re = json_str_or(obj, "re", id);
	struct err e;

	if (!(c->can & PERM_PUBLISH) && !(c->can & PERM_COMMAND)) {
		say_no(c, re, "permission",
		    "to stop or send an update needs the permission publish", "");
		return;
	}
	if (!notify_held(g, id, json_str(obj, "held"), c->person, &e)) {
		say_no(c, re, "held", e.msg, "");
		return;
	}
	client_send(c, answer(re, true));
	client_flush_soon(c);
}

void request_published(struct engine *g, const char *client, const char *id, const char *why)
{
	struct client *c = client_of(g, client);

	if (c && why)
		say_no(c, id, "page", why, "it is tried again by itself");
	else if (c)
		client_send(c, answer(id, true));
}

static void publish(struct engine *g, struct client *c, const char *id)
{
	if (!(c->can & (PERM_PUBLISH | PERM_ADMIN)))
		say_no(c, id, "permission",
		    "writing the page is for those with the permission publish", "");
	else if (!publish_ask(g, c, id))
		say_no(c, id, "config", "no channel of kind \"page\" is configured", "");
}

static void own_affairs(struct engine *g, struct client *c, const cJSON *obj)
{
	const char *what = json_str(obj, "engine"), *id = json_str_or(obj, "id", "");
	struct err e = { 0 };

	if (strcmp(what, "publish") == 0) {
		publish(g, c, id);
		return;
	}
	if (!(c->can & PERM_ADMIN)) {
		say_no(c, id, "permission",
		    "the engine itself is for those with the permission admin", "");
		return;
	}
	if (strcmp(what, "stop") == 0) {
		log_say(LOG_SAY_INFO, "stopped-by", "person", c->person, NULL);
		client_send(c, answer(id, true));
		engine_stop(g);
	} else if (strcmp(what, "reload") == 0) {
		if (reload_config(g, &e))
			client_send(c, answer(id, true));
		else
			say_no(c, id, "config", e.msg, "the former configuration stays in force");
	} else {
		say_no(c, id, "protocol",
		    "the engine can be stopped and reloaded, and write the page", "");
	}
}

/* A manual clock is moved by whoever owns the engine: tests. */
static void move_clock(struct engine *g, struct client *c, const cJSON *obj)
{
	int64_t ms = json_int(obj, "clock", 0);

	if (!clock_is_manual() || !(c->can & PERM_ADMIN) || ms < 0) {
		say_no(c, "", "protocol", "the clock of this engine moves by itself", "");
		return;
	}
	clock_advance(ms);
	loop_clock_moved(g->loop);
	net_clock_moved(g->net);
	serve_mark(g);
}

void request_line(struct engine *g, struct client *c, const cJSON *obj)
{
	if (json_str(obj, "cmd"))
		command(g, c, obj);
	else if (json_str(obj, "get"))
		get(g, c, obj);
	else if (json_get(obj, "looking"))
		looking(g, c, obj);
	else if (json_str(obj, "held"))
		held(g, c, obj);
	else if (json_str(obj, "engine"))
		own_affairs(g, c, obj);
	else if (json_get(obj, "clock"))
		move_clock(g, c, obj);
	else
		say_no(c, json_str(obj, "id"), "protocol",
		    "a request names cmd, get, looking, held or engine", "");
}

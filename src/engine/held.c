/* Updates in their send delay. They are kept in a file beside the journal, so that a crash loses
 * none of them; what is found there at start waits for a person and is never sent by itself. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine_priv.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"

#define HELD_FILE_MAX ((size_t)8 << 20)

static void held_free(void *p)
{
	struct held *h = p;

	free(h->id);
	free(h->command);
	free(h->incident);
	free(h->actor);
	free(h->as_by);
	free(h->what);
	free(h->command_id);
	free(h->waiting);
	free(h->stuck);
	cJSON_Delete(h->args);
	free(h);
}

static char *held_path(const struct engine *g)
{
	if (strncmp(g->journal_url, "mem:", 4) == 0 || strstr(g->journal_url, "://"))
		return NULL;
	return xasprintf("%s.held", g->journal_url);
}

static cJSON *held_json(const struct held *h)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "id", h->id);
	json_put_str(o, "cmd", h->command);
	json_put_str(o, "incident", h->incident);
	json_put_str(o, "actor", h->actor);
	json_put_str(o, "as", h->as_by);
	json_put_str(o, "command", h->command_id);
	json_put_int(o, "seen", h->seen);
	json_put_str(o, "waiting", h->waiting);
	json_put(o, "args", cJSON_Duplicate(h->args, 1));
	return o;
}

static void save(const struct engine *g)
{
	char *path = held_path(g), *text;
	cJSON *list;
	struct held *h;
	struct err e;
	size_t it = 0;

	if (!path)
		return;
	list = cJSON_CreateArray();
	while ((h = map_next(g->held, &it, NULL)))
		cJSON_AddItemToArray(list, held_json(h));
	text = json_text(list);
	if (!file_write(path, text, strlen(text), 0640, &e))
		log_say(LOG_SAY_ERROR, "held", "why", e.msg, NULL);
	cJSON_Delete(list);
	free(text);
	free(path);
}

/* "progress update", "maintenance start": what it is, for people. */
static char *held_what(const char *command, const cJSON *args)
{
	bool update = strcmp(command, "update") == 0;

	return xasprintf("%s%s%s", update ? "" : "maintenance ", json_str_or(args, "stage", "an"),
	    update ? " update" : "");
}

/* Of the texts as the domain cleans and records them. */
static void hash_texts(struct held *h)
{
	cJSON *clean = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(h->args, "text"))
	{
		char *text =
		    cJSON_IsString(item) ? utf8_cleaned(item->valuestring, UTF8_LINES, 0) : NULL;

		if (text)
			json_put_str(clean, item->string, text);
		free(text);
	}
	approval_hash(h->incident, clean, h->hash);
	cJSON_Delete(clean);
}

static void load(struct engine *g)
{
	char *path = held_path(g);
	struct buf b;
	struct err e;
	cJSON *list;

	if (!path)
		return;
	buf_init(&b, HELD_FILE_MAX);
	if (!file_read(path, HELD_FILE_MAX, FILE_NOFOLLOW, &b, &e) ||
	    !(list = json_parse(b.data, b.len, &e))) {
		buf_fini(&b);
		free(path);
		return;
	}
	for (const cJSON *o = list->child; o; o = o->next) {
		struct held *h;

		if (!json_str(o, "id") || !json_str(o, "incident") || !json_str(o, "actor"))
			continue;
		h = xcalloc(1, sizeof *h);
		h->id = xasprintf("held-%lld", (long long)++g->held_number);
		h->command = xstrdup(json_str_or(o, "cmd", "update"));
		h->incident = xstrdup(json_str(o, "incident"));
		h->actor = xstrdup(json_str(o, "actor"));
		h->as_by = xstrdup_null(json_str(o, "as"));
		h->command_id = xstrdup_null(json_str(o, "command"));
		h->seen = (int)json_int(o, "seen", 0);
		h->args = cJSON_Duplicate(json_get(o, "args"), 1);
		h->what = held_what(h->command, h->args);
		h->waiting = xstrdup_null(json_str(o, "waiting"));
		h->stuck = h->waiting ? NULL : xstrdup("it was held when the engine started");
		h->release_at = UTC_NONE;
		hash_texts(h);
		map_set(g->held, h->id, h);
	}
	cJSON_Delete(list);
	buf_fini(&b);
	free(path);
}

/* ---- release ---- */

struct release {
	char *held;
};

static void release_free(void *ctx)
{
	struct release *r = ctx;

	free(r->held);
	free(r);
}

static void drop(struct engine *g, const char *id)
{
	char *copy = xstrdup(id);

	serve_gone(g, WIRE_HELD, copy);
	map_del(g->held, copy);
	save(g);
	free(copy);
}

static void set_stuck(struct held *h, const char *outcome, const char *why)
{
	free(h->stuck);
	h->stuck = why ? xasprintf("%s: %s", outcome, why) : NULL;
}

/* Decided again, against the state of now. A refusal leaves the text waiting for a person. */
static bool decide_release(struct engine *g, struct work *w, struct event_list *out)
{
	struct release *r = w->ctx;
	struct held *h = map_get(g->held, r->held);
	const struct live *l = engine_stream(g, w->stream);
	struct command cmd;
	struct refusal why;
	cJSON *findings;
	bool ok;

	if (!h || !l)
		return false;
	cmd = (struct command){ h->command, h->actor, h->as_by, h->seen, h->args };
	ok = request_decide(g, l, w->stream, &cmd, out, &findings, &why);
	cJSON_Delete(findings);
	if (ok) {
		for (size_t i = 0; i < out->count; i++)
			out->items[i]->command_id = xstrdup_null(h->command_id);
		return true;
	}
	free(h->waiting);
	h->waiting = NULL;
	set_stuck(h, NULL, NULL);
	h->release_at = UTC_NONE;
	if (strcmp(why.rule, "approval") == 0) {
		h->waiting = l->inc && approval_lapsed(l->inc, h->hash, h->actor)
				 ? xasprintf("lapsed with the severity: %s", why.reason)
				 : xstrdup(why.reason);
	} else {
		set_stuck(h, "refused", why.reason);
	}
	save(g);
	serve_changed(g, WIRE_HELD, h->id);
	return false;
}

static void released(struct engine *g, struct work *w, const struct append_result *r)
{
	const struct release *rel = w->ctx;
	struct held *h = map_get(g->held, rel->held);

	if (r->status == APPEND_DONE || r->status == APPEND_DUPLICATE) {
		drop(g, rel->held);
	} else if (h) {
		h->release_at = UTC_NONE;
		set_stuck(h, "not saved", r->err.msg);
		serve_changed(g, WIRE_HELD, h->id);
	}
}

static void release(struct engine *g, const struct held *h)
{
	struct work *w = work_new(h->incident);
	struct release *r = xcalloc(1, sizeof *r);

	r->held = xstrdup(h->id);
	w->decide = decide_release;
	w->done = released;
	w->free_ctx = release_free;
	w->ctx = r;
	engine_submit(g, w);
}

static void release_due(void *ctx)
{
	struct engine *g = ctx;
	struct utc now = clock_utc(), next = UTC_NONE;
	struct held *h;
	size_t it = 0;

	while ((h = map_next(g->held, &it, NULL))) {
		if (!utc_is_set(h->release_at))
			continue;
		if (!utc_before(now, h->release_at)) {
			h->release_at = UTC_NONE; /* its turn has come; what becomes of it is told
						     by release() */
			release(g, h);
		} else {
			next = utc_is_set(next) ? utc_min(next, h->release_at) : h->release_at;
		}
	}
	if (utc_is_set(next))
		loop_timer_at(g->held_timer, next);
}

const struct held *notify_hold(struct engine *g, const char *incident,
    const struct command *command, const char *command_id, const char *waiting)
{
	int64_t delay = g->config->policy->send_delay_ms;
	struct held *h = xcalloc(1, sizeof *h);

	h->id = xasprintf("held-%lld", (long long)++g->held_number);
	h->command = xstrdup(command->name);
	h->incident = xstrdup(incident);
	h->actor = xstrdup(command->actor);
	h->as_by = xstrdup_null(command->as_by);
	h->command_id = xstrdup_null(command_id);
	h->seen = command->seen;
	h->args = cJSON_Duplicate(command->args, 1);
	h->what = held_what(h->command, h->args);
	h->waiting = xstrdup_null(waiting);
	h->release_at = waiting ? UTC_NONE : utc_add(clock_utc(), delay);
	hash_texts(h);
	map_set(g->held, h->id, h);
	save(g);
	serve_changed(g, WIRE_HELD, h->id);
	release_due(g);
	return h;
}

void held_approved(struct engine *g, const struct incident *inc)
{
	struct held *h;
	size_t it = 0;
	bool any = false;

	while ((h = map_next(g->held, &it, NULL))) {
		if (!h->waiting || strcmp(h->incident, inc->id) != 0 ||
		    !approval_by(inc, h->hash, h->actor))
			continue;
		free(h->waiting);
		h->waiting = NULL;
		h->release_at = utc_add(clock_utc(), g->config->policy->send_delay_ms);
		serve_changed(g, WIRE_HELD, h->id);
		any = true;
	}
	if (!any)
		return;
	save(g);
	release_due(g);
}

const struct waiting_text *held_waiting(
    void *engine, const char *incident, const char *hash, size_t *count)
{
	static struct waiting_text found;
	struct engine *g = engine;
	const struct held *h;
	size_t it = 0;

	*count = 0;
	while ((h = map_next(g->held, &it, NULL))) {
		if (!h->waiting || strcmp(h->incident, incident) != 0 ||
		    (*hash && strcmp(h->hash, hash) != 0))
			continue;
		++*count;
		found = (struct waiting_text){ h->hash, h->actor, h->as_by };
	}
	return *count == 1 ? &found : NULL;
}

bool notify_held(
    struct engine *g, const char *id, const char *what, const char *actor, struct err *e)
{
	struct held *h = map_get(g->held, id);

	if (!h)
		return err_set(
		    e, ERR_REFUSED, "it is not waiting any more: it was sent or stopped already");
	log_say(LOG_SAY_INFO, "held", "id", id, "what", what, "actor", actor, NULL);
	if (strcmp(what, "stop") == 0) {
		recent_say(
		    g, actor, h->incident, xasprintf("stopped the %s: it was not sent", h->what));
		drop(g, id);
		return true;
	}
	if (strcmp(what, "send") != 0)
		return err_set(e, ERR_USAGE, "a held update can be stopped or sent");
	if (h->waiting)
		return err_set(e, ERR_REFUSED, "it cannot be sent yet: %s", h->waiting);
	release(g, h);
	return true;
}

void held_start(struct engine *g)
{
	g->held = map_new(held_free);
	g->held_timer = loop_timer_new(g->loop, release_due, g);
	load(g);
}

void held_stop(struct engine *g)
{
	map_free(g->held);
}

#include "t.h"

#include "services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "services_priv.h"

const char *const service_names[SERVICES] = { "teams", "pagerduty", "statuspage", "cachet2",
	"cachet3", "slack" };

/* ---- answers ---- */

void services_say(struct call *c, int code, cJSON *take)
{
	c->out->code = code;
	buf_clear(&c->out->body);
	json_print(&c->out->body, take);
	cJSON_Delete(take);
}

void services_refuse(struct call *c, int code, const char *key, const char *why)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, key, why);
	services_say(c, code, o);
}

bool services_is(const struct call *c, const char *method, const char *rest)
{
	size_t len = strcspn(c->rest, "?");

	return strcmp(c->q->method, method) == 0 && strlen(rest) == len &&
	       strncmp(c->rest, rest, len) == 0;
}

bool services_has_header(const struct farm_request *q, const char *line)
{
	const char *at = strstr(q->headers, line);

	return at && (at == q->headers || at[-1] == '\n') && at[strlen(line)] == '\n';
}

/* ---- teams ---- */

static void teams(struct call *c)
{
	const cJSON *card = json_pointer(c->body, "/attachments/0/content");

	if (c->at->locked || !services_is(c, "POST", "/workflows/1") ||
	    !strstr(c->q->path, "?sig=" SERVICES_TOKEN)) {
		services_refuse(c, 401, "error", "the signature is wrong");
	} else if (c->q->body_len > (size_t)28 * 1024 ||
		   strcmp(json_str_or(card, "type", ""), "AdaptiveCard") != 0 ||
		   strcmp(json_str_or(json_pointer(c->body, "/attachments/0"), "contentType", ""),
		       "application/vnd.microsoft.card.adaptive") != 0) {
		services_refuse(c, 400, "error", "no card");
	} else {
		cJSON_AddItemToArray(c->at->kept, cJSON_Duplicate(card, true));
		c->out->code = 202; /* and nothing said */
	}
}

/* ---- pagerduty ---- */

cJSON *services_find(const cJSON *list, const char *key, const char *value)
{
	cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (strcmp(json_str_or(item, key, ""), value) == 0)
			return item;
	}
	return NULL;
}

void services_set(cJSON *o, const char *key, cJSON *take)
{
	cJSON_DeleteItemFromObjectCaseSensitive(o, key);
	json_put(o, key, take);
}

static void pagerduty(struct call *c)
{
	const char *action = json_str_or(c->body, "event_action", ""),
		   *key = json_str_or(c->body, "dedup_key", "");
	const cJSON *payload = json_get(c->body, "payload");
	bool trigger = strcmp(action, "trigger") == 0, resolve = strcmp(action, "resolve") == 0;
	cJSON *alert = services_find(c->at->kept, "dedup_key", key), *o;

	if (c->at->locked || !services_is(c, "POST", "/v2/enqueue") || !*key || strlen(key) > 255 ||
	    strcmp(json_str_or(c->body, "routing_key", ""), SERVICES_TOKEN) != 0) {
		if (c->at->locked)
			c->out->code = 401;
		else
			services_refuse(c, 400, "message", "Event object is invalid");
		return;
	}
	if (trigger && (!json_str(payload, "summary") || !json_str(payload, "source") ||
			   !json_str(payload, "severity"))) {
		services_refuse(c, 400, "message", "payload is invalid");
		return;
	}
	if (trigger && !alert) {
		alert = cJSON_CreateObject();
		json_put_str(alert, "dedup_key", key);
		cJSON_AddItemToArray(c->at->kept, alert);
	}
	if (alert)
		services_set(alert, "state",
		    cJSON_CreateString(trigger	 ? "triggered"
				       : resolve ? "resolved"
						 : "acknowledged"));
	if (alert && trigger)
		services_set(alert, "payload", cJSON_Duplicate(payload, true));
	o = cJSON_CreateObject();
	json_put_str(o, "status", "success");
	json_put_str(o, "message", "Event processed");
	json_put_str(o, "dedup_key", key);
	services_say(c, 202, o);
}

/* ---- slack ---- */

static void slack(struct call *c)
{
	cJSON *o = cJSON_CreateObject(), *message;
	const char *thread = json_str(c->body, "thread_ts"), *error = NULL;
	char ts[32];

	bool test = services_is(c, "GET", "/api/auth.test");

	if (c->at->locked || (!test && !services_is(c, "POST", "/api/chat.postMessage")) ||
	    !services_has_header(c->q, "authorization: Bearer " SERVICES_TOKEN))
		error = "invalid_auth";
	else if (test)
		error = NULL;
	else if (strcmp(json_str_or(c->body, "channel", ""), "C0PARTNERS") != 0)
		error = "channel_not_found";
	else if (!*json_str_or(c->body, "text", ""))
		error = "no_text";
	else if (thread && !services_find(c->at->kept, "ts", thread))
		error = "thread_not_found";
	json_put_bool(o, "ok", !error);
	if (error) {
		json_put_str(o, "error", error);
	} else if (!test) {
		snprintf(ts, sizeof ts, "1741608000.%06d",
		    SERVICES_FIRST_ID + cJSON_GetArraySize(c->at->kept));
		message = cJSON_Duplicate(c->body, true);
		json_put_str(message, "ts", ts);
		cJSON_AddItemToArray(c->at->kept, message);
		json_put_str(o, "channel", "C0PARTNERS");
		json_put_str(o, "ts", ts);
	}
	services_say(c, 200, o);
}

/* ---- all of them ---- */

static cJSON *headers_of(const struct farm_request *q)
{
	cJSON *o = cJSON_CreateObject();

	for (const char *line = q->headers; *line; line += strcspn(line, "\n") + 1) {
		const char *colon = strstr(line, ": ");
		char *name = xstrndup(line, (size_t)(colon - line)),
		     *value = xstrndup(colon + 2, strcspn(colon + 2, "\n"));

		json_put_str(o, name, value);
		free(name);
		free(value);
	}
	return o;
}

static void note(const struct call *c)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "method", c->q->method);
	json_put_str(o, "path", c->q->path);
	json_put(o, "headers", headers_of(c->q));
	json_put(o, "body", c->body ? cJSON_Duplicate(c->body, true) : cJSON_CreateNull());
	json_put_int(o, "code", c->out->code);
	cJSON_AddItemToArray(c->at->said, o);
}

static void meanwhile(struct one *at)
{
	void (*then)(void *ctx) = at->then;

	at->then = NULL;
	if (then)
		then(at->ctx);
}

static void go_wrong(struct call *c)
{
	struct fault *f = &c->at->fault;

	buf_clear(&c->out->body);
	c->out->code = f->code == SERVICES_SILENT ? 0 : f->code;
	c->out->headers = *f->headers ? f->headers : NULL;
	f->code = 0;
}

static void serve(void *ctx, const struct farm_request *q, struct farm_answer *out)
{
	static void (*const by[SERVICES])(struct call * c) = { teams, pagerduty,
		services_statuspage, services_cachet2, services_cachet3, slack };
	struct services *all = ctx;
	bool writes = strcmp(q->method, "GET") != 0;
	cJSON *body = NULL;
	struct err e;

	for (int s = 0; s < SERVICES; s++) {
		size_t len = strlen(service_names[s]);
		struct call c = {
			.at = &all->one[s], .q = q, .rest = q->path + 1 + len, .out = out
		};

		if (strncmp(q->path + 1, service_names[s], len) != 0 || *c.rest != '/')
			continue;
		c.body = body = q->body_len ? json_parse(q->body, q->body_len, &e) : NULL;
		if (writes && c.at->fault.code && !c.at->fault.done)
			go_wrong(&c);
		else if (writes &&
			 (!body || !services_has_header(q, "content-type: application/json")))
			services_refuse(&c, 400, "message", "no JSON");
		else
			by[s](&c);
		if (writes && c.at->fault.code && c.at->fault.done)
			go_wrong(&c);
		if (writes)
			meanwhile(c.at);
		note(&c);
		cJSON_Delete(body);
	}
}

struct services *services_new(struct farm *f)
{
	struct services *all = xcalloc(1, sizeof *all);

	for (int s = 0; s < SERVICES; s++) {
		char *stem = xasprintf("/%s/", service_names[s]);

		all->one[s].said = cJSON_CreateArray();
		all->one[s].kept = cJSON_CreateArray();
		all->one[s].components = cJSON_CreateObject();
		farm_serve(f, stem, serve, all);
		free(stem);
	}
	return all;
}

void services_free(struct services *all)
{
	for (int s = 0; s < SERVICES; s++) {
		cJSON_Delete(all->one[s].said);
		cJSON_Delete(all->one[s].kept);
		cJSON_Delete(all->one[s].components);
	}
	free(all);
}

void services_fail(struct services *all, enum service s, int code, const char *wait, bool done)
{
	struct fault *f = &all->one[s].fault;

	f->code = code;
	f->done = done;
	snprintf(
	    f->headers, sizeof f->headers, wait ? "Retry-After: %s\r\n" : "%s", wait ? wait : "");
}

void services_meanwhile(struct services *all, enum service s, void (*then)(void *ctx), void *ctx)
{
	all->one[s].then = then;
	all->one[s].ctx = ctx;
}

void services_lock(struct services *all, enum service s, bool locked)
{
	all->one[s].locked = locked;
}

const cJSON *services_said(const struct services *all, enum service s)
{
	return all->one[s].said;
}

size_t services_writes(const struct services *all, enum service s)
{
	const cJSON *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, all->one[s].said) n +=
	    strcmp(json_str_or(item, "method", ""), "GET") != 0;
	return n;
}

const cJSON *services_kept(const struct services *all, enum service s)
{
	return all->one[s].kept;
}

const cJSON *services_components(const struct services *all, enum service s)
{
	return all->one[s].components;
}

const cJSON *services_wrote(const struct services *all, enum service s, int n)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, all->one[s].said)
	{
		if (strcmp(json_str_or(item, "method", ""), "GET") != 0 && n-- == 0)
			return item;
	}
	fail_msg("%s was not written to so often", service_names[s]);
	return NULL;
}

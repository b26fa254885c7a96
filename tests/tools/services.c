#include "services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_ID 11

struct fault {
	int code; /* 0: none */
	char headers[64];
	bool done;
};

struct one {
	struct fault fault;
	bool locked;
	cJSON *said, *kept, *components;
};

struct services {
	struct one one[SERVICES];
};

/* A request as the service sees it. */
struct call {
	struct one *at;
	const struct farm_request *q;
	const char *rest; /* of the path, behind the service's own */
	const cJSON *body;
	struct farm_answer *out;
};

const char *const service_names[SERVICES] = { "teams", "pagerduty", "statuspage", "cachet2",
	"cachet3", "slack" };

/* ---- answers ---- */

static void say(struct call *c, int code, cJSON *take)
{
	c->out->code = code;
	buf_clear(&c->out->body);
	json_print(&c->out->body, take);
	cJSON_Delete(take);
}

static void refuse(struct call *c, int code, const char *key, const char *why)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, key, why);
	say(c, code, o);
}

static bool is(const struct call *c, const char *method, const char *rest)
{
	size_t len = strcspn(c->rest, "?");

	return strcmp(c->q->method, method) == 0 && strlen(rest) == len &&
	       strncmp(c->rest, rest, len) == 0;
}

static bool has_header(const struct farm_request *q, const char *line)
{
	const char *at = strstr(q->headers, line);

	return at && (at == q->headers || at[-1] == '\n') && at[strlen(line)] == '\n';
}

/* ---- teams ---- */

static void teams(struct call *c)
{
	const cJSON *card = json_pointer(c->body, "/attachments/0/content");

	if (c->at->locked || !is(c, "POST", "/workflows/1") ||
	    !strstr(c->q->path, "?sig=" SERVICES_TOKEN)) {
		refuse(c, 401, "error", "the signature is wrong");
	} else if (c->q->body_len > (size_t)28 * 1024 ||
		   strcmp(json_str_or(card, "type", ""), "AdaptiveCard") != 0 ||
		   strcmp(json_str_or(json_pointer(c->body, "/attachments/0"), "contentType", ""),
		       "application/vnd.microsoft.card.adaptive") != 0) {
		refuse(c, 400, "error", "no card");
	} else {
		cJSON_AddItemToArray(c->at->kept, cJSON_Duplicate(card, true));
		c->out->code = 202; /* and nothing said */
	}
}

/* ---- pagerduty ---- */

static cJSON *find(const cJSON *list, const char *key, const char *value)
{
	cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (strcmp(json_str_or(item, key, ""), value) == 0)
			return item;
	}
	return NULL;
}

static void set(cJSON *o, const char *key, cJSON *take)
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
	cJSON *alert = find(c->at->kept, "dedup_key", key), *o;

	if (c->at->locked || !is(c, "POST", "/v2/enqueue") || !*key || strlen(key) > 255 ||
	    strcmp(json_str_or(c->body, "routing_key", ""), SERVICES_TOKEN) != 0) {
		if (c->at->locked)
			c->out->code = 401;
		else
			refuse(c, 400, "message", "Event object is invalid");
		return;
	}
	if (trigger && (!json_str(payload, "summary") || !json_str(payload, "source") ||
			   !json_str(payload, "severity"))) {
		refuse(c, 400, "message", "payload is invalid");
		return;
	}
	if (trigger && !alert) {
		alert = cJSON_CreateObject();
		json_put_str(alert, "dedup_key", key);
		cJSON_AddItemToArray(c->at->kept, alert);
	}
	if (alert)
		set(alert, "state",
		    cJSON_CreateString(trigger	 ? "triggered"
				       : resolve ? "resolved"
						 : "acknowledged"));
	if (alert && trigger)
		set(alert, "payload", cJSON_Duplicate(payload, true));
	o = cJSON_CreateObject();
	json_put_str(o, "status", "success");
	json_put_str(o, "message", "Event processed");
	json_put_str(o, "dedup_key", key);
	say(c, 202, o);
}

/* ---- statuspage ---- */

static void add_update(cJSON *incident, const char *list, const char *text, const cJSON *status)
{
	cJSON *u = cJSON_CreateObject();

	json_put_str(u, "body", text);
	json_put_str(u, "message", text);
	json_put(u, "status", cJSON_Duplicate(status, true));
	cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(incident, list), u);
}

static void take_incident(struct call *c, cJSON *incident, const cJSON *given)
{
	static const char *const kept[] = { "status", "impact_override", "metadata", "name" };
	const cJSON *part;

	for (size_t i = 0; i < countof(kept); i++)
		if (json_get(given, kept[i]))
			set(incident, kept[i], cJSON_Duplicate(json_get(given, kept[i]), true));
	add_update(incident, "incident_updates", json_str_or(given, "body", ""),
	    json_get(given, "status"));
	cJSON_ArrayForEach(part, json_get(given, "components"))
	    set(c->at->components, part->string, cJSON_Duplicate(part, true));
}

static void statuspage(struct call *c)
{
	static const char incidents[] = "/pages/P1/incidents";
	const cJSON *given = json_get(c->body, "incident");
	cJSON *incident = NULL;
	char id[16];

	if (c->at->locked || !has_header(c->q, "authorization: OAuth " SERVICES_TOKEN)) {
		refuse(c, 401, "error", "Could not authenticate");
	} else if (is(c, "GET", "/pages/P1")) {
		say(c, 200, cJSON_CreateObject());
	} else if (is(c, "GET", incidents)) {
		say(c, 200, cJSON_Duplicate(c->at->kept, true));
	} else if (is(c, "POST", incidents) && json_str(given, "name")) {
		incident = cJSON_CreateObject();
		snprintf(id, sizeof id, "sp%d", FIRST_ID + cJSON_GetArraySize(c->at->kept));
		json_put_str(incident, "id", id);
		json_put(incident, "incident_updates", cJSON_CreateArray());
		take_incident(c, incident, given);
		cJSON_InsertItemInArray(c->at->kept, 0, incident);
		say(c, 201, cJSON_Duplicate(incident, true));
	} else if (strncmp(c->rest, incidents, sizeof incidents - 1) == 0 &&
		   c->rest[sizeof incidents - 1] == '/') {
		incident = find(c->at->kept, "id", c->rest + sizeof incidents);
		if (incident && strcmp(c->q->method, "PATCH") == 0)
			take_incident(c, incident, given);
		if (incident)
			say(c, 200, cJSON_Duplicate(incident, true));
		else
			refuse(c, 404, "error", "Not found");
	} else {
		refuse(c, 422, "error", "name can't be blank");
	}
}

/* ---- cachet ---- */

/* Version 3 keeps everything but the id below "attributes". */
static cJSON *shown(bool two, const cJSON *item)
{
	cJSON *o = cJSON_CreateObject();

	if (two)
		json_put_int(o, "id", strtol(json_str_or(item, "id", "0"), NULL, 10));
	else
		json_put_str(o, "id", json_str(item, "id"));
	if (two) {
		json_put_str(o, "name", json_str(item, "name"));
		json_put_str(o, "message", json_str(item, "message"));
	} else {
		json_put(o, "attributes", cJSON_Duplicate(item, true));
	}
	return o;
}

static void data(struct call *c, int code, cJSON *take)
{
	cJSON *o = cJSON_CreateObject();

	json_put(o, "data", take);
	say(c, code, o);
}

static cJSON *all_shown(bool two, const cJSON *list)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *item;

	cJSON_ArrayForEach(item, list) cJSON_InsertItemInArray(out, 0, shown(two, item));
	return out;
}

static void cachet_new(struct call *c, bool two)
{
	cJSON *o = cJSON_CreateObject();
	char id[16];

	snprintf(id, sizeof id, "%d", FIRST_ID + cJSON_GetArraySize(c->at->kept));
	json_put_str(o, "id", id);
	json_put_str(o, "name", json_str(c->body, "name"));
	json_put_str(o, "message", json_str(c->body, "message"));
	json_put(o, "status", cJSON_Duplicate(json_get(c->body, "status"), true));
	json_put(o, "updates", cJSON_CreateArray());
	cJSON_AddItemToArray(c->at->kept, o);
	data(c, two ? 200 : 201, shown(two, o));
}

static void cachet_incident(struct call *c, bool two, const char *rest)
{
	char *id = xstrndup(rest, strcspn(rest, "/"));
	cJSON *incident = find(c->at->kept, "id", id);
	bool updates = strncmp(rest + strlen(id), "/updates", 8) == 0;

	free(id);
	if (!incident || !updates) {
		refuse(c, 404, "message", "no such incident");
		return;
	}
	if (strcmp(c->q->method, "POST") == 0) {
		add_update(incident, "updates", json_str_or(c->body, "message", ""),
		    json_get(c->body, "status"));
		set(incident, "status", cJSON_Duplicate(json_get(c->body, "status"), true));
	}
	data(c, 200, all_shown(two, json_get(incident, "updates")));
}

static void cachet(struct call *c, bool two)
{
	const char *base = two ? "/api/v1" : "/api", *rest = c->rest + strlen(base);
	const char *auth =
	    two ? "x-cachet-token: " SERVICES_TOKEN : "authorization: Bearer " SERVICES_TOKEN;

	if (c->at->locked || strncmp(c->rest, base, strlen(base)) != 0 || !has_header(c->q, auth)) {
		refuse(c, 401, "message", "Unauthenticated.");
		return;
	}
	if (strncmp(rest, "/components/", 12) == 0 && strcmp(c->q->method, "PUT") == 0) {
		set(c->at->components, rest + 12,
		    cJSON_Duplicate(json_get(c->body, "status"), true));
		data(c, 200, cJSON_CreateObject());
	} else if (strncmp(rest, "/incidents/", 11) == 0) {
		cachet_incident(c, two, rest + 11);
	} else if (is(c, "GET", two ? "/api/v1/ping" : "/api/ping")) {
		data(c, 200, cJSON_CreateString("Pong!"));
	} else if (strcmp(c->q->method, "GET") == 0) {
		data(c, 200, all_shown(two, c->at->kept));
	} else if (json_str(c->body, "name") && json_str(c->body, "message")) {
		cachet_new(c, two);
	} else {
		refuse(c, 422, "message", "The name field is required.");
	}
}

static void cachet2(struct call *c)
{
	cachet(c, true);
}

static void cachet3(struct call *c)
{
	cachet(c, false);
}

/* ---- slack ---- */

static void slack(struct call *c)
{
	cJSON *o = cJSON_CreateObject(), *message;
	const char *thread = json_str(c->body, "thread_ts"), *error = NULL;
	char ts[32];

	bool test = is(c, "GET", "/api/auth.test");

	if (c->at->locked || (!test && !is(c, "POST", "/api/chat.postMessage")) ||
	    !has_header(c->q, "authorization: Bearer " SERVICES_TOKEN))
		error = "invalid_auth";
	else if (test)
		error = NULL;
	else if (strcmp(json_str_or(c->body, "channel", ""), "C0PARTNERS") != 0)
		error = "channel_not_found";
	else if (!*json_str_or(c->body, "text", ""))
		error = "no_text";
	else if (thread && !find(c->at->kept, "ts", thread))
		error = "thread_not_found";
	json_put_bool(o, "ok", !error);
	if (error) {
		json_put_str(o, "error", error);
	} else if (!test) {
		snprintf(
		    ts, sizeof ts, "1741608000.%06d", FIRST_ID + cJSON_GetArraySize(c->at->kept));
		message = cJSON_Duplicate(c->body, true);
		json_put_str(message, "ts", ts);
		cJSON_AddItemToArray(c->at->kept, message);
		json_put_str(o, "channel", "C0PARTNERS");
		json_put_str(o, "ts", ts);
	}
	say(c, 200, o);
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

static void fail(struct call *c)
{
	struct fault *f = &c->at->fault;

	buf_clear(&c->out->body);
	c->out->code = f->code;
	c->out->headers = *f->headers ? f->headers : NULL;
	f->code = 0;
}

static void serve(void *ctx, const struct farm_request *q, struct farm_answer *out)
{
	static void (*const by[SERVICES])(
	    struct call * c) = { teams, pagerduty, statuspage, cachet2, cachet3, slack };
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
			fail(&c);
		else if (writes && (!body || !has_header(q, "content-type: application/json")))
			refuse(&c, 400, "message", "no JSON");
		else
			by[s](&c);
		if (writes && c.at->fault.code && c.at->fault.done)
			fail(&c);
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

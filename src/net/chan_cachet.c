/* The `cachet` channel, versions 2 and 3. Cachet has no place for an id of ours, so that the
 * incident's name ends with it, and a retry finds what it opened before; an update that is there by
 * its text is not sent again. Then each component of the incident is set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chan_priv.h"

#define NAME_MAX_BYTES 200
#define TEXT_MAX ((size_t)32 * 1024)
#define REPLY_MAX ((size_t)2 << 20)
#define ID_MOST 9007199254740992.0 /* what a JSON number holds exactly */

enum { STEP_FIND, STEP_OPEN, STEP_READ, STEP_ADD, STEP_COMPONENT, STEP_PING };

static const char *path_of(const struct delivery_request *r)
{
	return r->version == 2 ? "/api/v1" : "/api";
}

/* 1 investigating … 4 fixed, in both versions. */
static int status_number(const cJSON *data)
{
	static const char *const words[] = { "investigating", "identified", "monitoring",
		"resolved" };

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(json_str_or(data, "status", ""), words[i]) == 0)
			return (int)i + 1;
	return 1;
}

static int component_number(const char *status)
{
	static const char *const words[] = { "operational", "degraded", "partial_outage",
		"major_outage" };

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(status, words[i]) == 0)
			return (int)i + 1;
	return 1;
}

static char *mark_of(const cJSON *data)
{
	return xasprintf("(%s)", json_str_or(data, "incident", ""));
}

static char *text_of(const struct delivery_request *r)
{
	return chan_cut(r->text ? r->text : "", TEXT_MAX);
}

static cJSON *open_body(const struct delivery_request *r, const cJSON *data)
{
	cJSON *o = cJSON_CreateObject();
	char *stem = chan_cut(r->subject ? r->subject : "", NAME_MAX_BYTES), *mark = mark_of(data),
	     *name = xasprintf("%s %s", stem, mark), *text = text_of(r);

	json_put_str(o, "name", name);
	json_put_str(o, "message", text);
	json_put_int(o, "status", status_number(data));
	if (r->version == 2)
		json_put_int(o, "visible", 1);
	else
		json_put_bool(o, "visible", true);
	json_put_bool(o, r->version == 2 ? "notify" : "notifications", true);
	free(stem);
	free(mark);
	free(name);
	free(text);
	return o;
}

static cJSON *update_body(const struct delivery_request *r, const cJSON *data)
{
	cJSON *o = cJSON_CreateObject();
	char *text = text_of(r);

	json_put_int(o, "status", status_number(data));
	json_put_str(o, "message", text);
	free(text);
	return o;
}

static void ask(struct chan_talk *t, struct chan_send *out, const cJSON *data)
{
	const struct delivery_request *r = t->r;
	char *base = xasprintf("%s%s", r->url, path_of(r)), *one;
	cJSON *body;

	switch (t->step) {
	case STEP_PING:
		chan_http_json(out, xasprintf("%s/ping", base), NULL);
		break;
	case STEP_FIND:
		chan_http_json(out,
		    xasprintf("%s/incidents?per_page=50&%s", base,
			r->version == 2 ? "sort=id&order=desc" : "sort=-id"),
		    NULL);
		break;
	case STEP_OPEN:
		chan_http_json(out, xasprintf("%s/incidents", base), open_body(r, data));
		break;
	case STEP_READ:
	case STEP_ADD:
		one = xasprintf("%s/incidents/%s/updates%s", base, t->reference,
		    t->step == STEP_READ ? "?per_page=50" : "");
		chan_http_json(out, one, t->step == STEP_READ ? NULL : update_body(r, data));
		break;
	default:
		body = cJSON_CreateObject();
		json_put_int(body, "status", component_number(r->components[t->next].status));
		chan_http_json(
		    out, xasprintf("%s/components/%s", base, r->components[t->next].theirs), body);
		out->method = "PUT";
	}
	free(base);
}

bool chan_cachet_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	cJSON *data;

	*out = (struct chan_send){ 0 };
	if (!r->url || !r->token)
		return err_set(
		    e, ERR_CONFIG, "channel %s: url or token is missing", r->destination);
	data = chan_data(r, e);
	if (!data)
		return false;
	if (r->heartbeat)
		t->step = STEP_PING;
	if (t->step == STEP_FIND && t->reference[0])
		t->step = STEP_READ;
	ask(t, out, data);
	out->reply_max = REPLY_MAX;
	chan_header(out, "Accept", xstrdup("application/json"));
	if (r->version == 2)
		chan_header(out, "X-Cachet-Token", xstrdup(r->token));
	else
		chan_header(out, "Authorization", xasprintf("Bearer %s", r->token));
	cJSON_Delete(data);
	return true;
}

/* Version 3 puts what version 2 has plainly below "attributes". */
static const char *member(const cJSON *item, const char *name)
{
	const cJSON *attributes = json_get(item, "attributes");

	return json_str_or(attributes ? attributes : item, name, "");
}

static bool id_of(const cJSON *item, char out[CHAN_REFERENCE])
{
	const cJSON *id = json_get(item, "id");
	char text[CHAN_REFERENCE] = "";

	if (cJSON_IsNumber(id) && id->valuedouble >= 0 && id->valuedouble <= ID_MOST)
		snprintf(text, sizeof text, "%lld", (long long)id->valuedouble);
	else if (cJSON_IsString(id) && strlen(id->valuestring) < sizeof text)
		snprintf(text, sizeof text, "%s", id->valuestring);
	if (!*text || text[strspn(text, "0123456789")])
		return false;
	snprintf(out, CHAN_REFERENCE, "%s", text);
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

/* Our text may come back trimmed. */
static bool said_already(const struct delivery_request *r, const char *message)
{
	char *text = text_of(r);
	size_t len = strlen(text);
	bool same;

	while (len && strchr(" \n", text[len - 1]))
		len--;
	same = len && strncmp(message, text, len) == 0 &&
	       !message[len + strspn(message + len, " \r\n")];
	free(text);
	return same;
}

static void found(struct chan_talk *t, const cJSON *list)
{
	const cJSON *item;
	struct err e;
	cJSON *data = chan_data(t->r, &e);
	char *mark = mark_of(data);

	t->step = STEP_OPEN;
	cJSON_ArrayForEach(item, list)
	{
		if (t->step != STEP_OPEN || !ends_with(member(item, "name"), mark) ||
		    !id_of(item, t->reference))
			continue;
		t->step = said_already(t->r, member(item, "message")) ? STEP_COMPONENT : STEP_READ;
	}
	free(mark);
	cJSON_Delete(data);
}

static void read_updates(struct chan_talk *t, const cJSON *list)
{
	const cJSON *item;

	t->step = STEP_ADD;
	cJSON_ArrayForEach(item, list)
	{
		if (said_already(t->r, member(item, "message")))
			t->step = STEP_COMPONENT;
	}
}

static void go_on(struct chan_talk *t, const cJSON *doc, struct chan_verdict *out)
{
	const cJSON *data = json_get(doc, "data");

	switch (t->step) {
	case STEP_FIND:
		found(t, data);
		break;
	case STEP_READ:
		read_updates(t, data);
		break;
	case STEP_OPEN:
		if (!id_of(data, t->reference)) {
			out->state = CHAN_RETRY;
			chan_detail(out, "answered %s", "without the id of the incident");
			return;
		}
		t->step = STEP_COMPONENT;
		break;
	case STEP_ADD:
		t->step = STEP_COMPONENT;
		break;
	default:
		t->next++;
	}
	if (t->step != STEP_COMPONENT || t->next < t->r->component_count)
		out->state = CHAN_NEXT;
}

void chan_cachet_judge(
    struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	cJSON *doc;

	chan_judge_http(reply, true, out);
	if (t->step == STEP_PING)
		return; /* the code says it */
	doc = chan_reply_json(reply);
	if (t->step == STEP_READ && reply->fault == FAULT_NONE && reply->code == 404) {
		t->reference[0] = '\0'; /* it was deleted there */
		t->step = STEP_FIND;
		out->state = CHAN_NEXT;
	} else if (t->step == STEP_COMPONENT && reply->fault == FAULT_NONE && reply->code == 404) {
		go_on(t, doc, out); /* a component that is not there holds nothing up */
		if (out->state != CHAN_NEXT)
			out->state = CHAN_ACCEPTED;
		chan_detail(out, "it knows no component of the id that is configured");
	} else if (out->state == CHAN_ACCEPTED && !doc && t->step != STEP_COMPONENT) {
		out->state = CHAN_RETRY;
		chan_detail(out, "answered %d with what is no JSON", reply->code);
	} else if (out->state == CHAN_ACCEPTED) {
		go_on(t, doc, out);
	}
	cJSON_Delete(doc);
}

/* The `cachet` channel, versions 2 and 3. Cachet has no place for an id of ours, so that the
 * incident's name ends with it, and a retry finds what it opened before; an update that is there by
 * its text is not sent again. Then each component of the incident is set. Planned work is a
 * schedule: it is set as a whole, and in version 2, where it has no updates, so is its text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chan_priv.h"

#define NAME_MAX_BYTES 200
#define TEXT_MAX ((size_t)32 * 1024)
#define REPLY_MAX ((size_t)2 << 20)
#define ID_MOST 9007199254740992.0 /* what a JSON number holds exactly */

enum { STEP_FIND, STEP_OPEN, STEP_READ, STEP_ADD, STEP_SET, STEP_COMPONENT, STEP_PING };

static const char *path_of(const struct delivery_request *r)
{
	return r->version == 2 ? "/api/v1" : "/api";
}

static const char *place_of(const cJSON *data)
{
	return chan_planned(data) ? "schedules" : "incidents";
}

/* In both versions: of an incident 1 investigating … 4 fixed, of a schedule 0 upcoming … 2
 * complete, which also stands for what does not take place. */
static int status_number(const cJSON *data)
{
	static const struct {
		const char *word;
		int number;
	} words[] = { { "investigating", 1 }, { "identified", 2 }, { "monitoring", 3 },
		{ "resolved", 4 }, { "scheduled", 0 }, { "in_progress", 1 }, { "completed", 2 },
		{ "cancelled", 2 } };

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(json_str_or(data, "status", ""), words[i].word) == 0)
			return words[i].number;
	return 1;
}

/* Version 2 has no word for a component that is worked on: it shows the schedule alone. */
static int component_number(const struct delivery_request *r, const char *status)
{
	static const char *const words[] = { "operational", "degraded", "partial_outage",
		"major_outage", NULL, "maintenance" };

	for (size_t i = 0; i < countof(words); i++)
		if (words[i] && strcmp(status, words[i]) == 0)
			return r->version == 2 && i > 3 ? 1 : (int)i + 1;
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

static void put_name(cJSON *o, const struct delivery_request *r, const cJSON *data)
{
	char *stem = chan_name(r, data, NAME_MAX_BYTES), *mark = mark_of(data),
	     *name = xasprintf("%s %s", stem, mark);

	json_put_str(o, "name", name);
	free(stem);
	free(mark);
	free(name);
}

static void put_text(cJSON *o, const struct delivery_request *r)
{
	char *text = text_of(r);

	json_put_str(o, "message", text);
	free(text);
}

/* By the clock that the server is set to. */
static void put_time(cJSON *o, const char *key, const struct delivery_request *r, struct utc at)
{
	int64_t ms;
	struct date day = zone_local(r->zone ? r->zone : zone_utc(), at, &ms);
	int minute = (int)(ms / 60000);
	char *text = xasprintf(
	    "%04d-%02d-%02d %02d:%02d", day.year, day.month, day.day, minute / 60, minute % 60);

	json_put_str(o, key, text);
	free(text);
}

/* A schedule has no planned end, and no time without a beginning: what begins early, or is called
 * off before it begins, begins then. Version 3 tells the status by these times. */
static void put_schedule(cJSON *o, const struct delivery_request *r, const cJSON *data)
{
	struct utc from = json_utc(data, "starts_at"), begun = json_utc(data, "started_at"),
		   to = json_utc(data, "ended_at");

	if (!utc_is_set(to))
		to = json_utc(data, "cancelled_at");
	if (utc_is_set(begun) && (!utc_is_set(from) || utc_before(begun, from)))
		from = begun;
	if (utc_is_set(to) && (!utc_is_set(from) || utc_before(to, from)))
		from = to;
	json_put_int(o, "status", status_number(data));
	if (utc_is_set(from))
		put_time(o, "scheduled_at", r, from);
	if (utc_is_set(to))
		put_time(o, "completed_at", r, to);
}

static void put_incident(cJSON *o, const struct delivery_request *r, const cJSON *data)
{
	json_put_int(o, "status", status_number(data));
	if (r->version == 2)
		json_put_int(o, "visible", 1);
	else
		json_put_bool(o, "visible", true);
}

static cJSON *open_body(const struct delivery_request *r, const cJSON *data)
{
	cJSON *o = cJSON_CreateObject();

	put_name(o, r, data);
	put_text(o, r);
	if (chan_planned(data))
		put_schedule(o, r, data);
	else
		put_incident(o, r, data);
	if (r->version == 2)
		json_put_bool(o, "notify", true);
	else if (!chan_planned(data))
		json_put_bool(o, "notifications", true);
	return o;
}

static cJSON *update_body(const struct delivery_request *r, const cJSON *data)
{
	cJSON *o = cJSON_CreateObject();

	if (!chan_planned(data)) /* the updates of a schedule are texts alone */
		json_put_int(o, "status", status_number(data));
	put_text(o, r);
	return o;
}

/* Of a schedule. */
static cJSON *set_body(const struct delivery_request *r, const cJSON *data)
{
	cJSON *o = cJSON_CreateObject();

	if (chan_called_off(data))
		put_name(o, r, data);
	if (r->version == 2)
		put_text(o, r);
	put_schedule(o, r, data);
	return o;
}

static void ask(struct chan_talk *t, struct chan_send *out, const cJSON *data)
{
	const struct delivery_request *r = t->r;
	char *base = xasprintf("%s%s", r->url, path_of(r)),
	     *list = xasprintf("%s/%s", base, place_of(data)),
	     *one = xasprintf("%s/%s", list, t->reference);
	cJSON *body;

	switch (t->step) {
	case STEP_PING:
		chan_http_json(out, xasprintf("%s/ping", base), NULL);
		break;
	case STEP_FIND:
		chan_http_json(out,
		    xasprintf("%s?per_page=50&%s", list,
			r->version == 2 ? "sort=id&order=desc" : "sort=-id"),
		    NULL);
		break;
	case STEP_OPEN:
		chan_http_json(out, xstrdup(list), open_body(r, data));
		break;
	case STEP_READ:
		chan_http_json(out, xasprintf("%s/updates?per_page=50", one), NULL);
		break;
	case STEP_ADD:
		chan_http_json(out, xasprintf("%s/updates", one), update_body(r, data));
		break;
	case STEP_SET:
		chan_http_json(out, xstrdup(one), set_body(r, data));
		out->method = "PUT";
		break;
	default:
		body = cJSON_CreateObject();
		json_put_int(body, "status", component_number(r, r->components[t->next].status));
		chan_http_json(
		    out, xasprintf("%s/components/%s", base, r->components[t->next].theirs), body);
		out->method = "PUT";
	}
	free(base);
	free(list);
	free(one);
}

/* Where a talk goes on about what is there. */
static int step_there(const struct delivery_request *r, const cJSON *data)
{
	return chan_planned(data) && (r->version == 2 || r->arrived) ? STEP_SET : STEP_READ;
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
		t->step = step_there(r, data);
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

/* The text is there: what is left to be done. */
static int step_said(const cJSON *data)
{
	return chan_planned(data) ? STEP_SET : STEP_COMPONENT;
}

static void found(struct chan_talk *t, const cJSON *data, const cJSON *list)
{
	const cJSON *item;
	char *mark = mark_of(data);

	t->step = STEP_OPEN;
	cJSON_ArrayForEach(item, list)
	{
		if (t->step != STEP_OPEN || !ends_with(member(item, "name"), mark) ||
		    !id_of(item, t->reference))
			continue;
		t->step = said_already(t->r, member(item, "message")) ? step_said(data)
								      : step_there(t->r, data);
	}
	free(mark);
}

static void read_updates(struct chan_talk *t, const cJSON *data, const cJSON *list)
{
	const cJSON *item;

	t->step = STEP_ADD;
	cJSON_ArrayForEach(item, list)
	{
		if (said_already(t->r, member(item, "message")))
			t->step = step_said(data);
	}
}

/* Another component of which something is to be said. */
static bool component_left(struct chan_talk *t)
{
	while (t->next < t->r->component_count && !t->r->components[t->next].status)
		t->next++;
	return t->next < t->r->component_count;
}

static void go_on(
    struct chan_talk *t, const cJSON *data, const cJSON *answer, struct chan_verdict *out)
{
	switch (t->step) {
	case STEP_FIND:
		t->looked = true;
		found(t, data, json_get(answer, "data"));
		break;
	case STEP_READ:
		read_updates(t, data, json_get(answer, "data"));
		break;
	case STEP_OPEN:
		if (!id_of(json_get(answer, "data"), t->reference)) {
			out->state = CHAN_RETRY;
			chan_detail(out, "answered %s", "without the id of the incident");
			return;
		}
		t->step = STEP_COMPONENT;
		break;
	case STEP_ADD:
		t->step = step_said(data);
		break;
	case STEP_SET:
		t->step = STEP_COMPONENT;
		break;
	default:
		t->next++;
	}
	if (t->step != STEP_COMPONENT || component_left(t))
		out->state = CHAN_NEXT;
}

/* What we remember was deleted there: it is looked for, once. */
static bool is_gone(const struct chan_talk *t)
{
	return !t->looked && (t->step == STEP_READ || t->step == STEP_SET);
}

void chan_cachet_judge(
    struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	bool missing = reply->fault == FAULT_NONE && reply->code == 404;
	cJSON *data, *answer;
	struct err e;

	chan_judge_http(reply, true, out);
	if (t->step == STEP_PING)
		return; /* the code says it */
	data = chan_data(t->r, &e);
	answer = chan_reply_json(reply);
	if (missing && is_gone(t)) {
		t->reference[0] = '\0';
		t->step = STEP_FIND;
		out->state = CHAN_NEXT;
	} else if (missing && t->step == STEP_COMPONENT) {
		go_on(t, data, answer, out); /* it holds nothing up */
		if (out->state != CHAN_NEXT)
			out->state = CHAN_ACCEPTED;
		chan_detail(out, "it knows no component of the id that is configured");
	} else if (out->state == CHAN_ACCEPTED && !answer && t->step < STEP_SET) {
		out->state = CHAN_RETRY;
		chan_detail(out, "answered %d with what is no JSON", reply->code);
	} else if (out->state == CHAN_ACCEPTED) {
		go_on(t, data, answer, out);
	}
	cJSON_Delete(data);
	cJSON_Delete(answer);
}

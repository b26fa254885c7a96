/* The `statuspage` channel: Atlassian Statuspage's REST interface. Each try looks first: an
 * incident of ours is known by its metadata, and so is the last update that arrived, so that a
 * retry opens no second incident and tells nothing twice. Planned work is an incident there that
 * has a window. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chan_priv.h"

#define API "https://api.statuspage.io/v1"
#define NAME_MAX_BYTES 255
#define BODY_MAX 25000
#define REPLY_MAX ((size_t)4 << 20)
#define LISTED 50 /* newest incidents that are looked through */

enum { STEP_LOOK, STEP_CREATE, STEP_UPDATE, STEP_LOOK_PLANNED };

/* Ids at the other end become part of an address. */
static bool id_ok(const char *id)
{
	if (!id || !*id || strlen(id) >= CHAN_REFERENCE)
		return false;
	for (; *id; id++)
		if (!isalnum((unsigned char)*id) && *id != '-' && *id != '_')
			return false;
	return true;
}

static cJSON *metadata(const struct delivery_request *r, const cJSON *data)
{
	cJSON *o = cJSON_CreateObject(), *ours = cJSON_CreateObject();

	json_put_str(ours, "incident", json_str(data, "incident"));
	json_put_str(ours, "noc", r->sender ? r->sender : "");
	json_put_str(ours, "delivery", r->id);
	json_put(o, "nocboard", ours);
	return o;
}

static const char *component_word(const char *status)
{
	return strcmp(status, "degraded") == 0	    ? "degraded_performance"
	       : strcmp(status, "maintenance") == 0 ? "under_maintenance"
						    : status;
}

static void put_components(cJSON *o, const struct delivery_request *r)
{
	cJSON *states = cJSON_CreateObject(), *ids = cJSON_CreateArray();

	for (size_t i = 0; i < r->component_count; i++) {
		const struct chan_component *c = &r->components[i];

		if (c->status)
			json_put_str(states, c->theirs, component_word(c->status));
		cJSON_AddItemToArray(ids, cJSON_CreateString(c->theirs));
	}
	json_put(o, "components", states);
	json_put(o, "component_ids", ids);
}

static void put_state(cJSON *o, const cJSON *data)
{
	static const char *const impact[] = { "minor", "critical", "major", "minor", "none" };
	int64_t severity = json_int(data, "severity", 0);

	json_put_str(o, "status", json_str_or(data, "status", "investigating"));
	json_put_str(o, "impact_override", impact[severity >= 1 && severity <= 4 ? severity : 0]);
}

/* It begins and ends when we say so, not by its window. There is no word for work that does not
 * take place: it is completed, and its name says the rest. */
static void put_planned(cJSON *o, const cJSON *data, bool fresh)
{
	static const char *const by_itself[] = { "scheduled_auto_in_progress",
		"scheduled_auto_completed", "auto_transition_to_maintenance_state",
		"auto_transition_to_operational_state" };
	const char *status =
	    chan_called_off(data) ? "completed" : json_str_or(data, "status", "scheduled");

	json_put_str(o, "status", status);
	json_put_str(o, "impact_override", "maintenance");
	if (strcmp(status, "completed") == 0 && !fresh)
		return;
	json_put_utc(o, "scheduled_for", json_utc(data, "starts_at"));
	json_put_utc(o, "scheduled_until", json_utc(data, "ends_at"));
	for (size_t i = 0; i < countof(by_itself); i++)
		json_put_bool(o, by_itself[i], false);
}

/* Its notice is there already, and it has begun or ended by its window: nobody is mailed that. */
static void put_body(cJSON *o, const struct chan_talk *t, const cJSON *data)
{
	const struct delivery_request *r = t->r;
	bool over = strcmp(json_str_or(data, "status", ""), "completed") == 0;
	char *body = chan_cut(r->text ? r->text : "", BODY_MAX);

	if (t->arrived)
		json_put_bool(o, "deliver_notifications", false);
	json_put_str(o, "body",
	    !t->arrived ? body
	    : over	? "The planned work has ended."
			: "The planned work has begun.");
	free(body);
}

static cJSON *incident(const struct chan_talk *t, const cJSON *data, bool fresh)
{
	const struct delivery_request *r = t->r;
	cJSON *doc = cJSON_CreateObject(), *o = cJSON_CreateObject();
	char *name = chan_name(r, data, NAME_MAX_BYTES);

	if (fresh || chan_called_off(data))
		json_put_str(o, "name", name);
	if (chan_planned(data))
		put_planned(o, data, fresh);
	else
		put_state(o, data);
	put_body(o, t, data);
	json_put(o, "metadata", metadata(r, data));
	put_components(o, r);
	json_put(doc, "incident", o);
	free(name);
	return doc;
}

/* All of its incidents, or the planned ones alone, which the first list may leave out. */
static char *list_url(const struct chan_talk *t, const char *base)
{
	return t->step == STEP_LOOK_PLANNED ? xasprintf("%s/scheduled?per_page=%d", base, LISTED)
					    : xasprintf("%s?limit=%d", base, LISTED);
}

bool chan_statuspage_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	const char *api = r->url ? r->url : API;
	cJSON *data;
	char *base;

	*out = (struct chan_send){ 0 };
	if (!r->token || !id_ok(r->page))
		return err_set(
		    e, ERR_CONFIG, "channel %s: token or page is missing", r->destination);
	data = chan_data(r, e);
	if (!data)
		return false;
	base = xasprintf("%s/pages/%s/incidents", api, r->page);
	if (r->heartbeat) {
		chan_http_json(out, xasprintf("%s/pages/%s", api, r->page), NULL);
	} else if (t->step == STEP_LOOK && id_ok(t->reference)) {
		chan_http_json(out, xasprintf("%s/%s", base, t->reference), NULL);
	} else if (t->step == STEP_LOOK || t->step == STEP_LOOK_PLANNED) {
		chan_http_json(out, list_url(t, base), NULL);
	} else if (t->step == STEP_CREATE) {
		chan_http_json(out, xstrdup(base), incident(t, data, true));
	} else {
		chan_http_json(
		    out, xasprintf("%s/%s", base, t->reference), incident(t, data, false));
		out->method = "PATCH";
	}
	out->reply_max = REPLY_MAX;
	chan_header(out, "Authorization", xasprintf("OAuth %s", r->token));
	free(base);
	cJSON_Delete(data);
	return true;
}

static bool ours(const struct delivery_request *r, const cJSON *data, const cJSON *item)
{
	const cJSON *m = json_get(json_get(item, "metadata"), "nocboard");

	return id_ok(json_str(item, "id")) &&
	       strcmp(json_str_or(m, "incident", ""), json_str_or(data, "incident", "-")) == 0 &&
	       strcmp(json_str_or(m, "noc", ""), r->sender ? r->sender : "") == 0;
}

static bool has_arrived(const struct delivery_request *r, const cJSON *item)
{
	const cJSON *m = json_get(json_get(item, "metadata"), "nocboard");

	return strcmp(json_str_or(m, "delivery", ""), r->id) == 0;
}

/* Planned work that has begun or ended has that status there too. */
static bool stands_so(const cJSON *data, const cJSON *item)
{
	const char *status = json_str_or(data, "status", "");

	return !chan_planned(data) || strcmp(status, json_str_or(item, "status", "")) == 0 ||
	       (strcmp(status, "in_progress") != 0 && strcmp(status, "completed") != 0);
}

static void looked(struct chan_talk *t, const cJSON *doc, struct chan_verdict *out)
{
	const cJSON *found = NULL, *item;
	struct err e;
	cJSON *data = chan_data(t->r, &e);

	if (cJSON_IsObject(doc))
		found = ours(t->r, data, doc) ? doc : NULL;
	else
		cJSON_ArrayForEach(item, doc)
		{
			if (!found && ours(t->r, data, item))
				found = item;
		}
	if (found)
		snprintf(t->reference, sizeof t->reference, "%s", json_str(found, "id"));
	t->arrived = found && (t->r->arrived || has_arrived(t->r, found));
	if (t->arrived && stands_so(data, found)) {
		out->state = CHAN_ACCEPTED;
		chan_detail(out, "it had arrived before");
	} else {
		bool again = !found && t->step == STEP_LOOK && chan_planned(data);

		t->step = found ? STEP_UPDATE : again ? STEP_LOOK_PLANNED : STEP_CREATE;
		out->state = CHAN_NEXT;
	}
	cJSON_Delete(data);
}

void chan_statuspage_judge(
    struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	cJSON *doc;

	chan_judge_http(reply, true, out);
	if (t->r->heartbeat)
		return; /* the code says it */
	doc = chan_reply_json(reply);
	if (t->step == STEP_LOOK && reply->code == 404 && t->reference[0]) {
		t->reference[0] = '\0'; /* somebody deleted it there: look for another of ours */
		out->state = CHAN_NEXT;
	} else if (t->step == STEP_LOOK_PLANNED && reply->code == 404) {
		t->step = STEP_CREATE;
		out->state = CHAN_NEXT;
	} else if (out->state != CHAN_ACCEPTED) {
		if (json_str(doc, "error"))
			chan_detail(
			    out, "answered %d: %.120s", reply->code, json_str(doc, "error"));
	} else if (!doc) {
		out->state = CHAN_RETRY;
		chan_detail(out, "answered %d with what is no JSON", reply->code);
	} else if (t->step == STEP_LOOK || t->step == STEP_LOOK_PLANNED) {
		looked(t, doc, out);
	} else if (t->step == STEP_CREATE && id_ok(json_str(doc, "id"))) {
		snprintf(t->reference, sizeof t->reference, "%s", json_str(doc, "id"));
	}
	cJSON_Delete(doc);
}

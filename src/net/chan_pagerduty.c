/* The `pagerduty` channel: Events v2. One alert for each incident, known by its dedup_key: an
 * update triggers it (again), one that says more than "investigating" also acknowledges it, and the
 * resolved one resolves it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chan_priv.h"

#define ADDRESS "https://events.pagerduty.com/v2/enqueue"
#define SUMMARY_MAX 1024
#define KEY_MAX 255
#define TEXT_MAX ((size_t)64 * 1024)

enum { STEP_FIRST, STEP_ACKNOWLEDGE };

static cJSON *payload(const struct delivery_request *r, const cJSON *data)
{
	static const char *const words[] = { "warning", "critical", "error", "warning", "info" };
	int64_t severity = json_int(data, "severity", 0);
	cJSON *o = cJSON_CreateObject(), *details = cJSON_CreateObject();
	char *summary =
	    chan_cut(r->subject && *r->subject ? r->subject : json_str_or(data, "incident", "-"),
		SUMMARY_MAX);
	char *text = chan_cut(r->text ? r->text : "", TEXT_MAX);

	json_put_str(o, "summary", summary);
	json_put_str(o, "source", r->sender && *r->sender ? r->sender : "nocboard");
	json_put_str(o, "severity", words[severity >= 1 && severity <= 4 ? severity : 0]);
	json_put_utc(o, "timestamp", r->at);
	json_put_str(details, "text", text);
	json_put_str(details, "status", json_str(data, "status"));
	json_put_str(details, "delivery", r->id);
	json_put(o, "custom_details", details);
	free(summary);
	free(text);
	return o;
}

bool chan_pagerduty_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	const char *action = "trigger";
	cJSON *data, *doc;
	char *key, *cut;

	*out = (struct chan_send){ 0 };
	if (!r->token)
		return err_set(e, ERR_CONFIG, "channel %s: token is missing", r->destination);
	data = chan_data(r, e);
	if (!data)
		return false;
	if (t->step == STEP_ACKNOWLEDGE)
		action = "acknowledge";
	else if (strcmp(json_str_or(data, "status", ""), "resolved") == 0)
		action = "resolve";
	key = xasprintf(
	    "%s/%s", json_str_or(data, "incident", ""), r->sender ? r->sender : "nocboard");
	cut = chan_cut(key, KEY_MAX);
	doc = cJSON_CreateObject();
	json_put_str(doc, "routing_key", r->token);
	json_put_str(doc, "event_action", action);
	json_put_str(doc, "dedup_key", cut);
	if (strcmp(action, "trigger") == 0) {
		json_put(doc, "payload", payload(r, data));
		json_put_str(doc, "client", "nocboard");
	}
	chan_http_json(out, xstrdup(r->url ? r->url : ADDRESS), doc);
	cJSON_Delete(data);
	free(key);
	free(cut);
	return true;
}

static bool acknowledges(const struct delivery_request *r)
{
	struct err e;
	cJSON *data = chan_data(r, &e);
	const char *status = json_str_or(data, "status", "");
	bool yes = strcmp(status, "identified") == 0 || strcmp(status, "monitoring") == 0;

	cJSON_Delete(data);
	return yes;
}

void chan_pagerduty_judge(
    struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	chan_judge_http(reply, true, out);
	if (out->state == CHAN_GIVE_UP) {
		cJSON *doc = chan_reply_json(reply);

		if (json_str(doc, "message"))
			chan_detail(
			    out, "answered %d: %.120s", reply->code, json_str(doc, "message"));
		cJSON_Delete(doc);
	}
	if (out->state == CHAN_ACCEPTED && t->step == STEP_FIRST && acknowledges(t->r)) {
		t->step = STEP_ACKNOWLEDGE;
		out->state = CHAN_NEXT;
	}
}

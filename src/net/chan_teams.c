/* The `teams` channel: an Adaptive Card to a Workflows address. Text goes into text runs, which
 * know no Markdown, and there is no mention without an entity, of which we send none. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chan_priv.h"

#define CARD_MAX ((size_t)27 * 1024) /* Teams takes 28 KB */

static cJSON *run(const char *text, size_t len, const char *look, const char *how)
{
	cJSON *block = cJSON_CreateObject(), *inlines = cJSON_CreateArray(),
	      *one = cJSON_CreateObject();
	char *copy = xstrndup(text, len);

	json_put_str(one, "type", "TextRun");
	json_put_str(one, "text", copy);
	if (look)
		json_put_str(one, look, how);
	cJSON_AddItemToArray(inlines, one);
	json_put_str(block, "type", "RichTextBlock");
	json_put(block, "inlines", inlines);
	free(copy);
	return block;
}

static cJSON *body_of(const struct delivery_request *r, const cJSON *data)
{
	static const char *const colour[] = { "default", "attention", "warning", "accent",
		"default" };
	int64_t severity = json_int(data, "severity", 0);
	cJSON *body = cJSON_CreateArray();
	const char *head = r->subject ? r->subject : json_str_or(data, "incident", "");
	cJSON *title = run(head, strlen(head), "weight", "Bolder");
	char *facts = chan_about(data);

	json_put_str(title, "id", r->id); /* a workflow can know by it what came twice */
	cJSON_AddItemToArray(body, title);
	cJSON_AddItemToArray(body, run(facts, strlen(facts), "color",
				       colour[severity >= 1 && severity <= 4 ? severity : 0]));
	for (const char *p = r->text ? r->text : ""; *p;) {
		size_t len = strcspn(p, "\n");

		if (len)
			cJSON_AddItemToArray(body, run(p, len, NULL, NULL));
		p += len + (p[len] == '\n');
	}
	free(facts);
	return body;
}

static cJSON *card_of(cJSON *take_body)
{
	cJSON *o = cJSON_CreateObject(), *teams = cJSON_CreateObject();

	json_put_str(o, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
	json_put_str(o, "type", "AdaptiveCard");
	json_put_str(o, "version", "1.4");
	json_put(o, "body", take_body);
	json_put_str(teams, "width", "Full");
	json_put(o, "msteams", teams);
	return o;
}

bool chan_teams_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	cJSON *data, *doc, *body, *attachment, *list;
	bool ok;

	*out = (struct chan_send){ 0 };
	if (!r->url)
		return err_set(e, ERR_CONFIG, "channel %s: url is missing", r->destination);
	data = chan_data(r, e);
	if (!data)
		return false;
	doc = cJSON_CreateObject();
	attachment = cJSON_CreateObject();
	list = cJSON_CreateArray();
	body = body_of(r, data);
	json_put_str(doc, "type", "message");
	json_put_str(attachment, "contentType", "application/vnd.microsoft.card.adaptive");
	json_put(attachment, "contentUrl", cJSON_CreateNull());
	json_put(attachment, "content", card_of(body));
	cJSON_AddItemToArray(list, attachment);
	json_put(doc, "attachments", list);
	out->url = xstrdup(r->url);
	buf_init(&out->body, 0);
	json_print(&out->body, doc);
	ok = chan_shorten(&out->body, doc, body, CARD_MAX, "card", e) ||
	     err_in(e, "channel %s", r->destination);
	chan_header(out, "Content-Type", xstrdup("application/json"));
	cJSON_Delete(doc);
	cJSON_Delete(data);
	return ok;
}

void chan_teams_judge(struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	(void)t;
	chan_judge_http(reply, true, out);
}

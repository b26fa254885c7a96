/* The `slack` channel: Block Kit, by an incoming webhook or by chat.postMessage, which alone can
 * keep an incident in one thread. Foreign text is escaped and never a mention. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chan_priv.h"

#define API "https://slack.com/api"
#define HEADER_MAX 150 /* Slack's own limits, in characters; counted here in bytes */
#define SECTION_MAX 3000
#define SECTIONS 40 /* of 50 blocks */
#define FALLBACK_MAX 3000

/* Slack's only three special characters. */
static size_t escaped_len(char c)
{
	return c == '&' ? 5 : c == '<' || c == '>' ? 4 : 1;
}

/* How many bytes of the text fit escaped into `max`: at a line end or a blank when one is near the
 * end, else between characters. */
static size_t fitting(const char *text, size_t max)
{
	size_t len = 0, out = 0, soft = 0;

	for (; text[len]; len++) {
		out += escaped_len(text[len]);
		if (out > max)
			break;
		if (text[len] == '\n' || (text[len] == ' ' && len > soft + 200))
			soft = len + 1;
	}
	if (!text[len])
		return len;
	if (soft > len / 2)
		return soft;
	while (len && (text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static char *escaped(const char *text, size_t max)
{
	struct buf out;
	size_t len = fitting(text, max);
	bool cut = text[len] != '\0';

	buf_init(&out, 0);
	if (cut)
		len = fitting(text, max > 4 ? max - 4 : 0);
	chan_escape(&out, text, len);
	if (cut)
		buf_adds(&out, " …");
	return buf_take(&out);
}

static cJSON *text_object(const char *type, const char *take)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "type", type);
	json_put_str(o, "text", take);
	json_put_bool(
	    o, strcmp(type, "mrkdwn") == 0 ? "verbatim" : "emoji", strcmp(type, "mrkdwn") == 0);
	return o;
}

static cJSON *block(const char *type, const char *text_type, char *take_text)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "type", type);
	json_put(o, "text", text_object(text_type, take_text));
	free(take_text);
	return o;
}

static cJSON *context(const cJSON *data)
{
	char *line = chan_about(data);
	char *safe = escaped(line, SECTION_MAX);
	cJSON *o = cJSON_CreateObject(), *elements = cJSON_CreateArray();

	json_put_str(o, "type", "context");
	cJSON_AddItemToArray(elements, text_object("mrkdwn", safe));
	json_put(o, "elements", elements);
	free(line);
	free(safe);
	return o;
}

static cJSON *blocks_of(const struct delivery_request *r, const cJSON *data)
{
	cJSON *list = cJSON_CreateArray();
	const char *rest = r->text ? r->text : "";

	cJSON_AddItemToArray(list,
	    block("header", "plain_text",
		escaped(r->subject ? r->subject : json_str_or(data, "incident", "-"), HEADER_MAX)));
	for (int n = 1; *rest; n++) {
		size_t len = n < SECTIONS ? fitting(rest, SECTION_MAX) : strlen(rest);
		char *part = xstrndup(rest, len);

		if (part[strspn(part, " \n")])
			cJSON_AddItemToArray(
			    list, block("section", "mrkdwn", escaped(part, SECTION_MAX)));
		free(part);
		rest += len;
	}
	cJSON_AddItemToArray(list, context(data));
	return list;
}

/* Slack has no idempotency key of its own: a message that came twice is known by this. */
static cJSON *metadata(const struct delivery_request *r, const cJSON *data)
{
	cJSON *o = cJSON_CreateObject(), *ours = cJSON_CreateObject();

	json_put_str(o, "event_type", "nocboard_update");
	json_put_str(ours, "incident", json_str(data, "incident"));
	json_put_str(ours, "delivery", r->id);
	json_put(o, "event_payload", ours);
	return o;
}

bool chan_slack_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	cJSON *data, *doc;
	char *fallback;

	*out = (struct chan_send){ 0 };
	if (!r->url && (!r->token || !r->channel))
		return err_set(e, ERR_CONFIG, "channel %s: url, or token and channel, are missing",
		    r->destination);
	if (r->heartbeat) {
		chan_http_json(out, xasprintf("%s/auth.test", r->url ? r->url : API), NULL);
		chan_header(out, "Authorization", xasprintf("Bearer %s", r->token ? r->token : ""));
		return true;
	}
	data = chan_data(r, e);
	if (!data)
		return false;
	doc = cJSON_CreateObject();
	fallback = escaped(r->text ? r->text : "", FALLBACK_MAX);
	json_put_str(doc, "text", fallback);
	json_put(doc, "blocks", blocks_of(r, data));
	json_put_bool(doc, "unfurl_links", false);
	json_put_bool(doc, "unfurl_media", false);
	if (r->token) {
		json_put_str(doc, "channel", r->channel);
		json_put_str(doc, "parse", "none");
		json_put_bool(doc, "link_names", false);
		json_put(doc, "metadata", metadata(r, data));
		if (t->reference[0])
			json_put_str(doc, "thread_ts", t->reference);
	}
	chan_http_json(out,
	    r->token ? xasprintf("%s/chat.postMessage", r->url ? r->url : API) : xstrdup(r->url),
	    doc);
	if (r->token)
		chan_header(out, "Authorization", xasprintf("Bearer %s", r->token));
	free(fallback);
	cJSON_Delete(data);
	return true;
}

static bool one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

/* The refusals that somebody here can mend, in words. */
static const char *in_words(const char *error)
{
	static const struct {
		const char *error, *words;
	} table[] = {
		{ "not_authed", "it got no token" },
		{ "invalid_auth", "it does not accept our token" },
		{ "token_revoked", "our token was revoked" },
		{ "token_expired", "our token has expired" },
		{ "account_inactive", "our token belongs to nobody any more" },
		{ "missing_scope", "our token may not write messages (scope chat:write)" },
		{ "not_in_channel", "our app is not a member of the channel: invite it" },
		{ "channel_not_found", "there is no such channel, or our app cannot see it" },
		{ "is_archived", "the channel is archived" },
	};

	for (size_t i = 0; i < countof(table); i++)
		if (strcmp(error, table[i].error) == 0)
			return table[i].words;
	return NULL;
}

/* Slack answers 200 to what it refuses. */
static void judge_api(struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	static const char *const later[] = { "ratelimited", "rate_limited", "internal_error",
		"fatal_error", "service_unavailable", "request_timeout", "team_added_to_org" };
	static const char *const gone[] = { "is_archived", "account_inactive", "token_revoked",
		"token_expired", "team_access_not_granted" };
	cJSON *doc = chan_reply_json(reply);
	const char *error = json_str_or(doc, "error", ""), *ts = json_str_or(doc, "ts", "");

	if (json_bool(doc, "ok", false)) {
		/* The first message of an incident is what the others hang on. */
		if (!t->reference[0] && *ts && strlen(ts) < sizeof t->reference &&
		    !ts[strspn(ts, "0123456789.")])
			snprintf(t->reference, sizeof t->reference, "%s", ts);
	} else if (!doc || !*error) {
		out->state = CHAN_RETRY;
		chan_detail(out, "answered 200 with what is not Slack's");
	} else {
		out->state = one_of(error, later, countof(later)) ? CHAN_RETRY : CHAN_GIVE_UP;
		out->down = out->state == CHAN_RETRY;
		out->alarm = one_of(error, gone, countof(gone));
		if (in_words(error))
			chan_detail(out, "%s (%s)", in_words(error), error);
		else
			chan_detail(out, "Slack says: %.80s", error);
	}
	cJSON_Delete(doc);
}

void chan_slack_judge(struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	chan_judge_http(reply, true, out);
	if (out->state == CHAN_ACCEPTED && t->r->token)
		judge_api(t, reply, out);
}

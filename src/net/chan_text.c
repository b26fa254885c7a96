/* What channels have in common: the envelope, texts that are too long, JSON requests, and what an
 * HTTP code means. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "chan_priv.h"

#define TEXT_MIN 64 /* the shortest text that cutting leaves */

static const char cut_mark[] = " … (shortened)";

cJSON *chan_data(const struct delivery_request *r, struct err *e)
{
	cJSON *data = json_parse(r->data ? r->data : "{}", r->data ? strlen(r->data) : 2, e);

	if (cJSON_IsObject(data))
		return data;
	if (data)
		err_set(e, ERR_DATA, "the message is no JSON object");
	err_in(e, "channel %s", r->destination);
	cJSON_Delete(data);
	return NULL;
}

bool chan_planned(const cJSON *data)
{
	return json_bool(data, "maintenance", false);
}

bool chan_called_off(const cJSON *data)
{
	return chan_planned(data) && strcmp(json_str_or(data, "status", ""), "cancelled") == 0;
}

char *chan_about(const cJSON *data)
{
	const char *id = json_str_or(data, "incident", ""),
		   *status = json_str_or(data, "status", "");

	if (chan_planned(data))
		return xasprintf("%s · planned work · %s", id, status);
	return xasprintf(
	    "%s · Sev %lld · %s", id, (long long)json_int(data, "severity", 0), status);
}

bool chan_envelope(const struct delivery_request *r, struct buf *out, struct err *e)
{
	cJSON *data = chan_data(r, e);

	if (!data)
		return false;
	cJSON *o = cJSON_CreateObject();
	json_put_str(o, "type", r->type);
	json_put_utc(o, "timestamp", r->at);
	json_put(o, "data", data);
	json_print(out, o);
	cJSON_Delete(o);
	return true;
}

/* ---- too long ---- */

static size_t whole_characters(const char *text, size_t len)
{
	while (len && (text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

char *chan_cut(const char *text, size_t max)
{
	size_t mark = sizeof cut_mark - 1;

	if (strlen(text) <= max)
		return xstrdup(text);
	return xasprintf("%.*s%s", (int)whole_characters(text, max > mark ? max - mark : 0), text,
	    max > mark ? cut_mark : "");
}

char *chan_name(const struct delivery_request *r, const cJSON *data, size_t max)
{
	char *name = xasprintf("%s%s", chan_called_off(data) ? "Cancelled: " : "",
		 r->subject && *r->subject ? r->subject : json_str_or(data, "incident", "-")),
	     *cut = chan_cut(name, max);

	free(name);
	return cut;
}

static cJSON *longest_text(cJSON *value)
{
	cJSON *best = cJSON_IsString(value) ? value : NULL, *item;

	cJSON_ArrayForEach(item, value)
	{
		cJSON *found = longest_text(item);
		if (found && (!best || strlen(found->valuestring) > strlen(best->valuestring)))
			best = found;
	}
	return best;
}

bool chan_shorten(
    struct buf *body, cJSON *doc, cJSON *within, size_t max, const char *what, struct err *e)
{
	while (body->len > max) {
		cJSON *text = longest_text(within);
		size_t over = body->len - max + sizeof cut_mark;
		size_t len = text ? strlen(text->valuestring) : 0;
		if (len < TEXT_MIN)
			return err_set(
			    e, ERR_LIMIT, "the %s is longer than %zu KiB", what, max / 1024);
		size_t keep =
		    whole_characters(text->valuestring, len > over * 2 ? len - over : len / 2);
		char *cut = xasprintf("%.*s%s", (int)keep, text->valuestring, cut_mark);
		if (!cJSON_SetValuestring(text, cut))
			abort();
		free(cut);
		buf_clear(body);
		json_print(body, doc);
	}
	return true;
}

void chan_escape(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '&')
			buf_adds(out, "&amp;");
		else if (text[i] == '<')
			buf_adds(out, "&lt;");
		else if (text[i] == '>')
			buf_adds(out, "&gt;");
		else
			buf_addc(out, text[i]);
}

/* ---- requests ---- */

void chan_header(struct chan_send *s, const char *name, char *take_value)
{
	s->headers = xreallocarray(s->headers, s->header_count + 1, sizeof *s->headers);
	s->headers[s->header_count++] = (struct net_header){ xstrdup(name), take_value };
}

void chan_http_json(struct chan_send *out, char *url, cJSON *doc)
{
	*out = (struct chan_send){ .url = url };
	buf_init(&out->body, 0);
	if (!doc)
		return;
	chan_header(out, "Content-Type", xstrdup("application/json"));
	json_print(&out->body, doc);
	cJSON_Delete(doc);
}

/* ---- replies ---- */

void chan_detail(struct chan_verdict *v, const char *fmt, ...)
{
	char text[1024];
	struct buf clean;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_init(&clean, 0);
	utf8_clean(&clean, text, strlen(text), UTF8_ONE_LINE, sizeof v->detail - 1);
	snprintf(v->detail, sizeof v->detail, "%s", buf_str(&clean));
	buf_fini(&clean);
}

cJSON *chan_reply_json(const struct chan_reply *reply)
{
	struct err e;

	return reply->body && reply->body_len ? json_parse(reply->body, reply->body_len, &e) : NULL;
}

void chan_judge_http(const struct chan_reply *reply, bool stop_on_4xx, struct chan_verdict *out)
{
	int code = reply->code;

	*out = (struct chan_verdict){ .state = CHAN_RETRY };
	if (reply->fault != FAULT_NONE) {
		out->down = true;
		chan_detail(out, "%s%s%s", probe_fault_names[reply->fault],
		    reply->detail && *reply->detail ? ": " : "",
		    reply->detail ? reply->detail : "");
		return;
	}
	chan_detail(out, "answered %d", code);
	if (code >= 200 && code <= 299) {
		out->state = CHAN_ACCEPTED;
	} else if (code == 410) {
		out->state = CHAN_GIVE_UP;
		out->alarm = true;
		chan_detail(out, "answered 410: the receiver is gone for good");
	} else if (code == 420 || code == 429 || code == 503) {
		out->down = true;
		out->not_before_ms = reply->retry_after_ms > 0 ? reply->retry_after_ms : 0;
	} else if (code >= 500) {
		out->down = true;
	} else if (stop_on_4xx && code >= 400 && code != 408 && code != 425) {
		out->state = CHAN_GIVE_UP;
		if (code == 401 || code == 403)
			chan_detail(out, "answered %d: it does not accept our credentials", code);
	}
}

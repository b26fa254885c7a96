/* Requests to channels, and talks with replies that the test writes. */
#ifndef TESTS_CHAN_RIG_H
#define TESTS_CHAN_RIG_H

#include "t.h"

#include "base/json.h"
#include "base/mem.h"
#include "net/chan.h"

#define S(x) ((char *)(uintptr_t)(x))
#define NOW ((struct utc){ 1741608000000 }) /* 2025-03-10T12:00:00Z */

/* What people and other machines may write into a text: ends of lines, of headers and of messages,
 * markup and mentions of chats, formulas, templates, marks that turn text around. */
static const char *const naughty[] = { "a\r\nBcc: <evil@x.example>", "a\nBcc: <evil@x.example>",
	"a\rBcc: <evil@x.example>", "x\n.\nMAIL FROM:<evil@x.example>\n",
	"x\r\n.\r\nMAIL FROM:<evil@x.example>\r\n", ".", "..", "\n.\n", "<script>alert(1)</script>",
	"<!channel> <@U1> <https://evil.example|ok>", "<at>everyone</at>", "{{incident}} {{{x}}}",
	"=cmd()|' /C calc'!A0", "+1+1",
	"\xe2\x80\xae"
	"right to left",
	"\xe2\x80\xa8"
	"line",
	"\"; DROP", "\\u0000\\n", "=?UTF-8?B?ZXZpbA==?=", "--=_nocboard--",
	"[a](https://evil.example)", "&lt;b&gt; & <b>", "From here", "\t tab", "trailing ", "" };

static inline struct delivery_request chan_request(const char *kind, const char *status)
{
	static char data[600];

	snprintf(data, sizeof data,
	    "{\"incident\":\"INC-7\",\"title\":\"No data\",\"severity\":2,\"status\":\"%s\","
	    "\"text\":\"We look into it.\"}",
	    status);
	return (struct delivery_request){ .id = S("INC-7.5/there"),
		.destination = S("there"),
		.kind = S(kind),
		.type = S("incident.updated"),
		.at = { 1741607900000 },
		.data = data,
		.text = S("We look into it."),
		.sender = S("Test NOC"),
		.subject = S("[Test NOC] INC-7: No data in France"),
		.version = 3 };
}

/* Builds the next request of a talk. */
static inline void talk_build(struct chan_talk *t, struct chan_send *s)
{
	struct err e = { 0 };

	if (!chan_kind_find(t->r->kind)->build(t, s, &e))
		fail_msg("%s: %s", t->r->kind, e.msg);
}

/* Judges this answer; the body may be NULL. */
static inline struct chan_verdict talk_answer(struct chan_talk *t, int code, const char *body)
{
	struct chan_reply r = { .code = code,
		.retry_after_ms = -1,
		.detail = "",
		.body = body,
		.body_len = body ? strlen(body) : 0 };
	struct chan_verdict v = { 0 };

	chan_kind_find(t->r->kind)->judge(t, &r, &v);
	return v;
}

static inline const char *send_header(const struct chan_send *s, const char *name)
{
	for (size_t i = 0; i < s->header_count; i++)
		if (strcmp(s->headers[i].name, name) == 0)
			return s->headers[i].value;
	return NULL;
}

/* The body, which must be JSON by the strict gate; the caller frees. */
static inline cJSON *send_json(const struct chan_send *s)
{
	struct err e = { 0 };
	cJSON *o = json_parse(buf_str(&s->body), s->body.len, &e);

	if (!o)
		fail_msg("%s in %s", e.msg, buf_str(&s->body));
	return o;
}

#endif

/* What an answer means. Pure: the same answer gives the same verdict. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/probe.h"
#include "net_priv.h"

#define WORD_MAX 80 /* bytes of foreign text kept in a reason */

static const struct {
	enum status status;
	const char *text;
} faults[PROBE_FAULTS] = {
	[FAULT_URL] = { STATUS_UNKNOWN, "the address cannot be used" },
	[FAULT_LOOKUP] = { STATUS_MAJOR, "name lookup failed" },
	[FAULT_REFUSED] = { STATUS_MAJOR, "connection refused" },
	[FAULT_UNREACHED] = { STATUS_MAJOR, "no route to the host" },
	[FAULT_TIMEOUT] = { STATUS_MAJOR, "no answer in time" },
	[FAULT_BROKEN] = { STATUS_MAJOR, "the connection broke off" },
	[FAULT_TLS_EXPIRED] = { STATUS_MAJOR, "TLS certificate is out of its dates" },
	[FAULT_TLS_HOST] = { STATUS_MAJOR, "TLS certificate is for another name" },
	[FAULT_TLS_UNTRUSTED] = { STATUS_MAJOR,
	    "TLS certificate is not signed by a known authority" },
	[FAULT_TLS] = { STATUS_MAJOR, "TLS handshake failed" },
	[FAULT_REDIRECT] = { STATUS_UNKNOWN, "redirected, and that is not followed" },
	[FAULT_TOO_LARGE] = { STATUS_UNKNOWN, "the answer is too large" },
	[FAULT_FORBIDDEN] = { STATUS_UNKNOWN,
	    "led to an address that an external source may not use" },
	[FAULT_BUSY] = { STATUS_UNKNOWN, "asks for fewer requests" },
	[FAULT_LOCAL] = { STATUS_UNKNOWN, "could not be asked from this host" },
};

/* How health documents say it, whatever their format. */
static const struct {
	const char *word;
	enum status status;
} words[] = {
	{ "pass", STATUS_OPERATIONAL },
	{ "ok", STATUS_OPERATIONAL },
	{ "up", STATUS_OPERATIONAL },
	{ "healthy", STATUS_OPERATIONAL },
	{ "operational", STATUS_OPERATIONAL },
	{ "passing", STATUS_OPERATIONAL },
	{ "warn", STATUS_DEGRADED },
	{ "warning", STATUS_DEGRADED },
	{ "degraded", STATUS_DEGRADED },
	{ "maintenance", STATUS_MAINTENANCE },
	{ "fail", STATUS_MAJOR },
	{ "error", STATUS_MAJOR },
	{ "down", STATUS_MAJOR },
	{ "critical", STATUS_MAJOR },
	{ "unhealthy", STATUS_MAJOR },
	{ "out_of_service", STATUS_MAJOR },
};

static int word_status(const char *word)
{
	for (size_t i = 0; i < countof(words); i++)
		if (strcasecmp(words[i].word, word) == 0)
			return (int)words[i].status;
	return -1;
}

/* Raises the verdict if `status` is worse than what it holds; the reason goes with it. */
static void raise_to(struct probe_verdict *v, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void raise_to(struct probe_verdict *v, enum status status, const char *fmt, ...)
{
	struct buf clean;
	char line[1024];
	va_list ap;

	if (status <= v->status && v->reason[0])
		return;
	v->status = status;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	buf_init(&clean, 0);
	utf8_clean(&clean, line, strlen(line), UTF8_ONE_LINE, sizeof v->reason - 1);
	snprintf(v->reason, sizeof v->reason, "%s", clean.len ? clean.data : "no reason given");
	buf_fini(&clean);
}

static void judge_fault(const struct http_result *r, struct probe_verdict *v)
{
	enum status status = faults[r->fault].status;
	const char *text = faults[r->fault].text;

	if (r->fault == FAULT_TIMEOUT && r->timeout_ms > 0)
		raise_to(v, status, "no answer within %d ms", r->timeout_ms);
	else if (r->detail && r->detail[0])
		raise_to(v, status, "%s: %s", text, r->detail);
	else
		raise_to(v, status, "%s", text);
}

bool probe_code_expected(const struct probe_expect *x, int code)
{
	if (!x->code_count)
		return code >= 200 && code <= 299;
	for (size_t i = 0; i < x->code_count; i++)
		if (code >= x->codes[i].from && code <= x->codes[i].to)
			return true;
	return false;
}

static void codes_text(const struct probe_expect *x, struct buf *out)
{
	if (!x->code_count)
		buf_adds(out, "200-299");
	for (size_t i = 0; i < x->code_count && i < 4; i++) {
		const struct expect_range *r = &x->codes[i];
		buf_addf(out, "%s%d", i ? ", " : "", r->from);
		if (r->to != r->from)
			buf_addf(out, "-%d", r->to);
	}
}

static bool says_maintenance(const struct http_result *r)
{
	static const char word[] = "maintenance";
	size_t len = r->body_len < PROBE_JSON_MAX ? r->body_len : PROBE_JSON_MAX;

	for (size_t i = 0; i + sizeof word - 1 <= len; i++)
		if (strncasecmp(r->body + i, word, sizeof word - 1) == 0)
			return true;
	return false;
}

/* A code that was not expected. */
static void judge_code(
    const struct probe_expect *x, const struct http_result *r, struct probe_verdict *v)
{
	int code = r->code;
	struct buf want;

	if (code == 429) {
		v->fault = FAULT_BUSY;
		raise_to(v, STATUS_UNKNOWN, "answered 429: asks for fewer requests");
	} else if (code == 503 && r->has_retry_after) {
		raise_to(v, STATUS_MAINTENANCE, "answered 503 with a time to come back");
	} else if (code == 503 && says_maintenance(r)) {
		raise_to(v, STATUS_MAINTENANCE, "answered 503 and speaks of maintenance");
	} else if (code >= 500) {
		raise_to(v, STATUS_MAJOR, "answered %d", code);
	} else if (code == 401 || code == 403) {
		raise_to(v, STATUS_UNKNOWN, "answered %d: the credentials are refused", code);
	} else if (code == 404) {
		raise_to(v, STATUS_UNKNOWN, "answered 404: nothing at this address");
	} else if (code >= 400) {
		raise_to(v, STATUS_UNKNOWN, "answered %d: the request is refused", code);
	} else if (code >= 300) {
		v->fault = FAULT_REDIRECT;
		raise_to(v, STATUS_UNKNOWN, "answered %d: %s", code, faults[FAULT_REDIRECT].text);
	} else {
		buf_init(&want, 0);
		codes_text(x, &want);
		raise_to(v, STATUS_MAJOR, "answered %d, expected %s", code, buf_str(&want));
		buf_fini(&want);
	}
}

/* The value as text: strings by their letters, others as JSON writes them. */
static char *value_text(const cJSON *value)
{
	return cJSON_IsString(value) ? xstrdup(value->valuestring) : json_text(value);
}

static void judge_value(const struct expect_json *x, const cJSON *root, struct probe_verdict *v)
{
	const cJSON *value = json_pointer(root, x->pointer);
	struct buf want;

	if (!value) {
		raise_to(v, STATUS_UNKNOWN, "%s is missing from the body", x->pointer);
		return;
	}
	char *text = value_text(value);
	for (size_t i = 0; i < x->allowed_count; i++) {
		if (strcmp(x->allowed[i], text) == 0) {
			free(text);
			return;
		}
	}
	int said = cJSON_IsString(value) ? word_status(text) : -1;
	buf_init(&want, 0);
	for (size_t i = 0; i < x->allowed_count && i < 4; i++)
		buf_addf(&want, "%s%s", i ? ", " : "", x->allowed[i]);
	raise_to(v,
	    said == STATUS_DEGRADED || said == STATUS_MAINTENANCE ? (enum status)said
								  : STATUS_MAJOR,
	    "%s is '%.*s', expected %s", x->pointer, WORD_MAX, text, buf_str(&want));
	buf_fini(&want);
	free(text);
}

/* The worst sub-check: its status, and its name in *name. */
static enum status worst_check(const cJSON *checks, const char **name)
{
	enum status worst = STATUS_OPERATIONAL;
	const cJSON *c;

	cJSON_ArrayForEach(c, checks)
	{
		const cJSON *one = cJSON_IsArray(c) ? c->child : c;
		for (; one; one = cJSON_IsArray(c) ? one->next : NULL) {
			const char *s = json_str(one, "status");
			int status = s ? word_status(s) : -1;
			if (status <= (int)worst)
				continue;
			worst = (enum status)status;
			*name = c->string ? c->string : json_str_or(one, "name", "a check");
		}
	}
	return worst;
}

/* A document that says its health itself: health+json, MicroProfile, Spring Boot and their kin. */
static void judge_health(
    const cJSON *root, bool promised, struct probe_verdict *v, char *note, size_t note_size)
{
	static const char *const lists[] = { "checks", "details", "components" };
	const char *said = json_str(root, "status"), *name = "";
	int status = said ? word_status(said) : -1;

	if (status < 0) {
		if (promised)
			raise_to(v, STATUS_UNKNOWN,
			    "the health document has no known status ('%.*s')", WORD_MAX,
			    said ? said : "none");
		return;
	}
	if (status != STATUS_OPERATIONAL)
		raise_to(v, (enum status)status, "the body says '%.*s'", WORD_MAX, said);
	for (size_t i = 0; i < countof(lists); i++) {
		enum status sub = worst_check(json_get(root, lists[i]), &name);
		if (status != STATUS_OPERATIONAL || sub == STATUS_OPERATIONAL)
			continue;
		/* The draft's own example is "pass" with checks that warn: shown, without effect.
		 */
		if (sub == STATUS_MAJOR)
			raise_to(v, STATUS_DEGRADED, "check %.*s fails", WORD_MAX, name);
		else
			snprintf(note, note_size, ", check %.*s warns", WORD_MAX, name);
	}
}

static bool looks_html(const struct http_result *r)
{
	size_t i = 0;
	while (i < r->body_len && strchr(" \t\r\n", r->body[i]))
		i++;
	return i < r->body_len && r->body[i] == '<';
}

static void judge_json(const struct probe_expect *x, const struct http_result *r, size_t max,
    struct probe_verdict *v, char *note, size_t note_size)
{
	const char *type = r->content_type ? r->content_type : "";
	bool promised = strncasecmp(type, "application/health+json", 23) == 0;
	struct err e = { 0 };

	if (!x->json_count && !promised && !strcasestr(type, "json"))
		return;
	if (r->body_len > max) {
		if (x->json_count || promised)
			raise_to(v, STATUS_UNKNOWN,
			    "the body of %zu bytes is too long to be judged (at most %zu)",
			    r->body_len, max);
		return;
	}
	if (!r->body_len && !x->json_count && !promised)
		return;
	cJSON *root = json_parse(r->body, r->body_len, &e);
	if (!root) {
		if (looks_html(r))
			raise_to(v, STATUS_UNKNOWN, "the body is a web page, not JSON");
		else
			raise_to(v, STATUS_UNKNOWN, "the body is not JSON: %s", e.msg);
		return;
	}
	for (size_t i = 0; i < x->json_count; i++)
		judge_value(&x->json[i], root, v);
	if (!x->json_count)
		judge_health(root, promised, v, note, note_size);
	cJSON_Delete(root);
}

static void judge_latency(
    const struct probe_expect *x, const struct http_result *r, struct probe_verdict *v)
{
	const struct {
		int limit;
		enum status status;
	} steps[] = { { x->major_ms, STATUS_MAJOR }, { x->partial_ms, STATUS_PARTIAL },
		{ x->degraded_ms, STATUS_DEGRADED } };

	for (size_t i = 0; i < countof(steps); i++)
		if (steps[i].limit > 0 && r->latency_ms > steps[i].limit)
			raise_to(v, steps[i].status, "slow: %d ms, limit %d ms", r->latency_ms,
			    steps[i].limit);
}

void probe_judge_upto(const struct probe_expect *x, const struct http_result *r, size_t json_max,
    struct probe_verdict *out)
{
	char note[WORD_MAX + 32] = "";

	*out = (struct probe_verdict){ .status = STATUS_OPERATIONAL, .fault = r->fault };
	if (r->fault != FAULT_NONE) {
		judge_fault(r, out);
		return;
	}
	if (!r->text && !probe_code_expected(x, r->code)) {
		judge_code(x, r, out);
		return;
	}
	if (r->text && r->found != STATUS_OPERATIONAL)
		raise_to(out, r->found, "%s", r->text);
	if (!r->text && x->contains &&
	    !memmem(r->body, r->body_len, x->contains, strlen(x->contains)))
		raise_to(
		    out, STATUS_MAJOR, "the body does not contain '%.*s'", WORD_MAX, x->contains);
	if (!r->text)
		judge_json(x, r, json_max, out, note, sizeof note);
	judge_latency(x, r, out);
	if (x->certificate_days > 0 && r->cert_days != PROBE_NO_CERT &&
	    r->cert_days < x->certificate_days)
		raise_to(out, STATUS_DEGRADED, "TLS certificate expires in %d days", r->cert_days);
	if (r->text)
		raise_to(out, STATUS_OPERATIONAL, "%s", r->text);
	else
		raise_to(out, STATUS_OPERATIONAL, "%d in %d ms%s", r->code, r->latency_ms, note);
}

void probe_judge(
    const struct probe_expect *x, const struct http_result *r, struct probe_verdict *out)
{
	probe_judge_upto(x, r, PROBE_JSON_MAX, out);
}

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
#include "probe_health.h"

#define WORD_MAX HEALTH_WORD /* bytes of foreign text kept in a reason */

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

/* What the body of a failure says beside its code, where that can be read here. */
static void health_of_body(const struct http_result *r, size_t json_max, struct health *h)
{
	cJSON *root;

	*h = (struct health){ .saying = HEALTH_NONE };
	if (!health_looks_json(r)) {
		health_of_text(r->body, r->body_len, h);
	} else if (r->body_len <= json_max &&
		   (root = json_parse(r->body, r->body_len, NULL)) != NULL) {
		health_of_json(root, h);
		cJSON_Delete(root);
	}
}

/* A code that was not expected. */
static void judge_code(const struct probe_expect *x, const struct http_result *r, size_t json_max,
    struct probe_verdict *v)
{
	int code = r->code;
	struct health h;
	struct buf want;

	health_of_body(r, json_max, &h);
	if (code == 429 && h.consul && h.status == STATUS_DEGRADED) {
		raise_to(v, STATUS_DEGRADED, "answered 429, Consul's warning: '%s'%s%s", h.said,
		    h.check[0] ? ", check " : "", h.check);
	} else if (code == 429) {
		v->fault = FAULT_BUSY;
		raise_to(v, STATUS_UNKNOWN, "answered 429: asks for fewer requests");
	} else if (code == 503 && r->has_retry_after) {
		raise_to(v, STATUS_MAINTENANCE, "answered 503 with a time to come back");
	} else if (code == 503 && h.saying == HEALTH_SAID && h.status == STATUS_MAINTENANCE) {
		raise_to(v, STATUS_MAINTENANCE, "answered 503, the body says '%s'%s%s", h.said,
		    h.check[0] ? ", check " : "", h.check);
	} else if (code >= 500 && h.saying == HEALTH_SAID && h.status == STATUS_MAJOR) {
		raise_to(v, STATUS_MAJOR, "answered %d, the body says '%s'%s%s", code, h.said,
		    h.check[0] ? ", check " : "", h.check);
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
	int said = cJSON_IsString(value) ? health_word(text) : -1;
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

/* How a document is read that says its own health. `lenient`: the configuration says itself what is
 * good, so that a word that is not known is no reason to doubt. */
static void judge_health(const struct health *h, bool promised, bool lenient,
    struct probe_verdict *v, char *note, size_t note_size)
{
	if (h->saying == HEALTH_NONE && promised)
		raise_to(v, STATUS_UNKNOWN, "the health document has no known status ('none')");
	if (h->saying == HEALTH_STRANGE && !lenient)
		raise_to(v, STATUS_UNKNOWN,
		    "the health document has no known status ('%s'): expect names what is good",
		    h->said);
	if (h->saying != HEALTH_SAID)
		return;
	if (h->status != STATUS_OPERATIONAL) {
		if (h->check[0])
			raise_to(v, h->status, "the body says '%s', check %s '%s'", h->said,
			    h->check, h->check_said);
		else
			raise_to(v, h->status, "the body says '%s'", h->said);
	} else if (h->check_status == STATUS_MAJOR) {
		raise_to(v, STATUS_DEGRADED, "check %s fails ('%s')", h->check, h->check_said);
	} else if (h->check_status == STATUS_DEGRADED) {
		/* The draft's own example is "pass" with checks that warn: shown, no more. */
		snprintf(note, note_size, ", check %s warns", h->check);
	} else if (h->check_status != STATUS_OPERATIONAL) {
		snprintf(note, note_size, ", check %s says '%s'", h->check, h->check_said);
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
	bool sniffed = !strcasestr(type, "json");
	struct health h;
	struct err e = { 0 };

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
		if (sniffed && !x->json_count)
			return; /* nobody said that it was */
		if (looks_html(r))
			raise_to(v, STATUS_UNKNOWN, "the body is a web page, not JSON");
		else
			raise_to(v, STATUS_UNKNOWN, "the body is not JSON: %s", e.msg);
		return;
	}
	for (size_t i = 0; i < x->json_count; i++)
		judge_value(&x->json[i], root, v);
	if (!x->json_count) {
		health_of_json(root, &h);
		judge_health(&h, promised, x->contains != NULL, v, note, note_size);
	}
	cJSON_Delete(root);
}

static void judge_body(const struct probe_expect *x, const struct http_result *r, size_t max,
    struct probe_verdict *v, char *note, size_t note_size)
{
	const char *type = r->content_type ? r->content_type : "";
	struct health h;

	if (x->json_count || health_looks_json(r)) {
		judge_json(x, r, max, v, note, note_size);
	} else if (!*type || strncasecmp(type, "text/plain", 10) == 0) {
		health_of_text(r->body, r->body_len, &h);
		judge_health(&h, false, x->contains != NULL, v, note, note_size);
	}
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
	char note[2 * WORD_MAX + 32] = "";

	*out = (struct probe_verdict){ .status = STATUS_OPERATIONAL, .fault = r->fault };
	if (r->fault != FAULT_NONE) {
		judge_fault(r, out);
		return;
	}
	if (!r->text && !probe_code_expected(x, r->code)) {
		judge_code(x, r, json_max, out);
		return;
	}
	if (r->text && r->found != STATUS_OPERATIONAL)
		raise_to(out, r->found, "%s", r->text);
	if (!r->text && x->contains &&
	    !memmem(r->body, r->body_len, x->contains, strlen(x->contains)))
		raise_to(
		    out, STATUS_MAJOR, "the body does not contain '%.*s'", WORD_MAX, x->contains);
	if (!r->text)
		judge_body(x, r, json_max, out, note, sizeof note);
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

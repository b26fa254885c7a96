#include "probe_far.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net_priv.h"
#include "probe_health.h"

/* The frame: one line of JSON, then the body as it came. */

bool probe_far_needed(const struct probe_expect *x, const struct http_result *r)
{
	return r->fault == FAULT_NONE && r->body_len > PROBE_JSON_MAX && !r->text &&
	       (probe_code_expected(x, r->code) || r->code >= 500 || r->code == 429) &&
	       (x->json_count || health_looks_json(r));
}

void probe_far_ask(struct buf *out, const struct probe_expect *x, const struct http_result *r)
{
	cJSON *o = cJSON_CreateObject(), *codes = cJSON_CreateArray(), *json = cJSON_CreateArray();

	for (size_t i = 0; i < x->code_count; i++)
		cJSON_AddItemToArray(
		    codes, cJSON_CreateIntArray((int[]){ x->codes[i].from, x->codes[i].to }, 2));
	for (size_t i = 0; i < x->json_count; i++) {
		cJSON *one = cJSON_CreateObject();
		json_put_str(one, "pointer", x->json[i].pointer);
		json_put_strs(one, "allowed", x->json[i].allowed, x->json[i].allowed_count);
		cJSON_AddItemToArray(json, one);
	}
	json_put(o, "codes", codes);
	json_put(o, "json", json);
	json_put_str(o, "contains", x->contains);
	json_put_int(o, "degraded_ms", x->degraded_ms);
	json_put_int(o, "partial_ms", x->partial_ms);
	json_put_int(o, "major_ms", x->major_ms);
	json_put_int(o, "certificate_days", x->certificate_days);
	json_put_int(o, "code", r->code);
	json_put_str(o, "type", r->content_type);
	json_put_int(o, "latency_ms", r->latency_ms);
	json_put_int(o, "cert_days", r->cert_days);
	json_put_bool(o, "retry_after", r->has_retry_after);
	json_print(out, o);
	buf_addc(out, '\n');
	buf_add(out, r->body, r->body_len);
	cJSON_Delete(o);
}

/* Strings of the result belong to `o`, arrays to the arena. */
static void expect_of(const cJSON *o, struct probe_expect *x, struct arena *a)
{
	const cJSON *codes = json_get(o, "codes"), *json = json_get(o, "json"), *item, *word;

	*x = (struct probe_expect){
		.contains =
		    json_get(o, "contains") ? cJSON_GetStringValue(json_get(o, "contains")) : NULL,
		.degraded_ms = (int)json_int(o, "degraded_ms", 0),
		.partial_ms = (int)json_int(o, "partial_ms", 0),
		.major_ms = (int)json_int(o, "major_ms", 0),
		.certificate_days = (int)json_int(o, "certificate_days", 0),
	};
	x->codes = arena_alloc(a, ((size_t)cJSON_GetArraySize(codes) + 1) * sizeof *x->codes);
	cJSON_ArrayForEach(item, codes) x->codes[x->code_count++] =
	    (struct expect_range){ (int)cJSON_GetNumberValue(cJSON_GetArrayItem(item, 0)),
		    (int)cJSON_GetNumberValue(cJSON_GetArrayItem(item, 1)) };
	x->json = arena_alloc(a, ((size_t)cJSON_GetArraySize(json) + 1) * sizeof *x->json);
	cJSON_ArrayForEach(item, json)
	{
		struct expect_json *j = &x->json[x->json_count++];
		const cJSON *allowed = json_get(item, "allowed");
		j->pointer = arena_strdup(a, json_str_or(item, "pointer", ""));
		j->allowed =
		    arena_alloc(a, ((size_t)cJSON_GetArraySize(allowed) + 1) * sizeof *j->allowed);
		cJSON_ArrayForEach(word, allowed) j->allowed[j->allowed_count++] =
		    arena_strdup(a, cJSON_IsString(word) ? word->valuestring : "");
	}
}

cJSON *probe_far_judge(const char *frame, size_t len, struct err *e)
{
	const char *end = memchr(frame, '\n', len);
	cJSON *o = json_parse(frame, end ? (size_t)(end - frame) : 0, e), *out;
	struct arena *a = arena_new();
	struct probe_verdict v;
	struct probe_expect x;

	if (!o || !end) {
		cJSON_Delete(o);
		arena_free(a);
		return NULL;
	}
	expect_of(o, &x, a);
	struct http_result r = {
		.detail = "",
		.code = (int)json_int(o, "code", 0),
		.content_type = json_str_or(o, "type", ""),
		.body = end + 1,
		.body_len = len - (size_t)(end + 1 - frame),
		.latency_ms = (int)json_int(o, "latency_ms", 0),
		.cert_days = (int)json_int(o, "cert_days", PROBE_NO_CERT),
		.has_retry_after = json_bool(o, "retry_after", false),
	};
	probe_judge_upto(&x, &r, PROBE_BODY_MAX, &v);
	out = cJSON_CreateObject();
	json_put_str(out, "status", status_names[v.status]);
	json_put_int(out, "fault", v.fault);
	json_put_str(out, "reason", v.reason);
	cJSON_Delete(o);
	arena_free(a);
	return out;
}

bool probe_far_verdict(const cJSON *json, struct probe_verdict *out)
{
	int status = status_of(json_str_or(json, "status", ""));
	int64_t fault = json_int(json, "fault", -1);
	char *reason = utf8_cleaned(json_str(json, "reason"), UTF8_ONE_LINE, PROBE_REASON - 1);
	bool ok = status >= 0 && fault >= 0 && fault < PROBE_FAULTS && *reason;

	if (ok) {
		out->status = (enum status)status;
		out->fault = (enum probe_fault)fault;
		snprintf(out->reason, sizeof out->reason, "%s", reason);
	}
	free(reason);
	return ok;
}

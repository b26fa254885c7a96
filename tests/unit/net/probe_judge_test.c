#include "net/probe.h"

#include <dirent.h>

#include "t.h"

#define S(x) ((char *)(uintptr_t)(x))
#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct http_result answer(int code, const char *type, const char *body)
{
	return (struct http_result){ .code = code,
		.content_type = type,
		.body = body,
		.body_len = strlen(body),
		.detail = "",
		.latency_ms = 20,
		.cert_days = PROBE_NO_CERT };
}

static void check(const char *what, const struct probe_expect *x, const struct http_result *r,
    enum status status, const char *reason)
{
	struct probe_verdict v;

	probe_judge(x, r, &v);
	if (v.status != status || !strstr(v.reason, reason))
		fail_msg("%s: status %d, '%s'", what, v.status, v.reason);
}

static void codes_without_an_expectation(void **state)
{
	static const struct {
		int code;
		bool retry_after;
		const char *body;
		enum status status;
		enum probe_fault fault;
		const char *reason;
	} cases[] = {
		{ 200, false, "", STATUS_OPERATIONAL, FAULT_NONE, "200 in 20 ms" },
		{ 204, false, "", STATUS_OPERATIONAL, FAULT_NONE, "204 in 20 ms" },
		{ 299, false, "", STATUS_OPERATIONAL, FAULT_NONE, "299" },
		{ 301, false, "", STATUS_UNKNOWN, FAULT_REDIRECT, "answered 301" },
		{ 302, false, "", STATUS_UNKNOWN, FAULT_REDIRECT, "not followed" },
		{ 400, false, "", STATUS_UNKNOWN, FAULT_NONE, "answered 400" },
		{ 401, false, "", STATUS_UNKNOWN, FAULT_NONE, "credentials" },
		{ 403, false, "", STATUS_UNKNOWN, FAULT_NONE, "credentials" },
		{ 404, false, "", STATUS_UNKNOWN, FAULT_NONE, "nothing at this address" },
		{ 429, false, "", STATUS_UNKNOWN, FAULT_BUSY, "429" },
		{ 429, true, "", STATUS_UNKNOWN, FAULT_BUSY, "429" },
		{ 500, false, "", STATUS_MAJOR, FAULT_NONE, "answered 500" },
		{ 502, true, "", STATUS_MAJOR, FAULT_NONE, "answered 502" },
		{ 503, false, "", STATUS_MAJOR, FAULT_NONE, "answered 503" },
		{ 503, true, "", STATUS_MAINTENANCE, FAULT_NONE, "come back" },
		{ 503, false, "Down for Maintenance", STATUS_MAINTENANCE, FAULT_NONE,
		    "maintenance" },
		{ 599, false, "maintenance", STATUS_MAJOR, FAULT_NONE, "answered 599" },
	};
	const struct probe_expect any = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_result r = answer(cases[i].code, "text/plain", cases[i].body);
		struct probe_verdict v;
		r.has_retry_after = cases[i].retry_after;
		check(cases[i].reason, &any, &r, cases[i].status, cases[i].reason);
		probe_judge(&any, &r, &v);
		assert_int_equal(v.fault, cases[i].fault);
	}
}

static void expected_codes(void **state)
{
	struct expect_range ranges[] = { { 200, 200 }, { 300, 399 }, { 404, 404 } };
	const struct probe_expect x = { .codes = ranges, .code_count = COUNT(ranges) };
	struct http_result r = answer(302, "", "");

	(void)state;
	check("302", &x, &r, STATUS_OPERATIONAL, "302 in");
	r.code = 404;
	check("404", &x, &r, STATUS_OPERATIONAL, "404 in");
	r.code = 204;
	check("204", &x, &r, STATUS_MAJOR, "answered 204, expected 200, 300-399, 404");
	r.code = 503;
	check("503", &x, &r, STATUS_MAJOR, "answered 503");
}

static void every_fault_has_its_own_reason(void **state)
{
	const struct probe_expect any = { 0 };
	char reasons[PROBE_FAULTS][PROBE_REASON];

	(void)state;
	for (int f = FAULT_NONE + 1; f < PROBE_FAULTS; f++) {
		struct http_result r = { .fault = (enum probe_fault)f, .detail = "", .body = "" };
		struct probe_verdict v;
		probe_judge(&any, &r, &v);
		assert_int_equal(v.fault, f);
		assert_true(v.status == STATUS_MAJOR || v.status == STATUS_UNKNOWN);
		memcpy(reasons[f], v.reason, PROBE_REASON);
		for (int g = FAULT_NONE + 1; g < f; g++)
			assert_string_not_equal(reasons[f], reasons[g]);
		assert_string_not_equal(probe_fault_names[f], probe_fault_names[f - 1]);
		r.detail = "why \x1b[2J it\nfailed";
		probe_judge(&any, &r, &v);
		assert_non_null(strstr(v.reason, "why [2J it failed"));
	}
	struct http_result r = {
		.fault = FAULT_TIMEOUT, .detail = "", .body = "", .timeout_ms = 5000
	};
	check("timeout", &any, &r, STATUS_MAJOR, "no answer within 5000 ms");
}

static void json_expectations(void **state)
{
	char *good[] = { S("pass"), S("ok"), S("UP") }, *numbers[] = { S("1"), S("true") };
	struct expect_json json[] = { { S("/status"), good, COUNT(good) } };
	struct expect_json number[] = { { S("/nodes/0/up"), numbers, COUNT(numbers) } };
	const struct probe_expect x = { .json = json, .json_count = 1 };
	const struct probe_expect n = { .json = number, .json_count = 1 };
	static const struct {
		const char *body;
		enum status status;
		const char *reason;
	} cases[] = {
		{ "{\"status\":\"pass\"}", STATUS_OPERATIONAL, "200 in" },
		{ "{\"status\":\"UP\",\"x\":1}", STATUS_OPERATIONAL, "200 in" },
		{ "{\"status\":\"up\"}", STATUS_MAJOR, "/status is 'up', expected pass, ok, UP" },
		{ "{\"status\":\"DOWN\"}", STATUS_MAJOR, "/status is 'DOWN'" },
		{ "{\"status\":\"warn\"}", STATUS_DEGRADED, "/status is 'warn'" },
		{ "{\"status\":\"maintenance\"}", STATUS_MAINTENANCE, "maintenance" },
		{ "{\"status\":null}", STATUS_MAJOR, "/status is 'null'" },
		{ "{\"state\":\"pass\"}", STATUS_UNKNOWN, "/status is missing" },
		{ "", STATUS_UNKNOWN, "not JSON" },
		{ "{\"status\":\"pass\"", STATUS_UNKNOWN, "not JSON" },
		{ "{\"status\":\"pass\",\"status\":\"pass\"}", STATUS_UNKNOWN, "not JSON" },
		{ "<html>please log in</html>", STATUS_UNKNOWN, "web page" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_result r = answer(200, "text/plain", cases[i].body);
		check(cases[i].body, &x, &r, cases[i].status, cases[i].reason);
	}
	struct http_result r = answer(200, "", "{\"nodes\":[{\"up\":true}]}");
	check("true", &n, &r, STATUS_OPERATIONAL, "200");
	r = answer(200, "", "{\"nodes\":[{\"up\":0}]}");
	check("0", &n, &r, STATUS_MAJOR, "is '0', expected 1, true");
	/* The code comes first: a failing one is not excused by its body. */
	r = answer(500, "application/json", "{\"status\":\"pass\"}");
	check("500", &x, &r, STATUS_MAJOR, "answered 500");
}

static void long_json_is_not_judged_here(void **state)
{
	char *good[] = { S("pass") };
	struct expect_json json[] = { { S("/status"), good, 1 } };
	const struct probe_expect x = { .json = json, .json_count = 1 }, any = { 0 };

	(void)state;
	for (size_t extra = 0; extra < 3; extra++) {
		size_t len = PROBE_JSON_MAX - 1 + extra;
		char *body = malloc(len + 1);
		memset(body, ' ', len);
		memcpy(body, "{\"status\":\"pass\"}", 17);
		body[len] = 0;
		struct http_result r = answer(200, "application/json", body);
		check("long", &x, &r, extra == 2 ? STATUS_UNKNOWN : STATUS_OPERATIONAL,
		    extra == 2 ? "too long" : "200");
		check("long", &any, &r, STATUS_OPERATIONAL, "200");
		free(body);
	}
}

static void health_documents_speak_for_themselves(void **state)
{
	static const struct {
		const char *type, *body;
		enum status status;
		const char *reason;
	} cases[] = {
		{ "application/health+json", "{\"status\":\"pass\"}", STATUS_OPERATIONAL, "200" },
		{ "application/health+json; charset=utf-8", "{\"status\":\"UP\"}",
		    STATUS_OPERATIONAL, "200" },
		{ "application/health+json", "{\"status\":\"WARN\"}", STATUS_DEGRADED, "'WARN'" },
		{ "application/health+json", "{\"status\":\"error\"}", STATUS_MAJOR, "'error'" },
		{ "application/health+json", "{\"status\":\"strange\"}", STATUS_UNKNOWN,
		    "strange" },
		{ "application/health+json", "{}", STATUS_UNKNOWN, "no known status" },
		{ "application/health+json", "nothing", STATUS_UNKNOWN, "not JSON" },
		{ "application/json", "{\"status\":\"DOWN\"}", STATUS_MAJOR, "'DOWN'" },
		{ "application/json", "{\"status\":200}", STATUS_OPERATIONAL, "200" },
		{ "application/json", "{\"status\":\"strange\"}", STATUS_UNKNOWN, "'strange'" },
		{ "application/json", "{\"a\":", STATUS_UNKNOWN, "not JSON" },
		{ "application/json", "", STATUS_OPERATIONAL, "200" },
		{ "text/plain", "{\"status\":\"DOWN\"}", STATUS_MAJOR, "'DOWN'" },
		{ "text/html", "{\"status\":\"DOWN\"}", STATUS_OPERATIONAL, "200" },
		{ "application/health+json",
		    "{\"status\":\"pass\",\"checks\":{\"db:time\":[{\"status\":\"pass\"},{"
		    "\"status\":\"warn\"}]}}",
		    STATUS_OPERATIONAL, "check db:time warns" },
		{ "application/health+json",
		    "{\"status\":\"pass\",\"details\":{\"db:time\":[{\"status\":\"fail\"}]}}",
		    STATUS_DEGRADED, "check db:time fails" },
		{ "application/json",
		    "{\"status\":\"UP\",\"checks\":[{\"name\":\"one\",\"status\":\"DOWN\"}]}",
		    STATUS_DEGRADED, "check one fails" },
		{ "application/json",
		    "{\"status\":\"UP\",\"components\":{\"db\":{\"status\":\"DOWN\"}}}",
		    STATUS_DEGRADED, "check db fails" },
	};
	const struct probe_expect any = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_result r = answer(200, cases[i].type, cases[i].body);
		check(cases[i].body, &any, &r, cases[i].status, cases[i].reason);
	}
}

static void text_latency_and_certificate(void **state)
{
	struct probe_expect x = { .contains = S("ready"),
		.degraded_ms = 800,
		.partial_ms = 2000,
		.major_ms = 5000,
		.certificate_days = 14 };
	struct http_result r = answer(200, "text/plain", "all is ready\n");

	(void)state;
	check("good", &x, &r, STATUS_OPERATIONAL, "200 in 20 ms");
	r.latency_ms = 800;
	check("at the limit", &x, &r, STATUS_OPERATIONAL, "200 in 800 ms");
	r.latency_ms = 801;
	check("slow", &x, &r, STATUS_DEGRADED, "slow: 801 ms, limit 800 ms");
	r.latency_ms = 2001;
	check("slower", &x, &r, STATUS_PARTIAL, "limit 2000 ms");
	r.latency_ms = 5001;
	check("slowest", &x, &r, STATUS_MAJOR, "limit 5000 ms");
	r.latency_ms = 20;
	r.cert_days = 14;
	check("certificate", &x, &r, STATUS_OPERATIONAL, "200");
	r.cert_days = 13;
	check("certificate", &x, &r, STATUS_DEGRADED, "expires in 13 days");
	r.latency_ms = 2500;
	check("the worst holds", &x, &r, STATUS_PARTIAL, "slow");
	r.body = "not yet";
	r.body_len = 7;
	check("text", &x, &r, STATUS_MAJOR, "does not contain 'ready'");
}

static void targets_are_copied_whole_and_told_apart(void **state)
{
	char *values[] = { S("a"), S("b") };
	struct expect_json json[] = { { S("/x"), values, 2 } };
	struct expect_range codes[] = { { 200, 204 } };
	struct net_header headers[] = { { S("Authorization"), S("secret") } };
	struct probe_target t = { .id = S("id"),
		.kind = S("http"),
		.url = S("http://a/"),
		.headers = headers,
		.header_count = 1,
		.interval_ms = 1000,
		.expect = { .codes = codes,
		    .code_count = 1,
		    .json = json,
		    .json_count = 1,
		    .contains = S("z") } };
	uint64_t hash = probe_target_hash(&t);
	struct probe_target *c = probe_target_copy(&t);

	(void)state;
	assert_true(probe_target_hash(c) == hash);
	assert_string_equal(c->expect.json[0].allowed[1], "b");
	assert_string_equal(c->headers[0].value, "secret");
	assert_true(c->expect.contains != t.expect.contains && c->headers != t.headers);
	probe_target_free(c);
	probe_target_free(NULL);
#define DIFFERS(change, back)                                                                      \
	do {                                                                                       \
		change;                                                                            \
		assert_false(probe_target_hash(&t) == hash);                                       \
		back;                                                                              \
		assert_true(probe_target_hash(&t) == hash);                                        \
	} while (0)
	DIFFERS(t.url = S("http://b/"), t.url = S("http://a/"));
	DIFFERS(t.method = S("HEAD"), t.method = NULL);
	DIFFERS(t.method = S(""), t.method = NULL);
	DIFFERS(t.body = S("{}"), t.body = NULL);
	DIFFERS(headers[0].value = S("other"), headers[0].value = S("secret"));
	DIFFERS(t.interval_ms++, t.interval_ms--);
	DIFFERS(t.timeout_ms++, t.timeout_ms--);
	DIFFERS(codes[0].to++, codes[0].to--);
	DIFFERS(values[0] = S("c"), values[0] = S("a"));
	DIFFERS(t.expect.contains = NULL, t.expect.contains = S("z"));
	DIFFERS(t.expect.certificate_days++, t.expect.certificate_days--);
	DIFFERS(t.klass = NET_EXTERNAL, t.klass = NET_INTERNAL);
	DIFFERS(t.ca_file = S("/ca"), t.ca_file = NULL);
	assert_string_equal(probe_kind_find("http")->name, "http");
	assert_null(probe_kind_find("gopher"));
	assert_null(probe_kind_find(NULL));
}

/* Captures that lie beside the repository, where there are any. */
static void captures(void **state)
{
	static const struct {
		const char *file;
		enum status status;
	} cases[] = {
		{ "health-json-pass-with-warn-checks.json", STATUS_OPERATIONAL },
		{ "microprofile-up.json", STATUS_OPERATIONAL },
		{ "microprofile-down.json", STATUS_MAJOR },
		{ "spring-boot-nested.json", STATUS_DEGRADED },
		{ "kubernetes-readyz-verbose.txt", STATUS_OPERATIONAL },
	};
	const struct probe_expect any = { 0 };
	char below[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(below, sizeof below, "../shared/samples/feeds/health/%s", cases[i].file);
		char *body = slurp(top_path(below), NULL);
		if (!body)
			continue;
		struct http_result r = answer(
		    200, strstr(cases[i].file, ".txt") ? "text/plain" : "application/json", body);
		check(cases[i].file, &any, &r, cases[i].status, "");
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_without_an_expectation),
		cmocka_unit_test(expected_codes),
		cmocka_unit_test(every_fault_has_its_own_reason),
		cmocka_unit_test(json_expectations),
		cmocka_unit_test(long_json_is_not_judged_here),
		cmocka_unit_test(health_documents_speak_for_themselves),
		cmocka_unit_test(text_latency_and_certificate),
		cmocka_unit_test(targets_are_copied_whole_and_told_apart),
		cmocka_unit_test(captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

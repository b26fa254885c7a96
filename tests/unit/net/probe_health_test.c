/* Documents that say their own health, each in the forms in which its makers write it. */
#include "../../../src/net/probe_health.h"

#include "t.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define JSON "application/json"
#define TEXT "text/plain; charset=utf-8"

struct said {
	int code;
	const char *type, *body;
	enum status status;
	const char *reason; /* a part of it */
};

static void all(const struct said *cases, size_t count)
{
	const struct probe_expect any = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct http_result r = { .code = cases[i].code,
			.content_type = cases[i].type,
			.body = cases[i].body,
			.body_len = strlen(cases[i].body),
			.detail = "",
			.latency_ms = 20,
			.cert_days = PROBE_NO_CERT };
		struct probe_verdict v;

		probe_judge(&any, &r, &v);
		if (v.status != cases[i].status || !strstr(v.reason, cases[i].reason))
			fail_msg("%d %s: %s, '%s'", cases[i].code, cases[i].body,
			    status_names[v.status], v.reason);
	}
}

static void asp_net_core(void **state)
{
	static const struct said cases[] = {
		{ 200, TEXT, "Healthy", STATUS_OPERATIONAL, "200" },
		{ 200, TEXT, "Degraded", STATUS_DEGRADED, "'Degraded'" },
		{ 503, TEXT, "Unhealthy", STATUS_MAJOR, "503, the body says 'Unhealthy'" },
		{ 200, TEXT, "Unhealthy\n", STATUS_MAJOR, "'Unhealthy'" },
		{ 200, JSON,
		    "{\"status\":\"Healthy\",\"totalDuration\":\"00:00:00.0123456\",\"entries\":{"
		    "\"sql\":{"
		    "\"data\":{},\"duration\":\"00:00:00.01\",\"status\":\"Healthy\",\"tags\":[]}}"
		    "}",
		    STATUS_OPERATIONAL, "200 in 20 ms" },
		{ 200, JSON,
		    "{\"status\":\"Degraded\",\"entries\":{\"queue\":{\"status\":\"Degraded\"}}}",
		    STATUS_DEGRADED, "'Degraded', check queue 'Degraded'" },
		{ 503, JSON,
		    "{\"status\":\"Unhealthy\",\"entries\":{\"sql\":{\"status\":\"Unhealthy\"}}}",
		    STATUS_MAJOR, "'Unhealthy', check sql" },
		{ 200, JSON,
		    "{\"status\":\"Healthy\",\"entries\":{\"sql\":{\"status\":\"Unhealthy\"}}}",
		    STATUS_DEGRADED, "check sql fails" },
		{ 200, JSON, "{\"status\":2,\"entries\":{}}", STATUS_OPERATIONAL, "200" },
		{ 200, JSON, "{\"status\":1,\"entries\":{}}", STATUS_DEGRADED, "'Degraded'" },
		{ 200, JSON, "{\"status\":0,\"entries\":{}}", STATUS_MAJOR, "'Unhealthy'" },
		{ 200, JSON, "{\"status\":3,\"entries\":{}}", STATUS_UNKNOWN, "no known status" },
		{ 200, JSON, "{\"status\":1e300,\"entries\":{}}", STATUS_UNKNOWN,
		    "no known status" },
	};

	(void)state;
	all(cases, COUNT(cases));
}

static void kubernetes_and_etcd(void **state)
{
	static const struct said cases[] = {
		{ 200, TEXT, "ok", STATUS_OPERATIONAL, "200" },
		{ 200, TEXT, "[+]ping ok\n[+]etcd excluded: ok\nreadyz check passed\n",
		    STATUS_OPERATIONAL, "200" },
		{ 500, TEXT, "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n",
		    STATUS_MAJOR, "answered 500, the body says 'failed', check etcd" },
		{ 200, TEXT, "[-]etcd failed: reason withheld\nlivez check passed", STATUS_DEGRADED,
		    "check etcd fails" },
		{ 200, TEXT, "[+]ping ok\n[-]etcd failed\nreadyz check failed", STATUS_MAJOR,
		    "check etcd" },
		{ 200, TEXT, "[+]ping ok\n[+]lo", STATUS_UNKNOWN, "without its last line" },
		{ 200, TEXT, "[+]ping ok\n[-]lo", STATUS_MAJOR, "check lo" },
		{ 200, TEXT, "[+]", STATUS_OPERATIONAL, "200" },
		{ 200, "", "{\"health\":\"true\",\"reason\":\"\"}", STATUS_OPERATIONAL, "200" },
		{ 200, TEXT, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}", STATUS_MAJOR,
		    "RAFT NO LEADER" },
		{ 503, JSON, "{\"health\":false,\"reason\":\"ALARM NOSPACE\"}", STATUS_MAJOR,
		    "ALARM NOSPACE" },
		{ 200, JSON, "{\"health\":\"perhaps\"}", STATUS_UNKNOWN, "'perhaps'" },
		{ 200, JSON, "{\"health\":1}", STATUS_OPERATIONAL, "200" },
	};

	(void)state;
	all(cases, COUNT(cases));
}

#define CHECK(id, status) "{\"CheckID\":\"" id "\",\"Name\":\"" id "\",\"Status\":\"" status "\"}"
#define INSTANCE(checks) "{\"Node\":{},\"Service\":{\"Service\":\"sms\"},\"Checks\":[" checks "]}"

static void consul(void **state)
{
	static const struct said cases[] = {
		{ 200, JSON, "[" CHECK("c1", "passing") "]", STATUS_OPERATIONAL, "200" },
		{ 200, JSON, "[" CHECK("c1", "critical") "]", STATUS_MAJOR, "check c1 'critical'" },
		{ 200, JSON, "[" CHECK("c1", "passing") "," CHECK("c2", "critical") "]",
		    STATUS_DEGRADED, "check c2 'critical'" },
		{ 200, JSON, "[" CHECK("c1", "passing") "," CHECK("c2", "odd") "]", STATUS_UNKNOWN,
		    "'odd'" },
		{ 200, JSON, "[" INSTANCE(CHECK("a", "passing") "," CHECK("b", "warning")) "]",
		    STATUS_DEGRADED, "check b 'warning'" },
		{ 200, JSON,
		    "[" INSTANCE(CHECK("a", "critical")) "," INSTANCE(CHECK("a", "passing")) "]",
		    STATUS_DEGRADED, "check a" },
		{ 200, JSON,
		    "[" INSTANCE(CHECK("a", "critical")) "," INSTANCE(CHECK("b", "critical")) "]",
		    STATUS_MAJOR, "'critical'" },
		{ 200, JSON, "[" INSTANCE(CHECK("_service_maintenance:sms", "critical")) "]",
		    STATUS_MAINTENANCE, "_service_maintenance" },
		{ 200, JSON, "[]", STATUS_UNKNOWN, "'[]'" },
		{ 429, JSON,
		    "{\"AggregatedStatus\":\"warning\",\"Service\":{},\"Checks\":[" CHECK(
			"c1", "warning") "]}",
		    STATUS_DEGRADED, "answered 429, Consul's warning: 'warning', check c1" },
		{ 429, TEXT, "warning", STATUS_DEGRADED, "Consul's warning" },
		{ 503, JSON, "{\"AggregatedStatus\":\"critical\",\"Service\":{},\"Checks\":[]}",
		    STATUS_MAJOR, "'critical'" },
		{ 503, JSON,
		    "{\"AggregatedStatus\":\"critical\",\"Checks\":[" CHECK(
			"_node_maintenance", "critical") "]}",
		    STATUS_MAINTENANCE, "'critical'" },
		/* A 429 of anybody else asks for fewer requests, whatever it says. */
		{ 429, JSON, "{\"status\":\"warn\"}", STATUS_UNKNOWN, "fewer requests" },
		{ 429, TEXT, "warn", STATUS_UNKNOWN, "fewer requests" },
		{ 429, JSON, "[" CHECK("c1", "critical") "]", STATUS_UNKNOWN, "fewer requests" },
	};

	(void)state;
	all(cases, COUNT(cases));
}

static void spring_boot_and_microprofile(void **state)
{
	static const struct said cases[] = {
		{ 200, JSON,
		    "{\"status\":\"UP\",\"components\":{\"db\":{\"status\":\"UP\",\"components\":{"
		    "\"replica\":{\"status\":\"DOWN\"}}}}}",
		    STATUS_DEGRADED, "check db/replica fails" },
		{ 200, JSON,
		    "{\"status\":\"UP\",\"details\":{\"db\":{\"status\":\"UP\",\"details\":{"
		    "\"database\":"
		    "\"x\",\"main\":{\"status\":\"DOWN\"}}}}}",
		    STATUS_DEGRADED, "check db/main fails" },
		{ 200, JSON, "{\"status\":\"UP\",\"db\":{\"status\":\"DOWN\",\"database\":\"x\"}}",
		    STATUS_DEGRADED, "check db fails" },
		{ 200, JSON, "{\"status\":\"UP\",\"diskSpace\":{\"status\":\"UP\",\"free\":1}}",
		    STATUS_OPERATIONAL, "200" },
		{ 503, JSON, "{\"status\":\"OUT_OF_SERVICE\"}", STATUS_MAINTENANCE,
		    "answered 503, the body says 'OUT_OF_SERVICE'" },
		{ 200, JSON, "{\"status\":\"OUT_OF_SERVICE\"}", STATUS_MAINTENANCE,
		    "'OUT_OF_SERVICE'" },
		{ 500, JSON, "{\"status\":\"OUT_OF_SERVICE\"}", STATUS_MAJOR, "answered 500" },
		{ 503, JSON,
		    "{\"status\":\"DOWN\",\"components\":{\"maintenance-window\":{\"status\":"
		    "\"UP\"},\"db\":{\"status\":\"DOWN\"}}}",
		    STATUS_MAJOR, "check db" },
		{ 200, JSON, "{\"status\":\"UNKNOWN\"}", STATUS_UNKNOWN, "'UNKNOWN'" },
		{ 200, JSON, "{\"status\":\"FATAL\"}", STATUS_UNKNOWN, "'FATAL'" },
		{ 200, JSON, "{\"status\":\"UP\",\"components\":{\"x\":{\"status\":\"FATAL\"}}}",
		    STATUS_OPERATIONAL, "check x says 'FATAL'" },
		{ 200, JSON, "{\"status\":\"UP\",\"checks\":[]}", STATUS_OPERATIONAL, "200" },
		{ 503, JSON,
		    "{\"status\":\"DOWN\",\"checks\":[{\"name\":\"one\",\"status\":\"DOWN\"}]}",
		    STATUS_MAJOR, "check one" },
		{ 200, JSON,
		    "{\"outcome\":\"UP\",\"checks\":[{\"name\":\"one\",\"state\":\"DOWN\"}]}",
		    STATUS_DEGRADED, "check one fails" },
		{ 503, JSON, "{\"outcome\":\"DOWN\",\"checks\":[]}", STATUS_MAJOR, "'DOWN'" },
	};

	(void)state;
	all(cases, COUNT(cases));
}

static void one_word(void **state)
{
	static const struct said cases[] = {
		{ 200, TEXT, "UP", STATUS_OPERATIONAL, "200" },
		{ 200, TEXT, " pass\r\n", STATUS_OPERATIONAL, "200" },
		{ 200, "", "ok", STATUS_OPERATIONAL, "200" },
		{ 200, TEXT, "down", STATUS_MAJOR, "'down'" },
		{ 200, TEXT, "DRAINING", STATUS_MAINTENANCE, "'DRAINING'" },
		{ 200, TEXT, "Confused", STATUS_UNKNOWN, "'Confused'" },
		{ 200, TEXT, "all is down here", STATUS_OPERATIONAL, "200" }, /* prose is no word */
		{ 200, "text/html", "down", STATUS_OPERATIONAL, "200" },
		{ 200, TEXT, "{broken", STATUS_OPERATIONAL, "200" }, /* nobody said it was JSON */
		{ 200, TEXT, "", STATUS_OPERATIONAL, "200" },
	};
	struct http_result r = { .code = 200,
		.content_type = TEXT,
		.body = "Hello",
		.body_len = 5,
		.detail = "",
		.latency_ms = 20,
		.cert_days = PROBE_NO_CERT };
	const struct probe_expect x = { .contains = (char[]){ "Hello" } };
	struct probe_verdict v;

	(void)state;
	all(cases, COUNT(cases));
	/* Who says what the body must hold has said what is good. */
	probe_judge(&x, &r, &v);
	assert_int_equal(v.status, STATUS_OPERATIONAL);
}

/* Checks within checks end somewhere, names are cut, and what is foreign is clean. */
static void hostile_documents(void **state)
{
	struct buf b;
	struct health h;
	struct probe_verdict v;
	const struct probe_expect any = { 0 };

	(void)state;
	buf_init(&b, 0);
	buf_adds(&b, "{\"status\":\"UP\"");
	for (int i = 0; i < 30; i++)
		buf_adds(&b,
		    ",\"checks\":{\"a-rather-long-name-of-a-check-in-a-check\":{\"status\":\"UP\"");
	for (int i = 0; i < 30; i++)
		buf_adds(&b, "}}");
	buf_adds(&b, "}");
	cJSON *root = json_parse(buf_str(&b), b.len, NULL);
	assert_non_null(root);
	health_of_json(root, &h);
	assert_int_equal(h.status, STATUS_OPERATIONAL);
	cJSON_Delete(root);
	buf_fini(&b);
	health_of_json(NULL, &h);
	assert_int_equal(h.saying, HEALTH_NONE);
	struct http_result r = { .code = 200,
		.content_type = JSON,
		.body = "{\"status\":\"\\u001b[2Jred\\nx\"}",
		.detail = "",
		.cert_days = PROBE_NO_CERT };
	r.body_len = strlen(r.body);
	probe_judge(&any, &r, &v);
	assert_int_equal(v.status, STATUS_UNKNOWN);
	assert_null(strchr(v.reason, '\033'));
	assert_null(strchr(v.reason, '\n'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asp_net_core),
		cmocka_unit_test(kubernetes_and_etcd),
		cmocka_unit_test(consul),
		cmocka_unit_test(spring_boot_and_microprofile),
		cmocka_unit_test(one_word),
		cmocka_unit_test(hostile_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

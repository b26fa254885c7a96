#include "net_rig.h"

#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

#define S(x) ((char *)(uintptr_t)(x))
#define HOUR INT64_C(3600000)
#define T0 ((struct utc){ 1741616400000 })

static struct feed_source source(struct rig *r, const char *path)
{
	static char url[256];

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", farm_port(r->farm), path);
	return (struct feed_source){ .id = S("carrier"),
		.format = S("statuspage"),
		.url = url,
		.interval_ms = HOUR,
		.timeout_ms = 2000 };
}

static void fetch(struct rig *r, const struct feed_source *f)
{
	size_t before = r->fed_count;

	net_set_feeds(r->net, f, 1);
	rig_until(r, &r->fed_count, before + 1);
}

static void again(struct rig *r)
{
	size_t before = r->fed_count;

	net_feed_now(r->net, "carrier");
	rig_until(r, &r->fed_count, before + 1);
}

static void page(struct rig *r)
{
	farm_page(r->farm, "acme", "Acme Carrier", T0);
	farm_page_component(r->farm, "acme", "Mobile Data", STATUS_OPERATIONAL, T0);
	farm_page_component(r->farm, "acme", "SMS", STATUS_OPERATIONAL, T0);
}

static void a_page_is_followed_through_an_incident(void **state)
{
	struct rig *r = *state;
	struct feed_source f = source(r, "/acme/api/v2/summary.json");

	page(r);
	fetch(r, &f);
	assert_true(r->fed.ok);
	assert_int_equal(r->fed.code, 200);
	assert_non_null(r->fed.doc);
	assert_string_equal(r->fed.doc->source, "Acme Carrier");
	assert_int_equal(r->fed.doc->component_count, 2);
	assert_int_equal(r->fed.doc->incident_count, 0);
	assert_int_equal(r->fed.doc->status, STATUS_OPERATIONAL);
	assert_true(utc_diff(r->fed.next_at, r->fed.at) > HOUR - 1000);

	/* Nothing has changed: 304, without a document. */
	again(r);
	assert_true(r->fed.ok);
	assert_int_equal(r->fed.code, 304);
	assert_null(r->fed.doc);

	struct utc t1 = utc_add(T0, 60000), t2 = utc_add(T0, 120000), t3 = utc_add(T0, 180000);
	farm_page_component(r->farm, "acme", "Mobile Data", STATUS_MAJOR, t1);
	assert_true(farm_page_incident(r->farm, "acme", "i1", "No data in Italy", "investigating",
	    "critical", "Mobile Data", "We look into it.", t1));
	assert_true(farm_page_incident(r->farm, "acme", "i1", "No data in Italy", "identified",
	    "critical", "Mobile Data", "A router is down.", t2));
	assert_false(
	    farm_page_incident(r->farm, "nobody", "i1", "x", "identified", "minor", NULL, "y", t2));
	again(r);
	const struct feed_doc *d = r->fed.doc;
	assert_non_null(d);
	assert_int_equal(d->status, STATUS_MAJOR);
	assert_int_equal(d->incident_count, 1);
	assert_string_equal(d->incidents[0].title, "No data in Italy");
	assert_string_equal(d->incidents[0].status, "identified");
	assert_int_equal(d->incidents[0].severity, 1);
	assert_int_equal(d->incidents[0].started_at.ms, t1.ms);
	assert_int_equal(d->incidents[0].update_count, 2);
	assert_string_equal(d->incidents[0].updates[0].text, "A router is down.");
	assert_string_equal(d->incidents[0].components[0], "Mobile Data");
	assert_int_equal(d->components[0].status, STATUS_MAJOR);
	assert_int_equal(d->problem_count, 0);

	/* A resolved one leaves the summary. */
	farm_page_component(r->farm, "acme", "Mobile Data", STATUS_OPERATIONAL, t3);
	farm_page_incident(r->farm, "acme", "i1", "No data in Italy", "resolved", "critical",
	    "Mobile Data", "Over.", t3);
	again(r);
	assert_non_null(r->fed.doc);
	assert_int_equal(r->fed.doc->incident_count, 0);
	assert_int_equal(r->fed.doc->status, STATUS_OPERATIONAL);
}

static void pages_that_are_none_fail_and_recover(void **state)
{
	static const struct {
		const char *behaviour;
		int code;
		enum probe_fault fault;
		const char *detail;
	} cases[] = {
		{ "html", 200, FAULT_NONE, "an HTML page" },
		{ "text hello", 200, FAULT_NONE, "plain text" },
		{ "ok", 200, FAULT_NONE, "a JSON object without page" },
		{ "fail 404", 404, FAULT_NONE, "nothing at this address" },
		{ "fail 401", 401, FAULT_NONE, "private" },
		{ "fail 500", 500, FAULT_NONE, "answered 500" },
		{ "busy 7200", 429, FAULT_BUSY, "answered 429" },
		{ "redirect file:///etc/passwd", 302, FAULT_REDIRECT, "redirected" },
		{ "redirect", 302, FAULT_REDIRECT, "redirected" },
		{ "reset", 200, FAULT_BROKEN, "broke off" },
		{ "short", 200, FAULT_BROKEN, "broke off" },
		{ "bomb", 200, FAULT_TOO_LARGE, "100 to 1" },
		{ "twice", 200, FAULT_TOO_LARGE, "compression" },
		{ "endless", 200, FAULT_TOO_LARGE, "8192 KiB" },
		{ "headers", 200, FAULT_TOO_LARGE, "headers" },
		{ "stall", 0, FAULT_TIMEOUT, "no answer within 2000 ms" },
	};
	struct rig *r = *state;
	const char *path = "/acme/api/v2/summary.json";
	struct feed_source f = source(r, path);

	page(r);
	fetch(r, &f);
	assert_true(r->fed.ok);
	for (size_t i = 0; i < countof(cases); i++) {
		rig_set(r, path, cases[i].behaviour);
		again(r);
		assert_false(r->fed.ok);
		assert_null(r->fed.doc);
		if (r->fed.fault != cases[i].fault || !strstr(r->fed.detail, cases[i].detail))
			fail_msg("%s: fault %s, %s", cases[i].behaviour,
			    probe_fault_names[r->fed.fault], r->fed.detail);
		if (r->fed.fault == FAULT_NONE || r->fed.fault == FAULT_BUSY)
			assert_int_equal(r->fed.code, cases[i].code);
	}
	/* It stays known what was good before the trouble, or is read anew. */
	farm_unset(r->farm, path);
	again(r);
	assert_true(r->fed.ok);
}

static void what_a_server_asks_for_is_honoured(void **state)
{
	struct rig *r = *state;
	struct feed_source f = source(r, "/busy");

	f.interval_ms = 60000;
	rig_set(r, "/busy", "busy 1800");
	fetch(r, &f);
	assert_int_equal(utc_diff(r->fed.next_at, r->fed.at), 1800000);
	/* Clamped to an hour. */
	rig_set(r, "/busy", "busy 7200");
	again(r);
	int64_t wait = utc_diff(r->fed.next_at, r->fed.at);
	assert_int_equal(wait, 3600000);
	/* Without a word of theirs: longer each time, up to a quarter of an hour. */
	rig_set(r, "/busy", "fail 500");
	for (int i = 0; i < 8; i++) {
		again(r);
		wait = utc_diff(r->fed.next_at, r->fed.at);
		assert_true(wait > 60000 && wait <= 900000);
	}
	assert_true(wait >= 720000);
}

static void a_page_is_not_asked_while_it_is_fresh(void **state)
{
	static const struct {
		const char *behaviour;
		int64_t wait;
	} cases[] = { { "fresh 10", 60000 }, { "fresh 90", 90000 }, { "fresh 86400", 300000 } };
	struct rig *r = *state;
	struct feed_source f = source(r, "/fresh");

	f.interval_ms = 60000;
	for (size_t i = 0; i < countof(cases); i++) {
		rig_set(r, "/fresh", cases[i].behaviour);
		if (i == 0)
			fetch(r, &f);
		else
			again(r);
		int64_t wait = utc_diff(r->fed.next_at, r->fed.at);
		assert_true(r->fed.ok);
		assert_true(wait <= cases[i].wait && wait > cases[i].wait - 1000);
	}
}

static void redirects_are_followed_three_times(void **state)
{
	struct rig *r = *state;
	struct feed_source f = source(r, "/r/0");
	char path[32], to[64];

	page(r);
	for (int hops = 3; hops <= 4; hops++) {
		for (int i = 0; i < hops; i++) {
			snprintf(path, sizeof path, "/r/%d", i);
			snprintf(to, sizeof to, "redirect /r/%d", i + 1);
			rig_set(r, path, i == hops - 1 ? "redirect /acme/api/v2/summary.json" : to);
		}
		if (hops == 3)
			fetch(r, &f);
		else
			again(r);
		assert_int_equal(r->fed.ok, hops == 3);
	}
	assert_int_equal(r->fed.fault, FAULT_REDIRECT);
}

static void external_sources_stay_outside(void **state)
{
	struct rig *r = *state;
	struct feed_source f = source(r, "/acme/api/v2/summary.json");

	page(r);
	f.klass = NET_EXTERNAL;
	fetch(r, &f);
	assert_false(r->fed.ok);
	assert_int_equal(r->fed.fault, FAULT_FORBIDDEN);
	assert_non_null(strstr(r->fed.detail, "127.0.0.1"));
	assert_int_equal(farm_connections(r->farm), 0);
	f.network = S("127.0.0.0/8");
	fetch(r, &f);
	assert_true(r->fed.ok);
	f.network = S("nonsense");
	fetch(r, &f);
	assert_int_equal(r->fed.fault, FAULT_URL);
}

static void headers_forbid_redirects(void **state)
{
	struct rig *r = *state;
	struct feed_source f = source(r, "/moved");
	struct net_header h = { S("Authorization"), S("Bearer canary") };

	page(r);
	rig_set(r, "/moved", "redirect /acme/api/v2/summary.json");
	f.headers = &h;
	f.header_count = 1;
	fetch(r, &f);
	assert_false(r->fed.ok);
	assert_int_equal(r->fed.code, 302);
	assert_int_equal(farm_hits(r->farm, "/acme/api/v2/summary.json"), 0);
}

/* ---- deliveries ---- */

static struct delivery_request request(struct rig *r, const char *path)
{
	static char url[256];

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", farm_port(r->farm), path);
	return (struct delivery_request){ .id = S("INC-1.5/hook"),
		.destination = S("hook"),
		.kind = S("webhook"),
		.url = url,
		.secret = S("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
		.timeout_ms = 500,
		.type = S("incident.updated"),
		.at = T0,
		.data = S("{\"incident\":\"INC-1\"}"),
		.text = S("We look into it.") };
}

static const struct chan_verdict *deliver(struct rig *r, const struct delivery_request *q)
{
	size_t before = r->delivered_count;

	net_deliver(r->net, q);
	rig_until(r, &r->delivered_count, before + 1);
	return &r->delivered.verdict;
}

static const char *header(const struct farm_request *q, const char *name)
{
	static char value[256];
	const char *at = strstr(q->headers, name);

	assert_non_null(at);
	at += strlen(name) + 2;
	snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\n"), at);
	return value;
}

static void a_webhook_arrives_signed(void **state)
{
	struct rig *r = *state;
	struct delivery_request q = request(r, "/hook");
	char want[64], id[64];
	struct err e = { 0 };

	rig_set(r, "/hook", "sink");
	assert_int_equal(deliver(r, &q)->state, CHAN_ACCEPTED);
	assert_string_equal(r->delivered.verdict.detail, "answered 204");
	assert_int_equal(farm_request_count(r->farm), 1);
	const struct farm_request *in = farm_request(r->farm, 0);
	assert_string_equal(in->method, "POST");
	assert_non_null(strstr(in->headers, "content-type: application/json\n"));
	assert_null(strstr(in->headers, "expect:"));
	assert_string_equal(in->body,
	    "{\"type\":\"incident.updated\",\"timestamp\":\"2025-03-10T14:20:00.000Z\",\"data\":{"
	    "\"incident\":\"INC-1\"}}");
	snprintf(id, sizeof id, "%s", header(in, "webhook-id"));
	int64_t at = strtoll(header(in, "webhook-timestamp"), NULL, 10);
	assert_true(webhook_sign(q.secret, id, at, in->body, in->body_len, want, &e));
	assert_string_equal(header(in, "webhook-signature"), want);
	/* The next try carries the same id. */
	assert_int_equal(deliver(r, &q)->state, CHAN_ACCEPTED);
	assert_string_equal(header(farm_request(r->farm, 1), "webhook-id"), id);
	assert_null(farm_request(r->farm, 2));
}

static void receivers_that_do_not_take_it(void **state)
{
	static const struct {
		const char *behaviour;
		enum chan_state state;
		int64_t not_before;
		const char *detail;
	} cases[] = {
		{ "sink 200", CHAN_ACCEPTED, 0, "answered 200" },
		{ "fail 500", CHAN_RETRY, 0, "answered 500" },
		{ "fail 404", CHAN_RETRY, 0, "answered 404" },
		{ "fail 410", CHAN_GIVE_UP, 0, "gone for good" },
		{ "busy 7", CHAN_RETRY, 7000, "answered 429" },
		{ "maintenance 9", CHAN_RETRY, 9000, "answered 503" },
		{ "redirect http://127.0.0.1:1/", CHAN_RETRY, 0, "answered 302" },
		{ "stall", CHAN_RETRY, 0, "timeout" },
		{ "close", CHAN_RETRY, 0, "broken" },
		{ "endless", CHAN_RETRY, 0, "too-large" },
	};
	struct rig *r = *state;
	struct delivery_request q = request(r, "/hook");

	for (size_t i = 0; i < countof(cases); i++) {
		rig_set(r, "/hook", cases[i].behaviour);
		const struct chan_verdict *v = deliver(r, &q);
		if (v->state != cases[i].state || v->not_before_ms != cases[i].not_before ||
		    !strstr(v->detail, cases[i].detail))
			fail_msg("%s: %d, %lld, %s", cases[i].behaviour, v->state,
			    (long long)v->not_before_ms, v->detail);
		assert_int_equal(v->alarm, cases[i].state == CHAN_GIVE_UP);
	}
	q.url = S("gopher://127.0.0.1/");
	assert_int_equal(deliver(r, &q)->state, CHAN_GIVE_UP);
	q.url = NULL;
	assert_int_equal(deliver(r, &q)->state, CHAN_GIVE_UP);
	q.kind = S("pigeon");
	assert_int_equal(deliver(r, &q)->state, CHAN_GIVE_UP);
}

static void a_file_is_replaced_whole(void **state)
{
	struct rig *r = *state;
	struct err e = { 0 };
	char *folder = file_scratch("chan", &e), *text;
	struct stat st;

	assert_non_null(folder);
	char *path = xasprintf("%s/banner.json", folder);
	struct delivery_request q = { .id = S("INC-1.5/banner"),
		.destination = S("banner"),
		.kind = S("file"),
		.path = path,
		.type = S("incident.updated"),
		.at = T0,
		.data = S("{\"incident\":\"INC-1\"}"),
		.text = S("We look into it.") };
	assert_int_equal(deliver(r, &q)->state, CHAN_ACCEPTED);
	text = slurp(path, NULL);
	assert_string_equal(text,
	    "{\"type\":\"incident.updated\",\"timestamp\":\"2025-03-10T14:20:00.000Z\","
	    "\"data\":{\"incident\":\"INC-1\"}}\n");
	free(text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	q.format = S("text");
	assert_int_equal(deliver(r, &q)->state, CHAN_ACCEPTED);
	text = slurp(path, NULL);
	assert_string_equal(text, "We look into it.\n");
	free(text);
	/* A folder that is not there may come back: it is tried again. */
	q.path = S("/nonexistent/folder/banner.json");
	assert_int_equal(deliver(r, &q)->state, CHAN_RETRY);
	assert_non_null(strstr(r->delivered.verdict.detail, "/nonexistent/folder"));
	assert_true(file_remove_tree(folder, &e));
	free(folder);
	free(path);
}

/* The mapping goes to the reader with the document, and another one is another feed. */
static void any_json_is_read_by_a_mapping(void **state)
{
	struct rig *r = *state;
	struct feed_source f = source(r, "/acme/api/v2/summary.json");

	page(r);
	f.format = S("json");
	f.mapping = S("{\"fields\":{\"list\":\"/components\",\"title\":\"/name\"}}");
	fetch(r, &f);
	assert_true(r->fed.ok);
	assert_string_equal(r->fed.doc->format, "json");
	assert_int_equal(r->fed.doc->incident_count, 2);
	assert_string_equal(r->fed.doc->incidents[0].title, "Mobile Data");
	f.mapping = S("{\"fields\":{\"list\":\"/page\",\"title\":\"/name\"}}");
	fetch(r, &f);
	assert_string_equal(r->fed.doc->incidents[0].title, "Acme Carrier");
	f.mapping = NULL;
	fetch(r, &f);
	assert_false(r->fed.ok);
	assert_non_null(strstr(r->fed.detail, "it needs a mapping"));
}

int main(int argc, char **argv)
{
	int child = rig_main_child(argc, argv);
	if (child >= 0)
		return child;
#define T(f) cmocka_unit_test_setup_teardown(f, rig_start, rig_stop)
	const struct CMUnitTest tests[] = {
		T(a_page_is_followed_through_an_incident),
		T(pages_that_are_none_fail_and_recover),
		T(what_a_server_asks_for_is_honoured),
		T(a_page_is_not_asked_while_it_is_fresh),
		T(any_json_is_read_by_a_mapping),
		T(redirects_are_followed_three_times),
		T(external_sources_stay_outside),
		T(headers_forbid_redirects),
		T(a_webhook_arrives_signed),
		T(receivers_that_do_not_take_it),
		T(a_file_is_replaced_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Slack, Teams, PagerDuty, Statuspage, Cachet and programs: what is built, and what is made of each
 * reply. */
#include "chan_rig.h"

static const char *str_at(const cJSON *o, const char *pointer)
{
	const cJSON *v = json_pointer(o, pointer);

	return cJSON_IsString(v) ? v->valuestring : NULL;
}

/* ---- slack ---- */

static void slack_keeps_an_incident_in_one_thread(void **state)
{
	struct delivery_request r = chan_request("slack", "investigating");
	struct chan_talk t;
	struct chan_send s;
	struct chan_verdict v;
	cJSON *o;

	(void)state;
	r.token = S("xoxb-1");
	r.channel = S("C0PARTNERS");
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	assert_string_equal(s.url, "https://slack.com/api/chat.postMessage");
	assert_string_equal(send_header(&s, "Authorization"), "Bearer xoxb-1");
	o = send_json(&s);
	assert_string_equal(json_str(o, "channel"), "C0PARTNERS");
	assert_null(json_get(o, "thread_ts"));
	assert_string_equal(json_str(o, "text"), "We look into it.");
	assert_string_equal(str_at(o, "/blocks/0/text/text"), r.subject);
	assert_string_equal(str_at(o, "/blocks/1/text/text"), "We look into it.");
	cJSON_Delete(o);
	chan_send_fini(&s);
	v = talk_answer(&t, 200, "{\"ok\":true,\"ts\":\"1741608000.000200\"}");
	assert_int_equal(v.state, CHAN_ACCEPTED);
	assert_string_equal(t.reference, "1741608000.000200");
	chan_talk_fini(&t);

	/* The next one hangs on the first, and its own time changes nothing. */
	r.reference = S("1741608000.000200");
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	o = send_json(&s);
	assert_string_equal(json_str(o, "thread_ts"), "1741608000.000200");
	cJSON_Delete(o);
	chan_send_fini(&s);
	v = talk_answer(&t, 200, "{\"ok\":true,\"ts\":\"1741609999.000100\"}");
	assert_int_equal(v.state, CHAN_ACCEPTED);
	assert_string_equal(t.reference, "1741608000.000200");
	chan_talk_fini(&t);
}

static void slack_says_no_with_200(void **state)
{
	static const struct {
		const char *body;
		enum chan_state want;
		bool gone;
	} cases[] = {
		{ "{\"ok\":false,\"error\":\"ratelimited\"}", CHAN_RETRY, false },
		{ "{\"ok\":false,\"error\":\"internal_error\"}", CHAN_RETRY, false },
		{ "{\"ok\":false,\"error\":\"channel_not_found\"}", CHAN_GIVE_UP, false },
		{ "{\"ok\":false,\"error\":\"is_archived\"}", CHAN_GIVE_UP, true },
		{ "{\"ok\":false}", CHAN_RETRY, false },
		{ "<html>log in</html>", CHAN_RETRY, false },
		{ NULL, CHAN_RETRY, false },
	};
	struct delivery_request r = chan_request("slack", "investigating");

	(void)state;
	r.token = S("xoxb-1");
	r.channel = S("C0PARTNERS");
	for (size_t i = 0; i < countof(cases); i++) {
		struct chan_talk t;
		struct chan_verdict v;

		chan_talk_init(&t, &r, NOW);
		v = talk_answer(&t, 200, cases[i].body);
		assert_int_equal(v.state, cases[i].want);
		assert_int_equal(v.alarm, cases[i].gone);
		assert_string_equal(t.reference, "");
		chan_talk_fini(&t);
	}
	/* An incoming webhook answers "ok", and by its code. */
	r.token = NULL;
	r.url = S("https://hooks.slack.example/T/B/x");
	{
		static const struct {
			int code;
			enum chan_state want;
		} codes[] = { { 200, CHAN_ACCEPTED }, { 400, CHAN_GIVE_UP }, { 404, CHAN_GIVE_UP },
			{ 408, CHAN_RETRY }, { 410, CHAN_GIVE_UP }, { 429, CHAN_RETRY },
			{ 500, CHAN_RETRY }, { 302, CHAN_RETRY } };

		for (size_t i = 0; i < countof(codes); i++) {
			struct chan_talk t;

			chan_talk_init(&t, &r, NOW);
			assert_int_equal(talk_answer(&t, codes[i].code, "x").state, codes[i].want);
			chan_talk_fini(&t);
		}
	}
}

/* No `<` or `>` of a person's arrives, and a `&` only as the start of our entities. */
static void inert(const cJSON *o)
{
	const cJSON *item;

	if (cJSON_IsString(o)) {
		assert_null(strchr(o->valuestring, '<'));
		assert_null(strchr(o->valuestring, '>'));
		for (const char *p = strchr(o->valuestring, '&'); p; p = strchr(p + 1, '&'))
			assert_true(strncmp(p, "&amp;", 5) == 0 || strncmp(p, "&lt;", 4) == 0 ||
				    strncmp(p, "&gt;", 4) == 0);
	}
	cJSON_ArrayForEach(item, o) inert(item);
}

static void slack_text_is_inert_and_within_its_limits(void **state)
{
	struct delivery_request r = chan_request("slack", "investigating");
	struct chan_talk t;
	struct chan_send s;
	struct buf big;
	cJSON *o;

	(void)state;
	r.url = S("https://hooks.slack.example/T/B/x");
	for (size_t i = 0; i < countof(naughty); i++) {
		r.text = r.subject = S(naughty[i]);
		chan_talk_init(&t, &r, NOW);
		talk_build(&t, &s);
		o = send_json(&s);
		inert(json_get(o, "blocks"));
		inert(json_get(o, "text"));
		assert_null(json_get(o, "thread_ts"));
		cJSON_Delete(o);
		chan_send_fini(&s);
		chan_talk_fini(&t);
	}
	buf_init(&big, 0);
	for (int i = 0; i < 60000; i++)
		buf_adds(&big, i % 7 ? "&<é" : "\n");
	r.text = big.data;
	r.subject = big.data;
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	o = send_json(&s);
	assert_true(cJSON_GetArraySize(json_get(o, "blocks")) <= 50);
	assert_true(strlen(str_at(o, "/blocks/0/text/text")) <= 150);
	for (const cJSON *b = json_get(o, "blocks")->child; b; b = b->next)
		if (json_get(b, "text"))
			assert_true(strlen(json_str(json_get(b, "text"), "text")) <= 3000);
	assert_non_null(strstr(json_str(o, "text"), " …"));
	cJSON_Delete(o);
	chan_send_fini(&s);
	chan_talk_fini(&t);
	buf_fini(&big);
}

/* ---- teams ---- */

static void teams_gets_a_card_of_plain_runs(void **state)
{
	struct delivery_request r = chan_request("teams", "investigating");
	struct chan_talk t;
	struct chan_send s;
	char *big = xmalloc(100001);
	cJSON *o;

	(void)state;
	r.url = S("https://x.logic.azure.example/workflows/1?sig=secret");
	r.text = S("**We** look\n[into](https://evil.example) it.");
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	o = send_json(&s);
	assert_string_equal(str_at(o, "/attachments/0/content/version"), "1.4");
	assert_string_equal(str_at(o, "/attachments/0/content/body/2/type"), "RichTextBlock");
	assert_string_equal(str_at(o, "/attachments/0/content/body/3/inlines/0/text"),
	    "[into](https://evil.example) it.");
	assert_null(strstr(s.body.data, "TextBlock\",\"text"));
	assert_null(strstr(s.body.data, "entities"));
	cJSON_Delete(o);
	chan_send_fini(&s);
	assert_int_equal(talk_answer(&t, 202, "").state, CHAN_ACCEPTED);
	assert_int_equal(talk_answer(&t, 404, "").state, CHAN_GIVE_UP);
	memset(big, 'x', 100000);
	big[100000] = 0;
	r.text = big;
	talk_build(&t, &s);
	assert_true(s.body.len <= (size_t)27 * 1024 && s.body.len > (size_t)13 * 1024);
	assert_non_null(strstr(s.body.data, "(shortened)"));
	cJSON_Delete(send_json(&s));
	chan_send_fini(&s);
	chan_talk_fini(&t);
	free(big);
}

/* ---- pagerduty ---- */

static void pagerduty_has_one_alert_an_incident(void **state)
{
	static const struct {
		const char *status, *first, *second;
	} cases[] = { { "investigating", "trigger", NULL },
		{ "identified", "trigger", "acknowledge" },
		{ "monitoring", "trigger", "acknowledge" }, { "resolved", "resolve", NULL } };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct delivery_request r = chan_request("pagerduty", cases[i].status);
		struct chan_talk t;
		struct chan_send s;
		struct chan_verdict v;
		cJSON *o;

		r.token = S("R0123456789012345678901234567890");
		chan_talk_init(&t, &r, NOW);
		talk_build(&t, &s);
		assert_string_equal(s.url, "https://events.pagerduty.com/v2/enqueue");
		o = send_json(&s);
		assert_string_equal(json_str(o, "event_action"), cases[i].first);
		assert_string_equal(json_str(o, "dedup_key"), "INC-7/Test NOC");
		assert_int_equal(
		    json_get(o, "payload") != NULL, strcmp(cases[i].first, "trigger") == 0);
		if (json_get(o, "payload"))
			assert_string_equal(str_at(o, "/payload/severity"), "error");
		cJSON_Delete(o);
		chan_send_fini(&s);
		v = talk_answer(&t, 202, "{\"status\":\"success\"}");
		assert_int_equal(v.state, cases[i].second ? CHAN_NEXT : CHAN_ACCEPTED);
		if (cases[i].second) {
			talk_build(&t, &s);
			o = send_json(&s);
			assert_string_equal(json_str(o, "event_action"), cases[i].second);
			assert_string_equal(json_str(o, "dedup_key"), "INC-7/Test NOC");
			cJSON_Delete(o);
			chan_send_fini(&s);
			assert_int_equal(talk_answer(&t, 202, "{}").state, CHAN_ACCEPTED);
		}
		v = talk_answer(&t, 400,
		    "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\"}");
		assert_int_equal(v.state, CHAN_GIVE_UP);
		assert_non_null(strstr(v.detail, "Event object is invalid"));
		assert_int_equal(talk_answer(&t, 429, "").state, CHAN_RETRY);
		chan_talk_fini(&t);
	}
}

/* ---- statuspage ---- */

static struct chan_component parts[] = { { S("data"), S("kctbh9"), S("partial_outage") },
	{ S("sms"), S("sms1"), S("operational") } };

static struct delivery_request statuspage_request(void)
{
	struct delivery_request r = chan_request("statuspage", "identified");

	r.token = S("key");
	r.page = S("p1");
	r.components = parts;
	r.component_count = 2;
	return r;
}

static void statuspage_looks_before_it_opens(void **state)
{
	struct delivery_request r = statuspage_request();
	struct chan_talk t;
	struct chan_send s;
	cJSON *o;

	(void)state;
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	assert_string_equal(s.url, "https://api.statuspage.io/v1/pages/p1/incidents?limit=50");
	assert_int_equal(s.body.len, 0);
	assert_string_equal(send_header(&s, "Authorization"), "OAuth key");
	chan_send_fini(&s);
	/* Others' incidents, and one of another NOC with the same number. */
	assert_int_equal(
	    talk_answer(&t, 200,
		"[{\"id\":\"a\",\"metadata\":{}},{\"id\":\"b\",\"metadata\":{\"nocboard\":{"
		"\"incident\":\"INC-7\",\"noc\":\"Other\"}}},{\"id\":\"c\"}]")
		.state,
	    CHAN_NEXT);
	talk_build(&t, &s);
	assert_string_equal(s.url, "https://api.statuspage.io/v1/pages/p1/incidents");
	assert_null(s.method);
	o = send_json(&s);
	assert_string_equal(str_at(o, "/incident/name"), r.subject);
	assert_string_equal(str_at(o, "/incident/status"), "identified");
	assert_string_equal(str_at(o, "/incident/impact_override"), "major");
	assert_string_equal(str_at(o, "/incident/body"), "We look into it.");
	assert_string_equal(str_at(o, "/incident/components/kctbh9"), "partial_outage");
	assert_string_equal(str_at(o, "/incident/components/sms1"), "operational");
	assert_string_equal(str_at(o, "/incident/metadata/nocboard/incident"), "INC-7");
	cJSON_Delete(o);
	chan_send_fini(&s);
	assert_int_equal(talk_answer(&t, 201, "{\"id\":\"new1\"}").state, CHAN_ACCEPTED);
	assert_string_equal(t.reference, "new1");
	chan_talk_fini(&t);
}

static void statuspage_never_opens_a_second_one(void **state)
{
	struct delivery_request r = statuspage_request();
	struct chan_talk t;
	struct chan_send s;
	static const char found[] = "[{\"id\":\"x9\",\"metadata\":{\"nocboard\":{\"incident\":"
				    "\"INC-7\",\"noc\":\"Test NOC\","
				    "\"delivery\":\"INC-7.%d/there\"}}}]";
	char body[300];

	(void)state;
	/* The answer to the first try was lost: it had arrived. */
	chan_talk_init(&t, &r, NOW);
	snprintf(body, sizeof body, found, 5);
	assert_int_equal(talk_answer(&t, 200, body).state, CHAN_ACCEPTED);
	assert_string_equal(t.reference, "x9");
	chan_talk_fini(&t);
	/* An earlier one is there: this one is added to it. */
	chan_talk_init(&t, &r, NOW);
	snprintf(body, sizeof body, found, 3);
	assert_int_equal(talk_answer(&t, 200, body).state, CHAN_NEXT);
	talk_build(&t, &s);
	assert_string_equal(s.method, "PATCH");
	assert_string_equal(s.url, "https://api.statuspage.io/v1/pages/p1/incidents/x9");
	assert_null(strstr(s.body.data, "\"name\""));
	chan_send_fini(&s);
	assert_int_equal(talk_answer(&t, 200, "{\"id\":\"x9\"}").state, CHAN_ACCEPTED);
	chan_talk_fini(&t);
	/* Known from before, but deleted there: it is looked for, then opened. */
	r.reference = S("gone1");
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	assert_non_null(strstr(s.url, "/incidents/gone1"));
	chan_send_fini(&s);
	assert_int_equal(talk_answer(&t, 404, "{\"error\":\"Not found\"}").state, CHAN_NEXT);
	talk_build(&t, &s);
	assert_non_null(strstr(s.url, "?limit=50"));
	chan_send_fini(&s);
	assert_int_equal(talk_answer(&t, 200, "[]").state, CHAN_NEXT);
	talk_build(&t, &s);
	assert_true(s.body.len > 0);
	chan_send_fini(&s);
	chan_talk_fini(&t);
	/* Ids that would lead elsewhere are none. */
	r.reference = NULL;
	chan_talk_init(&t, &r, NOW);
	assert_int_equal(talk_answer(&t, 200,
			     "[{\"id\":\"../../pages\",\"metadata\":{\"nocboard\":{\"incident\":"
			     "\"INC-7\",\"noc\":\"Test NOC\"}}}]")
			     .state,
	    CHAN_NEXT);
	assert_string_equal(t.reference, "");
	assert_int_equal(talk_answer(&t, 420, "{\"error\":\"slow down\"}").state, CHAN_RETRY);
	assert_int_equal(
	    talk_answer(&t, 422, "{\"error\":\"name is too long\"}").state, CHAN_GIVE_UP);
	assert_int_equal(talk_answer(&t, 200, "<html>").state, CHAN_RETRY);
	chan_talk_fini(&t);
}

/* ---- cachet ---- */

static void cachet_opens_adds_and_sets_components(void **state)
{
	static const int versions[] = { 2, 3 };

	(void)state;
	for (size_t i = 0; i < countof(versions); i++) {
		bool two = versions[i] == 2;
		struct delivery_request r = chan_request("cachet", "monitoring");
		struct chan_talk t;
		struct chan_send s;
		cJSON *o;
		char want[100];

		r.url = S("https://status.example");
		r.token = S("tok");
		r.version = versions[i];
		r.components = parts;
		r.component_count = 2;
		chan_talk_init(&t, &r, NOW);
		talk_build(&t, &s);
		snprintf(want, sizeof want, "https://status.example%s/incidents?",
		    two ? "/api/v1" : "/api");
		assert_true(strncmp(s.url, want, strlen(want)) == 0);
		assert_string_equal(send_header(&s, two ? "X-Cachet-Token" : "Authorization"),
		    two ? "tok" : "Bearer tok");
		chan_send_fini(&s);
		assert_int_equal(
		    talk_answer(&t, 200, "{\"data\":[{\"id\":3,\"name\":\"Other (INC-77)\"}]}")
			.state,
		    CHAN_NEXT);
		talk_build(&t, &s);
		o = send_json(&s);
		assert_string_equal(
		    json_str(o, "name"), "[Test NOC] INC-7: No data in France (INC-7)");
		assert_int_equal(json_int(o, "status", 0), 3);
		cJSON_Delete(o);
		chan_send_fini(&s);
		assert_int_equal(talk_answer(&t, 200,
				     two ? "{\"data\":{\"id\":12}}"
					 : "{\"data\":{\"id\":\"12\",\"attributes\":{}}}")
				     .state,
		    CHAN_NEXT);
		assert_string_equal(t.reference, "12");
		talk_build(&t, &s);
		assert_string_equal(s.method, "PUT");
		assert_non_null(strstr(s.url, "/components/kctbh9"));
		assert_non_null(strstr(s.body.data, "\"status\":3"));
		chan_send_fini(&s);
		assert_int_equal(talk_answer(&t, 200, "{}").state, CHAN_NEXT);
		talk_build(&t, &s);
		assert_non_null(strstr(s.body.data, "\"status\":1"));
		chan_send_fini(&s);
		/* An id that is not there holds nothing up. */
		assert_int_equal(talk_answer(&t, 404, "").state, CHAN_ACCEPTED);
		chan_talk_fini(&t);
	}
}

static void cachet_says_nothing_twice(void **state)
{
	struct delivery_request r = chan_request("cachet", "identified");
	struct chan_talk t;
	struct chan_send s;

	(void)state;
	r.url = S("https://status.example");
	r.token = S("tok");
	/* The first try had opened it. */
	chan_talk_init(&t, &r, NOW);
	assert_int_equal(talk_answer(&t, 200,
			     "{\"data\":[{\"id\":\"8\",\"attributes\":{\"name\":\"x (INC-7)\","
			     "\"message\":\"We look into it.\\n\"}}]}")
			     .state,
	    CHAN_ACCEPTED);
	assert_string_equal(t.reference, "8");
	chan_talk_fini(&t);
	/* A number that is no id. */
	r.reference = NULL;
	chan_talk_init(&t, &r, NOW);
	assert_int_equal(talk_answer(&t, 200, "{\"data\":[]}").state, CHAN_NEXT);
	assert_int_equal(talk_answer(&t, 200, "{\"data\":{\"id\":8e31}}").state, CHAN_RETRY);
	assert_string_equal(t.reference, "");
	chan_talk_fini(&t);
	/* An update: read first. */
	r.reference = S("8");
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	assert_non_null(strstr(s.url, "/api/incidents/8/updates?"));
	chan_send_fini(&s);
	assert_int_equal(
	    talk_answer(&t, 200, "{\"data\":[{\"id\":1,\"message\":\"other\"}]}").state, CHAN_NEXT);
	talk_build(&t, &s);
	assert_string_equal(s.url, "https://status.example/api/incidents/8/updates");
	assert_non_null(strstr(s.body.data, "We look into it."));
	chan_send_fini(&s);
	assert_int_equal(talk_answer(&t, 201, "{}").state, CHAN_ACCEPTED);
	chan_talk_fini(&t);
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	chan_send_fini(&s);
	assert_int_equal(
	    talk_answer(&t, 200, "{\"data\":[{\"id\":1,\"message\":\"We look into it.\"}]}").state,
	    CHAN_ACCEPTED);
	chan_talk_fini(&t);
}

/* ---- programs ---- */

static void a_program_gets_json_and_says_by_its_status(void **state)
{
	static const struct {
		int status;
		enum chan_state want;
	} cases[] = { { 0, CHAN_ACCEPTED }, { 75, CHAN_RETRY }, { 1, CHAN_GIVE_UP },
		{ 127, CHAN_GIVE_UP } };
	struct delivery_request r = chan_request("exec", "investigating");
	struct chan_talk t;
	struct chan_send s;
	struct chan_verdict v;
	struct chan_reply late = { .fault = FAULT_TIMEOUT };
	cJSON *o;

	(void)state;
	r.command = S("/bin/tell");
	chan_talk_init(&t, &r, NOW);
	talk_build(&t, &s);
	assert_int_equal(s.via, CHAN_PROGRAM);
	o = send_json(&s);
	assert_string_equal(json_str(o, "id"), r.id);
	assert_string_equal(str_at(o, "/data/incident"), "INC-7");
	cJSON_Delete(o);
	chan_send_fini(&s);
	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(talk_answer(&t, cases[i].status, NULL).state, cases[i].want);
	chan_kind_find("exec")->judge(&t, &late, &v);
	assert_int_equal(v.state, CHAN_RETRY);
	chan_talk_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slack_keeps_an_incident_in_one_thread),
		cmocka_unit_test(slack_says_no_with_200),
		cmocka_unit_test(slack_text_is_inert_and_within_its_limits),
		cmocka_unit_test(teams_gets_a_card_of_plain_runs),
		cmocka_unit_test(pagerduty_has_one_alert_an_incident),
		cmocka_unit_test(statuspage_looks_before_it_opens),
		cmocka_unit_test(statuspage_never_opens_a_second_one),
		cmocka_unit_test(cachet_opens_adds_and_sets_components),
		cmocka_unit_test(cachet_says_nothing_twice),
		cmocka_unit_test(a_program_gets_json_and_says_by_its_status),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The services that updates go to, over HTTP: what a first update, a progress, a correction and the
 * end look like there, and what is done when they are busy, broken or closed to us. Time is ours:
 * nothing here waits for a clock. */
#include "t.h"

#include <signal.h>

#include "base/mem.h"
#include "delivered.h"
#include "rig.h"
#include "services.h"

static struct services *services;

static const char config[] =
    "noc: { name: Test NOC, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components:\n"
    "  - { id: data, name: Mobile data, class: data }\n"
    "  - { id: sms, name: SMS, class: sms }\n"
    "people: [ { id: ana, name: Ana Costa, can: [command, publish] } ]\n"
    "channels:\n"
    "  - { id: teams, kind: teams, url: { file: \"{dir}/teams\" }, network: 127.0.0.0/8 }\n"
    "  - { id: pagerduty, kind: pagerduty, url: \"http://{farm}/pagerduty/v2/enqueue\", token: { "
    "file: \"{dir}/token\" }, network: 127.0.0.0/8 }\n"
    "  - { id: statuspage, kind: statuspage, url: \"http://{farm}/statuspage\", token: { file: "
    "\"{dir}/token\" }, page: P1, components: { data: c1, sms: c2 }, network: 127.0.0.0/8 }\n"
    "  - { id: cachet2, kind: cachet, version: 2, url: \"http://{farm}/cachet2\", token: { file: "
    "\"{dir}/token\" }, components: { data: \"7\" }, network: 127.0.0.0/8 }\n"
    "  - { id: cachet3, kind: cachet, url: \"http://{farm}/cachet3\", token: { file: "
    "\"{dir}/token\" }, components: { data: \"7\" }, network: 127.0.0.0/8 }\n"
    "  - { id: slack, kind: slack, url: \"http://{farm}/slack/api\", token: { file: "
    "\"{dir}/token\" }, "
    "channel: C0PARTNERS, network: 127.0.0.0/8 }\n"
    "  - { id: hook, kind: webhook, url: \"http://{farm}/hook\", secret: { file: \"{dir}/token\" "
    "}, network: 127.0.0.0/8 }\n"
    "audiences:\n"
    "  - { id: public, channels: [teams, pagerduty, statuspage, cachet2, cachet3, slack] }\n"
    "  - { id: partners, channels: [hook] }\n"
    "policy: policy.yaml\n";

static int setup(void **state)
{
	struct rig *r = rig_new();

	services = services_new(r->farm);
	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", config);
	rig_write_secret(r, "token", SERVICES_TOKEN "\n");
	rig_write_secret(r, "teams", "http://{farm}/teams/workflows/1?sig=" SERVICES_TOKEN "\n");
	farm_set(r->farm, "/hook", "sink 204", NULL);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	services_free(services);
	return 0;
}

static struct peer *start(struct rig *r)
{
	static const char *const now[] = { "--now", "2025-03-10T12:00:00Z", NULL };
	struct peer *p;

	if (!rig_start(r, now))
		fail_msg("the engine does not start: %s", r->ready);
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, "{\"cmd\":\"open\",\"args\":{\"title\":\"internal title\","
			       "\"severity\":2,\"regions\":[\"FR\"],\"components\":[\"data\"]}}"));
	return p;
}

/* The text may hold anything: it is made JSON here. */
static void post(struct peer *p, const char *stage, const char *audience, const char *text)
{
	static int number;
	char *line =
	    xasprintf("{\"id\":\"s-%d\",\"cmd\":\"update\",\"incident\":\"INC-1\",\"args\":"
		      "{\"stage\":\"%s\",\"audiences\":[\"%s\"],\"next\":\"30m\","
		      "\"fields\":{\"impact\":\"i\",\"known\":\"k\",\"unknown\":\"u\","
		      "\"next\":\"n\",\"customer_actions\":\"c\"}}}",
		++number, stage, audience);
	struct err e;
	cJSON *o = json_parse(line, strlen(line), &e), *texts = cJSON_CreateObject();
	char *whole;

	json_put_str(texts, audience, text);
	json_put(cJSON_GetObjectItemCaseSensitive(o, "args"), "text", texts);
	whole = json_text(o);
	assert_true(peer_ok(p, whole));
	free(whole);
	cJSON_Delete(o);
	free(line);
}

static const struct delivery_state *until(
    struct peer *p, const char *destination, const char *state, size_t update)
{
	return delivery_until(p, "INC-1", update, destination, state);
}

/* "INC-1.5/slack" of the n-th update; the caller frees. */
static char *delivery_id(const struct peer *p, enum service s, size_t update)
{
	return xasprintf(
	    "INC-1.%d/%s", told_at(p->snap, "INC-1", update)->version, service_names[s]);
}

static void all_accepted(struct peer *p, size_t update)
{
	for (int s = 0; s < SERVICES; s++)
		until(p, service_names[s], "accepted", update);
}

static const char *str_at(const cJSON *o, const char *pointer)
{
	return json_pointer(o, pointer) ? cJSON_GetStringValue(json_pointer(o, pointer)) : NULL;
}

static const cJSON *wrote(enum service s, int n)
{
	return services_wrote(services, s, n);
}

static void request_is(
    const cJSON *q, const char *method, const char *path, const char *header, const char *value)
{
	assert_string_equal(json_str(q, "method"), method);
	assert_string_equal(json_str(q, "path"), path);
	assert_string_equal(json_str_or(json_get(q, "headers"), header, "(none)"), value);
	if (strcmp(method, "GET") != 0) {
		assert_string_equal(
		    json_str(json_get(q, "headers"), "content-type"), "application/json");
		assert_true(cJSON_IsObject(json_get(q, "body")));
	}
}

/* ---- a story in four updates ---- */

static void tell_story(struct peer *p)
{
	post(p, "initial", "public", "[Sev 2] France / Mobile data - no data\nWe look into it.");
	all_accepted(p, 0);
	peer_clock(p, 60000);
	post(p, "progress", "public", "Half of them work again.");
	all_accepted(p, 1);
	peer_clock(p, 60000);
	post(p, "correction", "public", "A third of them, not half.");
	all_accepted(p, 2);
	peer_clock(p, 60000);
	assert_true(
	    peer_ok(p, "{\"cmd\":\"restore\",\"incident\":\"INC-1\",\"args\":{\"workaround\":"
		       "false}}"));
	assert_true(peer_ok(
	    p, "{\"cmd\":\"resolve\",\"incident\":\"INC-1\",\"args\":{\"fix\":\"a new card\"}}"));
	post(p, "resolved", "public", "All of them work.");
	all_accepted(p, 3);
}

static void teams_has_four_cards(void)
{
	const cJSON *kept = services_kept(services, TEAMS), *card;

	assert_int_equal(cJSON_GetArraySize(kept), 4);
	request_is(wrote(TEAMS, 0), "POST", "/teams/workflows/1?sig=" SERVICES_TOKEN,
	    "authorization", "(none)");
	assert_int_equal(json_int(wrote(TEAMS, 0), "code", 0), 202);
	card = cJSON_GetArrayItem(kept, 0);
	assert_string_equal(str_at(card, "/body/0/id"), "INC-1.2/teams");
	assert_string_equal(str_at(card, "/body/0/inlines/0/text"),
	    "[Test NOC] INC-1: France / Mobile data - no data");
	assert_string_equal(
	    str_at(card, "/body/1/inlines/0/text"), "INC-1 · Sev 2 · investigating");
	assert_string_equal(str_at(card, "/body/3/inlines/0/text"), "We look into it.");
	card = cJSON_GetArrayItem(kept, 2);
	assert_string_equal(str_at(card, "/body/2/inlines/0/text"), "A third of them, not half.");
	card = cJSON_GetArrayItem(kept, 3);
	assert_string_equal(str_at(card, "/body/1/inlines/0/text"), "INC-1 · Sev 2 · resolved");
}

static void pagerduty_has_one_alert(void)
{
	const cJSON *kept = services_kept(services, PAGERDUTY), *q;

	assert_int_equal(cJSON_GetArraySize(kept), 1);
	assert_string_equal(str_at(kept, "/0/dedup_key"), "INC-1/Test NOC");
	assert_string_equal(str_at(kept, "/0/state"), "resolved");
	assert_string_equal(str_at(kept, "/0/payload/severity"), "error");
	assert_string_equal(
	    str_at(kept, "/0/payload/custom_details/text"), "A third of them, not half.");
	assert_int_equal(services_writes(services, PAGERDUTY), 4);
	for (int n = 0; n < 4; n++) {
		q = wrote(PAGERDUTY, n);
		request_is(q, "POST", "/pagerduty/v2/enqueue", "authorization", "(none)");
		assert_string_equal(str_at(q, "/body/dedup_key"), "INC-1/Test NOC");
		assert_string_equal(str_at(q, "/body/routing_key"), SERVICES_TOKEN);
		assert_string_equal(
		    str_at(q, "/body/event_action"), n == 3 ? "resolve" : "trigger");
	}
}

static void statuspage_has_one_incident(const struct peer *p)
{
	const cJSON *kept = services_kept(services, STATUSPAGE), *q;
	char *last = delivery_id(p, STATUSPAGE, 3);

	assert_int_equal(cJSON_GetArraySize(kept), 1);
	assert_string_equal(str_at(kept, "/0/status"), "resolved");
	assert_string_equal(
	    str_at(kept, "/0/name"), "[Test NOC] INC-1: France / Mobile data - no data");
	assert_int_equal(cJSON_GetArraySize(json_pointer(kept, "/0/incident_updates")), 4);
	assert_string_equal(
	    str_at(kept, "/0/incident_updates/2/body"), "A third of them, not half.");
	assert_string_equal(str_at(kept, "/0/metadata/nocboard/delivery"), last);
	free(last);
	assert_string_equal(
	    json_str(services_components(services, STATUSPAGE), "c1"), "operational");
	assert_null(json_get(services_components(services, STATUSPAGE), "c2"));
	/* It looks, creates, and looks at what it created before it adds. */
	q = cJSON_GetArrayItem(services_said(services, STATUSPAGE), 0);
	request_is(q, "GET", "/statuspage/pages/P1/incidents?limit=50", "authorization",
	    "OAuth " SERVICES_TOKEN);
	q = cJSON_GetArrayItem(services_said(services, STATUSPAGE), 1);
	request_is(
	    q, "POST", "/statuspage/pages/P1/incidents", "authorization", "OAuth " SERVICES_TOKEN);
	assert_string_equal(str_at(q, "/body/incident/components/c1"), "partial_outage");
	q = cJSON_GetArrayItem(services_said(services, STATUSPAGE), 2);
	request_is(q, "GET", "/statuspage/pages/P1/incidents/sp11", "authorization",
	    "OAuth " SERVICES_TOKEN);
	for (int n = 1; n < 4; n++)
		request_is(wrote(STATUSPAGE, n), "PATCH", "/statuspage/pages/P1/incidents/sp11",
		    "authorization", "OAuth " SERVICES_TOKEN);
}

static void cachet_has_one_incident(enum service s)
{
	bool two = s == CACHET2;
	const cJSON *kept = services_kept(services, s);
	const char *base = two ? "/cachet2/api/v1" : "/cachet3/api";
	const char *header = two ? "x-cachet-token" : "authorization",
		   *value = two ? SERVICES_TOKEN : "Bearer " SERVICES_TOKEN;
	char *incidents = xasprintf("%s/incidents", base),
	     *updates = xasprintf("%s/incidents/11/updates", base),
	     *component = xasprintf("%s/components/7", base);

	assert_int_equal(cJSON_GetArraySize(kept), 1);
	assert_string_equal(
	    str_at(kept, "/0/name"), "[Test NOC] INC-1: France / Mobile data - no data (INC-1)");
	assert_int_equal(json_int(cJSON_GetArrayItem(kept, 0), "status", 0), 4);
	assert_int_equal(cJSON_GetArraySize(json_pointer(kept, "/0/updates")), 3);
	assert_string_equal(str_at(kept, "/0/updates/1/message"), "A third of them, not half.");
	assert_int_equal(json_int(services_components(services, s), "7", 0), 1);
	request_is(wrote(s, 0), "POST", incidents, header, value);
	assert_string_equal(str_at(wrote(s, 0), "/body/message"),
	    "[Sev 2] France / Mobile data - no data\nWe look into it.");
	request_is(wrote(s, 1), "PUT", component, header, value);
	for (int n = 1; n < 4; n++) {
		request_is(wrote(s, 2 * n), "POST", updates, header, value);
		request_is(wrote(s, 2 * n + 1), "PUT", component, header, value);
	}
	assert_int_equal(json_int(json_get(wrote(s, 1), "body"), "status", 0), 3);
	free(incidents);
	free(updates);
	free(component);
}

static void slack_has_one_thread(const struct peer *p)
{
	const cJSON *kept = services_kept(services, SLACK), *message;
	const char *first = str_at(kept, "/0/ts");
	int n = 0;

	assert_int_equal(cJSON_GetArraySize(kept), 4);
	assert_non_null(first);
	cJSON_ArrayForEach(message, kept)
	{
		request_is(wrote(SLACK, n), "POST", "/slack/api/chat.postMessage", "authorization",
		    "Bearer " SERVICES_TOKEN);
		if (n == 0)
			assert_null(json_get(message, "thread_ts"));
		else
			assert_string_equal(json_str(message, "thread_ts"), first);
		char *id = delivery_id(p, SLACK, (size_t)n++);

		assert_string_equal(str_at(message, "/metadata/event_payload/delivery"), id);
		free(id);
	}
	assert_string_equal(str_at(kept, "/2/text"), "A third of them, not half.");
}

static void a_story_is_told_in_one_place_of_each(void **state)
{
	struct peer *p = start(*state);

	tell_story(p);
	teams_has_four_cards();
	pagerduty_has_one_alert();
	statuspage_has_one_incident(p);
	cachet_has_one_incident(CACHET2);
	cachet_has_one_incident(CACHET3);
	slack_has_one_thread(p);
	peer_free(p);
}

/* ---- busy, broken, closed ---- */

/* Each asks for 90 seconds. Nothing goes there before, and another destination is told meanwhile.
 */
static void busy_is_given_the_time_that_it_wants(void **state)
{
	struct peer *p = start(*state);

	for (int s = 0; s < SERVICES; s++)
		services_fail(services, s, 429, "90", false);
	post(p, "initial", "public", "first words");
	for (int s = 0; s < SERVICES; s++)
		assert_string_equal(
		    until(p, service_names[s], "failed", 0)->detail, "answered 429");
	peer_clock(p, 89000);
	post(p, "progress", "partners", "other words");
	until(p, "hook", "accepted", 1);
	for (int s = 0; s < SERVICES; s++)
		assert_int_equal(services_writes(services, s), 1);
	peer_clock(p, 1000);
	all_accepted(p, 0);
	assert_int_equal(services_writes(services, TEAMS), 2);
	assert_int_equal(services_writes(services, PAGERDUTY), 2);
	assert_int_equal(services_writes(services, SLACK), 2);
	peer_free(p);
}

/* A time in each form: an instant, no time at all, which counts for nothing, and ten years, of
 * which an hour is believed. */
static void a_time_to_wait_is_read_with_care(void **state)
{
	struct peer *p = start(*state);

	services_fail(services, TEAMS, 503, "Mon, 10 Mar 2025 12:02:00 GMT", false);
	services_fail(services, PAGERDUTY, 429, "soon", false);
	services_fail(services, SLACK, 503, "315360000", false);
	post(p, "initial", "public", "first words");
	until(p, "teams", "failed", 0);
	until(p, "pagerduty", "failed", 0);
	until(p, "slack", "failed", 0);
	until(p, "statuspage", "accepted", 0); /* held up by none of them */
	peer_clock(p, 61000);
	until(p, "pagerduty", "accepted", 0);
	assert_int_equal(services_writes(services, TEAMS), 1);
	peer_clock(p, 59000);
	until(p, "teams", "accepted", 0);
	peer_clock(p, 3600000 - 120000 - 1000);
	post(p, "progress", "partners", "other words");
	until(p, "hook", "accepted", 1);
	assert_int_equal(services_writes(services, SLACK), 1);
	peer_clock(p, 1000);
	until(p, "slack", "accepted", 0);
	peer_free(p);
}

/* The answer to what was carried out is lost: the next try finds it there, or can be known by its
 * id to be the same one again. */
static void what_is_repeated_has_the_same_id(void **state)
{
	struct peer *p = start(*state);

	for (int s = 0; s < SERVICES; s++)
		services_fail(services, s, 500, NULL, true);
	post(p, "initial", "public", "first words");
	for (int s = 0; s < SERVICES; s++)
		assert_string_equal(
		    until(p, service_names[s], "failed", 0)->detail, "answered 500");
	peer_clock(p, 61000);
	all_accepted(p, 0);
	assert_int_equal(cJSON_GetArraySize(services_kept(services, STATUSPAGE)), 1);
	assert_int_equal(cJSON_GetArraySize(json_pointer(
			     services_kept(services, STATUSPAGE), "/0/incident_updates")),
	    1);
	assert_int_equal(cJSON_GetArraySize(services_kept(services, PAGERDUTY)), 1);
	for (int s = CACHET2; s <= CACHET3; s++) {
		assert_int_equal(cJSON_GetArraySize(services_kept(services, s)), 1);
		assert_int_equal(
		    cJSON_GetArraySize(json_pointer(services_kept(services, s), "/0/updates")), 0);
	}
	assert_int_equal(cJSON_GetArraySize(services_kept(services, SLACK)), 2);
	assert_string_equal(
	    str_at(services_kept(services, SLACK), "/1/metadata/event_payload/delivery"),
	    "INC-1.2/slack");
	assert_string_equal(
	    str_at(services_kept(services, SLACK), "/0/metadata/event_payload/delivery"),
	    "INC-1.2/slack");
	assert_string_equal(
	    str_at(services_kept(services, TEAMS), "/0/body/0/id"), "INC-1.2/teams");
	assert_string_equal(
	    str_at(services_kept(services, TEAMS), "/1/body/0/id"), "INC-1.2/teams");
	/* The thread is that of the message whose answer arrived. */
	peer_clock(p, 5000);
	post(p, "progress", "public", "second words");
	all_accepted(p, 1);
	assert_string_equal(str_at(services_kept(services, SLACK), "/2/thread_ts"),
	    str_at(services_kept(services, SLACK), "/1/ts"));
	peer_free(p);
}

/* Closed to us: nothing is tried again, the outbox and every board say why in words. */
static void closed_is_given_up_with_a_reason_and_an_alarm(void **state)
{
	static const char *const why[SERVICES] = {
		"answered 401: it does not accept our credentials",
		"answered 401: it does not accept our credentials",
		"answered 401: Could not authenticate",
		"answered 401: it does not accept our credentials",
		"answered 401: it does not accept our credentials",
		"it does not accept our token (invalid_auth)"
	};
	struct peer *p = start(*state);
	size_t said[SERVICES];

	for (int s = 0; s < SERVICES; s++)
		services_lock(services, s, true);
	post(p, "initial", "public", "first words");
	for (int s = 0; s < SERVICES; s++) {
		char *alarm =
		    xasprintf("%s did not take an update, given up: %s", service_names[s], why[s]);

		assert_string_equal(until(p, service_names[s], "given_up", 0)->detail, why[s]);
		peer_alarm(p, alarm);
		said[s] = (size_t)cJSON_GetArraySize(services_said(services, s));
		free(alarm);
	}
	peer_clock(p, 600000);
	post(p, "progress", "partners", "other words");
	until(p, "hook", "accepted", 1);
	for (int s = 0; s < SERVICES; s++) {
		assert_int_equal(cJSON_GetArraySize(services_said(services, s)), said[s]);
		services_lock(services, s, false);
	}
	post(p, "progress", "public", "second words");
	all_accepted(p, 2);
	peer_alarm(p, "");
	peer_free(p);
}

/* ---- what people and files may hold ---- */

static void clean_text(const cJSON *o, bool slack)
{
	const cJSON *item;

	if (cJSON_IsString(o)) {
		assert_null(strpbrk(o->valuestring, slack ? "\r\t<>" : "\r"));
		assert_null(strstr(o->valuestring, "\xe2\x80\xae"));
		assert_null(strstr(o->valuestring, "\xe2\x80\xa8"));
		assert_null(strstr(o->valuestring, SERVICES_TOKEN));
	}
	cJSON_ArrayForEach(item, o)
	{
		if (strcmp(item->string ? item->string : "", "routing_key") != 0)
			clean_text(item, slack);
	}
}

static void only_our_headers(const cJSON *headers)
{
	static const char *const ours[] = { "host", "user-agent", "accept", "accept-encoding",
		"content-type", "content-length", "authorization", "x-cachet-token" };
	const cJSON *h;

	cJSON_ArrayForEach(h, headers)
	{
		bool known = false;

		for (size_t i = 0; i < countof(ours); i++)
			known = known || strcmp(h->string, ours[i]) == 0;
		if (!known)
			fail_msg("a header that is not ours: %s: %s", h->string, h->valuestring);
	}
}

static void no_text_leaves_its_place_on_the_wire(void **state)
{
	static const char *const texts[] = { "a\r\nX-Evil: 1\r\n\r\nPOST /evil HTTP/1.1\r\n\r\n",
		"x\n.\nMAIL FROM:<evil@x.example>",
		"<script>alert(1)</script> {{incident}} {{{x}}}",
		"<!channel> <@U1> <at>everyone</at> [a](https://evil.example)",
		"=cmd()|' /C calc'!A0\n+1+1\n@SUM(1)",
		"\xe2\x80\xae"
		"right to left \xe2\x80\xa8 line",
		"\"}],\"event_action\":\"resolve\"" };
	struct rig *r = *state;
	struct peer *p = start(r);
	size_t requests = 0;

	for (size_t i = 0; i < countof(texts); i++) {
		post(p, i ? "progress" : "initial", "public", texts[i]);
		all_accepted(p, i);
		peer_clock(p, 5000);
	}
	for (int s = 0; s < SERVICES; s++) {
		const cJSON *q;

		cJSON_ArrayForEach(q, services_said(services, s))
		{
			char *place = xasprintf("/%s/", service_names[s]);

			requests++;
			assert_int_equal(strncmp(json_str(q, "path"), place, strlen(place)), 0);
			assert_null(strstr(json_str(q, "path"), "evil"));
			only_our_headers(json_get(q, "headers"));
			clean_text(json_get(q, "body"), s == SLACK);
			free(place);
		}
	}
	assert_int_equal(farm_request_count(r->farm), requests);
	/* What is left of each text is there, whole, as text. */
	assert_string_equal(
	    str_at(services_kept(services, STATUSPAGE), "/0/incident_updates/2/body"), texts[2]);
	assert_string_equal(
	    str_at(services_kept(services, CACHET3), "/0/updates/3/message"), texts[4]);
	assert_string_equal(str_at(services_kept(services, SLACK), "/3/text"),
	    "&lt;!channel&gt; &lt;@U1&gt; &lt;at&gt;everyone&lt;/at&gt; [a](https://evil.example)");
	assert_string_equal(
	    str_at(services_kept(services, PAGERDUTY), "/0/payload/custom_details/text"), texts[6]);
	assert_string_equal(str_at(services_kept(services, PAGERDUTY), "/0/state"), "triggered");
	peer_free(p);
}

/* A secret that would be a header more, or another host, is never sent. */
static void no_secret_leaves_its_place_on_the_wire(void **state)
{
	static const enum service by_header[] = { STATUSPAGE, CACHET2, CACHET3, SLACK, TEAMS };
	struct rig *r = *state;
	struct peer *p = start(r);

	rig_write_secret(r, "token", SERVICES_TOKEN "\r\nX-Evil: 1\n");
	rig_write_secret(r, "teams", "http://{farm}/teams/workflows/1\r\nX-Evil: 1\n");
	post(p, "initial", "public", "first words");
	for (size_t i = 0; i < countof(by_header); i++) {
		const char *detail = until(p, service_names[by_header[i]], "given_up", 0)->detail;

		assert_true(detail && *detail);
		assert_null(strstr(detail, SERVICES_TOKEN));
		assert_int_equal(cJSON_GetArraySize(services_said(services, by_header[i])), 0);
	}
	peer_free(p);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(a_story_is_told_in_one_place_of_each),
		E2E_TEST(busy_is_given_the_time_that_it_wants),
		E2E_TEST(a_time_to_wait_is_read_with_care),
		E2E_TEST(what_is_repeated_has_the_same_id),
		E2E_TEST(closed_is_given_up_with_a_reason_and_an_alarm),
		E2E_TEST(no_text_leaves_its_place_on_the_wire),
		E2E_TEST(no_secret_leaves_its_place_on_the_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

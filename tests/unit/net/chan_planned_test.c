/* Planned work on status pages: what stands there from the first notice to the end, and that no
 * second one does. */
#include "chan_rig.h"

#include "os/zone.h"

static struct chan_component parts[] = { { S("data"), S("kctbh9"), NULL },
	{ S("sms"), S("sms1"), NULL } };

#define WINDOW "\"starts_at\":\"2026-02-03T01:00:00.000Z\",\"ends_at\":\"2026-02-03T03:00:00.000Z\""
#define BEGUN "\"started_at\":\"2026-02-03T01:00:07.000Z\""
#define ENDED "\"ended_at\":\"2026-02-03T02:41:59.000Z\""
#define OFF "\"cancelled_at\":\"2026-01-20T09:30:00.000Z\""

/* `more`: further members of the data, with a comma before them. */
static struct delivery_request planned(const char *kind, const char *status, const char *more)
{
	static char data[600];
	struct delivery_request r = chan_request(kind, "investigating");

	snprintf(data, sizeof data,
	    "{\"incident\":\"MNT-3\",\"maintenance\":true,\"risk\":\"high\",\"status\":\"%"
	    "s\"," WINDOW "%s}",
	    status, more);
	r.id = S("MNT-3.4/there");
	r.data = data;
	r.text = S("New routers.\nBegins: 2026-02-03 01:00 UTC");
	r.subject = S("[Test NOC] MNT-3: Mobile data / France");
	r.token = S("tok");
	r.components = parts;
	r.component_count = countof(parts);
	if (strcmp(kind, "statuspage") == 0)
		r.page = S("p1");
	else
		r.url = S("https://status.example");
	for (size_t i = 0; i < countof(parts); i++)
		parts[i].status = NULL;
	return r;
}

static void worked_on(const char *status)
{
	for (size_t i = 0; i < countof(parts); i++)
		parts[i].status = S(status);
}

/* The next request goes there in this way; its body, to be freed, or NULL. */
static cJSON *asks(struct chan_talk *t, const char *method, const char *url)
{
	struct chan_send s;
	cJSON *o;

	talk_build(t, &s);
	assert_string_equal(s.url, url);
	o = s.body.len ? send_json(&s) : NULL;
	assert_string_equal(s.method ? s.method : o ? "POST" : "GET", method);
	chan_send_fini(&s);
	return o;
}

static void said(const cJSON *o, const char *pointer, const char *text)
{
	const cJSON *at = json_pointer(o, pointer);

	if (!text)
		assert_null(at);
	else if (!cJSON_IsString(at))
		fail_msg("%s is no text", pointer);
	else
		assert_string_equal(at->valuestring, text);
}

static void off_switches(const cJSON *o)
{
	static const char *const by_itself[] = { "scheduled_auto_in_progress",
		"scheduled_auto_completed", "auto_transition_to_maintenance_state",
		"auto_transition_to_operational_state" };

	for (size_t i = 0; i < countof(by_itself); i++)
		assert_true(cJSON_IsFalse(json_get(json_get(o, "incident"), by_itself[i])));
}

/* ---- statuspage ---- */

#define SP "https://api.statuspage.io/v1/pages/p1/incidents"

static void statuspage_schedules_it_after_a_look_at_both_lists(void **state)
{
	struct delivery_request r = planned("statuspage", "scheduled", "");
	struct chan_talk t;
	cJSON *o;

	(void)state;
	chan_talk_init(&t, &r, NOW);
	assert_null(asks(&t, "GET", SP "?limit=50"));
	assert_int_equal(
	    talk_answer(&t, 200,
		"[{\"id\":\"a\",\"metadata\":{\"nocboard\":{\"incident\":\"MNT-33\",\"noc\":"
		"\"Test NOC\"}}}]")
		.state,
	    CHAN_NEXT);
	assert_null(asks(&t, "GET", SP "/scheduled?per_page=50"));
	assert_int_equal(talk_answer(&t, 200, "[]").state, CHAN_NEXT);
	o = asks(&t, "POST", SP);
	said(o, "/incident/name", "[Test NOC] MNT-3: Mobile data / France");
	said(o, "/incident/status", "scheduled");
	said(o, "/incident/impact_override", "maintenance");
	said(o, "/incident/scheduled_for", "2026-02-03T01:00:00.000Z");
	said(o, "/incident/scheduled_until", "2026-02-03T03:00:00.000Z");
	said(o, "/incident/body", r.text);
	said(o, "/incident/metadata/nocboard/incident", "MNT-3");
	off_switches(o);
	/* They belong to it, and nothing is said about how they are. */
	said(o, "/incident/component_ids/1", "sms1");
	assert_int_equal(cJSON_GetArraySize(json_pointer(o, "/incident/components")), 0);
	cJSON_Delete(o);
	assert_int_equal(talk_answer(&t, 201, "{\"id\":\"new1\"}").state, CHAN_ACCEPTED);
	assert_string_equal(t.reference, "new1");
	chan_talk_fini(&t);
}

/* The answer to the first try was lost; it stands in either list. */
static void statuspage_finds_what_it_had_scheduled(void **state)
{
	static const char found[] = "[{\"id\":\"x9\",\"metadata\":{\"nocboard\":{\"incident\":"
				    "\"MNT-3\",\"noc\":\"Test NOC\","
				    "\"delivery\":\"MNT-3.4/there\"}}}]";
	struct delivery_request r = planned("statuspage", "scheduled", "");
	struct chan_talk t;

	(void)state;
	for (int list = 0; list < 2; list++) {
		chan_talk_init(&t, &r, NOW);
		if (list)
			assert_int_equal(talk_answer(&t, 200, "[]").state, CHAN_NEXT);
		assert_int_equal(talk_answer(&t, 200, found).state, CHAN_ACCEPTED);
		assert_string_equal(t.reference, "x9");
		chan_talk_fini(&t);
	}
	/* A service without that list is no reason to say nothing; one that is closed is. */
	chan_talk_init(&t, &r, NOW);
	talk_answer(&t, 200, "[]");
	assert_int_equal(talk_answer(&t, 404, "{\"error\":\"Not found\"}").state, CHAN_NEXT);
	cJSON_Delete(asks(&t, "POST", SP));
	chan_talk_fini(&t);
	chan_talk_init(&t, &r, NOW);
	talk_answer(&t, 200, "[]");
	assert_int_equal(talk_answer(&t, 401, "").state, CHAN_GIVE_UP);
	chan_talk_fini(&t);
	chan_talk_init(&t, &r, NOW);
	talk_answer(&t, 200, "[]");
	assert_int_equal(talk_answer(&t, 500, "").state, CHAN_RETRY);
	chan_talk_fini(&t);
}

static const struct {
	const char *status, *more, *component;
	const char *theirs, *name, *from, *component_theirs;
} on_statuspage[] = {
	{ "scheduled", "", NULL, "scheduled", NULL, "2026-02-03T01:00:00.000Z", NULL },
	{ "in_progress", "," BEGUN, "maintenance", "in_progress", NULL, "2026-02-03T01:00:00.000Z",
	    "under_maintenance" },
	{ "in_progress", "," BEGUN, "major_outage", "in_progress", NULL, "2026-02-03T01:00:00.000Z",
	    "major_outage" },
	{ "completed", "," BEGUN "," ENDED, "operational", "completed", NULL, NULL, "operational" },
	{ "cancelled", "," OFF, NULL, "completed",
	    "Cancelled: [Test NOC] MNT-3: Mobile data / France", NULL, NULL },
};

static void statuspage_is_told_how_it_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(on_statuspage); i++) {
		struct delivery_request r =
		    planned("statuspage", on_statuspage[i].status, on_statuspage[i].more);
		struct chan_talk t;
		cJSON *o;

		r.reference = S("x9");
		worked_on(on_statuspage[i].component);
		chan_talk_init(&t, &r, NOW);
		assert_null(asks(&t, "GET", SP "/x9"));
		assert_int_equal(
		    talk_answer(&t, 200,
			"{\"id\":\"x9\",\"metadata\":{\"nocboard\":{\"incident\":\"MNT-3\",\"noc\":"
			"\"Test NOC\",\"delivery\":\"MNT-3.2/there\"}}}")
			.state,
		    CHAN_NEXT);
		o = asks(&t, "PATCH", SP "/x9");
		said(o, "/incident/status", on_statuspage[i].theirs);
		said(o, "/incident/impact_override", "maintenance");
		said(o, "/incident/name", on_statuspage[i].name);
		said(o, "/incident/scheduled_for", on_statuspage[i].from);
		said(o, "/incident/components/kctbh9", on_statuspage[i].component_theirs);
		if (on_statuspage[i].from)
			off_switches(o);
		cJSON_Delete(o);
		assert_int_equal(talk_answer(&t, 200, "{\"id\":\"x9\"}").state, CHAN_ACCEPTED);
		chan_talk_fini(&t);
	}
}

/* Its notice is there, and it has begun or ended by its window. */
static void statuspage_is_shown_what_nobody_told(void **state)
{
	static const struct {
		const char *ours, *theirs, *body; /* body NULL: nothing is sent */
	} cases[] = { { "in_progress", "scheduled", "The planned work has begun." },
		{ "completed", "in_progress", "The planned work has ended." },
		{ "in_progress", "in_progress", NULL }, { "scheduled", "in_progress", NULL },
		{ "cancelled", "completed", NULL } };

	(void)state;
	for (size_t n = 0; n < 2 * countof(cases); n++) {
		size_t i = n / 2;
		struct delivery_request r = planned("statuspage", cases[i].ours, "," BEGUN);
		char *there = xasprintf("{\"id\":\"x9\",\"status\":\"%s\",\"metadata\":{"
					"\"nocboard\":{\"incident\":\"MNT-3\",\"noc\":\"Test "
					"NOC\",\"delivery\":\"%s\"}}}",
		    cases[i].theirs, n % 2 ? "changed" : "MNT-3.4/there");
		struct chan_talk t;
		cJSON *o;

		r.reference = S("x9");
		r.arrived = n % 2; /* by the record alone, where somebody changed it there */
		chan_talk_init(&t, &r, NOW);
		assert_int_equal(
		    talk_answer(&t, 200, there).state, cases[i].body ? CHAN_NEXT : CHAN_ACCEPTED);
		if (cases[i].body) {
			o = asks(&t, "PATCH", SP "/x9");
			said(o, "/incident/status", cases[i].ours);
			said(o, "/incident/body", cases[i].body);
			assert_true(
			    cJSON_IsFalse(json_pointer(o, "/incident/deliver_notifications")));
			cJSON_Delete(o);
		}
		chan_talk_fini(&t);
		free(there);
	}
}

/* ---- cachet ---- */

static struct delivery_request on_cachet(int version, const char *status, const char *more)
{
	struct delivery_request r = planned("cachet", status, more);

	r.version = version;
	return r;
}

#define C2 "https://status.example/api/v1/"
#define C3 "https://status.example/api/"

static void cachet_schedules_it(void **state)
{
	(void)state;
	for (int version = 2; version <= 3; version++) {
		struct delivery_request r = on_cachet(version, "scheduled", "");
		bool two = version == 2;
		struct chan_talk t;
		cJSON *o;

		chan_talk_init(&t, &r, NOW);
		assert_null(asks(&t, "GET",
		    two ? C2 "schedules?per_page=50&sort=id&order=desc"
			: C3 "schedules?per_page=50&sort=-id"));
		assert_int_equal(
		    talk_answer(&t, 200, "{\"data\":[{\"id\":3,\"name\":\"Other (MNT-33)\"}]}")
			.state,
		    CHAN_NEXT);
		o = asks(&t, "POST", two ? C2 "schedules" : C3 "schedules");
		said(o, "/name", "[Test NOC] MNT-3: Mobile data / France (MNT-3)");
		said(o, "/message", r.text);
		said(o, "/scheduled_at", "2026-02-03 01:00");
		said(o, "/completed_at", NULL);
		assert_int_equal(json_int(o, "status", -1), 0);
		assert_int_equal(cJSON_IsTrue(json_get(o, "notify")), two);
		assert_null(json_get(o, "visible"));
		cJSON_Delete(o);
		assert_int_equal(
		    talk_answer(&t, 200, "{\"data\":{\"id\":12}}").state, CHAN_ACCEPTED);
		assert_string_equal(t.reference, "12"); /* and no component was set */
		chan_talk_fini(&t);
	}
}

static const struct {
	const char *status, *more, *component;
	int theirs;
	const char *name, *from, *to;
	int component_two, component_three; /* 0: it is not set */
} schedules[] = {
	{ "scheduled", "", NULL, 0, NULL, "2026-02-03 01:00", NULL, 0, 0 },
	{ "in_progress", "," BEGUN, "maintenance", 1, NULL, "2026-02-03 01:00", NULL, 1, 6 },
	{ "in_progress", ",\"started_at\":\"2026-02-03T00:30:00.000Z\"", "degraded", 1, NULL,
	    "2026-02-03 00:30", NULL, 2, 2 },
	{ "completed", "," BEGUN "," ENDED, "operational", 2, NULL, "2026-02-03 01:00",
	    "2026-02-03 02:41", 1, 1 },
	{ "cancelled", "," OFF, NULL, 2,
	    "Cancelled: [Test NOC] MNT-3: Mobile data / France (MNT-3)", "2026-01-20 09:30",
	    "2026-01-20 09:30", 0, 0 },
	{ "cancelled", "," BEGUN "," ENDED "," OFF, "operational", 2,
	    "Cancelled: [Test NOC] MNT-3: Mobile data / France (MNT-3)", "2026-02-03 01:00",
	    "2026-02-03 02:41", 1, 1 },
};

static void set_as_a_whole(struct chan_talk *t, size_t i)
{
	bool two = t->r->version == 2;
	cJSON *o = asks(t, "PUT", two ? C2 "schedules/12" : C3 "schedules/12");

	assert_int_equal(json_int(o, "status", -1), schedules[i].theirs);
	said(o, "/name", schedules[i].name);
	said(o, "/message", two ? t->r->text : NULL);
	said(o, "/scheduled_at", schedules[i].from);
	said(o, "/completed_at", schedules[i].to);
	cJSON_Delete(o);
}

static void cachet_is_told_how_it_goes_on(void **state)
{
	(void)state;
	for (size_t n = 0; n < 2 * countof(schedules); n++) {
		size_t i = n / 2;
		bool two = n % 2 == 0;
		int number = two ? schedules[i].component_two : schedules[i].component_three;
		struct delivery_request r =
		    on_cachet(two ? 2 : 3, schedules[i].status, schedules[i].more);
		struct chan_talk t;
		cJSON *o;

		r.reference = S("12");
		parts[1].status = S(schedules[i].component); /* of one of them alone */
		chan_talk_init(&t, &r, NOW);
		if (!two) {
			assert_null(asks(&t, "GET", C3 "schedules/12/updates?per_page=50"));
			assert_int_equal(talk_answer(&t, 200, "{\"data\":[]}").state, CHAN_NEXT);
			o = asks(&t, "POST", C3 "schedules/12/updates");
			said(o, "/message", r.text);
			assert_null(json_get(o, "status"));
			cJSON_Delete(o);
			assert_int_equal(talk_answer(&t, 201, "{}").state, CHAN_NEXT);
		}
		set_as_a_whole(&t, i);
		assert_int_equal(
		    talk_answer(&t, 200, "{}").state, number ? CHAN_NEXT : CHAN_ACCEPTED);
		if (number) {
			o = asks(&t, "PUT", two ? C2 "components/sms1" : C3 "components/sms1");
			assert_int_equal(json_int(o, "status", 0), number);
			cJSON_Delete(o);
			assert_int_equal(talk_answer(&t, 200, "{}").state, CHAN_ACCEPTED);
		}
		chan_talk_fini(&t);
	}
}

/* Its text is there: the status is set, and nothing is said. */
static void cachet_is_shown_what_nobody_told(void **state)
{
	struct delivery_request r = on_cachet(3, "completed", "," BEGUN "," ENDED);
	struct chan_talk t;
	cJSON *o;

	(void)state;
	r.arrived = true;
	r.reference = S("12");
	chan_talk_init(&t, &r, NOW);
	o = asks(&t, "PUT", C3 "schedules/12");
	assert_int_equal(json_int(o, "status", -1), 2);
	said(o, "/message", NULL);
	cJSON_Delete(o);
	assert_int_equal(talk_answer(&t, 200, "{}").state, CHAN_ACCEPTED);
	chan_talk_fini(&t);
}

static void cachet_schedules_nothing_twice(void **state)
{
	static const char there[] =
	    "{\"data\":[{\"id\":\"8\",\"attributes\":{\"name\":\"x (MNT-3)\","
	    "\"message\":\"New routers.\\nBegins: 2026-02-03 01:00 UTC\\n\"}}]}";
	struct delivery_request r = on_cachet(3, "scheduled", "");
	struct chan_talk t;
	cJSON *o;

	(void)state;
	/* The first try had made it: its times are made sure of. */
	chan_talk_init(&t, &r, NOW);
	cJSON_Delete(asks(&t, "GET", C3 "schedules?per_page=50&sort=-id"));
	assert_int_equal(talk_answer(&t, 200, there).state, CHAN_NEXT);
	o = asks(&t, "PUT", C3 "schedules/8");
	said(o, "/scheduled_at", "2026-02-03 01:00");
	cJSON_Delete(o);
	assert_int_equal(talk_answer(&t, 200, "").state, CHAN_ACCEPTED);
	chan_talk_fini(&t);
	/* An update that had arrived. */
	r.reference = S("8");
	chan_talk_init(&t, &r, NOW);
	cJSON_Delete(asks(&t, "GET", C3 "schedules/8/updates?per_page=50"));
	assert_int_equal(talk_answer(&t, 200,
			     "{\"data\":[{\"attributes\":{\"message\":\"New routers.\\nBegins: "
			     "2026-02-03 01:00 UTC\"}}]}")
			     .state,
	    CHAN_NEXT);
	cJSON_Delete(asks(&t, "PUT", C3 "schedules/8"));
	chan_talk_fini(&t);
	/* What was deleted there is looked for once, and made again. */
	r.version = 2;
	chan_talk_init(&t, &r, NOW);
	cJSON_Delete(asks(&t, "PUT", C2 "schedules/8"));
	assert_int_equal(talk_answer(&t, 404, "{}").state, CHAN_NEXT);
	cJSON_Delete(asks(&t, "GET", C2 "schedules?per_page=50&sort=id&order=desc"));
	assert_int_equal(talk_answer(&t, 200, "{\"data\":[]}").state, CHAN_NEXT);
	cJSON_Delete(asks(&t, "POST", C2 "schedules"));
	assert_int_equal(talk_answer(&t, 500, "").state, CHAN_RETRY);
	chan_talk_fini(&t);
	/* A server that lists what it does not know does not keep us going round. */
	chan_talk_init(&t, &r, NOW);
	cJSON_Delete(asks(&t, "PUT", C2 "schedules/8"));
	assert_int_equal(talk_answer(&t, 404, "{}").state, CHAN_NEXT);
	assert_int_equal(
	    talk_answer(&t, 200, "{\"data\":[{\"id\":8,\"name\":\"x (MNT-3)\"}]}").state,
	    CHAN_NEXT);
	cJSON_Delete(asks(&t, "PUT", C2 "schedules/8"));
	assert_int_equal(talk_answer(&t, 404, "{}").state, CHAN_GIVE_UP);
	chan_talk_fini(&t);
}

/* Cachet reads times by the clock that it is set to. */
static void cachet_is_told_its_own_time(void **state)
{
	static const struct {
		const char *from, *there;
	} times[] = { { "2026-02-03T23:30:59.999Z", "2026-02-04 00:30" },
		{ "2026-07-01T22:00:00.000Z", "2026-07-02 00:00" },
		{ "2026-03-29T00:59:00.000Z", "2026-03-29 01:59" },
		{ "2026-03-29T01:00:00.000Z", "2026-03-29 03:00" } };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < countof(times); i++) {
		struct delivery_request r = on_cachet(3, "scheduled", "");
		char *data = xasprintf("{\"incident\":\"MNT-3\",\"maintenance\":true,\"status\":"
				       "\"scheduled\",\"starts_at\":\"%s\"}",
		    times[i].from);
		struct chan_talk t;
		cJSON *o;

		r.data = data;
		r.zone = zone_load("Europe/Paris", &e);
		assert_non_null(r.zone);
		chan_talk_init(&t, &r, NOW);
		talk_answer(&t, 200, "{\"data\":[]}");
		o = asks(&t, "POST", C3 "schedules");
		said(o, "/scheduled_at", times[i].there);
		cJSON_Delete(o);
		chan_talk_fini(&t);
		free(data);
	}
}

/* PagerDuty alone has no place for it. */
static void only_pagerduty_has_no_place(void **state)
{
	(void)state;
	for (const struct chan_kind *k = chan_kinds; k->name; k++)
		assert_int_equal(
		    k->planned == CHAN_PLANNED_NOWHERE, strcmp(k->name, "pagerduty") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuspage_schedules_it_after_a_look_at_both_lists),
		cmocka_unit_test(statuspage_finds_what_it_had_scheduled),
		cmocka_unit_test(statuspage_is_told_how_it_goes_on),
		cmocka_unit_test(statuspage_is_shown_what_nobody_told),
		cmocka_unit_test(cachet_schedules_it),
		cmocka_unit_test(cachet_is_told_how_it_goes_on),
		cmocka_unit_test(cachet_is_shown_what_nobody_told),
		cmocka_unit_test(cachet_schedules_nothing_twice),
		cmocka_unit_test(cachet_is_told_its_own_time),
		cmocka_unit_test(only_pagerduty_has_no_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

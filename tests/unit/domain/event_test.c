#include "domain/event.h"

#include "base/mem.h"
#include "t.h"

static cJSON *parsed(const char *text)
{
	struct err e = { 0 };
	cJSON *v = json_parse(text, strlen(text), &e);

	if (!v)
		fail_msg("%s: %s", text, e.msg);
	return v;
}

static void every_kind_has_a_name_and_is_found_by_it(void **state)
{
	(void)state;
	for (int k = EVENT_UNKNOWN + 1; k < EVENT_KINDS; k++) {
		assert_non_null(event_kinds[k].name);
		assert_true(event_kinds[k].summary[0] != '\0');
		assert_int_equal(event_kind_of(event_kinds[k].name), k);
	}
	assert_int_equal(event_kind_of("teleported"), EVENT_UNKNOWN);
	assert_int_equal(event_kind_of(""), EVENT_UNKNOWN);
}

static void the_engine_takes_no_candidate(void **state)
{
	(void)state;
	for (int k = 0; k < EVENT_KINDS; k++)
		assert_false(event_kinds[k].takes && event_kinds[k].by_engine);
	assert_true(event_kinds[EVENT_ACKNOWLEDGED].takes);
	assert_false(event_kinds[EVENT_NOTE].takes);
	assert_true(event_kinds[EVENT_SIGNAL].by_engine);
}

static void incident_numbers(void **state)
{
	static const struct {
		const char *id;
		int64_t number;
	} cases[] = {
		{ "INC-7", 7 },
		{ "INC-1", 1 },
		{ "INC-123456789012", 123456789012 },
		{ "INC-0", 0 },
		{ "INC-07", 0 },
		{ "INC-", 0 },
		{ "INC7", 0 },
		{ "INC-7 ", 0 },
		{ "INC-7a", 0 },
		{ "inc-7", 0 },
		{ "MNT-7", 0 },
		{ "INC--7", 0 },
		{ "INC-99999999999999999999", 0 },
		{ "", 0 },
		{ NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(incident_number(cases[i].id), cases[i].number);
}

#define HEAD                                                                                       \
	"{\"incident\":\"INC-7\",\"version\":2,\"at\":\"2025-03-10T14:20:00.000Z\",\"actor\":"     \
	"\"maria\","

static void json_goes_round(void **state)
{
	static const char *const cases[] = {
		"{\"incident\":\"INC-7\",\"version\":1,\"at\":\"2025-03-10T14:20:00.000Z\","
		"\"actor\":"
		"\"engine\",\"kind\":\"opened\",\"body\":{\"title\":\"Attach "
		"failing\",\"severity\":1,"
		"\"regions\":[\"FR\"],\"components\":[\"data\"],\"impact\":\"i\",\"started_at\":"
		"\"2025-03-10T14:14:00.000Z\",\"source\":\"probe:p1\"}}",
		HEAD "\"as\":\"root\",\"kind\":\"note\",\"body\":{\"text\":\"é\"}}",
		HEAD "\"kind\":\"acknowledged\",\"body\":{}}",
		HEAD "\"kind\":\"teleported\",\"body\":{\"to\":[1,2,{\"x\":null}]}}",
		HEAD "\"kind\":\"note\",\"body\":{\"text\":\"t\",\"from_a_newer_version\":true}}",
		"{\"incident\":\"MNT-3\",\"version\":1,\"at\":\"2025-03-10T14:20:00.000Z\","
		"\"actor\":"
		"\"ana\",\"kind\":\"planned\",\"body\":{\"title\":\"t\",\"regions\":[\"FR\"],"
		"\"components\":[\"data\"],\"starts_at\":\"2025-03-20T01:00:00Z\",\"ends_at\":"
		"\"2025-03-20T02:00:00Z\",\"risk\":\"low\"}}",
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct err e = { 0 };
		cJSON *in = parsed(cases[i]);
		struct event *ev = event_from_json(in, &e);
		cJSON *out;
		char *text;

		if (!ev)
			fail_msg("%s: %s", cases[i], e.msg);
		out = event_to_json(ev);
		text = json_text(out);
		assert_string_equal(text, cases[i]);
		free(text);
		cJSON_Delete(out);
		cJSON_Delete(in);
		event_free(ev);
	}
}

#define OPENED(source)                                                                             \
	"\"version\":1,\"at\":\"2025-03-10T14:20:00Z\",\"actor\":\"a\",\"kind\":\"opened\","       \
	"\"body\":{\"title\":\"t\",\"severity\":1,\"regions\":[],\"components\":[],"               \
	"\"started_at\":\"2025-03-10T14:20:00Z\",\"source\":\"" source "\"}}"

static void what_is_no_event_is_refused_by_field(void **state)
{
	static const struct {
		const char *json, *says;
	} cases[] = {
		{ "[]", "object" },
		{ "{}", "incident" },
		{ "{\"incident\":\"INC-0\"}", "incident" },
		{ "{\"incident\":\"INC-7\",\"version\":0}", "version" },
		{ "{\"incident\":\"INC-7\",\"version\":1.5}", "version" },
		{ "{\"incident\":\"INC-7\",\"version\":\"1\"}", "version" },
		{ "{\"incident\":\"INC-7\",\"version\":99999999999}", "version" },
		{ "{\"incident\":\"INC-7\",\"version\":2,\"at\":\"yesterday\"}", "at" },
		{ "{\"incident\":\"INC-7\",\"version\":2,\"at\":\"2025-03-10T14:20:00Z\"}",
		    "actor" },
		{ HEAD "\"body\":{}}", "kind" },
		{ HEAD "\"kind\":\"\",\"body\":{}}", "kind" },
		{ HEAD "\"kind\":\"note\",\"body\":[]}", "body" },
		{ HEAD "\"kind\":\"note\"}", "text is missing" },
		{ HEAD "\"as\":\"\",\"kind\":\"closed\"}", "as" },
		{ HEAD
		    "\"kind\":\"opened\",\"body\":{\"title\":\"t\",\"severity\":1,\"regions\":[],"
		    "\"components\":[],\"started_at\":\"2025-03-10T14:20:00Z\"}}",
		    "version 1" },
		{ "{\"incident\":\"INC-7\",\"version\":1,\"at\":\"2025-03-10T14:20:00Z\",\"actor\":"
		  "\"a\","
		  "\"kind\":\"closed\"}",
		    "must be opened" },
		{ HEAD "\"kind\":\"started\"}", "only a maintenance" },
		{ "{\"incident\":\"INC-7\",\"version\":2,\"at\":\"2025-03-10T14:20:00Z\",\"actor\":"
		  "\"a\\u001b[31m\",\"kind\":\"closed\"}",
		    "actor" },
		{ HEAD "\"as\":\"a\\u202eb\",\"kind\":\"closed\"}", "as" },
		{ HEAD "\"kind\":\"clo\\u0007sed\"}", "kind" },
		{ "{\"incident\":\"TCK-7\"," OPENED("operator"), "only an incident" },
		{ "{\"incident\":\"INC-7\"," OPENED("alien"), "source is operator, probe:ID" },
		{ "{\"incident\":\"INC-7\"," OPENED("probe:"), "source is operator, probe:ID" },
		{ "{\"incident\":\"INC-7\"," OPENED("feeds:x"), "source is operator, probe:ID" },
		{ HEAD "\"kind\":\"update_posted\",\"body\":{\"stage\":\"initial\",\"status\":"
		       "\"investigating\",\"text\":{},\"audiences\":[],\"channels\":[]}}",
		    "audiences must name one" },
		{ "{\"incident\":\"MNT-7\",\"version\":1,\"at\":\"2025-03-10T14:20:00Z\",\"actor\":"
		  "\"a\",\"kind\":\"planned\",\"body\":{\"title\":\"t\",\"regions\":[\"FR\"],"
		  "\"components\":[\"data\"],\"risk\":\"low\",\"starts_at\":"
		  "\"2025-04-01T02:00:00Z\",\"ends_at\":\"2025-04-01T02:00:00Z\"}}",
		    "ends_at is not later" },
		{ "{\"incident\":\"MNT-7\",\"version\":1,\"at\":\"2025-03-10T14:20:00Z\",\"actor\":"
		  "\"a\",\"kind\":\"started\"}",
		    "must be planned" },
		{ "{\"incident\":\"MNT-7\",\"version\":2,\"at\":\"2025-03-10T14:20:00Z\",\"actor\":"
		  "\"a\",\"kind\":\"ended\",\"body\":{\"ended_at\":\"2025-03-10T14:20:01Z\"}}",
		    "ended_at is later" },
		{ HEAD "\"kind\":\"restored\",\"body\":{\"workaround\":true,\"restored_at\":"
		       "\"2025-03-10T14:20:00.001Z\"}}",
		    "restored_at is later" },
		{ HEAD "\"kind\":\"resolved\",\"body\":{\"resolved_at\":\"2025-03-10T14:21:00Z\"}}",
		    "resolved_at is later" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct err e = { 0 };
		cJSON *in = parsed(cases[i].json);

		assert_null(event_from_json(in, &e));
		assert_int_equal(e.kind, ERR_DATA);
		if (!strstr(e.msg, cases[i].says))
			fail_msg(
			    "%s: \"%s\" does not say \"%s\"", cases[i].json, e.msg, cases[i].says);
		cJSON_Delete(in);
	}
}

/* One body that passes for each kind; without its required members it must not. */
static const struct {
	enum event_kind kind;
	const char *body;
	const char *required; /* blank-separated */
	const char *sentence;
} kinds[] = {
	{ EVENT_OPENED,
	    "{\"title\":\"Attach "
	    "failing\",\"severity\":1,\"regions\":[\"FR\",\"IT\"],\"components\":["
	    "\"data\"],\"started_at\":\"2025-03-10T14:20:00Z\",\"source\":\"probe:p1\"}",
	    "title severity regions components started_at",
	    "opened as Sev 1: Attach failing (FR, IT / data), seen by our probe" },
	{ EVENT_ACKNOWLEDGED, "{}", "", "acknowledged" },
	{ EVENT_INTAKE,
	    "{\"reporter\":\"Acme\",\"channel\":\"phone\",\"validated\":true,\"reproduced\":false,"
	    "\"affected\":\"two cohorts\",\"affected_percent\":12,\"urgency\":\"high\"}",
	    "",
	    "intake from Acme by phone, validated, not reproduced, affected: two cohorts (12 %), "
	    "urgency "
	    "high" },
	{ EVENT_SNOOZED, "{\"until\":\"2025-03-10T14:20:00Z\",\"reason\":\"known\"}", "until",
	    "snoozed until 2025-03-10 14:20 UTC: known" },
	{ EVENT_REMINDER, "{\"at_time\":\"2025-03-10T03:40:00Z\",\"text\":\"call back\"}",
	    "at_time text", "reminder 2025-03-10 03:40 UTC: call back" },
	{ EVENT_BRIDGE_SET, "{\"url\":\"https://meet.example/x\",\"phone\":\"+44\"}", "",
	    "bridge https://meet.example/x +44" },
	{ EVENT_SEVERITY_CHANGED, "{\"from\":3,\"to\":2,\"reason\":\"blast radius grew\"}",
	    "from to reason", "severity 3 → 2: blast radius grew" },
	{ EVENT_SCOPE_CHANGED, "{\"regions\":[\"FR\"],\"components\":[],\"reason\":\"r\"}",
	    "regions components", "scope is now FR / none: r" },
	{ EVENT_ROLE_ASSIGNED, "{\"role\":\"ic\",\"person\":\"maria\",\"override\":\"alone\"}",
	    "role person", "IC is maria, holding two roles: alone" },
	{ EVENT_COMMAND_OFFERED, "{\"to\":\"jon\"}", "to", "command offered to jon" },
	{ EVENT_COMMAND_ACCEPTED, "{}", "", "command accepted" },
	{ EVENT_ROLE_RELEASED, "{\"role\":\"comms\"}", "role", "COMMS is vacant" },
	{ EVENT_UPDATE_APPROVED, "{\"hash\":\"ab\",\"by\":\"ana\"}", "hash by",
	    "update approved by ana" },
	{ EVENT_UPDATE_POSTED,
	    "{\"stage\":\"initial\",\"status\":\"investigating\",\"fields\":{\"impact\":\"\"},"
	    "\"text\":{"
	    "\"public\":\"x\"},\"next_update_at\":\"2025-03-10T14:50:00Z\",\"audiences\":["
	    "\"public\"],"
	    "\"channels\":[\"page\"]}",
	    "stage status text audiences channels",
	    "initial update posted to public (investigating), next by 2025-03-10 14:50 UTC" },
	{ EVENT_DELIVERY,
	    "{\"update\":5,\"destination\":\"page\",\"state\":\"given_up\",\"attempts\":3,"
	    "\"detail\":"
	    "\"503\"}",
	    "update destination state", "update #5 to page: given up after 3 attempts: 503" },
	{ EVENT_BREACHED, "{\"clock\":\"update\",\"due\":\"2025-03-10T14:50:00Z\"}", "clock due",
	    "update is past due, it was 2025-03-10 14:50 UTC" },
	{ EVENT_ESCALATED,
	    "{\"tier\":2,\"contact\":\"ana\",\"via\":\"phone\",\"reference\":\"T-1\"}", "tier",
	    "escalated to tier 2: ana by phone, reference T-1" },
	{ EVENT_TIER_ACKNOWLEDGED, "{\"carrier\":\"orange-fr\",\"by\":\"duty\"}", "carrier",
	    "orange-fr answered: duty" },
	{ EVENT_CARRIER_INVOLVED,
	    "{\"carrier\":\"orange-fr\",\"reason\":\"r\",\"timeline\":\"2 h\"}", "carrier",
	    "carrier involved: orange-fr: r, timeline: 2 h" },
	{ EVENT_CARRIER_CLEARED, "{\"carrier\":\"orange-fr\",\"reason\":\"r\"}", "carrier",
	    "carrier cleared: orange-fr: r" },
	{ EVENT_HYPOTHESIS, "{\"text\":\"signalling\"}", "text", "hypothesis: signalling" },
	{ EVENT_ACTION,
	    "{\"id\":\"a1\",\"text\":\"reroute\",\"owner\":\"jon\",\"eta_from\":\"2025-03-10T15:00:"
	    "00Z\","
	    "\"eta_to\":\"2025-03-10T15:30:00Z\",\"done\":false}",
	    "id",
	    "action: reroute, owner jon, between 2025-03-10 15:00 UTC and 2025-03-10 15:30 UTC" },
	{ EVENT_SIGNAL,
	    "{\"source\":\"probe:p1\",\"component\":\"data\",\"region\":\"FR\",\"status\":"
	    "\"major_outage\",\"detail\":\"refused\"}",
	    "source status", "our probe: FR data is major outage: refused" },
	{ EVENT_RESTORED,
	    "{\"workaround\":true,\"residual\":\"slow\",\"customer_actions\":\"toggle data\"}",
	    "workaround", "restored by a workaround; remaining: slow; customers: toggle data" },
	{ EVENT_RESOLVED, "{\"fix\":\"config rolled back\"}", "", "resolved: config rolled back" },
	{ EVENT_REOPENED, "{\"reason\":\"again\"}", "reason", "reopened: again" },
	{ EVENT_RCA_DELIVERED, "{\"stage\":\"draft\",\"reference\":\"doc 1\"}", "stage",
	    "draft report delivered: doc 1" },
	{ EVENT_NOTE, "{\"text\":\"a\\nb\"}", "text", "note: a b" },
	{ EVENT_MERGED, "{\"into\":\"INC-3\",\"reason\":\"same cause\"}", "into reason",
	    "merged into INC-3: same cause" },
	{ EVENT_DISMISSED, "{\"reason\":\"test call\"}", "reason", "dismissed: test call" },
	{ EVENT_CLOSED, "{}", "", "closed" },
	{ EVENT_PLANNED,
	    "{\"title\":\"Cables\",\"regions\":[\"FR\"],\"components\":[\"data\"],\"starts_at\":"
	    "\"2025-03-20T01:00:00Z\",\"ends_at\":\"2025-03-20T02:00:00Z\",\"risk\":\"low\","
	    "\"class\":\"minor\",\"tentative\":true,\"carrier\":\"orange-fr\"}",
	    "title regions components starts_at ends_at risk",
	    "planned: Cables (FR / data), 2025-03-20 01:00 UTC to 2025-03-20 02:00 UTC, risk low, "
	    "tentative, by orange-fr" },
	{ EVENT_REPLANNED,
	    "{\"title\":\"Cables\",\"regions\":[\"FR\"],\"components\":[\"data\"],\"starts_at\":"
	    "\"2025-03-20T01:00:00Z\",\"ends_at\":\"2025-03-20T02:00:00Z\",\"risk\":\"low\","
	    "\"class\":\"minor\",\"tentative\":true,\"carrier\":\"orange-fr\",\"reason\":\"r\"}",
	    "title regions components starts_at ends_at risk",
	    "planned anew: Cables (FR / data), 2025-03-20 01:00 UTC to 2025-03-20 02:00 UTC, risk "
	    "low, tentative, by orange-fr: r" },
	{ EVENT_NOTICE_POSTED,
	    "{\"stage\":\"notice\",\"status\":\"scheduled\",\"starts_at\":\"2025-03-20T01:00:00Z\","
	    "\"ends_at\":\"2025-03-20T02:00:00Z\",\"text\":{\"public\":\"x\"},\"audiences\":["
	    "\"public\"],\"channels\":[\"page\"]}",
	    "stage status starts_at ends_at text audiences channels",
	    "notice posted to public, for 2025-03-20 01:00 UTC to 2025-03-20 02:00 UTC" },
	{ EVENT_STARTED, "{\"started_at\":\"2025-03-10T14:00:00Z\"}", "",
	    "begun at 2025-03-10 14:00 UTC" },
	{ EVENT_ENDED, "{\"ended_at\":\"2025-03-10T14:00:00Z\",\"result\":\"fine\"}", "",
	    "ended at 2025-03-10 14:00 UTC: fine" },
	{ EVENT_CANCELLED, "{\"reason\":\"no parts\"}", "reason", "cancelled: no parts" },
	{ EVENT_OVERRIDDEN, "{\"rule\":\"window\",\"reason\":\"by day\",\"by\":\"ana\"}",
	    "rule reason by", "rule window overridden by ana: by day" },
};

static void a_breach_names_its_clock_in_words(void **state)
{
	static const struct {
		const char *clock, *says;
	} cases[] = { { "tier2", "tier 2 is past due" }, { "rca_draft", "rca draft is past due" },
		{ "carrier:orange-fr", "orange-fr is past due" } };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		cJSON *body = cJSON_CreateObject();
		struct utc at = { 0 };
		struct event *ev;
		struct buf out;

		json_put_str(body, "clock", cases[i].clock);
		ev = event_new("INC-1", 2, at, "engine", EVENT_BREACHED, body);
		buf_init(&out, 200);
		event_sentence(&out, ev);
		assert_string_equal(buf_str(&out), cases[i].says);
		buf_fini(&out);
		event_free(ev);
	}
}

static void bodies_need_what_their_kind_requires(void **state)
{
	(void)state;
	assert_int_equal(countof(kinds), EVENT_KINDS - 1);
	for (size_t i = 0; i < countof(kinds); i++) {
		struct err e = { 0 };
		cJSON *body = parsed(kinds[i].body);
		char word[32];
		int used;

		if (!event_body_check(kinds[i].kind, body, &e))
			fail_msg("%s: %s", kinds[i].body, e.msg);
		for (const char *p = kinds[i].required; sscanf(p, "%31s%n", word, &used) == 1;
		     p += used) {
			cJSON *less = cJSON_Duplicate(body, true);

			cJSON_DeleteItemFromObjectCaseSensitive(less, word);
			assert_false(event_body_check(kinds[i].kind, less, &e));
			assert_non_null(strstr(e.msg, word));
			cJSON_AddNullToObject(less, word);
			assert_false(event_body_check(kinds[i].kind, less, &e));
			cJSON_DeleteItemFromObjectCaseSensitive(less, word);
			cJSON_AddItemToObject(less, word, cJSON_CreateArray());
			cJSON_AddItemToArray(
			    cJSON_GetObjectItem(less, word), cJSON_CreateNumber(1));
			assert_false(event_body_check(kinds[i].kind, less, &e));
			cJSON_Delete(less);
		}
		cJSON_Delete(body);
	}
}

static void bodies_are_checked_by_type_and_range(void **state)
{
	static const struct {
		enum event_kind kind;
		const char *body;
		bool good;
	} cases[] = {
		{ EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":4,\"reason\":\"r\"}", true },
		{ EVENT_SEVERITY_CHANGED, "{\"from\":0,\"to\":4,\"reason\":\"r\"}", false },
		{ EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":5,\"reason\":\"r\"}", false },
		{ EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2.5,\"reason\":\"r\"}", false },
		{ EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"reason\":\" \\n\"}", false },
		{ EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"reason\":\"r\",\"undo_of\":4}",
		    true },
		{ EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"reason\":\"r\",\"undo_of\":0}",
		    false },
		{ EVENT_ROLE_ASSIGNED, "{\"role\":\"boss\",\"person\":\"maria\"}", false },
		{ EVENT_ROLE_ASSIGNED, "{\"role\":\"i\",\"person\":\"maria\"}", false },
		{ EVENT_ESCALATED, "{\"tier\":1}", false },
		{ EVENT_ESCALATED, "{\"tier\":4}", false },
		{ EVENT_ESCALATED, "{\"tier\":2,\"carrier\":\"x\"}", false },
		{ EVENT_ESCALATED, "{\"carrier\":\"x\",\"tier\":null}", true },
		{ EVENT_ESCALATED, "{\"tier\":3,\"via\":\"pigeon\"}", false },
		{ EVENT_INTAKE, "{\"affected_percent\":100}", true },
		{ EVENT_INTAKE, "{\"affected_percent\":0.5}", true },
		{ EVENT_INTAKE, "{\"affected_percent\":101}", false },
		{ EVENT_INTAKE, "{\"validated\":\"yes\"}", false },
		{ EVENT_SNOOZED, "{\"until\":\"later\"}", false },
		{ EVENT_SCOPE_CHANGED, "{\"regions\":[\"\"],\"components\":[]}", false },
		{ EVENT_SCOPE_CHANGED, "{\"regions\":\"FR\",\"components\":[]}", false },
		{ EVENT_MERGED, "{\"into\":\"MNT-1\",\"reason\":\"r\"}", false },
		{ EVENT_DELIVERY, "{\"update\":0,\"destination\":\"p\",\"state\":\"accepted\"}",
		    false },
		{ EVENT_DELIVERY, "{\"update\":1,\"destination\":\"p\",\"state\":\"sending\"}",
		    false },
		{ EVENT_DELIVERY, "{\"update\":1,\"destination\":\"p\",\"state\":\"waiting\"}",
		    true },
		{ EVENT_UPDATE_POSTED,
		    "{\"stage\":\"initial\",\"status\":\"resolved\",\"text\":{\"a\":1},"
		    "\"audiences\":[\"a\"],"
		    "\"channels\":[]}",
		    false },
		{ EVENT_UNKNOWN, "{\"anything\":[1]}", true },
		{ EVENT_UNKNOWN, "[]", false },
		{ EVENT_NOTE, "[]", false },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct err e = { 0 };
		cJSON *body = parsed(cases[i].body);

		if (event_body_check(cases[i].kind, body, &e) != cases[i].good)
			fail_msg(
			    "%s %s: %s", event_kinds[cases[i].kind].name, cases[i].body, e.msg);
		cJSON_Delete(body);
	}
}

static void sentence_is(const struct event *ev, const char *expected)
{
	struct buf out;

	buf_init(&out, 0);
	event_sentence(&out, ev);
	assert_string_equal(buf_str(&out), expected);
	buf_fini(&out);
}

static void events_say_what_happened(void **state)
{
	struct utc at = { 0 };

	(void)state;
	for (size_t i = 0; i < countof(kinds); i++) {
		struct event *ev =
		    event_new("INC-1", 1, at, "maria", kinds[i].kind, parsed(kinds[i].body));

		sentence_is(ev, kinds[i].sentence);
		event_free(ev);
	}
}

static void sentences_are_clean_and_total(void **state)
{
	struct utc at = { 0 };
	struct event *ev;

	(void)state;
	ev = event_new(
	    "INC-1", 2, at, "maria", EVENT_NOTE, parsed("{\"text\":\"a\\u001b[2J\\u202eb\"}"));
	sentence_is(ev, "note: a[2Jb");
	event_free(ev);
	ev = event_new("INC-1", 2, at, "m", EVENT_SEVERITY_CHANGED,
	    parsed("{\"from\":1,\"to\":3,\"reason\":\"undo\",\"undo_of\":4}"));
	sentence_is(ev, "severity 1 → 3: undo (takes back #4)");
	event_free(ev);
	ev = event_new("INC-1", 2, at, "m", EVENT_UNKNOWN, parsed("{\"x\":1}"));
	free(ev->kind_name);
	ev->kind_name = xstrdup("teleported");
	sentence_is(ev, "teleported (not known to this version): {\"x\":1}");
	event_free(ev);
	for (int k = 0; k < EVENT_KINDS; k++) {
		struct buf out;

		buf_init(&out, 0);
		ev = event_new("INC-1", 2, at, "m", (enum event_kind)k, NULL);
		event_sentence(&out, ev);
		assert_true(out.len > 0);
		buf_fini(&out);
		event_free(ev);
	}
}

static void copies_are_whole_and_apart(void **state)
{
	struct utc at = { 1741616400000 };
	struct event *ev =
	    event_new("INC-9", 3, at, "maria", EVENT_NOTE, parsed("{\"text\":\"t\"}"));
	struct event *copy;

	(void)state;
	ev->seq = 41;
	ev->as_by = xstrdup("root");
	ev->command_id = xstrdup("c-1");
	copy = event_copy(ev);
	json_put_str(ev->body, "more", "x");
	event_free(ev);
	assert_int_equal(copy->seq, 41);
	assert_int_equal(copy->version, 3);
	assert_int_equal(copy->at.ms, at.ms);
	assert_string_equal(copy->incident, "INC-9");
	assert_string_equal(copy->actor, "maria");
	assert_string_equal(copy->as_by, "root");
	assert_string_equal(copy->command_id, "c-1");
	assert_string_equal(copy->kind_name, "note");
	assert_string_equal(json_str(copy->body, "text"), "t");
	assert_null(json_get(copy->body, "more"));
	event_free(copy);
	event_free(NULL);
}

static void lists_own_their_events(void **state)
{
	struct event_list list = { 0 };
	struct utc at = { 0 };

	(void)state;
	for (int i = 1; i <= 20; i++)
		event_list_add(&list, event_new("INC-1", i, at, "m", EVENT_NOTE, NULL));
	assert_int_equal(list.count, 20);
	assert_int_equal(list.items[19]->version, 20);
	event_list_fini(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
}

static void sources_are_told_in_words(void **state)
{
	static const struct {
		const char *body, *says;
	} cases[] = {
		{ "{\"source\":\"feed:orange-fr/statuspage:data/FR\",\"component\":\"data\","
		  "\"region\":\"FR\",\"status\":\"degraded\"}",
		    "orange-fr's feed: FR data is degraded" },
		{ "{\"source\":\"probe:p1\",\"status\":\"operational\"}",
		    "our probe is operational" },
		{ "{\"source\":\"desk\",\"status\":\"unknown\"}", "desk is unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		struct event *ev = event_new("INC-1", 2, (struct utc){ 0 }, "engine", EVENT_SIGNAL,
		    json_parse(cases[i].body, strlen(cases[i].body), &e));
		struct buf out;

		buf_init(&out, 0);
		event_sentence(&out, ev);
		assert_string_equal(buf_str(&out), cases[i].says);
		buf_fini(&out);
		event_free(ev);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_name_and_is_found_by_it),
		cmocka_unit_test(the_engine_takes_no_candidate),
		cmocka_unit_test(incident_numbers),
		cmocka_unit_test(json_goes_round),
		cmocka_unit_test(what_is_no_event_is_refused_by_field),
		cmocka_unit_test(bodies_need_what_their_kind_requires),
		cmocka_unit_test(a_breach_names_its_clock_in_words),
		cmocka_unit_test(bodies_are_checked_by_type_and_range),
		cmocka_unit_test(events_say_what_happened),
		cmocka_unit_test(sentences_are_clean_and_total),
		cmocka_unit_test(copies_are_whole_and_apart),
		cmocka_unit_test(lists_own_their_events),
		cmocka_unit_test(sources_are_told_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

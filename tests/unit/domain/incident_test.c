#include "domain/incident.h"

#include "base/mem.h"
#include "t.h"

static const char *const phase_words[PHASES] = { "detected", "open", "restored", "resolved",
	"closed", "merged", "dismissed" };

static struct utc at_minute(int minute)
{
	return (struct utc){ 1741616400000 + minute * 60000LL }; /* 2025-03-10T14:20:00Z */
}

static cJSON *parsed(const char *text)
{
	struct err e = { 0 };
	cJSON *v = json_parse(text, strlen(text), &e);

	if (!v)
		fail_msg("%s: %s", text, e.msg);
	return v;
}

static void feed(
    struct incident *inc, int minute, const char *actor, enum event_kind kind, const char *body)
{
	incident_evolve(inc, event_new(inc->id, inc->version + 1, at_minute(minute), actor, kind,
				 body ? parsed(body) : NULL));
}

#define OPENED_BY(source)                                                                          \
	"{\"title\":\"Attach "                                                                     \
	"failing\",\"severity\":2,\"regions\":[\"FR\"],\"components\":[\"data\"],"                 \
	"\"impact\":\"i\",\"started_at\":\"2025-03-10T14:14:00Z\",\"source\":\"" source "\"}"

static struct incident *opened(const char *body)
{
	struct incident *inc = incident_new("INC-1");

	feed(inc, 0, "maria", EVENT_OPENED, body);
	return inc;
}

static void a_new_incident_knows_where_it_is(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	assert_string_equal(inc->id, "INC-1");
	assert_string_equal(inc->title, "Attach failing");
	assert_string_equal(inc->source, "operator");
	assert_int_equal(inc->severity, 2);
	assert_int_equal(inc->phase, PHASE_OPEN);
	assert_false(inc->candidate);
	assert_int_equal(inc->region_count, 1);
	assert_string_equal(inc->regions[0], "FR");
	assert_string_equal(inc->components[0], "data");
	assert_int_equal(inc->started_at.ms, at_minute(-6).ms);
	assert_int_equal(inc->opened_at.ms, at_minute(0).ms);
	assert_int_equal(inc->role[ROLE_IC].since.ms, at_minute(0).ms);
	assert_null(inc->role[ROLE_IC].person);
	assert_int_equal(inc->affected_percent, -1);
	assert_true(incident_active(inc));
	assert_false(incident_is_over(inc));
	incident_free(inc);
	incident_free(NULL);
}

static void phases_follow_the_events(void **state)
{
	static const struct {
		enum event_kind kind;
		const char *body;
		enum phase from[PHASES];
	} cases[] = {
		/* what each event makes of: detected open restored resolved closed merged dismissed
		 */
		{ EVENT_ACKNOWLEDGED, "{}",
		    { PHASE_OPEN, PHASE_OPEN, PHASE_RESTORED, PHASE_RESOLVED, PHASE_CLOSED,
			PHASE_MERGED, PHASE_DISMISSED } },
		{ EVENT_NOTE, "{\"text\":\"t\"}",
		    { PHASE_DETECTED, PHASE_OPEN, PHASE_RESTORED, PHASE_RESOLVED, PHASE_CLOSED,
			PHASE_MERGED, PHASE_DISMISSED } },
		{ EVENT_RESTORED, "{\"workaround\":true}",
		    { PHASE_RESTORED, PHASE_RESTORED, PHASE_RESTORED, PHASE_RESOLVED, PHASE_CLOSED,
			PHASE_MERGED, PHASE_DISMISSED } },
		{ EVENT_RESOLVED, "{}",
		    { PHASE_RESOLVED, PHASE_RESOLVED, PHASE_RESOLVED, PHASE_RESOLVED, PHASE_CLOSED,
			PHASE_MERGED, PHASE_DISMISSED } },
		{ EVENT_REOPENED, "{\"reason\":\"r\"}",
		    { PHASE_OPEN, PHASE_OPEN, PHASE_OPEN, PHASE_OPEN, PHASE_OPEN, PHASE_OPEN,
			PHASE_OPEN } },
		{ EVENT_CLOSED, "{}",
		    { PHASE_CLOSED, PHASE_CLOSED, PHASE_CLOSED, PHASE_CLOSED, PHASE_CLOSED,
			PHASE_MERGED, PHASE_DISMISSED } },
		{ EVENT_MERGED, "{\"into\":\"INC-2\",\"reason\":\"r\"}",
		    { PHASE_MERGED, PHASE_MERGED, PHASE_MERGED, PHASE_MERGED, PHASE_CLOSED,
			PHASE_MERGED, PHASE_DISMISSED } },
		{ EVENT_DISMISSED, "{\"reason\":\"r\"}",
		    { PHASE_DISMISSED, PHASE_DISMISSED, PHASE_DISMISSED, PHASE_DISMISSED,
			PHASE_CLOSED, PHASE_MERGED, PHASE_DISMISSED } },
	};
	static const struct {
		enum event_kind kind;
		const char *body;
	} into[PHASES] = {
		[PHASE_DETECTED] = { EVENT_NOTE, "{\"text\":\"t\"}" },
		[PHASE_OPEN] = { EVENT_ACKNOWLEDGED, "{}" },
		[PHASE_RESTORED] = { EVENT_RESTORED, "{\"workaround\":false}" },
		[PHASE_RESOLVED] = { EVENT_RESOLVED, "{}" },
		[PHASE_CLOSED] = { EVENT_CLOSED, "{}" },
		[PHASE_MERGED] = { EVENT_MERGED, "{\"into\":\"INC-2\",\"reason\":\"r\"}" },
		[PHASE_DISMISSED] = { EVENT_DISMISSED, "{\"reason\":\"r\"}" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		for (int p = 0; p < PHASES; p++) {
			struct incident *inc = opened(OPENED_BY("probe:p1"));

			feed(inc, 1, "maria", into[p].kind, into[p].body);
			assert_int_equal(inc->phase, p);
			feed(inc, 2, "maria", cases[i].kind, cases[i].body);
			assert_int_equal(inc->phase, cases[i].from[p]);
			assert_int_equal(inc->candidate, inc->phase == PHASE_DETECTED);
			incident_free(inc);
		}
	}
}

static void what_takes_a_candidate(void **state)
{
	(void)state;
	for (int k = EVENT_ACKNOWLEDGED; k < EVENT_KINDS; k++) {
		struct incident *inc = opened(OPENED_BY("feed:f1"));

		assert_true(inc->candidate);
		feed(inc, 1, "maria", (enum event_kind)k, NULL);
		if (event_kinds[k].takes)
			assert_int_equal(inc->phase, PHASE_OPEN);
		else if (k != EVENT_RESTORED && k != EVENT_RESOLVED && k != EVENT_REOPENED &&
			 k != EVENT_CLOSED && k != EVENT_MERGED && k != EVENT_DISMISSED)
			assert_int_equal(inc->phase, PHASE_DETECTED);
		incident_free(inc);
	}
}

static void roles_are_held_and_handed_over(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	feed(inc, 1, "maria", EVENT_ROLE_ASSIGNED, "{\"role\":\"ic\",\"person\":\"maria\"}");
	feed(inc, 2, "maria", EVENT_ROLE_ASSIGNED, "{\"role\":\"ic\",\"person\":\"maria\"}");
	assert_string_equal(inc->role[ROLE_IC].person, "maria");
	assert_int_equal(inc->role[ROLE_IC].since.ms, at_minute(1).ms);
	feed(inc, 3, "maria", EVENT_ROLE_ASSIGNED,
	    "{\"role\":\"comms\",\"person\":\"maria\",\"override\":\"alone tonight\"}");
	assert_string_equal(inc->role[ROLE_COMMS].override_text, "alone tonight");
	feed(inc, 4, "maria", EVENT_COMMAND_OFFERED, "{\"to\":\"jon\"}");
	assert_string_equal(inc->offered_to, "jon");
	assert_string_equal(inc->role[ROLE_IC].person, "maria");
	feed(inc, 5, "jon", EVENT_COMMAND_ACCEPTED, NULL);
	assert_string_equal(inc->role[ROLE_IC].person, "jon");
	assert_int_equal(inc->role[ROLE_IC].since.ms, at_minute(5).ms);
	assert_null(inc->offered_to);
	assert_null(inc->role[ROLE_COMMS].override_text); /* two people now */
	feed(inc, 6, "jon", EVENT_ROLE_RELEASED, "{\"role\":\"ic\"}");
	assert_null(inc->role[ROLE_IC].person);
	assert_int_equal(inc->role[ROLE_IC].since.ms, at_minute(6).ms);
	feed(inc, 7, "jon", EVENT_ROLE_ASSIGNED, "{\"role\":\"king\",\"person\":\"jon\"}");
	assert_null(inc->role[ROLE_IC].person);
	incident_free(inc);
}

static void an_assignment_ends_an_offer(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	feed(inc, 1, "maria", EVENT_COMMAND_OFFERED, "{\"to\":\"jon\"}");
	feed(inc, 2, "maria", EVENT_ROLE_ASSIGNED, "{\"role\":\"ic\",\"person\":\"ana\"}");
	assert_null(inc->offered_to);
	incident_free(inc);
}

#define POSTED                                                                                     \
	"{\"stage\":\"initial\",\"status\":\"investigating\",\"template\":\"initial\",\"fields\":" \
	"{"                                                                                        \
	"\"impact\":\"a\\u001bb\"},\"text\":{\"public\":\"one\\ntwo\"},\"next_update_at\":"        \
	"\"2025-03-10T14:50:00Z\",\"audiences\":[\"public\"],\"channels\":[\"page\",\"mail\"]}"

static void updates_wait_for_each_channel(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));
	const struct posted_update *u;

	(void)state;
	assert_null(incident_last_update(inc));
	feed(inc, 1, "ana", EVENT_UPDATE_POSTED, POSTED);
	u = incident_last_update(inc);
	assert_int_equal(u->version, 2);
	assert_string_equal(u->by, "ana");
	assert_string_equal(u->stage, "initial");
	assert_string_equal(json_str(u->fields, "impact"), "ab");
	assert_string_equal(json_str(u->text, "public"), "one\ntwo");
	assert_int_equal(u->next_update_at.ms, at_minute(30).ms);
	/* The severity and the scope that it told of, whatever they become. */
	assert_int_equal(u->severity, inc->severity);
	feed(inc, 1, "ana", EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":4,\"reason\":\"less\"}");
	feed(inc, 1, "ana", EVENT_SCOPE_CHANGED,
	    "{\"regions\":[\"IT\"],\"components\":[\"sms\"],\"reason\":\"more\"}");
	u = incident_last_update(inc);
	assert_int_equal(inc->severity, 4);
	assert_int_not_equal(u->severity, 4);
	assert_int_equal(u->region_count, 1);
	assert_string_not_equal(u->regions[0], inc->regions[0]);
	assert_string_not_equal(u->components[0], inc->components[0]);
	assert_int_equal(u->delivery_count, 2);
	assert_string_equal(u->deliveries[0].destination, "page");
	assert_string_equal(u->deliveries[0].state, "waiting");
	feed(inc, 2, "engine", EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"mail\",\"state\":\"failed\",\"attempts\":2,\"detail\":"
	    "\"421\"}");
	u = incident_last_update(inc);
	assert_string_equal(u->deliveries[0].state, "waiting");
	assert_string_equal(u->deliveries[1].state, "failed");
	assert_string_equal(u->deliveries[1].detail, "421");
	assert_int_equal(u->deliveries[1].attempts, 2);
	feed(inc, 3, "engine", EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"mail\",\"state\":\"accepted\",\"attempts\":3}");
	u = incident_last_update(inc);
	assert_string_equal(u->deliveries[1].state, "accepted");
	assert_null(u->deliveries[1].detail);
	feed(inc, 4, "engine", EVENT_DELIVERY,
	    "{\"update\":99,\"destination\":\"mail\",\"state\":\"failed\"}");
	assert_string_equal(incident_last_update(inc)->deliveries[1].state, "accepted");
	incident_free(inc);
}

static void the_ladder_says_who_answered(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	assert_null(incident_engaged(inc, 2, NULL));
	feed(inc, 1, "m", EVENT_TIER_ACKNOWLEDGED, "{\"tier\":2,\"by\":\"ana\"}");
	assert_int_equal(inc->engagement_count, 0);
	feed(inc, 2, "m", EVENT_ESCALATED, "{\"tier\":2,\"contact\":\"ana\",\"via\":\"phone\"}");
	feed(inc, 3, "m", EVENT_ESCALATED,
	    "{\"carrier\":\"orange\",\"contact\":\"NOC\",\"via\":\"portal\",\"reference\":\"T1\"}");
	assert_string_equal(incident_engaged(inc, 0, "orange")->reference, "T1");
	assert_null(incident_engaged(inc, 3, NULL));
	assert_null(incident_engaged(inc, 0, "sfr"));
	feed(inc, 4, "m", EVENT_TIER_ACKNOWLEDGED, "{\"tier\":2,\"by\":\"ana\"}");
	assert_string_equal(incident_engaged(inc, 2, NULL)->answered_by, "ana");
	assert_int_equal(incident_engaged(inc, 2, NULL)->answered_at.ms, at_minute(4).ms);
	assert_false(utc_is_set(incident_engaged(inc, 0, "orange")->answered_at));
	feed(inc, 5, "m", EVENT_ESCALATED, "{\"tier\":7}");
	assert_int_equal(inc->engagement_count, 2);
	incident_free(inc);
}

static void carriers_come_and_go(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	feed(inc, 1, "m", EVENT_CARRIER_INVOLVED, "{\"carrier\":\"orange\",\"reason\":\"r\"}");
	feed(inc, 2, "m", EVENT_CARRIER_INVOLVED, "{\"carrier\":\"orange\",\"timeline\":\"2 h\"}");
	assert_int_equal(inc->dependency_count, 1);
	assert_int_equal(inc->dependencies[0].at.ms, at_minute(1).ms);
	assert_string_equal(inc->dependencies[0].timeline, "2 h");
	feed(inc, 3, "m", EVENT_CARRIER_CLEARED, "{\"carrier\":\"orange\"}");
	feed(inc, 4, "m", EVENT_CARRIER_CLEARED, "{\"carrier\":\"orange\"}");
	assert_int_equal(inc->dependencies[0].cleared_at.ms, at_minute(3).ms);
	feed(inc, 5, "m", EVENT_CARRIER_INVOLVED, "{\"carrier\":\"orange\"}");
	assert_false(utc_is_set(inc->dependencies[0].cleared_at));
	assert_int_equal(inc->dependencies[0].at.ms, at_minute(5).ms);
	incident_free(inc);
}

static void actions_change_in_place(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	feed(inc, 1, "m", EVENT_ACTION,
	    "{\"id\":\"a1\",\"text\":\"reroute\",\"owner\":\"jon\",\"eta_to\":\"2025-03-10T15:00:"
	    "00Z\"}");
	feed(inc, 2, "m", EVENT_ACTION, "{\"id\":\"a1\",\"done\":true}");
	assert_int_equal(inc->action_count, 1);
	assert_true(inc->actions[0].done);
	assert_string_equal(inc->actions[0].text, "reroute");
	assert_int_equal(inc->actions[0].eta_to.ms, at_minute(40).ms);
	feed(inc, 3, "m", EVENT_ACTION, "{\"id\":\"a1\",\"done\":false,\"undo_of\":3}");
	assert_false(inc->actions[0].done);
	assert_int_equal(inc->action_count, 1);
	feed(inc, 4, "m", EVENT_ACTION, "{\"id\":\"a2\",\"text\":\"call\"}");
	feed(inc, 5, "m", EVENT_ACTION, "{\"id\":\"a1\",\"done\":true,\"undo_of\":2}");
	assert_int_equal(inc->action_count, 1);
	assert_string_equal(inc->actions[0].id, "a2");
	incident_free(inc);
}

static void reminders_hypotheses_and_intake(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	feed(inc, 1, "m", EVENT_REMINDER,
	    "{\"at_time\":\"2025-03-10T15:00:00Z\",\"text\":\"call\"}");
	feed(inc, 2, "m", EVENT_REMINDER,
	    "{\"at_time\":\"2025-03-10T15:30:00Z\",\"text\":\"call\"}");
	feed(inc, 3, "m", EVENT_REMINDER,
	    "{\"at_time\":\"2025-03-10T15:00:00Z\",\"text\":\"call\",\"done\":true}");
	assert_int_equal(inc->reminder_count, 2);
	assert_true(inc->reminders[0].done);
	assert_false(inc->reminders[1].done);
	feed(inc, 4, "jon", EVENT_HYPOTHESIS, "{\"text\":\"signalling\"}");
	assert_string_equal(inc->hypotheses[0].by, "jon");
	feed(inc, 5, "m", EVENT_INTAKE, "{\"affected\":\"200 users\",\"affected_percent\":12.5}");
	feed(inc, 6, "m", EVENT_INTAKE, "{\"reporter\":\"Acme\",\"affected_percent\":400}");
	assert_string_equal(inc->affected, "200 users");
	assert_int_equal(inc->affected_percent, 12);
	feed(inc, 7, "m", EVENT_BRIDGE_SET, "{\"url\":\"https://m.example\",\"phone\":\"+44\"}");
	feed(inc, 8, "m", EVENT_BRIDGE_SET, "{\"url\":null}");
	assert_null(inc->bridge_url);
	assert_string_equal(inc->bridge_phone, "+44");
	incident_free(inc);
}

static void snoozes_end(void **state)
{
	struct incident *inc = opened(OPENED_BY("probe:p1"));

	(void)state;
	feed(inc, 1, "m", EVENT_SNOOZED, "{\"until\":\"2025-03-10T15:00:00Z\",\"reason\":\"r\"}");
	assert_int_equal(inc->snoozed_until.ms, at_minute(40).ms);
	assert_true(inc->candidate);
	feed(inc, 2, "m", EVENT_SNOOZED, "{\"until\":\"2025-03-10T14:22:00Z\",\"undo_of\":2}");
	assert_false(utc_is_set(inc->snoozed_until));
	feed(inc, 3, "m", EVENT_SNOOZED, "{\"until\":\"2025-03-10T15:00:00Z\"}");
	feed(inc, 4, "m", EVENT_ACKNOWLEDGED, NULL);
	assert_false(utc_is_set(inc->snoozed_until));
	assert_string_equal(inc->acknowledged_by, "m");
	feed(inc, 5, "x", EVENT_ACKNOWLEDGED, NULL);
	assert_string_equal(inc->acknowledged_by, "m");
	incident_free(inc);
}

#define SIGNAL(source, status)                                                                     \
	"{\"source\":\"" source "\",\"component\":\"data\",\"region\":\"FR\",\"status\":\"" status \
	"\"}"

static void signals_tell_when_all_recovered(void **state)
{
	struct incident *inc = opened(OPENED_BY("probe:p1"));

	(void)state;
	assert_false(inc->signal_recovered);
	feed(inc, 1, "engine", EVENT_SIGNAL, SIGNAL("probe:p2", "operational"));
	assert_false(inc->signal_recovered); /* p1 has not spoken */
	feed(inc, 2, "engine", EVENT_SIGNAL, SIGNAL("probe:p1", "operational"));
	assert_true(inc->signal_recovered);
	feed(inc, 3, "engine", EVENT_SIGNAL, SIGNAL("probe:p2", "degraded"));
	assert_false(inc->signal_recovered);
	assert_int_equal(inc->signal_at.ms, at_minute(3).ms);
	feed(inc, 4, "engine", EVENT_SIGNAL, SIGNAL("probe:p2", "operational"));
	assert_true(inc->signal_recovered);
	incident_free(inc);
}

static void restored_and_resolved_keep_when_it_happened(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	feed(inc, 1, "m", EVENT_RCA_DELIVERED, "{\"stage\":\"final\"}");
	assert_false(inc->rca_final); /* nothing was resolved yet */
	feed(inc, 9, "m", EVENT_RESTORED,
	    "{\"workaround\":true,\"residual\":\"slow\",\"restored_at\":\"2025-03-10T14:25:00Z\"}");
	assert_int_equal(inc->restored_at.ms, at_minute(5).ms);
	assert_true(inc->workaround);
	feed(inc, 10, "m", EVENT_RESTORED, "{\"workaround\":false}");
	assert_int_equal(inc->restored_at.ms, at_minute(5).ms);
	assert_false(inc->workaround);
	assert_null(inc->residual);
	feed(inc, 20, "m", EVENT_RESOLVED, "{\"fix\":\"f\"}");
	assert_int_equal(inc->resolved_at.ms, at_minute(20).ms);
	feed(inc, 21, "m", EVENT_RCA_DELIVERED, "{\"stage\":\"draft\"}");
	assert_true(inc->rca_draft);
	assert_false(inc->rca_final);
	feed(inc, 22, "m", EVENT_REOPENED, "{\"reason\":\"again\"}");
	assert_false(utc_is_set(inc->restored_at));
	assert_false(utc_is_set(inc->resolved_at));
	assert_false(inc->rca_draft);
	assert_null(inc->fix);
	feed(inc, 30, "m", EVENT_RESOLVED, "{\"resolved_at\":\"2025-03-10T14:49:00Z\"}");
	assert_int_equal(inc->restored_at.ms, at_minute(29).ms);
	feed(inc, 31, "m", EVENT_REOPENED, "{\"reason\":\"again\"}");
	feed(inc, 32, "m", EVENT_RESTORED,
	    "{\"workaround\":false,\"restored_at\":\"2035-03-10T14:49:00Z\"}");
	assert_int_equal(
	    inc->restored_at.ms, at_minute(32).ms); /* nothing happens behind its event */
	incident_free(inc);
}

static void only_people_touch(void **state)
{
	struct incident *inc = opened(OPENED_BY("operator"));

	(void)state;
	feed(inc, 1, "maria", EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1,\"reason\":\"r\"}");
	feed(inc, 2, "engine", EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"reason\":\"r\"}");
	assert_int_equal(inc->touched[ASPECT_SEVERITY].version, 2);
	assert_string_equal(inc->touched[ASPECT_SEVERITY].actor, "maria");
	feed(inc, 3, "ana", EVENT_ROLE_ASSIGNED, "{\"role\":\"liaison\",\"person\":\"ana\"}");
	assert_int_equal(inc->touched[ASPECT_ROLE_LIAISON].version, 4);
	assert_int_equal(inc->touched[ASPECT_ROLE_IC].version, 0);
	feed(inc, 4, "ana", EVENT_COMMAND_OFFERED, "{\"to\":\"jon\"}");
	assert_int_equal(inc->touched[ASPECT_ROLE_IC].version, 5);
	feed(inc, 5, "ana", EVENT_SCOPE_CHANGED, "{\"regions\":[\"IT\",\"ES\"],\"components\":[]}");
	assert_int_equal(inc->touched[ASPECT_SCOPE].version, 6);
	assert_int_equal(inc->region_count, 2);
	assert_int_equal(inc->component_count, 0);
	feed(inc, 6, "ana", EVENT_UPDATE_POSTED, POSTED);
	assert_int_equal(inc->touched[ASPECT_TEXT].version, 7);
	feed(inc, 7, "ana", EVENT_RESTORED, "{\"workaround\":true}");
	assert_int_equal(inc->touched[ASPECT_PHASE].version, 8);
	incident_free(inc);
}

static void undo_ends_at_the_restored_value(void **state)
{
	struct incident *inc = opened(OPENED_BY("probe:p1"));

	(void)state;
	feed(inc, 1, "m", EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1,\"reason\":\"r\"}");
	feed(inc, 2, "m", EVENT_SEVERITY_CHANGED,
	    "{\"from\":1,\"to\":2,\"reason\":\"taken back\",\"undo_of\":2}");
	assert_int_equal(inc->severity, 2);
	assert_int_equal(inc->phase, PHASE_OPEN); /* somebody has taken it all the same */
	feed(inc, 3, "m", EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":9,\"reason\":\"r\"}");
	assert_int_equal(inc->severity, 2);
	incident_free(inc);
}

static void roles_are_named(void **state)
{
	(void)state;
	for (int r = 0; r < ROLES; r++) {
		assert_int_equal(role_of(role_infos[r].id), r);
		assert_true(
		    role_infos[r].duties[0] && role_infos[r].label[0] && role_infos[r].name[0]);
	}
	assert_int_equal(role_of("boss"), -1);
	assert_true(role_infos[ROLE_COMMS].required);
	assert_false(role_infos[ROLE_LIAISON].required);
}

/* A small generator with a seed that is said on failure. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static cJSON *random_body(uint32_t *seed)
{
	static const char *const members[] = { "title", "severity", "regions", "components",
		"started_at", "source", "from", "to", "reason", "role", "person", "override",
		"stage", "text", "fields", "next_update_at", "audiences", "channels", "update",
		"destination", "state", "attempts", "tier", "carrier", "id", "done", "eta_to",
		"at_time", "until", "status", "workaround", "restored_at", "resolved_at", "into",
		"undo_of", "url", "affected_percent", "component", "region", "by" };
	static const char *const values[] = { "null", "true", "false", "0", "1", "2", "3", "-1",
		"1e99", "\"ic\"", "\"comms\"", "\"a\"", "\"b\"", "\"\"", "\"operational\"",
		"\"probe:x\"", "\"2025-03-10T14:30:00Z\"", "\"2035-03-10T14:30:00Z\"",
		"[\"a\",\"b\"]", "[1,null]", "[]", "{\"a\":\"b\"}", "{\"a\":1}", "{}",
		"\"\\u202e\\u0007\"" };
	cJSON *body = cJSON_CreateObject();

	for (size_t i = 0; i < countof(members); i++)
		if (next_random(seed) % 2)
			json_put(
			    body, members[i], parsed(values[next_random(seed) % countof(values)]));
	return body;
}

static void same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a)
		assert_string_equal(a, b);
}

static void same_incident(const struct incident *a, const struct incident *b)
{
	assert_int_equal(a->version, b->version);
	assert_int_equal(a->phase, b->phase);
	assert_int_equal(a->severity, b->severity);
	same_text(a->title, b->title);
	same_text(a->offered_to, b->offered_to);
	same_text(a->merged_into, b->merged_into);
	assert_int_equal(a->region_count, b->region_count);
	assert_int_equal(a->update_count, b->update_count);
	assert_int_equal(a->action_count, b->action_count);
	assert_int_equal(a->reminder_count, b->reminder_count);
	assert_int_equal(a->engagement_count, b->engagement_count);
	assert_int_equal(a->dependency_count, b->dependency_count);
	assert_int_equal(a->signal_recovered, b->signal_recovered);
	assert_int_equal(a->restored_at.ms, b->restored_at.ms);
	for (int r = 0; r < ROLES; r++) {
		same_text(a->role[r].person, b->role[r].person);
		assert_int_equal(a->role[r].since.ms, b->role[r].since.ms);
	}
	for (int i = 0; i < ASPECTS; i++)
		assert_int_equal(a->touched[i].version, b->touched[i].version);
}

static void sane(const struct incident *inc)
{
	assert_in_range(inc->phase, 0, PHASES - 1);
	assert_in_range(inc->severity, 0, SEVERITIES);
	assert_int_equal(inc->candidate, inc->phase == PHASE_DETECTED);
	assert_in_range(inc->affected_percent + 1, 0, 101);
	assert_int_equal(inc->events.count, inc->version);
	assert_false(inc->phase == PHASE_RESOLVED && !utc_is_set(inc->resolved_at));
	assert_false(inc->phase == PHASE_RESTORED && !utc_is_set(inc->restored_at));
	for (size_t i = 0; i < inc->update_count; i++)
		for (size_t d = 0; d < inc->updates[i].delivery_count; d++)
			assert_non_null(inc->updates[i].deliveries[d].state);
	for (size_t i = 0; i < inc->action_count; i++)
		assert_non_null(inc->actions[i].text);
}

static void any_events_leave_a_sane_state(void **state)
{
	(void)state;
	for (uint32_t run = 1; run <= 150; run++) {
		struct incident *inc = incident_new("INC-1"), *again = incident_new("INC-1");
		uint32_t seed = run;

		for (int v = 1; v <= 40; v++) {
			enum event_kind kind = (enum event_kind)(next_random(&seed) % EVENT_KINDS);

			if (v == 1 && run % 3)
				kind = EVENT_OPENED;
			incident_evolve(
			    inc, event_new("INC-1", v, at_minute((int)(next_random(&seed) % 60)),
				     next_random(&seed) % 3 ? "maria" : "engine", kind,
				     random_body(&seed)));
			sane(inc);
		}
		for (size_t i = 0; i < inc->events.count; i++)
			incident_evolve(again, event_copy(inc->events.items[i]));
		same_incident(inc, again);
		incident_free(inc);
		incident_free(again);
	}
}

/* Phase and severity of every stream in a file of vectors, where there is one beside the tree. */
static void phases_agree_with_the_vectors(void **state)
{
	char *all = slurp(top_path("../shared/spec/vectors/clocks.jsonl"), NULL);
	int lines = 0;

	(void)state;
	for (char *line = all, *end; line && *line; line = end + 1) {
		struct incident *inc = incident_new("INC-1");
		const cJSON *item, *expect;
		cJSON *doc;

		end = strchr(line, '\n');
		assert_non_null(end);
		*end = '\0';
		doc = parsed(line);
		cJSON_ArrayForEach(item, json_get(doc, "events"))
		{
			struct err e = { 0 };
			struct event *ev = event_from_json(item, &e);

			if (!ev)
				fail_msg("line %d: %s", lines + 1, e.msg);
			if (utc_before(json_utc(doc, "now"), ev->at))
				event_free(ev);
			else
				incident_evolve(inc, ev);
		}
		expect = json_get(doc, "expect");
		assert_string_equal(phase_words[inc->phase], json_str_or(expect, "phase", "?"));
		assert_int_equal(inc->severity, json_int(expect, "severity", 0));
		cJSON_Delete(doc);
		incident_free(inc);
		lines++;
	}
	assert_true(!all || lines > 100);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_incident_knows_where_it_is),
		cmocka_unit_test(phases_follow_the_events),
		cmocka_unit_test(what_takes_a_candidate),
		cmocka_unit_test(roles_are_held_and_handed_over),
		cmocka_unit_test(an_assignment_ends_an_offer),
		cmocka_unit_test(updates_wait_for_each_channel),
		cmocka_unit_test(the_ladder_says_who_answered),
		cmocka_unit_test(carriers_come_and_go),
		cmocka_unit_test(actions_change_in_place),
		cmocka_unit_test(reminders_hypotheses_and_intake),
		cmocka_unit_test(snoozes_end),
		cmocka_unit_test(signals_tell_when_all_recovered),
		cmocka_unit_test(restored_and_resolved_keep_when_it_happened),
		cmocka_unit_test(only_people_touch),
		cmocka_unit_test(undo_ends_at_the_restored_value),
		cmocka_unit_test(roles_are_named),
		cmocka_unit_test(any_events_leave_a_sane_state),
		cmocka_unit_test(phases_agree_with_the_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

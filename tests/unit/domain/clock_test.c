#include "domain/clock.h"

#include "base/mem.h"
#include "t.h"

#define MINUTE INT64_C(60000)

/* Builds a story event by event. */
struct story {
	struct event_list events;
	struct policy *policy;
};

static struct utc at(const char *s)
{
	struct utc t = UTC_NONE;

	assert_true(utc_parse(s, &t));
	return t;
}

static void happens(struct story *s, const char *when, enum event_kind kind, const char *body)
{
	struct err e = { 0 };
	cJSON *obj = json_parse(body, strlen(body), &e);

	assert_non_null(obj);
	event_list_add(
	    &s->events, event_new("INC-7", (int)s->events.count + 1, at(when), "maria", kind, obj));
}

/* 2025-03-10 is a Monday. */
static struct story opened(int severity)
{
	struct story s = { .policy = policy_default() };
	char body[200];

	snprintf(body, sizeof body,
	    "{\"title\":\"t\",\"severity\":%d,\"regions\":[\"FR\",\"US\"],\"components\":[\"data\"]"
	    ","
	    "\"started_at\":\"2025-03-10T14:20:00.000Z\",\"source\":\"operator\"}",
	    severity);
	happens(&s, "2025-03-10T14:20:00Z", EVENT_OPENED, body);
	return s;
}

static void done(struct story *s)
{
	event_list_fini(&s->events);
	policy_free(s->policy);
}

static struct clock_set look(const struct story *s, const char *now)
{
	struct clock_set set;

	clocks_compute(&set, s->events.items, s->events.count, s->policy, NULL, NULL, at(now));
	return set;
}

static const struct clock *find(const struct clock_set *set, const char *label)
{
	char text[80];

	for (size_t i = 0; i < set->count; i++)
		if (strcmp(clock_label(&set->items[i], text), label) == 0)
			return &set->items[i];
	return NULL;
}

static void assert_at(struct utc t, const char *text)
{
	char got[UTC_TEXT], want[UTC_TEXT];

	utc_format(t, got);
	utc_format(text ? at(text) : UTC_NONE, want);
	assert_string_equal(got, want);
}

static void nothing_before_the_first_event(void **state)
{
	struct story s = opened(1);
	struct clock_set set = look(&s, "2025-03-10T14:19:59.999Z");

	(void)state;
	assert_string_equal(set.incident, "INC-7");
	assert_int_equal(set.severity, 0);
	assert_int_equal(set.count, 0);
	assert_false(utc_is_set(clocks_next_change(&set, at("2025-03-10T14:00:00Z"))));
	clock_set_fini(&set);
	clocks_compute(&set, NULL, 0, s.policy, NULL, NULL, at("2025-03-10T14:00:00Z"));
	assert_string_equal(set.incident, "");
	assert_int_equal(set.count, 0);
	clock_set_fini(&set);
	done(&s);
}

static void states_follow_the_instants(void **state)
{
	static const struct {
		const char *now;
		enum clock_state state;
		int64_t remaining_s;
		const char *next;
	} cases[] = {
		{ "2025-03-10T14:20:00Z", CLOCK_RUNNING, 900, "2025-03-10T14:31:15Z" },
		{ "2025-03-10T14:31:14.999Z", CLOCK_RUNNING, 225, "2025-03-10T14:31:15Z" },
		{ "2025-03-10T14:31:15Z", CLOCK_WARNING, 225, "2025-03-10T14:35:00Z" },
		{ "2025-03-10T14:31:15.001Z", CLOCK_WARNING, 224, "2025-03-10T14:35:00Z" },
		{ "2025-03-10T14:35:00Z", CLOCK_WARNING, 0, "2025-03-10T14:35:00.001Z" },
		{ "2025-03-10T14:35:00.001Z", CLOCK_BREACHED, -1, "2025-03-10T14:46:15Z" },
		{ "2025-03-10T14:36:00Z", CLOCK_BREACHED, -60, "2025-03-10T14:46:15Z" },
	};
	struct story s = opened(1);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct clock_set set = look(&s, cases[i].now);
		const struct clock *c = find(&set, "response");

		assert_non_null(c);
		assert_int_equal(c->state, cases[i].state);
		assert_true(clock_live(c));
		assert_int_equal(clock_remaining_s(c, at(cases[i].now)), cases[i].remaining_s);
		assert_at(c->warn_at, "2025-03-10T14:31:15Z");
		assert_at(clocks_next_change(&set, at(cases[i].now)), cases[i].next);
		assert_false(c->business);
		assert_false(c->paused);
		assert_at(c->pause_flip, NULL);
		clock_set_fini(&set);
	}
	done(&s);
}

/* Sev 3, opened Monday 14:20: 4 business hours end on Tuesday 10:20. */
static void business_clocks_pause(void **state)
{
	static const struct {
		const char *now;
		enum clock_state state;
		bool paused;
		const char *flip;
	} cases[] = {
		{ "2025-03-10T16:59:59.999Z", CLOCK_RUNNING, false, "2025-03-10T17:00:00Z" },
		{ "2025-03-10T17:00:00Z", CLOCK_RUNNING, true, "2025-03-11T09:00:00Z" },
		{ "2025-03-11T09:00:00Z", CLOCK_RUNNING, false, NULL },
		{ "2025-03-11T09:20:00Z", CLOCK_WARNING, false, NULL },
		{ "2025-03-11T10:20:00.001Z", CLOCK_BREACHED, false, NULL },
		{ "2025-03-11T20:00:00Z", CLOCK_BREACHED, false, NULL },
	};
	struct story s = opened(3);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct clock_set set = look(&s, cases[i].now);
		const struct clock *c = find(&set, "response");

		assert_true(c->business);
		assert_at(c->due, "2025-03-11T10:20:00Z");
		assert_at(c->warn_at, "2025-03-11T09:20:00Z");
		assert_int_equal(c->state, cases[i].state);
		assert_int_equal(c->paused, cases[i].paused);
		assert_at(c->pause_flip, cases[i].flip);
		clock_set_fini(&set);
	}
	done(&s);
}

/* A due time at closing time: the pause and the breach begin together, and a breach is no pause. */
static void due_at_closing_time(void **state)
{
	struct story s = opened(3);
	struct clock_set set;
	const struct clock *c;

	(void)state;
	assert_true(
	    duration_parse("160 business minutes", &s.policy->severity[2].target[TARGET_RESPONSE]));
	set = look(&s, "2025-03-10T17:00:00Z");
	c = find(&set, "response");
	assert_at(c->due, "2025-03-10T17:00:00Z");
	assert_int_equal(c->state, CLOCK_WARNING);
	assert_true(c->paused);
	assert_at(c->pause_flip, "2025-03-10T17:00:00.001Z");
	assert_at(clocks_next_change(&set, at("2025-03-10T17:00:00Z")), "2025-03-10T17:00:00.001Z");
	clock_set_fini(&set);
	done(&s);
}

static void percent_of_the_policy(void **state)
{
	struct story s = opened(1);
	struct clock_set set;

	(void)state;
	s.policy->warn_percent = 50;
	s.policy->business_day_ms = 60 * MINUTE;
	happens(&s, "2025-03-10T15:00:00Z", EVENT_RESOLVED, "{\"fix\":\"f\"}");
	set = look(&s, "2025-03-10T15:30:00Z");
	assert_at(find(&set, "rca_draft")->warn_at, "2025-03-11T15:00:00Z");
	/* Five business days of an hour each: until Tuesday 12:00, half of them until 09:30. */
	assert_at(find(&set, "rca_final")->due, "2025-03-11T12:00:00Z");
	assert_at(find(&set, "rca_final")->warn_at, "2025-03-11T09:30:00Z");
	clock_set_fini(&set);
	done(&s);
}

static struct duration alfa_has_its_own(void *ctx, const char *carrier, int severity)
{
	struct duration d = { DURATION_NONE, 0, 0 };
	int *calls = ctx;

	(*calls)++;
	if (strcmp(carrier, "alfa") == 0 && severity == 1)
		d = (struct duration){ DURATION_ELAPSED, 5 * MINUTE, 0 };
	return d;
}

static void carriers_with_a_target_of_their_own(void **state)
{
	struct story s = opened(1);
	struct clock_set set;
	int calls = 0;

	(void)state;
	happens(&s, "2025-03-10T14:21:00Z", EVENT_CARRIER_INVOLVED,
	    "{\"carrier\":\"beta\",\"reason\":\"r\"}");
	happens(&s, "2025-03-10T14:22:00Z", EVENT_CARRIER_INVOLVED,
	    "{\"carrier\":\"alfa\",\"reason\":\"r\"}");
	clocks_compute(&set, s.events.items, s.events.count, s.policy, alfa_has_its_own, &calls,
	    at("2025-03-10T14:23:00Z"));
	assert_true(calls >= 2);
	assert_at(find(&set, "carrier:alfa")->due, "2025-03-10T14:27:00Z");
	assert_at(find(&set, "carrier:beta")->due, "2025-03-10T14:36:00Z");
	/* By id, whatever order they came in. */
	assert_string_equal(set.items[set.count - 2].carrier, "alfa");
	assert_string_equal(set.items[set.count - 1].carrier, "beta");
	clock_set_fini(&set);
	done(&s);
}

static void add_region(struct policy *p, const char *region, const char *hours)
{
	struct calendar *c = calendar_new(region, zone_utc());
	const char *why;

	calendar_clear_hours(c);
	assert_true(calendar_set_hours(c, "mon-fri", hours, &why));
	p->calendars = xreallocarray(p->calendars, p->calendar_count + 1, sizeof *p->calendars);
	p->calendars[p->calendar_count++] =
	    (struct named_calendar){ .id = xstrdup(region), .calendar = c };
	p->region_calendars = xreallocarray(
	    p->region_calendars, p->region_calendar_count + 1, sizeof *p->region_calendars);
	p->region_calendars[p->region_calendar_count++] =
	    (struct region_calendar){ .region = xstrdup(region), .calendar = xstrdup(region) };
}

static void regions_are_held_to_the_earliest(void **state)
{
	struct story s = opened(3);
	struct clock_set set;
	const struct clock *c;

	(void)state;
	add_region(s.policy, "FR", "08:00-16:00");
	add_region(s.policy, "US", "14:00-22:00");
	set = look(&s, "2025-03-10T17:30:00Z");
	c = find(&set, "response");
	assert_at(c->due, "2025-03-10T18:20:00Z"); /* FR alone: Tuesday 10:20 */
	assert_false(c->paused);
	clock_set_fini(&set);
	/* A new scope holds for what starts from then on. */
	happens(&s, "2025-03-10T14:30:00Z", EVENT_SCOPE_CHANGED,
	    "{\"regions\":[\"FR\"],\"components\":[\"data\"],\"reason\":\"r\"}");
	happens(&s, "2025-03-10T15:00:00Z", EVENT_UPDATE_POSTED,
	    "{\"stage\":\"initial\",\"next_update_at\":null}");
	set = look(&s, "2025-03-10T17:30:00Z");
	assert_at(find(&set, "response")->due, "2025-03-10T18:20:00Z");
	c = find(&set, "update");
	assert_at(c->due, "2025-03-11T15:00:00Z");
	assert_true(c->paused);
	clock_set_fini(&set);
	done(&s);
}

static void a_calendar_that_never_opens(void **state)
{
	struct story s = opened(3);
	struct clock_set set;

	(void)state;
	calendar_clear_hours(s.policy->default_calendar);
	set = look(&s, "2025-03-10T17:30:00Z");
	assert_int_equal(set.count, 0);
	assert_int_equal(set.severity, 3);
	clock_set_fini(&set);
	done(&s);
}

static void json_of_a_set(void **state)
{
	struct story s = opened(1);
	struct utc now = at("2025-03-10T14:30:00Z");
	struct clock_set set;
	char *text;
	cJSON *obj;

	(void)state;
	happens(&s, "2025-03-10T14:25:00Z", EVENT_ESCALATED, "{\"tier\":3,\"via\":\"phone\"}");
	set = look(&s, "2025-03-10T14:30:00Z");
	obj = clocks_to_json(&set, now);
	text = json_text(obj);
	assert_string_equal(text,
	    "{\"incident\":\"INC-7\",\"severity\":1,\"phase\":\"open\",\"clocks\":["
	    "{\"clock\":\"response\",\"severity\":1,\"start\":\"2025-03-10T14:20:00.000Z\","
	    "\"due\":\"2025-03-10T14:35:00.000Z\",\"met_at\":null,\"state\":\"running\","
	    "\"paused\":false,\"remaining_s\":300},"
	    "{\"clock\":\"workaround\",\"severity\":1,\"start\":\"2025-03-10T14:20:00.000Z\","
	    "\"due\":\"2025-03-10T16:20:00.000Z\",\"met_at\":null,\"state\":\"running\","
	    "\"paused\":false,\"remaining_s\":6600},"
	    "{\"clock\":\"fix\",\"severity\":1,\"start\":\"2025-03-10T14:20:00.000Z\","
	    "\"due\":\"2025-03-10T20:20:00.000Z\",\"met_at\":null,\"state\":\"running\","
	    "\"paused\":false,\"remaining_s\":21000},"
	    "{\"clock\":\"tier2\",\"severity\":1,\"start\":\"2025-03-10T14:20:00.000Z\","
	    "\"due\":\"2025-03-10T14:35:00.000Z\",\"met_at\":\"2025-03-10T14:25:00.000Z\","
	    "\"state\":\"met\",\"paused\":false,\"remaining_s\":null},"
	    "{\"clock\":\"tier3\",\"severity\":1,\"start\":\"2025-03-10T14:25:00.000Z\","
	    "\"due\":\"2025-03-10T14:40:00.000Z\",\"met_at\":\"2025-03-10T14:25:00.000Z\","
	    "\"state\":\"met\",\"paused\":false,\"remaining_s\":null}],\"updates_late\":0}");
	free(text);
	cJSON_Delete(obj);
	clock_set_fini(&set);
	done(&s);
}

static void assert_explained(
    const struct story *s, const char *label, const char *now, const char *text)
{
	struct clock_set set = look(s, now);
	const struct clock *c = find(&set, label);
	struct buf out;

	assert_non_null(c);
	buf_init(&out, 0);
	clock_explain(&out, c, s->events.items, s->events.count, s->policy, NULL, NULL, at(now));
	assert_string_equal(buf_str(&out), text);
	buf_fini(&out);
	clock_set_fini(&set);
}

static void changes_are_explained(void **state)
{
	struct story s = opened(2);

	(void)state;
	happens(&s, "2025-03-10T14:30:00Z", EVENT_SEVERITY_CHANGED,
	    "{\"from\":2,\"to\":1,\"reason\":\"r\"}");
	happens(&s, "2025-03-10T14:31:00Z", EVENT_NOTE, "{\"text\":\"n\"}");
	happens(&s, "2025-03-10T14:40:00Z", EVENT_SEVERITY_CHANGED,
	    "{\"from\":1,\"to\":2,\"reason\":\"r\"}");
	happens(&s, "2025-03-10T15:10:00Z", EVENT_SEVERITY_CHANGED,
	    "{\"from\":2,\"to\":3,\"reason\":\"r\"}");
	assert_explained(&s, "response", "2025-03-10T15:11:00.5Z",
	    "response: due 2025-03-10 14:50:00 UTC, breached, 21 min 500 ms over\n"
	    "  started 2025-03-10 14:20:00 UTC with version 1 (opened by maria)\n"
	    "  rule: response of Sev 2 is 30m; due 2025-03-10 14:50:00 UTC\n"
	    "  2025-03-10 14:30:00 UTC: raised from Sev 2 to Sev 1 with version 2 (severity "
	    "changed by maria); a fresh window of 15m makes it due 2025-03-10 14:45:00 UTC\n"
	    "  2025-03-10 14:40:00 UTC: lowered from Sev 1 to Sev 2 with version 4 (severity "
	    "changed by maria); the original start with 30m makes it due 2025-03-10 14:50:00 UTC\n"
	    "  2025-03-10 15:10:00 UTC: severity changed with version 5 (severity changed by "
	    "maria); it was past due, and a breach stays on record\n");
	assert_explained(&s, "tier3", "2025-03-10T14:51:00Z",
	    "tier3: due 2025-03-10 15:50:00 UTC, running, 59 min left\n"
	    "  started 2025-03-10 14:50:00 UTC, the instant at which tier2 was due\n"
	    "  rule: tier3 of Sev 2 is 1h; due 2025-03-10 15:50:00 UTC\n");
	assert_explained(&s, "tier3", "2025-03-10T15:11:00Z",
	    "tier3: due 2025-03-10 15:50:00 UTC, cancelled\n"
	    "  started 2025-03-10 14:50:00 UTC, the instant at which tier2 was due\n"
	    "  rule: tier3 of Sev 2 is 1h; due 2025-03-10 15:50:00 UTC\n"
	    "  ended 2025-03-10 15:10:00 UTC with version 5 (severity changed by maria), before it "
	    "was due\n");
	done(&s);
}

static void hours_are_explained(void **state)
{
	struct story s = opened(3);

	(void)state;
	assert_explained(&s, "response", "2025-03-10T20:20:00Z",
	    "response: due 2025-03-11 10:20:00 UTC, running, 14 h left, paused outside opening "
	    "hours\n"
	    "  started 2025-03-10 14:20:00 UTC with version 1 (opened by maria)\n"
	    "  rule: response of Sev 3 is 4 business hours; due 2025-03-11 10:20:00 UTC\n"
	    "  hours counted, UTC time: Mon 2025-03-10 14:20-17:00, Tue 2025-03-11 09:00-10:20; "
	    "together 4 h\n");
	happens(&s, "2025-03-10T15:00:00Z", EVENT_RESOLVED, "{\"fix\":\"f\"}");
	happens(&s, "2025-03-10T15:30:00Z", EVENT_SEVERITY_CHANGED,
	    "{\"from\":3,\"to\":1,\"reason\":\"r\"}");
	happens(&s, "2025-03-10T16:00:00Z", EVENT_REOPENED, "{\"reason\":\"r\"}");
	happens(&s, "2025-03-10T16:30:00Z", EVENT_RESOLVED, "{\"fix\":\"f\"}");
	assert_explained(&s, "rca_final", "2025-03-10T16:30:00Z",
	    "rca_final: due 2025-03-17 16:30:00 UTC, running, 7 d left\n"
	    "  started 2025-03-10 16:30:00 UTC with version 5 (resolved by maria)\n"
	    "  rule: rca_final of Sev 1 is 5 business days; due 2025-03-17 16:30:00 UTC\n"
	    "  hours counted, UTC time: Mon 2025-03-10 16:30-17:00, Tue 2025-03-11 09:00-17:00, "
	    "Wed 2025-03-12 09:00-17:00, Thu 2025-03-13 09:00-17:00, Fri 2025-03-14 09:00-17:00, "
	    "Mon 2025-03-17 09:00-16:30; together 40 h\n");
	done(&s);
}

static void updates_are_explained(void **state)
{
	struct story s = opened(1);

	(void)state;
	happens(&s, "2025-03-10T14:25:00Z", EVENT_UPDATE_POSTED,
	    "{\"stage\":\"initial\",\"next_update_at\":\"2025-03-10T14:45:00.000Z\"}");
	assert_explained(&s, "response", "2025-03-10T14:30:00Z",
	    "response: due 2025-03-10 14:35:00 UTC, met\n"
	    "  started 2025-03-10 14:20:00 UTC with version 1 (opened by maria)\n"
	    "  rule: response of Sev 1 is 15m; due 2025-03-10 14:35:00 UTC\n"
	    "  met 2025-03-10 14:25:00 UTC with version 2 (update posted by maria)\n");
	happens(&s, "2025-03-10T14:50:00Z", EVENT_UPDATE_POSTED,
	    "{\"stage\":\"progress\",\"next_update_at\":\"2025-03-10T15:10:00.000Z\"}");
	happens(&s, "2025-03-10T14:55:00Z", EVENT_SEVERITY_CHANGED,
	    "{\"from\":1,\"to\":4,\"reason\":\"r\"}");
	assert_explained(&s, "update", "2025-03-10T15:00:00Z",
	    "update: due 2025-03-10 15:10:00 UTC, running, 10 min left\n"
	    "  the newest of 2 runs\n"
	    "  started 2025-03-10 14:50:00 UTC with version 3 (update posted by maria)\n"
	    "  rule: update of Sev 1 is 30m; the next update was promised for 2025-03-10 15:10:00 "
	    "UTC, which comes first; due 2025-03-10 15:10:00 UTC\n"
	    "  2025-03-10 14:55:00 UTC: severity changed with version 4 (severity changed by "
	    "maria); what was promised stands until the next update\n");
	happens(&s, "2025-03-10T15:05:00Z", EVENT_UPDATE_POSTED,
	    "{\"stage\":\"progress\",\"next_update_at\":\"2025-03-10T18:00:00.000Z\"}");
	assert_explained(&s, "update", "2025-03-10T15:05:00Z",
	    "update: due 2025-03-10 18:00:00 UTC, running, 2 h 55 min left\n"
	    "  the newest of 3 runs\n"
	    "  started 2025-03-10 15:05:00 UTC with version 5 (update posted by maria)\n"
	    "  rule: Sev 4 has no update target; the promised next update alone counts; due "
	    "2025-03-10 18:00:00 UTC\n");
	done(&s);
}

static void raises_that_start_are_explained(void **state)
{
	struct story s = opened(3);

	(void)state;
	happens(&s, "2025-03-10T14:25:00Z", EVENT_CARRIER_INVOLVED,
	    "{\"carrier\":\"alfa\",\"reason\":\"r\"}");
	happens(&s, "2025-03-10T14:30:00Z", EVENT_SEVERITY_CHANGED,
	    "{\"from\":3,\"to\":1,\"reason\":\"r\"}");
	happens(&s, "2025-03-10T15:00:00Z", EVENT_CARRIER_CLEARED,
	    "{\"carrier\":\"alfa\",\"reason\":\"r\"}");
	assert_explained(&s, "carrier:alfa", "2025-03-10T15:00:00Z",
	    "carrier:alfa: due 2025-03-10 14:45:00 UTC, missed\n"
	    "  started 2025-03-10 14:30:00 UTC with version 3 (severity changed by maria)\n"
	    "  rule: carrier of Sev 1 is 15m, new with the raise from Sev 3; due 2025-03-10 "
	    "14:45:00 UTC\n"
	    "  ended 2025-03-10 15:00:00 UTC with version 4 (carrier cleared by maria), when it "
	    "was "
	    "past due\n");
	happens(&s, "2025-03-10T15:01:00Z", EVENT_RESOLVED, "{\"fix\":\"f\"}");
	happens(&s, "2025-03-10T15:02:00Z", EVENT_REOPENED, "{\"reason\":\"r\"}");
	assert_explained(&s, "fix", "2025-03-10T15:02:00Z",
	    "fix: due 2025-03-10 21:02:00 UTC, running, 6 h left\n"
	    "  the newest of 2 runs\n"
	    "  started anew 2025-03-10 15:02:00 UTC with version 6 (reopened by maria)\n"
	    "  rule: fix of Sev 1 is 6h; due 2025-03-10 21:02:00 UTC\n");
	done(&s);
}

/* Ten thousand events with a severity that goes up and down, updates, and undoings. */
static void a_long_story(void **state)
{
	struct story s = opened(3);
	struct clock_set set;
	struct utc t = at("2025-03-10T14:20:00Z");

	(void)state;
	for (int i = 0; i < 10000; i++) {
		char when[UTC_TEXT], body[100];

		t = utc_add(t, 61 * MINUTE);
		utc_format(t, when);
		if (i % 3 == 0)
			happens(&s, when, EVENT_UPDATE_POSTED,
			    "{\"stage\":\"progress\",\"next_update_at\":null}");
		else if (i % 30 == 1)
			happens(&s, when, EVENT_SEVERITY_CHANGED,
			    "{\"from\":3,\"to\":2,\"reason\":\"r\"}");
		else if (i % 30 == 2) {
			snprintf(body, sizeof body,
			    "{\"from\":2,\"to\":3,\"reason\":\"r\",\"undo_of\":%zu}",
			    s.events.count);
			happens(&s, when, EVENT_SEVERITY_CHANGED, body);
		} else
			happens(&s, when, EVENT_NOTE, "{\"text\":\"n\"}");
	}
	set = look(&s, "2027-01-01T00:00:00Z");
	assert_int_equal(set.severity, 3);
	assert_int_equal(set.updates_late, 0);
	assert_null(find(&set, "fix"));
	clock_set_fini(&set);
	done(&s);
}

static void names(void **state)
{
	struct clock c = { .kind = CLOCK_CARRIER };
	char label[80];

	(void)state;
	for (int k = 0; k < CLOCK_KINDS; k++)
		assert_true(clock_kind_names[k] && *clock_kind_names[k]);
	for (int k = 0; k < CLOCK_STATES; k++)
		assert_true(clock_state_names[k] && *clock_state_names[k]);
	for (int k = 0; k < PHASES; k++)
		assert_true(phase_names[k] && *phase_names[k]);
	snprintf(c.carrier, sizeof c.carrier, "orange-fr");
	assert_string_equal(clock_label(&c, label), "carrier:orange-fr");
	c.kind = CLOCK_RCA_DRAFT;
	assert_string_equal(clock_label(&c, label), "rca_draft");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_before_the_first_event),
		cmocka_unit_test(states_follow_the_instants),
		cmocka_unit_test(business_clocks_pause),
		cmocka_unit_test(due_at_closing_time),
		cmocka_unit_test(percent_of_the_policy),
		cmocka_unit_test(carriers_with_a_target_of_their_own),
		cmocka_unit_test(regions_are_held_to_the_earliest),
		cmocka_unit_test(a_calendar_that_never_opens),
		cmocka_unit_test(json_of_a_set),
		cmocka_unit_test(changes_are_explained),
		cmocka_unit_test(hours_are_explained),
		cmocka_unit_test(updates_are_explained),
		cmocka_unit_test(raises_that_start_are_explained),
		cmocka_unit_test(a_long_story),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

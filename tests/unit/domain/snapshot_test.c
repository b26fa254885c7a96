#include "domain/snapshot.h"

#include "base/map.h"
#include "t.h"

#define NOON INT64_C(1741608000000) /* 2025-03-10T12:00:00Z */
#define MINUTE INT64_C(60000)

static struct utc at(int64_t minutes)
{
	return (struct utc){ NOON + minutes * MINUTE };
}

static bool apply(struct snapshot *s, const char *text, struct err *e)
{
	struct err bad = { 0 };
	cJSON *o = json_parse(text, strlen(text), &bad);
	bool ok;

	if (!o)
		fail_msg("%s in %s", bad.msg, text);
	ok = snapshot_apply(s, o, e);
	cJSON_Delete(o);
	return ok;
}

static void must_apply(struct snapshot *s, const char *text)
{
	struct err e = { 0 };

	if (!apply(s, text, &e))
		fail_msg("%s: %s", text, e.msg);
}

static void objects_are_replaced_by_id(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	assert_false(s->complete);
	must_apply(s, "{\"o\":\"region\",\"id\":\"FR\",\"name\":\"France\"}");
	must_apply(s, "{\"o\":\"region\",\"id\":\"FR\",\"travellers\":5}");
	assert_int_equal(map_count(s->regions), 1);
	assert_null(snap_region(s, "FR")->name); /* whole, not merged */
	assert_int_equal(snap_region(s, "FR")->travellers, 5);
	assert_null(snap_region(s, "IT"));
	assert_null(snap_region(s, NULL));
	must_apply(s, "{\"o\":\"noc\",\"name\":\"A\",\"people\":[{\"id\":\"jon\"}]}");
	must_apply(s, "{\"o\":\"noc\",\"name\":\"B\",\"people\":[{\"id\":\"ana\"}]}");
	assert_string_equal(s->noc->name, "B");
	assert_null(snap_person(s, "jon"));
	assert_string_equal(snap_person(s, "ana")->id, "ana");
	must_apply(s, "{\"o\":\"engine\",\"pid\":7}");
	assert_int_equal(s->engine->pid, 7);
	must_apply(s, "{\"o\":\"gone\",\"kind\":\"region\",\"id\":\"FR\"}");
	assert_null(snap_region(s, "FR"));
	must_apply(s, "{\"o\":\"gone\",\"kind\":\"region\",\"id\":\"FR\"}");
	must_apply(s, "{\"o\":\"gone\",\"kind\":\"noc\",\"id\":\"noc\"}");
	assert_non_null(s->noc);
	snapshot_free(s);
	snapshot_free(NULL);
}

static void unknown_kinds_are_ignored(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	must_apply(s, "{\"o\":\"maintenance\",\"id\":\"M-1\",\"window\":[1,2]}");
	must_apply(s, "{\"o\":\"gone\",\"kind\":\"maintenance\",\"id\":\"M-1\"}");
	must_apply(s, "{\"o\":\"region\",\"id\":\"FR\",\"moons\":{\"a\":[]}}");
	assert_non_null(snap_region(s, "FR"));
	snapshot_free(s);
}

static void the_mark_completes(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	must_apply(s, "{\"o\":\"mark\",\"seq\":41,\"at\":\"2025-03-10T12:00:00Z\"}");
	assert_true(s->complete);
	assert_int_equal(s->seq, 41);
	assert_int_equal(s->mark_at.ms, NOON);
	snapshot_free(s);
}

static void a_timeline_replaces_the_last_one(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	must_apply(s, "{\"o\":\"timeline\",\"incident\":\"INC-1\",\"lines\":[{\"version\":1,"
		      "\"at\":\"2025-03-10T12:00:00Z\",\"actor\":\"engine\",\"kind\":\"opened\","
		      "\"text\":\"opened\"},{\"version\":2}]}");
	assert_string_equal(s->timeline_of, "INC-1");
	assert_int_equal(s->timeline_count, 2);
	assert_int_equal(s->timeline[0].at.ms, NOON);
	assert_string_equal(s->timeline[0].kind, "opened");
	assert_string_equal(s->timeline[1].text, "");
	must_apply(s, "{\"o\":\"timeline\",\"incident\":\"INC-2\",\"lines\":[]}");
	assert_string_equal(s->timeline_of, "INC-2");
	assert_int_equal(s->timeline_count, 0);
	snapshot_free(s);
}

static const struct {
	const char *text, *says;
} refused[] = {
	{ "{}", "\"o\" is missing" },
	{ "{\"o\":7}", "\"o\" is missing" },
	{ "{\"o\":\"mark\",\"seq\":9}", "mark: \"at\" is missing" },
	{ "{\"o\":\"gone\",\"kind\":\"region\"}", "gone: \"id\" is missing" },
	{ "{\"o\":\"timeline\",\"lines\":[]}", "timeline:" },
	{ "{\"o\":\"timeline\",\"incident\":\"INC-9\",\"lines\":7}", "timeline:" },
	{ "{\"o\":\"region\",\"name\":\"France\"}", "region: \"id\" is missing" },
	{ "{\"o\":\"region\",\"id\":\"FR\",\"name\":7}", "region: \"name\" is no text" },
	{ "{\"o\":\"noc\",\"name\":7}", "noc: \"name\" is no text" },
	{ "{\"o\":\"engine\",\"pid\":\"x\"}", "engine: \"pid\" is no number" },
};

static void a_refused_line_changes_nothing(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	must_apply(s, "{\"o\":\"region\",\"id\":\"FR\",\"name\":\"France\"}");
	must_apply(s, "{\"o\":\"noc\",\"name\":\"A\"}");
	must_apply(s, "{\"o\":\"timeline\",\"incident\":\"INC-1\",\"lines\":[]}");
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct err e = { 0 };

		assert_false(apply(s, refused[i].text, &e));
		if (!strstr(e.msg, refused[i].says))
			fail_msg("%s: \"%s\"", refused[i].text, e.msg);
	}
	assert_string_equal(snap_region(s, "FR")->name, "France");
	assert_string_equal(s->noc->name, "A");
	assert_string_equal(s->timeline_of, "INC-1");
	assert_false(s->complete);
	assert_null(s->engine);
	snapshot_free(s);
}

static void configured_things_keep_their_order(void **state)
{
	struct snapshot *s = snapshot_new();
	const struct snap_region **r;
	const struct snap_component **k;
	const struct snap_carrier **c;
	size_t count;

	(void)state;
	free(snap_regions(s, &count));
	assert_int_equal(count, 0);
	must_apply(s, "{\"o\":\"region\",\"id\":\"IT\",\"order\":2}");
	must_apply(s, "{\"o\":\"region\",\"id\":\"FR\",\"order\":0}");
	must_apply(s, "{\"o\":\"region\",\"id\":\"ES\",\"order\":2}");
	r = snap_regions(s, &count);
	assert_int_equal(count, 3);
	assert_string_equal(r[0]->id, "FR");
	assert_string_equal(r[1]->id, "ES");
	assert_string_equal(r[2]->id, "IT");
	free(r);
	must_apply(s, "{\"o\":\"component\",\"id\":\"b\",\"order\":1}");
	must_apply(s, "{\"o\":\"component\",\"id\":\"a\",\"order\":9}");
	k = snap_components(s, &count);
	assert_int_equal(count, 2);
	assert_string_equal(k[0]->id, "b");
	free(k);
	must_apply(s, "{\"o\":\"carrier\",\"id\":\"y\",\"order\":0}");
	must_apply(s, "{\"o\":\"carrier\",\"id\":\"x\",\"order\":1}");
	c = snap_carriers(s, &count);
	assert_int_equal(count, 2);
	assert_string_equal(c[0]->id, "y");
	free(c);
	assert_string_equal(snap_carrier(s, "x")->id, "x");
	assert_string_equal(snap_component(s, "a")->id, "a");
	snapshot_free(s);
}

/* An incident with one clock that is due so many minutes after noon (NO_CLOCK: none). */
#define NO_CLOCK 9999

static void add_incident(
    struct snapshot *s, const char *id, const char *phase, int severity, int due, int rank)
{
	struct buf text;
	char due_text[UTC_TEXT];

	buf_init(&text, 0);
	buf_addf(&text,
	    "{\"o\":\"incident\",\"id\":\"%s\",\"phase\":\"%s\",\"severity\":%d,\"rank\":%d,"
	    "\"regions\":[\"FR\"],\"components\":[\"data\"],\"opened_at\":\"2025-03-10T12:00:00Z\"",
	    id, phase, severity, rank);
	if (due != NO_CLOCK)
		buf_addf(&text,
		    ",\"clocks\":[{\"kind\":\"response\",\"state\":\"met\",\"due\":"
		    "\"2025-03-10T09:00:00Z\"},{\"kind\":\"fix\",\"state\":\"running\","
		    "\"due\":\"%s\"}]",
		    utc_format(at(due), due_text));
	buf_adds(&text, "}");
	must_apply(s, buf_str(&text));
	buf_fini(&text);
}

/* To be changed by a test. */
static struct snap_incident *snap_find(struct snapshot *s, const char *id)
{
	return map_get(s->incidents, id);
}

static void incidents_stand_by_their_next_breach(void **state)
{
	static const char *const want[] = { "INC-9", "INC-5", "INC-4", "INC-11", "INC-2", "INC-3",
		"INC-7", "INC-1", "INC-6", "INC-10" };
	struct snapshot *s = snapshot_new();
	const struct snap_incident **list;
	size_t count;

	(void)state;
	add_incident(s, "INC-1", "detected", 1, 1, 0);	 /* a candidate, due soon: still behind */
	add_incident(s, "INC-2", "open", 2, 20, 1);	 /* same due: rank decides */
	add_incident(s, "INC-3", "open", 1, 20, 2);	 /* … before severity */
	add_incident(s, "INC-4", "restored", 2, 5, 0);	 /* restored is worked on too */
	add_incident(s, "INC-5", "open", 3, -10, 0);	 /* breached */
	add_incident(s, "INC-6", "resolved", 1, -60, 0); /* its report is overdue */
	add_incident(s, "INC-7", "open", 1, NO_CLOCK, 0);
	add_incident(s, "INC-9", "open", 2, -30, 0); /* longest overdue */
	add_incident(s, "INC-10", "dismissed", 1, -60, 0);
	add_incident(s, "INC-11", "open", 1, 20, 1); /* same due and rank: severity */
	list = snap_incidents(s, at(0), &count);
	assert_int_equal(count, sizeof want / sizeof *want);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(list[i]->id, want[i]);
	free(list);
	snapshot_free(s);
}

/* Until its time has come, and no longer: then it stands where it stood. */
static void what_is_put_aside_stands_behind(void **state)
{
	static const char *const aside[] = { "INC-5", "INC-2", "INC-4", "INC-1", "INC-3", "INC-6" },
				 *const back[] = { "INC-5", "INC-1", "INC-2", "INC-3", "INC-4",
					 "INC-6" };
	struct snapshot *s = snapshot_new();
	const struct snap_incident **list;
	size_t count;

	(void)state;
	for (int i = 1; i <= 4; i++) {
		char id[16];

		snprintf(id, sizeof id, "INC-%d", i);
		add_incident(s, id, "detected", 1, i, 0);
	}
	add_incident(s, "INC-5", "open", 4, 90, 0);
	add_incident(s, "INC-6", "resolved", 1, -60, 0);
	snap_find(s, "INC-1")->snoozed_until = at(30);
	snap_find(s, "INC-3")->snoozed_until = at(30);
	snap_find(s, "INC-5")->snoozed_until =
	    at(30); /* taken since: it is nobody's to put aside */
	list = snap_incidents(s, (struct utc){ at(30).ms - 1 }, &count);
	assert_int_equal(count, 6);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(list[i]->id, aside[i]);
	free(list);
	list = snap_incidents(s, at(30), &count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(list[i]->id, back[i]);
	free(list);
	snapshot_free(s);
}

static void the_next_clock_is_live(void **state)
{
	struct snapshot *s = snapshot_new();
	const struct clock *c;

	(void)state;
	add_incident(s, "INC-1", "open", 1, 20, 0);
	add_incident(s, "INC-2", "open", 1, NO_CLOCK, 0);
	c = snap_next_clock(snap_incident(s, "INC-1"));
	assert_int_equal(c->kind, CLOCK_FIX); /* the met one was due earlier */
	assert_int_equal(c->due.ms, at(20).ms);
	assert_null(snap_next_clock(snap_incident(s, "INC-2")));
	assert_int_equal(snap_incident(s, "INC-1")->clocks.severity, 1);
	assert_int_equal(snap_incident(s, "INC-1")->clocks.phase, PHASE_OPEN);
	snapshot_free(s);
}

static void old_data_is_unknown(void **state)
{
	struct snap_cell c = {
		.status = STATUS_OPERATIONAL, .data_at = { NOON }, .fresh_ms = 15000
	};

	(void)state;
	assert_int_equal(snap_cell_status(&c, at(0)), STATUS_OPERATIONAL);
	assert_int_equal(snap_cell_status(&c, (struct utc){ NOON + 15000 }), STATUS_OPERATIONAL);
	assert_int_equal(snap_cell_status(&c, (struct utc){ NOON + 15001 }), STATUS_UNKNOWN);
	c.status = STATUS_MAJOR;
	assert_int_equal(snap_cell_status(&c, at(0)), STATUS_MAJOR);
	assert_int_equal(snap_cell_status(&c, at(1)), STATUS_UNKNOWN);
	c.fresh_ms = 0; /* never too old */
	assert_int_equal(snap_cell_status(&c, at(1)), STATUS_MAJOR);
	c.data_at = UTC_NONE;
	assert_int_equal(snap_cell_status(&c, at(0)), STATUS_UNKNOWN);
}

static void cells_are_found_by_both_names(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	must_apply(s, "{\"o\":\"cell\",\"id\":\"data/FR\",\"status\":\"degraded\"}");
	assert_int_equal(snap_cell(s, "data", "FR")->status, STATUS_DEGRADED);
	assert_null(snap_cell(s, "data", "IT"));
	assert_int_equal(snap_cell_severity(s, "data", "FR"), 0);
	add_incident(s, "INC-1", "open", 3, NO_CLOCK, 0);
	assert_int_equal(snap_cell_severity(s, "data", "FR"), 3);
	add_incident(s, "INC-2", "detected", 2, NO_CLOCK, 0);
	assert_int_equal(snap_cell_severity(s, "data", "FR"), 2);
	add_incident(s, "INC-3", "resolved", 1, NO_CLOCK, 0); /* over: it colours nothing */
	assert_int_equal(snap_cell_severity(s, "data", "FR"), 2);
	assert_int_equal(snap_cell_severity(s, "data", "IT"), 0);
	assert_int_equal(snap_cell_severity(s, "sms", "FR"), 0);
	snapshot_free(s);
}

static void a_clock_goes_on_without_the_engine(void **state)
{
	struct clock c = { .state = CLOCK_RUNNING, .due = at(20), .warn_at = at(15) };

	(void)state;
	assert_int_equal(clock_state_at(&c, at(14)), CLOCK_RUNNING);
	assert_int_equal(clock_state_at(&c, at(15)), CLOCK_WARNING);
	assert_int_equal(clock_state_at(&c, at(20)), CLOCK_WARNING); /* exactly due is kept */
	assert_int_equal(clock_state_at(&c, at(21)), CLOCK_BREACHED);
	c.state = CLOCK_BREACHED; /* a board whose clock is behind the engine's */
	assert_int_equal(clock_state_at(&c, at(14)), CLOCK_RUNNING);
	c.state = CLOCK_MET;
	assert_int_equal(clock_state_at(&c, at(99)), CLOCK_MET);
	c.state = CLOCK_CANCELLED;
	assert_int_equal(clock_state_at(&c, at(99)), CLOCK_CANCELLED);
	c.state = CLOCK_RUNNING;
	c.warn_at = UTC_NONE;
	assert_int_equal(clock_state_at(&c, at(19)), CLOCK_RUNNING);
}

static void statuses_are_named(void **state)
{
	(void)state;
	for (int i = 0; i < STATUSES; i++)
		assert_int_equal(status_of(status_names[i]), i);
	assert_int_equal(status_of("green"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_replaced_by_id),
		cmocka_unit_test(unknown_kinds_are_ignored),
		cmocka_unit_test(the_mark_completes),
		cmocka_unit_test(a_timeline_replaces_the_last_one),
		cmocka_unit_test(a_refused_line_changes_nothing),
		cmocka_unit_test(configured_things_keep_their_order),
		cmocka_unit_test(incidents_stand_by_their_next_breach),
		cmocka_unit_test(what_is_put_aside_stands_behind),
		cmocka_unit_test(the_next_clock_is_live),
		cmocka_unit_test(old_data_is_unknown),
		cmocka_unit_test(cells_are_found_by_both_names),
		cmocka_unit_test(a_clock_goes_on_without_the_engine),
		cmocka_unit_test(statuses_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "domain/compose.h"

#include "base/mem.h"
#include "domain/lint.h"
#include "domain/texts.h"
#include "t.h"

static struct utc at_minute(int minute)
{
	return (
	    struct utc){ 1741616400000 + minute * 60000LL }; /* 2025-03-10T14:20:00Z, a Monday */
}

static struct texts *all;

static const struct template *shipped(const char *id)
{
	const struct template *t = texts_template(all, id);

	assert_non_null(t);
	return t;
}

static cJSON *parsed(const char *text)
{
	struct err e = { 0 };
	cJSON *v = json_parse(text, strlen(text), &e);

	if (!v)
		fail_msg("%s: %s", text, e.msg);
	return v;
}

static void feed(struct incident *inc, int minute, enum event_kind kind, const char *body)
{
	incident_evolve(inc,
	    event_new(inc->id, inc->version + 1, at_minute(minute), "maria", kind, parsed(body)));
}

static struct incident *an_incident(void)
{
	struct incident *inc = incident_new("INC-42");

	feed(inc, 0, EVENT_OPENED,
	    "{\"title\":\"Connections "
	    "failing\",\"severity\":1,\"regions\":[\"FR\"],\"components\":["
	    "\"data\"],\"impact\":\"New connections in France are failing.\",\"started_at\":"
	    "\"2025-03-10T14:14:00Z\",\"source\":\"operator\"}");
	return inc;
}

static const char *const region_names[] = { "France" }, *const component_names[] = { "Data" };

static struct compose_facts facts_of(const struct incident *inc, int now)
{
	struct compose_facts f;

	compose_facts_of(&f, inc);
	f.regions = region_names;
	f.region_count = 1;
	f.components = component_names;
	f.component_count = 1;
	f.severity_name = "Critical";
	f.cadence_due = utc_add(at_minute(now), 30 * 60000 + 30000);
	return f;
}

/* A field of a template, as it is filled `now` minutes after 14:20. */
static void filled_as(const char *template, const char *field, const struct compose_facts *f,
    int now, const char *text)
{
	const struct template *t = shipped(template);
	struct compose *c = compose_new(t, f, at_minute(now));

	assert_string_equal(compose_get(c, field), text);
	compose_free(c);
}

static void cadences_give_the_latest_promise(void **state)
{
	struct calendar *office = calendar_new("office", zone_utc());
	const struct calendar *one[] = { office };
	struct utc friday = { 1741964400000 }; /* 2025-03-14T15:00:00Z */
	static const struct {
		const char *cadence;
		bool calendar;
		int64_t hours; /* from Friday 15:00; -1: none */
	} cases[] = {
		{ "30m", false, 0 },
		{ "2h", true, 2 },
		{ "none", true, -1 },
		{ "4 business hours", true, 68 },
		{ "4 business hours", false, 4 },
		{ "1 business day", true, 72 },
		{ "1 business day", false, 8 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct duration d;
		struct utc due;

		assert_true(duration_parse(cases[i].cadence, &d));
		due = compose_cadence(d, one, cases[i].calendar, 8 * 3600000, friday);
		if (cases[i].hours < 0)
			assert_false(utc_is_set(due));
		else
			assert_int_equal(utc_diff(due, friday) / 3600000, cases[i].hours);
	}
	calendar_free(office);
}

static void the_first_update_is_filled_from_the_incident(void **state)
{
	struct incident *inc = an_incident();
	struct compose_facts f = facts_of(inc, 0);
	const struct template *t = shipped("initial");
	struct compose *c = compose_new(t, &f, at_minute(0));

	(void)state;
	assert_string_equal(c->stage, "initial");
	assert_string_equal(c->status, "investigating");
	assert_string_equal(compose_get(c, "summary"), "Connections failing");
	assert_string_equal(compose_get(c, "impact"), "New connections in France are failing.");
	assert_string_equal(compose_get(c, "known"), "It has lasted since 14:14 UTC.");
	assert_string_equal(compose_get(c, "unknown"),
	    "We do not know the cause yet. We cannot say yet when it will be over.");
	assert_string_equal(compose_get(c, "next"), "Our operations team begins to look into it.");
	assert_string_equal(
	    compose_get(c, "customer_actions"), "We know of nothing yet that customers can do.");
	assert_string_equal(compose_get(c, "nonsense"), "");
	assert_int_equal(compose_missing_count(c), 0);
	assert_int_equal(c->next_update_at.ms, at_minute(30).ms);
	compose_free(c);
	f.cadence_due = utc_add(at_minute(0), 30000);
	c = compose_new(t, &f, at_minute(0));
	assert_int_equal(
	    c->next_update_at.ms, at_minute(0).ms + 30000); /* no whole minute is left */
	f.cadence_due = UTC_NONE;
	compose_free(c);
	c = compose_new(t, &f, at_minute(0));
	assert_false(utc_is_set(c->next_update_at));
	assert_true(compose_set(c, "known", " checked\x1b\n\tfact "));
	assert_string_equal(compose_get(c, "known"), " checked\n fact ");
	assert_true(c->fields[2].touched);
	assert_true(compose_set(c, "summary", "two\nlines"));
	assert_string_equal(compose_get(c, "summary"), "two lines");
	assert_false(compose_set(c, "nonsense", "x"));
	assert_true(compose_set(c, "unknown", " \n "));
	assert_int_equal(compose_missing_count(c), 1);
	compose_free(c);
	compose_free(NULL);
	incident_free(inc);
}

static void fill(struct compose *c)
{
	compose_set(c, "known", "The network rejects new connections.");
	compose_set(c, "unknown", "The cause.");
	compose_set(c, "next", "Rerouting.");
	compose_set(c, "customer_actions", "Select SFR by hand.");
}

static void each_audience_has_its_text(void **state)
{
	struct incident *inc = an_incident();
	struct compose_facts f = facts_of(inc, 0);
	const struct template *t = shipped("initial");
	struct compose *c = compose_new(t, &f, at_minute(0));
	struct buf out;

	(void)state;
	fill(c);
	assert_int_equal(compose_missing_count(c), 0);
	buf_init(&out, 0);
	assert_true(compose_render(c, &f, "public", at_minute(0), &out));
	assert_string_equal(buf_str(&out), "[Sev 1] France / Data – Connections failing\n"
					   "\n"
					   "New connections in France are failing.\n"
					   "\n"
					   "Started: 2025-03-10 14:14 UTC\n"
					   "Scope: Data in France\n"
					   "\n"
					   "What we know: The network rejects new connections.\n"
					   "What we do not know yet: The cause.\n"
					   "What we are doing: Rerouting.\n"
					   "What customers can do: Select SFR by hand.\n"
					   "\n"
					   "Next update: by 2025-03-10 14:50 UTC\n");
	buf_clear(&out);
	assert_true(compose_render(c, &f, "partners", at_minute(0), &out));
	assert_non_null(
	    strstr(buf_str(&out), "\n\nSeverity 1 (Critical). Our reference: INC-42.\n"));
	buf_fini(&out);
	compose_free(c);
	incident_free(inc);
}

static void no_change_repeats_the_last_facts(void **state)
{
	struct incident *inc = an_incident();
	struct compose_facts f;
	const struct template *t = shipped("no-change");
	struct compose *c;
	struct buf out;

	(void)state;
	feed(inc, 1, EVENT_UPDATE_POSTED,
	    "{\"stage\":\"initial\",\"status\":\"identified\",\"fields\":{\"summary\":\"S\","
	    "\"impact\":"
	    "\"I\",\"known\":\"K\",\"unknown\":\"U\",\"next\":\"N\",\"customer_actions\":\"C\","
	    "\"changed\":"
	    "\"never twice\"},\"text\":{},\"audiences\":[],\"channels\":[]}");
	feed(inc, 2, EVENT_HYPOTHESIS, "{\"text\":\"signalling\"}");
	feed(inc, 3, EVENT_ACTION,
	    "{\"id\":\"a1\",\"text\":\"reroute\",\"eta_from\":\"2025-03-10T15:00:00Z\",\"eta_to\":"
	    "\"2025-03-10T15:30:00Z\"}");
	feed(inc, 3, EVENT_ACTION,
	    "{\"id\":\"a2\",\"text\":\"gone\",\"done\":true,\"eta_from\":\"2025-03-10T10:00:00Z\","
	    "\"eta_to\":\"2025-03-10T11:00:00Z\"}");
	f = facts_of(inc, 31);
	c = compose_new(t, &f, at_minute(31));
	assert_string_equal(c->status, "identified");
	assert_int_equal(compose_missing_count(c), 0);
	assert_string_equal(compose_get(c, "hypothesis"), "signalling");
	assert_string_equal(compose_get(c, "eta"), "15:00 - 15:30 UTC");
	assert_int_equal(c->next_update_at.ms, at_minute(61).ms);
	buf_init(&out, 0);
	assert_true(compose_render(c, &f, "public", at_minute(31), &out));
	assert_string_equal(buf_str(&out), "[Sev 1] France / Data – S\n"
					   "\n"
					   "No change since the last update. I\n"
					   "\n"
					   "What we know: K\n"
					   "What we do not know yet: U\n"
					   "Current hypothesis (not confirmed): signalling\n"
					   "What we are doing: N\n"
					   "Expected: 15:00 - 15:30 UTC\n"
					   "What customers can do: C\n"
					   "\n"
					   "Started: 2025-03-10 14:14 UTC\n"
					   "Next update: by 2025-03-10 15:21 UTC\n");
	buf_fini(&out);
	compose_free(c);
	t = shipped("progress");
	c = compose_new(t, &f, at_minute(31));
	assert_string_equal(compose_get(c, "changed"), "");
	assert_int_equal(compose_missing_count(c), 1);
	compose_free(c);
	incident_free(inc);
}

static void the_end_is_told_from_the_events(void **state)
{
	struct incident *inc = an_incident();
	const struct template *t;
	struct compose_facts f;
	struct compose *c;
	struct buf out;

	(void)state;
	feed(inc, 5, EVENT_ACTION, "{\"id\":\"a1\",\"text\":\"reroute\"}");
	feed(inc, 5, EVENT_ACTION, "{\"id\":\"a2\",\"text\":\"watch\"}");
	feed(inc, 20, EVENT_RESTORED,
	    "{\"workaround\":true,\"residual\":\"Slower than "
	    "usual.\",\"customer_actions\":\"Switch data "
	    "off and on.\",\"restored_at\":\"2025-03-10T14:35:00Z\"}");
	f = facts_of(inc, 20);
	f.region_workarounds = "Choose SFR.";
	t = shipped("restored");
	c = compose_new(t, &f, at_minute(20));
	assert_string_equal(c->status, "monitoring");
	assert_string_equal(compose_get(c, "residual"), "Slower than usual.");
	assert_string_equal(compose_get(c, "customer_actions"), "Switch data off and on.");
	assert_string_equal(compose_get(c, "next"), "reroute\nwatch");
	buf_init(&out, 0);
	assert_true(compose_render(c, &f, "public", at_minute(20), &out));
	assert_non_null(strstr(buf_str(&out), "\nRestored: 2025-03-10 14:35 UTC\n"));
	assert_non_null(strstr(buf_str(&out), "\nWhat remains: Slower than usual.\n"));
	compose_free(c);
	/* Progress that is told after that does not fall back to the fault. */
	filled_as("progress", "known", &f, 25, "It works by a workaround since 14:35 UTC.");
	filled_as("progress", "unknown", &f, 25,
	    "We do not know the cause yet. We cannot say yet when the permanent repair will be "
	    "in.");
	feed(inc, 30, EVENT_RESOLVED, "{\"fix\":\"Configuration rolled back.\"}");
	f = facts_of(inc, 30);
	t = shipped("resolved");
	c = compose_new(t, &f, at_minute(30));
	assert_string_equal(c->status, "resolved");
	assert_string_equal(compose_get(c, "fix"), "Configuration rolled back.");
	assert_false(utc_is_set(c->next_update_at));
	buf_fini(&out);
	compose_free(c);
	incident_free(inc);
}

/* What each stage says by itself, from what was recorded. */
static void texts_are_facts_of_the_incident(void **state)
{
	struct compose_carrier orange = {
		.name = "Orange", .timeline = "Rerouting until 15:30 CET", .at = at_minute(10)
	};
	static const struct compose_engaged called[] = {
		{ NULL, { 1741616400000 + 2 * 60000LL }, { INT64_MIN } },
		{ "Orange", { 1741616400000 + 11 * 60000LL }, { 1741616400000 + 14 * 60000LL } },
	};
	struct incident *inc = an_incident();
	struct compose_facts f = facts_of(inc, 0);
	struct posted_update said = { .at = at_minute(5) };

	(void)state;
	f.checks_fail = true;
	f.acknowledged_at = at_minute(1);
	f.region_workarounds = "Choose SFR by hand.";
	filled_as("initial", "known", &f, 3, "Our own checks have failed since 14:14 UTC.");
	filled_as("initial", "next", &f, 3,
	    "Our operations team has been looking into it since 14:21 UTC.");
	filled_as("initial", "workaround", &f, 3, "Choose SFR by hand.");
	filled_as(
	    "initial", "customer_actions", &f, 3, "Please use the workaround that is given here.");
	f.checks_fail = false;
	f.told_by = "Orange";
	filled_as("initial", "known", &f, 3, "Orange has told of a fault since 14:14 UTC.");
	filled_as("initial", "known", &f, 24 * 60,
	    "Orange has told of a fault since 2025-03-10 14:14 UTC.");
	f.impact = NULL;
	filled_as("initial", "impact", &f, 3,
	    "Affected: Data in France. We do not know yet who is hit and how.");

	said.fields = parsed("{\"known\":\"K\",\"unknown\":\"We do not know the cause yet.\","
			     "\"next\":\"N\"}");
	f.last = &said;
	f.hypothesis = "signalling";
	f.carriers = &orange;
	f.carrier_count = 1;
	f.engaged = called;
	f.engaged_count = 2;
	filled_as("progress", "known", &f, 20,
	    "K\nIt depends on the network of Orange.\nOrange says: Rerouting until 15:30 CET");
	orange.reports = "Packet loss in Lyon";
	filled_as("progress", "known", &f, 20,
	    "K\nIt uses the network of Orange, which has told since 14:30 UTC of a fault: "
	    "Packet loss in Lyon.");
	orange.reports = "";
	filled_as("progress", "known", &f, 20,
	    "K\nIt uses the network of Orange, which has told since 14:30 UTC of a fault.");
	orange.reports = NULL;
	filled_as("no-change", "known", &f, 20, "K");
	filled_as("progress", "unknown", &f, 20,
	    "The cause is not confirmed yet. We cannot say yet when it will be over.");
	filled_as("no-change", "unknown", &f, 20, "We do not know the cause yet.");
	filled_as("progress", "next", &f, 20,
	    "We called our specialists at 14:22 UTC.\n"
	    "Orange has been working on it with us since 14:34 UTC.");
	filled_as("no-change", "next", &f, 20, "N");
	f.severity_before = "Major";
	f.scope_more = "Italy, SMS";
	f.scope_less = "Spain";
	filled_as("progress", "changed", &f, 20,
	    "It is rated Critical now; it was rated Major.\nIt now also affects Italy, SMS.\n"
	    "It no longer affects Spain.\n"
	    "It depends on the network of Orange.\nOrange says: Rerouting until 15:30 CET\n"
	    "Orange has been working on it with us since 14:34 UTC.");
	filled_as("initial", "changed", &f, 20, "");
	f.severity_before = f.scope_more = f.scope_less = NULL;
	filled_as("progress", "changed", &f, 20,
	    "It depends on the network of Orange.\nOrange says: Rerouting until 15:30 CET\n"
	    "Orange has been working on it with us since 14:34 UTC.");
	cJSON_Delete(said.fields);
	said.fields = parsed("{\"unknown\":\"We do not know the cause yet. Perhaps more.\","
			     "\"summary\":\"It fails (restored)\"}");
	filled_as("progress", "unknown", &f, 20, "We do not know the cause yet. Perhaps more.");

	f.restored_at = at_minute(30);
	f.workaround = true;
	filled_as("restored", "impact", &f, 31, "Data in France can be used again.");
	filled_as("restored", "known", &f, 31,
	    "It works by a workaround since 14:50 UTC.\nIt depends on the network of "
	    "Orange.\nOrange says: Rerouting until 15:30 CET");
	filled_as("restored", "unknown", &f, 31,
	    "The cause is not confirmed yet. "
	    "We cannot say yet when the permanent repair will be in.");
	filled_as("restored", "customer_actions", &f, 31,
	    "We know of nothing that customers have to do.");
	filled_as("restored", "summary", &f, 31, "It fails (restored)");
	f.resolved_at = at_minute(40);
	filled_as("resolved", "summary", &f, 41, "It fails (resolved)");
	filled_as("resolved", "known", &f, 41, "The permanent repair has been in since 15:00 UTC.");
	filled_as("resolved", "unknown", &f, 41, ""); /* a person says it: no report is owed */
	f.report = "5 business days";
	filled_as("resolved", "unknown", &f, 41, "The full cause, until our report is written.");
	filled_as(
	    "resolved", "next", &f, 41, "We write a report on the cause within 5 business days.");
	cJSON_Delete(said.fields);
	incident_free(inc);
}

static void arguments_are_what_the_command_takes(void **state)
{
	static const char *const audiences[] = { "public", "partners" };
	struct incident *inc = an_incident();
	struct compose_facts f = facts_of(inc, 0);
	const struct template *t = shipped("initial");
	struct compose *c = compose_new(t, &f, at_minute(0));
	cJSON *args;

	(void)state;
	fill(c);
	args = compose_args(c, &f, audiences, 2, at_minute(0));
	assert_string_equal(json_str(args, "stage"), "initial");
	assert_string_equal(json_str(args, "status"), "investigating");
	assert_string_equal(json_str(args, "template"), "initial");
	assert_string_equal(json_str(args, "next_update_at"), "2025-03-10T14:50:00.000Z");
	assert_int_equal(cJSON_GetArraySize(json_get(args, "audiences")), 2);
	for (size_t i = 0; compose_minimum[i]; i++)
		assert_true(json_str(json_get(args, "fields"), compose_minimum[i])[0] != '\0');
	assert_string_not_equal(json_str(json_get(args, "text"), "public"),
	    json_str(json_get(args, "text"), "partners"));
	cJSON_Delete(args);
	compose_free(c);
	incident_free(inc);
}

static void an_update_in_writing_is_linted(void **state)
{
	static const char *const audiences[] = { "public" };
	static const struct lint_world nothing = { 0 };
	struct incident *inc = an_incident();
	struct compose_facts f = facts_of(inc, 0);
	const struct template *t = shipped("initial");
	struct compose *c = compose_new(t, &f, at_minute(0));
	struct lint_findings found = { 0 };

	(void)state;
	lint_compose(c, &f, audiences, 1, &nothing, at_minute(0), &found);
	assert_int_equal(found.count, 0); /* as it is filled it can be sent */
	for (size_t i = 0; i < c->count; i++)
		compose_set(c, c->fields[i].about->name, i < 2 ? "Connections fail" : "");
	lint_compose(c, &f, audiences, 1, &nothing, at_minute(0), &found);
	assert_int_equal(lint_errors(&found), 4); /* known, unknown, next, customer_actions */
	assert_string_equal(found.items[0].field, "known");
	lint_findings_fini(&found);
	fill(c);
	compose_set(c, "next", "It is fixed by 15:00 UTC.");
	c->next_update_at = at_minute(31);
	lint_compose(c, &f, audiences, 1, &nothing, at_minute(0), &found);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.items[0].rule, "promised-time");
	assert_string_equal(found.items[1].rule, "cadence");
	lint_findings_fini(&found);
	compose_free(c);
	incident_free(inc);
}

static void stages_have_a_status(void **state)
{
	struct posted_update last = { .status = (char[]){ "monitoring" } };
	struct compose_facts f = { .restored_at = UTC_NONE };

	(void)state;
	assert_string_equal(compose_status("initial", &f), "investigating");
	assert_string_equal(compose_status("progress", &f), "investigating");
	assert_string_equal(compose_status("correction", &f), "investigating");
	f.last = &last;
	assert_string_equal(compose_status("correction", &f), "monitoring");
	assert_string_equal(compose_status("progress", &f), "investigating");
	last.status = (char[]){ "identified" };
	assert_string_equal(compose_status("progress", &f), "identified");
	f.restored_at.ms = 1; /* the service is back: it is watched, whatever is told of it */
	assert_string_equal(compose_status("progress", &f), "monitoring");
	assert_string_equal(compose_status("initial", &f), "monitoring");
	assert_string_equal(compose_status("restored", &f), "monitoring");
	assert_string_equal(compose_status("resolved", &f), "resolved");
	assert_null(compose_status("later", &f));
}

static void stages_fit_the_phase(void **state)
{
	static const struct {
		enum phase phase;
		bool told;
		const char *stage, *why;
	} cases[] = {
		{ PHASE_OPEN, false, "initial", NULL },
		{ PHASE_OPEN, false, "progress", "the first update of INC-1 is an initial one" },
		{ PHASE_OPEN, true, "initial", "INC-1 has had its initial update" },
		{ PHASE_OPEN, true, "restored", "INC-1 is not restored" },
		{ PHASE_RESTORED, true, "restored", NULL },
		{ PHASE_RESTORED, true, "resolved", "INC-1 is not resolved" },
		{ PHASE_RESOLVED, true, "progress",
		    "INC-1 is resolved: there is no progress to tell" },
		{ PHASE_RESOLVED, true, "correction", NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char why[COMPOSE_WHY] = "";
		const char *help = compose_stage_refused(
		    "INC-1", cases[i].phase, cases[i].told, cases[i].stage, why);

		assert_true((help != NULL) == (cases[i].why != NULL));
		assert_string_equal(why, cases[i].why ? cases[i].why : "");
	}
}

int main(void)
{
	struct cfg_problems problems = { 0 };
	int failed;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cadences_give_the_latest_promise),
		cmocka_unit_test(the_first_update_is_filled_from_the_incident),
		cmocka_unit_test(each_audience_has_its_text),
		cmocka_unit_test(no_change_repeats_the_last_facts),
		cmocka_unit_test(the_end_is_told_from_the_events),
		cmocka_unit_test(texts_are_facts_of_the_incident),
		cmocka_unit_test(arguments_are_what_the_command_takes),
		cmocka_unit_test(an_update_in_writing_is_linted),
		cmocka_unit_test(stages_have_a_status),
		cmocka_unit_test(stages_fit_the_phase),
	};

	all = texts_new(NULL, 0, &problems);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	texts_free(all);
	return failed;
}

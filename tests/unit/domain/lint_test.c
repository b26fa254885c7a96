#include "domain/lint.h"

#include <locale.h>

#include "base/mem.h"
#include "t.h"

static struct utc at_minute(int minute)
{
	return (struct utc){ 1741616400000 + minute * 60000LL }; /* 2025-03-10T14:20:00Z */
}

/* A good update; a case replaces one field (or adds it). */
static void run(
    const char *field, const char *value, const struct jargon *j, struct lint_findings *out)
{
	struct lint_field fields[] = {
		{ "summary", "Title", "Connections fail", true },
		{ "impact", "Impact", "Customers in France cannot use data.", true },
		{ "known", "We know", "New connections are refused since 14:14 UTC.", true },
		{ "unknown", "We don't know", "Probably much.", true },
		{ "hypothesis", "Hypothesis", "Perhaps a fault at a partner.", false },
		{ "next", "Doing next", "We move traffic to another partner.", true },
		{ "eta", "ETA", "", false },
		{ "customer_actions", "Customers", "Choose SFR by hand.", true },
	};
	static const char *const others[] = { "Italy", "United States" };
	static const char *const ours[] = { "Maria Silva", "+44 20 5550 0111", "" };
	struct lint_input in = { .stage = "progress",
		.fields = fields,
		.field_count = countof(fields),
		.now = at_minute(0),
		.next_update_at = at_minute(30),
		.cadence_due = at_minute(30),
		.incident = "INC-7",
		.severity = 1,
		.world = { .jargon = j,
		    .other_regions = others,
		    .other_region_count = countof(others),
		    .internal = ours,
		    .internal_count = countof(ours) } };

	for (size_t i = 0; i < countof(fields); i++)
		if (field && strcmp(fields[i].name, field) == 0)
			fields[i].value = value;
	lint_run(&in, out);
}

static void a_good_update_has_no_findings(void **state)
{
	struct jargon *j = jargon_default();
	struct lint_findings f = { 0 };

	(void)state;
	run(NULL, NULL, j, &f);
	if (f.count)
		fail_msg("%s: %s", f.items[0].rule, f.items[0].message);
	assert_int_equal(lint_errors(&f), 0);
	lint_findings_fini(&f);
	jargon_free(j);
}

static void each_rule_finds_its_own(void **state)
{
	static const struct {
		const char *field, *value, *rule, *says; /* rule NULL: nothing is found */
	} cases[] = {
		{ "impact", " \n", "minimum", "Impact is empty" },
		{ "customer_actions", NULL, "minimum", "Customers is empty" },
		{ "hypothesis", "", NULL, NULL },
		{ "impact", "Data fails due to a partner.", "impact-first", "due to" },
		{ "impact", "Customers cannot use data. DUE TO rain.", "impact-first", "due to" },
		{ "known", "It is due to a partner.", NULL, NULL },
		{ "known", "It is probably a partner.", "speculation", "probably" },
		{ "known", "We think so.", "speculation", "we think" },
		{ "known", "Unlikely events happened.", NULL, NULL },
		{ "hypothesis", "It is probably a partner.", NULL, NULL },
		{ "eta", "15:00 UTC", "eta-range", "single time" },
		{ "eta", "15:00 - 15:30 UTC", NULL, NULL },
		{ "eta", "15:00-15:30 UTC", NULL, NULL },
		{ "eta", "in 30 minutes", "eta-range", "single time" },
		{ "eta", "in 30 to 60 minutes", NULL, NULL },
		{ "eta", "not known", NULL, NULL },
		{ "next", "It is fixed by 15:00 UTC.", "promised-time", "fixed by" },
		{ "next", "It is fixed by moving traffic.", NULL, NULL },
		{ "next", "The service returns at 15:00 UTC.", "promised-time", "returns at" },
		{ "known", "Repair expected at 15:00 UTC.", "promised-time", "expected at" },
		{ "known", "Repair expected at 15:00 - 15:30 UTC.", NULL, NULL },
		{ "next", "ETA: 15:00 UTC", "promised-time", "ETA:" },
		{ "next", "It will be fixed in 20 minutes.", "promised-time", "fixed in" },
		{ "next", "It will be fixed in 20 to 40 minutes.", NULL, NULL },
		{ "next", "The fault was fixed in 3 regions.", NULL, NULL },
		{ "eta", "15:30 - 15:00 UTC", "eta-range", "ends before it begins" },
		{ "eta", "23:30 - 00:30 UTC", NULL, NULL },
		{ "eta", "between 3 and 5 pm", "eta-range", "no time zone" },
		{ "known", "Since 14:14 it fails.", "zone", "14:14 has no time zone" },
		{ "known", "Since 14:14 (UTC) it fails.", NULL, NULL },
		{ "known", "Since 9:05 Paris it fails.", NULL, NULL },
		{ "known", "Since 14:14:07+01:00 it fails.", NULL, NULL },
		{ "known", "From 14:14 to 14:20 UTC it failed.", NULL, NULL },
		{ "known", "From 14:14 to 14:20 it failed.", "zone", "14:14" },
		{ "known", "A ratio of 3:1 and port 10:2000.", NULL, NULL },
		{ "known", "The HLR is slow.", "jargon", "HLR" },
		{ "known", "The hlr is slow.", "jargon", "HLR" },
		{ "known", "The SM-DP+ is slow.", "jargon", "SM-DP+" },
		{ "known", "A HLRX is slow.", NULL, NULL },
		{ "customer_actions", "Write to noc@example.com.", NULL, NULL },
		{ "customer_actions", "See https://noc.example.com/hlr.", NULL, NULL },
		{ "known", "noc@example.com says that the HLR is slow.", "jargon", "HLR" },
		{ "known", "Our NOC @ work.", "jargon", "NOC" },
		{ "known", "This is a Sev 2.", "severity", "tells severity 2" },
		{ "known", "This is a SEV1 of severity 1.", NULL, NULL },
		{ "known", "Several 2 persons, sev 12.", NULL, NULL },
		{ "impact", "Customers in Italy are hit.", "region", "\"Italy\"" },
		{ "impact", "Customers in Italyland are hit.", NULL, NULL },
		{ "next", "Maria Silva calls them.", "internal", "\"Maria Silva\"" },
		{ "next", "Maria calls them.", NULL, NULL },
		{ "customer_actions", "Call (020) 5550-0199 for help.", "phone",
		    "(020) 5550-0199" },
		{ "customer_actions", "Since 2025-03-10 14:20 UTC.", NULL, NULL },
		{ "customer_actions", "In 2025 some 18000 travellers.", NULL, NULL },
		{ "known", "It says ATTACH_REJECT.", "code", "ATTACH_REJECT" },
		{ "known", "It says ERR-4711, again.", "code", "ERR-4711" },
		{ "known", "Node MME01 is down.", "code", "MME01" },
		{ "known", "Code 0x1F.", "code", "0x1F" },
		{ "known", "Host 10.1.2.3 is down.", "code", "10.1.2.3" },
		{ "known", "4G and 5G fail; see INC-7.", NULL, NULL },
		{ "next", "We are excited to repair it.", "marketing", "excited" },
		{ "summary",
		    "A title that goes on and on and on and on and on and on and on and on and on "
		    "and on and on "
		    "and on and on",
		    "too-long", "letters at most" },
	};
	struct jargon *j = jargon_default();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct lint_findings f = { 0 };

		run(cases[i].field, cases[i].value, j, &f);
		if (f.count != (cases[i].rule != NULL))
			fail_msg("%s: %zu findings, the first: %s", cases[i].value, f.count,
			    f.count ? f.items[0].message : "");
		if (f.count) {
			assert_string_equal(f.items[0].rule, cases[i].rule);
			assert_string_equal(f.items[0].field, cases[i].field);
			if (!strstr(f.items[0].message, cases[i].says))
				fail_msg("%s: %s", cases[i].value, f.items[0].message);
			assert_true(f.items[0].help[0] != '\0');
		}
		lint_findings_fini(&f);
	}
	jargon_free(j);
}

static void promises_are_checked(void **state)
{
	static const struct {
		const char *stage;
		int next, due; /* minutes; -1: none */
		const char *rule;
	} cases[] = {
		{ "progress", 30, 30, NULL },
		{ "progress", 31, 30, "cadence" },
		{ "progress", -1, 30, "next-update" },
		{ "progress", 0, 30, "next-update" },
		{ "progress", -1, -1, NULL },
		{ "progress", 999, -1, NULL },
		{ "resolved", -1, 30, NULL },
		{ "resolved", 31, 30, NULL },
	};
	static const struct lint_field fields[] = { { "impact", "", "a", true },
		{ "known", "", "a", true }, { "unknown", "", "a", true }, { "next", "", "a", true },
		{ "customer_actions", "", "a", true } };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct lint_input in = { .stage = cases[i].stage,
			.fields = fields,
			.field_count = countof(fields),
			.now = at_minute(0),
			.next_update_at = cases[i].next < 0 ? UTC_NONE : at_minute(cases[i].next),
			.cadence_due = cases[i].due < 0 ? UTC_NONE : at_minute(cases[i].due) };
		struct lint_findings f = { 0 };

		lint_run(&in, &f);
		assert_int_equal(f.count, cases[i].rule != NULL);
		assert_int_equal(lint_errors(&f), f.count);
		if (f.count) {
			assert_string_equal(f.items[0].rule, cases[i].rule);
			assert_null(f.items[0].field);
		}
		lint_findings_fini(&f);
	}
}

static void a_missing_member_of_the_minimum_is_an_error(void **state)
{
	static const struct lint_field fields[] = { { "impact", "Impact", "a", true },
		{ "known", "Known", "", false } };
	struct lint_input in = { .stage = "progress",
		.fields = fields,
		.field_count = 2,
		.now = at_minute(0),
		.next_update_at = UTC_NONE,
		.cadence_due = UTC_NONE };
	struct lint_findings f = { 0 };

	(void)state;
	lint_run(&in, &f);
	assert_int_equal(f.count, 4); /* known, and three that are not there */
	assert_string_equal(f.items[0].field, "known");
	assert_null(f.items[1].field);
	lint_findings_fini(&f);
}

static void a_hypothesis_is_called_one(void **state)
{
	static const struct lint_field fields[] = { { "impact", "", "a", true },
		{ "known", "", "a", true }, { "unknown", "", "a", true }, { "next", "", "a", true },
		{ "customer_actions", "", "a", true },
		{ "hypothesis", "Hypothesis", "A fault at a partner.\nMore.", false } };
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "Current hypothesis (not confirmed): A fault at a partner.\nMore.\n", true },
		{ "Not confirmed: A fault at a partner.\n", true },
		{ "Hypothesis:\nA fault at a partner.\n", false },
		{ "Cause: A fault at a partner.\n", false },
		{ "Nothing of it.\n", true },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct lint_input in = { .stage = "progress",
			.fields = fields,
			.field_count = countof(fields),
			.texts = &cases[i].text,
			.text_count = 1,
			.now = at_minute(0),
			.next_update_at = UTC_NONE,
			.cadence_due = UTC_NONE };
		struct lint_findings f = { 0 };

		lint_run(&in, &f);
		assert_int_equal(f.count == 0, cases[i].good);
		if (f.count)
			assert_string_equal(f.items[0].rule, "hypothesis-label");
		lint_findings_fini(&f);
	}
}

static void a_channel_takes_so_much(void **state)
{
	static const struct lint_field fields[] = { { "impact", "", "a", true },
		{ "known", "", "a", true }, { "unknown", "", "a", true }, { "next", "", "a", true },
		{ "customer_actions", "", "a", true } };
	static const struct lint_channel channels[] = { { "mail", "email" }, { "wall", "cachet" } };
	static const struct lint_reader readers[] = { { "public", false, channels, 1 },
		{ "partners", false, channels, 2 } };
	enum { TAKES = 15000 };
	static char text[TAKES + 2];
	const char *texts[] = { text, text };
	struct lint_input in = { .stage = "progress",
		.fields = fields,
		.field_count = countof(fields),
		.texts = texts,
		.text_count = 2,
		.readers = readers,
		.now = at_minute(0),
		.next_update_at = UTC_NONE,
		.cadence_due = UTC_NONE };

	(void)state;
	assert_int_equal(lint_channel_limit("cachet"), TAKES);
	memset(text, 'x', TAKES + 1);
	for (int over = 0; over < 2; over++) {
		struct lint_findings f = { 0 };
		const struct lint_finding *room = NULL;

		text[TAKES + over] = '\0';
		lint_run(&in, &f);
		for (size_t i = 0; i < f.count; i++)
			if (strcmp(f.items[i].rule, "channel-room") == 0) {
				assert_null(room); /* of the one that has it alone */
				room = &f.items[i];
			}
		assert_int_equal(room != NULL, over);
		if (room)
			assert_non_null(strstr(room->message, "partners reads it over wall"));
		lint_findings_fini(&f);
		text[TAKES] = 'x';
	}
	/* An update as long as they are stops at none that carries it whole. */
	assert_true(lint_channel_limit("pagerduty") > 16384);
	assert_true(lint_channel_limit("slack") > 16384);
	assert_int_equal(lint_channel_limit("email"), 0);
	assert_int_equal(lint_channel_limit(NULL), 0);
}

static void a_text_says_what_the_fields_hold(void **state)
{
	static const struct lint_field fields[] = {
		{ "impact", "Impact", "Calls fail\n\nin Zürich.", true },
		{ "known", "Known", "We know it all. ", true },
		{ "unknown", "Unknown", "The cause.", true },
		{ "next", "Next", "We look.", true },
		{ "customer_actions", "Customers", "None.", true },
		{ "summary", "Title", "is no part of the least", true },
	};
	static const struct {
		const char *text;
		bool internal, planned;
		const char *message;
	} cases[] = {
		{ "Calls fail\n\nin Zürich.\nWe know it all.\nThe cause. We look. None.\n", false,
		    false, NULL },
		/* as the filters upper and truncate write it */
		{ "CALLS FAIL IN ZÜRICH. We know… THE CAUSE.  We look. None.", false, false, NULL },
		{ "Calls fail in Zürich. … The cause. We look. None.", false, false,
		    "Known is not said in the text for \"public\"" },
		{ "Calls fail in Zürich. We know it. The cause. We look. None.", false, false,
		    "Known is not said in the text for \"public\"" },
		{ "Hello\n", true, false, NULL },
		{ "Hello\n", false, true, NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		const struct lint_reader reader = { "public", cases[i].internal, NULL, 0 };
		struct lint_input in = { .stage = "progress",
			.planned = cases[i].planned,
			.fields = fields,
			.field_count = countof(fields),
			.texts = &cases[i].text,
			.text_count = 1,
			.readers = &reader,
			.now = at_minute(0),
			.next_update_at = UTC_NONE,
			.cadence_due = UTC_NONE };
		struct lint_findings f = { 0 };

		lint_run(&in, &f);
		assert_int_equal(lint_errors(&f), cases[i].message ? 1 : 0);
		if (cases[i].message) {
			assert_string_equal(f.items[0].rule, "minimum");
			assert_string_equal(f.items[0].field, "known");
			assert_string_equal(f.items[0].message, cases[i].message);
		}
		lint_findings_fini(&f);
	}
}

static void findings_follow_the_fields(void **state)
{
	static const struct lint_field fields[] = {
		{ "impact", "Impact", "Maybe due to rain at 14:00.", true },
		{ "known", "Known", "", true },
		{ "unknown", "", "a", true },
		{ "next", "", "maybe", true },
		{ "customer_actions", "", "a", true },
	};
	struct lint_input in = { .stage = "progress",
		.fields = fields,
		.field_count = countof(fields),
		.now = at_minute(0),
		.next_update_at = UTC_NONE,
		.cadence_due = at_minute(1) };
	static const char *const rules[] = { "impact-first", "speculation", "zone", "minimum",
		"speculation", "next-update" };
	struct lint_findings f = { 0 };

	(void)state;
	lint_run(&in, &f);
	assert_int_equal(f.count, countof(rules));
	for (size_t i = 0; i < countof(rules); i++)
		assert_string_equal(f.items[i].rule, rules[i]);
	assert_int_equal(lint_errors(&f), 2);
	lint_findings_fini(&f);
}

static void word_lists_are_read(void **state)
{
	static const char good[] = "# remark\r\n\n HLR = register \r\nroot  cause = reason";
	static const char bad[] = "HLR\n = x\ny =\nz = 1\nZ = 2\n";
	struct template_errors errors = { 0 };
	struct lint_findings f = { 0 };
	struct jargon *j = jargon_parse(good, strlen(good), &errors);

	(void)state;
	assert_non_null(j);
	run("known", "The root cause is open.", j, &f);
	assert_int_equal(f.count, 1);
	assert_string_equal(f.items[0].help, "write \"reason\"");
	lint_findings_fini(&f);
	jargon_free(j);
	jargon_free(NULL);
	assert_null(jargon_parse(bad, strlen(bad), &errors));
	assert_int_equal(errors.count, 4);
	assert_int_equal(errors.items[0].line, 1);
	assert_int_equal(errors.items[3].line, 5);
	template_errors_fini(&errors);
}

static void rules_have_names(void **state)
{
	int n = 0;

	(void)state;
	for (const struct lint_rule_info *r = lint_rule_infos; r->name; r++, n++)
		assert_true(r->help[0] != '\0');
	assert_int_equal(n, 18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_update_has_no_findings),
		cmocka_unit_test(each_rule_finds_its_own),
		cmocka_unit_test(promises_are_checked),
		cmocka_unit_test(a_missing_member_of_the_minimum_is_an_error),
		cmocka_unit_test(a_hypothesis_is_called_one),
		cmocka_unit_test(a_channel_takes_so_much),
		cmocka_unit_test(a_text_says_what_the_fields_hold),
		cmocka_unit_test(findings_follow_the_fields),
		cmocka_unit_test(word_lists_are_read),
		cmocka_unit_test(rules_have_names),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

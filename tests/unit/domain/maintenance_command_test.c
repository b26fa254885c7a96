/* Commands about planned work. A case is a script: all its lines but the last are accepted, and the
 * last one is what it is about. */
#include "domain/maintenance_command.h"

#include "base/mem.h"
#include "t.h"

#define START INT64_C(1767261600000) /* 2026-01-01T10:00:00Z */

struct stage {
	struct world w;
	struct policy *policy;
	struct maintenance *m;
	struct refusal why;
	struct event_list out; /* of the last line */
	cJSON *findings;
};

static bool known(void *ctx, const char *id)
{
	(void)ctx;
	return strstr(" FR US data attach orange ", id) != NULL;
}

static bool audience_internal(void *ctx, const char *id, bool *there)
{
	(void)ctx;
	*there = strstr(" public partners team ", id) != NULL;
	return strcmp(id, "team") == 0;
}

static const char *const *audience_channels(void *ctx, const char *id, size_t *count)
{
	static const char *const public[] = { "page" }, *const partners[] = { "mail" },
				 *const team[] = { "war-room" };

	(void)ctx;
	*count = 1;
	return strcmp(id, "public") == 0 ? public : strcmp(id, "team") == 0 ? team : partners;
}

static const char *component_class(void *ctx, const char *id)
{
	(void)ctx;
	return id;
}

static const struct maintenance *maintenance(void *ctx, size_t n)
{
	struct stage *s = ctx;

	return n == 0 && s->m->version ? s->m : NULL;
}

static void set(struct stage *s)
{
	memset(s, 0, sizeof *s);
	s->policy = policy_default();
	s->m = maintenance_new("MNT-1");
	s->w = (struct world){ .policy = s->policy,
		.ctx = s,
		.region_known = known,
		.component_known = known,
		.carrier_known = known,
		.audience_internal = audience_internal,
		.audience_channels = audience_channels,
		.component_class = component_class,
		.maintenance = maintenance };
}

static void clear(struct stage *s)
{
	event_list_fini(&s->out);
	cJSON_Delete(s->findings);
	maintenance_free(s->m);
	policy_free(s->policy);
}

/* "DAY PERSON COMMAND {…}": days since the start. What is decided is folded in. */
static bool line(struct stage *s, const char *text)
{
	char person[16], name[40];
	int day, used = 0;
	struct command cmd = { .seen = 0 };
	struct err e = { 0 };
	cJSON *args;
	bool ok;

	assert_int_equal(sscanf(text, "%d %15s %39s %n", &day, person, name, &used), 3);
	args = json_parse(text + used, strlen(text + used), &e);
	if (!args)
		fail_msg("%s: %s", text, e.msg);
	cmd.name = name;
	cmd.actor = person;
	cmd.args = args;
	cmd.seen = (int)json_int(args, "seen", 0);
	cJSON_DeleteItemFromObjectCaseSensitive(args, "seen");
	event_list_fini(&s->out);
	cJSON_Delete(s->findings);
	ok = maintenance_decide(&s->w, s->m->version ? s->m : NULL, "MNT-1", &cmd,
	    (struct utc){ START + day * INT64_C(86400000) }, &s->out, &s->findings, &s->why);
	for (size_t i = 0; ok && i < s->out.count; i++)
		maintenance_evolve(s->m, event_copy(s->out.items[i]));
	cJSON_Delete(args);
	return ok;
}

#define PLAN                                                                                       \
	"0 ana maintenance-plan {\"title\":\"Cables\",\"regions\":\"FR\",\"components\":\"data\"," \
	"\"starts_at\":\"2026-02-03T01:00:00Z\",\"ends_at\":\"2026-02-03T03:00:00Z\",\"risk\":"    \
	"\"low\"}"
#define NOTICE(day, stage)                                                                         \
	day " ana maintenance-notice {\"stage\":\"" stage "\",\"text\":{\"public\":\"t\","         \
	    "\"partners\":\"t\"},\"audiences\":\"public,partners\"}"
#define IMPORT(day, sequence, status, rest)                                                        \
	day " ana maintenance-import "                                                             \
	    "{\"provider\":\"Acme\",\"reference\":\"A-7\",\"sequence\":" sequence                  \
	    ",\"status\":\"" status "\"" rest "}"
#define WINDOW                                                                                     \
	",\"title\":\"Fibre\",\"starts_at\":\"2026-02-03T10:00:00Z\",\"ends_at\":"                 \
	"\"2026-02-03T12:00:00Z\""
#define SCOPE ",\"regions\":\"FR\",\"components\":\"data\""

static const struct {
	const char *name, *lines[6];
	const char *kinds; /* of the events of the last line; NULL: it is refused */
	const char *rule;  /* of the refusal */
	enum maintenance_status status;
} cases[] = {
	{ "a plan", { PLAN }, "planned", NULL, MAINTENANCE_SCHEDULED },
	{ "backwards",
	    { "0 ana maintenance-plan {\"title\":\"C\",\"regions\":\"FR\",\"components\":\"data\","
	      "\"starts_at\":\"2026-02-03T03:00:00Z\",\"ends_at\":\"2026-02-03T01:00:00Z\","
	      "\"risk\":"
	      "\"low\"}" },
	    NULL, "time", MAINTENANCE_SCHEDULED },
	{ "by day, no reason",
	    { "0 ana maintenance-plan {\"title\":\"C\",\"regions\":\"FR\",\"components\":\"data\","
	      "\"starts_at\":\"2026-02-03T11:00:00Z\",\"ends_at\":\"2026-02-03T12:00:00Z\","
	      "\"risk\":"
	      "\"low\"}" },
	    NULL, "window", MAINTENANCE_SCHEDULED },
	{ "by day, with its reason",
	    { "0 ana maintenance-plan {\"title\":\"C\",\"regions\":\"FR\",\"components\":\"data\","
	      "\"starts_at\":\"2026-02-03T11:00:00Z\",\"ends_at\":\"2026-02-03T12:00:00Z\","
	      "\"risk\":"
	      "\"low\",\"override\":{\"window\":\"the vendor works by day\"}}" },
	    "planned overridden", NULL, MAINTENANCE_SCHEDULED },
	{ "an override of no rule",
	    { "0 ana maintenance-plan {\"title\":\"C\",\"regions\":\"FR\",\"components\":\"data\","
	      "\"starts_at\":\"2026-02-03T01:00:00Z\",\"ends_at\":\"2026-02-03T02:00:00Z\","
	      "\"risk\":"
	      "\"low\",\"override\":{\"weather\":\"x\"}}" },
	    NULL, "argument", MAINTENANCE_SCHEDULED },
	{ "no way back, and no way around it",
	    { "0 ana maintenance-plan "
	      "{\"title\":\"C\",\"regions\":\"FR\",\"components\":\"attach\","
	      "\"starts_at\":\"2026-02-03T01:00:00Z\",\"ends_at\":\"2026-02-03T02:00:00Z\","
	      "\"risk\":"
	      "\"low\",\"override\":{\"rollback\":\"x\"}}" },
	    NULL, "rollback", MAINTENANCE_SCHEDULED },
	{ "a tested way back",
	    { "0 ana maintenance-plan "
	      "{\"title\":\"C\",\"regions\":\"FR\",\"components\":\"attach\","
	      "\"starts_at\":\"2026-02-03T01:00:00Z\",\"ends_at\":\"2026-02-03T02:00:00Z\","
	      "\"risk\":"
	      "\"low\",\"rollback\":\"the old version\",\"rollback_tested\":true}" },
	    "planned", NULL, MAINTENANCE_SCHEDULED },
	{ "a notice in time", { PLAN, NOTICE("26", "notice") }, "notice_posted", NULL,
	    MAINTENANCE_SCHEDULED },
	{ "a notice too late", { PLAN, NOTICE("27", "notice") }, NULL, "notice",
	    MAINTENANCE_SCHEDULED },
	{ "a late notice with its reason",
	    { PLAN, "27 ana maintenance-notice {\"stage\":\"notice\",\"text\":{\"public\":\"t\"},"
		    "\"audiences\":\"public\",\"override\":{\"notice\":\"a security fix\"}}" },
	    "notice_posted overridden", NULL, MAINTENANCE_SCHEDULED },
	{ "an internal notice",
	    { PLAN, "1 ana maintenance-notice {\"stage\":\"notice\",\"text\":{\"team\":\"t\"},"
		    "\"audiences\":\"team\"}" },
	    NULL, "audience", MAINTENANCE_SCHEDULED },
	{ "moved, and not to all who were told",
	    { PLAN, NOTICE("1", "notice"),
		"2 ana maintenance-replan {\"starts_at\":\"2026-02-04T01:00:00Z\",\"ends_at\":"
		"\"2026-02-04T03:00:00Z\"}",
		"2 ana maintenance-notice {\"stage\":\"notice\",\"text\":{\"public\":\"t\"},"
		"\"audiences\":\"public\"}" },
	    NULL, "audience", MAINTENANCE_SCHEDULED },
	{ "moved, and told",
	    { PLAN, NOTICE("1", "notice"),
		"2 ana maintenance-replan {\"starts_at\":\"2026-02-04T01:00:00Z\",\"ends_at\":"
		"\"2026-02-04T03:00:00Z\"}",
		NOTICE("2", "notice") },
	    "notice_posted", NULL, MAINTENANCE_SCHEDULED },
	{ "moved late: the new time is new to them",
	    { PLAN, NOTICE("1", "notice"),
		"30 ana maintenance-replan {\"starts_at\":\"2026-02-04T01:00:00Z\",\"ends_at\":"
		"\"2026-02-04T03:00:00Z\"}",
		NOTICE("30", "notice") },
	    NULL, "notice", MAINTENANCE_SCHEDULED },
	{ "made shorter late: within what they know",
	    { PLAN, NOTICE("1", "notice"),
		"30 ana maintenance-replan {\"ends_at\":\"2026-02-03T02:00:00Z\"}",
		NOTICE("30", "notice") },
	    "notice_posted", NULL, MAINTENANCE_SCHEDULED },
	{ "a start that nobody was told of",
	    { PLAN, "33 ana maintenance-start {}", NOTICE("33", "start") }, NULL, "stage",
	    MAINTENANCE_IN_PROGRESS },
	{ "the start told",
	    { PLAN, NOTICE("1", "notice"), "33 ana maintenance-start {}", NOTICE("33", "start") },
	    "notice_posted", NULL, MAINTENANCE_IN_PROGRESS },
	{ "an end before it begins", { PLAN, "33 ana maintenance-end {}" }, NULL, "phase",
	    MAINTENANCE_SCHEDULED },
	{ "started and ended",
	    { PLAN, "33 ana maintenance-start {}", "34 ana maintenance-end {\"result\":\"fine\"}" },
	    "ended", NULL, MAINTENANCE_COMPLETED },
	{ "cancelled", { PLAN, "3 ana maintenance-cancel {\"reason\":\"no parts\"}" }, "cancelled",
	    NULL, MAINTENANCE_CANCELLED },
	{ "cancelled twice",
	    { PLAN, "3 ana maintenance-cancel {\"reason\":\"x\"}",
		"3 ana maintenance-cancel {\"reason\":\"x\"}" },
	    NULL, "phase", MAINTENANCE_CANCELLED },
	{ "somebody else was quicker",
	    { PLAN, "1 jon maintenance-replan {\"title\":\"Other cables\"}",
		"1 ana maintenance-cancel {\"reason\":\"x\",\"seen\":1}" },
	    NULL, "conflict", MAINTENANCE_SCHEDULED },
	{ "a note hinders nobody",
	    { PLAN, "1 jon maintenance-note {\"text\":\"n\"}",
		"1 ana maintenance-cancel {\"reason\":\"x\",\"seen\":1}" },
	    "cancelled", NULL, MAINTENANCE_CANCELLED },
	{ "a carrier's notice without our scope", { IMPORT("0", "1", "confirmed", WINDOW) }, NULL,
	    "unknown", MAINTENANCE_SCHEDULED },
	{ "a carrier's notice, by day and short", { IMPORT("30", "1", "confirmed", WINDOW SCOPE) },
	    "planned", NULL, MAINTENANCE_SCHEDULED },
	{ "a tentative one", { IMPORT("0", "1", "tentative", WINDOW SCOPE) }, "planned", NULL,
	    MAINTENANCE_TENTATIVE },
	{ "the same notice twice",
	    { IMPORT("0", "1", "confirmed", WINDOW SCOPE), IMPORT("1", "1", "confirmed", WINDOW) },
	    "", NULL, MAINTENANCE_SCHEDULED },
	{ "a newer one moves it",
	    { IMPORT("0", "1", "confirmed", WINDOW SCOPE),
		IMPORT("1", "2", "confirmed", ",\"ends_at\":\"2026-02-03T13:00:00Z\"") },
	    "replanned", NULL, MAINTENANCE_SCHEDULED },
	{ "an older one changes nothing",
	    { IMPORT("0", "2", "confirmed", WINDOW SCOPE),
		IMPORT("1", "1", "confirmed", ",\"ends_at\":\"2026-02-03T13:00:00Z\"") },
	    "", NULL, MAINTENANCE_SCHEDULED },
	{ "a cancellation cancels",
	    { IMPORT("0", "1", "confirmed", WINDOW SCOPE), IMPORT("1", "2", "cancelled", "") },
	    "replanned cancelled", NULL, MAINTENANCE_CANCELLED },
	{ "and again",
	    { IMPORT("0", "1", "confirmed", WINDOW SCOPE), IMPORT("1", "2", "cancelled", ""),
		IMPORT("1", "2", "cancelled", "") },
	    "", NULL, MAINTENANCE_CANCELLED },
	{ "a cancellation of nothing", { IMPORT("0", "1", "cancelled", WINDOW SCOPE) }, NULL,
	    "unknown", MAINTENANCE_SCHEDULED },
	{ "it is over at the carrier's",
	    { IMPORT("0", "1", "confirmed", WINDOW SCOPE), IMPORT("33", "2", "completed", "") },
	    "replanned started ended", NULL, MAINTENANCE_COMPLETED },
};

static void run(size_t n)
{
	struct stage s;
	struct buf kinds;
	size_t i = 0;

	set(&s);
	for (; cases[n].lines[i + 1]; i++)
		if (!line(&s, cases[n].lines[i]))
			fail_msg("%s: line %zu: %s", cases[n].name, i + 1, s.why.reason);
	buf_init(&kinds, 0);
	if (line(&s, cases[n].lines[i])) {
		for (size_t k = 0; k < s.out.count; k++)
			buf_addf(&kinds, "%s%s", k ? " " : "", s.out.items[k]->kind_name);
		if (!cases[n].kinds || strcmp(buf_str(&kinds), cases[n].kinds) != 0)
			fail_msg("%s: \"%s\"", cases[n].name, buf_str(&kinds));
	} else if (cases[n].kinds || strcmp(s.why.rule, cases[n].rule) != 0) {
		fail_msg("%s: refused by %s: %s", cases[n].name, s.why.rule, s.why.reason);
	} else {
		assert_int_equal(s.out.count, 0);
	}
	for (size_t k = 0; k < s.out.count; k++) {
		struct err e = { 0 };
		cJSON *json = event_to_json(s.out.items[k]);
		struct event *again = event_from_json(json, &e);

		if (!again)
			fail_msg("%s: %s", cases[n].name, e.msg);
		event_free(again);
		cJSON_Delete(json);
	}
	assert_int_equal(s.m->status, cases[n].status);
	buf_fini(&kinds);
	clear(&s);
}

/* A notice says what is so: one of another window does not put work that goes on back. */
static void a_notice_says_whether_it_goes_on(void **state)
{
	static const struct {
		const char *line, *status;
	} lines[] = { { PLAN, NULL }, { NOTICE("1", "notice"), "scheduled" },
		{ "33 ana maintenance-start {}", NULL }, { NOTICE("33", "start"), "in_progress" },
		{ "33 ana maintenance-replan {\"ends_at\":\"2026-02-03T02:00:00Z\"}", NULL },
		{ NOTICE("33", "notice"), "in_progress" }, { "34 ana maintenance-end {}", NULL },
		{ NOTICE("34", "end"), "completed" } };
	struct stage s;

	(void)state;
	set(&s);
	for (size_t i = 0; i < countof(lines); i++) {
		if (!line(&s, lines[i].line))
			fail_msg("line %zu: %s", i + 1, s.why.reason);
		if (lines[i].status)
			assert_string_equal(
			    json_str(s.out.items[0]->body, "status"), lines[i].status);
	}
	clear(&s);
}

static void every_case(void **state)
{
	(void)state;
	for (size_t n = 0; n < countof(cases); n++)
		run(n);
}

/* What a broken rule says, and that it names the way on. */
static void a_refusal_names_the_override(void **state)
{
	struct stage s;

	(void)state;
	set(&s);
	assert_true(line(&s, PLAN));
	assert_null(s.findings);
	assert_false(line(&s, NOTICE("27", "notice")));
	assert_string_equal(s.why.help, "or go on with a reason: --override notice=REASON");
	assert_string_equal(s.why.reason,
	    "minor work is told 7 calendar days before, and it begins in 6: 2026-02-03 01:00 UTC");
	assert_string_equal(json_str(s.findings->child, "rule"), "notice");
	clear(&s);
}

static void an_override_is_recorded_with_who(void **state)
{
	struct stage s;

	(void)state;
	set(&s);
	assert_true(line(&s, cases[3].lines[0]));
	assert_int_equal(s.m->override_count, 1);
	assert_string_equal(s.m->overrides[0].rule, "window");
	assert_string_equal(s.m->overrides[0].reason, "the vendor works by day");
	assert_string_equal(s.m->overrides[0].by, "ana");
	clear(&s);
}

static void every_command_and_event_has_a_case(void **state)
{
	(void)state;
	for (const struct command_info *c = maintenance_infos; c->name; c++) {
		bool there = false;

		assert_ptr_equal(maintenance_info_find(c->name), c);
		assert_null(command_find(c->name));
		for (size_t n = 0; n < countof(cases); n++)
			for (size_t i = 0; cases[n].lines[i]; i++)
				there = there || strstr(cases[n].lines[i], c->name);
		assert_true(there);
	}
	for (int k = EVENT_UNKNOWN + 1; k < EVENT_KINDS; k++) {
		bool made = !event_kinds[k].planned_work;

		for (size_t n = 0; n < countof(cases); n++)
			made =
			    made || (cases[n].kinds && strstr(cases[n].kinds, event_kinds[k].name));
		assert_true(made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(a_notice_says_whether_it_goes_on),
		cmocka_unit_test(every_command_and_event_has_a_case),
		cmocka_unit_test(a_refusal_names_the_override),
		cmocka_unit_test(an_override_is_recorded_with_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

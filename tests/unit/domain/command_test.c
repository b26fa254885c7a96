/* Commands against incidents. A script has one command a line: minute, person, command, arguments.
 * All lines but the last must be accepted; the last one is what the case is about. */
#include "domain/command.h"

#include "base/mem.h"
#include "t.h"

#include "command_cases.h"

static struct utc at_minute(int minute)
{
	return (
	    struct utc){ 1741616400000 + minute * 60000LL }; /* 2025-03-10T14:20:00Z, a Monday */
}

static bool is_one_of(const char *id, const char *const *ids)
{
	for (; *ids; ids++)
		if (strcmp(*ids, id) == 0)
			return true;
	return false;
}

static bool person_known(void *ctx, const char *id)
{
	static const char *const ids[] = { "maria", "jon", "ana", NULL };

	(void)ctx;
	return is_one_of(id, ids);
}

static bool region_known(void *ctx, const char *id)
{
	static const char *const ids[] = { "FR", "IT", "ES", NULL };

	(void)ctx;
	return is_one_of(id, ids);
}

static bool component_known(void *ctx, const char *id)
{
	static const char *const ids[] = { "data", "sms", NULL };

	(void)ctx;
	return is_one_of(id, ids);
}

static bool carrier_known(void *ctx, const char *id)
{
	static const char *const ids[] = { "orange", "sfr", NULL };

	(void)ctx;
	return is_one_of(id, ids);
}

static bool audience_internal(void *ctx, const char *id, bool *known)
{
	static const char *const ids[] = { "public", "partners", "internal", NULL };

	(void)ctx;
	*known = is_one_of(id, ids);
	return strcmp(id, "internal") == 0;
}

static bool channel_internal(void *ctx, const char *id, bool *known)
{
	static const char *const ids[] = { "page", "mail", "war-room", NULL };

	(void)ctx;
	*known = is_one_of(id, ids);
	return strcmp(id, "war-room") == 0;
}

static const char *const *audience_channels(void *ctx, const char *id, size_t *count)
{
	static const char *const public[] = { "page" }, *const partners[] = { "mail", "page" },
				 *const internal[] = { "war-room" };

	(void)ctx;
	*count = strcmp(id, "partners") == 0 ? 2 : 1;
	return strcmp(id, "public") == 0     ? public
	       : strcmp(id, "partners") == 0 ? partners
					     : internal;
}

static const struct waiting_text *waiting(
    void *ctx, const char *incident, const char *hash, size_t *count)
{
	static const struct waiting_text text = { "ab", "ana", NULL };

	(void)ctx;
	(void)incident;
	*count = !*hash || strcmp(hash, "ab") == 0;
	return *count ? &text : NULL;
}

static const struct incident *incident_by_id(void *ctx, const char *id)
{
	const struct incident *const *list = ctx;

	for (; *list; list++)
		if (strcmp((*list)->id, id) == 0)
			return *list;
	return NULL;
}

static cJSON *parsed(const char *text)
{
	struct err e = { 0 };
	cJSON *v = json_parse(text, strlen(text), &e);

	if (!v)
		fail_msg("%s: %s", text, e.msg);
	return v;
}

/* What a script runs on: INC-1, a candidate or not there yet, and an open INC-2. */
struct stage {
	struct world w;
	struct policy *policy;
	struct incident *inc, *other;
	const struct incident *list[3];
	struct event_list out; /* of the last line */
	struct refusal why;
};

#define CANDIDATE_BODY                                                                             \
	"{\"title\":\"Attach "                                                                     \
	"failing\",\"severity\":2,\"regions\":[\"FR\"],\"components\":[\"data\"],"                 \
	"\"impact\":\"i\",\"started_at\":\"2025-03-10T14:14:00Z\",\"source\":\"probe:p1\"}"

static void stage_open(struct stage *s)
{
	memset(s, 0, sizeof *s);
	s->policy = policy_default();
	s->inc = incident_new("INC-1");
	s->other = incident_new("INC-2");
	incident_evolve(s->other, event_new("INC-2", 1, at_minute(0), "ana", EVENT_OPENED,
				      parsed("{\"title\":\"t\",\"severity\":3,\"regions\":[\"IT\"],"
					     "\"components\":[\"data\"],\"started_at\":"
					     "\"2025-03-10T14:14:00Z\",\"source\":\"operator\"}")));
	s->list[0] = s->inc;
	s->list[1] = s->other;
	s->w = (struct world){ .policy = s->policy,
		.ctx = s->list,
		.person_known = person_known,
		.region_known = region_known,
		.component_known = component_known,
		.carrier_known = carrier_known,
		.audience_internal = audience_internal,
		.channel_internal = channel_internal,
		.audience_channels = audience_channels,
		.waiting = waiting,
		.incident = incident_by_id };
}

static void stage_close(struct stage *s)
{
	event_list_fini(&s->out);
	incident_free(s->inc);
	incident_free(s->other);
	policy_free(s->policy);
}

static bool run(
    struct stage *s, int minute, const char *actor, const char *name, int seen, const char *args)
{
	cJSON *doc = args[0] ? parsed(args) : NULL;
	struct command cmd = { .name = name, .actor = actor, .seen = seen, .args = doc };
	struct incident *inc = s->inc->version ? s->inc : NULL;
	bool ok;

	event_list_fini(&s->out);
	ok = command_decide(&s->w, inc, "INC-1", &cmd, at_minute(minute), &s->out, &s->why);
	assert_int_equal(ok, s->out.count > 0);
	for (size_t i = 0; i < s->out.count; i++) {
		struct err e = { 0 };
		struct event *ev = s->out.items[i];
		struct incident *of = strcmp(ev->incident, "INC-1") == 0 ? s->inc : s->other;

		if (!event_body_check(ev->kind, ev->body, &e))
			fail_msg("%s gives a body that is none: %s", name, e.msg);
		assert_int_equal(ev->version, of->version + 1);
		assert_string_equal(ev->actor, actor);
		incident_evolve(of, event_copy(ev));
	}
	cJSON_Delete(doc);
	return ok;
}

/* Runs the lines; true: the last one was accepted. */
static bool play(struct stage *s, const char *script)
{
	char *copy = xstrdup(script), *line = copy, *end;
	bool ok = true;

	for (; line; line = end) {
		int minute, used = 0, seen = 0;
		char actor[32], name[32];

		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (sscanf(line, "%d %31s %31s %n", &minute, actor, name, &used) != 3 || !used) {
			if (sscanf(line, "%d %31s %31s", &minute, actor, name) != 3)
				fail_msg("no script line: %s", line);
			used = (int)strlen(line);
		}
		if (strcmp(name, "candidate") == 0) {
			incident_evolve(s->inc, event_new("INC-1", 1, at_minute(minute), "engine",
						    EVENT_OPENED, parsed(CANDIDATE_BODY)));
			continue;
		}
		if (line[used] == '#')
			seen = (int)strtol(line + used + 1, &line, 10), used = 0,
			line += *line == ' ';
		ok = run(s, minute, actor, name, seen, line + used);
		if (!ok && end)
			fail_msg("%s in: %s", s->why.reason, script);
	}
	free(copy);
	return ok;
}

/* Every member of `part` is in `whole`, alike. */
static void has_members(const char *script, const cJSON *whole, const char *part)
{
	cJSON *expected = parsed(part);
	const cJSON *item;

	cJSON_ArrayForEach(item, expected)
	{
		const cJSON *got = json_get(whole, item->string);

		if (!got || !cJSON_Compare(got, item, true)) {
			char *text = json_text(whole);

			fail_msg("%s\nhas not this %s: %s", script, item->string, text);
		}
	}
	cJSON_Delete(expected);
}

static void every_rule_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char *script = xstrdup(cases[i].script);
		size_t len = strlen(script);
		struct stage s;
		bool ok;

		while (len && script[len - 1] == '\n')
			script[--len] = '\0';
		stage_open(&s);
		ok = play(&s, script);
		if (ok != !cases[i].refused)
			fail_msg(
			    "%s\nwas %s: %s", script, ok ? "accepted" : "refused", s.why.reason);
		if (ok) {
			assert_int_equal(s.out.items[0]->kind, cases[i].kind);
			has_members(script, s.out.items[0]->body, cases[i].members);
		} else {
			if (strcmp(s.why.rule, cases[i].refused) != 0)
				fail_msg("%s\nrefused by %s, not by %s: %s", script, s.why.rule,
				    cases[i].refused, s.why.reason);
			assert_true(s.why.reason[0] != '\0');
			assert_null(strchr(s.why.reason, '\n'));
		}
		stage_close(&s);
		free(script);
	}
}

static void every_command_has_a_case(void **state)
{
	(void)state;
	for (const struct command_info *c = command_infos; c->name; c++) {
		char word[48];
		bool accepted = false;

		assert_ptr_equal(command_find(c->name), c);
		assert_true(c->verb[0] && c->help[0] && permission_name(c->permission)[0]);
		snprintf(word, sizeof word, " %s", c->name);
		for (size_t i = 0; i < countof(cases); i++)
			accepted = accepted || (!cases[i].refused && strstr(cases[i].script, word));
		assert_true(accepted);
	}
	assert_null(command_find("launch"));
}

static void every_event_of_people_has_a_command(void **state)
{
	bool made[EVENT_KINDS] = { false };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		if (!cases[i].refused)
			made[cases[i].kind] = true;
	for (int k = EVENT_UNKNOWN + 1; k < EVENT_KINDS; k++)
		assert_true(made[k] || event_kinds[k].by_engine || event_kinds[k].planned_work);
}

static void a_refusal_names_who_did_what_and_when(void **state)
{
	struct stage s;

	(void)state;
	stage_open(&s);
	assert_false(play(&s,
	    OPEN "1 jon severity {\"severity\":1,\"reason\":\"grew\"}\n2 maria severity #1 "
		 "{\"severity\":3,\"reason\":\"r\"}"));
	assert_string_equal(s.why.reason,
	    "jon changed this at 14:21:00 UTC, after what you saw: severity 2 → 1: grew");
	assert_string_equal(s.why.help, "look at it, then decide again");
	assert_false(play(&s, "3 maria severity {\"severity\":9,\"reason\":\"r\"}"));
	assert_string_equal(s.why.argument, "severity");
	stage_close(&s);
}

static void what_the_engine_does_overtakes_nobody(void **state)
{
	struct stage s;

	(void)state;
	stage_open(&s);
	assert_true(play(&s, OPEN "1 maria ack"));
	incident_evolve(
	    s.inc, event_new("INC-1", 3, at_minute(2), "engine", EVENT_BREACHED,
		       parsed("{\"clock\":\"update\",\"due\":\"2025-03-10T14:20:00Z\"}")));
	incident_evolve(s.inc, event_new("INC-1", 4, at_minute(2), "engine", EVENT_SIGNAL,
				   parsed("{\"source\":\"probe:p\",\"status\":\"degraded\"}")));
	assert_true(play(&s, "3 jon restore #2 {\"workaround\":false}"));
	stage_close(&s);
}

static void a_clock_that_was_set_back_stops_nobody(void **state)
{
	struct stage s;

	(void)state;
	stage_open(&s);
	assert_true(play(&s, OPEN "9 maria ack\n5 maria note {\"text\":\"t\"}"));
	assert_int_equal(s.out.items[0]->at.ms, at_minute(9).ms);
	stage_close(&s);
}

static void a_merge_widens_the_other(void **state)
{
	struct stage s;

	(void)state;
	stage_open(&s);
	assert_true(play(&s, CANDIDATE "5 maria merge {\"into\":\"INC-2\",\"reason\":\"r\"}"));
	assert_int_equal(s.out.count, 2);
	assert_string_equal(s.out.items[1]->incident, "INC-2");
	assert_int_equal(s.other->region_count, 2);
	assert_string_equal(s.other->regions[1], "FR");
	assert_int_equal(s.other->component_count, 1);
	assert_int_equal(s.inc->phase, PHASE_MERGED);
	stage_close(&s);
}

static void a_low_severity_closes_without_a_report(void **state)
{
	struct stage s;

	(void)state;
	stage_open(&s);
	assert_true(play(&s,
	    "0 maria open "
	    "{\"title\":\"a\",\"severity\":3,\"regions\":\"FR\",\"components\":\"data\"}\n"
	    "4 maria update " UPDATE(
		"initial") "5 maria resolve " RESOLVE
			   "5 jon severity {\"severity\":1,\"reason\":\"while resolved\"}\n"
			   "6 maria update " LAST_UPDATE("resolved") "7 maria close"));
	assert_int_equal(s.inc->phase, PHASE_CLOSED);
	stage_close(&s);
}

static void a_reopened_incident_is_told_again(void **state)
{
	struct stage s;

	(void)state;
	stage_open(&s);
	assert_false(
	    play(&s, "0 maria open "
		     "{\"title\":\"a\",\"severity\":3,\"regions\":\"FR\",\"components\":\"data\"}\n"
		     "4 maria update " UPDATE("initial") "5 maria resolve " RESOLVE
							 "6 maria update " LAST_UPDATE(
							     "resolved") "7 jon reopen " WHY
									 "\n8 jon resolve " RESOLVE
									 "9 jon close"));
	assert_string_equal(s.why.rule, "untold");
	stage_close(&s);
}

static void a_hand_over_has_a_brief(void **state)
{
	struct stage s;
	const char *brief;

	(void)state;
	stage_open(&s);
	assert_true(
	    play(&s, OPEN "1 maria role {\"role\":\"ic\",\"person\":\"maria\"}\n"
			  "2 maria hypothesis {\"text\":\"signalling\"}\n"
			  "2 maria action {\"text\":\"reroute\",\"owner\":\"ana\"}\n"
			  "3 maria escalate {\"to\":2,\"contact\":\"ana\"}\n"
			  "4 maria update " UPDATE("initial") "5 maria offer {\"to\":\"jon\"}"));
	brief = json_str(s.out.items[0]->body, "brief");
	assert_non_null(brief);
	assert_string_equal(brief,
	    "Sev 2 since 14:14 UTC: Attach failing\n"
	    "Impact: i\n"
	    "Roles: IC maria, COMMS vacant, TECH vacant, LIAISON vacant\n"
	    "Due: update by 14:54 UTC, workaround by 22:20 UTC, fix by 2025-03-11 14:20 UTC, tier3 "
	    "by 15:23 "
	    "UTC\n"
	    "Updates: 1, the last (initial) at 14:24 UTC, next promised by 14:54 UTC\n"
	    "Engaged: tier 2 (ana) not answered\n"
	    "Hypothesis (not proven): signalling\n"
	    "In progress: reroute, ana\n");
	stage_close(&s);
}

static void long_texts_are_refused(void **state)
{
	char *args = xcalloc(1, COMMAND_TEXT_MAX + 64);
	struct stage s;

	(void)state;
	stage_open(&s);
	assert_true(play(&s, OPEN "1 maria ack"));
	snprintf(args, 64, "{\"text\":\"");
	memset(args + 9, 'x', COMMAND_TEXT_MAX);
	memcpy(args + 9 + COMMAND_TEXT_MAX, "\"}", 2);
	assert_true(run(&s, 2, "maria", "note", 0, args));
	args[9 + COMMAND_TEXT_MAX] = 'x';
	memcpy(args + 10 + COMMAND_TEXT_MAX, "\"}", 2);
	assert_false(run(&s, 3, "maria", "note", 0, args));
	assert_string_equal(s.why.rule, "limit");
	free(args);
	stage_close(&s);
}

static void permissions_have_words(void **state)
{
	(void)state;
	assert_int_equal(permission_parse("view"), PERM_VIEW);
	assert_int_equal(permission_parse("command"), PERM_COMMAND | PERM_RESPOND | PERM_VIEW);
	assert_int_equal(permission_parse("publish"), PERM_PUBLISH | PERM_VIEW);
	assert_int_equal(permission_parse("root"), 0);
	assert_string_equal(permission_name(PERM_ADMIN), "admin");
	assert_string_equal(permission_name(3), "");
	assert_int_equal(command_find("update")->permission, PERM_PUBLISH);
	assert_int_equal(command_find("update")->danger, DANGER_OUTWARD);
	assert_int_equal(command_find("note")->permission, PERM_RESPOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_both_ways),
		cmocka_unit_test(every_command_has_a_case),
		cmocka_unit_test(every_event_of_people_has_a_command),
		cmocka_unit_test(a_refusal_names_who_did_what_and_when),
		cmocka_unit_test(what_the_engine_does_overtakes_nobody),
		cmocka_unit_test(a_clock_that_was_set_back_stops_nobody),
		cmocka_unit_test(a_merge_widens_the_other),
		cmocka_unit_test(a_low_severity_closes_without_a_report),
		cmocka_unit_test(a_reopened_incident_is_told_again),
		cmocka_unit_test(a_hand_over_has_a_brief),
		cmocka_unit_test(long_texts_are_refused),
		cmocka_unit_test(permissions_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "domain/scenario.h"

#include "base/embed.h"
#include "domain/command.h"
#include "t.h"

/* The shortest one that is right; faults are made by putting lines behind it. */
#define LEAST                                                                                      \
	"name: n\n"                                                                                \
	"summary: s\n"                                                                             \
	"config: |\n"                                                                              \
	"  x\n"

static struct scenario *load(const char *text, struct cfg_problems *problems)
{
	struct cfg_source source = { "t.yaml", text, strlen(text) };

	*problems = (struct cfg_problems){ 0 };
	return scenario_load(&source, problems);
}

static void the_least(void **state)
{
	struct cfg_problems problems;
	struct scenario *s = load(LEAST, &problems);

	(void)state;
	assert_non_null(s);
	assert_string_equal(s->name.s, "n");
	assert_int_equal(s->limit_ms, 40 * 60 * 1000);
	assert_int_equal(s->world.count, 0);
	scenario_free(s);
	scenario_free(NULL);
}

static void everything_is_read(void **state)
{
	struct cfg_problems problems;
	struct scenario *s = load(LEAST
	    "limit: 5m\n"
	    "start: { \"/*\": ok, \"/hook\": [sink] }\n"
	    "pages:\n"
	    "  - { id: p, title: T, components: [Data, SMS] }\n"
	    "world:\n"
	    "  - { at: 90s, set: { \"/a\": \"fail 503\" } }\n"
	    "  - { when: carrier, at: 2m, page: p, component: Data, status: degraded }\n"
	    "  - { page: p, incident: i1, title: T, state: identified, impact: major, text: x }\n"
	    "commander:\n"
	    "  - { when: candidate, after: 20s, do: ack }\n"
	    "  - { when: open, do: role, args: { role: ic, person: you } }\n",
	    &problems);

	(void)state;
	assert_non_null(s);
	assert_int_equal(s->limit_ms, 300000);
	assert_int_equal(s->start.count, 2);
	assert_string_equal(s->start.items[1].key.s, "/hook");
	assert_int_equal(s->pages.count, 1);
	assert_int_equal(s->pages.items[0].components.count, 2);
	assert_int_equal(s->world.count, 3);
	assert_int_equal(s->world.items[0].at_ms, 90000);
	assert_string_equal(s->world.items[0].set.items[0].values.items[0].s, "fail 503");
	assert_string_equal(s->world.items[1].when.s, "carrier");
	assert_string_equal(s->world.items[2].state.s, "identified");
	assert_int_equal(s->commander.count, 2);
	assert_int_equal(s->commander.items[0].after_ms, 20000);
	assert_string_equal(s->commander.items[1].args.items[1].values.items[0].s, "you");
	scenario_free(s);
}

static const struct {
	const char *text;
	int line, column;
	const char *says;
} faults[] = {
	{ "", 1, 1, "the scenario is empty" },
	{ "name: n\nsummary: s\n", 1, 1, "config" },
	{ "name: n\nsummary: s\nconfig: |\n  x\nlimit: soon\n", 5, 8, "soon" },
	{ LEAST "moon: full\n", 5, 1, "moon" },
	{ LEAST "world:\n  - { at: 1s, when: tuesday }\n", 6, 21, "no condition \"tuesday\"" },
	{ LEAST "world:\n  - { at: 1s, page: p }\n", 6, 21, "no page \"p\"" },
	{ LEAST
	    "pages: [ { id: p, title: T } ]\nworld:\n  - { page: p, component: c, status: red }\n",
	    7, 38, "no status \"red\"" },
	{ LEAST "world:\n  - { at: 1s, state: broken }\n", 6, 22, "broken" },
	{ LEAST "commander:\n  - { when: nobody, do: ack }\n", 6, 13, "no condition \"nobody\"" },
	{ LEAST "commander:\n  - { when: open }\n", 6, 5, "do" },
	{ LEAST "commander:\n  - { when: open, do: dance }\n", 6, 23, "no command \"dance\"" },
	{ LEAST "world: [ { at: 1s\n", 6, 1, "flow" },
};

static void faults_have_a_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct cfg_problems problems;
		const struct cfg_problem *p;

		assert_null(load(faults[i].text, &problems));
		assert_true(problems.count >= 1);
		p = &problems.items[0];
		if (p->pos.line != faults[i].line || p->pos.column != faults[i].column ||
		    !strstr(p->what, faults[i].says))
			fail_msg(
			    "%s\n%d:%d: %s", faults[i].text, p->pos.line, p->pos.column, p->what);
		assert_string_equal(p->file, "t.yaml");
		cfg_problems_fini(&problems);
	}
}

static void all_faults_in_one_run(void **state)
{
	struct cfg_problems problems;

	(void)state;
	assert_null(load(LEAST "world:\n  - { when: a }\n  - { page: b }\ncommander:\n"
			       "  - { when: c, do: ack }\n",
	    &problems));
	assert_int_equal(problems.count, 3);
	cfg_problems_fini(&problems);
}

static void marks_are_filled_in(void **state)
{
	struct cfg_problems problems;
	struct scenario *s = load("name: n\nsummary: s\nconfig: \"{farm}/{region} {mail} {user} "
				  "{scratch}{scratch} {\"\n",
	    &problems);
	char *text;

	(void)state;
	assert_non_null(s);
	text = scenario_config(s, "127.0.0.1:8", "127.0.0.1:9", "{farm}", "/tmp/x");
	assert_string_equal(text, "127.0.0.1:8/{region} 127.0.0.1:9 {farm} /tmp/x/tmp/x {");
	free(text);
	scenario_free(s);
}

/* ---- conditions ---- */

static void tell(struct snapshot *s, const char *text)
{
	struct err e = { 0 };
	cJSON *o = json_parse(text, strlen(text), &e);

	if (!o || !snapshot_apply(s, o, &e))
		fail_msg("%s: %s", text, e.msg);
	cJSON_Delete(o);
}

/* What each condition takes to hold; nothing else of these makes it hold. */
static const struct {
	const char *condition, *members;
} conditions[] = {
	{ "candidate", "\"phase\":\"detected\"" },
	{ "open", "\"phase\":\"open\"" },
	{ "ic", "\"phase\":\"merged\",\"role\":[{\"person\":\"a\"}]" },
	{ "comms", "\"phase\":\"merged\",\"role\":[{},{\"person\":\"a\"}]" },
	{ "tech", "\"phase\":\"merged\",\"role\":[{},{},{\"person\":\"a\"}]" },
	{ "liaison", "\"phase\":\"merged\",\"role\":[{},{},{},{\"person\":\"a\"}]" },
	{ "updated", "\"phase\":\"merged\",\"updates\":[{\"stage\":\"initial\"}]" },
	{ "tier2", "\"phase\":\"merged\",\"engagements\":[{\"tier\":2}]" },
	{ "tier3", "\"phase\":\"merged\",\"engagements\":[{\"tier\":3}]" },
	{ "involved", "\"phase\":\"merged\",\"dependencies\":[{\"carrier\":\"o\"}]" },
	{ "carrier", "\"phase\":\"merged\",\"engagements\":[{\"tier\":0,\"carrier\":\"o\"}]" },
	{ "green", "\"phase\":\"merged\",\"sources_total\":3,\"sources_failing\":0" },
	{ "restored", "\"phase\":\"restored\"" },
	{ "told-restored", "\"phase\":\"merged\",\"updates\":[{\"stage\":\"restored\"}]" },
	{ "resolved", "\"phase\":\"resolved\"" },
	{ "told-resolved", "\"phase\":\"merged\",\"updates\":[{\"stage\":\"resolved\"}]" },
};

static bool implied(const char *condition, const char *by)
{
	return strcmp(condition, by) == 0 ||
	       (strcmp(condition, "updated") == 0 && strncmp(by, "told-", 5) == 0);
}

static void conditions_hold_when_they_should(void **state)
{
	size_t count = 0;

	(void)state;
	while (scenario_conditions[count].name)
		count++;
	assert_int_equal(count, sizeof conditions / sizeof *conditions);
	for (size_t i = 0; i < count; i++) {
		struct snapshot *s = snapshot_new();
		char text[300];

		assert_false(scenario_met(conditions[i].condition, s)); /* no incident at all */
		/* "merged" stands for a phase that no condition is about: the incident is asked of
		 * directly then. */
		snprintf(text, sizeof text,
		    "{\"o\":\"incident\",\"id\":\"INC-1\",\"opened_at\":\"2025-03-10T12:00:00Z\","
		    "%s}",
		    conditions[i].members);
		tell(s, text);
		for (size_t k = 0; k < count; k++) {
			const struct scenario_condition *c = &scenario_conditions[k];

			assert_int_equal(c->met(s, snap_incident(s, "INC-1")),
			    implied(c->name, conditions[i].condition));
			assert_true(strlen(c->help) > 5);
		}
		snapshot_free(s);
	}
}

static void conditions_look_at_the_first_incident(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	assert_null(scenario_incident(s));
	tell(s, "{\"o\":\"incident\",\"id\":\"INC-3\",\"phase\":\"open\",\"opened_at\":"
		"\"2025-03-10T12:05:00Z\"}");
	tell(s, "{\"o\":\"incident\",\"id\":\"INC-2\",\"phase\":\"detected\",\"opened_at\":"
		"\"2025-03-10T12:01:00Z\"}");
	tell(s, "{\"o\":\"incident\",\"id\":\"INC-1\",\"phase\":\"dismissed\",\"opened_at\":"
		"\"2025-03-10T12:00:00Z\"}");
	assert_string_equal(scenario_incident(s)->id, "INC-2");
	assert_true(scenario_met("candidate", s));
	assert_false(scenario_met("open", s));
	snapshot_free(s);
}

/* ---- what ships ---- */

static const struct zone *any_zone(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return zone_utc();
}

static void commander_speaks_commands(const struct scenario *s)
{
	for (size_t i = 0; i < s->commander.count; i++) {
		const struct scenario_move *m = &s->commander.items[i];
		const struct command_info *info = command_find(m->command.s);

		if (!info)
			fail_msg(
			    "%s:%d: there is no command %s", s->name.s, m->pos.line, m->command.s);
		if (strcmp(m->command.s, "update") == 0)
			continue; /* its arguments are the fields of a template */
		for (size_t k = 0; k < m->args.count; k++) {
			bool known = false;

			for (size_t n = 0; n < COMMAND_ARGS && info->args[n].name; n++)
				known |= strcmp(info->args[n].name, m->args.items[k].key.s) == 0;
			if (!known)
				fail_msg("%s:%d: %s takes no %s", s->name.s, m->pos.line,
				    info->name, m->args.items[k].key.s);
		}
	}
}

static void shipped_scenarios_are_right(void **state)
{
	static const char dir[] = "share/scenarios/";
	size_t found = 0;

	(void)state;
	for (const struct embedded *f = embedded_files; f->name; f++) {
		struct cfg_source source = { f->name, (const char *)f->data, f->len };
		struct cfg_problems problems = { 0 };
		struct cfg_source config = { .name = "config" };
		struct scenario *s;
		struct config *c;
		char *text;

		if (strncmp(f->name, dir, sizeof dir - 1) != 0)
			continue;
		found++;
		s = scenario_load(&source, &problems);
		if (!s)
			fail_msg("%s:%d: %s", f->name, problems.items[0].pos.line,
			    problems.items[0].what);
		text =
		    scenario_config(s, "127.0.0.1:9999", "127.0.0.1:25", "tester", "/tmp/scratch");
		assert_null(strstr(text, "{farm}"));
		config.text = text;
		config.len = strlen(text);
		c = config_load(&config, 1, NULL, any_zone, NULL, &problems);
		if (!c)
			fail_msg("%s: its configuration: %d:%d: %s", f->name,
			    problems.items[0].pos.line, problems.items[0].pos.column,
			    problems.items[0].what);
		assert_non_null(config_login(c, "tester"));
		assert_true(s->limit_ms > 0);
		commander_speaks_commands(s);
		config_free(c);
		free(text);
		scenario_free(s);
	}
	assert_true(found >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least),
		cmocka_unit_test(everything_is_read),
		cmocka_unit_test(faults_have_a_place),
		cmocka_unit_test(all_faults_in_one_run),
		cmocka_unit_test(marks_are_filled_in),
		cmocka_unit_test(conditions_hold_when_they_should),
		cmocka_unit_test(conditions_look_at_the_first_incident),
		cmocka_unit_test(shipped_scenarios_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

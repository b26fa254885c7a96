/* `approval` of the policy: what it sets, and what of it cannot be meant. */
#include "t.h"

#include "base/mem.h"
#include "domain/config.h"

static const char people[] = "regions: [ { id: FR, name: France } ]\n"
			     "components: [ { id: data, name: Data, class: data } ]\n"
			     "people:\n"
			     "  - { id: maria, can: [command, publish] }\n"
			     "  - { id: jon, can: respond }\n";
static const char nobody[] = "regions: [ { id: FR, name: France } ]\n"
			     "components: [ { id: data, name: Data, class: data } ]\n";

static const struct zone *any_zone(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return zone_utc();
}

static struct config *load(const char *main, const char *policy, struct cfg_problems *problems)
{
	struct cfg_source source = { "nocboard.yaml", main, strlen(main) };
	struct cfg_source rules = { "policy.yaml", policy, strlen(policy) };

	return config_load(&source, 1, &rules, any_zone, NULL, problems);
}

static void severities_and_names_are_taken(void **state)
{
	static const struct {
		const char *policy;
		bool approval[SEVERITIES];
		const char *by[3];
	} cases[] = {
		{ "send_delay: 1s\n", { false }, { NULL } },
		{ "approval: { severities: [1, 2] }\n", { true, true }, { NULL } },
		{ "approval: { severities: 3, by: maria }\n", { false, false, true }, { "maria" } },
		{ "approval: { by: [ic, maria], severities: [4] }\n", { false, false, false, true },
		    { "ic", "maria" } },
		{ "approval:\n  severities:\n    - 1\n  by:\n    - comms\n", { true },
		    { "comms" } },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct cfg_problems problems = { 0 };
		struct config *c = load(people, cases[i].policy, &problems);
		size_t n = 0;

		if (!c)
			fail_msg("case %zu: %s", i, problems.items[0].what);
		assert_memory_equal(
		    c->policy->approval, cases[i].approval, sizeof c->policy->approval);
		for (; cases[i].by[n]; n++) {
			assert_true(n < c->policy->approver_count);
			assert_string_equal(c->policy->approvers[n], cases[i].by[n]);
		}
		assert_int_equal(c->policy->approver_count, n);
		config_free(c);
	}
}

static void what_cannot_be_meant_has_a_place(void **state)
{
	static const struct {
		const char *policy;
		int line, column;
		const char *what, *help;
	} cases[] = {
		{ "send_delay: 1s\napproval: { severities: [1], by: [ic, mara] }\n", 2, 39,
		    "there is no person and no role \"mara\"", "maria" },
		{ "approval:\n  severities: [1]\n  by: [coms]\n", 3, 8,
		    "there is no person and no role \"coms\"", "comms" },
		{ "approval: { severities: [1], by: zebedee }\n", 1, 34,
		    "there is no person and no role \"zebedee\"", "a role: ic, comms" },
		{ "approval: { severities: [1], by: [jon] }\n", 1, 35, "\"jon\" may not publish",
		    "give them \"publish\"" },
		{ "approval: { severities: [1], by: [] }\n", 1, 34, "\"by\" names nobody",
		    "leave \"by\" out" },
		{ "approval: { severities: [1], by: [[ic]] }\n", 1, 35,
		    "\"by\" takes people and roles", "" },
		{ "approval: { severities: [1], by: { ic: true } }\n", 1, 34,
		    "\"by\" takes people and roles", "" },
		{ "approval: { severities: [1, 5] }\n", 1, 29, "\"5\" is no severity", "" },
		{ "approval: { severities: { 1: true } }\n", 1, 25, "\"severities\" takes 1 to 4",
		    "" },
		{ "approval: { severity: [1] }\n", 1, 13, "\"approval\" has no key \"severity\"",
		    "severities" },
		{ "approval: always\n", 1, 11, "\"approval\" takes severities and by", "" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct cfg_problems problems = { 0 };
		const struct cfg_problem *p;

		assert_null(load(people, cases[i].policy, &problems));
		assert_int_equal(problems.count, 1);
		p = &problems.items[0];
		if (!strstr(p->what, cases[i].what) || strcmp(p->file, "policy.yaml") != 0 ||
		    p->pos.line != cases[i].line || p->pos.column != cases[i].column ||
		    !strstr(p->help ? p->help : "", cases[i].help))
			fail_msg("case %zu: %s:%d:%d: %s (%s)", i, p->file, p->pos.line,
			    p->pos.column, p->what, p->help ? p->help : "");
		cfg_problems_fini(&problems);
	}
}

/* Then people are the logins of this host, which only they know. */
static void without_people_any_name_may_be_one(void **state)
{
	struct cfg_problems problems = { 0 };
	struct config *c = load(nobody, "approval: { severities: [1], by: [mara] }\n", &problems);

	(void)state;
	assert_non_null(c);
	config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(severities_and_names_are_taken),
		cmocka_unit_test(what_cannot_be_meant_has_a_place),
		cmocka_unit_test(without_people_any_name_may_be_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

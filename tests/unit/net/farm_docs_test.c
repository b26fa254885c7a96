/* docs/drill.md tells every behaviour of the farm, and what ships uses none that is none. */
#include "base/buf.h"
#include "base/embed.h"
#include "domain/scenario.h"
#include "net/farm.h"
#include "t.h"

static void every_behaviour_is_told(void **state)
{
	char *text = slurp(top_path("docs/drill.md"), NULL);
	size_t i = 0;

	(void)state;
	assert_non_null(text);
	for (; farm_behaviour_name(i); i++) {
		struct buf bare, with;

		buf_init(&bare, 0);
		buf_init(&with, 0);
		buf_addf(&bare, "`%s`", farm_behaviour_name(i));
		buf_addf(&with, "`%s ", farm_behaviour_name(i));
		if (!strstr(text, buf_str(&bare)) && !strstr(text, buf_str(&with)))
			fail_msg("docs/drill.md does not tell %s", farm_behaviour_name(i));
		buf_fini(&bare);
		buf_fini(&with);
	}
	assert_true(i > 15);
	free(text);
}

static void must_behave(const struct cfg_pairs *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct err e = { 0 };

		if (!farm_behaviour_ok(set->items[i].values.items[0].s, &e))
			fail_msg("line %d: %s", set->items[i].key.pos.line, e.msg);
	}
}

static void shipped_scenarios_behave(void **state)
{
	static const char dir[] = "share/scenarios/";

	(void)state;
	for (const struct embedded *f = embedded_files; f->name; f++) {
		struct cfg_source source = { f->name, (const char *)f->data, f->len };
		struct cfg_problems problems = { 0 };
		struct scenario *s;

		if (strncmp(f->name, dir, sizeof dir - 1) != 0)
			continue;
		s = scenario_load(&source, &problems);
		assert_non_null(s);
		assert_true(s->start.count > 0);
		must_behave(&s->start);
		for (size_t i = 0; i < s->world.count; i++)
			must_behave(&s->world.items[i].set);
		scenario_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_behaviour_is_told),
		cmocka_unit_test(shipped_scenarios_behave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/nearest.h"

#include "base/mem.h"
#include "t.h"

static void slips_are_found(void **state)
{
	static const char *const words[] = { "clocks", "help", "incident", "status" };
	static const struct {
		const char *word, *near;
	} cases[] = {
		{ "clock", "clocks" },
		{ "clcoks", "clocks" },
		{ "halp", "help" },
		{ "incidnet", "incident" },
		{ "status", "status" },
		{ "x", NULL },
		{ "", NULL },
		{ "engine", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		const char *near = nearest_word(cases[i].word, words, countof(words));

		if (cases[i].near)
			assert_string_equal(near, cases[i].near);
		else
			assert_null(near);
	}
	assert_null(nearest_word("help", words, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(slips_are_found) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "ui/lineedit.h"

#include <locale.h>

#include "t.h"

/* A script: edit.* actions by their last word, texts with a leading '='. The result shows the
 * cursor as '|'. */
static void check(const char *start, const char *const *script, const char *want)
{
	struct lineedit le;
	char have[200];

	lineedit_init(&le, start);
	for (; *script; script++) {
		char id[64];

		if ((*script)[0] == '=') {
			assert_true(lineedit_insert(&le, *script + 1, strlen(*script) > 2));
			continue;
		}
		snprintf(id, sizeof id, "edit.%s", *script);
		assert_true(lineedit_act(&le, id));
	}
	snprintf(have, sizeof have, "%.*s|%s", (int)le.at, le.text, le.text + le.at);
	assert_string_equal(have, want);
	assert_int_equal(le.len, strlen(le.text));
	lineedit_fini(&le);
}

#define S(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void moves_and_cuts(void **state)
{
	(void)state;
	check("abc", S("left", "=X"), "abX|c");
	check("abc", S("home", "left", "=X"), "X|abc");
	check("abc", S("right"), "abc|");
	check("one two  three", S("word-left"), "one two  |three");
	check("one two  three", S("word-left", "word-left"), "one |two  three");
	check("one two", S("home", "word-right"), "one| two");
	check("abc", S("home", "end", "back"), "ab|");
	check("abc", S("home", "back"), "|abc");
	check("abc", S("home", "delete"), "|bc");
	check("abc", S("delete"), "abc|");
	check("one two", S("kill-word"), "one |");
	check("one two", S("kill-word", "yank"), "one two|");
	check("one two", S("kill-line", "=x"), "x|");
	check("one two", S("home", "word-right", "kill-end"), "one|");
	check("one two", S("home", "kill-end", "yank", "yank"), "one twoone two|");
	check("", S("back", "delete", "kill-word", "kill-line", "kill-end", "yank", "undo"), "|");
}

static void clusters_are_one_character(void **state)
{
	(void)state;
	check("ae\u0301", S("back"), "a|");
	check("a東b", S("left", "left"), "a|東b");
	check("a東b", S("left", "back"), "a|b");
	check("ae\u0301", S("home", "right", "delete"), "a|");
}

static void typing_is_one_step_of_undo_and_a_paste_another(void **state)
{
	(void)state;
	check("", S("=a", "=b", "=c", "undo"), "|");
	check("", S("=a", "=b", "=pasted", "undo"), "ab|");
	check("", S("=a", "=pasted", "=c", "undo", "undo"), "a|");
	check("x", S("kill-line", "undo"), "x|");
	check("x", S("undo"), "x|");
}

static void it_has_a_limit(void **state)
{
	struct lineedit le;
	char *big = malloc(LINEEDIT_MAX + 3);

	(void)state;
	lineedit_init(&le, "");
	memset(big, 'x', LINEEDIT_MAX - 1);
	memcpy(big + LINEEDIT_MAX - 1, "é", 3);
	assert_false(lineedit_insert(&le, big, true));
	/* Cut between characters: the last one would be half. */
	assert_int_equal(le.len, LINEEDIT_MAX - 1);
	assert_true(lineedit_insert(&le, "y", false));
	assert_int_equal(le.len, LINEEDIT_MAX);
	assert_false(lineedit_insert(&le, "y", false));
	assert_false(lineedit_act(&le, "edit.nope"));
	assert_false(lineedit_act(&le, "list.next"));
	lineedit_fini(&le);
	free(big);
}

static void undo_keeps_so_many_steps(void **state)
{
	struct lineedit le;

	(void)state;
	lineedit_init(&le, "");
	for (int i = 0; i < LINEEDIT_UNDO + 10; i++)
		lineedit_insert(&le, "ab", true);
	for (int i = 0; i < LINEEDIT_UNDO + 10; i++)
		lineedit_act(&le, "edit.undo");
	assert_int_equal(le.len, 20);
	lineedit_fini(&le);
}

static void the_cursor_is_always_seen(void **state)
{
	struct canvas c;
	struct lineedit le;
	struct buf b;

	(void)state;
	canvas_init(&c, 10, 3);
	lineedit_init(&le, "0123456789abcdef");
	lineedit_draw(&le, &c, 0, 0, 6, STYLE_FIELD, true);
	assert_int_equal(c.cursor_x, 5);
	buf_init(&b, 0);
	canvas_row_text(&c, 0, &b);
	assert_string_equal(buf_str(&b), "bcdef");
	buf_clear(&b);
	lineedit_draw(&le, &c, 0, 0, 6, STYLE_FIELD, false);
	canvas_row_text(&c, 0, &b);
	assert_string_equal(buf_str(&b), "01234…");
	buf_clear(&b);
	lineedit_set(&le, "one\ntwo\nthree\nfour");
	assert_int_equal(
	    lineedit_draw_lines(&le, &c, (struct rect){ 0, 0, 6, 2 }, STYLE_FIELD, true), 4);
	assert_int_equal(c.cursor_y, 1);
	assert_int_equal(c.cursor_x, 4);
	canvas_row_text(&c, 0, &b);
	assert_string_equal(buf_str(&b), "three");
	buf_fini(&b);
	lineedit_fini(&le);
	canvas_fini(&c);
}

static int setup(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_and_cuts),
		cmocka_unit_test(clusters_are_one_character),
		cmocka_unit_test(typing_is_one_step_of_undo_and_a_paste_another),
		cmocka_unit_test(it_has_a_limit),
		cmocka_unit_test(undo_keeps_so_many_steps),
		cmocka_unit_test(the_cursor_is_always_seen),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

#include "ui/canvas.h"

#include <locale.h>

#include "t.h"

static int setup(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	return 0;
}

static void assert_row(const struct canvas *c, int y, const char *want)
{
	struct buf b;

	buf_init(&b, 0);
	canvas_row_text(c, y, &b);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

static void put_returns_the_column_behind(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 10, 2);
	assert_int_equal(canvas_put(&c, 1, 0, STYLE_STRONG, "ab東"), 5);
	assert_row(&c, 0, " ab東");
	assert_int_equal(canvas_cell(&c, 1, 0)->style, STYLE_STRONG);
	assert_string_equal(canvas_cell(&c, 3, 0)->text, "東");
	assert_string_equal(canvas_cell(&c, 4, 0)->text, "");
	assert_null(canvas_cell(&c, 10, 0));
	assert_null(canvas_cell(&c, 0, 2));
	canvas_fini(&c);
}

static void wide_cells_never_stay_half(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 4, 1);
	canvas_put(&c, 1, 0, STYLE_TEXT, "東");
	canvas_put(&c, 2, 0, STYLE_TEXT, "x");
	assert_row(&c, 0, "  x");
	canvas_clear(&c);
	canvas_put(&c, 1, 0, STYLE_TEXT, "東");
	canvas_put(&c, 1, 0, STYLE_TEXT, "x");
	assert_row(&c, 0, " x");
	assert_string_equal(canvas_cell(&c, 2, 0)->text, " ");
	/* At the right edge there is room for half of it: none is drawn. */
	canvas_clear(&c);
	canvas_put(&c, 3, 0, STYLE_TEXT, "東");
	assert_row(&c, 0, "");
	canvas_fini(&c);
}

static void marks_stay_with_their_base(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 4, 1);
	assert_int_equal(canvas_put(&c, 0, 0, STYLE_TEXT, "e\u0301x"), 2);
	assert_string_equal(canvas_cell(&c, 0, 0)->text, "e\u0301");
	canvas_fini(&c);
}

static void clip_drops_what_is_outside(void **state)
{
	struct canvas c;
	struct rect old;

	(void)state;
	canvas_init(&c, 10, 3);
	old = canvas_clip(&c, (struct rect){ 2, 1, 3, 1 });
	canvas_put(&c, 0, 1, STYLE_TEXT, "abcdefgh");
	canvas_put(&c, 2, 0, STYLE_TEXT, "no");
	canvas_cursor(&c, 0, 0);
	assert_int_equal(c.cursor_x, -1);
	canvas_unclip(&c, old);
	assert_row(&c, 0, "");
	assert_row(&c, 1, "  cde");
	canvas_put(&c, 8, 2, STYLE_TEXT, "abc");
	assert_row(&c, 2, "        ab");
	canvas_fini(&c);
}

static void field_cuts_with_an_ellipsis(void **state)
{
	static const struct {
		const char *text;
		int width;
		const char *want;
	} cases[] = {
		{ "abc", 5, "abc  |" },
		{ "abcde", 5, "abcde|" },
		{ "abcdef", 5, "abcd…|" },
		{ "東京都", 5, "東京…|" },
		{ "東京都", 4, "東… |" },
		{ "", 2, "  |" },
		{ "abc", 1, "…|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct canvas c;
		int w = cases[i].width;

		canvas_init(&c, 12, 1);
		assert_int_equal(canvas_field(&c, 0, 0, w, STYLE_TEXT, cases[i].text), w);
		canvas_put(&c, w, 0, STYLE_TEXT, "|");
		assert_row(&c, 0, cases[i].want);
		canvas_fini(&c);
	}
}

static void wrap_breaks_at_blanks(void **state)
{
	const struct rect r = { 0, 0, 6, 4 };
	struct canvas c;

	(void)state;
	canvas_init(&c, 6, 4);
	assert_int_equal(canvas_wrap(&c, r, STYLE_TEXT, "one two\nlongerword x", 0), 4);
	assert_row(&c, 0, "one");
	assert_row(&c, 1, "two");
	assert_row(&c, 2, "longer");
	assert_row(&c, 3, "word x");
	canvas_clear(&c);
	assert_int_equal(
	    canvas_wrap(&c, (struct rect){ 0, 0, 6, 1 }, STYLE_TEXT, "ab cd ef", 0), 2);
	assert_row(&c, 0, "ab cd…");
	canvas_clear(&c);
	assert_int_equal(canvas_wrap(&c, r, STYLE_TEXT, "a\n\nb", 1), 3);
	assert_row(&c, 0, "");
	assert_row(&c, 1, "b");
	/* A place without width draws nothing and does not hang. */
	assert_int_equal(canvas_wrap(&c, (struct rect){ 0, 0, 0, 4 }, STYLE_TEXT, "a b", 0), 0);
	canvas_fini(&c);
}

static void ascii_has_the_same_widths(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 12, 1);
	c.ascii = true;
	canvas_put(&c, 0, 0, STYLE_TEXT, "─│✓…東é▁");
	assert_row(&c, 0, "-|v~? ?_");
	canvas_fini(&c);
	assert_string_equal(canvas_ascii("a"), "a");
	assert_string_equal(canvas_ascii("é"), "?");
}

/* On the console of Linux: letters stay, what its font has not is replaced. */
static void latin_letters_stay(void **state)
{
	struct canvas c;
	struct buf b;

	(void)state;
	canvas_init(&c, 20, 1);
	buf_init(&b, 100);
	c.ascii = c.latin = true;
	canvas_put(&c, 0, 0, STYLE_TEXT, "│Île-de-Łódź 中");
	canvas_row_text(&c, 0, &b);
	assert_string_equal(buf_str(&b), "|Île-de-Łódź ?");
	buf_fini(&b);
	canvas_fini(&c);
}

static void controls_reach_no_cell(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 12, 1);
	canvas_put(&c, 0, 0, STYLE_TEXT, "a\033[31mb\r\n\x7f!");
	for (int x = 0; x < 12; x++) {
		unsigned char b = (unsigned char)canvas_cell(&c, x, 0)->text[0];

		assert_true(b >= ' ' && b != 0x7f);
	}
	assert_row(&c, 0, "a [31mb   !");
	canvas_fini(&c);
}

static void sizes_are_bounded(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, -5, 100000);
	assert_int_equal(c.w, 0);
	assert_int_equal(c.h, CANVAS_SIDE);
	canvas_put(&c, 0, 0, STYLE_TEXT, "x");
	canvas_box(&c, (struct rect){ 0, 0, 5, 5 }, STYLE_RULE, "title");
	canvas_resize(&c, 3, 1);
	canvas_box(&c, (struct rect){ -2, -2, 9, 9 }, STYLE_RULE, "title");
	canvas_put(&c, 0, 0, STYLE_TEXT, "xyz!");
	assert_row(&c, 0, "xyz");
	canvas_fini(&c);
}

static void box_has_its_title_in_the_edge(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 14, 3);
	canvas_fill(&c, (struct rect){ 0, 0, 14, 3 }, STYLE_TEXT, "x");
	canvas_box(&c, (struct rect){ 0, 0, 14, 3 }, STYLE_RULE, "Hi");
	assert_row(&c, 0, "┌─ Hi ───────┐");
	assert_row(&c, 1, "│            │");
	assert_row(&c, 2, "└────────────┘");
	canvas_fini(&c);
}

static void marks_and_styles_change_what_is_there(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 4, 1);
	canvas_put(&c, 0, 0, STYLE_TEXT, "abcd");
	canvas_mark(&c, (struct rect){ 1, 0, 2, 1 }, CELL_REVERSE);
	canvas_restyle(&c, (struct rect){ 2, 0, 9, 9 }, STYLE_AWAY);
	assert_int_equal(canvas_cell(&c, 0, 0)->flags, 0);
	assert_int_equal(canvas_cell(&c, 1, 0)->flags, CELL_REVERSE);
	assert_int_equal(canvas_cell(&c, 1, 0)->style, STYLE_TEXT);
	assert_int_equal(canvas_cell(&c, 3, 0)->style, STYLE_AWAY);
	assert_int_equal(canvas_right(&c, 4, 0, STYLE_TEXT, "zz"), 2);
	assert_row(&c, 0, "abzz");
	canvas_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_returns_the_column_behind),
		cmocka_unit_test(wide_cells_never_stay_half),
		cmocka_unit_test(marks_stay_with_their_base),
		cmocka_unit_test(clip_drops_what_is_outside),
		cmocka_unit_test(field_cuts_with_an_ellipsis),
		cmocka_unit_test(wrap_breaks_at_blanks),
		cmocka_unit_test(ascii_has_the_same_widths),
		cmocka_unit_test(latin_letters_stay),
		cmocka_unit_test(controls_reach_no_cell),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(box_has_its_title_in_the_edge),
		cmocka_unit_test(marks_and_styles_change_what_is_there),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

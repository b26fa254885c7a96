#include "ui/squeeze.h"

#include <vterm.h>

#include "t.h"

#define W 40
#define H 12

static void check(const char *bytes, const char *want)
{
	struct buf out;

	buf_init(&out, 0);
	squeeze(&out, bytes, strlen(bytes), W);
	assert_string_equal(buf_str(&out), want);
	buf_fini(&out);
}

static void a_step_to_the_right_is_shorter(void **state)
{
	(void)state;
	check("\033[5;3H1\033[5;15H2", "\033[5;3H1\033[11C2");
	check("\033[5;3H1\033[5;5H2", "\033[5;3H1\033[C2");
	check("\033[5;20H1\033[5;19H2", "\033[5;20H1\b\b2");
	check("\033[5;30H1\033[5;10H2", "\033[5;30H1\033[5;10H2");
	check(
	    "\033[12d\033[5;3H\033[m\033(B1\033[5;15H2", "\033[12d\033[5;3H\033[m\033(B1\033[11C2");
	check("\033[H1\033[1;15H2", "\033[H1\033[13C2");
}

static void only_where_the_cursor_is_known(void **state)
{
	(void)state;
	check("1\033[5;15H2", "1\033[5;15H2");
	check("\033[4;3H1\033[5;15H2", "\033[4;3H1\033[5;15H2");
	check("\033[5;3H\xc2\xb7\033[5;15H2", "\033[5;3H\xc2\xb7\033[5;15H2");
	check("\033[5;3H\033[J\033[5;15H2", "\033[5;3H\033[J\033[5;15H2");
	check("\033[5;3H\n\033[5;15H2", "\033[5;3H\n\033[5;15H2");
	/* The last column may wrap or not. */
	check("\033[5;39Hab\033[5;30Hc", "\033[5;39Hab\033[5;30Hc");
	check("\033[5;", "\033[5;");
	check("\033[?25l\033[5;3H1\033[?25h\033[5;9H2", "\033[?25l\033[5;3H1\033[?25h\033[5;9H2");
	check("\033[2d\033[G\033[2;9H1", "\033[2d\033[G\033[2;9H1");
	check("\033[5;3H\033[7d\033[7;9H1", "\033[5;3H\033[7d\033[6C1");
}

/* ---- the same screen, whatever is written ---- */

static unsigned rng;

static int any(int n)
{
	rng = rng * 1103515245u + 12345u;
	return (int)(rng >> 16) % n;
}

static void add_any(struct buf *b)
{
	static const char *const texts[] = { "0", "59", " ", "text", "·", "東", "◆CRIT", "\b", "\r",
		"\n", "\033[m", "\033(B\033[0;1m", "\033[38;5;215m", "\033[K", "\033[J", "\033[5X",
		"\033[A", "\033[3C" };

	switch (any(6)) {
	case 0:
	case 1:
	case 2:
		buf_addf(b, "\033[%d;%dH", 1 + any(H), 1 + any(W));
		break;
	case 3:
		buf_addf(b, "\033[%d%c", any(H + 2), "dG"[any(2)]);
		break;
	default:
		buf_adds(b, texts[any((int)(sizeof texts / sizeof *texts))]);
	}
}

struct shown {
	VTermScreenCell cells[H][W];
	VTermPos cursor;
};

static void show(const struct buf *b, struct shown *out)
{
	VTerm *vt = vterm_new(H, W);
	VTermScreen *screen = vterm_obtain_screen(vt);

	memset(out, 0, sizeof *out);
	vterm_set_utf8(vt, 1);
	vterm_screen_reset(screen, 1);
	vterm_input_write(vt, buf_str(b), b->len);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			vterm_screen_get_cell(
			    screen, (VTermPos){ .row = y, .col = x }, &out->cells[y][x]);
	vterm_state_get_cursorpos(vterm_obtain_state(vt), &out->cursor);
	vterm_free(vt);
}

static void the_screen_is_the_same(void **state)
{
	size_t before = 0, after = 0;

	(void)state;
	for (rng = 1; rng < 400000; rng += 997) {
		static struct shown plain, squeezed;
		struct buf in, out;
		unsigned seed = rng;

		buf_init(&in, 0);
		buf_init(&out, 0);
		for (int i = 0; i < 60; i++)
			add_any(&in);
		squeeze(&out, buf_str(&in), in.len, W);
		show(&in, &plain);
		show(&out, &squeezed);
		rng = seed;
		if (memcmp(&plain, &squeezed, sizeof plain) != 0)
			fail_msg("seed %u: another screen", seed);
		before += in.len;
		after += out.len;
		buf_fini(&in);
		buf_fini(&out);
	}
	assert_true(after < before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_to_the_right_is_shorter),
		cmocka_unit_test(only_where_the_cursor_is_known),
		cmocka_unit_test(the_screen_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

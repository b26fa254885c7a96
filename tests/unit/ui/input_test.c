#include "ui/input.h"

#include <locale.h>

#include "t.h"
#include "ui/keys.h"

struct got {
	struct buf text; /* keys as the grammar writes them, pastes in braces */
};

static void take(void *ctx, const struct input_event *ev)
{
	struct got *g = ctx;

	switch (ev->kind) {
	case INPUT_KEY:
		keys_print(&ev->key, 1, &g->text);
		break;
	case INPUT_PASTE:
		assert_int_equal(strlen(ev->text), ev->len);
		buf_addf(&g->text, "{%.40s}%zu", ev->text, ev->dropped);
		break;
	case INPUT_FOCUS_IN:
		buf_adds(&g->text, "(in)");
		break;
	case INPUT_FOCUS_OUT:
		buf_adds(&g->text, "(out)");
		break;
	}
}

/* Feeds the bytes in one read, and one by one; both must give the same. */
static void check(const char *bytes, size_t len, const char *want)
{
	for (int single = 0; single < 2; single++) {
		struct input *in = input_new();
		struct got g;

		buf_init(&g.text, 0);
		for (size_t i = 0; single && i < len; i++)
			input_feed(in, bytes + i, 1, take, &g);
		if (!single)
			input_feed(in, bytes, len, take, &g);
		if (input_waiting(in))
			input_timeout(in, take, &g);
		assert_string_equal(buf_str(&g.text), want);
		buf_fini(&g.text);
		input_free(in);
	}
}

struct pair {
	const char *bytes, *want;
};

static void check_all(const struct pair *p, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(p[i].bytes, strlen(p[i].bytes), p[i].want);
}

static void keys_are_told_apart(void **state)
{
	static const struct pair cases[] = {
		{ "a", "a" },
		{ "Z ", "Z<Space>" },
		{ "\t\r\x7f", "<Tab><Enter><Backspace>" },
		{ "\x03\x1a\x08", "<C-c><C-z><C-h>" },
		{ "\033", "<Esc>" },
		{ "\033\033", "<Esc><Esc>" },
		{ "\033x", "<M-x>" },
		{ "\033[A\033OB", "<Up><Down>" },
		{ "\033[1;5C\033[1;2D\033[1;3A", "<C-Right><S-Left><M-Up>" },
		{ "\033[5~\033[6~\033[3~", "<PgUp><PgDn><Del>" },
		{ "\033OP\033[15~\033[[A\033[24~", "<F1><F5><F1><F12>" },
		{ "\033[Z", "<BackTab>" },
		{ "\033[H\033OF\033[1~\033[8~", "<Home><End><Home><End>" },
		{ "\303\251\346\235\261", "é東" },
		{ "\033[I\033[O", "(in)(out)" },
		{ "\033[<64;1;5M\033[<65;1;1M\033[<0;3;4M\033[<0;3;4m",
		    "<WheelUp><WheelDown><Click>" },
		{ "\x1f", "<C-_>" },
	};

	(void)state;
	check_all(cases, sizeof cases / sizeof *cases);
	check("\0", 1, "<C-Space>");
}

/* What nobody knows must not be taken for typing, nor an answer to a query. */
static void unknown_sequences_are_swallowed(void **state)
{
	static const struct pair cases[] = {
		{ "\033[99~q", "q" },
		{ "\033[?1;2cq", "q" },
		{ "\033[24;80;1;1Rq", "q" },
		{ "\033]52;c;cXVpdAo=\aq", "q" },
		{ "\033]10;rgb:0/0/0\033\\q", "q" },
		{ "\033P1$r0m\033\\q", "q" },
		{ "\033[M !!q", "q" },
		{ "\033[1;5Xq", "q" },
		{ "\033[[Zq", "q" },
		{ "\033OXq", "q" },
	};

	(void)state;
	check_all(cases, sizeof cases / sizeof *cases);
}

static void broken_utf8_is_one_replacement(void **state)
{
	(void)state;
	check("\303q", 2, "\357\277\275q");
	check("\xff", 1, "\357\277\275");
	check("\342\202\033[A", 5, "\357\277\275<Up>");
	/* A C1 control in UTF-8 is nothing. */
	check("\302\233q", 3, "q");
}

static void pastes_are_text(void **state)
{
	(void)state;
	check("\033[200~quit\rX\033[201~q", 19, "{quit\rX}0q");
	check("\033[200~\033[A\033[20\033[201~", 19, "{\033[A\033[20}0");
	check("\033[200~\033[201~", 12, "{}0");
}

static void long_pastes_are_cut(void **state)
{
	static const size_t sizes[] = { INPUT_PASTE_MAX - 1, INPUT_PASTE_MAX, INPUT_PASTE_MAX + 1,
		200000 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct input *in = input_new();
		struct got g;
		char *text = calloc(sizes[i] + 13, 1), want[100];
		size_t keep = sizes[i] < INPUT_PASTE_MAX ? sizes[i] : INPUT_PASTE_MAX;

		memcpy(text, "\033[200~", 6);
		memset(text + 6, 'x', sizes[i]);
		memcpy(text + 6 + sizes[i], "\033[201~", 6);
		buf_init(&g.text, 0);
		input_feed(in, text, sizes[i] + 12, take, &g);
		snprintf(want, sizeof want, "{xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}%zu",
		    sizes[i] - keep);
		assert_string_equal(buf_str(&g.text), want);
		buf_fini(&g.text);
		free(text);
		input_free(in);
	}
}

/* A terminal without bracketed paste sends it as if typed: more in one read than anybody types. */
static void bursts_are_pastes(void **state)
{
	static const struct pair cases[] = {
		{ "0123456789abcdef", "0123456789abcdef" },
		{ "0123456789abcdefg", "{0123456789abcdefg}0" },
		{ "jjjjjjjjjjjjjjjjjjjj", "jjjjjjjjjjjjjjjjjjjj" },
		{ "qaz\033[Awsxedcrfvtgbyhnujm\r", "{qazwsxedcrfvtgbyhnujm\n}0" },
	};
	struct input *in = input_new();
	struct got g;

	(void)state;
	buf_init(&g.text, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_clear(&g.text);
		input_feed(in, cases[i].bytes, strlen(cases[i].bytes), take, &g);
		assert_string_equal(buf_str(&g.text), cases[i].want);
	}
	buf_fini(&g.text);
	input_free(in);
}

static void terminfo_adds_sequences(void **state)
{
	struct input *in = input_new();
	struct got g;

	(void)state;
	buf_init(&g.text, 0);
	input_define(in, "\033[7^", KB_HOME | KB_CTRL);
	input_define(in, "q", KB_F1);	 /* no sequence: typing stays typing */
	input_define(in, "\033", KB_F1); /* too short to be told from Esc */
	input_feed(in, "\033[7^q", 5, take, &g);
	assert_string_equal(buf_str(&g.text), "<C-Home>q");
	buf_fini(&g.text);
	input_free(in);
}

/* Half a sequence waits for its rest however long that takes; only a lone Esc has a time-out. */
static void half_sequences_wait(void **state)
{
	struct input *in = input_new();
	struct got g;

	(void)state;
	buf_init(&g.text, 0);
	input_feed(in, "\033[1;", 4, take, &g);
	assert_false(input_waiting(in));
	input_timeout(in, take, &g);
	input_feed(in, "5C", 2, take, &g);
	assert_string_equal(buf_str(&g.text), "<C-Right>");
	buf_clear(&g.text);
	input_feed(in, "\033", 1, take, &g);
	assert_true(input_waiting(in));
	input_timeout(in, take, &g);
	input_feed(in, "[A", 2, take, &g);
	assert_string_equal(buf_str(&g.text), "<Esc>[A");
	buf_fini(&g.text);
	input_free(in);
}

static void any_bytes_are_survived(void **state)
{
	struct input *in = input_new();
	struct got g;
	uint32_t x = 2463534242u;
	char bytes[64];

	(void)state;
	buf_init(&g.text, 0);
	for (int i = 0; i < 20000; i++) {
		size_t n = x % sizeof bytes;

		for (size_t k = 0; k <= n; k++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			bytes[k < n ? k : 0] = (char)(x % 5 == 0 ? 27 : x >> 8);
		}
		input_feed(in, bytes, n, take, &g);
		if (input_waiting(in))
			input_timeout(in, take, &g);
		buf_clear(&g.text);
	}
	/* And it still listens. */
	input_feed(in, "\033[201~\033\\\aaaaa\033\\", 15, take, &g);
	input_timeout(in, take, &g);
	buf_clear(&g.text);
	input_feed(in, "j", 1, take, &g);
	assert_string_equal(buf_str(&g.text), "j");
	buf_fini(&g.text);
	input_free(in);
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
		cmocka_unit_test(keys_are_told_apart),
		cmocka_unit_test(unknown_sequences_are_swallowed),
		cmocka_unit_test(broken_utf8_is_one_replacement),
		cmocka_unit_test(pastes_are_text),
		cmocka_unit_test(long_pastes_are_cut),
		cmocka_unit_test(bursts_are_pastes),
		cmocka_unit_test(terminfo_adds_sequences),
		cmocka_unit_test(half_sequences_wait),
		cmocka_unit_test(any_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

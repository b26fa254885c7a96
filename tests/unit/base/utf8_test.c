#include "t.h"

#include <locale.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct {
	const char *in;
	enum utf8_lines lines;
	size_t max;
	const char *out;
} clean_cases[] = {
	{ "plain", UTF8_ONE_LINE, 0, "plain" },
	{ "  a\t b\r\nc  ", UTF8_ONE_LINE, 0, "a b c" },
	{ "a\r\nb\rc\td", UTF8_LINES, 0, "a\nb\nc d" },
	{ "x\033[31mred\033]0;t\007", UTF8_ONE_LINE, 0, "x[31mred]0;t" },
	{ "c1\302\233m", UTF8_ONE_LINE, 0, "c1m" },
	{ "a\342\200\256b\342\201\246c", UTF8_ONE_LINE, 0, "abc" }, /* bidi */
	{ "so\302\255ft\342\200\213zero\357\273\277", UTF8_ONE_LINE, 0, "softzero" },
	{ "\342\232\240\357\270\217!", UTF8_ONE_LINE, 0, "\342\232\240!" }, /* variation selector */
	{ "\360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247.",
	    UTF8_ONE_LINE, 0, "\360\237\221\250." },			/* family */
	{ "\360\237\207\253\360\237\207\267", UTF8_ONE_LINE, 0, "FR" }, /* flag */
	{ "1\357\270\217\342\203\243", UTF8_ONE_LINE, 0, "1" },		/* keycap */
	{ "e\314\201\314\201\314\201\314\201\314\201\314\201", UTF8_ONE_LINE, 0,
	    "e\314\201\314\201\314\201\314\201" },
	{ "\314\201x", UTF8_ONE_LINE, 0, "x" },
	{ "a\300\200b", UTF8_ONE_LINE, 0, "a\357\277\275\357\277\275b" },
	{ "\355\240\200", UTF8_ONE_LINE, 0, "\357\277\275\357\277\275\357\277\275" },
	{ "\360\237\230", UTF8_ONE_LINE, 0, "\357\277\275" },
	{ "\356\200\200", UTF8_ONE_LINE, 0, "\357\277\275" }, /* private use */
	{ "caf\303\251", UTF8_ONE_LINE, 4, "caf" },
	{ "cafe\314\201", UTF8_ONE_LINE, 5, "caf" },
	{ "abc", UTF8_ONE_LINE, 2, "ab" },
	{ "ab cd", UTF8_ONE_LINE, 3, "ab" }, /* no blank is left at a cut */
	{ "ab e\314\201", UTF8_ONE_LINE, 4, "ab" },
};

static void test_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(clean_cases); i++) {
		char *got =
		    utf8_cleaned(clean_cases[i].in, clean_cases[i].lines, clean_cases[i].max);
		char *twice = utf8_cleaned(got, clean_cases[i].lines, clean_cases[i].max);

		if (strcmp(got, clean_cases[i].out) != 0)
			fail_msg("case %zu: \"%s\"", i, got);
		assert_string_equal(got, twice);
		free(got);
		free(twice);
	}
}

/* Every code point: what comes out is valid, has nothing that drives a terminal, and stays. */
/* Plain runs are taken at once: wherever the limit or an odd character falls, nothing changes. */
static void test_runs(void **state)
{
	char text[64], want[64];

	(void)state;
	for (size_t odd = 0; odd < 20; odd++)
		for (size_t max = 1; max < 24; max++) {
			struct buf b;
			/* A combining mark behind the base at `odd`. */
			snprintf(text, sizeof text, "%.*s\314\201%s", (int)odd + 1,
			    "abcdefghijklmnopqrstuv", "wxyz abc");
			size_t len = strlen(text), fit = len < max ? len : max;
			/* A cluster is kept whole or not at all. */
			if (fit > odd && fit < odd + 3)
				fit = odd;
			memcpy(want, text, fit);
			want[fit] = 0;
			while (fit && want[fit - 1] == ' ')
				want[--fit] = 0;
			buf_init(&b, 0);
			utf8_clean(&b, text, len, UTF8_ONE_LINE, max);
			assert_string_equal(buf_str(&b), want);
			buf_fini(&b);
		}
}

static void test_every_code_point(void **state)
{
	(void)state;
	for (unsigned cp = 1; cp <= 0x10FFFF; cp++) {
		struct buf in, out, again;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		buf_init(&in, 0);
		buf_init(&out, 0);
		buf_init(&again, 0);
		buf_addc(&in, 'a');
		utf8_put(&in, cp);
		buf_addc(&in, 'b');
		utf8_clean(&out, in.data, in.len, UTF8_ONE_LINE, 0);
		utf8_clean(&again, out.data, out.len, UTF8_ONE_LINE, 0);
		assert_true(utf8_valid(out.data, out.len));
		assert_string_equal(out.data, again.data);
		for (size_t i = 0; i < out.len; i++)
			if ((unsigned char)out.data[i] < 0x20 || out.data[i] == 0x7f ||
			    (out.data[i] == '\xC2' && (unsigned char)out.data[i + 1] < 0xA0))
				fail_msg("U+%04X lets a control through", cp);
		buf_fini(&in);
		buf_fini(&out);
		buf_fini(&again);
	}
}

static void test_width(void **state)
{
	int cells;

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(utf8_width("abc"), 3);
	assert_int_equal(utf8_width("\346\235\261\344\272\254"), 4);
	assert_int_equal(utf8_width("e\314\201x"), 2);
	assert_int_equal(utf8_cluster("e\314\201x", &cells), 3);
	assert_int_equal(cells, 1);
	assert_int_equal(utf8_cluster("", &cells), 0);
	assert_int_equal(utf8_fit("\346\235\261\344\272\254", 3), 3);
	assert_int_equal(utf8_fit("ab", 9), 2);
	assert_int_equal(utf8_fit("ab", 0), 0);
	assert_int_equal(utf8_cp_width(0x1FAE9), 1);
}

static void test_valid(void **state)
{
	(void)state;
	assert_true(utf8_valid("a\357\277\275", 4));
	assert_false(utf8_valid("\357\277", 2));
	assert_false(utf8_valid("\364\220\200\200", 4));
	assert_true(utf8_valid("", 0));
}

/* Bytes from "C080 41"; returns how many. */
static size_t unhex(const char *s, char *out, size_t size)
{
	size_t n = 0;
	unsigned byte;

	while (n < size) {
		while (*s == ' ')
			s++;
		if (sscanf(s, "%2x", &byte) != 1)
			break;
		out[n++] = (char)byte;
		s += 2;
	}
	return n;
}

/* A public list of cases: "number:invalid hex:bytes:left when dropped:left when replaced". */
static void test_collection(void **state)
{
	char *all = slurp(top_path("../shared/samples/corpora/utf8tests.txt"), NULL), *save = NULL;
	int cases = 0;

	(void)state;
	if (!all)
		skip();
	for (char *line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char in[256], want[256], *bytes = strstr(line, ":invalid hex:"), *after;
		struct buf a, b;
		size_t n;

		if (line[0] == '#' || !bytes || !(after = strrchr(line, ':')))
			continue;
		buf_init(&a, 0);
		buf_init(&b, 0);
		n = unhex(bytes + 13, in, sizeof in);
		utf8_clean(&a, in, n, UTF8_ONE_LINE, 0);
		assert_false(utf8_valid(in, n));
		n = unhex(after + 1, want, sizeof want);
		utf8_clean(&b, want, n, UTF8_ONE_LINE, 0);
		if (strcmp(buf_str(&a), buf_str(&b)) != 0)
			fail_msg("%s", line);
		buf_fini(&a);
		buf_fini(&b);
		cases++;
	}
	free(all);
	assert_true(cases > 50);
}

/* Plain is what cleaning leaves as it is: each ASCII byte at each place of a short text. */
static void test_plain(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 44; len += len < 19 ? 1 : 5)
		for (size_t at = 0; at < (len ? len : 1); at++)
			for (int c = 0; c < 128; c++) {
				enum utf8_lines how[] = { UTF8_ONE_LINE, UTF8_LINES };
				char text[50];

				memset(text, 'x', len);
				text[len] = '\0';
				if (len)
					text[at] = (char)c;
				if (at + 1 < len && c == ' ')
					text[at + 1] = (char)(at % 2 ? ' ' : 'x');
				for (size_t i = 0; i < 2; i++) {
					struct buf b;

					buf_init(&b, 0);
					utf8_clean(&b, text, len, how[i], 0);
					bool same =
					    b.len == len && memcmp(buf_str(&b), text, len) == 0;
					assert_int_equal(utf8_is_plain(text, len, how[i]), same);
					buf_fini(&b);
				}
			}
	assert_false(utf8_is_plain("caf\xc3\xa9", 5, UTF8_ONE_LINE));
	assert_false(utf8_is_plain("0123456789caf\xc3\xa9", 15, UTF8_LINES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_collection),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

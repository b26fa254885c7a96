/* Themes are judged by numbers: contrast as WCAG 2 counts it, and the CIE Lab distance of the
 * severity grounds for normal eyes and three kinds of colour blindness (Machado et al. 2009). */
#include "ui/theme.h"

#include <math.h>

#include "t.h"

static double linear(unsigned char v)
{
	double c = v / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(int index)
{
	unsigned char rgb[3];

	theme_rgb(index, rgb);
	return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

static double contrast(int a, int b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

/* Every role of the themes whose colours are fixed; the 16 first colours are the user's own. */
static void text_can_be_read(void **state)
{
	(void)state;
	for (size_t t = 0; t < theme_count; t++) {
		const struct theme *th = &themes[t];
		double least = strcmp(th->name, "high-contrast") == 0 ? 7.0 : 4.5;

		if (th->colours < 256)
			continue;
		for (int s = 0; s < STYLES; s++) {
			int fg = th->look[s].fg < 0 ? th->ink : th->look[s].fg;
			int bg = th->look[s].bg < 0 ? th->ground : th->look[s].bg;

			if (contrast(fg, bg) < least)
				fail_msg("%s %s: contrast %.2f", th->name, style_names[s],
				    contrast(fg, bg));
		}
	}
}

/* Where there are no colours, what matters differs by attribute; with 8, there is no dark blue. */
static void few_colours_still_differ(void **state)
{
	static const enum style pairs[][2] = {
		{ STYLE_CRIT, STYLE_MAJOR },
		{ STYLE_MAJOR, STYLE_MINOR },
		{ STYLE_CLOCK, STYLE_WARN },
		{ STYLE_WARN, STYLE_BREACH },
		{ STYLE_BUTTON, STYLE_BUTTON_FOCUS },
		{ STYLE_OK, STYLE_UNKNOWN },
	};
	const struct theme *mono = theme_find("mono"), *eight = theme_find("console8");

	(void)state;
	for (int s = 0; s < STYLES; s++) {
		assert_int_equal(mono->look[s].fg, -1);
		assert_int_equal(mono->look[s].bg, -1);
		assert_true(eight->look[s].fg < 8 && eight->look[s].bg < 8);
		assert_int_not_equal(eight->look[s].fg, 4);
	}
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		assert_int_not_equal(mono->look[pairs[i][0]].attr, mono->look[pairs[i][1]].attr);
}

struct lab {
	double l, a, b;
};

static double cube(double t)
{
	return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

static struct lab lab_of(const double c[3])
{
	double x = (0.4124564 * c[0] + 0.3575761 * c[1] + 0.1804375 * c[2]) / 0.95047;
	double y = 0.2126729 * c[0] + 0.7151522 * c[1] + 0.0721750 * c[2];
	double z = (0.0193339 * c[0] + 0.1191920 * c[1] + 0.9503041 * c[2]) / 1.08883;

	return (
	    struct lab){ 116 * cube(y) - 16, 500 * (cube(x) - cube(y)), 200 * (cube(y) - cube(z)) };
}

static struct lab seen(int index, const double m[9])
{
	unsigned char rgb[3];
	double in[3], out[3];

	theme_rgb(index, rgb);
	for (int i = 0; i < 3; i++)
		in[i] = linear(rgb[i]);
	for (int i = 0; i < 3; i++) {
		out[i] = m[3 * i] * in[0] + m[3 * i + 1] * in[1] + m[3 * i + 2] * in[2];
		out[i] = out[i] < 0 ? 0 : out[i] > 1 ? 1 : out[i];
	}
	return lab_of(out);
}

static double apart(int a, int b, const double m[9])
{
	struct lab x = seen(a, m), y = seen(b, m);

	return sqrt(
	    (x.l - y.l) * (x.l - y.l) + (x.a - y.a) * (x.a - y.a) + (x.b - y.b) * (x.b - y.b));
}

/* The rows of the Machado matrices each sum to one; a wrong digit would show here first. */
static const double eyes[4][9] = {
	{ 1, 0, 0, 0, 1, 0, 0, 0, 1 },
	{ 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116,
	    1.051998 },
	{ 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940,
	    0.968881 },
	{ 1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367,
	    0.303900 },
};

static void severities_differ_for_every_eye(void **state)
{
	static const enum style roles[] = { STYLE_CRIT, STYLE_MAJOR, STYLE_MINOR, STYLE_INFO,
		STYLE_MAINT };
	static const char *const names[] = { "dark", "light" };

	(void)state;
	for (size_t t = 0; t < 2; t++)
		for (int eye = 0; eye < 4; eye++)
			for (size_t i = 0; i < 5; i++)
				for (size_t j = i + 1; j < 5; j++) {
					const struct look *l = theme_find(names[t])->look;
					double d = apart(l[roles[i]].bg, l[roles[j]].bg, eyes[eye]);

					if (d < 29)
						fail_msg("%s: %s and %s are %.1f apart for eye %d",
						    names[t], style_names[roles[i]],
						    style_names[roles[j]], d, eye);
				}
	/* The measure itself: the usual traffic light falls together for protan eyes. */
	assert_true(apart(226, 46, eyes[1]) < 29);
}

static void the_nearest_theme_is_taken(void **state)
{
	(void)state;
	assert_string_equal(theme_for(NULL, 256)->name, "dark");
	assert_string_equal(theme_for(NULL, 65536)->name, "dark");
	assert_string_equal(theme_for("light", 256)->name, "light");
	assert_string_equal(theme_for("light", 16)->name, "console8");
	assert_string_equal(theme_for("light", 0)->name, "mono");
	assert_string_equal(theme_for("mono", 256)->name, "mono");
	assert_string_equal(theme_for("no such", 256)->name, "dark");
	assert_null(theme_find("no such"));
}

static void every_theme_is_whole(void **state)
{
	(void)state;
	for (size_t t = 0; t < theme_count; t++) {
		assert_true(themes[t].help[0] != '\0');
		assert_ptr_equal(theme_find(themes[t].name), &themes[t]);
	}
	for (int s = 0; s < STYLES; s++) {
		assert_non_null(style_names[s]);
		for (int o = 0; o < s; o++)
			assert_string_not_equal(style_names[s], style_names[o]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_can_be_read),
		cmocka_unit_test(few_colours_still_differ),
		cmocka_unit_test(severities_differ_for_every_eye),
		cmocka_unit_test(the_nearest_theme_is_taken),
		cmocka_unit_test(every_theme_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

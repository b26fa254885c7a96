#include "ui/theme.h"

#include <string.h>

#include "base/mem.h"

const char *const style_names[STYLES] = {
	[STYLE_TEXT] = "text",
	[STYLE_DIM] = "dim",
	[STYLE_STRONG] = "strong",
	[STYLE_ACCENT] = "accent",
	[STYLE_KEY] = "key",
	[STYLE_RULE] = "rule",
	[STYLE_HEAD] = "head",
	[STYLE_CRIT] = "crit",
	[STYLE_MAJOR] = "major",
	[STYLE_MINOR] = "minor",
	[STYLE_INFO] = "info",
	[STYLE_MAINT] = "maint",
	[STYLE_OK] = "ok",
	[STYLE_UNKNOWN] = "unknown",
	[STYLE_CLOCK] = "clock",
	[STYLE_WARN] = "warn",
	[STYLE_BREACH] = "breach",
	[STYLE_MET] = "met",
	[STYLE_BAR] = "bar",
	[STYLE_BAR_WARN] = "bar-warn",
	[STYLE_BAR_BREACH] = "bar-breach",
	[STYLE_BAR_REST] = "bar-rest",
	[STYLE_SPARK] = "spark",
	[STYLE_FIELD] = "field",
	[STYLE_FIELD_FOCUS] = "field-focus",
	[STYLE_BUTTON] = "button",
	[STYLE_BUTTON_FOCUS] = "button-focus",
	[STYLE_ERROR] = "error",
	[STYLE_NOTICE] = "notice",
	[STYLE_BANNER] = "banner",
	[STYLE_BIG] = "big",
	[STYLE_AWAY] = "away",
};

#define B LOOK_BOLD
#define R LOOK_REVERSE
#define U LOOK_UNDERLINE

/* The severity backgrounds 160, 215, 230, 117 and 141 are told apart with every kind of colour
 * vision (tests/unit/ui/theme_test.c computes it); the usual red-orange-yellow-green is not. */
const struct theme themes[] = {
	{
	    .name = "dark",
	    .help = "for dark terminals with 256 colours",
	    .colours = 256,
	    .ground = 16,
	    .ink = 252,
	    .look = {
		[STYLE_TEXT] = { -1, -1, 0 },
		[STYLE_DIM] = { 246, -1, 0 },
		[STYLE_STRONG] = { -1, -1, B },
		[STYLE_ACCENT] = { 117, -1, 0 },
		[STYLE_KEY] = { 117, -1, B },
		[STYLE_RULE] = { 243, -1, 0 },
		[STYLE_HEAD] = { 246, -1, 0 },
		[STYLE_CRIT] = { 231, 160, B },
		[STYLE_MAJOR] = { 16, 215, 0 },
		[STYLE_MINOR] = { 16, 230, 0 },
		[STYLE_INFO] = { 16, 117, 0 },
		[STYLE_MAINT] = { 16, 141, 0 },
		[STYLE_OK] = { 246, -1, 0 },
		[STYLE_UNKNOWN] = { 252, 238, 0 },
		[STYLE_CLOCK] = { -1, -1, 0 },
		[STYLE_WARN] = { 215, -1, B },
		[STYLE_BREACH] = { 231, 160, B },
		[STYLE_MET] = { 246, -1, 0 },
		[STYLE_BAR] = { 110, -1, 0 },
		[STYLE_BAR_WARN] = { 215, -1, 0 },
		[STYLE_BAR_BREACH] = { 203, -1, 0 },
		[STYLE_BAR_REST] = { 243, -1, 0 },
		[STYLE_SPARK] = { 110, -1, 0 },
		[STYLE_FIELD] = { 252, 236, 0 },
		[STYLE_FIELD_FOCUS] = { 231, 24, 0 },
		[STYLE_BUTTON] = { 252, 236, 0 },
		[STYLE_BUTTON_FOCUS] = { 16, 117, B },
		[STYLE_ERROR] = { 210, -1, B },
		[STYLE_NOTICE] = { 117, -1, 0 },
		[STYLE_BANNER] = { 16, 215, B },
		[STYLE_BIG] = { 231, -1, B },
		[STYLE_AWAY] = { 245, -1, 0 },
	    },
	},
	{
	    .name = "light",
	    .help = "for light terminals with 256 colours",
	    .colours = 256,
	    .ground = 231,
	    .ink = 16,
	    .look = {
		[STYLE_TEXT] = { -1, -1, 0 },
		[STYLE_DIM] = { 241, -1, 0 },
		[STYLE_STRONG] = { -1, -1, B },
		[STYLE_ACCENT] = { 25, -1, 0 },
		[STYLE_KEY] = { 25, -1, B },
		[STYLE_RULE] = { 243, -1, 0 },
		[STYLE_HEAD] = { 241, -1, 0 },
		[STYLE_CRIT] = { 231, 160, B },
		[STYLE_MAJOR] = { 16, 215, 0 },
		[STYLE_MINOR] = { 16, 230, U },
		[STYLE_INFO] = { 16, 117, 0 },
		[STYLE_MAINT] = { 16, 141, 0 },
		[STYLE_OK] = { 241, -1, 0 },
		[STYLE_UNKNOWN] = { 16, 252, 0 },
		[STYLE_CLOCK] = { -1, -1, 0 },
		[STYLE_WARN] = { 94, -1, B },
		[STYLE_BREACH] = { 231, 160, B },
		[STYLE_MET] = { 241, -1, 0 },
		[STYLE_BAR] = { 25, -1, 0 },
		[STYLE_BAR_WARN] = { 130, -1, 0 },
		[STYLE_BAR_BREACH] = { 160, -1, 0 },
		[STYLE_BAR_REST] = { 243, -1, 0 },
		[STYLE_SPARK] = { 25, -1, 0 },
		[STYLE_FIELD] = { 16, 254, 0 },
		[STYLE_FIELD_FOCUS] = { 16, 153, 0 },
		[STYLE_BUTTON] = { 16, 254, 0 },
		[STYLE_BUTTON_FOCUS] = { 231, 25, B },
		[STYLE_ERROR] = { 124, -1, B },
		[STYLE_NOTICE] = { 25, -1, 0 },
		[STYLE_BANNER] = { 16, 215, B },
		[STYLE_BIG] = { -1, -1, B },
		[STYLE_AWAY] = { 242, -1, 0 },
	    },
	},
	{
	    .name = "high-contrast",
	    .help = "7:1 and more everywhere; black ground",
	    .colours = 256,
	    .ground = 16,
	    .ink = 231,
	    .look = {
		[STYLE_TEXT] = { 231, 16, 0 },
		[STYLE_DIM] = { 252, 16, 0 },
		[STYLE_STRONG] = { 231, 16, B },
		[STYLE_ACCENT] = { 123, 16, B },
		[STYLE_KEY] = { 123, 16, B | U },
		[STYLE_RULE] = { 252, 16, 0 },
		[STYLE_HEAD] = { 231, 16, U },
		[STYLE_CRIT] = { 231, 88, B },
		[STYLE_MAJOR] = { 16, 215, B },
		[STYLE_MINOR] = { 16, 230, B },
		[STYLE_INFO] = { 16, 117, B },
		[STYLE_MAINT] = { 16, 141, B },
		[STYLE_OK] = { 252, 16, 0 },
		[STYLE_UNKNOWN] = { 16, 252, B },
		[STYLE_CLOCK] = { 231, 16, 0 },
		[STYLE_WARN] = { 229, 16, B },
		[STYLE_BREACH] = { 231, 88, B },
		[STYLE_MET] = { 252, 16, 0 },
		[STYLE_BAR] = { 123, 16, 0 },
		[STYLE_BAR_WARN] = { 229, 16, 0 },
		[STYLE_BAR_BREACH] = { 217, 16, 0 },
		[STYLE_BAR_REST] = { 252, 16, 0 },
		[STYLE_SPARK] = { 123, 16, 0 },
		[STYLE_FIELD] = { 231, 236, 0 },
		[STYLE_FIELD_FOCUS] = { 16, 231, 0 },
		[STYLE_BUTTON] = { 231, 236, 0 },
		[STYLE_BUTTON_FOCUS] = { 16, 229, B },
		[STYLE_ERROR] = { 217, 16, B },
		[STYLE_NOTICE] = { 123, 16, 0 },
		[STYLE_BANNER] = { 16, 229, B },
		[STYLE_BIG] = { 231, 16, B },
		[STYLE_AWAY] = { 252, 16, 0 },
	    },
	},
	{
	    .name = "console8",
	    .help = "for 8 and 16 colours (Linux console, screen)",
	    .colours = 8,
	    .ground = 0,
	    .ink = 7,
	    .look = {
		[STYLE_TEXT] = { -1, -1, 0 },
		[STYLE_DIM] = { -1, -1, 0 },
		[STYLE_STRONG] = { -1, -1, B },
		[STYLE_ACCENT] = { 6, -1, 0 },
		[STYLE_KEY] = { 6, -1, B },
		[STYLE_RULE] = { -1, -1, 0 },
		[STYLE_HEAD] = { -1, -1, 0 },
		[STYLE_CRIT] = { 7, 1, B },
		[STYLE_MAJOR] = { 0, 3, 0 },
		[STYLE_MINOR] = { 0, 7, 0 },
		[STYLE_INFO] = { 0, 6, 0 },
		[STYLE_MAINT] = { 7, 5, B },
		[STYLE_OK] = { -1, -1, 0 },
		[STYLE_UNKNOWN] = { -1, -1, R },
		[STYLE_CLOCK] = { -1, -1, 0 },
		[STYLE_WARN] = { 3, -1, B },
		[STYLE_BREACH] = { 7, 1, B },
		[STYLE_MET] = { -1, -1, 0 },
		[STYLE_BAR] = { 6, -1, 0 },
		[STYLE_BAR_WARN] = { 3, -1, B },
		[STYLE_BAR_BREACH] = { 3, -1, B },
		[STYLE_BAR_REST] = { -1, -1, 0 },
		[STYLE_SPARK] = { 6, -1, 0 },
		[STYLE_FIELD] = { -1, -1, U },
		[STYLE_FIELD_FOCUS] = { 0, 6, 0 },
		[STYLE_BUTTON] = { -1, -1, 0 },
		[STYLE_BUTTON_FOCUS] = { -1, -1, R | B },
		[STYLE_ERROR] = { 3, -1, B },
		[STYLE_NOTICE] = { 6, -1, 0 },
		[STYLE_BANNER] = { 0, 3, 0 },
		[STYLE_BIG] = { -1, -1, B },
		[STYLE_AWAY] = { -1, -1, 0 },
	    },
	},
	{
	    .name = "mono",
	    .help = "no colour: bold, underline and reverse alone",
	    .colours = 0,
	    .ground = 0,
	    .ink = 7,
	    .look = {
		[STYLE_TEXT] = { -1, -1, 0 },
		[STYLE_DIM] = { -1, -1, 0 },
		[STYLE_STRONG] = { -1, -1, B },
		[STYLE_ACCENT] = { -1, -1, B },
		[STYLE_KEY] = { -1, -1, B },
		[STYLE_RULE] = { -1, -1, 0 },
		[STYLE_HEAD] = { -1, -1, 0 },
		[STYLE_CRIT] = { -1, -1, R | B },
		[STYLE_MAJOR] = { -1, -1, B | U },
		[STYLE_MINOR] = { -1, -1, U },
		[STYLE_INFO] = { -1, -1, U },
		[STYLE_MAINT] = { -1, -1, U },
		[STYLE_OK] = { -1, -1, 0 },
		[STYLE_UNKNOWN] = { -1, -1, R },
		[STYLE_CLOCK] = { -1, -1, 0 },
		[STYLE_WARN] = { -1, -1, B },
		[STYLE_BREACH] = { -1, -1, R | B },
		[STYLE_MET] = { -1, -1, 0 },
		[STYLE_BAR] = { -1, -1, 0 },
		[STYLE_BAR_WARN] = { -1, -1, B },
		[STYLE_BAR_BREACH] = { -1, -1, B },
		[STYLE_BAR_REST] = { -1, -1, 0 },
		[STYLE_SPARK] = { -1, -1, 0 },
		[STYLE_FIELD] = { -1, -1, U },
		[STYLE_FIELD_FOCUS] = { -1, -1, U | B },
		[STYLE_BUTTON] = { -1, -1, 0 },
		[STYLE_BUTTON_FOCUS] = { -1, -1, R | B },
		[STYLE_ERROR] = { -1, -1, B },
		[STYLE_NOTICE] = { -1, -1, 0 },
		[STYLE_BANNER] = { -1, -1, R | B },
		[STYLE_BIG] = { -1, -1, B },
		[STYLE_AWAY] = { -1, -1, 0 },
	    },
	},
};

#undef B
#undef R
#undef U

const size_t theme_count = countof(themes);

const struct theme *theme_find(const char *name)
{
	for (size_t i = 0; i < theme_count; i++)
		if (strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return NULL;
}

const struct theme *theme_for(const char *want, int colours)
{
	const struct theme *t = theme_find(want ? want : "dark");

	if (t && t->colours <= colours)
		return t;
	return theme_find(colours >= 256 ? "dark" : colours >= 8 ? "console8" : "mono");
}

void theme_rgb(int index, unsigned char rgb[3])
{
	static const unsigned char base[16][3] = {
		{ 0, 0, 0 },
		{ 205, 0, 0 },
		{ 0, 205, 0 },
		{ 205, 205, 0 },
		{ 0, 0, 238 },
		{ 205, 0, 205 },
		{ 0, 205, 205 },
		{ 229, 229, 229 },
		{ 127, 127, 127 },
		{ 255, 0, 0 },
		{ 0, 255, 0 },
		{ 255, 255, 0 },
		{ 92, 92, 255 },
		{ 255, 0, 255 },
		{ 0, 255, 255 },
		{ 255, 255, 255 },
	};
	static const unsigned char step[6] = { 0, 95, 135, 175, 215, 255 };

	if (index < 16) {
		memcpy(rgb, base[index < 0 ? 0 : index], 3);
	} else if (index < 232) {
		rgb[0] = step[(index - 16) / 36];
		rgb[1] = step[(index - 16) / 6 % 6];
		rgb[2] = step[(index - 16) % 6];
	} else {
		rgb[0] = rgb[1] = rgb[2] =
		    (unsigned char)(8 + 10 * (index > 255 ? 23 : index - 232));
	}
}

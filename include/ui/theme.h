/* Style roles, and what each looks like in each theme. Views name roles, never colours. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stddef.h>

enum style {
	STYLE_TEXT,
	STYLE_DIM,    /* secondary text, healthy cells */
	STYLE_STRONG, /* names, ids */
	STYLE_ACCENT, /* what is focused or can be pressed */
	STYLE_KEY,    /* a key in the footer */
	STYLE_RULE,   /* lines and frames */
	STYLE_HEAD,   /* column and section heads */
	STYLE_CRIT,   /* Sev 1 and major outage */
	STYLE_MAJOR,  /* Sev 2 and partial outage */
	STYLE_MINOR,  /* Sev 3 and degraded */
	STYLE_INFO,   /* Sev 4 */
	STYLE_MAINT,
	STYLE_OK,
	STYLE_UNKNOWN, /* no data, or too old */
	STYLE_CLOCK,   /* a clock that runs */
	STYLE_WARN,    /* a clock in its last quarter; a gap */
	STYLE_BREACH,  /* past due */
	STYLE_MET,
	STYLE_BAR,
	STYLE_BAR_WARN,
	STYLE_BAR_BREACH,
	STYLE_BAR_REST, /* the part of a bar that has not gone by */
	STYLE_SPARK,
	STYLE_FIELD,
	STYLE_FIELD_FOCUS,
	STYLE_BUTTON,
	STYLE_BUTTON_FOCUS,
	STYLE_ERROR,
	STYLE_NOTICE,
	STYLE_BANNER, /* something is wrong with the board itself */
	STYLE_BIG,    /* wall digits */
	STYLE_AWAY,   /* the whole screen while the engine is away */
	STYLES,
};

extern const char *const style_names[STYLES]; /* "text", … */

enum look_attr {
	LOOK_BOLD = 1,
	LOOK_REVERSE = 2,
	LOOK_UNDERLINE = 4,
	LOOK_DIM = 8,
};

/* Colours are indices of the 256-colour palette, -1 the terminal's own. */
struct look {
	short fg, bg;
	unsigned attr;
};

struct theme {
	const char *name, *help;
	int colours;  /* the least a terminal must have: 256, 8 or 0 */
	short ground; /* what the terminal's own background is taken for when contrast is judged */
	short ink;    /* and its own text */
	struct look look[STYLES];
};

extern const struct theme themes[];
extern const size_t theme_count;

/* NULL: no such theme. */
const struct theme *theme_find(const char *name);
/* The theme to use on a terminal with so many colours: `want` (NULL: dark) where it can show it,
 * else the nearest that it can. */
const struct theme *theme_for(const char *want, int colours);

/* sRGB of a palette index 0..255. */
void theme_rgb(int index, unsigned char rgb[3]);

#endif

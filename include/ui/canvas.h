/* A grid of cells that views draw on. It knows no terminal: ui/term shows it, tests read it. */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/theme.h"

#define CELL_TEXT 24	 /* one base with its marks, NUL included */
#define CANVAS_SIDE 1000 /* no side is longer: a terminal that says so is cut to it */

enum cell_flag {
	CELL_REVERSE = 1, /* selected */
	CELL_BOLD = 2,
	CELL_UNDERLINE = 4,
};

/* `text` is one grapheme cluster; "" is the right half of a wide one to its left. */
struct cell {
	char text[CELL_TEXT];
	uint8_t style; /* enum style */
	uint8_t flags; /* enum cell_flag */
};

struct rect {
	int x, y, w, h;
};

/* Everything drawn outside `clip` is dropped, so that a pane cannot spill into its neighbour.
 * With `ascii` every glyph of ours becomes an ASCII one of the same width, and other text `?`, but
 * with `latin` too letters of Latin scripts (up to U+017F) stay. */
struct canvas {
	int w, h;
	bool ascii, latin;
	struct rect clip;
	int cursor_x, cursor_y; /* where the hardware cursor rests; -1: nowhere */
	struct cell *cells;
};

void canvas_init(struct canvas *c, int w, int h);
void canvas_fini(struct canvas *c);
void canvas_resize(struct canvas *c, int w, int h); /* content is cleared */
/* All cells blank in STYLE_TEXT, clip the whole, no cursor. */
void canvas_clear(struct canvas *c);

/* Narrows the clip to `r` within the present one and returns the old one, to be given back. */
struct rect canvas_clip(struct canvas *c, struct rect r);
void canvas_unclip(struct canvas *c, struct rect old);

/* Text from (x, y) to the right, cut at the clip; returns the column after it (as if not cut). */
int canvas_put(struct canvas *c, int x, int y, enum style style, const char *text);
int canvas_putf(struct canvas *c, int x, int y, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Exactly `width` cells: cut with an ellipsis, or filled with blanks. Returns x + width. */
int canvas_field(struct canvas *c, int x, int y, int width, enum style style, const char *text);
/* Ends before column `end`; returns the column where it starts. */
int canvas_right(struct canvas *c, int end, int y, enum style style, const char *text);
/* Words wrapped to r.w, at most r.h lines, the last one cut with an ellipsis; LF starts a line.
 * `skip` lines are left out first. Returns how many lines the whole text has. */
int canvas_wrap(struct canvas *c, struct rect r, enum style style, const char *text, int skip);

void canvas_fill(struct canvas *c, struct rect r, enum style style, const char *glyph);
void canvas_hline(struct canvas *c, int x, int y, int w, enum style style);
void canvas_vline(struct canvas *c, int x, int y, int h, enum style style);
/* A frame around `r`, its inside blank; the title sits in the upper edge (NULL: none). */
void canvas_box(struct canvas *c, struct rect r, enum style style, const char *title);

/* Sets flags on cells that are there. */
void canvas_mark(struct canvas *c, struct rect r, unsigned flags);
/* Gives another style to cells that are there. */
void canvas_restyle(struct canvas *c, struct rect r, enum style style);
void canvas_cursor(struct canvas *c, int x, int y);

/* NULL outside. */
const struct cell *canvas_cell(const struct canvas *c, int x, int y);
/* One row as text without blanks at its end. */
void canvas_row_text(const struct canvas *c, int y, struct buf *out);
/* All rows, each with LF. */
void canvas_text(const struct canvas *c, struct buf *out);

/* The ASCII stand-in of one cluster: itself when it is ASCII, `?` for what has none. */
const char *canvas_ascii(const char *cluster);

#endif

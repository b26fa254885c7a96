/* The terminal: the only module that knows curses. It shows a canvas, gives input, and puts
 * everything back on every way out. One terminal per process. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/input.h"

enum term_colour {
	TERM_COLOUR_AUTO, /* terminfo, NO_COLOR, CLICOLOR_FORCE */
	TERM_COLOUR_ALWAYS,
	TERM_COLOUR_NEVER,
	TERM_COLOUR_16,
	TERM_COLOUR_256,
	TERM_COLOUR_DIRECT,
};

/* False: no such word. */
bool term_colour_parse(const char *word, enum term_colour *out);

struct term_options {
	enum term_colour colour;
	const char *theme; /* name, or NULL */
	bool mouse;
	bool frame_marks; /* each frame ends with a title that carries its number (tests) */
};

struct term;

/* Takes the terminal of standard input and output. NULL: there is none, *e says so. */
struct term *term_open(const struct term_options *o, struct err *e);
void term_close(struct term *t); /* restores it; NULL is fine */

int term_fd(const struct term *t);     /* to watch for input; it never blocks */
bool term_ascii(const struct term *t); /* the locale or the font cannot show more */
bool term_latin(const struct term *t); /* but for letters of Latin scripts */
int term_colours(const struct term *t);
const char *term_theme(const struct term *t);
void term_set_theme(struct term *t, const char *name);
/* One line about what was made do with ("TERM=xyz is unknown, …"), or NULL. */
const char *term_notice(const struct term *t);

/* The size as the kernel has it now. */
void term_size(const struct term *t, int *w, int *h);

/* Shows the canvas: what changed since the last one, written at once. While the terminal does not
 * take what it was given, frames are dropped: false, and term_flush is to be called when the
 * descriptor is writable. */
bool term_show(struct term *t, const struct canvas *c);
/* True when all is written. */
bool term_flush(struct term *t);
/* The next term_show draws everything anew. */
void term_forget(struct term *t);

/* Reads what is there. False: the terminal is gone. */
bool term_read(struct term *t, input_fn got, void *ctx);
struct input *term_input(struct term *t);

void term_bell(struct term *t);
/* Clean text only. NULL: gives the old title back. */
void term_title(struct term *t, const char *title);

/* Gives the terminal back for a while (an editor, C-z), and takes it again. */
void term_leave(struct term *t);
void term_enter(struct term *t);

#endif

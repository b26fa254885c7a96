/* Shared by the two files that know curses. */
#ifndef UI_TERM_PRIV_H
#define UI_TERM_PRIV_H

#include <curses.h>
#include <stdbool.h>
#include <stdio.h>
#include <termios.h>

#include "base/buf.h"
#include "ui/canvas.h"
#include "ui/input.h"
#include "ui/theme.h"

/* curses writes into a memory file, and what it wrote goes to the terminal in one write: it would
 * flush at each cursor move otherwise, and block when the terminal does. The descriptor of the
 * terminal is opened anew, so that its O_NONBLOCK is ours alone and not the shell's too. */
struct term {
	SCREEN *screen;
	FILE *out; /* of curses */
	int mem;   /* behind `out` */
	int tty;
	struct termios saved;
	struct canvas shown;
	bool shown_valid;
	const struct theme *theme;
	int colours;
	bool latin, ascii, left, frame_marks, mouse, sync;
	bool ansi_moves; /* what curses wrote may be squeezed */
	unsigned long frames;
	char *notice, *title;
	bool title_due, bell_due;
	struct buf pending; /* not yet taken by the terminal */
	struct input *input;
};

#define PENDING_MAX ((size_t)64 << 20)

/* Moves what curses wrote since the last call behind what waits. */
void term_gather(struct term *t);

#endif

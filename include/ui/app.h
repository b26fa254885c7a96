/* The board as a program: terminal, client and views tied to one loop. */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/term.h"

struct ui_options {
	const char *socket; /* of the engine */
	const char *as;	    /* person to act as, or NULL */
	const char
	    *keymap; /* a shipped one by name, or a file; NULL: default and the person's own */
	const char *theme;  /* NULL: by the terminal */
	const char *region; /* only this one, or NULL */
	enum term_colour colour;
	bool wall, read_only;
	const char *leaving; /* what leaving means, a sentence; NULL: the engine goes on */
};

/* Runs until the person leaves or the terminal is gone. The exit status; 0 for a plain end. *e says
 * why it could not start. */
int ui_run(const struct ui_options *o, struct err *e);

#endif

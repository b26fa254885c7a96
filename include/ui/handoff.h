/* A text handed to the person's own editor: $NOCBOARD_EDITOR, $VISUAL, $EDITOR, else the usual
 * ones. */
#ifndef UI_HANDOFF_H
#define UI_HANDOFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define HANDOFF_WORDS 32

struct handoff;

/* Starts it in the foreground of the terminal, on a file that nobody else can read. The terminal
 * must have been left. NULL: *e. */
struct handoff *handoff_start(int tty, const char *text, struct err *e);
/* Whether it still runs; *status as of waitpid once it does not. */
bool handoff_runs(struct handoff *h, int *status);
/* Takes the terminal back, and frees. The text without line ends at its end; NULL: *e says why
 * there is none (it ended with an error, or nothing was changed). The caller frees. */
char *handoff_end(struct handoff *h, int tty, int status, struct err *e);
/* The board ends: the editor is told so. NULL is fine. */
void handoff_kill(struct handoff *h);

/* Splits a command line as a shell does: blanks, both quotes, backslashes; nothing is expanded.
 * Returns how many words; the caller frees each. */
size_t handoff_words(const char *line, char *words[HANDOFF_WORDS]);

#endif

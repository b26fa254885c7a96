/* A program under a terminal of its own (forkpty into libvterm), driven by keys and read as cells.
 * Nothing sleeps: each wait reads the terminal until what is awaited is there, or a deadline. */
#ifndef TOOLS_SCREEN_H
#define TOOLS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct screen;

struct screen_options {
	int w, h;
	const char *term;	/* NULL: xterm-256color */
	const char *locale;	/* NULL: C.UTF-8 */
	const char *const *env; /* "NAME=value" more, NULL-terminated, or NULL; "NAME" unsets */
	const char *home;	/* NULL: as it is */
};

/* Starts argv. Fails the running test when it cannot. */
struct screen *screen_start(char *const argv[], const struct screen_options *o);
/* Ends the program when it still runs (SIGKILL), and frees. */
void screen_free(struct screen *s);

/* Bytes as a terminal would send them. */
void screen_send(struct screen *s, const char *bytes);
/* The same, then waits for the next frame after them. */
void screen_key(struct screen *s, const char *bytes);
void screen_resize(struct screen *s, int w, int h);

/* Reads until the text stands somewhere on the screen; false after `ms`. */
bool screen_wait(struct screen *s, const char *text, int ms);
/* The same; when it does not come the test fails with what is on the screen. */
void screen_see(struct screen *s, const char *text, int ms);
/* Until it stands nowhere. */
bool screen_wait_gone(struct screen *s, const char *text, int ms);
/* Until a frame with a number above the last awaited one has arrived. */
bool screen_frame(struct screen *s, int ms);
/* Until the program has ended, or false; *status as of waitpid. */
bool screen_wait_exit(struct screen *s, int ms, int *status);
/* Closes the terminal under the program, as a lost connection does. */
void screen_hang_up(struct screen *s);

bool screen_has(const struct screen *s, const char *text);
/* One row, without blanks at its end. */
void screen_row(const struct screen *s, int y, struct buf *out);
void screen_cursor(const struct screen *s, int *x, int *y, bool *visible);
int screen_bells(const struct screen *s);
size_t screen_bytes(const struct screen *s); /* received so far */
long screen_pid(const struct screen *s);
/* Everything that was received, for tests of bytes. */
const struct buf *screen_log(const struct screen *s);

/* Text rows, a line "----", one letter for the look of each cell, and what the letters stand for.
 */
void screen_dump(const struct screen *s, struct buf *out);

/* Compares the dump with tests/golden/NAME.screen. UPDATE_GOLDEN=1 writes it instead. On a
 * difference both are told line by line, with the command that accepts the new one, and the test
 * fails. */
void screen_golden(const struct screen *s, const char *name);
/* As an SVG picture into the file. */
bool screen_svg(const struct screen *s, const char *path);

#endif

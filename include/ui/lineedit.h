/* One text field: readline's habits, by grapheme clusters, with undo. Text in it is clean. */
#ifndef UI_LINEEDIT_H
#define UI_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/canvas.h"

#define LINEEDIT_MAX 8192 /* bytes */
#define LINEEDIT_UNDO 32

struct lineedit {
	char *text;
	size_t len, at; /* cursor, in bytes, between clusters */
	char *cut;	/* what edit.yank puts back */
	struct {
		char *text;
		size_t at;
	} undo[LINEEDIT_UNDO];
	size_t undo_count, redo_count;
	struct {
		char *text;
		size_t at;
	} redo[LINEEDIT_UNDO]; /* what was taken back; a new edit forgets it */
	bool lines;	       /* edit.newline means something */
	bool typing;	       /* the last change was one typed character: they are one undo step */
};

void lineedit_init(struct lineedit *le, const char *text);
void lineedit_fini(struct lineedit *le);
void lineedit_set(struct lineedit *le, const char *text); /* cursor at the end; an undo step */
/* False when it did not fit whole; what fits is taken. `pasted` is one undo step. */
bool lineedit_insert(struct lineedit *le, const char *text, bool pasted);
/* One of the edit.* actions by id; false: it is none of them. */
bool lineedit_act(struct lineedit *le, const char *action);

/* Draws into one row, scrolled so that the cursor is seen; with `focus` puts the cursor there. */
void lineedit_draw(
    const struct lineedit *le, struct canvas *c, int x, int y, int w, enum style style, bool focus);
/* Wrapped over r.h rows, scrolled likewise. Returns the rows that the text needs. */
int lineedit_draw_lines(
    const struct lineedit *le, struct canvas *c, struct rect r, enum style style, bool focus);

#endif

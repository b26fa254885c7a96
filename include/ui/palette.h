/* What the palette offers for a text. */
#ifndef UI_PALETTE_H
#define UI_PALETTE_H

#include <stddef.h>

#include "ui/view.h"

struct palette_entry {
	const struct action *action;
	const char *why_not; /* NULL: it can be done now */
	int score;
};

/* Whether the letters of `needle` stand in `text` in this order, and how well (0: they do not;
 * starts of words and runs count more). */
int palette_score(const char *text, const char *needle);

/* The best first; the caller frees. `context` is of the view below. A board that only looks is not
 * offered anything else. */
struct palette_entry *palette_find(const struct scene *s, const char *context,
    const struct snap_incident *target, const char *needle, size_t *count);

/* The action that a line names by its first word: an id, or a command's name. *rest is what follows
 * it. NULL: none. */
const struct action *palette_resolve(const char *line, const char **rest);

#endif

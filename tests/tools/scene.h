/* A scene for tests of views: what tests/golden/board.objects says, at 14:31:07 UTC. */
#ifndef TOOLS_SCENE_H
#define TOOLS_SCENE_H

#include "ui/view.h"

/* One per test; free with scene_free. */
struct scene *scene_new(void);
void scene_free(struct scene *s);
/* Applies one more line; fails the test when it is refused. */
void scene_apply(struct scene *s, const char *line);
/* Draws a view into a canvas of this size and returns it; free with canvas_fini. */
struct canvas scene_draw(
    struct scene *s, const struct view_ops *ops, void *state, int w, int h, bool ascii);
/* Whether the text stands in some row. */
bool canvas_has(const struct canvas *c, const char *text);

#endif

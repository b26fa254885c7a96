/* Finding keymap files: shipped ones by name, the site's, the person's. */
#ifndef UI_KEYMAP_LOAD_H
#define UI_KEYMAP_LOAD_H

struct app;

/* The map in force into app->keys. A bad file never stops the board: the layer below holds, and the
 * message line names the first error. */
void keymap_load(struct app *app);

#endif

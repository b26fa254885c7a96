/* The keymap in force into app->keys. */
#ifndef UI_KEYMAP_LOAD_H
#define UI_KEYMAP_LOAD_H

struct app;

/* A bad file never stops the board: the layer below holds, and the message line names the first
 * error. */
void app_load_keys(struct app *app);

#endif

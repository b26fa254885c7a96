/* The keymap in force, from its files: what is compiled in, the site's, the person's own, and one
 * that was named on the command line. */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include "ui/keys.h"

/* `chosen`: a shipped keymap by name, or a file; NULL: none. Problems of all files are added; a
 * file with an error leaves the layer below it in force. The caller frees with keymap_free. */
struct keymap *keymap_load(const char *chosen, struct key_problems *problems);

/* There is such a keymap or file. */
bool keymap_known(const char *chosen);

#endif

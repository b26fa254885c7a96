/* Between the files of the setup. */
#ifndef ENGINE_SETUP_PRIV_H
#define ENGINE_SETUP_PRIV_H

#include "engine/setup.h"

/* A path as the main file means it: relative to its own folder. The caller frees. */
char *setup_beside(const char *main_file, const char *path);

/* The site's templates, partials and word lists, from the folders of the configuration. */
void setup_read_texts(struct setup *s);
void setup_texts_fini(struct setup *s);

#endif

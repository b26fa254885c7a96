/* Between the files of the setup. */
#ifndef ENGINE_SETUP_PRIV_H
#define ENGINE_SETUP_PRIV_H

#include "engine/setup.h"

/* A path as the main file means it: relative to its own folder. The caller frees. */
char *setup_beside(const char *main_file, const char *path);

/* The site's templates, partials and word lists, from the folders of the configuration. */
void setup_read_texts(struct setup *s);
void setup_texts_fini(struct setup *s);

#define OWN_TEXTS_MAX 200
void own_texts_add(
    struct own_texts *t, const char *name, const char *path, const char *text, size_t len);
void own_texts_fini(struct own_texts *t);

/* setup_kept.c: those that were in force when an engine last wrote them. False: there are none. */
bool setup_kept_read(const struct setup *s, struct own_texts *out);

#endif

/* Reading the configuration from its files: for the engine, for `check`, and for everybody who must
 * find the engine's socket. */
#ifndef ENGINE_SETUP_H
#define ENGINE_SETUP_H

#include <stdbool.h>

#include "base/err.h"
#include "domain/config.h"
#include "domain/texts.h"

/* A site's own template, partial or word list. */
struct own_text {
	char *name, *path, *text;
	size_t len;
};

struct own_texts {
	struct own_text *items;
	size_t count;
};

struct setup {
	char *path; /* of the main file */
	struct config *config;
	char *journal, *socket, *state; /* paths in force */
	char *fingerprint;	/* of the bytes that were read: equal means that nothing changed */
	struct own_texts texts; /* as the files are */
	struct cfg_problems text_problems; /* what is wrong with them */
	struct own_texts texts_in_force;   /* those that can be used, of now or of before */
};

/* The file that would be read: `given`, $NOCBOARD_CONFIG, XDG, /etc; NULL: none of them is there
 * (*e says where they were looked for). The caller frees. */
char *setup_find(const char *given, struct err *e);

/* Where the engine of this configuration listens, whatever is wrong with it: one that runs goes on
 * with what it had. NULL: there is no such file. The caller frees. */
char *setup_socket(const char *given);

/* Reads it with conf.d/ *.yaml beside it, its policy, templates and word lists. NULL: *e has one
 * line, and `problems` every problem (none when a file could not be read). What is wrong with
 * templates and word lists stands in text_problems and stops nothing: those that an engine last had
 * in force hold (setup_kept_write). */
struct setup *setup_load(const char *given, struct cfg_problems *problems, struct err *e);
/* Whether its files are not what they were, by their bytes; nothing is parsed. */
bool setup_changed(const struct setup *s);
void setup_free(struct setup *s);
/* Texts with a problem give way to those that were in force before (NULL: there are none), and the
 * problem's help says what holds. */
void setup_keep_texts(struct setup *fresh, const struct own_texts *before);
/* Keeps what is in force for the next start, in the state folder (0600, 8 MiB at most). */
void setup_kept_write(const struct setup *s);
/* The same as the domain reads them; the caller frees the array alone. */
struct text_file *setup_text_files(const struct own_texts *t);

/* The value of a secret; the caller frees (it is never logged). NULL: *e; a file that others may
 * read is refused. */
char *setup_secret(const struct cfg_secret *s, struct err *e);

#endif

/* Reading the configuration from its files: for the engine, for `check`, and for everybody who must
 * find the engine's socket. */
#ifndef ENGINE_SETUP_H
#define ENGINE_SETUP_H

#include <stdbool.h>

#include "base/err.h"
#include "domain/config.h"

struct setup {
	char *path; /* of the main file */
	struct config *config;
	char *journal, *socket, *state; /* paths in force */
	char *fingerprint; /* of the bytes that were read: equal means that nothing changed */
};

/* The file that would be read: `given`, $NOCBOARD_CONFIG, XDG, /etc; NULL: none of them is there
 * (*e says where they were looked for). The caller frees. */
char *setup_find(const char *given, struct err *e);

/* Reads it with conf.d/ *.yaml beside it and its policy. NULL: *e has one line, and `problems`
 * every problem (none when a file could not be read). */
struct setup *setup_load(const char *given, struct cfg_problems *problems, struct err *e);
void setup_free(struct setup *s);

/* The value of a secret; the caller frees (it is never logged). NULL: *e; a file that others may
 * read is refused. */
char *setup_secret(const struct cfg_secret *s, struct err *e);

#endif

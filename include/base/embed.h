/* Files that are compiled in: keymaps/ and share/ of the source tree, by their path in it. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embedded {
	const char *name;	   /* "keymaps/default.keys" */
	const unsigned char *data; /* a NUL follows the last byte */
	size_t len;
};

/* Ends with a row whose name is NULL. */
extern const struct embedded embedded_files[];

/* NULL: no such file. */
const struct embedded *embedded_find(const char *name);

#endif

/* What goes between mime.c and mime_code.c. */
#ifndef NET_MIME_PRIV_H
#define NET_MIME_PRIV_H

#include <stdlib.h>

#include "mime.h"

/* A header's value with its encoded words decoded (RFC 2047), as one clean line. */
const char *mime_words(struct arena *a, const char *value, size_t max);

#endif

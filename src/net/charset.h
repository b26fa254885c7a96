/* Foreign encodings to UTF-8. What cannot be read becomes U+FFFD; nothing is dropped. */
#ifndef NET_CHARSET_H
#define NET_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends `bytes`, which are in the encoding called `name` (of `name_len` bytes, any case). *bad,
 * if not NULL, is raised by the number of places that could not be read. False: no such encoding
 * is known, and nothing was added. */
bool charset_to_utf8(
    struct buf *out, const char *name, size_t name_len, const char *bytes, size_t len, size_t *bad);

/* Appends a document by what it says of itself: a byte order mark, which is left out, then an XML
 * declaration, else UTF-8. A NUL follows the last byte. Returns how many places could not be read.
 */
size_t charset_document(struct buf *out, const char *bytes, size_t len);

/* True when charset_document would add the bytes as they are. */
bool charset_is_utf8(const char *bytes, size_t len);

/* Loads every converter, so that later calls open no file: for a process that is about to give up
 * that right. */
void charset_prepare(void);

#endif

/* The character entities of HTML 4. */
#ifndef NET_ENTITY_H
#define NET_ENTITY_H

#include <stddef.h>

/* The code point that "&NAME;" stands for, without `&` and `;`; letters count as they are. 0: no
 * such entity. */
unsigned entity_named(const char *name, size_t len);

/* The code point of a reference that starts with `&` at `s` ("&eacute;", "&#233;", "&#xe9;") and
 * its bytes in *len; 0: none, or one that stands for no character. Numbers from 128 to 159 are read
 * as windows-1252, which is what their writers meant. */
unsigned entity_at(const char *s, size_t max, size_t *len);

/* What the byte `c` of 128 to 159 is in windows-1252. */
unsigned entity_windows(unsigned c);

#endif

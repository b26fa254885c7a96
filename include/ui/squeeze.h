/* Fewer bytes for the same screen: curses addresses a cell absolutely when it is more than seven
 * away, although a step to the right along the row is shorter. */
#ifndef UI_SQUEEZE_H
#define UI_SQUEEZE_H

#include <stddef.h>

#include "base/buf.h"

/* Appends to `out` what brings a terminal of `width` columns to the same screen and cursor as
 * `bytes` do, which curses wrote for it: ECMA-48 CUP becomes CUF or BS where the place of the
 * cursor is certain and that is shorter. Nothing is certain at the start. */
void squeeze(struct buf *out, const char *bytes, size_t len, int width);

#endif

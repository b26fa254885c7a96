/* The one gate for text from outside, and the one measure of width. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum utf8_lines {
	UTF8_ONE_LINE, /* TAB and line ends become one blank; runs of blanks are one; trimmed */
	UTF8_LINES,    /* line ends (LF, CRLF, CR) become LF; TAB a blank */
};

/* Appends `s` cleaned: invalid UTF-8 becomes U+FFFD (one for each maximal subpart); control
 * characters, bidi controls, zero-width characters, soft hyphens, variation selectors and tags are
 * dropped; unassigned, private and non-characters become U+FFFD; flags read as
 * their country's code; keycap and ZWJ clusters keep
 * their first base; at most 4 combining marks a base. `max` bytes at most (0: no limit), cut
 * between grapheme clusters. Returns how many code points were dropped or replaced. utf8_clean of
 * cleaned text changes nothing. */
size_t utf8_clean(struct buf *out, const char *s, size_t len, enum utf8_lines lines, size_t max);

/* The same as a new string, which the caller frees. NULL in gives "". */
char *utf8_cleaned(const char *s, enum utf8_lines lines, size_t max);

/* True when the text is ASCII that utf8_clean leaves as it is. */
bool utf8_is_plain(const char *s, size_t len, enum utf8_lines lines);

/* True when the bytes are valid UTF-8 (no surrogates, no overlong forms). */
bool utf8_valid(const char *s, size_t len);

/* One code point from valid text: its value, and its length in *len (1 at the NUL or an invalid
 * byte; the value is 0xFFFD for an invalid byte, 0 at the end). */
unsigned utf8_next(const char *s, size_t *len);

/* The bytes of a code point that is no surrogate, and how many they are (0: there is no such one).
 */
size_t utf8_encode(unsigned cp, char out[4]);
/* Appends the code point in UTF-8. */
bool utf8_put(struct buf *out, unsigned cp);

/* Cells of one code point as curses will draw it: wcwidth, with -1 counted as 1. */
int utf8_cp_width(unsigned cp);
/* Cells of the whole text. */
int utf8_width(const char *s);

/* Bytes of the next grapheme cluster (0 at the end) and its cells in *cells (may be NULL). */
size_t utf8_cluster(const char *s, int *cells);

/* Bytes of the longest start of `s` that fits into `cells`, cut between clusters. */
size_t utf8_fit(const char *s, int cells);

#endif

/* A byte buffer with a maximum that it states at birth. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* `data` is always NUL-terminated once something was added; `len` leaves the NUL out.
 * What does not fit under `max` is left out whole and sets `over`, which stays set. */
struct buf {
	char *data;
	size_t len, cap, max;
	bool over;
};

#define BUF_MAX ((size_t)64 << 20)

void buf_init(struct buf *b, size_t max); /* max 0: BUF_MAX */
void buf_fini(struct buf *b);
void buf_clear(struct buf *b);

/* False when it did not fit (nothing was added then). */
bool buf_add(struct buf *b, const void *data, size_t len);
bool buf_adds(struct buf *b, const char *s);
bool buf_addc(struct buf *b, char c);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Drops the first `n` bytes. */
void buf_drop(struct buf *b, size_t n);

/* The text, never NULL; the buffer keeps it. */
const char *buf_str(const struct buf *b);

/* The text, owned by the caller; the buffer is empty afterwards. */
char *buf_take(struct buf *b);

#endif

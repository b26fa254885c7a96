/* Memory that is there or the program is not: allocation that aborts, and arenas that are freed
 * whole. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* Each returns memory that the caller owns and frees with free(); none returns NULL: a failed
 * allocation prints one line to standard error and aborts (the journal makes a restart safe). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
void *xreallocarray(void *p, size_t count, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* NULL in, NULL out. */
char *xstrdup_null(const char *s);

/* An arena: many small values with one end of life. */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *a);
void *arena_alloc(struct arena *a, size_t size);    /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *s); /* NULL in, NULL out */
char *arena_strndup(struct arena *a, const char *s, size_t n);
/* `len` bytes, whatever they are, and a NUL behind them. */
char *arena_copy(struct arena *a, const char *s, size_t len);
/* Makes a piece `p` of `size` bytes one of `want`: in its place while it is the last one and has
 * room, else as a copy. What is new is not zeroed. NULL, of 0 bytes, is none yet. */
void *arena_resize(struct arena *a, void *p, size_t size, size_t want);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A growing array: `xgrow(v->items, v->count, &v->cap)` makes room for one more item. */
void *xgrow_size(void *items, size_t count, size_t *cap, size_t item_size);
#define xgrow(items, count, cap) xgrow_size((items), (count), (cap), sizeof *(items))

/* One of `count` strings is this one. */
bool among(char *const *list, size_t count, const char *s);

#define countof(a) (sizeof(a) / sizeof *(a))

#endif

#include "base/mem.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first block; each next one is twice as large, up to a limit below the size at which glibc
 * gathers all small free chunks when one so large is freed. */
#define ARENA_BLOCK 4096
#define ARENA_BLOCK_MAX 32768

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *head;
};

static void *check(void *p)
{
	if (!p) {
		fputs("nocboard: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xmalloc(size_t size)
{
	return check(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return check(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return check(realloc(p, size ? size : 1));
}

void *xreallocarray(void *p, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		check(NULL);
	return xrealloc(p, count * size);
}

char *xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = xmalloc(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, SIZE_MAX - 1);
}

char *xstrdup_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *out = NULL;

	va_start(ap, fmt);
	if (vasprintf(&out, fmt, ap) < 0)
		check(NULL);
	va_end(ap);
	return out;
}

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	struct block *b, *next;

	if (!a)
		return;
	for (b = a->head; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

/* A new head block with room for `size` bytes. */
static __attribute__((noinline)) struct block *more(struct arena *a, size_t size)
{
	struct block *b = a->head;
	size_t next = b && b->size >= ARENA_BLOCK ? 2 * b->size : ARENA_BLOCK;

	next = next < ARENA_BLOCK_MAX ? next : ARENA_BLOCK_MAX;
	next = size > next ? size : next;
	b = xmalloc(sizeof *b + next);
	b->used = 0;
	b->size = next;
	b->next = a->head;
	a->head = b;
	return b;
}

static inline size_t aligned(size_t size)
{
	const size_t unit = alignof(max_align_t);

	if (size > SIZE_MAX / 2)
		check(NULL);
	return (size + unit - 1) / unit * unit;
}

/* The head block, with room for `size` more bytes. */
static inline struct block *room(struct arena *a, size_t size)
{
	struct block *b = a->head;

	return b && b->size - b->used >= size ? b : more(a, size);
}

static inline void *take(struct arena *a, size_t size)
{
	size_t n = aligned(size);
	struct block *b = room(a, n);
	void *p = b->data + b->used;

	b->used += n;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p = take(a, size);

	memset(p, 0, size);
	return p;
}

void *arena_resize(struct arena *a, void *p, size_t size, size_t want)
{
	struct block *b = a->head;
	size_t old = aligned(size), new = aligned(want);
	bool last = p && b->used >= old && (unsigned char *)p == b->data + b->used - old;

	if (last && b->size - (b->used - old) >= new) {
		b->used += new - old;
		return p;
	}
	void *moved = take(a, want);
	if (p)
		memcpy(moved, p, size < want ? size : want);
	return moved;
}

char *arena_copy(struct arena *a, const char *s, size_t len)
{
	char *p = take(a, len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	return s ? arena_copy(a, s, strnlen(s, n)) : NULL;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_copy(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	struct block *b = room(a, 128);
	size_t left = b->size - b->used;
	va_list ap;
	int len;
	char *p;

	va_start(ap, fmt);
	len = vsnprintf((char *)b->data + b->used, left, fmt, ap);
	va_end(ap);
	if (len < 0)
		check(NULL);
	p = take(a, (size_t)len + 1);
	if ((size_t)len < left && p == (char *)b->data + b->used - aligned((size_t)len + 1))
		return p;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return p;
}

bool among(char *const *list, size_t count, const char *s)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], s) == 0)
			return true;
	return false;
}

void *xgrow_size(void *items, size_t count, size_t *cap, size_t item_size)
{
	if (count < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 8;
	return xreallocarray(items, *cap, item_size);
}

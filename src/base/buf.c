#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t max)
{
	memset(b, 0, sizeof *b);
	b->max = max ? max : BUF_MAX;
}

void buf_fini(struct buf *b)
{
	size_t max = b->max;

	free(b->data);
	buf_init(b, max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->over = false;
	if (b->data)
		b->data[0] = '\0';
}

static bool reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 128;

	if (more > b->max - b->len) {
		b->over = true;
		return false;
	}
	while (cap < b->len + more + 1)
		cap *= 2;
	if (cap != b->cap) {
		b->data = xrealloc(b->data, cap);
		b->cap = cap;
	}
	return true;
}

bool buf_add(struct buf *b, const void *data, size_t len)
{
	bool fits = len < b->cap - b->len && len <= b->max - b->len;

	if (!fits && !reserve(b, len))
		return false;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return true;
}

bool buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool buf_addc(struct buf *b, char c)
{
	if (b->len + 1 >= b->cap || b->len >= b->max)
		return buf_add(b, &c, 1);
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
	return true;
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
	size_t left = b->data ? b->cap - b->len : 0;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(left ? b->data + b->len : NULL, left, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < left && (size_t)len <= b->max - b->len) {
		b->len += (size_t)len;
		return true;
	}
	if (left)
		b->data[b->len] = '\0';
	if (len < 0 || !reserve(b, (size_t)len))
		return false;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
	return true;
}

void buf_drop(struct buf *b, size_t n)
{
	if (n >= b->len) {
		b->len = 0;
	} else {
		memmove(b->data, b->data + n, b->len - n);
		b->len -= n;
	}
	if (b->data)
		b->data[b->len] = '\0';
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
	char *p = b->data ? b->data : xstrdup("");

	b->data = NULL;
	b->len = b->cap = 0;
	b->over = false;
	return p;
}

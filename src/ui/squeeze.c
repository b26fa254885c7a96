#include "ui/squeeze.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Where the cursor is, from 1; row 0: not certain. */
struct place {
	int row, col;
};

/* One control sequence: ESC [ parameters final. */
struct sequence {
	size_t len; /* 0: it is none, or not whole */
	int value[2];
	int count;
	bool plain; /* digits and one ";" at most */
	char final;
};

static struct sequence sequence_at(const char *s, size_t len)
{
	struct sequence q = { .plain = true };
	size_t i = 2;

	if (len < 3 || s[0] != '\033' || s[1] != '[')
		return q;
	for (; i < len && (isdigit((unsigned char)s[i]) || s[i] == ';'); i++) {
		if (s[i] == ';') {
			q.plain = q.plain && ++q.count < 2;
		} else if (q.count < 2 && q.value[q.count] < 100000) {
			q.value[q.count] = q.value[q.count] * 10 + (s[i] - '0');
		}
	}
	if (i < len && s[i] >= '@' && s[i] <= '~') {
		q.final = s[i];
		q.len = i + 1;
	}
	return q;
}

static int or_one(int n)
{
	return n ? n : 1;
}

/* Goes on in the same row, when that takes fewer bytes than `limit`. */
static bool step(struct buf *out, struct place from, int col, size_t limit)
{
	char text[16];
	int n = col - from.col;
	size_t len;

	if (n > 0)
		len = (size_t)(n == 1 ? snprintf(text, sizeof text, "\033[C")
				      : snprintf(text, sizeof text, "\033[%dC", n));
	else
		for (len = 0; len < (size_t)-n && len < limit; len++)
			text[len] = '\b';
	if (len >= limit)
		return false;
	buf_add(out, text, len);
	return true;
}

/* Writes the sequence, or what is shorter, and moves the place along. */
static void control(
    struct buf *out, const char *s, const struct sequence *q, struct place *at, int width)
{
	struct place to = { or_one(q->value[0]), or_one(q->value[1]) };

	if (q->final == 'H' && q->plain && to.col <= width) {
		if (!at->row || at->row != to.row ||
		    !step(out, *at, to.col, q->len < 16 ? q->len : 16))
			buf_add(out, s, q->len);
		*at = to;
		return;
	}
	buf_add(out, s, q->len);
	if (q->final == 'm')
		return;
	if (q->final == 'd' && at->row)
		at->row = to.row;
	else if (q->final == 'G' && at->row && to.row <= width)
		at->col = to.row; /* its only parameter */
	else
		at->row = 0;
}

/* One byte that is no part of a sequence. Beyond ASCII nobody knows how wide terminals draw it. */
static void move_on(struct place *at, unsigned char c, int width)
{
	if (c == '\r')
		at->col = 1;
	else if (c == '\b' && at->col > 1)
		at->col--;
	else if (c >= 0x20 && c < 0x7f && at->col < width)
		at->col++;
	else
		at->row = 0;
}

void squeeze(struct buf *out, const char *bytes, size_t len, int width)
{
	struct place at = { 0, 0 };

	for (size_t i = 0, n; i < len; i += n) {
		struct sequence q = sequence_at(bytes + i, len - i);

		n = q.len ? q.len : len - i >= 3 && memcmp(bytes + i, "\033(B", 3) == 0 ? 3 : 1;
		if (q.len) {
			control(out, bytes + i, &q, &at, width);
			continue;
		}
		if (n == 1)
			move_on(&at, (unsigned char)bytes[i], width);
		buf_add(out, bytes + i, n);
	}
}

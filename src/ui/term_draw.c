/* Cells to curses: what changed, and all of it in one write. */
#include "ui/term.h"

#include <curses.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"
#include "term_priv.h"

#define SYNC_FROM 2048 /* smaller frames are whole in one write anyway */

static attr_t attributes(const struct look *l, unsigned flags)
{
	unsigned attr = l->attr;
	attr_t a = A_NORMAL;

	if (flags & CELL_REVERSE)
		attr ^= LOOK_REVERSE;
	if (attr & LOOK_BOLD || flags & CELL_BOLD)
		a |= A_BOLD;
	if (attr & LOOK_REVERSE)
		a |= A_REVERSE;
	if (attr & LOOK_UNDERLINE || flags & CELL_UNDERLINE)
		a |= A_UNDERLINE;
	if (attr & LOOK_DIM)
		a |= A_DIM;
	return a;
}

static void put_cell(struct term *t, int x, int y, const struct cell *cell)
{
	const struct look *l = &t->theme->look[cell->style];
	int pair = t->colours > 0 && (l->fg >= 0 || l->bg >= 0) ? alloc_pair(l->fg, l->bg) : 0;
	wchar_t text[CELL_TEXT];
	size_t n = 0, len;
	cchar_t cc;

	for (const char *s = cell->text; *s && n < CCHARW_MAX - 1u; s += len)
		text[n++] = (wchar_t)utf8_next(s, &len);
	text[n] = L'\0';
	if (setcchar(&cc, text, attributes(l, cell->flags), (short)0, pair >= 0 ? &pair : NULL) ==
	    ERR)
		setcchar(&cc, L" ", A_NORMAL, 0, NULL);
	mvadd_wch(y, x, &cc);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* The stretch of the row that differs from what is shown; whole when nothing is known. */
static void put_row(struct term *t, const struct canvas *c, int y)
{
	const struct cell *now = canvas_cell(c, 0, y);
	const struct cell *old = t->shown_valid ? canvas_cell(&t->shown, 0, y) : NULL;
	int from = 0, to = c->w;

	if (old) {
		while (from < to && same_cell(&now[from], &old[from]))
			from++;
		while (to > from && same_cell(&now[to - 1], &old[to - 1]))
			to--;
		if (from == to)
			return;
		while (from > 0 && now[from].text[0] == '\0')
			from--;
	}
	for (int x = from; x < to; x++)
		if (now[x].text[0] != '\0')
			put_cell(t, x, y, &now[x]);
}

static void remember(struct term *t, const struct canvas *c)
{
	canvas_resize(&t->shown, c->w, c->h);
	memcpy(t->shown.cells, c->cells, (size_t)c->w * (size_t)c->h * sizeof *c->cells);
	t->shown_valid = true;
}

static void add_extras(struct term *t)
{
	if (t->bell_due)
		buf_adds(&t->pending, "\a");
	t->bell_due = false;
	if (t->frame_marks) {
		buf_addf(&t->pending, "\033]2;frame %lu\033\\", ++t->frames);
	} else if (t->title_due && t->sync) {
		buf_addf(&t->pending, "\033]2;%s\033\\", t->title ? t->title : "");
	}
	t->title_due = false;
}

/* Wraps what waits from `start` on into the marks of a synchronized update. */
static void wrap_sync(struct term *t, size_t start)
{
	static const char on[] = "\033[?2026h", off[] = "\033[?2026l";
	struct buf all;

	if (!t->sync || t->pending.len - start < SYNC_FROM)
		return;
	buf_init(&all, PENDING_MAX);
	buf_add(&all, t->pending.data, start);
	buf_adds(&all, on);
	buf_add(&all, t->pending.data + start, t->pending.len - start);
	buf_adds(&all, off);
	buf_fini(&t->pending);
	t->pending = all;
}

bool term_show(struct term *t, const struct canvas *c)
{
	size_t start;

	if (t->left || !term_flush(t))
		return false;
	if (c->w < 1 || c->h < 1)
		return true;
	if (c->w != COLS || c->h != LINES) {
		resizeterm(c->h, c->w);
		t->shown_valid = false;
	}
	if (t->shown_valid && (t->shown.w != c->w || t->shown.h != c->h))
		t->shown_valid = false;
	if (!t->shown_valid)
		clear();
	for (int y = 0; y < c->h; y++)
		put_row(t, c, y);
	curs_set(c->cursor_x >= 0);
	if (c->cursor_x >= 0)
		move(c->cursor_y, c->cursor_x);
	remember(t, c);
	start = t->pending.len;
	refresh();
	term_gather(t);
	wrap_sync(t, start);
	add_extras(t);
	return term_flush(t);
}

#include "ui/lineedit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void lineedit_init(struct lineedit *le, const char *text)
{
	*le = (struct lineedit){ .text = xstrdup(text ? text : "") };
	le->len = le->at = strlen(le->text);
}

static void forget_redo(struct lineedit *le)
{
	while (le->redo_count)
		free(le->redo[--le->redo_count].text);
}

void lineedit_fini(struct lineedit *le)
{
	free(le->text);
	free(le->cut);
	for (size_t i = 0; i < le->undo_count; i++)
		free(le->undo[i].text);
	forget_redo(le);
	*le = (struct lineedit){ 0 };
}

static void keep(struct lineedit *le)
{
	if (le->undo_count == LINEEDIT_UNDO) {
		free(le->undo[0].text);
		memmove(le->undo, le->undo + 1, (LINEEDIT_UNDO - 1) * sizeof *le->undo);
		le->undo_count--;
	}
	le->undo[le->undo_count].text = xstrdup(le->text);
	le->undo[le->undo_count++].at = le->at;
}

/* Before an edit. */
static void remember(struct lineedit *le)
{
	forget_redo(le);
	keep(le);
}

/* Replaces the bytes from..to by `with`. */
static void splice(struct lineedit *le, size_t from, size_t to, const char *with, size_t n)
{
	size_t len = le->len - (to - from) + n;
	char *text = xmalloc(len + 1);

	memcpy(text, le->text, from);
	memcpy(text + from, with, n);
	memcpy(text + from + n, le->text + to, le->len - to + 1);
	free(le->text);
	le->text = text;
	le->len = len;
	le->at = from + n;
}

void lineedit_set(struct lineedit *le, const char *text)
{
	remember(le);
	le->typing = false;
	splice(le, 0, le->len, text, strlen(text));
}

bool lineedit_insert(struct lineedit *le, const char *text, bool pasted)
{
	size_t room = LINEEDIT_MAX - le->len, n = strlen(text);
	bool whole = n <= room;

	if (!whole)
		for (n = room; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
			;
	if (n == 0)
		return whole;
	if (pasted || !le->typing)
		remember(le);
	le->typing = !pasted;
	splice(le, le->at, le->at, text, n);
	return whole;
}

/* Start of the cluster before `at`. */
static size_t before(const struct lineedit *le, size_t at)
{
	size_t from = 0, len;

	while (from < at) {
		len = utf8_cluster(le->text + from, NULL);
		if (len == 0 || from + len >= at)
			return from;
		from += len;
	}
	return 0;
}

static size_t after(const struct lineedit *le, size_t at)
{
	size_t len = utf8_cluster(le->text + at, NULL);

	return at + len > le->len ? le->len : at + len;
}

static bool word_byte(char ch)
{
	return (unsigned char)ch >= 0x80 || isalnum((unsigned char)ch);
}

static size_t word_left(const struct lineedit *le)
{
	size_t at = le->at;

	while (at > 0 && !word_byte(le->text[at - 1]))
		at--;
	while (at > 0 && word_byte(le->text[at - 1]))
		at--;
	return at;
}

static size_t word_right(const struct lineedit *le)
{
	size_t at = le->at;

	while (at < le->len && !word_byte(le->text[at]))
		at++;
	while (at < le->len && word_byte(le->text[at]))
		at++;
	return at;
}

static void cut(struct lineedit *le, size_t from, size_t to, bool keep)
{
	if (from >= to)
		return;
	remember(le);
	if (keep) {
		free(le->cut);
		le->cut = xstrndup(le->text + from, to - from);
	}
	splice(le, from, to, "", 0);
}

static void make_again(struct lineedit *le)
{
	if (le->redo_count == 0)
		return;
	keep(le);
	free(le->text);
	le->text = le->redo[--le->redo_count].text;
	le->at = le->redo[le->redo_count].at;
	le->len = strlen(le->text);
}

static void take_back(struct lineedit *le)
{
	if (le->undo_count == 0)
		return;
	le->undo_count--;
	le->redo[le->redo_count].text = le->text;
	le->redo[le->redo_count++].at = le->at;
	le->text = le->undo[le->undo_count].text;
	le->at = le->undo[le->undo_count].at;
	le->len = strlen(le->text);
}

bool lineedit_act(struct lineedit *le, const char *action)
{
	if (strncmp(action, "edit.", 5) != 0)
		return false;
	action += 5;
	le->typing = false;
	if (strcmp(action, "left") == 0)
		le->at = before(le, le->at);
	else if (strcmp(action, "right") == 0)
		le->at = after(le, le->at);
	else if (strcmp(action, "word-left") == 0)
		le->at = word_left(le);
	else if (strcmp(action, "word-right") == 0)
		le->at = word_right(le);
	else if (strcmp(action, "home") == 0)
		le->at = 0;
	else if (strcmp(action, "end") == 0)
		le->at = le->len;
	else if (strcmp(action, "back") == 0)
		cut(le, before(le, le->at), le->at, false);
	else if (strcmp(action, "delete") == 0)
		cut(le, le->at, after(le, le->at), false);
	else if (strcmp(action, "kill-word") == 0)
		cut(le, word_left(le), le->at, true);
	else if (strcmp(action, "kill-line") == 0)
		cut(le, 0, le->at, true);
	else if (strcmp(action, "kill-end") == 0)
		cut(le, le->at, le->len, true);
	else if (strcmp(action, "yank") == 0)
		lineedit_insert(le, le->cut ? le->cut : "", true);
	else if (strcmp(action, "undo") == 0)
		take_back(le);
	else if (strcmp(action, "redo") == 0)
		make_again(le);
	else if (strcmp(action, "newline") == 0 && le->lines)
		lineedit_insert(le, "\n", true);
	else
		return false;
	return true;
}

void lineedit_draw(
    const struct lineedit *le, struct canvas *c, int x, int y, int w, enum style style, bool focus)
{
	struct rect old = canvas_clip(c, (struct rect){ x, y, w, 1 });
	char *head = xstrndup(le->text, le->at);
	int cursor = utf8_width(head), from = cursor >= w ? cursor - w + 1 : 0;
	char *line = xstrdup(le->text);

	for (char *s = line; *s; s++)
		if (*s == '\n')
			*s = ' ';
	canvas_fill(c, (struct rect){ x, y, w, 1 }, style, " ");
	if (!focus && utf8_width(line) > w)
		canvas_field(c, x, y, w, style, line);
	else
		canvas_put(c, x - (focus ? from : 0), y, style, line);
	if (focus)
		canvas_cursor(c, x + cursor - from, y);
	canvas_unclip(c, old);
	free(head);
	free(line);
}

int lineedit_draw_lines(
    const struct lineedit *le, struct canvas *c, struct rect r, enum style style, bool focus)
{
	int x = 0, y = 0, cursor_x = 0, cursor_y = 0, skip = 0;
	size_t at = 0;

	/* Two passes over the same wrap: where the cursor is, then the text. */
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1) {
			skip = cursor_y >= r.h && focus ? cursor_y - r.h + 1 : 0;
			canvas_fill(c, r, style, " ");
		}
		x = y = 0;
		for (at = 0;;) {
			char cluster[CELL_TEXT] = { 0 };
			int cells;
			size_t len = utf8_cluster(le->text + at, &cells);

			if (at == le->at) {
				cursor_x = x < r.w ? x : 0;
				cursor_y = x < r.w ? y : y + 1;
			}
			if (len == 0)
				break;
			if (le->text[at] == '\n') {
				x = 0;
				y++;
			} else {
				if (x + cells > r.w) {
					x = 0;
					y++;
				}
				memcpy(
				    cluster, le->text + at, len < CELL_TEXT ? len : CELL_TEXT - 1);
				if (pass == 1 && y - skip >= 0 && y - skip < r.h)
					canvas_put(c, r.x + x, r.y + y - skip, style, cluster);
				x += cells;
			}
			at += len;
		}
	}
	if (focus)
		canvas_cursor(c, r.x + cursor_x, r.y + cursor_y - skip);
	return y + 1;
}

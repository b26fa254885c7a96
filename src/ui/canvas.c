#include "ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static int clamp_side(int n)
{
	return n < 0 ? 0 : n > CANVAS_SIDE ? CANVAS_SIDE : n;
}

void canvas_init(struct canvas *c, int w, int h)
{
	*c = (struct canvas){ .cursor_x = -1, .cursor_y = -1 };
	canvas_resize(c, w, h);
}

void canvas_fini(struct canvas *c)
{
	free(c->cells);
	c->cells = NULL;
	c->w = c->h = 0;
}

void canvas_resize(struct canvas *c, int w, int h)
{
	size_t count;

	w = clamp_side(w);
	h = clamp_side(h);
	count = (size_t)w * (size_t)h;
	if (w != c->w || h != c->h || !c->cells) {
		free(c->cells);
		c->cells = xcalloc(count ? count : 1, sizeof *c->cells);
		c->w = w;
		c->h = h;
	}
	canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
	size_t count = (size_t)c->w * (size_t)c->h;

	memset(c->cells, 0, count * sizeof *c->cells);
	for (size_t i = 0; i < count; i++)
		c->cells[i].text[0] = ' ';
	c->clip = (struct rect){ 0, 0, c->w, c->h };
	c->cursor_x = c->cursor_y = -1;
}

static struct rect intersect(struct rect a, struct rect b)
{
	int x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
	int x1 = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
	int y1 = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;

	return (struct rect){ x0, y0, x1 > x0 ? x1 - x0 : 0, y1 > y0 ? y1 - y0 : 0 };
}

struct rect canvas_clip(struct canvas *c, struct rect r)
{
	struct rect old = c->clip;

	c->clip = intersect(old, r);
	return old;
}

void canvas_unclip(struct canvas *c, struct rect old)
{
	c->clip = old;
}

static bool inside(const struct canvas *c, int x, int y)
{
	return x >= c->clip.x && x < c->clip.x + c->clip.w && y >= c->clip.y &&
	       y < c->clip.y + c->clip.h;
}

static struct cell *at(struct canvas *c, int x, int y)
{
	return &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

/* Half of a wide cluster must not stay behind when the other half is drawn over. */
static void break_wide(struct canvas *c, int x, int y)
{
	struct cell *cell = at(c, x, y);

	if (cell->text[0] == '\0' && x > 0)
		memcpy(at(c, x - 1, y)->text, " ", 2);
	if (x + 1 < c->w && at(c, x + 1, y)->text[0] == '\0')
		memcpy(at(c, x + 1, y)->text, " ", 2);
}

static void set_cell(struct canvas *c, int x, int y, enum style style, const char *s, size_t len)
{
	struct cell *cell = at(c, x, y);

	break_wide(c, x, y);
	memset(cell->text, 0, sizeof cell->text);
	memcpy(cell->text, s, len < CELL_TEXT ? len : CELL_TEXT - 1);
	cell->style = (uint8_t)style;
	cell->flags = 0;
}

/* What fits a cell, cut between code points. */
static size_t cell_bytes(const char *s, size_t len)
{
	if (len < CELL_TEXT)
		return len;
	len = CELL_TEXT - 1;
	while (len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* U+0080 to U+017F. */
static bool is_latin(const char *s)
{
	return (unsigned char)s[0] >= 0xc2 && (unsigned char)s[0] <= 0xc5;
}

static void put_cluster(
    struct canvas *c, int x, int y, enum style style, const char *s, size_t len, int cells)
{
	if (c->ascii && (unsigned char)s[0] >= 0x80 && !(c->latin && is_latin(s))) {
		char one[CELL_TEXT] = { 0 };

		memcpy(one, s, cell_bytes(s, len));
		for (int i = 0; i < cells; i++)
			if (inside(c, x + i, y))
				set_cell(c, x + i, y, style, i ? " " : canvas_ascii(one), 1);
		return;
	}
	if (cells == 2 && !(inside(c, x, y) && inside(c, x + 1, y))) {
		for (int i = 0; i < 2; i++)
			if (inside(c, x + i, y))
				set_cell(c, x + i, y, style, " ", 1);
		return;
	}
	if (!inside(c, x, y))
		return;
	set_cell(c, x, y, style, s, cell_bytes(s, len));
	if (cells == 2) {
		set_cell(c, x + 1, y, style, " ", 1);
		at(c, x + 1, y)->text[0] = '\0';
	}
}

/* Whether the next cluster of `s` is one plain ASCII character: nearly all text is. */
static bool plain(const char *s)
{
	return s[0] >= ' ' && s[0] < 0x7f && (unsigned char)s[1] < 0x80;
}

/* One cluster from `s`: its bytes and cells. Control characters, which clean text has not, become
 * one blank, so that a slip upstream cannot reach the terminal. */
static size_t next_cluster(const char **s, int *cells)
{
	size_t len;

	if (plain(*s)) {
		*cells = 1;
		return 1;
	}
	if ((unsigned char)**s < ' ' || **s == 0x7f) {
		*cells = 1;
		return 1;
	}
	len = utf8_cluster(*s, cells);
	if (*cells > 2)
		*cells = 2;
	return len;
}

int canvas_put(struct canvas *c, int x, int y, enum style style, const char *text)
{
	int cells;

	while (text && *text) {
		size_t len = next_cluster(&text, &cells);
		bool control = (unsigned char)*text < ' ' || *text == 0x7f;

		if (len == 0)
			break;
		if (cells > 0)
			put_cluster(c, x, y, style, control ? " " : text, len, cells);
		x += cells;
		text += len;
	}
	return x;
}

int canvas_putf(struct canvas *c, int x, int y, enum style style, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	line[utf8_valid(line, strlen(line)) ? strlen(line) : utf8_fit(line, CANVAS_SIDE)] = '\0';
	return canvas_put(c, x, y, style, line);
}

/* Bytes of the longest start of `text` that fits `width` cells. */
static size_t fit(const char *text, int width)
{
	const char *s = text;
	int cells;

	while (*s) {
		size_t len = next_cluster(&s, &cells);

		if (len == 0 || cells > width)
			break;
		width -= cells;
		s += len;
	}
	return (size_t)(s - text);
}

static int put_part(struct canvas *c, int x, int y, enum style style, const char *text, size_t len)
{
	char small[512];
	char *part = len < sizeof small ? small : xmalloc(len + 1);

	memcpy(part, text, len);
	part[len] = '\0';
	x = canvas_put(c, x, y, style, part);
	if (part != small)
		free(part);
	return x;
}

int canvas_field(struct canvas *c, int x, int y, int width, enum style style, const char *text)
{
	int end = x + width;
	size_t len;

	if (width <= 0)
		return x;
	if (!text)
		text = "";
	len = fit(text, width);
	if (text[len]) {
		len = fit(text, width - 1);
		x = put_part(c, x, y, style, text, len);
		x = canvas_put(c, x, y, style, "…");
	} else {
		x = canvas_put(c, x, y, style, text);
	}
	while (x < end)
		x = canvas_put(c, x, y, style, " ");
	return end;
}

int canvas_right(struct canvas *c, int end, int y, enum style style, const char *text)
{
	int x = end - utf8_width(text);

	canvas_put(c, x, y, style, text);
	return x;
}

/* Length of the next wrapped line of `s`, and in *next where the one after it starts. */
static size_t wrap_line(const char *s, int width, size_t *next)
{
	size_t hard = strcspn(s, "\n"), len = fit(s, width), cut;

	if (len >= hard) {
		*next = hard + (s[hard] == '\n');
		return hard;
	}
	for (cut = len; cut > 0 && s[cut] != ' '; cut--)
		;
	if (cut == 0) {
		*next = len ? len : strlen(s);
		return len;
	}
	*next = cut;
	while (s[*next] == ' ')
		(*next)++;
	return cut;
}

int canvas_wrap(struct canvas *c, struct rect r, enum style style, const char *text, int skip)
{
	int lines = 0;

	if (r.w <= 0 || !text)
		return 0;
	while (*text) {
		size_t next, len = wrap_line(text, r.w, &next);
		int row = lines - skip;

		if (row >= 0 && row < r.h) {
			int x = put_part(c, r.x, r.y + row, style, text, len);

			if (row == r.h - 1 && text[next])
				canvas_put(
				    c, x < r.x + r.w ? x : r.x + r.w - 1, r.y + row, style, "…");
		}
		lines++;
		text += next;
	}
	return lines;
}

void canvas_fill(struct canvas *c, struct rect r, enum style style, const char *glyph)
{
	struct rect in = intersect(c->clip, r);

	for (int y = in.y; y < in.y + in.h; y++)
		for (int x = in.x; x < in.x + in.w; x++)
			canvas_put(c, x, y, style, glyph);
}

void canvas_hline(struct canvas *c, int x, int y, int w, enum style style)
{
	canvas_fill(c, (struct rect){ x, y, w, 1 }, style, "─");
}

void canvas_vline(struct canvas *c, int x, int y, int h, enum style style)
{
	canvas_fill(c, (struct rect){ x, y, 1, h }, style, "│");
}

void canvas_box(struct canvas *c, struct rect r, enum style style, const char *title)
{
	int right = r.x + r.w - 1, bottom = r.y + r.h - 1;

	canvas_fill(c, r, STYLE_TEXT, " ");
	if (r.w < 2 || r.h < 2)
		return;
	canvas_hline(c, r.x + 1, r.y, r.w - 2, style);
	canvas_hline(c, r.x + 1, bottom, r.w - 2, style);
	canvas_vline(c, r.x, r.y + 1, r.h - 2, style);
	canvas_vline(c, right, r.y + 1, r.h - 2, style);
	canvas_put(c, r.x, r.y, style, "┌");
	canvas_put(c, right, r.y, style, "┐");
	canvas_put(c, r.x, bottom, style, "└");
	canvas_put(c, right, bottom, style, "┘");
	if (title && r.w > 8) {
		int width = utf8_width(title);

		if (width > r.w - 6)
			width = r.w - 6;
		canvas_put(c, r.x + 2, r.y, style, " ");
		canvas_field(c, r.x + 3, r.y, width, STYLE_STRONG, title);
		canvas_put(c, r.x + 3 + width, r.y, style, " ");
	}
}

void canvas_mark(struct canvas *c, struct rect r, unsigned flags)
{
	struct rect in = intersect(c->clip, r);

	for (int y = in.y; y < in.y + in.h; y++)
		for (int x = in.x; x < in.x + in.w; x++)
			at(c, x, y)->flags |= (uint8_t)flags;
}

void canvas_restyle(struct canvas *c, struct rect r, enum style style)
{
	struct rect in = intersect(c->clip, r);

	for (int y = in.y; y < in.y + in.h; y++)
		for (int x = in.x; x < in.x + in.w; x++)
			at(c, x, y)->style = (uint8_t)style;
}

void canvas_cursor(struct canvas *c, int x, int y)
{
	if (!inside(c, x, y))
		return;
	c->cursor_x = x;
	c->cursor_y = y;
}

const struct cell *canvas_cell(const struct canvas *c, int x, int y)
{
	if (x < 0 || y < 0 || x >= c->w || y >= c->h)
		return NULL;
	return &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

void canvas_row_text(const struct canvas *c, int y, struct buf *out)
{
	size_t keep = out->len;

	for (int x = 0; x < c->w; x++) {
		const char *text = canvas_cell(c, x, y)->text;

		buf_adds(out, text);
		if (strcmp(text, " ") != 0)
			keep = out->len;
	}
	while (out->len > keep)
		out->data[--out->len] = '\0';
}

void canvas_text(const struct canvas *c, struct buf *out)
{
	for (int y = 0; y < c->h; y++) {
		canvas_row_text(c, y, out);
		buf_addc(out, '\n');
	}
}

const char *canvas_ascii(const char *cluster)
{
	static const char *const pairs[][2] = {
		{ "─", "-" },
		{ "│", "|" },
		{ "┌", "+" },
		{ "┐", "+" },
		{ "└", "+" },
		{ "┘", "+" },
		{ "├", "+" },
		{ "┤", "+" },
		{ "┬", "+" },
		{ "┴", "+" },
		{ "┼", "+" },
		{ "━", "=" },
		{ "·", "." },
		{ "—", "-" },
		{ "–", "-" },
		{ "…", "~" },
		{ "›", ">" },
		{ "▸", ">" },
		{ "→", ">" },
		{ "←", "<" },
		{ "↑", "^" },
		{ "↓", "v" },
		{ "✓", "v" },
		{ "‖", "\"" },
		{ "◆", "!" },
		{ "▲", "!" },
		{ "●", "*" },
		{ "○", "i" },
		{ "◐", "m" },
		{ "█", "#" },
		{ "░", ":" },
		{ "▁", "_" },
		{ "▂", "." },
		{ "▃", "-" },
		{ "▄", "=" },
		{ "▅", "+" },
		{ "▆", "*" },
		{ "▇", "%" },
		{ "▀", "\"" },
		{ "▌", "|" },
		{ "▐", "|" },
		{ "×", "x" },
		{ "“", "\"" },
		{ "”", "\"" },
		{ "‘", "'" },
		{ "’", "'" },
		{ "•", "*" },
		{ "≤", "<" },
	};

	if ((unsigned char)cluster[0] < 0x80)
		return cluster;
	for (size_t i = 0; i < countof(pairs); i++)
		if (strcmp(pairs[i][0], cluster) == 0)
			return pairs[i][1];
	return "?";
}

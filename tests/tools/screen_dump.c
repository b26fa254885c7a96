#include "screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "screen_priv.h"

#define LOOKS 62

static const char letters[LOOKS + 1] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static void colour_name(char out[16], const VTermColor *c, bool is_default)
{
	if (is_default)
		snprintf(out, 16, "-");
	else if (VTERM_COLOR_IS_INDEXED(c))
		snprintf(out, 16, "%d", c->indexed.idx);
	else
		snprintf(out, 16, "#%02x%02x%02x", c->rgb.red, c->rgb.green, c->rgb.blue);
}

static void look_of(char out[64], const VTermScreenCell *cell)
{
	char fg[16], bg[16];

	colour_name(fg, &cell->fg, VTERM_COLOR_IS_DEFAULT_FG(&cell->fg));
	colour_name(bg, &cell->bg, VTERM_COLOR_IS_DEFAULT_BG(&cell->bg));
	snprintf(out, 64, "%s on %s%s%s%s", fg, bg, cell->attrs.bold ? " bold" : "",
	    cell->attrs.reverse ? " reverse" : "", cell->attrs.underline ? " underline" : "");
}

void screen_dump(const struct screen *s, struct buf *out)
{
	char looks[LOOKS][64];
	size_t count = 0;

	for (int y = 0; y < s->h; y++) {
		screen_row(s, y, out);
		buf_addc(out, '\n');
	}
	buf_addf(out, "---- cursor %d,%d%s\n", s->cursor.col, s->cursor.row,
	    s->cursor_visible ? "" : " hidden");
	for (int y = 0; y < s->h; y++) {
		size_t keep = out->len;

		for (int x = 0; x < s->w; x++) {
			VTermScreenCell cell;
			char look[64];
			size_t i = 0;

			if (!vterm_screen_get_cell(
				s->screen, (VTermPos){ .row = y, .col = x }, &cell))
				break;
			look_of(look, &cell);
			while (i < count && strcmp(looks[i], look) != 0)
				i++;
			if (i == count && count < LOOKS)
				memcpy(looks[count++], look, sizeof look);
			/* Plain blanks are not told: most of a screen is. */
			buf_addc(out, strcmp(look, "- on -") == 0 ? '.'
				      : i < LOOKS		  ? letters[i]
								  : '?');
			if (strcmp(look, "- on -") != 0)
				keep = out->len;
		}
		while (out->len > keep)
			out->data[--out->len] = '\0';
		buf_addc(out, '\n');
	}
	buf_adds(out, "----\n");
	for (size_t i = 0; i < count; i++)
		if (strcmp(looks[i], "- on -") != 0)
			buf_addf(out, "%c %s\n", letters[i], looks[i]);
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b;
	char chunk[8192];
	size_t n;

	if (!f)
		return NULL;
	buf_init(&b, 0);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	buf_adds(&b, "");
	return buf_take(&b);
}

static const char *next_line(const char *s, size_t *len)
{
	*len = strcspn(s, "\n");
	return s[*len] ? s + *len + 1 : s + *len;
}

/* Lines that differ, the first twenty. */
static void print_difference(const char *want, const char *have)
{
	int line = 1, told = 0;

	while ((*want || *have) && told < 20) {
		size_t a, b;
		const char *w = want, *h = have;

		want = next_line(w, &a);
		have = next_line(h, &b);
		if (a != b || memcmp(w, h, a) != 0) {
			print_message("%3d - %.*s\n", line, (int)a, w);
			print_message("%3d + %.*s\n", line, (int)b, h);
			told++;
		}
		line++;
	}
}

void screen_golden(const struct screen *s, const char *name)
{
	const char *top = getenv("TOP"), *update = getenv("UPDATE_GOLDEN");
	char *path = xasprintf("%s/tests/golden/%s.screen", top ? top : ".", name), *want;
	struct buf have;

	buf_init(&have, 0);
	screen_dump(s, &have);
	if (update && strcmp(update, "1") == 0) {
		FILE *f = fopen(path, "wb");

		if (!f || fwrite(buf_str(&have), 1, have.len, f) != have.len || fclose(f) != 0)
			fail_msg("%s: cannot be written", path);
		buf_fini(&have);
		free(path);
		return;
	}
	want = read_file(path);
	if (!want || strcmp(want, buf_str(&have)) != 0) {
		if (want)
			print_difference(want, buf_str(&have));
		else
			print_message("%s", buf_str(&have));
		print_message("tests/golden/%s.screen %s; to accept what is on the screen now:\n"
			      "  UPDATE_GOLDEN=1 make test\n",
		    name, want ? "differs (- kept, + now)" : "does not exist");
		free(want);
		buf_fini(&have);
		fail_msg("golden screen %s", name);
	}
	free(want);
	buf_fini(&have);
	free(path);
}

/* ---- SVG ---- */

static void css_colour(
    char out[16], const struct screen *s, VTermColor c, bool is_default, bool fore)
{
	if (is_default) {
		snprintf(out, 16, "%s", fore ? "#d0d0d0" : "#101418");
		return;
	}
	vterm_screen_convert_color_to_rgb(s->screen, &c);
	snprintf(out, 16, "#%02x%02x%02x", c.rgb.red, c.rgb.green, c.rgb.blue);
}

static void svg_text(FILE *f, const VTermScreenCell *cell)
{
	struct buf b;

	buf_init(&b, 100);
	for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++) {
		if (cell->chars[i] == '<')
			buf_adds(&b, "&lt;");
		else if (cell->chars[i] == '&')
			buf_adds(&b, "&amp;");
		else
			utf8_put(&b, cell->chars[i]);
	}
	fputs(buf_str(&b), f);
	buf_fini(&b);
}

bool screen_svg(const struct screen *s, const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		return false;
	fprintf(f,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
	    "font-family=\"DejaVu Sans Mono,monospace\" "
	    "font-size=\"15\"><rect width=\"100%%\" height=\"100%%\" fill=\"#101418\"/>\n",
	    s->w * 9 + 16, s->h * 18 + 16);
	for (int y = 0; y < s->h; y++)
		for (int x = 0; x < s->w; x++) {
			VTermScreenCell cell;
			char fg[16], bg[16], *front = fg, *back = bg;

			vterm_screen_get_cell(s->screen, (VTermPos){ .row = y, .col = x }, &cell);
			if (cell.chars[0] == (uint32_t)-1)
				continue;
			css_colour(fg, s, cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg), true);
			css_colour(bg, s, cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg), false);
			if (cell.attrs.reverse) {
				front = bg;
				back = fg;
			}
			if (strcmp(back, "#101418") != 0)
				fprintf(f,
				    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"18\" "
				    "fill=\"%s\"/>",
				    x * 9 + 8, y * 18 + 8, cell.width * 9, back);
			if (cell.chars[0] == 0 || cell.chars[0] == ' ')
				continue;
			fprintf(f, "<text x=\"%d\" y=\"%d\" fill=\"%s\"%s>", x * 9 + 8, y * 18 + 22,
			    front, cell.attrs.bold ? " font-weight=\"bold\"" : "");
			svg_text(f, &cell);
			fputs("</text>\n", f);
		}
	fputs("</svg>\n", f);
	return fclose(f) == 0;
}

void screen_see(struct screen *s, const char *text, int ms)
{
	struct buf dump;

	if (screen_wait(s, text, ms))
		return;
	buf_init(&dump, 0);
	screen_dump(s, &dump);
	fprintf(stderr, "%s\n", buf_str(&dump)); /* cmocka cuts what is long */
	buf_fini(&dump);
	fail_msg("never on the screen: %s", text);
}

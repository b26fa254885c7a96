/* The text of a mail: lines, cells, and what stands behind a label. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "feed_mail.h"

#define TEXT_MAX ((size_t)512 << 10)
#define LINES_MAX 5000
#define CELLS_MAX 32
#define LABEL_MAX 64

/* Marks of cells and rows that survive the stripping of markup. */
#define CELL "\342\220\237"
#define ROW "\342\220\236"

/* Without comments: an old window may stand in one. */
static void without_comments(struct buf *out, const char *s)
{
	for (const char *from; (from = strstr(s, "<!--")) != NULL;) {
		const char *to = strstr(from, "-->");
		buf_add(out, s, (size_t)(from - s));
		s = to ? to + 3 : from + strlen(from);
	}
	buf_adds(out, s);
}

static bool closes(const char *s, const char *tag)
{
	size_t n = strlen(tag);

	return strncasecmp(s, tag, n) == 0 && !isalnum((unsigned char)s[n]);
}

/* In HTML a line end is a blank; the ends of cells and rows are marked. */
static void mark_tables(struct buf *out, const char *s)
{
	bool pre = false;

	for (; *s; s++) {
		if (*s == '<') {
			pre = (pre || closes(s, "<pre")) && !closes(s, "</pre");
			if (closes(s, "</td") || closes(s, "</th"))
				buf_adds(out, CELL);
			else if (closes(s, "</tr"))
				buf_adds(out, ROW);
		}
		buf_addc(out, !pre && (*s == '\n' || *s == '\r') ? ' ' : *s);
	}
}

/* ---- lines ---- */

struct builder {
	struct feed_doc *d;
	struct mail_text *t;
	const char *cells[CELLS_MAX];
	size_t count;
	struct buf cell;
	int breaks; /* line ends since the last text of this cell */
};

static const char *trimmed(struct builder *b)
{
	const char *s = buf_str(&b->cell);
	size_t n;

	s += strspn(s, " ");
	for (n = strlen(s); n && s[n - 1] == ' ';)
		n--;
	const char *out = arena_strndup(b->d->arena, s, n);
	buf_clear(&b->cell);
	return out;
}

static void cell_done(struct builder *b)
{
	const char *text = trimmed(b);

	b->breaks = 0;
	if (b->count < CELLS_MAX)
		b->cells[b->count++] = text;
}

static void line_done(struct builder *b)
{
	size_t first = 0;
	struct mail_text *t = b->t;

	while (first < b->count && !*b->cells[first])
		first++;
	while (b->count > first && !*b->cells[b->count - 1])
		b->count--;
	size_t n = b->count - first;
	bool empty_before = t->count && !t->lines[t->count - 1].count;
	b->count = 0;
	if ((!n && (empty_before || !t->count)) || t->count == LINES_MAX)
		return;
	struct mail_line *l = &t->lines[t->count++];
	l->count = n;
	l->cells = arena_alloc(b->d->arena, (n + 1) * sizeof *l->cells);
	memcpy(l->cells, b->cells + first, n * sizeof *l->cells);
	if (t->count == LINES_MAX)
		feed_problem(b->d, "only the first %d lines of the mail are read", LINES_MAX);
}

/* Text after line ends: these part lines, but within the later cells of a row. */
static void text_begins(struct builder *b)
{
	bool in_row = false;

	for (size_t i = 0; i < b->count; i++)
		in_row = in_row || *b->cells[i];
	if (b->breaks && in_row) {
		buf_addc(&b->cell, ' ');
	} else if (b->breaks && buf_str(&b->cell)[strspn(buf_str(&b->cell), " ")]) {
		b->count = 0;
		cell_done(b);
		line_done(b);
	}
	b->breaks = 0;
}

static void build(struct builder *b, const char *s)
{
	for (; *s; s++) {
		if (strncmp(s, CELL, 3) == 0) {
			cell_done(b);
			s += 2;
		} else if (strncmp(s, ROW, 3) == 0) {
			if (*buf_str(&b->cell))
				cell_done(b);
			line_done(b);
			b->breaks = 0;
			s += 2;
		} else if (*s == '\n') {
			/* The second one in a row makes an empty line. */
			if (++b->breaks == 2 && !b->count) {
				cell_done(b);
				line_done(b);
				line_done(b);
				b->breaks = 2;
			}
		} else {
			if (*s != ' ')
				text_begins(b);
			buf_addc(&b->cell, *s);
		}
	}
	cell_done(b);
	line_done(b);
}

struct mail_text mail_text(struct feed_doc *d, const char *text, bool html)
{
	struct buf bare, marked;
	struct mail_text t = { 0 };
	struct builder b = { .d = d, .t = &t };

	buf_init(&bare, 0);
	buf_init(&marked, 0);
	buf_init(&b.cell, 0);
	without_comments(&bare, text);
	if (html)
		mark_tables(&marked, buf_str(&bare));
	t.lines = arena_alloc(d->arena, LINES_MAX * sizeof *t.lines);
	if (html) {
		build(&b, feed_plain(d->arena, buf_str(&marked), TEXT_MAX));
	} else {
		char *clean = utf8_cleaned(buf_str(&bare), UTF8_LINES, TEXT_MAX);
		build(&b, clean);
		free(clean);
	}
	if (bare.len > TEXT_MAX)
		feed_problem(d, "only the first %zu KiB of a part are read", TEXT_MAX >> 10);
	buf_fini(&bare);
	buf_fini(&marked);
	buf_fini(&b.cell);
	return t;
}

const char *mail_joined(struct feed_doc *d, const struct mail_line *l, const char *between)
{
	struct buf b;

	if (l->count == 1)
		return l->cells[0];
	buf_init(&b, 0);
	for (size_t i = 0; i < l->count; i++) {
		buf_adds(&b, i ? between : "");
		buf_adds(&b, l->cells[i]);
	}
	const char *out = arena_strdup(d->arena, buf_str(&b));
	buf_fini(&b);
	return out;
}

/* ---- labels ---- */

/* Lower case, single blanks, without what people put around a label: "* Start Time (GMT) #:". */
static bool normal(const char *s, size_t len, char out[LABEL_MAX])
{
	size_t n = 0;

	while (len && (isspace((unsigned char)*s) || strchr("*>-", *s))) {
		s++;
		len--;
	}
	if (len >= LABEL_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = (char)tolower((unsigned char)s[i]);
		if (c == ' ' && (!n || out[n - 1] == ' '))
			continue;
		out[n++] = c;
	}
	for (;;) {
		while (n && strchr(" #:*.", out[n - 1]))
			n--;
		char *open = n && out[n - 1] == ')' ? memrchr(out, '(', n) : NULL;
		/* "order id(s) impacted" keeps its own. */
		if (!open || open == out)
			break;
		n = (size_t)(open - out);
	}
	out[n] = 0;
	return n > 0;
}

static bool one_of(const char *normal, const char *names)
{
	size_t n = strlen(normal);

	for (const char *s = names; s; s = strchr(s, '|')) {
		s += *s == '|';
		if (strncmp(s, normal, n) == 0 && (!s[n] || s[n] == '|'))
			return true;
	}
	return false;
}

bool mail_is_label(const char *text, const char *names)
{
	char label[LABEL_MAX];

	return normal(text, strlen(text), label) && one_of(label, names);
}

/* What follows the first cell, which was a label. */
static const char *in_row(const struct mail_line *l, size_t from)
{
	for (size_t i = from; i < l->count; i++) {
		const char *s = l->cells[i] + strspn(l->cells[i], ": ");
		if (*s)
			return s;
	}
	return NULL;
}

/* The value beside or below the label `name` of one cell; NULL: it is another. */
static const char *beside(const struct mail_text *t, size_t line, size_t cell, const char *name)
{
	const struct mail_line *l = &t->lines[line];
	const char *s = l->cells[cell], *colon = strchr(s, ':');
	char label[LABEL_MAX];

	if ((!colon && l->count < cell + 2) ||
	    !normal(s, colon ? (size_t)(colon - s) : strlen(s), label) || !one_of(label, name))
		return NULL;
	if (colon && colon[1 + strspn(colon + 1, " ")])
		return colon + 1 + strspn(colon + 1, " ");
	const char *value = in_row(l, cell + 1);
	if (value || cell)
		return value;
	for (size_t i = line + 1; i < t->count && i < line + 3; i++) {
		const struct mail_line *next = &t->lines[i];
		if (!next->count)
			continue;
		size_t n = strlen(next->cells[0]);
		return n && next->cells[0][n - 1] != ':' ? next->cells[0] : NULL;
	}
	return NULL;
}

const char *mail_label(const struct mail_text *t, const char *labels, size_t nth, size_t *at)
{
	char name[LABEL_MAX];

	for (const char *s = labels; s && *s; s += *s == '|') {
		size_t n = strcspn(s, "|"), left = nth, found = 0;
		memcpy(name, s, n);
		name[n] = 0;
		for (size_t i = 0; i < t->count; i++) {
			const char *value = NULL;
			for (size_t c = 0; c < t->lines[i].count && c < 3 && !value; c += 2)
				value = beside(t, i, c, name);
			found += value != NULL;
			if (value && at)
				*at = i;
			if (value && !left--)
				return value;
		}
		if (found)
			return NULL; /* this label is the one, but not so often */
		s += n;
	}
	return NULL;
}

bool mail_column(const struct mail_text *t, const char *heads, struct mail_column *out)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct mail_line *l = &t->lines[i];
		size_t c = 0;
		bool pair = false; /* "Circuit ID", ":", "C-1" is a label */
		for (size_t k = 0; k < l->count; k++)
			pair = pair || strcmp(l->cells[k], ":") == 0;
		while (c < l->count && !mail_is_label(l->cells[c], heads))
			c++;
		*out = (struct mail_column){ i, c };
		if (l->count >= 3 && !pair && c < l->count)
			return true;
	}
	return false;
}

const char *mail_cell(const struct mail_text *t, struct mail_column c, size_t nth)
{
	size_t line = c.line + 1 + nth;

	if (line >= t->count || t->lines[line].count < 2)
		return NULL;
	return t->lines[line].count > c.cell ? t->lines[line].cells[c.cell] : "";
}

/* ---- patterns ---- */

static bool match(const char *p, const char *t, const char **from, const char **to)
{
	for (; *p; p++, t++) {
		if (*p == '*' || *p == '%') {
			for (const char *s = t + (*p == '%');; s++) {
				if (strlen(t) < (size_t)(s - t))
					return false;
				if (match(p + 1, s, from, to)) {
					*from = *p == '%' ? t : *from;
					*to = *p == '%' ? s : *to;
					return true;
				}
				if (!*s)
					return false;
			}
		}
		if (!*t || tolower((unsigned char)*p) != tolower((unsigned char)*t))
			return false;
	}
	return !*t;
}

#define MATCHED_MAX 300

bool mail_match(const char *pattern, const char *text, char *out, size_t size)
{
	const char *from = NULL, *to = NULL;

	if (strlen(text) > MATCHED_MAX || !match(pattern, text, &from, &to) || !from)
		return false;
	while (from < to && *from == ' ')
		from++;
	while (to > from && to[-1] == ' ')
		to--;
	size_t n = (size_t)(to - from);
	if (!n || n >= size)
		return false;
	memcpy(out, from, n);
	out[n] = 0;
	return true;
}

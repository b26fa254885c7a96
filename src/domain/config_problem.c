/* What is wrong in a configuration, and how it is told: FILE:LINE:COLUMN, the line, a caret, a
 * remedy. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config_priv.h"

/* A copy of line `n` of the text without its end, or NULL. */
static char *line_of(const char *text, size_t len, int n)
{
	const char *p = text, *end = text + len, *stop;

	while (--n > 0) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			return NULL;
		p++;
	}
	stop = memchr(p, '\n', (size_t)(end - p));
	return xstrndup(p, (size_t)((stop ? stop : end) - p));
}

#define BUILT_IN "(built in)"

/* What is taken over into several places is wrong in one. */
static bool told_before(const struct cfg_problems *p, struct cfg_pos pos, const char *what)
{
	for (size_t i = p->count; i-- > 0;)
		if (p->items[i].pos.line == pos.line && p->items[i].pos.column == pos.column &&
		    strcmp(p->items[i].file, pos.file ? pos.file : BUILT_IN) == 0 &&
		    strcmp(p->items[i].what, what) == 0)
			return true;
	return false;
}

void cfg_problem_add(struct cfg_problems *p, struct cfg_pos pos, const char *line, const char *help,
    const char *fmt, ...)
{
	struct cfg_problem *one;
	va_list ap;
	char what[512], *clean;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	clean = utf8_cleaned(what, UTF8_ONE_LINE, 0);
	if (told_before(p, pos, clean)) {
		free(clean);
		return;
	}
	p->items = xgrow(p->items, p->count, &p->cap);
	one = &p->items[p->count++];
	*one = (struct cfg_problem){
		.pos = { NULL, pos.line, pos.column },
		.file = xstrdup(pos.file ? pos.file : BUILT_IN),
		.what = clean,
		.help = xstrdup_null(help),
		.source_line = line ? utf8_cleaned(line, UTF8_LINES, 200) : NULL,
	};
}

void cfg_problems_fini(struct cfg_problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].file);
		free(p->items[i].what);
		free(p->items[i].help);
		free(p->items[i].source_line);
	}
	free(p->items);
	memset(p, 0, sizeof *p);
}

void cfg_problem_print(struct buf *out, const struct cfg_problem *p)
{
	int column = p->pos.column > 0 && p->pos.column < 200 ? p->pos.column : 1;

	buf_addf(out, "%s:%d:%d: error: %s\n", p->file, p->pos.line, p->pos.column, p->what);
	if (p->source_line)
		buf_addf(
		    out, "%5d | %s\n      | %*s^\n", p->pos.line, p->source_line, column - 1, "");
	if (p->help)
		buf_addf(out, "      = help: %s\n", p->help);
}

void reader_problem(struct reader *r, struct cfg_pos pos, const char *help, const char *fmt, ...)
{
	va_list ap;
	char what[512], *line = NULL;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	for (size_t i = 0; pos.file && i < r->source_count && !line; i++)
		if (strcmp(r->sources[i].name, pos.file) == 0)
			line = line_of(r->sources[i].text, r->sources[i].len, pos.line);
	cfg_problem_add(r->problems, pos, line, help, "%s", what);
	free(line);
}

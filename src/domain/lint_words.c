#include "lint_priv.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/embed.h"
#include "base/mem.h"
#include "base/utf8.h"

#define WORDS_MAX 2000

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

const char *lint_find_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; *p; p++) {
		if (strncasecmp(p, word, len) != 0)
			continue;
		if (p > text && in_word(p[-1]) && in_word(word[0]))
			continue;
		if (in_word(p[len]) && in_word(word[len - 1]))
			continue;
		return p;
	}
	return NULL;
}

static size_t digits(const char *p, size_t most)
{
	size_t n = strspn(p, "0123456789");

	return n <= most ? n : 0;
}

size_t lint_time_at(const char *text, const char *p)
{
	size_t hours = digits(p, 2), len;

	if (!hours || p[hours] != ':' || digits(p + hours + 1, 2) != 2)
		return 0;
	if (p > text && (in_word(p[-1]) || p[-1] == ':' || p[-1] == '+'))
		return 0;
	len = hours + 3;
	if (p[len] == ':' && digits(p + len + 1, 2) == 2)
		len += 3;
	return len;
}

/* "UTC", "CEST", "Z", "+02:00", "(Paris", "Paris": a word of capitals, or a name. */
static bool zone_word(const char *p)
{
	size_t len = 0;

	p += strspn(p, " (");
	if ((*p == '+' || *p == '-') && isdigit((unsigned char)p[1]))
		return true;
	while (isalpha((unsigned char)p[len]) || (unsigned char)p[len] >= 0x80)
		len++;
	return len > 0 && isupper((unsigned char)*p);
}

bool lint_zone_follows(const char *text, const char *p)
{
	static const char *const between[] = { " - ", "-", " – ", "–", " to ", " and ", " or ",
		"/" };

	if (zone_word(p))
		return true;
	for (size_t i = 0; i < countof(between); i++) {
		size_t len = strlen(between[i]), time;

		if (strncmp(p, between[i], len) != 0)
			continue;
		/* A dash right before the digits must not hide the time from its own reader. */
		time = lint_time_at(text, p + len);
		if (time && zone_word(p + len + time))
			return true;
	}
	return false;
}

struct jargon {
	char **words, **plain;
	size_t count, cap, plain_cap;
	size_t own; /* words before this one are of lists that were read before */
};

static void problem(struct template_errors *e, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void problem(struct template_errors *e, int line, const char *fmt, ...)
{
	char message[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	e->items = xgrow(e->items, e->count, &e->cap);
	e->items[e->count++] = (struct template_error){ NULL, line, 1, xstrdup(message) };
}

/* Its index, or j->count. */
static size_t word_at(const struct jargon *j, const char *word)
{
	size_t i = 0;

	while (i < j->count && strcasecmp(j->words[i], word) != 0)
		i++;
	return i;
}

/* Takes both over. */
static void add_word(struct jargon *j, char *word, char *plain)
{
	j->words = xgrow(j->words, j->count, &j->cap);
	j->plain = xgrow(j->plain, j->count, &j->plain_cap);
	j->words[j->count] = word;
	j->plain[j->count++] = plain;
}

static void read_line(
    struct jargon *j, struct template_errors *e, int number, const char *line, size_t len)
{
	const char *equals = memchr(line, '=', len);
	char *raw, *word, *plain;
	size_t known;

	if (!equals) {
		problem(e, number, "a line is written \"word = plain words\"");
		return;
	}
	raw = xstrndup(line, (size_t)(equals - line));
	word = utf8_cleaned(raw, UTF8_ONE_LINE, 64);
	free(raw);
	raw = xstrndup(equals + 1, len - (size_t)(equals + 1 - line));
	plain = utf8_cleaned(raw, UTF8_ONE_LINE, 120);
	free(raw);
	known = word_at(j, word);
	if (!word[0] || !plain[0]) {
		problem(e, number, "both sides of \"=\" need words");
	} else if (known < j->own) {
		free(j->plain[known]);
		j->plain[known] = plain;
		plain = NULL;
	} else if (known < j->count) {
		problem(e, number, "\"%s\" is there already", word);
	} else if (j->count == WORDS_MAX) {
		problem(e, number, "%d words are the most", WORDS_MAX);
	} else {
		add_word(j, word, plain);
		return;
	}
	free(word);
	free(plain);
}

bool jargon_read(struct jargon *j, const char *text, size_t len, struct template_errors *errors)
{
	size_t before = errors->count;
	int number = 1;

	j->own = j->count;
	for (const char *p = text, *end = text + len; p < end; number++) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		const char *line = p, *last = stop ? stop : end;

		p = stop ? stop + 1 : end;
		while (line < last && strchr(" \t\r", *line))
			line++;
		if (line < last && *line != '#')
			read_line(j, errors, number, line, (size_t)(last - line));
	}
	return errors->count == before;
}

struct jargon *jargon_parse(const char *text, size_t len, struct template_errors *errors)
{
	struct jargon *j = xcalloc(1, sizeof *j);

	if (jargon_read(j, text, len, errors))
		return j;
	jargon_free(j);
	return NULL;
}

struct jargon *jargon_default(void)
{
	const struct embedded *f = embedded_find("share/jargon/default.txt");
	struct template_errors errors = { 0 };
	struct jargon *j;

	j = f ? jargon_parse((const char *)f->data, f->len, &errors) : xcalloc(1, sizeof *j);
	if (!j)
		abort(); /* it is part of the program, and its test reads it */
	return j;
}

void jargon_free(struct jargon *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->count; i++) {
		free(j->words[i]);
		free(j->plain[i]);
	}
	free(j->words);
	free(j->plain);
	free(j);
}

bool jargon_word(const struct jargon *j, size_t index, struct jargon_word *out)
{
	if (index >= j->count)
		return false;
	*out = (struct jargon_word){ j->words[index], j->plain[index],
		strcasecmp(j->words[index], j->plain[index]) == 0 };
	return true;
}

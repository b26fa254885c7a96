#include "ical.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "feed_priv.h"

struct reader {
	struct feed_doc *d;
	struct ical_comp *first, **end, *open;
	struct ical_prop *last; /* the property that a broken line may belong to */
	size_t depth, skipped;	/* `skipped`: components within one that is left out */
	size_t components, properties, joined;
	size_t line; /* of the text, from 1 */
};

static bool name_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static const char *upper(struct arena *a, const char *s, size_t len)
{
	char *out = arena_strndup(a, s, len);

	for (char *p = out; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return out;
}

static const char *trimmed(struct arena *a, const char *s, size_t len)
{
	while (len && isspace((unsigned char)*s)) {
		s++;
		len--;
	}
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	return arena_strndup(a, s, len);
}

/* A parameter's value at `s`: quoted parts lose their quotes, ^n, ^' and ^^ are decoded (RFC 6868).
 * Returns what follows; NULL: a quote stays open. */
static const char *param_value(struct arena *a, const char *s, const char **out)
{
	struct buf v;
	bool quoted = false;

	buf_init(&v, ICAL_LINE);
	for (; *s && (quoted || (*s != ';' && *s != ':')); s++) {
		if (*s == '"') {
			quoted = !quoted;
		} else if (*s == '^' && s[1] && strchr("n'^", s[1])) {
			s++;
			buf_addc(&v, *s == 'n' ? '\n' : *s == '\'' ? '"' : '^');
		} else {
			buf_addc(&v, *s);
		}
	}
	*out = arena_strdup(a, buf_str(&v));
	buf_fini(&v);
	return quoted ? NULL : s;
}

/* NAME *(;NAME=VALUE) : VALUE. NULL: the line is no property. */
static struct ical_prop *property(struct reader *r, const char *s)
{
	struct arena *a = r->d->arena;
	size_t n = 0, params = 0;
	struct ical_prop *p;

	while (name_char(s[n]))
		n++;
	if (!n || (s[n] != ':' && s[n] != ';'))
		return NULL;
	p = arena_alloc(a, sizeof *p);
	p->name = upper(a, s, n);
	s += n;
	for (struct ical_param **end = &p->params; *s == ';'; end = &(*end)->next) {
		for (n = 0, s++; name_char(s[n]);)
			n++;
		if (!n || s[n] != '=' || params++ == ICAL_PARAMETERS)
			return NULL;
		*end = arena_alloc(a, sizeof **end);
		(*end)->name = upper(a, s, n);
		s = param_value(a, s + n + 1, &(*end)->value);
		if (!s)
			return NULL;
	}
	if (*s != ':')
		return NULL;
	p->value = trimmed(a, s + 1, strlen(s + 1));
	return p;
}

static void begin(struct reader *r, const char *name)
{
	if (r->skipped || r->depth == ICAL_NESTING || r->components == ICAL_COMPONENTS) {
		if (!r->skipped)
			feed_problem(r->d, "line %zu: %s is left out, for %s", r->line, name,
			    r->depth == ICAL_NESTING ? "it lies too deep"
						     : "there are too many components");
		r->skipped++;
		return;
	}
	struct ical_comp *c = arena_alloc(r->d->arena, sizeof *c);
	c->name = upper(r->d->arena, name, strlen(name));
	c->parent = r->open;
	c->end = &c->props;
	*r->end = c;
	r->end = &c->next;
	r->open = c;
	r->depth++;
	r->components++;
}

static void end(struct reader *r, const char *name)
{
	const struct ical_comp *c = r->open;

	if (r->skipped) {
		r->skipped--;
		return;
	}
	while (c && strcasecmp(c->name, name) != 0)
		c = c->parent;
	if (!c) {
		feed_problem(r->d, "line %zu: END:%s without a BEGIN", r->line, name);
		return;
	}
	for (; r->open != c; r->open = r->open->parent, r->depth--)
		feed_problem(
		    r->d, "line %zu: a %s that never ends is left out", r->line, r->open->name);
	r->open->whole = true;
	r->open = r->open->parent;
	r->depth--;
}

#define JOINED_MAX 200 /* each costs a copy of the text */

/* Texts with raw line ends in them are frequent: such a line goes on with the text. */
static void broken(struct reader *r, const char *line)
{
	struct ical_prop *p = r->last;
	bool text = p && (strcmp(p->name, "DESCRIPTION") == 0 || strcmp(p->name, "COMMENT") == 0);

	if (!*line)
		return;
	if (!text || r->joined == JOINED_MAX || strlen(p->value) + strlen(line) >= ICAL_LINE) {
		feed_problem(r->d, "line %zu is no property: '%.60s'", r->line, line);
		return;
	}
	p->value = arena_printf(r->d->arena, "%s\\n%s", p->value, line);
	r->joined++;
	feed_problem(
	    r->d, "line %zu is no property; it is taken as part of the %s", r->line, p->name);
}

static void keep(struct reader *r, struct ical_prop *p)
{
	struct ical_comp *c = r->open;

	if (c->count == ICAL_OF_COMPONENT) {
		feed_problem(r->d, "line %zu: only the first %d properties of a %s are read",
		    r->line, ICAL_OF_COMPONENT, c->name);
		return;
	}
	*c->end = p;
	c->end = &p->next;
	c->count++;
	r->last = p;
	r->properties++;
}

static void line_done(struct reader *r, const char *line, bool over)
{
	struct ical_prop *p;

	if (over) {
		feed_problem(
		    r->d, "line %zu: longer than %zu KiB, and left out", r->line, ICAL_LINE >> 10);
		r->last = NULL;
		return;
	}
	p = property(r, line);
	if (!p) {
		broken(r, line);
		return;
	}
	r->last = NULL;
	if (strcmp(p->name, "BEGIN") == 0) {
		begin(r, p->value);
	} else if (strcmp(p->name, "END") == 0) {
		end(r, p->value);
	} else if (!r->skipped && r->open) {
		keep(r, p);
	}
}

/* How many bytes stand before the line end at `s`, and how long that is. */
static size_t physical(const char *s, const char *stop, size_t *terminator)
{
	size_t n = 0;

	while (s + n < stop && s[n] != '\n' && s[n] != '\r')
		n++;
	*terminator = s + n == stop					     ? 0
		      : s[n] == '\r' && s + n + 1 < stop && s[n + 1] == '\n' ? 2
									     : 1;
	return n;
}

struct ical_comp *ical_read(struct feed_doc *d, const char *bytes, size_t len)
{
	struct reader r = { .d = d, .end = &r.first };
	const char *s = bytes, *stop = bytes + len;
	struct buf line;

	buf_init(&line, ICAL_LINE);
	for (size_t number = 0; s < stop && r.properties < ICAL_PROPERTIES;) {
		size_t terminator, n = physical(s, stop, &terminator);
		r.line = ++number;
		buf_add(&line, s, n);
		s += n + terminator;
		while (s < stop && (*s == ' ' || *s == '\t')) {
			n = physical(s, stop, &terminator);
			buf_add(&line, s + 1, n - 1);
			s += n + terminator;
			number++;
		}
		line_done(&r, buf_str(&line), line.over);
		buf_clear(&line);
		line.over = false;
	}
	buf_fini(&line);
	if (s < stop)
		feed_problem(d, "only the first %d properties are read", ICAL_PROPERTIES);
	for (; r.open; r.open = r.open->parent)
		feed_problem(d, "the text ends within a %s", r.open->name);
	return r.first;
}

const struct ical_prop *ical_next(const struct ical_prop *p, const char *name)
{
	do
		p = p->next;
	while (p && strcasecmp(p->name, name) != 0);
	return p;
}

const struct ical_prop *ical_prop(const struct ical_comp *c, const char *name)
{
	const struct ical_prop before = { .next = c->props };

	return ical_next(&before, name);
}

const char *ical_value(const struct ical_comp *c, const char *name)
{
	const struct ical_prop *p = ical_prop(c, name);

	return p ? p->value : NULL;
}

const char *ical_param(const struct ical_prop *p, const char *name)
{
	for (const struct ical_param *x = p->params; x; x = x->next)
		if (strcasecmp(x->name, name) == 0)
			return x->value;
	return NULL;
}

const char *ical_text(struct arena *a, const struct ical_prop *p, size_t max)
{
	struct buf text, clean;

	buf_init(&text, 0);
	buf_init(&clean, 0);
	for (const char *s = p->value; *s; s++) {
		if (*s == '\\' && s[1] && strchr("nN\\;,", s[1])) {
			s++;
			buf_addc(&text, *s == 'n' || *s == 'N' ? '\n' : *s);
		} else {
			buf_addc(&text, *s);
		}
	}
	utf8_clean(&clean, buf_str(&text), text.len, UTF8_LINES, max);
	const char *out = arena_strdup(a, buf_str(&clean));
	buf_fini(&text);
	buf_fini(&clean);
	return out;
}

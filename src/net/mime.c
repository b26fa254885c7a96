#include "mime.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "charset.h"
#include "feed_priv.h"
#include "mime_priv.h"

#define VALUE_MAX ((size_t)4096)

struct reader {
	struct feed_doc *d;
	struct mime_part *first, **end;
	size_t count;
};

/* A stretch of the mail. */
struct span {
	const char *s, *end;
};

/* The line at `s` without its end; *next: where the following one begins. */
static size_t line_at(struct span from, const char **next)
{
	const char *n = memchr(from.s, '\n', (size_t)(from.end - from.s));
	size_t len = (size_t)((n ? n : from.end) - from.s);

	*next = n ? n + 1 : from.end;
	return len && from.s[len - 1] == '\r' ? len - 1 : len;
}

static size_t field_name(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] > ' ' && s[n] < 127 && s[n] != ':')
		n++;
	return n && n < len && s[n] == ':' ? n : 0;
}

static void add_header(struct reader *r, struct mime_header ***end, const char *name, size_t n,
    const struct buf *value)
{
	struct mime_header *h = arena_alloc(r->d->arena, sizeof *h);

	if (value->over)
		feed_problem(r->d, "header %.*s: longer than %zu KiB, and cut", (int)n, name,
		    MIME_HEADER >> 10);
	h->name = arena_strndup(r->d->arena, name, n);
	h->value = mime_words(r->d->arena, buf_str(value), VALUE_MAX);
	**end = h;
	*end = &h->next;
}

/* Reads headers up to the empty line; `body` is what follows. False: there is not one. */
static bool headers(struct reader *r, struct span all, struct mime_part *p, struct span *body)
{
	struct mime_header **end = &p->headers;
	const char *next;
	struct buf value;
	size_t count = 0;

	buf_init(&value, MIME_HEADER);
	if (all.end - all.s > 5 && memcmp(all.s, "From ", 5) == 0) { /* of a mailbox file */
		line_at(all, &next);
		all.s = next;
	}
	while (all.s < all.end) {
		size_t len = line_at(all, &next), n = field_name(all.s, len);
		if (!n)
			break;
		const char *name = all.s;
		buf_add(&value, all.s + n + 1, len - n - 1);
		all.s = next;
		while (all.s < all.end && (*all.s == ' ' || *all.s == '\t')) {
			len = line_at(all, &next);
			buf_add(&value, all.s, len);
			all.s = next;
		}
		if (count++ < MIME_HEADERS)
			add_header(r, &end, name, n, &value);
		buf_clear(&value);
		value.over = false;
	}
	buf_fini(&value);
	if (count > MIME_HEADERS)
		feed_problem(r->d, "only the first %d headers are read", MIME_HEADERS);
	size_t len = line_at(all, &next);
	*body = (struct span){ len == 0 ? next : all.s, all.end };
	return count > 0;
}

const char *mime_header(const struct mime_part *p, const char *name)
{
	for (const struct mime_header *h = p->headers; h; h = h->next)
		if (strcasecmp(h->name, name) == 0)
			return h->value;
	return NULL;
}

const char *mime_param(struct arena *a, const char *header, const char *name)
{
	size_t n = strlen(name);
	const char *s = header ? strchr(header, ';') : NULL;

	for (; s; s = strchr(s, ';')) {
		s += 1 + strspn(s + 1, " \t");
		if (strncasecmp(s, name, n) != 0)
			continue;
		const char *v = s + n + strspn(s + n, " \t");
		if (*v != '=')
			continue;
		v += 1 + strspn(v + 1, " \t");
		const char *close = *v == '"' ? strchr(v + 1, '"') : NULL;
		return close ? arena_strndup(a, v + 1, (size_t)(close - v) - 1)
			     : arena_strndup(a, v, strcspn(v, "; \t"));
	}
	return NULL;
}

/* "text/html"; what says nothing is plain text. */
static const char *type_of(struct arena *a, const struct mime_part *p)
{
	const char *header = mime_header(p, "Content-Type");
	size_t n = header ? strcspn(header, "; \t") : 0;
	char *type = arena_strndup(a, n ? header : "text/plain", n ? n : 10);

	for (char *c = type; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return type;
}

static bool is_calendar(const struct mime_part *p, struct arena *a)
{
	const char *disposition = mime_header(p, "Content-Disposition"),
		   *type = mime_header(p, "Content-Type");
	const char *file = mime_param(a, disposition, "filename");

	file = file ? file : mime_param(a, type, "name");
	size_t n = file ? strlen(file) : 0;
	return strcmp(p->type, "application/ics") == 0 ||
	       (n > 4 && strcasecmp(file + n - 4, ".ics") == 0);
}

static void decode(struct reader *r, struct mime_part *p, struct span body)
{
	const char *how = mime_header(p, "Content-Transfer-Encoding"),
		   *charset = mime_param(r->d->arena, mime_header(p, "Content-Type"), "charset");
	struct buf raw, text;
	bool whole = true;
	size_t bad = 0;

	buf_init(&raw, FEED_BODY_MAX);
	buf_init(&text, 4 * FEED_BODY_MAX);
	if (how && strcasecmp(how, "base64") == 0)
		whole = mime_base64(&raw, body.s, (size_t)(body.end - body.s));
	else if (how && strcasecmp(how, "quoted-printable") == 0)
		whole = mime_quoted_printable(&raw, body.s, (size_t)(body.end - body.s), false);
	else
		buf_add(&raw, body.s, (size_t)(body.end - body.s));
	if (!whole)
		feed_problem(r->d, "a part of type %s ends within its encoding", p->type);
	if (!charset || strcasecmp(charset, "us-ascii") == 0 ||
	    !charset_to_utf8(&text, charset, strlen(charset), buf_str(&raw), raw.len, &bad)) {
		if (charset && strcasecmp(charset, "us-ascii") != 0)
			feed_problem(r->d, "the encoding '%.40s' is not known here", charset);
		bad = charset_document(&text, buf_str(&raw), raw.len);
	}
	if (bad)
		feed_problem(r->d, "%zu places of a part are no text in its encoding", bad);
	/* A NUL would end the text for everybody behind. */
	for (size_t i = 0; i < text.len; i++)
		if (!text.data[i])
			text.data[i] = ' ';
	p->text = arena_strndup(r->d->arena, buf_str(&text), text.len);
	p->len = text.len;
	buf_fini(&raw);
	buf_fini(&text);
}

static bool part(struct reader *r, struct span all, int depth);

/* 0: no boundary; 1: the next part begins behind this line; 2: the last part ended. */
static int boundary_line(const char *s, size_t len, const char *boundary, size_t n)
{
	if (len < n + 2 || s[0] != '-' || s[1] != '-' || memcmp(s + 2, boundary, n) != 0)
		return 0;
	int kind = len >= n + 4 && s[n + 2] == '-' && s[n + 3] == '-' ? 2 : 1;
	for (size_t i = n + (kind == 2 ? 4 : 2); i < len; i++)
		if (s[i] != ' ' && s[i] != '\t')
			return 0;
	return kind;
}

static void multipart(struct reader *r, struct span body, const char *boundary, int depth)
{
	size_t n = strlen(boundary);
	struct span inside = { NULL, NULL };
	int kind = 0;

	for (const char *s = body.s, *next; s < body.end && kind != 2; s = next) {
		size_t len = line_at((struct span){ s, body.end }, &next);
		kind = boundary_line(s, len, boundary, n);
		if (!kind)
			continue;
		/* The line end before it belongs to the boundary. */
		inside.end = s > body.s && s[-1] == '\n' ? s - 1 : s;
		if (inside.s && inside.end > inside.s && inside.end[-1] == '\r')
			inside.end--;
		if (inside.s)
			part(r, inside, depth + 1);
		inside.s = next;
	}
	if (kind == 2)
		return;
	feed_problem(r->d, "the mail ends before its last part does");
	if (inside.s)
		part(r, (struct span){ inside.s, body.end }, depth + 1);
}

/* False: there is not one header where the mail itself should begin. */
static bool part(struct reader *r, struct span all, int depth)
{
	struct mime_part *p;
	struct span body = all;

	if (depth > MIME_DEPTH || r->count == MIME_PARTS) {
		feed_problem(r->d, "a part of the mail is left out, for %s",
		    depth > MIME_DEPTH ? "it lies too deep" : "there are too many");
		return true;
	}
	p = arena_alloc(r->d->arena, sizeof *p);
	if (!headers(r, all, p, &body) && !depth)
		return false;
	p->type = type_of(r->d->arena, p);
	p->depth = depth;
	*r->end = p;
	r->end = &p->next;
	r->count++;
	const char *boundary = mime_param(r->d->arena, mime_header(p, "Content-Type"), "boundary");
	bool several = strncmp(p->type, "multipart/", 10) == 0;
	if (several && boundary && *boundary) {
		multipart(r, body, boundary, depth);
		return true;
	}
	if (several)
		feed_problem(r->d, "a part of type %s names no boundary", p->type);
	if (strcmp(p->type, "message/rfc822") == 0) {
		part(r, body, depth + 1);
		return true;
	}
	if (is_calendar(p, r->d->arena))
		p->type = "text/calendar";
	if (several || strncmp(p->type, "text/", 5) == 0)
		decode(r, p, body);
	return true;
}

struct mime_part *mime_read(struct feed_doc *d, const char *bytes, size_t len)
{
	struct reader r = { .d = d, .end = &r.first };
	struct span all = { bytes, bytes + len };

	while (all.s < all.end && strchr(" \t\r\n", *all.s))
		all.s++; /* before the headers, where a copy was made by hand */
	part(&r, all, 0);
	return r.first;
}

/* The body of a template: text and tags become a list of nodes. */
#include "template_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"

#define NAMES_MAX 64
#define PARTIALS 4 /* one within the other */

/* A section that is not closed yet. */
struct open_section {
	size_t node;
	const char *at;
};

struct parsing {
	struct reading *r;
	struct template *t;
	struct buf text; /* collected since the last node */
	struct open_section open[TEMPLATE_DEPTH];
	size_t depth;
	size_t floor;	 /* sections that were open where this file began */
	size_t partials; /* that are being read */
	size_t total;	 /* bytes of all that were read */
};

static void read_text(struct parsing *p, const char *at);

static struct node *add_node(struct template *t, enum node_type type, char *take)
{
	t->nodes = xgrow(t->nodes, t->node_count, &t->node_cap);
	t->nodes[t->node_count] = (struct node){ .type = type, .text = take };
	return &t->nodes[t->node_count++];
}

static void flush(struct parsing *p)
{
	if (p->text.len)
		add_node(p->t, NODE_TEXT, xstrdup(buf_str(&p->text)));
	buf_clear(&p->text);
}

/* Every name that the body may use, for "did you mean". */
static size_t known_names(const struct template *t, const char *names[NAMES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < t->field_count && n < NAMES_MAX; i++)
		names[n++] = t->fields[i].name;
	for (const struct template_fact *f = template_facts; f->name && n < NAMES_MAX; f++)
		names[n++] = f->name;
	return n;
}

const char *template_audience(const char *name)
{
	size_t len = sizeof TEMPLATE_AUDIENCE - 1;

	return strncmp(name, TEMPLATE_AUDIENCE, len) == 0 && name[len] ? name + len : NULL;
}

/* A misspelt one would show everybody what stands in {{^audience_…}}. */
static bool audience_known(struct parsing *p, const char *id, const char *at)
{
	const struct template_around *around = p->r->around;
	const struct template_reader *readers =
	    around->readers ? around->readers(around->ctx, p->r->partial) : NULL;
	const char *ids[NAMES_MAX], *meant;
	size_t n = 0;

	if (!readers)
		return true;
	for (; readers->id; readers++) {
		if (strcmp(readers->id, id) == 0)
			return true;
		if (n < NAMES_MAX)
			ids[n++] = readers->id;
	}
	meant = nearest_word(id, ids, n);
	template_error_at(p->r, at, "there is no audience \"%s\"%s%s%s", id,
	    meant ? ": did you mean \"" : "", meant ? meant : "", meant ? "\"?" : "");
	return false;
}

static bool name_known(struct parsing *p, const char *name, const char *at)
{
	const char *names[NAMES_MAX], *meant;
	size_t n = known_names(p->t, names);

	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	if (template_audience(name))
		return audience_known(p, template_audience(name), at);
	meant = nearest_word(name, names, n);
	template_error_at(p->r, at, "there is no field or fact \"%s\"%s%s%s", name,
	    meant ? ": did you mean \"" : "", meant ? meant : "",
	    meant ? "\"?" : " (declare it under fields:)");
	return false;
}

static bool filter_read(struct parsing *p, const char *word, const char *at, struct filter *out)
{
	long cells;
	char *end;

	if (strcmp(word, "time:UTC") == 0) {
		out->type = FILTER_UTC;
	} else if (strcmp(word, "local") == 0) {
		out->type = FILTER_LOCAL;
	} else if (strcmp(word, "upper") == 0) {
		out->type = FILTER_UPPER;
	} else if (strncmp(word, "truncate:", 9) == 0) {
		cells = strtol(word + 9, &end, 10);
		if (end == word + 9 || *end || cells < 2 || cells > 1000) {
			template_error_at(p->r, at, "truncate: a number from 2 to 1000 is needed");
			return false;
		}
		out->type = FILTER_TRUNCATE;
		out->cells = (int)cells;
	} else {
		template_error_at(p->r, at,
		    "there is no filter \"%s\": time:UTC, local, upper and truncate:N are", word);
		return false;
	}
	return true;
}

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t", s[len - 1]))
		s[--len] = '\0';
	return s;
}

/* "name|filter|filter" */
static void value_tag(struct parsing *p, char *inside, const char *at)
{
	char *bar = strchr(inside, '|'), *rest = bar ? bar + 1 : NULL;
	const struct template_fact *fact;
	const char *name;
	struct node *node;

	if (bar)
		*bar = '\0';
	name = trim(inside);
	if (!name_known(p, name, at))
		return;
	fact = template_fact(name);
	flush(p);
	node = add_node(p->t, NODE_VALUE, xstrdup(name));
	while (rest) {
		struct filter f = { 0 };
		char *word = rest;

		bar = strchr(rest, '|');
		rest = bar ? bar + 1 : NULL;
		if (bar)
			*bar = '\0';
		if (!filter_read(p, trim(word), at, &f))
			return;
		if ((f.type == FILTER_UTC || f.type == FILTER_LOCAL) &&
		    (!fact || !fact->instant || node->filter_count)) {
			template_error_at(
			    p->r, at, "%s is no instant: only those have a time", name);
			return;
		}
		if (node->filter_count == NODE_FILTERS) {
			template_error_at(p->r, at, "%d filters are the most", NODE_FILTERS);
			return;
		}
		node->filters[node->filter_count++] = f;
	}
	/* An instant as people read it, where nothing else is said. */
	if (fact && fact->instant && !node->filter_count)
		node->filters[node->filter_count++] = (struct filter){ .type = FILTER_UTC };
}

static void open_tag(struct parsing *p, enum node_type type, const char *name, const char *at)
{
	if (p->depth == TEMPLATE_DEPTH) {
		template_error_at(p->r, at, "sections lie at most %d deep", TEMPLATE_DEPTH);
		return;
	}
	name_known(p, name, at);
	flush(p);
	add_node(p->t, type, xstrdup(name));
	p->open[p->depth++] = (struct open_section){ p->t->node_count - 1, at };
}

static void close_tag(struct parsing *p, const char *name, const char *at)
{
	struct node *node;

	if (p->depth == p->floor) {
		template_error_at(p->r, at, "{{/%s}} closes nothing", name);
		return;
	}
	flush(p);
	node = &p->t->nodes[p->open[--p->depth].node];
	node->end = p->t->node_count;
	if (strcmp(node->text, name) != 0)
		template_error_at(
		    p->r, at, "{{/%s}} closes the section %s, which is open", name, node->text);
}

/* The text of another file, read in this place with the fields of the template. */
static void partial_tag(struct parsing *p, const char *name, const char *at)
{
	struct reading *outer = p->r, inner = *outer;
	size_t len = 0, floor = p->floor;
	const struct template_around *around = outer->around;
	const char *text = around->partial ? around->partial(around->ctx, name, &len) : NULL;
	char *file;

	if (!text) {
		template_error_at(
		    outer, at, "there is no partial \"%s\" (a file %s.part)", name, name);
		return;
	}
	if (p->partials == PARTIALS) {
		template_error_at(outer, at, "partials lie at most %d deep", PARTIALS);
		return;
	}
	p->total += len;
	if (p->total > TEMPLATE_MAX) {
		template_error_at(
		    outer, at, "the partials are %zu bytes together at most", TEMPLATE_MAX);
		return;
	}
	file = xasprintf("%s.part", name);
	inner.text = text;
	inner.end = text + len;
	inner.partial = file;
	p->r = &inner;
	p->floor = p->depth;
	p->partials++;
	if (template_plain(&inner))
		read_text(p, text);
	p->partials--;
	p->floor = floor;
	p->r = outer;
	free(file);
}

static void tag(struct parsing *p, char *inside, const char *at)
{
	switch (inside[0]) {
	case '!':
		return;
	case '#':
		open_tag(p, NODE_SECTION, trim(inside + 1), at);
		return;
	case '^':
		open_tag(p, NODE_INVERTED, trim(inside + 1), at);
		return;
	case '/':
		close_tag(p, trim(inside + 1), at);
		return;
	case '>':
		partial_tag(p, trim(inside + 1), at);
		return;
	case '{':
	case '&':
	case '=':
		template_error_at(p->r, at, "{{%c is not part of this language", inside[0]);
		return;
	}
	value_tag(p, inside, at);
}

/* The tag alone on its line: the end of that line in *after, and how many blanks before the tag. */
static bool alone_on_line(
    const struct parsing *p, const char *start, const char *end, const char **after, size_t *blanks)
{
	const char *b = start, *a = end;

	if (!strchr("#^/!>", start[2]))
		return false;
	while (b > p->r->text && strchr(" \t", b[-1]))
		b--;
	if (b > p->r->text && b[-1] != '\n')
		return false;
	while (a < p->r->end && strchr(" \t\r", *a))
		a++;
	if (a < p->r->end && *a != '\n')
		return false;
	*after = a < p->r->end ? a + 1 : a;
	*blanks = (size_t)(start - b);
	return true;
}

static const char *find(const char *from, const char *end, const char *what)
{
	return memmem(from, (size_t)(end - from), what, strlen(what));
}

/* One tag from `start`; returns where the text goes on. */
static const char *read_tag(struct parsing *p, const char *start)
{
	const char *close = find(start + 2, p->r->end, "}}"), *after;
	size_t blanks;
	char *inside;

	if (!close || memchr(start, '\n', (size_t)(close - start))) {
		template_error_at(p->r, start, "\"{{\" is not closed on its line");
		return start + 2;
	}
	after = close + 2;
	if (alone_on_line(p, start, close + 2, &after, &blanks)) {
		p->text.len -= blanks;
		if (p->text.data)
			p->text.data[p->text.len] = '\0';
	}
	inside = xstrndup(start + 2, (size_t)(close - start - 2));
	tag(p, trim(inside), start);
	free(inside);
	return after;
}

/* The rest of one file; what it opens it also closes. */
static void read_text(struct parsing *p, const char *at)
{
	while (at < p->r->end) {
		const char *next = find(at, p->r->end, "{{");
		const char *end = next ? next : p->r->end;

		for (; at < end; at++)
			if (*at != '\r')
				buf_addc(&p->text, *at == '\t' ? ' ' : *at);
		if (next)
			at = read_tag(p, next);
	}
	while (p->depth > p->floor) {
		p->depth--;
		template_error_at(p->r, p->open[p->depth].at, "the section %s is not closed",
		    p->t->nodes[p->open[p->depth].node].text);
	}
}

void template_read_body(struct reading *r, struct template *t, const char *at)
{
	struct parsing p = { .r = r, .t = t };

	buf_init(&p.text, TEMPLATE_MAX);
	read_text(&p, at);
	flush(&p);
	buf_fini(&p.text);
}

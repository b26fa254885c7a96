#include "domain/texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/mem.h"
#include "base/utf8.h"

#define SHARE "share/"

struct texts {
	struct template **templates; /* by name */
	bool *own;
	size_t count;
	struct jargon *jargon;
};

/* All files of one name, the site's first. */
struct pool {
	const struct text_file *own;
	size_t own_count;
	struct text_file *all; /* the site's, then the shipped ones that they leave */
	size_t count;
	const struct template_reader *readers; /* of the site; NULL: not known */
	bool shipped;			       /* the template that is being read is */
};

static bool ends(const char *name, const char *with)
{
	size_t a = strlen(name), b = strlen(with);

	return a > b && strcmp(name + a - b, with) == 0;
}

static const struct text_file *file_named(
    const struct text_file *files, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

/* What is compiled in as share/FOLDER/NAME, where no file of the site has this name. */
static void add_shipped(struct pool *p)
{
	size_t n = p->own_count;

	for (const struct embedded *f = embedded_files; f->name; f++)
		n++;
	p->all = xcalloc(n, sizeof *p->all);
	for (p->count = 0; p->count < p->own_count; p->count++)
		p->all[p->count] = p->own[p->count];
	for (const struct embedded *f = embedded_files; f->name; f++) {
		const char *name = strrchr(f->name, '/');

		if (strncmp(f->name, SHARE, sizeof SHARE - 1) != 0 || !name)
			continue;
		name++;
		if ((ends(name, ".tmpl") || ends(name, ".part")) &&
		    !file_named(p->own, p->own_count, name))
			p->all[p->count++] =
			    (struct text_file){ name, f->name, (const char *)f->data, f->len };
	}
}

static const char *find_partial(void *ctx, const char *name, size_t *len)
{
	const struct pool *p = ctx;
	char *file = xasprintf("%s.part", name);
	const struct text_file *f = file_named(p->all, p->count, file);

	free(file);
	*len = f ? f->len : 0;
	return f ? f->text : NULL;
}

/* Only the site's own files name the site's audiences. */
static const struct template_reader *readers_of(void *ctx, const char *partial)
{
	const struct pool *p = ctx;
	bool own = partial ? file_named(p->own, p->own_count, partial) != NULL : !p->shipped;

	return own ? p->readers : NULL;
}

/* The n-th line of a text, for the caret; the caller frees. */
static char *line_of(const struct text_file *f, int n)
{
	const char *p = f->text, *end = f->text + f->len, *stop;

	for (; n > 1 && p < end; n--) {
		stop = memchr(p, '\n', (size_t)(end - p));
		p = stop ? stop + 1 : end;
	}
	stop = memchr(p, '\n', (size_t)(end - p));
	return xstrndup(p, (size_t)((stop ? stop : end) - p));
}

static bool told(
    const struct cfg_problems *problems, const char *file, const struct template_error *e)
{
	for (size_t i = 0; i < problems->count; i++)
		if (strcmp(problems->items[i].file, file) == 0 &&
		    problems->items[i].pos.line == e->line &&
		    problems->items[i].pos.column == e->column)
			return true;
	return false;
}

/* Each place once: a partial is read with every template that uses it. */
static void tell(const struct pool *p, const struct text_file *f, struct template_errors *errors,
    struct cfg_problems *problems)
{
	for (size_t i = 0; i < errors->count; i++) {
		const struct template_error *e = &errors->items[i];
		const struct text_file *in =
		    e->partial ? file_named(p->all, p->count, e->partial) : f;
		const char *shown = in->shown ? in->shown : in->name;
		char *line;

		if (told(problems, shown, e))
			continue;
		line = line_of(in, e->line);
		cfg_problem_add(problems, (struct cfg_pos){ shown, e->line, e->column }, line, NULL,
		    "%s", e->message);
		free(line);
	}
	template_errors_fini(errors);
}

static int by_name(const void *a, const void *b)
{
	struct template *const *x = a, *const *y = b;

	return strcmp(template_id(*x), template_id(*y));
}

static void add_template(
    struct texts *t, struct pool *p, const struct text_file *f, struct cfg_problems *problems)
{
	char *id = xstrndup(f->name, strlen(f->name) - strlen(".tmpl"));
	struct template_errors errors = { 0 };
	const struct template_around around = { find_partial, readers_of, p };
	struct template *one;

	p->shipped = f >= p->all + p->own_count;
	one = template_parse_with(id, f->text, f->len, &around, &errors);
	if (one)
		t->templates[t->count++] = one;
	tell(p, f, &errors, problems);
	free(id);
}

static struct texts *read_all(const struct text_file *own, size_t count,
    const struct template_reader *readers, struct cfg_problems *problems)
{
	struct pool p = { .own = own, .own_count = count, .readers = readers };
	struct texts *t = xcalloc(1, sizeof *t);

	add_shipped(&p);
	t->jargon = jargon_default();
	t->templates = xcalloc(p.count, sizeof *t->templates);
	for (size_t i = 0; i < p.count; i++) {
		struct template_errors errors = { 0 };

		if (ends(p.all[i].name, ".tmpl")) {
			add_template(t, &p, &p.all[i], problems);
		} else if (i < count && ends(p.all[i].name, ".txt")) {
			jargon_read(t->jargon, p.all[i].text, p.all[i].len, &errors);
			tell(&p, &p.all[i], &errors, problems);
		}
	}
	qsort(t->templates, t->count, sizeof *t->templates, by_name);
	t->own = xcalloc(t->count, sizeof *t->own);
	for (size_t i = 0; i < t->count; i++) {
		char *name = xasprintf("%s.tmpl", template_id(t->templates[i]));

		t->own[i] = file_named(own, count, name) != NULL;
		free(name);
	}
	free(p.all);
	return t;
}

struct texts *texts_new(const struct text_file *own, size_t count, struct cfg_problems *problems)
{
	return read_all(own, count, NULL, problems);
}

void texts_check(const struct text_file *own, size_t count, const struct config *c,
    struct cfg_problems *problems)
{
	struct template_reader *readers = xcalloc(c->audiences.count + 1, sizeof *readers);

	for (size_t i = 0; i < c->audiences.count; i++)
		readers[i] = (struct template_reader){ c->audiences.items[i].id.s,
			c->audiences.items[i].internal };
	texts_free(read_all(own, count, readers, problems));
	free(readers);
}

void texts_free(struct texts *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		template_free(t->templates[i]);
	free(t->templates);
	free(t->own);
	jargon_free(t->jargon);
	free(t);
}

const struct template *texts_template(const struct texts *t, const char *id)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(template_id(t->templates[i]), id) == 0)
			return t->templates[i];
	return NULL;
}

/* Whether `a` is nearer to what a stage at one severity asks for. */
static bool nearer(const struct template *a, const struct template *b, const char *stage)
{
	if (!b || template_breadth(a) != template_breadth(b))
		return !b || template_breadth(a) < template_breadth(b);
	return strcmp(template_id(a), stage) == 0;
}

const struct template *texts_for(const struct texts *t, const char *stage, int severity)
{
	const struct template *best = NULL;

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(template_stage(t->templates[i]), stage) == 0 &&
		    template_suits(t->templates[i], severity) &&
		    nearer(t->templates[i], best, stage))
			best = t->templates[i];
	return best;
}

const struct template *texts_nth(const struct texts *t, size_t n, bool *own)
{
	*own = n < t->count && t->own[n];
	return n < t->count ? t->templates[n] : NULL;
}

const struct jargon *texts_jargon(const struct texts *t)
{
	return t->jargon;
}

/* ---- what can be in force ---- */

static bool has_problem(const struct cfg_problems *problems, const struct text_file *f)
{
	for (size_t i = 0; i < problems->count; i++)
		if (strcmp(problems->items[i].file, f->shown ? f->shown : f->name) == 0)
			return true;
	return false;
}

/* One round: what has a problem gives way. True: there was none. */
static bool sift(struct text_file *files, size_t *count, const struct text_file *good,
    size_t good_count, const struct config *c)
{
	struct cfg_problems problems = { 0 };
	size_t kept = 0;
	bool sound, moved = false;

	if (c)
		texts_check(files, *count, c, &problems);
	else
		texts_free(texts_new(files, *count, &problems));
	sound = problems.count == 0;
	for (size_t i = 0; i < *count; i++) {
		const struct text_file *before = file_named(good, good_count, files[i].name);

		if (!has_problem(&problems, &files[i])) {
			files[kept++] = files[i];
			continue;
		}
		moved = true;
		if (before && before->text != files[i].text)
			files[kept++] = *before;
	}
	/* A shipped template that does not go with a partial of the site: none of them is used. */
	*count = sound || moved ? kept : 0;
	cfg_problems_fini(&problems);
	return sound;
}

size_t texts_sound(const struct text_file *own, size_t count, const struct text_file *good,
    size_t good_count, const struct config *c, struct text_file *out)
{
	for (size_t i = 0; i < count; i++)
		out[i] = own[i];
	while (!sift(out, &count, good, good_count, c))
		;
	return count;
}

/* The grammar of keymap files: one statement a line. */
#include "ui/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "keys_priv.h"
#include "ui/action.h"

#define TOKENS 24
#define LINE_MAX_BYTES 1000
#define BINDINGS_MAX 4000

struct token {
	char *text; /* into the copied line */
	int column; /* 1-based */
	int width;
	bool quoted;
};

struct file {
	struct keymap *m;
	const char *name;
	enum keys_layer layer;
	int line, depth;
	const char *source; /* the line as it stands */
	const char *contexts[KEY_CONTEXTS];
	size_t context_count;
	bool format_seen;
	size_t first; /* the first binding of this layer */
	keys_include_fn include;
	void *ctx;
	struct key_problems *out;
	const char *const *chain; /* names of the files that include this one, outermost first */
};

#define PROBLEM(f, tok, help, ...)                                                                 \
	key_problem_add((f)->out, false, (f)->name, (f)->line, (tok)->column, (tok)->width,        \
	    (f)->source, (help), __VA_ARGS__)
#define WARNING(f, tok, help, ...)                                                                 \
	key_problem_add((f)->out, true, (f)->name, (f)->line, (tok)->column, (tok)->width,         \
	    (f)->source, (help), __VA_ARGS__)

/* Splits in place; a comment ends it. Returns how many, TOKENS + 1 for too many, and in *open a
 * quote that does not close. */
static size_t split(char *line, struct token *t, struct token *open)
{
	size_t n = 0;
	char *s = line;

	open->text = NULL;
	for (;;) {
		char *start;

		while (*s == ' ' || *s == '\t')
			s++;
		if (!*s || *s == '#')
			return n;
		if (n == TOKENS)
			return TOKENS + 1;
		t[n] = (struct token){ .column = (int)(s - line) + 1, .quoted = *s == '"' };
		start = t[n].quoted ? ++s : s;
		while (*s && (t[n].quoted ? *s != '"' : *s != ' ' && *s != '\t'))
			s++;
		t[n].text = start;
		t[n].width = (int)(s - line) + 1 - t[n].column;
		if (t[n].quoted && !*s) {
			*open = t[n];
			return n;
		}
		t[n].width += t[n].quoted;
		n++;
		if (*s)
			*s++ = '\0';
	}
}

static void add_binding(struct file *f, struct binding b)
{
	struct keymap *m = f->m;

	m->bindings = xgrow(m->bindings, m->count, &m->cap);
	m->bindings[m->count++] = b;
}

static struct binding new_binding(const struct file *f, const char *context)
{
	return (struct binding){ .context = context,
		.layer = (int)f->layer,
		.file = xstrdup(f->name),
		.line = f->line };
}

/* ---- statements ---- */

static bool need_context(struct file *f, const struct token *t)
{
	if (f->context_count > 0)
		return true;
	PROBLEM(f, t, "write \"context board\" (or global, incident, …) above it",
	    "\"%s\" stands before any context", t->text);
	return false;
}

static void st_format(struct file *f, struct token *t, size_t n)
{
	if (n != 2 || strcmp(t[1].text, "1") != 0)
		PROBLEM(f, &t[n > 1], "write \"format 1\"", "this program reads format 1");
	f->format_seen = true;
}

static const char *near_context(const char *word)
{
	const char *words[KEY_CONTEXTS];
	size_t n = 0;

	for (const struct key_context *c = key_contexts; c->name; c++)
		words[n++] = c->name;
	return nearest_word(word, words, n);
}

static void st_context(struct file *f, struct token *t, size_t n)
{
	f->context_count = 0;
	if (n < 2)
		PROBLEM(f, &t[0], "name one or several", "which context?");
	for (size_t i = 1; i < n; i++) {
		char *comma = strchr(t[i].text, ',');
		const struct key_context *c;
		const char *near;
		char help[80] = "nocboard keys lists them";

		if (comma)
			*comma = '\0';
		c = key_context(t[i].text);
		if (c && f->context_count < KEY_CONTEXTS) {
			f->contexts[f->context_count++] = c->name;
			continue;
		}
		near = near_context(t[i].text);
		if (near)
			snprintf(help, sizeof help, "did you mean %s?", near);
		PROBLEM(f, &t[i], help, "unknown context \"%s\"", t[i].text);
	}
}

static void st_inherit(struct file *f, struct token *t, size_t n)
{
	if (n != 2 || strcmp(t[1].text, "none") != 0) {
		PROBLEM(f, &t[n > 1], NULL, "only \"inherit none\" is known");
		return;
	}
	if (need_context(f, &t[0]))
		for (size_t i = 0; i < f->context_count; i++)
			f->m->alone[key_context_index(f->contexts[i])] = true;
}

static void st_set(struct file *f, struct token *t, size_t n)
{
	static const char *const names[] = { "popup-delay" };
	struct keymap *m = f->m;
	char *end;
	long value;

	if (n != 3) {
		PROBLEM(f, &t[0], "as in \"set popup-delay 400\"", "set takes a name and a number");
		return;
	}
	for (size_t i = 0; i < countof(names); i++)
		if (strcmp(names[i], t[1].text) == 0) {
			value = strtol(t[2].text, &end, 10);
			if (*end || value < -1 || value > 60000) {
				PROBLEM(f, &t[2], NULL, "a number from -1 to 60000, please");
				return;
			}
			m->settings = xgrow(m->settings, m->setting_count, &m->setting_cap);
			m->settings[m->setting_count++] =
			    (struct setting){ .name = xstrdup(t[1].text),
				    .value = (int)value,
				    .layer = (int)f->layer };
			return;
		}
	PROBLEM(f, &t[1], "popup-delay is the one there is", "unknown setting \"%s\"", t[1].text);
}

static void st_unbind(struct file *f, struct token *t, size_t n)
{
	char why[160], help[120];

	if (!need_context(f, &t[0]))
		return;
	if (n != 2) {
		PROBLEM(f, &t[0], "as in \"unbind gg\" or \"unbind *\"",
		    "unbind takes one key or sequence");
		return;
	}
	for (size_t i = 0; i < f->context_count; i++) {
		struct binding b = new_binding(f, f->contexts[i]);

		if (strcmp(t[1].text, "*") != 0) {
			b.count = keys_parse(t[1].text, b.keys, why, help);
			if (b.count == 0) {
				PROBLEM(f, &t[1], help, "%s", why);
				binding_fini(&b);
				return;
			}
		}
		b.action = xstrdup("none");
		add_binding(f, b);
	}
}

/* Whether the new keys collide with what is bound in the same context. */
static bool collides(struct file *f, const struct token *key, const struct binding *b)
{
	const struct keymap *m = f->m;
	char help[120];

	for (size_t i = 0; i < m->count; i++) {
		const struct binding *old = &m->bindings[i];

		if (strcmp(old->context, b->context) != 0 || !binding_in_force(m, i) ||
		    strcmp(old->action, "none") == 0)
			continue;
		if (keys_equal(old, b->keys, b->count) && i >= f->first) {
			PROBLEM(f, key, "keep one of them",
			    "\"%s\" is bound twice in context %s: at line %d too", key->text,
			    b->context, old->line);
			return true;
		}
		if (keys_start(b, old->keys, old->count)) {
			struct buf name;

			buf_init(&name, 200);
			keys_print(old->keys, old->count, &name);
			snprintf(help, sizeof help,
			    "write \"unbind %s\" before it, or bind \"%s\" elsewhere",
			    buf_str(&name), key->text);
			PROBLEM(f, key, help,
			    "\"%s\" can never be typed: \"%s\" is bound in context %s at %s:%d",
			    key->text, buf_str(&name), b->context, old->file, old->line);
			buf_fini(&name);
			return true;
		}
		if (keys_start(old, b->keys, b->count)) {
			struct buf name;

			buf_init(&name, 200);
			keys_print(old->keys, old->count, &name);
			snprintf(
			    help, sizeof help, "write \"unbind %s\" before it", buf_str(&name));
			PROBLEM(f, key, help,
			    "with \"%s\" bound, \"%s\" (%s:%d) could never be typed", key->text,
			    buf_str(&name), old->file, old->line);
			buf_fini(&name);
			return true;
		}
	}
	return false;
}

static void warn_key(struct file *f, const struct token *key, const struct binding *b)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->keys[i] == (KB_CTRL | 'h'))
			WARNING(f, key, NULL, "<C-h> is Backspace on some terminals");
		if (b->keys[i] == (KB_CTRL | 'j'))
			WARNING(f, key, NULL, "<C-j> is Enter on some terminals");
		if (b->keys[i] < 0x80 && strchr("[]{}@\\|~`", (int)b->keys[i]))
			WARNING(f, key, NULL,
			    "this character needs AltGr on German, French and Nordic keyboards");
	}
}

/* The arguments that a command knows, as name=value. */
static bool check_args(
    struct file *f, const struct action *a, const struct token *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t len = strcspn(t[i].text, "=");
		bool known = false;

		if (!a->command)
			return true;
		for (size_t k = 0; k < COMMAND_ARGS && a->command->args[k].name; k++)
			known =
			    known || (strlen(a->command->args[k].name) == len &&
					 strncmp(a->command->args[k].name, t[i].text, len) == 0);
		if (!known || t[i].text[len] != '=') {
			PROBLEM(f, &t[i], "arguments are written name=value",
			    "%s has no argument \"%.*s\"", a->id, (int)len, t[i].text);
			return false;
		}
	}
	return true;
}

static const struct action *check_action(
    struct file *f, const struct token *t, size_t at, size_t end, const char *context)
{
	const struct action *a = action_find(t[at].text);

	if (!a) {
		const char *near = action_near(t[at].text);
		char help[120] = "nocboard keys lists them";

		if (near)
			snprintf(help, sizeof help, "did you mean %s?", near);
		PROBLEM(f, &t[at], help, "unknown action \"%s\"", t[at].text);
		return NULL;
	}
	if (strcmp(context, "confirm") == 0 && a->danger == DANGER_OUTWARD) {
		PROBLEM(f, &t[at], "bind it in a view",
		    "%s reaches people outside: no key in a confirmation may start it", a->id);
		return NULL;
	}
	return check_args(f, a, t, at + 1, end) ? a : NULL;
}

/* "a b c" of tokens from..to, as they were written. */
static char *join(const struct token *t, size_t from, size_t to)
{
	struct buf b;

	buf_init(&b, LINE_MAX_BYTES);
	for (size_t i = from; i < to; i++)
		buf_addf(&b, "%s%s", i > from ? " " : "", t[i].text);
	return from < to ? buf_take(&b) : (buf_fini(&b), NULL);
}

static void bind_in(struct file *f, struct token *t, size_t n, const char *context)
{
	bool described = t[n - 1].quoted;
	size_t end = n - described;
	struct binding b = new_binding(f, context);
	char why[160], help[120];

	b.count = keys_parse(t[1].text, b.keys, why, help);
	if (b.count == 0) {
		PROBLEM(f, &t[1], help, "%s", why);
	} else if (t[2].text[0] == ':') {
		b.action = join(t, 2, end);
	} else if (strcmp(t[2].text, "none") == 0 || check_action(f, t, 2, end, context)) {
		b.action = xstrdup(t[2].text);
		b.args = join(t, 3, end);
	}
	if (!b.action || collides(f, &t[1], &b)) {
		binding_fini(&b);
		return;
	}
	if (f->layer != KEYS_BUILTIN)
		warn_key(f, &t[1], &b);
	b.text = described ? xstrdup(t[n - 1].text) : NULL;
	add_binding(f, b);
}

static void st_bind(struct file *f, struct token *t, size_t n)
{
	size_t before = key_problems_errors(f->out);

	if (!need_context(f, &t[0]))
		return;
	if (n < 3 || t[2].quoted) {
		PROBLEM(f, &t[0], "as in \"bind gg list.first\"", "bind takes keys and an action");
		return;
	}
	if (f->m->count - f->first >= BINDINGS_MAX) {
		PROBLEM(f, &t[0], NULL, "more than %d bindings", BINDINGS_MAX);
		return;
	}
	/* One mistake is told once, not once for each context of the list. */
	for (size_t i = 0; i < f->context_count && key_problems_errors(f->out) == before; i++)
		bind_in(f, t, n, f->contexts[i]);
}

static void parse_text(struct file *f, const char *text, size_t len);

static void include_text(struct file *f, const char *name, const char *text, size_t len)
{
	const char *chain[KEYS_DEPTH + 2] = { 0 };
	struct file inner = *f;
	size_t n = 0;

	while (n < KEYS_DEPTH && f->chain[n]) {
		chain[n] = f->chain[n];
		n++;
	}
	chain[n] = name;
	inner.name = name;
	inner.chain = chain;
	inner.depth++;
	inner.context_count = 0;
	inner.format_seen = false;
	parse_text(&inner, text, len);
}

static void st_include(struct file *f, struct token *t, size_t n)
{
	bool optional = strcmp(t[0].text, "include?") == 0;
	const struct embedded *in;
	char path[256], *text = NULL;

	if (n != 2 || !t[1].quoted) {
		PROBLEM(f, &t[0], "as in include \"base.keys\"",
		    "include takes one file name in quotes");
		return;
	}
	for (size_t i = 0; f->chain[i]; i++)
		if (strcmp(f->chain[i], t[1].text) == 0) {
			PROBLEM(
			    f, &t[1], "leave one of the two out", "%s includes itself", t[1].text);
			return;
		}
	if (f->depth + 1 >= KEYS_DEPTH) {
		PROBLEM(f, &t[1], NULL, "includes go deeper than %d files", KEYS_DEPTH);
		return;
	}
	if (f->include)
		text = f->include(f->ctx, f->name, t[1].text);
	if (text) {
		include_text(f, t[1].text, text, strlen(text));
		free(text);
		return;
	}
	snprintf(path, sizeof path, "keymaps/%s", t[1].text);
	in = embedded_find(path);
	if (in)
		include_text(f, t[1].text, (const char *)in->data, in->len);
	else if (!optional)
		PROBLEM(f, &t[1], "write include? where it may be absent", "there is no file %s",
		    t[1].text);
}

static const struct statement {
	const char *name;
	void (*run)(struct file *f, struct token *t, size_t n);
} statements[] = {
	{ "format", st_format },
	{ "include", st_include },
	{ "include?", st_include },
	{ "context", st_context },
	{ "inherit", st_inherit },
	{ "bind", st_bind },
	{ "unbind", st_unbind },
	{ "set", st_set },
};

static void parse_line(struct file *f, char *line)
{
	struct token t[TOKENS] = { 0 }, open, *first = &t[0];
	size_t n = split(line, t, &open);
	const char *names[countof(statements)], *near;
	char help[80] = "statements are format include context inherit bind unbind set";

	if (open.text) {
		PROBLEM(f, &open, "end it with \"", "a quote that does not end");
		return;
	}
	if (n == 0)
		return;
	if (n > TOKENS) {
		PROBLEM(f, first, NULL, "too many words in one line");
		return;
	}
	if (!f->format_seen && strcmp(first->text, "format") != 0) {
		PROBLEM(f, first, "write \"format 1\" as the first statement",
		    "the file does not say its format");
		f->format_seen = true;
	}
	for (size_t i = 0; i < countof(statements); i++)
		if (strcmp(statements[i].name, first->text) == 0) {
			statements[i].run(f, t, n);
			return;
		}
	for (size_t i = 0; i < countof(statements); i++)
		names[i] = statements[i].name;
	near = nearest_word(first->text, names, countof(statements));
	if (near)
		snprintf(help, sizeof help, "did you mean %s?", near);
	PROBLEM(f, first, help, "unknown statement \"%s\"", first->text);
}

static void parse_text(struct file *f, const char *text, size_t len)
{
	char source[LINE_MAX_BYTES + 1], work[LINE_MAX_BYTES + 1];
	size_t at = 0;

	f->line = 0;
	while (at < len) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t n = nl ? (size_t)(nl - text) - at : len - at, keep = n;

		f->line++;
		if (keep > 0 && text[at + keep - 1] == '\r')
			keep--;
		f->source = NULL;
		if (keep > LINE_MAX_BYTES || memchr(text + at, '\0', keep)) {
			struct token whole = { .column = 1, .width = 1 };

			PROBLEM(f, &whole, NULL, "a line of text has at most %d bytes and no NUL",
			    LINE_MAX_BYTES);
		} else {
			memcpy(source, text + at, keep);
			source[keep] = '\0';
			memcpy(work, source, keep + 1);
			f->source = source;
			parse_line(f, work);
		}
		at += n + 1;
	}
}

bool keymap_parse(struct keymap *m, const char *file, const char *text, size_t len,
    enum keys_layer layer, keys_include_fn include, void *ctx, struct key_problems *out)
{
	const char *chain[] = { file, NULL };
	size_t errors = key_problems_errors(out), settings = m->setting_count;
	bool alone[KEY_CONTEXTS];
	struct file f = { .m = m,
		.name = file,
		.layer = layer,
		.first = m->count,
		.include = include,
		.ctx = ctx,
		.out = out,
		.chain = chain };

	memcpy(alone, m->alone, sizeof alone);
	parse_text(&f, text, len);
	if (key_problems_errors(out) == errors)
		return true;
	while (m->count > f.first)
		binding_fini(&m->bindings[--m->count]);
	while (m->setting_count > settings)
		free(m->settings[--m->setting_count].name);
	memcpy(m->alone, alone, sizeof alone);
	return false;
}

#include "ui/keys.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/mem.h"
#include "keys_priv.h"
#include "ui/action.h"

const struct key_context key_contexts[] = {
	{ "global", NULL, false },
	{ "list", "global", false },
	{ "board", "list", false },
	{ "region", "list", false },
	{ "incidents", "list", false },
	{ "carriers", "list", false },
	{ "timeline", "list", false },
	{ "roster", "list", false },
	{ "outbox", "list", false },
	{ "sources", "list", false },
	{ "journal", "list", false },
	{ "pager", "global", false },
	{ "source", "pager", false },
	{ "incident", "pager", false },
	{ "log", "pager", false },
	{ "help", "pager", false },
	{ "wall", "global", false },
	{ "editor", NULL, true },
	{ "palette", "editor", true },
	{ "filter", "editor", true },
	{ "form", "editor", true },
	{ "composer", "editor", true },
	{ "confirm", NULL, true },
	{ NULL, NULL, false },
};

const struct key_context *key_context(const char *name)
{
	for (const struct key_context *c = key_contexts; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

size_t key_context_index(const char *name)
{
	return (size_t)(key_context(name) - key_contexts);
}

bool key_printable(uint32_t key)
{
	return key <= 0x10ffff;
}

struct keymap *keymap_new(void)
{
	return xcalloc(1, sizeof(struct keymap));
}

void binding_fini(struct binding *b)
{
	free(b->action);
	free(b->args);
	free(b->text);
	free(b->file);
}

void keymap_free(struct keymap *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		binding_fini(&m->bindings[i]);
	for (size_t i = 0; i < m->setting_count; i++)
		free(m->settings[i].name);
	free(m->bindings);
	free(m->settings);
	free(m);
}

bool keys_equal(const struct binding *b, const uint32_t *keys, size_t count)
{
	return b->count == count && memcmp(b->keys, keys, count * sizeof *keys) == 0;
}

bool keys_start(const struct binding *b, const uint32_t *keys, size_t count)
{
	return b->count > count && memcmp(b->keys, keys, count * sizeof *keys) == 0;
}

bool binding_in_force(const struct keymap *m, size_t index)
{
	const struct binding *b = &m->bindings[index];

	if (b->count == 0)
		return false;
	for (size_t i = index + 1; i < m->count; i++) {
		const struct binding *later = &m->bindings[i];

		if ((later->count == 0 || keys_equal(later, b->keys, b->count)) &&
		    strcmp(later->context, b->context) == 0)
			return false;
	}
	return true;
}

const struct binding *keys_own(
    const struct keymap *m, const char *context, const uint32_t *keys, size_t count)
{
	for (size_t i = m->count; i-- > 0;) {
		const struct binding *b = &m->bindings[i];

		/* Most have other keys, which is seen sooner than another name. */
		if ((b->count && !keys_equal(b, keys, count)) || strcmp(b->context, context) != 0)
			continue;
		return b->count ? b : NULL;
	}
	return NULL;
}

static bool unbound(const struct binding *b)
{
	return strcmp(b->action, "none") == 0;
}

static bool starts_one(
    const struct keymap *m, const char *context, const uint32_t *keys, size_t count)
{
	for (size_t i = 0; i < m->count; i++)
		if (keys_start(&m->bindings[i], keys, count) &&
		    strcmp(m->bindings[i].context, context) == 0 && binding_in_force(m, i) &&
		    !unbound(&m->bindings[i]))
			return true;
	return false;
}

/* The context above, or NULL where inheritance ends. */
static const struct key_context *above(const struct keymap *m, const struct key_context *c)
{
	if (!c->parent || m->alone[key_context_index(c->name)])
		return NULL;
	return key_context(c->parent);
}

enum keys_found keymap_find(const struct keymap *m, const char *context, const uint32_t *keys,
    size_t count, const struct binding **out)
{
	*out = NULL;
	for (const struct key_context *c = key_context(context); c; c = above(m, c)) {
		const struct binding *b = keys_own(m, c->name, keys, count);
		bool own = strcmp(c->name, context) == 0;

		if (!own && c->modal && key_printable(keys[0]))
			continue;
		if (b) {
			*out = unbound(b) ? NULL : b;
			return unbound(b) ? KEYS_NONE : KEYS_BOUND;
		}
		if (starts_one(m, c->name, keys, count))
			return KEYS_PREFIX;
	}
	return KEYS_NONE;
}

/* Whether these keys, typed in `context`, really reach this binding. */
static bool reaches(const struct keymap *m, const char *context, const struct binding *b)
{
	const struct binding *found;

	for (size_t n = 1; n < b->count; n++)
		if (keymap_find(m, context, b->keys, n, &found) != KEYS_PREFIX)
			return false;
	return keymap_find(m, context, b->keys, b->count, &found) == KEYS_BOUND && found == b;
}

const struct binding *keymap_for(
    const struct keymap *m, const char *context, const char *action, const char *args)
{
	const struct binding *best = NULL;

	for (size_t i = 0; i < m->count; i++) {
		const struct binding *b = &m->bindings[i];

		if (strcmp(b->action, action) != 0 ||
		    (args && strcmp(b->args ? b->args : "", args) != 0))
			continue;
		if (b->count == 0 || !reaches(m, context, b))
			continue;
		if (!best || (key_printable(b->keys[0]) && !key_printable(best->keys[0])))
			best = b;
	}
	return best;
}

bool keymap_label(const struct keymap *m, const char *context, const char *action, struct buf *out)
{
	const struct binding *b = keymap_for(m, context, action, NULL);

	if (b)
		keys_label(b->keys, b->count, out);
	return b != NULL;
}

const struct binding **keymap_list(const struct keymap *m, const char *context, size_t *count)
{
	const struct binding **list = NULL;
	size_t cap = 0;

	*count = 0;
	for (const struct key_context *c = key_context(context); c; c = above(m, c))
		for (size_t i = 0; i < m->count; i++) {
			const struct binding *b = &m->bindings[i];

			if (strcmp(b->context, c->name) != 0 || b->count == 0 || unbound(b) ||
			    !reaches(m, context, b))
				continue;
			list = xgrow(list, *count, &cap);
			list[(*count)++] = b;
		}
	return list;
}

int keymap_setting(const struct keymap *m, const char *name, int otherwise)
{
	for (size_t i = m->setting_count; i-- > 0;)
		if (strcmp(m->settings[i].name, name) == 0)
			return m->settings[i].value;
	return otherwise;
}

/* ---- problems ---- */

struct key_problem *key_problem_add(struct key_problems *out, bool warning, const char *file,
    int line, int column, int width, const char *source, const char *help, const char *fmt, ...)
{
	struct key_problem *p;
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	out->items = xgrow(out->items, out->count, &out->cap);
	p = &out->items[out->count++];
	*p = (struct key_problem){ .warning = warning,
		.file = xstrdup(file),
		.line = line,
		.column = column,
		.width = width,
		.message = xstrdup(message),
		.help = xstrdup_null(help),
		.source = xstrdup_null(source) };
	return p;
}

void key_problems_fini(struct key_problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].file);
		free(p->items[i].message);
		free(p->items[i].help);
		free(p->items[i].source);
	}
	free(p->items);
	*p = (struct key_problems){ 0 };
}

size_t key_problems_errors(const struct key_problems *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += !p->items[i].warning;
	return n;
}

void key_problem_print(const struct key_problem *p, struct buf *out)
{
	buf_adds(out, p->file);
	if (p->line)
		buf_addf(out, ":%d:%d", p->line, p->column);
	buf_addf(out, ": %s: %s\n", p->warning ? "warning" : "error", p->message);
	if (p->line && p->source) {
		buf_addf(out, "%5d | %s\n      | ", p->line, p->source);
		for (int i = 1; i < p->column; i++)
			buf_addc(out, p->source[i - 1] == '\t' ? '\t' : ' ');
		buf_addc(out, '^');
		for (int i = 1; i < p->width; i++)
			buf_addc(out, '~');
		buf_addc(out, '\n');
	}
	if (p->help && p->help[0])
		buf_addf(out, "      = help: %s\n", p->help);
}

/* A key must not be harmless in one view and reach customers in the next one. */
static void check_siblings(const struct keymap *m, struct key_problems *out)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct binding *a = &m->bindings[i];
		const struct action *x = action_find(a->action);

		if (!x || x->danger < DANGER_SHARED || !binding_in_force(m, i))
			continue;
		for (size_t j = 0; j < m->count; j++) {
			const struct binding *b = &m->bindings[j];

			if (!keys_equal(b, a->keys, a->count) ||
			    strcmp(a->context, b->context) == 0 || key_context(b->context)->modal ||
			    !binding_in_force(m, j))
				continue;
			const struct action *y = action_find(b->action);
			if (!y || y == x)
				continue;
			key_problem_add(out, true, b->file, b->line, 1, 1, NULL,
			    "give one of them another key",
			    "the same key is %s in context %s and %s in context %s", a->action,
			    a->context, b->action, b->context);
		}
	}
}

void keymap_check(const struct keymap *m, struct key_problems *out)
{
	static const char *const places[] = { "board", "incident", "outbox", "sources", "source",
		"help" };
	static const struct {
		const char *context, *action;
	} needed[] = {
		{ "form", "form.cancel" },
		{ "form", "form.submit" },
		{ "confirm", "confirm.cancel" },
		{ "confirm", "confirm.accept" },
		{ "palette", "palette.cancel" },
		{ "palette", "palette.accept" },
		{ "filter", "search.cancel" },
		{ "composer", "composer.close" },
		{ "wall", "app.quit" },
	};

	for (size_t i = 0; i < countof(places); i++) {
		bool back = keymap_for(m, places[i], "app.back", NULL) ||
			    keymap_for(m, places[i], "app.quit", NULL);

		if (!back || !keymap_for(m, places[i], "palette.open", NULL))
			key_problem_add(out, false, "keymap", 0, 0, 0, NULL, NULL,
			    "no key is left for %s in context %s",
			    back ? "palette.open" : "app.back", places[i]);
	}
	for (size_t i = 0; i < countof(needed); i++)
		if (!keymap_for(m, needed[i].context, needed[i].action, NULL))
			key_problem_add(out, false, "keymap", 0, 0, 0, NULL, NULL,
			    "no key is left for %s in context %s", needed[i].action,
			    needed[i].context);
	check_siblings(m, out);
}

struct keymap *keymap_builtin(void)
{
	const struct embedded *f = embedded_find("keymaps/default.keys");
	struct keymap *m = keymap_new();
	struct key_problems problems = { 0 };

	if (f)
		keymap_parse(m, "default.keys", (const char *)f->data, f->len, KEYS_BUILTIN, NULL,
		    NULL, &problems);
	key_problems_fini(&problems);
	return m;
}

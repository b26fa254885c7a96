/* Fills structs from a tree by the fields of an object: types, ranges, defaults, unknown keys. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "config_priv.h"

#define TEXT_MAX 65536

/* Every list of a config struct has this shape (CFG_LIST). */
struct any_list {
	void *items;
	size_t count;
};

static void *at(void *base, size_t offset)
{
	return (char *)base + offset;
}

static bool expect(struct reader *r, const struct field *f, const struct ynode *n, enum ykind kind)
{
	static const char *const words[] = { "one value", "a list", "keys and values" };

	if (n->kind == kind)
		return true;
	reader_problem(r, n->pos, f->help, "\"%s\" takes %s, and here is %s", f->key, words[kind],
	    words[n->kind]);
	return false;
}

static struct cfg_text text_of(struct reader *r, const struct ynode *n)
{
	char *clean = utf8_cleaned(n->text, UTF8_LINES, TEXT_MAX);
	struct cfg_text t = { arena_strdup(r->arena, clean), n->pos };

	free(clean);
	return t;
}

static bool id_valid(const char *s)
{
	size_t len = strlen(s);

	if (len == 0 || len > 64 || !isalnum((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '-' && *s != '_' && *s != '.')
			return false;
	return true;
}

static void read_text(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	(void)f;
	*(struct cfg_text *)out = text_of(r, n);
}

static void read_id(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	struct cfg_text *t = out;

	(void)f;
	*t = text_of(r, n);
	if (!id_valid(t->s))
		reader_problem(r, n->pos, "an id is letters, digits, '-', '_' and '.', at most 64",
		    "\"%s\" cannot be an id", t->s);
}

static void read_duration(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	struct duration d;
	char low[32], high[32];

	if (!duration_parse(n->text, &d) || d.unit != DURATION_ELAPSED) {
		reader_problem(
		    r, n->pos, "write 90s, 15m, 2h or 14d", "\"%s\" is no length of time", n->text);
	} else if (f->max && (d.ms < f->min || d.ms > f->max)) {
		duration_format((struct duration){ DURATION_ELAPSED, f->min, 0 }, low, sizeof low);
		duration_format(
		    (struct duration){ DURATION_ELAPSED, f->max, 0 }, high, sizeof high);
		reader_problem(r, n->pos, NULL, "\"%s\" must be from %s to %s", f->key, low, high);
	} else {
		*(int64_t *)out = d.ms;
	}
}

static void read_int(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	char *end;
	long long v = strtoll(n->text, &end, 10);

	if (end == n->text || *end)
		reader_problem(r, n->pos, NULL, "\"%s\" takes a whole number, and \"%s\" is none",
		    f->key, n->text);
	else if (f->max && (v < f->min || v > f->max))
		reader_problem(r, n->pos, NULL, "\"%s\" must be from %lld to %lld", f->key,
		    (long long)f->min, (long long)f->max);
	else
		*(int64_t *)out = v;
}

static void read_bool(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	if (strcmp(n->text, "true") == 0 || strcmp(n->text, "yes") == 0)
		*(bool *)out = true;
	else if (strcmp(n->text, "false") == 0 || strcmp(n->text, "no") == 0)
		*(bool *)out = false;
	else
		reader_problem(r, n->pos, "write true or false",
		    "\"%s\" is neither true nor false for \"%s\"", n->text, f->key);
}

static void read_choice(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	const char *words[32], *near;
	char copy[256], help[320], *save = NULL;
	struct cfg_text *t = out;
	size_t count = 0;

	*t = text_of(r, n);
	snprintf(copy, sizeof copy, "%s", f->choices);
	for (char *w = strtok_r(copy, " ", &save); w && count < countof(words);
	     w = strtok_r(NULL, " ", &save)) {
		if (strcmp(w, t->s) == 0)
			return;
		words[count++] = w;
	}
	near = nearest_word(t->s, words, count);
	if (near)
		snprintf(help, sizeof help, "did you mean %s?", near);
	else
		snprintf(help, sizeof help, "one of: %s", f->choices);
	reader_problem(r, n->pos, help, "\"%s\" is no %s that this version knows", t->s, f->key);
}

static void read_texts(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	struct cfg_texts *list = out;
	size_t count = n->kind == Y_LIST ? n->count : 1;

	if (n->kind == Y_MAP) {
		expect(r, f, n, Y_LIST);
		return;
	}
	list->items = arena_alloc(r->arena, (count + 1) * sizeof *list->items);
	list->count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct ynode *item = n->kind == Y_LIST ? n->items[i] : n;

		if (item->kind != Y_SCALAR)
			reader_problem(r, item->pos, f->help, "\"%s\" takes plain values", f->key);
		else
			list->items[list->count++] = text_of(r, item);
	}
}

static void read_pairs(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	struct cfg_pairs *pairs = out;

	if (!expect(r, f, n, Y_MAP))
		return;
	pairs->items = arena_alloc(r->arena, (n->count + 1) * sizeof *pairs->items);
	pairs->count = n->count;
	for (size_t i = 0; i < n->count; i++) {
		pairs->items[i].key = text_of(r, n->keys[i]);
		read_texts(r, f, n->items[i], &pairs->items[i].values);
	}
}

static void read_secret(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	const struct ynode *file = yaml_get(n, "file"), *env = yaml_get(n, "env");
	struct cfg_secret *secret = out;

	secret->pos = n->pos;
	if (n->kind != Y_MAP || n->count != 1 || (!file && !env) || n->items[0]->kind != Y_SCALAR)
		reader_problem(r, n->pos,
		    "write { file: /path } or { env: NAME }, so that no secret stands here",
		    "\"%s\" takes a reference to a secret", f->key);
	else if (file)
		secret->file = text_of(r, file).s;
	else
		secret->env = text_of(r, env).s;
}

static void read_url(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	struct cfg_url *url = out;

	if (n->kind == Y_SCALAR)
		url->text = text_of(r, n);
	else
		read_secret(r, f, n, &url->secret);
}

static void read_headers(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	struct cfg_headers *headers = out;

	if (!expect(r, f, n, Y_MAP))
		return;
	headers->items = arena_alloc(r->arena, (n->count + 1) * sizeof *headers->items);
	headers->count = n->count;
	for (size_t i = 0; i < n->count; i++) {
		struct cfg_header *h = &headers->items[i];

		h->name = text_of(r, n->keys[i]);
		if (n->items[i]->kind == Y_SCALAR)
			h->value = (struct cfg_secret){ .plain = text_of(r, n->items[i]).s,
				.pos = n->items[i]->pos };
		else
			read_secret(r, f, n->items[i], &h->value);
		for (const char *p = h->name.s; *p; p++)
			if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_') {
				reader_problem(r, n->keys[i]->pos, NULL, "\"%s\" is no header name",
				    h->name.s);
				break;
			}
	}
}

static void read_engage(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	struct duration *engage = out, d;

	if (!expect(r, f, n, Y_MAP))
		return;
	for (size_t i = 0; i < n->count; i++) {
		const char *key = n->keys[i]->text;

		if (strlen(key) != 4 || strncmp(key, "sev", 3) != 0 || key[3] < '1' || key[3] > '4')
			reader_problem(r, n->keys[i]->pos, "sev1, sev2, sev3 or sev4",
			    "\"%s\" is no severity", key);
		else if (n->items[i]->kind != Y_SCALAR || !duration_parse(n->items[i]->text, &d))
			reader_problem(r, n->items[i]->pos, "write 15m or 4 business hours",
			    "this is no length of time");
		else
			engage[key[3] - '1'] = d;
	}
}

static void read_objects(struct reader *r, const struct field *f, const struct ynode *n, void *out)
{
	size_t size = f->object->size;
	struct any_list *list = out;

	if (!expect(r, f, n, f->type == F_NAMED ? Y_MAP : Y_LIST))
		return;
	list->items = arena_alloc(r->arena, (n->count + 1) * size);
	for (size_t i = 0; i < n->count; i++) {
		void *one = at(list->items, list->count * size);

		if (!expect(r, f, n->items[i], Y_MAP))
			continue;
		if (f->object->positioned)
			*(struct cfg_pos *)one = n->items[i]->pos;
		config_walk(r, f->object, n->items[i], one);
		if (f->type == F_NAMED) /* the map's key is the first field, the id */
			read_id(r, f, n->keys[i], at(one, f->object->fields[0].offset));
		list->count++;
	}
}

/* One reader for each type; those marked take only a plain value. */
static const struct {
	void (*read)(struct reader *r, const struct field *f, const struct ynode *n, void *out);
	bool scalar;
} readers[] = {
	[F_TEXT] = { read_text, true },
	[F_ID] = { read_id, true },
	[F_DURATION] = { read_duration, true },
	[F_INT] = { read_int, true },
	[F_BOOL] = { read_bool, true },
	[F_CHOICE] = { read_choice, true },
	[F_TEXTS] = { read_texts, false },
	[F_PAIRS] = { read_pairs, false },
	[F_SECRET] = { read_secret, false },
	[F_URL] = { read_url, false },
	[F_HEADERS] = { read_headers, false },
	[F_OBJECT] = { NULL, false },
	[F_OBJECTS] = { read_objects, false },
	[F_NAMED] = { read_objects, false },
	[F_ENGAGE] = { read_engage, false },
};

static void read_field(struct reader *r, const struct field *f, const struct ynode *n, void *base)
{
	if (f->type == F_OBJECT) {
		if (expect(r, f, n, Y_MAP))
			config_walk(r, f->object, n, base);
	} else if (!readers[f->type].scalar || expect(r, f, n, Y_SCALAR)) {
		readers[f->type].read(r, f, n, at(base, f->offset));
	}
}

static void apply_defaults(
    struct reader *r, const struct object *o, const struct ynode *map, void *into)
{
	for (const struct field *f = o->fields; f->key; f++) {
		struct ynode n = { .kind = Y_SCALAR };

		if (yaml_get(map, f->key))
			continue;
		if (f->type == F_OBJECT)
			apply_defaults(r, f->object, NULL, into);
		if (f->required && map) {
			reader_problem(
			    r, map->pos, f->help, "this %s has no \"%s\"", o->name, f->key);
			if (f->type == F_ID) /* so that the rest can be checked all the same */
				*(struct cfg_text *)at(into, f->offset) =
				    (struct cfg_text){ arena_strdup(r->arena, "?"), map->pos };
		}
		if (!f->initial)
			continue;
		/* The same text for all, which nobody writes to. */
		n.text = (char *)(uintptr_t)f->initial;
		read_field(r, f, &n, into);
	}
}

void config_walk(struct reader *r, const struct object *o, const struct ynode *map, void *into)
{
	const char *words[64], *near;
	char help[160];
	size_t count = 0;

	for (const struct field *f = o->fields; f->key && count < countof(words); f++)
		words[count++] = f->key;
	apply_defaults(r, o, map, into);
	for (size_t i = 0; i < map->count; i++) {
		const char *key = map->keys[i]->text;
		size_t k = 0;

		while (k < count && strcmp(o->fields[k].key, key) != 0)
			k++;
		if (k < count) {
			read_field(r, &o->fields[k], map->items[i], into);
			continue;
		}
		near = nearest_word(key, words, count);
		if (near)
			snprintf(help, sizeof help, "did you mean %s?", near);
		reader_problem(r, map->keys[i]->pos, near ? help : NULL, "a %s has no key \"%s\"",
		    o->name, key);
	}
}

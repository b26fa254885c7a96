/* From YAML bytes to a tree with positions, by libyaml. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/utf8.h"
#include "config_priv.h"

#define SOURCE_MAX ((size_t)4 << 20)
#define DEPTH_MAX 64
#define ALIAS_NODES_MAX 10000

struct builder {
	struct reader *r;
	yaml_document_t *doc;
	const char *file;
	unsigned char *seen; /* per node of the document */
	size_t repeats;
	bool failed;
};

static struct ynode *build(struct builder *b, int index, int depth);

static struct cfg_pos mark_pos(const char *file, yaml_mark_t m)
{
	return (struct cfg_pos){ file, (int)m.line + 1, (int)m.column + 1 };
}

static void append(struct ynode *y, struct ynode *key, struct ynode *item)
{
	size_t cap = y->cap;

	y->items = xgrow(y->items, y->count, &y->cap);
	if (y->kind == Y_MAP)
		y->keys = xgrow(y->keys, y->count, &cap);
	if (key)
		y->keys[y->count] = key;
	y->items[y->count++] = item;
}

static void build_list(struct builder *b, const yaml_node_t *n, struct ynode *y, int depth)
{
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++) {
		struct ynode *item = build(b, *i, depth + 1);

		if (item)
			append(y, NULL, item);
	}
}

static void build_map(struct builder *b, const yaml_node_t *n, struct ynode *y, int depth)
{
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top;
	     p++) {
		struct ynode *key = build(b, p->key, depth + 1), *value;

		if (!key)
			return;
		if (key->kind != Y_SCALAR) {
			reader_problem(b->r, key->pos, NULL, "a key must be plain text");
			continue;
		}
		if (yaml_get(y, key->text)) {
			reader_problem(
			    b->r, key->pos, NULL, "the key \"%s\" stands here twice", key->text);
			continue;
		}
		value = build(b, p->value, depth + 1);
		if (value)
			append(y, key, value);
	}
}

static void *tree_alloc(struct reader *r, size_t size)
{
	return arena_alloc(r->tree ? r->tree : r->arena, size);
}

/* Lists and maps grow on the heap; once complete they move into the arena. */
static void settle(struct reader *r, struct ynode *y)
{
	size_t bytes = y->count * sizeof *y->items;
	struct ynode **items = tree_alloc(r, bytes + 1), **keys = tree_alloc(r, bytes + 1);

	if (bytes)
		memcpy(items, y->items, bytes);
	if (bytes && y->kind == Y_MAP)
		memcpy(keys, y->keys, bytes);
	free(y->items);
	free(y->keys);
	y->items = items;
	y->keys = keys;
	y->cap = y->count;
}

static bool refuse(struct builder *b, const yaml_node_t *n, const char *what, int limit)
{
	b->failed = true;
	reader_problem(b->r, mark_pos(b->file, n->start_mark), NULL, "%s %d", what, limit);
	return false;
}

static bool allowed(struct builder *b, const yaml_node_t *n, int index, int depth)
{
	if (b->seen[index] && ++b->repeats > ALIAS_NODES_MAX)
		return refuse(b, n, "aliases expand to more nodes than", ALIAS_NODES_MAX);
	if (depth > DEPTH_MAX)
		return refuse(b, n, "nested deeper than", DEPTH_MAX);
	b->seen[index] = 1;
	return true;
}

static struct ynode *build(struct builder *b, int index, int depth)
{
	yaml_node_t *n = yaml_document_get_node(b->doc, index);
	struct ynode *y;

	if (!n || b->failed || !allowed(b, n, index, depth))
		return NULL;
	y = tree_alloc(b->r, sizeof *y);
	y->pos = mark_pos(b->file, n->start_mark);
	switch (n->type) {
	case YAML_SEQUENCE_NODE:
		y->kind = Y_LIST;
		build_list(b, n, y, depth);
		settle(b->r, y);
		break;
	case YAML_MAPPING_NODE:
		y->kind = Y_MAP;
		build_map(b, n, y, depth);
		settle(b->r, y);
		break;
	case YAML_SCALAR_NODE:
	case YAML_NO_NODE:
		y->kind = Y_SCALAR;
		y->text = arena_strndup(
		    b->r->arena, (const char *)n->data.scalar.value, n->data.scalar.length);
		if (strlen(y->text) != n->data.scalar.length)
			reader_problem(b->r, y->pos, NULL, "a NUL character in the text");
		break;
	}
	return y;
}

static void syntax_problem(struct reader *r, const char *file, const yaml_parser_t *p)
{
	char context[160] = "";

	if (p->context)
		snprintf(context, sizeof context, " (%s that starts at line %d)", p->context,
		    (int)p->context_mark.line + 1);
	reader_problem(r, mark_pos(file, p->problem_mark),
	    "indent with blanks only; quote text that holds \": \" or starts with a sign", "%s%s",
	    p->problem ? p->problem : "this is not YAML", context);
}

static struct ynode *load(struct reader *r, const char *file, yaml_parser_t *parser)
{
	struct builder b = { .r = r, .file = file };
	yaml_document_t doc, next;
	struct ynode *root = NULL;
	const yaml_node_t *second;

	if (!yaml_parser_load(parser, &doc)) {
		syntax_problem(r, file, parser);
		return NULL;
	}
	if (yaml_document_get_root_node(&doc)) {
		b.doc = &doc;
		b.seen = xcalloc((size_t)(doc.nodes.top - doc.nodes.start) + 1, 1);
		root = build(&b, 1, 0);
		free(b.seen);
		if (!yaml_parser_load(parser, &next)) {
			syntax_problem(r, file, parser);
		} else {
			second = yaml_document_get_root_node(&next);
			if (second)
				reader_problem(r, mark_pos(file, second->start_mark), NULL,
				    "a second document in one file");
			yaml_document_delete(&next);
		}
	}
	yaml_document_delete(&doc);
	return root;
}

struct ynode *yaml_tree(struct reader *r, const struct cfg_source *source)
{
	const char *file = arena_strdup(r->arena, source->name);
	yaml_parser_t parser;
	struct ynode *root;

	if (source->len > SOURCE_MAX) {
		reader_problem(
		    r, (struct cfg_pos){ file, 1, 1 }, NULL, "the file is larger than 4 MiB");
		return NULL;
	}
	if (!yaml_parser_initialize(&parser))
		abort(); /* only when memory ran out */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)source->text, source->len);
	root = load(r, file, &parser);
	yaml_parser_delete(&parser);
	if (root && root->kind != Y_MAP) {
		reader_problem(r, root->pos, NULL, "expected keys and values here");
		return NULL;
	}
	return root;
}

struct ynode *yaml_get(const struct ynode *map, const char *key)
{
	if (!map || map->kind != Y_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->keys[i]->text, key) == 0)
			return map->items[i];
	return NULL;
}

/* A list or map of the arena with one more member; merging is rare, so each join copies. */
static void join(struct reader *r, struct ynode *into, struct ynode *key, struct ynode *item)
{
	size_t old = into->count * sizeof *into->items;
	struct ynode **items = tree_alloc(r, old + sizeof *items);
	struct ynode **keys = tree_alloc(r, old + sizeof *keys);

	if (old) {
		memcpy(items, into->items, old);
		memcpy(keys, into->keys, old);
	}
	items[into->count] = item;
	keys[into->count++] = key;
	into->items = items;
	into->keys = keys;
}

void yaml_merge(struct reader *r, struct ynode *into, struct ynode *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct ynode *there = yaml_get(into, from->keys[i]->text), *here = from->items[i];

		if (!there) {
			join(r, into, from->keys[i], here);
		} else if (there->kind == Y_MAP && here->kind == Y_MAP) {
			yaml_merge(r, there, here);
		} else if (there->kind == Y_LIST && here->kind == Y_LIST) {
			for (size_t j = 0; j < here->count; j++)
				join(r, there, NULL, here->items[j]);
		} else {
			reader_problem(r, from->keys[i]->pos, "keep one of the two",
			    "\"%s\" is set in %s:%d:%d already", from->keys[i]->text,
			    there->pos.file, there->pos.line, there->pos.column);
		}
	}
}

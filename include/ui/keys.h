/* Keymaps: the files under keymaps/ and a person's own, in one grammar (docs/keys.md). Layers lie
 * over each other; the later one wins. Help, footer, palette and tests read the same map. */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/input.h"

#define KEYS_SEQUENCE 8 /* longest sequence */
#define KEYS_DEPTH 8	/* deepest include */

/* Contexts form a tree. Modal ones take every key while they are open: printable keys are never
 * inherited there. */
struct key_context {
	const char *name, *parent;
	bool modal;
};

extern const struct key_context key_contexts[]; /* ends with a NULL name */
const struct key_context *key_context(const char *name);

struct binding {
	const char *context; /* a name of key_contexts */
	uint32_t keys[KEYS_SEQUENCE];
	size_t count;
	char *action; /* id, ":text" for what the palette would take, "none" for unbound */
	char *args;   /* "tier=2", or NULL */
	char *text;   /* a description of its own, or NULL; "-" hides it from the footer */
	int layer;
	char *file;
	int line;
};

struct key_problem {
	bool warning;
	char *file;
	int line, column, width; /* 1-based, in bytes; line 0: the file as a whole */
	char *message, *help, *source;
};

struct key_problems {
	struct key_problem *items;
	size_t count, cap;
};

void key_problems_fini(struct key_problems *p);
size_t key_problems_errors(const struct key_problems *p);
/* As a compiler would print it: file:line:column, the line, a caret, what to do. */
void key_problem_print(const struct key_problem *p, struct buf *out);

enum keys_layer {
	KEYS_BUILTIN,
	KEYS_SITE,
	KEYS_PERSON,
	KEYS_FILE,
};

struct keymap;
struct keymap *keymap_new(void);
void keymap_free(struct keymap *m);

/* Text of an included file, which the caller of keymap_parse owns; NULL: not found. */
typedef char *(*keys_include_fn)(void *ctx, const char *from, const char *name);

/* Adds one layer from `text`. All problems go to `out`; false when there was an error: the map is
 * then as it was. `include` may be NULL: compiled-in files only. */
bool keymap_parse(struct keymap *m, const char *file, const char *text, size_t len,
    enum keys_layer layer, keys_include_fn include, void *ctx, struct key_problems *out);
/* Problems of the map as a whole: a way out and the palette must have a key in every context where
 * a person can be. */
void keymap_check(const struct keymap *m, struct key_problems *out);
/* The compiled-in map. */
struct keymap *keymap_builtin(void);

enum keys_found {
	KEYS_NONE,
	KEYS_PREFIX, /* the start of at least one binding */
	KEYS_BOUND,
};

/* Innermost context first, then its parents. */
enum keys_found keymap_find(const struct keymap *m, const char *context, const uint32_t *keys,
    size_t count, const struct binding **out);

/* The binding that a hint would show for this action in this context (first in file order,
 * printable before named); NULL: it has no key there. `args` NULL: any. */
const struct binding *keymap_for(
    const struct keymap *m, const char *context, const char *action, const char *args);
/* Appends that binding's keys as people read them. False: it has no key there. */
bool keymap_label(const struct keymap *m, const char *context, const char *action, struct buf *out);
/* All bindings in force in a context, own ones first, then inherited; the caller frees the array.
 */
const struct binding **keymap_list(const struct keymap *m, const char *context, size_t *count);
/* `set NAME NUMBER`; `otherwise` when no layer set it. */
int keymap_setting(const struct keymap *m, const char *name, int otherwise);

/* "<C-x>", "gg", "a" … as the grammar writes it. */
void keys_print(const uint32_t *keys, size_t count, struct buf *out);
/* As people read it on screen: "C-x", "Enter", "gg". */
void keys_label(const uint32_t *keys, size_t count, struct buf *out);
/* Reads one token of keys; 0: *why says what is wrong, *help what to write (may be ""). */
size_t keys_parse(const char *token, uint32_t keys[KEYS_SEQUENCE], char why[160], char help[120]);

#endif

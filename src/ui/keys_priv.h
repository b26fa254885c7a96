/* Shared by the files of the keymap. */
#ifndef UI_KEYS_PRIV_H
#define UI_KEYS_PRIV_H

#include "ui/keys.h"

#define KEY_CONTEXTS 24

struct setting {
	char *name;
	int value;
	int layer;
};

/* Bindings in the order in which they were read; a later one replaces an earlier one with the same
 * keys in the same context. One without keys (`unbind *`) hides all before it in its context. */
struct keymap {
	struct binding *bindings;
	size_t count, cap;
	bool alone[KEY_CONTEXTS]; /* `inherit none` */
	struct setting *settings;
	size_t setting_count, setting_cap;
};

size_t key_context_index(const char *name); /* of a known one */
bool keys_equal(const struct binding *b, const uint32_t *keys, size_t count);
bool keys_start(const struct binding *b, const uint32_t *keys, size_t count); /* proper start */
bool key_printable(uint32_t key);
void binding_fini(struct binding *b);
/* The binding of just this context in force for these keys, `none` included; NULL: nothing said. */
const struct binding *keys_own(
    const struct keymap *m, const char *context, const uint32_t *keys, size_t count);
/* Whether this one is in force in its context: not replaced, not hidden. */
bool binding_in_force(const struct keymap *m, size_t index);

struct key_problem *key_problem_add(struct key_problems *out, bool warning, const char *file,
    int line, int column, int width, const char *source, const char *help, const char *fmt, ...)
    __attribute__((format(printf, 9, 10)));

#endif

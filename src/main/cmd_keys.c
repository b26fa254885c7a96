/* nocboard keys: the keymap in force, and what is wrong with a file of one's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"
#include "os/file.h"
#include "ui/action.h"
#include "ui/keymap.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)

static const struct cmd_option options[] = {
	{ "keymap", 0, "NAME", "a shipped keymap by name, or a file, over the others", false },
	{ "check", 0, "FILE",
	    "names every problem of a keymap file; exit status 1 if there is an error", false },
	{ "explain", 0, "KEYS",
	    "what these keys do in each screen, and which file and line says so", false },
	{ "unbound", 0, NULL, "the actions that have no key", false },
	{ "context", 0, "NAME", "only this screen", false },
	{ 0 },
};

static void print_problems(const struct key_problems *problems)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < problems->count; i++)
		key_problem_print(&problems->items[i], &out);
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
}

static int check(const char *file)
{
	struct keymap *m = keymap_builtin();
	struct key_problems problems = { 0 };
	struct err e = { 0 };
	struct buf text;
	int status;

	buf_init(&text, FILE_MAX_BYTES);
	if (!file_read(file, FILE_MAX_BYTES, 0, &text, &e)) {
		status = cmd_fail(&e);
	} else {
		keymap_parse(m, file, buf_str(&text), text.len, KEYS_FILE, NULL, NULL, &problems);
		keymap_check(m, &problems);
		print_problems(&problems);
		status = key_problems_errors(&problems) ? EXIT_FOUND : EXIT_DONE;
		if (!problems.count)
			printf("%s: no problem found\n", file);
	}
	key_problems_fini(&problems);
	buf_fini(&text);
	keymap_free(m);
	return status;
}

static const char *help_of(const struct binding *b)
{
	const struct action *a = action_find(b->action);

	if (b->text && strcmp(b->text, "-") != 0)
		return b->text;
	return a ? a->help : b->action;
}

static void print_binding(const struct binding *b)
{
	struct buf keys;

	buf_init(&keys, 0);
	keys_print(b->keys, b->count, &keys);
	printf("  %-14s %-24s %s\n", buf_str(&keys), b->action, help_of(b));
	buf_fini(&keys);
}

static void list(const struct keymap *m, const char *only)
{
	for (const struct key_context *c = key_contexts; c->name; c++) {
		const struct binding **all;
		size_t count;
		bool headed = false;

		if (only && strcmp(only, c->name) != 0)
			continue;
		all = keymap_list(m, c->name, &count);
		for (size_t i = 0; i < count; i++) {
			if (!only && strcmp(all[i]->context, c->name) != 0)
				continue; /* inherited: it stands under its own heading */
			if (!headed)
				printf("%s\n", c->name);
			headed = true;
			print_binding(all[i]);
		}
		free(all);
	}
}

static int explain(const struct keymap *m, const char *token, const char *only)
{
	uint32_t keys[KEYS_SEQUENCE];
	char why[160], help[120];
	size_t count = keys_parse(token, keys, why, help);
	int found = 0;

	if (!count)
		return cmd_refuse(ERR_USAGE, "--explain %.40s: %s%s%s%s", token, why,
		    *help ? " (" : "", help, *help ? ")" : "");
	for (const struct key_context *c = key_contexts; c->name; c++) {
		const struct binding *b = NULL;
		enum keys_found how = keymap_find(m, c->name, keys, count, &b);

		if (only && strcmp(only, c->name) != 0)
			continue;
		if (how == KEYS_BOUND)
			printf("%-10s %s: %s (%s:%d)\n", c->name, b->action, help_of(b),
			    b->file ? b->file : "built in", b->line);
		else if (how == KEYS_PREFIX)
			printf("%-10s the start of a longer sequence\n", c->name);
		found += how != KEYS_NONE;
	}
	if (!found)
		printf("%s does nothing\n", token);
	return found ? EXIT_DONE : EXIT_FOUND;
}

static void unbound(const struct keymap *m)
{
	size_t count;
	const struct action *const *all = actions(&count);

	for (size_t i = 0; i < count; i++) {
		bool bound = false;

		for (const struct key_context *c = key_contexts; c->name && !bound; c++)
			bound = keymap_for(m, c->name, all[i]->id, NULL) != NULL;
		if (!bound)
			printf("%-24s %s\n", all[i]->id, all[i]->help);
	}
}

static int run(struct args *a)
{
	struct key_problems problems = { 0 };
	const char *only = arg_value(a, "context");
	struct keymap *m;
	int status = EXIT_DONE;

	if (arg_given(a, "check"))
		return check(arg_value(a, "check"));
	if (only && !key_context(only))
		return cmd_refuse(ERR_USAGE,
		    "--context %.40s: there is no such screen (`nocboard keys` lists them)", only);
	if (arg_value(a, "keymap") && !keymap_known(arg_value(a, "keymap")))
		return cmd_refuse(ERR_USAGE, "--keymap %.80s: no such keymap and no such file",
		    arg_value(a, "keymap"));
	m = keymap_load(arg_value(a, "keymap"), &problems);
	print_problems(&problems);
	if (arg_given(a, "explain"))
		status = explain(m, arg_value(a, "explain"), only);
	else if (arg_given(a, "unbound"))
		unbound(m);
	else
		list(m, only);
	if (key_problems_errors(&problems))
		status = EXIT_FOUND;
	key_problems_fini(&problems);
	keymap_free(m);
	return status;
}

const struct cmd cmd_keys = {
	.name = "keys",
	.summary = "the keymap in force, screen by screen",
	.options = options,
	.run = run,
};

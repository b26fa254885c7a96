/* Command lines: options anywhere, `--name value`, `--name=value`, `-x value`, `-xvalue`, and `--`
 * before operands that begin with a dash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "cmd.h"

#define DEFAULT_COMMAND "board"
#define NAMES_MAX 64

const struct cmd_option common_options[] = {
	{ "config", 'c', "FILE", "the configuration to use", false },
	{ "host", 'H', "HOST", "the engine of another host, through ssh", false },
	{ "journal", 'j', "URL", "the journal to use: a path, or postgresql://...", false },
	{ "as", 0, "PERSON", "act for this person (both names are recorded)", false },
	{ "now", 0, "TIME", "a fixed clock, as 2025-03-10T14:20:00Z", false },
	{ "help", 'h', NULL, "print help and exit", false },
	{ "version", 'V', NULL, "print the version and exit", false },
	{ 0 },
};

const struct cmd *cmd_find(const struct cmd *const *list, const char *name)
{
	for (; *list; list++)
		if (strcmp((*list)->name, name) == 0)
			return *list;
	return NULL;
}

/* " (did you mean X?)", or `otherwise`. */
static const char *hint(char out[96], const char *near, const char *dashes, const char *otherwise)
{
	if (near)
		snprintf(out, 96, "did you mean %s%s?", dashes, near);
	else
		snprintf(out, 96, "%s", otherwise);
	return out;
}

static bool no_such_cmd(const struct args *a, const char *name, struct err *e)
{
	const struct cmd *const *list = a->group ? a->group->verbs : commands;
	const char *names[NAMES_MAX];
	size_t count = 0;
	char text[96], see[96];

	for (; count < NAMES_MAX && *list; list++)
		if (!(*list)->hidden)
			names[count++] = (*list)->name;
	snprintf(see, sizeof see, "see nocboard %s%s--help", a->group ? a->group->name : "",
	    a->group ? " " : "");
	return err_set(e, ERR_USAGE, "%.60s: no such %s (%s)", name,
	    a->group ? "subcommand" : "command",
	    hint(text, nearest_word(name, names, count), "", see));
}

static const struct cmd_option *option_in(
    const struct cmd_option *list, const char *name, size_t len, char letter)
{
	for (; list && list->name; list++) {
		if (letter && list->letter == letter)
			return list;
		if (!letter && strlen(list->name) == len && strncmp(list->name, name, len) == 0)
			return list;
	}
	return NULL;
}

static bool no_such_option(const struct args *a, const char *word, size_t len, struct err *e)
{
	const struct cmd_option *lists[] = { a->cmd ? a->cmd->options : NULL, common_options };
	const char *names[NAMES_MAX], *near = NULL;
	char *name = xstrndup(word, len), text[96], see[96];
	size_t count = 0;

	for (size_t l = 0; l < countof(lists); l++)
		for (const struct cmd_option *o = lists[l]; o && o->name && count < NAMES_MAX; o++)
			names[count++] = o->name;
	if (strncmp(name, "--", 2) == 0)
		near = nearest_word(name + 2, names, count);
	snprintf(see, sizeof see, "see nocboard %s%s%s%s--help", a->group ? a->group->name : "",
	    a->group ? " " : "", a->cmd ? a->cmd->name : "", a->cmd ? " " : "");
	err_set(e, ERR_USAGE, "%.60s: no such option (%s)", name, hint(text, near, "--", see));
	free(name);
	return false;
}

static const char **common_slot(struct args *a, const char *name)
{
	if (strcmp(name, "config") == 0)
		return &a->config;
	if (strcmp(name, "host") == 0)
		return &a->host;
	if (strcmp(name, "journal") == 0)
		return &a->journal;
	return strcmp(name, "as") == 0 ? &a->as : NULL;
}

static bool set_common(struct args *a, const struct cmd_option *o, const char *value, struct err *e)
{
	const char **slot = common_slot(a, o->name);

	if (strcmp(o->name, "help") == 0)
		a->help = true;
	else if (strcmp(o->name, "version") == 0)
		a->version = true;
	else if (slot && *slot)
		return err_set(e, ERR_USAGE, "--%s: given twice (once is enough)", o->name);
	else if (slot)
		*slot = value;
	else if (!utc_parse(value, &a->now))
		return err_set(e, ERR_USAGE,
		    "--now: \"%.60s\" is no instant (write it as 2025-03-10T14:20:00Z)", value);
	return true;
}

static bool set_own(struct args *a, const struct cmd_option *o, const char *value, struct err *e)
{
	if (o->value && !o->many && arg_given(a, o->name))
		return err_set(e, ERR_USAGE, "--%s: given twice (once is enough)", o->name);
	a->given = xgrow(a->given, a->given_count, &a->given_cap);
	a->given[a->given_count++] = (struct arg){ o, value };
	return true;
}

/* `nocboard --wall`: an option that only the default command has names that command. */
static const struct cmd_option *default_option(
    struct args *a, const char *name, size_t len, char letter)
{
	const struct cmd *cmd = cmd_find(commands, DEFAULT_COMMAND);
	const struct cmd_option *o = cmd ? option_in(cmd->options, name, len, letter) : NULL;

	if (o)
		a->cmd = cmd;
	return o;
}

/* One option at argv[*i], with its value behind it where it takes one. */
static bool take_option(struct args *a, char **argv, int *i, struct err *e)
{
	const char *word = argv[*i], *value = NULL;
	bool is_long = word[1] == '-';
	size_t len = is_long ? strcspn(word + 2, "=") : 0;
	char letter = is_long ? '\0' : word[1];
	const struct cmd_option *o =
	    option_in(a->cmd ? a->cmd->options : NULL, word + 2, len, letter);
	bool own = o != NULL;

	if (!o)
		o = option_in(common_options, word + 2, len, letter);
	if (!o && !a->cmd)
		own = (o = default_option(a, word + 2, len, letter)) != NULL;
	if (!o)
		return no_such_option(a, word, is_long ? len + 2 : 2, e);
	if (is_long && word[2 + len])
		value = word + 2 + len + 1;
	else if (!is_long && word[2])
		value = word + 2;
	if (value && !o->value)
		return err_set(
		    e, ERR_USAGE, "--%s: takes no value (leave out \"%.60s\")", o->name, value);
	if (o->value && !value) {
		value = argv[*i + 1];
		if (!value)
			return err_set(e, ERR_USAGE, "--%s: needs a value (--%s %s)", o->name,
			    o->name, o->value);
		(*i)++;
	}
	return own ? set_own(a, o, value, e) : set_common(a, o, value, e);
}

/* The first word names the command, the second a group's verb; the others are operands. */
static bool take_word(struct args *a, char *word, struct err *e)
{
	const struct cmd *const *list = a->cmd ? a->cmd->verbs : commands;
	const struct cmd *found;

	if (!list) {
		a->operands[a->operand_count++] = word;
		return true;
	}
	if (a->cmd)
		a->group = a->cmd;
	found = cmd_find(list, word);
	if (found)
		a->cmd = found;
	return found || no_such_cmd(a, word, e);
}

static bool operands_ok(const struct args *a, struct err *e)
{
	const struct cmd *c = a->cmd;
	const char *group = a->group ? a->group->name : "", *blank = a->group ? " " : "";

	if (!c)
		return err_set(e, ERR_USAGE, "no command given (see nocboard --help)");
	if (!c->run)
		return err_set(e, ERR_USAGE, "%s: which one is meant? (see nocboard %s --help)",
		    c->name, c->name);
	if (a->operand_count < c->least)
		return err_set(e, ERR_USAGE, "%s%s%s: %s missing (usage: nocboard %s%s%s %s)",
		    group, blank, c->name, a->operand_count ? "an operand is" : "operands are",
		    group, blank, c->name, c->operands);
	if (c->most >= 0 && a->operand_count > c->most)
		return err_set(e, ERR_USAGE,
		    "%s%s%s: \"%.60s\" is one operand too many (see nocboard %s%s%s --help)", group,
		    blank, c->name, a->operands[c->most], group, blank, c->name);
	return true;
}

bool args_parse(struct args *a, int argc, char **argv, struct err *e)
{
	bool only_operands = false;

	*a = (struct args){ .now = UTC_NONE };
	a->operands = xcalloc((size_t)argc + 1, sizeof *a->operands);
	for (int i = 1; i < argc; i++) {
		char *word = argv[i];

		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && word[0] == '-' && word[1]) {
			if (!take_option(a, argv, &i, e))
				return false;
		} else if (!take_word(a, word, e)) {
			return false;
		}
	}
	if (a->help || a->version)
		return true;
	if (!a->cmd)
		a->cmd = cmd_find(commands, DEFAULT_COMMAND);
	return operands_ok(a, e);
}

void args_fini(struct args *a)
{
	free(a->operands);
	free(a->given);
}

const char *arg_nth(const struct args *a, const char *name, size_t i)
{
	for (size_t k = 0; k < a->given_count; k++)
		if (strcmp(a->given[k].option->name, name) == 0 && i-- == 0)
			return a->given[k].value;
	return NULL;
}

bool arg_given(const struct args *a, const char *name)
{
	for (size_t k = 0; k < a->given_count; k++)
		if (strcmp(a->given[k].option->name, name) == 0)
			return true;
	return false;
}

const char *arg_value(const struct args *a, const char *name)
{
	const char *value = NULL;

	for (size_t k = 0; k < a->given_count; k++)
		if (strcmp(a->given[k].option->name, name) == 0)
			value = a->given[k].value;
	return value;
}

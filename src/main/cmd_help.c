/* Help, made from the tables of the commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"
#include "help.h"

#define WIDTH 78
#define COLUMN 26 /* where descriptions begin */

const char *const about_program =
    "nocboard is the board from which a network operations centre runs its incidents: regions and "
    "components at a glance, incidents with their service level clocks, and every step of the "
    "commander's work on a key or a command.";

const struct exit_meaning exit_meanings[] = {
	{ EXIT_DONE, "done" },
	{ EXIT_FOUND, "a check or probe found a problem, or the input could not be read" },
	{ EXIT_USAGE, "wrong usage" },
	{ EXIT_CONFIG, "unusable configuration" },
	{ EXIT_JOURNAL, "the journal cannot be opened or written" },
	{ EXIT_REFUSED, "refused by a rule; nothing was recorded" },
	{ 0, NULL },
};

/* ---- plain text ---- */

/* Appends words from column `at` on, further lines indented by `indent`. */
static void wrap(struct buf *out, const char *text, size_t at, size_t indent)
{
	size_t column = at;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > indent && column + len + (column > at) > WIDTH) {
			buf_addf(out, "\n%*s", (int)indent, "");
			column = at = indent;
		}
		if (column > at) {
			buf_addc(out, ' ');
			column++;
		}
		buf_add(out, text, len);
		column += len;
		text += len;
		text += strspn(text, " ");
	}
	buf_addc(out, '\n');
}

static void paragraphs(struct buf *out, const char *text)
{
	while (text && *text) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);
		char *one = xasprintf("%.*s", (int)len, text);

		buf_addc(out, '\n');
		wrap(out, one, 0, 0);
		free(one);
		text += len + (end ? 2 : 0);
	}
}

static void row(struct buf *out, const char *left, const char *right)
{
	size_t len = strlen(left) + 2;

	buf_addf(out, "  %s", left);
	if (len + 2 > COLUMN) {
		buf_addc(out, '\n');
		len = 0;
	}
	buf_addf(out, "%*s", (int)(COLUMN - len), "");
	wrap(out, right, COLUMN, COLUMN);
}

static void option_row(struct buf *out, const struct cmd_option *o)
{
	char left[80];

	if (o->letter)
		snprintf(left, sizeof left, "-%c, --%s%s%s", o->letter, o->name,
		    o->value ? " " : "", o->value ? o->value : "");
	else
		snprintf(left, sizeof left, "    --%s%s%s", o->name, o->value ? " " : "",
		    o->value ? o->value : "");
	row(out, left, o->help);
}

static void option_rows(struct buf *out, const char *title, const struct cmd_option *list)
{
	if (!list || !list->name)
		return;
	buf_addf(out, "\n%s:\n", title);
	for (; list->name; list++)
		option_row(out, list);
}

static void command_rows(struct buf *out, const char *title, const struct cmd *const *list)
{
	buf_addf(out, "\n%s:\n", title);
	for (; *list; list++)
		if (!(*list)->hidden)
			row(out, (*list)->name, (*list)->summary);
}

static void usage_line(struct buf *out, const struct cmd *group, const struct cmd *cmd)
{
	buf_adds(out, "usage: nocboard");
	if (group)
		buf_addf(out, " %s", group->name);
	buf_addf(out, " %s", cmd ? cmd->name : "[COMMAND]");
	if (cmd && cmd->verbs)
		buf_adds(out, " SUBCOMMAND");
	buf_adds(out, " [OPTION ...]");
	if (cmd && cmd->operands)
		buf_addf(out, " %s", cmd->operands);
	buf_addc(out, '\n');
}

void help_text(struct buf *out, const struct cmd *group, const struct cmd *cmd)
{
	usage_line(out, group, cmd);
	if (cmd) {
		buf_addc(out, '\n');
		wrap(out, cmd->summary, 0, 0);
		paragraphs(out, cmd->about);
		if (cmd->verbs)
			command_rows(out, "subcommands", cmd->verbs);
		option_rows(out, "options", cmd->options);
	} else {
		paragraphs(out, about_program);
		command_rows(out, "commands", commands);
	}
	option_rows(out, "common options", common_options);
	if (cmd)
		return;
	buf_adds(out, "\nexit status:\n");
	for (const struct exit_meaning *m = exit_meanings; m->meaning; m++)
		buf_addf(out, "  %d  %s\n", m->status, m->meaning);
	buf_adds(out, "\nnocboard COMMAND --help tells more about a command.\n");
}

/* ---- the command ---- */

static const struct cmd_option options[] = {
	{ "man", 0, NULL, "print nocboard(1) in mdoc", false },
	{ "man-config", 0, NULL, "print nocboard.yaml(5) in mdoc", false },
	{ 0 },
};

static int run(struct args *a)
{
	const struct cmd *group = NULL, *cmd = NULL;
	struct buf out;

	for (int i = 0; i < a->operand_count; i++) {
		const struct cmd *const *list = cmd ? cmd->verbs : commands;

		group = cmd;
		cmd = list ? cmd_find(list, a->operands[i]) : NULL;
		if (!cmd)
			return cmd_refuse(ERR_USAGE,
			    "help: %.60s: no such command (see nocboard --help)", a->operands[i]);
	}
	buf_init(&out, 0);
	if (arg_given(a, "man"))
		help_man(&out);
	else if (arg_given(a, "man-config"))
		help_man_config(&out);
	else
		help_text(&out, group, cmd);
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	return EXIT_DONE;
}

const struct cmd cmd_help = {
	.name = "help",
	.summary = "print help on a command, or a man page",
	.operands = "[COMMAND [SUBCOMMAND]]",
	.most = 2,
	.options = options,
	.run = run,
};

/* Help and the man page, both made from the tables of the commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"

#define WIDTH 78
#define MAN_WIDTH 72
#define COLUMN 26 /* where descriptions begin */

static const char *const about_program =
    "nocboard is the board from which a network operations centre runs its incidents: regions and "
    "components at a glance, incidents with their service level clocks, and every step of the "
    "commander's work on a key or a command.";

static const struct {
	int status;
	const char *meaning;
} statuses[] = {
	{ EXIT_DONE, "done" },
	{ EXIT_FOUND, "a check or probe found a problem, or the input could not be read" },
	{ EXIT_USAGE, "wrong usage" },
	{ EXIT_CONFIG, "unusable configuration" },
	{ EXIT_JOURNAL, "the journal cannot be opened or written" },
	{ EXIT_REFUSED, "refused by a rule; nothing was recorded" },
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
	for (size_t i = 0; i < countof(statuses); i++)
		buf_addf(out, "  %d  %s\n", statuses[i].status, statuses[i].meaning);
	buf_adds(out, "\nnocboard COMMAND --help tells more about a command.\n");
}

/* ---- mdoc ---- */

/* Running text: nothing in it is a request or an escape; sentences begin on a line of their own,
 * and lines are short. */
static void man_word(struct buf *out, const char *word, size_t len, bool first)
{
	if (first && (*word == '.' || *word == '\''))
		buf_adds(out, "\\&");
	for (size_t i = 0; i < len; i++)
		if (word[i] == '\\')
			buf_adds(out, "\\e");
		else
			buf_addc(out, word[i]);
}

static void man_text(struct buf *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " \n");
		bool sentence = len && strchr(".?!", text[len - 1]) && text[len] == ' ' &&
				text[len + 1] >= 'A' && text[len + 1] <= 'Z';

		if (column && column + len > MAN_WIDTH) {
			buf_addc(out, '\n');
			column = 0;
		}
		if (column)
			buf_addc(out, ' ');
		man_word(out, text, len, !column);
		column += len + 1;
		text += len;
		if (strncmp(text, "\n\n", 2) == 0) {
			buf_adds(out, "\n.Pp\n");
			column = 0;
		} else if (sentence) {
			buf_addc(out, '\n');
			column = 0;
		}
		text += strspn(text, " \n");
	}
	buf_adds(out, column ? "\n" : "");
}

static void man_options(struct buf *out, const struct cmd_option *list)
{
	if (!list || !list->name)
		return;
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (; list->name; list++) {
		buf_adds(out, ".It ");
		if (list->letter)
			buf_addf(out, "Fl %c , ", list->letter);
		buf_addf(out, "Fl \\-%s", list->name);
		if (list->value)
			buf_addf(out, " Ar %s", list->value);
		buf_addc(out, '\n');
		man_text(out, list->help);
	}
	buf_adds(out, ".El\n");
}

static void man_command(struct buf *out, const struct cmd *group, const struct cmd *cmd)
{
	buf_adds(out, ".It Ic");
	if (group)
		buf_addf(out, " %s", group->name);
	buf_addf(out, " %s", cmd->name);
	if (cmd->operands)
		buf_addf(out, " Ar %s", cmd->operands);
	buf_addc(out, '\n');
	man_text(out, cmd->summary);
	if (cmd->about) {
		buf_adds(out, ".Pp\n");
		man_text(out, cmd->about);
	}
	man_options(out, cmd->options);
	for (size_t i = 0; cmd->verbs && cmd->verbs[i]; i++)
		man_command(out, cmd, cmd->verbs[i]);
}

void help_man(struct buf *out)
{
	buf_adds(out,
	    ".Dd November 22, 2026\n.Dt NOCBOARD 1\n.Os\n"
	    ".Sh NAME\n.Nm nocboard\n.Nd board for the incidents of a network operations centre\n"
	    ".Sh SYNOPSIS\n.Nm nocboard\n.Op Ar command\n.Op Ar option ...\n.Op Ar operand ...\n"
	    ".Sh DESCRIPTION\n");
	man_text(out, about_program);
	buf_adds(out, ".Pp\nThe commands are:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			man_command(out, NULL, commands[i]);
	buf_adds(out, ".El\n.Pp\nOptions that every command takes:\n");
	man_options(out, common_options);
	buf_adds(out, ".Sh EXIT STATUS\n.Bl -tag -width Ds -compact\n");
	for (size_t i = 0; i < countof(statuses); i++) {
		buf_addf(out, ".It %d\n", statuses[i].status);
		man_text(out, statuses[i].meaning);
	}
	buf_adds(out, ".El\n.Sh DIAGNOSTICS\nAn error is one line on standard error:\n"
		      ".Dl nocboard: what: why (what to do)\n");
}

/* ---- the command ---- */

static const struct cmd_option options[] = {
	{ "man", 0, NULL, "print nocboard(1) in mdoc", false },
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
	else
		help_text(&out, group, cmd);
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	return EXIT_DONE;
}

const struct cmd cmd_help = {
	.name = "help",
	.summary = "print help on a command, or the man page",
	.operands = "[COMMAND [SUBCOMMAND]]",
	.most = 2,
	.options = options,
	.run = run,
};

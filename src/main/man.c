/* The man pages in mdoc, made from the tables of the commands and of the configuration. */
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd.h"
#include "domain/config.h"
#include "help.h"

#define MAN_WIDTH 72

/* ---- nocboard(1) ---- */

/* Running text: nothing in it is a request or an escape; sentences begin on a line of their own,
 * and lines are short. */
static void man_word(struct buf *out, const char *word, size_t len, bool first)
{
	if (first && (*word == '.' || *word == '\''))
		buf_adds(out, "\\&");
	while (len) {
		size_t n;
		unsigned cp = utf8_next(word, &n);

		if (cp == '\\')
			buf_adds(out, "\\e");
		else if (cp < 0x80)
			buf_addc(out, (char)cp);
		else
			buf_addf(out, "\\[u%04X]", cp);
		word += n;
		len -= n;
	}
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
	for (const struct exit_meaning *x = exit_meanings; x->meaning; x++) {
		buf_addf(out, ".It %d\n", x->status);
		man_text(out, x->meaning);
	}
	buf_adds(out, ".El\n.Sh DIAGNOSTICS\nAn error is one line on standard error:\n"
		      ".Dl nocboard: what: why (what to do)\n");
}

/* ---- nocboard.yaml(5) ---- */

struct page {
	struct buf *out;
	int depth; /* of the list that is open; -1: none */
};

/* Words of a table as mdoc shows them: "GET, HEAD or POST". */
static void man_choices(struct buf *out, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");
		const char *rest = words + len + strspn(words + len, " ");

		buf_addf(out, ".Cm %.*s", (int)len, words);
		if (*rest && strchr(rest, ' '))
			buf_adds(out, " ,\n");
		else if (*rest)
			buf_adds(out, "\nor\n");
		words = rest;
	}
	buf_adds(out, " .\n");
}

/* A help text as a sentence; one that is an example is told as such. */
static void man_sentence(struct buf *out, const struct config_key *k)
{
	const char *help = k->help;
	struct buf line;

	if (!help || !*help)
		return;
	buf_init(&line, 0);
	if (k->example || !isalpha((unsigned char)*help))
		buf_addf(&line, "Such as %s", help);
	else if (help[strcspn(help, " :,")] == ':')
		buf_adds(&line, help);
	else
		buf_addf(&line, "%c%s", toupper((unsigned char)*help), help + 1);
	if (!strchr(".!?", help[strlen(help) - 1]))
		buf_addc(&line, '.');
	man_text(out, buf_str(&line));
	buf_fini(&line);
}

static void man_key(void *ctx, const struct config_key *k)
{
	struct page *p = ctx;
	struct buf *out = p->out;

	for (; p->depth < k->depth; p->depth++)
		buf_adds(out, ".Bl -tag -width Ds\n");
	for (; p->depth > k->depth; p->depth--)
		buf_adds(out, ".El\n");
	buf_addf(out, ".It Ic %s : Ar %s\n", k->name, k->takes);
	man_sentence(out, k);
	if (k->required)
		buf_adds(out, "Required.\n");
	if (k->choices && strcmp(k->takes, "one of a few words") == 0) {
		buf_adds(out, "One of\n");
		man_choices(out, k->choices);
	}
	if (*k->bounds)
		buf_addf(out, "Range: %s.\n", k->bounds);
	if (k->initial)
		buf_addf(out, "Default:\n.Ql %s .\n", k->initial);
}

static const char *const config_head =
    ".Dd November 22, 2026\n.Dt NOCBOARD.YAML 5\n.Os\n"
    ".Sh NAME\n.Nm nocboard.yaml\n.Nd configuration of nocboard\n"
    ".Sh DESCRIPTION\n"
    "The first of these files is read:\n"
    "the one of\n.Fl c ,\nthe one of the environment's\n.Ev NOCBOARD_CONFIG ,\n"
    ".Pa $XDG_CONFIG_HOME/nocboard/nocboard.yaml\n.Pq or Pa ~/.config/nocboard/nocboard.yaml ,\n"
    ".Pa /etc/nocboard/nocboard.yaml .\n"
    "Files\n.Pa conf.d/*.yaml\nbeside it are merged into it: lists are joined, maps merged, and a "
    "value\nthat is given twice is an error.\n"
    ".Pp\n"
    ".Ql nocboard check\nnames every problem with file, line and column.\n"
    "A running engine looks at the files every five seconds.\n"
    "A change without a problem is taken over; otherwise what was in force stays so,\n"
    "and every board says it.\n"
    ".Pp\n"
    "A length of time is written\n.Ql 500ms ,\n.Ql 90s ,\n.Ql 15m ,\n.Ql 2h\nor\n.Ql 14d .\n"
    "An id is letters, digits,\n.Ql - ,\n.Ql _\nand\n.Ql \\&. ,\nat most 64 of them, and unique "
    "within "
    "its "
    "kind.\n"
    "A reference to a secret is\n.Ql { file: /path }\n"
    "(a file of the engine's user that nobody else may read)\nor\n.Ql { env: NAME } .\n"
    "Everything has a default but\n.Ic regions\nand\n.Ic components .\n"
    ".Sh KEYS\n";

static const char *const config_tail =
    ".Sh FILES\n.Bl -tag -width Ds\n"
    ".It Pa share/nocboard.yaml\nAn example, below the folder of shared files.\n"
    ".It Pa share/policy.yaml\nThe policy with every default.\n.El\n"
    ".Sh EXAMPLES\nThe least that watches something:\n"
    ".Bd -literal -offset indent\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components:\n"
    "  - id: activation\n"
    "    name: Activation API\n"
    "    probes: [ { region: FR, http: \"https://api.example/health\" } ]\n"
    ".Ed\n"
    ".Sh SEE ALSO\n.Xr nocboard 1 ,\n.Xr nocboard-templates 7\n";

void help_man_config(struct buf *out)
{
	struct page page = { out, -1 };

	buf_adds(out, config_head);
	config_keys(man_key, &page);
	for (; page.depth >= 0; page.depth--)
		buf_adds(out, ".El\n");
	buf_adds(out, config_tail);
}

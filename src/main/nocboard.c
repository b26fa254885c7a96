/* argv to one of the programs. */
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd.h"

const struct cmd *const commands[] = {
	&cmd_clocks,
	&cmd_journal,
	&cmd_help,
	NULL,
};

int cmd_fail(const struct err *e)
{
	char *msg = utf8_cleaned(e->msg, UTF8_ONE_LINE, 0);

	fprintf(stderr, "nocboard: %s\n", msg);
	free(msg);
	return err_exit(e->kind);
}

int cmd_refuse(enum err_kind kind, const char *fmt, ...)
{
	struct err e = { .kind = kind };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e.msg, sizeof e.msg, fmt, ap);
	va_end(ap);
	return cmd_fail(&e);
}

static int print_help(const struct args *a)
{
	struct buf out;

	buf_init(&out, 0);
	help_text(&out, a->group, a->cmd);
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	return EXIT_DONE;
}

static int run(int argc, char **argv)
{
	struct err e = { 0 };
	struct args a;
	int status;

	if (!args_parse(&a, argc, argv, &e) && !a.help)
		status = cmd_fail(&e);
	else if (a.help)
		status = print_help(&a);
	else if (a.version)
		status = puts("nocboard " NOCBOARD_VERSION) < 0 ? EXIT_FOUND : EXIT_DONE;
	else
		status = a.cmd->run(&a);
	args_fini(&a);
	return status;
}

int main(int argc, char **argv)
{
	int status;

	/* Numbers keep their point: they are for programs. */
	setlocale(LC_CTYPE, "");
	status = run(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		cmd_refuse(ERR_IO, "standard output: cannot be written (is the disk full?)");
		return status ? status : EXIT_FOUND;
	}
	return status;
}

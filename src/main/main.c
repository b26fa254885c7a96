/* argv to one of the programs. */
#include <locale.h>
#include <stdio.h>

#include "cmd.h"
#include "cmd_incident.h"
#include "cmd_maintenance.h"

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
	cmd_incident_init();
	cmd_maintenance_init();
	status = run(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		cmd_refuse(ERR_IO, "standard output: cannot be written (is the disk full?)");
		return status ? status : EXIT_FOUND;
	}
	return status;
}

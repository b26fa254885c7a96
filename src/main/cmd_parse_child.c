/* The process that reads foreign documents (docs/network.md, reading other people's documents). */
#include <unistd.h>

#include "cmd.h"
#include "net/parse.h"

static int run(struct args *a)
{
	(void)a;
	/* Nothing is left to write, and a sanitizer could not look for leaks in here. */
	_exit(parse_child_main());
}

const struct cmd cmd_parse_child = {
	.name = "parse-child",
	.summary = "read documents for the engine",
	.run = run,
	.hidden = true,
};

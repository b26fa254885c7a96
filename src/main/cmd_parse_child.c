/* The process that reads foreign documents (docs/network.md, reading other people's documents). */
#include "cmd.h"
#include "net/parse.h"

static int run(struct args *a)
{
	(void)a;
	return parse_child_main();
}

const struct cmd cmd_parse_child = {
	.name = "parse-child",
	.summary = "read documents for the engine",
	.run = run,
	.hidden = true,
};

/* The commands, in the order of help. */
#include "cmd.h"

const struct cmd *const commands[] = {
	&cmd_board,
	&cmd_clocks,
	&cmd_journal,
	&cmd_help,
	NULL,
};

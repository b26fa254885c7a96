/* The commands, in the order of help. */
#include "cmd.h"

const struct cmd *const commands[] = {
	&cmd_board,
	&cmd_clocks,
	&cmd_feed,
	&cmd_probe,
	&cmd_journal,
	&cmd_help,
	&cmd_parse_child,
	NULL,
};

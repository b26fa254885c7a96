/* The commands, in the order of help. */
#include "cmd.h"
#include "cmd_incident.h"
#include "cmd_maintenance.h"

const struct cmd *const commands[] = {
	&cmd_board,
	&cmd_drill,
	&cmd_engine,
	&cmd_check,
	&cmd_status,
	&cmd_incident,
	&cmd_update,
	&cmd_maintenance,
	&cmd_template,
	&cmd_contacts,
	&cmd_clocks,
	&cmd_feed,
	&cmd_probe,
	&cmd_publish,
	&cmd_journal,
	&cmd_keys,
	&cmd_bridge,
	&cmd_init,
	&cmd_paths,
	&cmd_help,
	&cmd_parse_child,
	NULL,
};

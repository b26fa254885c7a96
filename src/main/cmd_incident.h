/* Commands on incidents, for other subcommands. */
#ifndef CMD_INCIDENT_H
#define CMD_INCIDENT_H

#include "base/json.h"
#include "cmd.h"

/* Fills the verbs from the command table; before the command line is read. */
void cmd_incident_init(void);

/* Sends the request (taken over), prints what became of it, returns the exit status. */
int incident_command(struct args *a, cJSON *take_request);

extern const struct cmd cmd_incident;

#endif

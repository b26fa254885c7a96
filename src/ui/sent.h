/* Commands that are on their way, and what is said when they come back. */
#ifndef UI_SENT_H
#define UI_SENT_H

#include "app_priv.h"

/* Sends; takes `args`. `said` is what the message line says on success (NULL: what was recorded).
 * Returns the command's id, valid until the next command. */
const char *sent_command(struct app *app, const struct action *a, const char *incident, int seen,
    cJSON *args, const char *said);

#endif

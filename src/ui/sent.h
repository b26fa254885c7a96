/* Commands that are on their way, and what is said when they come back. */
#ifndef UI_SENT_H
#define UI_SENT_H

#include "app_priv.h"

/* Sends; takes `args`. `said` is what the message line says on success (NULL: what was recorded).
 * Returns the command's id, valid until the next command. */
const char *sent_command(struct app *app, const struct action *a, const char *incident, int seen,
    cJSON *args, const char *said);
/* The message line also says, when this command is done, which key takes it back. */
void sent_can_undo(const char *id);
/* What becomes of this held message is said (sent_look). */
void sent_follow(struct app *app, const char *held, const char *incident);
/* The composer of this command is closed before the answer: its draft is put back when the engine
 * refuses, and at the end. */
void sent_leave(const char *id, char *take_draft);
void sent_end(void);
/* The draft of what this board's message `held` says: gone when it is sent, put back when it is
 * stopped. */
void sent_keep(const char *held, char *take_draft);
/* Says what became of the messages of this board that were held. */
void sent_look(struct app *app);

#endif

/* nocboard maintenance: shared by its files. */
#ifndef CMD_MAINTENANCE_H
#define CMD_MAINTENANCE_H

#include "cmd.h"
#include "domain/snapshot.h"
#include "session.h"

/* Fills the verbs from the table of commands; before the command line is read. */
void cmd_maintenance_init(void);

/* One line and what stands below it, or all of it with its timeline. Appends. */
void print_maintenance(struct buf *out, const struct snap_maintenance *m);
void print_maintenance_whole(
    struct buf *out, const struct snapshot *s, const struct snap_maintenance *m);
/* The shape of `maintenance list --json`; the caller frees. */
cJSON *json_of_maintenance(const struct snap_maintenance *m);

/* Prints what became of a request: places, findings, the held notice. */
void maintenance_say(const struct args *a, const cJSON *answer);
/* Sends the request (taken over), prints what became of it. False: *e. */
bool maintenance_send(struct args *a, struct session *s, cJSON *take_request, struct err *e);
/* The maintenance of this id; NULL: *e. */
const struct snap_maintenance *maintenance_named(struct session *s, const char *id, struct err *e);

/* Composes and posts a notice of this stage ("notice", "start", "end", "cancelled"); `id` of the
 * command, or NULL. False: *e. */
bool maintenance_tell(struct args *a, struct session *s, const struct snap_maintenance *m,
    const char *stage, const char *id, struct err *e);
extern const struct cmd maintenance_notice_verb, maintenance_import_verb;

extern const struct cmd cmd_maintenance;

#endif

/* What people do with planned work: decide(state, command) gives events, or a refusal that says the
 * rule and what helps. The same shape as domain/command, with a table of its own. */
#ifndef DOMAIN_MAINTENANCE_COMMAND_H
#define DOMAIN_MAINTENANCE_COMMAND_H

#include "domain/command.h"
#include "domain/maintenance_rules.h"

/* Names begin with MAINTENANCE_PREFIX; ends with a row whose name is NULL. */
#define MAINTENANCE_PREFIX "maintenance-"
extern const struct command_info maintenance_infos[];
const struct command_info *maintenance_info_find(const char *name); /* NULL: none */

/* Decides as command_decide does. `m` NULL: `new_id` is the id of a new one (plan, and an import of
 * what is not known yet). True without events: it is so already (the same notice imported twice).
 * What the rules found goes to *findings (a new list of objects rule, level, text; also with a
 * refusal by a rule), which the caller frees; NULL: nothing. */
bool maintenance_decide(const struct world *w, const struct maintenance *m, const char *new_id,
    const struct command *cmd, struct utc now, struct event_list *out, cJSON **findings,
    struct refusal *why);

/* The maintenance that a provider's notice is about; NULL: none yet. */
const struct maintenance *maintenance_of_notice(
    const struct world *w, const char *provider, const char *reference);

#endif

/* Shared by the files that fold an incident. */
#ifndef DOMAIN_INCIDENT_PRIV_H
#define DOMAIN_INCIDENT_PRIV_H

#include "base/map.h"
#include "domain/incident.h"

/* What the fold itself remembers. */
struct incident_memory {
	struct map *signals; /* "source\ncomponent\nregion" -> its newest status (owned text) */
};

/* Replaces an owned text. */
void incident_set(char **slot, const char *text);
/* The body's text, cleaned, replaces an owned text; an absent or empty one makes it NULL. */
void incident_set_line(char **slot, const cJSON *body, const char *member);
void incident_set_lines(char **slot, const cJSON *body, const char *member);
/* The same, but an absent member (a null is not absent) leaves the slot alone. */
void incident_set_line_if(char **slot, const cJSON *body, const char *member);
/* The body's list of ids replaces an owned list. */
void incident_set_ids(char ***items, size_t *count, const cJSON *body, const char *member);

void incident_free_ids(char **items, size_t count);

/* Folds what was posted, and a word about its delivery, into a list of such (posted.c). */
void posted_add(struct posted_update **list, size_t *count, const struct event *ev);
void posted_delivery(struct posted_update *list, size_t count, const struct event *ev);
void posted_free(struct posted_update *list, size_t count);

/* One function per kind of event. Each takes any body at all. */
void fold_opened(struct incident *inc, const struct event *ev);
void fold_acknowledged(struct incident *inc, const struct event *ev);
void fold_intake(struct incident *inc, const struct event *ev);
void fold_snoozed(struct incident *inc, const struct event *ev);
void fold_reminder(struct incident *inc, const struct event *ev);
void fold_bridge_set(struct incident *inc, const struct event *ev);
void fold_severity_changed(struct incident *inc, const struct event *ev);
void fold_scope_changed(struct incident *inc, const struct event *ev);
void fold_role_assigned(struct incident *inc, const struct event *ev);
void fold_role_released(struct incident *inc, const struct event *ev);
void fold_command_offered(struct incident *inc, const struct event *ev);
void fold_command_accepted(struct incident *inc, const struct event *ev);
void fold_update_posted(struct incident *inc, const struct event *ev);
void fold_delivery(struct incident *inc, const struct event *ev);
void fold_escalated(struct incident *inc, const struct event *ev);
void fold_tier_acknowledged(struct incident *inc, const struct event *ev);
void fold_carrier_involved(struct incident *inc, const struct event *ev);
void fold_carrier_cleared(struct incident *inc, const struct event *ev);
void fold_hypothesis(struct incident *inc, const struct event *ev);
void fold_action(struct incident *inc, const struct event *ev);
void fold_signal(struct incident *inc, const struct event *ev);
void fold_restored(struct incident *inc, const struct event *ev);
void fold_resolved(struct incident *inc, const struct event *ev);
void fold_reopened(struct incident *inc, const struct event *ev);
void fold_rca_delivered(struct incident *inc, const struct event *ev);
void fold_merged(struct incident *inc, const struct event *ev);
void fold_dismissed(struct incident *inc, const struct event *ev);
void fold_closed(struct incident *inc, const struct event *ev);

#endif

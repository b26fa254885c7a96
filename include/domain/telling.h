/* Who reads what of a posted update: the text of a channel, the recipients of a mail, the thread an
 * update belongs to. Pure; decided anew at each try, against the configuration of that moment. */
#ifndef DOMAIN_TELLING_H
#define DOMAIN_TELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "domain/config.h"
#include "domain/incident.h"
#include "domain/maintenance.h"

/* What updates are told of, an incident or planned work, as deliveries see both. Borrowed. */
struct told {
	const char *id;
	char *const *regions, *const *components;
	size_t region_count, component_count;
	const struct posted_update *updates;
	size_t update_count;
	const struct event_list *events;
	bool active; /* it is not over: what is owed matters now */
};

struct told told_incident(const struct incident *inc);
struct told told_maintenance(const struct maintenance *m);

/* Whose text a channel gets: the audience that was decided when it was posted, if it still has the
 * channel; what was written for an internal audience goes nowhere else, whatever has become of that
 * audience. NULL: nobody reads it there any more, *why (a text of the program) says so. */
const struct cfg_audience *telling_audience(
    const struct config *c, const struct posted_update *u, const char *channel, const char **why);

/* A line that is the same for all updates of one thing to one channel: the first line of the
 * first text that the channel got, without "[…]" before it. A new string. */
char *telling_headline(const struct config *c, const struct told *t, const char *channel);

/* The updates before `u` that went to this channel (NULL: none), and what the other end called it
 * then (NULL: it never said). */
struct telling_thread {
	const struct posted_update *first, *previous;
	const char *reference;
};
struct telling_thread telling_thread(
    const struct told *t, const struct posted_update *u, const char *channel);

/* The state of a delivery; NULL: the update does not go there. */
const struct delivery_state *telling_state(const struct posted_update *u, const char *channel);

/* Who is still to be mailed: key accounts first, then the other subscribers of the audience in this
 * scope, then those who got an earlier update of the incident and are subscribed at all, then the
 * channel's own addresses; nobody twice, and nobody whose outcome for this update is final.
 * Borrowed texts in a list of the arena. */
size_t telling_recipients(const struct config *c, const struct told *t,
    const struct posted_update *u, const struct cfg_channel *channel, struct arena *a, char ***out);

/* Whether the component was ever in the incident's scope. */
bool telling_concerns(const struct told *t, const char *component);

#endif

/* An update from a template, over what the engine told: for `update` and for the rehearsal's
 * commander. */
#ifndef MAIN_COMPOSE_H
#define MAIN_COMPOSE_H

#include "domain/compose.h"
#include "session.h"

#define MAIN_AUDIENCES 32

struct main_compose {
	struct arena *arena;
	struct texts *texts;
	const struct template *template;
	struct compose_facts facts;
	struct compose *compose;
	struct utc now;
	char *audiences[MAIN_AUDIENCES]; /* all that are not internal, until one is named */
	size_t audience_count;
	bool named;
};

/* `stage` NULL: by the incident's phase; `name` NULL: the template of the stage. False: *e. */
bool main_compose_open(struct main_compose *m, const struct session *s,
    const struct snap_incident *inc, const char *stage, const char *name, struct err *e);
void main_compose_close(struct main_compose *m);
void main_compose_audience(struct main_compose *m, const char *id);

#endif

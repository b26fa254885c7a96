/* An update from a template, over what the engine told: for `update` and for the rehearsal's
 * commander. */
#ifndef MAIN_COMPOSE_H
#define MAIN_COMPOSE_H

#include <stdio.h>

#include "cmd.h"
#include "domain/compose.h"
#include "domain/lint.h"
#include "domain/texts.h"
#include "session.h"

#define MAIN_AUDIENCES 32

struct main_compose {
	struct arena *arena;
	struct texts *texts;
	const struct template *template;
	struct compose_facts facts;
	struct lint_world world;
	struct compose *compose;
	struct utc now;
	const char *audiences[MAIN_AUDIENCES]; /* all that are not internal, until one is named */
	size_t audience_count;
	bool named;
};

/* `stage` NULL: by the incident's phase; `name` NULL: the template of the stage. False: *e. */
bool main_compose_open(struct main_compose *m, const struct session *s,
    const struct snap_incident *inc, const char *stage, const char *name, struct err *e);
/* A template by its name, whatever its stage: what it would read, not to be posted. */
bool main_compose_render(struct main_compose *m, const struct session *s,
    const struct snap_incident *inc, const char *name, struct err *e);
/* A notice of planned work: `stage` is "notice", "start", "end" or "cancelled"; fields are as the
 * template's filling leaves them. */
bool main_compose_planned(struct main_compose *m, const struct session *s,
    const struct snap_maintenance *of, const char *stage, const char *name, struct err *e);
void main_compose_close(struct main_compose *m);
void main_compose_audience(struct main_compose *m, const char *id);

/* Every --field NAME=TEXT; a TEXT of "-" is read from standard input, once. False: *e. */
bool main_compose_fields(struct main_compose *m, const struct args *a, struct err *e);
/* What each audience would read, on standard output. */
void main_compose_print(const struct main_compose *m);
/* The same with what lint finds, {"text": {audience: text}, "findings": [...]}; the caller frees.
 */
cJSON *main_compose_json(const struct main_compose *m);
/* What lint finds, one line each; returns how many of them are errors. */
size_t main_compose_lint(const struct main_compose *m, FILE *out);

#endif

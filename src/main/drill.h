/* A rehearsal's parts: the director that is the world outside, the commander that plays it without
 * a screen, and the score. */
#ifndef DRILL_H
#define DRILL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/scenario.h"
#include "session.h"

/* A shipped scenario by name, or a file. NULL: *e (its first problem). */
struct scenario *drill_scenario(const char *name, struct err *e);

/* The world: a farm of endpoints and pages on loopback, moved by the scenario over what the engine
 * tells. Writes the configuration into the scratch folder, says "ready" on the descriptor, and runs
 * until its parent ends. The exit status. */
int director_run(const struct scenario *sc, const char *scratch, const char *user, int ready_fd);

/* Plays the commander's moves, one after the other. False: one of them was not possible in time, *e
 * says which. */
bool commander_run(const struct scenario *sc, struct session *s, struct err *e);

/* Scores what the journal of a rehearsal holds; the caller frees. NULL: *e. */
cJSON *drill_score(const struct scenario *sc, const char *journal, int speed, struct err *e);

#endif

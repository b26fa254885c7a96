/* The engine: watches, records, decides when, sends what people decided to send, serves boards. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>

#include "base/err.h"

struct engine_options {
	const char *config;  /* NULL: searched (engine/setup) */
	const char *journal; /* NULL: the configuration's */
	const char *socket;  /* NULL: the configuration's */
	bool drill;	     /* a rehearsal: any user, hints for newcomers */
	bool allow_root;
	bool once;    /* one round of all that is due, then the end */
	int ready_fd; /* gets "ready\n" or one line of error, then is closed; -1 */
};

/* Runs until it is stopped (SIGTERM, SIGINT, `engine --stop`). The clock (os/clock) was chosen
 * before. False: it could not start, *e has one line and the kind of its exit status. */
bool engine_run(const struct engine_options *o, struct err *e);

#endif

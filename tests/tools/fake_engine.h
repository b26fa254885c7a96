/* An engine that says what a file says: for tests of the board without probes, journal and clock.
 * It runs in a child process and serves one socket. */
#ifndef TOOLS_FAKE_ENGINE_H
#define TOOLS_FAKE_ENGINE_H

#include <stdbool.h>

#include "base/buf.h"

struct fake_engine;

struct fake_options {
	const char *socket;
	const char *objects;  /* file of JSON lines, sent after the greeting */
	const char *timeline; /* one line, the answer to every request for a timeline; or NULL */
	const char *can;      /* JSON array of permissions; NULL: command and publish */
	const char *greeting; /* whole greeting line instead of the usual one; or NULL */
	/* The answer to commands, with %s for the id; NULL: done. */
	const char *answer;
	const char *now; /* RFC 3339 */
};

struct fake_engine *fake_engine_start(const struct fake_options *o);
/* Sends one line to every board. */
void fake_engine_say(struct fake_engine *e, const char *line);
/* The next line that a board sent, without its end, read within `ms`; false: none came. */
bool fake_engine_heard(struct fake_engine *e, struct buf *line, int ms);
/* Reads what boards sent until one line has `text` in it; the line is in *line. */
bool fake_engine_expect(struct fake_engine *e, const char *text, struct buf *line, int ms);
/* Kills it, as a crash does. */
void fake_engine_stop(struct fake_engine *e);

#endif

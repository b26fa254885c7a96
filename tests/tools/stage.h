/* A board in a terminal of its own over an engine that says what a file says. */
#ifndef TOOLS_STAGE_H
#define TOOLS_STAGE_H

#include "base/json.h"
#include "fake_engine.h"
#include "screen.h"

#define STAGE_WAIT 20000 /* ms; only a failing test waits so long */

struct stage {
	char *dir, *socket, *objects, *timeline;
	struct fake_engine *engine;
	struct screen *screen;
};

struct stage_options {
	int w, h;
	const char *term, *locale, *answer, *greeting;
	const char *const *env;
	const char *args[6];
};

struct stage *stage_new(const struct stage_options *o);
void stage_free(struct stage *s);
/* Starts the engine again after stage_engine_gone. */
void stage_engine(struct stage *s, const struct stage_options *o);
void stage_engine_gone(struct stage *s);
/* Waits until the text is on the screen; fails the test with the screen otherwise. */
void stage_see(struct stage *s, const char *text);
/* An object of the file as it stands there, by the start of its line; the caller frees. */
cJSON *stage_object(const char *start);
/* The engine says it; takes it. */
void stage_say(struct stage *s, cJSON *take);
/* One key at a time, each awaited. */
void stage_keys(struct stage *s, const char *keys);

#endif

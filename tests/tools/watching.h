/* Detection played from a script of observations. A line is a time in seconds and what was seen
 * then: "30 a major, b ok". A `!` behind a status means that nothing answered; "busy" says nothing;
 * "-" is only time that goes by. What detection finds is acted on as the engine does it, and
 * written down in a log. */
#ifndef TESTS_WATCHING_H
#define TESTS_WATCHING_H

#include "base/buf.h"
#include "domain/detect.h"

#define START_MS 1741616400000 /* 2025-03-10T14:20:00Z, second 0 of a script */

/* Data and SMS in France, SMS in Italy, a portal in the USA: a, b, c, d. */
#define FOUR 4
extern const struct detect_target four_targets[FOUR];

struct bench {
	struct detect *d;
	struct incident *active[16];
	size_t count;
	int opened;
	struct buf log;
	struct utc now;
	bool broken; /* nothing can be recorded */
};

void bench_open(struct bench *b, const struct detect_target *targets, size_t count);
void bench_close(struct bench *b);
void bench_play(struct bench *b, const char *script);
/* Does what one finding asks for, and takes its bodies. */
void bench_act(struct bench *b, struct detect_finding *f);
/* The detail of its newest event, which is a signal. */
const char *bench_last_detail(const struct incident *inc);

#endif

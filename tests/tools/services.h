/* The services that updates go to, imitated on the farm as far as we use them: what they keep, what
 * they refuse and how they answer. Each takes the one token below and is found under its own path:
 *	/teams		a Workflows address; the signature is in the query
 *	/pagerduty	Events v2 at /pagerduty/v2/enqueue
 *	/statuspage	page P1 at /statuspage/pages/P1; planned work too
 *	/cachet2, /cachet3	versions 2 and 3; schedules too
 *	/slack/api	chat.postMessage into channel C0PARTNERS */
#ifndef TESTS_SERVICES_H
#define TESTS_SERVICES_H

#include "base/json.h"
#include "net/farm.h"

#define SERVICES_TOKEN "R0123456789abcdef0123456789abcde"

enum service { TEAMS, PAGERDUTY, STATUSPAGE, CACHET2, CACHET3, SLACK, SERVICES };
extern const char *const service_names[SERVICES]; /* "teams", … */

struct services;

struct services *services_new(struct farm *f);
void services_free(struct services *all); /* before the farm */

/* The next request that writes is answered `code` (with Retry-After where `wait` is one), after it
 * was carried out when `done`. SERVICES_SILENT: the answer never comes. */
#define SERVICES_SILENT (-1)
void services_fail(struct services *all, enum service s, int code, const char *wait, bool done);
/* Calls `then` once, in the middle of the next request that writes there: what is done meanwhile
 * comes before its answer. */
void services_meanwhile(struct services *all, enum service s, void (*then)(void *ctx), void *ctx);
/* Takes no token of ours any more, or again. */
void services_lock(struct services *all, enum service s, bool locked);

/* What came: an array of {"method", "path", "headers", "body" (parsed; null: none), "code"}. */
const cJSON *services_said(const struct services *all, enum service s);
/* How many of them wrote. */
size_t services_writes(const struct services *all, enum service s);
/* What the service keeps: an array of incidents, alerts or messages, as it would show them. */
const cJSON *services_kept(const struct services *all, enum service s);
/* Components of a page: {"id": status}. */
const cJSON *services_components(const struct services *all, enum service s);
/* The n-th request that wrote; a failure of the test when there was none. */
const cJSON *services_wrote(const struct services *all, enum service s, int n);
/* Planned work on the imitated Statuspage as its readers get it (api/v2/summary.json); the caller
 * frees. */
char *services_summary(const struct services *all);

#endif

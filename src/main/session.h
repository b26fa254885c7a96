/* A command's side of the engine's socket: connect, greet, wait for the objects, ask, wait for the
 * answer. Blocks (with a time-out), unlike a board. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/snapshot.h"

struct session;

/* Connects and waits for the first mark. NULL: *e; e->sys is ENOENT or ECONNREFUSED when no engine
 * listens. */
struct session *session_open(const char *socket, const char *as, struct err *e);
void session_close(struct session *s); /* NULL is fine */

const struct snapshot *session_snapshot(const struct session *s);
const char *session_person(const struct session *s);
/* The engine's clock, now. */
struct utc session_now(const struct session *s);

/* Sends a request (taken over; an "id" is added when it has none) and waits for its answer, which
 * the caller frees. NULL: *e (the engine is gone, or did not answer in time). A refusal is an
 * answer. */
cJSON *session_ask(struct session *s, cJSON *take, struct err *e);

/* Asks for a timeline and waits for it; it is in the snapshot then. */
bool session_timeline(struct session *s, const char *incident, struct err *e);

/* Reads on until `met` says so (it is asked after each mark), at most `real_ms`. False: it was not
 * met in time, or the engine is gone; *e says which. */
bool session_wait(struct session *s, bool (*met)(void *ctx, const struct snapshot *snap), void *ctx,
    int64_t real_ms, struct err *e);

/* Turns a refusal into *e (kind by its rule); true when the answer is no refusal. */
bool session_check(const cJSON *answer, struct err *e);

#endif

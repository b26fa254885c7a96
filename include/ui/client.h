/* The board's side of the socket: objects come in, commands go out, and a lost engine is looked for
 * again without anybody's doing. */
#ifndef UI_CLIENT_H
#define UI_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/time.h"
#include "domain/snapshot.h"
#include "os/loop.h"
#include "ui/view.h"

struct client;

/* What became of a command. */
struct answer {
	const char *id;
	bool ok;
	const char *rule, *reason, *help, *argument; /* of a refusal; never NULL */
	const cJSON *events; /* array of {incident, version, kind, text}, or NULL */
	const cJSON *held;   /* an object, or NULL */
};

struct client_hooks {
	void (*changed)(void *ctx); /* something to draw */
	void (*answered)(void *ctx, const struct answer *a);
};

struct client_options {
	const char *socket;
	const char *as; /* person to act as, or NULL */
	bool wall;
};

struct client *client_new(
    struct loop *l, const struct client_options *o, const struct client_hooks *h, void *ctx);
void client_free(struct client *c);
/* Connects now, or as soon as somebody listens. */
void client_start(struct client *c);

const struct snapshot *client_snapshot(const struct client *c);
enum link client_link(const struct client *c);
int64_t client_away_ms(const struct client *c); /* since the connection was lost */
const char *client_why(const struct client *c); /* of being away; NULL: nothing special */
struct utc client_now(const struct client *c);	/* the engine's clock */
int client_speed(const struct client *c);
const char *client_person(const struct client *c); /* id, "" before the greeting */
unsigned client_can(const struct client *c);

/* Sends a command; takes `args`. Returns its id, valid until the next call. A command whose answer
 * was lost with the connection is sent again with the same id, so that it is recorded once. */
const char *client_command(
    struct client *c, const char *command, const char *incident, int seen, cJSON *args);
/* `verb` "stop" or "send". */
const char *client_held(struct client *c, const char *verb, const char *id);
/* How many of these have not been answered. */
size_t client_pending(const struct client *c);
void client_timeline(struct client *c, const char *incident);
/* The object "source" (struct snap_source) of "feed:ID" or "cell:ID". */
void client_source(struct client *c, const char *source);
/* NULL incident: nothing in particular. */
void client_looking(struct client *c, const char *incident, const char *doing);

#endif

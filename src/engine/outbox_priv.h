/* The outbox's own: lanes, destinations, and the request for one try. */
#ifndef ENGINE_OUTBOX_PRIV_H
#define ENGINE_OUTBOX_PRIV_H

#include "domain/telling.h"
#include "engine_priv.h"

/* Updates of one incident on their way to one destination. */
struct lane {
	struct destination *to;
	struct owed *first, *last;
};

struct destination {
	char *id;
	size_t owed;
	int flying, failures; /* failures: in a row, of the destination itself */
	bool gap;	      /* it wants a pause between two */
	struct utc next_at;   /* nothing goes there before; UTC_NONE: at once */
	struct utc ok_at;     /* last accepted; UTC_NONE: never */
	/* What was last said of it. */
	struct utc said_at;
	bool gone, gave_up;
	char *why;
};

struct outbox_request {
	const char *id;
	const struct cfg_channel *channel;
	const struct cfg_audience *audience;
	const struct live *live;
	struct told told;
	const struct posted_update *update;
	/* Filled in. */
	struct delivery_request r;
	struct arena *arena;
	bool nobody; /* a mail without a recipient */
};

/* Everything that a try needs, secrets read now. False: *e, try again later. */
bool outbox_request(struct engine *g, struct outbox_request *q, struct err *e);
/* A heartbeat of this channel; `incident` and `update` stay NULL. False: *e. */
bool outbox_heartbeat(struct engine *g, struct outbox_request *q, struct err *e);
void outbox_request_fini(struct outbox_request *q); /* wipes the secrets */

#endif

/* The objects of the protocol, each by one table that reads, writes and frees it: the engine fills
 * a snap_* struct and writes it, the board reads it back (docs/protocol.md). */
#ifndef DOMAIN_WIRE_H
#define DOMAIN_WIRE_H

#include "base/err.h"
#include "base/json.h"

enum wire_kind {
	WIRE_NOC,
	WIRE_ENGINE,
	WIRE_REGION,
	WIRE_COMPONENT,
	WIRE_CELL,
	WIRE_CARRIER,
	WIRE_FEED,
	WIRE_INCIDENT,
	WIRE_HELD,
	WIRE_DELIVERY,
	WIRE_PRESENCE,
	WIRE_TEMPLATE,
	WIRE_SUBSCRIBER,
	WIRE_MAINTENANCE,
	WIRE_RECENT,
	WIRE_SOURCE,
	WIRE_KINDS,
};

const char *wire_name(enum wire_kind kind); /* "noc", … : the value of "o" */
int wire_kind_of(const char *name);	    /* -1: unknown */

/* A new struct snap_… of the kind, owned by the caller (wire_free). NULL: a member has the wrong
 * type, *e names it. A missing member is zero, NULL, UTC_NONE or -1 (latencies). */
void *wire_read(enum wire_kind kind, const cJSON *obj, struct err *e);
/* {"o":kind, members…}; the caller frees. */
cJSON *wire_write(enum wire_kind kind, const void *object);
void wire_free(enum wire_kind kind, void *object); /* NULL is fine */

#endif

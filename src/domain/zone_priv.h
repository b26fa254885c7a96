/* What zone.c and calendar.c share: a zone as stretches of time with one offset. */
#ifndef ZONE_PRIV_H
#define ZONE_PRIV_H

#include <stdint.h>

#include "domain/calendar.h"

/* From `from` up to, not including, `to` (seconds since 1970) clocks are `offset` seconds east of
 * UTC. INT64_MIN and INT64_MAX: no change before or after. */
struct zone_span {
	int64_t from, to;
	int offset;
	const char *abbr; /* the zone's */
};

struct zone_span zone_span_at(const struct zone *z, int64_t sec);

#endif

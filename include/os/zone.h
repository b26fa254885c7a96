/* Time zones by name, from the zone files of this machine. */
#ifndef OS_ZONE_H
#define OS_ZONE_H

#include "base/err.h"
#include "domain/calendar.h"

/* The zone of an IANA name ("Europe/Paris"), read from $TZDIR or /usr/share/zoneinfo once and kept
 * for the life of the process; the same name gives the same pointer. "UTC" is always there. NULL:
 * *e says why (no such zone, a name that is a path, a file that is no zone). For one thread. */
const struct zone *zone_load(const char *name, struct err *e);

#endif

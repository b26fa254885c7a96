/* Deliveries as a board sees them: what became of an update of an incident, or of a notice of
 * planned work, at a destination. */
#ifndef TESTS_DELIVERED_H
#define TESTS_DELIVERED_H

#include "rig.h"

/* The n-th of the stream ("INC-1", "MNT-1"); NULL: not there. A board has the last ones alone. */
const struct posted_update *told_at(const struct snapshot *s, const char *stream, size_t n);
const struct delivery_state *delivery_at(
    const struct snapshot *s, const char *stream, size_t n, const char *destination);
/* Waits until the delivery is in that state; else the test fails and says which it is in. */
const struct delivery_state *delivery_until(
    struct peer *p, const char *stream, size_t n, const char *destination, const char *state);

#endif

/* nocboard update --waiting, --stop and --send: what is held before it goes out. */
#ifndef UPDATE_HELD_H
#define UPDATE_HELD_H

#include "cmd.h"
#include "session.h"

bool update_held_asked(const struct args *a);
/* Does it to what is held of the first operand, an incident or planned work; the exit status. */
int update_held(const struct args *a, struct session *s);

#endif

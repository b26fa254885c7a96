/* Planned work as text: what is under way, what lies ahead, what was lately. */
#ifndef UI_PLANNED_H
#define UI_PLANNED_H

#include "base/buf.h"
#include "domain/snapshot.h"

/* `region` NULL: everywhere. Appends. */
void planned_text(const struct snapshot *s, const char *region, struct utc now, struct buf *out);

#endif

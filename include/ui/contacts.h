/* The contacts matrix: our own people, carriers, key customers, each with hours and numbers. One
 * text for the board and for `nocboard contacts`. */
#ifndef UI_CONTACTS_H
#define UI_CONTACTS_H

#include "base/buf.h"
#include "domain/snapshot.h"

/* Appends it; `region` (an id) leaves out carriers and customers that are not there, NULL: all. */
void contacts_text(const struct snapshot *s, const char *region, struct buf *out);

#endif

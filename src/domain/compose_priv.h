/* Between the files of the composer. */
#ifndef DOMAIN_COMPOSE_PRIV_H
#define DOMAIN_COMPOSE_PRIV_H

#include "domain/compose.h"

/* Appends the first text of a field of this template; nothing where no fact bears on it. */
void compose_fill(struct buf *out, const struct template *t, const char *field,
    const struct compose_facts *f, struct utc now);

#endif

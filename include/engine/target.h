/* From the configuration to what the network takes. */
#ifndef ENGINE_TARGET_H
#define ENGINE_TARGET_H

#include "base/mem.h"
#include "domain/config.h"
#include "net/net.h"

/* Text belongs to the configuration or to the arena. Secrets are read now; a header whose secret
 * cannot be read is left out, and logged. */
/* Its address, as its kind writes it. */
char *target_address(const struct cfg_probe *p);
void target_of_probe(const struct cfg_probe *p, struct probe_target *t, struct arena *a);
void target_of_feed(const struct cfg_feed *f, struct feed_source *s, struct arena *a);

#endif

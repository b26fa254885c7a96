/* Approval of updates: bound to the exact texts, lapsed with any change of them or of the severity.
 */
#ifndef DOMAIN_APPROVAL_H
#define DOMAIN_APPROVAL_H

#include <stdbool.h>

#include "base/digest.h"
#include "base/json.h"
#include "domain/incident.h"
#include "domain/policy.h"

#define APPROVAL_HASH (2 * DIGEST_SIZE + 1)

/* SHA-256 over the incident's id and {audience: text} in canonical JSON, in hex. */
void approval_hash(const char *incident, const cJSON *texts, char out[APPROVAL_HASH]);

/* Who has approved these texts since the severity last changed, `author` apart; NULL: nobody. */
const char *approval_by(const struct incident *inc, const char *hash, const char *author);

/* They had been approved, and the severity changed since. */
bool approval_lapsed(const struct incident *inc, const char *hash, const char *author);

/* Whether this person may approve an update of this incident. */
bool approval_may(const struct policy *p, const struct incident *inc, const char *person);
/* "maria or the IC", "anybody else who may publish", for a refusal. */
void approval_who(const struct policy *p, const struct incident *inc, struct buf *out);

#endif

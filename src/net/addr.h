/* Which addresses a source of other people may lead us to. */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

/* False for loopback, private, link-local, shared (RFC 6598), multicast, unspecified and reserved
 * addresses, also when they hide in an IPv6 form, unless `network` (CIDR; NULL: none) holds them.
 */
bool addr_external_ok(const struct sockaddr *a, const char *network);

/* "10.0.0.0/8", "fd00::/8"; for the check of a configuration. */
bool addr_network_ok(const char *network, struct err *e);

/* The address as text. */
void addr_text(const struct sockaddr *a, char *out, size_t size);

#endif

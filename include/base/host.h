/* How hosts and DNS records are written: pure, asks nobody. */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stdbool.h>

#include "base/err.h"

#define HOST_MAX 256

/* "HOST:PORT", "ADDRESS:PORT", "[::1]:PORT"; without a port it is `port`, where 0 says that it must
 * be there. The host is kept without brackets. A bare "::1" is an address too. False: *e. */
bool host_port(const char *text, int port, char host[HOST_MAX], int *out, struct err *e);

/* True for an IPv4 or IPv6 address. */
bool host_is_address(const char *host);

/* A record's type: "A", "NAPTR", "TYPE65", in any case. -1: none. */
int dns_type(const char *name);
/* Its name; "TYPE65" for one that has none here. */
void dns_type_name(int type, char out[16]);

#endif

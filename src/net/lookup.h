/* DNS without waiting: c-ares on the loop of the network thread. One of these asks one thing at a
 * time. */
#ifndef NET_LOOKUP_H
#define NET_LOOKUP_H

#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"
#include "net/probe.h"
#include "os/loop.h"

struct lookup;

/* `detail` is clean. On FAULT_NONE the rest is set. */
struct lookup_answer {
	enum probe_fault fault;
	const char *detail;
	int rcode;		    /* of the answer: 0, or 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED … */
	const unsigned char *bytes; /* of a query: the message */
	size_t len;
	const struct sockaddr *address; /* of a host: the first one; NULL: it has none */
	socklen_t address_len;
};

typedef void lookup_done(void *ctx, const struct lookup_answer *a);

/* `server` NULL: those of this host (resolv.conf; a host is looked for in its hosts file first),
 * else an address with or without a port. NULL: *e. */
struct lookup *lookup_new(struct loop *l, const char *server, int timeout_ms, lookup_done *done,
    void *ctx, struct err *e);
/* The records of this type; names are taken as they are, nothing is searched. A cut answer is asked
 * for again over TCP. `done` may run inside of these. */
void lookup_query(struct lookup *k, const char *name, int type);
void lookup_host(struct lookup *k, const char *host);
void lookup_cancel(struct lookup *k); /* no `done` */
void lookup_free(struct lookup *k);   /* not inside of `done`; NULL is fine */

#endif

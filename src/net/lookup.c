#include "lookup.h"

#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SOCKETS 8 /* UDP and TCP to a few servers */
#define TRIES 2

struct watched_socket {
	int fd;
	struct loop_fd *watch; /* NULL: this place is free */
	struct lookup *lookup;
};

struct lookup {
	struct loop *loop;
	ares_channel channel;
	struct loop_timer *timer;
	struct watched_socket sockets[SOCKETS];
	lookup_done *done;
	void *ctx;
	bool asking;
};

/* c-ares has time-outs of its own; this is when it wants to look again. */
static void arm(struct lookup *k)
{
	struct timeval tv;

	if (k->asking && ares_timeout(k->channel, NULL, &tv))
		loop_timer_after(k->timer, tv.tv_sec * INT64_C(1000) + tv.tv_usec / 1000 + 1);
	else
		loop_timer_stop(k->timer);
}

static void looked(void *ctx)
{
	struct lookup *k = ctx;

	ares_process_fd(k->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(k);
}

static void ready(void *ctx, int events, int status)
{
	struct watched_socket *s = ctx;
	struct lookup *k = s->lookup;
	int fd = s->fd;

	if (status < 0)
		events = UV_READABLE | UV_WRITABLE;
	ares_process_fd(k->channel, events & UV_READABLE ? fd : ARES_SOCKET_BAD,
	    events & UV_WRITABLE ? fd : ARES_SOCKET_BAD);
	arm(k);
}

/* c-ares says what it waits for on each of its sockets; for nothing before it closes one. */
static void socket_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
	struct lookup *k = ctx;
	int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
	struct watched_socket *s = NULL;

	for (size_t i = 0; i < SOCKETS; i++) {
		if (k->sockets[i].watch && k->sockets[i].fd == fd) {
			s = &k->sockets[i];
			break;
		}
		if (!s && !k->sockets[i].watch)
			s = &k->sockets[i];
	}
	if (s && !events) {
		loop_fd_free(s->watch);
		s->watch = NULL;
	} else if (s && s->watch) {
		loop_fd_events(s->watch, events);
	} else if (s) {
		*s = (struct watched_socket){ .fd = fd, .lookup = k };
		s->watch = loop_fd_new(k->loop, fd, events, ready, s);
	}
}

struct lookup *lookup_new(
    struct loop *l, const char *server, int timeout_ms, lookup_done *done, void *ctx, struct err *e)
{
	struct lookup *k = xcalloc(1, sizeof *k);
	struct ares_options o = { .flags =
				      ARES_FLAG_NOSEARCH | ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS,
		.timeout = timeout_ms / TRIES + 1,
		.tries = TRIES,
		.ednspsz = 1232,
		.sock_state_cb = socket_state,
		.sock_state_cb_data = k };
	int rc = ares_library_init(ARES_LIB_INIT_ALL);

	k->loop = l;
	k->done = done;
	k->ctx = ctx;
	if (rc == ARES_SUCCESS)
		rc = ares_init_options(&k->channel, &o,
		    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
			ARES_OPT_SOCK_STATE_CB);
	if (rc == ARES_SUCCESS && server) {
		rc = ares_set_servers_ports_csv(k->channel, server);
		if (rc != ARES_SUCCESS)
			ares_destroy(k->channel);
	}
	if (rc != ARES_SUCCESS) {
		err_set(e, ERR_CONFIG, "DNS%s%.60s: %s", server ? " server " : "",
		    server ? server : "", ares_strerror(rc));
		free(k);
		return NULL;
	}
	k->timer = loop_timer_new(l, looked, k);
	return k;
}

static void end(struct lookup *k, const struct lookup_answer *a)
{
	if (!k->asking)
		return; /* given up */
	k->asking = false;
	k->done(k->ctx, a);
}

/* What c-ares' status means: an answer with an rcode, or a fault. */
static const struct {
	int status;
	enum probe_fault fault;
	int rcode;
} meanings[] = {
	{ ARES_SUCCESS, FAULT_NONE, 0 },
	{ ARES_ENODATA, FAULT_NONE, 0 },
	{ ARES_EFORMERR, FAULT_NONE, 1 },
	{ ARES_ESERVFAIL, FAULT_NONE, 2 },
	{ ARES_ENOTFOUND, FAULT_NONE, 3 },
	{ ARES_ENOTIMP, FAULT_NONE, 4 },
	{ ARES_EREFUSED, FAULT_NONE, 5 },
	{ ARES_EBADNAME, FAULT_URL, 0 },
	{ ARES_ECONNREFUSED, FAULT_REFUSED, 0 },
	{ ARES_ETIMEOUT, FAULT_TIMEOUT, 0 },
	{ ARES_ENOMEM, FAULT_LOCAL, 0 },
};

static struct lookup_answer meaning_of(int status)
{
	for (size_t i = 0; i < countof(meanings); i++)
		if (meanings[i].status == status)
			return (struct lookup_answer){ .fault = meanings[i].fault,
				.detail =
				    meanings[i].fault == FAULT_TIMEOUT ? "" : ares_strerror(status),
				.rcode = meanings[i].rcode };
	return (struct lookup_answer){ .fault = FAULT_BROKEN, .detail = ares_strerror(status) };
}

static void queried(void *ctx, int status, int timeouts, unsigned char *bytes, int len)
{
	struct lookup_answer a = meaning_of(status);

	(void)timeouts;
	if (a.fault == FAULT_NONE && bytes && len > 0) {
		a.bytes = bytes;
		a.len = (size_t)len;
	}
	end(ctx, &a);
}

static void resolved(void *ctx, int status, int timeouts, struct ares_addrinfo *info)
{
	struct lookup_answer a = meaning_of(status);

	(void)timeouts;
	if (a.fault == FAULT_NONE && info && info->nodes) {
		a.address = info->nodes->ai_addr;
		a.address_len = info->nodes->ai_addrlen;
	}
	end(ctx, &a);
	if (info)
		ares_freeaddrinfo(info);
}

void lookup_query(struct lookup *k, const char *name, int type)
{
	k->asking = true;
	ares_query(k->channel, name, 1, type, queried, k);
	arm(k);
}

void lookup_host(struct lookup *k, const char *host)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_flags = ARES_AI_NOSORT };

	k->asking = true;
	ares_getaddrinfo(k->channel, host, NULL, &hints, resolved, k);
	arm(k);
}

void lookup_cancel(struct lookup *k)
{
	if (!k->asking)
		return;
	k->asking = false;
	ares_cancel(k->channel);
	loop_timer_stop(k->timer);
}

void lookup_free(struct lookup *k)
{
	if (!k)
		return;
	k->asking = false;
	ares_destroy(k->channel);
	loop_timer_free(k->timer);
	free(k);
}

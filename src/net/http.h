/* HTTP requests on libcurl: the only place that makes curl handles, so that every request has every
 * limit. All of a pool lives on one thread. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "net/chan.h"
#include "net/probe.h"

#define HTTP_CONNECT_MS 5000
#define HTTP_TURNS 1024
#define HTTP_HEADERS_MAX ((size_t)64 << 10)
#define HTTP_HEADER_LINES 200
#define HTTP_EXPANSION 100		       /* decoded bytes for one received … */
#define HTTP_EXPANSION_FREE ((size_t)64 << 10) /* … once so many are out */

struct http_pool;
struct http;
struct slots;

/* Only the connection, and nothing is asked: with `banner` what the other end says first is read
 * until that text is in it, at most HTTP_BANNER_MAX bytes, or the time is over. */
enum http_connect { HTTP_WHOLE, HTTP_CONNECT_PLAIN, HTTP_CONNECT_TLS };
#define HTTP_BANNER_MAX ((size_t)4096)

/* A mail instead: the address is smtp(s)://HOST[:PORT]/OUR-NAME, the body the whole message. TLS is
 * required unless `plain`. */
struct http_mail_ask {
	const char *from;
	char *const *to;
	size_t to_count;
	const char *user, *password; /* NULL: no log-in */
	bool plain;
};

struct http_ask {
	const char *url;
	enum http_connect connect;
	const char *banner; /* NULL: none is waited for */
	const char *method; /* NULL: GET, or POST with a body */
	const struct net_header *headers;
	size_t header_count;
	const char *body; /* NULL: none; copied */
	size_t body_len;
	int timeout_ms;
	int redirects; /* how many are followed; with headers none is */
	size_t body_max;
	bool patient; /* a slow body is fine while it moves (100 B/s): else only timeout_ms */
	bool keep;    /* the connection, for the next time */
	int turn;     /* 1 to HTTP_TURNS: in which part of each round it is asked; 0: not known */
	bool certificate; /* find out until when it holds */
	enum net_class klass;
	const char *network, *ca_file, *resolve;
	const char *cert_file, *key_file; /* of us as the client */
	const struct http_mail_ask *mail; /* NULL: HTTP */
};

struct http_answer {
	enum probe_fault fault;
	char detail[160]; /* clean */
	int code;
	char content_type[96], etag[256], last_modified[64], retry_after[64], cache_control[128];
	const char *body; /* valid during the callback, never NULL */
	size_t body_len;
	int latency_ms;
	struct probe_phases phase;
	struct utc cert_until; /* the first end of a certificate that proves it; UTC_NONE: not
				  known */
	int64_t started_ms;    /* CLOCK_BOOTTIME, when a slot was free */
	bool suspect;	       /* its host has not answered for some time */
	const char *moved_to;  /* after a permanent redirect; NULL */
	const struct chan_said *said; /* mail: to each recipient; the code is the last answer */
};

/* `descriptors`: how many the process may have open. */
struct http_pool *http_pool_new(uv_loop_t *uv, size_t descriptors);
void http_pool_free(struct http_pool *p); /* every http of it is freed */
/* Who may start: shared with the probes that do not go through curl. */
struct slots *http_pool_slots(struct http_pool *p);
size_t http_pool_running(const struct http_pool *p);
size_t http_pool_waiting(const struct http_pool *p);
size_t http_pool_suspects(const struct http_pool *p);

/* A request that can be sent again and again, one at a time. Copies what it needs. NULL: the
 * address, a header or a network cannot be used, *e says why. `done` runs once for each http_go,
 * never inside of it; it may call http_go and http_free. */
struct http *http_new(struct http_pool *p, const struct http_ask *ask,
    void (*done)(void *ctx, const struct http_answer *a), void *ctx, struct err *e);
/* Sends If-None-Match and If-Modified-Since from now on; NULL or "": without. */
void http_conditional(struct http *h, const char *etag, const char *last_modified);
/* Queues it for a slot; ignored while it is busy. */
void http_go(struct http *h);
bool http_busy(const struct http *h);
void http_free(struct http *h); /* breaks it off when it runs: no `done`; NULL is fine */

/* Visible ASCII and blanks, a token before the colon. */
bool http_header_ok(const struct net_header *h, struct err *e);

#endif

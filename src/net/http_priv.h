/* One request, as http.c (its life) and http_answer.c (what comes in) share it. */
#ifndef NET_HTTP_PRIV_H
#define NET_HTTP_PRIV_H

#include <curl/curl.h>
#include <uv.h>

#include "authorities.h"
#include "http.h"
#include "slots.h"

/* libcurl walks every kept connection of a multi handle each time a transfer ends: many small
 * handles keep those walks short. It also looks at each of them, once a second and with a call of
 * the kernel, when a transfer begins: what is asked at about the same time is in one handle, which
 * then rests until the next round (docs/network.md). */
#define SHARDS 48
/* The last ones are for other people's sources, half of them for those that follow redirects: a
 * kept connection to an address of ours, whose opening nobody would check again, or one that was
 * opened with credentials, is then never at hand for a redirect. */
#define SHARDS_EXTERNAL 16
#define KEPT_CONNECTIONS 4096 /* of one shard */
#define OTHERS 256	      /* descriptors that are left to the rest of the process */

struct http_shard {
	struct http_pool *pool;
	CURLM *multi;
	uv_timer_t timer;
};

/* Freed when the last of its handles has closed. */
struct socket; /* of http_pool.c */

struct http_pool {
	uv_loop_t *uv;
	struct http_shard shard[SHARDS];
	struct slots *slots;
	struct identities *identities;
	struct authorities *authorities;
	struct http *looked;	 /* whose names are known since the last turn of curl */
	struct socket **sockets; /* by descriptor, those that curl has and had; NULL: none */
	size_t socket_count;
	size_t handles;
	bool closing;
};

/* What is needed while an exchange runs. */
struct http_going {
	struct http_answer answer;
	char stop_detail[96];
	char error[CURL_ERROR_SIZE];
};

struct http {
	struct slot slot; /* first: slot_go gets it */
	struct http_pool *pool;
	struct http_shard *shard;
	struct identity *identity;
	struct authority *authority;
	CURL *easy;
	struct curl_slist *headers, *conditional, *resolve;
	char *flush; /* "-host:port": makes curl forget the name's addresses */
	char *network;
	enum net_class klass;
	int timeout_ms;
	size_t body_max;
	void (*done)(void *ctx, const struct http_answer *a);
	void *ctx;
	bool certificate;	  /* its end is wanted */
	struct utc cert_until;	  /* of the connection that is kept */
	struct http_going *going; /* NULL while it rests: there are thousands of them */
	/* Of the current exchange. */
	struct buf body;
	size_t header_bytes;
	int header_lines;
	bool encoded, moved;
	enum probe_fault stop; /* why we broke it off */
	bool looked;
	struct http *looked_next;
	struct greeting *greeting; /* runs: greet.c */
	char *banner;		   /* to wait for; NULL */
	struct http_mail *mail;	   /* NULL: HTTP */
};

/* Callbacks of curl, and the answer when it is over. */
size_t http_header_in(char *line, size_t size, size_t count, void *h);
size_t http_body_in(char *bytes, size_t size, size_t count, void *h);
void http_exchange_begin(struct http *h);
void http_exchange_end(struct http *h, CURLcode code);

/* http_pool.c: hands the answer over; the request is free for the next. */
void http_over(struct http *h, CURLcode code);
void http_pool_ref(struct http_pool *p);
void http_pool_unref(struct http_pool *p); /* from the close callback of a handle */
/* curl's callback; `ctx` is the pool. */
int http_close_socket(void *ctx, curl_socket_t fd);
int64_t http_now_ms(void);

/* http_greet.c: the connection stands; reads what is said on it, then http_over. */
void http_greet(struct http *h);
void http_greet_stop(struct http *h);

/* http_mail.c: a mail through this handle. */
void http_mail_set(struct http *h, const struct http_mail_ask *ask, const char *body, size_t len);
void http_mail_begin(struct http_mail *m);
void http_mail_end(struct http *h);
void http_mail_free(struct http_mail *m);

/* http_tls.c: client certificate, and the ends of the certificates of a chain. */
bool http_tls_set(struct http *h, const struct http_ask *ask, struct err *e);

#endif

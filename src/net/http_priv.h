/* One request, as http.c (its life) and http_answer.c (what comes in) share it. */
#ifndef NET_HTTP_PRIV_H
#define NET_HTTP_PRIV_H

#include <curl/curl.h>

#include "http.h"
#include "slots.h"

struct http_shard;

struct http {
	struct slot slot; /* first: slot_go gets it */
	struct http_pool *pool;
	struct http_shard *shard;
	CURL *easy;
	struct curl_slist *headers, *conditional, *resolve;
	char *flush; /* "-host:port": makes curl forget the name's addresses */
	char *network;
	enum net_class klass;
	int timeout_ms;
	size_t body_max;
	void (*done)(void *ctx, const struct http_answer *a);
	void *ctx;
	/* Of the current exchange. */
	struct http_answer answer;
	struct buf body;
	size_t header_bytes;
	int header_lines;
	bool encoded, moved;
	enum probe_fault stop; /* why we broke it off */
	char stop_detail[96];
	bool looked;
	struct http *looked_next;
	char error[CURL_ERROR_SIZE];
};

/* Callbacks of curl, and the answer when it is over. */
size_t http_header_in(char *line, size_t size, size_t count, void *h);
size_t http_body_in(char *bytes, size_t size, size_t count, void *h);
void http_exchange_begin(struct http *h);
void http_exchange_end(struct http *h, CURLcode code);

#endif

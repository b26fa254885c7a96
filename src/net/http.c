#include "http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "base/mem.h"
#include "http_priv.h"
#include "net_priv.h"
#include "os/clock.h"

/* libcurl walks every kept connection of a multi handle each time a transfer ends: many small
 * handles keep those walks short (docs/network.md). */
#define SHARDS 64
/* The last ones are for other people's sources: a kept connection to an address of ours, whose
 * opening nobody would check again, is then never at hand for their redirects. */
#define SHARDS_EXTERNAL 16
#define KEPT_CONNECTIONS 4096 /* of one shard */
#define OTHERS 256	      /* descriptors that are left to the rest of the process */

struct http_shard {
	struct http_pool *pool;
	CURLM *multi;
	uv_timer_t timer;
};

/* Freed when the last of its handles has closed. */
struct http_pool {
	uv_loop_t *uv;
	struct http_shard shard[SHARDS];
	struct slots *slots;
	struct http *looked; /* whose names are known since the last turn of curl */
	size_t handles;
	bool closing;
};

/* One of curl's sockets. */
struct socket {
	uv_poll_t poll;
	struct http_shard *shard;
	curl_socket_t fd;
};

static int64_t now_ms(void)
{
	return clock_mono().ms;
}

static void pool_unref(struct http_pool *p)
{
	if (--p->handles || !p->closing)
		return;
	slots_free(p->slots);
	free(p);
}

static void timer_closed(uv_handle_t *t)
{
	struct http_shard *s = t->data;
	pool_unref(s->pool);
}

static void socket_closed(uv_handle_t *t)
{
	struct socket *k = t->data;
	struct http_pool *p = k->shard->pool;
	free(k);
	pool_unref(p);
}

static void transfer_over(struct http *h, CURLcode code)
{
	struct buf body;

	curl_multi_remove_handle(h->shard->multi, h->easy);
	http_exchange_end(h, code);
	/* Idle requests keep no body: there are thousands of them. */
	body = h->body;
	buf_init(&h->body, body.max);
	h->answer.suspect = slot_suspect(&h->slot);
	slot_done(h->pool->slots, &h->slot, now_ms(), h->answer.fault == FAULT_TIMEOUT);
	h->done(h->ctx, &h->answer);
	buf_fini(&body);
}

/* After each call into curl, outside of its callbacks: hands out what has happened. */
static void shard_turn(struct http_shard *s)
{
	struct http_pool *p = s->pool;
	CURLMsg *m;
	int left;

	while (p->looked) {
		struct http *h = p->looked;
		p->looked = h->looked_next;
		h->looked = false;
		slot_looked_up(p->slots, &h->slot, now_ms());
	}
	while ((m = curl_multi_info_read(s->multi, &left))) {
		struct http *h = NULL;
		CURLcode code = m->data.result;
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &h);
		transfer_over(h, code);
	}
}

static void socket_ready(uv_poll_t *poll, int status, int events)
{
	struct socket *k = poll->data;
	struct http_shard *s = k->shard;
	int flags = 0, running;

	if (status < 0)
		flags = CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(s->multi, k->fd, flags, &running);
	shard_turn(s);
}

static void socket_watch(struct http_shard *s, struct socket *k, curl_socket_t fd, int what)
{
	int events =
	    (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);

	if (!k) {
		k = xcalloc(1, sizeof *k);
		k->shard = s;
		k->fd = fd;
		if (uv_poll_init_socket(s->pool->uv, &k->poll, fd) < 0) {
			free(k); /* curl's own time-out ends the transfer */
			return;
		}
		k->poll.data = k;
		s->pool->handles++;
		curl_multi_assign(s->multi, fd, k);
	}
	uv_poll_start(&k->poll, events, socket_ready);
}

static int socket_changed(CURL *easy, curl_socket_t fd, int what, void *ctx, void *sockp)
{
	struct http_shard *s = ctx;
	struct socket *k = sockp;

	(void)easy;
	if (what != CURL_POLL_REMOVE) {
		socket_watch(s, k, fd, what);
	} else if (k) {
		curl_multi_assign(s->multi, fd, NULL);
		uv_close((uv_handle_t *)&k->poll, socket_closed);
	}
	return 0;
}

static void timer_fired(uv_timer_t *t)
{
	struct http_shard *s = t->data;
	int running;

	curl_multi_socket_action(s->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	shard_turn(s);
}

static int timer_changed(CURLM *multi, long ms, void *ctx)
{
	struct http_shard *s = ctx;

	(void)multi;
	if (ms < 0) {
		uv_timer_stop(&s->timer);
		return 0;
	}
	uv_update_time(s->pool->uv);
	uv_timer_start(&s->timer, timer_fired, (uint64_t)ms, 0);
	return 0;
}

struct http_pool *http_pool_new(uv_loop_t *uv, size_t descriptors)
{
	struct http_pool *p = xcalloc(1, sizeof *p);
	/* At most half for what runs, the rest for what is kept (nearly all of it by the shards of
	 * our own targets); with few, it gets slower and nothing fails. */
	size_t ours = descriptors > 2 * OTHERS ? descriptors - OTHERS : descriptors / 2;
	size_t running = ours / 2 + 1 < SLOTS_TOTAL ? ours / 2 + 1 : SLOTS_TOTAL;
	size_t kept = (ours - ours / 2) / (SHARDS - SHARDS_EXTERNAL) + 1;

	if (ours > 2 * SLOTS_TOTAL)
		kept = (ours - SLOTS_TOTAL) / (SHARDS - SHARDS_EXTERNAL);
	p->uv = uv;
	p->slots = slots_new(running, SLOTS_HOST, SLOTS_LOOKUPS);
	for (size_t i = 0; i < SHARDS; i++) {
		struct http_shard *s = &p->shard[i];
		s->pool = p;
		s->multi = curl_multi_init();
		if (!s->multi)
			abort();
		uv_timer_init(uv, &s->timer);
		s->timer.data = s;
		p->handles++;
		curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
		curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
		curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, timer_changed);
		curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
		curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS,
		    (long)(kept < KEPT_CONNECTIONS ? kept : KEPT_CONNECTIONS));
	}
	return p;
}

void http_pool_free(struct http_pool *p)
{
	if (!p)
		return;
	p->closing = true;
	for (size_t i = 0; i < SHARDS; i++) {
		curl_multi_cleanup(p->shard[i].multi);
		uv_close((uv_handle_t *)&p->shard[i].timer, timer_closed);
	}
}

size_t http_pool_running(const struct http_pool *p)
{
	return slots_running(p->slots);
}

size_t http_pool_waiting(const struct http_pool *p)
{
	return slots_waiting(p->slots);
}

size_t http_pool_suspects(const struct http_pool *p)
{
	return slots_suspects(p->slots);
}

/* Called for each connection, each hop and each address: the name is known now, and the address is
 * looked at before a byte goes there. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct http *h = ctx;

	(void)purpose;
	if (!h->looked) {
		h->looked = true;
		h->looked_next = h->pool->looked;
		h->pool->looked = h;
	}
	if (h->klass == NET_EXTERNAL && !addr_external_ok(&a->addr, h->network)) {
		h->stop = FAULT_FORBIDDEN;
		addr_text(&a->addr, h->stop_detail, sizeof h->stop_detail);
		return CURL_SOCKET_BAD;
	}
	/* One good address among several is enough. */
	h->stop = FAULT_NONE;
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
		h->stop = FAULT_LOCAL;
		snprintf(h->stop_detail, sizeof h->stop_detail, "%s", strerror(errno));
	}
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

bool http_header_ok(const struct net_header *h, struct err *e)
{
	const char *name = h->name;

	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("!#$%&'*+-.^_`|~", *p))
			name = "";
	if (!*name)
		return err_set(
		    e, ERR_CONFIG, "a header name holds letters, digits and dashes only");
	for (const char *p = h->value; *p; p++)
		if (*p < ' ' || *p > '~')
			return err_set(e, ERR_CONFIG,
			    "the value of header %s holds a character that is not visible ASCII",
			    name);
	return true;
}

static bool headers_set(struct http *h, const struct http_ask *ask, struct err *e)
{
	for (size_t i = 0; i < ask->header_count; i++) {
		const struct net_header *x = &ask->headers[i];
		if (!http_header_ok(x, e))
			return false;
		/* curl drops "Name:"; a semicolon sends it with an empty value. */
		char *line =
		    *x->value ? xasprintf("%s: %s", x->name, x->value) : xasprintf("%s;", x->name);
		h->headers = curl_slist_append(h->headers, line);
		net_wipe(line);
	}
	/* Without this curl waits for a 100 on larger bodies. */
	if (ask->body)
		h->headers = curl_slist_append(h->headers, "Expect:");
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
	return true;
}

/* Normalises the address, and finds the shard and the slot of its host. */
static bool address_set(struct http *h, const struct http_ask *ask, struct err *e)
{
	char *url = NULL, *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
	unsigned char binary[16];
	CURLU *u = curl_url();
	bool ok = false;

	if (curl_url_set(u, CURLUPART_URL, ask->url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_URL, &url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK) {
		err_set(
		    e, ERR_CONFIG, "the address cannot be read (write it as https://host/path)");
		goto out;
	}
	if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
		err_set(e, ERR_CONFIG, "the address begins with %s:, only http and https are asked",
		    scheme);
		goto out;
	}
	if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK) {
		err_set(
		    e, ERR_CONFIG, "the address holds a user name (put credentials into headers)");
		goto out;
	}
	char *key = xasprintf("%s:%s@%s", host, port, ask->resolve ? ask->resolve : "");
	bool named = !ask->resolve && host[0] != '[' && inet_pton(AF_INET, host, binary) != 1;
	for (char *p = key; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	slot_bind(h->pool->slots, &h->slot, key, named, h->slot.go);
	size_t n = net_hash_text(NET_HASH_START, key);
	h->shard = &h->pool->shard[h->klass == NET_EXTERNAL ? SHARDS - 1 - n % SHARDS_EXTERNAL
							    : n % (SHARDS - SHARDS_EXTERNAL)];
	free(key);
	if (ask->resolve) {
		char *line = xasprintf("%s:%s:%s", host, port, ask->resolve);
		h->resolve = curl_slist_append(NULL, line);
		free(line);
		curl_easy_setopt(h->easy, CURLOPT_RESOLVE, h->resolve);
	} else if (named) {
		h->flush = xasprintf("-%s:%s", host, port);
	}
	curl_easy_setopt(h->easy, CURLOPT_URL, url);
	curl_easy_setopt(h->easy, CURLOPT_REDIR_PROTOCOLS_STR,
	    strcmp(scheme, "https") == 0 ? "https" : "http,https");
	ok = true;
out:
	curl_free(url);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(user);
	curl_url_cleanup(u);
	return ok;
}

static void transport_set(struct http *h, const struct http_ask *ask)
{
	CURL *c = h->easy;
	int connect = ask->timeout_ms < HTTP_CONNECT_MS ? ask->timeout_ms : HTTP_CONNECT_MS;

	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); /* never waits for a stuck look-up */
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, -1L); /* slots keep the age of names */
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, h);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)connect);
	if (ask->patient) {
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 100L);
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 5L);
	}
	/* An allowed network is for this source alone. */
	bool keep = ask->keep && !(ask->klass == NET_EXTERNAL && ask->network);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, keep ? 0L : 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_CAPATH, NULL); /* a folder switches the cache of CAs off */
	if (ask->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, ask->ca_file);
	curl_easy_setopt(c, CURLOPT_CERTINFO, ask->certificate ? 1L : 0L);
}

static void exchange_set(struct http *h, const struct http_ask *ask)
{
	bool follow = ask->redirects > 0 && ask->header_count == 0;
	CURL *c = h->easy;

	curl_easy_setopt(c, CURLOPT_PRIVATE, h);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "nocboard/" NOCBOARD_VERSION);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, follow ? 1L : 0L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)ask->redirects);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, http_header_in);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, http_body_in);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	if (ask->body) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body_len);
		curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, ask->body);
	}
	if (ask->method && strcmp(ask->method, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else if (ask->method && strcmp(ask->method, ask->body ? "POST" : "GET") != 0)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, ask->method);
}

static void slot_go(struct slot *slot, bool fresh)
{
	struct http *h = (struct http *)slot;

	http_exchange_begin(h);
	h->answer.started_ms = now_ms();
	if (fresh && h->flush) {
		curl_slist_free_all(h->resolve);
		h->resolve = curl_slist_append(NULL, h->flush);
		curl_easy_setopt(h->easy, CURLOPT_RESOLVE, h->resolve);
	}
	if (curl_multi_add_handle(h->shard->multi, h->easy) != CURLM_OK)
		abort(); /* a handle of ours that is in no multi is always taken */
}

/* An empty text is the same as none. */
static const char *given(const char *text)
{
	return text && *text ? text : NULL;
}

struct http *http_new(struct http_pool *p, const struct http_ask *asked,
    void (*done)(void *ctx, const struct http_answer *a), void *ctx, struct err *e)
{
	struct http *h = xcalloc(1, sizeof *h);
	struct http_ask normal = *asked;
	const struct http_ask *ask = &normal;

	normal.method = given(asked->method);
	normal.body = asked->body_len ? asked->body : NULL;
	normal.network = given(asked->network);
	normal.ca_file = given(asked->ca_file);
	normal.resolve = given(asked->resolve);

	h->pool = p;
	h->done = done;
	h->ctx = ctx;
	h->klass = ask->klass;
	h->network = xstrdup_null(ask->network);
	h->timeout_ms = ask->timeout_ms;
	h->body_max = ask->body_max;
	h->answer.cert_until = UTC_NONE;
	h->slot.go = slot_go;
	buf_init(&h->body, ask->body_max + 1);
	h->easy = curl_easy_init();
	if (!h->easy)
		abort();
	transport_set(h, ask);
	exchange_set(h, ask);
	if ((ask->network && !addr_network_ok(ask->network, e)) || !headers_set(h, ask, e) ||
	    !address_set(h, ask, e)) {
		http_free(h);
		return NULL;
	}
	return h;
}

void http_conditional(struct http *h, const char *etag, const char *last_modified)
{
	struct curl_slist *list = NULL;
	const struct {
		const char *name, *value;
	} fields[] = { { "If-None-Match", etag }, { "If-Modified-Since", last_modified } };

	assert(h->slot.state != SLOT_RUNNING);
	for (const struct curl_slist *l = h->headers; l; l = l->next)
		list = curl_slist_append(list, l->data);
	for (size_t i = 0; i < countof(fields); i++) {
		if (!fields[i].value || !fields[i].value[0])
			continue;
		char *line = xasprintf("%s: %s", fields[i].name, fields[i].value);
		list = curl_slist_append(list, line);
		free(line);
	}
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, list);
	curl_slist_free_all(h->conditional);
	h->conditional = list;
}

void http_go(struct http *h)
{
	if (!http_busy(h))
		slot_ask(h->pool->slots, &h->slot, now_ms());
}

bool http_busy(const struct http *h)
{
	return h->slot.state != SLOT_IDLE;
}

static void slist_wipe(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(list);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	struct http **link = &h->pool->looked;
	while (*link && *link != h)
		link = &(*link)->looked_next;
	if (*link)
		*link = h->looked_next;
	if (h->slot.state == SLOT_RUNNING) {
		curl_multi_remove_handle(h->shard->multi, h->easy);
		slot_done(h->pool->slots, &h->slot, now_ms(), false);
	}
	slot_unbind(h->pool->slots, &h->slot);
	curl_easy_cleanup(h->easy);
	slist_wipe(h->headers);
	slist_wipe(h->conditional);
	curl_slist_free_all(h->resolve);
	free(h->flush);
	free(h->network);
	buf_fini(&h->body);
	free(h);
}

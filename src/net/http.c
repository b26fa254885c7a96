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
#include "identity.h"
#include "net_priv.h"

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
		addr_text(&a->addr, h->going->stop_detail, sizeof h->going->stop_detail);
		return CURL_SOCKET_BAD;
	}
	/* One good address among several is enough. */
	h->stop = FAULT_NONE;
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
		h->stop = FAULT_LOCAL;
		snprintf(
		    h->going->stop_detail, sizeof h->going->stop_detail, "%s", strerror(errno));
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

/* Equal for requests that may use each other's connections and addresses. */
static uint64_t identity_of(const struct http_ask *ask)
{
	uint64_t who = net_hash_headers(NET_HASH_START, ask->headers, ask->header_count);

	who = net_hash_text(net_hash_text(who, ask->resolve), ask->network);
	who = net_hash_text(net_hash_text(who, ask->cert_file), ask->key_file);
	return net_hash_number(net_hash_text(who, ask->ca_file), (int64_t)ask->klass);
}

/* Each identity of a host has a shard of its own; hosts that are asked one after the other are
 * neighbours. */
static void shard_set(struct http *h, const struct http_ask *ask, const char *host)
{
	size_t first = 0, count = SHARDS - SHARDS_EXTERNAL;
	uint64_t home = net_hash_spread(net_hash_text(NET_HASH_START, host));

	if (ask->klass == NET_EXTERNAL) {
		count = SHARDS_EXTERNAL / 2;
		first = SHARDS - (ask->redirects ? 1 : 2) * count;
	}
	if (ask->turn)
		home = (uint64_t)(ask->turn - 1) * count / HTTP_TURNS;
	h->identity =
	    identity_take(h->pool->identities, host, home, identity_of(ask), http_now_ms());
	h->shard = &h->pool->shard[first + (h->identity->home + h->identity->place) % count];
	if (h->identity->place < count)
		return;
	/* More than there are shards: nothing is kept or shared. */
	curl_easy_setopt(h->easy, CURLOPT_FORBID_REUSE, ask->connect == HTTP_WHOLE ? 1L : 0L);
	curl_easy_setopt(h->easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(h->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

static bool scheme_ok(const char *scheme, const struct http_ask *ask, struct err *e)
{
	if (ask->mail)
		return strcmp(scheme, "smtp") == 0 || strcmp(scheme, "smtps") == 0 ||
		       err_set(e, ERR_CONFIG, "mail goes to smtp: and smtps: addresses only");
	return strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0 ||
	       err_set(e, ERR_CONFIG, "the address begins with %s:, only http and https are asked",
		   scheme);
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
	if (!scheme_ok(scheme, ask, e))
		goto out;
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
	free(key);
	key = xasprintf("%s:%s", host, port);
	shard_set(h, ask, key);
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
	/* Without TLS libcurl 7.88 fails at the second request on a connection. */
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, -1L); /* slots keep the age of names */
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, h);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, http_close_socket);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, h->pool);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)connect);
	if (ask->patient) {
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 100L);
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 5L);
	}
	/* An allowed network is for this source alone. */
	bool keep = ask->keep && !(ask->klass == NET_EXTERNAL && ask->network);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, keep ? 0L : 1L);
	curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, (long)IDENTITY_REST_MS / 1000 - 2);
	if (ask->connect != HTTP_WHOLE) {
		/* Such a connection is never shared; curl would close a forbidden one at once. */
		curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
		curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 0L);
		curl_easy_setopt(c, CURLOPT_SSL_ENABLE_ALPN, 0L); /* it may not be HTTP */
	}
}

static void exchange_set(struct http *h, const struct http_ask *ask)
{
	bool follow = ask->redirects > 0 && ask->header_count == 0;
	CURL *c = h->easy;

	curl_easy_setopt(c, CURLOPT_PRIVATE, h);
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
	if (h->mail)
		http_mail_begin(h->mail);
	h->going->answer.started_ms = http_now_ms();
	/* Each shard has addresses of its own. */
	if (h->flush && (identity_stale(h->identity, http_now_ms(), SLOTS_NAME_MS) || fresh)) {
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
	normal.cert_file = given(asked->cert_file);
	normal.key_file = given(asked->key_file);

	h->pool = p;
	h->done = done;
	h->ctx = ctx;
	h->klass = ask->klass;
	h->network = xstrdup_null(ask->network);
	h->banner = xstrdup_null(given(ask->banner));
	h->timeout_ms = ask->timeout_ms;
	h->body_max = ask->body_max;
	h->cert_until = UTC_NONE;
	h->slot.go = slot_go;
	buf_init(&h->body, (ask->connect == HTTP_WHOLE ? ask->body_max : HTTP_BANNER_MAX) + 1);
	h->easy = curl_easy_init();
	if (!h->easy)
		abort();
	transport_set(h, ask);
	if (ask->mail)
		normal.body = NULL;
	exchange_set(h, ask);
	if (ask->mail)
		http_mail_set(h, ask->mail, asked->body, asked->body_len);
	if ((ask->network && !addr_network_ok(ask->network, e)) || !headers_set(h, ask, e) ||
	    !http_tls_set(h, ask, e) || !address_set(h, ask, e)) {
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
		slot_ask(h->pool->slots, &h->slot, http_now_ms());
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
	http_greet_stop(h);
	if (h->slot.state == SLOT_RUNNING) {
		curl_multi_remove_handle(h->shard->multi, h->easy);
		slot_done(h->pool->slots, &h->slot, http_now_ms(), false);
	}
	slot_unbind(h->pool->slots, &h->slot);
	curl_easy_cleanup(h->easy);
	free(h->going);
	http_mail_free(h->mail);
	slist_wipe(h->headers);
	slist_wipe(h->conditional);
	curl_slist_free_all(h->resolve);
	free(h->flush);
	free(h->network);
	free(h->banner);
	identity_leave(h->identity, http_now_ms());
	authority_drop(h->authority);
	buf_fini(&h->body);
	free(h);
}

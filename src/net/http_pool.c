/* The pool: curl's sockets and timers on the event loop, and its answers. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "http_priv.h"
#include "identity.h"
#include "os/clock.h"

/* One of curl's sockets. */
struct socket {
	uv_poll_t poll;
	struct http_shard *shard;
	curl_socket_t fd;
};

int64_t http_now_ms(void)
{
	return clock_mono().ms;
}

void http_pool_ref(struct http_pool *p)
{
	p->handles++;
}

void http_pool_unref(struct http_pool *p)
{
	if (--p->handles || !p->closing)
		return;
	free(p->sockets);
	slots_free(p->slots);
	identities_free(p->identities);
	authorities_free(p->authorities);
	free(p);
}

static void timer_closed(uv_handle_t *t)
{
	struct http_shard *s = t->data;
	http_pool_unref(s->pool);
}

static void socket_closed(uv_handle_t *t)
{
	struct socket *k = t->data;
	struct http_pool *p = k->shard->pool;
	free(k);
	http_pool_unref(p);
}

void http_over(struct http *h, CURLcode code)
{
	struct http_going *going = h->going;
	struct buf body;

	curl_multi_remove_handle(h->shard->multi, h->easy);
	http_exchange_end(h, code);
	/* What rests keeps neither the answer nor its body; `done` may start or free it. */
	body = h->body;
	buf_init(&h->body, body.max);
	h->going = NULL;
	curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, NULL);
	going->answer.suspect = slot_suspect(&h->slot);
	slot_done(h->pool->slots, &h->slot, http_now_ms(), going->answer.fault == FAULT_TIMEOUT);
	h->done(h->ctx, &going->answer);
	free(going);
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
		slot_looked_up(p->slots, &h->slot, http_now_ms());
	}
	while ((m = curl_multi_info_read(s->multi, &left))) {
		struct http *h = NULL;
		CURLcode code = m->data.result;
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &h);
		if (code == CURLE_OK && h->banner)
			http_greet(h);
		else
			http_over(h, code);
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

/* The handle of a descriptor stays when curl wants nothing of it for now: to make a new one for
 * each request on a kept connection costs more calls of the kernel than the request. */
static struct socket *socket_kept(struct http_pool *p, curl_socket_t fd)
{
	return (size_t)fd < p->socket_count ? p->sockets[fd] : NULL;
}

static void socket_keep(struct http_pool *p, struct socket *k)
{
	size_t need = (size_t)k->fd + 1;

	if (need > p->socket_count) {
		need = need < 2 * p->socket_count ? 2 * p->socket_count : need + 63;
		p->sockets = xreallocarray(p->sockets, need, sizeof(struct socket *));
		memset(p->sockets + p->socket_count, 0,
		    (need - p->socket_count) * sizeof(struct socket *));
		p->socket_count = need;
	}
	p->sockets[k->fd] = k;
}

static void socket_drop(struct http_pool *p, curl_socket_t fd)
{
	struct socket *k = socket_kept(p, fd);

	if (!k)
		return;
	p->sockets[fd] = NULL;
	uv_close((uv_handle_t *)&k->poll, socket_closed);
}

int http_close_socket(void *ctx, curl_socket_t fd)
{
	socket_drop(ctx, fd);
	return close(fd);
}

static struct socket *socket_new(struct http_shard *s, curl_socket_t fd)
{
	struct socket *k = xcalloc(1, sizeof *k);

	k->fd = fd;
	if (uv_poll_init_socket(s->pool->uv, &k->poll, fd) < 0) {
		free(k); /* curl's own time-out ends the transfer */
		return NULL;
	}
	k->poll.data = k;
	s->pool->handles++;
	socket_keep(s->pool, k);
	return k;
}

static void socket_watch(struct http_shard *s, struct socket *k, curl_socket_t fd, int what)
{
	int events =
	    (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);

	if (!k) {
		k = socket_kept(s->pool, fd);
		if (!k)
			k = socket_new(s, fd);
		if (!k)
			return;
		k->shard = s;
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
		uv_poll_stop(&k->poll);
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
	p->identities = identities_new();
	p->authorities = authorities_new();
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
	/* What curl closed without a word: its own pairs of sockets. */
	for (size_t i = 0; i < p->socket_count; i++)
		socket_drop(p, (curl_socket_t)i);
}

struct slots *http_pool_slots(struct http_pool *p)
{
	return p->slots;
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

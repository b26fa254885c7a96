/* What the other end says first on a connection that is only opened. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "http_priv.h"

struct greeting {
	uv_poll_t poll;
	uv_timer_t timer;
	struct http *http; /* NULL: it is closing */
	struct http_pool *pool;
	curl_socket_t fd;
	int open; /* handles */
};

static void closed(uv_handle_t *handle)
{
	struct greeting *g = handle->data;
	struct http_pool *p = g->pool;

	if (--g->open == 0)
		free(g);
	http_pool_unref(p);
}

void http_greet_stop(struct http *h)
{
	struct greeting *g = h->greeting;

	if (!g)
		return;
	h->greeting = NULL;
	g->http = NULL;
	uv_close((uv_handle_t *)&g->poll, closed);
	uv_close((uv_handle_t *)&g->timer, closed);
}

static void over(struct http *h)
{
	http_greet_stop(h);
	http_over(h, CURLE_OK);
}

static void timed_out(uv_timer_t *t)
{
	struct greeting *g = t->data;

	if (g->http)
		over(g->http);
}

static void readable(uv_poll_t *poll, int status, int events)
{
	struct greeting *g = poll->data;
	char bytes[1024];
	ssize_t n;

	(void)events;
	if (!g->http)
		return;
	struct http *h = g->http;
	do
		n = status < 0 ? 0 : recv(g->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	size_t room = HTTP_BANNER_MAX - h->body.len;
	if (n > 0)
		buf_add(&h->body, bytes, (size_t)n < room ? (size_t)n : room);
	if (n <= 0 || h->body.len == HTTP_BANNER_MAX ||
	    memmem(h->body.data, h->body.len, h->banner, strlen(h->banner)))
		over(h);
}

void http_greet(struct http *h)
{
	struct greeting *g;
	curl_socket_t fd = CURL_SOCKET_BAD;
	int64_t left = h->going->answer.started_ms + h->timeout_ms - http_now_ms();

	if (curl_easy_getinfo(h->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
	    fd == CURL_SOCKET_BAD) {
		http_over(h, CURLE_RECV_ERROR);
		return;
	}
	g = xcalloc(1, sizeof *g);
	if (uv_poll_init_socket(h->pool->uv, &g->poll, fd) < 0) {
		free(g);
		http_over(h, CURLE_RECV_ERROR);
		return;
	}
	uv_timer_init(h->pool->uv, &g->timer);
	g->poll.data = g->timer.data = g;
	g->http = h;
	g->pool = h->pool;
	g->fd = fd;
	g->open = 2;
	http_pool_ref(g->pool);
	http_pool_ref(g->pool);
	h->greeting = g;
	uv_update_time(h->pool->uv);
	uv_timer_start(&g->timer, timed_out, left > 0 ? (uint64_t)left : 0, 0);
	uv_poll_start(&g->poll, UV_READABLE, readable);
}

/* tcp: a connection, and a banner if one is expected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "probe_run.h"

#define SHOWN 60 /* bytes of a banner in a reason */

/* The banner's first line, as people may see it; the caller frees. */
static char *shown(const struct http_answer *h)
{
	size_t n = 0;

	while (n < h->body_len && n < SHOWN && !strchr("\r\n", h->body[n]))
		n++;
	struct buf clean;
	buf_init(&clean, 0);
	utf8_clean(&clean, h->body, n, UTF8_ONE_LINE, SHOWN);
	char *text = xstrdup(buf_str(&clean));
	buf_fini(&clean);
	return text;
}

static void read_banner(struct exchange *x, const struct http_answer *h, struct probe_answer *a)
{
	const char *want = x->target->expect.contains;
	int ms = (int)(h->phase.connect / 1000);
	char *said = shown(h);

	a->found = STATUS_OPERATIONAL;
	a->text = x->line;
	if (!want) {
		snprintf(x->line, PROBE_REASON, "connected in %d ms", ms);
	} else if (memmem(h->body, h->body_len, want, strlen(want))) {
		snprintf(x->line, PROBE_REASON, "connected in %d ms, said '%s' after %d ms", ms,
		    said, h->latency_ms);
	} else if (h->body_len) {
		a->found = STATUS_MAJOR;
		snprintf(x->line, PROBE_REASON, "said '%s', expected '%.*s'", said, SHOWN, want);
	} else {
		a->found = STATUS_MAJOR;
		snprintf(x->line, PROBE_REASON,
		    "connected in %d ms, but nothing was said within %d ms, expected '%.*s'", ms,
		    h->latency_ms, SHOWN, want);
	}
	free(said);
}

static struct probe_run *make(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, struct err *e)
{
	struct http_ask ask = { .connect = HTTP_CONNECT_PLAIN, .banner = t->expect.contains };
	struct probe_run *r;
	char host[HOST_MAX];
	int port;

	(void)round; /* opening it is what is looked at */
	if (!host_port(t->url, 0, host, &port, e))
		return NULL;
	char *url = xasprintf(strchr(host, ':') ? "http://[%s]:%d/" : "http://%s:%d/", host, port);
	ask.url = url;
	r = exchange_make(env, t, &ask, read_banner, e);
	free(url);
	return r;
}

const struct probe_ops probe_tcp_ops = { make, exchange_go, exchange_busy, exchange_free };

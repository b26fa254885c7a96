/* tls: a handshake, and until when the certificates hold that prove the name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "base/mem.h"
#include "probe_run.h"

#define HTTPS 443
#define DAY_MS 86400000

static void read_handshake(struct exchange *x, const struct http_answer *h, struct probe_answer *a)
{
	int64_t left = utc_is_set(h->cert_until)
			   ? utc_diff(h->cert_until, x->env->now(x->env->now_ctx)) / DAY_MS
			   : 0;

	a->found = STATUS_OPERATIONAL;
	a->text = x->line;
	snprintf(x->line, PROBE_REASON, "certificates hold for %d days, handshake in %d ms",
	    (int)left, h->latency_ms);
}

static struct probe_run *make(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, struct err *e)
{
	struct http_ask ask = { .connect = HTTP_CONNECT_TLS, .certificate = true };
	struct probe_run *r;
	char host[HOST_MAX];
	int port;

	(void)round; /* opening it is what is looked at */
	if (!host_port(t->url, HTTPS, host, &port, e))
		return NULL;
	char *url =
	    xasprintf(strchr(host, ':') ? "https://[%s]:%d/" : "https://%s:%d/", host, port);
	ask.url = url;
	r = exchange_make(env, t, &ask, read_handshake, e);
	free(url);
	return r;
}

const struct probe_ops probe_tls_ops = { make, exchange_go, exchange_busy, exchange_free };

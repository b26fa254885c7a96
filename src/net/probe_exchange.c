/* What the kinds share that ask through an HTTP pool. */
#include <stdlib.h>

#include "base/mem.h"
#include "probe_run.h"

static void exchanged(void *ctx, const struct http_answer *h)
{
	struct exchange *x = ctx;
	struct probe_answer a = {
		.fault = h->fault,
		.detail = h->detail,
		.latency_ms = h->latency_ms,
		.phase = h->phase,
		.cert_until = h->cert_until,
		.started_ms = h->started_ms,
		.suspect = h->suspect,
	};

	if (x->read) {
		x->read(x, h, &a);
	} else {
		a.code = h->code;
		a.content_type = h->content_type;
		a.body = h->body;
		a.body_len = h->body_len;
		a.retry_after = h->retry_after;
	}
	x->run.done(x->run.ctx, &a);
}

struct probe_run *exchange_make(const struct probe_env *env, const struct probe_target *t,
    struct http_ask *ask,
    void (*read)(struct exchange *x, const struct http_answer *h, struct probe_answer *a),
    struct err *e)
{
	struct exchange *x = xcalloc(1, sizeof *x);

	x->env = env;
	x->target = t;
	x->read = read;
	x->line = read ? xmalloc(PROBE_REASON) : NULL;
	ask->timeout_ms = t->timeout_ms;
	ask->klass = t->klass;
	ask->network = t->network;
	ask->ca_file = t->ca_file;
	ask->cert_file = t->cert_file;
	ask->key_file = t->key_file;
	ask->resolve = t->resolve;
	x->http = http_new(env->pool, ask, exchanged, x, e);
	if (x->http)
		return &x->run;
	free(x->line);
	free(x);
	return NULL;
}

void exchange_go(struct probe_run *r)
{
	http_go(((struct exchange *)r)->http);
}

bool exchange_busy(const struct probe_run *r)
{
	return http_busy(((const struct exchange *)r)->http);
}

void exchange_free(struct probe_run *r)
{
	struct exchange *x = (struct exchange *)r;

	http_free(x->http);
	free(x->line);
	free(x);
}

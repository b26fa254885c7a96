/* http: one request; its answer is judged as it came. */
#include <string.h>

#include "probe_run.h"

static struct probe_run *make(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, struct err *e)
{
	struct http_ask ask = {
		.url = t->url,
		.method = t->method,
		.body = t->body,
		.body_len = t->body ? strlen(t->body) : 0,
		.headers = t->headers,
		.header_count = t->header_count,
		.body_max = PROBE_BODY_MAX,
		.keep = round.keep,
		.turn = round.turn,
		.certificate = t->expect.certificate_days > 0,
	};

	return exchange_make(env, t, &ask, NULL, e);
}

const struct probe_ops probe_http_ops = { make, exchange_go, exchange_busy, exchange_free };

#include "net/chan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "chan_priv.h"
#include "net_priv.h"

#define RETRY_AFTER_MAX_MS 3600000
#define OPEN_MAX_MS 60000 /* longest pause while an open incident waits for a delivery */

const struct chan_kind chan_kinds[] = {
	{ "file", "a file that another program reads: JSON or text", chan_file_build,
	    chan_file_judge },
	{ "webhook", "an HTTP POST, signed as Standard Webhooks 1.0 has it", chan_webhook_build,
	    chan_webhook_judge },
	{ NULL, NULL, NULL, NULL },
};

const struct chan_kind *chan_kind_find(const char *name)
{
	for (const struct chan_kind *k = chan_kinds; k->name; k++)
		if (name && strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

struct delivery_request *delivery_request_copy(const struct delivery_request *r)
{
	struct delivery_request *c = xmalloc(sizeof *c);

	*c = *r;
	c->id = xstrdup(r->id);
	c->destination = xstrdup(r->destination);
	c->kind = xstrdup(r->kind);
	c->url = xstrdup_null(r->url);
	c->secret = xstrdup_null(r->secret);
	c->old_secret = xstrdup_null(r->old_secret);
	c->path = xstrdup_null(r->path);
	c->format = xstrdup_null(r->format);
	c->network = xstrdup_null(r->network);
	c->ca_file = xstrdup_null(r->ca_file);
	c->resolve = xstrdup_null(r->resolve);
	c->type = xstrdup_null(r->type);
	c->data = xstrdup_null(r->data);
	c->text = xstrdup_null(r->text);
	return c;
}

void delivery_request_free(struct delivery_request *r)
{
	if (!r)
		return;
	net_wipe(r->secret);
	net_wipe(r->old_secret);
	net_wipe(r->url); /* webhook addresses are secrets too */
	free(r->id);
	free(r->destination);
	free(r->kind);
	free(r->path);
	free(r->format);
	free(r->network);
	free(r->ca_file);
	free(r->resolve);
	free(r->type);
	free(r->data);
	free(r->text);
	free(r);
}

void chan_send_fini(struct chan_send *s)
{
	net_headers_free(s->headers, s->header_count);
	net_wipe(s->url);
	free(s->path);
	buf_fini(&s->body);
	*s = (struct chan_send){ 0 };
}

int64_t delivery_retry_after(int attempts, bool open_incident, int jitter)
{
	static const int64_t pause_s[] = { 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };
	int last = (int)countof(pause_s);

	if (attempts < 1)
		return 0;
	if (attempts > last && !open_incident)
		return -1;
	int64_t ms = pause_s[attempts > last ? last - 1 : attempts - 1] * 1000;
	jitter = jitter < 0 ? 0 : jitter > 1000 ? 1000 : jitter;
	ms += ms / 5 * (jitter - 500) / 500;
	return open_incident && ms > OPEN_MAX_MS ? OPEN_MAX_MS : ms;
}

int64_t retry_after_ms(const char *value, struct utc now)
{
	int64_t ms;

	if (!value || !*value)
		return -1;
	size_t digits = strspn(value, "0123456789");
	if (value[digits] == 0) {
		ms = digits > 9 ? RETRY_AFTER_MAX_MS : (int64_t)strtol(value, NULL, 10) * 1000;
	} else {
		if (!isalpha((unsigned char)value[0]))
			return -1;
		time_t t = curl_getdate(value, NULL);
		if (t == -1)
			return -1;
		ms = (int64_t)t * 1000 - now.ms;
	}
	return ms < 0 ? 0 : ms > RETRY_AFTER_MAX_MS ? RETRY_AFTER_MAX_MS : ms;
}

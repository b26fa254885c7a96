/* Deliveries: one try each, by HTTP or into a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net_thread.h"
#include "os/file.h"

#define TIMEOUT_MS 30000
#define REPLY_MAX ((size_t)64 << 10)

struct delivery {
	struct deliver *list;
	struct delivery *next, **link;
	struct delivery_request *r;
	const struct chan_kind *kind;
	struct http *http;
};

struct deliver {
	struct net_side *side;
	struct delivery *first;
};

struct deliver *deliver_new(struct net_side *s)
{
	struct deliver *d = xcalloc(1, sizeof *d);

	d->side = s;
	return d;
}

static void delivery_free(struct delivery *d)
{
	*d->link = d->next;
	if (d->next)
		d->next->link = d->link;
	http_free(d->http);
	delivery_request_free(d->r);
	free(d);
}

void deliver_free(struct deliver *d)
{
	if (!d)
		return;
	while (d->first)
		delivery_free(d->first);
	free(d);
}

static void result(struct delivery *d, const struct chan_verdict *v)
{
	struct net_side *s = d->list->side;
	struct delivery_result r = { d->r->id, d->r->destination, net_utc(s), *v };

	net_out_delivery(s->net, &r);
	delivery_free(d);
}

static void give_up(struct delivery *d, const char *why)
{
	struct chan_verdict v = { .state = CHAN_GIVE_UP };

	snprintf(v.detail, sizeof v.detail, "%.*s", CHAN_DETAIL - 1, why);
	result(d, &v);
}

static void answered(void *ctx, const struct http_answer *a)
{
	struct delivery *d = ctx;
	struct chan_verdict v = { 0 };
	struct chan_reply reply = {
		.fault = a->fault,
		.code = a->code,
		.retry_after_ms = retry_after_ms(a->retry_after, net_utc(d->list->side)),
		.detail = a->detail,
	};

	d->kind->judge(&reply, &v);
	result(d, &v);
}

static void post(struct delivery *d, const struct chan_send *send)
{
	struct err e = { 0 };
	struct http_ask ask = {
		.url = send->url,
		.headers = send->headers,
		.header_count = send->header_count,
		.body = buf_str(&send->body),
		.body_len = send->body.len,
		.timeout_ms = d->r->timeout_ms > 0 ? d->r->timeout_ms : TIMEOUT_MS,
		.body_max = REPLY_MAX,
		.klass = d->r->klass,
		.network = d->r->network,
		.ca_file = d->r->ca_file,
		.resolve = d->r->resolve,
	};

	d->http = http_new(d->list->side->pool, &ask, answered, d, &e);
	if (d->http)
		http_go(d->http);
	else
		give_up(d, e.msg);
}

static void put(struct delivery *d, const struct chan_send *send)
{
	struct chan_reply reply = { .code = 200, .retry_after_ms = -1, .detail = "" };
	struct chan_verdict v = { 0 };
	struct err e = { 0 };

	/* Other programs read it. */
	if (!file_write(send->path, send->body.data, send->body.len, 0644, &e)) {
		reply.code = 0;
		reply.fault = FAULT_BROKEN;
		reply.detail = e.msg;
	}
	d->kind->judge(&reply, &v);
	result(d, &v);
}

void deliver_send(struct deliver *list, struct delivery_request *take)
{
	struct delivery *d = xcalloc(1, sizeof *d);
	struct chan_send send = { 0 };
	struct err e = { 0 };

	d->list = list;
	d->r = take;
	d->kind = chan_kind_find(take->kind);
	d->next = list->first;
	d->link = &list->first;
	if (d->next)
		d->next->link = &d->next;
	list->first = d;
	if (!d->kind)
		give_up(d, "no channel of this kind");
	else if (!d->kind->build(take, net_utc(list->side), &send, &e))
		give_up(d, e.msg);
	else if (send.url)
		post(d, &send);
	else
		put(d, &send);
	chan_send_fini(&send);
}

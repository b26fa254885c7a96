/* Deliveries: one try each, a talk of one request or a few, by HTTP, by mail, into a file or to a
 * program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net_thread.h"
#include "os/file.h"
#include "program.h"

#define TIMEOUT_MS 30000
#define REPLY_MAX ((size_t)64 << 10)
#define STEPS_MAX 1000 /* a talk that does not end is no talk */

struct delivery {
	struct deliver *list;
	struct delivery *next, **link;
	struct delivery_request *r;
	const struct chan_kind *kind;
	struct chan_talk talk;
	struct http *http;
	struct program *program;
	int steps;
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

/* What a step used. */
static void step_fini(struct delivery *d)
{
	http_free(d->http);
	program_free(d->program);
	d->http = NULL;
	d->program = NULL;
}

static void delivery_free(struct delivery *d)
{
	*d->link = d->next;
	if (d->next)
		d->next->link = d->link;
	step_fini(d);
	chan_talk_fini(&d->talk);
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
	struct delivery_result r = { .id = d->r->id,
		.destination = d->r->destination,
		.at = net_utc(s),
		.verdict = *v,
		.reference = d->talk.reference,
		.told = d->talk.told,
		.told_count = d->talk.told_count };

	net_out_delivery(s->net, &r);
	delivery_free(d);
}

static void give_up(struct delivery *d, const char *why)
{
	struct chan_verdict v = { .state = CHAN_GIVE_UP };

	snprintf(v.detail, sizeof v.detail, "%.*s", CHAN_DETAIL - 1, why);
	result(d, &v);
}

static void step(struct delivery *d);

static void judge(struct delivery *d, const struct chan_reply *reply)
{
	struct chan_verdict v = { 0 };

	d->kind->judge(&d->talk, reply, &v);
	if (v.state != CHAN_NEXT) {
		result(d, &v);
		return;
	}
	step_fini(d);
	step(d);
}

static void answered(void *ctx, const struct http_answer *a)
{
	struct delivery *d = ctx;
	struct chan_reply reply = {
		.fault = a->fault,
		.code = a->code,
		.retry_after_ms = retry_after_ms(a->retry_after, net_utc(d->list->side)),
		.detail = a->detail,
		.body = a->body,
		.body_len = a->body_len,
		.said = a->said,
	};

	judge(d, &reply);
}

static int timeout_of(const struct delivery *d)
{
	return d->r->timeout_ms > 0 ? d->r->timeout_ms : TIMEOUT_MS;
}

static void post(struct delivery *d, const struct chan_send *send)
{
	struct err e = { 0 };
	struct http_mail_ask mail = { d->r->from, send->to.items, send->to.count, d->r->user,
		d->r->password, d->r->plain };
	struct http_ask ask = {
		.url = send->url,
		.method = send->method,
		.headers = send->headers,
		.header_count = send->header_count,
		.body = buf_str(&send->body),
		.body_len = send->body.len,
		.timeout_ms = timeout_of(d),
		.body_max = send->reply_max ? send->reply_max : REPLY_MAX,
		.klass = d->r->klass,
		.network = d->r->network,
		.ca_file = d->r->ca_file,
		.resolve = d->r->resolve,
		.mail = send->via == CHAN_MAIL ? &mail : NULL,
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
	struct err e = { 0 };

	/* Other programs read it. */
	if (!file_write(send->path, send->body.data, send->body.len, 0644, &e)) {
		reply.code = 0;
		reply.fault = FAULT_BROKEN;
		reply.detail = e.msg;
	}
	judge(d, &reply);
}

/* ---- a program ---- */

static void ended(void *ctx, enum probe_fault fault, int status, const char *words)
{
	struct chan_reply reply = {
		.fault = fault, .code = status, .retry_after_ms = -1, .detail = words
	};

	judge(ctx, &reply);
}

/* PATH, LANG, and what the configuration names. */
static char **environment(const struct delivery_request *r)
{
	static const char *const always[] = { "PATH", "LANG" };
	char **env = xcalloc(countof(always) + r->environment.count + 1, sizeof *env);
	size_t n = 0;

	for (size_t i = 0; i < countof(always) + r->environment.count; i++) {
		const char *name =
		    i < countof(always) ? always[i] : r->environment.items[i - countof(always)];
		const char *value = getenv(name);

		if (value)
			env[n++] = xasprintf("%s=%s", name, value);
	}
	return env;
}

static void run(struct delivery *d, const struct chan_send *send)
{
	const struct delivery_request *r = d->r;
	char **argv = xcalloc(r->arguments.count + 2, sizeof *argv), **env = environment(r);
	struct err e = { 0 };

	argv[0] = r->command;
	for (size_t i = 0; i < r->arguments.count; i++)
		argv[i + 1] = r->arguments.items[i];
	d->program = program_run(d->list->side->loop, argv, env, send->body.data, send->body.len,
	    timeout_of(d), ended, d, &e);
	for (char **p = env; *p; p++)
		free(*p);
	free(env);
	free(argv);
	if (!d->program)
		judge(d, &(struct chan_reply){ .fault = FAULT_BROKEN, .detail = e.msg });
}

/* ---- the talk ---- */

static void step(struct delivery *d)
{
	static void (*const by[])(struct delivery *, const struct chan_send *) = {
		[CHAN_HTTP] = post, [CHAN_FILE] = put, [CHAN_MAIL] = post, [CHAN_PROGRAM] = run
	};
	struct chan_send send = { 0 };
	struct err e = { 0 };

	if (++d->steps > STEPS_MAX)
		give_up(d, "it asks for ever more requests");
	else if (!d->kind->build(&d->talk, &send, &e))
		give_up(d, e.msg);
	else
		by[send.via](d, &send);
	chan_send_fini(&send);
}

void deliver_send(struct deliver *list, struct delivery_request *take)
{
	struct delivery *d = xcalloc(1, sizeof *d);

	d->list = list;
	d->r = take;
	d->kind = chan_kind_find(take->kind);
	chan_talk_init(&d->talk, take, net_utc(list->side));
	d->next = list->first;
	d->link = &list->first;
	if (d->next)
		d->next->link = &d->next;
	list->first = d;
	if (d->kind && !d->kind->whole)
		step(d);
	else
		give_up(d, "no channel of this kind");
}

#include "net/net.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "net_thread.h"
#include "os/clock.h"

/* cJSON and OpenSSL run on it. */
#define STACK ((size_t)1 << 20)
#define BEAT_MS 1000
#define DESCRIPTORS 65536
#define FLUSH_MS 20

enum cmd_kind { CMD_TARGETS, CMD_FEEDS, CMD_PROBE, CMD_FEED, CMD_DELIVER, CMD_CLOCK, CMD_STOP };

struct cmd {
	struct cmd *next;
	enum cmd_kind kind;
	size_t count;
	union {
		struct probe_target **targets;
		struct feed_source **feeds;
		struct delivery_request *delivery;
		char *id;
		struct utc now;
	} u;
};

struct out_feed {
	struct feed_result r;
	struct out_feed *next;
};

struct out_delivery {
	struct delivery_result r;
	struct chan_talk talk; /* owns r.told */
	struct out_delivery *next;
};

/* Results on their way to the main loop. */
struct out {
	struct observation *seen;
	size_t seen_count, seen_cap;
	struct out_feed *feeds, **feeds_end;
	struct out_delivery *deliveries, **deliveries_end;
};

struct net {
	/* Of the main loop. */
	const struct net_handler *handler;
	void *ctx;
	struct loop_waker *to_main;
	uv_thread_t thread;
	char *const *parse_argv;
	/* Of both, under `lock`. */
	uv_mutex_t lock;
	struct cmd *cmds, **cmds_end;
	struct out out;
	struct net_figures figures;
	/* Of the network thread. */
	struct net_side side;
	struct loop_waker *to_net;
	struct utc manual; /* the last instant of a clock by hand */
	bool by_hand;
	struct loop_timer *beat, *flush;
};

int net_jitter(void)
{
	unsigned n = 0;

	if (getrandom(&n, sizeof n, GRND_NONBLOCK) != (ssize_t)sizeof n)
		n = (unsigned)clock_mono().ms;
	return (int)(n % 1000);
}

/* ---- the network thread ---- */

struct utc net_utc(const struct net_side *s)
{
	return s->net->by_hand ? s->net->manual : clock_utc();
}

/* Steps of the wall clock must not start or stop a round: real time counts here. */
static int64_t schedule_now(void *ctx)
{
	const struct net *n = ctx;

	return n->by_hand ? n->manual.ms : clock_mono().ms * clock_speed();
}

/* What comes in within a moment is handed over together. */
static void wake_main(struct net *n, bool was_empty)
{
	uv_mutex_unlock(&n->lock);
	if (was_empty)
		loop_timer_after(n->flush, FLUSH_MS);
}

static void flush(void *ctx)
{
	struct net *n = ctx;

	loop_wake(n->to_main);
}

static bool out_empty(const struct out *o)
{
	return !o->seen_count && !o->feeds && !o->deliveries;
}

void net_out_observation(struct net *n, const struct observation *o)
{
	uv_mutex_lock(&n->lock);
	bool was = out_empty(&n->out);
	n->out.seen = xgrow(n->out.seen, n->out.seen_count, &n->out.seen_cap);
	n->out.seen[n->out.seen_count] = *o;
	n->out.seen[n->out.seen_count++].target = xstrdup(o->target);
	wake_main(n, was);
}

void net_out_feed(struct net *n, const struct feed_result *r)
{
	struct out_feed *o = xcalloc(1, sizeof *o);

	o->r = *r;
	o->r.id = xstrdup(r->id);
	o->r.detail = xstrdup(r->detail ? r->detail : "");
	o->r.moved_to = xstrdup_null(r->moved_to);
	o->r.text = xstrdup_null(r->text);
	uv_mutex_lock(&n->lock);
	bool was = out_empty(&n->out);
	*n->out.feeds_end = o;
	n->out.feeds_end = &o->next;
	wake_main(n, was);
}

void net_out_delivery(struct net *n, const struct delivery_result *r)
{
	struct out_delivery *o = xcalloc(1, sizeof *o);

	o->r = *r;
	o->r.id = xstrdup(r->id);
	o->r.destination = xstrdup(r->destination);
	o->r.reference = xstrdup(r->reference ? r->reference : "");
	for (size_t i = 0; i < r->told_count; i++)
		chan_tell(&o->talk, r->told[i].address, r->told[i].state, r->told[i].detail);
	o->r.told = o->talk.told;
	uv_mutex_lock(&n->lock);
	bool was = out_empty(&n->out);
	*n->out.deliveries_end = o;
	n->out.deliveries_end = &o->next;
	wake_main(n, was);
}

/* The figures that the main loop may read are renewed each second. */
static void beat(void *ctx)
{
	struct net *n = ctx;
	struct net_figures f = { 0 };
	struct rusage use;

	watch_figures(n->side.watch, &f);
	f.feeds = fetch_count(n->side.fetch);
	f.in_flight = http_pool_running(n->side.pool);
	f.waiting = http_pool_waiting(n->side.pool);
	f.suspects = http_pool_suspects(n->side.pool);
	if (getrusage(RUSAGE_THREAD, &use) == 0)
		f.cpu_ms = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
			   (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
	uv_mutex_lock(&n->lock);
	n->figures = f;
	uv_mutex_unlock(&n->lock);
	loop_timer_after(n->beat, BEAT_MS);
}

static void side_close(struct net *n)
{
	struct net_side *s = &n->side;

	loop_timer_free(n->beat);
	parser_free(s->parser); /* first: it answers into fetch and watch */
	watch_free(s->watch);
	fetch_free(s->fetch);
	deliver_free(s->deliver);
	loop_timer_free(n->flush);
	http_pool_free(s->pool);
	sched_free(s->sched);
	loop_stop(s->loop);
}

static void cmd_run(struct net *n, struct cmd *c)
{
	struct net_side *s = &n->side;

	switch (c->kind) {
	case CMD_TARGETS:
		watch_set(s->watch, c->u.targets, c->count);
		break;
	case CMD_FEEDS:
		fetch_set(s->fetch, c->u.feeds, c->count);
		break;
	case CMD_PROBE:
		watch_now(s->watch, c->u.id);
		free(c->u.id);
		break;
	case CMD_FEED:
		fetch_now(s->fetch, c->u.id);
		free(c->u.id);
		break;
	case CMD_DELIVER:
		deliver_send(s->deliver, c->u.delivery);
		break;
	case CMD_CLOCK:
		n->manual = c->u.now;
		sched_run(s->sched);
		break;
	case CMD_STOP:
		side_close(n);
		break;
	}
	free(c);
}

static void woken(void *ctx)
{
	struct net *n = ctx;
	struct cmd *c;

	uv_mutex_lock(&n->lock);
	c = n->cmds;
	n->cmds = NULL;
	n->cmds_end = &n->cmds;
	uv_mutex_unlock(&n->lock);
	while (c) {
		struct cmd *next = c->next;
		cmd_run(n, c);
		c = next;
	}
}

static void thread_run(void *ctx)
{
	struct net *n = ctx;

	loop_run(n->side.loop);
}

/* Kept connections need many; the soft limit is low for old programs with select(). */
static size_t descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return 1024;
	if (r.rlim_cur < r.rlim_max && r.rlim_cur < DESCRIPTORS) {
		r.rlim_cur = r.rlim_max < DESCRIPTORS ? r.rlim_max : DESCRIPTORS;
		setrlimit(RLIMIT_NOFILE, &r);
		getrlimit(RLIMIT_NOFILE, &r);
	}
	return r.rlim_cur < DESCRIPTORS ? (size_t)r.rlim_cur : DESCRIPTORS;
}

static void side_open(struct net *n)
{
	struct net_side *s = &n->side;

	s->net = n;
	s->loop = loop_new();
	s->pool = http_pool_new(loop_uv(s->loop), descriptors());
	s->sched = sched_new(s->loop, schedule_now, n, clock_speed());
	s->parser = parser_new(s->loop, n->parse_argv);
	s->watch = watch_new(s);
	s->fetch = fetch_new(s);
	s->deliver = deliver_new(s);
	n->to_net = loop_waker_new(s->loop, woken, n);
	n->beat = loop_timer_new(s->loop, beat, n);
	n->flush = loop_timer_new(s->loop, flush, n);
	loop_timer_after(n->beat, BEAT_MS);
}

/* ---- the main loop ---- */

static void out_init(struct out *o)
{
	*o = (struct out){ 0 };
	o->feeds_end = &o->feeds;
	o->deliveries_end = &o->deliveries;
}

/* Hands out everything; without a handler it only frees. */
static void out_drain(struct out *o, const struct net_handler *h, void *ctx)
{
	if (h && o->seen_count)
		h->observed(ctx, o->seen, o->seen_count);
	for (size_t i = 0; i < o->seen_count; i++)
		free((void *)(uintptr_t)o->seen[i].target);
	free(o->seen);
	for (struct out_feed *f = o->feeds, *next; f; f = next) {
		next = f->next;
		if (h)
			h->fed(ctx, &f->r);
		else
			feed_doc_free(f->r.doc);
		free((void *)(uintptr_t)f->r.id);
		free((void *)(uintptr_t)f->r.detail);
		free((void *)(uintptr_t)f->r.moved_to);
		free((void *)(uintptr_t)f->r.text);
		free(f);
	}
	for (struct out_delivery *d = o->deliveries, *next; d; d = next) {
		next = d->next;
		if (h)
			h->delivered(ctx, &d->r);
		free((void *)(uintptr_t)d->r.id);
		free((void *)(uintptr_t)d->r.destination);
		free((void *)(uintptr_t)d->r.reference);
		chan_talk_fini(&d->talk);
		free(d);
	}
}

static void results(void *ctx)
{
	struct net *n = ctx;
	struct out o;

	uv_mutex_lock(&n->lock);
	o = n->out;
	if (o.feeds_end == &n->out.feeds)
		o.feeds_end = &o.feeds;
	out_init(&n->out);
	uv_mutex_unlock(&n->lock);
	out_drain(&o, n->handler, n->ctx);
}

static void send_cmd(struct net *n, const struct cmd *what)
{
	struct cmd *c = xmalloc(sizeof *c);

	*c = *what;
	c->next = NULL;
	uv_mutex_lock(&n->lock);
	*n->cmds_end = c;
	n->cmds_end = &c->next;
	uv_mutex_unlock(&n->lock);
	loop_wake(n->to_net);
}

struct net *net_start(struct loop *main_loop, const struct net_handler *h, void *ctx,
    char *const parse_argv[], struct err *e)
{
	struct net *n = xcalloc(1, sizeof *n);
	uv_thread_options_t opt = { .flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = STACK };
	sigset_t all, before;

	/* libcurl would write every session's keys where this points. */
	unsetenv("SSLKEYLOGFILE");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	n->handler = h;
	n->ctx = ctx;
	n->parse_argv = parse_argv;
	n->by_hand = clock_is_manual();
	n->manual = clock_utc();
	n->cmds_end = &n->cmds;
	out_init(&n->out);
	uv_mutex_init(&n->lock);
	n->to_main = loop_waker_new(main_loop, results, n);
	side_open(n);

	/* Signals are the main loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	int r = uv_thread_create_ex(&n->thread, &opt, thread_run, n);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		return n;
	err_set(e, ERR_IO, "network thread: %s", uv_strerror(r));
	side_close(n);
	loop_waker_free(n->to_net);
	loop_free(n->side.loop);
	loop_waker_free(n->to_main);
	uv_mutex_destroy(&n->lock);
	free(n);
	return NULL;
}

void net_stop(struct net *n)
{
	if (!n)
		return;
	send_cmd(n, &(struct cmd){ .kind = CMD_STOP });
	uv_thread_join(&n->thread);
	loop_waker_free(n->to_net);
	loop_free(n->side.loop);
	loop_waker_free(n->to_main);
	out_drain(&n->out, NULL, NULL);
	uv_mutex_destroy(&n->lock);
	free(n);
}

void net_set_targets(struct net *n, const struct probe_target *targets, size_t count)
{
	struct cmd c = { .kind = CMD_TARGETS, .count = count };

	c.u.targets = xcalloc(count + 1, sizeof(struct probe_target *));
	for (size_t i = 0; i < count; i++)
		c.u.targets[i] = probe_target_copy(&targets[i]);
	send_cmd(n, &c);
}

void net_set_feeds(struct net *n, const struct feed_source *feeds, size_t count)
{
	struct cmd c = { .kind = CMD_FEEDS, .count = count };

	c.u.feeds = xcalloc(count + 1, sizeof(struct feed_source *));
	for (size_t i = 0; i < count; i++)
		c.u.feeds[i] = feed_source_copy(&feeds[i]);
	send_cmd(n, &c);
}

void net_probe_now(struct net *n, const char *id)
{
	send_cmd(n, &(struct cmd){ .kind = CMD_PROBE, .u.id = xstrdup(id) });
}

void net_feed_now(struct net *n, const char *id)
{
	send_cmd(n, &(struct cmd){ .kind = CMD_FEED, .u.id = xstrdup(id) });
}

void net_deliver(struct net *n, const struct delivery_request *r)
{
	send_cmd(n, &(struct cmd){ .kind = CMD_DELIVER, .u.delivery = delivery_request_copy(r) });
}

void net_clock_moved(struct net *n)
{
	if (n->by_hand)
		send_cmd(n, &(struct cmd){ .kind = CMD_CLOCK, .u.now = clock_utc() });
}

void net_figures(struct net *n, struct net_figures *out)
{
	uv_mutex_lock(&n->lock);
	*out = n->figures;
	uv_mutex_unlock(&n->lock);
}

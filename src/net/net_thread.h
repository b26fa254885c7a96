/* What the parts of the network thread share. All of it belongs to that thread, but for the queues
 * of net.c. */
#ifndef NET_NET_THREAD_H
#define NET_NET_THREAD_H

#include "http.h"
#include "net/net.h"
#include "net/parse.h"
#include "sched.h"

struct watch;
struct fetch;
struct deliver;

struct net_side {
	struct net *net;
	struct loop *loop;
	struct http_pool *pool;
	struct sched *sched;
	struct parser *parser;
	struct watch *watch;
	struct fetch *fetch;
	struct deliver *deliver;
};

/* The virtual time. */
struct utc net_utc(const struct net_side *s);

/* Results, from the network thread to the main loop. Everything is copied, but for the document of
 * a feed result, which is handed over. */
void net_out_observation(struct net *n, const struct observation *o);
void net_out_feed(struct net *n, const struct feed_result *r);
void net_out_delivery(struct net *n, const struct delivery_result *r);

/* 0 to 999, from the system's random source. */
int net_jitter(void);

/* Targets: watch.c. The list and what is in it is taken over. */
struct watch *watch_new(struct net_side *s);
void watch_free(struct watch *w);
void watch_set(struct watch *w, struct probe_target **targets, size_t count);
void watch_now(struct watch *w, const char *id);
void watch_figures(struct watch *w, struct net_figures *out);

/* Feeds: fetch.c. */
struct fetch *fetch_new(struct net_side *s);
void fetch_free(struct fetch *f);
void fetch_set(struct fetch *f, struct feed_source **sources, size_t count);
void fetch_now(struct fetch *f, const char *id);
size_t fetch_count(const struct fetch *f);

struct feed_source *feed_source_copy(const struct feed_source *s);
void feed_source_free(struct feed_source *s);

/* Deliveries: deliver.c. */
struct deliver *deliver_new(struct net_side *s);
void deliver_free(struct deliver *d); /* what runs is broken off without a result */
void deliver_send(struct deliver *d, struct delivery_request *take);

#endif

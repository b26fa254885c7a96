/* The network: probes, feeds and deliveries on a thread of their own. The calls are for the thread
 * of the main loop, take values and copy them; results come back on the main loop. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/time.h"
#include "net/chan.h"
#include "net/feed.h"
#include "net/probe.h"
#include "os/loop.h"

struct net;

struct feed_source {
	char *id;      /* unique; the engine's own key */
	char *format;  /* a row of feed_formats, or "auto" */
	char *mapping; /* of a format that needs one, as feed_frame takes it; NULL */
	char *url;
	char *folder; /* absolute path: documents are dropped there; NULL: the url is fetched */
	int64_t interval_ms; /* virtual */
	int timeout_ms;	     /* real; 0: 15 s */
	struct net_header *headers;
	size_t header_count;
	enum net_class klass;		   /* a carrier's page is NET_EXTERNAL */
	char *resolve, *network, *ca_file; /* as in struct probe_target */
};

struct feed_result {
	const char *id;	      /* of the source */
	struct utc at;	      /* virtual, of the answer */
	bool ok;	      /* the document that is known is good as of `at` */
	struct feed_doc *doc; /* the new document, which now belongs to the callee; NULL: failed, or
				 nothing changed since the last one */
	int code;	      /* HTTP status, 0: none */
	enum probe_fault fault;
	struct utc next_at;   /* virtual; when it is asked again */
	const char *detail;   /* one clean line: why it failed; "" */
	const char *moved_to; /* a permanent redirect was seen; NULL */
	size_t size;	      /* bytes of the answer's body, decoded */
	int latency_ms;	      /* real; -1: no answer */
	const char *text; /* the body's start, clean, for people; NULL: none, or the one before */
};

#define FEED_SHOWN_MAX ((size_t)24 << 10) /* of feed_result.text: escaped it still fits a line */

struct delivery_result {
	const char *id; /* of the delivery */
	const char *destination;
	struct utc at; /* virtual */
	struct chan_verdict verdict;
	const char *reference;	      /* what the other end calls the incident; "" */
	const struct chan_told *told; /* mail: each recipient that was tried */
	size_t told_count;
};

struct net_handler {
	void (*observed)(void *ctx, const struct observation *list, size_t count);
	void (*fed)(void *ctx, struct feed_result *r);
	void (*delivered)(void *ctx, const struct delivery_result *r);
};

/* Renewed each second. Lateness is of the last whole minute (real time), or of the time since the
 * start before that is over. */
struct net_figures {
	size_t targets, feeds;
	size_t in_flight, waiting;
	size_t suspects;	      /* hosts that do not answer at all */
	int64_t started, finished;    /* probes, since the start */
	int late_max_ms, late_p99_ms; /* start of a probe minus its due time, hosts that answer */
	int64_t cpu_ms;		      /* of the thread, since the start */
};

/* One at a time in a process. `parse_argv` starts the parse child (NULL: this program). NULL: *e.
 */
struct net *net_start(struct loop *main_loop, const struct net_handler *h, void *ctx,
    char *const parse_argv[], struct err *e);
/* Ends within 2 s whatever the other ends do; no handler runs after it. */
void net_stop(struct net *n);

/* The full list each time. What is unchanged keeps its schedule and its connection, what is new is
 * spread over its interval, what is gone stops; a result of a gone one may still arrive. */
void net_set_targets(struct net *n, const struct probe_target *targets, size_t count);
void net_set_feeds(struct net *n, const struct feed_source *feeds, size_t count);

/* Out of turn, at once; the schedule stays. Unknown ids are ignored. */
void net_probe_now(struct net *n, const char *id);
void net_feed_now(struct net *n, const char *id);

/* One try; the handler gets its verdict. The engine decides when to try again. */
void net_deliver(struct net *n, const struct delivery_request *r);

/* After clock_advance on a manual clock: asks what has become due. */
void net_clock_moved(struct net *n);

void net_figures(struct net *n, struct net_figures *out);

#endif

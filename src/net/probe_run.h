/* How a kind of probe is run: one file and one row of probe_kinds each. All of it is on the network
 * thread. Who may start when is the same for all of them (slots.h), what an answer means is judged
 * elsewhere (net/probe.h). */
#ifndef NET_PROBE_RUN_H
#define NET_PROBE_RUN_H

#include "http.h"
#include "net/probe.h"
#include "os/loop.h"

struct probe_env {
	struct loop *loop;
	struct http_pool *pool;
	struct utc (*now)(const void *ctx); /* virtual */
	const void *now_ctx;
};

/* Texts are valid during the callback. */
struct probe_answer {
	enum probe_fault fault;
	const char *detail; /* of the fault, clean; never NULL */
	int latency_ms;
	struct probe_phases phase;
	struct utc cert_until; /* UTC_NONE: not known */
	int64_t started_ms;    /* CLOCK_BOOTTIME, when a slot was free */
	bool suspect;
	/* http: the answer as it came. */
	int code;
	const char *content_type, *body, *retry_after; /* NULL: none */
	size_t body_len;
	/* All others: as in struct http_result. */
	enum status found;
	const char *text;
};

typedef void probe_done(void *ctx, const struct probe_answer *a);

/* The first member of what each kind keeps for a target. */
struct probe_run {
	const struct probe_ops *ops;
	probe_done *done;
	void *ctx;
};

/* What is known of the rounds to come. */
struct probe_round {
	bool keep; /* a connection may be kept for the next one */
	int turn;  /* when in a round it is asked, as in struct http_ask */
};

struct probe_ops {
	/* Environment and target outlive the run. NULL: it can never be asked, *e says why. */
	struct probe_run *(*make)(const struct probe_env *env, const struct probe_target *t,
	    struct probe_round round, struct err *e);
	/* Queues a round; ignored while one runs. `done` follows once, never inside of it. */
	void (*go)(struct probe_run *r);
	bool (*busy)(const struct probe_run *r);
	void (*free)(struct probe_run *r); /* a round that runs is broken off without `done` */
};

/* `done` may call probe_run_go, not probe_run_free. */
struct probe_run *probe_run_new(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, probe_done *done, void *ctx, struct err *e);
void probe_run_go(struct probe_run *r);
bool probe_run_busy(const struct probe_run *r);
void probe_run_free(struct probe_run *r); /* NULL is fine */

/* The kinds that go through an HTTP pool: one request, read in their own way. */
struct exchange {
	struct probe_run run;
	const struct probe_env *env;
	const struct probe_target *target;
	struct http *http;
	/* Turns what came into found and text. NULL: it is an HTTP answer. */
	void (*read)(struct exchange *x, const struct http_answer *h, struct probe_answer *a);
	char *line; /* PROBE_REASON bytes for the text; NULL: it is an HTTP answer */
};
struct probe_run *exchange_make(const struct probe_env *env, const struct probe_target *t,
    struct http_ask *ask,
    void (*read)(struct exchange *x, const struct http_answer *h, struct probe_answer *a),
    struct err *e);
void exchange_go(struct probe_run *r);
bool exchange_busy(const struct probe_run *r);
void exchange_free(struct probe_run *r);

extern const struct probe_ops probe_http_ops, probe_tcp_ops, probe_tls_ops;

#endif

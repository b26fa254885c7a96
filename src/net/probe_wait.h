/* What the kinds share that do not go through curl: they wait for a slot of their host, start, and
 * end by an answer or by the time-out. */
#ifndef NET_PROBE_WAIT_H
#define NET_PROBE_WAIT_H

#include "probe_run.h"
#include "slots.h"

struct waiting {
	struct probe_run run;
	struct slot slot;
	const struct probe_env *env;
	const struct probe_target *target;
	struct loop_timer *kick, *limit;
	int64_t started_us;    /* CLOCK_MONOTONIC */
	struct probe_answer a; /* filled in by the kind before waiting_end */
	char line[PROBE_REASON];
	bool busy;
	/* Begins a round. May end it at once. */
	void (*start)(struct waiting *w);
	/* Gives up what the round holds: it has ended, timed out or is broken off. */
	void (*stop)(struct waiting *w);
};

/* `host` NULL: nothing is asked of another machine. `named`: it must be looked up. */
void waiting_init(struct waiting *w, const struct probe_env *env, const struct probe_target *t,
    const char *host, bool named);
void waiting_fini(struct waiting *w);

void waiting_go(struct probe_run *r);
bool waiting_busy(const struct probe_run *r);

/* The name of the host is known now. */
void waiting_looked_up(struct waiting *w);
/* Microseconds since the round started. */
int64_t waiting_us(const struct waiting *w);
/* Ends the round with what `a` holds; a text that is not set is `line`. The round may be started
 * again, or the run freed by its owner, as soon as this returns: nothing of it is touched behind
 * the call. */
void waiting_end(struct waiting *w);
/* The same with a fault; `detail` is kept during the call. */
void waiting_fail(struct waiting *w, enum probe_fault fault, const char *detail);

extern const struct probe_ops probe_dns_ops, probe_icmp_ops, probe_heartbeat_ops;

#endif

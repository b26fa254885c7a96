/* A main loop, a farm and a network thread, and what came back from it. */
#ifndef TESTS_NET_RIG_H
#define TESTS_NET_RIG_H

#include "t.h"

#include "base/mem.h"
#include "net/farm.h"
#include "net/net.h"
#include "net/parse.h"
#include "os/clock.h"

#define RIG_GUARD_MS 20000

struct rig {
	struct loop *loop;
	struct farm *farm;
	struct net *net;
	struct loop_timer *guard;
	bool late;
	struct observation *seen;
	char (*seen_id)[64];
	size_t seen_count, seen_cap, ids_cap;
	struct feed_result fed; /* the last one; doc is the rig's */
	char fed_detail[400];
	size_t fed_count;
	struct delivery_result delivered;
	size_t delivered_count, states[CHAN_NEXT + 1]; /* how many of each */
};

static inline void rig_observed(void *ctx, const struct observation *list, size_t count)
{
	struct rig *r = ctx;
	for (size_t i = 0; i < count; i++) {
		r->seen = xgrow(r->seen, r->seen_count, &r->seen_cap);
		r->seen_id = xgrow(r->seen_id, r->seen_count, &r->ids_cap);
		snprintf(r->seen_id[r->seen_count], 64, "%s", list[i].target);
		r->seen[r->seen_count++] = list[i];
	}
}

static inline void rig_fed(void *ctx, struct feed_result *f)
{
	struct rig *r = ctx;
	feed_doc_free(r->fed.doc);
	r->fed = *f;
	snprintf(r->fed_detail, sizeof r->fed_detail, "%s", f->detail);
	r->fed.detail = r->fed_detail;
	r->fed_count++;
}

static inline void rig_delivered(void *ctx, const struct delivery_result *d)
{
	struct rig *r = ctx;
	r->delivered = *d;
	r->delivered_count++;
	r->states[d->verdict.state]++;
}

static inline void rig_late(void *ctx)
{
	struct rig *r = ctx;
	r->late = true;
}

static const struct net_handler rig_handler = { rig_observed, rig_fed, rig_delivered };

/* The test program itself is the parse child when it is called so. */
static inline int rig_start(void **state)
{
	struct rig *r = xcalloc(1, sizeof *r);
	struct err e = { 0 };

	r->loop = loop_new();
	r->farm = farm_new(r->loop, 0, &e);
	if (!r->farm)
		fail_msg("%s", e.msg);
	r->net = net_start(r->loop, &rig_handler, r, NULL, &e);
	if (!r->net)
		fail_msg("%s", e.msg);
	r->guard = loop_timer_new(r->loop, rig_late, r);
	*state = r;
	return 0;
}

static inline int rig_stop(void **state)
{
	struct rig *r = *state;

	net_stop(r->net);
	farm_free(r->farm);
	loop_timer_free(r->guard);
	loop_free(r->loop);
	feed_doc_free(r->fed.doc);
	free(r->seen);
	free(r->seen_id);
	free(r);
	clock_use_real();
	return 0;
}

/* Turns the loop until `*count` is `want`, or the guard's time is over: a failure. */
static inline void rig_until(struct rig *r, const size_t *count, size_t want)
{
	r->late = false;
	loop_timer_after(r->guard, RIG_GUARD_MS);
	while (*count < want && !r->late)
		loop_run_once(r->loop, true);
	loop_timer_stop(r->guard);
	if (*count < want)
		fail_msg("only %zu of %zu results in %d ms", *count, want, RIG_GUARD_MS);
}

static inline void rig_set(struct rig *r, const char *path, const char *behaviour)
{
	struct err e = { 0 };
	if (!farm_set(r->farm, path, behaviour, &e))
		fail_msg("%s", e.msg);
}

static inline const struct observation *rig_seen(const struct rig *r, const char *id)
{
	for (size_t i = r->seen_count; i > 0; i--)
		if (strcmp(r->seen_id[i - 1], id) == 0)
			return &r->seen[i - 1];
	return NULL;
}

static inline int rig_main_child(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "parse-child") == 0 ? parse_child_main() : -1;
}

#endif

#include "t.h"

#include "delivered.h"

const struct posted_update *told_at(const struct snapshot *s, const char *stream, size_t n)
{
	const struct snap_incident *inc = snap_incident(s, stream);
	const struct snap_maintenance *m = snap_maintenance(s, stream);
	const struct posted_update *list = inc ? inc->updates : m ? m->notices : NULL;
	size_t count = inc ? inc->update_count
		       : m ? m->notice_count
			   : 0,
	       total = (size_t)(inc ? inc->updates_total
				: m ? m->notices_total
				    : 0),
	       left_out = total - count;

	return n >= left_out && n - left_out < count ? &list[n - left_out] : NULL;
}

const struct delivery_state *delivery_at(
    const struct snapshot *s, const char *stream, size_t n, const char *destination)
{
	const struct posted_update *u = told_at(s, stream, n);

	for (size_t i = 0; u && i < u->delivery_count; i++)
		if (strcmp(u->deliveries[i].destination, destination) == 0)
			return &u->deliveries[i];
	return NULL;
}

struct wanted {
	const char *stream, *destination, *state;
	size_t n;
};

static bool is_so(const struct snapshot *s, void *ctx)
{
	const struct wanted *w = ctx;
	const struct delivery_state *d = delivery_at(s, w->stream, w->n, w->destination);

	return d && strcmp(d->state, w->state) == 0;
}

const struct delivery_state *delivery_until(
    struct peer *p, const char *stream, size_t n, const char *destination, const char *state)
{
	struct wanted w = { stream, destination, state, n };
	const struct delivery_state *d;

	if (!peer_until(p, is_so, &w, RIG_WAIT_MS)) {
		d = delivery_at(p->snap, stream, n, destination);
		fail_msg("%s: what was told as number %zu is not %s at %s: %s, %s", stream, n,
		    state, destination, d ? d->state : "not there",
		    d && d->detail ? d->detail : "");
	}
	return delivery_at(p->snap, stream, n, destination);
}

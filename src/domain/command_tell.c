/* Deliveries by hand: try again now, or give up. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct delivery_state *state_at(const struct posted_update *u, const char *to)
{
	for (size_t i = 0; i < u->delivery_count; i++)
		if (strcmp(u->deliveries[i].destination, to) == 0)
			return &u->deliveries[i];
	return NULL;
}

static bool is(const struct delivery_state *s, const char *state)
{
	return strcmp(s->state, state) == 0;
}

static bool waits(const struct delivery_state *s)
{
	return is(s, "waiting") || is(s, "failed");
}

/* The delivery that is meant: of the update that is named, or else the oldest that waits, or else
 * the newest that was given up. NULL: refused. */
static const struct posted_update *meant(struct deciding *d, bool given_up_too)
{
	const char *to = json_str(d->args, "destination");
	int64_t version = json_int(d->args, "update", 0);
	const struct posted_update *waiting = NULL, *over = NULL;
	bool known = false;

	for (size_t i = 0; i < d->inc->update_count; i++) {
		const struct posted_update *u = &d->inc->updates[i];
		const struct delivery_state *s = state_at(u, to);

		known = known || s;
		if (!s || (version && u->version != version))
			continue;
		if (version)
			return u;
		if (waits(s) && !waiting)
			waiting = u;
		if (is(s, "given_up"))
			over = u;
	}
	if (waiting || (given_up_too && over))
		return waiting ? waiting : over;
	refuse(d, "unknown", known && version ? "update" : "destination", "the outbox shows them",
	    known ? "nothing of %s waits for %.64s" : "no update of %s goes to %.64s", d->id, to);
	return NULL;
}

static bool overtaken(const struct incident *inc, const struct posted_update *u, const char *to)
{
	for (size_t i = 0; i < inc->update_count; i++) {
		const struct delivery_state *s = state_at(&inc->updates[i], to);

		if (s && inc->updates[i].version > u->version && is(s, "accepted"))
			return true;
	}
	return false;
}

static bool say(struct deciding *d, const struct posted_update *u, const struct delivery_state *s,
    const char *state, const char *what)
{
	const char *reason = json_str(d->args, "reason");
	char *detail = xasprintf("%s%s%s", what, reason ? ": " : "", reason ? reason : "");
	cJSON *body = cJSON_CreateObject();
	bool again = strcmp(state, "failed") == 0;

	json_put_int(body, "update", u->version);
	json_put_str(body, "destination", s->destination);
	json_put_str(body, "state", state);
	json_put_int(body, "attempts", again && !waits(s) ? 0 : s->attempts);
	json_put_str(body, "detail", detail);
	if (again)
		json_put_bool(body, "again", true);
	free(detail);
	return emit(d, EVENT_DELIVERY, body);
}

bool decide_retry(struct deciding *d)
{
	const struct posted_update *u = meant(d, true);
	const struct delivery_state *s = u ? state_at(u, json_str(d->args, "destination")) : NULL;

	if (!s)
		return false;
	if (is(s, "accepted"))
		return refuse(d, "delivery", "update", "post another update, or a correction",
		    "update %d has arrived at %.64s", u->version, s->destination);
	if (!waits(s) && overtaken(d->inc, u, s->destination))
		return refuse(d, "delivery", "update", "post another update, or a correction",
		    "a newer update has arrived at %.64s: an older one would be read as news",
		    s->destination);
	return say(d, u, s, "failed", "to be tried again by hand");
}

bool decide_give_up(struct deciding *d)
{
	const struct posted_update *u = meant(d, false);
	const struct delivery_state *s = u ? state_at(u, json_str(d->args, "destination")) : NULL;

	if (!s)
		return false;
	if (!waits(s))
		return refuse(d, "delivery", "update", "",
		    "update %d to %.64s waits no more: %.20s", u->version, s->destination,
		    s->state);
	return say(d, u, s, "given_up", "given up by hand");
}

/* Heartbeats: a channel that is asked for them is told something on a schedule that no customer
 * reads, so that a way out that is dead is noticed before an update has to go there. They are in no
 * journal: a new engine begins with one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "os/log.h"
#include "outbox_priv.h"

#define AGAIN_MS 60000 /* after one that failed, or when the next is due if that is sooner */

struct beat {
	char *channel, *id; /* id: of the one that is on its way or is tried again; NULL: none */
	int64_t every_ms;
	struct utc next_at, due_at; /* due: of the last one */
	struct utc failing_since;   /* UTC_NONE: it does not */
	bool refused;		    /* by words that waiting does not change */
	bool flying;
	char *why;
};

static void beat_free(void *v)
{
	struct beat *b = v;

	free(b->channel);
	free(b->id);
	free(b->why);
	free(b);
}

static void failed(struct beat *b, const char *why, bool refused)
{
	struct utc now = clock_utc();

	free(b->why);
	b->why = xstrdup(why);
	b->refused = refused;
	if (!utc_is_set(b->failing_since)) {
		b->failing_since = now;
		log_say(LOG_SAY_WARN, "heartbeat-lost", "channel", b->channel, "why", why, NULL);
	}
	b->next_at = utc_add(now, b->every_ms < AGAIN_MS ? b->every_ms : AGAIN_MS);
}

static void beat_send(struct engine *g, struct beat *b)
{
	const struct cfg_channel *ch = config_channel(g->config, b->channel);
	struct outbox_request q = { .channel = ch };
	struct err e = { 0 };

	if (!b->id)
		b->id =
		    xasprintf(HEARTBEAT "%s/%lld", b->channel, (long long)(b->next_at.ms / 1000));
	q.id = b->id;
	b->due_at = b->next_at;
	if (outbox_heartbeat(g, &q, &e)) {
		b->flying = true;
		net_deliver(g->net, &q.r);
	} else {
		failed(b, e.msg, false);
	}
	outbox_request_fini(&q);
}

static void beat_due(void *ctx)
{
	struct engine *g = ctx;
	struct utc now = clock_utc(), wake = UTC_NONE;
	struct beat *b;
	size_t it = 0;

	if (!g->net || g->round)
		return;
	while ((b = map_next(g->beats, &it, NULL))) {
		if (b->flying)
			continue;
		if (!utc_before(now, b->next_at))
			beat_send(g, b);
		if (!b->flying)
			wake = utc_is_set(wake) ? utc_min(wake, b->next_at) : b->next_at;
	}
	if (utc_is_set(wake))
		loop_timer_at(g->beat_timer, wake);
}

bool heartbeat_delivered(struct engine *g, const struct delivery_result *r)
{
	struct beat *b;

	if (strncmp(r->id, HEARTBEAT, sizeof HEARTBEAT - 1) != 0)
		return false;
	b = map_get(g->beats, r->destination);
	if (!b || !b->flying || strcmp(b->id, r->id) != 0)
		return true; /* the configuration has changed since */
	b->flying = false;
	if (r->verdict.state != CHAN_ACCEPTED) {
		failed(b, r->verdict.detail, r->verdict.state == CHAN_GIVE_UP);
		if (b->next_at.ms < clock_utc().ms + r->verdict.not_before_ms)
			b->next_at = utc_add(clock_utc(), r->verdict.not_before_ms);
	} else {
		b->next_at = utc_add(b->due_at, b->every_ms);
		if (utc_before(b->next_at, clock_utc()))
			b->next_at = utc_add(clock_utc(), b->every_ms);
		if (utc_is_set(b->failing_since))
			log_say(LOG_SAY_WARN, "heartbeat-back", "channel", b->channel, NULL);
		b->failing_since = UTC_NONE;
		b->refused = false;
		free(b->id);
		b->id = NULL;
	}
	outbox_look(g);
	beat_due(g);
	return true;
}

void heartbeat_configure(struct engine *g)
{
	struct map *before = g->beats;

	g->beats = map_new(beat_free);
	for (size_t i = 0; i < g->config->channels.count; i++) {
		const struct cfg_channel *ch = &g->config->channels.items[i];
		const struct beat *old = before ? map_get(before, ch->id.s) : NULL;
		struct beat *b;

		if (ch->heartbeat_ms <= 0)
			continue;
		b = xcalloc(1, sizeof *b);
		if (old)
			*b = *old;
		b->channel = xstrdup(ch->id.s);
		b->id = old ? xstrdup_null(old->id) : NULL;
		b->why = old ? xstrdup_null(old->why) : NULL;
		if (!old)
			b->next_at = b->due_at = b->failing_since = UTC_NONE;
		if (!old || b->every_ms != ch->heartbeat_ms)
			b->next_at = clock_utc();
		b->every_ms = ch->heartbeat_ms;
		map_set(g->beats, b->channel, b);
	}
	map_free(before);
	beat_due(g);
}

size_t heartbeat_alarms(const struct engine *g, struct arena *a, char **out)
{
	const struct beat *b;
	size_t count = 0, it = 0;

	while (g->beats && (b = map_next(g->beats, &it, NULL))) {
		const struct cfg_channel *ch = config_channel(g->config, b->channel);
		int64_t ms =
		    utc_is_set(b->failing_since) ? utc_diff(clock_utc(), b->failing_since) : -1;

		if (ms < 0 || !ch || (!b->refused && ms < ch->alarm_after_ms))
			continue;
		out[count++] = arena_printf(a, "%s takes no heartbeat, for %lld min: %s",
		    b->channel, (long long)(ms / 60000), b->why);
	}
	return count;
}

size_t heartbeat_count(const struct engine *g)
{
	return g->beats ? map_count(g->beats) : 0;
}

void heartbeat_start(struct engine *g)
{
	g->beat_timer = loop_timer_new(g->loop, beat_due, g);
}

void heartbeat_stop(struct engine *g)
{
	map_free(g->beats);
	g->beats = NULL;
}

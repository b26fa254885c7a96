/* The outbox: what is owed to each destination until a final `delivery` event says otherwise. It is
 * a fold of the journal, kept at hand in lanes: one for each incident and destination, in which an
 * update waits for the one before it. A verdict counts once its event is committed. */
#include "outbox_priv.h"

#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "os/log.h"

#define IN_FLIGHT_MAX 64
#define IN_FLIGHT_ONE 4	     /* to one destination */
#define PAUSE_MAX_MS 60000   /* of a destination that takes nothing */
#define RECORD_AGAIN_MS 1000 /* after an append that failed */

static void owed_free(void *p)
{
	struct owed *o = p;

	cJSON_Delete(o->pending);
	free(o->id);
	free(o->incident);
	free(o->destination);
	free(o->detail);
	free(o);
}

static void destination_free(void *p)
{
	struct destination *d = p;

	free(d->id);
	free(d->why);
	free(d);
}

/* ---- lanes ---- */

static struct destination *destination_of(struct engine *g, const char *id)
{
	struct destination *d = map_get(g->outbox.destinations, id);

	if (d)
		return d;
	d = xcalloc(1, sizeof *d);
	d->id = xstrdup(id);
	d->next_at = d->ok_at = d->said_at = UTC_NONE;
	map_set(g->outbox.destinations, id, d);
	return d;
}

static char *lane_key(const struct owed *o)
{
	return xasprintf("%s/%s", o->incident, o->destination);
}

/* In order of the updates; a later one is the usual case. */
static void lane_add(struct engine *g, struct owed *o)
{
	char *key = lane_key(o);
	struct lane *l = map_get(g->outbox.lanes, key);
	struct owed **at;

	if (!l) {
		l = xcalloc(1, sizeof *l);
		l->to = destination_of(g, o->destination);
		map_set(g->outbox.lanes, key, l);
	}
	at = l->last && l->last->version < o->version ? &l->last->next : &l->first;
	while (*at && (*at)->version < o->version)
		at = &(*at)->next;
	o->next = *at;
	*at = o;
	if (!o->next)
		l->last = o;
	l->to->owed++;
	free(key);
}

static void lane_remove(struct engine *g, struct owed *o)
{
	char *key = lane_key(o);
	struct lane *l = map_get(g->outbox.lanes, key);
	struct owed **at = &l->first;

	while (*at != o)
		at = &(*at)->next;
	*at = o->next;
	l->last = l->first;
	while (l->last && l->last->next)
		l->last = l->last->next;
	l->to->owed--;
	if (!l->first)
		map_del(g->outbox.lanes, key);
	free(key);
}

/* ---- what is owed ---- */

static bool final_state(const char *state)
{
	return strcmp(state, "accepted") == 0 || strcmp(state, "given_up") == 0 ||
	       strcmp(state, "superseded") == 0;
}

static void alarms_changed(struct engine *g)
{
	serve_changed(g, WIRE_ENGINE, "engine");
}

/* False: the outbox is full. */
static bool owe(struct engine *g, const struct told *t, const struct posted_update *u,
    const struct delivery_state *s)
{
	char *id = xasprintf("%s.%d/%s", t->id, u->version, s->destination);
	struct owed *o;

	if (map_get(g->owed, id) || final_state(s->state)) {
		free(id);
		return true;
	}
	if (map_count(g->owed) >= g->outbox.max) {
		free(id);
		if (!g->outbox.full) {
			log_say(LOG_SAY_ERROR, "outbox-full", NULL);
			g->outbox.full = true;
			alarms_changed(g);
		}
		return false;
	}
	o = xcalloc(1, sizeof *o);
	o->id = id;
	o->incident = xstrdup(t->id);
	o->destination = xstrdup(s->destination);
	o->version = u->version;
	o->attempts = s->attempts;
	o->since = u->at;
	o->next_at = clock_utc();
	o->detail = xstrdup_null(s->detail);
	map_set(g->owed, id, o);
	lane_add(g, o);
	serve_changed(g, WIRE_DELIVERY, id);
	return true;
}

/* What was last said of a destination tells whether it is in order. */
static void learn(struct engine *g, const struct delivery_state *s)
{
	struct destination *d;

	if (!s->by || strcmp(s->state, "waiting") == 0)
		return;
	d = destination_of(g, s->destination);
	if (strcmp(s->state, "accepted") == 0 &&
	    (!utc_is_set(d->ok_at) || utc_before(d->ok_at, s->at)))
		d->ok_at = s->at;
	if (utc_is_set(d->said_at) && utc_before(s->at, d->said_at))
		return;
	d->said_at = s->at;
	d->gone = s->gone;
	d->gave_up = strcmp(s->state, "given_up") == 0 && strcmp(s->by, "engine") == 0;
	free(d->why);
	d->why = xstrdup_null(s->detail);
}

void outbox_load(struct engine *g, const struct told *t)
{
	for (size_t u = 0; u < t->update_count; u++)
		for (size_t d = 0; d < t->updates[u].delivery_count; d++) {
			learn(g, &t->updates[u].deliveries[d]);
			owe(g, t, &t->updates[u], &t->updates[u].deliveries[d]);
		}
}

void outbox_load_all(struct engine *g)
{
	const struct map *all[] = { g->live, g->planned };

	for (size_t i = 0; i < countof(all); i++) {
		const struct live *l;
		size_t it = 0;

		while ((l = map_next(all[i], &it, NULL))) {
			struct told t = live_told(l);

			outbox_load(g, &t);
		}
	}
}

/* What found no room is taken up when a tenth of it is free. */
static void room_again(struct engine *g)
{
	if (!g->outbox.full || map_count(g->owed) > g->outbox.max / 10 * 9)
		return;
	g->outbox.full = false;
	outbox_load_all(g);
	alarms_changed(g);
}

void outbox_posted(struct engine *g, const struct told *t)
{
	const struct posted_update *u = t->update_count ? &t->updates[t->update_count - 1] : NULL;

	if (g->outbox.full) /* what came before goes before */
		outbox_load(g, t);
	else
		for (size_t d = 0; u && d < u->delivery_count; d++)
			owe(g, t, u, &u->deliveries[d]);
	outbox_send(g);
}

void outbox_reload(struct engine *g)
{
	outbox_load_all(g);
	outbox_send(g);
}

/* ---- verdicts: recorded first ---- */

static void record_free(void *ctx)
{
	free(ctx);
}

static bool decide_record(struct engine *g, struct work *w, struct event_list *out)
{
	const struct owed *o = map_get(g->owed, w->ctx);
	const struct live *l = engine_stream(g, w->stream);

	if (!o || !o->pending || !l)
		return false;
	event_list_add(
	    out, event_new(w->stream, live_version(l) + 1, utc_max(clock_utc(), live_last_at(l)),
		     "engine", EVENT_DELIVERY, cJSON_Duplicate(o->pending, true)));
	return true;
}

static void recorded(struct engine *g, struct work *w, const struct append_result *r)
{
	struct owed *o = map_get(g->owed, w->ctx);

	if (r->status == APPEND_DONE || r->status == APPEND_DUPLICATE || !o)
		return;
	o->recording = false;
	o->next_at = utc_add(clock_utc(), RECORD_AGAIN_MS);
	loop_timer_at(g->outbox_timer, o->next_at);
}

static void record(struct engine *g, struct owed *o)
{
	struct work *w = work_new(o->incident);

	o->recording = true;
	w->decide = decide_record;
	w->done = recorded;
	w->free_ctx = record_free;
	w->ctx = xstrdup(o->id);
	engine_submit(g, w);
}

static cJSON *verdict_body(const struct owed *o, const char *state, const char *detail)
{
	cJSON *body = cJSON_CreateObject();

	json_put_int(body, "update", o->version);
	json_put_str(body, "destination", o->destination);
	json_put_str(body, "state", state);
	json_put_int(body, "attempts", o->attempts);
	json_put_str(body, "detail", detail);
	return body;
}

/* Takes `body` over; `o` may be gone afterwards. */
static void settle(struct engine *g, struct owed *o, cJSON *body)
{
	cJSON_Delete(o->pending);
	o->pending = body;
	record(g, o);
}

void outbox_event(struct engine *g, const struct told *t, const struct event *ev)
{
	int version = (int)json_int(ev->body, "update", 0);
	const char *to = json_str_or(ev->body, "destination", "");
	char *id = xasprintf("%s.%d/%s", t->id, version, to);
	const struct posted_update *u = NULL;
	const struct delivery_state *s;
	struct owed *o = map_get(g->owed, id);

	for (size_t i = 0; i < t->update_count; i++)
		if (t->updates[i].version == version)
			u = &t->updates[i];
	s = u ? telling_state(u, to) : NULL;
	if (s)
		learn(g, s);
	if (s && final_state(s->state) && o) {
		if (o->in_flight)
			destination_of(g, to)->flying--;
		lane_remove(g, o);
		map_del(g->owed, id);
		serve_gone(g, WIRE_DELIVERY, id);
	} else if (s && o) {
		cJSON_Delete(o->pending);
		o->pending = NULL;
		o->recording = false;
		o->attempts = s->attempts;
		serve_changed(g, WIRE_DELIVERY, id);
	} else if (s) {
		owe(g, t, u, s);
		o = map_get(g->owed, id);
	}
	if (s && o && !final_state(s->state) && strcmp(ev->actor, "engine") != 0) {
		struct destination *d = destination_of(g, to);

		d->failures = 0;
		d->next_at = UTC_NONE;
		o->next_at = clock_utc();
	}
	free(id);
	alarms_changed(g);
	room_again(g);
	outbox_send(g);
}

/* ---- sending ---- */

static const struct posted_update *update_of(const struct told *t, const struct owed *o)
{
	for (size_t u = 0; u < t->update_count; u++)
		if (t->updates[u].version == o->version)
			return &t->updates[u];
	return NULL;
}

static void pause_destination(struct destination *d, int64_t ms)
{
	d->failures++;
	d->next_at = utc_add(clock_utc(), ms);
}

/* Starts one attempt, or settles what cannot be sent. */
static void send_one(struct engine *g, struct owed *o, struct destination *d)
{
	const struct cfg_channel *ch = config_channel(g->config, o->destination);
	const struct chan_kind *kind = ch ? chan_kind_find(ch->kind.s) : NULL;
	const struct live *l = engine_stream(g, o->incident);
	struct told t = l ? live_told(l) : (struct told){ 0 };
	const struct posted_update *u = update_of(&t, o);
	const char *why = "the channel is not configured any more";
	struct outbox_request q = { .channel = ch, .live = l, .told = t, .update = u, .id = o->id };
	struct err e = { 0 };

	q.audience = ch && u ? telling_audience(g->config, u, ch->id.s, &why) : NULL;
	if (!q.audience) {
		settle(g, o, verdict_body(o, "given_up", why));
		return;
	}
	if (l->mnt && kind && kind->planned == CHAN_PLANNED_NOWHERE) {
		settle(g, o, verdict_body(o, "superseded", "planned work is not told there"));
		return;
	}
	if (publish_owed(g, ch->id.s)) {
		o->in_flight = true;
		o->attempts++;
		d->flying++;
		serve_changed(g, WIRE_DELIVERY, o->id);
		return;
	}
	if (!outbox_request(g, &q, &e)) {
		outbox_request_fini(&q);
		free(o->detail);
		o->detail = xstrdup(e.msg);
		o->next_at = utc_add(clock_utc(), PAUSE_MAX_MS);
		pause_destination(d, PAUSE_MAX_MS);
		serve_changed(g, WIRE_DELIVERY, o->id);
		return;
	}
	if (q.nobody) {
		outbox_request_fini(&q);
		settle(g, o, verdict_body(o, "accepted", "there is nobody to tell"));
		return;
	}
	o->in_flight = true;
	o->shown = l->mnt ? l->mnt->status : o->shown;
	o->attempts++;
	d->flying++;
	d->gap = kind && kind->gap_ms > 0;
	if (d->gap)
		d->next_at = utc_add(clock_utc(), kind->gap_ms);
	net_deliver(g->net, &q.r);
	outbox_request_fini(&q);
	serve_changed(g, WIRE_DELIVERY, o->id);
}

/* May it go now? Else *when it may, UTC_NONE: something else has to happen first. */
static bool due(const struct lane *l, struct utc now, struct utc *when)
{
	const struct owed *o = l->first;
	const struct destination *d = l->to;
	struct utc at = o->next_at;

	*when = UTC_NONE;
	if (o->in_flight || o->recording || d->gone ||
	    d->flying >= (d->gap || d->failures ? 1 : IN_FLIGHT_ONE))
		return false;
	if (utc_is_set(d->next_at))
		at = utc_max(at, d->next_at);
	if (!utc_before(now, at))
		return true;
	*when = at;
	return false;
}

/* Everything that is due, oldest appointment first: a message that its destination never takes does
 * not stand before the others. */
static struct owed *next_due(struct engine *g, struct utc now, struct utc *wake, size_t *flying)
{
	const struct lane *l;
	struct owed *best = NULL;
	struct utc when;
	size_t it = 0;

	*wake = UTC_NONE;
	*flying = 0;
	while ((l = map_next(g->outbox.lanes, &it, NULL))) {
		*flying += l->first->in_flight;
		if (due(l, now, &when)) {
			if (!best || utc_before(l->first->next_at, best->next_at))
				best = l->first;
		} else if (utc_is_set(when)) {
			*wake = utc_is_set(*wake) ? utc_min(*wake, when) : when;
		}
	}
	return best;
}

static void go(struct engine *g, struct owed *o)
{
	const struct cfg_channel *ch = config_channel(g->config, o->destination);

	if (o->pending)
		record(g, o); /* it could not be written when it happened */
	else if (ch && ch->latest_only && o->next)
		settle(g, o, verdict_body(o, "superseded", "a newer update waits"));
	else
		send_one(g, o, destination_of(g, o->destination));
}

void outbox_send(struct engine *g)
{
	struct utc now = clock_utc(), wake = UTC_NONE;
	struct owed *o;
	size_t flying;

	if (!g->net || g->outbox.sending)
		return;
	g->outbox.sending = true;
	while ((o = next_due(g, now, &wake, &flying)) && flying < IN_FLIGHT_MAX)
		go(g, o);
	g->outbox.sending = false;
	if (utc_is_set(wake))
		loop_timer_at(g->outbox_timer, wake);
}

static void outbox_due(void *ctx)
{
	outbox_send(ctx);
}

/* ---- results ---- */

/* Spreads retries without a source of chance of its own: by the id and the attempt. */
static int jitter(const struct owed *o)
{
	unsigned h = 2166136261u;

	for (const char *p = o->id; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return (int)((h + (unsigned)o->attempts * 2654435761u) % 1001);
}

static cJSON *recipients_of(const struct delivery_result *r)
{
	static const char *const words[] = { [CHAN_ACCEPTED] = "accepted",
		[CHAN_RETRY] = "failed",
		[CHAN_GIVE_UP] = "given_up",
		[CHAN_NEXT] = "failed" };
	cJSON *o = cJSON_CreateObject();

	for (size_t i = 0; i < r->told_count; i++) {
		const struct chan_told *t = &r->told[i];
		char *text = *t->detail ? xasprintf("%s: %s", words[t->state], t->detail)
					: xstrdup(words[t->state]);

		json_put_str(o, t->address, text);
		free(text);
	}
	return o;
}

static void put_outcome(cJSON *body, const struct delivery_result *r)
{
	if (r->reference && *r->reference)
		json_put_str(body, "reference", r->reference);
	if (r->told_count)
		json_put(body, "recipients", recipients_of(r));
	if (r->verdict.alarm)
		json_put_bool(body, "gone", true);
}

/* It was given up by hand while it was on its way, and arrived all the same: the record says so. */
static void arrived_late(struct engine *g, const struct delivery_result *r)
{
	char *stream = xstrndup(r->id, strcspn(r->id, "."));
	const char *dot = strchr(r->id, '.');
	cJSON *body = cJSON_CreateObject();

	json_put_int(body, "update", dot ? strtol(dot + 1, NULL, 10) : 0);
	json_put_str(body, "destination", r->destination);
	json_put_str(body, "state", "accepted");
	json_put_str(body, "detail", r->verdict.detail);
	put_outcome(body, r);
	engine_append(g, stream, EVENT_DELIVERY, body);
	free(stream);
}

void outbox_delivered(struct engine *g, const struct delivery_result *r)
{
	struct owed *o = map_get(g->owed, r->id);
	const struct live *l = o ? engine_stream(g, o->incident) : NULL;
	const struct chan_verdict *v = &r->verdict;
	struct destination *d;
	const char *state = "accepted";
	int64_t wait = 0;
	cJSON *body;

	if (!o && r->verdict.state == CHAN_ACCEPTED)
		arrived_late(g, r);
	if (!o || !l || !o->in_flight)
		return;
	d = destination_of(g, o->destination);
	o->in_flight = false;
	d->flying--;
	free(o->detail);
	o->detail = xstrdup(v->detail);
	if (v->state == CHAN_RETRY)
		wait = delivery_retry_after(o->attempts, live_told(l).active, jitter(o));
	if (v->state == CHAN_GIVE_UP || wait < 0)
		state = "given_up";
	else if (v->state == CHAN_RETRY)
		state = "failed";
	if (wait < v->not_before_ms)
		wait = v->not_before_ms;
	o->next_at = utc_add(clock_utc(), wait);
	if (v->down)
		pause_destination(
		    d, wait > PAUSE_MAX_MS && wait > v->not_before_ms ? PAUSE_MAX_MS : wait);
	else if (d->failures) {
		d->failures = 0;
		d->next_at = UTC_NONE;
	}
	if (v->alarm)
		log_say(LOG_SAY_ERROR, "destination-gone", "destination", o->destination, "why",
		    v->detail, NULL);
	body = verdict_body(o, state, v->detail);
	put_outcome(body, r);
	settle(g, o, body);
	outbox_send(g);
}

/* ---- life ---- */

void outbox_start(struct engine *g)
{
	g->owed = map_new(owed_free);
	g->outbox.lanes = map_new(free);
	g->outbox.destinations = map_new(destination_free);
	g->outbox.max = OUTBOX_MAX;
	g->outbox_timer = loop_timer_new(g->loop, outbox_due, g);
}

void outbox_stop(struct engine *g)
{
	map_free(g->outbox.lanes);
	map_free(g->outbox.destinations);
	map_free(g->owed);
	free(g->outbox.alarms);
}

/* The newest things that happened, over everything: what the journal says of any stream, and what
 * the engine did or saw that is no event. Boards follow it. It has RECENT_MAX places, and a new
 * thing takes that of the oldest: however much happens at once, so many objects are sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "domain/event.h"
#include "engine_priv.h"
#include "os/clock.h"

#define TEXT_MAX 400

static void clear(struct recent *r)
{
	free(r->actor);
	free(r->text);
	free(r->again);
	*r = (struct recent){ 0 };
}

/* The place of the oldest, or one that is free. */
static struct recent *take_place(struct engine *g)
{
	struct recent *r = &g->recent[0];

	for (size_t i = 1; i < RECENT_MAX; i++)
		if (g->recent[i].number < r->number)
			r = &g->recent[i];
	clear(r);
	r->number = ++g->recent_number;
	return r;
}

static void tell(struct engine *g, const struct recent *r)
{
	char id[16];

	snprintf(id, sizeof id, "%d", (int)(r - g->recent));
	serve_changed(g, WIRE_RECENT, id);
}

/* What may come again and again, and then takes one place: signals of an incident, and the tries of
 * one delivery. NULL: it does not. The caller frees. */
static char *again_key(const struct event *ev)
{
	if (ev->kind == EVENT_SIGNAL)
		return xstrdup("signal");
	if (ev->kind == EVENT_DELIVERY)
		return xasprintf("%lld/%s", (long long)json_int(ev->body, "update", 0),
		    json_str_or(ev->body, "destination", ""));
	return NULL;
}

/* Where it came before; NULL: nowhere. */
static struct recent *place_of(struct engine *g, const char *stream, const char *key)
{
	for (size_t i = 0; key && i < RECENT_MAX; i++) {
		struct recent *r = &g->recent[i];

		if (r->again && strcmp(r->again, key) == 0 && strcmp(r->stream, stream) == 0)
			return r;
	}
	return NULL;
}

void recent_event(struct engine *g, const struct event *ev)
{
	char *key = again_key(ev);
	struct recent *r = place_of(g, ev->incident, key);

	if (r) {
		free(key);
		r->more++;
		r->number = ++g->recent_number;
	} else {
		r = take_place(g);
		snprintf(r->stream, sizeof r->stream, "%s", ev->incident);
		r->again = key;
	}
	r->version = ev->version;
	r->at = ev->at;
	tell(g, r);
}

void recent_say(struct engine *g, const char *actor, const char *stream, char *take_text)
{
	struct recent *r = take_place(g);

	r->at = clock_utc();
	r->actor = xstrdup(actor);
	r->text = utf8_cleaned(take_text, UTF8_ONE_LINE, TEXT_MAX);
	snprintf(r->stream, sizeof r->stream, "%s", stream);
	free(take_text);
	tell(g, r);
}

cJSON *object_recent(struct engine *g, struct arena *a, const char *id)
{
	const struct recent *r = &g->recent[strtoul(id, NULL, 10) % RECENT_MAX];
	const struct event *ev = r->text ? NULL : engine_event(g, r->stream, r->version);
	struct snap_recent n = { .id = arena_strdup(a, id),
		.number = r->number,
		.at = r->at,
		.stream = r->stream[0] ? arena_strdup(a, r->stream) : NULL,
		.actor = r->actor,
		.more = r->more,
		.text = r->text };
	struct buf text;
	char *actor = NULL;
	cJSON *out;

	if (!r->number || (!r->text && !ev))
		return NULL;
	buf_init(&text, 4096);
	if (ev) {
		event_sentence(&text, ev);
		n.actor = actor = utf8_cleaned(ev->actor, UTF8_ONE_LINE, 0);
		n.kind = arena_strdup(a, ev->kind_name);
		n.text = arena_strdup(a, buf_str(&text));
	}
	buf_fini(&text);
	out = wire_write(WIRE_RECENT, &n);
	free(actor);
	return out;
}

void object_recent_ids(
    struct engine *g, void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx)
{
	char id[16];

	for (size_t i = 0; i < RECENT_MAX; i++)
		if (g->recent[i].number) {
			snprintf(id, sizeof id, "%zu", i);
			each(ctx, WIRE_RECENT, id);
		}
}

void recent_stop(struct engine *g)
{
	for (size_t i = 0; i < RECENT_MAX; i++)
		clear(&g->recent[i]);
}

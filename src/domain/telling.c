#include "domain/telling.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"

#define HEADLINE_MAX 120

struct told told_incident(const struct incident *inc)
{
	return (struct told){ .id = inc->id,
		.regions = inc->regions,
		.region_count = inc->region_count,
		.components = inc->components,
		.component_count = inc->component_count,
		.updates = inc->updates,
		.update_count = inc->update_count,
		.events = &inc->events,
		.active = incident_active(inc) };
}

struct told told_maintenance(const struct maintenance *m)
{
	return (struct told){ .id = m->id,
		.regions = m->plan.regions,
		.region_count = m->plan.region_count,
		.components = m->plan.components,
		.component_count = m->plan.component_count,
		.updates = m->notices,
		.update_count = m->notice_count,
		.events = &m->events,
		.active = !maintenance_is_over(m) };
}

static bool has_channel(const struct cfg_audience *a, const char *channel)
{
	for (size_t i = 0; i < a->channels.count; i++)
		if (strcmp(a->channels.items[i].s, channel) == 0)
			return true;
	return false;
}

/* The audience that the update names for the channel, or without such a word the first that has it.
 */
static const struct cfg_audience *reader(
    const struct config *c, const struct posted_update *u, const char *channel)
{
	const char *id = json_str(u->readers, channel);

	if (id)
		return config_audience(c, id);
	for (size_t i = 0; i < u->audience_count; i++) {
		const struct cfg_audience *a = config_audience(c, u->audiences[i]);

		if (a && has_channel(a, channel))
			return a;
	}
	return NULL;
}

const struct cfg_audience *telling_audience(
    const struct config *c, const struct posted_update *u, const char *channel, const char **why)
{
	const struct cfg_audience *a = reader(c, u, channel);

	*why = NULL;
	if (!a || !has_channel(a, channel))
		*why = "the audience that it was written for does not read this channel any more";
	else if (!a->internal && among(u->internal, u->internal_count, a->id.s))
		*why = "it was written for an internal audience, which is internal no more";
	else if (!json_str(u->text, a->id.s))
		*why = "there is no text for the audience of this channel";
	return *why ? NULL : a;
}

const struct delivery_state *telling_state(const struct posted_update *u, const char *channel)
{
	for (size_t i = 0; i < u->delivery_count; i++)
		if (strcmp(u->deliveries[i].destination, channel) == 0)
			return &u->deliveries[i];
	return NULL;
}

char *telling_headline(const struct config *c, const struct told *t, const char *channel)
{
	for (size_t i = 0; i < t->update_count; i++) {
		const struct posted_update *u = &t->updates[i];
		const char *why, *text, *end;
		const struct cfg_audience *a =
		    telling_state(u, channel) ? telling_audience(c, u, channel, &why) : NULL;
		char *line, *out;

		if (!a)
			continue;
		text = json_str(u->text, a->id.s);
		text += strspn(text, " \n");
		end = *text == '[' ? strchr(text, ']') : NULL;
		if (end && (size_t)(end - text) < strcspn(text, "\n"))
			text = end + 1;
		line = xstrndup(text, strcspn(text, "\n"));
		out = utf8_cleaned(line, UTF8_ONE_LINE, HEADLINE_MAX);
		free(line);
		return out;
	}
	return xstrdup("");
}

struct telling_thread telling_thread(
    const struct told *of, const struct posted_update *u, const char *channel)
{
	struct telling_thread t = { 0 };

	for (size_t i = 0; i < of->update_count && &of->updates[i] != u; i++) {
		const struct delivery_state *d = telling_state(&of->updates[i], channel);

		if (!d || of->updates[i].version >= u->version)
			continue;
		if (!t.reference)
			t.reference = d->reference;
		if (strcmp(d->state, "accepted") != 0)
			continue;
		t.first = t.first ? t.first : &of->updates[i];
		t.previous = &of->updates[i];
	}
	/* A try of this one that came half way may have opened the incident there. */
	if (!t.reference && telling_state(u, channel))
		t.reference = telling_state(u, channel)->reference;
	return t;
}

/* ---- recipients ---- */

struct gathering {
	struct arena *arena;
	const struct delivery_state *now;
	struct map *seen;
	char **list;
	size_t count, cap;
};

static bool told(const struct delivery_state *d, const char *address, const char *state)
{
	const char *what = d ? json_str(d->recipients, address) : NULL;

	return what && strncmp(what, state, strlen(state)) == 0;
}

static void gather(struct gathering *g, char *address)
{
	if (!address || !*address || map_get(g->seen, address))
		return;
	map_set(g->seen, address, g);
	if (told(g->now, address, "accepted") || told(g->now, address, "given_up"))
		return;
	g->list[g->count++] = address;
}

static bool told_before(
    const struct told *t, const struct posted_update *u, const char *channel, const char *address)
{
	for (size_t i = 0; i < t->update_count; i++)
		if (t->updates[i].version < u->version &&
		    told(telling_state(&t->updates[i], channel), address, "accepted"))
			return true;
	return false;
}

size_t telling_recipients(const struct config *c, const struct told *t,
    const struct posted_update *u, const struct cfg_channel *channel, struct arena *a, char ***out)
{
	size_t most = c->subscribers.count, n;
	const struct cfg_subscriber **who = arena_alloc(a, (most + 1) * sizeof *who);
	struct gathering g = { .arena = a, .now = telling_state(u, channel->id.s) };
	const char *why;
	const struct cfg_audience *audience = telling_audience(c, u, channel->id.s, &why);

	g.seen = map_new(NULL);
	g.list = arena_alloc(a, (2 * most + channel->to.count + 1) * sizeof *g.list);
	n = audience ? config_subscribed(c, audience->id.s, t->regions, t->region_count,
			   t->components, t->component_count, who)
		     : 0;
	for (size_t i = 0; i < n; i++)
		gather(&g, who[i]->email.s);
	for (size_t i = 0; audience && i < most; i++) {
		const struct cfg_subscriber *s = &c->subscribers.items[i];

		if (s->email.s && strcmp(s->audience.s, audience->id.s) == 0 &&
		    told_before(t, u, channel->id.s, s->email.s))
			gather(&g, s->email.s);
	}
	for (size_t i = 0; audience && i < channel->to.count; i++)
		gather(&g, channel->to.items[i].s);
	map_free(g.seen);
	*out = g.list;
	return g.count;
}

bool telling_concerns(const struct told *t, const char *component)
{
	for (size_t i = 0; i < t->events->count; i++) {
		const struct event *ev = t->events->items[i];
		const cJSON *item;

		if (ev->kind != EVENT_OPENED && ev->kind != EVENT_SCOPE_CHANGED &&
		    ev->kind != EVENT_PLANNED && ev->kind != EVENT_REPLANNED)
			continue;
		cJSON_ArrayForEach(item, json_get(ev->body, "components"))
		{
			if (cJSON_IsString(item) && strcmp(item->valuestring, component) == 0)
				return true;
		}
	}
	return false;
}

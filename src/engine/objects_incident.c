/* Incidents and their timelines, as boards get them. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine_priv.h"

#define TIMELINE_LINES 400

/* Travellers first: who cannot activate or attach comes before who can. */
static int rank_of(const struct engine *g, const struct incident *inc)
{
	static const char *const order[] = { "activation", "attach", "provisioning", "data",
		"routing", "voice", "sms" };
	int best = (int)countof(order);

	for (size_t i = 0; i < inc->component_count; i++) {
		const struct cfg_component *k = config_component(g->config, inc->components[i]);

		for (int r = 0; k && r < best; r++)
			if (strcmp(k->klass.s, order[r]) == 0)
				best = r;
	}
	return best;
}

static char *fill_in(struct arena *a, const char *pattern, const char *id)
{
	const char *mark = pattern ? strstr(pattern, "{incident}") : NULL;

	if (!mark)
		return arena_strdup(a, pattern);
	return arena_printf(
	    a, "%.*s%s%s", (int)(mark - pattern), pattern, id, mark + strlen("{incident}"));
}

static struct utc touched_at(const struct incident *inc)
{
	for (size_t i = inc->events.count; i > 0; i--)
		if (!event_kinds[inc->events.items[i - 1]->kind].by_engine)
			return inc->events.items[i - 1]->at;
	return inc->opened_at;
}

static void fill_lists(
    const struct incident *inc, struct arena *a, struct snap_incident *n, size_t updates)
{
	size_t from = inc->update_count > updates ? inc->update_count - updates : 0;

	n->engagements = inc->engagements;
	n->engagement_count = inc->engagement_count;
	n->dependencies = inc->dependencies;
	n->dependency_count = inc->dependency_count;
	n->updates = inc->updates + from;
	n->update_count = inc->update_count - from;
	n->updates_total = (int)inc->update_count;
	n->hypothesis =
	    inc->hypothesis_count ? inc->hypotheses[inc->hypothesis_count - 1].text : NULL;
	n->actions = inc->actions;
	n->action_count = inc->action_count;
	n->reminders = arena_alloc(a, (inc->reminder_count + 1) * sizeof *n->reminders);
	for (size_t i = 0; i < inc->reminder_count; i++)
		if (!inc->reminders[i].done)
			n->reminders[n->reminder_count++] = inc->reminders[i];
}

#define READER_NAMES 12

/* Who is subscribed to what this incident is about, audience by audience. */
static void fill_readers(
    const struct config *c, const struct incident *inc, struct arena *a, struct snap_incident *n)
{
	const struct cfg_subscriber **found =
	    arena_alloc(a, (c->subscribers.count + 1) * sizeof *found);

	n->readers = arena_alloc(a, (c->audiences.count + 1) * sizeof *n->readers);
	for (size_t i = 0; i < c->audiences.count; i++) {
		struct snap_readers *r = &n->readers[n->reader_count];
		size_t count = config_subscribed(c, c->audiences.items[i].id.s, inc->regions,
		    inc->region_count, inc->components, inc->component_count, found);

		if (!count)
			continue;
		*r = (struct snap_readers){ .audience = c->audiences.items[i].id.s,
			.count = (int)count };
		r->names = arena_alloc(a, READER_NAMES * sizeof *r->names);
		for (; r->name_count < count && r->name_count < READER_NAMES; r->name_count++)
			r->names[r->name_count] = found[r->name_count]->name.s
						      ? found[r->name_count]->name.s
						      : found[r->name_count]->id.s;
		n->reader_count++;
	}
}

static cJSON *incident_with(struct engine *g, struct arena *a, const struct live *l, size_t updates)
{
	const struct incident *inc = l->inc;
	const struct config *c = g->config;
	struct buf evidence;
	cJSON *out;
	struct snap_incident n = { .id = inc->id,
		.title = inc->title,
		.impact = inc->impact,
		.source = inc->source,
		.version = inc->version,
		.phase = inc->phase,
		.severity = inc->severity,
		.regions = inc->regions,
		.region_count = inc->region_count,
		.components = inc->components,
		.component_count = inc->component_count,
		.started_at = inc->started_at,
		.opened_at = inc->opened_at,
		.acknowledged_at = inc->acknowledged_at,
		.restored_at = inc->restored_at,
		.resolved_at = inc->resolved_at,
		.snoozed_until = inc->snoozed_until,
		.acknowledged_by = inc->acknowledged_by,
		.clocks = l->clocks,
		.offered_to = inc->offered_to,
		.workaround = inc->workaround,
		.residual = inc->residual,
		.customer_actions = inc->customer_actions,
		.fix = inc->fix,
		.touched_at = touched_at(inc),
		.rank = rank_of(g, inc) };

	memcpy(n.role, inc->role, sizeof n.role);
	fill_lists(inc, a, &n, updates);
	fill_readers(c, inc, a, &n);
	n.bridge_url = inc->bridge_url ? inc->bridge_url : fill_in(a, c->bridge_url.s, inc->id);
	n.bridge_phone = inc->bridge_phone ? inc->bridge_phone : c->bridge_phone.s;
	buf_init(&evidence, 8192);
	if (g->detect) {
		detect_evidence(g->detect, inc, &evidence);
		detect_sources(g->detect, inc, &n.sources_failing, &n.sources_total);
	}
	n.evidence = evidence.len ? arena_strdup(a, buf_str(&evidence)) : NULL;
	buf_fini(&evidence);
	out = wire_write(WIRE_INCIDENT, &n);
	return out;
}

/* Fewer of its updates until the line fits, but the last one: customers read that now. */
char *object_incident(struct engine *g, struct arena *a, const char *id)
{
	const struct live *l = engine_live(g, id);

	if (!l || !l->inc->version)
		return NULL;
	for (size_t updates = 5;; updates--) {
		cJSON *o = incident_with(g, a, l, updates);
		char *text = json_text(o);
		bool fits = strlen(text) <= OBJECT_ROOM;

		free(text);
		if (fits || updates == 1)
			return object_fit(o);
		cJSON_Delete(o);
	}
}

/* ---- timelines ---- */

static cJSON *timeline_line(const struct event *ev)
{
	cJSON *line = cJSON_CreateObject();
	struct buf text;
	char *actor;

	buf_init(&text, 4096);
	event_sentence(&text, ev);
	json_put_int(line, "version", ev->version);
	json_put_utc(line, "at", ev->at);
	actor = utf8_cleaned(ev->actor, UTF8_ONE_LINE, 0);
	json_put_str(line, "actor", actor);
	free(actor);
	json_put_str(line, "kind", ev->kind_name);
	json_put_str(line, "text", buf_str(&text));
	buf_fini(&text);
	return line;
}

cJSON *object_timeline(const char *stream, const struct event_list *events)
{
	size_t from = events->count > TIMELINE_LINES ? events->count - TIMELINE_LINES : 0,
	       room = OBJECT_ROOM;
	cJSON *o = cJSON_CreateObject(), *lines = cJSON_CreateArray();

	json_put_str(o, "o", "timeline");
	json_put_str(o, "incident", stream);
	for (size_t i = events->count; i > from; i--) {
		cJSON *line = timeline_line(events->items[i - 1]);
		char *text = json_text(line);
		size_t len = strlen(text) + 1;

		free(text);
		if (len > room) {
			cJSON_Delete(line);
			break;
		}
		room -= len;
		cJSON_InsertItemInArray(lines, 0, line);
	}
	json_put_bool(o, "more", (size_t)cJSON_GetArraySize(lines) < events->count);
	json_put(o, "lines", lines);
	return o;
}

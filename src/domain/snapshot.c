#include "domain/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "domain/wire.h"

const char *const status_names[STATUSES] = {
	[STATUS_OPERATIONAL] = "operational",
	[STATUS_UNKNOWN] = "unknown",
	[STATUS_MAINTENANCE] = "maintenance",
	[STATUS_DEGRADED] = "degraded",
	[STATUS_PARTIAL] = "partial_outage",
	[STATUS_MAJOR] = "major_outage",
};

const char *const status_words[STATUSES] = {
	[STATUS_OPERATIONAL] = "operational",
	[STATUS_UNKNOWN] = "unknown",
	[STATUS_MAINTENANCE] = "maintenance",
	[STATUS_DEGRADED] = "degraded",
	[STATUS_PARTIAL] = "partial outage",
	[STATUS_MAJOR] = "major outage",
};

int status_of(const char *name)
{
	for (int i = 0; i < STATUSES; i++)
		if (strcmp(status_names[i], name) == 0)
			return i;
	return -1;
}

/* Map's free callback carries no kind: one for each. */
#define FREER(name, kind)                                                                          \
	static void name(void *object)                                                             \
	{                                                                                          \
		wire_free(kind, object);                                                           \
	}
FREER(free_region, WIRE_REGION)
FREER(free_component, WIRE_COMPONENT)
FREER(free_cell, WIRE_CELL)
FREER(free_carrier, WIRE_CARRIER)
FREER(free_feed, WIRE_FEED)
FREER(free_incident, WIRE_INCIDENT)
FREER(free_held, WIRE_HELD)
FREER(free_delivery, WIRE_DELIVERY)
FREER(free_presence, WIRE_PRESENCE)
FREER(free_template, WIRE_TEMPLATE)
FREER(free_subscriber, WIRE_SUBSCRIBER)
FREER(free_maintenance, WIRE_MAINTENANCE)
FREER(free_recent, WIRE_RECENT)

/* Where the objects of a kind live; offset of a struct map *. */
static const struct {
	size_t offset;
	void (*free_one)(void *);
} homes[WIRE_KINDS] = {
	[WIRE_REGION] = { offsetof(struct snapshot, regions), free_region },
	[WIRE_COMPONENT] = { offsetof(struct snapshot, components), free_component },
	[WIRE_CELL] = { offsetof(struct snapshot, cells), free_cell },
	[WIRE_CARRIER] = { offsetof(struct snapshot, carriers), free_carrier },
	[WIRE_FEED] = { offsetof(struct snapshot, feeds), free_feed },
	[WIRE_INCIDENT] = { offsetof(struct snapshot, incidents), free_incident },
	[WIRE_HELD] = { offsetof(struct snapshot, held), free_held },
	[WIRE_DELIVERY] = { offsetof(struct snapshot, deliveries), free_delivery },
	[WIRE_PRESENCE] = { offsetof(struct snapshot, presence), free_presence },
	[WIRE_TEMPLATE] = { offsetof(struct snapshot, templates), free_template },
	[WIRE_MAINTENANCE] = { offsetof(struct snapshot, maintenances), free_maintenance },
	[WIRE_RECENT] = { offsetof(struct snapshot, recent), free_recent },
	[WIRE_SUBSCRIBER] = { offsetof(struct snapshot, subscribers), free_subscriber },
};

static struct map **home(struct snapshot *s, int kind)
{
	return homes[kind].free_one ? (struct map **)(void *)((char *)s + homes[kind].offset)
				    : NULL;
}

struct snapshot *snapshot_new(void)
{
	struct snapshot *s = xcalloc(1, sizeof *s);

	for (int k = 0; k < WIRE_KINDS; k++)
		if (homes[k].free_one)
			*home(s, k) = map_new(homes[k].free_one);
	s->mark_at = UTC_NONE;
	return s;
}

static void drop_timeline(struct snapshot *s)
{
	for (size_t i = 0; i < s->timeline_count; i++) {
		free(s->timeline[i].actor);
		free(s->timeline[i].kind);
		free(s->timeline[i].text);
	}
	free(s->timeline);
	free(s->timeline_of);
	s->timeline = NULL;
	s->timeline_of = NULL;
	s->timeline_count = 0;
}

void snapshot_free(struct snapshot *s)
{
	if (!s)
		return;
	for (int k = 0; k < WIRE_KINDS; k++)
		if (homes[k].free_one)
			map_free(*home(s, k));
	wire_free(WIRE_NOC, s->noc);
	wire_free(WIRE_ENGINE, s->engine);
	wire_free(WIRE_SOURCE, s->source);
	drop_timeline(s);
	free(s);
}

static bool apply_timeline(struct snapshot *s, const cJSON *obj, struct err *e)
{
	const cJSON *lines = json_get(obj, "lines");
	const char *incident = json_str(obj, "incident");

	if (!incident || !cJSON_IsArray(lines))
		return err_set(e, ERR_DATA, "timeline: \"incident\" or \"lines\" is missing");
	drop_timeline(s);
	s->timeline_of = xstrdup(incident);
	s->timeline = xcalloc((size_t)cJSON_GetArraySize(lines), sizeof *s->timeline);
	for (const cJSON *l = lines->child; l; l = l->next) {
		struct snap_line *to = &s->timeline[s->timeline_count++];

		to->version = (int)json_int(l, "version", 0);
		to->at = json_utc(l, "at");
		to->actor = xstrdup(json_str_or(l, "actor", ""));
		to->kind = xstrdup(json_str_or(l, "kind", ""));
		to->text = xstrdup(json_str_or(l, "text", ""));
	}
	return true;
}

static bool apply_mark(struct snapshot *s, const cJSON *obj, struct err *e)
{
	struct utc at = json_utc(obj, "at");

	if (!utc_is_set(at))
		return err_set(e, ERR_DATA, "mark: \"at\" is missing");
	s->mark_at = at;
	s->seq = json_int(obj, "seq", s->seq);
	s->complete = true;
	return true;
}

static bool apply_gone(struct snapshot *s, const cJSON *obj, struct err *e)
{
	const char *kind = json_str(obj, "kind"), *id = json_str(obj, "id");
	int k = kind ? wire_kind_of(kind) : -1;

	if (!id)
		return err_set(e, ERR_DATA, "gone: \"id\" is missing");
	if (k >= 0 && home(s, k))
		map_del(*home(s, k), id);
	return true;
}

/* The clocks of an incident carry its severity and phase too, for those who look at them alone. */
static void complete_incident(struct snap_incident *inc)
{
	inc->clocks.severity = inc->severity;
	inc->clocks.phase = inc->phase;
	inc->clocks.cap = inc->clocks.count;
}

bool snapshot_apply(struct snapshot *s, const cJSON *obj, struct err *e)
{
	const char *o = json_str(obj, "o"), *id;
	void *object;
	int kind;

	if (!o)
		return err_set(e, ERR_DATA, "\"o\" is missing");
	if (strcmp(o, "mark") == 0)
		return apply_mark(s, obj, e);
	if (strcmp(o, "gone") == 0)
		return apply_gone(s, obj, e);
	if (strcmp(o, "timeline") == 0)
		return apply_timeline(s, obj, e);
	kind = wire_kind_of(o);
	if (kind < 0)
		return true; /* of a newer engine */
	id = json_str(obj, "id");
	if (home(s, kind) && !id)
		return err_set(e, ERR_DATA, "%s: \"id\" is missing", o);
	object = wire_read((enum wire_kind)kind, obj, e);
	if (!object)
		return false;
	if (kind == WIRE_INCIDENT)
		complete_incident(object);
	if (home(s, kind)) {
		map_set(*home(s, kind), id, object);
	} else if (kind == WIRE_NOC) {
		wire_free(WIRE_NOC, s->noc);
		s->noc = object;
	} else if (kind == WIRE_SOURCE) {
		wire_free(WIRE_SOURCE, s->source);
		s->source = object;
	} else {
		wire_free(WIRE_ENGINE, s->engine);
		s->engine = object;
	}
	return true;
}

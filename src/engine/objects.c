/* State to objects: each fills a snap_* struct with borrowed values and writes it (domain/wire). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_priv.h"
#include "os/clock.h"

static char **texts(struct arena *a, const struct cfg_texts *t)
{
	char **out = arena_alloc(a, (t->count + 1) * sizeof *out);

	for (size_t i = 0; i < t->count; i++)
		out[i] = t->items[i].s;
	return out;
}

static char *length(struct arena *a, struct duration d)
{
	char text[48];

	return d.unit == DURATION_NONE ? arena_strdup(a, "")
				       : arena_strdup(a, duration_format(d, text, sizeof text));
}

static void fill_contact(struct arena *a, const struct cfg_contact *from, struct snap_contact *to)
{
	*to = (struct snap_contact){ .name = from->name.s,
		.phone = from->phone.s,
		.email = from->email.s,
		.portal = from->portal.s,
		.hours = from->hours.s };
	if (from->after_ms)
		to->after = length(a, (struct duration){ DURATION_ELAPSED, from->after_ms, 0 });
}

/* ---- noc ---- */

static const struct cfg_person *on_call(struct engine *g, const struct cfg_team *team)
{
	struct err e;
	const struct zone *z = team->timezone.s ? zone_load(team->timezone.s, &e) : NULL;

	return config_on_call(g->config, team, z ? z : zone_utc(), clock_utc());
}

static void fill_people(struct engine *g, struct arena *a, struct snap_noc *n)
{
	const struct config *c = g->config;
	unsigned can;

	n->people = arena_alloc(a, (c->people.count + 2) * sizeof *n->people);
	for (size_t i = 0; i < c->people.count; i++) {
		const struct cfg_person *p = &c->people.items[i];
		struct snap_person *to = &n->people[n->person_count++];

		*to = (struct snap_person){
			.id = p->id.s, .name = p->name.s, .phone = p->phone.s, .can = p->permissions
		};
		for (size_t t = 0; t < c->teams.count; t++)
			to->on_call |= on_call(g, &c->teams.items[t]) == p;
	}
	if (!config_person(c, g->self) && engine_person(g, g->self, &can))
		n->people[n->person_count++] =
		    (struct snap_person){ .id = g->self, .name = g->self, .can = can };
}

static void fill_tiers(struct engine *g, struct arena *a, struct snap_noc *n)
{
	static const char *const names[] = { "Service desk", "NOC", "Platform and network" };

	n->tiers = arena_alloc(a, 3 * sizeof *n->tiers);
	for (int tier = 1; tier <= 3; tier++) {
		const struct cfg_team *team = config_tier_team(g->config, tier);
		const struct cfg_person *p = team ? on_call(g, team) : NULL;
		struct snap_tier *to = &n->tiers[n->tier_count++];

		to->tier = tier;
		to->name = arena_strdup(a, team ? team->name.s : names[tier - 1]);
		if (p)
			to->contact = (struct snap_contact){
				.name = p->name.s, .phone = p->phone.s, .email = p->email.s
			};
	}
}

static cJSON *noc_object(struct engine *g, struct arena *a)
{
	const struct config *c = g->config;
	struct snap_noc n = { .name = c->name.s,
		.timezone = c->timezone.s,
		.send_delay_ms = c->policy->send_delay_ms,
		.carriers_hidden = c->page_carriers.s && strcmp(c->page_carriers.s, "hide") == 0,
		.bridge_url = c->bridge_url.s,
		.bridge_phone = c->bridge_phone.s };

	for (int s = 0; s < SEVERITIES; s++) {
		n.severity[s].name = c->policy->severity[s].name;
		n.severity[s].meaning = c->policy->severity[s].meaning;
		for (int t = 0; t < TARGETS; t++)
			n.severity[s].target[t] = length(a, c->policy->severity[s].target[t]);
	}
	fill_people(g, a, &n);
	fill_tiers(g, a, &n);
	n.audiences = arena_alloc(a, (c->audiences.count + 1) * sizeof *n.audiences);
	for (size_t i = 0; i < c->audiences.count; i++) {
		const struct cfg_audience *from = &c->audiences.items[i];

		n.audiences[n.audience_count++] = (struct snap_audience){ .id = from->id.s,
			.internal = from->internal,
			.by_default = !from->internal || from->by_default,
			.channels = texts(a, &from->channels),
			.channel_count = from->channels.count };
	}
	n.channels = arena_alloc(a, (c->channels.count + 1) * sizeof *n.channels);
	for (size_t i = 0; i < c->channels.count; i++)
		n.channels[n.channel_count++] =
		    (struct snap_channel){ c->channels.items[i].id.s, c->channels.items[i].kind.s };
	if (g->options.drill)
		n.hint = arena_strdup(a, hint_next(g));
	return wire_write(WIRE_NOC, &n);
}

/* The first thing that is wrong with a site's own texts, and what holds instead. */
static char *text_error(struct engine *g, struct arena *a)
{
	const struct cfg_problems *p = &g->setup->text_problems;
	const char *file = p->count ? strrchr(p->items[0].file, '/') : NULL;

	if (!p->count)
		return NULL;
	return arena_printf(a, "%s:%d:%d: %s%s%s", file ? file + 1 : p->items[0].file,
	    p->items[0].pos.line, p->items[0].pos.column, p->items[0].what,
	    p->items[0].help ? "; " : "", p->items[0].help ? p->items[0].help : "");
}

static cJSON *engine_object(struct engine *g, struct arena *a)
{
	char host[128] = "";
	struct err why = { 0 };
	const char *impaired = NULL;
	struct net_figures figures = { 0 };
	static char version[] = NOCBOARD_VERSION;
	struct snap_engine n = { .version = version,
		.host = host,
		.pid = (int)getpid(),
		.started_at = g->started_at,
		.config_error = g->config_error ? g->config_error : text_error(g, a),
		.targets = g->target_count };

	n.journal = g->journal_path;
	gethostname(host, sizeof host - 1);
	n.journal_ok = journal_health(g->journal, &why);
	n.journal_why = n.journal_ok ? NULL : why.msg;
	n.impaired = g->detect && detect_impaired(g->detect, &impaired);
	n.impaired_why = arena_strdup(a, impaired);
	if (g->net)
		net_figures(g->net, &figures);
	n.late_ms = figures.late_p99_ms;
	n.alarm_count = outbox_alarms(g, a, &n.alarms);
	return wire_write(WIRE_ENGINE, &n);
}

/* ---- regions, components, carriers ---- */

/* As customers know them. */
static char **portfolio_names(struct engine *g, struct arena *a, const struct cfg_region *r)
{
	char **names = texts(a, &r->portfolios);

	for (size_t i = 0; i < r->portfolios.count; i++)
		for (size_t k = 0; k < g->config->portfolios.count; k++) {
			const struct cfg_portfolio *p = &g->config->portfolios.items[k];

			if (strcmp(p->id.s, names[i]) == 0 && p->name.s)
				names[i] = p->name.s;
		}
	return names;
}

static cJSON *region_object(struct engine *g, struct arena *a, const char *id)
{
	const struct cfg_region *r = config_region(g->config, id);
	struct snap_region n;

	if (!r)
		return NULL;
	n = (struct snap_region){ .id = r->id.s,
		.name = r->name.s,
		.order = (int)(r - g->config->regions.items),
		.timezones = texts(a, &r->timezones),
		.timezone_count = r->timezones.count,
		.portfolios = portfolio_names(g, a, r),
		.portfolio_count = r->portfolios.count,
		.travellers = r->travellers,
		.workaround = r->workaround.s };
	return wire_write(WIRE_REGION, &n);
}

/* One of the components that the carrier's feeds are mapped to. */
static bool is_mapped(const struct cfg_carrier *k, const char *component)
{
	for (size_t f = 0; f < k->feeds.count; f++)
		for (size_t m = 0; m < k->feeds.items[f].map.count; m++) {
			const struct cfg_pair *pair = &k->feeds.items[f].map.items[m];

			for (size_t v = 0; v < pair->values.count; v++)
				if (strcmp(pair->values.items[v].s, component) == 0)
					return true;
		}
	return false;
}

static bool is_named(const struct cfg_component *k, const char *carrier)
{
	for (size_t i = 0; i < k->depends_on.count; i++)
		if (strncmp(k->depends_on.items[i].s, "carrier:", 8) == 0 &&
		    strcmp(k->depends_on.items[i].s + 8, carrier) == 0)
			return true;
	return false;
}

/* Whose networks it uses: that it says it depends on, and whose pages tell of it. */
static void put_carriers(const struct engine *g, const struct cfg_component *k, struct arena *a,
    struct snap_component *n)
{
	const struct config *c = g->config;

	n->carriers = arena_alloc(a, (c->carriers.count + 1) * sizeof *n->carriers);
	for (size_t i = 0; i < c->carriers.count; i++)
		if (is_named(k, c->carriers.items[i].id.s) ||
		    is_mapped(&c->carriers.items[i], k->id.s))
			n->carriers[n->carrier_count++] = c->carriers.items[i].id.s;
}

static cJSON *component_object(struct engine *g, struct arena *a, const char *id)
{
	const struct cfg_component *k = config_component(g->config, id);
	struct snap_component n;

	if (!k)
		return NULL;
	n = (struct snap_component){ .id = k->id.s,
		.name = k->name.s,
		.label = k->label.s,
		.klass = k->klass.s,
		.order = (int)(k - g->config->components.items) };
	put_carriers(g, k, a, &n);
	return wire_write(WIRE_COMPONENT, &n);
}

static cJSON *carrier_object(struct engine *g, struct arena *a, const char *id)
{
	const struct cfg_carrier *k = config_carrier(g->config, id);
	const struct carrier_state *s = k ? watch_carrier(g, id) : NULL;
	struct snap_carrier n;

	if (!k)
		return NULL;
	n = (struct snap_carrier){ .id = k->id.s,
		.name = k->name.s,
		.contract = k->contract.s,
		.order = (int)(k - g->config->carriers.items),
		.regions = texts(a, &k->regions),
		.region_count = k->regions.count,
		.has_feed = k->feeds.count > 0,
		.status = STATUS_UNKNOWN,
		.since = UTC_NONE,
		.data_at = UTC_NONE };
	n.contacts = arena_alloc(a, (k->contacts.count + 1) * sizeof *n.contacts);
	for (size_t i = 0; i < k->contacts.count; i++)
		fill_contact(a, &k->contacts.items[i], &n.contacts[n.contact_count++]);
	for (int sev = 0; sev < SEVERITIES; sev++)
		n.engage[sev] =
		    length(a, k->engage[sev].unit != DURATION_NONE
				  ? k->engage[sev]
				  : g->config->policy->severity[sev].target[TARGET_CARRIER]);
	for (size_t i = 0; i < k->feeds.count; i++)
		if (watch_feed_fresh_ms(&k->feeds.items[i]) > n.fresh_ms)
			n.fresh_ms = watch_feed_fresh_ms(&k->feeds.items[i]);
	if (s) {
		n.status = s->status;
		n.since = s->since;
		n.data_at = s->data_at;
		n.detail = s->detail;
	}
	return wire_write(WIRE_CARRIER, &n);
}

/* ---- held, deliveries ---- */

static cJSON *held_object(struct engine *g, struct arena *a, const char *id)
{
	struct held *h = map_get(g->held, id);
	const cJSON *audiences = h ? json_get(h->args, "audiences") : NULL;
	struct snap_held n;
	cJSON *text, *out;

	if (!h)
		return NULL;
	text = json_get(h->args, "text") ? cJSON_Duplicate(json_get(h->args, "text"), 1) : NULL;
	n = (struct snap_held){ .id = h->id,
		.incident = h->incident,
		.what = h->what,
		.by = h->actor,
		.release_at = h->release_at,
		.waiting = h->waiting,
		.stuck = h->stuck,
		.hash = h->hash,
		.text = text };
	n.channels = arena_alloc(a, (g->config->channels.count + 1) * sizeof *n.channels);
	for (const cJSON *i = audiences ? audiences->child : NULL; i; i = i->next) {
		const struct cfg_audience *from =
		    cJSON_IsString(i) ? config_audience(g->config, i->valuestring) : NULL;

		for (size_t ch = 0; from && ch < from->channels.count &&
				    n.channel_count < g->config->channels.count;
		     ch++)
			n.channels[n.channel_count++] = from->channels.items[ch].s;
	}
	out = wire_write(WIRE_HELD, &n);
	cJSON_Delete(text);
	return out;
}

static cJSON *delivery_object(struct engine *g, struct arena *a, const char *id)
{
	const struct owed *o = map_get(g->owed, id);
	struct snap_delivery n;

	if (!o)
		return NULL;
	n = (struct snap_delivery){ .id = o->id,
		.incident = o->incident,
		.destination = o->destination,
		.state = arena_strdup(a, o->in_flight  ? "sending"
					 : o->attempts ? "failed"
						       : "waiting"),
		.detail = o->detail,
		.update = o->version,
		.attempts = o->attempts,
		.at = UTC_NONE,
		.next_at = o->in_flight ? UTC_NONE : o->next_at };
	return wire_write(WIRE_DELIVERY, &n);
}

struct presence_search {
	const char *id;
	cJSON *out;
};

static void presence_found(void *ctx, const struct snap_presence *p)
{
	struct presence_search *s = ctx;

	if (!s->out && strcmp(p->id, s->id) == 0)
		s->out = wire_write(WIRE_PRESENCE, p);
}

static cJSON *presence_object(struct engine *g, const char *id)
{
	struct presence_search s = { id, NULL };

	serve_presence(g, presence_found, &s);
	return s.out;
}

static cJSON *text_object(struct engine *g, const char *id)
{
	const struct own_texts *t = &g->setup->texts_in_force;

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->items[i].name, id) == 0)
			return wire_write(WIRE_TEMPLATE,
			    &(struct snap_template){ t->items[i].name, t->items[i].text });
	return NULL;
}

static cJSON *subscriber_object(struct engine *g, struct arena *a, const char *id)
{
	const struct cfg_subscriber *from = config_subscriber(g->config, id);
	struct snap_subscriber n;

	if (!from)
		return NULL;
	n = (struct snap_subscriber){ .id = from->id.s,
		.name = from->name.s,
		.email = from->email.s,
		.audience = from->audience.s,
		.order = (int)(from - g->config->subscribers.items),
		.high_value = from->high_value,
		.regions = texts(a, &from->regions),
		.region_count = from->regions.count };
	n.contacts = arena_alloc(a, (from->contacts.count + 1) * sizeof *n.contacts);
	for (size_t i = 0; i < from->contacts.count; i++)
		fill_contact(a, &from->contacts.items[i], &n.contacts[n.contact_count++]);
	return wire_write(WIRE_SUBSCRIBER, &n);
}

/* ---- all kinds ---- */

char *object_line(struct engine *g, enum wire_kind kind, const char *id)
{
	struct arena *a = arena_new();
	cJSON *o = NULL;
	char *text = NULL;

	switch (kind) {
	case WIRE_NOC:
		o = noc_object(g, a);
		break;
	case WIRE_ENGINE:
		o = engine_object(g, a);
		break;
	case WIRE_REGION:
		o = region_object(g, a, id);
		break;
	case WIRE_COMPONENT:
		o = component_object(g, a, id);
		break;
	case WIRE_CELL:
		o = object_cell(g, a, id);
		break;
	case WIRE_CARRIER:
		o = carrier_object(g, a, id);
		break;
	case WIRE_FEED:
		o = object_feed(g, a, id);
		break;
	case WIRE_INCIDENT:
		text = object_incident(g, a, id);
		break;
	case WIRE_HELD:
		o = held_object(g, a, id);
		break;
	case WIRE_DELIVERY:
		o = delivery_object(g, a, id);
		break;
	case WIRE_PRESENCE:
		o = presence_object(g, id);
		break;
	case WIRE_TEMPLATE:
		o = text_object(g, id);
		break;
	case WIRE_MAINTENANCE:
		o = object_maintenance(g, id);
		break;
	case WIRE_SUBSCRIBER:
		o = subscriber_object(g, a, id);
		break;
	case WIRE_RECENT:
		o = object_recent(g, a, id);
		break;
	case WIRE_SOURCE:
	case WIRE_KINDS:
		break;
	}
	if (o)
		text = object_fit(o);
	arena_free(a);
	return text;
}

struct each_presence {
	void (*each)(void *ctx, enum wire_kind kind, const char *id);
	void *ctx;
};

static void one_presence(void *ctx, const struct snap_presence *p)
{
	struct each_presence *e = ctx;

	e->each(e->ctx, WIRE_PRESENCE, p->id);
}

/* Incidents that are over stay in the journal; boards get those that still matter. */
static bool shown(const struct live *l, struct utc now)
{
	return l->inc->version &&
	       (!incident_is_over(l->inc) || utc_diff(now, l->inc->last_at) < 3600000);
}

static void map_ids(const struct map *m, enum wire_kind kind,
    void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx)
{
	const char *id;
	size_t it = 0;

	while (m && map_next(m, &it, &id))
		each(ctx, kind, id);
}

static void cell_ids(
    struct engine *g, void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx)
{
	size_t count = 0;
	struct detect_cell *cells = g->detect ? detect_cells(g->detect, &count) : NULL;
	char id[160];

	for (size_t i = 0; i < count; i++) {
		snprintf(id, sizeof id, "%s/%s", cells[i].component, cells[i].region);
		each(ctx, WIRE_CELL, id);
	}
}

/* Of what the configuration and the texts in force hold. False: this kind is none of them. */
static bool configured_ids(struct engine *g, enum wire_kind kind,
    void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx)
{
	const struct config *c = g->config;

	switch (kind) {
	case WIRE_REGION:
		for (size_t i = 0; i < c->regions.count; i++)
			each(ctx, kind, c->regions.items[i].id.s);
		return true;
	case WIRE_COMPONENT:
		for (size_t i = 0; i < c->components.count; i++)
			each(ctx, kind, c->components.items[i].id.s);
		return true;
	case WIRE_CARRIER:
		for (size_t i = 0; i < c->carriers.count; i++)
			each(ctx, kind, c->carriers.items[i].id.s);
		return true;
	case WIRE_SUBSCRIBER:
		for (size_t i = 0; i < c->subscribers.count; i++)
			each(ctx, kind, c->subscribers.items[i].id.s);
		return true;
	case WIRE_TEMPLATE:
		for (size_t i = 0; i < g->setup->texts_in_force.count; i++)
			each(ctx, kind, g->setup->texts_in_force.items[i].name);
		return true;
	default:
		return false;
	}
}

void object_ids(struct engine *g, enum wire_kind kind,
    void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx)
{
	struct each_presence presence = { each, ctx };
	struct live *l;
	size_t it = 0;

	if (configured_ids(g, kind, each, ctx))
		return;
	switch (kind) {
	case WIRE_NOC:
	case WIRE_ENGINE:
		each(ctx, kind, wire_name(kind));
		break;
	case WIRE_CELL:
		cell_ids(g, each, ctx);
		break;
	case WIRE_FEED:
		map_ids(g->feeds, kind, each, ctx);
		break;
	case WIRE_INCIDENT:
		while ((l = map_next(g->live, &it, NULL)))
			if (shown(l, clock_utc()))
				each(ctx, kind, l->inc->id);
		break;
	case WIRE_MAINTENANCE:
		object_maintenance_ids(g, each, ctx);
		break;
	case WIRE_HELD:
		map_ids(g->held, kind, each, ctx);
		break;
	case WIRE_DELIVERY:
		map_ids(g->owed, kind, each, ctx);
		break;
	case WIRE_PRESENCE:
		serve_presence(g, one_presence, &presence);
		break;
	case WIRE_RECENT:
		object_recent_ids(g, each, ctx);
		break;
	case WIRE_REGION: /* configured_ids has them */
	case WIRE_COMPONENT:
	case WIRE_CARRIER:
	case WIRE_SUBSCRIBER:
	case WIRE_TEMPLATE:
	case WIRE_SOURCE:
	case WIRE_KINDS:
		break;
	}
}

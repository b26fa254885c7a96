/* What one key alone cannot tell: ids that are unique, references that lead somewhere, and what is
 * derived (probe and feed ids, probes for every region, names, calendars). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/nearest.h"
#include "config_priv.h"
#include "domain/command.h"

typedef struct cfg_text (*id_fn)(const void *item);

/* A map of the ids of a list; a second use of an id is a problem. */
static struct map *ids(struct reader *r, const char *what, const void *items, size_t count,
    size_t size, size_t id_offset)
{
	struct map *m = map_new(NULL);

	for (size_t i = 0; i < count; i++) {
		const char *item = (const char *)items + i * size;
		const struct cfg_text *id = (const void *)(item + id_offset);
		const struct cfg_text *first;

		if (!id->s)
			continue;
		first = map_get(m, id->s);
		if (first)
			reader_problem(r, id->pos, "give one of them another id",
			    "%s \"%s\" is there already, in line %d", what, id->s, first->pos.line);
		else
			map_set(m, id->s, (void *)(uintptr_t)id);
	}
	return m;
}

#define IDS(r, what, list, type)                                                                   \
	ids(r, what, (list).items, (list).count, sizeof(struct type), offsetof(struct type, id))

void config_refer(
    struct reader *r, const struct map *known, const char *what, const struct cfg_text *t)
{
	const char *words[256], *key, *near;
	size_t count = 0, it = 0;
	char help[160];

	if (!t->s || map_get(known, t->s))
		return;
	while (count < countof(words) && map_next(known, &it, &key))
		words[count++] = key;
	near = nearest_word(t->s, words, count);
	if (near)
		snprintf(help, sizeof help, "did you mean %s?", near);
	reader_problem(r, t->pos, near ? help : NULL, "there is no %s \"%s\"", what, t->s);
}

void config_refer_all(
    struct reader *r, const struct map *known, const char *what, const struct cfg_texts *l)
{
	for (size_t i = 0; i < l->count; i++)
		config_refer(r, known, what, &l->items[i]);
}

void config_check_zone(struct reader *r, const struct cfg_text *name)
{
	if (name->s && !r->zone(r->zone_ctx, name->s))
		reader_problem(r, name->pos, "an IANA name such as Europe/Paris",
		    "there is no time zone \"%s\"", name->s);
}

void config_check_url(struct reader *r, const struct cfg_text *url)
{
	if (url->s && strncmp(url->s, "http://", 7) != 0 && strncmp(url->s, "https://", 8) != 0)
		reader_problem(r, url->pos, "it starts with http:// or https://",
		    "\"%s\" is no address", url->s);
	for (const char *p = url->s; p && *p; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f) {
			reader_problem(r, url->pos, NULL, "an address holds visible ASCII only");
			break;
		}
}

struct calendar *config_calendar(struct reader *r, const struct cfg_calendar *cal)
{
	const struct zone *zone = zone_utc();
	size_t before = r->problems->count;
	struct calendar *c;
	const char *why;
	struct date d;

	config_check_zone(r, &cal->timezone);
	if (cal->timezone.s && r->problems->count == before)
		zone = r->zone(r->zone_ctx, cal->timezone.s);
	c = calendar_new(cal->id.s, zone);
	if (cal->hours.count)
		calendar_clear_hours(c);
	for (size_t i = 0; i < cal->hours.count; i++) {
		const struct cfg_pair *h = &cal->hours.items[i];

		for (size_t j = 0; j < h->values.count; j++)
			if (!calendar_set_hours(c, h->key.s, h->values.items[j].s, &why))
				reader_problem(r, h->values.items[j].pos,
				    "{ mon-fri: \"09:00-17:00\" }", "%s", why);
	}
	for (size_t i = 0; i < cal->holidays.count; i++) {
		if (date_parse(cal->holidays.items[i].s, &d))
			calendar_add_holiday(c, d);
		else
			reader_problem(r, cal->holidays.items[i].pos, "write 2026-12-25",
			    "\"%s\" is no date", cal->holidays.items[i].s);
	}
	if (r->problems->count == before)
		return c;
	calendar_free(c);
	return NULL;
}

static void calendars(struct reader *r, struct config *c)
{
	for (size_t i = 0; i < c->calendars.count; i++) {
		struct cfg_calendar *cal = &c->calendars.items[i];

		if (!cal->timezone.s)
			cal->timezone = c->timezone;
		cal->calendar = config_calendar(r, cal);
		if (cal->calendar)
			policy_add_calendar(c->policy, cal->calendar);
	}
	if (c->timezone.s && !c->policy->default_named)
		c->policy->default_calendar->zone = r->zone(r->zone_ctx, c->timezone.s);
	if (!c->policy->default_calendar->zone)
		c->policy->default_calendar->zone = zone_utc();
}

static void regions(struct reader *r, struct config *c, const struct map *portfolios)
{
	for (size_t i = 0; i < c->regions.count; i++) {
		struct cfg_region *g = &c->regions.items[i];

		if (!g->name.s)
			g->name = g->id;
		config_check_zone(r, &g->timezone);
		for (size_t z = 0; z < g->timezones.count; z++)
			config_check_zone(r, &g->timezones.items[z]);
		if (g->timezone.s && g->timezones.count)
			reader_problem(r, g->timezones.items[0].pos, NULL,
			    "\"timezone\" and \"timezones\" are both given");
		if (!g->timezones.count) {
			g->timezones.items = arena_alloc(r->arena, sizeof *g->timezones.items);
			g->timezones.items[0] = g->timezone.s ? g->timezone : c->timezone;
			g->timezones.count = 1;
		}
		config_refer_all(r, portfolios, "portfolio", &g->portfolios);
		if (g->calendar.s && !policy_set_region_calendar(c->policy, g->id.s, g->calendar.s))
			reader_problem(r, g->calendar.pos, "name one of \"calendars\"",
			    "there is no calendar \"%s\"", g->calendar.s);
	}
	if (!c->regions.count)
		reader_problem(r, (struct cfg_pos){ r->sources[0].name, 1, 1 },
		    "regions: [ { id: FR, name: France } ]", "there is no region");
}

enum walk { WALK_NEW, WALK_OPEN, WALK_DONE };

/* Of a configuration that may lack ids. */
static size_t index_of(const struct config *c, const char *id)
{
	size_t i = 0;

	while (i < c->components.count &&
	       (!c->components.items[i].id.s || strcmp(c->components.items[i].id.s, id) != 0))
		i++;
	return i;
}

/* Follows what a component depends on; a way that comes back to where it has been is told once. */
static void no_circle(struct reader *r, struct config *c, size_t at, enum walk *walks)
{
	const struct cfg_component *k = &c->components.items[at];

	walks[at] = WALK_OPEN;
	for (size_t d = 0; d < k->depends_on.count; d++) {
		const struct cfg_text *t = &k->depends_on.items[d];
		size_t to = index_of(c, t->s);

		if (to == c->components.count)
			continue; /* a carrier, or not there */
		if (walks[to] == WALK_OPEN)
			reader_problem(r, t->pos,
			    "leave out one of them: nothing is the cause of itself",
			    "\"%s\" depends on \"%s\", which depends on it again", k->id.s, t->s);
		else if (walks[to] == WALK_NEW)
			no_circle(r, c, to, walks);
	}
	walks[at] = WALK_DONE;
}

static void no_circles(struct reader *r, struct config *c)
{
	enum walk *walks = arena_alloc(r->arena, (c->components.count + 1) * sizeof *walks);

	for (size_t i = 0; i < c->components.count; i++)
		if (walks[i] == WALK_NEW)
			no_circle(r, c, i, walks);
}

static void components(struct reader *r, struct config *c, const struct map *region_ids,
    const struct map *component_ids, const struct map *carrier_ids)
{
	struct map *probe_ids = map_new(NULL);

	for (size_t i = 0; i < c->components.count; i++) {
		struct cfg_component *k = &c->components.items[i];

		if (!k->name.s)
			k->name = k->id;
		if (!k->label.s && k->id.s) {
			k->label.s = arena_printf(r->arena, "%.6s", k->id.s);
			for (char *p = k->label.s; *p; p++)
				*p = (char)toupper((unsigned char)*p);
		}
		for (size_t d = 0; d < k->depends_on.count; d++) {
			struct cfg_text t = k->depends_on.items[d];
			bool carrier = strncmp(t.s, "carrier:", 8) == 0;

			t.s += carrier ? 8 : 0;
			config_refer(r, carrier ? carrier_ids : component_ids,
			    carrier ? "carrier" : "component", &t);
		}
		if (k->coverage.s && strcmp(k->coverage.s, "24x7") != 0 &&
		    !policy_calendar(c->policy, k->coverage.s))
			reader_problem(r, k->coverage.pos, "24x7, or one of \"calendars\"",
			    "there is no calendar \"%s\"", k->coverage.s);
		config_check_probes(r, c, k, region_ids, probe_ids);
	}
	map_free(probe_ids);
	no_circles(r, c);
	if (!c->components.count)
		reader_problem(r, (struct cfg_pos){ r->sources[0].name, 1, 1 },
		    "components: [ { id: data, name: Mobile data } ]", "there is no component");
}

static void carriers(struct reader *r, struct config *c, const struct map *region_ids,
    const struct map *component_ids)
{
	for (size_t i = 0; i < c->carriers.count; i++) {
		struct cfg_carrier *k = &c->carriers.items[i];
		struct map *feed_ids = map_new(NULL);

		if (!k->name.s)
			k->name = k->id;
		config_refer_all(r, region_ids, "region", &k->regions);
		for (size_t j = 0; j < k->feeds.count; j++) {
			struct cfg_feed *f = &k->feeds.items[j];
			char *id = arena_printf(r->arena, "%s/%s", k->id.s ? k->id.s : "?",
			    f->format.s ? f->format.s : "?");

			config_check_feed(r, f);
			for (int n = 2; map_get(feed_ids, id); n++)
				id = arena_printf(r->arena, "%s/%s#%d", k->id.s, f->format.s, n);
			f->id = (struct cfg_text){ id, f->pos };
			map_set(feed_ids, id, f);
			for (size_t m = 0; m < f->map.count; m++)
				config_refer_all(
				    r, component_ids, "component", &f->map.items[m].values);
		}
		map_free(feed_ids);
	}
}

static void people(struct reader *r, struct config *c, const struct map *team_ids)
{
	struct map *logins = map_new(NULL);

	for (size_t i = 0; i < c->people.count; i++) {
		struct cfg_person *p = &c->people.items[i];

		if (!p->name.s)
			p->name = p->id;
		p->permissions = PERM_VIEW;
		for (size_t j = 0; j < p->can.count; j++) {
			unsigned bits = permission_parse(p->can.items[j].s);

			p->permissions |= bits;
			if (!bits)
				reader_problem(r, p->can.items[j].pos,
				    "view, respond, command, publish or admin",
				    "\"%s\" is no permission", p->can.items[j].s);
		}
		for (size_t j = 0; j < p->login.count; j++) {
			if (map_get(logins, p->login.items[j].s))
				reader_problem(r, p->login.items[j].pos, NULL,
				    "the login \"%s\" belongs to someone else already",
				    p->login.items[j].s);
			map_set(logins, p->login.items[j].s, p);
		}
		config_refer_all(r, team_ids, "team", &p->teams);
	}
	map_free(logins);
}

static void teams(struct reader *r, struct config *c, const struct map *person_ids)
{
	int minutes, seconds, end;
	struct date d;

	for (size_t i = 0; i < c->teams.count; i++) {
		struct cfg_team *t = &c->teams.items[i];

		if (!t->name.s)
			t->name = t->id;
		if (!t->timezone.s)
			t->timezone = c->timezone;
		config_check_zone(r, &t->timezone);
		config_refer_all(r, person_ids, "person", &t->rotation);
		end = 0;
		if (t->handover.s &&
		    (sscanf(t->handover.s, "%2d:%2d%n", &minutes, &seconds, &end) != 2 ||
			t->handover.s[end] || minutes > 23 || seconds > 59))
			reader_problem(r, t->handover.pos, "write 08:00",
			    "\"%s\" is no time of day", t->handover.s);
		if (t->rotation.count > 1 && !t->from.s)
			reader_problem(r, t->pos, "from: 2026-11-02",
			    "a rotation needs the day on which it starts");
		if (t->from.s && !date_parse(t->from.s, &d))
			reader_problem(
			    r, t->from.pos, "write 2026-11-02", "\"%s\" is no date", t->from.s);
	}
}

void config_check(struct reader *r, struct config *c)
{
	struct map *region_ids = IDS(r, "region", c->regions, cfg_region);
	struct map *component_ids = IDS(r, "component", c->components, cfg_component);
	struct map *carrier_ids = IDS(r, "carrier", c->carriers, cfg_carrier);
	struct map *portfolio_ids = IDS(r, "portfolio", c->portfolios, cfg_portfolio);
	struct map *person_ids = IDS(r, "person", c->people, cfg_person);
	struct map *team_ids = IDS(r, "team", c->teams, cfg_team);
	struct map *channel_ids = IDS(r, "channel", c->channels, cfg_channel);
	struct map *audience_ids = IDS(r, "audience", c->audiences, cfg_audience);
	struct map *all[] = { region_ids, component_ids, carrier_ids, portfolio_ids, person_ids,
		team_ids, channel_ids, audience_ids,
		IDS(r, "subscriber", c->subscribers, cfg_subscriber) };

	config_check_zone(r, &c->timezone);
	config_check_url(r, &c->gateway);
	calendars(r, c);
	regions(r, c, portfolio_ids);
	components(r, c, region_ids, component_ids, carrier_ids);
	carriers(r, c, region_ids, component_ids);
	people(r, c, team_ids);
	teams(r, c, person_ids);
	config_check_channels(r, c, component_ids, channel_ids);
	config_check_subscribers(r, c, region_ids, component_ids, audience_ids);
	config_check_targets_apart(r, c);
	config_check_zone(r, &c->page_timezone);
	config_check_pages(r, c);
	config_check_maintenance(r, c);
	for (size_t i = 0; i < countof(all); i++)
		map_free(all[i]);
}

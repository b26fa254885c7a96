#include "domain/config.h"

#include <stdlib.h>
#include <string.h>

#include "config_priv.h"

/* The main file with the others merged into it; NULL: it has no tree. */
static struct ynode *read_tree(struct reader *r, const struct cfg_source *sources, size_t count)
{
	struct ynode *root = yaml_tree(r, &sources[0]), *part;

	for (size_t i = 1; root && i < count; i++) {
		part = yaml_tree(r, &sources[i]);
		if (part)
			yaml_merge(r, root, part);
	}
	return root;
}

/* Calls `found` with the text under this key, of the section if one is named, if there is one. */
static void named(const struct cfg_source *sources, size_t count, const char *section,
    const char *key, void (*found)(struct reader *r, const struct ynode *name, void *ctx),
    void *ctx)
{
	struct cfg_problems problems = { 0 };
	struct reader r = { .arena = arena_new(),
		.sources = sources,
		.source_count = count,
		.problems = &problems };
	const struct ynode *root = read_tree(&r, sources, count);
	const struct ynode *name;

	if (root && section)
		root = root->kind == Y_MAP ? yaml_get(root, section) : NULL;
	name = root && root->kind == Y_MAP ? yaml_get(root, key) : NULL;
	if (name && name->kind == Y_SCALAR && *name->text)
		found(&r, name, ctx);
	cfg_problems_fini(&problems);
	arena_free(r.arena);
}

static void take_name(struct reader *r, const struct ynode *name, void *ctx)
{
	char **out = ctx;

	(void)r;
	*out = xstrdup(name->text);
}

char *config_policy_name(const struct cfg_source *sources, size_t count)
{
	char *out = NULL;

	named(sources, count, NULL, "policy", take_name, &out);
	return out;
}

char *config_socket_name(const struct cfg_source *sources, size_t count)
{
	char *out = NULL;

	named(sources, count, "noc", "socket", take_name, &out);
	return out;
}

struct unread {
	struct cfg_problems *problems;
	const char *why;
};

static void tell_unread(struct reader *r, const struct ynode *name, void *ctx)
{
	const struct unread *u = ctx;

	r->problems = u->problems;
	reader_problem(
	    r, name->pos, "name a file that is there, or leave the key out", "%s", u->why);
}

void config_policy_problem(
    const struct cfg_source *sources, size_t count, const char *why, struct cfg_problems *problems)
{
	named(sources, count, NULL, "policy", tell_unread, &(struct unread){ problems, why });
}

struct config *config_load(const struct cfg_source *sources, size_t count,
    const struct cfg_source *policy, cfg_zone_fn zone, void *ctx, struct cfg_problems *problems)
{
	struct arena *arena = arena_new();
	struct config *c = arena_alloc(arena, sizeof *c);
	struct cfg_source *all = arena_alloc(arena, (count + 1) * sizeof *all);
	struct reader r = { .arena = arena,
		.tree = arena_new(),
		.sources = all,
		.source_count = count,
		.problems = problems,
		.zone = zone,
		.zone_ctx = ctx };
	size_t before = problems->count;
	struct ynode *root, *rules;

	memcpy(all, sources, count * sizeof *all);
	if (policy)
		all[r.source_count++] = *policy;
	c->arena = arena;
	c->policy = policy_default();
	rules = policy ? yaml_tree(&r, policy) : NULL;
	if (rules)
		policy_apply(&r, c->policy, rules);
	root = read_tree(&r, sources, count);
	if (!root && problems->count == before)
		reader_problem(&r, (struct cfg_pos){ sources[0].name, 1, 1 },
		    "`nocboard init` writes one to start from", "the configuration is empty");
	if (root) {
		config_walk(&r, &config_object, root, c);
		config_check(&r, c);
		config_check_approval(&r, c, rules);
	}
	arena_free(r.tree);
	if (problems->count == before)
		return c;
	config_free(c);
	return NULL;
}

void config_check_links(const struct config *c, const struct cfg_source *sources, size_t count,
    cfg_real_fn real, struct cfg_problems *problems)
{
	struct reader r = { .arena = c->arena,
		.sources = sources,
		.source_count = count,
		.problems = problems,
		.real = real };

	config_check_targets_apart(&r, c);
	config_check_pages_apart(&r, c);
}

void config_free(struct config *c)
{
	if (!c)
		return;
	policy_free(c->policy);
	arena_free(c->arena);
}

#define FIND(name, type, list)                                                                     \
	const struct type *name(const struct config *c, const char *id)                            \
	{                                                                                          \
		for (size_t i = 0; id && i < c->list.count; i++)                                   \
			if (strcmp(c->list.items[i].id.s, id) == 0)                                \
				return &c->list.items[i];                                          \
		return NULL;                                                                       \
	}

FIND(config_region, cfg_region, regions)
FIND(config_component, cfg_component, components)
FIND(config_carrier, cfg_carrier, carriers)
FIND(config_person, cfg_person, people)
FIND(config_channel, cfg_channel, channels)
FIND(config_audience, cfg_audience, audiences)
FIND(config_subscriber, cfg_subscriber, subscribers)

const struct cfg_person *config_login(const struct config *c, const char *login)
{
	for (size_t i = 0; i < c->people.count; i++)
		for (size_t j = 0; j < c->people.items[i].login.count; j++)
			if (strcmp(c->people.items[i].login.items[j].s, login) == 0)
				return &c->people.items[i];
	return NULL;
}

const struct cfg_team *config_tier_team(const struct config *c, int tier)
{
	for (size_t i = 0; i < c->teams.count; i++)
		if (c->teams.items[i].tier == tier)
			return &c->teams.items[i];
	return NULL;
}

static const struct cfg_person *first_member(const struct config *c, const char *team)
{
	for (size_t i = 0; i < c->people.count; i++)
		for (size_t j = 0; j < c->people.items[i].teams.count; j++)
			if (strcmp(c->people.items[i].teams.items[j].s, team) == 0)
				return &c->people.items[i];
	return NULL;
}

const struct cfg_person *config_on_call(
    const struct config *c, const struct cfg_team *team, const struct zone *zone, struct utc now)
{
	int64_t ms, day, turn, handover;
	struct date from;

	if (!team->rotation.count)
		return first_member(c, team->id.s);
	if (!team->from.s || !date_parse(team->from.s, &from))
		return config_person(c, team->rotation.items[0].s);
	day = date_to_days(zone_local(zone, now, &ms)) - date_to_days(from);
	handover = (strtol(team->handover.s, NULL, 10) * 60 +
		       strtol(strchr(team->handover.s, ':') + 1, NULL, 10)) *
		   60000;
	if (ms < handover)
		day--; /* the day's turn starts at the hand-over */
	turn = day >= 0 ? day / team->days : -((-day + team->days - 1) / team->days);
	turn %= (int64_t)team->rotation.count;
	if (turn < 0)
		turn += (int64_t)team->rotation.count;
	return config_person(c, team->rotation.items[turn].s);
}

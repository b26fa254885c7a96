#include "domain/scenario.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "config_priv.h"
#include "domain/command.h"

/* clang-format off */
#define AT(type, member) offsetof(struct type, member)
#define HOUR INT64_C(3600000)

static const struct field page_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(scenario_page, id), .required = true },
	{ .key = "title", .type = F_TEXT, .offset = AT(scenario_page, title), .required = true },
	{ .key = "components", .type = F_TEXTS, .offset = AT(scenario_page, components) },
	{ 0 },
};
static const struct object page_object = { "page", sizeof(struct scenario_page), page_fields, true };

static const struct field step_fields[] = {
	{ .key = "at", .type = F_DURATION, .offset = AT(scenario_step, at_ms), .initial = "0s", .max = 24 * HOUR },
	{ .key = "when", .type = F_TEXT, .offset = AT(scenario_step, when) },
	{ .key = "set", .type = F_PAIRS, .offset = AT(scenario_step, set) },
	{ .key = "page", .type = F_TEXT, .offset = AT(scenario_step, page) },
	{ .key = "component", .type = F_TEXT, .offset = AT(scenario_step, component) },
	{ .key = "status", .type = F_TEXT, .offset = AT(scenario_step, status) },
	{ .key = "incident", .type = F_TEXT, .offset = AT(scenario_step, incident) },
	{ .key = "title", .type = F_TEXT, .offset = AT(scenario_step, title) },
	{ .key = "state", .type = F_CHOICE, .offset = AT(scenario_step, state), .choices = "investigating identified monitoring resolved" },
	{ .key = "impact", .type = F_CHOICE, .offset = AT(scenario_step, impact), .choices = "none minor major critical" },
	{ .key = "affects", .type = F_TEXT, .offset = AT(scenario_step, affects) },
	{ .key = "text", .type = F_TEXT, .offset = AT(scenario_step, text) },
	{ 0 },
};
static const struct object step_object = { "step of the world", sizeof(struct scenario_step), step_fields, true };

static const struct field move_fields[] = {
	{ .key = "when", .type = F_TEXT, .offset = AT(scenario_move, when), .required = true },
	{ .key = "after", .type = F_DURATION, .offset = AT(scenario_move, after_ms), .initial = "0s", .max = 24 * HOUR },
	{ .key = "do", .type = F_TEXT, .offset = AT(scenario_move, command), .required = true },
	{ .key = "args", .type = F_PAIRS, .offset = AT(scenario_move, args) },
	{ 0 },
};
static const struct object move_object = { "move of the commander", sizeof(struct scenario_move), move_fields, true };

static const struct field scenario_fields[] = {
	{ .key = "name", .type = F_TEXT, .offset = AT(scenario, name), .required = true },
	{ .key = "summary", .type = F_TEXT, .offset = AT(scenario, summary), .required = true },
	{ .key = "limit", .type = F_DURATION, .offset = AT(scenario, limit_ms), .initial = "40m", .max = 24 * HOUR },
	{ .key = "config", .type = F_TEXT, .offset = AT(scenario, config), .required = true },
	{ .key = "start", .type = F_PAIRS, .offset = AT(scenario, start) },
	{ .key = "pages", .type = F_OBJECTS, .offset = AT(scenario, pages), .object = &page_object },
	{ .key = "world", .type = F_OBJECTS, .offset = AT(scenario, world), .object = &step_object },
	{ .key = "commander", .type = F_OBJECTS, .offset = AT(scenario, commander), .object = &move_object },
	{ 0 },
};
static const struct object scenario_object = { "scenario", sizeof(struct scenario), scenario_fields, false };
/* clang-format on */

const struct snap_incident *scenario_incident(const struct snapshot *s)
{
	const struct snap_incident *inc, *first = NULL;
	size_t it = 0;

	while ((inc = map_next(s->incidents, &it, NULL)))
		if (inc->phase != PHASE_DISMISSED && inc->phase != PHASE_MERGED &&
		    (!first || utc_before(inc->opened_at, first->opened_at)))
			first = inc;
	return first;
}

static bool engaged(const struct snap_incident *inc, int tier)
{
	for (size_t i = 0; i < inc->engagement_count; i++)
		if (tier ? inc->engagements[i].tier == tier : inc->engagements[i].carrier != NULL)
			return true;
	return false;
}

static bool told(const struct snap_incident *inc, const char *stage)
{
	for (size_t i = 0; i < inc->update_count; i++)
		if (!stage || strcmp(inc->updates[i].stage, stage) == 0)
			return true;
	return !stage && inc->updates_total > 0;
}

#define CONDITION(name, expression)                                                                \
	static bool name(const struct snapshot *s, const struct snap_incident *inc)                \
	{                                                                                          \
		(void)s;                                                                           \
		return expression;                                                                 \
	}

CONDITION(is_candidate, inc->phase == PHASE_DETECTED)
CONDITION(is_open, inc->phase == PHASE_OPEN)
CONDITION(has_ic, inc->role[ROLE_IC].person != NULL)
CONDITION(has_comms, inc->role[ROLE_COMMS].person != NULL)
CONDITION(has_tech, inc->role[ROLE_TECH].person != NULL)
CONDITION(has_liaison, inc->role[ROLE_LIAISON].person != NULL)
CONDITION(is_updated, told(inc, NULL))
CONDITION(has_tier2, engaged(inc, 2))
CONDITION(has_tier3, engaged(inc, 3))
CONDITION(is_involved, inc->dependency_count > 0)
CONDITION(has_carrier, engaged(inc, 0))
CONDITION(is_green, inc->sources_total > 0 && inc->sources_failing == 0)
CONDITION(is_restored, inc->phase == PHASE_RESTORED)
CONDITION(told_restored, told(inc, "restored"))
CONDITION(is_resolved, inc->phase == PHASE_RESOLVED)
CONDITION(told_resolved, told(inc, "resolved"))

const struct scenario_condition scenario_conditions[] = {
	{ "candidate", "the engine has opened a candidate", is_candidate },
	{ "open", "somebody took it", is_open },
	{ "ic", "there is an incident commander", has_ic },
	{ "comms", "there is a communications lead", has_comms },
	{ "tech", "there is a technical lead", has_tech },
	{ "liaison", "there is a customer liaison", has_liaison },
	{ "updated", "an update was posted", is_updated },
	{ "tier2", "tier 2 was engaged", has_tier2 },
	{ "tier3", "tier 3 was engaged", has_tier3 },
	{ "involved", "a carrier is involved", is_involved },
	{ "carrier", "a carrier was engaged", has_carrier },
	{ "green", "no source says that it is broken any more", is_green },
	{ "restored", "service is restored", is_restored },
	{ "told-restored", "customers were told that it works again", told_restored },
	{ "resolved", "the fix is in", is_resolved },
	{ "told-resolved", "customers were told that it is over", told_resolved },
	{ 0 },
};

static const struct scenario_condition *condition(const char *name)
{
	for (const struct scenario_condition *c = scenario_conditions; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

bool scenario_met(const char *name, const struct snapshot *s)
{
	const struct scenario_condition *c = condition(name);
	const struct snap_incident *inc = scenario_incident(s);

	return c && inc && c->met(s, inc);
}

static void check_when(struct reader *r, const struct cfg_text *when)
{
	if (when->s && !condition(when->s))
		reader_problem(r, when->pos, "see docs/drill.md for the conditions",
		    "there is no condition \"%s\"", when->s);
}

static bool has_page(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->pages.count; i++)
		if (strcmp(s->pages.items[i].id.s, id) == 0)
			return true;
	return false;
}

static void check(struct reader *r, const struct scenario *s)
{
	for (size_t i = 0; i < s->world.count; i++) {
		const struct scenario_step *step = &s->world.items[i];

		check_when(r, &step->when);
		if (step->page.s && !has_page(s, step->page.s))
			reader_problem(r, step->page.pos, "name one of \"pages\"",
			    "there is no page \"%s\"", step->page.s);
		if (step->status.s && status_of(step->status.s) < 0)
			reader_problem(r, step->status.pos,
			    "operational, degraded, partial_outage, major_outage or maintenance",
			    "there is no status \"%s\"", step->status.s);
	}
	for (size_t i = 0; i < s->commander.count; i++) {
		const struct scenario_move *move = &s->commander.items[i];

		check_when(r, &move->when);
		if (move->command.s && !command_find(move->command.s))
			reader_problem(r, move->command.pos, "see `nocboard help incident`",
			    "there is no command \"%s\"", move->command.s);
	}
}

struct scenario *scenario_load(const struct cfg_source *source, struct cfg_problems *problems)
{
	struct arena *arena = arena_new();
	struct scenario *s = arena_alloc(arena, sizeof *s);
	struct reader r = {
		.arena = arena, .sources = source, .source_count = 1, .problems = problems
	};
	size_t before = problems->count;
	struct ynode *root = yaml_tree(&r, source);

	s->arena = arena;
	if (root) {
		config_walk(&r, &scenario_object, root, s);
		check(&r, s);
	} else if (problems->count == before) {
		reader_problem(
		    &r, (struct cfg_pos){ source->name, 1, 1 }, NULL, "the scenario is empty");
	}
	if (problems->count == before)
		return s;
	arena_free(arena);
	return NULL;
}

void scenario_free(struct scenario *s)
{
	if (s)
		arena_free(s->arena);
}

char *scenario_config(const struct scenario *s, const char *farm, const char *mail,
    const char *user, const char *scratch)
{
	const struct {
		const char *mark, *value;
	} marks[] = { { "{farm}", farm }, { "{mail}", mail }, { "{user}", user },
		{ "{scratch}", scratch } };
	struct buf out;

	buf_init(&out, 0);
	for (const char *p = s->config.s; *p;) {
		size_t i = 0;

		while (i < countof(marks) && strncmp(p, marks[i].mark, strlen(marks[i].mark)) != 0)
			i++;
		if (i < countof(marks)) {
			buf_adds(&out, marks[i].value);
			p += strlen(marks[i].mark);
		} else {
			buf_addc(&out, *p++);
		}
	}
	return buf_take(&out);
}

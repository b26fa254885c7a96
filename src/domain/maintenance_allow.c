/* The rules applied to a command: what is refused, what goes on with a reason, what is only said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "maintenance_priv.h"

#define ZONES_MAX 16

static const char *const force_names[] = {
	[RULE_HINT] = "hint",
	[RULE_REASON] = "reason",
	[RULE_FIRM] = "firm",
};

/* ---- the world as the rules see it ---- */

static void fill_places(const struct planning *p, const struct maintenance_plan *plan,
    struct arena *a, struct maintenance_check *c)
{
	const struct world *w = p->d.w;
	struct maintenance_place *places =
	    arena_alloc(a, (plan->region_count + 1) * sizeof *places);

	for (size_t i = 0; i < plan->region_count; i++) {
		const struct zone **zones = arena_alloc(a, ZONES_MAX * sizeof *zones);
		struct maintenance_place *to = &places[c->place_count++];

		to->id = to->name = plan->regions[i];
		if (w->region_name && w->region_name(w->ctx, to->id))
			to->name = w->region_name(w->ctx, to->id);
		to->zone_count =
		    w->region_zones ? w->region_zones(w->ctx, to->id, zones, ZONES_MAX) : 0;
		if (!to->zone_count)
			zones[to->zone_count++] = zone_utc();
		to->zones = zones;
	}
	c->places = places;
}

static void fill_classes(const struct planning *p, const struct maintenance_plan *plan,
    struct arena *a, struct maintenance_check *c)
{
	const struct world *w = p->d.w;
	const char **classes = arena_alloc(a, (plan->component_count + 1) * sizeof *classes);

	for (size_t i = 0; i < plan->component_count; i++) {
		const char *klass =
		    w->component_class ? w->component_class(w->ctx, plan->components[i]) : NULL;

		classes[c->class_count++] = klass ? klass : "other";
	}
	c->classes = classes;
}

static void fill_others(const struct planning *p, struct arena *a, struct maintenance_check *c)
{
	const struct world *w = p->d.w;
	const struct maintenance **others;
	size_t n = 0;

	while (w->maintenance && w->maintenance(w->ctx, n))
		n++;
	others = arena_alloc(a, (n + 1) * sizeof *others);
	for (; c->other_count < n; c->other_count++)
		others[c->other_count] = w->maintenance(w->ctx, c->other_count);
	c->others = others;
}

/* ---- overrides ---- */

static void keep(struct planning *p, const struct maintenance_finding *f)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "rule", maintenance_rules[f->rule].id);
	json_put_str(o, "level", force_names[f->force]);
	json_put_str(o, "text", f->text);
	cJSON_AddItemToArray(p->findings, o);
}

/* Every rule that is named is one that can be overridden, each with a reason. */
static bool overrides_fit(struct planning *p)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(p->d.args, "override"))
	{
		int rule = maintenance_rule_of(item->string);

		if (rule < 0 || maintenance_rules[rule].force == RULE_HINT)
			return refuse(&p->d, "argument", "override", "help lists the rules",
			    "there is no rule \"%.31s\" to override", item->string);
		if (maintenance_rules[rule].force == RULE_FIRM)
			return refuse(&p->d, maintenance_rules[rule].id, "override",
			    "the plan has to be another one",
			    "the rule \"%s\" cannot be overridden", maintenance_rules[rule].id);
		if (!cJSON_IsString(item) || command_blank(item->valuestring) ||
		    strlen(item->valuestring) > COMMAND_TEXT_MAX)
			return refuse(&p->d, "argument", "override", "",
			    "an override of \"%s\" needs its reason", maintenance_rules[rule].id);
	}
	return true;
}

static void add_override(struct planning *p, enum maintenance_rule_id rule, cJSON *overrides)
{
	const char *reason = json_str(json_get(p->d.args, "override"), maintenance_rules[rule].id);
	char *clean = utf8_cleaned(reason, UTF8_ONE_LINE, COMMAND_TEXT_MAX);
	cJSON *body = cJSON_CreateObject();

	json_put_str(body, "rule", maintenance_rules[rule].id);
	json_put_str(body, "reason", clean);
	json_put_str(body, "by", p->d.cmd->actor);
	cJSON_AddItemToArray(overrides, body);
	free(clean);
}

static bool refuse_rule(struct planning *p, const struct maintenance_finding *f)
{
	char help[160];

	snprintf(help, sizeof help,
	    f->force == RULE_FIRM ? "plan it with a tested way back"
				  : "or go on with a reason: --override %s=REASON",
	    maintenance_rules[f->rule].id);
	return refuse(&p->d, maintenance_rules[f->rule].id, "override", help, "%s", f->text);
}

bool rules_allow(
    struct planning *p, const struct maintenance_plan *plan, bool posting, cJSON *overrides)
{
	struct maintenance_finding found[MAINTENANCE_RULES];
	const struct maintenance_finding *broken = NULL;
	struct arena *a = arena_new();
	struct maintenance_check c = { .policy = &p->d.w->policy->maintenance,
		.plan = plan,
		.self = p->d.mnt ? p->d.mnt->id : NULL,
		.now = p->d.now,
		.posting = posting };
	size_t n;
	bool ok = overrides_fit(p);

	fill_places(p, plan, a, &c);
	fill_classes(p, plan, a, &c);
	fill_others(p, a, &c);
	n = ok ? maintenance_check(&c, found) : 0;
	for (size_t i = 0; i < n; i++) {
		const char *id = maintenance_rules[found[i].rule].id;

		keep(p, &found[i]);
		if (found[i].force == RULE_HINT)
			continue;
		if (found[i].force == RULE_REASON && json_str(json_get(p->d.args, "override"), id))
			add_override(p, found[i].rule, overrides);
		else if (!broken)
			broken = &found[i];
	}
	if (broken)
		ok = refuse_rule(p, broken);
	arena_free(a);
	return ok;
}

void emit_overrides(struct planning *p, cJSON *overrides)
{
	cJSON *item;

	while ((item = cJSON_DetachItemFromArray(overrides, 0)))
		emit(&p->d, EVENT_OVERRIDDEN, item);
}

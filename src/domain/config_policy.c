/* The policy file laid over the default policy: single values change, the rest stays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "config_priv.h"

static void set_text(char **into, const struct ynode *n)
{
	free(*into);
	*into = xstrdup(n->text);
}

static bool scalar(struct reader *r, const char *key, const struct ynode *n)
{
	if (n->kind == Y_SCALAR)
		return true;
	reader_problem(r, n->pos, NULL, "\"%s\" takes one value", key);
	return false;
}

static void set_examples(struct reader *r, struct severity_policy *s, const struct ynode *n)
{
	if (n->kind != Y_LIST) {
		reader_problem(r, n->pos, "[\"one\", \"two\"]", "\"examples\" takes a list");
		return;
	}
	for (size_t i = 0; i < s->example_count; i++)
		free(s->examples[i]);
	free(s->examples);
	s->examples = xcalloc(n->count, sizeof *s->examples);
	s->example_count = 0;
	for (size_t i = 0; i < n->count; i++)
		if (scalar(r, "examples", n->items[i]))
			s->examples[s->example_count++] = xstrdup(n->items[i]->text);
}

static void set_target(struct reader *r, struct duration *d, const char *key, const struct ynode *n)
{
	if (!duration_parse(n->text, d))
		reader_problem(r, n->pos, "write 15m, 4 business hours, 3 business days, or none",
		    "\"%s\" is no target for \"%s\"", n->text, key);
}

static void set_severity(struct reader *r, struct severity_policy *s, const struct ynode *map)
{
	static const char *const other[] = { "name", "meaning", "impact", "hours", "examples" };
	char **texts[] = { &s->name, &s->meaning, &s->impact };
	const char *words[countof(other) + TARGETS], *near;

	for (size_t i = 0; i < countof(other); i++)
		words[i] = other[i];
	for (size_t t = 0; t < TARGETS; t++)
		words[countof(other) + t] = target_names[t];
	for (size_t i = 0; i < map->count; i++) {
		const char *key = map->keys[i]->text;
		const struct ynode *n = map->items[i];
		size_t k = 0;

		while (k < countof(words) && strcmp(words[k], key) != 0)
			k++;
		if (k == countof(words)) {
			near = nearest_word(key, words, countof(words));
			reader_problem(
			    r, map->keys[i]->pos, near, "a severity has no key \"%s\"", key);
		} else if (k == 4) {
			set_examples(r, s, n);
		} else if (!scalar(r, key, n)) {
			continue;
		} else if (k < 3) {
			set_text(texts[k], n);
		} else if (k == 3) {
			s->business_hours = strcmp(n->text, "business") == 0;
			if (!s->business_hours && strcmp(n->text, "24x7") != 0)
				reader_problem(
				    r, n->pos, "24x7 or business", "\"%s\" are no hours", n->text);
		} else {
			set_target(r, &s->target[k - countof(other)], key, n);
		}
	}
}

static void set_severities(struct reader *r, struct policy *p, const struct ynode *n)
{
	if (n->kind != Y_MAP) {
		reader_problem(r, n->pos, "{ 1: { response: 15m } }",
		    "\"severities\" takes 1 to 4 and their values");
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		const char *key = n->keys[i]->text;

		if (strlen(key) != 1 || *key < '1' || *key > '4')
			reader_problem(r, n->keys[i]->pos, "there are exactly four: 1, 2, 3 and 4",
			    "\"%s\" is no severity", key);
		else if (n->items[i]->kind != Y_MAP)
			reader_problem(
			    r, n->items[i]->pos, NULL, "severity %s takes keys and values", key);
		else
			set_severity(r, &p->severity[*key - '1'], n->items[i]);
	}
}

static void set_roles(struct reader *r, struct policy *p, const struct ynode *n)
{
	const struct ynode *apart = yaml_get(n, "comms_apart");

	if (n->kind != Y_MAP || n->count != 1 || !apart || apart->kind != Y_SCALAR ||
	    (strcmp(apart->text, "true") != 0 && strcmp(apart->text, "false") != 0))
		reader_problem(r, n->pos, "{ comms_apart: true }",
		    "\"roles\" takes comms_apart, true or false");
	else
		p->comms_apart = strcmp(apart->text, "true") == 0;
}

static void set_ms(struct reader *r, const char *key, const struct ynode *n, int64_t least,
    int64_t most, int64_t *out)
{
	struct duration d;

	if (!scalar(r, key, n))
		return;
	if (!duration_parse(n->text, &d) || d.unit != DURATION_ELAPSED || d.ms < least ||
	    d.ms > most)
		reader_problem(r, n->pos, NULL, "\"%s\" is no fitting length of time for \"%s\"",
		    n->text, key);
	else
		*out = d.ms;
}

static void set_percent(struct reader *r, struct policy *p, const struct ynode *n)
{
	char *end;
	long v;

	if (!scalar(r, "warn_at", n))
		return;
	v = strtol(n->text, &end, 10);
	if (end == n->text || strcmp(end, "%") != 0 || v < 1 || v > 99)
		reader_problem(
		    r, n->pos, "write 75%", "\"%s\" is no share from 1%% to 99%%", n->text);
	else
		p->warn_percent = (int)v;
}

static void set_calendars(struct reader *r, struct policy *p, const struct ynode *n)
{
	if (n->kind != Y_MAP) {
		reader_problem(r, n->pos, NULL, "\"calendars\" takes ids and calendars");
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		struct cfg_calendar cal = { .pos = n->items[i]->pos };
		struct calendar *c;

		if (n->items[i]->kind != Y_MAP) {
			reader_problem(
			    r, n->items[i]->pos, NULL, "a calendar takes keys and values");
			continue;
		}
		config_walk(r, &calendar_object, n->items[i], &cal);
		cal.id = (struct cfg_text){ n->keys[i]->text, n->keys[i]->pos };
		c = config_calendar(r, &cal);
		if (c)
			policy_add_calendar(p, c);
	}
}

static void set_default_calendar(struct reader *r, struct policy *p, const struct ynode *n)
{
	if (scalar(r, "calendar", n) && !policy_use_calendar(p, n->text))
		reader_problem(
		    r, n->pos, "name one of \"calendars\"", "there is no calendar \"%s\"", n->text);
}

static void set_region_calendars(struct reader *r, struct policy *p, const struct ynode *n)
{
	if (n->kind != Y_MAP) {
		reader_problem(r, n->pos, "{ FR: office }",
		    "\"region_calendars\" takes regions and calendars");
		return;
	}
	for (size_t i = 0; i < n->count; i++)
		if (scalar(r, n->keys[i]->text, n->items[i]) &&
		    !policy_set_region_calendar(p, n->keys[i]->text, n->items[i]->text))
			reader_problem(r, n->items[i]->pos, "name one of \"calendars\"",
			    "there is no calendar \"%s\"", n->items[i]->text);
}

void policy_apply(struct reader *r, struct policy *p, const struct ynode *root)
{
	static const char *const words[] = { "severities", "roles", "approval", "send_delay",
		"warn_at", "business_day", "calendars", "calendar", "region_calendars",
		"maintenance" };
	const struct ynode *calendars = yaml_get(root, "calendars"),
			   *one = yaml_get(root, "calendar");

	if (calendars) /* before what refers to them */
		set_calendars(r, p, calendars);
	if (one)
		set_default_calendar(r, p, one);
	for (size_t i = 0; i < root->count; i++) {
		const char *key = root->keys[i]->text;
		const struct ynode *n = root->items[i];

		if (strcmp(key, "severities") == 0)
			set_severities(r, p, n);
		else if (strcmp(key, "roles") == 0)
			set_roles(r, p, n);
		else if (strcmp(key, "approval") == 0)
			policy_apply_approval(r, p, n);
		else if (strcmp(key, "send_delay") == 0)
			set_ms(r, key, n, 0, 10 * 60000, &p->send_delay_ms);
		else if (strcmp(key, "warn_at") == 0)
			set_percent(r, p, n);
		else if (strcmp(key, "business_day") == 0)
			set_ms(r, key, n, 60000, 24 * 3600000, &p->business_day_ms);
		else if (strcmp(key, "region_calendars") == 0)
			set_region_calendars(r, p, n);
		else if (strcmp(key, "maintenance") == 0)
			policy_apply_maintenance(r, &p->maintenance, n);
		else if (n != calendars && n != one)
			reader_problem(r, root->keys[i]->pos,
			    nearest_word(key, words, countof(words)), "a policy has no key \"%s\"",
			    key);
	}
}

struct policy *policy_load(
    const struct cfg_source *source, cfg_zone_fn zone, void *ctx, struct cfg_problems *problems)
{
	struct reader r = { .arena = arena_new(),
		.sources = source,
		.source_count = 1,
		.problems = problems,
		.zone = zone,
		.zone_ctx = ctx };
	struct policy *p = policy_default();
	size_t before = problems->count;
	struct ynode *root = yaml_tree(&r, source);

	if (root)
		policy_apply(&r, p, root);
	arena_free(r.arena);
	if (problems->count == before)
		return p;
	policy_free(p);
	return NULL;
}

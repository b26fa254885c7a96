/* A configuration file, and the same bytes as a policy: read whole, or refused with a place. */
#include "domain/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct zone *some_zone(void *ctx, const char *name)
{
	(void)ctx;
	return strchr(name, '/') || strcmp(name, "UTC") == 0 ? zone_utc() : NULL;
}

/* What was refused says why, and where. */
static void check_refusal(struct cfg_problems *problems, bool refused)
{
	struct buf out;

	if (refused != (problems->count > 0))
		abort();
	buf_init(&out, 0);
	for (size_t i = 0; i < problems->count; i++) {
		const struct cfg_problem *p = &problems->items[i];

		if (!p->what || !*p->what || p->pos.line < 0)
			abort();
		cfg_problem_print(&out, p);
	}
	buf_fini(&out);
	cfg_problems_fini(problems);
}

/* What was read can be asked. */
static void ask(const struct config *c)
{
	for (size_t i = 0; i < c->regions.count; i++)
		if (config_region(c, c->regions.items[i].id.s) != &c->regions.items[i])
			abort();
	for (size_t i = 0; i < c->components.count; i++)
		for (size_t k = 0; k < c->components.items[i].probes.count; k++)
			if (!c->components.items[i].probes.items[k].id.s ||
			    c->components.items[i].probes.items[k].interval_ms <= 0)
				abort();
	for (size_t i = 0; i < c->teams.count; i++)
		config_on_call(
		    c, &c->teams.items[i], zone_utc(), (struct utc){ INT64_C(1741608000000) });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cfg_source source = { "nocboard.yaml", (const char *)data, size };
	struct cfg_problems problems = { 0 };
	struct config *c = config_load(&source, 1, NULL, some_zone, NULL, &problems);
	struct policy *p;

	if (c)
		ask(c);
	check_refusal(&problems, !c);
	config_free(c);
	problems = (struct cfg_problems){ 0 };
	p = policy_load(&source, some_zone, NULL, &problems);
	check_refusal(&problems, !p);
	policy_free(p);
	return 0;
}

/* What updates are made of: templates, and the facts that fill them. */
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"

/* ---- templates ---- */

static void load_templates(struct engine *g)
{
	static const char dir[] = "share/templates/";
	struct template_errors errors = { 0 };

	for (const struct embedded *f = embedded_files; f->name; f++) {
		const char *name = f->name + sizeof dir - 1, *dot;
		struct template *t;
		char *id;

		if (strncmp(f->name, dir, sizeof dir - 1) != 0 || !(dot = strstr(name, ".tmpl")))
			continue;
		id = xstrndup(name, (size_t)(dot - name));
		t = template_parse(id, (const char *)f->data, f->len, &errors);
		free(id);
		if (!t)
			continue;
		g->templates =
		    xreallocarray(g->templates, g->template_count + 1, sizeof(struct template *));
		g->templates[g->template_count++] = t;
	}
	template_errors_fini(&errors);
}

const struct template *notify_template(const struct engine *g, const char *id)
{
	for (size_t i = 0; i < g->template_count; i++)
		if (strcmp(template_id(g->templates[i]), id) == 0)
			return g->templates[i];
	return NULL;
}

const struct template *notify_template_for(const struct engine *g, const char *stage, int severity)
{
	const struct template *best = NULL;

	for (size_t i = 0; i < g->template_count; i++)
		if (strcmp(template_stage(g->templates[i]), stage) == 0 &&
		    template_suits(g->templates[i], severity) &&
		    (!best || strcmp(template_id(g->templates[i]), stage) == 0))
			best = g->templates[i];
	return best;
}

static struct utc cadence_due(struct engine *g, const struct incident *inc, struct utc now)
{
	const struct policy *p = g->config->policy;
	const struct calendar *calendars[16];
	size_t n =
	    policy_calendars(p, inc->regions, inc->region_count, calendars, countof(calendars));

	return compose_cadence(policy_severity(p, inc->severity)->target[TARGET_UPDATE], calendars,
	    n, p->business_day_ms, now);
}

void notify_facts(
    struct engine *g, const struct incident *inc, struct compose_facts *f, struct arena *a)
{
	const char **regions = arena_alloc(a, (inc->region_count + 1) * sizeof *regions);
	const char **components = arena_alloc(a, (inc->component_count + 1) * sizeof *components);
	const struct zone **zones = arena_alloc(a, (inc->region_count * 8 + 1) * sizeof *zones);
	struct buf workarounds;
	struct err e;

	compose_facts_of(f, inc);
	buf_init(&workarounds, 16384);
	f->places.zones = zones;
	for (size_t i = 0; i < inc->region_count; i++) {
		const struct cfg_region *r = config_region(g->config, inc->regions[i]);

		regions[i] = r ? r->name.s : inc->regions[i];
		if (r && r->workaround.s)
			buf_addf(
			    &workarounds, "%s%s", workarounds.len ? "\n" : "", r->workaround.s);
		for (size_t z = 0; r && z < r->timezones.count && z < 8; z++)
			zones[f->places.count++] = zone_load(r->timezones.items[z].s, &e);
	}
	for (size_t i = 0; i < inc->component_count; i++) {
		const struct cfg_component *k = config_component(g->config, inc->components[i]);

		components[i] = k ? k->name.s : inc->components[i];
	}
	f->regions = regions;
	f->region_count = inc->region_count;
	f->components = components;
	f->component_count = inc->component_count;
	f->severity_name = policy_severity(g->config->policy, inc->severity)->name;
	f->region_workarounds = workarounds.len ? arena_strdup(a, buf_str(&workarounds)) : NULL;
	f->cadence_due = cadence_due(g, inc, clock_utc());
	buf_fini(&workarounds);
}

void notify_start(struct engine *g)
{
	outbox_start(g);
	load_templates(g);
	held_start(g);
}

void notify_stop(struct engine *g)
{
	outbox_stop(g);
	held_stop(g);
	for (size_t i = 0; i < g->template_count; i++)
		template_free(g->templates[i]);
	free(g->templates);
}

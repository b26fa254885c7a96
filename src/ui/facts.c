#include "ui/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/map.h"
#include "os/zone.h"

#define ZONES_MAX 32

static void fill_names(const struct snapshot *s, const struct snap_incident *inc, struct arena *a,
    struct compose_facts *out)
{
	const char **regions = arena_alloc(a, (inc->region_count + 1) * sizeof *regions);
	const char **components = arena_alloc(a, (inc->component_count + 1) * sizeof *components);
	const struct zone **zones = arena_alloc(a, ZONES_MAX * sizeof *zones);
	struct buf workarounds;
	size_t n = 0;
	struct err e;

	buf_init(&workarounds, 16384);
	for (size_t i = 0; i < inc->region_count; i++) {
		const struct snap_region *r = snap_region(s, inc->regions[i]);

		regions[i] = r ? r->name : inc->regions[i];
		if (r && r->workaround)
			buf_addf(&workarounds, "%s%s", workarounds.len ? "\n" : "", r->workaround);
		for (size_t z = 0; r && z < r->timezone_count && n < ZONES_MAX; z++)
			zones[n++] = zone_load(r->timezones[z], &e);
	}
	for (size_t i = 0; i < inc->component_count; i++) {
		const struct snap_component *k = snap_component(s, inc->components[i]);

		components[i] = k ? k->name : inc->components[i];
	}
	out->regions = regions;
	out->region_count = inc->region_count;
	out->components = components;
	out->component_count = inc->component_count;
	out->places = (struct template_places){ zones, n };
	out->region_workarounds = workarounds.len ? arena_strdup(a, buf_str(&workarounds)) : NULL;
	buf_fini(&workarounds);
}

/* Calendars are the engine's: a cadence in business time is taken as elapsed here, which is never
 * later than the rule. */
static struct utc cadence_due(const struct snapshot *s, int severity, struct utc now)
{
	const char *text = s->noc ? s->noc->severity[severity - 1].target[TARGET_UPDATE] : NULL;
	struct duration d;

	if (!text || !*text || !duration_parse(text, &d))
		return UTC_NONE;
	return compose_cadence(d, NULL, 0, INT64_C(8) * 3600000, now);
}

void facts_of(const struct snapshot *s, const struct snap_incident *inc, struct utc now,
    struct arena *a, struct compose_facts *out)
{
	*out = (struct compose_facts){
		.incident = inc->id,
		.severity = inc->severity,
		.severity_name = s->noc ? s->noc->severity[inc->severity - 1].name : NULL,
		.title = inc->title,
		.impact = inc->impact,
		.started_at = inc->started_at,
		.restored_at = inc->restored_at,
		.hypothesis = inc->hypothesis,
		.actions = inc->actions,
		.action_count = inc->action_count,
		.workaround = inc->workaround,
		.residual = inc->residual,
		.customer_actions = inc->customer_actions,
		.fix = inc->fix,
		.last = inc->update_count ? &inc->updates[inc->update_count - 1] : NULL,
		.cadence_due = cadence_due(s, inc->severity, now),
	};
	fill_names(s, inc, a, out);
}

const char *facts_stage(const struct snap_incident *inc)
{
	const char *last = inc->update_count ? inc->updates[inc->update_count - 1].stage : NULL;

	if (!last)
		return "initial";
	if (inc->phase == PHASE_RESTORED && strcmp(last, "restored") != 0)
		return "restored";
	if (inc->phase == PHASE_RESOLVED && strcmp(last, "resolved") != 0)
		return "resolved";
	return "progress";
}

static struct template *parse(const char *id, const char *text, size_t len)
{
	struct template_errors errors = { 0 };
	struct template *t = template_parse(id, text, len, &errors);

	template_errors_fini(&errors);
	return t;
}

struct template *facts_template(
    const struct snapshot *s, const char *name, const char *stage, int severity)
{
	static const char dir[] = "share/templates/";
	const struct snap_template *own;
	struct template *best = NULL;
	size_t it = 0;

	while ((own = map_next(s->templates, &it, NULL)))
		if (strcmp(own->id, name ? name : stage) == 0)
			return parse(own->id, own->source, strlen(own->source));
	for (const struct embedded *f = embedded_files; f->name; f++) {
		const char *file = f->name + sizeof dir - 1, *dot;
		struct template *t;
		char *id;
		bool fits;

		if (strncmp(f->name, dir, sizeof dir - 1) != 0 || !(dot = strstr(file, ".tmpl")))
			continue;
		id = xstrndup(file, (size_t)(dot - file));
		t = parse(id, (const char *)f->data, f->len);
		free(id);
		fits = t && (name ? strcmp(template_id(t), name) == 0
				  : strcmp(template_stage(t), stage) == 0 &&
					template_suits(t, severity) &&
					(!best || strcmp(template_id(t), stage) == 0));
		if (!fits) {
			template_free(t);
			continue;
		}
		template_free(best);
		best = t;
	}
	return best;
}

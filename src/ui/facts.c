#include "ui/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "os/zone.h"

#define ZONES_MAX 32

/* "France: Choose SFR by hand." one a line; the region is named where there are several. */
static const char *workarounds(
    const struct snapshot *s, const struct snap_incident *inc, struct arena *a)
{
	struct buf out;
	const char *text;

	buf_init(&out, 16384);
	for (size_t i = 0; i < inc->region_count; i++) {
		const struct snap_region *r = snap_region(s, inc->regions[i]);

		if (!r || !r->workaround || !*r->workaround)
			continue;
		buf_adds(&out, out.len ? "\n" : "");
		if (inc->region_count > 1)
			buf_addf(&out, "%s: ", r->name);
		buf_adds(&out, r->workaround);
	}
	text = out.len ? arena_strdup(a, buf_str(&out)) : NULL;
	buf_fini(&out);
	return text;
}

/* The portfolios of the regions in scope, each once. */
static const char *portfolios(
    const struct snapshot *s, const struct snap_incident *inc, struct arena *a)
{
	struct map *seen = map_new(NULL);
	static char mark;
	struct buf out;
	const char *text;

	buf_init(&out, 4096);
	for (size_t i = 0; i < inc->region_count; i++) {
		const struct snap_region *r = snap_region(s, inc->regions[i]);

		for (size_t k = 0; r && k < r->portfolio_count; k++) {
			if (map_get(seen, r->portfolios[k]))
				continue;
			map_set(seen, r->portfolios[k], &mark);
			buf_addf(&out, "%s%s", out.len ? ", " : "", r->portfolios[k]);
		}
	}
	map_free(seen);
	text = out.len ? arena_strdup(a, buf_str(&out)) : NULL;
	buf_fini(&out);
	return text;
}

static void fill_names(const struct snapshot *s, const struct snap_incident *inc, struct arena *a,
    struct compose_facts *out)
{
	const char **regions = arena_alloc(a, (inc->region_count + 1) * sizeof *regions);
	const char **components = arena_alloc(a, (inc->component_count + 1) * sizeof *components);
	const struct zone **zones = arena_alloc(a, ZONES_MAX * sizeof *zones);
	size_t n = 0;
	struct err e;

	for (size_t i = 0; i < inc->region_count; i++) {
		const struct snap_region *r = snap_region(s, inc->regions[i]);

		regions[i] = r ? r->name : inc->regions[i];
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
	out->region_workarounds = workarounds(s, inc, a);
	out->portfolios = portfolios(s, inc, a);
}

/* A carrier as customers may read it. */
static const char *carrier_name(const struct snapshot *s, const char *id)
{
	const struct snap_carrier *k = snap_carrier(s, id);

	if (s->noc && s->noc->carriers_hidden)
		return "a partner network";
	return k && k->name ? k->name : id;
}

static void fill_engaged(const struct snapshot *s, const struct snap_incident *inc, struct arena *a,
    struct compose_facts *out)
{
	struct compose_engaged *engaged =
	    arena_alloc(a, (inc->engagement_count + 1) * sizeof *engaged);
	struct compose_carrier *carriers =
	    arena_alloc(a, (inc->dependency_count + 1) * sizeof *carriers);

	for (size_t i = 0; i < inc->engagement_count; i++) {
		const struct engagement *e = &inc->engagements[i];

		engaged[out->engaged_count++] =
		    (struct compose_engaged){ e->carrier ? carrier_name(s, e->carrier) : NULL,
			    e->at, e->answered_at };
	}
	for (size_t i = 0; i < inc->dependency_count; i++) {
		const struct dependency *d = &inc->dependencies[i];

		if (!utc_is_set(d->cleared_at))
			carriers[out->carrier_count++] =
			    (struct compose_carrier){ carrier_name(s, d->carrier), d->timeline,
				    d->at };
	}
	out->engaged = engaged;
	out->carriers = carriers;
}

/* Who found it: "probe:ID", "feed:CARRIER/FORMAT:…", or a person. */
static void fill_source(const struct snapshot *s, const struct snap_incident *inc, struct arena *a,
    struct compose_facts *out)
{
	const char *source = inc->source ? inc->source : "";

	out->checks_fail = strncmp(source, "probe:", 6) == 0 && inc->sources_failing > 0;
	if (strncmp(source, "feed:", 5) == 0)
		out->told_by =
		    carrier_name(s, arena_strndup(a, source + 5, strcspn(source + 5, "/")));
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
		.acknowledged_at = inc->acknowledged_at,
		.restored_at = inc->restored_at,
		.resolved_at = inc->resolved_at,
		.hypothesis = inc->hypothesis,
		.actions = inc->actions,
		.action_count = inc->action_count,
		.workaround = inc->workaround,
		.residual = inc->residual,
		.customer_actions = inc->customer_actions,
		.fix = inc->fix,
		.last = inc->update_count ? &inc->updates[inc->update_count - 1] : NULL,
		.cadence_due = cadence_due(s, inc->severity, now),
		.starts_at = UTC_NONE,
		.ends_at = UTC_NONE,
	};
	out->report = s->noc ? s->noc->severity[inc->severity - 1].target[TARGET_RCA_FINAL] : NULL;
	if (out->report && !*out->report)
		out->report = NULL;
	fill_names(s, inc, a, out);
	fill_engaged(s, inc, a, out);
	fill_source(s, inc, a, out);
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

struct texts *facts_texts(const struct snapshot *s)
{
	size_t count = map_count(s->templates), n = 0, it = 0;
	struct text_file *files = xcalloc(count + 1, sizeof *files);
	struct cfg_problems problems = { 0 };
	const struct snap_template *own;
	struct texts *t;

	while ((own = map_next(s->templates, &it, NULL)))
		files[n++] = (struct text_file){ own->id, NULL, own->source, strlen(own->source) };
	t = texts_new(files, n, &problems);
	cfg_problems_fini(&problems);
	free(files);
	return t;
}

const struct template *facts_template(
    const struct texts *t, const char *name, const char *stage, int severity)
{
	const struct template *found =
	    name ? texts_template(t, name) : texts_for(t, stage, severity);

	return found && template_of_incidents(found) ? found : NULL;
}

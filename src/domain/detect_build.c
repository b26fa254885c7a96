/* The set of targets and the cells that they make: built anew with each configuration, and what is
 * known of those that stay goes on. */
#include "detect_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void detect_unbuild(struct detect *d)
{
	for (size_t i = 0; i < d->target_count; i++)
		free(d->targets[i].detail);
	for (size_t i = 0; i < d->cell_count; i++)
		free(d->cells[i].detail);
	free(d->targets);
	free(d->cells);
	free(d->falls);
	free(d->fall_count);
	free(d->lead);
	free(d->changed);
	free(d->turned);
	map_free(d->by_id);
	map_free(d->by_cell);
	arena_free(d->texts);
}

/* A copy that equal texts of the set share: names come again with every target. */
static const char *shared(struct arena *a, struct map *texts, const char *s)
{
	char *copy;

	if (!s)
		return NULL;
	copy = map_get(texts, s);
	if (!copy) {
		copy = arena_strdup(a, s);
		map_set(texts, s, copy);
	}
	return copy;
}

static struct watched new_target(
    const struct detect_target *about, struct arena *a, struct map *texts)
{
	struct watched t = { .about = *about, .stable = STATUS_UNKNOWN, .newest = STATUS_UNKNOWN };

	t.about.id = arena_strdup(a, about->id);
	t.about.component = shared(a, texts, about->component ? about->component : "");
	t.about.region = shared(a, texts, about->region ? about->region : "");
	t.about.component_name =
	    shared(a, texts, about->component_name ? about->component_name : t.about.component);
	t.about.region_name =
	    shared(a, texts, about->region_name ? about->region_name : t.about.region);
	t.about.klass = shared(a, texts, about->klass ? about->klass : "other");
	t.about.carrier = shared(a, texts, about->carrier);
	t.about.teller = shared(a, texts, about->teller);
	t.about.depends_on = NULL; /* as cells: find_causes */
	t.about.depends_count = 0;
	t.about.fail_after = about->fail_after > 0 ? about->fail_after : 3;
	t.about.recover_after = about->recover_after > 0 ? about->recover_after : 2;
	t.at = t.stable_since = t.fell_at = t.bad_since = t.no_answer_since = UTC_NONE;
	t.alone_since = t.unrest_since = t.slipped_at = UTC_NONE;
	t.latency_ms = -1;
	t.cell = t.next = NONE;
	return t;
}

/* What was learnt about the same source in the same place goes on. */
static void keep_state(struct watched *t, struct watched *old)
{
	struct watched fresh;

	if (!old || strcmp(old->about.component, t->about.component) != 0 ||
	    strcmp(old->about.region, t->about.region) != 0)
		return;
	fresh = *t;
	*t = *old;
	old->detail = NULL;
	t->about = fresh.about;
	if (!t->about.closely) {
		t->slips = 0;
		t->slipped_at = UTC_NONE;
	}
	t->causes = NULL;
	t->cause_count = 0;
	t->cell = t->next = NONE;
}

static bool makes_a_cell(const struct watched *t)
{
	return !t->about.feed && !t->about.gateway && t->about.component[0] && t->about.region[0];
}

/* A new cell, or what is known of the one that was there. */
static void put_cell(struct detect *d, struct detect_cell *old, const struct utc *old_falls,
    size_t old_fall_count, const struct watched *t)
{
	struct detect_cell *c = &d->cells[d->cell_count];

	if (old) {
		*c = *old;
		old->detail = NULL;
		memcpy(d->falls[d->cell_count], old_falls, sizeof d->falls[0]);
		d->fall_count[d->cell_count] = old_fall_count;
	} else {
		*c = (struct detect_cell){ .status = STATUS_UNKNOWN,
			.since = UTC_NONE,
			.data_at = UTC_NONE,
			.latency_ms = -1 };
	}
	c->component = t->about.component;
	c->region = t->about.region;
	c->fresh_ms = 0;
	c->total = 0;
	c->changed = false;
	detect_mark(d, c);
	d->cell_count++;
}

static void join_cell(struct detect *d, size_t first, size_t target)
{
	while (d->targets[first].next != NONE)
		first = d->targets[first].next;
	d->targets[first].next = target;
}

/* Cells of the targets there are now; `was` are the former ones, which are taken apart. */
static void build_cells(struct detect *d, struct detect was)
{
	d->cells = xcalloc(d->target_count, sizeof *d->cells);
	d->falls = xcalloc(d->target_count, sizeof *d->falls);
	d->fall_count = xcalloc(d->target_count, sizeof *d->fall_count);
	d->lead = xcalloc(d->target_count, sizeof *d->lead);
	d->changed = xcalloc(d->target_count, sizeof *d->changed);
	d->changed_count = 0;
	d->turned = xcalloc(d->target_count, sizeof *d->turned);
	d->turned_count = 0;
	d->all_turned = true;
	d->cell_count = 0;
	d->by_cell = map_new(NULL);
	for (size_t i = 0; i < d->target_count; i++) {
		struct watched *t = &d->targets[i];
		struct detect_cell *c, *old;
		char *key;

		if (!makes_a_cell(t))
			continue;
		key = xasprintf("%s/%s", t->about.component, t->about.region);
		c = map_get(d->by_cell, key);
		if (!c) {
			size_t at;

			old = map_get(was.by_cell, key);
			at = old ? (size_t)(old - was.cells) : 0;
			c = &d->cells[d->cell_count];
			put_cell(
			    d, old, old ? was.falls[at] : NULL, old ? was.fall_count[at] : 0, t);
			map_set(d->by_cell, key, c);
			d->lead[c - d->cells] = i;
		} else {
			join_cell(d, d->lead[c - d->cells], i);
		}
		t->cell = (size_t)(c - d->cells);
		c->total++;
		if (t->about.fresh_ms > c->fresh_ms)
			c->fresh_ms = t->about.fresh_ms;
		free(key);
	}
}

/* The cells that each target's component depends on, in its region. */
static void find_causes(struct detect *d, const struct detect_target *targets, size_t count)
{
	d->has_causes = false;
	for (size_t i = 0; i < count; i++) {
		const struct detect_target *about = &targets[i];
		struct watched *t = about->depends_count ? map_get(d->by_id, about->id) : NULL;

		if (!t || t->causes)
			continue;
		t->causes = arena_alloc(d->texts, about->depends_count * sizeof *t->causes);
		for (size_t k = 0; k < about->depends_count; k++) {
			const struct detect_cell *c =
			    detect_cell(d, about->depends_on[k], t->about.region);

			if (c)
				t->causes[t->cause_count++] = (size_t)(c - d->cells);
			d->has_causes = d->has_causes || c;
		}
	}
}

void detect_targets(struct detect *d, const struct detect_target *targets, size_t count)
{
	struct detect was = *d;
	struct map *texts = map_new(NULL);

	d->targets = xcalloc(count, sizeof *d->targets);
	d->target_count = 0;
	d->by_id = map_new(NULL);
	d->texts = arena_new();
	for (size_t i = 0; i < count; i++) {
		struct watched *t = &d->targets[d->target_count];

		if (map_get(d->by_id, targets[i].id))
			continue;
		*t = new_target(&targets[i], d->texts, texts);
		keep_state(t, map_get(was.by_id, t->about.id));
		map_set(d->by_id, t->about.id, t);
		d->target_count++;
	}
	map_free(texts);
	d->sweep_due = UTC_NONE;
	build_cells(d, was);
	find_causes(d, targets, count);
	detect_unbuild(&was);
}

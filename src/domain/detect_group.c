/* One cause, one incident: what fell and nobody knows of goes to an incident that it belongs to, or
 * waits a moment for its neighbours and opens one candidate with them. */
#include "detect_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SIGNALS_MAX 200

static bool waits(const struct watched *t)
{
	return t->down && !t->told && !t->about.muted;
}

static bool same(const char *a, const char *b)
{
	return a && b && a[0] && strcmp(a, b) == 0;
}

static bool related(const struct watched *a, const struct watched *b)
{
	return same(a->about.region, b->about.region) || same(a->about.klass, b->about.klass) ||
	       same(a->about.carrier, b->about.carrier);
}

/* A neighbour of what the incident is about, while that is young. */
static bool belongs(
    const struct detecting *run, const struct incident *inc, const struct watched *t)
{
	const struct detect *d = run->d;

	if (inc->phase == PHASE_RESTORED ||
	    utc_diff(t->bad_since, inc->opened_at) > d->settings.join_ms)
		return false;
	for (size_t i = 0; i < d->target_count; i++)
		if (!d->targets[i].about.gateway && detect_covers(inc, &d->targets[i]) &&
		    related(&d->targets[i], t))
			return true;
	return false;
}

/* The incident that a failure belongs to: one with it in scope, else a young neighbour. */
static const struct incident *home_of(const struct detecting *run, const struct watched *t)
{
	for (size_t i = 0; i < run->active_count; i++)
		if (detect_covers(run->active[i], t) || detect_told(run->active[i], t->about.id))
			return run->active[i];
	for (size_t i = 0; i < run->active_count; i++)
		if (belongs(run, run->active[i], t))
			return run->active[i];
	return NULL;
}

static void send_home(struct detecting *run, struct watched *t, const struct incident *inc)
{
	const char *told = detect_told(inc, t->about.id);
	struct detect_finding *f;

	t->told = true;
	if (told && strcmp(told, status_names[t->stable]) == 0)
		return; /* said before we were restarted */
	f = detect_found(run, DETECT_SIGNAL);
	f->incident = xstrdup(inc->id);
	f->signals = xcalloc(1, sizeof *f->signals);
	f->signals[0] = detect_signal(run->d, t);
	f->signal_count = 1;
}

/* Groups of what waits: a region, a class or a carrier in common ties two together, and who is tied
 * to one is tied to all. */
struct groups {
	struct watched **items;
	size_t *root; /* of each item; a root is its own */
	size_t count;
};

static size_t root_of(struct groups *g, size_t i)
{
	while (g->root[i] != i)
		i = g->root[i] = g->root[g->root[i]];
	return i;
}

static void tie(struct groups *g, struct map *first, const char *kind, const char *name, size_t i)
{
	size_t *other;
	char *key;

	if (!name || !name[0])
		return;
	key = xasprintf("%s:%s", kind, name);
	other = map_get(first, key);
	if (other)
		g->root[root_of(g, i)] = root_of(g, *other);
	else {
		other = xmalloc(sizeof *other);
		*other = i;
		map_set(first, key, other);
	}
	free(key);
}

static struct groups groups_of(struct detect *d)
{
	struct groups g = { .items = xcalloc(d->target_count, sizeof *g.items),
		.root = xcalloc(d->target_count, sizeof *g.root) };
	struct map *first = map_new(free);

	for (size_t i = 0; i < d->target_count; i++)
		if (waits(&d->targets[i]))
			g.items[g.count++] = &d->targets[i];
	for (size_t i = 0; i < g.count; i++)
		g.root[i] = i;
	for (size_t i = 0; i < g.count; i++) {
		tie(&g, first, "region", g.items[i]->about.region, i);
		tie(&g, first, "class", g.items[i]->about.klass, i);
		tie(&g, first, "carrier", g.items[i]->about.carrier, i);
	}
	for (size_t i = 0; i < g.count; i++)
		g.root[i] = root_of(&g, i);
	map_free(first);
	return g;
}

static void groups_fini(struct groups *g)
{
	free(g->items);
	free(g->root);
}

/* When the group of this root opens: settled, or its window is over. */
static struct utc opens_at(const struct detect *d, const struct groups *g, size_t root)
{
	struct utc first = UTC_NONE, last = UTC_NONE;

	for (size_t i = 0; i < g->count; i++) {
		struct utc at = g->items[i]->fell_at;

		if (g->root[i] != root)
			continue;
		if (!utc_is_set(first) || utc_before(at, first))
			first = at;
		if (!utc_is_set(last) || utc_before(last, at))
			last = at;
	}
	return utc_min(utc_add(last, d->settings.settle_ms), utc_add(first, d->settings.window_ms));
}

static void open_group(struct detecting *run, struct groups *g, size_t root)
{
	struct detect_finding *f = detect_found(run, DETECT_OPEN);
	const struct watched **members = xcalloc(g->count, sizeof *members);
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		if (g->root[i] == root)
			members[n++] = g->items[i];
	for (size_t i = 0; i < g->count; i++)
		if (g->root[i] == root)
			detect_fold_with_cause(run->d, g->items[i]);
	for (size_t i = 0; i < g->count; i++)
		if (g->root[i] == root)
			g->items[i]->told = true;
	f->opened = detect_opened(run->d, members, n);
	f->signals = xcalloc(n, sizeof *f->signals);
	for (size_t i = 0; i < n && f->signal_count < SIGNALS_MAX; i++)
		if (!members[i]->folded)
			f->signals[f->signal_count++] = detect_signal(run->d, members[i]);
	free(members);
}

/* Causes first: what waits with its cause goes where that goes. */
static void find_homes(struct detecting *run, bool causes)
{
	struct detect *d = run->d;

	detect_fold(run);
	for (size_t i = 0; i < d->target_count; i++) {
		struct watched *t = &d->targets[i];
		const struct watched *cause;
		const struct incident *home;

		if (!waits(t))
			continue;
		cause = detect_cause(d, t);
		if (cause && (causes || !cause->told))
			continue;
		home = home_of(run, t);
		if (home)
			send_home(run, t, home);
	}
}

void detect_group(struct detecting *run)
{
	struct detect *d = run->d;
	struct groups g;

	d->group_due = UTC_NONE;
	if (d->impaired)
		return;
	find_homes(run, true);
	find_homes(run, false);
	g = groups_of(d);
	for (size_t i = 0; i < g.count; i++) {
		struct utc at;

		if (g.root[i] != i)
			continue;
		at = opens_at(d, &g, i);
		if (!utc_before(run->now, at))
			open_group(run, &g, i);
		else if (!utc_is_set(d->group_due) || utc_before(at, d->group_due))
			d->group_due = at;
	}
	groups_fini(&g);
}

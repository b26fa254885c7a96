/* One cause, one incident: what fell and nobody knows of goes to an incident that it belongs to, or
 * waits a moment for its neighbours and opens one candidate with them. */
#include "detect_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SPEAKERS_MAX 200 /* sources whose failure is recorded at a time; the rest is counted */

static bool waits(const struct watched *t)
{
	return t->down && !t->told && !t->about.muted;
}

static void add_kin(struct map *kin, const char *kind, const char *name)
{
	static char mark;
	char key[200];

	if (!name || !name[0])
		return;
	snprintf(key, sizeof key, "%s:%s", kind, name);
	map_set(kin, key, &mark);
}

/* The regions, classes and carriers of what the incident covers. */
static struct map *kin_of(const struct detecting *run, size_t at)
{
	const struct detect *d = run->d;

	if (run->kin[at])
		return run->kin[at];
	run->kin[at] = map_new(NULL);
	for (size_t i = 0; i < d->target_count; i++) {
		const struct detect_target *about = &d->targets[i].about;

		if (about->gateway || !detect_covers(run->active[at], &d->targets[i]))
			continue;
		add_kin(run->kin[at], "region", about->region);
		add_kin(run->kin[at], "class", about->klass);
		add_kin(run->kin[at], "carrier", about->carrier);
	}
	return run->kin[at];
}

static bool is_kin(const struct map *kin, const char *kind, const char *name)
{
	char key[200];

	snprintf(key, sizeof key, "%s:%s", kind, name ? name : "");
	return name && name[0] && map_get(kin, key);
}

/* A neighbour of what the incident is about, while that is young. */
static bool belongs(const struct detecting *run, size_t at, const struct watched *t)
{
	const struct incident *inc = run->active[at];
	const struct map *kin;

	if (inc->phase == PHASE_RESTORED ||
	    utc_diff(t->bad_since, inc->opened_at) > run->d->settings.join_ms)
		return false;
	kin = kin_of(run, at);
	return is_kin(kin, "region", t->about.region) || is_kin(kin, "class", t->about.klass) ||
	       is_kin(kin, "carrier", t->about.carrier);
}

/* The incident that a failure belongs to, by its place among the active ones: one with it in scope,
 * else a young neighbour; NONE. */
static size_t home_of(const struct detecting *run, const struct watched *t)
{
	for (size_t i = 0; i < run->active_count; i++)
		if (detect_covers(run->active[i], t) || detect_told(run->active[i], t->about.id))
			return i;
	for (size_t i = 0; i < run->active_count; i++)
		if (belongs(run, i, t))
			return i;
	return NONE;
}

/* As long as not enough others are recorded there. */
static void send_home(struct detecting *run, struct watched *t, size_t home)
{
	const struct incident *inc = run->active[home];
	const char *told = detect_told(inc, t->about.id);
	struct detect_finding *f;

	t->told = true;
	t->quiet = !told && run->speaking[home] >= SPEAKERS_MAX;
	snprintf(t->home, sizeof t->home, "%s", t->quiet ? inc->id : "");
	if (t->quiet)
		return;
	run->speaking[home] += !told;
	if (told && strcmp(told, status_names[t->stable]) == 0)
		return; /* said before we were restarted */
	f = detect_found(run, DETECT_SIGNAL);
	f->incident = xstrdup(inc->id);
	f->signals = xcalloc(1, sizeof *f->signals);
	f->signals[0] = detect_signal(run->d, t);
	f->signal_count = 1;
}

/* The incident that it is quiet in, with room for it. */
static bool may_speak(const struct detecting *run, size_t at, const struct watched *t)
{
	const struct incident *inc = run->active[at];

	return run->speaking[at] < SPEAKERS_MAX && inc->phase != PHASE_RESTORED &&
	       (t->home[0] ? strcmp(t->home, inc->id) == 0 : detect_covers(inc, t));
}

/* Of what is quiet, as many as can speak now, where an incident is still about them. */
static void let_speak(struct detecting *run)
{
	struct detect *d = run->d;

	for (size_t i = 0; i < d->target_count; i++) {
		struct watched *t = &d->targets[i];

		if (!t->quiet || !t->down || t->about.muted)
			continue;
		for (size_t k = 0; k < run->active_count && t->quiet; k++)
			if (may_speak(run, k, t))
				send_home(run, t, k);
	}
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

/* All that waits, each a group of its own. */
static struct groups all_waiting(struct detect *d)
{
	struct groups g = { 0 };
	size_t cap = 0;

	for (size_t i = 0; i < d->target_count; i++) {
		if (!waits(&d->targets[i]))
			continue;
		g.items = xgrow(g.items, g.count, &cap);
		g.items[g.count++] = &d->targets[i];
	}
	return g;
}

/* Of those that wait still. */
static void tie_all(struct groups *g)
{
	struct map *first = map_new(free);
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		if (waits(g->items[i]))
			g->items[n++] = g->items[i];
	g->count = n;
	g->root = xcalloc(n, sizeof *g->root);
	for (size_t i = 0; i < n; i++)
		g->root[i] = i;
	for (size_t i = 0; i < n; i++) {
		tie(g, first, "region", g->items[i]->about.region, i);
		tie(g, first, "class", g->items[i]->about.klass, i);
		tie(g, first, "carrier", g->items[i]->about.carrier, i);
	}
	for (size_t i = 0; i < n; i++)
		g->root[i] = root_of(g, i);
	map_free(first);
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
	for (size_t i = 0; i < g->count; i++) {
		struct watched *t = g->items[i];

		if (g->root[i] != root || t->folded)
			continue;
		t->quiet = f->signal_count == SPEAKERS_MAX;
		t->home[0] = '\0';
		if (!t->quiet)
			f->signals[f->signal_count++] = detect_signal(run->d, t);
	}
	free(members);
}

/* Causes first: what waits with its cause goes where that goes. */
static void find_homes(struct detecting *run, const struct groups *g, bool causes)
{
	for (size_t i = 0; i < g->count; i++) {
		struct watched *t = g->items[i];
		const struct watched *cause;
		size_t home;

		if (!waits(t))
			continue;
		cause = detect_cause(run->d, t);
		if (cause && (causes || !cause->told))
			continue;
		home = home_of(run, t);
		if (home != NONE)
			send_home(run, t, home);
	}
}

static void begin(struct detecting *run)
{
	run->kin = xcalloc(run->active_count, sizeof(struct map *));
	run->speaking = xcalloc(run->active_count, sizeof *run->speaking);
	for (size_t i = 0; i < run->active_count; i++)
		run->speaking[i] = run->active[i]->signals_failing;
}

static void end(struct detecting *run)
{
	for (size_t i = 0; i < run->active_count; i++)
		map_free(run->kin[i]);
	free(run->kin);
	free(run->speaking);
}

static void open_groups(struct detecting *run, struct groups *g)
{
	struct detect *d = run->d;

	tie_all(g);
	for (size_t i = 0; i < g->count; i++) {
		struct utc at;

		if (g->root[i] != i)
			continue;
		at = opens_at(d, g, i);
		if (!utc_before(run->now, at))
			open_group(run, g, i);
		else if (!utc_is_set(d->group_due) || utc_before(at, d->group_due))
			d->group_due = at;
	}
}

void detect_group(struct detecting *run)
{
	struct detect *d = run->d;
	struct groups g;

	d->group_due = UTC_NONE;
	if (d->impaired)
		return;
	begin(run);
	detect_fold(run);
	if (run->sweep)
		let_speak(run);
	g = all_waiting(d);
	if (g.count) {
		find_homes(run, &g, true);
		detect_fold(run);
		find_homes(run, &g, false);
		open_groups(run, &g);
	}
	groups_fini(&g);
	end(run);
}

/* What explains a failure: a component that the failed one depends on has failed in the same
 * region. The cause is told, and what depends on it is counted with it. */
#include "detect_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define STEPS_MAX 16

/* The first probe of the cell that has fallen and is not under planned work; NULL: none. */
static const struct watched *fallen(const struct detect *d, size_t cell)
{
	for (size_t i = d->lead[cell]; i != NONE; i = d->targets[i].next)
		if (d->targets[i].down && !d->targets[i].about.muted)
			return &d->targets[i];
	return NULL;
}

static const struct watched *step_up(const struct detect *d, const struct watched *t)
{
	for (size_t i = 0; i < t->cause_count; i++) {
		const struct watched *up = fallen(d, t->causes[i]);

		if (up)
			return up;
	}
	return NULL;
}

const struct watched *detect_cause(const struct detect *d, const struct watched *t)
{
	const struct watched *at = t;

	for (int steps = 0; steps < STEPS_MAX; steps++) {
		const struct watched *up = step_up(d, at);

		if (!up)
			break;
		if (up->cell == t->cell)
			return NULL; /* a circle: what is in it speaks for itself */
		at = up;
	}
	return at == t ? NULL : at;
}

/* An incident knows of the cause and is still about it. */
static bool is_known(const struct detecting *run, const struct watched *cause)
{
	for (size_t i = 0; cause->told && i < run->active_count; i++)
		if (run->active[i]->phase != PHASE_RESTORED &&
		    (detect_covers(run->active[i], cause) ||
			detect_told(run->active[i], cause->about.id)))
			return true;
	return false;
}

static void fold(struct watched *t)
{
	t->told = t->folded = true;
	t->alone_since = UTC_NONE;
}

/* Its cause is well again and it is not, for longer than it needs to say so: it is told now. */
static void outlast(const struct detecting *run, struct watched *t)
{
	int64_t patience = run->d->settings.window_ms;

	if (patience < t->about.fresh_ms)
		patience = t->about.fresh_ms;
	if (!utc_is_set(t->alone_since))
		t->alone_since = run->now;
	else if (utc_diff(run->now, t->alone_since) >= patience)
		t->told = t->folded = false;
}

/* A cause that is not told, or not any more, is told together with what depends on it. */
static void stay(struct watched *t, const struct watched *cause)
{
	t->alone_since = UTC_NONE;
	if (!cause->told)
		t->told = t->folded = false;
}

void detect_fold(struct detecting *run)
{
	struct detect *d = run->d;

	for (size_t i = 0; d->has_causes && i < d->target_count; i++) {
		struct watched *t = &d->targets[i];
		const struct watched *cause;

		if (!t->cause_count || !t->down || t->about.muted || (t->told && !t->folded))
			continue;
		cause = detect_cause(d, t);
		if (t->folded && !cause)
			outlast(run, t);
		else if (t->folded)
			stay(t, cause);
		else if (cause && is_known(run, cause))
			fold(t);
	}
}

bool detect_fold_with_cause(const struct detect *d, struct watched *t)
{
	const struct watched *cause = t->cause_count ? detect_cause(d, t) : NULL;

	if (!cause || cause->told)
		return false;
	fold(t);
	return true;
}

/* The first of its cell that is folded: a cell counts once. */
static bool stands_for_its_cell(const struct detect *d, const struct watched *t)
{
	if (!t->folded || !t->down)
		return false;
	for (size_t i = t->cell == NONE ? NONE : d->lead[t->cell]; i != NONE;
	     i = d->targets[i].next)
		if (d->targets[i].folded && d->targets[i].down)
			return &d->targets[i] == t;
	return true;
}

size_t detect_dependents(
    const struct detect *d, const struct watched *cause, const struct watched **out)
{
	size_t n = 0;

	for (size_t i = 0; i < d->target_count; i++)
		if (stands_for_its_cell(d, &d->targets[i]) &&
		    detect_cause(d, &d->targets[i]) == cause)
			out[n++] = &d->targets[i];
	return n;
}

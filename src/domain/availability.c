#include "domain/availability.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void status_track_add(struct status_track *t, struct utc from, struct utc to, enum status status)
{
	if (status == STATUS_OPERATIONAL || !utc_is_set(from) ||
	    (utc_is_set(to) && !utc_before(from, to)))
		return;
	t->items = xgrow(t->items, t->count, &t->cap);
	t->items[t->count++] = (struct status_span){ from, to, status };
}

void status_track_fini(struct status_track *t)
{
	free(t->items);
	*t = (struct status_track){ 0 };
}

enum status status_track_at(const struct status_track *t, struct utc at)
{
	enum status worst = STATUS_OPERATIONAL;

	for (size_t i = 0; i < t->count; i++) {
		const struct status_span *s = &t->items[i];

		if (!utc_before(at, s->from) && (!utc_is_set(s->to) || utc_before(at, s->to)) &&
		    s->status > worst)
			worst = s->status;
	}
	return worst;
}

/* ---- the sweep: every instant at which something begins or ends ---- */

struct edge {
	struct utc at;
	int by; /* +1 or -1 */
	enum status status;
};

static int by_time(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return x->at.ms < y->at.ms ? -1 : x->at.ms > y->at.ms;
}

static size_t edges_of(
    const struct status_track *t, struct utc from, struct utc to, struct edge *out)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct status_span *s = &t->items[i];
		struct utc a = utc_max(s->from, from),
			   b = utc_is_set(s->to) ? utc_min(s->to, to) : to;

		if (!utc_before(a, b))
			continue;
		out[n++] = (struct edge){ a, 1, s->status };
		out[n++] = (struct edge){ b, -1, s->status };
	}
	if (n)
		qsort(out, n, sizeof *out, by_time);
	return n;
}

/* Calls `each` for every stretch of from..to with how many spans of each status cover it; stretches
 * that nothing covers are left out. */
static void sweep(const struct status_track *t, struct utc from, struct utc to,
    void (*each)(void *ctx, struct utc a, struct utc b, const int *open), void *ctx)
{
	struct edge *edges = xcalloc(t->count * 2 + 1, sizeof *edges);
	size_t n = edges_of(t, from, to, edges);
	int open[STATUSES] = { 0 }, total = 0;

	for (size_t i = 0; i < n; i++) {
		open[edges[i].status] += edges[i].by;
		total += edges[i].by;
		if (total && i + 1 < n && utc_before(edges[i].at, edges[i + 1].at))
			each(ctx, edges[i].at, edges[i + 1].at, open);
	}
	free(edges);
}

static enum status worst_of(const int *open)
{
	enum status s = STATUSES - 1;

	while (s > STATUS_OPERATIONAL && !open[s])
		s--;
	return s;
}

static void flat(void *ctx, struct utc a, struct utc b, const int *open)
{
	struct status_track *out = ctx;
	enum status s = worst_of(open);
	struct status_span *last = out->count ? &out->items[out->count - 1] : NULL;

	if (last && last->status == s && last->to.ms == a.ms)
		last->to = b;
	else
		status_track_add(out, a, b, s);
}

void status_track_flatten(
    struct status_track *out, const struct status_track *t, struct utc from, struct utc to)
{
	out->count = 0;
	sweep(t, from, to, flat, out);
}

/* ---- the figures ---- */

struct sums {
	struct availability *a;
	const struct calendar *coverage;
};

static int64_t covered(const struct calendar *coverage, struct utc a, struct utc b)
{
	return coverage ? calendar_between(coverage, a, b) : utc_diff(b, a);
}

static void add_up(void *ctx, struct utc a, struct utc b, const int *open)
{
	struct sums *s = ctx;
	int64_t ms = covered(s->coverage, a, b);
	enum status worst = open[STATUS_MAINTENANCE] ? STATUS_MAINTENANCE : worst_of(open);

	switch (worst) {
	case STATUS_MAJOR:
		s->a->major_ms += ms;
		break;
	case STATUS_PARTIAL:
		s->a->partial_ms += ms;
		break;
	case STATUS_DEGRADED:
		s->a->degraded_ms += ms;
		break;
	case STATUS_MAINTENANCE:
		s->a->maintenance_ms += ms;
		break;
	case STATUS_UNKNOWN:
		s->a->unknown_ms += ms;
		break;
	case STATUS_OPERATIONAL:
	case STATUSES:
		break;
	}
}

struct availability availability_of(
    const struct status_track *t, struct utc from, struct utc to, const struct calendar *coverage)
{
	struct availability a = { .from = from, .to = to };
	struct sums s = { &a, coverage };

	if (!utc_before(from, to))
		return a;
	a.window_ms = covered(coverage, from, to);
	sweep(t, from, to, add_up, &s);
	return a;
}

int64_t availability_down_ms(const struct availability *a)
{
	return a->major_ms + (a->partial_ms * 3 + 9) / 10;
}

int64_t availability_counted_ms(const struct availability *a)
{
	return a->window_ms - a->maintenance_ms;
}

int availability_milli(const struct availability *a)
{
	int64_t counted = availability_counted_ms(a), up = counted - availability_down_ms(a);

	if (counted <= 0)
		return 100000;
	return up <= 0 ? 0 : (int)(up * 100000 / counted);
}

bool availability_target_parse(const char *s, int *milli)
{
	size_t whole = strspn(s, "0123456789"), places = 0;
	int value = 0;

	if (!whole || whole > 2)
		return false;
	for (size_t i = 0; i < whole; i++)
		value = value * 10 + (s[i] - '0');
	if (s[whole] == '.') {
		places = strspn(s + whole + 1, "0123456789");
		if (!places || places > 3)
			return false;
	}
	if (s[whole + (places ? places + 1 : 0)])
		return false;
	for (size_t i = 0; i < 3; i++)
		value = value * 10 + (i < places ? s[whole + 1 + i] - '0' : 0);
	*milli = value;
	return true;
}

int64_t availability_budget_ms(const struct availability *a, int target_milli)
{
	return availability_counted_ms(a) * (100000 - target_milli) / 100000;
}

int64_t availability_remaining_ms(const struct availability *a, int target_milli)
{
	return availability_budget_ms(a, target_milli) - availability_down_ms(a);
}

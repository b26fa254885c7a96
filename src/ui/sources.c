#include "ui/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

/* A source that is not heard ranks below an outage that somebody tells, above what is slow. */
static const struct {
	int rank;
	const char *word;
} states[STATUSES] = {
	[STATUS_OPERATIONAL] = { 0, "ok" },
	[STATUS_UNKNOWN] = { 5, "unknown" },
	[STATUS_MAINTENANCE] = { 3, "maint" },
	[STATUS_DEGRADED] = { 4, "degraded" },
	[STATUS_PARTIAL] = { 6, "partial" },
	[STATUS_MAJOR] = { 7, "major" },
};

#define RANK_WAITING 2
#define RANK_PROBLEMS 1 /* it is read, but not all of it */

char *size_text(char out[16], int64_t bytes)
{
	if (bytes < 0)
		snprintf(out, 16, "%s", "");
	else if (bytes < 1024)
		snprintf(out, 16, "%d B", (int)bytes);
	else if (bytes < 1024 * 1024)
		snprintf(out, 16, "%d KiB", (int)(bytes / 1024));
	else
		snprintf(out, 16, "%.1f MiB", (double)bytes / (1024 * 1024));
	return out;
}

static void judge(struct source_row *r, enum status status)
{
	r->status = status;
	r->rank = states[status].rank;
	r->word = states[status].word;
}

static void of_feed(const struct scene *s, const struct snap_feed *f, struct source_row *r)
{
	*r = (struct source_row){ .feed = f,
		.data_at = f->fetched_at,
		.tried_at = f->tried_at,
		.next_at = f->next_at,
		.fault = f->fault,
		.code = f->code,
		.latency_ms = f->latency_ms,
		.problems = f->problems_total,
		.flaps = f->flaps,
		.size = utc_is_set(f->tried_at) ? f->size : -1,
		.latencies = f->latencies,
		.latency_count = f->latency_count,
		.detail = f->detail ? f->detail : "" };
	snprintf(r->id, sizeof r->id, "feed:%s", f->id);
	judge(r, snap_feed_status(f, s->now));
	if (!utc_is_set(f->tried_at)) {
		r->word = "waiting";
		r->rank = RANK_WAITING;
		r->detail = "it was not asked yet";
	} else if (!f->ok) {
		r->word = "failing";
	} else if (r->status == STATUS_UNKNOWN && f->fresh_ms &&
		   utc_diff(s->now, f->fetched_at) > f->fresh_ms) {
		r->word = "old";
		r->detail = "it was read well, but too long ago to say anything";
	} else if (r->status == STATUS_UNKNOWN) {
		r->word = "read"; /* a document that tells no state */
		r->rank = 0;
	}
	if (f->ok && r->rank == 0 && f->problems_total > 0)
		r->rank = RANK_PROBLEMS;
	if (!*r->detail)
		r->detail = f->problem_count ? f->problems[0] : "read well";
}

static void of_cell(const struct scene *s, const struct snap_cell *c, struct source_row *r)
{
	*r = (struct source_row){ .cell = c,
		.data_at = c->data_at,
		.tried_at = c->data_at,
		.next_at = c->interval_ms && utc_is_set(c->data_at)
			       ? utc_add(c->data_at, c->interval_ms)
			       : UTC_NONE,
		.fault = c->fault,
		.code = c->code,
		.latency_ms = c->latency_ms,
		.problems = c->failing,
		.flaps = c->flaps,
		.size = -1,
		.latencies = c->latencies,
		.latency_count = c->latency_count,
		.detail = c->detail ? c->detail : "" };
	snprintf(r->id, sizeof r->id, "cell:%s", c->id);
	judge(r, snap_cell_status(c, s->now));
	if (!utc_is_set(c->data_at)) {
		r->word = "waiting";
		r->rank = RANK_WAITING;
		r->detail = "it was not asked yet";
	} else if (c->fresh_ms && utc_diff(s->now, c->data_at) > c->fresh_ms) {
		r->word = "old";
		r->detail = "its data is too old to say anything";
	}
}

/* ---- filter and order ---- */

static bool holds(const char *text, const char *word, size_t len)
{
	for (; text && *text; text++)
		if (strncasecmp(text, word, len) == 0)
			return true;
	return false;
}

static bool row_holds(
    const struct scene *s, const struct source_row *r, const char *word, size_t len)
{
	const struct snap_carrier *carrier =
	    r->feed ? snap_carrier(s->snap, r->feed->carrier) : NULL;
	const struct snap_component *k =
	    r->cell ? snap_component(s->snap, r->cell->component) : NULL;
	const struct snap_region *in = r->cell ? snap_region(s->snap, r->cell->region) : NULL;
	const char *texts[] = { r->id, r->word, r->detail, r->fault, r->feed ? r->feed->url : NULL,
		carrier ? carrier->name : NULL, k ? k->name : NULL, in ? in->name : NULL };

	for (size_t i = 0; i < countof(texts); i++)
		if (holds(texts[i], word, len))
			return true;
	return false;
}

static bool wanted(const struct scene *s, const struct source_row *r, const char *filter)
{
	for (const char *w = filter ? filter : ""; *w; w += strspn(w, " ")) {
		size_t len = strcspn(w, " ");

		if (len && !row_holds(s, r, w, len))
			return false;
		w += len;
	}
	return true;
}

static int worst_first(const void *a, const void *b)
{
	const struct source_row *x = a, *y = b;

	if (x->rank != y->rank)
		return y->rank - x->rank;
	if (!x->feed != !y->feed)
		return x->feed ? -1 : 1;
	return strcmp(x->id, y->id);
}

struct rows {
	struct source_row *items;
	size_t count, cap;
};

static void add(
    struct rows *l, const struct scene *s, const char *filter, const struct source_row *r)
{
	if (!wanted(s, r, filter))
		return;
	l->items = xgrow(l->items, l->count, &l->cap);
	l->items[l->count++] = *r;
}

size_t source_rows(const struct scene *s, const char *filter, struct source_row **out)
{
	struct rows l = { 0 };
	struct source_row r;
	const struct snap_feed *f;
	const struct snap_cell *c;
	size_t it = 0;

	while ((f = map_next(s->snap->feeds, &it, NULL))) {
		of_feed(s, f, &r);
		add(&l, s, filter, &r);
	}
	for (it = 0; (c = map_next(s->snap->cells, &it, NULL));) {
		of_cell(s, c, &r);
		add(&l, s, filter, &r);
	}
	if (l.count > 1)
		qsort(l.items, l.count, sizeof *l.items, worst_first);
	*out = l.items;
	return l.count;
}

bool source_row(const struct scene *s, const char *id, struct source_row *out)
{
	bool feed = strncmp(id, "feed:", 5) == 0;
	const void *found = map_get(feed ? s->snap->feeds : s->snap->cells, id + 5);

	if (!found)
		return false;
	if (feed)
		of_feed(s, found, out);
	else
		of_cell(s, found, out);
	return true;
}

/* One source, for who looks at it closely: how its probes answered, how it came and went, and the
 * start of its last document. Nothing of it is pushed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/target.h"
#include "engine_priv.h"

#define EDGES 24 /* that are kept of each source */
#define AWAY "not watched: no engine ran"

struct edge {
	struct utc at;
	enum status status;
	bool up;
	char *detail;
};

struct trail {
	struct edge *edges; /* newest last; most have one or two */
	size_t count, cap;
};

static void trail_free(void *p)
{
	struct trail *h = p;

	for (size_t i = 0; i < h->count; i++)
		free(h->edges[i].detail);
	free(h->edges);
	free(h);
}

void source_start(struct engine *g)
{
	g->history = map_new(trail_free);
	g->probes = map_new(free);
}

void source_stop(struct engine *g)
{
	map_free(g->history);
	map_free(g->probes);
	g->history = g->probes = NULL;
}

/* True when it is another state than the one before. */
static bool remember(struct engine *g, const char *source, const struct source_edge *edge)
{
	struct trail *h = map_get(g->history, source);
	const struct edge *last = h ? &h->edges[h->count - 1] : NULL;

	if (last && last->up == edge->up && last->status == edge->status)
		return false;
	if (!h) {
		h = xcalloc(1, sizeof *h);
		map_set(g->history, source, h);
	}
	if (h->count == EDGES) {
		free(h->edges[0].detail);
		memmove(h->edges, h->edges + 1, --h->count * sizeof *h->edges);
	}
	if (h->count == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 1;
		h->edges = xreallocarray(h->edges, h->cap, sizeof *h->edges);
	}
	h->edges[h->count++] =
	    (struct edge){ edge->at, edge->status, edge->up, xstrdup_null(edge->detail) };
	return true;
}

void source_edge(struct engine *g, const char *source, const struct source_edge *edge)
{
	if (remember(g, source, edge))
		past_keep(g, source, edge);
}

void source_known(struct engine *g, const char *source, const struct source_edge *edge)
{
	remember(g, source, edge);
}

void source_was_away(struct engine *g, struct utc from)
{
	const char *source;
	size_t it = 0;

	while (map_next(g->history, &it, &source))
		source_edge(g, source,
		    &(struct source_edge){ .at = from, .status = STATUS_UNKNOWN, .detail = AWAY });
}

static bool is_loss(const struct edge *before, const struct edge *e)
{
	return before->up && !e->up && !(e->detail && strcmp(e->detail, AWAY) == 0);
}

int source_losses(const struct engine *g, const char *source, struct utc from)
{
	const struct trail *h = g->history ? map_get(g->history, source) : NULL;
	int n = 0;

	for (size_t i = 1; h && i < h->count; i++)
		n += is_loss(&h->edges[i - 1], &h->edges[i]) && !utc_before(h->edges[i].at, from);
	return n;
}

void source_probe_seen(struct engine *g, const struct observation *o)
{
	struct observation *mine = map_get(g->probes, o->target);

	if (!mine) {
		mine = xcalloc(1, sizeof *mine);
		map_set(g->probes, o->target, mine);
	}
	*mine = *o;
	mine->target = NULL; /* it lives in the key */
}

static const struct observation *seen_of(const struct engine *g, const struct cfg_probe *p)
{
	char target[200];

	snprintf(target, sizeof target, "probe:%s", p->id.s);
	return g->probes ? map_get(g->probes, target) : NULL;
}

const struct observation *source_worst_probe(
    const struct engine *g, const struct cfg_component *k, const char *region)
{
	const struct observation *worst = NULL, *o;

	for (size_t i = 0; i < k->probes.count; i++) {
		if (strcmp(k->probes.items[i].region.s, region) != 0)
			continue;
		o = seen_of(g, &k->probes.items[i]);
		if (o && (!worst || o->status > worst->status))
			worst = o;
	}
	return worst;
}

/* ---- the object ---- */

static void add_history(
    struct engine *g, struct arena *a, const char *source, struct snap_source *n)
{
	const struct trail *h = map_get(g->history, source);

	n->history = arena_alloc(a, EDGES * sizeof *n->history);
	for (size_t i = 0; h && i < h->count; i++)
		n->history[n->history_count++] = (struct snap_edge){ .at = h->edges[i].at,
			.status = h->edges[i].status,
			.up = h->edges[i].up,
			.detail = h->edges[i].detail };
}

static void add_probes(struct engine *g, struct arena *a, const struct cfg_component *k,
    const char *region, struct snap_source *n)
{
	n->probes = arena_alloc(a, (k->probes.count + 1) * sizeof *n->probes);
	for (size_t i = 0; i < k->probes.count; i++) {
		const struct cfg_probe *p = &k->probes.items[i];
		const struct observation *o = seen_of(g, p);

		if (strcmp(p->region.s, region) != 0)
			continue;
		n->probes[n->probe_count++] = (struct snap_probe){ .id = p->id.s,
			.url = arena_printf(a, "%s %s", p->kind, target_address(p)),
			.status = o ? o->status : STATUS_UNKNOWN,
			.at = o ? o->at : UTC_NONE,
			.code = o ? o->code : 0,
			.fault =
			    o && o->fault ? arena_strdup(a, probe_fault_names[o->fault]) : NULL,
			.detail = o ? arena_strdup(a, o->reason) : NULL,
			.latency_ms = o ? o->latency_ms : -1,
			.cert_days = o && o->cert_days != PROBE_NO_CERT ? o->cert_days : -1 };
	}
}

static bool fill(struct engine *g, struct arena *a, const char *source, struct snap_source *n)
{
	char *id = arena_strdup(a, source), *region;
	const struct feed_state *s;
	const struct cfg_component *k;

	if (strncmp(source, "feed:", 5) == 0) {
		s = g->feeds ? map_get(g->feeds, source + 5) : NULL;
		if (!s)
			return false;
		n->text_at = s->text_at;
		n->text = s->text;
		return true;
	}
	if (strncmp(source, "cell:", 5) != 0 || !(region = strchr(id, '/')))
		return false;
	*region++ = '\0';
	k = config_component(g->config, id + 5);
	if (!k || !g->detect || !detect_cell(g->detect, id + 5, region))
		return false;
	add_probes(g, a, k, region, n);
	return true;
}

char *object_source(struct engine *g, const char *source)
{
	struct arena *a = arena_new();
	struct snap_source n = { .id = arena_strdup(a, source), .text_at = UTC_NONE };
	char *text = NULL;

	if (fill(g, a, source, &n)) {
		add_history(g, a, source, &n);
		text = object_fit(wire_write(WIRE_SOURCE, &n));
	}
	arena_free(a);
	return text;
}

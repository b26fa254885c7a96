/* What was learnt of the sources before this engine: read at start, and kept as it goes on, by
 * another thread. It stops nothing: that it cannot be written is told once, and tried again. */
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "store/history.h"

#define GATHER_MS 2000
#define ALIVE_MS 60000	   /* an idle engine says so often that it watches */
#define READ_MOST 20000	   /* edges of all sources, at start */
#define PENDING_MOST 50000 /* while they cannot be written; what is more is lost */
#define KEPT_DAYS 90
#define KEPT_MOST 500000
#define PRUNE_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)

struct pending {
	struct history_edge *edges; /* their strings are owned here */
	size_t count, cap;
};

struct past {
	struct engine *g;
	struct history_db *file;
	struct loop_timer *timer;
	struct pending waiting, going; /* going: the other thread's, with `file`, while running */
	bool running, ok;
	struct utc now, pruned;
	struct err err;
	bool failing;
};

static void pending_fini(struct pending *p)
{
	for (size_t i = 0; i < p->count; i++) {
		union {
			const char *borrowed;
			char *owned;
		} texts[] = { { p->edges[i].source }, { p->edges[i].status },
			{ p->edges[i].detail } };

		for (size_t k = 0; k < countof(texts); k++)
			free(texts[k].owned);
	}
	free(p->edges);
	*p = (struct pending){ 0 };
}

/* ---- writing ---- */

static void write_them(void *ctx) /* on the other thread */
{
	struct past *p = ctx;
	bool prune = !utc_is_set(p->pruned) || utc_diff(p->now, p->pruned) >= PRUNE_MS;

	p->ok = history_db_add(p->file, p->going.edges, p->going.count, p->now, &p->err);
	if (!p->ok || !prune)
		return;
	p->pruned = p->now;
	p->ok = history_db_prune(p->file, utc_add(p->now, -KEPT_DAYS * DAY_MS), KEPT_MOST, &p->err);
}

static void begin(struct past *p)
{
	p->going = p->waiting;
	p->waiting = (struct pending){ 0 };
	p->now = clock_utc();
}

/* They could not be written: they wait again, before what came since. */
static void put_back(struct past *p)
{
	struct pending later = p->waiting;

	p->waiting = p->going;
	for (size_t i = 0; i < later.count; i++) {
		p->waiting.edges = xgrow(p->waiting.edges, p->waiting.count, &p->waiting.cap);
		p->waiting.edges[p->waiting.count++] = later.edges[i];
	}
	free(later.edges);
	p->going = (struct pending){ 0 };
}

static void end(struct past *p)
{
	if (!p->ok && !p->failing)
		log_say(LOG_SAY_ERROR, "history", "why", p->err.msg, NULL);
	if (p->ok && p->failing)
		log_say(LOG_SAY_WARN, "history-back", NULL);
	p->failing = !p->ok;
	if (!p->ok)
		put_back(p);
	pending_fini(&p->going);
	p->running = false;
}

static void written(void *ctx)
{
	struct past *p = ctx;

	end(p);
	loop_timer_after(p->timer, p->ok && p->waiting.count ? GATHER_MS : ALIVE_MS);
}

static void due(void *ctx)
{
	struct past *p = ctx;

	if (p->running)
		return;
	begin(p);
	p->running = true;
	loop_work(p->g->loop, write_them, written, p);
}

void past_keep(struct engine *g, const char *source, const struct source_edge *edge)
{
	struct past *p = g->past;

	if (!p || p->waiting.count >= PENDING_MOST)
		return;
	if (!p->running && !p->waiting.count)
		loop_timer_after(p->timer, GATHER_MS);
	p->waiting.edges = xgrow(p->waiting.edges, p->waiting.count, &p->waiting.cap);
	p->waiting.edges[p->waiting.count++] = (struct history_edge){ .source = xstrdup(source),
		.status = xstrdup(status_names[edge->status]),
		.up = edge->up,
		.at = edge->at,
		.detail = xstrdup_null(edge->detail) };
}

/* ---- start and stop ---- */

static void known(void *ctx, const struct history_edge *e)
{
	struct source_edge edge = { .at = e->at, .up = e->up, .detail = e->detail };

	for (int s = 0; s < STATUSES; s++)
		if (strcmp(status_names[s], e->status) == 0) {
			edge.status = (enum status)s;
			source_known(ctx, e->source, &edge);
			return;
		}
}

static struct history_db *open_beside(const char *journal)
{
	char *dir = file_dir(journal), *path = xasprintf("%s/history.db", dir);
	struct err e = { 0 };
	bool aside;
	struct history_db *h = history_db_open(path, &aside, &e);

	if (aside)
		log_say(LOG_SAY_WARN, "history-aside", "file", path, "as", ".broken", NULL);
	if (!h)
		log_say(LOG_SAY_ERROR, "history", "why", e.msg, NULL);
	free(dir);
	free(path);
	return h;
}

void past_start(struct engine *g)
{
	struct history_db *h =
	    engine_journal_is_file(g) && !g->options.once ? open_beside(g->journal_url) : NULL;
	struct err e = { 0 };
	struct utc watched;

	if (!h)
		return;
	g->past = xcalloc(1, sizeof *g->past);
	*g->past = (struct past){ .g = g, .file = h, .pruned = UTC_NONE };
	g->past->timer = loop_timer_new(g->loop, due, g->past);
	if (!history_db_read(h, READ_MOST, known, g, &e))
		log_say(LOG_SAY_ERROR, "history", "why", e.msg, NULL);
	watched = history_db_watched(h);
	if (utc_is_set(watched) && utc_diff(clock_utc(), watched) > 2 * ALIVE_MS)
		source_was_away(g, watched);
	loop_timer_after(g->past->timer, GATHER_MS);
}

void past_stop(struct engine *g)
{
	struct past *p = g->past;

	if (!p)
		return;
	loop_timer_stop(p->timer);
	while (p->running)
		loop_run_once(g->loop, true);
	begin(p);
	write_them(p);
	end(p);
	loop_timer_free(p->timer);
	pending_fini(&p->waiting);
	history_db_close(p->file);
	free(p);
	g->past = NULL;
}

/* The engine's pages: written when the engine starts, when something changed that they show, and
 * before a version is too old. One write at a time for each page, on a thread of its own: a slow
 * disk holds up nothing else. A delivery to a page is accepted when a version that has it is in
 * place. */
#include "engine/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"
#include "os/clock.h"
#include "os/log.h"

#define GATHER_MS 20   /* real: what changes together is written together */
#define RETRY_MS 10000 /* real: after a failure, when no delivery asks earlier */

struct publisher {
	struct engine *g;
	char *id; /* of the channel */
	bool running, pending;
	char *error; /* of the last write; NULL: it went well */
	struct utc failing_since;
	struct loop_timer *timer;
};

/* One write, with all that it needs. */
struct run {
	struct engine *g;
	char *channel, *directory;
	struct page_files files;
	struct utc now;
	int64_t valid_ms;
	char **owed; /* deliveries that this version has */
	size_t owed_count;
	bool ok;
	struct publish_report report;
	struct err err;
};

static void publisher_free(void *v)
{
	struct publisher *p = v;

	loop_timer_free(p->timer);
	free(p->error);
	free(p->id);
	free(p);
}

static void run_free(struct run *r)
{
	for (size_t i = 0; i < r->owed_count; i++)
		free(r->owed[i]);
	free(r->owed);
	page_files_fini(&r->files);
	free(r->channel);
	free(r->directory);
	free(r);
}

static void soon(struct publisher *p)
{
	p->pending = true;
	if (!p->running)
		loop_timer_after(p->timer, GATHER_MS);
}

/* ---- one write ---- */

static void write_it(void *ctx) /* on the other thread */
{
	struct run *r = ctx;
	struct err e = { 0 };

	r->ok = publish_write(r->directory, &r->files, r->now, r->valid_ms, &r->report, &e);
	if (!r->ok)
		r->err = e;
	else
		r->ok = !r->files.incomplete; /* why not was told when it was made */
}

static void tell_deliveries(struct engine *g, const struct run *r)
{
	for (size_t i = 0; i < r->owed_count; i++) {
		struct delivery_result result = { .id = r->owed[i],
			.destination = r->channel,
			.at = clock_utc(),
			.verdict = {
			    .state = r->ok ? CHAN_ACCEPTED : CHAN_RETRY, .down = !r->ok } };

		if (r->ok)
			snprintf(result.verdict.detail, sizeof result.verdict.detail,
			    "file://%.*s/index.html", CHAN_DETAIL - 24, r->directory);
		else
			snprintf(result.verdict.detail, sizeof result.verdict.detail, "%.*s",
			    CHAN_DETAIL - 1, r->err.msg);
		outbox_delivered(g, &result);
	}
}

static void log_run(struct publisher *p, const struct run *r)
{
	if (!r->ok && (!p->error || strcmp(p->error, r->err.msg) != 0))
		log_say(LOG_SAY_ERROR, "page", "channel", p->id, "why", r->err.msg, NULL);
	if (r->ok && p->error)
		log_say(LOG_SAY_WARN, "page-back", "channel", p->id, NULL);
	if (!r->ok && !p->error)
		p->failing_since = r->now;
	free(p->error);
	p->error = r->ok ? NULL : xstrdup(r->err.msg);
	outbox_look(r->g);
}

static void arm(struct publisher *p, const struct run *r)
{
	if (p->pending)
		soon(p);
	else if (!r->ok)
		loop_timer_after(p->timer, RETRY_MS);
	else if (utc_is_set(r->report.oldest))
		loop_timer_at(p->timer, utc_add(r->report.oldest, r->valid_ms / 2));
}

static void answer_waiting(struct engine *g);

static void written(void *ctx)
{
	struct run *r = ctx;
	struct engine *g = r->g;
	struct publisher *p = g->publishers ? map_get(g->publishers, r->channel) : NULL;

	g->publishing--;
	if (p) {
		p->running = false;
		log_run(p, r);
		if (!g->stopping)
			arm(p, r);
	}
	tell_deliveries(g, r);
	run_free(r);
	answer_waiting(g);
}

/* Every delivery that waits for this page. */
static void take_owed(struct run *r)
{
	const struct owed *o;
	size_t it = 0;

	while ((o = map_next(r->g->owed, &it, NULL)))
		if (o->in_flight && strcmp(o->destination, r->channel) == 0) {
			r->owed = xreallocarray(r->owed, r->owed_count + 1, sizeof *r->owed);
			r->owed[r->owed_count++] = xstrdup(o->id);
		}
}

static bool make(struct run *r, const struct cfg_channel *ch)
{
	const struct engine *g = r->g;
	const struct incident **incidents = xcalloc(map_count(g->live) + 1, sizeof *incidents);
	const struct maintenance **planned = xcalloc(map_count(g->planned) + 1, sizeof *planned);
	struct page_matter matter = { .incidents = incidents,
		.maintenances = planned,
		.blind = g->detect && detect_impaired(g->detect, NULL),
		.blind_since = g->blind_since };
	const struct live *l;
	size_t it = 0;
	bool ok;

	while ((l = map_next(g->live, &it, NULL)))
		if (l->inc->version)
			incidents[matter.incident_count++] = l->inc;
	it = 0;
	while ((l = map_next(g->planned, &it, NULL)))
		if (l->mnt->version)
			planned[matter.maintenance_count++] = l->mnt;
	ok = publish_make(&r->files, g->config, ch, &matter, r->now, &r->err);
	free(incidents);
	free(planned);
	return ok;
}

static void due(void *ctx)
{
	struct publisher *p = ctx;
	struct engine *g = p->g;
	const struct cfg_channel *ch = config_channel(g->config, p->id);
	struct run *r;

	if (p->running || !ch)
		return;
	r = xcalloc(1, sizeof *r);
	r->g = g;
	r->channel = xstrdup(p->id);
	r->directory = xstrdup(ch->directory.s);
	r->now = clock_utc();
	r->valid_ms = g->config->page_valid_ms;
	p->running = true;
	p->pending = false;
	g->publishing++;
	take_owed(r);
	if (make(r, ch) || r->files.count)
		loop_work(g->loop, write_it, written, r);
	else
		written(r);
}

/* ---- when ---- */

static bool is_page(const struct cfg_channel *ch)
{
	const struct chan_kind *k = chan_kind_find(ch->kind.s);

	return k && k->whole;
}

/* What waits for a page that is configured no more goes back to the outbox. */
static void let_go(struct engine *g, const struct map *before)
{
	const struct owed *o;
	size_t it = 0;

	while (before && (o = map_next(g->owed, &it, NULL))) {
		struct delivery_result result = { .id = o->id,
			.destination = o->destination,
			.at = clock_utc(),
			.verdict = {
			    .state = CHAN_RETRY, .detail = "the page is configured no more" } };

		if (o->in_flight && map_get(before, o->destination) &&
		    !map_get(g->publishers, o->destination))
			outbox_delivered(g, &result);
	}
}

void publish_configure(struct engine *g)
{
	struct map *before = g->publishers;

	g->publishers = map_new(publisher_free);
	for (size_t i = 0; i < g->config->channels.count; i++) {
		const struct cfg_channel *ch = &g->config->channels.items[i];
		struct publisher *p, *old;

		if (!is_page(ch))
			continue;
		p = xcalloc(1, sizeof *p);
		p->g = g;
		p->id = xstrdup(ch->id.s);
		p->timer = loop_timer_new(g->loop, due, p);
		old = before ? map_get(before, p->id) : NULL;
		if (old) {
			p->running = old->running;
			p->error = old->error;
			p->failing_since = old->failing_since;
			old->error = NULL;
		}
		map_set(g->publishers, p->id, p);
		soon(p);
	}
	let_go(g, before);
	map_free(before);
}

void publish_changed(struct engine *g)
{
	struct publisher *p;
	size_t it = 0;

	while (g->publishers && (p = map_next(g->publishers, &it, NULL)))
		soon(p);
}

bool publish_owed(struct engine *g, const char *channel)
{
	const struct cfg_channel *ch = config_channel(g->config, channel);
	struct publisher *p = g->publishers ? map_get(g->publishers, channel) : NULL;

	if (!ch || !is_page(ch))
		return false;
	if (p)
		soon(p);
	return true;
}

/* ---- who waits for it ---- */

bool publish_busy(const struct engine *g)
{
	const struct publisher *p;
	size_t it = 0;

	while (g->publishers && (p = map_next(g->publishers, &it, NULL)))
		if (p->running || p->pending)
			return true;
	return g->publishing > 0;
}

size_t publish_count(const struct engine *g)
{
	return g->publishers ? map_count(g->publishers) : 0;
}

size_t publish_alarms(const struct engine *g, struct arena *a, char **out)
{
	const struct publisher *p;
	size_t count = 0, it = 0;

	while (g->publishers && (p = map_next(g->publishers, &it, NULL)))
		if (p->error)
			out[count++] = arena_printf(a,
			    "%s cannot be written, for %lld min: readers have an old page: %s",
			    p->id, (long long)(utc_diff(clock_utc(), p->failing_since) / 60000),
			    p->error);
	return count;
}

static void answer_waiting(struct engine *g)
{
	struct publish_ask *a;
	const struct publisher *p;
	const char *why = NULL;
	size_t it = 0;

	if (publish_busy(g))
		return;
	while (g->publishers && (p = map_next(g->publishers, &it, NULL)))
		why = p->error ? p->error : why;
	while ((a = g->publish_asks)) {
		g->publish_asks = a->next;
		request_published(g, a->client, a->id, why);
		free(a->id);
		free(a);
	}
}

bool publish_ask(struct engine *g, const struct client *c, const char *id)
{
	struct publish_ask *a;

	if (!g->publishers || !map_count(g->publishers))
		return false;
	a = xcalloc(1, sizeof *a);
	snprintf(a->client, sizeof a->client, "%s", c->id);
	a->id = xstrdup(id);
	a->next = g->publish_asks;
	g->publish_asks = a;
	publish_changed(g);
	return true;
}

void publish_stop(struct engine *g)
{
	struct publish_ask *a;
	struct publisher *p;
	size_t it = 0;

	while (g->publishers && (p = map_next(g->publishers, &it, NULL)))
		loop_timer_stop(p->timer);
	while (g->publishing > 0)
		loop_run_once(g->loop, true);
	map_free(g->publishers);
	g->publishers = NULL;
	while ((a = g->publish_asks)) {
		g->publish_asks = a->next;
		free(a->id);
		free(a);
	}
}

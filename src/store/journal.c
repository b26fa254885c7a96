/* The front of every back end: checks, groups what waits into one commit, tells the outcome, and
 * opens again after a failure.
 *
 *   ok --append or a look fails--> failed --reopen succeeds, each second tried--> ok
 *
 * While failed, every append is answered at once with APPEND_FAILED: nothing claims to be saved. */
#include "store/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "journal_priv.h"

#define RETRY_MS 1000
#define LOOK_MS 1000	   /* nobody commits for hours, and boards must know all the same */
#define GROUP_BATCHES 1024 /* so many share a commit at most */

struct pending {
	struct store_batch b;
	struct arena *text; /* rows and their strings */
	bool settled;	    /* refused before the back end saw it */
	void (*done)(void *ctx, const struct append_result *r);
	void *ctx;
};

static void commit(void *ctx);
static void retry(void *ctx);
static void tell(void *ctx);

struct journal *journal_open(struct loop *l, const char *url, unsigned flags, struct err *e)
{
	struct store_head head = { 0 };
	const char *where = NULL;
	const struct store_ops *ops = store_kind(url, &where, e);
	struct store *s = ops ? ops->open(l, where, flags, &head, e) : NULL;
	struct journal *j;

	if (!s)
		return NULL;
	j = xcalloc(1, sizeof *j);
	j->loop = l;
	j->ops = ops;
	j->store = s;
	j->head = head;
	j->read_only = flags & JOURNAL_READ_ONLY;
	j->commit = loop_later_new(l, commit, j);
	j->told = loop_later_new(l, tell, j);
	j->retry = loop_timer_new(l, retry, j);
	if (!j->read_only)
		loop_timer_after(j->retry, LOOK_MS);
	return j;
}

static void pending_free(struct pending *p)
{
	for (size_t i = 0; i < p->b.place_count; i++)
		free((char *)(uintptr_t)p->b.places[i].stream);
	free(p->b.places);
	arena_free(p->text);
	free(p);
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	while (j->count) {
		commit(j);
		if (j->in_flight)
			loop_run_once(j->loop, true);
	}
	loop_later_free(j->commit);
	loop_later_free(j->told);
	loop_timer_free(j->retry);
	j->ops->close(j->store);
	free(j->waiting);
	free(j);
}

/* ---- appending ---- */

/* The event as a row whose strings live in the arena. */
static bool row_from_event(struct store_row *row, struct arena *a, const struct event *ev,
    const char *command_id, size_t part, struct err *e)
{
	struct buf body;
	bool ok;

	if (!ev->incident || !ev->incident[0] || strlen(ev->incident) > 63 || ev->version < 1 ||
	    !utc_is_set(ev->at) || !ev->actor || !ev->actor[0] || !ev->kind_name ||
	    !ev->kind_name[0] || !cJSON_IsObject(ev->body))
		return err_set(e, ERR_REFUSED, "%s: an event without %s",
		    ev->incident && ev->incident[0] ? ev->incident : "?",
		    ev->version < 1 ? "a version" : "stream, time, actor, kind or body");
	if (ev->command_id && (!command_id || strcmp(ev->command_id, command_id) != 0))
		return err_set(e, ERR_REFUSED, "%s: two command ids in one batch", ev->incident);
	buf_init(&body, 0);
	json_canonical(&body, ev->body);
	/* What could not be read again is not written. */
	ok = !body.over && json_gate(buf_str(&body), body.len, e);
	if (ok)
		*row = (struct store_row){
			.stream = arena_strdup(a, ev->incident),
			.version = ev->version,
			.at_ms = ev->at.ms,
			.actor = arena_strdup(a, ev->actor),
			.as_by = arena_strdup(a, ev->as_by),
			.kind = arena_strdup(a, ev->kind_name),
			.command_id = arena_strdup(a, ev->command_id),
			.part = (int)part,
			.body = arena_strndup(a, buf_str(&body), body.len),
		};
	else
		err_in(e, "%s version %d: body", ev->incident, ev->version);
	buf_fini(&body);
	return ok;
}

void journal_append(struct journal *j, struct event *const *events, size_t count, int64_t fence,
    void (*done)(void *ctx, const struct append_result *r), void *ctx)
{
	struct pending *p = xcalloc(1, sizeof *p);
	struct store_batch *b = &p->b;

	p->text = arena_new();
	p->done = done;
	p->ctx = ctx;
	b->rows = arena_alloc(p->text, (count ? count : 1) * sizeof *b->rows);
	b->count = count;
	b->fence = fence;
	b->status = APPEND_FAILED;
	for (size_t i = 0; i < count && !b->command_id; i++)
		b->command_id = arena_strdup(p->text, events[i]->command_id);
	for (size_t i = 0; i < count && !p->settled; i++)
		if (!row_from_event(&b->rows[i], p->text, events[i], b->command_id, i, &b->err)) {
			b->err.kind = ERR_REFUSED;
			b->status = APPEND_REFUSED;
			p->settled = true;
		}
	if (!count) {
		b->status = APPEND_REFUSED;
		err_set(&b->err, ERR_REFUSED, "nothing to append");
		p->settled = true;
	}
	j->waiting = xgrow(j->waiting, j->count, &j->cap);
	j->waiting[j->count++] = p;
	loop_later_set(j->commit);
}

static void answer(struct pending *p)
{
	struct append_result r = { .status = p->b.status, .err = p->b.err };
	struct append_place *places = NULL;

	switch (r.status) {
	case APPEND_DONE:
		places = xcalloc(p->b.count, sizeof *places);
		for (size_t i = 0; i < p->b.count; i++)
			places[i] = (struct append_place){
				.stream = p->b.rows[i].stream,
				.version = p->b.rows[i].version,
				.seq = p->b.rows[i].seq,
			};
		r.places = places;
		r.count = p->b.count;
		break;
	case APPEND_DUPLICATE:
		r.places = p->b.places;
		r.count = p->b.place_count;
		break;
	case APPEND_CONFLICT:
		memcpy(r.stream, p->b.conflict, sizeof r.stream);
		r.version = p->b.conflict_version;
		break;
	case APPEND_REFUSED:
	case APPEND_FAILED:
		break;
	}
	p->done(p->ctx, &r);
	free(places);
	pending_free(p);
}

static void fail(struct journal *j, const struct err *e)
{
	j->failed = true;
	j->why = *e;
	loop_timer_after(j->retry, RETRY_MS);
	loop_later_set(j->told);
}

/* Answers the `n` oldest. A done() may append more. */
static void answer_first(struct journal *j, size_t n)
{
	struct pending **mine = xcalloc(n, sizeof(struct pending *));

	memcpy(mine, j->waiting, n * sizeof(struct pending *));
	j->count -= n;
	memmove(j->waiting, j->waiting + n, j->count * sizeof(struct pending *));
	if (j->count)
		loop_later_set(j->commit);
	for (size_t i = 0; i < n; i++)
		answer(mine[i]);
	free(mine);
}

static void finished(void *ctx, const struct err *e)
{
	struct journal *j = ctx;
	size_t n = j->flying;

	j->in_flight = false;
	j->flying = 0;
	for (size_t i = 0; e && i < n; i++)
		if (!j->waiting[i]->settled) {
			j->waiting[i]->b.status = APPEND_FAILED;
			j->waiting[i]->b.err = *e;
		}
	if (e)
		fail(j, e);
	answer_first(j, n);
}

static void commit(void *ctx)
{
	struct journal *j = ctx;
	struct store_batch *group[GROUP_BATCHES];
	struct err closed = { 0 };
	const struct err *e = NULL;
	size_t n = 0;

	if (j->in_flight || !j->count)
		return;
	if (j->read_only) {
		err_set(&closed, ERR_JOURNAL, "the journal is open for reading only");
		e = &closed;
	} else if (j->failed) {
		e = &j->why;
	}
	j->flying = j->count < GROUP_BATCHES ? j->count : GROUP_BATCHES;
	for (size_t i = 0; i < j->flying; i++) {
		struct pending *p = j->waiting[i];

		if (p->settled)
			continue;
		group[n++] = &p->b;
		if (e)
			p->b.err = *e;
	}
	j->in_flight = true;
	if (e || !n) {
		n = j->flying;
		j->flying = 0;
		j->in_flight = false;
		answer_first(j, n);
	} else {
		j->ops->append(j->store, group, n, &j->head, finished, j);
	}
}

/* ---- health ---- */

/* The timer of both states: looks while all is well, opens again while it is not. */
static void retry(void *ctx)
{
	struct journal *j = ctx;
	struct err e = { 0 };

	if (!j->failed) {
		loop_timer_after(j->retry, LOOK_MS);
		if (!j->in_flight && !j->ops->look(j->store, &e))
			fail(j, &e);
		return;
	}
	if (!j->ops->reopen(j->store, &j->head, &e)) {
		j->why = e;
		loop_timer_after(j->retry, RETRY_MS);
		return;
	}
	j->failed = false;
	loop_timer_after(j->retry, LOOK_MS);
	loop_later_set(j->told);
}

static void tell(void *ctx)
{
	struct journal *j = ctx;

	if (j->changed)
		j->changed(j->changed_ctx, !j->failed);
}

bool journal_health(const struct journal *j, struct err *why)
{
	if (j->failed && why)
		*why = j->why;
	return !j->failed;
}

void journal_on_health(struct journal *j, void (*changed)(void *ctx, bool ok), void *ctx)
{
	j->changed = changed;
	j->changed_ctx = ctx;
}

int64_t journal_head(const struct journal *j)
{
	return j->head.seq;
}

int64_t journal_fence(const struct journal *j)
{
	return j->head.fence;
}

void journal_mem_break(struct journal *j, const char *why)
{
	if (j->ops == &store_mem)
		store_mem_break(j->store, why);
}

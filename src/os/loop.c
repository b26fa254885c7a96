#include "os/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "loop_priv.h"
#include "os/clock.h"

/* Work of loop_later that sets more of it goes on in the same turn for so many rounds. */
#define LATER_ROUNDS 16

struct loop_later {
	struct loop_item item; /* first: loop_own */
	struct loop *loop;
	struct loop_later *next; /* in the list of what is set */
	bool set;
	void (*run)(void *ctx);
	void *ctx;
};

void loop_own(struct loop *l, struct loop_item *it, void (*close)(struct loop_item *))
{
	it->close = close;
	it->prev = NULL;
	it->next = l->items;
	if (l->items)
		l->items->prev = it;
	l->items = it;
}

void loop_disown(struct loop *l, struct loop_item *it)
{
	if (it->prev)
		it->prev->next = it->next;
	else
		l->items = it->next;
	if (it->next)
		it->next->prev = it->prev;
}

static void must(int rc, const char *what)
{
	if (rc != 0) {
		fprintf(stderr, "nocboard: %s: %s\n", what, uv_strerror(rc));
		abort();
	}
}

static void run_later(uv_idle_t *h)
{
	struct loop *l = h->data;
	bool any = l->later != NULL;

	for (int round = 0; l->later && round < LATER_ROUNDS; round++) {
		l->later_running = l->later;
		l->later = NULL;
		while (l->later_running) {
			struct loop_later *w = l->later_running;

			l->later_running = w->next;
			w->set = false;
			w->run(w->ctx);
		}
	}
	/* The idle handle stays active for a turn that did something, so that the loop looks
	 * around without waiting: a caller of loop_run_once gets control back. */
	if (!any)
		uv_idle_stop(h);
}

struct loop *loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof *l);

	signal(SIGPIPE, SIG_IGN);
	must(uv_loop_init(&l->uv), "event loop");
	must(uv_idle_init(&l->uv, &l->idle), "event loop");
	l->idle.data = l;
	loop_timers_init(l);
	return l;
}

static void close_foreign(uv_handle_t *h, void *ctx)
{
	(void)ctx;
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	while (l->items)
		l->items->close(l->items);
	loop_timers_fini(l);
	uv_walk(&l->uv, close_foreign, NULL);
	uv_run(&l->uv, UV_RUN_DEFAULT);
	must(uv_loop_close(&l->uv), "event loop");
	free(l);
}

void loop_run(struct loop *l)
{
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

bool loop_run_once(struct loop *l, bool wait)
{
	return uv_run(&l->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT) != 0;
}

void loop_stop(struct loop *l)
{
	uv_stop(&l->uv);
}

uv_loop_t *loop_uv(struct loop *l)
{
	return &l->uv;
}

/* ---- later ---- */

static void later_close(struct loop_item *it)
{
	struct loop_later *w = (struct loop_later *)it, **at;

	for (at = &w->loop->later; *at && *at != w;)
		at = &(*at)->next;
	if (!*at)
		for (at = &w->loop->later_running; *at && *at != w;)
			at = &(*at)->next;
	if (*at)
		*at = w->next;
	loop_disown(w->loop, it);
	free(w);
}

struct loop_later *loop_later_new(struct loop *l, void (*run)(void *ctx), void *ctx)
{
	struct loop_later *w = xcalloc(1, sizeof *w);

	w->loop = l;
	w->run = run;
	w->ctx = ctx;
	loop_own(l, &w->item, later_close);
	return w;
}

void loop_later_set(struct loop_later *w)
{
	struct loop_later **end = &w->loop->later;

	if (w->set)
		return;
	while (*end)
		end = &(*end)->next;
	*end = w;
	w->next = NULL;
	w->set = true;
	uv_idle_start(&w->loop->idle, run_later);
}

void loop_later_free(struct loop_later *w)
{
	if (w)
		later_close(&w->item);
}

/* ---- work on another thread ---- */

struct loop_work {
	uv_work_t uv;
	void (*work)(void *ctx);
	void (*done)(void *ctx);
	void *ctx;
};

static void run_work(uv_work_t *uv)
{
	struct loop_work *w = uv->data;

	w->work(w->ctx);
}

static void work_done(uv_work_t *uv, int status)
{
	struct loop_work *w = uv->data;

	(void)status;
	w->done(w->ctx);
	free(w);
}

void loop_work(struct loop *l, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx)
{
	struct loop_work *w = xcalloc(1, sizeof *w);

	w->work = work;
	w->done = done;
	w->ctx = ctx;
	w->uv.data = w;
	must(uv_queue_work(&l->uv, &w->uv, run_work, work_done), "work");
}

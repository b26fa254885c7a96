#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "drill.h"
#include "net/farm.h"
#include "net/farm_mail.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ipc.h"
#include "os/loop.h"

#define RETRY_MS 100 /* real: how often the engine's socket is tried */

struct director {
	const struct scenario *sc;
	struct loop *loop;
	struct farm *farm;
	struct mail_sink *mail; /* where updates by mail end */
	struct ipc_conn *conn;
	struct loop_timer *retry;
	struct snapshot *snap;
	char *socket;
	struct utc start;   /* the first mark */
	struct utc *met_at; /* of each step: when its condition first held */
	bool *done;
};

static void connect_engine(void *ctx);

/* ---- the world ---- */

static void put_up_pages(struct director *d, struct utc now)
{
	for (size_t i = 0; i < d->sc->pages.count; i++) {
		const struct scenario_page *p = &d->sc->pages.items[i];

		farm_page(d->farm, p->id.s, p->title.s, now);
		for (size_t k = 0; k < p->components.count; k++)
			farm_page_component(
			    d->farm, p->id.s, p->components.items[k].s, STATUS_OPERATIONAL, now);
	}
}

static bool set_all(struct farm *farm, const struct cfg_pairs *pairs, struct err *e)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (pairs->items[i].values.count &&
		    !farm_set(farm, pairs->items[i].key.s, pairs->items[i].values.items[0].s, e))
			return err_in(
			    e, "%s:%d", pairs->items[i].key.pos.file, pairs->items[i].key.pos.line);
	return true;
}

static void do_step(struct director *d, const struct scenario_step *step, struct utc now)
{
	struct err e;

	set_all(d->farm, &step->set, &e);
	if (step->page.s && step->component.s && step->status.s)
		farm_page_component(d->farm, step->page.s, step->component.s,
		    (enum status)status_of(step->status.s), now);
	if (step->page.s && step->incident.s)
		farm_page_incident(d->farm, step->page.s, step->incident.s,
		    step->title.s ? step->title.s : "Incident",
		    step->state.s ? step->state.s : "investigating",
		    step->impact.s ? step->impact.s : "minor", step->affects.s,
		    step->text.s ? step->text.s : "", now);
}

static void look(struct director *d)
{
	struct utc now = d->snap->mark_at;

	if (!utc_is_set(d->start))
		d->start = now;
	for (size_t i = 0; i < d->sc->world.count; i++) {
		const struct scenario_step *step = &d->sc->world.items[i];

		if (d->done[i])
			continue;
		if (!utc_is_set(d->met_at[i]) &&
		    (!step->when.s || scenario_met(step->when.s, d->snap)))
			d->met_at[i] = step->when.s ? now : d->start;
		if (!utc_is_set(d->met_at[i]) || utc_diff(now, d->met_at[i]) < step->at_ms)
			continue;
		d->done[i] = true;
		do_step(d, step, now);
	}
}

/* ---- what the engine tells ---- */

static void got_line(void *ctx, struct ipc_conn *c, char *line, size_t len)
{
	struct director *d = ctx;
	struct err e;
	cJSON *obj = json_parse(line, len, &e);
	const char *o = json_str(obj, "o");

	(void)c;
	if (o && snapshot_apply(d->snap, obj, &e) && strcmp(o, "mark") == 0)
		look(d);
	cJSON_Delete(obj);
}

static void got_closed(void *ctx, struct ipc_conn *c, const char *why)
{
	struct director *d = ctx;

	(void)c;
	(void)why;
	d->conn = NULL;
	loop_timer_after(d->retry, RETRY_MS);
}

static void connect_engine(void *ctx)
{
	static const struct ipc_handler handler = { got_line, got_closed, NULL };
	static const char hello[] = "{\"hello\":1,\"client\":\"director\",\"wall\":true}";
	struct director *d = ctx;
	struct err e;

	d->conn = ipc_connect(d->loop, d->socket, &e);
	if (!d->conn) {
		loop_timer_after(d->retry, RETRY_MS);
		return;
	}
	snapshot_free(d->snap); /* an engine that came back tells everything anew */
	d->snap = snapshot_new();
	ipc_handle(d->conn, &handler, d);
	ipc_send(d->conn, hello, sizeof hello - 1);
}

/* ---- setting up ---- */

static bool write_files(
    const struct director *d, const char *scratch, const char *user, struct err *e)
{
	static const char secret[] = "whsec_cmVoZWFyc2FscyBuZWVkIGEgc2VjcmV0IHRvby4uLg==\n";
	char *address = xasprintf("127.0.0.1:%d", farm_port(d->farm));
	char *mail = xasprintf("127.0.0.1:%d", mail_sink_port(d->mail));
	char *config = scenario_config(d->sc, address, mail, user, scratch);
	char *path = xasprintf("%s/nocboard.yaml", scratch),
	     *hook = xasprintf("%s/hook-secret", scratch);
	bool ok = file_write(hook, secret, sizeof secret - 1, 0600, e) &&
		  file_write(path, config, strlen(config), 0600, e);

	free(address);
	free(mail);
	free(config);
	free(path);
	free(hook);
	return ok;
}

static void say(int fd, const char *line)
{
	if (fd >= 0 && (write(fd, line, strlen(line)) < 0 || write(fd, "\n", 1) < 0))
		fprintf(stderr, "nocboard: %s\n", line);
	if (fd >= 0)
		close(fd);
}

int director_run(const struct scenario *sc, const char *scratch, const char *user, int ready_fd)
{
	struct director d = { .sc = sc, .start = UTC_NONE };
	struct err e = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	d.loop = loop_new();
	d.snap = snapshot_new();
	d.socket = xasprintf("%s/engine.sock", scratch);
	d.met_at = xcalloc(sc->world.count + 1, sizeof *d.met_at);
	d.done = xcalloc(sc->world.count + 1, sizeof *d.done);
	for (size_t i = 0; i < sc->world.count; i++)
		d.met_at[i] = UTC_NONE;
	d.farm = farm_new(d.loop, 0, &e);
	d.mail = d.farm ? mail_sink_new(d.loop, 0, &e) : NULL;
	if (!d.mail || !set_all(d.farm, &sc->start, &e) || !write_files(&d, scratch, user, &e)) {
		say(ready_fd, e.msg);
		return err_exit(e.kind);
	}
	put_up_pages(&d, clock_utc());
	say(ready_fd, "ready");
	d.retry = loop_timer_new(d.loop, connect_engine, &d);
	loop_timer_after(d.retry, RETRY_MS);
	loop_run(d.loop);
	return 0;
}

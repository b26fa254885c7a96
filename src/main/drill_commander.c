#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "drill.h"
#include "main_compose.h"

#define MOVE_MS 45000 /* real: no move takes longer, whatever the speed */

struct waiting {
	const char *condition;
	struct utc since; /* the condition holds since then */
	int64_t after_ms;
};

static bool its_turn(void *ctx, const struct snapshot *snap)
{
	struct waiting *w = ctx;

	if (!scenario_met(w->condition, snap))
		return false;
	if (!utc_is_set(w->since))
		w->since = snap->mark_at;
	return utc_diff(snap->mark_at, w->since) >= w->after_ms;
}

/* ---- moves ---- */

static cJSON *plain_request(const struct scenario_move *m, const struct snap_incident *inc)
{
	cJSON *o = cJSON_CreateObject(), *args = cJSON_CreateObject();

	for (size_t i = 0; i < m->args.count; i++)
		if (m->args.items[i].values.count)
			json_put_str(
			    args, m->args.items[i].key.s, m->args.items[i].values.items[0].s);
	json_put_str(o, "cmd", m->command.s);
	json_put_str(o, "incident", inc->id);
	json_put_int(o, "seen", inc->version);
	json_put(o, "args", args);
	return o;
}

static const char *value_of(const struct scenario_move *m, const char *key)
{
	for (size_t i = 0; i < m->args.count; i++)
		if (strcmp(m->args.items[i].key.s, key) == 0 && m->args.items[i].values.count)
			return m->args.items[i].values.items[0].s;
	return NULL;
}

/* An update is written as a person writes it: from the template, filled, with the fields that are
 * named set. */
static cJSON *update_request(const struct scenario_move *m, struct session *s,
    const struct snap_incident *inc, struct err *e)
{
	struct main_compose c;
	const char *audiences[MAIN_AUDIENCES];
	cJSON *o;

	if (!main_compose_open(&c, s, inc, value_of(m, "stage"), NULL, e))
		return NULL;
	for (size_t i = 0; i < m->args.count; i++)
		if (strcmp(m->args.items[i].key.s, "stage") != 0 && m->args.items[i].values.count &&
		    !compose_set(
			c.compose, m->args.items[i].key.s, m->args.items[i].values.items[0].s)) {
			err_set(e, ERR_DATA, "the template has no field \"%.60s\"",
			    m->args.items[i].key.s);
			main_compose_close(&c);
			return NULL;
		}
	for (size_t i = 0; i < c.audience_count; i++)
		audiences[i] = c.audiences[i];
	o = cJSON_CreateObject();
	json_put_str(o, "cmd", "update");
	json_put_str(o, "incident", inc->id);
	json_put_int(o, "seen", inc->version);
	json_put(o, "args", compose_args(c.compose, &c.facts, audiences, c.audience_count, c.now));
	main_compose_close(&c);
	return o;
}

struct posting {
	const char *incident;
	int updates;
};

static bool posted(void *ctx, const struct snapshot *snap)
{
	const struct posting *p = ctx;
	const struct snap_incident *inc = snap_incident(snap, p->incident);

	return inc && inc->updates_total > p->updates;
}

static bool make_move(const struct scenario_move *m, struct session *s, struct err *e)
{
	const struct snap_incident *inc = scenario_incident(session_snapshot(s));
	bool update = strcmp(m->command.s, "update") == 0, ok;
	char *id = xstrdup(inc->id);
	struct posting p = { id, inc->updates_total };
	cJSON *request = update ? update_request(m, s, inc, e) : plain_request(m, inc);
	cJSON *answer = request ? session_ask(s, request, e) : NULL;

	ok = answer && session_check(answer, e);
	if (ok && update) /* it is held first: the next move waits until it is out */
		ok = session_wait(s, posted, &p, MOVE_MS, e);
	cJSON_Delete(answer);
	free(id);
	return ok;
}

bool commander_run(const struct scenario *sc, struct session *s, struct err *e)
{
	for (size_t i = 0; i < sc->commander.count; i++) {
		const struct scenario_move *m = &sc->commander.items[i];
		struct waiting w = { m->when.s, UTC_NONE, m->after_ms };

		if (!session_wait(s, its_turn, &w, MOVE_MS, e) || !make_move(m, s, e))
			return err_in(
			    e, "line %d: %s when %s", m->pos.line, m->command.s, m->when.s);
	}
	return true;
}

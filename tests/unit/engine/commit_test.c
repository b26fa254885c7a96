#include "rig.h"

/* What a piece of work saw when it was decided, and how it ended. */
struct trace {
	int decided, done, version_seen;
	enum append_status status;
	bool nothing; /* decides that nothing is to be done */
};

static bool decide(struct engine *g, struct work *w, struct event_list *out)
{
	struct trace *t = w->ctx;
	const struct live *l = engine_live(g, w->stream);
	int version = l ? l->inc->version : 0;
	const char *body = version ? "{\"text\":\"x\"}" : RIG_OPENED;

	t->decided++;
	t->version_seen = version;
	if (t->nothing)
		return false;
	event_list_add(
	    out, event_new(w->stream, version + 1, clock_utc(), "maria",
		     version ? EVENT_NOTE : EVENT_OPENED, json_parse(body, strlen(body), NULL)));
	return true;
}

static void done(struct engine *g, struct work *w, const struct append_result *r)
{
	struct trace *t = w->ctx;

	(void)g;
	t->done++;
	t->status = r->status;
}

static void submit(struct engine *g, const char *stream, struct trace *t)
{
	struct work *w = work_new(stream);

	w->decide = decide;
	w->done = done;
	w->ctx = t;
	engine_submit(g, w);
}

static void turn(struct engine *g, const int *until, int count)
{
	for (int i = 0; i < 100 && *until < count; i++)
		loop_run_once(g->loop, false);
	assert_int_equal(*until, count);
}

static void work_waits_for_its_turn(void **state)
{
	struct engine *g = rig_new(NULL);
	struct trace t[3] = { { .decided = 0 } };

	(void)state;
	for (int i = 0; i < 3; i++)
		submit(g, "INC-1", &t[i]);
	assert_int_equal(t[0].decided, 1);
	assert_int_equal(t[1].decided, 0); /* the first is on its way to the journal */
	turn(g, &t[2].done, 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(t[i].decided, 1);
		assert_int_equal(t[i].done, 1);
		assert_int_equal(t[i].status, APPEND_DONE);
		assert_int_equal(t[i].version_seen, i); /* against what was true then */
	}
	assert_int_equal(engine_live(g, "INC-1")->inc->version, 3);
	assert_int_equal(g->last_seq, 3);
	assert_int_equal(journal_head(g->journal), 3);
	assert_true(utc_is_set(engine_live(g, "INC-1")->next_change));
	rig_free(g);
}

static void incidents_do_not_wait_for_each_other(void **state)
{
	struct engine *g = rig_new(NULL);
	struct trace a = { 0 }, b = { 0 };

	(void)state;
	submit(g, "INC-1", &a);
	submit(g, "INC-2", &b);
	assert_int_equal(b.decided, 1);
	turn(g, &b.done, 1);
	assert_int_equal(a.done, 1);
	assert_int_equal(map_count(g->live), 2);
	rig_free(g);
}

static void nothing_to_do_leaves_nothing(void **state)
{
	struct engine *g = rig_new(NULL);
	struct trace no = { .nothing = true }, yes = { 0 };

	(void)state;
	submit(g, "INC-1", &no);
	assert_int_equal(no.decided, 1);
	assert_int_equal(no.done, 0);
	assert_null(engine_live(g, "INC-1"));
	submit(g, "INC-1", &yes);
	submit(g, "INC-1", &no);
	turn(g, &yes.done, 1);
	assert_int_equal(no.decided, 2);
	assert_int_equal(engine_live(g, "INC-1")->inc->version, 1);
	rig_free(g);
}

static void what_was_not_saved_did_not_happen(void **state)
{
	struct engine *g = rig_new(NULL);
	struct trace first = { 0 }, lost = { 0 }, born_dead = { 0 };

	(void)state;
	submit(g, "INC-1", &first);
	turn(g, &first.done, 1);
	journal_mem_break(g->journal, "the disk is full");
	submit(g, "INC-1", &lost);
	submit(g, "INC-2", &born_dead);
	turn(g, &born_dead.done, 1);
	assert_int_equal(lost.status, APPEND_FAILED);
	assert_int_equal(born_dead.status, APPEND_FAILED);
	assert_int_equal(engine_live(g, "INC-1")->inc->version, 1);
	assert_null(engine_live(g, "INC-2")); /* an incident of which nothing is recorded */
	assert_int_equal(g->last_seq, 1);
	rig_free(g);
}

static void the_engines_own_events(void **state)
{
	struct engine *g = rig_new(NULL);
	struct trace t = { 0 };
	const struct incident *inc;

	(void)state;
	submit(g, "INC-1", &t);
	turn(g, &t.done, 1);
	engine_append(g, "INC-1", EVENT_SIGNAL,
	    cJSON_Parse("{\"source\":\"probe:x\",\"status\":\"degraded\"}"));
	for (int i = 0; i < 100 && g->last_seq < 2; i++)
		loop_run_once(g->loop, false);
	inc = engine_live(g, "INC-1")->inc;
	assert_int_equal(inc->version, 2);
	assert_string_equal(inc->events.items[1]->actor, "engine");
	/* A signal for what is over, and for what never was, is dropped. */
	rig_tell(g, "INC-1", "maria", EVENT_DISMISSED, "{\"reason\":\"x\"}");
	engine_append(g, "INC-1", EVENT_SIGNAL, cJSON_CreateObject());
	engine_append(g, "INC-7", EVENT_SIGNAL, cJSON_CreateObject());
	loop_run_once(g->loop, false);
	assert_int_equal(inc->version, 3);
	assert_null(engine_live(g, "INC-7"));
	rig_free(g);
}

static void ids_go_on_where_they_were(void **state)
{
	struct engine *g = rig_new(NULL);
	char *id = engine_new_id(g);

	(void)state;
	assert_string_equal(id, "INC-1");
	free(id);
	rig_tell(g, "INC-41", "maria", EVENT_OPENED, RIG_OPENED);
	id = engine_new_id(g);
	assert_string_equal(id, "INC-42");
	free(id);
	rig_free(g);
}

/* After a recovery the journal is read on from the last known event: what is told twice counts
 * once. */
static void events_told_twice_count_once(void **state)
{
	struct engine *g = rig_new(NULL);
	struct trace t[2] = { { .decided = 0 } };
	struct err e = { 0 };

	(void)state;
	submit(g, "INC-1", &t[0]);
	submit(g, "INC-1", &t[1]);
	turn(g, &t[1].done, 1);
	g->last_seq = 0;
	assert_true(engine_load(g, &e));
	assert_int_equal(engine_live(g, "INC-1")->inc->version, 2);
	assert_int_equal(g->last_seq, 2);
	rig_free(g);
}

/* The same story, read from the journal by another engine, is the same state. */
static void a_restart_changes_nothing(void **state)
{
	struct engine *g = rig_new(NULL), again = { 0 };
	struct trace t[2] = { { .decided = 0 } };
	struct err e = { 0 };

	(void)state;
	submit(g, "INC-1", &t[0]);
	submit(g, "INC-1", &t[1]);
	turn(g, &t[1].done, 1);
	again.live = map_new(live_free);
	again.planned = map_new(live_free);
	again.journal = g->journal;
	assert_true(engine_load(&again, &e));
	assert_int_equal(again.last_seq, 2);
	assert_int_equal(engine_live(&again, "INC-1")->inc->version, 2);
	assert_int_equal(engine_live(&again, "INC-1")->inc->severity, 1);
	assert_int_equal(again.last_number, 1);
	map_free(again.live);
	map_free(again.planned);
	rig_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_waits_for_its_turn),
		cmocka_unit_test(incidents_do_not_wait_for_each_other),
		cmocka_unit_test(nothing_to_do_leaves_nothing),
		cmocka_unit_test(what_was_not_saved_did_not_happen),
		cmocka_unit_test(the_engines_own_events),
		cmocka_unit_test(ids_go_on_where_they_were),
		cmocka_unit_test(events_told_twice_count_once),
		cmocka_unit_test(a_restart_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

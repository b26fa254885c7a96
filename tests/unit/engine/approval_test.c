/* Approval from the post to the release: who may, for which text, and how it lapses. */
#include "rig.h"

#define UPDATE(text)                                                                               \
	"\"cmd\":\"update\",\"incident\":\"INC-1\",\"args\":{\"stage\":\"initial\",\"audiences\":" \
	"["                                                                                        \
	"\"public\"],\"fields\":{\"impact\":\"i\",\"known\":\"k\",\"unknown\":\"u\",\"next\":"     \
	"\"n\","                                                                                   \
	"\"customer_actions\":\"c\"},\"text\":{\"public\":\"" text "\"},\"next\":\"30m\"}"
#define APPROVE "\"cmd\":\"approve\",\"incident\":\"INC-1\""

static struct engine *g;

static int leave(void **state)
{
	(void)state;
	rig_free(g);
	return 0;
}

/* One request of a person; turns the loop until nothing moves any more. */
static void ask(char *person, char *as_by, const char *members)
{
	static int number;
	char *line = xasprintf("{\"id\":\"c-%d\",%s}", ++number, members);
	cJSON *o = json_parse(line, strlen(line), NULL);
	struct client c = { .g = g,
		.person = person,
		.as_by = as_by,
		.can = PERM_VIEW | PERM_RESPOND | PERM_COMMAND | PERM_PUBLISH };

	assert_non_null(o);
	request_line(g, &c, o);
	for (int i = 0; i < 30; i++)
		loop_run_once(g->loop, false);
	cJSON_Delete(o);
	free(line);
}

static char maria[] = "maria", ana[] = "ana", jon[] = "jon";

static void opened(struct engine *e, struct work *w, const struct append_result *r)
{
	(void)e;
	(void)w;
	assert_int_equal(r->status, APPEND_DONE);
}

static bool decide_open_one(struct engine *e, struct work *w, struct event_list *out)
{
	(void)e;
	event_list_add(out, event_new(w->stream, 1, clock_utc(), "maria", EVENT_OPENED,
				json_parse(RIG_OPENED, strlen(RIG_OPENED), NULL)));
	return true;
}

static int enter(void **state)
{
	struct work *w;

	(void)state;
	g = rig_new(NULL);
	w = work_new("INC-1");
	g->config->policy->approval[0] = g->config->policy->approval[1] = true;
	g->config->policy->send_delay_ms = 0;
	w->decide = decide_open_one;
	w->done = opened;
	engine_submit(g, w);
	for (int i = 0; i < 30; i++)
		loop_run_once(g->loop, false);
	return engine_live(g, "INC-1") ? 0 : -1;
}

static int count(enum event_kind kind)
{
	const struct event_list *events = &engine_live(g, "INC-1")->inc->events;
	int n = 0;

	for (size_t i = 0; i < events->count; i++)
		n += events->items[i]->kind == kind;
	return n;
}

static struct held *only_held(void)
{
	size_t it = 0;

	return map_next(g->held, &it, NULL);
}

static void it_waits_until_somebody_else_approves(void **state)
{
	(void)state;
	ask(maria, NULL, UPDATE("first words"));
	assert_int_equal(count(EVENT_UPDATE_POSTED), 0);
	assert_non_null(only_held());
	assert_non_null(strstr(only_held()->waiting, "anybody else who may publish"));
	ask(maria, NULL, APPROVE);			       /* one's own */
	ask(jon, maria, APPROVE);			       /* one's own, in another's name */
	ask(ana, NULL, APPROVE ",\"args\":{\"hash\":\"00\"}"); /* no such text */
	assert_int_equal(count(EVENT_UPDATE_APPROVED), 0);
	ask(ana, NULL, APPROVE);
	assert_int_equal(count(EVENT_UPDATE_APPROVED), 1);
	assert_int_equal(count(EVENT_UPDATE_POSTED), 1);
	assert_null(only_held());
	assert_string_equal(engine_live(g, "INC-1")->inc->updates[0].by, "maria");
}

static void an_edit_lapses_it(void **state)
{
	struct err e;

	(void)state;
	g->config->policy->send_delay_ms = 300000;
	ask(maria, NULL, UPDATE("first words"));
	ask(ana, NULL, APPROVE);
	assert_null(only_held()->waiting);
	assert_true(utc_is_set(only_held()->release_at));
	assert_true(notify_held(g, only_held()->id, "stop", "maria", &e));
	ask(maria, NULL, UPDATE("other words"));
	assert_non_null(only_held()->waiting);
	assert_false(utc_is_set(only_held()->release_at));
	/* The very same text again is approved already: it has been read. */
	assert_true(notify_held(g, only_held()->id, "stop", "maria", &e));
	ask(maria, NULL, UPDATE("first words"));
	assert_null(only_held()->waiting);
	assert_int_equal(count(EVENT_UPDATE_POSTED), 0);
}

static void a_change_of_the_severity_lapses_it(void **state)
{
	struct err e;

	(void)state;
	g->config->policy->send_delay_ms = 300000;
	ask(maria, NULL, UPDATE("first words"));
	ask(ana, NULL, APPROVE);
	assert_null(only_held()->waiting);
	ask(maria, NULL,
	    "\"cmd\":\"severity\",\"incident\":\"INC-1\",\"args\":{\"severity\":2,\"reason\":\"it "
	    "shrank\"}");
	assert_true(notify_held(g, only_held()->id, "send", "maria", &e));
	for (int i = 0; i < 30; i++)
		loop_run_once(g->loop, false);
	assert_int_equal(count(EVENT_UPDATE_POSTED), 0);
	assert_non_null(only_held()->waiting);
	ask(ana, NULL, APPROVE);
	assert_int_equal(count(EVENT_UPDATE_APPROVED), 2);
	assert_true(utc_is_set(only_held()->release_at));
}

/* "Send now" cuts the delay short and never the approval: not while the text waits, and not when
 * it is asked twice, by its approver or under another name. */
static void send_now_sends_nothing_that_waits(void **state)
{
	struct err e = { 0 };

	(void)state;
	ask(maria, NULL, UPDATE("first words"));
	for (int i = 0; i < 2; i++) {
		assert_false(notify_held(g, only_held()->id, "send", i ? ana : maria, &e));
		assert_int_equal(e.kind, ERR_REFUSED);
		assert_non_null(strstr(e.msg, "it cannot be sent yet"));
		for (int turn = 0; turn < 30; turn++)
			loop_run_once(g->loop, false);
		assert_int_equal(count(EVENT_UPDATE_POSTED), 0);
		assert_non_null(only_held()->waiting);
		assert_false(utc_is_set(only_held()->release_at));
	}
	/* A release that comes all the same is decided like any other: there is no approval. */
	free(only_held()->waiting);
	only_held()->waiting = NULL;
	assert_true(notify_held(g, only_held()->id, "send", maria, &e));
	for (int turn = 0; turn < 30; turn++)
		loop_run_once(g->loop, false);
	assert_int_equal(count(EVENT_UPDATE_POSTED), 0);
	assert_non_null(strstr(only_held()->waiting, "waits for approval"));
	ask(ana, NULL, APPROVE);
	assert_int_equal(count(EVENT_UPDATE_POSTED), 1);
}

static void the_policy_names_who_may(void **state)
{
	(void)state;
	g->config->policy->approvers = xcalloc(1, sizeof(char *));
	g->config->policy->approvers[0] = xstrdup("ic");
	g->config->policy->approver_count = 1;
	ask(maria, NULL, UPDATE("first words"));
	assert_non_null(strstr(only_held()->waiting, "the IC (vacant) may"));
	ask(ana, NULL, APPROVE);
	assert_int_equal(count(EVENT_UPDATE_APPROVED), 0);
	ask(maria, NULL,
	    "\"cmd\":\"role\",\"incident\":\"INC-1\",\"args\":{\"role\":\"ic\",\"person\":"
	    "\"ana\"}");
	ask(ana, NULL, APPROVE);
	assert_int_equal(count(EVENT_UPDATE_POSTED), 1);
}

static void other_severities_need_none(void **state)
{
	(void)state;
	g->config->policy->approval[0] = false;
	ask(maria, NULL, UPDATE("first words"));
	assert_int_equal(count(EVENT_UPDATE_POSTED), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)
	const struct CMUnitTest tests[] = {
		TEST(it_waits_until_somebody_else_approves),
		TEST(an_edit_lapses_it),
		TEST(a_change_of_the_severity_lapses_it),
		TEST(send_now_sends_nothing_that_waits),
		TEST(the_policy_names_who_may),
		TEST(other_severities_need_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

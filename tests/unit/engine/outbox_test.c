/* The outbox at its limit: what finds no room is recorded all the same, and follows. */
#include "rig.h"

#include "base/mem.h"

#define UPDATE                                                                                     \
	"{\"stage\":\"progress\",\"status\":\"investigating\",\"text\":{\"public\":\"x\"},"        \
	"\"audiences\":[\"public\"],\"channels\":[\"page\"]}"

static size_t alarms(const struct engine *g, const char *text)
{
	struct arena *a = arena_new();
	char **list;
	size_t count = outbox_alarms(g, a, &list), found = 0;

	for (size_t i = 0; i < count; i++)
		found += strstr(list[i], text) != NULL;
	arena_free(a);
	return found;
}

static void post(struct engine *g)
{
	struct told t = told_incident(rig_tell(g, "INC-1", "maria", EVENT_UPDATE_POSTED, UPDATE));

	outbox_posted(g, &t);
}

static void take(struct engine *g, int version)
{
	struct told t;
	char body[120];

	snprintf(body, sizeof body,
	    "{\"update\":%d,\"destination\":\"page\",\"state\":\"accepted\"}", version);
	t = told_incident(rig_tell(g, "INC-1", "engine", EVENT_DELIVERY, body));
	outbox_event(g, &t, t.events->items[t.events->count - 1]);
}

static void a_full_outbox_forgets_nothing(void **state)
{
	struct engine *g = rig_new(NULL);

	(void)state;
	assert_int_equal(g->outbox.max, 100000);
	g->outbox.max = 10;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	for (int i = 2; i <= 11; i++) {
		post(g);
		assert_int_equal(map_count(g->owed), i - 1);
		assert_false(g->outbox.full); /* to the last place */
	}
	post(g); /* 12 */
	post(g); /* 13 */
	assert_int_equal(map_count(g->owed), 10);
	assert_null(map_get(g->owed, "INC-1.12/page"));
	assert_int_equal(alarms(g, "outbox full"), 1);
	/* A tenth is free again: what waited outside comes in, in its order. */
	take(g, 2);
	assert_non_null(map_get(g->owed, "INC-1.12/page"));
	assert_null(map_get(g->owed, "INC-1.13/page"));
	assert_int_equal(alarms(g, "outbox full"), 1);
	take(g, 3);
	assert_non_null(map_get(g->owed, "INC-1.13/page"));
	take(g, 4);
	take(g, 5);
	assert_int_equal(map_count(g->owed), 8);
	assert_int_equal(alarms(g, "outbox full"), 0);
	rig_free(g);
}

static void silence_is_an_alarm(void **state)
{
	struct engine *g = rig_new(NULL);

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	post(g);
	clock_advance(15 * 60000 - 1);
	assert_int_equal(alarms(g, "page has taken nothing"), 0);
	clock_advance(1);
	assert_int_equal(alarms(g, "page has taken nothing for 15 min, 1 wait"), 1);
	take(g, 2);
	assert_int_equal(alarms(g, ""), 0);
	rig_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_outbox_forgets_nothing),
		cmocka_unit_test(silence_is_an_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

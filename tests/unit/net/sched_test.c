#include "../../../src/net/sched.h"

#include "t.h"

#define ITEMS 200

struct item {
	struct due due;
	int fired;
};

static int64_t now_value;
static int64_t order[ITEMS * 2];
static size_t order_count;

static int64_t now(void *ctx)
{
	(void)ctx;
	return now_value;
}

static void fire(struct due *d)
{
	struct item *i = (struct item *)d;

	i->fired++;
	order[order_count++ % (ITEMS * 2)] = d->at;
}

static int set_up(void **state)
{
	now_value = 0;
	order_count = 0;
	*state = loop_new();
	return 0;
}

static int tear_down(void **state)
{
	loop_free(*state);
	return 0;
}

static void what_is_due_fires_in_order_and_once(void **state)
{
	struct sched *s = sched_new(*state, now, NULL, 0);
	struct item i[ITEMS] = { 0 };

	for (size_t k = 0; k < ITEMS; k++) {
		i[k].due.fire = fire;
		sched_set(s, &i[k].due, (int64_t)(k * 7919 % ITEMS));
	}
	for (size_t k = 0; k < ITEMS; k += 3)
		sched_cancel(s, &i[k].due);
	sched_cancel(s, &i[0].due); /* not set: nothing happens */
	now_value = ITEMS / 2;
	sched_run(s);
	for (size_t k = 0; k < ITEMS; k++) {
		bool due = k % 3 != 0 && k * 7919 % ITEMS <= ITEMS / 2;
		assert_int_equal(i[k].fired, due);
		assert_true(!due || i[k].due.place == 0);
	}
	for (size_t k = 1; k < order_count; k++)
		assert_true(order[k - 1] <= order[k]);
	/* Set again, earlier. */
	sched_set(s, &i[1].due, ITEMS + 5);
	sched_set(s, &i[1].due, 1);
	sched_run(s);
	assert_int_equal(i[1].fired, (1 * 7919 % ITEMS <= ITEMS / 2) + 1);
	for (size_t k = 0; k < ITEMS; k++)
		sched_cancel(s, &i[k].due);
	now_value = 1000000;
	size_t before = order_count;
	sched_run(s);
	assert_int_equal(order_count, before);
	sched_free(s);
}

static void together_within_twenty_real_milliseconds(void **state)
{
	struct sched *s = sched_new(*state, now, NULL, 60);
	struct item a = { .due = { .fire = fire } }, b = a, c = a;

	now_value = 100000;
	sched_set(s, &a.due, 100000);
	sched_set(s, &b.due, 100000 + 20 * 60);
	sched_set(s, &c.due, 100000 + 20 * 60 + 1);
	sched_run(s);
	assert_int_equal(a.fired, 1);
	assert_int_equal(b.fired, 1);
	assert_int_equal(c.fired, 0);
	assert_int_equal(sched_virtual(s, 100), 6000);
	assert_int_equal(sched_now(s), 100000);
	sched_cancel(s, &c.due);
	sched_free(s);
}

static void a_rhythm_keeps_its_phase(void **state)
{
	struct sched *s = sched_new(*state, now, NULL, 0), *fast = sched_new(*state, now, NULL, 60);

	now_value = 1000;
	assert_int_equal(sched_next(s, 1000, 10000), 11000);
	assert_int_equal(sched_next(s, 990, 10000), 10990);
	now_value = 55003;
	assert_int_equal(sched_next(s, 1003, 10000), 61003);
	now_value = 61003;
	assert_int_equal(sched_next(s, 1003, 10000), 71003);
	/* An early start, and an interval shorter than the batch: no busy loop. */
	now_value = 10000;
	assert_int_equal(sched_next(fast, 10000, 100), 10000 + 20 * 60 + 1);
	assert_int_equal(sched_next(fast, 10500, 10000), 20500);
	assert_true(sched_next(s, 10000, 0) > 10000);
	sched_free(s);
	sched_free(fast);
}

static void the_timer_fires_by_itself(void **state)
{
	struct sched *s = sched_new(*state, now, NULL, 1);
	struct item a = { .due = { .fire = fire } };

	sched_set(s, &a.due, 1);
	while (!a.fired)
		loop_run_once(*state, true);
	assert_int_equal(a.fired, 1);
	sched_free(s);
}

static void a_round_has_parts(void **state)
{
	(void)state;
	assert_int_equal(sched_part(0, 10000, 64), 0);
	assert_int_equal(sched_part(9999, 10000, 64), 63);
	assert_int_equal(sched_part(10000, 10000, 64), 0);
	/* The same in every round, and half of one is half of another. */
	assert_int_equal(sched_part(725000, 10000, 64), 32);
	assert_int_equal(sched_part(1050000, 60000, 64), 32);
	assert_int_equal(sched_part(INT64_C(86400000) * 400 - 1, 86400000, 1024), 1023);
	assert_int_equal(sched_part(5, 0, 64), 0);
	assert_int_equal(sched_part(-5, 10, 64), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_has_parts),
		T(what_is_due_fires_in_order_and_once),
		T(together_within_twenty_real_milliseconds),
		T(a_rhythm_keeps_its_phase),
		T(the_timer_fires_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

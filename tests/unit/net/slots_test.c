#include "../../../src/net/slots.h"

#include <time.h>

#include "base/mem.h"
#include "t.h"

struct item {
	struct slot slot;
	int runs;
	bool fresh;
};

static void go(struct slot *s, bool fresh)
{
	struct item *i = (struct item *)s;

	i->runs++;
	i->fresh = fresh;
}

static void bind_all(struct slots *s, struct item *i, size_t n, const char *host, bool named)
{
	for (size_t k = 0; k < n; k++) {
		i[k] = (struct item){ 0 };
		slot_bind(s, &i[k].slot, host, named, go);
	}
}

static size_t running(const struct item *i, size_t n)
{
	size_t count = 0;

	for (size_t k = 0; k < n; k++)
		count += i[k].slot.state == SLOT_RUNNING;
	return count;
}

static void drop(struct slots *s, struct item *i, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (i[k].slot.state == SLOT_RUNNING)
			slot_done(s, &i[k].slot, 0, false);
	for (size_t k = 0; k < n; k++) {
		while (i[k].slot.state == SLOT_RUNNING)
			slot_done(s, &i[k].slot, 0, false);
		slot_unbind(s, &i[k].slot);
	}
}

static void a_host_has_so_many_at_once(void **state)
{
	struct slots *s = slots_new(100, 4, 10);
	struct item a[10], b[2];

	(void)state;
	bind_all(s, a, 10, "a:80", false);
	bind_all(s, b, 2, "b:80", false);
	for (size_t i = 0; i < 10; i++)
		slot_ask(s, &a[i].slot, 0);
	assert_int_equal(running(a, 10), 4);
	assert_int_equal(slots_waiting(s), 6);
	slot_ask(s, &b[0].slot, 0);
	assert_int_equal(b[0].runs, 1); /* waits for nobody else's host */
	slot_done(s, &a[1].slot, 0, false);
	assert_int_equal(a[4].runs, 1); /* in the order of asking */
	assert_int_equal(a[5].runs, 0);
	/* One that waits may go away. */
	slot_unbind(s, &a[5].slot);
	slot_done(s, &a[0].slot, 0, false);
	assert_int_equal(a[6].runs, 1);
	assert_int_equal(slots_running(s), 5);
	drop(s, a, 10);
	drop(s, b, 2);
	assert_int_equal(slots_running(s) + slots_waiting(s), 0);
	slots_free(s);
}

static void there_are_so_many_in_all(void **state)
{
	struct slots *s = slots_new(3, 4, 10);
	struct item i[6];
	char host[16];

	(void)state;
	for (size_t k = 0; k < 6; k++) {
		snprintf(host, sizeof host, "h%zu", k);
		bind_all(s, &i[k], 1, host, false);
		slot_ask(s, &i[k].slot, 0);
	}
	assert_int_equal(running(i, 6), 3);
	for (size_t k = 0; k < 3; k++) {
		slot_done(s, &i[k].slot, 0, false);
		assert_int_equal(i[k + 3].runs, 1);
		assert_int_equal(slots_running(s), 3);
	}
	drop(s, i, 6);
	slots_free(s);
}

static void names_are_looked_up_so_many_at_once_and_again_after_a_minute(void **state)
{
	struct slots *s = slots_new(100, 4, 2);
	struct item i[4], more;
	char host[16];

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		snprintf(host, sizeof host, "h%zu", k);
		bind_all(s, &i[k], 1, host, true);
		slot_ask(s, &i[k].slot, 1000);
	}
	assert_int_equal(running(i, 4), 2);
	assert_true(i[0].fresh && i[1].fresh);
	slot_looked_up(s, &i[0].slot, 1000);
	assert_int_equal(running(i, 4), 3); /* the name is known, the transfer goes on */
	slot_looked_up(s, &i[0].slot, 1000);
	assert_int_equal(running(i, 4), 3);
	slot_done(s, &i[1].slot, 1000, false); /* a look-up that failed is over, too */
	assert_int_equal(running(i, 4), 3);
	assert_int_equal(i[3].runs, 1);

	/* A host whose name is known needs no look-up for a minute. */
	bind_all(s, &more, 1, "h0", true);
	slot_ask(s, &more.slot, 1000 + SLOTS_NAME_MS - 1);
	assert_int_equal(more.runs, 1);
	assert_false(more.fresh);
	slot_done(s, &more.slot, 1000, false);
	slot_ask(s, &more.slot, 1000 + SLOTS_NAME_MS);
	assert_int_equal(more.runs, 1); /* two look-ups are under way */
	slot_looked_up(s, &i[2].slot, 1000 + SLOTS_NAME_MS);
	assert_int_equal(more.runs, 2);
	assert_true(more.fresh);
	drop(s, i, 4);
	drop(s, &more, 1);
	slots_free(s);
}

static void a_host_that_never_answers_stands_aside(void **state)
{
	struct slots *s = slots_new(8, 4, 10);
	struct item bad[6][2], good[8];
	char host[16];

	(void)state;
	for (size_t h = 0; h < 6; h++) {
		snprintf(host, sizeof host, "bad%zu", h);
		bind_all(s, bad[h], 2, host, false);
		for (int k = 0; k < SLOTS_SUSPECT; k++) {
			assert_false(slot_suspect(&bad[h][0].slot));
			slot_ask(s, &bad[h][0].slot, 0);
			slot_done(s, &bad[h][0].slot, 0, true);
		}
		assert_true(slot_suspect(&bad[h][0].slot));
	}
	assert_int_equal(slots_suspects(s), 6);
	for (size_t h = 0; h < 6; h++)
		for (size_t k = 0; k < 2; k++)
			slot_ask(s, &bad[h][k].slot, 0);
	assert_int_equal(slots_running(s), 4); /* half of all, one a host */
	bind_all(s, good, 8, "good", false);
	for (size_t k = 0; k < 8; k++)
		slot_ask(s, &good[k].slot, 0);
	assert_int_equal(running(good, 8), 4);
	/* One answer clears its name. */
	slot_done(s, &bad[0][0].slot, 0, false);
	assert_int_equal(slots_suspects(s), 5);
	assert_false(slot_suspect(&bad[0][0].slot));
	drop(s, good, 8);
	for (size_t h = 0; h < 6; h++)
		drop(s, bad[h], 2);
	assert_int_equal(slots_suspects(s), 0);
	assert_int_equal(slots_running(s) + slots_waiting(s), 0);
	slots_free(s);
}

/* Hosts that cannot start cost those that can nothing. */
static void those_who_wait_are_not_looked_at(void **state)
{
	enum { BAD = 5000, TURNS = 20000 };
	struct slots *s = slots_new(8, 4, 10);
	struct item *bad = xcalloc(BAD, sizeof *bad), good;
	char host[16];

	(void)state;
	for (size_t h = 0; h < BAD; h++) {
		snprintf(host, sizeof host, "bad%zu", h);
		bind_all(s, &bad[h], 1, host, false);
		for (int k = 0; k < SLOTS_SUSPECT; k++) {
			slot_ask(s, &bad[h].slot, 0);
			slot_done(s, &bad[h].slot, 0, true);
		}
	}
	for (size_t h = 0; h < BAD; h++)
		slot_ask(s, &bad[h].slot, 0);
	assert_int_equal(slots_running(s), 4);
	assert_int_equal(slots_waiting(s), BAD - 4);
	bind_all(s, &good, 1, "good", false);
	clock_t from = clock();
	for (int i = 0; i < TURNS; i++) {
		slot_ask(s, &good.slot, 0);
		assert_int_equal(good.slot.state, SLOT_RUNNING);
		slot_done(s, &good.slot, 0, false);
	}
	/* A hundred million looks would take longer. */
	assert_true(clock() - from < CLOCKS_PER_SEC / 4);
	/* They take turns in the order in which they came. */
	for (size_t h = 0; h + 4 < BAD; h++) {
		assert_int_equal(bad[h].slot.state, SLOT_RUNNING);
		slot_done(s, &bad[h].slot, 0, true);
		assert_int_equal(bad[h + 4].slot.state, SLOT_RUNNING);
		assert_int_equal(slots_running(s), 4);
	}
	drop(s, bad, BAD);
	slot_unbind(s, &good.slot);
	slots_free(s);
	free(bad);
}

/* Two hosts whose names are not known share a look-up; a third one that is known passes them. */
static void a_name_that_waits_holds_up_nobody(void **state)
{
	struct slots *s = slots_new(8, 4, 1);
	struct item a[2], b, c;

	(void)state;
	bind_all(s, a, 2, "a", true);
	bind_all(s, &b, 1, "b", true);
	bind_all(s, &c, 1, "c", false);
	slot_ask(s, &a[0].slot, 0);
	slot_ask(s, &a[1].slot, 0);
	slot_ask(s, &b.slot, 0);
	slot_ask(s, &c.slot, 0);
	assert_int_equal(running(a, 2), 1);
	assert_int_equal(b.slot.state, SLOT_WAITING);
	assert_int_equal(c.slot.state, SLOT_RUNNING);
	slot_looked_up(s, &a[0].slot, 10); /* both of its own run now, and b asks */
	assert_int_equal(running(a, 2), 2);
	assert_false(a[1].fresh);
	assert_int_equal(b.slot.state, SLOT_RUNNING);
	assert_true(b.fresh);
	/* What waits can be taken away from any line. */
	struct item d[3];
	bind_all(s, d, 3, "d", true);
	for (size_t i = 0; i < 3; i++)
		slot_ask(s, &d[i].slot, 20);
	assert_int_equal(running(d, 3), 0);
	for (size_t i = 0; i < 3; i++)
		slot_unbind(s, &d[i].slot);
	assert_int_equal(slots_waiting(s), 0);
	drop(s, a, 2);
	drop(s, &b, 1);
	drop(s, &c, 1);
	slots_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_has_so_many_at_once),
		cmocka_unit_test(there_are_so_many_in_all),
		cmocka_unit_test(names_are_looked_up_so_many_at_once_and_again_after_a_minute),
		cmocka_unit_test(a_host_that_never_answers_stands_aside),
		cmocka_unit_test(those_who_wait_are_not_looked_at),
		cmocka_unit_test(a_name_that_waits_holds_up_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

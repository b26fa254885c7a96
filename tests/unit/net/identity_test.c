#include "t.h"

#include "../../../src/net/identity.h"

static void equal_ones_share_and_others_do_not(void **state)
{
	struct identities *t = identities_new();
	struct identity *a = identity_take(t, "h:443", 7, 1, 0),
			*b = identity_take(t, "h:443", 7, 2, 0);
	struct identity *c = identity_take(t, "h:443", 7, 1, 0),
			*d = identity_take(t, "i:443", 7, 2, 0);

	(void)state;
	assert_ptr_equal(a, c);
	assert_int_equal(a->place, 0);
	assert_int_equal(b->place, 1);
	assert_int_equal(d->place, 0);
	assert_int_equal(identity_take(t, "h:443", 7, 3, 0)->place, 2);
	identities_free(t);
}

/* A connection of the last one may still be kept when the next one comes. */
static void a_place_rests_before_it_is_given_away(void **state)
{
	struct identities *t = identities_new();
	struct identity *a = identity_take(t, "h:1", 7, 1, 0);

	(void)state;
	identity_take(t, "h:1", 7, 1, 0);
	identity_leave(a, 1000);
	/* Somebody still uses it. */
	assert_int_equal(identity_take(t, "h:1", 7, 2, 1000 + IDENTITY_REST_MS)->place, 1);
	identity_leave(a, 2000);
	assert_int_equal(identity_take(t, "h:1", 7, 3, 2000 + IDENTITY_REST_MS - 1)->place, 2);
	/* It comes back to its own at any time. */
	assert_int_equal(identity_take(t, "h:1", 7, 1, 2001)->place, 0);
	identity_leave(a, 3000);
	struct identity *next = identity_take(t, "h:1", 7, 4, 3000 + IDENTITY_REST_MS);
	assert_int_equal(next->place, 0);
	assert_int_equal(next->who, 4);
	assert_int_equal(identity_take(t, "h:1", 7, 1, 3000 + IDENTITY_REST_MS)->place, 3);
	identities_free(t);
}

/* Else two of one host could meet where they were put. */
static void a_host_stays_where_the_first_one_put_it(void **state)
{
	struct identities *t = identities_new();
	struct identity *a = identity_take(t, "h:1", 5, 1, 0),
			*b = identity_take(t, "h:1", 9, 2, 0);

	(void)state;
	assert_int_equal(a->home, 5);
	assert_int_equal(b->home, 5);
	identity_leave(a, 1000);
	assert_int_equal(identity_take(t, "h:1", 9, 3, 1000 + IDENTITY_REST_MS)->home, 5);
	assert_int_equal(identity_take(t, "i:1", 9, 2, 0)->home, 9);
	identities_free(t);
}

static void names_get_old(void **state)
{
	struct identities *t = identities_new();
	struct identity *a = identity_take(t, "h:1", 7, 1, 0);

	(void)state;
	assert_true(identity_stale(a, 100, 60000));
	assert_false(identity_stale(a, 60099, 60000));
	assert_true(identity_stale(a, 60100, 60000));
	assert_false(identity_stale(a, 60101, 60000));
	identities_free(t);
	identities_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_ones_share_and_others_do_not),
		cmocka_unit_test(a_place_rests_before_it_is_given_away),
		cmocka_unit_test(a_host_stays_where_the_first_one_put_it),
		cmocka_unit_test(names_get_old),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

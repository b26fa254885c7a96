#include "os/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define T0 INT64_C(1741616400000)

static void test_manual(void **state)
{
	(void)state;
	clock_use_manual((struct utc){ T0 });
	assert_true(clock_is_manual());
	assert_int_equal(clock_speed(), 0);
	assert_int_equal(clock_utc().ms, T0);
	clock_advance(1500);
	assert_int_equal(clock_utc().ms, T0 + 1500);
	clock_advance(-1);
	assert_int_equal(clock_utc().ms, T0 + 1500);
	clock_advance_to((struct utc){ T0 });
	assert_int_equal(clock_utc().ms, T0 + 1500);
	clock_advance_to((struct utc){ T0 + 60000 });
	assert_int_equal(clock_utc().ms, T0 + 60000);
	assert_int_equal(clock_real_delay((struct utc){ T0 + 60000 }), 0);
	assert_true(clock_real_delay((struct utc){ T0 + 60001 }) == INT64_MAX);
}

static void test_speed(void **state)
{
	struct mono before = clock_mono(), after;
	int64_t gone;

	(void)state;
	clock_use_speed((struct utc){ T0 }, 3600);
	assert_false(clock_is_manual());
	assert_int_equal(clock_speed(), 3600);
	while (clock_mono().ms == before.ms)
		;
	gone = clock_utc().ms - T0;
	after = clock_mono();
	assert_true(gone >= 0);
	assert_true(gone <= (after.ms - before.ms + 1) * 3600);
	assert_int_equal(gone % 3600, 0);
	/* A virtual hour is a real second, rounded up so that a timer is never early. */
	clock_use_speed((struct utc){ T0 }, 1000);
	assert_in_range(clock_real_delay((struct utc){ T0 + 3600001 }), 3500, 3601);
	clock_use_speed((struct utc){ T0 }, 0);
	assert_int_equal(clock_speed(), 1);
	clock_use_speed((struct utc){ T0 }, 99999);
	assert_int_equal(clock_speed(), 3600);
}

static void test_real(void **state)
{
	struct utc now;

	(void)state;
	clock_use_speed(UTC_NONE, 1);
	now = clock_utc();
	clock_use_real();
	assert_int_equal(clock_speed(), 1);
	assert_in_range(clock_utc().ms - now.ms, 0, 2000);
	now = clock_utc();
	clock_advance(100000);
	assert_in_range(clock_utc().ms - now.ms, 0, 2000);
	assert_int_equal(clock_real_delay((struct utc){ now.ms - 1 }), 0);
	assert_in_range(clock_real_delay(utc_add(clock_utc(), 60000)), 58000, 60000);
	assert_true(clock_cpu().ms >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_speed),
		cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests_name("os/clock", tests, NULL, NULL);
}

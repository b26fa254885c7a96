#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void days_count_from_1970(void **state)
{
	(void)state;
	assert_int_equal(date_to_days((struct date){ 1970, 1, 1 }), 0);
	assert_int_equal(date_to_days((struct date){ 1969, 12, 31 }), -1);
	assert_int_equal(date_to_days((struct date){ 2000, 2, 29 }), 11016);
	assert_int_equal(date_to_days((struct date){ 2038, 1, 19 }), 24855);
	assert_int_equal(date_to_days((struct date){ 0, 1, 1 }), -719528);
}

/* Every day of eight centuries and both ends: back and forth, one day at a time. */
static void dates_follow_each_other(void **state)
{
	int64_t first = date_to_days((struct date){ 1600, 1, 1 });
	struct date last = date_from_days(first - 1);

	(void)state;
	for (int64_t n = first; n < first + 2 * 146097; n++) {
		struct date d = date_from_days(n);

		assert_true(date_valid(d));
		assert_int_equal(date_to_days(d), n);
		if (d.day != 1)
			assert_int_equal(d.day, last.day + 1);
		else
			assert_int_equal(d.month, last.month % 12 + 1);
		assert_int_equal(date_weekday(d), (date_weekday(last) + 1) % 7);
		last = d;
	}
	for (int year = -9999; year <= 9999; year += 7) {
		struct date d = date_from_days(date_to_days((struct date){ year, 12, 31 }));

		assert_int_equal(d.year, year);
		assert_int_equal(d.month, 12);
		assert_int_equal(d.day, 31);
	}
}

static void weekdays_start_on_monday(void **state)
{
	(void)state;
	assert_int_equal(date_weekday((struct date){ 1970, 1, 1 }), 3);
	assert_int_equal(date_weekday((struct date){ 2025, 3, 10 }), 0);
	assert_int_equal(date_weekday((struct date){ 2026, 11, 22 }), 6);
	assert_int_equal(date_weekday((struct date){ 1900, 1, 1 }), 0);
}

static void dates_that_do_not_exist(void **state)
{
	static const struct date bad[] = { { 2025, 2, 29 }, { 1900, 2, 29 }, { 2025, 13, 1 },
		{ 2025, 0, 1 }, { 2025, 4, 31 }, { 2025, 1, 0 }, { 10000, 1, 1 } };
	static const char *const bad_text[] = { "", "2025", "2025-1-1", "2025-02-29", "2025-01-01 ",
		" 2025-01-01", "2025/01/01", "-025-01-01", "20250101" };
	struct date d = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++)
		assert_false(date_valid(bad[i]));
	assert_true(date_valid((struct date){ 2000, 2, 29 }));
	for (size_t i = 0; i < countof(bad_text); i++)
		assert_false(date_parse(bad_text[i], &d));
	assert_int_equal(d.year, 1);
	assert_true(date_parse("2026-12-25", &d));
	assert_int_equal(d.year, 2026);
	assert_int_equal(d.month, 12);
	assert_int_equal(d.day, 25);
}

static void instants_are_read(void **state)
{
	static const struct {
		const char *text, *same;
	} cases[] = {
		{ "2025-03-10T14:20:00.000Z", "2025-03-10T14:20:00.000Z" },
		{ "2025-03-10t14:20:00z", "2025-03-10T14:20:00.000Z" },
		{ "2025-03-10 14:20:00Z", "2025-03-10T14:20:00.000Z" },
		{ "2025-03-10T14:20:00.1Z", "2025-03-10T14:20:00.100Z" },
		{ "2025-03-10T14:20:00.123999999Z", "2025-03-10T14:20:00.123Z" },
		{ "2025-03-10T14:20:00+01:00", "2025-03-10T13:20:00.000Z" },
		{ "2025-03-10T00:10:00.5+05:45", "2025-03-09T18:25:00.500Z" },
		{ "2025-03-10T22:00:00-03:30", "2025-03-11T01:30:00.000Z" },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z" },
		{ "2016-12-31T23:59:60.7Z", "2017-01-01T00:00:00.000Z" },
		{ "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z" },
		{ "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z" },
		{ "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z" },
	};
	char text[UTC_TEXT];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct utc t = UTC_NONE;

		assert_true(utc_parse(cases[i].text, &t));
		assert_string_equal(utc_format(t, text), cases[i].same);
	}
}

static void what_is_no_instant(void **state)
{
	static const char *const cases[] = { "", "2025-03-10", "2025-03-10T14:20:00",
		"2025-03-10T14:20Z", "2025-03-10T24:00:00Z", "2025-03-10T14:60:00Z",
		"2025-03-10T14:20:61Z", "2025-03-10T14:20:00.Z", "2025-03-10T14:20:00.1234567890Z",
		"2025-03-10T14:20:00Z ", " 2025-03-10T14:20:00Z", "2025-03-10T14:20:00+0100",
		"2025-03-10T14:20:00+24:00", "2025-03-10T14:20:00+01:60", "2025-02-30T14:20:00Z",
		"2025-03-10_14:20:00Z", "12025-03-10T14:20:00Z", "0000-01-01T00:00:00+00:01",
		"9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01", "now" };
	struct utc t = { 77 };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		assert_false(utc_parse(cases[i], &t));
	assert_int_equal(t.ms, 77);
}

static void instants_are_written(void **state)
{
	char text[UTC_TEXT];

	(void)state;
	assert_string_equal(utc_format(UTC_NONE, text), "");
	assert_string_equal(utc_format((struct utc){ 0 }, text), "1970-01-01T00:00:00.000Z");
	assert_string_equal(utc_format((struct utc){ -1 }, text), "1969-12-31T23:59:59.999Z");
	/* What four digits of a year cannot say is written as the nearest end. */
	assert_string_equal(
	    utc_format((struct utc){ INT64_MAX }, text), "9999-12-31T23:59:59.999Z");
	assert_string_equal(
	    utc_format((struct utc){ INT64_MIN + 1 }, text), "0000-01-01T00:00:00.000Z");
}

static void small_arithmetic(void **state)
{
	struct utc a = { 1000 }, b = { 2500 };

	(void)state;
	assert_false(utc_is_set(UTC_NONE));
	assert_true(utc_is_set(a));
	assert_int_equal(utc_add(a, 1500).ms, b.ms);
	assert_int_equal(utc_diff(b, a), 1500);
	assert_true(utc_before(a, b));
	assert_false(utc_before(a, a));
	assert_int_equal(utc_min(a, b).ms, 1000);
	assert_int_equal(utc_max(a, b).ms, 2500);
}

static void durations_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		struct duration d;
		const char *shortest;
	} cases[] = {
		{ "none", { DURATION_NONE, 0, 0 }, "none" },
		{ "500ms", { DURATION_ELAPSED, 500, 0 }, "500ms" },
		{ "90s", { DURATION_ELAPSED, 90000, 0 }, "90s" },
		{ "15m", { DURATION_ELAPSED, 900000, 0 }, "15m" },
		{ "120m", { DURATION_ELAPSED, 7200000, 0 }, "2h" },
		{ "2 h", { DURATION_ELAPSED, 7200000, 0 }, "2h" },
		{ "48h", { DURATION_ELAPSED, 172800000, 0 }, "48h" },
		{ "14d", { DURATION_ELAPSED, 1209600000, 0 }, "14d" },
		{ "0s", { DURATION_ELAPSED, 0, 0 }, "0s" },
		{ "4 business hours", { DURATION_BUSINESS, 14400000, 0 }, "4 business hours" },
		{ "1 business hour", { DURATION_BUSINESS, 3600000, 0 }, "1 business hour" },
		{ "90 business minutes", { DURATION_BUSINESS, 5400000, 0 }, "90 business minutes" },
		{ "1 business day", { DURATION_BUSINESS_DAYS, 0, 1 }, "1 business day" },
		{ "5 business days", { DURATION_BUSINESS_DAYS, 0, 5 }, "5 business days" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct duration d = { DURATION_NONE, -1, -1 }, again;
		char text[40];

		assert_true(duration_parse(cases[i].text, &d));
		assert_int_equal(d.unit, cases[i].d.unit);
		assert_int_equal(d.ms, cases[i].d.ms);
		assert_int_equal(d.days, cases[i].d.days);
		assert_string_equal(duration_format(d, text, sizeof text), cases[i].shortest);
		assert_true(duration_parse(text, &again));
		assert_int_equal(again.ms, d.ms);
		assert_int_equal(again.days, d.days);
	}
}

static void what_is_no_duration(void **state)
{
	static const char *const cases[] = { "", "15", "m", "-15m", "+15m", "1.5h", "15 minutes",
		"15m ", " 15m", "15ms5", "4 business", "4 business hourss", "ms", "3 days", "None",
		"4000d", "4000 business days", "99999999999999999999h", "9223372036854775807ms" };
	struct duration d = { DURATION_ELAPSED, 5, 6 };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		assert_false(duration_parse(cases[i], &d));
	assert_int_equal(d.ms, 5);
	assert_int_equal(d.days, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_count_from_1970),
		cmocka_unit_test(dates_follow_each_other),
		cmocka_unit_test(weekdays_start_on_monday),
		cmocka_unit_test(dates_that_do_not_exist),
		cmocka_unit_test(instants_are_read),
		cmocka_unit_test(what_is_no_instant),
		cmocka_unit_test(instants_are_written),
		cmocka_unit_test(small_arithmetic),
		cmocka_unit_test(durations_are_read_and_written),
		cmocka_unit_test(what_is_no_duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

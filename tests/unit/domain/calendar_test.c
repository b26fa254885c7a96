#include "domain/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static struct utc at(const char *s)
{
	struct utc t = UTC_NONE;

	assert_true(utc_parse(s, &t));
	return t;
}

static struct zone *from_disk(const char *name)
{
	char path[128], *bytes = xmalloc(65536);
	struct zone *z;
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	len = fread(bytes, 1, 65536, f);
	fclose(f);
	z = zone_from_tzif(name, bytes, len);
	free(bytes);
	assert_non_null(z);
	return z;
}

static struct calendar *with_hours(const struct zone *z, const char *days, const char *hours)
{
	struct calendar *c = calendar_new("test", z);
	const char *why;

	calendar_clear_hours(c);
	assert_true(calendar_set_hours(c, days, hours, &why));
	return c;
}

static void office_hours_by_default(void **state)
{
	struct calendar *c = calendar_new("office", zone_utc());

	(void)state;
	assert_string_equal(c->id, "office");
	for (size_t d = 0; d < 7; d++)
		assert_int_equal(c->opening_count[d], d < 5);
	assert_int_equal(c->openings[4][0].from, 540);
	assert_int_equal(c->openings[4][0].to, 1020);
	calendar_free(c);
	calendar_free(NULL);
}

/* 2025-03-14 is a Friday. */
static void due_times(void **state)
{
	static const struct {
		const char *from;
		int64_t ms;
		const char *due;
	} cases[] = {
		{ "2025-03-14T15:00:00Z", 4 * HOUR, "2025-03-17T11:00:00Z" },
		{ "2025-03-14T15:00:00Z", 8 * HOUR, "2025-03-17T15:00:00Z" },
		{ "2025-03-15T12:00:00Z", 8 * HOUR, "2025-03-17T17:00:00Z" },
		/* The earliest instant: the evening it ends, not the next morning. */
		{ "2025-03-14T15:00:00Z", 2 * HOUR, "2025-03-14T17:00:00Z" },
		{ "2025-03-14T09:00:00Z", 8 * HOUR, "2025-03-14T17:00:00Z" },
		{ "2025-03-14T15:00:00Z", 2 * HOUR + 1, "2025-03-17T09:00:00.001Z" },
		{ "2025-03-14T17:00:00Z", 1, "2025-03-17T09:00:00.001Z" },
		{ "2025-03-15T12:00:00Z", 0, "2025-03-15T12:00:00Z" },
		{ "2025-03-14T15:00:00.123Z", 40 * HOUR, "2025-03-21T15:00:00.123Z" },
		{ "2025-03-10T09:00:00Z", 400 * HOUR, "2025-05-16T17:00:00Z" },
		{ "2025-03-10T09:00:00Z", 401 * HOUR, "2025-05-19T10:00:00Z" },
	};
	struct calendar *c = calendar_new("office", zone_utc());

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct utc due = calendar_due(c, at(cases[i].from), cases[i].ms);

		assert_int_equal(due.ms, at(cases[i].due).ms);
	}
	calendar_free(c);
}

static void holidays_do_not_count(void **state)
{
	struct calendar *c = calendar_new("office", zone_utc());

	(void)state;
	calendar_add_holiday(c, (struct date){ 2026, 12, 28 });
	calendar_add_holiday(c, (struct date){ 2026, 12, 25 });
	calendar_add_holiday(c, (struct date){ 2026, 12, 25 });
	calendar_add_holiday(c, (struct date){ 2027, 1, 1 });
	assert_int_equal(c->holiday_count, 3);
	assert_int_equal(c->holidays[0].day, 25);
	assert_int_equal(c->holidays[2].year, 2027);
	assert_false(calendar_open_at(c, at("2026-12-25T10:00:00Z")));
	assert_true(calendar_open_at(c, at("2026-12-24T10:00:00Z")));
	assert_int_equal(calendar_due(c, at("2026-12-24T16:00:00Z"), 2 * HOUR).ms,
	    at("2026-12-29T10:00:00Z").ms);
	assert_int_equal(
	    calendar_between(c, at("2026-12-21T00:00:00Z"), at("2027-01-11T00:00:00Z")),
	    12 * 8 * HOUR);
	calendar_free(c);
}

static void hours_include_their_start(void **state)
{
	static const struct {
		const char *at;
		bool open;
		const char *change;
	} cases[] = {
		{ "2025-03-14T08:59:59.999Z", false, "2025-03-14T09:00:00Z" },
		{ "2025-03-14T09:00:00Z", true, "2025-03-14T17:00:00Z" },
		{ "2025-03-14T16:59:59.999Z", true, "2025-03-14T17:00:00Z" },
		{ "2025-03-14T17:00:00Z", false, "2025-03-17T09:00:00Z" },
		{ "2025-03-16T12:00:00Z", false, "2025-03-17T09:00:00Z" },
	};
	struct calendar *c = calendar_new("office", zone_utc());

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(calendar_open_at(c, at(cases[i].at)), cases[i].open);
		assert_int_equal(
		    calendar_next_change(c, at(cases[i].at)).ms, at(cases[i].change).ms);
	}
	calendar_free(c);
}

static void around_the_clock(void **state)
{
	struct calendar *c = with_hours(zone_utc(), "mon-sun", "00:00-24:00");
	struct calendar *shut = calendar_new("shut", zone_utc());
	struct calendar *late = with_hours(zone_utc(), "fri-sat", "00:00-24:00");
	struct utc t = at("2025-03-14T15:00:00Z");

	(void)state;
	assert_true(calendar_open_at(c, t));
	assert_false(utc_is_set(calendar_next_change(c, t)));
	assert_int_equal(calendar_due(c, t, 1000 * HOUR).ms, t.ms + 1000 * HOUR);
	/* Hours that touch at midnight are one stretch. */
	assert_int_equal(calendar_next_change(late, t).ms, at("2025-03-16T00:00:00Z").ms);
	calendar_clear_hours(shut);
	assert_false(calendar_open_at(shut, t));
	assert_false(utc_is_set(calendar_next_change(shut, t)));
	assert_false(utc_is_set(calendar_due(shut, t, 1)));
	assert_int_equal(calendar_due(shut, t, 0).ms, t.ms);
	assert_int_equal(calendar_between(shut, t, utc_add(t, 900 * DAY)), 0);
	calendar_free(c);
	calendar_free(shut);
	calendar_free(late);
}

static void ten_years_are_the_end(void **state)
{
	struct calendar *c = with_hours(zone_utc(), "sun", "00:00-00:01");
	struct utc t = at("2025-03-14T15:00:00Z");

	(void)state;
	assert_int_equal(calendar_due(c, t, 500 * 60000).ms, at("2034-10-08T00:01:00Z").ms);
	assert_false(utc_is_set(calendar_due(c, t, 530 * 60000)));
	assert_false(utc_is_set(calendar_due(c, t, INT64_MAX)));
	calendar_free(c);
}

/* On the nights of a change hours last as long as the local clock says, seconds as they elapse. */
static void nights_of_change(void **state)
{
	static const struct {
		const char *zone, *days, *hours, *from, *to;
		int64_t minutes;
	} cases[] = {
		{ "Europe/Paris", "sun", "01:00-05:00", "2025-03-30T00:00:00Z",
		    "2025-03-30T12:00:00Z", 180 },
		{ "Europe/Paris", "sun", "01:00-05:00", "2025-10-25T20:00:00Z",
		    "2025-10-26T12:00:00Z", 300 },
		/* Skipped 02:15-02:45 becomes 03:15-03:45, and counts once with what is there. */
		{ "Europe/Paris", "sun", "02:15-02:45", "2025-03-30T00:00:00Z",
		    "2025-03-30T12:00:00Z", 30 },
		{ "Europe/Paris", "sun", "02:15-02:45,03:00-04:00", "2025-03-30T00:00:00Z",
		    "2025-03-30T12:00:00Z", 60 },
		{ "Europe/Paris", "sun", "02:30-03:15", "2025-03-30T00:00:00Z",
		    "2025-03-30T12:00:00Z", 0 },
		/* 02:30 means the first one that night. */
		{ "Europe/Paris", "sun", "01:00-02:30", "2025-10-25T20:00:00Z",
		    "2025-10-26T12:00:00Z", 90 },
		{ "America/New_York", "mon-sun", "00:00-24:00", "2025-03-09T05:00:00Z",
		    "2025-03-10T04:00:00Z", 23 * 60 },
		{ "Australia/Lord_Howe", "sun", "00:00-06:00", "2025-10-04T00:00:00Z",
		    "2025-10-06T00:00:00Z", 330 },
		{ "Australia/Lord_Howe", "sun", "00:00-06:00", "2025-04-05T00:00:00Z",
		    "2025-04-07T00:00:00Z", 390 },
		{ "Africa/Cairo", "fri", "00:00-02:00", "2025-04-24T12:00:00Z",
		    "2025-04-26T00:00:00Z", 60 },
		{ "Africa/Cairo", "thu", "22:00-24:00", "2025-10-30T12:00:00Z",
		    "2025-11-01T00:00:00Z", 180 },
		/* Friday 30 December 2011 was left out. */
		{ "Pacific/Apia", "fri", "09:00-17:00", "2011-12-29T00:00:00Z",
		    "2012-01-02T00:00:00Z", 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct zone *z = from_disk(cases[i].zone);
		struct calendar *c = with_hours(z, cases[i].days, cases[i].hours);

		assert_int_equal(calendar_between(c, at(cases[i].from), at(cases[i].to)) / 60000,
		    cases[i].minutes);
		calendar_free(c);
		zone_free(z);
	}
}

static void wall_clock_keeps_its_hour(void **state)
{
	struct zone *paris = from_disk("Europe/Paris");
	struct calendar *c = calendar_new("paris", paris);

	(void)state;
	/* Friday 16:00 in winter time, Monday 10:00 in summer time. */
	assert_int_equal(calendar_due(c, at("2025-03-28T15:00:00Z"), 2 * HOUR).ms,
	    at("2025-03-31T08:00:00Z").ms);
	assert_true(calendar_open_at(c, at("2025-03-31T07:00:00Z")));
	assert_false(calendar_open_at(c, at("2025-03-28T07:30:00Z")));
	calendar_free(c);
	zone_free(paris);
}

static uint64_t seed = 20250310;

static int64_t below(int64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((seed >> 20) % (uint64_t)n);
}

/* Adds up day by day, so that the jump over weeks is never taken. */
static int64_t between_by_days(const struct calendar *c, struct utc from, struct utc to)
{
	int64_t sum = 0;

	while (utc_before(from, to)) {
		struct utc next = utc_min(utc_add(from, DAY + 7), to);

		sum += calendar_between(c, from, next);
		from = next;
	}
	return sum;
}

static void check_properties(const struct calendar *c)
{
	struct utc start = at("2024-01-01T00:00:00Z");
	struct utc from = utc_add(start, below(2 * 366 * DAY));
	int64_t week = calendar_between(c, start, utc_add(start, 7 * DAY));
	int64_t ms = 1 + below(below(10) ? 3 * week : 150 * week), part;
	struct utc due = calendar_due(c, from, ms), between;

	assert_true(utc_is_set(due));
	assert_int_equal(calendar_between(c, from, due), ms);
	assert_int_equal(calendar_between(c, from, utc_add(due, -1)), ms - 1);
	assert_true(calendar_open_at(c, utc_add(due, -1)));
	assert_int_equal(between_by_days(c, from, due), ms);
	/* In two steps it is the same. */
	part = below(ms);
	between = calendar_due(c, from, part);
	assert_int_equal(calendar_due(c, between, ms - part).ms, due.ms);
	/* Nothing flips between now and the next change, and there it does. */
	between = calendar_next_change(c, from);
	assert_true(utc_before(from, between));
	assert_true(calendar_open_at(c, from) != calendar_open_at(c, between));
	assert_true(calendar_open_at(c, from) == calendar_open_at(c, utc_add(between, -1)));
	part = calendar_between(c, from, between);
	assert_int_equal(part, calendar_open_at(c, from) ? utc_diff(between, from) : 0);
}

static void due_and_between_agree(void **state)
{
	static const char *const zones[] = { "UTC", "Europe/Paris", "America/New_York",
		"Australia/Lord_Howe", "Africa/Cairo", "America/Havana" };
	static const struct {
		const char *days, *hours;
	} hours[] = {
		{ "mon-fri", "09:00-17:00" },
		{ "mon-fri", "08:30-12:00,13:00-18:00" },
		{ "sat-sun", "00:00-24:00" },
		{ "sun", "01:30-02:40" },
		{ "mon-sun", "00:00-03:00,22:15-24:00" },
	};

	(void)state;
	for (size_t z = 0; z < countof(zones); z++) {
		struct zone *zone = from_disk(zones[z]);

		for (size_t h = 0; h < countof(hours); h++) {
			struct calendar *c = with_hours(zone, hours[h].days, hours[h].hours);

			for (int i = 0; i < 60; i++) {
				if (i == 30)
					for (int n = 0; n < 20; n++)
						calendar_add_holiday(
						    c, date_from_days(19700 + below(900)));
				check_properties(c);
			}
			calendar_free(c);
		}
		zone_free(zone);
	}
}

static void hours_are_read(void **state)
{
	static const struct {
		const char *days, *hours;
		int on; /* bit per weekday, Monday first */
		size_t count;
	} cases[] = {
		{ "mon-fri", "09:00-17:00", 0x1f, 1 },
		{ "mon,wed", "09:00-12:00,13:00-18:00", 0x05, 2 },
		{ "sat", "00:00-24:00", 0x20, 1 },
		{ "fri-mon", "09:00-12:00, 12:00-18:00", 0x71, 2 },
		{ "mon-tue, sun", "09:05-17:59", 0x43, 1 },
	};
	static const struct {
		const char *days, *hours, *why;
	} bad[] = {
		{ "monday", "09:00-17:00", "days are written" },
		{ "", "09:00-17:00", "days are written" },
		{ "mon-", "09:00-17:00", "days are written" },
		{ "mon,", "09:00-17:00", "days are written" },
		{ "mon", "9:00-17:00", "hours are written" },
		{ "mon", "", "hours are written" },
		{ "mon", "09:00", "hours are written" },
		{ "mon", "09:60-17:00", "hours are written" },
		{ "mon", "09:00-24:01", "hours are written" },
		{ "mon", "17:00-09:00", "must end after" },
		{ "mon", "09:00-09:00", "must end after" },
		{ "mon", "13:00-18:00,09:00-12:00", "in order" },
		{ "mon", "09:00-13:00,12:00-18:00", "in order" },
		{ "mon", "09:00-17:00;", "commas" },
	};
	const char *why = NULL;

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct calendar *c = with_hours(zone_utc(), cases[i].days, cases[i].hours);

		for (size_t d = 0; d < 7; d++)
			assert_int_equal(
			    c->opening_count[d], cases[i].on >> d & 1 ? cases[i].count : 0);
		calendar_free(c);
	}
	for (size_t i = 0; i < countof(bad); i++) {
		struct calendar *c = calendar_new("x", zone_utc());

		assert_false(calendar_set_hours(c, bad[i].days, bad[i].hours, &why));
		assert_non_null(strstr(why, bad[i].why));
		assert_int_equal(c->opening_count[0], 1);
		assert_int_equal(c->openings[0][0].to, 1020);
		calendar_free(c);
	}
}

static void a_day_has_24_openings_at_most(void **state)
{
	struct calendar *c = calendar_new("x", zone_utc());
	char hours[512] = "";
	const char *why = NULL;
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 24; i++)
		len += (size_t)snprintf(
		    hours + len, sizeof hours - len, "%s%02d:00-%02d:30", i ? "," : "", i, i);
	assert_true(calendar_set_hours(c, "mon", hours, &why));
	assert_int_equal(c->opening_count[0], 24);
	snprintf(hours + len, sizeof hours - len, ",23:40-23:50");
	assert_false(calendar_set_hours(c, "mon", hours, &why));
	assert_non_null(strstr(why, "24"));
	calendar_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(office_hours_by_default),
		cmocka_unit_test(due_times),
		cmocka_unit_test(holidays_do_not_count),
		cmocka_unit_test(hours_include_their_start),
		cmocka_unit_test(around_the_clock),
		cmocka_unit_test(ten_years_are_the_end),
		cmocka_unit_test(nights_of_change),
		cmocka_unit_test(wall_clock_keeps_its_hour),
		cmocka_unit_test(due_and_between_agree),
		cmocka_unit_test(hours_are_read),
		cmocka_unit_test(a_day_has_24_openings_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "domain/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static struct utc at(const char *s)
{
	struct utc t = UTC_NONE;

	assert_true(utc_parse(s, &t));
	return t;
}

/* Zones by their rule alone, as a file without transitions. */
static void add32(struct buf *b, uint32_t v)
{
	unsigned char p[4] = { (unsigned char)(v >> 24), (unsigned char)(v >> 16),
		(unsigned char)(v >> 8), (unsigned char)v };

	buf_add(b, p, sizeof p);
}

static void add_header(struct buf *b, char version, uint32_t times, uint32_t types, uint32_t chars)
{
	static const char zeros[15];

	buf_adds(b, "TZif");
	buf_addc(b, version);
	buf_add(b, zeros, sizeof zeros);
	add32(b, 0);
	add32(b, 0);
	add32(b, 0);
	add32(b, times);
	add32(b, types);
	add32(b, chars);
}

static void add_type(struct buf *b, int32_t offset, unsigned char abbr)
{
	add32(b, (uint32_t)offset);
	buf_addc(b, 0);
	buf_addc(b, (char)abbr);
}

/* An empty version 1 block, then one type, `times` transitions to it, and the footer. */
static struct zone *made(const char *footer, const int64_t *times, uint32_t count)
{
	struct buf b;
	struct zone *z;

	buf_init(&b, 0);
	add_header(&b, '2', 0, 1, 1);
	add_type(&b, 0, 0);
	buf_addc(&b, '\0');
	add_header(&b, '2', count, 1, 4);
	for (uint32_t i = 0; i < count; i++) {
		add32(&b, (uint32_t)((uint64_t)times[i] >> 32));
		add32(&b, (uint32_t)times[i]);
	}
	for (uint32_t i = 0; i < count; i++)
		buf_addc(&b, 0);
	add_type(&b, 3600, 0);
	buf_add(&b, "ONE", 4);
	buf_addf(&b, "\n%s\n", footer);
	z = zone_from_tzif("made", b.data, b.len);
	buf_fini(&b);
	return z;
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
	assert_string_equal(zone_name(z), name);
	return z;
}

static void utc_is_always_there(void **state)
{
	char abbr[8];
	int64_t ms;
	struct date d = zone_local(zone_utc(), at("2025-03-10T14:20:00.250Z"), &ms);

	(void)state;
	assert_string_equal(zone_name(zone_utc()), "UTC");
	assert_int_equal(zone_offset(zone_utc(), at("1900-01-01T00:00:00Z"), abbr), 0);
	assert_string_equal(abbr, "UTC");
	assert_int_equal(d.day, 10);
	assert_int_equal(ms, 14 * 3600000 + 20 * 60000 + 250);
	assert_int_equal(
	    zone_to_utc(zone_utc(), d, 24 * 3600000).ms, at("2025-03-11T00:00:00Z").ms);
	zone_free(NULL);
}

/* Offsets of zones by their files: history, the present, and years that only the footer knows. */
static void offsets_by_instant(void **state)
{
	static const struct {
		const char *zone, *at, *abbr;
		int offset;
	} cases[] = {
		{ "Europe/Paris", "2025-03-30T00:59:59.999Z", "CET", 3600 },
		{ "Europe/Paris", "2025-03-30T01:00:00Z", "CEST", 7200 },
		{ "Europe/Paris", "2025-10-26T01:00:00Z", "CET", 3600 },
		{ "Europe/Paris", "2060-07-01T12:00:00Z", "CEST", 7200 },
		{ "Europe/Paris", "2060-12-01T12:00:00Z", "CET", 3600 },
		{ "Europe/Paris", "1900-01-01T00:00:00Z", "PMT", 561 },
		{ "America/New_York", "2025-03-09T06:59:59Z", "EST", -18000 },
		{ "America/New_York", "2025-03-09T07:00:00Z", "EDT", -14400 },
		{ "America/New_York", "2099-11-01T05:59:59Z", "EDT", -14400 },
		{ "America/New_York", "2099-11-01T06:00:00Z", "EST", -18000 },
		{ "Australia/Lord_Howe", "2025-01-01T00:00:00Z", "+11", 39600 },
		{ "Australia/Lord_Howe", "2025-07-01T00:00:00Z", "+1030", 37800 },
		{ "Australia/Lord_Howe", "2055-01-01T00:00:00Z", "+11", 39600 },
		{ "Asia/Kathmandu", "2025-07-01T00:00:00Z", "+0545", 20700 },
		{ "Asia/Tokyo", "2070-07-01T00:00:00Z", "JST", 32400 },
		{ "Europe/Dublin", "2050-01-01T00:00:00Z", "GMT", 0 },
		{ "Europe/Dublin", "2050-07-01T00:00:00Z", "IST", 3600 },
		{ "Africa/Cairo", "2050-04-28T21:59:59Z", "EET", 7200 },
		{ "Africa/Cairo", "2050-04-28T22:00:00Z", "EEST", 10800 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct zone *z = from_disk(cases[i].zone);
		char abbr[8];

		assert_int_equal(zone_offset(z, at(cases[i].at), abbr), cases[i].offset);
		assert_string_equal(abbr, cases[i].abbr);
		zone_free(z);
	}
}

/* Skipped wall times move forward by the gap, doubled ones are the first. */
static void wall_times_to_instants(void **state)
{
	static const struct {
		const char *zone;
		struct date day;
		int minutes;
		const char *at;
	} cases[] = {
		{ "Europe/Paris", { 2025, 3, 30 }, 119, "2025-03-30T00:59:00Z" },
		{ "Europe/Paris", { 2025, 3, 30 }, 120, "2025-03-30T01:00:00Z" },
		{ "Europe/Paris", { 2025, 3, 30 }, 150, "2025-03-30T01:30:00Z" },
		{ "Europe/Paris", { 2025, 3, 30 }, 180, "2025-03-30T01:00:00Z" },
		{ "Europe/Paris", { 2025, 10, 26 }, 150, "2025-10-26T00:30:00Z" },
		{ "Europe/Paris", { 2025, 10, 26 }, 180, "2025-10-26T02:00:00Z" },
		{ "America/New_York", { 2025, 3, 9 }, 150, "2025-03-09T07:30:00Z" },
		{ "America/New_York", { 2025, 11, 2 }, 90, "2025-11-02T05:30:00Z" },
		{ "America/New_York", { 2080, 3, 10 }, 150, "2080-03-10T07:30:00Z" },
		/* Half an hour skipped and doubled. */
		{ "Australia/Lord_Howe", { 2025, 10, 5 }, 135, "2025-10-04T15:45:00Z" },
		{ "Australia/Lord_Howe", { 2025, 4, 6 }, 105, "2025-04-05T14:45:00Z" },
		/* Midnight itself is skipped, so the day before ends where the next begins. */
		{ "Africa/Cairo", { 2025, 4, 25 }, 0, "2025-04-24T22:00:00Z" },
		{ "Africa/Cairo", { 2025, 4, 24 }, 1440, "2025-04-24T22:00:00Z" },
		{ "Africa/Cairo", { 2025, 4, 25 }, 60, "2025-04-24T22:00:00Z" },
		/* The hour before midnight comes twice. */
		{ "Africa/Cairo", { 2025, 10, 30 }, 1410, "2025-10-30T20:30:00Z" },
		{ "Africa/Cairo", { 2025, 10, 31 }, 0, "2025-10-30T22:00:00Z" },
		{ "Africa/Cairo", { 2025, 10, 30 }, 1440, "2025-10-30T22:00:00Z" },
		/* A date that was left out. */
		{ "Pacific/Apia", { 2011, 12, 30 }, 600, "2011-12-30T20:00:00Z" },
		{ "Pacific/Apia", { 2011, 12, 31 }, 600, "2011-12-30T20:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct zone *z = from_disk(cases[i].zone);
		struct utc t = zone_to_utc(z, cases[i].day, cases[i].minutes * INT64_C(60000));

		assert_int_equal(t.ms, at(cases[i].at).ms);
		zone_free(z);
	}
}

/* Back from every half hour of two years: the instant, or an earlier one of the same wall time. */
static void wall_times_come_back(void **state)
{
	static const char *const names[] = { "Europe/Paris", "America/New_York",
		"Australia/Lord_Howe", "Africa/Cairo", "Africa/Casablanca", "America/Havana" };

	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		struct zone *z = from_disk(names[i]);
		struct utc end = at("2049-01-01T00:00:00Z");

		for (struct utc t = at("2047-01-01T00:07:13.5Z"); utc_before(t, end);
		     t = utc_add(t, 1800000)) {
			int64_t ms, ms2;
			struct date d = zone_local(z, t, &ms);
			struct utc back = zone_to_utc(z, d, ms);
			struct date d2 = zone_local(z, back, &ms2);

			assert_false(utc_before(t, back));
			assert_int_equal(date_to_days(d2), date_to_days(d));
			assert_int_equal(ms2, ms);
			assert_true(back.ms == t.ms ||
				    zone_offset(z, back, NULL) > zone_offset(z, t, NULL));
		}
		zone_free(z);
	}
}

static void rules_of_the_footer(void **state)
{
	static const struct {
		const char *rule, *at;
		int offset;
	} cases[] = {
		{ "CET-1", "2025-07-01T00:00:00Z", 3600 },
		{ "<-0330>3:30", "2025-07-01T00:00:00Z", -12600 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2025-03-09T07:00:00Z", -14400 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2025-03-09T06:59:59Z", -18000 },
		/* Day 60 without and with 29 February: 1 March both times. */
		{ "AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", 3600 },
		{ "AAA0BBB,J60/0,J300/0", "2024-02-29T23:59:59Z", 0 },
		{ "AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", 3600 },
		{ "AAA0BBB,59/0,300/0", "2025-03-01T00:00:00Z", 3600 },
		{ "AAA0BBB,59/0,300/0", "2025-02-28T23:59:59Z", 0 },
		/* The southern summer goes over the year's end. */
		{ "AAA-10BBB,M10.1.0,M4.1.0/3", "2025-12-31T23:00:00Z", 39600 },
		{ "AAA-10BBB,M10.1.0,M4.1.0/3", "2025-06-01T00:00:00Z", 36000 },
		/* Hours that lie days away, before and after the date. */
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2025-03-30T00:59:59Z", -7200 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2025-03-30T01:00:00Z", -3600 },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", "2025-03-27T23:59:59Z", 7200 },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", "2025-03-28T00:00:00Z", 10800 },
		/* Summer time all year. */
		{ "XXX3EDT4,0/0,J365/23", "2025-01-01T00:00:00Z", -14400 },
		{ "XXX3EDT4,0/0,J365/23", "2025-12-31T23:59:59Z", -14400 },
		{ "XXX3EDT4,0/0,J365/23", "2026-01-01T04:00:00Z", -14400 },
		{ "GMT0BST-1:30:15,M3.5.0/1,M10.5.0", "2025-07-01T00:00:00Z", 5415 },
	};
	static const char *const bad[] = { "C", "CET", "CET-", "CET-16", "CET-1CEST",
		"CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x",
		"CET-1CEST,J0,J5", "CET-1CEST,366,J5", "CET-1CEST,M3.5.0/168,M10.5.0", "<CET-1",
		"<C>-1", "CET-1:60" };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct zone *z = made(cases[i].rule, NULL, 0);

		assert_non_null(z);
		assert_int_equal(zone_offset(z, at(cases[i].at), NULL), cases[i].offset);
		zone_free(z);
	}
	for (size_t i = 0; i < countof(bad); i++)
		assert_null(made(bad[i], NULL, 0));
}

static void transitions_before_the_rule(void **state)
{
	int64_t times[] = { -100, 1000000 }, backwards[] = { 5, 5 };
	struct zone *z = made("CET-2", times, 2);

	(void)state;
	assert_non_null(z);
	assert_int_equal(zone_offset(z, (struct utc){ -200000 }, NULL), 3600);
	assert_int_equal(zone_offset(z, (struct utc){ 999999999 }, NULL), 3600);
	assert_int_equal(zone_offset(z, (struct utc){ 1000000000 }, NULL), 7200);
	zone_free(z);
	assert_null(made("CET-2", backwards, 2));
	z = made("", times, 2); /* no rule: the last type goes on */
	assert_non_null(z);
	assert_int_equal(zone_offset(z, at("2100-01-01T00:00:00Z"), NULL), 3600);
	zone_free(z);
}

/* Every cut of a good file, and every byte of its headers turned round, is read or refused, and
 * the two are told apart by the sanitizers. */
static void broken_files(void **state)
{
	struct buf b;
	struct zone *z;
	size_t refused = 0;

	(void)state;
	buf_init(&b, 0);
	add_header(&b, '\0', 1, 1, 4);
	add32(&b, 77);
	buf_addc(&b, 0);
	add_type(&b, -7200, 0);
	buf_add(&b, "TWO", 4);
	z = zone_from_tzif("v1", b.data, b.len);
	assert_non_null(z);
	assert_int_equal(zone_offset(z, (struct utc){ 0 }, NULL), -7200);
	zone_free(z);
	for (size_t len = 0; len < b.len; len++) {
		char *cut = xmalloc(len);

		memcpy(cut, b.data, len);
		assert_null(zone_from_tzif("cut", cut, len));
		free(cut);
	}
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] = (char)~b.data[i];
		z = zone_from_tzif("odd", b.data, b.len);
		refused += z == NULL;
		zone_free(z);
		b.data[i] = (char)~b.data[i];
	}
	assert_true(refused > 20);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utc_is_always_there),
		cmocka_unit_test(offsets_by_instant),
		cmocka_unit_test(wall_times_to_instants),
		cmocka_unit_test(wall_times_come_back),
		cmocka_unit_test(rules_of_the_footer),
		cmocka_unit_test(transitions_before_the_rule),
		cmocka_unit_test(broken_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Windows that come back. */
#include "maintnote_rig.h"

/* Under a kilobyte of text that stands for millions of windows. */
static void rules_without_bounds_are_not_followed(void **state)
{
	static const char *const rules[] = { "FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=0",
		"FREQ=YEARLY;BYYEARDAY=366;BYDAY=MO;COUNT=1000000", "FREQ=DAILY;COUNT=2147483647",
		"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=10001", "FREQ=WEEKLY;BYMONTHDAY=1",
		"FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=MONTHLY;BYYEARDAY=1",
		"FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=", "INTERVAL=2",
		"FREQ=DAILY;SKIP=OMIT", "FREQ", "FREQ=DAILY;BYMONTH=1,,2" };
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct feed_maintenance *m;
		snprintf(text, sizeof text, EVENT(FROM_TO "RRULE:%s\nEXDATE:20260311T010000Z\n"),
		    rules[i]);
		clock_t before = clock();
		struct feed_doc *d = event(text, &m);
		assert_true(clock() - before < CLOCKS_PER_SEC / 20);
		rig_at(m->starts_at, "2026-03-10T01:00:00.000Z");
		assert_true(rig_problem(d, "only the first window is kept"));
		feed_doc_free(d);
	}
}

/* Starts of the windows of a calendar, as "MMDDhhmm" in UTC with blanks between. */
static void assert_starts(const struct feed_doc *d, const char *want)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < d->maintenance_count; i++) {
		char at[UTC_TEXT];

		utc_format(d->maintenances[i].starts_at, at);
		buf_addf(&b, "%s%.2s%.2s%.2s%.2s", i ? " " : "", at + 5, at + 8, at + 11, at + 14);
	}
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

static void windows_come_back_by_their_rule(void **state)
{
	static const struct {
		const char *rule, *starts;
	} cases[] = {
		{ "FREQ=DAILY;COUNT=3", "03100100 03110100 03120100" },
		{ "FREQ=DAILY;INTERVAL=10;UNTIL=20260331T010000Z", "03100100 03200100 03300100" },
		{ "FREQ=DAILY;INTERVAL=10;UNTIL=20260330", "03100100 03200100 03300100" },
		{ "FREQ=DAILY;INTERVAL=10;UNTIL=20260330T005959Z", "03100100 03200100" },
		{ "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", "03100100 03120100 03170100 03190100" },
		/* the fortnight begins where the week does (RFC 5545, 3.8.5.3) */
		{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
		    "03100100 03150100 03240100 03290100" },
		{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
		    "03100100 03220100 03240100 04050100" },
		{ "FREQ=MONTHLY;BYDAY=2TU;COUNT=3", "03100100 04140100 05120100" },
		{ "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "03100100 03270100 04240100" },
		{ "FREQ=MONTHLY;BYMONTHDAY=-1,31;COUNT=3", "03100100 03310100 04300100" },
		{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3",
		    "03100100 03310100 04300100" },
		{ "FREQ=DAILY;BYHOUR=1,13;BYSETPOS=2;COUNT=2", "03100100 03101300" },
		{ "FREQ=YEARLY;BYMONTH=4,3;BYDAY=2TU;COUNT=2", "03100100 04140100" },
		{ "FREQ=YEARLY;BYWEEKNO=20;COUNT=2", "03100100 05120100" },
		{ "FREQ=YEARLY;BYYEARDAY=-1,100;COUNT=3", "03100100 04100100 12310100" },
		{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "03100100" },
		{ "FREQ=HOURLY;INTERVAL=6;BYHOUR=1,7;COUNT=3", "03100100 03100700 03110100" },
		{ "FREQ=DAILY;COUNT=1", "03100100" },
	};
	char text[600];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		snprintf(text, sizeof text, EVENT(FROM_TO "RRULE:%s\n"), cases[i].rule);
		struct feed_doc *d = rig_parse("maintnote", text);

		assert_starts(d, cases[i].starts);
		assert_int_equal(d->problem_count, 0);
		for (size_t k = 0; k < d->maintenance_count; k++) {
			const struct feed_maintenance *m = &d->maintenances[k];
			char id[40] = "W";

			if (k) /* each has its own start in its id, the first one nothing */
				strftime(id, sizeof id, "W/%Y%m%dT%H%M%SZ",
				    gmtime(&(time_t){ m->starts_at.ms / 1000 }));
			assert_string_equal(m->id, id);
			assert_string_equal(m->uid, "u");
			assert_int_equal(utc_diff(m->ends_at, m->starts_at), 3600000);
		}
		rig_round(d);
		feed_doc_free(d);
	}
}

#define BERLIN                                                                                     \
	"BEGIN:VTIMEZONE\nTZID:B\nBEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"          \
	"DTSTART:19700329T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\n"          \
	"BEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nDTSTART:19701025T030000\n"          \
	"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nEND:VTIMEZONE\n"

/* The hour by the wall clock stays; a time that the clock skips is no window and is not counted;
 * one that it shows twice is the first of them. */
static void windows_keep_their_hour_by_the_wall(void **state)
{
	static const struct {
		const char *zone, *start, *rule, *starts;
	} cases[] = {
		{ "B", "20260327T230000", "FREQ=DAILY;COUNT=4",
		    "03272200 03282200 03292100 03302100" },
		{ "B", "20260328T023000", "FREQ=DAILY;COUNT=3", "03280130 03300030 03310030" },
		{ "B", "20261024T023000", "FREQ=DAILY;COUNT=3", "10240030 10250030 10260130" },
		{ "Europe/Berlin", "20260328T023000", "FREQ=DAILY;COUNT=3",
		    "03280130 03300030 03310030" },
		{ "America/New_York", "20260307T020000", "FREQ=DAILY;COUNT=3",
		    "03070700 03090600 03100600" },
		/* UNTIL is an instant where the start has a zone */
		{ "B", "20260327T230000", "FREQ=DAILY;UNTIL=20260329T210000Z",
		    "03272200 03282200 03292100" },
		{ "B", "20260327T230000", "FREQ=DAILY;UNTIL=20260329T205959Z",
		    "03272200 03282200" },
	};
	char text[1200];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		snprintf(text, sizeof text,
		    HEAD BERLIN "BEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\n" NOTE
				"DTSTART;TZID=%s:%s\nDURATION:PT1H\nRRULE:%s\nEND:VEVENT\n" FOOT,
		    cases[i].zone, cases[i].start, cases[i].rule);
		struct feed_doc *d = rig_parse("maintnote", text);

		assert_starts(d, cases[i].starts);
		assert_int_equal(d->problem_count, 0);
		feed_doc_free(d);
	}
}

static void single_windows_are_added_taken_away_and_moved(void **state)
{
	struct feed_doc *d = rig_parse("maintnote",
	    EVENT(FROM_TO
		"RRULE:FREQ=DAILY;COUNT=4\n"
		"RDATE:20260401T010000Z,20260311T010000Z,20260310T010000Z\n"
		"RDATE;VALUE=PERIOD:20260402T010000Z/PT3H,20260403T010000Z/20260403T020000Z\n"
		"EXDATE:20260312T010000Z\nEXDATE;TZID=Europe/Berlin:20260313T020000\n"));

	(void)state;
	assert_starts(d, "03100100 03110100 04010100 04020100 04030100");
	assert_int_equal(
	    utc_diff(d->maintenances[3].ends_at, d->maintenances[3].starts_at), 3 * 3600000);
	assert_int_equal(d->problem_count, 0);
	feed_doc_free(d);

	d = rig_parse("maintnote", EVENT(FROM_TO "RDATE:20260401T010000Z,soon\n"));
	assert_starts(d, "03100100 04010100");
	assert_true(rig_problem(d, "RDATE is no list of dates"));
	feed_doc_free(d);

	/* A window of its own stands for the one that it names, the first one too. */
	d = rig_parse("maintnote",
	    HEAD "BEGIN:VEVENT\nUID:u\n" NOTE FROM_TO "RRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n"
		 "BEGIN:VEVENT\nUID:u\n" NOTE "RECURRENCE-ID:20260311T010000Z\n"
		 "DTSTART:20260311T050000Z\nDTEND:20260311T060000Z\nEND:VEVENT\n"
		 "BEGIN:VEVENT\nUID:u\n" NOTE "RECURRENCE-ID:20260310T010000Z\n"
		 "DTSTART:20260310T050000Z\nDTEND:20260310T060000Z\nEND:VEVENT\n" FOOT);
	assert_starts(d, "03120100 03110500 03100500");
	assert_string_equal(d->maintenances[1].id, "W/20260311T010000Z");
	assert_string_equal(d->maintenances[2].id, "W");
	feed_doc_free(d);
}

/* A rule that goes on for ever is followed from 30 days before to 400 days behind now, wherever it
 * began; what is cut is named. */
static void windows_are_those_around_now(void **state)
{
	static const char text[] = EVENT(FROM_TO "RRULE:FREQ=DAILY\n");
	struct err e;
	struct utc now, first;
	struct feed_doc *d;

	(void)state;
	assert_true(utc_parse("2030-06-01T00:00:00Z", &now));
	d = feed_parse_at("maintnote", text, sizeof text - 1, now, &e);
	assert_non_null(d);
	assert_int_equal(d->maintenance_count, ICAL_PAST_DAYS + ICAL_FUTURE_DAYS);
	first = d->maintenances[0].starts_at;
	rig_at(first, "2030-05-02T01:00:00.000Z");
	rig_at(d->maintenances[429].starts_at, "2031-07-05T01:00:00.000Z");
	assert_int_equal(d->problem_count, 1);
	assert_true(
	    rig_problem(d, "windows that ended 30 days ago or begin in more than 400 days"));
	feed_doc_free(d);

	assert_true(utc_parse("2020-01-01T00:00:00Z", &now));
	d = feed_parse_at("maintnote", text, sizeof text - 1, now, &e);
	assert_starts(d, "03100100");
	assert_true(rig_problem(d, "its first window is kept"));
	feed_doc_free(d);
}

/* Hostile rules: each within 50 ms, and a calendar of them within the steps of one. */
static void rules_cost_no_more_than_their_steps(void **state)
{
	static const char *const rules[] = {
		"FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,"
		"23,24,25,26,27,28,29;BYSECOND=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9999",
		"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9999",
		"FREQ=YEARLY;INTERVAL=2147483647;COUNT=2",
		"FREQ=HOURLY;INTERVAL=2147483647",
	};
	char text[800];

	(void)state;
	for (size_t i = 0; i < countof(rules); i++)
		for (int old = 0; old < 2; old++) {
			snprintf(text, sizeof text, EVENT("DTSTART:%s\nDURATION:PT1H\nRRULE:%s\n"),
			    old ? "00010101T000000Z" : "20260310T010000Z", rules[i]);
			clock_t before = clock();
			struct feed_doc *d = rig_parse("maintnote", text);

			assert_true(clock() - before < CLOCKS_PER_SEC / 4);
			assert_in_range(d->maintenance_count, 1, 500);
			feed_doc_free(d);
		}
}

static void limits_of_windows_hold_exactly(void **state)
{
	(void)state;
	for (int i = -1; i <= 1; i++) {
		struct feed_doc *d;
		struct ical_repeat r = { .steps = ICAL_STEPS, .windows = ICAL_ALL_WINDOWS };
		struct ical_window *out;
		struct ical_prop rdate = { .name = "RDATE" }, start = {
			.name = "DTSTART", .value = "20260310T010000Z", .next = &rdate
		};
		struct ical_comp c = { .name = "VEVENT", .whole = true, .props = &start };
		struct buf dates;

		buf_init(&dates, 0);
		for (int k = 1; k < ICAL_WINDOWS + i; k++)
			buf_addf(&dates, "%s202603%02dT%02d%02d00Z", k > 1 ? "," : "",
			    11 + k / 1440, k / 60 % 24, k % 60);
		rdate.value = buf_str(&dates);
		d = feed_doc_new("maintnote");
		r.d = d;
		r.now = (struct utc){ INT64_C(1773104400000) };
		struct ical_window first = { r.now, utc_add(r.now, 3600000) };
		size_t n = ical_windows(&r, &c, first, "x", &out);
		assert_int_equal(n, i > 0 ? ICAL_WINDOWS : ICAL_WINDOWS + i);
		assert_int_equal(rig_problem(d, "only 1000 of its windows are kept"), i > 0);

		/* All of a calendar, and its steps. */
		r.windows = (size_t)(1 + i);
		assert_int_equal(ical_windows(&r, &c, first, "x", &out), 1 + i);
		r.windows = ICAL_ALL_WINDOWS;
		r.steps = 0;
		feed_doc_free(d);
		d = r.d = feed_doc_new("maintnote");
		assert_int_equal(ical_windows(&r, &c, first, "x", &out), 1);
		assert_true(rig_problem(d, "RDATE is no list of dates, or too long"));
		feed_doc_free(d);
		buf_fini(&dates);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_without_bounds_are_not_followed),
		cmocka_unit_test(windows_come_back_by_their_rule),
		cmocka_unit_test(windows_keep_their_hour_by_the_wall),
		cmocka_unit_test(single_windows_are_added_taken_away_and_moved),
		cmocka_unit_test(windows_are_those_around_now),
		cmocka_unit_test(rules_cost_no_more_than_their_steps),
		cmocka_unit_test(limits_of_windows_hold_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

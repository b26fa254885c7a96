#include "maintnote_rig.h"

static void notices_of_one_calendar(void **state)
{
	struct feed_doc *d = rig_fixture("maintnote/nights.ics");
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_string_equal(d->format, "maintnote");
	assert_string_equal(d->source, "carrier.example");
	rig_at(d->updated_at, "2026-03-10T08:00:00.000Z");
	assert_int_equal(d->problem_count, 0);
	assert_int_equal(d->maintenance_count, 2); /* under one UID, and one of them sent again */
	assert_string_equal(m[0].id, "W-1");
	assert_int_equal(m[0].sequence, 1);
	assert_string_equal(m[0].status, "scheduled");
	assert_string_equal(m[0].title, "Card exchange, first night");
	assert_string_equal(m[0].account, "00042");
	rig_at(m[0].starts_at, "2026-03-16T00:00:00.000Z");
	rig_at(m[0].ends_at, "2026-03-16T04:00:00.000Z");
	assert_int_equal(m[0].object_count, 1);
	assert_string_equal(m[0].objects[0].id, "0007");
	assert_string_equal(m[0].objects[0].impact, "NO-IMPACT");
	assert_string_equal(m[1].id, "W-2");
	assert_string_equal(m[1].uid, "plan@carrier.example");
	assert_string_equal(m[1].status, "confirmed");
	rig_at(m[1].starts_at, "2026-04-04T23:00:00.000Z"); /* daylight time, by its own zone */
	rig_at(m[1].ends_at, "2026-04-05T03:00:00.000Z");
	rig_round(d);
	feed_doc_free(d);
}

static void values_are_unfolded_and_unescaped(void **state)
{
	const struct feed_maintenance *m;
	struct feed_doc *d = event(EVENT(FROM_TO "X-MAINTNOTE-OBJECT-ID;ALTREP=\"https://x/?a=1;b:"
						 "2\":Port\r\n\t 9\r\nSUMMARY:Swap \\\\ "
						 "a\\, b\r\n"
						 "DESCRIPTION:one\\ntwo\r\nLoose line\r\n"),
	    &m);

	(void)state;
	assert_string_equal(m->objects[0].id, "Port 9");
	assert_string_equal(m->objects[0].impact, "OUTAGE");
	assert_string_equal(m->title, "Swap \\ a, b");
	assert_string_equal(m->updates[0].text, "one\ntwo\nLoose line");
	assert_int_equal(d->problem_count, 1);
	assert_true(rig_problem(d, "is no property; it is taken as part of the DESCRIPTION"));
	feed_doc_free(d);
}

static void times_say_when_they_are_uncertain(void **state)
{
	static const struct {
		const char *start, *want, *problem;
	} cases[] = {
		{ "DTSTART:20260310T010000Z", "2026-03-10T01:00:00.000Z", NULL },
		{ "DTSTART;VALUE=DATE-TIME:20260310T010000Z", "2026-03-10T01:00:00.000Z", NULL },
		{ "DTSTART;TZID=Europe/Paris:20260701T010000", "2026-06-30T23:00:00.000Z", NULL },
		{ "DTSTART;TZID=\"/x.example/1/America/New_York\":20260310T010000",
		    "2026-03-10T05:00:00.000Z", NULL },
		{ "DTSTART:20260310T010000", "2026-03-10T01:00:00.000Z", "without a zone" },
		{ "DTSTART;VALUE=DATE:20260310", "2026-03-10T00:00:00.000Z", "a date without" },
		{ "DTSTART;TZID=Nowhere/Town:20260310T010000", "2026-03-10T01:00:00.000Z",
		    "unknown zone 'Nowhere/Town', taken as UTC: uncertain" },
		{ "DTSTART:20260310Z", "", "DTSTART is no date: '20260310Z'" },
		{ "DTSTART:20260230T010000Z", "", "DTSTART is no date" },
		{ "X-NONE:1", "", "has no start" },
	};
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feed_maintenance *m;
		snprintf(text, sizeof text, EVENT("%s\nDTEND:20270101T000000Z\n"), cases[i].start);
		struct feed_doc *d = event(text, &m);
		rig_at(m->starts_at, cases[i].want);
		assert_int_equal(d->problem_count, cases[i].problem ? 1 : 0);
		assert_true(!cases[i].problem || rig_problem(d, cases[i].problem));
		feed_doc_free(d);
	}
}

static void zones_of_the_document(void **state)
{
	static const struct {
		const char *change, *at, *want;
		bool sure;
	} cases[] = {
		{ "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "20260308T020000",
		    "2026-03-08T06:00:00.000Z", true },
		{ "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "20260308T015959",
		    "2026-03-08T06:59:59.000Z", true },
		{ "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8;BYDAY=SU", "20260308T020000",
		    "2026-03-08T06:00:00.000Z", true },
		{ "RDATE:20260308T020000", "20260309T000000", "2026-03-09T04:00:00.000Z", true },
		{ "RRULE:FREQ=SECONDLY;COUNT=99999999", "20260309T000000",
		    "2026-03-09T05:00:00.000Z", false },
	};
	char text[900];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feed_maintenance *m;
		snprintf(text, sizeof text,
		    HEAD "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19701101T020000\n"
			 "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nTZOFFSETFROM:-0400\n"
			 "TZOFFSETTO:-0500\nEND:STANDARD\nBEGIN:DAYLIGHT\n"
			 "DTSTART:20060308T020000\n%s\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n"
			 "END:DAYLIGHT\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTAMP:"
			 "20260101T000000Z\n" NOTE
			 "DTSTART;TZID=X:%s\nDTEND:20270101T000000Z\nEND:VEVENT\n" FOOT,
		    cases[i].change, cases[i].at);
		struct feed_doc *d = event(text, &m);
		rig_at(m->starts_at, cases[i].want);
		assert_int_equal(d->problem_count, cases[i].sure ? 0 : 1);
		feed_doc_free(d);
	}
}

static void status_from_what_there_is(void **state)
{
	static const struct {
		const char *calendar, *lines, *want, *problem;
	} cases[] = {
		{ "", "X-MAINTNOTE-STATUS:IN-PROCESS\n", "in_progress", NULL },
		{ "", "X-MAINTNOTE-STATUS:completed\n", "completed", NULL },
		{ "", "SUMMARY:Work W: Completed\n", "completed", "has no status" },
		{ "", "STATUS:CANCELLED\n", "cancelled", NULL },
		{ "METHOD:CANCEL\n", "X-MAINTNOTE-STATUS:CONFIRMED\n", "cancelled",
		    "the calendar withdraws it" },
		{ "", "X-MAINTNOTE-STATUS:PERHAPS\n", "scheduled", "unknown status 'PERHAPS'" },
		{ "", "", "scheduled", "has no status; taken as scheduled" },
	};
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feed_maintenance *m;
		snprintf(text, sizeof text,
		    HEAD "%sBEGIN:VEVENT\nUID:u\nX-MAINTNOTE-PROVIDER:p\n"
			 "X-MAINTNOTE-MAINTENANCE-ID:W\nX-MAINTNOTE-IMPACT:OUTAGE\n" FROM_TO
			 "%sEND:VEVENT\n" FOOT,
		    cases[i].calendar, cases[i].lines);
		struct feed_doc *d = event(text, &m);
		assert_string_equal(m->status, cases[i].want);
		assert_int_equal(m->sequence, -1);
		assert_int_equal(d->problem_count, cases[i].problem ? 1 : 0);
		assert_true(!cases[i].problem || rig_problem(d, cases[i].problem));
		feed_doc_free(d);
	}
}

static void broken_events_leave_the_rest(void **state)
{
	struct feed_doc *d = rig_parse("auto",
	    HEAD "BEGIN:VEVENT\nSUMMARY:nameless\nEND:VEVENT\n"
		 "BEGIN:VEVENT\nX-MAINTNOTE-MAINTENANCE-090234\nUID: 17 \nSUMMARY:kept\n"
		 "DTSTART:20260101T000000Z\nVERSION:2.0\nPRODID:again\nEND:VEVENT\n" FOOT);
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(m->id, "17");
	assert_false(utc_is_set(m->ends_at)); /* not one of no length */
	assert_true(rig_problem(d, "an event has neither a maintenance id nor a UID"));
	assert_true(rig_problem(d, "is no property: 'X-MAINTNOTE-MAINTENANCE-090234'"));
	assert_true(rig_problem(d, "maintenance 17: has no end"));
	assert_true(rig_problem(d, "maintenance 17: has no impact"));
	assert_null(m->impact);
	feed_doc_free(d);
	d = rig_parse("maintnote", EVENT("DTSTART:20260310T010000Z\nDTEND:20260310T010000Z\n"));
	assert_false(utc_is_set(d->maintenances->ends_at));
	assert_true(rig_problem(d, "its end is not after its start"));
	feed_doc_free(d);
	rig_refused(
	    "maintnote", HEAD "BEGIN:VEVENT\nSUMMARY:nameless\nEND:VEVENT\n" FOOT, "broken");
	rig_refused("maintnote", "{\"a\":1}", "looks like a JSON object");
}

/* It is no word that nothing is planned. */
static void a_calendar_without_an_event_is_no_success(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ HEAD FOOT, "a calendar without an event: nothing is in it" },
		{ HEAD "BEGIN:VTIMEZONE\nTZID:X\nEND:VTIMEZONE\n" FOOT, "nothing is in it" },
		{ HEAD "BEGIN:VTODO\nUID:t\n" NOTE FROM_TO "END:VTODO\n" FOOT,
		    "a calendar without an event: it holds VTODO" },
		{ HEAD "BEGIN:VTODO\nUID:t\nline\nEND:VTODO\n" FOOT, "without an event" },
		{ HEAD "BEGIN:VEVENT\nUID:u\n" NOTE FROM_TO
		       "RRULE:FREQ=DAILY;COUNT=1\nEXDATE:20260310T010000Z\nEND:VEVENT\n" FOOT,
		    "a calendar without an event: every window is taken away" },
		{ HEAD "BEGIN:VEVENT\nUID:u\n", "broken, " },
		{ HEAD "BEGIN:VTODO\nUID:u\n", "broken, " },
		{ HEAD "BEGIN:VEVENT\n" FOOT, "broken, " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		rig_refused("maintnote", cases[i].text, cases[i].says);
		rig_refused("auto", cases[i].text, cases[i].says);
	}
}

static void two_windows_of_one_notice_stay(void **state)
{
	struct feed_doc *d = rig_parse("maintnote",
	    HEAD "BEGIN:VEVENT\nUID:a\n" NOTE FROM_TO "END:VEVENT\nBEGIN:VEVENT\nUID:b\n" NOTE
		 "DTSTART:20260312T010000Z\nDTEND:20260312T020000Z\nEND:VEVENT\n"
		 "BEGIN:VEVENT\nUID:a\n" NOTE FROM_TO "END:VEVENT\n" FOOT);

	(void)state;
	assert_int_equal(d->maintenance_count, 2);
	assert_true(rig_problem(d, "maintenance W: stands here with different windows"));
	feed_doc_free(d);
}

/* A calendar with `count` of something, in a buffer to be freed. */
static char *with(const char *before, const char *each, size_t count, const char *after)
{
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, before);
	for (size_t i = 0; i < count; i++)
		buf_adds(&b, each);
	buf_adds(&b, after);
	return buf_take(&b);
}

static struct feed_doc *built(char *text)
{
	struct feed_doc *d = rig_parse("maintnote", text);

	free(text);
	return d;
}

static void limits_hold_exactly(void **state)
{
	static const char start[] =
	    HEAD "BEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\n" NOTE FROM_TO;
	static const char whole[] =
	    HEAD "BEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\n" NOTE FROM_TO "END:VEVENT\n";

	(void)state;
	for (int i = -1; i <= 1; i++) {
		struct feed_doc *d;
		struct buf b;
		buf_init(&b, 0);
		buf_adds(&b, start);
		buf_adds(&b, "DESCRIPTION:");
		for (size_t n = strlen("DESCRIPTION:"); n < ICAL_LINE + (size_t)i; n++)
			buf_adds(&b, n % 70 ? "x" : "\n x");
		buf_adds(&b, "\nEND:VEVENT\n" FOOT);
		d = built(buf_take(&b));
		assert_int_equal(d->maintenance_count, 1);
		assert_int_equal(d->problem_count, i > 0);
		assert_true(i <= 0 || rig_problem(d, "longer than 64 KiB, and left out"));
		assert_int_equal(*d->maintenances->updates->text == 'x', i <= 0);
		feed_doc_free(d);

		/* The calendar and its event are two components. */
		d = built(with(whole, "BEGIN:X\nEND:X\n", (size_t)(ICAL_COMPONENTS - 2 + i), FOOT));
		assert_int_equal(rig_problem(d, "there are too many components"), i > 0);
		feed_doc_free(d);

		struct buf deep;
		buf_init(&deep, 0);
		buf_adds(&deep, whole);
		for (int k = 1; k < ICAL_NESTING + i; k++)
			buf_adds(&deep, "BEGIN:X\n");
		for (int k = 1; k < ICAL_NESTING + i; k++)
			buf_adds(&deep, "END:X\n");
		buf_adds(&deep, FOOT);
		d = built(buf_take(&deep));
		assert_int_equal(d->problem_count, i > 0);
		assert_true(i <= 0 || rig_problem(d, "it lies too deep"));
		feed_doc_free(d);

		/* Eight properties stand in the event before. */
		d = built(with(
		    start, "X-A:b\n", (size_t)(ICAL_OF_COMPONENT - 8 + i), "END:VEVENT\n" FOOT));
		assert_int_equal(rig_problem(d, "only the first 2000 properties"), i > 0);
		feed_doc_free(d);
	}
}

static void parameters_hold_exactly(void **state)
{
	(void)state;
	for (int i = -1; i <= 1; i++) {
		struct feed_doc *d =
		    built(with(HEAD "BEGIN:VEVENT\nUID:u\n" NOTE FROM_TO "X-MAINTNOTE-OBJECT-ID",
			";P=1", (size_t)(ICAL_PARAMETERS + i), ":1\nEND:VEVENT\n" FOOT));
		assert_int_equal(d->maintenances->object_count, i <= 0);
		assert_int_equal(rig_problem(d, "is no property"), i > 0);
		feed_doc_free(d);
	}
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = { { "PT2H30M", 9000000 }, { "P1D", 86400000 }, { "P2W", 1209600000 },
		{ "+P1DT1S", 86401000 } };
	static const char *const bad[] = { "", "P", "PT", "-PT1H", "P1H", "PT1D", "PT1", "P99999D",
		"PT9999999999999999999999S" };
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(ical_duration(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(ical_duration(bad[i], &ms));
}

static void cuts_and_captures(void **state)
{
	(void)state;
	rig_cuts("maintnote", top_path("tests/fixtures/maintnote/nights.ics"));
	rig_captures("maintnote", "maintnote", ".ics");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notices_of_one_calendar),
		cmocka_unit_test(values_are_unfolded_and_unescaped),
		cmocka_unit_test(times_say_when_they_are_uncertain),
		cmocka_unit_test(zones_of_the_document),
		cmocka_unit_test(status_from_what_there_is),
		cmocka_unit_test(broken_events_leave_the_rest),
		cmocka_unit_test(a_calendar_without_an_event_is_no_success),
		cmocka_unit_test(two_windows_of_one_notice_stay),
		cmocka_unit_test(limits_hold_exactly),
		cmocka_unit_test(parameters_hold_exactly),
		cmocka_unit_test(durations),
		cmocka_unit_test(cuts_and_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

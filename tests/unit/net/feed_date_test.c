#include "../../../src/net/feed_priv.h"
#include "t.h"

static void dates_of_feeds(void **state)
{
	static const struct {
		const char *text, *utc; /* NULL: no date */
	} cases[] = {
		{ "Wed, 28 Jan 2026 23:57:19 GMT", "2026-01-28T23:57:19.000Z" },
		{ "Wed, 28 Jan 2026 23:57:19 UTC", "2026-01-28T23:57:19.000Z" },
		{ "Wed, 28 Jan 2026 23:57:19 Z", "2026-01-28T23:57:19.000Z" },
		{ "Thu, 1 Jan 2026 00:00:00 +0100", "2025-12-31T23:00:00.000Z" },
		{ "Thu, 01 Jan 2026 00:00 -05:30", "2026-01-01T05:30:00.000Z" },
		{ "Thu, 01 Jan 2026 00:00:00 +01", "2025-12-31T23:00:00.000Z" },
		{ "Thu, 29 Feb 2024 12:00:00 GMT", "2024-02-29T12:00:00.000Z" },
		/* What differs from the form is read all the same, or refused as before. */
		{ "Wed, 28 Jan 2026 23:57:19 EST", "2026-01-29T04:57:19.000Z" },
		{ "Wed, 28 Jan 2026 23:57:19", "2026-01-28T23:57:19.000Z" },
		{ "Wed,  28 Jan 2026 23:57:19 GMT", "2026-01-28T23:57:19.000Z" },
		{ "Wednesday, 28 January 2026 23:57:19 GMT", "2026-01-28T23:57:19.000Z" },
		{ "wed, 28 jan 2026 23:57:19 gmt", "2026-01-28T23:57:19.000Z" },
		{ "28 Jan 2026 23:57:19 GMT", "2026-01-28T23:57:19.000Z" },
		/* Years of two digits turn at 50. */
		{ "Wed, 28 Jan 26 23:57:19 GMT", "2026-01-28T23:57:19.000Z" },
		{ "Tue, 10 Mar 26 09:00:00 GMT", "2026-03-10T09:00:00.000Z" },
		{ "10 Mar 26 09:00 EST", "2026-03-10T14:00:00.000Z" },
		{ "Tue, 1 Mar 00 9:00:00 +0100", "2000-03-01T08:00:00.000Z" },
		{ "Wed, 01 Jan 49 00:00:00 GMT", "2049-01-01T00:00:00.000Z" },
		{ "Sun, 01 Jan 50 00:00:00 GMT", "1950-01-01T00:00:00.000Z" },
		{ "Fri, 31 Dec 99 23:59:59 Z", "1999-12-31T23:59:59.000Z" },
		{ "Tuesday, 10-Mar-26 09:00:00 GMT", "2026-03-10T09:00:00.000Z" },
		{ "Sunday, 01-Jan-50 00:00:00 GMT", "1950-01-01T00:00:00.000Z" },
		/* They are one only between the month and the time. */
		{ "Tue, 10 Mar 26", NULL },
		{ "Tue, 10 Mar 2 09:00:00 GMT", NULL },
		{ "Tue, 10 Mar 26:00 GMT", NULL },
		{ "Tue, 10 Mar 26 09 GMT", NULL },
		{ "Sun, 29 Feb 26 09:00:00 GMT", NULL },
		{ "Wed, 28 Jan 2026 23:57:19 +1500", "2026-01-28T23:57:19.000Z" },
		{ "Wed, 31 Feb 2026 23:57:19 GMT", NULL },
		{ "Wed, 28 Foo 2026 23:57:19 GMT", NULL },
		{ "Jan, 28 Jan 2026 23:57:19 GMT", "2026-01-28T23:57:19.000Z" },
		{ "2026-01-28T23:57:19Z", "2026-01-28T23:57:19.000Z" },
		{ "1769644639", "2026-01-28T23:57:19.000Z" },
		{ "", NULL },
		{ "Wed, ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char text[UTC_TEXT];
		struct utc t;
		bool ok = feed_date(cases[i].text, &t);
		const char *got = ok ? utc_format(t, text) : "none";
		if (strcmp(got, cases[i].utc ? cases[i].utc : "none") != 0)
			fail_msg("%s: %s", cases[i].text, got);
	}
}

/* The form that is read in one go means what the reader of any date makes of it. */
static void the_usual_form_is_no_other_reading(void **state)
{
	static const char *const zones[] = { "GMT", "UTC", "Z", "+0000", "-0330", "+14:00", "+02",
		"PST", "CEST", "ET", "Zulu" };
	static const char *const months[] = { "Jan", "feb", "MAR", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };

	(void)state;
	for (int n = 0; n < 4000; n++) {
		char text[64];
		struct feed_moment m;
		struct utc t;
		char seconds[8] = "";
		if (n % 2)
			snprintf(seconds, sizeof seconds, ":%02d", n % 62);
		snprintf(text, sizeof text, "Sun, %d %s %d %02d:%02d%s %s", 1 + n % 31,
		    months[n % 12], 1970 + n % 99, n % 25, n % 61, seconds, zones[n % 11]);
		bool any = feed_moment_read(text, strlen(text), FEED_ORDER_UNKNOWN, &m);
		m.civil = m.civil && !m.fixed;
		struct utc want = any && !m.ambiguous ? feed_moment_utc(&m) : UTC_NONE;
		bool ok = feed_date(text, &t);
		assert_int_equal(ok, utc_is_set(want));
		if (ok && t.ms != want.ms)
			fail_msg("%s", text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_of_feeds),
		cmocka_unit_test(the_usual_form_is_no_other_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

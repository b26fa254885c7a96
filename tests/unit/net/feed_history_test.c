#include "feed_rig.h"

static void entries_join_the_page_by_their_link(void **state)
{
	struct feed_doc *d = rig_fixture("statuspage-history/history.atom");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_string_equal(d->format, "statuspage-history");
	assert_string_equal(d->source, "Meridian Status - Incident History");
	rig_at(d->updated_at, "2026-01-02T09:00:00.000Z");
	assert_int_equal(d->status, STATUS_DEGRADED); /* one of them is still open */
	assert_int_equal(d->incident_count, 2);
	assert_string_equal(i->id, "aaaaaaaaaaa2");
	assert_string_equal(i->title, "SMS delays & failures");
	assert_string_equal(i->status, "resolved");
	/* The oldest paragraph is of the year before the newest one. */
	rig_at(i->started_at, "2025-12-31T23:10:00.000Z");
	rig_at(i->resolved_at, "2026-01-01T00:40:00.000Z");
	assert_string_equal(i->url, "https://status.meridian.example/incidents/aaaaaaaaaaa2");
	assert_int_equal(i->severity, 0);
	assert_int_equal(i->update_count, 3);
	/* Only the word behind the date is a heading. */
	assert_string_equal(i->updates[0].text, "Traffic is back.\nImpact none left.");
	assert_null(i->updates[1].status);
	assert_string_equal(i->updates[1].text, "Still <50 %.");
	assert_string_equal(i->updates[2].status, "investigating");
	i++;
	assert_string_equal(i->status, "monitoring");
	rig_at(i->started_at, "2025-07-01T10:00:00.000Z");
	rig_at(i->resolved_at, "");
	assert_int_equal(d->problem_count, 0);
	feed_doc_free(d);
}

static void planned_work_has_the_window_of_its_text(void **state)
{
	struct feed_doc *d = rig_fixture("statuspage-history/history.atom");

	(void)state;
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(d->maintenances[0].id, "aaaaaaaaaaa1");
	assert_string_equal(d->maintenances[0].status, "scheduled");
	rig_at(d->maintenances[0].starts_at, "2026-01-09T14:00:00.000Z");
	rig_at(d->maintenances[0].ends_at, "2026-01-09T18:00:00.000Z");
	assert_int_equal(d->maintenances[0].update_count, 1);
	feed_doc_free(d);
	d = rig_fixture("statuspage-history/midnight.rss");
	assert_string_equal(d->format, "statuspage-history");
	assert_int_equal(d->maintenance_count, 1);
	rig_at(d->maintenances[0].starts_at, "2026-01-08T21:00:00.000Z");
	rig_at(d->maintenances[0].ends_at, "2026-01-09T01:00:00.000Z");
	assert_int_equal(d->status, STATUS_UNKNOWN); /* a history proves nothing */
	feed_doc_free(d);
}

/* Headings of incidents among those of planned work are no states of it. */
static void planned_work_has_states_of_its_own(void **state)
{
	struct feed_doc *d = rig_parse("statuspage-history",
	    "<feed xmlns='http://www.w3.org/2005/Atom'><title>P</title><entry><id>i</id><title>Swap"
	    "</title><updated>2026-01-09T20:00:00Z</updated><content type='html'>"
	    "&lt;p&gt;&lt;small&gt;Jan 9, 19:00 UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Resolved"
	    "&lt;/strong&gt; - a&lt;/p&gt;"
	    "&lt;p&gt;&lt;small&gt;Jan 9, 18:00 UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;"
	    "Investigating&lt;/strong&gt; - b&lt;/p&gt;"
	    "&lt;p&gt;&lt;small&gt;Jan 9, 17:00 UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;"
	    "In progress&lt;/strong&gt; - c&lt;/p&gt;</content></entry></feed>");
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(m->status, "completed");
	assert_int_equal(m->update_count, 3);
	assert_string_equal(m->updates[0].status, "completed");
	assert_null(m->updates[1].status);
	assert_string_equal(m->updates[2].status, "in_progress");
	rig_round(d);
	feed_doc_free(d);
}

/* An Atom feed of one entry. */
static char *entry(const char *title, const char *content)
{
	return xasprintf("<feed xmlns='http://www.w3.org/2005/Atom'><title>P</title>"
			 "<updated>2026-03-10T10:00:00Z</updated><entry><id>i</id><title>%s</title>"
			 "<updated>2026-03-10T10:00:00Z</updated>%s</entry></feed>",
	    title, content);
}

/* The markup of a page may be elements of the feed. */
static void headings_of_any_markup(void **state)
{
#define XHTML(ns) "<content type='xhtml'><div xmlns" ns "='http://www.w3.org/1999/xhtml'>"
#define DATE "<small>Mar <var>10</var>, 09:57 UTC</small>"
	static const struct {
		const char *content, *format;
	} cases[] = {
		{ XHTML("") "<p>" DATE "<br/><strong>Resolved</strong> - ok</p></div></content>",
		    "statuspage-history" },
		{ XHTML("") "<p>" DATE "<br /><strong>Resolved</strong> \xe2\x80\x93 ok</p></div>"
			    "</content>",
		    "statuspage-history" },
		{ XHTML("") "\n <p>\n" DATE
			    "\n <br></br>\n <strong>Resolved</strong>\n - ok\n</p>\n"
			    "</div></content>",
		    "statuspage-history" },
		{ XHTML(":x") "<x:p><x:small>Mar 10, 09:57 UTC</x:small><x:br/><x:strong>Resolved"
			      "</x:strong> - ok</x:p></div></content>",
		    NULL },
		{ "<content type='html'><![CDATA[<p>" DATE
		  "<br/><strong>Resolved</strong> - ok</p>]]>"
		  "</content>",
		    "statuspage-history" },
		{ "<content type='html'><![CDATA[<p>" DATE
		  "<br /> <strong>Resolved</strong> - ok</p>"
		  "]]></content>",
		    "statuspage-history" },
		{ XHTML("") "<p><strong>Resolved</strong> - ok</p></div></content>", "atom" },
		{ XHTML("") "\n<p>\n<b>Status: Resolved</b> - ok</p></div></content>", "atom" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text = entry("SMS slow", cases[i].content);
		struct feed_doc *d = rig_parse("auto", text);
		bool dated = !cases[i].format || strcmp(cases[i].format, "atom") != 0;
		if (cases[i].format)
			assert_string_equal(d->format, cases[i].format);
		assert_int_equal(d->incident_count, 1);
		if (strcmp(d->incidents[0].status, "resolved") != 0)
			fail_msg("case %zu is %s", i, d->incidents[0].status);
		assert_int_equal(d->problem_count, 0);
		if (dated) {
			rig_at(d->incidents[0].resolved_at, "2026-03-10T09:57:00.000Z");
			assert_string_equal(d->incidents[0].updates[0].text, "ok");
		}
		feed_doc_free(d);
		/* Nothing behind its last byte is looked at. */
		for (size_t n = 1; n < strlen(text); n++) {
			char *part = malloc(n);
			memcpy(part, text, n);
			feed_doc_free(feed_parse("auto", part, n, NULL));
			free(part);
		}
		free(text);
	}
#undef XHTML
#undef DATE
}

static void titles_give_the_state_away(void **state)
{
	static const struct {
		const char *title, *status; /* NULL: none, and it is taken as open */
	} cases[] = {
		{ "SMS \xe2\x80\x93 Resolved", "resolved" },
		{ "SMS \xe2\x80\x94 Monitoring", "monitoring" },
		{ "Resolved \xe2\x80\x94 SMS", "resolved" },
		{ "RESOLVED \xe2\x80\x93 SMS", "resolved" },
		{ "Identified\xe2\x80\x94SMS", "identified" },
		{ "SMS \xe2\x88\x92 Resolved", "resolved" },
		{ "Resolved", "resolved" },
		{ "monitoring", "monitoring" },
		{ "[Resolved] SMS", "resolved" },
		{ "Resolved: SMS", "resolved" },
		{ "SMS - Mitigated", "monitoring" },
		{ "SMS (Resolved)", "resolved" },
		{ "Resolved SMS", NULL },
		{ "SMS resolved", NULL },
		{ "SMS \xe2\x80\x99 Resolved", NULL },
		{ "SMS \xe2\x80\x93 Resolved soon", NULL },
		{ "\xe2\x80\x93", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text = entry(cases[i].title, "");
		struct feed_doc *d = rig_parse("auto", text);
		assert_string_equal(d->format, "atom");
		assert_int_equal(d->incident_count, 1);
		const char *want = cases[i].status ? cases[i].status : "investigating";
		if (strcmp(d->incidents[0].status, want) != 0)
			fail_msg("%s: %s", cases[i].title, d->incidents[0].status);
		assert_int_equal(rig_problem(d, "says no state"), !cases[i].status);
		feed_doc_free(d);
		free(text);
	}
}

static void it_is_resolved_when_it_was_for_good(void **state)
{
#define AT(day, word)                                                                              \
	"&lt;p&gt;&lt;small&gt;Jan " day ", 19:00 UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;" word  \
	"&lt;/strong&gt; - a&lt;/p&gt;"
	struct feed_doc *d = rig_parse("statuspage-history",
	    "<feed xmlns='http://www.w3.org/2005/Atom'><title>P</title><entry><id>i</id><title>Swap"
	    "</title><updated>2026-01-09T20:00:00Z</updated><content type='html'>" AT(
		"9", "Postmortem") AT("8", "Update") AT("7", "Resolved") AT("6", "Monitoring")
		AT("5", "Resolved") AT("4", "Investigating") "</content></entry></feed>");

	(void)state;
	assert_int_equal(d->incident_count, 1);
	assert_string_equal(d->incidents[0].status, "resolved");
	rig_at(d->incidents[0].resolved_at, "2026-01-07T19:00:00.000Z");
	feed_doc_free(d);
#undef AT
}

static void items_are_read_by_their_words(void **state)
{
	static const struct {
		const char *id, *status, *started;
		int severity;
	} want[] = {
		{ "n3", "investigating", "2026-03-10T12:00:00.000Z", 3 },
		{ "n4", "resolved", "2026-03-10T06:00:00.000Z", 2 },
		{ NULL, "resolved", "2026-03-02T09:00:00.000Z", 0 },
		{ NULL, "monitoring", "", 0 },
	};
	struct feed_doc *d = rig_fixture("rss/items.rss");

	(void)state;
	assert_string_equal(d->format, "rss");
	assert_string_equal(d->source, "Borealis network news");
	rig_at(d->updated_at, "2026-03-10T11:00:00.000Z");
	assert_int_equal(d->incident_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(d->incidents[i].status, want[i].status);
		rig_at(d->incidents[i].started_at, want[i].started);
		assert_int_equal(d->incidents[i].severity, want[i].severity);
		if (want[i].id)
			assert_string_equal(d->incidents[i].id, want[i].id);
		else /* the guid of both is the page */
			assert_memory_equal(d->incidents[i].id, "item-", 5);
	}
	assert_string_not_equal(d->incidents[2].id, d->incidents[3].id);
	assert_string_equal(d->incidents[0].updates[0].text, "Slow data and more");
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(d->maintenances[0].id, "n2");
	assert_int_equal(d->status, STATUS_DEGRADED);
	assert_true(rig_problem(d, "malformed XML"));
	assert_true(rig_problem(d, "pubDate is no date: 'soon'"));
	assert_true(rig_problem(d, "'New tariff': says no state; taken as over"));
	rig_round(d);
	feed_doc_free(d);
}

static void atom_is_read_by_vocabulary_and_encoding(void **state)
{
	struct feed_doc *d = rig_fixture("atom/entries.atom");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_string_equal(d->format, "atom");
	assert_string_equal(d->source, "Soci\xc3\xa9t\xc3\xa9 du R\xc3\xa9seau");
	assert_int_equal(d->incident_count, 1);
	assert_string_equal(i->id, "urn:x:1");
	assert_string_equal(i->title, "Panne totale");
	assert_string_equal(i->url, "https://reseau.example/1");
	assert_string_equal(i->status, "identified");
	assert_int_equal(i->severity, 1);
	assert_string_equal(i->updates[0].text, "Critical failure.\nCaf\xc3\xa9 < 5");
	rig_at(i->started_at, "2026-03-10T10:00:00.000Z");
	assert_int_equal(d->status, STATUS_MAJOR);
	feed_doc_free(d);
}

static void nothing_is_not_well(void **state)
{
	struct feed_doc *d =
	    rig_parse("rss", "<rss version='2.0'><channel><title>T</title></channel></rss>");

	(void)state;
	assert_int_equal(d->status, STATUS_UNKNOWN);
	assert_true(rig_problem(d, "no items"));
	feed_doc_free(d);
	rig_refused("rss", "<rss></rss>", "without a channel");
	rig_refused("rss", "{}", "a JSON object");
	rig_refused("rss", "<feed xmlns='http://www.w3.org/2005/Atom'/>", "an Atom feed");
	rig_refused("atom", "<rss><channel/></rss>", "an RSS feed");
	rig_refused("rss", "<!DOCTYPE html><html><body>Log in</body></html>", "an HTML page");
	rig_refused("statuspage-history",
	    "<rss><channel><item><title>x</title></item></channel></rss>", "no dated updates");
	rig_refused(
	    "rss", "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>", "document type");
}

static void dates_of_every_kind(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "Thu, 06 Aug 2026 21:03:34 PDT", "2026-08-07T04:03:34.000Z" },
		{ "Thu, 06 Aug 2026 21:03:34 PST", "2026-08-07T05:03:34.000Z" },
		{ "24 Mar 2026 03:05:01 +0900", "2026-03-23T18:05:01.000Z" },
		{ "Fri, 31 Jul 2026 00:12:00 Z", "2026-07-31T00:12:00.000Z" },
		{ "Mon, 16 Aug 2021 17:31:23 +0100 (BST)", "2021-08-16T16:31:23.000Z" },
		{ "2026-06-03T13:34:10.032Z", "2026-06-03T13:34:10.032Z" },
		{ "2026-06-03T13:34:10-08:00", "2026-06-03T21:34:10.000Z" },
		{ "2026-08-15 11:50:00.000", "2026-08-15T11:50:00.000Z" },
		{ "2003-12-31", "2003-12-31T00:00:00.000Z" },
		{ "2003-12", "2003-12-01T00:00:00.000Z" },
		{ "2003", "2003-01-01T00:00:00.000Z" },
		{ "20210810T040000Z", "2021-08-10T04:00:00.000Z" },
		{ "1772369485", "2026-03-01T12:51:25.000Z" },
		{ "1772369485000", "2026-03-01T12:51:25.000Z" },
		{ "1772369485000000", "2026-03-01T12:51:25.000Z" },
		{ "Sat Sep  7 00:00:01 2002", "2002-09-07T00:00:01.000Z" },
		{ "2 May 2023 14:00 UTC", "2023-05-02T14:00:00.000Z" },
		{ "March 31, 2025 14:00 GMT", "2025-03-31T14:00:00.000Z" },
		{ "26/11/2024 01:00:00", "2024-11-26T01:00:00.000Z" },
		{ "10:00pm CT 11/13/2022", "2022-11-14T04:00:00.000Z" },
		{ "12:30 AM UTC 1 Jan 2024", "2024-01-01T00:30:00.000Z" },
	};
	static const char *const none[] = { "", "soon", "1/3/2024 3:00", "31 Feb 2024",
		"Jan 9, 14:00", "99999999999999999999" };
	char rss[400], text[UTC_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(rss, sizeof rss,
		    "<rss><channel><item><title>Identified: x</title><pubDate>%s</pubDate></item>"
		    "</channel></rss>",
		    cases[i].text);
		struct feed_doc *d = rig_parse("rss", rss);
		utc_format(d->incidents[0].started_at, text);
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].text, text);
		feed_doc_free(d);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		snprintf(rss, sizeof rss,
		    "<rss><channel><item><title>Identified: x</title><pubDate>%s</pubDate></item>"
		    "</channel></rss>",
		    none[i]);
		struct feed_doc *d = rig_parse("rss", rss);
		if (utc_is_set(d->incidents[0].started_at))
			fail_msg("%s: is no date", none[i]);
		assert_int_equal(d->problem_count, *none[i] ? 1 : 0);
		feed_doc_free(d);
	}
}

static void cut_feeds(void **state)
{
	(void)state;
	rig_cuts("statuspage-history", top_path("tests/fixtures/statuspage-history/history.atom"));
	rig_cuts("statuspage-history", top_path("tests/fixtures/statuspage-history/midnight.rss"));
	rig_cuts("atom", top_path("tests/fixtures/atom/entries.atom"));
	rig_cuts("rss", top_path("tests/fixtures/rss/items.rss"));
}

static void captures(void **state)
{
	(void)state;
	rig_captures("statuspage-history", "statuspage-history", ".atom");
	rig_captures("statuspage-history", NULL, ".rss");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_join_the_page_by_their_link),
		cmocka_unit_test(planned_work_has_the_window_of_its_text),
		cmocka_unit_test(planned_work_has_states_of_its_own),
		cmocka_unit_test(headings_of_any_markup),
		cmocka_unit_test(titles_give_the_state_away),
		cmocka_unit_test(it_is_resolved_when_it_was_for_good),
		cmocka_unit_test(items_are_read_by_their_words),
		cmocka_unit_test(atom_is_read_by_vocabulary_and_encoding),
		cmocka_unit_test(nothing_is_not_well),
		cmocka_unit_test(dates_of_every_kind),
		cmocka_unit_test(cut_feeds),
		cmocka_unit_test(captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

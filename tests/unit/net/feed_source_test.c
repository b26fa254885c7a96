/* What a document says of itself: who wrote it, as plain text, and what it looks like. */
#include "feed_rig.h"

#define ATOM(title, more)                                                                          \
	"<feed xmlns='http://www.w3.org/2005/Atom'>" title "<entry><id>i</id><title>Scheduled: "   \
	"swap</title><updated>2026-01-09T20:00:00Z</updated>" more "</entry></feed>"
#define MARKED "Acme &lt;b&gt;Carrier&lt;/b&gt; &amp;amp; Co"
#define PLAIN "Acme Carrier & Co"

static const struct {
	const char *format, *text, *source;
} cases[] = {
	{ "statuspage",
	    "{\"page\":{\"name\":\"Acme <b>Carrier</b> &amp; Co\"},\"scheduled_maintenances\":"
	    "[{\"id\":\"m\",\"name\":\"swap\",\"status\":\"scheduled\"}]}",
	    PLAIN },
	{ "statuspage",
	    "{\"page\":{\"name\":\"<script>x</script>\\u001b[2J\"},\"scheduled_maintenances\":"
	    "[{\"id\":\"m\",\"name\":\"swap\",\"status\":\"scheduled\"}]}",
	    "[2J" },
	{ "rss",
	    "<rss><channel><title>" MARKED "</title><item><guid>i</guid><title>Scheduled: swap"
	    "</title></item></channel></rss>",
	    PLAIN },
	{ "atom", ATOM("<title>" MARKED "</title>", ""), PLAIN },
	{ "atom", ATOM("<title type='text'>" MARKED "</title>", ""), PLAIN },
	{ "atom", ATOM("<title type='html'>" MARKED "</title>", ""), PLAIN },
	{ "statuspage-history",
	    ATOM("<title>" MARKED "</title>",
		"<content type='html'>&lt;p&gt;&lt;small&gt;Jan 9, 19:00 "
		"UTC&lt;/small&gt;&lt;br&gt;"
		"&lt;strong&gt;Scheduled&lt;/strong&gt; - a&lt;/p&gt;</content>"),
	    PLAIN },
	{ "maintnote",
	    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nX-MAINTNOTE-MAINTENANCE-ID:W\n"
	    "X-MAINTNOTE-PROVIDER:Acme <b>Carrier</b> &amp; Co\nEND:VEVENT\nEND:VCALENDAR\n",
	    PLAIN },
	{ "mail",
	    "From: NOC <noc@acme<b>.example>\nSubject: Planned work\nMIME-Version: 1.0\n"
	    "Content-Type: text/calendar\n\n"
	    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nX-MAINTNOTE-MAINTENANCE-ID:W\n"
	    "X-MAINTNOTE-PROVIDER:Acme <b>Carrier</b> &amp; Co\nEND:VEVENT\nEND:VCALENDAR\n",
	    PLAIN },
	{ "mail",
	    "From: NOC noc@acme<b>.example\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n"
	    "Subject: Planned work W-77\nContent-Type: text/plain\n\n"
	    "Start: 2026-03-10 01:00 UTC\nEnd: 2026-03-10 02:00 UTC\n",
	    "acme" },
};

static void sources_and_providers_are_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct feed_doc *d = rig_parse(cases[i].format, cases[i].text);

		if (!d->source || strcmp(d->source, cases[i].source) != 0)
			fail_msg("case %zu: source %s", i, d->source);
		assert_int_equal(d->maintenance_count, 1);
		assert_string_equal(d->maintenances[0].provider, cases[i].source);
		rig_round(d);
		feed_doc_free(d);
	}
}

/* What an error calls a document that is none of ours. */
static void what_begins_with_a_bracket_is_not_always_a_list(void **state)
{
	static const struct {
		const char *text, *looks;
	} looks[] = {
		{ "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n",
		    "a health body (nocboard probe reads those)" },
		{ "\n[-]etcd failed\n", "a health body (nocboard probe reads those)" },
		{ "[]", "a JSON list" },
		{ " [ ] ", "a JSON list" },
		{ "[", "a JSON list" },
		{ "[[[", "a JSON list" },
		{ "[{\"a\":1", "a JSON list" },
		{ "[\"a", "a JSON list" },
		{ "[[1,2],[3]]", "a JSON list" },
		{ "[ -1.5e+3 , x", "a JSON list" },
		{ "[tru", "a JSON list" },
		{ "[null]", "a JSON list" },
		{ "[ ] buy milk", "plain text" },
		{ "[1] See below", "plain text" },
		{ "[Resolved] SMS", "plain text" },
		{ "[truly] so", "plain text" },
		{ "[2026-03-10 09:00] SMS is back", "plain text" },
		{ "[2026-03-10] SMS is back", "plain text" },
		{ "[-x] y", "plain text" },
		{ "[,]", "plain text" },
	};
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		const char *got = feed_looks_like(looks[i].text, strlen(looks[i].text));
		if (strcmp(got, looks[i].looks) != 0)
			fail_msg("'%s' looks like %s", looks[i].text, got);
	}
	rig_refused("statuspage", "[+]ping ok\n", "looks like a health body (nocboard probe");
	assert_null(feed_parse("auto", "[+]ping ok\n", 11, &e));
	assert_string_equal(e.msg, "no format is recognised: it looks like a health body (nocboard "
				   "probe reads those)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_and_providers_are_plain),
		cmocka_unit_test(what_begins_with_a_bracket_is_not_always_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

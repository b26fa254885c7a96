/* The status page as files. */
#include "t.h"

#include "../../../src/net/xml.h"
#include "base/mem.h"
#include "net/feed.h"
#include "net/page.h"
#include "page_scene.h"

#define OVERVIEW_MAX 14336 /* bytes, compressed */

static const char text[] =
    "[Sev 1] France / Mobile data – New sessions fail\n\nTravellers in France cannot start a data "
    "session.\n\nWhat we know: sessions that were open go on.\nWhat customers can do: Choose "
    "another network by hand.";

static const struct page_file *file_of(const struct page_files *f, const char *path)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].path, path) == 0)
			return &f->items[i];
	fail_msg("%s was not made", path);
	return NULL;
}

static const char *body_of(const struct page_files *f, const char *path)
{
	return buf_str(&file_of(f, path)->body);
}

static void must_say(const struct page_files *f, const char *path, const char *words)
{
	if (!strstr(body_of(f, path), words))
		fail_msg("%s does not say: %s\n%s", path, words, body_of(f, path));
}

/* Two incidents: one open in France, one that is over in Italy. */
struct night {
	struct config *c;
	struct incident *incs[2];
	struct page *p;
	struct page_files f;
};

static struct night *night_of(const char *words, size_t audience)
{
	struct night *n = xcalloc(1, sizeof *n);

	n->c = page_config(NULL);
	n->incs[0] = page_open_incident(1, -20, 1, "[\"FR\"]", "[\"data\",\"sms\"]");
	page_tell(n->incs[0], -15, "carrier_involved",
	    "{\"carrier\":\"orange-fr\",\"reason\":\"internal words\"}");
	page_post(n->incs[0], -10, "initial", "investigating", words);
	page_post(n->incs[0], -2, "progress", "identified", words);
	n->incs[1] = page_open_incident(2, -2900, 2, "[\"IT\"]", "[\"data\"]");
	page_post(n->incs[1], -2890, "initial", "investigating", "Plain words without a title.");
	page_tell(n->incs[1], -2880, "restored", "{\"workaround\":false}");
	page_tell(n->incs[1], -2870, "resolved", "{}");
	page_post(n->incs[1], -2869, "resolved", "resolved", "It is over.");
	page_tell(n->incs[1], -2860, "closed", "{}");
	n->p = page_at(n->c, (const struct incident *const *)n->incs, 2, audience, 0);
	page_render(&n->f, n->p, "");
	return n;
}

static void night_free(struct night *n)
{
	page_files_fini(&n->f);
	page_free(n->p);
	incident_free(n->incs[0]);
	incident_free(n->incs[1]);
	config_free(n->c);
	free(n);
}

static void an_open_incident_is_told(void **state)
{
	struct night *n = night_of(text, 0);
	const char *page = "index.html";

	(void)state;
	must_say(&n->f, page, "Major outage</strong> <span>in France");
	must_say(&n->f, page, "France / Mobile data – New sessions fail</a></h3>");
	must_say(&n->f, page, "Sev 1 Critical");
	must_say(&n->f, page, "<b>Identified</b>");
	must_say(&n->f, page, "2025-03-10 11:40 UTC</time> (12:40 Paris)");
	must_say(&n->f, page, "<strong>Next update by <time datetime=\"2025-03-10T12:28Z\">");
	must_say(&n->f, page, "<b>What we know:</b> sessions that were open go on.");
	must_say(&n->f, page, "We depend on a partner network here: Orange.");
	must_say(
	    &n->f, page, "Made at 2025-03-10 12:00 UTC, good until <strong>2025-03-10 12:30 UTC");
	must_say(&n->f, page, "not offered"); /* SMS is probed in France alone */
	must_say(&n->f, "region/FR.html", "Runs over the network of Orange.");
	must_say(&n->f, "region/FR.html", "10 Mar 2025: Major outage");
	must_say(&n->f, "region/IT.html", "8 Mar 2025: Partial outage");
	/* 20 of 90 x 1440 minutes at 0.3. */
	must_say(&n->f, "region/IT.html", "99.995&nbsp;%");
	must_say(&n->f, "region/IT.html", "<td class=\"n\">20.0</td>");
	must_say(&n->f, "portfolio/western-europe.html", "Major outage");
	must_say(&n->f, "history.html", "Mobile data in Italy"); /* no title was told */
	must_say(&n->f, "incident/INC-2.html", "This incident is over");
	must_say(&n->f, "policy.html", "99.95 % in France, 99.9 % in all other regions");
	must_say(&n->f, "policy.html",
	    "<td>15 minutes</td><td>30 minutes</td><td>2 hours</td><td>6 hours</td>");
	must_say(&n->f, "sitemap.xml", "https://status.example/incident/INC-1.html");
	night_free(n);
}

/* When we are cut off ourselves, what was told stands, and the page says that we cannot see. */
static void a_blind_page_says_so(void **state)
{
	static const char *const where[] = { "index.html", "region/FR.html",
		"portfolio/western-europe.html" };
	struct night *n = night_of(text, 0);
	const struct page_matter matter = { .incidents = (const struct incident *const *)n->incs,
		.incident_count = 2,
		.blind = true,
		.blind_since = { PAGE_NOON - 5 * 60000 } };
	struct page *p = page_with(n->c, &matter, 0, 0);
	struct page_files f = { 0 };

	(void)state;
	page_render(&f, p, "");
	for (size_t i = 0; i < countof(where); i++) {
		must_say(&f, where[i],
		    "Our own monitoring has been limited since <time "
		    "datetime=\"2025-03-10T11:55Z\">2025-03-10 11:55 UTC");
		must_say(&f, where[i], "Major outage");
	}
	for (size_t i = 0; i < n->f.count; i++)
		if (strstr(buf_str(&n->f.items[i].body), "monitoring has been limited"))
			fail_msg("%s says that we are blind", n->f.items[i].path);
	page_files_fini(&f);
	page_free(p);
	night_free(n);
}

static void a_partner_page_hides_from_search_engines(void **state)
{
	struct night *n = night_of(text, 1);

	(void)state;
	must_say(&n->f, "index.html", "<meta name=\"robots\" content=\"noindex, nofollow\">");
	must_say(&n->f, "feed.atom", "tag:status.example,2026:partners:INC-1</id>");
	for (size_t i = 0; i < n->f.count; i++)
		if (strcmp(n->f.items[i].path, "sitemap.xml") == 0)
			fail_msg("a page that is not to be found has a site map");
	night_free(n);
}

/* ---- bytes ---- */

static void the_same_content_is_the_same_but_for_its_stamps(void **state)
{
	struct night *n = night_of(text, 0);
	struct page *later = page_at(n->c, (const struct incident *const *)n->incs, 2, 0, 14);
	struct page_files f = { 0 };
	size_t stamped = 0;
	struct utc made;

	(void)state;
	page_render(&f, later, "");
	assert_int_equal(f.count, n->f.count);
	for (size_t i = 0; i < f.count; i++) {
		const struct page_file *old = &n->f.items[i];

		if (!page_same(&f.items[i], old->body.data, old->body.len, &made))
			fail_msg("%s changed by itself", old->path);
		if (old->stamp_count)
			assert_int_equal(made.ms, PAGE_NOON);
		stamped += old->stamp_count > 0;
	}
	assert_true(stamped > 20);
	page_post(n->incs[0], 15, "progress", "monitoring", text);
	page_files_fini(&f);
	page_free(later);
	later = page_at(n->c, (const struct incident *const *)n->incs, 2, 0, 15);
	page_render(&f, later, "");
	for (size_t i = 0; i < f.count; i++) {
		const struct page_file *old = &n->f.items[i];
		bool same = page_same(&f.items[i], old->body.data, old->body.len, &made);

		if (strcmp(old->path, "index.html") == 0 || strcmp(old->path, "feed.rss") == 0)
			assert_false(same);
		if (strcmp(old->path, "region/US.html") == 0 ||
		    strcmp(old->path, "incident/INC-2.html") == 0)
			assert_true(same);
	}
	page_files_fini(&f);
	page_free(later);
	night_free(n);
}

static size_t compressed(const char *bytes, size_t len)
{
	char path[] = "/tmp/nocboard-page-XXXXXX", command[100];
	int fd = mkstemp(path);
	size_t n = 0;
	FILE *f;

	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
	snprintf(command, sizeof command, "gzip -9 <%s", path);
	f = popen(command, "r");
	assert_non_null(f);
	while (fgetc(f) != EOF)
		n++;
	assert_int_equal(pclose(f), 0);
	remove(path);
	return n;
}

static void the_overview_of_twenty_regions_is_small(void **state)
{
	static const char *const names[] = { "Austria", "Belgium", "Croatia", "Czechia", "Denmark",
		"Estonia", "Finland", "France", "Germany", "Greece", "Hungary", "Ireland", "Italy",
		"Latvia", "Lithuania", "Netherlands", "Norway", "Portugal", "Spain", "Sweden" };
	struct incident *incs[3];
	struct page_files f = { 0 };
	const struct page_file *index;
	struct config *c;
	struct page *p;
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_adds(&b, "regions:\n");
	for (size_t i = 0; i < countof(names); i++)
		buf_addf(&b, "  - { id: r%zu, name: %s, timezone: Europe/Paris }\n", i, names[i]);
	buf_adds(&b, "components:\n");
	for (size_t i = 0; i < 8; i++)
		buf_addf(&b, "  - { id: c%zu, name: Service number %zu }\n", i, i);
	buf_adds(&b,
	    "channels: [ { id: page, kind: page, directory: /x, url: \"https://s.example/\" "
	    "} ]\naudiences: [ { id: public, channels: [page] } ]\n");
	c = page_config(buf_str(&b));
	for (int i = 0; i < 3; i++) {
		char regions[32];

		snprintf(regions, sizeof regions, "[\"r%d\",\"r%d\"]", i, i + 9);
		incs[i] = page_open_incident(i + 1, -60, i + 1, regions, "[\"c1\",\"c4\"]");
		page_post(incs[i], -30, "initial", "investigating", text);
	}
	p = page_at(c, (const struct incident *const *)incs, 3, 0, 0);
	page_render(&f, p, "");
	index = file_of(&f, "index.html");
	assert_in_range(compressed(index->body.data, index->body.len), 1000, OVERVIEW_MAX);
	page_files_fini(&f);
	page_free(p);
	for (int i = 0; i < 3; i++)
		incident_free(incs[i]);
	config_free(c);
	buf_fini(&b);
}

/* ---- hostile words ---- */

static bool ends_with(const char *s, const char *end)
{
	size_t a = strlen(s), b = strlen(end);

	return a >= b && strcmp(s + a - b, end) == 0;
}

static void well_formed(const struct page_file *f)
{
	struct err e = { 0 };
	struct arena *a = arena_new();
	struct xml_doc *doc = xml_parse(a, buf_str(&f->body), f->body.len, &e);

	if (!doc || doc->malformed)
		fail_msg("%s: %s", f->path, doc ? doc->malformed : e.msg);
	arena_free(a);
}

static void marked_up_words_come_out_as_text(void **state)
{
	static const char evil[] =
	    "[Sev 1] <script>alert(1)</script> ]]>\n\n\"><img src=x onerror=alert(2)> & "
	    "&lt;b&gt;\n\n<!-- --></p></div><style>*{}</style> javascript:alert(3)\n{{7*7}} %s%n";
	struct night *n = night_of(evil, 0);
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < n->f.count; i++) {
		const struct page_file *f = &n->f.items[i];
		const char *body = buf_str(&f->body);

		if (strstr(body, "<script") || strstr(body, "<img") || strstr(body, "<style") ||
		    strstr(body, "\"><img") || strstr(body, "<!-- --"))
			fail_msg("%s holds markup of others:\n%s", f->path, body);
		if (ends_with(f->path, ".atom") || ends_with(f->path, ".rss") ||
		    ends_with(f->path, ".xml"))
			well_formed(f);
		if (ends_with(f->path, ".json") && !json_gate(body, f->body.len, &e))
			fail_msg("%s: %s", f->path, e.msg);
	}
	must_say(&n->f, "index.html", "&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt;</a></h3>");
	must_say(&n->f, "index.html", "{{7*7}} %s%n");
	must_say(&n->f, "feed.atom", "&amp;lt;img src=x");
	night_free(n);
}

/* ---- round trip ---- */

static const struct feed_incident *incident_of(const struct feed_doc *d, const char *title)
{
	for (size_t i = 0; i < d->incident_count; i++)
		if (strcmp(d->incidents[i].title, title) == 0)
			return &d->incidents[i];
	fail_msg("the reader finds no %s", title);
	return NULL;
}

static void our_reader_reads_our_json_back(void **state)
{
	struct night *n = night_of(text, 0);
	const struct page_file *f = file_of(&n->f, "api/v2/summary.json");
	struct err e = { 0 };
	struct feed_doc *d = feed_parse("auto", buf_str(&f->body), f->body.len, &e);
	const struct feed_incident *inc;
	size_t bad = 0;

	(void)state;
	if (!d)
		fail_msg("%s", e.msg);
	assert_string_equal(d->format, "statuspage");
	assert_string_equal(d->source, "Wayfarer");
	assert_int_equal(d->updated_at.ms, PAGE_NOON);
	assert_int_equal(d->status, STATUS_MAJOR);
	assert_int_equal(d->problem_count, 0);
	assert_int_equal(d->component_count, 7); /* SMS in France alone */
	for (size_t i = 0; i < d->component_count; i++)
		bad += d->components[i].status == STATUS_MAJOR &&
		       strcmp(d->components[i].group, "France") == 0;
	assert_int_equal(bad, 2);
	assert_int_equal(d->incident_count, 1);
	inc = incident_of(d, "France / Mobile data – New sessions fail");
	assert_int_equal(inc->severity, 1);
	assert_string_equal(inc->status, "identified");
	assert_int_equal(inc->started_at.ms, n->incs[0]->started_at.ms);
	assert_int_equal(inc->component_count, 2);
	assert_int_equal(inc->update_count, 2);
	assert_int_equal(inc->updates[0].at.ms, n->incs[0]->updates[1].at.ms);
	assert_non_null(strstr(inc->updates[0].text, "sessions that were open go on."));
	assert_string_equal(inc->url, "https://status.example/incident/INC-1.html");
	assert_int_equal(d->maintenance_count, 0);
	feed_doc_free(d);
	f = file_of(&n->f, "api/v2/incidents.json");
	d = feed_parse("statuspage", buf_str(&f->body), f->body.len, &e);
	assert_non_null(d);
	assert_int_equal(d->incident_count, 2);
	inc = incident_of(d, "Mobile data in Italy");
	assert_string_equal(inc->status, "resolved");
	assert_int_equal(inc->resolved_at.ms, n->incs[1]->resolved_at.ms);
	assert_int_equal(inc->severity, 2);
	feed_doc_free(d);
	night_free(n);
}

/* What is told is text: the body of an update is HTML in this format, and says so. */
static void words_with_marks_come_back(void **state)
{
	static const char told[] = "Set the APN to <internet.example> & restart, if 3 < 4 > 2.";
	static const char *const lists[] = { "api/v2/summary.json", "feed.atom", "feed.rss" };
	struct night *n = night_of(told, 0);
	struct err e = { 0 };

	(void)state;
	must_say(&n->f, lists[0], "&lt;internet.example>");
	for (size_t i = 0; i < countof(lists); i++) {
		const struct page_file *f = file_of(&n->f, lists[i]);
		struct feed_doc *d = feed_parse("auto", buf_str(&f->body), f->body.len, &e);
		bool found = false;

		if (!d)
			fail_msg("%s: %s", lists[i], e.msg);
		for (size_t k = 0; k < d->incident_count; k++)
			for (size_t u = 0; u < d->incidents[k].update_count; u++)
				found = found || strstr(d->incidents[k].updates[u].text, told);
		if (!found)
			fail_msg("%s does not tell: %s", lists[i], told);
		feed_doc_free(d);
	}
	night_free(n);
}

static void our_readers_read_our_feeds_back(void **state)
{
	static const char *const feeds[] = { "feed.atom", "feed.rss" };
	struct night *n = night_of(text, 0);
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < countof(feeds); i++) {
		const struct page_file *f = file_of(&n->f, feeds[i]);
		struct feed_doc *d = feed_parse("auto", buf_str(&f->body), f->body.len, &e);

		if (!d)
			fail_msg("%s: %s", feeds[i], e.msg);
		assert_int_equal(d->problem_count, 0);
		assert_int_equal(d->incident_count, 2);
		for (size_t k = 0; k < d->incident_count; k++) {
			const struct feed_incident *inc = &d->incidents[k];
			bool open = strstr(inc->title, "France") != NULL;

			assert_string_equal(inc->status, open ? "identified" : "resolved");
			assert_int_equal(inc->update_count, 2);
		}
		feed_doc_free(d);
	}
	night_free(n);
}

/* ---- names ---- */

static void a_path_comes_from_the_secret(void **state)
{
	char a[PAGE_TOKEN], b[PAGE_TOKEN];
	struct err e;

	(void)state;
	assert_true(page_token("a secret", "partners", a, &e));
	assert_int_equal(strlen(a), PAGE_TOKEN - 1);
	/* printf 'nocboard page partners' | openssl dgst -sha256 -hmac 'a secret' */
	assert_string_equal(a, "a08b05e8092f25662d6973f142e6ec03");
	assert_true(page_token("a secret", "resellers", b, &e));
	assert_string_not_equal(a, b);
	assert_true(page_token("another", "partners", b, &e));
	assert_string_not_equal(a, b);
	assert_false(page_token("", "partners", b, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_incident_is_told),
		cmocka_unit_test(a_blind_page_says_so),
		cmocka_unit_test(a_partner_page_hides_from_search_engines),
		cmocka_unit_test(the_same_content_is_the_same_but_for_its_stamps),
		cmocka_unit_test(the_overview_of_twenty_regions_is_small),
		cmocka_unit_test(marked_up_words_come_out_as_text),
		cmocka_unit_test(our_reader_reads_our_json_back),
		cmocka_unit_test(words_with_marks_come_back),
		cmocka_unit_test(our_readers_read_our_feeds_back),
		cmocka_unit_test(a_path_comes_from_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

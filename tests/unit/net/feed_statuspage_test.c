#include "net/feed.h"

#include <dirent.h>

#include "t.h"

static struct feed_doc *fixture(const char *name)
{
	char path[128];
	struct err e = { 0 };
	size_t len = 0;

	snprintf(path, sizeof path, "tests/fixtures/statuspage/%s", name);
	char *bytes = slurp(top_path(path), &len);
	assert_non_null(bytes);
	struct feed_doc *d = feed_parse("auto", bytes, len, &e);
	free(bytes);
	if (!d)
		fail_msg("%s: %s", name, e.msg);
	return d;
}

static void is_at(struct utc t, const char *want)
{
	char text[UTC_TEXT];
	assert_string_equal(utc_format(t, text), want);
}

static bool has_problem(const struct feed_doc *d, const char *part)
{
	for (size_t i = 0; i < d->problem_count; i++)
		if (strstr(d->problems[i], part))
			return true;
	return false;
}

static void components_without_their_containers(void **state)
{
	static const struct {
		const char *name, *group;
		enum status status;
	} want[] = {
		{ "SMS", "Messaging", STATUS_PARTIAL },
		{ "Voice & calls", "Messaging", STATUS_DEGRADED },
		{ "Mobile Data", NULL, STATUS_OPERATIONAL },
		{ "eSIM", NULL, STATUS_MAINTENANCE },
		{ "Portal", NULL, STATUS_UNKNOWN },
		{ "Steering", NULL, STATUS_UNKNOWN },
	};
	struct feed_doc *d = fixture("summary.json");

	(void)state;
	assert_string_equal(d->format, "statuspage");
	assert_string_equal(d->source, "Meridian Telecom");
	is_at(d->updated_at, "2026-03-10T14:21:04.512Z");
	assert_int_equal(d->component_count, sizeof want / sizeof *want);
	for (size_t i = 0; i < d->component_count; i++) {
		assert_string_equal(d->components[i].name, want[i].name);
		assert_int_equal(d->components[i].status, want[i].status);
		if (want[i].group)
			assert_string_equal(d->components[i].group, want[i].group);
		else
			assert_null(d->components[i].group);
	}
	/* The page's own word is "none": its components say otherwise. */
	assert_int_equal(d->status, STATUS_PARTIAL);
	assert_int_equal(d->problem_count, 1);
	assert_string_equal(d->problems[0], "component cmp000000006: unknown status 'wobbly'");
	feed_doc_free(d);
}

static void incidents_start_at_their_earliest_trace(void **state)
{
	struct feed_doc *d = fixture("summary.json");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_int_equal(d->incident_count, 2);
	assert_string_equal(i->id, "inc000000002");
	assert_string_equal(i->title, "SMS delays in Italy");
	assert_string_equal(i->status, "identified");
	assert_string_equal(i->impact, "none");
	assert_int_equal(i->severity, 4);
	is_at(i->started_at, "2026-03-10T11:45:00.000Z"); /* the oldest update's time */
	is_at(i->resolved_at, "");
	assert_string_equal(i->url, "https://stspg.example/abc");
	assert_int_equal(i->component_count, 1);
	assert_string_equal(i->components[0], "SMS");
	assert_int_equal(i->region_count, 0);
	assert_int_equal(i->update_count, 2);
	is_at(i->updates[0].at, "2026-03-10T13:00:00.000Z");
	assert_string_equal(i->updates[0].status, "identified");
	assert_string_equal(i->updates[0].text, "A supplier confirms.\n\nNext update at 15:00.");
	/* A postmortem is a resolved incident, edited later; it is not open again. */
	i++;
	assert_string_equal(i->status, "resolved");
	assert_int_equal(i->severity, 1);
	is_at(i->resolved_at, "2026-03-01T02:00:00.000Z");
	assert_string_equal(i->url, "https://status.meridian.example/incidents/inc000000001");
	assert_int_equal(i->component_count, 1);
	assert_string_equal(i->components[0], "Mobile Data");
	feed_doc_free(d);
}

/* The updates of an incident as they are written, newest first. */
static void it_is_resolved_when_it_was_for_good(void **state)
{
#define UPDATE(day, word) "{\"status\":\"" word "\",\"display_at\":\"2026-03-" day "T10:00:00Z\"}"
	static const struct {
		const char *status, *updates, *want;
	} cases[] = {
		{ "resolved", UPDATE("03", "resolved") "," UPDATE("02", "identified"),
		    "2026-03-03T10:00:00.000Z" },
		{ "postmortem", UPDATE("09", "postmortem") "," UPDATE("03", "resolved"),
		    "2026-03-03T10:00:00.000Z" },
		{ "postmortem",
		    UPDATE("09", "postmortem") "," UPDATE("08", "postmortem") "," UPDATE("04",
			"resolved") "," UPDATE("03", "resolved") "," UPDATE("02", "monitoring"),
		    "2026-03-03T10:00:00.000Z" },
		{ "postmortem",
		    UPDATE("09", "postmortem") "," UPDATE("06", "resolved") "," UPDATE(
			"05", "investigating") "," UPDATE("03", "resolved"),
		    "2026-03-06T10:00:00.000Z" },
		{ "postmortem", UPDATE("09", "postmortem"), "2026-03-09T10:00:00.000Z" },
		{ "resolved",
		    UPDATE("09", "") "," UPDATE("06", "resolved") "," UPDATE("05", "monitoring"),
		    "2026-03-06T10:00:00.000Z" },
		{ "resolved", UPDATE("06", "monitoring") "," UPDATE("03", "resolved"),
		    "2026-03-03T10:00:00.000Z" },
		{ "resolved", UPDATE("06", "monitoring"), "" },
		{ "identified", UPDATE("06", "resolved"), "" },
		{ "resolved\",\"resolved_at\":\"2026-03-07T00:00:00Z", UPDATE("09", "postmortem"),
		    "2026-03-07T00:00:00.000Z" },
	};
#undef UPDATE
	char json[1000];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(json, sizeof json,
		    "{\"page\":{},\"incidents\":[{\"id\":\"i\",\"name\":\"n\",\"status\":\"%s\","
		    "\"incident_updates\":[%s]}]}",
		    cases[i].status, cases[i].updates);
		struct feed_doc *d = feed_parse("statuspage", json, strlen(json), NULL);
		assert_non_null(d);
		assert_int_equal(d->incident_count, 1);
		is_at(d->incidents[0].resolved_at, cases[i].want);
		feed_doc_free(d);
	}
}

static void maintenance_has_its_window(void **state)
{
	struct feed_doc *d = fixture("summary.json");
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(m->status, "in_progress");
	assert_string_equal(m->provider, "Meridian Telecom");
	is_at(m->starts_at, "2026-03-10T01:00:00.000Z");
	is_at(m->ends_at, "2026-03-10T05:00:00.000Z");
	assert_string_equal(m->url, "https://status.meridian.example/incidents/mnt000000001");
	assert_int_equal(m->update_count, 1);
	assert_string_equal(m->components[0], "eSIM");
	feed_doc_free(d);
}

static void imitations_leave_much_out(void **state)
{
	struct feed_doc *d = fixture("imitation.json");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_int_equal(d->component_count, 1);
	assert_int_equal(d->incident_count, 1);
	assert_int_equal(d->maintenance_count, 0);
	is_at(d->updated_at, "2026-03-10T21:19:17.000Z");
	assert_string_equal(
	    i->url, "https://status.halcyon.example/incidents/01JQZ7X0000000000000000002");
	assert_int_equal(i->component_count, 0);
	assert_string_equal(i->impact, "catastrophic");
	assert_int_equal(i->severity, 3);
	assert_null(i->updates[0].status);
	assert_string_equal(i->updates[0].text, "");
	is_at(i->updates[0].at, "2026-03-10T21:19:17.000Z");
	assert_int_equal(d->status, STATUS_DEGRADED);
	assert_true(has_problem(d, "unknown impact 'catastrophic'"));
	assert_true(has_problem(d, "unknown status 'surprise'"));
	feed_doc_free(d);
}

static void what_cannot_be_read_is_named_and_the_rest_is_kept(void **state)
{
	struct feed_doc *d = fixture("broken-values.json");

	(void)state;
	assert_string_equal(d->source, "Meridian[2J Telecom");
	assert_int_equal(d->component_count, 1);
	assert_string_equal(d->components[0].id, "17");
	assert_int_equal(d->components[0].status, STATUS_UNKNOWN);
	assert_int_equal(d->incident_count, 1);
	assert_string_equal(d->incidents[0].status, "investigating");
	assert_int_equal(d->incidents[0].severity, 2);
	assert_null(d->incidents[0].url);
	is_at(d->incidents[0].started_at, "");
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(d->maintenances[0].status, "scheduled");
	is_at(d->updated_at, "");
	assert_true(has_problem(d, "page: updated_at is no date: 'today'"));
	assert_true(has_problem(d, "incident i1: started_at is no date: 'tomorrow'"));
	assert_true(has_problem(d, "incident i1: unknown status 'paused'"));
	assert_true(has_problem(d, "an incident has no id"));
	assert_true(has_problem(d, "'i1' stands there twice"));
	assert_true(has_problem(d, "incidents: entry 4 is no object"));
	assert_true(has_problem(d, "a component has neither id nor name"));
	feed_doc_free(d);
}

static void the_newer_of_two_records_holds(void **state)
{
	static const char page[] =
	    "{\"page\":{},\"incidents\":[{\"id\":\"a\",\"name\":\"x\",\"status\":\"identified\","
	    "\"updated_at\":\"2026-01-01T00:00:00Z\",\"incident_updates\":[]},{\"id\":\"a\","
	    "\"name\":"
	    "\"x\",\"status\":\"resolved\",\"updated_at\":\"2026-01-02T00:00:00Z\","
	    "\"incident_updates\":[]}]}";
	struct feed_doc *d = feed_parse("statuspage", page, strlen(page), NULL);

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->incident_count, 1);
	assert_string_equal(d->incidents[0].status, "resolved");
	assert_true(has_problem(d, "'a' stands there twice"));
	feed_doc_free(d);
}

static void other_documents_are_refused_by_their_looks(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "nothing at all" },
		{ "<!DOCTYPE html><html>", "an HTML page" },
		{ "\n<?xml version='1.0'?>\n<rss version='2.0'/>", "an RSS feed" },
		{ "<feed xmlns='http://www.w3.org/2005/Atom'>", "an Atom feed" },
		{ "BEGIN:VCALENDAR\r\n", "a calendar" },
		{ "{\"page\":{\"name\":\"x\",\"status\":\"UP\"},\"components\":[]}",
		    "a JSON object" },
		{ "{}", "a JSON object" },
		{ "[]", "a JSON list" },
		{ "{\"page\":{\"name\":\"x\"},\"components\":[],}", "broken JSON" },
		{ "hello", "plain text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		size_t len = strlen(cases[i].text);
		assert_null(feed_parse("statuspage", cases[i].text, len, &e));
		if (!strstr(e.msg, cases[i].says))
			fail_msg("%s: %s", cases[i].text, e.msg);
		assert_int_equal(e.kind, ERR_DATA);
		assert_null(feed_parse("auto", cases[i].text, len, NULL));
	}
	struct err e = { 0 };
	assert_null(feed_parse("status-page", "{}", 2, &e));
	assert_int_equal(e.kind, ERR_USAGE);
}

static void encodings_are_converted(void **state)
{
	static const char text[] =
	    "{\"page\":{\"name\":\"Caf\xc3\xa9 \xf0\x9f\x94\xa5\"},\"incidents\":[]}";
	static const char bad[] = "\xef\xbb\xbf{\"page\":{\"name\":\"a\xff\"},\"incidents\":[]}";
	static const unsigned units[] = { 0xe9, 0x20, 0xd83d, 0xdd25 };
	char wide[256] = "\xfe\xff";
	size_t n = 2;
	struct err e = { 0 };

	(void)state;
	struct feed_doc *d = feed_parse("auto", text, sizeof text - 1, &e);
	assert_non_null(d);
	char *narrow = strdup(d->source);
	feed_doc_free(d);
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p == 0xc3) {
			for (size_t i = 0; i < 4; i++) {
				wide[n++] = (char)(units[i] >> 8);
				wide[n++] = (char)(units[i] & 0xff);
			}
			p = strchr(p, '"') - 1;
			continue;
		}
		wide[n++] = 0;
		wide[n++] = *p;
	}
	d = feed_parse("auto", wide, n, &e);
	assert_non_null(d);
	assert_string_equal(d->source, narrow);
	feed_doc_free(d);
	free(narrow);
	d = feed_parse("auto", bad, sizeof bad - 1, &e);
	assert_non_null(d);
	assert_string_equal(d->source, "a\xef\xbf\xbd");
	feed_doc_free(d);
}

static void reading_back_gives_the_same(void **state)
{
	static const char *const names[] = { "summary.json", "imitation.json",
		"broken-values.json" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct err e = { 0 };
		struct feed_doc *d = fixture(names[i]);
		cJSON *json = feed_doc_json(d);
		struct feed_doc *again = feed_doc_read(json, &e);
		assert_non_null(again);
		cJSON *json2 = feed_doc_json(again);
		char *a = json_text(json), *b = json_text(json2);
		assert_string_equal(a, b);
		assert_int_equal(d->status, again->status);
		free(a);
		free(b);
		cJSON_Delete(json);
		cJSON_Delete(json2);
		feed_doc_free(d);
		feed_doc_free(again);
	}
}

static void what_a_reader_answers_is_not_believed(void **state)
{
	static const char *const lies[] = {
		"{}",
		"{\"format\":\"statuspage\"}",
		"{\"format\":\"nothing\",\"components\":[],\"incidents\":[]}",
		"{\"format\":\"statuspage\",\"components\":[{}],\"incidents\":[]}",
		"{\"format\":\"statuspage\",\"components\":[],\"incidents\":[{\"id\":\"1\","
		"\"title\":\"t\","
		"\"status\":\"paused\"}]}",
	};
	static const char dirty[] =
	    "{\"format\":\"statuspage\",\"components\":[],\"incidents\":[{\"id\":"
	    "\"1\",\"title\":\"a\\u001b[31mb\\u202ec\",\"status\":\"resolved\","
	    "\"severity\":9,\"url\":\"javascript:x\",\"updates\":[{\"text\":"
	    "\"x\\ry\\u0007\",\"status\":\"evil\"}]}]}";
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		cJSON *json = cJSON_Parse(lies[i]);
		assert_null(feed_doc_read(json, &e));
		assert_int_equal(e.kind, ERR_DATA);
		cJSON_Delete(json);
	}
	cJSON *json = cJSON_Parse(dirty);
	struct feed_doc *d = feed_doc_read(json, &e);
	assert_non_null(d);
	assert_string_equal(d->incidents[0].title, "a[31mbc");
	assert_int_equal(d->incidents[0].severity, 0);
	assert_null(d->incidents[0].url);
	assert_string_equal(d->incidents[0].updates[0].text, "x\ny");
	assert_null(d->incidents[0].updates[0].status);
	cJSON_Delete(json);
	feed_doc_free(d);
}

static void cut_everywhere_is_never_a_success(const char *path)
{
	size_t len = 0;
	char *bytes = slurp(path, &len);
	assert_non_null(bytes);
	while (len && strchr(" \r\n\t", bytes[len - 1]))
		len--;
	/* Captures, which are long, at each of the last 2,000 bytes and at every 211th before. */
	for (size_t n = 0; n<len; n += len> 10000 && len - n > 2000 ? 211 : 1) {
		char *part = malloc(n + 1);
		memcpy(part, bytes, n);
		struct feed_doc *d = feed_parse("statuspage", part, n, NULL);
		free(part);
		if (d)
			fail_msg("%s: a success when cut at %zu of %zu", path, n, len);
	}
	free(bytes);
}

static void truncated_documents(void **state)
{
	static const char *const names[] = { "summary.json", "imitation.json",
		"broken-values.json" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "tests/fixtures/statuspage/%s", names[i]);
		cut_everywhere_is_never_a_success(top_path(path));
	}
}

/* Captures that lie beside the repository, where there are any. */
static void captures(void **state)
{
	static const char *const folders[] = { "../shared/samples/feeds/statuspage",
		"../shared/samples/feeds/incidentio" };
	char path[1024], folder[512];
	const struct dirent *f;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(folder, sizeof folder, "%s", top_path(folders[i]));
		DIR *dir = opendir(folder);
		while (dir && (f = readdir(dir))) {
			struct err e = { 0 };
			size_t len = 0;
			if (!strstr(f->d_name, ".json"))
				continue;
			snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
			char *bytes = slurp(path, &len);
			struct feed_doc *d = feed_parse("auto", bytes, len, &e);
			if (!d)
				fail_msg("%s: %s", path, e.msg);
			assert_true(d->component_count + d->incident_count > 0);
			for (size_t k = 0; k < d->incident_count; k++)
				assert_true(utc_is_set(d->incidents[k].started_at));
			feed_doc_free(d);
			free(bytes);
			cut_everywhere_is_never_a_success(path);
		}
		if (dir)
			closedir(dir);
	}
}

static void markup_becomes_plain_lines(void **state)
{
	static const struct {
		const char *html, *plain;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "a<br />b<br>c", "a\nb\nc" },
		{ "<p>one</p><p>two</p>", "one\ntwo" },
		{ "<ul><li>one</li><li>two</li></ul>", "one\ntwo" },
		{ "less &lt; 5 ms &amp; more", "less < 5 ms & more" },
		{ "&amp;lt;b&amp;gt;twice&amp;lt;/b&amp;gt;", "twice" },
		{ "a &lt;script&gt;alert(1)&lt;/script&gt; b", "a  b" },
		{ "<style>p{}</style>x", "x" },
		{ "<!-- > -->x", "x" },
		{ "it&#8217;s &#x41;", "it\xe2\x80\x99s A" },
		{ "&bogus; &#0; &#xd800; &", "&bogus; &#0; &#xd800; &" },
		{ "a\x1b[2Jb\x07", "a[2Jb" },
		{ "end <a href=\"x", "end" },
		{ "\n\n\na\n\n\n\nb\n\n", "a\n\nb" },
		{ "3 < 4 and 5 > 4", "3 < 4 and 5 > 4" },
		{ "the APN &lt;internet.example&gt; <b>now</b>", "the APN <internet.example> now" },
		{ "Desk <noc@example.com>, <https://example.com/a?b>",
		    "Desk <noc@example.com>, <https://example.com/a?b>" },
		{ "<a.b href=\"x\">y</a.b>", "y" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(feed_plain(a, cases[i].html, 1000), cases[i].plain);
	assert_string_equal(feed_plain(a, NULL, 10), "");
	assert_string_equal(feed_plain(a, "0123456789", 4), "0123");
	arena_free(a);
}

static void formats_are_found_by_name(void **state)
{
	(void)state;
	for (const struct feed_format *f = feed_formats; f->name; f++) {
		assert_ptr_equal(feed_format_find(f->name), f);
		assert_true(*f->title);
	}
	assert_null(feed_format_find("auto"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(components_without_their_containers),
		cmocka_unit_test(incidents_start_at_their_earliest_trace),
		cmocka_unit_test(it_is_resolved_when_it_was_for_good),
		cmocka_unit_test(maintenance_has_its_window),
		cmocka_unit_test(imitations_leave_much_out),
		cmocka_unit_test(what_cannot_be_read_is_named_and_the_rest_is_kept),
		cmocka_unit_test(the_newer_of_two_records_holds),
		cmocka_unit_test(other_documents_are_refused_by_their_looks),
		cmocka_unit_test(encodings_are_converted),
		cmocka_unit_test(reading_back_gives_the_same),
		cmocka_unit_test(what_a_reader_answers_is_not_believed),
		cmocka_unit_test(truncated_documents),
		cmocka_unit_test(captures),
		cmocka_unit_test(markup_becomes_plain_lines),
		cmocka_unit_test(formats_are_found_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

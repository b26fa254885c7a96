#include "../../../src/net/feed_json.h"

#include "domain/config.h"
#include "feed_rig.h"

#define NOW ((struct utc){ 1778414400000 }) /* 2026-05-10T12:00:00Z */
#define MAP(fields) "{\"fields\":{" fields "}}"

static struct feed_doc *framed(const char *mapping, const char *bytes, size_t len, struct err *e)
{
	struct buf frame;

	buf_init(&frame, 0);
	feed_frame(&frame, mapping, NOW, bytes, len);
	struct feed_doc *d = feed_parse("json", buf_str(&frame), frame.len, e);
	buf_fini(&frame);
	return d;
}

static struct feed_doc *text(const char *mapping, const char *json)
{
	struct err e = { 0 };
	struct feed_doc *d = framed(mapping, json, strlen(json), &e);

	if (!d)
		fail_msg("%s: %s", mapping, e.msg);
	return d;
}

static void both(const char *name, char **mapping, char **json, size_t *len)
{
	char path[200];

	snprintf(path, sizeof path, "tests/fixtures/json/%s.map", name);
	*mapping = slurp(top_path(path), NULL);
	snprintf(path, sizeof path, "tests/fixtures/json/%s.json", name);
	*json = slurp(top_path(path), len);
	assert_non_null(*mapping);
	assert_non_null(*json);
}

static struct feed_doc *fixture(const char *name)
{
	char *mapping, *json;
	size_t len = 0;
	struct err e = { 0 };

	both(name, &mapping, &json, &len);
	struct feed_doc *d = framed(mapping, json, len, &e);
	if (!d)
		fail_msg("%s: %s", name, e.msg);
	rig_round(d);
	free(mapping);
	free(json);
	return d;
}

static void a_nested_list_in_another_language(void **state)
{
	struct feed_doc *d = fixture("outages");
	const struct feed_incident *i = d->incidents;
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_string_equal(d->format, "json");
	rig_at(d->updated_at, "2026-05-10T11:47:15.579Z");
	assert_int_equal(d->incident_count, 3);
	assert_string_equal(i->id, "700"); /* newest first */
	assert_string_equal(i->title, "Fels\303\266kning p\303\245g\303\245r");
	assert_string_equal(i->status, "identified");
	rig_at(i->started_at, "2026-04-23T07:52:00.000Z");
	assert_false(utc_is_set(i->resolved_at)); /* an end is expected, it is open */
	assert_string_equal(i->regions[0], "Norra l\303\244n");
	i++;
	assert_string_equal(i->id, "701");
	rig_at(i->started_at, "2025-12-27T13:39:00.000Z"); /* of last year, in winter */
	rig_at(i->resolved_at, "2025-12-28T00:00:00.000Z");
	assert_int_equal(i->region_count, 2);
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(m->status, "scheduled");
	rig_at(m->ends_at, "2026-05-16T02:00:00.000Z");
	assert_true(rig_problem(d, "item 703: start is no date: 'ig\303\245r'"));
	assert_true(rig_problem(d, "item 703: no state is mapped for 'vet ej'"));
	assert_true(rig_problem(d, "item 5: has neither id nor title nor text"));
	assert_true(rig_problem(d, "item 6: is no object"));
	feed_doc_free(d);
}

static void without_ids_and_states(void **state)
{
	struct feed_doc *d = fixture("uptime"), *again = fixture("uptime");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_int_equal(d->incident_count, 3);
	assert_int_equal(d->status, STATUS_MAJOR);
	assert_string_equal(i[0].status, "investigating"); /* end null: open */
	assert_int_equal(i[0].severity, 1);
	assert_string_equal(i[0].impact, "3");
	assert_string_equal(i[0].title, "timeout 5 s");
	assert_string_equal(i[0].components[0], "Portal");
	rig_at(i[0].started_at, "2026-03-02T10:00:00.000Z");
	assert_memory_equal(i[0].id, "json-", 5);
	assert_string_equal(i[0].id, again->incidents[0].id);
	assert_string_not_equal(i[0].id, i[2].id);
	assert_true(rig_problem(d, "no severity is mapped for '9'"));
	feed_doc_free(again);
	feed_doc_free(d);
}

static void one_incident_with_updates(void **state)
{
	struct feed_doc *d = fixture("incident");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_int_equal(d->problem_count, 0);
	assert_int_equal(d->status, STATUS_OPERATIONAL);
	assert_string_equal(i->status, "resolved");
	assert_int_equal(i->severity, 2);
	rig_at(i->started_at, "2026-03-01T05:52:54.378Z");
	rig_at(i->resolved_at, "2026-03-01T09:00:00.000Z"); /* not when the report came */
	assert_int_equal(i->update_count, 3);
	assert_string_equal(i->updates[1].text, "It works.\n\nTell us if not.");
	feed_doc_free(d);
}

static void updates_in_words_of_the_other_kind(void **state)
{
	struct feed_doc *d =
	    text(MAP("\"title\":\"/t\",\"updates\":\"/u\",\"update_state\":\"/s\""),
		"[{\"t\":\"a\",\"u\":[{\"s\":\"scheduled\"},{\"s\":\"resolved\"}]}]");

	(void)state;
	assert_int_equal(d->incident_count, 0);
	assert_string_equal(d->maintenances->status, "scheduled");
	assert_null(d->maintenances->updates[1].status);
	rig_round(d);
	feed_doc_free(d);
}

static void lists_and_values_of_every_shape(void **state)
{
	static const char map[] =
	    "{\"fields\":{\"title\":\"/t\",\"state\":\"/s\",\"region\":[\"/r\",\"/a~1b\"]},"
	    "\"values\":{\"true\":\"investigating\",\"FALSE\":\"resolved\",\"7\":[\"monitoring\"]}"
	    "}";
	struct feed_doc *d =
	    text(map, "[{\"t\":\"a\",\"s\":true,\"r\":{\"name\":\"x\"},\"a/b\":[\"y\",{"
		      "\"name\":\"x\"},3]},{\"t\":\"b\",\"s\":false},{\"t\":\"c\",\"s\":7},"
		      "{\"t\":\"d\",\"s\":\"In-Progress\"}]");

	(void)state;
	assert_int_equal(d->problem_count, 0);
	assert_string_equal(d->incidents[0].status, "investigating");
	assert_int_equal(d->incidents[0].region_count, 3);
	assert_string_equal(d->incidents[0].regions[2], "3");
	assert_string_equal(d->incidents[1].status, "resolved");
	assert_string_equal(d->incidents[2].status, "monitoring");
	assert_string_equal(d->maintenances[0].status, "in_progress");
	feed_doc_free(d);
	d = text(MAP("\"list\":\"/l\",\"id\":\"/i\""), "{\"l\":[]}");
	assert_int_equal(d->status, STATUS_OPERATIONAL);
	feed_doc_free(d);
}

#define VALUES(values) "{\"fields\":{\"id\":\"/i\",\"severity\":\"/p\"},\"values\":" values "}"

static void values_may_be_numbers(void **state)
{
	static const struct {
		const char *mapping, *json;
		int severity;
	} cases[] = {
		{ VALUES("{\"P1\":1,\"P2\":\"2\"}"), "{\"i\":\"x\",\"p\":\"P1\"}", 1 },
		{ VALUES("{\"P1\":1,\"P2\":\"2\"}"), "{\"i\":\"x\",\"p\":\"p2\"}", 2 },
		{ VALUES("{\"P3\":[3]}"), "{\"i\":\"x\",\"p\":\"P3\"}", 3 },
		{ VALUES("{\"7\":4.0}"), "{\"i\":\"x\",\"p\":7}", 4 },
		{ VALUES("null"), "{\"i\":\"x\",\"p\":\"outage\"}", 2 },
	};
	static const struct {
		const char *mapping, *says;
	} wrong[] = {
		{ VALUES("{\"P1\":1,\"P2\":true}"), "'P2' is neither a text nor a number" },
		{ VALUES("{\"P1\":null}"), "'P1' is neither" },
		{ VALUES("{\"P1\":{}}"), "'P1' is neither" },
		{ VALUES("{\"P1\":[]}"), "'P1' is neither" },
		{ VALUES("{\"P1\":[[1]]}"), "'P1' is neither" },
		{ VALUES("{\"P1\":[1,2]}"), "'P1' is neither" },
		{ VALUES("[1]"), "\"values\" take keys and values" },
		{ VALUES("1"), "\"values\" take keys and values" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct feed_doc *d = text(cases[i].mapping, cases[i].json);
		assert_int_equal(d->incidents[0].severity, cases[i].severity);
		assert_int_equal(d->problem_count, 0);
		feed_doc_free(d);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err e = { 0 };
		assert_null(framed(wrong[i].mapping, "{}", 2, &e));
		if (!strstr(e.msg, wrong[i].says))
			fail_msg("%s: %s", wrong[i].mapping, e.msg);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

static void a_mapping_must_be_there_and_right(void **state)
{
	static const struct {
		const char *mapping, *json, *says;
	} cases[] = {
		{ "{}", "[]", "the mapping has no \"fields\"" },
		{ MAP("\"titel\":\"/a\""), "[]", "there is no 'titel'" },
		{ MAP("\"title\":\"a\""), "[]", "'title' is no JSON pointer" },
		{ MAP("\"title\":7"), "[]", "'title' is no JSON pointer" },
		{ MAP("\"state\":\"/a\""), "[]", "neither \"title\" nor \"id\" nor \"text\"" },
		{ MAP("\"id\":\"/i\",\"list\":\"/l\""), "{\"m\":[]}", "the list that the mapping" },
		{ MAP("\"id\":\"/i\""), "<html></html>", "looks like an HTML page" },
		{ MAP("\"id\":\"/i\""), "[{}", "broken JSON" },
		{ "no JSON", "[]", "it needs a mapping" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		assert_null(framed(cases[i].mapping, cases[i].json, strlen(cases[i].json), &e));
		if (!strstr(e.msg, cases[i].says))
			fail_msg("%s: %s", cases[i].mapping, e.msg);
	}
	rig_refused("json", "[{\"a\":1}]", "it needs a mapping");
	rig_refused("auto", "[{\"a\":1}]", "nocboard feed json --map FILE");
}

static void dates_by_a_pattern(void **state)
{
	static const struct {
		const char *pattern, *text, *want;
	} cases[] = {
		{ "%Y-%m-%d %H:%M:%S", "2026-08-15 11:50:07", "2026-08-15T11:50:07.000Z" },
		{ "%d/%m/%y %H.%M", "26/11/24 01.00", "2024-11-26T01:00:00.000Z" },
		{ "%b %d, %Y at %H:%M %p", "Mar 3, 2026 at 12:05 AM", "2026-03-03T00:05:00.000Z" },
		{ "%d %b %Y %H:%M %z", "3 March 2026 12:05 +0130", "2026-03-03T10:35:00.000Z" },
		{ "%d.%m. %H:%M", "11.05. 00:00", "2026-05-11T00:00:00.000Z" }, /* within a day */
		{ "%d.%m. %H:%M", "12.05. 00:00", "2025-05-12T00:00:00.000Z" },
		{ "%d.%m. %H:%M", "29.02. 00:00", "" },
		{ "100%% %Y%m%d", "100% 20260102", "2026-01-02T00:00:00.000Z" },
		{ "%Y-%m-%d", "2026-02-30", "" },
		{ "%Y-%m-%d", "2026-02-03x", "" },
		{ "%H:%M", "10:00", "" },
		{ "%Q", "x", "" },
		{ "%", "%", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mapped_dates how = { .pattern = cases[i].pattern, .now = NOW };
		const char *uncertain;
		struct utc t = UTC_NONE;
		if (!mapped_date(&how, cases[i].text, UTC_NONE, &t, &uncertain))
			t = UTC_NONE;
		rig_at(t, cases[i].want);
	}
	struct mapped_dates how = { .pattern = "%Y-%m-%d", .timezone = "Mars/Base", .now = NOW };
	const char *uncertain = NULL;
	struct utc t;
	assert_true(mapped_date(&how, "2026-01-01", UTC_NONE, &t, &uncertain));
	assert_non_null(uncertain);
}

static void cut_anywhere(void **state)
{
	static const char *const names[] = { "outages", "uptime", "incident" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *mapping, *json;
		size_t len = 0;
		both(names[i], &mapping, &json, &len);
		while (len && strchr(" \n", json[len - 1]))
			len--;
		for (size_t n = 0; n < len; n++) {
			char *part = malloc(n + 1);
			memcpy(part, json, n);
			assert_null(framed(mapping, part, n, NULL));
			free(part);
		}
		free(mapping);
		free(json);
	}
}

/* The captures beside the repository, where there are some. */
static void captures(void **state)
{
	static const struct {
		const char *file, *mapping;
		size_t least;
	} cases[] = {
		{ "yandex-cloud-incident.json",
		    MAP("\"title\":\"/title\",\"id\":\"/id\",\"start\":\"/startDate\",\"text\":\"/"
			"report\""),
		    1 },
		{ "ibbylabs-incidents.json",
		    MAP("\"list\":\"/incidents\",\"id\":\"/id\",\"title\":\"/error\",\"start\":\"/"
			"openedAt\",\"end\":\"/closedAt\""),
		    10 },
		{ "datocms-incident.json",
		    MAP("\"title\":\"/name\",\"updates\":\"/updates\",\"update_time\":\"/date\","
			"\"update_state\":\"/status\",\"update_text\":\"/content\""),
		    1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[700];
		size_t len = 0;
		struct err e = { 0 };
		snprintf(path, sizeof path, "%s/%s",
		    top_path("../shared/samples/feeds/custom-json"), cases[i].file);
		char *json = slurp(path, &len);
		if (!json)
			continue;
		struct feed_doc *d = framed(cases[i].mapping, json, len, &e);
		if (!d)
			fail_msg("%s: %s", path, e.msg);
		assert_true(d->incident_count >= cases[i].least);
		rig_round(d);
		feed_doc_free(d);
		free(json);
	}
}

static const struct zone *no_zone(void *ctx, const char *name)
{
	(void)ctx, (void)name;
	return NULL;
}

/* The configuration knows the formats that there are, and the nearest one to a wrong word. */
static void the_configuration_knows_the_formats(void **state)
{
	static const struct {
		const char *word, *help;
	} cases[] = { { "statuspag", "did you mean statuspage?" }, { "?", NULL } };
	struct buf all, text;

	(void)state;
	buf_init(&all, 0);
	buf_adds(&all, "one of: auto");
	for (const struct feed_format *f = feed_formats; f->name; f++)
		buf_addf(&all, " %s", f->name);
	for (size_t i = 0; i < countof(cases); i++) {
		struct cfg_problems problems = { 0 };

		buf_init(&text, 0);
		buf_addf(&text,
		    "regions: [ { id: FR, timezone: UTC } ]\ncomponents: [ { id: a } ]\n"
		    "carriers:\n  - { id: c, feeds: [ { format: \"%s\", url: \"https://a/\" } ] "
		    "}\n",
		    cases[i].word);
		struct cfg_source source = { "x.yaml", buf_str(&text), text.len };
		assert_null(config_load(&source, 1, NULL, no_zone, NULL, &problems));
		bool told = false;
		for (size_t k = 0; k < problems.count; k++) {
			const struct cfg_problem *p = &problems.items[k];
			if (!strstr(p->what, "is no format"))
				continue;
			told = true;
			assert_int_equal(p->pos.line, 4);
			assert_int_equal(p->pos.column, 33);
			assert_string_equal(p->help, cases[i].help ? cases[i].help : buf_str(&all));
		}
		assert_true(told);
		cfg_problems_fini(&problems);
		buf_fini(&text);
	}
	buf_fini(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_configuration_knows_the_formats),
		cmocka_unit_test(a_nested_list_in_another_language),
		cmocka_unit_test(without_ids_and_states),
		cmocka_unit_test(one_incident_with_updates),
		cmocka_unit_test(updates_in_words_of_the_other_kind),
		cmocka_unit_test(lists_and_values_of_every_shape),
		cmocka_unit_test(values_may_be_numbers),
		cmocka_unit_test(a_mapping_must_be_there_and_right),
		cmocka_unit_test(dates_by_a_pattern),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

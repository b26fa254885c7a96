/* What is watched, as rows and on a grid of cells. */
#include "ui/sources.h"

#include <locale.h>

#include "scene.h"
#include "base/mem.h"
#include "t.h"
#include "ui/step.h"
#include "ui/views.h"

static void the_worst_comes_first(void **state)
{
	static const char *const order[] = { "cell:data/fr", "feed:orange-fr/statuspage",
		"cell:portal/us", "feed:movistar/rss", "feed:tim/maintnote", "cell:voice/es",
		"cell:sms/it", "cell:provisioning/us", "feed:sfr/atom" };
	static const char *const words[] = { "major", "partial", "partial", "failing", "failing",
		"old", "degraded", "maint", "ok" };
	struct scene *s = scene_new();
	struct source_row *rows;
	size_t count = source_rows(s, NULL, &rows);

	(void)state;
	assert_int_equal(count, 32);
	for (size_t i = 0; i < countof(order); i++) {
		assert_string_equal(rows[i].id, order[i]);
		assert_string_equal(rows[i].word, words[i]);
	}
	free(rows);
	scene_free(s);
}

static void each_word_of_a_filter_must_stand_there(void **state)
{
	static const struct {
		const char *filter, *first;
		size_t count;
	} cases[] = { { "movistar", "feed:movistar/rss", 1 },
		{ "html PAGE", "feed:movistar/rss", 1 }, { "timeout", "feed:tim/maintnote", 1 },
		{ "data france", "cell:data/fr", 1 }, { "failing", "feed:movistar/rss", 2 },
		{ "  ", "cell:data/fr", 32 }, { "html nowhere", NULL, 0 } };
	struct scene *s = scene_new();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct source_row *rows;
		size_t count = source_rows(s, cases[i].filter, &rows);

		if (count != cases[i].count)
			fail_msg("\"%s\": %zu", cases[i].filter, count);
		if (cases[i].first)
			assert_string_equal(rows[0].id, cases[i].first);
		free(rows);
	}
	scene_free(s);
}

/* A feed that was good and is not asked successfully for too long says nothing, and says so. */
static void what_is_old_is_not_well(void **state)
{
	struct scene *s = scene_new();
	struct source_row r;

	(void)state;
	assert_true(source_row(s, "feed:sfr/atom", &r));
	assert_string_equal(r.word, "ok");
	s->now = utc_add(s->now, 601000);
	assert_true(source_row(s, "feed:sfr/atom", &r));
	assert_string_equal(r.word, "old");
	assert_int_equal(r.status, STATUS_UNKNOWN);
	assert_false(source_row(s, "feed:sfr/nothing", &r));
	assert_false(source_row(s, "cell:nowhere/fr", &r));
	scene_apply(s, "{\"o\":\"feed\",\"id\":\"att/rss\",\"carrier\":\"att\",\"ok\":false}");
	assert_true(source_row(s, "feed:att/rss", &r));
	assert_string_equal(r.word, "waiting");
	scene_apply(s,
	    "{\"o\":\"feed\",\"id\":\"att/rss\",\"carrier\":\"att\",\"ok\":true,\"status\":"
	    "\"operational\",\"fetched_at\":\"2026-03-10T14:41:00.000Z\",\"tried_at\":"
	    "\"2026-03-10T14:41:00.000Z\",\"problems_total\":2,\"problems\":[\"p1\"]}");
	assert_true(source_row(s, "feed:att/rss", &r));
	assert_string_equal(r.detail, "p1");
	assert_int_equal(r.rank, 1); /* before what is read whole */
	scene_free(s);
}

static void a_failing_feed_shows_why_and_its_age(void **state)
{
	static const struct {
		int w, h;
		bool ascii;
	} sizes[] = { { 80, 24, false }, { 80, 24, true }, { 140, 40, false }, { 60, 16, false },
		{ 300, 90, true } };
	struct scene *s = scene_new();

	(void)state;
	for (size_t i = 0; i < countof(sizes); i++) {
		void *list = view_sources_new(), *one = view_source_new("feed:movistar/rss");
		struct canvas c;

		view_sources.filter(list, "movistar");
		c = scene_draw(s, &view_sources, list, sizes[i].w, sizes[i].h, sizes[i].ascii);
		assert_true(canvas_has(&c, "failing"));
		assert_true(canvas_has(&c, "3m12s")); /* of its data, not of the last try */
		assert_true(canvas_has(&c, "1 not well"));
		if (sizes[i].h >= 20)
			assert_true(canvas_has(&c, "this is an HTML page, not RSS"));
		assert_string_equal(canvas_cell(&c, c.cursor_x, c.cursor_y)->text, ">");
		canvas_fini(&c);
		c = scene_draw(s, &view_source, one, sizes[i].w, sizes[i].h, sizes[i].ascii);
		assert_true(canvas_has(&c, "this is an HTML page, not RSS"));
		assert_true(canvas_has(&c, "14:27:55 UTC, 3m12s ago"));
		assert_true(canvas_has(&c, "14:34:55 UTC, in 3m48s"));
		assert_true(canvas_has(&c, "HTTP 200, 50 KiB, 310 ms"));
		canvas_fini(&c);
		view_sources.close(list);
		view_source.close(one);
	}
	scene_free(s);
}

static void one_source_tells_all_of_it(void **state)
{
	static const char *const feed[] = { "partial", "https://noc.orange.example/api",
		"1 incidents", "PROBLEMS OF ITS LAST GOOD DOCUMENT: 2",
		"the word \"flaky\" is not known", "asking the engine" };
	static const char *const cell[] = { "http https://data.fr.example/", "HTTP 503, 88 ms",
		"certificate for 9 days", "major outage: answered 503", "14:14:02",
		"not heard: lost" };
	struct scene *s = scene_new();
	void *v = view_source_new("feed:orange-fr/statuspage");
	struct canvas c = scene_draw(s, &view_source, v, 100, 60, false);

	(void)state;
	for (size_t i = 0; i < countof(feed); i++)
		if (!canvas_has(&c, feed[i]))
			fail_msg("not there: %s", feed[i]);
	canvas_fini(&c);
	view_source.close(v);
	scene_apply(s,
	    "{\"o\":\"source\",\"id\":\"cell:data/fr\",\"probes\":[{\"id\":\"data/"
	    "fr\",\"url\":\"http "
	    "https://data.fr.example/\",\"status\":\"major_outage\",\"code\":503,\"latency_ms\":88,"
	    "\"cert_days\":9,\"detail\":\"answered 503\",\"at\":\"2026-03-10T14:31:03.000Z\"}],"
	    "\"history\":[{\"at\":\"2026-03-10T14:10:00.000Z\",\"status\":\"unknown\",\"up\":false,"
	    "\"detail\":\"lost\"},{\"at\":\"2026-03-10T14:14:02.000Z\",\"status\":\"major_outage\","
	    "\"up\":true}]}");
	v = view_source_new("cell:data/fr");
	c = scene_draw(s, &view_source, v, 100, 60, false);
	for (size_t i = 0; i < countof(cell); i++)
		if (!canvas_has(&c, cell[i]))
			fail_msg("not there: %s", cell[i]);
	canvas_fini(&c);
	view_source.close(v);
	v = view_source_new("cell:gone/fr");
	c = scene_draw(s, &view_source, v, 80, 24, false);
	assert_true(canvas_has(&c, "not watched any more"));
	canvas_fini(&c);
	view_source.close(v);
	scene_free(s);
}

static void nothing_watched_says_so(void **state)
{
	struct scene *s = scene_new();
	void *v = view_sources_new();
	struct canvas c;

	(void)state;
	view_sources.filter(v, "no such words");
	c = scene_draw(s, &view_sources, v, 80, 24, false);
	assert_true(canvas_has(&c, "None has these words"));
	canvas_fini(&c);
	view_sources.close(v);
	scene_free(s);
}

static void steps_and_sizes(void **state)
{
	char t[16];
	int by = 0;

	(void)state;
	assert_true(list_step("list.next", 10, &by));
	assert_int_equal(by, 1);
	assert_true(list_step("list.half-up", 10, &by));
	assert_int_equal(by, -5);
	assert_true(list_step("list.page-down", 7, &by));
	assert_int_equal(by, 7);
	assert_false(list_step("list.open", 10, &by));
	assert_string_equal(size_text(t, -1), "");
	assert_string_equal(size_text(t, 1023), "1023 B");
	assert_string_equal(size_text(t, 51200), "50 KiB");
	assert_string_equal(size_text(t, 1572864), "1.5 MiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worst_comes_first),
		cmocka_unit_test(each_word_of_a_filter_must_stand_there),
		cmocka_unit_test(what_is_old_is_not_well),
		cmocka_unit_test(a_failing_feed_shows_why_and_its_age),
		cmocka_unit_test(one_source_tells_all_of_it),
		cmocka_unit_test(nothing_watched_says_so),
		cmocka_unit_test(steps_and_sizes),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a feed brings, on its way to the boards. */
#include <stdlib.h>

#include "os/file.h"
#include "rig.h"

static const char config[] =
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components: [ { id: data, name: Mobile data, class: data, probes: [ { region: FR, http: "
    "\"https://data.example/\", interval: 20s }, { region: FR, tcp: \"data.example:7\" } ] } ]\n"
    "carriers: [ { id: orange, name: Orange, regions: [FR], feeds: [ { format: statuspage, url: "
    "\"https://orange.example/\", interval: 60s } ] } ]\n";

static struct engine *watching(void)
{
	struct engine *g = rig_new(config);

	g->carriers = map_new(watch_carrier_free);
	g->feeds = map_new(watch_feed_free);
	g->detect = detect_new(DETECT_SETTINGS);
	g->detect_timer = loop_timer_new(g->loop, rig_nothing, g);
	source_start(g);
	watch_feed_state(g, "orange/statuspage");
	return g;
}

static void ended(struct engine *g)
{
	source_stop(g);
	map_free(g->carriers);
	map_free(g->feeds);
	detect_free(g->detect);
	loop_timer_free(g->detect_timer);
	g->carriers = g->feeds = NULL;
	g->detect = NULL;
	g->detect_timer = NULL;
	rig_free(g);
}

static struct feed_doc *doc_of(const char *json)
{
	struct err e = { 0 };
	cJSON *o = json_parse(json, strlen(json), &e);
	struct feed_doc *d = feed_doc_read(o, &e);

	if (!d)
		fail_msg("%s", e.msg);
	cJSON_Delete(o);
	return d;
}

static const char page[] =
    "{\"format\":\"statuspage\",\"source\":\"Orange\",\"updated_at\":null,\"status\":\"degraded\","
    "\"components\":[],\"incidents\":[],\"maintenances\":[],\"problems\":[\"one\",\"two\"]}";

static void *told(enum wire_kind kind, char *line)
{
	struct err e = { 0 };
	cJSON *o = json_parse(line, strlen(line), &e);
	void *object = o ? wire_read(kind, o, &e) : NULL;

	if (!object)
		fail_msg("%s", e.msg);
	cJSON_Delete(o);
	free(line);
	return object;
}

static void tell(struct engine *g, struct feed_result r)
{
	clock_advance(60000);
	r.id = "orange/statuspage";
	r.at = clock_utc();
	r.next_at = utc_add(r.at, 60000);
	watch_fed(g, &r);
}

/* Its age and its problems stay those of the last good document; the rest is of the last answer. */
static void a_failed_fetch_shows_why_and_its_age(void **state)
{
	struct engine *g = watching();
	struct snap_feed *f;
	struct utc good;

	(void)state;
	tell(g, (struct feed_result){ .ok = true,
		    .code = 200,
		    .size = 4096,
		    .latency_ms = 120,
		    .doc = doc_of(page),
		    .text = "{\"page\":1}" });
	good = clock_utc();
	tell(g, (struct feed_result){ .code = 500,
		    .size = 3,
		    .latency_ms = 80,
		    .detail = "answered 500",
		    .moved_to = "https://new.example/\033[2J" });
	tell(g,
	    (struct feed_result){
		.fault = FAULT_TIMEOUT, .latency_ms = -1, .detail = "no answer within 15000 ms" });
	f = told(WIRE_FEED, object_line(g, WIRE_FEED, "orange/statuspage"));
	assert_false(f->ok);
	assert_string_equal(f->detail, "no answer within 15000 ms");
	assert_string_equal(f->fault, "timeout");
	assert_int_equal(f->code, 0);
	assert_int_equal(f->latency_ms, -1);
	assert_int_equal(f->fetched_at.ms, good.ms);
	assert_int_equal(f->tried_at.ms, clock_utc().ms);
	assert_int_equal(f->since.ms, good.ms + 60000);
	assert_int_equal(f->status, STATUS_DEGRADED);
	assert_int_equal(snap_feed_status(f, clock_utc()), STATUS_UNKNOWN);
	assert_int_equal(f->problems_total, 2);
	assert_string_equal(f->problems[1], "two");
	assert_int_equal(f->flaps, 1);
	assert_int_equal(f->latency_count, 3);
	assert_int_equal(f->latencies[2], -1);
	wire_free(WIRE_FEED, f);
	ended(g);
}

static void assert_newest(const struct engine *g, const char *want)
{
	assert_string_equal(g->recent[g->recent_number - 1].text, want);
}

/* What a carrier says of itself is news when it is a fault, and when that is over. */
static void a_carrier_is_told_of_when_it_changes(void **state)
{
	static const char well[] =
	    "{\"format\":\"statuspage\",\"source\":\"Orange\",\"updated_at\":"
	    "null,\"status\":\"operational\",\"components\":[],"
	    "\"incidents\":[],\"maintenances\":[],\"problems\":[]}";
	struct engine *g = watching();

	(void)state;
	tell(g, (struct feed_result){ .ok = true, .code = 200, .doc = doc_of(well) });
	assert_int_equal(g->recent_number, 0);
	tell(g, (struct feed_result){ .ok = true, .code = 200, .doc = doc_of(page) });
	assert_newest(g, "Orange: degraded");
	tell(g, (struct feed_result){ .ok = true, .code = 200, .doc = doc_of(page) });
	assert_int_equal(g->recent_number, 1);
	tell(g, (struct feed_result){ .code = 500, .detail = "answered 500" });
	assert_newest(g, "Orange: nothing is heard of its fault any more");
	tell(g, (struct feed_result){ .ok = true, .code = 200, .doc = doc_of(page) });
	tell(g, (struct feed_result){ .ok = true, .code = 200, .doc = doc_of(well) });
	assert_newest(g, "Orange: all is well again");
	ended(g);
}

static void a_source_is_told_to_who_asks(void **state)
{
	struct engine *g = watching();
	struct snap_source *s;

	(void)state;
	assert_null(object_source(g, "feed:nobody/rss"));
	assert_null(object_source(g, "cell:data/IT"));
	assert_null(object_source(g, "data/FR"));
	assert_null(object_source(g, ""));
	s = told(WIRE_SOURCE, object_source(g, "feed:orange/statuspage"));
	assert_null(s->text);
	assert_int_equal(s->history_count, 0);
	wire_free(WIRE_SOURCE, s);

	tell(g, (struct feed_result){
		    .ok = true, .code = 200, .doc = doc_of(page), .text = "{\"page\":1}" });
	tell(g, (struct feed_result){ .code = 200, .detail = "a web page", .text = "<html>" });
	tell(g, (struct feed_result){ .code = 304, .ok = true });
	s = told(WIRE_SOURCE, object_source(g, "feed:orange/statuspage"));
	assert_string_equal(s->text, "<html>"); /* what came last, though it could not be read */
	assert_int_equal(s->text_at.ms, clock_utc().ms - 60000);
	assert_int_equal(s->history_count, 3);
	assert_true(s->history[0].up);
	assert_int_equal(s->history[0].status, STATUS_DEGRADED);
	assert_false(s->history[1].up);
	assert_string_equal(s->history[1].detail, "a web page");
	assert_true(s->history[2].up);
	wire_free(WIRE_SOURCE, s);
	ended(g);
}

/* Whatever comes, and however often it comes and goes, fits a line. */
static void the_largest_source_fits_a_line(void **state)
{
	struct engine *g = watching();
	char *text = xmalloc(FEED_SHOWN_MAX + 1), *line;

	(void)state;
	memset(text, '"', FEED_SHOWN_MAX);
	text[FEED_SHOWN_MAX] = '\0';
	for (int i = 0; i < 100; i++)
		tell(g, (struct feed_result){ .ok = i % 2, .detail = "why", .text = text });
	line = object_source(g, "feed:orange/statuspage");
	assert_true(strlen(line) < IPC_LINE_MAX);
	assert_non_null(strstr(line, "\\\"\\\"\\\"\\\""));
	free(line);
	assert_int_equal(source_losses(g, "feed:orange/statuspage", g->started_at), 11);
	free(text);
	ended(g);
}

static void a_cell_tells_each_probe(void **state)
{
	struct engine *g = watching();
	const struct detect_target target = { .id = "probe:data/FR",
		.component = "data",
		.region = "FR",
		.component_name = "Mobile data",
		.region_name = "France",
		.klass = "data",
		.fresh_ms = 60000 };
	struct observation o = { .target = "probe:data/FR",
		.at = clock_utc(),
		.status = STATUS_OPERATIONAL,
		.code = 200,
		.latency_ms = 88,
		.cert_days = 40,
		.reason = "200 in 88 ms" };
	struct snap_source *s;
	struct snap_cell *c;

	(void)state;
	detect_targets(g->detect, &target, 1);
	source_probe_seen(g, &o);
	o = (struct observation){ .target = "probe:data/FR#2",
		.at = clock_utc(),
		.status = STATUS_MAJOR,
		.fault = FAULT_REFUSED,
		.latency_ms = -1,
		.cert_days = PROBE_NO_CERT,
		.reason = "connection refused" };
	source_probe_seen(g, &o);
	s = told(WIRE_SOURCE, object_source(g, "cell:data/FR"));
	assert_int_equal(s->probe_count, 2);
	assert_string_equal(s->probes[0].url, "http https://data.example/");
	assert_int_equal(s->probes[0].code, 200);
	assert_int_equal(s->probes[0].cert_days, 40);
	assert_string_equal(s->probes[1].fault, "refused");
	assert_int_equal(s->probes[1].cert_days, -1);
	wire_free(WIRE_SOURCE, s);
	c = told(WIRE_CELL, object_line(g, WIRE_CELL, "data/FR"));
	assert_string_equal(c->fault, "refused"); /* of the worst */
	assert_int_equal(c->interval_ms, 20000);
	wire_free(WIRE_CELL, c);
	ended(g);
}

/* An engine with its journal in `dir`, and what it knows of the page. */
static struct engine *in_folder(const char *dir)
{
	struct engine *g = watching();

	free(g->journal_url);
	g->journal_url = xasprintf("%s/journal.db", dir);
	past_start(g);
	return g;
}

static void edge(struct engine *g, int64_t ms, bool up, const char *detail)
{
	source_edge(g, "feed:orange/statuspage",
	    &(struct source_edge){ .at = { RIG_NOON + ms },
		.status = up ? STATUS_OPERATIONAL : STATUS_UNKNOWN,
		.up = up,
		.detail = detail });
}

/* What a source did before the engine was stopped is there again, and that nobody watched in
 * between; that is no loss of the source. */
static void what_was_known_outlives_the_engine(void **state)
{
	char dir[] = "/tmp/nocboard-past-XXXXXX";
	struct snap_source *s;
	struct engine *g;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	g = in_folder(dir);
	edge(g, 1000, true, NULL);
	edge(g, 2000, false, "HTTP 500");
	edge(g, 2500, false, "HTTP 502"); /* still lost: no edge */
	edge(g, 3000, true, NULL);
	clock_advance(5000);
	past_stop(g);
	ended(g);

	g = in_folder(dir);
	clock_advance(10000); /* soon enough: nobody missed anything */
	past_stop(g);
	ended(g);

	g = watching();
	clock_advance(3600000);
	free(g->journal_url);
	g->journal_url = xasprintf("%s/journal.db", dir);
	past_start(g);
	edge(g, 3600500, true, NULL);
	s = told(WIRE_SOURCE, object_source(g, "feed:orange/statuspage"));
	assert_int_equal(s->history_count, 5);
	assert_int_equal(s->history[0].at.ms, RIG_NOON + 1000);
	assert_string_equal(s->history[1].detail, "HTTP 500");
	assert_true(s->history[2].up);
	assert_false(s->history[3].up);
	assert_string_equal(s->history[3].detail, "not watched: no engine ran");
	assert_int_equal(s->history[3].at.ms, RIG_NOON + 10000);
	assert_true(s->history[4].up);
	assert_int_equal(source_losses(g, "feed:orange/statuspage", (struct utc){ RIG_NOON }), 1);
	wire_free(WIRE_SOURCE, s);
	past_stop(g);
	ended(g);
	file_remove_tree(dir, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_fetch_shows_why_and_its_age),
		cmocka_unit_test(a_carrier_is_told_of_when_it_changes),
		cmocka_unit_test(a_source_is_told_to_who_asks),
		cmocka_unit_test(the_largest_source_fits_a_line),
		cmocka_unit_test(a_cell_tells_each_probe),
		cmocka_unit_test(what_was_known_outlives_the_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

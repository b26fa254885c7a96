/* From a snapshot to the facts of an update: what a carrier's own page proposes. */
#include "ui/facts.h"

#include "t.h"

#define NOW "2026-03-10T14:31:00.000Z"

static struct utc at(const char *text)
{
	struct utc t;

	assert_true(utc_parse(text, &t));
	return t;
}

static void apply(struct snapshot *s, const char *line)
{
	cJSON *o = cJSON_Parse(line);
	struct err e = { 0 };

	assert_non_null(o);
	if (!snapshot_apply(s, o, &e))
		fail_msg("%s: %s", e.msg, line);
	cJSON_Delete(o);
}

static struct snapshot *world(const char *carrier, const char *dependencies)
{
	struct snapshot *s = snapshot_new();
	struct buf line;

	buf_init(&line, 0);
	apply(s, "{\"o\":\"region\",\"id\":\"FR\",\"name\":\"France\"}");
	apply(s, "{\"o\":\"component\",\"id\":\"data\",\"name\":\"Mobile data\",\"carriers\":"
		 "[\"orange\"]}");
	apply(s, "{\"o\":\"component\",\"id\":\"portal\",\"name\":\"Portal\"}");
	apply(s, carrier);
	buf_addf(&line,
	    "{\"o\":\"incident\",\"id\":\"INC-1\",\"phase\":\"open\",\"severity\":1,\"regions\":"
	    "[\"FR\"],\"components\":[\"portal\",\"data\"],\"source\":\"probe:p\","
	    "\"dependencies\":[%s]}",
	    dependencies);
	apply(s, buf_str(&line));
	buf_fini(&line);
	return s;
}

#define ORANGE                                                                                     \
	"{\"o\":\"carrier\",\"id\":\"orange\",\"name\":\"Orange\",\"regions\":[\"FR\"],"           \
	"\"has_feed\":true,\"status\":\"partial_outage\",\"since\":\"2026-03-10T14:20:00.000Z\","  \
	"\"data_at\":\"2026-03-10T14:30:00.000Z\",\"fresh_ms\":600000,\"detail\":\"Packet loss "   \
	"in "                                                                                      \
	"Lyon\"}"

static const struct {
	const char *carrier, *dependencies, *now;
	size_t count;
} cases[] = {
	{ ORANGE, "", NOW, 1 },
	/* somebody has said so already, or that it is over: nothing is proposed beside it */
	{ ORANGE, "{\"carrier\":\"orange\",\"at\":\"2026-03-10T14:25:00.000Z\"}", NOW, 1 },
	{ ORANGE,
	    "{\"carrier\":\"orange\",\"at\":\"2026-03-10T14:25:00.000Z\",\"cleared_at\":"
	    "\"2026-03-10T14:26:00.000Z\"}",
	    NOW, 0 },
	/* not read for long: it says nothing */
	{ ORANGE, "", "2026-03-10T14:41:00.000Z", 0 },
	{ "{\"o\":\"carrier\",\"id\":\"orange\",\"regions\":[\"IT\"],\"has_feed\":true,\"status\":"
	  "\"partial_outage\",\"data_at\":\"2026-03-10T14:30:00.000Z\"}",
	    "", NOW, 0 },
	{ "{\"o\":\"carrier\",\"id\":\"orange\",\"regions\":[\"FR\"],\"has_feed\":true,\"status\":"
	  "\"maintenance\",\"data_at\":\"2026-03-10T14:30:00.000Z\"}",
	    "", NOW, 0 },
	{ "{\"o\":\"carrier\",\"id\":\"sfr\",\"regions\":[\"FR\"],\"has_feed\":true,\"status\":"
	  "\"major_outage\",\"data_at\":\"2026-03-10T14:30:00.000Z\"}",
	    "", NOW, 0 },
};

static void a_carrier_that_tells_of_a_fault_is_proposed(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct snapshot *s = world(cases[i].carrier, cases[i].dependencies);
		struct arena *a = arena_new();
		struct compose_facts f;

		facts_of(s, snap_incident(s, "INC-1"), at(cases[i].now), a, &f);
		if (f.carrier_count != cases[i].count)
			fail_msg("case %zu: %zu carriers", i, f.carrier_count);
		arena_free(a);
		snapshot_free(s);
	}
}

static void its_words_are_quoted_unless_carriers_are_hidden(void **state)
{
	struct snapshot *s = world(ORANGE, "");
	struct arena *a = arena_new();
	struct compose_facts f;

	(void)state;
	facts_of(s, snap_incident(s, "INC-1"), at(NOW), a, &f);
	assert_string_equal(f.carriers[0].name, "Orange");
	assert_string_equal(f.carriers[0].reports, "Packet loss in Lyon");
	assert_int_equal(f.carriers[0].at.ms, at("2026-03-10T14:20:00.000Z").ms);
	apply(s, "{\"o\":\"noc\",\"id\":\"noc\",\"carriers_hidden\":true}");
	facts_of(s, snap_incident(s, "INC-1"), at(NOW), a, &f);
	assert_string_equal(f.carriers[0].name, "a partner network");
	assert_string_equal(f.carriers[0].reports, "");
	arena_free(a);
	snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_carrier_that_tells_of_a_fault_is_proposed),
		cmocka_unit_test(its_words_are_quoted_unless_carriers_are_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

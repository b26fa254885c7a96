/* What explains a failure speaks for what depends on it. */
#include "domain/detect.h"

#include "base/mem.h"
#include "t.h"
#include "watching.h"

/* Activation needs provisioning, which needs the HSS; the portal needs both others. */
static const char *const needs_prov[] = { "prov" }, *const needs_hss[] = { "hss", "gone" },
			 *const needs_two[] = { "activation", "prov" };
static const struct detect_target chain[] = {
	{ .id = "act",
	    .component = "activation",
	    .region = "FR",
	    .component_name = "Activation",
	    .region_name = "France",
	    .klass = "activation",
	    .depends_on = needs_prov,
	    .depends_count = 1 },
	{ .id = "prov",
	    .component = "prov",
	    .region = "FR",
	    .component_name = "Provisioning",
	    .region_name = "France",
	    .klass = "provisioning",
	    .depends_on = needs_hss,
	    .depends_count = 2 },
	{ .id = "hss",
	    .component = "hss",
	    .region = "FR",
	    .component_name = "HSS",
	    .region_name = "France",
	    .klass = "other" },
	{ .id = "portal",
	    .component = "portal",
	    .region = "FR",
	    .component_name = "Portal",
	    .region_name = "France",
	    .klass = "portal",
	    .depends_on = needs_two,
	    .depends_count = 2 },
	{ .id = "italy",
	    .component = "activation",
	    .region = "IT",
	    .component_name = "Activation",
	    .region_name = "Italy",
	    .klass = "none of ours",
	    .depends_on = needs_prov,
	    .depends_count = 1 },
};

/* What customers feel makes the severity; what explains it is told, and the rest counted with it.
 */
static void a_cause_speaks_for_what_depends_on_it(void **state)
{
	struct bench b;
	struct buf out;

	(void)state;
	bench_open(&b, chain, countof(chain));
	buf_init(&out, 0);
	bench_play(&b,
	    "0 act major, prov half\n1 act major, prov half, hss major\n2 act major, prov "
	    "half, hss major\n3 hss major\n13 -");
	assert_string_equal(
	    buf_str(&b.log), "13: open Sev 1 FR/activation+prov+hss hss=major_outage; ");
	assert_string_equal(b.active[0]->source, "hss");
	assert_string_equal(b.active[0]->title, "Activations fail");
	assert_string_equal(bench_last_detail(b.active[0]), "why; 2 that depend on it fail too");
	detect_evidence(b.d, b.active[0], &out);
	assert_string_equal(buf_str(&out), "our probe: France, HSS: major outage since 14:20:01 "
					   "UTC (why); with it 2 that depend on it: Activation, "
					   "Provisioning\n");
	buf_clear(&b.log);
	/* Long after: what depends on a known cause still opens nothing. In Italy it is no cause.
	 */
	bench_play(&b,
	    "500 portal major, italy half\n501 portal major, italy half\n502 portal major, "
	    "italy half\n512 -");
	assert_string_equal(
	    buf_str(&b.log), "512: open Sev 3 IT/activation italy=partial_outage; ");
	buf_fini(&out);
	bench_close(&b);
}

/* A minute is given to what depended on it; what is still down then is told. */
static void what_outlasts_its_cause_is_told(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, chain, countof(chain));
	bench_play(
	    &b, "0 prov major, act major\n1 prov major, act major\n2 prov major, act major\n12 -");
	assert_string_equal(
	    buf_str(&b.log), "12: open Sev 1 FR/activation+prov prov=major_outage; ");
	buf_clear(&b.log);
	bench_play(&b, "20 prov ok\n21 prov ok\n22 -\n40 act major\n50 -");
	assert_string_equal(buf_str(&b.log), "21: INC-1 prov=operational; ");
	bench_play(&b, "52 act major");
	assert_string_equal(
	    buf_str(&b.log), "21: INC-1 prov=operational; 52: INC-1 act=major_outage; ");
	bench_play(&b, "60 act ok\n61 act ok");
	assert_string_equal(buf_str(&b.log), "21: INC-1 prov=operational; 52: INC-1 "
					     "act=major_outage; 61: INC-1 act=operational; ");
	bench_close(&b);
}

/* A cause that falls again takes along what depends on it, and so does one that was not recorded.
 */
static void a_cause_comes_again(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, chain, countof(chain));
	b.broken = true;
	bench_play(
	    &b, "0 prov half, act major\n1 prov half, act major\n2 prov half, act major\n12 -");
	b.broken = false;
	bench_play(&b, "13 -");
	assert_string_equal(buf_str(&b.log), "12: lost prov=partial_outage; 13: open Sev 1 "
					     "FR/activation+prov prov=partial_outage; ");
	assert_string_equal(bench_last_detail(b.active[0]), "why; 1 that depends on it fails too");
	buf_clear(&b.log);
	bench_play(&b, "20 prov ok\n21 prov ok\n22 prov half\n23 prov half\n24 prov half\n80 -");
	assert_string_equal(
	    buf_str(&b.log), "21: INC-1 prov=operational; 24: INC-1 prov=partial_outage; ");
	bench_close(&b);
}

/* What nobody is about any more explains nothing. */
static void only_a_known_cause_speaks(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, chain, countof(chain));
	bench_play(&b, "0 prov half\n1 prov half\n2 prov half\n12 -");
	incident_evolve(b.active[0],
	    event_new("INC-1", b.active[0]->version + 1, b.now, "maria", EVENT_RESTORED, NULL));
	buf_clear(&b.log);
	bench_play(&b, "20 act major\n21 act major\n22 act major\n32 -");
	assert_string_equal(buf_str(&b.log), "32: open Sev 1 FR/activation act=major_outage; ");
	bench_close(&b);
}

static void in_a_circle_each_speaks_for_itself(void **state)
{
	static const char *const a[] = { "a" }, *const b_[] = { "b" };
	static const struct detect_target ring[] = {
		{ .id = "a",
		    .component = "a",
		    .region = "FR",
		    .depends_on = b_,
		    .depends_count = 1 },
		{ .id = "b",
		    .component = "b",
		    .region = "FR",
		    .depends_on = a,
		    .depends_count = 1 },
		{ .id = "c",
		    .component = "c",
		    .region = "FR",
		    .depends_on = a,
		    .depends_count = 1 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, ring, countof(ring));
	bench_play(&b,
	    "0 a half, b half, c half\n1 a half, b half, c half\n2 a half, b half, c half\n12 -");
	assert_string_equal(
	    buf_str(&b.log), "12: open Sev 3 FR/a+b+c a=partial_outage b=partial_outage; ");
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cause_speaks_for_what_depends_on_it),
		cmocka_unit_test(what_outlasts_its_cause_is_told),
		cmocka_unit_test(a_cause_comes_again),
		cmocka_unit_test(only_a_known_cause_speaks),
		cmocka_unit_test(in_a_circle_each_speaks_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* From observations to candidates and cells: grouping, whose fault it is, and what is kept. */
#include "domain/detect.h"

#include "base/mem.h"
#include "t.h"
#include "watching.h"

static const struct {
	const char *script, *log;
} cases[] = {
	/* three failures to fall, then a moment for the neighbours */
	{ "0 a major\n10 a major\n20 a major\n29 -\n30 -",
	    "30: open Sev 1 FR/data a=major_outage; " },
	{ "0 a major\n10 a major\n20 a ok\n30 a major\n40 a major\n60 -", "" },
	{ "0 a major\n10 a major\n20 a busy\n30 a major\n50 -",
	    "50: open Sev 1 FR/data a=major_outage; " },
	{ "0 a major\n10 a unknown\n20 a major\n30 a major\n40 -\n60 -", "" },
	/* back before anybody was told */
	{ "0 a major\n10 a major\n20 a major\n22 a ok\n24 a ok\n60 -", "" },
	/* two successes to rise, both edges told */
	{ "0 a major\n10 a major\n20 a major\n30 -\n40 a ok\n50 a major\n60 a ok\n70 a ok\n80 a ok",
	    "30: open Sev 1 FR/data a=major_outage; 70: INC-1 a=operational; " },
	/* what falls again goes to the incident that knows it */
	{ "0 a major\n1 a major\n2 a major\n12 -\n20 a ok\n21 a ok\n30 a half\n31 a half\n32 a "
	  "half",
	    "12: open Sev 1 FR/data a=major_outage; 21: INC-1 a=operational; 32: INC-1 "
	    "a=partial_outage; " },
	/* a change between bad and worse is told when it lasts */
	{ "0 a slow\n1 a slow\n2 a slow\n12 -\n20 a major\n21 a slow\n22 a major\n23 a major",
	    "12: open Sev 2 FR/data a=degraded; 23: INC-1 a=major_outage; " },
	/* one region, one candidate */
	{ "0 a major, b half\n1 a major, b half\n2 a major, b half\n12 -",
	    "12: open Sev 1 FR/data+sms a=major_outage b=partial_outage; " },
	/* one class; most travellers are hit, so it is more severe */
	{ "0 c half\n1 c half\n2 c half\n5 b half\n6 b half\n7 b half\n16 -\n17 -",
	    "17: open Sev 2 FR+IT/sms b=partial_outage c=partial_outage; " },
	/* one carrier */
	{ "0 a slow, d slow\n1 a slow, d slow\n2 a slow, d slow\n12 -",
	    "12: open Sev 2 FR+US/data+portal a=degraded d=degraded; " },
	/* nothing in common: two candidates */
	{ "0 d slow, b half\n1 d slow, b half\n2 d slow, b half\n12 -",
	    "12: open Sev 3 FR/sms b=partial_outage; open Sev 4 US/portal d=degraded; " },
	/* the window ends the waiting */
	{ "0 b half\n1 b half\n2 b half\n9 c half\n10 c half\n11 c half\n18 a major\n19 a "
	  "major\n20 a "
	  "major\n29 -\n30 -",
	    "30: open Sev 1 FR+IT/data+sms a=major_outage b=partial_outage c=partial_outage; " },
	/* a neighbour joins while the candidate is young, and does not when it is old */
	{ "0 a major\n1 a major\n2 a major\n12 -\n100 b half\n101 b half\n102 b half\n120 -",
	    "12: open Sev 1 FR/data a=major_outage; 102: INC-1 b=partial_outage; " },
	{ "0 a major\n1 a major\n2 a major\n12 -\n400 b half\n401 b half\n402 b half\n412 -",
	    "12: open Sev 1 FR/data a=major_outage; 412: open Sev 3 FR/sms b=partial_outage; " },
	/* everything at once, without an answer, is our own connection */
	{ "0 a ok, b ok, c ok, d ok\n10 a major!, b major!\n12 c major!, d major!\n20 a major!, b "
	  "major!\n22 c major!, d major!\n30 a major!, b major!, c major!, d major!\n60 -",
	    "12: impaired; " },
	{ "0 a ok, b ok, c ok, d ok\n10 a major!, b major!, c major!, d major!\n20 a ok, b ok, c "
	  "ok, d "
	  "major!\n30 d major!\n40 d major!\n50 -\n60 -",
	    "10: impaired; 20: clear; 50: open Sev 3 US/portal d=major_outage; " },
	/* an answer, however bad, has come over our connection */
	{ "0 a major, b major, c major, d major\n1 a major, b major, c major, d major\n2 a major, "
	  "b "
	  "major, c major, d major\n12 -",
	    "12: open Sev 1 FR+IT+US/data+sms+portal a=major_outage b=major_outage c=major_outage "
	    "d=major_outage; " },
	/* one by one is not at once */
	{ "0 a major!\n10 a major!\n20 a major!\n30 -\n40 b major!, c major!, d major!, a major!",
	    "30: open Sev 1 FR/data a=major_outage; " },
};

static void scripts_of_observations(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct bench b;

		bench_open(&b, four_targets, FOUR);
		bench_play(&b, cases[i].script);
		if (strcmp(buf_str(&b.log), cases[i].log) != 0)
			fail_msg("%s\ngives     %s\ninstead of %s", cases[i].script,
			    buf_str(&b.log), cases[i].log);
		bench_close(&b);
	}
}

static void a_gateway_decides_whose_fault_it_is(void **state)
{
	struct detect_target five[FOUR + 1];
	struct bench b;

	(void)state;
	memcpy(five, four_targets, sizeof four_targets);
	five[4] = (struct detect_target){ .id = "gw", .gateway = true };
	bench_open(&b, five, 5);
	bench_play(&b,
	    "0 a ok, b ok, c ok, d ok, gw ok\n10 a major!, b major!, c major!, d major!, gw "
	    "ok\n11 a "
	    "major!, b major!, c major!, d major!\n12 a major!, b major!, c major!, d "
	    "major!\n22 -");
	assert_string_equal(buf_str(&b.log),
	    "22: open Sev 1 FR+IT+US/data+sms+portal a=major_outage b=major_outage c=major_outage "
	    "d=major_outage; ");
	bench_close(&b);
	bench_open(&b, five, 5);
	bench_play(
	    &b, "0 a ok, b ok, c ok, d ok, gw ok\n10 a major!, b major!, gw major!\n11 c major!\n");
	assert_string_equal(buf_str(&b.log), "11: impaired; ");
	assert_int_equal(detect_cell(b.d, "portal", "US")->status, STATUS_UNKNOWN);
	assert_non_null(strstr(detect_cell(b.d, "portal", "US")->detail, "gateway"));
	bench_play(&b, "20 gw ok");
	assert_string_equal(buf_str(&b.log), "11: impaired; 20: clear; ");
	assert_int_equal(detect_cell(b.d, "portal", "US")->status, STATUS_OPERATIONAL);
	bench_close(&b);
}

static void cells_show_the_worst_of_their_probes(void **state)
{
	static const struct detect_target two[] = {
		{ .id = "p1", .component = "data", .region = "FR", .fresh_ms = 60000 },
		{ .id = "p2", .component = "data", .region = "FR", .fresh_ms = 90000 },
		{ .id = "f1", .component = "data", .region = "FR", .feed = true, .fail_after = 1 },
	};
	struct detect_cell *c;
	struct bench b;
	size_t n;

	(void)state;
	bench_open(&b, two, 3);
	assert_ptr_equal(detect_cells(b.d, &n), detect_cell(b.d, "data", "FR"));
	assert_int_equal(n, 1);
	assert_null(detect_cell(b.d, "data", "IT"));
	c = detect_cell(b.d, "data", "FR");
	assert_int_equal(c->total, 2);
	assert_int_equal(c->fresh_ms, 90000);
	assert_ptr_equal(detect_changed(b.d), c);
	assert_null(detect_changed(b.d));
	assert_int_equal(c->status, STATUS_UNKNOWN);
	assert_false(utc_is_set(c->data_at));
	bench_play(&b, "0 p1 ok");
	assert_int_equal(c->status, STATUS_UNKNOWN); /* p2 has not spoken */
	bench_play(&b, "5 p2 ok, f1 major");
	assert_int_equal(c->status, STATUS_OPERATIONAL); /* somebody else's word is no status */
	assert_ptr_equal(detect_changed(b.d), c);
	assert_null(detect_changed(b.d));
	assert_int_equal(c->data_at.ms, START_MS);
	assert_int_equal(c->since.ms, START_MS + 5000);
	assert_int_equal(c->latency_ms, 40);
	assert_int_equal(c->latency_count, 1); /* of the first probe */
	bench_play(&b, "10 p1 ok, p2 slow\n15 p2 slow\n18 p1 ok\n20 p2 slow");
	assert_int_equal(c->status, STATUS_DEGRADED);
	assert_string_equal(c->detail, "why");
	assert_int_equal(c->failing, 1);
	assert_int_equal(c->flaps, 1);
	bench_play(&b, "30 p2 ok, p1 ok\n40 p2 ok\n50 p1 ok");
	assert_int_equal(c->status, STATUS_OPERATIONAL);
	assert_null(c->detail);
	bench_play(&b, "111 p2 ok");
	assert_int_equal(c->status, STATUS_UNKNOWN); /* p1 is silent for more than a minute */
	bench_play(&b, "112 p1 ok");
	assert_int_equal(c->status, STATUS_OPERATIONAL);
	bench_play(&b, "113 p1 unknown\n114 p1 unknown\n115 p1 unknown");
	assert_int_equal(c->status, STATUS_UNKNOWN);
	bench_close(&b);
}

static void a_change_of_targets_keeps_what_is_known(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	bench_play(&b, "0 a major, c ok\n1 a major\n2 a major");
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_MAJOR);
	detect_targets(b.d, four_targets, 2);
	assert_null(detect_cell(b.d, "sms", "IT"));
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_MAJOR);
	assert_int_equal(detect_cell(b.d, "data", "FR")->since.ms, START_MS + 2000);
	bench_play(&b, "12 -");
	assert_string_equal(buf_str(&b.log), "12: open Sev 1 FR/data a=major_outage; ");
	detect_targets(b.d, NULL, 0);
	bench_play(&b, "13 a major");
	bench_close(&b);
}

static void a_restart_repeats_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	bench_play(&b, "0 a major\n1 a major\n2 a major\n12 -");
	detect_free(b.d);
	b.d = detect_new(DETECT_SETTINGS);
	detect_targets(b.d, four_targets, FOUR);
	buf_clear(&b.log);
	bench_play(&b, "20 a major\n21 a major\n22 a major\n40 -");
	assert_string_equal(buf_str(&b.log), "");
	bench_play(&b, "41 a ok\n42 a ok");
	assert_string_equal(buf_str(&b.log), "42: INC-1 a=operational; ");
	bench_close(&b);
}

static void a_restored_incident_takes_no_neighbours(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	bench_play(&b, "0 a major\n1 a major\n2 a major\n12 -");
	incident_evolve(b.active[0],
	    event_new("INC-1", b.active[0]->version + 1, b.now, "maria", EVENT_RESTORED, NULL));
	buf_clear(&b.log);
	bench_play(&b, "20 b half\n21 b half\n22 b half\n23 a half\n24 a half\n32 -");
	assert_string_equal(buf_str(&b.log),
	    "24: INC-1 a=partial_outage; 32: open Sev 3 FR/sms b=partial_outage; ");
	bench_close(&b);
}

static void what_was_not_recorded_is_found_again(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	b.broken = true;
	bench_play(&b, "0 a major\n1 a major\n2 a major\n12 -\n13 -");
	b.broken = false;
	bench_play(&b, "20 -\n21 -");
	b.broken = true;
	bench_play(&b, "30 a ok\n31 a ok");
	b.broken = false;
	bench_play(&b, "40 -\n41 -");
	assert_string_equal(buf_str(&b.log), "12: lost a=major_outage; 13: lost a=major_outage; "
					     "20: open Sev 1 FR/data a=major_outage; "
					     "31: lost a=operational; 40: INC-1 a=operational; ");
	/* Down and up again while nothing could be recorded: there is nothing to open. */
	b.log.len = 0;
	b.broken = true;
	bench_play(&b, "60 d major\n61 d major\n62 d major\n72 -\n73 d ok\n74 d ok");
	b.broken = false;
	bench_play(&b, "80 -\n90 -");
	assert_string_equal(buf_str(&b.log),
	    "62: lost d=major_outage; 72: lost d=major_outage; 73: lost d=major_outage; ");
	detect_unsaid(b.d, "nobody");
	bench_close(&b);
}

static void next_says_when_a_group_opens(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	assert_false(utc_is_set(detect_next(b.d, (struct utc){ START_MS })));
	bench_play(&b, "0 a major\n1 a major\n2 a major");
	assert_int_equal(detect_next(b.d, b.now).ms, START_MS + 12000);
	assert_int_equal(detect_next(b.d, (struct utc){ START_MS + 20000 }).ms, START_MS + 20000);
	bench_play(&b, "12 -");
	assert_false(utc_is_set(detect_next(b.d, b.now)));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_of_observations),
		cmocka_unit_test(a_gateway_decides_whose_fault_it_is),
		cmocka_unit_test(cells_show_the_worst_of_their_probes),
		cmocka_unit_test(a_change_of_targets_keeps_what_is_known),
		cmocka_unit_test(a_restart_repeats_nothing),
		cmocka_unit_test(a_restored_incident_takes_no_neighbours),
		cmocka_unit_test(what_was_not_recorded_is_found_again),
		cmocka_unit_test(next_says_when_a_group_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

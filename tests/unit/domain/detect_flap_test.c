/* What comes and goes, and what planned work changes. */
#include "domain/detect.h"

#include "t.h"
#include "watching.h"

static void flaps_are_counted_for_an_hour(void **state)
{
	static const struct detect_target one[] = { { .id = "p",
	    .component = "data",
	    .region = "FR",
	    .fail_after = 1,
	    .recover_after = 1 } };
	struct bench b;

	(void)state;
	bench_open(&b, one, 1);
	for (int i = 0; i < 40; i++) { /* too seldom to be flapping */
		char line[64];

		snprintf(line, sizeof line, "%d p major", i * 16);
		bench_play(&b, line);
		for (int k = 1; k < 8; k++) {
			snprintf(line, sizeof line, "%d p ok", i * 16 + k * 2);
			bench_play(&b, line);
		}
	}
	assert_int_equal(detect_cell(b.d, "data", "FR")->flaps, 32); /* as many as are kept */
	assert_int_equal(detect_cell(b.d, "data", "FR")->latency_count, DETECT_LATENCIES);
	bench_play(&b, "4000 p ok");
	assert_int_equal(detect_cell(b.d, "data", "FR")->flaps, 14); /* those after second 400 */
	bench_play(&b, "4300 p ok");
	assert_int_equal(detect_cell(b.d, "data", "FR")->flaps, 0);
	bench_close(&b);
}

/* From..to seconds, every ten: bad, good, bad ... */
static void rock(struct bench *b, int from, int to)
{
	for (int at = from; at <= to; at += 10) {
		char line[64];

		snprintf(line, sizeof line, "%d a %s", at, (at / 10) % 2 ? "major" : "ok");
		bench_play(b, line);
	}
}

static void steady(struct bench *b, int from, int to, const char *word)
{
	for (int at = from; at <= to; at += 10) {
		char line[64];

		snprintf(line, sizeof line, "%d a %s", at, word);
		bench_play(b, line);
	}
}

/* Five changes of twenty are 29 percent, six are 34: that is told once. */
static void flapping_is_told_once_and_calm_once(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	rock(&b, 0, 50);
	bench_play(&b, "58 -");
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_OPERATIONAL);
	rock(&b, 60, 60);
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_DEGRADED);
	assert_string_equal(detect_cell(b.d, "data", "FR")->detail, "flapping: why");
	rock(&b, 70, 600);
	assert_string_equal(buf_str(&b.log), "70: open Sev 2 FR/data a=degraded; ");
	assert_string_equal(
	    bench_last_detail(b.active[0]), "flapping, 39 % of the last 20 results changed: why");
	assert_int_equal(b.active[0]->started_at.ms, START_MS + 10000);
	buf_clear(&b.log);
	steady(&b, 610, 740, "ok");
	assert_string_equal(buf_str(&b.log), "");
	steady(&b, 750, 900, "ok");
	assert_string_equal(buf_str(&b.log), "750: INC-1 a=operational; ");
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_OPERATIONAL);
	assert_null(detect_cell(b.d, "data", "FR")->detail);
	bench_close(&b);
}

static void what_is_down_can_begin_to_flap(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	steady(&b, 0, 40, "half");
	rock(&b, 50, 400);
	steady(&b, 410, 800, "half");
	assert_string_equal(buf_str(&b.log),
	    "30: open Sev 2 FR/data a=partial_outage; 100: INC-1 a=partial_outage; "
	    "560: INC-1 a=partial_outage; ");
	assert_string_equal(bench_last_detail(b.active[0]), "why");
	bench_close(&b);
}

static void planned_work_opens_nothing(void **state)
{
	struct detect_target t = four_targets[0];
	struct bench b;

	(void)state;
	t.muted = true;
	bench_open(&b, &t, 1);
	bench_play(&b, "0 a major\n1 a major\n2 a major\n60 -");
	assert_string_equal(buf_str(&b.log), "");
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_MAINTENANCE);
	t.muted = false;
	detect_targets(b.d, &t, 1);
	bench_play(&b, "61 a major"); /* still down when the work is over */
	assert_string_equal(buf_str(&b.log), "61: open Sev 1 FR/data a=major_outage; ");
	bench_close(&b);
}

/* After planned work each failure shows at once, and is counted until the close watch is over;
 * less of them make it fall, and only that opens something. */
static void after_planned_work_each_failure_shows(void **state)
{
	struct detect_target t = four_targets[0];
	struct detect_cell *cell;
	struct bench b;

	(void)state;
	t.fail_after = 2;
	t.closely = true;
	bench_open(&b, &t, 1);
	bench_play(&b, "0 a ok\n10 a ok\n20 a major");
	cell = detect_cell(b.d, "data", "FR");
	assert_int_equal(cell->status, STATUS_DEGRADED);
	assert_string_equal(cell->detail, "1 of 2 failures, soon after planned work: why");
	assert_int_equal(cell->since.ms, START_MS + 20000);
	assert_int_equal(cell->failing, 0);
	bench_play(&b, "30 a ok\n40 -");
	assert_int_equal(cell->status, STATUS_OPERATIONAL);
	assert_null(cell->detail);
	assert_int_equal(cell->slips, 1);
	assert_int_equal(cell->slipped_at.ms, START_MS + 20000);
	assert_string_equal(buf_str(&b.log), "");
	bench_play(&b, "50 a major\n60 a major\n70 -");
	assert_int_equal(cell->status, STATUS_MAJOR);
	assert_string_equal(cell->detail, "why");
	assert_int_equal(cell->slips, 2);
	assert_string_equal(buf_str(&b.log), "70: open Sev 1 FR/data a=major_outage; ");
	bench_play(&b, "80 a ok\n90 a ok");
	t.closely = false;
	detect_targets(b.d, &t, 1);
	cell = detect_cell(b.d, "data", "FR");
	bench_play(&b, "100 a major");
	assert_int_equal(cell->status, STATUS_OPERATIONAL);
	assert_int_equal(cell->slips, 0);
	assert_false(utc_is_set(cell->slipped_at));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flaps_are_counted_for_an_hour),
		cmocka_unit_test(flapping_is_told_once_and_calm_once),
		cmocka_unit_test(what_is_down_can_begin_to_flap),
		cmocka_unit_test(planned_work_opens_nothing),
		cmocka_unit_test(after_planned_work_each_failure_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

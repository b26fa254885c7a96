/* What a candidate says: title, severity, evidence; and of thousands only some. */
#include "domain/detect.h"

#include "base/mem.h"
#include "t.h"
#include "watching.h"

static void a_candidate_says_what_and_why(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	bench_play(&b, "0 a major\n1 a major, b half\n2 a major, b half\n3 b half\n13 -");
	assert_string_equal(b.active[0]->title, "Data connections fail");
	assert_string_equal(
	    b.active[0]->impact, "Customers in France may not be able to use data.");
	assert_string_equal(b.active[0]->source, "a");
	assert_int_equal(b.active[0]->started_at.ms, START_MS);
	bench_close(&b);
}

/* By impact and urgency: how much of the world, and whether there is a way round. */
static void severity_is_by_impact_and_urgency(void **state)
{
	static const struct {
		const char *klass[3]; /* of R0, R1, R2 */
		int travellers[3];
		bool workaround[3];
		const char *seen; /* what fails, and how badly */
		int severity;
	} rules[] = {
		{ { "data", "data", "data" }, { 50, 50, 100 }, { 0 }, "p0 major", 1 },
		{ { "data", "data", "data" }, { 50, 50, 100 }, { true }, "p0 major", 2 },
		/* slow already allows for it */
		{ { "data", "data", "data" }, { 50, 50, 100 }, { true }, "p0 slow", 2 },
		/* nobody else's network activates an eSIM */
		{ { "activation", "data", "data" }, { 50, 50, 100 }, { true }, "p0 major", 1 },
		/* not everywhere is a way round */
		{ { "data", "data", "data" }, { 10, 10, 100 }, { true, false },
		    "p0 major, p1 major", 1 },
		{ { "data", "data", "data" }, { 10, 10, 100 }, { true, true }, "p0 major, p1 major",
		    2 },
		/* half of the travellers is not most of them; one more is */
		{ { "sms", "data", "data" }, { 100, 50, 50 }, { 0 }, "p0 slow", 3 },
		{ { "sms", "data", "data" }, { 101, 50, 50 }, { 0 }, "p0 slow", 2 },
		{ { "data", "data", "data" }, { 101, 50, 50 }, { true }, "p0 major", 1 },
		/* where none are known, regions count */
		{ { "sms", "sms", "data" }, { 0 }, { 0 }, "p0 slow", 3 },
		{ { "sms", "sms", "data" }, { 0 }, { 0 }, "p0 slow, p1 slow", 2 },
		{ { "portal", "data", "data" }, { 0, 0, 5 }, { 0 }, "p0 slow", 4 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rules); i++) {
		struct detect_target three[3];
		struct bench b;
		char line[100];

		for (int k = 0; k < 3; k++)
			three[k] =
			    (struct detect_target){ .id = (const char *[]){ "p0", "p1", "p2" }[k],
				    .component = (const char *[]){ "c0", "c1", "c2" }[k],
				    .region = (const char *[]){ "R0", "R1", "R2" }[k],
				    .klass = rules[i].klass[k],
				    .travellers = rules[i].travellers[k],
				    .workaround = rules[i].workaround[k],
				    .fail_after = 1 };
		bench_open(&b, three, 3);
		snprintf(line, sizeof line, "0 p0 ok, p1 ok, p2 ok\n1 %s\n11 -", rules[i].seen);
		bench_play(&b, line);
		assert_int_equal(b.count, 1);
		if (b.active[0]->severity != rules[i].severity)
			fail_msg("rule %zu: Sev %d", i, b.active[0]->severity);
		bench_close(&b);
	}
}

/* An incident that has grown or shrunk says what it would be now; a person decides. */
static void evidence_tells_when_severity_has_changed(void **state)
{
	struct bench b;
	struct buf out;

	(void)state;
	bench_open(&b, four_targets, FOUR);
	buf_init(&out, 0);
	bench_play(&b, "0 a slow\n1 a slow\n2 a slow\n12 -");
	detect_evidence(b.d, b.active[0], &out);
	assert_null(strstr(buf_str(&out), "would be"));
	bench_play(&b, "20 a major\n21 a major");
	detect_evidence(b.d, b.active[0], &out);
	assert_non_null(strstr(buf_str(&out), "what fails now would be Sev 1, it is Sev 2\n"));
	buf_clear(&out);
	bench_play(&b, "30 a ok\n31 a ok");
	detect_evidence(b.d, b.active[0], &out);
	assert_null(strstr(buf_str(&out), "would be"));
	buf_fini(&out);
	bench_close(&b);
}

static void evidence_names_both_sides(void **state)
{
	static const struct detect_target three[] = {
		{ .id = "probe:p1",
		    .component = "data",
		    .region = "FR",
		    .component_name = "Data",
		    .region_name = "France",
		    .klass = "data" },
		{ .id = "probe:p2",
		    .component = "data",
		    .region = "FR",
		    .component_name = "Data",
		    .region_name = "France",
		    .klass = "data" },
		{ .id = "feed:orange/data",
		    .component = "data",
		    .region = "FR",
		    .component_name = "Data",
		    .region_name = "France",
		    .klass = "data",
		    .teller = "Orange's page",
		    .feed = true },
	};
	int failing, total;
	struct bench b;
	struct buf out;

	(void)state;
	bench_open(&b, three, countof(three));
	buf_init(&out, 0);
	bench_play(&b,
	    "0 probe:p1 major, probe:p2 ok, feed:orange/data ok\n1 probe:p1 major\n2 probe:p1 "
	    "major\n12 -");
	detect_evidence(b.d, b.active[0], &out);
	assert_string_equal(buf_str(&out),
	    "our probe: France, Data: major outage since 14:20:00 UTC (why)\n"
	    "our other probes: 1 fine, 0 without an answer yet\n"
	    "Orange's page: France, Data: operational since 14:20:00 UTC\n"
	    "they disagree: our probe says major outage since 14:20:00 UTC, Orange's page says "
	    "operational since 14:20:00 UTC\n");
	detect_sources(b.d, b.active[0], &failing, &total);
	assert_int_equal(failing, 1);
	assert_int_equal(total, 3);
	buf_fini(&out);
	/* The same again is no news; another word of one of them is, to those that it covers. */
	bench_play(&b, "13 probe:p1 major, probe:p2 ok");
	assert_false(detect_touches(b.d, b.active[0]));
	bench_play(&b, "14 feed:orange/data major\n15 feed:orange/data major");
	assert_false(detect_touches(b.d, b.active[0])); /* not clear yet */
	bench_play(&b, "16 feed:orange/data major");
	assert_true(detect_touches(b.d, b.active[0]));
	bench_play(&b, "17 -");
	assert_false(detect_touches(b.d, b.active[0]));
	bench_close(&b);
}

static void many_cells_make_one_candidate(void **state)
{
	struct detect_target *targets = xcalloc(2000, sizeof *targets);
	struct detect_observation *batch = xcalloc(2000, sizeof *batch);
	struct detect_findings found = { 0 };
	struct detect *d = detect_new(DETECT_SETTINGS);

	(void)state;
	for (int i = 0; i < 2000; i++) {
		targets[i].id = xasprintf("p%d", i);
		targets[i].component = xasprintf("c%d", i % 40);
		targets[i].region = xasprintf("R%d", i / 40);
		batch[i] =
		    (struct detect_observation){ .target = targets[i].id, .status = STATUS_MAJOR };
	}
	detect_targets(d, targets, 2000);
	for (int round = 0; round < 3; round++) {
		struct utc now = { START_MS + round * 1000 };

		for (int i = 0; i < 2000; i++)
			batch[i].at = now;
		detect_run(d, batch, 2000, NULL, 0, now, &found);
	}
	assert_int_equal(found.count, 0);
	detect_run(d, NULL, 0, NULL, 0, (struct utc){ START_MS + 12000 }, &found);
	assert_int_equal(found.count, 1);
	assert_int_equal(cJSON_GetArraySize(json_get(found.items[0].opened, "regions")), 50);
	assert_in_range(found.items[0].signal_count, 100, 500);
	detect_findings_fini(&found);
	detect_free(d);
	for (int i = 0; i < 2000; i++) {
		free((void *)(uintptr_t)targets[i].id);
		free((void *)(uintptr_t)targets[i].component);
		free((void *)(uintptr_t)targets[i].region);
	}
	free(targets);
	free(batch);
}

/* Of thousands that fall, some speak and the rest is counted: in a candidate of their own, and in
 * an incident that is there. When one that spoke is well again, another speaks in its place; when
 * all are, those that spoke say so. */
static void thousands_are_a_few_lines(void **state)
{
	enum { MANY = 1000, MOST = 200 };
	struct detect_target *targets = xcalloc(MANY, sizeof *targets);
	struct detect_observation *batch = xcalloc(MANY, sizeof *batch);
	char(*ids)[16] = xcalloc(MANY, sizeof *ids);
	struct bench b;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(ids[i], sizeof ids[i], "p%d", i);
		targets[i] = (struct detect_target){ .id = ids[i],
			.component = ids[i],
			.region = "FR",
			.fail_after = 1,
			.recover_after = 1 };
		batch[i] = (struct detect_observation){ .target = ids[i], .status = STATUS_MAJOR };
	}
	bench_open(&b, targets, MANY);
	bench_play(&b, "0 p0 major\n10 -");
	/* In the second round one of those that spoke is well again, in the third another speaks
	 * in its place, in the fourth all are well. */
	for (int round = 0; round < 4; round++) {
		static const size_t counts[] = { MANY, 1, 0, MANY },
				    want[] = { MOST - 1, 1, 1, MOST };
		struct detect_findings found = { 0 };
		size_t signals = 0;

		b.now.ms = START_MS + 11000 + round * 1000;
		for (int i = 0; i < MANY; i++) {
			batch[i].at = b.now;
			batch[i].status = round < 1 ? STATUS_MAJOR : STATUS_OPERATIONAL;
		}
		detect_run(b.d, batch, counts[round], (const struct incident *const *)b.active,
		    b.count, b.now, &found);
		for (size_t i = 0; i < found.count; i++) {
			assert_int_equal(found.items[i].what, DETECT_SIGNAL);
			signals += found.items[i].signal_count;
			bench_act(&b, &found.items[i]);
		}
		assert_int_equal(signals, want[round]);
		detect_findings_fini(&found);
	}
	assert_int_equal(b.count, 1);
	assert_true(b.active[0]->signal_recovered);
	bench_close(&b);
	free(targets);
	free(batch);
	free(ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_candidate_says_what_and_why),
		cmocka_unit_test(severity_is_by_impact_and_urgency),
		cmocka_unit_test(evidence_tells_when_severity_has_changed),
		cmocka_unit_test(evidence_names_both_sides),
		cmocka_unit_test(many_cells_make_one_candidate),
		cmocka_unit_test(thousands_are_a_few_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

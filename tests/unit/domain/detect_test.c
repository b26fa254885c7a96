/* Scripts of observations. A line is a time in seconds and what was seen then: "30 a major, b ok".
 * A `!` behind a status means that nothing answered; "-" is only time that goes by. What detection
 * finds is acted on as the engine does it, and written down in a log. */
#include "domain/detect.h"

#include "base/mem.h"
#include "t.h"

#define START_MS 1741616400000 /* 2025-03-10T14:20:00Z */

struct bench {
	struct detect *d;
	struct incident *active[16];
	size_t count;
	int opened;
	struct buf log;
	struct utc now;
	bool broken; /* nothing can be recorded */
};

static const struct detect_target four[] = {
	{ .id = "a",
	    .component = "data",
	    .region = "FR",
	    .component_name = "Data",
	    .region_name = "France",
	    .klass = "data",
	    .travellers = 100,
	    .carrier = "orange" },
	{ .id = "b",
	    .component = "sms",
	    .region = "FR",
	    .component_name = "SMS",
	    .region_name = "France",
	    .klass = "sms",
	    .travellers = 100 },
	{ .id = "c",
	    .component = "sms",
	    .region = "IT",
	    .component_name = "SMS",
	    .region_name = "Italy",
	    .klass = "sms",
	    .travellers = 900 },
	{ .id = "d",
	    .component = "portal",
	    .region = "US",
	    .component_name = "Portal",
	    .region_name = "United States",
	    .klass = "portal",
	    .travellers = 500,
	    .carrier = "orange" },
};

static void bench_open(struct bench *b, const struct detect_target *targets, size_t count)
{
	memset(b, 0, sizeof *b);
	b->d = detect_new(DETECT_SETTINGS);
	buf_init(&b->log, 0);
	detect_targets(b->d, targets, count);
}

static void bench_close(struct bench *b)
{
	detect_free(b->d);
	for (size_t i = 0; i < b->count; i++)
		incident_free(b->active[i]);
	buf_fini(&b->log);
}

static void say_signal(struct bench *b, const cJSON *body)
{
	buf_addf(&b->log, " %s=%s", json_str(body, "source"), json_str(body, "status"));
}

static void lose(struct bench *b, const struct detect_finding *f)
{
	buf_adds(&b->log, "lost");
	for (size_t i = 0; i < f->signal_count; i++) {
		say_signal(b, f->signals[i]);
		detect_unsaid(b->d, json_str(f->signals[i], "source"));
	}
	buf_adds(&b->log, "; ");
}

static void act(struct bench *b, struct detect_finding *f)
{
	struct incident *inc = NULL;
	char id[24];

	if (b->broken) {
		lose(b, f);
		return;
	}
	switch (f->what) {
	case DETECT_OPEN:
		snprintf(id, sizeof id, "INC-%d", ++b->opened);
		inc = incident_new(id);
		b->active[b->count++] = inc;
		incident_evolve(inc, event_new(id, 1, b->now, "engine", EVENT_OPENED, f->opened));
		f->opened = NULL;
		buf_addf(&b->log, "open Sev %d %s", inc->severity, inc->regions[0]);
		for (size_t i = 1; i < inc->region_count; i++)
			buf_addf(&b->log, "+%s", inc->regions[i]);
		for (size_t i = 0; i < inc->component_count; i++)
			buf_addf(&b->log, "%s%s", i ? "+" : "/", inc->components[i]);
		break;
	case DETECT_SIGNAL:
		for (size_t i = 0; i < b->count; i++)
			if (strcmp(b->active[i]->id, f->incident) == 0)
				inc = b->active[i];
		assert_non_null(inc);
		buf_addf(&b->log, "%s", f->incident);
		break;
	case DETECT_IMPAIRED:
		assert_true(f->why && f->why[0]);
		buf_adds(&b->log, "impaired");
		break;
	case DETECT_CLEAR:
		buf_adds(&b->log, "clear");
		break;
	}
	for (size_t i = 0; i < f->signal_count; i++) {
		struct err e = { 0 };

		assert_true(event_body_check(EVENT_SIGNAL, f->signals[i], &e));
		say_signal(b, f->signals[i]);
		incident_evolve(inc, event_new(inc->id, inc->version + 1, b->now, "engine",
					 EVENT_SIGNAL, f->signals[i]));
		f->signals[i] = NULL;
	}
	buf_adds(&b->log, "; ");
}

static enum status status_word(const char *word)
{
	return strcmp(word, "ok") == 0	    ? STATUS_OPERATIONAL
	       : strcmp(word, "slow") == 0  ? STATUS_DEGRADED
	       : strcmp(word, "half") == 0  ? STATUS_PARTIAL
	       : strcmp(word, "major") == 0 ? STATUS_MAJOR
					    : STATUS_UNKNOWN;
}

static void step(struct bench *b, char *line)
{
	struct detect_observation batch[32];
	struct detect_findings found = { 0 };
	char ids[32][32], words[32][32];
	size_t n = 0, before = b->log.len;
	int used;

	b->now.ms = START_MS + strtol(line, &line, 10) * 1000;
	for (; sscanf(line, " %31[^ ] %31[^, ]%n", ids[n], words[n], &used) == 2; n++) {
		size_t len = strlen(words[n]);
		bool dead = len && words[n][len - 1] == '!';

		if (dead)
			words[n][len - 1] = '\0';
		batch[n] = (struct detect_observation){ .target = ids[n],
			.at = b->now,
			.status = status_word(words[n]),
			.busy = strcmp(words[n], "busy") == 0,
			.no_answer = dead,
			.latency_ms = dead ? -1 : 40,
			.detail = "why" };
		line += used;
		line += *line == ',';
	}
	detect_run(
	    b->d, batch, n, (const struct incident *const *)b->active, b->count, b->now, &found);
	if (found.count)
		buf_addf(&b->log, "%d: ", (int)((b->now.ms - START_MS) / 1000));
	for (size_t i = 0; i < found.count; i++)
		act(b, &found.items[i]);
	assert_true(found.count == 0 || b->log.len > before);
	detect_findings_fini(&found);
}

static void play(struct bench *b, const char *script)
{
	char *copy = xstrdup(script), *line = copy, *end;

	for (; line && *line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		step(b, line);
	}
	free(copy);
}

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

		bench_open(&b, four, countof(four));
		play(&b, cases[i].script);
		if (strcmp(buf_str(&b.log), cases[i].log) != 0)
			fail_msg("%s\ngives     %s\ninstead of %s", cases[i].script,
			    buf_str(&b.log), cases[i].log);
		bench_close(&b);
	}
}

static void a_gateway_decides_whose_fault_it_is(void **state)
{
	struct detect_target five[countof(four) + 1];
	struct bench b;

	(void)state;
	memcpy(five, four, sizeof four);
	five[4] = (struct detect_target){ .id = "gw", .gateway = true };
	bench_open(&b, five, 5);
	play(&b, "0 a ok, b ok, c ok, d ok, gw ok\n10 a major!, b major!, c major!, d major!, gw "
		 "ok\n11 a "
		 "major!, b major!, c major!, d major!\n12 a major!, b major!, c major!, d "
		 "major!\n22 -");
	assert_string_equal(buf_str(&b.log),
	    "22: open Sev 1 FR+IT+US/data+sms+portal a=major_outage b=major_outage c=major_outage "
	    "d=major_outage; ");
	bench_close(&b);
	bench_open(&b, five, 5);
	play(
	    &b, "0 a ok, b ok, c ok, d ok, gw ok\n10 a major!, b major!, gw major!\n11 c major!\n");
	assert_string_equal(buf_str(&b.log), "11: impaired; ");
	assert_int_equal(detect_cell(b.d, "portal", "US")->status, STATUS_UNKNOWN);
	assert_non_null(strstr(detect_cell(b.d, "portal", "US")->detail, "gateway"));
	play(&b, "20 gw ok");
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
	play(&b, "0 p1 ok");
	assert_int_equal(c->status, STATUS_UNKNOWN); /* p2 has not spoken */
	play(&b, "5 p2 ok, f1 major");
	assert_int_equal(c->status, STATUS_OPERATIONAL); /* somebody else's word is no status */
	assert_ptr_equal(detect_changed(b.d), c);
	assert_null(detect_changed(b.d));
	assert_int_equal(c->data_at.ms, START_MS);
	assert_int_equal(c->since.ms, START_MS + 5000);
	assert_int_equal(c->latency_ms, 40);
	assert_int_equal(c->latency_count, 1); /* of the first probe */
	play(&b, "10 p1 ok, p2 slow\n15 p2 slow\n18 p1 ok\n20 p2 slow");
	assert_int_equal(c->status, STATUS_DEGRADED);
	assert_string_equal(c->detail, "why");
	assert_int_equal(c->failing, 1);
	assert_int_equal(c->flaps, 1);
	play(&b, "30 p2 ok, p1 ok\n40 p2 ok\n50 p1 ok");
	assert_int_equal(c->status, STATUS_OPERATIONAL);
	assert_null(c->detail);
	play(&b, "111 p2 ok");
	assert_int_equal(c->status, STATUS_UNKNOWN); /* p1 is silent for more than a minute */
	play(&b, "112 p1 ok");
	assert_int_equal(c->status, STATUS_OPERATIONAL);
	play(&b, "113 p1 unknown\n114 p1 unknown\n115 p1 unknown");
	assert_int_equal(c->status, STATUS_UNKNOWN);
	bench_close(&b);
}

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
		play(&b, line);
		for (int k = 1; k < 8; k++) {
			snprintf(line, sizeof line, "%d p ok", i * 16 + k * 2);
			play(&b, line);
		}
	}
	assert_int_equal(detect_cell(b.d, "data", "FR")->flaps, 32); /* as many as are kept */
	assert_int_equal(detect_cell(b.d, "data", "FR")->latency_count, DETECT_LATENCIES);
	play(&b, "4000 p ok");
	assert_int_equal(detect_cell(b.d, "data", "FR")->flaps, 14); /* those after second 400 */
	play(&b, "4300 p ok");
	assert_int_equal(detect_cell(b.d, "data", "FR")->flaps, 0);
	bench_close(&b);
}

/* From..to seconds, every ten: bad, good, bad ... */
static void rock(struct bench *b, int from, int to)
{
	for (int at = from; at <= to; at += 10) {
		char line[64];

		snprintf(line, sizeof line, "%d a %s", at, (at / 10) % 2 ? "major" : "ok");
		play(b, line);
	}
}

static void steady(struct bench *b, int from, int to, const char *word)
{
	for (int at = from; at <= to; at += 10) {
		char line[64];

		snprintf(line, sizeof line, "%d a %s", at, word);
		play(b, line);
	}
}

static const char *last_detail(const struct incident *inc)
{
	const struct event *ev = inc->events.items[inc->events.count - 1];

	assert_int_equal(ev->kind, EVENT_SIGNAL);
	return json_str(ev->body, "detail");
}

/* Five changes of twenty are 29 percent, six are 34: that is told once. */
static void flapping_is_told_once_and_calm_once(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four, countof(four));
	rock(&b, 0, 50);
	play(&b, "58 -");
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_OPERATIONAL);
	rock(&b, 60, 60);
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_DEGRADED);
	assert_string_equal(detect_cell(b.d, "data", "FR")->detail, "flapping: why");
	rock(&b, 70, 600);
	assert_string_equal(buf_str(&b.log), "70: open Sev 2 FR/data a=degraded; ");
	assert_string_equal(
	    last_detail(b.active[0]), "flapping, 39 % of the last 20 results changed: why");
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
	bench_open(&b, four, countof(four));
	steady(&b, 0, 40, "half");
	rock(&b, 50, 400);
	steady(&b, 410, 800, "half");
	assert_string_equal(buf_str(&b.log),
	    "30: open Sev 2 FR/data a=partial_outage; 100: INC-1 a=partial_outage; "
	    "560: INC-1 a=partial_outage; ");
	assert_string_equal(last_detail(b.active[0]), "why");
	bench_close(&b);
}

static void planned_work_opens_nothing(void **state)
{
	struct detect_target t = four[0];
	struct bench b;

	(void)state;
	t.muted = true;
	bench_open(&b, &t, 1);
	play(&b, "0 a major\n1 a major\n2 a major\n60 -");
	assert_string_equal(buf_str(&b.log), "");
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_MAINTENANCE);
	t.muted = false;
	detect_targets(b.d, &t, 1);
	play(&b, "61 a major"); /* still down when the work is over */
	assert_string_equal(buf_str(&b.log), "61: open Sev 1 FR/data a=major_outage; ");
	bench_close(&b);
}

static void a_change_of_targets_keeps_what_is_known(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four, countof(four));
	play(&b, "0 a major, c ok\n1 a major\n2 a major");
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_MAJOR);
	detect_targets(b.d, four, 2);
	assert_null(detect_cell(b.d, "sms", "IT"));
	assert_int_equal(detect_cell(b.d, "data", "FR")->status, STATUS_MAJOR);
	assert_int_equal(detect_cell(b.d, "data", "FR")->since.ms, START_MS + 2000);
	play(&b, "12 -");
	assert_string_equal(buf_str(&b.log), "12: open Sev 1 FR/data a=major_outage; ");
	detect_targets(b.d, NULL, 0);
	play(&b, "13 a major");
	bench_close(&b);
}

static void a_restart_repeats_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four, countof(four));
	play(&b, "0 a major\n1 a major\n2 a major\n12 -");
	detect_free(b.d);
	b.d = detect_new(DETECT_SETTINGS);
	detect_targets(b.d, four, countof(four));
	buf_clear(&b.log);
	play(&b, "20 a major\n21 a major\n22 a major\n40 -");
	assert_string_equal(buf_str(&b.log), "");
	play(&b, "41 a ok\n42 a ok");
	assert_string_equal(buf_str(&b.log), "42: INC-1 a=operational; ");
	bench_close(&b);
}

static void a_restored_incident_takes_no_neighbours(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four, countof(four));
	play(&b, "0 a major\n1 a major\n2 a major\n12 -");
	incident_evolve(b.active[0],
	    event_new("INC-1", b.active[0]->version + 1, b.now, "maria", EVENT_RESTORED, NULL));
	buf_clear(&b.log);
	play(&b, "20 b half\n21 b half\n22 b half\n23 a half\n24 a half\n32 -");
	assert_string_equal(buf_str(&b.log),
	    "24: INC-1 a=partial_outage; 32: open Sev 3 FR/sms b=partial_outage; ");
	bench_close(&b);
}

static void what_was_not_recorded_is_found_again(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four, countof(four));
	b.broken = true;
	play(&b, "0 a major\n1 a major\n2 a major\n12 -\n13 -");
	b.broken = false;
	play(&b, "20 -\n21 -");
	b.broken = true;
	play(&b, "30 a ok\n31 a ok");
	b.broken = false;
	play(&b, "40 -\n41 -");
	assert_string_equal(buf_str(&b.log), "12: lost a=major_outage; 13: lost a=major_outage; "
					     "20: open Sev 1 FR/data a=major_outage; "
					     "31: lost a=operational; 40: INC-1 a=operational; ");
	/* Down and up again while nothing could be recorded: there is nothing to open. */
	b.log.len = 0;
	b.broken = true;
	play(&b, "60 d major\n61 d major\n62 d major\n72 -\n73 d ok\n74 d ok");
	b.broken = false;
	play(&b, "80 -\n90 -");
	assert_string_equal(buf_str(&b.log),
	    "62: lost d=major_outage; 72: lost d=major_outage; 73: lost d=major_outage; ");
	detect_unsaid(b.d, "nobody");
	bench_close(&b);
}

static void next_says_when_a_group_opens(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four, countof(four));
	assert_false(utc_is_set(detect_next(b.d, (struct utc){ START_MS })));
	play(&b, "0 a major\n1 a major\n2 a major");
	assert_int_equal(detect_next(b.d, b.now).ms, START_MS + 12000);
	assert_int_equal(detect_next(b.d, (struct utc){ START_MS + 20000 }).ms, START_MS + 20000);
	play(&b, "12 -");
	assert_false(utc_is_set(detect_next(b.d, b.now)));
	bench_close(&b);
}

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
	play(&b, "0 act major, prov half\n1 act major, prov half, hss major\n2 act major, prov "
		 "half, hss major\n3 hss major\n13 -");
	assert_string_equal(
	    buf_str(&b.log), "13: open Sev 1 FR/activation+prov+hss hss=major_outage; ");
	assert_string_equal(b.active[0]->source, "hss");
	assert_string_equal(b.active[0]->title, "Activations fail");
	assert_string_equal(last_detail(b.active[0]), "why; 2 that depend on it fail too");
	detect_evidence(b.d, b.active[0], &out);
	assert_string_equal(buf_str(&out), "our probe: France, HSS: major outage since 14:20:01 "
					   "UTC (why); with it 2 that depend on it: Activation, "
					   "Provisioning\n");
	buf_clear(&b.log);
	/* Long after: what depends on a known cause still opens nothing. In Italy it is no cause.
	 */
	play(&b, "500 portal major, italy half\n501 portal major, italy half\n502 portal major, "
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
	play(&b, "0 prov major, act major\n1 prov major, act major\n2 prov major, act major\n12 -");
	assert_string_equal(
	    buf_str(&b.log), "12: open Sev 1 FR/activation+prov prov=major_outage; ");
	buf_clear(&b.log);
	play(&b, "20 prov ok\n21 prov ok\n22 -\n40 act major\n50 -");
	assert_string_equal(buf_str(&b.log), "21: INC-1 prov=operational; ");
	play(&b, "52 act major");
	assert_string_equal(
	    buf_str(&b.log), "21: INC-1 prov=operational; 52: INC-1 act=major_outage; ");
	play(&b, "60 act ok\n61 act ok");
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
	play(&b, "0 prov half, act major\n1 prov half, act major\n2 prov half, act major\n12 -");
	b.broken = false;
	play(&b, "13 -");
	assert_string_equal(buf_str(&b.log), "12: lost prov=partial_outage; 13: open Sev 1 "
					     "FR/activation+prov prov=partial_outage; ");
	assert_string_equal(last_detail(b.active[0]), "why; 1 that depends on it fails too");
	buf_clear(&b.log);
	play(&b, "20 prov ok\n21 prov ok\n22 prov half\n23 prov half\n24 prov half\n80 -");
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
	play(&b, "0 prov half\n1 prov half\n2 prov half\n12 -");
	incident_evolve(b.active[0],
	    event_new("INC-1", b.active[0]->version + 1, b.now, "maria", EVENT_RESTORED, NULL));
	buf_clear(&b.log);
	play(&b, "20 act major\n21 act major\n22 act major\n32 -");
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
	play(&b,
	    "0 a half, b half, c half\n1 a half, b half, c half\n2 a half, b half, c half\n12 -");
	assert_string_equal(
	    buf_str(&b.log), "12: open Sev 3 FR/a+b+c a=partial_outage b=partial_outage; ");
	bench_close(&b);
}

static void a_candidate_says_what_and_why(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, four, countof(four));
	play(&b, "0 a major\n1 a major, b half\n2 a major, b half\n3 b half\n13 -");
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
		play(&b, line);
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
	bench_open(&b, four, countof(four));
	buf_init(&out, 0);
	play(&b, "0 a slow\n1 a slow\n2 a slow\n12 -");
	detect_evidence(b.d, b.active[0], &out);
	assert_null(strstr(buf_str(&out), "would be"));
	play(&b, "20 a major\n21 a major");
	detect_evidence(b.d, b.active[0], &out);
	assert_non_null(strstr(buf_str(&out), "what fails now would be Sev 1, it is Sev 2\n"));
	buf_clear(&out);
	play(&b, "30 a ok\n31 a ok");
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
	play(&b, "0 probe:p1 major, probe:p2 ok, feed:orange/data ok\n1 probe:p1 major\n2 probe:p1 "
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
	play(&b, "0 p0 major\n10 -");
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
			act(&b, &found.items[i]);
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
		cmocka_unit_test(scripts_of_observations),
		cmocka_unit_test(a_gateway_decides_whose_fault_it_is),
		cmocka_unit_test(cells_show_the_worst_of_their_probes),
		cmocka_unit_test(flaps_are_counted_for_an_hour),
		cmocka_unit_test(flapping_is_told_once_and_calm_once),
		cmocka_unit_test(what_is_down_can_begin_to_flap),
		cmocka_unit_test(a_cause_speaks_for_what_depends_on_it),
		cmocka_unit_test(what_outlasts_its_cause_is_told),
		cmocka_unit_test(a_cause_comes_again),
		cmocka_unit_test(only_a_known_cause_speaks),
		cmocka_unit_test(in_a_circle_each_speaks_for_itself),
		cmocka_unit_test(planned_work_opens_nothing),
		cmocka_unit_test(a_change_of_targets_keeps_what_is_known),
		cmocka_unit_test(a_restart_repeats_nothing),
		cmocka_unit_test(a_restored_incident_takes_no_neighbours),
		cmocka_unit_test(what_was_not_recorded_is_found_again),
		cmocka_unit_test(next_says_when_a_group_opens),
		cmocka_unit_test(a_candidate_says_what_and_why),
		cmocka_unit_test(severity_is_by_impact_and_urgency),
		cmocka_unit_test(evidence_tells_when_severity_has_changed),
		cmocka_unit_test(evidence_names_both_sides),
		cmocka_unit_test(many_cells_make_one_candidate),
		cmocka_unit_test(thousands_are_a_few_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

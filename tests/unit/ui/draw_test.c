#include "ui/draw.h"

#include <locale.h>

#include "scene.h"
#include "t.h"

static void countdowns_read_as_people_say_them(void **state)
{
	static const struct {
		enum clock_state state;
		bool paused;
		int64_t s;
		const char *want;
	} cases[] = {
		{ CLOCK_RUNNING, false, 0, "00:00" },
		{ CLOCK_RUNNING, false, 59, "00:59" },
		{ CLOCK_RUNNING, false, 233, "03:53" },
		{ CLOCK_RUNNING, false, 3599, "59:59" },
		{ CLOCK_RUNNING, false, 3600, "1:00:00" },
		{ CLOCK_RUNNING, false, 35999, "9:59:59" },
		{ CLOCK_RUNNING, false, 36000, "10h 00m" },
		{ CLOCK_RUNNING, false, 86399, "23h 59m" },
		{ CLOCK_RUNNING, false, 86400, "1d 00h" },
		{ CLOCK_RUNNING, false, 2 * 86400 + 3 * 3600, "2d 03h" },
		{ CLOCK_RUNNING, false, -1, "00:00" },
		{ CLOCK_WARNING, false, 160, "02:40!" },
		{ CLOCK_WARNING, true, 160, "02:40!‖" },
		{ CLOCK_RUNNING, true, 160, "02:40‖" },
		{ CLOCK_BREACHED, false, -1, "+00:01" },
		{ CLOCK_BREACHED, false, -3661, "+1:01:01" },
		{ CLOCK_MET, false, 0, "✓" },
		{ CLOCK_MET_LATE, false, 0, "✓+" },
		{ CLOCK_CANCELLED, false, 0, "—" },
		{ CLOCK_MISSED, false, 0, "missed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[COUNTDOWN_TEXT];

		countdown_text(out, cases[i].state, cases[i].paused, cases[i].s);
		assert_string_equal(out, cases[i].want);
	}
}

/* The state and the pause are those of `now`, not of when the engine looked last. */
static void clocks_are_computed_anew(void **state)
{
	struct clock k = { .kind = CLOCK_UPDATE,
		.state = CLOCK_RUNNING,
		.start = { 0 },
		.due = { 100000 },
		.warn_at = { 75000 },
		.met_at = UTC_NONE,
		.pause_flip = { 60000 } };
	char out[COUNTDOWN_TEXT];

	(void)state;
	clock_text(out, &k, (struct utc){ 50000 });
	assert_string_equal(out, "00:50");
	clock_text(out, &k, (struct utc){ 60000 });
	assert_string_equal(out, "00:40‖");
	clock_text(out, &k, (struct utc){ 75000 });
	assert_string_equal(out, "00:25!‖");
	k.pause_flip = UTC_NONE;
	clock_text(out, &k, (struct utc){ 100000 });
	assert_string_equal(out, "00:00!");
	clock_text(out, &k, (struct utc){ 100001 });
	assert_string_equal(out, "+00:01");
	assert_int_equal(clock_style(CLOCK_RUNNING), STYLE_CLOCK);
	assert_int_equal(clock_style(CLOCK_WARNING), STYLE_WARN);
	assert_int_equal(clock_style(CLOCK_BREACHED), STYLE_BREACH);
	assert_int_equal(clock_style(CLOCK_MET_LATE), STYLE_MET);
}

static void spans_and_times(void **state)
{
	char out[16];

	(void)state;
	assert_string_equal(span_text(out, 4000), "4s");
	assert_string_equal(span_text(out, 192000), "3m12s");
	assert_string_equal(span_text(out, 3 * 3600000 + 5 * 60000), "3h05m");
	assert_string_equal(span_text(out, INT64_C(51) * 3600000), "2d03h");
	assert_string_equal(span_text(out, -5), "0s");
	assert_string_equal(ago_text(out, (struct utc){ 0 }, (struct utc){ 1000 }), "now");
	assert_string_equal(ago_text(out, (struct utc){ 0 }, (struct utc){ 12000 }), "12 s ago");
	assert_string_equal(ago_text(out, (struct utc){ 0 }, (struct utc){ 125000 }), "2 min ago");
	assert_string_equal(ago_text(out, (struct utc){ 0 }, (struct utc){ 7200000 }), "2 h ago");
	assert_string_equal(ago_text(out, (struct utc){ 0 }, (struct utc){ 172800000 }), "2 d ago");
	assert_string_equal(time_hms(out, (struct utc){ 52267000 }), "14:31:07");
	assert_string_equal(time_hm(out, (struct utc){ 52267000 }), "14:31");
	assert_string_equal(time_hms(out, (struct utc){ -1000 }), "23:59:59");
	assert_string_equal(time_hms(out, UTC_NONE), "--:--:--");
}

/* Word and shape always, in both glyph sets; the shapes of the levels differ. */
static void severities_have_word_and_shape(void **state)
{
	(void)state;
	for (int ascii = 0; ascii < 2; ascii++) {
		struct canvas c;

		canvas_init(&c, 10, 1);
		c.ascii = ascii;
		for (int sev = 1; sev <= 4; sev++) {
			char word[16];

			snprintf(word, sizeof word, "SEV%d", sev);
			canvas_clear(&c);
			assert_int_equal(draw_severity(&c, 0, 0, sev), 6);
			assert_true(canvas_has(&c, word));
			assert_int_equal(canvas_cell(&c, 0, 0)->style, severity_style(sev));
			for (int other = 1; other < sev; other++)
				assert_string_not_equal(
				    severity_shape(&c, sev), severity_shape(&c, other));
		}
		canvas_fini(&c);
	}
}

static void scope_fits_its_room(void **state)
{
	struct scene *s = scene_new();
	const struct snap_incident *inc = snap_incident(s->snap, "INC-42");
	char out[80];

	(void)state;
	incident_scope(inc, 40, out, sizeof out);
	assert_string_equal(out, "FR data,activation");
	incident_scope(inc, 13, out, sizeof out);
	assert_string_equal(out, "FR data +1");
	assert_string_equal(region_label(out, "us"), "US");
	assert_string_equal(region_label(out, "iberia"), "iberia");
	scene_free(s);
}

static void the_next_clock_stands_first(void **state)
{
	struct scene *s = scene_new();
	size_t n;
	const struct clock **list = clocks_sorted(snap_incident(s->snap, "INC-42"), &n);
	char brief[CLOCK_SHORT];

	(void)state;
	assert_int_equal(n, 7);
	assert_string_equal(clock_short(brief, list[0], s->snap), "Orange");
	assert_int_equal(list[1]->kind, CLOCK_UPDATE);
	assert_int_equal(list[2]->kind, CLOCK_TIER3);
	/* What was met comes last, in the order of the table. */
	assert_int_equal(list[5]->kind, CLOCK_RESPONSE);
	assert_int_equal(list[6]->kind, CLOCK_TIER2);
	free(list);
	scene_free(s);
}

static void bars_and_digits(void **state)
{
	static const int16_t latencies[] = { 10, 20, -1, 40 };
	struct canvas c;

	(void)state;
	canvas_init(&c, 40, 6);
	draw_bar(&c, 0, 0, 10, 30, 100, STYLE_BAR);
	assert_true(canvas_has(&c, "███░░░░░░░"));
	draw_bar(&c, 0, 0, 10, 300, 100, STYLE_BAR);
	assert_true(canvas_has(&c, "██████████"));
	draw_bar(&c, 0, 0, 10, -5, 0, STYLE_BAR);
	assert_true(canvas_has(&c, "░░░░░░░░░░"));
	canvas_clear(&c);
	draw_spark(&c, 0, 0, 6, latencies, 4);
	assert_true(canvas_has(&c, "  ▂▄×█"));
	draw_spark(&c, 0, 1, 2, latencies, 4);
	assert_true(canvas_has(&c, "×█"));
	canvas_clear(&c);
	assert_int_equal(draw_big(&c, 0, 0, STYLE_BIG, "1:0"), 18);
	assert_int_equal(big_width("1:0"), 17);
	assert_string_equal(canvas_cell(&c, 11, 0)->text, "█");
	canvas_fini(&c);
}

/* What cannot work now is not offered, and why not is said. */
static void actions_are_refused_with_a_reason(void **state)
{
	struct scene *s = scene_new();
	const struct snap_incident *open = snap_incident(s->snap, "INC-42");
	const struct snap_incident *cand = snap_incident(s->snap, "INC-43");

	(void)state;
	assert_string_equal(
	    scene_refuses(s, action_find("incident.ack"), open), "it is acknowledged already");
	assert_null(scene_refuses(s, action_find("incident.ack"), cand));
	assert_string_equal(
	    scene_refuses(s, action_find("incident.ack"), NULL), "no incident is selected");
	assert_string_equal(scene_refuses(s, action_find("incident.close"), open),
	    "only what is resolved is closed");
	assert_null(scene_refuses(s, action_find("incident.open"), NULL));
	assert_null(scene_refuses(s, action_find("help.open"), NULL));
	s->can = permission_parse("respond");
	assert_null(scene_refuses(s, action_find("incident.ack"), cand));
	assert_non_null(scene_refuses(s, action_find("incident.role"), open));
	assert_non_null(scene_refuses(s, action_find("update.compose"), open));
	s->can = permission_parse("command");
	s->read_only = true;
	assert_string_equal(
	    scene_refuses(s, action_find("incident.role"), open), "this board is read-only");
	assert_null(scene_refuses(s, action_find("list.open"), open));
	scene_free(s);
}

static int setup(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(countdowns_read_as_people_say_them),
		cmocka_unit_test(clocks_are_computed_anew),
		cmocka_unit_test(spans_and_times),
		cmocka_unit_test(severities_have_word_and_shape),
		cmocka_unit_test(scope_fits_its_room),
		cmocka_unit_test(the_next_clock_stands_first),
		cmocka_unit_test(bars_and_digits),
		cmocka_unit_test(actions_are_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

/* Every view on a grid of cells: what it must say at each size, and that no size breaks it. */
#include "ui/views.h"

#include <locale.h>

#include "scene.h"
#include "base/mem.h"
#include "t.h"
#include "ui/composer.h"
#include "ui/draw.h"
#include "ui/form.h"

static void board_says_what_matters_at_each_size(void **state)
{
	static const struct {
		int w, h;
	} sizes[] = { { 80, 24 }, { 120, 40 }, { 140, 40 }, { 300, 90 }, { 60, 16 } };
	struct scene *s = scene_new();

	(void)state;
	for (int ascii = 0; ascii < 2; ascii++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			void *b = view_board_new();
			struct canvas c =
			    scene_draw(s, &view_board, b, sizes[i].w, sizes[i].h, ascii);

			assert_true(canvas_has(&c, "14:31:07 UTC"));
			assert_true(canvas_has(&c, "SEV 1"));
			assert_true(canvas_has(&c, "engine ok 1s"));
			assert_true(canvas_has(&c, "next: INC-42 Orange in 02:40!"));
			assert_true(canvas_has(&c, "2 open"));
			assert_true(canvas_has(
			    &c, ascii ? ">!!SEV1 INC-42  FR data" : ">◆ SEV1 INC-42  FR data"));
			assert_true(canvas_has(&c, ascii ? "!!CRIT" : "◆CRIT"));
			assert_true(canvas_has(&c, "? help"));
			/* The cursor rests on the selected row, where braille and screen readers
			 * look. */
			assert_string_equal(canvas_cell(&c, c.cursor_x, c.cursor_y)->text, ">");
			assert_true(canvas_cell(&c, c.cursor_x, c.cursor_y)->flags & CELL_REVERSE);
			canvas_fini(&c);
			view_board.close(b);
		}
	scene_free(s);
}

static void board_80x24_has_all_of_it(void **state)
{
	static const char *const texts[] = { "Simology NOC", "data 4s old", "1 candidate",
		"ACT    EUICC", "●MIN", "◐MNT", "? 3m", "Orange ▲MAJ",
		"Orange 02:40!  upd 03:53  T3 09:12  work 1:43:25",
		"IC maria   COMMS — none for 04:10", "▲ SEV2 INC-41  IT sms", "resp✓ T2✓",
		"? cand INC-43", "E escalate", "P update" };
	struct scene *s = scene_new();
	void *b = view_board_new();
	struct canvas c = scene_draw(s, &view_board, b, 80, 24, false);

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!canvas_has(&c, texts[i]))
			fail_msg("not on the board: %s", texts[i]);
	/* Acknowledged already: the key is not offered. */
	assert_false(canvas_has(&c, "a ack"));
	canvas_fini(&c);
	view_board.close(b);
	scene_free(s);
}

/* Data that is too old is never shown as well, and the head says so when all of it is. */
static void old_data_turns_unknown(void **state)
{
	struct scene *s = scene_new();
	void *b = view_board_new();
	struct canvas c;

	(void)state;
	s->now = utc_add(s->now, 10 * 60000);
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, "no fresh data"));
	assert_false(canvas_has(&c, "◆CRIT"));
	assert_true(canvas_has(&c, "? 10m"));
	canvas_fini(&c);
	view_board.close(b);
	scene_free(s);
}

static void troubles_of_the_board_are_shouted(void **state)
{
	struct scene *s = scene_new();
	void *b = view_board_new(), *sources = view_sources_new(), *outbox = view_outbox_new();
	struct canvas c;

	(void)state;
	s->link = LINK_AWAY;
	s->away_ms = 72000;
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, "ENGINE AWAY for 1m12s: this is of 14:31:07 UTC"));
	assert_int_equal(canvas_cell(&c, 2, 2)->style, STYLE_BANNER);
	canvas_fini(&c);
	s->link = LINK_UP;
	scene_apply(s, "{\"o\":\"engine\",\"id\":\"engine\",\"journal_ok\":false,\"journal_why\":"
		       "\"disk full\"}");
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, "JOURNAL NOT WRITABLE: nothing can be recorded — disk full"));
	canvas_fini(&c);
	scene_apply(s, "{\"o\":\"engine\",\"id\":\"engine\",\"journal_ok\":true,\"impaired\":true,"
		       "\"impaired_why\":\"all probes fail\"}");
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, "OWN CONNECTIVITY IN DOUBT"));
	canvas_fini(&c);
	/* Beside the title of a view, not under it. */
	c = scene_draw(s, &view_sources, sources, 80, 24, false);
	assert_true(canvas_has(&c, "not well  OWN CONNECTIVITY IN DOUBT"));
	canvas_fini(&c);
	c = scene_draw(s, &view_outbox, outbox, 80, 24, false);
	assert_true(canvas_has(&c, "Outbox  OWN CONNECTIVITY IN DOUBT"));
	canvas_fini(&c);
	scene_apply(s, "{\"o\":\"engine\",\"id\":\"engine\",\"journal_ok\":true,\"config_error\":"
		       "\"nocboard.yaml:3:1: no\"}");
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(
	    &c, "not taken, what was good holds (nocboard check): nocboard.yaml:3:1: no"));
	canvas_fini(&c);
	view_board.close(b);
	view_sources.close(sources);
	view_outbox.close(outbox);
	scene_free(s);
}

/* A refresh that sorts the list anew moves the row, not the selection. */
static void the_selection_is_an_id(void **state)
{
	struct scene *s = scene_new();
	void *b = view_board_new();
	struct canvas c = scene_draw(s, &view_board, b, 80, 24, false);
	int y = c.cursor_y;

	(void)state;
	assert_string_equal(view_board.target(b, s), "INC-42");
	canvas_fini(&c);
	/* INC-41 becomes the next to breach. */
	scene_apply(s,
	    "{\"o\":\"incident\",\"id\":\"INC-41\",\"title\":\"x\",\"version\":10,\"phase\":"
	    "\"open\",\"severity\":1,"
	    "\"regions\":[\"it\"],\"components\":[\"sms\"],\"started_at\":\"2026-03-10T13:40:00."
	    "000Z\","
	    "\"opened_at\":\"2026-03-10T13:42:00.000Z\",\"clocks\":[{\"kind\":\"update\","
	    "\"severity\":1,"
	    "\"start\":\"2026-03-10T14:00:00.000Z\",\"due\":\"2026-03-10T14:31:00.000Z\","
	    "\"warn_at\":\"2026-03-10T14:20:00.000Z\",\"state\":\"running\"}]}");
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_string_equal(view_board.target(b, s), "INC-42");
	assert_true(c.cursor_y > y);
	assert_true(canvas_has(&c, "INC-41 update late by +00:07"));
	canvas_fini(&c);
	/* And when it is gone, the neighbour is selected. */
	scene_apply(s, "{\"o\":\"gone\",\"kind\":\"incident\",\"id\":\"INC-42\"}");
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_non_null(view_board.target(b, s));
	assert_string_not_equal(view_board.target(b, s), "INC-42");
	canvas_fini(&c);
	view_board.close(b);
	scene_free(s);
}

static void what_does_not_fit_is_counted(void **state)
{
	struct scene *s = scene_new();
	void *b = view_board_new();
	struct canvas c;

	(void)state;
	for (int i = 0; i < 12; i++) {
		char line[600];

		snprintf(line, sizeof line,
		    "{\"o\":\"incident\",\"id\":\"INC-%d\",\"title\":\"more\",\"version\":1,"
		    "\"phase\":\"open\",\"severity\":%d,\"rank\":%d,"
		    "\"regions\":[\"fr\"],\"components\":[\"data\"],\"started_at\":\"2026-03-10T13:"
		    "40:00.000Z\",\"opened_at\":\"2026-03-10T13:42:00.000Z\"}",
		    100 + i, i == 11 ? 1 : 3, i);
		scene_apply(s, line);
	}
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, "SEV 1 ×2"));
	assert_true(canvas_has(&c, "more out of sight, worst SEV 1"));
	canvas_fini(&c);
	for (int i = 0; i < 20; i++) {
		char line[200];

		snprintf(line, sizeof line,
		    "{\"o\":\"region\",\"id\":\"r%d\",\"name\":\"Region %d\",\"order\":%d}", i, i,
		    50 + i);
		scene_apply(s, line);
	}
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, " calm"));
	assert_true(canvas_has(&c, "◆CRIT"));
	assert_true(canvas_has(&c, "▲MAJ"));
	canvas_fini(&c);
	view_board.close(b);
	scene_free(s);
}

static void an_empty_board_says_what_would_be_here(void **state)
{
	struct scene *s = scene_new();
	static const char *const ids[] = { "INC-41", "INC-42", "INC-43" };
	void *b = view_board_new();
	struct canvas c;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char line[100];

		snprintf(line, sizeof line, "{\"o\":\"gone\",\"kind\":\"incident\",\"id\":\"%s\"}",
		    ids[i]);
		scene_apply(s, line);
	}
	c = scene_draw(s, &view_board, b, 120, 24, false);
	assert_true(canvas_has(&c, "No incident is open."));
	assert_true(canvas_has(&c, "I opens one by hand."));
	assert_null(view_board.target(b, s));
	canvas_fini(&c);
	s->read_only = true;
	c = scene_draw(s, &view_board, b, 120, 24, false);
	assert_false(canvas_has(&c, "opens one by hand"));
	assert_false(canvas_has(&c, "escalate"));
	assert_true(canvas_has(&c, "READ-ONLY"));
	canvas_fini(&c);
	view_board.close(b);
	scene_free(s);
}

/* Without an incident the worst cell speaks; calm is only what is known to be so. */
static void calm_is_what_is_known_to_be_so(void **state)
{
	struct scene *s = scene_new();
	static const char *const gone[] = { "incident\",\"id\":\"INC-41",
		"incident\",\"id\":\"INC-42", "incident\",\"id\":\"INC-43",
		"cell\",\"id\":\"data/fr", "cell\",\"id\":\"portal/us", "cell\",\"id\":\"sms/it" };
	static const char *const want[] = { NULL, NULL, " 1× CRIT ", " 1× MAJ ", " 1× MIN ",
		" all calm " };
	void *b = view_board_new();
	struct canvas c;

	(void)state;
	for (size_t i = 0; i < countof(gone); i++) {
		char line[100];

		snprintf(line, sizeof line, "{\"o\":\"gone\",\"kind\":\"%s\"}", gone[i]);
		scene_apply(s, line);
		c = scene_draw(s, &view_board, b, 80, 24, false);
		assert_int_equal(canvas_has(&c, " all calm "), i == countof(gone) - 1);
		if (want[i] && !canvas_has(&c, want[i]))
			fail_msg("not in the head: %s", want[i]);
		canvas_fini(&c);
	}
	s->link = LINK_AWAY;
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, " not known "));
	canvas_fini(&c);
	s->link = LINK_UP;
	s->now = utc_add(s->now, 3600000);
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, " not known "));
	canvas_fini(&c);
	view_board.close(b);
	scene_free(s);
}

static void a_region_filter_shows_what_touches_it(void **state)
{
	struct scene *s = scene_new();
	void *b = view_board_new();
	struct canvas c;

	(void)state;
	s->region = "it";
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, "INC-41"));
	assert_false(canvas_has(&c, "INC-42"));
	assert_false(canvas_has(&c, "France"));
	assert_true(canvas_has(&c, "Italy"));
	canvas_fini(&c);
	view_board.close(b);
	scene_free(s);
}

static void a_held_message_is_seen_by_everybody(void **state)
{
	struct scene *s = scene_new();
	void *b = view_board_new(), *o = view_outbox_new();
	struct canvas c;

	(void)state;
	scene_apply(s, "{\"o\":\"held\",\"id\":\"h1\",\"incident\":\"INC-42\",\"what\":\"progress "
		       "update\",\"by\":\"ana\","
		       "\"release_at\":\"2026-03-10T14:31:12.500Z\",\"text\":{\"public\":\"Hello "
		       "customers\"},\"channels\":[\"page\",\"mail\"]}");
	c = scene_draw(s, &view_board, b, 80, 24, false);
	assert_true(canvas_has(&c, "INC-42: progress update by ana — sending in 6 s — u stops it"));
	canvas_fini(&c);
	c = scene_draw(s, &view_outbox, o, 80, 24, false);
	assert_true(canvas_has(&c, "sending in 6s"));
	assert_true(canvas_has(&c, "to page, mail"));
	assert_true(canvas_has(&c, "Hello customers"));
	assert_true(canvas_has(&c, "again in 20s"));
	canvas_fini(&c);
	view_outbox.close(o);
	view_board.close(b);
	scene_free(s);
}

static void the_incident_has_five_tabs(void **state)
{
	static const struct {
		int tab;
		const char *texts[4];
	} cases[] = {
		{ 0, { "CLOCKS", "— vacant 04:10 [c]", "09:12 Kenji  +81 3 555 0104",
			 "they disagree" } },
		{ 1,
		    { "14:14:32 engine", "note: Orange says", "tier 2 answered", "[ timeline ]" } },
		{ 2, { "initial  investigating", "partner-hook waiting", "public read",
			 "Next update: 14:50 UTC." } },
		{ 3, { "CELLS IN SCOPE", "major outage", "3 of 3 probes fail", "data/fr" } },
		{ 4,
		    { "Incident commander", "ROSTER", "+81 3 555 0104", "noc@orange-fr.example" } },
	};
	struct scene *s = scene_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		void *v = view_incident_new("INC-42", cases[i].tab);
		struct canvas c = scene_draw(s, &view_incident, v, 100, 40, false);

		assert_true(canvas_has(&c, "INC-42"));
		assert_true(canvas_has(&c, "◆ SEV1 · open · FR data,activation"));
		assert_true(
		    canvas_has(&c, "bridge https://meet.example/noc-INC-42  +44 20 555 0199"));
		for (size_t k = 0; k < 4; k++)
			if (!canvas_has(&c, cases[i].texts[k]))
				fail_msg("tab %d has not: %s", cases[i].tab, cases[i].texts[k]);
		canvas_fini(&c);
		view_incident.close(v);
	}
	{
		void *v = view_incident_new("INC-7", 0);
		struct canvas c = scene_draw(s, &view_incident, v, 100, 40, false);

		assert_true(canvas_has(&c, "no longer on the board"));
		canvas_fini(&c);
		view_incident.close(v);
	}
	scene_free(s);
}

static void the_wall_is_read_from_afar(void **state)
{
	struct scene *s = scene_new();
	void *w = view_wall_new();
	struct canvas c;

	(void)state;
	s->read_only = true;
	c = scene_draw(s, &view_wall, w, 120, 40, false);
	assert_true(canvas_has(&c, "NEXT UPDATE INC-42"));
	assert_true(canvas_has(&c, "IC    maria"));
	assert_true(canvas_has(&c, "COMMS — NONE"));
	assert_true(canvas_has(&c, "◆CRIT"));
	assert_int_equal(c.cursor_x, -1);
	canvas_fini(&c);
	/* Pages turn by the clock. */
	c = scene_draw(s, &view_wall, w, 80, 24, false);
	assert_true(canvas_has(&c, "2/2"));
	canvas_fini(&c);
	s->now = utc_add(s->now, 20000);
	c = scene_draw(s, &view_wall, w, 80, 24, false);
	assert_true(canvas_has(&c, "1/2"));
	assert_true(canvas_has(&c, "France"));
	canvas_fini(&c);
	/* Old data is shouted, and nothing keeps its colour. */
	s->link = LINK_AWAY;
	s->away_ms = 192000;
	c = scene_draw(s, &view_wall, w, 120, 40, false);
	assert_true(canvas_has(&c, "STALE 3m12s"));
	for (int y = 0; y < c.h; y++)
		for (int x = 0; x < c.w; x++) {
			int style = canvas_cell(&c, x, y)->style;

			assert_true(style == STYLE_AWAY || style == STYLE_BANNER);
		}
	canvas_fini(&c);
	view_wall.close(w);
	scene_free(s);
}

static void help_and_notices(void **state)
{
	struct scene *s = scene_new();
	void *h = view_help_new("board"), *n = view_notice_new("Title", "one\ntwo \033[31mthree");
	struct canvas c = scene_draw(s, &view_help, h, 100, 90, false);

	(void)state;
	assert_true(canvas_has(&c, "incident.escalate"));
	assert_true(canvas_has(&c, "j Down"));
	assert_true(canvas_has(&c, ":reopen"));
	canvas_fini(&c);
	assert_true(view_help.search(h, s, "merge", 1));
	c = scene_draw(s, &view_help, h, 80, 24, false);
	assert_true(canvas_has(&c, "incident.merge"));
	canvas_fini(&c);
	assert_false(view_help.search(h, s, "no such thing", 1));
	s->read_only = true;
	c = scene_draw(s, &view_help, h, 100, 90, false);
	assert_false(canvas_has(&c, "incident.escalate"));
	canvas_fini(&c);
	c = scene_draw(s, &view_notice, n, 80, 24, false);
	assert_true(canvas_has(&c, "two [31mthree"));
	canvas_fini(&c);
	view_notice.close(n);
	view_help.close(h);
	scene_free(s);
}

static void nothing(struct app *app, void *data)
{
	(void)app;
	(void)data;
}

/* All views at all kinds of sizes, in both glyph sets: under the sanitizers this is the test. */
static void no_size_breaks_a_view(void **state)
{
	static const int widths[] = { 0, 1, 2, 3, 7, 20, 40, 59, 60, 61, 79, 80, 100, 119, 139, 140,
		219, 220, 300, 1000 };
	static const int heights[] = { 0, 1, 2, 3, 5, 8, 15, 16, 17, 24, 39, 40, 90, 1000 };
	struct scene *s = scene_new();
	const struct snap_incident *inc = snap_incident(s->snap, "INC-42");
	struct view views[] = {
		{ &view_board, view_board_new() },
		{ &view_incident, view_incident_new("INC-42", 0) },
		{ &view_incident, view_incident_new("INC-42", 1) },
		{ &view_incident, view_incident_new("INC-42", 2) },
		{ &view_incident, view_incident_new("INC-42", 3) },
		{ &view_incident, view_incident_new("INC-42", 4) },
		{ &view_outbox, view_outbox_new() },
		{ &view_wall, view_wall_new() },
		{ &view_help, view_help_new("board") },
		{ &view_palette, view_palette_new("esc") },
		{ &view_search, view_search_new(false) },
		{ &view_search, view_search_new(true) },
		{ &view_sources, view_sources_new() },
		{ &view_source, view_source_new("feed:movistar/rss") },
		{ &view_source, view_source_new("cell:data/fr") },
		{ &view_notice, view_notice_new("Title",
				    "A text that is longer than a narrow window is wide") },
		{ &view_form,
		    view_form_new(form_new(action_find("incident.escalate"), s, inc, NULL)) },
		{ &view_form,
		    view_form_new(form_new(action_find("incident.open"), s, NULL, NULL)) },
		{ &view_composer, composer_new(s, inc, NULL, NULL) },
		{ &view_confirm,
		    view_confirm_new(&(struct question){ .title = "Really?",
			.text = "A long text that needs several lines on a narrow screen.",
			.yes = "Yes",
			.type = "INC-42",
			.go = nothing }) },
	};

	(void)state;
	for (size_t v = 0; v < sizeof views / sizeof *views; v++) {
		assert_non_null(views[v].state);
		for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
			for (size_t k = 0; k < sizeof heights / sizeof *heights; k++) {
				struct canvas c = scene_draw(s, views[v].ops, views[v].state,
				    widths[i], heights[k], (i + k) % 2);

				assert_true(c.clip.w == c.w && c.clip.h == c.h);
				canvas_fini(&c);
			}
		views[v].ops->close(views[v].state);
	}
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
		cmocka_unit_test(board_says_what_matters_at_each_size),
		cmocka_unit_test(board_80x24_has_all_of_it),
		cmocka_unit_test(old_data_turns_unknown),
		cmocka_unit_test(troubles_of_the_board_are_shouted),
		cmocka_unit_test(the_selection_is_an_id),
		cmocka_unit_test(what_does_not_fit_is_counted),
		cmocka_unit_test(an_empty_board_says_what_would_be_here),
		cmocka_unit_test(calm_is_what_is_known_to_be_so),
		cmocka_unit_test(a_region_filter_shows_what_touches_it),
		cmocka_unit_test(a_held_message_is_seen_by_everybody),
		cmocka_unit_test(the_incident_has_five_tabs),
		cmocka_unit_test(the_wall_is_read_from_afar),
		cmocka_unit_test(help_and_notices),
		cmocka_unit_test(no_size_breaks_a_view),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

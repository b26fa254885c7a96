/* The board itself in a terminal, over an engine that says what a file says: golden screens, and
 * what must hold whatever is typed. */
#include "t.h"

#include "base/json.h"
#include "stage.h"

/* ---- golden screens ---- */

static void golden_at_each_size_and_terminal(void **state)
{
	static const char *const no_colour[] = { "NO_COLOR=1", NULL };
	static const struct {
		const char *name;
		struct stage_options o;
		const char *last; /* drawn when all is there */
	} cases[] = {
		{ "board-80x24", { .w = 80, .h = 24 }, "partner-hook …" },
		{ "board-120x40", { .w = 120, .h = 40 }, "opened: Attach" },
		{ "board-300x90", { .w = 300, .h = 90 }, "opened: Attach" },
		{ "board-80x24-ascii", { .w = 80, .h = 24, .locale = "C" }, "partner-hook ~" },
		{ "board-80x24-mono", { .w = 80, .h = 24, .env = no_colour }, "partner-hook …" },
		{ "board-80x24-8", { .w = 80, .h = 24, .term = "xterm" }, "partner-hook …" },
		{ "board-80x24-linux", { .w = 80, .h = 24, .term = "linux" }, "partner-hook ~" },
		{ "board-80x24-light", { .w = 80, .h = 24, .args = { "--theme", "light" } },
		    "partner-hook …" },
		{ "board-60x16", { .w = 60, .h = 16 }, "INC-42" },
		{ "board-40x10", { .w = 40, .h = 10 }, "INC-42" },
		{ "board-region", { .w = 80, .h = 24, .args = { "--region", "it", "--read-only" } },
		    "INC-41" },
		{ "wall-80x24", { .w = 80, .h = 24, .args = { "--wall" } }, "NEXT UPDATE INC-42" },
		{ "wall-120x40", { .w = 120, .h = 40, .args = { "--wall" } },
		    "NEXT UPDATE INC-42" },
		{ "wall-300x90", { .w = 300, .h = 90, .args = { "--wall" } },
		    "NEXT UPDATE INC-42" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stage *s = stage_new(&cases[i].o);

		stage_see(s, "14:31:07"); /* the engine's clock: its first mark is here */
		stage_see(s, cases[i].last);
		screen_golden(s->screen, cases[i].name);
		stage_free(s);
	}
}

static void golden_of_the_sources(void **state)
{
	static const char *const no_colour[] = { "NO_COLOR=1", NULL };
	static const struct {
		struct stage_options o;
		const char *keys, *see, *name;
	} cases[] = {
		{ { .w = 80, .h = 24, .locale = "C" }, "w", "movistar/rss", "sources-80x24-ascii" },
		{ { .w = 80, .h = 24, .env = no_colour }, "w", "movistar/rss",
		    "sources-80x24-mono" },
		{ { .w = 140, .h = 40 }, "w", "movistar/rss", "sources-140x40" },
		{ { .w = 80, .h = 24 }, "wfmovi\r\r", "not heard: this is an HTML page",
		    "source-80x24" },
		{ { .w = 80, .h = 24 }, "wfmovi\r\rt", "Su portal ha cambiado", "source-text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stage *s = stage_new(&cases[i].o);

		stage_see(s, "14:31:07");
		stage_see(s, "INC-41");
		stage_keys(s, cases[i].keys);
		stage_see(s, cases[i].see);
		screen_golden(s->screen, cases[i].name);
		stage_free(s);
	}
}

static void golden_of_the_windows(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24 });
	static const struct {
		const char *keys, *see, *name, *leave;
	} cases[] = {
		{ "\r", "CUSTOMERS READ NOW", "incident-80x24", "q" },
		{ "\r2k", "after the 14:00 change at Orange", "incident-timeline", "q" },
		{ "\r5", "leads diagnosis", "incident-people", "q" },
		{ "c", "Communications lead", "form-role", "\003" },
		{ "E", "pages nobody", "form-escalate", "\003" },
		{ "?", "Keys of the screen", "help-board", "q" },
		{ ":sev", "incident.severity", "palette", "\003" },
		{ "y", "Why these deadlines", "why", "q" },
		{ "o", "HTTP 503", "outbox", "q" },
		{ "w", "movistar/rss", "sources-80x24", "q" },
		{ "Ljjj", "12 signals", "journal-80x24", "q" },
		{ "M", "MNT-5", "planned", "q" },
		{ "P", "public would read", "composer", "\003" },
		{ "q", "Leave the board?", "confirm-leave", "\003" },
	};

	(void)state;
	stage_see(s, "partner-hook …");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stage_keys(s, cases[i].keys);
		stage_see(s, cases[i].see);
		screen_golden(s->screen, cases[i].name);
		screen_key(s->screen, cases[i].leave);
		stage_see(s, "carriers");
	}
	stage_free(s);
}

/* What is open over the board goes on with the clock: no countdown in it stands still. */
static void windows_go_on(void **state)
{
	static const struct {
		const char *key, *before, *after;
	} cases[] = {
		{ "M", "ends in 28:53", "ends in 23:53" },
		{ "y", "tier 3: running, 09:12", "tier 3: warning, 04:12!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24 });

		stage_see(s, "14:31:07");
		stage_keys(s, cases[i].key);
		stage_see(s, cases[i].before);
		fake_engine_say(
		    s->engine, "{\"o\":\"mark\",\"seq\":99,\"at\":\"2026-03-10T14:36:07Z\"}");
		stage_see(s, cases[i].after);
		stage_free(s);
	}
}

/* Pages go on in every list. */
static void the_outbox_is_paged(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24 });

	(void)state;
	stage_see(s, "partner-hook …");
	stage_keys(s, "o");
	stage_see(s, "INC-42, update 6 to partner-hook");
	stage_keys(s, "\006");
	stage_see(s, "INC-42, update 6 to page");
	stage_keys(s, "\025\025");
	stage_see(s, "INC-42, update 6 to partner-hook");
	stage_free(s);
}

/* A key that acts at once says what was recorded, in the engine's words, and what takes it back. */
static void what_was_recorded_is_said(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 80,
	    .h = 24,
	    .answer = "{\"re\":\"%s\",\"ok\":true,\"events\":[{\"incident\":\"INC-43\",\"version\":"
		      "15,\"kind\":\"snoozed\",\"text\":\"put aside until 15:01 UTC\"}]}" });

	(void)state;
	stage_see(s, "partner-hook …");
	stage_keys(s, "Gz");
	stage_see(s, "INC-43: put aside until 15:01 UTC — u takes it back");
	stage_keys(s, "a");
	assert_true(screen_wait_gone(s->screen, "takes it back", STAGE_WAIT));
	stage_see(s, "INC-43: put aside until 15:01 UTC");
	stage_free(s);
}

/* However long the names are, whether the service is back is to be read. */
static void a_restored_incident_says_so(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24 });
	cJSON *inc = stage_object("{\"o\":\"incident\",\"id\":\"INC-41\"");

	(void)state;
	cJSON_ReplaceItemInObject(inc, "phase", cJSON_CreateString("restored"));
	json_put_str(inc, "restored_at", "2026-03-10T14:20:00Z");
	cJSON_ReplaceItemInObject(inc, "workaround", cJSON_CreateTrue());
	for (int i = 0; i < 3; i++)
		cJSON_ReplaceItemInObject(cJSON_GetArrayItem(cJSON_GetObjectItem(inc, "role"), i),
		    "person", cJSON_CreateString("anastasia-maria.fernandez"));
	stage_see(s, "partner-hook …");
	stage_say(s, inc);
	fake_engine_say(s->engine, "{\"o\":\"mark\",\"seq\":100,\"at\":\"2026-03-10T14:31:07Z\"}");
	stage_see(s, "restored 14:20 (workaround)");
	stage_free(s);
}

static void say_cell(struct stage *s, const char *id, const char *status)
{
	char start[60];
	cJSON *cell;

	snprintf(start, sizeof start, "{\"o\":\"cell\",\"id\":\"%s\"", id);
	cell = stage_object(start);
	cJSON_ReplaceItemInObject(cell, "status", cJSON_CreateString(status));
	stage_say(s, cell);
}

/* Probes and feeds that are all well again say so in the row: somebody has to decide. What nothing
 * is heard of, as after a restart of the engine, is not well. */
static void what_is_well_again_says_so(void **state)
{
	static const char *const ids[] = { "INC-41", "INC-43" };
	struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24 });
	char start[60];

	(void)state;
	stage_see(s, "partner-hook …");
	for (int i = 0; i < 2; i++) {
		cJSON *inc;

		snprintf(start, sizeof start, "{\"o\":\"incident\",\"id\":\"%s\"", ids[i]);
		inc = stage_object(start);
		cJSON_ReplaceItemInObject(inc, "sources_failing", cJSON_CreateNumber(0));
		stage_say(s, inc);
	}
	say_cell(s, "sms/it", "unknown");
	assert_true(screen_wait_gone(s->screen, "●MIN", STAGE_WAIT));
	assert_false(screen_has(s->screen, "sources well"));
	assert_false(screen_has(s->screen, "well again"));
	say_cell(s, "sms/it", "operational");
	say_cell(s, "portal/us", "operational");
	stage_see(s, "TECH —   restored no, sources well");
	stage_see(s, "▲ SEV2 since 14:29 (1m16s)  well again  Portal p…");
	stage_free(s);
}

/* With no incident open the list says so, and what work lies ahead. */
static void a_calm_board_shows_what_is_planned(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24 });

	(void)state;
	stage_see(s, "partner-hook …");
	for (int id = 41; id <= 43; id++) {
		char line[80];

		snprintf(line, sizeof line,
		    "{\"o\":\"gone\",\"kind\":\"incident\",\"id\":\"INC-%d\"}", id);
		fake_engine_say(s->engine, line);
	}
	fake_engine_say(s->engine, "{\"o\":\"mark\",\"seq\":100,\"at\":\"2026-03-10T14:31:07Z\"}");
	stage_see(s, "PLANNED WORK");
	screen_golden(s->screen, "board-calm");
	stage_free(s);
}

/* An update that could not go out is told on the board, and the outbox says why. */
static void what_did_not_go_out_is_told(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24 });

	(void)state;
	stage_see(s, "partner-hook …");
	fake_engine_say(s->engine,
	    "{\"o\":\"held\",\"id\":\"held-3\",\"incident\":\"INC-41\",\"what\":\"progress "
	    "update\",\"by\":\"ana\",\"stuck\":\"refused: Jon changed this at 14:30:58 UTC, after "
	    "what you saw: severity 2 to 1\",\"text\":{\"public\":\"We still look into "
	    "it.\"},\"channels\":[\"page\"]}");
	fake_engine_say(s->engine, "{\"o\":\"mark\",\"seq\":100,\"at\":\"2026-03-10T14:31:07Z\"}");
	stage_see(s, "INC-41: progress update by ana did not go out — o shows why");
	stage_keys(s, "o");
	stage_see(s, "We still look");
	screen_golden(s->screen, "outbox-stuck");
	stage_free(s);
}

/* Where there is room the readers stand side by side. */
static void golden_of_a_wide_composer(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 180, .h = 40 });

	(void)state;
	stage_see(s, "partner-hook …");
	stage_keys(s, "P");
	stage_see(s, "public would read");
	stage_see(s, "partners would read");
	screen_golden(s->screen, "composer-180x40");
	stage_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_at_each_size_and_terminal),
		cmocka_unit_test(golden_of_the_windows),
		cmocka_unit_test(windows_go_on),
		cmocka_unit_test(what_was_recorded_is_said),
		cmocka_unit_test(the_outbox_is_paged),
		cmocka_unit_test(what_is_well_again_says_so),
		cmocka_unit_test(a_restored_incident_says_so),
		cmocka_unit_test(a_calm_board_shows_what_is_planned),
		cmocka_unit_test(what_did_not_go_out_is_told),
		cmocka_unit_test(golden_of_the_sources),
		cmocka_unit_test(golden_of_a_wide_composer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

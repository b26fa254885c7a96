/* What must hold whatever the terminal, the engine or the person does. */
#include "t.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "stage.h"

#define READY "partner-hook …"

static struct stage *open_board(const struct stage_options *o)
{
	struct stage *s = stage_new(o);

	stage_see(s, READY);
	return s;
}

static bool logged(const struct screen *s, const char *bytes)
{
	const struct buf *log = screen_log(s);

	return memmem(log->data, log->len, bytes, strlen(bytes)) != NULL;
}

/* Any line with "cmd" that the engine has heard within `ms`. */
static bool commanded(struct stage *s, struct buf *line, int ms)
{
	return fake_engine_expect(s->engine, "\"cmd\"", line, ms);
}

/* ---- leaving ---- */

static void it_leaves_the_terminal_as_it_was(void **state)
{
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
	int status = -1;

	(void)state;
	stage_keys(s, "q");
	stage_see(s, "Leave the board?");
	stage_keys(s, "\t");
	screen_send(s->screen, "\r");
	/* The question takes no key for 300 ms after it was drawn; this one comes as soon as it
	 * may. */
	for (int i = 0; i < 200 && !screen_wait_exit(s->screen, 20, &status); i++)
		screen_send(s->screen, i % 10 == 9 ? "\t\r" : "");
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(logged(s->screen, "\033[?1049h"));
	assert_true(logged(s->screen, "\033[?1049l"));
	assert_true(logged(s->screen, "\033[?2004l"));
	stage_free(s);
}

static void signals_restore_the_terminal(void **state)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGABRT };

	(void)state;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
		int status = -1;

		kill((pid_t)screen_pid(s->screen), signals[i]);
		assert_true(screen_wait_exit(s->screen, STAGE_WAIT, &status));
		assert_true(logged(s->screen, "\033[?1049l"));
		assert_true(logged(s->screen, "\033[?2004l"));
		if (signals[i] == SIGSEGV || signals[i] == SIGABRT)
			assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
		else
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		stage_free(s);
	}
}

/* The terminal vanishes: gone within 2 s, even when SIGHUP is ignored by whoever started it. */
static void a_lost_terminal_ends_it(void **state)
{
	(void)state;
	for (int ignored = 0; ignored < 2; ignored++) {
		struct stage *s;
		int status = -1;

		signal(SIGHUP, ignored ? SIG_IGN : SIG_DFL);
		s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
		signal(SIGHUP, SIG_DFL);
		screen_hang_up(s->screen);
		assert_true(screen_wait_exit(s->screen, 2000, &status));
		stage_free(s);
	}
}

static void without_a_terminal_it_says_so(void **state)
{
	const char *program = getenv("NOCBOARD");
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
	char *cmd = xasprintf(
	    "%s board --socket %s </dev/null 2>&1", program ? program : "./nocboard", s->socket);
	FILE *f = popen(cmd, "r");
	char line[400] = "";

	(void)state;
	assert_non_null(fgets(line, sizeof line, f));
	assert_non_null(strstr(line, "needs a terminal"));
	assert_non_null(strstr(line, "nocboard status"));
	assert_int_equal(WEXITSTATUS(pclose(f)), 2);
	free(cmd);
	stage_free(s);
}

/* ---- typing ---- */

static void a_key_acts_on_what_was_seen(void **state)
{
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
	struct buf line;

	(void)state;
	buf_init(&line, 0);
	stage_keys(s, "s");
	stage_see(s, "Change the severity of INC-42");
	/* Behind the form the list is sorted anew: INC-41 is due first now. */
	fake_engine_say(s->engine,
	    "{\"o\":\"incident\",\"id\":\"INC-42\",\"title\":\"x\",\"version\":20,\"phase\":"
	    "\"open\",\"severity\":1,\"regions\":[\"fr\"],\"components\":[\"data\"],"
	    "\"started_at\":\"2026-03-10T14:14:02.000Z\",\"opened_at\":\"2026-03-10T14:14:32."
	    "000Z\"}");
	fake_engine_say(
	    s->engine, "{\"o\":\"mark\",\"seq\":100,\"at\":\"2026-03-10T14:31:08.000Z\"}");
	stage_keys(s, "2\rsmaller\023");
	assert_true(commanded(s, &line, STAGE_WAIT));
	assert_non_null(strstr(buf_str(&line), "\"cmd\":\"severity\""));
	assert_non_null(strstr(buf_str(&line), "\"incident\":\"INC-42\""));
	/* And with the version that was on screen when the key was pressed. */
	assert_non_null(strstr(buf_str(&line), "\"seen\":14"));
	assert_non_null(
	    strstr(buf_str(&line), "\"args\":{\"severity\":\"2\",\"reason\":\"smaller\"}"));
	buf_fini(&line);
	stage_free(s);
}

/* Taken, put aside, joined, dismissed: each is one key. Aside can be taken back and is done at
 * once; what cannot be is a form whose values are read first. */
static void a_candidate_is_dealt_with_by_one_key(void **state)
{
	static const struct {
		const char *key, *form, *then, *sent;
	} cases[] = {
		{ "z", "u takes it back", "",
		    "\"cmd\":\"snooze\",\"incident\":\"INC-43\",\"seen\":1,\"args\":{\"for\":"
		    "\"30m\",\"reason\":\"not now\"}" },
		{ "J", "Merge INC-43", "\r\023",
		    "\"args\":{\"into\":\"INC-42\",\"reason\":\"the same cause\"}" },
		{ "F", "Dismiss INC-43", "\023", "\"args\":{\"reason\":\"a false alarm\"}" },
		{ "a", "? cand INC-43", "", "\"cmd\":\"ack\"" },
	};
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
	struct buf line;

	(void)state;
	buf_init(&line, 0);
	stage_keys(s, "G");
	stage_see(s, "a ack  J join  z aside  F dismiss");
	for (size_t i = 0; i < countof(cases); i++) {
		stage_keys(s, cases[i].key);
		stage_see(s, cases[i].form);
		stage_keys(s, cases[i].then);
		assert_true(commanded(s, &line, STAGE_WAIT));
		if (!strstr(buf_str(&line), cases[i].sent))
			fail_msg("%s sends %s", cases[i].key, buf_str(&line));
		assert_true(screen_wait_gone(s->screen, "┌─", STAGE_WAIT));
		buf_clear(&line);
	}
	/* On an open incident there is nothing to put aside. */
	stage_keys(s, "ggz");
	stage_see(s, "only a candidate is put aside");
	buf_fini(&line);
	stage_free(s);
}

/* It goes behind the others, is counted, and comes back with a bell. */
static void what_is_put_aside_comes_back(void **state)
{
	static const char cand[] = "{\"o\":\"incident\",\"id\":\"INC-43\",\"title\":\"Portal "
				   "probes failing\",\"version\":2,"
				   "\"phase\":\"detected\",\"severity\":3,\"regions\":[\"us\"],"
				   "\"components\":[\"portal\"],"
				   "\"started_at\":\"2026-03-10T14:29:51.000Z\",\"opened_at\":"
				   "\"2026-03-10T14:30:21.000Z\","
				   "\"snoozed_until\":\"2026-03-10T14:50:00.000Z\"}";
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });

	(void)state;
	fake_engine_say(s->engine, cand);
	fake_engine_say(
	    s->engine, "{\"o\":\"mark\",\"seq\":100,\"at\":\"2026-03-10T14:31:08.000Z\"}");
	stage_see(s, "aside until 14:50 (18m");
	stage_see(s, "2 open · 1 aside");
	assert_int_equal(screen_bells(s->screen), 0);
	fake_engine_say(
	    s->engine, "{\"o\":\"mark\",\"seq\":101,\"at\":\"2026-03-10T14:50:01.000Z\"}");
	assert_true(screen_wait_gone(s->screen, "aside", STAGE_WAIT));
	stage_see(s, "? cand INC-43");
	screen_key(s->screen, "j");
	assert_int_equal(screen_bells(s->screen), 1);
	stage_free(s);
}

static void an_escalation_is_no_page_and_says_so(void **state)
{
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });

	(void)state;
	stage_keys(s, "E");
	stage_see(s, "it pages nobody");
	stage_keys(s, "3\r\023");
	stage_see(s, "Nobody has been paged by this.");
	stage_see(s, "Call now: Kenji  +81 3 555 0104");
	stage_keys(s, "q");
	assert_true(screen_wait_gone(s->screen, "Nobody has been paged", STAGE_WAIT));
	stage_free(s);
}

static void a_refusal_is_shown_in_its_field(void **state)
{
	struct stage *s = open_board(&(struct stage_options){ .w = 80,
	    .h = 24,
	    .answer = "{\"re\":\"%s\",\"ok\":false,\"rule\":\"role-apart\",\"reason\":\"IC and "
		      "comms are two people\",\"help\":\"say why\",\"argument\":\"person\"}" });

	(void)state;
	stage_keys(s, "c\rmaria\r\023");
	stage_see(s, "IC and comms are two people — say why");
	stage_see(s, "Assign a role on INC-42");
	stage_free(s);
}

/* Pasted text is never a command, bracketed or in one burst. */
static void a_paste_is_never_a_command(void **state)
{
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
	struct buf line;

	(void)state;
	buf_init(&line, 0);
	screen_key(s->screen, "\033[200~aaEcsX\rq\r\033[201~");
	stage_see(s, "Paste ignored (9 characters)");
	screen_key(s->screen, "aEcsXRtPuo:IqaEcsXRt\r");
	stage_see(s, "Paste ignored (21 characters)");
	assert_false(commanded(s, &line, 300));
	/* In a text field it is text. */
	stage_keys(s, "t");
	screen_key(s->screen, "\033[200~two\rlines\033[201~");
	screen_key(s->screen, "\023");
	assert_true(commanded(s, &line, STAGE_WAIT));
	assert_non_null(strstr(buf_str(&line), "\"text\":\"two\\nlines\""));
	buf_fini(&line);
	stage_free(s);
}

/* What cannot be seen cannot be triggered. */
static void a_tiny_window_takes_no_actions(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 40, .h = 10 });
	struct buf line;
	int status = -1;

	(void)state;
	buf_init(&line, 0);
	stage_see(s, "needs 60x16");
	for (char ch = 'A'; ch <= 'z'; ch++)
		if (ch != 'q')
			screen_key(s->screen, (char[]){ ch, '\0' });
	screen_key(s->screen, "\r");
	assert_false(commanded(s, &line, 300));
	screen_send(s->screen, "q");
	assert_true(screen_wait_exit(s->screen, STAGE_WAIT, &status));
	buf_fini(&line);
	stage_free(s);
}

/* 64 KiB of noise in each mode: no crash, and no command that leaves the house. */
static void noise_is_survived(void **state)
{
	struct stage *s =
	    stage_new(&(struct stage_options){ .w = 80, .h = 24, .args = { "--read-only" } });
	uint32_t x = 88172645u;
	struct buf line;

	(void)state;
	buf_init(&line, 0);
	stage_see(s, "INC-42");
	for (int i = 0; i < 512; i++) {
		char bytes[129];

		for (int k = 0; k < 128; k++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			bytes[k] = (char)(x >> 8);
			/* Leaving and stopping are keys like others: they would end the test. */
			if (bytes[k] == '\0' || bytes[k] == 26 || bytes[k] == '\r' ||
			    bytes[k] == 'q')
				bytes[k] = 'x';
		}
		bytes[128] = '\0';
		screen_send(s->screen, bytes);
		while (screen_frame(s->screen, 0))
			;
	}
	/* Out of whatever is open, and still there. */
	screen_send(s->screen, "\033\\\033[201~\a");
	for (int i = 0; i < 14; i++)
		screen_key(s->screen, "\003");
	stage_see(s, "14:31:07 UTC");
	assert_false(commanded(s, &line, 200));
	buf_fini(&line);
	stage_free(s);
}

/* ---- size ---- */

static void resizes_are_survived_and_coalesced(void **state)
{
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });
	static const int sizes[][2] = { { 0, 0 }, { 1, 1 }, { 2, 1 }, { 1000, 1000 }, { 60, 16 },
		{ 59, 16 }, { 300, 90 } };
	size_t bytes;

	(void)state;
	stage_keys(s, "c");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		screen_resize(s->screen, sizes[i][0], sizes[i][1]);
		kill((pid_t)screen_pid(s->screen), SIGWINCH);
	}
	screen_resize(s->screen, 80, 24);
	/* The open form was laid out anew. */
	stage_see(s, "Assign a role on INC-42");
	bytes = screen_bytes(s->screen);
	for (int i = 0; i < 300; i++) {
		screen_resize(s->screen, 80 + i % 40, 24 + i % 20);
		kill((pid_t)screen_pid(s->screen), SIGWINCH);
	}
	screen_resize(s->screen, 100, 30);
	stage_see(s, "Assign a role on INC-42");
	screen_key(s->screen, "\003");
	stage_see(s, "carriers");
	/* Far fewer frames than resizes: a full one has some 4 kB. */
	assert_true(screen_bytes(s->screen) - bytes < 300 * 3000);
	stage_free(s);
}

/* ---- terminals ---- */

static void unknown_terminals_are_made_do_with(void **state)
{
	static const char *const terms[] = { "xterm-kitty-none", "", "vt100", "dumb", "linux",
		"screen", "tmux-256color" };

	(void)state;
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		struct stage *s =
		    stage_new(&(struct stage_options){ .w = 80, .h = 24, .term = terms[i] });

		stage_see(s, "INC-42");
		if (i < 2)
			stage_see(s, "is not known here");
		else
			assert_true(strcmp(terms[i], "dumb") == 0 ||
				    !screen_has(s->screen, "is not known here"));
		stage_free(s);
	}
}

static void a_latin1_locale_gets_ascii(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 80, .h = 24, .locale = "POSIX" });
	const struct buf *log;

	(void)state;
	stage_see(s, "INC-42");
	log = screen_log(s->screen);
	for (size_t i = 0; i < log->len; i++)
		assert_true((unsigned char)log->data[i] < 0x80);
	stage_free(s);
}

/* Colours are asked for once: with NO_COLOR no colour sequence is sent, attributes stay. */
static void no_color_is_kept(void **state)
{
	static const char *const env[] = { "NO_COLOR=1", NULL };
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24, .env = env });

	(void)state;
	assert_false(logged(s->screen, "8;5;"));
	for (int colour = 0; colour < 8; colour++) {
		char set[16];

		snprintf(set, sizeof set, "\033[3%dm", colour);
		assert_false(logged(s->screen, set));
		snprintf(set, sizeof set, "\033[4%dm", colour);
		assert_false(logged(s->screen, set) && colour != 0);
	}
	assert_true(logged(s->screen, "\033[1m") || logged(s->screen, "\033[0;1"));
	stage_free(s);
}

/* ---- the engine ---- */

static void a_lost_engine_is_shouted_and_found_again(void **state)
{
	const struct stage_options o = { .w = 80, .h = 24 };
	struct stage *s = open_board(&o);

	(void)state;
	stage_engine_gone(s);
	stage_see(s, "ENGINE AWAY");
	stage_see(s, "engine away");
	/* Nothing is lost from sight meanwhile, and keys answer. */
	assert_true(screen_has(s->screen, "INC-42"));
	stage_keys(s, "jk");
	/* What is done meanwhile waits, and says so. */
	stage_keys(s, "Gz");
	stage_see(s, "INC-43: it waits, and is done when the engine is back");
	stage_see(s, "1 of yours waits: this is of 14:31:07 UTC — none runs");
	stage_engine(s, &o);
	assert_true(screen_wait_gone(s->screen, "ENGINE AWAY", STAGE_WAIT));
	stage_see(s, "engine ok");
	stage_free(s);
}

/* Five starts: on a machine that is busy the engine may answer late in some of them. */
static void the_first_frame_waits_for_the_engine(void **state)
{
	const struct stage_options o = { .w = 80, .h = 24 };
	int at_once = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct stage *s = open_board(&o);

		at_once += !logged(s->screen, "Waiting for the engine");
		stage_free(s);
	}
	assert_int_not_equal(at_once, 0);
}

/* A command whose answer was lost is asked again with the same id. */
static void a_lost_answer_is_asked_for_again(void **state)
{
	const struct stage_options dumb = { .w = 80,
		.h = 24,
		.answer =
		    "{\"o\":\"mark\",\"seq\":1,\"at\":\"2026-03-10T14:31:07.000Z\",\"x\":\"%s\"}" };
	const struct stage_options good = { .w = 80, .h = 24 };
	struct stage *s = open_board(&dumb);
	struct buf first, second;

	(void)state;
	buf_init(&first, 0);
	buf_init(&second, 0);
	stage_keys(s, "tcall back\023");
	assert_true(commanded(s, &first, STAGE_WAIT));
	stage_see(s, "sent, waiting for the engine");
	stage_engine_gone(s);
	stage_engine(s, &good);
	assert_true(commanded(s, &second, STAGE_WAIT));
	assert_string_equal(buf_str(&first), buf_str(&second));
	assert_true(screen_wait_gone(s->screen, "sent, waiting", STAGE_WAIT));
	buf_fini(&first);
	buf_fini(&second);
	stage_free(s);
}

static void another_protocol_names_the_older_side(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 100,
	    .h = 24,
	    .greeting = "{\"hello\":2,\"version\":\"9\",\"person\":\"\",\"can\":[],\"speed\":1}" });

	(void)state;
	stage_see(s, "the board is older (it speaks protocol 1, the engine 2): restart it");
	stage_free(s);
}

static void a_refused_greeting_is_told(void **state)
{
	struct stage *s = stage_new(&(struct stage_options){ .w = 100,
	    .h = 24,
	    .greeting = "{\"hello\":1,\"refused\":\"uid 4711 is nobody here\"}" });

	(void)state;
	stage_see(s, "uid 4711 is nobody here");
	stage_free(s);
}

static void what_is_new_rings_once(void **state)
{
	struct stage *s = open_board(&(struct stage_options){ .w = 80, .h = 24 });

	(void)state;
	assert_int_equal(screen_bells(s->screen), 0);
	fake_engine_say(s->engine,
	    "{\"o\":\"incident\",\"id\":\"INC-50\",\"title\":\"news\",\"version\":1,\"phase\":"
	    "\"open\",\"severity\":1,\"regions\":[\"es\"],\"components\":[\"data\"],"
	    "\"started_at\":\"2026-03-10T14:31:02.000Z\",\"opened_at\":\"2026-03-10T14:31:02."
	    "000Z\"}");
	fake_engine_say(
	    s->engine, "{\"o\":\"mark\",\"seq\":101,\"at\":\"2026-03-10T14:31:08.000Z\"}");
	stage_see(s, "INC-50");
	screen_key(s->screen, "j");
	assert_int_equal(screen_bells(s->screen), 1);
	screen_key(s->screen, "k");
	assert_int_equal(screen_bells(s->screen), 1);
	stage_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_leaves_the_terminal_as_it_was),
		cmocka_unit_test(signals_restore_the_terminal),
		cmocka_unit_test(a_lost_terminal_ends_it),
		cmocka_unit_test(without_a_terminal_it_says_so),
		cmocka_unit_test(a_key_acts_on_what_was_seen),
		cmocka_unit_test(a_candidate_is_dealt_with_by_one_key),
		cmocka_unit_test(what_is_put_aside_comes_back),
		cmocka_unit_test(an_escalation_is_no_page_and_says_so),
		cmocka_unit_test(a_refusal_is_shown_in_its_field),
		cmocka_unit_test(a_paste_is_never_a_command),
		cmocka_unit_test(a_tiny_window_takes_no_actions),
		cmocka_unit_test(noise_is_survived),
		cmocka_unit_test(resizes_are_survived_and_coalesced),
		cmocka_unit_test(unknown_terminals_are_made_do_with),
		cmocka_unit_test(a_latin1_locale_gets_ascii),
		cmocka_unit_test(no_color_is_kept),
		cmocka_unit_test(a_lost_engine_is_shouted_and_found_again),
		cmocka_unit_test(the_first_frame_waits_for_the_engine),
		cmocka_unit_test(a_lost_answer_is_asked_for_again),
		cmocka_unit_test(another_protocol_names_the_older_side),
		cmocka_unit_test(a_refused_greeting_is_told),
		cmocka_unit_test(what_is_new_rings_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

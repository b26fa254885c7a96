/* The composer, with the keyboard: another editor, drafts that outlive the terminal, and what
 * others do meanwhile. */
#include "t.h"

#include <signal.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/mem.h"
#include "os/file.h"
#include "stage.h"

#define COMPOSER "public would read"

static char *home, *state_dir, *editor;

static const char script_text[] =
    "#!/bin/sh\n"
    "d=$(dirname \"$0\")\n"
    "printf '%s|%s|' \"$#\" \"$1\" >\"$d/seen\"; stat -c %a \"$2\" >>\"$d/seen\"\n"
    "[ -e \"$d/fail\" ] && exit 3\n"
    "[ -e \"$d/idle\" ] && exit 0\n"
    "printf 'written elsewhere\\nin two lines\\n\\n' >\"$2\"\n";

static int enter(void **state)
{
	struct err e = { 0 };
	char *script;

	(void)state;
	home = file_scratch("composer-test", &e);
	state_dir = xasprintf("XDG_STATE_HOME=%s", home);
	script = xasprintf("%s/my editor", home);
	editor = xasprintf("NOCBOARD_EDITOR='%s' -w", script);
	/* Notes how it was called, and the rights of its file; then changes it, or fails. */
	assert_true(file_write(script, script_text, sizeof script_text - 1, 0700, &e));
	chmod(script, 0700);
	free(script);
	return home ? 0 : -1;
}

static int leave(void **state)
{
	struct err e = { 0 };

	(void)state;
	file_remove_tree(home, &e);
	free(home);
	free(state_dir);
	free(editor);
	return 0;
}

static struct stage *board(void)
{
	const char *env[] = { state_dir, editor, NULL };
	struct stage *s = stage_new(&(struct stage_options){ .w = 100, .h = 30, .env = env });

	stage_see(s, "INC-41");
	return s;
}

static char *kept(const char *name)
{
	char *path = xasprintf("%s/%s", home, name);
	struct err e = { 0 };
	struct buf b;

	buf_init(&b, 65536);
	if (!file_read(path, 65536, 0, &b, &e))
		buf_clear(&b);
	free(path);
	return buf_take(&b);
}

static void mark(const char *name)
{
	char *path = xasprintf("%s/%s", home, name);
	struct err e = { 0 };

	assert_true(file_write(path, "", 0, 0600, &e));
	free(path);
}

static void another_editor_writes_the_field(void **state)
{
	struct stage *s = board();
	char *seen;

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_keys(s, "\t\t"); /* Impact */
	stage_see(s, "Who is hit and how");
	screen_send(s->screen, "\030");
	stage_see(s, "The field is what you wrote");
	stage_see(s, "written elsewhere");
	stage_see(s, "in two lines");
	seen = kept("seen");
	assert_string_equal(seen, "2|-w|600\n");
	free(seen);
	mark("idle");
	screen_send(s->screen, "\030");
	stage_see(s, "nothing was changed");
	mark("fail");
	screen_send(s->screen, "\030");
	stage_see(s, "ended with an error");
	stage_see(s, "written elsewhere");
	/* The board lives on: keys and pastes are text again. */
	screen_send(s->screen, "\033[200~ pasted\033[201~");
	stage_see(s, "in two lines pasted");
	stage_free(s);
}

static void a_draft_outlives_the_terminal(void **state)
{
	struct stage *s = board();
	int status;
	char *draft;

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_keys(s, "\t\t\025Half a sentence");
	screen_hang_up(s->screen);
	assert_true(screen_wait_exit(s->screen, STAGE_WAIT, &status));
	stage_free(s);
	draft = kept("nocboard/drafts/INC-42.json");
	assert_non_null(strstr(draft, "Half a sentence"));
	assert_null(strstr(draft, "\"known\"")); /* what nobody touched is not kept */
	free(draft);
	s = board();
	stage_see(s, "A draft of yours for INC-42 was kept");
	stage_keys(s, "P");
	stage_see(s, "Your draft of before was taken up again");
	stage_see(s, "Half a sentence");
	/* The one of an update without news is another. */
	stage_keys(s, "\033");
	stage_see(s, "carriers");
	stage_keys(s, "U");
	stage_see(s, "· No change");
	assert_false(screen_has(s->screen, "Half a sentence"));
	stage_free(s);
}

static void edits_are_taken_back_and_made_again(void **state)
{
	struct stage *s = board();

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_keys(s, "\t\t\025"); /* Impact, cut to its start */
	stage_keys(s, "one\ntwo");
	stage_see(s, "│ two");
	screen_key(s->screen, "\037");
	screen_key(s->screen, "\037");
	assert_true(screen_wait_gone(s->screen, "│ two", STAGE_WAIT));
	screen_key(s->screen, "\033r");
	screen_key(s->screen, "\033r");
	stage_see(s, "│ two");
	stage_free(s);
}

static void others_are_seen(void **state)
{
	struct stage *s = board();

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_see(s, "is writing too"); /* jon, says the engine */
	stage_free(s);
}

/* What was written for another stage is not so any more: it is put aside, and says where. */
static void a_draft_of_another_stage_is_put_aside(void **state)
{
	static const char draft[] =
	    "{\"incident\":\"INC-42\",\"template\":\"initial\",\"fields\":{\"impact\":\"Written "
	    "at first\"}}";
	char *dir = xasprintf("%s/nocboard/drafts", home), *path = xasprintf("%s/INC-42.json", dir),
	     *aside;
	struct err e = { 0 };
	struct stage *s;

	(void)state;
	assert_true(file_mkdirs(dir, 0700, &e));
	assert_true(file_write(path, draft, sizeof draft - 1, 0600, &e));
	s = board();
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_see(s, "Your draft of the initial update is put aside: update.compose "
		     "template=initial opens it.");
	assert_false(screen_has(s->screen, "Written at first"));
	aside = kept("nocboard/drafts/INC-42.initial.json");
	assert_string_equal(aside, draft);
	free(aside);
	stage_keys(s, "\033");
	stage_see(s, "carriers");
	stage_keys(s, ":");
	screen_send(s->screen, "update.compose template=initial");
	stage_see(s, ":update.compose template=initial");
	screen_key(s->screen, "\r");
	stage_see(s, "Your draft of before was taken up again");
	stage_see(s, "Written at first");
	stage_free(s);
	free(dir);
	free(path);
}

static void another_severity_is_told_and_the_promise_follows(void **state)
{
	struct stage *s = board();
	cJSON *inc = stage_object("{\"o\":\"incident\",\"id\":\"INC-42\"");

	(void)state;
	cJSON_SetNumberValue(cJSON_GetObjectItemCaseSensitive(inc, "severity"), 2);
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_see(s, "15:01"); /* half an hour at Sev 1 */
	stage_keys(s, "\t\t\025My own words");
	stage_say(s, inc);
	stage_see(s, "Severity 1 → 2 while you write: read it again. Your text is kept.");
	stage_see(s, "My own words");
	stage_see(s, "15:31"); /* an hour */
	stage_keys(s, "\t");   /* read: the line is for the field again */
	assert_true(screen_wait_gone(s->screen, "Severity 1 → 2", STAGE_WAIT));
	stage_free(s);
}

static cJSON *in_phase(const char *phase, const char *restored_at)
{
	cJSON *inc = stage_object("{\"o\":\"incident\",\"id\":\"INC-42\"");

	cJSON_ReplaceItemInObject(inc, "phase", cJSON_CreateString(phase));
	cJSON_DeleteItemFromObject(inc, "restored_at");
	if (restored_at)
		json_put_str(inc, "restored_at", restored_at);
	return inc;
}

/* The service comes back while somebody writes: what nobody chose follows, and it is said. */
static void the_state_follows_the_incident(void **state)
{
	struct stage *s = board();

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_see(s, "investigating");
	stage_say(s, in_phase("restored", "2026-03-10T14:31:00Z"));
	stage_see(s,
	    "INC-42 is restored now: State says monitoring. Esc and P begin the restored update.");
	assert_true(screen_wait_gone(s->screen, "investigating", STAGE_WAIT));
	stage_say(s, in_phase("open", NULL));
	stage_see(s, "INC-42 is open now: State says investigating. Read it again.");
	stage_say(s, in_phase("resolved", "2026-03-10T14:31:00Z"));
	stage_see(s, "INC-42 is resolved now");
	screen_send(s->screen, "\023");
	stage_see(s, "INC-42 is resolved: there is no progress to tell — post the resolved one");
	stage_free(s);
}

/* What a person chose stays; it is doubted until they choose again, and in the question. */
static void a_state_chosen_by_hand_stays_and_is_doubted(void **state)
{
	struct stage *s = board();

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	screen_send(s->screen, "\033[Z\025identified");
	stage_see(s, "identified");
	stage_say(s, in_phase("restored", "2026-03-10T14:31:00Z"));
	stage_see(
	    s, "INC-42 is restored now. State is yours (identified): empty, it says monitoring.");
	stage_keys(s, "\t\033[Z");
	stage_see(s, "INC-42 is restored, and State says identified — empty, it says monitoring");
	screen_send(s->screen, "\023");
	stage_see(s, "Warning: state: INC-42 is restored, and State says identified");
	stage_keys(s, "\033");
	assert_true(screen_wait_gone(s->screen, "Send the progress", STAGE_WAIT));
	screen_send(s->screen, "\025\023");
	stage_see(s, "Send the progress update of INC-42?");
	assert_true(screen_wait_gone(s->screen, "Warning: state", STAGE_WAIT));
	stage_free(s);
}

#define HELD                                                                                       \
	"{\"re\":\"%s\",\"ok\":true,\"events\":[],\"held\":{\"id\":\"held-9\",\"release_at\":"     \
	"\"2026-03-10T14:31:15Z\"}}"

static void send_it(struct stage *s)
{
	bool asked = true;

	screen_send(s->screen, "\023");
	stage_see(s, "Send the progress update of INC-42?");
	for (int i = 0; i < 50 && asked; i++) { /* the question takes no key at first */
		screen_send(s->screen, "y");
		asked = !screen_wait_gone(s->screen, "Send the progress", 400);
	}
	assert_false(asked);
}

/* Writes an update and sends it; it is held then. */
static struct stage *held_update(const char *words)
{
	const char *env[] = { state_dir, editor, NULL };
	struct stage *s =
	    stage_new(&(struct stage_options){ .w = 100, .h = 30, .env = env, .answer = HELD });

	stage_see(s, "INC-41");
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_keys(s, "\t\t\025");
	screen_send(s->screen, words);
	stage_see(s, words);
	send_it(s);
	return s;
}

/* Sent while the engine is away, and left: it goes out when the engine is back, and is no draft
 * beside that; the composer says that the engine is away. */
static void what_waits_for_the_engine_is_told(void **state)
{
	const char *env[] = { state_dir, editor, NULL };
	const struct stage_options o = { .w = 100, .h = 30, .env = env, .answer = HELD };
	struct stage *s = stage_new(&o);
	char *draft;

	(void)state;
	stage_see(s, "INC-41");
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	stage_keys(s, "\t\t\025");
	screen_send(s->screen, "Lines are cut.");
	stage_see(s, "Lines are cut.");
	stage_engine_gone(s);
	stage_see(s, "ENGINE AWAY");
	send_it(s);
	stage_see(s, "1 of yours waits");
	stage_keys(s, "\033");
	stage_see(
	    s, "INC-42: the update waits for the engine; then it is held, and can be stopped");
	stage_keys(s, "q");
	stage_see(s, "is lost when you leave now");
	stage_keys(s, "\033");
	stage_engine(s, &o);
	stage_see(s, "INC-42: held, it will be sent by itself");
	draft = kept("nocboard/drafts/INC-42.json");
	assert_string_equal(draft, "");
	free(draft);
	stage_free(s);
}

static void say_held(struct stage *s)
{
	fake_engine_say(s->engine, "{\"o\":\"held\",\"id\":\"held-9\",\"incident\":\"INC-42\","
				   "\"what\":\"progress update\",\"by\":\"maria\","
				   "\"release_at\":\"2026-03-10T14:31:15Z\"}");
	stage_see(s, "progress update by maria — sending in 8 s");
}

static void say_recent(struct stage *s, const char *rest)
{
	char *line =
	    xasprintf("{\"o\":\"recent\",\"id\":\"20\",\"number\":21,\"stream\":\"INC-42\","
		      "\"at\":\"2026-03-10T14:31:10Z\",%s}",
		rest);

	fake_engine_say(s->engine, line);
	fake_engine_say(s->engine, "{\"o\":\"gone\",\"kind\":\"held\",\"id\":\"held-9\"}");
	free(line);
}

/* What was said of something that is pending gives way to what became of it. */
static void what_was_held_is_told_as_sent(void **state)
{
	struct stage *s = held_update("Lines are cut.");

	(void)state;
	stage_see(s, "INC-42: held, it will be sent by itself");
	say_held(s);
	say_recent(s, "\"actor\":\"maria\",\"kind\":\"update_posted\",\"text\":\"progress update "
		      "posted to public\"");
	stage_see(s, "INC-42: progress update posted to public");
	assert_true(screen_wait_gone(s->screen, "sent by itself", STAGE_WAIT));
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	assert_false(screen_has(s->screen, "Lines are cut."));
	stage_free(s);
}

/* Whoever stops it, its words are there to be mended. */
static void what_was_stopped_is_a_draft_again(void **state)
{
	struct stage *s = held_update("Lines are cat.");

	(void)state;
	say_held(s);
	say_recent(
	    s, "\"actor\":\"jon\",\"text\":\"stopped the progress update: it was not sent\"");
	stage_see(s,
	    "INC-42: jon stopped the progress update: it was not sent. The draft is kept: P goes");
	stage_keys(s, "P");
	stage_see(s, "Your draft of before was taken up again");
	stage_see(s, "Lines are cat.");
	stage_free(s);
}

/* The board is left while its update is held, and nobody is there to say what became of it. */
static void what_was_left_held_is_settled_by_the_next_board(void **state)
{
	static const char count[] = "\"updates\":";
	struct stage *s = held_update("Lines are cut.");
	struct err e = { 0 };
	char *draft = xasprintf("%s/nocboard/drafts/INC-42.json", home);
	char *aside = xasprintf("%s.held", draft), *text, *at;

	(void)state;
	stage_see(s, "INC-42: held, it will be sent by itself");
	stage_free(s);
	text = kept("nocboard/drafts/INC-42.json.held");
	assert_non_null(strstr(text, "Lines are cut."));
	/* It was stopped: no update of hers came after it. */
	s = board();
	stage_see(s, "A draft of yours for INC-42 was kept");
	stage_free(s);
	assert_int_equal(access(aside, F_OK), -1);
	/* It went out: one of hers is newer. */
	assert_int_equal(unlink(draft), 0);
	at = strstr(text, count);
	assert_non_null(at);
	at[strlen(count)] = '0';
	assert_true(file_write(aside, text, strlen(text), 0600, &e));
	s = board();
	stage_keys(s, "j"); /* a frame after the one that looked for drafts */
	assert_false(screen_has(s->screen, "A draft of yours"));
	assert_int_equal(access(aside, F_OK), -1);
	assert_int_equal(access(draft, F_OK), -1);
	stage_free(s);
	free(draft);
	free(aside);
	free(text);
}

/* Our own people are told by default where the configuration says so. */
static void an_internal_audience_may_be_told_by_default(void **state)
{
	struct stage *s = board();
	cJSON *noc = stage_object("{\"o\":\"noc\""), *audience;

	(void)state;
	cJSON_ArrayForEach(audience, json_get(noc, "audiences"))
	{
		cJSON_DeleteItemFromObjectCaseSensitive(audience, "by_default");
		json_put_bool(audience, "by_default", true);
	}
	json_put_str(noc, "hint", "it is there");
	stage_say(s, noc);
	stage_see(s, "it is there");
	stage_keys(s, "P");
	stage_see(s, "public, partners, staff");
	stage_free(s);
}

static void the_question_names_readers_and_warnings(void **state)
{
	struct stage *s = board();

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	screen_send(s->screen, "\023");
	stage_see(s, "Send the progress update of INC-42?");
	stage_see(s, "Warning: summary: customers may not know \"attach\"");
	stage_see(s, "Warning: hypothesis: 14:00 has no time zone");
	stage_see(s, "public: page, mail — whoever reads it there");
	stage_see(s, "partners: partner-hook — ");
	stage_see(s, "Held for 8 s: it can be stopped until then.");
	screen_golden(s->screen, "composer-question");
	stage_free(s);
}

/* What the page shows is chosen by its first letters; what is none of them is stopped. */
static void the_state_is_chosen(void **state)
{
	struct stage *s = board();
	struct buf line;
	bool heard = false;

	(void)state;
	stage_keys(s, "P");
	stage_see(s, COMPOSER);
	screen_send(s->screen, "\033[Z"); /* back to the last field */
	stage_see(s, "What the page shows: investigating, identified, monitoring");
	screen_send(s->screen, "\025i\023");
	stage_see(s, "The state is investigating, identified or monitoring");
	screen_send(s->screen, "d\023");
	stage_see(s, "Send the progress update of INC-42?");
	buf_init(&line, 65536);
	for (int i = 0; i < 50 && !heard; i++) { /* the question takes no key at first */
		screen_send(s->screen, "y");
		heard = fake_engine_expect(s->engine, "\"cmd\":\"update\"", &line, 400);
	}
	assert_true(heard);
	assert_non_null(strstr(buf_str(&line), "\"status\":\"identified\""));
	buf_fini(&line);
	stage_free(s);
}

/* What is resolved stays so in a correction of it. */
static void a_correction_of_what_is_resolved_says_so(void **state)
{
	struct stage *s = board();
	cJSON *inc = stage_object("{\"o\":\"incident\",\"id\":\"INC-42\"");
	cJSON *updates = cJSON_GetObjectItem(inc, "updates");

	(void)state;
	cJSON_ReplaceItemInObject(cJSON_GetArrayItem(updates, cJSON_GetArraySize(updates) - 1),
	    "status", cJSON_CreateString("resolved"));
	cJSON_ReplaceItemInObject(inc, "phase", cJSON_CreateString("resolved"));
	cJSON_AddStringToObject(inc, "resolved_at", "2026-03-10T14:30:00.000Z");
	stage_say(s, inc);
	fake_engine_say(s->engine, "{\"o\":\"mark\",\"seq\":100,\"at\":\"2026-03-10T14:31:07Z\"}");
	stage_keys(s, ":update.compose stage=correction\r");
	stage_see(s, "resolved");
	screen_send(s->screen, "\023");
	stage_see(s, "is missing");
	screen_send(s->screen, "It was Spain.\023");
	stage_see(s, "Send the correction update of INC-42?");
	stage_free(s);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)
	const struct CMUnitTest tests[] = {
		TEST(another_editor_writes_the_field),
		TEST(a_draft_outlives_the_terminal),
		TEST(edits_are_taken_back_and_made_again),
		TEST(others_are_seen),
		TEST(a_draft_of_another_stage_is_put_aside),
		TEST(another_severity_is_told_and_the_promise_follows),
		TEST(an_internal_audience_may_be_told_by_default),
		TEST(the_state_is_chosen),
		TEST(the_state_follows_the_incident),
		TEST(what_waits_for_the_engine_is_told),
		TEST(what_was_held_is_told_as_sent),
		TEST(what_was_stopped_is_a_draft_again),
		TEST(what_was_left_held_is_settled_by_the_next_board),
		TEST(a_state_chosen_by_hand_stays_and_is_doubted),
		TEST(a_correction_of_what_is_resolved_says_so),
		TEST(the_question_names_readers_and_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

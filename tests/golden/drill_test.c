/* The first night, played from its first alarm to resolved with the keyboard alone, through the
 * real engine, probes and status page. Every key that is pressed stands on the screen before. */
#include "t.h"

#include <sys/wait.h>

#include "base/mem.h"
#include "os/file.h"
#include "screen.h"

#define WAIT 60000

static void see(struct screen *s, const char *text)
{
	screen_see(s, text, WAIT);
}

/* Presses a key of the footer: "a ack" is `a`, shown with its label. */
static void press(struct screen *s, const char *hint, const char *bytes)
{
	see(s, hint);
	screen_key(s, bytes);
}

/* Text of a field, one character after the other: as a person types. */
static void type(struct screen *s, const char *text)
{
	for (; *text; text++)
		screen_key(s, (char[]){ *text, '\0' });
}

static void enter(struct screen *s)
{
	press(s, "Enter next", "\r");
}

static void do_it(struct screen *s)
{
	press(s, "[ Do it ] C-s", "\023");
}

static void give_role(struct screen *s, const char *role, const char *person, const char *said)
{
	press(s, "c role", "c");
	see(s, "Assign a role on INC-1");
	type(s, role);
	enter(s);
	type(s, person);
	enter(s);
	do_it(s);
	see(s, said);
	assert_true(screen_wait_gone(s, "Assign a role", WAIT));
}

static void escalate(struct screen *s, const char *to, const char *call)
{
	press(s, "E escalate", "E");
	see(s, "it pages nobody");
	type(s, to);
	enter(s);
	do_it(s);
	see(s, "Nobody has been paged by this.");
	see(s, call);
	press(s, "q closes", "q");
	assert_true(screen_wait_gone(s, "Nobody has been paged", WAIT));
}

/* By name, through the palette: it lists what it will run before Enter does. */
static void by_name(struct screen *s, const char *name, const char *listed)
{
	press(s, ": command", ":");
	type(s, name);
	see(s, listed);
	screen_key(s, "\r");
}

/* Whether the field that is written in is one of those that are missing. */
static bool at_missing(struct screen *s)
{
	struct buf row;
	bool missing = false;

	for (int y = 2; y < 30; y++) {
		buf_init(&row, 0);
		screen_row(s, y, &row);
		if (strncmp(buf_str(&row), "▸", strlen("▸")) == 0)
			missing = row.len > 24 && memchr(row.data, '!', 24);
		buf_fini(&row);
	}
	return missing;
}

/* Fills the fields that are said to be missing, and sends. The question stands on Cancel and takes
 * no key for 300 ms after it was drawn. */
static void post(struct screen *s, const char *stage)
{
	char title[80];

	press(s, "P update", "P");
	snprintf(title, sizeof title, "· %s ·", stage);
	see(s, title);
	for (int i = 0; i < 30 && screen_has(s, " missing"); i++) {
		if (at_missing(s))
			type(s, "Nothing more is known.");
		press(s, "Tab next field", "\t");
	}
	press(s, "C-s send", "\023");
	snprintf(title, sizeof title, "Send the %s update of INC-1?", stage);
	see(s, title);
	assert_false(screen_wait_gone(s, title, 350));
	press(s, "h other", "h");
	press(s, "Enter press", "\r");
	assert_true(screen_wait_gone(s, title, WAIT));
	/* It is held for some seconds, and then it is out. */
	see(s, "u stops it");
	assert_true(screen_wait_gone(s, "u stops it", WAIT));
}

static void the_first_night_is_played_by_keys(void **state)
{
	const char *program = getenv("NOCBOARD");
	char *argv[] = { xstrdup(program ? program : "./nocboard"), xstrdup("drill"),
		xstrdup("--speed"), xstrdup("15"), NULL };
	struct err e = { 0 };
	char *home = file_scratch("drill-test", &e);
	struct screen *s =
	    screen_start(argv, &(struct screen_options){ .w = 100, .h = 34, .home = home });
	int status = -1;

	(void)state;
	see(s, "? cand INC-1");
	press(s, "a ack", "a");
	see(s, "◆ SEV1 INC-1");
	give_role(s, "ic", "you", "IC you");
	give_role(s, "comms", "ana", "COMMS ana");
	post(s, "initial");
	give_role(s, "tech", "maria", "TECH maria");
	give_role(s, "liaison", "jon", "liaison");
	escalate(s, "2", "Call now: ");
	by_name(s, "involve", "incident.involve");
	see(s, "Involve a carrier in INC-1");
	type(s, "orange");
	enter(s);
	type(s, "Only sessions over Orange fail");
	do_it(s);
	assert_true(screen_wait_gone(s, "Involve a carrier", WAIT));
	see(s, "Orange");
	escalate(s, "orange-fr", "Call now: Orange roaming desk  +33 1 55 00 10 20");
	escalate(s, "3", "Call now: ");
	post(s, "progress");
	/* The fault is found, and the probes say so. */
	assert_true(screen_wait_gone(s, "◆CRIT", WAIT));
	press(s, "R restore", "R");
	see(s, "Mark as restored INC-1");
	type(s, "no");
	enter(s);
	do_it(s);
	see(s, "restored ");
	assert_true(screen_wait_gone(s, "Mark as restored", WAIT));
	post(s, "restored");
	press(s, "X resolve", "X");
	see(s, "Mark as resolved INC-1");
	type(s, "The partner repaired its link");
	do_it(s);
	see(s, "✓ done INC-1");
	assert_true(screen_wait_gone(s, "Mark as resolved", WAIT));
	post(s, "resolved");
	/* And the whole story can be read. */
	press(s, "Enter open", "\r");
	press(s, "2 timeline", "2");
	see(s, "[ timeline ]");
	see(s, "resolved at"); /* it opens at its newest line */
	screen_key(s, "gg");
	see(s, "acknowledged");
	see(s, "IC is you");
	press(s, "q back", "q");
	press(s, "q back", "q");
	see(s, "This ends the rehearsal");
	assert_false(screen_wait_gone(s, "This ends", 350));
	press(s, "h other", "h");
	screen_send(s, "\r");
	assert_true(screen_wait_exit(s, WAIT, &status));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_non_null(memmem(screen_log(s)->data, screen_log(s)->len, "score ", 6));
	screen_free(s);
	for (int i = 0; argv[i]; i++)
		free(argv[i]);
	file_remove_tree(home, &e);
	free(home);
}

/* What customers got: the status page, as programs read it. "" nothing yet. The caller frees. */
static char *published(const char *scratch)
{
	char *path = xasprintf("%s/page/api/v2/incidents.json", scratch);
	struct err e = { 0 };
	struct buf b;

	buf_init(&b, (size_t)1 << 20);
	file_read(path, (size_t)1 << 20, 0, &b, &e);
	free(path);
	return buf_take(&b);
}

/* From an open incident: P, C-s, y, and no typing. Everything that is said was recorded, and lint
 * has nothing to say about it. The fourth key is the acknowledgement that opened it. */
static void four_keys_post_the_first_update(void **state)
{
	const char *program = getenv("NOCBOARD");
	struct err e = { 0 };
	char *home = file_scratch("drill-keys", &e), *scratch = xasprintf("%s/night", home);
	char *argv[] = { xstrdup(program ? program : "./nocboard"), xstrdup("drill"),
		xstrdup("--speed"), xstrdup("15"), xstrdup("--keep"), scratch, NULL };
	struct screen *s =
	    screen_start(argv, &(struct screen_options){ .w = 80, .h = 24, .home = home });
	char *text;

	(void)state;
	see(s, "? cand INC-1");
	press(s, "a ack", "a");
	see(s, "SEV1 INC-1");
	press(s, "P update", "P");
	see(s, "· initial ·");
	assert_false(screen_has(s, " missing"));
	assert_false(screen_has(s, "? Customers"));
	press(s, "C-s send", "\023");
	see(s, "Send the initial update of INC-1?");
	assert_false(screen_has(s, "Warning"));
	assert_false(screen_wait_gone(s, "Send the initial update", 350));
	press(s, "y yes", "y");
	see(s, "u stops it");
	see(s, "to page: accepted");
	text = published(scratch);
	assert_non_null(strstr(text, "Our own checks have failed since "));
	assert_non_null(strstr(text, "What we do not know yet: We do not know the cause yet."));
	assert_non_null(
	    strstr(text, "What we are doing: Our operations team has been looking into it since "));
	assert_non_null(strstr(text, "Choose SFR by hand under Settings > Network"));
	assert_non_null(strstr(text, "Next update: by "));
	free(text);
	screen_free(s);
	for (int i = 0; argv[i]; i++)
		free(argv[i]);
	file_remove_tree(home, &e);
	free(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_keys_post_the_first_update),
		cmocka_unit_test(the_first_night_is_played_by_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

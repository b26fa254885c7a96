/* Approval between two boards of one engine: who waits for whom, what is read before it is
 * approved, and how an approval lapses. */
#include "t.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "rig.h"
#include "screen.h"

#define WAIT 20000

static const char config[] =
    "noc: { name: Test NOC, timezone: UTC, journal: \"{dir}/journal.db\", socket: "
    "\"{dir}/engine.sock\" }\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components: [ { id: data, name: Mobile data, class: data } ]\n"
    "people:\n"
    "  - { id: ana, name: Ana Costa, login: [root], can: [command, publish, admin] }\n"
    "  - { id: jon, name: Jon Hale, login: [nobody], can: [command, publish] }\n"
    "channels: [ { id: banner, kind: file, path: \"{dir}/banner.json\" } ]\n"
    "audiences: [ { id: public, channels: [banner] } ]\n"
    "policy: policy.yaml\n";

static int setup(void **state)
{
	static const char *const now[] = { "--now", "2025-03-10T14:31:00Z", NULL };
	struct rig *r;

	if (geteuid() != 0 || access("/usr/bin/setpriv", X_OK) != 0)
		return 0;
	r = rig_new();
	assert_int_equal(chmod(r->dir, 0755), 0);
	rig_write(
	    r, "policy.yaml", "send_delay: 30s\napproval: { severities: [1, 2], by: [comms] }\n");
	rig_write(r, "nocboard.yaml", config);
	if (!rig_start(r, now))
		fail_msg("the engine does not start: %s", r->ready);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	if (*state)
		rig_free(*state);
	return 0;
}

/* Of another login: nobody approves what they wrote, under whatever name. */
static struct screen *board_of_jon(struct rig *r)
{
	char *argv[] = { xstrdup("/usr/bin/setpriv"), xstrdup("--reuid=nobody"),
		xstrdup("--clear-groups"), xstrdup(getenv("NOCBOARD")), xstrdup("-c"), r->config,
		NULL };
	struct screen *s =
	    screen_start(argv, &(struct screen_options){ .w = 100, .h = 24, .home = r->dir });

	for (int i = 0; i < 5; i++)
		free(argv[i]);
	return s;
}

static void see(struct screen *s, const char *text)
{
	screen_see(s, text, WAIT);
}

static struct peer *ana(struct rig *r)
{
	struct peer *p = peer_new(r, NULL);

	assert_true(peer_ok(p, "{\"cmd\":\"open\",\"args\":{\"title\":\"No data\",\"severity\":2,"
			       "\"regions\":[\"FR\"],\"components\":[\"data\"]}}"));
	assert_true(peer_ok(p, "{\"cmd\":\"role\",\"incident\":\"INC-1\",\"args\":{\"role\":"
			       "\"comms\",\"person\":\"jon\"}}"));
	return p;
}

static void post(struct peer *p, const char *text)
{
	char *line = xasprintf(
	    "{\"cmd\":\"update\",\"incident\":\"INC-1\",\"args\":{\"stage\":\"initial\","
	    "\"audiences\":[\"public\"],\"next\":\"30m\",\"fields\":{\"impact\":\"i\",\"known\":"
	    "\"k\","
	    "\"unknown\":\"u\",\"next\":\"n\",\"customer_actions\":\"c\"},\"text\":{\"public\":"
	    "\"%s\"}}}",
	    text);

	assert_true(peer_ok(p, line));
	free(line);
}

/* Reads what waits, moves to Approve and presses it. */
static void approve(struct screen *s, const char *words)
{
	screen_key(s, "A");
	see(s, "Approve the initial update of INC-1?");
	see(s, words);
	assert_false(screen_wait_gone(s, words, 350)); /* it takes no key at first */
	screen_key(s, "h");
	screen_key(s, "\r");
}

static void another_board_reads_and_approves(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	struct screen *jon;

	if (!r)
		skip(); /* there is one login alone */
	p = ana(r);
	post(p, "[Sev 2] France - No data\\n\\nFirst words.");
	jon = board_of_jon(r);
	see(jon, "INC-1: initial update by ana waits for approval");
	screen_key(jon, "o");
	see(jon, "public read:");
	screen_golden(jon, "approval-waits");
	screen_key(jon, "A");
	see(jon, "Approve the initial update of INC-1?");
	screen_golden(jon, "approval-question");
	screen_key(jon, "\033");
	assert_true(screen_wait_gone(jon, "Approve the initial", WAIT));
	approve(jon, "First words.");
	see(jon, "sending in 30"); /* approved, it has its delay before it */
	screen_golden(jon, "approval-approved");
	screen_free(jon);
	peer_free(p);
}

static void it_lapses_with_an_edit_and_with_the_severity(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	struct screen *jon;
	char *line;
	size_t it = 0;
	const struct snap_held *h;

	if (!r)
		skip();
	p = ana(r);
	jon = board_of_jon(r);
	post(p, "First words.");
	see(jon, "waits for approval");
	screen_key(jon, "o");
	see(jon, "public read:");
	screen_key(jon, "S"); /* "send now" is no way around it: nothing is even asked */
	see(jon, "Not sent yet: an update of this severity waits for approval");
	assert_false(screen_has(jon, "Send now"));
	approve(jon, "First words.");
	see(jon, "sending in 30");
	/* The severity changes in the delay: when it is over the text waits again. */
	assert_true(
	    peer_ok(p, "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"args\":{\"severity\":1,"
		       "\"reason\":\"more\"}}"));
	peer_clock(p, 31000);
	assert_true(peer_ok(p, "{\"cmd\":\"note\",\"incident\":\"INC-1\",\"args\":{\"text\":"
			       "\"half a minute later\"}}"));
	screen_free(jon);
	jon = board_of_jon(r); /* without the notice of what ana did */
	see(jon, "INC-1: initial update by ana waits for approval");
	screen_key(jon, "o");
	see(jon, "lapsed with the severity");
	screen_golden(jon, "approval-lapsed");
	/* An edit is another text: what was approved is gone with the first one. */
	h = map_next(p->snap->held, &it, NULL);
	assert_non_null(h);
	line = xasprintf("{\"held\":\"stop\",\"id\":\"%s\"}", h->id);
	assert_true(peer_ok(p, line));
	free(line);
	post(p, "Other words.");
	see(jon, "Other words.");
	assert_false(screen_has(jon, "First words."));
	assert_false(screen_has(jon, "sending in 30"));
	approve(jon, "Other words.");
	see(jon, "sending in 30");
	screen_free(jon);
	peer_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(another_board_reads_and_approves, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    it_lapses_with_an_edit_and_with_the_severity, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

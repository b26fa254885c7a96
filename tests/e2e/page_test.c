/* The status page of a live engine: what is told is there, a folder that fails, a kill while it is
 * written. */
#include "t.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "rig.h"

static int setup(void **state)
{
	struct rig *r = rig_new();
	char *config = xstrdup(rig_config), *page = strstr(config, "kind: file"), *whole;

	/* The page of the usual configuration becomes one. */
	*page = '\0';
	whole = xasprintf("%skind: page, directory: \"{dir}/www\", url: \"https://s.example/\" }%s",
	    config, strstr(page + 1, "\" }") + 3);
	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", whole);
	free(whole);
	free(config);
	farm_set(r->farm, "/*", "ok", NULL);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

static const char open_cmd[] =
    "{\"cmd\":\"open\",\"args\":{\"title\":\"No data\",\"severity\":2,\"regions\":[\"FR\"],"
    "\"components\":[\"data\"]}}";

/* The text is the command's id too: it is recorded once. */
static bool post(struct peer *p, const char *stage, const char *text)
{
	char *line = xasprintf(
	    "{\"id\":\"%s\",\"cmd\":\"update\",\"incident\":\"INC-1\",\"args\":{\"stage\":\"%s\","
	    "\"audiences\":["
	    "\"public\"],\"fields\":{\"impact\":\"i\",\"known\":\"k\",\"unknown\":\"u\",\"next\":"
	    "\"n\","
	    "\"customer_actions\":\"c\"},\"text\":{\"public\":\"%s\"},\"next\":\"30m\"}}",
	    text, stage, text);
	bool ok = peer_ok(p, line);

	free(line);
	return ok;
}

static bool page_says(struct rig *r, const char *name, const char *words)
{
	char *text = rig_read(r, name);
	bool says = text && strstr(text, words);

	free(text);
	return says;
}

struct there {
	struct rig *r;
	const char *name, *words;
};

static bool is_there(void *ctx)
{
	const struct there *t = ctx;

	return page_says(t->r, t->name, t->words);
}

static int deliveries(struct rig *r, const char *state)
{
	cJSON *events = rig_events(r);
	const cJSON *ev;
	int n = 0;

	cJSON_ArrayForEach(ev, events)
	{
		if (strcmp(json_str_or(ev, "kind", ""), "delivery") == 0 &&
		    strcmp(json_str_or(json_get(ev, "body"), "state", ""), state) == 0)
			n++;
	}
	cJSON_Delete(events);
	return n;
}

static bool recorded(void *ctx)
{
	const struct there *t = ctx;

	return deliveries(t->r, t->words) > 0;
}

static void what_is_told_is_on_the_page(void **state)
{
	struct rig *r = *state;
	struct there first = { r, "www/index.html", "There is no open incident." },
		     accepted = { r, NULL, "accepted" };
	struct peer *p;

	assert_true(rig_start(r, NULL));
	assert_true(rig_until(r, is_there, &first, RIG_WAIT_MS));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_true(post(p, "initial", "[Sev 2] France - No data\\n\\nFirst words."));
	assert_true(rig_until(r, recorded, &accepted, RIG_WAIT_MS));
	/* It was accepted, so it is there. */
	assert_true(page_says(r, "www/index.html", "First words."));
	assert_true(page_says(r, "www/incident/INC-1.html", "First words."));
	assert_true(page_says(r, "www/api/v2/summary.json", "France - No data"));
	/* What follows without a word is shown too. */
	first.words = "Sev 1 Critical";
	assert_true(
	    peer_ok(p, "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"args\":{\"severity\":1,"
		       "\"reason\":\"more\"}}"));
	assert_true(rig_until(r, is_there, &first, RIG_WAIT_MS));
	assert_int_equal(RIG_RUN(r, "publish"), 0);
	assert_non_null(strstr(buf_str(&r->out), "current, by the engine"));
	peer_free(p);
	rig_kill(r, SIGTERM);
	/* The same bytes, but from the journal. */
	assert_int_equal(RIG_RUN(r, "publish", "{dir}/other"), 0);
	assert_true(page_says(r, "other/index.html", "First words."));
	assert_int_equal(RIG_RUN(r, "publish"), 0);
	assert_non_null(strstr(buf_str(&r->out), "0 files written"));
}

static bool waits_and_says_why(const struct snapshot *s, void *ctx)
{
	const struct snap_delivery *d;
	size_t it = 0;

	(void)ctx;
	d = map_next(s->deliveries, &it, NULL);
	return d && strcmp(d->destination, "page") == 0 && d->detail &&
	       strstr(d->detail, "www: no folder to write into");
}

static void a_folder_that_fails_is_told_and_tried_again(void **state)
{
	struct rig *r = *state;
	struct there failed = { r, NULL, "failed" }, accepted = { r, NULL, "accepted" };
	char *www = xasprintf("%s/www", r->dir);
	struct peer *p;

	rig_write(r, "www", "a file in the folder's place");
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_true(post(p, "initial", "First words."));
	assert_true(rig_until(r, recorded, &failed, RIG_WAIT_MS));
	/* Every board says so, and the outbox what waits for it and why. */
	peer_alarm(p, "page cannot be written, for 0 min: readers have an old page: ");
	assert_true(peer_until(p, waits_and_says_why, NULL, RIG_WAIT_MS));
	assert_int_equal(RIG_RUN(r, "publish"), 5);
	assert_non_null(strstr(buf_str(&r->err), "www: no folder to write into"));
	assert_int_equal(unlink(www), 0);
	assert_true(rig_until(r, recorded, &accepted, RIG_WAIT_MS));
	assert_true(page_says(r, "www/index.html", "First words."));
	peer_alarm(p, "");
	peer_free(p);
	free(www);
}

/* Every version that a reader finds is whole. */
static bool whole_or_absent(struct rig *r, const char *name, const char *end)
{
	char *text = rig_read(r, name);
	size_t len = text ? strlen(text) : 0, tail = strlen(end);
	bool ok = !text || (len > tail && strcmp(text + len - tail, end) == 0);

	free(text);
	return ok;
}

static void a_kill_leaves_whole_files(void **state)
{
	static const char *const ends[][2] = {
		{ "www/index.html", "</html>\n" },
		{ "www/history.html", "</html>\n" },
		{ "www/region/FR.html", "</html>\n" },
		{ "www/feed.atom", "</feed>\n" },
		{ "www/feed.rss", "</rss>\n" },
		{ "www/api/v2/summary.json", "}\n" },
	};
	struct rig *r = *state;
	struct there there = { r, "www/index.html", "</html>" };

	for (int round = 0; round < 12; round++) {
		struct peer *p;
		char words[64];

		assert_true(rig_start(r, NULL));
		p = peer_new(r, NULL);
		if (round == 0)
			assert_true(peer_ok(p, open_cmd));
		snprintf(words, sizeof words, "Words number %d.", round);
		assert_true(post(p, round ? "progress" : "initial", words));
		/* Killed at once, or a little later each time. */
		for (int i = 0; i < round * 3; i++)
			loop_run_once(r->loop, false);
		peer_free(p);
		rig_kill(r, SIGKILL);
		for (size_t i = 0; i < countof(ends); i++)
			if (!whole_or_absent(r, ends[i][0], ends[i][1]))
				fail_msg("%s is not whole after kill %d", ends[i][0], round);
	}
	assert_true(rig_start(r, NULL));
	there.words = "Words number 11.";
	assert_true(rig_until(r, is_there, &there, RIG_WAIT_MS));
	there.words = "accepted";
	assert_true(rig_until(r, recorded, &there, RIG_WAIT_MS));
	rig_kill(r, SIGTERM);
}

static bool no_leftovers(struct rig *r)
{
	char *command = xasprintf("find %s/www -name '.nocboard.*' | grep -q .", r->dir);
	bool none = system(command) != 0;

	free(command);
	return none;
}

static void nothing_unfinished_stays(void **state)
{
	struct rig *r = *state;
	char *www = xasprintf("%s/www", r->dir);

	assert_int_equal(mkdir(www, 0755), 0);
	rig_write(r, "www/.nocboard.4710", "half");
	assert_true(rig_start(r, NULL));
	rig_kill(r, SIGTERM);
	assert_int_equal(RIG_RUN(r, "publish"), 0);
	rig_write(r, "www/.nocboard.4711", "half");
	rig_write(r, "www/google.html", "of the web server's owner");
	assert_int_equal(RIG_RUN(r, "publish"), 0);
	assert_true(no_leftovers(r));
	assert_true(page_says(r, "www/google.html", "owner"));
	free(www);
}

static void a_foreign_folder_stays_as_it_is(void **state)
{
	struct rig *r = *state;
	char *site = xasprintf("%s/site", r->dir);

	assert_int_equal(mkdir(site, 0755), 0);
	rig_write(r, "site/index.html", "of somebody else");
	assert_true(rig_start(r, NULL));
	rig_kill(r, SIGTERM);
	assert_int_equal(RIG_RUN(r, "publish", site), 3);
	assert_non_null(
	    strstr(buf_str(&r->err), "is not empty and holds no page of ours; empty it"));
	assert_true(page_says(r, "site/index.html", "of somebody else"));
	assert_false(page_says(r, "site/policy.html", ""));
	free(site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_told_is_on_the_page, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_folder_that_fails_is_told_and_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_kill_leaves_whole_files, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_unfinished_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(a_foreign_folder_stays_as_it_is, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

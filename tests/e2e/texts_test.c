/* A site's own templates and word lists: checked, in force, and the last good ones kept. And what
 * `template` and `update` do with them from a script. */
#include "t.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "rig.h"

#define FIELDS                                                                                     \
	"stage: initial\nfields:\n  impact: Impact, required: Who\n  known: Known, lines: K\n"     \
	"  unknown: Unknown: U\n  next: Next: N\n  customer_actions: Customers: C\n---\n"
#define REST "{{known}}\n{{unknown}}\n{{next}}\n{{customer_actions}}\n"

static int setup(void **state)
{
	struct rig *r = rig_new();
	char *templates = xasprintf("%s/templates", r->dir),
	     *jargon = xasprintf("%s/jargon", r->dir);

	assert_int_equal(mkdir(templates, 0755), 0);
	assert_int_equal(mkdir(jargon, 0755), 0);
	free(templates);
	free(jargon);
	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", rig_config);
	rig_write(r, "templates/initial.tmpl", FIELDS "OURS {{impact}}\n{{> promise}}\n" REST);
	rig_write(r, "jargon/words.txt", "zorblax = our gateway\n");
	farm_set(r->farm, "/*", "ok", NULL);
	farm_set(r->farm, "/hook", "sink", NULL);
	assert_true(rig_start(r, NULL));
	assert_int_equal(RIG_RUN(r, "incident", "open", "--title", "No data in France",
			     "--severity", "2", "--regions", "FR,IT", "--components", "data",
			     "--impact", "Customers in France cannot use data."),
	    0);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

static void said(struct rig *r, const char *text)
{
	if (!strstr(buf_str(&r->out), text) && !strstr(buf_str(&r->err), text))
		fail_msg("not said: %s\n%s%s", text, buf_str(&r->out), buf_str(&r->err));
}

static void not_said(struct rig *r, const char *text)
{
	if (strstr(buf_str(&r->out), text) || strstr(buf_str(&r->err), text))
		fail_msg("said: %s\n%s%s", text, buf_str(&r->out), buf_str(&r->err));
}

static void own_texts_are_in_force(void **state)
{
	struct rig *r = *state;

	RIG_RUN(r, "check");
	not_said(r, "templates/");
	not_said(r, "jargon/");
	assert_int_equal(RIG_RUN(r, "template", "list"), 0);
	said(r, "/templates/initial.tmpl");
	said(r, "maintenance-notice");
	not_said(r, "progress.tmpl"); /* a shipped one has no file */
	assert_int_equal(
	    RIG_RUN(r, "update", "INC-1", "--preview", "--field", "known=The zorblax is down."), 0);
	said(r, "OURS Customers in France cannot use data.\nNext update: by ");
	said(r,
	    "warning: --field known: customers may not know \"zorblax\" (write \"our gateway\")");
}

static void a_broken_one_leaves_the_last_good_one(void **state)
{
	struct rig *r = *state;

	rig_write(r, "templates/initial.tmpl",
	    "stage: initial\nfields:\n  impact: Impact: Who\n---\nBROKEN\n{{imapct}}\n");
	assert_int_equal(RIG_RUN(r, "check"), 1);
	said(r, "/templates/initial.tmpl:6:1: error: there is no field or fact \"imapct\": did you "
		"mean "
		"\"impact\"?");
	said(r, "{{imapct}}\n");
	said(r, "^");
	assert_int_equal(RIG_RUN(r, "engine", "--reload"), 0);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview"), 0);
	said(r, "OURS ");
	assert_int_equal(RIG_RUN(r, "status", "--json"), 0);
	said(r, "initial.tmpl:6:1: there is no field or fact");
	/* So does one that would tell everybody what our own people are to read, and an empty one.
	 */
	rig_write(r, "templates/initial.tmpl",
	    FIELDS "WRONG {{impact}}\n" REST
		   "{{^audience_pubilc}}\nonly for us\n{{/audience_pubilc}}\n");
	assert_int_equal(RIG_RUN(r, "check"), 1);
	said(r,
	    "/templates/initial.tmpl:14:1: error: there is no audience \"pubilc\": did you mean "
	    "\"public\"?");
	assert_int_equal(RIG_RUN(r, "engine", "--reload"), 0);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview"), 0);
	said(r, "OURS ");
	not_said(r, "only for us");
	rig_write(r, "templates/initial.tmpl", FIELDS "Hello {{impact}}\n");
	assert_int_equal(RIG_RUN(r, "check"), 1);
	said(r, "/templates/initial.tmpl:9:1: error: the text never says {{known}}, {{unknown}}, ");
	/* And taken again once it is repaired. */
	rig_write(r, "templates/initial.tmpl", FIELDS "REPAIRED {{impact}}\n" REST);
	assert_int_equal(RIG_RUN(r, "engine", "--reload"), 0);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview"), 0);
	said(r, "REPAIRED ");
	assert_int_equal(RIG_RUN(r, "status", "--json"), 0);
	not_said(r, "initial.tmpl:6:1");
}

static void what_holds_outlives_the_engine(void **state)
{
	struct rig *r = *state;
	char *kept, *name;
	struct stat st;
	glob_t found = { 0 };

	rig_kill(r, 9); /* no word of good-bye */
	name = xasprintf("%s/nocboard/texts-*.json", r->dir);
	assert_int_equal(glob(name, 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, 1);
	assert_int_equal(stat(found.gl_pathv[0], &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	kept = xstrdup(found.gl_pathv[0] + strlen(r->dir) + 1);
	rig_write(r, "templates/initial.tmpl",
	    "stage: initial\nfields:\n  impact: Impact: Who\n---\nBROKEN\n{{imapct}}\n");
	rig_write(r, "templates/progress.tmpl", "stage: progress\n---\n{{nonsense}}\n");
	rig_write(r, "jargon/words.txt", "= no word\n");
	assert_true(rig_start(r, NULL));
	assert_int_equal(
	    RIG_RUN(r, "update", "INC-1", "--preview", "--field", "known=The zorblax is down."), 0);
	said(r, "OURS ");
	said(r, "customers may not know \"zorblax\"");
	assert_int_equal(RIG_RUN(r, "status", "--json"), 0);
	said(r, "initial.tmpl:6:1: there is no field or fact");
	said(r, "until it is mended the last good one holds");
	assert_int_equal(RIG_RUN(r, "check"), 1);
	said(r, "/templates/initial.tmpl:6:1: error: there is no field or fact");
	said(r, "until it is mended the last good one holds");
	said(r, "/templates/progress.tmpl:");
	said(r, "until it is mended it counts for nothing");
	/* A second start, and still; what is no such record counts for nothing. */
	rig_kill(r, 15);
	assert_true(rig_start(r, NULL));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview"), 0);
	said(r, "OURS ");
	rig_kill(r, 15);
	rig_write(
	    r, kept, "{\"texts\":[{\"name\":\"../x.tmpl\",\"path\":\"x\",\"text\":\"y\"},7]}");
	assert_true(rig_start(r, NULL));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview"), 0);
	not_said(r, "OURS ");
	/* A file that is taken away is gone, and comes back from nowhere. */
	rig_write(r, "templates/initial.tmpl", FIELDS "AGAIN {{impact}}\n" REST);
	assert_int_equal(RIG_RUN(r, "engine", "--reload"), 0);
	free(name);
	name = xasprintf("%s/templates/initial.tmpl", r->dir);
	assert_int_equal(unlink(name), 0);
	rig_kill(r, 15);
	assert_true(rig_start(r, NULL));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview"), 0);
	not_said(r, "AGAIN ");
	globfree(&found);
	free(name);
	free(kept);
}

static void a_template_is_rendered(void **state)
{
	struct rig *r = *state;

	assert_int_equal(
	    RIG_RUN(r, "template", "render", "maintenance-notice", "--incident", "INC-1",
		"--starts", "2026-03-10T01:00:00Z", "--ends", "2026-03-10T03:00:00Z", "--field",
		"summary=Exchange of a link", "--field", "risk=It may take longer."),
	    0);
	said(r, "] Mobile data / France, Italy");
	said(r, "Begins: 2026-03-10 01:00 UTC");
	said(r, "Risk level: It may take longer.");
	assert_int_equal(RIG_RUN(r, "template", "render", "nonsense", "--incident", "INC-1"), 2);
	assert_int_equal(RIG_RUN(r, "template", "render", "initial"), 2);
	assert_int_equal(
	    RIG_RUN(r, "update", "INC-1", "--template", "maintenance-notice", "--preview"), 2);
}

static void what_lint_stops_is_not_posted(void **state)
{
	static const char *const sh[] = { "sh", "-c",
		"printf 'first line\\nsecond line\\n\\n' | \"$@\"", "sh", NULL };
	struct rig *r = *state;
	cJSON *events;

	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--field", "known=It is a Sev 1."), 5);
	said(r, "error: --field known: tells severity 1, the incident has 2");
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--channel", "nonsense"), 5);
	assert_int_equal(rig_run(r, sh,
			     (const char *const[]){ "update", "INC-1", "--field", "known=-",
				 "--channel", "page", NULL }),
	    0);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--no-change"), 0);
	rig_kill(r, 15);
	events = rig_events(r);
	assert_int_equal(rig_count(events, "INC-1", "update_posted"), 2);
	for (const cJSON *ev = events->child, *body; ev; ev = ev->next) {
		if (strcmp(json_str_or(ev, "kind", ""), "update_posted") != 0)
			continue;
		body = json_get(ev, "body");
		if (strcmp(json_str(body, "template"), "initial") == 0) {
			assert_string_equal(
			    json_str(json_get(body, "fields"), "known"), "first line\nsecond line");
			assert_int_equal(cJSON_GetArraySize(json_get(body, "channels")), 1);
		} else {
			assert_string_equal(json_str(body, "template"), "no-change");
			assert_true(cJSON_GetArraySize(json_get(body, "channels")) > 1);
		}
	}
	cJSON_Delete(events);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(own_texts_are_in_force),
		TEST(a_broken_one_leaves_the_last_good_one),
		TEST(what_holds_outlives_the_engine),
		TEST(a_template_is_rendered),
		TEST(what_lint_stops_is_not_posted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

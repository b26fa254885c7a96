#include "engine/setup.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"
#include "t.h"

#define LEAST "regions: [ { id: FR } ]\ncomponents: [ { id: data } ]\n"

static char *dir;

static int enter(void **state)
{
	struct err e;

	(void)state;
	dir = file_scratch("nocboard-setup", &e);
	unsetenv("NOCBOARD_CONFIG");
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("XDG_RUNTIME_DIR", "/run/me", 1);
	return dir ? 0 : -1;
}

static int leave(void **state)
{
	struct err e;
	bool ok = file_remove_tree(dir, &e);

	(void)state;
	free(dir);
	return ok ? 0 : -1;
}

/* Writes DIR/name and returns its path, to be freed. */
static char *put(const char *name, const char *text, mode_t mode)
{
	char *path = xasprintf("%s/%s", dir, name), *folder = file_dir(path);
	struct err e;

	if (!file_mkdirs(folder, 0700, &e) || !file_write(path, text, strlen(text), mode, &e))
		fail_msg("%s", e.msg);
	free(folder);
	return path;
}

/* `format` with the folder for its "%s"; the caller frees. */
static char *put_dir(const char *format)
{
	const char *at = strstr(format, "%s");

	return xasprintf("%.*s%s%s", (int)(at - format), format, dir, at + 2);
}

static void drop(char *take)
{
	free(take);
}

static void the_first_place_is_taken(void **state)
{
	struct err e = { 0 };
	char *found, *own;

	(void)state;
	if (access("/etc/nocboard/nocboard.yaml", F_OK) != 0) {
		assert_null(setup_find(NULL, &e));
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_non_null(strstr(e.msg, dir)); /* where it was looked for */
		assert_non_null(strstr(e.msg, "nocboard init"));
	}
	own = put("nocboard/nocboard.yaml", LEAST, 0600);
	found = setup_find(NULL, &e);
	assert_string_equal(found, own);
	free(found);
	setenv("NOCBOARD_CONFIG", "/elsewhere.yaml", 1);
	found = setup_find(NULL, &e);
	assert_string_equal(found, "/elsewhere.yaml");
	free(found);
	found = setup_find("given.yaml", &e);
	assert_string_equal(found, "given.yaml");
	free(found);
	free(own);
}

static void paths_have_defaults(void **state)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	char *path = put("a.yaml", LEAST, 0600);
	struct setup *s = setup_load(path, &problems, &e);

	(void)state;
	assert_non_null(s);
	assert_string_equal(s->path, path);
	assert_string_equal(s->journal, "/state/nocboard/journal.db");
	assert_string_equal(s->socket, "/run/me/nocboard/engine.sock");
	assert_string_equal(s->state, "/state/nocboard");
	setup_free(s);
	drop(put("a.yaml", LEAST "noc: { journal: /j.db, socket: /s }\n", 0600));
	s = setup_load(path, &problems, &e);
	assert_non_null(s);
	assert_string_equal(s->journal, "/j.db");
	assert_string_equal(s->socket, "/s");
	setup_free(s);
	setup_free(NULL);
	free(path);
}

static void parts_are_merged_and_fingerprinted(void **state)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	char *path = put("nocboard.yaml", LEAST, 0600), *before;
	struct setup *s = setup_load(path, &problems, &e);

	(void)state;
	assert_non_null(s);
	assert_int_equal(s->config->regions.count, 1);
	before = xstrdup(s->fingerprint);
	setup_free(s);
	s = setup_load(path, &problems, &e);
	assert_string_equal(s->fingerprint, before);
	drop(put("conf.d/notes.txt", "not: [read", 0600));
	assert_false(setup_changed(s));
	drop(put("conf.d/it.yaml", "regions: [ { id: IT } ]\n", 0600));
	assert_true(setup_changed(s));
	setup_free(s);
	s = setup_load(path, &problems, &e);
	assert_non_null(s);
	assert_int_equal(s->config->regions.count, 2);
	assert_string_not_equal(s->fingerprint, before);
	setup_free(s);
	free(before);
	free(path);
}

static void the_policy_lies_beside_it(void **state)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	char *path = put("nocboard.yaml", LEAST "policy: rules/ours.yaml\n", 0600);
	struct setup *s = setup_load(path, &problems, &e);

	(void)state;
	assert_null(s); /* named, and not there */
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_non_null(strstr(e.msg, "nocboard.yaml:3:9: "));
	assert_non_null(strstr(e.msg, "rules/ours.yaml: No such file"));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.items[0].pos.line, 3);
	assert_string_equal(problems.items[0].source_line, "policy: rules/ours.yaml");
	cfg_problems_fini(&problems);
	/* It hides nothing. */
	free(path);
	path = put("nocboard.yaml", LEAST "policy: rules/ours.yaml\npeople: 7\n", 0600);
	assert_null(setup_load(path, &problems, &e));
	assert_int_equal(problems.count, 2);
	assert_int_equal(problems.items[1].pos.line, 4);
	cfg_problems_fini(&problems);
	free(path);
	path = put("nocboard.yaml", LEAST "policy: rules/ours.yaml\n", 0600);
	drop(put("rules/ours.yaml", "send_delay: 3s\nseverities: { 1: { response: 5m } }\n", 0600));
	s = setup_load(path, &problems, &e);
	assert_non_null(s);
	assert_int_equal(s->config->policy->send_delay_ms, 3000);
	assert_int_equal(s->config->policy->severity[0].target[TARGET_RESPONSE].ms, 300000);
	assert_int_equal(s->config->policy->severity[1].target[TARGET_RESPONSE].ms, 1800000);
	setup_free(s);
	drop(put("rules/ours.yaml", "send_delay: soon\n", 0600));
	assert_null(setup_load(path, &problems, &e));
	assert_int_equal(problems.count, 1);
	assert_non_null(strstr(problems.items[0].file, "rules/ours.yaml"));
	assert_int_equal(problems.items[0].pos.line, 1);
	cfg_problems_fini(&problems);
	/* What is wrong in one does not hide what is wrong in the other. */
	free(path);
	path = put("nocboard.yaml", LEAST "policy: rules/ours.yaml\npeople: 7\n", 0600);
	assert_null(setup_load(path, &problems, &e));
	assert_int_equal(problems.count, 2);
	assert_string_not_equal(problems.items[0].file, problems.items[1].file);
	cfg_problems_fini(&problems);
	free(path);
}

static void problems_are_told_with_their_place(void **state)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	char *path = put(
	    "nocboard.yaml", LEAST "noc: { nam: x }\npeople: [ { id: a, can: [fly] } ]\n", 0600);

	(void)state;
	assert_null(setup_load(path, &problems, &e));
	assert_int_equal(problems.count, 2);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_non_null(strstr(e.msg, "nocboard.yaml:3:8: "));
	assert_non_null(strstr(e.msg, "and more (`nocboard check` shows all)"));
	cfg_problems_fini(&problems);
	free(path);
	assert_null(setup_load("/nowhere/nocboard.yaml", &problems, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_int_equal(problems.count, 0);
	assert_non_null(strstr(e.msg, "/nowhere/nocboard.yaml"));
}

/* What an internal audience reads goes nowhere that others read, by whatever path. */
static void a_link_leads_to_one_place(void **state)
{
	static const struct {
		const char *out, *in, *says; /* NULL: nothing is wrong */
	} cases[] = {
		{ "kind: file, path: \"%s/a/x.json\"", "kind: file, path: \"%s/link/x.json\"",
		    "goes where" },
		{ "kind: file, path: \"%s/a/x.json\"", "kind: file, path: \"%s/b/x.json\"", NULL },
		{ "kind: page, url: \"https://s/\", directory: \"%s/a/www\"",
		    "kind: file, path: \"%s/link/www/x.json\"", "through a link to " },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct cfg_problems problems = { 0 };
		struct err e = { 0 };
		char *a = xasprintf("%s/a", dir), *b = xasprintf("%s/b", dir),
		     *link = xasprintf("%s/link", dir), *front, *rest, *text, *path;
		struct setup *s;

		assert_true(file_mkdirs(a, 0700, &e) && file_mkdirs(b, 0700, &e));
		assert_true(symlink("a", link) == 0 || i > 0);
		front = put_dir(cases[i].out);
		rest = put_dir(cases[i].in);
		text = xasprintf(LEAST "channels: [ { id: out, %s },\n  { id: in, %s } ]\n"
				       "audiences: [ { id: public, channels: [out] },\n"
				       "  { id: staff, internal: true, channels: [in] } ]\n",
		    front, rest);
		path = put("nocboard.yaml", text, 0600);
		s = setup_load(path, &problems, &e);
		assert_int_equal(s != NULL, cases[i].says == NULL);
		if (!s) {
			assert_int_equal(problems.count, 1);
			assert_int_equal(problems.items[0].pos.line, 4);
			assert_non_null(strstr(problems.items[0].what, cases[i].says));
		}
		setup_free(s);
		cfg_problems_fini(&problems);
		free(a);
		free(b);
		free(link);
		free(front);
		free(rest);
		free(text);
		free(path);
	}
}

static void two_pages_through_a_link_fight(void **state)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	char *a = xasprintf("%s/a", dir), *link = xasprintf("%s/link", dir), *text, *path;

	(void)state;
	assert_true(file_mkdirs(a, 0700, &e));
	assert_int_equal(symlink("a", link), 0);
	text = xasprintf(LEAST
	    "channels: [ { id: one, kind: page, url: \"https://s/\", directory: \"%s\" },\n"
	    "  { id: two, kind: page, url: \"https://s/t\", directory: \"%s/deep\" } ]\n"
	    "audiences: [ { id: public, channels: [one, two] } ]\n",
	    a, link);
	path = put("nocboard.yaml", text, 0600);
	assert_null(setup_load(path, &problems, &e));
	assert_int_equal(problems.count, 1);
	assert_non_null(
	    strstr(problems.items[0].what, "is, or lies in, the folder of page \"one\""));
	cfg_problems_fini(&problems);
	free(a);
	free(link);
	free(text);
	free(path);
}

static void too_large_is_refused(void **state)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	size_t len = ((size_t)4 << 20) + 1;
	char *text = xmalloc(len + 1), *path;

	(void)state;
	memset(text, '#', len);
	text[len] = '\0';
	path = put("nocboard.yaml", text, 0600);
	assert_null(setup_load(path, &problems, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_int_equal(problems.count, 0);
	free(text);
	free(path);
}

/* ---- secrets ---- */

static char *secret(struct cfg_secret s, struct err *e)
{
	*e = (struct err){ 0 };
	return setup_secret(&s, e);
}

static void secrets_come_from_their_place(void **state)
{
	struct err e;
	char *path = put("key", "s3cret\r\n\n", 0600), *value;

	(void)state;
	value = secret((struct cfg_secret){ .file = path }, &e);
	assert_string_equal(value, "s3cret"); /* without its line end */
	free(value);
	setenv("NOC_TEST_KEY", "from env", 1);
	value = secret((struct cfg_secret){ .env = (char[]){ "NOC_TEST_KEY" } }, &e);
	assert_string_equal(value, "from env");
	free(value);
	value = secret((struct cfg_secret){ .plain = (char[]){ "open" } }, &e);
	assert_string_equal(value, "open");
	free(value);
	free(path);
}

static void secrets_that_others_can_read_are_refused(void **state)
{
	static const mode_t wide[] = { 0644, 0640, 0604, 0620, 0602 };
	struct err e;
	char *path = put("key", "s3cret\n", 0600), *link = xasprintf("%s/link", dir);

	(void)state;
	for (size_t i = 0; i < countof(wide); i++) {
		assert_int_equal(chmod(path, wide[i]), 0);
		assert_null(secret((struct cfg_secret){ .file = path }, &e));
		assert_non_null(strstr(e.msg, path));
		assert_null(strstr(e.msg, "s3cret"));
	}
	assert_int_equal(chmod(path, 0400), 0);
	free(secret((struct cfg_secret){ .file = path }, &e));
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(symlink(path, link), 0); /* it could lead anywhere tomorrow */
	assert_null(secret((struct cfg_secret){ .file = link }, &e));
	free(link);
	free(path);
}

static void secrets_that_are_not_there(void **state)
{
	struct err e;

	(void)state;
	unsetenv("NOC_TEST_KEY");
	assert_null(secret((struct cfg_secret){ .env = (char[]){ "NOC_TEST_KEY" } }, &e));
	assert_non_null(strstr(e.msg, "NOC_TEST_KEY"));
	setenv("NOC_TEST_KEY", "", 1);
	assert_null(secret((struct cfg_secret){ .env = (char[]){ "NOC_TEST_KEY" } }, &e));
	assert_null(secret((struct cfg_secret){ .file = (char[]){ "/nowhere/key" } }, &e));
	assert_null(secret((struct cfg_secret){ 0 }, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_place_is_taken, enter, leave),
		cmocka_unit_test_setup_teardown(paths_have_defaults, enter, leave),
		cmocka_unit_test_setup_teardown(parts_are_merged_and_fingerprinted, enter, leave),
		cmocka_unit_test_setup_teardown(the_policy_lies_beside_it, enter, leave),
		cmocka_unit_test_setup_teardown(problems_are_told_with_their_place, enter, leave),
		cmocka_unit_test_setup_teardown(a_link_leads_to_one_place, enter, leave),
		cmocka_unit_test_setup_teardown(two_pages_through_a_link_fight, enter, leave),
		cmocka_unit_test_setup_teardown(too_large_is_refused, enter, leave),
		cmocka_unit_test_setup_teardown(secrets_come_from_their_place, enter, leave),
		cmocka_unit_test_setup_teardown(
		    secrets_that_others_can_read_are_refused, enter, leave),
		cmocka_unit_test_setup_teardown(secrets_that_are_not_there, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

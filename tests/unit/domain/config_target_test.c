/* What an internal audience reads goes nowhere that anybody else reads. */
#include "t.h"

#include "base/mem.h"
#include "domain/config.h"

static const struct zone *any_zone(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return zone_utc();
}

/* Channels "out" in line 4, of the public, and "in" in line 5, of our own people. */
static struct config *load(
    const char *out, const char *in, const char *more, struct cfg_problems *problems)
{
	char *text = xasprintf("regions: [ { id: FR } ]\n"
			       "components: [ { id: data } ]\n"
			       "channels:\n"
			       "  - { id: out, %s }\n"
			       "  - { id: in, %s }\n"
			       "audiences:\n"
			       "  - { id: public, channels: [out] }\n"
			       "  - { id: staff, internal: true, channels: [in] }\n%s",
	    out, in, more);
	struct cfg_source source = { "nocboard.yaml", text, strlen(text) };
	struct config *c = config_load(&source, 1, NULL, any_zone, NULL, problems);

	free(text);
	return c;
}

static bool says(const struct cfg_problems *problems, const char *what)
{
	for (size_t i = 0; i < problems->count; i++)
		if (strstr(problems->items[i].what, what))
			return true;
	return false;
}

#define SMTP "kind: email, smtp: \"smtp://localhost:25\", plain: true, from: noc@a.example"
#define PAGE "kind: page, directory: /var/www/status, url: \"https://status.example/\""
#define HOOK(url) "kind: webhook, secret: { env: S }, url: " url
#define CACHET(url) "kind: cachet, token: { env: C }, url: " url

static const struct {
	const char *out, *in;
} same[] = {
	{ "kind: file, path: /srv/a.json", "kind: file, path: /srv/a.json" },
	{ "kind: file, path: /srv/a.json", "kind: file, path: /srv/./a.json" },
	{ "kind: file, path: /srv/a.json", "kind: file, path: //srv///a.json" },
	{ "kind: file, path: /srv/a.json", "kind: file, path: /srv/x/../a.json" },
	{ "kind: file, path: /srv/a.json", "kind: file, path: /../srv/a.json" },
	{ PAGE, "kind: file, path: /var/www/status/notes.json" },
	{ PAGE, "kind: file, path: /var/www/x/..//status/region/notes.json" },
	{ HOOK("https://a.example/h"), HOOK("https://a.example/h") },
	{ HOOK("https://a.example/h"), HOOK("https://A.Example:443/h") },
	{ HOOK("https://a.example"), HOOK("https://a.example/") },
	{ HOOK("{ file: /etc/h }"), HOOK("{ file: /etc/./h }") },
	{ HOOK("{ env: HOOK }"), "kind: slack, url: { env: HOOK }" },
	{ "kind: slack, url: https://hooks.example/T",
	    "kind: teams, url: https://hooks.example/T" },
	{ "kind: slack, token: { env: A }, channel: C1",
	    "kind: slack, token: { env: B }, channel: C1" },
	{ "kind: statuspage, token: { env: A }, page: x1",
	    "kind: statuspage, token: { env: B }, page: x1" },
	{ CACHET("https://a.example"), CACHET("https://a.example/") },
	{ "kind: pagerduty, token: { file: /etc/pd }",
	    "kind: pagerduty, token: { file: /etc//pd }" },
	{ SMTP ", to: [all@b.example]", SMTP ", to: [us@b.example, All@B.example]" },
};

static void no_target_is_shared_with_an_internal_audience(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(same); i++) {
		struct cfg_problems problems = { 0 };

		if (load(same[i].out, same[i].in, "", &problems))
			fail_msg("%s and %s may be together", same[i].out, same[i].in);
		assert_int_equal(problems.count, 1);
		assert_non_null(strstr(problems.items[0].what,
		    "\"in\" (of \"staff\", which is internal) goes where \"out\" (of \"public\") "
		    "goes: nocboard.yaml:4:"));
		assert_int_equal(problems.items[0].pos.line, 5);
		assert_string_equal(problems.items[0].file, "nocboard.yaml");
		cfg_problems_fini(&problems);
	}
}

static const struct {
	const char *out, *in;
} apart[] = {
	{ "kind: file, path: /srv/a.json", "kind: file, path: /srv/b.json" },
	{ "kind: file, path: /srv/a.json", "kind: file, path: /srv/a.json.d" },
	{ PAGE, "kind: file, path: /var/www/status.json" },
	{ PAGE, "kind: file, path: /var/www/status/../notes.json" },
	{ HOOK("https://a.example/h"), HOOK("https://a.example/H") },
	{ HOOK("https://a.example/h"), HOOK("http://a.example/h") },
	{ HOOK("{ file: /etc/h }"), HOOK("{ file: /etc/i }") },
	{ HOOK("{ env: A }"), HOOK("{ file: A }") },
	{ "kind: slack, token: { env: A }, channel: C1",
	    "kind: slack, token: { env: A }, channel: C2" },
	{ "kind: exec, command: /bin/cat", "kind: exec, command: /bin/cat" },
	{ SMTP ", to: [a@b.example]", SMTP ", to: [c@b.example]" },
};

static void targets_of_their_own_are_fine(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(apart); i++) {
		struct cfg_problems problems = { 0 };
		struct config *c = load(apart[i].out, apart[i].in, "", &problems);

		if (!c)
			fail_msg("%s, %s: %s", apart[i].out, apart[i].in, problems.items[0].what);
		config_free(c);
	}
}

/* Two public ones, two internal ones, and one that nobody reads may share. */
static void the_same_kind_of_readers_may_share(void **state)
{
	static const char text[] = "regions: [ { id: FR } ]\n"
				   "components: [ { id: data } ]\n"
				   "channels:\n"
				   "  - { id: a, kind: file, path: /srv/a.json }\n"
				   "  - { id: b, kind: file, path: /srv/a.json }\n"
				   "  - { id: c, kind: file, path: /srv/c.json }\n"
				   "  - { id: d, kind: file, path: /srv/c.json }\n"
				   "  - { id: e, kind: file, path: /srv/c.json }\n"
				   "  - { id: f, kind: file, path: /srv/a.json }\n"
				   "audiences:\n"
				   "  - { id: public, channels: [a] }\n"
				   "  - { id: partners, channels: [a, b] }\n"
				   "  - { id: staff, internal: true, channels: [c] }\n"
				   "  - { id: board, internal: true, channels: [d] }\n";
	struct cfg_source source = { "nocboard.yaml", text, sizeof text - 1 };
	struct cfg_problems problems = { 0 };
	struct config *c = config_load(&source, 1, NULL, any_zone, NULL, &problems);

	(void)state;
	if (!c)
		fail_msg("%s", problems.items[0].what);
	config_free(c);
}

static void a_subscriber_outside_is_no_internal_address(void **state)
{
	struct cfg_problems problems = { 0 };

	(void)state;
	assert_null(load(SMTP, SMTP ", to: [noc@acme.example]",
	    "subscribers:\n"
	    "  - { id: acme, audience: public, email: NOC@acme.example }\n",
	    &problems));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.items[0].pos.line, 10);
	assert_true(
	    says(&problems, "\"out\" (of \"public\") goes where \"in\" (of \"staff\", which "
			    "is internal) goes: nocboard.yaml:5:"));
	cfg_problems_fini(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_target_is_shared_with_an_internal_audience),
		cmocka_unit_test(targets_of_their_own_are_fine),
		cmocka_unit_test(the_same_kind_of_readers_may_share),
		cmocka_unit_test(a_subscriber_outside_is_no_internal_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "t.h"

#include "base/mem.h"
#include "domain/config.h"

static const struct zone *any_zone(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "Mars/Olympus") == 0 ? NULL : zone_utc();
}

static struct config *load(const char *channel, const char *more, struct cfg_problems *problems)
{
	char *text = xasprintf("regions: [ { id: FR }, { id: IT } ]\n"
			       "components: [ { id: data }, { id: sms } ]\n"
			       "channels:\n"
			       "  - { id: one, %s }\n"
			       "audiences: [ { id: public, channels: [one] }%s ]\n",
	    channel, more);
	struct cfg_source source = { "nocboard.yaml", text, strlen(text) };
	struct config *c = config_load(&source, 1, NULL, any_zone, NULL, problems);

	free(text);
	return c;
}

static const char *const good[] = {
	"kind: file, path: /tmp/x.json",
	"kind: webhook, url: https://a.example/, secret: { env: A }, old_secret: { env: B }",
	"kind: email, smtp: \"smtp://localhost:25\", plain: true, from: noc@a.example",
	"kind: email, smtp: \"smtp://[::1]:2525\", plain: true, from: noc@a.example",
	"kind: email, smtp: \"smtps://mail.example:465\", from: noc@a.example, user: noc, "
	"password: { "
	"env: P }, to: [a@b, \"o'brien+x@c.example\"], unsubscribe: \"https://a.example/u\"",
	"kind: slack, url: { env: SLACK }",
	"kind: slack, token: { env: SLACK }, channel: C0PARTNERS",
	"kind: slack, token: { env: SLACK }, channel: C0PARTNERS, url: "
	"\"https://slack-gov.com/api\"",
	"kind: slack, token: { env: SLACK }, channel: C0PARTNERS, heartbeat: 1h",
	"kind: webhook, url: https://a.example, secret: { env: S }, heartbeat: 10m",
	"kind: teams, url: { file: /etc/teams }",
	"kind: pagerduty, token: { env: PD }",
	"kind: statuspage, token: { env: SP }, page: kctbh9vrtdwd, components: { data: abc123 }",
	"kind: cachet, url: https://a.example, token: { env: C }, version: 2",
	"kind: cachet, url: https://a.example, token: { env: C }, timezone: Europe/Paris",
	"kind: exec, command: /bin/cat, arguments: [\"-\", \"a b\"], environment: "
	"[NOC_TICKET_HOME]",
};

static void what_each_kind_needs_is_enough(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		struct cfg_problems problems = { 0 };
		struct config *c = load(good[i], "", &problems);

		if (!c)
			fail_msg("%s: %s", good[i], problems.items[0].what);
		assert_int_equal(c->channels.count, 1);
		assert_int_equal(c->channels.items[0].timeout_ms, 30000);
		config_free(c);
	}
}

static const struct {
	const char *channel, *what;
} bad[] = {
	{ "kind: file", "a file channel needs a \"path\"" },
	{ "kind: file, path: out/x.json", "absolute path of a file" },
	{ "kind: webhook, url: https://a.example/", "a webhook channel needs a \"secret\"" },
	{ "kind: webhook, secret: { env: A }", "a webhook channel needs a \"url\"" },
	{ "kind: email, from: a@b", "an email channel needs a \"smtp\"" },
	{ "kind: email, smtp: \"smtp://h:25\"", "an email channel needs a \"from\"" },
	{ "kind: email, smtp: \"http://h\", from: a@b", "is no mail server's address" },
	{ "kind: email, smtp: \"smtp://h/path\", from: a@b", "is no mail server's address" },
	{ "kind: email, smtp: \"smtp://u:p@h\", from: a@b", "is no mail server's address" },
	{ "kind: email, smtp: \"smtp://h:x\", from: a@b", "is no mail server's address" },
	{ "kind: email, smtp: \"smtp://mail.example:25\", plain: true, from: a@b",
	    "e-mail without TLS goes to localhost only" },
	{ "kind: email, smtp: \"smtp://localhost.evil.example:25\", plain: true, from: a@b",
	    "e-mail without TLS goes to localhost only" },
	{ "kind: email, smtp: \"smtp://h\", from: \"a\\r\\nb@c\"", "is no e-mail address" },
	{ "kind: email, smtp: \"smtp://h\", from: \"NOC <a@b>\"", "is no e-mail address" },
	{ "kind: email, smtp: \"smtp://h\", from: a@b, to: [\"x@y>\\r\\nRCPT TO:<c@z\"]",
	    "is no e-mail address" },
	{ "kind: email, smtp: \"smtp://h\", from: a@b, host: \"a b\"", "is no host name" },
	{ "kind: email, smtp: \"smtp://h\", from: a@b, user: x", "are given together" },
	{ "kind: email, smtp: \"smtp://h\", from: a@b, unsubscribe: \"javascript:x\"",
	    "is no place to unsubscribe at" },
	{ "kind: email, smtp: \"smtp://h\", from: a@b, unsubscribe: \"https://x/>\"",
	    "no angle brackets" },
	{ "kind: slack", "a slack channel needs" },
	{ "kind: slack, url: https://a.example, token: { env: A }, channel: C1",
	    "a slack channel needs" },
	{ "kind: slack, url: { env: B }, token: { env: A }, channel: C1", "a slack channel needs" },
	{ "kind: slack, url: { env: SLACK }, heartbeat: 1h",
	    "nothing can be sent to this slack channel that nobody reads" },
	{ "kind: teams, url: https://a.example, heartbeat: 1h",
	    "nothing can be sent to this teams channel that nobody reads" },
	{ "kind: exec, command: /bin/cat, heartbeat: 1s", "" },
	{ "kind: slack, token: { env: A }", "a slack channel needs" },
	{ "kind: slack, token: { env: A }, channel: \"#noc\"", "is no id of a Slack channel" },
	{ "kind: teams", "a teams channel needs a \"url\"" },
	{ "kind: pagerduty", "a pagerduty channel needs a \"token\"" },
	{ "kind: statuspage, token: { env: A }", "a statuspage channel needs a \"page\"" },
	{ "kind: statuspage, token: { env: A }, page: \"../x\"", "is no id of a page" },
	{ "kind: statuspage, token: { env: A }, page: x, components: { dat: y }",
	    "there is no component \"dat\"" },
	{ "kind: cachet, url: https://a.example, token: { env: A }, version: 4",
	    "must be from 2 to 3" },
	{ "kind: cachet, url: https://a.example, token: { env: A }, timezone: Mars/Olympus",
	    "there is no time zone \"Mars/Olympus\"" },
	{ "kind: exec, command: cat", "absolute path" },
	{ "kind: exec, command: /bin/cat, environment: [LD_PRELOAD]", "can be handed on" },
	{ "kind: exec, command: /bin/cat, environment: [\"A=b\"]", "can be handed on" },
	{ "kind: exec, command: /bin/cat, environment: [HOME]", "can be handed on" },
	{ "kind: carrier-pigeon", "is no kind that this version knows" },
};

static void what_is_missing_or_wrong_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct cfg_problems problems = { 0 };
		bool named = false;

		assert_null(load(bad[i].channel, "", &problems));
		for (size_t p = 0; p < problems.count; p++)
			named |= strstr(problems.items[p].what, bad[i].what) != NULL;
		if (!named)
			fail_msg("%s: not \"%s\" but \"%s\"", bad[i].channel, bad[i].what,
			    problems.items[0].what);
		assert_int_equal(problems.items[0].pos.line, 4);
		cfg_problems_fini(&problems);
	}
}

static void addresses(void **state)
{
	static const char *const fine[] = { "a@b", "o'brien+noc@mail.example", "a.b_c@x-y.z",
		"{x}|y@z" };
	static const char *const wrong[] = { "", "@", "a@", "@b", "a b@c", "a@b c", "a@b\r\n",
		"a\n@b", "<a@b>", "a@b>", "a@b>\r\nRCPT TO:<c@z", "\"a\"@b", "a@b@c", "a,b@c",
		"\xc3\xa9@b", "a@\xc3\xa9", "a(x)@b", "a:b@c", "a;b@c", "a\\b@c", "a@[1.2.3.4]",
		"a\t@b", "a\x7f@b" };
	char longest[400];

	(void)state;
	for (size_t i = 0; i < countof(fine); i++)
		if (!config_address_ok(fine[i]))
			fail_msg("%s", fine[i]);
	for (size_t i = 0; i < countof(wrong); i++)
		if (config_address_ok(wrong[i]))
			fail_msg("%s", wrong[i]);
	memset(longest, 'a', sizeof longest);
	longest[64] = '@';
	longest[65 + 253] = '\0';
	assert_true(config_address_ok(longest));
	longest[65 + 253] = 'a';
	longest[65 + 254] = '\0';
	assert_false(config_address_ok(longest));
	longest[64] = 'a';
	longest[65] = '@';
	longest[70] = '\0';
	assert_false(config_address_ok(longest));
}

#define MAIL "kind: email, smtp: \"smtp://h\", from: noc@a.example"

static void the_host_comes_from_the_address(void **state)
{
	struct cfg_problems problems = { 0 };
	struct config *c = load(MAIL, "", &problems);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->channels.items[0].host.s, "a.example");
	config_free(c);
}

static const char people[] =
    " ]\nsubscribers:\n"
    "  - { id: everything, email: e@x, audience: public }\n"
    "  - { id: french-data, email: f@x, audience: public, regions: [FR], components: [data] }\n"
    "  - { id: key, email: k@x, audience: public, regions: [IT, FR], high_value: true, contract: { "
    "availability: 99.9, response: { sev1: 15m }, credits: default } }\n"
    "  - { id: italian-sms, name: Italian SMS, email: i@x, audience: public, regions: [IT], "
    "components: [sms], contacts: [ { name: Desk, phone: \"+39 1\", email: d@x } ] }\n"
    "runbooks: { x: [ y ]}\nbridge: { phone: \"1\" }\ncarriers: [";

static size_t told(const struct config *c, const char *audience, const char *region,
    const char *component, const struct cfg_subscriber **out)
{
	char *regions[] = { (char *)(uintptr_t)region },
	     *components[] = { (char *)(uintptr_t)component };

	return config_subscribed(
	    c, audience, regions, region != NULL, components, component != NULL, out);
}

static void who_is_told_of_what(void **state)
{
	struct cfg_problems problems = { 0 };
	struct config *c = load(MAIL, people, &problems);
	const struct cfg_subscriber *out[4];

	(void)state;
	if (!c)
		fail_msg("%s", problems.items[0].what);
	assert_int_equal(told(c, "public", "FR", "data", out), 3);
	assert_string_equal(out[0]->id.s, "key"); /* key accounts first */
	assert_string_equal(out[1]->id.s, "everything");
	assert_string_equal(out[2]->id.s, "french-data");
	assert_int_equal(told(c, "public", "FR", "sms", out), 2);
	assert_int_equal(told(c, "public", "IT", "sms", out), 3);
	assert_string_equal(out[2]->name.s, "Italian SMS");
	assert_int_equal(told(c, "public", NULL, NULL, out), 4);
	assert_int_equal(told(c, "partners", "FR", "data", out), 0);
	assert_non_null(config_subscriber(c, "key"));
	assert_null(config_subscriber(c, "none"));
	assert_int_equal(config_subscriber(c, "key")->contract_response[0].ms, 15 * 60000);
	assert_string_equal(config_subscriber(c, "key")->contract_availability.s, "99.9");
	assert_string_equal(
	    config_subscriber(c, "italian-sms")->contacts.items[0].phone.s, "+39 1");
	config_free(c);
}

static const struct {
	const char *more, *what;
} bad_people[] = {
	{ " ]\nsubscribers: [ { id: a, email: e@x, audience: publik }",
	    "there is no audience \"publik\"" },
	{ " ]\nsubscribers: [ { id: a, email: \"e@x>\", audience: public }",
	    "is no e-mail address" },
	{ " ]\nsubscribers: [ { id: a, audience: public, regions: [DE] }",
	    "there is no region \"DE\"" },
	{ " ]\nsubscribers: [ { id: a, audience: public, components: [dat] }",
	    "there is no component \"dat\"" },
	{ " ]\nsubscribers: [ { id: a, audience: public }, { id: a, audience: public }",
	    "subscriber \"a\" is there already" },
	{ " ]\nsubscribers: [ { id: a }", "this subscriber has no \"audience\"" },
	{ ", { id: silent } ]\nsubscribers: [ { id: a, email: e@x, audience: silent }",
	    "no channel of audience \"silent\" sends e-mail" },
	{ ", { id: partners, channels: [one] }", "is used by several audiences" },
	{ ", { id: inside, internal: true, channels: [one] }", "is used by the internal audience" },
};

static void subscribers_that_cannot_be_told_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(bad_people); i++) {
		struct cfg_problems problems = { 0 };
		bool named = false;

		assert_null(load(MAIL, bad_people[i].more, &problems));
		for (size_t p = 0; p < problems.count; p++)
			named |= strstr(problems.items[p].what, bad_people[i].what) != NULL;
		if (!named)
			fail_msg(
			    "not \"%s\" but \"%s\"", bad_people[i].what, problems.items[0].what);
		cfg_problems_fini(&problems);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_kind_needs_is_enough),
		cmocka_unit_test(what_is_missing_or_wrong_is_named),
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_host_comes_from_the_address),
		cmocka_unit_test(who_is_told_of_what),
		cmocka_unit_test(subscribers_that_cannot_be_told_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

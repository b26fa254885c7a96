#include "t.h"

#include "base/embed.h"
#include "domain/command.h"
#include "domain/config.h"

static const char good[] =
    "noc: { name: Test NOC, timezone: UTC }\n"
    "calendars:\n"
    "  office: { hours: { mon-fri: \"09:00-17:00\" }, holidays: [2026-12-25] }\n"
    "regions:\n"
    "  - { id: FR, name: France, timezone: Europe/Paris, portfolios: [west], calendar: office, "
    "travellers: 18000 }\n"
    "  - { id: IT, name: Italy }\n"
    "portfolios: [ { id: west, name: Western Europe } ]\n"
    "components:\n"
    "  - id: activation\n"
    "    name: Activation API\n"
    "    class: activation\n"
    "    depends_on: [carrier:orange-fr]\n"
    "    probes:\n"
    "      - region: \"*\"\n"
    "        http: http://activation.{region}.example/health\n"
    "        interval: 10s\n"
    "        expect: { status: [200, 204-206], json: { \"/status\": [pass, ok] }, latency: { "
    "degraded: 800ms } }\n"
    "        headers: { Authorization: { env: TOKEN }, X-Plain: yes }\n"
    "carriers:\n"
    "  - id: orange-fr\n"
    "    regions: [FR]\n"
    "    engage: { sev1: 10m }\n"
    "    contacts: [ { name: NOC, phone: \"+33 1\" } ]\n"
    "    feeds: [ { format: statuspage, url: https://status.example/api, map: { \"Mobile Data\": "
    "activation } } ]\n"
    "people:\n"
    "  - { id: maria, login: [maria], can: [command, publish], teams: [noc] }\n"
    "  - { id: jon, can: respond }\n"
    "teams:\n"
    "  - { id: noc, tier: 2, schedule: { handover: \"08:00\", rotation: [maria, jon], days: 7, "
    "from: 2026-11-02 } }\n"
    "channels:\n"
    "  - { id: banner, kind: file, path: /tmp/banner.json }\n"
    "  - { id: hook, kind: webhook, url: https://hook.example/, secret: { env: HOOK } }\n"
    "audiences:\n"
    "  - { id: public, channels: [banner] }\n"
    "  - { id: partners, channels: [hook] }\n";

/* The only zones that these tests know. */
static const struct zone *two_zones(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "UTC") == 0 || strcmp(name, "Europe/Paris") == 0 ? zone_utc() : NULL;
}

static struct config *load(const char *text, const char *part, struct cfg_problems *problems)
{
	struct cfg_source sources[] = { { "nocboard.yaml", text, strlen(text) },
		{ "conf.d/part.yaml", part ? part : "", part ? strlen(part) : 0 } };

	return config_load(sources, part ? 2 : 1, NULL, two_zones, NULL, problems);
}

static void test_good(void **state)
{
	struct cfg_problems problems = { 0 };
	struct config *c = load(good, NULL, &problems);
	const struct cfg_component *k;

	(void)state;
	if (!c)
		fail_msg("%d: %s", problems.items[0].pos.line, problems.items[0].what);
	assert_string_equal(c->name.s, "Test NOC");
	k = config_component(c, "activation");
	assert_non_null(k);
	assert_string_equal(k->label.s, "ACTIVA");
	assert_int_equal(k->probes.count, 2);
	assert_string_equal(k->probes.items[0].id.s, "activation/FR");
	assert_string_equal(k->probes.items[1].http.s, "http://activation.it.example/health");
	assert_int_equal(k->probes.items[1].interval_ms, 10000);
	assert_int_equal(k->probes.items[1].timeout_ms, 5000);
	assert_int_equal(k->probes.items[1].fail_after, 3);
	assert_int_equal(k->probes.items[1].degraded_ms, 800);
	assert_string_equal(k->probes.items[0].json.items[0].values.items[1].s, "ok");
	assert_string_equal(k->probes.items[0].headers.items[0].value.env, "TOKEN");
	assert_string_equal(k->probes.items[0].headers.items[1].value.plain, "yes");
	assert_int_equal(config_carrier(c, "orange-fr")->engage[0].ms, 600000);
	assert_int_equal(config_carrier(c, "orange-fr")->engage[1].unit, DURATION_NONE);
	assert_string_equal(
	    config_carrier(c, "orange-fr")->feeds.items[0].id.s, "orange-fr/statuspage");
	assert_string_equal(config_login(c, "maria")->id.s, "maria");
	assert_null(config_login(c, "nobody"));
	assert_true(config_person(c, "maria")->permissions & PERM_PUBLISH);
	assert_false(config_person(c, "jon")->permissions & PERM_COMMAND);
	assert_string_equal(config_region(c, "IT")->timezones.items[0].s, "UTC");
	assert_int_equal(c->policy->region_calendar_count, 1);
	assert_null(config_channel(c, "none"));
	assert_false(config_audience(c, "public")->internal);
	config_free(c);
	cfg_problems_fini(&problems);
}

/* Each fault alone in an otherwise good configuration: where it is told, and what is told. */
static const struct {
	const char *from, *to; /* a replacement in `good` */
	int line, column;
	const char *what, *help;
} faults[] = {
	{ "interval: 10s", "interval: soon", 16, 19, "\"soon\" is no length of time", "write 90s" },
	{ "interval: 10s", "intervall: 10s", 16, 9, "a probe has no key \"intervall\"",
	    "did you mean interval?" },
	{ "interval: 10s", "interval: 1ms", 16, 19, "\"interval\" must be from 1s to 24h", NULL },
	{ "class: activation", "class: activaton", 11, 12, "\"activaton\" is no class",
	    "did you mean activation?" },
	{ "regions: [FR]", "regions: [FX]", 21, 15, "there is no region \"FX\"",
	    "did you mean FR?" },
	{ "carrier:orange-fr]", "carrier:orange]", 12, 18, "there is no carrier \"orange\"", NULL },
	{ "carrier:orange-fr]", "activation]", 12, 18,
	    "\"activation\" depends on \"activation\", which depends on it again",
	    "nothing is the cause of itself" },
	{ "Europe/Paris", "Europe/Pari", 5, 39, "there is no time zone \"Europe/Pari\"", "IANA" },
	{ "id: IT", "id: FR", 6, 11, "region \"FR\" is there already, in line 5", NULL },
	{ "id: IT", "id: \"I T\"", 6, 11, "\"I T\" cannot be an id", "letters" },
	{ "id: IT,", "", 6, 5, "this region has no \"id\"", NULL },
	{ "can: respond", "can: dance", 27, 21, "\"dance\" is no permission", "view, respond" },
	{ "https://status", "ftp://status", 24, 41, "is no address", "http://" },
	{ "204-206", "204-999", 17, 33, "\"204-999\" is no HTTP status", NULL },
	{ "mon-fri", "mon-fry", 3, 31, NULL, "mon-fri" },
	{ "2026-12-25", "2026-13-25", 3, 59, "\"2026-13-25\" is no date", NULL },
	{ "{ env: HOOK }", "whsec_x", 32, 68, "takes a reference to a secret", "{ file: /path }" },
	{ "channels: [hook]", "channels: [hock]", 35, 32, "there is no channel \"hock\"",
	    "did you mean hook?" },
	{ "id: partners,", "id: partners, internal: maybe,", 35, 31, "neither true nor false",
	    NULL },
	{ "kind: file", "kind: fax", 31, 25, "\"fax\" is no kind", "file" },
	{ "name: Test NOC", "name: Test NOC, name: Two", 1, 24,
	    "the key \"name\" stands here twice", NULL },
	{ "path: /tmp/banner.json", "ca: /tmp/x", 31, 5, "a file channel needs a \"path\"", NULL },
	{ "days: 7", "days: 0", 29, 86, "\"days\" must be from 1 to 366", NULL },
	{ "from: 2026-11-02 ", "", 29, 5, "a rotation needs the day", NULL },
	{ "class: activation\n", "class: activation\n    coverage: 9to5\n", 12, 15,
	    "there is no calendar \"9to5\"", "24x7" },
	{ "timezone: UTC }", "timezone: [UTC] }", 1, 34,
	    "\"timezone\" takes one value, and here is a list", NULL },
};

static char *replaced(const char *from, const char *to)
{
	const char *at = strstr(good, from);
	char *out = malloc(sizeof good + strlen(to));

	assert_non_null(at);
	assert_non_null(out);
	sprintf(out, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
	return out;
}

/* The time zone of the NOC is taken over by what has none of its own. */
static void what_is_taken_over_is_told_once(void **state)
{
	struct cfg_problems problems = { 0 };
	char *text = replaced("timezone: UTC }", "timezone: Mars/X }");

	(void)state;
	assert_null(load(text, NULL, &problems));
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].what, "there is no time zone \"Mars/X\"");
	cfg_problems_fini(&problems);
	free(text);
}

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct cfg_problems problems = { 0 };
		char *text = replaced(faults[i].from, faults[i].to);
		const struct cfg_problem *p;
		struct buf shown;

		assert_null(load(text, NULL, &problems));
		assert_true(problems.count >= 1);
		p = &problems.items[0];
		if ((faults[i].what && !strstr(p->what, faults[i].what)) ||
		    p->pos.line != faults[i].line || p->pos.column != faults[i].column ||
		    (faults[i].help && (!p->help || !strstr(p->help, faults[i].help))))
			fail_msg("fault %zu: %d:%d %s (%s)", i, p->pos.line, p->pos.column, p->what,
			    p->help ? p->help : "-");
		buf_init(&shown, 0);
		cfg_problem_print(&shown, p);
		assert_non_null(strstr(buf_str(&shown), "nocboard.yaml:"));
		assert_non_null(strstr(buf_str(&shown), "^\n"));
		buf_fini(&shown);
		cfg_problems_fini(&problems);
		free(text);
	}
}

/* Each probe alone: NULL when it is good, else a part of what is told. */
static const struct {
	const char *probe, *what;
} probes[] = {
	{ "http: https://a.example/", NULL },
	{ "tcp: \"smsc.example:2775\", expect: { banner: SMSC }", NULL },
	{ "tls: mail.example, expect: { certificate: { warn: 20d } }, ca: /etc/ca.pem", NULL },
	{ "tls: \"mail.example:465\", cert: /c.pem, key: /k.pem", NULL },
	{ "dns: { name: a.example, type: MX, server: \"192.0.2.1:5353\", value: \"10 b\" }", NULL },
	{ "dns: { name: a.example }", NULL },
	{ "icmp: router.example", NULL },
	{ "heartbeat: { file: /run/x, max_age: 5m, line: done }", NULL },
	{ "http: https://a.example/, expect: { contains: ok, latency: { degraded: 1s, partial: 2s, "
	  "major: 3s } }",
	    NULL },
	{ "interval: 10s", "none of http, tcp, tls, dns, icmp and heartbeat" },
	{ "tcp: \"a:1\", tls: b", "asks one thing, and here is tcp and tls" },
	{ "tcp: a.example", "names no port" },
	{ "tcp: \"a b:1\"", "is no host" },
	{ "icmp: \"http://a\"", "is no host" },
	{ "dns: { type: A }", "has no \"name\"" },
	{ "dns: { name: a, type: B }", "\"B\" is no type of DNS record" },
	{ "dns: { name: a, server: dns.example }", "is no address of a DNS server" },
	{ "heartbeat: { file: run/x }", "is no absolute path" },
	{ "heartbeat: { file: /run/x, max_age: 0s }", "\"max_age\" must be from 1s" },
	{ "heartbeat: { max_age: 5m }", "has no \"file\"" },
	{ "tcp: \"a:1\", body: x", "\"body\" has no meaning for a probe of tcp" },
	{ "tcp: \"a:1\", expect: { contains: x }", "\"contains\" has no meaning" },
	{ "http: https://a.example/, expect: { banner: x }", "\"banner\" has no meaning" },
	{ "icmp: a, headers: { X: y }", "\"headers\" has no meaning" },
	{ "icmp: a, expect: { certificate: { warn: 1d } }", "\"certificate\" has no meaning" },
	{ "http: https://a.example/, key: /k.pem", "a \"key\" needs its \"cert\"" },
	{ "http: https://a.example/, cert: c.pem", "is no absolute path" },
};

static void test_probe_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
		struct cfg_problems problems = { 0 };
		char text[1024];
		snprintf(text, sizeof text,
		    "regions: [ { id: FR } ]\n"
		    "components: [ { id: a, probes: [ { region: FR, %s } ] } ]\n",
		    probes[i].probe);
		struct config *c = load(text, NULL, &problems);
		if (probes[i].what && (c || !strstr(problems.items[0].what, probes[i].what)))
			fail_msg("%s: %s", probes[i].probe, c ? "taken" : problems.items[0].what);
		if (!probes[i].what && !c)
			fail_msg("%s: %s", probes[i].probe, problems.items[0].what);
		if (c)
			assert_memory_equal(probes[i].probe,
			    c->components.items[0].probes.items[0].kind,
			    strlen(c->components.items[0].probes.items[0].kind));
		config_free(c);
		cfg_problems_fini(&problems);
	}
}

static void test_regions_in_any_address(void **state)
{
	struct cfg_problems problems = { 0 };
	struct config *c =
	    load("regions: [ { id: FR }, { id: IT } ]\n"
		 "components: [ { id: a, probes: [\n"
		 "  { region: \"*\", tcp: \"{region}.smsc.example:2775\" },\n"
		 "  { region: \"*\", dns: { name: \"{region}.example\", value: x } },\n"
		 "  { region: \"*\", heartbeat: { file: \"/run/{region}\" } } ] } ]\n",
		NULL, &problems);

	(void)state;
	assert_non_null(c);
	const struct cfg_probe *p = c->components.items[0].probes.items;
	assert_int_equal(c->components.items[0].probes.count, 6);
	assert_string_equal(p[0].tcp.s, "fr.smsc.example:2775");
	assert_string_equal(p[1].tcp.s, "it.smsc.example:2775");
	assert_string_equal(p[3].dns_name.s, "it.example");
	assert_string_equal(p[3].dns_type.s, "A");
	assert_string_equal(p[5].beat_file.s, "/run/it");
	assert_int_equal(p[5].beat_max_age_ms, 600000);
	assert_string_equal(p[5].id.s, "a/IT#3");
	config_free(c);
	cfg_problems_fini(&problems);
}

/* One feed of a carrier, with keys as given; `what`: the first problem of it, NULL: none. */
static void feed_is(const char *keys, const char *what)
{
	struct cfg_problems problems = { 0 };
	char text[512];

	snprintf(text, sizeof text,
	    "regions: [ { id: FR } ]\ncomponents: [ { id: a } ]\n"
	    "carriers: [ { id: c, feeds: [ { %s } ] } ]\n",
	    keys);
	struct config *c = load(text, NULL, &problems);
	if (!c != !!what || (what && !strstr(problems.items[0].what, what)))
		fail_msg("%s: %s", keys, c ? "taken" : problems.items[0].what);
	assert_true(!what || problems.items[0].pos.line == 3);
	config_free(c);
	cfg_problems_fini(&problems);
}

static void test_feeds_have_one_place(void **state)
{
	static const struct {
		const char *feed, *what;
	} cases[] = {
		{ "format: auto, url: https://a.example/", NULL },
		{ "format: auto, folder: /var/spool/noc", NULL },
		{ "format: auto, interval: 60s", "a feed needs a \"url\" or a \"folder\"" },
		{ "format: auto, url: https://a.example/, folder: /x", "not both" },
		{ "format: auto, folder: x", "is no absolute path" },
		{ "format: statuspag, url: https://a.example/",
		    "\"statuspag\" is no format that this version knows" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		feed_is(cases[i].feed, cases[i].what);
}

static void test_mappings_of_feeds(void **state)
{
	static const struct {
		const char *feed, *what;
	} cases[] = {
		{ "url: https://a/, format: json, fields: { list: /l, title: /t, region: [/r, /s] "
		  "}, values: { "
		  "DOWN: "
		  "investigating, 3: 1 }, dates: { pattern: \"%d %b\", timezone: Europe/Paris }",
		    NULL },
		{ "url: https://a/, format: json, fields: { list: \"\", id: /i }", NULL },
		{ "url: https://a/, format: json", "a feed of format json needs \"fields\"" },
		{ "url: https://a/, format: rss, fields: { title: /t }",
		    "only a feed of format json" },
		{ "url: https://a/, format: json, fields: { titel: /t, id: /i }",
		    "\"titel\" is nothing that is read" },
		{ "url: https://a/, format: json, fields: { title: t }",
		    "\"t\" is no JSON pointer" },
		{ "url: https://a/, format: json, fields: { state: /s }",
		    "neither a title nor an id nor a text" },
		{ "url: https://a/, format: json, fields: { id: /i }, values: { UP: fine }",
		    "\"fine\" is neither a state nor a severity" },
		{ "url: https://a/, format: json, fields: { id: /i }, values: { UP: [resolved, 1] "
		  "}",
		    "is neither a state nor a severity" },
		{ "url: https://a/, format: json, fields: { id: /i }, dates: { pattern: x, months: "
		  "[a, b] }",
		    "there are twelve months, not 2" },
		{ "url: https://a/, format: json, fields: { id: /i }, dates: { pattern: x, "
		  "timezone: Nowhere/At }",
		    "\"Nowhere/At\" is no time zone" },
		{ "url: https://a/, format: json, fields: { id: /i }, dates: { timezone: "
		  "Europe/Paris }",
		    "without a \"pattern\" say nothing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		feed_is(cases[i].feed, cases[i].what);
}

/* Told once, where the way comes back to its start; what only leads there is no fault. */
static void test_a_circle_of_causes(void **state)
{
	static const char circle[] = "regions: [ { id: FR } ]\n"
				     "components:\n"
				     "  - { id: d, depends_on: [b] }\n"
				     "  - { id: a, depends_on: [b] }\n"
				     "  - { id: b, depends_on: [c] }\n"
				     "  - { id: c, depends_on: [a] }\n";
	struct cfg_problems problems = { 0 };

	(void)state;
	assert_null(load(circle, NULL, &problems));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.items[0].pos.line, 4);
	assert_string_equal(
	    problems.items[0].what, "\"a\" depends on \"b\", which depends on it again");
	cfg_problems_fini(&problems);
}

static void test_all_in_one_run(void **state)
{
	struct cfg_problems problems = { 0 };

	(void)state;
	assert_null(load(
	    "regions: [ { id: FR, nam: x, timezone: Nowhere } ]\n"
	    "components: [ { id: a, class: wrong, probes: [ { region: XX, http: nothing } ] } ]\n"
	    "colour: red\n",
	    NULL, &problems));
	assert_int_equal(problems.count, 6);
	cfg_problems_fini(&problems);
}

static void test_syntax(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *what;
	} cases[] = {
		{ "", 1, "empty" },
		{ "regions:\n  - { id: FR\ncomponents: x\n", 3, "" },
		{ "a: b\n---\nc: d\n", 3, "second document" },
		{ "- a\n- b\n", 1, "expected keys and values" },
		{ "a:\n\t- b\n", 2, "" },
		{ "noc: \"unclosed\n", 2, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cfg_problems problems = { 0 };

		assert_null(load(cases[i].text, NULL, &problems));
		assert_true(problems.count >= 1);
		if (!strstr(problems.items[0].what, cases[i].what) ||
		    problems.items[0].pos.line != cases[i].line)
			fail_msg("case %zu: line %d %s", i, problems.items[0].pos.line,
			    problems.items[0].what);
		cfg_problems_fini(&problems);
	}
}

static void test_parts(void **state)
{
	struct cfg_problems problems = { 0 };
	struct config *c =
	    load(good, "regions: [ { id: ES, name: Spain } ]\nnoc: { gateway: http://10.0.0.1/ }\n",
		&problems);

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->regions.count, 3);
	assert_string_equal(c->gateway.s, "http://10.0.0.1/");
	assert_int_equal(config_component(c, "activation")->probes.count, 3);
	config_free(c);
	assert_null(load(good, "noc: { name: Other }\n", &problems));
	assert_int_equal(problems.count, 1);
	assert_string_equal(
	    problems.items[0].what, "\"name\" is set in nocboard.yaml:1:14 already");
	assert_string_equal(problems.items[0].file, "conf.d/part.yaml");
	cfg_problems_fini(&problems);
}

static void test_mixed_channel(void **state)
{
	struct cfg_problems problems = { 0 };
	char *text = replaced("channels: [hook] }", "channels: [banner], internal: true }");

	(void)state;
	assert_null(load(text, NULL, &problems));
	assert_non_null(strstr(problems.items[0].what,
	    "used by the internal audience \"partners\" and by \"public\""));
	cfg_problems_fini(&problems);
	free(text);
}

static void test_alias_bomb(void **state)
{
	struct cfg_problems problems = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_adds(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++)
		buf_addf(&b, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1,
		    i - 1, i - 1, i - 1, i - 1);
	assert_null(load(buf_str(&b), NULL, &problems));
	assert_non_null(strstr(problems.items[0].what, "aliases expand"));
	buf_fini(&b);
	cfg_problems_fini(&problems);
}

static void test_on_call(void **state)
{
	static const struct {
		const char *at, *who;
	} cases[] = {
		{ "2026-11-02T08:00:00Z", "maria" },
		{ "2026-11-09T07:59:59Z", "maria" },
		{ "2026-11-09T08:00:00Z", "jon" },
		{ "2026-11-16T12:00:00Z", "maria" },
		{ "2026-11-02T07:59:00Z", "jon" }, /* before the first turn it runs backwards */
		{ "2026-10-20T12:00:00Z", "maria" },
	};
	struct cfg_problems problems = { 0 };
	struct config *c = load(good, NULL, &problems);
	const struct cfg_team *team = config_tier_team(c, 2);

	(void)state;
	assert_null(config_tier_team(c, 3));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct utc at;

		assert_true(utc_parse(cases[i].at, &at));
		assert_string_equal(config_on_call(c, team, zone_utc(), at)->id.s, cases[i].who);
	}
	config_free(c);
}

static void same_maintenance(const struct maintenance_policy *p, const struct maintenance_policy *d)
{
	assert_int_equal(p->window_from, d->window_from);
	assert_int_equal(p->window_to, d->window_to);
	assert_memory_equal(p->notice_days, d->notice_days, sizeof p->notice_days);
	assert_int_equal(p->watch, d->watch);
	assert_int_equal(p->rollback_count, d->rollback_count);
	for (size_t i = 0; i < p->rollback_count; i++)
		assert_string_equal(p->rollback_required[i], d->rollback_required[i]);
	assert_int_equal(p->freeze_count, d->freeze_count);
	for (size_t i = 0; i < p->freeze_count; i++) {
		const struct freeze *a = &p->freezes[i], *b = &d->freezes[i];

		assert_string_equal(a->name, b->name);
		assert_memory_equal(&a->from, &b->from, sizeof a->from);
		assert_memory_equal(&a->to, &b->to, sizeof a->to);
		assert_int_equal(a->days, b->days);
		assert_int_equal(a->zone_count, b->zone_count);
		for (size_t z = 0; z < a->zone_count; z++)
			assert_string_equal(a->zones[z], b->zones[z]);
	}
}

static void test_shipped_policy_is_the_default(void **state)
{
	const struct embedded *f = embedded_find("share/policy.yaml");
	struct cfg_source source = { "policy.yaml", (const char *)f->data, f->len };
	struct cfg_problems problems = { 0 };
	struct policy *p = policy_load(&source, two_zones, NULL, &problems), *d = policy_default();

	(void)state;
	if (!p)
		fail_msg("%d: %s", problems.items[0].pos.line, problems.items[0].what);
	for (int s = 0; s < SEVERITIES; s++) {
		assert_string_equal(p->severity[s].name, d->severity[s].name);
		assert_int_equal(p->severity[s].business_hours, d->severity[s].business_hours);
		for (int t = 0; t < TARGETS; t++) {
			assert_int_equal(
			    p->severity[s].target[t].unit, d->severity[s].target[t].unit);
			assert_int_equal(p->severity[s].target[t].ms, d->severity[s].target[t].ms);
			assert_int_equal(
			    p->severity[s].target[t].days, d->severity[s].target[t].days);
		}
	}
	assert_int_equal(p->send_delay_ms, d->send_delay_ms);
	assert_int_equal(p->warn_percent, d->warn_percent);
	assert_int_equal(p->business_day_ms, d->business_day_ms);
	assert_int_equal(p->comms_apart, d->comms_apart);
	same_maintenance(&p->maintenance, &d->maintenance);
	policy_free(p);
	policy_free(d);
}

static void test_policy_changes(void **state)
{
	static const char text[] =
	    "severities: { 2: { response: 20m, update: none } }\nsend_delay: 0s\nwarn_at: 50%\n"
	    "calendars: { shift: { hours: { mon-sun: \"00:00-24:00\" } } }\ncalendar: shift\n"
	    "region_calendars: { FR: shift }\nroles: { comms_apart: false }\n"
	    "maintenance: { window: \"22:30-04:00\", notice: { major: 10d }, watch: 3,\n"
	    "  freezes: [ { name: Ferragosto, from: 08-10, to: 08-20, regions: [IT] } ] }\n";
	struct cfg_source source = { "policy.yaml", text, sizeof text - 1 };
	struct cfg_problems problems = { 0 };
	struct policy *p = policy_load(&source, two_zones, NULL, &problems);
	struct utc sunday;

	(void)state;
	if (!p)
		fail_msg("%d: %s", problems.items[0].pos.line, problems.items[0].what);
	assert_int_equal(p->severity[1].target[TARGET_RESPONSE].ms, 20 * 60000);
	assert_int_equal(p->severity[1].target[TARGET_UPDATE].unit, DURATION_NONE);
	assert_int_equal(p->severity[0].target[TARGET_RESPONSE].ms, 15 * 60000);
	assert_int_equal(p->send_delay_ms, 0);
	assert_int_equal(p->warn_percent, 50);
	assert_false(p->comms_apart);
	assert_true(utc_parse("2026-11-22T03:00:00Z", &sunday));
	assert_true(calendar_open_at(p->default_calendar, sunday));
	assert_int_equal(p->maintenance.window_from, 22 * 60 + 30);
	assert_int_equal(p->maintenance.notice_days[NOTICE_MAJOR], 10);
	assert_int_equal(p->maintenance.notice_days[NOTICE_MINOR], 7);
	assert_int_equal(p->maintenance.watch, 3);
	assert_int_equal(p->maintenance.freeze_count, 1);
	assert_string_equal(p->maintenance.freezes[0].regions[0], "IT");
	assert_int_equal(p->maintenance.rollback_count, 3);
	policy_free(p);
}

static void test_policy_faults(void **state)
{
	static const struct {
		const char *text, *what;
	} cases[] = {
		{ "severities: { 5: { response: 15m } }\n", "\"5\" is no severity" },
		{ "severities: { 1: { respond: 15m } }\n", "a severity has no key \"respond\"" },
		{ "severities: { 1: { response: often } }\n", "\"often\" is no target" },
		{ "warn_at: 120%\n", "no share" },
		{ "send_delay: 1d\n", "no fitting length" },
		{ "calendar: none\n", "there is no calendar" },
		{ "sverities: {}\n", "a policy has no key" },
		{ "maintenance: nightly\n", "\"maintenance\" takes keys and values" },
		{ "maintenance: { windows: \"01:00-05:00\" }\n", "has no key \"windows\"" },
		{ "maintenance: { window: \"01:00\" }\n", "\"window\" takes two times" },
		{ "maintenance: { window: \"01:00-24:00\" }\n", "\"window\" takes two times" },
		{ "maintenance: { notice: { tiny: 1d } }\n", "no class of notice" },
		{ "maintenance: { notice: { minor: 90m } }\n", "no whole days" },
		{ "maintenance: { rollback_required: [roaming] }\n", "no class of a component" },
		{ "maintenance: { watch: twice }\n", "\"watch\" takes a whole number" },
		{ "maintenance: { freezes: [ { name: x, from: 07-01 } ] }\n",
		    "needs its last day" },
		{ "maintenance: { freezes: [ { name: x, from: 07-32, days: 1 } ] }\n",
		    "is no day" },
		{ "maintenance: { freezes: [ { from: 07-01, days: 1 } ] }\n", "needs a name" },
		{ "maintenance: { freezes: [ { name: x, from: 07-01, day: 1 } ] }\n",
		    "a freeze has no key \"day\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cfg_source source = { "policy.yaml", cases[i].text, strlen(cases[i].text) };
		struct cfg_problems problems = { 0 };

		assert_null(policy_load(&source, two_zones, NULL, &problems));
		if (!strstr(problems.items[0].what, cases[i].what))
			fail_msg("case %zu: %s", i, problems.items[0].what);
		cfg_problems_fini(&problems);
	}
}

static void test_sample_is_valid(void **state)
{
	struct buf b;
	struct cfg_problems problems = { 0 };

	(void)state;
	buf_init(&b, 0);
	config_sample(&b);
	assert_non_null(strstr(buf_str(&b), "#interval: 30s"));
	assert_non_null(strstr(buf_str(&b), "fail_after"));
	assert_null(load(buf_str(&b), NULL, &problems)); /* all of it is a remark */
	assert_non_null(strstr(problems.items[0].what, "empty"));
	cfg_problems_fini(&problems);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(what_is_taken_over_is_told_once),
		cmocka_unit_test(test_probe_kinds),
		cmocka_unit_test(test_regions_in_any_address),
		cmocka_unit_test(test_feeds_have_one_place),
		cmocka_unit_test(test_mappings_of_feeds),
		cmocka_unit_test(test_a_circle_of_causes),
		cmocka_unit_test(test_all_in_one_run),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_mixed_channel),
		cmocka_unit_test(test_alias_bomb),
		cmocka_unit_test(test_on_call),
		cmocka_unit_test(test_shipped_policy_is_the_default),
		cmocka_unit_test(test_policy_changes),
		cmocka_unit_test(test_policy_faults),
		cmocka_unit_test(test_sample_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

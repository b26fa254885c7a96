/* The status page in the configuration. */
#include "t.h"

#include "domain/config.h"

static const char base[] =
    "regions: [ { id: FR, name: France } ]\n"
    "components: [ { id: data, availability: { \"*\": 99.95, FR: 99.9 } } ]\n";

static const struct zone *utc_only(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "UTC") == 0 ? zone_utc() : NULL;
}

static struct config *load(const char *more, struct cfg_problems *problems)
{
	struct cfg_source sources[] = { { "nocboard.yaml", base, sizeof base - 1 },
		{ "conf.d/page.yaml", more, strlen(more) } };

	return config_load(sources, 2, NULL, utc_only, NULL, problems);
}

static const char whole[] =
    "channels:\n"
    "  - { id: page, kind: page, directory: /var/www/status, url: https://status.example/, "
    "secret: { file: /etc/key } }\n"
    "audiences:\n"
    "  - { id: public, channels: [page] }\n"
    "  - { id: partners, channels: [page] }\n";

static void the_first_audience_reads_the_page_itself(void **state)
{
	struct cfg_problems problems = { 0 };
	struct config *c = load(whole, &problems);
	const struct cfg_channel *page;

	(void)state;
	assert_int_equal(problems.count, 0);
	assert_non_null(c);
	page = config_channel(c, "page");
	assert_string_equal(page->directory.s, "/var/www/status");
	assert_string_equal(config_page_audience(c, page, 0)->id.s, "public");
	assert_string_equal(config_page_audience(c, page, 1)->id.s, "partners");
	assert_null(config_page_audience(c, page, 2));
	assert_int_equal(c->page_history_ms, INT64_C(90) * 86400000);
	assert_int_equal(c->page_valid_ms, 1800000);
	assert_string_equal(c->page_timezone.s, "UTC");
	assert_string_equal(c->page_carriers.s, "show");
	config_free(c);
}

static void faults(void **state)
{
	static const struct {
		const char *text, *what;
	} cases[] = {
		{ "channels: [ { id: page, kind: page, url: \"https://s.example/\" } ]\n",
		    "a page needs a \"directory\"" },
		{ "channels: [ { id: page, kind: page, directory: www, url: \"https://s.example/\" "
		  "} ]\n",
		    "a page needs a \"directory\" with its whole path" },
		{ "channels: [ { id: page, kind: page, directory: /www } ]\n",
		    "a page needs the \"url\"" },
		{ "channels: [ { id: page, kind: page, directory: /www, url: \"ftp://s/\" } ]\n",
		    "\"ftp://s/\" is no address" },
		{ "channels: [ { id: page, kind: page, directory: /www, url: \"https://s/\" } ]\n"
		  "audiences: [ { id: staff, internal: true, channels: [page] } ]\n",
		    "channel \"page\" is a page, which anybody may read" },
		{ "channels: [ { id: page, kind: page, directory: /www, url: \"https://s/\" } ]\n"
		  "audiences: [ { id: public, channels: [page] }, { id: partners, channels: [page] "
		  "} ]\n",
		    "channel \"page\" has a page of its own for \"partners\"" },
		{ "channels: [ { id: page, kind: page, directory: /www, url: \"https://s/\" } ]\n",
		    "no audience reads the page \"page\"" },
		{ "channels: [ { id: a, kind: page, directory: /www/, url: \"https://s/\" }, { id: "
		  "b, "
		  "kind: page, directory: /www/b, url: \"https://s/b\" } ]\n"
		  "audiences: [ { id: public, channels: [a, b] } ]\n",
		    "\"/www/b\" is, or lies in, the folder of page \"a\"" },
		{ "channels: [ { id: a, kind: page, directory: /www/b, url: \"https://s/\" }, { "
		  "id: "
		  "b, "
		  "kind: page, directory: /www/./x/.., url: \"https://s/b\" } ]\n"
		  "audiences: [ { id: public, channels: [a, b] } ]\n",
		    "\"/www/./x/..\" holds the folder of page \"a\"" },
		{ "page: { history: 1d }\n", "history" },
		{ "page: { timezone: Mars/Olympus }\n", "there is no time zone \"Mars/Olympus\"" },
		{ "page: { carriers: maybe }\n", "carriers" },
		{ "components: [ { id: sms, availability: { XX: 99 } } ]\n",
		    "there is no region \"XX\"" },
		{ "components: [ { id: sms, availability: { FR: 101 } } ]\n",
		    "\"101\" is no percentage" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cfg_problems problems = { 0 };
		bool found = false;

		assert_null(load(cases[i].text, &problems));
		for (size_t p = 0; p < problems.count; p++)
			found |= strstr(problems.items[p].what, cases[i].what) != NULL;
		if (!found)
			fail_msg("case %zu: said \"%s\", not \"%s\"", i,
			    problems.count ? problems.items[0].what : "", cases[i].what);
		cfg_problems_fini(&problems);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_audience_reads_the_page_itself),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

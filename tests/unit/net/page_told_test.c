/* What a page tells whom: the allow-list, and that nothing passes beside it. */
#include "t.h"

#include "base/mem.h"
#include "net/page.h"
#include "page_scene.h"

#define CANARY "kanarienvogel"

static struct page *one(const struct config *c, const struct incident *inc, size_t audience, int at)
{
	return page_at(c, &inc, 1, audience, at);
}

static void nothing_internal_is_published(void **state)
{
	static const struct {
		const char *kind, *body;
	} events[] = {
		{ "intake", "{\"reporter\":\"@\",\"channel\":\"@\",\"affected\":\"@\"}" },
		{ "snoozed", "{\"until\":\"2025-03-10T13:00:00Z\",\"reason\":\"@\"}" },
		{ "reminder", "{\"at_time\":\"2025-03-10T13:00:00Z\",\"text\":\"@\"}" },
		{ "bridge_set", "{\"url\":\"https://@.example\",\"phone\":\"@\"}" },
		{ "severity_changed", "{\"from\":1,\"to\":2,\"reason\":\"@\"}" },
		{ "scope_changed", "{\"regions\":[\"FR\",\"@\"],\"components\":[\"data\",\"@\"],"
				   "\"reason\":\"@\"}" },
		{ "role_assigned", "{\"role\":\"ic\",\"person\":\"@\",\"override\":\"@\"}" },
		{ "command_offered", "{\"to\":\"@\",\"brief\":\"@\"}" },
		{ "escalated",
		    "{\"tier\":2,\"contact\":\"@\",\"via\":\"phone\",\"reference\":\"@\"}" },
		{ "tier_acknowledged", "{\"tier\":2,\"by\":\"@\"}" },
		{ "carrier_involved",
		    "{\"carrier\":\"orange-fr\",\"reason\":\"@\",\"timeline\":\"@\"}" },
		{ "hypothesis", "{\"text\":\"@\"}" },
		{ "action", "{\"id\":\"@\",\"text\":\"@\",\"owner\":\"@\"}" },
		{ "signal", "{\"source\":\"probe:@\",\"status\":\"degraded\",\"detail\":\"@\"}" },
		{ "note", "{\"text\":\"@\"}" },
		{ "restored",
		    "{\"workaround\":true,\"residual\":\"@\",\"customer_actions\":\"@\"}" },
		{ "delivery",
		    "{\"update\":1,\"destination\":\"@\",\"state\":\"failed\",\"detail\":\"@\"}" },
		{ "update_posted",
		    "{\"stage\":\"progress\",\"status\":\"identified\",\"text\":{\"inside\":\"@\"},"
		    "\"audiences\":[\"inside\"],\"channels\":[\"war-room\"]}" },
		/* Words for the inside that a slip sent along to the page's channel. */
		{ "update_posted",
		    "{\"stage\":\"progress\",\"status\":\"identified\",\"template\":\"@\","
		    "\"fields\":{\"hypothesis\":\"@\",\"summary\":\"@\"},"
		    "\"text\":{\"inside\":\"@\",\"public\":\"For everybody.\"},"
		    "\"audiences\":[\"public\",\"inside\"],\"channels\":[\"page\",\"war-room\"]}" },
		{ "resolved", "{\"fix\":\"@\"}" },
		{ "rca_delivered", "{\"stage\":\"draft\",\"reference\":\"@\"}" },
		{ "reopened", "{\"reason\":\"@\"}" },
		{ "merged", "{\"into\":\"INC-9\",\"reason\":\"@\"}" },
	};
	static const char text[] =
	    "noc: { name: Wayfarer }\n"
	    "regions: [ { id: FR, name: France } ]\n"
	    "components: [ { id: data, name: Mobile data, probes: [ { region: FR, http: "
	    "\"http://" CANARY ".example/\", headers: { Authorization: { file: /" CANARY
	    " } } } ], "
	    "depends_on: [carrier:orange-fr] } ]\n"
	    "carriers: [ { id: orange-fr, name: Orange, regions: [FR], contract: " CANARY
	    ", contacts: [ { name: " CANARY ", phone: " CANARY " } ] } ]\n"
	    "people: [ { id: maria, name: " CANARY ", phone: " CANARY ", email: " CANARY
	    "@x.example } ]\n"
	    "teams: [ { id: noc, name: " CANARY ", tier: 2 } ]\n"
	    "channels: [ { id: page, kind: page, directory: /" CANARY
	    ", url: \"https://s.example/\", "
	    "secret: { file: /" CANARY " } }, { id: war-room, kind: file, path: /" CANARY " } ]\n"
	    "audiences: [ { id: public, channels: [page] }, { id: partners, channels: [page] }, "
	    "{ id: inside, channels: [war-room], internal: true } ]\n"
	    "subscribers: [ { id: acme, name: " CANARY ", audience: public, contract: { credits: "
	    "default } } ]\n"
	    "bridge: { url: \"https://" CANARY ".example\", phone: " CANARY " }\n";
	struct config *c = page_config(text);
	struct incident *inc = page_open_incident(1, 0, 1, "[\"FR\"]", "[\"data\"]");

	(void)state;
	page_post(inc, 1, "initial", "investigating", "[Sev 1] Public title\n\nPublic words.");
	for (size_t i = 0; i < countof(events); i++) {
		struct buf b;

		buf_init(&b, 0);
		for (const char *s = events[i].body; *s; s++)
			*s == '@' ? buf_adds(&b, CANARY) : buf_addc(&b, *s);
		page_tell(inc, 2 + (int)i, events[i].kind, buf_str(&b));
		buf_fini(&b);
	}
	for (size_t audience = 0; audience < 2; audience++) {
		struct page *p = one(c, inc, audience, 60);
		struct page_files f = { 0 };

		page_render(&f, p, "");
		assert_true(f.count > 15);
		for (size_t i = 0; i < f.count; i++)
			if (strstr(buf_str(&f.items[i].body), CANARY) ||
			    strstr(buf_str(&f.items[i].body), "internal words"))
				fail_msg("%s tells what is internal:\n%s", f.items[i].path,
				    buf_str(&f.items[i].body));
		assert_int_equal(p->incident_count, 1);
		assert_int_equal(p->incidents[0].update_count, audience == 0 ? 2 : 1);
		page_files_fini(&f);
		page_free(p);
	}
	incident_free(inc);
	config_free(c);
}

static void an_incident_is_there_from_its_first_update_on(void **state)
{
	struct config *c = page_config(NULL);
	struct incident *inc = page_open_incident(1, 0, 1, "[\"FR\"]", "[\"data\"]");
	struct page *p = one(c, inc, 0, 5);

	(void)state;
	assert_int_equal(p->incident_count, 0);
	assert_int_equal(p->status, STATUS_OPERATIONAL);
	page_free(p);
	page_post(inc, 6, "initial", "investigating", "[Sev 1] France – No data\n\nWords.");
	p = one(c, inc, 0, 7);
	assert_int_equal(p->open_count, 1);
	assert_string_equal(p->incidents[0].title, "France – No data");
	assert_string_equal(p->incidents[0].updates[0].text, "Words.");
	assert_string_equal(p->incidents[0].updates[0].id, "INC-1.2");
	/* From its start on, not from the first word about it. */
	assert_int_equal(page_cell(p, 0, 1)->since.ms, PAGE_NOON);
	assert_int_equal(page_cell(p, 0, 1)->status, STATUS_MAJOR);
	assert_int_equal(page_cell(p, 0, 0)->status, STATUS_OPERATIONAL);
	assert_int_equal(page_cell(p, 1, 1)->status, STATUS_OPERATIONAL);
	assert_int_equal(p->portfolios[0].status, STATUS_MAJOR);
	page_free(p);
	incident_free(inc);
	config_free(c);
}

static void what_happened_since_the_last_update_counts(void **state)
{
	struct config *c = page_config(NULL);
	struct incident *inc = page_open_incident(1, 0, 1, "[\"FR\"]", "[\"data\"]");
	struct page *p;

	(void)state;
	page_tell(inc, 1, "carrier_involved", "{\"carrier\":\"orange-fr\"}");
	page_post(inc, 2, "initial", "investigating", "Words.");
	page_tell(inc, 3, "severity_changed", "{\"from\":1,\"to\":2,\"reason\":\"r\"}");
	p = one(c, inc, 0, 4);
	assert_int_equal(p->incidents[0].severity, 2);
	assert_string_equal(p->incidents[0].title, "Mobile data in France");
	assert_string_equal(p->incidents[0].carriers[0], "Orange");
	assert_int_equal(page_cell(p, 0, 1)->status, STATUS_PARTIAL);
	page_free(p);
	page_tell(inc, 5, "restored", "{\"workaround\":true}");
	p = one(c, inc, 0, 6);
	assert_true(p->incidents[0].workaround);
	assert_int_equal(page_cell(p, 0, 1)->status, STATUS_DEGRADED);
	page_free(p);
	page_tell(inc, 7, "resolved", "{}");
	p = one(c, inc, 0, 8);
	assert_int_equal(p->open_count, 0);
	assert_string_equal(p->incidents[0].status, "resolved");
	assert_false(utc_is_set(p->incidents[0].next_update_at));
	assert_int_equal(p->incidents[0].carrier_count, 0);
	assert_int_equal(p->status, STATUS_OPERATIONAL);
	page_free(p);
	page_post(inc, 8, "resolved", "resolved", "Over.");
	page_tell(inc, 9, "reopened", "{\"reason\":\"r\"}");
	p = one(c, inc, 0, 10);
	assert_string_equal(p->incidents[0].status, "investigating");
	assert_int_equal(p->open_count, 1);
	page_free(p);
	incident_free(inc);
	config_free(c);
}

static void days_and_figures(void **state)
{
	struct config *c = page_config(NULL);
	/* From 3 March 23:00 to 5 March 01:00: three days, 26 hours. */
	struct incident *inc =
	    page_open_incident(1, -(6 * 24 + 13) * 60, 1, "[\"FR\"]", "[\"data\"]");
	const struct page_cell *cell;
	struct page *p;

	(void)state;
	page_post(inc, -(6 * 24 + 12) * 60, "initial", "investigating", "Words.");
	page_tell(inc, -(5 * 24 + 11) * 60, "resolved", "{}");
	p = one(c, inc, 0, 0);
	cell = page_cell(p, 0, 1);
	assert_int_equal(p->days, 90);
	assert_int_equal(cell->days[89 - 8], STATUS_OPERATIONAL);
	assert_int_equal(cell->days[89 - 7], STATUS_MAJOR);
	assert_int_equal(cell->days[89 - 6], STATUS_MAJOR);
	assert_int_equal(cell->days[89 - 5], STATUS_MAJOR);
	assert_int_equal(cell->days[89 - 4], STATUS_OPERATIONAL);
	assert_int_equal(cell->figures.window_ms, 90 * PAGE_DAY_MS);
	assert_int_equal(cell->figures.major_ms, INT64_C(26) * 3600000);
	assert_int_equal(cell->target_milli, 99950);
	assert_int_equal(page_cell(p, 1, 1)->target_milli, 99900);
	page_free(p);
	/* Ninety days later it is told no more. */
	p = one(c, inc, 0, 95 * 24 * 60);
	assert_int_equal(p->incident_count, 0);
	assert_int_equal(page_cell(p, 0, 1)->figures.major_ms, 0);
	page_free(p);
	incident_free(inc);
	config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_internal_is_published),
		cmocka_unit_test(an_incident_is_there_from_its_first_update_on),
		cmocka_unit_test(what_happened_since_the_last_update_counts),
		cmocka_unit_test(days_and_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

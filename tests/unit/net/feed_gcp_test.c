#include "feed_rig.h"

static void the_end_decides(void **state)
{
	struct feed_doc *d = rig_fixture("gcp/incidents.json");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_string_equal(d->format, "gcp");
	rig_at(d->updated_at, "2026-07-16T05:00:00.000Z");
	assert_int_equal(d->status, STATUS_MAJOR);
	assert_int_equal(d->incident_count, 3);	      /* one stands there twice */
	assert_string_equal(i->status, "monitoring"); /* available, but without an end */
	assert_string_equal(i->impact, "SERVICE_OUTAGE");
	assert_int_equal(i->severity, 1);
	assert_int_equal(i->region_count, 2);
	assert_string_equal(i->regions[0], "xx-west4");
	assert_string_equal(i->components[1], "Cloud CDN");
	assert_string_equal(
	    i->url, "https://status.cloud.google.com/incidents/Aaaaaaaaaaaaaaaaaaa1");
	assert_int_equal(i->update_count, 2);
	assert_string_equal(i->updates[0].status, "monitoring");
	assert_string_equal(i->updates[1].text, "Summary\nWe look.");
	i++;
	assert_string_equal(i->title, "Mail is slow");
	assert_string_equal(i->status, "resolved");
	rig_at(i->resolved_at, "2026-07-10T12:00:00.000Z");
	assert_int_equal(i->severity, 3);
	assert_string_equal(
	    i->url, "https://www.google.com/appsstatus/dashboard/incidents/Bbbbbbbbbbbbbbbbbbb2");
	i++;
	assert_string_equal(i->status, "investigating");
	assert_int_equal(i->severity, 3);
	assert_true(rig_problem(d, "unknown impact 'SERVICE_SURPRISE huge'"));
	rig_round(d);
	feed_doc_free(d);
}

/* Older captures have no most_recent_update: the updates say it. */
static void available_by_its_updates(void **state)
{
	struct feed_doc *d = rig_parse("gcp",
	    "[{\"id\":\"a\",\"begin\":\"2026-01-01T00:00:00+00:00\",\"external_desc\":\"x\","
	    "\"updates\":[{\"when\":\"2026-01-01T01:00:00+00:00\",\"text\":\"bad\",\"status\":"
	    "\"SERVICE_OUTAGE\"},{\"when\":\"2026-01-01T02:00:00+00:00\",\"text\":\"good\","
	    "\"status\":\"AVAILABLE\"}]}]");

	(void)state;
	assert_string_equal(d->incidents[0].status, "monitoring");
	feed_doc_free(d);
}

static void others_are_refused(void **state)
{
	(void)state;
	rig_refused("gcp", "{}", "a JSON object");
	rig_refused("gcp", "[1]", "without incidents");
	rig_refused("gcp", "<html>", "an HTML page");
}

static void cuts_and_captures(void **state)
{
	(void)state;
	rig_cuts("gcp", top_path("tests/fixtures/gcp/incidents.json"));
	rig_captures("gcp", "gcp", ".json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_decides),
		cmocka_unit_test(available_by_its_updates),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(cuts_and_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

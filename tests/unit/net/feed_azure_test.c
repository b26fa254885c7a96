#include "feed_rig.h"

static void regions_are_found_in_all_places(void **state)
{
	struct feed_doc *d = rig_fixture("azure/items.xml");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_string_equal(d->format, "azure");
	assert_int_equal(d->status, STATUS_PARTIAL);
	assert_int_equal(d->incident_count, 3);
	assert_string_equal(i->status, "identified");
	assert_int_equal(i->severity, 2); /* it says outage */
	rig_at(i->started_at, "2026-07-30T22:00:00.000Z");
	assert_int_equal(i->region_count, 2);
	assert_string_equal(i->regions[0], "East US 2"); /* and not East US */
	assert_string_equal(i->regions[1], "West Europe");
	assert_string_equal(i->components[0], "Storage outage");
	assert_string_equal(
	    i->updates[0].text, "Impact Statement: Customers in East US 2 and West Europe.");
	i++;
	assert_string_equal(i->title, "Event Hubs delays");
	assert_int_equal(i->severity, 3);
	assert_int_equal(i->component_count, 1);
	assert_string_equal(i->components[0], "Event Hubs");
	assert_string_equal(i->regions[0], "UK South");
	i++;
	assert_string_equal(i->regions[0], "global");
	assert_int_equal(i->component_count, 0);
	assert_true(rig_problem(d, "malformed XML"));
	rig_round(d);
	feed_doc_free(d);
}

static void no_items_is_well(void **state)
{
	struct feed_doc *d =
	    rig_parse("auto", "<rss><channel><title>Azure Status</title></channel></rss>");

	(void)state;
	assert_string_equal(d->format, "azure");
	assert_int_equal(d->status, STATUS_OPERATIONAL);
	feed_doc_free(d);
	rig_refused("azure", "[]", "a JSON list");
}

static void cuts_and_captures(void **state)
{
	(void)state;
	rig_cuts("azure", top_path("tests/fixtures/azure/items.xml"));
	rig_captures("azure", "azure", ".xml");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_are_found_in_all_places),
		cmocka_unit_test(no_items_is_well),
		cmocka_unit_test(cuts_and_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

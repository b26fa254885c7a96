#include "feed_rig.h"

static const struct feed_component *component(const struct feed_doc *d, const char *id)
{
	for (size_t i = 0; i < d->component_count; i++)
		if (strcmp(d->components[i].id, id) == 0)
			return &d->components[i];
	fail_msg("%s: is not there", id);
	return NULL;
}

static void events_count_by_what_their_services_say_now(void **state)
{
	static const char *const names[] = { "aws/events.json", "aws/events.utf16.json" };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct feed_doc *d = rig_fixture(names[k]);
		const struct feed_incident *i = d->incidents;
		assert_string_equal(d->format, "aws");
		assert_int_equal(d->status, STATUS_MAJOR);
		rig_at(d->updated_at, "2026-03-01T13:51:25.000Z");
		assert_int_equal(d->incident_count, 3);
		assert_string_equal(i->title, "Increased Error Rates");
		assert_string_equal(i->status, "investigating");
		assert_string_equal(i->impact, "disruption");
		assert_int_equal(i->severity, 1); /* two services are down */
		rig_at(i->started_at, "2026-03-01T12:51:25.000Z");
		assert_int_equal(i->region_count, 1);
		assert_string_equal(i->regions[0], "xx-north-1");
		assert_int_equal(i->component_count, 2);
		assert_string_equal(i->components[1], "Metrics");
		assert_int_equal(i->update_count, 2); /* newest first, as ever */
		assert_string_equal(i->updates[0].text, "Power is back.");
		assert_string_equal(i->updates[1].text, "We are investigating.");
		i++;
		assert_string_equal(i->title, "Launch delays");
		assert_string_equal(i->status, "resolved");
		rig_at(i->resolved_at, "2026-02-25T07:13:20.000Z");
		assert_string_equal(i->regions[0], "us-gov-west-1");
		assert_int_equal(i[1].severity, 4);
		assert_string_equal(i[1].impact, "informational");
		rig_at(i[1].started_at, "");
		assert_string_equal(component(d, "sns-xx-north-1")->group, "xx-north-1");
		assert_string_equal(component(d, "aps")->group, "xx-north-1");
		assert_string_equal(component(d, "route53")->group, "global");
		assert_int_equal(component(d, "aps")->status, STATUS_MAJOR);
		assert_int_equal(component(d, "route53")->status, STATUS_OPERATIONAL);
		assert_int_equal(d->component_count, 4);
		assert_true(rig_problem(d, "service odd: unknown status"));
		assert_true(rig_problem(d, "event iam: date is no time"));
		rig_round(d);
		feed_doc_free(d);
	}
}

static void items_of_one_service_are_one_event(void **state)
{
	struct feed_doc *d = rig_fixture("aws/all.rss");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_string_equal(d->format, "aws");
	assert_int_equal(d->status, STATUS_MAJOR);
	assert_int_equal(d->incident_count, 3);
	assert_string_equal(
	    i->id, "https://status.aws.amazon.com/#multipleservices-xx-north-1_1777533954");
	assert_string_equal(i->title, "Increased Error Rates");
	assert_int_equal(i->severity, 1);
	assert_string_equal(i->impact, "Service disruption");
	rig_at(i->started_at, "2026-04-30T07:25:54.000Z");
	assert_int_equal(i->update_count, 2);
	assert_string_equal(i->updates[0].text, "Still.");
	assert_string_equal(i->regions[0], "xx-north-1");
	assert_string_equal(i->components[0], "multipleservices");
	i++;
	assert_string_equal(i->title, "Launch delays");
	assert_string_equal(i->status, "resolved");
	rig_at(i->started_at, "2026-03-02T16:00:00.000Z");
	rig_at(i->resolved_at, "2026-03-02T18:00:00.000Z");
	assert_string_equal(i->regions[0], "us-gov-west-1");
	assert_string_equal(i->components[0], "ec2");
	/* Another title after two months is another event. */
	assert_string_equal(i[1].title, "Old");
	assert_int_equal(i[1].severity, 4);
	feed_doc_free(d);
}

static void nothing_open_is_said_by_an_empty_list(void **state)
{
	struct feed_doc *d = rig_parse("aws", "[]");

	(void)state;
	assert_int_equal(d->status, STATUS_OPERATIONAL);
	assert_int_equal(d->incident_count, 0);
	feed_doc_free(d);
	d = rig_parse("auto", "\n<rss version='2.0'><channel><title>AWS Service Health</title>"
			      "</channel></rss>");
	assert_string_equal(d->format, "aws");
	assert_int_equal(d->status, STATUS_OPERATIONAL);
	feed_doc_free(d);
	rig_refused("aws", "{}", "a JSON object");
	rig_refused("aws", "[{\"a\":1}]", "without events");
	rig_refused("aws", "<html>", "an HTML page");
	rig_refused("aws", "[", "broken JSON");
}

static void cuts_and_captures(void **state)
{
	(void)state;
	rig_cuts("aws", top_path("tests/fixtures/aws/events.json"));
	rig_cuts("aws", top_path("tests/fixtures/aws/events.utf16.json"));
	rig_cuts("aws", top_path("tests/fixtures/aws/all.rss"));
	rig_captures("aws", "aws", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_count_by_what_their_services_say_now),
		cmocka_unit_test(items_of_one_service_are_one_event),
		cmocka_unit_test(nothing_open_is_said_by_an_empty_list),
		cmocka_unit_test(cuts_and_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <math.h>
#include <time.h>

#include "feed_rig.h"

static void the_list_counts_not_the_word_above_it(void **state)
{
	struct feed_doc *d = rig_fixture("slack/current.json");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_string_equal(d->format, "slack");
	assert_int_equal(d->status, STATUS_PARTIAL);
	rig_at(d->updated_at, "2026-03-10T19:00:00.000Z");
	assert_int_equal(d->incident_count, 3); /* the older record of one id is left out */
	assert_string_equal(i->id, "783");
	assert_string_equal(i->title, "Messages fail & stall");
	assert_string_equal(i->status, "investigating");
	assert_string_equal(i->impact, "outage");
	assert_int_equal(i->severity, 2);
	assert_int_equal(i->component_count, 2);
	assert_int_equal(i->update_count, 2);
	assert_string_equal(i->updates[0].text, "Found.");
	assert_string_equal(i->updates[1].text, "We look.\n\nMore soon.");
	rig_at(i->updates[0].at, "2026-03-10T18:30:00.000Z");
	i++;
	assert_string_equal(i->status, "resolved");
	rig_at(i->resolved_at, "2026-03-09T19:00:00.000Z");
	i++;
	assert_string_equal(i->status, "investigating");
	assert_int_equal(i->severity, 3);
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(d->maintenances[0].status, "scheduled");
	assert_int_equal(d->component_count, 3);
	assert_string_equal(d->components[1].name, "Login/SSO");
	assert_int_equal(d->components[1].status, STATUS_PARTIAL);
	assert_true(rig_problem(d, "unknown type 'blip'"));
	assert_true(rig_problem(d, "unknown status 'paused'"));
	rig_round(d);
	feed_doc_free(d);
}

static void the_flat_form(void **state)
{
	struct feed_doc *d = rig_fixture("slack/flat.json");

	(void)state;
	assert_string_equal(d->format, "slack");
	assert_int_equal(d->incident_count, 1);
	assert_string_equal(d->incidents[0].id, "7");
	assert_string_equal(d->incidents[0].status, "investigating");
	assert_int_equal(d->status, STATUS_DEGRADED);
	feed_doc_free(d);
	d = rig_parse("auto", "{\"status\":\"ok\",\"date_created\":\"2026-03-10T11:00:00-07:00\","
			      "\"date_updated\":\"2026-03-10T11:00:00-07:00\"}");
	assert_string_equal(d->format, "slack");
	assert_int_equal(d->status, STATUS_OPERATIONAL);
	feed_doc_free(d);
	rig_refused("slack", "{\"ok\":false}", "without a status");
	rig_refused("slack", "hello", "plain text");
}

/* CPU seconds for a list of `n` incidents of which each stands there twice. */
static double seconds_for(size_t n)
{
	double least = 9e9;
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, "{\"status\":\"active\",\"active_incidents\":[");
	for (size_t i = 0; i < n; i++)
		buf_addf(&b,
		    "%s{\"id\":%zu,\"title\":\"t\",\"status\":\"active\",\"type\":\"incident\","
		    "\"date_updated\":\"2026-01-01T00:00:%02dZ\",\"services\":[],\"notes\":[]}",
		    i ? "," : "", i / 2, i % 2 ? 1 : 0);
	buf_adds(&b, "]}");
	for (int run = 0; run < 3; run++) {
		clock_t from = clock();
		struct feed_doc *d = rig_parse("slack", buf_str(&b));

		least = fmin(least, (double)(clock() - from) / CLOCKS_PER_SEC);
		assert_int_equal(d->incident_count, n / 2 < 500 ? n / 2 : 500);
		rig_at(d->updated_at, "2026-01-01T00:00:01.000Z");
		feed_doc_free(d);
	}
	buf_fini(&b);
	return least;
}

/* Four times the entries cost four times as much, not sixteen times. */
static void many_entries_cost_no_more_each(void **state)
{
	double few = seconds_for(5000), many = seconds_for(20000);

	(void)state;
	if (many > 9 * few)
		fail_msg("5,000 entries took %.4f s, 20,000 took %.4f s", few, many);
}

/* A service's name stands for its id, which is cut where it is read, not on its way. */
static void a_long_name_is_cut_once_as_an_id(void **state)
{
	char name[401], text[700];

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	snprintf(text, sizeof text,
	    "{\"status\":\"active\",\"active_incidents\":[{\"id\":1,\"title\":\"t\",\"status\":"
	    "\"active\",\"type\":\"incident\",\"services\":[\"%s\"],\"notes\":[]}]}",
	    name);
	struct feed_doc *d = rig_parse("slack", text);
	assert_int_equal(d->component_count, 1);
	assert_int_equal(strlen(d->components[0].id), 256);
	assert_int_equal(strlen(d->components[0].name), 400);
	rig_round(d);
	feed_doc_free(d);
}

static void cuts_and_captures(void **state)
{
	(void)state;
	rig_cuts("slack", top_path("tests/fixtures/slack/current.json"));
	rig_cuts("slack", top_path("tests/fixtures/slack/flat.json"));
	rig_captures("slack", "slack", ".json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_counts_not_the_word_above_it),
		cmocka_unit_test(the_flat_form),
		cmocka_unit_test(many_entries_cost_no_more_each),
		cmocka_unit_test(a_long_name_is_cut_once_as_an_id),
		cmocka_unit_test(cuts_and_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

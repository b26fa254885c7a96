#include "feed_rig.h"

static void cells_are_components_by_places(void **state)
{
	static const struct {
		const char *id, *group;
		enum status status;
	} want[] = {
		{ "c1/p1", "North", STATUS_OPERATIONAL },
		{ "c1/p2", "South", STATUS_MAJOR },
		{ "c2", NULL, STATUS_DEGRADED },
		{ "c3", NULL, STATUS_UNKNOWN },
	};
	struct feed_doc *d = rig_fixture("statusio/status.json");

	(void)state;
	assert_string_equal(d->format, "statusio");
	assert_int_equal(d->status, STATUS_MAJOR); /* though the word above says otherwise */
	rig_at(d->updated_at, "2026-07-01T05:00:00.000Z");
	assert_int_equal(d->component_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(d->components[i].id, want[i].id);
		assert_int_equal(d->components[i].status, want[i].status);
		if (want[i].group)
			assert_string_equal(d->components[i].group, want[i].group);
		else
			assert_null(d->components[i].group);
	}
	assert_true(rig_problem(d, "component c3: unknown status code"));
	assert_true(rig_problem(d, "an incident has no id"));
	rig_round(d);
	feed_doc_free(d);
}

static void incidents_of_both_shapes(void **state)
{
	struct feed_doc *d = rig_fixture("statusio/status.json");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_int_equal(d->incident_count, 2);
	assert_string_equal(i->id, "i1");
	assert_string_equal(i->status, "identified");
	assert_int_equal(i->severity, 1);
	assert_string_equal(i->impact, "Service Disruption");
	assert_string_equal(i->components[0], "Messaging");
	assert_string_equal(i->regions[0], "South");
	assert_string_equal(i->updates[0].text, "Found.");
	i++;
	assert_string_equal(i->status, "resolved");
	assert_int_equal(i->severity, 3);
	rig_at(i->started_at, "2026-06-30T10:00:00.000Z");
	rig_at(i->resolved_at, "2026-06-30T12:00:00.000Z");
	assert_string_equal(i->regions[0], "North");
	feed_doc_free(d);
}

static void finished_work_is_not_to_come(void **state)
{
	static const char *const want[] = { "in_progress", "completed", "completed", "scheduled" };
	struct feed_doc *d = rig_fixture("statusio/status.json");

	(void)state;
	assert_int_equal(d->maintenance_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(d->maintenances[i].status, want[i]);
	assert_true(rig_problem(d, "maintenance m3: is listed as upcoming"));
	rig_at(d->maintenances[3].starts_at, "2026-07-09T00:00:00.000Z");
	rig_at(d->maintenances[3].ends_at, "2026-07-09T02:00:00.000Z");
	feed_doc_free(d);
}

static void cuts_and_captures(void **state)
{
	(void)state;
	rig_refused("statusio", "{\"result\":{}}", "without result.status_overall");
	rig_cuts("statusio", top_path("tests/fixtures/statusio/status.json"));
	rig_captures("statusio", "statusio", ".json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_are_components_by_places),
		cmocka_unit_test(incidents_of_both_shapes),
		cmocka_unit_test(finished_work_is_not_to_come),
		cmocka_unit_test(cuts_and_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "feed_rig.h"

static void an_alert_is_one_incident_under_all_receivers(void **state)
{
	struct feed_doc *d = rig_fixture("alertmanager/groups.json");
	const struct feed_incident *i = d->incidents;

	(void)state;
	assert_string_equal(d->format, "alertmanager");
	assert_int_equal(d->status, STATUS_MAJOR);
	rig_at(d->updated_at, "2026-03-11T12:49:18.427Z");
	assert_int_equal(d->incident_count, 4);
	assert_string_equal(i->id, "aaaaaaaaaaaaaaa1");
	assert_string_equal(i->title, "LinkDown");
	assert_string_equal(i->impact, "Critical");
	assert_int_equal(i->severity, 1);
	assert_string_equal(i->regions[0], "north");
	assert_string_equal(i->components[0], "routers");
	assert_string_equal(i->url, "http://prometheus.example/1");
	assert_string_equal(i->updates[0].text, "Link of r1 is down\nzone: z1");
	i++;
	/* Suppressed: known, and no ground for alarm. */
	assert_string_equal(i->status, "monitoring");
	assert_int_equal(i->severity, 4);
	i++;
	assert_int_equal(i->severity, 3);
	assert_true(rig_problem(d, "unknown severity 'purple'"));
	i++;
	assert_int_equal(i->severity, 0);
	assert_true(rig_problem(d, "an alert has no fingerprint"));
	/* What always fires is a sign of life. */
	assert_int_equal(d->component_count, 1);
	assert_string_equal(d->components[0].name, "Watchdog");
	assert_int_equal(d->components[0].status, STATUS_OPERATIONAL);
	rig_round(d);
	feed_doc_free(d);
}

static void silences_are_windows(void **state)
{
	struct feed_doc *d = rig_fixture("alertmanager/silences.json");
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_string_equal(d->format, "alertmanager");
	assert_int_equal(d->status, STATUS_UNKNOWN);
	assert_int_equal(d->maintenance_count, 2);
	assert_string_equal(m->title, "Known");
	assert_string_equal(m->status, "in_progress");
	rig_at(m->ends_at, ""); /* far away: open */
	assert_string_equal(m->components[0], "alertname=LinkDown");
	assert_string_equal(m->components[1], "instance!~r.*");
	assert_string_equal(m[1].title, "job=x");
	assert_string_equal(m[1].status, "scheduled");
	rig_at(m[1].ends_at, "2026-03-12T13:00:00.000Z");
	rig_round(d);
	feed_doc_free(d);
}

/* A severity as long as a title is cut where it is read, not on its way. */
static void a_long_severity_is_cut_once(void **state)
{
	char word[401], text[700];

	(void)state;
	memset(word, 'x', sizeof word - 1);
	word[sizeof word - 1] = 0;
	snprintf(text, sizeof text,
	    "[{\"labels\":{\"alertname\":\"A\",\"severity\":\"%s\"},\"annotations\":{},"
	    "\"startsAt\":\"2026-01-01T00:00:00Z\",\"fingerprint\":\"f\"}]",
	    word);
	struct feed_doc *d = rig_parse("alertmanager", text);
	assert_int_equal(strlen(d->incidents[0].impact), 256);
	rig_round(d);
	feed_doc_free(d);
}

static void cuts_and_captures(void **state)
{
	(void)state;
	struct feed_doc *d = rig_parse("alertmanager", "[]");
	assert_int_equal(d->status, STATUS_OPERATIONAL);
	feed_doc_free(d);
	rig_refused("alertmanager", "{\"status\":\"success\"}", "without labels");
	rig_cuts("alertmanager", top_path("tests/fixtures/alertmanager/groups.json"));
	rig_cuts("alertmanager", top_path("tests/fixtures/alertmanager/silences.json"));
	rig_captures("alertmanager", "alertmanager", ".json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_severity_is_cut_once),
		cmocka_unit_test(an_alert_is_one_incident_under_all_receivers),
		cmocka_unit_test(silences_are_windows),
		cmocka_unit_test(cuts_and_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

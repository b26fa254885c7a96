/* Planned work on the status pages of others, over HTTP: from the first notice to the end, moved
 * and called off, and that our own reader sees there what we planned. */
#include "planned_rig.h"

#include <signal.h>

#include "net/feed.h"

struct stands {
	const char *status, *from, *to, *component; /* at Statuspage */
	int number; /* at Cachet, which has local times in version 2 */
	const char *from_two, *to_two, *from_three, *to_three;
	int component_two, component_three; /* 0: never set */
	const char *text;
};

static void stands_at_cachet(enum service s, const struct stands *want)
{
	bool two = s == CACHET2;
	const cJSON *schedule = only(s), *updates = json_get(schedule, "updates");
	int last = cJSON_GetArraySize(updates) - 1;

	assert_int_equal(json_int(schedule, "status", -1), want->number);
	said(schedule, "/scheduled_at", two ? want->from_two : want->from_three);
	said(schedule, "/completed_at", two ? want->to_two : want->to_three);
	assert_int_equal(json_int(services_components(services, s), "7", 0),
	    two ? want->component_two : want->component_three);
	if (two || last < 0)
		says(schedule, "/message", want->text);
	else
		says(cJSON_GetArrayItem(updates, last), "/message", want->text);
}

static void stands_everywhere(const struct stands *want)
{
	const cJSON *incident = only(STATUSPAGE), *updates = json_get(incident, "incident_updates");

	said(incident, "/status", want->status);
	said(incident, "/impact_override", "maintenance");
	said(incident, "/scheduled_for", want->from);
	said(incident, "/scheduled_until", want->to);
	said(incident, "/component_ids/0", "c1");
	assert_true(cJSON_IsFalse(json_get(incident, "scheduled_auto_in_progress")));
	assert_true(cJSON_IsFalse(json_get(incident, "scheduled_auto_completed")));
	said(services_components(services, STATUSPAGE), "/c1", want->component);
	said(services_components(services, STATUSPAGE), "/c2", NULL);
	says(cJSON_GetArrayItem(updates, cJSON_GetArraySize(updates) - 1), "/body", want->text);
	stands_at_cachet(CACHET2, want);
	stands_at_cachet(CACHET3, want);
}

struct shown {
	const char *status;
	int number, component; /* component: at Cachet 3; what is asked for last */
};

static bool is_shown(void *ctx)
{
	const struct shown *want = ctx;

	return strcmp(json_str_or(only(STATUSPAGE), "status", ""), want->status) == 0 &&
	       json_int(only(CACHET2), "status", -1) == want->number &&
	       json_int(only(CACHET3), "status", -1) == want->number &&
	       json_int(services_components(services, CACHET2), "7", 0) == 1 &&
	       json_int(services_components(services, CACHET3), "7", 0) == want->component;
}

/* Waits until all three say so, and for the pause that one of them wants. */
static void until_shown(struct peer *p, const char *status, int number)
{
	struct shown want = { status, number, number == 1 ? 6 : 1 };

	if (!rig_until(p->rig, is_shown, &want, RIG_WAIT_MS))
		fail_msg("it is not %s everywhere: %s, %lld, %lld", status,
		    json_str_or(only(STATUSPAGE), "status", ""),
		    (long long)json_int(only(CACHET2), "status", -1),
		    (long long)json_int(only(CACHET3), "status", -1));
	peer_clock(p, 5000);
}

/* Our own reader of such pages. */
static void reads_as(const char *status, const char *from, const char *to)
{
	char *text = services_summary(services), at[UTC_TEXT];
	struct err e = { 0 };
	struct feed_doc *d = feed_parse("statuspage", text, strlen(text), &e);

	if (!d)
		fail_msg("%s", e.msg);
	assert_int_equal(d->problem_count, 0);
	assert_int_equal(d->incident_count, 0);
	assert_int_equal(d->maintenance_count, 1);
	assert_string_equal(d->maintenances[0].status, status);
	assert_non_null(strstr(d->maintenances[0].title, "MNT-1: Mobile data / France"));
	assert_string_equal(utc_format(d->maintenances[0].starts_at, at), from);
	assert_string_equal(utc_format(d->maintenances[0].ends_at, at), to);
	assert_string_equal(d->maintenances[0].impact, "maintenance");
	assert_int_equal(d->maintenances[0].component_count, 1);
	assert_string_equal(d->maintenances[0].components[0], "c1");
	assert_int_equal(d->status, strcmp(status, "in_progress") == 0 ? STATUS_MAINTENANCE
				    : d->component_count	       ? STATUS_OPERATIONAL
								       : STATUS_UNKNOWN);
	feed_doc_free(d);
	free(text);
}

#define SHORT_TO "2026-02-04T02:30:00.000Z"

static void it_is_told_from_the_plan_to_the_end(void **state)
{
	static const struct stands planned = { "scheduled", FROM, TO, NULL, 0, "2026-02-03 02:00",
		NULL, "2026-02-03 01:00", NULL, 0, 0, "Begins: 2026-02-03 01:00 UTC" },
				   moved = { "scheduled", MOVED_FROM, MOVED_TO, NULL, 0,
					   "2026-02-04 02:00", NULL, "2026-02-04 01:00", NULL, 0, 0,
					   "Begins: 2026-02-04 01:00 UTC" },
				   begun = { "in_progress", MOVED_FROM, MOVED_TO,
					   "under_maintenance", 1, "2026-02-04 02:00", NULL,
					   "2026-02-04 01:00", NULL, 1, 6,
					   "The planned work has begun." },
				   shorter = { "in_progress", MOVED_FROM, SHORT_TO,
					   "under_maintenance", 1, "2026-02-04 02:00", NULL,
					   "2026-02-04 01:00", NULL, 1, 6,
					   "Ends: by 2026-02-04 02:30 UTC" },
				   ended = { "completed", MOVED_FROM, SHORT_TO, "operational", 2,
					   "2026-02-04 02:00", "2026-02-04 03:30",
					   "2026-02-04 01:00", "2026-02-04 02:30", 1, 1,
					   "The planned work has ended" };
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	until(p, "pagerduty", "superseded", 0);
	assert_int_equal(services_writes(services, PAGERDUTY), 0);
	stands_everywhere(&planned);
	reads_as("scheduled", FROM, TO);
	TELL(r, "replan", "MNT-1", "--starts_at", MOVED_FROM, "--ends_at", MOVED_TO);
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 1);
	stands_everywhere(&moved);
	reads_as("scheduled", MOVED_FROM, MOVED_TO);
	peer_clock(p, 33 * DAY + 15 * HOUR - 10000); /* it begins by its window */
	until_shown(p, "in_progress", 1);
	TELL(r, "notice", "MNT-1", "--stage", "start");
	all_accepted(p, 2);
	stands_everywhere(&begun);
	reads_as("in_progress", MOVED_FROM, MOVED_TO);
	TELL(r, "replan", "MNT-1", "--ends_at", SHORT_TO);
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 3);
	stands_everywhere(&shorter);
	reads_as("in_progress", MOVED_FROM, SHORT_TO);
	peer_clock(p, 2 * HOUR);
	until_shown(p, "completed", 2);
	TELL(r, "notice", "MNT-1", "--stage", "end");
	all_accepted(p, 4);
	stands_everywhere(&ended);
	reads_as("completed", MOVED_FROM, SHORT_TO);
	said(only(STATUSPAGE), "/name",
	    "[Test NOC] MNT-1: Mobile data / France \xe2\x80\x93 New routers");
	peer_free(p);
}

/* Nobody is at work at night: its beginning and its end show, once each, and nobody is written to.
 */
static void what_its_window_does_shows_without_a_word(void **state)
{
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);
	cJSON *events;

	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	until(p, "hook", "accepted", 0);
	peer_clock(p, 32 * DAY + 15 * HOUR);
	until_shown(p, "in_progress", 1);
	said(only(STATUSPAGE), "/incident_updates/1/body", "The planned work has begun.");
	said(services_components(services, STATUSPAGE), "/c1", "under_maintenance");
	assert_int_equal(json_int(services_components(services, CACHET3), "7", 0), 6);
	all_accepted(p, 0);
	for (size_t i = 0; i < countof(pages); i++)
		services_fail(services, pages[i], 500, NULL, true);
	peer_clock(p, 2 * HOUR);
	for (size_t i = 0; i < countof(pages); i++)
		until(p, service_names[pages[i]], "failed", 0);
	peer_clock(p, 61000);
	all_accepted(p, 0);
	until_shown(p, "completed", 2);
	said(only(STATUSPAGE), "/incident_updates/2/body", "The planned work has ended.");
	said(services_components(services, STATUSPAGE), "/c1", "operational");
	assert_int_equal(json_int(services_components(services, CACHET3), "7", 0), 1);
	said(only(CACHET3), "/completed_at", "2026-02-03 03:00");
	assert_int_equal(updates_at(STATUSPAGE), 3);
	assert_int_equal(updates_at(CACHET3), 0);
	for (int n = 1; n <= 2; n++)
		assert_true(cJSON_IsFalse(json_pointer(services_wrote(services, STATUSPAGE, n),
		    "/body/incident/deliver_notifications")));
	assert_int_equal(farm_hits(r->farm, "/hook"), 1);
	assert_int_equal(services_writes(services, PAGERDUTY), 0);
	events = rig_events(r);
	assert_int_equal(rig_count(events, "MNT-1", "notice_posted"), 1);
	cJSON_Delete(events);
	peer_free(p);
}

static void its_time_comes(void *peer)
{
	peer_clock(peer, 32 * DAY + 15 * HOUR);
}

/* The notice says that it is ahead, and is answered when it has begun. */
static void what_begins_while_a_notice_is_on_its_way_shows(void **state)
{
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	services_meanwhile(services, CACHET3, its_time_comes, p);
	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	until_shown(p, "in_progress", 1);
	peer_free(p);
}

/* An engine that was away over the whole window. */
static void what_went_by_meanwhile_shows(void **state)
{
	static const char *const later[] = { "--now", "2026-02-03T05:00:00Z", NULL };
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	peer_free(p);
	rig_kill(r, SIGKILL);
	assert_true(rig_start(r, later));
	p = peer_new(r, NULL);
	for (int i = 0; i < 2; i++)
		peer_clock(p, 5000);
	until_shown(p, "completed", 2);
	said(services_components(services, STATUSPAGE), "/c1", "operational");
	peer_free(p);
}

static void cancelled_is_nowhere_left_as_scheduled(void **state)
{
	static const struct stands off = { "completed", FROM, TO, NULL, 2, "2026-01-01 11:00",
		"2026-01-01 11:00", "2026-01-01 10:00", "2026-01-01 10:00", 0, 0,
		"does not take place" };
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	TELL(r, "cancel", "MNT-1", "--reason", "CANARY-REASON"); /* customers are told so */
	all_accepted(p, 1);
	stands_everywhere(&off);
	reads_as("completed", FROM, TO);
	for (size_t i = 0; i < countof(pages); i++) {
		char *all = json_text(services_said(services, pages[i]));

		assert_null(strstr(all, "CANARY"));
		says(only(pages[i]), "/name", "Cancelled: [Test NOC] MNT-1: Mobile data / France");
		free(all);
	}
	peer_free(p);
}

/* What was broken off leaves nothing under maintenance. */
static void broken_off_leaves_nothing_under_maintenance(void **state)
{
	static const struct stands off = { "completed", FROM, TO, "operational", 2,
		"2026-01-02 00:00", "2026-01-02 01:00", "2026-01-01 23:00", "2026-01-02 00:00", 1,
		1, "does not take place" };
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	peer_clock(p, 13 * HOUR - 5000);
	TELL(r, "start", "MNT-1");
	all_accepted(p, 1);
	said(services_components(services, STATUSPAGE), "/c1", "under_maintenance");
	said(only(CACHET3), "/scheduled_at", "2026-01-01 23:00"); /* by hand, before its time */
	peer_clock(p, HOUR - 5000);
	TELL(r, "cancel", "MNT-1", "--reason", "x");
	all_accepted(p, 2);
	stands_everywhere(&off);
	peer_free(p);
}

/* An incident that customers know of goes before the work at the same component, and back. */
static void an_incident_shows_through_the_work(void **state)
{
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	assert_true(peer_ok(p, "{\"cmd\":\"open\",\"args\":{\"title\":\"t\",\"severity\":1,"
			       "\"regions\":[\"FR\"],\"components\":[\"data\"]}}"));
	TELL(r, "start", "MNT-1");
	all_accepted(p, 1);
	/* Nobody was told of the incident. */
	said(services_components(services, STATUSPAGE), "/c1", "under_maintenance");
	assert_true(peer_ok(p,
	    "{\"cmd\":\"update\",\"incident\":\"INC-1\",\"args\":{\"stage\":\"initial\","
	    "\"audiences\":[\"partners\"],\"next\":\"30m\",\"fields\":{\"impact\":\"i\",\"known\":"
	    "\"k\",\"unknown\":\"u\",\"next\":\"n\",\"customer_actions\":\"c\"},\"text\":{"
	    "\"partners\":\"x\"}}}"));
	TELL(r, "end", "MNT-1");
	all_accepted(p, 2);
	said(services_components(services, STATUSPAGE), "/c1", "major_outage");
	assert_int_equal(json_int(services_components(services, CACHET2), "7", 0), 4);
	assert_int_equal(json_int(services_components(services, CACHET3), "7", 0), 4);
	peer_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(it_is_told_from_the_plan_to_the_end),
		E2E_TEST(what_its_window_does_shows_without_a_word),
		E2E_TEST(what_begins_while_a_notice_is_on_its_way_shows),
		E2E_TEST(what_went_by_meanwhile_shows),
		E2E_TEST(cancelled_is_nowhere_left_as_scheduled),
		E2E_TEST(broken_off_leaves_nothing_under_maintenance),
		E2E_TEST(an_incident_shows_through_the_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

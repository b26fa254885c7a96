/* Planned work end to end: planned, told, begun and ended by its window, what it covers, what a
 * carrier's own notice does. The engine's clock stands still, is moved by the test, or runs fast.
 */
#include "t.h"

#include <signal.h>

#include "base/map.h"
#include "base/mem.h"
#include "rig.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static int start_on(void **state, const char *config, const char *policy, const char *const *how)
{
	struct rig *r = rig_new();

	rig_write(r, "policy.yaml", policy);
	rig_write(r, "nocboard.yaml", config);
	rig_write(r, "secret", "not very secret\n");
	farm_set(r->farm, "/*", "ok", NULL);
	assert_true(rig_start(r, how));
	*state = r;
	return 0;
}

static const char at_once[] = "send_delay: 0s\n";
static const char *const still[] = { "--now", "2026-01-01T10:00:00Z", NULL };

static int setup(void **state)
{
	return start_on(state, rig_config, at_once, still);
}

static int setup_fast(void **state)
{
	static const char *const fast[] = { "--speed", "10", NULL };

	return start_on(state, rig_config, at_once, fast);
}

static int setup_delayed(void **state)
{
	return start_on(state, rig_config, "send_delay: 8s\n", still);
}

/* The data probes fall after four failures. */
static int setup_patient(void **state)
{
	char *config = xstrdup(rig_config), *at = strstr(config, "fail_after: 2");
	int failed;

	at[strlen("fail_after: ")] = '4';
	failed = start_on(state, config, at_once, still);
	free(config);
	return failed;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

/* "MNT-1" on 3 February, 01:00 to 03:00 UTC. */
static int plan(struct rig *r, const char *override)
{
	return RIG_RUN(r, "maintenance", "plan", "--title", "New routers", "--regions", "FR",
	    "--components", "data", "--starts_at", "2026-02-03T01:00:00Z", "--ends_at",
	    "2026-02-03T03:00:00Z", "--risk", "low", "--impact", "Short breaks", "--contact",
	    "noc@example.com", "--customer_actions", "No action is needed.", "--rollback",
	    "CANARY-ROLLBACK", "--id", "plan-1", override, NULL);
}

static bool is_status(const struct snapshot *s, void *ctx)
{
	const struct snap_maintenance *m = snap_maintenance(s, "MNT-1");

	return m && strcmp(maintenance_status_names[m->status], ctx) == 0;
}

static void said(struct rig *r, const char *text)
{
	if (!strstr(buf_str(&r->out), text) && !strstr(buf_str(&r->err), text))
		fail_msg("\"%s\" is not said:\n%s\n%s", text, buf_str(&r->out), buf_str(&r->err));
}

struct wanted {
	struct rig *r;
	const char *text;
};

static bool on_page(void *ctx)
{
	const struct wanted *w = ctx;
	char *page = rig_read(w->r, "page.json");
	bool there = page && strstr(page, w->text);

	free(page);
	return there;
}

/* The channel is a file: it is written a moment after the answer. */
static bool page_says(struct rig *r, const char *text)
{
	struct wanted w = { r, text };

	return rig_until(r, on_page, &w, RIG_WAIT_MS);
}

static void a_plan_is_told_and_goes_its_way(void **state)
{
	static char begun[] = "in_progress", over[] = "completed";
	struct rig *r = *state;
	struct peer *p;
	cJSON *events;

	assert_int_equal(plan(r, NULL), 0);
	said(r, "MNT-1 version 1");
	assert_int_equal(plan(r, NULL), 0); /* the same command again */
	assert_int_equal(RIG_RUN(r, "maintenance", "notice", "MNT-1"), 0);
	assert_true(page_says(r, "[Planned Maintenance] Mobile data / France"));
	assert_true(page_says(r, "Begins: 2026-02-03 01:00 UTC (02:00 Paris)"));
	assert_true(page_says(r, "Risk level: Low"));
	assert_true(page_says(r, "Rollback available: Yes"));
	assert_false(on_page(&(struct wanted){ r, "CANARY" }));
	p = peer_new(r, NULL);
	peer_clock(p, 32 * DAY + 15 * HOUR);
	assert_true(peer_until(p, is_status, begun, RIG_WAIT_MS));
	peer_clock(p, 2 * HOUR);
	assert_true(peer_until(p, is_status, over, RIG_WAIT_MS));
	events = rig_events(r);
	assert_int_equal(rig_count(events, "MNT-1", "planned"), 1);
	assert_int_equal(rig_count(events, "MNT-1", "started"), 1);
	assert_int_equal(rig_count(events, "MNT-1", "ended"), 1);
	assert_int_equal(rig_count(events, "MNT-1", "notice_posted"), 1);
	cJSON_Delete(events);
	assert_int_equal(RIG_RUN(r, "journal", "verify"), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "calendar"), 0);
	said(r, "SUMMARY:MNT-1: New routers\r\n");
	assert_int_equal(RIG_RUN(r, "maintenance", "show", "MNT-1"), 0);
	said(r, "ended at 2026-02-03 03:00 UTC");
	peer_free(p);
}

static void rules_are_refused_and_overridden(void **state)
{
	struct rig *r = *state;

	assert_int_equal(RIG_RUN(r, "maintenance", "plan", "--title", "By day", "--regions", "FR",
			     "--components", "data", "--starts_at", "2026-02-03T11:00:00Z",
			     "--ends_at", "2026-02-03T12:00:00Z", "--risk", "low"),
	    5);
	said(r, "--override window=REASON");
	assert_int_equal(RIG_RUN(r, "maintenance", "plan", "--title", "By day", "--regions", "FR",
			     "--components", "data", "--starts_at", "2026-01-03T11:00:00Z",
			     "--ends_at", "2026-01-03T12:00:00Z", "--risk", "low", "--override",
			     "window=the vendor works by day", "--impact", "i",
			     "--customer_actions", "c", "--json"),
	    0);
	said(r, "\"rule\":\"notice\",\"level\":\"hint\"");
	assert_int_equal(
	    RIG_RUN(r, "maintenance", "plan", "--title", "Attach", "--regions", "FR",
		"--components", "attach", "--starts_at", "2026-02-03T01:00:00Z", "--ends_at",
		"2026-02-03T02:00:00Z", "--risk", "low", "--override", "rollback=x"),
	    5);
	said(r, "cannot be overridden");
	assert_int_equal(RIG_RUN(r, "maintenance", "notice", "MNT-1"), 5);
	said(r, "--override notice=REASON");
	assert_int_equal(
	    RIG_RUN(r, "maintenance", "notice", "MNT-1", "--override", "notice=a fix"), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "show", "MNT-1"), 0);
	said(r, "rule notice overridden by ");
	assert_false(on_page(&(struct wanted){ r, "a fix" }));
}

static bool is_stuck(const struct snapshot *s, void *ctx)
{
	const struct snap_held *h = map_get(s->held, "held-1");

	return h && h->stuck && strstr(h->stuck, ctx) == h->stuck;
}

/* What is not right any more when its delay is over stays with the reason, and is not lost. */
static void a_notice_that_comes_too_late_waits_for_a_person(void **state)
{
	static char why[] = "refused: MNT-1 is in_progress";
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	assert_int_equal(plan(r, NULL), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "notice", "MNT-1"), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "start", "MNT-1"), 0);
	peer_clock(p, 8000);
	if (!peer_until(p, is_stuck, why, RIG_WAIT_MS))
		fail_msg("it waits as: %s",
		    ((struct snap_held *)map_get(p->snap->held, "held-1"))->stuck);
	assert_string_equal(
	    ((struct snap_held *)map_get(p->snap->held, "held-1"))->what, "maintenance notice");
	peer_free(p);
}

/* As for an update: what must not be told stops a notice, and what is unwise is said. */
static void a_notice_is_linted(void **state)
{
	struct rig *r = *state;
	cJSON *events;

	assert_int_equal(plan(r, NULL), 0);
	assert_int_equal(
	    RIG_RUN(r, "maintenance", "notice", "MNT-1", "--field", "contact=Ana Costa", "--field",
		"impact=The HLR in Italy restarts at 02:00"),
	    5);
	said(r, "error: --field contact: \"Ana Costa\"");
	said(r, "warning: --field impact: customers may not know \"HLR\"");
	said(r, "warning: --field impact: 02:00 has no time zone");
	said(r, "Italy");
	said(r, "nothing was posted: 1 error in the notice above");
	assert_int_equal(RIG_RUN(r, "maintenance", "notice", "MNT-1", "--preview"), 0);
	events = rig_events(r);
	assert_int_equal(rig_count(events, "MNT-1", "notice_posted"), 0);
	cJSON_Delete(events);
	assert_int_equal(
	    RIG_RUN(r, "maintenance", "notice", "MNT-1", "--field", "impact=The HLR restarts"), 0);
	said(r, "warning: --field impact: customers may not know \"HLR\"");
}

static void a_cancellation_reaches_who_was_told(void **state)
{
	struct rig *r = *state;
	struct peer *p;

	assert_int_equal(plan(r, NULL), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "notice", "MNT-1", "--audience", "public"), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "replan", "MNT-1", "--starts_at",
			     "2026-02-04T01:00:00Z", "--ends_at", "2026-02-04T03:00:00Z"),
	    0);
	assert_int_equal(RIG_RUN(r, "maintenance", "list"), 0);
	said(r, "customers know of something else");
	assert_int_equal(RIG_RUN(r, "maintenance", "notice", "MNT-1"), 0);
	assert_true(page_says(r, "it was to begin at 2026-02-03 01:00 UTC"));
	p = peer_new(r, NULL);
	assert_true(peer_refused(p,
	    "{\"cmd\":\"maintenance-notice\",\"incident\":\"MNT-1\",\"args\":{\"stage\":\"notice\","
	    "\"audiences\":[\"partners\"],\"text\":{\"partners\":\"t\"}}}",
	    "audience"));
	assert_true(
	    peer_refused(p, "{\"cmd\":\"ack\",\"incident\":\"MNT-1\",\"args\":{}}", "incident"));
	assert_int_equal(
	    RIG_RUN(r, "maintenance", "cancel", "MNT-1", "--reason", "CANARY-REASON"), 0);
	assert_true(page_says(r, "\"status\":\"cancelled\""));
	assert_true(page_says(r, "The work has been called off."));
	assert_false(on_page(&(struct wanted){ r, "CANARY" }));
	peer_free(p);
}

/* clang-format off */
#define NOTICE(sequence, status, end) \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u-" sequence "\r\n" \
	"DTSTAMP:20260101T0" sequence "0000Z\r\nSEQUENCE:" sequence "\r\n" \
	"DTSTART:20260120T100000Z\r\nDTEND:20260120T" end "0000Z\r\nSUMMARY:Fibre work\r\n" \
	"X-MAINTNOTE-PROVIDER:Acme\r\nX-MAINTNOTE-MAINTENANCE-ID:A-7\r\n" \
	"X-MAINTNOTE-IMPACT:OUTAGE\r\nX-MAINTNOTE-OBJECT-ID:c1\r\n" \
	"X-MAINTNOTE-STATUS:" status "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
/* clang-format on */

static void a_carriers_notice_plans_moves_and_cancels(void **state)
{
	struct rig *r = *state;
	char *first, *second, *third;
	cJSON *events;

	rig_write(r, "1.ics", NOTICE("1", "CONFIRMED", "12"));
	rig_write(r, "2.ics", NOTICE("2", "CONFIRMED", "13"));
	rig_write(r, "3.ics", NOTICE("3", "CANCELLED", "13"));
	first = xasprintf("%s/1.ics", r->dir);
	second = xasprintf("%s/2.ics", r->dir);
	third = xasprintf("%s/3.ics", r->dir);
	assert_int_equal(RIG_RUN(r, "maintenance", "import", first), 5);
	said(r, "does not say which regions of ours");
	assert_int_equal(
	    RIG_RUN(r, "maintenance", "import", first, "--regions", "FR", "--components", "data"),
	    0);
	said(r, "MNT-");
	assert_int_equal(RIG_RUN(r, "maintenance", "import", first), 0);
	said(r, "it is so already");
	assert_int_equal(RIG_RUN(r, "maintenance", "import", second), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "import", first), 0);
	said(r, "it is so already");
	assert_int_equal(RIG_RUN(r, "maintenance", "list", "--json"), 0);
	said(r, "\"ends_at\":\"2026-01-20T13:00:00.000Z\"");
	assert_int_equal(RIG_RUN(r, "maintenance", "import", third), 0);
	events = rig_events(r);
	assert_int_equal(rig_count(events, NULL, "planned"), 1);
	assert_int_equal(rig_count(events, NULL, "cancelled"), 1);
	cJSON_Delete(events);
	free(first);
	free(second);
	free(third);
}

/* ---- what it covers ---- */

/* A rule without an end does not fill the board: the near windows are taken, the rest is told. */
static void work_that_comes_back_is_taken_as_it_comes_near(void **state)
{
	struct rig *r = *state;
	char *path = xasprintf("%s/weekly.ics", r->dir);
	cJSON *events;

	rig_write(r, "weekly.ics",
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:w-1\r\n"
	    "DTSTAMP:20260101T010000Z\r\nSEQUENCE:1\r\nDTSTART:20260106T010000Z\r\n"
	    "DTEND:20260106T020000Z\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Weekly tests\r\n"
	    "X-MAINTNOTE-PROVIDER:Acme\r\nX-MAINTNOTE-MAINTENANCE-ID:W-1\r\n"
	    "X-MAINTNOTE-OBJECT-ID:c1\r\nX-MAINTNOTE-IMPACT:OUTAGE\r\n"
	    "X-MAINTNOTE-STATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	assert_int_equal(RIG_RUN(r, "maintenance", "import", path, "--days", "0"), 2);
	said(r, "--days: \"0\" is no number");
	assert_int_equal(RIG_RUN(r, "maintenance", "import", path, "--now", "2026-01-01T10:00:00Z",
			     "--regions", "FR", "--components", "data", "--days", "20"),
	    0);
	said(r, "later windows of work that comes back were left out");
	events = rig_events(r);
	assert_int_equal(rig_count(events, NULL, "planned"), 3); /* 6, 13 and 20 January */
	cJSON_Delete(events);
	free(path);
}

static bool has_incident(const struct snapshot *s, void *ctx)
{
	(void)ctx;
	return map_count(s->incidents) > 0;
}

static void work_covers_its_cells(void **state)
{
	struct rig *r = *state;
	static char begun[] = "in_progress";
	struct cell_is fine = { "data", "FR", STATUS_OPERATIONAL },
		       planned = { "data", "FR", STATUS_MAINTENANCE },
		       other = { "sms", "FR", STATUS_MAJOR }, down = { "data", "FR", STATUS_MAJOR };
	struct peer *p = peer_new(r, NULL);
	cJSON *events;

	assert_true(peer_until(p, cell_is, &fine, RIG_WAIT_MS));
	assert_int_equal(RIG_RUN(r, "maintenance", "plan", "--title", "New routers", "--regions",
			     "FR", "--components", "data", "--starts_at", "2099-02-03T01:00:00Z",
			     "--ends_at", "2099-02-03T03:00:00Z", "--risk", "low"),
	    0);
	assert_int_equal(RIG_RUN(r, "maintenance", "start", "MNT-1"), 0);
	assert_true(peer_until(p, is_status, begun, RIG_WAIT_MS));
	assert_true(peer_until(p, cell_is, &planned, RIG_WAIT_MS));
	farm_set(r->farm, "/data/fr", "fail", NULL);
	farm_set(r->farm, "/sms/fr", "fail", NULL);
	assert_true(peer_until(p, cell_is, &other, RIG_WAIT_MS));
	assert_true(
	    peer_until(p, has_incident, NULL, RIG_WAIT_MS)); /* that of sms, and of nothing else */
	events = rig_events(r);
	assert_int_equal(rig_count(events, NULL, "opened"), 1);
	for (const cJSON *ev = events->child; ev; ev = ev->next)
		if (strcmp(json_str_or(ev, "kind", ""), "opened") == 0)
			assert_string_equal(
			    json_get(json_get(ev, "body"), "components")->child->valuestring,
			    "sms");
	cJSON_Delete(events);
	assert_true(cell_is(p->snap, &planned));
	assert_int_equal(RIG_RUN(r, "maintenance", "end", "MNT-1"), 0);
	assert_true(
	    peer_until(p, cell_is, &down, RIG_WAIT_MS)); /* what is still wrong then shows */
	peer_free(p);
}

struct seen {
	struct utc at;
	enum status status;
};

static bool is_seen(const struct snapshot *s, void *ctx)
{
	const struct snap_cell *cell = snap_cell(s, "data", "FR");
	const struct seen *want = ctx;

	return cell && cell->data_at.ms == want->at.ms && cell->status == want->status;
}

/* The next second's probe; what the cell says then. */
static void next_second(struct peer *p, struct seen *seen, const char *how, enum status status)
{
	farm_set(p->rig->farm, "/data/fr", how, NULL);
	seen->at = utc_add(seen->at, 1000);
	seen->status = status;
	peer_clock(p, 1000);
	if (!peer_until(p, is_seen, seen, RIG_WAIT_MS))
		fail_msg("data in FR is %s and not %s",
		    status_names[snap_cell(p->snap, "data", "FR")->status], status_names[status]);
}

static void pass(struct peer *p, struct seen *seen, int64_t ms)
{
	seen->at = utc_add(seen->at, ms);
	peer_clock(p, ms);
	assert_true(peer_until(p, is_seen, seen, RIG_WAIT_MS));
}

static void after_work_each_failure_shows(void **state)
{
	struct rig *r = *state;
	struct seen seen = { .status = STATUS_OPERATIONAL };
	struct peer *p = peer_new(r, NULL);

	assert_true(utc_parse("2026-01-01T10:00:00Z", &seen.at));
	next_second(p, &seen, "ok", STATUS_OPERATIONAL);
	assert_int_equal(plan(r, NULL), 0);
	assert_int_equal(RIG_RUN(r, "maintenance", "start", "MNT-1"), 0);
	seen.status = STATUS_MAINTENANCE;
	pass(p, &seen, HOUR);
	assert_int_equal(RIG_RUN(r, "maintenance", "end", "MNT-1"), 0);
	next_second(p, &seen, "fail", STATUS_DEGRADED);
	assert_ptr_equal(strstr(snap_cell(p->snap, "data", "FR")->detail,
			     "1 of 2 failures, soon after planned work: "),
	    snap_cell(p->snap, "data", "FR")->detail);
	next_second(p, &seen, "ok", STATUS_OPERATIONAL);
	assert_int_equal(RIG_RUN(r, "maintenance", "show", "MNT-1"), 0);
	said(r, "since then   data FR began to fail 1 time, last at 2026-01-01 11:00 UTC");
	/* Twice the duration of the work later all is as it was. */
	pass(p, &seen, 2 * HOUR);
	next_second(p, &seen, "fail", STATUS_OPERATIONAL);
	next_second(p, &seen, "fail", STATUS_OPERATIONAL);
	next_second(p, &seen, "fail", STATUS_OPERATIONAL);
	next_second(p, &seen, "fail", STATUS_MAJOR);
	peer_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_plan_is_told_and_goes_its_way, setup, teardown),
		cmocka_unit_test_setup_teardown(rules_are_refused_and_overridden, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_notice_that_comes_too_late_waits_for_a_person, setup_delayed, teardown),
		cmocka_unit_test_setup_teardown(a_notice_is_linted, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_cancellation_reaches_who_was_told, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_carriers_notice_plans_moves_and_cancels, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    work_that_comes_back_is_taken_as_it_comes_near, setup, teardown),
		cmocka_unit_test_setup_teardown(work_covers_its_cells, setup_fast, teardown),
		cmocka_unit_test_setup_teardown(
		    after_work_each_failure_shows, setup_patient, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

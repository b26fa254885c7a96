/* Planned work on the status pages of others, over HTTP: from the first notice to the end, moved
 * and called off, what an answer that is lost does, and that our own reader sees there what we
 * planned. Time is ours. */
#include "t.h"

#include "base/mem.h"
#include "net/feed.h"
#include "rig.h"
#include "services.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static struct services *services;

static const enum service pages[] = { STATUSPAGE, CACHET2, CACHET3 };

static const char config[] =
    "noc: { name: Test NOC, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components:\n"
    "  - { id: data, name: Mobile data, class: data }\n"
    "  - { id: sms, name: SMS, class: sms }\n"
    "people: [ { id: ana, name: Ana Costa, can: [command, publish] } ]\n"
    "channels:\n"
    "  - { id: pagerduty, kind: pagerduty, url: \"http://{farm}/pagerduty/v2/enqueue\", token: { "
    "file: \"{dir}/token\" }, network: 127.0.0.0/8 }\n"
    "  - { id: statuspage, kind: statuspage, url: \"http://{farm}/statuspage\", token: { file: "
    "\"{dir}/token\" }, page: P1, components: { data: c1, sms: c2 }, network: 127.0.0.0/8, "
    "timeout: 1s }\n"
    "  - { id: cachet2, kind: cachet, version: 2, url: \"http://{farm}/cachet2\", token: { file: "
    "\"{dir}/token\" }, components: { data: \"7\" }, network: 127.0.0.0/8, timeout: 1s, "
    "timezone: Europe/Paris }\n"
    "  - { id: cachet3, kind: cachet, url: \"http://{farm}/cachet3\", token: { file: "
    "\"{dir}/token\" }, components: { data: \"7\" }, network: 127.0.0.0/8, timeout: 1s }\n"
    "  - { id: hook, kind: webhook, url: \"http://{farm}/hook\", secret: { file: \"{dir}/token\" "
    "}, network: 127.0.0.0/8 }\n"
    "audiences:\n"
    "  - { id: public, channels: [pagerduty, statuspage, cachet2, cachet3] }\n"
    "  - { id: partners, channels: [hook] }\n"
    "policy: policy.yaml\n";

static int setup(void **state)
{
	static const char *const now[] = { "--now", "2026-01-01T10:00:00Z", NULL };
	struct rig *r = rig_new();

	services = services_new(r->farm);
	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", config);
	rig_write_secret(r, "token", SERVICES_TOKEN "\n");
	farm_set(r->farm, "/hook", "sink 204", NULL);
	if (!rig_start(r, now))
		fail_msg("the engine does not start: %s", r->ready);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	services_free(services);
	return 0;
}

/* Every word is one of the command's. */
#define TELL(r, ...)                                                                               \
	do {                                                                                       \
		if (RIG_RUN(r, "maintenance", __VA_ARGS__) != 0)                                   \
			fail_msg("%s", buf_str(&(r)->err));                                        \
	} while (0)

/* "MNT-1" on 3 February, 01:00 to 03:00 UTC. */
static void plan(struct rig *r, const char *title, const char *impact)
{
	TELL(r, "plan", "--title", title, "--regions", "FR", "--components", "data", "--starts_at",
	    "2026-02-03T01:00:00Z", "--ends_at", "2026-02-03T03:00:00Z", "--risk", "low",
	    "--impact", impact, "--customer_actions", "No action is needed.");
}

/* ---- deliveries ---- */

static const struct delivery_state *delivery(
    const struct snapshot *s, const char *destination, size_t notice)
{
	const struct snap_maintenance *m = snap_maintenance(s, "MNT-1");
	size_t left_out = m ? (size_t)m->notices_total - m->notice_count : 0;
	const struct posted_update *u;

	if (!m || notice < left_out || notice - left_out >= m->notice_count)
		return NULL;
	u = &m->notices[notice - left_out];
	for (size_t i = 0; i < u->delivery_count; i++)
		if (strcmp(u->deliveries[i].destination, destination) == 0)
			return &u->deliveries[i];
	return NULL;
}

struct wanted {
	const char *destination, *state;
	size_t notice;
};

static bool is_so(const struct snapshot *s, void *ctx)
{
	const struct wanted *w = ctx;
	const struct delivery_state *d = delivery(s, w->destination, w->notice);

	return d && strcmp(d->state, w->state) == 0;
}

static const struct delivery_state *until(
    struct peer *p, const char *destination, const char *state, size_t notice)
{
	struct wanted w = { destination, state, notice };
	const struct delivery_state *d;

	if (!peer_until(p, is_so, &w, RIG_WAIT_MS)) {
		d = delivery(p->snap, destination, notice);
		fail_msg("notice %zu to %s is not %s: %s, %s", notice, destination, state,
		    d ? d->state : "not there", d && d->detail ? d->detail : "");
	}
	return delivery(p->snap, destination, notice);
}

/* The service wants a pause between two. */
static void all_accepted(struct peer *p, size_t notice)
{
	for (size_t i = 0; i < countof(pages); i++)
		until(p, service_names[pages[i]], "accepted", notice);
	peer_clock(p, 5000);
}

/* ---- what stands there ---- */

static const char *text_at(const cJSON *o, const char *pointer)
{
	const cJSON *at = json_pointer(o, pointer);

	return at ? cJSON_GetStringValue(at) : NULL;
}

static void said(const cJSON *o, const char *pointer, const char *text)
{
	const char *there = text_at(o, pointer);

	if (!text)
		assert_null(there);
	else if (!there)
		fail_msg("%s is not there", pointer);
	else
		assert_string_equal(there, text);
}

static void says(const cJSON *o, const char *pointer, const char *part)
{
	const char *there = text_at(o, pointer);

	if (!there || !strstr(there, part))
		fail_msg("%s does not say \"%s\" but \"%s\"", pointer, part, there ? there : "");
}

static const cJSON *only(enum service s)
{
	const cJSON *kept = services_kept(services, s);

	assert_int_equal(cJSON_GetArraySize(kept), 1);
	return kept->child;
}

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

#define FROM "2026-02-03T01:00:00.000Z"
#define TO "2026-02-03T03:00:00.000Z"
#define MOVED_FROM "2026-02-04T01:00:00.000Z"
#define MOVED_TO "2026-02-04T03:00:00.000Z"
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
	TELL(r, "notice", "MNT-1", "--stage", "end");
	all_accepted(p, 4);
	stands_everywhere(&ended);
	reads_as("completed", MOVED_FROM, SHORT_TO);
	said(only(STATUSPAGE), "/name",
	    "[Test NOC] MNT-1: Mobile data / France \xe2\x80\x93 New routers");
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

/* ---- busy, broken, closed ---- */

/* The plan was carried out and the answer lost: the next try has the same id, and finds it. */
static void lost(struct rig *r, int code, const char *detail)
{
	struct peer *p = peer_new(r, NULL);

	for (size_t i = 0; i < countof(pages); i++)
		services_fail(services, pages[i], code, NULL, true);
	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	for (size_t i = 0; i < countof(pages); i++)
		if (!strstr(until(p, service_names[pages[i]], "failed", 0)->detail, detail))
			fail_msg("%s: %s", service_names[pages[i]],
			    delivery(p->snap, service_names[pages[i]], 0)->detail);
	peer_clock(p, 61000);
	all_accepted(p, 0);
	said(only(STATUSPAGE), "/metadata/nocboard/delivery", "MNT-1.2/statuspage");
	assert_int_equal(cJSON_GetArraySize(json_get(only(STATUSPAGE), "incident_updates")), 1);
	said(services_wrote(services, STATUSPAGE, 0), "/body/incident/metadata/nocboard/delivery",
	    "MNT-1.2/statuspage");
	assert_int_equal(services_writes(services, STATUSPAGE), 1);
	for (int s = CACHET2; s <= CACHET3; s++) {
		assert_int_equal(cJSON_GetArraySize(json_get(only(s), "updates")), 0);
		assert_int_equal(services_writes(services, s), 2); /* made, and made sure of */
		said(services_wrote(services, s, 1), "/method", "PUT");
	}
	/* And what follows goes to the one that is there. */
	TELL(r, "cancel", "MNT-1", "--reason", "x");
	all_accepted(p, 1);
	for (size_t i = 0; i < countof(pages); i++)
		says(only(pages[i]), "/name", "Cancelled: ");
	peer_free(p);
}

static void an_error_after_the_plan_makes_no_second_one(void **state)
{
	lost(*state, 500, "answered 500");
}

static void nor_does_an_answer_that_never_comes(void **state)
{
	lost(*state, SERVICES_SILENT, "timeout");
}

/* The answer to what follows is lost: each of it is told once. */
static void what_follows_is_told_once(void **state)
{
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	for (size_t i = 0; i < countof(pages); i++)
		services_fail(services, pages[i], 500, NULL, true);
	TELL(r, "cancel", "MNT-1", "--reason", "x");
	for (size_t i = 0; i < countof(pages); i++)
		until(p, service_names[pages[i]], "failed", 1);
	peer_clock(p, 61000);
	all_accepted(p, 1);
	assert_int_equal(cJSON_GetArraySize(json_get(only(STATUSPAGE), "incident_updates")), 2);
	assert_int_equal(cJSON_GetArraySize(json_get(only(CACHET3), "updates")), 1);
	for (int s = CACHET2; s <= CACHET3; s++)
		assert_int_equal(json_int(only(s), "status", -1), 2);
	peer_free(p);
}

static void closed_is_given_up_with_a_reason(void **state)
{
	static const char *const why[] = { "answered 401: Could not authenticate",
		"answered 401: it does not accept our credentials",
		"answered 401: it does not accept our credentials" };
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	for (size_t i = 0; i < countof(pages); i++)
		services_lock(services, pages[i], true);
	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	for (size_t i = 0; i < countof(pages); i++) {
		const char *name = service_names[pages[i]];
		char *alarm = xasprintf("%s did not take an update, given up: %s", name, why[i]);

		assert_string_equal(until(p, name, "given_up", 0)->detail, why[i]);
		peer_alarm(p, alarm);
		assert_int_equal(services_writes(services, pages[i]), 0);
		services_lock(services, pages[i], false);
		free(alarm);
	}
	/* What follows is the first that they hear of it. */
	peer_clock(p, 5000);
	TELL(r, "replan", "MNT-1", "--starts_at", MOVED_FROM, "--ends_at", MOVED_TO);
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 1);
	said(only(STATUSPAGE), "/scheduled_for", MOVED_FROM);
	said(only(CACHET3), "/scheduled_at", "2026-02-04 01:00");
	peer_alarm(p, "");
	peer_free(p);
}

/* A notice that waits is not told with the window of a plan that came after it. */
static void a_late_notice_has_its_own_window(void **state)
{
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	for (size_t i = 0; i < countof(pages); i++)
		services_fail(services, pages[i], 503, "60", false);
	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	for (size_t i = 0; i < countof(pages); i++)
		until(p, service_names[pages[i]], "failed", 0);
	TELL(r, "replan", "MNT-1", "--starts_at", MOVED_FROM, "--ends_at", MOVED_TO);
	peer_clock(p, 61000);
	all_accepted(p, 0);
	said(only(STATUSPAGE), "/scheduled_for", FROM);
	said(only(CACHET2), "/scheduled_at", "2026-02-03 02:00");
	said(only(CACHET3), "/scheduled_at", "2026-02-03 01:00");
	peer_free(p);
}

/* ---- what people may write ---- */

static void clean_text(const cJSON *o)
{
	const cJSON *item;

	if (cJSON_IsString(o)) {
		for (const char *c = o->valuestring; *c; c++)
			assert_true((unsigned char)*c >= ' ' || *c == '\n');
		assert_null(strstr(o->valuestring, "\xe2\x80\xae"));
		assert_null(strstr(o->valuestring, SERVICES_TOKEN));
	}
	cJSON_ArrayForEach(item, o) clean_text(item);
}

static void hostile_words_stay_in_their_place(void **state)
{
	static const char title[] = "Routers\r\nX-Evil: 1\r\n\r\nPOST /evil\x1b[2J (MNT-9) "
				    "\"}],\"status\":\"completed\" \xe2\x80\xae{{impact}}",
			  impact[] = "<script>alert(1)</script>\r\n.\r\n{{title}} \\u0000 "
				     "![x](http://evil.example)";
	struct rig *r = *state;
	struct peer *p = peer_new(r, NULL);

	plan(r, title, impact);
	TELL(r, "notice", "MNT-1");
	all_accepted(p, 0);
	TELL(r, "cancel", "MNT-1", "--reason", "x");
	all_accepted(p, 1);
	for (size_t i = 0; i < countof(pages); i++) {
		char *place = xasprintf("/%s/", service_names[pages[i]]);
		const cJSON *q;

		cJSON_ArrayForEach(q, services_said(services, pages[i]))
		{
			assert_int_equal(strncmp(json_str(q, "path"), place, strlen(place)), 0);
			assert_null(strstr(json_str(q, "path"), "evil"));
			assert_null(json_get(json_get(q, "headers"), "x-evil"));
			assert_true(json_int(q, "code", 0) < 300);
			clean_text(json_get(q, "body"));
		}
		assert_null(strchr(text_at(only(pages[i]), "/name"), '\n'));
		free(place);
	}
	says(only(STATUSPAGE), "/incident_updates/0/body",
	    "<script>alert(1)</script>\n.\n{{title}}");
	says(only(CACHET3), "/message", "<script>alert(1)</script>\n.\n{{title}}");
	/* A name that ends as another's does not take its place. */
	says(only(CACHET3), "/name", "(MNT-1)");
	peer_free(p);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(it_is_told_from_the_plan_to_the_end),
		E2E_TEST(cancelled_is_nowhere_left_as_scheduled),
		E2E_TEST(broken_off_leaves_nothing_under_maintenance),
		E2E_TEST(an_incident_shows_through_the_work),
		E2E_TEST(an_error_after_the_plan_makes_no_second_one),
		E2E_TEST(nor_does_an_answer_that_never_comes),
		E2E_TEST(what_follows_is_told_once),
		E2E_TEST(closed_is_given_up_with_a_reason),
		E2E_TEST(a_late_notice_has_its_own_window),
		E2E_TEST(hostile_words_stay_in_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

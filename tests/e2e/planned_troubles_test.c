/* Planned work and status pages of others that are busy, broken or closed to us, and words that
 * want to be more than words. */
#include "planned_rig.h"

/* ---- busy, broken, closed ---- */

/* The plan was carried out and the answer lost: the next try has the same id, and finds it. */
static void lost(struct rig *r, int code, const char *detail)
{
	struct peer *p = peer_new(r, NULL);

	for (size_t i = 0; i < countof(pages); i++)
		services_fail(services, pages[i], code, NULL, true);
	plan(r, "New routers", "Short breaks");
	TELL(r, "notice", "MNT-1");
	for (size_t i = 0; i < countof(pages); i++) {
		const char *why = until(p, service_names[pages[i]], "failed", 0)->detail;

		if (!strstr(why, detail))
			fail_msg("%s: %s", service_names[pages[i]], why);
	}
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
	/* What follows goes to the one that is there, and once, although its answer is lost too. */
	for (size_t i = 0; i < countof(pages); i++)
		services_fail(services, pages[i], 500, NULL, true);
	TELL(r, "cancel", "MNT-1", "--reason", "x");
	for (size_t i = 0; i < countof(pages); i++)
		until(p, service_names[pages[i]], "failed", 1);
	peer_clock(p, 61000);
	all_accepted(p, 1);
	for (size_t i = 0; i < countof(pages); i++)
		says(only(pages[i]), "/name", "Cancelled: ");
	assert_int_equal(updates_at(STATUSPAGE), 2);
	assert_int_equal(updates_at(CACHET3), 1);
	for (int s = CACHET2; s <= CACHET3; s++)
		assert_int_equal(json_int(only(s), "status", -1), 2);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(an_error_after_the_plan_makes_no_second_one),
		E2E_TEST(nor_does_an_answer_that_never_comes),
		E2E_TEST(closed_is_given_up_with_a_reason),
		E2E_TEST(a_late_notice_has_its_own_window),
		E2E_TEST(hostile_words_stay_in_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

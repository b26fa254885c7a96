/* Planned work on the status page: who sees it, what of it, and that our own reader reads it back.
 */
#include "net/page.h"

#include "base/mem.h"
#include "net/feed.h"
#include "page_scene.h"
#include "t.h"

#define HOUR 60
#define DAY (24 * HOUR)

/* Nothing of this is ever published. */
static const char *const canaries[] = { "CANARY-TITLE", "CANARY-WAY-BACK", "CANARY-NOTE",
	"CANARY-OVERRIDE", "CANARY-CANCEL", "CANARY-PARTNERS", "CANARY-IMPACT", "CANARY-RESULT" };

static void tell(
    struct maintenance *m, int minute, const char *actor, enum event_kind kind, const char *json)
{
	struct err e = { 0 };
	cJSON *body = json_parse(json, strlen(json), &e);

	if (!body)
		fail_msg("%s", e.msg);
	maintenance_evolve(
	    m, event_new(m->id, m->version + 1, (struct utc){ PAGE_NOON + minute * INT64_C(60000) },
		   actor, kind, body));
}

/* clang-format off */
/* On 20 March, 01:00 to 03:00 UTC: nine days and a half after noon. */
#define PLAN(title, carrier) \
	"{\"title\":\"" title "\",\"regions\":[\"FR\"],\"components\":[\"data\"],\"starts_at\":" \
	"\"2025-03-20T01:00:00Z\",\"ends_at\":\"2025-03-20T03:00:00Z\",\"risk\":\"high\"," \
	"\"impact\":\"CANARY-IMPACT\",\"rollback\":\"CANARY-WAY-BACK\"" carrier "}"
#define NOTICE(status) \
	"{\"stage\":\"notice\",\"status\":\"" status "\",\"starts_at\":\"2025-03-20T01:00:00Z\"," \
	"\"ends_at\":\"2025-03-20T03:00:00Z\",\"text\":{\"public\":\"[Planned Maintenance] " \
	"Mobile " \
	"data / France – New & better routers\\n\\nShort breaks.\",\"partners\":\"CANARY-PARTNERS\"}," \
	"\"audiences\":[\"public\"],\"channels\":[\"page\"]}"
/* clang-format on */
#define START_MINUTE (9 * DAY + 13 * HOUR)

static struct maintenance *planned(const char *plan)
{
	struct maintenance *m = maintenance_new("MNT-4");

	tell(m, 0, "ana", EVENT_PLANNED, plan);
	tell(m, 0, "ana", EVENT_NOTE, "{\"text\":\"CANARY-NOTE\"}");
	tell(m, 0, "ana", EVENT_OVERRIDDEN,
	    "{\"rule\":\"window\",\"reason\":\"CANARY-OVERRIDE\",\"by\":\"ana\"}");
	return m;
}

static struct page_files *render(
    const struct config *c, const struct maintenance *m, size_t audience, int minute)
{
	static struct page_files files;
	const struct maintenance *all[] = { m };
	struct page_matter matter = { .maintenances = all, .maintenance_count = 1 };
	struct page *p = page_with(c, &matter, audience, minute);

	page_files_fini(&files);
	page_render(&files, p, "");
	page_free(p);
	for (size_t i = 0; i < files.count; i++)
		for (size_t k = 0; k < countof(canaries); k++)
			if (strstr(buf_str(&files.items[i].body), canaries[k]))
				fail_msg("%s tells %s", files.items[i].path, canaries[k]);
	return &files;
}

static const char *file(const struct page_files *f, const char *path)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].path, path) == 0)
			return buf_str(&f->items[i].body);
	return NULL;
}

static void has(const struct page_files *f, const char *path, const char *text)
{
	const char *body = file(f, path);

	if (!body || !strstr(body, text))
		fail_msg("%s does not say \"%s\"", path, text);
}

static void has_not(const struct page_files *f, const char *path, const char *text)
{
	const char *body = file(f, path);

	if (body && strstr(body, text))
		fail_msg("%s says \"%s\"", path, text);
}

static void nothing_is_there_before_it_was_told(void **state)
{
	struct config *c = page_config(NULL);
	struct maintenance *m = planned(PLAN("CANARY-TITLE", ""));
	struct page_files *f = render(c, m, 0, 1);

	(void)state;
	assert_null(file(f, "maintenance/MNT-4.html"));
	has_not(f, "index.html", "Planned maintenance");
	has(f, "api/v2/scheduled-maintenances.json", "\"scheduled_maintenances\":[]");
	/* Under way untold: the page says nothing of it either. */
	tell(m, START_MINUTE, "engine", EVENT_STARTED, "{}");
	f = render(c, m, 0, START_MINUTE + 1);
	has_not(f, "index.html", "MNT-4");
	has(f, "api/v2/status.json", "\"indicator\":\"none\"");
	maintenance_free(m);
	page_files_fini(f);
	config_free(c);
}

static void who_was_told_reads_it_everywhere(void **state)
{
	static const char *const pages[] = { "index.html", "region/FR.html",
		"portfolio/western-europe.html" };
	struct config *c = page_config(NULL);
	struct maintenance *m = planned(PLAN("CANARY-TITLE", ",\"carrier\":\"orange-fr\""));
	struct page_files *f;

	(void)state;
	tell(m, 1, "ana", EVENT_NOTICE_POSTED, NOTICE("scheduled"));
	f = render(c, m, 0, 2);
	for (size_t i = 0; i < countof(pages); i++) {
		has(f, pages[i], "Mobile data / France – New &amp; better routers");
		has(f, pages[i], "2025-03-20 01:00 UTC");
	}
	has_not(f, "region/IT.html", "MNT-4");
	has(f, "maintenance/MNT-4.html", "Short breaks.");
	has(f, "maintenance/MNT-4.html", "Scheduled");
	has(f, "maintenance/MNT-4.html", "Orange");
	has(f, "feed.atom", "Scheduled - Planned maintenance: Mobile data / France");
	has(f, "feed.atom", "https://status.example/maintenance/MNT-4.html");
	has(f, "region/FR.rss", "maintenance/MNT-4.html");
	has_not(f, "component/sms.atom", "MNT-4");
	has(f, "updates.atom", "MNT-4.4");
	has(f, "sitemap.xml", "maintenance/MNT-4.html");
	f = render(c, m, 1, 2); /* partners were not told */
	has_not(f, "index.html", "MNT-4");
	maintenance_free(m);
	page_files_fini(f);
	config_free(c);
}

static void carriers_are_named_only_where_that_is_wanted(void **state)
{
	static const char hide[] =
	    "page: { carriers: hide }\nregions: [ { id: FR, name: France } ]\n"
	    "components: [ { id: data, name: Mobile data } ]\n"
	    "carriers: [ { id: orange-fr, name: Orange, regions: [FR] } ]\n"
	    "channels: [ { id: page, kind: page, directory: /nowhere, url: "
	    "\"https://status.example/\" } ]\naudiences: [ { id: public, channels: [page] } ]\n";
	struct config *c = page_config(hide);
	struct maintenance *m = planned(PLAN("CANARY-TITLE", ",\"carrier\":\"orange-fr\""));
	struct page_files *f;

	(void)state;
	tell(m, 1, "ana", EVENT_NOTICE_POSTED, NOTICE("scheduled"));
	f = render(c, m, 0, 2);
	has_not(f, "maintenance/MNT-4.html", "Orange");
	maintenance_free(m);
	page_files_fini(f);
	config_free(c);
}

/* What our own reader makes of our own page. */
static struct feed_doc *read_back(const struct page_files *f, const char *path)
{
	const char *text = file(f, path);
	struct err e = { 0 };
	struct feed_doc *d = feed_parse("statuspage", text, strlen(text), &e);

	if (!d)
		fail_msg("%s: %s", path, e.msg);
	assert_int_equal(d->problem_count, 0);
	return d;
}

static void reads_as(const struct page_files *f, const char *path, const char *status)
{
	struct feed_doc *d = read_back(f, path);
	const struct feed_maintenance *m = d->maintenances;

	assert_int_equal(d->maintenance_count, status ? 1 : 0);
	if (status) {
		assert_string_equal(m->status, status);
		assert_string_equal(m->title, "Mobile data / France – New & better routers");
		assert_int_equal(m->starts_at.ms, PAGE_NOON + START_MINUTE * INT64_C(60000));
		assert_int_equal(utc_diff(m->ends_at, m->starts_at), 2 * HOUR * 60000);
		assert_int_equal(m->component_count, 1);
		assert_string_equal(m->components[0], "Mobile data");
		assert_string_equal(m->url, "https://status.example/maintenance/MNT-4.html");
		assert_non_null(strstr(m->updates[0].text, "Short breaks."));
	}
	feed_doc_free(d);
}

static void our_own_reader_reads_it_back(void **state)
{
	struct config *c = page_config(NULL);
	struct maintenance *m = planned(PLAN("CANARY-TITLE", ""));
	struct page_files *f;

	(void)state;
	tell(m, 1, "ana", EVENT_NOTICE_POSTED, NOTICE("scheduled"));
	f = render(c, m, 0, 2);
	reads_as(f, "api/v2/summary.json", "scheduled");
	reads_as(f, "api/v2/scheduled-maintenances/upcoming.json", "scheduled");
	has(f, "api/v2/scheduled-maintenances/active.json", "\"scheduled_maintenances\":[]");
	tell(m, START_MINUTE, "engine", EVENT_STARTED, "{}");
	f = render(c, m, 0, START_MINUTE + 30);
	reads_as(f, "api/v2/summary.json", "in_progress");
	reads_as(f, "api/v2/scheduled-maintenances/active.json", "in_progress");
	has(f, "api/v2/status.json", "\"indicator\":\"maintenance\"");
	has(f, "api/v2/components.json", "\"under_maintenance\"");
	has(f, "region/FR.html", "Planned work");
	tell(m, START_MINUTE + 120, "engine", EVENT_ENDED, "{\"result\":\"CANARY-RESULT\"}");
	f = render(c, m, 0, START_MINUTE + 121);
	reads_as(f, "api/v2/scheduled-maintenances.json", "completed");
	reads_as(f, "api/v2/summary.json", NULL);
	has(f, "api/v2/status.json", "\"indicator\":\"none\"");
	has(f, "history.html", "Past maintenance");
	has_not(f, "index.html", "Planned maintenance");
	maintenance_free(m);
	page_files_fini(f);
	config_free(c);
}

static void what_is_cancelled_says_so(void **state)
{
	struct config *c = page_config(NULL);
	struct maintenance *m = planned(PLAN("CANARY-TITLE", ""));
	struct page_files *f;

	(void)state;
	tell(m, 1, "ana", EVENT_NOTICE_POSTED, NOTICE("scheduled"));
	tell(m, 2, "ana", EVENT_CANCELLED, "{\"reason\":\"CANARY-CANCEL\"}");
	f = render(c, m, 0, 3);
	has(f, "maintenance/MNT-4.html", "Cancelled");
	has(f, "feed.rss", "Cancelled - Planned maintenance");
	has_not(f, "index.html", "MNT-4");
	maintenance_free(m);
	page_files_fini(f);
	config_free(c);
}

/* The window as it was told, whatever was planned anew since. */
static void a_plan_that_was_not_told_is_not_shown(void **state)
{
	struct config *c = page_config(NULL);
	struct maintenance *m = planned(PLAN("CANARY-TITLE", ""));
	struct page_files *f;

	(void)state;
	tell(m, 1, "ana", EVENT_NOTICE_POSTED, NOTICE("scheduled"));
	tell(m, 2, "ana", EVENT_REPLANNED,
	    "{\"title\":\"CANARY-TITLE\",\"regions\":[\"FR\"],\"components\":[\"data\"],"
	    "\"starts_at\":\"2025-03-21T01:00:00Z\",\"ends_at\":\"2025-03-21T03:00:00Z\","
	    "\"risk\":\"low\"}");
	f = render(c, m, 0, 3);
	has(f, "index.html", "2025-03-20 01:00 UTC");
	has_not(f, "index.html", "2025-03-21");
	maintenance_free(m);
	page_files_fini(f);
	config_free(c);
}

static void its_time_is_out_of_the_count(void **state)
{
	struct config *c = page_config(NULL);
	struct maintenance *m = planned(PLAN("CANARY-TITLE", ""));
	const struct maintenance *all[] = { m };
	struct page_matter matter = { .maintenances = all, .maintenance_count = 1 };
	const struct availability *a;
	struct page *p;

	(void)state;
	tell(m, 1, "ana", EVENT_NOTICE_POSTED, NOTICE("scheduled"));
	tell(m, START_MINUTE, "engine", EVENT_STARTED, "{}");
	tell(m, START_MINUTE + 90, "ana", EVENT_ENDED, "{}");
	p = page_with(c, &matter, 0, START_MINUTE + 2 * DAY);
	a = &page_cell(p, 0, 1)->figures;
	assert_int_equal(a->maintenance_ms, 90 * 60000);
	assert_int_equal(a->major_ms + a->partial_ms, 0);
	assert_int_equal(availability_milli(a), 100000);
	assert_int_equal(page_cell(p, 1, 1)->figures.maintenance_ms, 0);
	page_free(p);
	maintenance_free(m);
	config_free(c);
}

static void the_policy_tells_windows_and_freezes(void **state)
{
	struct config *c = page_config(NULL);
	struct page *p = page_at(c, NULL, 0, 0, 0);
	struct page_files f = { 0 };

	(void)state;
	page_render(&f, p, "");
	has(&f, "policy.html", "between 01:00 and 05:00 local time");
	has(&f, "policy.html", "announced 7 calendar days before (minor work), 14 (major) or 30");
	has(&f, "policy.html",
	    "Summer travel in Europe</th><td>2025-07-01 to 2025-08-31</td><td>France, Italy</td>");
	has(&f, "policy.html",
	    "Thanksgiving</th><td>2025-11-27 to 2025-11-30</td><td>United States</td>");
	has_not(&f, "policy.html", "2025-01-05"); /* that one is over */
	page_files_fini(&f);
	page_free(p);
	config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_there_before_it_was_told),
		cmocka_unit_test(who_was_told_reads_it_everywhere),
		cmocka_unit_test(carriers_are_named_only_where_that_is_wanted),
		cmocka_unit_test(our_own_reader_reads_it_back),
		cmocka_unit_test(what_is_cancelled_says_so),
		cmocka_unit_test(a_plan_that_was_not_told_is_not_shown),
		cmocka_unit_test(its_time_is_out_of_the_count),
		cmocka_unit_test(the_policy_tells_windows_and_freezes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

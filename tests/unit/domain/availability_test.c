#include "domain/availability.h"

#include <math.h>

#include "base/mem.h"
#include "t.h"

#define MIN INT64_C(60000)

static struct utc at(int64_t minute)
{
	return (struct utc){ INT64_C(1764547200000) + minute * MIN }; /* 2025-12-01T00:00:00Z */
}

/* ---- tracks ---- */

static void overlapping_spans_become_the_worst_at_each_instant(void **state)
{
	static const struct {
		int from, to;
		enum status status;
	} want[] = {
		{ 0, 10, STATUS_DEGRADED },
		{ 10, 20, STATUS_MAJOR },
		{ 20, 40, STATUS_PARTIAL },
		{ 50, 60, STATUS_UNKNOWN },
		{ 90, 100, STATUS_MAINTENANCE },
	};
	struct status_track t = { 0 }, out = { 0 };

	(void)state;
	status_track_add(&t, at(90), UTC_NONE, STATUS_MAINTENANCE);
	status_track_add(&t, at(10), at(20), STATUS_MAJOR);
	status_track_add(&t, at(-30), at(40), STATUS_PARTIAL);
	status_track_add(&t, at(50), at(60), STATUS_UNKNOWN);
	status_track_add(&t, at(5), at(5), STATUS_MAJOR);	  /* no time at all */
	status_track_add(&t, at(70), at(80), STATUS_OPERATIONAL); /* nothing to tell */
	t.items[2].from = at(20);
	status_track_add(&t, at(-30), at(30), STATUS_DEGRADED);
	status_track_flatten(&out, &t, at(0), at(100));
	assert_int_equal(out.count, countof(want));
	for (size_t i = 0; i < out.count; i++) {
		assert_int_equal(out.items[i].from.ms, at(want[i].from).ms);
		assert_int_equal(out.items[i].to.ms, at(want[i].to).ms);
		assert_int_equal(out.items[i].status, want[i].status);
	}
	assert_int_equal(status_track_at(&t, at(10)), STATUS_MAJOR);
	assert_int_equal(status_track_at(&t, at(20)), STATUS_PARTIAL); /* an end is outside */
	assert_int_equal(status_track_at(&t, at(45)), STATUS_OPERATIONAL);
	assert_int_equal(status_track_at(&t, at(100000)), STATUS_MAINTENANCE);
	status_track_fini(&t);
	status_track_fini(&out);
}

static void weights_and_what_is_apart(void **state)
{
	struct status_track t = { 0 };
	struct availability a;
	char percent[16];

	(void)state;
	status_track_add(&t, at(0), at(10), STATUS_MAJOR);
	status_track_add(&t, at(5), at(30), STATUS_PARTIAL); /* 5 to 10 is major already */
	status_track_add(&t, at(40), at(70), STATUS_DEGRADED);
	status_track_add(&t, at(80), at(90), STATUS_UNKNOWN);
	status_track_add(&t, at(100), at(200), STATUS_MAINTENANCE);
	status_track_add(&t, at(150), at(160), STATUS_MAJOR); /* inside a maintenance: out too */
	a = availability_of(&t, at(0), at(1100), NULL);
	assert_int_equal(a.window_ms, 1100 * MIN);
	assert_int_equal(a.maintenance_ms, 100 * MIN);
	assert_int_equal(a.major_ms, 10 * MIN);
	assert_int_equal(a.partial_ms, 20 * MIN);
	assert_int_equal(a.degraded_ms, 30 * MIN);
	assert_int_equal(a.unknown_ms, 10 * MIN);
	/* 10 + 0.3 x 20 = 16 of 1000 minutes. */
	assert_int_equal(availability_down_ms(&a), 16 * MIN);
	assert_int_equal(availability_counted_ms(&a), 1000 * MIN);
	assert_int_equal(availability_milli(&a), 98400);
	assert_string_equal(availability_percent(98400, percent), "98.400");
	/* 1 % of 1000 minutes is 10: six too many. */
	assert_int_equal(availability_budget_ms(&a, 99000), 10 * MIN);
	assert_int_equal(availability_remaining_ms(&a, 99000), -6 * MIN);
	status_track_fini(&t);
}

static void no_outage_is_rounded_away(void **state)
{
	struct status_track t = { 0 };
	struct availability a;

	(void)state;
	a = availability_of(&t, at(0), at(90 * 1440), NULL);
	assert_int_equal(availability_milli(&a), 100000);
	status_track_add(&t, at(0), (struct utc){ at(0).ms + 1 }, STATUS_PARTIAL);
	a = availability_of(&t, at(0), at(90 * 1440), NULL);
	assert_int_equal(availability_down_ms(&a), 1);
	assert_int_equal(availability_milli(&a), 99999);
	a = availability_of(&t, at(0), at(0), NULL);
	assert_int_equal(a.window_ms, 0);
	assert_int_equal(availability_milli(&a), 100000);
	status_track_add(&t, at(0), UTC_NONE, STATUS_MAJOR);
	a = availability_of(&t, at(0), at(10), NULL);
	assert_int_equal(availability_milli(&a), 0);
	status_track_fini(&t);
}

static void only_the_coverage_counts(void **state)
{
	struct calendar *office = calendar_new("office", zone_utc()); /* 2025-12-01 is a Monday */
	struct status_track t = { 0 };
	struct availability a;

	(void)state;
	status_track_add(&t, at(0), at(10 * 60), STATUS_MAJOR); /* an hour of it is open */
	a = availability_of(&t, at(0), at(1440), office);
	assert_int_equal(a.window_ms, 480 * MIN);
	assert_int_equal(a.major_ms, 60 * MIN);
	assert_int_equal(availability_milli(&a), 87500);
	status_track_fini(&t);
	calendar_free(office);
}

static void targets(void **state)
{
	static const struct {
		const char *text;
		int milli; /* -1: refused */
	} cases[] = {
		{ "99.95", 99950 },
		{ "99.9", 99900 },
		{ "99", 99000 },
		{ "99.999", 99999 },
		{ "0", 0 },
		{ "100", -1 },
		{ "99,95", -1 },
		{ "99.", -1 },
		{ ".9", -1 },
		{ "", -1 },
		{ "99.9999", -1 },
		{ "99.9 %", -1 },
		{ "-1", -1 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		int milli = -1;

		assert_int_equal(
		    availability_target_parse(cases[i].text, &milli), cases[i].milli >= 0);
		assert_int_equal(milli, cases[i].milli);
	}
}

/* Whoever has the printed line alone comes to the printed percentage. */
static void what_is_printed_can_be_recomputed(void **state)
{
	struct status_track t = { 0 };
	struct availability a;
	struct buf out;
	double window, maintenance, major, partial, degraded, unknown, percent, budget, left;
	cJSON *o;
	const char *line;

	(void)state;
	buf_init(&out, 0);
	status_track_add(&t, at(0), at(77), STATUS_MAJOR);
	status_track_add(&t, at(100), at(311), STATUS_PARTIAL);
	status_track_add(&t, at(400), at(500), STATUS_MAINTENANCE);
	a = availability_of(&t, at(0), at(30 * 1440), NULL);
	availability_explain(&out, &a, 99950);
	line = strstr(buf_str(&out), "window ");
	assert_non_null(line);
	assert_int_equal(
	    sscanf(line,
		"window %lf s, maintenance %lf s, major outage %lf s, partial outage %lf s, "
		"degraded %lf s, unknown %lf s",
		&window, &maintenance, &major, &partial, &degraded, &unknown),
	    6);
	line = strchr(buf_str(&out), '\n') + 1;
	assert_int_equal(sscanf(line, "%lf %%", &percent), 1);
	assert_true(
	    fabs(percent - 100 * (1 - (major + 0.3 * partial) / (window - maintenance))) < 0.0011);
	line = strstr(line, "budget ");
	assert_int_equal(sscanf(line, "budget %lf s, left %lf s", &budget, &left), 2);
	assert_true(fabs(budget - 0.0005 * (window - maintenance)) < 0.0011);
	assert_true(fabs(left - (budget - major - 0.3 * partial)) < 0.0021);
	o = availability_json(&a, 99950);
	assert_int_equal(json_int(o, "major_outage_ms", -1), 77 * MIN);
	assert_int_equal(json_int(o, "remaining_ms", 1), availability_remaining_ms(&a, 99950));
	assert_string_equal(json_str(o, "target"), "99.950");
	cJSON_Delete(o);
	o = availability_json(&a, 0);
	assert_null(json_get(o, "target"));
	cJSON_Delete(o);
	buf_fini(&out);
	status_track_fini(&t);
}

/* ---- incidents ---- */

struct happening {
	int minute;
	enum event_kind kind;
	const char *body;
};

#define OPENED(sev)                                                                                \
	"{\"title\":\"x\",\"severity\":" #sev                                                      \
	",\"regions\":[\"FR\"],\"components\":[\"data\"],\"impact\":\"\",\"source\":"              \
	"\"operator\",\"started_at\":\"2025-12-01T00:05:00Z\"}"

static struct incident *incident_of(const struct happening *h, size_t count)
{
	struct incident *inc = incident_new("INC-1");

	for (size_t i = 0; i < count; i++) {
		struct err e;
		cJSON *body = json_parse(h[i].body, strlen(h[i].body), &e);

		assert_non_null(body);
		incident_evolve(
		    inc, event_new("INC-1", (int)i + 1, at(h[i].minute), "ana", h[i].kind, body));
	}
	return inc;
}

static const char nothing[] = "{}";

/* Flattened for data in FR over three hours, as "from-to status, …". */
static void track_is(const struct happening *h, size_t count, const char *want)
{
	struct incident *inc = incident_of(h, count);
	struct status_track t = { 0 }, out = { 0 };
	struct buf text;

	status_track_incident(&t, inc, "data", "FR");
	status_track_flatten(&out, &t, at(-60), at(180));
	buf_init(&text, 0);
	for (size_t i = 0; i < out.count; i++)
		buf_addf(&text, "%s%lld-%lld %s", i ? ", " : "",
		    (long long)((out.items[i].from.ms - at(0).ms) / MIN),
		    (long long)((out.items[i].to.ms - at(0).ms) / MIN),
		    status_names[out.items[i].status]);
	assert_string_equal(buf_str(&text), want);
	buf_fini(&text);
	status_track_fini(&t);
	status_track_fini(&out);
	incident_free(inc);
}

#define TRACK(want, ...)                                                                           \
	do {                                                                                       \
		static const struct happening h[] = { __VA_ARGS__ };                               \
		track_is(h, countof(h), want);                                                     \
	} while (0)

static void an_incident_by_its_events(void **state)
{
	(void)state;
	TRACK("5-180 partial_outage", { 10, EVENT_OPENED, OPENED(2) });
	TRACK("", { 10, EVENT_OPENED, OPENED(4) });
	TRACK("5-30 partial_outage, 30-60 major_outage, 60-90 degraded",
	    { 10, EVENT_OPENED, OPENED(2) },
	    { 30, EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1,\"reason\":\"r\"}" },
	    { 62, EVENT_RESTORED,
		"{\"workaround\":true,\"restored_at\":\"2025-12-01T01:00:00Z\"}" },
	    { 90, EVENT_RESOLVED, "{\"fix\":\"f\"}" }, { 95, EVENT_CLOSED, nothing });
	TRACK("5-60 partial_outage", { 10, EVENT_OPENED, OPENED(2) },
	    { 60, EVENT_RESTORED, "{\"workaround\":false}" },
	    { 90, EVENT_RESOLVED, "{\"fix\":\"f\"}" });
	TRACK("5-60 partial_outage, 70-100 partial_outage", { 10, EVENT_OPENED, OPENED(2) },
	    { 60, EVENT_RESOLVED, "{\"fix\":\"f\"}" }, { 70, EVENT_REOPENED, nothing },
	    { 100, EVENT_MERGED, "{\"into\":\"INC-2\",\"reason\":\"same\"}" });
	TRACK("", { 10, EVENT_OPENED, OPENED(1) },
	    { 60, EVENT_DISMISSED, "{\"reason\":\"false alarm\"}" });
	/* Out of the scope, and in it again. */
	TRACK("5-20 major_outage, 40-180 major_outage", { 10, EVENT_OPENED, OPENED(1) },
	    { 20, EVENT_SCOPE_CHANGED,
		"{\"regions\":[\"IT\"],\"components\":[\"data\"],\"reason\":\"r\"}" },
	    { 40, EVENT_SCOPE_CHANGED,
		"{\"regions\":[\"IT\",\"FR\"],\"components\":[\"data\"],\"reason\":\"r\"}" });
}

static void corrections_of_the_past(void **state)
{
	(void)state;
	/* Restored before the severity was raised, told afterwards. */
	TRACK("5-20 partial_outage", { 10, EVENT_OPENED, OPENED(2) },
	    { 30, EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1,\"reason\":\"r\"}" },
	    { 40, EVENT_RESTORED,
		"{\"workaround\":false,\"restored_at\":\"2025-12-01T00:20:00Z\"}" });
	/* A change that was undone counts for nothing, its undoing undone counts. */
	TRACK("5-180 partial_outage", { 10, EVENT_OPENED, OPENED(2) },
	    { 30, EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1,\"reason\":\"r\"}" },
	    { 31, EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"reason\":\"r\",\"undo_of\":2}" });
	TRACK("5-30 partial_outage, 30-180 major_outage", { 10, EVENT_OPENED, OPENED(2) },
	    { 30, EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1,\"reason\":\"r\"}" },
	    { 31, EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"reason\":\"r\",\"undo_of\":2}" },
	    { 32, EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1,\"reason\":\"r\",\"undo_of\":3}" });
}

static void severities(void **state)
{
	(void)state;
	assert_int_equal(severity_status(1), STATUS_MAJOR);
	assert_int_equal(severity_status(2), STATUS_PARTIAL);
	assert_int_equal(severity_status(3), STATUS_DEGRADED);
	assert_int_equal(severity_status(4), STATUS_OPERATIONAL);
	assert_int_equal(severity_status(0), STATUS_OPERATIONAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlapping_spans_become_the_worst_at_each_instant),
		cmocka_unit_test(weights_and_what_is_apart),
		cmocka_unit_test(no_outage_is_rounded_away),
		cmocka_unit_test(only_the_coverage_counts),
		cmocka_unit_test(targets),
		cmocka_unit_test(what_is_printed_can_be_recomputed),
		cmocka_unit_test(an_incident_by_its_events),
		cmocka_unit_test(corrections_of_the_past),
		cmocka_unit_test(severities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

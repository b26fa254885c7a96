#include "domain/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* The table of docs/sla.md, line by line. */
static void default_targets(void **state)
{
	static const struct {
		enum target target;
		const char *name, *text[SEVERITIES];
	} rows[] = {
		{ TARGET_RESPONSE, "response",
		    { "15m", "30m", "4 business hours", "1 business day" } },
		{ TARGET_UPDATE, "update", { "30m", "1h", "1 business day", "none" } },
		{ TARGET_WORKAROUND, "workaround", { "2h", "8h", "3 business days", "none" } },
		{ TARGET_FIX, "fix", { "6h", "24h", "none", "none" } },
		{ TARGET_TIER2, "tier2", { "15m", "30m", "none", "none" } },
		{ TARGET_TIER3, "tier3", { "15m", "1h", "none", "none" } },
		{ TARGET_CARRIER, "carrier", { "15m", "30m", "none", "none" } },
		{ TARGET_RCA_DRAFT, "rca_draft", { "48h", "3 business days", "none", "none" } },
		{ TARGET_RCA_FINAL, "rca_final",
		    { "5 business days", "7 business days", "none", "none" } },
	};
	struct policy *p = policy_default();
	char text[40];

	(void)state;
	assert_int_equal(countof(rows), TARGETS);
	for (size_t i = 0; i < countof(rows); i++) {
		assert_string_equal(target_names[rows[i].target], rows[i].name);
		for (int s = 1; s <= SEVERITIES; s++)
			assert_string_equal(
			    duration_format(
				policy_severity(p, s)->target[rows[i].target], text, sizeof text),
			    rows[i].text[s - 1]);
	}
	policy_free(p);
	policy_free(NULL);
}

static void default_values(void **state)
{
	static const char *const names[] = { "Critical", "Major", "Minor", "Informational" };
	struct policy *p = policy_default();

	(void)state;
	for (int s = 1; s <= SEVERITIES; s++) {
		const struct severity_policy *sev = policy_severity(p, s);

		assert_string_equal(sev->name, names[s - 1]);
		assert_true(strlen(sev->meaning) > 10 && strlen(sev->impact) > 10);
		assert_int_equal(sev->example_count, 2);
		assert_true(strlen(sev->examples[1]) > 10);
		assert_int_equal(sev->business_hours, s >= 3);
	}
	assert_int_equal(p->warn_percent, 75);
	assert_int_equal(p->business_day_ms, 28800000);
	assert_int_equal(p->send_delay_ms, 8000);
	assert_true(p->comms_apart);
	assert_ptr_equal(p->default_calendar->zone, zone_utc());
	policy_free(p);
}

static void calendars_of_regions(void **state)
{
	static char fr[] = "FR", it[] = "IT", us[] = "US", xx[] = "XX";
	char *const three[] = { fr, it, us }, *const odd[] = { xx, us };
	const struct calendar *out[4];
	struct policy *p = policy_default();
	static const char *const ids[][2] = { { "FR", "paris" }, { "IT", "paris" },
		{ "US", "york" }, { "XX", "missing" } };

	(void)state;
	p->calendars = xcalloc(2, sizeof *p->calendars);
	p->calendar_count = 2;
	p->calendars[0].id = xstrdup("paris");
	p->calendars[0].calendar = calendar_new("paris", zone_utc());
	p->calendars[1].id = xstrdup("york");
	p->calendars[1].calendar = calendar_new("york", zone_utc());
	p->region_calendars = xcalloc(countof(ids), sizeof *p->region_calendars);
	p->region_calendar_count = countof(ids);
	for (size_t i = 0; i < countof(ids); i++) {
		p->region_calendars[i].region = xstrdup(ids[i][0]);
		p->region_calendars[i].calendar = xstrdup(ids[i][1]);
	}
	assert_int_equal(policy_calendars(p, three, 3, out, 4), 2);
	assert_ptr_equal(out[0], p->calendars[0].calendar);
	assert_ptr_equal(out[1], p->calendars[1].calendar);
	assert_int_equal(policy_calendars(p, three, 3, out, 1), 1);
	assert_int_equal(policy_calendars(p, odd, 2, out, 4), 2);
	assert_ptr_equal(out[0], p->default_calendar);
	assert_int_equal(policy_calendars(p, NULL, 0, out, 4), 1);
	assert_ptr_equal(out[0], p->default_calendar);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_targets),
		cmocka_unit_test(default_values),
		cmocka_unit_test(calendars_of_regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "domain/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const target_names[TARGETS] = {
	[TARGET_RESPONSE] = "response",
	[TARGET_UPDATE] = "update",
	[TARGET_WORKAROUND] = "workaround",
	[TARGET_FIX] = "fix",
	[TARGET_TIER2] = "tier2",
	[TARGET_TIER3] = "tier3",
	[TARGET_CARRIER] = "carrier",
	[TARGET_RCA_DRAFT] = "rca_draft",
	[TARGET_RCA_FINAL] = "rca_final",
};

#define EXAMPLES 2

struct severity_row {
	const char *name, *meaning, *impact, *examples[EXAMPLES];
	const char *target[TARGETS]; /* NULL: none */
	bool business_hours;
};

/* clang-format off */
static const struct severity_row defaults[SEVERITIES] = {
	{
		.name = "Critical",
		.meaning = "Wide outage or danger to safety, and no way around it",
		.impact = "Most active users; revenue or safety is at stake",
		.examples = { "No device in a country can attach to data",
			      "Every eSIM profile download fails" },
		.target = {
			[TARGET_RESPONSE] = "15m",
			[TARGET_UPDATE] = "30m",
			[TARGET_WORKAROUND] = "2h",
			[TARGET_FIX] = "6h",
			[TARGET_TIER2] = "15m",
			[TARGET_TIER3] = "15m",
			[TARGET_CARRIER] = "15m",
			[TARGET_RCA_DRAFT] = "48h",
			[TARGET_RCA_FINAL] = "5 business days",
		},
	},
	{
		.name = "Major",
		.meaning = "Degraded or regional trouble with a partial way around it",
		.impact = "Some users: one region or one feature",
		.examples = { "Data is throttled in one country",
			      "One operator provisions late" },
		.target = {
			[TARGET_RESPONSE] = "30m",
			[TARGET_UPDATE] = "60m",
			[TARGET_WORKAROUND] = "8h",
			[TARGET_FIX] = "24h",
			[TARGET_TIER2] = "30m",
			[TARGET_TIER3] = "60m",
			[TARGET_CARRIER] = "30m",
			[TARGET_RCA_DRAFT] = "3 business days",
			[TARGET_RCA_FINAL] = "7 business days",
		},
	},
	{
		.name = "Minor",
		.meaning = "A feature suffers a little, and the way around it is plain",
		.impact = "A small group of users or a single partner",
		.examples = { "Usage figures arrive late",
			      "Some one-time codes by SMS are lost" },
		.target = {
			[TARGET_RESPONSE] = "4 business hours",
			[TARGET_UPDATE] = "1 business day",
			[TARGET_WORKAROUND] = "3 business days",
		},
		.business_hours = true,
	},
	{
		.name = "Informational",
		.meaning = "The service is well: a question, a document, a request",
		.impact = "Nobody's service",
		.examples = { "How is this API call meant?",
			      "A colleague needs access to the portal" },
		.target = {
			[TARGET_RESPONSE] = "1 business day",
		},
		.business_hours = true,
	},
};
/* clang-format on */

static void severity_init(struct severity_policy *s, const struct severity_row *row)
{
	s->name = xstrdup(row->name);
	s->meaning = xstrdup(row->meaning);
	s->impact = xstrdup(row->impact);
	s->examples = xcalloc(EXAMPLES, sizeof *s->examples);
	s->example_count = EXAMPLES;
	for (size_t i = 0; i < EXAMPLES; i++)
		s->examples[i] = xstrdup(row->examples[i]);
	for (size_t t = 0; t < TARGETS; t++)
		if (row->target[t] && !duration_parse(row->target[t], &s->target[t]))
			abort(); /* the table above is wrong */
	s->business_hours = row->business_hours;
}

struct policy *policy_default(void)
{
	struct policy *p = xcalloc(1, sizeof *p);

	for (size_t i = 0; i < SEVERITIES; i++)
		severity_init(&p->severity[i], &defaults[i]);
	p->default_calendar = calendar_new("default", zone_utc());
	p->warn_percent = 75;
	p->business_day_ms = INT64_C(8) * 3600 * 1000;
	p->send_delay_ms = 8000;
	p->comms_apart = true;
	maintenance_policy_init(&p->maintenance);
	return p;
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < SEVERITIES; i++) {
		struct severity_policy *s = &p->severity[i];

		free(s->name);
		free(s->meaning);
		free(s->impact);
		for (size_t n = 0; n < s->example_count; n++)
			free(s->examples[n]);
		free(s->examples);
	}
	for (size_t i = 0; i < p->calendar_count; i++) {
		free(p->calendars[i].id);
		calendar_free(p->calendars[i].calendar);
	}
	free(p->calendars);
	calendar_free(p->default_calendar);
	for (size_t i = 0; i < p->region_calendar_count; i++) {
		free(p->region_calendars[i].region);
		free(p->region_calendars[i].calendar);
	}
	free(p->region_calendars);
	for (size_t i = 0; i < p->approver_count; i++)
		free(p->approvers[i]);
	free(p->approvers);
	maintenance_policy_fini(&p->maintenance);
	free(p);
}

const struct severity_policy *policy_severity(const struct policy *p, int severity)
{
	return &p->severity[severity - 1];
}

static const struct calendar *calendar_named(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < p->calendar_count; i++)
		if (strcmp(p->calendars[i].id, id) == 0)
			return p->calendars[i].calendar;
	return p->default_calendar;
}

static const struct calendar *calendar_of_region(const struct policy *p, const char *region)
{
	for (size_t i = 0; i < p->region_calendar_count; i++)
		if (strcmp(p->region_calendars[i].region, region) == 0)
			return calendar_named(p, p->region_calendars[i].calendar);
	return p->default_calendar;
}

size_t policy_calendars(const struct policy *p, char *const *regions, size_t region_count,
    const struct calendar **out, size_t max)
{
	size_t count = 0;

	for (size_t r = 0; r < region_count; r++) {
		const struct calendar *c = calendar_of_region(p, regions[r]);
		size_t i = 0;

		while (i < count && out[i] != c)
			i++;
		if (i == count && count < max)
			out[count++] = c;
	}
	if (!count && max)
		out[count++] = p->default_calendar;
	return count;
}

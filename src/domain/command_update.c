/* Posting an update: stage, audiences, the least that is said, and the promise of the next one. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "domain/compose.h"

#define CALENDARS 16

static bool stage_fits(struct deciding *d, const char *stage)
{
	char why[COMPOSE_WHY];
	const char *help =
	    compose_stage_refused(d->id, d->inc->phase, d->inc->update_count > 0, stage, why);

	return !help || refuse(d, "stage", "stage", help, "%s", why);
}

/* What the page will show; NULL: refused. */
static const char *status_said(struct deciding *d, const char *stage)
{
	const char *status = json_str(d->args, "status"), *help;
	struct compose_facts facts;
	char why[COMPOSE_WHY];

	if (!status) {
		compose_facts_of(&facts, d->inc);
		status = compose_status(stage, &facts);
	}
	help = status ? compose_status_refused(d->id, d->inc->phase, stage, status, why) : NULL;
	if (!help)
		return status;
	refuse(d, "stage", "status", help, "%s", why);
	return NULL;
}

static bool says_the_minimum(struct deciding *d, const cJSON *fields)
{
	static const struct {
		const char *field, *reason;
	} least[] = {
		{ "impact", "an update says who is hit and how" },
		{ "known", "an update says what we know" },
		{ "unknown", "an update says what we do not know" },
		{ "next", "an update says what we do next" },
		{ "customer_actions", "an update says what customers can do" },
	};

	for (size_t i = 0; i < countof(least); i++) {
		if (!command_blank(json_str(fields, least[i].field)))
			continue;
		return refuse(d, "minimum", least[i].field,
		    strcmp(least[i].field, "customer_actions") == 0
			? "say so if there is nothing to do"
			: "say so if there is nothing to say",
		    "%s: %s is empty", least[i].reason, least[i].field);
	}
	return true;
}

static struct utc cadence_due(const struct deciding *d, struct duration *cadence)
{
	const struct policy *p = d->w->policy;
	const struct calendar *calendars[CALENDARS];
	size_t n;

	*cadence = (struct duration){ .unit = DURATION_NONE };
	if (!p || d->inc->severity < 1)
		return UTC_NONE;
	*cadence = policy_severity(p, d->inc->severity)->target[TARGET_UPDATE];
	n = policy_calendars(p, d->inc->regions, d->inc->region_count, calendars, CALENDARS);
	return compose_cadence(*cadence, calendars, n, p->business_day_ms, d->now);
}

/* The promise: in the future, within the cadence, and there at all where a cadence runs. */
static bool promise_fits(struct deciding *d, struct utc promise)
{
	struct duration cadence;
	struct utc due = cadence_due(d, &cadence);
	char every[48], at[UTC_TEXT];
	bool runs = utc_is_set(due) && d->inc->phase != PHASE_RESOLVED;

	if (!utc_is_set(promise))
		return !runs ||
		       refuse(d, "minimum", "next_update_at", "such as next 30m",
			   "an update of a Sev %d says when the next one comes", d->inc->severity);
	if (!utc_before(d->now, promise))
		return refuse(d, "time", "next_update_at", "give a later time",
		    "the time of the next update has gone by");
	if (!runs || !utc_before(due, promise))
		return true;
	utc_format(due, at);
	return refuse(d, "cadence", "next_update_at", "promise it earlier",
	    "a Sev %d has an update every %s: the next one is due by %.10s %.8s UTC",
	    d->inc->severity, duration_format(cadence, every, sizeof every), at, at + 11);
}

static bool post(struct deciding *d, const char *stage, cJSON *fields, cJSON *texts)
{
	struct utc promise = time_or_duration(d, "next_update_at", "next");
	const char *status;
	cJSON *body;

	if (!texts_fit(d, texts) || !says_the_minimum(d, fields) || !promise_fits(d, promise))
		return false;
	status = status_said(d, stage);
	if (!status)
		return false;
	body = cJSON_CreateObject();
	json_put_str(body, "stage", stage);
	json_put_str(body, "status", status);
	json_put_str(body, "template", json_str_or(d->args, "template", ""));
	json_put(body, "fields", cJSON_Duplicate(fields, true));
	json_put(body, "text", cJSON_Duplicate(texts, true));
	json_put_utc(body, "next_update_at", promise);
	if (put_addresses(d, body) && approved(d, texts))
		return emit(d, EVENT_UPDATE_POSTED, body);
	cJSON_Delete(body);
	return false;
}

bool decide_update(struct deciding *d)
{
	const char *stage = json_str(d->args, "stage");
	cJSON *fields, *texts;
	bool ok;

	if (!stage_fits(d, stage) || !audiences_fit(d) ||
	    (strcmp(stage, "correction") == 0 &&
		!nobody_forgotten(d, d->inc->updates, d->inc->update_count)))
		return false;
	fields = clean_object(d, "fields", COMMAND_TEXT_MAX);
	texts = fields ? clean_object(d, "text", COMMAND_AUDIENCE_TEXT_MAX) : NULL;
	ok = texts && post(d, stage, fields, texts);
	cJSON_Delete(fields);
	cJSON_Delete(texts);
	return ok;
}

/* A carrier's own notice: known by provider and reference, so that a newer one plans anew, and a
 * cancellation cancels. What the notice does not say is never guessed. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "maintenance_priv.h"

const struct maintenance *maintenance_of_notice(
    const struct world *w, const char *provider, const char *reference)
{
	const struct maintenance *m;

	for (size_t n = 0; w->maintenance && (m = w->maintenance(w->ctx, n)); n++)
		if (m->plan.reference && m->plan.provider &&
		    strcmp(m->plan.reference, reference) == 0 &&
		    strcmp(m->plan.provider, provider) == 0)
			return m;
	return NULL;
}

/* SEQUENCE decides; where it is the same or not said, the time at which it was written. */
static bool is_older(const struct planning *p)
{
	const struct maintenance_plan *had = &p->d.mnt->plan;
	int64_t sequence = json_int(p->d.args, "sequence", -1);
	struct utc stamp = json_utc(p->d.args, "stamp");

	if (sequence >= 0 && had->sequence >= 0 && sequence != had->sequence)
		return sequence < had->sequence;
	return utc_is_set(stamp) && utc_is_set(had->stamp) && utc_before(stamp, had->stamp);
}

/* The notice laid over what was known; a carrier's risk is taken for medium until somebody says
 * otherwise. */
static cJSON *body_asked(const struct planning *p)
{
	static const char *const members[] = { "provider", "reference", "sequence", "stamp",
		"title", "starts_at", "ends_at", "risk", "impact", "carrier", "regions",
		"components" };
	const cJSON *args = p->d.args;
	const char *status = json_str(args, "status");
	cJSON *body = p->d.mnt ? plan_body(&p->d.mnt->plan) : cJSON_CreateObject();

	for (size_t i = 0; i < countof(members); i++) {
		const cJSON *v = json_get(args, members[i]);

		if (!v)
			continue;
		cJSON_DeleteItemFromObjectCaseSensitive(body, members[i]);
		json_put(body, members[i], cJSON_Duplicate(v, true));
	}
	if (json_get(args, "risk") || !p->d.mnt)
		cJSON_DeleteItemFromObjectCaseSensitive(body, "class");
	if (!json_get(body, "risk"))
		json_put_str(body, "risk", risk_names[RISK_MEDIUM]);
	cJSON_DeleteItemFromObjectCaseSensitive(body, "tentative");
	json_put_bool(body, "tentative", strcmp(status, "tentative") == 0);
	return body;
}

static bool same_plan(const struct planning *p, const cJSON *body)
{
	cJSON *had = plan_body(&p->d.mnt->plan);
	bool same = cJSON_Compare(had, body, true);

	cJSON_Delete(had);
	return same;
}

/* What the notice says of how far it is. Nothing where that is so already, or cannot be any more.
 */
static void follow_status(struct planning *p, const struct maintenance_plan *plan)
{
	const char *status = json_str(p->d.args, "status");
	const struct maintenance *m = p->d.mnt;
	enum maintenance_status now = m ? m->status : MAINTENANCE_SCHEDULED;
	bool completed = strcmp(status, "completed") == 0;
	struct utc begins;
	cJSON *body;

	if (strcmp(status, "cancelled") == 0) {
		body = cJSON_CreateObject();
		json_put_str(body, "reason", "cancelled by the carrier");
		emit(&p->d, EVENT_CANCELLED, body);
		return;
	}
	if ((completed || strcmp(status, "in_progress") == 0 || strcmp(status, "verifying") == 0) &&
	    now != MAINTENANCE_IN_PROGRESS) {
		begins = utc_min(plan->starts_at, p->d.now);
		body = cJSON_CreateObject();
		json_put_utc(body, "started_at", begins);
		emit(&p->d, EVENT_STARTED, body);
	}
	if (completed)
		emit(&p->d, EVENT_ENDED, cJSON_CreateObject());
}

static bool record(struct planning *p, const struct maintenance_plan *plan)
{
	cJSON *body = plan_body(plan), *overrides = cJSON_CreateArray();
	bool ok = plan_is_whole(p, plan) && rules_allow(p, plan, false, overrides);

	cJSON_Delete(overrides);
	if (!ok) {
		cJSON_Delete(body);
		return false;
	}
	if (!p->d.mnt)
		emit(&p->d, EVENT_PLANNED, body);
	else if (!same_plan(p, body))
		emit(&p->d, EVENT_REPLANNED, body);
	else
		cJSON_Delete(body);
	follow_status(p, plan);
	return true;
}

bool decide_import(struct planning *p)
{
	const struct maintenance *m = p->d.mnt;
	struct maintenance_plan plan;
	cJSON *body;
	bool ok;

	if (m && (maintenance_is_over(m) || is_older(p)))
		return true; /* it is so already, or was told better since */
	if (!m && strcmp(json_str(p->d.args, "status"), "cancelled") == 0)
		return refuse(&p->d, "unknown", "reference", "nothing has to be done",
		    "it cancels work that was never planned here");
	body = body_asked(p);
	maintenance_plan_read(&plan, body);
	cJSON_Delete(body);
	if (!plan.region_count || !plan.component_count)
		ok = refuse(&p->d, "unknown", plan.region_count ? "components" : "regions",
		    "say which: --regions FR --components data",
		    "the notice does not say which %s of ours the work touches",
		    plan.region_count ? "components" : "regions");
	else
		ok = record(p, &plan);
	maintenance_plan_fini(&plan);
	return ok;
}

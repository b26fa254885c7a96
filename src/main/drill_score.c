/* The score of a rehearsal, from its journal alone: how long until somebody took it, told customers
 * and filled the roles, and which promises were kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "domain/incident.h"
#include "domain/policy.h"
#include "drill.h"
#include "store/journal.h"
#include "store/tools.h"

struct reading {
	struct map *incidents;
	struct utc last;
	int64_t events;
};

static void free_incident(void *p)
{
	incident_free(p);
}

static bool fold_one(void *ctx, struct event *take)
{
	struct reading *r = ctx;
	struct incident *inc = map_get(r->incidents, take->incident);

	r->events++;
	r->last = utc_is_set(r->last) ? utc_max(r->last, take->at) : take->at;
	if (maintenance_number(take->incident)) { /* planned work is not scored */
		event_free(take);
		return true;
	}
	if (!inc) {
		inc = incident_new(take->incident);
		map_set(r->incidents, take->incident, inc);
	}
	incident_evolve(inc, take);
	return true;
}

/* Seconds from the opening to the first event of the kind (with `key` of its body being `value`);
 * null when there is none. */
static cJSON *first_after(
    const struct incident *inc, enum event_kind kind, const char *key, const char *value)
{
	for (size_t i = 0; i < inc->events.count; i++) {
		const struct event *ev = inc->events.items[i];

		if (ev->kind == kind &&
		    (!key || strcmp(json_str_or(ev->body, key, ""), value) == 0))
			return cJSON_CreateNumber(
			    (double)(utc_diff(ev->at, inc->opened_at) / 1000));
	}
	return cJSON_CreateNull();
}

static cJSON *roles_of(const struct incident *inc)
{
	cJSON *o = cJSON_CreateObject();

	for (int r = 0; r < ROLES; r++)
		json_put(o, role_infos[r].id,
		    first_after(inc, EVENT_ROLE_ASSIGNED, "role", role_infos[r].id));
	return o;
}

static cJSON *score_of(
    const struct incident *inc, const struct policy *policy, struct utc now, int *kept, int *all)
{
	cJSON *o = cJSON_CreateObject(), *clocks = cJSON_CreateObject(),
	      *cadence = cJSON_CreateObject();
	struct clock_set set = { 0 };
	char label[80];

	clocks_compute(&set, inc->events.items, inc->events.count, policy, NULL, NULL, now);
	json_put_str(o, "id", inc->id);
	json_put_int(o, "severity", inc->severity);
	json_put_str(o, "phase", phase_names[inc->phase]);
	json_put(o, "time_to_acknowledge_s", first_after(inc, EVENT_ACKNOWLEDGED, NULL, NULL));
	json_put(o, "time_to_first_update_s", first_after(inc, EVENT_UPDATE_POSTED, NULL, NULL));
	json_put(o, "time_to_restore_s", first_after(inc, EVENT_RESTORED, NULL, NULL));
	json_put(o, "roles_s", roles_of(inc));
	for (size_t i = 0; i < set.count; i++) {
		const struct clock *c = &set.items[i];
		bool rca = c->kind == CLOCK_RCA_DRAFT || c->kind == CLOCK_RCA_FINAL;

		json_put_str(clocks, clock_label(c, label), clock_state_names[c->state]);
		if (rca || c->state == CLOCK_CANCELLED || c->state == CLOCK_RUNNING ||
		    c->state == CLOCK_WARNING)
			continue; /* nothing is decided yet */
		*all += 1;
		*kept += c->state == CLOCK_MET;
	}
	json_put(o, "clocks", clocks);
	json_put_int(cadence, "updates", (int64_t)inc->update_count);
	json_put_int(cadence, "late", set.updates_late);
	json_put(o, "cadence", cadence);
	*all += (int)inc->update_count;
	*kept += (int)inc->update_count - set.updates_late;
	clock_set_fini(&set);
	return o;
}

static cJSON *journal_part(struct journal *j, struct err *e)
{
	struct journal_report report;
	cJSON *o;

	if (!journal_verify(j, &report, e))
		return NULL;
	o = cJSON_CreateObject();
	json_put_int(o, "events", report.events);
	json_put_bool(o, "verified", report.ok);
	json_put_str(o, "head", report.head_hash);
	if (!report.ok)
		json_put_str(o, "what", report.what);
	return o;
}

cJSON *drill_score(const struct scenario *sc, const char *journal, int speed, struct err *e)
{
	struct reading r = { .incidents = map_new(free_incident), .last = UTC_NONE };
	struct loop *loop = loop_new();
	struct journal *j = journal_open(loop, journal, JOURNAL_READ_ONLY, e);
	struct policy *policy = policy_default();
	cJSON *o = NULL, *list, *part = NULL;
	struct incident *inc;
	int kept = 0, all = 0;
	size_t it = 0;

	if (j && journal_read(j, 1, fold_one, &r, e) && (part = journal_part(j, e))) {
		o = cJSON_CreateObject();
		list = cJSON_CreateArray();
		json_put_str(o, "scenario", sc->name.s);
		json_put_int(o, "speed", speed);
		while ((inc = map_next(r.incidents, &it, NULL)))
			cJSON_AddItemToArray(list, score_of(inc, policy, r.last, &kept, &all));
		json_put(
		    o, "score", all ? cJSON_CreateNumber(100 * kept / all) : cJSON_CreateNull());
		json_put_int(o, "promises_kept", kept);
		json_put_int(o, "promises", all);
		json_put(o, "incidents", list);
		json_put(o, "journal", part);
	}
	journal_close(j);
	loop_free(loop);
	map_free(r.incidents);
	policy_free(policy);
	return o;
}

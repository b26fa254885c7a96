/* How an incident ends: report, merge, dismissal, closing. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool decide_rca(struct deciding *d)
{
	return emit(d, EVENT_RCA_DELIVERED, body_of_args(d));
}

static bool has(char *const *ids, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

/* The ids of `a`, then those of `b` that are not among them. *grew: there was one. */
static cJSON *joined(char *const *a, size_t a_count, char *const *b, size_t b_count, bool *grew)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < a_count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(a[i]));
	for (size_t i = 0; i < b_count; i++) {
		if (has(a, a_count, b[i]))
			continue;
		cJSON_AddItemToArray(list, cJSON_CreateString(b[i]));
		*grew = true;
	}
	return list;
}

/* The scope of the one that ends goes on in the other. */
static void widen(struct deciding *d, const struct incident *into)
{
	cJSON *body = cJSON_CreateObject();
	struct event *ev;
	char *reason;
	bool grew = false;

	json_put(body, "regions",
	    joined(
		into->regions, into->region_count, d->inc->regions, d->inc->region_count, &grew));
	json_put(body, "components",
	    joined(into->components, into->component_count, d->inc->components,
		d->inc->component_count, &grew));
	if (!grew) {
		cJSON_Delete(body);
		return;
	}
	reason = xasprintf("%s was merged into it", d->id);
	json_put_str(body, "reason", reason);
	free(reason);
	ev = event_new(into->id, into->version + 1, utc_max(d->now, into->last_at), d->cmd->actor,
	    EVENT_SCOPE_CHANGED, body);
	ev->as_by = xstrdup_null(d->cmd->as_by);
	event_list_add(d->out, ev);
}

bool decide_merge(struct deciding *d)
{
	const char *id = json_str(d->args, "into");
	const struct incident *into = d->w->incident(d->w->ctx, id);

	if (strcmp(id, d->id) == 0)
		return refuse(d, "merge", "into", "name another incident",
		    "%s cannot be merged into itself", d->id);
	if (incident_is_over(into) || into->phase == PHASE_RESOLVED)
		return refuse(d, "merge", "into", "reopen it first, if it is not over",
		    "%s is over: nothing can go on in it", id);
	emit(d, EVENT_MERGED, body_of_args(d));
	widen(d, into);
	return true;
}

bool decide_dismiss(struct deciding *d)
{
	if (d->inc->update_count)
		return refuse(d, "posted", NULL,
		    "resolve it, and tell customers that it was a false alarm",
		    "customers have read an update about %s: it cannot be dismissed", d->id);
	return emit(d, EVENT_DISMISSED, body_of_args(d));
}

bool was_undone(const struct incident *inc, int version)
{
	for (size_t i = 0; i < inc->events.count; i++)
		if (json_int(inc->events.items[i]->body, "undo_of", 0) == version)
			return true;
	return false;
}

int severity_for_rca(const struct incident *inc)
{
	int now = 0, worst = 0;
	bool resolved = false;

	for (size_t i = 0; i < inc->events.count; i++) {
		const struct event *ev = inc->events.items[i];

		if (ev->kind == EVENT_OPENED)
			now = (int)json_int(ev->body, "severity", 0);
		else if (ev->kind == EVENT_SEVERITY_CHANGED && !json_get(ev->body, "undo_of") &&
			 !was_undone(inc, ev->version))
			now = (int)json_int(ev->body, "to", now);
		else if (ev->kind == EVENT_RESOLVED)
			resolved = true;
		else if (ev->kind == EVENT_REOPENED)
			resolved = false;
		if (!resolved && now >= 1 && now <= SEVERITIES && (!worst || now < worst))
			worst = now;
	}
	return worst;
}

static bool told_the_end(const struct incident *inc)
{
	int reopened = 0;

	for (size_t i = 0; i < inc->events.count; i++)
		if (inc->events.items[i]->kind == EVENT_REOPENED)
			reopened = inc->events.items[i]->version;
	for (size_t i = 0; i < inc->update_count; i++) {
		const struct posted_update *u = &inc->updates[i];

		if (u->version > reopened && u->stage &&
		    (strcmp(u->stage, "restored") == 0 || strcmp(u->stage, "resolved") == 0))
			return true;
	}
	return false;
}

static bool reported(struct deciding *d)
{
	int severity = severity_for_rca(d->inc);
	const struct duration *target;

	if (!d->w->policy || !severity)
		return true;
	target = policy_severity(d->w->policy, severity)->target;
	if (target[TARGET_RCA_FINAL].unit != DURATION_NONE && !d->inc->rca_final)
		return refuse(d, "rca", NULL, "record it: rca final",
		    "%s was Sev %d: its final report has not been delivered", d->id, severity);
	if (target[TARGET_RCA_DRAFT].unit != DURATION_NONE && !d->inc->rca_draft &&
	    !d->inc->rca_final)
		return refuse(d, "rca", NULL, "record it: rca draft",
		    "%s was Sev %d: its report has not been delivered", d->id, severity);
	return true;
}

bool decide_close(struct deciding *d)
{
	if (!told_the_end(d->inc))
		return refuse(d, "untold", NULL, "post an update of stage restored or resolved",
		    "customers have not been told that %s is over", d->id);
	return reported(d) && emit(d, EVENT_CLOSED, NULL);
}

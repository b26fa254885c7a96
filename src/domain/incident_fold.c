/* Phase, severity, scope, roles: what each event does to the frame of an incident. */
#include "incident_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool starts_with(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

static int severity_in(const cJSON *body, const char *member)
{
	int64_t n = json_int(body, member, 0);

	return n >= 1 && n <= SEVERITIES ? (int)n : 0;
}

/* When it happened according to the body, but never behind the event itself. */
static struct utc happened_at(const struct event *ev, const char *member)
{
	struct utc t = json_utc(ev->body, member);

	return utc_is_set(t) ? utc_min(t, ev->at) : ev->at;
}

void fold_opened(struct incident *inc, const struct event *ev)
{
	struct incident_memory *memory = inc->priv;

	if (utc_is_set(inc->opened_at))
		return;
	inc->opened_at = ev->at;
	inc->started_at = happened_at(ev, "started_at");
	inc->severity = severity_in(ev->body, "severity");
	incident_set_line(&inc->title, ev->body, "title");
	incident_set_lines(&inc->impact, ev->body, "impact");
	incident_set_line(&inc->source, ev->body, "source");
	incident_set_ids(&inc->regions, &inc->region_count, ev->body, "regions");
	incident_set_ids(&inc->components, &inc->component_count, ev->body, "components");
	for (int r = 0; r < ROLES; r++)
		inc->role[r].since = ev->at;
	if (inc->source &&
	    (starts_with(inc->source, "probe:") || starts_with(inc->source, "feed:"))) {
		inc->phase = PHASE_DETECTED;
		map_set(memory->signals, inc->source, xstrdup("unknown"));
	}
}

void fold_acknowledged(struct incident *inc, const struct event *ev)
{
	if (utc_is_set(inc->acknowledged_at))
		return;
	inc->acknowledged_at = ev->at;
	incident_set(&inc->acknowledged_by, ev->actor);
}

/* An `until` that has passed already ends the snooze. */
void fold_snoozed(struct incident *inc, const struct event *ev)
{
	struct utc until = json_utc(ev->body, "until");

	inc->snoozed_until = utc_is_set(until) && utc_before(ev->at, until) ? until : UTC_NONE;
}

void fold_severity_changed(struct incident *inc, const struct event *ev)
{
	int to = severity_in(ev->body, "to");

	if (to)
		inc->severity = to;
}

void fold_scope_changed(struct incident *inc, const struct event *ev)
{
	incident_set_ids(&inc->regions, &inc->region_count, ev->body, "regions");
	incident_set_ids(&inc->components, &inc->component_count, ev->body, "components");
}

/* An override is said for as long as it is needed: two people, and it is over. */
static void end_override(struct incident *inc)
{
	struct role_holder *ic = &inc->role[ROLE_IC], *comms = &inc->role[ROLE_COMMS];

	if (ic->person && comms->person && strcmp(ic->person, comms->person) == 0)
		return;
	incident_set(&ic->override_text, NULL);
	incident_set(&comms->override_text, NULL);
}

static void hold(
    struct incident *inc, int role, const char *person, const char *override_text, struct utc at)
{
	struct role_holder *h = &inc->role[role];
	bool same = h->person && person && strcmp(h->person, person) == 0;

	if (!same)
		h->since = at;
	incident_set(&h->person, person);
	incident_set(&h->override_text, override_text);
	end_override(inc);
	if (role == ROLE_IC)
		incident_set(&inc->offered_to, NULL);
}

void fold_role_assigned(struct incident *inc, const struct event *ev)
{
	int role = role_of(json_str_or(ev->body, "role", ""));
	char *person = NULL, *why = NULL;

	incident_set_line(&person, ev->body, "person");
	incident_set_line(&why, ev->body, "override");
	if (role >= 0 && person)
		hold(inc, role, person, why, ev->at);
	free(person);
	free(why);
}

void fold_role_released(struct incident *inc, const struct event *ev)
{
	int role = role_of(json_str_or(ev->body, "role", ""));

	if (role >= 0)
		hold(inc, role, NULL, NULL, ev->at);
}

void fold_command_offered(struct incident *inc, const struct event *ev)
{
	incident_set_line(&inc->offered_to, ev->body, "to");
}

void fold_command_accepted(struct incident *inc, const struct event *ev)
{
	char *person = xstrdup(inc->offered_to ? inc->offered_to : ev->actor);

	hold(inc, ROLE_IC, person, NULL, ev->at);
	free(person);
}

static void restored_from(struct incident *inc, struct utc at)
{
	if (!utc_is_set(inc->restored_at))
		inc->restored_at = at;
}

void fold_restored(struct incident *inc, const struct event *ev)
{
	if (incident_is_over(inc))
		return;
	restored_from(inc, happened_at(ev, "restored_at"));
	inc->workaround = json_bool(ev->body, "workaround", false);
	incident_set_lines(&inc->residual, ev->body, "residual");
	incident_set_lines(&inc->customer_actions, ev->body, "customer_actions");
	if (inc->phase != PHASE_RESOLVED)
		inc->phase = PHASE_RESTORED;
}

void fold_resolved(struct incident *inc, const struct event *ev)
{
	if (incident_is_over(inc))
		return;
	if (!utc_is_set(inc->resolved_at))
		inc->resolved_at = happened_at(ev, "resolved_at");
	restored_from(inc, inc->resolved_at);
	incident_set_lines(&inc->fix, ev->body, "fix");
	inc->phase = PHASE_RESOLVED;
}

void fold_reopened(struct incident *inc, const struct event *ev)
{
	(void)ev;
	inc->phase = PHASE_OPEN;
	inc->restored_at = inc->resolved_at = UTC_NONE;
	inc->workaround = inc->rca_draft = inc->rca_final = false;
	incident_set(&inc->residual, NULL);
	incident_set(&inc->fix, NULL);
	incident_set(&inc->merged_into, NULL);
}

/* A report counts for the resolution that it follows. */
void fold_rca_delivered(struct incident *inc, const struct event *ev)
{
	if (!utc_is_set(inc->resolved_at))
		return;
	if (strcmp(json_str_or(ev->body, "stage", ""), "final") == 0)
		inc->rca_final = true;
	else
		inc->rca_draft = true;
}

void fold_merged(struct incident *inc, const struct event *ev)
{
	if (incident_is_over(inc))
		return;
	inc->phase = PHASE_MERGED;
	incident_set_line(&inc->merged_into, ev->body, "into");
}

void fold_dismissed(struct incident *inc, const struct event *ev)
{
	(void)ev;
	if (!incident_is_over(inc))
		inc->phase = PHASE_DISMISSED;
}

void fold_closed(struct incident *inc, const struct event *ev)
{
	(void)ev;
	if (!incident_is_over(inc))
		inc->phase = PHASE_CLOSED;
}

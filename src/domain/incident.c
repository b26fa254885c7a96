#include "domain/incident.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#include "incident_priv.h"

#define LINE_MAX_BYTES 1024
#define LINES_MAX_BYTES 65536
#define ID_MAX_BYTES 128

void incident_set(char **slot, const char *text)
{
	char *old = *slot;

	*slot = xstrdup_null(text);
	free(old);
}

static void set_clean(
    char **slot, const cJSON *body, const char *member, enum utf8_lines lines, size_t max)
{
	const char *text = json_str(body, member);

	free(*slot);
	*slot = NULL;
	if (text)
		*slot = utf8_cleaned(text, lines, max);
	if (*slot && !(*slot)[0]) {
		free(*slot);
		*slot = NULL;
	}
}

void incident_set_line(char **slot, const cJSON *body, const char *member)
{
	set_clean(slot, body, member, UTF8_ONE_LINE, LINE_MAX_BYTES);
}

void incident_set_lines(char **slot, const cJSON *body, const char *member)
{
	set_clean(slot, body, member, UTF8_LINES, LINES_MAX_BYTES);
}

void incident_set_line_if(char **slot, const cJSON *body, const char *member)
{
	if (json_get(body, member))
		incident_set_line(slot, body, member);
}

void incident_free_ids(char **items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(items[i]);
	free(items);
}

void incident_set_ids(char ***items, size_t *count, const cJSON *body, const char *member)
{
	const cJSON *item;
	size_t cap = 0;

	incident_free_ids(*items, *count);
	*items = NULL;
	*count = 0;
	cJSON_ArrayForEach(item, json_get(body, member))
	{
		if (!cJSON_IsString(item) || !item->valuestring[0])
			continue;
		*items = xgrow(*items, *count, &cap);
		(*items)[(*count)++] = utf8_cleaned(item->valuestring, UTF8_ONE_LINE, ID_MAX_BYTES);
	}
}

struct incident *incident_new(const char *id)
{
	struct incident *inc = xcalloc(1, sizeof *inc);
	struct incident_memory *memory = xcalloc(1, sizeof *memory);

	inc->id = xstrdup(id);
	inc->phase = PHASE_OPEN;
	inc->affected_percent = -1;
	inc->started_at = inc->opened_at = inc->last_at = UTC_NONE;
	inc->acknowledged_at = inc->restored_at = inc->resolved_at = UTC_NONE;
	inc->snoozed_until = inc->signal_at = UTC_NONE;
	for (int r = 0; r < ROLES; r++)
		inc->role[r].since = UTC_NONE;
	memory->signals = map_new(free);
	inc->priv = memory;
	return inc;
}

static void free_ladder(struct incident *inc)
{
	for (size_t i = 0; i < inc->engagement_count; i++) {
		struct engagement *g = &inc->engagements[i];

		free(g->carrier);
		free(g->contact);
		free(g->via);
		free(g->reference);
		free(g->by);
		free(g->answered_by);
	}
	free(inc->engagements);
	for (size_t i = 0; i < inc->dependency_count; i++) {
		free(inc->dependencies[i].carrier);
		free(inc->dependencies[i].reason);
		free(inc->dependencies[i].timeline);
	}
	free(inc->dependencies);
}

static void free_work(struct incident *inc)
{
	posted_free(inc->updates, inc->update_count);
	for (size_t i = 0; i < inc->hypothesis_count; i++) {
		free(inc->hypotheses[i].by);
		free(inc->hypotheses[i].text);
	}
	free(inc->hypotheses);
	for (size_t i = 0; i < inc->action_count; i++) {
		free(inc->actions[i].id);
		free(inc->actions[i].text);
		free(inc->actions[i].owner);
	}
	free(inc->actions);
	for (size_t i = 0; i < inc->reminder_count; i++)
		free(inc->reminders[i].text);
	free(inc->reminders);
}

void incident_free(struct incident *inc)
{
	struct incident_memory *memory;

	if (!inc)
		return;
	memory = inc->priv;
	map_free(memory->signals);
	free(memory);
	free(inc->id);
	free(inc->title);
	free(inc->impact);
	free(inc->source);
	incident_free_ids(inc->regions, inc->region_count);
	incident_free_ids(inc->components, inc->component_count);
	free(inc->acknowledged_by);
	free(inc->residual);
	free(inc->customer_actions);
	free(inc->fix);
	free(inc->bridge_url);
	free(inc->bridge_phone);
	free(inc->merged_into);
	free(inc->affected);
	free(inc->offered_to);
	for (int r = 0; r < ROLES; r++) {
		free(inc->role[r].person);
		free(inc->role[r].override_text);
	}
	free_ladder(inc);
	free_work(inc);
	for (int a = 0; a < ASPECTS; a++)
		free(inc->touched[a].actor);
	event_list_fini(&inc->events);
	free(inc);
}

/* NULL: the event is kept and shown, and changes nothing else. */
static void (*const folds[EVENT_KINDS])(struct incident *inc, const struct event *ev) = {
	[EVENT_OPENED] = fold_opened,
	[EVENT_ACKNOWLEDGED] = fold_acknowledged,
	[EVENT_INTAKE] = fold_intake,
	[EVENT_SNOOZED] = fold_snoozed,
	[EVENT_REMINDER] = fold_reminder,
	[EVENT_BRIDGE_SET] = fold_bridge_set,
	[EVENT_SEVERITY_CHANGED] = fold_severity_changed,
	[EVENT_SCOPE_CHANGED] = fold_scope_changed,
	[EVENT_ROLE_ASSIGNED] = fold_role_assigned,
	[EVENT_ROLE_RELEASED] = fold_role_released,
	[EVENT_COMMAND_OFFERED] = fold_command_offered,
	[EVENT_COMMAND_ACCEPTED] = fold_command_accepted,
	[EVENT_UPDATE_POSTED] = fold_update_posted,
	[EVENT_DELIVERY] = fold_delivery,
	[EVENT_ESCALATED] = fold_escalated,
	[EVENT_TIER_ACKNOWLEDGED] = fold_tier_acknowledged,
	[EVENT_CARRIER_INVOLVED] = fold_carrier_involved,
	[EVENT_CARRIER_CLEARED] = fold_carrier_cleared,
	[EVENT_HYPOTHESIS] = fold_hypothesis,
	[EVENT_ACTION] = fold_action,
	[EVENT_SIGNAL] = fold_signal,
	[EVENT_RESTORED] = fold_restored,
	[EVENT_RESOLVED] = fold_resolved,
	[EVENT_REOPENED] = fold_reopened,
	[EVENT_RCA_DELIVERED] = fold_rca_delivered,
	[EVENT_MERGED] = fold_merged,
	[EVENT_DISMISSED] = fold_dismissed,
	[EVENT_CLOSED] = fold_closed,
};

static void take_candidate(struct incident *inc)
{
	if (inc->phase != PHASE_DETECTED)
		return;
	inc->phase = PHASE_OPEN;
	inc->snoozed_until = UTC_NONE;
}

static void touch(struct incident *inc, const struct event *ev)
{
	enum aspect aspect = event_aspect(ev);

	if (event_kinds[ev->kind].by_engine || strcmp(ev->actor, "engine") == 0)
		return;
	inc->touched[aspect].version = ev->version;
	incident_set(&inc->touched[aspect].actor, ev->actor);
}

void incident_evolve(struct incident *inc, struct event *take)
{
	inc->version = take->version;
	if (!utc_is_set(inc->last_at) || utc_before(inc->last_at, take->at))
		inc->last_at = take->at;
	if (event_kinds[take->kind].takes)
		take_candidate(inc);
	if (folds[take->kind])
		folds[take->kind](inc, take);
	inc->candidate = inc->phase == PHASE_DETECTED;
	touch(inc, take);
	event_list_add(&inc->events, take);
}

bool incident_is_over(const struct incident *inc)
{
	return inc->phase == PHASE_CLOSED || inc->phase == PHASE_MERGED ||
	       inc->phase == PHASE_DISMISSED;
}

bool incident_active(const struct incident *inc)
{
	return inc->phase == PHASE_DETECTED || inc->phase == PHASE_OPEN ||
	       inc->phase == PHASE_RESTORED;
}

const struct engagement *incident_engaged(const struct incident *inc, int tier, const char *carrier)
{
	for (size_t i = inc->engagement_count; i-- > 0;) {
		const struct engagement *g = &inc->engagements[i];

		if (carrier ? g->carrier && strcmp(g->carrier, carrier) == 0
			    : !g->carrier && g->tier == tier)
			return g;
	}
	return NULL;
}

const struct posted_update *incident_last_update(const struct incident *inc)
{
	return inc->update_count ? &inc->updates[inc->update_count - 1] : NULL;
}

static enum aspect role_aspect(const struct event *ev)
{
	int role = role_of(json_str_or(ev->body, "role", ""));

	return role < 0 ? ASPECT_NONE : (enum aspect)(ASPECT_ROLE_IC + role);
}

enum aspect event_aspect(const struct event *ev)
{
	static const enum aspect aspects[EVENT_KINDS] = {
		[EVENT_ACKNOWLEDGED] = ASPECT_PHASE,
		[EVENT_SNOOZED] = ASPECT_PHASE,
		[EVENT_RESTORED] = ASPECT_PHASE,
		[EVENT_RESOLVED] = ASPECT_PHASE,
		[EVENT_REOPENED] = ASPECT_PHASE,
		[EVENT_MERGED] = ASPECT_PHASE,
		[EVENT_DISMISSED] = ASPECT_PHASE,
		[EVENT_CLOSED] = ASPECT_PHASE,
		[EVENT_SEVERITY_CHANGED] = ASPECT_SEVERITY,
		[EVENT_SCOPE_CHANGED] = ASPECT_SCOPE,
		[EVENT_UPDATE_POSTED] = ASPECT_TEXT,
		[EVENT_COMMAND_OFFERED] = ASPECT_ROLE_IC,
		[EVENT_COMMAND_ACCEPTED] = ASPECT_ROLE_IC,
	};

	if (ev->kind == EVENT_ROLE_ASSIGNED || ev->kind == EVENT_ROLE_RELEASED)
		return role_aspect(ev);
	return aspects[ev->kind];
}

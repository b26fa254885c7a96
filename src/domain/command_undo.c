/* Taking back: the opposite event, with the version that it takes back in `undo_of`. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define UNDO_MS ((int64_t)10 * 60 * 1000)
#define UNDO_REASON "taken back"

static bool can_be_undone(enum event_kind kind)
{
	return kind == EVENT_SEVERITY_CHANGED || kind == EVENT_SCOPE_CHANGED ||
	       kind == EVENT_ROLE_ASSIGNED || kind == EVENT_ROLE_RELEASED || kind == EVENT_ACTION ||
	       kind == EVENT_REMINDER || kind == EVENT_SNOOZED;
}

bool command_can_undo(const char *name)
{
	static const char *const names[] = { "severity", "scope", "role", "action", "remind",
		"snooze" };

	for (size_t i = 0; i < countof(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool same_member(const struct event *a, const struct event *b, const char *member)
{
	return strcmp(json_str_or(a->body, member, ""), json_str_or(b->body, member, "")) == 0;
}

/* Both change the same thing, so that the later one hides the earlier. */
static bool same_thing(const struct event *a, const struct event *b)
{
	if (a->kind == EVENT_ACTION || a->kind == EVENT_REMINDER)
		return a->kind == b->kind &&
		       (a->kind == EVENT_ACTION
			       ? same_member(a, b, "id")
			       : same_member(a, b, "text") && same_member(a, b, "at_time"));
	if (a->kind == EVENT_SNOOZED)
		return b->kind == EVENT_SNOOZED;
	return event_aspect(a) != ASPECT_NONE && event_aspect(a) == event_aspect(b) &&
	       b->kind != EVENT_COMMAND_OFFERED;
}

static const struct event *event_with(const struct incident *inc, int64_t version)
{
	for (size_t i = 0; i < inc->events.count; i++)
		if (inc->events.items[i]->version == version)
			return inc->events.items[i];
	return NULL;
}

/* The person's last change that can be taken back. */
static const struct event *last_own(const struct deciding *d)
{
	const struct event_list *events = &d->inc->events;

	for (size_t i = events->count; i-- > 0;) {
		const struct event *ev = events->items[i];

		if (can_be_undone(ev->kind) && strcmp(ev->actor, d->cmd->actor) == 0 &&
		    !json_get(ev->body, "undo_of") && !was_undone(d->inc, ev->version))
			return ev;
	}
	return NULL;
}

static const struct event *chosen(struct deciding *d)
{
	int64_t version = json_int(d->args, "version", 0);
	const struct event *ev = version ? event_with(d->inc, version) : last_own(d);

	if (!ev) {
		if (version)
			refuse(
			    d, "undo", "version", "", "%s has no event #%d", d->id, (int)version);
		else
			refuse(d, "undo", NULL, "",
			    "there is no change of yours on %s to take back", d->id);
	}
	return ev;
}

static bool may_take_back(struct deciding *d, const struct event *ev)
{
	const struct event_list *events = &d->inc->events;
	char at[16];

	if (!can_be_undone(ev->kind))
		return refuse(d, "undo", "version", "write a note or a new event instead",
		    "#%d (%s) cannot be taken back", ev->version, event_kinds[ev->kind].summary);
	if (json_get(ev->body, "undo_of"))
		return refuse(d, "undo", "version", "make the change anew",
		    "#%d took something back itself", ev->version);
	if (strcmp(ev->actor, d->cmd->actor) != 0)
		return refuse(d, "undo", "version", "ask them, or make the change anew",
		    "#%d was done by %s: you can take back what you did", ev->version, ev->actor);
	if (was_undone(d->inc, ev->version))
		return refuse(d, "undo", "version", "make the change anew",
		    "#%d was taken back already", ev->version);
	if (utc_diff(d->now, ev->at) > UNDO_MS)
		return refuse(d, "undo", "version", "make the change anew, with its reason",
		    "#%d was done at %s: after 10 minutes it stays", ev->version,
		    instant_text(ev->at, at));
	for (size_t i = 0; i < events->count; i++) {
		const struct event *later = events->items[i];

		if (later->version > ev->version && same_thing(ev, later))
			return refuse(d, "undo", "version", "look at it, then decide again",
			    "%s changed it again at %s (#%d)", later->actor,
			    instant_text(later->at, at), later->version);
	}
	return true;
}

/* The incident as it was before the event. The caller frees. */
static struct incident *state_before(const struct incident *inc, int version)
{
	struct incident *before = incident_new(inc->id);

	for (size_t i = 0; i < inc->events.count; i++)
		if (inc->events.items[i]->version < version)
			incident_evolve(before, event_copy(inc->events.items[i]));
	return before;
}

static bool undo_severity(struct deciding *d, const struct incident *before, cJSON *body)
{
	json_put_int(body, "from", d->inc->severity);
	json_put_int(body, "to", before->severity);
	json_put_str(body, "reason", UNDO_REASON);
	return emit(d, EVENT_SEVERITY_CHANGED, body);
}

static bool undo_scope(struct deciding *d, const struct incident *before, cJSON *body)
{
	json_put_strs(body, "regions", before->regions, before->region_count);
	json_put_strs(body, "components", before->components, before->component_count);
	json_put_str(body, "reason", UNDO_REASON);
	return emit(d, EVENT_SCOPE_CHANGED, body);
}

static bool undo_role(
    struct deciding *d, const struct incident *before, const char *id, cJSON *body)
{
	int role = role_of(id);
	const struct role_holder *was = &before->role[role];
	int other = role == ROLE_IC ? ROLE_COMMS : role == ROLE_COMMS ? ROLE_IC : ROLES;
	const char *other_now = other < ROLES ? d->inc->role[other].person : NULL;

	if (was->person && other_now && !was->override_text && d->w->policy &&
	    d->w->policy->comms_apart && strcmp(was->person, other_now) == 0) {
		refuse(d, "role-apart", NULL, "assign it to somebody else",
		    "%s is %s of %s now: IC and communications lead are two people", was->person,
		    role_infos[other].label, d->id);
		cJSON_Delete(body);
		return false;
	}
	json_put_str(body, "role", id);
	if (!was->person)
		return emit(d, EVENT_ROLE_RELEASED, body);
	json_put_str(body, "person", was->person);
	if (was->override_text)
		json_put_str(body, "override", was->override_text);
	return emit(d, EVENT_ROLE_ASSIGNED, body);
}

/* What was not there before is taken away: the fold drops it by `undo_of`. */
static bool undo_action(
    struct deciding *d, const struct incident *before, const char *id, cJSON *body)
{
	json_put_str(body, "id", id);
	for (size_t i = 0; i < before->action_count; i++) {
		const struct action_item *a = &before->actions[i];

		if (strcmp(a->id, id) != 0)
			continue;
		json_put_str(body, "text", a->text);
		json_put(
		    body, "owner", a->owner ? cJSON_CreateString(a->owner) : cJSON_CreateNull());
		json_put_utc(body, "eta_from", a->eta_from);
		json_put_utc(body, "eta_to", a->eta_to);
		json_put_bool(body, "done", a->done);
		return emit(d, EVENT_ACTION, body);
	}
	json_put_bool(body, "done", true);
	return emit(d, EVENT_ACTION, body);
}

static bool undo_reminder(struct deciding *d, const struct event *ev, cJSON *body)
{
	json_put_utc(body, "at_time", json_utc(ev->body, "at_time"));
	json_put_str(body, "text", json_str_or(ev->body, "text", ""));
	json_put_bool(body, "done", !json_bool(ev->body, "done", false));
	return emit(d, EVENT_REMINDER, body);
}

static bool undo_snooze(struct deciding *d, const struct incident *before, cJSON *body)
{
	bool snoozed =
	    utc_is_set(before->snoozed_until) && utc_before(d->now, before->snoozed_until);

	json_put_utc(body, "until", snoozed ? before->snoozed_until : d->now);
	json_put_str(body, "reason", UNDO_REASON);
	return emit(d, EVENT_SNOOZED, body);
}

static bool opposite(struct deciding *d, const struct event *ev, const struct incident *before)
{
	cJSON *body = cJSON_CreateObject();

	json_put_int(body, "undo_of", ev->version);
	if (ev->kind == EVENT_SEVERITY_CHANGED)
		return undo_severity(d, before, body);
	if (ev->kind == EVENT_SCOPE_CHANGED)
		return undo_scope(d, before, body);
	if (ev->kind == EVENT_ACTION)
		return undo_action(d, before, json_str_or(ev->body, "id", ""), body);
	if (ev->kind == EVENT_REMINDER)
		return undo_reminder(d, ev, body);
	if (ev->kind == EVENT_SNOOZED)
		return undo_snooze(d, before, body);
	return undo_role(d, before, json_str_or(ev->body, "role", ""), body);
}

bool decide_undo(struct deciding *d)
{
	const struct event *ev = chosen(d);
	struct incident *before;
	bool ok;

	if (!ev || !may_take_back(d, ev))
		return false;
	before = state_before(d->inc, ev->version);
	ok = opposite(d, ev, before);
	incident_free(before);
	return ok;
}

#include "domain/event.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define ACTOR_MAX 64
#define KIND_MAX 64

const struct event_kind_info event_kinds[EVENT_KINDS] = {
	[EVENT_UNKNOWN] = { "", "unknown event", false, false, false },
	[EVENT_OPENED] = { "opened", "opened", false, false, false },
	[EVENT_ACKNOWLEDGED] = { "acknowledged", "acknowledged", true, false, false },
	[EVENT_INTAKE] = { "intake", "intake", true, false, false },
	[EVENT_SNOOZED] = { "snoozed", "snoozed", false, false, false },
	[EVENT_REMINDER] = { "reminder", "reminder", false, false, false },
	[EVENT_BRIDGE_SET] = { "bridge_set", "bridge set", false, false, false },
	[EVENT_SEVERITY_CHANGED] = { "severity_changed", "severity changed", true, false, false },
	[EVENT_SCOPE_CHANGED] = { "scope_changed", "scope changed", true, false, false },
	[EVENT_ROLE_ASSIGNED] = { "role_assigned", "role assigned", true, false, false },
	[EVENT_COMMAND_OFFERED] = { "command_offered", "command offered", false, false, false },
	[EVENT_COMMAND_ACCEPTED] = { "command_accepted", "command accepted", true, false, false },
	[EVENT_ROLE_RELEASED] = { "role_released", "role released", false, false, false },
	[EVENT_UPDATE_APPROVED] = { "update_approved", "update approved", false, false, false },
	[EVENT_UPDATE_POSTED] = { "update_posted", "update posted", true, false, false },
	[EVENT_DELIVERY] = { "delivery", "delivery", false, true, false },
	[EVENT_BREACHED] = { "breached", "clock breached", false, true, false },
	[EVENT_ESCALATED] = { "escalated", "escalated", true, false, false },
	[EVENT_TIER_ACKNOWLEDGED] = { "tier_acknowledged", "escalation answered", false, false,
	    false },
	[EVENT_CARRIER_INVOLVED] = { "carrier_involved", "carrier involved", true, false, false },
	[EVENT_CARRIER_CLEARED] = { "carrier_cleared", "carrier cleared", false, false, false },
	[EVENT_HYPOTHESIS] = { "hypothesis", "hypothesis", true, false, false },
	[EVENT_ACTION] = { "action", "action", true, false, false },
	[EVENT_SIGNAL] = { "signal", "signal", false, true, false },
	[EVENT_RESTORED] = { "restored", "restored", false, false, false },
	[EVENT_RESOLVED] = { "resolved", "resolved", false, false, false },
	[EVENT_REOPENED] = { "reopened", "reopened", false, false, false },
	[EVENT_RCA_DELIVERED] = { "rca_delivered", "report delivered", false, false, false },
	[EVENT_NOTE] = { "note", "note", false, false, false },
	[EVENT_MERGED] = { "merged", "merged", false, false, false },
	[EVENT_DISMISSED] = { "dismissed", "dismissed", false, false, false },
	[EVENT_CLOSED] = { "closed", "closed", false, false, false },
	[EVENT_PLANNED] = { "planned", "planned", false, false, true },
	[EVENT_REPLANNED] = { "replanned", "planned anew", false, false, true },
	[EVENT_NOTICE_POSTED] = { "notice_posted", "notice posted", false, false, true },
	[EVENT_STARTED] = { "started", "begun", false, false, true },
	[EVENT_ENDED] = { "ended", "ended", false, false, true },
	[EVENT_CANCELLED] = { "cancelled", "cancelled", false, false, true },
	[EVENT_OVERRIDDEN] = { "overridden", "rule overridden", false, false, true },
};

enum event_kind event_kind_of(const char *name)
{
	for (int k = EVENT_UNKNOWN + 1; k < EVENT_KINDS; k++)
		if (strcmp(event_kinds[k].name, name) == 0)
			return (enum event_kind)k;
	return EVENT_UNKNOWN;
}

struct event *event_new(const char *incident, int version, struct utc at, const char *actor,
    enum event_kind kind, cJSON *body)
{
	struct event *ev = xcalloc(1, sizeof *ev);

	ev->incident = xstrdup(incident);
	ev->version = version;
	ev->at = at;
	ev->actor = xstrdup(actor);
	ev->kind = kind;
	ev->kind_name = xstrdup(event_kinds[kind].name);
	ev->body = body ? body : cJSON_CreateObject();
	if (!ev->body)
		abort();
	return ev;
}

void event_free(struct event *ev)
{
	if (!ev)
		return;
	free(ev->incident);
	free(ev->actor);
	free(ev->as_by);
	free(ev->kind_name);
	cJSON_Delete(ev->body);
	free(ev->command_id);
	free(ev);
}

struct event *event_copy(const struct event *ev)
{
	struct event *copy = event_new(ev->incident, ev->version, ev->at, ev->actor, ev->kind,
	    cJSON_Duplicate(ev->body, true));

	copy->seq = ev->seq;
	free(copy->kind_name);
	copy->kind_name = xstrdup(ev->kind_name);
	copy->as_by = xstrdup_null(ev->as_by);
	copy->command_id = xstrdup_null(ev->command_id);
	return copy;
}

/* The number behind "PREFIX-"; 0: another prefix, no digits, a leading zero, or too many. */
static int64_t stream_number(const char *id, size_t prefix)
{
	int64_t n = 0;
	const char *p = id + prefix;

	if (*p++ != '-' || *p < '1' || *p > '9')
		return 0;
	for (; *p; p++) {
		if (*p < '0' || *p > '9' || n > (INT64_MAX - 9) / 10)
			return 0;
		n = n * 10 + (*p - '0');
	}
	return n;
}

int64_t incident_number(const char *id)
{
	return id && strncmp(id, "INC", 3) == 0 ? stream_number(id, 3) : 0;
}

int64_t maintenance_number(const char *id)
{
	return id && strncmp(id, "MNT", 3) == 0 ? stream_number(id, 3) : 0;
}

/* Streams are named by a few capitals and a number: INC-7, MNT-3. */
static bool stream_id(const char *id)
{
	size_t capitals = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return strlen(id) < 32 && capitals >= 2 && stream_number(id, capitals) > 0;
}

/* The instants that a body may name but that cannot lie behind the event. */
static bool instants_check(const struct event *ev, struct err *e)
{
	static const struct {
		enum event_kind kind;
		const char *member;
	} happened[] = {
		{ EVENT_OPENED, "started_at" },
		{ EVENT_RESTORED, "restored_at" },
		{ EVENT_RESOLVED, "resolved_at" },
		{ EVENT_STARTED, "started_at" },
		{ EVENT_ENDED, "ended_at" },
	};

	for (size_t i = 0; i < countof(happened); i++) {
		struct utc t;

		if (happened[i].kind != ev->kind)
			continue;
		t = json_utc(ev->body, happened[i].member);
		if (utc_is_set(t) && utc_before(ev->at, t))
			return err_set(e, ERR_DATA, "%s: %s is later than at", ev->kind_name,
			    happened[i].member);
	}
	return true;
}

static bool order_check(const struct event *ev, struct err *e)
{
	bool maintenance = maintenance_number(ev->incident) > 0;

	if (event_kinds[ev->kind].planned_work && incident_number(ev->incident) > 0)
		return err_set(
		    e, ERR_DATA, "%s: only a maintenance such as MNT-3 can be that", ev->kind_name);
	if (ev->kind == EVENT_OPENED && !incident_number(ev->incident))
		return err_set(e, ERR_DATA, "opened: only an incident such as INC-7 can be that");
	if (ev->kind == EVENT_PLANNED && ev->version != 1)
		return err_set(
		    e, ERR_DATA, "planned: version %d, but it is always version 1", ev->version);
	if (ev->version == 1 && ev->kind != EVENT_PLANNED && maintenance)
		return err_set(
		    e, ERR_DATA, "version: the first event of %s must be planned", ev->incident);
	if (ev->kind == EVENT_OPENED && ev->version != 1)
		return err_set(
		    e, ERR_DATA, "opened: version %d, but it is always version 1", ev->version);
	if (ev->version == 1 && ev->kind != EVENT_OPENED && incident_number(ev->incident) > 0)
		return err_set(
		    e, ERR_DATA, "version: the first event of %s must be opened", ev->incident);
	return true;
}

static bool is_source(const char *s)
{
	static const char *const sorts[] = { "probe:", "feed:" };

	for (size_t i = 0; i < countof(sorts); i++)
		if (strncmp(s, sorts[i], strlen(sorts[i])) == 0)
			return s[strlen(sorts[i])] != '\0';
	return strcmp(s, "operator") == 0;
}

/* What no member of the body alone tells. */
static bool sense_check(const struct event *ev, struct err *e)
{
	struct utc starts = json_utc(ev->body, "starts_at"), ends = json_utc(ev->body, "ends_at");

	if (ev->kind == EVENT_OPENED && !is_source(json_str_or(ev->body, "source", "operator")))
		return err_set(e, ERR_DATA, "opened: source is operator, probe:ID or feed:ID");
	if (ev->kind == EVENT_UPDATE_POSTED &&
	    cJSON_GetArraySize(json_get(ev->body, "audiences")) == 0)
		return err_set(e, ERR_DATA, "update_posted: audiences must name one at least");
	if ((ev->kind == EVENT_PLANNED || ev->kind == EVENT_REPLANNED) && !utc_before(starts, ends))
		return err_set(
		    e, ERR_DATA, "%s: ends_at is not later than starts_at", ev->kind_name);
	return true;
}

/* Names are shown as they stand: nothing in them may drive a terminal or hide. */
static bool is_clean(const char *s)
{
	char *clean = utf8_cleaned(s, UTF8_ONE_LINE, 0);
	bool same = strcmp(clean, s) == 0;

	free(clean);
	return same;
}

static bool version_read(const cJSON *obj, int *version, struct err *e)
{
	const cJSON *v = json_get(obj, "version");

	if (!cJSON_IsNumber(v) || !(v->valuedouble >= 1 && v->valuedouble <= INT_MAX) ||
	    v->valuedouble != (double)(int)v->valuedouble)
		return err_set(e, ERR_DATA, "version: a whole number from 1 is needed");
	*version = (int)v->valuedouble;
	return true;
}

/* Members of the envelope as they stand in the document; borrowed from it. */
struct envelope {
	const char *incident, *actor, *as_by, *kind;
	int version;
	struct utc at;
	const cJSON *body;
};

static bool envelope_read(struct envelope *env, const cJSON *obj, struct err *e)
{
	if (!cJSON_IsObject(obj))
		return err_set(e, ERR_DATA, "an event is a JSON object");
	env->incident = json_str(obj, "incident");
	if (!env->incident || !stream_id(env->incident))
		return err_set(e, ERR_DATA, "incident: an id such as INC-7 is needed");
	if (!version_read(obj, &env->version, e))
		return false;
	env->at = json_utc(obj, "at");
	if (!utc_is_set(env->at))
		return err_set(
		    e, ERR_DATA, "at: an instant such as 2025-03-10T14:20:00.000Z is needed");
	env->actor = json_str(obj, "actor");
	if (!env->actor || !env->actor[0] || strlen(env->actor) > ACTOR_MAX ||
	    !is_clean(env->actor))
		return err_set(e, ERR_DATA,
		    "actor: a person's id, or engine, is needed (%d bytes at most)", ACTOR_MAX);
	env->as_by = json_str(obj, "as");
	if (env->as_by &&
	    (!env->as_by[0] || strlen(env->as_by) > ACTOR_MAX || !is_clean(env->as_by)))
		return err_set(
		    e, ERR_DATA, "as: a person's id is needed (%d bytes at most)", ACTOR_MAX);
	env->kind = json_str(obj, "kind");
	if (!env->kind || !env->kind[0] || strlen(env->kind) > KIND_MAX || !is_clean(env->kind))
		return err_set(e, ERR_DATA, "kind: a word such as opened is needed");
	env->body = json_get(obj, "body");
	if (env->body && !cJSON_IsObject(env->body))
		return err_set(e, ERR_DATA, "body: an object is needed");
	return true;
}

struct event *event_from_json(const cJSON *obj, struct err *e)
{
	struct envelope env = { 0 };
	struct event *ev;

	if (!envelope_read(&env, obj, e))
		return NULL;
	ev = event_new(env.incident, env.version, env.at, env.actor, event_kind_of(env.kind),
	    env.body ? cJSON_Duplicate(env.body, true) : NULL);
	free(ev->kind_name);
	ev->kind_name = xstrdup(env.kind);
	ev->as_by = xstrdup_null(env.as_by);
	if (event_body_check(ev->kind, ev->body, e) && order_check(ev, e) &&
	    instants_check(ev, e) && sense_check(ev, e))
		return ev;
	event_free(ev);
	return NULL;
}

cJSON *event_to_json(const struct event *ev)
{
	cJSON *obj = cJSON_CreateObject();

	json_put_str(obj, "incident", ev->incident);
	json_put_int(obj, "version", ev->version);
	json_put_utc(obj, "at", ev->at);
	json_put_str(obj, "actor", ev->actor);
	if (ev->as_by)
		json_put_str(obj, "as", ev->as_by);
	json_put_str(obj, "kind", ev->kind_name);
	json_put(obj, "body", cJSON_Duplicate(ev->body, true));
	return obj;
}

void event_list_add(struct event_list *l, struct event *take)
{
	l->items = xgrow(l->items, l->count, &l->cap);
	l->items[l->count++] = take;
}

void event_list_fini(struct event_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		event_free(l->items[i]);
	free(l->items);
	*l = (struct event_list){ 0 };
}

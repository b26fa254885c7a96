/* Updates and their delivery, the ladder, actions, signals: the work on an incident. */
#include "incident_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void fold_intake(struct incident *inc, const struct event *ev)
{
	const cJSON *percent = json_get(ev->body, "affected_percent");

	if (json_str(ev->body, "affected"))
		incident_set_line(&inc->affected, ev->body, "affected");
	if (cJSON_IsNumber(percent) && percent->valuedouble >= 0 && percent->valuedouble <= 100)
		inc->affected_percent = (int)percent->valuedouble;
}

void fold_bridge_set(struct incident *inc, const struct event *ev)
{
	incident_set_line_if(&inc->bridge_url, ev->body, "url");
	incident_set_line_if(&inc->bridge_phone, ev->body, "phone");
}

/* A reminder is known by its time and text; the same again changes whether it is done. */
void fold_reminder(struct incident *inc, const struct event *ev)
{
	struct utc at = json_utc(ev->body, "at_time");
	bool done = json_bool(ev->body, "done", false);
	char *text = NULL;

	incident_set_line(&text, ev->body, "text");
	if (!text || !utc_is_set(at)) {
		free(text);
		return;
	}
	for (size_t i = 0; i < inc->reminder_count; i++) {
		struct reminder_item *r = &inc->reminders[i];

		if (r->at.ms == at.ms && strcmp(r->text, text) == 0) {
			r->done = done;
			free(text);
			return;
		}
	}
	inc->reminders =
	    xreallocarray(inc->reminders, inc->reminder_count + 1, sizeof *inc->reminders);
	inc->reminders[inc->reminder_count++] =
	    (struct reminder_item){ .at = at, .text = text, .done = done };
}

static char **ids_copied(char *const *ids, size_t count)
{
	char **out = xcalloc(count + 1, sizeof *out);

	for (size_t i = 0; i < count; i++)
		out[i] = xstrdup(ids[i]);
	return out;
}

void fold_update_posted(struct incident *inc, const struct event *ev)
{
	struct posted_update *u;

	posted_add(&inc->updates, &inc->update_count, ev);
	u = &inc->updates[inc->update_count - 1];
	u->severity = inc->severity;
	u->regions = ids_copied(inc->regions, inc->region_count);
	u->region_count = inc->region_count;
	u->components = ids_copied(inc->components, inc->component_count);
	u->component_count = inc->component_count;
}

void fold_delivery(struct incident *inc, const struct event *ev)
{
	posted_delivery(inc->updates, inc->update_count, ev);
}

/* The rung that a body names: a carrier (a new text in *carrier), or a tier; 0: neither. */
static int rung(const cJSON *body, char **carrier)
{
	int64_t tier = json_int(body, "tier", 0);

	*carrier = NULL;
	incident_set_line(carrier, body, "carrier");
	return !*carrier && (tier == 2 || tier == 3) ? (int)tier : 0;
}

void fold_escalated(struct incident *inc, const struct event *ev)
{
	struct engagement *g;
	char *carrier;
	int tier = rung(ev->body, &carrier);

	if (!tier && !carrier)
		return;
	inc->engagements =
	    xreallocarray(inc->engagements, inc->engagement_count + 1, sizeof *inc->engagements);
	g = &inc->engagements[inc->engagement_count++];
	*g = (struct engagement){
		.tier = tier, .carrier = carrier, .at = ev->at, .answered_at = UTC_NONE
	};
	incident_set_line(&g->contact, ev->body, "contact");
	incident_set_line(&g->via, ev->body, "via");
	incident_set_line(&g->reference, ev->body, "reference");
	g->by = xstrdup(ev->actor);
}

void fold_tier_acknowledged(struct incident *inc, const struct event *ev)
{
	char *carrier;
	int tier = rung(ev->body, &carrier);

	for (size_t i = inc->engagement_count; i-- > 0;) {
		struct engagement *g = &inc->engagements[i];

		if (carrier ? !g->carrier || strcmp(g->carrier, carrier) != 0
			    : g->carrier || g->tier != tier)
			continue;
		if (!utc_is_set(g->answered_at))
			g->answered_at = ev->at;
		incident_set_line(&g->answered_by, ev->body, "by");
		break;
	}
	free(carrier);
}

static struct dependency *dependency_on(struct incident *inc, const char *carrier)
{
	for (size_t i = 0; i < inc->dependency_count; i++)
		if (strcmp(inc->dependencies[i].carrier, carrier) == 0)
			return &inc->dependencies[i];
	return NULL;
}

void fold_carrier_involved(struct incident *inc, const struct event *ev)
{
	struct dependency *d;
	char *carrier = NULL;

	incident_set_line(&carrier, ev->body, "carrier");
	if (!carrier)
		return;
	d = dependency_on(inc, carrier);
	if (!d) {
		inc->dependencies = xreallocarray(
		    inc->dependencies, inc->dependency_count + 1, sizeof *inc->dependencies);
		d = &inc->dependencies[inc->dependency_count++];
		*d =
		    (struct dependency){ .carrier = carrier, .at = ev->at, .cleared_at = UTC_NONE };
	} else {
		if (utc_is_set(d->cleared_at))
			d->at = ev->at;
		d->cleared_at = UTC_NONE;
		free(carrier);
	}
	incident_set_line(&d->reason, ev->body, "reason");
	incident_set_line(&d->timeline, ev->body, "timeline");
}

void fold_carrier_cleared(struct incident *inc, const struct event *ev)
{
	struct dependency *d;
	char *carrier = NULL;

	incident_set_line(&carrier, ev->body, "carrier");
	d = carrier ? dependency_on(inc, carrier) : NULL;
	if (d && !utc_is_set(d->cleared_at))
		d->cleared_at = ev->at;
	free(carrier);
}

void fold_hypothesis(struct incident *inc, const struct event *ev)
{
	struct hypothesis_item h = { .at = ev->at };

	incident_set_lines(&h.text, ev->body, "text");
	if (!h.text)
		return;
	h.by = xstrdup(ev->actor);
	inc->hypotheses =
	    xreallocarray(inc->hypotheses, inc->hypothesis_count + 1, sizeof *inc->hypotheses);
	inc->hypotheses[inc->hypothesis_count++] = h;
}

/* True when the event takes back the one that made the action. */
static bool takes_back_creation(const struct incident *inc, const struct event *ev, const char *id)
{
	int64_t undo_of = json_int(ev->body, "undo_of", 0);

	for (size_t i = 0; undo_of && i < inc->events.count; i++) {
		const struct event *past = inc->events.items[i];

		if (past->kind == EVENT_ACTION &&
		    strcmp(json_str_or(past->body, "id", ""), id) == 0)
			return past->version == undo_of;
	}
	return false;
}

static void drop_action(struct incident *inc, size_t i)
{
	struct action_item *a = &inc->actions[i];

	free(a->id);
	free(a->text);
	free(a->owner);
	memmove(a, a + 1, (inc->action_count - i - 1) * sizeof *a);
	inc->action_count--;
}

/* Members that are absent stay as they were. */
static void change_action(struct action_item *a, const cJSON *body)
{
	incident_set_line_if(&a->text, body, "text");
	incident_set_line_if(&a->owner, body, "owner");
	if (json_get(body, "eta_from"))
		a->eta_from = json_utc(body, "eta_from");
	if (json_get(body, "eta_to"))
		a->eta_to = json_utc(body, "eta_to");
	a->done = json_bool(body, "done", a->done);
	if (!a->text)
		a->text = xstrdup(a->id);
}

void fold_action(struct incident *inc, const struct event *ev)
{
	struct action_item *a;
	char *id = NULL;

	incident_set_line(&id, ev->body, "id");
	if (!id)
		return;
	for (size_t i = 0; i < inc->action_count; i++) {
		if (strcmp(inc->actions[i].id, id) != 0)
			continue;
		if (takes_back_creation(inc, ev, id))
			drop_action(inc, i);
		else
			change_action(&inc->actions[i], ev->body);
		free(id);
		return;
	}
	inc->actions = xreallocarray(inc->actions, inc->action_count + 1, sizeof *inc->actions);
	a = &inc->actions[inc->action_count++];
	*a = (struct action_item){ .id = id, .eta_from = UTC_NONE, .eta_to = UTC_NONE };
	change_action(a, ev->body);
}

/* The newest word of every source: the one that opened the incident counts as failing until it
 * speaks about a component or region itself. */
void fold_signal(struct incident *inc, const struct event *ev)
{
	struct incident_memory *memory = inc->priv;
	const char *source = json_str_or(ev->body, "source", "");
	const char *key, *status;
	char *own;

	own = xasprintf("%s\n%s\n%s", source, json_str_or(ev->body, "component", ""),
	    json_str_or(ev->body, "region", ""));
	map_del(memory->signals, source);
	map_set(memory->signals, own, xstrdup(json_str_or(ev->body, "status", "unknown")));
	free(own);
	inc->signal_at = ev->at;
	inc->signals_failing = 0;
	for (size_t it = 0; (status = map_next(memory->signals, &it, &key));)
		inc->signals_failing += strcmp(status, "operational") != 0;
	inc->signal_recovered = inc->signals_failing == 0;
}

/* Intake, snooze, reminders, bridge, hypotheses, actions, notes. */
#include "command_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool decide_intake(struct deciding *d)
{
	if (!d->args->child)
		return refuse(d, "argument", NULL, "any of them will do; the rest can come later",
		    "no fact was given");
	if (json_int(d->args, "affected_percent", 0) > 100)
		return refuse(
		    d, "argument", "affected_percent", "", "a share is a number from 0 to 100");
	return emit(d, EVENT_INTAKE, body_of_args(d));
}

/* The instant in the future that an argument names, by time or by length. */
static bool future(struct deciding *d, const char *at, const char *in, struct utc *out)
{
	char now[16];

	*out = time_or_duration(d, at, in);
	if (!utc_is_set(*out))
		return refuse(
		    d, "argument", in, "a length such as 30m, or a time", "when is missing");
	if (!utc_before(d->now, *out))
		return refuse(d, "time", at, "give a later time", "that has gone by: it is %s",
		    instant_text(d->now, now));
	return true;
}

bool decide_snooze(struct deciding *d)
{
	cJSON *body;
	struct utc until;

	if (!future(d, "until", "for", &until))
		return false;
	body = cJSON_CreateObject();
	json_put_utc(body, "until", until);
	json_put_str(body, "reason", json_str(d->args, "reason"));
	return emit(d, EVENT_SNOOZED, body);
}

static const struct reminder_item *open_reminder(const struct deciding *d, struct utc at)
{
	const char *text = json_str(d->args, "text");

	for (size_t i = 0; i < d->inc->reminder_count; i++) {
		const struct reminder_item *r = &d->inc->reminders[i];

		if (!r->done && strcmp(r->text, text) == 0 &&
		    (!utc_is_set(at) || r->at.ms == at.ms))
			return r;
	}
	return NULL;
}

bool decide_remind(struct deciding *d)
{
	bool done = json_bool(d->args, "done", false);
	const struct reminder_item *r;
	cJSON *body;
	struct utc at = time_or_duration(d, "at_time", "in");

	if (done) {
		r = open_reminder(d, at);
		if (!r)
			return refuse(d, "unknown", "text", "",
			    "%s has no open reminder with this text", d->id);
		at = r->at;
	} else if (!future(d, "at_time", "in", &at)) {
		return false;
	}
	body = cJSON_CreateObject();
	json_put_utc(body, "at_time", at);
	json_put_str(body, "text", json_str(d->args, "text"));
	json_put_bool(body, "done", done);
	return emit(d, EVENT_REMINDER, body);
}

bool decide_bridge(struct deciding *d)
{
	const char *url = json_str(d->args, "url");

	if (!d->args->child)
		return refuse(d, "argument", "url", "", "an address or a phone number is needed");
	if (url && strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return refuse(d, "argument", "url", "such as https://meet.example/noc-7",
		    "the address of a conference begins with https://");
	return emit(d, EVENT_BRIDGE_SET, body_of_args(d));
}

bool decide_hypothesis(struct deciding *d)
{
	return emit(d, EVENT_HYPOTHESIS, body_of_args(d));
}

static const struct action_item *action_with(const struct incident *inc, const char *id)
{
	for (size_t i = 0; id && i < inc->action_count; i++)
		if (strcmp(inc->actions[i].id, id) == 0)
			return &inc->actions[i];
	return NULL;
}

/* Ids count the actions of the incident's whole life, so that none is given twice. */
static void new_action_id(const struct incident *inc, char out[24])
{
	int n = 1;

	for (size_t i = 0; i < inc->events.count; i++)
		n += inc->events.items[i]->kind == EVENT_ACTION;
	do
		snprintf(out, 24, "a%d", n++);
	while (action_with(inc, out));
}

static bool eta_is_a_range(struct deciding *d, const struct action_item *a)
{
	struct utc from = json_utc(d->args, "eta_from"), to = json_utc(d->args, "eta_to");

	if (!utc_is_set(from) && a)
		from = a->eta_from;
	if (!utc_is_set(to) && a)
		to = a->eta_to;
	if (!utc_is_set(from) && !utc_is_set(to))
		return true;
	if (!utc_is_set(from) || !utc_is_set(to) || !utc_before(from, to))
		return refuse(d, "eta", "eta_to", "give both ends: from and to",
		    "an ETA is a range: a single time promises too much");
	return true;
}

bool decide_action(struct deciding *d)
{
	const char *id = json_str(d->args, "id");
	const struct action_item *a = action_with(d->inc, id);
	char made[24];
	cJSON *body;

	if (id && !a)
		return refuse(d, "unknown", "id", "leave it empty for a new one",
		    "%s has no action %s", d->id, id);
	if (!a && !json_str(d->args, "text"))
		return refuse(d, "argument", "text", "what is done", "Action is missing");
	if (!eta_is_a_range(d, a))
		return false;
	body = body_of_args(d);
	if (!a) {
		new_action_id(d->inc, made);
		json_put_str(body, "id", made);
	}
	return emit(d, EVENT_ACTION, body);
}

bool decide_note(struct deciding *d)
{
	return emit(d, EVENT_NOTE, body_of_args(d));
}

/* Who holds what: roles, and the hand-over of command. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

static bool holds(const struct incident *inc, enum role role, const char *person)
{
	return inc->role[role].person && strcmp(inc->role[role].person, person) == 0;
}

/* IC and communications lead are two people; an assignment that breaks it needs a reason. */
static bool breaks_apart(const struct deciding *d, int role, const char *person)
{
	if (d->w->policy && !d->w->policy->comms_apart)
		return false;
	return (role == ROLE_IC && holds(d->inc, ROLE_COMMS, person)) ||
	       (role == ROLE_COMMS && holds(d->inc, ROLE_IC, person));
}

bool decide_role(struct deciding *d)
{
	const char *id = json_str(d->args, "role"), *person = json_str(d->args, "person");
	const char *why = json_str(d->args, "override");
	int role = role_of(id);
	bool apart = breaks_apart(d, role, person);
	cJSON *body;

	if (apart && !why)
		return refuse(d, "role-apart", "override",
		    "name another person, or say why in override",
		    "%s is %s of %s already: IC and communications lead are two people", person,
		    role == ROLE_IC ? "communications lead" : "IC", d->id);
	if (holds(d->inc, (enum role)role, person))
		return refuse(d, "done", "person", "", "%s is %s of %s already", person,
		    role_infos[role].label, d->id);
	body = cJSON_CreateObject();
	json_put_str(body, "role", id);
	json_put_str(body, "person", person);
	if (apart)
		json_put_str(body, "override", why);
	return emit(d, EVENT_ROLE_ASSIGNED, body);
}

bool decide_release(struct deciding *d)
{
	int role = role_of(json_str(d->args, "role"));

	if (!d->inc->role[role].person)
		return refuse(
		    d, "done", "role", "", "nobody is %s of %s", role_infos[role].label, d->id);
	return emit(d, EVENT_ROLE_RELEASED, body_of_args(d));
}

static bool may_command(struct deciding *d, const char *person, const char *argument)
{
	if (!breaks_apart(d, ROLE_IC, person))
		return true;
	return refuse(d, "role-apart", argument,
	    "give the communications lead to somebody else first",
	    "%s is communications lead of %s: IC and communications lead are two people", person,
	    d->id);
}

bool decide_offer(struct deciding *d)
{
	const char *to = json_str(d->args, "to");
	cJSON *body;

	if (!d->inc->role[ROLE_IC].person)
		return refuse(d, "role", "to", "assign it: role ic", "nobody commands %s", d->id);
	if (holds(d->inc, ROLE_IC, to))
		return refuse(d, "done", "to", "", "%s commands %s already", to, d->id);
	if (!may_command(d, to, "to"))
		return false;
	body = body_of_args(d);
	if (!json_get(body, "brief")) {
		char *brief = command_brief(d);

		json_put_str(body, "brief", brief);
		free(brief);
	}
	return emit(d, EVENT_COMMAND_OFFERED, body);
}

bool decide_accept(struct deciding *d)
{
	const char *to = d->inc->offered_to;

	if (!to)
		return refuse(d, "role", NULL, "ask the IC for an offer, or assign it: role ic",
		    "command of %s is not on offer", d->id);
	if (strcmp(to, d->cmd->actor) != 0)
		return refuse(d, "role", NULL, "assign it if they are away: role ic",
		    "command of %s was offered to %s, not to you", d->id, to);
	return may_command(d, to, NULL) && emit(d, EVENT_COMMAND_ACCEPTED, NULL);
}

/* nocboard update: what the composer does, for scripts. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "cmd_incident.h"
#include "domain/compose.h"
#include "main_compose.h"
#include "spawn.h"
#include "update_held.h"
#include "verbs.h"

static const struct cmd_option options[] = {
	{ "stage", 's', "STAGE",
	    "initial, progress, restored, resolved or correction; by the phase when left out",
	    false },
	{ "status", 0, "STATUS",
	    "investigating, identified or monitoring, as the page shows it; by the stage and what "
	    "was told last when left out",
	    false },
	{ "template", 't', "NAME",
	    "one of `nocboard template list`; by the stage and severity when left out", false },
	{ "no-change", 0, NULL, "repeats the last facts: the template no-change", false },
	{ "field", 'f', "NAME=TEXT",
	    "sets a field of the template; a text of - is read from standard input", true },
	{ "next", 'n', "30m", "time to the next update; by the cadence when left out", false },
	{ "audience", 'a', "ID",
	    "who reads it; all that are not internal when left out, and for a correction all that "
	    "were told",
	    true },
	{ "channel", 0, "ID", "by which way; all of the audiences' channels when left out", true },
	{ "preview", 'p', NULL,
	    "prints what each audience would read, with what is wrong, and posts nothing", false },
	{ "waiting", 0, NULL,
	    "prints what waits for approval, with its hash, and posts nothing (`nocboard incident "
	    "approve` approves it)",
	    false },
	{ "stop", 0, NULL, "stops what is held of ID, an incident or planned work: nothing is sent",
	    false },
	{ "send", 0, NULL,
	    "sends what is held of ID without the rest of its delay; never what waits for approval",
	    false },
	{ "hash", 0, "HASH", "which of several that are held, for --stop and --send", false },
	{ "json", 0, NULL, "one JSON document", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ "id", 0, "ID", "of this command: repeated with the same one it is recorded once", false },
	{ 0 },
};

static bool set_next(const struct args *a, struct compose *c, struct utc now, struct err *e)
{
	const char *next = arg_value(a, "next");
	struct duration d;

	if (!next)
		return true;
	if (!duration_parse(next, &d) || d.unit != DURATION_ELAPSED || d.ms <= 0)
		return err_set(
		    e, ERR_USAGE, "--next: \"%.40s\" is no length of time (write 30m)", next);
	c->next_update_at = utc_add(now, d.ms);
	return true;
}

static bool set_status(const struct args *a, struct compose *c, struct err *e)
{
	static const char *const words[] = { "investigating", "identified", "monitoring" };
	const char *status = arg_value(a, "status");

	for (size_t i = 0; status && i < countof(words); i++)
		if (strcmp(status, words[i]) == 0) {
			compose_say(c, words[i]);
			return true;
		}
	return !status || err_set(e, ERR_USAGE,
			      "--status: \"%.20s\" is none of investigating, identified, "
			      "monitoring (the stage resolved says resolved)",
			      status);
}

/* The channels that were named, instead of all of the audiences. */
static void add_channels(const struct args *a, cJSON *args)
{
	cJSON *list;

	if (!arg_given(a, "channel"))
		return;
	list = cJSON_CreateArray();
	for (size_t i = 0; arg_nth(a, "channel", i); i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(arg_nth(a, "channel", i)));
	json_put(args, "channels", list);
}

static int post(struct args *a, const struct snap_incident *inc, const struct main_compose *m)
{
	cJSON *o = cJSON_CreateObject(), *args;

	json_put_str(o, "cmd", "update");
	json_put_str(o, "incident", inc->id);
	json_put_int(o, "seen", inc->version);
	if (arg_value(a, "id"))
		json_put_str(o, "id", arg_value(a, "id"));
	args = compose_args(m->compose, &m->facts, m->audiences, m->audience_count, m->now);
	add_channels(a, args);
	json_put(o, "args", args);
	return incident_command(a, o);
}

/* An error of lint stops it, as in the composer; a warning is told, and sent all the same. */
static int check_and_post(
    struct args *a, const struct snap_incident *inc, const struct main_compose *m)
{
	size_t errors = main_compose_lint(m, stderr);

	if (errors)
		return cmd_refuse(ERR_REFUSED,
		    "nothing was posted: %zu error%s in the update above", errors,
		    errors == 1 ? "" : "s");
	return post(a, inc, m);
}

/* What each would read, and all that would stop it. */
static int preview(
    const struct args *a, const struct snap_incident *inc, const struct main_compose *m)
{
	char why[COMPOSE_WHY] = "";
	const struct compose *c = m->compose;
	const char *help =
	    compose_stage_refused(inc->id, inc->phase, inc->update_count > 0, c->stage, why);

	if (!help)
		help = compose_status_refused(inc->id, inc->phase, c->stage, c->status, why);
	if (arg_given(a, "json")) {
		cJSON *o = main_compose_json(m), *f = cJSON_CreateObject();

		json_put_str(f, "severity", "error");
		json_put_str(f, "rule", "stage");
		json_put_str(f, "message", why);
		json_put_str(f, "help", help);
		if (help)
			cJSON_InsertItemInArray(cJSON_GetObjectItem(o, "findings"), 0, f);
		else
			cJSON_Delete(f);
		verbs_print(o);
		return EXIT_DONE;
	}
	main_compose_print(m);
	if (help)
		printf("error: %s (%s)\n", why, help);
	main_compose_lint(m, stdout);
	return EXIT_DONE;
}

static const char *template_named(const struct args *a)
{
	return arg_given(a, "no-change") ? "no-change" : arg_value(a, "template");
}

static int run(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, true, &e);
	const struct snap_incident *inc =
	    s ? snap_incident(session_snapshot(s), a->operands[0]) : NULL;
	struct main_compose m;
	int status;

	if (s && update_held_asked(a)) {
		status = update_held(a, s);
		session_close(s);
		return status;
	}
	if (s && !inc)
		err_set(&e, ERR_REFUSED,
		    "%s: there is no such incident (`nocboard incident list` shows them)",
		    a->operands[0]);
	if (!inc || !main_compose_open(&m, s, inc, arg_value(a, "stage"), template_named(a), &e)) {
		session_close(s);
		return cmd_fail(&e);
	}
	for (size_t i = 0; arg_nth(a, "audience", i); i++)
		main_compose_audience(&m, arg_nth(a, "audience", i));
	if (!main_compose_fields(&m, a, &e) || !set_next(a, m.compose, m.now, &e) ||
	    !set_status(a, m.compose, &e)) {
		status = cmd_fail(&e);
	} else if (arg_given(a, "preview")) {
		status = preview(a, inc, &m);
	} else {
		status = check_and_post(a, inc, &m);
	}
	main_compose_close(&m);
	session_close(s);
	return status;
}

const struct cmd cmd_update = {
	.name = "update",
	.summary = "writes an update from its template and posts it",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.about =
	    "Fields that are not given are filled from what the incident records, and from what "
	    "customers read last: --preview shows it. An error that lint finds stops the update; "
	    "a warning is told on standard error.",
	.options = options,
	.run = run,
};

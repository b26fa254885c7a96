/* nocboard incident VERB: the verbs are the rows of the command table, so that a script can do what
 * a key does, under the same rules. */
#include "cmd_incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "domain/command.h"
#include "print.h"
#include "spawn.h"
#include "verbs.h"

static struct verbs verbs;

static void say_done(const struct args *a, const cJSON *answer)
{
	const cJSON *event = json_get(answer, "events") ? json_get(answer, "events")->child : NULL;

	if (arg_given(a, "json")) {
		verbs_print(cJSON_Duplicate(answer, 1));
		return;
	}
	for (; event; event = event->next)
		printf("%s version %lld\n", json_str_or(event, "incident", "?"),
		    (long long)json_int(event, "version", 0));
	if (json_str(json_get(answer, "held"), "waiting"))
		printf("not sent yet: %s\n", json_str(json_get(answer, "held"), "waiting"));
	else if (json_get(answer, "held"))
		printf("held: it goes out at %s unless somebody stops it (nocboard update %s "
		       "--stop)\n",
		    json_str_or(json_get(answer, "held"), "release_at", "?"), a->operands[0]);
}

int incident_command(struct args *a, cJSON *take_request)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, true, &e);
	cJSON *answer = NULL;
	bool ok = false;

	if (s)
		answer = session_ask(s, take_request, &e);
	else
		cJSON_Delete(take_request);
	if (answer && session_check(answer, &e)) {
		say_done(a, answer);
		ok = true;
	}
	cJSON_Delete(answer);
	session_close(s);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

static int run_verb(struct args *a)
{
	bool ok;
	cJSON *request = verbs_request(a, command_find(a->cmd->name), &ok);

	if (ok)
		return incident_command(a, request);
	cJSON_Delete(request);
	return EXIT_USAGE;
}

static int run_list(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	const struct snap_incident **all;
	struct buf out;
	size_t count;
	struct utc now;
	cJSON *list;

	if (!s || !engine_look_at(a, s, &now, &e)) {
		session_close(s);
		return cmd_fail(&e);
	}
	list = cJSON_CreateArray();
	buf_init(&out, 0);
	all = snap_incidents(session_snapshot(s), now, &count);
	for (size_t i = 0; i < count; i++) {
		if (arg_given(a, "json"))
			cJSON_AddItemToArray(list, json_of_incident(all[i], now));
		else
			print_incident(&out, session_snapshot(s), all[i], now);
	}
	if (arg_given(a, "json"))
		verbs_print(cJSON_Duplicate(list, 1));
	else if (!count)
		buf_adds(&out, "no incident\n");
	print_out(&out);
	cJSON_Delete(list);
	free(all);
	buf_fini(&out);
	session_close(s);
	return EXIT_DONE;
}

static int run_show(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	const struct snap_incident *inc =
	    s ? snap_incident(session_snapshot(s), a->operands[0]) : NULL;
	struct buf out;
	struct utc now;

	if (s && !inc)
		err_set(&e, ERR_REFUSED,
		    "%s: there is no such incident (`nocboard incident list` shows them)",
		    a->operands[0]);
	if (!inc || !engine_look_at(a, s, &now, &e) || !session_timeline(s, a->operands[0], &e)) {
		session_close(s);
		return cmd_fail(&e);
	}
	inc = snap_incident(session_snapshot(s), a->operands[0]);
	buf_init(&out, 0);
	if (inc && arg_given(a, "json"))
		verbs_print(json_of_incident(inc, now));
	else if (inc)
		print_incident_whole(&out, session_snapshot(s), inc, now);
	print_out(&out);
	buf_fini(&out);
	session_close(s);
	return EXIT_DONE;
}

void cmd_incident_init(void)
{
	if (verbs.count)
		return;
	verbs_look(&verbs, "all of them, the next breach first", run_list, run_show);
	for (const struct command_info *info = command_infos; info->name; info++)
		if (strcmp(info->name, "update") != 0)
			verbs_make(&verbs, info, info->name, run_verb);
}

const struct cmd cmd_incident = {
	.name = "incident",
	.summary = "everything that a key does to an incident",
	.verbs = verbs.list,
};

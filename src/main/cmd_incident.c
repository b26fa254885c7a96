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

#define VERBS_MAX 48

/* Arguments that are written in order behind the id. */
static const struct {
	const char *command, *args[2];
} positions[] = {
	{ "severity", { "severity" } },
	{ "role", { "role", "person" } },
	{ "release", { "role" } },
	{ "escalate", { "to" } },
	{ "answered", { "to" } },
	{ "involve", { "carrier" } },
	{ "clear", { "carrier" } },
	{ "note", { "text" } },
	{ "hypothesis", { "text" } },
	{ "merge", { "into" } },
	{ "offer", { "to" } },
	{ "rca", { "stage" } },
	{ "retry", { "destination" } },
	{ "give-up", { "destination" } },
};

static const struct cmd_option common[5] = {
	{ "json", 0, NULL, "one JSON document", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ "seen", 0, "VERSION",
	    "refuse if another person changed the same thing since this version", false },
	{ "id", 0, "ID", "of this command: repeated with the same one it is recorded once", false },
};

static struct {
	struct cmd cmds[VERBS_MAX];
	struct cmd_option options[VERBS_MAX][COMMAND_ARGS + countof(common)];
	char operands[VERBS_MAX][64];
	const struct cmd *list[VERBS_MAX + 1];
	size_t count;
} verbs;

static const char *position(const char *command, size_t i)
{
	for (size_t p = 0; p < countof(positions); p++)
		if (strcmp(positions[p].command, command) == 0)
			return i < countof(positions[p].args) ? positions[p].args[i] : NULL;
	return NULL;
}

static void print_json(cJSON *take)
{
	char *text = json_text(take);

	puts(text);
	free(text);
	cJSON_Delete(take);
}

/* The request that the words mean. */
static cJSON *request_of(const struct args *a, const struct command_info *info)
{
	cJSON *o = cJSON_CreateObject(), *args = cJSON_CreateObject();
	const char *seen = arg_value(a, "seen");
	int next = 0;

	json_put_str(o, "cmd", info->name);
	if (!info->creates)
		json_put_str(o, "incident", a->operands[next++]);
	for (size_t i = 0; position(info->name, i) && next < a->operand_count; i++)
		json_put_str(args, position(info->name, i), a->operands[next++]);
	for (size_t i = 0; i < COMMAND_ARGS && info->args[i].name; i++) {
		const char *value = arg_value(a, info->args[i].name);

		if (value)
			json_put_str(args, info->args[i].name, value);
	}
	json_put(o, "args", args);
	if (seen)
		json_put_int(o, "seen", strtol(seen, NULL, 10));
	if (arg_value(a, "id"))
		json_put_str(o, "id", arg_value(a, "id"));
	return o;
}

static void say_done(const struct args *a, const cJSON *answer)
{
	const cJSON *event = json_get(answer, "events") ? json_get(answer, "events")->child : NULL;

	if (arg_given(a, "json")) {
		print_json(cJSON_Duplicate(answer, 1));
		return;
	}
	for (; event; event = event->next)
		printf("%s version %lld\n", json_str_or(event, "incident", "?"),
		    (long long)json_int(event, "version", 0));
	if (json_str(json_get(answer, "held"), "waiting"))
		printf("not sent yet: %s\n", json_str(json_get(answer, "held"), "waiting"));
	else if (json_get(answer, "held"))
		printf("held: it goes out at %s unless somebody stops it\n",
		    json_str_or(json_get(answer, "held"), "release_at", "?"));
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
	return incident_command(a, request_of(a, command_find(a->cmd->name)));
}

static int run_list(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	const struct snap_incident **all;
	struct buf out;
	size_t count;
	cJSON *list = cJSON_CreateArray();

	if (!s) {
		cJSON_Delete(list);
		return cmd_fail(&e);
	}
	buf_init(&out, 0);
	all = snap_incidents(session_snapshot(s), session_now(s), &count);
	for (size_t i = 0; i < count; i++) {
		if (arg_given(a, "json"))
			cJSON_AddItemToArray(list, json_of_incident(all[i], session_now(s)));
		else
			print_incident(&out, session_snapshot(s), all[i], session_now(s));
	}
	if (arg_given(a, "json"))
		print_json(cJSON_Duplicate(list, 1));
	else
		fputs(count ? buf_str(&out) : "no incident\n", stdout);
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
	int status = EXIT_DONE;

	if (s && !inc)
		err_set(&e, ERR_REFUSED,
		    "%s: there is no such incident (`nocboard incident list` shows them)",
		    a->operands[0]);
	if (!inc || !session_timeline(s, a->operands[0], &e)) {
		session_close(s);
		return cmd_fail(&e);
	}
	inc = snap_incident(session_snapshot(s), a->operands[0]);
	buf_init(&out, 0);
	if (inc && arg_given(a, "json"))
		print_json(json_of_incident(inc, session_now(s)));
	else if (inc)
		print_incident_whole(&out, session_snapshot(s), inc, session_now(s));
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	session_close(s);
	return status;
}

static const struct cmd list_verb = { .name = "list",
	.summary = "all of them, the next breach first",
	.options = common,
	.run = run_list };
static const struct cmd show_verb = { .name = "show",
	.summary = "one of them, with its timeline",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.options = common,
	.run = run_show };

static void add_verb(const struct command_info *info)
{
	size_t n = verbs.count, o = 0;
	struct cmd *cmd = &verbs.cmds[n];
	char *operands = verbs.operands[n];
	int least = info->creates ? 0 : 1;

	snprintf(operands, sizeof verbs.operands[n], "%s", info->creates ? "" : "ID");
	for (size_t i = 0; position(info->name, i); i++, least++) {
		size_t len = strlen(operands);

		snprintf(
		    operands + len, sizeof verbs.operands[n] - len, " %s", position(info->name, i));
	}
	for (char *p = operands; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	for (size_t i = 0; i < COMMAND_ARGS && info->args[i].name; i++) {
		bool placed = false;

		for (size_t p = 0; position(info->name, p); p++)
			placed |= strcmp(position(info->name, p), info->args[i].name) == 0;
		if (!placed)
			verbs.options[n][o++] = (struct cmd_option){ info->args[i].name, 0, "VALUE",
				info->args[i].help, false };
	}
	memcpy(&verbs.options[n][o], common, sizeof common);
	*cmd = (struct cmd){ .name = info->name,
		.summary = info->help,
		.operands = *operands ? operands : NULL,
		.least = least,
		.most = least,
		.options = verbs.options[n],
		.run = run_verb };
	verbs.list[verbs.count + 2] = cmd;
	verbs.count++;
}

void cmd_incident_init(void)
{
	if (verbs.list[0])
		return;
	verbs.list[0] = &list_verb;
	verbs.list[1] = &show_verb;
	for (const struct command_info *info = command_infos; info->name; info++)
		if (strcmp(info->name, "update") != 0 && verbs.count + 3 < VERBS_MAX)
			add_verb(info);
}

const struct cmd cmd_incident = {
	.name = "incident",
	.summary = "everything that a key does to an incident",
	.verbs = verbs.list,
};

#include "verbs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
	{ "maintenance-note", { "text" } },
};

const struct cmd_option verbs_common[VERBS_COMMON] = {
	{ "json", 0, NULL, "one JSON document", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ "seen", 0, "VERSION",
	    "refuse if another person changed the same thing since this version", false },
	{ "id", 0, "ID", "of this command: repeated with the same one it is recorded once", false },
};

static const char *position(const char *command, size_t i)
{
	for (size_t p = 0; p < countof(positions); p++)
		if (strcmp(positions[p].command, command) == 0)
			return i < countof(positions[p].args) ? positions[p].args[i] : NULL;
	return NULL;
}

void verbs_print(cJSON *take)
{
	char *text = json_text(take);

	puts(text);
	free(text);
	cJSON_Delete(take);
}

static void put_arg(const struct args *a, const struct command_arg *arg, cJSON *args, bool *ok)
{
	struct err e;
	cJSON *pairs;

	if (arg->type != ARG_OBJECT) {
		json_put_str(args, arg->name, arg_value(a, arg->name));
		return;
	}
	pairs = verbs_pairs(a, arg->name, &e);
	if (pairs)
		json_put(args, arg->name, pairs);
	else
		*ok = cmd_fail(&e) == EXIT_DONE;
}

cJSON *verbs_pairs(const struct args *a, const char *option, struct err *e)
{
	cJSON *o = cJSON_CreateObject();
	const char *pair;

	for (size_t i = 0; (pair = arg_nth(a, option, i)); i++) {
		const char *equals = strchr(pair, '=');
		char *name;

		if (!equals || equals == pair) {
			err_set(e, ERR_USAGE, "--%s: \"%.80s\" is not NAME=TEXT", option, pair);
			cJSON_Delete(o);
			return NULL;
		}
		name = xstrndup(pair, (size_t)(equals - pair));
		cJSON_DeleteItemFromObjectCaseSensitive(o, name);
		json_put_str(o, name, equals + 1);
		free(name);
	}
	return o;
}

/* A version that was not understood would be none at all, and refuse nobody. */
static bool put_seen(cJSON *o, const char *text)
{
	char *end;
	long version = strtol(text, &end, 10);

	if (end == text || *end || version < 1 || version > INT_MAX) {
		cmd_refuse(ERR_USAGE,
		    "--seen: \"%.40s\" is no version (the number of an event in the timeline)",
		    text);
		return false;
	}
	json_put_int(o, "seen", version);
	return true;
}

cJSON *verbs_request(const struct args *a, const struct command_info *info, bool *ok)
{
	cJSON *o = cJSON_CreateObject(), *args = cJSON_CreateObject();
	const char *seen = arg_value(a, "seen");
	int next = 0;

	*ok = true;
	json_put_str(o, "cmd", info->name);
	if (!info->creates)
		json_put_str(o, "incident", a->operands[next++]);
	for (size_t i = 0; position(info->name, i) && next < a->operand_count; i++)
		json_put_str(args, position(info->name, i), a->operands[next++]);
	for (size_t i = 0; i < COMMAND_ARGS && info->args[i].name; i++)
		if (arg_given(a, info->args[i].name))
			put_arg(a, &info->args[i], args, ok);
	json_put(o, "args", args);
	if (seen && !put_seen(o, seen))
		*ok = false;
	if (arg_value(a, "id"))
		json_put_str(o, "id", arg_value(a, "id"));
	return o;
}

void verbs_add(struct verbs *v, const struct cmd *cmd)
{
	if (v->count < VERBS_MAX)
		v->list[v->count++] = cmd;
}

void verbs_look(
    struct verbs *v, const char *summary, int (*list)(struct args *a), int (*show)(struct args *a))
{
	struct cmd *cmd = &v->cmds[v->made];

	cmd[0] = (struct cmd){
		.name = "list", .summary = summary, .options = verbs_common, .run = list
	};
	cmd[1] = (struct cmd){ .name = "show",
		.summary = "one of them, with its timeline",
		.operands = "ID",
		.least = 1,
		.most = 1,
		.options = verbs_common,
		.run = show };
	v->made += 2;
	verbs_add(v, &cmd[0]);
	verbs_add(v, &cmd[1]);
}

void verbs_make(
    struct verbs *v, const struct command_info *info, const char *name, int (*run)(struct args *a))
{
	size_t n = v->made, o = 0;
	struct cmd *cmd = &v->cmds[n];
	char *operands = v->operands[n];
	int least = info->creates ? 0 : 1;

	snprintf(operands, sizeof v->operands[n], "%s", info->creates ? "" : "ID");
	for (size_t i = 0; position(info->name, i); i++, least++) {
		size_t len = strlen(operands);

		snprintf(
		    operands + len, sizeof v->operands[n] - len, " %s", position(info->name, i));
	}
	for (char *p = operands; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	for (size_t i = 0; i < COMMAND_ARGS && info->args[i].name; i++) {
		bool placed = false;

		for (size_t p = 0; position(info->name, p); p++)
			placed |= strcmp(position(info->name, p), info->args[i].name) == 0;
		if (!placed && info->args[i].type == ARG_OBJECT)
			v->options[n][o++] = (struct cmd_option){ info->args[i].name, 0,
				"NAME=TEXT", info->args[i].help, true };
		else if (!placed)
			v->options[n][o++] = (struct cmd_option){ info->args[i].name, 0, "VALUE",
				info->args[i].help, false };
	}
	memcpy(&v->options[n][o], verbs_common, sizeof verbs_common);
	*cmd = (struct cmd){ .name = name,
		.summary = info->help,
		.operands = *operands ? operands : NULL,
		.least = least,
		.most = least,
		.options = v->options[n],
		.run = run };
	v->made++;
	verbs_add(v, cmd);
}

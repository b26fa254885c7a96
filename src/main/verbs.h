/* Verbs of the command line made from a table of commands, so that a script can do what a key does,
 * under the same rules. */
#ifndef VERBS_H
#define VERBS_H

#include "base/json.h"
#include "cmd.h"
#include "domain/command.h"

#define VERBS_MAX 48
#define VERBS_COMMON 5

/* --json, --socket, --seen, --id. */
extern const struct cmd_option verbs_common[VERBS_COMMON];

struct verbs {
	struct cmd cmds[VERBS_MAX];
	struct cmd_option options[VERBS_MAX][COMMAND_ARGS + VERBS_COMMON];
	char operands[VERBS_MAX][64];
	const struct cmd *list[VERBS_MAX + 1]; /* NULL-terminated */
	size_t made, count;
};

/* A verb of one's own. */
void verbs_add(struct verbs *v, const struct cmd *cmd);
/* The verbs `list` (its summary is said) and `show ID`, the first two of every set. */
void verbs_look(
    struct verbs *v, const char *summary, int (*list)(struct args *a), int (*show)(struct args *a));
/* The verb `name` for a command, run by `run`. */
void verbs_make(
    struct verbs *v, const struct command_info *info, const char *name, int (*run)(struct args *a));

/* The request that the words mean. False in *ok: an option of pairs is not NAME=TEXT. */
cJSON *verbs_request(const struct args *a, const struct command_info *info, bool *ok);
/* The pairs of an option NAME=TEXT as an object; NULL: one of them is none, *e. */
cJSON *verbs_pairs(const struct args *a, const char *option, struct err *e);

/* Prints one JSON document and frees it. */
void verbs_print(cJSON *take);

#endif

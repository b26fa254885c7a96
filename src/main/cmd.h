/* The command line as tables: --help, the man page and "did you mean" come from them. A subcommand
 * is one file that defines its struct cmd, and one row in commands[] (nocboard.c). */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

struct cmd_option {
	const char *name;  /* "policy", for --policy */
	char letter;	   /* 0: none */
	const char *value; /* "FILE"; NULL: a flag */
	const char *help;
	bool many; /* may be given more than once */
};

struct args;

struct cmd {
	const char *name;
	const char *summary;		  /* one line, lower case, no full stop */
	const char *operands;		  /* as usage shows them: "ID [PERSON]"; NULL: none */
	int least, most;		  /* how many operands; most -1: any number */
	const char *about;		  /* paragraphs, an empty line between two; NULL */
	const struct cmd_option *options; /* ends with a row without a name; NULL: none */
	const struct cmd *const
	    *verbs;		    /* of a group ("incident ack"), NULL-terminated; else NULL */
	int (*run)(struct args *a); /* returns the exit status; NULL for a group */
	bool hidden;		    /* for our own processes: not in help, never suggested */
};

struct arg {
	const struct cmd_option *option;
	const char *value; /* NULL of a flag */
};

/* A command line, read. Strings are argv's. */
struct args {
	const struct cmd *group;		  /* of a verb; else NULL */
	const struct cmd *cmd;			  /* NULL: none was named and there is no default */
	const char *config, *host, *journal, *as; /* common options; NULL: not given */
	struct utc now;				  /* UTC_NONE: not given */
	bool help, version;
	char **operands; /* NULL-terminated */
	int operand_count;
	struct arg *given; /* the command's own options, in their order */
	size_t given_count, given_cap;
};

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FOUND = 1, /* a check or probe found a problem, or the input is bad */
	EXIT_USAGE = 2,
	EXIT_CONFIG = 3,
	EXIT_JOURNAL = 4,
	EXIT_REFUSED = 5,
};

extern const struct cmd *const commands[]; /* NULL-terminated, in the order of help */
extern const struct cmd_option common_options[];

/* False: wrong usage, *e says what. The caller frees with args_fini either way. */
bool args_parse(struct args *a, int argc, char **argv, struct err *e);
void args_fini(struct args *a);

/* The command's own options by their long name. */
bool arg_given(const struct args *a, const char *name);
const char *arg_value(const struct args *a, const char *name); /* the last one; NULL: not given */
/* The i-th value of an option that may come many times; NULL behind the last. */
const char *arg_nth(const struct args *a, const char *name, size_t i);

const struct cmd *cmd_find(const struct cmd *const *list, const char *name);

/* "nocboard: …" on standard error, one line; returns the exit status of the error. */
int cmd_fail(const struct err *e);
/* The same with the words of a command: `return cmd_refuse(ERR_USAGE, "…", …)`. */
int cmd_refuse(enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What `--help` prints; `cmd` NULL: of the whole program. */
void help_text(struct buf *out, const struct cmd *group, const struct cmd *cmd);
/* nocboard(1) in mdoc. */
void help_man(struct buf *out);
/* nocboard.yaml(5) in mdoc. */
void help_man_config(struct buf *out);

extern const struct cmd cmd_board, cmd_bridge, cmd_check, cmd_clocks, cmd_contacts, cmd_drill,
    cmd_engine, cmd_feed, cmd_help, cmd_init, cmd_journal, cmd_keys, cmd_parse_child, cmd_paths,
    cmd_probe, cmd_publish, cmd_status, cmd_template, cmd_update;

#endif

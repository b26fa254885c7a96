/* Forms: the fields of a command's arguments, with what can be chosen and what it means. */
#ifndef UI_FORM_H
#define UI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/command.h"
#include "domain/snapshot.h"
#include "ui/lineedit.h"
#include "ui/view.h"

struct choice {
	char *value, *label, *note;
};

struct choices {
	struct choice *items;
	size_t count, cap;
};

void choices_fini(struct choices *l);
/* What can be chosen for an argument, with what it means now; empty for free text. */
void choices_for(struct choices *out, const struct command_arg *arg, const struct scene *s,
    const struct snap_incident *inc);
/* Whether the value must be one of the choices. */
bool choices_bind(enum arg_type type);

struct field {
	const struct command_arg *arg;
	struct lineedit edit;
	struct choices choices;
	int at;	    /* the marked one among those that match what was typed */
	bool typed; /* a person has typed: the text filters the choices */
	bool moved; /* a person has moved the mark since: it is what they mean */
	char error[160];
};

struct form {
	const struct action *action;
	char incident[32]; /* "" for a command that creates */
	char title[160];
	int seen; /* version of the incident when the form was opened */
	struct field fields[COMMAND_ARGS];
	size_t count, focus; /* focus == count: the button */
	char error[400];     /* of the whole */
	char sent[64];	     /* id of the command that waits for its answer, or "" */
};

/* A form for this action; `args` ("tier=2 …") fills fields. */
struct form *form_new(const struct action *a, const struct scene *s,
    const struct snap_incident *inc, const char *args);
void form_free(struct form *f);

/* Keys: actions of the table by id; false when it means nothing here. `submit` is set when the form
 * is complete and asked to go. */
bool form_act(struct form *f, const char *action, bool *submit);
void form_text(struct form *f, const char *text, bool pasted);
/* Checks all fields; errors are set, and the focus goes to the first. */
bool form_check(struct form *f);
/* What was filled in; the caller frees. */
cJSON *form_args(const struct form *f);
/* A refusal of the engine: under the field it is about, or over the buttons. */
void form_refuse(struct form *f, const char *argument, const char *reason, const char *help);
/* Text of a field by the argument's name; NULL: no such field. */
const char *form_value(const struct form *f, const char *name);

void form_draw(struct form *f, const struct scene *s, struct canvas *c);

#endif

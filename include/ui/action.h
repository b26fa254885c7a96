/* The one table of what can be done on the board: keymaps, palette, help and footer read it. The
 * commands on incidents come from the table of domain/command. */
#ifndef UI_ACTION_H
#define UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/command.h"

struct app;

struct action {
	const char *id;	      /* "incident.ack" */
	const char *label;    /* one or two words for the footer */
	const char *help;     /* one line */
	const char *group;    /* in the help: "Move", "Incident", … */
	const char *contexts; /* blank-separated; it can be used in these and below them */
	enum danger danger;
	unsigned permission; /* bits that are needed; 0: none */
	bool needs_incident;
	const struct command_info *command; /* of a command on an incident, else NULL */
	const char *sends; /* the command that the action's own screen sends; NULL: that of above */
	/* `args` may be NULL. Views get an action first; this runs when they leave it. */
	void (*run)(struct app *app, const struct action *self, const char *args);
};

/* All of them; the array lives as long as the program. */
const struct action *const *actions(size_t *count);
const struct action *action_find(const char *id);
/* The id that looks most like `id`, for "did you mean"; NULL: none is near. */
const char *action_near(const char *id);
/* Whether the action can be used in this context or one above it. */
bool action_in(const struct action *a, const char *context);

#endif

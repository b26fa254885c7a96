/* nocboard board: the full-screen board, and what a bare nocboard is. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"
#include "spawn.h"
#include "ui/app.h"
#include "ui/theme.h"

static const struct cmd_option options[] = {
	{ "wall", 0, NULL, "for a wall: big digits, read-only, pages that turn, no keyboard needed",
	    false },
	{ "region", 0, "ID", "only this region and what touches it", false },
	{ "read-only", 0, NULL, "offers nothing but looking", false },
	{ "keymap", 0, "NAME", "a shipped keymap by name, or a file", false },
	{ "theme", 0, "NAME", "dark, light, high-contrast, console8 or mono", false },
	{ "color", 0, "WHEN", "auto, always, never, 16, 256 or direct", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ "allow-root", 0, NULL, "an engine that is started here runs as root all the same",
	    false },
	{ 0 },
};

/* The engine that is there, if it has the journal that was named, or a new one. */
static bool right_engine(const struct args *a, const char *path, bool wall, struct err *e)
{
	struct session *s;

	if (a->host || (engine_serves(path) ? !a->journal : wall))
		return true;
	s = engine_session(a, true, e);
	session_close(s);
	return s != NULL;
}

static int run(struct args *a)
{
	const char *colour = arg_value(a, "color"), *theme = arg_value(a, "theme");
	struct ui_options o = { .as = a->as,
		.keymap = arg_value(a, "keymap"),
		.theme = theme,
		.region = arg_value(a, "region"),
		.wall = arg_given(a, "wall"),
		.read_only = arg_given(a, "read-only") };
	struct err e = { 0 };
	char *path;
	int status;

	if (colour && !term_colour_parse(colour, &o.colour))
		return cmd_refuse(ERR_USAGE,
		    "--color %.40s: not known (auto, always, never, 16, 256 or direct)", colour);
	if (theme && !theme_find(theme))
		return cmd_refuse(ERR_USAGE,
		    "--theme %.40s: not known (dark, light, high-contrast, console8 or mono)",
		    theme);
	path = engine_socket(a, &e);
	if (!path)
		return cmd_fail(&e);
	o.socket = path;
	if (!right_engine(a, path, o.wall, &e)) {
		free(path);
		return cmd_fail(&e);
	}
	status = ui_run(&o, &e);
	if (e.msg[0])
		status = cmd_fail(&e);
	free(path);
	return status;
}

const struct cmd cmd_board = {
	.name = "board",
	.summary = "the full-screen board; what a bare nocboard shows",
	.about =
	    "Attaches to the engine of this host. Leaving the board leaves the engine running.\n\n"
	    "? shows the keys of a screen, : finds everything by name.",
	.options = options,
	.run = run,
};

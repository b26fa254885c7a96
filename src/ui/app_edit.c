/* While an editor has the terminal: nothing is drawn and no key is read, everything else goes on.
 */
#include <stdlib.h>

#include "app_priv.h"
#include "base/mem.h"
#include "os/loop.h"
#include "ui/handoff.h"
#include "ui/term.h"

#define LOOK_MS 40

struct editing {
	struct handoff *handoff;
	struct loop_timer *look;
	void (*done)(struct app *app, char *text, const char *why);
};

static void back(struct app *app, int status)
{
	struct editing *ed = app->editing;
	struct err e = { 0 };
	char *text = handoff_end(ed->handoff, term_fd(app->term), status, &e);

	app->editing = NULL;
	term_enter(app->term);
	loop_fd_events(app->input, UV_READABLE | UV_DISCONNECT);
	ed->done(app, text, e.msg);
	loop_timer_free(ed->look);
	free(ed);
	free(text);
	app_dirty(app);
}

static void look(void *ctx)
{
	struct app *app = ctx;
	int status = 0;

	if (handoff_runs(app->editing->handoff, &status))
		loop_timer_after(app->editing->look, LOOK_MS);
	else
		back(app, status);
}

void app_edit(
    struct app *app, const char *text, void (*done)(struct app *app, char *text, const char *why))
{
	struct editing *ed;
	struct err e = { 0 };

	if (app->editing)
		return;
	ed = xcalloc(1, sizeof *ed);
	term_leave(app->term);
	ed->handoff = handoff_start(term_fd(app->term), text, &e);
	if (!ed->handoff) {
		free(ed);
		term_enter(app->term);
		app_say(app, STYLE_ERROR, "%s", e.msg);
		return;
	}
	ed->done = done;
	ed->look = loop_timer_new(app->loop, look, app);
	app->editing = ed;
	loop_fd_events(app->input, UV_DISCONNECT);
	loop_timer_after(ed->look, LOOK_MS);
}

void app_edit_end(struct app *app)
{
	if (!app->editing)
		return;
	handoff_kill(app->editing->handoff);
	loop_timer_free(app->editing->look);
	free(app->editing);
	app->editing = NULL;
}

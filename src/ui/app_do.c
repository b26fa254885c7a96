/* What actions do that no view does by itself. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "os/loop.h"
#include "sent.h"
#include "ui/contacts.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/planned.h"
#include "ui/theme.h"
#include "ui/views.h"

#define DO(name) void app_do_##name(struct app *app, const struct action *self, const char *args)
#define UNUSED                                                                                     \
	(void)self;                                                                                \
	(void)args

static void leave(struct app *app, void *data)
{
	(void)data;
	app_stop(app, 0);
}

DO(quit)
{
	UNUSED;
	app_stop(app, 0);
}

DO(back)
{
	struct question q = { .title = "Leave the board?",
		.text = app_scene(app)->pending
			    ? "The engine has not answered yet: what you did last, and what waits "
			      "to be sent to it, is lost when you leave now."
			: app->o->leaving ? app->o->leaving
					  : "The engine goes on watching, and what others do goes "
					    "on. nocboard brings this board back.",
		.yes = "Leave",
		.go = leave };

	UNUSED;
	if (app->count > 1)
		app_pop(app);
	else if (app->canvas.w < VIEW_MIN_W || app->canvas.h < VIEW_MIN_H)
		app_stop(app, 0); /* no question fits on this screen */
	else
		app_push(app, &view_confirm, view_confirm_new(&q));
}

DO(cancel)
{
	UNUSED;
	if (app->count > 1)
		app_pop(app);
	else
		app_say(app, STYLE_NOTICE, "Nothing is in progress");
}

DO(redraw)
{
	UNUSED;
	term_forget(app->term);
	app_dirty(app);
}

DO(suspend)
{
	UNUSED;
	term_leave(app->term);
	raise(SIGTSTP);
	term_enter(app->term);
	app_dirty(app);
}

DO(theme)
{
	const char *now = term_theme(app->term);
	size_t at = 0;

	(void)self;
	if (args && theme_find(args)) {
		term_set_theme(app->term, args);
	} else {
		while (at < theme_count && strcmp(themes[at].name, now) != 0)
			at++;
		term_set_theme(app->term, themes[(at + 1) % theme_count].name);
	}
	app_say(app, STYLE_NOTICE, "Theme: %s", term_theme(app->term));
}

DO(mute)
{
	UNUSED;
	app->muted = !app->muted;
	app_say(app, STYLE_NOTICE,
	    app->muted ? "The bell of this board is off" : "The bell of this board is on");
}

DO(help)
{
	UNUSED;
	app_push(app, &view_help, view_help_new(app_base(app)->ops->context));
}

DO(board)
{
	UNUSED;
	while (app->count > 1)
		app_pop(app);
}

DO(outbox)
{
	UNUSED;
	if (app_base(app)->ops != &view_outbox)
		app_push(app, &view_outbox, view_outbox_new());
}

static void show_of_region(struct app *app, const char *title, notice_text write, const char *args)
{
	const char *region = args && strncmp(args, "region=", 7) == 0 ? args + 7 : NULL;

	app_push(app, &view_notice,
	    view_notice_live(title, write, region ? region : app_scene(app)->region));
}

static void contacts(const struct scene *s, const char *region, struct buf *out)
{
	contacts_text(s->snap, region, out);
}

DO(contacts)
{
	(void)self;
	show_of_region(app, "Contacts", contacts, args);
}

static void planned(const struct scene *s, const char *region, struct buf *out)
{
	planned_text(s->snap, region, s->now, out);
}

DO(maintenance)
{
	(void)self;
	show_of_region(app, "Planned work", planned, args);
}

DO(journal)
{
	UNUSED;
	if (app_base(app)->ops != &view_journal)
		app_push(app, &view_journal, view_journal_new());
}

DO(sources)
{
	UNUSED;
	if (app_base(app)->ops != &view_sources)
		app_push(app, &view_sources, view_sources_new());
}

DO(evidence)
{
	const struct snap_incident *inc = app_target(app);

	UNUSED;
	if (inc)
		app_push(app, &view_incident, view_incident_new(inc->id, 3));
	else
		app_say(app, STYLE_NOTICE, "No incident is selected");
}

/* ---- commands ---- */

static void ask_form(
    struct app *app, const struct action *a, const struct snap_incident *inc, const char *args)
{
	app_push(app, &view_form, view_form_new(form_new(a, app_scene(app), inc, args)));
}

/* What a question needs when it is answered: the incident and the version that were seen then. */
struct deferred {
	const struct action *action;
	char incident[32];
	int seen;
};

static void go_deferred(struct app *app, void *data)
{
	struct deferred *d = data;

	sent_command(app, d->action, d->incident, d->seen, NULL, NULL);
}

static void ask_first(struct app *app, const struct action *a, const struct snap_incident *inc)
{
	struct deferred *d = xcalloc(1, sizeof *d);
	char title[160], text[600], scope[80];

	d->action = a;
	d->seen = inc->version;
	snprintf(d->incident, sizeof d->incident, "%s", inc->id);
	incident_scope(inc, (int)sizeof scope - 1, scope, sizeof scope);
	snprintf(title, sizeof title, "%s %s %s?", a->command->verb, inc->id, scope);
	snprintf(text, sizeof text, "%s\n\n%s.", inc->title ? inc->title : "", a->help);
	app_push(app, &view_confirm,
	    view_confirm_new(&(struct question){ .title = title,
		.text = text,
		.yes = a->command->verb,
		.go = go_deferred,
		.drop = free,
		.data = d }));
}

/* A key that brings all that is needed does it at once, where undo can take it back. */
static bool done_at_once(
    struct app *app, const struct action *a, const struct snap_incident *inc, const char *args)
{
	struct form *f;
	bool complete;

	if (!args || !inc || !command_can_undo(a->command->name))
		return false;
	f = form_new(a, app_scene(app), inc, args);
	complete = form_check(f);
	if (complete)
		sent_can_undo(sent_command(app, a, inc->id, inc->version, form_args(f), NULL));
	form_free(f);
	return complete;
}

/* Binds to the incident that is on screen now, by id and version: a refresh between two keys cannot
 * move it. */
DO(command)
{
	const struct snap_incident *inc = self->needs_incident ? app_target(app) : NULL;
	const struct command_info *info = self->command;

	if (done_at_once(app, self, inc, args))
		return;
	if (info->args[0].name)
		ask_form(app, self, inc, args);
	else if (info->danger <= DANGER_OWN)
		sent_command(app, self, inc->id, inc->version, NULL, NULL);
	else
		ask_first(app, self, inc);
}

/* ---- undo ---- */

static void go_undo(struct app *app, void *data)
{
	const char *incident = data;
	const struct snap_incident *inc = snap_incident(app_scene(app)->snap, incident);
	const struct action *undo = action_find("incident.undo");

	if (inc && undo)
		sent_command(
		    app, undo, inc->id, inc->version, NULL, "your last change was taken back");
}

/* The newest own event of the timeline on screen, so that one sees what would be taken back. */
static const struct snap_line *own_last(const struct scene *s, const char *incident)
{
	const struct snapshot *snap = s->snap;

	if (!snap->timeline_of || strcmp(snap->timeline_of, incident) != 0)
		return NULL;
	for (size_t i = snap->timeline_count; i-- > 0;)
		if (snap->timeline[i].actor && strcmp(snap->timeline[i].actor, s->me) == 0)
			return &snap->timeline[i];
	return NULL;
}

/* What is held comes first: seconds count there. */
DO(undo)
{
	const struct snap_incident *inc;
	const struct snap_line *line;
	char text[500], title[80];

	if (app_next_held(app)) {
		app_do_held_stop(app, self, args);
		return;
	}
	inc = app_target(app);
	if (!inc || !action_find("incident.undo")) {
		app_say(app, STYLE_NOTICE, "Nothing is held, and no incident is selected");
		return;
	}
	line = own_last(app_scene(app), inc->id);
	if (!line) {
		app_say(app, STYLE_NOTICE,
		    "You have changed nothing on %s that could be taken back", inc->id);
		return;
	}
	snprintf(title, sizeof title, "Take back on %s?", inc->id);
	snprintf(text, sizeof text,
	    "Your last change: %s\n\nNothing is erased: the opposite is recorded.",
	    line->text ? line->text : "");
	app_push(app, &view_confirm,
	    view_confirm_new(&(struct question){ .title = title,
		.text = text,
		.yes = "Take back",
		.go = go_undo,
		.drop = free,
		.data = xstrdup(inc->id) }));
}

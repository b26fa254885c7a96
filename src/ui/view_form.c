/* A form over what is below it, and its way to the engine and back. */
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "sent.h"
#include "ui/form.h"
#include "ui/views.h"

void *view_form_new(struct form *take)
{
	return take;
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	form_draw(state, s, c);
}

static void submit_form(struct app *app, struct form *f)
{
	const struct command_info *info = f->action->command;
	cJSON *args = form_args(f);
	const char *id;

	id = sent_command(app, f->action, f->incident[0] ? f->incident : NULL,
	    info->creates ? 0 : f->seen, args, NULL);
	strncpy(f->sent, id, sizeof f->sent - 1);
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct form *f = state;
	bool submit;

	(void)args;
	if (strcmp(a->id, "form.cancel") == 0) {
		if (f->sent[0])
			app_say(app, STYLE_NOTICE,
			    "It was sent already; the answer will be shown here");
		app_pop(app);
		return true;
	}
	if (f->sent[0])
		return strncmp(a->id, "app.", 4) != 0;
	if (!form_act(f, a->id, &submit))
		return false;
	if (submit && form_check(f))
		submit_form(app, f);
	return true;
}

static void text(void *state, struct app *app, const char *t, bool pasted)
{
	struct form *f = state;

	(void)app;
	if (!f->sent[0])
		form_text(f, t, pasted);
}

static const char *target(void *state, const struct scene *s)
{
	const struct form *f = state;

	(void)s;
	return f->incident[0] ? f->incident : NULL;
}

static enum answer_take answer(void *state, const struct answer *a)
{
	struct form *f = state;

	if (!f->sent[0] || strcmp(f->sent, a->id) != 0)
		return ANSWER_NOT_MINE;
	if (a->ok)
		return ANSWER_DONE;
	form_refuse(f, a->argument, a->reason, a->help);
	return ANSWER_KEEP;
}

static void shut(void *state)
{
	form_free(state);
}

const struct view_ops view_form = {
	.name = "Form",
	.context = "form",
	.overlay = true,
	.draw = draw,
	.act = act,
	.text = text,
	.target = target,
	.answer = answer,
	.close = shut,
};

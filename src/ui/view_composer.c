/* The composer as a view: from the key to the question, to the engine, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/map.h"
#include "base/mem.h"
#include "os/file.h"
#include "sent.h"
#include "ui/composer.h"
#include "ui/draw.h"
#include "ui/views.h"

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	composer_draw(state, s, c);
}

static const struct snap_readers *readers_of(const struct snap_incident *inc, const char *audience)
{
	for (size_t i = 0; inc && i < inc->reader_count; i++)
		if (strcmp(inc->readers[i].audience, audience) == 0)
			return &inc->readers[i];
	return NULL;
}

/* "partners: mail, partner-hook — 2 subscribers: Acme Travel, Globe" */
static void add_audience(
    struct buf *out, const struct snap_audience *from, const struct snap_readers *readers)
{
	buf_addf(out, "%s: ", from->id);
	for (size_t k = 0; k < from->channel_count; k++)
		buf_addf(out, "%s%s", k ? ", " : "", from->channels[k]);
	if (readers) {
		buf_addf(
		    out, " — %d subscriber%s: ", readers->count, readers->count == 1 ? "" : "s");
		for (size_t k = 0; k < readers->name_count; k++)
			buf_addf(out, "%s%s", k ? ", " : "", readers->names[k]);
		if (readers->count > (int)readers->name_count)
			buf_addf(out, " and %d more", readers->count - (int)readers->name_count);
	} else {
		buf_adds(out, from->internal ? " — our own people"
					     : " — whoever reads it there; nobody is subscribed");
	}
	buf_addc(out, '\n');
}

/* Where these audiences' texts go, and who reads them; for the question. */
static void add_readers(
    struct buf *out, const struct scene *s, const struct composer *c, const cJSON *args)
{
	const struct snap_noc *noc = s->snap->noc;
	const struct snap_incident *inc = snap_incident(s->snap, c->incident);
	const cJSON *id;

	cJSON_ArrayForEach(id, json_get(args, "audiences"))
	{
		for (size_t i = 0; noc && i < noc->audience_count; i++)
			if (strcmp(noc->audiences[i].id, id->valuestring) == 0)
				add_audience(
				    out, &noc->audiences[i], readers_of(inc, id->valuestring));
	}
	if (noc && noc->send_delay_ms > 0)
		buf_addf(out, "Held for %d s: it can be stopped until then.\n\n",
		    (int)((noc->send_delay_ms + 999) / 1000));
	else
		buf_adds(out, "Sent at once.\n\n");
}

/* What lint does not stop, a person weighs. */
static void add_warnings(struct buf *out, const struct composer *c)
{
	char doubt[COMPOSER_DOUBT];
	bool doubted = composer_doubts_state(c, doubt);

	if (doubted)
		buf_addf(out, "Warning: state: %s\n", doubt);
	for (size_t i = 0; i < c->findings.count; i++)
		buf_addf(out, "Warning: %s%s%s (%s)\n",
		    c->findings.items[i].field ? c->findings.items[i].field : "",
		    c->findings.items[i].field ? ": " : "", c->findings.items[i].message,
		    c->findings.items[i].help);
	if (c->findings.count || doubted)
		buf_addc(out, '\n');
}

/* The question keeps the texts that were shown: what is confirmed is what is sent. */
struct ready {
	char incident[32];
	int seen;
	cJSON *args;
};

static void drop_ready(void *data)
{
	struct ready *r = data;

	cJSON_Delete(r->args);
	free(r);
}

static void go(struct app *app, void *data)
{
	struct ready *r = data;
	struct view *v = app_top(app);
	struct composer *c;
	const char *id;

	if (v->ops != &view_composer)
		return;
	c = v->state;
	id = sent_command(
	    app, action_find("update.compose"), r->incident, r->seen, r->args, "update");
	r->args = NULL;
	snprintf(c->sent, sizeof c->sent, "%s", id);
}

static void ask(struct composer *c, struct app *app)
{
	const struct scene *s = app_scene(app);
	struct ready *r = xcalloc(1, sizeof *r);
	struct buf texts, all;
	char title[80];

	buf_init(&texts, (size_t)256 << 10);
	buf_init(&all, (size_t)300 << 10);
	r->args = composer_args(c, s, &texts);
	r->seen = c->seen;
	snprintf(r->incident, sizeof r->incident, "%s", c->incident);
	add_warnings(&all, c);
	add_readers(&all, s, c, r->args);
	buf_adds(&all, buf_str(&texts));
	snprintf(title, sizeof title, "Send the %s update of %s?", c->compose->stage, c->incident);
	app_push(app, &view_confirm,
	    view_confirm_new(&(struct question){ .title = title,
		.text = buf_str(&all),
		.yes = "Send",
		.go = go,
		.drop = drop_ready,
		.data = r }));
	buf_fini(&texts);
	buf_fini(&all);
}

/* Back from the person's editor. */
static void edited(struct app *app, char *text, const char *why)
{
	struct view *v = app_top(app);
	struct composer *c = v->state;

	if (v->ops != &view_composer)
		return;
	if (text)
		composer_replace(c, text);
	snprintf(c->notice, sizeof c->notice, "%s", text ? "The field is what you wrote" : why);
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct composer *c = state;
	bool submit;

	(void)args;
	if (strcmp(a->id, "composer.close") == 0 && c->sent[0]) {
		app_say(app, STYLE_WARN,
		    "%s: the update waits for the engine; then it is held, and can be stopped",
		    c->incident);
		sent_leave(c->sent, composer_put_aside(c));
		app_pop(app);
		return true;
	}
	if (strcmp(a->id, "composer.close") == 0) {
		composer_save(c);
		app_say(app, STYLE_NOTICE, "The draft for %s is kept", c->incident);
		app_pop(app);
		return true;
	}
	if (c->sent[0])
		return strncmp(a->id, "app.", 4) != 0;
	c->notice[0] = '\0'; /* it was read */
	if (strcmp(a->id, "composer.editor") == 0) {
		app_edit(app, composer_focused(c), edited);
		return true;
	}
	if (!composer_act(c, a->id, &submit))
		return false;
	if (submit && composer_check(c, app_scene(app)))
		ask(c, app);
	return true;
}

static void text(void *state, struct app *app, const char *t, bool pasted)
{
	struct composer *c = state;

	(void)app;
	if (!c->sent[0])
		composer_text(c, t, pasted);
}

static const char *target(void *state, const struct scene *s)
{
	const struct composer *c = state;

	(void)s;
	return c->incident;
}

static const char *doing(void *state)
{
	(void)state;
	return COMPOSER_DOING;
}

static enum answer_take answer(void *state, const struct answer *a)
{
	struct composer *c = state;

	if (!c->sent[0] || strcmp(c->sent, a->id) != 0)
		return ANSWER_NOT_MINE;
	c->sent[0] = '\0';
	if (a->ok) {
		if (json_str(a->held, "id"))
			sent_keep(json_str(a->held, "id"), composer_put_aside(c));
		else
			composer_done(c);
		return ANSWER_DONE;
	}
	snprintf(c->error, sizeof c->error, "%s%s%s", a->reason, a->help[0] ? " — " : "", a->help);
	return ANSWER_KEEP;
}

static void tick(void *state)
{
	composer_save(state);
}

static void shut(void *state)
{
	composer_free(state);
}

/* Under XDG state; the caller frees. */
static char *drafts(void)
{
	char *dir = file_state_dir(), *path = xasprintf("%s/drafts", dir);

	free(dir);
	return path;
}

void app_do_compose(struct app *app, const struct action *self, const char *args)
{
	const struct snap_incident *inc = app_target(app);
	char *dir = drafts();
	struct composer *c;

	(void)self;
	c = composer_new(app_scene(app), inc, args, dir);
	if (c)
		app_push(app, &view_composer, c);
	else
		app_say(app, STYLE_ERROR, "There is no template for this stage and severity");
	free(dir);
}

void app_do_no_change(struct app *app, const struct action *self, const char *args)
{
	(void)args;
	app_do_compose(app, self, "template=no-change");
}

void app_offer_draft(struct app *app)
{
	char *dir = drafts(), incident[32];

	if (composer_offered(dir, app_scene(app)->snap, app_scene(app)->me, incident))
		app_say(app, STYLE_WARN,
		    "A draft of yours for %s was kept: open its update to go on", incident);
	free(dir);
}

const struct view_ops view_composer = {
	.name = "Composer",
	.context = "composer",
	.draw = draw,
	.act = act,
	.text = text,
	.target = target,
	.doing = doing,
	.answer = answer,
	.tick = tick,
	.close = shut,
};

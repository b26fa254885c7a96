#include "sent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "os/clock.h"
#include "ui/composer.h"
#include "ui/views.h"

#define SENT_MAX 32
#define FOLLOWED_MAX 8
#define OUTCOME_MS 3000 /* real: what became of it is told in that time, or not at all */

static struct sent {
	char id[64], incident[32], what[80];
	const struct action *action;
	char *to;    /* of an escalation: whom */
	char *draft; /* of an update whose composer was closed before its answer; NULL: none */
	bool undo;   /* what was done can be taken back, and that is said */
} sent[SENT_MAX];
static size_t next_sent;

/* A message of this board that is held: what becomes of it is said. */
static struct followed {
	char held[64], incident[32];
	int64_t from;	     /* of what happened, the newest when it was held */
	struct mono gone_at; /* it is held no longer since then */
	char *draft;	     /* of its text, put aside until it is sent; NULL: none */
} followed[FOLLOWED_MAX];

/* It is not known whether it was sent: the draft is one again. */
static void drop_draft(struct sent *s)
{
	composer_put_back(s->draft);
	free(s->draft);
	s->draft = NULL;
}

const char *sent_command(struct app *app, const struct action *a, const char *incident, int seen,
    cJSON *args, const char *said)
{
	struct sent *s = &sent[next_sent++ % SENT_MAX];
	const char *to = json_str(args, "to");

	free(s->to);
	drop_draft(s);
	*s = (struct sent){ .action = a, .to = xstrdup_null(to) };
	snprintf(s->incident, sizeof s->incident, "%s", incident ? incident : "");
	snprintf(s->what, sizeof s->what, "%s", said ? said : "");
	snprintf(s->id, sizeof s->id, "%s",
	    client_command(
		app->client, a->sends ? a->sends : a->command->name, incident, seen, args));
	if (app_scene(app)->link != LINK_UP)
		app_say(app, STYLE_WARN, "%s: it waits, and is done when the engine is back",
		    incident ? incident : "Kept");
	return s->id;
}

static struct sent *find(const char *id)
{
	for (size_t i = 0; i < SENT_MAX; i++)
		if (sent[i].id[0] && strcmp(sent[i].id, id) == 0)
			return &sent[i];
	return NULL;
}

void sent_can_undo(const char *id)
{
	struct sent *s = find(id);

	if (s)
		s->undo = true;
}

void sent_leave(const char *id, char *take_draft)
{
	struct sent *s = find(id);

	if (s) {
		drop_draft(s);
		s->draft = take_draft;
	} else {
		composer_put_back(take_draft);
		free(take_draft);
	}
}

void sent_end(void)
{
	for (size_t i = 0; i < SENT_MAX; i++)
		drop_draft(&sent[i]);
}

static void close_at(struct app *app, size_t i)
{
	struct view v = app->views[i];

	memmove(&app->views[i], &app->views[i + 1], (--app->count - i) * sizeof v);
	v.ops->close(v.state);
	app_dirty(app);
}

static const struct snap_contact *contact_of(const struct scene *s, const char *to)
{
	const struct snap_noc *noc = s->snap->noc;
	const struct snap_carrier *k = snap_carrier(s->snap, to);

	for (size_t i = 0; noc && i < noc->tier_count; i++)
		if (strlen(to) == 1 && noc->tiers[i].tier == to[0] - '0')
			return &noc->tiers[i].contact;
	return k && k->contact_count ? &k->contacts[0] : NULL;
}

/* An escalation is a record, and must not be taken for a page that went out. */
static void tell_escalation(struct app *app, const struct sent *s)
{
	const struct snap_contact *k = contact_of(app_scene(app), s->to);
	const struct snap_carrier *carrier = snap_carrier(app_scene(app)->snap, s->to);
	bool tier = strlen(s->to) == 1;
	struct buf b;

	buf_init(&b, 1000);
	buf_addf(&b, "Recorded: %s was escalated to %s%s.\n\n", s->incident, tier ? "tier " : "",
	    carrier && carrier->name ? carrier->name : s->to);
	buf_adds(&b, "Nobody has been paged by this.\n\n");
	if (k && k->phone && k->phone[0])
		buf_addf(&b, "Call now: %s  %s", k->name ? k->name : "", k->phone);
	else
		buf_adds(&b, "No phone number is configured for them: reach them by other means.");
	if (k && k->portal && k->portal[0])
		buf_addf(&b, "\nPortal: %s", k->portal);
	if (k && k->hours && k->hours[0])
		buf_addf(&b, "\nHours: %s", k->hours);
	buf_adds(&b, "\n\nWhen they answer, record it with :answered.");
	app_push(app, &view_notice, view_notice_new("Escalation recorded", buf_str(&b)));
	buf_fini(&b);
}

/* ---- what is held ---- */

static int64_t newest(const struct snapshot *snap)
{
	const struct snap_recent *n;
	size_t it = 0;
	int64_t number = 0;

	while ((n = map_next(snap->recent, &it, NULL)))
		number = n->number > number ? n->number : number;
	return number;
}

static void forget(struct followed *f)
{
	free(f->draft);
	*f = (struct followed){ 0 };
}

static struct followed *follow(const char *held)
{
	struct followed *free_one = NULL;

	for (size_t i = 0; i < FOLLOWED_MAX; i++) {
		if (strcmp(followed[i].held, held) == 0)
			return &followed[i];
		if (!followed[i].held[0])
			free_one = &followed[i];
	}
	if (free_one)
		snprintf(free_one->held, sizeof free_one->held, "%s", held);
	return free_one;
}

void sent_keep(const char *held, char *take_draft)
{
	struct followed *f = follow(held);

	if (f) {
		free(f->draft);
		f->draft = take_draft;
	} else {
		free(take_draft);
	}
}

void sent_follow(struct app *app, const char *held, const char *incident)
{
	struct followed *f = follow(held);

	if (!f)
		return;
	snprintf(f->incident, sizeof f->incident, "%s", incident);
	f->from = newest(app_scene(app)->snap);
}

/* What happened to this incident since, of the kinds that end a hold; NULL: not told yet. */
static const struct snap_recent *outcome(const struct snapshot *snap, const struct followed *f)
{
	const struct snap_recent *n, *found = NULL;
	size_t it = 0;

	while ((n = map_next(snap->recent, &it, NULL)))
		if (n->number > f->from && n->stream && strcmp(n->stream, f->incident) == 0 &&
		    (!n->kind || strcmp(n->kind, "update_posted") == 0 ||
			strcmp(n->kind, "notice_posted") == 0) &&
		    (!found || n->number > found->number))
			found = n;
	return found;
}

static void say_outcome(struct app *app, struct followed *f, const struct snap_recent *n)
{
	bool posted = n->kind != NULL, kept = !posted && composer_put_back(f->draft);
	struct buf key;

	if (posted && f->draft)
		unlink(f->draft);
	buf_init(&key, 40);
	if (kept && keymap_label(app->keys, "board", "update.compose", &key))
		app_say(app, STYLE_WARN, "%s: %s %s. The draft is kept: %s goes on with it",
		    f->incident, n->actor ? n->actor : "", n->text, buf_str(&key));
	else
		app_say(app, posted ? STYLE_NOTICE : STYLE_WARN, "%s: %s%s%s", f->incident,
		    posted     ? ""
		    : n->actor ? n->actor
			       : "",
		    posted ? "" : " ", n->text);
	buf_fini(&key);
	forget(f);
}

static void look_at(struct app *app, struct followed *f)
{
	const struct snapshot *snap = app_scene(app)->snap;
	const struct snap_held *h = map_get(snap->held, f->held);
	const struct snap_recent *n = h ? NULL : outcome(snap, f);

	if (n) {
		say_outcome(app, f, n);
	} else if (h && h->stuck) {
		app_say(app, STYLE_ERROR, "%s: did not go out: %s", f->incident, h->stuck);
		forget(f);
	} else if (h) {
		f->gone_at = (struct mono){ 0 };
	} else if (!f->gone_at.ms) {
		f->gone_at = clock_mono();
	} else if (clock_mono().ms - f->gone_at.ms > OUTCOME_MS) {
		app_say(app, STYLE_NOTICE, "%s: not held any more", f->incident);
		forget(f);
	}
}

void sent_look(struct app *app)
{
	if (app_scene(app)->link == LINK_UP)
		for (size_t i = 0; i < FOLLOWED_MAX; i++)
			if (followed[i].held[0])
				look_at(app, &followed[i]);
}

/* ---- answers ---- */

/* It was recorded. */
static void forget_draft(struct sent *s)
{
	unlink(s->draft);
	free(s->draft);
	s->draft = NULL;
}

static void tell_done(struct app *app, struct sent *s, const struct answer *a)
{
	const cJSON *first = a->events ? a->events->child : NULL;
	const char *incident = json_str(first, "incident"), *text = json_str(first, "text");
	struct buf undo;

	if (!incident)
		incident = s->incident;
	if (json_str(a->held, "id")) {
		if (s->draft)
			sent_keep(json_str(a->held, "id"), s->draft);
		s->draft = NULL;
		sent_follow(app, json_str(a->held, "id"), incident);
	} else if (s->draft) {
		forget_draft(s);
	}
	if (json_str(a->held, "waiting")) {
		app_say(app, STYLE_WARN, "%s: not sent yet: %s", incident,
		    json_str(a->held, "waiting"));
		return;
	}
	if (a->held && cJSON_IsObject(a->held)) {
		app_say(app, STYLE_WARN, "%s: held, it will be sent by itself", incident);
		return;
	}
	if (s->action->command && strcmp(s->action->command->name, "escalate") == 0 && s->to) {
		tell_escalation(app, s);
		return;
	}
	buf_init(&undo, 40);
	if (s->undo && keymap_label(app->keys, "board", "app.undo", &undo))
		app_say(app, STYLE_NOTICE, "%s: %s — %s takes it back", incident,
		    text ? text : "done", buf_str(&undo));
	else
		app_say(app, STYLE_NOTICE, "%s: %s", incident,
		    s->what[0] ? s->what
		    : text     ? text
			       : "done");
	buf_fini(&undo);
}

void app_answered(void *ctx, const struct answer *a)
{
	struct app *app = ctx;
	struct sent *s = find(a->id);
	bool shown = false;

	for (size_t i = app->count; i-- > 0 && !shown;) {
		struct view *v = &app->views[i];
		enum answer_take take =
		    v->ops->answer ? v->ops->answer(v->state, a) : ANSWER_NOT_MINE;

		shown = take == ANSWER_KEEP;
		if (take == ANSWER_DONE) {
			close_at(app, i);
			break;
		}
	}
	if (a->ok && s)
		tell_done(app, s, a);
	else if (!a->ok && !shown)
		app_say(app, STYLE_ERROR, "%s%s%s", a->reason, a->help[0] ? " — " : "", a->help);
	if (s) {
		drop_draft(s);
		s->id[0] = '\0';
	}
	app_dirty(app);
}

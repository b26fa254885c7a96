#include "sent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "domain/event.h"
#include "ui/views.h"

#define SENT_MAX 32

static struct sent {
	char id[64], incident[32], what[80];
	const struct action *action;
	char *to; /* of an escalation: whom */
} sent[SENT_MAX];
static size_t next_sent;

const char *sent_command(struct app *app, const struct action *a, const char *incident, int seen,
    cJSON *args, const char *said)
{
	struct sent *s = &sent[next_sent++ % SENT_MAX];
	const char *to = json_str(args, "to");

	free(s->to);
	*s = (struct sent){ .action = a, .to = xstrdup_null(to) };
	snprintf(s->incident, sizeof s->incident, "%s", incident ? incident : "");
	snprintf(s->what, sizeof s->what, "%s", said ? said : "");
	snprintf(s->id, sizeof s->id, "%s",
	    client_command(
		app->client, a->sends ? a->sends : a->command->name, incident, seen, args));
	return s->id;
}

static struct sent *find(const char *id)
{
	for (size_t i = 0; i < SENT_MAX; i++)
		if (sent[i].id[0] && strcmp(sent[i].id, id) == 0)
			return &sent[i];
	return NULL;
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

static void tell_done(struct app *app, const struct sent *s, const struct answer *a)
{
	const cJSON *first = a->events ? a->events->child : NULL;
	const char *incident = json_str(first, "incident");

	if (!incident)
		incident = s->incident;
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
	if (s->what[0] || event_kind_of(json_str_or(first, "kind", "")) == EVENT_UNKNOWN)
		app_say(app, STYLE_NOTICE, "%s: %s", incident, s->what[0] ? s->what : "done");
	else
		app_say(app, STYLE_NOTICE, "%s: %s", incident,
		    event_kinds[event_kind_of(json_str_or(first, "kind", ""))].summary);
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
	if (s)
		s->id[0] = '\0';
	app_dirty(app);
}

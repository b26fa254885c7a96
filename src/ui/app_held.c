/* What is held: stopped, sent at once, or approved after its exact texts were read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/map.h"
#include "base/mem.h"
#include "sent.h"
#include "ui/views.h"

#define DO(name) void app_do_##name(struct app *app, const struct action *self, const char *args)
#define UNUSED                                                                                     \
	(void)self;                                                                                \
	(void)args

const struct snap_held *app_next_held(struct app *app)
{
	const struct snapshot *snap = app_scene(app)->snap;
	const struct snap_held *h, *first = NULL;
	const char *key;
	size_t it = 0;

	while ((h = map_next(snap->held, &it, &key)))
		if (utc_is_set(h->release_at) &&
		    (!first || utc_before(h->release_at, first->release_at)))
			first = h;
	return first;
}

DO(held_stop)
{
	const struct snap_held *h = app_next_held(app);

	UNUSED;
	if (!h) {
		app_say(app, STYLE_NOTICE, "Nothing is held");
		return;
	}
	app_stop_held(app, h);
}

void app_stop_held(struct app *app, const struct snap_held *h)
{
	sent_follow(app, h->id, h->incident ? h->incident : "");
	client_held(app->client, "stop", h->id);
	app_say(app, STYLE_NOTICE, "%s: stopping it …", h->incident ? h->incident : "");
}

/* Where it goes, and every text to the letter. */
static void add_texts(struct buf *out, const struct snap_held *h)
{
	const cJSON *t;

	buf_adds(out, "To ");
	for (size_t i = 0; i < h->channel_count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", h->channels[i]);
	cJSON_ArrayForEach(t, h->text)
	{
		if (cJSON_IsString(t))
			buf_addf(
			    out, "\n\n%s read:\n%s", t->string ? t->string : "", t->valuestring);
	}
}

static void go_send(struct app *app, void *data)
{
	const struct snap_held *h = map_get(app_scene(app)->snap->held, data);

	if (h)
		sent_follow(app, h->id, h->incident ? h->incident : "");
	client_held(app->client, "send", data);
	app_say(app, STYLE_NOTICE, "%s: releasing it …", h && h->incident ? h->incident : "");
}

void app_send_held(struct app *app, const char *id)
{
	const struct snap_held *h = map_get(app_scene(app)->snap->held, id);
	struct buf text;

	if (!h)
		return;
	if (h->waiting) {
		app_say(app, STYLE_WARN, "Not sent yet: %s", h->waiting);
		return;
	}
	buf_init(&text, (size_t)64 << 10);
	add_texts(&text, h);
	app_push(app, &view_confirm,
	    view_confirm_new(&(struct question){ .title = h->incident ? h->incident : "Send",
		.text = buf_str(&text),
		.yes = "Send now",
		.go = go_send,
		.drop = free,
		.data = xstrdup(id) }));
	buf_fini(&text);
}

DO(held_send)
{
	const struct snap_held *h = app_next_held(app);

	UNUSED;
	if (h)
		app_send_held(app, h->id);
	else
		app_say(app, STYLE_NOTICE, "Nothing is held");
}

/* ---- approval ---- */

/* What was read is what is approved: the hash of then. */
struct approval {
	char incident[32], hash[80];
	int seen;
};

static void go_approve(struct app *app, void *data)
{
	struct approval *a = data;
	cJSON *args = cJSON_CreateObject();

	json_put_str(args, "hash", a->hash);
	sent_command(app, action_find("update.approve"), a->incident, a->seen, args,
	    "the update is approved");
}

void app_approve_held(struct app *app, const struct snap_held *h)
{
	const struct scene *s = app_scene(app);
	const struct snap_incident *inc = snap_incident(s->snap, h->incident);
	struct approval *a;
	struct buf text;
	char title[100];

	if (!inc || !h->hash)
		return;
	a = xcalloc(1, sizeof *a);
	a->seen = inc->version;
	snprintf(a->incident, sizeof a->incident, "%s", inc->id);
	snprintf(a->hash, sizeof a->hash, "%s", h->hash);
	snprintf(
	    title, sizeof title, "Approve the %s of %s?", h->what ? h->what : "update", inc->id);
	buf_init(&text, (size_t)64 << 10);
	buf_addf(&text, "%s, severity %d. Written by %s. ", inc->title ? inc->title : "",
	    inc->severity, h->by ? h->by : "");
	add_texts(&text, h);
	app_push(app, &view_confirm,
	    view_confirm_new(&(struct question){ .title = title,
		.text = buf_str(&text),
		.yes = "Approve",
		.go = go_approve,
		.drop = free,
		.data = a }));
	buf_fini(&text);
}

/* Of the incident that is selected, or of any. */
DO(approve)
{
	const struct snapshot *snap = app_scene(app)->snap;
	const struct snap_incident *inc = app_target(app);
	const struct snap_held *h, *found = NULL;
	size_t it = 0;

	UNUSED;
	while ((h = map_next(snap->held, &it, NULL))) {
		if (!h->waiting || !h->incident)
			continue;
		if (!found || (inc && strcmp(h->incident, inc->id) == 0))
			found = h;
	}
	if (found)
		app_approve_held(app, found);
	else
		app_say(app, STYLE_NOTICE, "No update waits for approval");
}

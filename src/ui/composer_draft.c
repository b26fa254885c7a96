/* Drafts: what a person has written, in a file of their own, from two seconds after it was typed
 * until it is sent. Only what they touched is kept: the rest is filled from the facts of then. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "composer_priv.h"
#include "os/file.h"

#define DRAFT_MAX ((size_t)256 << 10)

static cJSON *read_draft(const char *path)
{
	struct err e = { 0 };
	struct buf b;
	cJSON *draft = NULL;

	buf_init(&b, DRAFT_MAX);
	if (file_read(path, DRAFT_MAX, FILE_NOFOLLOW, &b, &e))
		draft = json_parse(buf_str(&b), b.len, &e);
	buf_fini(&b);
	return draft;
}

static bool take_field(struct composer *c, const char *name, const char *text)
{
	for (size_t i = 0; i < c->compose->count; i++)
		if (strcmp(c->compose->fields[i].about->name, name) == 0) {
			compose_set(c->compose, name, text);
			lineedit_set(&c->edit[i], compose_get(c->compose, name));
			return true;
		}
	return false;
}

static bool take_own(struct composer *c, size_t place, const char *text)
{
	if (!text)
		return false;
	lineedit_set(&c->edit[place], text);
	c->own_touched[place - c->compose->count] = true;
	return true;
}

/* A draft of another stage says what is not so any more: it is put aside, where the template that
 * it was written with finds it. True: it was. */
static bool put_aside(struct composer *c, const cJSON *draft)
{
	const char *name = json_str_or(draft, "template", "");
	const struct template *t = texts_template(c->texts, name);
	size_t stem = strlen(c->draft) - strlen(".json");
	char *path;

	if (!t || strcmp(template_stage(t), c->compose->stage) == 0)
		return false;
	path = xasprintf("%.*s.%s.json", (int)stem, c->draft, name);
	if (rename(c->draft, path) == 0)
		snprintf(c->notice, sizeof c->notice,
		    "Your draft of the %.20s update is put aside: update.compose template=%.60s "
		    "opens it.",
		    template_stage(t), name);
	free(path);
	return true;
}

void composer_load(struct composer *c)
{
	cJSON *draft = read_draft(c->draft);
	const cJSON *item;
	bool any = false;

	if (draft && put_aside(c, draft)) {
		cJSON_Delete(draft);
		return;
	}
	cJSON_ArrayForEach(item, json_get(draft, "fields"))
	{
		if (cJSON_IsString(item))
			any = take_field(c, item->string, item->valuestring) || any;
	}
	any = take_own(c, composer_to(c), json_str(draft, "to")) || any;
	any = take_own(c, composer_next(c), json_str(draft, "next")) || any;
	any = take_own(c, composer_state(c), json_str(draft, "state")) || any;
	if (any)
		snprintf(c->error, sizeof c->error, "Your draft of before was taken up again.");
	cJSON_Delete(draft);
}

void composer_save(struct composer *c)
{
	cJSON *draft, *fields;
	char *text, *dir;
	struct err e;

	if (!c->dirty || !c->draft)
		return;
	draft = cJSON_CreateObject();
	fields = cJSON_CreateObject();
	json_put_str(draft, "incident", c->incident);
	json_put_str(draft, "template", template_id(c->template));
	for (size_t i = 0; i < c->compose->count; i++)
		if (c->compose->fields[i].touched)
			json_put_str(fields, c->compose->fields[i].about->name, c->edit[i].text);
	json_put(draft, "fields", fields);
	json_put_int(draft, "updates", c->updates);
	if (c->own_touched[0])
		json_put_str(draft, "to", c->edit[composer_to(c)].text);
	if (c->own_touched[1])
		json_put_str(draft, "next", c->edit[composer_next(c)].text);
	if (c->own_touched[2])
		json_put_str(draft, "state", c->edit[composer_state(c)].text);
	text = json_text(draft);
	dir = file_dir(c->draft);
	if (file_mkdirs(dir, 0700, &e) && file_write(c->draft, text, strlen(text), 0600, &e))
		c->dirty = false;
	free(dir);
	free(text);
	cJSON_Delete(draft);
}

#define ASIDE ".held"

char *composer_put_aside(struct composer *c)
{
	char *path;

	/* With the number of updates of now: what comes after is told from what was before. */
	c->dirty = c->dirty || (c->draft && access(c->draft, F_OK) == 0);
	composer_save(c);
	c->dirty = false;
	path = c->draft ? xasprintf("%s" ASIDE, c->draft) : NULL;
	if (path && rename(c->draft, path) == 0)
		return path;
	free(path);
	return NULL;
}

bool composer_put_back(const char *aside)
{
	char *path;
	bool done;

	if (!aside)
		return false;
	path = xstrndup(aside, strlen(aside) - strlen(ASIDE));
	done = access(path, F_OK) != 0 && rename(aside, path) == 0;
	free(path);
	return done;
}

void composer_done(struct composer *c)
{
	c->dirty = false;
	if (c->draft)
		unlink(c->draft);
}

static bool is_held(const struct snapshot *snap, const char *incident)
{
	const struct snap_held *h;
	size_t it = 0;

	while ((h = map_next(snap->held, &it, NULL)))
		if (h->incident && strcmp(h->incident, incident) == 0)
			return true;
	return false;
}

/* Whether this person posted an update after the first `count`. */
static bool posted_since(const struct snap_incident *inc, const char *me, int count)
{
	for (size_t i = 0; i < inc->update_count; i++) {
		int before = inc->updates_total - (int)(inc->update_count - i);

		if (before >= count && inc->updates[i].by && strcmp(inc->updates[i].by, me) == 0)
			return true;
	}
	return false;
}

/* A board was left while what it had sent was held. That is over: the draft goes when the update
 * is out, and else is one again. */
static void settle_aside(
    const char *draft, const struct snapshot *snap, const struct snap_incident *inc, const char *me)
{
	char *aside = xasprintf("%s" ASIDE, draft);
	cJSON *said = is_held(snap, inc->id) ? NULL : read_draft(aside);

	if (said && posted_since(inc, me, (int)json_int(said, "updates", 0)))
		unlink(aside);
	else if (said)
		composer_put_back(aside);
	cJSON_Delete(said);
	free(aside);
}

bool composer_offered(
    const char *draft_dir, const struct snapshot *snap, const char *me, char out[32])
{
	const struct snap_incident *inc;
	size_t it = 0;

	while ((inc = map_next(snap->incidents, &it, NULL))) {
		char *path = xasprintf("%s/%s.json", draft_dir, inc->id);
		bool there;

		settle_aside(path, snap, inc, me);
		there = access(path, R_OK) == 0 && inc->phase != PHASE_CLOSED;
		free(path);
		if (!there)
			continue;
		snprintf(out, 32, "%s", inc->id);
		return true;
	}
	return false;
}

/* The last good texts, kept beside the drafts: with a template that is broken while the engine
 * starts, what was in force before it stopped holds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/mem.h"
#include "os/file.h"
#include "os/log.h"
#include "setup_priv.h"

#define KEPT_MAX ((size_t)8 << 20)

/* One for each configuration of this user. */
static char *kept_path(const struct setup *s)
{
	char *real = realpath(s->path, NULL), digest[2 * DIGEST_SIZE + 1], *path;

	digest_hex(real ? real : s->path, strlen(real ? real : s->path), digest);
	path = xasprintf("%s/texts-%.16s.json", s->state, digest);
	free(real);
	return path;
}

/* A plain name, as a folder of templates or word lists has it. */
static bool name_ok(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/') && strlen(name) < 256;
}

bool setup_kept_read(const struct setup *s, struct own_texts *out)
{
	char *path = kept_path(s);
	struct err e;
	struct buf b;
	cJSON *doc = NULL;
	const cJSON *item;

	*out = (struct own_texts){ 0 };
	buf_init(&b, KEPT_MAX);
	if (file_read(path, KEPT_MAX, FILE_SECRET, &b, &e))
		doc = json_parse(b.data, b.len, &e);
	cJSON_ArrayForEach(item, json_get(doc, "texts"))
	{
		const char *name = json_str(item, "name"), *from = json_str(item, "path"),
			   *text = json_str(item, "text");

		if (out->count < OWN_TEXTS_MAX && name_ok(name) && from && text &&
		    strlen(text) <= TEXT_FILE_MAX)
			own_texts_add(out, name, from, text, strlen(text));
	}
	cJSON_Delete(doc);
	buf_fini(&b);
	free(path);
	return out->count > 0;
}

static bool same(const struct own_texts *a, const struct own_texts *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
		    strcmp(a->items[i].path, b->items[i].path) != 0 ||
		    strcmp(a->items[i].text, b->items[i].text) != 0)
			return false;
	return true;
}

static bool replace(const struct setup *s, const char *path, struct err *e)
{
	cJSON *doc = cJSON_CreateObject(), *list = cJSON_CreateArray();
	struct buf b;
	bool ok;

	for (size_t i = 0; i < s->texts_in_force.count; i++) {
		const struct own_text *t = &s->texts_in_force.items[i];
		cJSON *o = cJSON_CreateObject();

		json_put_str(o, "name", t->name);
		json_put_str(o, "path", t->path);
		json_put_str(o, "text", t->text);
		cJSON_AddItemToArray(list, o);
	}
	json_put(doc, "texts", list);
	buf_init(&b, 0);
	json_print(&b, doc);
	ok = b.len <= KEPT_MAX
		 ? file_mkdirs(s->state, 0700, e) && file_write(path, b.data, b.len, 0600, e)
		 : err_set(e, ERR_LIMIT, "%s: more than %zu MiB of texts", path, KEPT_MAX >> 20);
	buf_fini(&b);
	cJSON_Delete(doc);
	return ok;
}

void setup_kept_write(const struct setup *s)
{
	struct own_texts before;
	char *path = kept_path(s);
	struct err e = { 0 };

	setup_kept_read(s, &before);
	if (!same(&before, &s->texts_in_force) && !replace(s, path, &e))
		log_say(LOG_SAY_WARN, "texts", "why", e.msg, NULL);
	own_texts_fini(&before);
	free(path);
}

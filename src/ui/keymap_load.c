#include "keymap_load.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app_priv.h"
#include "base/embed.h"
#include "base/mem.h"
#include "os/file.h"
#include "ui/keymap.h"

#define KEYS_FILE_MAX ((size_t)256 << 10)
#define SITE_DIR "/etc/nocboard/keys.d"

static char *read_text(const char *path)
{
	struct buf b;
	struct err e = { 0 };

	buf_init(&b, KEYS_FILE_MAX);
	if (!file_read(path, KEYS_FILE_MAX, 0, &b, &e)) {
		buf_fini(&b);
		return NULL;
	}
	buf_adds(&b, "");
	return buf_take(&b);
}

/* Beside the file that includes it, then where the shipped ones are. */
static char *include_file(void *ctx, const char *from, const char *name)
{
	char *dir = file_dir(from), *path, *text;

	(void)ctx;
	path = xasprintf("%s/%s", dir, name);
	text = read_text(path);
	free(path);
	free(dir);
	return text;
}

static void add_layer(
    struct keymap *m, const char *path, enum keys_layer layer, struct key_problems *problems)
{
	char *text = read_text(path);

	if (text)
		keymap_parse(m, path, text, strlen(text), layer, include_file, NULL, problems);
	free(text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_site(struct keymap *m, struct key_problems *problems)
{
	DIR *dir = opendir(SITE_DIR);
	char **names = NULL;
	size_t count = 0, cap = 0;
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		size_t n = strlen(d->d_name);

		if (n > 5 && strcmp(d->d_name + n - 5, ".keys") == 0) {
			names = xgrow(names, count, &cap);
			names[count++] = xasprintf("%s/%s", SITE_DIR, d->d_name);
		}
	}
	if (dir)
		closedir(dir);
	if (count > 1)
		qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++) {
		add_layer(m, names[i], KEYS_SITE, problems);
		free(names[i]);
	}
	free(names);
}

/* A shipped one by name, else a file. */
static void add_chosen(struct keymap *m, const char *chosen, struct key_problems *problems)
{
	char name[256];
	const struct embedded *f;

	snprintf(name, sizeof name, "keymaps/%s.keys", chosen);
	f = embedded_find(name);
	if (f)
		keymap_parse(
		    m, chosen, (const char *)f->data, f->len, KEYS_FILE, NULL, NULL, problems);
	else
		add_layer(m, chosen, KEYS_FILE, problems);
}

struct keymap *keymap_load(const char *chosen, struct key_problems *problems)
{
	struct keymap *m = keymap_builtin();
	char *dir = file_config_dir(), *own = xasprintf("%s/keys.keys", dir);

	add_site(m, problems);
	add_layer(m, own, KEYS_PERSON, problems);
	if (chosen)
		add_chosen(m, chosen, problems);
	keymap_check(m, problems);
	free(own);
	free(dir);
	return m;
}

bool keymap_known(const char *chosen)
{
	char name[256];

	snprintf(name, sizeof name, "keymaps/%s.keys", chosen);
	return embedded_find(name) || access(chosen, R_OK) == 0;
}

void app_load_keys(struct app *app)
{
	struct key_problems problems = { 0 };

	keymap_free(app->keys);
	app->keys = keymap_load(app->o->keymap, &problems);
	if (app->o->keymap && !keymap_known(app->o->keymap))
		app_say(app, STYLE_ERROR, "--keymap %s: no such keymap and no such file",
		    app->o->keymap);
	for (size_t i = 0; i < problems.count; i++)
		if (!problems.items[i].warning) {
			const struct key_problem *p = &problems.items[i];

			app_say(app, STYLE_ERROR, "%s:%d:%d: %s (the keys below it hold)", p->file,
			    p->line, p->column, p->message);
			break;
		}
	key_problems_fini(&problems);
}

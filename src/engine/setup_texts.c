/* A site's own texts: read, judged, and the last good ones kept in force. */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "os/file.h"
#include "setup_priv.h"

void own_texts_fini(struct own_texts *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->items[i].name);
		free(t->items[i].path);
		free(t->items[i].text);
	}
	free(t->items);
	*t = (struct own_texts){ 0 };
}

void setup_texts_fini(struct setup *s)
{
	own_texts_fini(&s->texts);
	own_texts_fini(&s->texts_in_force);
	cfg_problems_fini(&s->text_problems);
}

void own_texts_add(
    struct own_texts *t, const char *name, const char *path, const char *text, size_t len)
{
	t->items = xreallocarray(t->items, t->count + 1, sizeof *t->items);
	t->items[t->count++] = (struct own_text){ .name = xstrdup(name),
		.path = xstrdup(path),
		.text = xstrndup(text, len),
		.len = len };
}

static void read_one(struct setup *s, const char *path)
{
	struct cfg_pos at = { path, 1, 1 };
	const char *slash = strrchr(path, '/');
	struct err e = { 0 };
	struct buf b;

	buf_init(&b, TEXT_FILE_MAX);
	if (s->texts.count == OWN_TEXTS_MAX)
		cfg_problem_add(&s->text_problems, at, NULL, NULL,
		    "more than %d templates and word lists", OWN_TEXTS_MAX);
	else if (!file_read(path, TEXT_FILE_MAX, 0, &b, &e))
		cfg_problem_add(&s->text_problems, at, NULL, NULL, "%s", e.msg);
	else
		own_texts_add(&s->texts, slash ? slash + 1 : path, path, buf_str(&b), b.len);
	buf_fini(&b);
}

/* A folder that was named has to be there; one that stands beside the file may. */
static void read_folder(
    struct setup *s, const struct cfg_text *named, const char *usual, const char *const *endings)
{
	char *dir = setup_beside(s->path, named->s ? named->s : usual);
	struct stat st;

	if (named->s && (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)))
		cfg_problem_add(&s->text_problems, named->pos, NULL,
		    "make it, or leave the key out", "there is no folder %s", dir);
	for (; *endings; endings++) {
		char *pattern = xasprintf("%s/*%s", dir, *endings);
		glob_t found = { 0 };

		if (glob(pattern, 0, NULL, &found) == 0)
			for (size_t i = 0; i < found.gl_pathc; i++)
				read_one(s, found.gl_pathv[i]);
		globfree(&found);
		free(pattern);
	}
	free(dir);
}

struct text_file *setup_text_files(const struct own_texts *t)
{
	struct text_file *files = xcalloc(t->count + 1, sizeof *files);

	for (size_t i = 0; i < t->count; i++)
		files[i] = (struct text_file){ t->items[i].name, t->items[i].path, t->items[i].text,
			t->items[i].len };
	return files;
}

static const struct own_text *text_at(const struct own_texts *t, const char *path)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->items[i].path, path) == 0)
			return &t->items[i];
	return NULL;
}

/* What holds in place of each that has a problem. */
static void name_what_holds(struct setup *s)
{
	for (size_t i = 0; i < s->text_problems.count; i++) {
		struct cfg_problem *p = &s->text_problems.items[i];

		if (!text_at(&s->texts, p->file))
			continue;
		free(p->help);
		p->help = xstrdup(text_at(&s->texts_in_force, p->file)
				      ? "until it is mended the last good one holds"
				      : "until it is mended it counts for nothing: what comes with "
					"the program holds");
	}
}

void setup_keep_texts(struct setup *fresh, const struct own_texts *before)
{
	struct text_file *now = setup_text_files(&fresh->texts);
	struct text_file *good = before ? setup_text_files(before) : NULL;
	struct text_file *sound = xcalloc(fresh->texts.count + 1, sizeof *sound);
	struct own_texts in_force = { 0 };
	size_t n = texts_sound(
	    now, fresh->texts.count, good, before ? before->count : 0, fresh->config, sound);

	for (size_t i = 0; i < n; i++)
		own_texts_add(
		    &in_force, sound[i].name, sound[i].shown, sound[i].text, sound[i].len);
	own_texts_fini(&fresh->texts_in_force);
	fresh->texts_in_force = in_force;
	name_what_holds(fresh);
	free(now);
	free(good);
	free(sound);
}

void setup_read_texts(struct setup *s)
{
	static const char *const templates[] = { ".tmpl", ".part", NULL };
	static const char *const lists[] = { ".txt", NULL };
	struct text_file *files;

	read_folder(s, &s->config->templates, "templates", templates);
	read_folder(s, &s->config->jargon, "jargon", lists);
	files = setup_text_files(&s->texts);
	texts_check(files, s->texts.count, s->config, &s->text_problems);
	free(files);
	setup_keep_texts(s, NULL);
}

#include "engine/setup.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/zone.h"
#include "setup_priv.h"

#define SOURCES_MAX 256
#define FILE_MAX ((size_t)4 << 20)

char *setup_find(const char *given, struct err *e)
{
	const char *env = getenv("NOCBOARD_CONFIG");
	char *dir, *path;

	if (given)
		return xstrdup(given);
	if (env && *env)
		return xstrdup(env);
	dir = file_config_dir();
	path = xasprintf("%s/nocboard.yaml", dir);
	if (access(path, F_OK) == 0) {
		free(dir);
		return path;
	}
	if (access("/etc/nocboard/nocboard.yaml", F_OK) == 0) {
		free(dir);
		free(path);
		return xstrdup("/etc/nocboard/nocboard.yaml");
	}
	err_set(e, ERR_CONFIG,
	    "no configuration: looked for %s and /etc/nocboard/nocboard.yaml (`nocboard drill` "
	    "shows the board "
	    "without one, `nocboard init` writes one to start from)",
	    path);
	free(dir);
	free(path);
	return NULL;
}

/* The files that make one configuration, and their bytes. */
struct sources {
	struct cfg_source items[SOURCES_MAX];
	struct buf texts[SOURCES_MAX];
	char *names[SOURCES_MAX];
	size_t count;
};

static bool add_source(struct sources *s, const char *path, struct err *e)
{
	struct buf *text = &s->texts[s->count];

	if (s->count == SOURCES_MAX)
		return err_set(e, ERR_CONFIG, "more than %d configuration files", SOURCES_MAX);
	buf_init(text, FILE_MAX);
	s->names[s->count] = xstrdup(path);
	s->count++;
	if (!file_read(path, FILE_MAX, 0, text, e)) {
		e->kind = ERR_CONFIG;
		return false;
	}
	s->items[s->count - 1] =
	    (struct cfg_source){ s->names[s->count - 1], buf_str(text), text->len };
	return true;
}

static void sources_fini(struct sources *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->names[i]);
		buf_fini(&s->texts[i]);
	}
}

static bool add_parts(struct sources *s, const char *main_file, struct err *e)
{
	char *dir = file_dir(main_file), *pattern = xasprintf("%s/conf.d/*.yaml", dir);
	glob_t found = { 0 };
	bool ok = true;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; ok && i < found.gl_pathc; i++)
			ok = add_source(s, found.gl_pathv[i], e);
	globfree(&found);
	free(pattern);
	free(dir);
	return ok;
}

static const struct zone *find_zone(void *ctx, const char *name)
{
	struct err e;

	(void)ctx;
	return zone_load(name, &e);
}

char *setup_beside(const char *main_file, const char *path)
{
	char *dir, *out;

	if (*path == '/')
		return xstrdup(path);
	dir = file_dir(main_file);
	out = xasprintf("%s/%s", dir, path);
	free(dir);
	return out;
}

/* FNV-1a */
static uint64_t mixed(uint64_t h, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return h;
}

/* Of everything that was read. */
static char *fingerprint(const struct sources *s, const struct own_texts *t)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s->count; i++)
		h = mixed(h, s->items[i].text, s->items[i].len);
	for (size_t i = 0; i < t->count; i++) {
		h = mixed(h, t->items[i].path, strlen(t->items[i].path) + 1);
		h = mixed(h, t->items[i].text, t->items[i].len);
	}
	return xasprintf("%zu-%zu-%016llx", s->count, t->count, (unsigned long long)h);
}

static void complete(struct setup *s)
{
	char *state = file_state_dir(), *runtime = file_runtime_dir();

	s->journal = s->config->journal.s ? xstrdup(s->config->journal.s)
					  : xasprintf("%s/journal.db", state);
	s->socket = s->config->socket.s ? xstrdup(s->config->socket.s)
					: xasprintf("%s/engine.sock", runtime);
	s->state = state;
	free(runtime);
}

char *setup_socket(const char *given)
{
	struct sources *s = xcalloc(1, sizeof *s);
	struct err e;
	char *path = setup_find(given, &e), *socket = NULL, *runtime;

	if (path && add_source(s, path, &e) && add_parts(s, path, &e))
		socket = config_socket_name(s->items, s->count);
	if (path && !socket) {
		runtime = file_runtime_dir();
		socket = xasprintf("%s/engine.sock", runtime);
		free(runtime);
	}
	sources_fini(s);
	free(s);
	free(path);
	return socket;
}

static void drop_last(struct sources *s)
{
	s->count--;
	free(s->names[s->count]);
	buf_fini(&s->texts[s->count]);
}

/* The files and the policy that they name. NULL: *problems, or *e. A policy that cannot be read
 * hides no other problem. */
static struct config *read_all(
    const char *path, struct sources *s, struct cfg_problems *problems, struct err *e)
{
	size_t files = s->count, before = problems->count;
	char *name = config_policy_name(s->items, files);
	char *policy = name ? setup_beside(path, name) : NULL;
	struct config *c;

	if (policy && !add_source(s, policy, e)) {
		config_policy_problem(s->items, files, e->msg, problems);
		if (s->count > files)
			drop_last(s);
	}
	free(name);
	free(policy);
	c = config_load(
	    s->items, files, s->count > files ? &s->items[files] : NULL, find_zone, NULL, problems);
	if (c)
		config_check_links(c, s->items, files, file_real, problems);
	if (problems->count == before)
		return c;
	config_free(c);
	return NULL;
}

struct setup *setup_load(const char *given, struct cfg_problems *problems, struct err *e)
{
	struct sources *s;
	struct setup *out = NULL;
	struct own_texts kept = { 0 };
	struct config *c = NULL;
	char *path = setup_find(given, e);

	if (!path)
		return NULL;
	s = xcalloc(1, sizeof *s);
	e->msg[0] = '\0';
	if (add_source(s, path, e) && add_parts(s, path, e))
		c = read_all(path, s, problems, e);
	if (c) {
		out = xcalloc(1, sizeof *out);
		out->path = path;
		out->config = c;
		setup_read_texts(out);
		out->fingerprint = fingerprint(s, &out->texts);
		complete(out);
		if (out->text_problems.count && setup_kept_read(out, &kept))
			setup_keep_texts(out, &kept);
		own_texts_fini(&kept);
		path = NULL;
	} else if (problems->count) {
		const struct cfg_problem *p = &problems->items[0];

		err_set(e, ERR_CONFIG, "%s:%d:%d: %s%s (`nocboard check` shows all)", p->file,
		    p->pos.line, p->pos.column, p->what, problems->count > 1 ? ", and more" : "");
	}
	sources_fini(s);
	free(s);
	free(path);
	return out;
}

bool setup_changed(const struct setup *s)
{
	struct sources *files = xcalloc(1, sizeof *files);
	struct setup now = { .path = s->path, .config = s->config };
	char *policy =
	    s->config->policy_file.s ? setup_beside(s->path, s->config->policy_file.s) : NULL;
	struct err e;
	bool same = add_source(files, s->path, &e) && add_parts(files, s->path, &e) &&
		    (!policy || add_source(files, policy, &e));

	if (same) {
		setup_read_texts(&now);
		now.fingerprint = fingerprint(files, &now.texts);
		same = strcmp(now.fingerprint, s->fingerprint) == 0;
	}
	setup_texts_fini(&now);
	free(now.fingerprint);
	free(policy);
	sources_fini(files);
	free(files);
	return !same;
}

void setup_free(struct setup *s)
{
	if (!s)
		return;
	setup_texts_fini(s);
	config_free(s->config);
	free(s->path);
	free(s->journal);
	free(s->socket);
	free(s->state);
	free(s->fingerprint);
	free(s);
}

char *setup_secret(const struct cfg_secret *s, struct err *e)
{
	struct buf b;
	const char *env;
	size_t len;

	if (s->plain)
		return xstrdup(s->plain);
	if (s->env) {
		env = getenv(s->env);
		if (!env || !*env) {
			err_set(e, ERR_CONFIG,
			    "the environment has no %s, which a secret is taken from", s->env);
			return NULL;
		}
		return xstrdup(env);
	}
	if (!s->file) {
		err_set(e, ERR_CONFIG, "no secret is configured");
		return NULL;
	}
	buf_init(&b, 8192);
	if (!file_read(s->file, 8192, FILE_SECRET, &b, e)) {
		buf_fini(&b);
		return NULL;
	}
	for (len = b.len; len && (b.data[len - 1] == '\n' || b.data[len - 1] == '\r'); len--)
		b.data[len - 1] = '\0';
	return buf_take(&b);
}

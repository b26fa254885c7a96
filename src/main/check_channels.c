#include "check_channels.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "engine/publish.h"
#include "engine/setup.h"
#include "net/chan.h"
#include "os/file.h"

enum weight {
	WARNING, /* it depends on who runs the engine, or on the other end */
	ERROR,
};

#define THIS_USER " (as the user of this check; the engine's may be another)"

/* Returns 1 for an error. */
static int say(struct cfg_pos pos, enum weight weight, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int say(struct cfg_pos pos, enum weight weight, const char *fmt, ...)
{
	va_list ap;

	printf("%s:%d:%d: %s: ", pos.file ? pos.file : "(built in)", pos.line, pos.column,
	    weight == ERROR ? "error" : "warning");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return weight == ERROR;
}

/* Another user may be allowed what was refused with this number. */
static bool may_differ(int sys)
{
	return sys == EACCES || sys == EPERM;
}

static int say_sys(struct cfg_pos pos, int sys, const char *path)
{
	return may_differ(sys) ? say(pos, WARNING, "%s: %s" THIS_USER, path, strerror(sys))
			       : say(pos, ERROR, "%s: %s", path, strerror(sys));
}

/* ---- secrets ---- */

/* A file that the engine of its owner would read. */
static bool of_another(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 0077) &&
	       st.st_uid != geteuid() && st.st_uid != 0;
}

/* The value of a secret that lies in a file; NULL: there is none, or what is wrong was told and
 * counted. The caller frees. */
static char *secret_in_file(const struct cfg_secret *s, int *found)
{
	struct err e = { 0 };
	char *value;

	if (!s->file)
		return NULL;
	value = setup_secret(s, &e);
	if (value && *value)
		return value;
	if (value)
		*found += say(s->pos, ERROR, "%s: holds no secret: it is empty", s->file);
	else if (may_differ(e.sys) || of_another(s->file))
		*found += say(s->pos, WARNING, "%s" THIS_USER, e.msg);
	else
		*found += say(s->pos, ERROR, "%s", e.msg);
	free(value);
	return NULL;
}

static void forget(char *take)
{
	if (take)
		explicit_bzero(take, strlen(take));
	free(take);
}

static int check_secrets(const struct cfg_channel *ch)
{
	const struct cfg_secret *const all[] = { &ch->secret, &ch->old_secret, &ch->password,
		&ch->token, &ch->url.secret };
	int found = 0;

	for (size_t i = 0; i < countof(all); i++)
		forget(secret_in_file(all[i], &found));
	return found;
}

/* ---- what each kind needs besides ---- */

static int check_key(const struct cfg_secret *s)
{
	int told = 0, found = 0;
	char *key = s->file && !of_another(s->file) ? setup_secret(s, &(struct err){ 0 }) : NULL;
	char signature[64];
	struct err e;

	if (key && *key && strncmp(key, "whsec_", 6) != 0)
		told = say(s->pos, WARNING,
		    "%s: does not begin with whsec_: it signs as it stands, which few receivers "
		    "expect",
		    s->file);
	else if (key && *key && !webhook_sign(key, "check", 0, "", 0, signature, &e))
		found = say(s->pos, ERROR, "%s: behind whsec_ there is no base64", s->file);
	forget(key);
	return told + found;
}

static int check_webhook(const struct cfg_channel *ch)
{
	return check_key(&ch->secret) + check_key(&ch->old_secret);
}

static int check_exec(const struct cfg_channel *ch)
{
	const struct cfg_text *command = &ch->command;
	struct stat st;

	if (stat(command->s, &st) != 0)
		return say_sys(command->pos, errno, command->s);
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return say(command->pos, ERROR, "%s: is no program that can be run", command->s);
	return access(command->s, X_OK) == 0 ? 0 : say_sys(command->pos, errno, command->s);
}

/* The folder that something is put into. */
static int check_folder(const struct cfg_text *path)
{
	char *dir = file_dir(path->s);
	struct stat st;
	int found = 0;

	if (stat(dir, &st) != 0)
		found = say_sys(path->pos, errno, dir);
	else if (!S_ISDIR(st.st_mode))
		found = say_sys(path->pos, ENOTDIR, dir);
	else if (access(dir, W_OK | X_OK) != 0)
		found = say_sys(path->pos, errno, dir);
	free(dir);
	return found;
}

static int check_file(const struct cfg_channel *ch)
{
	struct stat st;

	if (lstat(ch->path.s, &st) == 0 && S_ISDIR(st.st_mode))
		return say_sys(ch->path.pos, EISDIR, ch->path.s);
	return check_folder(&ch->path);
}

static int check_page(const struct cfg_channel *ch)
{
	const struct cfg_text *d = &ch->directory;
	struct err e = { 0 };
	struct stat st;

	if (lstat(d->s, &st) != 0)
		return errno == ENOENT ? check_folder(d) : say_sys(d->pos, errno, d->s);
	if (!S_ISDIR(st.st_mode))
		return say(d->pos, ERROR, "\"%s\" is %s, and a page is written into a folder", d->s,
		    S_ISLNK(st.st_mode) ? "a symbolic link" : "a file");
	if (access(d->s, R_OK | W_OK | X_OK) != 0)
		return say_sys(d->pos, errno, d->s);
	return publish_fits(d->s, &e) ? 0 : say(d->pos, ERROR, "%s", e.msg);
}

static const struct {
	const char *kind;
	int (*check)(const struct cfg_channel *ch);
} kinds[] = {
	{ "webhook", check_webhook },
	{ "exec", check_exec },
	{ "file", check_file },
	{ "page", check_page },
};

int check_channels(const struct config *c)
{
	int found = 0;

	for (size_t i = 0; i < c->channels.count; i++) {
		const struct cfg_channel *ch = &c->channels.items[i];

		found += check_secrets(ch);
		for (size_t k = 0; k < countof(kinds); k++)
			if (strcmp(kinds[k].kind, ch->kind.s) == 0)
				found += kinds[k].check(ch);
	}
	return found;
}

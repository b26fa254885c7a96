#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

char *file_dir(const char *path)
{
	char *copy = xstrdup(path), *dir = xstrdup(dirname(copy));

	free(copy);
	return dir;
}

char *file_real(const char *path)
{
	char *front = xstrdup(path), *real = NULL, *out;
	const char *root = *path == '/' ? "/" : ".";
	size_t len = strlen(path);

	while (len && !(real = realpath(front, NULL))) {
		while (len && front[len - 1] == '/')
			len--;
		while (len && front[len - 1] != '/')
			len--;
		front[len] = '\0';
	}
	if (!real)
		real = realpath(root, NULL);
	out = real ? xasprintf("%s%s%s", strcmp(real, "/") == 0 ? "" : real,
			 path[len] && path[len] != '/' ? "/" : "", path + len)
		   : xstrdup(path);
	free(real);
	free(front);
	return out;
}

static bool may_read(const char *path, const struct stat *st, unsigned flags, struct err *e)
{
	if (S_ISDIR(st->st_mode))
		return err_sys(e, ERR_IO, EISDIR, "%s", path);
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_IO, "%s: is no regular file", path);
	if (!(flags & FILE_SECRET))
		return true;
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(e, ERR_IO, "%s: holds a secret and belongs to uid %u; chown it",
		    path, (unsigned)st->st_uid);
	if (st->st_mode & 0077)
		return err_set(e, ERR_IO,
		    "%s: holds a secret and others may use it (mode %04o); chmod 600 it", path,
		    (unsigned)st->st_mode & 07777);
	return true;
}

bool file_read(const char *path, size_t max, unsigned flags, struct buf *out, struct err *e)
{
	bool nofollow = flags & (FILE_NOFOLLOW | FILE_SECRET);
	/* O_NONBLOCK: a FIFO in the file's place must not hold us. */
	int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (nofollow ? O_NOFOLLOW : 0));
	struct stat st;
	char chunk[16384];
	size_t total = 0;
	ssize_t n = 0;
	bool ok = false;

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (fstat(fd, &st) != 0)
		err_sys(e, ERR_IO, errno, "%s", path);
	else
		ok = may_read(path, &st, flags, e);
	while (ok && (n = read(fd, chunk, sizeof chunk)) > 0) {
		total += (size_t)n;
		if (total > max || !buf_add(out, chunk, (size_t)n))
			ok = err_set(
			    e, ERR_LIMIT, "%s: larger than %zu bytes, the most allowed", path, max);
	}
	if (ok && n < 0)
		ok = err_sys(e, ERR_IO, errno, "%s: cannot read", path);
	close(fd);
	return ok;
}

bool file_write_fd(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return true;
}

bool file_sync_dir(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		err_sys(e, ERR_IO, errno, "%s: cannot sync the folder", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *e)
{
	char *dir = file_dir(path), *tmp = xasprintf("%s/.nocboard.XXXXXX", dir);
	int fd = mkostemp(tmp, O_CLOEXEC), sys = 0;
	bool ok = fd >= 0;

	if (!ok)
		sys = errno;
	if (ok && (fchmod(fd, mode) != 0 || !file_write_fd(fd, data, len) || fsync(fd) != 0)) {
		sys = errno;
		ok = false;
	}
	if (fd >= 0 && close(fd) != 0 && ok) {
		sys = errno;
		ok = false;
	}
	if (ok && rename(tmp, path) != 0) {
		sys = errno;
		ok = false;
	}
	if (!ok) {
		err_sys(e, ERR_IO, sys, "%s: cannot write", path);
		if (fd >= 0)
			unlink(tmp);
	} else {
		ok = file_sync_dir(dir, e);
	}
	free(tmp);
	free(dir);
	return ok;
}

static bool make_one(const char *path, mode_t mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return chmod(path, mode) == 0 || err_sys(e, ERR_IO, errno, "%s", path);
	if (errno != EEXIST && stat(path, &st) != 0)
		return err_sys(e, ERR_IO, errno, "%s: cannot make the folder", path);
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_sys(e, ERR_IO, ENOTDIR, "%s", path);
	return true;
}

bool file_mkdirs(const char *path, mode_t mode, struct err *e)
{
	char *copy = xstrdup(path);
	bool ok = true;

	for (char *p = copy + 1; ok && *copy && *p; p++) {
		if (*p != '/' || p[-1] == '/')
			continue;
		*p = '\0';
		ok = make_one(copy, mode, e);
		*p = '/';
	}
	ok = ok && make_one(copy, mode, e);
	free(copy);
	return ok;
}

static const char *home(void)
{
	const char *h = getenv("HOME");
	const struct passwd *pw;

	if (h && h[0] == '/')
		return h;
	pw = getpwuid(geteuid());
	return pw && pw->pw_dir && pw->pw_dir[0] == '/' ? pw->pw_dir : "/";
}

static char *xdg(const char *variable, const char *otherwise)
{
	const char *v = getenv(variable);

	if (v && v[0] == '/')
		return xasprintf("%s/nocboard", v);
	return otherwise ? xasprintf("%s/%s/nocboard", home(), otherwise) : NULL;
}

char *file_config_dir(void)
{
	return xdg("XDG_CONFIG_HOME", ".config");
}

char *file_state_dir(void)
{
	return xdg("XDG_STATE_HOME", ".local/state");
}

char *file_runtime_dir(void)
{
	char *dir = xdg("XDG_RUNTIME_DIR", NULL), *state;

	if (dir)
		return dir;
	state = file_state_dir();
	dir = xasprintf("%s/run", state);
	free(state);
	return dir;
}

char *file_scratch(const char *prefix, struct err *e)
{
	static const char *const in[] = { "XDG_RUNTIME_DIR", "TMPDIR", NULL };
	char *path = NULL;

	for (size_t i = 0; i < countof(in); i++) {
		const char *dir = in[i] ? getenv(in[i]) : "/tmp";

		if (!dir || dir[0] != '/')
			continue;
		free(path);
		path = xasprintf("%s/%s-XXXXXX", dir, prefix);
		if (mkdtemp(path))
			return path;
	}
	err_sys(e, ERR_IO, errno, "%s: cannot make a scratch folder", path ? path : prefix);
	free(path);
	return NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

bool file_remove_tree(const char *path, struct err *e)
{
	if (path[0] != '/' || strspn(path, "/.") == strlen(path))
		return err_set(e, ERR_IO, "%s: not a folder that may be removed", path);
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0 && errno != ENOENT)
		return err_sys(e, ERR_IO, errno, "%s: cannot remove", path);
	return true;
}

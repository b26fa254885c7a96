#include "os/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"

#define TEMPORARY ".nocboard." /* how the names of unfinished files begin */
#define AS_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct staged {
	char *name, *temporary; /* below the folder; temporary NULL: renamed already */
};

struct folder {
	char *path;
	int fd;
	struct staged *staged;
	size_t count, cap;
};

static struct folder *folder_of(const char *path, int fd, const char *what, struct err *e)
{
	struct folder *f;

	if (fd < 0) {
		err_sys(e, ERR_IO, errno, "%s: no folder to %s", path, what);
		return NULL;
	}
	f = xcalloc(1, sizeof *f);
	f->path = xstrdup(path);
	f->fd = fd;
	return f;
}

struct folder *folder_find(const char *path, struct err *e)
{
	return folder_of(path, open(path, AS_FOLDER), "look into", e);
}

struct folder *folder_open(const char *path, struct err *e)
{
	int fd = open(path, AS_FOLDER);

	if (fd < 0 && errno == ENOENT && mkdir(path, 0755) == 0) {
		fd = open(path, AS_FOLDER);
		if (fd >= 0 && fchmod(fd, 0755) != 0) {
			err_sys(e, ERR_IO, errno, "%s", path);
			close(fd);
			return NULL;
		}
	}
	return folder_of(path, fd, "write into", e);
}

/* The folder that `name` lies in, opened part by part so that no link is followed; *last is the
 * rest of the name. -1: errno. */
static int enter(const struct folder *f, const char *name, bool make, const char **last)
{
	int at = dup(f->fd);
	const char *slash;

	while (at >= 0 && (slash = strchr(name, '/'))) {
		char *part = xstrndup(name, (size_t)(slash - name));
		int next = openat(at, part, AS_FOLDER), sys;

		if (next < 0 && errno == ENOENT && make && mkdirat(at, part, 0755) == 0) {
			next = openat(at, part, AS_FOLDER);
			if (next >= 0)
				fchmod(next, 0755);
		}
		sys = errno;
		free(part);
		close(at);
		errno = sys;
		at = next;
		name = slash + 1;
	}
	*last = name;
	return at;
}

bool folder_read(struct folder *f, const char *name, size_t max, struct buf *out)
{
	const char *last;
	int dir = enter(f, name, false, &last), fd = -1;
	struct stat st;
	char chunk[16384];
	size_t total = 0;
	ssize_t n = -1;

	if (dir >= 0)
		fd = openat(dir, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (dir >= 0)
		close(dir);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((n = read(fd, chunk, sizeof chunk)) > 0 && total <= max) {
			total += (size_t)n;
			buf_add(out, chunk, (size_t)n);
		}
	if (fd >= 0)
		close(fd);
	return n == 0 && total <= max && !out->over;
}

/* ---- staging ---- */

static void unstage(struct folder *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const char *last;
		int dir =
		    f->staged[i].temporary ? enter(f, f->staged[i].temporary, false, &last) : -1;

		if (dir >= 0) {
			unlinkat(dir, last, 0);
			close(dir);
		}
		free(f->staged[i].name);
		free(f->staged[i].temporary);
	}
	f->count = 0;
}

void folder_close(struct folder *f)
{
	if (!f)
		return;
	unstage(f);
	free(f->staged);
	close(f->fd);
	free(f->path);
	free(f);
}

static bool write_new(int dir, const char *name, const void *data, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && file_write_fd(fd, data, len) && fchmod(fd, 0644) == 0;
	int sys = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		sys = errno;
		ok = false;
	}
	errno = sys;
	return ok;
}

bool folder_stage(struct folder *f, const char *name, const void *data, size_t len, struct err *e)
{
	const char *last;
	int dir = enter(f, name, true, &last), sys;
	struct staged *s;
	bool ok;

	if (dir < 0) {
		sys = errno;
		unstage(f);
		return err_sys(e, ERR_IO, sys, "%s/%s: cannot write", f->path, name);
	}
	f->staged = xgrow(f->staged, f->count, &f->cap);
	s = &f->staged[f->count++];
	s->name = xstrdup(name);
	s->temporary = xasprintf(
	    "%.*s" TEMPORARY "%ld.%zu", (int)(last - name), name, (long)getpid(), f->count);
	unlinkat(dir, s->temporary + (last - name), 0); /* of a process of our number that died */
	ok = write_new(dir, s->temporary + (last - name), data, len);
	sys = errno;
	close(dir);
	if (ok)
		return true;
	unstage(f);
	return err_sys(e, ERR_IO, sys, "%s/%s: cannot write", f->path, name);
}

/* Syncs a file, or with an empty last part the folder. */
static bool sync_one(const struct folder *f, const char *name)
{
	const char *last;
	int dir = enter(f, name, false, &last);
	int fd = dir >= 0 && *last ? openat(dir, last, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : dir,
	    sys;
	bool ok = fd >= 0 && fsync(fd) == 0;

	sys = errno;
	if (fd >= 0 && fd != dir)
		close(fd);
	if (dir >= 0)
		close(dir);
	errno = sys;
	return ok;
}

static bool rename_one(const struct folder *f, struct staged *s)
{
	const char *last;
	int dir = enter(f, s->temporary, false, &last), sys;
	bool ok = dir >= 0 && renameat(dir, last, dir, s->name + (last - s->temporary)) == 0;

	sys = errno;
	if (dir >= 0)
		close(dir);
	if (ok) {
		free(s->temporary);
		s->temporary = NULL;
	}
	errno = sys;
	return ok;
}

/* How much of the name is its folder, the slash included. */
static size_t folder_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? (size_t)(slash - name) + 1 : 0;
}

static bool sync_folders(const struct folder *f)
{
	bool ok = true;

	for (size_t i = 0; ok && i < f->count; i++) {
		const char *name = f->staged[i].name;
		size_t len = folder_part(name), k = 0;
		char *of;

		while (k < i && (folder_part(f->staged[k].name) != len ||
				    strncmp(f->staged[k].name, name, len) != 0))
			k++;
		if (k < i)
			continue; /* synced already */
		of = xstrndup(name, len);
		ok = sync_one(f, of);
		free(of);
	}
	return ok;
}

bool folder_commit(struct folder *f, struct err *e)
{
	bool ok = true;

	/* All are written before the first is synced: the disk takes them in one go. */
	for (size_t i = 0; ok && i < f->count; i++)
		if (!(ok = sync_one(f, f->staged[i].temporary)))
			err_sys(e, ERR_IO, errno, "%s/%s: cannot sync", f->path, f->staged[i].name);
	for (size_t i = 0; ok && i < f->count; i++)
		if (!(ok = rename_one(f, &f->staged[i])))
			err_sys(e, ERR_IO, errno, "%s/%s: cannot put in place", f->path,
			    f->staged[i].name);
	if (ok && !(ok = sync_folders(f)))
		err_sys(e, ERR_IO, errno, "%s: cannot sync the folder", f->path);
	unstage(f);
	return ok;
}

/* ---- what else is there ---- */

/* The folder's entries; NULL: it is not there. `fd` is for calls on them. */
static DIR *entries(struct folder *f, const char *sub, int *fd)
{
	char *inside = xasprintf("%s%s", sub, *sub ? "/" : "");
	const char *last;
	int dir = enter(f, inside, false, &last);
	DIR *d = NULL;

	free(inside);
	/* A descriptor of its own: the position in the folder is shared by copies. */
	if (dir >= 0) {
		int own = openat(dir, ".", AS_FOLDER);

		d = own >= 0 ? fdopendir(own) : NULL;
		if (own >= 0 && !d)
			close(own);
		close(dir);
	}
	*fd = d ? dirfd(d) : -1;
	return d;
}

static bool is(int dir, const char *name, mode_t type)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_mode & S_IFMT) == type;
}

void folder_prune(
    struct folder *f, const char *sub, bool (*keep)(void *ctx, const char *name), void *ctx)
{
	int fd;
	DIR *d = entries(f, sub, &fd);
	const struct dirent *it;

	while (d && (it = readdir(d))) {
		bool left = strncmp(it->d_name, TEMPORARY, sizeof TEMPORARY - 1) == 0;

		if (is(fd, it->d_name, S_IFREG) && (left || !keep(ctx, it->d_name)))
			unlinkat(fd, it->d_name, 0);
	}
	if (d)
		closedir(d);
}

void folder_list(
    struct folder *f, const char *sub, void (*each)(void *ctx, const char *name), void *ctx)
{
	int fd;
	DIR *d = entries(f, sub, &fd);
	const struct dirent *it;

	while (d && (it = readdir(d)))
		if (it->d_name[0] != '.' && is(fd, it->d_name, S_IFDIR))
			each(ctx, it->d_name);
	if (d)
		closedir(d);
}

bool folder_entries(struct folder *f, void (*each)(void *ctx, const struct folder_entry *entry),
    void *ctx, struct err *e)
{
	int fd;
	DIR *d = entries(f, "", &fd);
	const struct dirent *it;
	struct stat st;

	if (!d)
		return err_sys(e, ERR_IO, errno, "%s: cannot be listed", f->path);
	while ((it = readdir(d)))
		if (it->d_name[0] != '.' &&
		    fstatat(fd, it->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode))
			each(ctx, &(struct folder_entry){ .name = it->d_name,
				      .regular = S_ISREG(st.st_mode),
				      .size = (int64_t)st.st_size,
				      .changed_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 +
						    st.st_mtim.tv_nsec,
				      .inode = (uint64_t)st.st_ino });
	closedir(d);
	return true;
}

bool folder_is_empty(struct folder *f)
{
	int fd;
	DIR *d = entries(f, "", &fd);
	const struct dirent *it;
	bool empty = d != NULL;

	while (d && empty && (it = readdir(d)))
		empty = strcmp(it->d_name, ".") == 0 || strcmp(it->d_name, "..") == 0 ||
			strncmp(it->d_name, TEMPORARY, sizeof TEMPORARY - 1) == 0;
	if (d)
		closedir(d);
	return empty;
}

bool folder_has(struct folder *f, const char *name)
{
	const char *last;
	int dir = enter(f, name, false, &last);
	struct stat st;
	bool there = dir >= 0 && fstatat(dir, last, &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (dir >= 0)
		close(dir);
	return there;
}

bool folder_move(struct folder *f, const char *from, const char *to, struct err *e)
{
	const char *name, *place;
	int out = enter(f, from, false, &name), in = enter(f, to, true, &place), sys;
	bool ok = out >= 0 && in >= 0 && renameat2(out, name, in, place, RENAME_NOREPLACE) == 0 &&
		  fsync(in) == 0 && fsync(out) == 0;

	sys = errno;
	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
	return ok || err_sys(e, ERR_IO, sys, "%s/%s: cannot be moved to %s", f->path, from, to);
}

void folder_hide(struct folder *f, const char *sub)
{
	char *inside = xasprintf("%s/", sub);
	const char *last;
	int dir = enter(f, inside, false, &last);

	free(inside);
	if (dir < 0)
		return;
	fchmod(dir, 0711);
	close(dir);
}

void folder_remove(struct folder *f, const char *sub)
{
	const char *last;
	int dir = enter(f, sub, false, &last);

	if (dir >= 0) {
		unlinkat(dir, last, AT_REMOVEDIR);
		close(dir);
	}
}

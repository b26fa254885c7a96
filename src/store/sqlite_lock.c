/* Where the journal may lie, and that one engine holds it. */
#include "sqlite_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"
#include "os/file.h"

/* File systems whose locks or shared memory do not reach across hosts as SQLite needs them. */
static const struct {
	unsigned long magic;
	const char *name;
} network_fs[] = {
	{ 0x6969, "NFS" },
	{ 0x517B, "SMB" },
	{ 0xFE534D42, "SMB" },
	{ 0xFF534D42, "CIFS" },
	{ 0x5346414F, "AFS" },
	{ 0x6B414653, "AFS" },
	{ 0x73757245, "Coda" },
	{ 0x00C36400, "Ceph" },
	{ 0x47504653, "GPFS" },
	{ 0x0BD00BD0, "Lustre" },
	{ 0x7461636F, "OCFS2" },
	{ 0x01161970, "GFS2" },
};

#define ROOM (64 * 1024)

static bool local(const char *dir, struct err *e)
{
	struct statfs fs;

	if (statfs(dir, &fs) != 0)
		return err_sys(e, ERR_JOURNAL, errno, "%s", dir);
	for (size_t i = 0; i < countof(network_fs); i++)
		if ((unsigned long)fs.f_type == network_fs[i].magic)
			return err_set(e, ERR_JOURNAL,
			    "%s: lies on a network file system, %s, where a journal can be "
			    "damaged; move it to a local disk",
			    dir, network_fs[i].name);
	return true;
}

/* By name only: closing a descriptor of a file drops all POSIX locks that the process has on it,
 * and SQLite uses those. Only a file that was not there before is opened here. */
static bool file_ready(struct store *s, struct err *e)
{
	struct stat st;
	int fd = -1;

	if (s->flags & JOURNAL_CREATE)
		fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd >= 0) {
		bool ok = fchmod(fd, 0640) == 0;

		close(fd);
		if (!ok)
			return err_sys(e, ERR_JOURNAL, errno, "%s", s->path);
	} else if ((s->flags & JOURNAL_CREATE) && errno != EEXIST) {
		return err_sys(e, ERR_JOURNAL, errno, "%s: cannot make the journal", s->path);
	}
	if (lstat(s->path, &st) != 0)
		return err_sys(e, ERR_JOURNAL, errno, "%s: cannot open the journal", s->path);
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return err_set(e, ERR_JOURNAL, "%s: is no file of its own (%s); give another path",
		    s->path,
		    S_ISLNK(st.st_mode)	  ? "a symbolic link"
		    : S_ISREG(st.st_mode) ? "a hard link"
					  : "a folder or device");
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return true;
}

bool sqlite_place(struct store *s, const char *where, struct err *e)
{
	char *dir = file_dir(where), *real = NULL;
	const char *leaf = strrchr(where, '/');
	bool ok = false;

	leaf = leaf ? leaf + 1 : where;
	if ((s->flags & JOURNAL_CREATE) && !file_mkdirs(dir, 0750, e)) {
		e->kind = ERR_JOURNAL;
	} else if (!(real = realpath(dir, NULL))) {
		err_sys(e, ERR_JOURNAL, errno, "%s: cannot open the journal's folder", dir);
	} else if (local(real, e)) {
		s->path = xasprintf("%s/%s", strcmp(real, "/") == 0 ? "" : real, leaf);
		ok = file_ready(s, e);
	}
	free(real);
	free(dir);
	return ok;
}

bool sqlite_same_file(const struct store *s, struct err *e)
{
	struct stat st;

	if (lstat(s->path, &st) != 0)
		return err_sys(e, ERR_JOURNAL, errno, "%s: the journal's file is gone", s->path);
	if (st.st_dev != s->dev || st.st_ino != s->ino)
		return err_set(e, ERR_JOURNAL,
		    "%s: another file was put in the journal's place; put the old one back, or "
		    "restart the engine",
		    s->path);
	return true;
}

/* Asked of the lock file, which lies on the same disk and is ours alone: it grows for a moment, so
 * that a full disk, a quota and a disk that turned read-only show before somebody's command does.
 */
bool sqlite_room(const struct store *s, struct err *e)
{
	struct stat st;
	int rc;

	if (fstat(s->lock_fd, &st) != 0)
		return err_sys(e, ERR_JOURNAL, errno, "%s: cannot ask for room", s->path);
	rc = fallocate(s->lock_fd, 0, st.st_size, ROOM) == 0 ? 0 : errno;
	/* What it got of that goes back, also after a failure in the middle. */
	if (ftruncate(s->lock_fd, st.st_size) != 0 && rc == 0)
		rc = errno;
	if (rc == ENOSPC || rc == EDQUOT)
		return err_set(e, ERR_JOURNAL,
		    "%s: cannot write: the disk is full; make room, nothing else is needed",
		    s->path);
	/* A file system that cannot promise room says so; the next commit shows how it is. */
	return rc == 0 || rc == EOPNOTSUPP ||
	       err_sys(e, ERR_JOURNAL, rc, "%s: cannot write", s->path);
}

static void holder(int fd, const char *path, struct err *e)
{
	char text[96] = "";
	ssize_t n = pread(fd, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	err_set(e, ERR_JOURNAL,
	    "%s: held by another engine (%s); stop it with nocboard engine --stop", path,
	    text[0] ? text : "it has just started");
}

int sqlite_lock(const char *path, struct err *e)
{
	struct flock lk = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *file = xasprintf("%s.lock", path), when[UTC_TEXT], text[96];
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
	int len;

	if (fd < 0) {
		err_sys(e, ERR_JOURNAL, errno, "%s: cannot lock the journal", file);
	} else if (fcntl(fd, F_OFD_SETLK, &lk) != 0) {
		if (errno == EAGAIN || errno == EACCES)
			holder(fd, path, e);
		else
			err_sys(e, ERR_JOURNAL, errno, "%s: cannot lock the journal", file);
		close(fd);
		fd = -1;
	} else {
		len = snprintf(text, sizeof text, "pid %ld, since %s\n", (long)getpid(),
		    utc_format(clock_utc(), when));
		/* Only a note for the next one: the lock itself is the kernel's. */
		if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
			err_sys(e, ERR_JOURNAL, errno, "%s: cannot write", file);
			close(fd);
			fd = -1;
		}
	}
	free(file);
	return fd;
}

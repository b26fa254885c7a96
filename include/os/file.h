/* Files: read whole with a maximum, replaced whole or not at all, and where ours are kept. */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

enum file_flag {
	FILE_NOFOLLOW = 1, /* the last part of the path is no symbolic link */
	FILE_SECRET = 2,   /* ours or root's, and nobody else may read it; implies FILE_NOFOLLOW */
};

/* Appends the whole regular file to `out`; one that is larger than `max` is ERR_LIMIT. e->sys is
 * the errno, so that the caller can tell ENOENT. */
bool file_read(const char *path, size_t max, unsigned flags, struct buf *out, struct err *e);

/* Replaces the file at once: readers see the old or the new one, also after a power cut. */
bool file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *e);

/* All of it to a descriptor that waits; false: errno. */
bool file_write_fd(int fd, const char *data, size_t len);

/* Makes the folder and its missing parents with `mode`, whatever the umask. */
bool file_mkdirs(const char *path, mode_t mode, struct err *e);

/* Makes what was created or renamed in the folder survive a power cut. */
bool file_sync_dir(const char *path, struct err *e);

/* The folder that a path lies in ("." without a slash); the caller frees. */
char *file_dir(const char *path);

/* The whole path, without the links in as much of it as is there, the rest as it was given: the
 * file need not be there yet. The caller frees. */
char *file_real(const char *path);

/* Our own folders by the XDG rules (a value that is not absolute is ignored), without making them;
 * the caller frees. Each ends in /nocboard. */
char *file_config_dir(void);
char *file_state_dir(void);
/* Where the socket lives; without XDG_RUNTIME_DIR a folder "run" under the state folder. */
char *file_runtime_dir(void);

/* A new empty folder of our own (0700) for a drill or a test; the caller frees the path. */
char *file_scratch(const char *prefix, struct err *e);
/* Removes such a folder with what is in it; follows no link and leaves other file systems alone. */
bool file_remove_tree(const char *path, struct err *e);

#endif

/* A folder that others read while we write: each file is replaced whole, nothing outside of the
 * folder is touched, and no symbolic link below it is followed. */
#ifndef OS_FOLDER_H
#define OS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct folder;

/* The folder itself, which is made (0755) when its parent is there. NULL: *e; a symbolic link in
 * its place is refused. */
struct folder *folder_open(const char *path, struct err *e);
void folder_close(struct folder *f); /* NULL is fine */

/* Appends the regular file `name` ("region/FR.html") to `out`. False: it is not there, is not one,
 * or is larger than `max`. */
bool folder_read(struct folder *f, const char *name, size_t max, struct buf *out);
/* Puts the file in its place: written beside it, synced, renamed, the folder synced; readers see
 * the old or the new one, also after a power cut. Mode 0644, whatever the umask; missing folders
 * on the way are made (0755). */
bool folder_write(struct folder *f, const char *name, const void *data, size_t len, struct err *e);

/* Removes the files of one folder ("" or "region") that `keep` does not want, and what an
 * interrupted write left there. Folders in it stay. A folder that is not there has none. */
void folder_prune(
    struct folder *f, const char *sub, bool (*keep)(void *ctx, const char *name), void *ctx);
/* Calls `each` for the folders in this one. */
void folder_list(
    struct folder *f, const char *sub, void (*each)(void *ctx, const char *name), void *ctx);
/* Removes an empty folder; one that is not empty stays. */
void folder_remove(struct folder *f, const char *sub);

#endif

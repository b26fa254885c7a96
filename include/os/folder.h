/* A folder that others read while we write: each file is replaced whole, nothing outside of the
 * folder is touched, and no symbolic link below it is followed. */
#ifndef OS_FOLDER_H
#define OS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct folder;

/* The folder itself, which is made (0755) when its parent is there. NULL: *e; a symbolic link in
 * its place is refused. */
struct folder *folder_open(const char *path, struct err *e);
/* The same, of a folder that must be there. NULL: *e. */
struct folder *folder_find(const char *path, struct err *e);
/* What was staged and not committed is gone. NULL is fine. */
void folder_close(struct folder *f);

/* Appends the regular file `name` ("region/FR.html") to `out`. False: it is not there, is not one,
 * or is larger than `max`. */
bool folder_read(struct folder *f, const char *name, size_t max, struct buf *out);
/* Writes the file beside its place; folder_commit puts it there. Mode 0644, whatever the umask;
 * missing folders on the way are made (0755). False: *e; nothing staged so far is kept. */
bool folder_stage(struct folder *f, const char *name, const void *data, size_t len, struct err *e);
/* Syncs what was staged, renames it all into place in that order, and syncs the folders: readers
 * see an old or a new file, whole, also after a power cut. False: *e; files before the one that
 * failed are in place. */
bool folder_commit(struct folder *f, struct err *e);

/* Removes the files of one folder ("" or "region") that `keep` does not want, and what an
 * interrupted write left there. Folders in it stay. A folder that is not there has none. */
void folder_prune(
    struct folder *f, const char *sub, bool (*keep)(void *ctx, const char *name), void *ctx);
/* Calls `each` for the folders in this one. */
void folder_list(
    struct folder *f, const char *sub, void (*each)(void *ctx, const char *name), void *ctx);
/* Lets others pass through a folder whose names they know, and list nothing. */
void folder_hide(struct folder *f, const char *sub);
/* What is known of an entry without opening it. */
struct folder_entry {
	const char *name;
	bool regular; /* a file, and no link to one */
	int64_t size, changed_ns;
	uint64_t inode;
};
/* Calls `each` for what is in the folder itself, but for folders and names that begin with a dot.
 * False: it cannot be listed, *e. */
bool folder_entries(struct folder *f, void (*each)(void *ctx, const struct folder_entry *entry),
    void *ctx, struct err *e);
/* Whether nothing is in it but what an interrupted write left. */
bool folder_is_empty(struct folder *f);
/* Whether something of that name is there, a link too. */
bool folder_has(struct folder *f, const char *name);
/* Renames a file below the folder and syncs both places; missing folders on the way are made.
 * Nothing is replaced: e->sys is EEXIST when the place is taken. */
bool folder_move(struct folder *f, const char *from, const char *to, struct err *e);
/* Removes an empty folder; one that is not empty stays. */
void folder_remove(struct folder *f, const char *sub);

#endif

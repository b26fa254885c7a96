/* Between the files that publish a page. */
#ifndef ENGINE_PUBLISH_PRIV_H
#define ENGINE_PUBLISH_PRIV_H

#include "base/map.h"
#include "engine/publish.h"
#include "os/folder.h"

/* The list of the files that we wrote, at the top of each page: what is not in it is somebody
 * else's. A partners' page has its own, so that no list tells where theirs lies. */
#define PAGE_LIST ".nocboard-files"

#define PAGE_PARTNERS "p" /* the folder of pages whose paths cannot be guessed */

/* The paths below the folder that the list of the page at `prefix` ("", "p/TOKEN/") holds; the
 * caller frees. */
struct map *page_list_read(struct folder *f, const char *prefix);
/* Lists what is about to be written beside what was, before it is. False: *e. */
bool page_list_claim(struct folder *f, const struct page_files *files, struct err *e);
/* Lists what was written, and no more. False: *e. */
bool page_list_settle(struct folder *f, const struct page_files *files, struct err *e);
/* Whether a page was published there, or nothing is. False: *e says what to do. */
bool page_list_owned(struct folder *f, const char *directory, struct err *e);

#endif

/* The status page of a channel, made and written: by the engine, and by `nocboard publish` without
 * one. */
#ifndef ENGINE_PUBLISH_H
#define ENGINE_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "domain/config.h"
#include "net/page.h"

/* Every file of every audience of the channel, into `out`. False: *e; nobody reads the channel, or
 * its secret cannot be read: then the page that needs none is made all the same, and can be
 * written. */
bool publish_make(struct page_files *out, const struct config *c, const struct cfg_channel *channel,
    const struct page_matter *matter, struct utc now, struct err *e);

/* The address at which this audience reads (config_page_audience). NULL: *e, the secret cannot be
 * read; the caller frees. */
char *publish_address(
    const struct config *c, const struct cfg_channel *channel, size_t audience, struct err *e);

struct publish_report {
	size_t written, kept;
	struct utc
	    oldest; /* when the oldest file that is to be renewed was made; UTC_NONE: none is */
};

/* Whether a page may be written into the folder: it is not there, is empty, or was published into.
 * False: *e says what to do. */
bool publish_fits(const char *directory, struct err *e);

/* Writes what has changed, and what is older than half of `valid_ms`, each file whole; then removes
 * of what it wrote before what the page does not have any more. Blocks on the disk, touches nothing
 * but the folder and its arguments, so another thread may do it. False: *e; what was written by
 * then stays. A folder that is not empty and was never published into is refused. */
bool publish_write(const char *directory, const struct page_files *files, struct utc now,
    int64_t valid_ms, struct publish_report *out, struct err *e);

#endif

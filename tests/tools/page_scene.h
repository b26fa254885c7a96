/* A status page's configuration and incidents, for tests of what is published. */
#ifndef TOOLS_PAGE_SCENE_H
#define TOOLS_PAGE_SCENE_H

#include "domain/config.h"
#include "domain/incident.h"
#include "domain/page.h"

#define PAGE_NOON INT64_C(1741608000000) /* 2025-03-10T12:00:00Z */

/* `text` NULL: France, Italy and the United States with mobile data, SMS and activation; a page for
 * the audiences public and partners, and a war room. Fails the test when it is no configuration. */
struct config *page_config(const char *text);

/* Folds one event in, `minute` minutes after noon. */
void page_tell(struct incident *inc, int minute, const char *kind, const char *body);
/* INC-n, opened at this minute in these words (JSON lists of ids). */
struct incident *page_open_incident(
    int n, int minute, int severity, const char *regions, const char *components);
/* An update for both audiences on the channel page. */
void page_post(
    struct incident *inc, int minute, const char *stage, const char *status, const char *text);

/* Of an audience, at this minute. The caller frees. */
struct page *page_at(const struct config *c, const struct incident *const *incidents, size_t count,
    size_t audience, int minute);
/* The same of planned work as well. */
struct page *page_with(
    const struct config *c, const struct page_matter *matter, size_t audience, int minute);

#endif

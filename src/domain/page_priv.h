/* The parts of the page that are made one after the other. */
#ifndef DOMAIN_PAGE_PRIV_H
#define DOMAIN_PAGE_PRIV_H

#include "domain/page.h"
#include "domain/telling.h"

/* Everything about one incident, if this audience was told of it. */
bool page_incident_of(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct incident *inc, struct page_incident *out);

/* The same of planned work. */
bool page_maintenance_of(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct maintenance *m, struct page_incident *out);

/* The cells of p->regions x p->components, from what was told. */
void page_cells(struct page *p, const struct page_request *r, const struct page_matter *told);

/* What was posted to the audience, newest first; the title is that of the newest that has one
 * ("[Sev 1] …"), `mark` how it begins. */
void page_add_updates(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct told *t, const char *mark, struct page_incident *out);
/* Where it is, zones and (where it has none) a title made of names. */
void page_add_scope(struct page *p, const struct told *t, struct page_incident *out);

/* Zones by name, those that are there. */
struct template_places page_places(struct page *p, const struct page_request *r,
    const struct cfg_texts *names, const struct cfg_text *one);

#endif

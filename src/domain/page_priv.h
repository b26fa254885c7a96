/* The parts of the page that are made one after the other. */
#ifndef DOMAIN_PAGE_PRIV_H
#define DOMAIN_PAGE_PRIV_H

#include "domain/page.h"

/* Everything about one incident, if this audience was told of it. */
bool page_incident_of(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct incident *inc, struct page_incident *out);

/* The cells of p->regions x p->components, from the incidents that were told. */
void page_cells(
    struct page *p, const struct page_request *r, const struct incident *const *told, size_t count);

/* Zones by name, those that are there. */
struct template_places page_places(struct page *p, const struct page_request *r,
    const struct cfg_texts *names, const struct cfg_text *one);

#endif

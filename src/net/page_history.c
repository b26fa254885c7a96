/* history.html: the days of every region, and the incidents of these days. */
#include <string.h>

#include "page_priv.h"

/* The worst of all services of the region on each day. */
static const unsigned char *days_of(const struct page *p, size_t region)
{
	unsigned char *days = arena_alloc(p->arena, (size_t)p->days);

	for (size_t k = 0; k < p->component_count; k++)
		for (int d = 0; d < p->days; d++)
			if (page_cell(p, region, k)->days[d] > days[d])
				days[d] = page_cell(p, region, k)->days[d];
	return days;
}

static void put_list(struct page_out *o)
{
	const struct page *p = o->p;

	put(o, "<section aria-labelledby=\"list\">\n<h2 id=\"list\">Incidents</h2>\n");
	if (p->incident_count)
		put(o, "<ul class=\"list\">\n");
	for (size_t i = 0; i < p->incident_count; i++)
		put_incident_line(o, &p->incidents[i]);
	put(o, p->incident_count ? "</ul>\n" : "<p>There was no incident in these days.</p>\n");
	put(o, "</section>\n");
}

void page_history(struct page_out *o)
{
	const struct page *p = o->p;

	page_open(o, 0);
	put_head(o, "History", "history.html", "feed");
	putf(o, "<h1>History of %d days</h1>\n", p->days);
	put_list(o);
	put_planned(o, false, NULL, 0);
	put(o,
	    "<section aria-labelledby=\"days\">\n<h2 id=\"days\">Days by region</h2>\n<p>A bar is "
	    "a "
	    "day in UTC, with the worst of all services: the taller, the worse.</p>\n<div "
	    "class=\"comps\">\n");
	for (size_t r = 0; r < p->region_count; r++) {
		putf(o, "<article class=\"comp\">\n<h3><a href=\"region/%s.html\">",
		    p->regions[r].id);
		put_text(o, p->regions[r].name);
		put(o, "</a></h3>\n");
		put_bars(o, days_of(p, r), p->regions[r].name);
		put(o, "</article>\n");
	}
	put(o, "</div>\n</section>\n");
	put_follow(o, "feed", "all incidents");
	put_foot(o, false);
	page_close(o, false, "history.html");
}

/* maintenance/ID.html, and planned work on the other pages. */
#include <string.h>

#include "page_priv.h"

static void put_window(struct page_out *o, const struct page_incident *m)
{
	put_time(o, m->starts_at, &m->places);
	put(o, " to ");
	put_time(o, m->ends_at, &m->places);
}

static void put_line(struct page_out *o, const struct page_incident *m)
{
	putf(o, "<li><a href=\"%smaintenance/%s.html\">", o->up, m->id);
	put_text(o, m->title);
	putf(o, "</a><br><span class=\"when\"><b>%s</b> · ", page_state_word(m->status));
	put_window(o, m);
	put(o, " · ");
	put_names(o, m, false);
	put(o, " in ");
	put_names(o, m, true);
	put(o, "</span></li>\n");
}

size_t put_planned(struct page_out *o, bool ahead,
    bool (*wanted)(const struct page_out *o, const struct page_incident *m, size_t which),
    size_t which)
{
	const struct page *p = o->p;
	size_t from = ahead ? 0 : p->ahead_count,
	       to = ahead ? p->ahead_count : p->maintenance_count, n = 0;

	for (size_t i = from; i < to; i++) {
		if (wanted && !wanted(o, &p->maintenances[i], which))
			continue;
		if (!n++)
			putf(o,
			    "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n<ul "
			    "class=\"list\">\n",
			    ahead ? "planned" : "worked", ahead ? "planned" : "worked",
			    ahead ? "Planned maintenance" : "Past maintenance");
		put_line(o, &p->maintenances[i]);
	}
	put(o, n ? "</ul>\n</section>\n" : "");
	return n;
}

bool planned_in_region(const struct page_out *o, const struct page_incident *m, size_t region)
{
	(void)o;
	return page_about(m, region, NO_INDEX);
}

static void put_facts(struct page_out *o, const struct page_incident *m)
{
	put(o, "<dl class=\"facts\">\n");
	put_fact(o, "State");
	put(o, page_state_word(m->status));
	put(o, "</dd>\n");
	put_fact(o, "Window");
	put_window(o, m);
	put(o, "</dd>\n");
	put_fact_time(o, "Began", m, m->started_at);
	put_fact_time(
	    o, strcmp(m->status, "cancelled") == 0 ? "Cancelled" : "Ended", m, m->resolved_at);
	put_fact(o, "Services");
	put_names(o, m, false);
	put(o, "</dd>\n");
	put_fact(o, "Regions");
	put_names(o, m, true);
	put(o, "</dd>\n");
	if (m->carrier_count) {
		put_fact(o, "Network of");
		put_text(o, m->carriers[0]);
		put(o, "</dd>\n");
	}
	put(o, "</dl>\n");
}

void page_maintenances(struct page_out *o)
{
	static const struct page_kind kind = { "maintenance",
		"<p class=\"meta\">Planned maintenance</p>\n", "Notices, newest first", put_facts };

	put_pages(o, o->p->maintenances, o->p->maintenance_count, &kind);
}

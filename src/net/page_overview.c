/* index.html: how it is now. */
#include <string.h>

#include "page_priv.h"

#define RECENT 5 /* incidents that are over */

static void put_cell(struct page_out *o, size_t region, size_t component)
{
	const struct page_cell *c = page_cell(o->p, region, component);

	put(o, c->offered ? "<td><span class=\"k\">" : "<td class=\"na\"><span class=\"k\">");
	put_text(o, o->p->components[component].name);
	put(o, "</span>");
	if (c->offered)
		put_status(o, c->status);
	else
		put(o, "<span class=\"s\">not offered</span>");
	put(o, "</td>");
}

static void put_matrix(struct page_out *o)
{
	const struct page *p = o->p;

	put(o, "<section aria-labelledby=\"now\">\n<h2 id=\"now\">Services by region</h2>\n"
	       "<table class=\"matrix\">\n<thead><tr><th scope=\"col\">Region</th>");
	for (size_t k = 0; k < p->component_count; k++) {
		put(o, "<th scope=\"col\">");
		put_text(o, p->components[k].name);
		put(o, "</th>");
	}
	put(o, "</tr></thead>\n<tbody>\n");
	for (size_t r = 0; r < p->region_count; r++) {
		putf(o, "<tr><th scope=\"row\"><a href=\"region/%s.html\">", p->regions[r].id);
		put_text(o, p->regions[r].name);
		put(o, "</a></th>");
		for (size_t k = 0; k < p->component_count; k++)
			put_cell(o, r, k);
		put(o, "</tr>\n");
	}
	put(o, "</tbody>\n</table>\n</section>\n");
}

static void put_open(struct page_out *o)
{
	const struct page *p = o->p;

	put(o, "<section aria-labelledby=\"open\">\n<h2 id=\"open\">Open incidents</h2>\n");
	if (!p->open_count)
		put(o, "<p>There is no open incident.</p>\n");
	for (size_t i = 0; i < p->open_count; i++)
		put_incident_now(o, &p->incidents[i]);
	put(o, "</section>\n");
}

static void put_recent(struct page_out *o)
{
	const struct page *p = o->p;
	size_t end = p->incident_count;

	if (p->open_count == end)
		return;
	if (end > p->open_count + RECENT)
		end = p->open_count + RECENT;
	put(o, "<section aria-labelledby=\"past\">\n<h2 id=\"past\">Past incidents</h2>\n<ul "
	       "class=\"list\">\n");
	for (size_t i = p->open_count; i < end; i++)
		put_incident_line(o, &p->incidents[i]);
	putf(o, "</ul>\n<p><a href=\"history.html\">All of the last %d days</a></p>\n</section>\n",
	    p->days);
}

static void put_portfolios(struct page_out *o)
{
	const struct page *p = o->p;

	if (!p->portfolio_count)
		return;
	put(o, "<section aria-labelledby=\"groups\">\n<h2 id=\"groups\">Portfolios</h2>\n<ul "
	       "class=\"groups\">\n");
	for (size_t i = 0; i < p->portfolio_count; i++) {
		putf(o, "<li><a href=\"portfolio/%s.html\">", p->portfolios[i].id);
		put_text(o, p->portfolios[i].name);
		put(o, "</a> ");
		put_status(o, p->portfolios[i].status);
		put(o, "</li>\n");
	}
	put(o, "</ul>\n</section>\n");
}

/* "in France, Italy": the regions that are worst. */
static const char *where(const struct page *p)
{
	const char *out = "";

	for (size_t r = 0; r < p->region_count && p->status != STATUS_OPERATIONAL; r++)
		if (p->regions[r].status == p->status)
			out = arena_printf(
			    p->arena, "%s%s%s", out, *out ? ", " : "in ", p->regions[r].name);
	return out;
}

void page_overview(struct page_out *o)
{
	page_open(o, 0);
	put_head(o, o->p->name, "index.html", "feed");
	put(o, "<h1 class=\"v\">");
	put_text(o, o->p->name);
	put(o, " status</h1>\n");
	put_banner(o, o->p->status, where(o->p));
	put_blind(o);
	if (o->p->status == STATUS_OPERATIONAL && o->p->open_count)
		put(o, "<p>No service is disturbed; what is open is below.</p>\n");
	put_open(o);
	put_planned(o, true, NULL, 0);
	put_matrix(o);
	put_portfolios(o);
	put_recent(o);
	put_follow(o, "feed", "all incidents");
	put(o, "<p class=\"follow\">For programs: <a href=\"api/v2/summary.json\">JSON</a></p>\n");
	put_foot(o, false);
	page_close(o, false, "index.html");
}

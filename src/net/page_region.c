/* region/ID.html and portfolio/ID.html. */
#include <string.h>

#include "page_priv.h"

static void put_percent(struct page_out *o, int milli)
{
	char text[16];

	putf(o, "%s&nbsp;%%", availability_percent(milli, text));
}

static void put_minutes(struct page_out *o, int64_t ms)
{
	putf(o, "<td class=\"n\">%lld.%lld</td>", (long long)(ms / 60000),
	    (long long)(ms % 60000 / 6000));
}

static void put_carriers(struct page_out *o, const struct page_cell *c)
{
	if (!c->carrier_count)
		return;
	put(o, "<p class=\"note\">Runs over the network of ");
	for (size_t i = 0; i < c->carrier_count; i++) {
		put(o, i ? ", " : "");
		put_text(o, c->carriers[i]);
	}
	put(o, ".</p>\n");
}

static void put_component(struct page_out *o, size_t region, size_t component)
{
	const struct page_cell *c = page_cell(o->p, region, component);
	const char *name = o->p->components[component].name;

	if (!c->offered)
		return;
	put(o, "<article class=\"comp\">\n<h3>");
	put_text(o, name);
	put(o, "</h3>\n<p class=\"now\">");
	put_status(o, c->status);
	if (c->status != STATUS_OPERATIONAL) {
		put(o, " <span class=\"when\">since ");
		put_time(o, c->since, &o->p->regions[region].places);
		put(o, "</span>");
	}
	put(o, "</p>\n");
	put_bars(o, c->days, name);
	put_carriers(o, c);
	put(o, "</article>\n");
}

static void put_figures_row(struct page_out *o, const struct page_cell *c, const char *name)
{
	const struct availability *a = &c->figures;

	put(o, "<tr><th scope=\"row\">");
	put_text(o, name);
	put(o, "</th><td class=\"n\">");
	put_percent(o, availability_milli(a));
	put(o, "</td><td class=\"n\">");
	if (c->target_milli)
		put_percent(o, c->target_milli);
	else
		put(o, "–");
	put(o, "</td>");
	put_minutes(o, a->window_ms);
	put_minutes(o, a->maintenance_ms);
	put_minutes(o, a->major_ms);
	put_minutes(o, a->partial_ms);
	put_minutes(o, a->degraded_ms);
	put(o, "</tr>\n");
}

static void put_figures(struct page_out *o, size_t region)
{
	static const char *const columns[] = { "Availability", "Target", "Counted", "Planned work",
		"Major outage", "Partial outage", "Degraded" };
	char from[UTC_TEXT], to[UTC_TEXT];
	const struct page *p = o->p;

	utc_format(utc_add(p->today, -p->days * PAGE_DAY_MS), from);
	utc_format(p->today, to);
	put(o, "<section aria-labelledby=\"figures\">\n<h2 id=\"figures\">Availability</h2>\n");
	putf(o,
	    "<p>The %d days from %.10s to %.10s, 00:00 UTC, in minutes. Availability is 1 − "
	    "(major + 0.3 × partial) / (counted − planned), from the incidents published "
	    "here.</p>\n",
	    p->days, from, to);
	put(o,
	    "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of figures\">\n"
	    "<table>\n<thead><tr><th scope=\"col\">Service</th>");
	for (size_t i = 0; i < countof(columns); i++)
		putf(o, "<th scope=\"col\" class=\"n\">%s</th>", columns[i]);
	put(o, "</tr></thead>\n<tbody>\n");
	for (size_t k = 0; k < p->component_count; k++)
		if (page_cell(p, region, k)->offered)
			put_figures_row(o, page_cell(p, region, k), p->components[k].name);
	put(o, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void put_incidents(struct page_out *o, size_t region)
{
	const struct page *p = o->p;
	size_t open = 0, past = 0;

	for (size_t i = 0; i < p->incident_count; i++)
		if (page_about(&p->incidents[i], region, NO_INDEX))
			*(p->incidents[i].open ? &open : &past) += 1;
	put(o, "<section aria-labelledby=\"open\">\n<h2 id=\"open\">Open incidents</h2>\n");
	if (!open)
		put(o, "<p>There is no open incident here.</p>\n");
	for (size_t i = 0; i < p->open_count; i++)
		if (page_about(&p->incidents[i], region, NO_INDEX))
			put_incident_now(o, &p->incidents[i]);
	put(o, "</section>\n");
	if (!past)
		return;
	putf(o,
	    "<section aria-labelledby=\"past\">\n<h2 id=\"past\">Incidents of the last %d "
	    "days</h2>\n<ul class=\"list\">\n",
	    p->days);
	for (size_t i = p->open_count; i < p->incident_count; i++)
		if (page_about(&p->incidents[i], region, NO_INDEX))
			put_incident_line(o, &p->incidents[i]);
	put(o, "</ul>\n</section>\n");
}

static void region_page(struct page_out *o, size_t region)
{
	const struct page_region *r = &o->p->regions[region];
	const char *feed = arena_printf(o->p->arena, "region/%s", r->id);

	page_open(o, 1);
	put_head(o, r->name, "", feed);
	put(o, "<h1>");
	put_text(o, r->name);
	put(o, "</h1>\n");
	put_banner(o, r->status, "");
	put_blind(o);
	put_incidents(o, region);
	put_planned(o, true, planned_in_region, region);
	put_planned(o, false, planned_in_region, region);
	putf(o,
	    "<section aria-labelledby=\"services\">\n<h2 id=\"services\">Services, %d "
	    "days</h2>\n<p>A bar is a day in UTC, with the worst of it: the taller, the "
	    "worse.</p>\n<div class=\"comps\">\n",
	    o->p->days);
	for (size_t k = 0; k < o->p->component_count; k++)
		put_component(o, region, k);
	put(o, "</div>\n</section>\n");
	put_figures(o, region);
	put_follow(o, feed, r->name);
	put_foot(o, false);
	page_close(o, false, "region/%s.html", r->id);
}

void page_regions(struct page_out *o)
{
	for (size_t r = 0; r < o->p->region_count; r++)
		region_page(o, r);
}

/* ---- portfolios ---- */

static bool in_portfolio(const struct page *p, const struct page_incident *inc, size_t portfolio)
{
	for (size_t i = 0; i < inc->region_count; i++)
		if (p->regions[inc->regions[i]].portfolios[portfolio])
			return true;
	return false;
}

static bool planned_in_portfolio(
    const struct page_out *o, const struct page_incident *m, size_t portfolio)
{
	return in_portfolio(o->p, m, portfolio);
}

static void put_member(struct page_out *o, size_t region)
{
	const struct page_region *r = &o->p->regions[region];

	putf(o, "<article class=\"comp\">\n<h3><a href=\"../region/%s.html\">", r->id);
	put_text(o, r->name);
	put(o, "</a></h3>\n<ul class=\"services\">\n");
	for (size_t k = 0; k < o->p->component_count; k++) {
		const struct page_cell *c = page_cell(o->p, region, k);

		if (!c->offered)
			continue;
		put(o, "<li><span>");
		put_text(o, o->p->components[k].name);
		put(o, "</span> ");
		put_status(o, c->status);
		put(o, "</li>\n");
	}
	put(o, "</ul>\n</article>\n");
}

static void portfolio_page(struct page_out *o, size_t portfolio)
{
	const struct page *p = o->p;
	const struct page_portfolio *f = &p->portfolios[portfolio];
	bool any = false;

	page_open(o, 1);
	put_head(o, f->name, "", "feed");
	put(o, "<h1>");
	put_text(o, f->name);
	put(o, "</h1>\n");
	put_banner(o, f->status, "");
	put_blind(o);
	put(o, "<section aria-labelledby=\"open\">\n<h2 id=\"open\">Open incidents</h2>\n");
	for (size_t i = 0; i < p->open_count; i++)
		if (in_portfolio(p, &p->incidents[i], portfolio)) {
			put_incident_now(o, &p->incidents[i]);
			any = true;
		}
	put(o, any ? "" : "<p>There is no open incident here.</p>\n");
	put(o, "</section>\n");
	put_planned(o, true, planned_in_portfolio, portfolio);
	put(o, "<section aria-labelledby=\"regions\">\n<h2 "
	       "id=\"regions\">Regions</h2>\n<div class=\"comps\">\n");
	for (size_t r = 0; r < p->region_count; r++)
		if (p->regions[r].portfolios[portfolio])
			put_member(o, r);
	put(o, "</div>\n</section>\n");
	put_follow(o, "feed", "all incidents");
	put_foot(o, false);
	page_close(o, false, "portfolio/%s.html", f->id);
}

void page_portfolios(struct page_out *o)
{
	for (size_t i = 0; i < o->p->portfolio_count; i++)
		portfolio_page(o, i);
}

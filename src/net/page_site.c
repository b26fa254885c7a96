/* What goes with the pages: the stylesheet, and what search engines read. */
#include "base/embed.h"
#include "page_priv.h"

static void put_place(struct page_out *o, const char *address)
{
	put(o, "<url><loc>");
	put_text(o, address);
	put(o, "</loc></url>\n");
}

static void site_map(struct page_out *o)
{
	const struct page *p = o->p;

	page_open(o, 0);
	put(o, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	       "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
	put_place(o, p->url);
	put_place(o, page_address(o, "history.html"));
	put_place(o, page_address(o, "policy.html"));
	for (size_t i = 0; i < p->region_count; i++)
		put_place(o, page_address(o, "region/%s.html", p->regions[i].id));
	for (size_t i = 0; i < p->portfolio_count; i++)
		put_place(o, page_address(o, "portfolio/%s.html", p->portfolios[i].id));
	for (size_t i = 0; i < p->incident_count; i++)
		put_place(o, page_address(o, "incident/%s.html", p->incidents[i].id));
	for (size_t i = 0; i < p->maintenance_count; i++)
		put_place(o, page_address(o, "maintenance/%s.html", p->maintenances[i].id));
	put(o, "</urlset>\n");
	page_close(o, false, "sitemap.xml");
	page_open(o, 0);
	put(o, "User-agent: *\nDisallow: /p/\nSitemap: ");
	put(o, page_address(o, "sitemap.xml"));
	put(o, "\n");
	page_close(o, false, "robots.txt");
}

void page_site(struct page_out *o)
{
	const struct embedded *style = embedded_find("share/page/style.css");

	page_open(o, 0);
	buf_add(&o->b, style->data, style->len);
	page_close(o, false, "style.css");
	if (!o->p->hidden)
		site_map(o);
}

/* incident/ID.html: everything that was told of it. */
#include "page_priv.h"

static void put_facts(struct page_out *o, const struct page_incident *inc)
{
	put(o, "<dl class=\"facts\">\n");
	put_fact(o, "Severity");
	put_severity(o, inc);
	put(o, "</dd>\n");
	put_fact(o, "State");
	put(o, page_state_word(inc->status));
	put(o, "</dd>\n");
	put_fact_time(o, "Started", inc, inc->started_at);
	put_fact_time(o, inc->workaround ? "Usable again, with a workaround" : "Usable again", inc,
	    inc->restored_at);
	put_fact_time(o, "Resolved", inc, inc->resolved_at);
	put_fact(o, "Services");
	put_names(o, inc, false);
	put(o, "</dd>\n");
	put_fact(o, "Regions");
	put_names(o, inc, true);
	put(o, "</dd>\n");
	if (inc->carrier_count) {
		put_fact(o, "Depends on");
		for (size_t i = 0; i < inc->carrier_count; i++) {
			put(o, i ? ", " : "");
			put_text(o, inc->carriers[i]);
		}
		put(o, "</dd>\n");
	}
	put_fact_time(o, "Next update by", inc, inc->next_update_at);
	put(o, "</dl>\n");
}

static void put_update(struct page_out *o, const struct page_incident *inc, size_t n)
{
	const struct page_update *u = &inc->updates[n];

	putf(o, "<article class=\"upd\" id=\"u%zu\">\n<h3>%s</h3>\n<p class=\"when\">",
	    inc->update_count - n, page_state_word(u->status));
	put_time(o, u->at, &inc->places);
	put(o, "</p>\n<div class=\"text\">\n");
	put_posted(o, u->text);
	put(o, "</div>\n</article>\n");
}

static void put_updates(struct page_out *o, const struct page_incident *inc, const char *title)
{
	putf(o, "<section aria-labelledby=\"updates\">\n<h2 id=\"updates\">%s</h2>\n", title);
	for (size_t n = 0; n < inc->update_count; n++)
		put_update(o, inc, n);
	put(o, "</section>\n");
}

void put_pages(struct page_out *o, const struct page_incident *list, size_t count,
    const struct page_kind *kind)
{
	for (const struct page_incident *inc = list; inc < list + count; inc++) {
		page_open(o, 1);
		put_head(o, inc->title, "", "feed");
		put(o, "<h1>");
		put_text(o, inc->title);
		put(o, "</h1>\n");
		put(o, kind->remark);
		kind->put_facts(o, inc);
		put_updates(o, inc, kind->updates);
		put(o, "<p class=\"follow\">Our reference: ");
		put_text(o, inc->id);
		put(o, "</p>\n");
		put_foot(o, inc->final);
		page_close(o, inc->final, "%s/%s.html", kind->folder, inc->id);
	}
}

void page_incidents(struct page_out *o)
{
	static const struct page_kind kind = { "incident", "", "Updates, newest first", put_facts };

	put_pages(o, o->p->incidents, o->p->incident_count, &kind);
}

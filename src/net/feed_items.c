/* RSS and Atom in general, by the words of their items. */
#include <string.h>

#include "feed_syndic.h"

int feed_rss_sniff(const char *bytes, size_t len)
{
	return strcmp(feed_looks_like(bytes, len), "an RSS feed") == 0 ? 50 : 0;
}

int feed_atom_sniff(const char *bytes, size_t len)
{
	return strcmp(feed_looks_like(bytes, len), "an Atom feed") == 0 ? 50 : 0;
}

/* An item of an unknown feed: its own words are all there is. */
static void add_item(struct feed_doc *d, struct syndic *s, const struct syndic_entry *x)
{
	struct history h = history_read(d, x->body, feed_later(x->published, x->updated));
	size_t before = d->incident_count;

	if (!h.updates.count) {
		struct feed_update *u = feed_add_update(d, &h.updates);
		u->at = feed_later(x->published, x->updated);
		u->text = feed_plain(d->arena, x->body, FEED_TEXT_MAX);
	}
	h.planned |= feed_text_planned(x->title);
	history_add(d, s, x, &h);
	if (d->incident_count == before)
		return;
	struct feed_incident *i = &d->incidents[before];
	i->severity = feed_text_severity(i->title);
	for (size_t k = 0; k < i->update_count && !i->severity; k++)
		i->severity = feed_text_severity(i->updates[k].text);
	if (strcmp(i->status, "resolved") != 0)
		feed_worsen(d, feed_severity_status(i->severity));
}

static struct feed_doc *parse_items(
    const char *format, const char *title, bool atom, const char *bytes, size_t len, struct err *e)
{
	struct feed_doc *d = feed_doc_new(format);
	struct syndic *s = syndic_read(d, bytes, len, title, e);

	if (s && s->atom != atom) {
		err_set(e, ERR_DATA, "no %s: it looks like %s", title, feed_looks_like(bytes, len));
		s = NULL;
	}
	if (!s) {
		feed_doc_free(d);
		return NULL;
	}
	syndic_doc(d, s);
	for (size_t i = 0; i < s->entry_count; i++)
		add_item(d, s, &s->entries[i]);
	if (!s->entry_count)
		feed_problem(d, "the feed has no items: nothing is known from it");
	feed_sort_incidents(d);
	return d;
}

struct feed_doc *feed_rss_parse(const char *bytes, size_t len, struct err *e)
{
	return parse_items("rss", "RSS feed", false, bytes, len, e);
}

struct feed_doc *feed_atom_parse(const char *bytes, size_t len, struct err *e)
{
	return parse_items("atom", "Atom feed", true, bytes, len, e);
}

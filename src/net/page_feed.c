/* Atom (RFC 4287) and RSS 2.0: all incidents, those of a region, those of a component; and every
 * update as an entry of its own, for programs that look only at new ids. The state and the severity
 * are the first words of a title, since many readers show nothing else. */
#include <stdio.h>
#include <string.h>

#include "page_priv.h"

#define FEED_MAX 50	/* entries */
#define TAG_YEAR "2026" /* of all tag URIs, for ever (RFC 4151) */

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };

/* One feed. */
struct feed {
	const char *path, *title; /* without its ending */
	size_t region, component;
	bool each_update; /* an entry for each update */
	const struct page_incident *items[FEED_MAX];
	size_t count;
	struct utc updated; /* UTC_NONE: it has no entry */
};

/* "tag:status.example,2026:partners:" */
static void put_tag(struct page_out *o)
{
	const char *host = strstr(o->p->url, "://");
	size_t len;

	host = host ? host + 3 : o->p->url;
	len = strcspn(host, "/:");
	put(o, "tag:");
	put_text(o, arena_strndup(o->p->arena, host, len));
	put(o, "," TAG_YEAR ":");
	if (o->p->hidden) {
		put_text(o, o->p->audience);
		put(o, ":");
	}
}

/* Dates as Statuspage's own feeds have them, so that who reads those reads ours. */
static void put_story(struct page_out *o, const struct page_incident *inc, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct page_update *u = &inc->updates[i];
		int64_t ms;
		struct date d = zone_local(zone_utc(), u->at, &ms);

		putf(o,
		    "<p><small>%s <var data-var='date'>%d</var>, <var "
		    "data-var='time'>%02d:%02d</var> UTC</small><br><strong>%s</strong> - ",
		    months[d.month - 1], d.day, (int)(ms / 3600000), (int)(ms / 60000 % 60),
		    page_state_word(u->status));
		for (const char *s = u->text; *s;) {
			size_t len = strcspn(s, "\n");

			put_text(o, arena_strndup(o->p->arena, s, len));
			s += len + (s[len] == '\n');
			put(o, *s ? "<br>" : "");
		}
		put(o, "</p>\n");
	}
}

/* The same, escaped once more: HTML as the text of an element. */
static void put_escaped_story(
    struct page_out *o, const struct page_incident *inc, size_t from, size_t to)
{
	struct buf outer = o->b;

	buf_init(&o->b, 0);
	put_story(o, inc, from, to);
	struct buf inner = o->b;
	o->b = outer;
	put_text(o, buf_str(&inner));
	buf_fini(&inner);
}

static void put_entry_title(struct page_out *o, const struct page_incident *inc, const char *status)
{
	if (inc->planned)
		putf(o, "%s - Planned maintenance: ", page_state_word(status));
	else
		putf(o, "%s - Sev %d: ", page_state_word(status), inc->severity);
	put_text(o, inc->title);
}

static void put_iso(struct page_out *o, const char *element, struct utc t)
{
	char iso[UTC_TEXT];

	putf(o, "<%s>%s</%s>\n", element, utc_format(t, iso), element);
}

static void put_link(struct page_out *o, const struct page_incident *inc)
{
	put_text(
	    o, page_address(o, inc->planned ? "maintenance/%s.html" : "incident/%s.html", inc->id));
}

/* Entry of an incident, or of its update n. */
static void atom_entry(
    struct page_out *o, const struct page_incident *inc, size_t n, bool each_update)
{
	const struct page_update *u = &inc->updates[n];
	const char *status = each_update ? u->status : inc->status;

	put(o, "<entry>\n<id>");
	put_tag(o);
	put_text(o, each_update ? u->id : inc->id);
	put(o, "</id>\n<title>");
	put_entry_title(o, inc, status);
	put(o, "</title>\n");
	put_iso(o, "published",
	    each_update || inc->planned ? inc->updates[each_update ? n : inc->update_count - 1].at
					: inc->started_at);
	put_iso(o, "updated", u->at);
	put(o, "<link rel=\"alternate\" type=\"text/html\" href=\"");
	put_link(o, inc);
	putf(o, "\"/>\n<category scheme=\"urn:nocboard:state\" term=\"%s\"/>\n", status);
	if (!inc->planned)
		putf(o, "<category scheme=\"urn:nocboard:severity\" term=\"Sev %d\"/>\n",
		    inc->severity);
	put(o, "<content type=\"html\">");
	put_escaped_story(o, inc, n, each_update ? n + 1 : inc->update_count);
	put(o, "</content>\n</entry>\n");
}

static void atom(struct page_out *o, const struct feed *f)
{
	page_open(o, 0);
	put(o, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- made " STAMP_MADE
	       ", good until " STAMP_VALID " -->\n"
	       "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n<id>");
	put_tag(o);
	put_text(o, f->path);
	put(o, "</id>\n<title>");
	put_text(o, f->title);
	put(o, "</title>\n<subtitle>Made at " STAMP_MADE_WORDS ", good until " STAMP_VALID_WORDS
	       "</subtitle>\n");
	if (utc_is_set(f->updated))
		put_iso(o, "updated", f->updated);
	else
		put(o, "<updated>" STAMP_MADE "</updated>\n");
	put(o, "<author><name>");
	put_text(o, o->p->name);
	put(o, "</name></author>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"");
	put_text(o, page_address(o, "%s.atom", f->path));
	put(o, "\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"");
	put_text(o, o->p->url);
	put(o, "\"/>\n");
	for (size_t i = 0; i < f->count; i++)
		for (size_t n = 0; n < (f->each_update ? f->items[i]->update_count : 1); n++)
			atom_entry(o, f->items[i], n, f->each_update);
	put(o, "</feed>\n");
	page_close(o, false, "%s.atom", f->path);
}

/* RFC 822 as RSS wants it. */
static void put_date(struct page_out *o, const char *element, struct utc t)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	int64_t ms;
	struct date d = zone_local(zone_utc(), t, &ms);

	putf(o, "<%s>%s, %02d %s %04d %02d:%02d:%02d +0000</%s>\n", element, days[date_weekday(d)],
	    d.day, months[d.month - 1], d.year, (int)(ms / 3600000), (int)(ms / 60000 % 60),
	    (int)(ms / 1000 % 60), element);
}

static void rss_item(struct page_out *o, const struct page_incident *inc)
{
	put(o, "<item>\n<title>");
	put_entry_title(o, inc, inc->status);
	put(o, "</title>\n<link>");
	put_link(o, inc);
	put(o, "</link>\n<guid isPermaLink=\"false\">");
	put_tag(o);
	put_text(o, inc->id);
	put(o, "</guid>\n");
	put_date(o, "pubDate", inc->updated_at);
	putf(o, "<category>%s</category>\n", inc->status);
	if (!inc->planned)
		putf(o, "<category>Sev %d</category>\n", inc->severity);
	put(o, "<description>");
	put_escaped_story(o, inc, 0, inc->update_count);
	put(o, "</description>\n</item>\n");
}

static void rss(struct page_out *o, const struct feed *f)
{
	page_open(o, 0);
	put(o, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- made " STAMP_MADE
	       ", good until " STAMP_VALID " -->\n"
	       "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n"
	       "<title>");
	put_text(o, f->title);
	put(o, "</title>\n<link>");
	put_text(o, o->p->url);
	put(o, "</link>\n<description>Made at " STAMP_MADE_WORDS ", good until " STAMP_VALID_WORDS
	       "</description>\n<language>en</language>\n<atom:link rel=\"self\" "
	       "type=\"application/rss+xml\" href=\"");
	put_text(o, page_address(o, "%s.rss", f->path));
	put(o, "\"/>\n");
	if (utc_is_set(f->updated))
		put_date(o, "lastBuildDate", f->updated);
	putf(o, "<ttl>%lld</ttl>\n", (long long)(o->p->valid_ms / 120000 + 1));
	for (size_t i = 0; i < f->count; i++)
		rss_item(o, f->items[i]);
	put(o, "</channel>\n</rss>\n");
	page_close(o, false, "%s.rss", f->path);
}

static void add_items(struct feed *f, const struct page_incident *items, size_t count)
{
	for (size_t i = 0; i < count && f->count < FEED_MAX; i++) {
		if (!page_about(&items[i], f->region, f->component))
			continue;
		f->items[f->count++] = &items[i];
		f->updated = utc_is_set(f->updated) ? utc_max(f->updated, items[i].updated_at)
						    : items[i].updated_at;
	}
}

/* Open incidents, what is planned, then the past. */
static void add_feed(struct page_out *o, const char *path, const char *title, size_t region,
    size_t component, bool each_update)
{
	struct feed f = { path, title, region, component, each_update, { NULL }, 0, UTC_NONE };
	const struct page *p = o->p;

	add_items(&f, p->incidents, p->open_count);
	add_items(&f, p->maintenances, p->ahead_count);
	add_items(&f, p->incidents + p->open_count, p->incident_count - p->open_count);
	add_items(&f, p->maintenances + p->ahead_count, p->maintenance_count - p->ahead_count);
	atom(o, &f);
	if (!each_update)
		rss(o, &f);
}

void page_feeds(struct page_out *o)
{
	const struct page *p = o->p;
	struct arena *a = p->arena;

	for (size_t r = 0; r < p->region_count; r++)
		add_feed(o, arena_printf(a, "region/%s", p->regions[r].id),
		    arena_printf(a, "%s status: %s", p->name, p->regions[r].name), r, NO_INDEX,
		    false);
	for (size_t k = 0; k < p->component_count; k++)
		add_feed(o, arena_printf(a, "component/%s", p->components[k].id),
		    arena_printf(a, "%s status: %s", p->name, p->components[k].name), NO_INDEX, k,
		    false);
	add_feed(o, "updates", arena_printf(a, "%s status: every update", p->name), NO_INDEX,
	    NO_INDEX, true);
	add_feed(o, "feed", arena_printf(a, "%s status", p->name), NO_INDEX, NO_INDEX, false);
}

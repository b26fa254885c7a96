/* What the pages share: escaping, times, heads and feet, bars. */
#ifndef NET_PAGE_PRIV_H
#define NET_PAGE_PRIV_H

#include "net/page.h"

/* Stamps while a body is made: characters that clean text never has; page_close puts the times in
 * their place. */
#define STAMP_MADE "\xEE\x80\x81"	/* 2025-03-10T14:20:00.000Z */
#define STAMP_MADE_WORDS "\xEE\x80\x82" /* 2025-03-10 14:20 UTC */
#define STAMP_VALID "\xEE\x80\x83"
#define STAMP_VALID_WORDS "\xEE\x80\x84"

#define NO_INDEX ((size_t)-1)

/* One file on its way. */
struct page_out {
	const struct page *p;
	struct page_files *files;
	const char *prefix; /* of all paths */
	const char *up;	    /* from this file to the top of the page: "", "../" */
	struct buf b;
};

/* Starts a body for a file so deep below the top (0 or 1 folders). */
void page_open(struct page_out *o, int depth);
/* Ends it as `path`. */
void page_close(struct page_out *o, bool final, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- text (page_html.c): each appends to o->b ---- */
void put(struct page_out *o, const char *markup);
void putf(struct page_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Escaped for text and attributes of HTML and XML. */
void put_text(struct page_out *o, const char *text);
/* Paragraphs and line ends of a posted text, labels at the start of a line in bold. */
void put_posted(struct page_out *o, const char *text);
/* "2025-03-10 14:20 UTC (15:20 Paris)"; markup of HTML. */
void put_time(struct page_out *o, struct utc t, const struct template_places *places);
/* Shape and word of a status. */
void put_status(struct page_out *o, enum status s);
void put_banner(struct page_out *o, enum status s, const char *where);
/* That we cannot see for ourselves how it is, if so. */
void put_blind(struct page_out *o);

/* The document up to <main>: `title` may hold any text, `here` is the page of the menu. The feed
 * is named in the head, without ".atom". */
void put_head(struct page_out *o, const char *title, const char *here, const char *feed);
/* <main> ends, and when it was made is said. */
void put_foot(struct page_out *o, bool final);

/* ---- parts (page_part.c) ---- */
/* An open incident with what customers read now. `level` is that of its heading. */
void put_incident_now(struct page_out *o, const struct page_incident *inc);
/* One line of a list of incidents. */
void put_incident_line(struct page_out *o, const struct page_incident *inc);
void put_names(struct page_out *o, const struct page_incident *inc, bool regions);
void put_severity(struct page_out *o, const struct page_incident *inc);
/* Begins one of its facts: the caller ends it with </dd>. */
void put_fact(struct page_out *o, const char *name);
/* A whole one; nothing where the instant is not set. */
void put_fact_time(
    struct page_out *o, const char *name, const struct page_incident *inc, struct utc t);
/* What the page of one incident or planned work has of its own. */
struct page_kind {
	const char *folder, *remark, *updates; /* remark: markup below the title */
	void (*put_facts)(struct page_out *o, const struct page_incident *inc);
};
/* A page for each of them: title, facts, every update, newest first (page_incident.c). */
void put_pages(struct page_out *o, const struct page_incident *list, size_t count,
    const struct page_kind *kind);
/* A list of planned work that lies ahead or is under way, or of the past; `wanted` NULL: all of it.
 * Nothing at all where there is none. Returns how many (page_maintenance.c). */
size_t put_planned(struct page_out *o, bool ahead,
    bool (*wanted)(const struct page_out *o, const struct page_incident *m, size_t which),
    size_t which);
bool planned_in_region(const struct page_out *o, const struct page_incident *m, size_t region);
/* Days as bars, and in words those on which something was the matter. */
void put_bars(struct page_out *o, const unsigned char *days, const char *of);
void put_follow(struct page_out *o, const char *feed, const char *what);

/* Whether the incident is about this region and component (NO_INDEX: any). */
bool page_about(const struct page_incident *inc, size_t region, size_t component);

/* ---- files, one function for each kind ---- */
void page_incidents(struct page_out *o);    /* page_incident.c */
void page_maintenances(struct page_out *o); /* page_maintenance.c */
void page_regions(struct page_out *o);	    /* page_region.c */
void page_portfolios(struct page_out *o);   /* page_region.c */
void page_history(struct page_out *o);	    /* page_history.c */
void page_policy(struct page_out *o);	    /* page_policy.c */
void page_feeds(struct page_out *o);	    /* page_feed.c */
void page_json(struct page_out *o);	    /* page_json.c */
void page_site(struct page_out *o);	    /* page_site.c */
void page_overview(struct page_out *o);	    /* page_overview.c */

/* "/region/FR.html" as an absolute address; the arena's. */
const char *page_address(const struct page_out *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif

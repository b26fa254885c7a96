/* Parts that several pages show. */
#include <stdio.h>
#include <string.h>

#include "page_priv.h"

#define BAR_WIDTH 4
#define BAR_HEIGHT 34
#define NAMES_TOLD 3 /* regions by name; more are counted */

/* Taller is worse: a bar is told by its shape too. */
static const int heights[STATUSES] = {
	[STATUS_OPERATIONAL] = 10,
	[STATUS_UNKNOWN] = 6,
	[STATUS_MAINTENANCE] = 14,
	[STATUS_DEGRADED] = 18,
	[STATUS_PARTIAL] = 26,
	[STATUS_MAJOR] = BAR_HEIGHT,
};

static const char *severity_name(const struct page_out *o, int severity)
{
	const char *name = severity >= 1 && severity <= SEVERITIES
			       ? policy_severity(o->p->policy, severity)->name
			       : NULL;

	return name ? name : "";
}

void put_severity(struct page_out *o, const struct page_incident *inc)
{
	putf(o, "<span class=\"sev v%d\">Sev %d ", inc->severity, inc->severity);
	put_text(o, severity_name(o, inc->severity));
	put(o, "</span>");
}

void put_names(struct page_out *o, const struct page_incident *inc, bool regions)
{
	size_t n = regions ? inc->region_count : inc->component_count;

	for (size_t i = 0; i < n; i++) {
		put(o, i ? ", " : "");
		if (regions) {
			const struct page_region *r = &o->p->regions[inc->regions[i]];

			putf(o, "<a href=\"%sregion/%s.html\">", o->up, r->id);
			put_text(o, r->name);
			put(o, "</a>");
		} else {
			put_text(o, o->p->components[inc->components[i]].name);
		}
	}
	if (!n)
		put(o, "not known yet");
}

static void put_state(struct page_out *o, const struct page_incident *inc)
{
	putf(o, "<b>%s</b>", page_state_word(inc->status));
	if (inc->open && utc_is_set(inc->restored_at))
		put(o, inc->workaround ? ", usable with a workaround" : ", usable again");
}

static void put_link(struct page_out *o, const struct page_incident *inc)
{
	putf(o, "<a href=\"%sincident/%s.html\">", o->up, inc->id);
	put_text(o, inc->title);
	put(o, "</a>");
}

static void put_dependencies(struct page_out *o, const struct page_incident *inc)
{
	if (!inc->carrier_count)
		return;
	put(o, "<p class=\"note\">We depend on a partner network here: ");
	for (size_t i = 0; i < inc->carrier_count; i++) {
		put(o, i ? ", " : "");
		put_text(o, inc->carriers[i]);
	}
	put(o, ".</p>\n");
}

void put_incident_now(struct page_out *o, const struct page_incident *inc)
{
	const struct page_update *u = &inc->updates[0];

	putf(o, "<article class=\"inc v%d\">\n<h3>", inc->severity);
	put_link(o, inc);
	put(o, "</h3>\n<p class=\"meta\">");
	put_severity(o, inc);
	put(o, " ");
	put_state(o, inc);
	put(o, " · since ");
	put_time(o, inc->started_at, &inc->places);
	put(o, "</p>\n<p class=\"scope\">");
	put_names(o, inc, false);
	put(o, " in ");
	put_names(o, inc, true);
	put(o, "</p>\n<div class=\"text\">\n");
	put_posted(o, u->text);
	put(o, "</div>\n");
	put_dependencies(o, inc);
	put(o, "<p class=\"next\">Told at ");
	put_time(o, u->at, NULL);
	put(o, ". ");
	if (utc_is_set(inc->next_update_at)) {
		put(o, "<strong>Next update by ");
		put_time(o, inc->next_update_at, &inc->places);
		put(o, "</strong>");
	} else {
		put(o, "Next update when there is something new");
	}
	put(o, "</p>\n</article>\n");
}

void put_incident_line(struct page_out *o, const struct page_incident *inc)
{
	put(o, "<li>");
	put_severity(o, inc);
	put(o, " ");
	put_link(o, inc);
	put(o, "<br><span class=\"when\">");
	put_state(o, inc);
	put(o, " · ");
	put_time(o, inc->started_at, NULL);
	if (!inc->open) {
		put(o, " to ");
		put_time(o, inc->resolved_at, NULL);
	}
	put(o, "</span></li>\n");
}

void put_fact(struct page_out *o, const char *name)
{
	putf(o, "<dt>%s</dt><dd>", name);
}

void put_fact_time(
    struct page_out *o, const char *name, const struct page_incident *inc, struct utc t)
{
	if (!utc_is_set(t))
		return;
	put_fact(o, name);
	put_time(o, t, &inc->places);
	put(o, "</dd>\n");
}

/* ---- days ---- */

static void date_of(const struct page *p, int day, char out[16])
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date d = date_from_days(p->first_day.ms / PAGE_DAY_MS + day);

	snprintf(out, 16, "%d %s %04d", d.day, months[d.month - 1], d.year % 10000);
}

static void put_label(struct page_out *o, const unsigned char *days, const char *of)
{
	int count[STATUSES] = { 0 };

	for (int d = 0; d < o->p->days; d++)
		count[days[d]]++;
	put_text(o, of);
	putf(o, ", %d days: %d operational", o->p->days, count[STATUS_OPERATIONAL]);
	for (int s = STATUSES - 1; s > STATUS_OPERATIONAL; s--)
		if (count[s])
			putf(o, ", %d %s", count[s], page_status_words[s]);
}

/* Days of one status are one path: a stroke for each. */
static void put_strokes(struct page_out *o, const unsigned char *days, enum status s)
{
	bool any = false;
	int last = 0;

	for (int d = 0; d < o->p->days; d++) {
		if (days[d] != s)
			continue;
		if (!any)
			putf(o, "<path class=\"d%d\" d=\"M%d %dv%d", (int)s,
			    d * BAR_WIDTH + BAR_WIDTH / 2, BAR_HEIGHT - heights[s], heights[s]);
		else
			putf(o, "m%d -%dv%d", (d - last) * BAR_WIDTH, heights[s], heights[s]);
		any = true;
		last = d;
	}
	if (any)
		put(o, "\"/>");
}

static void put_days(struct page_out *o, const unsigned char *days)
{
	char from[16], to[16];
	bool any = false;

	for (int d = o->p->days - 1; d >= 0; d--) {
		int first = d;

		if (days[d] == STATUS_OPERATIONAL)
			continue;
		while (first > 0 && days[first - 1] == days[d])
			first--;
		put(o, any ? ", " : "<p class=\"days\">");
		date_of(o->p, first, from);
		date_of(o->p, d, to);
		put(o, from);
		if (first != d)
			putf(o, " to %s", to);
		putf(o, ": %s", page_status_words[days[d]]);
		any = true;
		d = first;
	}
	put(o, any ? "</p>\n" : "");
}

void put_bars(struct page_out *o, const unsigned char *days, const char *of)
{
	int width = o->p->days * BAR_WIDTH;

	putf(o,
	    "<svg class=\"bars\" role=\"img\" preserveAspectRatio=\"none\" viewBox=\"0 0 %d %d\" "
	    "aria-label=\"",
	    width, BAR_HEIGHT);
	put_label(o, days, of);
	put(o, "\">");
	for (int s = 0; s < STATUSES; s++)
		put_strokes(o, days, (enum status)s);
	putf(o, "</svg>\n<p class=\"ends\"><span>%d days ago</span><span>today</span></p>\n",
	    o->p->days - 1);
	put_days(o, days);
}

void put_follow(struct page_out *o, const char *feed, const char *what)
{
	put(o, "<p class=\"follow\">Follow ");
	put_text(o, what);
	for (int i = 0; i < 2; i++) {
		put(o, i ? " or <a href=\"" : ": <a href=\"");
		put(o, o->up);
		put_text(o, feed);
		put(o, i ? ".rss\">RSS</a>" : ".atom\">Atom</a>");
	}
	put(o, "</p>\n");
}

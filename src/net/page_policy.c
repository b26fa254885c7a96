/* policy.html: what customers may count on. Their side only: who is called inside, and how fast,
 * is nobody else's. */
#include <string.h>

#include "page_priv.h"

/* "30 minutes", "4 business hours": longer words than a configuration has. */
static void put_duration(struct page_out *o, struct duration d)
{
	char text[64];
	int64_t minutes = d.ms / 60000;

	if (d.unit != DURATION_ELAPSED || d.ms % 60000)
		put_text(o, duration_format(d, text, sizeof text));
	else if (minutes % 60)
		putf(o, "%lld minute%s", (long long)minutes, minutes == 1 ? "" : "s");
	else
		putf(o, "%lld hour%s", (long long)(minutes / 60), minutes == 60 ? "" : "s");
}

static void put_target(struct page_out *o, const struct severity_policy *s, enum target t)
{
	put(o, "<td>");
	if (s->target[t].unit == DURATION_NONE)
		put(o, "–");
	else
		put_duration(o, s->target[t]);
	put(o, "</td>");
}

static void put_severities(struct page_out *o)
{
	put(o,
	    "<section aria-labelledby=\"sev\">\n<h2 id=\"sev\">Severities</h2>\n<p>An incident is "
	    "classified by what customers suffer now, and again whenever that changes.</p>\n"
	    "<dl class=\"sevs\">\n");
	for (int n = 1; n <= SEVERITIES; n++) {
		const struct severity_policy *s = policy_severity(o->p->policy, n);

		putf(o, "<dt><span class=\"sev v%d\">Sev %d ", n, n);
		put_text(o, s->name ? s->name : "");
		put(o, "</span></dt><dd>");
		put_text(o, s->meaning ? s->meaning : "");
		if (s->impact) {
			put(o, ". ");
			put_text(o, s->impact);
		}
		put(o, ".");
		for (size_t i = 0; i < s->example_count; i++) {
			put(o, i ? ". " : " <span class=\"when\">For example: ");
			put_text(o, s->examples[i]);
		}
		put(o, s->example_count ? ".</span></dd>\n" : "</dd>\n");
	}
	put(o, "</dl>\n</section>\n");
}

static void put_targets(struct page_out *o)
{
	static const struct {
		enum target target;
		const char *name;
	} columns[] = {
		{ TARGET_RESPONSE, "First update" },
		{ TARGET_UPDATE, "Then at least every" },
		{ TARGET_WORKAROUND, "Usable again" },
		{ TARGET_FIX, "Repaired for good" },
		{ TARGET_RCA_DRAFT, "Report, draft" },
		{ TARGET_RCA_FINAL, "Report, final" },
	};

	put(o,
	    "<section aria-labelledby=\"times\">\n<h2 id=\"times\">Times</h2>\n<p>Each update "
	    "says by when the next one follows, also when nothing has changed. Usable again "
	    "means with or without a workaround.</p>\n<div class=\"wide\" tabindex=\"0\" "
	    "role=\"region\" aria-label=\"Table of times\">\n<table>\n<thead><tr><th scope=\"col\">"
	    "Severity</th>");
	for (size_t i = 0; i < countof(columns); i++)
		putf(o, "<th scope=\"col\">%s</th>", columns[i].name);
	put(o, "<th scope=\"col\">Worked on</th></tr></thead>\n<tbody>\n");
	for (int n = 1; n <= SEVERITIES; n++) {
		const struct severity_policy *s = policy_severity(o->p->policy, n);

		putf(o, "<tr><th scope=\"row\">Sev %d</th>", n);
		for (size_t i = 0; i < countof(columns); i++)
			put_target(o, s, columns[i].target);
		put(o, s->business_hours ? "<td>business hours</td></tr>\n"
					 : "<td>at any hour</td></tr>\n");
	}
	put(o, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void put_promise(struct page_out *o, const struct cfg_component *k)
{
	int told = 0;

	put(o, "<tr><th scope=\"row\">");
	put_text(o, k->name.s);
	put(o, "</th><td>");
	for (size_t i = 0; i < 2 * k->availability.count; i++) {
		const struct cfg_pair *t = &k->availability.items[i % k->availability.count];
		const struct cfg_region *r = config_region(o->p->config, t->key.s);

		/* Those of single regions first, then the one for the rest. */
		if ((r == NULL) != (i >= k->availability.count))
			continue;
		put(o, told++ ? ", " : "");
		if (t->values.count)
			put_text(o, t->values.items[0].s);
		put(o, " %");
		if (r || k->availability.count > 1) {
			put(o, " in ");
			put_text(o, r ? r->name.s : "all other regions");
		}
	}
	put(o, "</td><td>");
	put(o, k->coverage.s && strcmp(k->coverage.s, "24x7") != 0 ? "business hours"
								   : "around the clock");
	put(o, "</td></tr>\n");
}

static void put_availability(struct page_out *o)
{
	const struct config *c = o->p->config;
	bool any = false;

	for (size_t i = 0; i < c->components.count; i++)
		any |= c->components.items[i].availability.count > 0;
	put(o, "<section aria-labelledby=\"avail\">\n<h2 id=\"avail\">Availability</h2>\n"
	       "<p>A minute of major outage counts as a minute, one of partial outage as 0.3 "
	       "minutes, "
	       "a degraded one not at all. Planned work is out of the count.</p>\n");
	if (any)
		put(o, "<table>\n<thead><tr><th scope=\"col\">Service</th><th scope=\"col\">Target"
		       "</th><th scope=\"col\">Counted</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < c->components.count; i++)
		if (c->components.items[i].availability.count)
			put_promise(o, &c->components.items[i]);
	put(o, any ? "</tbody>\n</table>\n" : "");
	put(o, "</section>\n");
}

static void put_words(struct page_out *o)
{
	static const struct {
		enum status status;
		const char *means;
	} words[] = {
		{ STATUS_OPERATIONAL, "It works as it should." },
		{ STATUS_DEGRADED,
		    "It works, but slowly or not in every way (Sev 3, or usable by a "
		    "workaround)." },
		{ STATUS_PARTIAL, "Some customers cannot use it (Sev 2)." },
		{ STATUS_MAJOR, "Most customers cannot use it (Sev 1)." },
		{ STATUS_MAINTENANCE, "Planned work that was announced is under way." },
	};

	put(o, "<section aria-labelledby=\"words\">\n<h2 id=\"words\">Words and shapes</h2>\n<dl "
	       "class=\"sevs\">\n");
	for (size_t i = 0; i < countof(words); i++) {
		put(o, "<dt>");
		put_status(o, words[i].status);
		putf(o, "</dt><dd>%s</dd>\n", words[i].means);
	}
	put(o, "</dl>\n</section>\n");
}

static void put_freeze(struct page_out *o, const struct freeze *f, int year)
{
	const struct page *p = o->p;
	struct date from, to;
	bool any = false;

	if (!freeze_in_year(f, year, &from, &to) || to.year < year ||
	    date_to_days(to) < p->today.ms / PAGE_DAY_MS)
		return;
	for (size_t i = 0; i < p->region_count; i++) {
		const struct template_places *at = &p->regions[i].places;

		if (!freeze_holds(f, p->regions[i].id, at->zones, at->count))
			continue;
		if (!any) {
			put(o, "<tr><th scope=\"row\">");
			put_text(o, f->name);
			putf(o, "</th><td>%04d-%02d-%02d to %04d-%02d-%02d</td><td>", from.year,
			    from.month, from.day, to.year, to.month, to.day);
		}
		put(o, any ? ", " : "");
		put_text(o, p->regions[i].name);
		any = true;
	}
	put(o, any ? "</td></tr>\n" : "");
}

static void put_freezes(struct page_out *o, const struct maintenance_policy *m)
{
	int year = date_from_days(o->p->today.ms / PAGE_DAY_MS).year;

	put(o,
	    "<table>\n<thead><tr><th scope=\"col\">No work is planned in</th><th "
	    "scope=\"col\">Local days</th><th scope=\"col\">Regions</th></tr></thead>\n<tbody>\n");
	for (int y = year - 1; y <= year + 1; y++)
		for (size_t i = 0; i < m->freeze_count; i++)
			put_freeze(o, &m->freezes[i], y);
	put(o, "</tbody>\n</table>\n");
}

static void put_maintenance_policy(struct page_out *o)
{
	const struct maintenance_policy *m = &o->p->policy->maintenance;

	put(o, "<section aria-labelledby=\"work\">\n<h2 id=\"work\">Planned maintenance</h2>\n");
	putf(o,
	    "<p>Work is planned between %02d:%02d and %02d:%02d local time of every region that it "
	    "touches. It is announced %d calendar days before (minor work), %d (major) or %d "
	    "(potentially disruptive). What touches vital functions has a tested way back.</p>\n",
	    m->window_from / 60, m->window_from % 60, m->window_to / 60, m->window_to % 60,
	    m->notice_days[NOTICE_MINOR], m->notice_days[NOTICE_MAJOR],
	    m->notice_days[NOTICE_DISRUPTIVE]);
	put_freezes(o, m);
	put(o, "</section>\n");
}

void page_policy(struct page_out *o)
{
	page_open(o, 0);
	put_head(o, "Service levels", "policy.html", "feed");
	put(o, "<h1>Service levels</h1>\n");
	put_severities(o);
	put_targets(o);
	put_availability(o);
	put_maintenance_policy(o);
	put_words(o);
	put_foot(o, false);
	page_close(o, false, "policy.html");
}

/* Feeds of carriers: one place each, and a mapping for the format that needs one. */
#include <string.h>

#include "config_priv.h"

/* What the reader of mapped JSON knows; each is a JSON pointer, or several. */
static const char *const fields[] = { "list", "id", "title", "state", "start", "end", "severity",
	"region", "text", "components", "url", "updated", "updates", "update_time", "update_state",
	"update_text" };

bool cfg_feed_field(const char *name)
{
	for (size_t i = 0; i < countof(fields); i++)
		if (strcmp(fields[i], name) == 0)
			return true;
	return false;
}

/* A state of ours, of an incident or of planned work, or a severity. */
static bool is_value(const char *s)
{
	static const char *const words[] = { "investigating", "identified", "monitoring",
		"resolved", "tentative", "scheduled", "confirmed", "in_progress", "verifying",
		"completed", "cancelled", "1", "2", "3", "4" };

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(words[i], s) == 0)
			return true;
	return false;
}

static const struct cfg_pair *pair_of(const struct cfg_pairs *p, const char *key)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->items[i].key.s, key) == 0)
			return &p->items[i];
	return NULL;
}

static void check_fields(struct reader *r, const struct cfg_pairs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct cfg_pair *f = &p->items[i];
		if (!cfg_feed_field(f->key.s))
			reader_problem(r, f->key.pos,
			    "list, id, title, state, start, end, severity, region, text, "
			    "components, url, updated, updates, update_time, update_state or "
			    "update_text",
			    "\"%s\" is nothing that is read from an item", f->key.s);
		for (size_t k = 0; k < f->values.count; k++)
			if (f->values.items[k].s[0] && f->values.items[k].s[0] != '/')
				reader_problem(r, f->values.items[k].pos, "write /status/name",
				    "\"%s\" is no JSON pointer", f->values.items[k].s);
	}
	if (p->count && !pair_of(p, "title") && !pair_of(p, "id") && !pair_of(p, "text"))
		reader_problem(r, p->items[0].key.pos, "title: /name",
		    "the fields name neither a title nor an id nor a text");
}

static void check_dates(struct reader *r, const struct cfg_feed *f)
{
	if (f->date_months.count && f->date_months.count != 12)
		reader_problem(r, f->date_months.items[0].pos, "[jan, feb, …]",
		    "there are twelve months, not %zu", f->date_months.count);
	if (f->date_timezone.s && !r->zone(r->zone_ctx, f->date_timezone.s))
		reader_problem(r, f->date_timezone.pos, "Europe/Paris", "\"%s\" is no time zone",
		    f->date_timezone.s);
	if ((f->date_months.count || f->date_timezone.s) && !f->date_pattern.s)
		reader_problem(r, f->pos, "pattern: \"%d %b %H:%M\"",
		    "\"dates\" without a \"pattern\" say nothing");
}

static void check_mapping(struct reader *r, const struct cfg_feed *f)
{
	bool json = f->format.s && strcmp(f->format.s, "json") == 0;

	if (json && !f->fields.count)
		reader_problem(r, f->pos, "fields: { list: /incidents, title: /name }",
		    "a feed of format json needs \"fields\"");
	if (!json && (f->fields.count || f->values.count || f->date_pattern.s))
		reader_problem(r, f->pos, "format: json",
		    "only a feed of format json has \"fields\", \"values\" and \"dates\"");
	check_fields(r, &f->fields);
	for (size_t i = 0; i < f->values.count; i++) {
		const struct cfg_pair *v = &f->values.items[i];
		if (v->values.count != 1 || !is_value(v->values.items[0].s))
			reader_problem(r, v->key.pos,
			    "investigating, identified, monitoring, resolved, scheduled, "
			    "in_progress, completed, cancelled, or a severity from 1 to 4",
			    "\"%s\" is neither a state nor a severity of ours",
			    v->values.count ? v->values.items[0].s : "");
	}
	check_dates(r, f);
}

void config_check_feed(struct reader *r, const struct cfg_feed *f)
{
	config_check_url(r, &f->url);
	if (!f->url.s == !f->folder.s)
		reader_problem(r, f->pos, "url: https://status.example/feed",
		    f->url.s ? "a feed has a \"url\" or a \"folder\", not both"
			     : "a feed needs a \"url\" or a \"folder\"");
	if (f->folder.s && *f->folder.s != '/')
		reader_problem(r, f->folder.pos, "it starts with /", "\"%s\" is no absolute path",
		    f->folder.s);
	check_mapping(r, f);
}

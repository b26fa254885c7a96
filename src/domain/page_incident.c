/* What customers may read of an incident: the allow-list. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "page_priv.h"

#define TEXT_MAX_BYTES ((size_t)16 << 10)
#define TITLE_MAX_BYTES ((size_t)300)

static bool has(char *const *items, size_t count, const char *what)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(items[i], what) == 0)
			return true;
	return false;
}

bool page_told(const struct posted_update *u, const struct cfg_audience *a, const char *channel)
{
	const char *text = json_str(u->text, a->id.s);

	return !a->internal && has(u->audiences, u->audience_count, a->id.s) &&
	       has(u->channels, u->channel_count, channel) && text && text[strspn(text, " \n")];
}

bool page_shows(enum event_kind kind)
{
	static const bool shown[EVENT_KINDS] = {
		[EVENT_UPDATE_POSTED] = true,
		[EVENT_SEVERITY_CHANGED] = true,
		[EVENT_SCOPE_CHANGED] = true,
		[EVENT_CARRIER_INVOLVED] = true,
		[EVENT_CARRIER_CLEARED] = true,
		[EVENT_RESTORED] = true,
		[EVENT_RESOLVED] = true,
		[EVENT_REOPENED] = true,
		[EVENT_MERGED] = true,
		[EVENT_DISMISSED] = true,
		[EVENT_CLOSED] = true,
		[EVENT_NOTICE_POSTED] = true,
		[EVENT_REPLANNED] = true,
		[EVENT_STARTED] = true,
		[EVENT_ENDED] = true,
		[EVENT_CANCELLED] = true,
	};

	return kind >= 0 && kind < EVENT_KINDS && shown[kind];
}

/* Nothing but blanks, of whatever width. */
static bool blank(const char *s, const char *end)
{
	size_t len;

	for (; s < end; s += len) {
		unsigned cp = utf8_next(s, &len);

		if (cp != ' ' && cp != 0xa0 && cp != 0x1680 && (cp < 0x2000 || cp > 0x200a) &&
		    cp != 0x202f && cp != 0x205f && cp != 0x3000 && cp != 0x2800)
			return false;
	}
	return true;
}

/* A text begins with its title where it begins so: "[Sev 1] …", as the templates write it. The
 * title goes to *title without what is in brackets, which is told apart and may have changed since.
 */
static const char *split_title(
    struct arena *a, const char *text, const char *mark, const char **title)
{
	const char *close, *end;

	*title = NULL;
	if (strncmp(text, mark, strlen(mark)) != 0)
		return text;
	end = text + strcspn(text, "\n");
	close = memchr(text, ']', (size_t)(end - text));
	if (!close || end - close > (ptrdiff_t)TITLE_MAX_BYTES)
		return text;
	close += 1 + strspn(close + 1, " ");
	if (close >= end || blank(close, end))
		return text;
	*title = arena_strndup(a, close, (size_t)(end - close));
	return end + strspn(end, "\n");
}

static char *clean(struct arena *a, const char *text)
{
	char *cleaned = utf8_cleaned(text, UTF8_LINES, TEXT_MAX_BYTES), *out;

	out = arena_strdup(a, cleaned + strspn(cleaned, "\n"));
	free(cleaned);
	return out;
}

void page_add_updates(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct told *t, const char *mark, struct page_incident *out)
{
	out->updates = arena_alloc(p->arena, (t->update_count + 1) * sizeof *out->updates);
	for (size_t i = t->update_count; i-- > 0;) {
		const struct posted_update *u = &t->updates[i];
		struct page_update *n = &out->updates[out->update_count];
		const char *title;

		if (!page_told(u, a, r->channel->id.s))
			continue;
		n->id = arena_printf(p->arena, "%s.%d", t->id, u->version);
		n->at = u->at;
		n->next_update_at = u->next_update_at;
		n->status = arena_strdup(p->arena, u->status ? u->status : "investigating");
		n->text = split_title(
		    p->arena, clean(p->arena, json_str(u->text, a->id.s)), mark, &title);
		if (!out->title)
			out->title = title;
		out->update_count++;
	}
}

static size_t *indexes_of_regions(struct page *p, char *const *ids, size_t count, size_t *found)
{
	size_t *out = arena_alloc(p->arena, (p->region_count + 1) * sizeof *out);

	for (size_t i = 0; i < p->region_count; i++)
		if (has(ids, count, p->regions[i].id))
			out[(*found)++] = i;
	return out;
}

static size_t *indexes_of_components(struct page *p, char *const *ids, size_t count, size_t *found)
{
	size_t *out = arena_alloc(p->arena, (p->component_count + 1) * sizeof *out);

	for (size_t i = 0; i < p->component_count; i++)
		if (has(ids, count, p->components[i].id))
			out[(*found)++] = i;
	return out;
}

/* "Mobile data, SMS in France" */
static const char *made_title(struct page *p, const struct page_incident *inc)
{
	const char *out = "";

	for (size_t i = 0; i < inc->component_count; i++)
		out = arena_printf(
		    p->arena, "%s%s%s", out, i ? ", " : "", p->components[inc->components[i]].name);
	if (!*out)
		out = "Service";
	for (size_t i = 0; i < inc->region_count; i++)
		out = arena_printf(
		    p->arena, "%s%s%s", out, i ? ", " : " in ", p->regions[inc->regions[i]].name);
	return out;
}

static void add_places(struct page *p, struct page_incident *out)
{
	const struct zone **zones;
	size_t room = 0, n = 0;

	for (size_t i = 0; i < out->region_count; i++)
		room += p->regions[out->regions[i]].places.count;
	zones = arena_alloc(p->arena, (room + 1) * sizeof *zones);
	for (size_t i = 0; i < out->region_count; i++) {
		const struct template_places *of = &p->regions[out->regions[i]].places;

		for (size_t z = 0; z < of->count; z++)
			zones[n++] = of->zones[z];
	}
	out->places = room ? (struct template_places){ zones, n } : p->places;
}

void page_add_scope(struct page *p, const struct told *t, struct page_incident *out)
{
	out->regions = indexes_of_regions(p, t->regions, t->region_count, &out->region_count);
	out->components =
	    indexes_of_components(p, t->components, t->component_count, &out->component_count);
	if (!out->title)
		out->title = made_title(p, out);
	add_places(p, out);
}

/* Carriers that the incident waits for; never why. */
static void add_carriers(struct page *p, const struct page_request *r, const struct incident *inc,
    struct page_incident *out)
{
	out->carriers = arena_alloc(p->arena, (inc->dependency_count + 1) * sizeof *out->carriers);
	if (strcmp(r->config->page_carriers.s, "show") != 0 || !out->open)
		return;
	for (size_t i = 0; i < inc->dependency_count; i++) {
		const struct dependency *d = &inc->dependencies[i];
		const struct cfg_carrier *k = config_carrier(r->config, d->carrier);

		if (k && !utc_is_set(d->cleared_at))
			out->carriers[out->carrier_count++] = k->name.s;
	}
}

/* What was said last, unless events have overtaken it. */
static const char *state_of(const struct incident *inc, const char *told)
{
	if (inc->phase == PHASE_RESOLVED || incident_is_over(inc))
		return "resolved";
	if (strcmp(told, "resolved") != 0)
		return told;
	return inc->phase == PHASE_RESTORED ? "monitoring" : "investigating";
}

bool page_incident_of(struct page *p, const struct page_request *r, const struct cfg_audience *a,
    const struct incident *inc, struct page_incident *out)
{
	struct told t = told_incident(inc);

	*out = (struct page_incident){ .starts_at = UTC_NONE, .ends_at = UTC_NONE };
	page_add_updates(p, r, a, &t, "[Sev ", out);
	if (!out->update_count || inc->phase == PHASE_DISMISSED)
		return false;
	out->id = arena_strdup(p->arena, inc->id);
	out->severity = inc->severity;
	out->status = state_of(inc, out->updates[0].status);
	out->open = strcmp(out->status, "resolved") != 0;
	out->final = incident_is_over(inc);
	out->started_at = inc->started_at;
	out->restored_at = inc->restored_at;
	out->resolved_at = out->open			  ? UTC_NONE
			   : utc_is_set(inc->resolved_at) ? inc->resolved_at
							  : inc->last_at;
	out->workaround = out->open && inc->workaround;
	out->updated_at = out->updates[0].at;
	out->next_update_at = out->open ? out->updates[0].next_update_at : UTC_NONE;
	page_add_scope(p, &t, out);
	add_carriers(p, r, inc, out);
	return true;
}

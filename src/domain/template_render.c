/* Rendering: nodes, filters, and a tidy page at the end. */
#include "template_priv.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/mem.h"
#include "base/utf8.h"

#define ZONES_MAX 32

void template_time_utc(struct buf *out, struct utc t)
{
	char text[UTC_TEXT];

	if (!utc_is_set(t))
		return;
	utc_format(t, text);
	buf_addf(out, "%.10s %.5s UTC", text, text + 11);
}

/* "America/New_York" -> "New York" */
static void add_place(struct buf *out, const struct zone *z)
{
	const char *name = zone_name(z), *slash = strrchr(name, '/');

	for (const char *p = slash ? slash + 1 : name; *p; p++)
		buf_addc(out, *p == '_' ? ' ' : *p);
}

/* UTC itself has been told. */
static bool says_more(const struct zone *z)
{
	return z && strcmp(zone_name(z), "UTC") != 0 && strcmp(zone_name(z), "Etc/UTC") != 0;
}

void template_time_local(struct buf *out, struct utc t, const struct template_places *places)
{
	int told[ZONES_MAX];
	size_t n = 0;

	if (!utc_is_set(t) || !places)
		return;
	for (size_t i = 0; i < places->count && n < ZONES_MAX; i++) {
		const struct zone *z = places->zones[i];
		int64_t ms, utc_ms;
		struct date day, utc_day;
		bool known = false;

		if (!says_more(z))
			continue;
		told[n] = zone_offset(z, t, NULL);
		for (size_t k = 0; k < n; k++)
			known = known || told[k] == told[n];
		if (known)
			continue;
		day = zone_local(z, t, &ms);
		utc_day = zone_local(zone_utc(), t, &utc_ms);
		if (n++)
			buf_adds(out, ", ");
		if (date_to_days(day) != date_to_days(utc_day))
			buf_addf(out, "%04d-%02d-%02d ", day.year, day.month, day.day);
		buf_addf(out, "%02d:%02d ", (int)(ms / 3600000), (int)(ms / 60000 % 60));
		add_place(out, z);
	}
}

static bool has_zones(const struct template_places *places)
{
	for (size_t i = 0; places && i < places->count; i++)
		if (says_more(places->zones[i]))
			return true;
	return false;
}

/* What is rendered. */
struct rendering {
	const struct template *t;
	template_value_fn value;
	void *ctx;
	const struct template_places *places;
	struct buf *out;
};

static const char *value_of(const struct rendering *r, const char *name)
{
	const char *text;

	if (strcmp(name, "zones") == 0)
		return has_zones(r->places) ? "yes" : "";
	text = r->value(r->ctx, name);
	return text ? text : "";
}

static void upper(struct buf *out, const char *s)
{
	size_t len;

	for (unsigned cp; (cp = utf8_next(s, &len)); s += len)
		utf8_put(out, (unsigned)utf8proc_toupper((utf8proc_int32_t)cp));
}

static void truncated(struct buf *out, const char *s, int cells)
{
	if (utf8_width(s) <= cells) {
		buf_adds(out, s);
		return;
	}
	buf_add(out, s, utf8_fit(s, cells - 1));
	buf_adds(out, "…");
}

static void filtered(
    const struct rendering *r, const struct filter *f, const char *in, struct buf *out)
{
	struct utc t = UTC_NONE;

	switch (f->type) {
	case FILTER_UTC:
		if (utc_parse(in, &t))
			template_time_utc(out, t);
		break;
	case FILTER_LOCAL:
		if (utc_parse(in, &t))
			template_time_local(out, t, r->places);
		break;
	case FILTER_UPPER:
		upper(out, in);
		break;
	case FILTER_TRUNCATE:
		truncated(out, in, f->cells);
		break;
	}
}

static void render_value(struct rendering *r, const struct node *node)
{
	char *text = xstrdup(value_of(r, node->text));

	for (size_t i = 0; i < node->filter_count; i++) {
		struct buf next;

		buf_init(&next, 0);
		filtered(r, &node->filters[i], text, &next);
		free(text);
		text = buf_take(&next);
	}
	buf_adds(r->out, text);
	free(text);
}

static bool blank(const char *s)
{
	return !s[strspn(s, " \n")];
}

static void render_nodes(struct rendering *r)
{
	for (size_t i = 0; i < r->t->node_count; i++) {
		const struct node *node = &r->t->nodes[i];

		switch (node->type) {
		case NODE_TEXT:
			buf_adds(r->out, node->text);
			break;
		case NODE_VALUE:
			render_value(r, node);
			break;
		case NODE_SECTION:
			if (blank(value_of(r, node->text)))
				i = node->end - 1;
			break;
		case NODE_INVERTED:
			if (!blank(value_of(r, node->text)))
				i = node->end - 1;
			break;
		}
	}
}

/* Lines without blanks at their end, never two empty ones together, none at either end. */
static bool tidy(struct buf *out, const char *s)
{
	bool gap = false, first = true, ok = true;

	while (*s) {
		size_t len = strcspn(s, "\n"), kept = len;

		while (kept && s[kept - 1] == ' ')
			kept--;
		if (kept) {
			if (gap && !first)
				ok = buf_addc(out, '\n') && ok;
			ok = buf_add(out, s, kept) && buf_addc(out, '\n') && ok;
			first = false;
		}
		gap = !kept;
		s += len + (s[len] == '\n');
	}
	return ok;
}

bool template_render(const struct template *t, template_value_fn value, void *ctx,
    const struct template_places *places, struct buf *out)
{
	struct buf raw;
	struct rendering r = { t, value, ctx, places, &raw };
	bool ok;

	buf_init(&raw, out->max);
	render_nodes(&r);
	ok = tidy(out, buf_str(&raw)) && !raw.over;
	buf_fini(&raw);
	return ok;
}

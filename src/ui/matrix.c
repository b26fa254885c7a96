#include "ui/matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"

#define CELL_NARROW 7 /* "◆CRIT" and air */
#define CELL_AGED 9   /* and an age, or a sparkline */
#define CELL_FULL 15  /* and both */
#define CELL_LARGE 26 /* wider blocks say no more */

/* The columns of the names and of a cell, and the rows of a cell. */
struct grid {
	int names, w, tall;
	bool large;
};

int matrix_rows(const struct scene *s)
{
	return 1 + (s->region ? 1 : (int)map_count(s->snap->regions));
}

/* The name where it fits, else what its staff call it. */
static const char *region_word(char out[REGION_LABEL], const struct snap_region *r, int most)
{
	return r->name && utf8_width(r->name) <= most ? r->name : region_label(out, r->id);
}

static int name_width(const struct scene *s, int most)
{
	size_t count;
	const struct snap_region **list = snap_regions(s->snap, &count);
	char word[REGION_LABEL];
	int w = 2;

	for (size_t i = 0; i < count; i++) {
		int n = utf8_width(region_word(word, list[i], most));

		if (n > w)
			w = n;
	}
	free(list);
	return (w < most ? w : most) + 2;
}

int matrix_width(const struct scene *s)
{
	return 2 + name_width(s, 8) + (int)map_count(s->snap->components) * CELL_NARROW;
}

/* What one cell says, worst of what is measured and what an incident claims. */
struct mark {
	const char *shape, *word;
	enum style style;
	enum status status;
	int badness; /* 0 calm … 5 */
	bool block;  /* it stands on its colour: all of it is in that, and no curve goes across */
	const struct snap_cell *cell;
};

static int badness_of(enum status st)
{
	static const int rank[STATUSES] = {
		[STATUS_OPERATIONAL] = 0,
		[STATUS_MAINTENANCE] = 1,
		[STATUS_UNKNOWN] = 2,
		[STATUS_DEGRADED] = 3,
		[STATUS_PARTIAL] = 4,
		[STATUS_MAJOR] = 5,
	};

	return rank[st];
}

static struct mark mark_of(
    const struct scene *s, const struct canvas *c, const char *component, const char *region)
{
	const struct snap_cell *cell = snap_cell(s->snap, component, region);
	int severity = snap_cell_severity(s->snap, component, region);
	struct mark m = { .shape = " ", .word = "", .style = STYLE_DIM, .cell = cell };

	if (cell) {
		m.status = snap_cell_status(cell, s->now);
		m.badness = badness_of(m.status);
		m.shape = status_shape(c, m.status);
		m.word = status_word(m.status);
		m.style = status_style(m.status);
	}
	/* An incident covers it, and what is measured is well (again): say both. */
	if (severity >= 1 && severity <= 4 && m.badness == 0) {
		m.shape = severity_shape(c, severity);
		m.word = cell ? "ok" : "";
		m.style = STYLE_STRONG;
		m.badness = 1;
	}
	return m;
}

/* "3m": the age to one unit, for where there is no room. */
static void short_age(char out[16], int64_t ms)
{
	int64_t s = ms < 0 ? 0 : ms / 1000;

	if (s < 60)
		snprintf(out, 16, "%ds", (int)s);
	else if (s < 3600)
		snprintf(out, 16, "%dm", (int)(s / 60));
	else if (s < 86400)
		snprintf(out, 16, "%dh", (int)(s / 3600));
	else
		snprintf(out, 16, "%dd", (int)(s / 86400 % 1000));
}

static void draw_cell(
    const struct scene *s, struct canvas *c, int x, int y, int w, const struct mark *m)
{
	const struct snap_cell *cell = m->cell;
	struct utc since = UTC_NONE;
	char age[16] = "";
	int end = x + w - 1;

	if (cell && m->status == STATUS_UNKNOWN)
		since = cell->data_at;
	else if (cell && w >= CELL_AGED && m->status != STATUS_OPERATIONAL)
		since = cell->since;
	if (utc_is_set(since))
		short_age(age, utc_diff(s->now, since));
	x = canvas_put(c, x, y, m->style, m->shape);
	x = canvas_put(c, x, y, m->style, m->word);
	if (age[0])
		x = canvas_putf(c, x, y,
		    m->block || m->status == STATUS_UNKNOWN ? m->style : STYLE_DIM, "%s%s",
		    x + 1 + (int)strlen(age) <= end ? " " : "", age);
	if (!cell || cell->latency_count == 0 || m->block || m->status == STATUS_UNKNOWN)
		return;
	if (w >= CELL_FULL || (w >= CELL_AGED && m->status == STATUS_OPERATIONAL)) {
		int room = end - x - 1;

		if (room > 8)
			room = 8;
		if (room > 2)
			draw_spark(c, end - room, y, room, cell->latencies, cell->latency_count);
	}
}

/* The trouble of a region: its worst cell first, then how many are bad. */
static int region_trouble(const struct scene *s, const struct canvas *c,
    const struct snap_component **comps, size_t n, const struct snap_region *region)
{
	int worst = 0, bad = 0;

	for (size_t i = 0; i < n; i++) {
		struct mark m = mark_of(s, c, comps[i]->id, region->id);

		if (m.badness > worst)
			worst = m.badness;
		bad += m.badness > 0;
	}
	return worst * 100 + bad;
}

/* Keeps the `keep` regions with the most trouble, in their own order. Returns how many are left. */
static size_t keep_worst(const struct scene *s, const struct canvas *c,
    const struct snap_component **comps, size_t n, const struct snap_region **regions, size_t count,
    size_t keep)
{
	int *trouble = xcalloc(count + 1, sizeof *trouble);
	size_t left = count, at;

	for (size_t i = 0; i < count; i++)
		trouble[i] = region_trouble(s, c, comps, n, regions[i]);
	while (left > keep) {
		at = left - 1;
		for (size_t i = left; i-- > 0;)
			if (trouble[i] < trouble[at])
				at = i;
		memmove(&regions[at], &regions[at + 1], (left - at - 1) * sizeof *regions);
		memmove(&trouble[at], &trouble[at + 1], (left - at - 1) * sizeof *trouble);
		left--;
	}
	free(trouble);
	return left;
}

static size_t only_region(const struct scene *s, const struct snap_region **list, size_t count)
{
	if (!s->region)
		return count;
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->id, s->region) == 0) {
			list[0] = list[i];
			return 1;
		}
	return 0;
}

/* The last row of several is air. */
static int block_rows(const struct grid *g)
{
	return g->tall > 1 ? g->tall - 1 : 1;
}

/* The row with the words. */
static int middle(const struct grid *g)
{
	return (block_rows(g) - 1) / 2;
}

/* A cell of several rows: what is not well fills them. */
static void draw_block(
    const struct scene *s, struct canvas *c, const struct grid *g, int x, int y, struct mark *m)
{
	m->block = g->large && m->badness > 1;
	if (m->block)
		canvas_fill(c, (struct rect){ x++, y, g->w - 2, block_rows(g) }, m->style, " ");
	draw_cell(s, c, x, y + middle(g), m->block ? g->w - 2 : g->w, m);
}

/* Rows of a cell: one, one and air, or an odd block in whose middle the word stands, and air. */
static int tall_for(int room, int regions)
{
	int each = regions > 0 ? room / regions : 1;

	return each >= 6 ? 6 : each >= 4 ? 4 : each >= 2 ? 2 : 1;
}

static struct grid grid_of(const struct scene *s, struct rect r, int regions, int comps, bool large)
{
	int most = large ? CELL_LARGE : CELL_FULL + 1;
	struct grid g = { .names = name_width(s, r.w >= 100 ? 20 : 8), .large = large };

	g.w = comps ? (r.w - 2 - g.names) / comps : CELL_NARROW;
	g.w = g.w > most ? most : g.w < CELL_NARROW ? CELL_NARROW : g.w;
	g.tall = large ? tall_for(r.h - 1, regions) : 1;
	return g;
}

static int draw_grid(const struct scene *s, struct canvas *c, struct rect r, bool large)
{
	size_t regions, comps, shown, left;
	const struct snap_region **region = snap_regions(s->snap, &regions);
	const struct snap_component **comp = snap_components(s->snap, &comps);
	struct rect old = canvas_clip(c, r);
	char word[REGION_LABEL];
	int y = r.y;

	regions = only_region(s, region, regions);
	const struct grid g = grid_of(s, r, (int)regions, (int)comps, large);
	const int names = g.names, w = g.w;
	shown = comps;
	while (shown > 0 && 2 + names + (int)shown * w > r.w)
		shown--;
	if (shown < comps)
		canvas_putf(c, 2 + r.x, y, STYLE_WARN, "+%d more", (int)(comps - shown));
	for (size_t i = 0; i < shown; i++)
		canvas_field(c, r.x + 2 + names + (int)i * w, y, w - 1, STYLE_HEAD,
		    comp[i]->label ? comp[i]->label : comp[i]->id);
	y++;
	left = (int)regions > r.h - 1
		   ? keep_worst(s, c, comp, comps, region, regions, r.h > 1 ? (size_t)r.h - 1 : 0)
		   : regions;
	if (left < regions)
		canvas_putf(c, r.x + 2, r.y, STYLE_DIM, "+%d calm", (int)(regions - left));
	for (size_t i = 0; i < left; i++, y += g.tall) {
		canvas_field(c, r.x + 2, y + middle(&g), names - 1, STYLE_TEXT,
		    region_word(word, region[i], names - 2));
		for (size_t k = 0; k < shown; k++) {
			struct mark m = mark_of(s, c, comp[k]->id, region[i]->id);

			draw_block(s, c, &g, r.x + 2 + names + (int)k * w, y, &m);
		}
	}
	if (regions == 0)
		canvas_put(
		    c, r.x + 2, y, STYLE_DIM, "No regions yet: they come with the configuration.");
	canvas_unclip(c, old);
	free(region);
	free(comp);
	return y - r.y + (regions == 0);
}

void draw_matrix(const struct scene *s, struct canvas *c, struct rect r)
{
	draw_grid(s, c, r, false);
}

int draw_matrix_large(const struct scene *s, struct canvas *c, struct rect r)
{
	return draw_grid(s, c, r, true);
}

void draw_carriers(const struct scene *s, struct canvas *c, struct rect r)
{
	size_t count;
	const struct snap_carrier **list = snap_carriers(s->snap, &count);
	int columns = r.w / 20 > 0 ? r.w / 20 : 1, w = r.w / columns;
	struct rect old = canvas_clip(c, r);
	char age[16];

	canvas_put(c, r.x, r.y, STYLE_HEAD, "carriers");
	if (count == 0)
		canvas_put(c, r.x, r.y + 1, STYLE_DIM, "none configured");
	for (size_t i = 0; i < count; i++) {
		const struct snap_carrier *k = list[i];
		enum status st = snap_carrier_status(k, s->now);
		int x = r.x + (int)i % columns * w, y = r.y + 1 + (int)i / columns;
		int name = utf8_width(k->name) < w - 7 ? utf8_width(k->name) : w - 7;

		if (y >= r.y + r.h)
			break;
		x = canvas_field(c, x, y, name, k->has_feed ? STYLE_TEXT : STYLE_DIM, k->name) + 1;
		if (!k->has_feed) {
			canvas_put(c, x, y, STYLE_DIM, "—");
			continue;
		}
		x = canvas_put(c, x, y, status_style(st), status_shape(c, st));
		x = canvas_put(c, x, y, status_style(st), status_word(st));
		if (st == STATUS_UNKNOWN && utc_is_set(k->data_at)) {
			short_age(age, utc_diff(s->now, k->data_at));
			canvas_putf(c, x, y, status_style(st), " %s", age);
		}
	}
	canvas_unclip(c, old);
	free(list);
}

#include "ui/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* ---- time ---- */

static void hms(char *out, size_t size, int64_t s)
{
	if (s < 3600)
		snprintf(out, size, "%02d:%02d", (int)(s / 60), (int)(s % 60));
	else if (s < 36000)
		snprintf(
		    out, size, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	else if (s < 86400)
		snprintf(out, size, "%dh %02dm", (int)(s / 3600), (int)(s / 60 % 60));
	else
		snprintf(out, size, "%dd %02dh", (int)(s / 86400 % 10000), (int)(s / 3600 % 24));
}

void countdown_text(
    char out[COUNTDOWN_TEXT], enum clock_state state, bool paused, int64_t remaining_s)
{
	char t[16];

	switch (state) {
	case CLOCK_MET:
		snprintf(out, COUNTDOWN_TEXT, "✓");
		return;
	case CLOCK_MET_LATE:
		snprintf(out, COUNTDOWN_TEXT, "✓+");
		return;
	case CLOCK_CANCELLED:
		snprintf(out, COUNTDOWN_TEXT, "—");
		return;
	case CLOCK_MISSED:
		snprintf(out, COUNTDOWN_TEXT, "missed");
		return;
	case CLOCK_BREACHED:
		hms(t, sizeof t, remaining_s < 0 ? -remaining_s : 0);
		snprintf(out, COUNTDOWN_TEXT, "+%s", t);
		return;
	case CLOCK_RUNNING:
	case CLOCK_WARNING:
	case CLOCK_STATES:
		break;
	}
	hms(t, sizeof t, remaining_s > 0 ? remaining_s : 0);
	snprintf(
	    out, COUNTDOWN_TEXT, "%s%s%s", t, state == CLOCK_WARNING ? "!" : "", paused ? "‖" : "");
}

void clock_text(char out[COUNTDOWN_TEXT], const struct clock *c, struct utc now)
{
	countdown_text(
	    out, clock_state_at(c, now), clock_paused_at(c, now), clock_remaining_s(c, now));
}

enum style clock_style(enum clock_state state)
{
	switch (state) {
	case CLOCK_WARNING:
		return STYLE_WARN;
	case CLOCK_BREACHED:
		return STYLE_BREACH;
	case CLOCK_MET:
	case CLOCK_MET_LATE:
	case CLOCK_CANCELLED:
	case CLOCK_MISSED:
		return STYLE_MET;
	case CLOCK_RUNNING:
	case CLOCK_STATES:
		break;
	}
	return STYLE_CLOCK;
}

static const struct {
	const char *brief, *name;
} clock_words[CLOCK_KINDS] = {
	[CLOCK_RESPONSE] = { "resp", "response" },
	[CLOCK_UPDATE] = { "upd", "update" },
	[CLOCK_WORKAROUND] = { "work", "workaround" },
	[CLOCK_FIX] = { "fix", "fix" },
	[CLOCK_TIER2] = { "T2", "tier 2" },
	[CLOCK_TIER3] = { "T3", "tier 3" },
	[CLOCK_CARRIER] = { "carrier", "carrier" },
	[CLOCK_RCA_DRAFT] = { "rca", "RCA draft" },
	[CLOCK_RCA_FINAL] = { "rca2", "RCA final" },
};

static const char *carrier_word(const struct clock *c, const struct snapshot *snap)
{
	const struct snap_carrier *carrier = snap ? snap_carrier(snap, c->carrier) : NULL;

	return carrier && carrier->name ? carrier->name : c->carrier;
}

const char *clock_short(char out[CLOCK_SHORT], const struct clock *c, const struct snapshot *snap)
{
	const char *word =
	    c->kind == CLOCK_CARRIER ? carrier_word(c, snap) : clock_words[c->kind].brief;

	snprintf(out, CLOCK_SHORT, "%.*s", (int)utf8_fit(word, 12), word);
	return out;
}

const char *clock_name(const struct clock *c, const struct snapshot *snap)
{
	return c->kind == CLOCK_CARRIER ? carrier_word(c, snap) : clock_words[c->kind].name;
}

static int by_due(const void *a, const void *b)
{
	const struct clock *x = *(const struct clock *const *)a,
			   *y = *(const struct clock *const *)b;
	bool lx = clock_live(x), ly = clock_live(y);

	if (lx != ly)
		return lx ? -1 : 1;
	if (lx && x->due.ms != y->due.ms)
		return x->due.ms < y->due.ms ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return strcmp(x->carrier, y->carrier);
}

const struct clock **clocks_sorted(const struct snap_incident *inc, size_t *count)
{
	const struct clock **list = xcalloc(inc->clocks.count + 1, sizeof *list);

	*count = inc->clocks.count;
	for (size_t i = 0; i < inc->clocks.count; i++)
		list[i] = &inc->clocks.items[i];
	if (*count > 1)
		qsort(list, *count, sizeof *list, by_due);
	return list;
}

char *span_text(char out[16], int64_t ms)
{
	int64_t s = ms < 0 ? 0 : ms / 1000;

	if (s < 60)
		snprintf(out, 16, "%ds", (int)s);
	else if (s < 3600)
		snprintf(out, 16, "%dm%02ds", (int)(s / 60), (int)(s % 60));
	else if (s < 86400)
		snprintf(out, 16, "%dh%02dm", (int)(s / 3600), (int)(s / 60 % 60));
	else
		snprintf(out, 16, "%dd%02dh", (int)(s / 86400 % 10000), (int)(s / 3600 % 24));
	return out;
}

char *elapsed_text(char out[16], int64_t ms)
{
	hms(out, 16, ms > 0 ? ms / 1000 : 0);
	return out;
}

char *ago_text(char out[16], struct utc at, struct utc now)
{
	int64_t s = utc_diff(now, at) / 1000;

	if (s < 2)
		snprintf(out, 16, "now");
	else if (s < 60)
		snprintf(out, 16, "%d s ago", (int)s);
	else if (s < 3600)
		snprintf(out, 16, "%d min ago", (int)(s / 60));
	else if (s < 86400)
		snprintf(out, 16, "%d h ago", (int)(s / 3600));
	else
		snprintf(out, 16, "%d d ago", (int)(s / 86400 % 10000));
	return out;
}

static void wall_time(char out[16], int64_t ms, bool seconds)
{
	int64_t s = ms / 1000 % 86400;

	if (s < 0)
		s += 86400;
	if (seconds)
		snprintf(
		    out, 16, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	else
		snprintf(out, 16, "%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60));
}

char *time_hms(char out[16], struct utc t)
{
	if (utc_is_set(t))
		wall_time(out, t.ms, true);
	else
		snprintf(out, 16, "--:--:--");
	return out;
}

char *time_hm(char out[16], struct utc t)
{
	if (utc_is_set(t))
		wall_time(out, t.ms, false);
	else
		snprintf(out, 16, "--:--");
	return out;
}

char *time_local(char out[16], const struct scene *s, struct utc t)
{
	int offset = s->local && utc_is_set(t) ? zone_offset(s->local, t, NULL) : 0;

	return time_hm(out, utc_is_set(t) ? utc_add(t, (int64_t)offset * 1000) : t);
}

/* ---- severity and status ---- */

enum style severity_style(int severity)
{
	static const enum style styles[] = { STYLE_DIM, STYLE_CRIT, STYLE_MAJOR, STYLE_MINOR,
		STYLE_INFO };

	return severity >= 1 && severity <= 4 ? styles[severity] : STYLE_DIM;
}

const char *severity_shape(const struct canvas *c, int severity)
{
	static const char *const shape[][2] = { { "?", "?" }, { "◆", "!!" }, { "▲", "!" },
		{ "●", "*" }, { "○", "i" } };

	return shape[severity >= 1 && severity <= 4 ? severity : 0][c->ascii];
}

int draw_severity(struct canvas *c, int x, int y, int severity)
{
	char text[16];

	snprintf(text, sizeof text, "%s%sSEV%d", severity_shape(c, severity),
	    c->ascii && severity == 1 ? "" : " ", severity);
	return canvas_field(c, x, y, 6, severity_style(severity), text);
}

enum style status_style(enum status st)
{
	static const enum style styles[STATUSES] = {
		[STATUS_OPERATIONAL] = STYLE_OK,
		[STATUS_UNKNOWN] = STYLE_UNKNOWN,
		[STATUS_MAINTENANCE] = STYLE_MAINT,
		[STATUS_DEGRADED] = STYLE_MINOR,
		[STATUS_PARTIAL] = STYLE_MAJOR,
		[STATUS_MAJOR] = STYLE_CRIT,
	};

	return styles[st];
}

const char *status_shape(const struct canvas *c, enum status st)
{
	static const char *const shape[STATUSES][2] = {
		[STATUS_OPERATIONAL] = { "·", "." },
		[STATUS_UNKNOWN] = { "?", "?" },
		[STATUS_MAINTENANCE] = { "◐", "m" },
		[STATUS_DEGRADED] = { "●", "*" },
		[STATUS_PARTIAL] = { "▲", "!" },
		[STATUS_MAJOR] = { "◆", "!!" },
	};

	return shape[st][c->ascii];
}

const char *status_word(enum status st)
{
	static const char *const word[STATUSES] = {
		[STATUS_OPERATIONAL] = "",
		[STATUS_UNKNOWN] = "",
		[STATUS_MAINTENANCE] = "MNT",
		[STATUS_DEGRADED] = "MIN",
		[STATUS_PARTIAL] = "MAJ",
		[STATUS_MAJOR] = "CRIT",
	};

	return word[st];
}

/* ---- pictures ---- */

void draw_bar(struct canvas *c, int x, int y, int w, int64_t part, int64_t whole, enum style style)
{
	int full = whole > 0 ? (int)((part < 0 ? 0 : part > whole ? whole : part) * w / whole) : 0;

	canvas_fill(c, (struct rect){ x, y, full, 1 }, style, "█");
	canvas_fill(c, (struct rect){ x + full, y, w - full, 1 }, STYLE_BAR_REST, "░");
}

void draw_spark(struct canvas *c, int x, int y, int w, const int16_t *values, size_t count)
{
	static const char *const steps[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	size_t from = count > (size_t)(w < 0 ? 0 : w) ? count - (size_t)w : 0;
	int most = 1;

	for (size_t i = from; i < count; i++)
		if (values[i] > most)
			most = values[i];
	x += w - (int)(count - from);
	for (size_t i = from; i < count; i++, x++)
		if (values[i] < 0)
			canvas_put(c, x, y, STYLE_BAR_BREACH, "×");
		else
			canvas_put(c, x, y, STYLE_SPARK, steps[values[i] * 7 / most]);
}

/* Five rows of three columns, a set bit is a block; the highest bit is the left column. */
static const struct {
	char ch;
	unsigned char rows[5];
} big_glyphs[] = {
	{ '0', { 7, 5, 5, 5, 7 } },
	{ '1', { 2, 6, 2, 2, 7 } },
	{ '2', { 7, 1, 7, 4, 7 } },
	{ '3', { 7, 1, 7, 1, 7 } },
	{ '4', { 5, 5, 7, 1, 1 } },
	{ '5', { 7, 4, 7, 1, 7 } },
	{ '6', { 7, 4, 7, 5, 7 } },
	{ '7', { 7, 1, 1, 2, 2 } },
	{ '8', { 7, 5, 7, 5, 7 } },
	{ '9', { 7, 5, 7, 1, 7 } },
	{ ':', { 0, 2, 0, 2, 0 } },
	{ '+', { 0, 2, 7, 2, 0 } },
	{ '-', { 0, 0, 7, 0, 0 } },
	{ '!', { 2, 2, 2, 0, 2 } },
	{ 'S', { 7, 4, 7, 1, 7 } },
	{ 'E', { 7, 4, 6, 4, 7 } },
	{ 'V', { 5, 5, 5, 5, 2 } },
	{ 'O', { 7, 5, 5, 5, 7 } },
	{ 'K', { 5, 5, 6, 5, 5 } },
	{ 'd', { 1, 1, 7, 5, 7 } },
	{ 'h', { 4, 4, 7, 5, 5 } },
	{ 'm', { 0, 7, 7, 5, 5 } },
};

static const unsigned char *big_rows(char ch)
{
	for (size_t i = 0; i < countof(big_glyphs); i++)
		if (big_glyphs[i].ch == ch)
			return big_glyphs[i].rows;
	return NULL;
}

static int big_advance(char ch)
{
	return ch == ':' || ch == ' ' || ch == '!' ? 4 : 7;
}

/* Each dot is two cells wide, as a cell is about twice as high as wide; narrow glyphs use the
 * middle column alone. */
int draw_big(struct canvas *c, int x, int y, enum style style, const char *text)
{
	for (; *text; text++) {
		const unsigned char *rows = big_rows(*text);
		bool narrow = big_advance(*text) == 4;

		for (int row = 0; rows && row < 5; row++)
			for (int col = 0; col < 3; col++)
				if (rows[row] & (4 >> col))
					canvas_put(
					    c, x + (narrow ? 1 : col * 2), y + row, style, "██");
		x += big_advance(*text);
	}
	return x;
}

int big_width(const char *text)
{
	int w = 0;

	for (; *text; text++)
		w += big_advance(*text);
	return w > 0 ? w - 1 : 0;
}

/* What happened over everything, the newest first, and the outbox in a line: as a pane beside the
 * board, and as rows of a list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "ui/draw.h"

#define NARROW 80 /* from here on columns are as wide as words need */
#define TIGHT 64  /* below this the text has the room of the column of who did it */
#define AGO_W 10
#define STREAM_W 7
#define PANE_LINES 3 /* of one that is too long for a line */

static const char *said_by(const struct scene *s, const struct snap_recent *n)
{
	return n->actor && n->actor[0] ? person_name(s, n->actor) : "engine";
}

void journal_text(const struct snap_recent *n, struct buf *out)
{
	if (n->more > 0 && n->kind && strcmp(n->kind, "signal") == 0)
		buf_addf(out, "%d signals, the last: ", n->more + 1);
	buf_adds(out, n->text ? n->text : "");
}

/* In at most `r.h` lines. How many it took. */
static int draw_one(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_recent *n, bool theirs)
{
	char ago[16];
	bool narrow = r.w < NARROW, engine = strcmp(said_by(s, n), "engine") == 0;
	int x = r.x, lines;
	struct buf text;
	char *word;

	ago_text(ago, n->at, s->now);
	if (narrow && (word = strstr(ago, " ago"))) /* the head of the pane says it */
		*word = '\0';
	x = canvas_field(c, x, r.y, narrow ? AGO_W - 4 : AGO_W, STYLE_DIM, ago) + 1;
	x = canvas_field(c, x, r.y, STREAM_W, theirs ? STYLE_STRONG : STYLE_TEXT,
		n->stream ? n->stream : "") +
	    1;
	buf_init(&text, 1000);
	if (r.w >= TIGHT)
		x = canvas_field(c, x, r.y, narrow ? 8 : 12, engine ? STYLE_DIM : STYLE_STRONG,
			said_by(s, n)) +
		    1;
	else if (!engine)
		buf_addf(&text, "%s: ", said_by(s, n));
	journal_text(n, &text);
	lines = canvas_wrap(c, (struct rect){ x, r.y, r.x + r.w - x, r.h },
	    engine ? STYLE_DIM : STYLE_TEXT, buf_str(&text), 0);
	buf_fini(&text);
	return lines < 1 ? 1 : lines > r.h ? r.h : lines;
}

/* The rule between what came since this person touched a key, and what was there before. */
static void draw_seen(const struct scene *s, struct canvas *c, struct rect r, int since)
{
	char ago[16], at[16];

	canvas_hline(c, r.x, r.y, r.w, STYLE_RULE);
	canvas_putf(c, r.x + 1, r.y, STYLE_NOTICE, " %d since you left the keys at %s UTC, %s ",
	    since, time_hm(at, s->seen), ago_text(ago, s->seen, s->now));
}

/* Where one region alone is shown, what is about the others is left out. */
static bool shown(const struct scene *s, const struct snap_recent *n)
{
	const struct snap_incident *inc = snap_incident(s->snap, n->stream);

	return !inc || scene_shows(s, inc);
}

const struct snap_recent **journal_list(const struct scene *s, size_t *count)
{
	const struct snap_recent **list = snap_recents(s->snap, count);
	size_t n = 0;

	for (size_t i = 0; i < *count; i++)
		if (shown(s, list[i]))
			list[n++] = list[i];
	*count = n;
	return list;
}

int journal_since(const struct scene *s)
{
	const struct snap_recent *n;
	size_t it = 0;
	int since = 0;

	while (utc_is_set(s->seen) && (n = map_next(s->snap->recent, &it, NULL)))
		since += utc_before(s->seen, n->at) && shown(s, n);
	return since;
}

void draw_journal(
    const struct scene *s, struct canvas *c, struct rect r, int selected, const char *incident)
{
	size_t count;
	const struct snap_recent **list = journal_list(s, &count);
	struct rect old = canvas_clip(c, r);
	int y = r.y, end = r.y + r.h, since = journal_since(s);
	size_t from = selected >= r.h - 1 ? (size_t)(selected - r.h + 2) : 0;

	for (size_t i = from; i < count && y < end; i++) {
		int most = selected >= 0 ? 1 : end - y < PANE_LINES ? end - y : PANE_LINES;
		bool theirs = incident && list[i]->stream && strcmp(list[i]->stream, incident) == 0;

		if (since > 0 && (int)i == since)
			draw_seen(s, c, (struct rect){ r.x, y++, r.w, 1 }, since);
		y += draw_one(s, c, (struct rect){ r.x + 2, y, r.w - 2, most }, list[i], theirs);
		if ((int)i == selected) {
			canvas_put(c, r.x, y - 1, STYLE_ACCENT, ">");
			canvas_mark(c, (struct rect){ r.x, y - 1, r.w, 1 }, CELL_REVERSE);
			canvas_cursor(c, r.x, y - 1);
		}
	}
	if (!count)
		canvas_put(c, r.x + 2, r.y, STYLE_DIM, "Nothing has happened yet.");
	canvas_unclip(c, old);
	free(list);
}

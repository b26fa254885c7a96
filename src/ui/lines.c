/* The timeline as lines: our own columns left, what people and programs wrote right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"

static void draw_line(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_line *l)
{
	bool engine = l->actor && strcmp(l->actor, "engine") == 0, tight = r.w < 48;
	char at[16];
	int x =
	    canvas_put(c, r.x, r.y, STYLE_DIM, tight ? time_hm(at, l->at) : time_hms(at, l->at)) +
	    1;
	int who = r.w >= 100 ? 16 : 10;

	if (tight && engine) { /* its own doings are told from people's by style */
		canvas_field(c, x, r.y, r.x + r.w - x, STYLE_DIM, l->text);
		return;
	}
	if (tight)
		who = utf8_width(person_name(s, l->actor));
	x = canvas_field(
		c, x, r.y, who, engine ? STYLE_DIM : STYLE_STRONG, person_name(s, l->actor)) +
	    1;
	canvas_field(c, x, r.y, r.x + r.w - x, STYLE_TEXT, l->text);
}

void draw_timeline(const struct scene *s, struct canvas *c, struct rect r, const char *incident,
    int selected, bool newest_first)
{
	const struct snapshot *snap = s->snap;
	struct rect old = canvas_clip(c, r);
	int count = (int)snap->timeline_count, top = 0;

	if (!snap->timeline_of || strcmp(snap->timeline_of, incident) != 0) {
		canvas_put(c, r.x, r.y, STYLE_DIM, "reading …");
		canvas_unclip(c, old);
		return;
	}
	if (count == 0)
		canvas_put(c, r.x, r.y, STYLE_DIM, "No events yet.");
	if (selected >= 0 && selected >= r.h)
		top = selected - r.h + 1;
	for (int i = 0; i < r.h && top + i < count; i++) {
		int at = newest_first ? count - 1 - (top + i) : top + i;

		draw_line(s, c, (struct rect){ r.x, r.y + i, r.w, 1 }, &snap->timeline[at]);
		if (top + i == selected)
			canvas_mark(c, (struct rect){ r.x, r.y + i, r.w, 1 }, CELL_REVERSE);
	}
	canvas_unclip(c, old);
}

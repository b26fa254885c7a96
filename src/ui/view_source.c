/* One source closely: all that is known of it, how it came and went, what it sent last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "ui/draw.h"
#include "ui/sources.h"
#include "ui/step.h"
#include "ui/views.h"

#define LABEL 15

struct source {
	char id[SOURCE_ID];
	bool text; /* the document instead of the facts */
	int skip, lines, page;
};

void *view_source_new(const char *id)
{
	struct source *v = xcalloc(1, sizeof *v);

	snprintf(v->id, sizeof v->id, "%s", id);
	return v;
}

static void shut(void *state)
{
	free(state);
}

/* Lines below each other; what is scrolled away falls outside of the clip. */
struct pen {
	struct canvas *c;
	const struct scene *s;
	int x, y, w;
};

static void put_text(struct pen *p, enum style style, int x, const char *text)
{
	int lines =
	    canvas_wrap(p->c, (struct rect){ x, p->y, p->x + p->w - x, 400 }, style, text, 0);

	p->y += lines > 1 ? lines : 1;
}

static void put_fact(struct pen *p, const char *label, enum style style, const char *text)
{
	canvas_put(p->c, p->x, p->y, STYLE_DIM, label);
	put_text(p, style, p->x + LABEL, text);
}

static void put_head(struct pen *p, const char *title)
{
	p->y++;
	canvas_put(p->c, p->x, p->y++, STYLE_HEAD, title);
}

static void put_time(struct pen *p, const char *label, struct utc at)
{
	char clock[16], rest[16], line[80];

	if (!utc_is_set(at))
		snprintf(line, sizeof line, "not yet");
	else if (utc_before(p->s->now, at))
		snprintf(line, sizeof line, "%s UTC, in %s", time_hms(clock, at),
		    span_text(rest, utc_diff(at, p->s->now) + 999));
	else
		snprintf(line, sizeof line, "%s UTC, %s ago", time_hms(clock, at),
		    span_text(rest, utc_diff(p->s->now, at)));
	put_fact(p, label, STYLE_TEXT, line);
}

static void put_answer(struct pen *p, const struct source_row *r)
{
	char line[160], size[16];
	int n = 0;

	if (r->code)
		n = snprintf(line, sizeof line, "HTTP %d", r->code);
	else
		n = snprintf(line, sizeof line, "%s", r->fault ? "none" : "-");
	if (r->fault)
		n += snprintf(line + n, sizeof line - (size_t)n, ", %s", r->fault);
	if (r->size >= 0)
		n += snprintf(line + n, sizeof line - (size_t)n, ", %s", size_text(size, r->size));
	if (r->latency_ms >= 0)
		snprintf(line + n, sizeof line - (size_t)n, ", %d ms", r->latency_ms);
	put_fact(p, "Answer", r->fault ? STYLE_WARN : STYLE_TEXT, line);
}

static void put_number(struct pen *p, const char *label, int n, const char *of)
{
	char line[80];

	snprintf(line, sizeof line, "%d%s", n, of);
	put_fact(p, label, n ? STYLE_WARN : STYLE_TEXT, line);
}

static void put_feed(struct pen *p, const struct snap_feed *f)
{
	char line[80];

	put_fact(p, "Address", STYLE_TEXT, f->url ? f->url : "");
	if (f->moved_to)
		put_fact(p, "Moved to", STYLE_WARN, f->moved_to);
	put_fact(p, "Format", STYLE_TEXT, f->format ? f->format : "");
	put_fact(p, f->ok ? "It says" : "It said", STYLE_TEXT,
	    utc_is_set(f->fetched_at) ? status_words[f->status] : "nothing yet");
	put_number(p, "Open there", f->open_incidents, " incidents");
	put_number(p, "Lost", f->flaps, " times in the last hour");
	snprintf(line, sizeof line, "PROBLEMS OF ITS LAST GOOD DOCUMENT: %d", f->problems_total);
	put_head(p, line);
	for (size_t i = 0; i < f->problem_count; i++)
		put_text(p, STYLE_WARN, p->x + 2, f->problems[i]);
	if (f->problems_total > (int)f->problem_count)
		canvas_putf(p->c, p->x + 2, p->y++, STYLE_DIM, "and %d more",
		    f->problems_total - (int)f->problem_count);
}

static void put_probes(struct pen *p, const struct snap_source *more)
{
	char line[200];

	put_head(p, "PROBES");
	for (size_t i = 0; more && i < more->probe_count; i++) {
		const struct snap_probe *b = &more->probes[i];
		int n = 0;

		put_text(p, STYLE_TEXT, p->x + 2, b->url ? b->url : "");
		if (b->code)
			n = snprintf(line, sizeof line, "HTTP %d, ", b->code);
		if (b->fault)
			n += snprintf(line + n, sizeof line - (size_t)n, "%s, ", b->fault);
		if (b->latency_ms >= 0)
			n += snprintf(line + n, sizeof line - (size_t)n, "%d ms, ", b->latency_ms);
		if (b->cert_days >= 0)
			n += snprintf(line + n, sizeof line - (size_t)n,
			    "certificate for %d days, ", b->cert_days);
		snprintf(line + n, sizeof line - (size_t)n, "%s%s%s", status_words[b->status],
		    b->detail ? ": " : "", b->detail ? b->detail : "");
		put_text(p, status_style(b->status), p->x + 4, line);
	}
}

static void put_history(struct pen *p, const struct snap_source *more)
{
	char clock[16];

	put_head(p, "SINCE THE ENGINE STARTED, NEWEST FIRST");
	if (!more)
		put_text(p, STYLE_DIM, p->x + 2, "asking the engine …");
	else if (!more->history_count)
		put_text(p, STYLE_DIM, p->x + 2, "it has not answered yet");
	for (size_t i = more ? more->history_count : 0; i-- > 0;) {
		const struct snap_edge *e = &more->history[i];
		char line[600];

		snprintf(line, sizeof line, "%s%s%s", e->up ? status_words[e->status] : "not heard",
		    e->detail && *e->detail ? ": " : "", e->detail ? e->detail : "");
		canvas_put(p->c, p->x + 2, p->y, STYLE_DIM, time_hms(clock, e->at));
		put_text(p, status_style(e->status), p->x + 12, line);
	}
}

static void put_facts(struct pen *p, const struct source_row *r, const struct snap_source *more)
{
	int w = p->w - LABEL < 32 ? p->w - LABEL : 32;

	put_fact(p, "State", status_style(r->status), r->word);
	put_fact(p, "Why", STYLE_TEXT, *r->detail ? r->detail : "nothing is against it");
	put_time(p, "Data of", r->data_at);
	put_time(p, "Asked", r->tried_at);
	put_time(p, "Asked next", r->next_at);
	put_answer(p, r);
	if (r->cell) {
		char of[40];

		snprintf(of, sizeof of, " of %d probes", r->cell->total);
		put_number(p, "Down", r->cell->failing, of);
		put_number(p, "Falls", r->cell->flaps, " in the last hour");
	}
	if (r->latency_count) {
		canvas_put(p->c, p->x, p->y, STYLE_DIM, "Latency");
		draw_spark(p->c, p->x + LABEL, p->y++, w, r->latencies, r->latency_count);
	}
	if (r->feed)
		put_feed(p, r->feed);
	else
		put_probes(p, more);
	put_history(p, more);
}

static void put_document(struct pen *p, const struct snap_source *more)
{
	if (!more) {
		put_text(p, STYLE_DIM, p->x, "asking the engine …");
	} else if (!more->text) {
		put_text(p, STYLE_DIM, p->x, "No document has come since the engine started.");
	} else {
		put_time(p, "Came", more->text_at);
		p->y++;
		p->y += canvas_wrap(
		    p->c, (struct rect){ p->x, p->y, p->w, 30000 }, STYLE_TEXT, more->text, 0);
	}
}

static void draw_body(struct source *v, const struct scene *s, struct canvas *c,
    const struct source_row *r, const struct snap_source *more)
{
	struct rect old = canvas_clip(c, (struct rect){ 0, 4, c->w, v->page });
	struct pen p = { c, s, 2, 4 - v->skip, c->w - 4 };

	if (v->text)
		put_document(&p, more);
	else
		put_facts(&p, r, more);
	v->lines = p.y + v->skip - 4;
	canvas_unclip(c, old);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	static const char *const hints[] = { "source.text", "app.back", "list.next", "board.open",
		"palette.open" };
	struct source *v = state;
	const struct snap_source *more = s->snap->source;
	struct source_row r;
	char title[200];
	int most;

	if (more && (!more->id || strcmp(more->id, v->id) != 0))
		more = NULL;
	v->page = c->h - 7;
	draw_head(s, c);
	snprintf(title, sizeof title, "%s %s%s", v->id[0] == 'f' ? "Feed" : "Cell", v->id + 5,
	    v->text ? ": its last document" : "");
	draw_banner(s, c, 2, title);
	if (!source_row(s, v->id, &r)) {
		canvas_put(c, 2, 4, STYLE_DIM, "It is not watched any more.");
	} else {
		draw_body(v, s, c, &r, more);
		most = v->lines > v->page ? v->lines - v->page : 0;
		if (v->skip > most) { /* it became shorter, or the end was asked for */
			v->skip = most;
			canvas_fill(c, (struct rect){ 0, 4, c->w, v->page }, STYLE_TEXT, " ");
			draw_body(v, s, c, &r, more);
		}
	}
	canvas_hline(c, 0, c->h - 3, c->w, STYLE_RULE);
	if (v->lines > v->page)
		canvas_putf(c, 2, c->h - 3, STYLE_DIM, " %d-%d of %d ", v->skip + 1,
		    v->skip + v->page < v->lines ? v->skip + v->page : v->lines, v->lines);
	canvas_cursor(c, 2, 4);
	draw_foot(s, c, "source", NULL, hints, countof(hints));
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct source *v = state;
	int by;

	(void)args;
	if (strcmp(a->id, "source.text") == 0) {
		if (v->id[0] != 'f') {
			app_say(app, STYLE_NOTICE, "A cell has no document: its probes are above");
			return true;
		}
		v->text = !v->text;
		v->skip = 0;
		return true;
	}
	if (!list_step(a->id, v->page, &by))
		return false;
	v->skip = v->skip + by < 0 ? 0 : v->skip + by;
	return true;
}

static const char *source(void *state)
{
	return ((struct source *)state)->id;
}

const struct view_ops view_source = {
	.name = "Source",
	.context = "source",
	.draw = draw,
	.act = act,
	.source = source,
	.close = shut,
};

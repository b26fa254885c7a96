/* The views, one file each. Their states are opaque to everybody else. */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include <stdint.h>

#include "ui/client.h"
#include "ui/form.h"
#include "ui/view.h"

extern const struct view_ops view_board, view_incident, view_outbox, view_wall, view_help,
    view_palette, view_form, view_confirm, view_notice, view_search, view_composer, view_sources,
    view_source, view_journal;

void *view_board_new(void);
/* `tab` 0 to 4: overview, timeline, updates, evidence, people. */
void *view_incident_new(const char *incident, int tab);
void *view_outbox_new(void);
void *view_journal_new(void);
void *view_sources_new(void);
/* `id` as in struct source_row. */
void *view_source_new(const char *id);
void *view_wall_new(void);
/* The keys of the view below. `context` is a literal. */
void *view_help_new(const char *context);
void *view_palette_new(const char *start);
/* `filter`: what is typed leaves only what has its words, instead of moving to it. */
void *view_search_new(bool filter);
/* Takes the form. */
void *view_form_new(struct form *take);
/* Lines to read; any key of leaving closes it. Texts are copied. */
void *view_notice_new(const char *title, const char *text);
/* The same, written anew whenever it is drawn, so that no time in it stands still. `about` (copied,
 * may be NULL) is handed on. */
typedef void (*notice_text)(const struct scene *s, const char *about, struct buf *out);
void *view_notice_live(const char *title, notice_text write, const char *about);

/* A question that stands on Cancel, and takes no key for 300 ms after it was first drawn. `type`
 * (NULL: nothing) has to be typed before Yes works. `data` is taken; `drop` frees it (NULL: none).
 */
struct question {
	const char *title, *text, *yes, *type;
	void (*go)(struct app *app, void *data);
	void (*drop)(void *data);
	void *data;
};

#define CONFIRM_GUARD_MS 300

void *view_confirm_new(const struct question *q);
/* The clock of the guard, for tests; NULL: the real one. */
void view_confirm_clock(int64_t (*now_ms)(void));

#endif

/* Small pictures that several views share: countdowns, badges, bars, heads and feet. */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/canvas.h"
#include "ui/view.h"

#define COUNTDOWN_TEXT 24

/* "03:53", "1:46:12", "22h 10m", "2d 03h"; with "!" behind it when warning, "+" before it when
 * breached (time since due), a pause mark when paused; a tick (and "+") when met. */
void countdown_text(
    char out[COUNTDOWN_TEXT], enum clock_state state, bool paused, int64_t remaining_s);
/* Of a clock at `now`. */
void clock_text(char out[COUNTDOWN_TEXT], const struct clock *c, struct utc now);
enum style clock_style(enum clock_state state);
/* "upd", "T3", "Orange": at most 12 cells. */
#define CLOCK_SHORT 64
const char *clock_short(char out[CLOCK_SHORT], const struct clock *c, const struct snapshot *snap);
/* "update", "tier 3", "Orange". */
const char *clock_name(const struct clock *c, const struct snapshot *snap);
/* Live ones by due first, then the met ones; pointers into the incident; the caller frees. */
const struct clock **clocks_sorted(const struct snap_incident *inc, size_t *count);

/* "4s", "3m12s", "3h05m", "2d03h" of a length of time. */
char *span_text(char out[16], int64_t ms);
/* "00:04", "1:03:12", "11h 02m", "2d 03h": as a countdown writes it, so that it stands still beside
 * others while it runs. */
char *elapsed_text(char out[16], int64_t ms);
/* "now", "12 s ago", "2 min ago", "3 h ago", "2 d ago". */
char *ago_text(char out[16], struct utc at, struct utc now);
/* "14:31:07" and "14:31" in UTC. */
char *time_hms(char out[16], struct utc t);
char *time_hm(char out[16], struct utc t);
/* "14:31" in the zone of the scene. */
char *time_local(char out[16], const struct scene *s, struct utc t);

/* Sev 1..4 as word and shape. */
enum style severity_style(int severity);
const char *severity_shape(const struct canvas *c, int severity);
/* "◆ SEV1", always 6 cells. Returns x + 6. */
int draw_severity(struct canvas *c, int x, int y, int severity);
enum style status_style(enum status st);
const char *status_shape(const struct canvas *c, enum status st);
const char *status_word(enum status st); /* "CRIT", "MAJ", … at most 4 cells, "" when operational */

/* A bar of `w` cells of which `part` of `whole` is filled. */
void draw_bar(struct canvas *c, int x, int y, int w, int64_t part, int64_t whole, enum style style);
/* Latencies, newest right; failed ones as a cross. */
void draw_spark(struct canvas *c, int x, int y, int w, const int16_t *values, size_t count);
/* Digits and ":" five rows high; returns the column behind. Other characters are blank. */
int draw_big(struct canvas *c, int x, int y, enum style style, const char *text);
int big_width(const char *text);

/* First line(s): name, clocks, worst severity, engine and data age. Returns rows used (2). */
int draw_head(const struct scene *s, struct canvas *c);
/* The rule in row y with the title of the view (NULL: none), and over the rest of it the
 * whole-board troubles (engine away, journal, connectivity, configuration). */
void draw_banner(const struct scene *s, struct canvas *c, int y, const char *title);
/* Those alone, from column x on; nothing is drawn where there are none. */
void draw_trouble(const struct scene *s, struct canvas *c, int x, int y);
/* Message line in row h - 2 and key hints in row h - 1: as many whole hints as fit, by priority. */
void draw_foot(const struct scene *s, struct canvas *c, const char *context,
    const struct snap_incident *target, const char *const *hints, size_t count);
/* The message line alone. */
void draw_message(const struct scene *s, struct canvas *c, int y);

/* The worst severity of incidents that are active, and how many have it; 0: none. */
int scene_worst(const struct scene *s, int *how_many);
/* A region as its own staff write it: short codes in capitals. */
#define REGION_LABEL 32
char *region_label(char out[REGION_LABEL], const char *id);
/* "FR data,activation", or "FR data +1" where that fits `width` cells better. */
void incident_scope(const struct snap_incident *inc, int width, char *out, size_t size);
/* Whether roles and clocks of this incident are still worked on. */
bool incident_live(const struct snap_incident *inc);
/* A person's name if known, else the id. */
const char *person_name(const struct scene *s, const char *id);
/* Whether the scene shows this incident (its region filter). */
bool scene_shows(const struct scene *s, const struct snap_incident *inc);

/* An incident in a list: three rows while its clocks run, else one. `r` is as high as
 * incident_rows() says. */
int incident_rows(const struct snap_incident *inc);
void draw_incident(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc);
/* The incident as one pane: clocks, people, ladder, what customers read, last events, evidence. Its
 * first `skip` lines are above. How many it has. */
int draw_overview(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_incident *inc, int skip);
/* Timeline lines that belong to this incident, newest last at the bottom; `skip` from the end. */
void draw_timeline(const struct scene *s, struct canvas *c, struct rect r, const char *incident,
    int selected, bool newest_first);
/* What happened over everything as this scene shows it, the newest first; the caller frees the
 * list. */
const struct snap_recent **journal_list(const struct scene *s, size_t *count);
/* Those as rows, with a rule where scene.seen lies. `selected` -1:
 * none, and long lines are wrapped; else each is one row. Those of `incident` (NULL) stand out. */
void draw_journal(
    const struct scene *s, struct canvas *c, struct rect r, int selected, const char *incident);
/* What one of them says. Appends. */
void journal_text(const struct snap_recent *n, struct buf *out);
/* How many are newer than scene.seen. */
int journal_since(const struct scene *s);
/* What is held, what is on its way, and what came of the rest: in this order, borrowed values; the
 * caller frees the list. */
struct outbox_row {
	const struct snap_held *held; /* NULL: a delivery */
	struct snap_delivery delivery;
};
/* What waits and what is stuck, in some words; "" when nothing does. Appends; the style of it. */
enum style outbox_state(const struct snapshot *snap, struct buf *out);
size_t outbox_rows(const struct snapshot *snap, struct outbox_row **out);
void draw_outbox(const struct scene *s, struct canvas *c, struct rect r, int selected);

#endif

/* From what a client of the engine knows to the facts that an update is written from; and which
 * template and stage an incident asks for. The board's composer and `nocboard update` share it. */
#ifndef UI_FACTS_H
#define UI_FACTS_H

#include "base/mem.h"
#include "domain/compose.h"
#include "domain/snapshot.h"
#include "domain/texts.h"

/* Fills *out with borrowed values: of the snapshot, and of the arena. */
void facts_of(const struct snapshot *s, const struct snap_incident *inc, struct utc now,
    struct arena *a, struct compose_facts *out);

/* The same of planned work: its scope and its window. */
void facts_of_maintenance(const struct snapshot *s, const struct snap_maintenance *m,
    struct arena *a, struct compose_facts *out);

/* The stage that comes next: "initial" before the first update, "restored" and "resolved" once
 * after each, else "progress". */
const char *facts_stage(const struct snap_incident *inc);

/* Whether an update of this stage is written for the audience unless somebody says otherwise: those
 * that are not internal, and for a correction all that read an update before. */
bool facts_reads(
    const struct snap_incident *inc, const char *stage, const struct snap_audience *audience);

/* What lint needs of the configuration, for this incident; borrowed of snapshot, texts and arena.
 */
void facts_lint(const struct snapshot *s, const struct snap_incident *inc, const struct texts *t,
    struct arena *a, struct lint_world *out);

/* The same for a notice of planned work. */
void facts_lint_planned(const struct snapshot *s, const struct snap_maintenance *m,
    const struct texts *t, struct arena *a, struct lint_world *out);

/* Bytes of text that a channel takes in one message; 0: no limit that a text would reach. */
size_t facts_channel_room(const struct snap_noc *noc, const char *channel);

/* The texts in force at this engine; the caller frees with texts_free. */
struct texts *facts_texts(const struct snapshot *s);
/* The template of this name, or (name NULL) the one for stage and severity, for an incident. NULL:
 * there is none. */
const struct template *facts_template(
    const struct texts *t, const char *name, const char *stage, int severity);

#endif

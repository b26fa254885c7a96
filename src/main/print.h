/* What commands print of a snapshot, for people and for programs. */
#ifndef PRINT_H
#define PRINT_H

#include "base/buf.h"
#include "base/json.h"
#include "domain/snapshot.h"

/* To standard output, through the gate: no byte of it can drive a terminal, whoever wrote it. */
void print_out(const struct buf *text);
/* "03:53", "1:46:12", "2d 03h", "+02:10" past due. Appends. */
void print_countdown(struct buf *out, const struct clock *c, struct utc now);
/* The running clocks in due order, then those met. Appends one line without its end. */
void print_clocks(struct buf *out, const struct snap_incident *inc, struct utc now);
/* "FR,DE". Appends. */
void print_ids(struct buf *out, char *const *items, size_t count);
/* One incident in a few lines, or all of it. */
void print_incident(
    struct buf *out, const struct snapshot *s, const struct snap_incident *inc, struct utc now);
void print_incident_whole(
    struct buf *out, const struct snapshot *s, const struct snap_incident *inc, struct utc now);
/* The shape of `status --json` and of `incident show --json`; the caller frees. */
cJSON *json_of_incident(const struct snap_incident *inc, struct utc now);
cJSON *json_of_status(const struct snapshot *s, struct utc now);
void print_status(struct buf *out, const struct snapshot *s, struct utc now);

#endif

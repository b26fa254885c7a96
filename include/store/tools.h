/* What people do with a whole journal: verify, export, import, back up. */
#ifndef STORE_TOOLS_H
#define STORE_TOOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "store/journal.h"

struct journal_report {
	bool ok;
	int64_t events;	    /* how many were read and are right */
	int64_t bad_seq;    /* the first that is wrong, missing or unreadable; 0: none */
	char what[320];	    /* what is wrong with it; "" */
	char head_hash[65]; /* of the last right one, in hex */
};

/* Recomputes the chain, the versions and the back end's own structure. `j` may be read-only, beside
 * a live engine. False: *e, it could not be done at all; a wrong journal is out->ok. */
bool journal_verify(struct journal *j, struct journal_report *out, struct err *e);

/* Writes every event as one JSON object a line (docs/protocol.md), in order. */
bool journal_export(struct journal *j, FILE *out, struct err *e);

/* Reads such lines into an empty journal: fields, bodies, versions and times are checked, every
 * problem goes to `problem` with its line, and with any of them nothing is imported (false, *e
 * counts them). Turns the journal's loop until it is committed. */
bool journal_import(struct journal *j, FILE *in,
    void (*problem)(void *ctx, int line, const char *what), void *ctx, int64_t *imported,
    struct err *e);

/* A consistent copy of a live journal in a new file, verified before it gets its name. */
bool journal_backup(struct journal *j, const char *file, struct journal_report *out, struct err *e);

#endif

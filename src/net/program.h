/* A program of the operator's that is run once: standard input given, the first words of its
 * standard error kept, ended with all its children when it takes too long. */
#ifndef NET_PROGRAM_H
#define NET_PROGRAM_H

#include <stddef.h>

#include "base/err.h"
#include "net/probe.h"
#include "os/loop.h"

struct program;

/* `done` runs once, never inside of this call: FAULT_NONE and the exit status, FAULT_TIMEOUT, or
 * FAULT_BROKEN when a signal ended it; `words` is one clean line. NULL: it could not be started,
 * *e. */
struct program *program_run(struct loop *l, char *const argv[], char *const env[],
    const char *input, size_t len, int timeout_ms,
    void (*done)(void *ctx, enum probe_fault fault, int status, const char *words), void *ctx,
    struct err *e);
void program_free(struct program *p); /* ends it without `done`; NULL is fine */

#endif

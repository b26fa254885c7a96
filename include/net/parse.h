/* Reading foreign documents outside of this process: a child without secrets, files or network
 * (docs/network.md, reading other people's documents) takes documents and answers normalised JSON.
 */
#ifndef NET_PARSE_H
#define NET_PARSE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"
#include "os/loop.h"

struct parser;

/* `argv` starts a child (NULL: this program, as `nocboard parse-child`). It runs when the first
 * document comes, is kept for the next, and is replaced after a crash or a time-out. */
struct parser *parser_new(struct loop *l, char *const argv[]);
/* Documents that wait are answered with a failure first. */
void parser_free(struct parser *p);

/* How long one document may take, real time; 0: the default, 5 s. */
void parser_set_timeout(struct parser *p, int real_ms);

/* `done` runs once, later, never inside this call: `json` is the answer (it belongs to the callee,
 * cJSON_Delete), or NULL with *e. `what` is a format of net/feed ("statuspage", "auto"), or what
 * another file of this floor asks the child for. `now` is the time for it, or UTC_NONE. The bytes
 * are copied. Documents are read one after the other. */
void parse(struct parser *p, const char *what, struct utc now, const char *bytes, size_t len,
    void (*done)(void *ctx, cJSON *json, const struct err *e), void *ctx);

pid_t parser_child(const struct parser *p); /* 0: none runs */

/* The child's program: reads framed documents from descriptor 0, answers on 1, until the end of
 * input. Gives up every right first. Returns the exit status. */
int parse_child_main(void);

/* From now on this process keeps a few MiB for its next document instead of giving each page back
 * to the kernel, which would zero it again: for a usual document that costs as much as reading it.
 */
void parse_child_memory(void);

/* What the child gives up: new descriptors, processes, privileges, and (where the kernel and the
 * build allow the filter) every system call but reading, writing and memory. */
void parse_child_confine(void);

#endif

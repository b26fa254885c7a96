/* Judging of long bodies in the parse child: the expectation and the answer go there as one frame,
 * a verdict comes back. */
#ifndef NET_PROBE_FAR_H
#define NET_PROBE_FAR_H

#include "net/probe.h"

#define PROBE_FAR "judge" /* what parse() is asked for */

/* True for an answer whose body must be read as JSON and is too long to be read beside the
 * network. */
bool probe_far_needed(const struct probe_expect *x, const struct http_result *r);

/* Parent: the frame. */
void probe_far_ask(struct buf *out, const struct probe_expect *x, const struct http_result *r);
/* Child: the frame to a verdict. NULL: *e. */
cJSON *probe_far_judge(const char *frame, size_t len, struct err *e);
/* Parent: the verdict, which is not believed. False: it is none. */
bool probe_far_verdict(const cJSON *json, struct probe_verdict *out);

#endif

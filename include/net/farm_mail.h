/* A small SMTP server on loopback: where a rehearsal's mail ends, and a peer of tests that can say
 * no, hang up and lie. It keeps what came, to the byte. Lives on the caller's loop. */
#ifndef NET_FARM_MAIL_H
#define NET_FARM_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "os/loop.h"

struct mail_sink;

/* Listens on 127.0.0.1, `port` 0: any. NULL: *e. */
struct mail_sink *mail_sink_new(struct loop *l, int port, struct err *e);
void mail_sink_free(struct mail_sink *s);
int mail_sink_port(const struct mail_sink *s);

/* Answers with `reply` (lines with their ends left out; more of them with '\n' between) to what
 * begins with `what`: "EHLO", "MAIL", "RCPT TO:<a@b>", "DATA", "." (the whole message), "" (the
 * greeting). A reply of "" hangs up, one of "..." never comes; NULL: as usual again. */
void mail_sink_say(struct mail_sink *s, const char *what, const char *reply);

/* From now on the n-th client is lost when it has sent n bytes, before it hears what they did; or
 * none is any more. */
void mail_sink_cut(struct mail_sink *s, bool on);

/* A message that was taken. */
struct mail_got {
	const char *from;
	const char *to; /* addresses, each with '\n' behind it */
	const char *data;
	size_t len;
	unsigned connection;
};

size_t mail_sink_count(const struct mail_sink *s);
const struct mail_got *mail_sink_get(const struct mail_sink *s, size_t i); /* NULL: no such one */
size_t mail_sink_connections(const struct mail_sink *s);
/* Every byte that clients sent, messages too, the last 4 MiB at most. */
const char *mail_sink_heard(const struct mail_sink *s, size_t *len);

#endif

/* What the farm's files share: a connection, the request on it, and how it is answered. */
#ifndef NET_FARM_PRIV_H
#define NET_FARM_PRIV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct fconn;
struct farm;

struct freq {
	char *method, *path, *headers, *body;
	size_t body_len;
	bool close; /* the client does not want to keep the connection */
};

struct behaviour_kind;
struct behaviour {
	const struct behaviour_kind *kind;
	char *arg; /* NULL: none given */
	int number;
};

bool behaviour_parse(struct behaviour *b, const char *text, struct err *e);
void behaviour_fini(struct behaviour *b);
void behaviour_run(const struct behaviour *b, struct fconn *c, const struct freq *q);

/* A whole answer; then the next request of the connection is read. `extra`: header lines with
 * their ends, or NULL. */
void conn_reply(
    struct fconn *c, int code, const char *type, const char *extra, const char *body, size_t len);
/* Bytes as they are, then `then` (NULL: nothing; the connection just stays). */
void conn_raw(struct fconn *c, const char *bytes, size_t len, void (*then)(struct fconn *c));
void conn_later(struct fconn *c, int ms, void (*then)(struct fconn *c));
void conn_close(struct fconn *c);
void conn_reset(struct fconn *c);
int conn_count(struct fconn *c); /* 0, 1, 2, … for what is sent piece by piece */
struct farm *conn_farm(struct fconn *c);

void farm_record(struct farm *f, const struct fconn *c, const struct freq *q);

/* ---- farm_record.c ---- */

struct farm_request;
struct records;
struct records *records_new(void);
void records_free(struct records *all); /* NULL is fine */
void records_add(struct records *all, unsigned connection, const struct freq *q);
size_t records_count(const struct records *all);
const struct farm_request *records_get(const struct records *all, size_t i); /* oldest first */
const struct farm_request *records_last(const struct records *all);

/* Pages. `text` is the summary of the page whose path this is; NULL: no page. */
struct pages;
struct pages *pages_new(void);
void pages_free(struct pages *p);
bool pages_summary(struct pages *p, const char *path, struct buf *text);
struct pages *farm_pages(struct farm *f);

/* The value of a header of the request, cut to `size`; false: absent. */
bool freq_header(const struct freq *q, const char *name, char *out, size_t size);

#endif

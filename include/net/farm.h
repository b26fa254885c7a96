/* A small HTTP/1.1 server on loopback that can also misbehave: the drill's endpoints, carrier pages
 * and webhook receivers, and the tests' hostile peers. Lives on the caller's loop. */
#ifndef NET_FARM_H
#define NET_FARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "domain/snapshot.h"
#include "os/loop.h"

struct farm;

/* Listens on 127.0.0.1, `port` 0: any. NULL: *e. */
struct farm *farm_new(struct loop *l, int port, struct err *e);
void farm_free(struct farm *f);
int farm_port(const struct farm *f);

/* Every path answers 404 until it has a behaviour. `path` may end in `*`, which stands for any
 * rest; an exact path goes before a page's (farm_page), that before it, the longer one before the
 * shorter. `behaviour` is a name of
 * the list with its arguments:
 *	ok			200 {"status":"pass"}
 *	warn			200 {"status":"warn"}
 *	fail [CODE]		CODE (503) {"status":"fail"}
 *	slow MS			as ok, after MS real milliseconds
 *	json TEXT		200 with TEXT as application/json
 *	text TEXT		200 with TEXT as text/plain
 *	fresh SECONDS		200 with an empty status page that is fresh for so long
 *	html			200 with a log-in page
 *	maintenance [SECONDS]	503 with Retry-After
 *	busy [SECONDS]		429 with Retry-After
 *	redirect [URL]		302 to URL (to itself)
 *	stall			reads the request and never answers
 *	trickle			one byte of the body each 100 ms
 *	reset			cuts the connection off in the middle of the body
 *	close			closes without an answer
 *	endless			a body without an end
 *	headers			header lines without an end
 *	short			Content-Length says more than comes
 *	long			Content-Length says less than comes
 *	garbage			bytes that are no HTTP
 *	bomb			a few KiB of gzip that become very much more
 *	twice			two layers of gzip
 *	sink [CODE]		records the request and answers CODE (204)
 *	cut BYTES		records it, and cuts the answer off (200) behind so many bytes
 * False: *e. */
bool farm_set(struct farm *f, const char *path, const char *behaviour, struct err *e);
/* Takes a behaviour away. */
void farm_unset(struct farm *f, const char *path);
/* The i-th name above (NULL behind the last), and the check of a whole text, for scenarios. */
const char *farm_behaviour_name(size_t i);
bool farm_behaviour_ok(const char *behaviour, struct err *e);

/* Every request whose path starts with `stem` is recorded and answered by `serve` (the longest stem
 * first); an exact path with a behaviour goes before it, so that a test can let it fail. */
struct farm_request;
struct farm_answer {
	int code;	     /* 200; 0: the answer never comes */
	const char *type;    /* "application/json" */
	const char *headers; /* further lines, each with its CRLF; NULL: none */
	struct buf body;
};
typedef void farm_server(void *ctx, const struct farm_request *q, struct farm_answer *out);
void farm_serve(struct farm *f, const char *stem, farm_server *serve, void *ctx);

/* A Statuspage: its summary stands under "/PAGE/api/v2/summary.json", with an ETag. Times are those
 * given; nothing of it moves by itself. Ids are made from names where they are new. */
void farm_page(struct farm *f, const char *page, const char *title, struct utc at);
void farm_page_component(
    struct farm *f, const char *page, const char *name, enum status status, struct utc at);
/* Opens the incident, or adds an update to it. `status`: investigating, identified, monitoring,
 * resolved (it then leaves the summary). `impact`: none, minor, major, critical. `components`:
 * names, with commas between; NULL. False: no such page. */
bool farm_page_incident(struct farm *f, const char *page, const char *id, const char *title,
    const char *status, const char *impact, const char *components, const char *text,
    struct utc at);

/* What came in. */
struct farm_request {
	const char *method, *path;
	const char *headers; /* "name: value\n" lines, names in lower case */
	const char *body;
	size_t body_len;
	unsigned connection; /* number of the connection it came on */
};

size_t farm_hits(const struct farm *f, const char *path); /* exact path, since the start */
size_t farm_connections(const struct farm *f);		  /* accepted since the start */
/* Requests that a `sink`, a `cut` or a server recorded, oldest first, the last 1,000. NULL: no such
 * one. */
const struct farm_request *farm_request(const struct farm *f, size_t i);
size_t farm_request_count(const struct farm *f);

#endif

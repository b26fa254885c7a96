#include "net/farm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <uv.h>

#include "base/map.h"
#include "base/mem.h"
#include "farm_priv.h"

#define REQUEST_MAX ((size_t)64 << 10)
#define BODY_MAX ((size_t)1 << 20)

/* Who answers below a path by a function (farm_serve). */
struct server {
	char *stem;
	farm_server *serve;
	void *ctx;
};

struct route {
	char *stem; /* of a path that ends in `*` */
	struct behaviour b;
};

/* Owned by itself: freed when the farm was freed and the last handle has closed. */
struct farm {
	uv_loop_t *uv;
	uv_tcp_t tcp;
	int port;
	bool closing;
	size_t open; /* handles that are not closed yet */
	struct fconn *conns;
	size_t accepted;
	struct map *exact; /* path → struct behaviour */
	struct route *stems;
	size_t stem_count, stem_cap;
	struct map *hits; /* path → size_t */
	struct server *servers;
	size_t server_count, server_cap;
	struct records *records;
	struct pages *pages;
};

struct fconn {
	struct farm *f;
	struct fconn *next, **link;
	uv_tcp_t tcp;
	uv_timer_t timer;
	void (*timer_then)(struct fconn *c);
	int handles; /* open ones */
	bool closing, busy, close_after;
	bool head;
	unsigned number;
	int count;
	struct buf in;
	char chunk[8192];
};

struct fwrite {
	uv_write_t req;
	struct fconn *c;
	char *data;
	void (*then)(struct fconn *c);
};

static void requests_read(struct fconn *c);

static void farm_unref(struct farm *f)
{
	if (--f->open || !f->closing)
		return;
	map_free(f->exact);
	map_free(f->hits);
	for (size_t i = 0; i < f->stem_count; i++) {
		free(f->stems[i].stem);
		behaviour_fini(&f->stems[i].b);
	}
	free(f->stems);
	for (size_t i = 0; i < f->server_count; i++)
		free(f->servers[i].stem);
	free(f->servers);
	records_free(f->records);
	pages_free(f->pages);
	free(f);
}

static void handle_closed(uv_handle_t *h)
{
	struct fconn *c = h->data;
	struct farm *f = c->f;

	if (--c->handles == 0) {
		buf_fini(&c->in);
		free(c);
	}
	farm_unref(f);
}

static void conn_end(struct fconn *c, bool reset)
{
	if (c->closing)
		return;
	c->closing = true;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	uv_close((uv_handle_t *)&c->timer, handle_closed);
	if (!reset || uv_tcp_close_reset(&c->tcp, handle_closed) != 0)
		uv_close((uv_handle_t *)&c->tcp, handle_closed);
}

void conn_close(struct fconn *c)
{
	conn_end(c, false);
}

void conn_reset(struct fconn *c)
{
	conn_end(c, true);
}

int conn_count(struct fconn *c)
{
	return c->count++;
}

struct farm *conn_farm(struct fconn *c)
{
	return c->f;
}

static void write_done(uv_write_t *req, int status)
{
	struct fwrite *w = req->data;
	struct fconn *c = w->c;
	void (*then)(struct fconn *) = w->then;

	free(w->data);
	free(w);
	if (c->closing)
		return;
	if (status < 0)
		conn_close(c);
	else if (then)
		then(c);
}

void conn_raw(struct fconn *c, const char *bytes, size_t len, void (*then)(struct fconn *c))
{
	if (c->closing)
		return;
	struct fwrite *w = xcalloc(1, sizeof *w);
	w->c = c;
	w->then = then;
	w->data = xmalloc(len ? len : 1);
	memcpy(w->data, bytes, len);
	w->req.data = w;
	uv_buf_t b = uv_buf_init(w->data, (unsigned)len);
	if (uv_write(&w->req, (uv_stream_t *)&c->tcp, &b, 1, write_done) < 0) {
		free(w->data);
		free(w);
		conn_close(c);
	}
}

static void timer_fired(uv_timer_t *t)
{
	struct fconn *c = t->data;
	c->timer_then(c);
}

void conn_later(struct fconn *c, int ms, void (*then)(struct fconn *c))
{
	if (c->closing)
		return;
	c->timer_then = then;
	uv_update_time(c->f->uv);
	uv_timer_start(&c->timer, timer_fired, (uint64_t)ms, 0);
}

static void answered(struct fconn *c)
{
	if (c->close_after) {
		conn_close(c);
		return;
	}
	c->busy = false;
	requests_read(c);
}

static const char *code_text(int code)
{
	static const struct {
		int code;
		const char *text;
	} texts[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 302, "Found" },
		{ 304, "Not Modified" },
		{ 404, "Not Found" },
		{ 410, "Gone" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};
	for (size_t i = 0; i < countof(texts); i++)
		if (texts[i].code == code)
			return texts[i].text;
	return "Other";
}

void conn_reply(
    struct fconn *c, int code, const char *type, const char *extra, const char *body, size_t len)
{
	struct buf out;
	bool bodyless = code == 204 || code == 304;

	buf_init(&out, 0);
	buf_addf(&out, "HTTP/1.1 %d %s\r\n", code, code_text(code));
	if (!bodyless)
		buf_addf(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, len);
	buf_addf(
	    &out, "%s%s\r\n", extra ? extra : "", c->close_after ? "Connection: close\r\n" : "");
	if (!bodyless && !c->head)
		buf_add(&out, body, len);
	conn_raw(c, out.data, out.len, answered);
	buf_fini(&out);
}

bool freq_header(const struct freq *q, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);

	for (const char *line = q->headers; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, name, n) != 0 || strncmp(line + n, ": ", 2) != 0)
			continue;
		const char *v = line + n + 2;
		size_t len = strcspn(v, "\n");
		snprintf(out, size, "%.*s", (int)(len < size ? len : size - 1), v);
		return true;
	}
	return false;
}

void farm_record(struct farm *f, const struct fconn *c, const struct freq *q)
{
	records_add(f->records, c->number, q);
}

/* Of the paths that end in `*`. */
static const struct behaviour *behaviour_of(struct farm *f, const char *path)
{
	const struct route *found = NULL;

	for (size_t i = 0; i < f->stem_count; i++) {
		const struct route *r = &f->stems[i];
		size_t n = strlen(r->stem);
		if (strncmp(path, r->stem, n) == 0 && (!found || n > strlen(found->stem)))
			found = r;
	}
	return found ? &found->b : NULL;
}

static const struct server *server_of(const struct farm *f, const char *path)
{
	const struct server *found = NULL;

	for (size_t i = 0; i < f->server_count; i++) {
		const struct server *s = &f->servers[i];

		if (strncmp(path, s->stem, strlen(s->stem)) == 0 &&
		    (!found || strlen(s->stem) > strlen(found->stem)))
			found = s;
	}
	return found;
}

static void server_reply(const struct server *s, struct fconn *c, const struct freq *q)
{
	struct farm_answer a = { .code = 200, .type = "application/json" };

	buf_init(&a.body, 0);
	farm_record(c->f, c, q);
	s->serve(s->ctx, records_last(c->f->records), &a);
	if (a.code)
		conn_reply(c, a.code, a.type, a.headers, a.body.len ? a.body.data : "", a.body.len);
	buf_fini(&a.body);
}

static void page_reply(struct fconn *c, const struct freq *q, const struct buf *text)
{
	char etag[64], header[96], theirs[64] = "";
	uint64_t hash = 1469598103934665603u;

	for (size_t i = 0; i < text->len; i++)
		hash = (hash ^ (unsigned char)text->data[i]) * 1099511628211u;
	snprintf(etag, sizeof etag, "W/\"%016llx\"", (unsigned long long)hash);
	snprintf(header, sizeof header, "ETag: %s\r\n", etag);
	if (freq_header(q, "if-none-match", theirs, sizeof theirs) && strcmp(theirs, etag) == 0)
		conn_reply(c, 304, "", header, "", 0);
	else
		conn_reply(
		    c, 200, "application/json; charset=utf-8", header, text->data, text->len);
}

static void request_answer(struct fconn *c, const struct freq *q)
{
	struct farm *f = c->f;
	size_t *hits = map_get(f->hits, q->path);
	struct buf text;

	if (!hits) {
		hits = xcalloc(1, sizeof *hits);
		map_set(f->hits, q->path, hits);
	}
	++*hits;
	c->busy = true;
	c->count = 0;
	c->close_after = q->close;
	c->head = strcmp(q->method, "HEAD") == 0;

	const struct behaviour *b = map_get(f->exact, q->path);
	const struct server *s = server_of(f, q->path);
	buf_init(&text, 0);
	if (!b && pages_summary(f->pages, q->path, &text))
		page_reply(c, q, &text);
	else if (!b && s)
		server_reply(s, c, q);
	else if (b || (b = behaviour_of(f, q->path)))
		behaviour_run(b, c, q);
	else
		conn_reply(c, 404, "text/plain", NULL, "no such path\n", 13);
	buf_fini(&text);
}

/* Header lines as "name: value\n", names in lower case. */
static char *headers_text(const char *at, const char *end)
{
	struct buf b;

	buf_init(&b, REQUEST_MAX);
	while (at < end) {
		const char *eol = memmem(at, (size_t)(end - at), "\r\n", 2);
		if (!eol)
			eol = end;
		const char *colon = memchr(at, ':', (size_t)(eol - at));
		if (colon) {
			for (const char *p = at; p < colon; p++)
				buf_addc(&b, (char)tolower((unsigned char)*p));
			const char *v = colon + 1;
			while (v < eol && *v == ' ')
				v++;
			buf_adds(&b, ": ");
			buf_add(&b, v, (size_t)(eol - v));
			buf_addc(&b, '\n');
		}
		at = eol + 2;
	}
	return buf_take(&b);
}

/* Takes one whole request off `in`. False: not whole yet, or the connection was given up. */
static bool request_take(struct fconn *c, struct freq *q)
{
	char *in = c->in.data;
	char *end = c->in.len ? memmem(in, c->in.len, "\r\n\r\n", 4) : NULL;
	char value[32];

	if (!end) {
		if (c->in.len >= REQUEST_MAX)
			conn_close(c);
		return false;
	}
	char *eol = memmem(in, c->in.len, "\r\n", 2);
	char *path = memchr(in, ' ', (size_t)(eol - in));
	char *version = path ? memchr(path + 1, ' ', (size_t)(eol - path - 1)) : NULL;
	if (!version || strncmp(version + 1, "HTTP/1.", 7) != 0) {
		conn_close(c);
		return false;
	}
	q->headers = headers_text(eol + 2 < end ? eol + 2 : end, end);
	unsigned long long want = 0;
	if (freq_header(q, "content-length", value, sizeof value))
		want = strtoull(value, NULL, 10);
	size_t head = (size_t)(end - in) + 4;
	if (want > BODY_MAX || c->in.len < head + want) {
		free(q->headers);
		if (want > BODY_MAX)
			conn_close(c);
		return false;
	}
	q->method = xstrndup(in, (size_t)(path - in));
	q->path = xstrndup(path + 1, (size_t)(version - path - 1));
	q->body = xstrndup(in + head, (size_t)want);
	q->body_len = (size_t)want;
	q->close = freq_header(q, "connection", value, sizeof value) && !strcasecmp(value, "close");
	buf_drop(&c->in, head + (size_t)want);
	return true;
}

static void requests_read(struct fconn *c)
{
	struct freq q = { 0 };

	while (!c->closing && !c->busy && request_take(c, &q)) {
		request_answer(c, &q);
		free(q.method);
		free(q.path);
		free(q.headers);
		free(q.body);
		q = (struct freq){ 0 };
	}
}

static void chunk_room(uv_handle_t *h, size_t want, uv_buf_t *b)
{
	struct fconn *c = h->data;
	(void)want;
	*b = uv_buf_init(c->chunk, sizeof c->chunk);
}

static void chunk_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct fconn *c = s->data;

	if (n < 0) {
		conn_close(c);
		return;
	}
	if (n == 0)
		return;
	if (!buf_add(&c->in, b->base, (size_t)n)) {
		conn_close(c);
		return;
	}
	requests_read(c);
}

static void connection(uv_stream_t *s, int status)
{
	struct farm *f = s->data;

	if (status < 0 || f->closing)
		return;
	struct fconn *c = xcalloc(1, sizeof *c);
	c->f = f;
	c->number = (unsigned)f->accepted++;
	c->handles = 2;
	f->open += 2;
	buf_init(&c->in, REQUEST_MAX + BODY_MAX);
	uv_tcp_init(f->uv, &c->tcp);
	uv_timer_init(f->uv, &c->timer);
	c->tcp.data = c->timer.data = c;
	c->next = f->conns;
	c->link = &f->conns;
	if (c->next)
		c->next->link = &c->next;
	f->conns = c;
	if (uv_accept(s, (uv_stream_t *)&c->tcp) < 0 ||
	    uv_read_start((uv_stream_t *)&c->tcp, chunk_room, chunk_read) < 0) {
		conn_close(c);
		return;
	}
	uv_tcp_nodelay(&c->tcp, 1);
}

static void farm_closed(uv_handle_t *h)
{
	farm_unref(h->data);
}

static void behaviour_drop(void *b)
{
	behaviour_fini(b);
	free(b);
}

struct farm *farm_new(struct loop *l, int port, struct err *e)
{
	struct farm *f = xcalloc(1, sizeof *f);
	struct sockaddr_in a;
	int size = sizeof a;

	f->uv = loop_uv(l);
	f->exact = map_new(behaviour_drop);
	f->hits = map_new(free);
	f->records = records_new();
	f->pages = pages_new();
	f->open = 1;
	uv_tcp_init(f->uv, &f->tcp);
	f->tcp.data = f;
	uv_ip4_addr("127.0.0.1", port, &a);
	int r = uv_tcp_bind(&f->tcp, (struct sockaddr *)&a, 0);
	if (r == 0)
		r = uv_listen((uv_stream_t *)&f->tcp, 4096, connection);
	if (r == 0)
		r = uv_tcp_getsockname(&f->tcp, (struct sockaddr *)&a, &size);
	if (r != 0) {
		err_set(e, ERR_IO, "farm: cannot listen on 127.0.0.1:%d: %s", port, uv_strerror(r));
		farm_free(f);
		return NULL;
	}
	f->port = ntohs(a.sin_port);
	return f;
}

void farm_free(struct farm *f)
{
	if (!f)
		return;
	f->closing = true;
	while (f->conns)
		conn_close(f->conns);
	uv_close((uv_handle_t *)&f->tcp, farm_closed);
}

int farm_port(const struct farm *f)
{
	return f->port;
}

void farm_unset(struct farm *f, const char *path)
{
	size_t n = strlen(path);

	if (n == 0 || path[n - 1] != '*') {
		map_del(f->exact, path);
		return;
	}
	for (size_t i = 0; i < f->stem_count; i++) {
		struct route *r = &f->stems[i];
		if (strlen(r->stem) != n - 1 || strncmp(r->stem, path, n - 1) != 0)
			continue;
		free(r->stem);
		behaviour_fini(&r->b);
		*r = f->stems[--f->stem_count];
		return;
	}
}

bool farm_set(struct farm *f, const char *path, const char *behaviour, struct err *e)
{
	struct behaviour b;
	size_t n = strlen(path);

	if (path[0] != '/')
		return err_set(e, ERR_USAGE, "farm: a path starts with '/', not '%s'", path);
	if (!behaviour_parse(&b, behaviour, e))
		return err_in(e, "farm: %s", path);
	farm_unset(f, path);
	if (path[n - 1] == '*') {
		f->stems = xgrow(f->stems, f->stem_count, &f->stem_cap);
		f->stems[f->stem_count++] = (struct route){ xstrndup(path, n - 1), b };
		return true;
	}
	struct behaviour *own = xmalloc(sizeof *own);
	*own = b;
	map_set(f->exact, path, own);
	return true;
}

size_t farm_hits(const struct farm *f, const char *path)
{
	const size_t *n = map_get(f->hits, path);
	return n ? *n : 0;
}

size_t farm_connections(const struct farm *f)
{
	return f->accepted;
}

size_t farm_request_count(const struct farm *f)
{
	return records_count(f->records);
}

const struct farm_request *farm_request(const struct farm *f, size_t i)
{
	return records_get(f->records, i);
}

void farm_serve(struct farm *f, const char *stem, farm_server *serve, void *ctx)
{
	f->servers = xgrow(f->servers, f->server_count, &f->server_cap);
	f->servers[f->server_count++] = (struct server){ xstrdup(stem), serve, ctx };
}

struct pages *farm_pages(struct farm *f)
{
	return f->pages;
}

#include "net/farm_mail.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <uv.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)
#define MESSAGE_MAX ((size_t)1 << 20)
#define HEARD_MAX ((size_t)4 << 20)

struct got {
	struct mail_got pub;
	char *from, *to, *data;
};

/* Owned by itself: freed when it was freed and the last handle has closed. */
struct mail_sink {
	uv_loop_t *uv;
	uv_tcp_t tcp;
	int port;
	bool closing;
	size_t open;
	struct mconn *conns;
	unsigned accepted;
	size_t cut;	  /* the next client's; 0: none */
	struct map *says; /* what -> reply */
	struct got *got;
	size_t count, cap;
	struct buf heard;
};

struct mconn {
	struct mail_sink *s;
	struct mconn *next, **link;
	uv_tcp_t tcp;
	bool closing, close_after, in_data;
	unsigned number;
	size_t sent, cut; /* bytes; 0: whole */
	struct buf in, to;
	char *from;
	char chunk[8192];
};

struct mwrite {
	uv_write_t req;
	struct mconn *c;
	char *data;
};

static void sink_unref(struct mail_sink *s)
{
	if (--s->open || !s->closing)
		return;
	for (size_t i = 0; i < s->count; i++) {
		free(s->got[i].from);
		free(s->got[i].to);
		free(s->got[i].data);
	}
	free(s->got);
	map_free(s->says);
	buf_fini(&s->heard);
	free(s);
}

static void conn_closed(uv_handle_t *h)
{
	struct mconn *c = h->data;
	struct mail_sink *s = c->s;

	buf_fini(&c->in);
	buf_fini(&c->to);
	free(c->from);
	free(c);
	sink_unref(s);
}

static void hang_up(struct mconn *c)
{
	if (c->closing)
		return;
	c->closing = true;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	uv_close((uv_handle_t *)&c->tcp, conn_closed);
}

static void written(uv_write_t *req, int status)
{
	struct mwrite *w = req->data;

	if (status < 0 || w->c->close_after)
		hang_up(w->c);
	free(w->data);
	free(w);
}

/* Lines with CRLF behind each. */
static void reply(struct mconn *c, const char *text)
{
	struct mwrite *w;
	struct buf out;
	uv_buf_t bytes;

	if (!*text) {
		hang_up(c);
		return;
	}
	if (strcmp(text, "...") == 0 || (c->cut && c->sent >= c->cut))
		return;
	buf_init(&out, 0);
	for (; *text; text++)
		if (*text == '\n')
			buf_adds(&out, "\r\n");
		else
			buf_addc(&out, *text);
	buf_adds(&out, "\r\n");
	w = xcalloc(1, sizeof *w);
	w->c = c;
	w->req.data = w;
	bytes.len = out.len;
	w->data = buf_take(&out);
	bytes.base = w->data;
	if (uv_write(&w->req, (uv_stream_t *)&c->tcp, &bytes, 1, written) != 0) {
		free(w->data);
		free(w);
		hang_up(c);
	}
}

/* What was ordered for this command, the longest beginning first; else the usual. */
static void answer(struct mconn *c, const char *command, const char *usual)
{
	const char *what, *best = NULL, *text, *found = usual;
	size_t it = 0;

	while ((text = map_next(c->s->says, &it, &what)))
		if ((*what ? strncasecmp(command, what, strlen(what)) == 0 : !*command) &&
		    (!best || strlen(what) > strlen(best))) {
			best = what;
			found = text;
		}
	reply(c, found);
}

static bool refused(const struct mconn *c, const char *command)
{
	const char *what, *text;
	size_t it = 0;

	while ((text = map_next(c->s->says, &it, &what)))
		if (*what && strncasecmp(command, what, strlen(what)) == 0 && *text != '2' &&
		    *text != '3')
			return true;
	return false;
}

/* "RCPT TO:<a@b> …" -> a@b */
static char *address_in(const char *line)
{
	const char *from = strchr(line, '<'), *end = from ? strchr(from, '>') : NULL;

	return end ? xstrndup(from + 1, (size_t)(end - from - 1)) : xstrdup("");
}

static void keep_message(struct mconn *c, const char *data, size_t len)
{
	struct mail_sink *s = c->s;
	struct got *g;

	s->got = xgrow(s->got, s->count, &s->cap);
	g = &s->got[s->count++];
	g->from = xstrdup(c->from ? c->from : "");
	g->to = xstrdup(buf_str(&c->to));
	g->data = xmalloc(len + 1);
	memcpy(g->data, data, len);
	g->data[len] = '\0';
	g->pub = (struct mail_got){ g->from, g->to, g->data, len, c->number };
}

static void command(struct mconn *c, const char *line)
{
	char *address;

	if (strncasecmp(line, "EHLO", 4) == 0 || strncasecmp(line, "HELO", 4) == 0) {
		answer(c, line, "250-sink.localhost\n250 8BITMIME");
	} else if (strncasecmp(line, "MAIL", 4) == 0) {
		free(c->from);
		c->from = address_in(line);
		buf_clear(&c->to);
		answer(c, line, "250 ok");
	} else if (strncasecmp(line, "RCPT", 4) == 0) {
		address = address_in(line);
		if (!refused(c, line))
			buf_addf(&c->to, "%s\n", address);
		free(address);
		answer(c, line, "250 ok");
	} else if (strncasecmp(line, "DATA", 4) == 0) {
		c->in_data = !refused(c, line);
		answer(c, line, "354 go on");
	} else if (strncasecmp(line, "QUIT", 4) == 0) {
		c->close_after = true;
		answer(c, line, "221 bye");
	} else {
		answer(c, line, "502 not here");
	}
}

/* The message up to the lone dot, as it was sent; a doubled dot at the start of a line is one. */
static bool message(struct mconn *c)
{
	const char *end = c->in.len ? strstr(c->in.data, "\r\n.\r\n") : NULL;
	struct buf text;
	size_t len;

	if (!end)
		return false;
	len = (size_t)(end - c->in.data) + 2;
	buf_init(&text, 0);
	for (size_t i = 0; i < len; i++) {
		bool start = i == 0 || (i > 1 && c->in.data[i - 1] == '\n');

		if (!(start && c->in.data[i] == '.' && i + 1 < len && c->in.data[i + 1] == '.'))
			buf_addc(&text, c->in.data[i]);
	}
	if (!refused(c, "."))
		keep_message(c, buf_str(&text), text.len);
	buf_fini(&text);
	buf_drop(&c->in, len + 3);
	c->in_data = false;
	answer(c, ".", "250 taken");
	return true;
}

static void turn(struct mconn *c)
{
	while (!c->closing) {
		const char *end;
		char *line;
		size_t len;

		if (c->in_data) {
			if (!message(c))
				return;
			continue;
		}
		end = c->in.len ? memchr(c->in.data, '\n', c->in.len) : NULL;
		if (!end)
			return;
		len = (size_t)(end - c->in.data);
		line = xstrndup(c->in.data, len && end[-1] == '\r' ? len - 1 : len);
		buf_drop(&c->in, len + 1);
		command(c, line);
		free(line);
	}
}

static void room(uv_handle_t *h, size_t wanted, uv_buf_t *out)
{
	struct mconn *c = h->data;

	(void)wanted;
	*out = uv_buf_init(c->chunk, sizeof c->chunk);
}

static void arrived(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
	struct mconn *c = stream->data;

	if (n > 0 && c->cut && (size_t)n > c->cut - c->sent)
		n = (ssize_t)(c->cut - c->sent);
	if (n < 0 || (n > 0 && !buf_add(&c->in, bytes->base, (size_t)n))) {
		hang_up(c);
		return;
	}
	if (n > 0)
		buf_add(&c->s->heard, bytes->base, (size_t)n);
	c->sent += (size_t)n;
	turn(c);
	if (c->cut && c->sent >= c->cut)
		hang_up(c);
}

static void knocked(uv_stream_t *listener, int status)
{
	struct mail_sink *s = listener->data;
	struct mconn *c;

	if (status < 0)
		return;
	c = xcalloc(1, sizeof *c);
	c->s = s;
	s->open++;
	buf_init(&c->in, MESSAGE_MAX);
	buf_init(&c->to, LINE_MAX_BYTES);
	uv_tcp_init(s->uv, &c->tcp);
	c->tcp.data = c;
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next)
		c->next->link = &c->next;
	s->conns = c;
	c->number = ++s->accepted;
	c->cut = s->cut ? s->cut++ : 0;
	if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0) {
		hang_up(c);
		return;
	}
	uv_read_start((uv_stream_t *)&c->tcp, room, arrived);
	answer(c, "", "220 sink.localhost");
}

static void listener_closed(uv_handle_t *h)
{
	sink_unref(h->data);
}

struct mail_sink *mail_sink_new(struct loop *l, int port, struct err *e)
{
	struct mail_sink *s = xcalloc(1, sizeof *s);
	struct sockaddr_in a;
	int len = (int)sizeof a, rc;

	s->uv = loop_uv(l);
	s->says = map_new(free);
	buf_init(&s->heard, HEARD_MAX);
	uv_tcp_init(s->uv, &s->tcp);
	s->tcp.data = s;
	s->open = 1;
	uv_ip4_addr("127.0.0.1", port, &a);
	rc = uv_tcp_bind(&s->tcp, (const struct sockaddr *)&a, 0);
	if (rc == 0)
		rc = uv_listen((uv_stream_t *)&s->tcp, 64, knocked);
	if (rc == 0)
		rc = uv_tcp_getsockname(&s->tcp, (struct sockaddr *)&a, &len);
	if (rc != 0) {
		err_sys(e, ERR_IO, -rc, "a mail server on 127.0.0.1:%d", port);
		mail_sink_free(s);
		return NULL;
	}
	s->port = ntohs(a.sin_port);
	return s;
}

void mail_sink_free(struct mail_sink *s)
{
	if (!s)
		return;
	s->closing = true;
	while (s->conns)
		hang_up(s->conns);
	uv_close((uv_handle_t *)&s->tcp, listener_closed);
}

int mail_sink_port(const struct mail_sink *s)
{
	return s->port;
}

void mail_sink_say(struct mail_sink *s, const char *what, const char *text)
{
	if (text)
		map_set(s->says, what, xstrdup(text));
	else
		map_del(s->says, what);
}

void mail_sink_cut(struct mail_sink *s, bool on)
{
	s->cut = on;
}

size_t mail_sink_count(const struct mail_sink *s)
{
	return s->count;
}

const struct mail_got *mail_sink_get(const struct mail_sink *s, size_t i)
{
	return i < s->count ? &s->got[i].pub : NULL;
}

size_t mail_sink_connections(const struct mail_sink *s)
{
	return s->accepted;
}

const char *mail_sink_heard(const struct mail_sink *s, size_t *len)
{
	*len = s->heard.len;
	return buf_str(&s->heard);
}

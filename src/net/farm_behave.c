/* The farm's behaviours, one row each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "farm_priv.h"
#include "net/farm.h"

#define PASS "{\"status\":\"pass\"}"

enum arg { ARG_NONE, ARG_NUMBER, ARG_TEXT };

struct behaviour_kind {
	const char *name;
	enum arg arg;
	bool needs_arg;
	int number; /* where none is given */
	void (*run)(const struct behaviour *b, struct fconn *c, const struct freq *q);
};

static void json_reply(struct fconn *c, int code, const char *extra, const char *text)
{
	conn_reply(c, code, "application/json", extra, text, strlen(text));
}

static void run_ok(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)b, (void)q;
	json_reply(c, 200, NULL, PASS);
}

static void run_warn(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)b, (void)q;
	json_reply(c, 200, NULL, "{\"status\":\"warn\"}");
}

static void run_fail(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)q;
	json_reply(c, b->number, NULL, "{\"status\":\"fail\"}");
}

static void slow_over(struct fconn *c)
{
	json_reply(c, 200, NULL, PASS);
}

static void run_slow(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)q;
	conn_later(c, b->number, slow_over);
}

static void run_json(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)q;
	json_reply(c, 200, NULL, b->arg);
}

static void run_text(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)q;
	conn_reply(c, 200, "text/plain", NULL, b->arg, strlen(b->arg));
}

static void run_fresh(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	char header[64];
	(void)q;
	snprintf(header, sizeof header, "Cache-Control: public, max-age=%d\r\n", b->number);
	json_reply(
	    c, 200, header, "{\"page\":{\"name\":\"Fresh\"},\"components\":[],\"incidents\":[]}");
}

static void run_html(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char page[] =
	    "<!doctype html><html><title>Sign in</title><form></form></html>";
	(void)b, (void)q;
	conn_reply(c, 200, "text/html", NULL, page, sizeof page - 1);
}

static void retry_reply(struct fconn *c, int code, int seconds)
{
	char header[64];
	snprintf(header, sizeof header, "Retry-After: %d\r\n", seconds);
	json_reply(c, code, header, "{\"status\":\"fail\"}");
}

static void run_maintenance(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)q;
	retry_reply(c, 503, b->number);
}

static void run_busy(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)q;
	retry_reply(c, 429, b->number);
}

static void run_redirect(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	struct buf header;
	buf_init(&header, 0);
	buf_addf(&header, "Location: %s\r\n", b->arg ? b->arg : q->path);
	conn_reply(c, 302, "text/plain", buf_str(&header), "", 0);
	buf_fini(&header);
}

static void run_stall(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)b, (void)c, (void)q;
}

static void trickle_next(struct fconn *c);
static void trickle_wait(struct fconn *c)
{
	conn_later(c, 100, trickle_next);
}

static void trickle_next(struct fconn *c)
{
	conn_raw(c, " ", 1, trickle_wait);
}

static void run_trickle(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				   "Content-Length: 1000000\r\n\r\n";
	(void)b, (void)q;
	conn_raw(c, head, sizeof head - 1, trickle_wait);
}

static void run_reset(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char part[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":";
	(void)b, (void)q;
	conn_raw(c, part, sizeof part - 1, conn_reset);
}

static void run_close(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	(void)b, (void)q;
	conn_close(c);
}

static void endless_next(struct fconn *c)
{
	char chunk[16384];
	memset(chunk, ' ', sizeof chunk);
	conn_raw(c, chunk, sizeof chunk, endless_next);
}

static void run_endless(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{";
	(void)b, (void)q;
	conn_raw(c, head, sizeof head - 1, endless_next);
}

static void headers_next(struct fconn *c)
{
	struct buf lines;
	buf_init(&lines, 0);
	for (int i = 0; i < 20; i++)
		buf_addf(&lines, "X-Line-%d: filler filler filler\r\n", conn_count(c));
	conn_raw(c, lines.data, lines.len, headers_next);
	buf_fini(&lines);
}

static void run_headers(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n";
	(void)b, (void)q;
	conn_raw(c, head, sizeof head - 1, headers_next);
}

static void run_short(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char lie[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				  "Content-Length: 400\r\n\r\n" PASS;
	(void)b, (void)q;
	conn_raw(c, lie, sizeof lie - 1, conn_close);
}

static void run_long(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char lie[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				  "Content-Length: 5\r\n\r\n" PASS;
	(void)b, (void)q;
	conn_raw(c, lie, sizeof lie - 1, conn_close);
}

static void run_garbage(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char noise[] = "\x16\x03\x01\x02\x1b[2J\x07 not http\r\n\r\n";
	(void)b, (void)q;
	conn_raw(c, noise, sizeof noise - 1, conn_close);
}

/* Deflate by hand: one block whose codes are one bit for "copy 258 bytes" and one bit for "from one
 * byte back", so that each zero byte of input becomes 1,032 bytes of output. */
static void run_bomb(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	/* value, bits: final block, dynamic codes; 286 literal codes, 1 distance code, 18 lengths;
	 * the code of the code lengths; lengths 2, 255 times 0, 2, 28 times 0, 1, 1; a zero byte */
	static const struct {
		unsigned value, bits;
	} fields[] = { { 1, 1 }, { 2, 2 }, { 29, 5 }, { 0, 5 }, { 14, 4 }, { 0, 3 }, { 0, 3 },
		{ 1, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 },
		{ 0, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 2, 3 }, { 0, 3 }, { 2, 3 },
		{ 3, 2 }, { 0, 1 }, { 127, 7 }, { 0, 1 }, { 106, 7 }, { 3, 2 }, { 0, 1 }, { 17, 7 },
		{ 1, 2 }, { 1, 2 }, { 1, 2 } };
	static const char gzip[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";
	unsigned char block[16384] = { 0 };
	size_t bit = 0;
	struct buf out;

	(void)b, (void)q;
	for (size_t i = 0; i < countof(fields); i++)
		for (unsigned k = 0; k < fields[i].bits; k++, bit++)
			if (fields[i].value >> k & 1)
				block[bit / 8] |= (unsigned char)(1u << bit % 8);
	buf_init(&out, 0);
	buf_addf(&out,
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    sizeof gzip - 1 + sizeof block);
	buf_add(&out, gzip, sizeof gzip - 1);
	buf_add(&out, block, sizeof block);
	conn_raw(c, out.data, out.len, NULL);
	buf_fini(&out);
}

static void run_twice(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n"
				   "Content-Length: 10\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff";
	(void)b, (void)q;
	conn_raw(c, head, sizeof head - 1, NULL);
}

static void run_sink(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	farm_record(conn_farm(c), c, q);
	json_reply(c, b->number, NULL, "{}");
}

static void run_cut(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	static const char answer[] =
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
	size_t len = sizeof answer - 1;

	farm_record(conn_farm(c), c, q);
	if (b->number)
		conn_raw(c, answer, (size_t)b->number < len ? (size_t)b->number : len, conn_close);
	else
		conn_close(c);
}

static const struct behaviour_kind kinds[] = {
	{ "ok", ARG_NONE, false, 0, run_ok },
	{ "warn", ARG_NONE, false, 0, run_warn },
	{ "fail", ARG_NUMBER, false, 503, run_fail },
	{ "slow", ARG_NUMBER, true, 0, run_slow },
	{ "json", ARG_TEXT, true, 0, run_json },
	{ "text", ARG_TEXT, true, 0, run_text },
	{ "fresh", ARG_NUMBER, true, 0, run_fresh },
	{ "html", ARG_NONE, false, 0, run_html },
	{ "maintenance", ARG_NUMBER, false, 600, run_maintenance },
	{ "busy", ARG_NUMBER, false, 30, run_busy },
	{ "redirect", ARG_TEXT, false, 0, run_redirect },
	{ "stall", ARG_NONE, false, 0, run_stall },
	{ "trickle", ARG_NONE, false, 0, run_trickle },
	{ "reset", ARG_NONE, false, 0, run_reset },
	{ "close", ARG_NONE, false, 0, run_close },
	{ "endless", ARG_NONE, false, 0, run_endless },
	{ "headers", ARG_NONE, false, 0, run_headers },
	{ "short", ARG_NONE, false, 0, run_short },
	{ "long", ARG_NONE, false, 0, run_long },
	{ "garbage", ARG_NONE, false, 0, run_garbage },
	{ "bomb", ARG_NONE, false, 0, run_bomb },
	{ "twice", ARG_NONE, false, 0, run_twice },
	{ "sink", ARG_NUMBER, false, 204, run_sink },
	{ "cut", ARG_NUMBER, true, 0, run_cut },
};

const char *farm_behaviour_name(size_t i)
{
	return i < countof(kinds) ? kinds[i].name : NULL;
}

static bool number_read(struct behaviour *b, const char *arg, struct err *e)
{
	char *end;
	long n = strtol(arg, &end, 10);
	if (end == arg || (*end && strcmp(end, "ms") != 0 && strcmp(end, "s") != 0) || n < 0 ||
	    n > 3600000)
		return err_set(
		    e, ERR_DATA, "behaviour '%s': '%s' is no number", b->kind->name, arg);
	b->number = (int)n;
	return true;
}

bool behaviour_parse(struct behaviour *b, const char *text, struct err *e)
{
	size_t n = strcspn(text, " ");
	const char *arg = text + n + strspn(text + n, " ");

	*b = (struct behaviour){ 0 };
	for (size_t i = 0; i < countof(kinds); i++)
		if (strlen(kinds[i].name) == n && strncmp(kinds[i].name, text, n) == 0)
			b->kind = &kinds[i];
	if (!b->kind)
		return err_set(e, ERR_DATA, "no behaviour is called '%.*s'", (int)n, text);
	b->number = b->kind->number;
	if (!*arg && b->kind->needs_arg)
		return err_set(e, ERR_DATA, "behaviour '%s' needs an argument", b->kind->name);
	if (*arg && b->kind->arg == ARG_NONE)
		return err_set(e, ERR_DATA, "behaviour '%s' takes no argument", b->kind->name);
	if (*arg && b->kind->arg == ARG_NUMBER && !number_read(b, arg, e))
		return false;
	b->arg = *arg ? xstrdup(arg) : NULL;
	return true;
}

void behaviour_fini(struct behaviour *b)
{
	free(b->arg);
}

void behaviour_run(const struct behaviour *b, struct fconn *c, const struct freq *q)
{
	b->kind->run(b, c, q);
}

bool farm_behaviour_ok(const char *behaviour, struct err *e)
{
	struct behaviour b;
	if (!behaviour_parse(&b, behaviour, e))
		return false;
	behaviour_fini(&b);
	return true;
}

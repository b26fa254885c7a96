/* The feeds that are fetched: when, whether they changed, and what the parse child made of them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "base/mem.h"
#include "drop.h"
#include "net_priv.h"
#include "net_thread.h"
#include "os/clock.h"

#define TIMEOUT_MS 15000
#define REDIRECTS 3
#define BACKOFF_MAX_MS 900000 /* virtual; or the interval, if that is longer */
#define FIRST_MS 50	      /* new feeds start so far apart */
#define FRESH_MAX_S 300 /* longer than that no page decides, or its state would go stale here */

struct fetched {
	struct due due; /* first: fetched_due */
	struct fetch *fetch;
	struct feed_source *source;
	uint64_t hash, serial;
	struct http *http; /* NULL: a folder, or the address cannot be used, `trouble` says why */
	struct drop *drop; /* NULL: no folder */
	char *trouble;
	int failures;
	bool parsing;
	int64_t fresh_ms; /* real; how long the server called its last answer fresh */
	/* Of the last document that was read well. */
	char etag[256], last_modified[64];
	uint64_t body_hash;
	bool known;
};

struct fetch {
	struct net_side *side;
	struct map *by_id;
	uint64_t serial;
};

/* What comes back from the parse child finds its feed by number: it may be gone by then. */
struct reading {
	struct fetch *fetch;
	char *id;
	uint64_t serial, body_hash;
	char etag[256], last_modified[64];
	int code, latency_ms;
	size_t size;
	char *moved_to, *text;
};

static uint64_t source_hash(const struct feed_source *s)
{
	uint64_t h = NET_HASH_START;

	h = net_hash_text(net_hash_text(net_hash_text(h, s->id), s->format), s->url);
	h = net_hash_text(net_hash_text(h, s->mapping), s->folder);
	h = net_hash_text(net_hash_text(net_hash_text(h, s->resolve), s->network), s->ca_file);
	h = net_hash_headers(h, s->headers, s->header_count);
	h = net_hash_number(net_hash_number(h, s->interval_ms), s->timeout_ms);
	return net_hash_number(h, (int64_t)s->klass);
}

struct feed_source *feed_source_copy(const struct feed_source *s)
{
	struct feed_source *c = xmalloc(sizeof *c);

	*c = *s;
	c->id = xstrdup(s->id);
	c->format = xstrdup(s->format);
	c->mapping = xstrdup_null(s->mapping);
	c->url = xstrdup(s->url);
	c->headers = net_headers_copy(s->headers, s->header_count);
	c->folder = xstrdup_null(s->folder);
	c->resolve = xstrdup_null(s->resolve);
	c->network = xstrdup_null(s->network);
	c->ca_file = xstrdup_null(s->ca_file);
	return c;
}

void feed_source_free(struct feed_source *s)
{
	if (!s)
		return;
	net_headers_free(s->headers, s->header_count);
	free(s->id);
	free(s->format);
	free(s->mapping);
	free(s->url);
	free(s->folder);
	free(s->resolve);
	free(s->network);
	free(s->ca_file);
	free(s);
}

struct fetch *fetch_new(struct net_side *s)
{
	struct fetch *f = xcalloc(1, sizeof *f);

	f->side = s;
	f->by_id = map_new(NULL);
	return f;
}

static void fetched_free(struct fetched *f)
{
	sched_cancel(f->fetch->side->sched, &f->due);
	http_free(f->http);
	drop_free(f->drop);
	feed_source_free(f->source);
	free(f->trouble);
	free(f);
}

static void all_free(struct map *m)
{
	struct fetched *f;
	size_t it = 0;

	while ((f = map_next(m, &it, NULL)))
		fetched_free(f);
	map_free(m);
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	all_free(f->by_id);
	free(f);
}

size_t fetch_count(const struct fetch *f)
{
	return map_count(f->by_id);
}

/* Sets the next round and hands the result over. `pause`: virtual ms that the other end asks for,
 * or 0. */
static void finish(struct fetched *f, struct feed_result *r, int64_t pause)
{
	struct sched *s = f->fetch->side->sched;
	int64_t now = sched_now(s), interval = f->source->interval_ms;
	int64_t wait = interval, max = interval > BACKOFF_MAX_MS ? interval : BACKOFF_MAX_MS;

	f->failures = r->ok ? 0 : f->failures + 1;
	for (int i = 1; i < f->failures && wait < max; i++)
		wait *= 2;
	if (f->failures > 1)
		wait += wait * (net_jitter() - 500) / 2500; /* a fifth either way */
	wait = wait > max ? max : wait;
	if (r->ok)
		pause = sched_virtual(s, f->fresh_ms);
	wait = pause > wait ? pause : wait;
	/* fetched_due has set the next round of the rhythm. */
	if (f->failures || wait > interval || f->due.at - now > interval)
		sched_set(s, &f->due, now + wait);
	r->id = f->source->id;
	r->at = net_utc(f->fetch->side);
	r->next_at = utc_add(r->at, f->due.at - now);
	net_out_feed(f->fetch->side->net, r);
}

static void fail(struct fetched *f, const struct http_answer *a, enum probe_fault fault,
    const char *detail, int64_t pause)
{
	struct feed_result r = { .fault = fault,
		.detail = detail,
		.code = a && !a->fault ? a->code : 0,
		.latency_ms = a && !a->fault ? a->latency_ms : -1,
		.size = a ? a->body_len : 0,
		.moved_to = a ? a->moved_to : NULL };
	char *text = a && !a->fault ? feed_shown(a->body, a->body_len) : NULL;

	r.text = text;
	finish(f, &r, pause);
	free(text);
}

static void reading_free(struct reading *r)
{
	free(r->id);
	free(r->moved_to);
	free(r->text);
	free(r);
}

static void parsed(void *ctx, cJSON *json, const struct err *e)
{
	struct reading *r = ctx;
	struct fetched *f = map_get(r->fetch->by_id, r->id);
	struct err why = { 0 };

	if (f && f->serial == r->serial) {
		struct feed_doc *doc = json ? feed_doc_read(json, &why) : NULL;
		f->parsing = false;
		f->known = doc != NULL;
		if (doc) {
			memcpy(f->etag, r->etag, sizeof f->etag);
			memcpy(f->last_modified, r->last_modified, sizeof f->last_modified);
			f->body_hash = r->body_hash;
		} else {
			f->etag[0] = f->last_modified[0] = 0;
		}
		struct feed_result out = { .ok = doc != NULL,
			.doc = doc,
			.code = r->code,
			.detail = doc	 ? ""
				  : json ? why.msg
					 : e->msg,
			.moved_to = r->moved_to,
			.size = r->size,
			.latency_ms = r->latency_ms,
			.text = r->text };
		finish(f, &out, 0);
	}
	cJSON_Delete(json);
	reading_free(r);
}

static void read_body(struct fetched *f, const struct http_answer *a, uint64_t hash)
{
	struct reading *r = xcalloc(1, sizeof *r);

	r->fetch = f->fetch;
	r->id = xstrdup(f->source->id);
	r->serial = f->serial;
	r->body_hash = hash;
	r->code = a->code;
	r->latency_ms = a->latency_ms;
	r->size = a->body_len;
	r->moved_to = xstrdup_null(a->moved_to);
	r->text = feed_shown(a->body, a->body_len);
	memcpy(r->etag, a->etag, sizeof r->etag);
	memcpy(r->last_modified, a->last_modified, sizeof r->last_modified);
	f->parsing = true;
	struct parser *p = f->fetch->side->parser;
	struct utc now = net_utc(f->fetch->side);
	if (!f->source->mapping) {
		parse(p, f->source->format, now, a->body, a->body_len, parsed, r);
		return;
	}
	struct buf frame;
	buf_init(&frame, 0);
	feed_frame(&frame, f->source->mapping, now, a->body, a->body_len);
	parse(p, f->source->format, now, buf_str(&frame), frame.len, parsed, r);
	buf_fini(&frame);
}

static void refused(struct fetched *f, const struct http_answer *a)
{
	const struct sched *s = f->fetch->side->sched;
	const char *text = "";
	char detail[96];
	int64_t pause = 0;

	if (a->code == 429 || a->code == 503 || a->code == 420)
		pause = retry_after_ms(a->retry_after, net_utc(f->fetch->side));
	if (a->code >= 300 && a->code < 400)
		text = ": redirects to another address";
	else if (a->code == 401 || a->code == 403)
		text = ": the page is private, or the credentials are refused";
	else if (a->code == 404 || a->code == 410)
		text = ": nothing at this address";
	snprintf(detail, sizeof detail, "answered %d%s", a->code, text);
	fail(f, a, a->code == 429 ? FAULT_BUSY : FAULT_NONE, detail,
	    pause > 0 ? sched_virtual(s, pause) : 0);
}

/* "max-age=60" in milliseconds; nothing is gained by asking again before. */
static int64_t fresh_ms(const char *cache_control)
{
	const char *age = strcasestr(cache_control, "max-age=");
	long s = age ? strtol(age + 8, NULL, 10) : 0;

	return s < 0 ? 0 : (s > FRESH_MAX_S ? FRESH_MAX_S : s) * INT64_C(1000);
}

static void answered(void *ctx, const struct http_answer *a)
{
	struct fetched *f = ctx;
	struct feed_result same = { .ok = true,
		.code = a->code,
		.detail = "",
		.moved_to = a->moved_to,
		.size = a->body_len,
		.latency_ms = a->latency_ms };
	uint64_t hash = net_hash(NET_HASH_START, a->body, a->body_len);
	struct probe_verdict v;
	struct http_result r = { .fault = a->fault,
		.detail = a->detail,
		.body = "",
		.timeout_ms = f->source->timeout_ms };

	f->fresh_ms = fresh_ms(a->cache_control);
	if (a->fault != FAULT_NONE) {
		probe_judge(&(struct probe_expect){ 0 }, &r, &v); /* for its words */
		fail(f, a, a->fault, v.reason, 0);
	} else if (a->code == 304 && f->known) {
		finish(f, &same, 0);
	} else if (a->code != 200) {
		refused(f, a);
	} else if (f->known && hash == f->body_hash) {
		memcpy(f->etag, a->etag, sizeof f->etag);
		memcpy(f->last_modified, a->last_modified, sizeof f->last_modified);
		finish(f, &same, 0);
	} else {
		read_body(f, a, hash);
	}
}

static void looked(void *ctx, const struct drop_result *r)
{
	struct feed_result out = { .ok = r->ok,
		.doc = r->doc,
		.detail = r->detail,
		.fault = r->ok ? FAULT_NONE : FAULT_LOCAL,
		.size = r->size,
		.latency_ms = -1,
		.text = r->text };

	finish(ctx, &out, 0);
}

static void ask(struct fetched *f)
{
	if (f->drop) {
		drop_look(f->drop);
		return;
	}
	if (!f->http) {
		fail(f, NULL, FAULT_URL, f->trouble, 0);
		return;
	}
	if (f->parsing || http_busy(f->http))
		return;
	http_conditional(f->http, f->known ? f->etag : NULL, f->known ? f->last_modified : NULL);
	http_go(f->http);
}

static void fetched_due(struct due *d)
{
	struct fetched *f = (struct fetched *)d;
	struct sched *s = f->fetch->side->sched;

	/* finish() sets it anew; this is for a round that is left out. */
	sched_set(s, d, sched_next(s, d->at, f->source->interval_ms));
	ask(f);
}

static struct fetched *fetched_new(struct fetch *fetch, struct feed_source *take, uint64_t hash)
{
	struct fetched *f = xcalloc(1, sizeof *f);
	struct err e = { 0 };

	f->due.fire = fetched_due;
	f->fetch = fetch;
	f->source = take;
	f->hash = hash;
	f->serial = ++fetch->serial;
	if (take->timeout_ms <= 0)
		take->timeout_ms = TIMEOUT_MS;
	struct http_ask ask = {
		.url = take->url,
		.headers = take->headers,
		.header_count = take->header_count,
		.timeout_ms = take->timeout_ms,
		.redirects = REDIRECTS,
		.body_max = FEED_BODY_MAX,
		.patient = true,
		.klass = take->klass,
		.network = take->network,
		.ca_file = take->ca_file,
		.resolve = take->resolve,
	};
	if (take->folder) {
		f->drop = drop_new(fetch->side, take, looked, f);
		return f;
	}
	f->http = http_new(fetch->side->pool, &ask, answered, f, &e);
	f->trouble = f->http ? NULL : xstrdup(e.msg);
	return f;
}

void fetch_set(struct fetch *f, struct feed_source **sources, size_t count)
{
	struct sched *s = f->side->sched;
	int64_t step = clock_speed() ? sched_virtual(s, FIRST_MS) : 0, fresh = 0;
	struct map *old = f->by_id;

	f->by_id = map_new(NULL);
	for (size_t i = 0; i < count; i++) {
		struct feed_source *source = sources[i];
		struct fetched *known = map_get(old, source->id);
		uint64_t hash = source_hash(source);
		if (map_get(f->by_id, source->id)) {
			feed_source_free(source);
		} else if (known && known->hash == hash) {
			map_del(old, source->id);
			map_set(f->by_id, source->id, known);
			feed_source_free(source);
		} else {
			known = fetched_new(f, source, hash);
			map_set(f->by_id, source->id, known);
			sched_set(
			    s, &known->due, sched_now(s) + step * fresh++ % source->interval_ms);
		}
	}
	free(sources);
	all_free(old);
}

void fetch_now(struct fetch *f, const char *id)
{
	struct fetched *x = map_get(f->by_id, id);

	if (x)
		ask(x);
}

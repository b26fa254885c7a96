/* What has been read is recorded (done/.state.json) before its file is moved, with what all of them
 * say together: so a document counts once, whenever we die, and is known after a restart. */
#include "drop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "net_priv.h"
#include "os/folder.h"

#define STATE "done/.state.json"
#define STATE_MAX ((size_t)16 << 20)
#define NAME_MOST 200 /* bytes */
#define TOLD_MOST 20  /* files that are left alone, by name */

struct file {
	char *name;
	int64_t size, changed_ns;
	uint64_t inode;
};

/* A document in the parse child; `drop` is NULL when nobody waits for it any more. */
struct reading {
	struct drop *drop;
	char *name;
	uint64_t hash;
};

struct drop {
	struct net_side *side;
	const struct feed_source *source;
	void (*done)(void *ctx, const struct drop_result *r);
	void *ctx;
	cJSON *known;  /* what all documents say; NULL: nothing was read yet */
	cJSON *moving; /* [{name, hash, to, why}]: read, and not known to be moved */
	bool loaded;
	struct map *before; /* name -> struct file, as the last look found them */
	cJSON *left;	    /* one line for each file that is left alone */
	/* Of the look that goes on; NULL: none does. */
	struct folder *dir;
	struct file *ready;
	size_t ready_count, ready_cap, next;
	struct map *now;
	struct reading *reading;
	bool changed;
	char detail[320];
	char *text;
	size_t size;
};

char *feed_shown(const char *bytes, size_t len)
{
	struct buf clean;

	if (!len)
		return NULL;
	buf_init(&clean, 0);
	utf8_clean(&clean, bytes, len < 4 * FEED_SHOWN_MAX ? len : 4 * FEED_SHOWN_MAX, UTF8_LINES,
	    FEED_SHOWN_MAX);
	return buf_take(&clean);
}

static void file_free(void *p)
{
	struct file *f = p;

	free(f->name);
	free(f);
}

struct drop *drop_new(struct net_side *side, const struct feed_source *source,
    void (*done)(void *ctx, const struct drop_result *r), void *ctx)
{
	struct drop *d = xcalloc(1, sizeof *d);

	d->side = side;
	d->source = source;
	d->done = done;
	d->ctx = ctx;
	d->moving = cJSON_CreateArray();
	d->left = cJSON_CreateArray();
	d->before = map_new(file_free);
	return d;
}

static void look_fini(struct drop *d)
{
	for (size_t i = 0; i < d->ready_count; i++)
		free(d->ready[i].name);
	free(d->ready);
	d->ready = NULL;
	d->ready_count = d->ready_cap = d->next = 0;
	folder_close(d->dir);
	d->dir = NULL;
	free(d->text);
	d->text = NULL;
}

void drop_free(struct drop *d)
{
	if (!d)
		return;
	if (d->reading)
		d->reading->drop = NULL;
	look_fini(d);
	map_free(d->before);
	map_free(d->now);
	cJSON_Delete(d->known);
	cJSON_Delete(d->moving);
	cJSON_Delete(d->left);
	free(d);
}

/* The first trouble of a look is told; the look ends with it. */
static void trouble(struct drop *d, const char *why)
{
	if (!d->detail[0])
		snprintf(d->detail, sizeof d->detail, "%s", why);
	d->next = d->ready_count;
}

/* ---- the record ---- */

/* A document that says nothing. It has a format as each has; where each file has its own, that is
 * the one of mails. */
static cJSON *blank(const struct drop *d)
{
	const struct feed_format *format = feed_format_find(d->source->format);
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "format", format ? format->name : "mail");
	json_put_str(o, "source", NULL);
	json_put_utc(o, "updated_at", UTC_NONE);
	json_put_str(o, "status", status_names[STATUS_UNKNOWN]);
	json_put(o, "components", cJSON_CreateArray());
	json_put(o, "incidents", cJSON_CreateArray());
	json_put(o, "maintenances", cJSON_CreateArray());
	json_put(o, "problems", cJSON_CreateArray());
	return o;
}

static cJSON *problems_of(cJSON *doc)
{
	return cJSON_GetObjectItemCaseSensitive(doc, "problems");
}

static void hash_text(uint64_t hash, char out[20])
{
	snprintf(out, 20, "%016" PRIx64, hash);
}

static cJSON *moving_of(const struct drop *d, const char *name, uint64_t hash)
{
	char text[20];
	cJSON *one;

	hash_text(hash, text);
	cJSON_ArrayForEach(one, d->moving)
	{
		if (strcmp(json_str_or(one, "name", ""), name) == 0 &&
		    strcmp(json_str_or(one, "hash", ""), text) == 0)
			return one;
	}
	return NULL;
}

/* A place that is free: NAME, NAME.2, … */
static char *place_for(struct drop *d, const char *sub, const char *name)
{
	char *to = xasprintf("%s/%s", sub, name);

	for (int n = 2; n < 10000 && folder_has(d->dir, to); n++) {
		free(to);
		to = xasprintf("%s/%s.%d", sub, name, n);
	}
	return to;
}

static bool record(struct drop *d, cJSON *known)
{
	cJSON *o = cJSON_CreateObject();
	struct err e = { 0 };
	struct buf text;
	bool ok;

	json_put(o, "known", cJSON_Duplicate(known, 1));
	json_put(o, "moving", cJSON_Duplicate(d->moving, 1));
	buf_init(&text, STATE_MAX);
	json_print(&text, o);
	cJSON_Delete(o);
	ok = !text.over || err_set(&e, ERR_LIMIT, "what was read is too much to be kept");
	ok = ok && folder_stage(d->dir, STATE, buf_str(&text), text.len, &e) &&
	     folder_commit(d->dir, &e);
	buf_fini(&text);
	if (!ok)
		trouble(d, e.msg);
	return ok;
}

/* Moves a file that was recorded; it stays recorded until it is gone from its place. */
static void place(struct drop *d, cJSON *one)
{
	const char *name = json_str_or(one, "name", ""), *why = json_str(one, "why");
	char *to = xstrdup(json_str_or(one, "to", ""));
	struct err e = { 0 };
	bool ok = true;

	if (folder_has(d->dir, to)) {
		char *sub = xstrndup(to, strcspn(to, "/"));

		free(to);
		to = place_for(d, sub, name);
		free(sub);
	}
	if (why) {
		char *beside = xasprintf("%s.why", to), *line = xasprintf("%s\n", why);

		ok = folder_stage(d->dir, beside, line, strlen(line), &e) &&
		     folder_commit(d->dir, &e);
		free(beside);
		free(line);
	}
	ok = ok && folder_move(d->dir, name, to, &e);
	if (ok || e.sys == ENOENT)
		cJSON_Delete(cJSON_DetachItemViaPointer(d->moving, one));
	else
		trouble(d, e.msg);
	free(to);
}

/* Takes `known`. The file counts from the moment in which this is written. */
static void settle(struct drop *d, const struct reading *r, cJSON *known, const char *why)
{
	cJSON *one = cJSON_CreateObject();
	char hash[20], *to = place_for(d, why ? "failed" : "done", r->name);

	hash_text(r->hash, hash);
	json_put_str(one, "name", r->name);
	json_put_str(one, "hash", hash);
	json_put_str(one, "to", to);
	if (why)
		json_put_str(one, "why", why);
	free(to);
	cJSON_AddItemToArray(d->moving, one);
	if (!record(d, known)) {
		cJSON_Delete(cJSON_DetachItemViaPointer(d->moving, one));
		cJSON_Delete(known);
		return;
	}
	cJSON_Delete(d->known);
	d->known = known;
	d->changed = true;
	place(d, one);
}

/* ---- after a restart ---- */

static bool unmoved(struct drop *d, const cJSON *one)
{
	const char *name = json_str_or(one, "name", "/"), *to = json_str_or(one, "to", "");
	bool ours = !strchr(name, '/') &&
		    (strncmp(to, "done/", 5) == 0 || strncmp(to, "failed/", 7) == 0) &&
		    !strstr(to, "/.");
	struct buf body;
	bool same;

	buf_init(&body, FEED_BODY_MAX + 1);
	same = ours && folder_read(d->dir, name, FEED_BODY_MAX, &body) &&
	       moving_of(d, name, net_hash(NET_HASH_START, buf_str(&body), body.len)) == one;
	buf_fini(&body);
	return same;
}

static void load(struct drop *d)
{
	struct buf text;
	struct err e = { 0 };
	cJSON *o = NULL, *one, *next;
	struct feed_doc *doc;

	d->loaded = true;
	buf_init(&text, STATE_MAX);
	if (folder_read(d->dir, STATE, STATE_MAX, &text))
		o = json_parse(buf_str(&text), text.len, &e);
	buf_fini(&text);
	/* What stands there is believed no more than a document is. */
	doc = o && cJSON_IsObject(json_get(o, "known")) ? feed_doc_read(json_get(o, "known"), &e)
							: NULL;
	if (doc) {
		d->known = feed_doc_json(doc);
		d->changed = true;
		feed_doc_free(doc);
	}
	if (cJSON_IsArray(json_get(o, "moving"))) {
		cJSON_Delete(d->moving);
		d->moving = cJSON_Duplicate(json_get(o, "moving"), 1);
	}
	cJSON_Delete(o);
	for (one = d->moving->child; one; one = next) {
		next = one->next;
		if (unmoved(d, one))
			place(d, one);
		else
			cJSON_Delete(cJSON_DetachItemViaPointer(d->moving, one));
	}
}

/* ---- one look ---- */

static bool is_document(const char *name)
{
	static const char *const endings[] = { ".eml", ".ics", ".json", ".xml" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < countof(endings); i++)
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	return false;
}

static void leave(cJSON *left, const char *name, const char *why)
{
	char *clean = utf8_cleaned(name, UTF8_ONE_LINE, NAME_MOST), *line;

	if (cJSON_GetArraySize(left) < TOLD_MOST) {
		line = xasprintf("%s is left alone: %s", clean, why);
		cJSON_AddItemToArray(left, cJSON_CreateString(line));
		free(line);
	}
	free(clean);
}

static bool plain_name(const char *name)
{
	char *clean = utf8_cleaned(name, UTF8_ONE_LINE, 0);
	bool plain = strcmp(clean, name) == 0 && strlen(name) <= NAME_MOST;

	free(clean);
	return plain;
}

struct scan {
	struct drop *d;
	cJSON *left;
};

static void found(void *ctx, const struct folder_entry *x)
{
	struct scan *s = ctx;
	const struct file *old = map_get(s->d->before, x->name);
	struct file *f;

	if (!x->regular) {
		leave(s->left, x->name, "it is no file of its own");
		return;
	}
	if (!is_document(x->name)) {
		leave(s->left, x->name, "its name does not end in .eml, .ics, .json or .xml");
		return;
	}
	if (!plain_name(x->name)) {
		leave(s->left, x->name, "its name is too long, or no plain text");
		return;
	}
	f = xcalloc(1, sizeof *f);
	*f = (struct file){ xstrdup(x->name), x->size, x->changed_ns, x->inode };
	map_set(s->d->now, x->name, f);
	/* Half-written files are not still from one look to the next. */
	if (!old || old->size != f->size || old->changed_ns != f->changed_ns ||
	    old->inode != f->inode)
		return;
	s->d->ready = xgrow(s->d->ready, s->d->ready_count, &s->d->ready_cap);
	s->d->ready[s->d->ready_count++] =
	    (struct file){ xstrdup(x->name), x->size, x->changed_ns, x->inode };
}

static int oldest_first(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->changed_ns != y->changed_ns)
		return x->changed_ns < y->changed_ns ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* What all documents say, and which files are left alone. NULL: *d says why. */
static struct feed_doc *told(struct drop *d)
{
	cJSON *whole = d->known ? cJSON_Duplicate(d->known, 1) : blank(d), *line;
	struct err e = { 0 };
	struct feed_doc *doc;

	cJSON_ArrayForEach(line, d->left)
	{
		cJSON_AddItemToArray(problems_of(whole), cJSON_Duplicate(line, 1));
	}
	doc = feed_doc_read(whole, &e);
	if (!doc)
		trouble(d, e.msg);
	cJSON_Delete(whole);
	return doc;
}

static void ended(struct drop *d)
{
	struct feed_doc *doc = d->changed ? told(d) : NULL;
	char *text = d->text;

	d->text = NULL;
	d->changed = false;
	map_free(d->before);
	d->before = d->now ? d->now : map_new(file_free);
	d->now = NULL;
	look_fini(d);
	d->done(d->ctx, &(struct drop_result){ .ok = !d->detail[0],
			    .doc = doc,
			    .detail = d->detail,
			    .text = text,
			    .size = d->size });
	free(text);
}

static void step(struct drop *d);

static void read_well(struct drop *d, const struct reading *r, const struct feed_doc *doc)
{
	cJSON *fresh = feed_doc_json(doc), *named = cJSON_CreateArray(), *line, *known;

	cJSON_ArrayForEach(line, problems_of(fresh))
	{
		char *text = xasprintf("%s: %s", r->name, line->valuestring);

		cJSON_AddItemToArray(named, cJSON_CreateString(text));
		free(text);
	}
	cJSON_ReplaceItemInObjectCaseSensitive(fresh, "problems", named);
	known = feed_merge(d->known, fresh, net_utc(d->side));
	cJSON_Delete(fresh);
	settle(d, r, known, NULL);
}

static void not_read(struct drop *d, const struct reading *r, const char *why)
{
	cJSON *known = d->known ? cJSON_Duplicate(d->known, 1) : blank(d);
	char *line = xasprintf("%s: %s", r->name, why);

	cJSON_InsertItemInArray(problems_of(known), 0, cJSON_CreateString(line));
	while (cJSON_GetArraySize(problems_of(known)) > 2 * TOLD_MOST)
		cJSON_DeleteItemFromArray(problems_of(known), 2 * TOLD_MOST);
	free(line);
	settle(d, r, known, why);
}

static void answered(void *ctx, cJSON *json, const struct err *e)
{
	struct reading *r = ctx;
	struct drop *d = r->drop;
	struct err why = { 0 };
	struct feed_doc *doc;

	if (d) {
		d->reading = NULL;
		doc = json ? feed_doc_read(json, &why) : NULL;
		if (doc)
			read_well(d, r, doc);
		else if (!json && e->kind == ERR_IO)
			trouble(d, e->msg); /* ours: the document waits */
		else
			not_read(d, r, json ? why.msg : e->msg);
		feed_doc_free(doc);
		step(d);
	}
	cJSON_Delete(json);
	free(r->name);
	free(r);
}

static void hand_over(struct drop *d, struct reading *r, const struct buf *body)
{
	struct utc now = net_utc(d->side);
	struct buf frame;

	d->reading = r;
	if (!d->source->mapping) {
		parse(
		    d->side->parser, d->source->format, now, buf_str(body), body->len, answered, r);
		return;
	}
	buf_init(&frame, 0);
	feed_frame(&frame, d->source->mapping, now, buf_str(body), body->len);
	parse(d->side->parser, d->source->format, now, buf_str(&frame), frame.len, answered, r);
	buf_fini(&frame);
}

/* One file. True: the parse child has it. */
static bool take(struct drop *d, const struct file *f)
{
	struct reading r = { d, f->name, 0 }, *sent;
	struct buf body;
	cJSON *one;

	buf_init(&body, FEED_BODY_MAX + 1);
	if (f->size > (int64_t)FEED_BODY_MAX) {
		r.hash = (uint64_t)f->changed_ns;
		not_read(d, &r, "it is larger than 8 MiB");
	} else if (!folder_read(d->dir, f->name, FEED_BODY_MAX, &body)) {
		char *why = xasprintf("%s cannot be read", f->name);

		if (folder_has(d->dir, f->name))
			trouble(d, why);
		free(why);
	} else {
		r.hash = net_hash(NET_HASH_START, buf_str(&body), body.len);
		free(d->text);
		d->text = feed_shown(buf_str(&body), body.len);
		d->size = body.len;
		one = moving_of(d, f->name, r.hash);
		if (one) {
			place(d, one); /* it counts already, and could not be moved before */
		} else {
			sent = xcalloc(1, sizeof *sent);
			*sent = (struct reading){ d, xstrdup(f->name), r.hash };
			hand_over(d, sent, &body);
			buf_fini(&body);
			return true;
		}
	}
	buf_fini(&body);
	return false;
}

static void step(struct drop *d)
{
	while (d->next < d->ready_count)
		if (take(d, &d->ready[d->next++]))
			return;
	ended(d);
}

void drop_look(struct drop *d)
{
	struct scan s = { d, NULL };
	struct err e = { 0 };

	if (d->dir)
		return;
	d->detail[0] = '\0';
	d->size = 0;
	d->dir = folder_find(d->source->folder, &e);
	if (!d->dir) {
		trouble(d, e.msg);
		ended(d);
		return;
	}
	if (!d->loaded)
		load(d);
	s.left = cJSON_CreateArray();
	d->now = map_new(file_free);
	if (!folder_entries(d->dir, found, &s, &e))
		trouble(d, e.msg);
	d->changed |= !cJSON_Compare(s.left, d->left, 1);
	cJSON_Delete(d->left);
	d->left = s.left;
	if (d->ready_count > 1)
		qsort(d->ready, d->ready_count, sizeof *d->ready, oldest_first);
	step(d);
}

/* The journal in memory: for tests, and for a drill that leaves nothing behind. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct mem_row {
	struct store_row row; /* owns its strings */
	size_t before;	      /* 1 + index of the stream's event before it; 0: its first */
};

struct mem_stream {
	size_t first, last; /* indexes */
};

struct store {
	struct mem_row *rows;
	size_t count, cap;
	struct map *streams;
	struct map *commands; /* id -> 1 + index of its first event, as a pointer */
	char *broken;	      /* why it fails on purpose; NULL */
};

static struct store *mem_open(
    struct loop *l, const char *where, unsigned flags, struct store_head *head, struct err *e)
{
	struct store *s;

	(void)l;
	if (*where || (flags & JOURNAL_READ_ONLY)) {
		err_set(
		    e, ERR_JOURNAL, "mem:%s: a journal in memory has no name and one owner", where);
		return NULL;
	}
	s = xcalloc(1, sizeof *s);
	s->streams = map_new(free);
	s->commands = map_new(NULL);
	*head = (struct store_head){ .fence = 1 };
	return s;
}

static void row_free(struct mem_row *r)
{
	free((char *)(uintptr_t)r->row.stream);
	free((char *)(uintptr_t)r->row.actor);
	free((char *)(uintptr_t)r->row.as_by);
	free((char *)(uintptr_t)r->row.kind);
	free((char *)(uintptr_t)r->row.command_id);
	free((char *)(uintptr_t)r->row.body);
}

static void mem_close(struct store *s)
{
	for (size_t i = 0; i < s->count; i++)
		row_free(&s->rows[i]);
	free(s->rows);
	map_free(s->streams);
	map_free(s->commands);
	free(s->broken);
	free(s);
}

static void push(struct store *s, const struct store_row *row)
{
	struct mem_stream *st = map_get(s->streams, row->stream);
	struct mem_row *r;

	s->rows = xgrow(s->rows, s->count, &s->cap);
	r = &s->rows[s->count];
	r->row = *row;
	r->row.stream = xstrdup(row->stream);
	r->row.actor = xstrdup(row->actor);
	r->row.as_by = xstrdup_null(row->as_by);
	r->row.kind = xstrdup(row->kind);
	r->row.command_id = xstrdup_null(row->command_id);
	r->row.body = xstrdup(row->body);
	r->before = st ? st->last + 1 : 0;
	if (!st) {
		st = xcalloc(1, sizeof *st);
		st->first = s->count;
		map_set(s->streams, row->stream, st);
	}
	st->last = s->count++;
}

static void pop(struct store *s)
{
	struct mem_row *r = &s->rows[--s->count];

	if (r->before)
		((struct mem_stream *)map_get(s->streams, r->row.stream))->last = r->before - 1;
	else
		map_del(s->streams, r->row.stream);
	row_free(r);
}

static bool duplicate(struct store *s, struct store_batch *b)
{
	size_t i = b->command_id ? (size_t)(uintptr_t)map_get(s->commands, b->command_id) : 0;

	if (!i)
		return false;
	for (i--; i < s->count; i++) {
		const struct store_row *r = &s->rows[i].row;

		if (!r->command_id || strcmp(r->command_id, b->command_id) != 0)
			break;
		store_duplicate(b, r->stream, r->version, r->seq);
	}
	return true;
}

static void append_batch(struct store *s, struct store_batch *b, struct store_head *head)
{
	struct store_head was = *head;
	size_t start = s->count;

	if (!store_fence_ok(b, head->fence) || duplicate(s, b))
		return;
	for (size_t i = 0; i < b->count; i++) {
		struct store_row *row = &b->rows[i];
		const struct mem_stream *st = map_get(s->streams, row->stream);
		const struct store_row *last = st ? &s->rows[st->last].row : NULL;

		if (!store_may_follow(b, row, last ? last->version : 0, last ? last->at_ms : 0)) {
			while (s->count > start)
				pop(s);
			*head = was;
			return;
		}
		row->seq = ++head->seq;
		store_chain(head->hash, row, row->hash);
		memcpy(head->hash, row->hash, STORE_HASH);
		push(s, row);
	}
	for (size_t i = start; i < s->count && b->command_id; i++)
		if (s->rows[i].row.command_id) {
			map_set(s->commands, b->command_id, (void *)(uintptr_t)(i + 1));
			break;
		}
	b->status = APPEND_DONE;
}

static void mem_append(struct store *s, struct store_batch **batches, size_t count,
    struct store_head *head, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct err e = { 0 };

	if (s->broken) {
		err_set(&e, ERR_JOURNAL, "%s", s->broken);
		done(ctx, &e);
		return;
	}
	for (size_t i = 0; i < count; i++)
		append_batch(s, batches[i], head);
	done(ctx, NULL);
}

static bool mem_reopen(struct store *s, struct store_head *head, struct err *e)
{
	(void)head;
	return !s->broken || err_set(e, ERR_JOURNAL, "%s", s->broken);
}

static bool mem_look(struct store *s, struct err *e)
{
	return !s->broken || err_set(e, ERR_JOURNAL, "%s", s->broken);
}

static bool mem_read(struct store *s, const char *stream, int64_t from_seq,
    bool (*each)(void *ctx, const struct store_row *row), void *ctx, int64_t *bad_seq,
    struct err *e)
{
	(void)e;
	*bad_seq = 0;
	for (size_t i = from_seq > 1 ? (size_t)from_seq - 1 : 0; i < s->count; i++) {
		const struct store_row *r = &s->rows[i].row;

		if ((!stream || strcmp(stream, r->stream) == 0) && !each(ctx, r))
			break;
	}
	return true;
}

static bool mem_streams(struct store *s, bool (*each)(void *ctx, const struct journal_stream *st),
    void *ctx, struct err *e)
{
	const struct mem_stream *st;
	const char *id;
	size_t it = 0;

	(void)e;
	while ((st = map_next(s->streams, &it, &id))) {
		const struct store_row *first = &s->rows[st->first].row;
		const struct store_row *last = &s->rows[st->last].row;
		struct journal_stream out = {
			.id = id,
			.version = last->version,
			.last_kind = last->kind,
			.first_at = { first->at_ms },
			.last_at = { last->at_ms },
			.last_seq = last->seq,
		};

		if (!each(ctx, &out))
			break;
	}
	return true;
}

static bool mem_check(struct store *s, struct err *e)
{
	(void)s;
	(void)e;
	return true;
}

static bool mem_backup(struct store *s, const char *file, struct err *e)
{
	(void)s;
	return err_set(e, ERR_JOURNAL, "%s: a journal in memory has no copy; export it", file);
}

void store_mem_break(struct store *s, const char *why)
{
	free(s->broken);
	s->broken = xstrdup_null(why);
}

const struct store_ops store_mem = {
	.scheme = "mem:",
	.open = mem_open,
	.close = mem_close,
	.append = mem_append,
	.reopen = mem_reopen,
	.look = mem_look,
	.read = mem_read,
	.streams = mem_streams,
	.check = mem_check,
	.backup = mem_backup,
};

#include "store/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "journal_priv.h"

struct event *journal_event(const struct store_row *row, struct err *e)
{
	cJSON *body = json_parse(row->body, strlen(row->body), e);
	struct event *ev;

	if (body && !cJSON_IsObject(body)) {
		cJSON_Delete(body);
		body = NULL;
		err_set(e, ERR_DATA, "the body is no object");
	}
	if (!body) {
		err_in(e, "journal: event %lld", (long long)row->seq);
		return NULL;
	}
	ev = event_new(row->stream, row->version, (struct utc){ row->at_ms }, row->actor,
	    event_kind_of(row->kind), body);
	free(ev->kind_name);
	ev->kind_name = xstrdup(row->kind);
	ev->seq = row->seq;
	ev->as_by = xstrdup_null(row->as_by);
	ev->command_id = xstrdup_null(row->command_id);
	return ev;
}

struct reading {
	bool (*each)(void *ctx, struct event *take);
	void *ctx;
	struct err *e;
	bool ok;
};

static bool one(void *ctx, const struct store_row *row)
{
	struct reading *r = ctx;
	struct event *ev = journal_event(row, r->e);

	r->ok = ev != NULL;
	return ev && r->each(r->ctx, ev);
}

static bool read_rows(struct journal *j, const char *stream, int64_t from_seq,
    bool (*each)(void *ctx, struct event *take), void *ctx, struct err *e)
{
	struct reading r = { .each = each, .ctx = ctx, .e = e, .ok = true };
	int64_t bad;

	return j->ops->read(j->store, stream, from_seq, one, &r, &bad, e) && r.ok;
}

bool journal_read(struct journal *j, int64_t from_seq, bool (*each)(void *ctx, struct event *take),
    void *ctx, struct err *e)
{
	return read_rows(j, NULL, from_seq, each, ctx, e);
}

bool journal_read_stream(struct journal *j, const char *stream,
    bool (*each)(void *ctx, struct event *take), void *ctx, struct err *e)
{
	return read_rows(j, stream, 1, each, ctx, e);
}

bool journal_streams(struct journal *j, bool (*each)(void *ctx, const struct journal_stream *s),
    void *ctx, struct err *e)
{
	return j->ops->streams(j->store, each, ctx, e);
}

#include "store/tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "journal_priv.h"

struct stream_end {
	int version;
	int64_t at_ms;
};

struct verifying {
	struct journal_report *out;
	unsigned char hash[STORE_HASH];
	int64_t next;
	struct map *streams;
};

static bool wrong(struct verifying *v, const char *what)
{
	v->out->bad_seq = v->next;
	snprintf(v->out->what, sizeof v->out->what, "%s", what);
	return false;
}

static bool follows(struct verifying *v, const struct store_row *row)
{
	struct stream_end *end = map_get(v->streams, row->stream);

	if (!end) {
		end = xcalloc(1, sizeof *end);
		map_set(v->streams, row->stream, end);
	}
	if (row->version != end->version + 1)
		return wrong(v, "its version does not follow in its incident");
	if (end->version && row->at_ms < end->at_ms)
		return wrong(v, "its time lies before its predecessor's in its incident");
	end->version = row->version;
	end->at_ms = row->at_ms;
	return true;
}

static bool verify_row(void *ctx, const struct store_row *row)
{
	struct verifying *v = ctx;
	unsigned char want[STORE_HASH];
	struct err e;

	if (row->seq != v->next)
		return wrong(v, "it is missing");
	store_chain(v->hash, row, want);
	if (memcmp(want, row->hash, STORE_HASH) != 0)
		return wrong(v, "its hash is not that of its content and its predecessor");
	if (!json_gate(row->body, strlen(row->body), &e))
		return wrong(v, "its body is not JSON");
	if (!follows(v, row))
		return false;
	memcpy(v->hash, want, STORE_HASH);
	v->next++;
	v->out->events++;
	return true;
}

bool journal_verify(struct journal *j, struct journal_report *out, struct err *e)
{
	struct verifying v = { .out = out, .next = 1 };
	struct err why = { 0 };
	int64_t bad = 0;

	(void)e;
	*out = (struct journal_report){ 0 };
	v.streams = map_new(free);
	if (!j->ops->read(j->store, NULL, 1, verify_row, &v, &bad, &why)) {
		v.next = bad;
		wrong(&v, why.msg);
	} else if (!out->bad_seq && !j->ops->check(j->store, &why)) {
		/* Every event is right; what is damaged is an index or a free page. */
		snprintf(out->what, sizeof out->what, "%s", why.msg);
	} else {
		out->ok = !out->bad_seq;
	}
	for (size_t i = 0; i < STORE_HASH; i++)
		snprintf(out->head_hash + 2 * i, 3, "%02x", v.hash[i]);
	map_free(v.streams);
	return true;
}

#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/mem.h"

/* The one with the empty scheme is last: it takes whatever is left. */
static const struct store_ops *const store_kinds[] = { &store_mem, &store_sqlite };

/* Schemes of back ends that other versions have. */
static const char *const foreign[] = { "postgresql://", "postgres://" };

const struct store_ops *store_kind(const char *url, const char **where, struct err *e)
{
	for (size_t i = 0; i < countof(foreign); i++)
		if (strncmp(url, foreign[i], strlen(foreign[i])) == 0) {
			/* The rest of the URL may hold a password. */
			err_set(e, ERR_CONFIG,
			    "journal: %s… is not built in yet; give the path of a file",
			    foreign[i]);
			return NULL;
		}
	if (!*url) {
		err_set(e, ERR_CONFIG, "journal: the path is empty; give the path of a file");
		return NULL;
	}
	for (size_t i = 0; i < countof(store_kinds); i++) {
		size_t n = strlen(store_kinds[i]->scheme);

		if (strncmp(url, store_kinds[i]->scheme, n) == 0) {
			*where = url + n;
			return store_kinds[i];
		}
	}
	return NULL;
}

bool store_may_follow(
    struct store_batch *b, const struct store_row *row, int last_version, int64_t last_at_ms)
{
	if (row->version != last_version + 1) {
		b->status = APPEND_CONFLICT;
		snprintf(b->conflict, sizeof b->conflict, "%s", row->stream);
		b->conflict_version = last_version;
		return err_set(&b->err, ERR_REFUSED,
		    "%s: version %d cannot follow version %d, which is recorded", row->stream,
		    row->version, last_version);
	}
	if (last_version && row->at_ms < last_at_ms) {
		char at[UTC_TEXT], last[UTC_TEXT];

		b->status = APPEND_REFUSED;
		utc_format((struct utc){ row->at_ms }, at);
		utc_format((struct utc){ last_at_ms }, last);
		return err_set(&b->err, ERR_REFUSED,
		    "%s: version %d is of %s, before its predecessor (%s)", row->stream,
		    row->version, at, last);
	}
	return true;
}

bool store_fence_ok(struct store_batch *b, int64_t fence)
{
	if (!b->fence || b->fence == fence)
		return true;
	b->status = APPEND_REFUSED;
	return err_set(
	    &b->err, ERR_REFUSED, "another engine has taken the journal over since this one began");
}

void store_duplicate(struct store_batch *b, const char *stream, int version, int64_t seq)
{
	b->places = xreallocarray(b->places, b->place_count + 1, sizeof *b->places);
	b->places[b->place_count++] =
	    (struct append_place){ .stream = xstrdup(stream), .version = version, .seq = seq };
	b->status = APPEND_DUPLICATE;
}

/* ---- the chain ---- */

static void text_member(struct buf *b, const char *key, const char *value)
{
	cJSON *s = cJSON_CreateStringReference(value);

	if (!s)
		abort();
	buf_addf(b, "\"%s\":", key);
	json_canonical(b, s);
	buf_addc(b, ',');
	cJSON_Delete(s);
}

/* The members stand in the order of their bytes, as json_canonical would put them; the body is
 * canonical text already. */
static void chain_text(struct buf *b, const struct store_row *row)
{
	char at[UTC_TEXT];

	buf_addc(b, '{');
	text_member(b, "actor", row->actor);
	if (row->as_by)
		text_member(b, "as", row->as_by);
	text_member(b, "at", utc_format((struct utc){ row->at_ms }, at));
	buf_addf(b, "\"body\":%s,", row->body);
	if (row->command_id)
		text_member(b, "command", row->command_id);
	text_member(b, "incident", row->stream);
	text_member(b, "kind", row->kind);
	if (row->command_id)
		buf_addf(b, "\"part\":%d,", row->part);
	buf_addf(b, "\"seq\":%lld,\"version\":%d}", (long long)row->seq, row->version);
}

void store_chain(const unsigned char prev[STORE_HASH], const struct store_row *row,
    unsigned char out[STORE_HASH])
{
	struct buf b;

	buf_init(&b, 0);
	buf_add(&b, prev, STORE_HASH);
	chain_text(&b, row);
	if (b.over)
		abort();
	digest_sha256(b.data, b.len, out);
	buf_fini(&b);
}

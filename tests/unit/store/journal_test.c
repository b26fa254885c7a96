/* What every back end promises: the same tests run over each. */
#include "store/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/store.h"
#include "store/tools.h"

#define T0 INT64_C(1741616400000)

struct fix {
	struct loop *l;
	struct journal *j;
	char *dir, url[256];
};

static int open_url(void **state, const char *url)
{
	struct fix *f = xcalloc(1, sizeof *f);
	struct err e = { 0 };

	f->dir = file_scratch("nocboard-journal", &e);
	snprintf(f->url, sizeof f->url, "%s%s", *url ? url : f->dir, *url ? "" : "/j.db");
	f->l = loop_new();
	f->j = journal_open(f->l, f->url, JOURNAL_CREATE, &e);
	if (!f->j)
		fail_msg("%s", e.msg);
	*state = f;
	return 0;
}

static int open_mem(void **state)
{
	return open_url(state, "mem:");
}

static int open_sqlite(void **state)
{
	return open_url(state, "");
}

static int done(void **state)
{
	struct fix *f = *state;

	journal_close(f->j);
	loop_free(f->l);
	file_remove_tree(f->dir, NULL);
	free(f->dir);
	free(f);
	return 0;
}

/* ---- one append and its answer ---- */

struct answer {
	int calls;
	enum append_status status;
	struct err err;
	size_t count;
	struct append_place places[4];
	char streams[4][64], stream[64];
	int version;
	int order; /* of the answers */
};

static int answers;

static void answered(void *ctx, const struct append_result *r)
{
	struct answer *a = ctx;

	a->calls++;
	a->order = ++answers;
	a->status = r->status;
	a->err = r->err;
	a->count = r->count;
	a->version = r->version;
	memcpy(a->stream, r->stream, sizeof a->stream);
	for (size_t i = 0; i < r->count && i < 4; i++) {
		a->places[i] = r->places[i];
		snprintf(a->streams[i], sizeof a->streams[i], "%s", r->places[i].stream);
	}
}

static struct event *event(const char *stream, int version, int64_t s, const char *command)
{
	cJSON *body = cJSON_CreateObject();
	struct event *ev;

	json_put_str(body, "text", "caf\xc3\xa9 \"quoted\" \\ \n<&> \xe6\x9d\xb1");
	json_put_int(body, "n", version);
	ev = event_new(stream, version, (struct utc){ T0 + s * 1000 }, "maria", EVENT_NOTE, body);
	ev->command_id = xstrdup_null(command);
	return ev;
}

static void submit(
    struct fix *f, struct answer *a, struct event **events, size_t count, int64_t fence)
{
	*a = (struct answer){ 0 };
	journal_append(f->j, events, count, fence, answered, a);
	for (size_t i = 0; i < count; i++)
		event_free(events[i]); /* they are only read during the call */
}

static void wait_for(struct fix *f, const struct answer *a)
{
	for (int i = 0; i < 1000 && !a->calls; i++)
		loop_run_once(f->l, false);
	assert_int_equal(a->calls, 1);
}

static struct answer append1(
    struct fix *f, const char *stream, int version, int64_t s, const char *command)
{
	struct answer a;

	submit(f, &a, (struct event *[]){ event(stream, version, s, command) }, 1, 0);
	assert_int_equal(a.calls, 0); /* on a later turn, always */
	wait_for(f, &a);
	return a;
}

static bool collect(void *ctx, struct event *take)
{
	event_list_add(ctx, take);
	return true;
}

static bool first_two(void *ctx, struct event *take)
{
	event_list_add(ctx, take);
	return ((struct event_list *)ctx)->count < 2;
}

/* ---- tests ---- */

static void test_append_read(void **state)
{
	struct fix *f = *state;
	struct event_list got = { 0 };
	struct answer a;
	struct event *full = event("INC-1", 2, 1, "cmd-9");
	struct err e = { 0 };

	assert_int_equal(journal_head(f->j), 0);
	assert_true(journal_fence(f->j) > 0);
	a = append1(f, "INC-1", 1, 0, NULL);
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(a.count, 1);
	assert_int_equal(a.places[0].seq, 1);
	assert_int_equal(a.places[0].version, 1);
	assert_string_equal(a.streams[0], "INC-1");
	full->as_by = xstrdup("root");
	free(full->kind_name);
	full->kind = EVENT_UNKNOWN;
	full->kind_name = xstrdup("from_the_future");
	submit(f, &a, (struct event *[]){ full, event("MNT-4", 1, 1, "cmd-9") }, 2,
	    journal_fence(f->j));
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(a.count, 2);
	assert_int_equal(a.places[1].seq, 3);
	assert_string_equal(a.streams[1], "MNT-4");
	assert_int_equal(journal_head(f->j), 3);

	assert_true(journal_read(f->j, 0, collect, &got, &e));
	assert_int_equal(got.count, 3);
	assert_int_equal(got.items[1]->seq, 2);
	assert_string_equal(got.items[1]->incident, "INC-1");
	assert_int_equal(got.items[1]->version, 2);
	assert_int_equal(got.items[1]->at.ms, T0 + 1000);
	assert_string_equal(got.items[1]->actor, "maria");
	assert_string_equal(got.items[1]->as_by, "root");
	assert_int_equal(got.items[1]->kind, EVENT_UNKNOWN);
	assert_string_equal(got.items[1]->kind_name, "from_the_future");
	assert_string_equal(got.items[1]->command_id, "cmd-9");
	assert_string_equal(
	    json_str(got.items[1]->body, "text"), "caf\xc3\xa9 \"quoted\" \\ \n<&> \xe6\x9d\xb1");
	assert_int_equal(json_int(got.items[1]->body, "n", 0), 2);
	assert_null(got.items[0]->as_by);
	assert_null(got.items[0]->command_id);
	assert_int_equal(got.items[0]->kind, EVENT_NOTE);
	event_list_fini(&got);

	assert_true(journal_read(f->j, 3, collect, &got, &e));
	assert_int_equal(got.count, 1);
	event_list_fini(&got);
	assert_true(journal_read(f->j, 1, first_two, &got, &e));
	assert_int_equal(got.count, 2);
	event_list_fini(&got);
	assert_true(journal_read_stream(f->j, "INC-1", collect, &got, &e));
	assert_int_equal(got.count, 2);
	assert_int_equal(got.items[1]->version, 2);
	event_list_fini(&got);
	assert_true(journal_read_stream(f->j, "INC-77", collect, &got, &e));
	assert_int_equal(got.count, 0);
}

static void test_versions(void **state)
{
	struct fix *f = *state;
	static const struct {
		int version;
		int64_t s;
		enum append_status want;
		int recorded;
	} cases[] = {
		{ 2, 10, APPEND_CONFLICT, 0 }, /* a gap at the start */
		{ 1, 10, APPEND_DONE, 0 },
		{ 1, 10, APPEND_CONFLICT, 1 }, /* taken */
		{ 3, 10, APPEND_CONFLICT, 1 },
		{ 2, 9, APPEND_REFUSED, 0 }, /* time goes back */
		{ 2, 10, APPEND_DONE, 0 },   /* the same instant is fine */
		{ 0, 10, APPEND_REFUSED, 0 },
		{ -1, 10, APPEND_REFUSED, 0 },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct answer a = append1(f, "INC-1", cases[i].version, cases[i].s, NULL);

		assert_int_equal(a.status, cases[i].want);
		if (cases[i].want == APPEND_CONFLICT) {
			assert_string_equal(a.stream, "INC-1");
			assert_int_equal(a.version, cases[i].recorded);
		}
		if (cases[i].want != APPEND_DONE) {
			assert_int_equal(a.err.kind, ERR_REFUSED);
			assert_true(a.err.msg[0] != '\0');
			assert_int_equal(a.count, 0);
		}
	}
	assert_int_equal(journal_head(f->j), 2);
	assert_true(journal_health(f->j, NULL)); /* a refusal is no failure */
}

static void test_all_or_none(void **state)
{
	struct fix *f = *state;
	struct answer a, b, c;

	/* Three batches of one turn: the middle one breaks off at its last event. */
	submit(f, &a, (struct event *[]){ event("INC-1", 1, 0, "a"), event("INC-1", 2, 0, "a") }, 2,
	    0);
	submit(f, &b,
	    (struct event *[]){
		event("INC-2", 1, 0, "b"), event("INC-1", 3, 0, "b"), event("INC-2", 3, 0, "b") },
	    3, 0);
	submit(f, &c, (struct event *[]){ event("INC-1", 3, 0, "c"), event("INC-2", 1, 0, "c") }, 2,
	    0);
	wait_for(f, &a);
	wait_for(f, &b);
	wait_for(f, &c);
	assert_true(a.order < b.order && b.order < c.order);
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(b.status, APPEND_CONFLICT);
	assert_string_equal(b.stream, "INC-2");
	assert_int_equal(b.version, 1);
	assert_int_equal(c.status, APPEND_DONE);
	assert_int_equal(c.places[0].seq, 3);
	assert_int_equal(c.places[1].seq, 4);
	assert_int_equal(journal_head(f->j), 4);
	/* What was rolled back left nothing: its command may come again. */
	a = append1(f, "INC-3", 1, 0, "b");
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(a.places[0].seq, 5);
}

static void test_command_ids(void **state)
{
	struct fix *f = *state;
	struct answer a, b;

	submit(f, &a,
	    (struct event *[]){ event("INC-1", 1, 0, "one"), event("INC-2", 1, 0, "one") }, 2, 0);
	submit(f, &b, (struct event *[]){ event("INC-9", 1, 0, "one") }, 1, 0); /* the same turn */
	wait_for(f, &a);
	wait_for(f, &b);
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(b.status, APPEND_DUPLICATE);
	assert_int_equal(b.count, 2);
	assert_string_equal(b.streams[0], "INC-1");
	assert_string_equal(b.streams[1], "INC-2");
	assert_int_equal(b.places[1].version, 1);
	assert_int_equal(b.places[1].seq, 2);
	/* Later, and although its version would be a conflict by now. */
	b = append1(f, "INC-1", 1, 0, "one");
	assert_int_equal(b.status, APPEND_DUPLICATE);
	assert_int_equal(journal_head(f->j), 2);

	/* Events without an id may stand beside one with it. */
	submit(f, &a, (struct event *[]){ event("INC-1", 2, 0, NULL), event("INC-1", 3, 0, "two") },
	    2, 0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_DONE);
	b = append1(f, "INC-1", 4, 0, "two");
	assert_int_equal(b.status, APPEND_DUPLICATE);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.places[0].version, 3);

	submit(f, &a, (struct event *[]){ event("INC-1", 4, 0, "x"), event("INC-1", 5, 0, "y") }, 2,
	    0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_REFUSED);
	submit(f, &a, NULL, 0, 0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_REFUSED);
}

static void test_fence(void **state)
{
	struct fix *f = *state;
	int64_t fence = journal_fence(f->j);
	struct answer a;

	submit(f, &a, (struct event *[]){ event("INC-1", 1, 0, NULL) }, 1, fence + 1);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_REFUSED);
	assert_non_null(strstr(a.err.msg, "another engine"));
	submit(f, &a, (struct event *[]){ event("INC-1", 1, 0, NULL) }, 1, fence);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_DONE);
}

static void test_what_cannot_be_read_again(void **state)
{
	struct fix *f = *state;
	struct event *ev = event("INC-1", 1, 0, NULL);
	char *big = xmalloc(JSON_STRING + 2);
	cJSON *deep = ev->body;
	struct answer a;

	memset(big, 'x', JSON_STRING + 1);
	big[JSON_STRING + 1] = '\0';
	json_put_str(ev->body, "big", big);
	submit(f, &a, &ev, 1, 0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_REFUSED);
	assert_int_equal(a.err.kind, ERR_REFUSED);

	ev = event("INC-1", 1, 0, NULL);
	deep = ev->body;
	for (int i = 0; i < JSON_DEPTH; i++) {
		cJSON *inner = cJSON_CreateObject();

		json_put(deep, "d", inner);
		deep = inner;
	}
	submit(f, &a, &ev, 1, 0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_REFUSED);

	ev = event("", 1, 0, NULL);
	submit(f, &a, &ev, 1, 0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_REFUSED);
	ev = event("INC-1", 1, 0, NULL);
	ev->at = UTC_NONE;
	submit(f, &a, &ev, 1, 0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_REFUSED);
	assert_int_equal(journal_head(f->j), 0);
	free(big);
}

struct seen_streams {
	char text[512];
};

static bool note_stream(void *ctx, const struct journal_stream *s)
{
	struct seen_streams *seen = ctx;
	size_t len = strlen(seen->text);

	snprintf(seen->text + len, sizeof seen->text - len, "%s v%d %s %lld-%lld #%lld;", s->id,
	    s->version, s->last_kind, (long long)(s->first_at.ms - T0) / 1000,
	    (long long)(s->last_at.ms - T0) / 1000, (long long)s->last_seq);
	return strcmp(s->id, "INC-3") != 0;
}

static void test_streams(void **state)
{
	struct fix *f = *state;
	struct seen_streams seen = { "" };
	struct err e = { 0 };

	assert_true(journal_streams(f->j, note_stream, &seen, &e));
	assert_string_equal(seen.text, "");
	append1(f, "INC-10", 1, 1, NULL);
	append1(f, "INC-2", 1, 2, NULL);
	append1(f, "INC-10", 2, 5, NULL);
	append1(f, "INC-3", 1, 6, NULL);
	append1(f, "INC-4", 1, 7, NULL);
	assert_true(journal_streams(f->j, note_stream, &seen, &e));
	assert_string_equal(
	    seen.text, "INC-10 v2 note 1-5 #3;INC-2 v1 note 2-2 #2;INC-3 v1 note 6-6 #4;");
}

struct chain {
	struct fix *f;
	struct answer a;
	int left;
};

static void next_one(void *ctx, const struct append_result *r)
{
	struct chain *c = ctx;

	assert_int_equal(r->status, APPEND_DONE);
	if (--c->left) {
		struct event *ev = event("INC-1", r->places[0].version + 1, 0, NULL);

		journal_append(c->f->j, &ev, 1, 0, next_one, c);
		event_free(ev);
	}
}

static void test_append_from_done(void **state)
{
	struct fix *f = *state;
	struct chain c = { .f = f, .left = 40 };
	struct event *ev = event("INC-1", 1, 0, NULL);

	journal_append(f->j, &ev, 1, 0, next_one, &c);
	event_free(ev);
	for (int i = 0; i < 1000 && c.left; i++)
		loop_run_once(f->l, false);
	assert_int_equal(c.left, 0);
	assert_int_equal(journal_head(f->j), 40);
}

static void test_large(void **state)
{
	enum { N = 1000, BATCHES = 1500 };
	struct fix *f = *state;
	struct event **events = xcalloc(N, sizeof(struct event *));
	struct answer *many = xcalloc(BATCHES, sizeof *many), a;
	struct journal_report r;
	struct err e = { 0 };

	for (int i = 0; i < N; i++)
		events[i] = event("INC-1", i + 1, i, "bulk");
	submit(f, &a, events, N, 0);
	wait_for(f, &a);
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(a.count, N);
	assert_int_equal(journal_head(f->j), N);
	/* More batches in one turn than share a commit. */
	for (int i = 0; i < BATCHES; i++)
		submit(f, &many[i], (struct event *[]){ event("INC-2", i + 1, i, NULL) }, 1, 0);
	for (int i = 0; i < BATCHES; i++) {
		wait_for(f, &many[i]);
		assert_int_equal(many[i].status, APPEND_DONE);
		assert_int_equal(many[i].places[0].seq, N + 1 + i);
	}
	assert_true(journal_verify(f->j, &r, &e));
	assert_true(r.ok);
	assert_int_equal(r.events, N + BATCHES);
	free(many);
	free(events);
}

static void test_close_commits(void **state)
{
	struct fix *f = *state;
	struct answer a;

	submit(f, &a, (struct event *[]){ event("INC-1", 1, 0, NULL) }, 1, 0);
	journal_close(f->j);
	f->j = NULL;
	assert_int_equal(a.calls, 1);
	assert_int_equal(a.status, APPEND_DONE);
}

static void test_verify(void **state)
{
	struct fix *f = *state;
	struct journal_report r, again;
	struct err e = { 0 };

	assert_true(journal_verify(f->j, &r, &e));
	assert_true(r.ok);
	assert_int_equal(r.events, 0);
	append1(f, "INC-1", 1, 1, "c");
	append1(f, "INC-1", 2, 2, NULL);
	assert_true(journal_verify(f->j, &r, &e));
	assert_true(r.ok);
	assert_int_equal(r.events, 2);
	assert_int_equal(r.bad_seq, 0);
	/* The same events give the same hash in every back end, for ever. */
	assert_string_equal(
	    r.head_hash, "9b9e49356218b12a99a2892e7490059fb7bf1e6df4ffff704aca22f83762c3ab");
	assert_true(journal_verify(f->j, &again, &e));
	assert_string_equal(again.head_hash, r.head_hash);
}

/* ---- what only memory can be asked: failing on purpose ---- */

static int health_calls;
static bool health_ok;

static void on_health(void *ctx, bool ok)
{
	(void)ctx;
	health_calls++;
	health_ok = ok;
}

static void test_failure(void **state)
{
	struct fix *f = *state;
	struct answer a;
	struct err why = { 0 };

	health_calls = 0;
	journal_on_health(f->j, on_health, NULL);
	append1(f, "INC-1", 1, 0, NULL);
	journal_mem_break(f->j, "disk on fire");
	assert_true(journal_health(f->j, &why)); /* nobody has noticed yet */
	a = append1(f, "INC-1", 2, 0, "again");
	assert_int_equal(a.status, APPEND_FAILED);
	assert_string_equal(a.err.msg, "disk on fire");
	assert_false(journal_health(f->j, &why));
	assert_string_equal(why.msg, "disk on fire");
	loop_run_once(f->l, false);
	assert_int_equal(health_calls, 1);
	assert_false(health_ok);
	a = append1(f, "INC-1", 2, 0, "again"); /* at once, without asking the back end */
	assert_int_equal(a.status, APPEND_FAILED);
	assert_int_equal(health_calls, 1);

	journal_mem_break(f->j, NULL);
	while (health_calls < 2)
		loop_run_once(f->l, true);
	assert_true(health_ok);
	assert_true(journal_health(f->j, &why));
	a = append1(f, "INC-1", 2, 0, "again");
	assert_int_equal(a.status, APPEND_DONE);
	assert_int_equal(journal_head(f->j), 2);
}

static void test_kinds(void **state)
{
	struct loop *l = loop_new();
	const char *where;
	struct err e = { 0 };

	(void)state;
	assert_null(journal_open(l, "postgresql://maria:secret@db/noc", JOURNAL_CREATE, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_int_equal(err_exit(e.kind), 3);
	assert_non_null(strstr(e.msg, "not built in yet"));
	assert_null(strstr(e.msg, "secret"));
	assert_null(journal_open(l, "", JOURNAL_CREATE, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_null(journal_open(l, "mem:name", JOURNAL_CREATE, &e));
	assert_null(journal_open(l, "mem:", JOURNAL_READ_ONLY, &e));
	assert_ptr_equal(store_kind("mem:", &where, &e), &store_mem);
	assert_ptr_equal(store_kind("/x/j.db", &where, &e), &store_sqlite);
	assert_string_equal(where, "/x/j.db");
	journal_close(NULL);
	loop_free(l);
}

#define BOTH(f)                                                                                    \
	{ #f " (memory)", f, open_mem, done, NULL },                                               \
	{                                                                                          \
#f " (sqlite)", f, open_sqlite, done, NULL                                         \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_append_read),
		BOTH(test_versions),
		BOTH(test_all_or_none),
		BOTH(test_command_ids),
		BOTH(test_fence),
		BOTH(test_what_cannot_be_read_again),
		BOTH(test_streams),
		BOTH(test_append_from_done),
		BOTH(test_large),
		BOTH(test_close_commits),
		BOTH(test_verify),
		{ "test_failure", test_failure, open_mem, done, NULL },
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests_name("store/journal", tests, NULL, NULL);
}

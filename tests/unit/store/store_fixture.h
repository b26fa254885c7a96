/* A scratch folder with a journal in it, and appends that wait for their answer. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/file.h"
#include "store/journal.h"
#include "store/tools.h"

#define T0 INT64_C(1741616400000)

struct fix {
	struct loop *l;
	char *dir, path[256];
};

/* Bytes of padding in each event, for tests that need a long log after few commits. */
static size_t fix_padding;

static int fix_up(void **state)
{
	struct fix *f = xcalloc(1, sizeof *f);
	struct err e = { 0 };

	f->dir = file_scratch("nocboard-store", &e);
	if (!f->dir)
		fail_msg("%s", e.msg);
	snprintf(f->path, sizeof f->path, "%s/state/j.db", f->dir);
	f->l = loop_new();
	*state = f;
	return 0;
}

static int fix_down(void **state)
{
	struct fix *f = *state;

	fix_padding = 0;
	loop_free(f->l);
	file_remove_tree(f->dir, NULL);
	free(f->dir);
	free(f);
	return 0;
}

static struct journal *fix_open(struct fix *f, unsigned flags)
{
	struct err e = { 0 };
	struct journal *j = journal_open(f->l, f->path, flags, &e);

	if (!j)
		fail_msg("%s", e.msg);
	return j;
}

struct fix_answer {
	bool done;
	enum append_status status;
	struct err err;
	int64_t seq;
};

static void fix_answered(void *ctx, const struct append_result *r)
{
	struct fix_answer *a = ctx;

	a->done = true;
	a->status = r->status;
	a->err = r->err;
	a->seq = r->count ? r->places[0].seq : 0;
}

/* One note of INC-1. */
static struct fix_answer fix_append(
    struct fix *f, struct journal *j, int version, const char *command)
{
	struct fix_answer a = { 0 };
	cJSON *body = cJSON_CreateObject();
	struct event *ev;

	json_put_str(body, "text", "packet loss towards the home network, seen from two probes");
	json_put_int(body, "n", version);
	if (fix_padding) {
		char *pad = xcalloc(1, fix_padding + 1);

		memset(pad, 'p', fix_padding);
		json_put_str(body, "pad", pad);
		free(pad);
	}
	ev = event_new(
	    "INC-1", version, (struct utc){ T0 + version * 1000 }, "maria", EVENT_NOTE, body);
	ev->command_id = xstrdup_null(command);
	journal_append(j, &ev, 1, 0, fix_answered, &a);
	event_free(ev);
	while (!a.done)
		loop_run_once(f->l, false);
	return a;
}

static void fix_fill(struct fix *f, struct journal *j, int from, int count)
{
	for (int v = from; v < from + count; v++)
		assert_int_equal(fix_append(f, j, v, NULL).status, APPEND_DONE);
}

static struct journal_report fix_verify(struct fix *f, const char *path)
{
	struct journal_report r = { 0 };
	struct err e = { 0 };
	struct journal *j = journal_open(f->l, path, JOURNAL_READ_ONLY, &e);

	if (!j || !journal_verify(j, &r, &e))
		snprintf(r.what, sizeof r.what, "%s", e.msg);
	journal_close(j);
	return r;
}

#define FIX_TEST(f) cmocka_unit_test_setup_teardown(f, fix_up, fix_down)

#endif

/* Export, import, backup. */
#include "store/tools.h"

#include "store_fixture.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const char story[] =
    "{\"incident\":\"INC-7\",\"version\":1,\"at\":\"2025-03-10T14:20:00.000Z\",\"actor\":"
    "\"engine\","
    "\"kind\":\"opened\",\"body\":{\"components\":[\"data\"],\"impact\":\"no "
    "data\",\"regions\":[\"it\"],"
    "\"severity\":1,\"source\":\"probe:pgw\",\"started_at\":\"2025-03-10T14:18:00.000Z\","
    "\"title\":\"No data <Italy> & caf\xc3\xa9\"}}\n"
    "{\"incident\":\"MNT-1\",\"version\":1,\"at\":\"2025-03-10T14:19:00.000Z\",\"actor\":\"maria\","
    "\"kind\":\"planned\",\"body\":{\"components\":[\"data\"],\"ends_at\":"
    "\"2025-03-20T02:00:00Z\",\"regions\":[\"it\"],\"risk\":\"low\",\"starts_at\":"
    "\"2025-03-20T01:00:00Z\",\"title\":\"later\"}}\n"
    "{\"incident\":\"INC-7\",\"version\":2,\"at\":\"2025-03-10T14:20:00.000Z\",\"actor\":\"maria\","
    "\"as\":\"root\",\"kind\":\"acknowledged\",\"body\":{}}\n"
    "{\"incident\":\"INC-7\",\"version\":3,\"at\":\"2025-03-10T14:21:00.000Z\",\"actor\":"
    "\"engine\","
    "\"kind\":\"from_the_future\",\"body\":{\"n\":1.5,\"x\":null}}\n";

struct told {
	char text[2048];
	int count;
};

static void problem(void *ctx, int line, const char *what)
{
	struct told *t = ctx;
	size_t len = strlen(t->text);

	t->count++;
	snprintf(t->text + len, sizeof t->text - len, "%d: %s\n", line, what);
}

static bool import_text(
    struct journal *j, const char *text, size_t len, struct told *t, int64_t *n, struct err *e)
{
	FILE *in = tmpfile();
	bool ok;

	memset(t, 0, sizeof *t);
	assert_int_equal(fwrite(text, 1, len, in), len);
	rewind(in);
	ok = journal_import(j, in, problem, t, n, e);
	fclose(in);
	return ok;
}

static char *export_text(struct journal *j)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct err e = { 0 };

	assert_true(journal_export(j, out, &e));
	fclose(out);
	return text;
}

static void test_round_trip(void **state)
{
	static const char *const urls[] = { "mem:", "" };
	struct fix *f = *state;

	for (size_t i = 0; i < countof(urls); i++) {
		struct err e = { 0 };
		struct journal *j =
		    journal_open(f->l, *urls[i] ? urls[i] : f->path, JOURNAL_CREATE, &e);
		struct journal_report r;
		struct told t;
		int64_t n;
		char *text;

		assert_non_null(j);
		if (!import_text(j, story, strlen(story), &t, &n, &e))
			fail_msg("%s\n%s", e.msg, t.text);
		assert_int_equal(n, 4);
		assert_int_equal(journal_head(j), 4);
		text = export_text(j);
		assert_string_equal(text, story);
		free(text);
		assert_true(journal_verify(j, &r, &e));
		assert_true(r.ok);
		/* Only into an empty one. */
		assert_false(import_text(j, story, strlen(story), &t, &n, &e));
		assert_int_equal(e.kind, ERR_REFUSED);
		assert_int_equal(n, 0);
		assert_int_equal(journal_head(j), 4);
		journal_close(j);
	}
}

static void test_import_odd_ends(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct err e = { 0 };
	struct told t;
	int64_t n;
	static const char text[] =
	    "\r\n\n{\"incident\":\"MNT-1\",\"version\":1,\"at\":\"2025-03-10T14:20:00Z\","
	    "\"actor\":\"a\",\"kind\":\"planned\",\"body\":{\"title\":\"t\",\"regions\":[\"it\"],"
	    "\"components\":[\"data\"],\"starts_at\":\"2025-03-20T01:00:00Z\",\"ends_at\":"
	    "\"2025-03-20T02:00:00Z\",\"risk\":\"low\"}}\r\n\n";

	assert_true(import_text(j, "", 0, &t, &n, &e));
	assert_int_equal(n, 0);
	assert_true(import_text(j, text, sizeof text - 1, &t, &n, &e));
	assert_int_equal(n, 1);
	journal_close(j);
}

static void test_import_problems(void **state)
{
#define MNT(v, at)                                                                                 \
	"{\"incident\":\"XY-1\",\"version\":" v ",\"at\":\"2025-03-10T" at                         \
	"Z\",\"actor\":\"a\",\"kind\":\"note\",\"body\":{\"text\":\"x\"}}\n"
	static const char text[] = MNT("1", "10:00:00") "{\"incident\":\n" MNT("3", "10:00:00")
	    MNT("4", "09:59:59") "[]\n" MNT(
		"5", "10:00:00") "{\"incident\":\"INC-1\",\"version\":1,\"at\":\"2025-03-10T10:00:"
				 "00Z\",\"actor\":"
				 "\"a\",\"kind\":\"opened\",\"body\":{\"severity\":9}}\n"
				 "{\"incident\":\"x\\u0000\"}\n";
	static const char *const want[] = { "2: ", "3: XY-1: version 3, but 2 is next",
		"4: XY-1: at lies before", "5: ", "7: ", "8: " };
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct err e = { 0 };
	struct told t;
	int64_t n = 7;

	assert_false(import_text(j, text, sizeof text - 1, &t, &n, &e));
	assert_int_equal(e.kind, ERR_DATA);
	assert_string_equal(e.msg, "import: 6 problems, nothing was imported");
	assert_int_equal(t.count, 6);
	for (size_t i = 0; i < countof(want); i++)
		if (!strstr(t.text, want[i]))
			fail_msg("no \"%s\" in\n%s", want[i], t.text);
	assert_int_equal(n, 0);
	assert_int_equal(journal_head(j), 0);
	journal_close(j);
	assert_int_equal(fix_verify(f, f->path).events, 0);
}

/* What an event says of those before it holds. */
static void test_import_follows(void **state)
{
#define INC(v, kind, body)                                                                         \
	"{\"incident\":\"INC-1\",\"version\":" v ",\"at\":\"2025-03-10T14:20:00Z\",\"actor\":"     \
	"\"a\",\"kind\":\"" kind "\",\"body\":{" body "}}\n"
#define SEV(v, from, to)                                                                           \
	INC(v, "severity_changed", "\"from\":" from ",\"to\":" to ",\"reason\":\"r\"")
#define TOLD(v, stage)                                                                             \
	INC(v, "update_posted",                                                                    \
	    "\"stage\":\"" stage "\",\"status\":\"investigating\",\"text\":{\"public\":\"x\"},"    \
	    "\"audiences\":[\"public\"],\"channels\":[\"page\"]")
	static const char head[] = INC("1", "opened",
	    "\"title\":\"t\",\"severity\":2,\"regions\":[],\"components\":[],\"started_at\":"
	    "\"2025-03-10T14:20:00Z\"");
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ SEV("2", "3", "1"), "2: INC-1: severity_changed: from is 3, but it is Sev 2" },
		{ SEV("2", "2", "1") SEV("3", "2", "3"), "3: INC-1: severity_changed: from is 2" },
		{ TOLD("2", "progress"), "2: INC-1: update_posted: the first one" },
		{ TOLD("2", "initial") TOLD("3", "initial"), "3: INC-1: update_posted: the first" },
	};
	static const char right[] =
	    SEV("2", "2", "1") SEV("3", "1", "3") TOLD("4", "initial") TOLD("5", "progress");
	struct journal *j = fix_open(*state, JOURNAL_CREATE);
	struct err e = { 0 };
	struct told t;
	char *text;
	int64_t n;

	for (size_t i = 0; i < countof(cases); i++) {
		text = xasprintf("%s%s", head, cases[i].text);
		assert_false(import_text(j, text, strlen(text), &t, &n, &e));
		assert_int_equal(t.count, 1);
		if (!strstr(t.text, cases[i].says))
			fail_msg("case %zu: %s", i, t.text);
		free(text);
	}
	text = xasprintf("%s%s", head, right);
	assert_true(import_text(j, text, strlen(text), &t, &n, &e));
	assert_int_equal(n, 5);
	free(text);
	journal_close(j);
}

static void test_backup(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE), *reader, *copy;
	struct journal_report r, live;
	struct err e = { 0 };
	struct stat st;
	char file[300], other[320], *a, *b;

	fix_fill(f, j, 1, 20); /* partly in the log still */
	snprintf(file, sizeof file, "%s/backup.db", f->dir);
	reader = fix_open(f, JOURNAL_READ_ONLY);
	assert_true(journal_backup(reader, file, &r, &e));
	journal_close(reader);
	assert_true(r.ok);
	assert_int_equal(r.events, 20);
	live = fix_verify(f, f->path);
	assert_string_equal(r.head_hash, live.head_hash);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0137, 0);
	snprintf(other, sizeof other, "%s-wal", file);
	assert_int_not_equal(stat(other, &st), 0);
	snprintf(other, sizeof other, "%s.part", file);
	assert_int_not_equal(stat(other, &st), 0);

	fix_fill(f, j, 21, 1); /* the engine went on meanwhile */
	assert_false(journal_backup(j, file, &r, &e));
	assert_int_equal(e.kind, ERR_REFUSED);
	assert_int_equal(fix_verify(f, file).events, 20);
	a = export_text(j);
	journal_close(j);

	/* A copy is a journal: an engine goes on from it. */
	copy = journal_open(f->l, file, 0, &e);
	assert_non_null(copy);
	fix_fill(f, copy, 21, 1);
	b = export_text(copy);
	assert_string_equal(a, b);
	snprintf(other, sizeof other, "%s/none/x.db", f->dir);
	assert_false(journal_backup(copy, other, &r, &e));
	assert_int_equal(e.sys, ENOENT);
	journal_close(copy);
	free(a);
	free(b);

	j = journal_open(f->l, "mem:", 0, &e);
	assert_false(journal_backup(j, other, &r, &e));
	journal_close(j);
}

static void test_export_fails(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	FILE *full = fopen("/dev/full", "w");
	struct err e = { 0 };

	fix_fill(f, j, 1, 2);
	assert_non_null(full);
	assert_false(journal_export(j, full, &e));
	assert_int_equal(e.sys, ENOSPC);
	fclose(full);
	journal_close(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIX_TEST(test_round_trip),
		FIX_TEST(test_import_odd_ends),
		FIX_TEST(test_import_problems),
		FIX_TEST(test_import_follows),
		FIX_TEST(test_backup),
		FIX_TEST(test_export_fails),
	};

	return cmocka_run_group_tests_name("store/transfer", tests, NULL, NULL);
}

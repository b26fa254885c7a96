/* A folder that others read while we write. */
#include "t.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/folder.h"

struct place {
	char *scratch, *path;
	struct folder *f;
	struct err e;
};

static int setup(void **state)
{
	struct place *p = xcalloc(1, sizeof *p);

	p->scratch = file_scratch("nocboard-folder", &p->e);
	assert_non_null(p->scratch);
	p->path = xasprintf("%s/page", p->scratch);
	p->f = folder_open(p->path, &p->e);
	assert_non_null(p->f);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	folder_close(p->f);
	file_remove_tree(p->scratch, &p->e);
	free(p->path);
	free(p->scratch);
	free(p);
	return 0;
}

static char *below(const struct place *p, const char *name)
{
	return xasprintf("%s/%s", p->path, name);
}

static mode_t mode_of(const struct place *p, const char *name)
{
	char *path = below(p, name);
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	free(path);
	return st.st_mode;
}

static bool put(struct place *p, const char *name, const char *text)
{
	return folder_stage(p->f, name, text, strlen(text), &p->e) && folder_commit(p->f, &p->e);
}

static void files_are_for_everybody_whatever_the_umask(void **state)
{
	struct place *p = *state;
	mode_t before = umask(077);
	struct buf b;

	buf_init(&b, 0);
	assert_true(put(p, "api/v2/x.json", "one"));
	umask(before);
	assert_int_equal(mode_of(p, "api/v2/x.json") & 07777, 0644);
	assert_int_equal(mode_of(p, "api/v2") & 07777, 0755);
	assert_true(put(p, "api/v2/x.json", "other"));
	assert_true(folder_read(p->f, "api/v2/x.json", 100, &b));
	assert_string_equal(buf_str(&b), "other");
	assert_false(folder_read(p->f, "api/v2/x.json", 3, &b));
	assert_false(folder_read(p->f, "api/v2/y.json", 100, &b));
	buf_fini(&b);
}

static void links_lead_nowhere(void **state)
{
	struct place *p = *state;
	char *outside = xasprintf("%s/outside", p->scratch), *link = below(p, "region"),
	     *file_link = below(p, "index.html"), *target = xasprintf("%s/target", outside),
	     *root_link = xasprintf("%s/link", p->scratch);
	struct buf b;

	buf_init(&b, 0);
	assert_int_equal(mkdir(outside, 0755), 0);
	assert_true(file_write(target, "theirs", 6, 0644, &p->e));
	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(symlink(target, file_link), 0);
	assert_int_equal(symlink(outside, root_link), 0);
	assert_false(put(p, "region/target", "ours"));
	assert_non_null(strstr(p->e.msg, "region/target: cannot write"));
	assert_false(folder_read(p->f, "index.html", 100, &b));
	/* A link in the place of a file is replaced, and not followed. */
	assert_true(put(p, "index.html", "ours"));
	assert_true(S_ISREG(mode_of(p, "index.html")));
	assert_true(file_read(target, 100, 0, &b, &p->e));
	assert_string_equal(buf_str(&b), "theirs");
	assert_null(folder_open(root_link, &p->e));
	buf_fini(&b);
	free(outside);
	free(link);
	free(file_link);
	free(target);
	free(root_link);
}

static void a_failure_leaves_the_old_ones(void **state)
{
	struct place *p = *state;
	struct buf b;

	buf_init(&b, 0);
	assert_true(put(p, "a.html", "old"));
	assert_true(put(p, "there", "a file"));
	assert_true(folder_stage(p->f, "a.html", "new", 3, &p->e));
	assert_false(folder_stage(p->f, "there/b.html", "new", 3, &p->e));
	assert_non_null(strstr(p->e.msg, "there/b.html: cannot write"));
	assert_true(folder_commit(p->f, &p->e)); /* nothing is left of it */
	assert_true(folder_read(p->f, "a.html", 9, &b));
	assert_string_equal(buf_str(&b), "old");
	buf_fini(&b);
}

static bool keep_a(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "a.html") == 0;
}

static void count(void *ctx, const char *name)
{
	assert_string_equal(name, "region");
	++*(int *)ctx;
}

static void what_is_not_wanted_goes(void **state)
{
	struct place *p = *state;
	char *sub = below(p, "region/deeper");
	struct buf b;
	int folders = 0;

	buf_init(&b, 0);
	assert_true(put(p, "region/a.html", "a"));
	assert_true(put(p, "region/b.html", "b"));
	assert_true(put(p, "region/.nocboard.99", "half"));
	assert_int_equal(mkdir(sub, 0755), 0);
	folder_prune(p->f, "region", keep_a, NULL);
	folder_prune(p->f, "nowhere", keep_a, NULL);
	assert_true(folder_read(p->f, "region/a.html", 9, &b));
	assert_false(folder_read(p->f, "region/b.html", 9, &b));
	assert_false(folder_read(p->f, "region/.nocboard.99", 9, &b));
	assert_true(S_ISDIR(mode_of(p, "region/deeper")));
	folder_list(p->f, "", count, &folders);
	assert_int_equal(folders, 1);
	folder_remove(p->f, "region"); /* is not empty */
	assert_true(S_ISDIR(mode_of(p, "region")));
	buf_fini(&b);
	free(sub);
}

static void no_folder_is_told(void **state)
{
	struct place *p = *state;
	char *path = xasprintf("%s/gone/page", p->scratch);

	assert_null(folder_open(path, &p->e));
	assert_non_null(strstr(p->e.msg, "gone/page: no folder to write into: No such file"));
	free(path);
}

static void count_entry(void *ctx, const struct folder_entry *x)
{
	int *seen = ctx; /* files, others */

	seen[!x->regular]++;
	if (x->regular) {
		assert_int_equal(x->size, 3);
		assert_true(x->changed_ns > 0 && x->inode > 0);
	}
}

/* What others put there is listed without being opened, and put away without replacing anything. */
static void what_is_there_can_be_put_away(void **state)
{
	struct place *p = *state;
	struct folder *f = folder_find(p->path, &p->e);
	char *gone = xasprintf("%s/gone", p->scratch), *link = xasprintf("%s/link", p->path);
	int seen[2] = { 0, 0 };
	struct buf b;

	assert_null(folder_find(gone, &p->e));
	assert_non_null(strstr(p->e.msg, "No such file"));
	assert_true(access(gone, F_OK) != 0); /* it was not made */
	assert_true(folder_stage(p->f, "a", "one", 3, &p->e) &&
		    folder_stage(p->f, "sub/b", "two", 3, &p->e) &&
		    folder_stage(p->f, ".c", "six", 3, &p->e) && folder_commit(p->f, &p->e));
	assert_int_equal(symlink("a", link), 0);
	assert_true(folder_entries(f, count_entry, seen, &p->e));
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], 1);
	assert_true(folder_has(f, "sub/b") && folder_has(f, "link"));
	assert_false(folder_has(f, "sub/a") || folder_has(f, "nothing/a"));
	assert_false(folder_move(f, "a", "sub/b", &p->e));
	assert_int_equal(p->e.sys, EEXIST);
	assert_false(folder_move(f, "x", "sub/x", &p->e));
	assert_int_equal(p->e.sys, ENOENT);
	assert_false(folder_move(f, "a", "link/a", &p->e));
	assert_true(folder_move(f, "a", "done/a", &p->e));
	buf_init(&b, 0);
	assert_true(folder_read(f, "done/a", 3, &b));
	assert_string_equal(buf_str(&b), "one");
	buf_fini(&b);
	folder_close(f);
	free(gone);
	free(link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    files_are_for_everybody_whatever_the_umask, setup, teardown),
		cmocka_unit_test_setup_teardown(links_lead_nowhere, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failure_leaves_the_old_ones, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_wanted_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(no_folder_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_there_can_be_put_away, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What may happen to a journal's writer and its bytes: kills, flipped bits, cut files, a full disk.
 */
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"

static unsigned seed = 20250310;

static unsigned rnd(unsigned below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 12) % below;
}

/* ---- kill -9 ---- */

struct writer {
	struct journal *j;
	int out, version;
};

static void write_next(struct writer *w);

static void acknowledged(void *ctx, const struct append_result *r)
{
	struct writer *w = ctx;
	int32_t version = w->version;

	/* The pipe is the client: what it was told must be there afterwards. */
	if (r->status != APPEND_DONE || write(w->out, &version, sizeof version) != sizeof version)
		_exit(3);
	write_next(w);
}

static void write_next(struct writer *w)
{
	struct event *ev[2];
	char command[32];
	int n = 1 + w->version % 2; /* batches of one and of two, which belong together */

	for (int i = 0; i < n; i++) {
		w->version++;
		ev[i] = event_new("INC-1", w->version, (struct utc){ T0 + w->version }, "maria",
		    EVENT_NOTE, NULL);
		json_put_str(ev[i]->body, "text", "still looking");
	}
	snprintf(command, sizeof command, "c%d", w->version);
	for (int i = 0; i < n; i++)
		ev[i]->command_id = xstrdup(command);
	journal_append(w->j, ev, (size_t)n, 0, acknowledged, w);
	for (int i = 0; i < n; i++)
		event_free(ev[i]);
}

static void child(const char *path, int out)
{
	struct loop *l = loop_new();
	struct err e = { 0 };
	struct writer w = { .out = out };

	w.j = journal_open(l, path, JOURNAL_CREATE, &e);
	if (!w.j)
		_exit(2);
	w.version = (int)journal_head(w.j); /* one stream: its version is the journal's head */
	write_next(&w);
	for (;;)
		loop_run_once(l, true);
}

static bool batches_whole(void *ctx, struct event *ev)
{
	int *pending = ctx;

	/* Event 2k-1 stands alone or opens a pair by its command: the pair's second one follows. */
	if (*pending)
		*pending = 0;
	else if (ev->command_id && ev->command_id[0] == 'c' &&
		 strtol(ev->command_id + 1, NULL, 10) == ev->version + 1)
		*pending = 1;
	event_free(ev);
	return true;
}

static void test_kills(void **state)
{
	struct fix *f = *state;
	int kills = getenv("KILLS") ? (int)strtol(getenv("KILLS"), NULL, 10) : 20;
	int last = 0, pending;

	for (int k = 0; k < kills; k++) {
		int p[2], status, want = (int)rnd(40);
		int32_t acked;
		struct journal_report r;
		struct journal *j;
		struct err e = { 0 };
		pid_t pid;

		assert_int_equal(pipe2(p, O_CLOEXEC), 0);
		pid = fork();
		if (pid == 0)
			child(f->path, p[1]);
		close(p[1]);
		for (int i = 0; i < want && read(p[0], &acked, sizeof acked) == sizeof acked; i++)
			last = acked;
		/* Somewhere within what it does next. */
		for (unsigned spin = rnd(200000); spin; spin--)
			__asm__ volatile("");
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status)); /* it did not fail by itself */
		while (read(p[0], &acked, sizeof acked) == sizeof acked)
			last = acked;
		close(p[0]);

		j = journal_open(f->l, f->path, JOURNAL_CREATE, &e);
		if (!j)
			fail_msg("kill %d: %s", k, e.msg);
		assert_true(journal_head(j) >= last);
		assert_true(journal_head(j) <= last + 2); /* one batch may be there untold */
		assert_true(journal_verify(j, &r, &e));
		assert_true(r.ok);
		assert_int_equal(r.events, journal_head(j));
		pending = 0;
		assert_true(journal_read(j, 1, batches_whole, &pending, &e));
		assert_int_equal(pending, 0);
		last = (int)journal_head(j);
		journal_close(j);
	}
	assert_true(last > kills); /* it did write */
}

/* ---- damage ---- */

struct damage {
	struct buf good;
	struct journal_report right;
	char path[256];
	int opened, named, same;
};

static void prepare(struct fix *f, struct damage *d)
{
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct err e = { 0 };

	fix_fill(f, j, 1, 120);
	journal_close(j);
	memset(d, 0, sizeof *d);
	buf_init(&d->good, 0);
	assert_true(file_read(f->path, BUF_MAX, 0, &d->good, &e));
	d->right = fix_verify(f, f->path);
	assert_true(d->right.ok);
	snprintf(d->path, sizeof d->path, "%s/damaged.db", f->dir);
}

/* However the file is damaged: refused, or named, or nothing that counts was touched. */
static void judge(struct fix *f, struct damage *d, const void *data, size_t len)
{
	struct err e = { 0 };
	struct journal_report r = { 0 };
	struct journal *j;
	char shm[300];

	assert_true(file_write(d->path, data, len, 0600, &e));
	j = journal_open(f->l, d->path, JOURNAL_READ_ONLY, &e);
	if (!j) {
		assert_int_equal(e.kind, ERR_JOURNAL);
		assert_true(e.msg[0] != '\0');
	} else {
		d->opened++;
		assert_true(journal_verify(j, &r, &e));
		if (r.ok) {
			d->same++;
			assert_int_equal(r.events, d->right.events);
			assert_string_equal(r.head_hash, d->right.head_hash);
		} else {
			d->named += r.bad_seq > 0;
			assert_true(r.what[0] != '\0');
			assert_true(r.bad_seq == 0 || r.bad_seq == r.events + 1);
		}
	}
	journal_close(j);
	/* An engine refuses it as well, or starts on what is whole. */
	j = journal_open(f->l, d->path, 0, &e);
	if (j)
		assert_true(journal_head(j) <= d->right.events);
	journal_close(j);
	snprintf(shm, sizeof shm, "%s-wal", d->path);
	unlink(shm);
	snprintf(shm, sizeof shm, "%s-shm", d->path);
	unlink(shm);
}

static void test_bit_flips(void **state)
{
	struct fix *f = *state;
	struct damage d;
	int flips = 400;

	prepare(f, &d);
	for (int i = 0; i < flips; i++) {
		size_t at = i < 100 ? (size_t)i : rnd((unsigned)d.good.len);
		char bit = (char)(1 << rnd(8));

		d.good.data[at] ^= bit;
		judge(f, &d, d.good.data, d.good.len);
		d.good.data[at] ^= bit;
	}
	judge(f, &d, d.good.data, d.good.len); /* unharmed it is right */
	assert_true(d.same >= 1);
	assert_true(d.named > flips / 4);
	assert_true(d.opened < flips);
	buf_fini(&d.good);
}

static void test_truncated(void **state)
{
	struct fix *f = *state;
	struct damage d;
	size_t page = 4096;

	prepare(f, &d);
	assert_int_equal(d.good.len % page, 0);
	for (size_t len = page; len < d.good.len; len += page) {
		judge(f, &d, d.good.data, len);
		judge(f, &d, d.good.data, len - 1);
		judge(f, &d, d.good.data, len + rnd((unsigned)page));
	}
	assert_int_equal(d.same, 0); /* a shorter file is never taken for the whole */
	buf_fini(&d.good);
}

static void test_log_beside(void **state)
{
	struct fix *f = *state;
	struct journal *j = fix_open(f, JOURNAL_CREATE);
	struct buf b;
	struct err e = { 0 };
	struct journal_report r;
	char wal[320], copy[300];

	fix_fill(f, j, 1, 30);
	journal_close(j);
	j = fix_open(f, 0);
	fix_fill(f, j, 31, 5); /* in the log, not in the file */
	buf_init(&b, 0);
	snprintf(copy, sizeof copy, "%s/copy.db", f->dir);
	assert_true(file_read(f->path, BUF_MAX, 0, &b, &e));
	assert_true(file_write(copy, b.data, b.len, 0600, &e));
	/* cp without the log: the older state, whole; nothing is invented. */
	r = fix_verify(f, copy);
	assert_true(r.ok);
	assert_int_equal(r.events, 30);
	/* The file with its log as a kill leaves them. */
	snprintf(wal, sizeof wal, "%s-wal", f->path);
	buf_clear(&b);
	assert_true(file_read(wal, BUF_MAX, 0, &b, &e));
	snprintf(wal, sizeof wal, "%s-wal", copy);
	assert_true(file_write(wal, b.data, b.len, 0600, &e));
	r = fix_verify(f, copy);
	assert_true(r.ok);
	assert_int_equal(r.events, 35);
	/* A log that was cut or damaged ends where it is damaged. */
	b.data[b.len / 2] ^= 4;
	assert_true(file_write(wal, b.data, b.len, 0600, &e));
	r = fix_verify(f, copy);
	assert_true(r.ok);
	assert_in_range(r.events, 30, 34);
	buf_fini(&b);
	journal_close(j);
}

/* ---- a full disk ---- */

static void on_health(void *ctx, bool ok)
{
	*(int *)ctx = ok ? 1 : -1;
}

/* Runs in a child with mounts of its own. 77: it may not mount. */
static void fill(const char *path)
{
	static const char zeros[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (write(fd, zeros, sizeof zeros) > 0)
		;
	close(fd);
}

static int full_disk(struct fix *f)
{
	char filler[300];
	struct journal *j;
	struct err e = { 0 };
	struct journal_report r;
	int health = 0, version = 0, failed_at;
	int64_t start;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", f->dir, "tmpfs", 0, "size=1m") != 0)
		return 77;
	j = journal_open(f->l, f->path, JOURNAL_CREATE, &e);
	if (!j)
		return 10;
	journal_on_health(j, on_health, &health);
	while (version < 10)
		if (fix_append(f, j, ++version, NULL).status != APPEND_DONE)
			return 11;
	snprintf(filler, sizeof filler, "%s/filler", f->dir);
	fill(filler);
	/* Some more may fit into pages that the log has already. */
	while (fix_append(f, j, version + 1, NULL).status == APPEND_DONE)
		if (++version > 5000)
			return 12;
	failed_at = version;
	if (journal_health(j, &e) || !strstr(e.msg, "full"))
		return 13;
	loop_run_once(f->l, false);
	if (health != -1)
		return 14;
	/* A try while it is still full changes nothing. */
	if (fix_append(f, j, version + 1, NULL).status != APPEND_FAILED)
		return 15;
	unlink(filler);
	while (health != 1)
		loop_run_once(f->l, true);
	version = (int)journal_head(j); /* the failed one may be there after all, or not */
	if (version < failed_at || version > failed_at + 1)
		return 16;
	if (fix_append(f, j, version + 1, NULL).status != APPEND_DONE)
		return 17;
	/* Full again, and nobody appends: it is noticed all the same. */
	fill(filler);
	start = clock_mono().ms;
	while (health != -1 && clock_mono().ms < start + 2000)
		loop_run_once(f->l, true);
	if (health != -1 || journal_health(j, &e) || !strstr(e.msg, "full"))
		return 19;
	unlink(filler);
	while (health != 1)
		loop_run_once(f->l, true);
	journal_close(j);
	r = fix_verify(f, f->path);
	return r.ok && r.events == version + 1 ? 0 : 18;
}

static void test_full_disk(void **state)
{
	struct fix *f = *state;
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(full_disk(f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIX_TEST(test_kills),
		FIX_TEST(test_bit_flips),
		FIX_TEST(test_truncated),
		FIX_TEST(test_log_beside),
		FIX_TEST(test_full_disk),
	};

	return cmocka_run_group_tests_name("store/fault", tests, NULL, NULL);
}

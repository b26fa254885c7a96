/* What the journal costs: commits against the disk's own sync, groups, and reading it all at start.
 * Prints ratios taken in one run; absolute times only say what this machine is like. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/loop.h"
#include "store/tools.h"

#define T0 INT64_C(1741616400000)
#define SINGLE 200
#define GROUP 100
#define GROUPS 100

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Seconds of one page appended with its sync: the journal's log grows in the same way. */
static double bare_sync(const char *dir)
{
	char *path = xasprintf("%s/bare", dir), page[4096] = "";
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	double start;

	start = now_s();
	for (int i = 0; i < SINGLE; i++)
		if (write(fd, page, sizeof page) < 0 || fdatasync(fd) != 0)
			exit(1);
	start = (now_s() - start) / SINGLE;
	close(fd);
	unlink(path);
	free(path);
	return start;
}

static int waiting;

static void done(void *ctx, const struct append_result *r)
{
	(void)ctx;
	if (r->status != APPEND_DONE) {
		fprintf(stderr, "append_bench: %s\n", r->err.msg);
		exit(1);
	}
	waiting--;
}

static void append(struct journal *j, int version)
{
	cJSON *body = cJSON_CreateObject();
	struct event *ev;

	json_put_str(body, "source", "probe:pgw-1");
	json_put_str(body, "detail", "timeout after 5 s; 3 failures in a row");
	ev =
	    event_new("INC-1", version, (struct utc){ T0 + version }, "engine", EVENT_SIGNAL, body);
	waiting++;
	journal_append(j, &ev, 1, 0, done, NULL);
	event_free(ev);
}

static bool count(void *ctx, struct event *take)
{
	++*(int *)ctx;
	event_free(take);
	return true;
}

static int run(struct loop *l, const char *dir)
{
	char *path = xasprintf("%s/j.db", dir);
	struct err e = { 0 };
	struct journal *j = journal_open(l, path, JOURNAL_CREATE, &e);
	double sync = bare_sync(dir), start, single, grouped, reading;
	struct journal_report r;
	int version = 0, events = 0;

	if (!j) {
		fprintf(stderr, "append_bench: %s\n", e.msg);
		return 1;
	}
	start = now_s();
	for (int i = 0; i < SINGLE; i++)
		for (append(j, ++version); waiting;)
			loop_run_once(l, false);
	single = (now_s() - start) / SINGLE;
	start = now_s();
	for (int g = 0; g < GROUPS; g++) {
		for (int i = 0; i < GROUP; i++)
			append(j, ++version);
		while (waiting)
			loop_run_once(l, false);
	}
	grouped = (now_s() - start) / (GROUPS * GROUP);
	start = now_s();
	if (!journal_read(j, 1, count, &events, &e) || events != version)
		return 1;
	reading = (now_s() - start) / events;
	start = now_s();
	if (!journal_verify(j, &r, &e) || !r.ok)
		return 1;
	printf("append: one event a commit %.2f ms, %.2f times the disk's own sync (%.2f ms)\n",
	    single * 1e3, single / sync, sync * 1e3);
	printf("append: %d a commit, %.0f events/s, %.1f us each\n", GROUP, 1 / grouped,
	    grouped * 1e6);
	printf("read: %.0f events/s with their bodies\n", 1 / reading);
	printf("verify: %.0f events/s\n", events / (now_s() - start));
	journal_close(j);
	free(path);
	return 0;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	char *dir = argc > 1 ? xstrdup(argv[1]) : file_scratch("nocboard-bench", &e);
	struct loop *l = loop_new();
	int rc;

	if (!dir) {
		fprintf(stderr, "append_bench: %s\n", e.msg);
		return 1;
	}
	rc = run(l, dir);
	loop_free(l);
	if (argc == 1)
		file_remove_tree(dir, NULL);
	free(dir);
	return rc;
}

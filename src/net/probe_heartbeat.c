/* heartbeat: something that must report on this host, by the time of a file or of a line in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "feed_priv.h"
#include "probe_wait.h"

#define TAIL ((size_t)64 << 10) /* of the file, in which the line is looked for */
#define STAMP 64		/* longest beginning of a line that is read as its time */
#define AHEAD_MS 600000		/* a time so far ahead of ours is a clock that is wrong */

struct beat_run {
	struct waiting w;
};

/* The time that a line starts with: as many of its first words as make one. */
static bool line_time(const char *line, size_t len, struct utc *out)
{
	char text[STAMP + 1];
	size_t n = len < STAMP ? len : STAMP;

	while (n > 0 && (*line == '[' || *line == ' ')) {
		line++;
		n--;
	}
	memcpy(text, line, n);
	text[n] = '\0';
	for (; n > 0; text[n] = '\0') {
		if (feed_date(text, out))
			return true;
		while (n > 0 && !strchr(" \t,]|", text[n - 1]))
			n--; /* the last word */
		while (n > 0 && strchr(" \t,:;]|-", text[n - 1]))
			n--;
	}
	return false;
}

/* The last whole line that holds `want`. NULL: none. */
static const char *last_line(const char *bytes, size_t len, const char *want, size_t *line_len)
{
	const char *found = NULL;
	size_t want_len = strlen(want);

	for (const char *at = bytes, *end; at < bytes + len; at = end + 1) {
		end = memchr(at, '\n', (size_t)(bytes + len - at));
		if (!end)
			break; /* still being written */
		if (memmem(at, (size_t)(end - at), want, want_len)) {
			found = at;
			*line_len = (size_t)(end - at);
		}
	}
	return found;
}

static enum status unreadable(struct waiting *w, int sys)
{
	snprintf(w->line, sizeof w->line, "%.100s: %s", w->target->url, strerror(sys));
	return sys == ENOENT ? STATUS_MAJOR : STATUS_UNKNOWN;
}

static enum status judge_age(struct waiting *w, struct utc at, const char *what)
{
	int64_t age = utc_diff(w->env->now(w->env->now_ctx), at), max = w->target->max_age_ms;

	if (age < -AHEAD_MS) {
		snprintf(w->line, sizeof w->line, "%s is %lld s in the future: a clock is wrong",
		    what, (long long)-age / 1000);
		return STATUS_UNKNOWN;
	}
	age = age < 0 ? 0 : age;
	snprintf(w->line, sizeof w->line, "%s is %lld s old, limit %lld s", what,
	    (long long)age / 1000, (long long)max / 1000);
	return age > max ? STATUS_MAJOR : STATUS_OPERATIONAL;
}

static enum status judge_line(struct waiting *w, int fd, off_t size)
{
	off_t from = size > (off_t)TAIL ? size - (off_t)TAIL : 0;
	char *bytes = xmalloc(TAIL);
	ssize_t n = pread(fd, bytes, TAIL, from);
	enum status status = STATUS_MAJOR;
	size_t len = 0;
	struct utc at;

	if (n < 0) {
		status = unreadable(w, errno);
	} else {
		const char *line = last_line(bytes, (size_t)n, w->target->line, &len);

		if (!line) {
			snprintf(w->line, sizeof w->line, "no line of %.60s holds '%.60s'%s",
			    w->target->url, w->target->line, from ? " (in its last 64 KiB)" : "");
		} else if (!line_time(line, len, &at)) {
			status = STATUS_UNKNOWN;
			snprintf(w->line, sizeof w->line,
			    "the line with '%.60s' does not start with a time", w->target->line);
		} else {
			status = judge_age(w, at, "the last line");
		}
	}
	free(bytes);
	return status;
}

/* Opened without waiting, whatever lies there; nothing but a regular file is looked at. */
static enum status look(struct waiting *w)
{
	int fd = open(w->target->url, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	enum status status;
	struct stat st;

	if (fd < 0)
		return unreadable(w, errno);
	if (fstat(fd, &st) != 0) {
		status = unreadable(w, errno);
	} else if (!S_ISREG(st.st_mode)) {
		status = STATUS_UNKNOWN;
		snprintf(w->line, sizeof w->line, "%.100s is no file", w->target->url);
	} else if (w->target->line) {
		status = judge_line(w, fd, st.st_size);
	} else {
		status = judge_age(w,
		    (struct utc){
			(int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000 },
		    "the file");
	}
	close(fd);
	return status;
}

static void start(struct waiting *w)
{
	w->a.found = look(w);
	waiting_end(w);
}

static void stop(struct waiting *w)
{
	(void)w; /* nothing is held between the two */
}

static struct probe_run *make(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, struct err *e)
{
	struct beat_run *b = xcalloc(1, sizeof *b);

	(void)round, (void)e;
	b->w.start = start;
	b->w.stop = stop;
	waiting_init(&b->w, env, t, NULL, false);
	return &b->w.run;
}

static void beat_free(struct probe_run *r)
{
	struct beat_run *b = (struct beat_run *)r;

	waiting_fini(&b->w);
	free(b);
}

const struct probe_ops probe_heartbeat_ops = { make, waiting_go, waiting_busy, beat_free };

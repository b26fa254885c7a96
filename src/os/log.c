#include "os/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "os/clock.h"

static const char *const level_names[] = {
	[LOG_SAY_DEBUG] = "debug",
	[LOG_SAY_INFO] = "info",
	[LOG_SAY_WARN] = "warn",
	[LOG_SAY_ERROR] = "error",
};

/* The engine and its net thread both write. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static char *log_path; /* NULL: standard error */
static size_t log_size, log_max;
static enum log_level log_least;

static void close_locked(void)
{
	if (log_path && log_fd >= 0)
		close(log_fd);
	free(log_path);
	log_path = NULL;
	log_fd = -1;
}

static bool open_locked(const char *path, struct err *e)
{
	struct stat st;
	int fd =
	    open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s: cannot open the log", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1) {
		close(fd);
		return err_set(e, ERR_IO, "%s: is no log file of ours (a link or a device)", path);
	}
	log_fd = fd;
	log_size = (size_t)st.st_size;
	return true;
}

void log_to_stderr(enum log_level least)
{
	pthread_mutex_lock(&lock);
	close_locked();
	log_fd = STDERR_FILENO;
	log_least = least;
	pthread_mutex_unlock(&lock);
}

bool log_to_file(const char *path, size_t max, enum log_level least, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&lock);
	close_locked();
	ok = open_locked(path, e);
	if (ok) {
		log_path = xstrdup(path);
		log_max = max ? max : LOG_FILE_MAX;
		log_least = least;
	}
	pthread_mutex_unlock(&lock);
	return ok;
}

void log_close(void)
{
	pthread_mutex_lock(&lock);
	close_locked();
	pthread_mutex_unlock(&lock);
}

static void rotate_locked(void)
{
	char *old = xasprintf("%s.1", log_path);

	if (rename(log_path, old) == 0) {
		close(log_fd);
		log_fd = -1;
		open_locked(log_path, NULL);
	}
	free(old);
}

static void write_locked(const struct buf *b)
{
	ssize_t n;

	if (log_path && log_size + b->len > log_max)
		rotate_locked();
	if (log_fd < 0)
		return;
	n = write(log_fd, b->data, b->len);
	if (n > 0)
		log_size += (size_t)n;
}

/* `key=value`, quoted unless it is one plain word. False: it did not fit. */
static bool add_pair(struct buf *b, const char *key, const char *value)
{
	struct buf clean;
	bool plain = *value != '\0';
	size_t start = b->len;

	buf_init(&clean, 0);
	utf8_clean(&clean, value, strlen(value), UTF8_ONE_LINE, LOG_RECORD);
	for (const char *p = buf_str(&clean); *p; p++)
		if ((unsigned char)*p <= ' ' || *p == '"' || *p == '\\' || *p == '=')
			plain = false;
	buf_addf(b, " %s=%s", key, plain ? "" : "\"");
	for (const char *p = buf_str(&clean); *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *p);
	}
	if (!plain)
		buf_addc(b, '"');
	buf_fini(&clean);
	if (b->over) {
		/* Whole pairs only: a cut value could read as something else. */
		b->len = start;
		b->data[start] = '\0';
		b->over = false;
		return false;
	}
	return true;
}

void log_say(enum log_level level, const char *event, ...)
{
	static const char cut[] = " cut=yes\n";
	char when[UTC_TEXT];
	const char *key;
	struct buf b;
	va_list ap;
	bool whole = true;

	if (log_fd < 0 || level < log_least)
		return;
	buf_init(&b, LOG_RECORD - sizeof cut);
	buf_addf(&b, "%s level=%s", utc_format(clock_utc(), when), level_names[level]);
	add_pair(&b, "event", event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);

		if (!add_pair(&b, key, value ? value : ""))
			whole = false;
	}
	va_end(ap);
	b.max = LOG_RECORD;
	buf_adds(&b, whole ? "\n" : cut);
	pthread_mutex_lock(&lock);
	write_locked(&b);
	pthread_mutex_unlock(&lock);
	buf_fini(&b);
}

const char *log_int(int64_t n)
{
	static _Thread_local char ring[8][24];
	static _Thread_local unsigned next;
	char *out = ring[next++ % countof(ring)];

	snprintf(out, sizeof ring[0], "%" PRId64, n);
	return out;
}

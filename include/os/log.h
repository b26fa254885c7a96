/* The engine's log: one record, one line, key=value. What comes from outside cannot forge a record
 * or reach a terminal raw. A log that cannot be written is never a reason to stop. */
#ifndef OS_LOG_H
#define OS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LOG_RECORD 4096			/* longest record, its line end included */
#define LOG_FILE_MAX ((size_t)16 << 20) /* then it becomes PATH.1, and a new one begins */

enum log_level {
	LOG_SAY_DEBUG,
	LOG_SAY_INFO,
	LOG_SAY_WARN,
	LOG_SAY_ERROR,
};

/* Where records go: nowhere at first. At most twice `max` bytes are kept (0: LOG_FILE_MAX). */
void log_to_stderr(enum log_level least);
bool log_to_file(const char *path, size_t max, enum log_level least, struct err *e);
void log_close(void);

/* log_say(LOG_SAY_WARN, "journal", "why", e.msg, "seq", log_int(seq), NULL): pairs of key and
 * value, ended by NULL; a NULL value reads as "". Any thread. */
void log_say(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* A number as text, good for one log_say (up to 8 of them in a thread). */
const char *log_int(int64_t n);

#endif

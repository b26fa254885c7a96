/* One convention for failure: a function that can fail takes `struct err *` and returns false. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_kind {
	ERR_NONE,
	ERR_USAGE,   /* the call or command line is wrong: exit 2 */
	ERR_CONFIG,  /* unusable configuration: exit 3 */
	ERR_JOURNAL, /* the journal cannot be opened or written: exit 4 */
	ERR_REFUSED, /* a rule refuses it: exit 5 */
	ERR_IO,	     /* file, socket or process */
	ERR_NET,     /* the other end of a network */
	ERR_DATA,    /* the bytes are not what they should be */
	ERR_LIMIT,   /* a stated limit was passed */
};

/* Lives on the caller's stack; `msg` is one line, complete, without a line end.
 * `sys` is an errno or 0. A function that returns true leaves it alone. */
struct err {
	enum err_kind kind;
	int sys;
	char msg[320];
};

/* Both return false, so that `return err_set(e, …)` reads as one statement. `e` may be NULL. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends ": " and strerror(sys). */
bool err_sys(struct err *e, enum err_kind kind, int sys, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Puts context before the message that is there: "context: message". */
bool err_in(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The exit status of the command line for an error of this kind (1 to 5). */
int err_exit(enum err_kind kind);

#endif

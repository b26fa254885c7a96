/* Errors as people see them: one line on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "cmd.h"

int cmd_fail(const struct err *e)
{
	char *msg = utf8_cleaned(e->msg, UTF8_ONE_LINE, 0);

	fprintf(stderr, "nocboard: %s\n", msg);
	free(msg);
	return err_exit(e->kind);
}

int cmd_refuse(enum err_kind kind, const char *fmt, ...)
{
	struct err e = { .kind = kind };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e.msg, sizeof e.msg, fmt, ap);
	va_end(ap);
	return cmd_fail(&e);
}

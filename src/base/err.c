#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return false;
	e->kind = kind;
	e->sys = 0;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	return false;
}

bool err_sys(struct err *e, enum err_kind kind, int sys, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	if (!e)
		return false;
	e->kind = kind;
	e->sys = sys;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	len = strlen(e->msg);
	snprintf(e->msg + len, sizeof e->msg - len, ": %s", strerror(sys));
	return false;
}

bool err_in(struct err *e, const char *fmt, ...)
{
	char context[sizeof e->msg], inner[sizeof e->msg];
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	vsnprintf(context, sizeof context, fmt, ap);
	va_end(ap);
	memcpy(inner, e->msg, sizeof inner);
	if (snprintf(e->msg, sizeof e->msg, "%s: %s", context, inner) < 0)
		e->msg[0] = '\0';
	return false;
}

int err_exit(enum err_kind kind)
{
	switch (kind) {
	case ERR_USAGE:
		return 2;
	case ERR_CONFIG:
		return 3;
	case ERR_JOURNAL:
		return 4;
	case ERR_REFUSED:
		return 5;
	case ERR_NONE:
	case ERR_IO:
	case ERR_NET:
	case ERR_DATA:
	case ERR_LIMIT:
		break;
	}
	return 1;
}

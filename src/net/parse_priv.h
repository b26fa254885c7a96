/* What goes over the pipe between parse.c and parse_child.c. */
#ifndef NET_PARSE_PRIV_H
#define NET_PARSE_PRIV_H

#include <stdint.h>

#include "base/buf.h"
#include "base/utf8.h"

#define PARSE_WHAT_MAX 64u
#define PARSE_DOC_MAX (((uint32_t)8 << 20) + ((uint32_t)64 << 10)) /* with a mapping */
#define PARSE_ANSWER_MAX ((size_t)16 << 20)

/* Before each document; then the name of what it is, then its bytes. The answer is a uint32_t
 * length and {"ok": document} or {"error": "why"}; with "last": true it wants to be replaced. */
struct parse_head {
	uint32_t what, len;
	int64_t now; /* struct utc */
};

#endif

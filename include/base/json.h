/* JSON as cJSON's tree, read strictly (RFC 8259, with limits) in one pass. cJSON's own parser is
 * lenient: it takes trailing garbage, control characters, leading zeros and cuts strings at an
 * escaped NUL; and it would read everything a second time. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

/* Limits of one document. */
#define JSON_DEPTH 64
#define JSON_NODES 200000
#define JSON_STRING 65536
#define JSON_NUMBER 64

/* Passes if `s` is one JSON text within the limits: valid UTF-8, no NUL escape, no lone surrogate,
 * no duplicate key in one object, finite numbers, nothing behind it. On failure *e says what is
 * wrong and at which line and column. */
bool json_gate(const char *s, size_t len, struct err *e);

/* The same, and the tree of it. NULL: refused, *e says why. The caller frees with cJSON_Delete. */
cJSON *json_parse(const char *s, size_t len, struct err *e);

/* Case-sensitive lookups that tolerate what is absent: the default, NULL or 0 is returned for a
 * missing member or one of another type. `obj` may be NULL. */
const cJSON *json_get(const cJSON *obj, const char *key);
const char *json_str(const cJSON *obj, const char *key); /* NULL: absent or no string */
const char *json_str_or(const cJSON *obj, const char *key, const char *otherwise);
int64_t json_int(
    const cJSON *obj, const char *key, int64_t otherwise); /* also from a range-checked double */
/* The array (NULL: none) has this text. */
bool json_lists(const cJSON *list, const char *text);
bool json_bool(const cJSON *obj, const char *key, bool otherwise);
struct utc json_utc(const cJSON *obj, const char *key); /* UTC_NONE: absent or unreadable */

/* RFC 6901 pointer; NULL: nothing there. */
const cJSON *json_pointer(const cJSON *root, const char *pointer);

/* Building. None fails. Values are copied; a NULL string becomes null. */
void json_put_str(cJSON *obj, const char *key, const char *value);
void json_put_int(cJSON *obj, const char *key, int64_t value);
void json_put_bool(cJSON *obj, const char *key, bool value);
void json_put_utc(cJSON *obj, const char *key, struct utc t); /* UTC_NONE becomes null */
void json_put(cJSON *obj, const char *key, cJSON *take);      /* takes `take` over */
void json_put_strs(cJSON *obj, const char *key, char *const *items, size_t count);

/* Appends the value without blanks; `<`, `>` and `&` stay as they are. */
void json_print(struct buf *out, const cJSON *value);
/* A new string, which the caller frees. */
char *json_text(const cJSON *value);

/* Appends `value` in one canonical form (object keys sorted by bytes, no blanks, shortest numbers):
 * equal values give equal bytes, whoever wrote them. The journal's hash chain is made over it. */
void json_canonical(struct buf *out, const cJSON *value);

#endif

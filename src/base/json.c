#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const cJSON *json_get(const cJSON *obj, const char *key)
{
	if (!cJSON_IsObject(obj))
		return NULL;
	/* As cJSON_GetObjectItemCaseSensitive, which calls strcmp for each member. */
	for (const cJSON *m = obj->child; m; m = m->next)
		if (m->string && *m->string == *key && strcmp(m->string, key) == 0)
			return m;
	return NULL;
}

const char *json_str(const cJSON *obj, const char *key)
{
	return cJSON_GetStringValue(json_get(obj, key));
}

const char *json_str_or(const cJSON *obj, const char *key, const char *otherwise)
{
	const char *s = json_str(obj, key);

	return s ? s : otherwise;
}

int64_t json_int(const cJSON *obj, const char *key, int64_t otherwise)
{
	const cJSON *v = json_get(obj, key);

	if (!cJSON_IsNumber(v) || !(fabs(v->valuedouble) < 9007199254740992.0))
		return otherwise;
	return (int64_t)v->valuedouble;
}

bool json_lists(const cJSON *list, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsString(item) && strcmp(item->valuestring, text) == 0)
			return true;
	}
	return false;
}

bool json_bool(const cJSON *obj, const char *key, bool otherwise)
{
	const cJSON *v = json_get(obj, key);

	return cJSON_IsBool(v) ? cJSON_IsTrue(v) : otherwise;
}

struct utc json_utc(const cJSON *obj, const char *key)
{
	const char *s = json_str(obj, key);
	struct utc t;

	return s && utc_parse(s, &t) ? t : UTC_NONE;
}

/* One reference token of a pointer, with ~0 and ~1 undone. False: it does not fit. */
static bool pointer_token(const char **p, char *token, size_t size)
{
	size_t n = 0;

	for (; **p && **p != '/'; (*p)++) {
		char c = **p;

		if (c == '~' && ((*p)[1] == '0' || (*p)[1] == '1'))
			c = *++*p == '0' ? '~' : '/';
		if (n + 1 >= size)
			return false;
		token[n++] = c;
	}
	token[n] = '\0';
	return true;
}

/* An array's index: digits without a leading zero (RFC 6901, 4). -1: it is none. */
static int index_of(const char *token)
{
	size_t digits = strspn(token, "0123456789");
	unsigned long i = strtoul(token, NULL, 10);

	if (!digits || token[digits] || (*token == '0' && digits > 1) || i > JSON_NODES)
		return -1;
	return (int)i;
}

const cJSON *json_pointer(const cJSON *root, const char *pointer)
{
	char token[256];

	while (root && *pointer) {
		if (*pointer++ != '/' || !pointer_token(&pointer, token, sizeof token))
			return NULL;
		if (cJSON_IsArray(root)) {
			int i = index_of(token);

			root = i < 0 ? NULL : cJSON_GetArrayItem(root, i);
		} else {
			root = json_get(root, token);
		}
	}
	return root;
}

void json_put(cJSON *obj, const char *key, cJSON *take)
{
	if (!take || !cJSON_AddItemToObject(obj, key, take))
		abort(); /* only when memory ran out */
}

void json_put_str(cJSON *obj, const char *key, const char *value)
{
	json_put(obj, key, value ? cJSON_CreateString(value) : cJSON_CreateNull());
}

void json_put_int(cJSON *obj, const char *key, int64_t value)
{
	json_put(obj, key, cJSON_CreateNumber((double)value));
}

void json_put_bool(cJSON *obj, const char *key, bool value)
{
	json_put(obj, key, cJSON_CreateBool(value));
}

void json_put_utc(cJSON *obj, const char *key, struct utc t)
{
	char text[UTC_TEXT];

	json_put_str(obj, key, utc_is_set(t) ? utc_format(t, text) : NULL);
}

void json_put_strs(cJSON *obj, const char *key, char *const *items, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(items[i]));
	json_put(obj, key, list);
}

static void print_string(struct buf *out, const char *s)
{
	buf_addc(out, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		switch (c) {
		case '"':
		case '\\':
			buf_addc(out, '\\');
			buf_addc(out, (char)c);
			break;
		case '\n':
			buf_adds(out, "\\n");
			break;
		case '\r':
			buf_adds(out, "\\r");
			break;
		case '\t':
			buf_adds(out, "\\t");
			break;
		default:
			if (c < 0x20 || c == 0x7f)
				buf_addf(out, "\\u%04x", c);
			else
				buf_addc(out, (char)c);
		}
	}
	buf_addc(out, '"');
}

/* Whole numbers below 2^53 without a point; others by the fewest digits that read back equal. */
static void print_number(struct buf *out, double d)
{
	char text[40];

	if (!isfinite(d)) {
		buf_adds(out, "null");
		return;
	}
	if (d == floor(d) && fabs(d) < 9007199254740992.0) {
		buf_addf(out, "%.0f", d == 0 ? 0.0 : d);
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	buf_adds(out, text);
}

static int by_key(const void *a, const void *b)
{
	const cJSON *const *x = a, *const *y = b;

	return strcmp((*x)->string, (*y)->string);
}

static void print(struct buf *out, const cJSON *v, bool sorted);

static void print_object(struct buf *out, const cJSON *v, bool sorted)
{
	size_t n = (size_t)cJSON_GetArraySize(v), i = 0;
	const cJSON **members = xcalloc(n, sizeof *members);

	for (const cJSON *m = v->child; m; m = m->next)
		members[i++] = m;
	if (sorted && n)
		qsort(members, n, sizeof *members, by_key);
	buf_addc(out, '{');
	for (i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		print_string(out, members[i]->string);
		buf_addc(out, ':');
		print(out, members[i], sorted);
	}
	buf_addc(out, '}');
	free(members);
}

static void print(struct buf *out, const cJSON *v, bool sorted)
{
	if (cJSON_IsObject(v)) {
		print_object(out, v, sorted);
	} else if (cJSON_IsArray(v)) {
		buf_addc(out, '[');
		for (const cJSON *m = v->child; m; m = m->next) {
			if (m != v->child)
				buf_addc(out, ',');
			print(out, m, sorted);
		}
		buf_addc(out, ']');
	} else if (cJSON_IsString(v)) {
		print_string(out, v->valuestring);
	} else if (cJSON_IsNumber(v)) {
		print_number(out, v->valuedouble);
	} else if (cJSON_IsBool(v)) {
		buf_adds(out, cJSON_IsTrue(v) ? "true" : "false");
	} else {
		buf_adds(out, "null");
	}
}

void json_print(struct buf *out, const cJSON *value)
{
	print(out, value, false);
}

char *json_text(const cJSON *value)
{
	struct buf b;

	buf_init(&b, 0);
	print(&b, value, false);
	return buf_take(&b);
}

void json_canonical(struct buf *out, const cJSON *value)
{
	print(out, value, true);
}

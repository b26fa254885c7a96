#include "domain/wire.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "domain/snapshot.h"
#include "wire_priv.h"

const char *wire_name(enum wire_kind kind)
{
	return wire_kinds[kind].name;
}

int wire_kind_of(const char *name)
{
	for (int k = 0; k < WIRE_KINDS; k++)
		if (strcmp(wire_kinds[k].name, name) == 0)
			return k;
	return -1;
}

static void *member(void *base, size_t offset)
{
	return (char *)base + offset;
}

static const void *member_of(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

/* ---- freeing ---- */

static void fini(const struct wtable *t, void *base)
{
	for (const struct wfield *f = t->fields; f->key; f++) {
		void *at = member(base, f->offset);
		size_t count = f->type == W_STRS || f->type == W_LIST
				   ? *(size_t *)member(base, f->count)
				   : f->n;

		switch (f->type) {
		case W_STR:
			free(*(char **)at);
			break;
		case W_STRS:
			for (size_t i = 0; i < count; i++)
				free((*(char ***)at)[i]);
			free(*(char ***)at);
			break;
		case W_FIXED:
			for (size_t i = 0; i < count; i++)
				free(((char **)at)[i]);
			break;
		case W_JSON:
			cJSON_Delete(*(cJSON **)at);
			break;
		case W_LIST:
			for (size_t i = 0; i < count; i++)
				fini(f->of, member(*(void **)at, i * f->of->size));
			free(*(void **)at);
			break;
		case W_EACH:
			for (size_t i = 0; i < count; i++)
				fini(f->of, member(at, i * f->of->size));
			break;
		case W_CHARS:
		case W_INT:
		case W_I64:
		case W_UINT:
		case W_BOOL:
		case W_UTC:
		case W_ENUM:
		case W_SHORTS:
			break;
		}
	}
}

void wire_free(enum wire_kind kind, void *object)
{
	if (!object)
		return;
	fini(wire_kinds[kind].table, object);
	free(object);
}

/* ---- reading ---- */

static bool read_table(const struct wtable *t, const cJSON *obj, void *base, struct err *e);

static bool wrong(const struct wfield *f, const char *what, struct err *e)
{
	return err_set(e, ERR_DATA, "\"%s\" is no %s", f->key, what);
}

static bool read_strs(const struct wfield *f, const cJSON *v, void *base, struct err *e)
{
	size_t n = (size_t)cJSON_GetArraySize(v), *count = member(base, f->count);
	char **items;

	if (!cJSON_IsArray(v))
		return wrong(f, "list", e);
	items = xcalloc(n, sizeof *items);
	*(char ***)member(base, f->offset) = items;
	*count = 0;
	for (const cJSON *i = v->child; i; i = i->next) {
		if (!cJSON_IsString(i))
			return wrong(f, "list of texts", e);
		items[(*count)++] = xstrdup(i->valuestring);
	}
	return true;
}

static bool read_fixed(const struct wfield *f, const cJSON *v, void *base, struct err *e)
{
	char **items = member(base, f->offset);
	size_t n = 0;

	if (!cJSON_IsArray(v))
		return wrong(f, "list", e);
	for (const cJSON *i = v->child; i && n < f->n; i = i->next, n++) {
		if (!cJSON_IsString(i))
			return wrong(f, "list of texts", e);
		items[n] = xstrdup(i->valuestring);
	}
	return true;
}

static bool read_list(const struct wfield *f, const cJSON *v, void *base, struct err *e)
{
	size_t n = (size_t)cJSON_GetArraySize(v), *count = member(base, f->count);
	void *items;

	if (!cJSON_IsArray(v))
		return wrong(f, "list", e);
	items = xcalloc(n, f->of->size);
	*(void **)member(base, f->offset) = items;
	*count = 0;
	for (const cJSON *i = v->child; i; i = i->next)
		if (!read_table(f->of, i, member(items, (*count)++ * f->of->size), e))
			return err_in(e, "%s", f->key);
	return true;
}

static bool read_each(const struct wfield *f, const cJSON *v, void *base, struct err *e)
{
	size_t n = 0;

	if (!cJSON_IsArray(v))
		return wrong(f, "list", e);
	for (const cJSON *i = v->child; i && n < f->n; i = i->next, n++)
		if (!read_table(f->of, i, member(base, f->offset + n * f->of->size), e))
			return err_in(e, "%s", f->key);
	return true;
}

static bool read_number(const struct wfield *f, const cJSON *v, void *at, struct err *e)
{
	double d = v->valuedouble;

	if (!cJSON_IsNumber(v) || !(d >= -9e15 && d <= 9e15))
		return wrong(f, "number", e);
	if (f->type == W_I64) {
		*(int64_t *)at = (int64_t)d;
	} else if (f->type == W_UINT) {
		if (d < 0 || d > UINT_MAX)
			return wrong(f, "small number", e);
		*(unsigned *)at = (unsigned)d;
	} else {
		if (d < INT_MIN || d > INT_MAX)
			return wrong(f, "small number", e);
		*(int *)at = (int)d;
	}
	return true;
}

static bool read_enum(const struct wfield *f, const cJSON *v, void *at, struct err *e)
{
	for (size_t i = 0; cJSON_IsString(v) && i < f->n; i++)
		if (strcmp(f->names[i], v->valuestring) == 0) {
			*(int *)at = (int)i;
			return true;
		}
	return wrong(f, "word that this version knows", e);
}

static bool read_shorts(const struct wfield *f, const cJSON *v, void *base, struct err *e)
{
	int16_t *items = member(base, f->offset);
	size_t *count = member(base, f->count);

	if (!cJSON_IsArray(v))
		return wrong(f, "list", e);
	for (const cJSON *i = v->child; i && *count < f->n; i = i->next) {
		if (!cJSON_IsNumber(i) || i->valuedouble < -1 || i->valuedouble > INT16_MAX)
			return wrong(f, "list of small numbers", e);
		items[(*count)++] = (int16_t)i->valuedouble;
	}
	return true;
}

static bool read_member(const struct wfield *f, const cJSON *v, void *base, struct err *e)
{
	void *at = member(base, f->offset);

	switch (f->type) {
	case W_STR:
		if (!cJSON_IsString(v))
			return wrong(f, "text", e);
		*(char **)at = xstrdup(v->valuestring);
		return true;
	case W_CHARS:
		if (!cJSON_IsString(v) || strlen(v->valuestring) >= f->n)
			return wrong(f, "short text", e);
		memcpy(at, v->valuestring, strlen(v->valuestring) + 1);
		return true;
	case W_STRS:
		return read_strs(f, v, base, e);
	case W_FIXED:
		return read_fixed(f, v, base, e);
	case W_INT:
	case W_I64:
	case W_UINT:
		return read_number(f, v, at, e);
	case W_BOOL:
		if (!cJSON_IsBool(v))
			return wrong(f, "true or false", e);
		*(bool *)at = cJSON_IsTrue(v);
		return true;
	case W_UTC:
		if (!cJSON_IsString(v) || !utc_parse(v->valuestring, at))
			return wrong(f, "time", e);
		return true;
	case W_ENUM:
		return read_enum(f, v, at, e);
	case W_JSON:
		*(cJSON **)at = cJSON_Duplicate(v, 1);
		return true;
	case W_LIST:
		return read_list(f, v, base, e);
	case W_EACH:
		return read_each(f, v, base, e);
	case W_SHORTS:
		return read_shorts(f, v, base, e);
	}
	return false;
}

/* What a missing member is. */
static void blank(const struct wtable *t, void *base)
{
	for (const struct wfield *f = t->fields; f->key; f++) {
		if (f->type == W_UTC)
			*(struct utc *)member(base, f->offset) = UTC_NONE;
		if (f->type == W_INT || f->type == W_ENUM)
			*(int *)member(base, f->offset) = f->blank;
		for (size_t i = 0; f->type == W_EACH && i < f->n; i++)
			blank(f->of, member(base, f->offset + i * f->of->size));
	}
}

static bool read_table(const struct wtable *t, const cJSON *obj, void *base, struct err *e)
{
	blank(t, base);
	if (!cJSON_IsObject(obj))
		return err_set(e, ERR_DATA, "not an object");
	for (const struct wfield *f = t->fields; f->key; f++) {
		const cJSON *v = json_get(obj, f->key);

		if (v && !cJSON_IsNull(v) && !read_member(f, v, base, e))
			return false;
	}
	return true;
}

void *wire_read(enum wire_kind kind, const cJSON *obj, struct err *e)
{
	void *object = xcalloc(1, wire_kinds[kind].table->size);

	if (read_table(wire_kinds[kind].table, obj, object, e))
		return object;
	err_in(e, "%s", wire_kinds[kind].name);
	wire_free(kind, object);
	return NULL;
}

/* ---- writing ---- */

static void write_table(const struct wtable *t, const void *base, cJSON *obj);

static cJSON *write_items(const struct wtable *t, const void *items, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++) {
		cJSON *one = cJSON_CreateObject();

		write_table(t, member_of(items, i * t->size), one);
		cJSON_AddItemToArray(list, one);
	}
	return list;
}

static cJSON *write_texts(char *const *items, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(items[i] ? items[i] : ""));
	return list;
}

static cJSON *write_shorts(const int16_t *items, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateNumber(items[i]));
	return list;
}

/* Absent text, time and JSON are left out; so are empty lists, false and 0 are not. */
static void write_member(const struct wfield *f, const void *base, cJSON *obj)
{
	const void *at = member_of(base, f->offset);
	size_t count = f->type == W_STRS || f->type == W_LIST || f->type == W_SHORTS
			   ? *(const size_t *)member_of(base, f->count)
			   : f->n;

	switch (f->type) {
	case W_STR:
		if (*(char *const *)at)
			json_put_str(obj, f->key, *(char *const *)at);
		break;
	case W_CHARS:
		if (*(const char *)at)
			json_put_str(obj, f->key, at);
		break;
	case W_STRS:
		if (count)
			json_put(obj, f->key, write_texts(*(char *const *const *)at, count));
		break;
	case W_FIXED:
		json_put(obj, f->key, write_texts(at, count));
		break;
	case W_INT:
		json_put_int(obj, f->key, *(const int *)at);
		break;
	case W_I64:
		json_put_int(obj, f->key, *(const int64_t *)at);
		break;
	case W_UINT:
		json_put_int(obj, f->key, *(const unsigned *)at);
		break;
	case W_BOOL:
		json_put_bool(obj, f->key, *(const bool *)at);
		break;
	case W_UTC:
		if (utc_is_set(*(const struct utc *)at))
			json_put_utc(obj, f->key, *(const struct utc *)at);
		break;
	case W_ENUM:
		json_put_str(obj, f->key, f->names[*(const int *)at]);
		break;
	case W_JSON:
		if (*(cJSON *const *)at)
			json_put(obj, f->key, cJSON_Duplicate(*(cJSON *const *)at, 1));
		break;
	case W_LIST:
		if (count)
			json_put(obj, f->key, write_items(f->of, *(const void *const *)at, count));
		break;
	case W_EACH:
		json_put(obj, f->key, write_items(f->of, at, count));
		break;
	case W_SHORTS:
		if (count)
			json_put(obj, f->key, write_shorts(at, count));
		break;
	}
}

static void write_table(const struct wtable *t, const void *base, cJSON *obj)
{
	for (const struct wfield *f = t->fields; f->key; f++)
		write_member(f, base, obj);
}

cJSON *wire_write(enum wire_kind kind, const void *object)
{
	cJSON *obj = cJSON_CreateObject();

	json_put_str(obj, "o", wire_kinds[kind].name);
	write_table(wire_kinds[kind].table, object, obj);
	return obj;
}

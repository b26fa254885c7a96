/* The strict gate in front of cJSON: RFC 8259's grammar and the limits of base/json.h, in one
 * iterative pass over the bytes. */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Zeros right behind the decimal point do not count towards JSON_NUMBER, up to this many. */
#define LEADING_ZEROS 256

struct key {
	size_t from, to; /* raw bytes between the quotes, when nothing in them is escaped */
	char *text;	 /* decoded, when something is */
	uint64_t hash;
};

struct gate {
	const char *s;
	size_t len, at, nodes;
	int depth;
	bool object[JSON_DEPTH + 1];
	size_t first_key[JSON_DEPTH + 1]; /* of the object at this depth, in keys[] */
	struct key *keys;
	size_t key_count, key_cap;
	struct err *e;
};

static bool fail(struct gate *g, enum err_kind kind, const char *what)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < g->at && i < g->len; i++) {
		column = g->s[i] == '\n' ? 1 : column + 1;
		line += g->s[i] == '\n';
	}
	return err_set(g->e, kind, "JSON %zu:%zu: %s", line, column, what);
}

static int peek(const struct gate *g)
{
	return g->at < g->len ? (unsigned char)g->s[g->at] : -1;
}

static void blanks(struct gate *g)
{
	int c;

	while ((c = peek(g)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		g->at++;
}

static int hex4(const char *s)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return -1;
		v = v * 16 + (isdigit((unsigned char)s[i]) ? s[i] - '0' : (s[i] | 32) - 'a' + 10);
	}
	return v;
}

/* Behind the backslash. Appends what it stands for. */
static bool escape(struct gate *g, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(g), high, low;
	const char *p = c > 0 ? strchr(from, c) : NULL;

	if (p) {
		g->at++;
		buf_addc(out, to[p - from]);
		return true;
	}
	if (c != 'u' || g->len - g->at < 5 || (high = hex4(g->s + g->at + 1)) < 0)
		return fail(g, ERR_DATA, "a backslash that starts no escape");
	if (high == 0)
		return fail(g, ERR_DATA, "an escaped NUL, which no text may hold");
	g->at += 5;
	if (high < 0xD800 || high > 0xDFFF)
		return utf8_put(out, (unsigned)high);
	if (high > 0xDBFF || g->len - g->at < 6 || g->s[g->at] != '\\' || g->s[g->at + 1] != 'u' ||
	    (low = hex4(g->s + g->at + 2)) < 0xDC00 || low > 0xDFFF)
		return fail(g, ERR_DATA, "half of a surrogate pair");
	g->at += 6;
	return utf8_put(
	    out, 0x10000u + ((unsigned)(high - 0xD800) << 10) + (unsigned)(low - 0xDC00));
}

/* At the opening quote. With `key`, the text's place is noted. */
static bool string(struct gate *g, struct key *key)
{
	struct buf decoded;
	size_t from = ++g->at, plain = from;
	bool escaped = false, ok = false;

	buf_init(&decoded, 0);
	for (;;) {
		int c = peek(g);

		if (c < 0) {
			fail(g, ERR_DATA, "the text ends inside a string");
			goto out;
		}
		if (c < 0x20) {
			fail(g, ERR_DATA, "a control character inside a string");
			goto out;
		}
		if (g->at - from > JSON_STRING) {
			fail(g, ERR_LIMIT, "a string longer than 64 KiB");
			goto out;
		}
		if (c == '"')
			break;
		if (c == '\\') {
			buf_add(&decoded, g->s + plain, g->at - plain);
			escaped = true;
			g->at++;
			if (!escape(g, &decoded))
				goto out;
			plain = g->at;
		} else {
			g->at++;
		}
	}
	if (key) {
		*key = (struct key){ .from = from, .to = g->at };
		if (escaped) {
			buf_add(&decoded, g->s + plain, g->at - plain);
			key->text = buf_take(&decoded);
		}
	}
	g->at++;
	ok = true;
out:
	buf_fini(&decoded);
	return ok;
}

static bool number(struct gate *g)
{
	size_t from = g->at, digits, zeros = 0;
	char text[JSON_NUMBER + LEADING_ZEROS + 1];

	if (peek(g) == '-')
		g->at++;
	if (peek(g) == '0') {
		g->at++;
	} else {
		for (digits = g->at; isdigit(peek(g)); g->at++)
			;
		if (g->at == digits)
			return fail(g, ERR_DATA, "expected a value");
	}
	if (peek(g) == '.') {
		for (digits = ++g->at; isdigit(peek(g)); g->at++)
			zeros += g->at == digits + zeros && peek(g) == '0' && zeros < LEADING_ZEROS;
		if (g->at == digits)
			return fail(g, ERR_DATA, "a decimal point without digits behind it");
	}
	if (peek(g) == 'e' || peek(g) == 'E') {
		g->at++;
		if (peek(g) == '+' || peek(g) == '-')
			g->at++;
		for (digits = g->at; isdigit(peek(g)); g->at++)
			;
		if (g->at == digits)
			return fail(g, ERR_DATA, "an exponent without digits");
	}
	if (g->at - from - zeros > JSON_NUMBER)
		return fail(g, ERR_LIMIT, "a number of more than 64 characters");
	memcpy(text, g->s + from, g->at - from);
	text[g->at - from] = '\0';
	if (!isfinite(strtod(text, NULL)))
		return fail(g, ERR_DATA, "a number that is too large");
	return true;
}

static bool literal(struct gate *g)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < countof(words); i++) {
		size_t n = strlen(words[i]);

		if (g->len - g->at >= n && memcmp(g->s + g->at, words[i], n) == 0) {
			g->at += n;
			return true;
		}
	}
	return number(g);
}

static uint64_t hash_bytes(const char *s, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
	return h;
}

static const char *key_bytes(const struct gate *g, const struct key *k, size_t *n)
{
	*n = k->text ? strlen(k->text) : k->to - k->from;
	return k->text ? k->text : g->s + k->from;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = ((const struct key *)a)->hash, y = ((const struct key *)b)->hash;

	return (x > y) - (x < y);
}

/* Ends the object at this depth: its keys are compared and dropped. Sorted by hash, so that an
 * object of many keys costs n log n. */
static bool close_object(struct gate *g)
{
	struct key *k = g->keys + g->first_key[g->depth];
	size_t n = g->key_count - g->first_key[g->depth], la, lb;
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		const char *a = key_bytes(g, &k[i], &la);

		k[i].hash = hash_bytes(a, la);
	}
	if (n > 1)
		qsort(k, n, sizeof *k, by_hash);
	for (size_t i = 0; ok && i + 1 < n; i++) {
		for (size_t j = i + 1; ok && j < n && k[j].hash == k[i].hash; j++) {
			const char *a = key_bytes(g, &k[i], &la), *b = key_bytes(g, &k[j], &lb);

			if (la == lb && memcmp(a, b, la) == 0)
				ok = fail(g, ERR_DATA, "the same key twice in this object");
		}
	}
	for (size_t i = 0; i < n; i++)
		free(k[i].text);
	g->key_count -= n;
	return ok;
}

/* A member's name and its colon. */
static bool member(struct gate *g)
{
	struct key key = { 0 };

	if (peek(g) != '"')
		return fail(g, ERR_DATA, "expected a member name in quotes");
	if (!string(g, &key))
		return false;
	g->keys = xgrow(g->keys, g->key_count, &g->key_cap);
	g->keys[g->key_count++] = key;
	blanks(g);
	if (peek(g) != ':')
		return fail(g, ERR_DATA, "expected ':' behind the member name");
	g->at++;
	blanks(g);
	return true;
}

/* Opens a container; *done when it is empty and so over already. */
static bool open_container(struct gate *g, bool object, bool *done)
{
	if (g->depth == JSON_DEPTH)
		return fail(g, ERR_LIMIT, "nested deeper than 64");
	g->at++;
	g->depth++;
	g->object[g->depth] = object;
	g->first_key[g->depth] = g->key_count;
	blanks(g);
	*done = peek(g) == (object ? '}' : ']');
	if (*done) {
		g->at++;
		g->depth--;
		return true;
	}
	return !object || member(g);
}

/* Behind a value: closes what ends here. *more when another value follows. */
static bool after_value(struct gate *g, bool *more)
{
	*more = false;
	while (g->depth) {
		bool object = g->object[g->depth];
		int c;

		blanks(g);
		c = peek(g);
		if (c == ',') {
			g->at++;
			blanks(g);
			*more = true;
			return !object || member(g);
		}
		if (c != (object ? '}' : ']'))
			return fail(g, ERR_DATA,
			    c < 0    ? "the text ends too early"
			    : object ? "expected ',' or '}'"
				     : "expected ',' or ']'");
		if (object && !close_object(g))
			return false;
		g->at++;
		g->depth--;
	}
	return true;
}

static bool run(struct gate *g)
{
	bool more = true, empty = false;

	blanks(g);
	while (more) {
		int c = peek(g);

		if (++g->nodes > JSON_NODES)
			return fail(g, ERR_LIMIT, "more than 200000 values");
		if (c < 0)
			return fail(g, ERR_DATA, "the text ends too early");
		if (c == '{' || c == '[') {
			if (!open_container(g, c == '{', &empty))
				return false;
			if (!empty)
				continue;
		} else if (!(c == '"' ? string(g, NULL) : literal(g))) {
			return false;
		}
		if (!after_value(g, &more))
			return false;
	}
	blanks(g);
	return g->at == g->len || fail(g, ERR_DATA, "something follows the document");
}

bool json_gate(const char *s, size_t len, struct err *e)
{
	struct gate g = { .s = s, .len = len, .e = e };
	bool ok;

	if (!utf8_valid(s, len))
		return err_set(e, ERR_DATA, "JSON: not valid UTF-8");
	ok = run(&g);
	for (size_t i = 0; i < g.key_count; i++)
		free(g.keys[i].text);
	free(g.keys);
	return ok;
}

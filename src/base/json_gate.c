/* RFC 8259's grammar and the limits of base/json.h, in one iterative pass over the bytes, which
 * also builds cJSON's tree when one is wanted. */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Zeros right behind the decimal point do not count towards JSON_NUMBER, up to this many. */
#define LEADING_ZEROS 256
#define FEW_KEYS 16
#define SHORT 16 /* fewer characters of a whole number are exact in a double */

struct key {
	const char *s; /* raw bytes between the quotes, or `text` */
	size_t len;
	char *text; /* decoded, when something in it is escaped */
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
	bool build; /* a tree is wanted */
	cJSON *root;
	cJSON *open[JSON_DEPTH + 1]; /* the container at each depth */
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

/* ---- building: one of cJSON's own, which cJSON_Delete takes apart ---- */

static void *block(size_t size)
{
	void *p = cJSON_malloc(size);

	if (!p)
		abort(); /* only when memory ran out */
	return p;
}

static char *block_text(const char *s, size_t len)
{
	char *p = block(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

/* The next value, in its place: at the end of the open container, under the key that was read. */
static cJSON *build(struct gate *g, int type)
{
	cJSON *v, *up = g->open[g->depth];

	if (!g->build)
		return NULL;
	v = block(sizeof *v);
	memset(v, 0, sizeof *v);
	v->type = type;
	if (g->depth && g->object[g->depth]) {
		const struct key *k = &g->keys[g->key_count - 1];
		v->string = block_text(k->s, k->len);
	}
	if (!up) {
		g->root = v;
	} else if (!up->child) {
		up->child = v->prev = v;
	} else {
		v->prev = up->child->prev;
		v->prev->next = v;
		up->child->prev = v;
	}
	return v;
}

static void build_number(struct gate *g, double d)
{
	cJSON *v = build(g, cJSON_Number);

	v->valuedouble = d;
	v->valueint = d >= INT_MAX ? INT_MAX : d <= INT_MIN ? INT_MIN : (int)d;
}

/* ---- reading ---- */

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

/* Behind the backslash. Appends what it stands for, unless `out` is NULL. */
static bool escape(struct gate *g, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(g), high, low;
	const char *p = c > 0 ? strchr(from, c) : NULL;

	if (p) {
		g->at++;
		return !out || buf_addc(out, to[p - from]);
	}
	if (c != 'u' || g->len - g->at < 5 || (high = hex4(g->s + g->at + 1)) < 0)
		return fail(g, ERR_DATA, "a backslash that starts no escape");
	if (high == 0)
		return fail(g, ERR_DATA, "an escaped NUL, which no text may hold");
	g->at += 5;
	if (high < 0xD800 || high > 0xDFFF)
		return !out || utf8_put(out, (unsigned)high);
	if (high > 0xDBFF || g->len - g->at < 6 || g->s[g->at] != '\\' || g->s[g->at + 1] != 'u' ||
	    (low = hex4(g->s + g->at + 2)) < 0xDC00 || low > 0xDFFF)
		return fail(g, ERR_DATA, "half of a surrogate pair");
	g->at += 6;
	return !out || utf8_put(out,
			   0x10000u + ((unsigned)(high - 0xD800) << 10) + (unsigned)(low - 0xDC00));
}

/* Moves behind bytes that stand for themselves: eight at once where none of them is a quote, a
 * backslash or a control character. */
static void plain_bytes(struct gate *g, size_t end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	size_t at = g->at;

	for (; end - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t x, quote, slash, hit;

		memcpy(&x, g->s + at, sizeof x);
		quote = x ^ ones * '"';
		slash = x ^ ones * '\\';
		hit = (((x - ones * 0x20) & ~x) | ((quote - ones) & ~quote) |
			  ((slash - ones) & ~slash)) &
		      tops;
		if (!hit)
			continue;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		/* The lowest mark is exact; a borrow can only reach those above it. */
		g->at = at + (size_t)__builtin_ctzll(hit) / 8;
		return;
#else
		break;
#endif
	}
	while (at < end && (unsigned char)g->s[at] >= 0x20 && g->s[at] != '"' && g->s[at] != '\\')
		at++;
	g->at = at;
}

/* From the first byte at g->at that may not stand for itself, in a string that begins at `from` and
 * must end before `most`. */
static bool rest_of_string(struct gate *g, size_t from, size_t most, struct key *key)
{
	struct buf decoded;
	size_t plain = from;
	bool ok = false;
	int c;

	buf_init(&decoded, 0);
	for (;;) {
		c = peek(g);
		if (c != '\\' || g->at - from > JSON_STRING)
			break;
		if (key)
			buf_add(&decoded, g->s + plain, g->at - plain);
		g->at++;
		if (!escape(g, key ? &decoded : NULL))
			goto out;
		plain = g->at;
		if (g->at < most)
			plain_bytes(g, most);
	}
	if (c < 0) {
		fail(g, ERR_DATA, "the text ends inside a string");
	} else if (c < 0x20) {
		fail(g, ERR_DATA, "a control character inside a string");
	} else if (g->at - from > JSON_STRING) {
		fail(g, ERR_LIMIT, "a string longer than 64 KiB");
	} else {
		ok = true;
		if (key) {
			buf_add(&decoded, g->s + plain, g->at - plain);
			key->len = decoded.len;
			key->s = key->text = buf_take(&decoded);
		}
	}
out:
	buf_fini(&decoded);
	return ok;
}

/* At the opening quote. With `key`, the text is noted. */
static bool string(struct gate *g, struct key *key)
{
	size_t from = ++g->at;
	size_t most = g->len - from > JSON_STRING ? from + JSON_STRING + 1 : g->len;

	plain_bytes(g, most);
	if (g->at < most && g->s[g->at] == '"') {
		if (key)
			*key = (struct key){ .s = g->s + from, .len = g->at - from };
	} else if (!rest_of_string(g, from, most, key)) {
		return false;
	}
	g->at++;
	return true;
}

static bool string_value(struct gate *g)
{
	struct key text = { 0 };

	if (!string(g, g->build ? &text : NULL))
		return false;
	if (g->build)
		build(g, cJSON_String)->valuestring = block_text(text.s, text.len);
	free(text.text);
	return true;
}

static void digits(struct gate *g)
{
	int c;

	while ((c = peek(g)) >= '0' && c <= '9')
		g->at++;
}

static bool number(struct gate *g)
{
	size_t from = g->at, start, zeros = 0;
	char text[JSON_NUMBER + LEADING_ZEROS + 1];
	bool exponent = false;
	double value;
	char *end = NULL;

	if (peek(g) == '-')
		g->at++;
	if (peek(g) == '0') {
		g->at++;
	} else {
		start = g->at;
		digits(g);
		if (g->at == start)
			return fail(g, ERR_DATA, "expected a value");
	}
	if (peek(g) == '.') {
		start = ++g->at;
		while (peek(g) == '0' && zeros < LEADING_ZEROS)
			g->at++, zeros++;
		digits(g);
		if (g->at == start)
			return fail(g, ERR_DATA, "a decimal point without digits behind it");
	}
	if (peek(g) == 'e' || peek(g) == 'E') {
		exponent = true;
		g->at++;
		if (peek(g) == '+' || peek(g) == '-')
			g->at++;
		start = g->at;
		digits(g);
		if (g->at == start)
			return fail(g, ERR_DATA, "an exponent without digits");
	}
	if (g->at - from - zeros > JSON_NUMBER)
		return fail(g, ERR_LIMIT, "a number of more than 64 characters");
	if (!exponent && !g->build)
		return true; /* so few digits are finite */
	memcpy(text, g->s + from, g->at - from);
	text[g->at - from] = '\0';
	value = g->at - from < SHORT ? (double)strtol(text, &end, 10) : 0;
	if (g->at - from >= SHORT || *end || value == 0) /* "-0" is not 0 */
		value = strtod(text, NULL);
	if (!isfinite(value))
		return fail(g, ERR_DATA, "a number that is too large");
	if (g->build)
		build_number(g, value);
	return true;
}

static bool word(struct gate *g, const char *text, size_t n, int type)
{
	if (g->len - g->at < n || memcmp(g->s + g->at, text, n) != 0)
		return fail(g, ERR_DATA, "expected a value");
	g->at += n;
	build(g, type);
	return true;
}

static bool scalar(struct gate *g)
{
	switch (peek(g)) {
	case '"':
		return string_value(g);
	case 't':
		return word(g, "true", 4, cJSON_True);
	case 'f':
		return word(g, "false", 5, cJSON_False);
	case 'n':
		return word(g, "null", 4, cJSON_NULL);
	default:
		return number(g);
	}
}

static uint64_t hash_bytes(const char *s, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
	return h;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = ((const struct key *)a)->hash, y = ((const struct key *)b)->hash;

	return (x > y) - (x < y);
}

static bool same_key(const struct key *a, const struct key *b)
{
	return a->len == b->len && (!a->len || (*a->s == *b->s && memcmp(a->s, b->s, a->len) == 0));
}

/* True when no two keys are the same. Many of them are sorted by hash, so that an object of many
 * costs n log n; of few each pair is looked at. */
static bool unique(struct key *k, size_t n)
{
	bool few = n <= FEW_KEYS;

	for (size_t i = 0; !few && i < n; i++)
		k[i].hash = hash_bytes(k[i].s, k[i].len);
	if (!few)
		qsort(k, n, sizeof *k, by_hash);
	for (size_t i = 0; i + 1 < n; i++)
		for (size_t j = i + 1; j < n && (few || k[j].hash == k[i].hash); j++)
			if (same_key(&k[i], &k[j]))
				return false;
	return true;
}

/* Ends the object at this depth: its keys are compared and dropped. */
static bool close_object(struct gate *g)
{
	struct key *k = g->keys + g->first_key[g->depth];
	size_t n = g->key_count - g->first_key[g->depth];
	bool ok = unique(k, n) || fail(g, ERR_DATA, "the same key twice in this object");

	for (size_t i = 0; i < n; i++)
		free(k[i].text);
	g->key_count -= n;
	return ok;
}

/* A member's name and its colon. */
static bool member(struct gate *g)
{
	struct key *key;

	if (peek(g) != '"')
		return fail(g, ERR_DATA, "expected a member name in quotes");
	if (g->key_count == g->key_cap)
		g->keys = xgrow(g->keys, g->key_count, &g->key_cap);
	key = &g->keys[g->key_count];
	key->text = NULL;
	if (!string(g, key))
		return false;
	g->key_count++;
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
	cJSON *v = build(g, object ? cJSON_Object : cJSON_Array);
	g->depth++;
	g->open[g->depth] = v;
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
		} else if (!scalar(g)) {
			return false;
		}
		if (!after_value(g, &more))
			return false;
	}
	blanks(g);
	return g->at == g->len || fail(g, ERR_DATA, "something follows the document");
}

static bool read_text(struct gate *g)
{
	bool ok;

	if (!utf8_valid(g->s, g->len))
		return err_set(g->e, ERR_DATA, "JSON: not valid UTF-8");
	ok = run(g);
	for (size_t i = 0; i < g->key_count; i++)
		free(g->keys[i].text);
	free(g->keys);
	return ok;
}

bool json_gate(const char *s, size_t len, struct err *e)
{
	return read_text(&(struct gate){ .s = s, .len = len, .e = e });
}

cJSON *json_parse(const char *s, size_t len, struct err *e)
{
	struct gate g = { .s = s, .len = len, .e = e, .build = true };

	if (read_text(&g))
		return g.root;
	cJSON_Delete(g.root);
	return NULL;
}

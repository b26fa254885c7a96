#include "t.h"

#include <dirent.h>

#include "base/json.h"
#include "base/mem.h"

static const struct {
	const char *text;
	bool ok;
	const char *why; /* a part of the message */
} gate_cases[] = {
	{ "{}", true, NULL },
	{ " [1, -0.5e+3, \"a\\u00e9\\ud83d\\ude00\", true, null] \n", true, NULL },
	{ "\"x\"", true, NULL },
	{ "{\"a\":{\"a\":1},\"b\":{\"a\":2}}", true, NULL },
	{ "", false, "ends too early" },
	{ "[1,]", false, "1:4: expected a value" },
	{ "[1 2]", false, "expected ',' or ']'" },
	{ "{\"a\":1,\"a\":2}", false, "the same key twice" },
	{ "{\"a\":1,\"\\u0061\":2}", false, "the same key twice" },
	{ "{\"A\":1,\"a\":2}", true, NULL },
	{ "{a:1}", false, "member name in quotes" },
	{ "{\"a\" 1}", false, "expected ':'" },
	{ "01", false, "something follows" },
	{ "-", false, "expected a value" },
	{ "1.", false, "decimal point" },
	{ "1e", false, "exponent" },
	{ "1e999", false, "too large" },
	{ "\"a\nb\"", false, "control character" },
	{ "\"core\\u0000evil\"", false, "escaped NUL" },
	{ "\"\\ud800x\"", false, "surrogate" },
	{ "\"\\x\"", false, "starts no escape" },
	{ "\"abc", false, "ends inside a string" },
	{ "{} {}", false, "something follows" },
	{ "\xEF\xBB\xBF{}", false, "expected a value" },
	{ "\"\xC0\x80\"", false, "not valid UTF-8" },
	{ "[\n\n  nul]", false, "3:3: expected a value" },
};

static void test_gate(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(gate_cases); i++) {
		struct err e = { 0 };
		cJSON *v = json_parse(gate_cases[i].text, strlen(gate_cases[i].text), &e);

		if ((v != NULL) != gate_cases[i].ok || (!v && !strstr(e.msg, gate_cases[i].why)))
			fail_msg("case %zu %s: %s", i, gate_cases[i].text, e.msg);
		cJSON_Delete(v);
	}
	assert_false(json_gate("[1]\0", 4, NULL));
}

static char *nested(size_t depth)
{
	char *s = xmalloc(2 * depth + 1);

	memset(s, '[', depth);
	memset(s + depth, ']', depth);
	s[2 * depth] = '\0';
	return s;
}

static void test_limits(void **state)
{
	struct err e = { 0 };
	char *s;
	size_t n;

	(void)state;
	for (size_t d = 63; d <= 65; d++) {
		s = nested(d);
		assert_int_equal(json_gate(s, strlen(s), &e), d <= 64);
		free(s);
	}
	assert_int_equal(e.kind, ERR_LIMIT);
	s = nested(1000000);
	assert_false(json_gate(s, 1000000, &e));
	free(s);
	for (n = JSON_STRING - 1; n <= JSON_STRING + 1; n++) {
		s = xmalloc(n + 3);
		memset(s, 'x', n + 2);
		s[0] = s[n + 1] = '"';
		assert_int_equal(json_gate(s, n + 2, &e), n <= JSON_STRING);
		free(s);
	}
	for (n = JSON_NUMBER - 1; n <= JSON_NUMBER + 1; n++) {
		s = xmalloc(n);
		memset(s, '1', n);
		assert_int_equal(json_gate(s, n, &e), n <= JSON_NUMBER);
		free(s);
	}
	for (n = JSON_NODES - 2; n <= JSON_NODES; n++) { /* and the array itself */
		s = xmalloc(2 * n + 2);
		for (size_t i = 0; i < n; i++)
			memcpy(s + 1 + 2 * i, "1,", 2);
		s[0] = '[';
		s[2 * n] = ']';
		assert_int_equal(json_gate(s, 2 * n + 1, &e), n + 1 <= JSON_NODES);
		free(s);
	}
}

/* What cJSON itself makes of a text that it reads rightly. */
static void test_tree(void **state)
{
	static const char *const texts[] = { "0", "-0", "-12", "1.5e3", "123456789012345",
		"1234567890123456", "12345678901234567890", "2147483648", "-2147483649", "0.1",
		"\"\"", "\"plain\"", "\"a\\nb \\u00e9 \\ud83d\\ude00 \\/ \\\\\"", "[]", "{}",
		"[[],{},[1,[2,{\"a\":[]}]]]", "{\"\":1,\"k\\u0065y\":\"v\",\"n\":null}",
		"[true,false,null,{\"x\":{\"y\":\"z\"}}]" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < countof(texts); i++) {
		cJSON *ours = json_parse(texts[i], strlen(texts[i]), &e);
		cJSON *theirs = cJSON_Parse(texts[i]);

		assert_non_null(ours);
		assert_true(cJSON_Compare(ours, theirs, 1));
		if (cJSON_IsNumber(ours)) {
			assert_int_equal(ours->valueint, theirs->valueint);
			assert_memory_equal(
			    &ours->valuedouble, &theirs->valuedouble, sizeof(double));
		}
		/* It can be taken apart, joined and copied like any other. */
		cJSON *copy = cJSON_Duplicate(ours, 1);
		cJSON_Delete(ours);
		assert_true(cJSON_Compare(copy, theirs, 1));
		cJSON_Delete(copy);
		cJSON_Delete(theirs);
	}
}

/* Many keys are compared by another way than few. */
static void test_keys(void **state)
{
	struct err e = { 0 };
	struct buf b;

	(void)state;
	for (int n = 14; n < 20; n++)
		for (int twice = 0; twice < 2; twice++) {
			buf_init(&b, 0);
			for (int i = 0; i < n; i++)
				buf_addf(&b, "%s\"key%d\":%d", i ? "," : "{", i, i);
			buf_addf(&b, ",\"key%d\":0}", twice ? n / 2 : n);
			assert_int_equal(json_gate(buf_str(&b), b.len, &e), !twice);
			buf_fini(&b);
		}
	assert_non_null(strstr(e.msg, "the same key twice"));
}

static void test_lookups(void **state)
{
	static const char text[] =
	    "{\"s\":\"x\",\"n\":42,\"b\":true,\"t\":\"2025-03-10T14:20:00.000Z\","
	    "\"list\":[{\"a/b\":{\"~\":7}}],\"big\":1e300,\"names\":[\"a\",7,\"b\"]}";
	cJSON *v = json_parse(text, strlen(text), NULL);

	(void)state;
	assert_string_equal(json_str(v, "s"), "x");
	assert_null(json_str(v, "S"));
	assert_null(json_str(v, "n"));
	assert_string_equal(json_str_or(v, "none", "d"), "d");
	assert_int_equal(json_int(v, "n", 0), 42);
	assert_int_equal(json_int(v, "big", -1), -1);
	assert_int_equal(json_int(v, "s", -1), -1);
	assert_true(json_bool(v, "b", false));
	assert_true(json_bool(v, "s", true));
	assert_true(json_lists(json_get(v, "names"), "b"));
	assert_false(json_lists(json_get(v, "names"), "7"));
	assert_false(json_lists(json_get(v, "gone"), "b"));
	assert_int_equal(json_pointer(v, "/list/0/a~1b/~0")->valueint, 7);
	assert_null(json_pointer(v, "/list/1"));
	assert_null(json_pointer(v, "/list/x"));
	/* an index is digits, without a leading zero, a sign or a blank */
	static const char *const odd[] = { "/list/00", "/list/01", "/list/+0", "/list/-0",
		"/list/ 0", "/list/0 ", "/list/", "/list/0x0", "/list/-", "/list/0.0",
		"/list/18446744073709551616" };
	for (size_t i = 0; i < countof(odd); i++)
		assert_null(json_pointer(v, odd[i]));
	assert_non_null(json_pointer(v, "/list/0"));
	assert_null(json_pointer(v, "list"));
	assert_ptr_equal(json_pointer(v, ""), v);
	assert_null(json_get(NULL, "x"));
	cJSON_Delete(v);
}

static void test_print(void **state)
{
	static const char text[] =
	    "{\"b\":[1,2.5,-0,1e20,0.1],\"a\":\"q\\\"\\n\\u0001/é\",\"c\":null,\"d\":false}";
	cJSON *v = json_parse(text, strlen(text), NULL), *again;
	struct buf b;
	char *s = json_text(v);

	(void)state;
	assert_string_equal(
	    s, "{\"b\":[1,2.5,0,1e+20,0.1],\"a\":\"q\\\"\\n\\u0001/é\",\"c\":null,\"d\":false}");
	again = json_parse(s, strlen(s), NULL);
	assert_true(cJSON_Compare(v, again, 1));
	buf_init(&b, 0);
	json_canonical(&b, v);
	assert_string_equal(buf_str(&b),
	    "{\"a\":\"q\\\"\\n\\u0001/é\",\"b\":[1,2.5,0,1e+20,0.1],\"c\":null,\"d\":false}");
	buf_fini(&b);
	cJSON_Delete(again);
	cJSON_Delete(v);
	free(s);
}

static void test_build(void **state)
{
	cJSON *o = cJSON_CreateObject();
	char *list[] = { (char[]){ "a" }, (char[]){ "b" } }, *s;

	(void)state;
	json_put_str(o, "s", "x");
	json_put_str(o, "z", NULL);
	json_put_int(o, "n", INT64_C(1741616400000));
	json_put_bool(o, "b", true);
	json_put_utc(o, "t", UTC_NONE);
	json_put_strs(o, "l", list, 2);
	s = json_text(o);
	assert_string_equal(s, "{\"s\":\"x\",\"z\":null,\"n\":1741616400000,\"b\":true,\"t\":null,"
			       "\"l\":[\"a\",\"b\"]}");
	free(s);
	cJSON_Delete(o);
}

/* A public collection of texts that must (y_), must not (n_) or may (i_) be accepted. */
static void test_collection(void **state)
{
	char dir[600], path[1200];
	DIR *d;
	struct dirent *f;

	(void)state;
	snprintf(dir, sizeof dir, "%s", top_path("../shared/samples/corpora/json-parsing"));
	d = opendir(dir);
	if (!d)
		skip();
	while ((f = readdir(d))) {
		size_t len = 0;
		char *text;
		bool ok;

		if (f->d_name[1] != '_')
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, f->d_name);
		text = slurp(path, &len);
		assert_non_null(text);
		ok = json_gate(text, len, NULL);
		/* an escaped NUL is grammatical, and refused here on purpose; so are repeated keys
		 */
		if (f->d_name[0] == 'n' && ok)
			fail_msg("accepted %s", f->d_name);
		if (f->d_name[0] == 'y' && !ok && !strstr(f->d_name, "null_escape") &&
		    !strstr(f->d_name, "escaped_null") && !strstr(f->d_name, "duplicated_key") &&
		    !strstr(f->d_name, "unicode_U+0000") && !strstr(f->d_name, "escaped_nul"))
			fail_msg("refused %s", f->d_name);
		free(text);
	}
	closedir(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gate),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_collection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

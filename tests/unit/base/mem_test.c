#include "t.h"

#include <errno.h>

#include "base/buf.h"
#include "base/embed.h"
#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"

static int freed;

static void count_free(void *p)
{
	freed++;
	free(p);
}

static void test_map(void **state)
{
	struct map *m = map_new(count_free);
	const char *key;
	char name[16];
	size_t it = 0, seen = 0;

	(void)state;
	freed = 0;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "k%d", i);
		map_set(m, name, xstrdup(name));
	}
	map_set(m, "k7", xstrdup("seven"));
	assert_int_equal(freed, 1);
	assert_string_equal(map_get(m, "k7"), "seven");
	assert_null(map_get(m, "none"));
	for (int i = 0; i < 1000; i += 2) {
		snprintf(name, sizeof name, "k%d", i);
		assert_true(map_del(m, name));
	}
	assert_false(map_del(m, "k0"));
	assert_int_equal(map_count(m), 500);
	for (int i = 0; i < 5000; i++) { /* coming and going must not fill the table */
		map_set(m, "x", xstrdup("x"));
		map_del(m, "x");
	}
	while (map_next(m, &it, &key)) {
		snprintf(name, sizeof name, "k%zu", 2 * seen + 1);
		assert_string_equal(key, name);
		seen++;
	}
	assert_int_equal(seen, 500);
	map_free(m);
	assert_int_equal(freed, 1 + 1000 + 5000);
	map_free(NULL);
}

static void test_buf(void **state)
{
	struct buf b;
	char *taken;

	(void)state;
	buf_init(&b, 10);
	assert_string_equal(buf_str(&b), "");
	assert_true(buf_adds(&b, "hello"));
	assert_true(buf_addf(&b, " %d", 42));
	assert_false(buf_addf(&b, "%s", "more"));
	assert_true(b.over);
	assert_string_equal(buf_str(&b), "hello 42");
	assert_true(buf_addc(&b, '!'));
	assert_true(buf_addc(&b, '!'));
	assert_false(buf_addc(&b, '!'));
	buf_drop(&b, 6);
	assert_string_equal(buf_str(&b), "42!!");
	buf_drop(&b, 99);
	assert_int_equal(b.len, 0);
	buf_adds(&b, "x");
	taken = buf_take(&b);
	assert_string_equal(taken, "x");
	assert_int_equal(b.len, 0);
	free(taken);
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	buf_fini(&b);
}

static void test_arena(void **state)
{
	struct arena *a = arena_new();
	char *first = arena_strdup(a, "first"), *big = arena_alloc(a, 100000);

	(void)state;
	big[99999] = 'x';
	for (int i = 0; i < 5000; i++)
		assert_int_equal((uintptr_t)arena_alloc(a, 3) % sizeof(void *), 0);
	assert_string_equal(first, "first");
	assert_string_equal(arena_printf(a, "%s-%d", first, 7), "first-7");
	for (int i = 0; i < 500; i++) {
		/* across the ends of blocks, and what comes behind it is still zeroed */
		char *text = arena_printf(a, "%*d", i, i), *zeros = arena_alloc(a, 24);

		assert_int_equal(strlen(text), i < 1 ? 1 : i);
		assert_int_equal(strtol(text, NULL, 10), i);
		for (size_t k = 0; k < 24; k++)
			assert_int_equal(zeros[k], 0);
	}
	assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
	assert_null(arena_strdup(a, NULL));
	arena_free(a);
	arena_free(NULL);
}

/* The last piece grows and shrinks where it is; any other moves. */
static void test_arena_resize(void **state)
{
	struct arena *a = arena_new();
	char *p = arena_resize(a, NULL, 0, 10), *q, *r;
	size_t size = 10;

	(void)state;
	memset(p, 'p', size);
	for (; size < 200000; size += size / 3) {
		q = arena_resize(a, p, size, size + size / 3);
		assert_true(q == p || size > 100);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(q[i], 'p');
		memset(q, 'p', size + size / 3);
		p = q;
	}
	assert_ptr_equal(arena_resize(a, p, size, 5), p);
	q = arena_strdup(a, "behind");
	assert_true(q > p && q < p + 64);
	r = arena_resize(a, p, 5, 50); /* not the last one any more */
	assert_ptr_not_equal(r, p);
	assert_memory_equal(r, "ppppp", 5);
	memset(r, 'r', 50);
	assert_memory_equal(p, "ppppp", 5);
	assert_string_equal(q, "behind");
	for (size_t i = 0; i < 24; i++) /* what was given back is zeroed when it is had again */
		assert_int_equal(((char *)arena_alloc(a, 24))[i], 0);
	assert_memory_equal(arena_copy(a, "a\0b", 3), "a\0b", 4);
	arena_free(a);
}

static void test_err(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_false(err_set(&e, ERR_CONFIG, "no %s", "region"));
	assert_string_equal(e.msg, "no region");
	assert_int_equal(err_exit(e.kind), 3);
	err_in(&e, "%s:%d", "nocboard.yaml", 3);
	assert_string_equal(e.msg, "nocboard.yaml:3: no region");
	err_sys(&e, ERR_IO, ENOENT, "open %s", "x");
	assert_string_equal(e.msg, "open x: No such file or directory");
	assert_int_equal(e.sys, ENOENT);
	assert_false(err_set(NULL, ERR_IO, "nobody listens"));
	assert_int_equal(err_exit(ERR_USAGE), 2);
	assert_int_equal(err_exit(ERR_JOURNAL), 4);
	assert_int_equal(err_exit(ERR_REFUSED), 5);
	assert_int_equal(err_exit(ERR_NET), 1);
}

static void test_among(void **state)
{
	char fr[] = "FR", none[] = "", it[] = "IT";
	char *const list[] = { fr, none, it };

	(void)state;
	assert_true(among(list, 3, "IT"));
	assert_true(among(list, 3, ""));
	assert_false(among(list, 2, "IT"));
	assert_false(among(list, 3, "it"));
	assert_false(among(NULL, 0, "FR"));
}

static void test_embedded(void **state)
{
	(void)state;
	assert_null(embedded_find("share/none"));
	for (const struct embedded *f = embedded_files; f->name; f++) {
		assert_ptr_equal(embedded_find(f->name), f);
		assert_int_equal(f->data[f->len], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_resize),
		cmocka_unit_test(test_err),
		cmocka_unit_test(test_among),
		cmocka_unit_test(test_embedded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

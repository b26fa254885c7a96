#include "os/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"

static void zones_by_name(void **state)
{
	struct err e = { 0 };
	const struct zone *paris = zone_load("Europe/Paris", &e);

	(void)state;
	assert_non_null(paris);
	assert_string_equal(zone_name(paris), "Europe/Paris");
	assert_int_equal(zone_offset(paris, (struct utc){ INT64_C(1751328000000) }, NULL), 7200);
	assert_ptr_equal(zone_load("Europe/Paris", &e), paris);
	assert_ptr_equal(zone_load("UTC", &e), zone_utc());
	assert_non_null(zone_load("America/Port-au-Prince", &e));
	assert_non_null(zone_load("Etc/GMT+5", &e));
	assert_int_equal(e.kind, ERR_NONE);
}

static void names_that_are_none(void **state)
{
	static const char *const names[] = { "", "/etc/passwd", "../../etc/passwd",
		"Europe/../Europe/Paris", "Europe//Paris", "Europe/", "Europe/Pa ris",
		"Europe/Par.s",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		struct err e = { 0 };

		assert_null(zone_load(names[i], &e));
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_non_null(strstr(e.msg, "Europe/Paris"));
	}
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_not_equal(fputs(text, f), EOF);
	assert_int_equal(fclose(f), 0);
}

static void files_that_are_none(void **state)
{
	char dir[] = "/tmp/zone_test.XXXXXX", path[256];
	struct err e = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(setenv("TZDIR", dir, 1), 0);
	write_file(dir, "Odd", "Odd zone, odd file");
	snprintf(path, sizeof path, "%s/Folder", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_null(zone_load("Odd", &e));
	assert_int_equal(e.kind, ERR_DATA);
	assert_non_null(strstr(e.msg, "no time zone file"));
	assert_null(zone_load("Folder", &e));
	assert_int_equal(e.kind, ERR_IO);
	assert_null(zone_load("Missing", &e));
	assert_non_null(strstr(e.msg, "No such file"));
	/* What was loaded stays, and so does UTC. */
	assert_non_null(zone_load("Europe/Paris", &e));
	assert_non_null(zone_load("UTC", &e));
	assert_null(zone_load("Europe/Rome", &e));
	assert_int_equal(unsetenv("TZDIR"), 0);
	assert_non_null(zone_load("Europe/Rome", &e));
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof path, "%s/Odd", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_by_name),
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(files_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

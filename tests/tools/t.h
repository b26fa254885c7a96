/* What every cmocka test includes. */
#ifndef TESTS_T_H
#define TESTS_T_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The path of a file below the repository's top, in a static buffer. */
static inline const char *top_path(const char *below)
{
	static char path[512];
	const char *top = getenv("TOP");

	snprintf(path, sizeof path, "%s/%s", top ? top : ".", below);
	return path;
}

/* A whole file, NUL-terminated, to be freed; NULL when it is not there. */
static inline char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	size_t cap = 1 << 16, n = 0, got;
	char *data;

	if (!f)
		return NULL;
	data = malloc(cap + 1);
	while (data && (got = fread(data + n, 1, cap - n, f)) > 0) {
		n += got;
		if (n == cap)
			data = realloc(data, (cap *= 2) + 1);
	}
	fclose(f);
	if (!data)
		abort();
	data[n] = '\0';
	if (len)
		*len = n;
	return data;
}

#endif

/* A site's templates, partials and word lists together. What is found sound has no problem when it
 * is read again, and renders clean lines whatever the values are; a problem has a place. The input
 * is files, each a line with its name and its text, with 0x1e between. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "domain/texts.h"
#include "render.h"

#define FILES 8

/* Fills `out`; names and texts are taken from `copy`, which is cut up. */
static size_t split(char *copy, size_t size, struct text_file *out)
{
	char *p = copy, *end = copy + size;
	size_t n = 0;

	while (p < end && n < FILES) {
		char *next = memchr(p, 0x1e, (size_t)(end - p));
		char *stop = next ? next : end, *text;

		*stop = '\0';
		text = memchr(p, '\n', (size_t)(stop - p));
		if (text && !memchr(p, '\0', (size_t)(text - p)) && text > p) {
			*text = '\0';
			out[n++] =
			    (struct text_file){ p, NULL, text + 1, (size_t)(stop - text - 1) };
		}
		p = stop + 1;
	}
	return n;
}

static void render_all(const struct texts *t)
{
	const struct zone *zones[] = { zone_utc() };
	struct template_places places = { zones, 1 };
	const struct template *one;
	bool own;

	for (size_t i = 0; (one = texts_nth(t, i, &own)); i++)
		if (own)
			render_check(one, &places);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_file files[FILES], sound[FILES];
	struct cfg_problems problems = { 0 };
	char *copy = xmalloc(size + 1);
	struct texts *t;
	size_t n, kept;

	memcpy(copy, data, size);
	copy[size] = '\0';
	n = split(copy, size, files);
	texts_free(texts_new(files, n, &problems));
	for (size_t i = 0; i < problems.count; i++)
		if (problems.items[i].pos.line < 1 || problems.items[i].pos.column < 1 ||
		    !*problems.items[i].what ||
		    !utf8_valid(problems.items[i].what, strlen(problems.items[i].what)))
			abort();
	cfg_problems_fini(&problems);
	kept = texts_sound(files, n, NULL, 0, NULL, sound);
	if (kept > n)
		abort();
	t = texts_new(sound, kept, &problems);
	if (problems.count)
		abort();
	render_all(t);
	texts_free(t);
	free(copy);
	return 0;
}

/* Shared by the targets that render templates: values of every shape, and what no text may look
 * like whatever the values are. */
#ifndef FUZZ_RENDER_H
#define FUZZ_RENDER_H

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "domain/template.h"

/* A time, lines with marks in them, nothing, or unknown, by the length of the field's name. */
static const char *render_value(void *ctx, const char *name)
{
	(void)ctx;
	switch (strlen(name) % 4) {
	case 0:
		return "2025-03-10T14:20:00.000Z";
	case 1:
		return "two\n{{lines}} {{> promise}} \xe6\x97\xa5";
	case 2:
		return "";
	}
	return NULL;
}

static void render_check(const struct template *t, const struct template_places *places)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	template_render(t, render_value, NULL, places, &out);
	if (strstr(buf_str(&out), "\n\n\n") || strstr(buf_str(&out), " \n") ||
	    !utf8_valid(buf_str(&out), out.len))
		abort();
	buf_fini(&out);
}

#endif

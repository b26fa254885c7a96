/* A template file -> parse -> render. A file is either refused with a place in it, or renders clean
 * lines whatever the values are. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/lint.h"
#include "domain/template.h"

static const char *value(void *ctx, const char *name)
{
	(void)ctx;
	switch (strlen(name) % 4) {
	case 0:
		return "2025-03-10T14:20:00.000Z";
	case 1:
		return "two\n{{lines}} \xe6\x97\xa5";
	case 2:
		return "";
	}
	return NULL;
}

static void check_errors(struct template_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		if (errors->items[i].line < 1 || errors->items[i].column < 1 ||
		    !errors->items[i].message[0])
			abort();
	template_errors_fini(errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct template_errors errors = { 0 };
	const struct zone *zones[] = { NULL, zone_utc() };
	struct template_places places = { zones, 2 };
	struct template *t = template_parse("f", (const char *)data, size, &errors);
	struct jargon *j;
	struct buf out;

	if ((t == NULL) != (errors.count > 0))
		abort();
	check_errors(&errors);
	if (t) {
		buf_init(&out, 1 << 20);
		template_render(t, value, NULL, &places, &out);
		if (strstr(buf_str(&out), "\n\n\n") || strstr(buf_str(&out), " \n"))
			abort();
		buf_fini(&out);
	}
	template_free(t);
	j = jargon_parse((const char *)data, size, &errors);
	if ((j == NULL) != (errors.count > 0))
		abort();
	check_errors(&errors);
	jargon_free(j);
	return 0;
}

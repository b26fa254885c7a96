/* A template file -> parse -> render. A file is either refused with a place in it, or renders clean
 * lines whatever the values are. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/lint.h"
#include "render.h"

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

	if ((t == NULL) != (errors.count > 0))
		abort();
	check_errors(&errors);
	if (t)
		render_check(t, &places);
	template_free(t);
	j = jargon_parse((const char *)data, size, &errors);
	if ((j == NULL) != (errors.count > 0))
		abort();
	check_errors(&errors);
	jargon_free(j);
	return 0;
}

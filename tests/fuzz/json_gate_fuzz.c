/* What the gate lets through is read as cJSON itself reads it (which takes no number of more than
 * 63 characters), and reading its canonical form gives the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct buf once, twice;
	bool passed = json_gate((const char *)data, size, &e);
	cJSON *v = json_parse((const char *)data, size, &e);

	if (passed != (v != NULL) || (!v && !e.msg[0]))
		abort();
	if (!v)
		return 0;
	buf_init(&once, 0);
	buf_init(&twice, 0);
	json_canonical(&once, v);
	cJSON *theirs = cJSON_ParseWithLength((const char *)data, size);
	if (theirs)
		json_canonical(&twice, theirs);
	if (theirs && (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0))
		abort();
	cJSON_Delete(theirs);
	buf_clear(&twice);
	cJSON *again = json_parse(once.data, once.len, &e);
	if (!again)
		abort();
	json_canonical(&twice, again);
	if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
		abort();
	cJSON_Delete(v);
	cJSON_Delete(again);
	buf_fini(&once);
	buf_fini(&twice);
	return 0;
}

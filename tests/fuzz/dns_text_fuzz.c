/* A DNS message from anybody: read or refused, and what is read is clean text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/net/dns_text.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct dns_records r;
	struct err e = { 0 };

	/* The first byte is the type that is looked for. */
	if (size < 1) {
		arena_free(a);
		return 0;
	}
	if (!dns_records(data + 1, size - 1, data[0], a, &r, &e)) {
		if (!e.msg[0])
			abort();
	} else {
		for (size_t i = 0; i < r.count; i++)
			if (!utf8_valid(r.text[i], strlen(r.text[i])) ||
			    strpbrk(r.text[i], "\033\n\r\a"))
				abort();
	}
	arena_free(a);
	return 0;
}

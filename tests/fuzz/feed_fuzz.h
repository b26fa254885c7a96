/* Any bytes as a document of one format: what is read can be printed, and read back to the same. */
#ifndef FUZZ_FEED_H
#define FUZZ_FEED_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "net/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed_fuzz_check(const struct feed_doc *d)
{
	struct err e = { 0 };
	cJSON *json = feed_doc_json(d);
	struct feed_doc *back = feed_doc_read(json, &e);

	if (!back)
		abort();
	cJSON *again = feed_doc_json(back);
	char *a = json_text(json), *b = json_text(again);
	if (strcmp(a, b) != 0)
		abort();
	char *clean = utf8_cleaned(a, UTF8_LINES, 0);
	if (strcmp(a, clean) != 0)
		abort();
	free(clean);
	free(a);
	free(b);
	cJSON_Delete(json);
	cJSON_Delete(again);
	feed_doc_free(back);
}

static void feed_fuzz(const char *format, const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct feed_doc *d = feed_parse(format, (const char *)data, size, &e);

	if (d)
		feed_fuzz_check(d);
	else if (!e.msg[0])
		abort();
	feed_doc_free(d);
}

#endif

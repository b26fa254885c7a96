/* Any bytes as a status document: what is read can be printed and read back to the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "net/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean_or_die(const char *s)
{
	if (!s)
		return;
	char *again = utf8_cleaned(s, UTF8_LINES, 0);
	if (strcmp(s, again) != 0)
		abort();
	free(again);
}

static void check(const struct feed_doc *d)
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
	free(a);
	free(b);
	cJSON_Delete(json);
	cJSON_Delete(again);
	feed_doc_free(back);
	clean_or_die(d->source);
	for (size_t i = 0; i < d->incident_count; i++) {
		clean_or_die(d->incidents[i].title);
		for (size_t k = 0; k < d->incidents[i].update_count; k++)
			clean_or_die(d->incidents[i].updates[k].text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "statuspage", "auto" };
	struct err e = { 0 };

	for (size_t i = 0; i < 2; i++) {
		struct feed_doc *d = feed_parse(formats[i], (const char *)data, size, &e);
		if (d)
			check(d);
		else if (!e.msg[0])
			abort();
		feed_doc_free(d);
	}
	return 0;
}

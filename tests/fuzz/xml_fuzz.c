/* Any bytes as XML: a document that is taken has a root, and its text can be walked. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/net/charset.h"
#include "../../src/net/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = { 0 };
	struct buf text;

	buf_init(&text, 0);
	charset_document(&text, (const char *)data, size);
	struct xml_doc *x = xml_parse(a, buf_str(&text), text.len, &e);
	if (x ? !x->root || !x->root->name : !e.msg[0])
		abort();
	if (x && strlen(xml_text(a, x->root)) > strlen(xml_markup(a, x->root)))
		abort();
	buf_fini(&text);
	arena_free(a);
	return 0;
}

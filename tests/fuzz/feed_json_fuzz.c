/* The mapping in front of the document is the configuration's, and yet it is fuzzed as well. */
#include "feed_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	feed_fuzz("json", data, size);
	return 0;
}

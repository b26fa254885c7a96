#include "base/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

void digest_sha256(const void *data, size_t len, unsigned char out[DIGEST_SIZE])
{
	unsigned n = DIGEST_SIZE;

	if (EVP_Digest(data, len, out, &n, EVP_sha256(), NULL) != 1)
		abort();
}

void digest_hex(const void *data, size_t len, char out[2 * DIGEST_SIZE + 1])
{
	unsigned char raw[DIGEST_SIZE];

	digest_sha256(data, len, raw);
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", raw[i]);
}

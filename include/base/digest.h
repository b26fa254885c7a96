/* SHA-256, of libcrypto. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#define DIGEST_SIZE 32

/* Cannot fail: what libcrypto refuses ends the program. */
void digest_sha256(const void *data, size_t len, unsigned char out[DIGEST_SIZE]);
/* The same in lower case hexadecimal digits. */
void digest_hex(const void *data, size_t len, char out[2 * DIGEST_SIZE + 1]);

#endif

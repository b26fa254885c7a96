/* The certificates that are trusted, read once for all connections: curl alone would keep a copy of
 * a bundle in each of its multi handles, a megabyte each. */
#ifndef NET_AUTHORITIES_H
#define NET_AUTHORITIES_H

#include <openssl/x509_vfy.h>

struct authorities;
struct authority; /* one file of them */

struct authorities *authorities_new(void);
void authorities_free(struct authorities *t); /* nothing of it is held any more */

/* Held until authority_drop. NULL `file`: this host's bundle. Nothing is read yet. */
struct authority *authority_take(struct authorities *t, const char *file);
void authority_drop(struct authority *a); /* NULL is fine */

/* What the file holds, read again when it is another one than before; the authority keeps it. NULL:
 * it cannot be read, or holds no certificate. */
X509_STORE *authority_store(struct authority *a);

#endif

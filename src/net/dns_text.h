/* The records of a DNS message as people write them. Pure; the message is hostile. */
#ifndef NET_DNS_TEXT_H
#define NET_DNS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

struct dns_records {
	const char **text; /* clean, "10 mail.example"; names without the last dot */
	size_t count;
	unsigned ttl; /* the shortest */
};

/* The answers of this type (RFC 1035, 3.2 and 4.1; RFC 3597 for types without a form of their own),
 * behind any CNAMEs. Texts belong to the arena. False: the message is damaged, *e says where. */
bool dns_records(const unsigned char *bytes, size_t len, int type, struct arena *a,
    struct dns_records *out, struct err *e);

/* True when the record is what somebody expects: letters of any case, a last dot or none, a text
 * with or without its quotes. */
bool dns_record_is(const char *record, const char *expected);

#endif

#include "addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct prefix {
	unsigned char bytes[16];
	int bits;
};

static const struct prefix refused4[] = {
	{ { 0 }, 8 },	       /* "this" network */
	{ { 10 }, 8 },	       /* private */
	{ { 100, 64 }, 10 },   /* shared by carriers */
	{ { 127 }, 8 },	       /* loopback */
	{ { 169, 254 }, 16 },  /* link-local, cloud metadata */
	{ { 172, 16 }, 12 },   /* private */
	{ { 192, 0, 0 }, 24 }, /* protocol assignments */
	{ { 192, 168 }, 16 },  /* private */
	{ { 198, 18 }, 15 },   /* benchmarks */
	{ { 224 }, 4 },	       /* multicast */
	{ { 240 }, 4 },	       /* reserved, broadcast */
};

static const struct prefix refused6[] = {
	{ { 0 }, 96 },			      /* unspecified, loopback, v4-compatible */
	{ { [10] = 0xff, [11] = 0xff }, 96 }, /* v4-mapped */
	{ { 0, 0x64, 0xff, 0x9b }, 32 },      /* NAT64: leads to v4 */
	{ { 0x20, 0x02 }, 16 },		      /* 6to4: leads to v4 */
	{ { 0x20, 0x01, 0, 0 }, 32 },	      /* Teredo: leads to v4 */
	{ { 0xfc }, 7 },		      /* unique local */
	{ { 0xfe, 0x80 }, 10 },		      /* link-local */
	{ { 0xfe, 0xc0 }, 10 },		      /* site-local */
	{ { 0xff }, 8 },		      /* multicast */
};

static bool covers(const struct prefix *p, const unsigned char *a)
{
	int whole = p->bits / 8, rest = p->bits % 8;

	if (memcmp(p->bytes, a, (size_t)whole) != 0)
		return false;
	return rest == 0 || (p->bytes[whole] ^ a[whole]) >> (8 - rest) == 0;
}

/* Returns the family, 0 when it is no network. */
static int network_read(const char *text, struct prefix *out)
{
	char address[INET6_ADDRSTRLEN + 1];
	size_t n = strcspn(text, "/");
	char *end;

	if (n >= sizeof address)
		return 0;
	memcpy(address, text, n);
	address[n] = 0;
	*out = (struct prefix){ 0 };
	int family = strchr(address, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, address, out->bytes) != 1)
		return 0;
	int max = family == AF_INET ? 32 : 128;
	long bits = max;
	if (text[n] == '/') {
		bits = strtol(text + n + 1, &end, 10);
		if (end == text + n + 1 || *end || bits < 0 || bits > max)
			return 0;
	}
	out->bits = (int)bits;
	return family;
}

static const unsigned char *bytes_of(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return (const unsigned char *)&((const struct sockaddr_in *)(const void *)a)
		    ->sin_addr;
	if (a->sa_family == AF_INET6)
		return (const unsigned char *)&((const struct sockaddr_in6 *)(const void *)a)
		    ->sin6_addr;
	return NULL;
}

bool addr_external_ok(const struct sockaddr *a, const char *network)
{
	const unsigned char *bytes = bytes_of(a);
	struct prefix allowed;

	if (!bytes)
		return false;
	if (network && network_read(network, &allowed) == a->sa_family && covers(&allowed, bytes))
		return true;
	const struct prefix *list = a->sa_family == AF_INET ? refused4 : refused6;
	size_t count = a->sa_family == AF_INET ? countof(refused4) : countof(refused6);
	for (size_t i = 0; i < count; i++)
		if (covers(&list[i], bytes))
			return false;
	return true;
}

bool addr_network_ok(const char *network, struct err *e)
{
	struct prefix p;

	if (!network_read(network, &p))
		return err_set(
		    e, ERR_CONFIG, "'%s' is no network (write it as 10.0.0.0/8)", network);
	return true;
}

void addr_text(const struct sockaddr *a, char *out, size_t size)
{
	const unsigned char *bytes = bytes_of(a);

	if (!bytes || !inet_ntop(a->sa_family, bytes, out, (socklen_t)size))
		snprintf(out, size, "?");
}

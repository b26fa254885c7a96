#include "base/host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static const struct {
	const char *name;
	int type;
} types[] = {
	{ "A", 1 },
	{ "NS", 2 },
	{ "CNAME", 5 },
	{ "SOA", 6 },
	{ "PTR", 12 },
	{ "MX", 15 },
	{ "TXT", 16 },
	{ "AAAA", 28 },
	{ "SRV", 33 },
	{ "NAPTR", 35 },
	{ "DS", 43 },
	{ "DNSKEY", 48 },
	{ "TLSA", 52 },
	{ "SVCB", 64 },
	{ "HTTPS", 65 },
	{ "CAA", 257 },
};

int dns_type(const char *name)
{
	char *end;

	for (size_t i = 0; i < countof(types); i++)
		if (strcasecmp(types[i].name, name) == 0)
			return types[i].type;
	if (strncasecmp(name, "TYPE", 4) != 0 || !isdigit((unsigned char)name[4]))
		return -1;
	long n = strtol(name + 4, &end, 10);
	return *end || n < 1 || n > 65535 ? -1 : (int)n;
}

void dns_type_name(int type, char out[16])
{
	for (size_t i = 0; i < countof(types); i++) {
		if (types[i].type == type) {
			snprintf(out, 16, "%s", types[i].name);
			return;
		}
	}
	snprintf(out, 16, "TYPE%u", (unsigned)type & 0xffff);
}

bool host_is_address(const char *host)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static bool host_ok(const char *host)
{
	if (!*host || *host == '-' || *host == '.')
		return false;
	for (const char *p = host; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return strchr(host, ':') && host_is_address(host);
	return true;
}

bool host_port(const char *text, int port, char host[HOST_MAX], int *out, struct err *e)
{
	const char *open = *text == '[' ? text + 1 : text;
	bool bare = open == text && host_is_address(text);
	size_t n = strcspn(open, open > text ? "]" : bare ? "" : ":");
	const char *rest = open + n + (open > text && open[n] == ']');
	char *end;

	if (*rest == ':') {
		long p = isdigit((unsigned char)rest[1]) ? strtol(rest + 1, &end, 10) : 0;
		port = p > 0 && p < 65536 && !*end ? (int)p : -1;
	} else if (*rest || (open > text && open[n] != ']')) {
		port = -1;
	}
	if (n < HOST_MAX) {
		memcpy(host, open, n);
		host[n] = 0;
	}
	if (port <= 0 || n >= HOST_MAX || !host_ok(host) ||
	    (open > text && !(strchr(host, ':') && host_is_address(host))))
		return err_set(e, ERR_CONFIG,
		    port ? "'%.80s' is no host (write it as host.example or host.example:443)"
			 : "'%.80s' names no port (write it as host.example:443)",
		    text);
	*out = port;
	return true;
}

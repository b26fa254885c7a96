#include "net/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net_priv.h"
#include "probe_run.h"
#include "probe_wait.h"

const struct probe_kind probe_kinds[] = {
	{ "http", "http https",
	    "an HTTP request whose status code, body, latency and certificate are judged",
	    &probe_http_ops },
	{ "tcp", "tcp", "a connection, and what the other end says first", &probe_tcp_ops },
	{ "tls", "tls", "a TLS handshake: until when its certificates hold", &probe_tls_ops },
	{ "dns", "dns", "the records of a name, and one of them as it should be", &probe_dns_ops },
	{ "icmp", "icmp", "an echo request, without privileges", &probe_icmp_ops },
	{ "heartbeat", "file", "the age of a file, or of the newest line with a text in it",
	    &probe_heartbeat_ops },
	{ NULL, NULL, NULL, NULL },
};

const struct probe_kind *probe_kind_find(const char *name)
{
	for (const struct probe_kind *k = probe_kinds; k->name; k++)
		if (name && strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

const char *const probe_fault_names[PROBE_FAULTS] = {
	[FAULT_NONE] = "none",
	[FAULT_URL] = "address",
	[FAULT_LOOKUP] = "lookup",
	[FAULT_REFUSED] = "refused",
	[FAULT_UNREACHED] = "unreachable",
	[FAULT_TIMEOUT] = "timeout",
	[FAULT_BROKEN] = "broken",
	[FAULT_TLS_EXPIRED] = "tls-expired",
	[FAULT_TLS_HOST] = "tls-host",
	[FAULT_TLS_UNTRUSTED] = "tls-untrusted",
	[FAULT_TLS] = "tls",
	[FAULT_REDIRECT] = "redirect",
	[FAULT_TOO_LARGE] = "too-large",
	[FAULT_FORBIDDEN] = "forbidden",
	[FAULT_BUSY] = "busy",
	[FAULT_LOCAL] = "local",
};

static void *copied(const void *items, size_t count, size_t size)
{
	if (!count)
		return NULL;
	void *p = xreallocarray(NULL, count, size);
	memcpy(p, items, count * size);
	return p;
}

struct net_header *net_headers_copy(const struct net_header *h, size_t count)
{
	struct net_header *out = copied(h, count, sizeof *h);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct net_header){ xstrdup(h[i].name), xstrdup(h[i].value) };
	return out;
}

void net_headers_free(struct net_header *h, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(h[i].name);
		net_wipe(h[i].value);
	}
	free(h);
}

void net_wipe(char *secret)
{
	if (!secret)
		return;
	explicit_bzero(secret, strlen(secret));
	free(secret);
}

struct probe_target *probe_target_copy(const struct probe_target *t)
{
	struct probe_target *c = xmalloc(sizeof *c);

	*c = *t;
	c->id = xstrdup(t->id);
	c->kind = xstrdup(t->kind);
	c->url = xstrdup(t->url);
	c->method = xstrdup_null(t->method);
	c->body = xstrdup_null(t->body);
	c->headers = net_headers_copy(t->headers, t->header_count);
	c->resolve = xstrdup_null(t->resolve);
	c->network = xstrdup_null(t->network);
	c->ca_file = xstrdup_null(t->ca_file);
	c->cert_file = xstrdup_null(t->cert_file);
	c->key_file = xstrdup_null(t->key_file);
	c->record = xstrdup_null(t->record);
	c->server = xstrdup_null(t->server);
	c->value = xstrdup_null(t->value);
	c->line = xstrdup_null(t->line);
	c->expect.codes = copied(t->expect.codes, t->expect.code_count, sizeof *t->expect.codes);
	c->expect.contains = xstrdup_null(t->expect.contains);
	c->expect.json = copied(t->expect.json, t->expect.json_count, sizeof *t->expect.json);
	for (size_t i = 0; i < t->expect.json_count; i++) {
		struct expect_json *j = &c->expect.json[i];
		j->pointer = xstrdup(j->pointer);
		j->allowed = copied(j->allowed, j->allowed_count, sizeof *j->allowed);
		for (size_t k = 0; k < j->allowed_count; k++)
			j->allowed[k] = xstrdup(j->allowed[k]);
	}
	return c;
}

void probe_target_free(struct probe_target *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->expect.json_count; i++) {
		struct expect_json *j = &t->expect.json[i];
		for (size_t k = 0; k < j->allowed_count; k++)
			free(j->allowed[k]);
		free(j->allowed);
		free(j->pointer);
	}
	free(t->expect.json);
	free(t->expect.codes);
	free(t->expect.contains);
	net_headers_free(t->headers, t->header_count);
	free(t->id);
	free(t->kind);
	free(t->url);
	free(t->method);
	free(t->body);
	free(t->resolve);
	free(t->network);
	free(t->ca_file);
	free(t->cert_file);
	free(t->key_file);
	free(t->record);
	free(t->server);
	free(t->value);
	free(t->line);
	free(t);
}

uint64_t net_hash(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0;
	uint64_t x;

	for (; len - i >= sizeof x; i += sizeof x) {
		memcpy(&x, p + i, sizeof x);
		h = (h ^ x) * 1099511628211u;
		h ^= h >> 32; /* down again, where the product does not reach */
	}
	for (; i < len; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h;
}

uint64_t net_hash_text(uint64_t h, const char *s)
{
	/* The NUL keeps "ab","c" and "a","bc" apart, the marker NULL and "". */
	return s ? net_hash(h, s, strlen(s) + 1) : net_hash(h, "\xff", 1);
}

uint64_t net_hash_spread(uint64_t h)
{
	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

uint64_t net_hash_number(uint64_t h, int64_t n)
{
	return net_hash(h, &n, sizeof n);
}

uint64_t net_hash_headers(uint64_t h, const struct net_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		h = net_hash_text(net_hash_text(h, headers[i].name), headers[i].value);
	return net_hash_number(h, (int64_t)count);
}

uint64_t probe_target_hash(const struct probe_target *t)
{
	const struct probe_expect *x = &t->expect;
	uint64_t h = NET_HASH_START;

	h = net_hash_text(net_hash_text(net_hash_text(h, t->id), t->kind), t->url);
	h = net_hash_text(net_hash_text(net_hash_text(h, t->method), t->body), t->resolve);
	h = net_hash_text(net_hash_text(h, t->network), t->ca_file);
	h = net_hash_text(net_hash_text(h, t->cert_file), t->key_file);
	h = net_hash_text(net_hash_text(h, t->record), t->server);
	h = net_hash_text(net_hash_text(h, t->value), t->line);
	h = net_hash_number(h, t->max_age_ms);
	h = net_hash_headers(h, t->headers, t->header_count);
	h = net_hash_number(net_hash_number(h, t->interval_ms), t->timeout_ms);
	h = net_hash_number(h, (int64_t)t->klass);
	for (size_t i = 0; i < x->code_count; i++)
		h = net_hash_number(net_hash_number(h, x->codes[i].from), x->codes[i].to);
	for (size_t i = 0; i < x->json_count; i++) {
		h = net_hash_text(h, x->json[i].pointer);
		for (size_t k = 0; k < x->json[i].allowed_count; k++)
			h = net_hash_text(h, x->json[i].allowed[k]);
	}
	h = net_hash_text(h, x->contains);
	h = net_hash_number(net_hash_number(h, x->degraded_ms), x->partial_ms);
	return net_hash_number(net_hash_number(h, x->major_ms), x->certificate_days);
}
